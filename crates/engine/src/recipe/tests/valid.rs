//! What a recipe without fault becomes.

use quarry_schema::Level;

use super::ops::{file, parse_text};
use crate::recipe::{Checked, Override, ParseOverrideError, Problems, StageRef};

const BRANCHES: &str = r#"
[recipe]
name = "branches"
seed = 18446744073709551615

[[stage]]
name = "long_enough"
op = "length_filter"
params = { min_tokens = 80, max_share = 1 }

[[stage]]
name = "domain"
op = "domain_classify"
[stage.params]
model = "small"

[[stage]]
name = "plain"
op = "cloze_generate"
from = "domain"
where = "domain <> 'Other'"

[[stage]]
name = "by_persona"
op = "persona_assign"
from = "domain"

[[stage]]
name = "again"
op = "cloze_generate"

[[stage]]
name = "form"
op = "form_verify"
from = ["plain", "again"]

[[stage]]
name = "unread"
op = "length_filter"
from = "source"
"#;

fn sets(items: &[&str]) -> Result<Vec<Override>, ParseOverrideError> {
    items.iter().map(|item| item.parse()).collect()
}

/// The problems of a recipe that should have none, as a test's message.
fn shown(problems: Problems) -> String {
    problems.render(&file(BRANCHES), false)
}

#[test]
fn a_recipe_with_branches_keeps_its_graph_and_levels() -> Result<(), String> {
    let Checked { recipe, warnings, .. } = parse_text(BRANCHES, &[]).map_err(shown)?;
    assert_eq!((recipe.name.as_str(), recipe.seed), ("branches", u64::MAX));
    let stages: Vec<_> =
        recipe.stages.iter().map(|stage| (stage.name.as_str(), stage.from.as_slice(), stage.level)).collect();
    let expected: [(&str, &[StageRef], Level); 7] = [
        ("long_enough", &[StageRef::Source], Level::Document),
        ("domain", &[StageRef::Stage(0)], Level::Document),
        ("plain", &[StageRef::Stage(1)], Level::Document),
        ("by_persona", &[StageRef::Stage(1)], Level::Document),
        ("again", &[StageRef::Stage(3)], Level::Document),
        ("form", &[StageRef::Stage(2), StageRef::Stage(4)], Level::Pair),
        ("unread", &[StageRef::Source], Level::Document),
    ];
    assert_eq!(stages, expected);
    let predicates: Vec<_> = recipe.stages.iter().filter_map(|stage| stage.predicate.as_deref()).collect();
    assert_eq!(predicates, ["domain <> 'Other'"]);
    assert!(warnings.is_empty());
    Ok(())
}

#[test]
fn params_get_defaults_and_an_integer_is_a_float_where_one_is_expected() -> Result<(), String> {
    let Checked { recipe, .. } = parse_text(BRANCHES, &[]).map_err(shown)?;
    assert_eq!(
        recipe.stages[0].params.canonical(),
        r#"{"ignore":["a"],"max_share":1.0,"min_tokens":80,"note":"","strict":false,"unit":"tokens"}"#
    );
    assert_eq!(recipe.stages[1].params.canonical(), r#"{"model":"small"}"#);
    Ok(())
}

#[test]
fn set_wins_over_the_file_and_its_last_value_over_its_first() -> Result<(), String> {
    let overrides = sets(&[
        "long_enough.min_tokens=1",
        "long_enough.min_tokens = 2",
        "long_enough.unit=characters",
        "long_enough.strict=true",
        r#"long_enough.ignore=["x", "y"]"#,
        "long_enough.note=2024",
        "domain.model=\"a.b=c\"",
    ])
    .map_err(|error| error.to_string())?;
    let Checked { recipe, .. } = parse_text(BRANCHES, &overrides).map_err(shown)?;
    assert_eq!(
        recipe.stages[0].params.canonical(),
        r#"{"ignore":["x","y"],"max_share":1.0,"min_tokens":2,"note":"2024","strict":true,"unit":"characters"}"#
    );
    assert_eq!(recipe.stages[1].params.canonical(), r#"{"model":"a.b=c"}"#);
    Ok(())
}

#[test]
fn set_can_give_a_param_that_the_file_lacks() -> Result<(), String> {
    let without = BRANCHES.replace("[stage.params]\nmodel = \"small\"\n", "");
    assert_eq!(parse_text(&without, &[]).map_err(|problems| problems.len()).err(), Some(1));
    let overrides = sets(&["domain.model=large"]).map_err(|error| error.to_string())?;
    assert!(parse_text(&without, &overrides).is_ok());
    Ok(())
}

#[test]
fn a_set_of_another_form_is_refused() {
    for text in ["", "a", "a.b", "a=b", ".b=1", "a.=1", "=a.b"] {
        assert_eq!(text.parse::<Override>(), Err(ParseOverrideError), "{text}");
    }
}

#[test]
fn spans_point_at_what_was_written() -> Result<(), String> {
    let overrides = sets(&["long_enough.max_share=0.1"]).map_err(|error| error.to_string())?;
    let Checked { spans, .. } = parse_text(BRANCHES, &overrides).map_err(shown)?;
    let at = |span| BRANCHES.get(span).unwrap_or("nothing");
    assert_eq!(at(spans.stage(0)), "\"long_enough\"");
    assert_eq!(at(spans.op(1)), "\"domain_classify\"");
    assert_eq!(at(spans.param(0, "min_tokens")), "80");
    assert_eq!(at(spans.param(1, "model")), "\"small\"");
    assert_eq!(at(spans.param(0, "unit")), "\"length_filter\"", "left out");
    assert_eq!(at(spans.param(0, "max_share")), "\"length_filter\"", "from `--set`");
    assert_eq!(at(spans.predicate(2)), "\"domain <> 'Other'\"");
    assert_eq!(at(spans.predicate(3)), "\"by_persona\"", "left out");
    assert_eq!(at(spans.from(5)), "[\"plain\", \"again\"]");
    assert_eq!(at(spans.op(99)), "");
    Ok(())
}

#[test]
fn the_seed_is_zero_where_none_is_given() -> Result<(), String> {
    let Checked { recipe, .. } =
        parse_text(&BRANCHES.replace("seed = 18446744073709551615", ""), &[]).map_err(shown)?;
    assert_eq!(recipe.seed, 0);
    Ok(())
}
