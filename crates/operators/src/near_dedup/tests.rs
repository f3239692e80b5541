//! The whole decision beside its definition, on texts made at random.

use std::convert::Infallible;

use proptest::prelude::{ProptestConfig, Strategy, proptest};

use super::buckets::{Grouping, Local};
use super::jaccard::{Outlines, at_least};
use super::seen::SeenTwice;
use super::shingles::Shingler;
use super::signature::{BAND_BYTES, MinHash, Signature};
use super::walk::{Duplicate, Sets, Walk};

struct InMemory<'a> {
    sets: &'a [Vec<u64>],
    facts: &'a [u8],
}

impl Sets for InMemory<'_> {
    type Error = Infallible;

    fn read(&mut self, row: Local, set: &mut Vec<u64>) -> Result<(), Infallible> {
        set.clone_from(&self.sets[row as usize]);
        Ok(())
    }

    fn same_fact(&mut self, kept: Local, row: Local) -> Result<bool, Infallible> {
        Ok(self.facts[kept as usize] == self.facts[row as usize])
    }
}

/// Rows of one set each and a fact; every row is in one bucket with all others, and in that of its fact's parity.
fn walked(threshold: f64, sets: &[Vec<u64>], facts: &[u8], num_standing: u32, order: &[u32]) -> Vec<Duplicate> {
    let mut outlines = Outlines::new(sets.len());
    let digest = |set: &[u64]| xxhash_rust::xxh3::xxh3_64(format!("{set:?}").as_bytes());
    sets.iter().zip(0..).for_each(|(set, place)| outlines.put(place, set, digest(set), 0));
    let (mut texts, mut same) = (Grouping::new(num_standing), Grouping::new(num_standing));
    (0..sets.len() as u32).for_each(|row| texts.push([1, 1], row));
    for parity in 0..2 {
        let rows = (0..sets.len() as u32).filter(|row| facts[*row as usize] % 2 == parity);
        rows.for_each(|row| same.push([2, u64::from(parity)], row));
    }
    let texts = texts.finish().place(sets.len(), |row| row);
    let facts_of = same.finish().place(sets.len(), |row| row);
    let mut found = Vec::new();
    let mut walk = Walk { threshold, outlines: &outlines, texts, facts: facts_of };
    let order = order.iter().map(|row| (*row, *row < num_standing));
    walk.run(order, &mut InMemory { sets, facts }, &mut |duplicate| found.push(duplicate)).unwrap();
    found
}

/// The definition: a row goes if an earlier row that stays is alike, and names the first such row.
fn by_definition(threshold: f64, sets: &[Vec<u64>], facts: &[u8], num_standing: u32, order: &[u32]) -> Vec<Duplicate> {
    let (mut kept, mut found): (Vec<u32>, Vec<Duplicate>) = Default::default();
    for &row in order {
        let alike = |kept: &u32| at_least(threshold, &sets[*kept as usize], &sets[row as usize]);
        let text = kept.iter().find_map(|kept| alike(kept).map(|jaccard| (*kept, Some(jaccard))));
        let fact = || kept.iter().find(|kept| facts[**kept as usize] == facts[row as usize]).map(|kept| (*kept, None));
        match text.or_else(fact).filter(|_| row >= num_standing) {
            Some((kept, jaccard)) => found.push(Duplicate { row, kept, jaccard }),
            None => kept.push(row),
        }
    }
    found
}

