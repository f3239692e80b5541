//! What the model says of a question, an answer or a document that it is shown, and how it answers questions itself.

use std::sync::LazyLock;

use quarry_answers::{check, infer};
use regex::Regex;
use serde_json::{Value, json};

use super::Dice;
use super::facts::{Fact, Facts};
use super::prompt::Prompt;
use super::words::{content_words, holds, nearest, pattern};
use crate::settings::Habits;

/// Words that only someone with the page in hand understands.
static NEEDS_PAGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:according to|in|from|by|based on|per) (?:the|this|that) (?:passage|text|article|document|excerpt|author|above)|the (?:passage|excerpt|author)|(?:mentioned|described|stated) (?:above|below|in the))\b",
    )
});
/// Two questions in one.
static COMPOUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\?[^?“”]+\?|\b(?:what|which|who|where|when|how)\b.*, and (?:also )?(?:what|which|who|where|when|how|why)\b",
    )
});

/// `qa_verdict`
pub(super) fn verdict(prompt: &Prompt<'_>, facts: &Facts, habits: &Habits, dice: Dice) -> Value {
    let (question, answer) = (prompt.question(), prompt.answer());
    let stem = stem(question);
    let stands_alone = !NEEDS_PAGE.is_match(stem);
    let leaks = chosen(question, answer).is_none() && holds(stem, answer);
    let is_right = prompt.document.is_none_or(|document| is_supported(document, facts, question, answer));
    let is_single = !COMPOUND.is_match(stem);
    let errs = dice.share("judge") < habits.judge_errors;
    let correct = (is_right && is_single) != errs;
    let reason = match (stands_alone, correct, leaks) {
        (false, _, _) => "The question points at a text that its reader does not have.",
        (_, false, _) if !is_single => "The question asks for two things and the answer gives one.",
        (_, false, _) => "The document does not give this answer.",
        (_, _, true) => "The question contains its answer.",
        _ => "The document gives this answer, and the question stands alone.",
    };
    json!({ "stands_alone": stands_alone, "answer_correct": correct, "leaks_answer": leaks, "reason": reason })
}

/// The question without the options that may follow it.
fn stem(question: &str) -> &str {
    let end = ["Options:", "\nA) ", "\nA. ", " A) "].iter().filter_map(|mark| question.find(mark)).min();
    question.get(..end.unwrap_or(question.len())).unwrap_or(question)
}

/// The text of the option that a letter stands for.
fn chosen<'a>(question: &'a str, answer: &str) -> Option<&'a str> {
    let letter = answer.trim().trim_end_matches([')', '.']);
    if letter.len() != 1 || !letter.starts_with(|ch: char| ch.is_ascii_uppercase()) {
        return None;
    }
    let (_, after) = [") ", ". "].iter().find_map(|end| question.split_once(&format!("{letter}{end}")))?;
    let end = [";", "\n", ". Answer"].iter().filter_map(|end| after.find(end)).min();
    after.get(..end.unwrap_or(after.len())).map(str::trim)
}

fn known<'a>(facts: &'a [Fact], question: &str) -> Option<&'a Fact> {
    let stem = stem(question).trim();
    facts.iter().find(|fact| fact.question == stem || fact.question == question.trim())
}

fn is_supported(document: &str, facts: &Facts, question: &str, answer: &str) -> bool {
    let wanted = chosen(question, answer).unwrap_or(answer);
    if let Some(fact) = known(&facts.of(document), question) {
        return is_same(&fact.answer, wanted, question);
    }
    nearest(document, question).is_some_and(|(sentence, shared)| shared > 0 && holds(sentence, wanted))
}

fn is_same(right: &str, said: &str, question: &str) -> bool {
    right == said || infer(right, question).is_ok_and(|spec| check(&spec, said).is_correct())
}

/// `qa_repair`
pub(super) fn repair(prompt: &Prompt<'_>, facts: &Facts) -> Value {
    let document = prompt.document.unwrap_or_default();
    let question = prompt.question();
    let sentence = nearest(document, question).filter(|(_, shared)| *shared > 0).map(|(sentence, _)| sentence);
    let facts = facts.of(document);
    let about = |fact: &&Fact| {
        sentence.is_some_and(|sentence| fact.evidence.contains(sentence) || sentence.contains(&fact.evidence))
    };
    let found = known(&facts, question).or_else(|| facts.iter().filter(|fact| fact.options.is_empty()).find(about));
    match found {
        Some(fact) => json!({
            "repairable": true, "question": fact.question, "answer": fact.answer,
            "answer_type": fact.answer_type, "evidence": fact.evidence,
        }),
        None => json!({
            "repairable": false, "question": question, "answer": prompt.answer(), "answer_type": "string",
            "evidence": sentence.unwrap_or_default(),
        }),
    }
}

