//! An answer that comes piece by piece (server-sent events), put together.

use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reply::{finish, usage};
use super::{Answer, Fault, FaultKind, fault_of};
use crate::{Choice, Finish, Usage};

/// White characters in a row after which a choice will bring nothing more: constrained decoding can get lost in them.
const MAX_BLANK: usize = 512;
/// Choices of one answer.
const MAX_CHOICES: usize = 1024;

/// An answer in the making.
#[derive(Debug, Default)]
pub(crate) struct Streamed {
    line: Vec<u8>,
    choices: Vec<Partial>,
    usage: Option<Usage>,
    raw_usage: Option<Value>,
    is_done: bool,
}

#[derive(Debug, Default)]
struct Partial {
    text: String,
    refusal: bool,
    finish: Option<String>,
    num_blank: usize,
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    choices: Vec<Piece>,
    #[serde(default)]
    usage: Option<Value>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Piece {
    #[serde(default)]
    index: usize,
    #[serde(default)]
    delta: Delta,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

impl Streamed {
    /// Takes bytes as they come. Says whether there is more to wait for.
    ///
    /// # Errors
    /// The server says that it failed, or sends something else than events.
    pub(crate) fn take(&mut self, mut bytes: &[u8], key: Option<&str>) -> Result<bool, Fault> {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (head, rest) = bytes.split_at(end);
            bytes = rest.get(1..).unwrap_or_default();
            self.line.extend_from_slice(head);
            let line = std::mem::take(&mut self.line);
            self.event(line.trim_ascii(), key)?;
        }
        self.line.extend_from_slice(bytes);
        Ok(!self.is_done && !self.is_lost())
    }

    /// The answer, and its body as it would have come in one piece.
    ///
    /// # Errors
    /// The stream broke off.
    pub(crate) fn answer(mut self, key: Option<&str>) -> Result<(Answer, Bytes), Fault> {
        let last = std::mem::take(&mut self.line);
        self.event(last.trim_ascii(), key)?;
        let is_lost = self.is_lost();
        let ended = |choice: &Partial| choice.finish.is_some() || is_lost;
        // All choices seen may have ended while others were still to come: only the end of the stream says that it is whole.
        let is_whole = self.is_done || self.raw_usage.is_some() || is_lost;
        if !is_whole || self.choices.is_empty() || !self.choices.iter().all(ended) {
            return Err(Fault::new(FaultKind::Transient, "status 200, but the stream is cut off"));
        }
        let body = Body { choices: self.choices.iter().enumerate().map(whole).collect(), usage: self.raw_usage };
        let body = Bytes::from(serde_json::to_vec(&body).unwrap_or_default());
        let choices = self.choices.into_iter().map(Partial::choice).collect();
        Ok((Answer { choices, usage: self.usage }, body))
    }

    fn event(&mut self, line: &[u8], key: Option<&str>) -> Result<(), Fault> {
        let Some(text) = line.strip_prefix(b"data:").map(<[u8]>::trim_ascii) else { return Ok(()) };
        if text == b"[DONE]" {
            self.is_done = true;
            return Ok(());
        }
        let event: Event = serde_json::from_slice(text).map_err(|_| {
            Fault::new(FaultKind::Transient, "status 200, but an event is no part of a chat completion")
        })?;
        if event.error.is_some() {
            let code = event.error.as_ref().and_then(|error| error.get("code")?.as_u64());
            let code = code.and_then(|code| u16::try_from(code).ok());
            let status = code.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::OK);
            return Err(fault_of(status, text, None::<Duration>, key));
        }
        for piece in event.choices {
            self.piece(piece);
        }
        if let Some(raw) = event.usage.filter(Value::is_object) {
            self.usage = usage(&raw);
            self.raw_usage = Some(raw);
        }
        Ok(())
    }

