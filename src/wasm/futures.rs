//! Two futures: the other one, and where two runs first differ.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::records::{RunJs, ToldJs, WarningJs};
use super::{Js, Playground, SLICE_MS, args, run_js, slice, to_js};
use election_engine::timeline::Parting;
use election_language::scenario::{LineChange, changes};
use election_workbench::futures::Difference;

/// The most lines that differ in two texts and are reported.
const CHANGES_MAX: usize = 200;

#[derive(Serialize)]
struct FuturesJs {
    run: RunJs,
    /// When the runs part; -1 if from the start, and `null` if they do not.
    split: Option<f64>,
    /// The lines that only the text on the screen has.
    shown: Vec<WarningJs>,
    /// Those that only the other one has.
    other: Vec<WarningJs>,
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

    /// The other future: `{run, split, shown, other}`, with its `run` as `run` returns it, `split` as `parting`, and the
    /// lines, from 0, that only one of the texts has, the one on the screen or the other one: arrays of `{line, text}`.
    /// `null` if there is none, or if `otherSlice` has not begun with it.
    pub fn futures(&mut self) -> Js {
        let split = parting(self.session.split());
        let shown = self.session.text().to_string();
        let Some(text) = self.session.other().map(|other| other.text.clone()) else {
            return Ok(JsValue::NULL);
        };
        let own = self.timeline()?.lanes().len();
        let Some((timeline, _)) = self.session.lane(own) else { return Ok(JsValue::NULL) };
        let run = run_js(&text, timeline);
        let (mut here, mut there, mut mine, mut its) = (0, 0, Vec::new(), Vec::new());
        for change in changes(&text, &shown) {
            match change {
                LineChange::Same(_) => (here, there) = (here + 1, there + 1),
                LineChange::New(line) => add(&mut mine, &mut here, line),
                LineChange::Gone(line) => add(&mut its, &mut there, line),
            }
        }
        to_js(&FuturesJs { run, split, shown: mine, other: its })
    }

    /// The first difference between two lanes of either future: what happens there in each, `{at, step, text, kind}`, or
    /// `null` if nothing more happens in that lane. `kind` is `act` if an act of that lane did it. An empty array if there
    /// is no difference, and `null` if the call was too short: repeat it to continue. Both runs must be complete.
    #[wasm_bindgen(js_name = firstDifference)]
    pub fn first_difference(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] a: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] b: JsValue,
    ) -> Js {
        let (a, b) = (self.lane_number_of_either(&a)?, self.lane_number_of_either(&b)?);
        let mut found: Option<Option<Difference>> = None;
        slice::work(SLICE_MS, |meter| {
            let done = self.session.compare(a, b, meter);
            found = done.map(|comparison| comparison.found().cloned());
            found.is_some()
        });
        let Some(found) = found else { return Ok(JsValue::NULL) };
        let mut told: Vec<Option<ToldJs>> = Vec::new();
        for (event, number) in found.into_iter().flat_map(|it| it.events).zip([a, b]) {
            let side = self.session.lane(number);
            told.push(event.zip(side).map(|(event, (run, lane))| {
                let act = event.act.map(|act| run.lane(lane).act(act));
                let (kind, by) = act.map_or(("", String::new()), |act| ("act", format!(", by “{act}”")));
                ToldJs::of(event.at, event.step, kind, event.text + &by)
            }));
        }
        to_js(&told)
    }
}

/// Notes a line that only one text has.
fn add(lines: &mut Vec<WarningJs>, line: &mut u32, text: &str) {
    if lines.len() < CHANGES_MAX {
        lines.push(WarningJs { line: *line, text: text.trim().to_string() });
    }
    *line += 1;
}
