//! `qa_generate`: has a model write typed question-answer pairs about a document, each with its evidence.
//!
//! Which passages are shown, how many questions are asked and who asks them is planned before any call; a long document
//! has a call for each passage. This file asks and turns replies into rows; how is in `ask` and `qa`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, StringArray};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use minijinja::{Value, context};
use quarry_engine::operator::{
    BuildContext, BuildError, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue, ReasonDef, Remote,
    Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};

use crate::ask::{Ask, Asked, Asker, Asking, Defaults, NUM_ASKING, asking_params, passages};
use crate::qa::{ADDS, Demos, Limits, PairRows, Person, QaPairs, Share, form, people, plan, schema};
use crate::verify::text_at;
use crate::{Def, PersonaBank, Resources};

/// The description of `qa_generate`.
pub(crate) const DEF: Def = Def {
    name: "qa_generate",
    summary: "has a model write questions that a document answers, with typed answers and their evidence",
    version: 1,
    shape: Shape::Remote,
    takes: Takes::Documents,
    emits: true,
    reads: &[column::TEXT, column::DOMAIN, column::PERSONAS],
    adds: ADDS,
    reasons: &[
        ReasonDef { name: "no_persona", doc: "nobody is assigned to ask" },
        ReasonDef { name: "no_question", doc: "the model found nothing to ask for" },
        ReasonDef { name: "malformed_reply", doc: "the model's replies could not be read, also when asked again" },
        ReasonDef { name: "too_long", doc: "the prompt does not fit the model" },
        ReasonDef { name: "filtered", doc: "the model or its server refused" },
    ],
    params: PARAMS,
    build,
};

const DEFAULTS: Defaults = Defaults { model: "teacher", prompt: "qa_generate.md", temperature: 0.7, max_tokens: 2_000 };

const PARAMS: &[ParamDef] = &asking_params::<{ NUM_ASKING + OWN.len() }>(DEFAULTS, OWN);

const MODES: &[&str] = &["together", "each", "none"];

const OWN: &[ParamDef] = &[
    ParamDef {
        name: "personas_per_call",
        kind: ParamKind::Choice(MODES),
        default: Some(ParamValue::Text("together")),
        doc: "whether all personas of a document share a call, each has its own as in the reference system, or none is \
              looked at and `<domain> instructor` asks",
    },
    ParamDef {
        name: "questions_per_persona",
        kind: ParamKind::Int { min: 1, max: 20 },
        default: Some(ParamValue::Int(2)),
        doc: "how many questions a persona may ask about a document; the reference system has one",
    },
    ParamDef {
        name: "max_questions",
        kind: ParamKind::Int { min: 1, max: 100 },
        default: Some(ParamValue::Int(6)),
        doc: "how many questions are asked for about a document at most",
    },
    ParamDef {
        name: "words_per_question",
        kind: ParamKind::Int { min: 1, max: 100_000 },
        default: Some(ParamValue::Int(30)),
        doc: "a question is asked for every so many words, and none for sentences without a figure, name or formula",
    },
    ParamDef {
        name: "demos",
        kind: ParamKind::Int { min: 0, max: 20 },
        default: Some(ParamValue::Int(1)),
        doc: "demonstrations of the domain in each prompt, drawn by the seed; the reference system has two",
    },
    ParamDef {
        name: "demos_folder",
        kind: ParamKind::Text,
        default: Some(ParamValue::Text("demos")),
        doc: "the folder of the demonstrations, below the pipeline directory",
    },
    ParamDef {
        name: "bank",
        kind: ParamKind::Text,
        default: Some(ParamValue::Text("personas")),
        doc: "the folder of the persona bank, below the pipeline directory; personas that it lacks are taken as \
              descriptions",
    },
];

/// Longer answers are no answers, and every later prompt would pay for them.
const MAX_ASKED_CHARS: usize = 60;

/// Who shares a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Together,
    Each,
    Instructor,
}

struct QaGenerate {
    asker: Asker,
    bank: PersonaBank,
    demos: BTreeMap<String, Value>,
    mode: Mode,
    limits: Limits,
}

/// One row, read before the first call.
struct Document<'a> {
    text: &'a str,
    domain: &'a str,
    people: Vec<Person>,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let limits = Limits {
        questions_per_persona: ctx.params.count("questions_per_persona")?,
        max_questions: ctx.params.count("max_questions")?,
        words_per_question: ctx.params.count("words_per_question")?,
    };
    let slots = &["demos", "people", "num_questions", "asked"];
    let asker = Asker::build(ctx, Asking { schema: schema(limits.max_questions), slots })?;
    let folder = ctx.params.text("bank")?;
    let bank =
        PersonaBank::load(ctx.resources, folder).map_err(|error| BuildError::param("bank", error.to_string()))?;
    ctx.depends_on(folder, bank.digest());
    let mode = match ctx.params.text("personas_per_call")? {
        "each" => Mode::Each,
        "none" => Mode::Instructor,
        _ => Mode::Together,
    };
    let demos = demos(ctx)?;
    Ok(Operator::Remote(Arc::new(QaGenerate { asker, bank, demos, mode, limits })))
}

