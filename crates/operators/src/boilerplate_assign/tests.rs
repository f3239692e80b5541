//! What is trimmed, and above all what is not.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use quarry_engine::operator::{Operator, Rows};

use super::DEF;
use crate::check::{build, check_build_error, no_resources, render};

/// What is decided on a text, with `\n` for line breaks.
fn trimmed(params: &str, text: &str) -> String {
    let Operator::Compute(operator) = build(&DEF, params, &no_resources()).unwrap() else { unreachable!() };
    let texts: ArrayRef = Arc::new(StringArray::from(vec![text]));
    let batch = RecordBatch::try_from_iter([("text", texts)]).unwrap();
    let decided = operator.decide(Rows::new(&batch)).unwrap();
    render(&decided).join("").replace('\n', "\\n")
}

const BUILT: &str = "The bridge was built in 1905 by Karl Brandt.";
const WIDENED: &str = "It was widened in 1931 and again in 1958.";

#[test]
fn furniture_goes_from_both_ends_and_headings_next_to_prose_stay() {
    let menu = "Skip to content\nHome\nNews\nSport\nWeather\nShop\n\n";
    let found = trimmed("", &format!("{menu}The bridge of Basel\n\n{BUILT}\nIt is long."));
    assert_eq!(found, format!("accept | The bridge of Basel\\n\\n{BUILT}\\nIt is long. | 46"));
    let notice = "We use cookies to give you the best experience.\n";
    let found = trimmed("", &format!("{notice}{BUILT}\nSources\n© 2024 Example Media\nAbout\nJobs"));
    assert_eq!(found, format!("accept | {BUILT}\\nSources | 80"));
    let found = trimmed("", &format!("{BUILT}\nShare on X\nSubscribe to our newsletter for more."));
    assert_eq!(found, format!("accept | {BUILT} | 49"));
}

#[test]
fn rows_of_links_and_runs_of_furniture_go_from_the_middle() {
    let found = trimmed("", &format!("{BUILT}\nHome | News | Sport | Shop\n{WIDENED}"));
    assert_eq!(found, format!("accept | {BUILT}\\n{WIDENED} | 27"));
    let found = trimmed("", &format!("{BUILT}\n\nFollow us\n\nSign up for our newsletter\n\n{WIDENED}"));
    assert_eq!(found, format!("accept | {BUILT}\\n\\n{WIDENED} | 39"));
    let one = format!("{BUILT}\nRead more\n{WIDENED}");
    assert_eq!(trimmed("", &one), format!("accept | {} | 0", one.replace('\n', "\\n")));
}

#[test]
fn a_table_is_no_row_of_links() {
    let table = "Name | Built | Height\nKellan Point | 1884 | 31 m\nBasel | 1905 | 12 m";
    let text = format!("{BUILT}\n{table}\n{WIDENED}\n{table}\nLog in");
    let expected = text.trim_end_matches("\nLog in").replace('\n', "\\n");
    assert_eq!(trimmed("", &text), format!("accept | {expected} | 7"));
    assert_eq!(trimmed("", &format!("Start | All recipes | Mail me\n\n{BUILT}")), format!("accept | {BUILT} | 31"));
}

#[test]
fn a_text_without_furniture_is_left_to_the_byte() {
    for text in [
        "A rose\nis a rose\nis a rose\nand so on\nto the end\nof the poem",
        "  fn main() {\n      run();\n  }\n\n",
        "Users log in with a password before they may edit a page.",
        "2 eggs\n1 cup of flour\nSalt\nSugar\nButter\nMix it all and bake it for an hour.",
        "委员会开会讨论。\n一二三四五六七八九十一二三四五六七八九十一二三",
        "",
    ] {
        assert_eq!(trimmed("", text), format!("accept | {} | 0", text.replace('\n', "\\n")));
    }
}

#[test]
fn a_page_of_nothing_else_is_rejected_as_it_was() {
    let page = "Home | News | Sport | Shop\nPage not found\nSign in";
    let expected = format!("reject only_boilerplate: 3 of 3 lines | {} | 0", page.replace('\n', "\\n"));
    assert_eq!(trimmed("", page), expected);
}

#[test]
fn phrases_of_other_languages_may_be_added() {
    let text = "Die Brücke wurde 1905 von Karl Brandt gebaut.\nAlle Rechte vorbehalten.";
    assert_eq!(trimmed("", text), format!("accept | {} | 0", text.replace('\n', "\\n")));
    let found = trimmed("phrases = [\"alle rechte vorbehalten\"]", text);
    assert_eq!(found, "accept | Die Brücke wurde 1905 von Karl Brandt gebaut. | 25");
    check_build_error(&DEF, "phrases = [\" \"]", "a phrase is empty");
}
