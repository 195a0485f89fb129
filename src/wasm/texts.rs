//! Functions that need no run: texts and their edits, links, and static information.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Js, args, to_js};
use election_language::scenario::link::{self, Link, LinkAt, Other, Trust};
use election_language::scenario::{self, AFTER_MAX, Edit, Error, LINES_MAX, TEXT_MAX};
use election_protocol::Info;
use election_workbench::registry::{ALGORITHMS, BUILT_IN};

/// The version of the engine.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

/// A random seed below 2^32 from the system.
#[wasm_bindgen(js_name = freshSeed)]
pub fn fresh_seed() -> Result<f64, JsValue> {
    getrandom::u32().map(f64::from).map_err(|e| js_sys::Error::new(&e.to_string()).into())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorJs {
    message: String,
    line: u32,
    column: u32,
    start: u32,
    end: u32,
    found: String,
    expected: String,
    nearest: Option<String>,
    advice: Option<String>,
}

impl From<&Error> for ErrorJs {
    fn from(e: &Error) -> ErrorJs {
        ErrorJs {
            message: e.to_string(),
            line: e.line,
            column: e.column,
            start: e.utf16.start,
            end: e.utf16.end,
            found: e.found.clone(),
            expected: e.expected.clone(),
            nearest: e.nearest.clone(),
            advice: e.advice.clone(),
        }
    }
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
struct CommandJs {
    name: &'static str,
    label: &'static str,
    offered: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PanelJs {
    title: &'static str,
    prefix: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AlgorithmJs {
    id: &'static str,
    title: &'static str,
    subtitle: &'static str,
    topology: &'static str,
    authority: &'static str,
    epoch: &'static str,
    token: &'static str,
    messages: Vec<MessageJs>,
    commands: Vec<CommandJs>,
    writes: bool,
    roles: &'static [&'static str],
    panels: Vec<PanelJs>,
}

impl AlgorithmJs {
    fn new(info: &'static Info) -> AlgorithmJs {
        AlgorithmJs {
            id: info.id,
            title: info.title,
            subtitle: info.subtitle,
            topology: info.topology.name(),
            authority: info.authority.name(),
            epoch: info.epoch,
            token: info.token,
            messages: info
                .messages
                .iter()
                .map(|m| MessageJs { name: m.name, class: m.class.name(), args: m.args })
                .collect(),
            commands: info
                .commands
                .iter()
                .map(|c| CommandJs { name: c.name, label: c.label, offered: c.offered.name() })
                .collect(),
            writes: info.writes,
            roles: info.roles,
            panels: info.panels.iter().map(|p| PanelJs { title: p.title, prefix: p.prefix }).collect(),
        }
    }
}

/// All algorithms, as an array of the facts a program needs. Descriptions, such as rules, settings and
/// promises, are in `algorithms/ID.json` beside this module.
#[wasm_bindgen]
pub fn algorithms() -> Js {
    to_js(&ALGORITHMS.iter().map(|a| AlgorithmJs::new(a.info)).collect::<Vec<_>>())
}

/// A text short enough to be processed.
fn bounded(value: &JsValue) -> Result<String, JsValue> {
    let text = args::text(value, "text")?;
    // Leave room for one edit of a text of maximum length.
    if text.len() <= 2 * TEXT_MAX {
        return Ok(text);
    }
    let sentence = format!("`text` has {} bytes; a scenario has at most {TEXT_MAX}", text.len());
    Err(js_sys::RangeError::new(&sentence).into())
}

/// The canonical form of a text.
#[wasm_bindgen]
pub fn format(#[wasm_bindgen(unchecked_param_type = "string")] text: JsValue) -> Result<String, JsValue> {
    Ok(scenario::fmt(&bounded(&text)?))
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

/// Adds a line `at T+k LANES: ACTION`: `{text, start, end, insert}`, with the new text, and the replaced
/// range and its replacement in UTF-16 units. An empty `lanes` means all lanes.
#[wasm_bindgen(js_name = appendAct)]
pub fn append_act(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] at: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] after: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] lanes: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] action: JsValue,
) -> Js {
    let (text, at) = (bounded(&text)?, args::time(&at, "at")?);
    let after = args::whole(&after, "after", AFTER_MAX)? as u32;
    let (lanes, action) = (args::text(&lanes, "lanes")?, args::text(&action, "action")?);
    edit_js(&text, &scenario::append_act(&text, at, after, &lanes, &action))
}

/// Deletes a line (numbered from 0); `null` if there is no such line.
#[wasm_bindgen(js_name = deleteLine)]
pub fn delete_line(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] line: JsValue,
) -> Js {
    let (text, line) = (bounded(&text)?, args::whole(&line, "line", u32::MAX.into())? as u32);
    scenario::delete_line(&text, line).map_or(Ok(JsValue::NULL), |edit| edit_js(&text, &edit))
}

/// Replaces a line (numbered from 0); `null` if there is no such line.
#[wasm_bindgen(js_name = replaceLine)]
pub fn replace_line(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] line: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] new: JsValue,
) -> Js {
    let (text, line) = (bounded(&text)?, args::whole(&line, "line", u32::MAX.into())? as u32);
    let new = args::text(&new, "new")?;
    scenario::replace_line(&text, line, &new).map_or(Ok(JsValue::NULL), |edit| edit_js(&text, &edit))
}

