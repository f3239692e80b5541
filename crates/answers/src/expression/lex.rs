//! Cuts mathematics, in LaTeX or plain text, into tokens.
//!
//! What is not known is said to be so: [`Unread::Unsupported`] for notation of mathematics that this crate does not
//! read, [`Unread::Malformed`] for text that is none.

/// One piece of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Digits, with a decimal point perhaps.
    Number(String),
    /// A variable or constant, with its subscript and primes.
    Name(String),
    /// A function that takes the next factor.
    Function(String),
    /// `\frac`
    Frac,
    /// `\sqrt` and `√`
    Sqrt,
    /// One of `+ - * / ^ ! ± ∓ , ;`
    Sign(char),
    /// One of `= < > ≤ ≥ ≠ ≈`
    Relation(char),
    /// `( [ {`; a brace of LaTeX and of a set are the same.
    Open(char),
    /// `) ] }`
    Close(char),
    /// Three dots.
    Ellipsis,
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
const MAX_CHARS: usize = 2_000;
/// Longer numerals are not read, so that no reply can hide a multiple of the moduli in one.
const MAX_DIGITS: usize = 30;

const FUNCTIONS: [&str; 22] = [
    "arccos", "arcsin", "arctan", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "exp", "gcd", "lcm", "lg", "ln",
    "log", "max", "min", "sec", "sin", "sinh", "tan",
];

/// LaTeX commands that change nothing but the look.
const SPACING: [&str; 14] = [
    "left",
    "right",
    "big",
    "Big",
    "bigl",
    "bigr",
    "displaystyle",
    "quad",
    "qquad",
    "limits",
    "mathrm",
    "mathbf",
    "mathit",
    "boxed",
];

