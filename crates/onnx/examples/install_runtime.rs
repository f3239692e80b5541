//! Installs ONNX Runtime below a folder: `install_runtime DIR [--gpu] [--from FILE]`. The verb `quarry runtime install`
//! does the same into the user's cache.

use std::path::PathBuf;

#[expect(clippy::print_stdout, reason = "an example tells its result on standard output")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut dir, mut gpu, mut from) = (None, false, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--gpu" => gpu = true,
            "--from" => from = Some(PathBuf::from(arguments.next().ok_or("`--from` takes a file")?)),
            _ => dir = Some(PathBuf::from(argument)),
        }
    }
    let report = quarry_onnx::install(&dir.ok_or("a folder is needed")?, gpu, from.as_deref())?;
    println!("{} from {}", report.library.display(), report.source);
    Ok(())
}
