//! What JavaScript asks without a run: texts and their edits, links, and what there is to know beforehand.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Js, time, to_js};
use crate::algorithms::ALGORITHMS;
use crate::protocol::Info;
use crate::scenario::link::{self, Link, LinkAt};
use crate::scenario::{self, Edit};

/// The version of the engine.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

/// A fresh seed from the system's randomness, below 2^32.
#[wasm_bindgen(js_name = freshSeed)]
pub fn fresh_seed() -> Result<f64, JsValue> {
    getrandom::u32().map(f64::from).map_err(|e| js_sys::Error::new(&e.to_string()).into())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageJs {
    name: &'static str,
    class: &'static str,
    args: &'static [&'static str],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingJs {
    name: &'static str,
    kind: String,
    default: &'static str,
    doc: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClaimJs {
    property: &'static str,
    assumes: Vec<&'static str>,
    because: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AlgorithmJs {
    id: &'static str,
    title: &'static str,
    subtitle: &'static str,
    summary: &'static str,
    source: &'static str,
    topology: String,
    authority: String,
    epoch: &'static str,
    token: &'static str,
    messages: Vec<MessageJs>,
    rules: Vec<&'static str>,
    claims: Vec<ClaimJs>,
    settings: Vec<SettingJs>,
    asks: Vec<String>,
    fields: &'static [&'static str],
    fidelity: &'static [&'static str],
}

impl AlgorithmJs {
    fn new(info: &'static Info) -> AlgorithmJs {
        AlgorithmJs {
            id: info.id,
            title: info.title,
            subtitle: info.subtitle,
            summary: info.summary,
            source: info.source,
            topology: format!("{:?}", info.topology).to_ascii_lowercase(),
            authority: format!("{:?}", info.authority).to_ascii_lowercase(),
            epoch: info.epoch,
            token: info.token,
            messages: info
                .messages
                .iter()
                .map(|m| MessageJs { name: m.name, class: m.class.name(), args: m.args })
                .collect(),
            rules: info.rules.iter().map(|r| r.text).collect(),
            claims: info
                .claims
                .iter()
                .map(|c| ClaimJs {
                    property: c.property.name(),
                    assumes: c.assumes.iter().map(|a| a.text()).collect(),
                    because: c.because,
                })
                .collect(),
            settings: info
                .settings
                .iter()
                .map(|s| SettingJs {
                    name: s.name,
                    kind: format!("{:?}", s.kind),
                    default: s.default,
                    doc: s.doc,
                    source: s.source,
                })
                .collect(),
            asks: info.asks.iter().map(|a| format!("{a:?}").to_ascii_lowercase()).collect(),
            fields: info.fields,
            fidelity: info.fidelity,
        }
    }
}

/// All algorithms: an array of what there is to know about each.
#[wasm_bindgen]
pub fn algorithms() -> Js {
    to_js(&ALGORITHMS.iter().map(|a| AlgorithmJs::new(a.info)).collect::<Vec<_>>())
}

/// The canonical form of a text.
#[wasm_bindgen]
pub fn format(text: &str) -> String {
    scenario::fmt(text)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EditJs {
    text: String,
    start: u32,
    end: u32,
    insert: String,
}

fn edit_js(text: &str, edit: &Edit) -> Js {
    to_js(&EditJs {
        text: edit.apply(text),
        start: edit.utf16.start,
        end: edit.utf16.end,
        insert: edit.insert.clone(),
    })
}

/// Adds a line `at T+k LANES: ACTION`: `{text, start, end, insert}` with the new text and what was replaced by
/// what, in UTF-16 units. `lanes` is empty for all.
#[wasm_bindgen(js_name = appendAct)]
pub fn append_act(text: &str, at: f64, after: u32, lanes: &str, action: &str) -> Js {
    edit_js(text, &scenario::append_act(text, time(at), after, lanes, action))
}

/// Takes a line out (numbered from 0); `null` if there is no such line.
#[wasm_bindgen(js_name = deleteLine)]
pub fn delete_line(text: &str, line: u32) -> Js {
    scenario::delete_line(text, line).map_or(Ok(JsValue::NULL), |edit| edit_js(text, &edit))
}

/// Puts another line in the place of one (numbered from 0); `null` if there is no such line.
#[wasm_bindgen(js_name = replaceLine)]
pub fn replace_line(text: &str, line: u32, new: &str) -> Js {
    scenario::replace_line(text, line, new).map_or(Ok(JsValue::NULL), |edit| edit_js(text, &edit))
}

/// Sets a value such as `seed` or `set raft.heartbeat`, in its line or in a new one.
#[wasm_bindgen(js_name = setValue)]
pub fn set_value(text: &str, key: &str, value: &str) -> Js {
    edit_js(text, &scenario::set_value(text, key, value))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LineJs {
    line: u32,
    keyword: String,
    at: Option<f64>,
    after: u32,
    start: u32,
    end: u32,
}

/// Every statement of a text: its line from 0, keyword, time if it is an act, and place in UTF-16 units.
#[wasm_bindgen]
pub fn lines(text: &str) -> Js {
    let lines: Vec<LineJs> = scenario::lines(text)
        .into_iter()
        .map(|l| LineJs {
            line: l.line,
            keyword: l.keyword,
            at: l.at.map(|(at, _)| at.0 as f64),
            after: l.at.map_or(0, |(_, after)| after),
            start: l.utf16.start,
            end: l.utf16.end,
        })
        .collect();
    to_js(&lines)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkJs {
    text: String,
    at: Option<f64>,
    after: u32,
    step: Option<f64>,
    selected: Option<String>,
    digest: Option<String>,
}

/// The hash of a link: `v=1&s=…`. `step` counts the events of all lanes; the moment is told by it if it is not
/// negative, else by `at` if that is not negative.
#[wasm_bindgen(js_name = encodeLink)]
pub fn encode_link(text: &str, at: f64, step: f64, selected: &str, digest: &str) -> String {
    let at = if step >= 0.0 {
        Some(LinkAt::Step(step as u64))
    } else if at >= 0.0 {
        Some(LinkAt::Time(time(at), 0))
    } else {
        None
    };
    link::encode(&Link {
        text: text.to_string(),
        at,
        selected: Some(selected.to_string()).filter(|s| !s.is_empty()),
        digest: u64::from_str_radix(digest, 16).ok(),
    })
}

/// What a link's hash holds: `{text, at, after, step, selected, digest}`.
///
/// # Errors
/// A sentence that says why it does not open.
#[wasm_bindgen(js_name = decodeLink)]
pub fn decode_link(hash: &str) -> Js {
    let found = link::decode(hash).map_err(|e| JsValue::from_str(&e.to_string()))?;
    let (at, after, step) = match found.at {
        None => (None, 0, None),
        Some(LinkAt::Time(at, after)) => (Some(at.0 as f64), after, None),
        Some(LinkAt::Step(step)) => (None, 0, Some(step as f64)),
    };
    to_js(&LinkJs {
        text: found.text,
        at,
        after,
        step,
        selected: found.selected,
        digest: found.digest.map(|d| format!("{d:016x}")),
    })
}
