//! Spellings of one name are equal, neighbours of it are not.

use proptest::prelude::{Strategy, any, prop, proptest};

use super::{StringSpec, check, fold, spec_of};
use crate::normalize::normalize;
use crate::spec::AnswerSpec;

fn accepts(gold: &str, reply: &str) -> bool {
    check(&spec_of(&normalize(gold)), &normalize(reply)).is_correct()
}

#[test]
fn spellings_of_one_name_are_equal() {
    for (gold, reply) in [
        ("Paris", "paris"),
        ("Paris", "**Paris**."),
        ("The Beatles", "Beatles"),
        ("Beatles", "the Beatles"),
        ("mitochondrion", "the mitochondrion"),
        ("a mitochondrion", "mitochondrion"),
        ("J. R. R. Tolkien", "J.R.R. Tolkien"),
        ("U.S.", "US"),
        ("U. S. Army", "US Army"),
        ("Halley's Comet", "Halley’s comet"),
        ("Halley's Comet", "Halleys Comet"),
        ("\"Guernica\"", "Guernica"),
        ("double-blind", "double blind"),
        ("e-mail", "email"),
        ("Kurt Gödel", "Kurt Godel"),
        ("Johnson & Johnson", "Johnson and Johnson"),
        ("Mount Everest", "Mt. Everest"),
        ("St. Petersburg", "Saint Petersburg"),
        ("World War II", "World War 2"),
        ("19th century", "nineteenth century"),
        ("World Health Organization (WHO)", "WHO"),
        ("World Health Organization (WHO)", "World Health Organization"),
        ("deoxyribonucleic acid (DNA)", "DNA"),
        ("DNA", "dna"),
        ("A", "a"),
        ("May", "may"),
        ("1450s", "the 1450's"),
        ("1,200-seat hall", "1200 seat hall"),
        ("7 a.m.", "7 am"),
        ("Paris, France", "Paris France"),
        ("Yahoo!", "Yahoo"),
        ("A minor", "a minor"),
    ] {
        assert!(accepts(gold, reply), "{gold} / {reply}");
    }
}

#[test]
fn neighbours_are_refused() {
    for (gold, reply) in [
        ("Paris", "Paris, London"),
        ("Paris", "It is Paris"),
        ("Paris", "not Paris"),
        ("Paris", "Pari"),
        ("Paris", ""),
        ("Paris", "{"),
        ("Paris", "Paris Paris"),
        ("A minor", "minor"),
        ("C++", "C"),
        ("C#", "C"),
        ("n!", "n"),
        ("f'", "f"),
        ("Co", "CO"),
        ("CO", "Co"),
        ("kPa", "KPa"),
        ("Springfield (IL)", "IL"),
        ("Albert Einstein", "Einstein"),
        ("1,2-dichloroethane", "12-dichloroethane"),
        ("__init__", "init"),
        ("~user", "user"),
        ("हिन्दी", "हनद"),
        ("version 3.5", "version 35"),
        ("World War II", "World War I"),
        ("12:00", "1:00"),
        ("World Health Organization (WHO)", "Organization"),
        ("x^2", "x2"),
    ] {
        assert!(!accepts(gold, reply), "{gold} / {reply}");
    }
}

#[test]
fn where_case_counts_marks_count_too() {
    let spec = StringSpec { case_sensitive: true, ..spec_of("résumé") };
    let spec = StringSpec { aliases: Vec::new(), ..spec };
    for reply in ["resume", "Résumé", "resumé"] {
        assert!(!check(&spec, reply).is_correct(), "{reply}");
    }
    assert!(check(&spec, "résumé").is_correct());
    assert!(accepts("résumé", "resume"));
}

#[test]
fn nothing_equals_an_empty_answer() {
    assert_eq!(fold("\"\"", false), "");
    assert!(!accepts("\"", "'"));
}

