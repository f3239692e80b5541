//! The script of faults: which requests go wrong, and how. How a fault looks on the wire is `http::faulty`'s.
//!
//! A script is TOML. Its rules are tried in order, and the first that takes a request decides:
//!
//! ```toml
//! seed = 7                    # decides which requests a `share` takes
//!
//! [[fault]]
//! kind = "rate_limit"         # what happens, see below
//! share = 0.3                 # of requests, by their hash
//! tries = 1                   # only the first k tries of a request; 0, as by default, is all
//! retry_after = "2"           # seconds; or "date:2", "ms:1500", "none"
//!
//! [[fault]]
//! kind = "status"
//! status = 503
//! share = 0.2
//! each_try = true             # drawn anew for each try, so that a request may be hit again
//! requests = [1000, 2000]     # by number of arrival, from 1, both ends included
//! seconds = [10.0, 20.0]      # by time since the start
//! schema = "qa_verdict"       # by the name of the schema that is asked for
//! contains = "some words"     # by the text of the prompt
//! times = 50                  # no more than this many times in all
//! ```
//!
//! | kind | what happens | fields |
//! |---|---|---|
//! | `rate_limit` | 429 `rate_limit_exceeded` | `retry_after` |
//! | `quota` | 429 `insufficient_quota` | |
//! | `unauthorized` | 401 | |
//! | `status` | this status, with the body that servers send | `status`, `retry_after` |
//! | `stall` | nothing for a while, then the answer | `for_s` |
//! | `cut` | the body ends in the middle: a chunk without its end | `after_bytes` |
//! | `reset` | the connection is reset in the middle of the body | `after_bytes` |
//! | `refuse` | the connection is reset, and new ones are refused for a while | `for_s` |
//! | `html` | 200 with a page of HTML | |
//! | `garbage` | 200 with something that is not quite JSON | |
//! | `error_body` | 200 with the body of an error | |
//! | `spaces` | an answer of blanks alone, cut at its limit | `bytes`, 250000 by default |
//! | `huge` | a body without an end, this long | `bytes`, 100000000 by default |
//! | `content_filter` | an answer that a filter withheld | |
//! | `length` | the answer is cut at half of its length | |
//! | `content_type` | the right body under the wrong type | |
//! | `no_choices` | 200 without an answer | |
//! | `no_schema` | 400 for whatever asks for `json_schema`, as from a server that does not know it | |

use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::Error;

/// A checked script.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    seed: u64,
    rules: Vec<Rule>,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the table above says what each does")]
pub enum Kind {
    RateLimit,
    Quota,
    Unauthorized,
    Status,
    Stall,
    Cut,
    Reset,
    Refuse,
    Html,
    Garbage,
    ErrorBody,
    Spaces,
    Huge,
    ContentFilter,
    Length,
    ContentType,
    NoChoices,
    NoSchema,
}

impl Kind {
    /// The name that the script, the log and the report use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::RateLimit => "rate_limit",
            Kind::Quota => "quota",
            Kind::Unauthorized => "unauthorized",
            Kind::Status => "status",
            Kind::Stall => "stall",
            Kind::Cut => "cut",
            Kind::Reset => "reset",
            Kind::Refuse => "refuse",
            Kind::Html => "html",
            Kind::Garbage => "garbage",
            Kind::ErrorBody => "error_body",
            Kind::Spaces => "spaces",
            Kind::Huge => "huge",
            Kind::ContentFilter => "content_filter",
            Kind::Length => "length",
            Kind::ContentType => "content_type",
            Kind::NoChoices => "no_choices",
            Kind::NoSchema => "no_schema",
        }
    }
}

/// How long a client is told to wait, and in which words.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub(crate) enum RetryAfter {
    /// Nothing is said.
    #[default]
    None,
    /// `Retry-After` in seconds.
    Seconds(u64),
    /// `Retry-After` as a date, so many seconds from now.
    Date(u64),
    /// `retry-after-ms`.
    Millis(u64),
}

impl RetryAfter {
    /// Seconds before which a retry breaks the limit. A date has whole seconds, so up to one less is asked for.
    pub(crate) fn seconds(self) -> Option<f64> {
        match self {
            RetryAfter::None => None,
            RetryAfter::Seconds(seconds) => Some(seconds as f64),
            RetryAfter::Date(seconds) => Some(seconds.saturating_sub(1) as f64),
            RetryAfter::Millis(millis) => Some(millis as f64 / 1000.0),
        }
    }

