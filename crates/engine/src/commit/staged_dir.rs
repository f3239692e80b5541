//! A whole directory that appears at once: written under a temporary name beside its final one, renamed at the end.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::sync_dir;
use crate::Error;

/// A directory under a temporary name; removed again unless it is committed.
#[derive(Debug)]
pub struct StagedDir {
    staging: PathBuf,
    target: PathBuf,
    committed: bool,
}

impl StagedDir {
    /// Starts an empty directory. A directory that is already at the target is replaced at the end, but only if it holds
    /// this file, which tells that an earlier call made it.
    ///
    /// # Errors
    /// Something else is at the target, or the directory cannot be made.
    pub fn create(target: &Path, replace_if: Option<&str>) -> Result<StagedDir, Error> {
        check_target(target, replace_if)?;
        let name = target
            .file_name()
            .ok_or_else(|| Error::Usage(format!("`{}` is no name of a directory", target.display())))?;
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|error| Error::output(parent, error))?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(".tmp");
        let staging = parent.join(hidden);
        remove(&staging)?;
        fs::create_dir(&staging).map_err(|error| Error::output(&staging, error))?;
        Ok(StagedDir { staging, target: parent.join(name), committed: false })
    }

    /// Where to write until it is committed.
    pub fn path(&self) -> &Path {
        &self.staging
    }

    /// Flushes everything to disk and gives the directory its name.
    ///
    /// # Errors
    /// It cannot be flushed or renamed; what was at the target is still there.
    pub fn commit(mut self) -> Result<(), Error> {
        sync_all(&self.staging)?;
        let mut old = self.staging.clone().into_os_string();
        old.push(".old");
        let old = PathBuf::from(old);
        remove(&old)?;
        let fault = |error: std::io::Error| Error::output(&self.target, error);
        let replaces = self.target.exists();
        if replaces {
            fs::rename(&self.target, &old).map_err(fault)?;
        }
        if let Err(error) = fs::rename(&self.staging, &self.target) {
            if replaces {
                // Whatever is wrong with the new one, the old one comes back.
                drop(fs::rename(&old, &self.target));
            }
            return Err(fault(error));
        }
        self.committed = true;
        remove(&old)?;
        sync_dir(self.target.parent().unwrap_or(Path::new(".")))
    }
}

impl Drop for StagedDir {
    fn drop(&mut self) {
        if !self.committed {
            // Leftovers are harmless: the next call removes them.
            drop(fs::remove_dir_all(&self.staging));
        }
    }
}

fn check_target(target: &Path, replace_if: Option<&str>) -> Result<(), Error> {
    let mut entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::output(target, error)),
    };
    let shown = target.display();
    match (entries.next(), replace_if) {
        (None, _) => Ok(()),
        (Some(_), Some(mark)) if target.join(mark).is_file() => Ok(()),
        (Some(_), Some(mark)) => Err(Error::Usage(format!(
            "`{shown}` is not empty and has no `{mark}`, so it is not replaced; choose another directory"
        ))),
        (Some(_), None) => {
            Err(Error::Usage(format!("`{shown}` is not empty; choose another directory, or `--force` to replace it")))
        }
    }
}

fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::output(folder, error)),
        _ => Ok(()),
    }
}

fn sync_all(folder: &Path) -> Result<(), Error> {
    let fault = |error: std::io::Error| Error::output(folder, error);
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.is_dir() {
            sync_all(&path)?;
        } else {
            fs::File::open(&path).and_then(|file| file.sync_all()).map_err(|error| Error::output(&path, error))?;
        }
    }
    sync_dir(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_is_there_until_the_end_and_nothing_is_left_of_an_abandoned_one() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a/export");
        let staged = StagedDir::create(&target, None).unwrap();
        fs::write(staged.path().join("x"), "1").unwrap();
        assert!(!target.exists());
        drop(staged);
        assert!(names(&folder.path().join("a")).is_empty());
        let staged = StagedDir::create(&target, None).unwrap();
        fs::write(staged.path().join("x"), "1").unwrap();
        staged.commit().unwrap();
        assert_eq!(names(&target), ["x"]);
        assert_eq!(names(&folder.path().join("a")), ["export"]);
    }

    #[test]
    fn only_a_directory_with_the_mark_is_replaced_and_only_on_demand() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("export");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("thesis.txt"), "mine").unwrap();
        assert!(StagedDir::create(&target, None).unwrap_err().to_string().contains("not empty"));
        assert!(StagedDir::create(&target, Some("export.json")).is_err());
        fs::write(target.join("export.json"), "{}").unwrap();
        let staged = StagedDir::create(&target, Some("export.json")).unwrap();
        fs::write(staged.path().join("y"), "2").unwrap();
        staged.commit().unwrap();
        assert_eq!(names(&target), ["y"]);
    }

    #[test]
    fn an_empty_directory_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("export");
        fs::create_dir(&target).unwrap();
        StagedDir::create(&target, None).unwrap().commit().unwrap();
        assert!(target.is_dir());
    }
}
