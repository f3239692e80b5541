//! A finished dataset read back: its accepted pairs in their order, and the texts that they were made from.
//!
//! Only what `manifest.json` lists is read, and every file is compared with the hash that stands there. What becomes of
//! the rows is left to the caller.

mod pairs;
mod select;
mod texts;

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::Error;
use crate::exec::Stage;
use crate::publish::{DataFile, MANIFEST, Manifest, size_and_hash};
use crate::run::DataRows;

pub use pairs::{PairBatch, Pairs};
pub use texts::Texts;

/// A dataset whose manifest is in place.
pub struct PublishedDataset {
    out: PathBuf,
    manifest: Manifest,
    digest: String,
}

impl PublishedDataset {
    /// Opens the dataset of an output directory.
    ///
    /// # Errors
    /// There is no finished dataset, or a file that its manifest lists is not there in the listed size.
    pub fn open(out: &Path) -> Result<PublishedDataset, Error> {
        let path = out.join(MANIFEST);
        let name = path.display().to_string();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(no_dataset(out)),
            Err(error) => return Err(Error::input(name, error.to_string())),
        };
        let manifest: Manifest = serde_json::from_slice(&bytes)
            .map_err(|error| Error::input(name, format!("this is no manifest of a dataset: {error}")))?;
        let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let dataset = PublishedDataset { out: out.to_owned(), manifest, digest };
        for file in &dataset.manifest.files {
            dataset.check_size(file)?;
        }
        Ok(dataset)
    }

    /// The sha256 of `manifest.json`, which holds the hash of every data file.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Name and hash of the recipe that made it.
    pub fn recipe(&self) -> (&str, &str) {
        (&self.manifest.recipe, &self.manifest.recipe_hash)
    }

    /// The version of quarry that made it.
    pub fn made_by(&self) -> &str {
        &self.manifest.quarry
    }

    /// How many accepted pairs the manifest lists.
    pub fn num_pairs(&self) -> u64 {
        self.files_of("data").map(|file| file.num_rows).sum()
    }

    /// The accepted pairs in their order, marked by whether a SQL predicate over their columns holds.
    ///
    /// # Errors
    /// The dataset holds no pairs, or the predicate cannot be understood, names a column that pairs do not have, or is not true or false.
    pub fn pairs(&self, predicate: Option<&str>) -> Result<Pairs, Error> {
        if self.manifest.data == DataRows::Documents {
            return Err(Error::Usage(format!(
                "`{}` holds documents and no pairs; a recipe that makes pairs of them, such as \
                 `pipeline/recipes/cloze.toml`, gives a dataset that trainers can read",
                self.out.display()
            )));
        }
        let files = self.paths_of("data");
        let schema = pairs::schema_of(files.first())?;
        let mask = predicate.map(|sql| select::compile(sql, &schema)).transpose()?;
        Ok(Pairs::new(files, schema, mask))
    }

    /// The texts of accepted documents, for rows that come in the order of [`PublishedDataset::pairs`].
    pub fn texts(&self) -> Texts {
        Texts::new(self.paths_of("documents"))
    }

    /// The keys of the rows that a barrier like this one let pass.
    pub(crate) fn signatures(&self, stage: &Stage) -> Result<Listed, Error> {
        let of_barrier = self.manifest.signatures.iter().filter(|known| known.identity == stage.identity);
        // Equal barriers at several places tell themselves apart by their names.
        let found = of_barrier.clone().find(|known| known.stage == stage.name).or_else(|| of_barrier.clone().next());
        let found = found.ok_or_else(|| {
            let (place, operator, name) = (self.place(), &stage.version, &stage.name);
            Error::Usage(format!(
                "`{place}` has no signatures of `{operator}` with the params of stage `{name}`, so it cannot be compared \
                 with; run its recipe again with the same operator and params"
            ))
        })?;
        Ok(Listed { path: self.out.join(&found.file.path), file: found.file.clone() })
    }

    /// Every file with rows, whatever became of them.
    pub(crate) fn row_files(&self) -> Vec<Listed> {
        ["documents", "data", "rejects", "failures"].into_iter().flat_map(|folder| self.paths_of(folder)).collect()
    }

    /// Where it is, for messages.
    pub(crate) fn place(&self) -> String {
        self.out.display().to_string()
    }

    fn files_of(&self, folder: &'static str) -> impl Iterator<Item = &DataFile> {
        let in_folder = move |file: &&DataFile| file.path.split('/').next() == Some(folder);
        self.manifest.files.iter().filter(in_folder)
    }

    fn paths_of(&self, folder: &'static str) -> Vec<Listed> {
        self.files_of(folder).map(|file| Listed { path: self.out.join(&file.path), file: file.clone() }).collect()
    }

    fn check_size(&self, file: &DataFile) -> Result<(), Error> {
        let path = self.out.join(&file.path);
        let name = path.display().to_string();
        match std::fs::metadata(&path) {
            Ok(metadata) if metadata.len() == file.num_bytes => Ok(()),
            Ok(metadata) => Err(Error::input(
                name,
                format!("it has {} bytes, where `{MANIFEST}` lists {}", metadata.len(), file.num_bytes),
            )),
            Err(error) => Err(Error::input(name, format!("`{MANIFEST}` lists it, but: {error}"))),
        }
    }
}

/// A file with what the manifest says of it.
pub(crate) struct Listed {
    path: PathBuf,
    file: DataFile,
}

impl Listed {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How many rows it has.
    pub(crate) fn num_rows(&self) -> u64 {
        self.file.num_rows
    }

    /// Reads the file through once, so that no row of a damaged one is used.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let fault = |message: String| Error::input(self.path.display().to_string(), message);
        let (_, sha256) = size_and_hash(&self.path).map_err(|error| fault(error.to_string()))?;
        if sha256 == self.file.sha256 {
            Ok(())
        } else {
            Err(fault(format!("its bytes are not those that `{MANIFEST}` lists; run the recipe again")))
        }
    }
}

fn no_dataset(out: &Path) -> Error {
    let out = out.display();
    Error::input(
        out.to_string(),
        format!(
            "there is no `{MANIFEST}`, so this is no finished dataset; `quarry run --out {out}` makes or finishes one"
        ),
    )
}
