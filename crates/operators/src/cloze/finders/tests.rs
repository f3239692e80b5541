//! One table a finder: the sentences of a small document, and the facts that are found in its last one.

use crate::cloze::distractors::Distractors;
use crate::cloze::fact::{Fact, Kind};
use crate::cloze::statement::statements;
use crate::cloze::topic::Topic;
use crate::text::sentences;

use super::{Scene, facts};

const BANK: &str = r#"class = [
    { id = "country", noun = "the name of a country", kind = "place", entries = ["Mali", "Peru", "France", "China"] },
    { id = "nationality", noun = "a nationality", kind = "place", entries = ["Swedish", "English"] },
    { id = "element", noun = "the name of a chemical element", kind = "term", entries = ["copper", "tin"] },
]"#;

/// All facts of the last sentence that stands alone.
fn found(title: &str, text: &str) -> Vec<Fact> {
    let cuts = sentences(text);
    let first = &text[cuts[0].start..cuts[0].end];
    let topic = Topic::find(Some(title), text, first).unwrap();
    let distractors = Distractors::parse([BANK]).unwrap();
    let statements = statements(text, &cuts, &topic);
    let scene = |statement| Scene { statement, topic: &topic, distractors: &distractors };
    statements.last().map_or_else(Vec::new, |statement| facts(scene(statement)))
}

/// Expects exactly these answers of a kind.
fn expect(kind: Kind, cases: &[(&str, &str, &[&str])]) {
    for (title, text, expected) in cases {
        let answers: Vec<String> =
            found(title, text).into_iter().filter(|fact| fact.kind == kind).map(|fact| fact.answer).collect();
        assert_eq!(answers, *expected, "{text}");
    }
}

#[test]
fn dates() {
    expect(
        Kind::Date,
        &[
            (
                "Lima",
                "Lima was founded by the Spanish conquistador on 18 January 1535 near the coast.",
                &["18 January 1535"],
            ),
            ("Lima", "Lima was the seat of a viceroy from 1543 until independence in 1821.", &["1543", "1821"]),
            ("Lima", "Lima has a university that dates from the 16th century and a port.", &["16th"]),
            ("Lima", "Lima grew quickly during the 1940s because of migration from the Andes.", &["1940s"]),
            ("Lima", "As of 2023, Lima has a population of 10,092,000 in its metropolitan area.", &[]),
            ("Lima", "Lima was painted in a work of 1,543 square feet by a local artist.", &[]),
        ],
    );
}

#[test]
fn quantities_and_their_conversions() {
    expect(
        Kind::Quantity,
        &[
            ("Angara", "The Angara is 1,849 kilometres (1,149 mi) long and leaves Lake Baikal.", &["1,849 kilometres"]),
            ("Angara", "The Angara is between 3 and 5 km wide near the place where it ends.", &[]),
            ("Angara", "The Angara is more than 1,800 km long and leaves Lake Baikal near Listvyanka.", &[]),
        ],
    );
    let fact = found("Angara", "The Angara is 1,849 kilometres (1,149 mi) long and leaves Lake Baikal.").remove(0);
    let bare = fact.without_unit().unwrap();
    assert_eq!((bare.answer.as_str(), bare.shown.as_str()), ("1,849", " kilometres"));
}

#[test]
fn percentages_and_fractions() {
    expect(
        Kind::Percentage,
        &[
            ("Bronze", "Bronze is an alloy that holds 88% copper in its classical form.", &["88%"]),
            ("Bronze", "Bronze is an alloy that holds 12–12.5% of another metal in its classical form.", &[]),
            ("Bronze", "Bronze is an alloy that makes up two-thirds of the weight of the bell.", &["two-thirds"]),
        ],
    );
}

#[test]
fn counts_and_bare_numbers() {
    expect(
        Kind::Number,
        &[
            ("Brussels", "Brussels is a region that comprises 19 municipalities around the old town.", &["19"]),
            ("Iron", "Iron is a chemical element; it has symbol Fe and atomic number 26.", &["26"]),
            ("Kazan", "Kazan is the fifth-largest city by area along the whole of the Volga.", &["fifth"]),
            ("Boeing", "Boeing is the maker of the Boeing 747 and of other large aircraft.", &[]),
            ("Order", "The order is a taxon that contains four families: ants, bees, wasps and sawflies.", &[]),
            ("Brussels", "Brussels is a region that is home to 1,200,000 people of many origins.", &[]),
        ],
    );
}

#[test]
fn names_and_places() {
    expect(
        Kind::Name,
        &[
            (
                "Dynamite",
                "Dynamite was invented by the chemist Alfred Nobel at a mill near the lake.",
                &["Alfred Nobel"],
            ),
            ("Theory", "The theory was proposed by Albert Einstein, Max Planck and many of their pupils.", &[]),
            ("Fair", "The fair was added to the List of World Heritage in Danger by a committee.", &[]),
        ],
    );
    expect(
        Kind::Place,
        &[
            ("Timbuktu", "Timbuktu is an ancient city in Mali, situated north of a bend of the Niger.", &["Mali"]),
            ("Celsius", "The scale was made by the Swedish astronomer who first used such a thing, Celsius says.", &[]),
            ("Celsius", "Celsius is a scale that is named after a Swedish astronomer of that name.", &["Swedish"]),
            ("Virgil", "Virgil was a poet whose full name is rarely used in English by scholars.", &[]),
            ("Rice", "Rice is a crop that is grown in countries such as Peru and in warm places.", &[]),
            ("Chinese tea", "Chinese tea is a drink that was first made in China by farmers long ago.", &[]),
        ],
    );
}

#[test]
fn terms_and_definitions() {
    expect(
        Kind::Term,
        &[
            ("Hat", "A hat is a head covering which is worn for protection against the weather.", &["Hat"]),
            ("Hat", "A hat is a head covering which is worn as a hat by many people.", &[]),
            ("Village", "Borovo is a village in the west of the district with a church.", &[]),
            ("Polling", "Polling is done by a person who is commonly called an interviewer.", &["interviewer"]),
            ("Bell", "The bell is a big thing that was cast from copper in a field.", &["Bell", "copper"]),
        ],
    );
}

#[test]
fn identifiers_of_manuals() {
    expect(
        Kind::Term,
        &[
            (
                "Python: io — Core tools",
                "The TextIOWrapper class converts bytes to text and back in blocks of bytes.",
                &["TextIOWrapper"],
            ),
            (
                "Python: nis — Interface",
                "The nis module gives a thin wrapper around a library for many hosts.",
                &["nis"],
            ),
        ],
    );
}

#[test]
fn whole_lists() {
    let text = "The Benelux is a union that consists of Belgium, Luxembourg, and the Netherlands.";
    let answers: Vec<String> = found("Benelux", text).into_iter().map(|fact| fact.answer).collect();
    assert!(answers.contains(&"Belgium, Luxembourg, Netherlands".to_owned()), "{answers:?}");
}

#[test]
fn a_figure_of_the_day_needs_its_year() {
    let rate = "The literacy rate of Chad was 48.5% among men and 31.9% among women.";
    let dated = format!("In 2015, 40.2% of the people of Chad could read and write. {rate}");
    assert!(found("Education in Chad", rate).is_empty());
    assert_eq!(found("Education in Chad", &dated).len(), 1);
}
