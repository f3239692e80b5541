//! Encoders: the same bits in any company, and clear errors for files that do not fit.

use quarry_onnx::{Device, Encoder, ErrorKind, Runtime, RuntimeChoice, RuntimeConfig};

use crate::support::{TEXTS, TestResult, encoders, ort, ort_library, rten, tiny, tiny_with};

fn bits(rows: &[Vec<f32>]) -> Vec<Vec<u32>> {
    rows.iter().map(|row| row.iter().map(|value| value.to_bits()).collect()).collect()
}

fn refusal(change: impl FnOnce(String) -> String) -> Result<(ErrorKind, String), Box<dyn std::error::Error>> {
    let dir = tiny_with(change)?;
    match Encoder::load(dir.path(), &rten(1)?) {
        Err(error) => Ok((error.kind(), error.to_string())),
        Ok(_) => Err("the model was loaded".into()),
    }
}

#[test]
fn embeddings_have_the_declared_length_and_unit_norm() -> TestResult {
    for encoder in encoders(1)? {
        assert_eq!(encoder.dims(), 16);
        let rows = encoder.embed(&TEXTS)?;
        assert_eq!(rows.len(), TEXTS.len());
        for row in &rows {
            let norm: f32 = row.iter().map(|value| value * value).sum();
            assert!((norm - 1.0).abs() < 1e-5, "{norm} on {}", encoder.identity());
        }
        assert_eq!(rows[1], rows[8], "equal texts, equal embeddings");
        assert_ne!(rows[1], rows[2]);
        assert!(encoder.embed(&[])?.is_empty());
    }
    Ok(())
}

#[test]
fn a_row_has_the_same_bits_alone_and_in_company() -> TestResult {
    for encoder in encoders(2)? {
        let together = bits(&encoder.embed(&TEXTS)?);
        for (text, row) in TEXTS.iter().zip(&together) {
            assert_eq!(&bits(&encoder.embed(&[text])?)[0], row, "on {}", encoder.identity());
        }
        let mut backwards = TEXTS;
        backwards.reverse();
        let mut reversed = bits(&encoder.embed(&backwards)?);
        reversed.reverse();
        assert_eq!(reversed, together);
    }
    Ok(())
}

