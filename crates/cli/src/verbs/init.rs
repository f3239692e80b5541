//! `quarry init`: a complete project out of the program itself, so that an installed binary works anywhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};

use crate::args::InitArgs;
use crate::exit::Stop;
use crate::terminal;

/// Recipes, personas, domains, models, config and sample, as `build.rs` chose them.
static BUNDLE: Dir<'_> = include_dir!("$OUT_DIR/bundle");

/// Files named at most where some are in the way.
const MOST_NAMED: usize = 5;

/// Writes the project.
pub(crate) fn init(args: &InitArgs) -> anyhow::Result<()> {
    let files = files(&BUNDLE);
    if !args.force {
        refuse_to_overwrite(&files, &args.dir)?;
    }
    for file in &files {
        write(&args.dir.join(file.path()), file.contents())?;
    }
    terminal::print(&farewell(files.len(), &args.dir)?)
}

/// A text file of the project that is built in.
pub(super) fn bundled(path: &str) -> Option<&'static str> {
    BUNDLE.get_file(path).and_then(File::contents_utf8)
}

fn files<'a>(dir: &'a Dir<'a>) -> Vec<&'a File<'a>> {
    let mut all: Vec<&File<'_>> = dir.files().collect();
    all.extend(dir.dirs().flat_map(files));
    all
}

fn refuse_to_overwrite(files: &[&File<'_>], dir: &Path) -> Result<(), Stop> {
    let in_the_way: Vec<PathBuf> =
        files.iter().map(|file| dir.join(file.path())).filter(|path| path.symlink_metadata().is_ok()).collect();
    if in_the_way.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = in_the_way.iter().take(MOST_NAMED).map(|path| format!("`{}`", path.display())).collect();
    let more = match in_the_way.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        number => format!(" and {number} more"),
    };
    Err(Stop::Usage(format!(
        "nothing was written, since there are files already: {}{more}; `--force` overwrites them",
        named.join(", ")
    )))
}

fn write(path: &Path, contents: &[u8]) -> Result<(), Stop> {
    let fault = |error: std::io::Error| Stop::Output(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    std::fs::write(path, contents).map_err(fault)
}

fn farewell(num_files: usize, dir: &Path) -> Result<String, std::fmt::Error> {
    let mut text = format!("wrote {num_files} files into {}\n", dir.display());
    writeln!(text, "  pipeline/     what is made: recipes, personas, domains, models")?;
    writeln!(text, "  configs/      where and how fast")?;
    writeln!(text, "  sample-data/  text to try it on, with its licences")?;
    let name = dir.display().to_string();
    let dir = shlex::try_quote(&name).map(|quoted| quoted.into_owned()).unwrap_or_else(|_| name.clone());
    writeln!(text, "next: cd {dir} && quarry run")?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{BUNDLE, files};

    #[test]
    fn the_bundle_holds_what_a_run_needs_and_no_leftovers() {
        let paths: Vec<String> = files(&BUNDLE).iter().map(|file| file.path().display().to_string()).collect();
        for part in [
            "pipeline/recipes/cloze.toml",
            "pipeline/recipes/filters.toml",
            "configs/default.toml",
            "pipeline/domains/taxonomy.toml",
        ] {
            assert!(paths.iter().any(|path| path == part), "{part} in {paths:?}");
        }
        for part in ["pipeline/models/", "pipeline/personas/", "sample-data/shards/"] {
            assert!(paths.iter().any(|path| path.starts_with(part)), "{part} in {paths:?}");
        }
        assert!(!paths.iter().any(|path| path.ends_with(".py") || path.contains("fp32")), "{paths:?}");
    }
}
