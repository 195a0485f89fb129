//! What JavaScript can call: the boundary between the engine and a page.
//!
//! Per frame only flat numbers cross it ([`Playground::frame`]); everything else is asked for when somebody
//! looks, as plain objects. Times are numbers in microseconds, nodes are places (see [`crate::frame`]),
//! digests and seeds are text in hexadecimal and decimal. Texts are changed by functions that give the new
//! text; the session then takes it as it takes one that was typed.
//!
//! Architecture invariant: the only user of js-sys, web-sys and serde-wasm-bindgen.

mod records;
mod texts;

use records::{
    ActJs, BandJs, BreakJs, FieldJs, LaneJs, MomentJs, PendingJs, ProgressJs, RecordJs, RunJs, StatsJs,
    StoryJs, VerdictJs, ViolationJs,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::base::SimTime;
use crate::breaks::{Finder, Stop};
use crate::frame::Frame;
use crate::judge::judge;
use crate::scenario::Error;
use crate::session::{self, Session};
use crate::sim::PendingWhat;
use crate::story::MomentWhat;
use crate::timeline::{Engine, Timeline};
use crate::trace::{NOWHERE, Place, Record};

type Js = Result<JsValue, JsValue>;

/// The most records that one call gives.
const RECORDS_MAX: usize = 20_000;

fn to_js(value: &impl Serialize) -> Js {
    // Plain objects, and numbers as numbers.
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(JsValue::from)
}

fn place(place: Place) -> i32 {
    if place == NOWHERE { -1 } else { place.into() }
}

fn time(us: f64) -> SimTime {
    // NaN and negative numbers become 0, infinity the end.
    SimTime(us as u64)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorJs {
    message: String,
    line: u32,
    column: u32,
    start: u32,
    end: u32,
    found: String,
    expected: String,
    nearest: Option<String>,
    advice: Option<String>,
}

fn errors_js(errors: Vec<Error>) -> JsValue {
    let errors: Vec<ErrorJs> = errors
        .into_iter()
        .map(|e| ErrorJs {
            message: e.to_string(),
            line: e.line,
            column: e.column,
            start: e.utf16.start,
            end: e.utf16.end,
            found: e.found,
            expected: e.expected,
            nearest: e.nearest,
            advice: e.advice,
        })
        .collect();
    to_js(&errors).unwrap_or(JsValue::NULL)
}
/// To be called once before anything else: a panic then says in the console where it happened. The instance
/// must be thrown away after one.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}
/// A run on a screen. Holds the text, the run that it plays, and the one that is about to replace it.
#[wasm_bindgen]
#[derive(Default)]
pub struct Playground {
    session: Session,
    frame: Frame,
}

#[wasm_bindgen]
impl Playground {
    /// With nothing to play.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Playground {
        Playground::default()
    }

    /// Takes a text. Its run takes the place of the one on the screen when `advance` has computed it whole;
    /// the first one is there at once.
    ///
    /// # Errors
    /// An array of `{message, line, column, start, end, found, expected, nearest, advice}`, lines and columns
    /// from 1, places in UTF-16 units. What is on the screen stays.
    pub fn load(&mut self, text: &str) -> Result<(), JsValue> {
        self.session.load(text).map_err(errors_js)
    }

    /// Computes at most so many events of each lane ahead: `{done, swapped}`.
    pub fn advance(&mut self, events: u32) -> Js {
        let progress = self.session.advance(events);
        to_js(&ProgressJs { done: progress.done, swapped: progress.swapped })
    }

    /// Rises with every run that takes the screen.
    #[wasm_bindgen(getter)]
    pub fn revision(&self) -> u32 {
        self.session.revision()
    }

    /// The text of the run on the screen.
    #[wasm_bindgen(getter)]
    pub fn text(&self) -> String {
        self.session.text().to_string()
    }

    fn timeline(&mut self) -> Result<&mut Timeline, JsValue> {
        self.session.timeline().ok_or_else(|| JsValue::from_str("no scenario is loaded"))
    }

    fn lane(&mut self, lane: usize) -> Result<&mut dyn Engine, JsValue> {
        let timeline = self.timeline()?;
        if lane < timeline.lanes().len() {
            Ok(timeline.lane(lane))
        } else {
            Err(JsValue::from_str(&format!("there is no lane {lane}")))
        }
    }

    /// What does not change during the run: `{title, until, lanes}`.
    pub fn run(&mut self) -> Js {
        let timeline = self.timeline()?;
        let scenario = timeline.scenario();
        let lanes = scenario.lanes.iter().zip(timeline.lanes()).enumerate().map(|(i, (spec, lane))| LaneJs {
            name: spec.name.clone(),
            algorithm: lane.info().id,
            ids: lane.names().ids.iter().map(ToString::to_string).collect(),
            ring: lane.ring(),
            members: lane.members(),
            services: lane.services(),
            timers: lane.names().timers.clone(),
            acts: scenario
                .acts
                .iter()
                .filter(|a| a.lanes & 1 << i != 0)
                .map(|a| ActJs { at: a.at.0 as f64, line: a.line, text: a.action.to_string() })
                .collect(),
        });
        to_js(&RunJs {
            title: scenario.title.clone(),
            until: scenario.until.0 as f64,
            lanes: lanes.collect(),
        })
    }

    /// The whole computed run of a lane in little: `{computed, events, truncated, bands, moments, violations,
    /// stats, digest}`.
    pub fn story(&mut self, lane: usize) -> Js {
        let computed = self.timeline()?.is_computed();
        let until = self.timeline()?.scenario().until;
        let lane = self.lane(lane)?;
        let story = lane.story();
        let end = if computed { until } else { lane.computed() };
        let moment = |what: MomentWhat| match what {
            MomentWhat::Act(act) => ("act", -1, Some(act)),
            MomentWhat::NoAct(act) => ("no-act", -1, Some(act)),
            MomentWhat::Truth(p) => ("truth", place(p), None),
            MomentWhat::Down(p) => ("down", place(p), None),
            MomentWhat::Up(p) => ("up", place(p), None),
            MomentWhat::Paused(p) => ("paused", place(p), None),
            MomentWhat::Resumed(p) => ("resumed", place(p), None),
            MomentWhat::Rejected(p) => ("rejected", place(p), None),
            MomentWhat::Stuck => ("stuck", -1, None),
        };
        to_js(&StoryJs {
            computed: end.0 as f64,
            events: lane.computed_events(),
            truncated: story.truncated,
            bands: story
                .bands
                .iter()
                .map(|b| BandJs {
                    node: b.node,
                    epoch: b.epoch as f64,
                    belief: b.belief,
                    from: b.from.0 as f64,
                    until: b.until.map(|u| u.0 as f64),
                })
                .collect(),
            moments: story
                .moments
                .iter()
                .map(|m| {
                    let (kind, node, act) = moment(m.what);
                    MomentJs { at: m.at.0 as f64, step: m.step, kind, node, act }
                })
                .collect(),
            violations: lane.head_violations().into_iter().map(ViolationJs::from).collect(),
            stats: StatsJs::new(lane.head_stats(), lane.info(), end),
            digest: format!("{:016x}", lane.head_digest()),
        })
    }

    /// The playhead, in microseconds.
    #[wasm_bindgen(getter)]
    pub fn now(&mut self) -> f64 {
        self.session.timeline().map_or(0.0, |t| t.now().0 as f64)
    }

    /// How many events of all lanes lie before the playhead.
    #[wasm_bindgen(getter)]
    pub fn events(&mut self) -> f64 {
        self.session.timeline().map_or(0.0, |t| t.events() as f64)
    }

    /// Moves the playhead behind all events up to and including `at` microseconds.
    pub fn seek(&mut self, at: f64) -> Result<(), JsValue> {
        self.timeline()?.seek(time(at));
        Ok(())
    }

    /// Moves the playhead to `at` microseconds, behind the first `after` events of that instant, all lanes counted
    /// together. 0 is behind all of them, as for `seek`, and so is every number larger than there are.
    #[wasm_bindgen(js_name = seekInstant)]
    pub fn seek_instant(&mut self, at: f64, after: u32) -> Result<(), JsValue> {
        self.timeline()?.seek_instant(time(at), after);
        Ok(())
    }

    /// Moves the playhead behind so many events of all lanes.
    #[wasm_bindgen(js_name = seekEvents)]
    pub fn seek_events(&mut self, events: f64) -> Result<(), JsValue> {
        self.timeline()?.seek_events(events as u64);
        Ok(())
    }

    /// One event forwards. The lane that it happened in; −1 at the end.
    pub fn step(&mut self) -> Result<i32, JsValue> {
        Ok(self.timeline()?.step().map_or(-1, |lane| lane as i32))
    }

    /// One event back. The lane that it had happened in; −1 at the start.
    #[wasm_bindgen(js_name = stepBack)]
    pub fn step_back(&mut self) -> Result<i32, JsValue> {
        Ok(self.timeline()?.step_back().map_or(-1, |lane| lane as i32))
    }

    /// Fills the frame with the moment at the playhead and gives the number of its numbers. They lie in the
    /// memory of the module from `framePointer` on, until the next call of anything: make the view anew.
    pub fn frame(&mut self) -> Result<u32, JsValue> {
        let timeline = self.session.timeline().ok_or_else(|| JsValue::from_str("no scenario is loaded"))?;
        self.frame.fill(timeline);
        Ok(self.frame.numbers().len() as u32)
    }

    /// Where the frame's numbers lie in the memory of the module, in bytes.
    #[wasm_bindgen(getter, js_name = framePointer)]
    pub fn frame_pointer(&self) -> usize {
        self.frame.numbers().as_ptr() as usize
    }

    /// What a node shows at the playhead: an array of `{name, value}`.
    pub fn view(&mut self, lane: usize, node: Place) -> Js {
        let lane = self.lane(lane)?;
        if lane.members() + lane.services() <= usize::from(node) {
            return Err(JsValue::from_str(&format!("there is no node at place {node}")));
        }
        let fields = lane.view(node).fields;
        to_js(&fields.into_iter().map(|(name, value)| FieldJs { name, value }).collect::<Vec<_>>())
    }

    /// All that is pending in a lane at the playhead, in order.
    pub fn pending(&mut self, lane: usize) -> Js {
        let lane = self.lane(lane)?;
        let names = lane.names();
        let pending: Vec<PendingJs> = lane
            .pending()
            .into_iter()
            .map(|p| {
                let (at, since) = (p.at.0 as f64, p.since.0 as f64);
                match p.what {
                    PendingWhat::Message { from, to, nth, copy, record, effective } => PendingJs {
                        at,
                        since,
                        kind: "message",
                        name: names.message_ref(from, to, nth, copy),
                        text: names.message_record(&record),
                        node: place(from),
                        peer: place(to),
                        effective,
                    },
                    PendingWhat::Timer { node, timer, effective } => PendingJs {
                        at,
                        since,
                        kind: "timer",
                        name: format!("{} {}", names.node(node), names.timers[usize::from(timer)]),
                        text: names.timers[usize::from(timer)].to_string(),
                        node: place(node),
                        peer: -1,
                        effective,
                    },
                    PendingWhat::Wakeup { node } => PendingJs {
                        at,
                        since,
                        kind: "wakeup",
                        name: names.node(node),
                        text: "the pause ends".to_string(),
                        node: place(node),
                        peer: -1,
                        effective: true,
                    },
                }
            })
            .collect();
        to_js(&pending)
    }

    /// The records of a lane from one time to another, both included, at most `limit`, as objects with their
    /// text.
    pub fn trace(&mut self, lane: usize, from: f64, to: f64, limit: usize) -> Js {
        let lane = self.lane(lane)?;
        let records = lane.window(time(from), time(to), limit.min(RECORDS_MAX));
        let names = lane.names();
        let record = |r: &Record| RecordJs {
            at: r.at.0 as f64,
            step: r.step,
            text: names.text(r),
            kind: r.kind as u8,
            node: place(r.node),
            peer: place(r.peer),
            rules: (1..64).filter(|n| r.rules & 1 << n != 0).collect(),
        };
        to_js(&records.iter().map(record).collect::<Vec<_>>())
    }

    /// The statistics of a lane up to the playhead.
    pub fn stats(&mut self, lane: usize) -> Js {
        let now = self.timeline()?.now();
        let lane = self.lane(lane)?;
        to_js(&StatsJs::new(lane.stats(), lane.info(), now))
    }

    /// The violations of a lane up to the playhead.
    pub fn violations(&mut self, lane: usize) -> Js {
        to_js(&self.lane(lane)?.violations().into_iter().map(ViolationJs::from).collect::<Vec<_>>())
    }

    /// Judges the expectations of the text: an array of `{line, lane, met, at, step, found}`. Plays the run on
    /// its own; the playhead stays.
    pub fn judge(&mut self) -> Js {
        let text = self.text();
        let mut timeline = session::open(&text).map_err(errors_js)?;
        let verdicts = judge(&mut timeline);
        let expects = &timeline.scenario().expects;
        let verdicts: Vec<VerdictJs> = verdicts
            .into_iter()
            .map(|v| VerdictJs {
                line: expects[v.expect].line,
                lane: v.lane,
                met: v.met,
                at: v.at.0 as f64,
                step: v.step,
                found: v.found,
            })
            .collect();
        to_js(&verdicts)
    }

    /// Looks at most so many events of each lane further for where the run stops for its `break` lines. True
    /// when all is looked at; with a new run on the screen it begins anew. The playhead stays.
    #[wasm_bindgen(js_name = breakSlice)]
    pub fn break_slice(&mut self, events: u32) -> bool {
        self.session.find_breaks(events)
    }

    /// Where the run stops, as far as `breakSlice` has looked, by time and then by lane: an array of `{line,
    /// lane, at, step}`, lines from 0. `step` counts the events of the lane.
    pub fn breaks(&self) -> Js {
        let stops = |finder: &Finder| -> Vec<BreakJs> {
            let stop =
                |s: &Stop| BreakJs { line: finder.line(s), lane: s.lane, at: s.at.0 as f64, step: s.step };
            finder.stops().iter().map(stop).collect()
        };
        to_js(&self.session.breaks().map(stops).unwrap_or_default())
    }

    /// Up to when `breakSlice` has looked in all lanes, in microseconds; 0 before it was called.
    #[wasm_bindgen(getter, js_name = breaksLooked)]
    pub fn breaks_looked(&self) -> f64 {
        self.session.breaks().map_or(0.0, |finder| finder.looked().0 as f64)
    }

    /// Whether the run has, or may have, more stops than `breaks` gives when all is looked at.
    #[wasm_bindgen(getter, js_name = breaksTruncated)]
    pub fn breaks_truncated(&self) -> bool {
        self.session.breaks().is_some_and(Finder::truncated)
    }

    /// Moves the playhead to a moment that `breaks` gives, between two events of one instant if need be.
    #[wasm_bindgen(js_name = seekBreak)]
    pub fn seek_break(&mut self, lane: usize, step: u32, at: f64) -> Result<(), JsValue> {
        self.lane(lane)?;
        self.timeline()?.seek_moment(lane, step, time(at));
        Ok(())
    }

    /// The digest of what happened in all lanes up to the playhead, for links: 16 hexadecimal digits.
    #[wasm_bindgen(js_name = traceDigest)]
    pub fn trace_digest(&mut self) -> Result<String, JsValue> {
        Ok(format!("{:016x}", self.timeline()?.trace_digest()))
    }

    /// The digest of all that can influence the future of all lanes: 16 hexadecimal digits.
    #[wasm_bindgen(js_name = stateDigest)]
    pub fn state_digest(&mut self) -> Result<String, JsValue> {
        Ok(format!("{:016x}", self.timeline()?.state_digest()))
    }
}
