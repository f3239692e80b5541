//! Each rule broken once or more; what a report says at the place itself.

use std::collections::BTreeSet;

use super::ops::{file, parse_text};
use crate::recipe::{Override, ParseOverrideError, Problem, Problems, RULES};

/// Stages behind a sound `[recipe]`.
fn with(stages: &str) -> String {
    format!("[recipe]\nname = \"r\"\n{stages}")
}

/// One `length_filter` with more keys.
fn one(keys: &str) -> String {
    with(&format!("[[stage]]\nname = \"a\"\nop = \"length_filter\"\n{keys}\n"))
}

fn stage(name: &str, rest: &str) -> String {
    format!("[[stage]]\nname = \"{name}\"\n{rest}\n")
}

const DOMAIN: &str = "op = \"domain_classify\"\nparams.model = \"m\"";
const CLOZE: &str = "op = \"cloze_generate\"";
const SOUND: &str = "[[stage]]\nname = \"a\"\nop = \"length_filter\"\n";

/// A recipe, and for each problem its code, the text it points at, and the label.
struct Case {
    text: String,
    sets: &'static [&'static str],
    found: &'static [(&'static str, &'static str, &'static str)],
}

fn case(text: String, found: &'static [(&'static str, &'static str, &'static str)]) -> Case {
    Case { text, sets: &[], found }
}

fn top_level_cases() -> Vec<Case> {
    let seed = |value: &str| format!("[recipe]\nname = \"r\"\nseed = {value}\n{SOUND}");
    let rows = |value: &str| format!("[recipe]\nname = \"r\"\nrows = {value}\n{SOUND}");
    vec![
        case(format!("[recipe]\nname = \"r\nseed = 1\n{SOUND}"), &[("R001", "", "expected `\"`")]),
        case(format!("colour = 1\n{}", with(SOUND)), &[("R002", "colour", "no such key")]),
        case(
            with(&SOUND.replace("[[stage]]", "[[stages]]").replace("length", "lenght")),
            &[
                ("R002", "stages", "did you mean `stage`?"),
                ("R015", "\"lenght_filter\"", "did you mean `length_filter`?"),
            ],
        ),
        case(SOUND.to_owned(), &[("R003", "", "expected `[recipe]`")]),
        case(format!("recipe = 1\n{SOUND}"), &[("R003", "1", "expected a table")]),
        case(format!("[recipe]\nnmae = \"r\"\n{SOUND}"), &[("R004", "nmae", "did you mean `name`?")]),
        case(format!("[recipe]\nname = \" \"\n{SOUND}"), &[("R005", "\" \"", "expected a string that is not blank")]),
        case(format!("[recipe]\nname = 1\n{SOUND}"), &[("R005", "1", "expected a string that is not blank")]),
        case(format!("[recipe]\n{SOUND}"), &[("R008", "recipe", "`name` is missing")]),
        case(seed("-1"), &[("R006", "-1", "expected a whole number from 0 to 18446744073709551615")]),
        case(seed("1.5"), &[("R006", "1.5", "expected a whole number from 0 to 18446744073709551615")]),
        case(seed("\"x\""), &[("R006", "\"x\"", "expected a whole number from 0 to 18446744073709551615")]),
        case(rows("\"pair\""), &[("R009", "\"pair\"", "did you mean `pairs`?")]),
        case(rows("1"), &[("R009", "1", "expected `documents` or `pairs`")]),
        case(with(""), &[("R007", "", "expected `[[stage]]` tables")]),
        case(with("[stage]\nname = \"a\""), &[("R007", "[stage]", "did you mean `[[stage]]`?")]),
        case(format!("stage = [1]\n{}", with("")), &[("R007", "1", "expected a `[[stage]]` table")]),
    ]
}

