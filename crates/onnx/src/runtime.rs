//! Decides once which engine and device models run on, and says why.

use crate::batching::Batching;
use crate::config::{Device, RuntimeChoice, RuntimeConfig};
use crate::engine::{Session, SessionSource};
use crate::error::Error;
use crate::library::{self, Found};
use crate::ort::Library;
use crate::rten;

/// An opened engine on a device that was tried.
#[derive(Clone)]
pub struct Runtime {
    engine: Engine,
    device: Device,
    threads: usize,
    notes: Vec<String>,
}

#[derive(Clone)]
enum Engine {
    Rten,
    Onnxruntime { library: Library, cuda: Option<u32> },
}

impl Runtime {
    /// Opens the engine and device that the config asks for, before any work.
    ///
    /// # Errors
    /// What was asked for by name and cannot be had is an error; `auto` falls back and says so in [`Runtime::notes`].
    pub fn open(config: &RuntimeConfig) -> Result<Self, Error> {
        let mut notes = Vec::new();
        let engine = match config.runtime {
            RuntimeChoice::Rten => embedded(config, "`runtime = \"rten\"` runs on the CPU only", &mut notes)?,
            RuntimeChoice::Onnxruntime => {
                let found = library::find(config)?.ok_or_else(not_found)?;
                open_library(&found, config.device, &mut notes)?
            }
            RuntimeChoice::Auto => choose(config, &mut notes)?,
        };
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if config.threads == 0 { cores() } else { config.threads };
        let runtime = Self { engine, device: config.device, threads, notes };
        tracing::debug!(engine = runtime.identity(), threads, "opened the model runtime");
        Ok(runtime)
    }

    /// Names engine, version and device, such as `onnxruntime 1.31.1 cpu`: part of provenance.
    pub fn identity(&self) -> String {
        match &self.engine {
            Engine::Rten => format!("rten {} cpu", rten::RTEN_VERSION),
            Engine::Onnxruntime { library, cuda: None } => format!("onnxruntime {} cpu", library.version()),
            Engine::Onnxruntime { library, cuda: Some(_) } => format!("onnxruntime {} cuda", library.version()),
        }
    }

    /// What was chosen where the config left a choice, and why; to be shown to the user.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Says whether models run on a CUDA device.
    pub fn is_cuda(&self) -> bool {
        matches!(self.engine, Engine::Onnxruntime { cuda: Some(_), .. })
    }

    /// The same engine on the CPU, where the device was left open.
    pub(crate) fn on_cpu_instead(&self) -> Option<Self> {
        let Engine::Onnxruntime { library, cuda: Some(_) } = &self.engine else { return None };
        let engine = Engine::Onnxruntime { library: library.clone(), cuda: None };
        (self.device == Device::Auto).then(|| Self { engine, ..self.clone() })
    }

    pub(crate) fn batching(&self) -> Batching {
        if self.is_cuda() { Batching::CUDA } else { Batching::OneRow }
    }

    /// Sessions that may work at the same time: one a thread on the CPU, one on a CUDA device.
    pub(crate) fn num_workers(&self) -> usize {
        if self.is_cuda() { 1 } else { self.threads }
    }

    pub(crate) fn sessions(&self, source: &SessionSource<'_>) -> Result<Vec<Box<dyn Session>>, Error> {
        match &self.engine {
            Engine::Rten => rten::open(source, self.num_workers()),
            Engine::Onnxruntime { library, cuda } => library.sessions(source, *cuda, self.num_workers()),
        }
    }
}

/// `runtime = "auto"`: ONNX Runtime where it is found and works, else the embedded engine.
fn choose(config: &RuntimeConfig, notes: &mut Vec<String>) -> Result<Engine, Error> {
    let Some(found) = library::find(config)? else {
        notes.push("runtime: rten, since no ONNX Runtime was found (`quarry runtime install` brings it)".to_owned());
        return embedded(config, "no ONNX Runtime was found", notes);
    };
    match open_library(&found, config.device, notes) {
        // What the user named has to work, and so has the device: only an untold find may be passed over.
        Err(error) if found.named || matches!(config.device, Device::Cuda(_)) => Err(error),
        Err(error) => {
            notes.push(format!("runtime: rten, since ONNX Runtime could not be used ({error})"));
            embedded(config, "ONNX Runtime could not be used", notes)
        }
        Ok(engine) => {
            notes.push(format!("runtime: onnxruntime from `{}` ({})", found.path.display(), found.place));
            Ok(engine)
        }
    }
}

fn embedded(config: &RuntimeConfig, why: &str, notes: &mut Vec<String>) -> Result<Engine, Error> {
    match config.device {
        Device::Cuda(_) => Err(Error::Device {
            device: config.device.to_string(),
            problem: why.to_owned(),
            fix: "run `quarry runtime install --gpu` and set `runtime = \"onnxruntime\"`, or set `device = \"cpu\"`"
                .to_owned(),
        }),
        Device::Auto => {
            notes.push("device: cpu, the only one of rten".to_owned());
            Ok(Engine::Rten)
        }
        Device::Cpu => Ok(Engine::Rten),
    }
}

