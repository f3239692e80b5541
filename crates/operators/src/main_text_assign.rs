//! `main_text_assign`: the main text of a web page, without its menus, with title, date, language and licence.
//!
//! Finding the text is the work of a crate, `rs-trafilatura`, chosen by measurement: F1 of words against the element
//! that a page's maker marked as its content, 60 pages a set (`benches/peers/main_text.py`), on a busy machine,
//! so that times are upper bounds:
//!
//! | | Python docs | PostgreSQL docs | anarchism | UDHR, 500 languages | dressed prose | mean | worst set | ms a page |
//! |---|---|---|---|---|---|---|---|---|
//! | rs-trafilatura 0.2.2 | 0.962 | 0.983 | 0.998 | 0.909 | 0.974 | **0.965** | **0.909** | 27 |
//! | dom_smoothie 0.19.0 | 0.866 | 0.954 | 0.986 | 0.999 | 0.985 | 0.958 | 0.866 | **5** |
//!
//! dom_smoothie is six times as fast, and of eight Python pages in sixty it took a side note for the page (F1 below
//! 0.1); the worst page of the other has 0.57. Neither panicked. A text once lost is lost, and time is only time.
//!
//! With layout tables made blocks beforehand the means are 0.962, 0.987, 0.998, 0.909 and 0.977. A page's tree can be made
//! quadratic in the length of the page; one that would be is refused before it is parsed (0.06 ms a page; none of 2,372
//! real pages is). What is no HTML passes as it is.

mod guard;
mod layout;
mod licence;
mod page;
mod tags;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringBuilder};
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind,
    ParamValue, ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};

use crate::{Def, Resources};
use page::{MainText, main_text};

/// The description of `main_text_assign`.
pub(crate) const DEF: Def = Def {
    name: "main_text_assign",
    summary: "finds the main text of a web page, with its title, date, language and licence",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT, column::URL, column::LANGUAGE, column::LICENCE],
    adds: &[
        ColumnDef {
            name: column::TEXT,
            kind: ColumnType::Text,
            doc: "the main text, a paragraph a line, code without its indent; the HTML stays where the row is rejected",
        },
        ColumnDef { name: "title", kind: ColumnType::Text, doc: "the page's title, without the name of its site" },
        ColumnDef { name: "published", kind: ColumnType::Text, doc: "the date that the page gives, as `2024-05-31`" },
        ColumnDef {
            name: column::LANGUAGE,
            kind: ColumnType::Text,
            doc: "as the input has it, or else as the page says, such as `en`",
        },
        ColumnDef {
            name: column::LICENCE,
            kind: ColumnType::Text,
            doc: "as the input has it, or else the page's own licence link, such as `CC-BY-SA-4.0`",
        },
    ],
    reasons: &[
        ReasonDef { name: "no_main_text", doc: "the main text is shorter than `min_chars`" },
        ReasonDef {
            name: "unparsable_page",
            doc: "the page is longer than `max_html_bytes`, is built to cost more than it holds, or broke the parser",
        },
    ],
    params: &[
        ParamDef {
            name: "min_chars",
            kind: ParamKind::Int { min: 0, max: 1_000_000 },
            default: Some(ParamValue::Int(200)),
            doc: "the fewest characters of main text that are kept; 250 is what trafilatura takes for a sure find",
        },
        ParamDef {
            name: "max_html_bytes",
            kind: ParamKind::Int { min: 1_000, max: 64 << 20 },
            default: Some(ParamValue::Int(2 << 20)),
            doc: "the longest page that is parsed; a hostile megabyte takes up to ten seconds",
        },
        ParamDef {
            name: "html",
            kind: ParamKind::Choice(&["detect", "always"]),
            default: Some(ParamValue::Text("detect")),
            doc: "`detect` lets a text that does not begin like a page pass unchanged, `always` parses every text",
        },
    ],
    build,
};

struct MainTextAssign {
    min_chars: usize,
    max_html_bytes: usize,
    detects: bool,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    Ok(Operator::Compute(Arc::new(MainTextAssign {
        min_chars: ctx.params.count("min_chars")?,
        max_html_bytes: ctx.params.count("max_html_bytes")?,
        detects: ctx.params.text("html")? == "detect",
    })))
}

impl Compute for MainTextAssign {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let [texts, urls, languages, licences] = [
            rows.text(column::TEXT)?,
            rows.text(column::URL)?,
            rows.text(column::LANGUAGE)?,
            rows.text(column::LICENCE)?,
        ];
        let mut fates = Vec::with_capacity(rows.len());
        let mut columns: [StringBuilder; 5] = Default::default();
        for row in 0..rows.len() {
            let [text, url, language, licence] =
                [texts, urls, languages, licences].map(|column| column.is_valid(row).then(|| column.value(row)));
            let (fate, page) = self.page(text.unwrap_or_default(), url);
            fates.push(fate);
            let page = page.unwrap_or_default();
            let found = [
                page.text.as_deref().or(text),
                page.title.as_deref(),
                page.published.as_deref(),
                language.or(page.language.as_deref()),
                licence.or(page.licence.as_deref()),
            ];
            for (builder, value) in columns.iter_mut().zip(found) {
                builder.append_option(value);
            }
        }
        let columns = columns.each_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).to_vec();
        Ok(Decided { fates, columns, ..Decided::default() })
    }

    fn rows_per_call(&self) -> usize {
        // A page takes milliseconds, and some take a thousand times as long as others.
        4
    }
}

impl MainTextAssign {
    fn page(&self, text: &str, url: Option<&str>) -> (Fate, Option<MainText>) {
        if self.detects && !guard::is_html(text) {
            return (Fate::Accept, None);
        }
        let unparsable = |detail: String| (Fate::reject("unparsable_page", detail), None);
        if text.len() > self.max_html_bytes {
            return unparsable(format!("longer than {} bytes", self.max_html_bytes));
        }
        if let Err(detail) = guard::check(text) {
            return unparsable(detail);
        }
        let Some(page) = main_text(text, url) else {
            return unparsable("the parser gave up".to_owned());
        };
        let num_chars = page.text.as_deref().map_or(0, |text| text.chars().count());
        if num_chars < self.min_chars {
            return (Fate::reject("no_main_text", num_chars.to_string()), None);
        }
        (Fate::Accept, Some(page))
    }
}

#[cfg(test)]
mod tests;
