//! What is kept is found again: after reopening, after a kill, by other processes, and as lines of JSON.

use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::executor::block_on;
use rusqlite::Connection;
use serde_json::Value;

use super::{Imported, Ledger, LedgerView};
use crate::{
    Call, ChatRequest, Choice, Entry, ErrorKind, Finish, Message, Record as _, Reply, RequestHash, Role, Sampling,
    Usage,
};

/// Names the ledger that a child process fills.
const CHILD: &str = "QUARRY_TEST_LEDGER";

fn entry(number: u64, stage: &str) -> Entry {
    let document = "A fox crossed the frozen lake at dawn. ".repeat(8);
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
    let choices = vec![Choice { text: format!("{{\"answer\": \"№ {number}\"}}"), finish: Finish::Stop }];
    let usage = Usage { prompt_tokens: 100, cached_tokens: 80, completion_tokens: 7 };
    Entry {
        reply: Reply { hash: request.hash(), choices, usage, from_ledger: false },
        call: Arc::new(Call { request, stage: Arc::from(stage), priority: 0, route: 0 }),
        body: Bytes::from(format!("{{\"id\": \"r{number}\"}}")),
        cost: 0.25,
        num_tries: 1,
        duration: Duration::from_millis(1500),
    }
}

fn hash(number: u64) -> RequestHash {
    entry(number, "").reply.hash
}

fn found(ledger: &Ledger, number: u64) -> Option<Reply> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(ledger.find(&hash(number))).unwrap()
}

fn keep(path: &Path, numbers: std::ops::Range<u64>) {
    let ledger = Ledger::open(path).unwrap();
    for number in numbers {
        block_on(ledger.keep(entry(number, "ask"))).unwrap();
    }
}

#[test]
fn what_was_kept_is_found_again_now_and_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".quarry/ledger.db");
    let ledger = Ledger::open(&path).unwrap();
    assert_eq!(found(&ledger, 1), None);
    block_on(ledger.keep(entry(1, "ask"))).unwrap();
    let reply = Reply { from_ledger: true, ..entry(1, "ask").reply };
    assert_eq!(found(&ledger, 1), Some(reply.clone()));
    drop(ledger);
    assert!(!folder.path().join(".quarry/ledger.db-wal").exists(), "a copy of the file would lack what is in the log");
    let ledger = Ledger::open(&path).unwrap();
    assert_eq!(found(&ledger, 1), Some(reply));
    assert_eq!(found(&ledger, 2), None);
}

#[test]
fn the_first_reply_to_a_request_stays() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path().join("ledger.db")).unwrap();
    block_on(ledger.keep(entry(1, "ask"))).unwrap();
    let mut other = entry(1, "judge");
    other.reply.choices[0].text = "another".to_owned();
    block_on(ledger.keep(other)).unwrap();
    assert_eq!(found(&ledger, 1).unwrap().choices, entry(1, "ask").reply.choices);
}

#[test]
fn two_holders_of_one_file_find_each_others_replies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let (first, second) = (Ledger::open(&path).unwrap(), Ledger::open(&path).unwrap());
    block_on(first.keep(entry(1, "ask"))).unwrap();
    block_on(second.keep(entry(2, "ask"))).unwrap();
    assert!(found(&second, 1).is_some() && found(&second, 2).is_some());
    block_on(first.keep(entry(3, "ask"))).unwrap();
    assert!(found(&first, 2).is_some());
    let total = &LedgerView::open(&path).unwrap().totals().unwrap()[0];
    assert_eq!((total.num_calls, total.usage.prompt_tokens, total.cost), (3, 300, 0.75));
}

#[test]
fn many_that_make_one_ledger_at_once_all_get_it_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let path = &path;
            scope.spawn(move || keep(path, number * 5..number * 5 + 5));
        }
    });
    assert_eq!(LedgerView::open(&path).unwrap().totals().unwrap()[0].num_calls, 40);
}

#[test]
fn a_log_that_a_kill_cut_anywhere_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let wal = folder.path().join("ledger.db-wal");
    let ledger = Ledger::open(&path).unwrap();
    let mut lengths = Vec::new();
    for number in 0..6 {
        block_on(ledger.keep(entry(number, "ask"))).unwrap();
        lengths.push(std::fs::metadata(&wal).unwrap().len());
    }
    let (database, log) = (std::fs::read(&path).unwrap(), std::fs::read(&wal).unwrap());
    for cut in (0..log.len() as u64).step_by(1777).chain(lengths.clone()) {
        let torn = tempfile::tempdir().unwrap();
        let copy = torn.path().join("ledger.db");
        std::fs::write(&copy, &database).unwrap();
        std::fs::write(torn.path().join("ledger.db-wal"), &log[..usize::try_from(cut).unwrap()]).unwrap();
        let reopened = Ledger::open(&copy).unwrap();
        for (number, length) in (0..).zip(&lengths) {
            assert!(cut < *length || found(&reopened, number).is_some(), "{number} is lost at {cut}");
        }
        block_on(reopened.keep(entry(9, "ask"))).unwrap();
        assert!(found(&reopened, 9).is_some());
    }
}

/// The child of the next test: keeps replies until it is killed, and prints the number of each that is durable.
#[test]
#[expect(clippy::disallowed_methods, reason = "the one way to hand a path to a test in another process")]
fn child_that_keeps_replies_until_it_is_killed() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let ledger = Ledger::open(path).unwrap();
    for number in 0..100_000 {
        block_on(ledger.keep(entry(number, "ask"))).unwrap();
        std::io::Write::write_all(&mut std::io::stderr(), format!("{number}\n").as_bytes()).unwrap();
    }
}

