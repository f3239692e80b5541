//! Calls a compute operator on slices of a batch in parallel and checks that it answers as it declared.

use arrow::array::{ArrayRef, RecordBatch};
use quarry_schema::Fate;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::{Stage, StageKind};
use crate::Error;
use crate::operator::{Compute, Decided, Emitted, OperatorError, Rows};

impl Stage {
    /// Decides rows on the calling rayon pool.
    pub(crate) fn decide(&self, rows: &RecordBatch) -> Result<Decided, Error> {
        let decided = match &self.kind {
            StageKind::Compute(operator) => decide_in_slices(operator.as_ref(), rows, self.adds.len()),
            StageKind::Barrier(operator) => operator.keys(Rows::new(rows)).map(|keys| Decided {
                fates: vec![Fate::Accept; rows.num_rows()],
                columns: vec![std::sync::Arc::new(keys) as ArrayRef],
                ..Decided::default()
            }),
            StageKind::Remote(..) => Err(OperatorError::new("a remote operator cannot run on a batch")),
        };
        let decided = decided.map_err(|error| self.stopped(error))?;
        self.hold_to_declaration(rows.num_rows(), decided)
    }

    /// Refuses an answer that does not have the declared number of fates, columns and reasons.
    pub(crate) fn hold_to_declaration(&self, num_rows: usize, decided: Decided) -> Result<Decided, Error> {
        let broken = |what: String| Err(self.error(format!("operator `{}` broke its declaration: {what}", self.op)));
        if decided.fates.len() != num_rows {
            return broken(format!("{} fates for {num_rows} rows", decided.fates.len()));
        }
        if !decided.verdicts.is_empty() && decided.verdicts.len() != num_rows {
            return broken(format!("{} verdicts for {num_rows} rows", decided.verdicts.len()));
        }
        let (columns, wanted) = match &decided.emitted {
            Some(emitted) => (&emitted.columns, emitted.parents.len()),
            None => (&decided.columns, num_rows),
        };
        if columns.len() != self.adds.len() || columns.iter().any(|column| column.len() != wanted) {
            return broken(format!("{} columns, {} declared, {wanted} rows each", columns.len(), self.adds.len()));
        }
        let unknown = decided.fates.iter().find_map(|fate| match fate {
            Fate::Reject { reason, .. } if !self.reasons.contains(reason) => Some(*reason),
            _ => None,
        });
        match unknown {
            Some(reason) => broken(format!("reason `{reason}` is not declared")),
            None => Ok(decided),
        }
    }
}

fn decide_in_slices(operator: &dyn Compute, rows: &RecordBatch, num_adds: usize) -> Result<Decided, OperatorError> {
    let step = operator.rows_per_call().max(1);
    let starts: Vec<usize> = (0..rows.num_rows()).step_by(step).collect();
    let parts: Vec<(usize, Decided)> = starts
        .into_par_iter()
        .map(|start| {
            let slice = rows.slice(start, step.min(rows.num_rows() - start));
            operator.decide(Rows::new(&slice)).map(|decided| (start, decided))
        })
        .collect::<Result<_, _>>()?;
    concat(parts, num_adds)
}

/// Joins the answers for consecutive slices into one.
pub(crate) fn concat(parts: Vec<(usize, Decided)>, num_adds: usize) -> Result<Decided, OperatorError> {
    let mut whole = Decided::default();
    let mut columns: Vec<Vec<ArrayRef>> = vec![Vec::new(); num_adds];
    let mut parents = Vec::new();
    let mut emits = false;
    for (start, part) in parts {
        whole.fates.extend(part.fates);
        whole.verdicts.extend(part.verdicts);
        let new = match part.emitted {
            Some(Emitted { parents: new_parents, columns }) => {
                emits = true;
                parents.extend(new_parents.into_iter().map(|parent| parent + start));
                columns
            }
            None => part.columns,
        };
        for (all, one) in columns.iter_mut().zip(new) {
            all.push(one);
        }
    }
    let joined: Vec<ArrayRef> = columns
        .iter()
        .filter(|parts| !parts.is_empty())
        .map(|parts| arrow::compute::concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>()))
        .collect::<Result<_, _>>()?;
    if emits {
        whole.emitted = Some(Emitted { parents, columns: joined });
    } else {
        whole.columns = joined;
    }
    Ok(whole)
}
