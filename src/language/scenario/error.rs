//! Errors in a text: where, what was found, what was expected, and how to fix it.

use core::fmt;

use super::lex::{Document, Place, is_blank, is_unseen};

/// One error in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// Its place, in bytes.
    pub place: Place,
    /// The same in UTF-16 units.
    pub utf16: Place,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What was found, as part of a sentence.
    pub found: String,
    /// What was expected, as part of a sentence.
    pub expected: String,
    /// The known word closest to what was found.
    pub nearest: Option<String>,
    /// How to fix it, as a sentence.
    pub advice: Option<String>,
}

impl Error {
    // Errors are rare but created in many places in the reader: calls keep the code there small.

    /// An error at `place`. Line, column and UTF-16 place are filled in by [`Error::locate`].
    #[cold]
    #[inline(never)]
    pub(super) fn new(place: Place, found: impl Into<String>, expected: impl Into<String>) -> Box<Error> {
        Box::new(Error {
            place,
            utf16: Place::default(),
            line: 1,
            column: 1,
            found: found.into(),
            expected: expected.into(),
            nearest: None,
            advice: None,
        })
    }

    /// An error in a text that reads but cannot run. `line`, from 0, is the line of the statements it
    /// concerns; `why` says what does not fit and how to fix it.
    pub fn of_line(text: &str, line: u32, why: &str) -> Error {
        let document = Document::new(text);
        let place = document.lines.get(line as usize).map_or(Place::default(), |l| {
            let words = document.slice(l.place);
            let start = l.place.start + (words.len() - words.trim_start().len()) as u32;
            Place { start, end: start + words.trim().len() as u32 }
        });
        let mut error =
            *Error::new(place, quote(document.slice(place)), "something that can be run").advise(why);
        error.locate(&document);
        error
    }

    /// Adds how to fix it.
    #[cold]
    #[inline(never)]
    pub(super) fn advise(mut self: Box<Error>, advice: impl Into<String>) -> Box<Error> {
        self.advice = Some(advice.into());
        self
    }

    /// Adds the word in `known` closest to `word`, if any is close enough.
    #[cold]
    #[inline(never)]
    pub(super) fn near<'w>(
        mut self: Box<Error>,
        word: &str,
        known: impl IntoIterator<Item = &'w str>,
    ) -> Box<Error> {
        self.nearest = nearest(word, &mut known.into_iter()).map(str::to_string);
        self
    }

    /// Fills in line, column and UTF-16 place.
    pub(super) fn locate(&mut self, document: &Document<'_>) {
        let start = self.place.start;
        let index = document.lines.partition_point(|line| line.place.start <= start).max(1) - 1;
        let from = document.lines.get(index).map_or(0, |line| line.place.start);
        let before = document.slice(Place { start: from, end: start });
        self.line = index as u32 + 1;
        self.column = before.chars().count() as u32 + 1;
        self.utf16 = self.place.utf16(document.text);
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Error { line, column, found, expected, .. } = self;
        write!(f, "line {line}, column {column}: found {found}, expected {expected}")?;
        if let Some(nearest) = &self.nearest {
            write!(f, "; did you mean `{nearest}`?")?;
        }
        if let Some(advice) = &self.advice {
            // The question mark already ends the sentence.
            f.write_str(if self.nearest.is_some() { " " } else { ". " })?;
            f.write_str(advice)?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

/// Quotes `text` for an error: short, on one line, control characters made visible.
#[cold]
#[inline(never)]
pub(super) fn quote(text: &str) -> String {
    const LENGTH_MAX: usize = 40;
    let mut out = String::from("`");
    for (count, c) in text.chars().enumerate() {
        if count == LENGTH_MAX {
            out.push('…');
            break;
        }
        match c {
            '`' => out.push('\''),
            c if is_unseen(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out.push('`');
    out
}

/// `names` as a list within a sentence: `a`, `b`, `c`.
#[cold]
#[inline(never)]
pub(super) fn list<'w>(names: impl IntoIterator<Item = &'w str>) -> String {
    let mut out = String::new();
    for name in names {
        out += if out.is_empty() { "`" } else { ", `" };
        out += name;
        out.push('`');
    }
    out
}

/// The word in `known` closest to `word`: at most one edit away for up to three letters, two for up to seven,
/// three for longer words. The first wins a tie.
pub(super) fn nearest<'w>(word: &str, known: &mut dyn Iterator<Item = &'w str>) -> Option<&'w str> {
    const LENGTH_MAX: usize = 64;
    let typed: Vec<char> = word.chars().filter(|&c| !is_blank(c)).flat_map(char::to_lowercase).collect();
    if typed.is_empty() || typed.len() > LENGTH_MAX {
        return None;
    }
    let limit = match typed.len() {
        0..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    let distances = known.map(|name| (distance(&typed, name), name));
    // `min_by_key` returns the first of equal elements.
    distances.min_by_key(|&(distance, _)| distance).filter(|&(d, _)| d <= limit).map(|(_, name)| name)
}

/// The number of insertions, deletions, replacements and swaps of neighbours that turn `typed` into `name`.
#[inline(never)]
fn distance(typed: &[char], name: &str) -> usize {
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=name.len()).collect();
    for i in 0..typed.len() {
        let mut next = vec![i + 1];
        for j in 0..name.len() {
            let replaced = row[j] + usize::from(typed[i] != name[j]);
            let mut best = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && typed[i] == name[j - 1] && typed[i - 1] == name[j] {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[name.len()]
}