    fn read(text: &str) -> Option<RetryAfter> {
        match text.split_once(':') {
            Some(("date", seconds)) => Some(RetryAfter::Date(seconds.parse().ok()?)),
            Some(("ms", millis)) => Some(RetryAfter::Millis(millis.parse().ok()?)),
            None if text == "none" => Some(RetryAfter::None),
            None => Some(RetryAfter::Seconds(text.parse().ok()?)),
            Some(_) => None,
        }
    }
}

/// A fault that happens to a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fault {
    /// What happens.
    pub(crate) kind: Kind,
    /// The status that is sent.
    pub(crate) status: u16,
    /// How long a client is told to wait.
    pub(crate) retry_after: RetryAfter,
    /// Seconds of a stall or a refusal.
    pub(crate) for_s: f64,
    /// Bytes of a body before it ends, if they are given.
    pub(crate) after_bytes: Option<usize>,
    /// Bytes of an endless answer.
    pub(crate) bytes: usize,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight<'a> {
    /// The request's hash.
    pub(crate) hash: u64,
    /// How often it was sent, this time included.
    pub(crate) num_tries: u32,
    /// Its number of arrival, from 1.
    pub(crate) number: u64,
    /// Seconds since the start.
    pub(crate) seconds: f64,
    /// The name of its schema.
    pub(crate) schema: &'a str,
}

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    entry: Entry,
    fault: Fault,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptFile {
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    fault: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kind: Kind,
    #[serde(default = "all")]
    share: f64,
    #[serde(default)]
    tries: u32,
    #[serde(default)]
    each_try: bool,
    requests: Option<(u64, u64)>,
    seconds: Option<(f64, f64)>,
    schema: Option<String>,
    contains: Option<String>,
    times: Option<u64>,
    status: Option<u16>,
    retry_after: Option<String>,
    for_s: Option<f64>,
    after_bytes: Option<usize>,
    bytes: Option<usize>,
}

