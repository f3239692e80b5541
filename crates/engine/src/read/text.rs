//! Plain text: the whole file is one document, because no mark inside it could say where another begins.

use std::io::Read;

use super::fields::{Document, NUM_OPTIONAL};
use super::rows::Reading;
use super::sink::{Fault, Sink, Stop};
use crate::Error;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads a file into the sink as one row.
pub(super) fn read(reading: &Reading, sink: &mut Sink) -> Result<(), Stop> {
    if !sink.wants_next()? {
        return Ok(());
    }
    let max_row_bytes = reading.options.max_row_bytes;
    if reading.shard.size_bytes > max_row_bytes as u64 {
        sink.take_unreadable(1, &format!("longer than {max_row_bytes} bytes"))?;
        return sink.flush();
    }
    let mut bytes = Vec::new();
    reading.open()?.read_to_end(&mut bytes).map_err(|source| Error::input(&reading.shard.name, source.to_string()))?;
    if bytes.len() as u64 != reading.shard.size_bytes {
        let place = format!("byte {} of {}", bytes.len(), reading.shard.size_bytes);
        return sink.break_off(&Fault { shard_row: 1, place, reason: "the file became shorter".to_owned() });
    }
    sink.take(1, document(&bytes))?;
    sink.flush()
}

fn document(bytes: &[u8]) -> Result<Document<'_>, String> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| format!("invalid UTF-8 after {} bytes", error.valid_up_to()))?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    Ok(Document { doc_id: None, text, optional: [None; NUM_OPTIONAL], meta: None })
}
