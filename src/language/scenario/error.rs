//! Errors in a text: where, what was found, what was expected, and how to fix it.

use core::fmt;

use super::lex::{Document, Place, is_blank, is_unseen};
use super::table::SYNONYMS;

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
    /// What it concerns; errors that only follow from an earlier one are not reported.
    pub(super) about: About,
    /// With [`HOLE`] in the text: what could stand in its place.
    pub(super) known: Vec<Choice>,
}

/// Stands for the word to be completed. No text that anyone writes contains it.
pub(super) const HOLE: &str = "\u{10fffe}";

/// A word that could stand in the place of [`HOLE`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Choice {
    pub word: String,
    /// Its syntax, or what it means.
    pub detail: String,
}

/// What an error concerns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum About {
    /// The word itself.
    Word,
    /// A node that the scenario does not have.
    Nodes,
    /// A lane that the scenario does not have, or something that none of its lanes supports.
    Lanes,
    /// Whether timers run by themselves.
    Timers,
    /// A time; any would do.
    Time,
    /// Something after the end of the statement.
    Surplus,
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
            about: About::Word,
            known: Vec::new(),
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

    /// Adds the word in `known` that `word` is another word for, or else the closest one, if any is close enough.
    #[cold]
    #[inline(never)]
    pub(super) fn near<'w>(
        self: Box<Error>,
        word: &str,
        known: impl IntoIterator<Item = &'w str>,
    ) -> Box<Error> {
        self.near_in(word, &mut known.into_iter().map(|name| (name, "")))
    }

    /// Like [`Error::near`], with what each known word means.
    #[cold]
    #[inline(never)]
    pub(super) fn near_in<'w>(
        mut self: Box<Error>,
        word: &str,
        known: &mut dyn Iterator<Item = (&'w str, &'w str)>,
    ) -> Box<Error> {
        if word == HOLE {
            self.known.extend(known.map(|(word, detail)| Choice::new(word, detail)));
            return self;
        }
        let known: Vec<&str> = known.map(|(name, _)| name).collect();
        let meant = meant(word).iter().copied().find(|name| known.contains(name));
        self.nearest = meant.or_else(|| nearest(word, &mut known.into_iter())).map(str::to_string);
        self
    }

    /// Adds what could stand here as well, if the word to be completed does.
    #[cold]
    #[inline(never)]
    pub(super) fn offer(mut self: Box<Error>, word: &str, detail: &str) -> Box<Error> {
        if self.at_hole() {
            self.known.push(Choice::new(word, detail));
        }
        self
    }

    /// Removes what cannot stand here after all, such as a node that is already listed.
    #[cold]
    #[inline(never)]
    pub(super) fn without(mut self: Box<Error>, out: &dyn Fn(&str) -> bool) -> Box<Error> {
        self.known.retain(|choice| !out(&choice.word));
        self
    }

    /// Says what to write instead.
    #[cold]
    #[inline(never)]
    pub(super) fn instead(mut self: Box<Error>, words: impl Into<String>) -> Box<Error> {
        self.nearest = Some(words.into());
        self
    }

    /// Records what it concerns.
    pub(super) fn about(mut self: Box<Error>, about: About) -> Box<Error> {
        self.about = about;
        self
    }

    /// Whether it is about the word to be completed.
    pub(super) fn at_hole(&self) -> bool {
        self.found.contains('\u{10fffe}')
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

impl Choice {
    pub fn new(word: &str, detail: &str) -> Choice {
        Choice { word: word.to_string(), detail: detail.to_string() }
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

/// The words of the language that `word` is another word for.
pub(super) fn meant(word: &str) -> &'static [&'static str] {
    SYNONYMS.iter().find(|(synonym, _)| synonym.eq_ignore_ascii_case(word)).map_or(&[], |(_, words)| words)
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
