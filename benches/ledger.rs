//! How many replies a second does the ledger make durable, and how fast are they found again? Prompts of 4 kB out of the
//! sample's text, 1,024 callers waiting.
//!
//! `cargo bench -p quarry-llm --bench ledger`; the disk decides much of it, so `TMPDIR` should lie where ledgers do.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use divan::Bencher;
use divan::counter::ItemsCount;
use futures::StreamExt as _;
use quarry_llm::{
    Call, ChatRequest, Choice, Entry, Finish, Ledger, LedgerView, Message, Record, Reply, Role, Sampling, Usage,
};

const WAITING: usize = 1024;
const NUM_CALLS: &[u64] = &[20_000];
const PROMPT_BYTES: usize = 4_000;

fn main() {
    divan::main();
}

/// Each call is about another document.
#[divan::bench(args = NUM_CALLS, sample_count = 3, sample_size = 1)]
fn keep_replies_about_different_documents(bencher: Bencher, num_calls: u64) {
    keep_replies(bencher, num_calls, 1);
}

/// Eight calls about a document, as in a recipe.
#[divan::bench(args = NUM_CALLS, sample_count = 3, sample_size = 1)]
fn keep_replies_eight_a_document(bencher: Bencher, num_calls: u64) {
    keep_replies(bencher, num_calls, 8);
}

#[divan::bench(args = NUM_CALLS, sample_count = 3, sample_size = 1)]
fn find_what_is_there(bencher: Bencher, num_calls: u64) {
    let (folder, entries) = (folder(), entries(num_calls, 8));
    let Some(ledger) = ledger(&folder) else { return };
    run(keep(&ledger, entries.clone()));
    bencher.counter(ItemsCount::new(num_calls)).bench_local(|| run(find(&ledger, &entries)));
}

#[divan::bench(args = NUM_CALLS, sample_count = 3, sample_size = 1)]
fn find_nothing(bencher: Bencher, num_calls: u64) {
    let (folder, entries) = (folder(), entries(num_calls, 8));
    let Some(ledger) = ledger(&folder) else { return };
    bencher.counter(ItemsCount::new(num_calls)).bench_local(|| run(find(&ledger, &entries)));
}

#[divan::bench(args = NUM_CALLS, sample_count = 3, sample_size = 1)]
fn open_and_export(bencher: Bencher, num_calls: u64) {
    let (folder, entries) = (folder(), entries(num_calls, 8));
    let path = folder.path().join("ledger.db");
    if let Some(ledger) = ledger(&folder) {
        run(keep(&ledger, entries));
    }
    bencher.counter(ItemsCount::new(num_calls)).bench_local(|| {
        drop(Ledger::open(&path));
        LedgerView::open(&path).and_then(|view| view.export(&mut std::io::sink()))
    });
}

fn keep_replies(bencher: Bencher, num_calls: u64, calls_per_document: u64) {
    let entries = entries(num_calls, calls_per_document);
    bencher.counter(ItemsCount::new(num_calls)).with_inputs(|| (folder(), entries.clone())).bench_local_values(
        |(folder, entries)| {
            if let Some(ledger) = ledger(&folder) {
                run(keep(&ledger, entries));
            }
            folder
        },
    );
}

async fn keep(ledger: &Ledger, entries: Vec<Entry>) -> usize {
    let kept = futures::stream::iter(entries).map(|entry| ledger.keep(entry)).buffer_unordered(WAITING);
    kept.filter(|kept| futures::future::ready(kept.is_ok())).count().await
}

async fn find(ledger: &Ledger, entries: &[Entry]) -> usize {
    let found = futures::stream::iter(entries).map(|entry| ledger.find(&entry.reply.hash)).buffer_unordered(WAITING);
    found.filter(|found| futures::future::ready(matches!(found, Ok(Some(_))))).count().await
}

fn run<T>(work: impl Future<Output = T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.ok().map(|runtime| runtime.block_on(work))
}

#[expect(clippy::expect_used, reason = "a bench without a disk has nothing to measure")]
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for temporary files")
}

fn ledger(folder: &tempfile::TempDir) -> Option<Ledger> {
    Ledger::open(folder.path().join("ledger.db")).ok()
}

fn entries(num_calls: u64, calls_per_document: u64) -> Vec<Entry> {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-data/shards/web-00.jsonl");
    let text = std::fs::read_to_string(sample).unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    (0..num_calls).map(|number| entry(number, &document(&words, number / calls_per_document))).collect()
}

fn document(words: &[&str], number: u64) -> String {
    let mut text = format!("{number}");
    let start = usize::try_from(number).unwrap_or_default() * 97 % words.len().max(1);
    for word in words.iter().cycle().skip(start).take(PROMPT_BYTES) {
        text.push(' ');
        text.push_str(word);
        if text.len() >= PROMPT_BYTES {
            break;
        }
    }
    text
}

fn entry(number: u64, document: &str) -> Entry {
    let content = format!("<document id=\"ab\">\n{document}\n</document id=\"ab\">\n\nAsk question {number}.");
    let request = ChatRequest {
        model: Arc::from("m"),
        revision: None,
        messages: vec![Message { role: Role::User, content: Arc::from(content) }],
        sampling: Sampling { temperature: 0.7, top_p: 0.95, top_k: None, max_tokens: 9, num_samples: 1, seed: number },
        schema: None,
        attempt: 0,
        template: Arc::from("t"),
    };
    let text = format!("{{\"question\": \"Who crossed the lake in year {number}?\", \"answer\": \"The fox\"}}");
    let body = format!("{{\"id\": \"r{number}\", \"choices\": [{{\"message\": {{\"content\": {text:?}}}}}]}}");
    Entry {
        reply: Reply {
            hash: request.hash(),
            choices: vec![Choice { text, finish: Finish::Stop }],
            usage: Usage { prompt_tokens: 1000, cached_tokens: 800, completion_tokens: 30 },
            from_ledger: false,
        },
        call: Arc::new(Call { request, stage: Arc::from("ask"), priority: 0, route: 0 }),
        body: Bytes::from(body),
        cost: 0.001,
        num_tries: 1,
        duration: Duration::from_millis(900),
    }
}
