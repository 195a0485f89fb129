//! Reads scenarios from files, folders, standard input, and code blocks in Markdown.
//!
//! Paths need not be UTF-8. They are converted to text only for display.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use election_playground::scenario::{is_unseen, link};
use serde::Serialize;

use crate::{Stop, markdown, walk};

/// The name that stands for standard input.
const STDIN: &str = "-";
/// The largest file to read, in bytes. A scenario is far smaller, but a Markdown file may hold many.
const BYTES_MAX: u64 = 1 << 24;

/// A scenario's text and its location.
#[derive(Clone, Debug)]
pub struct Script {
    /// The file as the user named it; `<stdin>` for standard input, `<link>` for a link of the page.
    pub file: String,
    /// The number of lines in the file before the text.
    pub before: u32,
    /// Whether the text is a code block in a Markdown file, which may hold several.
    pub fenced: bool,
    /// The text.
    pub text: String,
    /// For each line of the text, the number of characters that precede it on the file's line, such as the `> ` of a
    /// quote. Lines that are not listed have none.
    margins: Vec<i32>,
}

impl Script {
    /// The text of a whole file.
    pub fn of_file(file: &Path, text: String) -> Script {
        let name = match file {
            _ if is_stdin(file) => "<stdin>".to_string(),
            _ if hash(file).is_some() => "<link>".to_string(),
            _ => shown(file),
        };
        Script { file: name, before: 0, fenced: false, text, margins: Vec::new() }
    }

    /// A name for people: the file, with its first line if the file may hold several scenarios.
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

    /// The column in the file of a position in the text. Everything is counted from 1.
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
    /// The reason.
    pub why: String,
}

impl Unreadable {
    /// The path, with the reason the system gave.
    pub fn new(path: &Path, error: &io::Error) -> Unreadable {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_string(),
            io::ErrorKind::InvalidData => "it is not text in UTF-8".to_string(),
            io::ErrorKind::FileTooLarge => format!("it is larger than {} MB", BYTES_MAX >> 20),
            _ => error.to_string(),
        };
        let file = if is_stdin(path) { "standard input".to_string() } else { shown(path) };
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
        Stop::Error(unreadable.to_string())
    }
}

/// The scenarios of the named files, in order.
///
/// # Errors
/// If a file cannot be read or holds no scenario; the first such file is named.
pub fn scripts(files: &[PathBuf]) -> Result<Vec<Script>, Stop> {
    let mut found = Vec::new();
    for file in files {
        let name = shown(file);
        if file.is_dir() {
            let advice = format!("`election check {name}` runs everything in it");
            return Err(Stop::Error(format!("{name} is a folder, expected a file; {advice}")));
        }
        let mut of_file = read(file)?;
        if of_file.is_empty() {
            let why = format!("{name} has no code block marked ```election");
            return Err(Stop::Error(why));
        }
        found.append(&mut of_file);
    }
    Ok(found)
}

/// The only scenario of a file.
///
/// # Errors
/// If the file cannot be read, or holds none or several.
pub fn one(file: &PathBuf) -> Result<Script, Stop> {
    let mut scripts = scripts(std::slice::from_ref(file))?;
    if let (1, Some(script)) = (scripts.len(), scripts.pop()) {
        return Ok(script);
    }
    let (name, many) = (shown(file), scripts.len() + 1);
    let why =
        format!("{name} holds {many} scenarios, expected one; pipe the one you want through standard input");
    Err(Stop::Error(why))
}

/// The contents of the named files and folders.
#[derive(Default)]
pub struct Found {
    /// The scenarios, in the order of the names; within a folder, in the order of the paths.
    pub scripts: Vec<Script>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// The scenarios of the named files, and of all `.txt` and Markdown files in and below the named folders. Anything that
/// cannot be read is listed, and everything else is still read.
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

/// The text of a file, which may be a pipe, or of a link.
///
/// # Errors
/// If it cannot be read.
pub fn text(file: &Path) -> Result<String, Unreadable> {
    if let Some(hash) = hash(file) {
        let opened = link::decode(hash);
        return opened
            .map(|it| it.link.text)
            .map_err(|error| Unreadable { file: "the link".into(), why: error.to_string() });
    }
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

/// Whether the name stands for standard input.
pub fn is_stdin(file: &Path) -> bool {
    file == Path::new(STDIN)
}

/// The part of a link to the page that contains the scenario, if the name is such a link: all of `#v=2&s=…`, or what
/// follows the address of the page.
pub fn hash(file: &Path) -> Option<&str> {
    let (address, hash) = file.to_str()?.split_once('#')?;
    let page = address.is_empty() || address.contains("://");
    (page && hash.starts_with("v=")).then_some(hash)
}

/// Whether the name is that of a Markdown file.
pub fn is_markdown(file: &Path) -> bool {
    let extension = file.extension();
    extension.is_some_and(|e| ["md", "markdown"].iter().any(|known| e.eq_ignore_ascii_case(known)))
}

/// A path as text. Anything that is not printable UTF-8 appears as �, so that a file name cannot control the terminal.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().chars().map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect()
}

/// The scenarios of a file: the blocks of a Markdown file, or the whole text of any other.
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
