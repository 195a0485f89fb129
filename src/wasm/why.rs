//! Why something is so: chains of causes, and what would have happened otherwise.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use election_engine::sim::EVENTS_MAX;
use election_engine::trace::Place;
use election_workbench::registry::BUILT_IN;
use election_workbench::why::{Chain, Change, Inquiry, Outcome, Question, Reason, WhatIf, changes};

use crate::{Js, Playground, SLICE_MS, args, place, slice, to_js};

/// The question that is being answered, or was answered last.
#[derive(Default)]
pub(super) struct Asked {
    /// What it is about: the revision, the lane, the lane's events before the playhead, and the question.
    key: Option<(u32, usize, u32, Question)>,
    inquiry: Option<Inquiry>,
    chain: Option<Chain>,
    changes: Vec<Change>,
    /// The change that is being tried, by its position.
    tried: Option<(usize, WhatIf)>,
}

#[derive(Serialize)]
struct ChainJs<'a> {
    question: &'a str,
    truncated: bool,
    reasons: Vec<ReasonJs<'a>>,
    changes: Vec<ChangeJs<'a>>,
}

#[derive(Serialize)]
struct ReasonJs<'a> {
    at: f64,
    step: u32,
    node: i32,
    kind: &'static str,
    text: &'a str,
    line: Option<u32>,
    rules: Vec<u32>,
    message: Option<MessageJs>,
    from: &'a [usize],
}

#[derive(Serialize)]
struct MessageJs {
    from: i32,
    to: i32,
    nth: u32,
    copy: u8,
}

#[derive(Serialize)]
struct ChangeJs<'a> {
    without: &'a str,
    text: &'a str,
    line: Option<u32>,
}

#[derive(Serialize)]
struct OutcomeJs {
    text: String,
    at: Option<f64>,
    same: bool,
}

fn reason_js(it: &Reason) -> ReasonJs<'_> {
    ReasonJs {
        at: it.at.0 as f64,
        step: it.step,
        node: place(it.node),
        kind: it.kind.name(),
        text: &it.text,
        line: it.line,
        rules: (1..64).filter(|n| it.rules & 1 << n != 0).collect(),
        message: it.message.map(|r| MessageJs {
            from: place(r.node),
            to: place(r.peer),
            nth: r.nth,
            copy: r.copy,
        }),
        from: &it.from,
    }
}

fn change_js(it: &Change) -> ChangeJs<'_> {
    ChangeJs { without: &it.without, text: &it.text, line: it.line }
}

#[wasm_bindgen]
impl Playground {
    /// Why an event of a lane happened, by its number; or, if `step` is null, why a node is what it is at the playhead;
    /// or, if `node` is null too, why there is a leader or none: `{question, truncated, reasons, changes}`. `reasons` are
    /// `{at, step, node, kind, text, line, rules, message, from}` in the order in which they happened, what was asked
    /// about last; `from` are the positions of the reasons that one comes from, and `line` counts from 0. `changes` are
    /// `{without, text, line}`: changed scenarios to try with `whatIf`. Null if the answer takes longer than one call;
    /// repeat the call to continue.
    pub fn why(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number | null")] step: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number | null")] node: JsValue,
    ) -> Js {
        let (revision, lane) = (self.session.revision(), self.lane_number(&lane)?);
        let timeline = self.timeline()?;
        let now = timeline.now();
        let run = timeline.lane(lane);
        let missing = |it: &JsValue| it.is_undefined() || it.is_null();
        let question = if !missing(&step) {
            Question::Event(args::whole(&step, "step", EVENTS_MAX.into())? as u32)
        } else if !missing(&node) {
            let nodes = run.members() + run.services();
            Question::Node(args::whole(&node, "node", nodes as u64 - 1)? as Place)
        } else {
            Question::Leader
        };
        let here = if matches!(question, Question::Event(_)) { 0 } else { run.events() };
        let key = (revision, lane, here, question);
        if self.asked.key != Some(key) {
            let inquiry = Some(Inquiry::new(self.timeline()?.lane(lane), question, now));
            self.asked = Asked { key: Some(key), inquiry, ..Asked::default() };
        }
        if let Some(mut inquiry) = self.asked.inquiry.take() {
            let run = self.timeline()?.lane(lane);
            let mut found = None;
            slice::work(SLICE_MS, |meter| {
                found = inquiry.advance(run, meter);
                found.is_some()
            });
            let Some(chain) = found else {
                self.asked.inquiry = Some(inquiry);
                return Ok(JsValue::NULL);
            };
            let text = self.text();
            self.asked.changes = changes(self.timeline()?, &text, lane, &chain);
            self.asked.chain = Some(chain);
        }
        let Some(chain) = &self.asked.chain else { return Ok(JsValue::NULL) };
        to_js(&ChainJs {
            question: &chain.question,
            truncated: chain.truncated,
            reasons: chain.reasons.iter().map(reason_js).collect(),
            changes: self.asked.changes.iter().map(change_js).collect(),
        })
    }

    /// What would have happened with a change of the last answer of `why`, by its position: `{text, at, same}`; `at` is
    /// when the same kind of thing happens instead, or null, and `same` says whether it is the very same. Null if it
    /// takes longer than one call; repeat the call to continue.
    #[wasm_bindgen(js_name = whatIf)]
    pub fn what_if(&mut self, #[wasm_bindgen(unchecked_param_type = "number")] change: JsValue) -> Js {
        let position = args::whole(&change, "change", u32::MAX.into())? as usize;
        let none = || args::error("there is no such change: ask `why` first");
        let (_, lane, ..) = self.asked.key.ok_or_else(none)?;
        let change = self.asked.changes.get(position).ok_or_else(none)?;
        let root = self.asked.chain.as_ref().and_then(|it| it.reasons.last()).ok_or_else(none)?;
        if self.asked.tried.as_ref().is_none_or(|(tried, _)| *tried != position) {
            let earlier = self.session.timeline().ok_or_else(none)?;
            let what_if = WhatIf::new(&BUILT_IN, earlier, lane, change, root);
            let what_if = match what_if {
                Ok(it) => it,
                Err(why) => {
                    let text = format!("Without {}, the scenario does not play: {why}", change.without);
                    return to_js(&OutcomeJs { text, at: None, same: false });
                }
            };
            self.asked.tried = Some((position, what_if));
        }
        let Some((_, what_if)) = &mut self.asked.tried else { return Ok(JsValue::NULL) };
        let mut found: Option<Outcome> = None;
        slice::work(SLICE_MS, |meter| {
            found = what_if.advance(meter);
            found.is_some()
        });
        let Some(it) = found else { return Ok(JsValue::NULL) };
        self.asked.tried = None;
        to_js(&OutcomeJs { text: it.text, at: it.at.map(|at| at.0 as f64), same: it.same })
    }
}
