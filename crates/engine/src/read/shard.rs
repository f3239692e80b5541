//! One input file: its name, where it lies, and the digest of its stored bytes.

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;
use xxhash_rust::xxh3::Xxh3;

use super::format::Format;
use super::source::Source;
use crate::Error;

/// One input file.
#[derive(Clone, Debug)]
pub struct Shard {
    /// The file as the user would type it. It goes into the column `shard`, so it is stable from run to run.
    pub name: String,
    pub(super) place: Place,
    pub(super) format: Format,
    pub(super) size_bytes: u64,
}

/// Where a shard's bytes are.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A file of this machine.
    Local(PathBuf),
    /// An object; `version` pins the content that was listed, where the store can tell.
    Store { store: Arc<dyn ObjectStore>, location: Path, version: Option<String> },
}

impl Shard {
    /// Names one object of a store, `name` being what goes into the column `shard`.
    ///
    /// # Errors
    /// The object is absent, or its name has an unknown ending.
    pub async fn in_store(store: Arc<dyn ObjectStore>, location: Path, name: String) -> Result<Shard, Error> {
        let meta = store.head(&location).await.map_err(|source| Error::input(&name, source.to_string()))?;
        Shard::of_object(store, meta, name)
    }

    /// A shard of an object that was listed.
    pub(super) fn of_object(store: Arc<dyn ObjectStore>, meta: ObjectMeta, name: String) -> Result<Shard, Error> {
        let format = Format::of(&name).ok_or_else(|| unknown_ending(&name))?;
        let place = Place::Store { store, location: meta.location, version: meta.e_tag };
        Ok(Shard { name, place, format, size_bytes: meta.size })
    }

    /// The size of the file as it is stored.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Hashes the stored bytes to 32 hexadecimal digits, without holding them in memory.
    ///
    /// # Errors
    /// The file cannot be read, or has not the size it was listed with.
    pub async fn digest(&self) -> Result<String, Error> {
        let shard = self.clone();
        let handle = Handle::current();
        tokio::task::spawn_blocking(move || hash(&shard, handle)).await.map_err(Error::internal)?
    }
}

/// The error of a file whose name promises no known content.
pub(super) fn unknown_ending(name: &str) -> Error {
    Error::input(name, format!("unknown ending; quarry reads {}", Format::endings()))
}

fn hash(shard: &Shard, handle: Handle) -> Result<String, Error> {
    let mut source = Source::open(shard, handle, Arc::new(AtomicU64::new(0)))?;
    let mut hasher = Xxh3::new();
    loop {
        let bytes = source.fill_buf().map_err(|source| Error::input(&shard.name, source.to_string()))?;
        if bytes.is_empty() {
            break;
        }
        let num_bytes = bytes.len();
        hasher.update(bytes);
        source.consume(num_bytes);
    }
    if source.meter().offset() != shard.size_bytes {
        let message = format!("has {} bytes, but had {} when it was listed", source.meter().offset(), shard.size_bytes);
        return Err(Error::input(&shard.name, message));
    }
    Ok(format!("{:032x}", hasher.digest128()))
}
