//! Whole runs over small operators: fates, emitted rows, remote order, barriers, resume, independence of batch size.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use arrow::array::{ArrayRef, BinaryArray, StringArray};
use futures::future::{BoxFuture, FutureExt};
use quarry_engine::operator::{
    AllRows, Barrier, ColumnDef, ColumnType, Compute, Decide, Decided, Decision, Emitted, Operator, OperatorDef,
    OperatorError, ParamDef, ParamKind, ParamValue, ReasonDef, Remote, Rows, Shape, SortEntry, Takes,
};
use quarry_engine::read::{Mapping, OnTruncated, ReadOptions};
use quarry_engine::recipe::SourceFile;
use quarry_engine::{Plan, Progress, RunOptions, RunReport, RunStatus, run};
use quarry_schema::{Fate, Verdict, column};
use tokio_util::sync::CancellationToken;

/// Counts calls and rows in flight of the remote operator.
#[derive(Default)]
struct Calls {
    total: AtomicUsize,
    now: AtomicUsize,
    peak: AtomicUsize,
    /// Whether the service is well, so that no call is lost.
    healed: AtomicBool,
}

type Def = OperatorDef<Arc<Calls>>;

struct ShortFilter(usize);

impl Compute for ShortFilter {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let fates = rows.text(column::TEXT)?.iter().map(|text| {
            let number = text.unwrap_or_default().len();
            if number < self.0 { Fate::reject("too_short", number.to_string()) } else { Fate::Accept }
        });
        Ok(Decided::fates(fates.collect()))
    }

    fn rows_per_call(&self) -> usize {
        3
    }
}

const SHORT_FILTER: Def = OperatorDef {
    name: "short_filter",
    summary: "rejects short texts",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &["text"],
    adds: &[],
    reasons: &[ReasonDef { name: "too_short", doc: "fewer bytes than the limit" }],
    params: &[ParamDef {
        name: "min_bytes",
        kind: ParamKind::Int { min: 0, max: 1000 },
        default: Some(ParamValue::Int(4)),
        doc: "fewest bytes",
    }],
    build: |ctx| Ok(Operator::Compute(Arc::new(ShortFilter(ctx.params.count("min_bytes")?)))),
};

struct WordsGenerate;

impl Compute for WordsGenerate {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let (mut parents, mut questions, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        let mut fates = Vec::new();
        for (row, text) in rows.text(column::TEXT)?.iter().enumerate() {
            let words: Vec<&str> = text.unwrap_or_default().split(' ').skip(1).collect();
            fates.push(if words.is_empty() { Fate::reject("no_question", "") } else { Fate::Accept });
            for word in words {
                parents.push(row);
                questions.push(format!("which word is {word}?"));
                answers.push(word.to_owned());
            }
        }
        let text = |values: Vec<String>| Arc::new(StringArray::from(values)) as ArrayRef;
        let number = parents.len();
        let kinds = text(vec!["string".to_owned(); number]);
        let columns = vec![text(questions), text(answers), kinds, text(vec!["{}".to_owned(); number])];
        Ok(Decided { fates, emitted: Some(Emitted { parents, columns }), ..Decided::default() })
    }
}

const fn text_column(name: &'static str) -> ColumnDef {
    ColumnDef { name, kind: ColumnType::Text, doc: "" }
}

const WORDS_GENERATE: Def = OperatorDef {
    name: "words_generate",
    summary: "a pair a word",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: true,
    reads: &["text"],
    adds: &[text_column("question"), text_column("answer"), text_column("answer_type"), text_column("answer_spec")],
    reasons: &[ReasonDef { name: "no_question", doc: "one word only" }],
    params: &[],
    build: |_| Ok(Operator::Compute(Arc::new(WordsGenerate))),
};

struct SlowVerify(Arc<Calls>);

impl Remote for SlowVerify {
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>> {
        async move {
            let number = self.0.total.fetch_add(1, Ordering::SeqCst);
            let now = self.0.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.0.peak.fetch_max(now, Ordering::SeqCst);
            // Later calls end earlier, so order has to be restored.
            tokio::time::sleep(Duration::from_millis(if number.is_multiple_of(7) { 20 } else { 1 })).await;
            self.0.now.fetch_sub(1, Ordering::SeqCst);
            let answer = rows.text(column::ANSWER)?.value(0);
            let (fate, verdict) = match answer {
                "bad" => (Fate::reject("unsupported", "bad"), "unsupported"),
                "lost" if !self.0.healed.load(Ordering::SeqCst) => {
                    (Fate::Fail { detail: "gave up".to_owned() }, "unknown")
                }
                _ => (Fate::Accept, "pass"),
            };
            let verdicts = vec![Some(Verdict { verdict, score: Some(0.5) })];
            Ok(Decided { fates: vec![fate], verdicts, ..Decided::default() })
        }
        .boxed()
    }

