//! Row ids: hashes of content, so that the same row has the same id in every run and on every machine.

use xxhash_rust::xxh3::Xxh3;

/// Hashes the parts, each with its length, to 32 hexadecimal digits.
pub fn content_id(parts: &[&str]) -> String {
    let mut hasher = Xxh3::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    format!("{:032x}", hasher.digest128())
}

/// The id of the `index`-th row that a generator made for a persona from a parent row.
pub fn pair_id(parent_id: &str, parent_text: &str, persona: &str, index: usize, recipe_hash: &str) -> String {
    content_id(&[parent_id, parent_text, persona, &index.to_string(), recipe_hash])
}

#[cfg(test)]
mod tests {
    use super::content_id;

    #[test]
    fn moving_a_border_between_parts_changes_the_id() {
        assert_ne!(content_id(&["ab", "c"]), content_id(&["a", "bc"]));
        assert_eq!(content_id(&["ab", "c"]), content_id(&["ab", "c"]));
    }
}
