//! How text is counted in tokens, and which blocks of a prompt a prefix cache could share.
//!
//! The count is an approximation without a vocabulary, fixed for good: each word is cut into pieces of at most
//! [`BYTES_OF_TOKEN`] bytes, the one blank before a word is free, and longer white space is a token for each
//! [`BLANKS_OF_TOKEN`] bytes. English prose comes to about 1.3 tokens a word, as with real vocabularies. Each message
//! costs [`TOKENS_OF_MESSAGE`] more, for the marks around it.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The longest piece of a word that is one token.
pub(crate) const BYTES_OF_TOKEN: usize = 6;
/// The longest run of white space that is one token.
const BLANKS_OF_TOKEN: usize = 16;
/// What the marks around a message cost.
const TOKENS_OF_MESSAGE: usize = 4;
/// Tokens of a block of the prefix cache, as in vLLM.
pub(crate) const TOKENS_OF_BLOCK: u64 = 16;

/// Gives the byte behind each token of a text, in order.
struct Ends<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Ends<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        let blanks = rest.iter().take(BLANKS_OF_TOKEN).take_while(|byte| byte.is_ascii_whitespace()).count();
        let word = if blanks > 1 {
            0
        } else {
            let rest = rest.get(blanks..).unwrap_or_default();
            rest.iter().take(BYTES_OF_TOKEN).take_while(|byte| !byte.is_ascii_whitespace()).count()
        };
        self.at = start + blanks + word;
        (blanks + word > 0).then_some(self.at)
    }
}

fn ends(text: &str) -> Ends<'_> {
    Ends { bytes: text.as_bytes(), at: 0 }
}

/// Counts the tokens of a text.
pub(crate) fn count(text: &str) -> u64 {
    ends(text).map(|_| 1).sum()
}

/// The longest start of a text that has at most this many tokens.
pub(crate) fn shortened(text: &str, max_tokens: u64) -> &str {
    let Some(before_last) = max_tokens.checked_sub(1) else { return "" };
    let end = ends(text).nth(usize::try_from(before_last).unwrap_or(usize::MAX)).unwrap_or(text.len());
    // A token of bytes may end within a letter.
    let end = (0..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// A prompt as a server sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// All tokens.
    pub(crate) num_tokens: u64,
    /// A hash for each full block, of everything up to its end.
    pub(crate) blocks: Vec<u64>,
}

impl Prompt {
    /// Lays out a conversation.
    pub(crate) fn of<'a>(messages: impl Iterator<Item = (&'a str, &'a str)>) -> Prompt {
        let mut prompt = Prompt::default();
        let mut chain = 0;
        for (role, content) in messages {
            for _ in 0..TOKENS_OF_MESSAGE {
                chain = xxh3_64_with_seed(role.as_bytes(), chain);
                prompt.end_token(chain);
            }
            let mut start = 0;
            for end in ends(content) {
                if (prompt.num_tokens + 1).is_multiple_of(TOKENS_OF_BLOCK) {
                    chain = xxh3_64_with_seed(content.as_bytes().get(start..end).unwrap_or_default(), chain);
                    start = end;
                }
                prompt.end_token(chain);
            }
            chain = xxh3_64_with_seed(content.as_bytes().get(start..).unwrap_or_default(), chain);
        }
        prompt
    }

    fn end_token(&mut self, chain: u64) {
        self.num_tokens += 1;
        if self.num_tokens.is_multiple_of(TOKENS_OF_BLOCK) {
            self.blocks.push(chain);
        }
    }

    /// How many blocks may come out of the cache: the last token is always computed anew.
    pub(crate) fn num_reusable(&self) -> usize {
        let most = self.num_tokens.saturating_sub(1) / TOKENS_OF_BLOCK;
        usize::try_from(most).map_or(self.blocks.len(), |most| most.min(self.blocks.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Prompt, count, shortened};

    #[test]
    fn words_and_long_blanks_are_counted() {
        for (text, expected) in [
            ("", 0),
            ("one", 1),
            ("one two\nthree", 3),
            ("internationalisation", 4),
            (" one  two", 3),
            (" ", 1),
            ("数学と科学", 3),
        ] {
            assert_eq!(count(text), expected, "{text:?}");
        }
        assert_eq!(count(&" ".repeat(250_000)), 250_000 / 16);
    }

    #[test]
    fn a_shortened_text_has_just_so_many_tokens() {
        assert_eq!(shortened("one two three", 2), "one two");
        assert_eq!(shortened("one two", 9), "one two");
        assert_eq!(shortened("one", 0), "");
        assert_eq!(shortened("数学と科学", 1), "数学");
        assert_eq!(shortened("éééaéé", 1), "ééé");
    }

    #[test]
    fn equal_starts_have_equal_blocks_and_nothing_after_a_difference_is_shared() {
        let long = "word ".repeat(100);
        let other = format!("{long}and then {}", "more ".repeat(50));
        let (first, second) = (
            Prompt::of([("system", "short"), ("user", long.as_str())].into_iter()),
            Prompt::of([("system", "short"), ("user", other.as_str())].into_iter()),
        );
        let shared = first.blocks.iter().zip(&second.blocks).take_while(|(one, two)| one == two).count();
        assert_eq!(shared, first.blocks.len());
        let third = Prompt::of([("system", "other"), ("user", long.as_str())].into_iter());
        assert!(first.blocks.iter().zip(&third.blocks).all(|(one, two)| one != two));
        assert_eq!(first.num_tokens, 4 + 1 + 4 + 101);
    }

    #[test]
    fn the_last_token_is_always_computed() {
        let prompt = Prompt { num_tokens: 32, blocks: vec![1, 2] };
        assert_eq!(prompt.num_reusable(), 1);
        assert_eq!(Prompt { num_tokens: 33, ..prompt }.num_reusable(), 2);
    }
}
