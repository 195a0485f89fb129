//! Where scenarios come from: files, folders, the standard input, and code blocks in Markdown.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::Stop;

/// The name that stands for the standard input.
const STDIN: &str = "-";
/// How deep folders are searched; a loop of links is no reason to hang.
const DEPTH_MAX: usize = 32;

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
}

impl Script {
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
}

/// The scenarios of the named files, in their order.
///
/// # Errors
/// A complaint about the first file that cannot be read or holds no scenario.
pub fn scripts(files: &[String]) -> Result<Vec<Script>, Stop> {
    let mut found = Vec::new();
    for file in files {
        if Path::new(file).is_dir() {
            let advice = format!("`election check {file}` runs all that is in it");
            return Err(Stop::Complaint(format!("{file} is a folder, expected a file; {advice}")));
        }
        let mut of_file = read(file)?;
        if of_file.is_empty() {
            let why = format!("{file} has no code block that is marked ```election");
            return Err(Stop::Complaint(why));
        }
        found.append(&mut of_file);
    }
    Ok(found)
}

/// The scenarios of the named files, and of all `.txt` and `.md` files in the named folders and below.
///
/// # Errors
/// A complaint about the first file that cannot be read.
pub fn scripts_below(names: &[String]) -> Result<Vec<Script>, Stop> {
    let mut found = Vec::new();
    for name in names {
        let path = Path::new(name);
        if name == STDIN || !path.is_dir() {
            found.append(&mut read(name)?);
            continue;
        }
        let mut files = Vec::new();
        walk(path, 0, &mut files).map_err(|error| unreadable(name, &error))?;
        files.sort();
        for file in files {
            found.append(&mut read(&file.display().to_string())?);
        }
    }
    Ok(found)
}

/// The text of a file.
///
/// # Errors
/// A complaint that says why it cannot be read.
pub fn text(file: &str) -> Result<String, Stop> {
    if file == STDIN {
        let mut text = String::new();
        let read = io::stdin().lock().read_to_string(&mut text);
        return read.map(|_| text).map_err(|error| unreadable("the standard input", &error));
    }
    fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}

/// Whether the name is that of a Markdown file.
pub fn is_markdown(file: &str) -> bool {
    let extension = Path::new(file).extension();
    extension.is_some_and(|e| ["md", "markdown"].iter().any(|known| e.eq_ignore_ascii_case(known)))
}

fn unreadable(name: &str, error: &io::Error) -> Stop {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_string(),
        io::ErrorKind::InvalidData => "it is no text in UTF-8".to_string(),
        _ => error.to_string(),
    };
    Stop::Complaint(format!("cannot read {name}: {why}"))
}

fn read(file: &str) -> Result<Vec<Script>, Stop> {
    let text = text(file)?;
    if is_markdown(file) {
        let script = |(before, text)| Script { file: file.to_string(), before, fenced: true, text };
        return Ok(fences(&text).into_iter().map(script).collect());
    }
    let name = if file == STDIN { "<stdin>" } else { file };
    Ok(vec![Script { file: name.to_string(), before: 0, fenced: false, text }])
}

fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if depth == DEPTH_MAX {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            walk(&path, depth + 1, files)?;
        } else if path.extension().is_some_and(|e| e == "txt") || is_markdown(&path.to_string_lossy()) {
            files.push(path);
        }
    }
    Ok(())
}

/// The contents of the blocks fenced as `election`, each with the number of lines before it. As in CommonMark:
/// three or more backticks or tildes, closed by at least as many; the indentation of the opening fence goes
/// from the lines of the block. Blocks inside of quotes and lists are found where only spaces precede them.
fn fences(text: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    for (number, line) in text.lines().enumerate() {
        let bare = line.trim_start_matches(' ');
        let indent = line.len() - bare.len();
        let Some(fence) = &mut open else {
            open = Fence::opened_by(bare, indent, number as u32 + 1);
            continue;
        };
        if fence.closed_by(bare) {
            let fence = open.take();
            found.extend(fence.filter(|f| f.wanted).map(|f| (f.before, f.text)));
        } else {
            fence.text.push_str(&line[indent.min(fence.indent)..]);
            fence.text.push('\n');
        }
    }
    // A block that nothing closes ends with the file.
    found.extend(open.filter(|f| f.wanted).map(|f| (f.before, f.text)));
    found
}

/// A block that is open.
struct Fence {
    mark: char,
    length: usize,
    indent: usize,
    wanted: bool,
    before: u32,
    text: String,
}

impl Fence {
    fn opened_by(bare: &str, indent: usize, before: u32) -> Option<Fence> {
        let mark = bare.chars().next().filter(|mark| ['`', '~'].contains(mark))?;
        let length = bare.chars().take_while(|c| *c == mark).count();
        let info = bare[length..].trim();
        // Backticks behind backticks are code in a line of text.
        if length < 3 || (mark == '`' && info.contains('`')) {
            return None;
        }
        let language = info.split([' ', '\t', ',', '{']).next();
        let wanted = language == Some("election");
        Some(Fence { mark, length, indent, wanted, before, text: String::new() })
    }

    fn closed_by(&self, bare: &str) -> bool {
        let length = bare.chars().take_while(|c| *c == self.mark).count();
        self.length <= length && bare[length..].trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_marked_election_are_found_with_their_lines() {
        let text = "# Doc\n\n```election\nnodes 3\n```\n\n```rust\n```election\n```\n\
                    - list\n\n  ~~~~ election readonly\n  nodes 4\n\n  ~~~\n    at 1s heal\n  ~~~~\n``` election\nnodes 5";
        let want = [
            (3, "nodes 3\n".to_string()),
            (12, "nodes 4\n\n~~~\n  at 1s heal\n".to_string()),
            (18, "nodes 5\n".to_string()),
        ];
        assert_eq!(fences(text), want);
    }

    #[test]
    fn code_in_a_line_opens_no_block() {
        assert_eq!(fences("```election``` is the mark\nnodes 3\n"), []);
        assert_eq!(fences("``election\nnodes 3\n"), []);
        assert_eq!(fences("```electioneering\nnodes 3\n```\n"), []);
    }
}
