//! A thousand made-up questions, planted in texts word by word and lightly changed, and found again.

use super::LIMITS;
use crate::decontaminate::index::Index;
use crate::decontaminate::search::Search;
use crate::packs::{Item, Pack};

const NUM_ITEMS: usize = 1000;
const WORDS: &str = "river market committee bridge engineer valley winter harvest council library station garden \
    teacher village mountain harbour theatre railway museum painter carpenter merchant festival orchestra parliament \
    machine factory journey island forest weather history science language picture window kitchen letter doctor \
    captain soldier farmer student measured counted carried painted travelled visited described repaired collected \
    planted crossed opened closed ordered promised returned explained compared discovered weighed narrow ancient \
    wooden northern southern crowded silent famous hidden broken golden distant careful early heavy frozen";
const NUMBERS: [(&str, &str); 6] = [
    ("12", "twelve"),
    ("1,905", "one thousand nine hundred and five"),
    ("48", "forty-eight"),
    ("300", "three hundred"),
    ("2.5", "two point five"),
    ("7", "seven"),
];

/// A generator of numbers without state outside.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    fn words(&mut self, number: usize) -> Vec<&'static str> {
        let all: Vec<&str> = WORDS.split_whitespace().collect();
        (0..number).map(|_| all[self.below(all.len())]).collect()
    }
}

struct Question {
    stem: Vec<&'static str>,
    number: usize,
    options: Vec<String>,
}

impl Question {
    fn new(dice: &mut Dice) -> Question {
        let num_words = 4 + dice.below(20);
        let num_options = if dice.below(2) == 0 { 4 } else { 0 };
        let option = |dice: &mut Dice| {
            let num_words = 1 + dice.below(4);
            dice.words(num_words).join(" ")
        };
        let options = (0..num_options).map(|_| option(dice)).collect();
        Question { stem: dice.words(num_words), number: dice.below(NUMBERS.len()), options }
    }

    fn text(&self, spelled: bool, order: &[usize], labels: fn(usize) -> String) -> String {
        let (digits, words) = NUMBERS[self.number];
        let mut text = format!("If {} {}?", if spelled { words } else { digits }, self.stem.join(" "));
        for (place, option) in order.iter().enumerate() {
            text.push_str(&format!("{}{}", labels(place), self.options[*option]));
        }
        text
    }

    fn plain(&self) -> String {
        let order: Vec<usize> = (0..self.options.len()).collect();
        self.text(false, &order, |place| format!("\n({}) ", char::from(b'A' + place as u8)))
    }
}

/// How many of the questions are found in a text around what `edit` makes of each.
fn num_found(questions: &[Question], index: &Index, edit: impl Fn(&Question, &mut Dice) -> String) -> usize {
    let (mut dice, mut search) = (Dice(7), Search::new());
    let mut found = 0;
    for (number, question) in questions.iter().enumerate() {
        let (before, behind) = (dice.words(60).join(" "), dice.words(60).join(" "));
        let text = format!("{before}.\n{}\n{behind}.", edit(question, &mut dice));
        found += usize::from(search.find(index, &text, None).is_some_and(|found| found.item as usize == number));
    }
    found
}

#[test]
fn planted_questions_are_found_whatever_was_lightly_changed() {
    let mut dice = Dice(17);
    let questions: Vec<Question> = (0..NUM_ITEMS).map(|_| Question::new(&mut dice)).collect();
    let item = |(number, question): (usize, &Question)| Item {
        name: number.to_string(),
        question: question.plain(),
        answer: String::new(),
    };
    let items = questions.iter().enumerate().map(item).collect();
    let index = Index::new(vec![Pack { name: "planted".to_owned(), items }], LIMITS);
    let order = |question: &Question, dice: &mut Dice| {
        let mut order: Vec<usize> = (0..question.options.len()).collect();
        (1..order.len()).rev().for_each(|last| order.swap(last, dice.below(last + 1)));
        order
    };
    let all = |edit: &dyn Fn(&Question, &mut Dice) -> String| num_found(&questions, &index, edit);
    assert_eq!(all(&|question, _| question.plain()), NUM_ITEMS);
    assert_eq!(all(&|question, _| question.plain().to_uppercase()), NUM_ITEMS);
    assert_eq!(all(&|question, _| question.plain().replace(' ', "  \t")), NUM_ITEMS);
    let no_marks = all(&|question, _| question.plain().replace([',', '.', '?', '(', ')'], ""));
    assert!(no_marks >= NUM_ITEMS * 99 / 100, "{no_marks}");
    let in_words: Vec<usize> = vec![0, 1, 2, 3];
    let spelled = all(&|question, _| {
        question
            .text(true, &in_words[..question.options.len()], |place| format!("\n({}) ", char::from(b'A' + place as u8)))
    });
    assert_eq!(spelled, NUM_ITEMS);
    let reordered = all(&|question, dice| {
        let order = order(question, dice);
        question.text(false, &order, |place| format!("\n{}. ", char::from(b'A' + place as u8)))
    });
    assert!(reordered >= NUM_ITEMS * 99 / 100, "{reordered}");
    let in_line = all(&|question, dice| {
        let order = order(question, dice);
        question.text(true, &order, |place| format!(" {}) ", place + 1))
    });
    assert!(in_line >= NUM_ITEMS * 99 / 100, "{in_line}");
}

#[test]
fn foreign_questions_of_the_same_words_are_not_found() {
    let mut dice = Dice(23);
    let items = (0..NUM_ITEMS).map(|number| Item {
        name: number.to_string(),
        question: Question::new(&mut dice).plain(),
        answer: String::new(),
    });
    let index = Index::new(vec![Pack { name: "planted".to_owned(), items: items.collect() }], LIMITS);
    let questions: Vec<Question> = (0..NUM_ITEMS).map(|_| Question::new(&mut dice)).collect();
    let mut search = Search::new();
    let found = questions.iter().filter(|question| search.find(&index, &question.plain(), None).is_some());
    assert_eq!(found.count(), 0);
}
