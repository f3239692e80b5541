//! The dataset card: `README.md` with the front matter that dataset hubs read.

use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};

use super::manifest::Manifest;
use crate::Error;
use crate::run::{DataRows, RunReport};

const TEMPLATE: &str = include_str!("card.md.j2");

/// Renders the card.
pub(super) fn render(manifest: &Manifest, report: &RunReport) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.add_template("card", TEMPLATE).map_err(Error::internal)?;
    let template = environment.get_template("card").map_err(Error::internal)?;
    let num_rows = match report.data {
        DataRows::Pairs => report.pairs.num_accepted,
        DataRows::Documents => report.documents.num_accepted,
    };
    let card = template.render(context! {
        manifest => Value::from(Serde(manifest)),
        report => Value::from(Serde(report)),
        size => size_category(num_rows),
        has_documents => manifest.files.iter().any(|file| file.path.starts_with("documents/")),
    });
    card.map_err(Error::internal)
}

/// Returns the size class of the hub's card format for a number of rows.
pub fn size_category(num_rows: u64) -> &'static str {
    match num_rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        10_000_000..100_000_000 => "10M<n<100M",
        100_000_000..1_000_000_000 => "100M<n<1B",
        _ => "n>1B",
    }
}
