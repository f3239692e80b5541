//! Whether a text is HTML, and whether parsing it would cost more than its length allows.
//!
//! A parser's tree can be far larger than the page: elements that nothing closes nest without end, and formatting that
//! nothing closes is made anew in every block behind it. Both are counted beforehand, in one pass over the tags.

use super::tags::{Tag, Tags};

/// Elements inside each other; browsers stop at 512, and pages that people wrote have less than 100.
const MAX_DEPTH: usize = 256;
/// Elements that a parser makes by itself, since formatting is open where a block begins.
const MAX_REMADE: usize = 100_000;
/// Bytes in which the first tags of a page must stand.
const FIRST_BYTES: usize = 4 << 10;
/// So many known tags make a text a page, if it begins with one.
const ENOUGH_TAGS: usize = 3;

const KNOWN: [&str; 24] = [
    "html", "head", "body", "div", "p", "a", "span", "h1", "h2", "h3", "ul", "ol", "li", "table", "tr", "td", "br",
    "img", "meta", "title", "article", "section", "main", "header",
];
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements whose beginning ends another of their kind, and that are often not ended by hand.
const SELF_ENDING: [&str; 13] =
    ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup"];

/// Whether a text begins like a page, or with a tag that others follow.
pub(super) fn is_html(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_ascii_start();
    if !text.starts_with('<') {
        return false;
    }
    let first: String = text.chars().take(FIRST_BYTES).collect();
    let lower = first.to_ascii_lowercase();
    if ["<!doctype html", "<html", "<head>", "<body"].iter().any(|mark| lower.starts_with(mark)) {
        return true;
    }
    let known = Tags::new(&first).filter(|tag| KNOWN.iter().any(|name| tag.is(name)));
    known.take(ENOUGH_TAGS).count() == ENOUGH_TAGS
}

/// What is open at a place of the page.
#[derive(Default)]
struct Open<'h> {
    elements: Vec<&'h str>,
    /// Formatting that stays open though the element around it is closed; a cell of a table keeps its own.
    formatting: Vec<Option<Tag<'h>>>,
    num_remade: usize,
}

/// Checks that parsing a page costs no more than a multiple of its length.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(html: &str) -> Result<(), String> {
    let mut open = Open::default();
    for tag in Tags::new(html).filter(|tag| !VOID.iter().any(|name| tag.is(name))) {
        match (is_formatting(tag.name), tag.is_end) {
            (true, false) => open.begin_formatting(tag),
            (true, true) => open.end_formatting(&tag),
            (false, false) => open.begin(tag),
            (false, true) => open.end(&tag),
        }
        if open.elements.len() + open.formatting.len() > MAX_DEPTH {
            return Err(format!("elements are nested deeper than {MAX_DEPTH}"));
        }
        if open.num_remade > MAX_REMADE {
            return Err("formatting is left open again and again".to_owned());
        }
    }
    Ok(())
}

impl<'h> Open<'h> {
    fn begin(&mut self, tag: Tag<'h>) {
        self.num_remade += self.formatting.len();
        if SELF_ENDING.iter().any(|name| tag.is(name)) {
            self.drop_formatting();
            if tag.is("td") || tag.is("th") || tag.is("tr") {
                self.leave_cell();
            }
            if tag.is("td") || tag.is("th") {
                self.formatting.push(None);
            }
            return;
        }
        if !tag.attributes.trim_ascii_end().ends_with('/') || !is_foreign(tag.name) {
            self.elements.push(tag.name);
        }
    }

    fn end(&mut self, tag: &Tag<'h>) {
        if ["td", "th", "tr", "table"].iter().any(|name| tag.is(name)) {
            self.leave_cell();
        }
        match self.elements.iter().rposition(|open| tag.is(open)) {
            Some(at) => self.elements.truncate(at),
            None => self.drop_formatting(),
        }
    }

    /// The end of a block ends what is open in it; the parser remembers it for the next one.
    fn drop_formatting(&mut self) {
        while self.elements.last().is_some_and(|name| is_formatting(name)) {
            self.elements.pop();
        }
    }

    /// A parser remembers three of the same; a link ends the link before it.
    fn begin_formatting(&mut self, tag: Tag<'h>) {
        if tag.is("a") || tag.is("nobr") {
            self.end_formatting(&tag);
        }
        self.elements.push(tag.name);
        let same = self.formatting.iter().flatten().filter(|open| **open == tag).count();
        if same < 3 {
            self.formatting.push(Some(tag));
        }
    }

    fn end_formatting(&mut self, tag: &Tag<'h>) {
        let is_it = |open: &Option<Tag<'h>>| open.is_some_and(|open| tag.is(open.name));
        if let Some(at) = self.formatting.iter().rposition(is_it) {
            self.formatting.remove(at);
        }
        if let Some(at) = self.elements.iter().rposition(|open| tag.is(open)) {
            self.elements.remove(at);
        }
    }

    fn leave_cell(&mut self) {
        if let Some(at) = self.formatting.iter().rposition(Option::is_none) {
            self.formatting.truncate(at);
        }
    }
}

fn is_formatting(name: &str) -> bool {
    FORMATTING.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether a slash ends the element: it does in drawings and formulas, and in HTML it means nothing.
fn is_foreign(name: &str) -> bool {
    [
        "path",
        "circle",
        "rect",
        "line",
        "polygon",
        "polyline",
        "ellipse",
        "use",
        "stop",
        "image",
        "mspace",
        "mprescripts",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known))
}
