//! Test support: a barrier over the rows of one batch, which stands for all units of a run.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray, Float32Array, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::DataType;
use quarry_engine::operator::{
    AllRows, Barrier, Decided, Decision, Keyed, OperatorError, Rows, Scratch, Sort, SortEntry, Value,
};
use quarry_schema::{Fate, column};

use crate::Def;

/// Decides all rows of a batch as the engine does, and gives what became of each.
pub(crate) fn decide_all(barrier: &dyn Barrier, def: &Def, batch: &RecordBatch) -> Decided {
    let all = MemoryRows::new(barrier, batch, 0);
    let decisions = all.decide(barrier, def);
    let mut decided = Decided::fates(vec![Fate::Accept; batch.num_rows()]);
    let mut values = vec![vec![Value::Null; batch.num_rows()]; def.adds.len()];
    for decision in decisions {
        let row = all.places[decision.number as usize];
        decided.fates[row] = decision.fate;
        for (column, value) in values.iter_mut().zip(decision.values) {
            column[row] = value;
        }
    }
    let columns = def.adds.iter().zip(&values);
    decided.columns = columns.map(|(add, values)| array(&add.kind.data_type(), values)).collect();
    decided
}

fn array(data_type: &DataType, values: &[Value]) -> ArrayRef {
    let text = |value: &Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
    let float = |value: &Value| if let Value::Float(number) = value { Some(*number) } else { None };
    let int = |value: &Value| if let Value::Int(number) = value { Some(*number) } else { None };
    match data_type {
        DataType::Utf8 => Arc::new(values.iter().map(text).collect::<StringArray>()),
        DataType::Float32 => Arc::new(values.iter().map(float).collect::<Float32Array>()),
        _ => Arc::new(values.iter().map(int).collect::<Int64Array>()),
    }
}

/// The rows of a batch that have a key.
pub(crate) struct MemoryRows {
    batch: RecordBatch,
    keys: BinaryArray,
    /// Rows of the batch by number.
    pub(crate) places: Vec<usize>,
    num_standing: u32,
}

impl MemoryRows {
    /// Gives each row its key; the first `num_standing` with one were published before.
    pub(crate) fn new(barrier: &dyn Barrier, batch: &RecordBatch, num_standing: u32) -> MemoryRows {
        let keys = barrier.keys(Rows::new(batch)).unwrap();
        let places = (0..batch.num_rows()).filter(|row| keys.is_valid(*row)).collect();
        MemoryRows { batch: batch.clone(), keys, places, num_standing }
    }

    /// Lets the operator decide and holds it to the contract.
    pub(crate) fn decide(&self, barrier: &dyn Barrier, def: &Def) -> Vec<Decision> {
        let mut decisions = BTreeMap::new();
        let mut take = |decision: Decision| {
            assert!(decision.number >= self.num_standing, "`{}` decides a published row", def.name);
            assert!(decision.number < self.num_rows(), "`{}` decides a row that is not there", def.name);
            assert!(decision.values.is_empty() || decision.values.len() == def.adds.len(), "`{}`", def.name);
            if let Fate::Reject { reason, .. } = &decision.fate {
                assert!(def.reasons.iter().any(|known| known.name == *reason), "`{}`: `{reason}`", def.name);
            }
            let before = decisions.insert(decision.number, decision);
            assert!(before.is_none(), "`{}` decides a row twice", def.name);
            Ok(())
        };
        barrier.decide(self, &mut take).unwrap();
        decisions.into_values().collect()
    }

    fn text(&self, name: &str, row: usize) -> String {
        let array = self.batch.column_by_name(name).and_then(|array| array.as_any().downcast_ref::<StringArray>());
        array.filter(|array| array.is_valid(row)).map_or(String::new(), |array| array.value(row).to_owned())
    }
}

impl AllRows for MemoryRows {
    fn num_rows(&self) -> u32 {
        u32::try_from(self.places.len()).unwrap()
    }

    fn num_standing(&self) -> u32 {
        self.num_standing
    }

    fn keys(&self, each: &mut dyn FnMut(Keyed<'_>) -> Result<(), OperatorError>) -> Result<(), OperatorError> {
        for (number, &row) in (0..).zip(&self.places) {
            let (row_id, doc_id) = (self.text(column::ROW_ID, row), self.text(column::DOC_ID, row));
            each(Keyed { number, row_id: &row_id, doc_id: &doc_id, key: self.keys.value(row) })?;
        }
        Ok(())
    }

    fn rows(
        &self,
        wanted: &[u32],
        columns: &[&str],
        each: &mut dyn FnMut(&[u32], Rows<'_>) -> Result<(), OperatorError>,
    ) -> Result<(), OperatorError> {
        assert!(wanted.is_sorted(), "rows are asked for in order");
        // Published rows come folder by folder, in no order; and small pieces, so that nobody relies on getting all at once.
        let (standing, new) = wanted.split_at(wanted.partition_point(|number| *number < self.num_standing));
        let shuffled: Vec<u32> = standing.iter().rev().chain(new).copied().collect();
        for numbers in shuffled.chunks(3) {
            let rows: UInt64Array = numbers.iter().map(|number| self.places[*number as usize] as u64).collect();
            let positions: Vec<usize> =
                columns.iter().map(|name| self.batch.schema().index_of(name).unwrap()).collect();
            let taken = arrow::compute::take_record_batch(&self.batch.project(&positions)?, &rows)?;
            each(numbers, Rows::new(&taken))?;
        }
        Ok(())
    }

    fn sort(&self) -> Result<Box<dyn Sort>, OperatorError> {
        Ok(Box::new(MemorySort(Vec::new())))
    }

    fn scratch(&self) -> Result<Box<dyn Scratch>, OperatorError> {
        Ok(Box::new(MemoryScratch(RefCell::default())))
    }
}

struct MemorySort(Vec<SortEntry>);

impl Sort for MemorySort {
    fn push(&mut self, entry: SortEntry) -> Result<(), OperatorError> {
        self.0.push(entry);
        Ok(())
    }

    fn finish(
        mut self: Box<Self>,
        each: &mut dyn FnMut(SortEntry) -> Result<(), OperatorError>,
    ) -> Result<(), OperatorError> {
        self.0.sort_unstable();
        self.0.into_iter().try_for_each(each)
    }
}

struct MemoryScratch(RefCell<Vec<u8>>);

impl Scratch for MemoryScratch {
    fn append(&mut self, bytes: &[u8]) -> Result<u64, OperatorError> {
        let held = self.0.get_mut();
        let offset = held.len() as u64;
        held.extend_from_slice(bytes);
        Ok(offset)
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), OperatorError> {
        let start = usize::try_from(offset).unwrap();
        let held = self.0.borrow();
        into.copy_from_slice(&held[start..start + into.len()]);
        Ok(())
    }
}
