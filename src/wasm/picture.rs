//! Pictures of the run, for sharing.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use election_base::LANES_MAX;
use election_picture::{Refused, bands, diagram, mermaid, moment};

use crate::{Playground, args};

/// What is not drawn is an `Error`.
fn drawn(picture: Result<String, Refused>) -> Result<String, JsValue> {
    picture.map_err(|Refused(why)| args::error(&why))
}

#[wasm_bindgen]
impl Playground {
    /// A picture of lanes as the text of an SVG file. `kind` is `moment`, the lanes at the playhead, with the story's
    /// sentence `said`, if there is one; `diagram`, the first of the lanes between two times; or `bands`, who leads in
    /// the lanes between two times. The run has to be computed.
    pub fn picture(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] kind: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number[]")] lanes: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] from: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] to: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "string | null")] said: JsValue,
    ) -> Result<String, JsValue> {
        let kind = args::text(&kind, "kind")?;
        if !Array::is_array(&lanes) {
            return Err(args::error("`lanes` must be an array of numbers"));
        }
        let mut places = Vec::new();
        for lane in Array::from(&lanes).iter().take(LANES_MAX) {
            places.push(self.lane_number(&lane)?);
        }
        let span = (args::time(&from, "from")?, args::time(&to, "to")?);
        let said = said.as_string();
        let timeline = &*self.timeline()?;
        drawn(match kind.as_str() {
            "moment" => moment(timeline, &places, said.as_deref(), ""),
            "diagram" => diagram(timeline, places.first().copied().unwrap_or(0), span, ""),
            "bands" => bands(timeline, &places, span, ""),
            _ => return Err(args::error("`kind` must be `moment`, `diagram` or `bands`")),
        })
    }

    /// A lane between two times as a sequence diagram of Mermaid. The run has to be computed.
    pub fn mermaid(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] lane: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] from: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] to: JsValue,
    ) -> Result<String, JsValue> {
        let lane = self.lane_number(&lane)?;
        let span = (args::time(&from, "from")?, args::time(&to, "to")?);
        drawn(mermaid(self.timeline()?, lane, span))
    }
}