fn stage_cases() -> Vec<Case> {
    let op = "op = \"length_filter\"";
    vec![
        case(one("min_tokens = 5"), &[("R010", "min_tokens", "no such key")]),
        case(one("were = \"true\""), &[("R010", "were", "did you mean `where`?")]),
        case(with(&format!("[[stage]]\n{op}")), &[("R011", "[[stage]]", "`name` is missing")]),
        case(with(&format!("[[stage]]\nname = 1\n{op}")), &[("R012", "1", "expected a string")]),
        case(with(&stage("LongEnough", op)), &[("R012", "\"LongEnough\"", "did you mean `long_enough`?")]),
        case(with(&stage("", op)), &[("R012", "\"\"", "expected a name such as `long_enough`")]),
        case(with(&stage("source", op)), &[("R012", "\"source\"", "in `from`, `source` is the input of the run")]),
        case(with(&[stage("a", op), stage("a", op)].concat()), &[("R013", "\"a\"", "named again here")]),
        case(with("[[stage]]\nname = \"a\""), &[("R014", "\"a\"", "`op` is missing")]),
        case(with(&stage("a", "op = \"zebra\"")), &[("R015", "\"zebra\"", "no such operator")]),
        case(with(&stage("a", "op = [1]")), &[("R016", "[1]", "expected an operator's name")]),
        case(one("where = 1"), &[("R017", "1", "expected an SQL predicate in a string")]),
        case(one("where = \"\""), &[("R017", "\"\"", "expected an SQL predicate in a string")]),
    ]
}

fn from_cases() -> Vec<Case> {
    let second = |from: &str| with(&[SOUND, &stage("b", &format!("op = \"length_filter\"\nfrom = {from}"))].concat());
    vec![
        case(second("1"), &[("R020", "1", "expected a stage's name")]),
        case(second("[]"), &[("R020", "[]", "names nothing to read")]),
        case(
            second("[\"a\", 1, true]"),
            &[("R020", "1", "expected a stage's name"), ("R020", "true", "expected a stage's name")],
        ),
        case(second("\"zebra\""), &[("R021", "\"zebra\"", "no such stage")]),
        case(second("\"sourc\""), &[("R021", "\"sourc\"", "did you mean `source`?")]),
        case(second("\"b\""), &[("R022", "\"b\"", "the stage's own name")]),
        case(
            with(&[&stage("b", "op = \"length_filter\"\nfrom = \"a\""), SOUND].concat()),
            &[("R022", "\"a\"", "defined below")],
        ),
        case(second("[\"a\", \"source\", \"a\"]"), &[("R023", "\"a\"", "named again here")]),
    ]
}

fn param_cases() -> Vec<Case> {
    let param = |given: &str| one(&format!("params = {{ {given} }}"));
    let topic = |given: &str| with(&stage("t", &format!("op = \"topic_classify\"\nparams = {{ {given} }}")));
    vec![
        case(one("params = [1]"), &[("R030", "[1]", "expected a table")]),
        case(param("min_tokn = 1"), &[("R031", "min_tokn", "did you mean `min_tokens`?")]),
        case(
            param("min_tokn = true"),
            &[("R031", "min_tokn", "did you mean `min_tokens`?"), ("R033", "true", "found true or false")],
        ),
        case(param("zebra = 1"), &[("R031", "zebra", "no such param")]),
        case(
            with(&stage("d", "op = \"domain_classify\"")),
            &[("R032", "\"domain_classify\"", "`domain_classify` takes `model`: a string")],
        ),
        case(
            with(&stage("d", "op = \"domain_classify\"\nparams = {}")),
            &[("R032", "params", "`domain_classify` takes `model`: a string")],
        ),
        case(
            with(&stage("d", "op = \"domain_classify\"\nparams.modle = \"m\"")),
            &[("R031", "modle", "did you mean `model`?")],
        ),
        case(param("min_tokens = \"5\""), &[("R033", "\"5\"", "found a string")]),
        case(param("min_tokens = 5.0"), &[("R033", "5.0", "found a number with a fraction")]),
        case(param("strict = 1"), &[("R033", "1", "found a whole number")]),
        case(param("note = 1979-05-27"), &[("R033", "1979-05-27", "found a date or time")]),
        case(param("ignore = [\"a\", 2]"), &[("R033", "2", "found a whole number")]),
        case(param("min_tokens = -1"), &[("R034", "-1", "expected a whole number from 0 to 100000")]),
        case(
            param("min_tokens = 99999999999999999999"),
            &[("R034", "99999999999999999999", "expected a whole number from 0 to 100000")],
        ),
        case(param("max_share = 1.5"), &[("R034", "1.5", "expected a number from 0 to 1")]),
        case(param("max_share = 2"), &[("R034", "2", "expected a number from 0 to 1")]),
        case(param("max_share = nan"), &[("R034", "nan", "expected a number from 0 to 1")]),
        case(param("unit = \"token\""), &[("R035", "\"token\"", "did you mean `tokens`?")]),
        case(param("unit = \"miles\""), &[("R035", "\"miles\"", "not one of its choices")]),
        case(topic("steps = [0.5, \"1\"]"), &[("R033", "\"1\"", "found a string")]),
        case(topic("by = [1]"), &[("R033", "1", "found a whole number")]),
        case(topic("prefer = 1"), &[("R033", "1", "found a whole number")]),
        case(topic("by = [\"source\"], prefer = \"text\", steps = [1, 2.5]"), &[]),
        case(topic("by = [\"sourc\"]"), &[("R052", "\"topic_classify\"", "`topic_classify` reads `sourc`")]),
        case(topic("prefer = \"score\""), &[("R052", "\"topic_classify\"", "`topic_classify` reads `score`")]),
    ]
}

