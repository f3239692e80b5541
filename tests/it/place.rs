//! A directory of a test's own, and the program run in it with an environment that hides the developer's.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

/// Documents are judged by rules alone: no model is opened, so such a run starts in no time.
pub(crate) const FILTERS: &str = r#"
[recipe]
name = "filters"
seed = 17

[[stage]]
name = "long_enough"
op = "length_filter"
params = { min_tokens = 20 }

[[stage]]
name = "in_english"
op = "language_filter"

[[stage]]
name = "well_written"
op = "quality_filter"
params = { rules = ["gopher_quality", "boilerplate", "c4", "gopher_repetition"] }

[[stage]]
name = "distinct_documents"
op = "exact_dedup"
"#;

static ROOT: LazyLock<PathBuf> =
    LazyLock::new(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap());

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    &ROOT
}

/// A variable of the test run itself, such as `QUARRY_SLOW_TESTS`; empty counts as unset.
pub(crate) fn setting(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a test may be told by the environment how much to do")]
    let value = std::env::var(name).ok();
    value.filter(|value| !value.is_empty())
}

/// A directory that goes away with the value.
pub(crate) struct Place {
    dir: TempDir,
}

impl Place {
    /// An empty directory.
    pub(crate) fn new() -> Place {
        Place { dir: TempDir::with_prefix("quarry-test-").unwrap() }
    }

    /// A directory with a copy of the repository's `pipeline` folder, but for `recipes/`, which has this recipe alone.
    pub(crate) fn with_recipe(recipe: &str) -> Place {
        let place = Place::new();
        for entry in root().join("pipeline").read_dir().unwrap() {
            let part = entry.unwrap();
            match part.file_name().to_str().unwrap() {
                "recipes" => {}
                // Models are large, and a digest says that nobody writes to them.
                "models" => {
                    std::fs::create_dir_all(place.path("pipeline")).unwrap();
                    std::os::unix::fs::symlink(part.path(), place.path("pipeline/models")).unwrap();
                }
                name => copy(&part.path(), &place.path("pipeline").join(name)),
            }
        }
        place.write("pipeline/recipes/recipe.toml", recipe);
        place
    }

    /// As [`Place::with_recipe`], with the recipe that the main job runs.
    pub(crate) fn with_default_recipe() -> Place {
        Place::with_recipe(&std::fs::read_to_string(root().join("pipeline/recipes/cloze.toml")).unwrap())
    }

    /// A path below the directory.
    pub(crate) fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(below)
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, below: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The program, started in the directory. Models run on the built-in engine, which every machine has.
    pub(crate) fn quarry<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quarry"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env_clear()
            .env("PATH", setting("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("QUARRY__ONNX__RUNTIME", "rten")
            .stdin(Stdio::null());
        command
    }

    /// `quarry run` of the place's recipe into `out`, with more arguments.
    pub(crate) fn run_recipe(&self, arguments: &[&str]) -> Ran {
        ran(self.quarry(["run", "pipeline/recipes/recipe.toml", "--out", "out"]).args(arguments))
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in from.read_dir().unwrap() {
            let name = entry.unwrap().file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(from, to).unwrap();
    }
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Expects an exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Expects that stderr holds every one of these.
    #[track_caller]
    pub(crate) fn tells(self, parts: &[&str]) -> Ran {
        for part in parts {
            assert!(self.stderr.contains(part), "no `{part}` in stderr:\n{}", self.stderr);
        }
        self
    }

    /// Expects that stdout holds every one of these.
    #[track_caller]
    pub(crate) fn prints(self, parts: &[&str]) -> Ran {
        for part in parts {
            assert!(self.stdout.contains(part), "no `{part}` in stdout:\n{}", self.stdout);
        }
        self
    }
}

/// Runs to the end and collects what was said.
pub(crate) fn ran(command: &mut Command) -> Ran {
    Ran::from(command.output().unwrap())
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}
