//! Finds personal data in a text: three passes, each over what its kinds have to hold (an at sign, letters of a key, digits).

use super::card::match_card;
use super::context::Around;
use super::digits::{Gap, Group, next_digit, read_run};
use super::host::{is_v4, v6_end};
use super::keys::Keys;
use super::kind::{Found, Kind};
use super::phone::match_phone;
use super::{email, iban};

/// What is looked for.
pub(super) struct Finder {
    kinds: Vec<Kind>,
    reserved: bool,
    keys: Keys,
}

/// The most groups of a run that one number can have; what a table of numbers holds beyond is not read again and again.
const MAX_GROUPS: usize = 9;

impl Finder {
    /// Prepares to look for these kinds, and for what is kept for documentation only with `reserved`.
    pub(super) fn new(kinds: Vec<Kind>, reserved: bool) -> Result<Finder, String> {
        Ok(Finder { kinds, reserved, keys: Keys::new()? })
    }

    /// What was found, in order and without overlaps.
    pub(super) fn find(&self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        if self.wants(Kind::Email) {
            email::find(text, self.reserved, &mut found);
        }
        if self.wants(Kind::Key) {
            self.keys.find(text, self.reserved, &mut found);
        }
        if self.kinds.iter().any(|kind| ![Kind::Email, Kind::Key].contains(kind)) {
            self.find_numbers(text, &mut found);
        }
        found.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
        let mut end = 0;
        found.retain(|place| {
            let is_free = place.start >= end;
            end = if is_free { place.end } else { end };
            is_free
        });
        found
    }

    fn wants(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    fn find_numbers(&self, text: &str, found: &mut Vec<Found>) {
        let bytes = text.as_bytes();
        let mut groups = Vec::new();
        let mut at = 0;
        while let Some(start) = next_digit(bytes, at) {
            if let Some(place) = self.lettered(text, start) {
                at = place.end;
                found.push(place);
                continue;
            }
            at = read_run(bytes, start, &mut groups);
            let num_digits: usize = groups.iter().map(|group| group.len()).sum();
            if num_digits >= 4 && groups.len() < num_digits + 1 {
                self.find_in_run(text, &groups, found);
            }
        }
    }

    /// Numbers that have letters too, whose first digit stands here.
    fn lettered(&self, text: &str, start: usize) -> Option<Found> {
        if self.wants(Kind::Iban) && start >= 2 {
            let country = text.as_bytes().get(start - 2..start).unwrap_or_default();
            if country.iter().all(u8::is_ascii_uppercase)
                && let Some(end) = iban::end_of(text, start - 2)
            {
                return Some(Found { kind: Kind::Iban, start: start - 2, end });
            }
        }
        let end = if self.wants(Kind::Ip) { v6_end(text, start, self.reserved) } else { None };
        end.map(|end| Found { kind: Kind::Ip, start, end })
    }

    fn find_in_run(&self, text: &str, groups: &[Group], found: &mut Vec<Found>) {
        let (mut idx, mut gap_before) = (0, Gap::None);
        while let Some(run) = groups.get(idx..groups.len().min(idx + MAX_GROUPS)).filter(|run| !run.is_empty()) {
            let (first, is_first) = (run[0], idx == 0);
            let may_begin = is_first || matches!(gap_before, Gap::Space | Gap::Slash | Gap::Opening);
            let matched = may_begin.then(|| self.match_run(text, run, is_first)).flatten();
            let num_groups = matched.map_or(1, |(_, num_groups)| num_groups);
            let last = run.get(num_groups - 1).copied().unwrap_or(first);
            if let Some((kind, _)) = matched {
                found.push(Found { kind, start: with_sign(text, first.start, kind), end: last.end });
            }
            gap_before = last.gap;
            idx += num_groups;
        }
    }

    fn match_run(&self, text: &str, run: &[Group], is_first: bool) -> Option<(Kind, usize)> {
        let around = Around::new(text, run.first()?.start);
        if self.wants(Kind::Card)
            && is_first
            && let Some(num_groups) = match_card(around, run)
        {
            return Some((Kind::Card, num_groups));
        }
        if self.wants(Kind::Ip) && is_v4(around, run, self.reserved) {
            return Some((Kind::Ip, 4));
        }
        let is_phone = self.wants(Kind::Phone).then(|| match_phone(around, run, is_first, self.reserved));
        is_phone.flatten().map(|num_groups| (Kind::Phone, num_groups))
    }
}

/// A telephone number takes the plus or bracket before it along.
fn with_sign(text: &str, start: usize, kind: Kind) -> usize {
    let before = text.get(..start).unwrap_or_default();
    match kind {
        Kind::Phone if before.ends_with("+(") => start - 2,
        Kind::Phone if before.ends_with(['+', '(']) => start - 1,
        _ => start,
    }
}