fn set_cases() -> Vec<Case> {
    let set = |sets, found| Case { text: one(""), sets, found };
    vec![
        set(&["b.min_tokens=1"], &[("R040", "nowhere", "")]),
        set(&["a.min_token=1"], &[("R041", "nowhere", "did you mean `min_tokens`?")]),
        set(&["a.min_tokens=many"], &[("R042", "nowhere", "")]),
        set(&["a.min_tokens=-1"], &[("R042", "nowhere", "expected a whole number from 0 to 100000")]),
        set(&["a.unit=character"], &[("R042", "nowhere", "did you mean `characters`?")]),
    ]
}

fn flow_cases() -> Vec<Case> {
    let stages = |stages: &[(&str, &str)]| {
        with(&stages.iter().map(|(name, rest)| stage(name, rest)).collect::<Vec<_>>().concat())
    };
    vec![
        case(
            stages(&[("form", "op = \"form_verify\"")]),
            &[("R050", "\"form_verify\"", "the rows are documents here")],
        ),
        case(
            stages(&[("d", DOMAIN), ("ask", CLOZE), ("who", "op = \"persona_assign\"")]),
            &[("R050", "\"persona_assign\"", "the rows are pairs here")],
        ),
        case(
            stages(&[("d", DOMAIN), ("ask", CLOZE), ("both", "op = \"length_filter\"\nfrom = [\"d\", \"ask\"]")]),
            &[("R051", "[\"d\", \"ask\"]", "documents from stage `d`, pairs from stage `ask`")],
        ),
        case(stages(&[("ask", CLOZE)]), &[("R052", "\"cloze_generate\"", "`cloze_generate` reads `domain`")]),
        case(
            stages(&[("d", DOMAIN), ("ask", &format!("{CLOZE}\nfrom = \"source\""))]),
            &[("R052", "\"cloze_generate\"", "`cloze_generate` reads `domain`")],
        ),
        case(
            stages(&[("m", "op = \"mystery_filter\"")]),
            &[("R052", "\"mystery_filter\"", "`mystery_filter` reads `mystery`")],
        ),
        case(
            stages(&[("d", DOMAIN), ("t", "op = \"topic_classify\"")]),
            &[("R053", "\"topic_classify\"", "adds it as Int64, not Utf8")],
        ),
    ]
}

fn problems_of(case: &Case) -> Result<Problems, ParseOverrideError> {
    let overrides = case.sets.iter().map(|set| set.parse()).collect::<Result<Vec<Override>, _>>()?;
    Ok(parse_text(&case.text, &overrides).err().unwrap_or_default())
}

fn pointed_at<'a>(problem: &Problem, text: &'a str) -> &'a str {
    text.get(problem.span.clone()).unwrap_or("nowhere")
}

