//! Paths of keys: which of the known ones a path in a file or a variable means. In a known path `*` stands for a name
//! that the user gives, such as a model's.

/// How a name that the user gives is shown in help.
pub(crate) const NAME: &str = "NAME";

/// Whether a path is that of a key.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('.');
    pattern.split('.').all(|known| parts.next().is_some_and(|part| known == "*" || known == part))
        && parts.next().is_none()
}

/// The part of a key's path that follows a section, if the key lies in it.
pub(super) fn child(pattern: &'static str, section: &str) -> Option<&'static str> {
    let mut known = pattern.split('.');
    let is_above = |part: &str| known.next().is_some_and(|name| name == "*" || name == part);
    if !section.is_empty() && !section.split('.').all(is_above) {
        return None;
    }
    known.next()
}

/// The name that stands in a path where the key has its `*`.
pub(super) fn name<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    pattern.split('.').zip(path.split('.')).find(|(known, _)| *known == "*").map(|(_, part)| part)
}

/// The path that a variable means, without the prefix. Names are those of the file in any case, others in small letters.
pub(super) fn path_of_variable(pattern: &str, variable: &str, names: &[&str]) -> Option<String> {
    let mut parts = variable.split("__");
    let mut path = Vec::new();
    for known in pattern.split('.') {
        let part = parts.next()?;
        if known == "*" && is_name(part) {
            let named = names.iter().find(|name| name.replace('-', "_").eq_ignore_ascii_case(part));
            path.push(named.map_or_else(|| part.to_ascii_lowercase(), |name| (*name).to_owned()));
        } else if known.to_ascii_uppercase() == part {
            path.push(known.to_owned());
        } else {
            return None;
        }
    }
    parts.next().is_none().then(|| path.join("."))
}

/// Whether the user may give this name: one that a variable can hold, too.
pub(super) fn is_name(name: &str) -> bool {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    letters && !name.is_empty() && !name.contains("__") && !name.starts_with('_') && !name.ends_with('_')
}

#[cfg(test)]
mod tests {
    use super::{child, is_name, matches, name, path_of_variable};

    #[test]
    fn a_star_stands_for_one_name() {
        assert!(matches("models.*.id", "models.teacher.id"));
        for path in ["models.teacher", "models.teacher.id.x", "models.teacher.key", "budget.teacher.id"] {
            assert!(!matches("models.*.id", path), "{path}");
        }
        assert_eq!(name("budget.stages.*.max_cost", "budget.stages.ask.max_cost"), Some("ask"));
        assert_eq!(child("budget.stages.*.max_cost", "budget.stages"), Some("*"));
        assert_eq!(child("budget.stages.*.max_cost", "budget.stages.ask"), Some("max_cost"));
        assert_eq!(child("budget.stages.*.max_cost", "budget.stages.ask.max_cost"), None);
        assert_eq!(child("run.threads", ""), Some("run"));
        assert_eq!(child("run.threads", "onnx"), None);
    }

    #[test]
    fn a_variable_means_the_name_in_the_file_or_one_in_small_letters() {
        let path = |variable, names: &[&str]| path_of_variable("models.*.key_env", variable, names);
        assert_eq!(path("MODELS__TEACHER__KEY_ENV", &[]).as_deref(), Some("models.teacher.key_env"));
        assert_eq!(path("MODELS__BIG_ONE__KEY_ENV", &["Big-One"]).as_deref(), Some("models.Big-One.key_env"));
        assert_eq!(path("MODELS__TEACHER__ID", &[]), None);
        assert_eq!(path("MODELS__TEACHER__KEY_ENV__X", &[]), None);
    }

    #[test]
    fn names_are_letters_digits_and_single_joints() {
        assert!(is_name("teacher") && is_name("qwen-72_b") && is_name("4o"));
        for name in ["", "a.b", "a__b", "_a", "a b", "é"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
