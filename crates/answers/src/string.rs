//! Names and terms: equal when their folded spellings are equal, to the last character.
//!
//! A reply that contains the answer earns nothing. What may differ is closed: case, quotes, hyphens and blanks, initials
//! with or without periods, marks on letters, a leading article, words of several spellings, and the aliases that the
//! spec lists. A spec may name a published normaliser instead, which then decides alone.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::date::month_and_day;
use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::normalize::{NORMALISER, normalize, trim_wrappers, without_frame};
use crate::pattern::pattern;
use crate::published::{SQUAD, TRIVIA_QA, squad, trivia_qa};
use crate::spec::AnswerSpec;
use crate::verdict::Verdict;

mod aliases;
mod case;
mod clock;
mod fold;
mod marks;
mod words;

use clock::Time;
pub(crate) use fold::fold;
use fold::{fold_joined, strip_prefix_any_case};
pub(crate) use words::ordinal_of;

/// The gold side of a name or term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StringSpec {
    /// The answer as written.
    pub canonical: String,
    /// Other spellings that are the same answer.
    pub aliases: Vec<String>,
    /// Version of the normaliser that both sides go through: `norm/1`, `squad/1` or `triviaqa/1`.
    pub normaliser: String,
    /// Whether upper and lower case differ.
    pub case_sensitive: bool,
}

/// A reply of so many times the characters of the answer, and some more, is another one.
const MAX_GROWTH: usize = 8;
const MAX_EXTRA_CHARS: usize = 64;

/// Brackets that may stand around a whole reply.
const BRACKETS: [&str; 3] = ["()", "[]", "{}"];

/// A name before its comma has no more words behind it.
const MAX_GIVEN_NAMES: usize = 3;

/// The end of one sentence and the start of another; shorter words before the period may be abbreviations.
static TWO_SENTENCES: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:[0-9]{2}|[a-z]{5})[.?!] [A-Z]"));

/// A question mark behind one of these asks nothing of the answer: "Who Framed Roger Rabbit?"
const ASKING: [&str; 16] = [
    "who", "whose", "what", "which", "when", "where", "why", "how", "do", "does", "did", "is", "are", "can", "will",
    "have",
];

static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^0[0-9]+$|^[0-9.]+° ?(?:[0-9.]+' ?)?[NSEW]$"));

/// Compares a normalised reply with the canonical spelling and every alias.
pub(crate) fn check(spec: &StringSpec, reply: &str) -> Verdict {
    if let Some(normaliser) = spec.published() {
        let given = normaliser(reply);
        return Verdict::of(!given.is_empty() && spec.golds().any(|gold| normaliser(gold) == given));
    }
    let golds = Golds::new(spec);
    if is_longer(reply, golds.longest) {
        return Verdict::of(false);
    }
    golds.verdict(&Given::new(reply, spec.case_sensitive))
}

/// Compares several normalised items of a reply with a spec. Items are read once for all specs of a list.
pub(crate) fn check_each<'i>(spec: &StringSpec, items: &'i [String], read: &mut ReadItems<'i>) -> Vec<Verdict> {
    let golds = Golds::new(spec);
    let mut verdict = |item: &'i String| {
        if is_longer(item, golds.longest) {
            return Verdict::of(false);
        }
        let key = (item.as_str(), spec.case_sensitive);
        golds.verdict(read.entry(key).or_insert_with(|| Given::new(item, spec.case_sensitive)))
    };
    items.iter().map(&mut verdict).collect()
}

/// Items of a reply that were read, by text and by whether case counts.
pub(crate) type ReadItems<'i> = BTreeMap<(&'i str, bool), Given>;

/// Returns whether a reply is too long for any spelling of an answer of so many characters.
pub(crate) fn is_longer(reply: &str, num_chars: usize) -> bool {
    reply.chars().nth(num_chars.saturating_mul(MAX_GROWTH).saturating_add(MAX_EXTRA_CHARS)).is_some()
}

/// Every spelling of a spec, ready to be compared.
struct Golds {
    golds: Vec<Gold>,
    longest: usize,
}

impl Golds {
    fn new(spec: &StringSpec) -> Self {
        // An alias without the marks of the name stands for those alone, so that a reply with others does not equal it.
        let is_bare = spec.canonical.is_ascii();
        let aliases = spec.aliases.iter().map(|alias| Gold::new(alias, spec.case_sensitive, is_bare));
        Self {
            golds: std::iter::once(Gold::new(&spec.canonical, spec.case_sensitive, true)).chain(aliases).collect(),
            longest: spec.golds().map(|gold| gold.chars().count()).max().unwrap_or(0),
        }
    }

    fn verdict(&self, given: &Given) -> Verdict {
        Verdict::of(self.golds.iter().any(|gold| given.equals(gold)))
    }
}

/// One spelling of an answer.
pub(crate) struct Gold {
    time: Option<Time>,
    month_and_day: Option<(u8, u8)>,
    formula: Option<String>,
    forms: Forms,
    /// Whether a question mark at the end says nothing.
    is_question: bool,
    /// A name with a comma is not turned round.
    has_comma: bool,
    /// Whether a reply may have marks on letters that this has not.
    may_be_marked: bool,
}

