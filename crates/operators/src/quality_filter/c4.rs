//! What C4's rules measure, and what they would leave of a text.
//!
//! C4 drops lines first and judges the rest. Lines are dropped here for the rules alone; the document stays as it is.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::lines::{Lines, is_space, trim};
use super::tokens::Tokens;

/// The values of C4's rules. The rules on `lorem ipsum` and brackets refuse a text at the first line that breaks one, so
/// later lines are not looked at then, and never more than one of these two is over its limit.
#[derive(Default)]
pub(super) struct C4 {
    pub(super) num_lorem_ipsum: f64,
    pub(super) num_curly_brackets: f64,
    pub(super) num_sentences: f64,
    num_lines: usize,
}

/// Which lines count, where published rules differ, and when a text is refused at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineRules {
    /// Only lines that end like a sentence count.
    pub(super) needs_end: bool,
    /// A line that says `javascript` does not count.
    pub(super) drops_javascript: bool,
    pub(super) min_words: usize,
    pub(super) max_word_chars: usize,
    pub(super) max_lorem_ipsum: f64,
    pub(super) max_curly_brackets: f64,
}

/// C4 drops a line that holds one of these; the first is dropped by a rule of its own, before brackets are looked for.
pub(super) const PHRASES: [&str; 7] =
    ["javascript", "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"];

const LOREM_IPSUM: &str = "lorem ipsum";

/// The one character beyond ASCII whose small letter is a letter of ASCII that a phrase has.
const KELVIN: char = '\u{212a}';

#[expect(clippy::expect_used, reason = "the phrases are constants and few, so the automaton can always be built")]
static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let phrases = PHRASES.iter().copied().chain([LOREM_IPSUM]);
    AhoCorasick::builder().ascii_case_insensitive(true).build(phrases).expect("constant phrases")
});

#[expect(clippy::expect_used, reason = "a constant pattern")]
static CITATION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[\d*\]|\[edit\]|\[citation needed\]").expect("constant pattern"));

impl C4 {
    /// Writes the lines that are kept to `left`, joined by line breaks.
    pub(super) fn measure(text: &str, rules: &LineRules, tokens: Tokens<'_>, left: &mut String) -> C4 {
        let mut c4 = C4::default();
        left.clear();
        // Most texts say nothing of the kind, and then no line does, unless a citation stood inside of a phrase.
        let is_silent = !FINDER.is_match(text) && (text.is_ascii() || !text.contains(KELVIN));
        for line in Lines::new(text) {
            if c4.add_line(trim(line), is_silent, rules, tokens, left) == Kept::Never {
                break;
            }
        }
        c4
    }

    fn add_line(
        &mut self,
        line: &str,
        is_silent: bool,
        rules: &LineRules,
        tokens: Tokens<'_>,
        left: &mut String,
    ) -> Kept {
        let is_endless = line.len() > rules.max_word_chars && has_longer_word(line, rules.max_word_chars);
        if is_endless || !has_words(line, rules.min_words) {
            return Kept::Not;
        }
        let has_bracket = memchr::memchr(b'[', line.as_bytes()).is_some();
        let prose = if has_bracket { CITATION.replace_all(line, "") } else { Cow::Borrowed(line) };
        if rules.needs_end && (prose.ends_with("...") || !prose.ends_with(['.', '?', '!', '"', '\''])) {
            return Kept::Not;
        }
        let is_silent = is_silent && matches!(prose, Cow::Borrowed(_));
        let said = if is_silent { Said::default() } else { Said::find(&prose) };
        self.num_lorem_ipsum += said.num_lorem_ipsum as f64;
        if self.num_lorem_ipsum > rules.max_lorem_ipsum {
            return Kept::Never;
        }
        if said.javascript && rules.drops_javascript {
            return Kept::Not;
        }
        self.num_curly_brackets += memchr::memchr_iter(b'{', prose.as_bytes()).count() as f64;
        if self.num_curly_brackets > rules.max_curly_brackets {
            return Kept::Never;
        }
        if said.policy {
            return Kept::Not;
        }
        self.num_sentences += tokens.num_sentences(&prose, self.num_lines) as f64;
        if self.num_lines > 0 {
            left.push('\n');
        }
        left.push_str(&prose);
        self.num_lines += 1;
        Kept::Yes
    }
}

#[derive(PartialEq)]
enum Kept {
    Yes,
    Not,
    /// The whole text is refused.
    Never,
}

/// The phrases of one line.
#[derive(Default)]
struct Said {
    num_lorem_ipsum: usize,
    javascript: bool,
    policy: bool,
}

impl Said {
    fn find(line: &str) -> Said {
        let mut said = Said::default();
        let lower = (!line.is_ascii() && line.contains(KELVIN)).then(|| line.to_lowercase());
        for hit in FINDER.find_iter(lower.as_deref().unwrap_or(line)) {
            match hit.pattern().as_usize() {
                0 => said.javascript = true,
                phrase if phrase < PHRASES.len() => said.policy = true,
                _ => said.num_lorem_ipsum += 1,
            }
        }
        said
    }
}

fn has_words(line: &str, count: usize) -> bool {
    count == 0 || line.split(is_space).filter(|word| !word.is_empty()).nth(count - 1).is_some()
}

fn has_longer_word(line: &str, max_chars: usize) -> bool {
    line.split(is_space).any(|word| word.len() > max_chars && word.chars().count() > max_chars)
}
