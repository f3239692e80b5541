//! The licence and the language that a page states for itself.

use super::tags::{Tag, Tags};

/// What a page's own tags say of all of it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Stated {
    /// The language of the `html` element, without its country.
    pub(super) language: Option<String>,
    /// What a link of the kind `license` leads to. Other links to a licence may speak of a picture.
    pub(super) licence: Option<String>,
}

impl Stated {
    /// Reads the tags of a page.
    pub(super) fn of(html: &str) -> Stated {
        let mut stated = Stated::default();
        for tag in Tags::new(html).filter(|tag| !tag.is_end) {
            if tag.is("html") && stated.language.is_none() {
                let lang = tag.attribute("lang").or_else(|| tag.attribute("xml:lang"));
                stated.language = lang.and_then(language_of);
            } else if stated.licence.is_none() && (tag.is("a") || tag.is("link")) {
                stated.licence = licence_link(&tag);
            }
        }
        stated
    }
}

fn licence_link(tag: &Tag) -> Option<String> {
    let kinds = tag.attribute("rel")?;
    let is_licence = kinds.split_ascii_whitespace().any(|kind| kind.eq_ignore_ascii_case("license"));
    let href = tag.attribute("href").filter(|href| is_licence && !href.is_empty())?;
    Some(creative_commons(href).unwrap_or_else(|| href.to_owned()))
}

/// `en` of `en-GB`; nothing of what is no language.
pub(super) fn language_of(tag: &str) -> Option<String> {
    let language = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    let is_code = (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase());
    is_code.then_some(language)
}

/// The short name of a Creative Commons licence, by its address: `CC-BY-SA-4.0`.
pub(super) fn creative_commons(href: &str) -> Option<String> {
    let (_, path) = href.split_once("creativecommons.org/")?;
    let mut parts = path.split(['/', '?', '#']).filter(|part| !part.is_empty());
    let (folder, kind, version) = (parts.next()?, parts.next()?, parts.next());
    let is_version = |version: &&str| version.starts_with(|c: char| c.is_ascii_digit());
    let version = version.filter(is_version).map_or(String::new(), |version| format!("-{version}"));
    match (folder, kind) {
        ("licenses", kind) => Some(format!("CC-{}{version}", kind.to_ascii_uppercase())),
        ("publicdomain", "zero") => Some(format!("CC0{version}")),
        ("publicdomain", "mark") => Some("public domain".to_owned()),
        _ => None,
    }
}

/// The same of the words that the extracting crate uses: `CC BY SA 4.0`.
pub(super) fn short_name(licence: &str) -> String {
    creative_commons(licence).unwrap_or_else(|| match licence.strip_prefix("CC ") {
        Some(rest) => format!("CC-{}", rest.trim().replace(' ', "-")),
        None => licence.trim().to_owned(),
    })
}
