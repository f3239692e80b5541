//! Numbers of payment cards: grouped as on a card, of an issuer's range, with a right check digit.

use super::context::Around;
use super::digits::{Gap, Group};

/// How numbers are grouped on cards.
const GROUPED: [&[usize]; 4] = [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3]];
/// Words before a bare number without which some lengths are too common to mean a card.
const WORDS: [&str; 8] = ["card", "visa", "mastercard", "amex", "express", "kreditkarte", "carte", "tarjeta"];

/// How many of the groups are a card's number, if the run begins with one.
pub(super) fn match_card(around: Around<'_>, groups: &[Group]) -> Option<usize> {
    let first = groups.first()?;
    if (13..=19).contains(&first.len()) {
        let is_usual = first.len() == 15 || first.len() == 16;
        let stands_alone = first.gap == Gap::None || first.gap == Gap::Space;
        let is_card = stands_alone && (is_usual || around.has_word(&WORDS)) && is_card(around, &groups[..1]);
        return is_card.then_some(1);
    }
    let num_groups = groups.len();
    let fits = |lengths: &&&[usize]| {
        let run = groups.get(..lengths.len()).unwrap_or_default();
        let gaps = run.get(..lengths.len().saturating_sub(1)).unwrap_or_default();
        run.len() == lengths.len()
            && run.iter().zip(lengths.iter()).all(|(group, length)| group.len() == *length)
            && gaps.iter().all(|group| group.gap == first.gap && matches!(group.gap, Gap::Space | Gap::Hyphen))
            && (num_groups == lengths.len()
                || (first.gap == Gap::Hyphen && run.last().is_some_and(|last| last.gap == Gap::Space)))
    };
    let lengths = GROUPED.iter().find(fits)?;
    is_card(around, groups.get(..lengths.len())?).then_some(lengths.len())
}

fn is_card(around: Around<'_>, groups: &[Group]) -> bool {
    let digits: Vec<u8> = groups.iter().flat_map(|group| around.digits(*group)).map(|byte| byte - b'0').collect();
    let goes_on = groups.last().is_some_and(|last| around.goes_on(*last));
    !goes_on && !around.is_part_of_a_name() && is_issued(&digits) && has_check_digit(&digits)
}

/// Whether a number begins and is as long as those of Visa, Mastercard, American Express, Diners Club, Discover, JCB
/// or UnionPay.
fn is_issued(digits: &[u8]) -> bool {
    let lead = |length: usize| digits.iter().take(length).fold(0_u32, |lead, digit| lead * 10 + u32::from(*digit));
    match digits.len() {
        13 => lead(1) == 4,
        14 => matches!(lead(3), 300..=305) || matches!(lead(2), 36 | 38 | 39),
        15 => matches!(lead(2), 34 | 37),
        16 => {
            lead(1) == 4
                || matches!(lead(2), 51..=55 | 62 | 65)
                || matches!(lead(4), 2221..=2720 | 3528..=3589 | 6011)
                || matches!(lead(3), 644..=649)
        }
        19 => lead(1) == 4 || lead(2) == 62,
        _ => false,
    }
}

/// Luhn's check.
fn has_check_digit(digits: &[u8]) -> bool {
    let weigh = |(idx, digit): (usize, &u8)| {
        let doubled = u32::from(*digit) * if idx % 2 == 1 { 2 } else { 1 };
        if doubled > 9 { doubled - 9 } else { doubled }
    };
    let sum: u32 = digits.iter().rev().enumerate().map(weigh).sum();
    sum.is_multiple_of(10) && digits.windows(2).any(|pair| pair[0] != pair[1])
}
