//! What each scorer can tell right from wrong, and how it wants the gold answer spelled.
//!
//! A stock scorer gets a row only if it accepts the gold and nothing that means something else: scorers that drop units
//! get no quantities, those that drop punctuation no signs, those that multiply letters no names.

use std::collections::BTreeSet;

use quarry_answers::{AnswerSpec, gold_text};

use super::AnswerFormat;
use super::gold::{latex, number, set, tuple};
use super::record::Record;
use super::tally::LeftOut;

/// Code that scores replies: ours, or what comes with a trainer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scorer {
    /// `reward.py` beside the data, which is given the spec.
    RewardFile,
    /// Digits behind `####`, equal as text.
    Digits,
    /// What stands in the last box, equal as text after a few spellings of LaTeX are unified.
    BoxText,
    /// What stands behind `Answer:`, equal as text after unit words are deleted.
    AnswerText,
    /// What stands in the answer tag: lower case, no punctuation, no articles. Knows several golds.
    TagWords,
    /// As `TagWords`, with one gold.
    TagWord,
    /// The box, read as mathematics by Math-Verify, which is given the gold in a box.
    MathVerify,
    /// As `MathVerify`, but it boxes the gold itself.
    MathVerifyBare,
    /// The box: equal text, or equal to a computer algebra system; words of more than two letters are compared as text.
    Grade,
    /// The box, read as mathematics by an algebra system that multiplies the letters of words.
    Sympy,
    /// The letter of an option.
    Letter,
}

/// The gold answer for one scorer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gold {
    /// What a perfect reply puts behind its mark.
    pub(crate) answer: String,
    /// What the scorer is given.
    pub(crate) label: String,
    /// Other golds, where the scorer takes several.
    pub(crate) aliases: Vec<String>,
}

impl Gold {
    fn of(answer: String) -> Gold {
        Gold { label: answer.clone(), answer, aliases: Vec::new() }
    }
}

impl Scorer {
    /// Spells the gold answer of a row.
    ///
    /// # Errors
    /// The scorer could not score the row, and why.
    pub(crate) fn gold(self, record: &Record, format: AnswerFormat) -> Result<Gold, LeftOut> {
        let spec = record.spec.as_ref().ok_or(LeftOut::SpecUnreadable)?;
        let gold = match self {
            Scorer::RewardFile => return accepted_wording(record, spec, format),
            Scorer::Digits => number(spec).map(Gold::of),
            Scorer::BoxText | Scorer::AnswerText => latex(spec).filter(|_| is_short_math(spec)).map(Gold::of),
            Scorer::TagWords => words(record, spec)?,
            Scorer::TagWord => words(record, spec)?.map(|gold| Gold { aliases: Vec::new(), ..gold }),
            Scorer::MathVerify => {
                mathematics(spec).map(|gold| Gold { label: format!(r"\boxed{{{gold}}}"), ..Gold::of(gold) })
            }
            Scorer::MathVerifyBare => mathematics(spec).map(Gold::of),
            Scorer::Grade => graded(spec)?.map(Gold::of),
            Scorer::Sympy => latex(spec).filter(|_| is_single_value(spec)).map(Gold::of),
            Scorer::Letter => match spec {
                AnswerSpec::Choice(choice) => Some(Gold::of(choice.label.clone())),
                _ => None,
            },
        };
        let gold = gold.ok_or(LeftOut::TypeNotScored)?;
        // The two checkers have to agree on the gold at least, or the row would teach two things.
        if quarry_answers::check(spec, &format.reply(&gold.answer)).is_correct() {
            Ok(gold)
        } else {
            Err(LeftOut::GoldNotScored)
        }
    }
}

/// The answer in the document's words if the checker takes it, else the canonical spelling.
fn accepted_wording(record: &Record, spec: &AnswerSpec, format: AnswerFormat) -> Result<Gold, LeftOut> {
    let canonical = gold_text(spec);
    let accepted = |answer: &&str| quarry_answers::check(spec, &format.reply(answer)).is_correct();
    let wordings = [record.answer.as_str(), canonical.as_str()];
    let answer = wordings.into_iter().find(accepted).ok_or(LeftOut::GoldNotScored)?;
    Ok(Gold { answer: answer.to_owned(), label: record.spec_json.clone(), aliases: Vec::new() })
}

