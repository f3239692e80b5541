//! One text a rule, each breaking that rule and none before it.

use super::DEF;
use crate::check::check;

const PROSE: &str = "The river rises in the hills to the north and flows past two old mills. \
    Its water is cold and clear, with trout that have lived there for ages. \
    In spring the banks are white with flowers. \
    Farmers of the valley have built small dams to feed their fields. \
    A narrow road follows the stream and crosses it on five bridges, the last of them of stone.";

/// Checks one text after the other against one expected line each.
fn judge(params: &str, cases: &[(&str, &str)]) {
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
    let short = PROSE.replace(". In", ", in").replace(". Far", ", far");
    judge(
        "",
        &[
            (&lorem, "reject placeholder_text: 1"),
            (&code, "reject curly_bracket: 1"),
            (&policy_code, "accept"),
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

#[test]
fn repeated_grams_are_measured() {
    // Values worked out by hand: `ab cd` is 5 of 23 characters, three times.
    let text = "ab cd ab cd ab cd ef gh";
    let mut words = super::words::Words::default();
    words.read(text);
    assert_eq!(words.top_gram_share(2), 15.0 / 23.0);
    assert_eq!(words.top_gram_share(3), 16.0 / 23.0);
    assert_eq!(words.top_gram_share(4), 22.0 / 23.0);
    // `ab cd ab cd ab` is not repeated, so nothing longer can be.
    assert_eq!(words.duplicate_gram_share(5), 0.0);
    words.read("a b c d e f a b c d e f a b c d e");
    // At word 6 a b c d e comes again (5 letters), then f a b c d and the rest is too short for one more.
    assert_eq!(words.duplicate_gram_share(5), 10.0 / 33.0);
}

#[test]
fn grams_of_a_text_do_not_depend_on_the_text_before() {
    let mut words = super::words::Words::default();
    words.read(&PROSE.repeat(20));
    let first = (2..5).map(|n| words.top_gram_share(n)).collect::<Vec<_>>();
    words.read("one two three");
    assert_eq!(words.top_gram_share(4), 0.0);
    assert_eq!(words.duplicate_gram_share(5), 0.0);
    words.read(&PROSE.repeat(20));
    assert_eq!((2..5).map(|n| words.top_gram_share(n)).collect::<Vec<_>>(), first);
}

#[test]
fn the_order_of_rules_is_that_of_the_table() {
    judge("min_words = 100\nmin_stop_words = 8", &[(PROSE, "reject too_few_words: 67")]);
}
