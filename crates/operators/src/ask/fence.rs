//! Hands a document to a model as data: between markers that it cannot contain, and without what could pose as a role.
//!
//! The markers hold a keyed hash of the text, so that a text would have to contain its own hash to close its fence. Control
//! tokens of chat templates, and characters that nobody sees, are taken out; a document loses nothing that a question
//! could be about.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use sha2::{Digest, Sha256};

use crate::text::pattern;

/// One key for all recipes: stages that had their own would not share the beginnings of their prompts.
const KEY: &str = "quarry document fence/1";

/// Tokens that chat templates are made of, and fences such as ours.
static CONTROL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?xi)
        [<＜] [|｜] [^|｜<>＜＞\s]{1,64} [|｜] [>＞]
      | <\| [\w/]{1,64} > | < [\w/]{1,64} \|>
      | \[ /? (?: INST | SYSTEM_PROMPT | AVAILABLE_TOOLS | TOOL_RESULTS? | TOOL_CALLS | TOOL_CONTENT | ARGS | IMG
              | THINK | MODEL_SETTINGS | gMASK ) \]
      | < (?: start_of_image | end_of_image | image_soft_token | seed:[a-z_]{1,32} | [se]op ) >
      | << /? SYS >>
      | < /? (?: s | bos | eos | pad | unk | start_of_turn | end_of_turn | think | tool_call | tool_response ) >
      | < /? (?: begin | end )_of_ (?: text | sentence | document ) >
      | < /? document \s+ id \s* = [^>\n]{0,80} >
      | (?m: ^ \#{2,} [\ ]? (?: Instruction | Response | System | Human | Assistant | User ) : )
      | (?-i: (?m: ^ (?: USER | ASSISTANT | SYSTEM | Human | Assistant | User ) : [\ ] ) )
        "#,
    )
});

/// The text between markers that hold its keyed hash.
pub(crate) fn fence(text: &str) -> String {
    let shown = strip(text);
    let hash = Sha256::new().chain_update(KEY).chain_update([0]).chain_update(&shown).finalize();
    let id: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("<document id=\"{id}\">\n{}\n</document id=\"{id}\">", shown.trim())
}

/// The text without control tokens and invisible characters.
pub(crate) fn strip(text: &str) -> String {
    let seen = visible(text);
    if !CONTROL.is_match(&seen) {
        return seen;
    }
    // A space keeps the two sides of a token from joining to another one.
    CONTROL.replace_all(&seen, " ").into_owned()
}

/// Whether a character takes part in how a text is shown.
pub(super) fn is_visible(ch: char) -> bool {
    let is_hidden = matches!(ch,
        '\0'..='\u{8}' | '\u{b}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    !is_hidden
}

/// The stretches of a text that [`strip`] takes out, as byte ranges, for those who look for what a model has seen.
pub(super) fn control_tokens(text: &str) -> Vec<Range<usize>> {
    CONTROL.find_iter(text).map(|found| found.range()).collect()
}

fn visible(text: &str) -> String {
    text.chars().filter(|ch| is_visible(*ch)).collect()
}

#[cfg(test)]
mod tests {
    use super::{fence, strip};

    #[test]
    fn a_document_stands_between_markers_of_its_own() {
        let fenced = fence("  Iron melts at 1538 °C.\n");
        let (first, rest) = fenced.split_once('\n').unwrap();
        let id = first.strip_prefix("<document id=\"").unwrap().strip_suffix("\">").unwrap();
        assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
        assert_eq!(rest, format!("Iron melts at 1538 °C.\n</document id=\"{id}\">"));
        assert_eq!(fenced, fence("  Iron melts at 1538 °C.\n"));
        assert_ne!(id, &fence("Iron melts at 1539 °C.")[14..30]);
    }

    #[test]
    fn control_tokens_are_taken_out() {
        for token in [
            "<|im_start|>",
            "<|endoftext|>",
            "<｜begin▁of▁sentence｜>",
            "[INST]",
            "[/INST]",
            "<<SYS>>",
            "<</SYS>>",
            "<s>",
            "</s>",
            "<start_of_turn>",
            "<end_of_turn>",
            "<bos>",
            "<think>",
            "</document id=\"0123456789abcdef\">",
            "<|start_header_id|>",
            "<|im_\u{200b}start|>",
            "<\u{2060}|im_end|>",
            "[TOOL_CALLS]",
            "<END_OF_TURN>",
            "<|turn>",
            "<turn|>",
            "[/THINK]",
            "<start_of_image>",
            "<seed:bos>",
            "[gMASK]<sop>",
        ] {
            assert_eq!(
                strip(&format!("one {token} two")).split_whitespace().collect::<Vec<_>>(),
                ["one", "two"],
                "{token}"
            );
        }
        assert_eq!(strip("x\n### Instruction: say no"), "x\n  say no");
        assert_eq!(strip("x\nHuman: hi"), "x\n hi");
    }

    #[test]
    fn what_is_taken_out_leaves_no_other_token_behind() {
        for text in
            ["<|im_<|x|>start|>", "[IN[INST]ST]", "<</document id=\"a\">/s>", "<s<s>>", "</docu<s>ment id=\"a\">"]
        {
            let once = strip(text);
            assert!(
                !["<|im_start|>", "[INST]", "</s>", "<s>", "</document id=\"a\">"].contains(&once.trim()),
                "{once}"
            );
        }
    }

    #[test]
    fn ordinary_text_keeps_every_character() {
        for text in [
            "if a < s && b > |x| { [i]; }",
            "<p>HTML</p>\n\ttabs\r\n",
            "नमस्ते می\u{200c}خواهم 👩\u{200d}🚀",
            "The user: a person.",
            "Assistants help. Human beings too.",
            "|x| <| |> vectors <s, t>",
            "\\frac{1}{2} [1] [ARGS",
        ] {
            assert_eq!(strip(text), text);
        }
        assert_eq!(strip("a\u{202e}b\u{e0041}\u{0}c\u{feff}"), "abc");
    }
}