/// Mathematics that Math-Verify reads. A list is a tuple to it, whose order counts.
fn mathematics(spec: &AnswerSpec) -> Option<String> {
    latex(spec).or_else(|| tuple(spec)).or_else(|| set(spec))
}

/// Mathematics, and words that are compared letter by letter.
fn graded(spec: &AnswerSpec) -> Result<Option<String>, LeftOut> {
    match spec {
        AnswerSpec::String(string) if is_plain_words(&string.canonical) && !is_product(&string.canonical) => {
            Ok(Some(string.canonical.clone()))
        }
        AnswerSpec::String(_) => Err(LeftOut::GoldNotScored),
        other => Ok(latex(other).or_else(|| tuple(other))),
    }
}

/// Words that survive the loss of case, punctuation and articles.
fn words(record: &Record, spec: &AnswerSpec) -> Result<Option<Gold>, LeftOut> {
    let gold = match spec {
        AnswerSpec::String(string) => {
            let keeps_meaning = |text: &&String| !string.case_sensitive && is_plain_words(text);
            let aliases = string.aliases.iter().filter(keeps_meaning).cloned().collect();
            Gold { aliases, ..Gold::of(string.canonical.clone()) }
        }
        AnswerSpec::Boolean(boolean) => Gold::of(if boolean.value { "yes" } else { "no" }.to_owned()),
        AnswerSpec::Date(_) => Gold::of(record.answer.clone()),
        AnswerSpec::Integer(integer) if !integer.value.starts_with('-') => Gold::of(integer.value.clone()),
        // The label "A" is an article to these scorers.
        _ => return Ok(None),
    };
    let is_case_bound = matches!(spec, AnswerSpec::String(string) if string.case_sensitive);
    if is_case_bound || !is_plain_words(&gold.answer) { Err(LeftOut::GoldNotScored) } else { Ok(Some(gold)) }
}

/// Whether a text still says the same without its punctuation and articles, and means nothing to LaTeX.
fn is_plain_words(text: &str) -> bool {
    let is_article = |word: &str| ["a", "an", "the"].contains(&word.to_lowercase().as_str());
    let has_content =
        text.split(|letter: char| !letter.is_alphanumeric()).any(|word| !word.is_empty() && !is_article(word));
    // A point between digits, a sign and an operator carry the meaning; the rest is spelling.
    let letters: Vec<char> = text.chars().collect();
    let is_decimal = letters.windows(3).any(|three| match three {
        [before, '.' | ',' | '/' | ':', after] => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => false,
    });
    has_content
        && !is_decimal
        && !text.starts_with(['-', '−', '.'])
        && !text.contains(['\\', '{', '}', '$', '%', '&', '#', '^', '~', '+', '*', '=', '<', '>', '|', '@', '_'])
}

/// Whether an algebra system would take a word for a product, in which the order of letters means nothing: it does with
/// no more than two different letters.
fn is_product(text: &str) -> bool {
    let letters: BTreeSet<char> = text.to_lowercase().chars().collect();
    letters.len() <= 2 && letters.iter().all(|letter| letter.is_alphabetic())
}

fn is_short_math(spec: &AnswerSpec) -> bool {
    is_single_value(spec) && !matches!(spec, AnswerSpec::Expression(_))
}

