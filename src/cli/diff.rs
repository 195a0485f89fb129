//! The lines in which two texts differ.

use std::io::{self, Write};

use crate::term::Out;

/// Prints the lines that differ, marked `-` for old and `+` for new. Each group of changes is headed by its old line
/// number.
///
/// # Errors
/// If it cannot be written.
pub fn print(out: &mut Out, old: &str, new: &str) -> io::Result<()> {
    let mut together = true;
    for (line, change) in changes(&lines(old), &lines(new)) {
        let (mark, text) = match change {
            Change::Same => {
                together = true;
                continue;
            }
            Change::Gone(text) => (out.red("-"), text),
            Change::New(text) => (out.green("+"), text),
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

/// What happened to a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Change<'t> {
    Same,
    Gone(&'t str),
    New(&'t str),
}

fn lines(text: &str) -> Vec<&str> {
    text.split_terminator('\n').collect()
}

/// The changes, each with the number (from 1) of the old line it is at, from a longest common subsequence. This takes
/// quadratic time, but the language bounds the number of lines.
fn changes<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(usize, Change<'t>)> {
    let width = new.len() + 1;
    let mut length = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            length[i * width + j] = if old[i] == new[j] {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut found = Vec::new();
    while i < old.len() || j < new.len() {
        let both = i < old.len() && j < new.len();
        if both && old[i] == new[j] {
            found.push((i + 1, Change::Same));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len()
            && (j == new.len() || length[(i + 1) * width + j] >= length[i * width + j + 1])
        {
            found.push((i + 1, Change::Gone(old[i])));
            i += 1;
        } else {
            found.push((i + 1, Change::New(new[j])));
            j += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_found_and_nothing_else() {
        let found = changes(&["a", "b", "c"], &["a", "x", "c", "d"]);
        let want = [
            (1, Change::Same),
            (2, Change::Gone("b")),
            (3, Change::New("x")),
            (3, Change::Same),
            (4, Change::New("d")),
        ];
        assert_eq!(found, want);
        assert_eq!(changes(&[], &[]), []);
    }
}
