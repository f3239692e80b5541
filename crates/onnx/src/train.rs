//! Makes a head out of labelled texts, and measures it on rows that it has not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::encoder::Encoder;
use crate::error::Error;
use crate::evaluate::{Evaluation, Outcome};
use crate::fit::{choose_l2, fit};
use crate::head::{BIAS, Head, Linear, WEIGHT};
use crate::manifest::{HeadTable, MANIFEST, sha256_hex};

/// The weights file of a head.
const HEAD_FILE: &str = "head.safetensors";
/// Fewest rows of a label: one to learn from and one to measure by.
const MIN_ROWS: usize = 2;

/// How a head is trained and what its manifest says.
#[derive(Debug, Clone)]
pub struct TrainOptions {
    /// The head's name.
    pub name: String,
    /// One line on what it decides.
    pub summary: String,
    /// Decides which rows are held out.
    pub seed: u64,
    /// Share of each label's rows that is held out, above 0 and below 1.
    pub held_out: f64,
    /// Weight of the penalty on large weights; without it the best of five is chosen on the training rows alone.
    pub l2: Option<f64>,
    /// Where the labelled texts come from.
    pub data_source: String,
    /// The licence of the labelled texts.
    pub data_licence: String,
    /// The order of the labels; those in the data but not in here follow by name.
    pub labels: Vec<String>,
}

/// What training did.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadReport {
    /// The labels in the order of the scores.
    pub labels: Vec<String>,
    /// Rows learnt from.
    pub num_train: usize,
    /// The penalty given or chosen.
    pub l2: f64,
    /// Rows left out because their text came before.
    pub num_duplicates: usize,
    /// What was measured on held-out rows.
    pub held_out: Evaluation,
    /// The sha256 of the weights.
    pub digest: String,
}

/// A labelled row, by index of its label.
struct Row<'a> {
    text: &'a str,
    label: usize,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            name: "head".to_owned(),
            summary: String::new(),
            seed: 17,
            held_out: 0.2,
            l2: None,
            data_source: String::new(),
            data_licence: String::new(),
            labels: Vec::new(),
        }
    }
}

/// Trains a head on `(text, label)` pairs and writes `head.safetensors` and `model.toml` into `out`.
///
/// The split is by a hash of seed and text within each label, so it depends on no order, and equal texts are taken once:
/// no held-out text is learnt from. What is written was trained without the held-out rows, so that the figures beside it
/// are of the very weights that ship.
///
/// # Errors
/// There are fewer than two labels, fewer than two rows of one, or options out of range; the encoder, the fit or the
/// writing fails.
pub fn train_head(
    labelled: &[(String, String)],
    encoder: &Encoder,
    options: &TrainOptions,
    out: &Path,
) -> Result<HeadReport, Error> {
    let labels = label_order(labelled, options)?;
    let (rows, num_duplicates) = distinct_rows(labelled, &labels);
    let data_digest = data_digest(&rows, &labels);
    let (held_out, train) = split(rows, &labels, options)?;
    let embeddings = embed_all(encoder, &train)?;
    let targets: Vec<usize> = train.iter().map(|row| row.label).collect();
    let l2 = options.l2.map_or_else(|| choose_l2(&embeddings, &targets), Ok)?;
    let bytes = to_bytes(&fit(&embeddings, &targets, l2)?)?;
    let digest = sha256_hex(&bytes);
    write(out, HEAD_FILE, &bytes)?;
    let manifest = ManifestOut::new(encoder, options, &labels, &digest);
    // Written twice: the figures are measured on the head as it loads from its own folder.
    write(out, MANIFEST, to_toml(&manifest)?.as_bytes())?;
    let evaluation = evaluate(&Head::load(out)?, encoder, &held_out)?;
    let training = TrainingTable {
        data_source: &options.data_source,
        data_licence: &options.data_licence,
        data_digest: &data_digest,
        method: "multinomial logistic regression, labels weighted alike",
        l2,
        seed: options.seed,
        num_train: train.len(),
        num_duplicates,
    };
    let measured = ManifestOut { training: Some(training), held_out: Some(&evaluation), ..manifest };
    write(out, MANIFEST, to_toml(&measured)?.as_bytes())?;
    Ok(HeadReport { labels, num_train: train.len(), l2, num_duplicates, held_out: evaluation, digest })
}

