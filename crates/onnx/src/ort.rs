//! The production engine: ONNX Runtime, loaded at run time, on the CPU or a CUDA device.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::ep::{CUDA, ExecutionProvider};
use ort::logging::LogLevel;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::session::{Session as RuntimeSession, SessionInputValue};
use ort::value::Tensor;

use crate::engine::{Session, SessionSource, TokenBatch};
use crate::error::Error;

/// The smallest graph there is, to try a device with before any work.
const PROBE: &[u8] = include_bytes!("probe.onnx");

/// One library and one environment a process is a rule of ONNX Runtime; whoever opens a second runtime shares the first.
static LOADED: Mutex<Option<Library>> = Mutex::new(None);

/// The loaded library.
#[derive(Clone)]
pub(crate) struct Library {
    path: PathBuf,
    environment: Environment,
    version: String,
}

struct OrtSession {
    name: String,
    inputs: [String; 2],
    output: String,
    session: RuntimeSession,
}

impl Library {
    /// Loads the library of this path, or says why it cannot be.
    pub(crate) fn load(path: &Path) -> Result<Self, String> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(library) = loaded.as_ref() {
            if library.path == path {
                return Ok(library.clone());
            }
            return Err(format!("`{}` is already loaded, and a process can hold only one", library.path.display()));
        }
        // Never the lazy path: without `init_from` a missing library panics instead of failing.
        let builder = ort::init_from(path).map_err(|error| error.to_string())?;
        let environment =
            builder.with_name("quarry").with_telemetry(false).build().map_err(|error| error.message().to_owned())?;
        // The binding asks for everything and filters later, which would format a line for each node of each graph.
        environment.set_log_level(LogLevel::Error);
        let library = Self { path: path.to_path_buf(), environment, version: version(path, ort::info()) };
        *loaded = Some(library.clone());
        Ok(library)
    }

    /// The version, such as `1.31.1`.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Says whether this build has CUDA in it; not whether it works.
    pub(crate) fn has_cuda() -> bool {
        CUDA::is_available().unwrap_or(false)
    }

    /// Runs the smallest graph on a CUDA device, since registering one proves little.
    pub(crate) fn try_cuda(&self, device: u32) -> Result<(), String> {
        let run = || -> ort::Result<()> {
            let mut session = self.open(PROBE, Some(device))?;
            let input = Tensor::from_array(([1_usize], vec![1.0_f32]))?;
            session.run(ort::inputs!["x" => input])?;
            Ok(())
        };
        run().map_err(|error| error.message().to_owned())
    }

    /// Opens as many sessions as there are workers.
    pub(crate) fn sessions(
        &self,
        source: &SessionSource<'_>,
        cuda: Option<u32>,
        num_workers: usize,
    ) -> Result<Vec<Box<dyn Session>>, Error> {
        let open = |_| {
            let session = self
                .open(source.bytes, cuda)
                .map_err(|error| Error::inference(source.model, format!("ONNX Runtime: {}", error.message())))?;
            check_names(source, &session)?;
            let (name, output) = (source.model.to_owned(), source.output.to_owned());
            Ok(Box::new(OrtSession { name, inputs: source.inputs.clone(), output, session }) as Box<dyn Session>)
        };
        (0..num_workers).map(open).collect()
    }

    /// A function of its own because the errors of builder options cannot leave a thread, and `?` to `ort::Error` drops
    /// what they carry.
    fn open(&self, model: &[u8], cuda: Option<u32>) -> ort::Result<RuntimeSession> {
        let mut builder = on_device(RuntimeSession::builder(&self.environment)?, cuda)?
            .with_optimization_level(GraphOptimizationLevel::All)?
            .with_log_level(LogLevel::Error)?
            .with_intra_threads(1)?
            .with_inter_threads(1)?;
        builder.commit_from_memory(model)
    }
}

fn on_device(builder: SessionBuilder, cuda: Option<u32>) -> ort::Result<SessionBuilder> {
    let Some(device) = cuda else { return Ok(builder) };
    let number = i32::try_from(device).map_err(ort::Error::wrap)?;
    // Without `error_on_failure` ONNX Runtime falls back to the CPU in silence.
    let provider = CUDA::default().with_device_id(number).build().error_on_failure();
    Ok(builder.with_execution_providers([provider])?)
}

fn check_names(source: &SessionSource<'_>, session: &RuntimeSession) -> Result<(), Error> {
    let missing = |name: &str| Error::inference(source.model, format!("the graph has no value `{name}`"));
    for name in source.inputs {
        session.inputs().iter().find(|input| input.name() == name).ok_or_else(|| missing(name))?;
    }
    let output = session.outputs().iter().find(|output| output.name() == source.output);
    output.map(|_| ()).ok_or_else(|| missing(source.output))
}

impl Session for OrtSession {
    fn run(&mut self, batch: &TokenBatch) -> Result<Vec<f32>, Error> {
        let shape = [batch.num_rows, batch.width];
        let mut run = || -> ort::Result<Vec<f32>> {
            let [ids, mask] = &self.inputs;
            let input = |name, values: &[i64]| -> ort::Result<(Cow<'_, str>, SessionInputValue<'_>)> {
                let tensor = Tensor::from_array((shape, values.to_vec()))?;
                Ok((Cow::Borrowed(name), tensor.into()))
            };
            let outputs = self.session.run(vec![input(ids, &batch.ids)?, input(mask, &batch.mask)?])?;
            let output = outputs.get(self.output.as_str()).ok_or_else(|| ort::Error::new("the output is missing"))?;
            let (_, values) = output.try_extract_tensor::<f32>()?;
            Ok(values.to_vec())
        };
        run().map_err(|error| Error::inference(&self.name, format!("ONNX Runtime: {}", error.message())))
    }
}

/// The library does not tell its version through the binding: it is in the name of the branch it was built from, and in
/// the name of the file.
fn version(path: &Path, build_info: &str) -> String {
    let after = |text: &str, mark: &str| text.split_once(mark).map(|(_, rest)| rest.to_owned());
    let branch = after(build_info, "git-branch=rel-").map(|rest| leading_version(&rest));
    let file = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let file = file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let named = after(&file, ".so.").or_else(|| after(&file, "onnxruntime.")).map(|rest| leading_version(&rest));
    let commit =
        after(build_info, "git-commit-id=").map(|rest| rest.chars().take_while(char::is_ascii_hexdigit).collect());
    [branch, named, commit]
        .into_iter()
        .flatten()
        .find(|found: &String| !found.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

fn leading_version(text: &str) -> String {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::version;

    #[test]
    fn the_version_comes_from_the_branch_then_the_file_then_the_commit() {
        let file = Path::new("/nowhere/libonnxruntime.so.1.31.1");
        assert_eq!(version(file, "ORT Build Info: git-branch=rel-1.30.0, git-commit-id=26250ae, build"), "1.30.0");
        assert_eq!(version(file, "ORT Build Info: git-branch=HEAD, git-commit-id=26250ae"), "1.31.1");
        assert_eq!(version(Path::new("/nowhere/libonnxruntime.1.31.1.dylib"), ""), "1.31.1");
        let plain = Path::new("/nowhere/libonnxruntime.so");
        assert_eq!(version(plain, "git-branch=HEAD, git-commit-id=26250ae, build"), "26250ae");
        assert_eq!(version(plain, ""), "unknown");
    }
}
