//! What the streams can show: colour or not, results on stdout, text of documents made harmless.
//!
//! Stdout carries results only; everything else goes to stderr. What is said is left to the verbs.

use std::io::{ErrorKind, IsTerminal, Write};

use crate::exit::Stop;

/// Whether stderr takes colour: it is a terminal, and `NO_COLOR` is unset or empty.
pub(crate) fn stderr_has_color() -> bool {
    std::io::stderr().is_terminal() && !no_color()
}

#[expect(clippy::disallowed_methods, reason = "only the cli reads the environment")]
fn no_color() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Writes a result to stdout. A reader that has seen enough, such as `head`, is no error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Stop::Output(format!("stdout: {error}")).into()),
        _ => Ok(()),
    }
}

/// Writes a message to stderr; there is nobody left to tell if that fails.
pub(crate) fn tell(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// Makes text of a document safe to show: control characters, and those that turn the reading direction, are written as
/// escapes, so that a document can neither drive the terminal nor pose as something else. Line ends and tabs stay.
pub(crate) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_harmful(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// The same on one line.
pub(crate) fn harmless_line(text: &str) -> String {
    harmless(text).replace('\n', "\\n").replace('\t', "\\t")
}

/// JSON may hold any character as `\uXXXX`, which says the same and is harmless.
pub(crate) fn harmless_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        let mut pair = [0; 2];
        if harmless(letter.encode_utf8(&mut [0; 4])).len() == letter.len_utf8() {
            shown.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut pair) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    shown
}

fn is_harmful(letter: char) -> bool {
    let is_control = letter.is_control() && letter != '\n' && letter != '\t';
    let turns =
        matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let hides =
        matches!(letter, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}');
    is_control || turns || hides
}

/// Cuts text to a number of characters and says so.
pub(crate) fn shortened(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{harmless, harmless_json, harmless_line, shortened};

    #[test]
    fn control_characters_and_turned_text_are_written_as_escapes() {
        assert_eq!(harmless("a\u{1b}[31mred\u{7}\u{9b}x\r"), "a\\u{1b}[31mred\\u{7}\\u{9b}x\\u{d}");
        assert_eq!(harmless("user\u{202e}txt.exe\u{2066}"), "user\\u{202e}txt.exe\\u{2066}");
        assert_eq!(harmless("tag\u{e0041} zero\u{200b}width"), "tag\\u{e0041} zero\\u{200b}width");
    }

    #[test]
    fn ordinary_text_of_any_script_stays_as_it_is() {
        let text = "naïve 数学 עברית 👩‍🔬\n\tnext";
        assert_eq!(harmless(text), text);
        assert_eq!(harmless_line("a\n\tb"), "a\\n\\tb");
    }

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(shortened("数学と科学", 2), "数学…");
        assert_eq!(shortened("ab", 2), "ab");
    }

    #[test]
    fn json_keeps_its_meaning_when_made_harmless() {
        let json = serde_json::json!({ "text": "a\u{202e}b\u{e0041}\u{9b}é" }).to_string();
        let escaped = harmless_json(&json);
        assert!(!escaped.contains('\u{202e}') && !escaped.contains('\u{e0041}') && escaped.contains('é'), "{escaped}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&escaped).ok(),
            serde_json::from_str::<serde_json::Value>(&json).ok()
        );
    }
}