fn open_library(found: &Found, device: Device, notes: &mut Vec<String>) -> Result<Engine, Error> {
    let library = Library::load(&found.path).map_err(|problem| Error::Runtime {
        problem: format!("ONNX Runtime from {} does not load: {problem}", found.place),
        fix: "run `quarry runtime install`, or set `runtime = \"rten\"`".to_owned(),
    })?;
    let cuda = match device {
        Device::Cpu => None,
        Device::Cuda(number) => {
            library.try_cuda(number).map_err(|problem| no_cuda(device, &problem))?;
            Some(number)
        }
        Device::Auto if !Library::has_cuda() => {
            notes.push("device: cpu, since this ONNX Runtime was built without CUDA".to_owned());
            None
        }
        Device::Auto => match library.try_cuda(0) {
            Ok(()) => {
                notes.push("device: cuda:0".to_owned());
                Some(0)
            }
            Err(problem) => {
                notes.push(format!("device: cpu, since CUDA does not work ({})", cause(&problem)));
                None
            }
        },
    };
    Ok(Engine::Onnxruntime { library, cuda })
}

fn no_cuda(device: Device, problem: &str) -> Error {
    let fix = if Library::has_cuda() {
        "check the driver with `nvidia-smi` and that CUDA 13 and cuDNN 9 are on the library path, or set `device = \"cpu\"`"
    } else {
        "this ONNX Runtime was built without CUDA: run `quarry runtime install --gpu`, or set `device = \"cpu\"`"
    };
    Error::Device { device: device.to_string(), problem: cause(problem).to_owned(), fix: fix.to_owned() }
}

fn not_found() -> Error {
    Error::Runtime {
        problem: "`runtime = \"onnxruntime\"`, but no ONNX Runtime library was found".to_owned(),
        fix: "run `quarry runtime install`, name the library in the config, or set `runtime = \"rten\"`".to_owned(),
    }
}

/// The part of ONNX Runtime's message that a user can act on: one line, without the place in its source.
fn cause(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.rsplit_once(" : FAIL : ").map_or(line, |(_, cause)| cause).trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::{Runtime, cause};
    use crate::config::{Device, RuntimeChoice, RuntimeConfig};
    use crate::error::ErrorKind;

    fn refusal(config: &RuntimeConfig) -> (ErrorKind, String) {
        match Runtime::open(config) {
            Err(error) => (error.kind(), error.to_string()),
            Ok(runtime) => panic!("opened {}", runtime.identity()),
        }
    }

    #[test]
    fn the_place_in_foreign_source_is_left_out_of_a_message() {
        let text =
            "/src/bridge.cc:2043 Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library: no such file.\nat 1";
        assert_eq!(cause(text), "Failed to load library: no such file");
        assert_eq!(cause("CUDA is not enabled in this build."), "CUDA is not enabled in this build");
    }

    #[test]
    fn cuda_on_the_embedded_engine_is_refused_with_the_fix() {
        for runtime in [RuntimeChoice::Rten, RuntimeChoice::Auto] {
            let config = RuntimeConfig { runtime, device: Device::Cuda(0), ..RuntimeConfig::default() };
            let (kind, text) = refusal(&config);
            assert_eq!(kind, ErrorKind::Runtime);
            assert!(text.starts_with("use device `cuda:0`: "), "{text}");
            assert!(text.contains("`quarry runtime install --gpu`"), "{text}");
        }
    }

    #[test]
    fn onnxruntime_by_name_without_a_library_is_refused_with_the_fix() {
        let config = RuntimeConfig { runtime: RuntimeChoice::Onnxruntime, ..RuntimeConfig::default() };
        assert!(refusal(&config).1.contains("run `quarry runtime install`"));
    }

    #[test]
    fn auto_without_a_library_takes_rten_and_says_so() -> Result<(), crate::Error> {
        let runtime = Runtime::open(&RuntimeConfig::default())?;
        assert_eq!(runtime.identity(), "rten 0.27.0 cpu");
        assert!(runtime.notes().iter().any(|note| note.starts_with("runtime: rten, since")));
        Ok(())
    }

    #[test]
    fn a_cached_library_that_does_not_load_is_passed_over_by_auto_only() -> Result<(), Box<dyn std::error::Error>> {
        let dir = tempfile::tempdir()?;
        std::fs::write(dir.path().join("libonnxruntime.so"), "no library")?;
        let cache_library = Some(dir.path().to_path_buf());
        let auto = RuntimeConfig { cache_library: cache_library.clone(), ..RuntimeConfig::default() };
        assert_eq!(Runtime::open(&auto)?.identity(), "rten 0.27.0 cpu");
        let named = RuntimeConfig { runtime: RuntimeChoice::Onnxruntime, cache_library, ..RuntimeConfig::default() };
        assert!(refusal(&named).1.contains("does not load"));
        Ok(())
    }
}
