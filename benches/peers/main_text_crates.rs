//! The crates that quarry chose between: pages as JSON lines in, what one crate makes of each out, with its time.

use std::io::Write;
use std::time::Instant;

fn by_trafilatura(html: &str, mode: &str) -> Result<String, String> {
    let options = rs_trafilatura::Options {
        include_comments: false,
        favor_recall: mode == "recall",
        page_type: (mode == "article").then_some(rs_trafilatura::page_type::PageType::Article),
        ..Default::default()
    };
    rs_trafilatura::extract_with_options(html, &options).map(|found| found.content_text).map_err(|error| error.to_string())
}

fn by_smoothie(html: &str, mode: &str) -> Result<String, String> {
    let config = dom_smoothie::Config {
        text_mode: match mode {
            "raw" => dom_smoothie::TextMode::Raw,
            _ => dom_smoothie::TextMode::Formatted,
        },
        candidate_select_mode: match mode {
            "domsmoothie" => dom_smoothie::CandidateSelectMode::DomSmoothie,
            _ => dom_smoothie::CandidateSelectMode::Readability,
        },
        ..Default::default()
    };
    let mut page = dom_smoothie::Readability::new(html, None, Some(config)).map_err(|error| error.to_string())?;
    page.parse().map(|article| article.text_content.to_string()).map_err(|error| error.to_string())
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (crate_name, mode) = (args.next().unwrap(), args.next().unwrap());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lines() {
        let row: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let html = row["html"].as_str().unwrap();
        let begun = Instant::now();
        let found = std::panic::catch_unwind(|| match crate_name.as_str() {
            "rs-trafilatura" => by_trafilatura(html, &mode),
            _ => by_smoothie(html, &mode),
        });
        let ms = begun.elapsed().as_secs_f64() * 1e3;
        let found = found.unwrap_or_else(|_| Err("panic".to_owned()));
        let (text, error) = found.map_or_else(|error| (String::new(), Some(error)), |text| (text, None));
        serde_json::to_writer(&mut out, &serde_json::json!({ "text": text, "ms": ms, "error": error })).unwrap();
        out.write_all(b"\n").unwrap();
    }
}
