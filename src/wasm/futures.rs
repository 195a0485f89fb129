//! Two futures: the other one, and where two runs first differ.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::records::RunJs;
use super::{Js, Playground, SLICE_MS, args, run_js, slice, to_js};
use election_engine::lane::Lane;
use election_engine::timeline::Parting;
use election_language::scenario::{LineChange, changes};
use election_workbench::futures::{Difference, Event};

/// The most lines that differ in two texts and are reported.
const CHANGES_MAX: usize = 200;

#[derive(Serialize)]
struct FuturesJs {
    run: RunJs,
    /// When the runs part; -1 if from the start, and `null` if they do not.
    split: Option<f64>,
    changes: Vec<ChangeJs>,
}

#[derive(Serialize)]
struct ChangeJs {
    line: u32,
    text: String,
    /// Whether the text on the screen has it, and not the other one.
    shown: bool,
}

#[derive(Serialize)]
struct DifferenceJs {
    at: f64,
    events: Vec<Option<EventJs>>,
}

#[derive(Serialize)]
struct EventJs {
    at: f64,
    step: u32,
    text: String,
    act: Option<String>,
}

impl EventJs {
    fn new(event: &Event, lane: &Lane) -> EventJs {
        let act = event.act.map(|act| lane.act(act).to_string());
        EventJs { at: event.at.0 as f64, step: event.step, text: event.text.clone(), act }
    }
}

fn parting(parting: Parting) -> Option<f64> {
    match parting {
        Parting::Never => None,
        Parting::World => Some(-1.0),
        Parting::At(at) => Some(at.0 as f64),
    }
}

#[wasm_bindgen]
impl Playground {
    /// Keeps a text as the other future, in place of the one that was kept before. If it is the text of the run that
    /// the one loaded last is about to replace, that run goes on from there. The lanes of the other future are numbered
    /// after those of the run on the screen.
    ///
    /// # Errors
    /// A `ScenarioError`, as `load`.
    pub fn keep(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    ) -> Result<(), JsValue> {
        let text = args::text(&text, "text")?;
        self.session.keep(&text).map_err(|errors| args::scenario_error(&errors))
    }

    /// Forgets the other future.
    pub fn forget(&mut self) {
        self.session.forget();
    }

    /// Computes the other future for about `ms` milliseconds. Returns true if it is complete, or if there is none.
    #[wasm_bindgen(js_name = otherSlice)]
    pub fn other_slice(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue,
    ) -> Result<bool, JsValue> {
        let ms = args::budget(&ms, SLICE_MS)?;
        Ok(slice::work(ms, |meter| self.session.advance_other(meter)))
    }

    /// When the run that was loaded last parts from the one on the screen: the time of the first act that differs, -1
    /// if other statements do, and `undefined` if nothing does.
    pub fn parting(&self) -> Option<f64> {
        parting(self.session.parting())
    }

    /// The other future: `{run, split, changes}`, with its `run` as `run` returns it, `split` as `parting`, and the
    /// lines, from 0, that only one of the texts has: an array of `{line, text, shown}`. `null` if there is none, or if
    /// `otherSlice` has not begun with it.
    pub fn futures(&mut self) -> Js {
        let split = parting(self.session.split());
        let shown = self.session.text().to_string();
        let Some(text) = self.session.other().map(|other| other.text.clone()) else {
            return Ok(JsValue::NULL);
        };
        let own = self.timeline()?.lanes().len();
        let Some((timeline, _)) = self.session.lane(own) else { return Ok(JsValue::NULL) };
        let run = run_js(&text, timeline);
        let (mut here, mut there) = (0, 0);
        let mut differing = Vec::new();
        for change in changes(&text, &shown) {
            let one =
                |line: u32, text: &str, shown: bool| ChangeJs { line, text: text.trim().to_string(), shown };
            match change {
                LineChange::Same(_) => (here, there) = (here + 1, there + 1),
                LineChange::New(text) => {
                    differing.push(one(here, text, true));
                    here += 1;
                }
                LineChange::Gone(text) => {
                    differing.push(one(there, text, false));
                    there += 1;
                }
            }
        }
        differing.truncate(CHANGES_MAX);
        to_js(&FuturesJs { run, split, changes: differing })
    }

    /// The first difference between two lanes of either future: `{at, events}`, where an event is `{at, step, text,
    /// act}`, or `null` if nothing more happens in that lane; `act` is the act that it belongs to. `null` if there is no
    /// difference, and `undefined` if the call was too short: repeat it to continue. Both runs must be complete.
    #[wasm_bindgen(js_name = firstDifference)]
    pub fn first_difference(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] a: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] b: JsValue,
    ) -> Js {
        let lanes = [self.lane_number_of_either(&a)?, self.lane_number_of_either(&b)?];
        let mut found: Option<Option<Difference>> = None;
        slice::work(SLICE_MS, |meter| {
            let done = self.session.compare(lanes[0], lanes[1], meter);
            found = done.map(|comparison| comparison.found().cloned());
            found.is_some()
        });
        let Some(found) = found else { return Ok(JsValue::UNDEFINED) };
        let Some(difference) = found else { return Ok(JsValue::NULL) };
        let mut events = Vec::new();
        for (event, lane) in difference.events.iter().zip(lanes) {
            let side = self.session.lane(lane);
            events.push(
                event.as_ref().zip(side).map(|(event, (run, lane))| EventJs::new(event, run.lane(lane))),
            );
        }
        to_js(&DifferenceJs { at: difference.at.0 as f64, events })
    }
}
