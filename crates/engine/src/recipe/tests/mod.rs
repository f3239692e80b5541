//! Recipes in, reports out: one case for each rule, the golden report of five mistakes, and text of any kind.

mod any_text;
mod golden;
mod ops;
mod rules;
mod valid;
