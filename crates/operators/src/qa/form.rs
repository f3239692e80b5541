//! Gives a pair that a model wrote its type, its specification and its place in the document.
//!
//! The type is what the answer reads as, as everywhere in quarry; what the model declares decides only where two readings
//! are open: 1990 as a number or a date, items in order or not, a sign as a name or a formula. An answer without a reading keeps the declared type and
//! gets no specification, by which `form_verify` rejects it. So does a choice whose options do not hold the answer.

use std::ops::Range;
use std::sync::LazyLock;

use quarry_answers::{AnswerSpec, AnswerType, choice, infer, infer_as, normalize};
use quarry_schema::content_id;
use regex::Regex;

use super::{Person, WrittenPair};
use crate::ask::{code_points, locate};
use crate::cloze::shown_options;
use crate::text::pattern;
use crate::verify::Stem;

/// A pair, ready to be a row. What is `None` is null there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Formed {
    /// The question, with the options of a choice.
    pub(crate) question: String,
    /// The answer, or the letter of a choice.
    pub(crate) answer: String,
    /// The name of its type; what the model declares if no reading was found.
    pub(crate) answer_type: String,
    /// How replies are checked.
    pub(crate) spec: Option<AnswerSpec>,
    /// Who asks, if it is one of those who were to ask.
    pub(crate) persona: Option<String>,
    /// The document's own text, or what the model gave for it.
    pub(crate) evidence: String,
    /// Its code points in the document; none if it is not there.
    pub(crate) span: Option<Range<usize>>,
}

/// Forms a pair out of what a model wrote about a passage of the text.
pub(crate) fn form(written: WrittenPair, text: &str, passage: &Range<usize>, people: &[Person]) -> Formed {
    let typed = typed(&written);
    let found = find(text, passage, &written.evidence);
    let asker = people.iter().find(|person| person.is_called(&written.persona));
    // With one asker there is no doubt who asked, whatever the model called them.
    let asker = asker.or(people.first().filter(|_| people.len() == 1));
    Formed {
        question: typed.question,
        answer: typed.answer,
        answer_type: match &typed.spec {
            Some(spec) => spec.answer_type().as_str().to_owned(),
            None => written.answer_type.trim().to_owned(),
        },
        spec: typed.spec,
        persona: asker.map(|person| person.stored.clone()),
        span: found.as_ref().and_then(|range| code_points(text, range)),
        evidence: found.and_then(|range| text.get(range)).unwrap_or(&written.evidence).to_owned(),
    }
}

/// Where the quote stands: in the passage that was shown, or anywhere, should the model know the document by heart.
fn find(text: &str, passage: &Range<usize>, quote: &str) -> Option<Range<usize>> {
    let shown = text.get(passage.clone())?;
    let inside = locate(shown, quote).map(|range| range.start + passage.start..range.end + passage.start);
    inside.or_else(|| if shown.len() < text.len() { locate(text, quote) } else { None })
}

/// A question for a number that is no year.
static COUNTS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bhow (?:many|much|long|far|old|high|deep)\b|\bnumber of\b"));

/// What stands between the items of a list.
const SEPARATORS: [&str; 3] = [",", ";", " and "];

/// Signs of a formula.
const MATHS: [char; 9] = ['\\', '^', '=', '+', '*', '/', '_', '(', '<'];

struct Typed {
    question: String,
    answer: String,
    spec: Option<AnswerSpec>,
}

fn typed(written: &WrittenPair) -> Typed {
    let (question, answer) = (written.question.trim(), written.answer.trim());
    let declared = written.answer_type.trim().parse::<AnswerType>().ok();
    if !written.options.is_empty() {
        return among(question, answer, &written.options);
    }
    Typed { question: question.to_owned(), answer: answer.to_owned(), spec: spec(question, answer, declared) }
}

fn spec(question: &str, answer: &str, declared: Option<AnswerType>) -> Option<AnswerSpec> {
    let read = infer(answer, question).ok()?;
    let is_open = match (read.answer_type(), declared.unwrap_or(read.answer_type())) {
        (AnswerType::List, AnswerType::Set) | (AnswerType::Set, AnswerType::List) => true,
        (AnswerType::String, AnswerType::List | AnswerType::Set) => SEPARATORS.iter().any(|sign| answer.contains(sign)),
        (AnswerType::Integer, AnswerType::Date) => !COUNTS.is_match(question),
        (AnswerType::String, AnswerType::Expression) => answer.contains(MATHS),
        _ => false,
    };
    let as_declared = declared.filter(|_| is_open).and_then(|declared| infer_as(answer, question, declared).ok());
    as_declared.or(Some(read))
}

/// A choice. Models put the right option first, so the order is drawn anew unless the question fixes it.
fn among(question: &str, answer: &str, options: &[String]) -> Typed {
    let bare: Vec<String> = options.iter().enumerate().map(|(index, option)| without_label(option, index)).collect();
    // Labels come on all options or on none: `C. elegans` alone keeps its initial.
    let labelled = bare.iter().zip(options).all(|(bare, option)| bare.as_str() != option.trim());
    let options: Vec<String> =
        if labelled { bare } else { options.iter().map(|option| option.trim().to_owned()).collect() };
    let correct = position(&options, answer);
    let texts: Vec<&str> = options.iter().map(String::as_str).collect();
    let as_given = correct.and_then(|correct| choice(&texts, correct).ok());
    if let Some((spec, correct)) = as_given.clone().zip(correct)
        && Stem::of(question, &spec).is_some()
    {
        return Typed { question: question.to_owned(), answer: letter(correct), spec: Some(spec) };
    }
    let mut order: Vec<usize> = (0..options.len()).collect();
    order.sort_by_cached_key(|&index| content_id(&[question, texts.get(index).copied().unwrap_or_default()]));
    let drawn: Vec<String> = order.iter().filter_map(|&index| options.get(index).cloned()).collect();
    let correct = correct.and_then(|correct| order.iter().position(|&index| index == correct));
    let texts: Vec<&str> = drawn.iter().map(String::as_str).collect();
    Typed {
        question: format!("{question} {}", shown_options(&drawn)),
        answer: correct.map_or_else(|| answer.to_owned(), letter),
        spec: correct.and_then(|correct| choice(&texts, correct).ok()),
    }
}

