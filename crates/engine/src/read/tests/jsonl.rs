//! JSON Lines: columns, ids, and every kind of row that cannot be read.

use std::io::Read;

use quarry_schema::content_id;

use super::super::lines::{Line, LineReader};
use super::super::{Mapping, ReadOptions};
use super::{Row, read_bytes};

async fn read(text: impl AsRef<[u8]>) -> Vec<Row> {
    read_bytes("in.jsonl", text.as_ref(), &ReadOptions::default()).await.unwrap()
}

async fn read_one(line: &str) -> Row {
    let mut rows = read(line).await;
    assert_eq!(rows.len(), 1, "{line}");
    rows.pop().unwrap()
}

#[tokio::test]
async fn known_fields_become_columns_and_the_others_a_sorted_object() {
    let row = read_one(
        r#"{"z": [1, null, {"b": 1, "a": 2}], "text": "hi\n\u00e9", "id": "d1", "url": "u", "lang": "en",
            "license": "CC0", "source": "s", "a": 0.5, "none": null}"#
            .replace('\n', " ")
            .as_str(),
    )
    .await;
    assert_eq!((row.line, row.fate, row.id.as_str(), row.text()), (1, 0, "d1", "hi\né"));
    assert_eq!(row.optional, ["u", "s", "CC0", "en"].map(|value| Some(value.to_owned())));
    assert_eq!(row.meta.as_deref(), Some(r#"{"a":0.5,"z":[1,null,{"a":2,"b":1}]}"#));
    assert_eq!((row.reason, row.detail), (None, None));
}

#[tokio::test]
async fn text_is_found_under_its_usual_names_and_the_outranked_field_is_kept() {
    assert_eq!(read_one(r#"{"raw_content": "a"}"#).await.text(), "a");
    assert_eq!(read_one(r#"{"content": "a", "raw_content": "b"}"#).await.text(), "a");
    let row = read_one(r#"{"content": "a", "text": "b"}"#).await;
    assert_eq!((row.text(), row.meta.as_deref()), ("b", Some(r#"{"content":"a"}"#)));
    assert_eq!(read_one(r#"{"text": null, "content": "a"}"#).await.text(), "a");
    assert_eq!(read_one(r#"{"text": "first", "text": "last"}"#).await.text(), "last");
    assert_eq!(read_one(r#"{"\u0074ext": "escaped key"}"#).await.text(), "escaped key");
}

#[tokio::test]
async fn a_mapped_column_is_taken_from_its_field_only() {
    let mapping = Mapping { text: Some("body".into()), doc_id: Some("url".into()), ..Mapping::default() };
    let options = ReadOptions { mapping, ..ReadOptions::default() };
    let input = b"{\"body\": \"b\", \"text\": \"t\", \"url\": \"http://x/\", \"id\": 1}\n{\"text\": \"t\"}";
    let rows = read_bytes("in.jsonl", input, &options).await.unwrap();
    assert_eq!((rows[0].text(), rows[0].id.as_str()), ("b", "http://x/"));
    assert_eq!(rows[0].optional[0].as_deref(), Some("http://x/"));
    assert_eq!(rows[0].meta.as_deref(), Some(r#"{"id":1,"text":"t"}"#));
    assert_eq!((rows[1].reason(), rows[1].detail()), ("unreadable_row", "line 2: no text in `body`"));
}

#[tokio::test]
async fn an_id_is_given_or_hashed_from_source_and_text() {
    assert_eq!(read_one(r#"{"id": 17, "text": ""}"#).await.id, "17");
    assert_eq!(read_one(r#"{"id": -3, "text": ""}"#).await.id, "-3");
    assert_eq!(read_one(r#"{"id": 18446744073709551615, "text": ""}"#).await.id, "18446744073709551615");
    assert_eq!(read_one(r#"{"id": 12.0, "text": ""}"#).await.id, "12");
    assert_eq!(read_one(r#"{"doc_id": "a", "id": "b", "text": ""}"#).await.id, "a");
    let hashed = content_id(&["wiki", "hello"]);
    for id in ["", r#""id": null,"#, r#""id": "","#] {
        assert_eq!(read_one(&format!(r#"{{{id} "source": "wiki", "text": "hello"}}"#)).await.id, hashed);
    }
    assert_ne!(read_one(r#"{"text": "hello"}"#).await.id, hashed);
}

#[tokio::test]
async fn an_optional_column_of_another_type_goes_to_meta() {
    let row = read_one(r#"{"text": "t", "source": {"name": "x"}, "language": ["en"], "lang": "de"}"#).await;
    assert_eq!(row.optional, [None, None, None, Some("de".to_owned())]);
    assert_eq!(row.meta.as_deref(), Some(r#"{"language":["en"],"source":{"name":"x"}}"#));
}

#[tokio::test]
async fn what_is_odd_but_legal_is_read() {
    for (line, text) in [
        (r#"{"text": ""}"#, ""),
        (r#"{"text": "a\u0000b"}"#, "a\0b"),
        (r#"{"text": "\ud83d\ude00"}"#, "😀"),
        (" \t{\"text\": \"padded\"} \t", "padded"),
        ("\u{feff}{\"text\": \"marked\"}", "marked"),
    ] {
        let row = read_one(line).await;
        assert_eq!((row.fate, row.text()), (0, text), "{line}");
    }
}

#[tokio::test]
async fn every_unreadable_row_is_a_reject_that_says_why_and_not_what() {
    let deep = format!(r#"{{"text": "t", "x": {}1{}}}"#, "[".repeat(200), "]".repeat(200));
    let cases: [(&[u8], &str); 23] = [
        (br#"{"text": "SECRET""#, "EOF while parsing an object at column 17"),
        (br#"{"text": "SECRET" "id": 1}"#, "expected `,` or `}` at column 19"),
        (br#"{"text": SECRET}"#, "expected value at column 10"),
        (br#"{"text": "SECRET"} SECRET"#, "trailing characters at column 20"),
        (br#"{"text": "SECRET"}{"text": "SECRET"}"#, "trailing characters at column 19"),
        (b"SECRET", "not a JSON object"),
        (br#""SECRET""#, "not a JSON object"),
        (br#"["SECRET"]"#, "not a JSON object"),
        (b"17", "not a JSON object"),
        (b"{}", "no text in `text` or `content` or `raw_content`"),
        (br#"{"text": null}"#, "no text in `text` or `content` or `raw_content`"),
        (br#"{"text": 17}"#, "`text` is a number, not a string"),
        (br#"{"text": ["SECRET"]}"#, "`text` is an array, not a string"),
        (br#"{"text": {"SECRET": 1}}"#, "`text` is an object, not a string"),
        (br#"{"text": true, "content": "SECRET"}"#, "`text` is a boolean, not a string"),
        (br#"{"text": "t", "id": 1.5}"#, "`id` is a number, not a string or a whole number of 64 bits"),
        (
            br#"{"text": "t", "id": 340282366920938463463374607431768211455}"#,
            "`id` is a number, not a string or a whole number of 64 bits",
        ),
        (br#"{"text": "t", "id": ["SECRET"]}"#, "`id` is an array, not a string or a whole number of 64 bits"),
        (br#"{"text": "\ud800 SECRET"}"#, "unexpected end of hex escape at column 17"),
        (br#"{"text": "t", "x": "\udc00"}"#, "lone leading surrogate in hex escape at column 26"),
        (b"{\"text\": \"\xFF SECRET\"}", "invalid UTF-8 after 10 bytes of the line"),
        (b"{\"text\": \"a\0b\"}", "control character (\\u0000-\\u001F) found while parsing a string at column 12"),
        (deep.as_bytes(), "recursion limit exceeded at column 146"),
    ];
    for (bad, detail) in cases {
        let input = [b"{\"text\": \"before\"}\n", bad, b"\r\n{\"text\": \"after\"}\n"].concat();
        let rows = read(&input).await;
        let shown = String::from_utf8_lossy(bad);
        assert_eq!(rows.len(), 3, "{shown}");
        assert_eq!((rows[0].text(), rows[2].text(), rows[2].line), ("before", "after", 3), "{shown}");
        let row = &rows[1];
        assert_eq!((row.fate, row.reason(), row.detail()), (1, "unreadable_row", format!("line 2: {detail}").as_str()));
        assert!(row.id.ends_with("in.jsonl:2") && !row.detail().contains("SECRET"), "{row:?}");
        assert_eq!((&row.text, &row.meta, &row.optional), (&None, &None, &[None, None, None, None]));
    }
}

#[tokio::test]
async fn blank_lines_are_counted_and_passed_over_under_any_line_end() {
    let input = "\u{feff}\r\n\n{\"text\": \"a\"}\r\n   \t\r\n{\"text\": \"b\"}\n\n{\"text\": \"c\"}";
    let rows = read(input).await;
    let found: Vec<(u64, &str)> = rows.iter().map(|row| (row.line, row.text())).collect();
    assert_eq!(found, [(3, "a"), (5, "b"), (7, "c")]);
    assert!(read("").await.is_empty() && read("\n \r\n").await.is_empty());
}

#[tokio::test]
async fn a_line_over_the_limit_is_unreadable_and_one_at_the_limit_is_read() {
    let line = |len: usize| format!("{{\"text\": \"{}\"}}", "x".repeat(len - 12));
    let options = ReadOptions { max_row_bytes: 100, ..ReadOptions::default() };
    for end in ["\n", "\r\n"] {
        let blank = " ".repeat(200_000);
        let input = [line(100), line(101), line(102), line(103), line(300_000), blank, line(50)].join(end);
        let rows = read_bytes("in.jsonl", input.as_bytes(), &options).await.unwrap();
        let fates: Vec<(u64, u8)> = rows.iter().map(|row| (row.line, row.fate)).collect();
        assert_eq!(fates, [(1, 0), (2, 1), (3, 1), (4, 1), (5, 1), (7, 0)], "{end:?}");
        assert_eq!(rows[4].detail(), "line 5: longer than 100 bytes");
    }
}

#[tokio::test]
async fn batches_close_at_rows_or_bytes_and_hold_the_same_rows() {
    let input = super::lines(500);
    let whole = read(&input).await;
    assert_eq!(whole.len(), 500);
    for (batch_rows, batch_bytes) in [(1, 1 << 20), (7, 1 << 20), (1000, 1), (1000, 100)] {
        let options = ReadOptions { batch_rows, batch_bytes, ..ReadOptions::default() };
        assert_eq!(read_bytes("in.jsonl", &input, &options).await.unwrap(), whole);
    }
}

#[test]
fn a_line_of_any_length_takes_no_more_memory_than_the_limit() {
    let endless = std::io::repeat(b'x').take(256 << 20).chain(b"\n{}".as_slice());
    let mut lines = LineReader::new(std::io::BufReader::new(endless), 1000);
    let mut buffer = Vec::new();
    assert_eq!(lines.next_line(&mut buffer).unwrap(), Line::TooLong);
    assert!(buffer.capacity() < 256 << 10, "{}", buffer.capacity());
    assert_eq!((lines.next_line(&mut buffer).unwrap(), lines.number()), (Line::Whole, 2));
}

#[tokio::test]
async fn a_text_file_is_one_document_or_one_unreadable_row() {
    let options = ReadOptions { max_row_bytes: 20, ..ReadOptions::default() };
    let rows = read_bytes("in.txt", "\u{feff}a\r\n\nb".as_bytes(), &options).await.unwrap();
    assert_eq!((rows.len(), rows[0].line, rows[0].text(), rows[0].meta.as_deref()), (1, 1, "a\r\n\nb", None));
    assert_eq!(read_bytes("in.txt", b"", &options).await.unwrap()[0].text(), "");
    for (bytes, detail) in
        [(b"ab\xFF".as_slice(), "invalid UTF-8 after 2 bytes"), (&[b'x'; 21], "longer than 20 bytes")]
    {
        let rows = read_bytes("in.txt", bytes, &options).await.unwrap();
        assert_eq!((rows.len(), rows[0].fate, rows[0].detail()), (1, 1, detail));
    }
}
