//! `model.toml`: what a model folder holds, read and checked against the files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// The file that describes a model folder.
pub(crate) const MANIFEST: &str = "model.toml";

/// What every model says of itself; kinds add their own tables.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) encoder: Option<EncoderTable>,
    pub(crate) head: Option<HeadTable>,
    #[serde(rename = "file")]
    pub(crate) files: BTreeMap<String, FileTable>,
    #[serde(skip)]
    dir: PathBuf,
}

/// How an encoder is fed and what comes out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EncoderTable {
    pub(crate) dims: usize,
    pub(crate) max_tokens: usize,
    pub(crate) pooling: String,
    pub(crate) inputs: [String; 2],
    pub(crate) output: String,
}

/// What a head scores and on which encoder's embeddings.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeadTable {
    pub(crate) encoder: String,
    pub(crate) encoder_digest: String,
    pub(crate) dims: usize,
    pub(crate) labels: Vec<String>,
}

/// One file beside the manifest.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FileTable {
    pub(crate) path: PathBuf,
    pub(crate) sha256: String,
}

impl Manifest {
    /// Reads the manifest of a model folder and checks its kind.
    pub(crate) fn read(dir: &Path, kind: &str) -> Result<Self, Error> {
        let path = dir.join(MANIFEST);
        let text = std::fs::read_to_string(&path).map_err(Error::read(&path))?;
        let mut manifest: Self = toml::from_str(&text).map_err(|error| Error::model(&path, error))?;
        if manifest.kind != kind {
            return Err(Error::model(&path, format!("its kind is `{}`, and a `{kind}` is needed", manifest.kind)));
        }
        dir.clone_into(&mut manifest.dir);
        Ok(manifest)
    }

    /// Finds the entry of a file by its role.
    pub(crate) fn file(&self, role: &str) -> Result<&FileTable, Error> {
        self.files.get(role).ok_or_else(|| self.problem(format!("it has no table `[file.{role}]`")))
    }

    /// Reads a file whole and holds it to its sha256.
    pub(crate) fn read_file(&self, role: &str) -> Result<(PathBuf, Vec<u8>), Error> {
        let file = self.file(role)?;
        // A model folder is data from elsewhere: it may not reach outside itself.
        if file.path.components().count() != 1 || file.path.file_name().is_none() {
            return Err(self.problem(format!("`{}` is not the name of a file beside it", file.path.display())));
        }
        let path = self.dir.join(&file.path);
        let bytes = std::fs::read(&path).map_err(Error::read(&path))?;
        let found = sha256_hex(&bytes);
        if found != file.sha256 {
            return Err(Error::Digest { path, expected: file.sha256.clone(), found });
        }
        Ok((path, bytes))
    }

    /// An error that blames the manifest.
    pub(crate) fn problem(&self, problem: impl std::fmt::Display) -> Error {
        Error::model(&self.dir.join(MANIFEST), problem)
    }
}

/// The sha256 of bytes in lower-case hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
