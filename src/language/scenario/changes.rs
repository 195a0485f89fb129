//! The lines in which two texts differ.

/// The most cells of the table in which a longest common subsequence is found. Where more would be needed, everything
/// between the first and the last difference counts as replaced.
const CELLS_MAX: usize = 1 << 22;

/// What happened to a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineChange<'t> {
    /// Both texts have it.
    Same(&'t str),
    /// Only the old text has it.
    Gone(&'t str),
    /// Only the new text has it.
    New(&'t str),
}

/// How `old` becomes `new`: every line of both in order, with its line ending.
pub fn changes<'t>(old: &'t str, new: &'t str) -> Vec<LineChange<'t>> {
    let lines = |text: &'t str| text.split_inclusive('\n').collect::<Vec<&str>>();
    let (old, new) = (lines(old), lines(new));
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(same).count();
    let mut found: Vec<LineChange<'t>> = old[..head].iter().map(|line| LineChange::Same(line)).collect();
    middle(&old[head..old.len() - tail], &new[head..new.len() - tail], &mut found);
    found.extend(old[old.len() - tail..].iter().map(|line| LineChange::Same(line)));
    found
}

/// The changes between the first and the last difference, from a longest common subsequence.
fn middle<'t>(old: &[&'t str], new: &[&'t str], found: &mut Vec<LineChange<'t>>) {
    let width = new.len() + 1;
    let small = (old.len() + 1) * width <= CELLS_MAX;
    let mut length = vec![0_u32; if small { (old.len() + 1) * width } else { 0 }];
    if small {
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                length[i * width + j] = if old[i] == new[j] {
                    length[(i + 1) * width + j + 1] + 1
                } else {
                    length[(i + 1) * width + j].max(length[i * width + j + 1])
                };
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let both = i < old.len() && j < new.len();
        if both && small && old[i] == new[j] {
            found.push(LineChange::Same(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len()
            && (!both || !small || length[(i + 1) * width + j] >= length[i * width + j + 1])
        {
            found.push(LineChange::Gone(old[i]));
            i += 1;
        } else {
            found.push(LineChange::New(new[j]));
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LineChange::{Gone, New, Same};

    #[test]
    fn every_change_is_found_and_nothing_else() {
        let found = changes("a\nb\nc\n", "a\nx\nc\nd\n");
        assert_eq!(found, [Same("a\n"), Gone("b\n"), New("x\n"), Same("c\n"), New("d\n")]);
        assert_eq!(changes("", ""), []);
        assert_eq!(changes("a", "a\n"), [Gone("a"), New("a\n")]);
        // A line that comes twice is found once at either end, not at both.
        assert_eq!(changes("a\na\n", "a\n"), [Same("a\n"), Gone("a\n")]);
    }

    #[test]
    fn texts_that_are_too_different_to_compare_still_become_each_other() {
        let text = |word: &str| (0..3000).map(|i| format!("{word} {}\n", i / 2)).collect::<String>();
        let (old, new) = (text("old"), text("new"));
        let found = changes(&old, &new);
        let one =
            |pick: fn(&LineChange<'_>) -> Option<String>| found.iter().filter_map(pick).collect::<String>();
        assert_eq!(one(|it| matches!(it, Gone(_) | Same(_)).then(|| line(it).to_string())), old);
        assert_eq!(one(|it| matches!(it, New(_) | Same(_)).then(|| line(it).to_string())), new);
    }

    fn line<'t>(change: &LineChange<'t>) -> &'t str {
        match *change {
            Same(line) | Gone(line) | New(line) => line,
        }
    }
}
