//! Patterns: which files they name, in which order, and what is said when they name none.

use std::fs;
use std::path::Path;

use super::super::list_shards;
use super::shard;

fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "{\"text\": \"t\"}\n").unwrap();
    }
    folder
}

async fn list(folder: &Path, patterns: &[&str]) -> Result<Vec<String>, String> {
    let base = folder.to_str().unwrap();
    let patterns: Vec<String> = patterns.iter().map(|pattern| pattern.replace("BASE", base)).collect();
    let shards = list_shards(&patterns).await.map_err(|error| error.to_string().replace(base, "BASE"))?;
    Ok(shards.iter().map(|shard| shard.name.replace(base, "BASE")).collect())
}

#[tokio::test]
async fn a_folder_names_all_known_files_below_it_in_order() {
    let folder = folder(&[
        "b.jsonl",
        "a/z.txt",
        "a/c.JSONL.GZ",
        "notes.md",
        ".hidden.jsonl",
        "_tmp/x.jsonl",
        "a/_SUCCESS",
        "x.json.zst",
    ]);
    let expected = ["BASE/a/c.JSONL.GZ", "BASE/a/z.txt", "BASE/b.jsonl", "BASE/x.json.zst"];
    assert_eq!(list(folder.path(), &["BASE"]).await.unwrap(), expected);
    assert_eq!(list(folder.path(), &["BASE/./"]).await.unwrap(), expected);
    assert_eq!(list(folder.path(), &["file://BASE"]).await.unwrap(), expected);
}

#[tokio::test]
async fn a_glob_stays_in_its_folder_unless_it_says_otherwise() {
    let folder = folder(&["a.jsonl", "b.jsonl", "d/c.jsonl", "d/e/f.jsonl", ".g.jsonl", "d/n.md"]);
    let base = folder.path();
    assert_eq!(list(base, &["BASE/*.jsonl"]).await.unwrap(), ["BASE/a.jsonl", "BASE/b.jsonl"]);
    assert_eq!(list(base, &["BASE/[a]*.jsonl"]).await.unwrap(), ["BASE/a.jsonl"]);
    assert_eq!(list(base, &["BASE/*/*.jsonl"]).await.unwrap(), ["BASE/d/c.jsonl"]);
    let below = ["BASE/d/c.jsonl", "BASE/d/e/f.jsonl"];
    assert_eq!(list(base, &["BASE/d/**/*.jsonl"]).await.unwrap(), below);
    assert_eq!(list(base, &["file://BASE/d/**/*.jsonl"]).await.unwrap(), below);
    assert_eq!(list(base, &["BASE/.*.jsonl"]).await.unwrap(), ["BASE/.g.jsonl"]);
    assert_eq!(list(base, &["BASE/{b,a}.jsonl"]).await.unwrap(), ["BASE/a.jsonl", "BASE/b.jsonl"]);
}

#[tokio::test]
async fn patterns_keep_their_order_and_no_file_is_read_twice() {
    let folder = folder(&["a.jsonl", "b.jsonl", "d/c.jsonl"]);
    std::os::unix::fs::symlink(folder.path().join("a.jsonl"), folder.path().join("link.jsonl")).unwrap();
    let patterns = ["BASE/b.jsonl", "BASE/*.jsonl", "BASE", "BASE/d/../b.jsonl", "file://BASE/a.jsonl"];
    assert_eq!(list(folder.path(), &patterns).await.unwrap(), ["BASE/b.jsonl", "BASE/a.jsonl", "BASE/d/c.jsonl"]);
}

#[tokio::test]
async fn what_names_nothing_or_an_unknown_kind_is_an_error_that_says_what_is_read() {
    let folder = folder(&["notes.md", "d/a.jsonl", "empty/_x.jsonl", "odd[1].jsonl"]);
    let base = folder.path();
    for pattern in ["BASE/*.jsonl.gz", "BASE/empty"] {
        let error = list(base, &[pattern]).await.unwrap_err();
        assert!(error.starts_with(&format!("{pattern}: no file")) && error.contains("`.jsonl.zst`"), "{error}");
    }
    for pattern in ["BASE/notes.md", "BASE/notes*"] {
        let error = list(base, &[pattern]).await.unwrap_err();
        assert!(error.starts_with("BASE/notes.md: unknown ending") && error.contains("`.parquet`"), "{error}");
    }
    let error = list(base, &["BASE/missing.jsonl"]).await.unwrap_err();
    assert!(error.starts_with("BASE/missing.jsonl: No such file"), "{error}");
    assert!(list(base, &["BASE/[.jsonl"]).await.is_err());
    assert_eq!(list(base, &["BASE/odd[1].jsonl"]).await.unwrap(), ["BASE/odd[1].jsonl"]);
    assert!(list(base, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_digest_is_that_of_the_stored_bytes() {
    let folder = folder(&["a.jsonl.gz"]);
    let path = folder.path().join("a.jsonl.gz");
    let digest = shard(&path).await.digest().await.unwrap();
    assert_eq!(digest, format!("{:032x}", xxhash_rust::xxh3::xxh3_128(b"{\"text\": \"t\"}\n")));
    fs::write(&path, "{\"text\": \"u\"}\n").unwrap();
    assert_ne!(shard(&path).await.digest().await.unwrap(), digest);
    let listed = shard(&path).await;
    fs::write(&path, "short").unwrap();
    assert!(listed.digest().await.is_err());
}
