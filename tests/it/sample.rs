//! Small inputs cut from the sample in the repository.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::place::{Place, root, setting};

/// Lines taken of each of three shards; broken lines among them count as rows.
const NUM_LINES: usize = 40;

/// Writes three shards of real text in three formats into `shards/` and returns how many rows they hold.
pub(crate) fn write_shards(place: &Place) -> u64 {
    let num_lines = if setting("QUARRY_SLOW_TESTS").is_some() { usize::MAX } else { NUM_LINES };
    let plain = lines("web-00.jsonl", 0, num_lines);
    let gzipped = lines("web-01.jsonl", 0, num_lines);
    let zstandard = lines("web-01.jsonl", NUM_LINES, num_lines);
    place.write("shards/a.jsonl", plain.concat());
    place.write("shards/b.jsonl.gz", gzip(&gzipped.concat()));
    place.write("shards/c.jsonl.zst", zstd::encode_all(zstandard.concat().as_slice(), 3).unwrap());
    // A text file is one document, and the same document again is a duplicate.
    let text = "The lighthouse at the end of the harbour was built in 1884. It is 31 metres high and its light can be seen \
                from a distance of 18 nautical miles. The keepers lived in the house beside it until 1967, when the lamp \
                was made automatic, and the house has been a museum of the coast since then.";
    place.write("shards/d.txt", text);
    place.write("shards/e.txt", text);
    (plain.len() + gzipped.len() + zstandard.len() + 2) as u64
}

/// Lines of a plain shard of the sample that are not blank, with their line ends.
pub(crate) fn lines(shard: &str, from: usize, number: usize) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(root().join("sample-data/shards").join(shard)).unwrap();
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.skip(from).take(number).map(<[u8]>::to_vec).collect()
}

/// One gzip member.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
