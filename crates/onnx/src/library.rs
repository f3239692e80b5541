//! Where the ONNX Runtime library is looked for; loading it is `ort`'s.

use std::path::{Path, PathBuf};

use crate::config::{Device, RuntimeConfig};
use crate::error::Error;

/// Folder in the cache for the build without CUDA.
pub(crate) const CPU_FOLDER: &str = "onnxruntime-cpu";
/// Folder in the cache for the build with CUDA.
pub(crate) const GPU_FOLDER: &str = "onnxruntime-gpu";

/// A library found, and what led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) place: &'static str,
    /// Named by the user, so that a fault in it is not to be passed over.
    pub(crate) named: bool,
}

/// Finds the library that [`install`](crate::install) put into a cache folder.
///
/// For the CPU it prefers the build without CUDA, otherwise the one with it.
pub fn installed_library(cache_dir: &Path, device: Device) -> Option<PathBuf> {
    let order = if device == Device::Cpu { [CPU_FOLDER, GPU_FOLDER] } else { [GPU_FOLDER, CPU_FOLDER] };
    order.iter().find_map(|folder| library_in(&cache_dir.join(folder)))
}

/// Looks in the four places, in order: config, environment, cache, beside the executable.
pub(crate) fn find(config: &RuntimeConfig) -> Result<Option<Found>, Error> {
    let named = [(&config.library, "the config"), (&config.env_library, "ORT_DYLIB_PATH")];
    for (place, what) in named {
        if let Some(path) = place {
            return named_library(path, what).map(Some);
        }
    }
    let cached = config.cache_library.as_deref().and_then(|path| cached_library(path, config.device));
    let cached = cached.map(|path| Found { path, place: "the cache", named: false });
    let beside = || {
        let path = config.beside_exe.as_deref().and_then(library_in)?;
        Some(Found { path, place: "beside the executable", named: false })
    };
    Ok(cached.or_else(beside))
}

fn named_library(path: &Path, place: &'static str) -> Result<Found, Error> {
    let found = if path.is_dir() { library_in(path) } else { path.exists().then(|| path.to_path_buf()) };
    found.map(|path| Found { path, place, named: true }).ok_or_else(|| Error::Runtime {
        problem: format!("{place} names `{}`, where there is no ONNX Runtime library", path.display()),
        fix: "correct or remove the setting, or run `quarry runtime install`".to_owned(),
    })
}

fn cached_library(path: &Path, device: Device) -> Option<PathBuf> {
    if path.is_file() { Some(path.to_path_buf()) } else { installed_library(path, device).or_else(|| library_in(path)) }
}

/// Finds the library in a folder, the highest name first where there are several.
pub(crate) fn library_in(dir: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(dir).ok()?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_library)).max()
}

/// Says whether a file name is that of the library itself, on any of the three systems.
pub(crate) fn is_library(name: &str) -> bool {
    let linux = name.strip_prefix("libonnxruntime.so").is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let mac = name.starts_with("libonnxruntime.") && name.ends_with(".dylib");
    linux || mac || name == "onnxruntime.dll"
}

#[cfg(test)]
mod tests {
    use super::{find, installed_library, is_library};
    use crate::config::{Device, RuntimeConfig};

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn only_the_library_itself_counts() {
        for name in ["libonnxruntime.so", "libonnxruntime.so.1.31.1", "libonnxruntime.1.31.1.dylib", "onnxruntime.dll"]
        {
            assert!(is_library(name), "{name}");
        }
        for name in ["libonnxruntime_providers_shared.so", "libonnxruntime.soup", "onnxruntime.lib", ""] {
            assert!(!is_library(name), "{name}");
        }
    }

    #[test]
    fn the_config_comes_before_the_environment_before_the_cache_before_the_executable() -> Result {
        let dir = tempfile::tempdir()?;
        let place = |name: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(&path)?;
            std::fs::write(path.join("libonnxruntime.so"), name)?;
            Ok::<_, std::io::Error>(path)
        };
        let mut config = RuntimeConfig {
            library: Some(place("config")?),
            env_library: Some(place("environment")?),
            cache_library: Some(place("cache/onnxruntime-cpu")?.parent().ok_or("no parent")?.to_path_buf()),
            beside_exe: Some(place("beside")?),
            ..RuntimeConfig::default()
        };
        let mut places = Vec::new();
        while let Some(found) = find(&config)? {
            places.push(found.place);
            match places.len() {
                1 => config.library = None,
                2 => config.env_library = None,
                3 => config.cache_library = None,
                _ => config.beside_exe = None,
            }
        }
        assert_eq!(places, ["the config", "ORT_DYLIB_PATH", "the cache", "beside the executable"]);
        Ok(())
    }

    #[test]
    fn a_named_library_that_is_not_there_is_an_error() {
        let config = RuntimeConfig { library: Some("/nowhere/lib.so".into()), ..RuntimeConfig::default() };
        let error = find(&config).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("the config names `/nowhere/lib.so`"), "{error}");
    }

    #[test]
    fn the_cache_prefers_the_build_that_suits_the_device() -> Result {
        let dir = tempfile::tempdir()?;
        for folder in ["onnxruntime-cpu", "onnxruntime-gpu"] {
            std::fs::create_dir_all(dir.path().join(folder))?;
            std::fs::write(dir.path().join(folder).join("libonnxruntime.so.1.31.1"), "")?;
        }
        let folder = |device| {
            let path = installed_library(dir.path(), device)?;
            Some(path.parent()?.file_name()?.to_string_lossy().into_owned())
        };
        assert_eq!(folder(Device::Cpu).as_deref(), Some("onnxruntime-cpu"));
        assert_eq!(folder(Device::Auto).as_deref(), Some("onnxruntime-gpu"));
        Ok(())
    }
}