fn label_order(labelled: &[(String, String)], options: &TrainOptions) -> Result<Vec<String>, Error> {
    let failed = |problem: String| Err(Error::Train { problem });
    if !(options.held_out > 0.0 && options.held_out < 1.0) {
        return failed(format!("the held-out share is {}, and must be above 0 and below 1", options.held_out));
    }
    if let Some(l2) = options.l2.filter(|l2| !(l2.is_finite() && *l2 > 0.0)) {
        return failed(format!("`l2` is {l2}, and must be above 0"));
    }
    let present: BTreeSet<&str> = labelled.iter().map(|(_, label)| label.as_str()).collect();
    if let Some(absent) = options.labels.iter().find(|label| !present.contains(label.as_str())) {
        return failed(format!("no row has the label `{absent}`"));
    }
    let mut labels = options.labels.clone();
    labels.extend(present.iter().filter(|label| !options.labels.iter().any(|l| l == *label)).map(|&l| l.to_owned()));
    if labels.len() < 2 {
        return failed(format!("there are {} labels, and at least 2 are needed", labels.len()));
    }
    Ok(labels)
}

/// Takes each text once, with the label it came with first.
fn distinct_rows<'a>(labelled: &'a [(String, String)], labels: &[String]) -> (Vec<Row<'a>>, usize) {
    let index: BTreeMap<&str, usize> = labels.iter().map(String::as_str).zip(0..).collect();
    let mut seen = BTreeSet::new();
    let distinct = labelled.iter().filter(|(text, _)| seen.insert(text.trim()));
    let rows: Vec<Row<'_>> =
        distinct.filter_map(|(text, label)| Some(Row { text, label: *index.get(label.as_str())? })).collect();
    let num_duplicates = labelled.len() - rows.len();
    (rows, num_duplicates)
}

/// Identifies the labelled texts, whatever their order.
fn data_digest(rows: &[Row<'_>], labels: &[String]) -> String {
    let line = |row: &Row<'_>| format!("{}\t{}\n", labels.get(row.label).map_or("", String::as_str), row.text);
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    lines.sort_unstable();
    sha256_hex(lines.concat().as_bytes())
}

/// Divides the rows of each label into held-out and training rows.
fn split<'a>(
    rows: Vec<Row<'a>>,
    labels: &[String],
    options: &TrainOptions,
) -> Result<(Vec<Row<'a>>, Vec<Row<'a>>), Error> {
    let mut by_label: BTreeMap<usize, Vec<([u8; 32], Row<'a>)>> = BTreeMap::new();
    for row in rows {
        let hash = Sha256::new().chain_update(options.seed.to_le_bytes()).chain_update(row.text.trim()).finalize();
        by_label.entry(row.label).or_default().push((hash.into(), row));
    }
    let (mut held_out, mut train) = (Vec::new(), Vec::new());
    for (label, name) in labels.iter().enumerate() {
        let mut group = by_label.remove(&label).unwrap_or_default();
        if group.len() < MIN_ROWS {
            let problem =
                format!("label `{name}` has {} different texts, and at least {MIN_ROWS} are needed", group.len());
            return Err(Error::Train { problem });
        }
        group.sort_unstable_by_key(|(hash, _)| *hash);
        let num_held_out = share(group.len(), options.held_out);
        let mut group = group.into_iter().map(|(_, row)| row);
        held_out.extend(group.by_ref().take(num_held_out));
        train.extend(group);
    }
    Ok((held_out, train))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "row counts")]
fn share(num_rows: usize, share: f64) -> usize {
    ((num_rows as f64 * share).round() as usize).clamp(1, num_rows - 1)
}

