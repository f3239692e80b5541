//! One text a rule, each breaking that rule and none before it.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::{prop_assert_eq, proptest};

use super::words::Words;
use super::{DEF, Tokens};
use crate::check::{check, check_build_error};

const PROSE: &str = "The river rises in the hills to the north and flows past two old mills. \
    Its water is cold and clear, with trout that have lived there for ages. \
    In spring the banks are white with flowers. \
    Farmers of the valley have built small dams to feed their fields. \
    A narrow road follows the stream and crosses it on five bridges, the last of them of stone.";

/// All sets but FineWeb's, the cheap ones first.
const MOST: &str = r#"rules = ["gopher_quality", "boilerplate", "c4", "gopher_repetition"]"#;

/// Checks one text after the other against one expected line each.
fn judge(params: &str, cases: &[(&str, &str)]) {
    judge_by(&format!("{MOST}\n{params}"), cases);
}

fn judge_by(params: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let text = text.replace('\n', "\\n").replace('|', "\\p");
        check(&DEF, params, &format!("text\n{text}"), expected);
    }
}

#[test]
fn prose_is_accepted() {
    judge("", &[(PROSE, "accept")]);
}

#[test]
fn words_are_counted_and_measured() {
    judge(
        "min_words = 6",
        &[
            (".", "reject too_few_words: 0"),
            ("the sea & the sky -- !!!", "reject too_few_words: 4"),
            ("to be or to be or we", "reject words_too_short: 2"),
            (
                "the be extraordinarily incomprehensible internationalisation misunderstandings",
                "reject words_too_long: 12.167",
            ),
            ("the sea 12 13 14 to 15", "reject words_too_short: 2.286"),
            ("the seas 1200 1300 1400 to 1500", "reject too_few_letters: 0.429"),
            ("sea and sky and sea and rocks", "reject too_few_stop_words: 1"),
        ],
    );
    judge("max_words = 60", &[(PROSE, "reject too_many_words: 67")]);
}

#[test]
fn symbols_and_lines_are_counted() {
    let tags = PROSE.replace("and", "#and");
    let dots = PROSE.replace("and", "and ... and ...");
    let bullets = PROSE.replace(". ", ".\n- ");
    let cut = PROSE.replace(". ", "…\n");
    judge(
        "max_hashes_per_word = 0.04\nmax_bullet_lines = 0.7",
        &[
            (&tags, "reject too_many_hashes: 0.045"),
            (&bullets, "reject too_many_bullets: 0.8"),
            (&cut, "reject too_many_cut_lines: 0.8"),
        ],
    );
    judge("max_ellipses_per_word = 0.07", &[(&dots, "reject too_many_ellipses: 0.079")]);
}

#[test]
fn c4_counts_sentences_on_the_lines_that_it_keeps() {
    let lorem = format!("{PROSE}\nLorem ipsum dolor sit amet.");
    let code = format!("{PROSE}\nfn main() {{ run() }}");
    let policy_code = format!("{PROSE}\nSet javascript to {{ on }} and go.");
    let cookie_code = format!("{PROSE}\nOur privacy policy is {{}} for now.");
    let short = PROSE.replace(". In", ", in").replace(". Far", ", far");
    judge(
        "",
        &[
            (&lorem, "reject placeholder_text: 1"),
            (&code, "reject curly_bracket: 1"),
            (&policy_code, "accept"),
            (&cookie_code, "reject curly_bracket: 1"),
            (&short, "reject too_few_sentences: 3"),
        ],
    );
    let titled = PROSE.replace(". ", "\n");
    judge("", &[(&titled, "accept")]);
    judge("needs_line_end = true", &[(&titled, "reject too_few_sentences: 1")]);
    judge("needs_line_end = true", &[(&PROSE.replace(". ", ".[12]\n"), "accept")]);
}

#[test]
fn furniture_is_boilerplate_and_a_mention_in_prose_is_not() {
    let menu = format!("Home | About | News | Contact\nWe use cookies to give you the best experience.\n{PROSE}");
    let page = format!("{menu}\n{}", "Subscribe to our newsletter | Log in | Sign up | Follow us\n".repeat(5));
    let mention = PROSE.replace("two old mills", "two old mills that readers may subscribe to");
    judge("", &[(&menu, "accept"), (&page, "reject boilerplate: 0.474"), (&mention, "accept")]);
}

