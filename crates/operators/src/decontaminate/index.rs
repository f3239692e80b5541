//! The index of test questions: which runs of words are theirs, and which questions are too short for runs.
//!
//! **Runs that many questions share.** Questions of one benchmark often begin with the same instruction, or end with the
//! same request. A run of words that stands in more than `max_shared` different questions of one pack says nothing of
//! any of them: its words are left out of the index for that pack, of the runs that overlap them too, and of what a
//! coverage is a share of. A question that has too few words left is found only as a whole.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator, ParallelSliceMut};

use super::choices;
use super::grams::{Filter, Table, anchors, combined, grams, hash_of};
use super::normal::{Marks, Token, Words};
use crate::packs::{Item, Pack};

/// The thresholds of the rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Words in a row that are one too many.
    pub(crate) hit_words: usize,
    /// Words of the runs that a question may be covered by; no more than `hit_words`.
    pub(crate) coverage_words: usize,
    /// The share of a question in such runs that is too much.
    pub(crate) min_coverage: f64,
    /// Questions of a pack that may share a run.
    pub(crate) max_shared: usize,
}

/// Where a run stands in a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Which reading of which question.
    pub(super) reading: u32,
    /// Its first and last word there.
    pub(super) first: u16,
    pub(super) last: u16,
}

/// A question as it stands, or with its options sorted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) item: u32,
    /// Words of the question that a coverage is a share of; 0 where none counts.
    pub(super) num_words: u32,
    /// Words of the question; those behind are its answer's.
    pub(super) num_question: u16,
}

/// All questions of all packs.
pub(crate) struct Index {
    pub(super) limits: Limits,
    pub(crate) packs: Vec<Pack>,
    /// The number of items before each pack.
    offsets: Vec<usize>,
    pub(super) readings: Vec<Reading>,
    /// Passes the runs of `places`, and the beginnings of whole questions.
    pub(super) filter: Filter,
    /// Passes the anchors of the same runs.
    pub(super) anchors: Filter,
    pub(super) places: Table<Place>,
    /// Questions that are found as a whole, by their words and how many these are.
    pub(super) whole: Table<u32>,
    pub(super) whole_filter: Filter,
    /// The lengths of whole questions, by their first run.
    pub(super) starts: Table<u32>,
}

/// What one pack adds.
#[derive(Default)]
struct Part {
    /// With `item` counted from the pack's first.
    readings: Vec<Reading>,
    places: Vec<(u64, Place)>,
    whole: Vec<(u64, u32)>,
    starts: Vec<(u64, u32)>,
    anchors: Vec<u64>,
}

impl Index {
    /// Reads all questions.
    pub(crate) fn new(packs: Vec<Pack>, limits: Limits) -> Index {
        let parts: Vec<Part> = packs.par_iter().map(|pack| part(pack, limits)).collect();
        let mut all = Part::default();
        let mut offsets = Vec::with_capacity(packs.len());
        let mut num_items = 0;
        for (pack, part) in packs.iter().zip(parts) {
            offsets.push(num_items);
            let (item, reading) = (num_items as u32, all.readings.len() as u32);
            all.readings.extend(part.readings.into_iter().map(|one| Reading { item: one.item + item, ..one }));
            let moved = |place: Place| Place { reading: place.reading + reading, ..place };
            all.places.extend(part.places.into_iter().map(|(hash, place)| (hash, moved(place))));
            all.whole.extend(part.whole.into_iter().map(|(hash, one)| (hash, one + item)));
            all.starts.extend(part.starts);
            all.anchors.extend(part.anchors);
            num_items += pack.items.len();
        }
        all.places.par_sort_unstable();
        all.places.dedup();
        all.anchors.par_sort_unstable();
        all.anchors.dedup();
        all.whole.sort_unstable();
        // Of equal questions the first is named.
        all.whole.dedup_by_key(|(hash, _)| *hash);
        all.starts.sort_unstable();
        all.starts.dedup();
        let (places, whole, starts) = (Table::new(all.places), Table::new(all.whole), Table::new(all.starts));
        let runs: Vec<u64> = places.hashes().chain(starts.hashes()).collect();
        let (filter, whole_filter) = (Filter::new(runs.into_iter()), Filter::new(whole.hashes()));
        let anchors = Filter::new(all.anchors.into_iter());
        Index { limits, packs, offsets, readings: all.readings, filter, anchors, places, whole, whole_filter, starts }
    }

