//! What a barrier sees of a run: the keys of all rows, some of the rows again, and room on disk to sort and to lay aside.
//!
//! Nothing here holds all rows in memory. What an operator keeps of each row should be a few bytes.

use arrow::array::BinaryArray;
use quarry_schema::Fate;

use super::{OperatorError, Rows};

/// Decides over all rows of a run.
pub trait Barrier: Send + Sync {
    /// What the barrier has to know of each row; a row with a null key is accepted unseen.
    ///
    /// # Errors
    /// A column is not as declared.
    fn keys(&self, rows: Rows<'_>) -> Result<BinaryArray, OperatorError>;

    /// Decides over all rows that have a key, once a run, on a thread of its own. Decisions come in any order, one a row at
    /// most; a row without one is accepted.
    ///
    /// # Errors
    /// Something that concerns no single row; it stops the run.
    fn decide(&self, all: &dyn AllRows, decided: Decide<'_>) -> Result<(), OperatorError>;
}

/// Takes one decision.
pub type Decide<'a> = &'a mut dyn FnMut(Decision) -> Result<(), OperatorError>;

/// Takes some rows with their numbers.
pub type TakeRows<'a> = &'a mut dyn FnMut(&[u32], Rows<'_>) -> Result<(), OperatorError>;

/// All rows of a run that have a key, numbered from 0 in the order of the input. Each call reads them from disk again.
pub trait AllRows {
    /// How many rows have a key.
    fn num_rows(&self) -> u32;

    /// How many of them, from number 0, an earlier run has published. They are known and cannot be decided any more.
    fn num_standing(&self) -> u32;

    /// Gives every row's key, in order.
    ///
    /// # Errors
    /// The run's files cannot be read, or `each` fails.
    fn keys(&self, each: &mut dyn FnMut(Keyed<'_>) -> Result<(), OperatorError>) -> Result<(), OperatorError>;

    /// Gives some rows again, with columns that outlive the barrier's stage. `wanted` ascends. `each` gets them in pieces,
    /// with their numbers: published rows first, in any order, then the others ascending. A column that an earlier run has
    /// not published is null there.
    ///
    /// # Errors
    /// The run's files cannot be read, or `each` fails.
    fn rows(&self, wanted: &[u32], columns: &[&str], each: TakeRows<'_>) -> Result<(), OperatorError>;

    /// Starts a sort that goes to disk where memory does not suffice.
    ///
    /// # Errors
    /// There is no room.
    fn sort(&self) -> Result<Box<dyn Sort>, OperatorError>;

    /// Gives a place for bytes, on disk, until it is dropped.
    ///
    /// # Errors
    /// There is no room.
    fn scratch(&self) -> Result<Box<dyn Scratch>, OperatorError>;
}

/// A row as a barrier sees it first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keyed<'a> {
    /// Its number.
    pub number: u32,
    /// Its id.
    pub row_id: &'a str,
    /// The id of the document that it is or was made from.
    pub doc_id: &'a str,
    /// What [`Barrier::keys`] gave.
    pub key: &'a [u8],
}

/// What can be sorted: by key, then by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortEntry {
    /// Sorted as two numbers.
    pub key: [u64; 2],
    /// A row's number.
    pub number: u32,
}

/// A sort under way.
pub trait Sort {
    /// Adds an entry.
    ///
    /// # Errors
    /// There is no room.
    fn push(&mut self, entry: SortEntry) -> Result<(), OperatorError>;

    /// Gives all entries in order.
    ///
    /// # Errors
    /// There is no room, or `each` fails.
    fn finish(
        self: Box<Self>,
        each: &mut dyn FnMut(SortEntry) -> Result<(), OperatorError>,
    ) -> Result<(), OperatorError>;
}

/// Bytes laid aside on disk.
pub trait Scratch {
    /// Adds bytes at the end and tells where they begin.
    ///
    /// # Errors
    /// There is no room.
    fn append(&mut self, bytes: &[u8]) -> Result<u64, OperatorError>;

    /// Reads bytes back, as many as `into` holds.
    ///
    /// # Errors
    /// There are not so many at this place.
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), OperatorError>;
}

/// What a barrier says of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The row's number.
    pub number: u32,
    /// What becomes of it.
    pub fate: Fate,
    /// The operator's added columns, in the order of its description, or nothing where all are null.
    pub values: Vec<Value>,
}

impl Decision {
    /// A decision that adds nothing to the row.
    pub fn fate(number: u32, fate: Fate) -> Decision {
        Decision { number, fate, values: Vec::new() }
    }
}

/// A cell of a column that a barrier adds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Of a column of strings.
    Text(String),
    /// Of a column of 32-bit floats.
    Float(f32),
    /// Of a column of 64-bit integers.
    Int(i64),
}
