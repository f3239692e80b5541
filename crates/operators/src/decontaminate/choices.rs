//! Options of a multiple-choice question, put into one order: their labels dropped, what they say sorted.
//!
//! Wherever a text has labels such as `(A)`, `B.` or `3)` that make a full set from the first one on, in any order, a
//! second list of words is made: what stands before the options, then the options. Options without labels are not
//! recognised, so a question that lists them in its own order is found as it stands.

use super::normal::{BORDER, LINE, Label, SENTENCE, Token, Words};

/// Words before the first option that still belong to the question.
const STEM_WORDS: usize = 200;
/// Words that an option has at most.
const OPTION_WORDS: usize = 100;

/// A full set of labels: the index of each label's word, in the order of the text.
pub(super) struct Block {
    labels: Vec<usize>,
}

/// Finds the sets of labels in a text.
pub(super) fn blocks(words: &Words) -> Vec<Block> {
    let labels = located(words);
    let mut blocks = Vec::new();
    let mut from = 0;
    while let Some(rest) = labels.get(from..).filter(|rest| rest.len() >= 2) {
        let len = set_len(rest);
        if len >= 2 {
            blocks.push(Block { labels: rest.iter().take(len).map(|(at, _)| *at).collect() });
        }
        from += len.max(1);
    }
    blocks
}

/// The labels with the index of their words; a word that became part of a number is no label.
fn located(words: &Words) -> Vec<(usize, Label)> {
    let place = |label: &Label| words.tokens.binary_search_by_key(&label.start, |token| token.start).ok();
    words.labels.iter().filter_map(|label| place(label).map(|at| (at, *label))).collect()
}

/// How many labels from the first on are a full set, or 0.
fn set_len(labels: &[(usize, Label)]) -> usize {
    let Some((first_at, first)) = labels.first() else { return 0 };
    let (mut seen, mut last, mut full) = (0_u16, *first_at, 0);
    for (len, (at, label)) in labels.iter().enumerate() {
        let bit = 1 << label.rank;
        if label.is_letter != first.is_letter || seen & bit != 0 || at - last > OPTION_WORDS {
            break;
        }
        seen |= bit;
        last = *at;
        if seen & (seen + 1) == 0 {
            full = len + 1;
        }
    }
    full
}

/// The words of a question and its options in one order, for each place where the last option may end.
pub(super) fn sorted(tokens: &[Token], block: &Block, out: &mut Vec<Vec<Token>>) {
    let mut made: Vec<usize> = Vec::new();
    for end in ends(tokens, block) {
        if !made.contains(&end) {
            made.push(end);
            out.push(arranged(tokens, block, end, true));
        }
    }
}

/// The words without the labels, in their own order, up to the end of the text.
pub(super) fn unlabelled(tokens: &[Token], block: &Block) -> Vec<Token> {
    arranged(tokens, block, tokens.len(), false)
}

/// The last option ends with its line, its sentence, or the text.
fn ends(tokens: &[Token], block: &Block) -> [usize; 3] {
    let from = block.labels.last().map_or(tokens.len(), |last| last + 2);
    let most = (from + OPTION_WORDS).min(tokens.len());
    let end = |flag: u8| {
        let rest = tokens.get(from..most).unwrap_or_default();
        rest.iter().position(|token| token.flags & flag != 0).map_or(most, |offset| from + offset)
    };
    [end(LINE), end(SENTENCE), most]
}

fn arranged(tokens: &[Token], block: &Block, end: usize, sort: bool) -> Vec<Token> {
    let first = block.labels.first().copied().unwrap_or_default();
    let stem = tokens.get(first.saturating_sub(STEM_WORDS)..first).unwrap_or_default();
    let borders = block.labels.iter().skip(1).copied().chain([end]);
    let mut options: Vec<&[Token]> =
        block.labels.iter().zip(borders).map(|(label, end)| tokens.get(label + 1..end).unwrap_or_default()).collect();
    if sort {
        options.sort_by(|left, right| left.iter().map(|token| token.hash).cmp(right.iter().map(|token| token.hash)));
    }
    let mut arranged = stem.to_vec();
    for option in options {
        let start = arranged.len();
        arranged.extend_from_slice(option);
        if let Some(first) = arranged.get_mut(start) {
            first.flags |= BORDER;
        }
    }
    arranged
}
