//! The persona bank: who asks, what they care for, and which kinds of fact they ask about, by domain.
//!
//! One TOML file a domain, named after the domain (`Natural Science` is `natural-science.toml`). Which persona asks
//! about which document is `persona_assign`'s business; how a question is worded is the generator's.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{ResourceError, Resources};

/// Someone who might ask.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// Unique in the whole bank; stored in every pair.
    pub id: String,
    /// Who it is, in a few words.
    pub who: String,
    /// The subjects it cares for: what a document is compared with.
    pub cares_for: String,
    /// The kinds of fact that it asks about, best first.
    pub asks_about: Vec<String>,
    /// Lead-ins with `{topic}` to be filled in.
    pub lead_in: Vec<String>,
}

/// All personas of a bank, by domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonaBank {
    by_domain: BTreeMap<String, Vec<Persona>>,
    digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DomainFile {
    #[serde(default)]
    persona: Vec<Persona>,
}

impl PersonaBank {
    /// Reads all `.toml` files of a folder below the pipeline directory.
    ///
    /// # Errors
    /// A file is missing, is not as described in the folder's `README.md`, or an id is used twice.
    pub fn load(resources: &Resources, folder: &str) -> Result<PersonaBank, ResourceError> {
        let mut by_domain = BTreeMap::new();
        let mut digests = Vec::new();
        for path in resources.list(folder, "toml")? {
            let file = resources.file(&path)?;
            let parsed: DomainFile =
                toml::from_str(&file.text).map_err(|error| ResourceError::invalid(&path, error.to_string()))?;
            parsed.persona.iter().try_for_each(|persona| check(persona, &path))?;
            by_domain.insert(stem(&path).to_owned(), parsed.persona);
            digests.push(path);
            digests.push(file.digest);
        }
        check_unique(&by_domain, folder)?;
        let digests: Vec<&str> = digests.iter().map(String::as_str).collect();
        Ok(PersonaBank { by_domain, digest: quarry_schema::content_id(&digests) })
    }

    /// The personas of a domain, in the file's order; none if the bank has no file for it.
    pub fn personas(&self, domain: &str) -> &[Persona] {
        self.by_domain.get(&domain_key(domain)).map_or(&[], Vec::as_slice)
    }

    /// The persona with this id.
    pub fn get(&self, id: &str) -> Option<&Persona> {
        self.by_domain.values().flatten().find(|persona| persona.id == id)
    }

    /// All domains that have a file, by file name without its ending.
    pub fn domains(&self) -> impl Iterator<Item = (&str, &[Persona])> {
        self.by_domain.iter().map(|(domain, personas)| (domain.as_str(), personas.as_slice()))
    }

    /// A hash of all files of the bank.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// The file name of a domain: lower case, every run of other characters one hyphen.
pub(crate) fn domain_key(domain: &str) -> String {
    let words = domain.split(|ch: char| !ch.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

fn check(persona: &Persona, path: &str) -> Result<(), ResourceError> {
    let empty = [&persona.id, &persona.who, &persona.cares_for].iter().any(|text| text.trim().is_empty());
    if empty || persona.asks_about.is_empty() || persona.lead_in.is_empty() {
        let message = format!("persona `{}` leaves a field empty; fill in all five", persona.id);
        return Err(ResourceError::invalid(path, message));
    }
    match persona.lead_in.iter().any(|lead_in| !lead_in.contains("{topic}")) {
        true => Err(ResourceError::invalid(path, format!("a lead-in of persona `{}` lacks `{{topic}}`", persona.id))),
        false => Ok(()),
    }
}

fn check_unique(by_domain: &BTreeMap<String, Vec<Persona>>, folder: &str) -> Result<(), ResourceError> {
    let mut ids: Vec<&str> = by_domain.values().flatten().map(|persona| persona.id.as_str()).collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(ResourceError::invalid(folder, format!("the persona id `{}` is used twice", pair[0]))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{PersonaBank, domain_key};
    use crate::Resources;

    const ONE: &str = "[[persona]]\nid = \"a\"\nwho = \"A\"\ncares_for = \"b\"\nasks_about = [\"date\"]\nlead_in = [\"On {topic}:\"]\n";

    fn load(files: &[(&str, &str)]) -> Result<PersonaBank, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("personas")).unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join("personas").join(name), text).unwrap();
        }
        let resources = Resources::new(dir.path().to_owned(), quarry_onnx::RuntimeConfig::default());
        PersonaBank::load(&resources, "personas").map_err(|error| error.to_string())
    }

    #[test]
    fn a_domain_finds_its_file_by_its_words() {
        assert_eq!(domain_key("Technology & Engineering"), "technology-engineering");
        let bank = load(&[("natural-science.toml", ONE), ("README.md", "not read")]).unwrap();
        assert_eq!(bank.personas("Natural Science").len(), 1);
        assert_eq!(bank.personas("Math").len(), 0);
        assert_eq!(bank.get("a").unwrap().asks_about, ["date"]);
        assert!(bank.get("b").is_none());
    }

    #[test]
    fn mistakes_name_the_file_and_what_is_wrong() {
        let unknown = load(&[("math.toml", &ONE.replace("who", "whom"))]).unwrap_err();
        assert!(unknown.starts_with("`personas/math.toml`") && unknown.contains("whom"), "{unknown}");
        let empty = load(&[("math.toml", &ONE.replace("\"b\"", "\" \""))]).unwrap_err();
        assert!(empty.contains("persona `a` leaves a field empty"), "{empty}");
        let twice = load(&[("math.toml", ONE), ("coding.toml", ONE)]).unwrap_err();
        assert!(twice.contains("`a` is used twice"), "{twice}");
        let topic = load(&[("math.toml", &ONE.replace("{topic}", "it"))]).unwrap_err();
        assert!(topic.contains("lacks `{topic}`"), "{topic}");
        assert!(load(&[("README.md", "")]).unwrap_err().contains("holds no `.toml` file"));
    }

    #[test]
    fn the_shipped_bank_reads() {
        let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipeline");
        let resources = Resources::new(pipeline, quarry_onnx::RuntimeConfig::default());
        let bank = PersonaBank::load(&resources, "personas").unwrap();
        assert!(bank.domains().all(|(_, personas)| !personas.is_empty()));
    }
}
