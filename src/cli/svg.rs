//! `election svg`: a picture of a run, for places without scripts.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use election_playground::base::SimTime;
use serde::{Deserialize, Serialize};

use crate::pictures::{self, Recipe, Wish};
use crate::term::Out;
use crate::{Done, Stop, play, replace};

/// What a picture shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The lanes at an instant
    Moment,
    /// The space-time diagram of a span of one lane
    Diagram,
    /// Who leads in each lane, over time
    Bands,
}

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// A scenario file, or Markdown with ```election blocks; `-` for standard input
    file: PathBuf,
    /// Of several scenarios in a file, the one with this title or number
    #[arg(long, value_name = "TITLE|N")]
    block: Option<String>,
    /// What to show; by default a moment or, if a span is given, a diagram of one lane or the bands of several
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Show only this lane; may be repeated
    #[arg(long, value_name = "NAME")]
    lane: Vec<String>,
    /// The instant to show, or the one whose surroundings a diagram shows; the end of the run by default
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    at: Option<SimTime>,
    /// The span to show
    #[arg(long, value_name = "FROM..TO", value_parser = play::span, conflicts_with_all = ["from", "to"])]
    span: Option<(SimTime, SimTime)>,
    /// The start of the span
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    from: Option<SimTime>,
    /// The end of the span
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    to: Option<SimTime>,
    /// Write the picture to this file, in a form that `check` keeps current
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// If the scenario cannot be run, the picture cannot be drawn, or the output cannot be written.
pub fn svg(options: &Options, out: &mut Out) -> Done {
    let script = pictures::chosen(&options.file, options.block.as_deref())?;
    let mut timeline = play::open(&script, None)?;
    let lanes = play::lanes(&timeline, &options.lane)?;
    let wish = wish(options, lanes.len())?;
    let block = pictures::block_name(&options.file, options.block.as_deref());
    let recipe = options.output.as_ref().and_then(|to| Recipe::new(&wish, &options.file, block, to));
    let note = recipe.map_or_else(String::new, |it| it.text());
    let svg = pictures::draw(&mut timeline, &wish, &note)?;
    let Some(file) = &options.output else {
        out.write_all(svg.as_bytes())?;
        return Ok(true);
    };
    let written = if file.exists() { replace::replace(file, svg.as_bytes()) } else { fs::write(file, svg) };
    written.map_err(|error| pictures::unwritable(file, &error))?;
    Ok(true)
}

/// What the options ask for.
fn wish(options: &Options, lanes: usize) -> Result<Wish, Stop> {
    let (from, to) = match options.span {
        Some((from, to)) => (Some(from), Some(to)),
        None => (options.from, options.to),
    };
    let spans = from.is_some() || to.is_some();
    let kind = options.kind.unwrap_or(match (spans, lanes) {
        (false, _) => Kind::Moment,
        (_, 1) => Kind::Diagram,
        _ => Kind::Bands,
    });
    let wrong = match kind {
        Kind::Moment if spans => Some("a moment has no span: give an instant with --at, or another --kind"),
        Kind::Bands if options.at.is_some() => Some("bands show a span: give it with --span instead of --at"),
        Kind::Diagram if spans && options.at.is_some() => {
            Some("give a diagram a span, or an instant with --at, not both")
        }
        _ => None,
    };
    if let Some(why) = wrong {
        return Err(Stop::Error(why.to_string()));
    }
    // A diagram without a span is about the end of the run.
    let at = options.at.or((kind == Kind::Diagram && !spans).then_some(SimTime::NEVER));
    Ok(Wish { kind, lanes: options.lane.clone(), at, from, to })
}
