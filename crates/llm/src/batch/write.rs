//! Requests as lines of a batch file. The ledger remembers what was asked, so that an answer needs no more than its hash.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::wire::{Dialect, Draw, Format, body};
use crate::{Call, Chat, Error, ErrorKind, Ledger, Model, ModelSettings, Reply, RequestHash, StructuredOutput};

/// Hosted services take no more requests in a file.
const MAX_REQUESTS: u64 = 50_000;
/// Hosted services take no longer file than 200 MB.
const MAX_BYTES: u64 = 190_000_000;
const ROUTE: &str = "/v1/chat/completions";

/// Takes down what a run asks in vain. A service takes files for one model each, so every model gets its own.
pub struct BatchWriter {
    ledger: Arc<Ledger>,
    to: PathBuf,
    state: Mutex<State>,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchFile {
    /// The model's name in the config.
    pub model: String,
    /// Where it is.
    pub path: PathBuf,
    /// Requests in it.
    pub num_requests: u64,
}

#[derive(Default)]
struct State {
    asked: HashSet<RequestHash>,
    parts: Vec<Part>,
    /// The part that a model's next request goes into.
    current: BTreeMap<String, usize>,
}

struct Part {
    model: String,
    path: PathBuf,
    file: BufWriter<File>,
    num_requests: u64,
    num_bytes: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    custom_id: String,
    method: &'static str,
    url: &'static str,
    body: &'a RawValue,
}

impl BatchWriter {
    /// Writes to a file of this name, or to several with the model and a number in their names, once [`BatchWriter::finish`]
    /// is called.
    pub fn new(ledger: Arc<Ledger>, to: PathBuf) -> Arc<BatchWriter> {
        Arc::new(BatchWriter { ledger, to, state: Mutex::default() })
    }

    /// Puts the writer behind a model that answers out of the ledger alone: what is undecided there is taken down.
    pub fn behind(self: &Arc<BatchWriter>, name: &str, settings: &ModelSettings, model: Model) -> Model {
        let format = match settings.structured_output {
            StructuredOutput::Auto | StructuredOutput::JsonSchema => Format::Schema,
            StructuredOutput::JsonObject => Format::Object,
            StructuredOutput::Off => Format::Prompt,
        };
        let chat = Later {
            writer: Arc::clone(self),
            name: name.to_owned(),
            takes_num_samples: settings.takes_num_samples,
            dialect: Dialect { format, completion_tokens: false, stream_usage: false, stream: false, priority: false },
            inner: Arc::clone(&model.chat),
        };
        Model { chat: Arc::new(chat), ..model }
    }

    /// Puts the files in place and names them; none where nothing was asked in vain.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish(&self) -> Result<Vec<BatchFile>, Error> {
        let parts = std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner)).parts;
        let is_one_model = parts.iter().all(|part| parts.first().is_some_and(|first| first.model == part.model));
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        let mut files = Vec::new();
        for part in parts {
            let number = numbers.entry(part.model.clone()).or_default();
            *number += 1;
            let path = named(&self.to, (!is_one_model).then_some(part.model.as_str()), *number);
            files.push(part.finish(path)?);
        }
        Ok(files)
    }

    async fn ask(&self, name: &str, call: Arc<Call>, dialect: Dialect) -> Result<(), Error> {
        self.ledger.ask_later(Arc::clone(&call)).await?;
        let draw = Draw { num_samples: call.request.sampling.num_samples.max(1), seed: call.request.sampling.seed };
        let line = line(&call, &body(&call, draw, dialect)).map_err(|error| fault(&self.to, error))?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.asked.insert(call.request.hash()) {
            state.write(&self.to, name, &line)?;
        }
        Ok(())
    }
}

