//! The data of the repository: recipes, configs, models, the taxonomy and the personas are complete and fit together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::place::{Place, ran, root};
use crate::tidy::assert_none;

const NUM_DOMAINS: usize = 10;
const FEWEST_PERSONAS: usize = 20;
const KINDS: [&str; 7] = ["quantity", "number", "percentage", "date", "name", "place", "term"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bank {
    persona: Vec<Persona>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Persona {
    id: String,
    who: String,
    cares_for: String,
    asks_about: Vec<String>,
    lead_in: Vec<String>,
}

#[derive(Deserialize)]
struct Taxonomy {
    domain: Vec<Domain>,
}

#[derive(Deserialize)]
struct Domain {
    name: String,
    slug: String,
    about: String,
    includes: Vec<String>,
}

fn parsed<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap();
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display())).unwrap()
}

/// The files of a folder with this ending, sorted.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = root().join(folder).read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    files.sort();
    assert!(!files.is_empty(), "no .{ending} in {folder}");
    files
}

fn banks() -> BTreeMap<String, Vec<Persona>> {
    let slug = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    files("pipeline/personas", "toml").iter().map(|path| (slug(path), parsed::<Bank>(path).persona)).collect()
}

fn taxonomy() -> Vec<Domain> {
    parsed::<Taxonomy>(&root().join("pipeline/domains/taxonomy.toml")).domain
}

#[test]
fn every_recipe_passes_the_check() {
    let place = Place::new();
    // This config has the models that recipes ask; the others need none.
    let config = root().join("configs/mock.toml");
    for recipe in files("pipeline/recipes", "toml") {
        let arguments = ["check".as_ref(), recipe.as_os_str(), "--config".as_ref(), config.as_os_str()];
        ran(&mut place.quarry(arguments)).exits(0).prints(&["is valid"]);
    }
}

#[test]
fn every_config_is_understood() {
    let place = Place::with_default_recipe();
    for config in files("configs", "toml") {
        let arguments = ["runtime".as_ref(), "show".as_ref(), "--config".as_ref(), config.as_os_str()];
        ran(&mut place.quarry(arguments)).exits(0).prints(&["models run on"]);
    }
}

#[test]
fn the_taxonomy_is_complete_and_each_domain_has_its_personas() {
    let taxonomy = taxonomy();
    assert_eq!(taxonomy.len(), NUM_DOMAINS);
    let slugs: BTreeSet<&str> = taxonomy.iter().map(|domain| domain.slug.as_str()).collect();
    assert_eq!(slugs.len(), NUM_DOMAINS, "a slug comes twice");
    for domain in &taxonomy {
        assert!(!domain.about.is_empty() && domain.includes.len() >= 3, "`{}` says too little", domain.name);
    }
    let banks = banks();
    assert_eq!(slugs, banks.keys().map(String::as_str).collect());
    for (slug, personas) in banks {
        assert!(personas.len() >= FEWEST_PERSONAS, "{slug} has {} personas", personas.len());
    }
}

#[test]
fn the_domain_head_knows_the_domains_of_the_taxonomy() {
    let head: toml::Table = parsed(&root().join("pipeline/models/domain/model.toml"));
    let labels: Vec<&str> = head["head"]["labels"].as_array().unwrap().iter().filter_map(toml::Value::as_str).collect();
    let taxonomy = taxonomy();
    assert_eq!(labels, taxonomy.iter().map(|domain| domain.name.as_str()).collect::<Vec<_>>());
    let accuracy = head["held_out"]["accuracy"].as_float().unwrap();
    assert!(accuracy >= 0.88, "held-out accuracy is {accuracy}");
    assert!(head["held_out"]["macro_f1"].as_float().is_some());
}

#[test]
fn personas_keep_the_rules_of_their_readme() {
    let banks = banks();
    let mut problems = Vec::new();
    let mut ids = BTreeSet::new();
    let mut cares = BTreeSet::new();
    for (slug, personas) in &banks {
        for persona in personas {
            let mut complain = |what: &str| problems.push(format!("{slug}: `{}` {what}", persona.id));
            if !ids.insert(persona.id.as_str()) {
                complain("comes twice");
            }
            if !cares.insert(persona.cares_for.to_lowercase()) {
                complain("cares for the same as another");
            }
            problems_of_persona(persona).into_iter().for_each(&mut complain);
        }
        for kind in KINDS {
            let number =
                personas.iter().filter(|persona| persona.asks_about.first().is_some_and(|first| first == kind)).count();
            if number < 2 {
                problems.push(format!("{slug}: {number} personas ask for a {kind} first"));
            }
        }
    }
    assert_none(problems);
}

