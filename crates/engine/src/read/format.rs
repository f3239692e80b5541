//! File endings and what they promise about a file's content.

/// How the rows of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One JSON object a line.
    JsonLines(Compression),
    /// Columns, compressed inside.
    Parquet,
    /// One document, the whole file.
    Text,
    /// One document, the whole file, in whatever characters the page says.
    Html,
    /// Records of a crawl, WARC or WET.
    Warc(Compression),
}

/// How the bytes of a file are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    /// As they are.
    None,
    /// gzip, one member or many.
    Gzip,
    /// Zstandard, one frame or many.
    Zstd,
}

/// The known endings; `.warc.wet.gz` is a `.wet.gz`. `.json` is read as JSON Lines, which is what published corpora put in it.
const ENDINGS: [(&str, Format); 19] = [
    (".jsonl", Format::JsonLines(Compression::None)),
    (".jsonl.gz", Format::JsonLines(Compression::Gzip)),
    (".jsonl.zst", Format::JsonLines(Compression::Zstd)),
    (".ndjson", Format::JsonLines(Compression::None)),
    (".ndjson.gz", Format::JsonLines(Compression::Gzip)),
    (".ndjson.zst", Format::JsonLines(Compression::Zstd)),
    (".json", Format::JsonLines(Compression::None)),
    (".json.gz", Format::JsonLines(Compression::Gzip)),
    (".json.zst", Format::JsonLines(Compression::Zstd)),
    (".parquet", Format::Parquet),
    (".txt", Format::Text),
    (".html", Format::Html),
    (".htm", Format::Html),
    (".warc", Format::Warc(Compression::None)),
    (".warc.gz", Format::Warc(Compression::Gzip)),
    (".warc.zst", Format::Warc(Compression::Zstd)),
    (".wet", Format::Warc(Compression::None)),
    (".wet.gz", Format::Warc(Compression::Gzip)),
    (".wet.zst", Format::Warc(Compression::Zstd)),
];

impl Format {
    /// The format that a file's name promises, in small letters or capitals.
    pub(super) fn of(name: &str) -> Option<Format> {
        let name = name.to_ascii_lowercase();
        ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, format)| *format)
    }

    /// The known endings for a message.
    pub(super) fn endings() -> String {
        let endings: Vec<String> = ENDINGS.iter().map(|(ending, _)| format!("`{ending}`")).collect();
        endings.join(", ")
    }
}
