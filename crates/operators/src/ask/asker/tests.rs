//! Samples that are asked for again, errors, and what of a request depends on what.

use std::sync::Arc;

use futures::executor::block_on;
use minijinja::context;
use quarry_engine::operator::{BuildContext, OperatorError, Params, Place};
use quarry_llm::{Choice, ErrorKind, Finish};
use quarry_schema::{Fate, Level};
use serde::Deserialize;

use super::super::{flag, object};
use super::{Ask, Asked, Asker, Asking};
use crate::quality_judge_filter::DEF;
use crate::scripted::{Scripted, said};

#[derive(Debug, PartialEq, Deserialize)]
struct Said {
    yes: bool,
}

fn asker(model: &Arc<Scripted>, seed: u64, more: &[(&str, serde_json::Value)]) -> Result<Asker, String> {
    let mut params = Params::defaults(DEF.params);
    more.iter().for_each(|(name, value)| params.set(name, value.clone()));
    let resources = model.resources();
    let place = Place { stage: "judged", position: 6, level: Level::Document, seed };
    let mut ctx = BuildContext::new(&params, place, &resources);
    let asking = Asking { schema: object("said", &[("yes", flag())]), slots: &[] };
    let asker = Asker::build(&mut ctx, asking).map_err(|error| error.to_string())?;
    let used = ctx.into_used();
    assert_eq!(used.resources["model teacher"], "teacher-1b@main");
    assert!(
        used.resources.contains_key("prompts/system.md") && used.resources.contains_key("prompts/quality_judge.md")
    );
    Ok(asker)
}

fn ask<'a>(document: Option<&'a str>, purpose: &'a str) -> Ask<'a> {
    Ask { purpose, document, instruction: context! {}, tail: context! {} }
}

fn samples(model: &Arc<Scripted>, num_samples: u32) -> Result<Asked<Vec<Said>>, OperatorError> {
    block_on(asker(model, 17, &[]).unwrap().ask_samples(ask(Some("Iron."), ""), num_samples))
}

#[test]
fn only_samples_that_cannot_be_read_are_drawn_again() {
    let model = Scripted::new(|request, sample| {
        Ok(said(if request.attempt == 0 && sample == 1 { "{\"yes\": maybe}" } else { "{\"yes\": true}" }))
    });
    let Asked::Replied(replied) = samples(&model, 3).unwrap() else { unreachable!() };
    assert_eq!(replied.reply.len(), 3);
    let calls = model.calls();
    let counts: Vec<u32> = calls.iter().map(|call| call.request.sampling.num_samples).collect();
    assert_eq!(counts, [3, 1]);
    assert_eq!(replied.request, calls[1].request.hash());
    assert_eq!((&*calls[0].stage, calls[0].priority), ("judged", 6));
}

#[test]
fn some_samples_are_enough_and_refused_ones_are_not_drawn_again() {
    let model = Scripted::new(|_, sample| {
        Ok(match sample {
            0 => said("{\"yes\": false}"),
            _ => Choice { text: String::new(), finish: Finish::ContentFilter },
        })
    });
    let Asked::Replied(replied) = samples(&model, 3).unwrap() else { unreachable!() };
    assert_eq!((replied.reply, model.calls().len()), (vec![Said { yes: false }], 1));
    let refused = Scripted::new(|_, _| Ok(Choice { text: "No.".to_owned(), finish: Finish::Refusal }));
    let expected = Fate::reject("filtered", "the model refused");
    assert_eq!(samples(&refused, 2).unwrap(), Asked::Decided(expected));
    let endless = Scripted::new(|_, _| Ok(Choice { text: "{\"yes\": true}".to_owned(), finish: Finish::Length }));
    let expected = Fate::reject("malformed_reply", "cut off at `max_tokens`");
    assert_eq!(samples(&endless, 1).unwrap(), Asked::Decided(expected));
}

#[test]
fn what_stops_the_run_comes_out_as_the_clients_own_error() {
    for kind in [ErrorKind::Budget, ErrorKind::Auth, ErrorKind::Endpoint, ErrorKind::Stopped] {
        let Err(OperatorError::Source(error)) = samples(&Scripted::new(move |_, _| Err(kind)), 1) else {
            unreachable!("{kind:?} is no fate")
        };
        assert_eq!(error.downcast_ref::<quarry_llm::Error>().unwrap().kind, kind);
    }
}

#[test]
fn requests_depend_on_what_is_asked_and_on_nothing_else() {
    let model = Scripted::saying("{\"yes\": true}");
    let request = |seed: u64, document: Option<&str>, purpose: &str| {
        let asked: Asked<Said> = block_on(asker(&model, seed, &[]).unwrap().ask(ask(document, purpose))).unwrap();
        assert!(matches!(asked, Asked::Replied(_)));
        model.calls().pop().unwrap()
    };
    let first = request(1, Some("Iron."), "");
    assert_eq!(first.request, request(1, Some("Iron."), "").request);
    for other in [request(2, Some("Iron."), ""), request(1, Some("Gold."), ""), request(1, Some("Iron."), "vote 2")] {
        assert_ne!(first.request.sampling.seed, other.request.sampling.seed);
        assert!(other.request.sampling.seed <= u64::from(i32::MAX as u32));
    }
    assert_eq!(first.route, request(2, Some("Iron."), "vote 2").route);
    assert_ne!(first.route, request(1, Some("Gold."), "").route);
    let bare = request(1, None, "").request;
    assert!(bare.messages[1].content.starts_with("Can questions"), "{}", bare.messages[1].content);
}

#[test]
fn a_model_that_is_too_small_for_the_recipe_is_refused_before_the_first_row() {
    let model = Scripted::saying("");
    let mut small = model.models().remove("teacher").unwrap();
    small.context_tokens = 2_048;
    let message = super::check_context(&small, "teacher", 3_000, 120).unwrap_err().to_string();
    assert!(message.contains("holds 2048 tokens") && message.contains("lower `max_passage_tokens`"), "{message}");
    assert!(super::check_context(&small, "teacher", 900, 120).is_ok());
}
