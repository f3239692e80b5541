//! Pages to texts, and pages that are refused before they cost anything.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use quarry_engine::operator::{Decided, Operator, Rows};
use quarry_schema::Fate;

use super::tags::{Tag, Tags};
use super::{DEF, guard, licence};
use crate::check::{build, no_resources};

const PARAGRAPH: &str = "The old bridge over the Rhine was built in 1905 by the engineer Karl Brandt, and it was\nwidened \
    twice in the years that followed, because more and more people came to live on the other bank.";

fn article(head: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en-GB\"><head><title>The bridge</title>{head}</head><body>\
         <nav><ul><li><a href=/>Home</a></li><li><a href=/news>News</a></li></ul></nav>\
         <article><h1>The bridge</h1>\n<p>{PARAGRAPH}</p>\n<p>{PARAGRAPH}</p>{body}</article>\
         <footer>© 2024 Example <a href=/imprint>Imprint</a></footer></body></html>"
    )
}

fn decide(params: &str, rows: &[[Option<&str>; 4]]) -> Decided {
    let Operator::Compute(operator) = build(&DEF, params, &no_resources()).unwrap() else { unreachable!() };
    let column = |idx: usize| -> ArrayRef { Arc::new(rows.iter().map(|row| row[idx]).collect::<StringArray>()) };
    let names = ["text", "url", "language", "licence"];
    let columns = names.into_iter().enumerate().map(|(idx, name)| (name, column(idx), true));
    operator.decide(Rows::new(&RecordBatch::try_from_iter_with_nullable(columns).unwrap())).unwrap()
}

/// Fate and columns of one text.
fn one(params: &str, text: &str) -> (Fate, [Option<String>; 5]) {
    let mut decided = decide(params, &[[Some(text), None, None, None]]);
    let values = [0, 1, 2, 3, 4].map(|idx| {
        let column = decided.columns[idx].as_string::<i32>();
        column.is_valid(0).then(|| column.value(0).to_owned())
    });
    (decided.fates.remove(0), values)
}

fn refused(text: &str) -> String {
    match one("", text).0 {
        Fate::Reject { reason, detail } => format!("{reason}: {detail}"),
        fate => format!("{fate:?}"),
    }
}

#[test]
fn a_page_gives_its_prose_its_title_its_date_its_language_and_its_licence() {
    let head = "<meta property=\"article:published_time\" content=\"2021-05-03T10:00:00Z\">\
                <link rel=license href='https://creativecommons.org/licenses/by-sa/4.0/deed.de'>";
    let (fate, [text, title, published, language, licence]) = one("", &article(head, "<pre>a\n  b\nc</pre>"));
    assert_eq!(fate, Fate::Accept);
    let text = text.unwrap();
    // A line break of the source is a space, one inside `pre` is none.
    assert!(text.contains("and it was widened twice"), "{text}");
    assert!(text.contains("a\nb\nc"), "{text}");
    assert!(!text.contains("Home") && !text.contains("Imprint") && !text.contains('<'), "{text}");
    assert_eq!(
        [title, published, language, licence].each_ref().map(Option::as_deref),
        [Some("The bridge"), Some("2021-05-03"), Some("en"), Some("CC-BY-SA-4.0")]
    );
}

#[test]
fn what_the_input_says_of_language_and_licence_stays() {
    let page = article("<link rel=license href=https://example.org/terms>", "");
    let rows =
        [[Some(page.as_str()), None, Some("rm"), Some("MIT")], [Some(page.as_str()), Some("no url"), None, None]];
    let decided = decide("", &rows);
    let column = |idx: usize| decided.columns[idx].as_string::<i32>();
    assert_eq!((column(3).value(0), column(4).value(0)), ("rm", "MIT"));
    assert_eq!((column(3).value(1), column(4).value(1)), ("en", "https://example.org/terms"));
}

