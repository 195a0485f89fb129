//! A text cut out of a file, which knows where each of its lines comes from.

/// The place in the file where a line of a cut begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line of the file, from 0.
    pub line: u32,
    /// The number of characters that precede it on that line. Negative if it begins inside a tab, whose remainder is
    /// then written as spaces.
    pub margin: i32,
}

/// A text, without the marks of quotes and lists, and without the indentation, that it has in its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// The text.
    pub text: String,
    /// The place of each of its lines, as [`str::lines`] counts them.
    pub places: Vec<Place>,
}

impl Cut {
    /// A whole text.
    pub fn whole(text: &str) -> Cut {
        let places = (0..text.split('\n').count() as u32).map(|line| Place { line, margin: 0 }).collect();
        Cut { text: text.to_string(), places }
    }

    /// Adds a line without its end.
    pub fn line(&mut self, line: &str, place: Place) {
        self.text.push_str(line);
        self.text.push('\n');
        self.places.push(place);
    }

    /// The place of a line, from 0. Past the end, it is that of the last line.
    pub fn place(&self, line: usize) -> Place {
        self.places.get(line).or(self.places.last()).copied().unwrap_or(Place { line: 0, margin: 0 })
    }

    /// Removes the indentation that all lines share, blank lines at both ends, and blanks around the whole, as the page
    /// does with the text of an element.
    pub fn dedented(&self) -> Cut {
        let mut lines: Vec<(&str, Place)> =
            self.text.split('\n').enumerate().map(|(at, line)| (line, self.place(at))).collect();
        let indent = |line: &str| line.chars().take_while(|it| it.is_whitespace()).count();
        let common =
            lines.iter().filter(|(line, _)| !line.trim().is_empty()).map(|(line, _)| indent(line)).min();
        for (line, place) in &mut lines {
            let skipped: usize = line.chars().take(common.unwrap_or(0)).map(char::len_utf8).sum();
            place.margin += line[..skipped].chars().count() as i32;
            *line = &line[skipped..];
        }
        let blank = |it: &&(&str, Place)| it.0.trim().is_empty();
        let first = lines.iter().take_while(blank).count();
        let last = lines.iter().rev().take_while(blank).count();
        lines.truncate(lines.len() - last.min(lines.len() - first));
        lines.drain(..first);
        let mut found = Cut::default();
        let count = lines.len();
        for (at, (mut line, mut place)) in lines.into_iter().enumerate() {
            if at == 0 {
                place.margin += indent(line) as i32;
                line = line.trim_start();
            }
            found.line(if at + 1 == count { line.trim_end() } else { line }, place);
        }
        found
    }

    /// The lines from this one on.
    pub fn after(&self, line: usize) -> Cut {
        let skipped: usize = self.text.split_inclusive('\n').take(line).map(str::len).sum();
        Cut {
            text: self.text[skipped..].to_string(),
            places: self.places.get(line..).unwrap_or_default().to_vec(),
        }
    }

    /// Whether nothing but blanks is in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Where the lines of a text begin.
pub fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines with their places, from 1.
    fn lines(cut: &Cut) -> Vec<(String, u32, i32)> {
        let lines = cut.text.lines().enumerate();
        lines.map(|(at, it)| (it.to_string(), cut.place(at).line + 1, cut.place(at).margin)).collect()
    }

    #[test]
    fn the_indentation_goes_and_the_places_stay_true() {
        let cut = Cut::whole("\n\n    lanes raft\n\n      until 2s\n  \t\n").dedented();
        let want = [("lanes raft".into(), 3, 4), (String::new(), 4, 0), ("  until 2s".into(), 5, 4)];
        assert_eq!(lines(&cut), want);
        assert_eq!(cut.text, "lanes raft\n\n  until 2s\n");
    }

    #[test]
    fn a_text_that_begins_beside_its_tag_keeps_the_indentation_of_the_rest() {
        let cut = Cut::whole("lanes raft\n  until 2s  ").dedented();
        assert_eq!(lines(&cut), [("lanes raft".into(), 1, 0), ("  until 2s".into(), 2, 0)]);
        let cut = Cut::whole("   a\n b").dedented();
        assert_eq!(lines(&cut), [("a".into(), 1, 3), ("b".into(), 2, 1)]);
        assert_eq!(Cut::whole(" \n\t\n").dedented(), Cut::default());
    }
}
