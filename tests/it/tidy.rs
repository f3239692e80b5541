//! What holds everywhere in the repository: sizes, the direction of dependencies, complete lists, banned words.
//!
//! No rule has a list of exceptions. What the data in `pipeline/` must be like is tested in `bank`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use syn::spanned::Spanned;
use syn::visit::Visit;

use crate::place::{Place, ran, root};

const MOST_LINES_OF_A_FILE: usize = 600;
const MOST_LINES_OF_A_FUNCTION: usize = 70;

/// Which of our crates each of our crates may use.
const MAY_USE: [(&str, &[&str]); 8] = [
    ("cli", &["mock", "operators", "engine", "llm", "onnx", "answers", "schema"]),
    ("operators", &["engine", "llm", "onnx", "answers", "schema"]),
    ("engine", &["schema"]),
    ("mock", &["operators", "answers", "schema"]),
    ("answers", &[]),
    ("llm", &[]),
    ("onnx", &[]),
    ("schema", &[]),
];

/// Libraries that a crate must know nothing of.
const MAY_NOT_USE: [(&str, &[&str]); 6] = [
    ("operators", &["datafusion", "tokio", "object_store", "rusqlite"]),
    ("answers", &["datafusion", "arrow", "tokio"]),
    ("llm", &["datafusion", "arrow"]),
    ("onnx", &["datafusion", "arrow", "tokio"]),
    ("schema", &["datafusion", "tokio"]),
    ("engine", &["ort", "rten", "tokenizers", "reqwest"]),
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 10] =
    ["common", "core", "utils", "util", "types", "helper", "helpers", "manager", "misc", "shared"];

const ROLES: [&str; 8] = ["filter", "classify", "assign", "generate", "verify", "repair", "difficulty", "dedup"];
/// Operators whose name is a role already.
const OWN_ROLES: [&str; 2] = ["balance", "decontaminate"];

/// Folders of text that people wrote; what the web wrote is in `sample-data/shards` and `sample-data/labels`.
const WRITTEN: [&str; 7] = ["crates", "tests/it", "benches", "configs", "pipeline", "sample-data/builder", ".ci"];

/// Expects an empty list, and shows all of one that is not.
#[track_caller]
pub(crate) fn assert_none(problems: Vec<String>) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// All files below a folder of the repository, as paths from the root.
fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        // A folder that is not there yet has no files.
        for entry in folder.read_dir().into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path.strip_prefix(root()).unwrap().to_owned()),
            }
        }
    }
    files.sort();
    files
}

fn sources() -> Vec<(PathBuf, String)> {
    let folders = ["crates", "tests", "benches"].into_iter();
    let files = folders.flat_map(files_below).filter(|path| path.extension() == Some(OsStr::new("rs")));
    let sources: Vec<_> = files.map(|path| (path.clone(), text(&path))).collect();
    assert!(sources.len() > 100, "only {} source files were found", sources.len());
    sources
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn no_file_is_longer_than_the_ceiling() {
    let too_long = |(path, text): &(PathBuf, String)| {
        let number = text.lines().count();
        (number > MOST_LINES_OF_A_FILE).then(|| format!("{}: {number} lines", path.display()))
    };
    assert_none(sources().iter().filter_map(too_long).collect());
}

/// Collects functions of a file that break a rule.
struct Functions<'a> {
    path: &'a Path,
    problems: Vec<String>,
}

impl Functions<'_> {
    fn check(&mut self, signature: &syn::Signature, block: &syn::Block, attributes: &[syn::Attribute]) {
        let (start, end) = (signature.span().start().line, block.span().end().line);
        let number = end + 1 - start;
        let mut complain = |what: String| {
            self.problems.push(format!("{}:{start}: `{}` {what}", self.path.display(), signature.ident));
        };
        if number > MOST_LINES_OF_A_FUNCTION {
            complain(format!("has {number} lines"));
        }
        for banned in ["ignore", "should_panic"] {
            if attributes.iter().any(|attribute| attribute.path().is_ident(banned)) {
                complain(format!("is a test with `#[{banned}]`"));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.check(&item.sig, &item.block, &item.attrs);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.check(&item.sig, &item.block, &item.attrs);
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.check(&item.sig, block, &item.attrs);
        }
        syn::visit::visit_trait_item_fn(self, item);
    }
}

fn problems_of_functions(path: &Path, source: &str) -> Vec<String> {
    let file = syn::parse_file(source).unwrap();
    let mut functions = Functions { path, problems: Vec::new() };
    functions.visit_file(&file);
    functions.problems
}

#[test]
fn no_function_is_longer_than_the_ceiling_and_no_test_is_switched_off() {
    assert_none(sources().iter().flat_map(|(path, source)| problems_of_functions(path, source)).collect());
}