fn problems_of_persona(persona: &Persona) -> Vec<&'static str> {
    let is_kebab = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let kinds: BTreeSet<&str> = persona.asks_about.iter().map(String::as_str).collect();
    let ends_in = |end: char| persona.lead_in.iter().any(|wording| wording.ends_with(end));
    let rules = [
        (persona.id.chars().all(is_kebab) && !persona.id.is_empty(), "has an id that is not kebab-case"),
        (!persona.who.is_empty() && persona.who.split_whitespace().count() <= 15, "has a `who` over 15 words"),
        (!persona.cares_for.is_empty(), "cares for nothing"),
        (!kinds.is_empty() && kinds.len() == persona.asks_about.len(), "asks about nothing, or about a kind twice"),
        (kinds.iter().all(|kind| KINDS.contains(kind)), "asks about an unknown kind"),
        ((2..=4).contains(&persona.lead_in.len()), "has fewer than two or more than four lead-ins"),
        (ends_in(',') && ends_in('.'), "has no lead-in that ends in a comma, or none in a full stop"),
        (persona.lead_in.iter().all(|wording| is_lead_in(wording)), "has a lead-in against the rules"),
    ];
    rules.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what).collect()
}

fn is_lead_in(wording: &str) -> bool {
    let lower = wording.to_lowercase();
    let words: Vec<&str> =
        lower.split(|letter: char| !letter.is_alphanumeric() && letter != '{' && letter != '}').collect();
    wording.matches("{topic}").count() == 1
        && !wording.starts_with("{topic}")
        && wording.ends_with([',', '.'])
        && wording.split_whitespace().count() <= 12
        && !wording.contains("{topic} is")
        && !["text", "passage", "article", "document"].iter().any(|banned| words.contains(banned))
}

#[test]
fn a_lead_in_against_the_rules_is_seen() {
    assert!(is_lead_in("My notes on {topic} have a gap."));
    for wording in [
        "My notes have a gap.",
        "{topic} puzzles me.",
        "I compare {topic} with {topic}.",
        "The article on {topic} has a gap.",
        "I wonder what {topic} is about,",
        "About {topic}",
    ] {
        assert!(!is_lead_in(wording), "{wording}");
    }
}

#[test]
fn models_match_their_hashes_and_bring_their_licences() {
    let models = root().join("pipeline/models");
    let mut num_files = 0;
    for entry in models.read_dir().unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let model: toml::Table = parsed(&folder.join("model.toml"));
        assert!(model["licence"].as_str().is_some_and(|licence| !licence.is_empty()), "{}", folder.display());
        for licence in model.get("licence_files").and_then(toml::Value::as_array).into_iter().flatten() {
            assert!(folder.join(licence.as_str().unwrap()).is_file(), "{}: {licence}", folder.display());
        }
        for (role, file) in model["file"].as_table().unwrap() {
            num_files += usize::from(has_its_hash(&folder, role, file.as_table().unwrap()));
        }
    }
    assert!(num_files >= 3, "only {num_files} files of models are there");
}

/// Whether the file is there, after checking what `model.toml` says of it.
fn has_its_hash(folder: &Path, role: &str, file: &toml::Table) -> bool {
    let path = folder.join(file["path"].as_str().unwrap());
    if !path.is_file() {
        let is_shipped = file.get("shipped").and_then(toml::Value::as_bool).unwrap_or(true);
        assert!(!is_shipped, "{} ({role}) is missing", path.display());
        return false;
    }
    let bytes = std::fs::read(&path).unwrap();
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(file["sha256"].as_str(), Some(digest.as_str()), "{}", path.display());
    let size = i64::try_from(bytes.len()).unwrap();
    assert!(file.get("bytes").is_none_or(|bytes| bytes.as_integer() == Some(size)), "{}", path.display());
    true
}
