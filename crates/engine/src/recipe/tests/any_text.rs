//! Text of any kind gives a recipe or a report, and never a panic.

use proptest::prelude::{Strategy, any, proptest};
use proptest::{collection, sample};

use super::ops::{file, parse_text};
use crate::recipe::{Override, Problem, Problems};

/// Pieces that recipes are made of, whole and broken.
const PIECES: &[&str] = &[
    "[recipe]\n",
    "[[stage]]\n",
    "[stage]\n",
    "[stage.params]\n",
    "[[stage.params]]\n",
    "[recipe.x]\n",
    "[",
    "]",
    "[[",
    "name = \"a\"\n",
    "name = \"b\"\n",
    "name = 1\n",
    "seed = 1\n",
    "seed = -1\n",
    "rows = \"pairs\"\n",
    "op = \"length_filter\"\n",
    "op = \"domain_classify\"\n",
    "op = \"cloze_generate\"\n",
    "op = \"form_verify\"\n",
    "op = \"lenght\"\n",
    "from = \"a\"\n",
    "from = [\"a\", \"source\"]\n",
    "from = [1, []]\n",
    "where = \"x\"\n",
    "params = {}\n",
    "params = { model = \"m\" }\n",
    "params.min_tokens = 5\n",
    "params = { min_tokens = nan }\n",
    "stage = [1, {}]\n",
    "stage.x = 1\n",
    "recipe.name = \"r\"\n",
    "= ",
    "\"",
    "'''",
    "\"\"\"",
    "{",
    "}",
    ",",
    "#",
    "\n",
    "\r\n",
    "\u{feff}",
    "é",
    "\u{1f600}",
    "\0",
    "1e999",
    "0x",
    "a.b.c",
    "1979-05-27",
];

fn recipes() -> impl Strategy<Value = String> {
    collection::vec(sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

fn report(text: &str, overrides: &[Override]) {
    let problems = match parse_text(text, overrides) {
        Ok(checked) => checked.warnings,
        Err(problems) => {
            assert!(!problems.is_empty());
            problems
        }
    };
    for color in [false, true] {
        let shown = problems.render(&file(text), color);
        assert!(problems.iter().all(|problem| shown.contains(problem.code)));
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        report(&text, &[]);
    }

    #[test]
    fn any_mix_of_pieces_is_answered(text in recipes(), value in any::<String>()) {
        let set = |param: &str| Override { stage: "a".to_owned(), param: param.to_owned(), value: value.clone() };
        report(&text, &[set("model"), set("min_tokens"), set("ignore"), set(&value)]);
    }

    #[test]
    fn any_span_is_shown(text in any::<String>(), start in 0_usize..50, end in 0_usize..50) {
        let mut problems = Problems::default();
        let problem = |span| Problem { code: "R999", message: "m".into(), span, label: "l".into(), help: None };
        problems.push(problem(start..end));
        problems.push_related(problem(end..start), start..end, "other");
        assert_eq!(problems.render(&file(&text), false).matches("R999").count(), 2);
    }
}