    fn piece(&mut self, piece: Piece) {
        if piece.index >= MAX_CHOICES {
            return;
        }
        if self.choices.len() <= piece.index {
            self.choices.resize_with(piece.index + 1, Partial::default);
        }
        let Some(choice) = self.choices.get_mut(piece.index) else { return };
        choice.refusal |= piece.delta.refusal.is_some_and(|refusal| !refusal.is_empty());
        if let Some(text) = piece.delta.content {
            let blank = text.chars().rev().take_while(|c| c.is_whitespace()).count();
            let is_blank = text.trim().is_empty();
            choice.num_blank = if is_blank { choice.num_blank + blank } else { blank };
            choice.text.push_str(&text);
        }
        choice.finish = piece.finish_reason.or(choice.finish.take());
    }

    /// Whether every choice has ended or is lost in white space.
    fn is_lost(&self) -> bool {
        let lost = |choice: &Partial| choice.finish.is_none() && choice.num_blank > MAX_BLANK;
        self.choices.iter().any(lost) && self.choices.iter().all(|choice| choice.finish.is_some() || lost(choice))
    }
}

impl Partial {
    fn choice(self) -> Choice {
        let finish = match self.finish {
            _ if self.refusal && self.text.is_empty() => Finish::Refusal,
            Some(reason) => finish(Some(&reason)),
            // Cut off by us.
            None => Finish::Length,
        };
        Choice { text: self.text, finish }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    choices: Vec<Whole<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Value>,
}

#[derive(Serialize)]
struct Whole<'a> {
    index: usize,
    message: Message<'a>,
    finish_reason: &'a str,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

fn whole((index, choice): (usize, &Partial)) -> Whole<'_> {
    let message = Message { role: "assistant", content: &choice.text };
    Whole { index, message, finish_reason: choice.finish.as_deref().unwrap_or("length") }
}

#[cfg(test)]
mod tests {
    use super::Streamed;
    use crate::wire::read_answer;
    use crate::{Finish, Usage};

    const EVENTS: &str = concat!(
        ": ping\r\n\r\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"caf\u{e9} \"}},{\"index\":1,\"delta\":{\"content\":\"b\"}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"noir\"},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n",
    );

    #[test]
    fn an_answer_is_the_same_however_the_stream_is_cut_into_pieces() {
        for len in [1, 2, 3, 7, 50, 10_000] {
            let mut streamed = Streamed::default();
            let more: Vec<bool> =
                EVENTS.as_bytes().chunks(len).map(|piece| streamed.take(piece, None).unwrap()).collect();
            assert_eq!((more.len() < 2 || more[0], more.last()), (true, Some(&false)));
            let (answer, body) = streamed.answer(None).unwrap();
            let texts: Vec<_> = answer.choices.iter().map(|choice| (choice.text.as_str(), choice.finish)).collect();
            assert_eq!(texts, [("café noir", Finish::Stop), ("b", Finish::Length)]);
            assert_eq!(answer.usage, Some(Usage { prompt_tokens: 3, cached_tokens: 0, completion_tokens: 4 }));
            assert_eq!(read_answer(&body, None).unwrap(), answer);
        }
    }

    #[test]
    fn white_space_without_end_is_cut_off_and_a_broken_stream_is_no_answer() {
        let mut streamed = Streamed::default();
        let blank = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n", " ".repeat(100));
        let pieces = (0..100).take_while(|_| streamed.take(blank.as_bytes(), None).unwrap()).count();
        assert!(pieces < 10, "{pieces}");
        assert_eq!(streamed.answer(None).unwrap().0.choices[0].finish, Finish::Length);
        for broken in [
            "",
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n",
            "data: {\"choices\":[]}\ndata: [DONE]\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n",
        ] {
            let mut streamed = Streamed::default();
            streamed.take(broken.as_bytes(), None).unwrap();
            assert!(streamed.answer(None).is_err(), "{broken}");
        }
        assert!(Streamed::default().take(b"data: {\"error\":{\"message\":\"died\"}}\n", None).is_err());
        assert!(Streamed::default().take(b"data: <html>\n", None).is_err());
    }
}
