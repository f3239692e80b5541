//! Telephone numbers: those with a country code, those of North America, France and others as they are usually
//! written, and any number that a word before it calls one.
//!
//! Bare digits without such a word are no number of a telephone, whatever their length.

use super::context::Around;
use super::digits::{Gap, Group};

/// Words that announce a number.
const WORDS: [&str; 18] = [
    "tel",
    "tél",
    "phone",
    "phones",
    "telephone",
    "téléphone",
    "telefon",
    "telefono",
    "teléfono",
    "telefone",
    "fax",
    "mobile",
    "mobil",
    "móvil",
    "portable",
    "handy",
    "hotline",
    "whatsapp",
];
/// Words after which digits are the number of something else.
const OTHER_WORDS: [&str; 12] =
    ["isbn", "issn", "doi", "arxiv", "pmid", "pmcid", "oclc", "patent", "version", "id", "ref", "isin"];

/// How many of the groups are a telephone number, if the run begins with one. Only what
/// has the form of North America may follow another number.
pub(super) fn match_phone(around: Around<'_>, groups: &[Group], is_first: bool, reserved: bool) -> Option<usize> {
    let with_plus = is_first && around.byte_before() == Some(b'+') || around.before(2) == "+(";
    let num_groups = if with_plus {
        international(around, groups)?
    } else {
        if around.is_part_of_a_name() {
            return None;
        }
        let whole =
            || in_pairs(around, groups).or_else(|| national(around, groups)).or_else(|| announced(around, groups));
        north_american(around, groups).or_else(|| is_first.then(whole).flatten())?
    };
    let number = groups.get(..num_groups)?;
    let is_other = number.last().is_some_and(|last| around.goes_on(*last)) || around.has_word(&OTHER_WORDS);
    (!is_other && (reserved || !is_fictional(around, number))).then_some(num_groups)
}

/// The longest beginning of the run with this many digits at most.
fn up_to(groups: &[Group], max_digits: usize) -> (usize, usize) {
    let (mut num_groups, mut num_digits) = (0, 0);
    for group in groups {
        if num_digits + group.len() > max_digits {
            break;
        }
        num_groups += 1;
        num_digits += group.len();
        if group.gap == Gap::None {
            break;
        }
    }
    (num_groups, num_digits)
}

/// `+49 30 123456`: a plus right before a country code, with 8 to 15 digits in all.
fn international(around: Around<'_>, groups: &[Group]) -> Option<usize> {
    let before = around.before(6).trim_end_matches(['+', '(']);
    let is_glued = before.ends_with(|ch: char| ch.is_ascii_alphanumeric() || "^*/=".contains(ch));
    let (num_groups, num_digits) = up_to(groups, 15);
    let first = around.digits(*groups.first()?).next()?;
    let is_grouped = num_groups > 1 || num_digits > 10;
    (!is_glued && first != b'0' && num_digits >= 8 && is_grouped).then_some(num_groups)
}

/// `(212) 736-5000`, `212-736-5000`, `1-800-736-5000`: area and exchange begin with 2 to 9.
fn north_american(around: Around<'_>, groups: &[Group]) -> Option<usize> {
    let lead = usize::from(groups.first()?.len() == 1 && around.digits(groups[0]).eq(*b"1"));
    let [area, exchange, line, ..] = groups.get(lead..)? else { return None };
    let begins = |group: &Group| around.digits(*group).next().is_some_and(|digit| digit >= b'2');
    let lengths = [area.len(), exchange.len(), line.len()] == [3, 3, 4];
    let bracketed = match lead {
        0 => around.byte_before() == Some(b'('),
        _ => groups[0].gap == Gap::Opening,
    };
    let gaps = match (area.gap, exchange.gap) {
        (Gap::Hyphen, Gap::Hyphen) | (Gap::Point, Gap::Point) => true,
        (Gap::Closing, Gap::Hyphen | Gap::Point | Gap::Space) => bracketed,
        (Gap::Hyphen | Gap::Slash, Gap::Space) | (Gap::Slash | Gap::Space, Gap::Hyphen) => true,
        _ => false,
    };
    let ends = matches!(line.gap, Gap::None | Gap::Space | Gap::Slash | Gap::Opening | Gap::Closing);
    (lengths && gaps && ends && begins(area) && begins(exchange)).then_some(lead + 3)
}

