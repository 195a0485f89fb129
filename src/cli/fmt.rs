//! `election fmt`: the canonical form.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use election_playground::{scenario, workspace};

use crate::source::{self, Script};
use crate::term::Out;
use crate::{Done, Stop, diff, play, replace};

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

/// The command. If a file cannot be formatted, the others are formatted all the same.
///
/// # Errors
/// If a file cannot be read or written, or is no scenario.
pub fn fmt(options: &Options, out: &mut Out) -> Done {
    // The other files have to be written and the exit code has to be right even if nobody reads on.
    out.outlive_reader();
    let (mut canonical, mut failed) = (true, false);
    for file in &options.files {
        match one(options, out, file) {
            Ok(same) => canonical &= same,
            Err(Stop::Complaint(why)) => {
                failed = true;
                out.complain(&why)?;
            }
            Err(stop) => return Err(stop),
        }
    }
    if failed { Err(Stop::Told) } else { Ok(canonical || !options.check) }
}

/// Formats a file; true if it was canonical.
fn one(options: &Options, out: &mut Out, file: &Path) -> Done {
    let name = source::shown(file);
    if options.write && source::is_stdin(file) {
        return Err(Stop::Complaint("found `-` with --write, expected files".into()));
    }
    if source::is_markdown(file) {
        return Err(Stop::Complaint(format!("{name} is Markdown, expected a file with one scenario")));
    }
    let script = Script::of_file(file, source::text(file)?);
    // A text that means nothing is a mistake, which is worth knowing before its form is.
    if let Err(errors) = workspace::read(&script.text) {
        return Err(Stop::Complaint(play::complaint(&script, &errors)));
    }
    let formatted = scenario::fmt(&script.text);
    let same = formatted == script.text;
    if options.check {
        if !same {
            writeln!(out, "{name} is not canonical (`election fmt --write {name}` makes it so)")?;
            diff::print(out, &script.text, &formatted)?;
        }
    } else if !options.write {
        out.write_all(formatted.as_bytes())?;
    } else if !same {
        let written = replace::replace(file, formatted.as_bytes());
        written.map_err(|error| Stop::Complaint(format!("cannot write {name}: {error}")))?;
        writeln!(out, "{name}")?;
    }
    Ok(same)
}
