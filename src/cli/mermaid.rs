//! `election mermaid`: a span of a lane as a sequence diagram of Mermaid.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use election_playground::base::SimTime;
use election_playground::picture::{self, Refused};

use crate::term::Out;
use crate::{Done, Stop, pictures, play};

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// A scenario file, or Markdown with ```election blocks; `-` for standard input
    file: PathBuf,
    /// Of several scenarios in a file, the one with this title or number
    #[arg(long, value_name = "TITLE|N")]
    block: Option<String>,
    /// The lane to show; may be left out if there is only one
    #[arg(long, value_name = "NAME")]
    lane: Option<String>,
    /// The start of the span; that of the run by default
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    from: Option<SimTime>,
    /// The end of the span; that of the run by default
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    to: Option<SimTime>,
}

/// Runs the command.
///
/// # Errors
/// If the scenario cannot be run, the span cannot be shown, or the output cannot be written.
pub fn mermaid(options: &Options, out: &mut Out) -> Done {
    let script = pictures::chosen(&options.file, options.block.as_deref())?;
    let mut timeline = play::open(&script, None)?;
    let lane = play::only_lane(&timeline, options.lane.as_slice(), "a sequence diagram")?;
    timeline.compute_all();
    let until = timeline.scenario().until;
    let from = options.from.map_or(SimTime::ZERO, |it| it.min(until));
    let to = options.to.map_or(until, |it| it.min(until));
    let text = picture::mermaid(&timeline, lane, (from, to)).map_err(|Refused(why)| Stop::Error(why))?;
    out.write_all(text.as_bytes())?;
    Ok(true)
}
