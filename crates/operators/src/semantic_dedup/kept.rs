//! Finds, row after row, the nearest earlier row that was kept: exactly, and without comparing most of them in full.
//!
//! The cosine of two vectors is at most the product of their parts in a subspace plus the product of the lengths of what
//! is left of them. With the few directions along which the first rows lie furthest that bound is below any useful
//! threshold for nearly all pairs, so 32 numbers a row are compared instead of all, and only what they leave open is
//! computed. Nothing is lost by it: the directions change the speed alone.

use pulp::Arch;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use super::directions::directions;
use super::vector::{Score, dot};

/// Numbers of a row that the bound is computed from: its parts along the directions, and the length of the rest.
const SKETCH: usize = 32;
/// Rows whose sketches lie side by side, number by number, so that one instruction takes several rows.
const TILE: usize = 16;
/// Tiles that stay in a core's cache while several rows pass over them.
const TILES_AT_ONCE: usize = 64;
/// Rows that a thread takes over all kept ones at a time.
const ROWS_A_THREAD: usize = 32;
/// Rows that are decided together: each of them is compared in full with those before it.
const ROWS_AT_ONCE: usize = 512;
/// Kept rows from which the directions are taken; before there are so many, all are compared in full.
const LEARN_FROM: usize = 2048;
/// They are taken anew when there are so many times more: the beginning of an input is often about one topic.
const LEARN_AGAIN: usize = 4;
/// What the bound may be off by, as a sum of rounded numbers.
const SLACK: f32 = 1e-4;

type Tile = [[f32; TILE]; SKETCH];

/// A row that is to be decided.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) vector: Vec<i8>,
}

/// An earlier row that says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) number: u32,
    pub(super) score: Score,
}

/// The rows that were kept so far.
pub(super) struct Kept {
    threshold: Score,
    rows: Vec<KeptRow>,
    directions: Vec<Vec<f32>>,
    tiles: Vec<Tile>,
    learn_at: usize,
}

struct KeptRow {
    number: u32,
    square: i32,
    vector: Box<[i8]>,
}

/// A row beside what is compared first.
struct Query<'a> {
    vector: &'a [i8],
    square: i32,
    sketch: [f32; SKETCH],
}

impl Kept {
    /// Starts without rows.
    pub(super) fn new(threshold: Score) -> Kept {
        Kept { threshold, rows: Vec::new(), directions: Vec::new(), tiles: Vec::new(), learn_at: LEARN_FROM }
    }

    /// Decides rows, in order: each either has a match among those that were kept before it, or is kept. Gives the numbers
    /// of those that have one.
    pub(super) fn take(&mut self, rows: &[Row]) -> Vec<(u32, Match)> {
        rows.chunks(ROWS_AT_ONCE).flat_map(|rows| self.take_some(rows)).collect()
    }

    fn take_some(&mut self, rows: &[Row]) -> Vec<(u32, Match)> {
        let queries: Vec<Query<'_>> = rows.iter().map(|row| self.query(&row.vector)).collect();
        let before: Vec<Option<Match>> =
            queries.par_chunks(ROWS_A_THREAD).flat_map_iter(|queries| self.nearest(queries)).collect();
        let mut matches: Vec<Option<Match>> = Vec::with_capacity(rows.len());
        for (before, beside) in before.into_iter().zip(self.beside(&queries)) {
            let kept = beside.into_iter().filter(|(idx, _)| matches.get(*idx).is_some_and(Option::is_none));
            let beside = kept.filter_map(|(idx, score)| Some(Match { number: rows.get(idx)?.number, score }));
            matches.push(before.into_iter().chain(beside).reduce(Match::better));
        }
        for ((row, query), found) in rows.iter().zip(&queries).zip(&matches) {
            if found.is_none() {
                self.keep(row, query);
            }
        }
        if self.rows.len() >= self.learn_at {
            self.learn();
        }
        rows.iter().zip(matches).filter_map(|(row, found)| Some((row.number, found?))).collect()
    }

