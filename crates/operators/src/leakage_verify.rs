//! `leakage_verify`: refuses pairs whose question gives its answer away.
//!
//! A leak is the answer (or an alias) in the words of the question, a number of the question equal to the answer, or
//! nearly all words of a longer answer. The options that a choice lists are no leak by themselves, but the rest of its
//! question must not hold the right one, nor share rare words with one option alone. Yes-or-no answers cannot leak.

use std::sync::Arc;

use quarry_answers::{AnswerSpec, ChoiceSpec};
use quarry_engine::operator::{
    BuildContext, BuildError, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue, Params,
    ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};

use crate::verify::{Pairs, Stem, Subject, contains, folded_words, is_rare, numbers};
use crate::{Def, Resources};

/// The description of `leakage_verify`.
pub(crate) const DEF: Def = Def {
    name: "leakage_verify",
    summary: "refuses pairs whose question gives the answer away",
    version: 2,
    shape: Shape::Compute,
    takes: Takes::Pairs,
    emits: false,
    reads: &[column::QUESTION, column::ANSWER, column::ANSWER_TYPE, column::ANSWER_SPEC],
    adds: &[],
    reasons: &[
        ReasonDef { name: "answer_in_question", doc: "the question holds the answer or an alias of it, word for word" },
        ReasonDef { name: "number_in_question", doc: "a number in the question equals the answer" },
        ReasonDef { name: "answer_words_in_question", doc: "the question holds nearly all words of a longer answer" },
        ReasonDef { name: "option_stands_out", doc: "only one option of a choice shares rare words with the question" },
    ],
    params: &PARAMS,
    build,
};

/// Its setting, which a repair takes over.
pub(crate) const PARAMS: [ParamDef; 1] = [ParamDef {
    name: "max_overlap",
    kind: ParamKind::Float { min: 0.0, max: 1.0 },
    default: Some(ParamValue::Float(0.8)),
    doc: "answers of three words or more leak from this share of their words on",
}];

/// The rules against leaks, with their limit.
pub(crate) struct LeakageVerify {
    max_overlap: f64,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    Ok(Operator::Compute(Arc::new(LeakageVerify::new(ctx.params)?)))
}

impl Compute for LeakageVerify {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        Ok(Pairs::read(rows)?.verify(|_, pair| (self.fate(pair), None)))
    }
}

impl LeakageVerify {
    /// Reads the limit.
    pub(crate) fn new(params: &Params) -> Result<LeakageVerify, BuildError> {
        Ok(LeakageVerify { max_overlap: params.float("max_overlap")? })
    }

    /// Decides a pair.
    pub(crate) fn fate(&self, pair: &Subject<'_>) -> Fate {
        if matches!(pair.spec, Some(AnswerSpec::Boolean(_))) {
            return Fate::Accept;
        }
        let stem = pair.spec.as_ref().and_then(|spec| Stem::of(pair.question, spec));
        let stem = stem.map_or_else(|| pair.question.to_owned(), |stem| stem.text);
        let words = folded_words(&stem);
        let leaked = spellings(pair).into_iter().find_map(|answer| self.leak(&answer, &stem, &words, pair));
        let stands_out = || match &pair.spec {
            Some(AnswerSpec::Choice(spec)) => stands_out(spec, &words),
            _ => None,
        };
        leaked.or_else(stands_out).unwrap_or(Fate::Accept)
    }

    fn leak(&self, answer: &str, stem: &str, words: &[String], pair: &Subject<'_>) -> Option<Fate> {
        let answer_words = without_article(folded_words(answer));
        if contains(words, &answer_words) {
            return Some(Fate::reject("answer_in_question", format!("{} words", answer_words.len())));
        }
        let value = is_numeric(pair).then(|| numbers(answer)).filter(|values| values.len() == 1);
        if let Some(value) = value.and_then(|values| values.first().copied()) {
            let is_same = |other: &f64| (other - value).abs() <= value.abs() * 1e-9;
            if numbers(stem).iter().any(is_same) {
                return Some(Fate::reject("number_in_question", "an equal number"));
            }
        }
        let num_shared = answer_words.iter().filter(|word| words.contains(word)).count();
        let overlap = num_shared as f64 / answer_words.len().max(1) as f64;
        let leaks = answer_words.len() >= 3 && overlap >= self.max_overlap;
        leaks.then(|| Fate::reject("answer_words_in_question", format!("{overlap:.2}")))
    }
}

