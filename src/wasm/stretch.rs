//! The records of a run for pictures and lists: a stretch as flat numbers, a search, and single events as texts.

use js_sys::{Float64Array, Uint32Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Js, Playground, SLICE_MS, args, place, slice, to_js};
use election_engine::lane::Lane;
use election_engine::sim::EVENTS_MAX;
use election_workbench::listing::{Entry, Filter};
use election_workbench::stretch::Asked;

/// The most records of a stretch.
const RECORDS_MAX: u64 = 50_000;
/// The most events that one call lists.
const ENTRIES_MAX: usize = 200;
/// The most rules of an algorithm.
const RULES_MAX: u64 = 63;

#[derive(Serialize)]
struct EntryJs {
    step: u32,
    at: f64,
    kind: i32,
    node: i32,
    peer: i32,
    text: String,
    effects: Vec<EffectJs>,
    sent: u32,
    rules: Vec<u32>,
}

#[derive(Serialize)]
struct EffectJs {
    node: i32,
    text: String,
}

impl From<Entry> for EntryJs {
    fn from(it: Entry) -> EntryJs {
        let first = it.first;
        let rules = first.map_or(0, |r| r.rules);
        EntryJs {
            step: it.step,
            at: it.at.0 as f64,
            kind: first.map_or(-1, |r| r.kind as i32),
            node: first.map_or(-1, |r| place(r.node)),
            peer: first.map_or(-1, |r| place(r.peer)),
            text: it.text,
            effects: it
                .effects
                .into_iter()
                .map(|(node, text)| EffectJs { node: place(node), text })
                .collect(),
            sent: it.sent,
            rules: (1..64).filter(|n| rules >> n & 1 == 1).collect(),
        }
    }
}

#[wasm_bindgen]
impl Playground {
    /// The records of a lane between two times, both inclusive, as flat numbers (see
    /// [`election_workbench::stretch`]): at most about `limit`. `null` if this takes longer than one call; repeat the call to
    /// continue.
    pub fn stretch(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] from: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] to: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] limit: JsValue,
    ) -> Js {
        let (from, to, limit) = args::stretch(&from, &to, &limit, RECORDS_MAX)?;
        let lane = self.lane_number(&lane)?;
        let asked = Asked { lane, from, to, limit };
        let Some(timeline) = self.session.timeline() else { return Ok(JsValue::NULL) };
        let lane: &Lane = timeline.lane(lane);
        let mut gathered = None;
        slice::work(SLICE_MS, |meter| {
            gathered = self.stretch.gather(lane, asked, meter).map(Float64Array::from);
            gathered.is_some()
        });
        Ok(gathered.map_or(JsValue::NULL, JsValue::from))
    }

    /// Searches a lane from event number `first` on for about `ms` milliseconds. The result begins with the number of the
    /// event where the next call continues, or 0 if all that is computed has been searched; then come the numbers
    /// of the events that match. `node` is a place, or −1 for any; `kinds` has a bit for each kind of record; `rule` is the number of
    /// a rule, or 0 for any; `text` is part of a record's text, or empty.
    #[allow(clippy::too_many_arguments)]
    pub fn search(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] first: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] node: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] kinds: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] rule: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue,
    ) -> Js {
        let first = args::whole(&first, "first", EVENTS_MAX.into())? as u32;
        let filter = Filter {
            // Any place that is not one stands for all.
            node: node.as_f64().filter(|it| (0.0..255.0).contains(it)).map(|it| it as u8),
            kinds: args::whole(&kinds, "kinds", u32::MAX.into())? as u32,
            rule: args::whole(&rule, "rule", RULES_MAX)? as u32,
            text: args::text(&text, "text")?.to_ascii_lowercase(),
        };
        let ms = args::budget(&ms, SLICE_MS)?;
        let lane = self.lane_number(&lane)?;
        let Some(timeline) = self.session.timeline() else { return Ok(JsValue::NULL) };
        let lane: &Lane = timeline.lane(lane);
        let mut found = vec![0];
        let mut next = Some(first);
        slice::work(ms, |meter| {
            next = next.and_then(|first| self.listing.search(lane, first, &filter, &mut found, meter));
            next.is_none()
        });
        found[0] = next.unwrap_or(0);
        Ok(Uint32Array::from(&found[..]).into())
    }

    /// The events of a lane with these numbers, in ascending order: an array of `{step, at, kind, node, peer, text, effects,
    /// sent, rules}`. It may end early: repeat the call with the rest to continue.
    pub fn listed(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] steps: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] ms: JsValue,
    ) -> Js {
        let lane = self.lane_number(&lane)?;
        let steps = Uint32Array::new(&steps).to_vec();
        let ms = args::budget(&ms, SLICE_MS)?;
        let Some(timeline) = self.session.timeline() else { return Ok(JsValue::NULL) };
        let lane: &Lane = timeline.lane(lane);
        let mut entries: Vec<EntryJs> = Vec::new();
        let mut wanted = steps.iter().take(ENTRIES_MAX).copied().peekable();
        slice::work(ms, |meter| {
            while let Some(&step) = wanted.peek() {
                if meter.is_empty() {
                    return false;
                }
                let Some(entry) = self.listing.entry(lane, step, meter) else { return false };
                entries.extend(entry.map(EntryJs::from));
                wanted.next();
            }
            true
        });
        to_js(&entries)
    }
}