impl Gold {
    pub(crate) fn new(text: &str, case_sensitive: bool, may_be_marked: bool) -> Self {
        let text = normalize(text);
        Self {
            time: clock::read(&text),
            month_and_day: month_and_day(&text),
            formula: case::formula_of(&text),
            forms: Forms::new(&text, case_sensitive),
            is_question: asks(&text),
            has_comma: text.contains(','),
            may_be_marked,
        }
    }
}

/// A reply, ready to be compared with several golds.
pub(crate) struct Given {
    time: Option<Time>,
    month_and_day: Option<(u8, u8)>,
    formula: Option<String>,
    forms: Vec<Forms>,
    /// With the surname last.
    swapped: Option<Forms>,
    is_question: bool,
}

impl Given {
    pub(crate) fn new(reply: &str, case_sensitive: bool) -> Self {
        let name = aliases::glossed(reply).map(|(name, _)| name);
        let texts = [Some(reply), name, without_frame(reply), unbracketed(reply)];
        Self {
            time: clock::read(reply),
            month_and_day: month_and_day(reply),
            formula: case::formula_of(reply),
            forms: texts.into_iter().flatten().map(|text| Forms::new(text, case_sensitive)).collect(),
            swapped: surname_last(reply).map(|text| Forms::new(&text, case_sensitive)),
            is_question: reply.trim_end_matches(['"', '\'', ')', ']', '*', '.', ' ']).ends_with('?'),
        }
    }

    /// Returns whether a question mark makes the reply less sure than a gold: "Paris?"
    pub(crate) fn doubts(&self, gold: &str) -> bool {
        self.is_question && !asks(gold)
    }

    /// Returns whether the reply and a gold spell one name.
    pub(crate) fn equals(&self, gold: &Gold) -> bool {
        if let (Some(gold), Some(given)) = (gold.time, self.time) {
            return clock::same(gold, given);
        }
        if let (Some(gold), Some(given)) = (gold.month_and_day, self.month_and_day) {
            return gold == given;
        }
        if let (Some(gold), Some(given)) = (&gold.formula, &self.formula) {
            return gold == given;
        }
        if self.is_question && !gold.is_question {
            return false;
        }
        let swapped = self.swapped.iter().filter(|_| !gold.has_comma);
        let meet = |forms: &Forms| {
            !case::is_other(&gold.forms.text, &forms.text) && gold.forms.meet(forms, gold.may_be_marked)
        };
        self.forms.iter().chain(swapped).any(meet)
    }
}

/// Returns whether a name may end in a question mark.
fn asks(gold: &str) -> bool {
    let lower = gold.to_ascii_lowercase();
    let asking = |(words, _): (&str, &str)| words.split([' ', '\'']).any(|word| ASKING.contains(&word));
    gold.contains('?') || lower.rsplit_once(' ').is_some_and(asking)
}

/// The spellings of a text that are compared.
struct Forms {
    text: String,
    /// With hyphens as blanks and without hyphens, with and without an article.
    spelled: Vec<String>,
    /// The same in ASCII letters, if the text has others and they are Latin.
    plain: Vec<String>,
    is_ascii: bool,
}

impl Forms {
    fn new(text: &str, case_sensitive: bool) -> Self {
        let mut texts = vec![text];
        let bare = strip_article(text);
        if bare.len() < text.len() {
            texts.push(bare);
        }
        let mut forms =
            Self { text: text.to_owned(), spelled: Vec::new(), plain: Vec::new(), is_ascii: text.is_ascii() };
        for text in texts {
            add_spellings(text, case_sensitive, &mut forms.spelled);
            // Where case counts, so do marks: "resume" is no "résumé".
            let plains = if case_sensitive { Vec::new() } else { marks::plain_spellings(text) };
            for plain in plains {
                add_spellings(&plain, case_sensitive, &mut forms.plain);
            }
        }
        forms
    }

    /// Marks on letters may be left out, but those that are written have to agree.
    fn meet(&self, other: &Self, may_be_marked: bool) -> bool {
        let share = |first: &[String], second: &[String]| first.iter().any(|form| second.contains(form));
        share(&self.spelled, &other.spelled)
            || (self.is_ascii && may_be_marked && share(&self.spelled, &other.plain))
            || (other.is_ascii && share(&self.plain, &other.spelled))
    }
}

fn add_spellings(text: &str, case_sensitive: bool, spellings: &mut Vec<String>) {
    let (parted, joined) = (fold(text, case_sensitive), fold_joined(text, case_sensitive));
    let both = if case_sensitive {
        [parted, joined]
    } else {
        [words::canonical(&parted), words::close(&words::canonical(&joined))]
    };
    for spelling in both {
        if !spelling.is_empty() && !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
}

/// Makes a spec of any short phrase; the last type to be tried.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    if is_fragment(candidate.text) {
        return Err(NotVerifiable::Fragment);
    }
    Ok(Some(AnswerSpec::String(spec_of(candidate.text))))
}

