//! How many rows a group may have: quotas as they are written, and what shares of the whole come to.

use std::collections::BTreeMap;

use quarry_engine::operator::BuildError;

/// Shares are counted in millionths, so that no rounding of floats decides about a row.
const WHOLE: u64 = 1_000_000;

/// The most rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// As many as there are.
    None,
    /// So many.
    Rows(u64),
    /// So many millionths of all rows that are kept.
    Share(u64),
}

/// The quotas of a stage.
#[derive(Debug)]
pub(super) struct Quotas {
    by_group: BTreeMap<String, Limit>,
    others: Limit,
}

impl Quotas {
    /// Reads quotas, which name a value for every column.
    pub(super) fn parse(by: &[String], quotas: &[String], max_rows: Option<u64>) -> Result<Quotas, BuildError> {
        if quotas.is_empty() && max_rows.is_none() {
            return Err(BuildError::param("max_rows", "nothing is limited: set `max_rows` or `quotas`"));
        }
        if let Some((idx, column)) =
            by.iter().enumerate().find(|(idx, column)| by.iter().take(*idx).any(|c| c == *column))
        {
            return Err(BuildError::param("by", format!("`{column}` is named again as number {}", idx + 1)));
        }
        let mut by_group = BTreeMap::new();
        for quota in quotas {
            let problem = |message: String| BuildError::param("quotas", format!("`{quota}`: {message}"));
            let (group, limit) = quota.rsplit_once(':').ok_or_else(|| problem(form(by)))?;
            let limit = limit_of(limit.trim()).ok_or_else(|| problem(form(by)))?;
            check_group(group, by).map_err(problem)?;
            if let Some(other) = by_group.insert(group.to_owned(), limit) {
                let both = format!("the group has another quota already ({})", other.written());
                return Err(problem(both));
            }
        }
        Ok(Quotas { by_group, others: max_rows.map_or(Limit::None, Limit::Rows) })
    }

    /// The limit of a group.
    pub(super) fn of(&self, group: &str) -> Limit {
        self.by_group.get(group).copied().unwrap_or(self.others)
    }

    /// Whether a group is limited to a share above nothing.
    pub(super) fn is_share(&self, group: &str) -> bool {
        matches!(self.of(group), Limit::Share(share) if share > 0)
    }
}

impl Limit {
    fn written(self) -> String {
        match self {
            Limit::None => "none".to_owned(),
            Limit::Rows(rows) => rows.to_string(),
            Limit::Share(share) => format!("{}%", share as f64 / (WHOLE / 100) as f64),
        }
    }

    /// The most rows, if so many are kept of all groups.
    fn rows_of(self, total: u64) -> u64 {
        match self {
            Limit::None => u64::MAX,
            Limit::Rows(rows) => rows,
            Limit::Share(share) => {
                let rows = (u128::from(share) * u128::from(total) + u128::from(WHOLE / 2 - 1)) / u128::from(WHOLE);
                u64::try_from(rows).unwrap_or(u64::MAX)
            }
        }
    }
}

/// What the groups, with the rows that they have and their limits, may keep.
///
/// With shares this is the greatest total of which no group has more than its share: a group that is short of rows makes
/// the total smaller, and with it what the others may have.
pub(super) fn caps(groups: &[(u64, Limit)]) -> Vec<u64> {
    let kept = |(num_rows, limit): &(u64, Limit), total: u64| limit.rows_of(total).min(*num_rows);
    let mut total: u64 = groups.iter().map(|(num_rows, _)| num_rows).sum();
    loop {
        let next = groups.iter().map(|group| kept(group, total)).sum();
        if next == total {
            return groups.iter().map(|(_, limit)| limit.rows_of(total)).collect();
        }
        total = next;
    }
}

fn form(by: &[String]) -> String {
    let group: Vec<String> = by.iter().map(|column| format!("{column}=VALUE")).collect();
    format!("write it as `{0}:500` or `{0}:20%`", if by.is_empty() { "(all)".to_owned() } else { group.join(",") })
}

fn limit_of(text: &str) -> Option<Limit> {
    let Some(percent) = text.strip_suffix('%') else { return text.parse().ok().map(Limit::Rows) };
    let percent: f64 = percent.trim().parse().ok().filter(|percent| (0.0..=100.0).contains(percent))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a million")]
    let share = (percent * (WHOLE / 100) as f64).round() as u64;
    Some(Limit::Share(share))
}

