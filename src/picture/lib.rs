//! Pictures of runs for places without scripts: a moment of the lanes, the space-time diagram of a span and the bands of
//! all lanes as SVG, and a span as a sequence diagram of Mermaid or as a log for ShiViz.
//!
//! Everything is drawn from what the page receives, too: frames, stretches and summaries. Nothing is simulated here, and
//! nothing here knows an algorithm. The same text gives the same bytes on every machine.

// Pictures are texts; whoever asks for them writes them.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod axis;
mod ballot;
mod bands;
mod circle;
mod colour;
mod counts;
mod diagram;
mod geometry;
mod items;
mod labels;
mod ladder;
mod legend;
mod measure;
mod mermaid;
mod mesh;
mod messages;
mod moment;
mod nodes;
mod panel;
mod parliament;
mod passages;
mod queue;
mod read;
mod ring;
mod scene;
mod service;
pub mod shiviz;
mod store;
mod svg;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;

use election_base::SimTime;
use election_engine::timeline::Timeline;
use election_language::scenario::{Act, LaneSet};
use election_workbench::story;

pub use bands::bands;
pub use diagram::diagram;
pub use mermaid::mermaid;
pub use moment::moment;

use moment::names;

/// Why a picture cannot be drawn, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// The sentence of the story at an instant: the last one that was told in one of these lanes. Moves the playhead.
pub fn said(timeline: &mut Timeline, lanes: &[usize], at: SimTime) -> Option<String> {
    if timeline.scenario().says.is_empty() {
        return None;
    }
    let told = story::tell(timeline);
    let says = timeline.scenario().says.iter().zip(&told.says);
    let mine = |set: LaneSet| lanes.iter().any(|lane| set >> lane & 1 == 1);
    let last = says.rev().find(|(say, set)| say.at <= at && mine(**set))?;
    Some(last.0.text.clone())
}

/// The longest span that explains an instant, in delays of a message.
const LONG: u64 = 60;

/// The span that explains an instant of a lane: the election around it, or else some delays of a message.
pub fn span_at(timeline: &Timeline, lane: usize, at: SimTime) -> (SimTime, SimTime) {
    let run = &timeline.lanes()[lane];
    let until = timeline.scenario().until.0;
    let usual = run.network()[0].latency.max().0.clamp(500, 2_000_000);
    let near = usual * 3 / 2;
    let ends = |end: Option<SimTime>| end.map_or(at.0, |it| it.0);
    let around = |from: u64, to: u64| from <= at.0 + near && at.0 <= to + near;
    let electing = &run.story().electing;
    let election = electing.iter().rev().find(|it| around(it.from.0, ends(it.until)));
    let (from, to) = match election {
        Some(it) => {
            let (from, to) = (it.from.0.min(at.0), ends(it.until).max(at.0));
            let pad = (usual * 3 / 5).max((to - from) * 3 / 20);
            let (from, to) = (from.saturating_sub(pad), (to + pad).max(from + usual * 3));
            // Of an election that goes on and on, the part around the instant.
            let from = if to - from > usual * LONG {
                from.max(at.0.saturating_sub(usual * LONG * 2 / 3))
            } else {
                from
            };
            (from, to.min(from + usual * LONG))
        }
        None => (at.0.saturating_sub(usual * 5), at.0 + usual * 2),
    };
    (SimTime(from.min(until.saturating_sub(1))), SimTime(to.min(until).max(1)))
}

/// The acts of these lanes: when, and their text, with the lane's name if only one of several lanes has it.
fn acts_of(timeline: &Timeline, lanes: &[usize]) -> Vec<(u64, String)> {
    let named = |act: &Act| {
        let of: Vec<usize> = lanes.iter().copied().filter(|lane| act.lanes >> lane & 1 == 1).collect();
        let text = act.action.to_string();
        match of.as_slice() {
            [] => None,
            [one] if lanes.len() > 1 => Some((act.at.0, format!("{}: {text}", names(timeline, *one).0))),
            _ => Some((act.at.0, text)),
        }
    };
    timeline.scenario().acts.iter().filter_map(named).collect()
}

/// Checks that a span is not empty.
fn check_span(from: SimTime, to: SimTime) -> Result<(), Refused> {
    if from < to {
        return Ok(());
    }
    Err(Refused(format!("the span from {from} to {to} is empty: it has to end later than it begins")))
}
