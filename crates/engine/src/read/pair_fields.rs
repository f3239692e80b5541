//! From the fields of an input row to the columns of a pair: question and answer must be there, and what quarry itself
//! publishes of a pair is taken as it is, so that a dataset can be read back. All else goes to `meta`.

use std::borrow::Cow;

use quarry_schema::{Check, column};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fields::{Cell, Document, FieldNames, Fields, NUM_OPTIONAL};
use super::options::Mapping;

/// Strings of a pair that lie in cells of their own, in the order of [`column::PAIR_TEXTS`].
const NUM_FLAT: usize = 8;
/// Strings of a pair that published files hold in structs, behind the others in that order.
const NESTED: [(&str, &[&str]); 2] =
    [("gen", &["model", "prompt_hash", "request_hash"]), ("recipe", &["name", "hash"])];

/// The cells of a pair.
pub(super) struct PairNames {
    id: Vec<usize>,
    pub(super) question: Vec<usize>,
    pub(super) answer: Vec<usize>,
    /// Optional strings, from `answer_type` to `split`.
    texts: Vec<Vec<usize>>,
    /// `evidence_start`, `evidence_end` and `difficulty`.
    numbers: [Vec<usize>; 3],
}

impl PairNames {
    /// Finds the cells by the names that the mapping or custom gives them.
    pub(super) fn new(mapping: &Mapping, ranked: &mut impl FnMut(&Option<String>, &[&str]) -> Vec<usize>) -> PairNames {
        let optional = column::PAIR_TEXTS.get(2..NUM_FLAT).unwrap_or_default();
        PairNames {
            id: ranked(&mapping.id, &["id"]),
            question: ranked(&mapping.question, &[column::QUESTION]),
            answer: ranked(&mapping.answer, &[column::ANSWER]),
            texts: optional.iter().map(|name| ranked(&None, &[name])).collect(),
            numbers: [column::EVIDENCE_START, column::EVIDENCE_END, column::DIFFICULTY]
                .map(|name| ranked(&None, &[name])),
        }
    }

    /// Whether a cell holds a number, or an id that may be one.
    pub(super) fn takes_numbers(&self, slot: usize) -> bool {
        self.id.contains(&slot) || self.numbers.iter().any(|slots| slots.contains(&slot))
    }
}

/// A readable pair, borrowed from its cells.
pub(super) struct InputPair<'r> {
    /// The id as given.
    pub(super) id: Option<Cow<'r, str>>,
    /// The document's id as given.
    pub(super) doc_id: Option<Cow<'r, str>>,
    /// In the order of [`column::PAIR_TEXTS`].
    pub(super) texts: Vec<Option<Cow<'r, str>>>,
    /// Where the evidence begins and ends.
    pub(super) evidence: [Option<i64>; 2],
    /// The pass rate.
    pub(super) difficulty: Option<f32>,
    /// Verdicts of earlier checkers.
    pub(super) checks: Option<Vec<Check>>,
    /// `url`, `source`, `licence` and `language`.
    pub(super) optional: [Option<&'r str>; NUM_OPTIONAL],
    /// Every other field as one JSON object.
    pub(super) meta: Option<String>,
}

