//! Cuts mathematics, in LaTeX or plain text, into tokens.
//!
//! What is not known is said to be so: [`Unread::Unsupported`] for notation of mathematics that this crate does not
//! read, [`Unread::Malformed`] for text that is none. No table of Unicode is asked, so that other languages agree.

use super::tables::{
    COMMANDS, DRESS, ENVIRONMENTS, ESCAPED, FUNCTIONS, GREEK, Kind, REPLACED, SIGNS, UNITS, VECTORS, WORDS,
};

/// One piece of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// Which one.
    pub(super) text: String,
    /// Whether a blank stands before it.
    pub(super) spaced: bool,
}

/// Why a text is no readable expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// Mathematics, perhaps, in a notation that is not read here.
    Unsupported,
    /// No mathematics.
    Malformed,
}

/// Longer texts are not read: an answer of that size is none.
pub(super) const MAX_CHARS: usize = 2_000;
/// Longer numerals are not read, so that no reply can hide a multiple of the moduli in one.
pub(super) const MAX_DIGITS: usize = 30;
/// A run of more letters side by side is a word.
pub(super) const MAX_LETTERS: usize = 3;

/// A text with a place in it.
struct Lexer {
    chars: Vec<char>,
    next: usize,
    /// Brackets open at the place.
    depth: usize,
    spaced: bool,
    tokens: Vec<Token>,
    /// Whether letters stand for vectors.
    has_vectors: bool,
}

/// Cuts a normalised text into tokens.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, Unread> {
    if text.chars().nth(MAX_CHARS).is_some() {
        return Err(Unread::Malformed);
    }
    let mut text = text.to_owned();
    for (from, to) in REPLACED {
        if text.contains(from) {
            text = text.replace(from, to);
        }
    }
    let has_vectors = VECTORS.iter().any(|command| text.contains(command));
    let chars = with_turned_brackets(&text);
    let mut lexer = Lexer { chars, next: 0, depth: 0, spaced: false, tokens: Vec::new(), has_vectors };
    while let Some(ch) = lexer.peek() {
        lexer.step(ch)?;
    }
    Ok(lexer.tokens)
}

