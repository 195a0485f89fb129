//! Looking inside: what an event changed and why, the way of a message, and what becomes of everything pending.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Js, Playground, SLICE_MS, args, place, slice, to_js};
use election_base::SimTime;
use election_engine::lane::{Cause, End, Ended, Inspected, Inspection, Journey, Lane, MessageId};
use election_engine::sim::{EVENTS_MAX, Inside, PendingWhat};
use election_engine::trace::{Kind, Loss, Names, Place, Record, WRITE};
use election_workbench::telling;

/// The largest number of a message on its link that a caller may ask for.
const NTH_MAX: u64 = EVENTS_MAX as u64;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InspectionJs {
    event: u32,
    at: f64,
    /// What happened, as the trace says it.
    text: String,
    /// What a reader is told of it; empty if it is nothing to be told.
    told: String,
    place: i32,
    cause: CauseJs,
    message: Option<MessageJs>,
    /// The timer that fired; empty if none did.
    timer: &'static str,
    ran: Vec<RanJs>,
    reasons: Vec<ReasonJs>,
    sent: Vec<SentJs>,
    nodes: Vec<NodeJs>,
}

#[derive(Serialize)]
struct CauseJs {
    kind: &'static str,
    event: Option<u32>,
    line: Option<u32>,
}

#[derive(Serialize)]
struct MessageJs {
    name: String,
    text: String,
    from: i32,
    to: i32,
    nth: u32,
    copy: u8,
}

#[derive(Serialize)]
struct RanJs {
    place: i32,
    rules: Vec<u32>,
}

#[derive(Serialize)]
struct ReasonJs {
    place: i32,
    rule: u32,
    text: String,
    holds: bool,
}

#[derive(Serialize)]
struct SentJs {
    name: String,
    text: String,
    from: i32,
    to: i32,
    nth: u32,
    copy: u8,
    /// Why it was lost at once; empty if it was not.
    lost: &'static str,
}