    /// The pack and the item of a number.
    pub(crate) fn item(&self, number: u32) -> Option<(&Pack, &Item)> {
        let pack = self.offsets.partition_point(|offset| *offset <= number as usize).checked_sub(1)?;
        let item = number as usize - self.offsets.get(pack)?;
        let pack = self.packs.get(pack)?;
        Some((pack, pack.items.get(item)?))
    }
}

/// The key of a question that is found as a whole.
pub(super) fn whole_key(tokens: &[Token]) -> u64 {
    combined(hash_of(tokens), tokens.len())
}

/// The ways in which one question is read.
struct Readings {
    /// The words as they stand, those of the answer behind them.
    base: Vec<Token>,
    num_question: usize,
    /// The same question with other borders between words, or without the labels of options.
    variants: Vec<Vec<Token>>,
    /// With its options sorted, for each place where the last may end.
    sorted: Vec<Vec<Token>>,
}

fn read(item: &Item, words: &mut Words) -> Readings {
    let mut read = |text: &str, marks: Marks| {
        words.read(text, marks);
        let (mut variants, mut sorted) = (Vec::new(), Vec::new());
        for block in if marks == Marks::Usual { choices::blocks(words) } else { Vec::new() } {
            variants.push(choices::unlabelled(&words.tokens, &block));
            choices::sorted(&words.tokens, &block, &mut sorted);
        }
        (words.tokens.clone(), variants, sorted)
    };
    let both = format!("{}\n\n{}", item.question, item.answer);
    let (question, mut variants, sorted) = read(&item.question, Marks::Usual);
    variants.extend([read(&item.question, Marks::Deleted).0, read(&item.question, Marks::Spaced).0]);
    variants.retain(|variant| hash_of(variant) != hash_of(&question));
    // Positions are 16 bits wide; what is behind them is more than enough to find a question by.
    let (mut base, mut num_question) = (read(&both, Marks::Usual).0, question.len());
    base.truncate(usize::from(u16::MAX));
    num_question = num_question.min(base.len());
    Readings { base, num_question, variants, sorted }
}

fn part(pack: &Pack, limits: Limits) -> Part {
    let all: Vec<Readings> = pack.items.par_iter().map_init(Words::new, |words, item| read(item, words)).collect();
    let shared = shared(&all, limits);
    let mut part = Part::default();
    for (number, readings) in all.iter().enumerate() {
        add(&mut part, number as u32, readings, &shared, limits);
    }
    part.anchors.sort_unstable();
    part.anchors.dedup();
    part
}

/// Runs that stand in too many different questions.
fn shared(all: &[Readings], limits: Limits) -> Vec<u64> {
    let n = limits.coverage_words;
    let runs = |readings: &Readings| {
        let question = hash_of(readings.base.get(..readings.num_question).unwrap_or_default());
        let lists = [&readings.base].into_iter().chain(&readings.variants).chain(&readings.sorted);
        lists.flat_map(|tokens| grams(tokens, n)).map(|gram| (gram, question)).collect::<Vec<_>>()
    };
    let mut runs: Vec<(u64, u64)> = all.par_iter().flat_map_iter(runs).collect();
    runs.par_sort_unstable();
    runs.dedup();
    let many = runs.chunk_by(|left, right| left.0 == right.0).filter(|chunk| chunk.len() > limits.max_shared);
    many.filter_map(|chunk| chunk.first().map(|(gram, _)| *gram)).collect()
}

