//! The JavaScript interface: the boundary between the engine and a page.
//!
//! Per frame, only flat numbers cross it ([`Playground::frame`]); everything else is returned on request, as plain
//! objects. Times are numbers in microseconds, nodes are places (see [`election_workbench::frame`]), and digests and
//! seeds are strings, in hexadecimal and decimal. Functions that edit a text return the new text, which the session
//! loads as if it had been typed.
//!
//! Long work is done in slices: a call works for a few milliseconds, returns whether it is done, and is repeated if
//! not (see slice.rs). Arguments from JavaScript are checked first (see args.rs).
//!
//! Architecture invariant: the only user of js-sys, web-sys and serde-wasm-bindgen.

mod args;
mod futures;
#[cfg(feature = "debugger")]
mod halts;
#[cfg(feature = "debugger")]
mod inspect;
#[cfg(feature = "debugger")]
mod made;
#[cfg(feature = "debugger")]
mod odds;
mod records;
mod slice;
mod steps;
#[cfg(feature = "debugger")]
mod stretch;
#[cfg(feature = "debugger")]
mod stride;
mod texts;
#[cfg(feature = "debugger")]
mod why;

use records::{
    ActJs, BandJs, BreakJs, ChronicleJs, FailoverJs, FieldJs, GroupBandsJs, HappenedJs, HappeningJs,
    JudgedJs, LaneJs, MomentJs, PendingJs, ProgressJs, RecordJs, ResponseJs, RulingJs, RunJs, StatsJs,
    StoryJs, StretchJs, ToldJs, VerdictJs, ViolationJs, WarningJs,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use election_base::{LANES_MAX, SimTime};
use election_engine::lane::Lane;
use election_engine::sim::{EVENTS_MAX, PendingWhat};
use election_engine::summary::{self, Band, ENTRIES_MAX, GroupStory, Happening, Moment, MomentWhat};
use election_engine::timeline::{Goal, Timeline};
use election_engine::trace::{Acted, BreakOff, NOWHERE, Place, Record};
use election_workbench::breakpoints::{Finder, Stop};
use election_workbench::expectations::{Judge, Result as Met};
use election_workbench::frame::Frame;
#[cfg(feature = "debugger")]
use election_workbench::listing::Listing;
use election_workbench::registry::BUILT_IN;
use election_workbench::rulings::{Ruling, rulings};
use election_workbench::story;
#[cfg(feature = "debugger")]
use election_workbench::stretch::Stretch;
use election_workbench::telling;
use election_workbench::workspace::{self, Session};

type Js = Result<JsValue, JsValue>;

/// The default working time of a call, in milliseconds.
const SLICE_MS: f64 = 8.0;
/// The most records, or pending events, that one call returns.
const RECORDS_MAX: u64 = 5_000;
/// The most bands, and the most moments, that one call returns.
const STORY_MAX: usize = 500;

fn to_js(value: &impl Serialize) -> Js {
    // Plain objects instead of maps, and numbers as numbers.
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(JsValue::from)
}

fn place(place: Place) -> i32 {
    if place == NOWHERE { -1 } else { place.into() }
}

/// Call this once before anything else: it makes a panic report its location in the console. After a panic
/// the instance must be discarded.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// The module's memory, which contains the frames.
#[wasm_bindgen(js_name = moduleMemory, unchecked_return_type = "WebAssembly.Memory")]
pub fn module_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// An interactive run: the text, the run on the screen, and the run about to replace it.
///
/// An invalid argument throws an `Error` with an explanation and changes nothing.
#[wasm_bindgen]
#[derive(Default)]
pub struct Playground {
    session: Session,
    frame: Frame,
    #[cfg(feature = "debugger")]
    asked: why::Asked,
    #[cfg(feature = "debugger")]
    stretch: Stretch,
    #[cfg(feature = "debugger")]
    listing: Listing,
}

// Helpers that are not exported.
impl Playground {
    fn timeline(&mut self) -> Result<&mut Timeline, JsValue> {
        self.session.timeline().ok_or_else(|| args::error("no scenario is loaded: call `load` first"))
    }

    fn lane_number(&mut self, lane: &JsValue) -> Result<usize, JsValue> {
        let lanes = self.timeline()?.lanes().len();
        let lane = args::whole(lane, "lane", LANES_MAX as u64)? as usize;
        if lane < lanes {
            return Ok(lane);
        }
        Err(js_sys::RangeError::new(&format!(
            "there is no lane {lane}: this run has {lanes} lanes, numbered from 0"
        ))
        .into())
    }

    /// The number of a lane of the run on the screen or, after those, of the other future.
    fn lane_number_of_either(&mut self, lane: &JsValue) -> Result<usize, JsValue> {
        let lanes = self.timeline()?.lanes().len();
        let number = args::whole(lane, "lane", 2 * LANES_MAX as u64)? as usize;
        if number < lanes || self.session.lane(number).is_some() {
            Ok(number)
        } else {
            self.lane_number(lane)
        }
    }

    /// A lane of either future, with its run.
    fn lane_of_either(&mut self, lane: &JsValue) -> Result<(&mut Timeline, usize), JsValue> {
        let lane = self.lane_number_of_either(lane)?;
        self.session.lane(lane).ok_or_else(|| args::error("no scenario is loaded: call `load` first"))
    }

    fn lane(&mut self, lane: &JsValue) -> Result<&mut Lane, JsValue> {
        let (timeline, lane) = self.lane_of_either(lane)?;
        Ok(timeline.lane(lane))
    }

    /// Moves the playhead toward its goal.
    fn go(&mut self, goal: Goal) -> Result<bool, JsValue> {
        let timeline = self.timeline()?;
        timeline.go(goal);
        Ok(slice::work(SLICE_MS, |meter| timeline.settle(meter)))
    }
}

#[wasm_bindgen]
impl Playground {
    /// Creates a playground without a scenario.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Playground {
        Playground::default()
    }

    /// Loads a text. Its run replaces the one on the screen once `advance` has computed it completely; the
    /// first run appears at once.
    ///
    /// # Errors
    /// A `ScenarioError` with `errors`, an array of `{message, line, column, start, end, found, expected,
    /// nearest, advice}`; lines and columns count from 1, and places are in UTF-16 units. The screen stays as
    /// it is.
    pub fn load(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    ) -> Result<(), JsValue> {
        let text = args::text(&text, "text")?;
        self.session.load(&text).map_err(|errors| args::scenario_error(&errors))
    }

    /// Computes ahead for about `ms` milliseconds: `{done, swapped}`.
    pub fn advance(&mut self, #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue) -> Js {
        let ms = args::budget(&ms, SLICE_MS)?;
        let mut swapped = false;
        let done = slice::work(ms, |meter| {
            let progress = self.session.advance(meter);
            swapped |= progress.swapped;
            progress.done
        });
        to_js(&ProgressJs { done, swapped })
    }

    /// Increases whenever a new run appears on the screen.
    #[wasm_bindgen(getter)]
    pub fn revision(&self) -> u32 {
        self.session.revision()
    }

    /// The text of the run on the screen.
    #[wasm_bindgen(getter)]
    pub fn text(&self) -> String {
        self.session.text().to_string()
    }

    /// The facts that do not change during the run: `{title, until, seed, lanes, acts, warnings}`. `acts`
    /// covers all lanes; each lane lists the positions of its own acts.
    pub fn run(&mut self) -> Js {
        let text = self.text();
        to_js(&run_js(&text, self.timeline()?))
    }

    /// A summary of a lane's computed run: `{computed, events, truncated, bands, openBand, groups, moments,
    /// more, violations, stats, digest}`. It contains the bands from position `bands` and the moments from position
    /// `moments` on, a few thousand of each; `more` says whether there are more. `openBand` is the position of
    /// the first band that may still change: a caller that caches bands asks again from there.
    pub fn story(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] bands: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] moments: JsValue,
    ) -> Js {
        let bands = args::whole(&bands, "bands", ENTRIES_MAX as u64)? as usize;
        let moments = args::whole(&moments, "moments", ENTRIES_MAX as u64)? as usize;
        let (timeline, lane) = self.lane_of_either(&lane)?;
        let (computed, until) = (timeline.is_computed(), timeline.scenario().until);
        let lane = timeline.lane(lane);
        let story = lane.story();
        let end = if computed { until } else { lane.computed() };
        let open = story.main.bands.iter().position(|b| b.until.is_none()).unwrap_or(story.main.bands.len());
        let (all_bands, all_moments) = (story.main.bands.len(), story.moments.len());
        to_js(&StoryJs {
            computed: end.0 as f64,
            events: lane.computed_events(),
            truncated: story.truncated,
            bands: story.main.bands.iter().skip(bands).take(STORY_MAX).map(band_js).collect(),
            open_band: open,
            groups: story.groups.iter().map(group_bands_js).collect(),
            moments: story.moments.iter().skip(moments).take(STORY_MAX).map(moment_js).collect(),
            more: bands + STORY_MAX < all_bands || moments + STORY_MAX < all_moments,
            violations: lane.head_violations().iter().map(|v| ViolationJs::new(v, lane.names())).collect(),
            stats: StatsJs::new(lane, true, end),
            digest: format!("{:016x}", lane.head_digest()),
        })
    }

    /// What happened in a lane's computed run: `{failovers, failover, served, wrong, openWrong, electing,
    /// openElecting, happenings, more}`. The lists begin at these positions and have at most a few hundred entries
    /// each; `more` says whether there is more. `failover` is the one in progress, and `served` is when the first
    /// node served. As with `openBand` of `story`, the entries from `openWrong` and `openElecting` on may change.
    pub fn chronicle(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] failovers: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] wrong: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] electing: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] happenings: JsValue,
    ) -> Js {
        let position = |value: &JsValue, name| {
            args::whole(value, name, ENTRIES_MAX as u64).map(|position| position as usize)
        };
        let (failovers, wrong) = (position(&failovers, "failovers")?, position(&wrong, "wrong")?);
        let (electing, happenings) = (position(&electing, "electing")?, position(&happenings, "happenings")?);
        let lane: &Lane = self.lane(&lane)?;
        let story = lane.story();
        let open =
            |list: &[summary::Stretch]| list.iter().position(|it| it.until.is_none()).unwrap_or(list.len());
        let stretches = |list: &[summary::Stretch], first: usize| -> Vec<StretchJs> {
            list.iter().skip(first).take(STORY_MAX).map(StretchJs::from).collect()
        };
        let lists = [
            (failovers, story.main.failovers.len()),
            (wrong, story.wrong.len()),
            (electing, story.electing.len()),
            (happenings, story.happenings.len()),
        ];
        let ended = story.main.failovers.iter().skip(failovers).take(STORY_MAX);
        to_js(&ChronicleJs {
            failovers: ended.map(|(_, it)| FailoverJs::new(lane, *it)).collect(),
            failover: lane.head_failover().map(|it| FailoverJs::new(lane, it)),
            served: lane.first_served().map(|at| at.0 as f64),
            wrong: stretches(&story.wrong, wrong),
            open_wrong: open(&story.wrong),
            electing: stretches(&story.electing, electing),
            open_electing: open(&story.electing),
            happenings: story
                .happenings
                .iter()
                .skip(happenings)
                .take(STORY_MAX)
                .map(HappeningJs::from)
                .collect(),
            more: lists.into_iter().any(|(first, all)| first + STORY_MAX < all),
        })
    }

    /// How a lane responded to each act that took effect, in order, up to the next act: an array of `{act, at,
    /// step, suspected, candidate, led, waits, elects}`.
    pub fn responses(&mut self, #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue) -> Js {
        let lane: &Lane = self.lane(&lane)?;
        let all = telling::responses(lane);
        to_js(&all.iter().take(RECORDS_MAX as usize).map(|it| ResponseJs::new(lane, it)).collect::<Vec<_>>())
    }

    /// What happened last in a lane up to a time, by default up to the playhead, what happens next that is worth a
    /// stop, and whether an election is on: `{last, next, electing}`.
    pub fn happened(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] at: JsValue,
    ) -> Js {
        let at = if at.is_undefined() { None } else { Some(args::time(&at, "at")?) };
        let lane: &Lane = self.lane(&lane)?;
        let (story, here) = (lane.story(), lane.events());
        let before = |when: SimTime, step: u32| at.map_or(step <= here, |at| when <= at);
        let next = story.happenings.partition_point(|it| before(it.at, it.step));
        let told = |it: &Happening| ToldJs::new(lane, it);
        let ahead = story.happenings[next..].iter().find(|it| it.stops());
        let begun = story.electing.partition_point(|it| before(it.from, it.from_step));
        let election = begun.checked_sub(1).map(|last| &story.electing[last]);
        to_js(&HappenedJs {
            last: next.checked_sub(1).map(|last| told(&story.happenings[last])),
            next: ahead.map(told),
            electing: election.is_some_and(|it| it.until.is_none_or(|until| !before(until, it.until_step))),
        })
    }

    /// The text of a happening, by its position in `chronicle`; `null` if there is none.
    pub fn sentence(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] happening: JsValue,
    ) -> Result<Option<String>, JsValue> {
        let happening = args::whole(&happening, "happening", ENTRIES_MAX as u64)? as usize;
        let lane: &Lane = self.lane(&lane)?;
        Ok(lane.story().happenings.get(happening).map(|it| telling::text(lane, it)))
    }

    /// The playhead, in microseconds.
    #[wasm_bindgen(getter)]
    pub fn now(&mut self) -> f64 {
        self.session.timeline().map_or(0.0, |t| t.now().0 as f64)
    }

    /// The number of events of all lanes before the playhead.
    #[wasm_bindgen(getter)]
    pub fn events(&mut self) -> f64 {
        self.session.timeline().map_or(0.0, |t| t.events() as f64)
    }

    /// Moves the playhead to `at` microseconds, after all events up to and including that instant. Returns
    /// true if it has arrived; otherwise `settle` continues.
    pub fn seek(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: JsValue,
    ) -> Result<bool, JsValue> {
        self.go(Goal::Time(args::time(&at, "at")?))
    }

    /// Moves the playhead to `at` microseconds, after the first `after` events of that instant, counted over
    /// all lanes. With 0, or a number larger than the number of events, it goes after all of them, as `seek`
    /// does. Returns true if it has arrived.
    #[wasm_bindgen(js_name = seekInstant)]
    pub fn seek_instant(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] after: JsValue,
    ) -> Result<bool, JsValue> {
        let after = args::whole(&after, "after", u32::MAX.into())? as u32;
        self.go(Goal::Instant(args::time(&at, "at")?, after))
    }

    /// Moves the playhead past this many events, counted over all lanes. Returns true if it has arrived.
    #[wasm_bindgen(js_name = seekEvents)]
    pub fn seek_events(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] events: JsValue,
    ) -> Result<bool, JsValue> {
        self.go(Goal::Events(args::whole(&events, "events", u64::MAX)?))
    }

    /// Continues toward the playhead's goal for about `ms` milliseconds. Returns true if it has arrived or
    /// has no goal.
    pub fn settle(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue,
    ) -> Result<bool, JsValue> {
        let ms = args::budget(&ms, SLICE_MS)?;
        let timeline = self.timeline()?;
        Ok(slice::work(ms, |meter| timeline.settle(meter)))
    }

    /// Moves the playhead one event forward. Returns the lane of that event; −1 at the end.
    pub fn step(&mut self) -> Result<i32, JsValue> {
        Ok(self.timeline()?.step().map_or(-1, |lane| lane as i32))
    }

    /// Moves the playhead one event back. Returns the lane of that event; −1 at the start. This may take
    /// longer than the call: `settle` reports when it has arrived.
    #[wasm_bindgen(js_name = stepBack)]
    pub fn step_back(&mut self) -> Result<i32, JsValue> {
        let timeline = self.timeline()?;
        let lane = timeline.go_back();
        slice::work(SLICE_MS, |meter| timeline.settle(meter));
        Ok(lane.map_or(-1, |lane| lane as i32))
    }

    /// Fills the frame with the moment at the playhead and returns its length. The numbers start at
    /// `framePointer` in the module's memory and stay valid until the next call of any function; create a new
    /// view each time.
    pub fn frame(&mut self) -> Result<u32, JsValue> {
        let timeline = self.session.timeline().ok_or_else(|| args::error("no scenario is loaded"))?;
        self.frame.fill(timeline);
        Ok(self.frame.numbers().len() as u32)
    }

    /// The start of the frame's numbers in the module's memory, in bytes.
    #[wasm_bindgen(getter, js_name = framePointer)]
    pub fn frame_pointer(&self) -> usize {
        self.frame.numbers().as_ptr() as usize
    }

    /// What a node displays at the playhead: an array of `{name, value}`.
    pub fn view(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] node: JsValue,
    ) -> Js {
        let lane = self.lane(&lane)?;
        let nodes = lane.members() + lane.services();
        let node = args::whole(&node, "node", nodes as u64 - 1)? as Place;
        let fields = lane.view(node).fields;
        to_js(&fields.into_iter().map(|(name, value)| FieldJs { name, value }).collect::<Vec<_>>())
    }

    /// The settings of a member: an array of `{timer, setting, value, line}`. `timer` is the one that it rules, or empty.
    /// `setting` is the name that a text uses, `value` holds at the start of the run, and `line`, from 0, is where the text
    /// sets it: null for the default.
    pub fn rulings(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] node: JsValue,
    ) -> Js {
        let (lane, text) = (self.lane_number(&lane)?, self.text());
        let timeline = self.timeline()?;
        let ids = &timeline.lanes()[lane].names().ids;
        let node = ids[args::whole(&node, "node", ids.len() as u64 - 1)? as usize];
        let found = rulings(&text, timeline, lane, node, BUILT_IN.vocabulary()).into_iter();
        let ruling =
            |it: Ruling| RulingJs { timer: it.timer, setting: it.setting, value: it.value, line: it.line };
        to_js(&found.map(ruling).collect::<Vec<_>>())
    }

    /// The pending events of a lane at the playhead, in order: at most `limit`, and at most a few thousand.
    pub fn pending(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] limit: JsValue,
    ) -> Js {
        let limit = args::limited(&limit, RECORDS_MAX)?;
        let lane = self.lane(&lane)?;
        let names = lane.names();
        let pending: Vec<PendingJs> = lane
            .pending()
            .into_iter()
            .take(limit)
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

    /// The records of a lane between two times, both inclusive, as objects with their text: at most `limit`,
    /// and at most a few thousand. They are computed by replaying that stretch; if this takes longer than one
    /// call, the result is `null`; repeat the call to continue.
    pub fn trace(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] from: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] to: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] limit: JsValue,
    ) -> Js {
        let (from, to, limit) = args::stretch(&from, &to, &limit, RECORDS_MAX)?;
        let lane = self.lane(&lane)?;
        let mut records = None;
        slice::work(SLICE_MS, |meter| {
            records = lane.window(from, to, limit, meter);
            records.is_some()
        });
        let Some(records) = records else { return Ok(JsValue::NULL) };
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
    pub fn stats(&mut self, #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue) -> Js {
        let (timeline, lane) = self.lane_of_either(&lane)?;
        let now = timeline.now();
        to_js(&StatsJs::new(timeline.lane(lane), false, now))
    }

    /// The verdicts on all properties of a lane, up to the playhead or, if `whole` is true, for everything
    /// computed. An array of `{property, promised, verdict, text, violation}`; `verdict` is `held`, `broken`,
    /// `given-up` or `undecided`.
    pub fn verdicts(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "boolean")] whole: JsValue,
    ) -> Js {
        let (timeline, lane) = self.lane_of_either(&lane)?;
        let (now, until) = (timeline.now(), timeline.scenario().until);
        let computed = timeline.is_computed();
        let lane = timeline.lane(lane);
        let verdicts = if whole.is_truthy() {
            lane.head_verdicts(if computed { until } else { lane.computed() })
        } else {
            lane.verdicts(now)
        };
        to_js(&verdicts.iter().map(|v| VerdictJs::new(v, lane.names())).collect::<Vec<_>>())
    }

    /// Continues checking the expectations of the run on the screen for about `ms` milliseconds. Returns true
    /// if all are decided; restarts when a new run appears on the screen. The playhead does not move.
    #[wasm_bindgen(js_name = judgeSlice)]
    pub fn judge_slice(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue,
    ) -> Result<bool, JsValue> {
        let ms = args::budget(&ms, SLICE_MS)?;
        Ok(slice::work(ms, |meter| self.session.judge(meter)))
    }

    /// What `judgeSlice` has decided: an array of `{expect, line, lane, met, needsSeeds, at, step, found}`,
    /// where `expect` is the expectation's position in the text and `line` its line, both from 0. One run
    /// cannot decide an expectation over many seeds: `met` is then `null`. The answers that the story declares follow
    /// the expectations.
    pub fn judged(&self) -> Js {
        let judged = |judge: &Judge| -> Vec<JudgedJs> {
            let scenario = judge.timeline().scenario();
            // Declared answers follow the expectations.
            let line = |i: usize| match scenario.expects.get(i) {
                Some(expect) => expect.line,
                None => scenario.asks[i - scenario.expects.len()].answer.line,
            };
            let one = |j: election_workbench::expectations::Judged| JudgedJs {
                expect: j.expect,
                line: line(j.expect),
                lane: j.lane,
                met: match j.result {
                    Met::Met => Some(true),
                    Met::Failed => Some(false),
                    Met::NeedsSeeds => None,
                },
                needs_seeds: j.result == Met::NeedsSeeds,
                at: j.at.0 as f64,
                step: j.step,
                found: j.found,
            };
            story::judged(judge).into_iter().map(one).collect()
        };
        to_js(&self.session.judged().map(judged).unwrap_or_default())
    }

    /// The steps of the story, by time: an array of `{line, at, lanes, kind, text, told, choices, answerAt, answers,
    /// because}`. `kind` is `say` or `ask`; `lanes` are the positions of the lanes it is about. A sentence is told in
    /// the lanes `told`, which is `null` until `judgeSlice` has decided its condition. A question has `choices`, empty
    /// if the reader picks lanes, and is answered at `answerAt`. Once `judgeSlice` is done, `answers` has the position
    /// of the right choice in each lane of the run (0 for a lane to pick), or -1, and `because` the closing sentence,
    /// unless the run contradicts the declared answer.
    pub fn steps(&mut self) -> Js {
        let told = self.session.judged().and_then(story::told);
        let scenario = self.timeline()?.scenario();
        to_js(&steps::steps(scenario, told.as_ref()))
    }

    /// Continues the search for the places where the run stops for its `break` lines, for about `ms`
    /// milliseconds. Returns true if the search is complete; restarts when a new run appears on the screen.
    /// The playhead does not move.
    #[wasm_bindgen(js_name = breakSlice)]
    pub fn break_slice(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue,
    ) -> Result<bool, JsValue> {
        let ms = args::budget(&ms, SLICE_MS)?;
        Ok(slice::work(ms, |meter| self.session.find_breaks(meter)))
    }

    /// The stops that `breakSlice` has found, by time and then by lane: an array of `{line, lane, at, step}`,
    /// with lines from 0. `step` counts the events of the lane.
    pub fn breaks(&self) -> Js {
        let stops = |finder: &Finder| -> Vec<BreakJs> {
            let stop =
                |s: &Stop| BreakJs { line: finder.line(s), lane: s.lane, at: s.at.0 as f64, step: s.step };
            finder.stops().iter().map(stop).collect()
        };
        to_js(&self.session.breaks().map(stops).unwrap_or_default())
    }

    /// The time up to which `breakSlice` has searched all lanes, in microseconds; 0 before the first call.
    #[wasm_bindgen(getter, js_name = breaksLooked)]
    pub fn breaks_looked(&self) -> f64 {
        self.session.breaks().map_or(0.0, |finder| finder.looked().0 as f64)
    }

    /// Whether the run has, or may have, more stops than `breaks` returns after a complete search.
    #[wasm_bindgen(getter, js_name = breaksTruncated)]
    pub fn breaks_truncated(&self) -> bool {
        self.session.breaks().is_some_and(Finder::truncated)
    }

    /// Moves the playhead to a moment from `breaks`, between two events of one instant if necessary. Returns
    /// true if it has arrived.
    #[wasm_bindgen(js_name = seekBreak)]
    pub fn seek_break(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] step: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] at: JsValue,
    ) -> Result<bool, JsValue> {
        let lane = self.lane_number(&lane)?;
        let step = args::whole(&step, "step", EVENTS_MAX.into())? as u32;
        self.go(Goal::Moment { lane, step, at: args::time(&at, "at")? })
    }

    /// The digest of everything that has happened in all lanes up to the playhead, for links: 16 hexadecimal
    /// digits.
    #[wasm_bindgen(js_name = traceDigest)]
    pub fn trace_digest(&mut self) -> Result<String, JsValue> {
        Ok(format!("{:016x}", self.timeline()?.trace_digest()))
    }

    /// The digest of everything that can influence the future of all lanes: 16 hexadecimal digits.
    #[wasm_bindgen(js_name = stateDigest)]
    pub fn state_digest(&mut self) -> Result<String, JsValue> {
        Ok(format!("{:016x}", self.timeline()?.state_digest()))
    }
}

