//! Where the vector of a row comes from: the encoder, which reads a question or some windows of a document, or a column.

use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float32Type;
use quarry_engine::operator::{BuildContext, BuildError, OperatorError, Rows};
use quarry_onnx::Encoder;
use quarry_schema::{Level, column};

use crate::Resources;

/// Words of a window: hardly more than the encoder reads at once.
const WORDS: usize = 90;
/// Bytes of a window where words are long or not parted by spaces.
const MAX_BYTES: usize = 2048;
/// Texts that go to the encoder at once.
const TEXTS_AT_ONCE: usize = 1024;

/// The source of vectors.
pub(super) enum Vectors {
    /// The encoder, and how many windows of a document it reads.
    Encoder(Arc<Encoder>, usize),
    /// A column.
    Column(String),
}

impl Vectors {
    /// Opens the encoder, unless a column is named.
    pub(super) fn open(ctx: &mut BuildContext<'_, Resources>) -> Result<Vectors, BuildError> {
        let column = ctx.params.text("vectors")?;
        if !column.is_empty() {
            return Ok(Vectors::Column(column.to_owned()));
        }
        let name = ctx.params.text("encoder")?;
        let encoder = ctx.resources.encoder(name).map_err(|error| BuildError::param("encoder", error.to_string()))?;
        ctx.depends_on(format!("models/{name}"), encoder.digest());
        ctx.runs_on(encoder.name(), encoder.identity());
        Ok(Vectors::Encoder(encoder, ctx.params.count("windows")?))
    }

    /// The vector of each row; an empty one where there is nothing to read.
    pub(super) fn of(&self, rows: Rows<'_>, level: Level) -> Result<Vec<Vec<f32>>, OperatorError> {
        match self {
            Vectors::Column(name) => from_column(rows, name),
            Vectors::Encoder(encoder, windows) => {
                let texts = match level {
                    Level::Document => rows.text(column::TEXT)?,
                    Level::Pair => rows.text(column::QUESTION)?,
                };
                let texts = texts.iter().map(|text| match (text.unwrap_or_default(), level) {
                    (text, Level::Document) => windows_of(text, *windows),
                    (text, Level::Pair) if text.trim().is_empty() => Vec::new(),
                    (text, Level::Pair) => vec![text],
                });
                let texts: Vec<Vec<&str>> = texts.collect();
                encoded(encoder, &texts)
            }
        }
    }
}

fn from_column(rows: Rows<'_>, name: &str) -> Result<Vec<Vec<f32>>, OperatorError> {
    let lists = rows.list(name)?;
    let vector = |idx| {
        if lists.is_null(idx) {
            return Ok(Vec::new());
        }
        let values = lists.value(idx);
        let floats = values.as_primitive_opt::<Float32Type>();
        floats
            .map(|floats| floats.values().to_vec())
            .ok_or_else(|| OperatorError::new(format!("column `{name}` holds no vectors of 32-bit floats")))
    };
    (0..rows.len()).map(vector).collect()
}

/// Encodes all windows and takes the mean of each row's.
fn encoded(encoder: &Encoder, texts: &[Vec<&str>]) -> Result<Vec<Vec<f32>>, OperatorError> {
    let windows: Vec<&str> = texts.iter().flatten().copied().collect();
    let mut vectors = Vec::with_capacity(windows.len());
    for windows in windows.chunks(TEXTS_AT_ONCE) {
        vectors.extend(encoder.embed(windows).map_err(OperatorError::stop)?);
    }
    let mut vectors = vectors.into_iter();
    Ok(texts.iter().map(|windows| mean(vectors.by_ref().take(windows.len()), windows)).collect())
}

/// The mean of vectors, each weighed by the length of its window, so that a short last one does not count for more than it
/// says.
fn mean(vectors: impl Iterator<Item = Vec<f32>>, windows: &[&str]) -> Vec<f32> {
    let mut sum: Vec<f32> = Vec::new();
    for (vector, window) in vectors.zip(windows) {
        #[expect(clippy::cast_precision_loss, reason = "a window is short")]
        let weight = window.len() as f32;
        sum.resize(vector.len(), 0.0);
        sum.iter_mut().zip(&vector).for_each(|(sum, part)| *sum += weight * part);
    }
    sum
}

/// The first windows of a text; none if it has no word.
fn windows_of(text: &str, most: usize) -> Vec<&str> {
    let mut rest = text.trim();
    let mut windows = Vec::new();
    while !rest.is_empty() && windows.len() < most {
        let end = end_of_words(rest, WORDS).min(rest.floor_char_boundary(MAX_BYTES));
        let (window, after) = rest.split_at(end);
        windows.push(window);
        rest = after.trim_start();
    }
    windows
}

/// Where so many words end.
fn end_of_words(text: &str, num: usize) -> usize {
    let mut words = 0;
    let mut in_word = false;
    for (at, sign) in text.char_indices() {
        words += usize::from(in_word && sign.is_whitespace());
        if words == num {
            return at;
        }
        in_word = !sign.is_whitespace();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, mean, windows_of};

    #[test]
    fn a_text_is_cut_into_windows_of_words_and_nothing_is_lost_between_them() {
        let text = format!(" {} ", (0..200).map(|word| format!("w{word}\u{a0}\n")).collect::<String>());
        let windows = windows_of(&text, 9);
        assert_eq!(windows.iter().map(|window| window.split_whitespace().count()).collect::<Vec<_>>(), [90, 90, 20]);
        let words: Vec<&str> = windows.iter().flat_map(|window| window.split_whitespace()).collect();
        assert!(words.into_iter().eq(text.split_whitespace()));
        assert_eq!(windows_of(&text, 2).len(), 2);
        assert!(windows_of(" \u{2028} ", 3).is_empty());
    }

    #[test]
    fn a_text_without_spaces_is_cut_between_its_signs() {
        let text = "河".repeat(2000);
        let windows = windows_of(&text, 64);
        assert_eq!(windows.concat(), text);
        assert!(windows.iter().all(|window| window.len() <= MAX_BYTES));
    }

    #[test]
    fn a_long_window_counts_for_more_than_a_short_one() {
        let vectors = [vec![1.0, 0.0], vec![0.0, 1.0]];
        assert_eq!(mean(vectors.into_iter(), &["abcd", "e"]), [4.0, 1.0]);
    }
}