/// The fact in all spellings that count as the answer.
fn spellings(pair: &Subject<'_>) -> Vec<String> {
    let mut spellings = vec![pair.fact().to_owned()];
    if let Some(AnswerSpec::String(spec)) = &pair.spec {
        spellings.push(spec.canonical.clone());
        spellings.extend(spec.aliases.iter().cloned());
    }
    spellings.dedup();
    spellings
}

/// Whether an equal number in the question would be the answer. The day in a date is not.
fn is_numeric(pair: &Subject<'_>) -> bool {
    match &pair.spec {
        Some(AnswerSpec::Integer(_) | AnswerSpec::Decimal(_) | AnswerSpec::Quantity(_) | AnswerSpec::Percentage(_)) => {
            true
        }
        Some(AnswerSpec::Date(_) | AnswerSpec::Choice(_)) => !pair.fact().contains(char::is_alphabetic),
        _ => false,
    }
}

fn without_article(mut words: Vec<String>) -> Vec<String> {
    if words.len() > 1 && matches!(words.first().map(String::as_str), Some("a" | "an" | "the")) {
        words.remove(0);
    }
    words
}

/// The one option that shares rare words with the stem, if there is only one.
fn stands_out(spec: &ChoiceSpec, words: &[String]) -> Option<Fate> {
    let shares = |text: &str| folded_words(text).iter().any(|word| is_rare(word) && words.contains(word));
    let mut sharing = spec.options.iter().filter(|option| shares(&option.text));
    let first = sharing.next()?;
    sharing.next().is_none().then(|| Fate::reject("option_stands_out", first.label.as_str()))
}

#[cfg(test)]
mod tests {
    use quarry_answers::{choice, infer};

    use crate::check::check;

    fn judge(cases: &[(&str, &str, &str)]) {
        for (question, answer, expected) in cases {
            let spec = infer(answer, question).unwrap();
            let (kind, spec) = (spec.answer_type().as_str(), spec.to_json());
            let table =
                format!("question | answer | answer_type | answer_spec\n{question} | {answer} | {kind} | {spec}");
            check(&super::DEF, "", &table, expected);
        }
    }

    #[test]
    fn the_answer_in_the_words_of_the_question_is_a_leak() {
        judge(&[
            (
                "Which river is longer than the Danube, the Volga or the Rhine?",
                "the Volga",
                "reject answer_in_question: 1 words",
            ),
            ("Which river flows through Volgograd?", "Volga", "accept"),
            ("Who wrote the letters of Saint Paul?", "Paul the Apostle", "accept"),
            (
                "Which treaty did the Peace of Westphalia of 1648 follow?",
                "Westphalia peace of 1648 treaty",
                "reject answer_words_in_question: 1.00",
            ),
            ("Is the Volga longer than the Rhine, yes or no?", "yes", "accept"),
        ]);
    }

    #[test]
    fn an_equal_number_is_a_leak_in_any_spelling() {
        judge(&[
            ("How many moons has Mars, if Earth and Mars have three together?", "2", "accept"),
            ("How many of the twelve months have 31 days?", "7", "accept"),
            ("How many of the twelve apostles were there?", "12", "reject number_in_question: an equal number"),
            ("How long is a run of 10,000 m in metres?", "10000 m", "reject number_in_question: an equal number"),
            ("In which year did the treaty of 1648 end the war?", "1648", "reject answer_in_question: 1 words"),
            ("What share is one in 8 of the whole?", "12.5 %", "accept"),
        ]);
    }

    fn judge_choice(question: &str, options: &[&str], correct: usize, expected: &str) {
        let spec = choice(options, correct).unwrap().to_json();
        let listed: Vec<String> = ('A'..).zip(options).map(|(label, text)| format!("{label}. {text}")).collect();
        let listed = listed.join("\\n");
        let letter = char::from(b'A' + u8::try_from(correct).unwrap());
        let table = format!(
            "question | answer | answer_type | answer_spec\n{question}\\n{listed} | {letter} | choice | {spec}"
        );
        check(&super::DEF, "", &table, expected);
    }

    #[test]
    fn listed_options_are_no_leak_but_the_stem_is() {
        let cities = ["Rome", "Paris", "Lima"];
        judge_choice("Which city lies on the Seine?", &cities, 1, "accept");
        judge_choice("Which city lies on the Seine, near Paris?", &cities, 1, "reject answer_in_question: 1 words");
        let universities = ["University of Bologna", "College of Paris", "School of Salerno"];
        judge_choice("Which university is the oldest?", &universities, 0, "reject option_stands_out: A");
        judge_choice("Which college or university is the oldest?", &universities, 0, "accept");
    }
}
