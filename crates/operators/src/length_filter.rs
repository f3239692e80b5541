//! `length_filter`: refuses documents with too few or too many words.
//!
//! A word is what stands between white space, so `3.5 km` is two words and a line of Chinese is one. The reference
//! system's floor is 50 tokens of a tokenizer that it does not name.

use std::sync::Arc;

use arrow::array::StringArray;
use quarry_engine::operator::{
    BuildContext, BuildError, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue, ReasonDef,
    Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};

use crate::{Def, Resources};

/// The description of `length_filter`.
pub(crate) const DEF: Def = Def {
    name: "length_filter",
    summary: "refuses documents with too few or too many words",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT],
    adds: &[],
    reasons: &[
        ReasonDef { name: "too_short", doc: "the text has fewer than `min_tokens` words" },
        ReasonDef { name: "too_long", doc: "the text has more than `max_tokens` words" },
    ],
    params: &[
        ParamDef {
            name: "min_tokens",
            kind: ParamKind::Int { min: 0, max: MAX_TOKENS },
            default: Some(ParamValue::Int(50)),
            doc: "the fewest words, counted between white space; 50 is the reference system's floor",
        },
        ParamDef {
            name: "max_tokens",
            kind: ParamKind::Int { min: 1, max: MAX_TOKENS },
            default: Some(ParamValue::Int(100_000)),
            doc: "the most words, counted between white space; 100,000 is Gopher's ceiling",
        },
    ],
    build,
};

const MAX_TOKENS: i64 = 1_000_000_000;

struct LengthFilter {
    min_tokens: usize,
    max_tokens: usize,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let filter =
        LengthFilter { min_tokens: ctx.params.count("min_tokens")?, max_tokens: ctx.params.count("max_tokens")? };
    if filter.min_tokens > filter.max_tokens {
        return Err(BuildError::param(
            "min_tokens",
            "`min_tokens` is above `max_tokens`, so no document would be left",
        ));
    }
    Ok(Operator::Compute(Arc::new(filter)))
}

impl Compute for LengthFilter {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let texts: &StringArray = rows.text(column::TEXT)?;
        Ok(Decided::fates(texts.iter().map(|text| self.fate(text.unwrap_or_default())).collect()))
    }
}

impl LengthFilter {
    fn fate(&self, text: &str) -> Fate {
        // Counting stops one past the ceiling, so that an endless document costs no more than the longest allowed one.
        let num_words = text.split_whitespace().take(self.max_tokens.saturating_add(1)).count();
        if num_words < self.min_tokens {
            Fate::reject("too_short", num_words.to_string())
        } else if num_words > self.max_tokens {
            Fate::reject("too_long", format!("over {}", self.max_tokens))
        } else {
            Fate::Accept
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{check, check_build_error};

    #[test]
    fn words_between_white_space_are_counted() {
        check(
            &super::DEF,
            "min_tokens = 3\nmax_tokens = 4",
            "text
             two words
             3.5 km north
             one two three four
             one two three four five
             \\0",
            "reject too_short: 2
             accept
             accept
             reject too_long: over 4
             reject too_short: 0",
        );
    }

    #[test]
    fn limits_that_leave_nothing_are_refused() {
        check_build_error(&super::DEF, "min_tokens = 5\nmax_tokens = 4", "`min_tokens` is above `max_tokens`");
    }
}
