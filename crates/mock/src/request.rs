//! A chat request as it comes in: read leniently, as real servers do, and hashed over all that could change its answer.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use xxhash_rust::xxh3::{xxh3_128, xxh3_128_with_seed};

/// Fields that change nothing about the answer's text.
const VOLATILE: [&str; 11] = [
    "stream",
    "stream_options",
    "user",
    "priority",
    "metadata",
    "request_id",
    "cache_salt",
    "store",
    "service_tier",
    "prompt_cache_key",
    "safety_identifier",
];

/// A chat request.
#[derive(Debug, Default)]
pub(crate) struct ChatRequest<'a> {
    /// The model's id.
    pub(crate) model: Cow<'a, str>,
    /// The conversation.
    pub(crate) messages: Option<Vec<Message<'a>>>,
    /// Whether the answer comes in pieces.
    pub(crate) stream: bool,
    /// Whether a stream ends with its usage.
    pub(crate) include_usage: bool,
    /// How many answers are asked for.
    pub(crate) num_samples: Option<u64>,
    /// Tokens of an answer at most.
    pub(crate) max_tokens: Option<u64>,
    /// Lower goes first.
    pub(crate) priority: i64,
    /// What the answer must look like.
    pub(crate) form: Form,
    /// Hash of all fields but the volatile ones, in any order.
    pub(crate) hash: u128,
}

/// What an answer must look like.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Form {
    /// Text.
    #[default]
    Text,
    /// Any JSON object.
    Json,
    /// JSON of a schema.
    Schema {
        /// The schema's name.
        name: String,
        /// The schema.
        schema: Value,
    },
}

/// A message of a conversation.
#[derive(Debug, Deserialize)]
pub(crate) struct Message<'a> {
    /// Who says it.
    #[serde(borrow)]
    pub(crate) role: Cow<'a, str>,
    /// What is said.
    #[serde(borrow, default)]
    pub(crate) content: Content<'a>,
}

/// The text of a message; parts of other kinds are left out.
#[derive(Debug, Default)]
pub(crate) struct Content<'a>(pub(crate) Cow<'a, str>);

impl<'a> ChatRequest<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// It is no JSON object, or a field has the wrong type.
    pub(crate) fn read(body: &'a [u8]) -> Result<ChatRequest<'a>, String> {
        serde_json::from_slice(body).map_err(|error| error.to_string())
    }

    /// The conversation as pairs of role and text.
    pub(crate) fn turns(&self) -> impl Iterator<Item = (&str, &str)> {
        let messages = self.messages.iter().flatten();
        messages.map(|message| (message.role.as_ref(), message.content.0.as_ref()))
    }

    /// The name of the schema, empty for none.
    pub(crate) fn schema_name(&self) -> &str {
        match &self.form {
            Form::Schema { name, .. } => name,
            Form::Text | Form::Json => "",
        }
    }

    /// Fields may come in any order, so their hashes are added up.
    fn add(&mut self, key: &str, value: u128) {
        let seed = xxhash_rust::xxh3::xxh3_64(key.as_bytes());
        self.hash = self.hash.wrapping_add(xxh3_128_with_seed(&value.to_le_bytes(), seed));
    }

    fn add_value(&mut self, key: &str, value: &Value) {
        self.add(key, xxh3_128(value.to_string().as_bytes()));
    }

    fn add_messages(&mut self) {
        let mut chain = 0_u128;
        for (role, content) in self.turns() {
            let (role, content) = (xxh3_128(role.as_bytes()), xxh3_128(content.as_bytes()));
            let parts = [chain.to_le_bytes(), role.to_le_bytes(), content.to_le_bytes()].concat();
            chain = xxh3_128(&parts);
        }
        self.add("messages", chain);
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ChatRequest<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ChatRequest<'a>, D::Error> {
        deserializer.deserialize_map(RequestVisitor)
    }
}

struct RequestVisitor;

impl<'de> Visitor<'de> for RequestVisitor {
    type Value = ChatRequest<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ChatRequest<'de>, A::Error> {
        let mut request = ChatRequest::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.0.as_ref() {
                "model" => {
                    request.model = map.next_value::<Option<Text<'de>>>()?.unwrap_or_default().0;
                    let hash = xxh3_128(request.model.as_bytes());
                    request.add("model", hash);
                }
                "messages" => {
                    request.messages = Some(map.next_value()?);
                    request.add_messages();
                }
                "stream" => request.stream = map.next_value::<Option<bool>>()?.unwrap_or_default(),
                "stream_options" => {
                    let options: Value = map.next_value()?;
                    request.include_usage = options.get("include_usage").and_then(Value::as_bool).unwrap_or_default();
                }
                "priority" => request.priority = map.next_value::<Option<i64>>()?.unwrap_or_default(),
                "n" => {
                    request.num_samples = map.next_value()?;
                    let hash = u128::from(request.num_samples.unwrap_or(1));
                    request.add("n", hash);
                }
                key @ ("max_tokens" | "max_completion_tokens") => {
                    let limit: Option<u64> = map.next_value()?;
                    request.max_tokens = limit.or(request.max_tokens);
                    request.add(key, u128::from(limit.unwrap_or(u64::MAX)));
                }
                "response_format" => {
                    let format: Value = map.next_value()?;
                    request.add_value("response_format", &format);
                    request.form = form(format).map_err(A::Error::custom)?;
                }
                key if VOLATILE.contains(&key) => drop(map.next_value::<IgnoredAny>()?),
                key => {
                    let value: Value = map.next_value()?;
                    request.add_value(key, &value);
                }
            }
        }
        Ok(request)
    }
}

