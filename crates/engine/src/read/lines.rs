//! Lines of bounded length out of a byte stream, with their numbers. What a line means is left to its parser.

use std::io::{self, BufRead, Read};

/// Bytes of an oversized line that are held at once while it is passed over.
const DISCARD_BYTES: u64 = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Cuts a stream into lines. Blank lines are counted and passed over.
pub(super) struct LineReader<R> {
    reader: R,
    max_bytes: usize,
    number: u64,
}

/// What the next line that is not blank turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// There is none.
    End,
    /// It is in the buffer, without its end-of-line characters.
    Whole,
    /// It is longer than the limit, and the buffer is empty.
    TooLong,
}

impl<R: BufRead> LineReader<R> {
    /// Reads lines of at most `max_bytes`.
    pub(super) fn new(reader: R, max_bytes: usize) -> LineReader<R> {
        LineReader { reader, max_bytes, number: 0 }
    }

    /// The physical number of the last line, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Reads the next line that is not blank.
    pub(super) fn next_line(&mut self, buffer: &mut Vec<u8>) -> io::Result<Line> {
        loop {
            buffer.clear();
            let limit = self.max_bytes as u64 + 2;
            let num_read = (&mut self.reader).take(limit).read_until(b'\n', buffer)? as u64;
            if num_read == 0 {
                return Ok(Line::End);
            }
            self.number += 1;
            let mut blank = buffer.iter().all(u8::is_ascii_whitespace);
            if num_read == limit && buffer.last() != Some(&b'\n') {
                blank &= self.discard_line(buffer)?;
                buffer.clear();
                if !blank {
                    return Ok(Line::TooLong);
                }
            }
            if blank || self.trim(buffer) {
                continue;
            }
            if buffer.len() > self.max_bytes {
                buffer.clear();
                return Ok(Line::TooLong);
            }
            return Ok(Line::Whole);
        }
    }

    /// Reads up to the end of the line and says whether all of it was blank.
    fn discard_line(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        let mut blank = true;
        loop {
            buffer.clear();
            let num_read = (&mut self.reader).take(DISCARD_BYTES).read_until(b'\n', buffer)?;
            blank &= buffer.iter().all(u8::is_ascii_whitespace);
            if num_read == 0 || buffer.last() == Some(&b'\n') {
                return Ok(blank);
            }
        }
    }

    /// Cuts the end of the line and a byte order mark off, and says whether nothing is left.
    fn trim(&self, buffer: &mut Vec<u8>) -> bool {
        if buffer.last() == Some(&b'\n') {
            buffer.pop();
        }
        if buffer.last() == Some(&b'\r') {
            buffer.pop();
        }
        if self.number == 1 && buffer.starts_with(BYTE_ORDER_MARK) {
            buffer.drain(..BYTE_ORDER_MARK.len());
        }
        buffer.iter().all(u8::is_ascii_whitespace)
    }
}