fn sets() -> impl Strategy<Value = Vec<Vec<u64>>> {
    let set = proptest::collection::btree_set(0_u64..9, 1..9);
    let hashed = |set: std::collections::BTreeSet<u64>| {
        let mut set: Vec<u64> = set.into_iter().map(super::words::mix).collect();
        set.sort_unstable();
        set
    };
    proptest::collection::vec(set.prop_map(hashed), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_walk_decides_by_the_definition(
        sets in sets(),
        facts in proptest::collection::vec(0_u8..60, 40),
        threshold in 0.3_f64..1.0,
        num_standing in 0_u32..5,
        turned in proptest::bool::ANY,
    ) {
        let mut order: Vec<u32> = (0..sets.len() as u32).collect();
        if turned {
            order.reverse();
            order.sort_by_key(|row| *row >= num_standing);
        }
        let expected = by_definition(threshold, &sets, &facts, num_standing, &order);
        assert_eq!(walked(threshold, &sets, &facts, num_standing, &order), expected);
    }

    #[test]
    fn rows_that_come_later_change_nothing_about_earlier_ones(sets in sets(), cut in 0_usize..40) {
        let facts = vec![0; sets.len()].iter().zip(0_u8..).map(|(_, fact)| fact).collect::<Vec<u8>>();
        let cut = cut.min(sets.len());
        let order: Vec<u32> = (0..sets.len() as u32).collect();
        let whole = walked(0.6, &sets, &facts, 0, &order);
        let first = walked(0.6, &sets[..cut], &facts, 0, &order[..cut]);
        assert_eq!(whole[..first.len()], first);
        // The survivors of the first part stand; the second part comes behind them.
        let removed: Vec<u32> = first.iter().map(|duplicate| duplicate.row).collect();
        let left: Vec<u32> = order.iter().copied().filter(|row| !removed.contains(row)).collect();
        let later: Vec<Vec<u64>> = left.iter().map(|row| sets[*row as usize].clone()).collect();
        let num_standing = (cut - removed.len()) as u32;
        let second = walked(0.6, &later, &facts, num_standing, &order[..later.len()]);
        let named = |duplicate: &Duplicate| (left[duplicate.row as usize], left[duplicate.kept as usize]);
        let expected: Vec<(u32, u32)> =
            whole[first.len()..].iter().map(|duplicate| (duplicate.row, duplicate.kept)).collect();
        assert_eq!(second.iter().map(named).collect::<Vec<_>>(), expected);
    }
}

fn buckets(minhash: &MinHash, text: &str) -> Vec<[u64; 2]> {
    let (mut shingles, mut key) = (Vec::new(), Vec::new());
    Shingler::new(5).shingle_into(text, &mut shingles);
    minhash.key_into(&shingles, &mut Signature::default(), &mut key);
    let number = |hash: &[u8]| hash.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    key.chunks_exact(BAND_BYTES).zip(0..).map(|(hash, band)| [band, number(hash)]).collect()
}

/// How many of many pairs of this similarity meet in some bucket.
fn share_that_meets(minhash: &MinHash, num_words: usize, num_edits: usize) -> f64 {
    let num_pairs = 400;
    let mut met = 0;
    for pair in 0..num_pairs {
        let word = |idx: usize| format!("w{pair}x{idx}");
        let left: Vec<String> = (0..num_words).map(word).collect();
        let mut right = left.clone();
        for edit in 0..num_edits {
            right[edit * num_words / num_edits + 10] = format!("edited{pair}x{edit}");
        }
        let (left, right) = (buckets(minhash, &left.join(" ")), buckets(minhash, &right.join(" ")));
        met += usize::from(left.iter().zip(&right).any(|(left, right)| left == right));
    }
    met as f64 / f64::from(num_pairs)
}

#[test]
fn bands_find_what_their_curve_promises() {
    // 204 words are 200 shingles; each of four edits changes five: J = 180 / 220.
    let (num_words, num_edits, jaccard) = (204, 4, 180.0 / 220.0_f64);
    for (bands, rows) in [(14, 8), (22, 5), (6, 18)] {
        let promised = 1.0 - (1.0 - jaccard.powi(rows)).powi(bands);
        let minhash = MinHash::new(bands as usize, rows as usize);
        let found = share_that_meets(&minhash, num_words, num_edits);
        assert!((found - promised).abs() < 0.06, "{bands} x {rows}: {found}, not {promised}");
    }
}

#[test]
fn what_is_sorted_loses_no_shared_bucket() {
    let minhash = MinHash::new(22, 5);
    let texts: Vec<String> = (0..500).map(|text| format!("one two three four five six {}", text % 300)).collect();
    let entries: Vec<[u64; 2]> = texts.iter().flat_map(|text| buckets(&minhash, text)).collect();
    let mut seen = SeenTwice::new(entries.len() as u64);
    entries.iter().for_each(|bucket| seen.note(*bucket));
    for bucket in &entries {
        let shared = entries.iter().filter(|other| *other == bucket).count() > 1;
        assert!(!shared || seen.is_shared(*bucket));
    }
}

const PAIRS: &str =
    "doc_id | question | answer | answer_type | answer_spec | evidence | evidence_start | evidence_end\n";

fn check_pairs(rows: &str, expected: &str) {
    crate::check::check(&super::DEF, "", &format!("{PAIRS}{rows}"), expected);
}

#[test]
fn a_question_goes_for_the_first_that_it_repeats_and_names_it() {
    check_pairs(
        "d1 | In which year was the old stone bridge over the river Volga near Tver opened? | 1905 | \\0 | \\0 | \\0 | \\0 | \\0
         d2 | In which year was the old stone bridge over the river Volga near Tver opened | 1906 | \\0 | \\0 | \\0 | \\0 | \\0
         d3 | In which year was the new steel bridge over the river Volga near Tver opened? | 1905 | \\0 | \\0 | \\0 | \\0 | \\0
         d6 | In which year was the old stone bridge over the river Volga near Tver closed? | 1950 | \\0 | \\0 | \\0 | \\0 | \\0
         d7 | In which year was the old stone bridge over the river Volga near Tver started? | 1905 | \\0 | \\0 | \\0 | \\0 | \\0
         d4 | \\0 | 1905 | \\0 | \\0 | \\0 | \\0 | \\0
         d5 | ?? | 1905 | \\0 | \\0 | \\0 | \\0 | \\0",
        "accept
         reject near_duplicate_of: r0 1.000
         accept
         accept
         reject near_duplicate_of: r0 0.833
         accept
         accept",
    );
}

#[test]
fn the_same_fact_is_asked_once_of_a_document() {
    // The answer stands once in evidence that overlaps; the questions have hardly a word in common.
    check_pairs(
        "d1 | When was it opened? | 1905 | integer | \\0 | It opened in 1905. | 10 | 28
         d1 | What year saw the first trains cross? | 1905 | integer | \\0 | It opened in 1905. | 10 | 28
         d2 | What year saw the first trains cross, then? | 1905 | integer | \\0 | It opened in 1905. | 10 | 28
         d1 | What year saw the last trams leave? | 1905 | integer | \\0 | Trams left in 1905. | 40 | 60
         d1 | Which year did somebody name a street in? | 1906 | integer | \\0 | It opened in 1905. | 10 | 28",
        "accept
         reject same_fact: r0
         accept
         accept
         accept",
    );
}

#[test]
fn an_answer_that_stands_twice_needs_questions_that_are_alike() {
    check_pairs(
        "d1 | How many sons did the smith have? | two | string | \\0 | Two sons and two girls. | 0 | 23
         d1 | How many girls did the smith have? | two | string | \\0 | Two sons and two girls. | 0 | 23
         d1 | The smith had how many sons in all? | two | string | \\0 | Two sons and two girls. | 0 | 23",
        "accept
         accept
         reject same_fact: r0",
    );
}

#[test]
fn the_same_yes_or_letter_proves_nothing() {
    let choice = |right: usize| quarry_answers::choice(&["iron", "tin", "lead"], right).unwrap().to_json();
    let (tin, lead) = (choice(1), choice(2));
    check_pairs(
        &format!(
            "d1 | Is the mine older than the town? | yes | boolean | \\0 | So it is: yes. | 0 | 14
             d1 | Is the river longer than the canal? | yes | boolean | \\0 | So it is: yes. | 0 | 14
             d1 | The mine is older than the town, is it? | yes | boolean | \\0 | \\0 | \\0 | \\0
             d1 | Which metal was mined first? | B | choice | {tin} | \\0 | \\0 | \\0
             d1 | Which metal was sold abroad? | B | choice | {tin} | \\0 | \\0 | \\0
             d1 | Which metal was first mined here? | C | choice | {lead} | \\0 | \\0 | \\0
             d1 | First, which metal was mined? | B | choice | {tin} | \\0 | \\0 | \\0"
        ),
        "accept
         accept
         reject same_fact: r0
         accept
         accept
         accept
         reject same_fact: r3",
    );
}

fn of_documents(params: &str, table: &str) -> Vec<String> {
    use quarry_engine::operator::{BuildContext, Operator, Params, Place};

    let mut checked = Params::defaults(super::DEF.params);
    let given: serde_json::Map<String, serde_json::Value> = toml::from_str(params).unwrap();
    given.into_iter().for_each(|(name, value)| checked.set(&name, value));
    let place = Place { stage: "near", position: 0, level: quarry_schema::Level::Document, seed: 1 };
    let resources = crate::check::no_resources();
    let operator = (super::DEF.build)(&mut BuildContext::new(&checked, place, &resources)).unwrap();
    let Operator::Barrier(barrier) = operator else { unreachable!("a barrier") };
    let decided = crate::check_barrier::decide_all(barrier.as_ref(), &super::DEF, &crate::check::batch(table));
    crate::check::render(&decided)
}

#[test]
fn chains_do_not_swallow_what_is_unlike_the_survivor() {
    // Each text has two words of ten that the one before has not, in shingles of one word: J = 9 / 11 from one to the
    // next, 8 / 12 from the first to the third.
    let table = "text\na b c d e f g h i j\nb c d e f g h i j k\nc d e f g h i j k l\nK J I H G F E D C B";
    let found = of_documents("shingle_words = 1", table);
    assert_eq!(
        found,
        ["accept", "reject near_duplicate_of: r0 0.818", "accept", "reject near_duplicate_of: r0 0.818",]
    );
}

#[test]
fn the_preferred_row_stays() {
    let table = "text | rank_end\none two three four five six | 1\none two three four five six! | 3\n\
                 One two three four five six | \\0\none two three four five six. | 3";
    let found = of_documents("prefer = \"rank_end\"", table);
    assert_eq!(
        found,
        [
            "reject near_duplicate_of: r1 1.000",
            "accept",
            "reject near_duplicate_of: r1 1.000",
            "reject near_duplicate_of: r1 1.000",
        ]
    );
}
