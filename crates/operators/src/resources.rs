//! What operators are built from: the files of `pipeline/`, and the models among them.
//!
//! Everything read here has a digest, which operators put into the recipe hash. Nothing outside the pipeline directory
//! is ever opened, and nothing is opened after the operators are built.

use std::path::{Component, Path, PathBuf};

use quarry_onnx::RuntimeConfig;
use sha2::{Digest, Sha256};

/// The pipeline directory, and the engine that its models run on.
pub struct Resources {
    root: PathBuf,
    runtime_config: RuntimeConfig,
}

/// A text file below the pipeline directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceFile {
    /// Its content.
    pub text: String,
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
        Resources { root: pipeline_dir, runtime_config: runtime }
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

    fn resolve(&self, path: &str) -> Result<PathBuf, ResourceError> {
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
