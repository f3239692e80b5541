//! WARC and WET: which records become documents, what is said of the others, and archives that are damaged.

use super::super::{OnTruncated, ReadOptions};
use super::{Row, gzip, read_bytes, zstd};

const PAGE: &str = "<!doctype html><title>T</title><p>Über die Brücke.";

/// A record with its head, its block and the line ends behind it.
pub(super) fn record(kind: &str, number: usize, fields: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:id-{number}>\r\nWARC-Date: 2024-05-01T00:00:00Z\r\n\
         {fields}Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// A response of a server.
pub(super) fn response(number: usize, head: &str, body: &[u8]) -> Vec<u8> {
    let fields = format!(
        "WARC-Target-URI: https://example.org/{number}\r\nContent-Type: application/http; msgtype=response\r\n"
    );
    record("response", number, &fields, &[head.as_bytes(), b"\r\n\r\n", body].concat())
}

fn page(number: usize) -> Vec<u8> {
    response(number, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8", format!("{PAGE} {number}").as_bytes())
}

async fn read(name: &str, bytes: &[u8]) -> Vec<Row> {
    read_bytes(name, bytes, &ReadOptions::default()).await.unwrap()
}

async fn read_one(bytes: &[u8]) -> Row {
    let mut rows = read("in.warc", bytes).await;
    assert_eq!(rows.len(), 1);
    rows.pop().unwrap()
}

#[tokio::test]
async fn pages_become_documents_and_records_that_hold_none_make_no_row() {
    let others = [
        record("warcinfo", 90, "Content-Type: application/warc-fields\r\n", b"software: test\r\n"),
        record("request", 91, "WARC-Target-URI: https://example.org/\r\n", b"GET / HTTP/1.1\r\n\r\n"),
        record("metadata", 92, "", b"fetchTimeMs: 5"),
        record("revisit", 93, "WARC-Target-URI: https://example.org/\r\n", b"HTTP/1.1 200 OK\r\n\r\n"),
        record("response", 94, "WARC-Target-URI: dns:example.org\r\nContent-Type: text/dns\r\n", b"1.2.3.4"),
        record("resource", 95, "WARC-Target-URI: metadata://tool/log\r\nContent-Type: text/plain\r\n", b"log"),
    ];
    let file = others.iter().flat_map(|other| [other.clone(), page(1)].concat()).collect::<Vec<u8>>();
    let rows = read("in.warc", &file).await;
    assert_eq!(rows.len(), 6);
    let row = &rows[0];
    assert_eq!((row.line, row.fate, row.id.as_str()), (2, 0, "id-1"));
    assert_eq!(row.text(), format!("{PAGE} 1"));
    assert_eq!(row.optional[0].as_deref(), Some("https://example.org/1"));
    assert_eq!(
        row.meta.as_deref(),
        Some(
            r#"{"charset":"UTF-8","content_type":"text/html","http_status":200,"warc_date":"2024-05-01T00:00:00Z","warc_type":"response"}"#
        )
    );
}

#[tokio::test]
async fn the_same_records_are_read_however_they_are_packed() {
    let pages: Vec<Vec<u8>> = (1..40).map(page).collect();
    let plain = pages.concat();
    let whole = read("in.warc", &plain).await;
    assert_eq!(whole.len(), 39);
    let member_a_record: Vec<u8> = pages.iter().flat_map(|page| gzip(page)).collect();
    let cut_anywhere: Vec<u8> = plain.chunks(777).flat_map(gzip).collect();
    let frames: Vec<u8> = pages.iter().flat_map(|page| zstd(page)).collect();
    for (name, packed) in [
        ("in.warc.gz", member_a_record),
        ("in.warc.gz", gzip(&plain)),
        ("in.warc.gz", cut_anywhere),
        ("in.warc.zst", frames),
        ("in.WARC.zst", zstd(&plain)),
    ] {
        assert_eq!(read(name, &packed).await, whole, "{name}");
    }
}

#[tokio::test]
async fn a_wet_file_gives_its_plain_texts_with_their_language() {
    let fields = "WARC-Target-URI: http://example.org/a\r\nWARC-Refers-To: <urn:uuid:x>\r\nContent-Type: text/plain\r\n\
                  WARC-Identified-Content-Language: deu,eng\r\n";
    let info = record("warcinfo", 1, "", b"isPartOf: CC-MAIN\r\n");
    let file = [info, record("conversion", 2, fields, "Grüße\nzweite Zeile".as_bytes())].concat();
    for (name, packed) in [
        ("in.wet", file.clone()),
        ("in.warc.wet", file.clone()),
        ("in.warc.wet.gz", gzip(&file)),
        ("a.wet.zst", zstd(&file)),
    ] {
        let rows = read(name, &packed).await;
        assert_eq!((rows.len(), rows[0].text(), rows[0].line), (1, "Grüße\nzweite Zeile", 2), "{name}");
        assert_eq!(
            rows[0].optional.each_ref().map(Option::as_deref),
            [Some("http://example.org/a"), None, None, Some("deu")]
        );
    }
}

#[tokio::test]
async fn responses_that_are_no_page_are_rejected_with_what_they_are() {
    for (head, body, reason, detail) in [
        ("HTTP/1.1 404 Not Found\r\nContent-Type: text/html", "x", "http_status", "404"),
        ("HTTP/1.1 301 Moved\r\nLocation: /b", "", "http_status", "301"),
        ("HTTP/1.0 206 Part\r\nContent-Type: text/html", "x", "http_status", "206"),
        ("HTTP/1.1 200 OK\r\nContent-Type: image/png", "x", "not_text", "image/png"),
        ("HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8", "{}", "not_text", "application/json"),
        ("HTTP/1.1 200 OK\r\nServer: x", "PK", "not_text", "no content type"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html", "a\0b", "not_text", "text/html, but binary"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip", "\u{1f}", "", ""),
    ] {
        let row = read_one(&response(7, head, body.as_bytes())).await;
        if reason.is_empty() {
            // What is not packed as its head says is taken as it is.
            assert_eq!((row.fate, row.text()), (0, body));
            continue;
        }
        assert_eq!((row.reason(), row.detail(), row.id.as_str()), (reason, detail, "id-7"), "{head}");
        assert_eq!(row.optional[0].as_deref(), Some("https://example.org/7"));
        assert_eq!(row.text, None);
    }
}

#[tokio::test]
async fn bodies_are_unpacked_as_their_head_says() {
    use std::io::Write;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(PAGE.as_bytes()).unwrap();
    let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    raw.write_all(PAGE.as_bytes()).unwrap();
    let mut brotli = Vec::new();
    brotli::CompressorWriter::new(&mut brotli, 4096, 5, 20).write_all(PAGE.as_bytes()).unwrap();
    let bytes = PAGE.as_bytes();
    let chunked = [
        b"9;x=y\r\n",
        &bytes[..9],
        b"\r\n",
        format!("{:X}\r\n", bytes.len() - 9).as_bytes(),
        &bytes[9..],
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    let packed_chunks = [format!("{:x}\r\n", gzip(bytes).len()).as_bytes(), &gzip(bytes), b"\r\n0\r\n\r\n"].concat();
    for (encoding, body) in [
        ("Transfer-Encoding: chunked", chunked.clone()),
        ("Transfer-Encoding: chunked", chunked[..chunked.len() - 7].to_vec()),
        ("Transfer-Encoding: chunked", bytes.to_vec()),
        ("Content-Encoding: gzip", gzip(bytes)),
        ("Content-Encoding: deflate", zlib.finish().unwrap()),
        ("Content-Encoding: deflate", raw.finish().unwrap()),
        ("Content-Encoding: br", brotli),
        ("Content-Encoding: zstd", zstd(bytes)),
        ("Content-Encoding: br", bytes.to_vec()),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", packed_chunks),
    ] {
        let row =
            read_one(&response(1, &format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{encoding}"), &body)).await;
        assert_eq!((row.fate, row.text()), (0, PAGE), "{encoding}: {:?}", row.detail);
    }
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip";
    let cut = gzip(bytes)[..30].to_vec();
    let row = read_one(&response(1, head, &cut)).await;
    assert_eq!(row.reason(), "unreadable_row");
    assert!(row.detail().starts_with("record 1 at byte 0: its body cannot be unpacked"), "{}", row.detail());
}

#[tokio::test]
async fn characters_are_those_of_the_head_the_page_or_the_bytes() {
    let russian = "Съешь же ещё этих мягких французских булок, да выпей чаю. Пример текста на русском языке.";
    let (cyrillic, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
    let (japanese, _, _) = encoding_rs::SHIFT_JIS.encode("これは日本語の文章です。");
    let with_meta = |label: &str, bytes: &[u8]| [format!("<meta charset=\"{label}\">").as_bytes(), bytes].concat();
    for (charset, body, expected) in [
        ("; charset=windows-1251", cyrillic.to_vec(), russian.to_owned()),
        ("", with_meta("windows-1251", &cyrillic), format!("<meta charset=\"windows-1251\">{russian}")),
        // The server names one for all its pages, and it is not true of this one.
        ("; charset=UTF-8", with_meta("windows-1251", &cyrillic), format!("<meta charset=\"windows-1251\">{russian}")),
        ("; charset=UTF-8", cyrillic.to_vec(), russian.to_owned()),
        ("", japanese.to_vec(), "これは日本語の文章です。".to_owned()),
        ("; charset=nonsense", "Grüße".as_bytes().to_vec(), "Grüße".to_owned()),
        ("", [b"\xEF\xBB\xBF".as_slice(), "Grüße".as_bytes()].concat(), "Grüße".to_owned()),
        ("; charset=utf-16le", "A–B".encode_utf16().flat_map(u16::to_le_bytes).collect(), "A–B".to_owned()),
        ("; charset=utf-8", [russian.as_bytes(), b"\xFF"].concat(), format!("{russian}\u{fffd}")),
    ] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html{charset}");
        let row = read_one(&response(1, &head, &body)).await;
        assert_eq!((row.fate, row.text()), (0, expected.as_str()), "{charset}");
    }
}

#[tokio::test]
async fn odd_but_readable_heads_are_read() {
    let http2 = response(1, "HTTP/2 200\r\ncontent-type: text/html", PAGE.as_bytes());
    let folded = record(
        "RESPONSE",
        1,
        "WARC-Target-URI: <https://example.org/1>\r\nContent-Type: application/http;\r\n  msgtype=response\r\n",
        format!("HTTP/1.1 200\nContent-Type : text/html\nbad header\n\n{PAGE}").as_bytes(),
    );
    let bare = format!(
        "\n\nWARC/1.1\nwarc-type: resource\ncontent-type: text/html\ncontent-length: {}\n\n{PAGE}\n",
        PAGE.len()
    );
    for file in [http2, folded, bare.into_bytes()] {
        let row = read_one(&file).await;
        assert_eq!((row.fate, row.text()), (0, PAGE), "{:?}", row.detail);
    }
}

#[tokio::test]
async fn a_damaged_record_is_rejected_with_its_offset_and_the_next_one_is_read() {
    let first = page(1);
    let length = page(2).len() - String::from_utf8(page(2)).unwrap().find("HTTP/").unwrap() - 4;
    let length = format!("Content-Length: {length}");
    let damage = |from: &str, to: &str| String::from_utf8(page(2)).unwrap().replacen(from, to, 1).into_bytes();
    for (damaged, reason) in [
        (b"this is no record\r\n\r\n".to_vec(), "no record begins here"),
        (damage("WARC/1.0", "WARC/x"), "no record begins here"),
        (damage("Content-Length", "Content-Lenght"), "no `Content-Length`"),
        (damage("Content-Length: ", "Content-Length: +"), "`Content-Length` is no number"),
        (damage(&length, "Content-Length: 200"), "its block is not as long as its head says"),
        (damage(&length, "Content-Length: 20"), "its block is not as long as its head says"),
        (damage("WARC-Type:", "WARC-Type"), "a line of the head is no field"),
        (damage("HTTP/1.1 200", "HTTX/1.1 200"), "its HTTP head: invalid HTTP version"),
        (damage("WARC-Date", "WARC-Segment-Number: 1\r\nWARC-Date"), "it is in several segments"),
    ] {
        let file = [first.clone(), damaged.clone(), page(3)].concat();
        let rows = read("in.warc", &file).await;
        let detail = format!("record 2 at byte {}: {reason}", first.len());
        assert_eq!((rows[1].reason(), rows[1].detail()), ("unreadable_row", detail.as_str()));
        assert_eq!((rows.len(), rows[2].fate, rows[2].text()), (3, 0, format!("{PAGE} 3").as_str()), "{reason}");
        let packed = [gzip(&first), gzip(&damaged), gzip(&page(3))].concat();
        let rows = read("in.warc.gz", &packed).await;
        assert!(
            rows[1].detail().starts_with(&format!("record 2 at byte {}: ", gzip(&first).len())),
            "{}",
            rows[1].detail()
        );
        assert_eq!((rows.len(), rows[1].reason(), rows[2].fate), (3, "unreadable_row", 0), "{reason}");
    }
}

#[tokio::test]
async fn a_damaged_gzip_member_costs_its_own_record_only() {
    let pages: Vec<Vec<u8>> = (1..6).map(|number| gzip(&page(number))).collect();
    let whole = read("in.warc.gz", &pages.concat()).await;
    let begin = pages[0].len() + pages[1].len();
    for position in 0..pages[2].len() {
        let mut damaged = pages.concat();
        damaged[begin + position] ^= 0x55;
        let rows = read("in.warc.gz", &damaged).await;
        // Some bytes of a gzip head mean nothing.
        if rows == whole {
            assert!(position < 10, "the flip at {position} was not found");
            continue;
        }
        assert_eq!(rows.len(), 5, "flip at {position}");
        assert_eq!((&rows[..2], &rows[3..]), (&whole[..2], &whole[3..]), "flip at {position}");
        assert!(rows[2].detail().starts_with(&format!("record 3 at byte {begin}: ")), "{}", rows[2].detail());
    }
}

#[tokio::test]
async fn a_record_that_is_too_long_costs_no_memory_and_no_other_record() {
    let options = ReadOptions { max_row_bytes: 2000, ..ReadOptions::default() };
    let long = "x".repeat(300_000);
    let bomb = gzip("<p>".repeat(10_000).as_bytes());
    let file = [
        page(1),
        response(2, "HTTP/1.1 200 OK\r\nContent-Type: text/html", long.as_bytes()),
        record("request", 3, "", long.as_bytes()),
        response(4, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip", &bomb),
        page(5),
    ];
    for (name, bytes) in [("in.warc", file.concat()), ("in.warc.gz", file.iter().flat_map(|part| gzip(part)).collect())]
    {
        let rows = read_bytes(name, &bytes, &options).await.unwrap();
        assert_eq!(rows.iter().map(|row| (row.line, row.fate)).collect::<Vec<_>>(), [(1, 0), (2, 1), (4, 1), (5, 0)]);
        assert!(rows[1].detail().ends_with(": longer than 2000 bytes"), "{}", rows[1].detail());
        assert!(rows[2].detail().ends_with(": longer than 2000 bytes when unpacked"), "{}", rows[2].detail());
    }
}

#[tokio::test]
async fn a_file_that_ends_inside_a_record_is_truncated() {
    let file = [page(1), page(2)].concat();
    let (begin, end) = (page(1).len(), file.len() - 4);
    let quarantine = ReadOptions { on_truncated: OnTruncated::Quarantine, ..ReadOptions::default() };
    for cut in begin + 1..end {
        let rows = read_bytes("in.warc", &file[..cut], &quarantine).await.unwrap();
        assert_eq!(
            (rows.len(), rows[0].fate, rows[1].reason(), rows[1].line),
            (2, 0, "truncated_shard", 2),
            "cut at {cut}"
        );
        let detail =
            format!("truncated or corrupt at byte {cut} of {cut}, after 1 rows: the file ends inside a record");
        assert_eq!(rows[1].detail(), detail);
        let (num_rows, error) = read_bytes("in.warc", &file[..cut], &ReadOptions::default()).await.unwrap_err();
        assert!(num_rows == 0 && error.to_string().contains(&detail), "{error}");
    }
    for cut in [begin, end, file.len()] {
        let rows = read_bytes("in.warc", &file[..cut], &quarantine).await.unwrap();
        assert_eq!((rows.len(), rows.iter().all(|row| row.fate == 0)), (if cut == begin { 1 } else { 2 }, true));
    }
    for name in ["in.warc.gz", "in.warc.zst"] {
        assert!(read_bytes(name, b"", &ReadOptions::default()).await.is_err(), "{name}");
    }
    assert_eq!(read("in.warc", b"").await, []);
}

#[tokio::test]
async fn a_saved_page_is_one_document_in_its_own_characters() {
    let (bytes, _, _) = encoding_rs::ISO_8859_2.encode("<meta charset=iso-8859-2><p>Zażółć gęślą jaźń");
    for name in ["in.html", "in.HTM"] {
        let rows = read(name, &bytes).await;
        assert_eq!((rows.len(), rows[0].text()), (1, "<meta charset=iso-8859-2><p>Zażółć gęślą jaźń"));
        assert_eq!(rows[0].meta.as_deref(), Some(r#"{"charset":"ISO-8859-2"}"#));
    }
    let options = ReadOptions { max_row_bytes: 20, ..ReadOptions::default() };
    let rows = read_bytes("in.html", &bytes, &options).await.unwrap();
    assert_eq!((rows[0].reason(), rows[0].detail()), ("unreadable_row", "longer than 20 bytes"));
}