#[test]
fn words_of_several_spellings_are_equal() {
    for (gold, reply) in [
        ("Henry VIII", "Henry the Eighth"),
        ("Louis XIV", "Louis 14"),
        ("Elizabeth I", "Elizabeth 1"),
        ("World War I", "world war one"),
        ("World War II", "WWII"),
        ("Type II diabetes", "type 2 diabetes"),
        ("Apollo 11", "Apollo Eleven"),
        ("Apollo 11", "Apollo11"),
        ("twenty-first century", "21st century"),
        ("F-16", "F16"),
        ("F-16", "F 16"),
        ("COVID-19", "Covid 19"),
        ("email", "e-mail"),
        ("J. R. R. Tolkien", "J R R Tolkien"),
        ("Ph.D.", "PhD"),
        ("Mount St. Helens", "Mt. Saint Helens"),
        ("Wall Street", "Wall St."),
        ("Ford Motor Company", "Ford Motor Co."),
        ("Roe v. Wade", "Roe versus Wade"),
        ("Symphony No. 5", "Symphony Number 5"),
        ("colour organisation", "color organization"),
        ("β-carotene", "beta carotene"),
        ("Sao Paulo", "São Paulo"),
        ("Müller", "Mueller"),
        ("Mueller", "Müller"),
        ("Łódź", "Lodz"),
        ("Straße", "Strasse"),
        ("Tromsø", "Tromso"),
        ("Marie Curie", "Curie, Marie"),
        ("Marie Curie", "The answer is Marie Curie."),
        ("Marie Curie", "- Marie Curie"),
        ("Marie Curie", "**Marie** Curie"),
        ("Marie Curie", "\\emph{Marie Curie}"),
        ("Johnson & Johnson", "Johnson \\& Johnson"),
        ("World Health Organization", "World Health Organization (WHO)"),
        ("Panic! at the Disco", "Panic at the Disco"),
        ("Star Wars: A New Hope", "Star Wars – A New Hope"),
        ("TCP/IP", "TCP / IP"),
        ("3:1", "3 : 1"),
    ] {
        assert!(accepts(gold, reply), "{gold} / {reply}");
    }
}

#[test]
fn words_that_only_look_alike_are_refused() {
    for (gold, reply) in [
        ("Henry VIII", "Henry VII"),
        ("Henry VIII", "King Henry VIII"),
        ("World War I", "World War II"),
        ("World War II", "World War 11"),
        ("Louis XIV", "Louis XVI"),
        ("Apollo 11", "Apollo 1 1"),
        ("Apollo 11", "Apollo 12"),
        ("10-12", "1012"),
        ("10-12", "10"),
        ("pêche", "péché"),
        ("Gödel", "Gòdel"),
        ("J. R. R. Tolkien", "J. R. Tolkien"),
        ("Roe v. Wade", "Wade v. Roe"),
        ("Marie Curie", "The answer is not Marie Curie."),
        ("Marie Curie", "Marie Curie (chemist)"),
        ("Marie Curie", "Curie"),
        ("Mercury", "Mercury (planet)"),
        ("Paris", "Paris, France"),
        ("n!", "n"),
        ("first", "1"),
        ("Monday, 14 March", "Tuesday, 14 March"),
        ("14 March", "14 May"),
        ("007", "7"),
        ("AB", "A, B"),
        ("ñ", "n"),
        ("3:1", "3 1"),
        ("3:1", "31"),
        ("twenty-first", "twenty"),
    ] {
        assert!(!accepts(gold, reply), "{gold} / {reply}");
    }
}

