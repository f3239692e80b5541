//! All words of the questions: lead-in, instruction, the sentence with its blank, and the shape of the answer.

use super::direct::direct;
use super::distractors::{Distractors, draw};
use super::fact::{Fact, Form};
use super::finders::names_topic;
use super::statement::Statement;
use super::topic::{Pronoun, Topic};
use crate::Persona;

/// What stands for the hidden span.
const BLANK: &str = "____";

/// What a question is made of.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    /// Who asks.
    pub(crate) persona: &'a Persona,
    /// What the document is about.
    pub(crate) topic: &'a Topic,
    /// The sentence.
    pub(crate) statement: &'a Statement,
    /// The fact to be asked for.
    pub(crate) fact: &'a Fact,
    /// The options of a choice, in order.
    pub(crate) options: Option<&'a [String]>,
    /// Decides among wordings.
    pub(crate) seed: u64,
}

/// Writes a question.
pub(crate) fn question(parts: Parts<'_>, distractors: &Distractors) -> String {
    if parts.fact.form == Form::Defined {
        return defined(parts);
    }
    let lead_in = pick(&parts.persona.lead_in, parts.seed, "lead-in").replace("{topic}", &parts.topic.display);
    let instruction = instruction(&parts.fact.form, parts.options.is_some(), parts.seed);
    let asks = |question: &str| match names_topic(parts.topic, parts.fact) {
        true => format!("{} asks: {question}", parts.persona.who),
        false => join(&lead_in, question),
    };
    let closing = match parts.options {
        Some(options) => shown_options(options),
        None => shape(parts.fact, distractors),
    };
    if let Some(question) = direct(parts.statement, parts.fact, parts.topic, distractors) {
        return format!("{} {closing}", asks(&question)).trim_end().to_owned();
    }
    let text = &parts.statement.text;
    let before = without_article(&text[..parts.fact.mask.start]);
    let quoted = format!("{before}{BLANK}{}{}", parts.fact.shown, &text[parts.fact.mask.end..]);
    format!("{} “{quoted}” {closing}", asks(instruction)).trim_end().to_owned()
}

/// `a` and `an` right before the blank would tell how the answer begins.
fn without_article(before: &str) -> String {
    let ends = [" a ", " an ", "A ", "An "].into_iter().find(|article| before.ends_with(article));
    ends.map_or_else(
        || before.to_owned(),
        |article| format!("{}a(n) ", before.strip_suffix(article.trim_start()).unwrap_or(before)),
    )
}

fn pick<'a, T>(items: &'a [T], seed: u64, label: &str) -> &'a str
where
    T: AsRef<str>,
{
    let index = usize::try_from(draw(seed, label) % items.len().max(1) as u64).unwrap_or(0);
    items.get(index).map_or("", AsRef::as_ref)
}

/// Puts the instruction behind the lead-in, in the case that its punctuation asks for.
fn join(lead_in: &str, instruction: &str) -> String {
    let lead_in = lead_in.trim();
    if lead_in.ends_with(',') || lead_in.ends_with(':') {
        return format!("{lead_in} {instruction}");
    }
    let mut letters = instruction.chars();
    let first = letters.next().map(|ch| ch.to_uppercase().to_string()).unwrap_or_default();
    format!("{lead_in} {first}{}", letters.as_str())
}

fn instruction(form: &Form, is_choice: bool, seed: u64) -> &'static str {
    let variants: &[&'static str] = match form {
        _ if is_choice => &[
            "which option fills the blank?",
            "which option belongs in the blank?",
            "which option makes the sentence true?",
        ],
        Form::Year => &["which year belongs in the blank?", "which year fills the blank?", "what year is missing?"],
        Form::Day => &["which date belongs in the blank?", "which date fills the blank?", "what date is missing?"],
        Form::Decade => &["which decade belongs in the blank?", "what decade is missing?"],
        Form::Century => &["which century belongs in the blank?", "what century is missing?"],
        Form::Number => {
            &["which number belongs in the blank?", "what number fills the blank?", "what number is missing?"]
        }
        Form::Quantity { .. } => {
            &["which figure belongs in the blank?", "what measurement fills the blank?", "what figure is missing?"]
        }
        Form::Percentage => &["which percentage belongs in the blank?", "what percentage is missing?"],
        Form::Fraction => &["which fraction belongs in the blank?", "what fraction is missing?"],
        Form::Ordinal => &["which rank belongs in the blank?", "what ordinal is missing?"],
        Form::Items { .. } => &["which items complete the list?", "what is missing at the blank?"],
        Form::Name => &["which name belongs in the blank?", "what name is missing?", "which name fills the blank?"],
        Form::Identifier => &["which identifier belongs in the blank?", "what identifier is missing?"],
        Form::Term | Form::Known { .. } | Form::Defined => {
            &["what belongs in the blank?", "what fills the blank?", "what is missing at the blank?"]
        }
    };
    let index = usize::try_from(draw(seed, "instruction") % variants.len().max(1) as u64).unwrap_or(0);
    variants.get(index).copied().unwrap_or("what belongs in the blank?")
}

