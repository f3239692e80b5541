//! Did you mean: the closest of the names that would have been right.

/// Below this similarity a suggestion confuses more than it helps. `length` still finds `length_filter`.
const MIN_SIMILARITY: f64 = 0.84;

/// Finds the candidate closest to the word, if any is close.
pub(crate) fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let similarity = strsim::jaro_winkler(&lower, &candidate.to_lowercase());
        if similarity >= MIN_SIMILARITY && best.is_none_or(|(highest, _)| similarity > highest) {
            best = Some((similarity, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Keeps a suggestion that is so close that the checks may go on as if it were written.
pub(super) fn surely_meant<'a>(word: &str, suggestion: Option<&'a str>) -> Option<&'a str> {
    suggestion.filter(|name| strsim::damerau_levenshtein(word, name) <= 2)
}

/// Says the suggestion, or something else where there is none.
pub(crate) fn did_you_mean(suggestion: Option<&str>, otherwise: impl Into<String>) -> String {
    match suggestion {
        Some(name) => format!("did you mean `{name}`?"),
        None => otherwise.into(),
    }
}

/// Quotes a word of the user's, on one line and of bounded length.
pub(super) fn quote(word: &str) -> String {
    const MAX_CHARS: usize = 60;
    let mut shown: String = word.chars().take(MAX_CHARS).flat_map(char::escape_debug).collect();
    if word.chars().nth(MAX_CHARS).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// Lists names in backticks.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Spells a name in `snake_case`, as far as its letters allow.
pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut after_lower = false;
    for letter in name.chars() {
        let is_word = letter.is_ascii_alphanumeric();
        if (!is_word || (letter.is_ascii_uppercase() && after_lower)) && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        if is_word {
            snake.push(letter.to_ascii_lowercase());
        }
        after_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    snake.trim_matches('_').trim_start_matches(|first: char| first.is_ascii_digit() || first == '_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{closest, quote, snake_case, surely_meant};

    #[test]
    fn a_typo_a_swap_and_a_beginning_find_their_name() {
        let names = ["min_tokens", "length_filter", "domain_classify"];
        assert_eq!(closest("min_tokns", names), Some("min_tokens"));
        assert_eq!(closest("lenght_filter", names), Some("length_filter"));
        assert_eq!(closest("domain", names), Some("domain_classify"));
        assert_eq!(closest("LENGTH_FILTER", names), Some("length_filter"));
    }

    #[test]
    fn an_unrelated_word_gets_no_suggestion() {
        assert_eq!(closest("zebra", ["min_tokens", "length_filter"]), None);
        assert_eq!(closest("", ["min_tokens"]), None);
    }

    #[test]
    fn only_a_typo_is_surely_meant() {
        assert_eq!(surely_meant("lenght_filter", Some("length_filter")), Some("length_filter"));
        assert_eq!(surely_meant("length", Some("length_filter")), None);
    }

    #[test]
    fn names_in_other_cases_become_snake_case() {
        assert_eq!(snake_case("LongEnough"), "long_enough");
        assert_eq!(snake_case("long-enough 2"), "long_enough_2");
        assert_eq!(snake_case("2nd_pass"), "nd_pass");
        assert_eq!(snake_case("длина"), "");
    }

    #[test]
    fn a_quoted_word_stays_on_one_line() {
        assert_eq!(quote("a\nb"), "`a\\nb`");
        assert_eq!(quote(&"x".repeat(100)).chars().count(), 63);
    }
}