#[test]
fn doubts_signs_and_other_cases_are_refused() {
    for (gold, reply) in [
        ("Paris", "Paris?"),
        ("Paris", "\"Paris?\""),
        ("The Who", "Who?"),
        ("Paris", "Paris..."),
        ("Paris", "Paris, …"),
        ("Paris", "...Paris"),
        ("A-", "A"),
        ("A", "A-"),
        ("AC", "A-C"),
        ("AC", "A - C"),
        ("5", "- 5"),
        ("5", "> 5"),
        ("10-12", "10, 12"),
        ("10-12", "10 12"),
        ("3-1", "3, 1"),
        ("1-0", "1 0"),
        ("well", "we'll"),
        ("shell", "she'll"),
        ("resign", "re-sign"),
        ("re-sign", "resign"),
        ("CO2", "Co2"),
        ("NO2", "No2"),
        ("MW", "mW"),
        ("mg", "Mg"),
        ("GB", "Gb"),
        ("Us", "US"),
        ("It", "IT"),
        ("The Who", "WHO"),
        ("The Who", "the WHO"),
        ("The The", "The"),
        ("B12", "B 1 2"),
        ("Os", "O's"),
        ("Fe2O3", "FE2O3"),
        ("CoCl2", "COCL2"),
        ("ms", "Ms"),
        ("nm", "Nm"),
        ("$5 to $10", "5 to 10"),
    ] {
        assert!(!accepts(gold, reply), "{gold} / {reply}");
    }
    for (gold, reply) in [
        ("Who Framed Roger Rabbit", "Who Framed Roger Rabbit?"),
        ("Quo Vadis?", "Quo Vadis"),
        ("Martin Luther King Jr.", "Martin Luther King Jr.."),
        ("The Who", "The Who"),
        ("The Who", "the who"),
        ("The Who", "THE WHO"),
        ("The The", "the the"),
        ("A-", "a-"),
        ("10-12", "10 – 12"),
        ("CO2", "CO_2"),
        ("CO2", "$\\text{CO}_2$"),
        ("CO2", "co2"),
        ("Ca(OH)2", "\\mathrm{Ca(OH)_2}"),
        ("reenter", "re-enter"),
        ("don't", "dont"),
        ("O'Brien", "OBrien"),
        ("US", "us"),
        ("J. R. R. Tolkien", "Tolkien, J. R. R."),
    ] {
        assert!(accepts(gold, reply), "{gold} / {reply}");
    }
}

#[test]
fn times_of_the_day_are_compared_as_far_as_they_say() {
    for (gold, reply) in [
        ("7 p.m.", "19:00"),
        ("7:30 a.m.", "7:30 AM"),
        ("7:30 a.m.", "07:30"),
        ("12 noon", "noon"),
        ("12:00 p.m.", "noon"),
        ("12 a.m.", "midnight"),
        ("7:30", "07:30"),
        ("19:05:30", "7:05:30 pm"),
        ("12:00", "12:00"),
    ] {
        assert!(accepts(gold, reply), "{gold} / {reply}");
    }
    for (gold, reply) in [
        ("7 p.m.", "7 a.m."),
        ("7 p.m.", "7:00"),
        ("7:30", "7:30 pm"),
        ("7:30", "19:30"),
        ("12:00", "1:00"),
        ("12:00", "12:01"),
        ("12:00", "0:00"),
        ("7 p.m.", "7"),
        ("7 p.m.", "13 p.m."),
        ("7:30", "7.30"),
    ] {
        assert!(!accepts(gold, reply), "{gold} / {reply}");
    }
}

#[test]
fn a_published_normaliser_decides_alone() {
    let spec = |normaliser: &str| StringSpec {
        canonical: "The Who's-Who".to_owned(),
        aliases: vec!["a directory".to_owned()],
        normaliser: normaliser.to_owned(),
        case_sensitive: false,
    };
    let accepts = |normaliser: &str, reply: &str| {
        let spec = AnswerSpec::String(spec(normaliser));
        assert!(spec.validate().is_ok());
        crate::check::check(&spec, reply).is_correct()
    };
    for (reply, by_squad, by_trivia_qa) in [
        ("whoswho", true, false),
        ("Whos who", false, false),
        ("who s who", false, true),
        ("The who_s who!", false, true),
        ("<answer>an directory</answer>", true, true),
        ("\\boxed{**directory**}", true, true),
        ("\\text{directory}", false, false),
        ("directory one", false, false),
        ("", false, false),
        ("a the", false, false),
    ] {
        assert_eq!((accepts("squad/1", reply), accepts("triviaqa/1", reply)), (by_squad, by_trivia_qa), "{reply}");
    }
    assert!(StringSpec { case_sensitive: true, ..spec("squad/1") }.validate().is_err());
    assert!(StringSpec { canonical: "The a.".to_owned(), ..spec("squad/1") }.validate().is_err());
}

