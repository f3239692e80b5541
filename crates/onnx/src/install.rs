//! Brings the ONNX Runtime library into the user's cache: from the package index by pip, pinned by sha256, or from a
//! file at hand.
//!
//! Only the libraries are taken out of the wheel; nothing of it is executed, and no Python environment is touched.

use std::ffi::OsStr;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::Command;

use zip::ZipArchive;

use crate::error::Error;
use crate::library::{CPU_FOLDER, GPU_FOLDER, is_library, library_in};

/// The version fetched.
const VERSION: &str = "1.31.1";
/// What pip is asked for, with the sha256 of the wheel of each system.
const CPU_PINS: &str = include_str!("install/onnxruntime.txt");
const GPU_PINS: &str = include_str!("install/onnxruntime-gpu.txt");
/// Where a wheel keeps the libraries.
const IN_WHEEL: &str = "onnxruntime/capi/";
/// The marks of a wheel (a zip archive).
const ZIP_MARK: [u8; 4] = *b"PK\x03\x04";

/// What was installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallReport {
    /// The library to load.
    pub library: PathBuf,
    /// All files written.
    pub files: Vec<PathBuf>,
    /// Where they came from.
    pub source: String,
}

/// Installs ONNX Runtime below `cache_dir`, with the CUDA provider if `gpu`; `from` is a wheel or a library at hand.
///
/// The new folder takes the place of an old one only when it is complete.
///
/// # Errors
/// There is no build for this system, pip cannot be run or fails, the file holds no library, or writing fails; the
/// message names the command to run by hand.
pub fn install(cache_dir: &Path, gpu: bool, from: Option<&Path>) -> Result<InstallReport, Error> {
    let target = cache_dir.join(if gpu { GPU_FOLDER } else { CPU_FOLDER });
    let fresh = cache_dir.join(format!(".onnxruntime-{}", std::process::id()));
    remove(&fresh)?;
    std::fs::create_dir_all(&fresh).map_err(Error::write(&fresh))?;
    let filled = fill(&fresh, gpu, from);
    let installed = filled.and_then(|source| {
        replace(&fresh, &target)?;
        report(&target, source)
    });
    remove(&fresh)?;
    installed
}

fn fill(fresh: &Path, gpu: bool, from: Option<&Path>) -> Result<String, Error> {
    let source = match from {
        Some(file) => {
            take(file, fresh)?;
            file.display().to_string()
        }
        None => {
            let wheel = fetch(fresh, gpu)?;
            take(&wheel, fresh)?;
            std::fs::remove_file(&wheel).map_err(Error::write(&wheel))?;
            format!("{} {VERSION}", package(gpu))
        }
    };
    if library_in(fresh).is_some() { Ok(source) } else { Err(no_library(Path::new(&source))) }
}

fn report(target: &Path, source: String) -> Result<InstallReport, Error> {
    let library = library_in(target).ok_or_else(|| no_library(target))?;
    let entries = std::fs::read_dir(target).map_err(Error::read(target))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Ok(InstallReport { library, files, source })
}

/// Has pip download the pinned wheel for this system into a folder.
fn fetch(dir: &Path, gpu: bool) -> Result<PathBuf, Error> {
    let pins = if gpu { GPU_PINS } else { CPU_PINS };
    let requirements = dir.join("requirements.txt");
    std::fs::write(&requirements, pins).map_err(Error::write(&requirements))?;
    let fix = by_hand(gpu);
    let failed = |problem: String| Error::Install { problem, fix: fix.clone() };
    let platform = platform(gpu).ok_or_else(|| {
        failed(format!("there is no pinned build for {} on {}", std::env::consts::OS, std::env::consts::ARCH))
    })?;
    let output = pip(platform)
        .arg("-d")
        .arg(dir)
        .args(["--require-hashes", "-r"])
        .arg(&requirements)
        .output()
        .map_err(|error| failed(format!("`python3 -m pip` could not be run ({error})")))?;
    if !output.status.success() {
        return Err(failed(format!(
            "`pip download` failed, is a package index in reach? ({})",
            last_line(&output.stderr)
        )));
    }
    std::fs::remove_file(&requirements).map_err(Error::write(&requirements))?;
    wheel_in(dir).ok_or_else(|| failed("`pip download` left no wheel".to_owned()))
}