impl State {
    fn write(&mut self, to: &Path, model: &str, line: &[u8]) -> Result<(), Error> {
        let is_full = |part: &Part| part.num_requests >= MAX_REQUESTS || part.num_bytes + line.len() as u64 > MAX_BYTES;
        let current = self.current.get(model).copied();
        let idx = match current.filter(|idx| self.parts.get(*idx).is_some_and(|part| !is_full(part))) {
            Some(idx) => idx,
            None => {
                self.parts.push(Part::create(to, model, self.parts.len())?);
                self.current.insert(model.to_owned(), self.parts.len() - 1);
                self.parts.len() - 1
            }
        };
        if let Some(part) = self.parts.get_mut(idx) {
            part.file.write_all(line).map_err(|error| fault(&part.path, error))?;
            part.num_requests += 1;
            part.num_bytes += line.len() as u64;
        }
        Ok(())
    }
}

impl Part {
    fn create(to: &Path, model: &str, number: usize) -> Result<Part, Error> {
        let mut path = to.as_os_str().to_owned();
        path.push(format!(".{number}.part"));
        let path = PathBuf::from(path);
        let file = File::create(&path).map_err(|error| fault(&path, error))?;
        Ok(Part { model: model.to_owned(), path, file: BufWriter::new(file), num_requests: 0, num_bytes: 0 })
    }

    fn finish(self, path: PathBuf) -> Result<BatchFile, Error> {
        let Part { model, path: from, file, num_requests, .. } = self;
        let written = file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        written.and_then(|()| std::fs::rename(&from, &path)).map_err(|error| fault(&path, error))?;
        Ok(BatchFile { model, path, num_requests })
    }
}

/// A model that is asked later.
struct Later {
    writer: Arc<BatchWriter>,
    name: String,
    takes_num_samples: bool,
    dialect: Dialect,
    inner: Arc<dyn Chat>,
}

impl Chat for Later {
    fn chat(&self, call: Call) -> BoxFuture<'_, Result<Reply, Error>> {
        async move {
            let asked = Arc::new(call.clone());
            match self.inner.chat(call).await {
                Err(error) if error.kind == ErrorKind::Undecided => {
                    if asked.request.sampling.num_samples > 1 && !self.takes_num_samples {
                        return Err(Error::new(ErrorKind::Settings, one_by_one(&self.name, &asked.stage)));
                    }
                    self.writer.ask(&self.name, asked, self.dialect).await?;
                    Err(error)
                }
                answered => answered,
            }
        }
        .boxed()
    }
}

fn one_by_one(name: &str, stage: &str) -> String {
    format!(
        "stage `{stage}` draws several samples from the model `{name}`, whose server draws one at a time \
         (`models.{name}.num_samples = false`); a batch file cannot hold that, `quarry run` can"
    )
}

fn line(call: &Call, body: &[u8]) -> io::Result<Vec<u8>> {
    let body: &RawValue = serde_json::from_slice(body)?;
    let mut line =
        serde_json::to_vec(&Line { custom_id: call.request.hash().to_string(), method: "POST", url: ROUTE, body })?;
    line.push(b'\n');
    Ok(line)
}

/// `requests.jsonl`, `requests-teacher.jsonl`, `requests-teacher-2.jsonl`.
fn named(to: &Path, model: Option<&str>, number: u32) -> PathBuf {
    let mut name = to.file_stem().unwrap_or_default().to_owned();
    if let Some(model) = model {
        name.push(format!("-{model}"));
    }
    if number > 1 {
        name.push(format!("-{number}"));
    }
    if let Some(extension) = to.extension() {
        name.push(".");
        name.push(extension);
    }
    to.with_file_name(name)
}

fn fault(path: &Path, error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Ledger, format!("the batch file `{}` cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::named;

    #[test]
    fn files_are_told_apart_by_model_and_number() {
        let to = Path::new("a/requests.jsonl");
        assert_eq!(named(to, None, 1), Path::new("a/requests.jsonl"));
        assert_eq!(named(to, Some("teacher"), 1), Path::new("a/requests-teacher.jsonl"));
        assert_eq!(named(to, Some("teacher"), 2), Path::new("a/requests-teacher-2.jsonl"));
        assert_eq!(named(Path::new("r"), None, 3), Path::new("r-3"));
    }
}
