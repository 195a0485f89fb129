//! The command line: `election run`, `trace`, `why`, `check`, `link`, `open`, `svg`, `mermaid`, `odds`, `fmt`, `serve` and
//! `algorithms`.
//!
//! Results go to standard output, errors to standard error. The exit code is 0 on success, 1 if an expectation failed
//! or a text is not canonical, and 2 if the command could not do its work: bad usage, an unreadable file, a scenario
//! with errors. A reader that closes the pipe early is not a failure, and hides none.

mod algorithms;
mod check;
mod diff;
mod fmt;
mod found;
mod help;
mod http;
mod link;
mod links;
mod mermaid;
mod odds;
mod odds_play;
mod open;
mod pages;
mod pictures;
mod play;
mod quantiles;
mod replace;
mod report;
mod run;
mod scoreboard;
mod script;
mod seeds;
mod serve;
mod source;
mod story;
mod summary;
mod svg;
mod sweep;
mod term;
mod trace;
mod walk;
mod why;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::term::Out;

/// The exit code of a command that could not do its work.
const FAILED: u8 = 2;

/// Why a command ends early.
#[derive(Debug)]
pub enum Stop {
    /// An error, still to be printed. The exit code is 2.
    Error(String),
    /// All errors have been printed already. The exit code is 2.
    Reported,
    /// The output cannot be written.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Io(error)
    }
}

/// The result of a command: `false` if an expectation failed or a text is not canonical.
pub type Done = Result<bool, Stop>;

#[derive(Parser)]
#[command(name = "election", version, about = help::ABOUT, after_help = help::MAIN)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play scenarios and summarize each lane
    #[command(after_help = help::RUN)]
    Run(run::Options),
    /// Print the events of all lanes on one clock, one per line
    #[command(after_help = help::TRACE)]
    Trace(trace::Options),
    /// Explain a moment: the chain of causes behind it
    #[command(after_help = help::WHY)]
    Why(why::Options),
    /// Test scenarios against their `expect` lines
    #[command(after_help = help::CHECK)]
    Check(check::Options),
    /// Print the link that opens a scenario at a moment
    #[command(after_help = help::LINK)]
    Link(link::Options),
    /// Read a link: print its scenario, and whether it still plays the same run
    #[command(after_help = help::OPEN)]
    Open(open::Options),
    /// Draw a moment, a span of a lane, or who leads over time, as SVG
    #[command(after_help = help::SVG)]
    Svg(svg::Options),
    /// Write a span of a lane as a sequence diagram of Mermaid
    #[command(after_help = help::MERMAID)]
    Mermaid(mermaid::Options),
    /// Find when an outcome was decided, from redrawn futures of a run
    #[command(after_help = help::ODDS)]
    Odds(odds::Options),
    /// Rewrite scenarios in canonical form
    #[command(after_help = help::FMT)]
    Fmt(fmt::Options),
    /// Serve the playground to browsers on this machine
    #[command(after_help = help::SERVE)]
    Serve(serve::Options),
    /// List the algorithms, or describe one in full
    #[command(after_help = help::ALGORITHMS)]
    Algorithms(algorithms::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = Out::stdout();
    let done = match &cli.command {
        Command::Run(options) => run::run(options, &mut out),
        Command::Trace(options) => trace::trace(options, &mut out),
        Command::Why(options) => why::why(options, &mut out),
        Command::Check(options) => check::check(options, &mut out),
        Command::Link(options) => link::link(options, &mut out),
        Command::Open(options) => open::open(options, &mut out),
        Command::Svg(options) => svg::svg(options, &mut out),
        Command::Mermaid(options) => mermaid::mermaid(options, &mut out),
        Command::Odds(options) => odds::odds(options, &mut out),
        Command::Fmt(options) => fmt::fmt(options, &mut out),
        Command::Serve(options) => serve::serve(options, &mut out),
        Command::Algorithms(options) => algorithms::algorithms(options, &mut out),
    };
    let done = done.and_then(|well| out.flush().map(|()| well).map_err(Stop::from));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        // The reader has seen enough, like `head`.
        Err(Stop::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Stop::Io(error)) => fail(&format!("cannot write: {error}")),
        Err(Stop::Error(text)) => {
            let _ = out.flush();
            fail(&text)
        }
        Err(Stop::Reported) => {
            let _ = out.flush();
            ExitCode::from(FAILED)
        }
    }
}

fn fail(text: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: {text}");
    ExitCode::from(FAILED)
}
