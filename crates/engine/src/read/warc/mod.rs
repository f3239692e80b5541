//! WARC and WET: the archives that crawlers write, record by record.
//!
//! A row is a record that may hold a page: `response`, `resource` and `conversion` (the plain text of a WET file). All
//! others are not documents and make no row: `warcinfo`, `request`, `metadata`, `revisit` (a page that was stored
//! before), `continuation`, and records of targets that are no pages, such as `dns:` or a crawler's own log. Every row
//! is accepted or rejected:
//!
//! | record | becomes |
//! |---|---|
//! | a page of status 200 in HTML or plain text | a document: the text decoded, HTML as HTML |
//! | an HTTP response of another status | `http_status`, with the status |
//! | a picture, a script, JSON, or bytes that only claim to be text | `not_text`, with the content type |
//! | a head or a block that is damaged, or too long | `unreadable_row`, with the offset and what is wrong |
//!
//! A file that ends inside a record is truncated. Reading goes on after a damaged record: at the next gzip member that
//! begins with a record, or at the next line that begins one.

mod content;
mod document;
mod head;
mod http;
mod members;
mod reader;
mod records;
mod stream;

pub(super) use reader::read;
