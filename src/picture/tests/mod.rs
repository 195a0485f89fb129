//! Pictures of the whole gallery: what they consist of, how they are laid out, and that they stay as they are.

mod golden;
mod layout;
mod log;
mod xml;

use std::fs;
use std::path::{Path, PathBuf};

use election_base::SimTime;
use election_engine::timeline::Timeline;
use election_workbench::workspace;

use crate::svg::Page;
use crate::{bands, diagram, moment, said, span_at};

/// A file of the repository.
fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The run of a text, computed to its end.
fn run(text: &str) -> Timeline {
    let mut timeline = workspace::open(text).unwrap_or_else(|errors| panic!("{}\n{text}", errors[0]));
    timeline.compute_all();
    timeline
}

/// The run of a scenario of the gallery.
fn scenario(name: &str) -> Timeline {
    let path = file("scenarios").join(format!("{name}.txt"));
    run(&fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

/// The names of all scenarios.
fn gallery() -> Vec<String> {
    let entries = fs::read_dir(file("scenarios")).expect("the gallery").flatten();
    let mut names: Vec<String> =
        entries.filter_map(|it| Some(it.path().file_stem()?.to_str()?.to_string())).collect();
    names.sort();
    assert!(names.len() > 20, "{names:?}");
    names
}

/// The lanes at an instant.
fn at(timeline: &mut Timeline, at: SimTime) -> Page {
    let lanes: Vec<usize> = (0..timeline.lanes().len()).collect();
    let said = said(timeline, &lanes, at);
    timeline.seek(at);
    moment::page(timeline, &lanes, said.as_deref(), "").expect("a picture")
}

/// Instants that are worth a look: when something happened, and a little later, up to so many.
fn instants(timeline: &Timeline, most: usize) -> Vec<SimTime> {
    let all = timeline.lanes().iter().flat_map(|it| it.story().happenings.iter().map(|it| it.at.0 + 4_000));
    let mut all: Vec<u64> = all.filter(|it| *it <= timeline.scenario().until.0).collect();
    all.sort_unstable();
    all.dedup();
    let step = all.len().div_ceil(most.max(1)).max(1);
    all.into_iter().step_by(step).map(SimTime).collect()
}

/// All kinds of pictures of a run, each with a name for messages.
fn pictures(timeline: &mut Timeline, moments: usize) -> Vec<(String, Page)> {
    let mut all = Vec::new();
    for instant in instants(timeline, moments) {
        all.push((format!("at {instant}"), at(timeline, instant)));
    }
    let lanes: Vec<usize> = (0..timeline.lanes().len()).collect();
    let whole = (SimTime::ZERO, timeline.scenario().until);
    all.push(("bands".into(), bands::page(timeline, &lanes, whole, "").expect("bands")));
    for lane in lanes {
        for instant in instants(timeline, 3) {
            let span = span_at(timeline, lane, instant);
            let its = diagram::page(timeline, lane, span, "");
            let page = its.unwrap_or_else(|refused| panic!("{} to {}: {refused}", span.0, span.1));
            all.push((format!("lane {lane} around {instant}"), page));
        }
    }
    all
}
