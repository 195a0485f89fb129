//! Which lines differ between two texts.

use std::io::{self, Write};

use crate::term::Out;

/// Prints the lines that differ: `-` the old ones, `+` the new ones, each run of them under its old line number.
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
        // Blanks at the end and foreign line ends are what nobody would see.
        let shown = text.trim_end_matches('\n').replace('\r', "␍");
        let blank = shown.len() - shown.trim_end().len();
        let shown = format!("{}{}", shown.trim_end(), "·".repeat(blank));
        writeln!(out, "  {mark} {shown}")?;
    }
    if !old.is_empty() && !old.ends_with('\n') {
        writeln!(out, "  no line end at the end of the file")?;
    }
    Ok(())
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Change<'t> {
    Same,
    Gone(&'t str),
    New(&'t str),
}

fn lines(text: &str) -> Vec<&str> {
    text.split_terminator('\n').collect()
}

/// The changes with the number of the old line, from 1, that each stands at: a longest common subsequence.
/// Quadratic, for texts whose lines the language bounds.
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
    fn what_changed_is_told_and_nothing_else() {
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
