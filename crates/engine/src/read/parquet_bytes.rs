//! A shard's bytes in any order, as the parquet reader asks for them, with flat memory on disks and object stores alike.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes, BytesMut};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use tokio::runtime::Handle;

use super::shard::{Place, Shard};
use super::source::RemoteFile;

/// Bytes fetched from an object store at once.
const BLOCK_BYTES: u64 = 2 << 20;
/// Blocks kept: the columns of a row group are read side by side, each from its own place.
const NUM_BLOCKS: usize = 32;

/// Random access to the stored bytes of one shard.
#[derive(Clone)]
pub(super) struct ShardBytes {
    file: FileBytes,
    size_bytes: u64,
    failed: Arc<AtomicBool>,
}

#[derive(Clone)]
enum FileBytes {
    Local(Arc<File>),
    Remote(Arc<Blocks>),
}

impl ShardBytes {
    /// Opens a shard.
    pub(super) fn open(shard: &Shard, handle: Handle) -> io::Result<ShardBytes> {
        let file = match &shard.place {
            Place::Local(path) => FileBytes::Local(Arc::new(File::open(path)?)),
            Place::Store { store, location, version } => FileBytes::Remote(Arc::new(Blocks {
                file: RemoteFile::new((store, location, version), handle),
                size_bytes: shard.size_bytes,
                kept: Mutex::new(VecDeque::new()),
            })),
        };
        Ok(ShardBytes { file, size_bytes: shard.size_bytes, failed: Arc::default() })
    }

    /// Whether disk or network failed, as opposed to the bytes being wrong.
    pub(super) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    fn blame<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            if error.kind() != io::ErrorKind::UnexpectedEof {
                self.failed.store(true, Ordering::Relaxed);
            }
        })
    }
}

impl Length for ShardBytes {
    fn len(&self) -> u64 {
        self.size_bytes
    }
}

impl ChunkReader for ShardBytes {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> Result<Box<dyn Read>> {
        match &self.file {
            FileBytes::Local(file) => {
                let reader = self.blame(file.try_clone().and_then(|mut file| {
                    file.seek(SeekFrom::Start(start))?;
                    Ok(BufReader::new(file))
                }))?;
                Ok(Box::new(Blamed { bytes: self.clone(), reader }))
            }
            FileBytes::Remote(_) => Ok(Box::new(FromBlocks { bytes: self.clone(), next: start, piece: Bytes::new() })),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A broken footer can ask for more than there is; nothing may be allocated for that.
        if start.checked_add(length as u64).is_none_or(|end| end > self.size_bytes) {
            return Err(ParquetError::EOF(format!("{length} bytes asked for at byte {start}, past the end")));
        }
        match &self.file {
            FileBytes::Local(_) => {
                let mut bytes = vec![0; length];
                self.get_read(start)?.read_exact(&mut bytes)?;
                Ok(Bytes::from(bytes))
            }
            FileBytes::Remote(blocks) => Ok(self.blame(blocks.bytes(start, length))?),
        }
    }
}

/// The last used blocks of an object.
struct Blocks {
    file: RemoteFile,
    size_bytes: u64,
    kept: Mutex<VecDeque<(u64, Bytes)>>,
}

impl Blocks {
    fn block(&self, index: u64) -> io::Result<Bytes> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|(known, _)| *known == index);
        if let Some((_, block)) = found.and_then(|position| kept.remove(position)) {
            kept.push_back((index, block.clone()));
            return Ok(block);
        }
        let start = index * BLOCK_BYTES;
        let block = self.file.fetch(start..self.size_bytes.min(start + BLOCK_BYTES))?;
        if kept.len() == NUM_BLOCKS {
            kept.pop_front();
        }
        kept.push_back((index, block.clone()));
        Ok(block)
    }

    /// The bytes from `start` to the end of its block.
    fn rest_of_block(&self, start: u64) -> io::Result<Bytes> {
        let mut block = self.block(start / BLOCK_BYTES)?;
        let offset = usize::try_from(start % BLOCK_BYTES).map_err(io::Error::other)?;
        if offset >= block.len() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter"));
        }
        Ok(block.split_off(offset))
    }

    fn bytes(&self, start: u64, length: usize) -> io::Result<Bytes> {
        let mut bytes = BytesMut::with_capacity(length);
        while bytes.len() < length {
            let mut piece = self.rest_of_block(start + bytes.len() as u64)?;
            piece.truncate(length - bytes.len());
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    }
}

/// A file's reader that tells the disk's errors from the file's.
struct Blamed {
    bytes: ShardBytes,
    reader: BufReader<File>,
}

impl Read for Blamed {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        self.bytes.blame(self.reader.read(target))
    }
}

struct FromBlocks {
    bytes: ShardBytes,
    next: u64,
    piece: Bytes,
}

impl Read for FromBlocks {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let FileBytes::Remote(blocks) = &self.bytes.file else { return Ok(0) };
        if self.piece.is_empty() && self.next < self.bytes.size_bytes {
            self.piece = self.bytes.blame(blocks.rest_of_block(self.next))?;
            self.next += self.piece.len() as u64;
        }
        let num_bytes = target.len().min(self.piece.len());
        self.piece.copy_to_slice(target.get_mut(..num_bytes).unwrap_or_default());
        Ok(num_bytes)
    }
}
