//! `election fmt`: rewrites scenarios in canonical form.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use election_playground::{scenario, workspace};

use crate::found::Format;
use crate::script::Script;
use crate::source;
use crate::term::Out;
use crate::{Done, Stop, diff, play, replace};

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// Scenario files; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Rewrite the files in place instead of printing to standard output
    #[arg(short, long, conflicts_with = "check")]
    write: bool,
    /// Write nothing; report what is not canonical and exit with 1
    #[arg(short, long)]
    check: bool,
}

/// Runs the command. If a file cannot be formatted, the others still are.
///
/// # Errors
/// If a file cannot be read or written, or is not a scenario.
pub fn fmt(options: &Options, out: &mut Out) -> Done {
    // Every file must be written, and the exit code must be right, even if the reader leaves early.
    out.outlive_reader();
    let (mut canonical, mut failed) = (true, false);
    for file in &options.files {
        match one(options, out, file) {
            Ok(same) => canonical &= same,
            Err(Stop::Error(why)) => {
                failed = true;
                out.error(&why)?;
            }
            Err(stop) => return Err(stop),
        }
    }
    if failed { Err(Stop::Reported) } else { Ok(canonical || !options.check) }
}

/// Formats a file. Returns true if it was canonical already.
fn one(options: &Options, out: &mut Out, file: &Path) -> Done {
    let name = source::shown(file);
    if options.write && (source::is_stdin(file) || source::hash(file).is_some()) {
        let found = if source::is_stdin(file) { "`-`" } else { "a link" };
        return Err(Stop::Error(format!("found {found} with --write, expected files")));
    }
    let format = Format::of(file);
    if source::hash(file).is_none() && format != Format::Scenario {
        let found = format.name();
        return Err(Stop::Error(format!("{name} is {found}, expected a file with one scenario")));
    }
    let script = Script::of_file(file, source::text(file)?);
    // Errors in the text matter more than its form.
    if let Err(errors) = workspace::read(&script.text) {
        return Err(Stop::Error(play::describe(&script, &errors)));
    }
    let formatted = scenario::fmt(&script.text);
    let same = formatted == script.text;
    if options.check {
        if !same {
            writeln!(out, "{name} is not canonical (`election fmt --write {name}` fixes it)")?;
            diff::print(out, &script.text, &formatted)?;
        }
    } else if !options.write {
        out.write_all(formatted.as_bytes())?;
    } else if !same {
        let written = replace::replace(file, formatted.as_bytes());
        written.map_err(|error| Stop::Error(format!("cannot write {name}: {error}")))?;
        writeln!(out, "{name}")?;
    }
    Ok(same)
}
