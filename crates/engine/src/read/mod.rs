//! Shards to batches: files of many kinds become rows, the bad rows beside the good ones.
//!
//! Reading is ours because every row must be accounted for: a row that cannot be read becomes a reject with its file
//! and line, and a file that ends too early is never silently short. What a row is worth is left to the operators,
//! which rows belong to which unit to the run, and where the settings come from to the configuration.
//!
//! A reader works in a blocking thread, since decompressing and parsing are computation, and hands whole batches
//! through a short channel; a slow consumer therefore holds the reader back, and dropping [`Rows`] ends it.

mod builder;
mod charset;
mod fields;
mod format;
mod html;
mod json;
mod jsonl;
mod lines;
mod list;
mod list_local;
mod list_store;
mod options;
mod pair_builder;
mod pair_fields;
mod parquet;
mod parquet_bytes;
mod parquet_columns;
mod peek;
mod rows;
mod shard;
mod sink;
mod source;
mod text;
mod warc;

#[cfg(test)]
mod tests;

pub use list::list_shards;
pub use options::{Mapping, OnTruncated, ReadOptions};
pub use peek::{Peeked, peek};
pub use rows::{Rows, open};
pub use shard::Shard;
