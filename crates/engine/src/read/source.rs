//! The stored bytes of a shard as a blocking reader that knows its offset.
//!
//! It tells a store that fails from a file that is broken: only the second is the file's fault.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::{Buf, Bytes};
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore};
use tokio::runtime::Handle;

use super::shard::{Place, Shard};
use crate::Error;

/// Bytes asked of the disk at once.
const READ_BYTES: usize = 128 << 10;
/// Bytes asked of an object store at once. A request a piece survives a consumer that pauses for minutes, which one
/// long response does not.
const FETCH_BYTES: u64 = 8 << 20;

/// The stored bytes of one shard.
pub(super) struct Source {
    reader: BufReader<Box<dyn Read + Send>>,
    meter: Meter,
    progress: Arc<AtomicU64>,
}

/// How far a source has been read, and whether reading itself failed. It stays readable behind a decompressor.
#[derive(Clone, Default)]
pub(super) struct Meter {
    offset: Arc<AtomicU64>,
    failed: Arc<AtomicBool>,
}

impl Meter {
    /// Stored bytes consumed so far.
    pub(super) fn offset(&self) -> u64 {
        self.offset.load(Ordering::Relaxed)
    }

    /// Whether disk or network failed, as opposed to the bytes being wrong.
    pub(super) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

impl Source {
    /// Opens a shard; `progress` grows by every stored byte consumed.
    pub(super) fn open(shard: &Shard, handle: Handle, progress: Arc<AtomicU64>) -> Result<Source, Error> {
        let reader: Box<dyn Read + Send> = match &shard.place {
            Place::Local(path) => {
                let file = File::open(path).map_err(|source| Error::input(&shard.name, source.to_string()))?;
                // A file that grows while it is read is read as it was listed.
                Box::new(file.take(shard.size_bytes))
            }
            Place::Store { store, location, version } => Box::new(Pieces {
                file: RemoteFile::new((store, location, version), handle),
                next: 0,
                end: shard.size_bytes,
                piece: Bytes::new(),
            }),
        };
        Ok(Source { reader: BufReader::with_capacity(READ_BYTES, reader), meter: Meter::default(), progress })
    }

    /// The meter of this source.
    pub(super) fn meter(&self) -> Meter {
        self.meter.clone()
    }
}

impl BufRead for Source {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let failed = &self.meter.failed;
        self.reader.fill_buf().inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                failed.store(true, Ordering::Relaxed);
            }
        })
    }

    fn consume(&mut self, num_bytes: usize) {
        self.reader.consume(num_bytes);
        self.meter.offset.fetch_add(num_bytes as u64, Ordering::Relaxed);
        self.progress.fetch_add(num_bytes as u64, Ordering::Relaxed);
    }
}

impl Read for Source {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let num_bytes = self.fill_buf()?.read(target)?;
        self.consume(num_bytes);
        Ok(num_bytes)
    }
}

/// An object of a store, as it was when it was listed.
#[derive(Clone)]
pub(super) struct RemoteFile {
    store: Arc<dyn ObjectStore>,
    location: Path,
    version: Option<String>,
    handle: Handle,
}

impl RemoteFile {
    /// Names an object; `handle` is the runtime that carries its requests.
    pub(super) fn new(place: (&Arc<dyn ObjectStore>, &Path, &Option<String>), handle: Handle) -> RemoteFile {
        let (store, location, version) = place;
        RemoteFile { store: Arc::clone(store), location: location.clone(), version: version.clone(), handle }
    }

    /// Fetches a range of bytes. It is called from a reader's own thread, never from one of the runtime's.
    pub(super) fn fetch(&self, range: Range<u64>) -> io::Result<Bytes> {
        let options = GetOptions::new().with_range(Some(range)).with_if_match(self.version.clone());
        let bytes = self.handle.block_on(async {
            let found = self.store.get_opts(&self.location, options).await?;
            found.bytes().await
        });
        bytes.map_err(io::Error::other)
    }
}

/// An object read from its beginning, piece by piece.
struct Pieces {
    file: RemoteFile,
    next: u64,
    end: u64,
    piece: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() && self.next < self.end {
            let end = self.end.min(self.next + FETCH_BYTES);
            self.piece = self.file.fetch(self.next..end)?;
            self.next += self.piece.len() as u64;
        }
        let num_bytes = target.len().min(self.piece.len());
        self.piece.copy_to_slice(target.get_mut(..num_bytes).unwrap_or_default());
        Ok(num_bytes)
    }
}
