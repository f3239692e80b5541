//! Bytes to records: where each begins and ends, and how reading goes on behind one that is broken.
//!
//! The bytes from the beginning of the current record on are held in a window. A record whose length is wrong is
//! therefore looked through for the next one, at no more cost than reading it once.

use std::collections::VecDeque;
use std::io;

use super::head::{Head, MAGIC, end_of_head};
use super::stream::Stream;
use crate::read::format::Compression;

/// The longest head; real ones have a kilobyte.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// Bytes taken from the stream at once.
const TAKE_BYTES: usize = 128 << 10;
/// What the next record begins with, at the beginning of a line.
const NEXT: &[u8] = b"\nWARC/";

/// The records of one archive, in order.
pub(super) struct Records {
    stream: Stream,
    window: Vec<u8>,
    /// Where in the window the current record begins, and later the next one.
    start: usize,
    /// Where the window begins in the decompressed bytes.
    base: u64,
    /// Where members begin: in the decompressed bytes, and in the file.
    borders: VecDeque<(u64, u64)>,
    max_block_bytes: usize,
    at: At,
    pending: Option<io::Error>,
}

/// What comes next in an archive.
pub(super) enum Next<'w> {
    /// Nothing.
    End,
    /// A record.
    Record(Record<'w>),
    /// A record that cannot be read, and why.
    Broken(String),
    /// The rest of the file cannot be read.
    Fault(io::Error),
}

/// A place among the records of an archive.
#[derive(Clone, Debug, Default)]
pub(super) struct At {
    /// Counts every kind of record, from 1.
    pub(super) number: u64,
    /// Where the record begins in the file.
    pub(super) place: String,
}

/// A whole record.
pub(super) struct Record<'w> {
    /// Where it stands.
    pub(super) at: At,
    /// Its head.
    pub(super) head: Head,
    /// Its block; none if it is too long to be read.
    pub(super) block: Option<&'w [u8]>,
}

/// What became of an attempt to get more bytes.
enum Grown {
    More,
    /// Another member has begun, and with a record: it stands at this place of the window.
    NewRecord(usize),
    End,
}

/// Why a record has no end where its head says.
enum Flaw {
    /// The bytes say so; reading goes on at the next line that begins a record.
    Inside(String),
    /// The next record stands at this place of the window.
    CutAt(usize, String),
    /// There are no more bytes, or they cannot be unpacked.
    Stream(io::Error),
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Flaw {
        Flaw::Stream(error)
    }
}

impl Records {
    /// Reads records whose block has at most `max_block_bytes`; longer ones are passed over.
    pub(super) fn new(stream: Stream, max_block_bytes: usize) -> Records {
        Records {
            stream,
            window: Vec::new(),
            start: 0,
            base: 0,
            borders: VecDeque::new(),
            max_block_bytes,
            at: At::default(),
            pending: None,
        }
    }

    /// The last record.
    pub(super) fn at(&self) -> &At {
        &self.at
    }

