//! Heads: trained, written, loaded again, and held to their encoder.

use quarry_onnx::{Encoder, ErrorKind, Head, TrainOptions, train_head};

use crate::support::{TestResult, encoders, rten, tiny, tiny_with};

/// Two kinds of text that even a random encoder tells apart, in a fixed shuffle, with one row twice.
fn labelled() -> Vec<(String, String)> {
    let animals = ["cat", "dog", "a cat and a dog", "the dog ran", "the cat sat"];
    let money = ["price", "market", "the price of water", "market price", "the price, the market"];
    let mut rows = Vec::new();
    for (index, tail) in ["", " one", " two", " three", " in the sun", " by the sea"].into_iter().enumerate() {
        for (animal, money) in animals.iter().zip(money) {
            rows.push((format!("{animal}{tail}"), "animals".to_owned()));
            rows.push((format!("{money}{tail}"), "money".to_owned()));
        }
        rows.rotate_left(index * 3);
    }
    rows.push(rows[0].clone());
    rows
}

fn options() -> TrainOptions {
    TrainOptions {
        name: "two".into(),
        l2: Some(0.1),
        data_licence: "CC0-1.0".into(),
        held_out: 0.25,
        ..TrainOptions::default()
    }
}

#[test]
fn a_trained_head_separates_rows_it_has_not_seen() -> TestResult {
    for encoder in encoders(2)? {
        let dir = tempfile::tempdir()?;
        let report = train_head(&labelled(), &encoder, &options(), dir.path())?;
        assert_eq!(report.labels, ["animals", "money"]);
        assert_eq!((report.num_train, report.held_out.num_rows, report.num_duplicates), (44, 16, 1));
        assert!(report.held_out.accuracy >= 0.75, "{:?} on {}", report.held_out, encoder.identity());
        let confused: usize = report.held_out.confusion.iter().flatten().sum();
        assert_eq!(confused, 16);
        let head = Head::load(dir.path())?;
        head.check(&encoder)?;
        assert_eq!((head.name(), head.encoder(), head.digest()), ("two", "tiny", report.digest.as_str()));
        let scores = head.scores(&encoder.embed(&["the dog sat"])?[0]);
        assert_eq!(head.best(&scores).map(|(label, _)| label), Some("animals"));
    }
    Ok(())
}

#[test]
fn the_same_rows_in_any_order_give_the_same_head() -> TestResult {
    let encoder = Encoder::load(&tiny(), &rten(2)?)?;
    let (first, second) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut rows = labelled();
    let report = train_head(&rows, &encoder, &options(), first.path())?;
    rows.reverse();
    assert_eq!(train_head(&rows, &encoder, &options(), second.path())?, report);
    let read = |dir: &tempfile::TempDir| std::fs::read_to_string(dir.path().join("model.toml"));
    assert_eq!(read(&first)?, read(&second)?);
    let other = TrainOptions { seed: 18, ..options() };
    assert_ne!(train_head(&rows, &encoder, &other, second.path())?.digest, report.digest);
    Ok(())
}

#[test]
fn the_manifest_holds_what_was_measured() -> TestResult {
    let encoder = Encoder::load(&tiny(), &rten(1)?)?;
    let dir = tempfile::tempdir()?;
    let order = TrainOptions { labels: vec!["money".into()], ..options() };
    let report = train_head(&labelled(), &encoder, &order, dir.path())?;
    assert_eq!(report.labels, ["money", "animals"]);
    let manifest: toml::Table = toml::from_str(&std::fs::read_to_string(dir.path().join("model.toml"))?)?;
    let held_out = manifest["held_out"].as_table().ok_or("no table")?;
    assert_eq!(held_out["accuracy"].as_float(), Some(report.held_out.accuracy));
    assert_eq!(held_out["confusion"].as_array().map(Vec::len), Some(2));
    assert_eq!(held_out["label"].as_array().map(Vec::len), Some(2));
    assert_eq!(manifest["training"]["seed"].as_integer(), Some(17));
    assert_eq!(manifest["head"]["encoder_digest"].as_str(), Some(encoder.digest()));
    Ok(())
}

#[test]
fn a_head_is_refused_on_another_encoder() -> TestResult {
    let encoder = Encoder::load(&tiny(), &rten(1)?)?;
    let dir = tempfile::tempdir()?;
    train_head(&labelled(), &encoder, &options(), dir.path())?;
    let head = Head::load(dir.path())?;
    let changes: [(&str, &str, &str); 2] = [
        ("name = \"tiny\"", "name = \"other\"", "it was trained on encoder `tiny`, not on `other`"),
        ("max_tokens = 24", "max_tokens = 12", "has changed since training"),
    ];
    for (from, to, wanted) in changes {
        let other = tiny_with(|text| text.replace(from, to))?;
        let error = head.check(&Encoder::load(other.path(), &rten(1)?)?).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Model);
        assert!(error.to_string().contains(wanted), "{error}");
    }
    Ok(())
}

#[test]
fn a_head_of_another_shape_than_its_labels_is_refused() -> TestResult {
    let encoder = Encoder::load(&tiny(), &rten(1)?)?;
    let dir = tempfile::tempdir()?;
    train_head(&labelled(), &encoder, &options(), dir.path())?;
    let path = dir.path().join("model.toml");
    let text = std::fs::read_to_string(&path)?.replace("dims = 16", "dims = 8");
    std::fs::write(&path, text)?;
    let error = Head::load(dir.path()).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("tensor `weight` is (F32, [2, 16]), and (F32, [2, 8]) is needed"), "{error}");
    Ok(())
}

#[test]
fn the_penalty_is_chosen_on_training_rows_down_to_the_smallest_set() -> TestResult {
    let encoder = Encoder::load(&tiny(), &rten(1)?)?;
    let dir = tempfile::tempdir()?;
    let open = TrainOptions { l2: None, ..options() };
    let report = train_head(&labelled(), &encoder, &open, dir.path())?;
    assert!((0.03..=3.0).contains(&report.l2));
    let few: Vec<_> = labelled().into_iter().take(4).collect();
    assert_eq!(train_head(&few, &encoder, &open, dir.path())?.num_train, 2);
    Ok(())
}

#[test]
fn labels_that_cannot_be_learnt_are_refused() -> TestResult {
    let encoder = Encoder::load(&tiny(), &rten(1)?)?;
    let dir = tempfile::tempdir()?;
    let refusal = |rows: &[(&str, &str)], options: TrainOptions| {
        let rows: Vec<_> = rows.iter().map(|(text, label)| ((*text).to_owned(), (*label).to_owned())).collect();
        train_head(&rows, &encoder, &options, dir.path()).map(|_| ()).unwrap_err().to_string()
    };
    let one_label = refusal(&[("a", "x"), ("b", "x")], options());
    assert!(one_label.contains("there are 1 labels"), "{one_label}");
    let one_row = refusal(&[("a", "x"), ("b", "x"), ("c", "y"), ("c", "y")], options());
    assert!(one_row.contains("label `y` has 1 different texts"), "{one_row}");
    let absent = refusal(&[("a", "x"), ("b", "y")], TrainOptions { labels: vec!["z".into()], ..options() });
    assert!(absent.contains("no row has the label `z`"), "{absent}");
    let share = refusal(&[("a", "x"), ("b", "y")], TrainOptions { held_out: 1.0, ..options() });
    assert!(share.contains("the held-out share is 1"), "{share}");
    assert!(!dir.path().join("model.toml").exists());
    Ok(())
}