/// Sets a value such as `seed` or `set raft.heartbeat`, in its existing line or in a new one.
#[wasm_bindgen(js_name = setValue)]
pub fn set_value(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] key: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] value: JsValue,
) -> Js {
    let (text, key, value) = (bounded(&text)?, args::text(&key, "key")?, args::text(&value, "value")?);
    edit_js(&text, &scenario::set_value(&text, &key, &value))
}

#[derive(Serialize)]
struct CompletionJs {
    start: u32,
    end: u32,
    choices: Vec<ChoiceJs>,
}

#[derive(Serialize)]
struct ChoiceJs {
    insert: String,
    detail: String,
}

/// The words that could stand at a place of a text, in UTF-16 units: `{start, end, choices}`, where a choice is
/// `{insert, detail}` and replaces the text from `start` to `end`.
#[wasm_bindgen]
pub fn complete(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] at: JsValue,
) -> Js {
    let (text, at) = (bounded(&text)?, args::whole(&at, "at", u32::MAX.into())? as u32);
    let found = scenario::complete(&text, scenario::byte_offset(&text, at), BUILT_IN.vocabulary());
    let choices = found.choices.into_iter();
    to_js(&CompletionJs {
        start: found.utf16.start,
        end: found.utf16.end,
        choices: choices.map(|it| ChoiceJs { insert: it.insert, detail: it.detail }).collect(),
    })
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

/// The statements of a text, at most a few thousand: each with its line from 0, its keyword, its time if it is
/// an act, and its place in UTF-16 units.
#[wasm_bindgen]
pub fn lines(#[wasm_bindgen(unchecked_param_type = "string")] text: JsValue) -> Js {
    let text = bounded(&text)?;
    let lines: Vec<LineJs> = scenario::lines(&text)
        .into_iter()
        .take(LINES_MAX)
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
    stops: Option<String>,
    digest: Option<String>,
    look: Option<String>,
    version: u32,
    trust: &'static str,
    ignored: Vec<String>,
    other: Option<String>,
    first: bool,
}

/// The hash of a link: `v=2&s=…`. The moment is given by `step`, which counts the events of all lanes, or by
/// `at`, in microseconds; either may be `null`. `selected`, `digest` and `stops` may be empty. `other` is the text of the
/// other future, if there are two, and `first` says whether it is the one that was there first. `look` is what the debugger
/// shows, in the page's words.
#[allow(clippy::too_many_arguments, reason = "callers in JavaScript leave out what they do not need")]
#[wasm_bindgen(js_name = encodeLink)]
pub fn encode_link(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number | null")] at: JsValue,
    #[wasm_bindgen(unchecked_param_type = "number | null")] step: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] selected: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] digest: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string")] stops: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string | null")] other: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "boolean")] first: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string")] look: JsValue,
) -> Result<String, JsValue> {
    let there = |value: &JsValue| !value.is_null() && !value.is_undefined();
    let at = if there(&step) {
        Some(LinkAt::Step(args::whole(&step, "step", u64::MAX)?))
    } else if there(&at) {
        Some(LinkAt::Time(args::time(&at, "at")?, 0))
    } else {
        None
    };
    let digest = args::text(&digest, "digest")?;
    let words = |value: &JsValue, name: &str| {
        let words = if there(value) { args::text(value, name)? } else { String::new() };
        Ok::<_, JsValue>(Some(words).filter(|it| !it.is_empty()))
    };
    Ok(link::encode(&Link {
        text: bounded(&text)?,
        at,
        selected: Some(args::text(&selected, "selected")?).filter(|s| !s.is_empty()),
        stops: words(&stops, "stops")?,
        look: words(&look, "look")?,
        digest: u64::from_str_radix(&digest, 16).ok(),
        other: if there(&other) {
            Some(Other { text: bounded(&other)?, first: first.is_truthy() })
        } else {
            None
        },
    }))
}

/// The contents of a link's hash: `{text, at, after, step, selected, stops, digest, look, version, trust, ignored, other, first}`,
/// the last two as for `encodeLink`. `trust` is
/// `checked`, `unchecked` if its version has no check code, or `doubtful` if moreover the text is not compressed as this
/// program does it. `ignored` names the parts of a later version.
///
/// # Errors
/// An explanation of why the link cannot be opened.
#[wasm_bindgen(js_name = decodeLink)]
pub fn decode_link(#[wasm_bindgen(unchecked_param_type = "string")] hash: JsValue) -> Js {
    let opened = link::decode(&args::text(&hash, "hash")?).map_err(|e| args::error(&e.to_string()))?;
    let found = opened.link;
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
        stops: found.stops,
        look: found.look,
        version: opened.version,
        trust: match opened.trust {
            Trust::Checked => "checked",
            Trust::Unchecked => "unchecked",
            Trust::Doubtful => "doubtful",
        },
        ignored: opened.ignored,
        digest: found.digest.map(|d| format!("{d:016x}")),
        first: found.other.as_ref().is_some_and(|it| it.first),
        other: found.other.map(|it| it.text),
    })
}