/// For each word whether a shared run holds it.
fn in_shared(tokens: &[Token], shared: &[u64], n: usize) -> Vec<bool> {
    let mut inside = vec![false; tokens.len()];
    for (start, gram) in grams(tokens, n).enumerate() {
        if shared.binary_search(&gram).is_ok() {
            inside.iter_mut().skip(start).take(n).for_each(|one| *one = true);
        }
    }
    inside
}

fn add(part: &mut Part, item: u32, readings: &Readings, shared: &[u64], limits: Limits) {
    let n = limits.coverage_words;
    let base_shared = in_shared(&readings.base, shared, n);
    let own = |inside: &[bool], len: usize| inside.iter().take(len).filter(|inside| !**inside).count();
    let num_own = own(&base_shared, readings.num_question);
    let question = readings.base.get(..readings.num_question).unwrap_or_default();
    if num_own < limits.hit_words {
        for tokens in [question].into_iter().chain(readings.variants.iter().chain(&readings.sorted).map(Vec::as_slice))
        {
            add_whole(part, item, tokens, n);
        }
    }
    let reading = part.readings.len() as u32;
    let num_words = if num_own < limits.hit_words { 0 } else { num_own as u32 };
    part.readings.push(Reading { item, num_words, num_question: readings.num_question as u16 });
    let place_of = |token: &Token| {
        let behind = readings.base.partition_point(|base| base.start <= token.start);
        behind.saturating_sub(1) as u16
    };
    // With its answer, a question that is too short for a coverage may still be long enough for a hit.
    add_runs(part, &readings.base, &base_shared, n, |at| (reading, at as u16));
    if num_own < limits.hit_words {
        return;
    }
    for variant in &readings.variants {
        let inside = in_shared(variant, shared, n);
        add_runs(part, variant, &inside, n, |at| (reading, variant.get(at).map_or(0, place_of)));
    }
    for sorted in &readings.sorted {
        let inside = in_shared(sorted, shared, n);
        let (number, num_words) = (part.readings.len() as u32, own(&inside, sorted.len()) as u32);
        part.readings.push(Reading { item, num_words, num_question: sorted.len().min(usize::from(u16::MAX)) as u16 });
        add_runs(part, sorted, &inside, n, |at| (number, at as u16));
    }
}

/// Adds the runs that overlap no shared one; `place` gives the reading and the place of a word there.
fn add_runs(part: &mut Part, tokens: &[Token], in_shared: &[bool], n: usize, place: impl Fn(usize) -> (u32, u16)) {
    let (mut last_shared, mut anchored) = (None, Vec::new());
    anchors(tokens, n, &mut anchored);
    for ((start, gram), anchor) in grams(tokens, n).enumerate().zip(anchored) {
        let end = start + n;
        let new = if start == 0 { 0 } else { end - 1 };
        last_shared = (new..end).rev().find(|at| in_shared.get(*at) == Some(&true)).or(last_shared);
        if last_shared.is_some_and(|at| at >= start)
            || is_monotone(tokens.get(start..end).unwrap_or_default())
            || end > usize::from(u16::MAX)
        {
            continue;
        }
        let ((reading, first), (_, last)) = (place(start), place(end - 1));
        part.places.push((gram, Place { reading, first, last }));
        part.anchors.push(anchor);
    }
}

/// Whether some words are hardly more than one word again and again, as `5, 5, 5 ...`, which stands in many texts.
fn is_monotone(tokens: &[Token]) -> bool {
    let Some(first) = tokens.first() else { return true };
    let mut others = tokens.iter().filter(|token| token.hash != first.hash);
    others.next().is_none_or(|second| others.all(|token| token.hash == second.hash))
}

fn add_whole(part: &mut Part, item: u32, tokens: &[Token], n: usize) {
    if tokens.is_empty() {
        return;
    }
    part.whole.push((whole_key(tokens), item));
    if let Some(start) = grams(tokens, n).next() {
        part.starts.push((start, tokens.len() as u32));
        let mut anchored = Vec::new();
        anchors(tokens.get(..n).unwrap_or_default(), n, &mut anchored);
        part.anchors.extend(anchored);
    }
}
