//! The prefix cache: blocks by the hash of all that comes before them, the least used first to go; and beside it a cache
//! without a limit, which tells what was possible.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroUsize;

use lru::LruCache;

use super::tokens::{Prompt, TOKENS_OF_BLOCK};

/// Blocks are hashes already.
#[derive(Clone, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxhash_rust::xxh3::xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type Hashed = BuildHasherDefault<AsIs>;

/// What the caches hold of a prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cached {
    /// Tokens that need not be computed.
    pub(crate) num_tokens: u64,
    /// Tokens that a cache without a limit would have saved.
    pub(crate) num_possible: u64,
}

/// The cache of a server.
pub(crate) struct PrefixCache {
    held: LruCache<u64, (), Hashed>,
    ever: HashSet<u64, Hashed>,
}

impl PrefixCache {
    /// Makes an empty cache for this many tokens.
    pub(crate) fn new(num_tokens: u64) -> PrefixCache {
        let num_blocks = usize::try_from(num_tokens / TOKENS_OF_BLOCK).unwrap_or(usize::MAX);
        let most = NonZeroUsize::new(num_blocks).unwrap_or(NonZeroUsize::MIN);
        // A cache of a given size is made at once, which for a large one is mostly never used.
        let mut held = LruCache::unbounded_with_hasher(Hashed::default());
        held.resize(most);
        PrefixCache { held, ever: HashSet::default() }
    }

    /// Looks a prompt up, and then holds its blocks.
    pub(crate) fn take(&mut self, prompt: &Prompt) -> Cached {
        let reusable = prompt.blocks.get(..prompt.num_reusable()).unwrap_or_default();
        let num_held = reusable.iter().take_while(|block| self.held.contains(block)).count();
        let num_possible = reusable.iter().take_while(|block| self.ever.contains(block)).count();
        // The end of a prompt goes first, so its start is touched last.
        for block in prompt.blocks.iter().rev() {
            self.held.put(*block, ());
        }
        self.ever.extend(prompt.blocks.iter().skip(num_possible));
        let tokens = |blocks: usize| u64::try_from(blocks).unwrap_or(u64::MAX).saturating_mul(TOKENS_OF_BLOCK);
        Cached { num_tokens: tokens(num_held), num_possible: tokens(num_possible) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cached, PrefixCache};
    use crate::tokens::Prompt;

    fn prompt(blocks: &[u64]) -> Prompt {
        Prompt { num_tokens: blocks.len() as u64 * 16 + 1, blocks: blocks.to_vec() }
    }

    #[test]
    fn a_full_cache_forgets_the_least_used_and_ends_before_starts() {
        let mut cache = PrefixCache::new(4 * 16);
        assert_eq!(cache.take(&prompt(&[1, 2, 3])), Cached::default());
        assert_eq!(cache.take(&prompt(&[1, 2, 4])), Cached { num_tokens: 32, num_possible: 32 });
        // 1, 2, 3 and 4 are held; 3 was used least, 4 is an end.
        cache.take(&prompt(&[9]));
        assert_eq!(cache.take(&prompt(&[1, 2, 4])), Cached { num_tokens: 48, num_possible: 48 });
        cache.take(&prompt(&[10]));
        cache.take(&prompt(&[11]));
        assert_eq!(cache.take(&prompt(&[1, 2, 4])), Cached { num_tokens: 32, num_possible: 48 });
    }
}
