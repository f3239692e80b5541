//! Units are committed whole or not at all: files by rename, facts in SQLite, one writer a directory.

mod atomic;
mod lock;
mod parquet_file;
mod staged_dir;
mod state;

pub(crate) use atomic::{TempFile, sync_dir, write_atomically};
pub(crate) use lock::DirLock;
pub(crate) use parquet_file::{ParquetFile, Purpose};
pub use staged_dir::StagedDir;

pub(crate) use state::{BarrierRecord, State, UnitRecord};
