//! `balance`: keeps so many rows of each group, the best or a random choice, and rejects the rest.
//!
//! A group is all rows with the same values of some columns: a domain, an answer type, a source, a band of difficulty.
//! Which rows of a group stay depends on their values and ids and on the recipe's seed, never on their order or on how the
//! input is cut into shards.

mod group;
mod quota;

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{BinaryArray, BinaryBuilder};
use quarry_engine::operator::{
    AllRows, Barrier, BuildContext, BuildError, Decide, Decision, Operator, OperatorError, ParamDef, ParamKind,
    ParamValue, ReasonDef, Rows, Shape, SortEntry, Takes,
};
use quarry_schema::Fate;

use crate::{Def, Resources};
use group::{Grouping, Rank};
use quota::{Quotas, caps};

/// The description of `balance`.
pub(crate) const DEF: Def = Def {
    name: "balance",
    summary: "keeps so many rows of each group",
    version: 1,
    shape: Shape::Barrier,
    takes: Takes::Either,
    emits: false,
    reads: &[],
    adds: &[],
    reasons: &[ReasonDef {
        name: "over_quota",
        doc: "its group has enough rows that come before it; the detail is the group, the row's rank and the quota",
    }],
    params: &[
        ParamDef {
            name: "by",
            kind: ParamKind::Columns,
            default: Some(ParamValue::TextList(&["domain"])),
            doc: "the columns whose values make a group; a row without a value has the value `(none)`, and with no \
                  column all rows are one group",
        },
        ParamDef {
            name: "bands",
            kind: ParamKind::FloatList,
            default: Some(ParamValue::FloatList(&[])),
            doc: "limits between bands of columns of numbers, ascending: `[0.25, 0.75]` makes the values `<0.25`, \
                  `0.25-0.75` and `>=0.75`; without any each number is a value",
        },
        ParamDef {
            name: "max_rows",
            kind: ParamKind::Int { min: 0, max: u32::MAX as i64 },
            default: Some(ParamValue::Int(0)),
            doc: "the most rows of each group that has no quota of its own; 0 sets no limit",
        },
        ParamDef {
            name: "quotas",
            kind: ParamKind::TextList,
            default: Some(ParamValue::TextList(&[])),
            doc: "the most rows of some groups, as `domain=Math:500`, or as a share of all rows that this stage keeps, \
                  as `domain=Math:20%`: the groups that are short of rows decide how many the others may have, and a share is \
                  rounded to whole rows; with several columns `domain=Math,answer_type=integer:500`",
        },
        ParamDef {
            name: "prefer",
            kind: ParamKind::Column,
            default: Some(ParamValue::Text("")),
            doc: "a column of numbers: the rows of a group with the highest stay, and those without a number go first; \
                  equals, and all rows without this param, are drawn by the seed",
        },
    ],
    build,
};

struct Balance {
    grouping: Grouping,
    rank: Rank,
    quotas: Quotas,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let by = ctx.params.list("by")?;
    let max_rows = ctx.params.count("max_rows")?;
    let quotas = Quotas::parse(&by, &ctx.params.list("quotas")?, Some(max_rows as u64).filter(|most| *most > 0))?;
    let grouping = Grouping::new(by, ctx.params.floats("bands")?)?;
    let rank = Rank { prefer: ctx.params.text("prefer")?.to_owned(), seed: ctx.seed };
    Ok(Operator::Barrier(Arc::new(Balance { grouping, rank, quotas })))
}

/// What is known of a group after all rows were seen once.
#[derive(Default)]
struct Group {
    name: String,
    ordinal: u32,
    num_rows: u64,
    num_standing: u64,
}

impl Barrier for Balance {
    fn keys(&self, rows: Rows<'_>) -> Result<BinaryArray, OperatorError> {
        let names = self.grouping.names(rows)?;
        let ranks = self.rank.of(rows)?;
        let mut keys = BinaryBuilder::new();
        for (name, rank) in names.iter().zip(ranks) {
            keys.append_value([&rank[..], name.as_bytes()].concat());
        }
        Ok(keys.finish())
    }

    fn decide(&self, all: &dyn AllRows, decided: Decide<'_>) -> Result<(), OperatorError> {
        let groups = count(all)?;
        let limits = groups.iter().map(|group| (group.num_rows, self.quotas.of(&group.name)));
        let caps = caps(&limits.collect::<Vec<_>>());
        if !groups.is_empty()
            && groups.iter().zip(&caps).all(|(group, cap)| *cap == 0 && self.quotas.is_share(&group.name))
        {
            return Err(OperatorError::new(
                "the shares of all groups that are there come to less than the whole, so that no row could be kept; raise \
                 a share, or give a group a number of rows",
            ));
        }
        let by_name: HashMap<&[u8], &Group> = groups.iter().map(|group| (group.name.as_bytes(), group)).collect();
        let cap_of = |group: &Group| caps.get(group.ordinal as usize).copied().unwrap_or(u64::MAX);
        let mut sort = all.sort()?;
        all.keys(&mut |row| {
            let (rank, name) = Rank::split(row.key);
            let group = by_name.get(name).filter(|group| group.num_rows > cap_of(group));
            // What an earlier run has published stays and takes up its place.
            match group.filter(|_| row.number >= all.num_standing()) {
                Some(group) => sort.push(SortEntry { key: rank.key(group.ordinal), number: row.number }),
                None => Ok(()),
            }
        })?;
        let mut place: Option<(u32, u64)> = None;
        sort.finish(&mut |entry| {
            let Some(group) = groups.get(Rank::ordinal(entry.key) as usize) else { return Ok(()) };
            let before =
                place.filter(|(ordinal, _)| *ordinal == group.ordinal).map_or(group.num_standing, |(_, at)| at);
            place = Some((group.ordinal, before + 1));
            if before < cap_of(group) {
                return Ok(());
            }
            let detail = format!("{}: {} of {}", group.name, before + 1, cap_of(group));
            decided(Decision::fate(entry.number, Fate::reject("over_quota", detail)))
        })
    }
}

/// All groups, in the order in which they first appear.
fn count(all: &dyn AllRows) -> Result<Vec<Group>, OperatorError> {
    let mut ordinals: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    all.keys(&mut |row| {
        let (_, name) = Rank::split(row.key);
        let ordinal = match ordinals.get(name) {
            Some(ordinal) => *ordinal,
            None => {
                let ordinal = u32::try_from(groups.len()).map_err(OperatorError::stop)?;
                ordinals.insert(name.to_vec(), groups.len());
                groups.push(Group { name: String::from_utf8_lossy(name).into_owned(), ordinal, ..Group::default() });
                groups.len() - 1
            }
        };
        if let Some(group) = groups.get_mut(ordinal) {
            group.num_rows += 1;
            group.num_standing += u64::from(row.number < all.num_standing());
        }
        Ok(())
    })?;
    Ok(groups)
}

#[cfg(test)]
mod tests;
