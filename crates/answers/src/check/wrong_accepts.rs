//! One property for each cause of the known wrong accepts of other checkers.

use proptest::prelude::proptest;

use crate::check::check;
use crate::infer::infer;
use crate::verdict::Verdict;

fn verdict(gold: &str, reply: &str) -> Verdict {
    let spec = infer(gold, "What is the value?");
    assert!(spec.is_ok(), "{gold}: {spec:?}");
    spec.map_or(Verdict::Correct, |spec| check(&spec, reply))
}

proptest! {
    #[test]
    fn tiny_values_are_not_lost_to_rounding(first in 2_u32..2_500, second in 2_u32..2_500) {
        if first == second {
            return Ok(());
        }
        assert!(!verdict(&format!("1/{first}!"), &format!("1/{second}!")).is_correct());
        assert!(!verdict(&format!("1/2^{first}"), &format!("1/2^{second}")).is_correct());
        assert!(!verdict(&format!("x/10^{first}"), &format!("x/10^{second}")).is_correct());
        assert!(verdict(&format!("1/{first}!"), &format!("\\frac{{1}}{{{first}!}}")).is_correct());
    }

    #[test]
    fn both_sides_of_an_equation_count(first in 0_u32..50, second in 0_u32..50, third in 0_u32..50) {
        if first == third {
            return Ok(());
        }
        let equation = |a: u32, b: u32| format!("n = {a}, {b}");
        assert!(!verdict(&equation(first, second), &equation(third, second)).is_correct());
        assert!(!verdict(&format!("D = ({second}, {first})"), &format!("D = ({second}, {third})")).is_correct());
        assert!(!verdict(&format!("x = {first}"), &format!("x = {third}")).is_correct());
        assert!(!verdict(&format!("y = x + {first}"), &format!("y = x + {third}")).is_correct());
    }

    #[test]
    fn signs_count(value in 1_u32..5_000, other in 1_u32..5_000) {
        assert!(!verdict(&format!("±{value}"), &value.to_string()).is_correct());
        assert!(!verdict(&format!("±{value}"), &format!("-{value}")).is_correct());
        assert!(!verdict(&format!("{value} - {other}/e"), &format!("{value} + {other}/e")).is_correct());
        assert!(value == other || !verdict(&format!("±{value}"), &format!("±{other}")).is_correct());
        assert!(!verdict(&value.to_string(), &format!("-{value}")).is_correct());
    }

    #[test]
    fn clock_times_are_no_ratios(hour in 1_u32..24, other in 1_u32..24, minute in 0_u32..60) {
        if hour == other {
            return Ok(());
        }
        assert!(!verdict(&format!("{hour}:{minute:02}"), &format!("{other}:{minute:02}")).is_correct());
        assert!(!verdict(&format!("{hour}:00"), &hour.to_string()).is_correct());
    }

    #[test]
    fn what_dots_leave_out_counts(step in 1_u32..9, other in 1_u32..9) {
        if step == other {
            return Ok(());
        }
        let sequence = |step: u32| format!("1, {}, …, {step}n", 1 + step);
        assert!(verdict(&sequence(step), &sequence(step)).is_correct());
        assert!(!verdict(&sequence(step), &sequence(other)).is_correct());
    }

    #[test]
    fn other_quantities_are_refused(value in 1_u32..100_000, delta in 1_u32..1_000) {
        for unit in ["km", "kg", "°C", "years", "MB"] {
            let gold = format!("{value} {unit}");
            assert!(verdict(&gold, &gold).is_correct());
            assert!(!verdict(&gold, &format!("{} {unit}", value + delta)).is_correct());
            assert!(!verdict(&gold, &format!("{value} parsecs")).is_correct());
            assert!(!verdict(&gold, &value.to_string()).is_correct());
        }
        assert!(!verdict(&format!("{value}%"), &format!("{}%", value + delta)).is_correct());
    }
}
