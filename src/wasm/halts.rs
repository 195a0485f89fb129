//! The lines of the text that the playhead can stop at.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use election_language::scenario::halts;

use crate::made::Made;
use crate::{Js, Playground};

#[wasm_bindgen]
impl Playground {
    /// The lines of the played text that the playhead can stop at: `{line, statement, by}`, with lines from 0. `statement`
    /// is the `break` statement that stops there, and `by` the line of the text that has it, or null.
    pub fn halts(&mut self) -> Js {
        let lines: Array = halts(self.timeline()?.scenario())
            .iter()
            .map(|it| {
                let made = Made::new().line(Some(it.line)).text("statement", &it.statement);
                JsValue::from(made.with("by", &it.by.map_or(JsValue::NULL, JsValue::from)).0)
            })
            .collect();
        Ok(lines.into())
    }
}
