//! What the modelled model says. It reads the prompt as a model would: the fenced document, the lines that begin with
//! `Question:` and `Answer:`, and the schema that the answer must have. It knows no recipe, stage or operator.
//!
//! Everything drawn follows from the request's hash and the seed, so an equal request gets an equal answer.

mod facts;
mod fill;
mod judge;
mod pairs;
mod prompt;
mod prose;
mod words;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use facts::{Fact, Facts};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::http::short;
use super::request::{ChatRequest, Form};
use super::settings::Habits;
use prompt::Prompt;

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// What it says.
    pub(crate) text: String,
    /// Why it ends.
    pub(crate) finish: &'static str,
    /// What is wrong with it on purpose.
    pub(crate) defects: Vec<Defect>,
}

/// Something that is wrong with an answer on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Defect {
    /// What is wrong.
    pub(crate) kind: &'static str,
    /// The question that has it, where one has.
    pub(crate) question: String,
    /// Its answer.
    pub(crate) answer: String,
}

/// Writes answers.
pub(crate) struct Author {
    habits: Habits,
    facts: Facts,
    /// What the model learned for good: right answers by question, of a share of the questions that it wrote. A model
    /// that was trained on the web knows some of it by heart.
    by_heart: Mutex<HashMap<u64, String>>,
}

/// Draws by a label; equal labels give equal draws.
#[derive(Clone, Copy, Debug)]
struct Dice(u64);

impl Dice {
    /// A number that follows from the label.
    fn number(self, label: &str) -> u64 {
        xxh3_64_with_seed(label.as_bytes(), self.0)
    }

    /// A number from 0 to 1.
    fn share(self, label: &str) -> f64 {
        (self.number(label) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A place in a list of this length, which is not empty.
    fn place(self, label: &str, length: usize) -> usize {
        usize::try_from(self.number(label) % length.max(1) as u64).unwrap_or(0)
    }
}

impl Author {
    /// A model with these habits.
    pub(crate) fn new(habits: Habits) -> Author {
        Author { habits, facts: Facts::new(), by_heart: Mutex::new(HashMap::new()) }
    }

    /// Whether an answer takes no time to write: nothing has to be found in a document that was not seen before.
    pub(crate) fn is_quick(&self, request: &ChatRequest<'_>) -> bool {
        match request.form {
            Form::Text | Form::Json => true,
            Form::Schema { .. } => {
                Prompt::read(request.turns()).document.is_none_or(|document| self.facts.has(document))
            }
        }
    }

    /// Answers a request, once for each sample.
    pub(crate) fn answer(&self, request: &ChatRequest<'_>) -> Vec<Answer> {
        let num_samples = request.num_samples.unwrap_or(1);
        let hash = short(request.hash) ^ self.habits.seed.rotate_left(32);
        match &request.form {
            Form::Text => (0..num_samples).map(|sample| self.prose(Dice(hash ^ sample))).collect(),
            Form::Json => (0..num_samples).map(|_| plain("{}".to_owned())).collect(),
            Form::Schema { name, schema } => {
                let prompt = Prompt::read(request.turns());
                (0..num_samples).map(|sample| self.by_schema(name, schema, &prompt, Dice(hash ^ sample))).collect()
            }
        }
    }

    fn prose(&self, dice: Dice) -> Answer {
        plain(prose::prose(self.habits.answer_tokens, dice))
    }

    fn by_schema(&self, name: &str, schema: &Value, prompt: &Prompt<'_>, dice: Dice) -> Answer {
        let (habits, facts) = (&self.habits, &self.facts);
        let made = match name {
            "qa_pairs" => {
                let (answer, asked) = pairs::pairs(prompt, facts, habits, dice);
                self.learn(&asked);
                return answer;
            }
            "qa_verdict" => judge::verdict(prompt, facts, habits, dice),
            "qa_repair" => judge::repair(prompt, facts),
            "short_answer" => judge::short_answer(prompt, facts, self.recall(prompt.question(), dice), habits, dice),
            "quality_judge" => judge::quality(prompt, facts, habits, dice),
            "educational_judge" => judge::educational(prompt, facts, habits, dice),
            "domain_personas" => judge::personas(prompt, schema),
            _ => fill::minimal(schema),
        };
        plain(made.to_string())
    }

    /// Takes a share of what was asked to heart; which, follows from the question.
    fn learn(&self, asked: &[Fact]) {
        let mut by_heart = self.by_heart.lock().unwrap_or_else(PoisonError::into_inner);
        for fact in asked {
            let key = key(&fact.question);
            if Dice(key ^ self.habits.seed).share("known") < self.habits.known {
                by_heart.insert(key, fact.answer.clone());
            }
        }
    }

    /// Recalls an answer without the document, mostly.
    fn recall(&self, question: &str, dice: Dice) -> Option<String> {
        let by_heart = self.by_heart.lock().unwrap_or_else(PoisonError::into_inner);
        by_heart.get(&key(question)).filter(|_| dice.share("recall") < RECALLS).cloned()
    }
}

/// How often the model recalls what it knows.
const RECALLS: f64 = 0.7;

fn key(question: &str) -> u64 {
    xxh3_64_with_seed(question.trim().as_bytes(), 0)
}

fn plain(text: String) -> Answer {
    Answer { text, finish: "stop", defects: Vec::new() }
}
