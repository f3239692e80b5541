//! A folder for runs whose dataset nobody wants: what they ask of models is kept, what they make of documents is not.

use std::path::{Path, PathBuf};

use crate::exit::Stop;

/// A folder below an output directory that is gone when this is dropped.
pub(super) struct Scratch(pub(super) PathBuf);

impl Scratch {
    /// Makes the folder, with the verb's name and the process in its own.
    ///
    /// # Errors
    /// It cannot be made.
    pub(super) fn make(out: &Path, verb: &str) -> Result<Scratch, Stop> {
        let path = out.join(".quarry").join(format!("{verb}-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| Stop::Output(format!("{}: {error}", path.display())))?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left of it does no harm.
        std::fs::remove_dir_all(&self.0).ok();
    }
}
