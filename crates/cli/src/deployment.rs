//! From config and flags to what the libraries ask for: the recipe's file, its resources, the engine of models.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use quarry_engine::recipe::SourceFile;
use quarry_onnx::{Runtime, RuntimeConfig};
use quarry_operators::{ResourceError, Resources};

use crate::config::Config;
use crate::exit::Stop;

/// Reads a recipe's text under the name that the user gave it.
///
/// # Errors
/// It cannot be read.
pub(crate) fn read_recipe(path: &Path) -> Result<SourceFile, Stop> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        Stop::Usage(format!("cannot read the recipe `{path}`: {error}; `quarry init DIR` writes a project with one"))
    })?;
    Ok(SourceFile { name: path.display().to_string(), text })
}

/// The pipeline folder of a recipe: the one above the folder that the recipe lies in.
pub(crate) fn pipeline_dir(recipe: &Path) -> PathBuf {
    let folder = recipe.parent().unwrap_or(Path::new(""));
    match folder.parent() {
        Some(above) if !above.as_os_str().is_empty() => above.to_path_buf(),
        Some(_) => PathBuf::from("."),
        // The recipe was named without a folder: the one above is that of the current directory.
        None => PathBuf::from(".."),
    }
}

/// What operators are built from.
pub(crate) fn resources(recipe: &Path, config: &Config) -> Resources {
    Resources::new(pipeline_dir(recipe), runtime_config(config))
}

/// What operators are built from where no recipe lies in a pipeline folder: that of the current directory.
pub(crate) fn lone_resources(config: &Config) -> Resources {
    Resources::new(PathBuf::from("pipeline"), runtime_config(config))
}

/// All that decides which engine and device models run on.
#[expect(clippy::disallowed_methods, reason = "only the cli reads the environment")]
pub(crate) fn runtime_config(config: &Config) -> RuntimeConfig {
    let executable = std::env::current_exe().ok();
    RuntimeConfig {
        runtime: config.onnx.runtime,
        device: config.onnx.device,
        threads: config.num_threads(),
        library: config.onnx.library.clone(),
        env_library: std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()).map(PathBuf::from),
        cache_library: runtime_cache(),
        beside_exe: executable.and_then(|path| path.parent().map(Path::to_path_buf)),
    }
}

/// Where ONNX Runtime is installed: below the user's cache folder, if there is one.
pub(crate) fn runtime_cache() -> Option<PathBuf> {
    let cache = etcetera::choose_base_strategy().ok()?.cache_dir();
    Some(cache.join("quarry").join("onnxruntime"))
}

/// Opens the engine that models run on, so that one that cannot be had is an error before any work.
///
/// # Errors
/// The engine or device that the config names cannot be had.
pub(crate) fn open_runtime(resources: &Resources) -> anyhow::Result<()> {
    match resources.runtime() {
        Ok(runtime) => tell_choices(&runtime),
        // The model library's own error says who must act.
        Err(ResourceError::Model(error)) => return Err(error.into()),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Tells what was chosen where the config left a choice.
pub(crate) fn tell_choices(runtime: &Runtime) {
    for note in runtime.notes() {
        tracing::info!("{note}");
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::pipeline_dir;

    #[test]
    fn the_pipeline_folder_is_the_one_above_that_of_the_recipe() {
        for (recipe, folder) in [
            ("pipeline/recipes/cloze.toml", "pipeline"),
            ("/a/pipeline/recipes/cloze.toml", "/a/pipeline"),
            ("recipes/cloze.toml", "."),
            ("./recipes/cloze.toml", "."),
            ("cloze.toml", ".."),
        ] {
            assert_eq!(pipeline_dir(Path::new(recipe)), PathBuf::from(folder), "{recipe}");
        }
    }
}
