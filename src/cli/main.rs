//! The command line: `election run`, `trace`, `check`, `fmt`, `serve` and `algorithms`.
//!
//! Results go to the standard output, complaints to the standard error. The exit code is 0 where all is well,
//! 1 where an expectation failed or a text is not canonical, and 2 where the command could not do its work: bad
//! usage, an unreadable file, a scenario with errors. That the reader leaves early is no failure, and hides none.

mod algorithms;
mod check;
mod diff;
mod fmt;
mod help;
mod http;
mod markdown;
mod pages;
mod play;
mod quantiles;
mod replace;
mod report;
mod run;
mod scoreboard;
mod seeds;
mod serve;
mod source;
mod summary;
mod sweep;
mod term;
mod trace;
mod walk;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::term::Out;

/// The exit code of a command that could not do its work.
const FAILED: u8 = 2;

/// What ends a command early.
#[derive(Debug)]
pub enum Stop {
    /// A complaint, which is printed. The exit code is 2.
    Complaint(String),
    /// Everything has been complained of already. The exit code is 2.
    Told,
    /// The output cannot be written.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Io(error)
    }
}

/// What a command gives back: whether all is well, as opposed to a failed expectation.
pub type Done = Result<bool, Stop>;

#[derive(Parser)]
#[command(name = "election", version, about = help::ABOUT, after_help = help::MAIN)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play scenarios and tell what happened, lane by lane
    #[command(after_help = help::RUN)]
    Run(run::Options),
    /// Print what happened in all lanes on one clock, a line each
    #[command(after_help = help::TRACE)]
    Trace(trace::Options),
    /// Run scenarios against their `expect` lines, as a test runner does
    #[command(after_help = help::CHECK)]
    Check(check::Options),
    /// Write scenarios in their canonical form
    #[command(after_help = help::FMT)]
    Fmt(fmt::Options),
    /// Open the playground at a loopback address, for a browser on this machine
    #[command(after_help = help::SERVE)]
    Serve(serve::Options),
    /// List the algorithms, or tell all about one
    #[command(after_help = help::ALGORITHMS)]
    Algorithms(algorithms::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = Out::stdout();
    let done = match &cli.command {
        Command::Run(options) => run::run(options, &mut out),
        Command::Trace(options) => trace::trace(options, &mut out),
        Command::Check(options) => check::check(options, &mut out),
        Command::Fmt(options) => fmt::fmt(options, &mut out),
        Command::Serve(options) => serve::serve(options, &mut out),
        Command::Algorithms(options) => algorithms::algorithms(options, &mut out),
    };
    let done = done.and_then(|well| out.flush().map(|()| well).map_err(Stop::from));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        // Whoever reads has seen enough, as `head` does.
        Err(Stop::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Stop::Io(error)) => complain(&format!("cannot write: {error}")),
        Err(Stop::Complaint(text)) => {
            let _ = out.flush();
            complain(&text)
        }
        Err(Stop::Told) => {
            let _ = out.flush();
            ExitCode::from(FAILED)
        }
    }
}

fn complain(text: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: {text}");
    ExitCode::from(FAILED)
}
