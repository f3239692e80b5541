//! Reads a title as the name of a topic: what stands for it in a sentence, and what may stand for it in the text.
//!
//! Encyclopedias name a thing; manuals put a heading behind the name of the manual (`json: Encoders`), country books a
//! subject before the country (`Economy of Laos`). Headlines, questions and lists name nothing that can be asked about.

/// Names longer than this are headlines.
const MAX_NAME_CHARS: usize = 60;

/// A title that names a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Title {
    /// The name alone, without a bracketed addition.
    pub(super) name: String,
    /// How it reads in a sentence, where that follows from the title alone.
    pub(super) display: Option<String>,
    /// The dictionary whose entry it heads, as in `flood (hacker jargon)`.
    pub(super) dictionary: Option<String>,
    /// Whether it heads a page of a manual, whose sentences speak of programs rather than of the topic.
    pub(super) manual: bool,
    /// Other names that the text may use for it.
    pub(super) forms: Vec<String>,
}

impl Title {
    /// Reads a title; none if it names nothing.
    pub(super) fn read(title: &str) -> Option<Title> {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(deed) = title.strip_prefix("How do I ").or_else(|| title.strip_prefix("How can I ")) {
            return how_to(deed);
        }
        let bare = title.split(" (").next().unwrap_or(&title).replace("``", "");
        if let Some((whole, part)) = bare.split_once(": ") {
            return if is_manual(whole) || part.contains(" — ") { heading(whole, part) } else { Title::read(whole) };
        }
        if let Some((page, place)) = page_of(&bare) {
            let display = format!("the {} of {place}", page.to_lowercase())
                .replace("the education of", "education in")
                .replace("the health of", "health in");
            let forms = vec![place.trim_start_matches("the ").to_owned()];
            return is_name(&bare).then(|| Title {
                name: bare.clone(),
                display: Some(display),
                dictionary: None,
                manual: false,
                forms,
            });
        }
        is_name(&bare).then(|| Title {
            name: bare.clone(),
            display: None,
            dictionary: dictionary(&title),
            manual: is_manual(&bare),
            forms: Vec::new(),
        })
    }
}

fn dictionary(title: &str) -> Option<String> {
    let note = title.split_once(" (")?.1.strip_suffix(')')?;
    ["jargon", "slang", "terminology"].iter().any(|word| note.ends_with(word)).then(|| note.to_owned())
}

/// A manual's question: `How do I sort a hash?` is about how to sort a hash.
fn how_to(deed: &str) -> Option<Title> {
    let name = deed.strip_suffix('?')?;
    let display = Some(format!("how to {name}"));
    is_name(name).then(|| Title { name: name.to_owned(), display, dictionary: None, manual: true, forms: Vec::new() })
}

/// Whether a title names a manual, of which the heading behind it is the topic; a section of an article has the topic of
/// the article.
fn is_manual(whole: &str) -> bool {
    ["Python", "PostgreSQL", "Perl", "What’s New", "What's New", " — "].iter().any(|mark| whole.contains(mark))
}

/// The last heading and the manual it stands in: `tarfile in Python`.
fn heading(manual: &str, rest: &str) -> Option<Title> {
    let news = ["What’s New In ", "What’s New in ", "What's New In ", "What's New in "];
    let manual = news.iter().find_map(|news| manual.strip_prefix(news)).unwrap_or(manual);
    let manual = manual.split(" — ").next().unwrap_or(manual);
    let module = rest.split(" — ").next().filter(|_| rest.contains(" — "));
    let name = module.or_else(|| rest.rsplit(": ").find(|part| !is_plain_heading(part))).unwrap_or(manual);
    let display = if name == manual { name.to_owned() } else { format!("{name} in {manual}") };
    let forms = vec![name.to_owned()];
    (is_name(name) && is_name(manual)).then(|| Title {
        name: name.to_owned(),
        display: Some(display),
        dictionary: None,
        manual: true,
        forms,
    })
}

/// Headings that every manual has.
fn is_plain_heading(part: &str) -> bool {
    [
        "Note",
        "Notes",
        "Description",
        "Overview",
        "Introduction",
        "Examples",
        "See Also",
        "Parameters",
        "References",
        "Usage",
    ]
    .contains(&part)
}

fn page_of(name: &str) -> Option<(&str, &str)> {
    let pages =
        ["Economy", "History", "Geography", "Culture", "Education", "Health", "Demographics", "Politics", "Tourism"];
    let (page, place) = name.split_once(" of ").or_else(|| name.split_once(" in "))?;
    let is_place = place.trim_start_matches("the ").starts_with(char::is_uppercase);
    (pages.contains(&page) && is_place).then_some((page, place))
}

fn is_name(name: &str) -> bool {
    let odd = |ch: char| matches!(ch, ':' | '{' | '}' | '<' | '>' | '|' | '\\' | '?' | '!' | ';' | '=' | '"');
    let starts = [
        "List of",
        "Lists of",
        "Outline of",
        "Index of",
        "Timeline of",
        "Metamath ",
        "Lemma ",
        "How ",
        "Why ",
        "What ",
        "Where ",
        "When ",
        "Who ",
    ];
    !name.is_empty()
        && name.chars().count() <= MAX_NAME_CHARS
        && !name.contains(odd)
        && name.chars().any(char::is_alphabetic)
        && !starts.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::Title;

    #[test]
    fn titles_read_as_topics() -> Result<(), &'static str> {
        for (title, name, display) in [
            ("Mercury (planet)", "Mercury", None),
            ("Economy of Laos", "Economy of Laos", Some("the economy of Laos")),
            ("Education in Ecuador", "Education in Ecuador", Some("education in Ecuador")),
            ("What’s New In Python 3.4: functools", "functools", Some("functools in Python 3.4")),
            ("Python: json — JSON encoder and decoder: Character Encodings", "json", Some("json in Python")),
            (
                "SPI_freetuptable in PostgreSQL: Description",
                "SPI_freetuptable in PostgreSQL",
                Some("SPI_freetuptable in PostgreSQL"),
            ),
            ("Asphalt: Photography and art", "Asphalt", None),
        ] {
            let read = Title::read(title).ok_or(title)?;
            assert_eq!((read.name.as_str(), read.display.as_deref()), (name, display));
        }
        Ok(())
    }

    #[test]
    fn headlines_and_questions_name_nothing() {
        for title in ["Why does it?", "List of rivers", "", "Why can't I use it in a path? It fails!", "12"] {
            assert_eq!(Title::read(title), None, "{title}");
        }
    }
}
