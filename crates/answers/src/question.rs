//! What a question says about the kind of answer that it wants.
//!
//! Only words that settle a doubt are looked for: whether 1879 is a year, whether order matters, whether a reply may
//! leave the unit out. Understanding the question is no aim.

use std::sync::LazyLock;

use regex::Regex;

use crate::noun;
use crate::pattern::pattern;

static OPEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:why|explain|describe|discuss|justify|elaborate|summari[sz]e|analy[sz]e|compare|outline the|contrast the|comment on)\b|[,;:] (?:and |but )?why\b|, and (?:explain|describe|discuss|justify)\b|\bin your own words\b|\bwhat do you think\b",
    )
});
static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:when|years?|dates?|what day|which day|what month|which month|since|until|born|died)\b")
});
static HOW_MANY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\bhow (?:many|much|long|far|old|tall|big|large|often)\b"));
static ORDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:in (?:the )?(?:\w+ )?order|order of|sequence|chronological|ascending|descending|ranked|rank|steps?|first to last|respectively)\b",
    )
});
static SEVERAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:two|three|four|five|both|pair|names of|list the|name the)\b|\b(?:which|what|who) (?:\w+ ){0,4}(?:are|were|have)\b|\b(?:which|list|name) [a-z]*[^\Wsuia_]s\b",
    )
});
static PERCENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:\bper ?cent(?:age)?\b|%)"));
static HEAT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:temperatures?|hot|cold|warm|heat(?:ed)?|boil\w*|melt\w*|freez\w*|climate)\b"));
static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:costs?|prices?|paid|pay|sold|bought|worth|earn\w*|salary|budget|revenue|profit\w*|money|fund\w*|debt|fees?|fines?|sterling|tax\w*|invest\w*)\b",
    )
});
static WEIGHT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:weigh\w*|weights?|mass|heavy|heavier|body)\b"));

static ASKS_PERCENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:what|which|how many) per ?cent(?:age)?\b|\b(?:as an?|in|express\w*) per ?cent(?:age)?\b")
});
static RANK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:ranks?|ranked|ranking|which place|what place|which position|what position|position in|placed|edition|amendment|century)\b",
    )
});

/// A question in lower case, ready to be asked about.
pub(crate) struct Question {
    lower: String,
}

impl Question {
    pub(crate) fn new(text: &str) -> Self {
        Self { lower: crate::normalize::normalize(text).to_lowercase() }
    }

    /// Returns whether reasons or a description are asked for. Only the last sentence asks; those before lead in.
    pub(crate) fn is_open(&self) -> bool {
        let asked = self.lower.trim_end_matches(['?', '.', '!', ' ', '"']);
        let start = asked.rfind(['?', '!']).or_else(|| asked.rfind(". ")).map_or(0, |idx| idx + 1);
        asked.get(start..).is_some_and(|last| OPEN.is_match(last.trim_start()))
    }

    /// Returns whether a year or a day is asked for.
    pub(crate) fn asks_date(&self) -> bool {
        YEAR.is_match(&self.lower) && !HOW_MANY.is_match(&self.lower)
    }

    /// Returns whether the order of the items matters.
    pub(crate) fn asks_order(&self) -> bool {
        ORDER.is_match(&self.lower)
    }

    /// Returns whether several things are asked for.
    pub(crate) fn asks_several(&self) -> bool {
        SEVERAL.is_match(&self.lower)
    }

    /// Returns whether the question already says that it wants a percentage.
    pub(crate) fn asks_percentage(&self) -> bool {
        PERCENT.is_match(&self.lower)
    }

    /// Returns whether the question is about temperature.
    pub(crate) fn is_about_heat(&self) -> bool {
        HEAT.is_match(&self.lower)
    }

    /// Returns whether the question is about money.
    pub(crate) fn is_about_money(&self) -> bool {
        MONEY.is_match(&self.lower)
    }

    /// Returns whether the question is about weight.
    pub(crate) fn is_about_weight(&self) -> bool {
        WEIGHT.is_match(&self.lower)
    }

    /// Returns whether the question asks how many or how much.
    pub(crate) fn asks_amount(&self) -> bool {
        HOW_MANY.is_match(&self.lower)
    }

    /// Returns whether a unit, given in lower case, is the one that the answer is to be counted in.
    pub(crate) fn names_unit(&self, unit: &str) -> bool {
        ["many", "in", "number of"].iter().any(|before| self.mentions(&format!("{before} {unit}")))
    }

    /// Returns whether a place in an order is asked for.
    pub(crate) fn asks_rank(&self) -> bool {
        RANK.is_match(&self.lower)
    }

    /// Returns what the question counts.
    pub(crate) fn counted(&self) -> Option<String> {
        if ASKS_PERCENT.is_match(&self.lower) {
            return Some(noun::PERCENT.to_owned());
        }
        noun::counted(&self.lower).or_else(|| noun::asked_unit(&self.lower))
    }

    /// Returns whether the question has a word or phrase, given in lower case.
    pub(crate) fn mentions(&self, phrase: &str) -> bool {
        self.lower.match_indices(phrase).any(|(start, found)| {
            let before = self.lower.get(..start).and_then(|text| text.chars().next_back());
            let after = self.lower.get(start + found.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn only_the_last_sentence_makes_a_question_open() {
        for open in [
            "Why is the sky blue?",
            "Explain the rule.",
            "Who was he, and why did he leave?",
            "Name the rule, and justify it.",
            "A star. Describe it.",
        ] {
            assert!(Question::new(open).is_open(), "{open}");
        }
        for closed in [
            "Who asked why?",
            "Why did it end? It did. In which year did it end?",
            "Which law explains it?",
            "In photography, contrast is the ratio of what?",
        ] {
            assert!(!Question::new(closed).is_open(), "{closed}");
        }
    }

    #[test]
    fn dates_and_amounts_of_time_are_told_apart() {
        assert!(Question::new("In what year was it built?").asks_date());
        assert!(Question::new("When did it end?").asks_date());
        assert!(!Question::new("How many years did it take?").asks_date());
    }

    #[test]
    fn several_things_are_asked_for_in_the_plural() {
        for several in [
            "Which two countries signed it?",
            "Which metals are alloyed?",
            "What were they?",
            "Name the members.",
            "Which planets, in order?",
        ] {
            assert!(Question::new(several).asks_several(), "{several}");
        }
        for one in [
            "Which is it?",
            "Which country signed it?",
            "What gas is it?",
            "Who was the president?",
            "Which class is it?",
        ] {
            assert!(!Question::new(one).asks_several(), "{one}");
        }
    }

    #[test]
    fn phrases_are_whole_words() {
        let question = Question::new("How many kilometres is it?");
        assert!(question.mentions("kilometres"));
        assert!(!question.mentions("metres"));
        assert!(question.names_unit("kilometres"));
        assert!(Question::new("What is its length (in km)?").names_unit("km"));
        assert!(!Question::new("How long is the second one?").names_unit("second"));
        assert!(!Question::new("How far in is it?").names_unit("in"));
    }
}
