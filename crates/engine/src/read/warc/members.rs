//! A gzip file member by member, so that a record's place in the file is known and a broken member costs only itself.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::head::MAGIC;
use crate::read::source::Source;

/// Decompressed bytes that are made at once.
const DECODE_BYTES: usize = 64 << 10;
/// What a gzip member begins with: the mark and the only method.
const MEMBER: &[u8] = &[0x1F, 0x8B, 8];
/// Stored bytes that are looked at to see what a member begins with; names and comments in its head are short.
const PROBE_BYTES: usize = 4 << 10;

/// The members of a gzip file, each read to its end before the next begins.
pub(super) struct Members {
    /// Taken out only while a decoder is replaced.
    decoder: Option<GzDecoder<Kept>>,
    between: Option<Kept>,
    buffer: Vec<u8>,
    start: usize,
    member_offset: u64,
}

impl Members {
    /// Stands before the first member. Up to `keep_bytes` of a member are kept in order to look for another in it.
    pub(super) fn new(source: Source, keep_bytes: usize) -> Members {
        let kept = Kept { source, bytes: Vec::new(), next: 0, base: 0, keep_bytes };
        Members { decoder: None, between: Some(kept), buffer: Vec::new(), start: 0, member_offset: 0 }
    }

    /// Decompressed bytes; none at the end of a member.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        if let (true, Some(decoder)) = (self.start >= self.buffer.len(), self.decoder.as_mut()) {
            self.start = 0;
            self.buffer.resize(DECODE_BYTES, 0);
            let num_read = read_some(decoder, &mut self.buffer);
            self.buffer.truncate(*num_read.as_ref().unwrap_or(&0));
            if num_read? == 0 {
                self.between = self.decoder.take().map(GzDecoder::into_inner);
            }
        }
        Ok(self.buffer.get(self.start..).unwrap_or_default())
    }

    /// Takes bytes that `fill` gave.
    pub(super) fn consume(&mut self, num_bytes: usize) {
        self.start += num_bytes;
    }

    /// Goes on to the next member; false at the end of the file.
    pub(super) fn next_member(&mut self) -> io::Result<bool> {
        let Some(kept) = self.between.as_mut() else { return Ok(true) };
        kept.mark();
        self.member_offset = kept.base;
        if kept.fill_buf()?.is_empty() {
            return Ok(false);
        }
        self.decoder = self.between.take().map(GzDecoder::new);
        Ok(true)
    }

    /// Looks for the next member that begins with a record, behind the beginning of the broken one.
    pub(super) fn recover(&mut self) -> io::Result<bool> {
        (self.start, self.buffer) = (0, Vec::new());
        let decoder = self.decoder.take().map(GzDecoder::into_inner);
        let Some(mut kept) = self.between.take().or(decoder) else { return Ok(false) };
        kept.rewind();
        let found = kept.find_record();
        kept.mark();
        self.between = Some(kept);
        found
    }

    /// Where the current member begins.
    pub(super) fn member_offset(&self) -> u64 {
        self.member_offset
    }

    /// Stored bytes taken so far.
    pub(super) fn offset(&self) -> u64 {
        let kept = self.decoder.as_ref().map(GzDecoder::get_ref).or(self.between.as_ref());
        kept.map_or(0, |kept| kept.base + kept.next as u64)
    }
}

fn read_some(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// A source that keeps what was taken of it since a mark, as far as that is not too much.
struct Kept {
    source: Source,
    /// Bytes from `base` on; those before `next` are taken.
    bytes: Vec<u8>,
    next: usize,
    base: u64,
    keep_bytes: usize,
}

impl Kept {
    /// Forgets what was taken.
    fn mark(&mut self) {
        self.bytes.drain(..self.next.min(self.bytes.len()));
        self.base += self.next as u64;
        self.next = 0;
    }

    /// Stands behind the first byte since the mark.
    fn rewind(&mut self) {
        self.next = self.next.min(1);
    }

    /// Stands before the next member that begins with a record, or at the end of the file.
    fn find_record(&mut self) -> io::Result<bool> {
        loop {
            self.look_ahead(PROBE_BYTES)?;
            let ahead = self.bytes.get(self.next..).unwrap_or_default();
            let Some(at) = ahead.windows(MEMBER.len()).position(|window| window == MEMBER) else {
                let is_end = ahead.len() < PROBE_BYTES;
                // A mark may be cut by the end of what is looked at.
                self.next += if is_end { ahead.len() } else { ahead.len() + 1 - MEMBER.len() };
                self.mark();
                if is_end {
                    return Ok(false);
                }
                continue;
            };
            self.next += at;
            self.mark();
            self.look_ahead(PROBE_BYTES)?;
            if begins_record(&self.bytes) {
                return Ok(true);
            }
            self.next = 1;
        }
    }

    /// Makes that so many bytes lie ahead, unless the file ends before.
    fn look_ahead(&mut self, num_bytes: usize) -> io::Result<()> {
        while self.bytes.len() - self.next < num_bytes {
            let more = match self.source.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                more => more?,
            };
            if more.is_empty() {
                break;
            }
            let num_bytes = more.len().min(PROBE_BYTES);
            self.bytes.extend(more.iter().take(num_bytes));
            self.source.consume(num_bytes);
        }
        Ok(())
    }
}

impl BufRead for Kept {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.next < self.bytes.len() {
            return Ok(self.bytes.get(self.next..).unwrap_or_default());
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, num_bytes: usize) {
        if self.next < self.bytes.len() {
            self.next += num_bytes;
            return;
        }
        if self.bytes.len() + num_bytes > self.keep_bytes {
            self.mark();
            self.base += num_bytes as u64;
        } else if let Ok(bytes) = self.source.fill_buf() {
            self.bytes.extend_from_slice(bytes.get(..num_bytes).unwrap_or(bytes));
            self.next = self.bytes.len();
        }
        self.source.consume(num_bytes);
    }
}

impl Read for Kept {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let num_bytes = self.fill_buf()?.read(target)?;
        self.consume(num_bytes);
        Ok(num_bytes)
    }
}

/// Whether these stored bytes are the beginning of a member that begins with a record.
fn begins_record(bytes: &[u8]) -> bool {
    let mut first = [0; MAGIC.len()];
    GzDecoder::new(bytes).read_exact(&mut first).is_ok() && first == MAGIC
}
