//! From keys to decisions, with little of each row in memory.
//!
//! 1. All keys are read once to learn which buckets several rows share, and again to sort those buckets' rows.
//! 2. Rows that share a bucket are read once more; their sets of shingles are laid aside on disk, an outline of each stays
//!    in memory.
//! 3. They are walked in order (`walk.rs`), and the ids of the rows that stay are looked up for the details.
//!
//! In memory are then for each row 4 bytes (12 with `prefer`), for each row that shares a bucket about 130, about 50 for each
//! bucket that several share, and for each duplicate about 60 and the id of the row that stays.

use std::collections::HashMap;

use quarry_engine::operator::{AllRows, Decide, Decision, Keyed, OperatorError, Rows, Scratch, SortEntry};
use quarry_schema::Fate;
use xxhash_rust::xxh3::xxh3_64;

use super::buckets::{Buckets, Grouping, Groups, Local};
use super::fact::{Fact, Facts};
use super::jaccard::Outlines;
use super::key::{FACT, Keys};
use super::seen::SeenTwice;
use super::walk::{Duplicate, Sets, Walk};

/// Decides all rows.
pub(super) fn decide(keys: &Keys, threshold: f64, all: &dyn AllRows, decided: Decide<'_>) -> Result<(), OperatorError> {
    let shared = shared_buckets(keys, all)?;
    let candidates = candidates(keys, all, &shared)?;
    drop(shared);
    if candidates.rows.is_empty() {
        return Ok(());
    }
    let mut laid_aside = LaidAside::of(keys, all, &candidates.rows)?;
    let Candidates { rows, texts, facts, order } = candidates;
    let num_standing = all.num_standing();
    let order = order.into_iter().map(|row| (row, rows[row as usize] < num_standing));
    let outlines = std::mem::take(&mut laid_aside.outlines);
    let mut duplicates = Vec::new();
    let mut walk = Walk { threshold, outlines: &outlines, texts, facts };
    walk.run(order, &mut laid_aside.sets(&outlines), &mut |duplicate| duplicates.push(duplicate))?;
    report(all, &rows, duplicates, decided)
}

fn shared_buckets(keys: &Keys, all: &dyn AllRows) -> Result<SeenTwice, OperatorError> {
    let mut seen = SeenTwice::new(u64::from(all.num_rows()) * keys.num_buckets() as u64);
    all.keys(&mut |keyed| {
        keys.buckets(&keyed, |bucket| {
            seen.note(bucket);
            Ok(())
        })
    })?;
    Ok(seen)
}

/// Rows that share a bucket.
struct Candidates {
    /// Their numbers, ascending.
    rows: Vec<u32>,
    texts: Buckets,
    facts: Buckets,
    /// The order in which they are decided.
    order: Vec<Local>,
}

fn candidates(keys: &Keys, all: &dyn AllRows, shared: &SeenTwice) -> Result<Candidates, OperatorError> {
    let mut sort = all.sort()?;
    let mut places = Vec::new();
    all.keys(&mut |keyed: Keyed<'_>| {
        places.extend(keys.place(&keyed));
        keys.buckets(&keyed, |key| match shared.is_shared(key) {
            true => sort.push(SortEntry { key, number: keyed.number }),
            false => Ok(()),
        })
    })?;
    let num_standing = all.num_standing();
    let (mut texts, mut facts) = (Grouping::new(num_standing), Grouping::new(num_standing));
    sort.finish(&mut |entry| {
        let grouping = if entry.key[0] & FACT == 0 { &mut texts } else { &mut facts };
        grouping.push(entry.key, entry.number);
        Ok(())
    })?;
    Ok(placed(all, texts.finish(), facts.finish(), &places))
}

/// Numbers the rows that are left anew, so that what is kept of each lies in arrays without holes.
fn placed(all: &dyn AllRows, texts: Groups, facts: Groups, places: &[u64]) -> Candidates {
    let mut locals = vec![Local::MAX; all.num_rows() as usize];
    for row in texts.rows().chain(facts.rows()) {
        locals[row as usize] = 0;
    }
    let numbers = (0..all.num_rows()).filter(|row| locals[*row as usize] == 0);
    let rows: Vec<u32> = numbers.collect();
    for (row, local) in rows.iter().zip(0..) {
        locals[*row as usize] = local;
    }
    let local = |row: u32| locals[row as usize];
    let (texts, facts) = (texts.place(rows.len(), local), facts.place(rows.len(), local));
    let mut order: Vec<Local> = (0..).take(rows.len()).collect();
    if !places.is_empty() {
        let num_standing = all.num_standing();
        order.sort_by_key(|local| {
            let number = rows[*local as usize];
            if number < num_standing { (0, 0) } else { (1, places[number as usize]) }
        });
    }
    Candidates { rows, texts, facts, order }
}

/// The offset of a row that has not been read again yet.
const NOWHERE: u64 = u64::MAX;