    fn in_flight(&self) -> usize {
        4
    }
}

const SLOW_VERIFY: Def = OperatorDef {
    name: "slow_verify",
    summary: "asks a slow service",
    version: 1,
    shape: Shape::Remote,
    takes: Takes::Pairs,
    emits: false,
    reads: &["answer"],
    adds: &[],
    reasons: &[ReasonDef { name: "unsupported", doc: "the answer is bad" }],
    params: &[],
    build: |ctx| Ok(Operator::Remote(Arc::new(SlowVerify(Arc::clone(ctx.resources))))),
};

struct SameDedup(&'static str);

impl Barrier for SameDedup {
    fn keys(&self, rows: Rows<'_>) -> Result<BinaryArray, OperatorError> {
        Ok(rows.text(self.0)?.iter().map(|text| text.map(str::as_bytes)).collect())
    }

    fn decide(&self, all: &dyn AllRows, decided: Decide<'_>) -> Result<(), OperatorError> {
        // Sorted, so that a test can make the sort spill; the first of equal keys is looked up afterwards.
        let mut sort = all.sort()?;
        all.keys(&mut |row| {
            sort.push(SortEntry { key: [xxhash_rust::xxh3::xxh3_64(row.key), 0], number: row.number })
        })?;
        let (mut first, mut pairs) = (None::<SortEntry>, Vec::new());
        sort.finish(&mut |entry| {
            match first.filter(|first| first.key == entry.key) {
                Some(first) => pairs.push((entry.number, first.number)),
                None => first = Some(entry),
            }
            Ok(())
        })?;
        let mut ids = HashMap::new();
        all.keys(&mut |row| {
            ids.insert(row.number, row.row_id.to_owned());
            Ok(())
        })?;
        pairs.sort_by_key(|(gone, _)| std::cmp::Reverse(*gone));
        pairs.into_iter().try_for_each(|(gone, stays)| {
            decided(Decision::fate(gone, Fate::reject("duplicate_of", ids[&stays].clone())))
        })
    }
}

const SAME_DEDUP: Def = OperatorDef {
    name: "same_dedup",
    summary: "keeps the first of equal rows",
    version: 1,
    shape: Shape::Barrier,
    takes: Takes::Either,
    emits: false,
    reads: &[],
    adds: &[],
    reasons: &[ReasonDef { name: "duplicate_of", doc: "equal to an earlier row" }],
    params: &[],
    build: |ctx| {
        let column = if ctx.level == quarry_schema::Level::Pair { column::QUESTION } else { column::TEXT };
        Ok(Operator::Barrier(Arc::new(SameDedup(column))))
    },
};

const DEFS: &[&Def] = &[&SAME_DEDUP, &SHORT_FILTER, &SLOW_VERIFY, &WORDS_GENERATE];

const RECIPE: &str = r#"
[recipe]
name = "words"
seed = 1

[[stage]]
name = "long_enough"
op = "short_filter"

[[stage]]
name = "once"
op = "same_dedup"

[[stage]]
name = "ask"
op = "words_generate"
where = "text NOT LIKE 'skip%'"

[[stage]]
name = "verify"
op = "slow_verify"

[[stage]]
name = "ask_once"
op = "same_dedup"
"#;

fn write_input(folder: &Path) {
    let mut first = String::new();
    for row in 0..200 {
        first.push_str(&format!("{{\"id\":\"a{row}\",\"text\":\"word w{row} x{} bad\"}}\n", row % 50));
    }
    first.push_str("{\"id\":\"broken\",\"text\":\n{\"id\":\"tiny\",\"text\":\"ab\"}\n");
    let second = "{\"id\":\"b0\",\"text\":\"word w3 x3 bad\"}\n{\"id\":\"b1\",\"text\":\"skip this one\"}\n\
                  {\"id\":\"b2\",\"text\":\"lonely\"}\n{\"id\":\"b3\",\"text\":\"call was lost\"}\n";
    std::fs::write(folder.join("a.jsonl"), first).unwrap();
    std::fs::write(folder.join("b.jsonl"), second).unwrap();
}

struct Job {
    recipe: &'static str,
    batch_rows: usize,
    unit_rows: u64,
    limit: Option<u64>,
    memory_bytes: usize,
    retry_failed: bool,
}

const JOB: Job =
    Job { recipe: RECIPE, batch_rows: 64, unit_rows: 1000, limit: None, memory_bytes: 64 << 20, retry_failed: false };

fn start(input: &Path, out: &Path, job: &Job, calls: &Arc<Calls>) -> Result<RunReport, quarry_engine::Error> {
    let file = SourceFile { name: "words.toml".to_owned(), text: job.recipe.to_owned() };
    let plan = Plan::compile(&file, DEFS, &[], calls, false)?;
    let options = RunOptions {
        inputs: vec![input.display().to_string()],
        out: out.to_owned(),
        read: ReadOptions {
            mapping: Mapping::default(),
            batch_rows: job.batch_rows,
            batch_bytes: 1 << 20,
            max_row_bytes: 1 << 20,
            on_truncated: OnTruncated::Fail,
            rows: quarry_schema::Level::Document,
        },
        limit: job.limit,
        unit_rows: job.unit_rows,
        shards_in_flight: 2,
        memory_bytes: job.memory_bytes,
        retry_failed: job.retry_failed,
        holder: "a test".to_owned(),
        started_at: "now".to_owned(),
        companions: vec![("reward.py", "print(1)\n".to_owned())],
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(run(plan, options, Arc::new(Progress::default()), CancellationToken::new()))
}

fn stage<'a>(report: &'a RunReport, name: &str) -> &'a quarry_engine::StageCounts {
    &report.stages.iter().find(|stage| stage.stage == name).unwrap().counts
}

