//! `grounding_verify`: refuses pairs whose evidence is not in the document, or does not hold the answer.
//!
//! The evidence has to be the document's own text at its offsets. The answer has to occur in it: a number as an equal
//! number, a date as an equal date, anything else word for word but for a tenth of its letters. A yes or no occurs
//! nowhere; whether the evidence supports it is for a later stage to say.

use std::sync::{Arc, LazyLock};

use quarry_answers::{AnswerSpec, check};
use quarry_engine::operator::{
    BuildContext, BuildError, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue, Params,
    ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};
use regex::Regex;

use crate::text::pattern;
use crate::verify::{
    Pairs, Subject, contains_inflected, folded_words, numbers, offset_at, span, text_at, unscaled_numbers,
};
use crate::{Def, Resources};

/// The description of `grounding_verify`.
pub(crate) const DEF: Def = Def {
    name: "grounding_verify",
    summary: "refuses pairs whose answer is not in the document at the place given",
    version: 2,
    shape: Shape::Compute,
    takes: Takes::Pairs,
    emits: false,
    reads: &[
        column::QUESTION,
        column::ANSWER,
        column::ANSWER_TYPE,
        column::ANSWER_SPEC,
        column::TEXT,
        column::EVIDENCE,
        column::EVIDENCE_START,
        column::EVIDENCE_END,
    ],
    adds: &[],
    reasons: &[
        ReasonDef { name: "misplaced_evidence", doc: "the evidence is not the document's text at its offsets" },
        ReasonDef { name: "unsupported_number", doc: "no number in the evidence equals the answer" },
        ReasonDef { name: "unsupported_answer", doc: "the answer does not occur in the evidence" },
    ],
    params: &PARAMS,
    build,
};

/// Its setting, which a repair takes over.
pub(crate) const PARAMS: [ParamDef; 1] = [ParamDef {
    name: "max_edits",
    kind: ParamKind::Float { min: 0.0, max: 1.0 },
    default: Some(ParamValue::Float(0.1)),
    doc: "the greatest edit distance between answer and evidence, as a share of the answer's characters",
}];

/// The rules of grounding, with their limit.
pub(crate) struct GroundingVerify {
    max_edits: f64,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    Ok(Operator::Compute(Arc::new(GroundingVerify::new(ctx.params)?)))
}

impl Compute for GroundingVerify {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let (texts, evidence) = (rows.text(column::TEXT)?, rows.text(column::EVIDENCE)?);
        let (starts, ends) = (rows.int(column::EVIDENCE_START)?, rows.int(column::EVIDENCE_END)?);
        let verify = |idx, pair: &Subject<'_>| {
            let offsets = offset_at(starts, idx).zip(offset_at(ends, idx));
            self.fate(pair, text_at(texts, idx), text_at(evidence, idx), offsets)
        };
        Ok(Pairs::read(rows)?.verify(verify))
    }
}

impl GroundingVerify {
    /// Reads the limit.
    pub(crate) fn new(params: &Params) -> Result<GroundingVerify, BuildError> {
        Ok(GroundingVerify { max_edits: params.float("max_edits")? })
    }

    /// Decides a pair by its evidence at these code points of the text, and says how well the answer fits it.
    pub(crate) fn fate(
        &self,
        pair: &Subject<'_>,
        text: &str,
        evidence: &str,
        offsets: Option<(usize, usize)>,
    ) -> (Fate, Option<f32>) {
        let span = offsets.and_then(|(start, end)| span(text, start..end));
        match span.filter(|span| !span.is_empty() && *span == evidence) {
            None => (Fate::reject("misplaced_evidence", "another text at these offsets"), None),
            Some(span) => self.supported(pair, span),
        }
    }

    fn supported(&self, pair: &Subject<'_>, evidence: &str) -> (Fate, Option<f32>) {
        let fact = pair.fact();
        match &pair.spec {
            Some(AnswerSpec::Boolean(_)) => (Fate::Accept, None),
            Some(AnswerSpec::List(_) | AnswerSpec::Set(_)) => self.all_items(fact, evidence),
            Some(
                AnswerSpec::Integer(_) | AnswerSpec::Decimal(_) | AnswerSpec::Quantity(_) | AnswerSpec::Percentage(_),
            ) if !numbers(fact).is_empty() => number_fate(pair, evidence),
            Some(spec @ AnswerSpec::Date(_)) if any_window(spec, evidence, 4) => (Fate::Accept, Some(1.0)),
            _ => self.text_fate(fact, evidence),
        }
    }

