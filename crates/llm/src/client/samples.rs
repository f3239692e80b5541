//! All samples of a call: in one request where the server draws several, else one by one, put together again.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use futures::stream::{FuturesUnordered, StreamExt as _};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::asker::Asker;
use super::tries::{Answered, Tries};
use crate::budget::most;
use crate::wire::Draw;
use crate::{Call, Choice, Error, ErrorKind, Usage};

/// All samples of a call.
pub(super) struct Drawn {
    pub choices: Vec<Choice>,
    pub usage: Usage,
    pub body: Bytes,
    pub num_tries: u32,
    pub duration: Duration,
}

/// Draws all samples of a call.
///
/// `spent` is what the server counted, also of samples that are of no use since another one failed.
///
/// # Errors
/// A sample could not be drawn; the others have come by then, since they were paid for all the same.
pub(super) async fn draw_all(asker: &Asker, call: &Call, spent: &mut Usage) -> Result<Drawn, Error> {
    let wanted = call.request.sampling.num_samples.max(1);
    let seed = call.request.sampling.seed;
    let mut parts = Vec::new();
    let mut num_drawn = 0;
    if wanted == 1 || asker.takes_num_samples() {
        match Tries::new(asker, call, Draw { num_samples: wanted, seed }, None).run().await {
            Ok(answered) => {
                num_drawn = u32::try_from(answered.answer.choices.len()).unwrap_or(u32::MAX).min(wanted);
                if num_drawn < wanted {
                    asker.ignores_num_samples();
                }
                add(spent, used(call, &answered));
                parts.push(answered);
            }
            // The server has just said that it draws one sample at a time.
            Err(error) if wanted > 1 && error.kind == ErrorKind::Undecided && !asker.takes_num_samples() => {}
            Err(error) => return Err(error),
        }
    }
    if num_drawn < wanted {
        let begun = AtomicBool::new(num_drawn > 0);
        let single = |number: u32| draw_one(asker, call, number, &begun);
        let mut coming: FuturesUnordered<_> = (num_drawn..wanted).map(single).collect();
        let (mut rest, mut failed) = (Vec::new(), None);
        while let Some(sample) = coming.next().await {
            match sample {
                Ok((number, answered)) => {
                    add(spent, used(call, &answered));
                    rest.push((number, answered));
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        rest.sort_by_key(|(number, _)| *number);
        parts.extend(rest.into_iter().map(|(_, answered)| answered));
    }
    Ok(merged(parts, *spent, wanted as usize))
}

/// What a part took, by the server's count or at most.
fn used(call: &Call, part: &Answered) -> Usage {
    part.answer.usage.unwrap_or_else(|| unknown_usage(call, part))
}

fn add(sum: &mut Usage, usage: Usage) {
    sum.prompt_tokens += usage.prompt_tokens;
    sum.cached_tokens += usage.cached_tokens;
    sum.completion_tokens += usage.completion_tokens;
}

/// Draws one sample by a seed of its own.
async fn draw_one(asker: &Asker, call: &Call, number: u32, begun: &AtomicBool) -> Result<(u32, Answered), Error> {
    let seed = call.request.sampling.seed;
    let seed = if number == 0 { seed } else { xxh3_64_with_seed(&number.to_le_bytes(), seed) };
    let draw = Draw { num_samples: 1, seed };
    Ok((number, Tries::new(asker, call, draw, Some(begun)).run().await?))
}

fn merged(parts: Vec<Answered>, usage: Usage, wanted: usize) -> Drawn {
    let mut drawn = Drawn {
        choices: Vec::with_capacity(wanted),
        usage,
        body: Bytes::new(),
        num_tries: 0,
        duration: Duration::ZERO,
    };
    let mut bodies = Vec::with_capacity(parts.len());
    for part in parts {
        drawn.num_tries += part.num_tries;
        drawn.duration = drawn.duration.max(part.duration);
        drawn.choices.extend(part.answer.choices);
        bodies.push(part.body);
    }
    drawn.choices.truncate(wanted);
    drawn.body = match bodies.as_slice() {
        [only] => only.clone(),
        _ => array(&bodies),
    };
    drawn
}

/// What an answer took at most, where the server counts nothing.
fn unknown_usage(call: &Call, part: &Answered) -> Usage {
    let most = most(call, 1);
    let bytes: usize = part.answer.choices.iter().map(|choice| choice.text.len() + 1).sum();
    Usage { completion_tokens: most.completion_tokens.min(bytes as u64), ..most }
}

fn array(bodies: &[Bytes]) -> Bytes {
    let mut array = BytesMut::with_capacity(bodies.iter().map(|body| body.len() + 1).sum::<usize>() + 2);
    for (number, body) in bodies.iter().enumerate() {
        array.put_u8(if number == 0 { b'[' } else { b',' });
        array.put_slice(body);
    }
    array.put_u8(b']');
    array.freeze()
}
