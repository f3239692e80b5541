//! Sentence encoders: text in, one embedding of fixed length out.

use std::borrow::Cow;
use std::path::Path;

use crate::batching::Batching;
use crate::engine::{SessionSource, TokenBatch};
use crate::error::Error;
use crate::manifest::{EncoderTable, Manifest, sha256_hex};
use crate::runtime::Runtime;
use crate::tokens::Tokens;
use crate::workers::Workers;

/// Rows for each worker that a caller does well to hand over at once on the CPU.
const ROWS_PER_WORKER: usize = 16;
/// The same for a CUDA device, where like lengths have to be found among the rows.
const ROWS_ON_CUDA: usize = 2048;

/// The roles of the weight files in `[file.ROLE]`.
const CPU: &str = "cpu";
const CUDA: &str = "cuda";

/// A loaded sentence encoder; share it by reference or `Arc` between threads.
pub struct Encoder {
    name: String,
    dims: usize,
    digest: String,
    variants: Vec<String>,
    engine: String,
    batching: Batching,
    tokens: Tokens,
    workers: Workers,
}

impl Encoder {
    /// Loads the encoder of a model folder, and runs it once on an empty text.
    ///
    /// # Errors
    /// A file is missing or does not match its sha256, the engine does not take the graph, or the output has another
    /// shape than `model.toml` says.
    pub fn load(dir: &Path, runtime: &Runtime) -> Result<Self, Error> {
        let manifest = Manifest::read(dir, "encoder")?;
        let table = manifest.encoder.clone().ok_or_else(|| manifest.problem("it has no table `[encoder]`"))?;
        if table.dims == 0 || table.max_tokens < 3 {
            return Err(manifest.problem("`dims` must be at least 1 and `max_tokens` at least 3"));
        }
        let (path, bytes) = manifest.read_file("tokenizer")?;
        let tokens = Tokens::from_bytes(&path, &bytes, &manifest.name, table.max_tokens)?;
        let (runtime, role, bytes) = weights(&manifest, runtime)?;
        let source =
            SessionSource { model: &manifest.name, bytes: &bytes, inputs: &table.inputs, output: &table.output };
        let workers = Workers::start(&manifest.name, runtime.sessions(&source)?)?;
        let encoder = Self {
            digest: digest(&manifest, &table, role)?,
            variants: [CPU, CUDA].iter().filter_map(|role| digest(&manifest, &table, role).ok()).collect(),
            name: manifest.name,
            dims: table.dims,
            engine: runtime.identity(),
            batching: runtime.batching(),
            tokens,
            workers,
        };
        encoder.embed(&[""])?;
        Ok(encoder)
    }

    /// The model's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Length of an embedding.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// Identifies all that decides an embedding but for the engine: weights, tokenizer, length limit, pooling.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Names model, digest, engine and device: what provenance keeps.
    pub fn identity(&self) -> String {
        format!("{} {} on {}", self.name, self.digest, self.engine)
    }

    /// Rows that a caller should hand over at once: few on the CPU, many on CUDA.
    pub fn batch_rows(&self) -> usize {
        match self.batching {
            Batching::OneRow => ROWS_PER_WORKER * self.workers.num_workers(),
            Batching::TokenBudget { .. } => ROWS_ON_CUDA,
        }
    }

    /// Embeds texts, in order; each is cut at the model's length, and an empty one is fine.
    ///
    /// # Errors
    /// The engine fails, or gives a number that is not finite or a row of another length.
    pub fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, Error> {
        match self.batching {
            Batching::OneRow => self.embed_one_by_one(texts),
            Batching::TokenBudget { .. } => self.embed_in_groups(texts),
        }
    }

