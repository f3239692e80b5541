//! `quarry pack`: a benchmark pack out of the files of a benchmark, and what was found in them.

mod fields;
mod read;
mod write;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::args::PackArgs;
use crate::exit::Stop;
use crate::terminal::{self, harmless_line};
use fields::Fields;

/// One test question as it is written.
#[derive(Debug, Default, PartialEq, serde::Serialize)]
pub(super) struct Row {
    name: String,
    question: String,
    answer: String,
}

/// Makes the pack and prints what was found.
pub(crate) fn pack(args: &PackArgs) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let mut text = String::new();
    for file in &args.files {
        let shown = file.display();
        let values = read::values(file).map_err(|message| Stop::Input(format!("`{shown}`: {message}")))?;
        let fields = Fields::find(&values, args).map_err(|message| Stop::Input(format!("`{shown}`: {message}")))?;
        let name = args.name.clone().unwrap_or_else(|| stem(file));
        let found = take(&values, &fields, &name, &mut rows);
        writeln!(text, "{shown}: {} items, {}", found.num_items, harmless_line(&fields.describe()))?;
        if found.num_without > 0 {
            writeln!(text, "{shown}: {} rows left out, which have no question", found.num_without)?;
        }
    }
    if rows.is_empty() {
        return Err(Stop::Input("no row has a question; name the field with `--question FIELD`".to_owned()).into());
    }
    write::write(&args.out, &rows)?;
    let num_answers = rows.iter().filter(|row| !row.answer.is_empty()).count();
    writeln!(text, "written: {}, {} items, {num_answers} with an answer", args.out.display(), rows.len())?;
    terminal::print(&text)
}

struct Taken {
    num_items: usize,
    num_without: usize,
}

fn take(values: &[Value], fields: &Fields, name: &str, rows: &mut Vec<Row>) -> Taken {
    let mut taken = Taken { num_items: 0, num_without: 0 };
    for (idx, value) in values.iter().enumerate() {
        match fields.row(value) {
            Some(mut row) => {
                if row.name.is_empty() {
                    row.name = format!("{name}/{}", idx + 1);
                }
                rows.push(row);
                taken.num_items += 1;
            }
            None => taken.num_without += 1,
        }
    }
    taken
}

/// The file's name up to its first dot.
fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Fields, stem, take};
    use crate::args::PackArgs;

    fn rows(values: &[serde_json::Value]) -> Result<(String, Vec<[String; 3]>), String> {
        let args =
            PackArgs { files: Vec::new(), out: std::path::PathBuf::new(), name: None, question: None, answer: None };
        let fields = Fields::find(values, &args)?;
        let mut rows = Vec::new();
        take(values, &fields, "test", &mut rows);
        Ok((fields.describe(), rows.into_iter().map(|row| [row.name, row.question, row.answer]).collect()))
    }

    fn one(value: serde_json::Value) -> [String; 3] {
        rows(&[value]).map(|(_, mut rows)| rows.remove(0)).unwrap_or_default()
    }

    #[test]
    fn usual_fields_are_found() {
        let code =
            json!({"task_id": "HumanEval/0", "prompt": "def f():", "canonical_solution": "return 1", "test": ""});
        assert_eq!(one(code), ["HumanEval/0", "def f():", "return 1"]);
        assert_eq!(one(json!({"problem": "1+1?", "solution": 2})), ["test/1", "1+1?", "2"]);
        assert_eq!(one(json!({"Question": "Who?", "Correct Answer": "I"})), ["test/1", "Who?", "I"]);
        let squad = json!({"id": "7", "question": "Who?", "answers": {"text": ["Brandt", "B."], "answer_start": [0]}});
        assert_eq!(one(squad), ["7", "Who?", "Brandt"]);
    }

    #[test]
    fn options_are_written_below_the_question_and_answers_become_their_text() {
        let question = "Which?\n(A) Rome\n(B) Oslo";
        assert_eq!(
            one(json!({"question": "Which?", "choices": ["Rome", "Oslo"], "answer": 1})),
            ["test/1", question, "Oslo"]
        );
        let arc =
            json!({"question": "Which?", "choices": {"text": ["Rome", "Oslo"], "label": ["A", "B"]}, "answerKey": "B"});
        assert_eq!(one(arc), ["test/1", question, "Oslo"]);
        let nested = json!({"question": {"stem": "Which?", "choices": [{"label": "A", "text": "Rome"}, {"label": "B", "text": "Oslo"}]}, "answerKey": "A"});
        assert_eq!(one(nested), ["test/1", question, "Rome"]);
        assert_eq!(
            one(json!({"input": "Which?", "A": "Rome", "B": "Oslo", "target": "B"})),
            ["test/1", question, "Oslo"]
        );
    }

    #[test]
    fn what_was_found_and_what_is_missing_is_said() {
        let (described, found) = rows(&[json!({"question": "a?"}), json!({"question": null})]).unwrap_or_default();
        assert_eq!((described.as_str(), found.len()), ("question from `question`, no answer", 1));
        let message = rows(&[json!({"body": "a", "key": 1})]).err().unwrap_or_default();
        assert!(message.contains("no field for the question") && message.contains("`body`, `key`"), "{message}");
        assert_eq!(stem(std::path::Path::new("a/HumanEval.jsonl.gz")), "HumanEval");
    }
}
