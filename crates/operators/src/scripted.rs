//! Test support: models that answer from a script, and operators run against them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arrow::array::{Array, ArrayRef, RecordBatch};
use futures::FutureExt as _;
use futures::executor::block_on;
use futures::future::{BoxFuture, ready};
use quarry_engine::operator::{Decided, Emitted, Remote, Rows};
use quarry_llm::{Call, Chat, ChatRequest, Choice, Error, ErrorKind, Finish, Model, Reply, Usage};
use quarry_onnx::{Device, RuntimeChoice, RuntimeConfig};

use crate::Resources;

/// The models that the operators of a recipe ask.
const NAMES: [&str; 3] = ["teacher", "checker", "student"];

type Script = dyn Fn(&ChatRequest, usize) -> Result<Choice, ErrorKind> + Send + Sync;

/// A model that answers each sample of a request by a function, and remembers what it was asked.
pub(crate) struct Scripted {
    script: Box<Script>,
    calls: Mutex<Vec<Call>>,
}

impl Scripted {
    /// A model that answers by this function of the request and the number of the sample.
    pub(crate) fn new(
        script: impl Fn(&ChatRequest, usize) -> Result<Choice, ErrorKind> + Send + Sync + 'static,
    ) -> Arc<Scripted> {
        Arc::new(Scripted { script: Box::new(script), calls: Mutex::default() })
    }

    /// A model that always says the same.
    pub(crate) fn saying(text: &'static str) -> Arc<Scripted> {
        Scripted::new(move |_, _| Ok(said(text)))
    }

    /// All calls so far, in order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// The texts of the user's messages so far, in order.
    pub(crate) fn prompts(&self) -> Vec<String> {
        self.calls().iter().map(|call| call.request.messages[1].content.to_string()).collect()
    }

    /// The shipped pipeline with this model under every name.
    pub(crate) fn resources(self: &Arc<Scripted>) -> Resources {
        self.resources_in(pipeline_dir())
    }

    /// Another pipeline with this model under every name.
    pub(crate) fn resources_in(self: &Arc<Scripted>, pipeline: PathBuf) -> Resources {
        let config =
            RuntimeConfig { runtime: RuntimeChoice::Rten, device: Device::Cpu, threads: 1, ..Default::default() };
        Resources::new(pipeline, config).with_models(self.models())
    }

    /// This model under every name.
    pub(crate) fn models(self: &Arc<Scripted>) -> BTreeMap<String, Model> {
        let model = |name: &str| Model {
            id: Arc::from(format!("{name}-1b")),
            revision: Some(Arc::from("main")),
            context_tokens: 0,
            max_in_flight: 4,
            chat: Arc::clone(self) as Arc<dyn Chat>,
        };
        NAMES.into_iter().map(|name| (name.to_owned(), model(name))).collect()
    }
}

impl Chat for Scripted {
    fn chat(&self, call: Call) -> BoxFuture<'_, Result<Reply, Error>> {
        let request = &call.request;
        let num_samples = usize::try_from(request.sampling.num_samples).unwrap();
        let choices: Result<Vec<Choice>, ErrorKind> =
            (0..num_samples).map(|sample| (self.script)(request, sample)).collect();
        let reply = choices
            .map(|choices| Reply { hash: request.hash(), choices, usage: Usage::default(), from_ledger: false })
            .map_err(|kind| Error::new(kind, format!("scripted {kind:?}")));
        self.calls.lock().unwrap().push(call);
        ready(reply).boxed()
    }
}

/// A complete answer.
pub(crate) fn said(text: impl Into<String>) -> Choice {
    Choice { text: text.into(), finish: Finish::Stop }
}

/// The pipeline directory of this repository.
pub(crate) fn pipeline_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipeline")
}