/// Any Python will do: the wheel's own Python version is named, and only its libraries are used.
fn pip(platform: &str) -> Command {
    let mut command = Command::new(if cfg!(windows) { "python" } else { "python3" });
    command.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
    ]);
    command.args(["--implementation", "cp", "--python-version", "3.11", "--abi", "cp311", "--platform", platform]);
    command
}

fn by_hand(gpu: bool) -> String {
    let platform = platform(gpu).unwrap_or("PLATFORM");
    format!(
        "by hand: `python3 -m pip download --no-deps --only-binary=:all: --implementation cp --python-version 3.11 --abi cp311 \
         --platform {platform} {}=={VERSION}`, then `quarry runtime install{} --from FILE`; or set `runtime = \"rten\"`",
        package(gpu),
        if gpu { " --gpu" } else { "" }
    )
}

fn package(gpu: bool) -> &'static str {
    if gpu { "onnxruntime-gpu" } else { "onnxruntime" }
}

fn platform(gpu: bool) -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH, gpu) {
        ("linux", "x86_64", _) => Some("manylinux_2_28_x86_64"),
        ("linux", "aarch64", false) => Some("manylinux_2_28_aarch64"),
        ("macos", "aarch64", false) => Some("macosx_14_0_arm64"),
        _ => None,
    }
}

fn wheel_in(dir: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(dir).ok()?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(|path| path.extension() == Some(OsStr::new("whl")))
}

/// Copies the libraries out of a wheel, or a library as it is.
fn take(file: &Path, into: &Path) -> Result<(), Error> {
    let mut source = std::fs::File::open(file).map_err(Error::read(file))?;
    let mut mark = [0; 4];
    let is_wheel = source.read_exact(&mut mark).is_ok() && mark == ZIP_MARK;
    if is_wheel {
        source.rewind().map_err(Error::read(file))?;
        return unpack(file, source, into);
    }
    let name = file.file_name().filter(|name| name.to_str().is_some_and(is_library)).ok_or_else(|| no_library(file))?;
    // The CUDA provider and its like lie beside the library.
    let folder = file.parent().unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).map_err(Error::read(folder))?.filter_map(|entry| Some(entry.ok()?.path()));
    for beside in entries.filter(|path| path.file_name().and_then(OsStr::to_str).is_some_and(is_provider)) {
        copy(&beside, &into.join(beside.file_name().unwrap_or(name)))?;
    }
    copy(file, &into.join(name))
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::copy(from, to).map(|_| ()).map_err(Error::write(to))
}

fn unpack(file: &Path, source: std::fs::File, into: &Path) -> Result<(), Error> {
    let broken = |error: zip::result::ZipError| Error::Install {
        problem: format!("`{}` cannot be unpacked: {error}", file.display()),
        fix: "fetch the wheel again".to_owned(),
    };
    let mut archive = ZipArchive::new(source).map_err(broken)?;
    let entries: Vec<String> =
        archive.file_names().map(|name| name.map(Into::into)).collect::<Result<_, _>>().map_err(broken)?;
    for entry in entries {
        // Only plain names in the one folder are taken, so no entry can lead elsewhere.
        let Some(name) = entry.strip_prefix(IN_WHEEL).filter(|name| is_library(name) || is_provider(name)) else {
            continue;
        };
        let path = into.join(name);
        let mut content = archive.by_name(&entry).map_err(broken)?;
        let mut target = std::fs::File::create(&path).map_err(Error::write(&path))?;
        std::io::copy(&mut content, &mut target).map_err(Error::write(&path))?;
        target.sync_all().map_err(Error::write(&path))?;
    }
    Ok(())
}

/// The libraries that ONNX Runtime itself loads from its own folder; TensorRT is not among what we use.
fn is_provider(name: &str) -> bool {
    ["shared", "cuda"].iter().any(|provider| {
        let stem = name.trim_start_matches("lib").split('.').next();
        stem == Some(&format!("onnxruntime_providers_{provider}")) && !name.contains('/')
    })
}

/// Puts a complete folder in the place of an old one.
fn replace(fresh: &Path, target: &Path) -> Result<(), Error> {
    let old = fresh.with_extension("old");
    if target.exists() {
        std::fs::rename(target, &old).map_err(Error::write(target))?;
    }
    std::fs::rename(fresh, target).map_err(Error::write(target))?;
    remove(&old)
}

