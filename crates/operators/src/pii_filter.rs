//! `pii_filter`: personal data and keys are refused, written over or told.
//!
//! Six kinds, each with a check that a look-alike does not pass: an address for mail has a host with an ending, a
//! telephone number the form of a country or a word before it, a card an issuer's range and a check digit, an IBAN a country's form
//! and check digits, an address of the Internet four numbers that no word calls a version, a key its issuer's prefix or a
//! name that says so and a value that looks random. What documentation uses on purpose (`example.com`, `192.0.2.1`, 555-0100)
//! belongs to nobody and is left, as are private networks.
//!
//! Names, streets and dates of birth are not looked for: without a model every rule for them hits more encyclopedia than people.
//!
//! Masked text keeps its bytes and code points, so offsets of evidence stay right wherever the stage stands. In a pair
//! question and evidence are masked; a pair whose answer holds something is refused, since no answer is left to check.

mod card;
mod context;
mod digits;
mod email;
mod find;
#[cfg(test)]
mod find_tests;
mod host;
mod iban;
mod keys;
mod kind;
mod mask;
mod phone;

use std::sync::Arc;

use arrow::array::{ArrayRef, ListBuilder, StringArray, StringBuilder, new_null_array};
use arrow::datatypes::DataType;
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind,
    ParamValue, ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::{Fate, Level, column};

use crate::{Def, Resources};
use find::Finder;
use kind::{Found, KINDS, Kind};
use mask::masked;

/// The description of `pii_filter`.
pub(crate) const DEF: Def = Def {
    name: "pii_filter",
    summary: "refuses, masks or tells personal data and keys",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Either,
    emits: false,
    reads: &[column::TEXT],
    adds: &[
        ColumnDef { name: column::TEXT, kind: ColumnType::Text, doc: "the text, with `mask` written over" },
        ColumnDef { name: column::QUESTION, kind: ColumnType::Text, doc: "of a pair, with `mask` written over" },
        ColumnDef { name: column::EVIDENCE, kind: ColumnType::Text, doc: "of a pair, with `mask` written over" },
        ColumnDef { name: "pii", kind: ColumnType::TextList, doc: "the kinds found, such as `email`" },
    ],
    reasons: &[ReasonDef {
        name: "personal_data",
        doc: "it holds personal data or a key; the detail names the kinds and never the value",
    }],
    params: &[
        ParamDef {
            name: "action",
            kind: ParamKind::Choice(&["reject", "mask", "keep"]),
            default: Some(ParamValue::Text("reject")),
            doc: "`reject` refuses the row, `mask` writes over what was found, `keep` only tells the kinds in `pii`",
        },
        ParamDef {
            name: "kinds",
            kind: ParamKind::TextList,
            default: Some(ParamValue::TextList(&["email", "phone", "card", "iban", "ip", "key"])),
            doc: "what is looked for",
        },
        ParamDef {
            name: "reserved",
            kind: ParamKind::Bool,
            default: Some(ParamValue::Bool(false)),
            doc: "whether what is kept for documentation counts too, as do addresses of private networks",
        },
    ],
    build,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Reject,
    Mask,
    Keep,
}

struct PiiFilter {
    finder: Finder,
    action: Action,
    level: Level,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let mut kinds = Vec::new();
    for name in ctx.params.list("kinds")? {
        kinds.push(Kind::of(&name).ok_or_else(|| {
            let known: Vec<&str> = KINDS.iter().map(|(_, name)| *name).collect();
            BuildError::param("kinds", format!("`{name}` is no kind; there are `{}`", known.join("`, `")))
        })?);
    }
    if kinds.is_empty() {
        return Err(BuildError::param("kinds", "no kind is looked for, so the stage would do nothing"));
    }
    let action = match ctx.params.text("action")? {
        "mask" => Action::Mask,
        "keep" => Action::Keep,
        _ => Action::Reject,
    };
    let finder = Finder::new(kinds, ctx.params.flag("reserved")?).map_err(BuildError::other)?;
    Ok(Operator::Compute(Arc::new(PiiFilter { finder, action, level: ctx.level })))
}

