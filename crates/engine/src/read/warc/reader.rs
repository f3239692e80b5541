//! An archive to rows: which records make one, and what becomes of each.

use std::borrow::Cow;

use super::document::{Refused, page};
use super::head::Head;
use super::records::{At, Next, Record, Records};
use super::stream::Stream;
use crate::Error;
use crate::read::builder::{ReadReason, Rejected};
use crate::read::fields::Document;
use crate::read::format::Compression;
use crate::read::rows::Reading;
use crate::read::sink::{Fault, Sink, Stop};

/// Reads a whole archive into the sink.
pub(in crate::read) fn read(reading: &Reading, compression: Compression, sink: &mut Sink) -> Result<(), Stop> {
    let (size_bytes, max_row_bytes) = (reading.shard.size_bytes, reading.options.max_row_bytes);
    let failed = |source: std::io::Error| Error::input(&reading.shard.name, source.to_string());
    let stream = Stream::new(reading.open()?, (compression, size_bytes), max_row_bytes).map_err(failed)?;
    let mut records = Records::new(stream, max_row_bytes);
    loop {
        match records.next().map_err(failed)? {
            Next::End => return sink.flush(),
            Next::Record(record) => {
                if record.head.is_row() && sink.wants_next()? {
                    take(&record, max_row_bytes, sink)?;
                }
            }
            Next::Broken(reason) => {
                if sink.wants_next()? {
                    refuse(records.at(), Refused::unreadable(reason), None, sink)?;
                }
            }
            Next::Fault(source) => {
                let place = format!("byte {} of {size_bytes}", records.stream().offset());
                let reason = source.to_string();
                return sink.break_off(&Fault { shard_row: records.at().number, place, reason });
            }
        }
    }
}

fn take(record: &Record<'_>, max_row_bytes: usize, sink: &mut Sink) -> Result<(), Stop> {
    let head = &record.head;
    match page(record, max_row_bytes) {
        Ok(page) => {
            let document = Document {
                doc_id: head.record_id().map(Cow::Borrowed),
                text: &page.text,
                optional: [head.target(), None, None, page.language],
                meta: Some(page.meta),
            };
            sink.take(record.at.number, Ok(document))
        }
        Err(refused) => refuse(&record.at, refused, Some(head), sink),
    }
}

fn refuse(at: &At, refused: Refused, head: Option<&Head>, sink: &mut Sink) -> Result<(), Stop> {
    let Refused { reason, mut detail } = refused;
    if reason == ReadReason::UnreadableRow {
        detail = format!("record {} at {}: {detail}", at.number, at.place);
    }
    let (doc_id, url) = (head.and_then(Head::record_id), head.and_then(Head::target));
    sink.refuse(at.number, &Rejected { reason, detail: &detail, doc_id, url })
}
