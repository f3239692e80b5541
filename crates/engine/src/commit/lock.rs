//! One writer a directory: an operating-system lock, released when its holder dies, that names its holder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::Error;

/// Holds an output directory until dropped.
#[derive(Debug)]
pub(crate) struct DirLock {
    _file: File,
}

impl DirLock {
    /// Takes the lock and writes who holds it into the lock file.
    pub(crate) fn acquire(folder: &Path, holder: &str) -> Result<DirLock, Error> {
        let path = folder.join("lock");
        let fault = |error: std::io::Error| Error::output(&path, error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| Error::output(&path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // A lock held by a run that has not yet written its name is still held.
                drop(file.read_to_string(&mut holder));
                let holder = if holder.trim().is_empty() { "another run".to_owned() } else { holder };
                return Err(Error::Locked { path: folder.display().to_string(), holder: holder.trim().to_owned() });
            }
            Err(TryLockError::Error(error)) => return Err(fault(error)),
        }
        file.set_len(0).map_err(fault)?;
        file.rewind().map_err(fault)?;
        file.write_all(holder.as_bytes()).map_err(fault)?;
        Ok(DirLock { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_writer_is_told_who_holds_the_directory() {
        let folder = tempfile::tempdir().unwrap();
        let first = DirLock::acquire(folder.path(), "process 1 on here").unwrap();
        let error = DirLock::acquire(folder.path(), "process 2 on here").unwrap_err();
        assert!(error.to_string().contains("process 1 on here"), "{error}");
        drop(first);
        DirLock::acquire(folder.path(), "process 2 on here").unwrap();
    }
}