#[test]
fn each_broken_rule_is_reported_at_its_place_and_alone() -> Result<(), ParseOverrideError> {
    let mut broken = BTreeSet::new();
    let mut unexpected = String::new();
    let cases = [top_level_cases(), stage_cases(), from_cases(), param_cases(), set_cases(), flow_cases()];
    for case in cases.iter().flatten() {
        let problems = problems_of(case)?;
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (problem.code, pointed_at(problem, &case.text), problem.label.as_str()))
            .collect();
        if found != case.found {
            let report = problems.render(&file(&case.text), false);
            unexpected += &format!("{}\nexpected {:?}\nfound {found:?}\n{report}\n", case.text, case.found);
        }
        broken.extend(problems.iter().map(|problem| problem.code));
    }
    assert!(unexpected.is_empty(), "{unexpected}");
    let errors = RULES.iter().map(|rule| rule.code).filter(|code| *code < "R060");
    assert_eq!(broken, errors.collect(), "rules without a case, or codes that are no rule");
    Ok(())
}

#[test]
fn a_recipe_without_a_generator_is_valid_and_warned_of() {
    let text = one("");
    let warnings = parse_text(&text, &[]).map(|checked| checked.warnings).unwrap_or_default();
    assert_eq!(warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), ["R060"]);
    let report = warnings.render(&file(&text), false);
    assert!(report.starts_with("warning[R060]: no stage makes pairs"), "{report}");
}

#[test]
fn a_missing_column_names_who_adds_it() {
    let help = |stages: &str| {
        let problems = parse_text(&with(stages), &[]).err().unwrap_or_default();
        problems.iter().filter_map(|problem| problem.help.clone()).collect::<Vec<_>>()
    };
    let ask = stage("ask", &format!("{CLOZE}\nfrom = \"source\""));
    assert_eq!(help(&ask), ["operators that add `domain`: `domain_classify`, `topic_classify`"]);
    let beside = [stage("d", DOMAIN), ask].concat();
    assert_eq!(help(&beside), ["added by stage `d`, which is not upstream of it"]);
    assert_eq!(help(&stage("m", "op = \"mystery_filter\"")), ["no operator adds `mystery`"]);
}

#[test]
fn a_wrong_part_causes_no_problems_further_down() {
    // Nothing is known of the columns and the level after an operator that is not there.
    let text = with(&[stage("a", "op = \"zebra\""), stage("b", CLOZE), stage("c", "op = \"form_verify\"")].concat());
    let codes = |text: &str| {
        let problems = parse_text(text, &[]).err().unwrap_or_default();
        problems.iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&text), ["R015"]);
    // A misspelt operator is checked as the one that is meant.
    let text = with(&[stage("a", "op = \"domain_clasify\""), stage("b", CLOZE)].concat());
    assert_eq!(codes(&text), ["R015", "R032"]);
}

#[test]
fn syntax_errors_are_shown_with_the_other_problems_but_without_their_own_echo() {
    let text = with(
        &[
            stage("a", "op = \"length_filter\"\nparams = { min_tokens = 5 0 }"),
            stage("b", "op = "),
            stage("c", "op = \"lenght_filter\""),
        ]
        .concat(),
    );
    let problems = parse_text(&text, &[]).err().unwrap_or_default();
    let report = problems.render(&file(&text), false);
    let codes: BTreeSet<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["R001", "R015"], "{report}");
    let lines: BTreeSet<_> = report.lines().filter_map(|line| line.split("recipe.toml:").nth(1)).collect();
    assert_eq!(lines.len(), problems.len(), "{report}");
}

#[test]
fn a_broken_header_is_reported_without_the_keys_that_it_displaces() {
    let text = with(&stage("a", "op = \"length_filter\"\nparams = { min_tokens = -1 }"));
    let text = text.replace("[[stage]]", "[[stage]") + &stage("b", "op = \"zebra\"\nfrom = \"a\"");
    let problems = parse_text(&text, &[]).err().unwrap_or_default();
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["R001", "R015"], "{}", problems.render(&file(&text), false));
}
