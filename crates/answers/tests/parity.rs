//! The published string normalisers say the same as their Python originals on random Unicode text.
//!
//! Characters are drawn from those that the Python at hand knows: what a later Unicode added is left out, since the
//! original has no answer for it yet. Left out as well are the few that a later Unicode lets end a word where they did
//! not before, or the reverse: lower case of a capital sigma beside them is another. `QUARRY_PARITY_CASES` sets how many texts are compared.

use std::error::Error;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Command, Stdio};

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use quarry_answers::{squad, trivia_qa};

const DEFAULT_CASES: usize = 20_000;
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity/published.py");

/// What the originals treat in ways of their own, or Rust and Python in different ways.
const TRAPS: [&str; 56] = [
    "a",
    "A",
    "an",
    "AN",
    "the",
    "The",
    "THE",
    "an ",
    " a ",
    " the ",
    "tHe-",
    "_the_",
    "a_",
    "'a'",
    "‘a’",
    "`the´",
    "“an”",
    "İ",
    "ı",
    "ſ",
    "Σ",
    "ΑΣ",
    "ΑΣ_",
    "Σ.",
    "ΟΔΟΣ ",
    "Σ\u{301}",
    "ß",
    "ẞ",
    "Ǆ",
    "ǅ",
    "\u{301}",
    "\u{308}",
    "\u{345}",
    "\u{1c}",
    "\u{1d}",
    "\u{1e}",
    "\u{1f}",
    "\u{85}",
    "\u{a0}",
    "\u{1680}",
    "\u{2007}",
    "\u{2028}",
    "\u{202f}",
    "\u{205f}",
    "\u{3000}",
    "\u{180e}",
    "\u{200b}",
    "\u{200d}",
    "\u{ad}",
    "\u{203f}",
    "Ⓐ",
    "🄰",
    "🅐",
    "½",
    "٣",
    "\n\t ",
];

#[test]
#[expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may be told how much to do, and says what it did"
)]
fn both_normalisers_equal_their_originals() -> Result<(), Box<dyn Error>> {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: python3 is not installed, so nothing was compared");
        return Ok(());
    }
    let count = match std::env::var("QUARRY_PARITY_CASES") {
        Ok(count) => count.parse()?,
        Err(_) => DEFAULT_CASES,
    };
    let alphabet = alphabet()?;
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[29; 32]);
    let mut left = count;
    while left > 0 {
        let texts: Vec<String> = (0..left.min(50_000)).map(|_| text(&mut rng, &alphabet)).collect();
        left -= texts.len();
        let originals = ask(&texts)?;
        assert_eq!(originals.len(), texts.len());
        for (text, original) in texts.iter().zip(originals) {
            assert_eq!([squad(text), trivia_qa(text)], original, "{text:?}");
        }
    }
    eprintln!("{count} texts: both normalisers equal their originals");
    Ok(())
}

fn python() -> Command {
    let mut python = Command::new("python3");
    python.arg(SCRIPT);
    python
}

/// Ranges of the characters that may be drawn.
#[expect(clippy::print_stderr, reason = "what is left out is said")]
fn alphabet() -> Result<Vec<(u32, u32)>, Box<dyn Error>> {
    let known: Vec<(u32, u32, u32)> = serde_json::from_slice(&python().arg("alphabet").output()?.stdout)?;
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    let mut num_left_out = 0;
    for (first, last, kind) in known {
        for code in first..=last {
            if char::from_u32(code).map(around_sigma) != Some(kind) {
                num_left_out += 1;
            } else if let Some(range) = ranges.last_mut().filter(|range| range.1 + 1 == code) {
                range.1 = code;
            } else {
                ranges.push((code, code));
            }
        }
    }
    eprintln!("{num_left_out} characters are left out because their tables changed");
    assert!(num_left_out < 40, "more than a change of version explains");
    Ok(ranges)
}

/// How a character bears on a capital sigma before, after and around it.
fn around_sigma(ch: char) -> u32 {
    let probes = [format!("{ch}Σ"), format!("Α{ch}Σ"), format!("ΑΣ{ch}"), format!("ΑΣ{ch}Α")];
    probes.iter().enumerate().map(|(idx, probe)| u32::from(probe.to_lowercase().contains('ς')) << idx).sum()
}

/// Both normal forms of each text, as the originals give them.
fn ask(texts: &[String]) -> Result<Vec<[String; 2]>, Box<dyn Error>> {
    let mut child = python().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = BufWriter::new(child.stdin.take().ok_or("no input")?);
    let output = BufReader::new(child.stdout.take().ok_or("no output")?);
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            texts.iter().try_for_each(|text| writeln!(input, "{}", serde_json::Value::from(text.as_str())))
        });
        let read = output.lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect();
        writer.join().map_err(|_| "the writer panicked")??;
        read
    })
}

/// Up to twelve pieces: traps, ASCII, characters of any plane.
fn text(rng: &mut TestRng, alphabet: &[(u32, u32)]) -> String {
    let mut text = String::new();
    for _ in 0..rng.next_u32() % 13 {
        match rng.next_u32() % 8 {
            0..4 => text.push_str(TRAPS[rng.next_u32() as usize % TRAPS.len()]),
            4 => text.push(char::from((rng.next_u32() % 128) as u8)),
            5 => text.push(character(rng, alphabet, 0x3000)),
            6 => text.push(character(rng, alphabet, 0x2_0000)),
            _ => text.push(character(rng, alphabet, 0x11_0000)),
        }
    }
    text
}

/// A known character below a bound: ranges first, so that small scripts come up as often as large ones.
fn character(rng: &mut TestRng, alphabet: &[(u32, u32)], below: u32) -> char {
    let num_ranges = alphabet.partition_point(|(first, _)| *first < below).max(1);
    let (first, last) = alphabet[rng.next_u32() as usize % num_ranges];
    char::from_u32(first + rng.next_u32() % (last - first + 1)).unwrap_or(' ')
}