fn all() -> f64 {
    1.0
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// It is no TOML, or a rule makes no sense.
    pub fn parse(text: &str) -> Result<Script, Error> {
        let file: ScriptFile = toml::from_str(text).map_err(|error| Error::Faults(error.to_string()))?;
        let rule = |(index, entry): (usize, Entry)| {
            let fault = fault(&entry).map_err(|problem| Error::Faults(format!("rule {}: {problem}", index + 1)))?;
            Ok(Rule { entry, fault })
        };
        let rules: Result<Vec<Rule>, Error> = file.fault.into_iter().enumerate().map(rule).collect();
        Ok(Script { seed: file.seed, rules: rules? })
    }

    /// How many rules there are.
    pub(crate) fn num_rules(&self) -> usize {
        self.rules.len()
    }

    /// The fault that happens to a request, and the number of its rule. `num_fired` counts what each rule has done so
    /// far; `says` tells whether the prompt holds a text.
    pub(crate) fn pick(
        &self,
        sight: Sight<'_>,
        num_fired: &[u64],
        says: impl Fn(&str) -> bool,
    ) -> Option<(usize, Fault)> {
        let takes = |(index, rule): &(usize, &Rule)| {
            let entry = &rule.entry;
            let is_left = entry.times.is_none_or(|times| num_fired.get(*index).is_none_or(|fired| *fired < times));
            is_left
                && (entry.tries == 0 || sight.num_tries <= entry.tries)
                && entry.requests.is_none_or(|(from, to)| (from..=to).contains(&sight.number))
                && entry.seconds.is_none_or(|(from, to)| (from..to).contains(&sight.seconds))
                && entry.schema.as_deref().is_none_or(|schema| schema == sight.schema)
                && !(entry.kind == Kind::NoSchema && sight.schema.is_empty())
                && self.draw(*index, entry, sight) < entry.share
                && entry.contains.as_deref().is_none_or(&says)
        };
        self.rules.iter().enumerate().find(takes).map(|(index, rule)| (index, rule.fault))
    }

    /// A number from 0 to 1.
    fn draw(&self, index: usize, entry: &Entry, sight: Sight<'_>) -> f64 {
        let num_tries = if entry.each_try { sight.num_tries } else { 0 };
        let label = format!("{index} {num_tries} {:016x}", sight.hash);
        (xxh3_64_with_seed(label.as_bytes(), self.seed) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn fault(entry: &Entry) -> Result<Fault, String> {
    if !(0.0..=1.0).contains(&entry.share) {
        return Err(format!("`share` is {}, not from 0 to 1", entry.share));
    }
    let status = match (entry.kind, entry.status) {
        (Kind::Status, Some(status @ 400..=599)) => status,
        (Kind::Status, _) => return Err("`status` must be from 400 to 599".to_owned()),
        (_, Some(_)) => return Err("only the kind `status` has a `status`".to_owned()),
        (Kind::RateLimit | Kind::Quota, None) => 429,
        (Kind::Unauthorized, None) => 401,
        (Kind::NoSchema, None) => 400,
        _ => 200,
    };
    let retry_after = match &entry.retry_after {
        Some(text) => RetryAfter::read(text)
            .ok_or("`retry_after` must be seconds, `date:` or `ms:` and a number, or `none`".to_owned())?,
        None if entry.kind == Kind::RateLimit => RetryAfter::Seconds(1),
        None => RetryAfter::None,
    };
    let for_s = entry.for_s.unwrap_or(match entry.kind {
        Kind::Stall => 600.0,
        _ => 3.0,
    });
    if !(0.0..=86_400.0).contains(&for_s) {
        return Err("`for_s` must be from 0 to a day".to_owned());
    }
    let bytes = entry.bytes.unwrap_or(if entry.kind == Kind::Huge { 100_000_000 } else { 250_000 });
    Ok(Fault { kind: entry.kind, status, retry_after, for_s, after_bytes: entry.after_bytes, bytes })
}

#[cfg(test)]
mod tests {
    use super::{Kind, RetryAfter, Script, Sight};

    fn sight(hash: u64, num_tries: u32) -> Sight<'static> {
        Sight { hash, num_tries, number: 5, seconds: 1.0, schema: "qa_pairs" }
    }

    fn num_hit(script: &Script, num_tries: u32) -> usize {
        (0..1000).filter(|hash| script.pick(sight(*hash, num_tries), &[], |_| false).is_some()).count()
    }

    #[test]
    fn a_share_of_requests_fails_on_the_first_tries_alone() {
        let script = Script::parse("[[fault]]\nkind = \"rate_limit\"\nshare = 0.3\ntries = 2").unwrap();
        let hit = num_hit(&script, 1);
        assert!((250..350).contains(&hit), "{hit}");
        assert_eq!((num_hit(&script, 2), num_hit(&script, 3)), (hit, 0));
    }

    #[test]
    fn each_try_is_drawn_anew_where_the_rule_says_so() {
        let script = Script::parse("[[fault]]\nkind = \"cut\"\nshare = 0.5\neach_try = true").unwrap();
        let hit = |hash, tries| script.pick(sight(hash, tries), &[], |_| false).is_some();
        assert!((0..100).any(|hash| hit(hash, 1) && !hit(hash, 2)));
        assert!((0..100).any(|hash| hit(hash, 1) && hit(hash, 2)));
    }

    #[test]
    fn the_first_rule_that_takes_a_request_decides() {
        let script = Script::parse(
            "[[fault]]\nkind = \"html\"\nrequests = [6, 9]\n[[fault]]\nkind = \"huge\"\nseconds = [2, 3]\n\
             [[fault]]\nkind = \"spaces\"\nschema = \"other\"\n[[fault]]\nkind = \"garbage\"\ntimes = 3\n\
             [[fault]]\nkind = \"status\"\nstatus = 503\nretry_after = \"date:4\"\ncontains = \"words\"",
        )
        .unwrap();
        let kind = |fired: &[u64], says| script.pick(sight(1, 1), fired, |_| says).map(|(_, fault)| fault.kind);
        assert_eq!(kind(&[0; 5], false), Some(Kind::Garbage));
        assert_eq!(kind(&[0, 0, 0, 3, 0], false), None);
        let (index, fault) = script.pick(sight(1, 1), &[0, 0, 0, 3, 0], |text| text == "words").unwrap();
        assert_eq!((index, fault.status, fault.retry_after), (4, 503, RetryAfter::Date(4)));
        assert_eq!(fault.retry_after.seconds(), Some(3.0));
    }

    #[test]
    fn the_examples_can_be_read() {
        assert!(Script::parse(include_str!("../../../tests/faults/mixed.toml")).unwrap().num_rules() > 10);
    }

    #[test]
    fn rules_that_make_no_sense_are_refused_with_their_number() {
        for (text, part) in [
            ("[[fault]]\nkind = \"html\"\n[[fault]]\nkind = \"status\"", "rule 2: `status` must"),
            ("[[fault]]\nkind = \"html\"\nshare = 1.5", "`share` is 1.5"),
            ("[[fault]]\nkind = \"rate_limit\"\nretry_after = \"soon\"", "`retry_after` must"),
            ("[[fault]]\nkind = \"fire\"", "unknown variant `fire`"),
            ("[[fault]]\nkind = \"html\"\nshares = 1", "unknown field `shares`"),
        ] {
            let error = Script::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