fn shape(fact: &Fact, distractors: &Distractors) -> String {
    match &fact.form {
        Form::Year => "Answer with the year.".to_owned(),
        Form::Day => "Answer with the date.".to_owned(),
        Form::Decade => "Answer with a decade in the form 1750s.".to_owned(),
        Form::Century => "Answer with an ordinal such as 31st.".to_owned(),
        Form::Number if fact.answer.contains('.') => "Answer with a decimal number.".to_owned(),
        Form::Number => "Answer with a whole number.".to_owned(),
        Form::Quantity { unit } => format!("Answer with a number and its unit ({unit})."),
        Form::Percentage => "Answer with a percentage.".to_owned(),
        Form::Fraction => "Answer with a fraction.".to_owned(),
        Form::Ordinal => "Answer with an ordinal such as first.".to_owned(),
        Form::Items { num_items } => format!("Name all {num_items}, separated by commas."),
        Form::Known { class } => {
            let noun = distractors.class(class).map_or("a name", |class| class.noun.as_str());
            format!("Answer with {noun}{}.", beginning(&fact.answer))
        }
        Form::Identifier => format!("Answer with one identifier{}.", beginning(&fact.answer)),
        Form::Name | Form::Term | Form::Defined => format!("Answer with {}.", spelling(&fact.answer)),
    }
}

fn beginning(answer: &str) -> String {
    answer.chars().next().map_or(String::new(), |first| format!(" that begins with “{first}”"))
}

/// How many words and how they begin: enough to tell the answer from its synonyms, too little to give it away.
fn spelling(answer: &str) -> String {
    let words: Vec<&str> = answer.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    let initials: Vec<String> =
        words.iter().filter_map(|word| word.chars().next()).map(|first| first.to_string()).collect();
    match words.len() {
        1 => {
            let num_letters = count_word(answer.chars().count());
            format!("one word of {num_letters} letters that begins with “{}”", initials.concat())
        }
        count => format!("{} words with the initials {}", count_word(count), initials.join(" ")),
    }
}

fn count_word(count: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

/// The closing words of a choice.
pub(crate) fn shown_options(options: &[String]) -> String {
    let labelled: Vec<String> = ('A'..='Z').zip(options).map(|(label, option)| format!("{label}) {option}")).collect();
    format!("Options: {}. Answer with the letter.", labelled.join("; "))
}

/// Asks for the topic by its definition; the persona's lead-ins would name it, so the persona itself leads in.
fn defined(parts: Parts<'_>) -> String {
    let Some(definition) = &parts.topic.definition else { return String::new() };
    let what = definition.what.trim_end_matches('.');
    let field = definition.field.trim_end_matches([' ', ',']);
    let field = if field.is_empty() { String::new() } else { format!(" {}", field.replacen("In ", "in ", 1)) };
    let is_person = matches!(parts.topic.pronoun, Some(Pronoun::He | Pronoun::She)) || what.contains(" who ");
    let asks = if is_person { "who" } else { "what" };
    let variants = [
        format!("{} is looking for a name{field}: {asks} {} “{what}”?", parts.persona.who, definition.verb),
        format!("{} asks{field} {asks} {} “{what}”.", parts.persona.who, definition.verb),
        format!("{} needs the right name{field} for “{what}”. What is it?", parts.persona.who),
    ];
    let asked = match definition.verb.as_str() {
        "is" | "are" | "was" | "were" => pick(&variants, parts.seed, "defined").to_owned(),
        _ => variants[2].clone(),
    };
    format!("{asked} Answer with {}.", spelling(&parts.fact.answer))
}
