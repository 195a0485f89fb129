//! Steps from message to message and from rule to rule.

use wasm_bindgen::prelude::*;

use election_base::LANES_MAX;
use election_engine::lane::Sought;

use crate::{Playground, SLICE_MS, args, slice};

#[wasm_bindgen]
impl Playground {
    /// Moves the playhead to just after the next event in which a message was received, if `what` is `message`, or rules
    /// ran, if it is `rule`; with `back`, to the last one before. `lane` is the only lane that counts, or null. Without
    /// such an event it goes to the end, or to the start. Returns false if it has to be called again with the same
    /// arguments to continue; a step back may then have to `settle`.
    pub fn stride(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] what: JsValue,
        back: bool,
        #[wasm_bindgen(unchecked_optional_param_type = "number | null")] lane: JsValue,
    ) -> Result<bool, JsValue> {
        let what = args::text(&what, "what")?;
        let sought = match what.as_str() {
            "message" => Sought::Message,
            "rule" => Sought::Rules,
            _ => return Err(args::error("`what` must be `message` or `rule`")),
        };
        let lane = if lane.is_null() || lane.is_undefined() {
            None
        } else {
            Some(args::whole(&lane, "lane", LANES_MAX as u64)? as usize)
        };
        let timeline = self.timeline()?;
        Ok(slice::work(SLICE_MS, |meter| {
            let moved = if back {
                timeline.stride_back(sought, lane, meter)
            } else {
                timeline.stride(sought, lane, meter)
            };
            moved.is_some()
        }))
    }
}
