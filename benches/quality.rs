//! How fast is `quality_filter`, and does it decide as datatrove does?
//!
//! `cargo bench -p quarry-operators --bench quality -- measure DOCUMENTS.jsonl [NUM]` times the operator's loop over texts in
//! memory, on one thread; `... -- agree DECISIONS.jsonl` compares decisions and reasons with those that
//! `benches/peers/filters_python.py` wrote down, with datatrove's words and with our own. That script calls both.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::time::Instant;

use quarry_engine::operator::Params;
use quarry_operators::{ALL, GivenTokens, QualityJudge, QualityRules, Tokens};
use serde_json::{Value, json};

const PASSES: u32 = 3;

/// Sets of rules as one contestant has them: name, `rules`, `needs_line_end`.
const TASKS: &[(&str, &[&str], bool)] = &[
    ("chain", &["gopher_repetition", "gopher_quality", "c4", "fineweb"], false),
    ("gopher_repetition", &["gopher_repetition"], false),
    ("gopher_quality", &["gopher_quality"], false),
    ("c4", &["c4"], true),
    ("c4_any_end", &["c4"], false),
    ("fineweb", &["fineweb"], false),
];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [] => measure(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-data/shards/web-00.jsonl"), usize::MAX),
        ["measure", path] => measure(Path::new(path), usize::MAX),
        ["measure", path, count] => measure(Path::new(path), count.parse()?),
        ["agree", path] => agree(Path::new(path)),
        _ => Err("expected `measure DOCUMENTS.jsonl [NUM]` or `agree DECISIONS.jsonl`".into()),
    }
}

fn rules(sets: &[&str], needs_end: bool, tokens: &str) -> Result<QualityRules> {
    let def = ALL.iter().find(|def| def.name == "quality_filter").ok_or("no such operator")?;
    let mut params = Params::defaults(def.params);
    params.set("rules", json!(sets));
    params.set("needs_line_end", json!(needs_end));
    params.set("tokens", json!(tokens));
    QualityRules::new(&params).map_err(|error| error.message.into())
}

fn lines(path: &Path) -> Result<impl Iterator<Item = Result<Value>> + use<>> {
    let file = File::open(path)?;
    Ok(BufReader::new(file).lines().map(|line| Ok(serde_json::from_str(&line?)?)))
}

fn measure(path: &Path, count: usize) -> Result<()> {
    let mut texts = Vec::new();
    for row in lines(path)?.take(count) {
        texts.push(row?["text"].as_str().unwrap_or_default().to_owned());
    }
    for &(task, sets, needs_end) in TASKS.iter().filter(|(task, ..)| *task != "c4") {
        for tokens in ["whitespace", "uax29"] {
            let rules = rules(sets, needs_end, tokens)?;
            let mut judge = QualityJudge::new(&rules);
            let mut kept = || texts.iter().filter(|text| judge.judge(text, rules.tokens()).is_none()).count();
            let num_kept = kept();
            let (wall, cpu) = (Instant::now(), cpu_seconds()?);
            for _ in 0..PASSES {
                assert_eq!(kept(), num_kept, "a second look decided otherwise");
            }
            let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
            let name = name(task, tokens);
            let each = |seconds: f64| seconds / f64::from(PASSES);
            say(&json!({ "name": name, "kept": num_kept, "wall_s": each(wall), "cpu_s": each(cpu) }).to_string());
        }
    }
    Ok(())
}

fn name(task: &str, tokens: &str) -> String {
    match task {
        "chain" => format!("all four in FineWeb's order, {tokens}"),
        task => format!("{task} alone, {tokens}"),
    }
}

/// CPU time of this thread, by the nanosecond.
fn cpu_seconds() -> Result<f64> {
    let text = std::fs::read_to_string(PathBuf::from("/proc/thread-self/schedstat"))?;
    Ok(text.split_whitespace().next().ok_or("no time")?.parse::<f64>()? / 1e9)
}

/// How often two decided alike, and by which rules they did not.
#[derive(Default)]
struct Agreement {
    num_rows: usize,
    num_same_fate: usize,
    num_same_reason: usize,
    /// By reason: refused by them for it, by us, by both.
    by_reason: BTreeMap<String, [usize; 3]>,
    unlike: Vec<String>,
}

impl Agreement {
    fn add(&mut self, id: &str, theirs: Option<&str>, ours: Option<&str>) {
        self.num_rows += 1;
        self.num_same_fate += usize::from(theirs.is_some() == ours.is_some());
        self.num_same_reason += usize::from(theirs == ours);
        let counts = [theirs, ours, theirs.filter(|_| theirs == ours)];
        for (idx, reason) in counts.into_iter().enumerate() {
            if let Some(reason) = reason {
                self.by_reason.entry(reason.to_owned()).or_default()[idx] += 1;
            }
        }
        if theirs != ours && self.unlike.len() < 5 {
            self.unlike.push(format!("{id}: {} against our {}", theirs.unwrap_or("accept"), ours.unwrap_or("accept")));
        }
    }

    fn said(&self) -> String {
        let share = |count: usize| 100.0 * count as f64 / self.num_rows.max(1) as f64;
        let (fate, reason) = (share(self.num_same_fate), share(self.num_same_reason));
        format!("{fate:.2} % of {} decisions, {reason:.2} % with the reason", self.num_rows)
    }
}

fn agree(path: &Path) -> Result<()> {
    let mut all: BTreeMap<(usize, usize), Agreement> = BTreeMap::new();
    let kinds = ["given", "whitespace", "uax29"];
    let mut judged = Vec::new();
    for &(_, sets, needs_end) in TASKS {
        judged.push([rules(sets, needs_end, "whitespace")?, rules(sets, needs_end, "uax29")?]);
    }
    for row in lines(path)? {
        let row = row?;
        let (id, text) = (row["id"].as_str().unwrap_or_default(), row["text"].as_str().unwrap_or_default());
        let mut given = GivenTokens { words: strings(&row["words"]), ..GivenTokens::default() };
        given.num_words_left = count(&row["num_words_left"]);
        for (task, &(name, ..)) in TASKS.iter().enumerate() {
            let lines = if name == "c4" { "c4" } else { "c4_any_end" };
            given.num_sentences = row["sentences"][lines].as_array().into_iter().flatten().map(count).collect();
            let theirs = row["decided"][name].as_str();
            let [plain, uax29] = &judged[task];
            for (kind, tokens) in [Tokens::Given(&given), plain.tokens(), uax29.tokens()].into_iter().enumerate() {
                let ours = QualityJudge::new(plain).judge(text, tokens).map(|broken| broken.reason);
                all.entry((task, kind)).or_default().add(id, theirs, ours);
            }
        }
    }
    for ((task, kind), agreement) in all {
        report(TASKS[task].0, kinds[kind], &agreement);
    }
    Ok(())
}

fn report(task: &str, kind: &str, agreement: &Agreement) {
    say(&format!("{task}, {kind} words: {}", agreement.said()));
    say(&json!({ "name": name(task, kind), "said": agreement.said() }).to_string());
    for (reason, [theirs, ours, both]) in &agreement.by_reason {
        if kind != "given" || theirs != both || ours != both {
            say(&format!("    {reason}: datatrove {theirs}, quarry {ours}, both {both}"));
        }
    }
    if kind == "given" {
        agreement.unlike.iter().for_each(|line| say(&format!("    {line}")));
    }
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn count(number: &Value) -> usize {
    number.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn say(line: &str) {
    println!("{line}");
}
