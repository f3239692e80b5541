//! What a model replies when it is asked for pairs.

use std::sync::Arc;

use quarry_answers::AnswerType;
use quarry_llm::Schema;
use serde::{Deserialize, Deserializer};

use crate::ask::{list_of, object, one_of, plain, text, texts};

/// A reply: pairs, or none where the document states nothing to ask for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct QaPairs {
    /// The pairs in the model's order.
    pub(crate) pairs: Vec<WrittenPair>,
}

/// One pair as a model wrote it. What it left out is empty, so that one bad pair does not cost the others.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct WrittenPair {
    /// The id of the person that asks.
    #[serde(deserialize_with = "plain")]
    pub(crate) persona: String,
    /// The question.
    #[serde(deserialize_with = "plain")]
    pub(crate) question: String,
    /// The answer.
    #[serde(deserialize_with = "plain")]
    pub(crate) answer: String,
    /// What the model takes the answer for.
    #[serde(deserialize_with = "plain")]
    pub(crate) answer_type: String,
    /// What the model quotes as its evidence.
    #[serde(deserialize_with = "plain")]
    pub(crate) evidence: String,
    /// The options of a choice.
    #[serde(deserialize_with = "list")]
    pub(crate) options: Vec<String>,
}

/// The form of a reply with this many pairs at most.
pub(crate) fn schema(max_pairs: usize) -> Arc<Schema> {
    let types = AnswerType::ALL.map(AnswerType::as_str);
    let pair = [
        ("persona", text(80)),
        ("question", text(800)),
        ("answer", text(200)),
        ("answer_type", one_of(&types)),
        ("evidence", text(800)),
        ("options", texts(0, 9, 120)),
    ];
    object("qa_pairs", &[("pairs", list_of(0, max_pairs, &pair))])
}

/// Reads a list of texts, or null for none.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::{QaPairs, schema};

    #[test]
    fn what_a_pair_lacks_is_empty() {
        let reply: QaPairs =
            serde_json::from_str(r#"{"pairs": [{"question": "Which year?", "answer": 1905, "options": null}, {}]}"#)
                .unwrap();
        assert_eq!(reply.pairs[0].answer, "1905");
        assert_eq!(reply.pairs[1].question, "");
        assert!(serde_json::from_str::<QaPairs>("{}").is_err());
    }

    #[test]
    fn the_schema_is_flat_and_bounded() {
        let schema = schema(6);
        assert_eq!(schema.name, "qa_pairs");
        let pairs = &schema.schema["properties"]["pairs"];
        assert_eq!(pairs["maxItems"], 6);
        assert_eq!(pairs["items"]["required"].as_array().unwrap().len(), 6);
        assert_eq!(pairs["items"]["properties"]["answer_type"]["enum"].as_array().unwrap().len(), 12);
    }
}
