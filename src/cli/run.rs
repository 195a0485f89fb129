//! `election run`: the trace and the summary of each lane.

use std::io::Write as _;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Args;
use election_playground::base::{SimTime, Span};
use election_playground::timeline::Timeline;
use serde::Serialize;

use crate::links::Base;
use crate::pages::{PAGE, Pages};
use crate::script::Script;
use crate::seeds::{self, Sweep};
use crate::source;
use crate::summary::{self, Run};
use crate::term::{Out, clock};
use crate::{Done, Stop, play, report, scoreboard, story, sweep};

/// The version of the JSON.
const JSON_VERSION: u32 = 1;

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// Scenario files, or Markdown files with ```election blocks; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print only the summary, without the trace
    #[arg(short, long)]
    quiet: bool,
    /// Print only this lane; may be repeated
    #[arg(long, value_name = "NAME")]
    lane: Vec<String>,
    /// Start the trace at this time
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    from: Option<SimTime>,
    /// End the trace at this time
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    to: Option<SimTime>,
    /// Limit each lane's trace to this many lines
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    lines: u64,
    /// Play with this seed instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Play each of these seeds, on all cores, and report quantiles and shares
    #[arg(long, value_name = "FIRST..LAST", value_parser = sweep::range, conflicts_with_all = ["seed", "from", "to", "lines"])]
    seeds: Option<RangeInclusive<u64>>,
    /// With --seeds, print each run as a line of comma-separated values
    #[arg(long, requires = "seeds", conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    base: Base,
    /// Print the summary as JSON, described in docs/command-line.md
    #[arg(long)]
    json: bool,
}

/// The JSON document for single runs.
#[derive(Serialize)]
struct Document {
    version: u32,
    runs: Vec<Run>,
}

/// The JSON document for many seeds.
#[derive(Serialize)]
struct Sweeps {
    version: u32,
    sweeps: Vec<Sweep>,
}

/// Runs the command.
///
/// # Errors
/// If a scenario cannot be run, or the output cannot be written.
pub fn run(options: &Options, out: &mut Out) -> Done {
    let scripts = source::scripts(&options.files)?;
    // A later scenario with errors makes the exit code 2, even if the reader has left by then.
    out.outlive_reader();
    if let Some(seeds) = &options.seeds {
        return sweeps(options, out, &scripts, seeds);
    }
    let mut document = Document { version: JSON_VERSION, runs: Vec::new() };
    for (i, script) in scripts.iter().enumerate() {
        let mut timeline = play::open(script, options.seed)?;
        let lanes = play::lanes(&timeline, &options.lane)?;
        if out.reader_has_left() {
            continue;
        }
        let run = summary::run(script, &mut timeline, &lanes);
        if options.json {
            document.runs.push(run);
            continue;
        }
        if i > 0 {
            writeln!(out)?;
        }
        print(options, out, script, &mut timeline, &lanes, &run)?;
    }
    if options.json {
        out.json(&document, true)?;
    }
    Ok(true)
}

/// Plays each script with many seeds.
fn sweeps(options: &Options, out: &mut Out, scripts: &[Script], seeds: &RangeInclusive<u64>) -> Done {
    let mut all = Vec::new();
    for (i, script) in scripts.iter().enumerate() {
        let timeline = play::open(script, None)?;
        let lanes = play::lanes(&timeline, &options.lane)?;
        if out.reader_has_left() {
            continue;
        }
        let sweep = seeds::sweep(script, timeline.scenario(), &lanes, seeds, &options.base);
        if options.json || options.csv {
            all.push(sweep);
            continue;
        }
        if i > 0 {
            writeln!(out)?;
        }
        seeds::print(out, &sweep)?;
    }
    if options.csv {
        return seeds::csv(out, &all);
    }
    if options.json {
        out.json(&Sweeps { version: JSON_VERSION, sweeps: all }, true)?;
    }
    Ok(true)
}

fn print(
    options: &Options,
    out: &mut Out,
    script: &Script,
    timeline: &mut Timeline,
    lanes: &[usize],
    run: &Run,
) -> Result<(), Stop> {
    let title = if run.title.is_empty() { script.name() } else { run.title.clone() };
    let nodes: Vec<String> = run.nodes.iter().zip(&run.names).map(|(id, name)| named(*id, name)).collect();
    let title = out.bold(&title);
    writeln!(out, "{title}")?;
    writeln!(out, "nodes {}, seed {}, until {}", nodes.join(" "), run.seed, Span(run.until_us))?;
    for warning in &run.warnings {
        let place = format!("{}:{}", script.file, warning.line);
        writeln!(out, "{} {place}: {}", out.yellow("warning:"), warning.text)?;
    }
    let all = timeline.lanes().len();
    story::print(out, &run.story, all)?;
    for (&position, lane) in lanes.iter().zip(&run.lanes) {
        let variant = if lane.lane == lane.algorithm { "" } else { lane.algorithm };
        let variant = if variant.is_empty() { String::new() } else { format!(" ({variant})") };
        let name = out.bold(&lane.lane);
        writeln!(out, "\n{name}{variant}")?;
        if !options.quiet {
            trace(options, out, timeline, position)?;
        }
        report::lane(out, lane, timeline.lane(position).names())?;
    }
    if run.lanes.len() > 1 {
        writeln!(out)?;
        scoreboard::scoreboard(out, &run.lanes)?;
    }
    Ok(())
}

/// A node as the scenario writes it: `1`, or `1=web`.
fn named(id: u32, name: &str) -> String {
    if id.to_string() == name { name.to_string() } else { format!("{id}={name}") }
}

/// Prints the trace of a lane, and how many of its lines are omitted.
fn trace(options: &Options, out: &mut Out, timeline: &mut Timeline, lane: usize) -> Result<(), Stop> {
    let until = timeline.scenario().until;
    let to = options.to.map_or(until, |to| to.min(until));
    let mut pages = Pages::new(options.from.unwrap_or(SimTime::ZERO), to, PAGE);
    let mut count = 0;
    while !out.reader_has_left()
        && let Some(record) = pages.next(timeline.lane(lane))
    {
        count += 1;
        if count <= options.lines {
            let text = timeline.lane(lane).names().text(&record);
            writeln!(out, "{} {text}", clock(record.at))?;
        }
    }
    if count > options.lines {
        let omitted = count - options.lines;
        writeln!(out, "             … {omitted} more lines omitted (--lines {count} prints all)")?;
    }
    writeln!(out)?;
    Ok(())
}
