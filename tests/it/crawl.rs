//! A crawl to documents: records of a WARC file, through the recipe that users start from, to rows that are accounted for.

use serde_json::{Map, Value};

use crate::dataset::{assert_conserved, assert_same_bytes, bytes, json, rows};
use crate::place::{Place, root};
use crate::sample::gzip;

/// A record of a crawl, as crawlers write it.
fn record(kind: &str, url: &str, fields: &str, block: &[u8]) -> Vec<u8> {
    let name = url.rsplit('/').next().unwrap();
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{name}>\r\nWARC-Date: 2024-05-01T00:00:00Z\r\n\
         WARC-Target-URI: {url}\r\n{fields}Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn response(url: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let block = [format!("HTTP/1.1 {head}\r\n\r\n").as_bytes(), body].concat();
    record("response", url, "Content-Type: application/http; msgtype=response\r\n", &block)
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("tests/crawl").join(name)).unwrap()
}

/// Ten records: eight of pages, of which two stay.
fn crawl() -> Vec<Vec<u8>> {
    const HTML: &str = "200 OK\r\nContent-Type: text/html; charset=utf-8";
    let lighthouse = page("lighthouse.html");
    let packed = format!("{HTML}\r\nContent-Encoding: gzip");
    // A page in the characters of the old web.
    let bread: Vec<u8> = page("bread.html").chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    let copy = lighthouse.replace("Harbour Notes", "The Coast Today").replace("142 steps", "steps");
    let broken = response("https://example.org/broken", HTML, b"<p>x");
    let broken = String::from_utf8(broken).unwrap().replace("Content-Length", "Content-Size").into_bytes();
    vec![
        record("warcinfo", "https://example.org/info", "", b"software: test\r\n"),
        record("request", "https://example.org/lighthouse", "", b"GET /lighthouse HTTP/1.1\r\n\r\n"),
        response("https://example.org/lighthouse", &packed, &gzip(lighthouse.as_bytes())),
        response("https://example.com/bread", "200 OK\r\nContent-Type: text/html; charset=ISO-8859-1", &bread),
        response("https://example.net/copy", HTML, copy.as_bytes()),
        response("https://example.de/bruecke", HTML, page("bruecke.html").as_bytes()),
        response("https://example.org/menu", HTML, page("menu.html").as_bytes()),
        response("https://example.org/gone", "404 Not Found\r\nContent-Type: text/html", lighthouse.as_bytes()),
        response("https://example.org/photo", "200 OK\r\nContent-Type: image/jpeg", b"\xFF\xD8\xFF"),
        broken,
    ]
}

fn web_recipe() -> Place {
    Place::with_recipe(&std::fs::read_to_string(root().join("pipeline/recipes/web.toml")).unwrap())
}

/// What is published: in `data/` where there are no pairs.
fn documents(place: &Place) -> Vec<Map<String, Value>> {
    let data = rows(&place.path("out"), "data");
    if data.is_empty() { rows(&place.path("out"), "documents") } else { data }
}

fn text(row: &Map<String, Value>) -> &str {
    row.get("text").or_else(|| row.get("source_text")).unwrap().as_str().unwrap()
}

#[test]
fn a_crawl_becomes_clean_documents_and_every_page_is_accounted_for() {
    let place = web_recipe();
    place.write("crawl.warc.gz", crawl().iter().flat_map(|record| gzip(record)).collect::<Vec<u8>>());
    place.run_recipe(&["-i", "crawl.warc.gz"]).exits(0);
    let out = place.path("out");
    let documents = documents(&place);
    let urls: Vec<&Value> = documents.iter().map(|row| &row["url"]).collect();
    assert_eq!(urls, ["https://example.org/lighthouse", "https://example.com/bread"]);
    assert_eq!(documents[0]["doc_id"], "response-lighthouse");
    assert_eq!((&documents[0]["licence"], &documents[0]["language"]), (&"CC-BY-4.0".into(), &"en".into()));
    let lighthouse = text(&documents[0]);
    assert!(lighthouse.contains("It is 31 metres high, and on a clear night"), "{lighthouse}");
    for furniture in ["cookies", "Log in", "newsletter", "not a paragraph", "Ten beaches", "<"] {
        assert!(!lighthouse.contains(furniture), "{furniture} in:\n{lighthouse}");
    }
    assert!(text(&documents[1]).contains("My grandmother kept a café in the hills"), "{}", text(&documents[1]));
    assert!(!text(&documents[1]).contains("Soups"), "{}", text(&documents[1]));

    let rejects = rows(&out, "rejects");
    let mut why: Vec<(&str, &str)> =
        rejects.iter().map(|row| (row["stage"].as_str().unwrap(), row["reason"].as_str().unwrap())).collect();
    why.sort_unstable();
    let expected = [
        ("distinct", "near_duplicate_of"),
        ("in_english", "wrong_language"),
        ("main_text", "no_main_text"),
        ("read", "http_status"),
        ("read", "not_text"),
        ("read", "unreadable_row"),
    ];
    assert_eq!(why, expected);
    assert_conserved(&out, 8);
}

#[test]
fn threads_batches_and_packing_change_no_document_of_a_crawl() {
    let (one, other) = (web_recipe(), web_recipe());
    let config = "[run]\nthreads = 1\n";
    let crawl: Vec<u8> = crawl().concat();
    for place in [&one, &other] {
        place.write("crawl.warc", &crawl);
    }
    one.write("config.toml", config);
    one.run_recipe(&["-i", "crawl.warc", "--config", "config.toml"]).exits(0);
    other.run_recipe(&["-i", "crawl.warc"]).exits(0);
    assert_same_bytes(&one.path("out"), &bytes(&other.path("out")), "one thread");
    let results = json(&one.path("out/run_results.json"));
    assert_eq!(results["documents"]["num_in"], 8);
}
