//! A page to its main text: the one place that calls the extracting crate.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rs_trafilatura::{ExtractResult, Options, extract_with_options};

use super::layout::rewrite;
use super::licence::{Stated, language_of, short_name};

/// What a page holds.
#[derive(Debug, Default)]
pub(super) struct MainText {
    pub(super) text: Option<String>,
    pub(super) title: Option<String>,
    pub(super) published: Option<String>,
    pub(super) language: Option<String>,
    pub(super) licence: Option<String>,
}

/// The main text of a page; none if the page breaks the parser.
pub(super) fn main_text(html: &str, url: Option<&str>) -> Option<MainText> {
    let rewritten = rewrite(html);
    let options = Options {
        include_comments: false,
        url: url.map(str::to_owned),
        // Never cut: what is too long was refused before.
        max_extracted_len: usize::MAX,
        ..Options::default()
    };
    let ExtractResult { content_text, metadata, .. } = extract(&rewritten, &options)?;
    let stated = Stated::of(html);
    let some = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    Some(MainText {
        text: Some(tidy(&content_text)),
        title: some(metadata.title),
        published: metadata.date.and_then(|date| date.to_string().get(..10).map(str::to_owned)),
        language: stated.language.or_else(|| metadata.language.as_deref().and_then(language_of)),
        licence: stated.licence.or_else(|| some(metadata.license).map(|licence| short_name(&licence))),
    })
}

/// Calls the crate so that a page that breaks it costs itself only.
fn extract(html: &str, options: &Options) -> Option<ExtractResult> {
    if let Ok(result) = catch_unwind(AssertUnwindSafe(|| extract_with_options(html, options))) {
        return result.ok();
    }
    // The crate keeps a flag for the thread that it clears at the end of every page; no other page may see it set.
    let cleared = catch_unwind(|| extract_with_options("<p></p>", &Options::default()));
    drop(cleared);
    None
}

/// Lines without white space at their ends, and no more than one blank line between two.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut num_blank = 0;
    for line in text.lines().map(tidy_line) {
        if line.is_empty() {
            num_blank += 1;
            continue;
        }
        if !tidied.is_empty() {
            tidied.push_str(if num_blank > 0 { "\n\n" } else { "\n" });
        }
        num_blank = 0;
        tidied.push_str(&line);
    }
    tidied
}

/// The indent of code stays.
fn tidy_line(line: &str) -> Cow<'_, str> {
    let line = line.trim_end();
    match line.trim_start().is_empty() {
        true => Cow::Borrowed(""),
        false => Cow::Borrowed(line),
    }
}