/// The facts of a run of a text.
fn run_js(text: &str, timeline: &Timeline) -> RunJs {
    let warnings = workspace::warnings(text, timeline);
    let scenario = timeline.scenario();
    let lanes = scenario.lanes.iter().zip(timeline.lanes()).enumerate().map(|(i, (spec, lane))| LaneJs {
        name: spec.name.clone(),
        algorithm: lane.info().id,
        ids: lane.names().ids.iter().map(ToString::to_string).collect(),
        names: (0..lane.names().ids.len()).map(|p| lane.names().node(p as Place)).collect(),
        ring: lane.ring(),
        members: lane.members(),
        services: lane.services(),
        timers: lane.names().timers.clone(),
        acts: (0..scenario.acts.len()).filter(|&a| scenario.acts[a].lanes & 1 << i != 0).collect(),
    });
    let act = |a: &election_language::scenario::Act| ActJs {
        at: a.at.0 as f64,
        line: a.line,
        text: a.action.to_string(),
    };
    RunJs {
        title: scenario.title.clone(),
        until: scenario.until.0 as f64,
        seed: scenario.seed.to_string(),
        lanes: lanes.collect(),
        acts: scenario.acts.iter().map(act).collect(),
        warnings: warnings.into_iter().map(|w| WarningJs { line: w.line, text: w.text }).collect(),
    }
}

