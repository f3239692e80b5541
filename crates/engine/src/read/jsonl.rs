//! JSON Lines, plain or compressed: one row a line that is not blank.
//!
//! A compressed stream that stops inside a gzip member or a zstd frame is found out. One that stops exactly between
//! two of them is a proper file, and nothing in it could tell. Checksums come after the rows they cover, so that rows
//! before a fault in the same member are only as good as their JSON.

use std::io::{self, BufRead, BufReader};

use flate2::bufread::MultiGzDecoder;
use zstd::stream::read::Decoder;

use super::fields::FieldNames;
use super::format::Compression;
use super::json::parse_line;
use super::lines::{Line, LineReader};
use super::rows::Reading;
use super::sink::{Fault, Sink, Stop};
use super::source::{Meter, Source};
use crate::Error;

/// Decompressed bytes asked for at once.
const DECODE_BYTES: usize = 128 << 10;
/// The largest window of a zstd frame, as a power of two: 128 MiB, the limit of the `zstd` program itself.
const MAX_WINDOW_LOG: u32 = 27;

/// Reads a whole shard into the sink.
pub(super) fn read(reading: &Reading, compression: Compression, sink: &mut Sink) -> Result<(), Stop> {
    let source = reading.open()?;
    let meter = source.meter();
    let size_bytes = reading.shard.size_bytes;
    let decoder = decode(source, compression, size_bytes)
        .map_err(|source| Error::input(&reading.shard.name, source.to_string()))?;
    let mut lines = LineReader::new(decoder, reading.options.max_row_bytes);
    let end = read_lines(&mut lines, reading, sink)?.and_then(|()| check_size(&meter, size_bytes));
    match end {
        Ok(()) => sink.flush(),
        Err(source) if meter.failed() => Err(Error::input(&reading.shard.name, source.to_string()).into()),
        Err(source) => {
            let place = format!("byte {} of {size_bytes}", meter.offset());
            sink.break_off(&Fault { shard_row: lines.number() + 1, place, reason: source.to_string() })
        }
    }
}

/// Reads up to the end of the lines; the inner error is the stream's, and what it leaves of a line is no row.
fn read_lines<R: BufRead>(
    lines: &mut LineReader<R>,
    reading: &Reading,
    sink: &mut Sink,
) -> Result<io::Result<()>, Stop> {
    let names = FieldNames::new(&reading.options);
    let max_row_bytes = reading.options.max_row_bytes;
    let mut buffer = Vec::new();
    loop {
        let line = match lines.next_line(&mut buffer) {
            Ok(Line::End) => return Ok(Ok(())),
            Ok(line) => line,
            Err(source) => return Ok(Err(source)),
        };
        if !sink.wants_next()? {
            continue;
        }
        let number = lines.number();
        let parsed = match line {
            Line::TooLong => Err(format!("longer than {max_row_bytes} bytes")),
            Line::Whole | Line::End => parse_line(&buffer, &names),
        };
        let place = |reason| format!("line {number}: {reason}");
        match parsed {
            Ok(mut fields) => sink.take(number, fields.row(&names).map_err(place))?,
            Err(reason) => sink.take_unreadable(number, &place(reason))?,
        }
    }
}

/// The bytes of the lines.
pub(super) fn decode(source: Source, compression: Compression, size_bytes: u64) -> io::Result<Box<dyn BufRead>> {
    Ok(match compression {
        Compression::None => Box::new(source),
        // Neither gzip nor zstd writes an empty file, but the zstd decoder takes one for no frames.
        _ if size_bytes == 0 => Box::new(Empty),
        Compression::Gzip => Box::new(BufReader::with_capacity(DECODE_BYTES, MultiGzDecoder::new(source))),
        Compression::Zstd => {
            let mut decoder = Decoder::with_buffer(source)?;
            decoder.window_log_max(MAX_WINDOW_LOG)?;
            Box::new(BufReader::with_capacity(DECODE_BYTES, decoder))
        }
    })
}

/// A file may have become shorter since it was listed, and a decoder may stop before the end of its input.
fn check_size(meter: &Meter, size_bytes: u64) -> io::Result<()> {
    if meter.offset() == size_bytes {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the content ends before the file does"))
}

/// A compressed file of no bytes.
struct Empty;

impl io::Read for Empty {
    fn read(&mut self, _target: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty"))
    }
}

impl BufRead for Empty {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty"))
    }

    fn consume(&mut self, _num_bytes: usize) {}
}
