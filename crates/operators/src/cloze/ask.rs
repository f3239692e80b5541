//! Gives each persona the facts that it asks about, no fact twice, and has the questions written.

use std::collections::BTreeSet;
use std::ops::Range;

use quarry_answers::AnswerSpec;

use super::distractors::{Distractors, draw};
use super::fact::{Fact, Form, Kind};
use super::finders::{Scene, facts};
use super::statement::{Statement, statements};
use super::topic::Topic;
use super::typed;
use super::wording::{Parts, question};
use crate::Persona;
use crate::text::{Sentence, sentences};

/// A document to be asked about, and how.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The document's text.
    pub(crate) text: &'a str,
    /// Its title, where it has one.
    pub(crate) title: Option<&'a str>,
    /// Who asks, the best fitting first.
    pub(crate) personas: &'a [&'a Persona],
    /// Follows from the stage's seed and the row's id.
    pub(crate) seed: u64,
    /// How many questions a persona may ask.
    pub(crate) questions_per_persona: usize,
    /// How many questions may be asked about the document.
    pub(crate) max_questions: usize,
    /// Longer answers are not asked for.
    pub(crate) max_answer_words: usize,
    /// Which share of the questions that can be a choice is one.
    pub(crate) choice_share: f64,
    /// How many options a choice has.
    pub(crate) num_options: usize,
}

/// A question with its typed answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pair {
    /// The id of the persona that asks.
    pub(crate) persona: String,
    /// The question.
    pub(crate) question: String,
    /// The answer as the document has it, or the letter of a choice.
    pub(crate) answer: String,
    /// How replies are checked.
    pub(crate) spec: AnswerSpec,
    /// The bytes of the document that support the answer.
    pub(crate) evidence: Range<usize>,
}

/// What came of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    /// At least one question.
    Pairs(Vec<Pair>),
    /// It has neither a usable title nor a first sentence that says what it is about.
    NoTopic,
    /// None of its sentences stands alone.
    NoSentence,
    /// Its sentences hold no fact that can be checked.
    NoFact,
}

/// More questions about one sentence would give each other's answers away.
const MAX_PER_SENTENCE: usize = 2;

/// The class of names that a title often tells: asked for only where a sentence has nothing better.
const EASY_CLASS: &str = "nationality";

/// The share of quantities that are asked for with their unit; the others leave it in the sentence.
const UNIT_SHARE: f64 = 0.6;

/// What has been asked about the document so far.
#[derive(Default)]
struct Told {
    answers: BTreeSet<String>,
    statements: Vec<usize>,
}

impl Told {
    fn uses(&self, statement: usize) -> usize {
        self.statements.iter().filter(|used| **used == statement).count()
    }
}

struct Candidate {
    statement: usize,
    fact: Fact,
}

/// Asks about a document.
pub(crate) fn ask(request: Request<'_>, distractors: &Distractors) -> Asked {
    let cuts = sentences(request.text);
    let sentence = |index: usize| cuts.get(index).map_or("", |cut: &Sentence| &request.text[cut.start..cut.end]);
    let heading = Some(sentence(0)).filter(|first| request.title.is_none() && is_heading(first));
    let cuts = &cuts[usize::from(heading.is_some()).min(cuts.len())..];
    let first = sentence(usize::from(heading.is_some())).split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(topic) = Topic::find(request.title.or(heading), request.text, &first) else { return Asked::NoTopic };
    let statements = statements(request.text, cuts, &topic);
    if statements.is_empty() {
        return Asked::NoSentence;
    }
    let pairs = Desk { request, distractors, topic: &topic, statements: &statements }.ask();
    if pairs.is_empty() { Asked::NoFact } else { Asked::Pairs(pairs) }
}

/// Plain text files begin with their title.
fn is_heading(line: &str) -> bool {
    line.split_whitespace().count() <= 8 && line.ends_with(|ch: char| ch.is_alphanumeric() || ch == ')')
}

/// All that is fixed while one document is asked about.
struct Desk<'a> {
    request: Request<'a>,
    distractors: &'a Distractors,
    topic: &'a Topic,
    statements: &'a [Statement],
}

