//! Where scenarios come from: files, folders, the standard input, and code blocks in Markdown.
//!
//! Paths need not be UTF-8. They become text only where they are shown.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use election_playground::scenario::is_unseen;
use serde::Serialize;

use crate::{Stop, markdown, walk};

/// The name that stands for the standard input.
const STDIN: &str = "-";
/// The largest file that is read, in bytes. A scenario is far smaller, but a Markdown file may hold many.
const BYTES_MAX: u64 = 1 << 24;

/// A scenario's text and its place.
#[derive(Clone, Debug)]
pub struct Script {
    /// The file as the user named it; `<stdin>` for the standard input.
    pub file: String,
    /// How many lines of the file stand before the text.
    pub before: u32,
    /// Whether the text is one of possibly several in its file.
    pub fenced: bool,
    /// The text.
    pub text: String,
    /// How many characters of the file's line come before each line of the text, such as the `> ` of a quote; none
    /// for lines that are not listed.
    margins: Vec<i32>,
}

impl Script {
    /// The text of a whole file.
    pub fn of_file(file: &Path, text: String) -> Script {
        let name = if is_stdin(file) { "<stdin>".to_string() } else { shown(file) };
        Script { file: name, before: 0, fenced: false, text, margins: Vec::new() }
    }

    /// What a person calls it: the file, with its first line where a file holds several.
    pub fn name(&self) -> String {
        if self.fenced { self.place(0) } else { self.file.clone() }
    }

    /// The line of the file, from 1, for a line of the text, from 0.
    pub fn line(&self, line: u32) -> u32 {
        self.before + line + 1
    }

    /// `file:line` for a line of the text, from 0.
    pub fn place(&self, line: u32) -> String {
        format!("{}:{}", self.file, self.line(line))
    }

    /// The column in the file of a place in the text. All are counted from 1.
    pub fn column(&self, line: u32, column: u32) -> u32 {
        let margin = self.margins.get(line as usize - 1).copied().unwrap_or(0);
        column.saturating_add_signed(margin).max(1)
    }
}

/// A file or folder that cannot be read.
#[derive(Debug, Serialize)]
pub struct Unreadable {
    /// Its path.
    pub file: String,
    /// Why not.
    pub why: String,
}

impl Unreadable {
    /// The path with the reason that the system gave.
    pub fn new(path: &Path, error: &io::Error) -> Unreadable {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_string(),
            io::ErrorKind::InvalidData => "it is not text in UTF-8".to_string(),
            io::ErrorKind::FileTooLarge => format!("it has more than {} MB", BYTES_MAX >> 20),
            _ => error.to_string(),
        };
        let file = if is_stdin(path) { "the standard input".to_string() } else { shown(path) };
        Unreadable { file, why }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.file, self.why)
    }
}

impl From<Unreadable> for Stop {
    fn from(unreadable: Unreadable) -> Stop {
        Stop::Complaint(unreadable.to_string())
    }
}

/// The scenarios of the named files, in their order.
///
/// # Errors
/// A complaint about the first file that cannot be read or holds no scenario.
pub fn scripts(files: &[PathBuf]) -> Result<Vec<Script>, Stop> {
    let mut found = Vec::new();
    for file in files {
        let name = shown(file);
        if file.is_dir() {
            let advice = format!("`election check {name}` runs all that is in it");
            return Err(Stop::Complaint(format!("{name} is a folder, expected a file; {advice}")));
        }
        let mut of_file = read(file)?;
        if of_file.is_empty() {
            let why = format!("{name} has no code block that is marked ```election");
            return Err(Stop::Complaint(why));
        }
        found.append(&mut of_file);
    }
    Ok(found)
}

/// What the named files and folders hold.
#[derive(Default)]
pub struct Found {
    /// The scenarios, in the order of the names; those of a folder by path.
    pub scripts: Vec<Script>,
    /// Whatever could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// The scenarios of the named files, and of all `.txt` and Markdown files in the named folders and below. Whatever
/// cannot be read is listed, and the rest is read all the same.
pub fn scripts_below(names: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for name in names {
        let files = if !is_stdin(name) && name.is_dir() {
            walk::files_below(name, &mut found.unreadable)
        } else {
            vec![name.clone()]
        };
        for file in files {
            match read(&file) {
                Ok(mut scripts) => found.scripts.append(&mut scripts),
                Err(unreadable) => found.unreadable.push(unreadable),
            }
        }
    }
    found
}

/// The text of a file, which may be a pipe.
///
/// # Errors
/// If it cannot be read.
pub fn text(file: &Path) -> Result<String, Unreadable> {
    let text = if is_stdin(file) { text_of(io::stdin().lock()) } else { File::open(file).and_then(text_of) };
    text.map_err(|error| Unreadable::new(file, &error))
}

fn text_of(from: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    if BYTES_MAX < from.take(BYTES_MAX + 1).read_to_end(&mut bytes)? as u64 {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Whether the name stands for the standard input.
pub fn is_stdin(file: &Path) -> bool {
    file == Path::new(STDIN)
}

/// Whether the name is that of a Markdown file.
pub fn is_markdown(file: &Path) -> bool {
    let extension = file.extension();
    extension.is_some_and(|e| ["md", "markdown"].iter().any(|known| e.eq_ignore_ascii_case(known)))
}

/// A path as text. What is not UTF-8 or not printable shows as �, so that a file's name cannot control the terminal.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().chars().map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect()
}

/// The scenarios of a file: the blocks of a Markdown file; otherwise the whole text, whatever the file is called.
fn read(file: &Path) -> Result<Vec<Script>, Unreadable> {
    let text = text(file)?;
    if !is_markdown(file) {
        return Ok(vec![Script::of_file(file, text)]);
    }
    let script = |block: markdown::Block| Script {
        file: shown(file),
        before: block.before,
        fenced: true,
        text: block.text,
        margins: block.margins,
    };
    Ok(markdown::blocks(&text).into_iter().map(script).collect())
}
