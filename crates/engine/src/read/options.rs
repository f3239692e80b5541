//! What a user may set about reading. Where the settings are written is the configuration's business.

use quarry_schema::Level;
use serde::Deserialize;

/// How shards are cut into batches and what becomes of files that end too early.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadOptions {
    /// Which input fields hold which columns.
    pub mapping: Mapping,
    /// What the rows are; a run takes it from its recipe.
    pub rows: Level,
    /// Rows after which a batch closes.
    pub batch_rows: usize,
    /// Bytes of strings after which a batch closes, whichever comes first. More than 1 GiB counts as 1 GiB.
    pub batch_bytes: usize,
    /// The longest row that is read; a longer one is unreadable and costs no memory. At most 256 MiB.
    pub max_row_bytes: usize,
    /// What to do with a file that is truncated or corrupt.
    pub on_truncated: OnTruncated,
}

impl Default for ReadOptions {
    fn default() -> ReadOptions {
        ReadOptions {
            mapping: Mapping::default(),
            rows: Level::Document,
            batch_rows: 1024,
            batch_bytes: 8 << 20,
            max_row_bytes: 16 << 20,
            on_truncated: OnTruncated::Fail,
        }
    }
}

impl ReadOptions {
    /// The options with sizes that cannot overflow the 32-bit offsets of a string column.
    pub(super) fn bounded(&self) -> ReadOptions {
        ReadOptions {
            batch_rows: self.batch_rows.max(1),
            batch_bytes: self.batch_bytes.clamp(1, 1 << 30),
            max_row_bytes: self.max_row_bytes.clamp(1, 256 << 20),
            ..self.clone()
        }
    }
}

/// What to do with a file that is truncated or corrupt.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OnTruncated {
    /// The run stops with the file, the offset and the number of rows before it.
    #[default]
    Fail,
    /// The rows before the fault are delivered, then one row that is rejected as `truncated_shard`.
    Quarantine,
}

/// The input fields that hold the columns of a row; a column that is left out is found under its usual names.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The document's id, by default `doc_id` or `id`; where rows are pairs, `doc_id` alone.
    pub doc_id: Option<String>,
    /// The text, by default `text`, `content` or `raw_content`.
    pub text: Option<String>,
    /// Where the text was found, by default `url`.
    pub url: Option<String>,
    /// The collection it comes from, by default `source`.
    pub source: Option<String>,
    /// The text's licence, by default `licence` or `license`.
    pub licence: Option<String>,
    /// The text's language, by default `language` or `lang`.
    pub language: Option<String>,
    /// The pair's id, by default `id`.
    pub id: Option<String>,
    /// The pair's question, by default `question`.
    pub question: Option<String>,
    /// The pair's answer, by default `answer`.
    pub answer: Option<String>,
}
