//! How a reply marks its final answer, and the sentence of the prompt that asks for it.

use clap::ValueEnum;
use quarry_answers::AnswerType;
use serde::Serialize;

/// One of the four marks that `reward.py` finds; stock scorers know one or two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnswerFormat {
    /// `\boxed{42}`
    Boxed,
    /// `<answer>42</answer>`
    AnswerTag,
    /// `#### 42`
    Hash4,
    /// `Answer: 42`
    AnswerLine,
}

impl AnswerFormat {
    /// The name used by flags and files.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            AnswerFormat::Boxed => "boxed",
            AnswerFormat::AnswerTag => "answer-tag",
            AnswerFormat::Hash4 => "hash4",
            AnswerFormat::AnswerLine => "answer-line",
        }
    }

    /// The sentence that ends a prompt. It marks no answer itself, since some trainers give their scorer prompt and reply
    /// in one.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            AnswerFormat::Boxed => r"Put your final answer inside \boxed{}.",
            AnswerFormat::AnswerTag => "Put your final answer inside <answer> tags.",
            AnswerFormat::Hash4 => "End with a line that has \"#### \" and your final answer.",
            AnswerFormat::AnswerLine => "End with a line that has \"Answer: \" and your final answer.",
        }
    }

    /// A reply that commits itself to an answer in this way.
    pub(crate) fn reply(self, answer: &str) -> String {
        match self {
            AnswerFormat::Boxed => format!(r"The answer is \boxed{{{answer}}}."),
            AnswerFormat::AnswerTag => format!("<answer>{answer}</answer>"),
            AnswerFormat::Hash4 => format!("#### {answer}"),
            AnswerFormat::AnswerLine => format!("Answer: {answer}"),
        }
    }

    /// What is asked for where every mark can be read: a box for mathematics, a tag for words.
    pub(crate) fn usual_for(answer_type: AnswerType) -> AnswerFormat {
        match answer_type {
            AnswerType::Integer
            | AnswerType::Decimal
            | AnswerType::Quantity
            | AnswerType::Percentage
            | AnswerType::Fraction
            | AnswerType::Expression => AnswerFormat::Boxed,
            AnswerType::Boolean
            | AnswerType::Choice
            | AnswerType::String
            | AnswerType::Date
            | AnswerType::List
            | AnswerType::Set => AnswerFormat::AnswerTag,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::AnswerFormat;

    #[test]
    fn names_are_those_of_the_flag_and_of_files() {
        for format in AnswerFormat::value_variants() {
            let flag = format.to_possible_value().map(|value| value.get_name().to_owned());
            assert_eq!(flag.as_deref(), Some(format.as_str()));
            assert_eq!(serde_json::to_value(format).ok(), Some(format.as_str().into()));
        }
    }

    #[test]
    fn every_format_is_read_back_from_its_reply_and_no_suffix_holds_an_answer() -> Result<(), quarry_answers::Error> {
        let spec = quarry_answers::AnswerSpec::from_json(r#"{"type":"integer","value":"42"}"#)?;
        for format in AnswerFormat::value_variants() {
            let (right, wrong) = (format.reply("42"), format.reply("43"));
            assert!(quarry_answers::check(&spec, &right).is_correct(), "{format:?}");
            assert!(!quarry_answers::check(&spec, &wrong).is_correct(), "{format:?}");
            let in_one = format!("How many?\n\n{}<|im_end|>\n<|im_start|>assistant\n{right}", format.suffix());
            assert!(quarry_answers::check(&spec, &in_one).is_correct(), "{format:?}");
        }
        Ok(())
    }
}
