//! Problems as a reader sees them: file, line, column, the lines at fault and what to do.

use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic, Label};
use codespan_reporting::files::{Error, SimpleFile};
use codespan_reporting::term::termcolor::Ansi;
use codespan_reporting::term::{Config, Styles, StylesWriter, emit_into_string, emit_to_write_style};

use super::problem::Entry;
use super::{Problem, Problems, SourceFile};

type File<'a> = SimpleFile<&'a str, &'a str>;

impl Problems {
    /// Shows every problem, in colour by ANSI codes or plain.
    pub fn render(&self, file: &SourceFile, color: bool) -> String {
        let source = SimpleFile::new(file.name.as_str(), file.text.as_str());
        self.entries.iter().map(|entry| self.render_entry(entry, &source, color)).collect()
    }

    fn render_entry(&self, entry: &Entry, source: &File<'_>, color: bool) -> String {
        let diagnostic = self.diagnostic(entry, source.source());
        let shown = if color { emit_colored(source, &diagnostic) } else { emit_plain(source, &diagnostic) };
        // A problem must reach its reader even if its excerpt cannot be drawn.
        shown.unwrap_or_else(|_| {
            let Problem { code, message, .. } = &entry.problem;
            let severity = if self.are_warnings { "warning" } else { "error" };
            format!("{severity}[{code}]: {message}\n\n")
        })
    }

    fn diagnostic(&self, entry: &Entry, text: &str) -> Diagnostic<()> {
        let Problem { code, message, span, label, help } = &entry.problem;
        let severity = if self.are_warnings { Diagnostic::warning() } else { Diagnostic::error() };
        let mut labels = Vec::new();
        let mut notes = Vec::new();
        match within(span, text) {
            Some(span) => labels.push(Label::primary((), span).with_message(label)),
            None if label.is_empty() => {}
            None => notes.push(label.clone()),
        }
        if let Some((span, label)) = &entry.related {
            labels.extend(within(span, text).map(|span| Label::secondary((), span).with_message(label)));
        }
        notes.extend(help.iter().map(|help| format!("help: {help}")));
        severity.with_code(code).with_message(message).with_labels(labels).with_notes(notes)
    }
}

/// Moves a range onto character borders and off the line's end; `None` where it is not in the text.
fn within(span: &Range<usize>, text: &str) -> Option<Range<usize>> {
    if span.start > text.len() {
        return None;
    }
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    let shown = text.get(start..end)?.trim_end().len();
    Some(start..start + shown)
}

fn emit_plain(source: &File<'_>, diagnostic: &Diagnostic<()>) -> Result<String, Error> {
    emit_into_string(&Config::default(), source, diagnostic)
}

fn emit_colored(source: &File<'_>, diagnostic: &Diagnostic<()>) -> Result<String, Error> {
    let styles = Styles::default();
    let mut ansi = Ansi::new(Vec::new());
    emit_to_write_style(&mut StylesWriter::new(&mut ansi, &styles), &Config::default(), source, diagnostic)?;
    Ok(String::from_utf8_lossy(&ansi.into_inner()).into_owned())
}
