//! `boilerplate_assign`: trims the furniture of a web page off its text, and keeps the prose.
//!
//! What stands before the first line of prose and behind the last one goes up to its last, or from its first, line of
//! furniture: cookie notices, rows of links, calls to share or subscribe, copyright. Headings next to the prose stay.
//! Between two lines of prose only a row of links, or two lines of furniture one after the other, are taken out: a
//! list of short lines there is more often part of the text than a menu. A text without furniture is left as it is,
//! to the byte.
//!
//! Phrases are English; `phrases` adds those of other languages. The list is the one by which `quality_filter` measures
//! the share of boilerplate.

mod lines;

use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use arrow::array::{ArrayRef, Int64Builder, StringBuilder};
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind,
    ParamValue, ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};

use crate::furniture::FURNITURE;
use crate::{Def, Resources};
use lines::{Kind, NOTICES, kept, kinds};

/// The description of `boilerplate_assign`.
pub(crate) const DEF: Def = Def {
    name: "boilerplate_assign",
    summary: "trims menus, notices and calls to action off a text",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT],
    adds: &[
        ColumnDef { name: column::TEXT, kind: ColumnType::Text, doc: "the text without its furniture" },
        ColumnDef { name: "trimmed_chars", kind: ColumnType::Int, doc: "how many characters were taken off" },
    ],
    reasons: &[ReasonDef { name: "only_boilerplate", doc: "there is furniture, and no line of prose" }],
    params: &[ParamDef {
        name: "phrases",
        kind: ParamKind::TextList,
        default: Some(ParamValue::TextList(&[])),
        doc: "what else notices and calls to action say, in small letters: a short line with one of them is furniture",
    }],
    build,
};

struct BoilerplateAssign {
    /// Notices first, then calls to action.
    phrases: AhoCorasick,
    num_notices: usize,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let own: Vec<String> = ctx.params.list("phrases")?;
    if own.iter().any(|phrase| phrase.trim().is_empty()) {
        return Err(BuildError::param("phrases", "a phrase is empty, and would be found on every line"));
    }
    let notices = NOTICES.iter().copied().chain(own.iter().map(String::as_str));
    let num_notices = NOTICES.len() + own.len();
    let phrases = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(notices.chain(FURNITURE.iter().copied()))
        .map_err(|error| BuildError::param("phrases", error.to_string()))?;
    Ok(Operator::Compute(Arc::new(BoilerplateAssign { phrases, num_notices })))
}

impl Compute for BoilerplateAssign {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let mut fates = Vec::with_capacity(rows.len());
        let (mut texts, mut trimmed) = (StringBuilder::new(), Int64Builder::new());
        for text in rows.text(column::TEXT)? {
            let (fate, trimmed_text) = self.trim(text.unwrap_or_default());
            let count = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            trimmed
                .append_value(trimmed_text.as_deref().map_or(0, |left| count(text.unwrap_or_default()) - count(left)));
            texts.append_option(trimmed_text.as_deref().or(text));
            fates.push(fate);
        }
        let columns: Vec<ArrayRef> = vec![Arc::new(texts.finish()), Arc::new(trimmed.finish())];
        Ok(Decided { fates, columns, ..Decided::default() })
    }
}

impl BoilerplateAssign {
    /// The fate, and the text if it is not as before.
    fn trim(&self, text: &str) -> (Fate, Option<String>) {
        let lines = kinds(text, &self.phrases, self.num_notices);
        if lines.iter().all(|(_, kind)| *kind != Kind::Furniture) {
            return (Fate::Accept, None);
        }
        let left = kept(&lines);
        if !left.iter().any(|(_, kind)| *kind == Kind::Prose) {
            let num_furniture = lines.iter().filter(|(_, kind)| *kind == Kind::Furniture).count();
            return (Fate::reject("only_boilerplate", format!("{num_furniture} of {} lines", lines.len())), None);
        }
        if left.len() == lines.len() {
            return (Fate::Accept, None);
        }
        let left: Vec<&str> = left.iter().map(|(line, _)| *line).collect();
        (Fate::Accept, Some(left.join("\n").trim_matches('\n').to_owned()))
    }
}

#[cfg(test)]
mod tests;
