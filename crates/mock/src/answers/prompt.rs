//! What a prompt shows: a document between fences, and around it instructions, persons, a question and its answer.

use std::sync::LazyLock;

use regex::Regex;

use super::words::pattern;

/// A prompt taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prompt<'a> {
    /// The text between the fences.
    pub(super) document: Option<&'a str>,
    /// What stands around the document in the message that holds it, or the last message.
    around: [&'a str; 2],
}

/// How a fence begins: `<document id="`, up to its `">`.
const FENCE: &str = "<document id=\"";

impl<'a> Prompt<'a> {
    /// Reads a conversation.
    pub(super) fn read(turns: impl Iterator<Item = (&'a str, &'a str)>) -> Prompt<'a> {
        let mut prompt = Prompt::default();
        for (role, content) in turns {
            if role == "system" {
                continue;
            }
            match fenced(content) {
                Some((before, document, after)) => {
                    prompt = Prompt { document: Some(document), around: [before, after] };
                }
                None if prompt.document.is_none() => prompt.around = ["", content],
                None => {}
            }
        }
        prompt
    }

    /// The question: what follows the last line that begins with `Question:`, up to the next line with a label.
    pub(super) fn question(&self) -> &'a str {
        self.labelled("Question:", &["\nAnswer:", "\nObjection:", "\nOptions:"])
    }

    /// The answer that is shown.
    pub(super) fn answer(&self) -> &'a str {
        self.labelled("Answer:", &["\nObjection:", "\nAnswer type:", "\nEvidence:"])
    }

    fn labelled(&self, label: &str, ends: &[&str]) -> &'a str {
        let found = self.around.iter().rev().find_map(|part| {
            let at = part
                .rmatch_indices(label)
                .map(|(at, _)| at)
                .find(|at| *at == 0 || part.get(at - 1..*at) == Some("\n"))?;
            part.get(at + label.len()..)
        });
        let rest = found.unwrap_or_default();
        let end = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default().trim()
    }

    /// The ids of those who ask: lines such as `- id: who; cares for ...`.
    pub(super) fn personas(&self) -> Vec<&'a str> {
        static PERSONA: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^- ([a-z0-9][a-z0-9_-]*): "));
        let lines = self.around.iter().flat_map(|part| PERSONA.captures_iter(part));
        lines.filter_map(|found| Some(found.get(1)?.as_str())).collect()
    }

    /// Answers that are not to be asked for: a line `Do not ask for: one; another`.
    pub(super) fn known_answers(&self) -> Vec<&'a str> {
        self.labelled("Do not ask for:", &["\n"]).split("; ").filter(|answer| !answer.is_empty()).collect()
    }

    /// How many questions are wanted, where a number is said.
    pub(super) fn num_questions(&self) -> Option<usize> {
        static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                r"(?i)\b(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten) (?:[a-z-]+ ){0,3}(?:questions?|pairs?)\b",
            )
        });
        let found = self.around.iter().rev().find_map(|part| NUMBER.captures_iter(part).last())?;
        let word = found.get(1)?.as_str().to_lowercase();
        const NUMBERS: [&str; 10] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
        word.parse().ok().or_else(|| Some(NUMBERS.iter().position(|number| *number == word)? + 1))
    }
}

/// A document and what stands before and behind it. The end must bear the id of the start.
fn fenced(content: &str) -> Option<(&str, &str, &str)> {
    for (start, _) in content.match_indices(FENCE) {
        let rest = content.get(start + FENCE.len()..)?;
        let Some((id, rest)) = rest.split_once("\">") else { continue };
        let end = format!("</document id=\"{id}\">");
        if let Some((document, after)) = rest.split_once(end.as_str()) {
            return Some((content.get(..start)?, document.trim_matches('\n'), after));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Prompt;

    const USER: &str = "<document id=\"0123456789abcdef\">\nTallinn lies in Estonia.\nQuestion: not this?\n</document \
        id=\"0123456789abcdef\">\n\nWrite 3 questions, each for one of these:\n- hydrologist: a hydrologist; cares for \
        rivers\n- line_cook: a cook; cares for food\nDo not ask for: 9 km; Riga\n\nQuestion: Where does it lie?\nOn a map?\nAnswer: in \
        Estonia\nObjection: none";

    #[test]
    fn a_prompt_is_taken_apart() {
        let prompt = Prompt::read([("system", "Question: no"), ("user", USER)].into_iter());
        assert_eq!(prompt.document, Some("Tallinn lies in Estonia.\nQuestion: not this?"));
        assert_eq!(prompt.question(), "Where does it lie?\nOn a map?");
        assert_eq!(prompt.answer(), "in Estonia");
        assert_eq!(prompt.personas(), ["hydrologist", "line_cook"]);
        assert_eq!(prompt.num_questions(), Some(3));
        assert_eq!(prompt.known_answers(), ["9 km", "Riga"]);
    }

    #[test]
    fn without_a_document_the_question_is_still_found() {
        let prompt = Prompt::read([("user", "Answer briefly.\n\nQuestion: Who?")].into_iter());
        assert_eq!((prompt.document, prompt.question(), prompt.answer()), (None, "Who?", ""));
        assert_eq!(prompt.num_questions(), None);
    }

    #[test]
    fn a_fence_without_its_end_is_no_document() {
        let text = "<document id=\"aa\">\ntext </document id=\"bb\">";
        assert_eq!(Prompt::read([("user", text)].into_iter()).document, None);
    }
}