    fn all_items(&self, fact: &str, evidence: &str) -> (Fate, Option<f32>) {
        let items = fact.split([',', ';']).flat_map(|part| part.split(" and ")).map(str::trim);
        let mut worst = 1.0_f32;
        for item in items.filter(|item| !item.is_empty()) {
            let (fate, score) = self.text_fate(item.strip_prefix("and ").unwrap_or(item), evidence);
            if fate != Fate::Accept {
                return (fate, score);
            }
            worst = worst.min(score.unwrap_or(1.0));
        }
        (Fate::Accept, Some(worst))
    }

    fn text_fate(&self, fact: &str, evidence: &str) -> (Fate, Option<f32>) {
        let (words, wanted) = (folded_words(evidence), folded_words(fact));
        if contains_inflected(&words, &wanted) || (wanted.is_empty() && !fact.is_empty() && evidence.contains(fact)) {
            return (Fate::Accept, Some(1.0));
        }
        let share = edit_share(&words, &wanted);
        #[expect(clippy::cast_possible_truncation, reason = "a share for reports")]
        let score = Some((1.0 - share).max(0.0) as f32);
        match share <= self.max_edits {
            true => (Fate::Accept, score),
            false => (Fate::reject("unsupported_answer", format!("{share:.2} of it differs")), score),
        }
    }
}

/// Numbers are compared by value, so that `12` is not found in `12 million`, unless the question says the million.
fn number_fate(pair: &Subject<'_>, evidence: &str) -> (Fate, Option<f32>) {
    let (wanted, mut found) = (numbers(pair.fact()), numbers(evidence));
    if SCALED_BLANK.is_match(pair.question) {
        found.extend(unscaled_numbers(evidence));
    }
    let is_found = |value: &f64| found.iter().any(|other| (other - value).abs() <= value.abs() * 1e-9);
    match wanted.iter().all(is_found) {
        true => (Fate::Accept, Some(1.0)),
        false => (Fate::reject("unsupported_number", format!("{} other numbers", found.len())), Some(0.0)),
    }
}

/// `____ million`, `how many million`, `in millions`.
static SCALED_BLANK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:__ ?|how many |\bin )(?:hundred|thousand|million|billion|trillion)s?\b"));

/// Whether some words of the evidence are themselves a correct reply.
fn any_window(spec: &AnswerSpec, evidence: &str, max_words: usize) -> bool {
    let words: Vec<&str> = evidence.split_whitespace().collect();
    let plain = |word: &&str| word.trim_matches(|ch: char| ch.is_ascii_punctuation() && ch != '%').to_owned();
    (1..=max_words).any(|len| {
        words.windows(len).any(|window| {
            let reply = window.iter().map(plain).collect::<Vec<_>>().join(" ");
            check(spec, &reply).is_correct()
        })
    })
}

/// The least edit distance between the wanted words and any stretch of the evidence, as a share of what is wanted.
fn edit_share(words: &[String], wanted: &[String]) -> f64 {
    let target = wanted.join(" ");
    let num_chars = target.chars().count();
    if num_chars == 0 {
        return 1.0;
    }
    let lengths = wanted.len().saturating_sub(1).max(1)..=wanted.len() + 1;
    let stretches = lengths.flat_map(|len| words.windows(len));
    let distances = stretches.map(|stretch| strsim::levenshtein(&stretch.join(" "), &target));
    distances.min().map_or(1.0, |distance| (distance as f64 / num_chars as f64).min(1.0))
}

#[cfg(test)]
mod tests {
    use quarry_answers::{choice, infer};

    use crate::check::check;

    /// The evidence is the part of the text between `[` and `]`.
    fn judge(text: &str, answer: &str, expected: &str) {
        let spec = infer(answer, "What belongs in the blank of the sentence?").unwrap();
        judge_spec(text, answer, spec.answer_type().as_str(), &spec.to_json(), expected);
    }

    fn judge_spec(text: &str, answer: &str, kind: &str, spec: &str, expected: &str) {
        judge_question("What is it?", text, answer, kind, spec, expected);
    }