/// Sets of shingles on disk, and for pairs behind each what it asks for.
struct LaidAside {
    scratch: Box<dyn Scratch>,
    offsets: Vec<u64>,
    outlines: Outlines,
}

impl LaidAside {
    fn of(keys: &Keys, all: &dyn AllRows, rows: &[u32]) -> Result<LaidAside, OperatorError> {
        let mut laid_aside = LaidAside {
            scratch: all.scratch()?,
            offsets: vec![NOWHERE; rows.len()],
            outlines: Outlines::new(rows.len()),
        };
        let (mut shingler, mut set, mut bytes) = (keys.shingler(), Vec::new(), Vec::new());
        let mut columns = vec![keys.text_column()];
        if keys.has_facts() {
            columns.extend_from_slice(&Facts::COLUMNS);
        }
        all.rows(rows, &columns, &mut |numbers: &[u32], found: Rows<'_>| {
            let texts = found.text(keys.text_column())?;
            let facts = keys.has_facts().then(|| Facts::read(found)).transpose()?;
            for ((idx, text), number) in texts.iter().enumerate().zip(numbers) {
                // Published rows come in any order, folder by folder.
                let Ok(place) = rows.binary_search(number) else {
                    return Err(OperatorError::new(format!("row {number} was not asked for")));
                };
                shingler.set_into(text.unwrap_or_default(), &mut set);
                bytes.clear();
                bytes.extend(set.iter().flat_map(|shingle| shingle.to_le_bytes()));
                let answer = facts.as_ref().map_or(0, |facts| facts.answers.of(idx));
                laid_aside.outlines.put(place as Local, &set, xxh3_64(&bytes), answer);
                if let Some(facts) = &facts {
                    facts.of(idx).write(&mut bytes);
                }
                laid_aside.offsets[place] = laid_aside.scratch.append(&bytes)?;
            }
            Ok(())
        })?;
        match laid_aside.offsets.contains(&NOWHERE) {
            true => Err(OperatorError::new("a row was not there when it was read again")),
            false => Ok(laid_aside),
        }
    }

    fn sets<'a>(&'a self, outlines: &'a Outlines) -> OnDisk<'a> {
        OnDisk { laid_aside: self, outlines, bytes: Vec::new() }
    }
}

/// Reads what was laid aside.
struct OnDisk<'a> {
    laid_aside: &'a LaidAside,
    outlines: &'a Outlines,
    bytes: Vec<u8>,
}

impl OnDisk<'_> {
    fn read_bytes(&mut self, offset: u64, len: usize) -> Result<(), OperatorError> {
        self.bytes.resize(len, 0);
        self.laid_aside.scratch.read(offset, &mut self.bytes)
    }

    fn set_bytes(&self, row: Local) -> usize {
        self.outlines.size(row) * size_of::<u64>()
    }

    fn fact(&mut self, row: Local) -> Result<Fact, OperatorError> {
        let offset = self.laid_aside.offsets[row as usize] + self.set_bytes(row) as u64;
        self.read_bytes(offset, Fact::HEAD_BYTES)?;
        let num_bytes = Fact::num_bytes(&self.bytes);
        self.read_bytes(offset, num_bytes)?;
        Ok(Fact::parse(&self.bytes))
    }
}

impl Sets for OnDisk<'_> {
    type Error = OperatorError;

    fn read(&mut self, row: Local, set: &mut Vec<u64>) -> Result<(), OperatorError> {
        self.read_bytes(self.laid_aside.offsets[row as usize], self.set_bytes(row))?;
        set.clear();
        set.extend(self.bytes.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes)));
        Ok(())
    }

    fn same_fact(&mut self, kept: Local, row: Local) -> Result<bool, OperatorError> {
        let kept = self.fact(kept)?;
        Ok(kept.is_asked_by(&self.fact(row)?))
    }
}

/// Hands the decisions over, with the ids of the rows that stay.
fn report(
    all: &dyn AllRows,
    rows: &[u32],
    duplicates: Vec<Duplicate>,
    decided: Decide<'_>,
) -> Result<(), OperatorError> {
    let number = |local: Local| rows[local as usize];
    let mut ids: HashMap<u32, String> =
        duplicates.iter().map(|duplicate| (number(duplicate.kept), String::new())).collect();
    if ids.is_empty() {
        return Ok(());
    }
    all.keys(&mut |keyed| {
        if let Some(id) = ids.get_mut(&keyed.number) {
            *id = keyed.row_id.to_owned();
        }
        Ok(())
    })?;
    for duplicate in duplicates {
        let id = ids.get(&number(duplicate.kept)).map_or("", String::as_str);
        let fate = match duplicate.jaccard {
            Some(jaccard) => Fate::reject("near_duplicate_of", format!("{id} {jaccard:.3}")),
            None => Fate::reject("same_fact", id),
        };
        decided(Decision::fate(number(duplicate.row), fate))?;
    }
    Ok(())
}