#[test]
fn replies_that_a_killed_process_had_acknowledged_are_there() {
    let mut num_acknowledged = 0;
    for millis in [60, 110, 180] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let name = "ledger::tests::child_that_keeps_replies_until_it_is_killed";
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let ledger = Ledger::open(&path).unwrap();
        let whole_lines = said.rsplit_once('\n').map_or("", |(lines, _)| lines);
        for number in whole_lines.lines().map(|line| line.parse().unwrap()) {
            num_acknowledged += 1;
            assert!(found(&ledger, number).is_some(), "{number} is lost after {millis} ms");
        }
    }
    assert!(num_acknowledged > 0);
}

#[test]
fn an_export_is_stable_and_replays_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("ledger.db"), folder.path().join("copy.db"));
    keep(&path, 0..20);
    let mut lines = Vec::new();
    assert_eq!(LedgerView::open(&path).unwrap().export(&mut lines).unwrap(), 20);
    let imported = Ledger::import(&copy, &mut Cursor::new(&lines)).unwrap();
    assert_eq!(imported, Imported { num_new: 20, num_known: 0 });
    let again = Ledger::import(&copy, &mut Cursor::new(&lines)).unwrap();
    assert_eq!(again, Imported { num_new: 0, num_known: 20 });
    let mut second = Vec::new();
    LedgerView::open(&copy).unwrap().export(&mut second).unwrap();
    assert_eq!(String::from_utf8(lines).unwrap(), String::from_utf8(second).unwrap());
    assert!(found(&Ledger::open(&copy).unwrap(), 7).is_some());
}

#[test]
fn a_line_whose_request_was_changed_is_refused_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    keep(&path, 0..2);
    let mut lines = Vec::new();
    LedgerView::open(&path).unwrap().export(&mut lines).unwrap();
    let text = String::from_utf8(lines).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    let changed = format!("{first}\n{}", second.replace("Ask question", "Ask no question"));
    let error = Ledger::import(&folder.path().join("copy.db"), &mut Cursor::new(changed)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Settings);
    assert!(error.message.contains("line 2 ") && error.message.contains("hash"), "{error}");
}

fn ask(view: &LedgerView, sql: &str) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    view.query(sql, &mut |_, row| {
        rows.push(row.to_vec());
        true
    })
    .unwrap();
    rows
}

#[test]
fn sql_reads_everything_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    keep(&path, 0..3);
    let view = LedgerView::open(&path).unwrap();
    assert_eq!(ask(&view, "SELECT count(*), 'x', NULL FROM call"), [[Value::from(3), Value::from("x"), Value::Null]]);
    assert_eq!(ask(&view, "SELECT count(*) FROM text"), [[Value::from(1)]]);
    let rows =
        ask(&view, "SELECT request, body FROM request ORDER BY json_extract(request, '$.sampling.seed') LIMIT 1");
    assert_eq!(rows[0][1], Value::from("{\"id\": \"r0\"}"));
    assert!(rows[0][0].as_str().unwrap().contains("Ask question 0."));
    for sql in
        ["DELETE FROM call", "DROP TABLE call", "VACUUM", "PRAGMA user_version = 9", "SELECT 1; DELETE FROM call"]
    {
        let error = view.query(sql, &mut |_, _| true);
        assert!(error.is_err() || ask(&view, "SELECT count(*) FROM call") == [[Value::from(3)]], "{sql}");
    }
    assert_eq!(ask(&view, "PRAGMA user_version"), [[Value::from(1)]]);
    assert!(view.query("SELECT nothing FROM nowhere", &mut |_, _| true).is_err());
}

#[test]
fn files_that_are_no_ledger_of_this_version_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.db");
    keep(&newer, 0..1);
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 7).unwrap();
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(&text, "no database at all, but long enough to hold a header of one hundred bytes. ".repeat(9))
        .unwrap();
    for (path, words) in [(&newer, "newer quarry"), (&other, "another program"), (&text, "no SQLite database")] {
        let before = std::fs::read(path).unwrap();
        for error in [Ledger::open(path).unwrap_err(), LedgerView::open(path).unwrap_err()] {
            assert_eq!(error.kind, ErrorKind::Ledger);
            assert!(error.message.contains(words) && error.message.contains(".db"), "{error}");
        }
        assert_eq!(std::fs::read(path).unwrap(), before);
    }
    assert!(LedgerView::open(folder.path().join("none.db")).unwrap_err().message.contains("no such file"));
}

#[test]
fn a_full_disk_is_an_error_and_nothing_that_came_before_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    keep(&path, 0..5);
    let db = super::schema::open(&path).unwrap();
    db.pragma_update(None, "max_page_count", 12).unwrap();
    let ledger = Ledger::start(path, db).unwrap();
    let mut error = None;
    for number in 5..200 {
        error = block_on(ledger.keep(entry(number, "ask"))).err();
        if error.is_some() {
            assert!(found(&ledger, number).is_none());
            break;
        }
    }
    let error = error.unwrap();
    assert_eq!(error.kind, ErrorKind::Ledger);
    assert!(error.message.contains("disk is full") && error.message.contains("ledger.db"), "{error}");
    assert!(found(&ledger, 4).is_some());
}