fn band_js(b: &Band) -> BandJs {
    BandJs {
        node: b.node,
        epoch: b.epoch as f64,
        belief: b.belief,
        from: b.from.0 as f64,
        until: b.until.map(|u| u.0 as f64),
    }
}

/// The newest bands of a group; of very many the oldest are left out.
fn group_bands_js(group: &GroupStory) -> GroupBandsJs {
    let first = group.bands.len().saturating_sub(STORY_MAX);
    GroupBandsJs { name: group.name, bands: group.bands[first..].iter().map(band_js).collect() }
}

fn moment_js(m: &Moment) -> MomentJs {
    let (kind, node, act, why) = match m.what {
        MomentWhat::Act(act) => ("act", -1, Some(act), ""),
        MomentWhat::NoAct(act, why) => ("no-act", -1, Some(act), Acted::text(why)),
        MomentWhat::Truth(p) => ("truth", place(p), None, ""),
        MomentWhat::Down(p) => ("down", place(p), None, ""),
        MomentWhat::Up(p) => ("up", place(p), None, ""),
        MomentWhat::Paused(p) => ("paused", place(p), None, ""),
        MomentWhat::Resumed(p) => ("resumed", place(p), None, ""),
        MomentWhat::Rejected(p) => ("rejected", place(p), None, ""),
        MomentWhat::Stuck(why) => ("stuck", -1, None, BreakOff::text(why)),
    };
    MomentJs { at: m.at.0 as f64, step: m.step, kind, node, act, why }
}