/// `short_answer`; without a document it is right only where the model happens to know.
pub(super) fn short_answer(
    prompt: &Prompt<'_>,
    facts: &Facts,
    recalled: Option<String>,
    habits: &Habits,
    dice: Dice,
) -> Value {
    let question = prompt.question();
    let right = match prompt.document {
        Some(document) => known(&facts.of(document), question)
            .map(|fact| labelled(question, &fact.answer))
            .or_else(|| span(document, question)),
        None => recalled,
    };
    let errs = prompt.document.is_some() && dice.share("answer") < habits.answer_errors;
    let said = match right {
        Some(right) if errs => other_than(&right, dice),
        Some(right) => right,
        None if question.contains("A) ") => {
            ["A", "B", "C"].get(dice.place("guess", 3)).copied().unwrap_or("A").to_owned()
        }
        None => guess(question, dice),
    };
    json!({ "answer": said })
}

/// The letter of an option, where the question shows it among others.
fn labelled(question: &str, answer: &str) -> String {
    let shows = |letter: &char| chosen(question, &letter.to_string()).is_some_and(|option| option == answer);
    ('A'..='Z').find(shows).map_or_else(|| answer.to_owned(), |letter| letter.to_string())
}

/// What in the nearest sentence could be meant: a number or a name that the question does not tell.
fn span(document: &str, question: &str) -> Option<String> {
    static SPAN: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\d[\d,]*(?:\.\d+)?(?: ?%)?|\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+)*"));
    let (sentence, _) = nearest(document, question).filter(|(_, shared)| *shared > 0)?;
    let spans: Vec<&str> = SPAN.find_iter(sentence).map(|found| found.as_str()).collect();
    let untold = |span: &&&str| !holds(question, span);
    let asks_number =
        content_words(question).iter().any(|word| ["number", "many", "much", "year", "when"].contains(&word.as_str()));
    let is_number = |span: &&&str| span.starts_with(|ch: char| ch.is_ascii_digit());
    let fitting = spans.iter().filter(untold).find(|span| is_number(span) == asks_number);
    fitting.or_else(|| spans.iter().find(untold)).map(|span| (*span).to_owned())
}

/// Something of the same kind that is wrong.
pub(super) fn other_than(right: &str, dice: Dice) -> String {
    static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d[\d,]*"));
    if right.len() == 1 && right.starts_with(|ch: char| ch.is_ascii_uppercase()) {
        return if right == "A" { "B".to_owned() } else { "A".to_owned() };
    }
    match DIGITS.find(right) {
        Some(found) => {
            let value: u64 = found.as_str().replace(',', "").parse().unwrap_or(1);
            let moved = value.saturating_add(1 + dice.number("other") % (value / 3 + 7));
            format!(
                "{}{moved}{}",
                right.get(..found.start()).unwrap_or_default(),
                right.get(found.end()..).unwrap_or_default()
            )
        }
        None => {
            const OTHERS: [&str; 6] = ["Halvorsen", "Mirandela", "Okonkwo", "Tsarevo", "Quillan", "Bergslagen"];
            OTHERS.get(dice.place("other", OTHERS.len())).copied().unwrap_or("Halvorsen").to_owned()
        }
    }
}

fn guess(question: &str, dice: Dice) -> String {
    let asks_number =
        content_words(question).iter().any(|word| ["number", "many", "much", "percentage"].contains(&word.as_str()));
    if question.contains("year") {
        format!("{}", 1700 + dice.number("guess") % 300)
    } else if asks_number {
        format!("{}", 2 + dice.number("guess") % 900)
    } else {
        other_than("nobody knows", dice)
    }
}

/// `quality_judge`
pub(super) fn quality(prompt: &Prompt<'_>, facts: &Facts, habits: &Habits, dice: Dice) -> Value {
    let document = prompt.document.unwrap_or_default();
    let is_good = document.split_whitespace().count() >= 30 && !facts.of(document).is_empty();
    let qualified = is_good != (dice.share("judge") < habits.judge_errors);
    let reason =
        if qualified { "It states facts that can be checked." } else { "It states no fact that could be checked." };
    json!({ "qualified": qualified, "reason": reason })
}