/// Words without a second spelling, of which names are made.
fn name() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[B-HJ-UWYZ][b-df-hj-np-tvwz]{2,6}", 1..4)
}

proptest! {
    #[test]
    fn every_spelling_of_a_name_is_equal(words in name(), upper in any::<bool>(), dress in 0_usize..11) {
        let gold = words.join(" ");
        let cased = if upper { gold.to_uppercase() } else { gold.to_lowercase() };
        let (before, behind) = [
            ("", ""), ("the ", ""), ("\"", "\""), ("**", "**"), ("\\text{", "}"), ("$", "$"), ("", "."), ("", "!"),
            ("The answer is ", "."), ("'", "'"), ("- ", ""),
        ][dress];
        let reply = format!("{before}{cased}{behind}");
        assert!(accepts(&gold, &reply), "{} / {}", gold, reply);
        assert!(accepts(&gold, &reply.replace(' ', "\u{a0}")));
        assert!(accepts(&words.join("-"), &gold));
        assert!(accepts(&gold, &words.join("-")));
    }

    #[test]
    fn a_changed_name_is_another(words in name(), idx in any::<prop::sample::Index>(), letter in "[a-z]", how in 0_u8..6) {
        let gold = words.join(" ");
        let at = idx.index(gold.len());
        let mut changed = gold.clone();
        match how {
            0 => changed.replace_range(at..=at, &letter),
            1 => changed.insert_str(at, &letter),
            2 => { changed.remove(at); }
            3 => changed.push_str(" Tom"),
            4 => changed = format!("not {gold}"),
            _ => changed = format!("{gold}, {letter}{gold}"),
        }
        if changed.to_lowercase().replace(' ', "") != gold.to_lowercase().replace(' ', "") {
            assert!(!accepts(&gold, &changed), "{} / {}", gold, changed);
        }
    }

    #[test]
    fn marks_may_be_left_out_but_not_changed(words in name(), idx in any::<prop::sample::Index>()) {
        let bare = words.join(" ");
        let at = idx.index(bare.len());
        if bare.as_bytes()[at] == b' ' {
            return Ok(());
        }
        let marked = |mark: char| {
            let mut text = bare.clone();
            text.insert(at + 1, mark);
            text
        };
        assert!(accepts(&marked('\u{301}'), &bare));
        assert!(accepts(&bare, &marked('\u{301}')));
        assert!(!accepts(&marked('\u{301}'), &marked('\u{30a}')));
    }

    #[test]
    fn times_are_equal_only_to_themselves(first in 0_u32..1440, second in 0_u32..1440) {
        let full = |time: u32| format!("{:02}:{:02}", time / 60, time % 60);
        let said = |time: u32| {
            let hour = (time / 60 + 11) % 12 + 1;
            format!("{hour}:{:02} {}", time % 60, if time < 720 { "a.m." } else { "pm" })
        };
        assert!(accepts(&said(first), &full(first)) || (60..780).contains(&first));
        assert!(accepts(&said(first), &said(first).to_uppercase()));
        if first != second {
            for reply in [full(second), said(second)] {
                assert!(!accepts(&said(first), &reply), "{} / {}", said(first), reply);
                assert!(!accepts(&full(first), &reply), "{} / {}", full(first), reply);
            }
        }
    }
}
