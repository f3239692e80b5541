//! What is read, what is refused, and that LaTeX survives.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use serde::Deserialize;
use serde_json::{Value, json};

use super::parse_reply;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    answer: String,
}

fn answer(reply: &str) -> Result<String, String> {
    parse_reply::<Answer>(reply).map(|reply| reply.answer)
}

#[test]
fn a_value_is_found_alone_in_a_fence_after_a_thought_and_in_prose() {
    for reply in [
        r#"{"answer": "7"}"#,
        "\u{feff} {\"answer\": \"7\"} \n\n",
        "```json\n{\"answer\": \"7\"}\n```",
        "Here it is:\n```\n{\"answer\": \"7\"}\n```\nI hope this helps {really}.",
        "<think>is it {\"answer\": \"8\"}?</think>\n{\"answer\": \"7\"}",
        "Over the set {1, 2} and [0, 1) we get {\"answer\": \"7\"}.",
        "{\"answer\": \"7\"}\n{\"answer\": \"7\"}",
    ] {
        assert_eq!(answer(reply).as_deref(), Ok("7"), "{reply}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for reply in [
        "",
        "   ",
        "no value",
        r#"{"answer": "7",}"#,
        r#"{"answer": NaN}"#,
        r#"{'answer': '7'}"#,
        r#"{"answer": "7"#,
        r#"{"answer": "\ud800"}"#,
        r#"{"answer": "\udc00 x"}"#,
        r#"{"answer": 7}"#,
        r#"{"answer": "7", "more": 1}"#,
        r#"{"answer": "7"} or {"answer": "8"}"#,
        r#"{"answers": [{"answer": "7"}, {"answer"#,
        "{\"answer\": \"a\nb\"}",
        "{\"answer\": \"7\", \"answer\": \"8\"}",
    ] {
        assert!(answer(reply).is_err(), "{reply}");
    }
    assert!(parse_reply::<Value>(&"[".repeat(100_000)).is_err());
    assert!(parse_reply::<Value>(&"{\"a\":".repeat(100_000)).is_err());
}

#[test]
fn a_fault_is_short_and_without_control_characters() {
    let fault = answer(&format!(r#"{{"{}\u001b[31m": 1}}"#, "x".repeat(5_000))).unwrap_err();
    assert!(fault.chars().count() <= 201 && !fault.contains('\u{1b}'), "{fault}");
}

#[test]
fn latex_with_single_backslashes_survives() {
    for latex in [
        r"\frac{1}{2}",
        r"\times",
        r"3 \times 10^{8}",
        r"\beta + \nabla f \cdot \rho",
        r"x \to \infty, \text{ if } a \neq b",
        r"\(x\) and \[y\]",
        r"\underline{u} \upsilon \unicode",
        r"\sqrt{2}\,\mathrm{m}",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"50\% of \$5",
        r"\nu \tau \theta \tan \right) \not= \forall \binom{n}{k}",
    ] {
        assert_eq!(answer(&format!(r#"{{"answer": "{latex}"}}"#)).as_deref(), Ok(latex), "{latex}");
    }
}

#[test]
fn real_escapes_work() {
    for (written, meant) in [
        (r"a\nb", "a\nb"),
        (r"one\nabove\ttwo\r\n", "one\nabove\ttwo\r\n"),
        (r#"say \"hi\" \/ \\ "#, "say \"hi\" / \\ "),
        (r"caf\u00e9 \ud83d\ude00", "café 😀"),
        (r"\\frac{1}{2}\nu stands here", "\\frac{1}{2}\nu stands here"),
        (r"\\\\", "\\\\"),
        (r"C:\\temp\\new", "C:\\temp\\new"),
        (r"end\b", "end\u{8}"),
    ] {
        assert_eq!(answer(&format!(r#"{{"answer": "{written}"}}"#)).as_deref(), Ok(meant), "{written}");
    }
}

/// Texts that JSON writes in one way and LaTeX does not write in another: no control character before a letter.
fn plain_text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![any::<char>().prop_map(String::from), Just("\\".to_owned()), Just("\"".to_owned())],
        0..24,
    )
    .prop_map(|parts| {
        let mut text = String::new();
        for part in parts {
            if text.ends_with(char::is_control) && part.starts_with(|c: char| c.is_ascii_alphabetic()) {
                text.push(' ');
            }
            text.push_str(&part);
        }
        text
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1.0e9..1.0e9).prop_map(Value::from),
        plain_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((plain_text(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn latex() -> impl Strategy<Value = String> {
    let command = prop::sample::select(vec![
        "frac", "times", "beta", "nabla", "rho", "to", "text", "neq", "sum", "left", "right", "theta", "begin",
        "forall", "(", ")", "[", "]", ",", ";", "{", "}", "%", "alpha", "unit", "u", "binom", "tfrac", "not", "mathbb",
    ]);
    prop::collection::vec((command, "[a-z0-9 +=^_{}()]{0,6}"), 1..8).prop_map(|parts| {
        let write = |(command, rest): (&str, String)| {
            // A command ends at the first character that is no letter.
            format!("\\{command}{}{rest}", if rest.starts_with(|c: char| c.is_ascii_alphabetic()) { " " } else { "" })
        };
        parts.into_iter().map(write).collect()
    })
}

proptest! {
    #[test]
    fn json_that_is_written_well_comes_back_equal(value in any_json()) {
        let written = value.to_string();
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(parse_reply::<Value>(&written), Ok(read.clone()), "{}", written);
        let pretty = format!("```json\n{}\n```", serde_json::to_string_pretty(&value).unwrap());
        if value.as_object().is_some_and(|fields| !fields.is_empty()) {
            assert_eq!(parse_reply::<Value>(&pretty), Ok(read), "{}", pretty);
        }
    }

    #[test]
    fn latex_that_is_put_raw_into_json_survives(latex in latex()) {
        assert_eq!(answer(&format!(r#"{{"answer": "{latex}"}}"#)), Ok(latex));
    }

    #[test]
    fn latex_that_is_escaped_survives(latex in latex()) {
        assert_eq!(answer(&json!({ "answer": latex }).to_string()), Ok(latex));
    }

    #[test]
    fn any_text_is_answered(text in ".{0,200}") {
        let read = parse_reply::<Value>(&text);
        assert!(read.is_ok() || read.is_err_and(|fault| !fault.is_empty()));
    }
}
