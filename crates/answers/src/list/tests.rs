//! Enumerations are cut and compared item by item.

use proptest::prelude::{Strategy, any, prop, proptest};

use super::split;
use crate::check::check;
use crate::infer::infer;
use crate::spec::AnswerSpec;

fn accepts(gold: &str, question: &str, reply: &str) -> bool {
    let spec = infer(gold, question);
    assert!(matches!(spec, Ok(AnswerSpec::Set(_) | AnswerSpec::List(_))), "{gold}: {spec:?}");
    spec.is_ok_and(|spec| check(&spec, reply).is_correct())
}

#[test]
fn enumerations_are_cut() {
    for (text, expected) in [
        ("red, green and blue", &["red", "green", "blue"][..]),
        ("red, green, and blue", &["red", "green", "blue"]),
        ("red; green; blue", &["red", "green", "blue"]),
        ("{1, 2, 3}", &["1", "2", "3"]),
        ("1,234 and 5", &["1,234", "5"]),
        ("(1, 2), (3, 4)", &["(1, 2)", "(3, 4)"]),
        ("Paris", &["Paris"]),
        ("salt & pepper", &["salt", "pepper"]),
    ] {
        assert_eq!(split(text), expected, "{text}");
    }
}

#[test]
fn sets_compare_in_any_order() {
    for reply in [
        "red, green and blue",
        "blue, red, green",
        "Green; Blue; Red",
        "{red, green, blue}",
        "the red, the green and the blue",
    ] {
        assert!(accepts("red, green and blue", "Which colours?", reply), "{reply}");
    }
    for reply in [
        "red, green",
        "red, green, blue, black",
        "red, red, green, blue",
        "red red red",
        "red",
        "red green blue",
        "red, green and black",
        "",
        "red, green or blue",
        "red, red, blue",
        ", ,",
        "{",
        "{,,}",
    ] {
        assert!(!accepts("red, green and blue", "Which colours?", reply), "{reply}");
    }
}

#[test]
fn lists_compare_in_order() {
    let question = "Name the colours in order.";
    assert!(accepts("red, green and blue", question, "red, green, blue"));
    assert!(!accepts("red, green and blue", question, "green, red, blue"));
}

#[test]
fn items_have_types_of_their_own() {
    assert!(accepts("1, 2, 3", "Which?", "3, 2.0, one"));
    assert!(!accepts("1, 2, 3", "Which?", "1, 2, 4"));
    assert!(accepts("12 km and 1,300 m", "Which two distances are given?", "1.3 km and 12 kilometres"));
}

#[test]
fn one_name_with_and_or_comma_is_one_name() {
    for (answer, question) in [
        ("Trinidad and Tobago", "Where is it?"),
        ("Paris, France", "Where is it?"),
        ("Simon and Garfunkel", "Who sang it?"),
    ] {
        let spec = infer(answer, question);
        assert!(matches!(spec, Ok(AnswerSpec::String(_))), "{answer}: {spec:?}");
    }
}

#[test]
fn items_on_lines_of_their_own_are_items() {
    for reply in [
        "red\ngreen\nblue",
        "- red\n- green\n- blue",
        "* Blue\n* Red\n* Green\n",
        "1. red\n2. green\n3. blue",
        "1) red,\n2) green,\n3) and blue.",
        "a) red\nb) green\nc) blue",
        "The answers are:\n- red\n- green\n- blue",
        "Here they are.\n\n**Answer:**\n- red\n- green\n- blue\n\nThese are the three.",
        "Answer:\n\n1. red\n2. green\n3. blue",
        "<answer>\n• red\n• green\n• blue\n</answer>",
        "red,\ngreen\nand blue",
        "red, green\nand blue",
    ] {
        assert!(accepts("red, green and blue", "Which colours?", reply), "{reply}");
    }
    for reply in [
        "red\ngreen",
        "red\ngreen\nblue\nblack",
        "1. red\n3. green\n2. blue",
        "These are not the answers:\n- red\n- green\n- blue",
        "- red\n- green\n- not blue",
        "red green\nblue",
    ] {
        assert!(!accepts("red, green and blue", "Which colours?", reply), "{reply}");
    }
}

