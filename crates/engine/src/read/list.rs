//! What the user typed to the shards it names, in one canonical order. Opening them is left to the readers.

use std::collections::BTreeSet;

use super::format::Format;
use super::shard::{Place, Shard};
use super::{list_local, list_store};
use crate::Error;

/// Characters that make a pattern of a path.
const GLOB_CHARACTERS: [char; 4] = ['*', '?', '[', '{'];

/// Lists the shards that the patterns name: in the order of the patterns, sorted by name within each, no file twice.
///
/// A pattern is a file, a folder (all files below it with a known ending, but none that begins with `.` or `_`), a
/// glob, or a URL of an object store with any of these as its path.
///
/// # Errors
/// A pattern names nothing, a file it names has an unknown ending, or its store cannot be reached.
pub async fn list_shards(patterns: &[String]) -> Result<Vec<Shard>, Error> {
    let mut seen = BTreeSet::new();
    let mut shards = Vec::new();
    for pattern in patterns {
        let mut found = list_one(pattern).await?;
        if found.is_empty() {
            let message = format!("no file here whose name ends in one of {}", Format::endings());
            return Err(Error::input(pattern, message));
        }
        found.sort_by(|left, right| left.name.cmp(&right.name));
        shards.extend(found.into_iter().filter(|shard| seen.insert(identity(shard))));
    }
    Ok(shards)
}

async fn list_one(pattern: &str) -> Result<Vec<Shard>, Error> {
    match pattern.split_once("://") {
        Some((scheme, _)) if scheme != "file" => list_store::list(pattern).await,
        file_url => {
            let pattern = pattern.to_owned();
            let path = match file_url {
                Some((_, path)) => local_path(&pattern, path),
                None => pattern.clone(),
            };
            tokio::task::spawn_blocking(move || list_local::list(&pattern, &path)).await.map_err(Error::internal)?
        }
    }
}

/// The path of a `file://` URL: decoded if it is a proper URL, as typed if it is a glob.
fn local_path(pattern: &str, path: &str) -> String {
    let parsed = (!is_glob(pattern)).then(|| url::Url::parse(pattern).ok()?.to_file_path().ok()).flatten();
    parsed.and_then(|path| path.to_str().map(str::to_owned)).unwrap_or_else(|| path.to_owned())
}

/// Whether a path stands for many.
pub(super) fn is_glob(path: &str) -> bool {
    path.contains(GLOB_CHARACTERS)
}

/// Cuts a glob into the folder that is surely meant and the pattern below it.
pub(super) fn split_glob(path: &str) -> (&str, &str) {
    let first = path.find(GLOB_CHARACTERS).unwrap_or(path.len());
    let cut = path.get(..first).and_then(|literal| literal.rfind('/')).map_or(0, |slash| slash + 1);
    path.split_at_checked(cut).unwrap_or(("", path))
}

/// A glob in which `*` stays within a folder and `**` does not.
pub(super) fn matcher(pattern: &str, glob: &str) -> Result<globset::GlobMatcher, Error> {
    let glob = globset::GlobBuilder::new(glob).literal_separator(true).build();
    Ok(glob.map_err(|source| Error::input(pattern, source.kind().to_string()))?.compile_matcher())
}

/// Whether a file or folder is passed over unless it is named: markers and leftovers, not data.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '_'])
}

/// Whether a glob asks for names that are usually passed over.
pub(super) fn names_hidden(glob: &str) -> bool {
    glob.split('/').any(is_hidden)
}

fn identity(shard: &Shard) -> String {
    match &shard.place {
        Place::Local(path) => path.canonicalize().unwrap_or_else(|_| path.clone()).display().to_string(),
        Place::Store { .. } => shard.name.clone(),
    }
}
