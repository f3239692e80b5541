//! Spans of prose get the type that a reader would give them, or a reason why they get none.

use super::infer;
use crate::answer_type::AnswerType::{
    self, Boolean, Date, Decimal, Expression, Fraction, Integer, List, Percentage, Quantity, Set, String,
};
use crate::error::NotVerifiable;

fn types(table: &[(&str, &str, AnswerType)]) {
    for (answer, question, expected) in table {
        let spec = infer(answer, question);
        assert_eq!(spec.as_ref().map(|spec| spec.answer_type()), Ok(*expected), "{answer}: {spec:?}");
    }
}

#[test]
fn numbers_units_and_money() {
    let question = "How much is it?";
    types(&[
        ("1,234", question, Integer),
        ("twelve", question, Integer),
        ("-40", question, Integer),
        ("2 million", question, Integer),
        ("3.5 million", question, Decimal),
        ("0.05", question, Decimal),
        ("3.0 × 10⁸", question, Decimal),
        ("12 km", question, Quantity),
        ("1,200 metres", question, Quantity),
        ("35 °C", question, Quantity),
        ("$4.5 billion", question, Quantity),
        ("US$ 20", question, Quantity),
        ("€3.2m", question, Quantity),
        ("two hours", question, Quantity),
        ("4.6 billion years", question, Quantity),
        ("60 mph", question, Quantity),
        ("3.2 GHz", question, Quantity),
        ("12%", question, Percentage),
        ("3.5 per cent", question, Percentage),
        ("1/3", question, Fraction),
        ("two-thirds", question, Fraction),
        ("half", question, Fraction),
        ("two and a half", question, Fraction),
        ("two and a half million", question, Decimal),
        ("half a million", question, Decimal),
        ("two and a half hours", question, Quantity),
        ("minus 5 degrees Celsius", question, Quantity),
        ("2 hours and 30 minutes", question, Quantity),
        ("5 ft 10 in", question, Quantity),
    ]);
}

#[test]
fn dates_years_names_and_lists() {
    types(&[
        ("14 March 1879", "When was he born?", Date),
        ("March 1879", "When was it?", Date),
        ("1879", "In which year was it?", Date),
        ("1879", "How many ships were there?", Integer),
        ("44 BC", "When did he die?", Date),
        ("14 March", "When is the feast?", String),
        ("19th century", "When was it built?", String),
        ("1870s", "When was it built?", String),
        ("Marie Curie", "Who was it?", String),
        ("007", "Which code?", String),
        ("42° N", "Which latitude?", String),
        ("Truth or Dare", "Which game?", String),
        ("an electron", "Which particle is it?", String),
        ("7 a.m.", "At what time?", String),
        ("Mercury, Venus, Earth", "Which planets, in order?", List),
        ("red and green and blue", "Which colours are they?", Set),
        ("Paris, Texas, United States", "Where was it?", String),
        ("May 5", "On which day?", String),
        ("410", "In which year was it?", Integer),
        ("AD 410", "When was it?", Date),
        ("11/1918", "In which month was it?", Date),
        ("11/1918", "What share was it?", Fraction),
        ("World War II", "Which war was it?", String),
        ("Apollo 11", "Which mission was it?", String),
        ("mitochondria", "Which organelles are they?", String),
        ("Mary Ann", "Who?", String),
        ("someone", "Who?", String),
        ("हिन्दी", "Which language?", String),
        ("Under the Volcano", "Which novel?", String),
        ("From Here to Eternity", "Which novel?", String),
        ("true", "Is it so?", Boolean),
        ("No", "Is it so?", Boolean),
        ("red, green and blue", "Which colours?", Set),
        ("copper, tin, and zinc", "Which metals?", Set),
        ("red, green and blue", "Which colours, in order?", List),
        ("2, 3 and 5", "Which primes?", Set),
        ("E = mc²", "Which equation?", Expression),
        ("CO₂", "Which gas?", Expression),
        ("7 Up", "Which drink?", String),
        ("3D", "Which kind?", String),
        ("4K", "Which resolution?", String),
        ("300K", "At what temperature?", Quantity),
        ("21st", "Which place?", String),
        ("F-16", "Which plane?", String),
        ("Trinidad and Tobago", "Which country?", String),
        ("12:00", "At what time?", String),
    ]);
}

#[test]
fn refusals_name_their_reason() {
    let which = "Which is it?";
    for (answer, question, reason) in [
        ("", which, NotVerifiable::Empty),
        ("…", which, NotVerifiable::Empty),
        ("?!", which, NotVerifiable::Empty),
        (
            "because the light of the sun is scattered by the air much more at short wavelengths",
            which,
            NotVerifiable::Freeform,
        ),
        ("scattering", "Why is the sky blue?", NotVerifiable::OpenQuestion),
        ("about 12 km", which, NotVerifiable::Hedged),
        ("more than half", which, NotVerifiable::Hedged),
        ("nearly three hundred", which, NotVerifiable::Hedged),
        ("early 1990s", which, NotVerifiable::Hedged),
        ("ten to twelve", which, NotVerifiable::Range),
        ("more than 300", which, NotVerifiable::Hedged),
        ("10–15 km", which, NotVerifiable::Range),
        ("10 to 15", which, NotVerifiable::Range),
        ("between 10 and 15", which, NotVerifiable::Range),
        ("1910–12", which, NotVerifiable::Range),
        ("1914–1918", which, NotVerifiable::Range),
        ("5 km to 10 km", which, NotVerifiable::Range),
        ("12 apostles", which, NotVerifiable::UnknownUnit),
        ("5 pounds", which, NotVerifiable::AmbiguousUnit),
        ("3/4/1999", which, NotVerifiable::AmbiguousDate),
        ("14 March 79", which, NotVerifiable::TwoDigitYear),
        ("31 April 1990", which, NotVerifiable::InvalidDate),
        ("print(x);", which, NotVerifiable::Code),
        ("40% of adults", which, NotVerifiable::UnknownUnit),
        ("$23 billion in aid", which, NotVerifiable::UnknownUnit),
        ("unknown", which, NotVerifiable::Empty),
        ("not stated", which, NotVerifiable::Empty),
        ("either red or blue", which, NotVerifiable::Hedged),
        ("red or blue", which, NotVerifiable::Hedged),
        ("Yes, it was", which, NotVerifiable::Freeform),
        ("the capital of", which, NotVerifiable::Fragment),
        ("1903. The company", which, NotVerifiable::Fragment),
        ("John (the", which, NotVerifiable::Fragment),
        ("copper, tin and other metals", which, NotVerifiable::Fragment),
        ("area = 5 km^2 wide", which, NotVerifiable::UnreadableExpression),
        ("speed = distance / time", which, NotVerifiable::UnreadableExpression),
    ] {
        assert_eq!(infer(answer, question).err(), Some(reason), "{answer}");
    }
}