#[test]
fn pages_of_short_lines_and_policies_are_boilerplate() {
    let labels = ["Home", "About us", "Blog", "Press", "Log in", "Careers"].join("\n");
    let policy = "We may collect your name.\nWe may update this policy and your settings.\n".repeat(6);
    let banner = "We use cookies, and so do our partners. Read our cookie policy or accept all. ".repeat(3);
    let mention = format!("{PROSE} We use cookies, and so do our partners.");
    judge(
        "min_words = 0\nmin_stop_words = 0",
        &[
            (&format!("{labels}\n\nThe page has moved."), "reject boilerplate: 0.642"),
            (&policy, "reject boilerplate: 1"),
            (&banner, "reject boilerplate: 1"),
            (&mention, "reject too_few_sentences: 0"),
        ],
    );
}

#[test]
fn an_article_on_javascript_counts_where_the_recipe_wants_it() {
    let text = PROSE.replace("stream", "JavaScript engine");
    judge("", &[(&text, "reject too_few_sentences: 0")]);
    judge("drops_javascript = false", &[(&text, "accept")]);
}

#[test]
fn repeated_lines_and_paragraphs_are_measured() {
    let lines = format!("{PROSE}\nSame line here.\nSame line here.\nSame line here.");
    let long_lines = format!("{PROSE}\n{PROSE}");
    let paragraphs = format!("{PROSE}\n\nSame one here.\n\nSame one here.\n\nSame one here.");
    judge(
        "",
        &[
            (&lines, "reject duplicate_lines: 0.5"),
            (&long_lines, "reject duplicate_lines: 0.5"),
            (&paragraphs, "reject duplicate_paragraphs: 0.5"),
        ],
    );
    judge("max_duplicate_lines = 1", &[(&long_lines, "reject duplicate_line_chars: 0.499")]);
}

/// The shares of n-grams of a text by its white space.
fn grams(words: &mut Words, text: &str) -> [f64; 4] {
    words.read(text, Tokens::Whitespace, text.chars().count());
    [words.top_gram_share(2), words.top_gram_share(3), words.top_gram_share(4), words.duplicate_gram_share(5)]
}

#[test]
fn repeated_grams_are_measured() {
    // Values worked out by hand: `ab cd` is 5 of 23 characters, three times.
    let mut words = Words::default();
    let shares = grams(&mut words, "ab cd ab cd ab cd ef gh");
    assert_eq!(shares, [15.0 / 23.0, 16.0 / 23.0, 22.0 / 23.0, 0.0]);
    // At word 6 a b c d e comes again (5 letters), then f a b c d and the rest is too short for one more.
    let [.., duplicates] = grams(&mut words, "a b c d e f a b c d e f a b c d e");
    assert_eq!(duplicates, 10.0 / 33.0);
    // Written without spaces, the second five words are the first five.
    let [.., duplicates] = grams(&mut words, "ab c d e fg a bc d ef g");
    assert_eq!(duplicates, 7.0 / 23.0);
}

/// The share of the commonest n-gram, each written out.
fn written_out_top(words: &[&str], n: usize, num_chars: usize) -> f64 {
    let grams: Vec<String> = words.windows(n).map(|gram| gram.join(" ")).collect();
    let count = |gram: &String| grams.iter().filter(|other| *other == gram).count();
    let top = grams.iter().rev().max_by_key(|gram| count(gram));
    top.map_or(0.0, |gram| (gram.len() * count(gram)) as f64 / num_chars as f64)
}

/// The share of repeated n-grams, each written out without spaces.
fn written_out_duplicates(words: &[&str], n: usize, num_chars: usize) -> f64 {
    let (mut seen, mut start, mut num_repeated) = (BTreeSet::new(), 0, 0);
    while let Some(gram) = words.get(start..start + n).map(<[&str]>::concat) {
        let len = gram.len();
        let is_new = seen.insert(gram);
        num_repeated += if is_new { 0 } else { len };
        start += if is_new { 1 } else { n };
    }
    num_repeated as f64 / num_chars as f64
}

