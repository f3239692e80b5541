//! The rule gates of a pair as one: form, leakage and grounding, in the order of a recipe.
//!
//! For operators that write a pair and have to know at once whether it would pass; the rules themselves are those of
//! `form_verify`, `leakage_verify` and `grounding_verify`.

use quarry_engine::operator::{BuildError, Params};
use quarry_schema::Fate;

use crate::form_verify::FormVerify;
use crate::grounding_verify::GroundingVerify;
use crate::leakage_verify::LeakageVerify;
use crate::verify::Subject;

/// All rules with their limits, read from params of the same names as those of the three operators.
pub(crate) struct Rules {
    form: FormVerify,
    leakage: LeakageVerify,
    grounding: GroundingVerify,
}

/// Where a pair comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Support<'a> {
    /// The document's text.
    pub(crate) text: &'a str,
    /// The quote that holds the answer.
    pub(crate) evidence: &'a str,
    /// Its code points in the text.
    pub(crate) offsets: (usize, usize),
}

impl Rules {
    /// Reads the limits.
    pub(crate) fn new(params: &Params) -> Result<Rules, BuildError> {
        Ok(Rules {
            form: FormVerify::new(params)?,
            leakage: LeakageVerify::new(params)?,
            grounding: GroundingVerify::new(params)?,
        })
    }

    /// The first reason for which a gate would refuse the pair, or accept.
    pub(crate) fn fate(&self, pair: &Subject<'_>, support: Support<'_>) -> Fate {
        let Support { text, evidence, offsets } = support;
        let gates: [&dyn Fn() -> Fate; 3] = [&|| self.form.fate(pair, text), &|| self.leakage.fate(pair), &|| {
            self.grounding.fate(pair, text, evidence, Some(offsets)).0
        }];
        gates.iter().map(|gate| gate()).find(|fate| *fate != Fate::Accept).unwrap_or(Fate::Accept)
    }
}

#[cfg(test)]
mod tests {
    use quarry_answers::infer;
    use quarry_engine::operator::Params;
    use quarry_schema::Fate;

    use super::{Rules, Support};
    use crate::verify::Subject;
    use crate::{form_verify, grounding_verify, leakage_verify};

    const TEXT: &str = "The Volga rises in the Valdai Hills. It is 3,530 km long.";

    fn reason(question: &str, answer: &str, offsets: (usize, usize)) -> &'static str {
        let defs = [&form_verify::PARAMS[..], &leakage_verify::PARAMS, &grounding_verify::PARAMS].concat();
        let rules = Rules::new(&Params::defaults(&defs)).unwrap();
        let pair = Subject { question, answer, spec: infer(answer, question).ok() };
        let support = Support { text: TEXT, evidence: &TEXT[offsets.0..offsets.1], offsets };
        match rules.fate(&pair, support) {
            Fate::Reject { reason, .. } => reason,
            _ => "accept",
        }
    }

    #[test]
    fn each_gate_is_asked_in_turn() {
        assert_eq!(reason("How long is the river Volga from source to mouth?", "3,530 km", (37, 57)), "accept");
        assert_eq!(reason("How long is it from the hills to the mouth?", "3,530 km", (37, 57)), "unresolved_opener");
        let leaking = "How long is the river Volga, with its 3,530 km, from source to mouth?";
        assert_eq!(reason(leaking, "3,530 km", (37, 57)), "answer_in_question");
        assert_eq!(
            reason("How long is the river Volga from source to mouth?", "3,530 km", (0, 36)),
            "unsupported_number"
        );
    }
}