fn form(format: Value) -> Result<Form, String> {
    match format.get("type").and_then(Value::as_str) {
        Some("json_schema") => {
            let asked = format.get("json_schema").ok_or("response_format.json_schema: field required")?;
            let name = asked.get("name").and_then(Value::as_str);
            let name = name.ok_or("response_format.json_schema.name: field required")?.to_owned();
            let schema = asked.get("schema").cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
            Ok(Form::Schema { name, schema })
        }
        Some("json_object") => Ok(Form::Json),
        Some("text") => Ok(Form::Text),
        None if format.is_null() => Ok(Form::Text),
        _ => Err("response_format.type: must be `text`, `json_object` or `json_schema`".to_owned()),
    }
}

/// Text that is borrowed where nothing in it is escaped.
#[derive(Default, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Content<'a>, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, or a list of parts")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Content<'de>, E> {
        Ok(Content(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Content<'de>, E> {
        Ok(Content(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Content<'de>, E> {
        Ok(Content::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Content<'de>, A::Error> {
        let mut all = String::new();
        while let Some(part) = seq.next_element::<Value>()? {
            all.push_str(part.get("text").and_then(Value::as_str).unwrap_or_default());
        }
        Ok(Content(Cow::Owned(all)))
    }
}

#[cfg(test)]
mod tests {
    use super::{ChatRequest, Form};

    fn hash(body: &str) -> u128 {
        ChatRequest::read(body.as_bytes()).unwrap().hash
    }

    #[test]
    fn the_hash_is_of_all_that_could_change_the_answer() {
        let body = r#"{"model":"m","messages":[{"role":"user","content":"a\nb"}],"seed":1,"max_tokens":9}"#;
        let same = [
            r#"{"max_tokens":9,"seed":1,"messages":[{"content":"a\u000ab","role":"user"}],"model":"m"}"#,
            r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a\nb"}]}],"seed":1,"max_tokens":9,
               "stream":true,"stream_options":{"include_usage":true},"user":"x","priority":3}"#,
        ];
        let different = [
            r#"{"model":"m","messages":[{"role":"user","content":"a\nb"}],"seed":2,"max_tokens":9}"#,
            r#"{"model":"m","messages":[{"role":"system","content":"a\nb"}],"seed":1,"max_tokens":9}"#,
            r#"{"model":"m","messages":[{"role":"user","content":"a"}],"seed":1,"max_tokens":9}"#,
            r#"{"model":"m","messages":[{"role":"user","content":"a\nb"}],"seed":1,"max_tokens":9,"min_p":0.1}"#,
            r#"{"model":"m","messages":[{"role":"user","content":"a\nb"}],"seed":1,"max_tokens":9,"n":2}"#,
            r#"{"model":"m","messages":[{"role":"user","content":"a\nb"}],"max_tokens":1,"seed":9}"#,
        ];
        assert!(same.iter().all(|other| hash(other) == hash(body)));
        assert!(different.iter().all(|other| hash(other) != hash(body)));
    }

    #[test]
    fn unknown_fields_and_nulls_are_no_reason_to_refuse() {
        let body = br#"{"messages":[{"role":"assistant","content":null,"tool_calls":[]}],"logit_bias":{"1":2},"n":null,
            "max_tokens":null,"stream":null,"response_format":null}"#;
        let request = ChatRequest::read(body).unwrap();
        assert_eq!((request.num_samples, request.max_tokens, request.stream), (None, None, false));
        assert_eq!(request.form, Form::Text);
        assert_eq!(request.turns().collect::<Vec<_>>(), [("assistant", "")]);
    }

    #[test]
    fn what_has_the_wrong_type_is_refused() {
        for body in ["", "[]", "{", r#"{"messages":"hi"}"#, r#"{"n":"two"}"#, r#"{"response_format":{"type":"xml"}}"#] {
            assert!(ChatRequest::read(body.as_bytes()).is_err(), "{body}");
        }
    }
}
