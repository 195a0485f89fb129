//! Plain objects that are made by hand, for answers with many types.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use election_base::SimTime;

/// A plain object, made by hand: serializers for so many types would take 10 kB more.
pub(super) struct Made(pub Object);

impl Made {
    pub fn new() -> Made {
        Made(Object::new())
    }

    #[inline(never)]
    pub fn with(self, name: &str, value: &JsValue) -> Made {
        // Setting a property of a new object cannot fail.
        let _ = Reflect::set(&self.0, &JsValue::from_str(name), value);
        self
    }

    pub fn number(self, name: &str, value: f64) -> Made {
        self.with(name, &JsValue::from_f64(value))
    }

    pub fn text(self, name: &str, value: &str) -> Made {
        self.with(name, &JsValue::from_str(value))
    }

    pub fn flag(self, name: &str, value: bool) -> Made {
        self.with(name, &JsValue::from_bool(value))
    }

    /// A time in microseconds; null if there is none.
    pub fn time(self, name: &str, at: Option<SimTime>) -> Made {
        self.with(name, &at.map_or(JsValue::NULL, |at| JsValue::from_f64(at.0 as f64)))
    }

    pub fn maybe(self, name: &str, value: Option<&str>) -> Made {
        self.with(name, &value.map_or(JsValue::NULL, JsValue::from_str))
    }

    /// A line of the scenario, from 0; null if there is none.
    pub fn line(self, line: Option<u32>) -> Made {
        self.with("line", &line.map_or(JsValue::NULL, JsValue::from))
    }

    /// A value before an event and after it.
    pub fn pair(self, name: &str, old: f64, new: f64) -> Made {
        self.with(name, &Array::of2(&JsValue::from_f64(old), &JsValue::from_f64(new)))
    }
}

/// The numbers of rules, from their bits.
pub(super) fn rules(bits: u64) -> Array {
    let all = Array::new();
    for n in (1..64).filter(|n| bits & 1 << n != 0) {
        all.push(&JsValue::from_f64(f64::from(n)));
    }
    all
}
