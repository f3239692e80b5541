//! Benchmark packs: test questions that must not be trained on, as parquet or JSON Lines with `name`, `question`, `answer`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use crate::resources::{ResourceError, ResourcePath, Resources};

/// A benchmark: its name and its questions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pack {
    /// The name of its file, without the ending.
    pub(crate) name: String,
    pub(crate) items: Vec<Item>,
}

/// A test question with its answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Item {
    /// Its name, which tells it from all others of the pack.
    pub(crate) name: String,
    pub(crate) question: String,
    pub(crate) answer: String,
}

impl Item {
    /// The question, and the answer on a line of its own.
    pub(crate) fn whole(&self) -> String {
        let Item { question, answer, .. } = self;
        if answer.is_empty() { question.clone() } else { format!("{question}\n{answer}") }
    }
}

impl Resources {
    /// Reads a pack and gives it with the digest of its file.
    ///
    /// # Errors
    /// The file is missing, or a row of it has no question.
    pub(crate) fn pack(&self, path: &str) -> Result<(Pack, String), ResourceError> {
        let ResourcePath { path: place, digest } = self.path(path)?;
        let invalid = |message: String| {
            ResourceError::invalid(path, format!("{message}; `quarry pack` makes packs out of benchmark files"))
        };
        let mut items = match place.extension().and_then(|ending| ending.to_str()) {
            Some("parquet") => from_parquet(&place),
            Some("jsonl" | "json" | "ndjson") => from_json_lines(&place),
            _ => Err("a pack ends in `.parquet` or `.jsonl`".to_owned()),
        }
        .map_err(invalid)?;
        if items.is_empty() {
            return Err(invalid("the pack holds no question".to_owned()));
        }
        tell_apart(&mut items);
        let name = place.file_stem().map_or_else(|| path.to_owned(), |stem| stem.to_string_lossy().into_owned());
        Ok((Pack { name, items }, digest))
    }
}

/// A name that several items have is followed by the item's number in the pack, from 1.
fn tell_apart(items: &mut [Item]) {
    let mut names: Vec<String> = items.iter().map(|item| item.name.clone()).collect();
    names.sort_unstable();
    let again: Vec<String> =
        names.windows(2).filter(|pair| pair.first() == pair.last()).filter_map(|pair| pair.first().cloned()).collect();
    for (idx, item) in items.iter_mut().enumerate() {
        if item.name.is_empty() {
            item.name = format!("{}", idx + 1);
        } else if again.binary_search(&item.name).is_ok() {
            item.name = format!("{}/{}", item.name, idx + 1);
        }
    }
}

fn from_json_lines(path: &Path) -> Result<Vec<Item>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut items = Vec::new();
    for (idx, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|error| error.to_string())?;
        if line.trim().is_empty() {
            continue;
        }
        let row: Value = serde_json::from_str(&line).map_err(|error| format!("line {}: {error}", idx + 1))?;
        let text = |name: &str| match row.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let item = Item { name: text("name"), question: text("question"), answer: text("answer") };
        items.push(with_question(item, || format!("line {}", idx + 1))?);
    }
    Ok(items)
}

fn from_parquet(path: &Path) -> Result<Vec<Item>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build());
    let mut items = Vec::new();
    for batch in reader.map_err(|error| error.to_string())? {
        let batch = batch.map_err(|error| error.to_string())?;
        let question = strings(&batch, "question")?.ok_or("the column `question` is missing")?;
        let (name, answer) = (strings(&batch, "name")?, strings(&batch, "answer")?);
        let value = |column: Option<&StringArray>, idx: usize| match column {
            Some(column) if column.is_valid(idx) => column.value(idx).to_owned(),
            _ => String::new(),
        };
        for idx in 0..batch.num_rows() {
            let item = Item {
                name: value(name.as_ref(), idx),
                question: value(Some(&question), idx),
                answer: value(answer.as_ref(), idx),
            };
            let number = items.len() + 1;
            items.push(with_question(item, || format!("row {number}"))?);
        }
    }
    Ok(items)
}

fn strings(batch: &RecordBatch, name: &str) -> Result<Option<StringArray>, String> {
    let Some(column) = batch.column_by_name(name) else { return Ok(None) };
    let column = cast(column, &DataType::Utf8).map_err(|error| format!("column `{name}`: {error}"))?;
    Ok(Some(column.as_string::<i32>().clone()))
}

fn with_question(item: Item, place: impl Fn() -> String) -> Result<Item, String> {
    match item.question.trim().is_empty() {
        true => Err(format!("{} has no `question`", place())),
        false => Ok(item),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::no_resources;

    fn read(name: &str, content: &str) -> Result<crate::packs::Pack, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(name), content).unwrap();
        let resources = crate::Resources::new(dir.path().to_owned(), quarry_onnx::RuntimeConfig::default());
        resources.pack(name).map(|(pack, _)| pack).map_err(|error| error.to_string())
    }

    #[test]
    fn json_lines_become_items_with_names_of_their_own() {
        let pack = read("mmlu.jsonl", "{\"name\":\"m\",\"question\":\"a?\",\"answer\":1}\n\n{\"name\":\"m\",\"question\":\"b?\"}\n{\"question\":\"c?\"}").unwrap();
        let found: Vec<(&str, &str, &str)> =
            pack.items.iter().map(|item| (&*item.name, &*item.question, &*item.answer)).collect();
        assert_eq!(pack.name, "mmlu");
        assert_eq!(found, [("m/1", "a?", "1"), ("m/2", "b?", ""), ("3", "c?", "")]);
    }

    #[test]
    fn what_is_wrong_with_a_pack_is_said() {
        for (name, content, expected) in [
            ("a.jsonl", "{\"answer\": \"b\"}", "`a.jsonl`: line 1 has no `question`"),
            ("a.jsonl", "{\"question\"", "line 1: EOF"),
            ("a.jsonl", "\n", "holds no question"),
            ("a.parquet", "PAR", "quarry pack"),
            ("a.csv", "", "ends in `.parquet` or `.jsonl`"),
        ] {
            let message = read(name, content).err().unwrap();
            assert!(message.contains(expected), "{message}");
        }
        assert!(no_resources().pack("packs/a.jsonl").err().unwrap().to_string().contains("packs/a.jsonl"));
    }
}
