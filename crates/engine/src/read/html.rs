//! A saved web page: the whole file is one document, as HTML. To take the text out of it is an operator's work.

use std::io::Read;

use super::charset::{Hints, decode};
use super::fields::{Document, NUM_OPTIONAL};
use super::rows::Reading;
use super::sink::{Fault, Sink, Stop};
use crate::Error;

/// Reads a file into the sink as one row.
pub(super) fn read(reading: &Reading, sink: &mut Sink) -> Result<(), Stop> {
    if !sink.wants_next()? {
        return Ok(());
    }
    let (size_bytes, max_row_bytes) = (reading.shard.size_bytes, reading.options.max_row_bytes);
    let too_long = || Err(format!("longer than {max_row_bytes} bytes"));
    if size_bytes > max_row_bytes as u64 {
        sink.take(1, too_long())?;
        return sink.flush();
    }
    let mut bytes = Vec::new();
    reading.open()?.read_to_end(&mut bytes).map_err(|source| Error::input(&reading.shard.name, source.to_string()))?;
    if bytes.len() as u64 != size_bytes {
        let place = format!("byte {} of {size_bytes}", bytes.len());
        return sink.break_off(&Fault { shard_row: 1, place, reason: "the file became shorter".to_owned() });
    }
    let (text, charset) = decode(&bytes, Hints::default());
    let meta = Some(serde_json::json!({ "charset": charset }).to_string());
    let row = match text.len() <= max_row_bytes {
        true => Ok(Document { doc_id: None, text: &text, optional: [None; NUM_OPTIONAL], meta }),
        false => too_long(),
    };
    sink.take(1, row)?;
    sink.flush()
}
