//! `form_verify`: refuses pairs whose question or answer has the wrong form, before anything looks at the facts.
//!
//! The question has to stand alone, ask for one thing, and be in the document's language; the answer has to be short, of
//! the type that it claims, and equal to itself for the code that will check replies. Phrases are matched by pattern: a
//! model decides what patterns cannot, in a later stage.

use std::sync::{Arc, LazyLock};

use quarry_answers::check;
use quarry_engine::operator::{
    BuildContext, BuildError, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue, Params,
    ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};
use regex::Regex;

use crate::text::pattern;
use crate::verify::{Pairs, Stem, Subject, is_compound, refers_to_document, text_at, unresolved_opener};
use crate::{Def, Resources, language};

/// The description of `form_verify`.
pub(crate) const DEF: Def = Def {
    name: "form_verify",
    summary: "refuses pairs whose question does not stand alone or whose answer cannot be checked",
    version: 2,
    shape: Shape::Compute,
    takes: Takes::Pairs,
    emits: false,
    reads: &[column::QUESTION, column::ANSWER, column::ANSWER_TYPE, column::ANSWER_SPEC, column::TEXT],
    adds: &[],
    reasons: &[
        ReasonDef { name: "question_too_short", doc: "the question has fewer than `min_words` words" },
        ReasonDef { name: "question_too_long", doc: "the question has more than `max_words` words" },
        ReasonDef { name: "not_a_question", doc: "the question neither asks nor tells what to answer" },
        ReasonDef { name: "compound_question", doc: "the question asks for more than one thing" },
        ReasonDef { name: "answer_too_long", doc: "the answer has more than `max_answer_words` words" },
        ReasonDef { name: "unreadable_answer", doc: "the answer does not parse as the type that it claims" },
        ReasonDef { name: "answer_not_itself", doc: "the code that checks replies would not accept the answer" },
        ReasonDef { name: "missing_option", doc: "an option of a choice is not listed in the question" },
        ReasonDef {
            name: "refers_to_document",
            doc: "the question speaks of a document that its reader does not have",
        },
        ReasonDef { name: "unresolved_opener", doc: "a pronoun in the question has nothing to stand for" },
        ReasonDef { name: "other_language", doc: "the question is not in the language of the document" },
    ],
    params: &PARAMS,
    build,
};

/// Its settings, which a repair takes over.
pub(crate) const PARAMS: [ParamDef; 3] = [
    ParamDef {
        name: "min_words",
        kind: ParamKind::Int { min: 1, max: 10_000 },
        default: Some(ParamValue::Int(8)),
        doc: "the fewest words of a question, counted between white space",
    },
    ParamDef {
        name: "max_words",
        kind: ParamKind::Int { min: 1, max: 10_000 },
        default: Some(ParamValue::Int(200)),
        doc: "the most words of a question, its options included",
    },
    ParamDef {
        name: "max_answer_words",
        kind: ParamKind::Int { min: 1, max: 1_000 },
        default: Some(ParamValue::Int(12)),
        doc: "the most words of an answer; longer ones cannot be checked by plain code",
    },
];

/// The rules of form, with their limits.
pub(crate) struct FormVerify {
    min_words: usize,
    max_words: usize,
    max_answer_words: usize,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    Ok(Operator::Compute(Arc::new(FormVerify::new(ctx.params)?)))
}

impl Compute for FormVerify {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let texts = rows.text(column::TEXT)?;
        Ok(Pairs::read(rows)?.verify(|idx, pair| (self.fate(pair, text_at(texts, idx)), None)))
    }
}

impl FormVerify {
    /// Reads the limits.
    pub(crate) fn new(params: &Params) -> Result<FormVerify, BuildError> {
        let verify = FormVerify {
            min_words: params.count("min_words")?,
            max_words: params.count("max_words")?,
            max_answer_words: params.count("max_answer_words")?,
        };
        match verify.min_words > verify.max_words {
            true => Err(BuildError::param("min_words", "`min_words` is above `max_words`, so no pair would be left")),
            false => Ok(verify),
        }
    }

    /// Decides a pair of a document with this text.
    pub(crate) fn fate(&self, pair: &Subject<'_>, text: &str) -> Fate {
        self.answer_problem(pair).or_else(|| self.question_problem(pair, text)).unwrap_or(Fate::Accept)
    }

    fn answer_problem(&self, pair: &Subject<'_>) -> Option<Fate> {
        let num_words = pair.answer.split_whitespace().count();
        if num_words > self.max_answer_words {
            return Some(Fate::reject("answer_too_long", num_words.to_string()));
        }
        let Some(spec) = &pair.spec else {
            return Some(Fate::reject("unreadable_answer", "the answer's specification cannot be used"));
        };
        let verdict = check(spec, pair.answer);
        (!verdict.is_correct()).then(|| Fate::reject("answer_not_itself", verdict.as_str()))
    }