fn embed_all(encoder: &Encoder, rows: &[Row<'_>]) -> Result<Vec<Vec<f32>>, Error> {
    let mut embeddings = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(encoder.batch_rows().max(1)) {
        let texts: Vec<&str> = chunk.iter().map(|row| row.text).collect();
        embeddings.extend(encoder.embed(&texts)?);
    }
    Ok(embeddings)
}

fn evaluate(head: &Head, encoder: &Encoder, rows: &[Row<'_>]) -> Result<Evaluation, Error> {
    let embeddings = embed_all(encoder, rows)?;
    let outcome = |(row, embedding): (&Row<'_>, &Vec<f32>)| {
        let (label, score) = head.best(&head.scores(embedding))?;
        let predicted = head.labels().iter().position(|known| known == label)?;
        Some(Outcome { truth: row.label, predicted, score })
    };
    let outcomes: Vec<Outcome> = rows.iter().zip(&embeddings).filter_map(outcome).collect();
    Ok(Evaluation::of(head.labels(), &outcomes))
}

fn to_bytes(linear: &Linear) -> Result<Vec<u8>, Error> {
    let failed = |error: safetensors::SafeTensorError| Error::Train { problem: error.to_string() };
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let (weight, bias) = (bytes(&linear.weights), bytes(&linear.biases));
    let (num_labels, dims) = (linear.biases.len(), linear.dims);
    let tensors = [
        (WEIGHT, TensorView::new(Dtype::F32, vec![num_labels, dims], &weight).map_err(failed)?),
        (BIAS, TensorView::new(Dtype::F32, vec![num_labels], &bias).map_err(failed)?),
    ];
    serialize(tensors, None).map_err(failed)
}

/// Writes under a temporary name first, so that no half-written head is ever found.
fn write(out: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    std::fs::create_dir_all(out).map_err(Error::write(out))?;
    let (path, temporary) = (out.join(name), out.join(format!(".{name}.tmp")));
    std::fs::write(&temporary, bytes).map_err(Error::write(&temporary))?;
    std::fs::rename(&temporary, &path).map_err(Error::write(&path))
}

/// `model.toml` of a head, as written.
#[derive(Serialize, Clone)]
struct ManifestOut<'a> {
    name: &'a str,
    kind: &'a str,
    summary: &'a str,
    licence: &'a str,
    head: HeadTable,
    file: BTreeMap<&'a str, FileOut<'a>>,
    training: Option<TrainingTable<'a>>,
    held_out: Option<&'a Evaluation>,
}

#[derive(Serialize, Clone)]
struct FileOut<'a> {
    path: &'a str,
    sha256: &'a str,
}

#[derive(Serialize, Clone)]
struct TrainingTable<'a> {
    data_source: &'a str,
    data_licence: &'a str,
    data_digest: &'a str,
    method: &'a str,
    l2: f64,
    seed: u64,
    num_train: usize,
    num_duplicates: usize,
}

impl<'a> ManifestOut<'a> {
    fn new(encoder: &Encoder, options: &'a TrainOptions, labels: &[String], digest: &'a str) -> Self {
        let head = HeadTable {
            encoder: encoder.name().to_owned(),
            encoder_digest: encoder.digest().to_owned(),
            dims: encoder.dims(),
            labels: labels.to_vec(),
        };
        Self {
            name: &options.name,
            kind: "head",
            summary: &options.summary,
            licence: &options.data_licence,
            head,
            file: BTreeMap::from([("head", FileOut { path: HEAD_FILE, sha256: digest })]),
            training: None,
            held_out: None,
        }
    }
}

fn to_toml(manifest: &ManifestOut<'_>) -> Result<String, Error> {
    let text = toml::to_string(manifest).map_err(|error| Error::Train { problem: error.to_string() })?;
    Ok(format!("# Written by `quarry train-head`; the figures are measured, not typed.\n{text}"))
}
