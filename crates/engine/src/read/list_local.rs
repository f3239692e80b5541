//! Shards on this machine's disks.

use std::fs;
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::format::Format;
use super::list::{is_glob, is_hidden, matcher, names_hidden, split_glob};
use super::shard::{Place, Shard, unknown_ending};
use crate::Error;

/// Lists the shards that one local pattern names; `pattern` is what the user typed, `path` the path in it.
pub(super) fn list(pattern: &str, path: &str) -> Result<Vec<Shard>, Error> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => list_folder(pattern, Path::new(path)),
        Ok(_) => Ok(vec![shard(Path::new(path))?.ok_or_else(|| unknown_ending(pattern))?]),
        // A file may have a glob's characters in its name, so that a glob is what names no file.
        Err(_) if is_glob(path) => list_glob(pattern, path),
        Err(source) => Err(Error::input(pattern, source.to_string())),
    }
}

/// All known files below a folder.
fn list_folder(pattern: &str, folder: &Path) -> Result<Vec<Shard>, Error> {
    let mut shards = Vec::new();
    for path in files(pattern, folder, usize::MAX, false)? {
        shards.extend(shard(&path)?);
    }
    Ok(shards)
}

/// All files that a glob matches; unlike a folder it asks for each of them, so none may be of an unknown kind.
fn list_glob(pattern: &str, path: &str) -> Result<Vec<Shard>, Error> {
    let (folder, glob) = split_glob(path);
    let matcher = matcher(pattern, glob)?;
    let folder = if folder.is_empty() { Path::new(".") } else { Path::new(folder) };
    let depth = if glob.contains("**") { usize::MAX } else { glob.split('/').count() };
    let mut shards = Vec::new();
    for path in files(pattern, folder, depth, names_hidden(glob))? {
        if path.strip_prefix(folder).is_ok_and(|below| matcher.is_match(below)) {
            shards.push(shard(&path)?.ok_or_else(|| unknown_ending(&path.display().to_string()))?);
        }
    }
    Ok(shards)
}

fn files(pattern: &str, folder: &Path, depth: usize, hidden: bool) -> Result<Vec<PathBuf>, Error> {
    let wanted = |entry: &DirEntry| hidden || entry.depth() == 0 || !entry.file_name().to_str().is_some_and(is_hidden);
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).max_depth(depth).into_iter().filter_entry(wanted) {
        let entry = entry.map_err(|source| Error::input(pattern, source.to_string()))?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// The shard of a file, if its name has a known ending.
fn shard(path: &Path) -> Result<Option<Shard>, Error> {
    let error = |message: String| Error::input(path.display().to_string(), message);
    let named: PathBuf = path.components().filter(|component| *component != Component::CurDir).collect();
    let name = named.to_str().ok_or_else(|| error("the file's name is not UTF-8".to_owned()))?.to_owned();
    let Some(format) = Format::of(&name) else { return Ok(None) };
    let size_bytes = fs::metadata(path).map_err(|source| error(source.to_string()))?.len();
    Ok(Some(Shard { name, place: Place::Local(path.to_path_buf()), format, size_bytes }))
}
