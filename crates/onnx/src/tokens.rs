//! Text to token ids, cut to the model's length.

use std::path::Path;

use tokenizers::{Tokenizer, TruncationParams};

use crate::error::Error;

/// Bytes of text looked at for each token that fits: far above what real words take, and it keeps the cost of a
/// megabyte of text that of its first page.
const BYTES_PER_TOKEN: usize = 32;

/// A tokenizer with the model's length limit.
pub(crate) struct Tokens {
    tokenizer: Tokenizer,
    max_bytes: usize,
    model: String,
}

impl Tokens {
    /// Reads a `tokenizer.json`; padding and truncation in it are overruled.
    pub(crate) fn from_bytes(path: &Path, bytes: &[u8], model: &str, max_tokens: usize) -> Result<Self, Error> {
        let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| Error::model(path, error))?;
        let truncation = TruncationParams { max_length: max_tokens, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(|error| Error::model(path, error))?;
        tokenizer.with_padding(None);
        Ok(Self { tokenizer, max_bytes: max_tokens * BYTES_PER_TOKEN, model: model.to_owned() })
    }

    /// Turns one text into ids, special tokens included.
    pub(crate) fn encode(&self, text: &str) -> Result<Vec<u32>, Error> {
        let end = text.floor_char_boundary(self.max_bytes);
        let seen = text.get(..end).unwrap_or(text);
        let encoding = self.tokenizer.encode_fast(seen, true).map_err(|error| Error::inference(&self.model, error))?;
        Ok(encoding.get_ids().to_vec())
    }
}
