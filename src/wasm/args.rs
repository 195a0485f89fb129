//! Checks the arguments from JavaScript: every wrong value throws an `Error` that explains the problem, and none
//! reaches the engine.
//!
//! Arguments arrive as [`JsValue`]s. The generated glue would convert a string or number before any of this code runs:
//! it would read a number in place of a string as a pointer, and a `valueOf` could free the object being called.

use js_sys::{Array, Error, RangeError, Reflect, TypeError};
use wasm_bindgen::prelude::*;

use super::to_js;
use election_base::SimTime;
use election_language::scenario;

/// The largest safe integer in JavaScript.
const SAFE: f64 = 9_007_199_254_740_991.0;

/// The message for a value of the wrong type.
fn wrong_type(name: &str, expected: &str, value: &JsValue) -> JsValue {
    let kind = if value.is_null() {
        "null".to_string()
    } else if Array::is_array(value) {
        "an array".to_string()
    } else {
        value.js_typeof().as_string().unwrap_or_default()
    };
    TypeError::new(&format!("`{name}` must be {expected}, not {kind}")).into()
}

/// A string.
pub(super) fn text(value: &JsValue, name: &str) -> Result<String, JsValue> {
    value.as_string().ok_or_else(|| wrong_type(name, "a string", value))
}

/// A number within bounds, both inclusive.
fn number(value: &JsValue, name: &str, what: &str, max: f64) -> Result<f64, JsValue> {
    let found = value.as_f64().ok_or_else(|| wrong_type(name, what, value))?;
    if (0.0..=max).contains(&found) {
        return Ok(found);
    }
    // JavaScript formats its own numbers: doing so here would add 15 kB of code.
    let written = |n: f64| {
        js_sys::Number::from(n).to_string_with_radix(10).map_or_else(|_| String::new(), String::from)
    };
    let (max, found) = (written(max), written(found));
    Err(RangeError::new(&format!("`{name}` must be {what} from 0 to {max}, not {found}")).into())
}

/// A whole number from 0 to `max`.
pub(super) fn whole(value: &JsValue, name: &str, max: u64) -> Result<u64, JsValue> {
    let found = number(value, name, "a whole number", (max as f64).min(SAFE))?;
    if found.fract() == 0.0 {
        return Ok(found as u64);
    }
    Err(RangeError::new(&format!("`{name}` must be a whole number, not a fraction")).into())
}

/// A time, from 0 to one day. Fractions of a microsecond are dropped, so that a playhead may be anywhere.
pub(super) fn time(value: &JsValue, name: &str) -> Result<SimTime, JsValue> {
    number(value, name, "a number of microseconds", scenario::TIME_MAX.0 as f64).map(|us| SimTime(us as u64))
}

/// The milliseconds of work allowed for a call, from 0 to 1000; `usual` by default.
pub(super) fn budget(value: &JsValue, usual: f64) -> Result<f64, JsValue> {
    if value.is_undefined() { Ok(usual) } else { number(value, "ms", "a number of milliseconds", 1000.0) }
}

/// An `Error` with this message.
pub(super) fn error(sentence: &str) -> JsValue {
    Error::new(sentence).into()
}

/// The error for an invalid text: an `Error` named `ScenarioError` whose message is the first problem, with
/// all of them in `errors`.
pub(super) fn scenario_error(errors: &[scenario::Error]) -> JsValue {
    named_error("ScenarioError", errors)
}

/// An `Error` of this name, as for an invalid text.
pub(super) fn named_error(name: &str, errors: &[scenario::Error]) -> JsValue {
    let all: Vec<super::texts::ErrorJs> = errors.iter().map(Into::into).collect();
    let error = Error::new(&errors.first().map_or_else(String::new, ToString::to_string));
    error.set_name(name);
    // Setting a property of a new object cannot fail.
    let _ = to_js(&all).and_then(|all| Reflect::set(&error, &"errors".into(), &all));
    error.into()
}

/// The two times of a stretch, both inclusive, and how many of its records are wanted, of at most `most`.
pub(super) fn stretch(
    from: &JsValue,
    to: &JsValue,
    limit: &JsValue,
    most: u64,
) -> Result<(SimTime, SimTime, usize), JsValue> {
    let (from, to) = (time(from, "from")?, time(to, "to")?);
    Ok((from, to, limited(limit, most)?))
}

/// How many are wanted, of at most `most`.
pub(super) fn limited(limit: &JsValue, most: u64) -> Result<usize, JsValue> {
    Ok(whole(limit, "limit", u64::MAX)?.min(most) as usize)
}
