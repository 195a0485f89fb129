//! Reads scenarios from files, folders, standard input, and pages that hold them.
//!
//! Paths need not be UTF-8. They are converted to text only for display.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use election_playground::scenario::{is_unseen, link};
use serde::Serialize;

use crate::found::{Attribute, Content, Format, Kind, Piece, Place};
use crate::script::{Problem, Script};
use crate::{Stop, walk};

/// The name that stands for standard input.
const STDIN: &str = "-";
/// The largest file to read, in bytes. A scenario is far smaller, but a Markdown file may hold many.
const BYTES_MAX: u64 = 1 << 24;
/// How many characters of an attribute a message shows.
const VALUE_MAX: usize = 60;

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
        let mut of_file = read(file)?.scripts;
        if of_file.is_empty() {
            let why = format!("{name} has no scenario, expected {}", Format::of(file).expected());
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
    /// What was not read on purpose.
    pub skipped: Vec<Skipped>,
    /// Every file that was read, and every folder that was searched.
    pub read: Vec<PathBuf>,
}

/// A scenario that only a browser can read.
#[derive(Debug, Serialize)]
pub struct Skipped {
    /// The file that names it.
    pub file: String,
    /// The line of that file, from 1.
    pub line: u32,
    /// What it names, and why that is not read.
    pub why: String,
}

/// The scenarios of the named files, and of all files in and below the named folders that have one of the endings of
/// [`walk::files_below`]. Anything that cannot be read is listed, and everything else is still read.
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
                Ok(mut of_file) => {
                    found.scripts.append(&mut of_file.scripts);
                    found.skipped.append(&mut of_file.skipped);
                    found.read.append(&mut of_file.read);
                }
                Err(unreadable) => found.unreadable.push(unreadable),
            }
            found.read.push(file);
        }
    }
    each_once(&mut found.scripts);
    found
}

/// Drops scenarios that a page names although they are tested anyway, unless the page says something of its own about
/// them.
fn each_once(scripts: &mut Vec<Script>) {
    let whole = scripts.iter().filter(|it| it.kind == Kind::File && it.named_by.is_none());
    let mut seen: Vec<PathBuf> = whole.filter_map(|it| it.path.canonicalize().ok()).collect();
    seen.sort();
    scripts.retain(|it| {
        if it.named_by.is_none() || it.problem.is_some() {
            return true;
        }
        let Ok(path) = it.path.canonicalize() else { return true };
        match seen.binary_search(&path) {
            Ok(_) => it.attributes.iter().any(|it| it.name != "src" && it.name != "include"),
            Err(at) => {
                seen.insert(at, path);
                true
            }
        }
    });
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

/// A path as text. Anything that is not printable UTF-8 appears as �, so that a file name cannot control the terminal.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().chars().map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect()
}

/// The scenarios of a file: those of a page, or the whole text of any other file.
fn read(file: &Path) -> Result<Found, Unreadable> {
    let text = text(file)?;
    let format = if hash(file).is_some() { Format::Scenario } else { Format::of(file) };
    let mut found = Found::default();
    if format == Format::Scenario {
        found.scripts.push(Script::of_file(file, text));
        return Ok(found);
    }
    for piece in format.pieces(&text) {
        of_piece(file, piece, &mut found);
    }
    Ok(found)
}

/// Adds the scenario of a piece of a page.
fn of_piece(page: &Path, piece: Piece, found: &mut Found) {
    let name = shown(page);
    let mut script = Script::of_file(page, String::new());
    (script.kind, script.lines, script.attributes) = (piece.kind, piece.lines, piece.attributes);
    match piece.content {
        Content::Text(cut) => (script.text, script.places) = (cut.text, cut.places),
        Content::Wrong(it) => {
            let line = it.line + 1;
            script.problem =
                Some(Problem { line, found: it.found, expected: it.expected, advice: it.advice });
        }
        Content::Link(it) => match link::decode(it.value.rsplit('#').next().unwrap_or_default()) {
            Ok(opened) => {
                script.text = opened.link.text;
                script.places = vec![Place { line: it.line, margin: 0 }];
            }
            Err(error) => script.problem = Some(named(&it, &error.to_string(), "a link of the page")),
        },
        Content::File(it) => match meant(page, &it.value) {
            Target::File(path) => {
                let read = std::fs::metadata(&path).and_then(|it| match it.is_file() {
                    true => File::open(&path).and_then(text_of),
                    false => Err(io::Error::other("it is not a regular file")),
                });
                found.read.push(path.clone());
                match read {
                    Ok(text) => {
                        (script.file, script.text) = (shown(&path), text);
                        script.named_by = Some(format!("{name}:{}", it.line + 1));
                        script.path = path;
                    }
                    Err(error) => {
                        let why = Unreadable::new(&path, &error).to_string();
                        script.problem = Some(named(&it, &why, "a file, relative to the page"));
                    }
                }
            }
            Target::Elsewhere(why) => {
                let why = format!("`{}` is not tested: {why}", it.value);
                found.skipped.push(Skipped { file: name, line: it.line + 1, why });
                return;
            }
            Target::Wrong(why) => script.problem = Some(named(&it, why, "a file, relative to the page")),
        },
    }
    found.scripts.push(script);
}

/// The problem of an attribute that names a scenario.
fn named(it: &Attribute, why: &str, expected: &str) -> Problem {
    let value: String = it.value.chars().take(VALUE_MAX).collect();
    let dots = if value.len() < it.value.len() { "…" } else { "" };
    let found = format!("{} `{value}{dots}` ({why})", it.name);
    Problem { line: it.line + 1, found, expected: expected.to_string(), advice: String::new() }
}

/// What an attribute `src` means.
enum Target {
    File(PathBuf),
    /// What only a server knows.
    Elsewhere(&'static str),
    Wrong(&'static str),
}

/// The file that a page means by a relative URL.
fn meant(page: &Path, url: &str) -> Target {
    let url = url.trim();
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let scheme = path.split('/').next().and_then(|it| it.split_once(':')).map(|it| it.0.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("http" | "https") => return Target::Elsewhere("it is on another host"),
        Some(_) => return Target::Wrong("only http and https may be named"),
        None if path.starts_with("//") => return Target::Elsewhere("it is on another host"),
        None if path.starts_with('/') => return Target::Elsewhere("only the site knows where its root is"),
        None if path.is_empty() => return Target::Wrong("it names no file"),
        None => {}
    }
    match decoded(path) {
        Some(path) => Target::File(plain(page.parent().unwrap_or(Path::new("")).join(path))),
        None => Target::Wrong("its escapes are not UTF-8 text"),
    }
}

/// A path without the `..` that it can do without.
fn plain(path: PathBuf) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match (part, plain.components().next_back()) {
            (Component::ParentDir, Some(Component::Normal(_))) => {
                plain.pop();
            }
            _ => plain.push(part),
        }
    }
    // After a link to a folder, `..` leads elsewhere.
    let same = path.canonicalize().ok() == plain.canonicalize().ok();
    if same { plain } else { path }
}

/// A URL's path without its escapes. A `%` that begins none stands for itself, as in a browser.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, after @ ..] = rest {
        let digits = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let digits = digits.filter(|it| it.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match digits.and_then(|it| u8::from_str_radix(it, 16).ok()).filter(|_| *byte == b'%') {
            Some(escaped) => {
                bytes.push(escaped);
                rest = &after[2..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}
