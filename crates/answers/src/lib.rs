//! Typed answers: what an answer is, how two spellings of one are told to be equal, and how sure a guess would be.
//!
//! A pair carries an [`AnswerSpec`], made once from the gold answer by [`infer`] or [`choice`] and stored as JSON beside
//! it. [`check`] then finds the final answer of any reply and compares it with that spec; [`reward_py`] does the same in Python. The gold side is where the care goes: only answers whose
//! equivalent spellings can be computed get a spec, so that the comparison may stay strict and a wrong reply is
//! never accepted.
//!
//! One module is one answer type, and holds its spec, its reading of text, its comparison and its inference. The
//! crate does no input or output, keeps no state and knows nothing about documents, rows or models.

mod answer_type;
mod boolean;
mod check;
mod choice;
mod date;
mod error;
mod expression;
mod extract;
mod fraction;
mod infer;
mod latex;
mod letters;
mod list;
mod normalize;
mod noun;
mod number;
mod number_words;
mod pattern;
mod percentage;
mod published;
mod quantity;
mod question;
mod reward;
mod spec;
mod stated;
mod string;
mod units;
mod verdict;

pub use answer_type::AnswerType;
pub use boolean::BooleanSpec;
pub use check::{Judgement, MAX_REPLY_CHARS, check, judge};
pub use choice::{ChoiceOption, ChoiceSpec, choice};
pub use date::{Calendar, DateSpec, Granularity};
pub use error::{Error, ErrorKind, NotVerifiable};
pub use expression::{ExpressionKind, ExpressionSpec};
pub use fraction::FractionSpec;
pub use infer::{infer, infer_as};
pub use list::ItemsSpec;
pub use normalize::{NORMALISER, normalize};
pub use number::{DecimalSpec, IntegerSpec};
pub use number_words::{number_vocabulary, spoken_number, spoken_place};
pub use percentage::{PercentageForm, PercentageSpec};
pub use published::{squad, trivia_qa};
pub use quantity::{AcceptedUnit, QuantitySpec};
pub use reward::reward_py;
pub use spec::{AnswerSpec, gold_text, guess_probability};
pub use string::StringSpec;
pub use verdict::{Cause, Verdict};
