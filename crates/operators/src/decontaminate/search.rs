//! The search of a row's words for test questions.

use super::choices;
use super::grams::{anchors, grams};
use super::index::{Index, Place, Reading, whole_key};
use super::normal::{BORDER, Marks, Token, Words};

/// A question of fewer words is found only where it is all that is asked.
const SHORT_WORDS: usize = 4;

/// Which rule a question was found by, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// Too many words in a row.
    Hit,
    /// Too much of the question in shorter runs.
    Coverage,
    /// A short question as a whole.
    Exact,
}

/// A test question in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) rule: Rule,
    pub(crate) item: u32,
    /// Words of the longest run.
    pub(crate) num_words: usize,
    /// The bytes of that run in the row's text.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A run of the row's words that a question has too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shared {
    reading: u32,
    /// The row's word that it begins with.
    at: u32,
    first: u16,
    last: u16,
}

/// Searches one text after the other; the buffers are kept.
pub(crate) struct Search {
    words: Words,
    finder: Finder,
    found: Vec<Found>,
}

/// What the search of one list of words needs for its time.
#[derive(Default)]
struct Finder {
    anchors: Vec<u64>,
    shared: Vec<Shared>,
}

impl Search {
    pub(crate) fn new() -> Search {
        Search { words: Words::new(), finder: Finder::default(), found: Vec::new() }
    }

    /// The surest find in a text. `question` is how many bytes of it ask, if it is a pair: a short question has to be
    /// all of them.
    pub(crate) fn find(&mut self, index: &Index, text: &str, question: Option<usize>) -> Option<Found> {
        let Search { words, finder, found } = self;
        found.clear();
        words.read(text, Marks::Usual);
        finder.find(index, &words.tokens, found);
        if let Some(question) = question {
            let len = words.tokens.partition_point(|token| (token.start as usize) < question);
            found.extend(whole(index, words.tokens.get(..len).unwrap_or_default()));
        }
        if words.labels.len() >= 2 {
            let mut sorted = Vec::new();
            for block in choices::blocks(words) {
                choices::sorted(&words.tokens, &block, &mut sorted);
            }
            for tokens in &sorted {
                finder.find(index, tokens, found);
                found.extend(whole(index, tokens));
            }
        }
        found.iter().copied().min_by_key(|found| (found.rule, usize::MAX - found.num_words, found.item, found.start))
    }
}

impl Finder {
    fn find(&mut self, index: &Index, tokens: &[Token], found: &mut Vec<Found>) {
        let n = index.limits.coverage_words;
        self.shared.clear();
        anchors(tokens, n, &mut self.anchors);
        // The anchor before, and whether the index has it.
        let mut known = (0, false);
        for ((at, gram), &anchor) in grams(tokens, n).enumerate().zip(&self.anchors) {
            if anchor != known.0 || at == 0 {
                known = (anchor, index.anchors.may_hold(anchor));
            }
            if !known.1 || !index.filter.may_hold(gram) {
                continue;
            }
            let shared = |&Place { reading, first, last }: &Place| Shared { reading, at: at as u32, first, last };
            self.shared.extend(index.places.get(gram).iter().map(shared));
            for len in index.starts.get(gram) {
                found.extend(tokens.get(at..at + *len as usize).and_then(|tokens| whole(index, tokens)));
            }
        }
        short_questions(index, tokens, found);
        self.shared.sort_unstable();
        for of_one in self.shared.chunk_by(|left, right| left.reading == right.reading) {
            found.extend(judge(index, tokens, of_one));
        }
    }
}

/// Short questions between two borders.
fn short_questions(index: &Index, tokens: &[Token], found: &mut Vec<Found>) {
    if index.whole.len() == 0 {
        return;
    }
    let is_border = |at: usize| tokens.get(at).is_none_or(|token| token.flags & BORDER != 0);
    for start in (0..tokens.len()).filter(|at| is_border(*at)) {
        for end in start + SHORT_WORDS..start + index.limits.coverage_words {
            if let Some(run) = tokens.get(start..end).filter(|_| is_border(end)) {
                found.extend(whole(index, run));
            }
        }
    }
}

fn whole(index: &Index, tokens: &[Token]) -> Option<Found> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let key = whole_key(tokens);
    let item = index.whole_filter.may_hold(key).then(|| index.whole.get(key).first()).flatten()?;
    let (start, end) = (first.start.min(last.start) as usize, last.end.max(first.end) as usize);
    Some(Found { rule: Rule::Exact, item: *item, num_words: tokens.len(), start, end })
}

/// What the runs that a row shares with one question say.
fn judge(index: &Index, tokens: &[Token], shared: &[Shared]) -> Option<Found> {
    let reading = index.readings.get(shared.first()?.reading as usize)?;
    let limits = &index.limits;
    let (at, num_runs) = longest(shared);
    let num_words = num_runs + limits.coverage_words - 1;
    let rule = match num_words >= limits.hit_words {
        true => Rule::Hit,
        false if reading.num_words > 0 && coverage(shared, reading) >= limits.min_coverage => Rule::Coverage,
        false => return None,
    };
    // Sorted options do not stand in the order of the text.
    let run = tokens.get(at..at + num_words)?;
    let start = run.iter().map(|token| token.start).min()? as usize;
    let end = run.iter().map(|token| token.end).max()? as usize;
    Some(Found { rule, item: reading.item, num_words, start, end })
}

/// The longest row of runs that follow each other word by word: the first, and how many.
fn longest(shared: &[Shared]) -> (usize, usize) {
    let (mut best, mut start, mut last) = ((0, 0), 0, None);
    for at in shared.iter().map(|one| one.at as usize) {
        if last.is_none_or(|last| at > last + 1) {
            start = at;
        }
        last = Some(at);
        if at + 1 - start > best.1 {
            best = (start, at + 1 - start);
        }
    }
    best
}

/// The share of the question's words that the runs hold.
fn coverage(shared: &[Shared], reading: &Reading) -> f64 {
    let behind = |one: &Shared| (one.last + 1).min(reading.num_question);
    let mut spans: Vec<(u16, u16)> = shared.iter().map(|one| (one.first, behind(one))).collect();
    spans.sort_unstable();
    let (mut covered, mut from) = (0_u32, 0);
    for (first, behind) in spans {
        covered += u32::from(behind.saturating_sub(first.max(from)));
        from = from.max(behind);
    }
    f64::from(covered) / f64::from(reading.num_words)
}
