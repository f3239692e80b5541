//! What the server says at the end: how busy it was, what it was asked, and which defects it planted.
//!
//! *Busy* is the share of slot-seconds in use, in model time. `whole` is the share from the first arrival to the end of
//! the last sequence; `steady` leaves out the first and the last tenth of that time; `between_full` is the share from the
//! moment all slots were in use for the first time to the moment they were for the last time. Slot-seconds of sequences
//! that were broken off count as busy and are given apart, as `wasted`. Where answers come at once nothing is busy.

use serde_json::{Value, json};

use super::record::{Counts, Record};
use super::schedule::Load;
use super::settings::Machine;

/// The report of a server, as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Report(pub(crate) Value);

impl Report {
    /// The report as JSON.
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// A few lines for people.
    pub fn summary(&self) -> String {
        let number = |path: &str| self.0.pointer(path).and_then(Value::as_f64);
        let count = |path: &str| number(path).unwrap_or(0.0);
        let mut text = format!(
            "{} requests, {} distinct, {} repeated after an answer, {} retried, {} aborted\n\
             {} prompt tokens, {} cached of {} possible, {} answer tokens\n",
            count("/requests/requests"),
            count("/requests/distinct"),
            count("/requests/repeated"),
            count("/requests/retried"),
            count("/requests/aborted"),
            count("/tokens/prompt"),
            count("/tokens/cached"),
            count("/tokens/cacheable"),
            count("/tokens/completion"),
        );
        if let (Some(whole), Some(steady)) = (number("/goodput/whole"), number("/goodput/steady")) {
            let seconds = count("/goodput/seconds");
            text += &format!(
                "slots in use: {:.1} % of {seconds:.0} s, {:.1} % without the first and last tenth\n",
                whole * 100.0,
                steady * 100.0
            );
        }
        let (violations, defects) = (count("/requests/rate_limit_violations"), count("/num_defects"));
        text += &format!("{violations} retries before Retry-After, {defects} planted defects\n");
        text
    }
}

/// Puts the report together.
pub(crate) fn report(machine: &Machine, load: &Load, record: &Record, seconds: f64) -> Report {
    let tally = record.tally();
    let sum = |count: fn(&Counts) -> u64| -> u64 { tally.by_schema.values().map(count).sum() };
    let defects: Vec<Value> = record
        .defects()
        .iter()
        .map(|(hash, defect)| {
            json!({ "kind": defect.kind, "request": format!("{hash:032x}"), "question": defect.question, "answer": defect.answer })
        })
        .collect();
    Report(json!({
        "requests": tally,
        "seconds": seconds,
        "tokens": {
            "prompt": sum(|counts| counts.prompt_tokens),
            "cached": sum(|counts| counts.cached_tokens),
            "completion": sum(|counts| counts.completion_tokens),
            "looked_up": load.looked_up,
            "found": load.found,
            "cacheable": load.possible,
            "cached_of_cacheable": share(load.found as f64, load.possible as f64),
        },
        "goodput": goodput(machine, load, sum(|counts| counts.completion_tokens)),
        "machine": {
            "slots": machine.slots,
            "step_ms": machine.step_ms,
            "step_ms_per_slot": machine.step_ms_per_slot,
            "prefill_us": machine.prefill_us,
            "speed": machine.speed,
            "cache_tokens": machine.cache_tokens,
        },
        "num_defects": defects.len(),
        "defects": defects,
    }))
}

fn goodput(machine: &Machine, load: &Load, answer_tokens: u64) -> Value {
    let Some((from, to)) = load.span.filter(|(from, to)| to > from) else { return Value::Null };
    let tenth = (to - from) / 10.0;
    let slots = machine.slots as f64;
    let between = |from: f64, to: f64| share(busy_until(load, to) - busy_until(load, from), (to - from) * slots);
    json!({
        "seconds": to - from,
        "busy_slot_seconds": load.busy,
        "wasted_slot_seconds": load.wasted,
        "capacity_slot_seconds": (to - from) * slots,
        "whole": between(from, to),
        "steady": between(from + tenth, to - tenth),
        "between_full": load.full.map_or(Value::Null, |(first, last)| between(first, last)),
        "answer_tokens_per_second": answer_tokens as f64 / (to - from),
        "most_answer_tokens_per_second": slots * 1000.0 / (machine.step_ms + machine.step_ms_per_slot * slots),
    })
}

fn share(part: f64, whole: f64) -> Value {
    if whole > 0.0 { json!(part / whole) } else { Value::Null }
}

/// Slot-seconds in use up to a time, between two points of the curve in a straight line.
fn busy_until(load: &Load, time: f64) -> f64 {
    let after = load.curve.partition_point(|(at, _)| *at <= time);
    let before = after.checked_sub(1).and_then(|index| load.curve.get(index)).copied();
    let (t0, busy0) = before.unwrap_or((load.span.map_or(0.0, |(first, _)| first), 0.0));
    let (t1, busy1) = load.curve.get(after).copied().unwrap_or((load.span.map_or(t0, |(_, last)| last), load.busy));
    if t1 <= t0 { busy1 } else { busy0 + (busy1 - busy0) * ((time - t0) / (t1 - t0)).clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::{Load, Machine, goodput};

    #[test]
    fn the_first_and_last_tenth_are_left_out_of_the_steady_share() {
        // Two slots; both are in use but for the first and last second of ten.
        let load = Load {
            busy: 16.0,
            curve: (1..=10).map(|at| (f64::from(at), (f64::from(at - 1) * 2.0).min(16.0))).collect(),
            span: Some((0.0, 10.0)),
            full: Some((1.0, 9.0)),
            ..Load::default()
        };
        let goodput = goodput(&Machine { slots: 2, ..Machine::default() }, &load, 100);
        let shares =
            ["whole", "steady", "between_full"].map(|name| goodput[name].as_f64().map(|share| (share * 1e6).round()));
        assert_eq!(shares, [Some(800_000.0), Some(1e6), Some(1e6)]);
        assert_eq!(goodput["answer_tokens_per_second"].as_f64(), Some(10.0));
    }
}