    fn judge_question(question: &str, text: &str, answer: &str, kind: &str, spec: &str, expected: &str) {
        let start = text.chars().position(|ch| ch == '[').unwrap();
        let end = text.chars().position(|ch| ch == ']').unwrap() - 1;
        let evidence = &text[text.find('[').unwrap() + 1..text.find(']').unwrap()];
        let plain = text.replace(['[', ']'], "");
        let table = format!(
            "question | answer | answer_type | answer_spec | text | evidence | evidence_start | evidence_end
             {question} | {answer} | {kind} | {spec} | {plain} | {evidence} | {start} | {end}"
        );
        check(&super::DEF, "", &table, expected);
    }

    #[test]
    fn evidence_is_the_text_at_its_offsets() {
        judge("Zürich. [It lies on the Limmat.] More.", "Limmat", "accept");
        let row = |text: &str, evidence: &str, offsets: &str| {
            let spec = infer("Limmat", "").unwrap().to_json();
            let table = format!(
                "question | answer | answer_type | answer_spec | text | evidence | evidence_start | evidence_end
                 q | Limmat | string | {spec} | {text} | {evidence} | {offsets}"
            );
            check(&super::DEF, "", &table, "reject misplaced_evidence: another text at these offsets");
        };
        row("Zürich lies on the Limmat.", "on the Limmat", "12 | 26");
        row("Zürich lies on the Limmat.", "on the Limmat", "12 | 99");
        row("Zürich lies on the Limmat.", "on the Limmat", "25 | 12");
        row("Zürich lies on the Limmat.", "on the Limmat", "-1 | 12");
        row("Zürich lies on the Limmat.", "\\0", "\\0 | \\0");
        row("\\0", "on the Limmat", "0 | 13");
    }

    #[test]
    fn text_may_differ_by_a_tenth() {
        judge("[The capital is Saint Petersburgh.]", "Saint Petersburg", "accept");
        judge("[The capital is Saint Peters.]", "Saint Petersburg", "reject unsupported_answer: 0.25 of it differs");
        judge("[The capital is Rome.]", "Oslo", "reject unsupported_answer: 0.75 of it differs");
        judge("[It holds iron, copper and tin.]", "iron, copper and tin", "accept");
        judge(
            "[It holds iron, copper and lead.]",
            "iron, copper and tin",
            "reject unsupported_answer: 0.67 of it differs",
        );
    }

    #[test]
    fn numbers_are_read_again() {
        judge("[It has 1,250 rooms.]", "1250", "accept");
        judge("[It has twelve rooms.]", "12", "accept");
        judge("[It has 12 million rooms.]", "12", "reject unsupported_number: 1 other numbers");
        judge("[It is 12.5 km long.]", "12.5 km", "accept");
        judge("[It is 12.5 km long.]", "13.5 km", "reject unsupported_number: 1 other numbers");
        judge("[It covers 71 percent of the land.]", "71 %", "accept");
    }

    #[test]
    fn a_scale_may_stand_in_the_question() {
        let spec = infer("12", "How many?").unwrap().to_json();
        let judge = |question: &str, expected: &str| {
            judge_question(question, "[It has 12 million rooms.]", "12", "integer", &spec, expected);
        };
        judge("What is missing? “It has ____ million rooms.”", "accept");
        judge("How many rooms has it?", "reject unsupported_number: 1 other numbers");
    }

    #[test]
    fn dates_are_read_again() {
        judge("[It opened on 14 March 1905 in Bern.]", "March 14, 1905", "accept");
        judge("[It opened on 14 March 1905 in Bern.]", "1905", "accept");
        judge("[It opened in 1906.]", "1905", "reject unsupported_number: 1 other numbers");
    }

    #[test]
    fn of_a_choice_the_right_option_counts() {
        let spec = choice(&["Rome", "Oslo"], 1).unwrap().to_json();
        judge_spec("[The capital is Oslo.]", "B", "choice", &spec, "accept");
        judge_spec("[The capital is Rome.]", "B", "choice", &spec, "reject unsupported_answer: 0.75 of it differs");
    }

    #[test]
    fn a_yes_needs_evidence_and_no_words() {
        let spec = infer("yes", "Is it?").unwrap();
        judge_spec("[The capital is Oslo.]", "yes", "boolean", &spec.to_json(), "accept");
    }
}
