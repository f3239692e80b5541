//! Regular expressions known at compile time.

use regex::Regex;

/// Compiles a pattern written in this crate.
#[expect(clippy::expect_used, reason = "patterns are literals, and the tests of each module compile every one of them")]
pub(crate) fn pattern(source: &'static str) -> Regex {
    Regex::new(source).expect("a literal pattern compiles")
}
