//! What C4's rules measure, and how much of a text is the furniture of a web page.
//!
//! C4 drops lines first and judges what is left. Lines are counted as dropped here; the text stays as it is.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// The values of C4's rules and of the rule on boilerplate.
#[derive(Default)]
pub(super) struct Web {
    pub(super) num_lorem_ipsum: f64,
    pub(super) num_curly_brackets: f64,
    pub(super) num_sentences: f64,
    pub(super) boilerplate: f64,
}

const LOREM_IPSUM: &[&str] = &["lorem ipsum"];

/// C4 drops a line that holds one of these.
const C4_PHRASES: &[&str] =
    &["javascript", "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"];

/// What else menus, notices and calls to action say.
const FURNITURE: &[&str] = &[
    "all rights reserved",
    "accept all",
    "accept cookies",
    "add to cart",
    "back to top",
    "click here",
    "contact us",
    "cookie settings",
    "follow us",
    "forgot your password",
    "free shipping",
    "leave a comment",
    "leave a reply",
    "log in",
    "manage preferences",
    "my account",
    "newsletter",
    "next page",
    "no comments",
    "our partners",
    "powered by",
    "previous post",
    "read more",
    "related articles",
    "related posts",
    "share on",
    "share this",
    "shopping cart",
    "sign in",
    "sign up",
    "site map",
    "sitemap",
    "skip to content",
    "skip to main",
    "subscribe",
    "terms and conditions",
    "terms of service",
    "view all",
    "your cart",
];

const LONGEST_WORD_CHARS: usize = 1000;
/// A longer line that holds one such phrase is more likely prose about it than furniture.
const FURNITURE_LINE_BYTES: usize = 200;

#[expect(clippy::expect_used, reason = "the phrases are constants and few, so the automaton can always be built")]
static PHRASES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(LOREM_IPSUM.iter().chain(C4_PHRASES).chain(FURNITURE))
        .expect("constant phrases")
});

/// The phrases on one line.
#[derive(Default)]
struct Hits {
    num_lorem_ipsum: usize,
    num_c4: usize,
    num_furniture: usize,
}

impl Web {
    pub(super) fn measure(text: &str, needs_line_end: bool, longest_word_chars: usize) -> Web {
        let mut web = Web::default();
        let (mut num_furniture, mut num_bytes, mut offset) = (0, 0, 0);
        let mut found = PHRASES.find_iter(text).peekable();
        for line in text.split('\n') {
            let end = offset + line.len();
            let mut hits = Hits::default();
            while let Some(hit) = found.next_if(|hit| hit.start() < end) {
                hits.add(hit.pattern().as_usize());
            }
            offset = end + 1;
            let line = line.trim();
            num_bytes += line.len();
            num_furniture += if is_furniture(line, &hits) { line.len() } else { 0 };
            let endless_word = longest_word_chars > LONGEST_WORD_CHARS && has_endless_word(line);
            if !line.is_empty() && !endless_word {
                web.add_line(line, &hits, needs_line_end);
            }
        }
        web.boilerplate = f64::from(u32::try_from(num_furniture).unwrap_or(u32::MAX)) / num_bytes.max(1) as f64;
        web
    }

    /// C4's rules in C4's order: a line that is dropped early can no longer condemn the text.
    fn add_line(&mut self, line: &str, hits: &Hits, needs_line_end: bool) {
        let prose = strip_citations(line);
        let ends_well = !prose.ends_with("...") && prose.ends_with(['.', '?', '!', '"', '\'']);
        if (needs_line_end && !ends_well) || line.split_whitespace().nth(2).is_none() {
            return;
        }
        self.num_lorem_ipsum += hits.num_lorem_ipsum as f64;
        if hits.num_c4 > 0 {
            return;
        }
        self.num_curly_brackets += memchr::memchr_iter(b'{', line.as_bytes()).count() as f64;
        self.num_sentences += num_sentences(prose) as f64;
    }
}

impl Hits {
    fn add(&mut self, pattern: usize) {
        if pattern < LOREM_IPSUM.len() {
            self.num_lorem_ipsum += 1;
        } else if pattern < LOREM_IPSUM.len() + C4_PHRASES.len() {
            self.num_c4 += 1;
        } else {
            self.num_furniture += 1;
        }
    }
}

fn is_furniture(line: &str, hits: &Hits) -> bool {
    let num_phrases = hits.num_c4 + hits.num_furniture;
    (num_phrases > 0 && line.len() <= FURNITURE_LINE_BYTES) || num_phrases >= 3 || is_menu(line)
}

/// A row of links: `Home | About | Contact`.
fn is_menu(line: &str) -> bool {
    let bytes = line.as_bytes();
    let num_bars = memchr::memchr_iter(b'|', bytes).count();
    let num_separators = if line.is_ascii() { num_bars } else { line.matches(['|', '»', '›', '·', '•']).count() };
    num_separators >= 3 && line.len() <= num_separators * 40 && !line.ends_with('.')
}

fn has_endless_word(line: &str) -> bool {
    line.split_whitespace().any(|word| word.chars().count() > LONGEST_WORD_CHARS)
}

/// Drops `[12]`, `[]`, `[edit]` and `[citation needed]` from the end of a line, where they would hide its last mark.
fn strip_citations(line: &str) -> &str {
    let mut line = line;
    while let Some((rest, inside)) = line.strip_suffix(']').and_then(|open| open.rsplit_once('[')) {
        if !inside.bytes().all(|byte| byte.is_ascii_digit()) && inside != "edit" && inside != "citation needed" {
            break;
        }
        line = rest.trim_end();
    }
    line
}

/// Counts sentences: a mark, any closing quotes, white space, and something that is no small letter. What stands after
/// the last mark is a sentence too.
fn num_sentences(line: &str) -> usize {
    let bytes = line.as_bytes();
    let (mut count, mut last_end) = (0, 0);
    for mark in memchr::memchr3_iter(b'.', b'?', b'!', bytes) {
        let after = &bytes[mark + 1..];
        let num_closing = after.iter().take_while(|byte| matches!(byte, b'"' | b'\'' | b')' | b']')).count();
        let ends = match after.get(num_closing) {
            None => true,
            Some(b' ' | b'\t') => !after.get(num_closing + 1).is_some_and(u8::is_ascii_lowercase),
            Some(_) => false,
        };
        if ends {
            count += 1;
            last_end = mark + 1 + num_closing;
        }
    }
    count + usize::from(bytes[last_end.min(bytes.len())..].iter().any(u8::is_ascii_alphanumeric))
}
