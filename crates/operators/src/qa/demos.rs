//! Demonstrations: short passages of a domain with pairs as they should be written, some of them shown in each prompt.
//!
//! Which ones are shown is drawn from the stage's seed once for each domain, so that all documents of a domain have the
//! same instruction.

use std::collections::BTreeMap;

use minijinja::{Value, context};
use quarry_answers::{AnswerType, infer_as};
use quarry_schema::content_id;
use serde::{Deserialize, Serialize};

use crate::personas::domain_key;
use crate::{ResourceError, Resources};

/// A passage with a pair.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Demo {
    /// What the pair is made from.
    pub(crate) text: String,
    /// Who asks, as the id in a prompt.
    pub(crate) persona: String,
    /// The question.
    pub(crate) question: String,
    /// The answer.
    pub(crate) answer: String,
    /// Its type.
    pub(crate) answer_type: AnswerType,
    /// The sentence of `text` that states the answer.
    pub(crate) evidence: String,
    /// The options of a choice.
    #[serde(default)]
    pub(crate) options: Vec<String>,
}

/// All demonstrations, by domain.
pub(crate) struct Demos {
    by_domain: BTreeMap<String, Vec<Demo>>,
    digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DomainFile {
    #[serde(default)]
    demo: Vec<Demo>,
}

/// A pair in the form of a reply, its fields in the order of the schema.
#[derive(Serialize)]
struct Pair<'a> {
    persona: &'a str,
    question: &'a str,
    answer: &'a str,
    answer_type: AnswerType,
    evidence: &'a str,
    options: &'a [String],
}

impl Demos {
    /// Reads all `.toml` files of a folder below the pipeline directory.
    ///
    /// # Errors
    /// A file cannot be read, or a demonstration breaks the rules that it is to show.
    pub(crate) fn load(resources: &Resources, folder: &str) -> Result<Demos, ResourceError> {
        let mut by_domain = BTreeMap::new();
        let mut digests = Vec::new();
        for path in resources.list(folder, "toml")? {
            let file = resources.file(&path)?;
            let parsed: DomainFile =
                toml::from_str(&file.text).map_err(|error| ResourceError::invalid(&path, error.to_string()))?;
            for demo in &parsed.demo {
                demo.check().map_err(|message| ResourceError::invalid(&path, message))?;
            }
            let name = path.rsplit('/').next().unwrap_or(&path).trim_end_matches(".toml").to_owned();
            by_domain.insert(name, parsed.demo);
            digests.extend([path, file.digest]);
        }
        let digests: Vec<&str> = digests.iter().map(String::as_str).collect();
        Ok(Demos { by_domain, digest: content_id(&digests) })
    }

    /// A hash of all files.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    /// The largest number that every domain has.
    pub(crate) fn fewest(&self) -> usize {
        self.by_domain.values().map(Vec::len).min().unwrap_or(0)
    }

    /// So many demonstrations of each domain, drawn by the seed, as prompts show them.
    pub(crate) fn drawn(&self, num_demos: usize, seed: u64) -> BTreeMap<String, Value> {
        let shown = |demos: &Vec<Demo>| -> Value {
            let mut demos: Vec<&Demo> = demos.iter().collect();
            demos.sort_by_cached_key(|demo| content_id(&[&seed.to_string(), &demo.text]));
            demos
                .iter()
                .take(num_demos)
                .map(|demo| context! { text => demo.text.as_str(), reply => demo.reply() })
                .collect()
        };
        self.by_domain.iter().map(|(domain, demos)| (domain.clone(), shown(demos))).collect()
    }

    /// The key of a domain in what [`Demos::drawn`] gives.
    pub(crate) fn key(domain: &str) -> String {
        domain_key(domain)
    }
}

impl Demo {
    fn reply(&self) -> String {
        let pair = Pair {
            persona: &self.persona,
            question: &self.question,
            answer: &self.answer,
            answer_type: self.answer_type,
            evidence: &self.evidence,
            options: &self.options,
        };
        serde_json::json!({"pairs": [pair]}).to_string()
    }

    fn check(&self) -> Result<(), String> {
        let problem = |what: &str| Err(format!("the demonstration with the answer `{}` {what}", self.answer));
        if !self.text.contains(&self.evidence) || self.evidence.is_empty() {
            return problem("has evidence that is not in its text");
        }
        if (self.answer_type == AnswerType::Choice) == self.options.is_empty() {
            return problem("has options without being a choice, or is a choice without options");
        }
        if !self.options.is_empty() {
            return if self.options.contains(&self.answer) { Ok(()) } else { problem("has other options") };
        }
        match infer_as(&self.answer, &self.question, self.answer_type) {
            Ok(_) => Ok(()),
            Err(refusal) => problem(&format!("cannot be checked: {refusal}")),
        }
    }
}
