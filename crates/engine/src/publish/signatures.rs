//! `signatures/`: the keys of the rows that a barrier let pass, by which later runs compare their rows with them.

use std::path::Path;

use super::{DataFile, SignatureFile};
use crate::Error;
use crate::run::{Decisions, UnitReader};

/// The folder of a dataset.
pub(super) const FOLDER: &str = "signatures";

/// Copies the files that the barriers left into the dataset that is being made.
pub(super) fn stage_files(staging: &Path, barriers: &[Decisions]) -> Result<Vec<SignatureFile>, Error> {
    if barriers.is_empty() {
        return Ok(Vec::new());
    }
    let folder = staging.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|error| Error::output(&folder, error))?;
    barriers
        .iter()
        .map(|barrier| {
            let stage = &barrier.stage;
            let name = format!("{}.parquet", stage.name);
            let path = folder.join(&name);
            std::fs::copy(&barrier.signatures, &path).map_err(|error| Error::output(&path, error))?;
            std::fs::File::open(&path).and_then(|file| file.sync_all()).map_err(|error| Error::output(&path, error))?;
            let num_rows = UnitReader::num_rows(&path)?;
            let file = DataFile::measure(&path, format!("{FOLDER}/{name}"), num_rows)?;
            let (stage, operator, identity) = (stage.name.clone(), stage.version.clone(), stage.identity.clone());
            Ok(SignatureFile { stage, operator, identity, file })
        })
        .collect()
}