fn is_single_value(spec: &AnswerSpec) -> bool {
    match spec {
        AnswerSpec::Expression(expression) => expression.kind == quarry_answers::ExpressionKind::Expr,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use quarry_answers::{AnswerSpec, choice, infer};

    use super::{LeftOut, Scorer, is_plain_words};
    use crate::export::AnswerFormat::{AnswerTag, Boxed, Hash4};
    use crate::export::record::Record;

    fn record(answer: &str, spec: AnswerSpec) -> Record {
        Record {
            id: "i".to_owned(),
            question: String::new(),
            answer: answer.to_owned(),
            answer_type: spec.answer_type().to_string(),
            spec_json: spec.to_json(),
            spec: Some(spec),
            domain: None,
            persona: None,
            doc_id: "d".to_owned(),
            licence: None,
            difficulty: None,
            split: "train".to_owned(),
        }
    }

    fn inferred(answer: &str) -> Record {
        match infer(answer, "") {
            Ok(spec) => record(answer, spec),
            Err(error) => panic!("{answer}: {error}"),
        }
    }

    fn answer(scorer: Scorer, answer: &str) -> Result<String, LeftOut> {
        scorer.gold(&inferred(answer), Boxed).map(|gold| gold.answer)
    }

    #[test]
    fn scorers_of_digits_get_numbers_without_separators() {
        let gold = Scorer::Digits.gold(&inferred("12,500"), Hash4).map(|gold| gold.label);
        assert_eq!(gold, Ok("12500".to_owned()));
        assert_eq!(answer(Scorer::Digits, "5 km"), Err(LeftOut::TypeNotScored));
    }

    #[test]
    fn scorers_that_drop_units_or_signs_get_no_row_that_needs_them() {
        for scorer in [Scorer::BoxText, Scorer::MathVerify, Scorer::Grade, Scorer::Sympy, Scorer::TagWords] {
            for text in ["5 km", "12%"] {
                assert_eq!(answer(scorer, text), Err(LeftOut::TypeNotScored), "{scorer:?} {text}");
            }
        }
        assert_eq!(answer(Scorer::TagWords, "-7"), Err(LeftOut::TypeNotScored));
        assert_eq!(answer(Scorer::TagWords, "3.14"), Err(LeftOut::TypeNotScored));
        assert_eq!(answer(Scorer::Sympy, "Paris"), Err(LeftOut::TypeNotScored));
        assert_eq!(answer(Scorer::MathVerify, "Paris"), Err(LeftOut::TypeNotScored));
    }

    #[test]
    fn a_label_is_no_word_since_one_of_them_is_an_article() -> Result<(), quarry_answers::Error> {
        let row = record("A", choice(&["Rome", "Lima"], 0)?);
        assert_eq!(Scorer::TagWords.gold(&row, AnswerTag).err(), Some(LeftOut::TypeNotScored));
        assert_eq!(Scorer::Letter.gold(&row, Boxed).map(|gold| gold.label), Ok("A".to_owned()));
        Ok(())
    }

    #[test]
    fn names_go_with_their_aliases_where_several_golds_are_read() {
        let gold = Scorer::TagWords.gold(&inferred("Nuevo León"), AnswerTag);
        assert_eq!(gold.map(|gold| gold.aliases), Ok(vec!["Nuevo Leon".to_owned()]));
        assert_eq!(answer(Scorer::Grade, "Nuevo León"), Ok("Nuevo León".to_owned()));
        assert_eq!(answer(Scorer::Grade, "19th century"), Ok("19th century".to_owned()));
        // "Bo" would be right too.
        assert_eq!(answer(Scorer::Grade, "Ob"), Err(LeftOut::GoldNotScored));
    }

    #[test]
    fn math_verify_is_given_a_box_unless_it_makes_one() {
        let gold = Scorer::MathVerify.gold(&inferred("42"), Boxed).map(|gold| gold.label);
        assert_eq!(gold, Ok(r"\boxed{42}".to_owned()));
        assert_eq!(Scorer::MathVerifyBare.gold(&inferred("42"), Boxed).map(|gold| gold.label), Ok("42".to_owned()));
    }

    #[test]
    fn words_that_punctuation_tells_apart_are_no_plain_words() {
        for text in ["C++", "C#", "the", "-5 score", "1.5 series", "a_b", "50% rule"] {
            assert!(!is_plain_words(text), "{text}");
        }
        for text in ["World War II", "St. John's", "Côte d'Ivoire", "Indo-European", "A minor"] {
            assert!(is_plain_words(text), "{text}");
        }
    }
}
