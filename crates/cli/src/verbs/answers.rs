//! `quarry answers`: checks replies, types raw answers, and writes the checker as Python.
//!
//! One case by flags or JSON Lines in and out. A line that cannot be judged keeps its place in the output with the verdict
//! `unknown`, and the command ends with an error that names the first of them.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, stdin};
use std::path::Path;

use quarry_answers::{AnswerSpec, AnswerType, Verdict, infer, infer_as, judge, reward_py};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::args::{AnswersAction, AnswersArgs, CheckAnswersArgs, GoldArgs, InferAnswersArgs};
use crate::exit::Stop;
use crate::terminal::{self, harmless_line};

/// Lines that are judged at once.
const LINES_AT_ONCE: usize = 4_096;

/// A line of input. Other fields are let through, so that a file of rollouts can be taken as it is.
#[derive(Debug, Default, Deserialize)]
struct Case {
    #[serde(default)]
    id: Value,
    spec: Option<Value>,
    /// The spec as the column of a dataset, which may stand beside the rest.
    answer_spec: Option<Value>,
    #[serde(default, deserialize_with = "written")]
    gold: Option<String>,
    #[serde(default, deserialize_with = "written")]
    answer: Option<String>,
    answer_type: Option<String>,
    #[serde(default)]
    question: Option<String>,
    #[serde(default, deserialize_with = "written")]
    reply: Option<String>,
}

/// An answer as a person would write it, who may have had numbers, truth or lists at hand.
fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(spelled(&Value::deserialize(deserializer)?))
}

fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().map(spelled).collect::<Option<Vec<_>>>()?.join("; ")),
        other => Some(other.to_string()),
    }
}

/// A line of output, and what was wrong with the input if something was.
struct Answered {
    line: Value,
    problem: Option<String>,
}

/// Carries out the action.
pub(crate) fn answers(args: &AnswersArgs) -> anyhow::Result<()> {
    match &args.action {
        AnswersAction::Check(args) => check(args),
        AnswersAction::Infer(args) => infer_all(args),
        AnswersAction::Reward => terminal::print(&reward_py()),
    }
}

fn check(args: &CheckAnswersArgs) -> anyhow::Result<()> {
    let case = Case { spec: args.spec.clone().map(Value::String), reply: args.reply.clone(), ..case_of(&args.gold) };
    let by_flags = case.spec.is_some() || case.gold.is_some() || case.reply.is_some();
    carry_out(by_flags.then_some(case), args.file.as_deref(), judged)
}

fn infer_all(args: &InferAnswersArgs) -> anyhow::Result<()> {
    let case = case_of(&args.gold);
    carry_out(case.gold.is_some().then_some(case), args.file.as_deref(), inferred)
}

fn case_of(args: &GoldArgs) -> Case {
    Case {
        gold: args.gold.clone(),
        answer_type: args.answer_type.clone(),
        question: args.question.clone(),
        ..Case::default()
    }
}

/// Answers one case, or every line of a file or of stdin.
fn carry_out(case: Option<Case>, file: Option<&Path>, answer: fn(Case) -> Answered) -> anyhow::Result<()> {
    let Some(case) = case else {
        if file.is_none() && stdin().is_terminal() {
            return Err(Stop::Usage(
                "nothing to answer: name a file, give `--gold`, or write lines to stdin".to_owned(),
            )
            .into());
        }
        return each_line(file, answer);
    };
    let Answered { line, problem } = answer(case);
    if let Some(problem) = problem {
        return Err(Stop::Usage(problem).into());
    }
    terminal::print(&format!("{}\n", without_id(line)))
}

fn without_id(mut line: Value) -> Value {
    if let Some(fields) = line.as_object_mut() {
        fields.shift_remove("id");
    }
    line
}

fn each_line(file: Option<&Path>, answer: fn(Case) -> Answered) -> anyhow::Result<()> {
    let name = file.map_or_else(|| "stdin".to_owned(), |file| file.display().to_string());
    let mut reader: Box<dyn BufRead> = match file {
        Some(file) => Box::new(BufReader::new(File::open(file).map_err(|error| unread(&name, &error))?)),
        None => Box::new(BufReader::new(stdin())),
    };
    let (mut num_lines, mut num_problems, mut first) = (0_usize, 0_usize, None);
    loop {
        let lines = next_lines(&mut reader).map_err(|error| unread(&name, &error))?;
        if lines.is_empty() {
            break;
        }
        let mut answered = Vec::new();
        lines
            .par_iter()
            .map(|line| (!line.trim_ascii().is_empty()).then(|| answer_line(line, answer)))
            .collect_into_vec(&mut answered);
        let mut text = String::new();
        for (idx, answered) in answered.into_iter().enumerate() {
            let Some(Answered { line, problem }) = answered else { continue };
            text.push_str(&line.to_string());
            text.push('\n');
            if let Some(problem) = problem {
                num_problems += 1;
                first.get_or_insert_with(|| format!("{name}:{}: {problem}", num_lines + idx + 1));
            }
        }
        terminal::print(&text)?;
        num_lines += lines.len();
    }
    match first {
        None => Ok(()),
        Some(first) => {
            Err(Stop::Input(format!("{num_problems} of {num_lines} lines could not be answered; the first: {first}"))
                .into())
        }
    }
}

