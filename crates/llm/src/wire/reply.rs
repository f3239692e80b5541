//! The body of an answer.

use serde::Deserialize;
use serde_json::Value;

use super::{Fault, FaultKind, shown};
use crate::{Choice, Finish, Usage};

/// What a server answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// In the order of their index.
    pub choices: Vec<Choice>,
    /// What the server counted, if it did.
    pub usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Option<Vec<RawChoice>>,
    #[serde(default)]
    usage: Option<Value>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct RawChoice {
    #[serde(default)]
    index: u32,
    message: RawMessage,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct RawMessage {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

/// Reads the body of a response with status 200; the key is what must not be shown of it.
///
/// # Errors
/// It holds an error, or is not an answer at all; nonsense is taken for a fault that passes.
pub(crate) fn read_answer(body: &[u8], key: Option<&str>) -> Result<Answer, Fault> {
    let nonsense = |words: &str| Fault::new(FaultKind::Transient, format!("status 200, but {words}"));
    let completion: Completion = serde_json::from_slice(body).map_err(|error| {
        let page = body.trim_ascii_start().starts_with(b"<");
        let category = if error.is_eof() { "the body is cut off" } else { "the body is no chat completion" };
        nonsense(if page { "the body is an HTML page" } else { category })
    })?;
    let Some(mut choices) = completion.choices.filter(|choices| !choices.is_empty()) else {
        let told = completion.error.map(|error| error.get("message").unwrap_or(&error).to_string());
        return Err(nonsense(&told.map_or_else(|| "there is no choice in it".to_owned(), |told| shown(&told, key))));
    };
    choices.sort_by_key(|choice| choice.index);
    let choices = choices.into_iter().map(choice).collect();
    Ok(Answer { choices, usage: completion.usage.as_ref().and_then(usage) })
}

fn choice(raw: RawChoice) -> Choice {
    let refused = raw.message.content.as_ref().is_none_or(String::is_empty)
        && raw.message.refusal.is_some_and(|refusal| !refusal.is_empty());
    let finish = if refused { Finish::Refusal } else { finish(raw.finish_reason.as_deref()) };
    Choice { text: raw.message.content.unwrap_or_default(), finish }
}

/// Reads why an answer ends.
pub(super) fn finish(reason: Option<&str>) -> Finish {
    match reason {
        Some("stop" | "eos" | "end_turn" | "stop_sequence") => Finish::Stop,
        Some("length" | "max_tokens") => Finish::Length,
        Some("content_filter") => Finish::ContentFilter,
        Some("refusal") => Finish::Refusal,
        _ => Finish::Other,
    }
}

/// Reads what was counted; none where the server counts nothing.
pub(super) fn usage(raw: &Value) -> Option<Usage> {
    // More than any call can take is no count.
    let count = |value: &Value| value.as_u64().filter(|number| *number <= u64::from(u32::MAX));
    let number = |name: &str| raw.get(name).and_then(count);
    let details = raw.get("prompt_tokens_details");
    Some(Usage {
        prompt_tokens: number("prompt_tokens")?,
        cached_tokens: details.and_then(|details| count(details.get("cached_tokens")?)).unwrap_or(0),
        completion_tokens: number("completion_tokens").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::{FaultKind, read_answer};
    use crate::{Finish, Usage};

    #[test]
    fn choices_come_in_order_with_what_was_counted() {
        let body =
            br#"{"id":"x","choices":[{"index":1,"message":{"role":"assistant","content":"b"},"finish_reason":"length"},
            {"index":0,"message":{"content":"a","reasoning_content":"hm"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":8}}}"#;
        let answer = read_answer(body, None).unwrap();
        let texts: Vec<_> = answer.choices.iter().map(|choice| (choice.text.as_str(), choice.finish)).collect();
        assert_eq!(texts, [("a", Finish::Stop), ("b", Finish::Length)]);
        assert_eq!(answer.usage, Some(Usage { prompt_tokens: 9, cached_tokens: 8, completion_tokens: 4 }));
    }

    #[test]
    fn missing_parts_are_forgiven_but_not_a_missing_answer() {
        let bare =
            read_answer(br#"{"choices":[{"message":{"content":null,"refusal":"no"}}],"usage":null}"#, None).unwrap();
        assert_eq!((bare.choices[0].finish, bare.usage), (Finish::Refusal, None));
        let whole = br#"{"choices":[{"message":{"content":"a"}}]}"#;
        assert!(read_answer(whole, None).is_ok());
        for len in 0..whole.len() {
            assert_eq!(read_answer(&whole[..len], None).unwrap_err().kind, FaultKind::Transient, "{len}");
        }
        for nonsense in ["<html>", "[]", "{}", "null", r#"{"choices":[]}"#, r#"{"error":{"message":"boom"}}"#, "7"] {
            assert_eq!(read_answer(nonsense.as_bytes(), None).unwrap_err().kind, FaultKind::Transient, "{nonsense}");
        }
    }
}
