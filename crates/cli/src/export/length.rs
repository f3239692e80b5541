//! How many tokens a prompt has: counted with a tokenizer, or bounded from above by its bytes.

use std::path::{Path, PathBuf};

use tokenizers::Tokenizer;

use crate::exit::Stop;

/// Room for what a chat template puts around the prompt: roles, markers, a short system prompt.
const TEMPLATE_TOKENS: usize = 64;

/// The most tokens that a prompt may have, template included.
pub(crate) struct Cap {
    max_tokens: usize,
    tokenizer: Option<Tokenizer>,
}

/// The cap as typed.
#[derive(Clone, Debug)]
pub(crate) struct CapOptions {
    /// Most tokens.
    pub(crate) max_tokens: usize,
    /// `tokenizer.json` of the model; without one a byte counts as a token, which is never too few.
    pub(crate) tokenizer: Option<PathBuf>,
}

impl Cap {
    /// Reads the tokenizer, if one is named.
    ///
    /// # Errors
    /// It is not there or no `tokenizer.json`.
    pub(crate) fn new(options: &CapOptions) -> Result<Cap, Stop> {
        let tokenizer = options.tokenizer.as_deref().map(read).transpose()?;
        Ok(Cap { max_tokens: options.max_tokens, tokenizer })
    }

    /// Whether the prompt fits with its template.
    ///
    /// # Errors
    /// The tokenizer cannot read it.
    pub(crate) fn fits(&self, prompt: &str) -> Result<bool, Stop> {
        let num_tokens = match &self.tokenizer {
            Some(tokenizer) => {
                let encoding = tokenizer.encode_fast(prompt, false);
                encoding.map_err(|error| Stop::Usage(format!("the tokenizer failed on a prompt: {error}")))?.len()
            }
            // Tokenizers that fall back to bytes never make more tokens than there are bytes.
            None => prompt.len(),
        };
        Ok(num_tokens.saturating_add(TEMPLATE_TOKENS) <= self.max_tokens)
    }
}

fn read(path: &Path) -> Result<Tokenizer, Stop> {
    let mut tokenizer = Tokenizer::from_file(path)
        .map_err(|error| Stop::Usage(format!("`{}` cannot be used as a tokenizer: {error}", path.display())))?;
    let unlimited = tokenizer.with_truncation(None);
    unlimited.map_err(|error| Stop::Usage(format!("{}: {error}", path.display())))?;
    tokenizer.with_padding(None);
    Ok(tokenizer)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Cap, CapOptions};

    #[test]
    fn bytes_and_the_template_bound_a_prompt_from_above() {
        let cap = Cap::new(&CapOptions { max_tokens: 100, tokenizer: None }).unwrap();
        assert!(cap.fits(&"x".repeat(36)).unwrap());
        assert!(!cap.fits(&"x".repeat(37)).unwrap());
    }

    #[test]
    fn a_tokenizer_counts_fewer_tokens_than_bytes_and_is_not_cut_at_the_length_of_its_model() {
        let tokenizer = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../onnx/tests/tiny/tokenizer.json"));
        let cap = Cap::new(&CapOptions { max_tokens: 500, tokenizer: Some(tokenizer) }).unwrap();
        let prompt = "the water of the river ".repeat(30);
        assert!(prompt.len() > 500);
        assert!(cap.fits(&prompt).unwrap());
        assert!(!cap.fits(&prompt.repeat(50)).unwrap());
    }

    #[test]
    fn a_missing_tokenizer_is_told_by_its_path() {
        let missing = CapOptions { max_tokens: 1, tokenizer: Some(PathBuf::from("no/tokenizer.json")) };
        let error = Cap::new(&missing).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("no/tokenizer.json"), "{error}");
    }
}
