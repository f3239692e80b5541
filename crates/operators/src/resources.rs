//! What operators are built from: the files of `pipeline/`, and the models among them.
//!
//! Everything read here has a digest, which operators put into the recipe hash. Nothing outside the pipeline directory
//! is ever opened but the files that a verb was given by name, and nothing is opened after the operators are built.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use quarry_llm::Model;
use quarry_onnx::{Encoder, Head, Runtime, RuntimeConfig};
use sha2::{Digest, Sha256};

/// The pipeline directory, and the engine that its models run on.
pub struct Resources {
    root: PathBuf,
    runtime_config: RuntimeConfig,
    models: Mutex<Models>,
    /// Models that are asked over HTTP, by the name that recipes give them.
    asked: BTreeMap<String, Model>,
    /// Files outside of the pipeline directory, by the path below it that they stand for.
    given: BTreeMap<String, PathBuf>,
}

/// What was opened so far; every model is opened once, however many stages use it.
#[derive(Default)]
struct Models {
    runtime: Option<Arc<Runtime>>,
    encoders: BTreeMap<String, Arc<Encoder>>,
    heads: BTreeMap<String, Arc<Head>>,
}

/// A text file below the pipeline directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceFile {
    /// Its content.
    pub text: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub digest: String,
}

/// A file of any kind below the pipeline directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourcePath {
    /// Where it lies.
    pub path: PathBuf,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub digest: String,
}

/// Why a resource could not be used: which file, what is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ResourceError {
    /// The path leaves the pipeline directory or is absolute.
    #[error("`{path}` leads out of the pipeline directory; name a file below it")]
    Outside {
        /// The path as it was given.
        path: String,
    },
    /// The file or folder cannot be read.
    #[error("cannot read `{path}` in the pipeline directory: {source}; `quarry init` writes a complete one")]
    Unreadable {
        /// The path below the pipeline directory.
        path: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The content is not as expected.
    #[error("`{path}`: {message}")]
    Invalid {
        /// The path below the pipeline directory.
        path: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// The deployment has no model of this name.
    #[error(
        "no endpoint for the model `{name}`: the config needs a section `[models.{name}]` with `id` and `endpoints`; \
         `configs/mock.toml` has one for `quarry mock`"
    )]
    NoSuchModel {
        /// The name as the recipe has it.
        name: String,
    },
    /// A model or its engine cannot be used.
    #[error(transparent)]
    Model(#[from] quarry_onnx::Error),
}

impl ResourceError {
    /// A file that can be read but not used.
    pub fn invalid(path: &str, message: impl Into<String>) -> ResourceError {
        ResourceError::Invalid { path: path.to_owned(), message: message.into() }
    }
}

impl Resources {
    /// Takes the pipeline directory and what the deployment says of models; nothing is opened yet.
    pub fn new(pipeline_dir: PathBuf, runtime: RuntimeConfig) -> Resources {
        Resources {
            root: pipeline_dir,
            runtime_config: runtime,
            models: Mutex::default(),
            asked: BTreeMap::new(),
            given: BTreeMap::new(),
        }
    }

    /// Adds files that stand for paths below the pipeline directory, such as `packs/mmlu.parquet`, wherever they lie.
    pub fn with_files(mut self, files: BTreeMap<String, PathBuf>) -> Resources {
        self.given = files;
        self
    }

    /// Adds the models that are asked over HTTP, by the name that recipes give them.
    pub fn with_models(mut self, models: BTreeMap<String, Model>) -> Resources {
        self.asked = models;
        self
    }

    /// Gives the model that recipes call by this name.
    ///
    /// # Errors
    /// The deployment has no such model.
    pub fn model(&self, name: &str) -> Result<Model, ResourceError> {
        self.asked.get(name).cloned().ok_or_else(|| ResourceError::NoSuchModel { name: name.to_owned() })
    }

    /// Reads a text file, named by its path below the pipeline directory.
    ///
    /// # Errors
    /// The path leaves the directory, or the file is missing or not UTF-8.
    pub fn file(&self, path: &str) -> Result<ResourceFile, ResourceError> {
        let text = std::fs::read_to_string(self.resolve(path)?)
            .map_err(|source| ResourceError::Unreadable { path: path.to_owned(), source })?;
        let digest = hex(&Sha256::digest(text.as_bytes()));
        Ok(ResourceFile { text, digest })
    }

