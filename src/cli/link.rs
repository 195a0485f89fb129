//! `election link`: the link that opens a scenario at a moment.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use election_playground::base::SimTime;
use election_playground::scenario::link::{Link, LinkAt, decode};
use election_playground::timeline::{Goal, Timeline};
use serde_json::json;

use crate::links::{self, Base};
use crate::term::Out;
use crate::{Done, Stop, play, source};

/// The version of the JSON.
const JSON_VERSION: u32 = 1;

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// A file with one scenario; `-` for standard input
    file: PathBuf,
    /// The moment to open at: a time; `2.5s+3` for after three events of that instant; or `#1234` for after that many
    /// events of the run. Without it, the link opens at the start
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    at: Option<LinkAt>,
    /// What is selected: a node of a lane
    #[arg(long, value_name = "LANE:NODE")]
    sel: Option<String>,
    #[command(flatten)]
    base: Base,
    /// Print one JSON object, described in docs/command-line.md
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If the scenario cannot be run, the moment or the node does not exist, or the output cannot be written.
pub fn link(options: &Options, out: &mut Out) -> Done {
    let script = source::one(&options.file)?;
    let mut timeline = play::open(&script, None)?;
    go(&mut timeline, options.at).map_err(Stop::Error)?;
    let selected = options.sel.as_deref().map(|it| selection(&timeline, it)).transpose()?;
    let digest = timeline.trace_digest();
    let link = Link { text: script.text, at: options.at, selected, digest: Some(digest), ..Link::default() };
    let text = options.base.link(&link);
    if options.json {
        let (at, after, step) = parts(options.at);
        let value = json!({
            "version": JSON_VERSION, "link": text, "length": text.chars().count(), "at_us": at, "after": after,
            "step": step, "selected": link.selected, "digest": format!("{digest:016x}"),
        });
        out.json(&value, true)?;
    } else {
        writeln!(out, "{text}")?;
    }
    if let Some(caution) = links::caution(&text) {
        out.warn(&caution)?;
    }
    Ok(true)
}

/// The moment of a link for JSON: its time, how many events of that instant come before it, and how many events of the
/// run.
pub fn parts(at: Option<LinkAt>) -> (Option<u64>, Option<u32>, Option<u64>) {
    match at {
        None => (None, None, None),
        Some(LinkAt::Time(at, after)) => (Some(at.0), Some(after), None),
        Some(LinkAt::Step(step)) => (None, None, Some(step)),
    }
}

/// Moves the playhead where the page would move it.
///
/// # Errors
/// If the run ends before the moment.
pub fn go(timeline: &mut Timeline, at: Option<LinkAt>) -> Result<(), String> {
    timeline.compute_all();
    let until = timeline.scenario().until;
    match at {
        None => timeline.jump(Goal::Instant(SimTime::ZERO, 0)),
        Some(LinkAt::Time(at, _)) if until < at => {
            return Err(format!("there is no moment at {at}: the run ends at {until}"));
        }
        Some(LinkAt::Time(at, after)) => timeline.jump(Goal::Instant(at, after)),
        Some(LinkAt::Step(step)) => {
            timeline.jump(Goal::Events(step));
            if timeline.events() < step {
                let events = timeline.events();
                return Err(format!("there is no moment after {step} events: the run has {events}"));
            }
        }
    }
    Ok(())
}

/// The selection as links write it.
///
/// # Errors
/// If there is no such lane or node.
pub fn selection(timeline: &Timeline, text: &str) -> Result<String, Stop> {
    let (name, node) = text.split_once(':').ok_or_else(|| {
        Stop::Error(format!("found `{text}`, expected a lane and a node, such as `raft:3`"))
    })?;
    let lane = play::lanes(timeline, &[name.to_string()])?[0];
    let names = timeline.lanes()[lane].names();
    let place = names.ids.iter().position(|it| it.to_string() == node);
    let place = place.or_else(|| names.labels.iter().position(|it| it == node)).ok_or_else(|| {
        let known: Vec<&str> = names.labels.iter().map(String::as_str).collect();
        Stop::Error(play::unknown("node", node, &known, &format!("a node of {name}: {}", play::list(&known))))
    })?;
    Ok(format!("{name}:{}", names.ids[place]))
}

/// Reads a moment with the reader of links.
fn moment(text: &str) -> Result<LinkAt, String> {
    let one_part = !text.contains(['&', '%']);
    let read = one_part.then(|| decode(&format!("v=1&s=&at={text}")).ok()).flatten();
    let expected = "expected a moment such as `2.5s`, `2.5s+3` or `#1234`";
    read.and_then(|it| it.link.at).ok_or_else(|| format!("found `{text}`, {expected}"))
}
