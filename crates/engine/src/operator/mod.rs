//! What an operator is: its description, its three shapes, and what it returns.
//!
//! An operator returns fates and columns. It writes no file, spawns nothing, counts nothing and reads no clock.

mod barrier;
mod def;
mod params;
mod rows;
mod shape;

pub use barrier::{AllRows, Barrier, Decide, Decision, Keyed, Scratch, Sort, SortEntry, TakeRows, Value};
pub use def::{BuildContext, BuildError, ColumnDef, ColumnType, OperatorDef, Place, ReasonDef, Shape, Takes, Used};
pub use params::{ParamDef, ParamKind, ParamValue, Params};
pub use rows::Rows;
pub use shape::{Compute, Decided, Emitted, Operator, OperatorError, Remote};
