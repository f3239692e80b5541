//! The decompressed bytes of an archive, in members: a gzip file has one a record, any other file is one.

use std::io::{self, BufRead, BufReader};

use zstd::stream::read::Decoder;

use super::members::Members;
use crate::read::format::Compression;
use crate::read::source::{Meter, Source};

/// Decompressed bytes asked for at once.
const DECODE_BYTES: usize = 128 << 10;
/// The largest window of a zstd frame, as a power of two: 128 MiB, the limit of the `zstd` program itself.
const MAX_WINDOW_LOG: u32 = 27;

/// The bytes of one archive.
pub(super) struct Stream {
    packed: Packed,
    compression: Compression,
    meter: Meter,
    size_bytes: u64,
}

enum Packed {
    /// The file as it is, or the frames of a zstd file: nothing tells where a record begins.
    One {
        reader: Box<dyn BufRead>,
        started: bool,
    },
    Gzip(Box<Members>),
}

impl Stream {
    /// Opens an archive.
    pub(super) fn new(source: Source, format: (Compression, u64), keep_bytes: usize) -> io::Result<Stream> {
        let (meter, (compression, size_bytes)) = (source.meter(), format);
        let one = |reader: Box<dyn BufRead>| Packed::One { reader, started: false };
        let packed = match compression {
            Compression::None => one(Box::new(source)),
            Compression::Gzip => Packed::Gzip(Box::new(Members::new(source, keep_bytes))),
            Compression::Zstd => {
                let mut decoder = Decoder::with_buffer(source)?;
                decoder.window_log_max(MAX_WINDOW_LOG)?;
                one(Box::new(BufReader::with_capacity(DECODE_BYTES, decoder)))
            }
        };
        Ok(Stream { packed, compression, meter, size_bytes })
    }

    /// The next bytes; none at the end of a member.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        match &mut self.packed {
            Packed::One { started: false, .. } => Ok(&[]),
            Packed::One { reader, .. } => reader.fill_buf(),
            Packed::Gzip(members) => members.fill(),
        }
    }

    /// Takes bytes that `fill` gave.
    pub(super) fn consume(&mut self, num_bytes: usize) {
        match &mut self.packed {
            Packed::One { reader, .. } => reader.consume(num_bytes),
            Packed::Gzip(members) => members.consume(num_bytes),
        }
    }

    /// Goes on to the next member; false at the end of the file.
    pub(super) fn next_member(&mut self) -> io::Result<bool> {
        if self.compression != Compression::None && self.size_bytes == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty"));
        }
        let more = match &mut self.packed {
            Packed::One { started, .. } => !std::mem::replace(started, true),
            Packed::Gzip(members) => members.next_member()?,
        };
        // A file may have become shorter since it was listed, and a decoder may stop before the end of its input.
        if !more && self.offset() != self.size_bytes {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the content ends before the file does"));
        }
        Ok(more)
    }

    /// Looks for a later member that begins with a record, after an error; the next one is then that.
    pub(super) fn recover(&mut self) -> io::Result<bool> {
        match &mut self.packed {
            Packed::One { .. } => Ok(false),
            Packed::Gzip(members) => members.recover(),
        }
    }

    /// Where the current member begins in the file.
    pub(super) fn member_offset(&self) -> u64 {
        match &self.packed {
            Packed::One { .. } => 0,
            Packed::Gzip(members) => members.member_offset(),
        }
    }

    /// How the file is packed.
    pub(super) fn compression(&self) -> Compression {
        self.compression
    }

    /// Stored bytes taken so far.
    pub(super) fn offset(&self) -> u64 {
        match &self.packed {
            Packed::One { .. } => self.meter.offset(),
            Packed::Gzip(members) => members.offset(),
        }
    }

    /// Whether disk or network failed, as opposed to the bytes being wrong.
    pub(super) fn failed(&self) -> bool {
        self.meter.failed()
    }
}
