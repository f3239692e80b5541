//! Model folders and runtimes for the tests.

use std::path::{Path, PathBuf};

use quarry_onnx::{Device, Encoder, Error, Runtime, RuntimeChoice, RuntimeConfig};

/// What a test returns.
pub(crate) type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Texts of many lengths, empty, longer than the model takes, and in odd characters.
pub(crate) const TEXTS: [&str; 9] = [
    "",
    "the cat",
    "a dog ran to the river in the small city",
    "number one two three",
    "   \n\t ",
    "数学 Ω ≈ ç √ 🙂",
    "the doctor and the price of water, the school and the code of the model by the sea, the old red stone in the new \
     blue light of the sun, the large green market with music",
    "x",
    "the cat",
];

/// The folder of the tiny encoder.
pub(crate) fn tiny() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny")
}

/// A copy of the tiny encoder's folder with its manifest changed.
pub(crate) fn tiny_with(change: impl FnOnce(String) -> String) -> std::io::Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    for entry in std::fs::read_dir(tiny())? {
        let path = entry?.path();
        std::fs::copy(&path, dir.path().join(path.file_name().unwrap_or_default()))?;
    }
    let manifest = dir.path().join("model.toml");
    std::fs::write(&manifest, change(std::fs::read_to_string(&manifest)?))?;
    Ok(dir)
}

/// The embedded engine with this number of threads.
pub(crate) fn rten(threads: usize) -> Result<Runtime, Error> {
    Runtime::open(&RuntimeConfig {
        runtime: RuntimeChoice::Rten,
        device: Device::Cpu,
        threads,
        ..RuntimeConfig::default()
    })
}

/// The library that the environment names for tests, or a line that says what is left out.
#[expect(clippy::print_stderr, clippy::disallowed_methods, reason = "a test that is left out has to say so")]
pub(crate) fn ort_library() -> Option<PathBuf> {
    let library = std::env::var_os("QUARRY_TEST_ORT").filter(|path| !path.is_empty()).map(PathBuf::from);
    if library.is_none() {
        eprintln!("LEFT OUT: QUARRY_TEST_ORT does not name an ONNX Runtime library, so that engine is not tested");
    }
    library
}

/// ONNX Runtime on this device, with this number of threads; `None` if there is no library to test with.
pub(crate) fn ort(device: Device, threads: usize) -> Option<Result<Runtime, Error>> {
    let library = Some(ort_library()?);
    let config =
        RuntimeConfig { runtime: RuntimeChoice::Onnxruntime, device, threads, library, ..RuntimeConfig::default() };
    Some(Runtime::open(&config))
}

/// The tiny encoder on every engine there is, with this number of threads.
pub(crate) fn encoders(threads: usize) -> Result<Vec<Encoder>, Error> {
    let mut runtimes = vec![rten(threads)?];
    if let Some(runtime) = ort(Device::Cpu, threads) {
        runtimes.push(runtime?);
    }
    runtimes.iter().map(|runtime| Encoder::load(&tiny(), runtime)).collect()
}