const GREEK: [(&str, char); 22] = [
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ε'),
    ("varepsilon", 'ε'),
    ("zeta", 'ζ'),
    ("eta", 'η'),
    ("theta", 'θ'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("mu", 'μ'),
    ("nu", 'ν'),
    ("xi", 'ξ'),
    ("pi", 'π'),
    ("rho", 'ρ'),
    ("sigma", 'σ'),
    ("tau", 'τ'),
    ("phi", 'φ'),
    ("varphi", 'φ'),
    ("psi", 'ψ'),
    ("omega", 'ω'),
];

/// A text with a place in it.
struct Lexer {
    chars: Vec<char>,
    next: usize,
    tokens: Vec<Token>,
}

/// Cuts a normalised text into tokens.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, Unread> {
    let chars: Vec<char> = text.replace("{,}", "").chars().collect();
    if chars.len() > MAX_CHARS {
        return Err(Unread::Malformed);
    }
    let mut lexer = Lexer { chars, next: 0, tokens: Vec::new() };
    while let Some(ch) = lexer.peek() {
        lexer.step(ch)?;
    }
    Ok(lexer.tokens)
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.next).copied()
    }

    fn step(&mut self, ch: char) -> Result<(), Unread> {
        if ch.is_ascii_digit() || ch == '.' {
            return self.number();
        }
        if ch.is_alphabetic() {
            return self.letters();
        }
        self.next += 1;
        let token = match ch {
            ' ' => return Ok(()),
            '\\' => return self.command(),
            '+' | '-' | '*' | '/' | '^' | '!' | '±' | '∓' | ',' | ';' => Token::Sign(ch),
            '=' | '≤' | '≥' | '≠' | '≈' => Token::Relation(ch),
            '<' | '>' => {
                let or_equal = self.peek() == Some('=');
                self.next += usize::from(or_equal);
                Token::Relation(match (ch, or_equal) {
                    ('<', true) => '≤',
                    ('>', true) => '≥',
                    _ => ch,
                })
            }
            '(' | '[' | '{' => Token::Open(ch),
            ')' | ']' | '}' => Token::Close(ch),
            '√' => Token::Sqrt,
            '∞' => Token::Name("∞".to_owned()),
            '|' | ':' | '°' | '%' | '∈' | '∪' | '∩' | '→' | '∫' | '∑' | '∏' | '∂' | '&' => {
                return Err(Unread::Unsupported);
            }
            _ => return Err(Unread::Malformed),
        };
        self.tokens.push(token);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Unread> {
        let written = self.take_while(|ch| ch.is_ascii_digit() || ch == '.');
        if written == "..." {
            self.tokens.push(Token::Ellipsis);
            return Ok(());
        }
        let (whole, fraction) = written.split_once('.').unwrap_or((&written, "0"));
        let readable = !whole.is_empty() && !fraction.is_empty() && !fraction.contains('.');
        if !readable || written.len() > MAX_DIGITS {
            return Err(Unread::Malformed);
        }
        self.tokens.push(Token::Number(written));
        Ok(())
    }

    /// A run of letters is a function, a constant, or up to three variables side by side; longer ones are words.
    fn letters(&mut self) -> Result<(), Unread> {
        const MAX_FACTORS: usize = 3;
        let run = self.take_while(char::is_alphabetic);
        if run == "sqrt" {
            self.tokens.push(Token::Sqrt);
        } else if FUNCTIONS.contains(&run.as_str()) {
            let subscript = self.subscript()?;
            self.tokens.push(Token::Function(run + &subscript));
        } else if let Some(greek) = greek(&run) {
            let subscript = self.subscript()?;
            self.tokens.push(Token::Name(format!("{greek}{subscript}")));
        } else if run.chars().count() <= MAX_FACTORS {
            self.tokens.extend(run.chars().map(|ch| Token::Name(ch.to_string())));
            let subscript = self.subscript()?;
            if let Some(Token::Name(name)) = self.tokens.last_mut() {
                name.push_str(&subscript);
            }
        } else {
            return Err(Unread::Malformed);
        }
        Ok(())
    }

    fn command(&mut self) -> Result<(), Unread> {
        let name = self.take_while(|ch| ch.is_ascii_alphabetic());
        let token = match name.as_str() {
            "" => return self.escaped(),
            "frac" | "dfrac" | "tfrac" | "cfrac" => Token::Frac,
            "sqrt" => Token::Sqrt,
            "cdot" | "times" | "ast" => Token::Sign('*'),
            "div" => Token::Sign('/'),
            "pm" => Token::Sign('±'),
            "mp" => Token::Sign('∓'),
            "le" | "leq" | "leqslant" => Token::Relation('≤'),
            "ge" | "geq" | "geqslant" => Token::Relation('≥'),
            "lt" => Token::Relation('<'),
            "gt" => Token::Relation('>'),
            "ne" | "neq" => Token::Relation('≠'),
            "approx" => Token::Relation('≈'),
            "ldots" | "dots" | "cdots" => Token::Ellipsis,
            "infty" => Token::Name("∞".to_owned()),
            "lbrace" => Token::Open('{'),
            "rbrace" => Token::Close('}'),
            spacing if SPACING.contains(&spacing) => return Ok(()),
            function if FUNCTIONS.contains(&function) => Token::Function(function.to_owned() + &self.subscript()?),
            letter => {
                let greek = greek(letter).ok_or(Unread::Unsupported)?;
                Token::Name(format!("{greek}{}", self.subscript()?))
            }
        };
        self.tokens.push(token);
        Ok(())
    }

    /// A backslash before a sign: braces of a set, or space.
    fn escaped(&mut self) -> Result<(), Unread> {
        let ch = self.peek().ok_or(Unread::Malformed)?;
        self.next += 1;
        match ch {
            '{' => self.tokens.push(Token::Open(ch)),
            '}' => self.tokens.push(Token::Close(ch)),
            ',' | ';' | ':' | '!' | ' ' => {}
            _ => return Err(Unread::Unsupported),
        }
        Ok(())
    }

    /// Primes and a subscript belong to the name before them.
    fn subscript(&mut self) -> Result<String, Unread> {
        let mut suffix = self.take_while(|ch| ch == '\'');
        if self.peek() != Some('_') {
            return Ok(suffix);
        }
        self.next += 1;
        suffix.push('_');
        let inner = if self.peek() == Some('{') {
            self.next += 1;
            let inner = self.take_while(|ch| ch != '}' && ch != '{');
            if self.peek() != Some('}') {
                return Err(Unread::Unsupported);
            }
            self.next += 1;
            inner.split_whitespace().collect()
        } else {
            self.take_while(char::is_alphanumeric)
        };
        if inner.is_empty() {
            return Err(Unread::Malformed);
        }
        Ok(suffix + &inner)
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let taken: String = self.chars.iter().skip(self.next).take_while(|ch| wanted(**ch)).collect();
        self.next += taken.chars().count();
        taken
    }
}

/// Returns whether a run of letters is a function or a Greek letter.
pub(super) fn is_known_name(run: &str) -> bool {
    run == "sqrt" || FUNCTIONS.contains(&run) || greek(run).is_some()
}

/// Greek letters by name and by sign are one.
fn greek(name: &str) -> Option<char> {
    let mut chars = name.chars();
    let by_sign = chars.next().filter(|_| chars.next().is_none());
    GREEK.iter().find(|(long, sign)| *long == name || Some(*sign) == by_sign).map(|(_, sign)| *sign)
}
