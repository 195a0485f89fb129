//! `election fmt`: the canonical form.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use election_playground::{scenario, session};

use crate::source::{self, Script};
use crate::term::Out;
use crate::{Done, Stop, diff, play};

/// What the command takes.
#[derive(Args)]
pub struct Options {
    /// Scenario files; `-` for the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the files in place instead of to the standard output
    #[arg(short, long, conflicts_with = "check")]
    write: bool,
    /// Write nothing; tell what is not canonical and exit with 1
    #[arg(short, long)]
    check: bool,
}

/// The command.
///
/// # Errors
/// If a file cannot be read or written, or is no scenario.
pub fn fmt(options: &Options, out: &mut Out) -> Done {
    // The exit code has to be right even if nobody reads on.
    out.outlive_reader();
    let mut canonical = true;
    for file in &options.files {
        let name = source::shown(file);
        if source::is_markdown(file) {
            return Err(Stop::Complaint(format!("{name} is Markdown, expected a file with one scenario")));
        }
        let text = source::text(file)?;
        let script = Script::of_file(file, text);
        // Who formats a text that means nothing has made a mistake, and wants to hear of that first.
        if let Err(errors) = session::read(&script.text) {
            return Err(Stop::Complaint(play::complaint(&script, &errors)));
        }
        let formatted = scenario::fmt(&script.text);
        let same = formatted == script.text;
        canonical &= same;
        if options.check {
            if !same {
                writeln!(out, "{name} is not canonical (`election fmt --write {name}` makes it so)")?;
                diff::print(out, &script.text, &formatted)?;
            }
        } else if !options.write {
            out.write_all(formatted.as_bytes())?;
        } else if source::is_stdin(file) {
            return Err(Stop::Complaint("found `-` with --write, expected files".into()));
        } else if !same {
            let written = fs::write(file, &formatted);
            written.map_err(|error| Stop::Complaint(format!("cannot write {name}: {error}")))?;
            writeln!(out, "{name}")?;
        }
    }
    Ok(canonical || !options.check)
}
