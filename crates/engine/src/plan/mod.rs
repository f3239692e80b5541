//! A checked recipe becomes a plan: operators built, predicates compiled, columns laid out, segments cut at barriers.

mod build;
mod layout;
mod route;
mod segment;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use quarry_schema::Level;

use crate::Error;
use crate::exec::{Stage, StageKind};
use crate::operator::OperatorDef;
use crate::published::PublishedDataset;
use crate::recipe::{Checked, Override, Problems, SourceFile, parse};

pub(crate) use layout::{KEY, Published};
pub(crate) use segment::Segment;

/// A recipe that can run.
pub struct Plan {
    pub(crate) name: String,
    pub(crate) hash: String,
    pub(crate) schema: SchemaRef,
    pub(crate) published: Published,
    pub(crate) stages: Vec<Arc<Stage>>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) resources: BTreeMap<String, String>,
    pub(crate) runtimes: BTreeMap<String, String>,
    /// Datasets whose rows barriers know of.
    pub(crate) standing: Vec<PublishedDataset>,
}

impl Plan {
    /// Reads, checks and compiles a recipe; models are loaded here, before any row is read.
    ///
    /// # Errors
    /// [`Error::Recipe`] with every problem found, rendered with file, line and suggestion.
    pub fn compile<R>(
        file: &SourceFile,
        defs: &[&OperatorDef<R>],
        overrides: &[Override],
        resources: &R,
        color: bool,
    ) -> Result<Plan, Error> {
        let shown = |problems: Problems| Error::Recipe(problems.render(file, color));
        let checked: Checked = parse(file, defs, overrides).map_err(shown)?;
        build::build(&checked, defs, resources).map_err(shown)
    }

    /// Makes barriers compare rows with those of datasets that the same barriers let pass, as if they had come before.
    ///
    /// # Errors
    /// A dataset has no signatures of one of the barriers, or of another version or with other params; or the recipe has
    /// no barrier that could compare anything.
    pub fn against(mut self, datasets: Vec<PublishedDataset>) -> Result<Plan, Error> {
        let compares = self.stages.iter().any(|stage| matches!(stage.kind, StageKind::Barrier(_)));
        if !datasets.is_empty() && !compares {
            return Err(Error::Recipe(format!(
                "recipe `{}` has no stage that compares rows with those of another dataset, such as `near_dedup`, so there is \
                 nothing to run against",
                self.name
            )));
        }
        for stage in self.stages.iter().filter(|stage| matches!(stage.kind, StageKind::Barrier(_))) {
            datasets.iter().try_for_each(|dataset| dataset.signatures(stage).map(drop))?;
        }
        self.standing = datasets;
        Ok(self)
    }

    /// What identifies the datasets that barriers know of; empty without any.
    pub(crate) fn standing_digest(&self) -> String {
        self.standing.iter().map(PublishedDataset::digest).collect::<Vec<_>>().join(" ")
    }

    /// The recipe's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hash of all that the recipe is made of: stages, params, and the content of `pipeline/` that they use.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// What the rows of the input are.
    pub fn rows_in(&self) -> Level {
        self.published.rows_in
    }

    /// What `data/` of the dataset holds.
    pub fn rows_out(&self) -> Level {
        self.published.rows_out
    }

    /// Stage names with the operators that they run, in order.
    pub fn stages(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.stages.iter().map(|stage| (stage.name.as_str(), stage.op))
    }

    /// Which engine and device answers for which model.
    pub fn runtimes(&self) -> &BTreeMap<String, String> {
        &self.runtimes
    }
}