    /// Finds a file of any kind, named by its path below the pipeline directory, and hashes it.
    ///
    /// # Errors
    /// The path leaves the directory, or the file cannot be read.
    pub fn path(&self, path: &str) -> Result<ResourcePath, ResourceError> {
        let found = self.resolve(path)?;
        let unreadable = |source| ResourceError::Unreadable { path: path.to_owned(), source };
        let mut file = std::fs::File::open(&found).map_err(unreadable)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match std::io::Read::read(&mut file, &mut buffer).map_err(unreadable)? {
                0 => return Ok(ResourcePath { path: found, digest: hex(&hasher.finalize()) }),
                num_bytes => hasher.update(buffer.get(..num_bytes).unwrap_or_default()),
            }
        }
    }

    /// Lists the files of a folder that have this ending, as sorted paths below the pipeline directory.
    ///
    /// # Errors
    /// The path leaves the directory, or the folder is missing or holds no such file.
    pub fn list(&self, folder: &str, extension: &str) -> Result<Vec<String>, ResourceError> {
        let unreadable = |source| ResourceError::Unreadable { path: folder.to_owned(), source };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(self.resolve(folder)?).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            if Path::new(&name).extension().is_some_and(|found| found == extension) {
                paths.push(format!("{}/{}", folder.trim_end_matches('/'), name.to_string_lossy()));
            }
        }
        paths.sort();
        match paths.is_empty() {
            true => Err(ResourceError::invalid(folder, format!("the folder holds no `.{extension}` file"))),
            false => Ok(paths),
        }
    }

    /// Gives the engine that models run on, opened at the first call.
    ///
    /// # Errors
    /// The engine or device that the deployment asks for cannot be had.
    pub fn runtime(&self) -> Result<Arc<Runtime>, ResourceError> {
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        self.runtime_of(&mut models)
    }

    /// Gives the sentence encoder in `models/NAME`, loaded at the first call.
    ///
    /// # Errors
    /// The folder is missing, a file does not match its digest, or the engine cannot be opened.
    pub fn encoder(&self, name: &str) -> Result<Arc<Encoder>, ResourceError> {
        let dir = self.model_dir(name)?;
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(encoder) = models.encoders.get(name) {
            return Ok(Arc::clone(encoder));
        }
        let runtime = self.runtime_of(&mut models)?;
        let encoder = Arc::new(Encoder::load(&dir, &runtime)?);
        models.encoders.insert(name.to_owned(), Arc::clone(&encoder));
        Ok(encoder)
    }

    /// Gives the head in `models/NAME`, loaded at the first call.
    ///
    /// # Errors
    /// The folder is missing or a file does not match its digest.
    pub fn head(&self, name: &str) -> Result<Arc<Head>, ResourceError> {
        let dir = self.model_dir(name)?;
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(head) = models.heads.get(name) {
            return Ok(Arc::clone(head));
        }
        let head = Arc::new(Head::load(&dir)?);
        models.heads.insert(name.to_owned(), Arc::clone(&head));
        Ok(head)
    }

    fn runtime_of(&self, models: &mut Models) -> Result<Arc<Runtime>, ResourceError> {
        if let Some(runtime) = &models.runtime {
            return Ok(Arc::clone(runtime));
        }
        let runtime = Arc::new(Runtime::open(&self.runtime_config)?);
        models.runtime = Some(Arc::clone(&runtime));
        Ok(runtime)
    }

    fn model_dir(&self, name: &str) -> Result<PathBuf, ResourceError> {
        let path = format!("models/{name}");
        let dir = self.resolve(&path)?;
        match dir.join("model.toml").is_file() {
            true => Ok(dir),
            false => {
                Err(ResourceError::invalid(&path, "no model of this name; a model is a folder with a `model.toml`"))
            }
        }
    }

    fn resolve(&self, path: &str) -> Result<PathBuf, ResourceError> {
        if let Some(given) = self.given.get(path) {
            return Ok(given.clone());
        }
        let plain = |part| matches!(part, Component::Normal(_));
        if path.is_empty() || path.contains('\\') || !Path::new(path).components().all(plain) {
            return Err(ResourceError::Outside { path: path.to_owned() });
        }
        Ok(self.root.join(path))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::Resources;

    fn resources(dir: &std::path::Path) -> Resources {
        Resources::new(dir.to_owned(), quarry_onnx::RuntimeConfig::default())
    }

    #[test]
    fn a_file_comes_with_its_digest() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.md"), "abc").unwrap();
        let file = resources(dir.path()).file("a.md").unwrap();
        assert_eq!(file.text, "abc");
        assert_eq!(file.digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn nothing_outside_the_pipeline_directory_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let resources = resources(dir.path());
        for path in ["../a.md", "/etc/hostname", "prompts/../../a.md", "", ".", "..", "a\\..\\b", "models/../../x"] {
            let message = resources.file(path).unwrap_err().to_string();
            assert!(message.contains("leads out of the pipeline directory"), "{path}: {message}");
        }
        assert!(resources.encoder("../x").err().unwrap().to_string().contains("leads out"));
    }

    #[test]
    fn a_given_file_stands_for_a_path() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let given = other.path().join("a.bin");
        std::fs::write(&given, b"abc\xff").unwrap();
        let resources = resources(dir.path()).with_files([("packs/a.bin".to_owned(), given.clone())].into());
        let found = resources.path("packs/a.bin").unwrap();
        assert_eq!(found.path, given);
        assert_eq!(found.digest.len(), 64);
        assert!(resources.path("packs/b.bin").unwrap_err().to_string().contains("`packs/b.bin`"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let resources = resources(dir.path());
        assert!(resources.file("prompts/a.md").unwrap_err().to_string().contains("`prompts/a.md`"));
        assert!(resources.head("domain").err().unwrap().to_string().contains("`models/domain`: no model of this name"));
        assert!(resources.list("personas", "toml").unwrap_err().to_string().contains("`personas`"));
    }
}
