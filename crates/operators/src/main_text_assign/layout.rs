//! What is rewritten of a page before it is parsed, since the extracting crate would keep it.
//!
//! Line breaks of the source become spaces, except inside `pre`. Tables that the old web laid its pages out with become
//! blocks: the crate takes any table for data and puts each of its rows on one line.

use super::tags::{Tag, Tags};

/// Paragraphs in a cell that make it part of a page.
const PAGE_PARAGRAPHS: usize = 2;

/// The page with its white space folded and its layout tables made blocks.
pub(super) fn rewrite(html: &str) -> String {
    let layout = layout_tables(html);
    let mut page = Rewritten { text: String::with_capacity(html.len()), html, kept: 0, is_pre: false };
    let mut open: Vec<Table> = Vec::new();
    let mut num_tables = 0;
    for tag in Tags::new(html) {
        if tag.is("pre") || tag.is("script") {
            page.take_to(name_offset(html, &tag));
            page.is_pre = !tag.is_end;
        } else if tag.is("table") && !tag.is_end {
            let is_layout = layout.get(num_tables).copied().unwrap_or(false);
            num_tables += 1;
            open.push(Table { is_layout, has_cell: false });
            if is_layout {
                page.replace(&tag, &["<div>"]);
            }
        } else if let Some(table) = open.last_mut().filter(|table| table.is_layout) {
            table.rewrite(&tag, &mut page);
        }
        if tag.is("table") && tag.is_end {
            open.pop();
        }
    }
    page.take_to(html.len());
    page.text
}

/// A table that is open.
struct Table {
    is_layout: bool,
    has_cell: bool,
}

impl Table {
    /// Makes blocks of cells, and drops rows.
    fn rewrite(&mut self, tag: &Tag, page: &mut Rewritten) {
        let close_cell = if self.has_cell { "</div>" } else { "" };
        if tag.is("td") || tag.is("th") {
            let begin = if tag.is_end { "" } else { "<div>" };
            page.replace(tag, &[close_cell, begin]);
            self.has_cell = !tag.is_end;
        } else if tag.is("table") {
            page.replace(tag, &[close_cell, "</div>"]);
        } else if ["tr", "tbody", "thead", "tfoot"].iter().any(|name| tag.is(name)) {
            page.replace(tag, &[close_cell]);
            self.has_cell = false;
        }
    }
}

/// For each table in order, whether a page is laid out with it: another table, a heading, or prose stands in it.
fn layout_tables(html: &str) -> Vec<bool> {
    let mut layout = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    for tag in Tags::new(html) {
        if tag.is("table") && tag.is_end {
            open.pop();
            continue;
        }
        let Some((table, num_paragraphs)) = open.last_mut() else {
            if tag.is("table") {
                open.push((layout.len(), 0));
                layout.push(false);
            }
            continue;
        };
        if tag.is("td") || tag.is("th") {
            *num_paragraphs = 0;
        }
        *num_paragraphs += usize::from(tag.is("p") && !tag.is_end);
        let is_heading = ["h1", "h2", "h3", "table", "article"].iter().any(|name| tag.is(name));
        if let Some(is_layout) = layout.get_mut(*table) {
            *is_layout |= is_heading || *num_paragraphs >= PAGE_PARAGRAPHS;
        }
        if tag.is("table") {
            open.push((layout.len(), 0));
            layout.push(false);
        }
    }
    layout
}

/// A page on its way.
struct Rewritten<'h> {
    text: String,
    html: &'h str,
    /// Up to where the page has been taken over.
    kept: usize,
    is_pre: bool,
}

impl Rewritten<'_> {
    /// Takes the page over up to here.
    fn take_to(&mut self, end: usize) {
        let part = self.html.get(self.kept..end).unwrap_or_default();
        self.kept = self.kept.max(end);
        if self.is_pre {
            self.text.push_str(part);
            return;
        }
        let mut was_space = false;
        for character in part.chars() {
            let is_space = character.is_ascii_whitespace();
            match is_space {
                false => self.text.push(character),
                true if !was_space => self.text.push(' '),
                true => {}
            }
            was_space = is_space;
        }
    }

    /// Puts these instead of a tag.
    fn replace(&mut self, tag: &Tag, parts: &[&str]) {
        let name = name_offset(self.html, tag);
        self.take_to(name.saturating_sub(1 + usize::from(tag.is_end)));
        parts.iter().for_each(|part| self.text.push_str(part));
        let end = name + tag.name.len() + tag.attributes.len();
        let has_end = self.html.get(end..).is_some_and(|rest| rest.starts_with('>'));
        self.kept = end + usize::from(has_end);
    }
}

/// Where a tag's name stands in the page that the tag was cut from.
fn name_offset(html: &str, tag: &Tag) -> usize {
    (tag.name.as_ptr() as usize).saturating_sub(html.as_ptr() as usize)
}
