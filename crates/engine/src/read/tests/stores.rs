//! Object stores: the same rows as from a disk, in the same order.

use std::sync::Arc;

use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::super::list_store::list_in;
use super::super::{ReadOptions, Shard, list_shards};
use super::parquet::parquet;
use super::{gzip, lines, read, read_bytes, zstd};

async fn store(objects: &[(&str, Vec<u8>)]) -> Arc<dyn ObjectStore> {
    let store = InMemory::new();
    for (location, bytes) in objects {
        store.put(&Path::from(*location), bytes.clone().into()).await.unwrap();
    }
    Arc::new(store)
}

async fn names(store: &Arc<dyn ObjectStore>, location: &str, glob: &str) -> Vec<String> {
    let pattern = format!("s3://bucket/{location}/{glob}");
    let found = list_in(Arc::clone(store), "s3://bucket/", Path::from(location), (&pattern, glob)).await.unwrap();
    found.into_iter().map(|shard| shard.name).collect()
}

#[tokio::test]
async fn objects_give_the_rows_and_the_digest_of_files() {
    let plain = lines(100_000);
    let frames: Vec<u8> = plain.chunks(1 << 20).flat_map(zstd).collect();
    let objects = [
        ("in.jsonl", plain.clone()),
        ("in.jsonl.gz", gzip(&plain)),
        ("in.jsonl.zst", frames),
        ("in.parquet", parquet(100_000, 30_000)),
    ];
    let store = store(&objects).await;
    let options = ReadOptions::default();
    let expected = read_bytes("in.jsonl", &plain, &options).await.unwrap();
    for (location, bytes) in &objects {
        let shard = Shard::in_store(Arc::clone(&store), Path::from(*location), (*location).to_owned()).await.unwrap();
        assert_eq!(shard.size_bytes(), bytes.len() as u64);
        assert_eq!(shard.digest().await.unwrap(), format!("{:032x}", xxhash_rust::xxh3::xxh3_128(bytes)));
        let rows = read(&shard, &options, 0).await.unwrap();
        assert!(rows == expected, "{location}");
        let rest = read(&shard, &options, 99_990).await.unwrap();
        assert!(rest == expected[99_990..], "{location}");
    }
}

#[tokio::test]
async fn an_object_that_changed_since_it_was_listed_stops_the_run() {
    for name in ["in.jsonl", "in.parquet"] {
        let store = store(&[(name, lines(10))]).await;
        let shard = Shard::in_store(Arc::clone(&store), Path::from(name), name.to_owned()).await.unwrap();
        store.put(&Path::from(name), lines(11).into()).await.unwrap();
        let options = ReadOptions { on_truncated: super::super::OnTruncated::Quarantine, ..ReadOptions::default() };
        assert!(read(&shard, &options, 0).await.is_err(), "{name}");
        assert!(shard.digest().await.is_err());
    }
}

#[tokio::test]
async fn objects_are_listed_by_prefix_glob_or_name() {
    let empty = ["a/1.jsonl", "a/b/2.parquet", "a/README.md", "a/_tmp/3.jsonl", "a/b/_SUCCESS", "c/4.jsonl"];
    let store = store(&empty.map(|location| (location, lines(1)))).await;
    assert_eq!(names(&store, "a", "").await, ["s3://bucket/a/1.jsonl", "s3://bucket/a/b/2.parquet"]);
    assert_eq!(names(&store, "a", "*.jsonl").await, ["s3://bucket/a/1.jsonl"]);
    assert_eq!(names(&store, "a", "**/*.parquet").await, ["s3://bucket/a/b/2.parquet"]);
    assert_eq!(names(&store, "a", "_tmp/*").await, ["s3://bucket/a/_tmp/3.jsonl"]);
    assert!(names(&store, "x", "").await.is_empty());
}

#[tokio::test]
async fn a_store_that_is_not_compiled_in_is_named() {
    let error = list_shards(&["s3://bucket/a/*.jsonl".to_owned()]).await.unwrap_err().to_string();
    assert!(error.starts_with("s3://bucket/a/*.jsonl: this build of quarry cannot read `s3://`"), "{error}");
    let error = list_shards(&["nonsense://bucket/a".to_owned()]).await.unwrap_err().to_string();
    assert!(error.contains("nonsense"), "{error}");
}
