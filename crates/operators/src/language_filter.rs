//! `language_filter`: refuses documents that are not in one of the wanted languages.
//!
//! Judged on eight short windows spread evenly over the text, so that a long document costs no more than a short one
//! and a text that changes language half-way is noticed. How, and how right that is: [`crate::language`].

use std::sync::Arc;

use quarry_engine::operator::{
    BuildContext, BuildError, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue, ReasonDef,
    Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};

use crate::{Def, Resources, language};

/// The description of `language_filter`.
pub(crate) const DEF: Def = Def {
    name: "language_filter",
    summary: "refuses documents in other languages",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT],
    adds: &[],
    reasons: &[
        ReasonDef { name: "wrong_language", doc: "the text is in a language that is not in `languages`" },
        ReasonDef {
            name: "undetermined_language",
            doc: "the text has too few letters, or no language reaches `min_confidence`",
        },
    ],
    params: &[
        ParamDef {
            name: "languages",
            kind: ParamKind::TextList,
            default: Some(ParamValue::TextList(&["en"])),
            doc: "the wanted languages, as ISO 639-1 codes such as `en`",
        },
        ParamDef {
            name: "min_confidence",
            kind: ParamKind::Float { min: 0.0, max: 1.0 },
            default: Some(ParamValue::Float(0.5)),
            doc: "the least confidence, where the windows do not agree by themselves",
        },
        ParamDef {
            name: "sample_chars",
            kind: ParamKind::Int { min: 80, max: 100_000 },
            default: Some(ParamValue::Int(640)),
            doc: "how much of a text is looked at, in bytes of UTF-8, spread over eight windows",
        },
    ],
    build,
};

struct LanguageFilter {
    wanted: Vec<&'static str>,
    min_confidence: f64,
    sample_bytes: usize,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let mut wanted = Vec::new();
    for code in ctx.params.list("languages")? {
        let known = language::known(&code).ok_or_else(|| {
            let message = format!("`{code}` is not a language that can be told; write ISO 639-1 codes such as `en`");
            BuildError::param("languages", message)
        })?;
        wanted.push(known);
    }
    if wanted.is_empty() {
        return Err(BuildError::param("languages", "no language is wanted, so no document would be left"));
    }
    let min_confidence = ctx.params.float("min_confidence")?;
    let sample_bytes = ctx.params.count("sample_chars")?;
    Ok(Operator::Compute(Arc::new(LanguageFilter { wanted, min_confidence, sample_bytes })))
}

impl Compute for LanguageFilter {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let texts = rows.text(column::TEXT)?;
        Ok(Decided::fates(texts.iter().map(|text| self.fate(text.unwrap_or_default())).collect()))
    }
}

impl LanguageFilter {
    fn fate(&self, text: &str) -> Fate {
        match language::detect(text, self.sample_bytes) {
            None => Fate::reject("undetermined_language", "too few letters"),
            Some(found) if found.confidence < self.min_confidence => {
                Fate::reject("undetermined_language", format!("{} {:.2}", found.code, found.confidence))
            }
            Some(found) if !self.wanted.contains(&found.code) => Fate::reject("wrong_language", found.code),
            Some(_) => Fate::Accept,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{check, check_build_error};

    const TABLE: &str = "text
        The committee met on Tuesday to discuss the new bridge over the river, and the vote was close.
        Le comité s'est réuni mardi pour discuter du nouveau pont sur le fleuve, et le vote a été serré.
        Der Ausschuss traf sich am Dienstag, um über die neue Brücke zu sprechen, und es war knapp.
        委员会星期二开会讨论河上的新桥，投票结果非常接近，大家都很紧张。
        1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27
        \\0";

    #[test]
    fn other_languages_are_named() {
        check(
            &super::DEF,
            "",
            TABLE,
            "accept
             reject wrong_language: fr
             reject wrong_language: de
             reject wrong_language: zh
             reject undetermined_language: too few letters
             reject undetermined_language: too few letters",
        );
    }

    #[test]
    fn several_languages_may_be_wanted() {
        check(
            &super::DEF,
            "languages = [\"de\", \"fr\"]",
            TABLE,
            "reject wrong_language: en
             accept
             accept
             reject wrong_language: zh
             reject undetermined_language: too few letters
             reject undetermined_language: too few letters",
        );
    }

    #[test]
    fn a_language_that_only_the_slow_model_knows_may_be_wanted() {
        check(
            &super::DEF,
            "languages = [\"pl\"]",
            "text
             Komitet zebrał się we wtorek, aby omówić nowy most na rzece, a głosowanie było bardzo wyrównane.",
            "accept",
        );
    }

    #[test]
    fn a_text_in_two_languages_is_not_sure() {
        let english = "The committee met on Tuesday to discuss the new bridge over the river. ".repeat(3);
        let spanish = "El comité se reunió el martes para hablar del nuevo puente sobre el río. ".repeat(3);
        let table = format!("text\n{english} {spanish}");
        check(&super::DEF, "min_confidence = 0.9", &table, "reject undetermined_language: fr 0.00");
    }

    #[test]
    fn an_unknown_code_is_refused() {
        check_build_error(&super::DEF, "languages = [\"english\"]", "`english` is not a language that can be told");
        check_build_error(&super::DEF, "languages = []", "no language is wanted");
    }
}