/// "]0, 1[" is "(0, 1)" to some.
fn with_turned_brackets(text: &str) -> Vec<char> {
    let mut chars: Vec<char> = text.trim_matches(' ').chars().collect();
    let num_brackets = chars.iter().filter(|ch| matches!(ch, '[' | ']')).count();
    let is_pair = num_brackets == 2 && chars.contains(&',');
    if let ([first @ ('[' | ']'), .., last @ ('[' | ']')], true) = (chars.as_mut_slice(), is_pair) {
        if *first == ']' {
            *first = '(';
        }
        if *last == '[' {
            *last = ')';
        }
    }
    chars
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.next).copied()
    }

    fn push(&mut self, kind: Kind, text: impl Into<String>) {
        match kind {
            Kind::Open => self.depth += 1,
            Kind::Close => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.tokens.push(Token { kind, text: text.into(), spaced: self.spaced });
        self.spaced = false;
    }

    fn step(&mut self, ch: char) -> Result<(), Unread> {
        if ch.is_ascii_digit() || ch == '.' {
            return self.number();
        }
        if ch.is_ascii_alphabetic() {
            return self.letters();
        }
        self.next += 1;
        match ch {
            ' ' | '~' => self.spaced = true,
            '\\' => return self.command(),
            '<' | '>' | '!' if self.peek() == Some('=') => {
                self.next += 1;
                self.push(
                    Kind::Relation,
                    match ch {
                        '<' => "≤",
                        '>' => "≥",
                        _ => "≠",
                    },
                );
            }
            '-' if self.peek() == Some('>') => {
                self.next += 1;
                self.push(Kind::Relation, "→");
            }
            '\'' => return Err(Unread::Malformed),
            _ => {
                let sign = ch.to_string();
                if let Some((_, kind, text)) = SIGNS.iter().find(|(known, ..)| *known == ch) {
                    self.push(*kind, *text);
                } else if GREEK.iter().any(|(_, greek)| *greek == sign) {
                    self.name(&sign)?;
                } else {
                    return Err(Unread::Malformed);
                }
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Unread> {
        let mut written = self.take_while(|ch| ch.is_ascii_digit() || ch == '.');
        if written == "..." {
            self.push(Kind::Ellipsis, "");
            return Ok(());
        }
        if written.starts_with('.') && written.len() > 1 {
            written.insert(0, '0');
        }
        if written.len() <= 3 && !written.starts_with('0') && !written.contains('.') {
            while let Some(group) = self.group_of_digits() {
                written.push_str(&group);
            }
        }
        let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
        if whole.is_empty() || fraction.contains('.') || written.len() > MAX_DIGITS {
            return Err(Unread::Malformed);
        }
        // The point stays where digits with a bar follow.
        let written = if self.peek() == Some('\\') { written } else { written.trim_end_matches('.').to_owned() };
        self.push(Kind::Number, written);
        Ok(())
    }

    /// The next three digits of a number such as "12,000", outside brackets and where no blank follows the comma.
    fn group_of_digits(&mut self) -> Option<String> {
        let digit = |ahead: usize| self.chars.get(self.next + ahead).is_some_and(char::is_ascii_digit);
        let grouped = self.depth == 0
            && self.peek() == Some(',')
            && (1..=3).all(digit)
            && !digit(4)
            && !self.chars.windows(2).any(|pair| pair == [',', ' ']);
        if !grouped {
            return None;
        }
        self.next += 1;
        Some(self.take_while(|ch| ch.is_ascii_digit() || ch == '.'))
    }

    /// A run of letters is a word, a function, a constant, or a few of these side by side; longer ones are no names.
    fn letters(&mut self) -> Result<(), Unread> {
        let start = self.next;
        let run = self.take_while(|ch| ch.is_ascii_alphabetic());
        if let Some((_, kind, text)) = WORDS.iter().find(|(word, ..)| *word == run) {
            return match kind {
                Kind::Unread => Err(Unread::Malformed),
                _ => {
                    self.push(*kind, *text);
                    Ok(())
                }
            };
        }
        if let Some((_, sign)) = GREEK.iter().find(|(name, _)| *name == run) {
            return self.name(sign);
        }
        if self.is_union(&run) {
            self.push(Kind::SetSign, "∪");
            return Ok(());
        }
        if self.is_unit(&run) {
            self.push(Kind::Unit, run);
            return Ok(());
        }
        self.next = start;
        let end = start + run.len();
        let mut num_letters = 0;
        while self.next < end {
            let rest = run.get(self.next - start..).unwrap_or("");
            if let Some((name, function)) = FUNCTIONS.iter().find(|(name, _)| rest.starts_with(name)) {
                self.next += name.len();
                self.function(function)?;
            } else if rest.starts_with("pi") {
                self.next += 2;
                self.name("π")?;
            } else {
                num_letters += 1;
                self.next += 1;
                let letter: String = rest.chars().take(1).collect();
                self.name(&letter)?;
            }
        }
        if num_letters > MAX_LETTERS { Err(Unread::Malformed) } else { Ok(()) }
    }

    fn is_behind(&self, kind: Kind) -> bool {
        self.tokens.last().is_some_and(|token| token.kind == kind)
    }

    /// The letter U between brackets.
    fn is_union(&self, run: &str) -> bool {
        let behind = self.chars.iter().skip(self.next).find(|ch| **ch != ' ');
        let closed = self.tokens.last().is_some_and(|token| token.kind == Kind::Close);
        run == "U" && closed && matches!(behind, Some('(' | '[' | '{'))
    }

    /// A unit of several letters behind a blank, with nothing but powers and units behind it.
    fn is_unit(&self, run: &str) -> bool {
        let is_plain = |ch: &char| ch.is_ascii_alphanumeric() || matches!(ch, ' ' | '^' | '{' | '}' | '/' | '*' | '-');
        let is_known = UNITS.contains(&run) && !FUNCTIONS.iter().any(|(name, _)| *name == run);
        run.len() > 1
            && self.spaced
            && !self.tokens.is_empty()
            && is_known
            && self.chars.iter().skip(self.next).all(is_plain)
    }

    fn name(&mut self, letter: &str) -> Result<(), Unread> {
        let suffix = self.subscript()?;
        // "x1" is a name of its own, "e2" may be a slip.
        let is_argument = self.tokens.last().is_some_and(|token| matches!(token.kind, Kind::Frac | Kind::Root));
        let digits =
            if suffix.is_empty() && !is_argument { self.take_while(|ch| ch.is_ascii_digit()) } else { String::new() };
        if !digits.is_empty() && matches!(letter, "e" | "i" | "π") {
            return Err(Unread::Unsupported);
        }
        let digits = if digits.is_empty() { digits } else { format!("_{digits}") };
        self.push(Kind::Name, format!("{letter}{suffix}{digits}"));
        Ok(())
    }

    fn function(&mut self, name: &str) -> Result<(), Unread> {
        let mut subscript = self.subscript()?;
        // "log2(8)" and "log10 x" have a base, "log2" has none.
        let digits: String = self.chars.iter().skip(self.next).take_while(|ch| ch.is_ascii_digit()).collect();
        let behind = self.chars.get(self.next + digits.len()).copied();
        if name == "log" && subscript.is_empty() && !digits.is_empty() && matches!(behind, Some('(' | ' ' | '{')) {
            self.next += digits.len();
            subscript = format!("_{digits}");
        }
        self.push(Kind::Function, format!("{name}{subscript}"));
        Ok(())
    }

    fn command(&mut self) -> Result<(), Unread> {
        let name = self.take_while(|ch| ch.is_ascii_alphabetic());
        if name.is_empty() {
            return self.escaped();
        }
        if let Some((_, greek)) = GREEK.iter().find(|(long, _)| *long == name) {
            return self.name(greek);
        }
        if let Some((_, kind, text)) = COMMANDS.iter().find(|(command, ..)| *command == name) {
            return match kind {
                Kind::Skip => Ok(()),
                Kind::Unread => Err(Unread::Unsupported),
                Kind::Text => self.text(),
                Kind::Mark => self.marked(text),
                Kind::Begin | Kind::End => self.environment(*kind),
                Kind::Name => self.name(text),
                // The product of two vectors is another one in the other order.
                Kind::Sign if name == "times" && self.has_vectors && !self.is_behind(Kind::Number) => {
                    Err(Unread::Unsupported)
                }
                // Gradient, divergence and curl are three things.
                Kind::Sign if *text == "*" && self.tokens.last().is_some_and(|token| token.text == "∇") => {
                    Err(Unread::Unsupported)
                }
                _ => {
                    self.push(*kind, *text);
                    Ok(())
                }
            };
        }
        match FUNCTIONS.iter().find(|(function, _)| *function == name) {
            Some((_, function)) => self.function(function),
            None => Err(Unread::Unsupported),
        }
    }

    /// A backslash before a sign: braces of a set, or space.
    fn escaped(&mut self) -> Result<(), Unread> {
        let ch = self.peek().ok_or(Unread::Malformed)?;
        self.next += 1;
        match ESCAPED.iter().find(|(sign, ..)| *sign == ch) {
            Some((_, Kind::Skip, _)) => {
                self.spaced = true;
                Ok(())
            }
            Some((_, kind, text)) if *kind != Kind::Unread => {
                self.push(*kind, *text);
                Ok(())
            }
            _ => Err(Unread::Unsupported),
        }
    }

    /// Upright text: a unit, a word, or letters like any others.
    fn text(&mut self) -> Result<(), Unread> {
        self.skip_blanks();
        if self.peek() != Some('{') {
            return Ok(());
        }
        let start = self.next;
        let inner = self.braced()?;
        let inner = inner.trim();
        if UNITS.contains(&inner) {
            self.spaced = true;
            self.push(Kind::Unit, inner);
            return Ok(());
        }
        // The braces stay out, so that `\text{ or }` joins and is no factor.
        let is_word = WORDS.iter().any(|(word, ..)| *word == inner) || FUNCTIONS.iter().any(|(name, _)| *name == inner);
        let num_chars = inner.chars().count();
        if is_word || (num_chars == 1 && inner.bytes().all(|byte| byte.is_ascii_alphabetic())) {
            let end = self.next;
            self.next = start + 1;
            self.skip_blanks();
            self.letters()?;
            self.next = end;
            self.spaced = true;
            return Ok(());
        }
        if inner.is_empty() { Ok(()) } else { Err(Unread::Unsupported) }
    }

    /// A mark over letters makes another name of them; over the digits of a decimal it repeats them.
    fn marked(&mut self, mark: &str) -> Result<(), Unread> {
        self.skip_blanks();
        let inner: String = if self.peek() == Some('{') {
            self.braced()?.split(' ').collect()
        } else {
            self.next += 1;
            self.chars.get(self.next - 1).into_iter().collect()
        };
        let inner = inner.replace("\\imath", "i").replace("\\jmath", "j");
        if inner.is_empty() {
            return Err(Unread::Malformed);
        }
        // Unit vectors are written with a hat or in bold type.
        if mark == "^" && matches!(inner.as_str(), "i" | "j" | "k") {
            return self.name(&inner);
        }
        let after_number = self.tokens.last().is_some_and(|token| token.kind == Kind::Number);
        if after_number && !self.spaced && inner.len() <= 9 && inner.bytes().all(|byte| byte.is_ascii_digit()) {
            self.push(Kind::Repeating, inner);
            return Ok(());
        }
        if !inner.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(Unread::Unsupported);
        }
        self.name(&format!("{mark}{inner}"))
    }

    fn environment(&mut self, kind: Kind) -> Result<(), Unread> {
        if self.peek() != Some('{') {
            return Err(Unread::Malformed);
        }
        let name = self.braced()?;
        if !ENVIRONMENTS.contains(&name.as_str()) {
            return Err(Unread::Unsupported);
        }
        if name == "array" && kind == Kind::Begin && self.peek() == Some('{') {
            self.braced()?;
        }
        self.push(kind, name);
        Ok(())
    }

    /// Primes and a subscript belong to the name before them.
    fn subscript(&mut self) -> Result<String, Unread> {
        let mut suffix = self.take_while(|ch| ch == '\'');
        if self.peek() != Some('_') {
            return Ok(suffix);
        }
        self.next += 1;
        let mut inner: String = match self.peek() {
            Some('{') => self.braced()?.split(' ').collect(),
            Some('\\') => {
                self.next += 1;
                format!("\\{}", self.take_while(|ch| ch.is_ascii_alphabetic()))
            }
            // "m_1m_2" is a product.
            Some('0'..='9') => self.take_while(|ch| ch.is_ascii_digit()),
            _ => self.take_while(|ch| ch.is_ascii_alphanumeric()),
        };
        for dress in DRESS {
            inner = inner.replace(dress, "");
        }
        if inner.is_empty() {
            return Err(Unread::Malformed);
        }
        suffix.push('_');
        suffix.push_str(&inner);
        suffix.push_str(&self.take_while(|ch| ch == '\''));
        Ok(suffix)
    }

    /// What stands between an opening brace and its closing one.
    fn braced(&mut self) -> Result<String, Unread> {
        self.next += 1;
        let start = self.next;
        let mut depth = 1_usize;
        while let Some(ch) = self.peek() {
            self.next += 1;
            match ch {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(self.chars.get(start..self.next - 1).unwrap_or_default().iter().collect());
            }
        }
        Err(Unread::Malformed)
    }

    fn skip_blanks(&mut self) {
        self.take_while(|ch| ch == ' ');
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let taken: String = self.chars.iter().skip(self.next).take_while(|ch| wanted(**ch)).collect();
        self.next += taken.chars().count();
        taken
    }
}

/// Returns whether a run of letters is a function, a Greek letter or a word of mathematics.
pub(super) fn is_known_name(run: &str) -> bool {
    WORDS.iter().any(|(word, kind, _)| *word == run && *kind != Kind::Unread)
        || FUNCTIONS.iter().any(|(name, _)| *name == run)
        || GREEK.iter().any(|(long, sign)| *long == run || *sign == run)
}
