//! What JavaScript can call: the boundary between the engine and a page.
//!
//! Per frame only flat numbers cross it ([`Playground::frame`]); everything else is asked for when somebody
//! looks, as plain objects. Times are numbers in microseconds, nodes are places (see [`election_workbench::frame`]),
//! digests and seeds are text in hexadecimal and decimal. Texts are changed by functions that give the new
//! text; the session then takes it as it takes one that was typed.
//!
//! What can take long does so in slices: a call works for some milliseconds, says whether it is done, and is called
//! again (see [`slice`]). What JavaScript gives is checked first (see [`args`]).
//!
//! Architecture invariant: the only user of js-sys, web-sys and serde-wasm-bindgen.

mod args;
mod records;
mod slice;
mod texts;

use records::{
    ActJs, BandJs, BreakJs, FieldJs, JudgedJs, LaneJs, MomentJs, PendingJs, ProgressJs, RecordJs, RunJs,
    StatsJs, StoryJs, VerdictJs, ViolationJs, WarningJs,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use election_base::LANES_MAX;
use election_engine::lane::Lane;
use election_engine::sim::{EVENTS_MAX, PendingWhat};
use election_engine::summary::{Band, ENTRIES_MAX, Moment, MomentWhat};
use election_engine::timeline::{Goal, Timeline};
use election_engine::trace::{Acted, BreakOff, NOWHERE, Place, Record};
use election_workbench::breakpoints::{Finder, Stop};
use election_workbench::expectations::{Judge, Result as Met};
use election_workbench::frame::Frame;
use election_workbench::workspace::{self, Session};

type Js = Result<JsValue, JsValue>;

/// How long a call works where it is not said, in milliseconds.
const SLICE_MS: f64 = 8.0;
/// The most records, or pending things, that one call gives.
const RECORDS_MAX: u64 = 5_000;
/// The most bands and the most moments that one call gives.
const STORY_MAX: usize = 500;

fn to_js(value: &impl Serialize) -> Js {
    // Plain objects, and numbers as numbers.
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(JsValue::from)
}

fn place(place: Place) -> i32 {
    if place == NOWHERE { -1 } else { place.into() }
}

/// To be called once before anything else: a panic then says in the console where it happened. The instance
/// must be thrown away after one.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// The memory of the module, in which frames lie.
#[wasm_bindgen(js_name = moduleMemory, unchecked_return_type = "WebAssembly.Memory")]
pub fn module_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// A run on a screen. Holds the text, the run that it plays, and the one that is about to replace it.
///
/// Whatever is given that does not fit is an `Error` with a sentence, and changes nothing.
#[wasm_bindgen]
#[derive(Default)]
pub struct Playground {
    session: Session,
    frame: Frame,
}

// What is called from here only.
impl Playground {
    fn timeline(&mut self) -> Result<&mut Timeline, JsValue> {
        self.session.timeline().ok_or_else(|| args::error("no scenario is loaded yet: call `load` first"))
    }

    fn lane_number(&mut self, lane: &JsValue) -> Result<usize, JsValue> {
        let lanes = self.timeline()?.lanes().len();
        let lane = args::whole(lane, "lane", LANES_MAX as u64)? as usize;
        if lane < lanes {
            return Ok(lane);
        }
        Err(js_sys::RangeError::new(&format!("there is no lane {lane}: this run has {lanes}, from 0")).into())
    }

    fn lane(&mut self, lane: &JsValue) -> Result<&mut Lane, JsValue> {
        let lane = self.lane_number(lane)?;
        Ok(self.timeline()?.lane(lane))
    }

    /// Moves the playhead towards its goal.
    fn go(&mut self, goal: Goal) -> Result<bool, JsValue> {
        let timeline = self.timeline()?;
        timeline.go(goal);
        Ok(slice::work(SLICE_MS, |meter| timeline.settle(meter)))
    }
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
    /// A `ScenarioError` with `errors`: an array of `{message, line, column, start, end, found, expected, nearest,
    /// advice}`, lines and columns from 1, places in UTF-16 units. What is on the screen stays.
    pub fn load(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    ) -> Result<(), JsValue> {
        let text = args::text(&text, "text")?;
        self.session.load(&text).map_err(|errors| args::scenario_error(&errors))
    }

    /// Computes ahead for about so many milliseconds: `{done, swapped}`.
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

    /// What does not change during the run: `{title, until, seed, lanes, acts, warnings}`. The acts are those of all
    /// lanes; each lane lists the positions of its own.
    pub fn run(&mut self) -> Js {
        let text = self.text();
        let timeline = self.timeline()?;
        let warnings = workspace::warnings(&text, timeline);
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
        to_js(&RunJs {
            title: scenario.title.clone(),
            until: scenario.until.0 as f64,
            seed: scenario.seed.to_string(),
            lanes: lanes.collect(),
            acts: scenario.acts.iter().map(act).collect(),
            warnings: warnings.into_iter().map(|w| WarningJs { line: w.line, text: w.text }).collect(),
        })
    }

    /// The computed run of a lane in little: `{computed, events, truncated, bands, openBand, moments, more, violations,
    /// stats, digest}`. The bands from position `bands` on and the moments from position `moments` on, some thousand
    /// of each; with `more` there are more. `openBand` is the position of the first band that may still change: who
    /// keeps what it got asks for the next ones from there.
    pub fn story(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] bands: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] moments: JsValue,
    ) -> Js {
        let bands = args::whole(&bands, "bands", ENTRIES_MAX as u64)? as usize;
        let moments = args::whole(&moments, "moments", ENTRIES_MAX as u64)? as usize;
        let (computed, until) = (self.timeline()?.is_computed(), self.timeline()?.scenario().until);
        let lane = self.lane(&lane)?;
        let story = lane.story();
        let end = if computed { until } else { lane.computed() };
        let open = story.bands.iter().position(|b| b.until.is_none()).unwrap_or(story.bands.len());
        let (all_bands, all_moments) = (story.bands.len(), story.moments.len());
        to_js(&StoryJs {
            computed: end.0 as f64,
            events: lane.computed_events(),
            truncated: story.truncated,
            bands: story.bands.iter().skip(bands).take(STORY_MAX).map(band_js).collect(),
            open_band: open,
            moments: story.moments.iter().skip(moments).take(STORY_MAX).map(moment_js).collect(),
            more: bands + STORY_MAX < all_bands || moments + STORY_MAX < all_moments,
            violations: lane.head_violations().iter().map(|v| ViolationJs::new(v, lane.names())).collect(),
            stats: StatsJs::new(lane.head_stats(), lane.head_traffic(), lane.info(), end),
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

    /// Sends the playhead behind all events up to and including `at` microseconds. True when it is there; else
    /// `settle` goes on.
    pub fn seek(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: JsValue,
    ) -> Result<bool, JsValue> {
        self.go(Goal::Time(args::time(&at, "at")?))
    }

    /// Sends the playhead to `at` microseconds, behind the first `after` events of that instant, all lanes counted
    /// together. 0 is behind all of them, as for `seek`, and so is every number larger than there are. True when it is
    /// there.
    #[wasm_bindgen(js_name = seekInstant)]
    pub fn seek_instant(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] after: JsValue,
    ) -> Result<bool, JsValue> {
        let after = args::whole(&after, "after", u32::MAX.into())? as u32;
        self.go(Goal::Instant(args::time(&at, "at")?, after))
    }

    /// Sends the playhead behind so many events of all lanes. True when it is there.
    #[wasm_bindgen(js_name = seekEvents)]
    pub fn seek_events(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] events: JsValue,
    ) -> Result<bool, JsValue> {
        self.go(Goal::Events(args::whole(&events, "events", u64::MAX)?))
    }

    /// Goes on towards where the playhead was sent, for about so many milliseconds. True when it is there, and where
    /// it was sent nowhere.
    pub fn settle(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue,
    ) -> Result<bool, JsValue> {
        let ms = args::budget(&ms, SLICE_MS)?;
        let timeline = self.timeline()?;
        Ok(slice::work(ms, |meter| timeline.settle(meter)))
    }

    /// One event forwards from where the playhead is. The lane that it happened in; −1 at the end.
    pub fn step(&mut self) -> Result<i32, JsValue> {
        Ok(self.timeline()?.step().map_or(-1, |lane| lane as i32))
    }

    /// Sends the playhead one event back. The lane that it had happened in; −1 at the start. It may take longer than
    /// this call: `settle` says when it is there.
    #[wasm_bindgen(js_name = stepBack)]
    pub fn step_back(&mut self) -> Result<i32, JsValue> {
        let timeline = self.timeline()?;
        let lane = timeline.go_back();
        slice::work(SLICE_MS, |meter| timeline.settle(meter));
        Ok(lane.map_or(-1, |lane| lane as i32))
    }

    /// Fills the frame with the moment at the playhead and gives the number of its numbers. They lie in the
    /// memory of the module from `framePointer` on, until the next call of anything: make the view anew.
    pub fn frame(&mut self) -> Result<u32, JsValue> {
        let timeline = self.session.timeline().ok_or_else(|| args::error("no scenario is loaded yet"))?;
        self.frame.fill(timeline);
        Ok(self.frame.numbers().len() as u32)
    }

    /// Where the frame's numbers lie in the memory of the module, in bytes.
    #[wasm_bindgen(getter, js_name = framePointer)]
    pub fn frame_pointer(&self) -> usize {
        self.frame.numbers().as_ptr() as usize
    }

    /// What a node shows at the playhead: an array of `{name, value}`.
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

    /// What is pending in a lane at the playhead, in order, at most `limit` and some thousand.
    pub fn pending(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] limit: JsValue,
    ) -> Js {
        let limit = args::whole(&limit, "limit", u64::MAX)?.min(RECORDS_MAX) as usize;
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

    /// The records of a lane from one time to another, both included, at most `limit` and some thousand, as objects
    /// with their text. The stretch is played again for it: `null` when that takes longer than one call; asked again
    /// for the same it goes on.
    pub fn trace(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] from: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] to: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] limit: JsValue,
    ) -> Js {
        let (from, to) = (args::time(&from, "from")?, args::time(&to, "to")?);
        let limit = args::whole(&limit, "limit", u64::MAX)?.min(RECORDS_MAX) as usize;
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
        let now = self.timeline()?.now();
        let lane = self.lane(&lane)?;
        to_js(&StatsJs::new(lane.stats(), lane.traffic(), lane.info(), now))
    }

    /// The verdicts on all properties of a lane: up to the playhead, or in all that is computed with `whole`. An
    /// array of `{property, promised, verdict, text, violation}`; `verdict` is `held`, `broken`, `given-up` or
    /// `undecided`.
    pub fn verdicts(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "boolean")] whole: JsValue,
    ) -> Js {
        let (now, until) = (self.timeline()?.now(), self.timeline()?.scenario().until);
        let computed = self.timeline()?.is_computed();
        let lane = self.lane(&lane)?;
        let verdicts = if whole.is_truthy() {
            lane.head_verdicts(if computed { until } else { lane.computed() })
        } else {
            lane.verdicts(now)
        };
        to_js(&verdicts.iter().map(|v| VerdictJs::new(v, lane.names())).collect::<Vec<_>>())
    }

    /// Judges the expectations of the run on the screen further, for about so many milliseconds. True when all are
    /// judged; with a new run on the screen it begins anew. The playhead stays.
    #[wasm_bindgen(js_name = judgeSlice)]
    pub fn judge_slice(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue,
    ) -> Result<bool, JsValue> {
        let ms = args::budget(&ms, SLICE_MS)?;
        Ok(slice::work(ms, |meter| self.session.judge(meter)))
    }

    /// What `judgeSlice` has judged: an array of `{expect, line, lane, met, needsSeeds, at, step,
    /// found}`: which expectation of the text, from 0; its line, from 0.
    /// Whether an expectation over many seeds is met one run does not say: `met` is `null` then.
    pub fn judged(&self) -> Js {
        let judged = |judge: &Judge| -> Vec<JudgedJs> {
            let expects = &judge.timeline().scenario().expects;
            let one = |j: election_workbench::expectations::Judged| JudgedJs {
                expect: j.expect,
                line: expects[j.expect].line,
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
            judge.judged().into_iter().map(one).collect()
        };
        to_js(&self.session.judged().map(judged).unwrap_or_default())
    }

    /// Looks further for where the run stops for its `break` lines, for about so many milliseconds. True when all is
    /// looked at; with a new run on the screen it begins anew. The playhead stays.
    #[wasm_bindgen(js_name = breakSlice)]
    pub fn break_slice(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue,
    ) -> Result<bool, JsValue> {
        let ms = args::budget(&ms, SLICE_MS)?;
        Ok(slice::work(ms, |meter| self.session.find_breaks(meter)))
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

    /// Sends the playhead to a moment that `breaks` gives, between two events of one instant if need be. True when it
    /// is there.
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

fn band_js(b: &Band) -> BandJs {
    BandJs {
        node: b.node,
        epoch: b.epoch as f64,
        belief: b.belief,
        from: b.from.0 as f64,
        until: b.until.map(|u| u.0 as f64),
    }
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