fn unread(name: &str, error: &std::io::Error) -> Stop {
    Stop::Input(format!("cannot read `{name}`: {error}"))
}

fn next_lines(reader: &mut dyn BufRead) -> std::io::Result<Vec<Vec<u8>>> {
    let mut lines = Vec::new();
    while lines.len() < LINES_AT_ONCE {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        lines.push(line);
    }
    Ok(lines)
}

fn answer_line(line: &[u8], answer: fn(Case) -> Answered) -> Answered {
    match serde_json::from_slice::<Case>(line) {
        Ok(mut case) => {
            case.spec = case.spec.or_else(|| case.answer_spec.take());
            case.gold = case.gold.or_else(|| case.answer.take());
            answer(case)
        }
        Err(error) => refused(Value::Null, "malformed_line", format!("not a JSON object of a case: {error}")),
    }
}

/// A reply and what it is worth.
fn judged(case: Case) -> Answered {
    let spec = match spec_of(&case) {
        Ok(spec) => spec,
        Err((reason, problem)) => return refused(case.id, &reason, problem),
    };
    let Some(reply) = &case.reply else {
        return refused(case.id, "no_reply", "no `reply` to check".to_owned());
    };
    let judgement = judge(&spec, reply);
    let reason = match judgement.verdict {
        Verdict::Correct => None,
        Verdict::Incorrect { reason } | Verdict::Unknown { reason } => Some(reason.as_str()),
    };
    let verdict = judgement.verdict.as_str();
    let line = json!({ "id": case.id, "verdict": verdict, "reason": reason, "extracted": judgement.extracted });
    Answered { line, problem: None }
}

fn refused(id: Value, reason: &str, problem: String) -> Answered {
    let line = json!({ "id": id, "verdict": "unknown", "reason": reason, "extracted": null });
    Answered { line, problem: Some(problem) }
}

/// The type and spec of a raw answer, or why it has none.
fn inferred(case: Case) -> Answered {
    match spec_of(&Case { spec: None, ..case_without_spec(&case) }) {
        Ok(spec) => {
            let answer_type = spec.answer_type();
            let line = json!({ "id": case.id, "answer_type": answer_type, "spec": spec, "reason": null });
            Answered { line, problem: None }
        }
        Err((reason, problem)) => {
            let line = json!({ "id": case.id, "answer_type": null, "spec": null, "reason": reason });
            // That an answer is not verifiable is a finding; that there is none is a mistake.
            Answered { line, problem: case.gold.is_none().then_some(problem) }
        }
    }
}

fn case_without_spec(case: &Case) -> Case {
    Case {
        gold: case.gold.clone(),
        answer_type: case.answer_type.clone(),
        question: case.question.clone(),
        ..Case::default()
    }
}

/// The spec of a case as given or inferred, or a reason and what to tell.
fn spec_of(case: &Case) -> Result<AnswerSpec, (String, String)> {
    if let Some(spec) = &case.spec {
        // In datasets the spec is a text; in a file of cases it may stand as an object.
        let text = spec.as_str().map_or_else(|| spec.to_string(), str::to_owned);
        return AnswerSpec::from_json(&text).map_err(|error| ("invalid_spec".to_owned(), error.to_string()));
    }
    let Some(gold) = &case.gold else {
        return Err(("no_gold".to_owned(), "neither `spec` nor `gold`".to_owned()));
    };
    let question = case.question.as_deref().unwrap_or("");
    let spec = match &case.answer_type {
        None => infer(gold, question),
        Some(name) => {
            let answer_type: AnswerType = name.parse().map_err(|_| {
                let known: Vec<&str> = AnswerType::ALL.iter().map(|known| known.as_str()).collect();
                let problem = format!("unknown answer type `{}`; known are {}", harmless_line(name), known.join(", "));
                ("unknown_answer_type".to_owned(), problem)
            })?;
            infer_as(gold, question, answer_type)
        }
    };
    spec.map_err(|refusal| (refusal.as_str().to_owned(), format!("no plain code can check the gold answer: {refusal}")))
}
