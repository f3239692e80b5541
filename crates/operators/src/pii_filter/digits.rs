//! Runs of digit groups, as numbers of telephones, cards and hosts are written: `+44 (0)20 7946-1234`, `1.2.3.4`.
//!
//! What stands between two groups tells much about a number, so it is kept beside them.

/// What stands between two groups of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Before the first and after the last group.
    None,
    /// A space of any kind.
    Space,
    /// A hyphen of any kind.
    Hyphen,
    /// A point.
    Point,
    /// A slash.
    Slash,
    /// A closing bracket, with or without a space or hyphen.
    Closing,
    /// An opening bracket, with or without a space.
    Opening,
}

/// A group of digits, in bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    /// What follows it.
    pub(super) gap: Gap,
}

impl Group {
    pub(super) fn len(self) -> usize {
        self.end - self.start
    }
}

/// The place of the next digit.
pub(super) fn next_digit(bytes: &[u8], from: usize) -> Option<usize> {
    // A fixed width without an early exit is what compilers turn into vector instructions.
    const WIDTH: usize = 32;
    let mut at = from;
    for chunk in bytes.get(from..)?.chunks(WIDTH) {
        if chunk.iter().fold(false, |any, byte| any | byte.is_ascii_digit()) {
            return chunk.iter().position(u8::is_ascii_digit).map(|idx| at + idx);
        }
        at += chunk.len();
    }
    None
}

/// Reads the run that begins with the digit at this place, and gives its end.
pub(super) fn read_run(bytes: &[u8], start: usize, groups: &mut Vec<Group>) -> usize {
    groups.clear();
    let mut at = start;
    loop {
        let length = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = at + length;
        let (gap, next) = gap_at(bytes, end);
        groups.push(Group { start: at, end, gap });
        if gap == Gap::None {
            return end;
        }
        at = next;
    }
}

/// What is between this place and the next digit, and where that digit is. `None` where the run ends.
fn gap_at(bytes: &[u8], at: usize) -> (Gap, usize) {
    const LONGEST: usize = 4;
    let rest = bytes.get(at..).unwrap_or_default();
    let Some(length) = rest.iter().take(LONGEST).position(u8::is_ascii_digit) else { return (Gap::None, at) };
    let gap = match rest.get(..length).unwrap_or_default() {
        b" " | [0xC2, 0xA0] | [0xE2, 0x80, 0xAF | 0x89] => Gap::Space,
        b"-" | [0xE2, 0x80, 0x90 | 0x91] => Gap::Hyphen,
        b"." => Gap::Point,
        b"/" | b" / " => Gap::Slash,
        b")" | b") " | b")-" | b")." | b")/" => Gap::Closing,
        b"(" | b" (" => Gap::Opening,
        _ => Gap::None,
    };
    (gap, at + length)
}
