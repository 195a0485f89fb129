//! Why something is so: chains of causes, and what would have happened otherwise.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use election_base::SimTime;
use election_engine::sim::EVENTS_MAX;
use election_engine::trace::Place;
use election_workbench::registry::BUILT_IN;
use election_workbench::why::{Chain, Change, Inquiry, Outcome, Question, Reason, WhatIf, changes};

use crate::made::{Made, rules};
use crate::{Js, Playground, SLICE_MS, args, place, slice};

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

fn reason(it: &Reason) -> JsValue {
    let message = it.message.map_or(JsValue::NULL, |r| {
        let link = Made::new().number("from", place(r.node).into()).number("to", place(r.peer).into());
        link.number("nth", r.nth.into()).number("copy", r.copy.into()).0.into()
    });
    let from: Array = it.from.iter().map(|&from| JsValue::from_f64(from as f64)).collect();
    Made::new()
        .time("at", Some(it.at))
        .number("step", it.step.into())
        .number("node", place(it.node).into())
        .text("kind", it.kind.name())
        .text("text", &it.text)
        .line(it.line)
        .with("rules", &rules(it.rules))
        .with("message", &message)
        .with("from", &from)
        .0
        .into()
}

fn change(it: &Change) -> JsValue {
    Made::new().text("without", &it.without).text("text", &it.text).line(it.line).0.into()
}

fn outcome(text: &str, at: Option<SimTime>, same: bool) -> JsValue {
    Made::new().text("text", text).time("at", at).flag("same", same).0.into()
}

#[wasm_bindgen]
impl Playground {
    /// Why an event of a lane happened, by its number; or, if `step` is null, why a node is what it is at the playhead,
    /// or with `field`, why that field of it is; or, if `node` is null too, why there is a leader or none:
    /// `{question, truncated, reasons, changes}`. `reasons` are
    /// `{at, step, node, kind, text, line, rules, message, from}` in the order in which they happened, what was asked
    /// about last; `from` are the positions of the reasons that one comes from, and `line` counts from 0. `changes` are
    /// `{without, text, line}`: changed scenarios to try with `whatIf`. Null if the answer takes longer than one call;
    /// repeat the call to continue.
    pub fn why(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number | null")] step: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number | null")] node: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "string | null")] field: JsValue,
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
            let place = args::whole(&node, "node", nodes as u64 - 1)? as Place;
            let named = if missing(&field) { String::new() } else { args::text(&field, "field")? };
            // A field that the node does not have, as it is down or has just begun: a question about the node.
            let known = run.view(place).fields.into_iter().find(|(it, _)| *it == named);
            known.map_or(Question::Node(place), |(field, _)| Question::Field(place, field))
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
        let reasons: Array = chain.reasons.iter().map(reason).collect();
        let changes: Array = self.asked.changes.iter().map(change).collect();
        let made = Made::new().text("question", &chain.question).flag("truncated", chain.truncated);
        Ok(made.with("reasons", &reasons).with("changes", &changes).0.into())
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
                    return Ok(outcome(&text, None, false));
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
        Ok(outcome(&it.text, it.at, it.same))
    }
}