impl Desk<'_> {
    fn ask(&self) -> Vec<Pair> {
        let mut candidates = self.candidates();
        let mut pairs = Vec::new();
        let mut told = Told::default();
        for _ in 0..self.request.questions_per_persona {
            for persona in self.request.personas {
                if pairs.len() >= self.request.max_questions {
                    return pairs;
                }
                pairs.extend(self.next(persona, &mut candidates, &mut told));
            }
        }
        pairs
    }

    fn candidates(&self) -> Vec<Candidate> {
        let found = self.statements.iter().enumerate().flat_map(|(index, statement)| {
            let scene = Scene { statement, topic: self.topic, distractors: self.distractors };
            let worked_out = can_be_worked_out(statement);
            let kept = facts(scene).into_iter().filter(move |fact| !(worked_out && is_figure(fact)));
            kept.map(move |fact| Candidate { statement: index, fact })
        });
        found.filter(|candidate| self.is_of_size(&candidate.fact)).collect()
    }

    /// Single letters stand in every question; long answers cannot be repeated word for word.
    fn is_of_size(&self, fact: &Fact) -> bool {
        let is_letter = fact.answer.chars().count() == 1 && fact.answer.chars().all(char::is_alphabetic);
        !is_letter && fact.answer.split(' ').count() <= self.request.max_answer_words
    }

    /// Takes the fact that the persona likes best.
    fn next(&self, persona: &Persona, candidates: &mut Vec<Candidate>, told: &mut Told) -> Option<Pair> {
        loop {
            let best = (0..candidates.len()).min_by_key(|index| self.rank(persona, &candidates[*index], told))?;
            let candidate = candidates.swap_remove(best);
            if told.answers.contains(&candidate.fact.answer) || told.uses(candidate.statement) >= MAX_PER_SENTENCE {
                continue;
            }
            if let Some(pair) = self.pair(persona, &candidate) {
                told.answers.insert(candidate.fact.answer);
                told.statements.push(candidate.statement);
                return Some(pair);
            }
        }
    }

    /// Fresh sentences first, then what is not easily guessed, then the persona's liking for the kind, then chance.
    fn rank(&self, persona: &Persona, candidate: &Candidate, told: &Told) -> (usize, bool, usize, u64) {
        let kind = |name: &String| Kind::named(name) == Some(candidate.fact.kind);
        let easy = matches!(&candidate.fact.form, Form::Known { class } if class == EASY_CLASS);
        let liking = persona.asks_about.iter().position(kind).unwrap_or(persona.asks_about.len());
        (
            told.uses(candidate.statement),
            easy,
            liking,
            draw(self.request.seed, &format!("{} {}", candidate.statement, candidate.fact.answer)),
        )
    }

    fn pair(&self, persona: &Persona, candidate: &Candidate) -> Option<Pair> {
        let statement = self.statements.get(candidate.statement)?;
        let fact = &candidate.fact;
        let seed = draw(self.request.seed, &format!("{} {} {}", persona.id, candidate.statement, fact.answer));
        let parts = Parts { persona, topic: self.topic, statement, fact, options: None, seed };
        let as_choice = fact.rough || fact.form != Form::Defined && chance(seed, "choice") < self.request.choice_share;
        let chosen = if as_choice { self.among(parts) } else { None };
        if chosen.is_some() || fact.rough {
            return chosen;
        }
        let bare = fact.without_unit();
        let (first, second) =
            if chance(seed, "unit") < UNIT_SHARE { (Some(fact), bare.as_ref()) } else { (bare.as_ref(), Some(fact)) };
        let open = |fact: &Fact| self.open(Parts { fact, ..parts });
        first.and_then(open).or_else(|| second.and_then(open))
    }

    fn open(&self, parts: Parts<'_>) -> Option<Pair> {
        let question = question(parts, self.distractors);
        let spec = typed::open(&parts.fact.form, &parts.fact.answer, &question)?;
        let aliases = if parts.fact.form == Form::Defined { parts.topic.forms() } else { &[] };
        Some(Pair {
            persona: parts.persona.id.clone(),
            question,
            answer: parts.fact.answer.clone(),
            spec: typed::with_aliases(spec, aliases),
            evidence: parts.statement.start..parts.statement.end,
        })
    }

    fn among(&self, parts: Parts<'_>) -> Option<Pair> {
        let (options, correct) = self.distractors.options(
            parts.fact,
            &parts.statement.text,
            self.request.text,
            self.request.num_options,
            parts.seed,
        )?;
        let spec = typed::among(&options, correct)?;
        Some(Pair {
            persona: parts.persona.id.clone(),
            question: question(Parts { options: Some(&options), ..parts }, self.distractors),
            answer: letter(correct)?.to_string(),
            spec,
            evidence: parts.statement.start..parts.statement.end,
        })
    }
}

/// Where a sentence with a total stands in front of one with its parts, each part follows from the other two.
fn can_be_worked_out(statement: &Statement) -> bool {
    let words = statement.text[statement.own..].split_whitespace();
    statement.own > 0 && words.filter(|word| word.starts_with(|ch: char| ch.is_ascii_digit())).count() > 1
}

fn is_figure(fact: &Fact) -> bool {
    matches!(fact.kind, Kind::Quantity | Kind::Number | Kind::Percentage)
}

fn letter(index: usize) -> Option<char> {
    ('A'..='Z').nth(index)
}

/// A number from 0 to 1 that follows from the seed.
fn chance(seed: u64, label: &str) -> f64 {
    (draw(seed, label) % 10_000) as f64 / 10_000.0
}