#[test]
fn a_function_of_one_line_too_many_is_seen_wherever_it_stands() {
    let body = "x();\n".repeat(MOST_LINES_OF_A_FUNCTION - 2);
    let function = |name: &str, more: &str| format!("fn {name}() {{\n{body}{more}}}\n");
    let (fits, long) = (function("fits", ""), function("long", "x();\n"));
    let in_module = format!("mod tests {{ impl A {{ {fits}{long} }} trait B {{ {long} }} }} {fits}");
    let problems = problems_of_functions(Path::new("a.rs"), &in_module);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems.iter().all(|problem| problem.contains("`long` has 71 lines")), "{problems:?}");
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = |(path, source): &&(PathBuf, String)| {
        let first = source.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
        path.file_name() != Some(OsStr::new("tests.rs")) && !first.is_some_and(|line| line.starts_with("//! "))
    };
    assert_none(sources().iter().filter(silent).map(|(path, _)| path.display().to_string()).collect());
}

#[test]
fn no_crate_or_module_has_a_name_that_says_nothing() {
    let says_nothing = |path: &&PathBuf| {
        let part = |part: &OsStr| EMPTY_NAMES.contains(&part.to_string_lossy().trim_end_matches(".rs"));
        path.iter().any(part)
    };
    assert_none(files_below("crates").iter().filter(says_nothing).map(|path| path.display().to_string()).collect());
}

fn metadata() -> Value {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn dependencies_point_in_one_direction() {
    let ours: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let banned: BTreeMap<&str, &[&str]> = MAY_NOT_USE.into_iter().collect();
    let metadata = metadata();
    let mut problems = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
        let Some(short) = name.strip_prefix("quarry-").filter(|short| folder == root().join("crates").join(short))
        else {
            problems.push(format!("`{name}` lies in {}", folder.display()));
            continue;
        };
        let Some(may_use) = ours.get(short) else {
            problems.push(format!("`{name}` has no line in the table of this test"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let used = dependency["name"].as_str().unwrap();
            let is_ours = used.strip_prefix("quarry-");
            let is_test_only = dependency["kind"] == "dev";
            let is_wrong = match is_ours {
                Some(used) => !may_use.contains(&used),
                None => !is_test_only && banned.get(short).is_some_and(|banned| banned.contains(&used)),
            };
            if is_wrong {
                problems.push(format!("`{name}` uses `{used}`"));
            }
        }
    }
    assert_none(problems);
}

#[test]
fn every_operator_file_is_in_the_list_and_every_entry_has_its_file() {
    let place = Place::new();
    let listed = ran(&mut place.quarry(["operators", "--json"])).exits(0).stdout;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let names =
        |list: &Value| list.as_array().unwrap().iter().map(|def| def["name"].as_str().unwrap().to_owned()).collect();
    let listed: Vec<String> = names(&listed);
    let sorted: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed, sorted.iter().cloned().collect::<Vec<_>>(), "the list is sorted by name");
    let has_role =
        |name: &&str| OWN_ROLES.contains(name) || ROLES.iter().any(|role| name.ends_with(&format!("_{role}")));
    let files = files_below("crates/operators/src");
    let in_the_folder = files.iter().filter(|path| path.components().count() == 4);
    let stems: Vec<&str> = in_the_folder.filter_map(|path| path.file_stem()?.to_str()).collect();
    let operators: BTreeSet<String> = stems.into_iter().filter(has_role).map(str::to_owned).collect();
    assert_eq!(sorted, operators);
}

#[test]
fn no_file_names_a_place_on_one_machine_or_is_unfinished() {
    // Put together here, so that this file passes its own test.
    let machine = [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat(), ["/ho", "me/"].concat()];
    let unfinished =
        [["to", "do!("].concat(), ["unimple", "mented!("].concat(), ["FIX", "ME"].concat(), ["TO", "DO"].concat()];
    let endings = ["rs", "toml", "md", "py", "sh", "j2", "yml", "txt", "in", ""];
    let mut files: Vec<PathBuf> = WRITTEN.into_iter().flat_map(files_below).collect();
    files.extend(["Cargo.toml", "README.md", "sample-data/README.md", "tests/loaders.py"].map(PathBuf::from));
    let mut problems = Vec::new();
    for path in files {
        let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        let is_text =
            endings.contains(&ending.as_str()) && !path.components().any(|part| part.as_os_str() == "__pycache__");
        let Some(text) = is_text.then(|| std::fs::read_to_string(root().join(&path)).ok()).flatten() else { continue };
        for (number, line) in text.lines().enumerate() {
            for word in machine.iter().chain(&unfinished).filter(|word| line.contains(word.as_str())) {
                problems.push(format!("{}:{}: `{word}`", path.display(), number + 1));
            }
        }
    }
    assert_none(problems);
}