#[test]
fn separators_are_read_as_the_answer_needs_them() {
    let islands = "Trinidad and Tobago, Cuba, and Haiti";
    for reply in [
        "Trinidad and Tobago, Cuba and Haiti",
        "Cuba, Haiti and Trinidad and Tobago",
        "Cuba; Haiti; Trinidad and Tobago",
        "\\text{Cuba}, \\text{Haiti}, \\text{ and } \\text{Trinidad and Tobago}",
        "\\left\\{ \\text{Cuba}, \\text{Haiti}, \\text{Trinidad and Tobago} \\right\\}",
        "1. Cuba 2. Haiti 3. Trinidad and Tobago",
        "(1) Cuba, (2) Haiti, (3) Trinidad and Tobago",
        "Cuba / Haiti / Trinidad and Tobago",
        "Cuba | Haiti | Trinidad and Tobago",
    ] {
        assert!(accepts(islands, "Which three countries?", reply), "{reply}");
    }
    for reply in
        ["Trinidad, Tobago, Cuba and Haiti", "Cuba, Haiti, Tobago and Trinidad", "Cuba or Haiti or Trinidad and Tobago"]
    {
        assert!(!accepts(islands, "Which three countries?", reply), "{reply}");
    }
    for reply in
        ["x = 1 or x = 2", "x=1, x=2", "x_1 = 1, x_2 = 2", "{1,2}", "x \\in \\{2, 1\\}", "S = {1, 2}", "both 1 and 2"]
    {
        assert!(accepts("1 and 2", "Which two numbers are they?", reply), "{reply}");
    }
    for reply in ["1/2", "1.2", "12", "1 or 2", "x = 1 or 2", "1, 1", "1", "x = 1"] {
        assert!(!accepts("1 and 2", "Which two numbers are they?", reply), "{reply}");
    }
    let steps = "melt, pour, and cool";
    for reply in ["melt → pour → cool", "melt -> pour -> cool", "melt, then pour, and then cool"] {
        assert!(accepts(steps, "Which steps, in order?", reply), "{reply}");
    }
    assert!(!accepts(steps, "Which steps, in order?", "pour → melt → cool"));
    for reply in ["melt, pour, and cool...", "melt, pour, cool?", "melt, pour, cool, ...", "melt, pour or cool"] {
        assert!(!accepts(steps, "Which steps, in order?", reply), "{reply}");
    }
    let days = "14 March 1879, 15 March 1900 and 1 May 1901";
    assert!(accepts(days, "Which three days?", "March 14, 1879, May 1, 1901, and March 15, 1900"));
    assert!(!accepts(days, "Which three days?", "March 14, 1879, May 1, 1901, and March 15, 1901"));
    assert!(accepts("100, 200 and 300", "Which?", "100,200,300"));
    assert!(!accepts("1 and 234", "Which two?", "1,234"));
}

/// Words of which no two are equal, none of them a number.
fn items() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[b-df-hj-np-tvwz]{3,8}", 3..7).prop_map(|words| words.into_iter().collect())
}

proptest! {
    #[test]
    fn a_set_equals_its_permutations_and_nothing_else(gold in items(), seed in any::<u64>(), separator in 0_usize..6) {
        let spec = infer(&gold.join(", "), "Which things were they?");
        let Ok(spec @ AnswerSpec::Set(_)) = spec else { panic!("{gold:?}: {spec:?}") };
        let mut shuffled = gold.clone();
        let num_items = shuffled.len();
        shuffled.rotate_left(usize::try_from(seed % 7).unwrap_or(0) % num_items);
        let separator = [", ", "; ", "\n", "\n- ", " and ", " | "][separator];
        let reply = |items: &[String]| if separator == "\n- " { format!("- {}", items.join(separator)) } else { items.join(separator) };
        assert!(check(&spec, &reply(&shuffled)).is_correct(), "{}", reply(&shuffled));
        let mut changed = shuffled.clone();
        changed[0].push('x');
        assert!(!check(&spec, &reply(&changed)).is_correct());
        let mut doubled = shuffled.clone();
        doubled[0] = doubled[1].clone();
        assert!(!check(&spec, &reply(&doubled)).is_correct());
        doubled.push(shuffled[0].clone());
        assert!(!check(&spec, &reply(&doubled)).is_correct());
        assert!(!check(&spec, &reply(&shuffled[1..])).is_correct());
        let ordered = infer(&gold.join(", "), "Which things were they, in order?");
        let right = ordered.is_ok_and(|ordered| check(&ordered, &reply(&shuffled)).is_correct());
        assert_eq!(right, shuffled == gold);
    }
}
