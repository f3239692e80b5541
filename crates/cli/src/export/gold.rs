//! The gold answer as stock scorers spell it: plain text for scorers of words and digits, LaTeX for those of mathematics.

use quarry_answers::{AnswerSpec, DateSpec, ExpressionKind, Granularity};

/// ASCII digits with a sign and a decimal point: a whole number, a decimal, or a year of the common era.
pub(crate) fn number(spec: &AnswerSpec) -> Option<String> {
    match spec {
        AnswerSpec::Integer(spec) => Some(spec.value.clone()),
        AnswerSpec::Decimal(spec) => Some(spec.value.clone()),
        AnswerSpec::Date(spec) => year(spec),
        _ => None,
    }
}

/// Mathematics as LaTeX, without a box around it. Equations have none: scorers look at one side only.
pub(crate) fn latex(spec: &AnswerSpec) -> Option<String> {
    match spec {
        AnswerSpec::Fraction(spec) => Some(match spec.num.strip_prefix('-') {
            Some(num) => format!(r"-\frac{{{num}}}{{{}}}", spec.den),
            None => format!(r"\frac{{{}}}{{{}}}", spec.num, spec.den),
        }),
        AnswerSpec::Choice(spec) => Some(spec.label.clone()),
        AnswerSpec::Boolean(spec) => Some(if spec.value { "yes" } else { "no" }.to_owned()),
        AnswerSpec::Expression(spec) => match spec.kind {
            ExpressionKind::Expr | ExpressionKind::Interval | ExpressionKind::Tuple | ExpressionKind::Matrix => {
                Some(spec.latex.clone())
            }
            ExpressionKind::Equation | ExpressionKind::Formula => None,
        },
        other => number(other),
    }
}

/// Several numbers in order as a tuple.
pub(crate) fn tuple(spec: &AnswerSpec) -> Option<String> {
    let AnswerSpec::List(list) = spec else { return None };
    Some(format!("({})", numbers(&list.items)?))
}

/// Several numbers in any order as a set.
pub(crate) fn set(spec: &AnswerSpec) -> Option<String> {
    let AnswerSpec::Set(set) = spec else { return None };
    Some(format!(r"\{{{}\}}", numbers(&set.items)?))
}

fn numbers(items: &[AnswerSpec]) -> Option<String> {
    let items = items.iter().map(|item| match item {
        AnswerSpec::Integer(_) | AnswerSpec::Decimal(_) | AnswerSpec::Fraction(_) => latex(item),
        _ => None,
    });
    Some(items.collect::<Option<Vec<_>>>()?.join(", "))
}

fn year(date: &DateSpec) -> Option<String> {
    let is_year = date.granularity == Granularity::Year && date.value.bytes().all(|byte| byte.is_ascii_digit());
    let year = date.value.trim_start_matches('0');
    (is_year && !year.is_empty()).then(|| year.to_owned())
}

#[cfg(test)]
mod tests {
    use quarry_answers::{AnswerSpec, Error};

    use super::{latex, number, set, tuple};

    fn spec(json: &str) -> Result<AnswerSpec, Error> {
        AnswerSpec::from_json(json)
    }

    #[test]
    fn numbers_have_digits_a_sign_and_a_point_only() -> Result<(), Error> {
        assert_eq!(number(&spec(r#"{"type":"integer","value":"-1250"}"#)?).as_deref(), Some("-1250"));
        let year = r#"{"type":"date","value":"0476","granularity":"year","calendar":"gregorian"}"#;
        assert_eq!(number(&spec(year)?).as_deref(), Some("476"));
        let before = r#"{"type":"date","value":"-0043","granularity":"year","calendar":"gregorian"}"#;
        assert_eq!(number(&spec(before)?), None);
        let day = r#"{"type":"date","value":"1879-03-14","granularity":"day","calendar":"gregorian"}"#;
        assert_eq!(number(&spec(day)?), None);
        Ok(())
    }

    #[test]
    fn mathematics_is_latex_with_the_sign_outside() -> Result<(), Error> {
        let fraction = r#"{"type":"fraction","num":"-1","den":"3","require_reduced":false}"#;
        assert_eq!(latex(&spec(fraction)?).as_deref(), Some(r"-\frac{1}{3}"));
        let items = r#""items":[{"type":"integer","value":"1"},{"type":"integer","value":"2"}],"ordered""#;
        let list = spec(&format!(r#"{{"type":"list",{items}:true,"allow_extra":false}}"#))?;
        assert_eq!(tuple(&list).as_deref(), Some("(1, 2)"));
        let unordered = spec(&format!(r#"{{"type":"set",{items}:false,"allow_extra":false}}"#))?;
        assert_eq!((set(&unordered).as_deref(), latex(&unordered)), (Some(r"\{1, 2\}"), None));
        Ok(())
    }
}