/// Every file that the manifest lists, with its bytes.
fn data_files(out: &Path) -> Vec<(String, Vec<u8>)> {
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("manifest.json")).unwrap()).unwrap();
    let files = manifest["files"].as_array().unwrap();
    assert!(!files.is_empty());
    files
        .iter()
        .map(|file| {
            let path = file["path"].as_str().unwrap().to_owned();
            let bytes = std::fs::read(out.join(&path)).unwrap();
            (path, bytes)
        })
        .collect()
}

#[test]
fn every_row_ends_in_one_place_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    std::fs::create_dir(&input).unwrap();
    write_input(&input);
    let calls = Arc::new(Calls::default());
    let report = start(&input, &folder.path().join("out"), &JOB, &calls).unwrap();

    assert_eq!(report.status, RunStatus::Complete);
    assert_eq!(stage(&report, "read").num_in, 206);
    assert_eq!(stage(&report, "read").reasons["unreadable_row"], 1);
    assert_eq!(stage(&report, "long_enough").reasons["too_short"], 1);
    assert_eq!(stage(&report, "once").reasons["duplicate_of"], 1);
    assert_eq!(stage(&report, "route").reasons["unrouted"], 1);
    assert_eq!(stage(&report, "ask").reasons["no_question"], 1);
    assert_eq!(stage(&report, "ask").num_emitted, 602);
    assert_eq!(stage(&report, "verify").num_failed, 1);
    assert_eq!(stage(&report, "verify").num_rejected, 200);
    // x0 to x49 are asked four times each; one of them stays.
    assert_eq!(stage(&report, "ask_once").num_rejected, 150);
    assert_eq!(report.pairs.num_accepted, 251);
    // What a stage refused keeps that stage's reason, whatever a later barrier sees.
    assert_eq!(report.pairs.num_rejected, 350);
    assert_eq!(report.pairs.num_failed, 1);
    assert_eq!(report.documents.num_accepted, 201);
    assert_eq!(calls.total.load(Ordering::SeqCst), 602);
    assert!(calls.peak.load(Ordering::SeqCst) <= 4, "more rows in flight than allowed");
    assert!(calls.peak.load(Ordering::SeqCst) >= 3, "rows waited for one another");
}

#[test]
fn batch_size_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    std::fs::create_dir(&input).unwrap();
    write_input(&input);
    let calls = Arc::new(Calls::default());
    let outs: Vec<_> = [(1, 1000), (64, 1000), (8192, 1000), (64, 7)]
        .into_iter()
        .map(|(batch_rows, unit_rows)| {
            let out = folder.path().join(format!("out-{batch_rows}-{unit_rows}"));
            start(&input, &out, &Job { batch_rows, unit_rows, ..JOB }, &calls).unwrap();
            data_files(&out)
        })
        .collect();
    for other in &outs[1..] {
        assert!(outs[0] == *other, "data files differ");
    }
}

#[test]
fn a_finished_run_is_not_done_again_and_a_lost_dataset_is_rebuilt_from_units() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::create_dir(&input).unwrap();
    write_input(&input);
    let calls = Arc::new(Calls::default());
    let first = start(&input, &out, &JOB, &calls).unwrap();
    let bytes = data_files(&out);
    let paid = calls.total.load(Ordering::SeqCst);

    assert_eq!(start(&input, &out, &JOB, &calls).unwrap().status, RunStatus::NothingToDo);
    std::fs::remove_file(out.join("manifest.json")).unwrap();
    std::fs::remove_dir_all(out.join("data")).unwrap();
    let again = start(&input, &out, &JOB, &calls).unwrap();

    assert_eq!(again.num_units, 0);
    assert_eq!(calls.total.load(Ordering::SeqCst), paid, "a committed unit was run again");
    assert!(bytes == data_files(&out));
    assert_eq!(first.pairs, again.pairs);
}