/// Makes a spec of digits that are no number: a time of the day, a code that begins with zeros, a latitude.
pub(crate) fn infer_code(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let text = candidate.text;
    let is_time = text.contains(|ch: char| ch.is_ascii_digit()) && clock::read(text).is_some();
    Ok((is_time || CODE.is_match(text)).then(|| AnswerSpec::String(spec_of(text))))
}

/// Returns whether a text breaks off, or goes on into another sentence.
fn is_fragment(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or("");
    let first = text.split(' ').next().unwrap_or("");
    let open_end = text.contains(' ')
        && matches!(last, "a" | "an" | "the" | "of" | "and" | "or" | "with" | "from" | "by" | "for" | "as" | "at");
    let open_start = matches!(first, "and" | "or" | "other" | "others" | "etc" | "more" | "various" | "several")
        || matches!(text, "the" | "an" | "of" | "it" | "this" | "that" | "they" | "them" | "these" | "those");
    let count = |wanted: char| text.chars().filter(|ch| *ch == wanted).count();
    let unbalanced = count('(') != count(')') || count('[') != count(']') || count('"') % 2 == 1;
    open_end || open_start || unbalanced || text.ends_with([',', ';', ':', '-']) || TWO_SENTENCES.is_match(text)
}

/// Makes the spec of a name, with the aliases that follow from its spelling.
pub(crate) fn spec_of(text: &str) -> StringSpec {
    let canonical = if case::is_short_title(text) { text } else { strip_article(text) }.to_owned();
    let case_sensitive = case::is_bound(&canonical);
    let mut aliases: Vec<String> = Vec::new();
    let folded = fold(&canonical, case_sensitive);
    for alias in aliases::of(&canonical) {
        let seen = aliases.iter().any(|known| fold(known, case_sensitive) == fold(&alias, case_sensitive));
        if fold(&alias, case_sensitive) != folded && !seen {
            aliases.push(alias);
        }
    }
    StringSpec { canonical, aliases, normaliser: NORMALISER.to_owned(), case_sensitive }
}

impl StringSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let is_published = self.published().is_some();
        if self.normaliser != NORMALISER && !is_published {
            return Err(Error::field("string", "normaliser"));
        }
        if is_published && self.case_sensitive {
            return Err(Error::field("string", "case_sensitive"));
        }
        let folded = self
            .published()
            .map_or_else(|| fold(&self.canonical, self.case_sensitive), |normaliser| normaliser(&self.canonical));
        if folded.is_empty() { Err(Error::field("string", "canonical")) } else { Ok(()) }
    }

    /// Returns the published normaliser that the spec names, which takes the place of every other step.
    pub(crate) fn published(&self) -> Option<fn(&str) -> String> {
        match self.normaliser.as_str() {
            SQUAD => Some(squad),
            TRIVIA_QA => Some(trivia_qa),
            _ => None,
        }
    }

    fn golds(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.canonical).chain(&self.aliases).map(String::as_str)
    }
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({
        "brackets": BRACKETS,
        "amount": fold::AMOUNT.as_str(),
        "asking": ASKING,
        "paired": fold::PAIRED,
        "bullets": fold::BULLETS,
        "case": case::rules(),
        "contracted": fold::CONTRACTED,
        "min_exclaimed": fold::MIN_EXCLAIMED,
        "max_growth": MAX_GROWTH,
        "max_extra_chars": MAX_EXTRA_CHARS,
        "max_given_names": MAX_GIVEN_NAMES,
        "clock": clock::rules(),
        "marks": marks::rules(),
        "words": words::rules(),
    })
}

/// Takes the brackets off that stand around a whole text.
fn unbracketed(text: &str) -> Option<&str> {
    let inner = BRACKETS.iter().find_map(|pair| text.strip_prefix(pair.get(..1)?)?.strip_suffix(pair.get(1..)?))?;
    (!inner.contains(['(', ')', '[', ']', '{', '}'])).then(|| trim_wrappers(inner))
}

/// "Curie, Marie" as "Marie Curie".
fn surname_last(text: &str) -> Option<String> {
    let (surname, given) = text.split_once(", ")?;
    let is_name = !surname.contains(' ') && given.split(' ').count() <= MAX_GIVEN_NAMES;
    // The period behind the last of several initials was taken for the end of the sentence.
    let is_cut = given.contains(". ") && given.rsplit(' ').next().is_some_and(|last| last.chars().count() == 1);
    // "Great Gatsby, The" is turned round as well.
    (!given.contains(',') && (is_name || given.eq_ignore_ascii_case("the")))
        .then(|| format!("{given}{} {surname}", if is_cut { "." } else { "" }))
}

/// Takes a leading article off. A capital "A" may be part of the name ("A minor"), so it stays.
fn strip_article(text: &str) -> &str {
    let stripped =
        strip_prefix_any_case(text, "the ").or_else(|| text.strip_prefix("a ")).or_else(|| text.strip_prefix("an "));
    stripped.map(str::trim).filter(|rest| !rest.is_empty()).unwrap_or(text)
}

#[cfg(test)]
mod tests;