proptest! {
    #[test]
    fn grams_are_those_written_out(picks in vec(0..WORDS.len(), 1..90)) {
        let picked: Vec<&str> = picks.into_iter().map(|idx| WORDS[idx]).collect();
        let text = picked.join(" ");
        let mut words = Words::default();
        words.read(&text, Tokens::Whitespace, text.len());
        for n in 2..=4 {
            prop_assert_eq!(words.top_gram_share(n), written_out_top(&picked, n, text.len()), "{} words", n);
        }
        for n in 5..=10 {
            prop_assert_eq!(words.duplicate_gram_share(n), written_out_duplicates(&picked, n, text.len()), "{} words", n);
        }
    }
}

/// Words that are alike once the spaces between them are gone.
const WORDS: [&str; 9] =
    ["a", "b", "ab", "ba", "aba", "a\0", "\0b", "abababababababab", "babababababababababababababababababab"];

#[test]
fn grams_of_a_text_do_not_depend_on_the_text_before() {
    let mut words = Words::default();
    let first = grams(&mut words, &PROSE.repeat(20));
    assert_eq!(grams(&mut words, "one two three"), [7.0 / 13.0, 1.0, 0.0, 0.0]);
    assert_eq!(grams(&mut words, &PROSE.repeat(20)), first);
}

#[test]
fn the_order_of_rules_is_that_of_the_table() {
    judge("min_words = 100\nmin_stop_words = 8", &[(PROSE, "reject too_few_words: 67")]);
}

#[test]
fn sets_are_tried_in_the_order_written() {
    let text = format!("{PROSE}\n{PROSE}");
    judge_by("min_words = 1000", &[(&text, "reject duplicate_lines: 0.5"), (PROSE, "reject too_few_words: 67")]);
    judge_by("rules = [\"fineweb\"]", &[(&text, "reject repeated_line_chars: 0.5"), (PROSE, "accept")]);
    judge_by(
        "rules = [\"gopher_quality\", \"gopher_repetition\"]\nmin_words = 1000",
        &[(&text, "reject too_few_words: 134")],
    );
    check_build_error(&DEF, "rules = [\"gopher\"]", "`gopher` is no set of rules");
    check_build_error(&DEF, "rules = [\"c4\", \"c4\"]", "`c4` stands there twice");
    check_build_error(&DEF, "rules = []", "nothing would be refused");
}

#[test]
fn fineweb_judges_the_lines_that_c4_would_leave() {
    let labels = format!("{PROSE}\nHome\nAbout\nPress\nLog in\nJoin");
    judge_by("rules = [\"fineweb\"]", &[(&labels, "reject too_many_short_lines: 0.833")]);
    judge_by("rules = [\"fineweb\", \"c4\"]", &[(&labels, "reject too_many_short_lines: 0.833")]);
    judge_by("rules = [\"c4\", \"fineweb\"]", &[(&labels, "accept")]);
}

#[test]
fn fineweb_measures_ends_copies_and_breaks() {
    let open = PROSE.replace(". ", " and so on along the whole valley\n").replace("stone.", "stone");
    let blank = PROSE.replace(". ", &format!(".{}", "\n".repeat(6)));
    let params = "rules = [\"fineweb\"]\nmax_repeated_line_chars = 0.6";
    judge_by(
        params,
        &[
            (&open, "reject too_few_ended_lines: 0"),
            (&format!("{PROSE}\n{PROSE}"), "accept"),
            (&blank, "reject too_many_line_breaks: 0.358"),
            (" \n\t", "reject no_lines: 0"),
            ("水は冷たく澄んでいる。", "reject too_many_short_lines: 1"),
        ],
    );
    judge_by(&format!("{params}\nshort_line_chars = 10"), &[("水は冷たく澄んでいる。", "accept")]);
}

#[test]
fn words_of_uax_29_leave_punctuation_out() {
    let text = "the sea, the sky -- and 'a' boat-house";
    let rules = "rules = [\"gopher_quality\"]\nmin_words = 100";
    judge_by(rules, &[(text, "reject too_few_words: 7")]);
    judge_by(&format!("{rules}\ntokens = \"uax29\""), &[(text, "reject too_few_words: 8")]);
}