/// A readable row.
pub(super) enum InputRow<'r> {
    /// A document.
    Document(Document<'r>),
    /// A pair.
    Pair(Box<InputPair<'r>>),
}

impl<'r> From<Document<'r>> for InputRow<'r> {
    fn from(document: Document<'r>) -> InputRow<'r> {
        InputRow::Document(document)
    }
}

impl Fields<'_> {
    /// Picks the columns of whatever the rows are.
    ///
    /// # Errors
    /// What makes the row unreadable, in words that hold none of its content.
    pub(super) fn row(&mut self, names: &FieldNames) -> Result<InputRow<'_>, String> {
        match names.pair() {
            Some(pair) => self.pair(names, pair).map(|pair| InputRow::Pair(Box::new(pair))),
            None => self.document(names).map(InputRow::Document),
        }
    }

    fn pair(&mut self, names: &FieldNames, pair: &PairNames) -> Result<InputPair<'_>, String> {
        let required = |slots: &[usize], what: &str| {
            self.first(slots).ok_or_else(|| format!("no {what} in {}", names.names_of(slots)))
        };
        let question = required(&pair.question, "question")?;
        let answer = required(&pair.answer, "answer")?;
        let (id, doc_id) = (self.first(&pair.id), self.first(names.doc_id()));
        let texts: Vec<Option<usize>> = pair.texts.iter().map(|slots| self.first_text(slots)).collect();
        let [start, end, difficulty] = pair.numbers.each_ref().map(|slots| self.first(slots));
        let evidence = [start, end].map(|slot| slot.filter(|slot| self.number(*slot).is_some_and(Value::is_i64)));
        let difficulty = difficulty.filter(|slot| self.number(*slot).is_some());
        let optional = names.optional.each_ref().map(|slots| self.first_text(slots));
        let nested = take_nested(&mut self.others);
        let checks = take_checks(&mut self.others);
        let meta = self.leave(names, |slot| {
            let taken = [Some(question), Some(answer), id, doc_id, difficulty];
            let slot = Some(slot);
            taken.contains(&slot) || texts.contains(&slot) || evidence.contains(&slot) || optional.contains(&slot)
        });
        let string = |slot: usize| self.text(slot).ok_or_else(|| self.wrong_type(slot, names, "a string"));
        let both = [string(question)?, string(answer)?].map(|text| Some(Cow::Borrowed(text)));
        let flat = texts.iter().map(|slot| slot.and_then(|slot| self.text(slot)).map(Cow::Borrowed));
        Ok(InputPair {
            id: id.map_or(Ok(None), |slot| self.id(slot, names))?,
            doc_id: doc_id.map_or(Ok(None), |slot| self.id(slot, names))?,
            texts: both.into_iter().chain(flat).chain(nested.into_iter().map(|text| text.map(Cow::Owned))).collect(),
            evidence: evidence.map(|slot| slot.and_then(|slot| self.number(slot)?.as_i64())),
            difficulty: difficulty.and_then(|slot| Some(self.number(slot)?.as_f64()? as f32)),
            checks,
            optional: optional.map(|slot| slot.and_then(|slot| self.text(slot))),
            meta,
        })
    }

    fn number(&self, slot: usize) -> Option<&Value> {
        match self.cells.get(slot) {
            Some(Cell::Other(value)) if value.is_number() => Some(value),
            _ => None,
        }
    }
}

/// Takes the strings of the structs that quarry publishes; a struct that holds anything else stays where it is.
fn take_nested(others: &mut Map<String, Value>) -> Vec<Option<String>> {
    let mut texts = Vec::new();
    for (name, parts) in NESTED {
        let is_ours = others.get(name).and_then(Value::as_object).is_some_and(|fields| {
            fields.iter().all(|(part, value)| parts.contains(&part.as_str()) && (value.is_string() || value.is_null()))
        });
        let mut fields = match others.get_mut(name) {
            Some(Value::Object(fields)) if is_ours => std::mem::take(fields),
            _ => Map::new(),
        };
        if is_ours {
            others.remove(name);
        }
        texts.extend(parts.iter().map(|part| match fields.remove(*part) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }));
    }
    texts
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenCheck {
    name: String,
    verdict: String,
    #[serde(default)]
    score: Option<f32>,
    version: String,
}

/// Takes the verdicts as quarry publishes them; a list of anything else stays where it is.
fn take_checks(others: &mut Map<String, Value>) -> Option<Vec<Check>> {
    let given: Vec<GivenCheck> = Deserialize::deserialize(others.get(column::CHECKS)?).ok()?;
    others.remove(column::CHECKS);
    let check = |given: GivenCheck| Check {
        name: given.name,
        verdict: given.verdict,
        score: given.score,
        version: given.version,
    };
    Some(given.into_iter().map(check).collect())
}
