//! Which fields of a benchmark's rows hold the question, its options, the answer and the name.

use serde_json::{Map, Value};

use super::Row;
use crate::args::PackArgs;

const QUESTIONS: [&str; 12] = [
    "question",
    "prompt",
    "problem",
    "input",
    "query",
    "instruction",
    "question_text",
    "problem_statement",
    "stem",
    "ctx",
    "sentence",
    "text",
];
const ANSWERS: [&str; 18] = [
    "answer",
    "target",
    "solution",
    "canonical_solution",
    "output",
    "answerKey",
    "answers",
    "correct_answer",
    "correct answer",
    "best_answer",
    "final_answer",
    "expected_answer",
    "ground_truth",
    "gold",
    "response",
    "completion",
    "label",
    "code",
];
const CHOICES: [&str; 4] = ["choices", "options", "endings", "answer_choices"];
const NAMES: [&str; 7] = ["task_id", "question_id", "problem_id", "unique_id", "qid", "id", "name"];

/// Rows looked at to find the fields.
const ROWS_LOOKED_AT: usize = 100;

/// The fields of one file.
pub(super) struct Fields {
    question: String,
    answer: Option<String>,
    choices: Option<String>,
    /// Whether the options are fields of their own, `A`, `B` and so on.
    lettered: bool,
    name: Option<String>,
}

impl Fields {
    /// Finds the fields; those that were named have to be there.
    ///
    /// # Errors
    /// There is no field for the question, or one that was named is not there.
    pub(super) fn find(values: &[Value], args: &PackArgs) -> Result<Fields, String> {
        let rows: Vec<&Map<String, Value>> = values.iter().filter_map(Value::as_object).take(ROWS_LOOKED_AT).collect();
        let usual = |names: &[&str], fits: &dyn Fn(&Value) -> bool| {
            names.iter().find_map(|name| {
                let found = rows.iter().find_map(|row| row.iter().find(|(key, value)| same(key, name) && fits(value)));
                found.map(|(key, _)| key.clone())
            })
        };
        let named = |name: &Option<String>| match name {
            Some(name) if !rows.iter().any(|row| row.contains_key(name)) => {
                Err(format!("no row has the field `{name}`; {}", there_are(&rows)))
            }
            name => Ok(name.clone()),
        };
        let has_text = |value: &Value| text_of(value).is_some_and(|text| !text.trim().is_empty());
        let question = named(&args.question)?.or_else(|| usual(&QUESTIONS, &has_text)).ok_or_else(|| {
            format!("no field for the question was found; {}; name one with `--question FIELD`", there_are(&rows))
        })?;
        let differs = |name: &String| *name != question;
        let answer = named(&args.answer)?.or_else(|| usual(&ANSWERS, &has_text).filter(differs));
        let lettered = rows.iter().any(|row| row.contains_key("A") && row.contains_key("B"));
        let choices = usual(&CHOICES, &|value| options_of(value).len() >= 2);
        Ok(Fields { answer, choices, lettered, name: usual(&NAMES, &has_text), question })
    }

    /// What was found, for people.
    pub(super) fn describe(&self) -> String {
        let from = |what: &str, field: &Option<String>| field.as_ref().map(|field| format!("{what} from `{field}`"));
        let options = self.lettered.then(|| "options from `A`, `B` ...".to_owned());
        let options = from("options", &self.choices).or(options);
        let answer = from("answer", &self.answer).or(Some("no answer".to_owned()));
        let found = [Some(format!("question from `{}`", self.question)), options, answer, from("name", &self.name)];
        found.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// The item of a row, if it has a question.
    pub(super) fn row(&self, value: &Value) -> Option<Row> {
        let row = value.as_object()?;
        let field = |name: &Option<String>| name.as_ref().and_then(|name| row.get(name));
        let asked = row.get(&self.question)?;
        let question = text_of(asked).filter(|text| !text.trim().is_empty())?;
        let options = self.options(row, asked);
        let answer = field(&self.answer).map(|answer| answer_of(answer, &options)).unwrap_or_default();
        let name = field(&self.name).and_then(text_of).unwrap_or_default();
        Some(Row { name, question: with_options(&question, &options), answer })
    }

    fn options(&self, row: &Map<String, Value>, asked: &Value) -> Vec<String> {
        if let Some(value) = self.choices.as_ref().and_then(|name| row.get(name)) {
            return options_of(value);
        }
        if let Some(inside) = CHOICES.iter().find_map(|name| asked.get(name)) {
            return options_of(inside);
        }
        match self.lettered {
            true => ('A'..='J').map_while(|letter| row.get(&letter.to_string()).and_then(text_of)).collect(),
            false => Vec::new(),
        }
    }
}

/// Field names are compared without case and with spaces as underscores.
fn same(key: &str, name: &str) -> bool {
    let folded = |text: &str| text.to_lowercase().replace([' ', '-'], "_");
    folded(key) == folded(name)
}

fn there_are(rows: &[&Map<String, Value>]) -> String {
    match rows.first() {
        Some(row) => {
            let names: Vec<String> = row.keys().take(30).map(|name| format!("`{name}`")).collect();
            format!("the fields are {}", names.join(", "))
        }
        None => "there is no object with fields".to_owned(),
    }
}

/// The text of a value: itself, the first of a list, or what an object has as its text.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => values.first().and_then(text_of),
        Value::Object(fields) => {
            ["stem", "text", "value", "content"].iter().find_map(|name| text_of(fields.get(*name)?))
        }
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

/// The texts of options: a list, or an object by label.
fn options_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text_of).collect(),
        Value::Object(fields) => match fields.get("text") {
            Some(texts @ Value::Array(_)) => options_of(texts),
            _ => fields.values().filter_map(text_of).collect(),
        },
        _ => Vec::new(),
    }
}

/// The answer's text; a label or an index stands for an option.
fn answer_of(answer: &Value, options: &[String]) -> String {
    let text = text_of(answer).unwrap_or_default();
    let by_index = answer.as_u64().and_then(|index| usize::try_from(index).ok());
    let by_label = match text.trim().as_bytes() {
        [letter @ b'A'..=b'J'] => Some(usize::from(letter - b'A')),
        _ => None,
    };
    match by_index.or(by_label).and_then(|index| options.get(index)) {
        Some(option) => option.clone(),
        None => text,
    }
}

fn with_options(question: &str, options: &[String]) -> String {
    let mut text = question.trim_end().to_owned();
    for (option, label) in options.iter().zip('A'..='Z') {
        text.push_str(&format!("\n({label}) {}", option.trim()));
    }
    text
}
