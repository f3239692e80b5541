//! Chooses the files that `quarry init` writes and lays them out for `include_dir`, which takes whole folders only.

use std::fs;
use std::io::Result;
use std::path::{Path, PathBuf};

/// What a project is made of, below the repository's root.
const PARTS: [&str; 5] = ["pipeline", "configs", "sample-data/shards", "sample-data/labels", "sample-data/LICENCES.md"];

fn main() -> Result<()> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let bundle = out_dir()?.join("bundle");
    if bundle.exists() {
        fs::remove_dir_all(&bundle)?;
    }
    for part in PARTS {
        println!("cargo::rerun-if-changed={}", root.join(part).display());
        copy(&root.join(part), &bundle.join(part))?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "cargo tells build scripts where to write by the environment")]
fn out_dir() -> Result<PathBuf> {
    std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| std::io::Error::other("cargo sets OUT_DIR"))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            // Benchmarks that someone has packed are theirs.
            let is_pack = from.ends_with("pipeline/packs") && name != "README.md";
            if !is_pack && is_wanted(&name.to_string_lossy()) {
                copy(&from.join(&name), &to.join(&name))?;
            }
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(drop)
}

/// Scripts that make models, their inputs, and exports too large to ship stay out; git does not keep the latter either.
fn is_wanted(name: &str) -> bool {
    let leftovers = [".py", ".pyc", ".in", ".fp16.onnx", ".fp32.onnx"];
    !name.starts_with(['.', '_']) && name != "requirements.txt" && !leftovers.iter().any(|end| name.ends_with(end))
}
