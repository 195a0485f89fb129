//! When an outcome was decided, for a worker or a page: an object of its own, which needs no run on a screen.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Js, SLICE_MS, args, place, slice, to_js};
use election_base::LANES_MAX;
use election_engine::trace::NOWHERE;
use election_workbench::odds::{
    self, Curve, Event, FUTURES, FUTURES_MAX, POINTS_MAX, Player, Point, Problem,
};
use election_workbench::registry::BUILT_IN;

/// The odds of an outcome along the run of a lane.
#[wasm_bindgen]
pub struct Odds(odds::Odds);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CurveJs {
    came: bool,
    at: f64,
    limit: f64,
    futures: u32,
    sentence: String,
    caveats: Vec<String>,
    decided: Option<EventJs>,
    turns: Vec<EventJs>,
    points: Vec<PointJs>,
}

/// An event, and the share before and after it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventJs {
    at: f64,
    step: u32,
    node: i32,
    text: String,
    drawn: String,
    point: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PointJs {
    at: f64,
    after: u32,
    step: u32,
    runs: u32,
    came: u32,
    low: u32,
    share: u32,
    high: u32,
    settled: bool,
}

#[wasm_bindgen]
impl Odds {
    /// The odds that an outcome comes true in a lane of a text, in `futures` redrawn futures of each moment, 100 by
    /// default. The outcome is a condition as after `expect`.
    ///
    /// # Errors
    /// A `ScenarioError` for the text, as by `load`, or an `OutcomeError` for the outcome, both with `errors`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] outcome: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] futures: JsValue,
    ) -> Result<Odds, JsValue> {
        let (text, outcome) = (args::text(&text, "text")?, args::text(&outcome, "outcome")?);
        let lane = args::whole(&lane, "lane", LANES_MAX as u64)? as usize;
        let futures = if futures.is_undefined() {
            FUTURES
        } else {
            args::whole(&futures, "futures", FUTURES_MAX.into())? as u32
        };
        odds::Odds::new(&BUILT_IN, &text, lane, &outcome, futures).map(Odds).map_err(
            |problem| match problem {
                Problem::Text(errors) => args::named_error("ScenarioError", &errors),
                Problem::Outcome(error) => args::named_error("OutcomeError", &[*error]),
                Problem::Lane => args::error("there is no such lane"),
            },
        )
    }

    /// Continues for about `ms` milliseconds: `{done, points, of, futures}`, the points measured, about how many there
    /// will be, and the futures played of the next one. `of` is 0 while the run itself is being played.
    pub fn advance(&mut self, #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue) -> Js {
        let ms = args::budget(&ms, SLICE_MS)?;
        slice::work(ms, |meter| self.0.advance(meter));
        #[derive(Serialize)]
        struct ProgressJs {
            done: bool,
            points: usize,
            of: usize,
            futures: u32,
        }
        let it = self.0.progress();
        to_js(&ProgressJs { done: it.done, points: it.points, of: it.of, futures: it.futures })
    }

    /// The curve so far; `null` while the run itself is being played. `{came, at, limit, futures, sentence, caveats,
    /// decided, turns, points}`: `came` and `at` are what the run itself comes to, and when. `decided` and each of
    /// `turns` are `{at, step, node, text, drawn, point}`: an event, what was drawn in it, and the position of the point after it. A point is `{at,
    /// after, step, runs, came, low, share, high, settled}`, with shares in millionths. The text of `decided` is empty if
    /// no single event decided it.
    pub fn curve(&self) -> Js {
        let Some(curve) = self.0.curve() else { return Ok(JsValue::NULL) };
        to_js(&curve_js(self.0.player(), curve))
    }

    /// The seed that makes the run the first future of a point in which the outcome comes true, or does not: as in
    /// `at T reseed SEED`. `null` if there is none.
    pub fn seed(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] point: JsValue,
        #[wasm_bindgen(unchecked_param_type = "boolean")] comes: JsValue,
    ) -> Result<Option<String>, JsValue> {
        let point = args::whole(&point, "point", POINTS_MAX as u64)? as usize;
        let point = self.0.curve().and_then(|curve| curve.points().get(point));
        let first =
            |it: &Point| Some(odds::seed(it.step, it.first[usize::from(comes.is_truthy())]?).to_string());
        Ok(point.and_then(first))
    }
}

fn curve_js(player: &Player, curve: &Curve) -> CurveJs {
    let (settled, points) = (curve.settled(), curve.points());
    let event_js = |point: usize, event: Option<Event>| EventJs {
        at: points[point].at.0 as f64,
        step: points[point].step,
        node: place(event.as_ref().and_then(|it| it.node).unwrap_or(NOWHERE)),
        drawn: event.as_ref().map_or_else(String::new, |it| it.drawn.clone()),
        text: event.map_or_else(String::new, |it| it.text),
        point,
    };
    CurveJs {
        came: settled.came,
        at: settled.at.0 as f64,
        limit: player.limit().0 as f64,
        futures: curve.futures(),
        sentence: odds::sentence(player, curve),
        caveats: odds::caveats(player, curve),
        decided: curve.decided().map(|it| event_js(it.point, it.event)),
        turns: curve.turns().into_iter().map(|it| event_js(it.point, it.event)).collect(),
        points: points.iter().map(point_js).collect(),
    }
}

fn point_js(point: &Point) -> PointJs {
    let [low, share, high] = point.shares();
    PointJs {
        at: point.at.0 as f64,
        after: point.after,
        step: point.step,
        runs: point.runs,
        came: point.came,
        low,
        share,
        high,
        settled: point.settled,
    }
}
