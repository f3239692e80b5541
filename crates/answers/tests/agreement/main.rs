//! The two checkers agree: `reward.py` says the same of every generated case as the Rust code that it was made with.
//!
//! `QUARRY_AGREEMENT_CASES` sets how many cases are generated; the default keeps the test short.
#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test says what it found, and may be told what to run"
)]

mod marks;
mod mathematics;
mod numbers;
mod words;

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use quarry_answers::{AnswerSpec, Judgement, Verdict, judge, reward_py};
use serde_json::{Value, json};

/// Makes cases of some answer types: specs and replies, right and wrong.
type Generator = fn(&mut TestRunner, usize) -> Vec<(AnswerSpec, String)>;

const GENERATORS: &[(&str, Generator)] = &[
    ("marks", marks::cases),
    ("mathematics", mathematics::cases),
    ("numbers", numbers::cases),
    ("words", words::cases),
];

const DEFAULT_CASES: usize = 6_000;
/// Python may leave this share undecided, where its Unicode tables are older.
const MOST_UNDECIDED: f64 = 0.02;

/// What the Python side said of one case.
#[derive(Debug, PartialEq)]
struct Said {
    verdict: String,
    reason: Option<String>,
    extracted: Option<String>,
}

#[test]
fn reward_py_says_what_the_crate_says() -> Result<(), Box<dyn Error>> {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: python3 is not installed, so nothing was compared");
        return Ok(());
    }
    let count = match std::env::var("QUARRY_AGREEMENT_CASES") {
        Ok(count) => count.parse()?,
        Err(_) => DEFAULT_CASES,
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("agreement");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("reward.py"), reward_py())?;
    for (name, generator) in GENERATORS {
        // A seed of its own: what one generator makes does not depend on the others.
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[17; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        compare(name, &generator(&mut runner, count / GENERATORS.len()), &folder)?;
    }
    Ok(())
}

fn compare(name: &str, cases: &[(AnswerSpec, String)], folder: &Path) -> Result<(), Box<dyn Error>> {
    let said = ask_python(name, cases, folder)?;
    assert_eq!(said.len(), cases.len(), "{name}: answers are missing");
    let (mut undecided, mut verdicts, mut disagreements) = (0_u32, [0_u32; 3], Vec::new());
    for ((spec, reply), python) in cases.iter().zip(said) {
        let rust = said_by_rust(&judge(spec, reply));
        verdicts[["correct", "incorrect", "unknown"].iter().position(|name| *name == rust.verdict).unwrap_or(2)] += 1;
        if python.verdict == "unknown" && rust.verdict != "unknown" {
            undecided += 1;
        } else if python != rust {
            disagreements.push(format!("{}\n  {reply:?}\n  rust   {rust:?}\n  python {python:?}", spec.to_json()));
        }
    }
    let [correct, incorrect, unknown] = verdicts;
    eprintln!(
        "{name}: {} cases, {correct} correct, {incorrect} incorrect, {unknown} unknown; {undecided} only Python could not tell",
        cases.len()
    );
    let shown: Vec<&str> = disagreements.iter().take(10).map(String::as_str).collect();
    assert!(shown.is_empty(), "{name}: {} disagreements, such as\n{}", disagreements.len(), shown.join("\n"));
    assert!(f64::from(undecided) <= MOST_UNDECIDED * f64::from(correct + incorrect + unknown), "{name}: {undecided}");
    assert!(correct > 0 && incorrect > 0, "{name}: the cases are all of one kind");
    Ok(())
}

fn said_by_rust(judgement: &Judgement) -> Said {
    let reason = match judgement.verdict {
        Verdict::Correct => None,
        Verdict::Incorrect { reason } | Verdict::Unknown { reason } => Some(reason.to_string()),
    };
    Said { verdict: judgement.verdict.as_str().to_owned(), reason, extracted: judgement.extracted.clone() }
}

fn ask_python(name: &str, cases: &[(AnswerSpec, String)], folder: &Path) -> Result<Vec<Said>, Box<dyn Error>> {
    let questions = folder.join(format!("{name}.jsonl"));
    let mut file = BufWriter::new(File::create(&questions)?);
    for (idx, (spec, reply)) in cases.iter().enumerate() {
        let spec: Value = serde_json::from_str(&spec.to_json())?;
        writeln!(file, "{}", json!({ "id": idx, "spec": spec, "reply": reply }))?;
    }
    file.into_inner()?;
    let mut python = Command::new("python3")
        .arg(folder.join("reward.py"))
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(File::open(&questions)?)
        .stdout(Stdio::piped())
        .spawn()?;
    let output = python.stdout.take().ok_or("no output")?;
    let said = BufReader::new(output).lines().map(|line| read_said(&line?)).collect();
    assert!(python.wait()?.success(), "{name}: reward.py failed");
    said
}

fn read_said(line: &str) -> Result<Said, Box<dyn Error>> {
    let said: Value = serde_json::from_str(line)?;
    let text = |field: &str| said[field].as_str().map(str::to_owned);
    Ok(Said { verdict: text("verdict").ok_or("no verdict")?, reason: text("reason"), extracted: text("extracted") })
}
