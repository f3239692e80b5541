//! Keys, tokens and passwords: those that their issuers made to be recognised, and what is assigned to a name that says so.
//!
//! One pass looks for the prefixes and one for the signs of assignment; only where they stand is more tried.

use aho_corasick::{AhoCorasick, packed};
use memchr::memchr2_iter;
use regex::Regex;

use super::kind::{Found, Kind};

/// Prefix and pattern of a token; what the pattern leaves open has to look random.
const TOKENS: [(&str, &str); 21] = [
    ("AKIA", r"^AKIA[A-Z2-7]{16}\b"),
    ("ASIA", r"^ASIA[A-Z2-7]{16}\b"),
    ("ghp_", r"^ghp_[A-Za-z0-9]{36,}"),
    ("gho_", r"^gho_[A-Za-z0-9]{36,}"),
    ("ghu_", r"^ghu_[A-Za-z0-9]{36,}"),
    ("ghs_", r"^ghs_[A-Za-z0-9]{36,}"),
    ("ghr_", r"^ghr_[A-Za-z0-9]{36,}"),
    ("github_pat_", r"^github_pat_[A-Za-z0-9_]{22,}"),
    ("glpat-", r"^glpat-[A-Za-z0-9_-]{20,}"),
    ("xox", r"^xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("hooks.slack.com/services/", r"^hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}"),
    ("AIza", r"^AIza[A-Za-z0-9_-]{35}"),
    ("sk-", r"^sk-(?:[a-z0-9]{2,8}-)?[A-Za-z0-9_]*[0-9][A-Za-z0-9_-]{20,}"),
    ("sk_live_", r"^sk_live_[A-Za-z0-9]{16,}"),
    ("rk_live_", r"^rk_live_[A-Za-z0-9]{16,}"),
    ("npm_", r"^npm_[A-Za-z0-9]{36}\b"),
    ("hf_", r"^hf_[A-Za-z0-9]{30,}"),
    ("SG.", r"^SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("eyJ", r"^eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{10,}"),
    ("AGE-SECRET-KEY-", r"^AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    ("-----BEGIN ", r"^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s[^-]{64,}(?:-----END [A-Z0-9 ]+-----)?"),
];
/// What a name holds that says that a secret is assigned to it, without separators and in small letters.
const NAMES: [&str; 8] = ["secret", "token", "passw", "apikey", "accesskey", "privatekey", "authkey", "credential"];
/// What stands for a value in examples.
const PLACEHOLDERS: [&str; 9] =
    ["example", "your", "placeholder", "xxxx", "changeme", "secret", "token", "password", "passwd"];

/// The patterns of all keys.
pub(super) struct Keys {
    prefixes: Prefixes,
    tokens: Vec<Regex>,
    login: Regex,
}

/// Looks for all prefixes at once.
enum Prefixes {
    /// With vector instructions.
    Packed(packed::Searcher),
    /// On processors without them.
    Plain(AhoCorasick),
}

impl Keys {
    /// Prepares the patterns.
    pub(super) fn new() -> Result<Keys, String> {
        let pattern = |pattern: &str| Regex::new(pattern).map_err(|error| error.to_string());
        let prefixes: Vec<&str> = TOKENS.iter().map(|(prefix, _)| *prefix).collect();
        let prefixes = match packed::Searcher::new(&prefixes) {
            Some(searcher) => Prefixes::Packed(searcher),
            None => Prefixes::Plain(AhoCorasick::new(&prefixes).map_err(|error| error.to_string())?),
        };
        Ok(Keys {
            prefixes,
            tokens: TOKENS.iter().map(|(_, token)| pattern(token)).collect::<Result<_, _>>()?,
            login: pattern(r"^://([A-Za-z0-9._%+-]+:[^\s/@:<>{}$*]{4,})@[A-Za-z0-9]")?,
        })
    }

    /// Finds all keys; those that documentation is known to use only with `reserved`.
    pub(super) fn find(&self, text: &str, reserved: bool, found: &mut Vec<Found>) {
        let mut add = |start: usize, end: usize| found.push(Found { kind: Kind::Key, start, end });
        match &self.prefixes {
            Prefixes::Packed(searcher) => {
                for prefix in searcher.find_iter(text) {
                    self.token(text, prefix.pattern().as_usize(), prefix.start(), reserved)
                        .into_iter()
                        .for_each(|end| add(prefix.start(), end));
                }
            }
            Prefixes::Plain(searcher) => {
                for prefix in searcher.find_iter(text) {
                    self.token(text, prefix.pattern().as_usize(), prefix.start(), reserved)
                        .into_iter()
                        .for_each(|end| add(prefix.start(), end));
                }
            }
        }
        for at in memchr2_iter(b':', b'=', text.as_bytes()) {
            let place =
                if text.as_bytes().get(at + 1) == Some(&b'/') { self.login(text, at) } else { assigned(text, at) };
            if let Some((start, end)) = place
                && (reserved || !is_placeholder(text.get(start..end).unwrap_or_default()))
            {
                add(start, end);
            }
        }
    }

    /// The end of the token whose prefix stands here.
    fn token(&self, text: &str, idx: usize, start: usize, reserved: bool) -> Option<usize> {
        let goes_on = text.get(..start)?.ends_with(|ch: char| ch.is_ascii_alphanumeric() || ch == '_' || ch == '-');
        if goes_on {
            return None;
        }
        let token = self.tokens.get(idx)?.find(text.get(start..)?)?.as_str();
        let is_known = !reserved && !token.starts_with('-') && is_placeholder(token);
        (!is_known && is_random(token, 0)).then_some(start + token.len())
    }

    /// User and password before a host.
    fn login(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let login = self.login.captures(text.get(at..)?)?.get(1)?;
        Some((at + login.start(), at + login.end()))
    }
}

/// What is assigned at this sign, if the name before it says that it is secret and it looks so.
fn assigned(text: &str, at: usize) -> Option<(usize, usize)> {
    const MIN_LENGTH: usize = 16;
    let bytes = text.as_bytes();
    let rest = bytes.get(at + 1..)?;
    let skipped = rest.iter().take(6).take_while(|byte| b" \t=>\"'`".contains(byte)).count();
    let start = at + 1 + skipped;
    let is_value = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/_-=".contains(byte);
    let length = rest.get(skipped..)?.iter().take_while(is_value).count();
    if length < MIN_LENGTH || !is_random(text.get(start..start + length)?, 1) {
        return None;
    }
    let before = text.get(text.floor_char_boundary(at.saturating_sub(48))..at)?;
    let before = before.trim_end_matches([' ', '\t', ':', '"', '\'', '`', ']']);
    let name = before.rsplit(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_' && ch != '-').next()?;
    let name = name.replace(['_', '-'], "").to_ascii_lowercase();
    NAMES.iter().any(|secret| name.contains(secret)).then_some((start, start + length))
}

/// Signs in no order that a writer would give them: three bits a sign and more.
fn is_random(value: &str, min_digits: usize) -> bool {
    const MIN_BITS: f64 = 3.0;
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = value.len() as f64;
    let share = |count: &u32| f64::from(*count) / length;
    let bits: f64 = counts.iter().filter(|count| **count > 0).map(|count| -share(count) * share(count).log2()).sum();
    let num_digits = value.bytes().filter(u8::is_ascii_digit).count();
    let num_letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    bits >= MIN_BITS && num_digits >= min_digits && num_letters >= 2
}

fn is_placeholder(value: &str) -> bool {
    // Of a login only the password tells.
    let lower = value.to_ascii_lowercase();
    let value = lower.rsplit(':').next().unwrap_or(&lower);
    PLACEHOLDERS.iter().any(|known| value.contains(known)) || value == "pass" || value == "user"
}
