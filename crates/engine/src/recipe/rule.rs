//! The rules of a recipe. Their codes are a public format: add, never renumber.

/// One rule with its stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The code in reports.
    pub code: &'static str,
    /// What the rule asks for.
    pub doc: &'static str,
}

pub(super) const SYNTAX: &str = "R001";
pub(super) const TOP_LEVEL_KEY: &str = "R002";
pub(super) const RECIPE_MISSING: &str = "R003";
pub(super) const RECIPE_KEY: &str = "R004";
pub(super) const RECIPE_NAME: &str = "R005";
pub(super) const RECIPE_SEED: &str = "R006";
pub(super) const STAGES_MISSING: &str = "R007";
pub(super) const RECIPE_NAME_MISSING: &str = "R008";
pub(super) const RECIPE_ROWS: &str = "R009";
pub(super) const STAGE_KEY: &str = "R010";
pub(super) const STAGE_NAME_MISSING: &str = "R011";
pub(super) const STAGE_NAME_FORM: &str = "R012";
pub(super) const STAGE_NAME_TWICE: &str = "R013";
pub(super) const OP_MISSING: &str = "R014";
pub(super) const OP_UNKNOWN: &str = "R015";
pub(super) const OP_TYPE: &str = "R016";
pub(super) const WHERE_TYPE: &str = "R017";
pub(super) const FROM_TYPE: &str = "R020";
pub(super) const FROM_UNKNOWN: &str = "R021";
pub(super) const FROM_LATER: &str = "R022";
pub(super) const FROM_TWICE: &str = "R023";
pub(super) const PARAMS_TYPE: &str = "R030";
pub(super) const PARAM_UNKNOWN: &str = "R031";
pub(super) const PARAM_MISSING: &str = "R032";
pub(super) const PARAM_TYPE: &str = "R033";
pub(super) const PARAM_RANGE: &str = "R034";
pub(super) const PARAM_CHOICE: &str = "R035";
pub(super) const SET_STAGE: &str = "R040";
pub(super) const SET_PARAM: &str = "R041";
pub(super) const SET_VALUE: &str = "R042";
pub(super) const LEVEL: &str = "R050";
pub(super) const LEVELS_MIXED: &str = "R051";
pub(super) const COLUMN_MISSING: &str = "R052";
pub(super) const COLUMN_TYPE: &str = "R053";
pub(super) const NO_PAIRS: &str = "R060";
pub(crate) const WHERE_SQL: &str = "R100";
pub(crate) const STAGE_BUILD: &str = "R101";

/// Rules that ask for something to be there. A parser that lost its way may have lost it, so they wait for the syntax.
pub(super) const ABSENCES: [&str; 6] =
    [RECIPE_MISSING, RECIPE_NAME_MISSING, STAGES_MISSING, STAGE_NAME_MISSING, OP_MISSING, PARAM_MISSING];

/// Rules that a broken table header makes look broken, since its keys land in the table before.
pub(super) const MISPLACED: [&str; 7] =
    [TOP_LEVEL_KEY, RECIPE_KEY, STAGE_KEY, STAGE_NAME_TWICE, FROM_UNKNOWN, FROM_LATER, SET_STAGE];

/// Every rule, by code. Those from `R060` on only warn; those from `R100` on are found when the plan is built.
pub const RULES: &[Rule] = &[
    Rule { code: SYNTAX, doc: "a recipe is valid TOML" },
    Rule { code: TOP_LEVEL_KEY, doc: "a recipe holds `[recipe]` and `[[stage]]` tables, and nothing else" },
    Rule { code: RECIPE_MISSING, doc: "a recipe has one `[recipe]` table" },
    Rule { code: RECIPE_KEY, doc: "`[recipe]` holds `name`, `seed` and `rows`, and nothing else" },
    Rule { code: RECIPE_NAME, doc: "the recipe's `name` is a string that is not blank" },
    Rule { code: RECIPE_SEED, doc: "`seed` is a whole number from 0 to 18446744073709551615" },
    Rule { code: STAGES_MISSING, doc: "a recipe has at least one stage, each a `[[stage]]` table" },
    Rule { code: RECIPE_NAME_MISSING, doc: "`[recipe]` has a `name`" },
    Rule { code: RECIPE_ROWS, doc: "`rows` is `documents` or `pairs`" },
    Rule { code: STAGE_KEY, doc: "a stage holds `name`, `op`, `from`, `where` and `params`, and nothing else" },
    Rule { code: STAGE_NAME_MISSING, doc: "a stage has a `name`" },
    Rule { code: STAGE_NAME_FORM, doc: "a stage's name is a `snake_case` string other than `source`" },
    Rule { code: STAGE_NAME_TWICE, doc: "no two stages have one name" },
    Rule { code: OP_MISSING, doc: "a stage has an `op`" },
    Rule { code: OP_UNKNOWN, doc: "`op` names an operator" },
    Rule { code: OP_TYPE, doc: "`op` is a string" },
    Rule { code: WHERE_TYPE, doc: "`where` is a string that holds an SQL predicate" },
    Rule { code: FROM_TYPE, doc: "`from` is a stage's name or a list of them, not empty" },
    Rule { code: FROM_UNKNOWN, doc: "`from` names stages of the recipe, or `source` for the input" },
    Rule { code: FROM_LATER, doc: "`from` names stages that come earlier in the file" },
    Rule { code: FROM_TWICE, doc: "`from` names no stage twice" },
    Rule { code: PARAMS_TYPE, doc: "`params` is a table" },
    Rule { code: PARAM_UNKNOWN, doc: "`params` holds only params of the stage's operator" },
    Rule { code: PARAM_MISSING, doc: "a param without a default is given" },
    Rule { code: PARAM_TYPE, doc: "a param has its declared type" },
    Rule { code: PARAM_RANGE, doc: "a number is in its param's range" },
    Rule { code: PARAM_CHOICE, doc: "a choice is one of its param's closed list" },
    Rule { code: SET_STAGE, doc: "`--set` names a stage of the recipe" },
    Rule { code: SET_PARAM, doc: "`--set` names a param of the stage's operator" },
    Rule { code: SET_VALUE, doc: "`--set` gives a value that the recipe could give" },
    Rule { code: LEVEL, doc: "an operator gets rows of the level that it takes, documents or pairs" },
    Rule { code: LEVELS_MIXED, doc: "all stages in one `from` give rows of one level" },
    Rule { code: COLUMN_MISSING, doc: "a column that an operator reads is one of the input or was added upstream" },
    Rule { code: COLUMN_TYPE, doc: "a column has one type in the whole recipe" },
    Rule { code: NO_PAIRS, doc: "some stage makes pairs, or the dataset holds the documents" },
    Rule { code: WHERE_SQL, doc: "`where` is a predicate over the run's columns that gives one answer a row" },
    Rule { code: STAGE_BUILD, doc: "a stage's operator can be built from its params and the pipeline's files" },
];
