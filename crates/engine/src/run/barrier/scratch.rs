//! Bytes that a barrier lays aside: one unnamed file in the run's folder, gone when it is closed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::Error;
use crate::operator::{OperatorError, Scratch};

/// Bytes that are written at once.
const WRITE_BYTES: usize = 1 << 20;

/// An open file without a name.
pub(super) struct ScratchFile {
    /// Reading needs what was written before to be there.
    writer: Mutex<BufWriter<File>>,
    reader: File,
    len: u64,
}

impl ScratchFile {
    /// Makes the file in a folder.
    pub(super) fn create(folder: &Path) -> Result<ScratchFile, Error> {
        let fault = |error: std::io::Error| Error::output(folder, error);
        let file = tempfile::tempfile_in(folder).map_err(fault)?;
        let reader = file.try_clone().map_err(fault)?;
        Ok(ScratchFile { writer: Mutex::new(BufWriter::with_capacity(WRITE_BYTES, file)), reader, len: 0 })
    }
}

fn fault(error: std::io::Error) -> OperatorError {
    OperatorError::stop(Error::output(Path::new("the run's scratch file"), error))
}

impl Scratch for ScratchFile {
    fn append(&mut self, bytes: &[u8]) -> Result<u64, OperatorError> {
        let offset = self.len;
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(bytes).map_err(fault)?;
        self.len += bytes.len() as u64;
        Ok(offset)
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), OperatorError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if !writer.buffer().is_empty() {
            writer.flush().map_err(fault)?;
        }
        drop(writer);
        self.reader.read_exact_at(into, offset).map_err(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::ScratchFile;
    use crate::operator::Scratch;

    #[test]
    fn bytes_come_back_from_where_they_were_put() {
        let folder = tempfile::tempdir().unwrap();
        let mut scratch = ScratchFile::create(folder.path()).unwrap();
        let first = scratch.append(b"abc").unwrap();
        let mut three = [0; 3];
        scratch.read(first, &mut three).unwrap();
        let second = scratch.append(b"defgh").unwrap();
        let mut two = [0; 2];
        scratch.read(second + 1, &mut two).unwrap();
        assert_eq!((&three, &two), (b"abc", b"ef"));
        assert!(scratch.read(second + 4, &mut two).is_err());
    }
}
