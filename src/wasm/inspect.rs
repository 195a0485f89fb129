//! Looking inside: what an event changed and why, the way of a message, and what becomes of everything pending.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::made::{Made, rules};
use super::{Js, Playground, SLICE_MS, args, place, slice};
use election_engine::lane::{Cause, End, Ended, Inspected, Inspection, Journey, Lane, MessageId};
use election_engine::sim::{EVENTS_MAX, Inside, PendingWhat};
use election_engine::trace::{Kind, Loss, Names, Place, Record, WRITE};
use election_workbench::telling;
use election_workbench::why::sentence;

/// The largest number of a message on its link that a caller may ask for.
const NTH_MAX: u64 = EVENTS_MAX as u64;

fn message(names: &Names, r: &Record) -> Made {
    Made::new()
        .text("name", &names.message_ref(r.node, r.peer, r.nth, r.copy))
        .text("text", &names.message(r.msg, &r.args))
        .number("from", place(r.node).into())
        .number("to", place(r.peer).into())
        .number("nth", r.nth.into())
        .number("copy", r.copy.into())
}

fn end(end: &Ended, timer: bool) -> JsValue {
    let (how, why, idle, ran) = match end.how {
        End::Handled { rules, idle } => (if timer { "fired" } else { "received" }, "", idle, rules),
        End::Lost(why) => ("lost", Loss::text(why), false, 0),
        End::SetAgain => ("set-again", "", false, 0),
        End::Cancelled => ("cancelled", "", false, 0),
        End::Over => ("over", "", false, 0),
    };
    let made = Made::new().number("event", end.event.into()).time("at", Some(end.at)).text("how", how);
    made.text("why", why).flag("idle", idle).with("rules", &rules(ran)).0.into()
}

/// The timers of a node that were set before an event or are set after it.
fn timers(names: &Names, found: &Inspection, node: &Inspected) -> Array {
    let of = |inside: &Inside, timer| inside.timers.iter().find(|it| it.timer == timer).copied();
    let all = Array::new();
    for timer in 0..names.timers.len() as u8 {
        let (was, set) = (of(&node.before, timer), of(&node.after, timer));
        if was.is_none() && set.is_none() {
            continue;
        }
        let fires = |r: &Record| r.kind == Kind::Fire && (r.node, r.sub) == (node.place, timer);
        let state = match set {
            Some(set) if set.by == found.event => "set",
            Some(_) => "kept",
            None if found.records.iter().any(fires) => "fired",
            None => "cancelled",
        };
        let made = Made::new()
            .text("name", names.timers[usize::from(timer)])
            .time("due", set.map(|it| it.due))
            .time("since", set.map(|it| it.since))
            .number("by", set.map_or(-1.0, |it| it.by.into()))
            .time("was", was.map(|it| it.due))
            .text("state", state);
        all.push(&made.0);
    }
    all
}

fn node(names: &Names, found: &Inspection, it: &Inspected) -> JsValue {
    let (old, new) = (&it.before, &it.after);
    let fields = Array::new();
    for field in it.fields() {
        let made = Made::new().text("name", field.name).maybe("old", field.old);
        fields.push(&made.maybe("new", field.new).maybe("disk", field.disk).0);
    }
    let process = [old, new].map(|it| JsValue::from_str(it.process.name()));
    Made::new()
        .number("place", place(it.place).into())
        .with("process", &Array::of2(&process[0], &process[1]))
        .with("fields", &fields)
        .with("timers", &timers(names, found, it))
        .pair("ahead", old.ahead_us as f64, new.ahead_us as f64)
        .pair("drift", old.drift_ppm.into(), new.drift_ppm.into())
        .pair("slow", old.slow.0 as f64, new.slow.0 as f64)
        .pair("inbox", old.inbox as f64, new.inbox as f64)
        .0
        .into()
}