/// `educational_judge`: a point for each fact that could be asked about, and none for a page without sentences.
pub(super) fn educational(prompt: &Prompt<'_>, facts: &Facts, habits: &Habits, dice: Dice) -> Value {
    let document = prompt.document.unwrap_or_default();
    let num_facts = facts.of(document).len();
    let is_prose = document.split_whitespace().count() >= 30;
    let score = if is_prose { num_facts.div_ceil(2).min(5) } else { num_facts.min(1) };
    let errs = dice.share("judge") < habits.judge_errors;
    let said = if errs { (score + 1 + dice.place("off", 4)) % 6 } else { score };
    json!({ "reason": format!("It states {num_facts} facts that can be checked."), "score": said })
}

/// `domain_personas`: the domain of the schema's list whose name shares most words with the document.
pub(super) fn personas(prompt: &Prompt<'_>, schema: &Value) -> Value {
    let document = prompt.document.unwrap_or_default();
    let listed = schema.pointer("/properties/domain/enum").and_then(Value::as_array);
    let domains: Vec<&str> = listed.into_iter().flatten().filter_map(Value::as_str).collect();
    let words = content_words(document);
    let shared = |domain: &&&str| {
        let stems: Vec<String> = content_words(domain).into_iter().map(|word| word.chars().take(5).collect()).collect();
        words.iter().filter(|word| stems.iter().any(|stem| word.starts_with(stem.as_str()))).count()
    };
    let domain = domains.iter().rev().max_by_key(shared).copied().unwrap_or("Other");
    json!({ "domain": domain, "personas": [format!("a student of {domain}"), format!("a teacher who prepares a lesson on {domain}")] })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Dice, Facts, Habits, Prompt, chosen, other_than, short_answer, stem, verdict};

    const DOCUMENT: &str =
        "Tallinn is the capital of Estonia.\nIts walls were 2.4 km long and had 46 towers in the year 1550.";

    fn ask(tail: &str) -> serde_json::Value {
        let user = format!("<document id=\"a\">\n{DOCUMENT}\n</document id=\"a\">\n\nCheck.\n\n{tail}");
        let habits = Habits { judge_errors: 0.0, answer_errors: 0.0, ..Habits::default() };
        let prompt = Prompt::read([("user", user.as_str())].into_iter());
        match prompt.answer() {
            "" => short_answer(&prompt, &Facts::new(), None, &habits, Dice(1)),
            _ => verdict(&prompt, &Facts::new(), &habits, Dice(1)),
        }
    }

    #[test]
    fn verdicts_follow_from_what_is_shown() {
        for (tail, field, expected) in [
            ("Question: How many towers had the walls of Tallinn?\nAnswer: 46", "answer_correct", true),
            ("Question: How many towers had the walls of Tallinn?\nAnswer: 64", "answer_correct", false),
            ("Question: What had 46 towers, the walls?\nAnswer: 46", "leaks_answer", true),
            ("Question: How many towers had the walls?\nAnswer: 46", "leaks_answer", false),
            ("Question: According to the passage, how many towers had the walls?\nAnswer: 46", "stands_alone", false),
            ("Question: How many towers had the walls?\nAnswer: 46", "stands_alone", true),
            ("Question: How many towers had the walls, and how long were they?\nAnswer: 46", "answer_correct", false),
        ] {
            assert_eq!(ask(tail)[field], json!(expected), "{tail}");
        }
    }

    #[test]
    fn questions_are_answered_out_of_the_document() {
        assert_eq!(ask("Question: How many towers had the walls in the year 1550, 2.4 km long?")["answer"], "46");
        let options = "Question: How many towers? Options: A) 12; B) 46; C) 50. Answer with the letter.";
        assert_eq!(chosen(options, "B"), Some("46"));
        assert_eq!(stem("How many? Options: A) 12"), "How many? ");
    }

    #[test]
    fn what_is_wrong_on_purpose_is_never_right() {
        for right in ["46", "2.4 km", "Tallinn", "A", "1,234"] {
            assert!((0..200).all(|seed| other_than(right, Dice(seed)) != right), "{right}");
        }
    }
}
