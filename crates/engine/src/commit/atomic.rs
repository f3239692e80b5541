//! Files appear under their final name only when they are whole and on disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::Error;

/// A file under a temporary name beside its final one; removed again unless it is committed.
#[derive(Debug)]
pub(crate) struct TempFile {
    path: PathBuf,
    target: PathBuf,
    committed: bool,
}

impl TempFile {
    /// Creates the file, and the folders above it.
    pub(crate) fn create(target: &Path) -> Result<(TempFile, File), Error> {
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| Error::output(folder, error))?;
        }
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".tmp");
        let path = target.with_file_name(name);
        let file = File::create(&path).map_err(|error| Error::output(&path, error))?;
        Ok((TempFile { path, target: target.to_owned(), committed: false }, file))
    }

    /// The final name.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Flushes the file to disk, gives it its final name and flushes the folder.
    pub(crate) fn commit(mut self, file: File) -> Result<(), Error> {
        file.sync_all().map_err(|error| Error::output(&self.path, error))?;
        drop(file);
        fs::rename(&self.path, &self.target).map_err(|error| Error::output(&self.target, error))?;
        self.committed = true;
        match self.target.parent() {
            Some(folder) => sync_dir(folder),
            None => Ok(()),
        }
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if !self.committed {
            // Leftovers are harmless: the next run overwrites them.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Makes renames in a folder durable.
pub(crate) fn sync_dir(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| Error::output(folder, error))
}

/// Writes a small file whole.
pub(crate) fn write_atomically(target: &Path, content: &[u8]) -> Result<(), Error> {
    let (temp, mut file) = TempFile::create(target)?;
    file.write_all(content).map_err(|error| Error::output(target, error))?;
    temp.commit(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abandoned_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a/b.txt");
        let (temp, _file) = TempFile::create(&target).unwrap();
        assert!(!target.exists());
        drop(temp);
        assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 0);
    }

    #[test]
    fn a_written_file_has_its_final_name_only() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("b.txt");
        write_atomically(&target, b"whole").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