/// The messages that an event sent.
fn sent(names: &Names, records: &[Record]) -> Array {
    let all = Array::new();
    for r in records.iter().filter(|r| matches!(r.kind, Kind::Send | Kind::Copy)) {
        let same = |it: &&Record| {
            it.kind == Kind::Lose && (it.node, it.peer, it.nth, it.copy) == (r.node, r.peer, r.nth, r.copy)
        };
        let lost = records.iter().find(same).map_or("", |lost| Loss::text(lost.sub));
        all.push(&message(names, r).text("lost", lost).0);
    }
    all
}

fn inspection(lane: &Lane, found: &Inspection) -> JsValue {
    let (names, records) = (lane.names(), &found.records);
    let (ran, nodes, reasons) = (Array::new(), Array::new(), Array::new());
    for it in &found.nodes {
        nodes.push(&node(names, found, it));
        let bits = found.rules(it.place);
        if bits != 0 {
            ran.push(&Made::new().number("place", place(it.place).into()).with("rules", &rules(bits)).0);
        }
    }
    for it in &found.reasons {
        let made = Made::new().number("place", place(it.place).into()).number("rule", it.rule.into());
        reasons.push(&made.text("text", &names.check(&it.check)).flag("holds", it.check.holds()).0);
    }
    // An act may deliver a message, or fire a timer.
    let about = records.iter().take(2).find(|r| matches!(r.kind, Kind::Deliver | Kind::Wait | Kind::Lose));
    let fired = records.iter().take(2).find(|r| r.kind == Kind::Fire);
    let all = &lane.story().happenings;
    let told = all[all.partition_point(|it| it.step < found.event)..].iter();
    let mut told: Vec<String> =
        told.take_while(|it| it.step == found.event).map(|it| telling::text(lane, it)).collect();
    if told.is_empty() {
        told.extend(found.records.first().map(|r| sentence(lane, r, found.cause)));
    }
    let (kind, event, line) = match found.cause {
        Cause::Begin => ("begin", None, None),
        Cause::Act { line, .. } => ("act", None, Some(line)),
        Cause::Event(event) => ("event", Some(event), None),
        Cause::Chance => ("chance", None, None),
    };
    let number = |it: Option<u32>| it.map_or(JsValue::NULL, |it| JsValue::from_f64(it.into()));
    let cause = Made::new().text("kind", kind).with("event", &number(event)).with("line", &number(line));
    let text = records.first().map_or_else(String::new, |r| names.text(&Record { rules: 0, ..*r }));
    Made::new()
        .number("event", found.event.into())
        .time("at", Some(found.at))
        .text("text", &text)
        .text("told", &told.join(" "))
        .number("place", place(found.place()).into())
        .with("cause", &cause.0)
        .with("message", &about.map_or(JsValue::NULL, |r| message(names, r).0.into()))
        .text("timer", fired.map_or("", |r| names.timers[usize::from(r.sub)]))
        .with("ran", &ran)
        .with("reasons", &reasons)
        .with("sent", &sent(names, records))
        .with("nodes", &nodes)
        .0
        .into()
}

fn way(lane: &Lane, id: MessageId, found: &Journey) -> JsValue {
    let (names, write) = (lane.names(), found.record.kind == WRITE);
    let args = if write { &["token"][..] } else { names.info.messages[usize::from(found.record.kind)].args };
    let fields = Array::new();
    for (i, name) in args.iter().enumerate() {
        // A token takes two of the numbers.
        let more = if write { u64::from(found.record.args[1]) << 32 } else { 0 };
        let value = (u64::from(found.record.args[i]) | more).to_string();
        fields.push(&Made::new().text("name", name).text("value", &value).0);
    }
    let waits = found.waited.map_or("", |(_, why)| ["paused", "busy", "not started"][usize::from(why)]);
    let kind = if write { "write" } else { names.info.messages[usize::from(found.record.kind)].name };
    Made::new()
        .text("name", &names.message_ref(id.from, id.to, id.nth, id.copy))
        .text("kind", kind)
        .with("fields", &fields)
        .time("sent", Some(found.sent))
        .number("by", found.by.into())
        .flag("forged", found.forged)
        .time("due", found.due)
        .time("waited", found.waited.map(|(at, _)| at))
        .text("waits", waits)
        .with("end", &found.end.as_ref().map_or(JsValue::NULL, |it| end(it, false)))
        .0
        .into()
}

