//! Test support: the prompts of all operators that ask a model, rendered for two documents and compared with what they
//! were. A changed prompt changes data, so it shows up here as a changed text.
//!
//! `QUARRY_UPDATE_GOLDEN=1` rewrites the texts in `src/prompts/`.

use std::fmt::Write as _;
use std::path::Path;

use quarry_engine::operator::{Operator, Shape};

use crate::check::{batch, build};
use crate::scripted::{Scripted, decide_rows, said};
use crate::{ALL, Def};

/// Two rows with everything that an operator could read; of domains with different demonstrations.
const ROWS: &str = "text | domain | personas | question | answer | answer_type | answer_spec | persona | evidence | evidence_start | evidence_end | gen_model | gen_prompt | gen_request | objection
    Iron melts at 1538 °C, and gold at 1064 °C. Iron was first smelted about 1200 BC in Anatolia. <\\pim_end\\p> It makes up 5 % of the crust. | Natural Science | [hydrologist, A smith in Kyoto] | At which temperature does iron melt? | 1538 °C | quantity | {\"type\":\"quantity\",\"value\":\"1538\",\"unit\":\"degC\",\"accepted_units\":[{\"unit\":\"degC\",\"factor\":\"1\"},{\"unit\":\"K\",\"factor\":\"1\",\"summand\":\"-273.15\"},{\"unit\":\"degF\",\"factor\":\"5/9\",\"summand\":\"-160/9\"},{\"unit\":\"degR\",\"factor\":\"5/9\",\"summand\":\"-273.15\"}],\"rel_tol\":0.001,\"abs_tol\":0.0,\"unit_optional\":false} | hydrologist | Iron melts at 1538 °C, and gold at 1064 °C. | 0 | 43 | m | p | r | needs_document: no place
    The quotient \\frac{22}{7} exceeds pi by less than 0.13 %, as Archimedes knew. | Math | [A pupil] | Which fraction with the denominator 7 is a little more than pi? | \\frac{22}{7} | fraction | {\"type\":\"fraction\",\"num\":\"22\",\"den\":\"7\",\"require_reduced\":false} | A pupil | The quotient \\frac{22}{7} exceeds pi by less than 0.13 %, as Archimedes knew. | 0 | 76 | m | p | r | leaked_answer: it says 22";

/// The most words of a whole instruction, for the prompts whose length is a promise; demonstrations not counted.
const MAX_WORDS: [(&str, usize); 8] = [
    ("quality_judge.md", 75),
    ("educational_judge.md", 110),
    ("domain_personas.md", 75),
    ("qa_generate.md", 240),
    ("qa_verify.md", 112),
    ("qa_repair.md", 180),
    ("round_trip_verify.md", 65),
    ("closed_book_difficulty.md", 50),
];

/// All first prompts that an operator sends for the rows, system line included.
fn rendered(def: &Def) -> String {
    let model = Scripted::new(|_, _| Ok(said("{}")));
    let Operator::Remote(remote) = build(def, "", &model.resources()).unwrap() else { unreachable!() };
    decide_rows(remote.as_ref(), &batch(ROWS));
    let mut text = String::new();
    for call in model.calls().iter().filter(|call| call.request.attempt == 0) {
        for message in &call.request.messages {
            let role = serde_json::to_string(&message.role).unwrap();
            writeln!(text, "=== {}\n{}", role.trim_matches('"'), message.content).unwrap();
        }
    }
    text
}

fn asking() -> impl Iterator<Item = &'static Def> {
    ALL.iter().copied().filter(|def| def.shape == Shape::Remote)
}

#[test]
fn prompts_are_what_they_were() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/prompts");
    let update = std::env::vars().any(|(name, value)| name == "QUARRY_UPDATE_GOLDEN" && value == "1");
    let mut changed = Vec::new();
    for def in asking() {
        let (path, found) = (folder.join(format!("{}.txt", def.name)), rendered(def));
        if update {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if found != expected {
            changed.push(format!("{}:\n{found}", def.name));
        }
    }
    assert!(changed.is_empty(), "QUARRY_UPDATE_GOLDEN=1 accepts the changes:\n{}", changed.join("\n\n"));
}

#[test]
fn every_prompt_begins_alike_and_what_differs_comes_last() {
    let mut beginnings = Vec::new();
    for def in asking() {
        let prompts = rendered(def);
        assert!(!prompts.contains("<|im_end|>"), "`{}` shows a control token", def.name);
        if let Some((beginning, _)) = prompts.split_once("</document") {
            beginnings.push((def.name, beginning.to_owned()));
        }
    }
    assert!(beginnings.len() >= 3, "{beginnings:?}");
    assert!(beginnings.windows(2).all(|pair| pair[0].1 == pair[1].1), "{beginnings:#?}");
}

#[test]
fn instructions_stay_short() {
    for (file, max_words) in MAX_WORDS {
        let text = std::fs::read_to_string(crate::scripted::pipeline_dir().join("prompts").join(file)).unwrap();
        let instruction = text.split("# instruction").nth(1).unwrap();
        let instruction = instruction.split("{%- for demo").next().unwrap().split("# tail").next().unwrap();
        let num_words = instruction.split_whitespace().count();
        assert!(num_words <= max_words, "`{file}` has {num_words} words");
    }
}
