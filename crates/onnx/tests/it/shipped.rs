//! The models that ship: whole, and read alike by both engines.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use quarry_onnx::{Device, Encoder, Head};

use crate::support::{TestResult, ort, rten};

/// Every such row of the labelled texts is asked of both engines.
const STRIDE: usize = 9;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_shipped_model_has_its_files_digests_and_licences() -> TestResult {
    let encoder = Encoder::load(&root().join("pipeline/models/minilm"), &rten(1)?)?;
    assert_eq!((encoder.name(), encoder.dims()), ("minilm", 384));
    let manifest: toml::Table =
        toml::from_str(&std::fs::read_to_string(root().join("pipeline/models/minilm/model.toml"))?)?;
    let licences = manifest["licence_files"].as_array().ok_or("no list")?;
    for licence in licences.iter().filter_map(toml::Value::as_str) {
        assert!(root().join("pipeline/models/minilm").join(licence).is_file(), "{licence}");
    }
    let head = Head::load(&root().join("pipeline/models/domain"))?;
    head.check(&encoder)?;
    assert_eq!(head.labels().len(), 10);
    Ok(())
}

#[test]
fn the_domain_head_meets_its_target_on_held_out_rows() -> TestResult {
    let text = std::fs::read_to_string(root().join("pipeline/models/domain/model.toml"))?;
    let manifest: toml::Table = toml::from_str(&text)?;
    let accuracy = manifest["held_out"]["accuracy"].as_float().ok_or("no figure")?;
    assert!(accuracy >= 0.88, "{accuracy}");
    Ok(())
}

/// The passages were written for this test and come from no source of the labels, so this is the figure that tells of
/// text from elsewhere.
#[test]
#[expect(clippy::print_stderr, reason = "the figure is of interest beside the verdict")]
fn passages_from_no_training_source_mostly_get_their_domain() -> TestResult {
    let encoder = Encoder::load(&root().join("pipeline/models/minilm"), &rten(2)?)?;
    let head = Head::load(&root().join("pipeline/models/domain"))?;
    let (mut num_right, mut wrong) = (0, Vec::new());
    for line in include_str!("../passages.jsonl").lines() {
        let passage: serde_json::Value = serde_json::from_str(line)?;
        let scores = head.scores(&encoder.embed(&[passage["text"].as_str().unwrap_or_default()])?[0]);
        match head.best(&scores) {
            Some((label, _)) if passage["label"] == label => num_right += 1,
            found => wrong.push(format!("{found:?} for {passage}")),
        }
    }
    eprintln!("{num_right} of 100 passages from elsewhere got their domain");
    assert_eq!(num_right + wrong.len(), 100);
    assert!(num_right >= 80, "{num_right} right; {wrong:#?}");
    Ok(())
}

#[test]
#[expect(clippy::print_stderr, reason = "the figure is of interest beside the verdict")]
fn both_engines_give_the_same_labels() -> TestResult {
    let Some(runtime) = ort(Device::Cpu, 2) else { return Ok(()) };
    let dir = root().join("pipeline/models/minilm");
    let (rten, ort) = (Encoder::load(&dir, &rten(2)?)?, Encoder::load(&dir, &runtime?)?);
    let head = Head::load(&root().join("pipeline/models/domain"))?;
    let texts = labelled_texts()?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let label = |embedding: &Vec<f32>| head.best(&head.scores(embedding)).map(|(label, _)| label.to_owned());
    let pairs: Vec<_> = rten.embed(&texts)?.iter().map(label).zip(ort.embed(&texts)?.iter().map(label)).collect();
    let num_equal = pairs.iter().filter(|(left, right)| left == right).count();
    eprintln!("{num_equal} of {} labels are equal on both engines", pairs.len());
    assert!(pairs.len() >= 500, "{}", pairs.len());
    assert!(num_equal * 1000 >= pairs.len() * 995, "{num_equal} of {}", pairs.len());
    Ok(())
}

#[test]
fn shipped_scores_are_the_same_bits_alone_and_in_company_on_one_thread_and_on_three() -> TestResult {
    let dir = root().join("pipeline/models/minilm");
    let head = Head::load(&root().join("pipeline/models/domain"))?;
    let texts = labelled_texts()?;
    let texts: Vec<&str> = texts.iter().take(24).map(String::as_str).collect();
    let runtimes = |threads| [Some(rten(threads)), ort(Device::Cpu, threads)].into_iter().flatten();
    for (one, three) in runtimes(1).zip(runtimes(3)) {
        let (one, three) = (Encoder::load(&dir, &one?)?, Encoder::load(&dir, &three?)?);
        let bits =
            |embedding: &Vec<f32>| head.scores(embedding).iter().map(|score| score.to_bits()).collect::<Vec<_>>();
        let together: Vec<_> = three.embed(&texts)?.iter().map(bits).collect();
        for (text, wanted) in texts.iter().zip(&together) {
            assert_eq!(&bits(&one.embed(&[text])?[0]), wanted, "on {}", one.identity());
        }
    }
    Ok(())
}

fn labelled_texts() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let file = std::fs::File::open(root().join("sample-data/labels/domain.jsonl.gz"))?;
    let lines = BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines();
    let mut texts = Vec::new();
    for line in lines.step_by(STRIDE) {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        texts.push(line["text"].as_str().unwrap_or_default().to_owned());
    }
    Ok(texts)
}
