//! A prompt: a Markdown file in `prompts/` with the sections `# instruction` and `# tail`.
//!
//! What stands above the first section is for readers and is not sent. The instruction says what to do and is the same
//! for all calls of a stage, or of a stage and domain; the tail is what differs from call to call. Both are `minijinja`
//! templates; a name that the operator does not fill in is found when the stage is built, not when a row comes by.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::{Environment, UndefinedBehavior, Value};
use quarry_engine::operator::OperatorError;

use crate::{ResourceError, Resources};

/// The sections of a prompt file.
const SECTIONS: [&str; 2] = ["instruction", "tail"];

/// A prompt file, ready to be filled in.
pub(crate) struct Template {
    environment: Environment<'static>,
    digest: Arc<str>,
}

impl Template {
    /// Reads a prompt by its path below the pipeline directory; `slots` are the names that the operator fills in.
    ///
    /// # Errors
    /// The file is missing, has other sections, is no template, or uses a name that is no slot.
    pub(crate) fn load(resources: &Resources, path: &str, slots: &[&str]) -> Result<Template, ResourceError> {
        let file = resources.file(path)?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let mut found = sections(&file.text).map_err(|message| ResourceError::invalid(path, message))?;
        for name in SECTIONS {
            let source = found.remove(name).unwrap_or_default();
            environment
                .add_template_owned(name, source)
                .map_err(|error| ResourceError::invalid(path, format!("section `{name}`: {error}")))?;
        }
        let template = Template { environment, digest: Arc::from(file.digest) };
        template.check(slots).map_err(|message| ResourceError::invalid(path, message))?;
        Ok(template)
    }

    /// The hash of the file.
    pub(crate) fn digest(&self) -> &Arc<str> {
        &self.digest
    }

    /// Fills in the instruction.
    ///
    /// # Errors
    /// A value is missing or of another kind than the file expects.
    pub(crate) fn instruction(&self, values: &Value) -> Result<String, OperatorError> {
        self.render("instruction", values)
    }

    /// Fills in the tail.
    ///
    /// # Errors
    /// A value is missing or of another kind than the file expects.
    pub(crate) fn tail(&self, values: &Value) -> Result<String, OperatorError> {
        self.render("tail", values)
    }

    fn render(&self, section: &'static str, values: &Value) -> Result<String, OperatorError> {
        let template = self.environment.get_template(section).map_err(OperatorError::stop)?;
        let text = template.render(values).map_err(OperatorError::stop)?;
        Ok(text.trim().to_owned())
    }

    fn check(&self, slots: &[&str]) -> Result<(), String> {
        for section in SECTIONS {
            let template = self.environment.get_template(section).map_err(|error| error.to_string())?;
            let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().collect();
            unknown.retain(|name| !slots.contains(&name.as_str()));
            unknown.sort();
            if let Some(name) = unknown.first() {
                return Err(match slots {
                    [] => format!("section `{section}` uses `{name}`, and this operator fills in nothing"),
                    _ => format!("section `{section}` uses `{name}`; this operator fills in `{}`", slots.join("`, `")),
                });
            }
        }
        Ok(())
    }
}

/// The text below each `# name` line.
fn sections(text: &str) -> Result<BTreeMap<&'static str, String>, String> {
    let mut found: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            let name = SECTIONS.into_iter().find(|name| *name == heading.trim());
            let name = name.ok_or_else(|| {
                format!("no section is called `{}`; use `# instruction` and `# tail`", heading.trim())
            })?;
            if found.insert(name, String::new()).is_some() {
                return Err(format!("the section `{name}` is there twice"));
            }
            current = Some(name);
        } else if let Some(body) = current.and_then(|name| found.get_mut(name)) {
            body.push_str(line);
            body.push('\n');
        }
    }
    match found.get("instruction").is_some_and(|body| !body.trim().is_empty()) {
        true => Ok(found.into_iter().map(|(name, body)| (name, body.trim().to_owned())).collect()),
        false => Err("the section `# instruction` is missing or empty".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::Template;
    use crate::Resources;

    fn load(text: &str, slots: &[&str]) -> Result<Template, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.md"), text).unwrap();
        let resources = Resources::new(dir.path().to_owned(), quarry_onnx::RuntimeConfig::default());
        Template::load(&resources, "a.md", slots).map_err(|error| error.to_string())
    }

    #[test]
    fn sections_are_filled_in_and_notes_are_not_sent() {
        let text = "A note.\n\n# instruction\nCheck it.\n\n## Not a section\n\n# tail\nQ: {{ question }}\n";
        let template = load(text, &["question"]).unwrap();
        assert_eq!(template.instruction(&context! {}).unwrap(), "Check it.\n\n## Not a section");
        let filled = template.tail(&context! { question => "<b> {{ x }} & \\frac" }).unwrap();
        assert_eq!(filled, "Q: <b> {{ x }} & \\frac");
        assert!(template.tail(&context! {}).is_err());
        assert!(load("# instruction\nx", &[]).unwrap().tail(&context! {}).unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_found_when_the_file_is_read() {
        for (text, expected) in [
            ("# instruction\n{{ answer }}", "uses `answer`; this operator fills in `question`"),
            ("# instruction\n{{ answer", "`a.md`: section `instruction`"),
            ("# instructions\nx", "no section is called `instructions`"),
            ("# instruction\nx\n# tail\ny\n# tail\nz", "`tail` is there twice"),
            ("# tail\nx", "`# instruction` is missing or empty"),
        ] {
            let message = load(text, &["question"]).err().unwrap();
            assert!(message.contains(expected), "{message}");
        }
    }
}