#[wasm_bindgen]
impl Playground {
    /// What an event of a lane changed, and what decided its rules: `{event, at, text, told, place, cause, message, timer,
    /// ran, reasons, sent, nodes}`. Events count as in `trace`; 0 is the start of the run. The node `also` is among `nodes`
    /// whether it changed or not. Each of `nodes` has its fields
    /// as `{name, old, new, disk}`: null where it had, or has, no such field, and `disk` is what its disk says after the
    /// event, null for what a crash would lose. It is computed by replaying; if this takes longer than one call, the
    /// result is `null`: repeat the call to continue. If there is no such event yet, it is `undefined`.
    pub fn inspect(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] step: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] also: JsValue,
    ) -> Js {
        let step = args::whole(&step, "step", EVENTS_MAX.into())? as u32;
        let lane = self.lane(&lane)?;
        let places = (lane.members() + lane.services()) as u64;
        let also =
            if also.is_undefined() { None } else { Some(args::whole(&also, "also", places - 1)? as Place) };
        let mut found = None;
        slice::work(SLICE_MS, |meter| {
            found = lane.inspect(step, also, meter);
            found.is_some()
        });
        match found {
            None => Ok(JsValue::NULL),
            Some(None) => Ok(JsValue::UNDEFINED),
            Some(Some(found)) => Ok(inspection(lane, &found)),
        }
    }

    /// The way of a message in the computed run: `{name, kind, fields, sent, by, forged, due, waited, waits, end}`. `by` is
    /// the event that sent it; `end` is null while it is on its way, otherwise `{event, at, how, why, idle, rules}`, where
    /// `idle` says that it changed nothing. `null`: repeat the call to continue. `undefined`: there is no such message.
    pub fn journey(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] from: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] to: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] nth: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] copy: JsValue,
    ) -> Js {
        let nth = args::whole(&nth, "nth", NTH_MAX)? as u32;
        let copy = args::whole(&copy, "copy", u8::MAX.into())? as u8;
        let lane = self.lane(&lane)?;
        // Members and services, and the store after them.
        let last = (lane.members() + lane.services()) as u64;
        let from = args::whole(&from, "from", last)? as Place;
        let to = args::whole(&to, "to", last)? as Place;
        let id = MessageId { from, to, nth, copy };
        let mut found = None;
        slice::work(SLICE_MS, |meter| {
            found = lane.journey(id, meter);
            found.is_some()
        });
        match found {
            None => Ok(JsValue::NULL),
            Some(None) => Ok(JsValue::UNDEFINED),
            Some(Some(found)) => Ok(way(lane, id, &found)),
        }
    }

    /// What the computed run does with each of the pending events of a lane, in the order of `pending`, a few hundred of
    /// them: an array of what `journey` calls `end`, null for what is not known. `null`: repeat the call to continue.
    pub fn prospects(&mut self, #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue) -> Js {
        let lane = self.lane(&lane)?;
        let mut found = None;
        slice::work(SLICE_MS, |meter| {
            found = lane.prospects(meter);
            found.is_some()
        });
        let Some(found) = found else { return Ok(JsValue::NULL) };
        let all = Array::new();
        for (it, pending) in found.iter().zip(lane.pending()) {
            let timer = matches!(pending.what, PendingWhat::Timer { .. });
            all.push(&it.as_ref().map_or(JsValue::NULL, |it| end(it, timer)));
        }
        Ok(all.into())
    }
}