    /// Sends each row as soon as it is tokenised, so that workers start at once.
    fn embed_one_by_one(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, Error> {
        let mut pending = self.workers.pending();
        for text in texts {
            pending.send(TokenBatch::pad(&[&self.tokens.encode(text)?], 1))?;
        }
        pending.collect()?.into_iter().map(|output| self.checked(output, 1)).collect()
    }

    fn embed_in_groups(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, Error> {
        let rows = texts.iter().map(|text| self.tokens.encode(text)).collect::<Result<Vec<_>, _>>()?;
        let lengths: Vec<usize> = rows.iter().map(Vec::len).collect();
        let groups = self.batching.plan(&lengths);
        let mut pending = self.workers.pending();
        for group in &groups {
            let members: Vec<&[u32]> = group.iter().filter_map(|&row| rows.get(row)).map(Vec::as_slice).collect();
            pending.send(TokenBatch::pad(&members, self.batching.multiple()))?;
        }
        let mut embeddings = vec![Vec::new(); texts.len()];
        for (group, output) in groups.iter().zip(pending.collect()?) {
            let output = self.checked(output, group.len())?;
            for (&row, embedding) in group.iter().zip(output.chunks_exact(self.dims)) {
                if let Some(slot) = embeddings.get_mut(row) {
                    *slot = embedding.to_vec();
                }
            }
        }
        Ok(embeddings)
    }

    fn checked(&self, output: Vec<f32>, num_rows: usize) -> Result<Vec<f32>, Error> {
        if output.len() != num_rows * self.dims {
            let problem = format!(
                "the output has {} numbers for {num_rows} rows, and `dims = {}` in `model.toml`",
                output.len(),
                self.dims
            );
            return Err(Error::inference(&self.name, problem));
        }
        if !output.iter().all(|value| value.is_finite()) {
            return Err(Error::inference(&self.name, "the output holds a number that is not finite"));
        }
        Ok(output)
    }

    /// Says whether a head trained on an encoder of this digest may be used on this one: the files for the CPU and for
    /// CUDA are the same model in different precision.
    pub(crate) fn is_variant(&self, digest: &str) -> bool {
        self.variants.iter().any(|variant| variant == digest)
    }
}

fn digest(manifest: &Manifest, table: &EncoderTable, role: &str) -> Result<String, Error> {
    let EncoderTable { dims, max_tokens, pooling, .. } = table;
    let (weights, tokenizer) = (&manifest.file(role)?.sha256, &manifest.file("tokenizer")?.sha256);
    Ok(sha256_hex(format!("{weights}\n{tokenizer}\n{dims}\n{max_tokens}\n{pooling}\n").as_bytes()))
}

/// Reads the weights that suit the device. The file for CUDA is made on demand: without it a device that was left open
/// becomes the CPU, and one that was asked for is an error.
fn weights<'a>(manifest: &Manifest, runtime: &'a Runtime) -> Result<(Cow<'a, Runtime>, &'static str, Vec<u8>), Error> {
    if !runtime.is_cuda() {
        return Ok((Cow::Borrowed(runtime), CPU, manifest.read_file(CPU)?.1));
    }
    match manifest.read_file(CUDA) {
        Ok((_, bytes)) => Ok((Cow::Borrowed(runtime), CUDA, bytes)),
        Err(Error::Read { path, source }) if source.kind() == std::io::ErrorKind::NotFound => {
            let problem = "the file for CUDA is not shipped; make it with `pipeline/models/export.py --fp16`";
            let Some(runtime) = runtime.on_cpu_instead() else {
                return Err(Error::model(&path, format!("{problem}, or set `device = \"cpu\"`")));
            };
            tracing::warn!(model = manifest.name, "runs on the CPU: {problem}");
            Ok((Cow::Owned(runtime), CPU, manifest.read_file(CPU)?.1))
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Encoder;
    use crate::batching::Batching;
    use crate::config::{Device, RuntimeChoice, RuntimeConfig};
    use crate::runtime::Runtime;

    /// What runs on CUDA, run here: the whole-precision file, in groups of like length with padding.
    #[test]
    fn grouped_rows_come_back_in_order_and_padding_moves_no_embedding() -> Result<(), Box<dyn std::error::Error>> {
        let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny");
        let dir = tempfile::tempdir()?;
        for name in ["tokenizer.json", "encoder.float.onnx"] {
            std::fs::copy(tiny.join(name), dir.path().join(name))?;
        }
        let manifest = std::fs::read_to_string(tiny.join("model.toml"))?;
        let manifest = manifest.replace("[file.cpu]", "[file.unused]").replace("[file.cuda]", "[file.cpu]");
        std::fs::write(dir.path().join("model.toml"), manifest)?;
        let rten = RuntimeChoice::Rten;
        let runtime = Runtime::open(&RuntimeConfig { runtime: rten, device: Device::Cpu, ..RuntimeConfig::default() })?;
        let mut encoder = Encoder::load(dir.path(), &runtime)?;
        let texts = ["the cat sat on the mat by the sea", "", "two dogs", "a small red stone in the river", "one", "x"];
        let alone = encoder.embed(&texts)?;
        encoder.batching = Batching::TokenBudget { tokens: 30, multiple: 8 };
        for (row, wanted) in encoder.embed(&texts)?.iter().zip(&alone) {
            let furthest = row.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(furthest < 1e-5, "{furthest}");
        }
        Ok(())
    }
}
