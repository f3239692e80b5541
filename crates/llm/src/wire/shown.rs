//! A server's words made fit to be shown.

/// Characters of a server's words that are shown.
const MAX_CHARS: usize = 300;

/// Shortens words, escapes control and direction characters, and takes the key out should a server echo it.
pub(crate) fn shown(words: &str, key: Option<&str>) -> String {
    let mut text = String::with_capacity(words.len().min(MAX_CHARS + 8));
    let words = words.trim();
    let hidden;
    let words = match key.filter(|key| !key.is_empty() && words.contains(*key)) {
        Some(key) => {
            hidden = words.replace(key, "(key)");
            hidden.as_str()
        }
        None => words,
    };
    for (num, c) in words.chars().enumerate() {
        if num == MAX_CHARS {
            text.push('…');
            break;
        }
        match c {
            '\n' | '\r' | '\t' => text.push(' '),
            c if c.is_control() || is_direction(c) => text.extend(c.escape_unicode()),
            c => text.push(c),
        }
    }
    text
}

/// Whether a character turns the direction of text or hides in it.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn escapes_are_spelled_out_keys_hidden_and_long_words_cut() {
        assert_eq!(shown(" a\nb\u{1b}[31m\u{202e}c ", None), "a b\\u{1b}[31m\\u{202e}c");
        assert_eq!(shown("key sk-123 is wrong", Some("sk-123")), "key (key) is wrong");
        assert_eq!(shown(&"x".repeat(1000), None).chars().count(), 301);
    }
}
