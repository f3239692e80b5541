//! Reads what a model wrote as the value it was asked for.

use quarry_llm::{Choice, Finish, json};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// Why an answer is of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// The model or its server refused; asking again would not help.
    Filtered(&'static str),
    /// The text is not what was asked for; another draw may be.
    Malformed(String),
}

/// Reads one answer.
pub(super) fn read<T: DeserializeOwned>(choice: &Choice) -> Result<T, Unusable> {
    match choice.finish {
        Finish::ContentFilter => Err(Unusable::Filtered("the server's filter stepped in")),
        Finish::Refusal => Err(Unusable::Filtered("the model refused")),
        Finish::Length => Err(Unusable::Malformed("cut off at `max_tokens`".to_owned())),
        Finish::Stop | Finish::Other => json::parse_reply(&choice.text).map_err(Unusable::Malformed),
    }
}

/// Reads a text. Models that are held to no schema write a number without quotation marks, and null for nothing.
///
/// # Errors
/// None of its own.
pub(crate) fn plain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    })
}
