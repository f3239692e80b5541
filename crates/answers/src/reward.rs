//! `reward.py`: the checker as one Python file, joined from its parts and the rule tables of the modules.
//!
//! A part is the Python side of one module and has its name: `reward/date.py` goes with `date`. What both sides share,
//! tables and patterns, is written once, in Rust, and put into the file as `RULES`; only the code that walks them is
//! written in each language, and a test compares the two over generated cases.

use serde_json::{Map, Value};

use crate::normalize::NORMALISER;
use crate::{
    boolean, check, choice, date, expression, extract, fraction, latex, list, normalize, noun, number, number_words,
    percentage, published, quantity, stated, string, units,
};

/// The parts in the order of the file. The head comes first and the entry points last.
const PARTS: &[(&str, &str)] = &[
    ("head", include_str!("../reward/head.py")),
    ("normalize", include_str!("../reward/normalize.py")),
    ("latex", include_str!("../reward/latex.py")),
    ("words", include_str!("../reward/words.py")),
    ("string", include_str!("../reward/string.py")),
    ("date", include_str!("../reward/date.py")),
    ("choice", include_str!("../reward/choice.py")),
    ("list", include_str!("../reward/list.py")),
    ("extract", include_str!("../reward/extract.py")),
    ("stated", include_str!("../reward/stated.py")),
    ("noun", include_str!("../reward/noun.py")),
    ("number_words", include_str!("../reward/number_words.py")),
    ("number", include_str!("../reward/number.py")),
    ("units", include_str!("../reward/units.py")),
    ("quantity", include_str!("../reward/quantity.py")),
    ("percentage", include_str!("../reward/percentage.py")),
    ("fraction", include_str!("../reward/fraction.py")),
    ("boolean", include_str!("../reward/boolean.py")),
    ("expression_lex", include_str!("../reward/expression_lex.py")),
    ("expression_tree", include_str!("../reward/expression_tree.py")),
    ("expression_parse", include_str!("../reward/expression_parse.py")),
    ("expression_numbers", include_str!("../reward/expression_numbers.py")),
    ("expression_evaluate", include_str!("../reward/expression_evaluate.py")),
    ("expression_equal", include_str!("../reward/expression_equal.py")),
    ("expression_region", include_str!("../reward/expression_region.py")),
    ("expression_meaning", include_str!("../reward/expression_meaning.py")),
    ("expression_formula", include_str!("../reward/expression_formula.py")),
    ("expression", include_str!("../reward/expression.py")),
    ("check", include_str!("../reward/check.py")),
    ("trainers", include_str!("../reward/trainers.py")),
];

/// Where the tables go.
const RULES_MARK: &str = "RULES = {}\n";

/// Writes the checker as a Python file of its own, for Python 3.9 and later without any package.
pub fn reward_py() -> String {
    let mut file = String::new();
    for (name, part) in PARTS {
        if *name != "head" {
            file.push_str("\n\n");
        }
        file.push_str(part.trim_end());
        file.push('\n');
    }
    file.replacen(RULES_MARK, &format!("RULES = {}\n", python(&rules())), 1)
}

/// The tables of every module under its name.
fn rules() -> Value {
    let versions = serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "normaliser": NORMALISER });
    let modules = [
        ("about", versions),
        ("normalize", normalize::rules()),
        ("latex", latex::rules()),
        ("published", published::rules()),
        ("string", string::rules()),
        ("date", date::rules()),
        ("choice", choice::rules()),
        ("list", list::rules()),
        ("extract", extract::rules()),
        ("stated", stated::rules()),
        ("noun", noun::rules()),
        ("number_words", number_words::rules()),
        ("number", number::rules()),
        ("units", units::rules()),
        ("quantity", quantity::rules()),
        ("percentage", percentage::rules()),
        ("fraction", fraction::rules()),
        ("boolean", boolean::rules()),
        ("expression", expression::rules()),
        ("check", check::rules()),
    ];
    Value::Object(modules.into_iter().map(|(name, table)| (name.to_owned(), table)).collect::<Map<_, _>>())
}

/// Writes tables as a Python literal, a line for each row. JSON is one but for three words.
fn python(rules: &Value) -> String {
    let modules = rules.as_object().into_iter().flatten().map(|(module, tables)| {
        let tables: String = tables.as_object().into_iter().flatten().map(|(name, table)| row(name, table)).collect();
        format!("    {}: {{\n{tables}    }},\n", Value::from(module.as_str()))
    });
    format!("{{\n{}}}", modules.collect::<String>())
}

fn row(name: &str, table: &Value) -> String {
    let name = Value::from(name);
    match table {
        Value::Array(rows) => {
            let rows: String = rows.iter().map(|row| format!("            {row},\n")).collect();
            format!("        {name}: [\n{rows}        ],\n")
        }
        other => format!("        {name}: {other},\n"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{PARTS, RULES_MARK, reward_py, rules};

    /// JSON's words for nothing and for truth are not Python's.
    fn is_python(value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::Array(items) => items.iter().all(is_python),
            Value::Object(fields) => fields.values().all(is_python),
            Value::Number(_) | Value::String(_) => true,
        }
    }

    #[test]
    fn the_file_has_every_part_and_the_tables() {
        let file = reward_py();
        assert!(is_python(&rules()));
        assert!(PARTS[0].1.contains(RULES_MARK));
        assert!(!file.contains(RULES_MARK));
        for (name, part) in PARTS.iter().skip(1) {
            assert!(file.contains(part.trim_end()), "{name}");
        }
    }

    /// All parts share one namespace, where a second definition silently takes the place of the first.
    #[test]
    fn no_name_is_defined_twice() {
        let file = reward_py();
        let mut names: Vec<&str> = file
            .lines()
            .filter_map(|line| {
                let rest = line.strip_prefix("def ").or_else(|| line.strip_prefix("class ")).unwrap_or(line);
                let end = rest.find(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_')?;
                let (name, after) = rest.split_at(end);
                let is_definition = rest.len() < line.len() || after.starts_with(" = ");
                (is_definition && !name.is_empty()).then_some(name)
            })
            .collect();
        names.sort_unstable();
        let twice: Vec<&[&str]> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