fn remove(dir: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::write(dir)(error)),
        _ => Ok(()),
    }
}

fn no_library(path: &Path) -> Error {
    Error::Install {
        problem: format!("`{}` holds no ONNX Runtime library", path.display()),
        fix: "name a wheel of `onnxruntime` or a file such as `libonnxruntime.so.1.31.1`".to_owned(),
    }
}

fn last_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.lines()
        .rev()
        .find(|line| line.starts_with("ERROR"))
        .or_else(|| text.lines().last())
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::Path;

    use zip::write::SimpleFileOptions;

    use super::{CPU_PINS, GPU_PINS, VERSION, install, is_provider};
    use crate::config::Device;
    use crate::library::installed_library;

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    fn wheel(path: &Path, entries: &[&str]) -> Result {
        let mut archive = zip::ZipWriter::new(std::fs::File::create(path)?);
        for entry in entries {
            archive.start_file(*entry, SimpleFileOptions::default())?;
            archive.write_all(entry.as_bytes())?;
        }
        archive.finish()?;
        Ok(())
    }

    #[test]
    fn a_wheel_gives_its_libraries_and_nothing_else() -> Result {
        let dir = tempfile::tempdir()?;
        let (file, cache) = (dir.path().join("a.whl"), dir.path().join("cache"));
        let lib = "onnxruntime/capi/libonnxruntime.so.1.31.1";
        let provider = "onnxruntime/capi/libonnxruntime_providers_cuda.so";
        wheel(
            &file,
            &[lib, provider, "onnxruntime/capi/_pybind_state.py", "onnxruntime/capi/../../libonnxruntime.so"],
        )?;
        let report = install(&cache, true, Some(&file))?;
        assert_eq!(std::fs::read_to_string(&report.library)?, lib);
        assert_eq!(report.files.len(), 2);
        assert_eq!(installed_library(&cache, Device::Cuda(0)), Some(report.library));
        assert_eq!(std::fs::read_dir(&cache)?.count(), 1);
        Ok(())
    }

    #[test]
    fn a_library_at_hand_replaces_an_older_one() -> Result {
        let dir = tempfile::tempdir()?;
        let cache = dir.path().join("cache");
        for name in ["libonnxruntime.so.1.9.0", "libonnxruntime.so.1.31.1"] {
            let file = dir.path().join(name);
            std::fs::write(&file, name)?;
            let report = install(&cache, false, Some(&file))?;
            assert_eq!(std::fs::read_to_string(&report.library)?, name);
            assert_eq!(report.files.len(), 1);
        }
        Ok(())
    }

    #[test]
    fn a_file_without_the_library_is_refused_and_the_old_one_stays() -> Result {
        let dir = tempfile::tempdir()?;
        let (cache, good) = (dir.path().join("cache"), dir.path().join("libonnxruntime.so"));
        std::fs::write(&good, "good")?;
        install(&cache, false, Some(&good))?;
        let empty = dir.path().join("empty.whl");
        wheel(&empty, &["README"])?;
        let text = dir.path().join("notes.txt");
        std::fs::write(&text, "no library at all")?;
        for file in [&empty, &text] {
            let error = install(&cache, false, Some(file)).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains("holds no ONNX Runtime library"), "{error}");
        }
        assert!(installed_library(&cache, Device::Cpu).is_some());
        assert_eq!(std::fs::read_dir(&cache)?.count(), 1);
        Ok(())
    }

    #[test]
    fn the_pins_name_the_version_and_a_hash() {
        for pins in [CPU_PINS, GPU_PINS] {
            assert!(pins.contains(&format!("=={VERSION}")), "{pins}");
            assert!(pins.contains("--hash=sha256:"), "{pins}");
        }
    }

    #[test]
    fn only_the_providers_in_use_are_taken() {
        assert!(is_provider("libonnxruntime_providers_cuda.so") && is_provider("onnxruntime_providers_shared.dll"));
        assert!(
            !is_provider("libonnxruntime_providers_tensorrt.so") && !is_provider("a/libonnxruntime_providers_cuda.so")
        );
    }
}
