//! The lines in which two texts differ.

use std::fmt;
use std::io::{self, Write};

use election_playground::scenario::{LineChange, changes, is_unseen};

use crate::term::Out;

/// A line of the difference between two texts.
pub enum Line {
    /// The line of the old text, from 1, at which the following changes are.
    At(u32),
    /// A line that only the old text has.
    Gone(String),
    /// A line that only the new text has.
    New(String),
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Line::At(line) => write!(f, "line {line}"),
            Line::Gone(text) => write!(f, "- {text}"),
            Line::New(text) => write!(f, "+ {text}"),
        }
    }
}

/// The lines that differ. Each group of changes is headed by its old line number.
pub fn lines(old: &str, new: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut together = true;
    let mut next = 1;
    // A missing line ending is reported in words.
    let [ended, wanted] =
        [old, new].map(|text| if text.ends_with('\n') { text.to_string() } else { format!("{text}\n") });
    for change in changes(&ended, &wanted) {
        let at = next;
        let line = match change {
            LineChange::Same(_) => {
                next += 1;
                together = true;
                continue;
            }
            LineChange::Gone(text) => {
                next += 1;
                Line::Gone(shown(text))
            }
            LineChange::New(text) => Line::New(shown(text)),
        };
        if together {
            lines.push(Line::At(at));
        }
        together = false;
        lines.push(line);
    }
    lines
}

/// Prints the lines that differ, marked `-` for old and `+` for new.
///
/// # Errors
/// If it cannot be written.
pub fn print(out: &mut Out, old: &str, new: &str) -> io::Result<()> {
    for line in lines(old, new) {
        match line {
            Line::At(_) => writeln!(out, "  {line}")?,
            Line::Gone(text) => writeln!(out, "  {} {text}", out.red("-"))?,
            Line::New(text) => writeln!(out, "  {} {text}", out.green("+"))?,
        }
    }
    if !old.is_empty() && !old.ends_with('\n') {
        writeln!(out, "  no newline at the end of the file")?;
    }
    Ok(())
}

/// A line with marks for trailing blanks and carriage returns, which would be invisible, and without what a terminal
/// would interpret.
fn shown(line: &str) -> String {
    let line = line.trim_end_matches('\n').replace('\r', "␍");
    let blank = line.len() - line.trim_end().len();
    let line = format!("{}{}", line.trim_end(), "·".repeat(blank));
    line.chars().map(|it| if is_unseen(it) && it != '\t' { '\u{fffd}' } else { it }).collect()
}
