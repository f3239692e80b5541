//! The whole report, as a user reads it.

use super::ops::{file, parse_text};

const FIVE_MISTAKES: &str = include_str!("five_mistakes.toml");
const REPORT: &str = include_str!("five_mistakes.txt");

#[test]
fn five_mistakes_are_reported_in_one_pass_with_places_and_suggestions() {
    let overrides = ["long_enough.min_tokens=no".parse()].into_iter().flatten().collect::<Vec<_>>();
    let problems = parse_text(FIVE_MISTAKES, &overrides).err().unwrap_or_default();
    assert_eq!(problems.len(), 6, "five of the file, one of `--set`");
    let report = problems.render(&file(FIVE_MISTAKES), false);
    assert_eq!(report, REPORT, "\n{report}");
}

#[test]
fn colour_adds_ansi_codes_and_nothing_else() {
    let problems = parse_text(FIVE_MISTAKES, &[]).err().unwrap_or_default();
    let colored = problems.render(&file(FIVE_MISTAKES), true);
    assert!(colored.contains("\u{1b}["));
    let mut plain = String::new();
    for (idx, piece) in colored.split('\u{1b}').enumerate() {
        plain.push_str(if idx == 0 { piece } else { piece.split_once('m').map_or("", |(_, rest)| rest) });
    }
    assert_eq!(plain, problems.render(&file(FIVE_MISTAKES), false));
}