#[derive(Serialize)]
struct NodeJs {
    place: i32,
    process: [&'static str; 2],
    fields: Vec<ChangeJs>,
    timers: Vec<TimerJs>,
    ahead: [f64; 2],
    drift: [i32; 2],
    slow: [f64; 2],
    inbox: [usize; 2],
}

#[derive(Serialize)]
struct ChangeJs {
    name: &'static str,
    old: Option<String>,
    new: Option<String>,
    disk: Option<String>,
}

#[derive(Serialize)]
struct TimerJs {
    name: &'static str,
    /// When it is due and since when it runs; null if it is not set any more.
    due: Option<f64>,
    since: Option<f64>,
    /// The event that set it.
    by: Option<u32>,
    /// When it was due before the event; null if it was not set.
    was: Option<f64>,
    /// `set`, `kept`, `fired` or `cancelled`.
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JourneyJs {
    name: String,
    kind: &'static str,
    fields: Vec<FieldJs>,
    sent: f64,
    by: u32,
    forged: bool,
    due: Option<f64>,
    /// When it reached its receiver, where it had to wait, and why.
    waited: Option<f64>,
    waits: &'static str,
    end: Option<EndJs>,
}

#[derive(Serialize)]
struct FieldJs {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
struct EndJs {
    event: u32,
    at: f64,
    /// `received`, `fired`, `lost`, `set-again`, `cancelled` or `over`.
    how: &'static str,
    why: &'static str,
    /// It changed nothing.
    idle: bool,
    rules: Vec<u32>,
}

fn rules(bits: u64) -> Vec<u32> {
    (1..64).filter(|n| bits & 1 << n != 0).collect()
}

fn message_js(names: &Names, r: &Record) -> MessageJs {
    MessageJs {
        name: names.message_ref(r.node, r.peer, r.nth, r.copy),
        text: names.message(r.msg, &r.args),
        from: place(r.node),
        to: place(r.peer),
        nth: r.nth,
        copy: r.copy,
    }
}

fn end_js(end: &Ended, timer: bool) -> EndJs {
    let (how, why, idle, ran) = match end.how {
        End::Handled { rules, idle } => (if timer { "fired" } else { "received" }, "", idle, rules),
        End::Lost(why) => ("lost", Loss::text(why), false, 0),
        End::SetAgain => ("set-again", "", false, 0),
        End::Cancelled => ("cancelled", "", false, 0),
        End::Over => ("over", "", false, 0),
    };
    EndJs { event: end.event, at: end.at.0 as f64, how, why, idle, rules: rules(ran) }
}

/// The timers of a node that were set before an event or are set after it.
fn timers(names: &Names, found: &Inspection, node: &Inspected) -> Vec<TimerJs> {
    let us = |at: SimTime| at.0 as f64;
    let of = |inside: &Inside, timer| inside.timers.iter().find(|it| it.timer == timer).copied();
    let set = node.after.timers.iter().map(|it| TimerJs {
        name: names.timers[usize::from(it.timer)],
        due: Some(us(it.due)),
        since: Some(us(it.since)),
        by: Some(it.by),
        was: of(&node.before, it.timer).map(|was| us(was.due)),
        state: if it.by == found.event { "set" } else { "kept" },
    });
    let gone = node.before.timers.iter().filter(|it| of(&node.after, it.timer).is_none());
    let gone = gone.map(|it| {
        let fires = |r: &Record| r.kind == Kind::Fire && (r.node, r.sub) == (node.place, it.timer);
        TimerJs {
            name: names.timers[usize::from(it.timer)],
            due: None,
            since: None,
            by: None,
            was: Some(us(it.due)),
            state: if found.records.iter().any(fires) { "fired" } else { "cancelled" },
        }
    });
    set.chain(gone).collect()
}

fn node_js(names: &Names, found: &Inspection, node: &Inspected) -> NodeJs {
    let (before, after) = (&node.before, &node.after);
    let fields = node.fields().into_iter();
    NodeJs {
        place: place(node.place),
        process: [before.process.name(), after.process.name()],
        fields: fields
            .map(|it| ChangeJs { name: it.name, old: it.old, new: it.new, disk: it.disk })
            .collect(),
        timers: timers(names, found, node),
        ahead: [before, after].map(|it| it.ahead_us as f64),
        drift: [before, after].map(|it| it.drift_ppm),
        slow: [before, after].map(|it| it.slow.0 as f64),
        inbox: [before, after].map(|it| it.inbox),
    }
}

fn inspection_js(lane: &Lane, found: &Inspection) -> InspectionJs {
    let names = lane.names();
    let records = &found.records;
    let lost = |sent: &Record| {
        let same = |r: &&Record| {
            r.kind == Kind::Lose
                && (r.node, r.peer, r.nth, r.copy) == (sent.node, sent.peer, sent.nth, sent.copy)
        };
        records.iter().find(same).map_or("", |r| Loss::text(r.sub))
    };
    let sent = records.iter().filter(|r| matches!(r.kind, Kind::Send | Kind::Copy)).map(|r| {
        let MessageJs { name, text, from, to, nth, copy } = message_js(names, r);
        SentJs { name, text, from, to, nth, copy, lost: lost(r) }
    });
    // An act may deliver a message, or fire a timer.
    let about = records.iter().take(2).find(|r| matches!(r.kind, Kind::Deliver | Kind::Wait | Kind::Lose));
    let fired = records.iter().take(2).find(|r| r.kind == Kind::Fire);
    let mut places: Vec<Place> = found.nodes.iter().map(|it| it.place).collect();
    places.retain(|place| found.rules(*place) != 0);
    let all = &lane.story().happenings;
    let told = all[all.partition_point(|it| it.step < found.event)..].iter();
    let told: Vec<String> =
        told.take_while(|it| it.step == found.event).map(|it| telling::text(lane, it)).collect();
    let (kind, event, line) = match found.cause {
        Cause::Begin => ("begin", None, None),
        Cause::Act { line, .. } => ("act", None, Some(line)),
        Cause::Event(event) => ("event", Some(event), None),
        Cause::Chance => ("chance", None, None),
    };
    InspectionJs {
        event: found.event,
        at: found.at.0 as f64,
        text: records.first().map_or_else(String::new, |r| names.text(&Record { rules: 0, ..*r })),
        told: told.join(" "),
        place: place(found.place()),
        cause: CauseJs { kind, event, line },
        message: about.map(|r| message_js(names, r)),
        timer: fired.map_or("", |r| names.timers[usize::from(r.sub)]),
        ran: places.iter().map(|&it| RanJs { place: place(it), rules: rules(found.rules(it)) }).collect(),
        reasons: found
            .reasons
            .iter()
            .map(|it| ReasonJs {
                place: place(it.place),
                rule: it.rule,
                text: names.check(&it.check),
                holds: it.check.holds(),
            })
            .collect(),
        sent: sent.collect(),
        nodes: found.nodes.iter().map(|it| node_js(names, found, it)).collect(),
    }
}

fn journey_js(lane: &Lane, id: MessageId, found: &Journey) -> JourneyJs {
    let names = lane.names();
    let info = names.info.messages.get(usize::from(found.record.kind));
    let fields = match info {
        Some(info) => {
            let each = info.args.iter().zip(&found.record.args);
            each.map(|(&name, value)| FieldJs { name, value: value.to_string() }).collect()
        }
        None => {
            let text = names.message_record(&found.record);
            vec![FieldJs {
                name: "token",
                value: text.rsplit(['=', ' ']).next().unwrap_or_default().to_string(),
            }]
        }
    };
    JourneyJs {
        name: names.message_ref(id.from, id.to, id.nth, id.copy),
        kind: if found.record.kind == WRITE { "write" } else { info.map_or("", |info| info.name) },
        fields,
        sent: found.sent.0 as f64,
        by: found.by,
        forged: found.forged,
        due: found.due.map(|at| at.0 as f64),
        waited: found.waited.map(|(at, _)| at.0 as f64),
        waits: found.waited.map_or("", |(_, why)| ["paused", "busy", "not started"][usize::from(why)]),
        end: found.end.as_ref().map(|end| end_js(end, false)),
    }
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
            Some(Some(found)) => to_js(&inspection_js(lane, &found)),
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
            Some(Some(found)) => to_js(&journey_js(lane, id, &found)),
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
        let timers = lane.pending().into_iter().map(|it| !matches!(it.what, PendingWhat::Message { .. }));
        let ends = found.iter().zip(timers).map(|(end, timer)| end.as_ref().map(|end| end_js(end, timer)));
        to_js(&ends.collect::<Vec<_>>())
    }
}