/// `01 42 68 53 00`: five pairs, the first from 01 to 09, and no more than five.
fn in_pairs(around: Around<'_>, groups: &[Group]) -> Option<usize> {
    let pairs = groups.iter().filter(|group| group.len() == 2).count();
    let gap = groups.first()?.gap;
    let is_even = groups.iter().rev().skip(1).all(|group| group.gap == gap);
    let first = (around.digits(groups[0]).next()?, around.digits(groups[0]).nth(1)?);
    let is_number = groups.len() == 5 && pairs == 5 && is_even && first.0 == b'0' && first.1 != b'0';
    (is_number && matches!(gap, Gap::Space | Gap::Point)).then_some(5)
}

/// `020 7836 1234`, `030/1234567`, `(02) 9876 5432`: a trunk prefix 0 and 9 to 11 digits in two to four groups.
fn national(around: Around<'_>, groups: &[Group]) -> Option<usize> {
    let area = groups.first()?;
    let mut digits = around.digits(*area);
    let is_trunk = digits.next()? == b'0' && digits.next()? != b'0' && (2..=5).contains(&area.len());
    let (num_groups, num_digits) = up_to(groups, 11);
    let others = groups.get(1..num_groups)?;
    let bracketed = area.gap == Gap::Closing && around.byte_before() == Some(b'(');
    let rest_is_even = others.iter().rev().skip(1).all(|group| matches!(group.gap, Gap::Space | Gap::Hyphen));
    let gap_fits = bracketed
        || area.gap == Gap::Slash
        || matches!(area.gap, Gap::Space | Gap::Hyphen) && area.len() > 2 && (area.gap == Gap::Space || num_digits > 9);
    let is_whole = num_groups == groups.len() && (2..=4).contains(&num_groups);
    let long = others.iter().all(|group| (3..=8).contains(&group.len()));
    (is_trunk && gap_fits && rest_is_even && is_whole && long && (9..=11).contains(&num_digits)).then_some(num_groups)
}

/// Seven to fifteen digits after a word for telephones that are no years or dates.
fn announced(around: Around<'_>, groups: &[Group]) -> Option<usize> {
    let (num_groups, num_digits) = up_to(groups, 15);
    let run = groups.get(..num_groups)?;
    let is_year = |group: &Group| {
        let digits: Vec<u8> = around.digits(*group).collect();
        digits.len() == 4 && matches!(digits.get(..2), Some(b"17" | b"18" | b"19" | b"20"))
    };
    let is_date = run.iter().filter(|group| is_year(group)).count() * 3 >= run.len() && run.len() > 1 && num_digits < 9;
    let is_total =
        run.len() > 1 && run.iter().skip(1).all(|group| group.len() == 3) && run.iter().all(|group| group.len() <= 3);
    let is_number = is_total || run.len() == 2 && run.first().is_some_and(|group| group.gap == Gap::Point);
    (num_digits >= 7 && !is_date && !is_number && around.has_word(&WORDS)).then_some(num_groups)
}

/// Numbers that are kept for films and examples: 555-0100 to 0199, and those of Ofcom.
fn is_fictional(around: Around<'_>, groups: &[Group]) -> bool {
    const OFCOM: [&[u8]; 4] = [b"2079460", b"7700900", b"1632960", b"1134960"];
    let digits: Vec<u8> = groups.iter().flat_map(|group| around.digits(*group)).collect();
    let line = digits.get(digits.len().saturating_sub(7)..).unwrap_or_default();
    line.starts_with(b"55501") || OFCOM.iter().any(|kept| digits.windows(kept.len()).any(|part| part == *kept))
}