fn demos(ctx: &mut BuildContext<'_, Resources>) -> Result<BTreeMap<String, Value>, BuildError> {
    let (num_demos, folder) = (ctx.params.count("demos")?, ctx.params.text("demos_folder")?);
    if num_demos == 0 {
        return Ok(BTreeMap::new());
    }
    let demos =
        Demos::load(ctx.resources, folder).map_err(|error| BuildError::param("demos_folder", error.to_string()))?;
    if demos.fewest() < num_demos {
        let message = format!("a file in `{folder}` holds only {} demonstrations", demos.fewest());
        return Err(BuildError::param("demos", message));
    }
    ctx.depends_on(folder, demos.digest());
    Ok(demos.drawn(num_demos, ctx.seed))
}

impl Remote for QaGenerate {
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>> {
        async move {
            let document = self.read(rows)?;
            let mut pairs = PairRows::default();
            let fate = self.ask_all(&document, &mut pairs).await?;
            if fate != Fate::Accept {
                pairs = PairRows::default();
            }
            Ok(Decided { fates: vec![fate], emitted: Some(pairs.finish()), ..Decided::default() })
        }
        .boxed()
    }

    fn in_flight(&self) -> usize {
        self.asker.in_flight()
    }
}

impl QaGenerate {
    fn read<'a>(&self, rows: Rows<'a>) -> Result<Document<'a>, OperatorError> {
        let (text, domain) = (text_at(rows.text(column::TEXT)?, 0), text_at(rows.text(column::DOMAIN)?, 0));
        let personas = rows.list(column::PERSONAS)?;
        let people = match self.mode {
            Mode::Instructor => vec![Person::instructor(domain)],
            _ if personas.is_null(0) => Vec::new(),
            _ => {
                let names = personas.value(0);
                let names: Option<&StringArray> = names.as_string_opt();
                people(&self.bank, names.into_iter().flatten().flatten())
            }
        };
        Ok(Document { text, domain, people })
    }

    /// Makes all calls about a document, one after the other: the first warms the server's cache for the others.
    async fn ask_all(&self, document: &Document<'_>, pairs: &mut PairRows) -> Result<Fate, OperatorError> {
        if document.people.is_empty() {
            return Ok(Fate::reject("no_persona", ""));
        }
        let passages = passages(document.text, self.asker.max_passage_tokens());
        let mut problem = None;
        let mut failure = None;
        for share in plan(document.text, &passages, document.people.len(), self.limits) {
            let mut asked = Vec::new();
            for turn in self.turns(&share) {
                match self.ask(document, &turn, &mut asked, pairs).await? {
                    // The other passages are asked all the same: the document comes again later, and then has them paid.
                    fate @ Fate::Fail { .. } => {
                        failure = failure.or(Some(fate));
                        break;
                    }
                    fate @ Fate::Reject { .. } => problem = problem.or(Some(fate)),
                    Fate::Accept => {}
                }
            }
        }
        if let Some(fate) = failure {
            return Ok(fate);
        }
        Ok(match pairs.is_empty() {
            false => Fate::Accept,
            true => problem.unwrap_or_else(|| Fate::reject("no_question", "")),
        })
    }

    /// The calls about a passage: one, or one for each person who asks.
    fn turns(&self, share: &Share) -> Vec<Share> {
        if self.mode != Mode::Each {
            return vec![share.clone()];
        }
        let alone = |(index, count): (usize, &usize)| {
            let by_person = (0..share.by_person.len()).map(|other| if other == index { *count } else { 0 }).collect();
            Share { passage: share.passage.clone(), by_person }
        };
        share.by_person.iter().enumerate().filter(|(_, count)| **count > 0).map(alone).collect()
    }

    async fn ask(
        &self,
        document: &Document<'_>,
        share: &Share,
        asked: &mut Vec<String>,
        pairs: &mut PairRows,
    ) -> Result<Fate, OperatorError> {
        let asking = document.people.iter().zip(&share.by_person).filter(|(_, count)| **count > 0);
        let people: Vec<Person> = asking.map(|(person, _)| person.clone()).collect();
        let shown = |person: &Person| {
            context! { id => person.id.as_str(), who => person.who.as_str(), cares_for => person.cares_for.as_str() }
        };
        let demos = self.demos.get(&Demos::key(document.domain)).cloned().unwrap_or_else(|| Value::from_iter([0; 0]));
        let ask = Ask {
            purpose: "",
            document: document.text.get(share.passage.clone()),
            instruction: context! { demos },
            tail: context! {
                people => people.iter().map(shown).collect::<Value>(),
                num_questions => share.num_questions(),
                asked => asked.clone(),
            },
        };
        let replied = match self.asker.ask::<QaPairs>(ask).await? {
            Asked::Decided(fate) => return Ok(fate),
            Asked::Replied(replied) => replied,
        };
        for written in replied.reply.pairs {
            // A server may hold its model to no schema; what a document costs is for the recipe to say.
            if pairs.num_rows() >= self.limits.max_questions {
                break;
            }
            let answer = written.answer.trim();
            let is_short = (1..=MAX_ASKED_CHARS).contains(&answer.chars().count());
            if is_short && !asked.iter().any(|known| known == answer) {
                asked.push(answer.to_owned());
            }
            let pair = form(written, document.text, &share.passage, &people);
            pairs.push(&pair, self.asker.model_id(), self.asker.prompt_digest(), &replied.request);
        }
        Ok(Fate::Accept)
    }
}

#[cfg(test)]
mod tests;