#[test]
fn what_is_no_page_passes_as_it_is() {
    for text in ["Plain text about <b>tags</b>.", "<3 is a heart", "<a> and <b> are variables", "", " # Title\n<p>"] {
        let (fate, [found, title, ..]) = one("", text);
        assert_eq!((fate, found.as_deref(), title), (Fate::Accept, Some(text), None));
    }
    assert!(guard::is_html("\u{feff} \n<!DOCTYPE HTML PUBLIC '-//W3C'><p>"));
    assert!(guard::is_html("<div><p>A part of a page</p></div>"));
    assert_eq!(refused("<div><p>A part of a page</p></div>"), "no_main_text: 16");
    let (fate, _) = one("html = \"always\"", "Plain text.");
    assert!(matches!(fate, Fate::Reject { reason: "no_main_text", .. }), "{fate:?}");
}

#[test]
fn a_rejected_page_keeps_its_html() {
    let (fate, [text, ..]) = one("min_chars = 5000", &article("", ""));
    assert!(matches!(fate, Fate::Reject { reason: "no_main_text", .. }));
    assert_eq!(text, Some(article("", "")));
}

#[test]
fn pages_that_cost_more_than_they_hold_are_refused() {
    let page = |body: String| format!("<!doctype html><body>{body}");
    let deep = "unparsable_page: elements are nested deeper than 256";
    for open in [
        "<div>",
        "<b>",
        "<span><b></x>",
        "<table><tr><td>",
        "<ul><li>",
        "<font size=1><p>",
        "<div></x>",
        "<svg><g></a></svg><section>",
    ] {
        let distinct = open == "<font size=1><p>";
        let body = (0..5000).map(|n| if distinct { format!("<font size={n}><p>") } else { open.to_owned() });
        assert_eq!(refused(&page(body.collect())), deep, "{open}");
    }
    let reopened = (0..100).map(|n| format!("<b id={n}>")).collect::<String>() + &"<p>a</p>".repeat(2000);
    assert_eq!(refused(&page(reopened)), "unparsable_page: formatting is left open again and again");
    let long = page("<p>".repeat(1 << 20));
    assert_eq!(refused(&long), "unparsable_page: longer than 2097152 bytes");
}

#[test]
fn sloppy_pages_of_real_people_are_not_refused() {
    let table = "<tr><td><font color=red>a<td><b>b".repeat(3000);
    let list = "<li><p>an entry<br>".repeat(3000);
    let svg = "<path d='M0 0'/>".repeat(3000);
    let links = "<p><a name=x>b<b>c".repeat(3000);
    let spans = "<div><span>a</div><p><b>b</p></b>".repeat(3000);
    for body in
        [format!("<table>{table}</table>"), format!("<ul>{list}</ul>"), format!("<svg>{svg}</svg>"), spans, links]
    {
        assert_eq!(guard::check(&article("", &body)), Ok(()));
    }
}

#[test]
fn tags_are_found_among_what_looks_like_them() {
    let html = "a < b <!-- <p> --><A HREF='x>y' rel=\"a b\"/ checked>t</a\n><script>if (a<b) '</p>'</script ><br/><é><";
    let found: Vec<(&str, bool)> = Tags::new(html).map(|tag| (tag.name, tag.is_end)).collect();
    let expected = [("A", false), ("a", true), ("script", false), ("script", true), ("br", false)];
    assert_eq!(found, expected);
    let tag = Tags::new(html).next().unwrap();
    assert_eq!(
        [tag.attribute("href"), tag.attribute("rel"), tag.attribute("checked")],
        [Some("x>y"), Some("a b"), None]
    );
    let open = Tag { name: "a", is_end: false, attributes: " href=\"never closed" };
    assert_eq!(open.attribute("href"), None);
}

#[test]
fn licences_have_short_names_where_they_are_known() {
    for (href, name) in [
        ("http://creativecommons.org/licenses/by/3.0/", Some("CC-BY-3.0")),
        ("//creativecommons.org/publicdomain/zero/1.0/legalcode", Some("CC0-1.0")),
        ("https://creativecommons.org/publicdomain/mark/1.0/", Some("public domain")),
        ("https://creativecommons.org/", None),
        ("https://example.org/licenses/by/3.0/", None),
    ] {
        assert_eq!(licence::creative_commons(href).as_deref(), name, "{href}");
    }
    assert_eq!(licence::short_name("CC BY SA 4.0"), "CC-BY-SA-4.0");
    assert_eq!(licence::language_of("pt_BR").as_deref(), Some("pt"));
    assert_eq!(licence::language_of("english"), None);
}
