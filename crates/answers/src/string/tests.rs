//! Spellings of one name are equal, neighbours of it are not.

use super::{check, fold, spec_of};
use crate::normalize::normalize;

fn accepts(gold: &str, reply: &str) -> bool {
    check(&spec_of(&normalize(gold)), &normalize(reply)).is_correct()
}

#[test]
fn spellings_of_one_name_are_equal() {
    for (gold, reply) in [
        ("Paris", "paris"),
        ("Paris", "**Paris**."),
        ("The Beatles", "Beatles"),
        ("Beatles", "the Beatles"),
        ("mitochondrion", "the mitochondrion"),
        ("a mitochondrion", "mitochondrion"),
        ("J. R. R. Tolkien", "J.R.R. Tolkien"),
        ("U.S.", "US"),
        ("U. S. Army", "US Army"),
        ("Halley's Comet", "Halley’s comet"),
        ("Halley's Comet", "Halleys Comet"),
        ("\"Guernica\"", "Guernica"),
        ("double-blind", "double blind"),
        ("e-mail", "email"),
        ("Kurt Gödel", "Kurt Godel"),
        ("Johnson & Johnson", "Johnson and Johnson"),
        ("Mount Everest", "Mt. Everest"),
        ("St. Petersburg", "Saint Petersburg"),
        ("World War II", "World War 2"),
        ("19th century", "nineteenth century"),
        ("World Health Organization (WHO)", "WHO"),
        ("World Health Organization (WHO)", "World Health Organization"),
        ("deoxyribonucleic acid (DNA)", "DNA"),
        ("DNA", "dna"),
        ("A", "a"),
        ("May", "may"),
        ("1450s", "the 1450's"),
        ("1,200-seat hall", "1200 seat hall"),
        ("7 a.m.", "7 am"),
        ("Paris, France", "Paris France"),
        ("Yahoo!", "Yahoo"),
        ("A minor", "a minor"),
    ] {
        assert!(accepts(gold, reply), "{gold} / {reply}");
    }
}

#[test]
fn neighbours_are_refused() {
    for (gold, reply) in [
        ("Paris", "Paris, London"),
        ("Paris", "It is Paris"),
        ("Paris", "not Paris"),
        ("Paris", "Pari"),
        ("Paris", ""),
        ("Paris", "{"),
        ("Paris", "Paris Paris"),
        ("A minor", "minor"),
        ("C++", "C"),
        ("C#", "C"),
        ("n!", "n"),
        ("f'", "f"),
        ("Co", "CO"),
        ("CO", "Co"),
        ("kPa", "KPa"),
        ("Springfield (IL)", "IL"),
        ("Albert Einstein", "Einstein"),
        ("1,2-dichloroethane", "12-dichloroethane"),
        ("__init__", "init"),
        ("~user", "user"),
        ("हिन्दी", "हनद"),
        ("version 3.5", "version 35"),
        ("World War II", "World War I"),
        ("12:00", "1:00"),
        ("World Health Organization (WHO)", "Organization"),
        ("x^2", "x2"),
    ] {
        assert!(!accepts(gold, reply), "{gold} / {reply}");
    }
}

#[test]
fn nothing_equals_an_empty_answer() {
    assert_eq!(fold("\"\"", false), "");
    assert!(!accepts("\"", "'"));
}