    /// Where the stream stands.
    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Reads the next record.
    ///
    /// # Errors
    /// Disk or network failed.
    pub(super) fn next(&mut self) -> io::Result<Next<'_>> {
        let is_there = match self.pending.take() {
            Some(error) => Err(error),
            None => self.skip_line_ends(),
        };
        if let Ok(false) = is_there {
            return Ok(Next::End);
        }
        self.at = At { number: self.at.number + 1, place: self.place_of_start() };
        match is_there.map_err(Flaw::Stream).and_then(|_| self.record()) {
            Ok((head, block)) => {
                let block = block.map(|(begin, end)| self.window.get(begin..end).unwrap_or_default());
                Ok(Next::Record(Record { at: self.at.clone(), head, block }))
            }
            Err(Flaw::CutAt(next, reason)) => {
                self.start = next;
                Ok(Next::Broken(reason))
            }
            Err(Flaw::Inside(reason)) => {
                self.find_next();
                Ok(Next::Broken(reason))
            }
            Err(Flaw::Stream(error)) => self.recover(error),
        }
    }

    /// Stands before the next byte that ends no line; false at the end of the file.
    fn skip_line_ends(&mut self) -> io::Result<bool> {
        self.compact();
        loop {
            match self.window.get(self.start) {
                Some(b'\r' | b'\n') => self.start += 1,
                Some(_) => return Ok(true),
                None => {
                    self.compact();
                    if let Grown::End = self.grow()? {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// The record at `start`; afterwards `start` is behind it. The block is a range of the window.
    fn record(&mut self) -> Result<(Head, Option<(usize, usize)>), Flaw> {
        let (head_end, block_begin) = self.head_end()?;
        let head = Head::parse(self.window.get(self.start..head_end).unwrap_or_default()).map_err(Flaw::Inside)?;
        let length = head.content_length().map_err(Flaw::Inside)?;
        let short = |found: usize| format!("its block ends after {found} of {length} bytes");
        let Some(num_bytes) = usize::try_from(length).ok().filter(|bytes| *bytes <= self.max_block_bytes) else {
            self.start = block_begin;
            self.pass_over(length)?;
            self.finish(self.start)?;
            return Ok((head, None));
        };
        let end = block_begin + num_bytes;
        while self.window.len() < end {
            match self.grow()? {
                Grown::More => {}
                Grown::NewRecord(next) => return Err(Flaw::CutAt(next, short(next.saturating_sub(block_begin)))),
                Grown::End => return Err(ended().into()),
            }
        }
        self.finish(end)?;
        Ok((head, Some((block_begin, end))))
    }

    /// Where the head at `start` ends and the block begins.
    fn head_end(&mut self) -> Result<(usize, usize), Flaw> {
        let mut searched = 0;
        loop {
            let found = self.window.get(self.start..).unwrap_or_default();
            let magic = found.get(..MAGIC.len()).unwrap_or(found);
            if !MAGIC.starts_with(magic) {
                return Err(Flaw::Inside("no record begins here".to_owned()));
            }
            if let Some((end, begin)) = end_of_head(found, searched) {
                return Ok((self.start + end, self.start + begin));
            }
            searched = found.len();
            if searched > MAX_HEAD_BYTES {
                return Err(Flaw::Inside(format!("its head is longer than {MAX_HEAD_BYTES} bytes")));
            }
            match self.grow()? {
                Grown::More => {}
                Grown::NewRecord(next) => return Err(Flaw::CutAt(next, "its head has no end".to_owned())),
                Grown::End => return Err(ended().into()),
            }
        }
    }

    /// Passes over a block that is too long to be held.
    fn pass_over(&mut self, mut num_bytes: u64) -> Result<(), Flaw> {
        loop {
            let held = self.window.len().saturating_sub(self.start);
            let taken = usize::try_from(num_bytes).unwrap_or(usize::MAX).min(held);
            self.start += taken;
            num_bytes -= taken as u64;
            if num_bytes == 0 {
                return Ok(());
            }
            self.compact();
            match self.grow()? {
                Grown::More => {}
                Grown::NewRecord(next) => {
                    return Err(Flaw::CutAt(next, format!("its block ends {num_bytes} bytes too early")));
                }
                Grown::End => return Err(ended().into()),
            }
        }
    }

    /// Checks that a record ends at `end`, reads a gzip member to its checksum, and stands behind.
    fn finish(&mut self, end: usize) -> Result<(), Flaw> {
        let mut next = end;
        loop {
            match self.window.get(next).copied() {
                // An archive of nothing but line ends would be held in memory whole.
                Some(b'\r' | b'\n') if next - end > MAX_HEAD_BYTES => {
                    return Err(Flaw::Inside("nothing but line ends follows its block".to_owned()));
                }
                Some(b'\r' | b'\n') => next += 1,
                Some(_) => break,
                None if self.fill()? => {}
                None => break,
            }
        }
        let rest = self.window.get(next..).unwrap_or_default();
        let is_cut = MAGIC.starts_with(rest.get(..MAGIC.len()).unwrap_or(rest));
        // In a member that goes on with something else, the checksum has not been seen.
        let is_unchecked = self.stream.compression() == Compression::Gzip;
        if (next == end || is_unchecked) && !is_cut {
            return Err(Flaw::Inside("its block is not as long as its head says".to_owned()));
        }
        self.start = next;
        Ok(())
    }

    /// Stands before the next line behind `start` that begins a record.
    fn find_next(&mut self) {
        let member = self.borders.back().copied();
        loop {
            let rest = self.window.get(self.start..).unwrap_or_default();
            if let Some(at) = memchr::memmem::find(rest, NEXT) {
                self.start += at + 1;
                return;
            }
            // The last bytes may be the first ones of the mark.
            self.start = self.window.len().saturating_sub(NEXT.len() - 1).max(self.start);
            self.compact();
            match self.grow() {
                Ok(Grown::More) => {}
                Ok(Grown::NewRecord(next)) => {
                    self.start = next;
                    return;
                }
                Ok(Grown::End) => {
                    self.start = self.window.len();
                    return;
                }
                Err(error) => {
                    self.start = self.window.len();
                    // What is wrong in the member in which the record began is the same damage.
                    let is_same = self.borders.back() == member.as_ref();
                    if !(is_same && !self.stream.failed() && matches!(self.stream.recover(), Ok(true))) {
                        self.pending = Some(error);
                    }
                    return;
                }
            }
        }
    }

    /// Goes on at a later member where that is possible.
    fn recover(&mut self, error: io::Error) -> io::Result<Next<'_>> {
        let found = if self.stream.failed() { Err(error) } else { self.stream.recover().map(|found| (found, error)) };
        match found {
            Ok((true, error)) => {
                self.start = self.window.len();
                Ok(Next::Broken(error.to_string()))
            }
            Ok((false, error)) => Ok(Next::Fault(error)),
            Err(error) if self.stream.failed() => Err(error),
            Err(error) => Ok(Next::Fault(error)),
        }
    }

    /// More bytes, of this member or the next.
    fn grow(&mut self) -> io::Result<Grown> {
        if self.fill()? {
            return Ok(Grown::More);
        }
        loop {
            if !self.stream.next_member()? {
                return Ok(Grown::End);
            }
            let at = self.window.len();
            self.borders.push_back((self.base + at as u64, self.stream.member_offset()));
            if self.fill()? {
                // The first bytes of a member may come in pieces.
                while self.window.len() - at < MAGIC.len() && self.fill()? {}
                let begins = self.window.get(at..).is_some_and(|new| new.starts_with(MAGIC));
                return Ok(if begins && at > self.start { Grown::NewRecord(at) } else { Grown::More });
            }
        }
    }

    /// More bytes of this member; false at its end.
    fn fill(&mut self) -> io::Result<bool> {
        let bytes = loop {
            match self.stream.fill() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                bytes => break bytes?,
            }
        };
        let num_bytes = bytes.len().min(TAKE_BYTES);
        self.window.extend(bytes.iter().take(num_bytes));
        self.stream.consume(num_bytes);
        Ok(num_bytes > 0)
    }

    /// Forgets what stands before `start`, when that is worth the move of the rest.
    fn compact(&mut self) {
        if self.start > self.window.len() / 2 {
            self.window.drain(..self.start);
            self.base += self.start as u64;
            self.start = 0;
        }
        let position = self.base + self.start as u64;
        while self.borders.get(1).is_some_and(|(begin, _)| *begin <= position) {
            self.borders.pop_front();
        }
    }

    fn place_of_start(&self) -> String {
        let position = self.base + self.start as u64;
        match self.stream.compression() {
            Compression::None => format!("byte {position}"),
            Compression::Zstd => format!("byte {position} of what is unpacked"),
            Compression::Gzip => {
                let is_held = self.start < self.window.len();
                let border = self.borders.iter().rev().find(|(begin, _)| is_held && *begin <= position);
                format!("byte {}", border.map_or(self.stream.member_offset(), |(_, offset)| *offset))
            }
        }
    }
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends inside a record")
}