#[test]
fn thread_counts_and_callers_from_many_threads_change_no_bit() -> TestResult {
    let wanted: Vec<_> = encoders(1)?.iter().map(|encoder| encoder.embed(&TEXTS)).collect::<Result<_, _>>()?;
    for threads in [2, 5] {
        for (encoder, wanted) in encoders(threads)?.iter().zip(&wanted) {
            std::thread::scope(|scope| {
                let callers: Vec<_> = (0..4).map(|_| scope.spawn(|| encoder.embed(&TEXTS))).collect();
                for caller in callers {
                    let rows = caller.join().map_err(|_| "a caller panicked")??;
                    assert_eq!(bits(&rows), bits(wanted), "on {}", encoder.identity());
                }
                TestResult::Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn the_engines_agree_to_the_last_digits() -> TestResult {
    let encoders = encoders(1)?;
    let [rten, ort] = encoders.as_slice() else { return Ok(()) };
    for (left, right) in rten.embed(&TEXTS)?.iter().zip(ort.embed(&TEXTS)?) {
        let cosine: f32 = left.iter().zip(&right).map(|(a, b)| a * b).sum();
        assert!(cosine > 0.9999, "{cosine}");
    }
    Ok(())
}

#[test]
fn a_text_of_megabytes_is_cut_and_costs_little() -> TestResult {
    let encoder = Encoder::load(&tiny(), &rten(1)?)?;
    let (long, longer) = ("the cat sat. ".repeat(100), "the cat sat. ".repeat(400_000));
    assert_eq!(encoder.embed(&[&long])?, encoder.embed(&[&longer])?);
    Ok(())
}

#[test]
fn identity_names_model_digest_engine_and_device() -> TestResult {
    let encoder = Encoder::load(&tiny(), &rten(1)?)?;
    assert_eq!(encoder.identity(), format!("tiny {} on rten 0.27.0 cpu", encoder.digest()));
    assert_eq!(encoder.digest().len(), 64);
    let shorter = tiny_with(|text| text.replace("max_tokens = 24", "max_tokens = 12"))?;
    assert_ne!(Encoder::load(shorter.path(), &rten(1)?)?.digest(), encoder.digest());
    if let Some(runtime) = ort(Device::Cpu, 1) {
        let identity = runtime?.identity();
        assert!(identity.starts_with("onnxruntime 1.") && identity.ends_with(" cpu"), "{identity}");
    }
    Ok(())
}

#[test]
fn a_changed_file_is_refused() -> TestResult {
    let mut changed = String::new();
    let (kind, text) = refusal(|manifest| {
        let digest =
            manifest.split("sha256 = \"").nth(2).and_then(|rest| rest.get(..64)).unwrap_or_default().to_owned();
        changed.clone_from(&digest);
        manifest.replace(&digest, &"0".repeat(64))
    })?;
    assert_eq!(kind, ErrorKind::Model);
    assert!(text.contains(&changed) && text.contains(&"0".repeat(64)) && text.contains("encoder."), "{text}");
    Ok(())
}

#[test]
fn a_missing_file_is_named() -> TestResult {
    let (kind, text) = refusal(|manifest| manifest.replace("encoder.int8.onnx", "absent.onnx"))?;
    assert_eq!(kind, ErrorKind::Io);
    assert!(text.starts_with("read `") && text.contains("absent.onnx"), "{text}");
    Ok(())
}

#[test]
fn a_path_that_leaves_the_folder_is_refused() -> TestResult {
    for path in ["../encoder.int8.onnx", "/etc/hostname", ".."] {
        let (_, text) = refusal(|manifest| manifest.replace("encoder.int8.onnx", path))?;
        assert!(text.contains("is not the name of a file beside it"), "{text}");
    }
    Ok(())
}

#[test]
fn another_length_than_declared_is_refused_before_any_work() -> TestResult {
    let (kind, text) = refusal(|manifest| manifest.replace("dims = 16", "dims = 32"))?;
    assert_eq!(kind, ErrorKind::Inference);
    assert!(text.contains("the output has 16 numbers for 1 rows, and `dims = 32`"), "{text}");
    Ok(())
}

#[test]
fn wrong_names_and_kinds_are_refused_with_the_name() -> TestResult {
    let (_, text) = refusal(|manifest| manifest.replace("\"embedding\"", "\"vectors\""))?;
    assert!(text.contains("no value `vectors`"), "{text}");
    let (_, text) = refusal(|manifest| manifest.replace("\"attention_mask\"", "\"token_types\""))?;
    assert!(text.contains("no value `token_types`"), "{text}");
    let (_, text) = refusal(|manifest| manifest.replace("kind = \"encoder\"", "kind = \"head\""))?;
    assert!(text.contains("its kind is `head`, and a `encoder` is needed"), "{text}");
    let (_, text) = refusal(|_| "name = 3".to_owned())?;
    assert!(text.starts_with("load model `"), "{text}");
    Ok(())
}

#[test]
fn cuda_without_a_gpu_is_refused_before_any_work_and_auto_says_cpu() -> TestResult {
    let Some(library) = ort_library() else { return Ok(()) };
    let config = |runtime, device| {
        let library = Some(library.clone());
        RuntimeConfig { runtime, device, threads: 1, library, ..RuntimeConfig::default() }
    };
    for runtime in [RuntimeChoice::Onnxruntime, RuntimeChoice::Auto] {
        let auto = Runtime::open(&config(runtime, Device::Auto))?;
        if auto.is_cuda() {
            continue;
        }
        assert!(auto.notes().iter().any(|note| note.starts_with("device: cpu, since")), "{:?}", auto.notes());
        let error = Runtime::open(&config(runtime, Device::Cuda(0))).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Runtime);
        let text = error.to_string();
        assert!(text.starts_with("use device `cuda:0`: "), "{text}");
        assert!(text.contains("`quarry runtime install --gpu`") || text.contains("`nvidia-smi`"), "{text}");
        assert!(text.ends_with("or set `device = \"cpu\"`"), "{text}");
    }
    Ok(())
}
