//! Asks a model for one row: builds the request, asks again what cannot be read, and says what came of it.

use std::sync::Arc;

use minijinja::Value;
use quarry_engine::operator::{BuildContext, BuildError, OperatorError};
use quarry_llm::{Call, ChatRequest, Error, ErrorKind, Message, Model, RequestHash, Role, Sampling, Schema};
use quarry_schema::{Fate, content_id};
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::reply::{Unusable, read};
use super::{Template, fence, strip};
use crate::{ResourceError, Resources};

/// The line that begins every conversation, of whatever stage.
const SYSTEM: &str = "prompts/system.md";

/// What instruction, demonstrations and tail take at most, as a rule.
const PROMPT_TOKENS: u64 = 1_000;

/// How often a call whose answer cannot be read is asked again.
const MAX_REASKS: u32 = 2;

/// What an operator asks for.
pub(crate) struct Asking<'a> {
    /// The form of a reply.
    pub(crate) schema: Arc<Schema>,
    /// The names that the operator fills into its prompt.
    pub(crate) slots: &'a [&'a str],
}

/// A model with a prompt, ready to be asked by one stage.
pub(crate) struct Asker {
    model: Model,
    stage: Arc<str>,
    priority: u32,
    seed: u64,
    system: Message,
    template: Template,
    document_first: bool,
    sampling: Sampling,
    schema: Arc<Schema>,
    max_passage_tokens: usize,
}

/// One question to the model.
pub(crate) struct Ask<'a> {
    /// Tells apart the calls that one stage makes with equal messages, such as votes; it changes the seed.
    pub(crate) purpose: &'a str,
    /// The passage that is shown, not yet fenced.
    pub(crate) document: Option<&'a str>,
    /// What the prompt's instruction is filled with.
    pub(crate) instruction: Value,
    /// What the prompt's tail is filled with.
    pub(crate) tail: Value,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked<T> {
    /// The model replied in the form that was asked for.
    Replied(Replied<T>),
    /// The row's fate is decided: rejected as `too_long`, `filtered` or `malformed_reply`, or failed.
    Decided(Fate),
}

/// A reply with the request that it answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Replied<T> {
    /// The reply.
    pub(crate) reply: T,
    /// The request, the last one if there were several.
    pub(crate) request: RequestHash,
}

impl Asker {
    /// Makes an asker out of the params that all asking operators have.
    ///
    /// # Errors
    /// The config has no such model, or the prompt cannot be used; the error points at the param.
    pub(crate) fn build(ctx: &mut BuildContext<'_, Resources>, asking: Asking<'_>) -> Result<Asker, BuildError> {
        let asker = Asker::without_document(ctx, asking)?;
        let name = ctx.params.text("model")?;
        check_context(&asker.model, name, asker.max_passage_tokens, asker.sampling.max_tokens)?;
        Ok(asker)
    }

    /// As [`Asker::build`], for a stage that shows no passage, whatever length the model can hold.
    ///
    /// # Errors
    /// As of [`Asker::build`].
    pub(crate) fn without_document(
        ctx: &mut BuildContext<'_, Resources>,
        asking: Asking<'_>,
    ) -> Result<Asker, BuildError> {
        let at = |param: &'static str| move |error: ResourceError| BuildError::param(param, error.to_string());
        let name = ctx.params.text("model")?;
        let model = ctx.resources.model(name).map_err(at("model"))?;
        let path = format!("prompts/{}", ctx.params.text("prompt")?);
        let template = Template::load(ctx.resources, &path, asking.slots).map_err(at("prompt"))?;
        let system = ctx.resources.file(SYSTEM).map_err(|error| BuildError::other(error.to_string()))?;
        let sampling = sampling(ctx)?;
        let max_passage_tokens = ctx.params.count("max_passage_tokens")?;
        let document_first = ctx.params.text("layout")? == "document_first";
        ctx.depends_on(format!("model {name}"), identity(&model));
        ctx.depends_on(path, template.digest().as_ref());
        ctx.depends_on(SYSTEM, system.digest);
        Ok(Asker {
            model,
            stage: Arc::from(ctx.stage),
            priority: u32::try_from(ctx.position).unwrap_or(u32::MAX),
            seed: ctx.seed,
            system: Message { role: Role::System, content: Arc::from(system.text.trim()) },
            template,
            document_first,
            sampling,
            schema: asking.schema,
            max_passage_tokens,
        })
    }