/// Decides each row on its own, as the engine does.
pub(crate) fn decide_rows(remote: &dyn Remote, batch: &RecordBatch) -> Decided {
    let rows = (0..batch.num_rows()).map(|row| {
        let row = batch.slice(row, 1);
        block_on(remote.decide(Rows::new(&row))).unwrap()
    });
    let mut whole = Decided::default();
    let mut columns: Vec<Vec<ArrayRef>> = Vec::new();
    let mut emitted: Option<(Vec<usize>, Vec<Vec<ArrayRef>>)> = None;
    for (index, row) in rows.enumerate() {
        whole.fates.extend(row.fates);
        whole.verdicts.extend(row.verdicts);
        push_all(&mut columns, row.columns);
        if let Some(made) = row.emitted {
            let (parents, columns) = emitted.get_or_insert_default();
            parents.extend(made.parents.iter().map(|parent| parent + index));
            push_all(columns, made.columns);
        }
    }
    whole.columns = columns.iter().map(|parts| concat(parts)).collect();
    whole.emitted = emitted
        .map(|(parents, columns)| Emitted { parents, columns: columns.iter().map(|parts| concat(parts)).collect() });
    whole
}

fn push_all(columns: &mut Vec<Vec<ArrayRef>>, row: Vec<ArrayRef>) {
    columns.resize_with(row.len().max(columns.len()), Vec::new);
    for (parts, part) in columns.iter_mut().zip(row) {
        parts.push(part);
    }
}

fn concat(parts: &[ArrayRef]) -> ArrayRef {
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    arrow::compute::concat(&parts).unwrap()
}

/// A model that makes up its replies from the hash and the schema of a request: mostly of the right form, sometimes
/// useless, sometimes an error of the row.
pub(crate) fn oracle() -> Arc<Scripted> {
    Scripted::new(|request, sample| {
        let mut dice = Dice { state: request.hash().0, salt: sample.to_string(), num_drawn: 0 };
        let schema = request.schema.as_ref().map_or(serde_json::Value::Null, |schema| schema.schema.clone());
        let words: Vec<&str> = request.messages[1].content.split_whitespace().collect();
        let text = invent(&schema, &words, &mut dice).to_string();
        match dice.draw(20) {
            0 => Err(ErrorKind::TooLong),
            1 => Err(ErrorKind::Filtered),
            2 => Err(ErrorKind::Undecided),
            3 => Ok(Choice { text, finish: Finish::Length }),
            4 => Ok(Choice { text, finish: Finish::Refusal }),
            5 => Ok(said("I am sorry, but")),
            _ => Ok(said(text)),
        }
    })
}

/// Draws that follow from a request's hash.
struct Dice {
    state: [u8; 32],
    salt: String,
    num_drawn: u32,
}

impl Dice {
    fn draw(&mut self, sides: usize) -> usize {
        self.num_drawn += 1;
        let id = quarry_schema::content_id(&[&format!("{:?}", self.state), &self.salt, &self.num_drawn.to_string()]);
        usize::from_str_radix(&id[..8], 16).unwrap() % sides.max(1)
    }
}

/// A value of the form that the schema asks for; texts are stretches of the prompt.
fn invent(schema: &serde_json::Value, words: &[&str], dice: &mut Dice) -> serde_json::Value {
    let count = |name: &str| usize::try_from(schema[name].as_u64().unwrap_or(3)).unwrap();
    if let Some(values) = schema["enum"].as_array() {
        return values[dice.draw(values.len())].clone();
    }
    match schema["type"].as_str().unwrap_or_default() {
        "object" => {
            let properties = schema["properties"].as_object().unwrap();
            properties.iter().map(|(name, schema)| (name.clone(), invent(schema, words, dice))).collect()
        }
        "array" => {
            let num_items = dice.draw(count("maxItems").min(4) + 1);
            (0..num_items).map(|_| invent(&schema["items"], words, dice)).collect()
        }
        "boolean" => (dice.draw(2) == 0).into(),
        "integer" => dice.draw(100).into(),
        "number" => 0.5.into(),
        _ => {
            let (start, len) = (dice.draw(words.len()), dice.draw(12));
            words.iter().skip(start).take(len).copied().collect::<Vec<_>>().join(" ").into()
        }
    }
}
