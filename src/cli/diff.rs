//! Prints the lines in which two texts differ.

use std::io::{self, Write};

use election_playground::scenario::{LineChange, changes};

use crate::term::Out;

/// Prints the lines that differ, marked `-` for old and `+` for new. Each group of changes is headed by its old line
/// number.
///
/// # Errors
/// If it cannot be written.
pub fn print(out: &mut Out, old: &str, new: &str) -> io::Result<()> {
    let mut together = true;
    let mut next = 1;
    // A missing line ending is reported in words.
    let [ended, wanted] =
        [old, new].map(|text| if text.ends_with('\n') { text.to_string() } else { format!("{text}\n") });
    for change in changes(&ended, &wanted) {
        let line = next;
        let (mark, text) = match change {
            LineChange::Same(_) => {
                next += 1;
                together = true;
                continue;
            }
            LineChange::Gone(text) => {
                next += 1;
                (out.red("-"), text)
            }
            LineChange::New(text) => (out.green("+"), text),
        };
        if together {
            writeln!(out, "  line {line}")?;
        }
        together = false;
        // Trailing spaces and carriage returns would be invisible.
        let shown = text.trim_end_matches('\n').replace('\r', "␍");
        let blank = shown.len() - shown.trim_end().len();
        let shown = format!("{}{}", shown.trim_end(), "·".repeat(blank));
        writeln!(out, "  {mark} {shown}")?;
    }
    if !old.is_empty() && !old.ends_with('\n') {
        writeln!(out, "  no newline at the end of the file")?;
    }
    Ok(())
}