/// Checks that a group has a value for each column, in their order. Values may hold any sign.
fn check_group(group: &str, by: &[String]) -> Result<(), String> {
    let mut rest = group;
    for (idx, column) in by.iter().enumerate() {
        let start = format!("{}{column}=", if idx == 0 { "" } else { "," });
        let at = rest.find(&start).filter(|at| idx > 0 || *at == 0);
        let Some(at) = at else {
            let named = group.split('=').next().unwrap_or_default();
            let unknown = idx == 0 && group.contains('=') && !by.iter().any(|known| known == named);
            let what = if unknown { format!("`{named}` is not in `by`; ") } else { String::new() };
            return Err(format!("{what}{}", form(by)));
        };
        rest = rest.get(at + start.len()..).unwrap_or_default();
    }
    match by.is_empty() && group != "(all)" {
        true => Err(form(by)),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Quotas, caps};

    const P: u64 = 10_000;

    #[test]
    fn shares_are_of_what_is_kept() {
        // 20 % of what is kept, beside 80 rows of others: 20 rows.
        assert_eq!(caps(&[(1000, Limit::Share(20 * P)), (80, Limit::None)]), [20, u64::MAX]);
        // Half and half: the smaller group decides.
        assert_eq!(caps(&[(1000, Limit::Share(50 * P)), (30, Limit::Share(50 * P))]), [30, 30]);
        assert_eq!(
            caps(&[(9, Limit::Share(33 * P)), (9, Limit::Share(33 * P)), (9, Limit::Share(34 * P))])[..2],
            [9, 9]
        );
        // A group within its share takes nothing away.
        assert_eq!(caps(&[(10, Limit::Share(50 * P)), (30, Limit::Rows(25))]), [17, 25]);
        assert_eq!(caps(&[(7, Limit::Rows(0)), (5, Limit::None)]), [0, u64::MAX]);
        assert_eq!(caps(&[]), [] as [u64; 0]);
    }

    #[test]
    fn every_share_holds_and_no_more_could_be_kept() {
        let shares = [7, 13, 50, 100];
        for seed in 0..300_u64 {
            let groups: Vec<(u64, Limit)> = (0..4)
                .map(|idx| {
                    let num_rows = seed.wrapping_mul(2_654_435_761 + idx * 7919) % 97;
                    (num_rows, Limit::Share(shares[((seed + idx) % 4) as usize] * P))
                })
                .collect();
            let kept = |caps: &[u64]| -> u64 { groups.iter().zip(caps).map(|((num, _), cap)| num.min(cap)).sum() };
            let caps = caps(&groups);
            let total = kept(&caps);
            for ((_, limit), cap) in groups.iter().zip(&caps) {
                assert_eq!(limit.rows_of(total), *cap);
            }
            for more in total + 1..=groups.iter().map(|(num, _)| num).sum() {
                let caps: Vec<u64> = groups.iter().map(|(_, limit)| limit.rows_of(more)).collect();
                assert!(kept(&caps) < more, "{groups:?}: {more} rows could be kept, not {total}");
            }
        }
    }

    #[test]
    fn values_may_hold_the_signs_of_the_form() {
        let by = ["source".to_owned(), "answer_type".to_owned()];
        let quotas = ["source=http://a.b/c,d=e,answer_type=integer:12".to_owned()];
        let quotas = Quotas::parse(&by, &quotas, Some(3)).unwrap();
        assert_eq!(quotas.of("source=http://a.b/c,d=e,answer_type=integer"), Limit::Rows(12));
        assert_eq!(quotas.of("source=x,answer_type=integer"), Limit::Rows(3));
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let by = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let message =
            |columns: &[&str], quotas: &[&str]| Quotas::parse(&by(columns), &by(quotas), None).unwrap_err().message;
        assert!(message(&["domain"], &[]).contains("nothing is limited"));
        assert!(message(&["domain", "domain"], &["domain=a:1"]).contains("`domain` is named again as number 2"));
        assert!(
            message(&["domain"], &["source=x:1"]).contains("`source` is not in `by`; write it as `domain=VALUE:500`")
        );
        assert!(message(&["domain"], &["domain=Math"]).contains("write it as"));
        assert!(message(&["domain"], &["domain=Math:many"]).contains("write it as"));
        assert!(message(&["domain"], &["domain=Math:101%"]).contains("write it as"));
        assert!(message(&["domain"], &["domain=Math:5", "domain=Math:20%"]).contains("another quota already (5)"));
        assert!(message(&["domain", "source"], &["domain=Math:5"]).contains("`domain=VALUE,source=VALUE:500`"));
        assert!(message(&[], &["domain=Math:5"]).contains("`(all):500`"));
    }
}
