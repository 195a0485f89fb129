//! A scenario that was found, with its place in a file.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::found::{Attribute, Kind, Place};
use crate::source::{hash, is_stdin, shown};

/// A scenario's text and its location.
#[derive(Clone, Debug)]
pub struct Script {
    /// The file as the user named it; `<stdin>` for standard input, `<link>` for a link of the page.
    pub file: String,
    /// The same as a path.
    pub path: PathBuf,
    /// What holds the text in that file, which may hold several.
    pub kind: Kind,
    /// The lines of the file, from 0, that it takes with its marks; empty if it takes all of them.
    pub lines: Range<u32>,
    /// The text.
    pub text: String,
    /// The attributes of its element, or the options of its directive.
    pub attributes: Vec<Attribute>,
    /// The place of the element or block that names this file as its text, such as `page.html:12`.
    pub named_by: Option<String>,
    /// Why there is no text.
    pub problem: Option<Problem>,
    /// For each line of the text, where it begins. Empty if the text is the whole file.
    pub places: Vec<Place>,
}

/// Why what is written in a file holds no scenario.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The line of the file, from 1.
    pub line: u32,
    /// What is there.
    pub found: String,
    /// What should be.
    pub expected: String,
    /// What to do; may be empty.
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "found {}, expected {}", self.found, self.expected)?;
        if self.advice.is_empty() { Ok(()) } else { write!(f, "; {}", self.advice) }
    }
}

impl Script {
    /// The text of a whole file.
    pub fn of_file(file: &Path, text: String) -> Script {
        let (name, kind) = match file {
            _ if is_stdin(file) => ("<stdin>".to_string(), Kind::File),
            _ if hash(file).is_some() => ("<link>".to_string(), Kind::Link),
            _ => (shown(file), Kind::File),
        };
        Script {
            file: name,
            path: file.to_path_buf(),
            kind,
            lines: 0..0,
            text,
            attributes: Vec::new(),
            named_by: None,
            problem: None,
            places: Vec::new(),
        }
    }

    /// A name for people: the file, with its first line if the file may hold several scenarios.
    pub fn name(&self) -> String {
        match (&self.problem, &self.named_by) {
            (Some(problem), _) => format!("{}:{}", self.file, problem.line),
            (None, Some(place)) => format!("{} ({place})", self.file),
            (None, None) if matches!(self.kind, Kind::File | Kind::Link) => self.file.clone(),
            (None, None) => self.place(0),
        }
    }

    /// The line of the file, from 1, for a line of the text, from 0.
    pub fn line(&self, line: u32) -> u32 {
        match self.places.get(line as usize).or(self.places.last()) {
            Some(place) => place.line + 1,
            None => line + 1,
        }
    }

    /// The first line of the text in the file, from 1, or the line of the problem.
    pub fn first(&self) -> u32 {
        self.problem.as_ref().map_or_else(|| self.line(0), |it| it.line)
    }

    /// `file:line` for a line of the text, from 0.
    pub fn place(&self, line: u32) -> String {
        format!("{}:{}", self.file, self.line(line))
    }

    /// The column in the file of a position in the text. Everything is counted from 1.
    pub fn column(&self, line: u32, column: u32) -> u32 {
        let margin = self.places.get(line as usize - 1).map_or(0, |it| it.margin);
        column.saturating_add_signed(margin).max(1)
    }
}