impl Compute for PiiFilter {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let texts = rows.text(column::TEXT)?;
        let mut seen = Seen::of(rows.len());
        match self.level {
            Level::Document => {
                let texts = self.look(texts, &mut seen);
                let nulls = || new_null_array(&DataType::Utf8, rows.len());
                Ok(self.decided(seen, [texts, nulls(), nulls()]))
            }
            Level::Pair => {
                self.look_at_answers(rows.text(column::ANSWER)?, &mut seen);
                let questions = self.look(rows.text(column::QUESTION)?, &mut seen);
                let evidence = match rows.text(column::EVIDENCE) {
                    Ok(evidence) => self.look(evidence, &mut seen),
                    Err(_) => new_null_array(&DataType::Utf8, rows.len()),
                };
                // The document's text follows its quote, or the quote would no longer be found in it.
                let texts = self.look(texts, &mut Seen::of(rows.len()));
                Ok(self.decided(seen, [texts, questions, evidence]))
            }
        }
    }
}

/// The kinds seen in each row, and the rows that cannot be masked.
struct Seen {
    kinds: Vec<Vec<Kind>>,
    unmaskable: Vec<bool>,
}

impl Seen {
    fn of(num_rows: usize) -> Seen {
        Seen { kinds: vec![Vec::new(); num_rows], unmaskable: vec![false; num_rows] }
    }

    fn add(&mut self, row: usize, found: &[Found]) {
        if let Some(kinds) = self.kinds.get_mut(row) {
            kinds.extend(found.iter().map(|place| place.kind));
        }
    }
}

impl PiiFilter {
    /// Notes what a column holds, and gives it back as the action leaves it.
    fn look(&self, texts: &StringArray, seen: &mut Seen) -> ArrayRef {
        let mut changed = Vec::new();
        for (row, text) in texts.iter().enumerate() {
            let Some(text) = text else { continue };
            let found = self.finder.find(text);
            if !found.is_empty() {
                seen.add(row, &found);
                changed.push((row, masked(text, &found)));
            }
        }
        if self.action != Action::Mask || changed.is_empty() {
            return Arc::new(texts.clone());
        }
        let mut changed = changed.into_iter().peekable();
        let texts = texts.iter().enumerate().map(|(row, text)| match changed.next_if(|(at, _)| *at == row) {
            Some((_, masked)) => Some(masked),
            None => text.map(str::to_owned),
        });
        Arc::new(texts.collect::<StringArray>())
    }

    fn look_at_answers(&self, answers: &StringArray, seen: &mut Seen) {
        for (row, answer) in answers.iter().enumerate() {
            let found = self.finder.find(answer.unwrap_or_default());
            seen.add(row, &found);
            if let Some(unmaskable) = seen.unmaskable.get_mut(row) {
                *unmaskable = !found.is_empty();
            }
        }
    }

    fn decided(&self, seen: Seen, [texts, questions, evidence]: [ArrayRef; 3]) -> Decided {
        let mut decided = Decided::default();
        let mut column = ListBuilder::new(StringBuilder::new());
        for (mut kinds, unmaskable) in seen.kinds.into_iter().zip(seen.unmaskable) {
            kinds.sort_unstable();
            kinds.dedup();
            let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            let refused = self.action == Action::Reject || (self.action == Action::Mask && unmaskable);
            decided.fates.push(match refused && !names.is_empty() {
                true => Fate::reject("personal_data", names.join(", ")),
                false => Fate::Accept,
            });
            names.iter().for_each(|name| column.values().append_value(name));
            column.append(true);
        }
        decided.columns = vec![texts, questions, evidence, Arc::new(column.finish())];
        decided
    }
}

#[cfg(test)]
mod tests;