    fn question_problem(&self, pair: &Subject<'_>, text: &str) -> Option<Fate> {
        let num_words = pair.question.split_whitespace().count();
        if num_words < self.min_words {
            return Some(Fate::reject("question_too_short", num_words.to_string()));
        }
        if num_words > self.max_words {
            return Some(Fate::reject("question_too_long", num_words.to_string()));
        }
        let Some(stem) = pair.spec.as_ref().and_then(|spec| Stem::of(pair.question, spec)) else {
            return Some(Fate::reject("missing_option", "an option is not listed"));
        };
        let unquoted = stem.unquoted();
        if !asks(&unquoted) {
            return Some(Fate::reject("not_a_question", "no question mark and no instruction"));
        }
        if is_compound(&unquoted) {
            return Some(Fate::reject("compound_question", "more than one question"));
        }
        if let Some(phrase) = refers_to_document(&stem.text) {
            return Some(Fate::reject("refers_to_document", phrase));
        }
        if let Some(pronoun) = unresolved_opener(&stem.text) {
            return Some(Fate::reject("unresolved_opener", pronoun));
        }
        let (found, wanted) = language::clearly_differ(&stem.text, text)?;
        Some(Fate::reject("other_language", format!("{found} instead of {wanted}")))
    }
}

static INSTRUCTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[.:;,!] +)(?i:(?:please )?(?:answer|calculate|choose|complete|compute|convert|define|determine|estimate|evaluate|express|factor|fill|find|give|identify|list|name|pick|prove|select|simplify|solve|specify|state|supply|tell|write)) ",
    )
});

fn asks(unquoted: &str) -> bool {
    unquoted.contains(['?', '？', '؟']) || INSTRUCTION.is_match(unquoted.trim_start())
}

#[cfg(test)]
mod tests {
    use crate::check::check;

    const YEAR: &str = r#"date | {"type":"date","value":"1905","granularity":"year","calendar":"gregorian"}"#;
    const TEXT: &str = "Einstein published four papers in the year 1905, and each of them changed physics.";

    fn judge(cases: &[(&str, &str)]) {
        for (pair, expected) in cases {
            let table = format!("question | answer | answer_type | answer_spec | text\n{pair} | {TEXT}");
            check(&super::DEF, "", &table, expected);
        }
    }

    fn year(question: &str) -> String {
        format!("{question} | 1905 | {YEAR}")
    }

    #[test]
    fn a_question_has_the_right_length_and_asks() {
        judge(&[
            (&year("In which year did Albert Einstein publish four papers?"), "accept"),
            (&year("My book on Einstein is due. Give the year of his four papers."), "accept"),
            (&year("When did Einstein publish?"), "reject question_too_short: 4"),
            (&year(&format!("When did Einstein publish {}?", "very ".repeat(200))), "reject question_too_long: 205"),
            (
                &year("Albert Einstein published his four famous papers in this one year."),
                "reject not_a_question: no question mark and no instruction",
            ),
            (
                &year("In which year did Einstein publish, and where was he living then?"),
                "reject compound_question: more than one question",
            ),
        ]);
    }

    #[test]
    fn a_question_stands_alone() {
        judge(&[
            (
                &year("According to the passage, in which year did Einstein publish four papers?"),
                "reject refers_to_document: According to the passage",
            ),
            (&year("In which year did he publish his four most famous papers?"), "reject unresolved_opener: he"),
            (
                &year(
                    "En quelle année Albert Einstein a-t-il publié les quatre articles qui ont changé la physique pour toujours ?",
                ),
                "reject other_language: fr instead of en",
            ),
        ]);
    }

    #[test]
    fn an_answer_is_short_and_equal_to_itself() {
        let question = "In which year did Albert Einstein publish four papers?";
        let long = "word ".repeat(13);
        judge(&[
            (&format!("{question} | {long} | {YEAR}"), "reject answer_too_long: 13"),
            (
                &format!("{question} | 1905 | integer | {{}}"),
                "reject unreadable_answer: the answer's specification cannot be used",
            ),
            (
                &format!("{question} | 1905 | {}", YEAR.replacen("date", "integer", 1)),
                "reject unreadable_answer: the answer's specification cannot be used",
            ),
            (&format!("{question} | 1906 | {YEAR}"), "reject answer_not_itself: incorrect"),
            ("\\0 | \\0 | \\0 | \\0", "reject unreadable_answer: the answer's specification cannot be used"),
        ]);
    }

    #[test]
    fn a_choice_lists_its_options() {
        let spec = quarry_answers::choice(&["1904", "1905"], 1).unwrap().to_json();
        let rest = format!("B | choice | {spec}");
        judge(&[
            (&format!("In which year did Einstein publish four papers?\\nA. 1904\\nB. 1905 | {rest}"), "accept"),
            (
                &format!("In which year did Einstein publish his four papers? | {rest}"),
                "reject missing_option: an option is not listed",
            ),
        ]);
    }
}
