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

/// Which lines count, where published rules differ.
#[derive(Clone, Copy)]
pub(super) struct LineRules {
    /// Only lines that end like a sentence count.
    pub(super) needs_end: bool,
    /// A line that says `javascript` does not count.
    pub(super) drops_javascript: bool,
}

const LOREM_IPSUM: &[&str] = &["lorem ipsum"];

/// C4 drops a line that holds one of these.
const C4_PHRASES: &[&str] =
    &["javascript", "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"];

/// What else menus, notices and calls to action say.
const FURNITURE: &[&str] = &[
    "accept all",
    "accept cookies",
    "add to cart",
    "all rights reserved",
    "back to top",
    "browsing data",
    "by using our",
    "click here",
    "collect your",
    "contact us",
    "cookie settings",
    "cookies are",
    "cookies help",
    "cookies may",
    "data protection officer",
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
    "our services",
    "page not found",
    "page you are looking for",
    "personal data",
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
    "this policy",
    "view all",
    "your cart",
    "your data",
    "your information",
    "your settings",
];

const JAVASCRIPT: &str = "javascript";
const LONGEST_WORD_CHARS: usize = 1000;
/// A longer line that holds one such phrase is more likely prose about it than furniture: it has to hold three, and one
/// in so many bytes.
const FURNITURE_LINE_BYTES: usize = 200;
const BYTES_A_PHRASE: usize = 120;
/// So many short lines without a mark, one after the other, are a menu.
const MENU_LINES: usize = 5;
const MENU_LINE_BYTES: usize = 30;

#[expect(clippy::expect_used, reason = "the phrases are constants and few, so the automaton can always be built")]
static PHRASES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(LOREM_IPSUM.iter().chain(C4_PHRASES).chain(FURNITURE))
        .expect("constant phrases")
});

/// The phrases on one line, each counted once: an article on cookies says `cookie policy` more than once.
#[derive(Default)]
struct Hits {
    num_lorem_ipsum: usize,
    is_c4: bool,
    phrases: u64,
}

impl Web {
    pub(super) fn measure(text: &str, rules: LineRules, longest_word_chars: usize) -> Web {
        let mut web = Web::default();
        let (mut furniture, mut num_bytes, mut offset) = (Furniture::default(), 0, 0);
        let mut found = PHRASES.find_iter(text).peekable();
        for line in text.split('\n') {
            let end = offset + line.len();
            let mut hits = Hits::default();
            while let Some(hit) = found.next_if(|hit| hit.start() < end) {
                hits.add(hit.pattern().as_usize(), rules);
            }
            offset = end + 1;
            let line = line.trim();
            num_bytes += line.len();
            furniture.add(line, &hits);
            let endless_word = longest_word_chars > LONGEST_WORD_CHARS && has_endless_word(line);
            if !line.is_empty() && !endless_word {
                web.add_line(line, &hits, rules);
            }
        }
        web.boilerplate = furniture.finish() as f64 / num_bytes.max(1) as f64;
        web
    }

    /// C4's rules in C4's order: a line that is dropped early can no longer condemn the text.
    fn add_line(&mut self, line: &str, hits: &Hits, rules: LineRules) {
        let prose = strip_citations(line);
        let ends_well = !prose.ends_with("...") && prose.ends_with(['.', '?', '!', '"', '\'']);
        if (rules.needs_end && !ends_well) || line.split_whitespace().nth(2).is_none() {
            return;
        }
        self.num_lorem_ipsum += hits.num_lorem_ipsum as f64;
        if hits.is_c4 {
            return;
        }
        self.num_curly_brackets += memchr::memchr_iter(b'{', line.as_bytes()).count() as f64;
        self.num_sentences += num_sentences(prose) as f64;
    }
}

impl Hits {
    fn add(&mut self, pattern: usize, rules: LineRules) {
        let Some(phrase) = pattern.checked_sub(LOREM_IPSUM.len()) else {
            self.num_lorem_ipsum += 1;
            return;
        };
        let is_allowed = C4_PHRASES.get(phrase) == Some(&JAVASCRIPT) && !rules.drops_javascript;
        self.is_c4 |= phrase < C4_PHRASES.len() && !is_allowed;
        self.phrases |= 1 << phrase.min(63);
    }
}

/// Bytes of furniture, with the run of menu lines that is not over yet.
#[derive(Default)]
struct Furniture {
    num_bytes: usize,
    run_lines: usize,
    run_bytes: usize,
}

impl Furniture {
    fn add(&mut self, line: &str, hits: &Hits) {
        let is_label = line.len() <= MENU_LINE_BYTES && !line.ends_with(['.', '?', '!', ',', ';', ':']);
        if is_label {
            self.run_lines += usize::from(!line.is_empty());
            self.run_bytes += line.len();
            return;
        }
        self.end_run();
        if is_furniture(line, hits) {
            self.num_bytes += line.len();
        }
    }

    fn end_run(&mut self) {
        if self.run_lines >= MENU_LINES {
            self.num_bytes += self.run_bytes;
        }
        (self.run_lines, self.run_bytes) = (0, 0);
    }

    fn finish(mut self) -> usize {
        self.end_run();
        self.num_bytes
    }
}

fn is_furniture(line: &str, hits: &Hits) -> bool {
    let num_phrases = hits.phrases.count_ones() as usize;
    let is_short = line.len() <= FURNITURE_LINE_BYTES;
    let is_dense = num_phrases >= 3 && line.len() <= num_phrases * BYTES_A_PHRASE;
    (num_phrases > 0 && is_short) || is_dense || is_menu(line)
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