    fn query<'a>(&self, vector: &'a [i8]) -> Query<'a> {
        let square = dot(vector, vector);
        Query { vector, square, sketch: sketch(vector, square, &self.directions) }
    }

    /// For each row the best of the rows kept before.
    fn nearest(&self, queries: &[Query<'_>]) -> Vec<Option<Match>> {
        let mut found = vec![None; queries.len()];
        let arch = Arch::new();
        if self.directions.is_empty() {
            for (query, found) in queries.iter().zip(&mut found) {
                arch.dispatch(
                    #[inline(always)]
                    || {
                        for other in &self.rows {
                            self.compare(query, other, found);
                        }
                    },
                );
            }
            return found;
        }
        for (tiles, rows) in self.tiles.chunks(TILES_AT_ONCE).zip(self.rows.chunks(TILES_AT_ONCE * TILE)) {
            for (query, found) in queries.iter().zip(&mut found) {
                arch.dispatch(
                    #[inline(always)]
                    || self.scan(query, tiles, rows, found),
                );
            }
        }
        found
    }

    /// Compares with those of the rows that their sketches leave open.
    #[inline(always)]
    fn scan(&self, query: &Query<'_>, tiles: &[Tile], rows: &[KeptRow], found: &mut Option<Match>) {
        let mut limit = self.limit(found.as_ref());
        for (tile, rows) in tiles.iter().zip(rows.chunks(TILE)) {
            let bounds = bounds(&query.sketch, tile);
            let mut most = f32::MIN;
            for bound in bounds {
                most = if bound > most { bound } else { most };
            }
            if most < limit {
                continue;
            }
            for (other, bound) in rows.iter().zip(bounds) {
                if bound >= limit {
                    self.compare(query, other, found);
                }
            }
            limit = self.limit(found.as_ref());
        }
    }

    #[inline(always)]
    fn compare(&self, query: &Query<'_>, other: &KeptRow, found: &mut Option<Match>) {
        let score = Score::of_products(dot(query.vector, &other.vector), query.square, other.square);
        if score >= self.threshold {
            let other = Match { number: other.number, score };
            *found = Some(found.map_or(other, |found| found.better(other)));
        }
    }

    /// The bound below which a row cannot be better than what was found.
    #[inline(always)]
    fn limit(&self, found: Option<&Match>) -> f32 {
        let least = found.map_or(self.threshold, |found| found.score);
        #[expect(clippy::cast_possible_truncation, reason = "the slack is far larger than what is lost")]
        let least = least.least_cosine() as f32;
        least - SLACK
    }

    /// For each row all those before it among the same rows that say the same, kept or not.
    fn beside(&self, queries: &[Query<'_>]) -> Vec<Vec<(usize, Score)>> {
        let arch = Arch::new();
        let one = |(idx, query): (usize, &Query<'_>)| -> Vec<(usize, Score)> {
            let earlier = queries.get(..idx).unwrap_or_default();
            let score =
                |other: &Query<'_>| Score::of_products(dot(query.vector, other.vector), query.square, other.square);
            arch.dispatch(
                #[inline(always)]
                || earlier.iter().map(score).enumerate().filter(|(_, score)| *score >= self.threshold).collect(),
            )
        };
        queries.par_iter().enumerate().map(one).collect()
    }

    fn keep(&mut self, row: &Row, query: &Query<'_>) {
        if !self.directions.is_empty() {
            add_sketch(&mut self.tiles, self.rows.len(), &query.sketch);
        }
        self.rows.push(KeptRow { number: row.number, square: query.square, vector: row.vector.as_slice().into() });
    }

    fn learn(&mut self) {
        self.learn_at = self.rows.len() * LEARN_AGAIN;
        let step = self.rows.len() / LEARN_FROM;
        let vectors: Vec<&[i8]> = self.rows.iter().step_by(step.max(1)).map(|row| row.vector.as_ref()).collect();
        self.tiles.clear();
        self.directions = directions(&vectors, SKETCH - 1);
        for (idx, row) in self.rows.iter().enumerate() {
            add_sketch(&mut self.tiles, idx, &sketch(&row.vector, row.square, &self.directions));
        }
    }
}

impl Match {
    /// The higher score; of equal ones the earlier row.
    fn better(self, other: Match) -> Match {
        if other.score > self.score || (other.score == self.score && other.number < self.number) { other } else { self }
    }
}

/// The parts of a vector of length 1 along the directions, and the length of what is left.
fn sketch(vector: &[i8], square: i32, directions: &[Vec<f32>]) -> [f32; SKETCH] {
    let mut sketch = [0.0; SKETCH];
    #[expect(clippy::cast_precision_loss, reason = "the slack is far larger")]
    let length = (square as f32).sqrt();
    let mut rest = 1.0_f32;
    for (part, direction) in sketch.iter_mut().zip(directions) {
        *part = vector.iter().zip(direction).map(|(left, right)| f32::from(*left) * right).sum::<f32>() / length;
        rest -= *part * *part;
    }
    sketch[SKETCH - 1] = rest.max(0.0).sqrt();
    sketch
}

fn add_sketch(tiles: &mut Vec<Tile>, idx: usize, sketch: &[f32; SKETCH]) {
    if idx.is_multiple_of(TILE) {
        tiles.push([[0.0; TILE]; SKETCH]);
    }
    for (lanes, part) in tiles.last_mut().into_iter().flatten().zip(sketch) {
        lanes[idx % TILE] = *part;
    }
}

#[inline(always)]
fn bounds(sketch: &[f32; SKETCH], tile: &Tile) -> [f32; TILE] {
    let mut bounds = [0.0; TILE];
    for (part, lanes) in sketch.iter().zip(tile) {
        for (bound, lane) in bounds.iter_mut().zip(lanes) {
            *bound += part * lane;
        }
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::{Kept, Match, Row};
    use crate::semantic_dedup::vector::{Score, dot, quantise};

    /// Vectors in loose clusters, as texts on some topics give them, a few of them nearly the same.
    fn rows(num: u32, dims: u32) -> Vec<Row> {
        let noise = |seed: u32, dim: u32| {
            let mixed = xxhash_rust::xxh3::xxh3_64_with_seed(&dim.to_le_bytes(), u64::from(seed));
            f32::from(u8::try_from(mixed % 256).unwrap()) / 128.0 - 1.0
        };
        let vector = |number: u32| -> Vec<f32> {
            let of = if number % 9 == 8 { number / 9 * 5 } else { number };
            let apart = if of == number { 0.0 } else { 0.25 };
            (0..dims)
                .map(|dim| noise(of % 23, dim) + 0.8 * noise(1000 + of, dim) + apart * noise(number, dim + dims))
                .collect()
        };
        (0..num).map(|number| Row { number, vector: quantise(&vector(number)).unwrap() }).collect()
    }

    fn plain(rows: &[Row], threshold: Score) -> Vec<(u32, Match)> {
        let squares: Vec<i32> = rows.iter().map(|row| dot(&row.vector, &row.vector)).collect();
        let mut kept: Vec<usize> = Vec::new();
        let mut found = Vec::new();
        for (idx, row) in rows.iter().enumerate() {
            let compare = |other: &usize| Match {
                number: rows[*other].number,
                score: Score::of_products(dot(&row.vector, &rows[*other].vector), squares[idx], squares[*other]),
            };
            let matches = kept.iter().map(compare).filter(|other| other.score >= threshold);
            match matches.reduce(Match::better) {
                Some(other) => found.push((row.number, other)),
                None => kept.push(idx),
            }
        }
        found
    }

    #[test]
    fn rows_on_both_sides_of_the_border_from_which_sketches_help_are_decided_as_by_comparing_all() {
        let rows = rows(2900, 40);
        let threshold = Score::of(0.9);
        let mut kept = Kept::new(threshold);
        let found = kept.take(&rows);
        assert!(!kept.directions.is_empty() && kept.rows.len() > 2048 && found.len() > 100, "{}", found.len());
        assert_eq!(found, plain(&rows, threshold));
    }

    #[test]
    fn how_rows_are_cut_changes_nothing() {
        let rows = rows(1200, 16);
        let threshold = Score::of(0.9);
        let whole = Kept::new(threshold).take(&rows);
        for size in [1, 7, 600] {
            let mut kept = Kept::new(threshold);
            let found: Vec<(u32, Match)> = rows.chunks(size).flat_map(|rows| kept.take(rows)).collect();
            assert_eq!(found, whole);
        }
    }

    #[test]
    fn a_row_is_a_duplicate_of_a_kept_row_only() {
        let row = |number, vector: [i8; 2]| Row { number, vector: vector.to_vec() };
        // Each is near to the one before it, the third is not near to the first.
        let rows = [row(0, [100, 0]), row(1, [92, 38]), row(2, [71, 71]), row(3, [100, 1])];
        let found = Kept::new(Score::of(0.9)).take(&rows);
        let numbers: Vec<(u32, u32)> = found.iter().map(|(number, found)| (*number, found.number)).collect();
        assert_eq!(numbers, [(1, 0), (3, 0)]);
    }
}