/// `B) Paris` as the second option is `Paris`.
fn without_label(option: &str, index: usize) -> String {
    let option = option.trim();
    let label = letter(index);
    let rest = option.strip_prefix(&label).and_then(|rest| rest.strip_prefix([')', '.', ':']));
    rest.map(str::trim).filter(|rest| !rest.is_empty()).unwrap_or(option).to_owned()
}

/// The option that the answer is or names by its letter.
fn position(options: &[String], answer: &str) -> Option<usize> {
    let fold = |text: &str| normalize(text).to_lowercase();
    let by_text = |answer: &str| options.iter().position(|option| fold(option) == fold(answer));
    by_text(answer).or_else(|| {
        let bare = answer.trim_start_matches('(').trim_end_matches([')', '.']);
        let by_letter = (0..options.len()).find(|&index| letter(index).eq_ignore_ascii_case(bare));
        by_letter.or_else(|| {
            let index = (0..options.len()).find(|&index| without_label(answer, index) != answer)?;
            by_text(&without_label(answer, index)).filter(|found| *found == index)
        })
    })
}

fn letter(index: usize) -> String {
    ('A'..='Z').nth(index).map(String::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Formed, form};
    use crate::qa::{Person, WrittenPair};

    const TEXT: &str = "Ünï. The bridge of Tarn is 1,280 m long. It was built in 1905 by Karl Brandt.";

    fn formed(question: &str, answer: &str, answer_type: &str, options: &[&str]) -> Formed {
        let written = WrittenPair {
            persona: "instructor".to_owned(),
            question: question.to_owned(),
            answer: answer.to_owned(),
            answer_type: answer_type.to_owned(),
            evidence: "It was built in 1905 by Karl Brandt.".to_owned(),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
        };
        form(written, TEXT, &(0..TEXT.len()), &[Person::instructor("Math")])
    }

    #[test]
    fn an_answer_has_the_type_that_it_reads_as() {
        for (answer, declared, expected) in [
            ("1280 m", "quantity", "quantity"),
            ("1280 m", "string", "quantity"),
            ("Karl Brandt", "integer", "string"),
            ("1905", "date", "date"),
            ("1905", "integer", "integer"),
            ("1905", "", "integer"),
            ("\\frac{1}{2}", "fraction", "fraction"),
            ("\\frac{x}{2}", "expression", "expression"),
            ("iron, tin", "list", "list"),
            ("Karl Brandt", "expression", "string"),
            ("12", "percentage", "integer"),
        ] {
            let formed = formed("What is it that stands in the Tarn?", answer, declared, &[]);
            assert_eq!(formed.answer_type, expected, "{answer} {declared}");
            assert!(formed.spec.is_some());
            assert_eq!(formed.answer, answer);
        }
    }

    #[test]
    fn what_cannot_be_checked_stays_and_has_no_specification() {
        for (answer, declared) in
            [("", "date"), ("it depends on the weather and on much else that nobody can know here today", "string")]
        {
            let formed = formed("When?", answer, declared, &[]);
            assert_eq!((formed.answer_type.as_str(), formed.spec), (declared, None), "{answer}");
        }
        let lost = formed("Which city?", "Rome", "choice", &["Paris", "Oslo"]);
        assert_eq!((lost.answer.as_str(), lost.answer_type.as_str(), lost.spec), ("Rome", "choice", None));
    }

    #[test]
    fn a_choice_lists_its_options_and_its_answer_is_a_letter() {
        for answer in ["Paris", "paris", "B", "(b)", "B) Paris"] {
            let formed = formed("Which city is it?", answer, "choice", &["A) Oslo", "B) Paris", "C) Rome"]);
            assert_eq!(formed.answer_type, "choice");
            let spec = formed.spec.unwrap();
            assert!(formed.question.contains(&format!("{}) Paris", formed.answer)), "{answer}: {}", formed.question);
            assert!(quarry_answers::check(&spec, "Paris").is_correct());
        }
        let listed = formed("Which city is it? A) Oslo B) Paris", "Paris", "choice", &["Oslo", "Paris"]);
        assert_eq!((listed.question.as_str(), listed.answer.as_str()), ("Which city is it? A) Oslo B) Paris", "B"));
    }

    #[test]
    fn evidence_is_the_documents_own_text() {
        let found = formed("When?", "1905", "date", &[]);
        let span = found.span.clone().unwrap();
        assert_eq!(TEXT.chars().skip(span.start).take(span.len()).collect::<String>(), found.evidence);
        assert_eq!(found.persona.as_deref(), Some("Math instructor"));
        let written = WrittenPair { evidence: "Nobody built it at all, ever.".to_owned(), ..WrittenPair::default() };
        let people = [Person::instructor("Math"), Person::instructor("Coding")];
        let lost = form(written, TEXT, &(0..TEXT.len()), &people);
        assert_eq!((lost.evidence.as_str(), lost.span, lost.persona), ("Nobody built it at all, ever.", None, None));
    }
}