    /// The most rows that may be in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.model.max_in_flight
    }

    /// The model's id, for provenance.
    pub(crate) fn model_id(&self) -> &str {
        &self.model.id
    }

    /// The hash of the prompt file, for provenance.
    pub(crate) fn prompt_digest(&self) -> &str {
        self.template.digest()
    }

    /// How long a passage may be, as the recipe says.
    pub(crate) fn max_passage_tokens(&self) -> usize {
        self.max_passage_tokens
    }

    /// Asks for one answer.
    ///
    /// # Errors
    /// Something that concerns no single row, such as a refused key or a spent budget.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Result<Asked<T>, OperatorError> {
        let asked = self.ask_samples(ask, 1).await?;
        Ok(match asked {
            Asked::Decided(fate) => Asked::Decided(fate),
            Asked::Replied(Replied { mut reply, request }) => match reply.pop() {
                Some(reply) => Asked::Replied(Replied { reply, request }),
                None => Asked::Decided(Fate::reject("malformed_reply", "no answer")),
            },
        })
    }

    /// Asks for several answers to one prompt. Those that could not be read are left out, also after asking for them
    /// again; at least one is there.
    ///
    /// # Errors
    /// As of [`Asker::ask`].
    pub(crate) async fn ask_samples<T: DeserializeOwned>(
        &self,
        ask: Ask<'_>,
        num_samples: u32,
    ) -> Result<Asked<Vec<T>>, OperatorError> {
        let (messages, route) = self.messages(&ask)?;
        let mut samples = Samples { replies: Vec::new(), num_filtered: 0, problem: "no answer".to_owned() };
        let mut request = RequestHash([0; 32]);
        for attempt in 0..=MAX_REASKS {
            let missing = num_samples.saturating_sub(samples.num_settled());
            if missing == 0 {
                break;
            }
            let call = self.call(&messages, route, ask.purpose, attempt, missing);
            match self.model.chat.chat(call).await {
                Ok(reply) => {
                    request = reply.hash;
                    samples.read(&reply.choices);
                }
                // Going on with fewer answers would let a fault of the network change the dataset.
                Err(error) => return decided(error),
            }
        }
        Ok(samples.finish(request))
    }

    fn messages(&self, ask: &Ask<'_>) -> Result<(Vec<Message>, u64), OperatorError> {
        let instruction = self.template.instruction(&ask.instruction)?;
        // The tail may hold what a model wrote about a document.
        let tail = strip(&self.template.tail(&ask.tail)?);
        let document = ask.document.map(fence).unwrap_or_default();
        let route = xxh3_64(if document.is_empty() { tail.as_bytes() } else { document.as_bytes() });
        let parts = if self.document_first { [document, instruction, tail] } else { [instruction, document, tail] };
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let user = Message { role: Role::User, content: Arc::from(parts.join("\n\n")) };
        Ok((vec![self.system.clone(), user], route))
    }

    fn call(&self, messages: &[Message], route: u64, purpose: &str, attempt: u32, num_samples: u32) -> Call {
        let user = messages.last().map_or("", |message| &message.content);
        let key = content_id(&[user, purpose, &attempt.to_string()]);
        // Some servers read a seed as a signed 32-bit number.
        let seed = xxh3_64_with_seed(key.as_bytes(), self.seed) >> 33;
        let request = ChatRequest {
            model: Arc::clone(&self.model.id),
            revision: self.model.revision.clone(),
            messages: messages.to_vec(),
            sampling: Sampling { num_samples, seed, ..self.sampling },
            schema: Some(Arc::clone(&self.schema)),
            attempt,
            template: Arc::clone(self.template.digest()),
        };
        Call { request, stage: Arc::clone(&self.stage), priority: self.priority, route }
    }
}

fn sampling(ctx: &BuildContext<'_, Resources>) -> Result<Sampling, BuildError> {
    let small = |name: &'static str| -> Result<u32, BuildError> {
        u32::try_from(ctx.params.int(name)?).map_err(|error| BuildError::param(name, error.to_string()))
    };
    let top_k = small("top_k")?;
    Ok(Sampling {
        temperature: ctx.params.float("temperature")?,
        top_p: ctx.params.float("top_p")?,
        top_k: (top_k > 0).then_some(top_k),
        max_tokens: small("max_tokens")?,
        num_samples: 1,
        seed: 0,
    })
}

/// A config may not change rows, so a model that is too small for the recipe is refused and not given less.
fn check_context(model: &Model, name: &str, max_passage: usize, max_tokens: u32) -> Result<(), BuildError> {
    let (context, answer) = (u64::from(model.context_tokens), u64::from(max_tokens));
    if context == 0 || max_passage as u64 + answer + PROMPT_TOKENS <= context {
        return Ok(());
    }
    let message = format!(
        "the model `{name}` holds {context} tokens, and passages of {max_passage} with answers of {answer} do not fit; \
         lower `max_passage_tokens` (in all stages alike) or `max_tokens`"
    );
    Err(BuildError::param("max_passage_tokens", message))
}

fn identity(model: &Model) -> String {
    match &model.revision {
        Some(revision) => format!("{}@{revision}", model.id),
        None => model.id.to_string(),
    }
}

fn decided<T>(error: Error) -> Result<Asked<T>, OperatorError> {
    Ok(Asked::Decided(match error.kind {
        ErrorKind::TooLong => Fate::reject("too_long", error.message),
        ErrorKind::Filtered => Fate::reject("filtered", error.message),
        ErrorKind::Undecided => Fate::Fail { detail: error.message },
        _ => return Err(OperatorError::stop(error)),
    }))
}

/// The answers of one prompt while they come in.
struct Samples<T> {
    replies: Vec<T>,
    num_filtered: u32,
    problem: String,
}

impl<T: DeserializeOwned> Samples<T> {
    fn read(&mut self, choices: &[quarry_llm::Choice]) {
        for choice in choices {
            match read(choice) {
                Ok(reply) => self.replies.push(reply),
                Err(Unusable::Filtered(what)) => {
                    self.num_filtered += 1;
                    self.problem = what.to_owned();
                }
                Err(Unusable::Malformed(what)) => self.problem = what,
            }
        }
    }

    /// Filtered answers are settled too: another draw would be filtered as well.
    fn num_settled(&self) -> u32 {
        u32::try_from(self.replies.len()).unwrap_or(u32::MAX).saturating_add(self.num_filtered)
    }

    fn finish(self, request: RequestHash) -> Asked<Vec<T>> {
        if !self.replies.is_empty() {
            return Asked::Replied(Replied { reply: self.replies, request });
        }
        let reason = if self.num_filtered > 0 { "filtered" } else { "malformed_reply" };
        Asked::Decided(Fate::reject(reason, self.problem))
    }
}

#[cfg(test)]
mod tests;