#[test]
fn a_changed_input_is_read_again_and_the_others_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::create_dir(&input).unwrap();
    write_input(&input);
    let calls = Arc::new(Calls::default());
    start(&input, &out, &JOB, &calls).unwrap();
    std::fs::write(input.join("b.jsonl"), "{\"id\":\"b9\",\"text\":\"word fresh\"}\n").unwrap();
    let paid = calls.total.load(Ordering::SeqCst);
    let report = start(&input, &out, &JOB, &calls).unwrap();
    assert_eq!(report.documents.num_in, 203);
    assert_eq!(calls.total.load(Ordering::SeqCst) - paid, 1);
}

#[test]
fn failed_rows_are_decided_again_when_asked_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::create_dir(&input).unwrap();
    write_input(&input);
    let calls = Arc::new(Calls::default());
    let first = start(&input, &out, &JOB, &calls).unwrap();
    assert_eq!(first.pairs.num_failed, 1);
    let paid = calls.total.load(Ordering::SeqCst);
    calls.healed.store(true, Ordering::SeqCst);
    let retry = Job { retry_failed: true, ..JOB };
    let second = start(&input, &out, &retry, &calls).unwrap();
    assert_eq!(second.pairs.num_failed, 0);
    assert_eq!(second.pairs.num_accepted, first.pairs.num_accepted + 1);
    // Only the unit of the lost pair, the one of the second shard, is run again.
    assert_eq!(calls.total.load(Ordering::SeqCst) - paid, 2);
    assert_eq!(start(&input, &out, &retry, &calls).unwrap().status, RunStatus::NothingToDo);
}

#[test]
fn a_limit_counts_rows_over_all_shards() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::create_dir(&input).unwrap();
    write_input(&input);
    let report = start(&input, &out, &Job { limit: Some(204), ..JOB }, &Arc::default()).unwrap();
    assert_eq!(report.documents.num_in, 204);
}

#[test]
fn a_second_run_on_a_directory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::create_dir(&input).unwrap();
    write_input(&input);
    std::fs::create_dir_all(out.join(".quarry")).unwrap();
    let lock = std::fs::File::create(out.join(".quarry/lock")).unwrap();
    lock.lock().unwrap();
    let error = start(&input, &out, &JOB, &Arc::default()).unwrap_err();
    assert_eq!(error.kind(), quarry_engine::ErrorKind::Locked);
}

#[test]
fn a_wrong_predicate_and_a_volatile_one_are_shown_together() {
    let recipe = RECIPE.replace("text NOT LIKE 'skip%'", "colour = 'red'");
    let recipe = recipe.replace("op = \"slow_verify\"", "op = \"slow_verify\"\nwhere = \"random() > 0.5\"");
    let file = SourceFile { name: "words.toml".to_owned(), text: recipe };
    let error = Plan::compile(&file, DEFS, &[], &Arc::new(Calls::default()), false).err().unwrap();
    let text = error.to_string();
    assert!(text.contains("colour"), "{text}");
    assert!(text.contains("words.toml:17"), "{text}");
    assert_eq!(text.matches("not a predicate").count(), 2, "{text}");
}

const DEDUP_ONLY: &str = r#"
[recipe]
name = "dedup"

[[stage]]
name = "once"
op = "same_dedup"
"#;

#[test]
fn a_barrier_that_spills_decides_as_one_that_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    std::fs::create_dir(&input).unwrap();
    let rows: String =
        (0..30_000).map(|row| format!("{{\"id\":\"r{row}\",\"text\":\"{:0>800}\"}}\n", row * 7919 % 20_000)).collect();
    std::fs::write(input.join("rows.jsonl"), rows).unwrap();
    let data: Vec<_> = [128 << 20, 16 << 20]
        .into_iter()
        .map(|memory_bytes| {
            let out = folder.path().join(format!("out-{memory_bytes}"));
            let job = Job { recipe: DEDUP_ONLY, unit_rows: 20_000, batch_rows: 1024, memory_bytes, ..JOB };
            let report = start(&input, &out, &job, &Arc::default()).unwrap();
            assert_eq!(report.documents.num_rejected, 10_000, "with {memory_bytes} bytes");
            data_files(&out)
        })
        .collect();
    assert!(data[0] == data[1], "data files differ");
}
