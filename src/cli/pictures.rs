//! Pictures that stay current: how one was made stands in it, so `check` can make it again and compare.
//!
//! A picture that `svg --output` wrote has a recipe in its `metadata`: the scenario's file, relative to the picture, and
//! what to show of it. `check` looks for such pictures in and below the folders it is given, beside the files, and where
//! those files refer to them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use election_playground::base::SimTime;
use election_playground::picture::{self, Refused};
use election_playground::timeline::Timeline;
use serde::{Deserialize, Serialize};

use crate::script::Script;
use crate::source::{self, Unreadable};
use crate::svg::Kind;
use crate::term::Out;
use crate::{Stop, play, replace};

/// The largest picture to look at, in bytes; the tool's own are far smaller.
const BYTES_MAX: u64 = 1 << 22;
/// The most pictures of a call.
const PICTURES_MAX: usize = 10_000;
/// What the recipe begins with in a picture, and what it ends with.
const OPEN: &str = "<metadata>";
const CLOSE: &str = "</metadata>";
/// The version of recipes.
const VERSION: u32 = 1;

/// How a picture was made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Recipe {
    /// The version of this format.
    election_svg: u32,
    /// The scenario's file, relative to the picture, with `/`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    file: String,
    /// Which of several scenarios of the file: its title or its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    block: Option<String>,
    /// What it shows.
    kind: Kind,
    /// The lanes that were asked for; all of them if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lanes: Vec<String>,
    /// The instant, as scenarios write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// The span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// See `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

/// What a picture is to show.
pub struct Wish {
    /// What it shows.
    pub kind: Kind,
    /// The lanes that were asked for; all of them if there are none.
    pub lanes: Vec<String>,
    /// The instant.
    pub at: Option<SimTime>,
    /// The start of the span.
    pub from: Option<SimTime>,
    /// The end of the span.
    pub to: Option<SimTime>,
}

impl Recipe {
    /// The recipe of a picture of a scenario of `source`, to be written to `picture`. Without one, `check` cannot make the
    /// picture again: if the text does not come from a file, or no relative path leads to it.
    pub fn new(wish: &Wish, source: &Path, block: Option<String>, picture: &Path) -> Option<Recipe> {
        if source::is_stdin(source) || source::hash(source).is_some() {
            return None;
        }
        let text = |it: Option<SimTime>| it.filter(|it| *it != SimTime::NEVER).map(|it| it.to_string());
        Some(Recipe {
            election_svg: VERSION,
            file: relative(source, picture)?,
            block,
            kind: wish.kind,
            lanes: wish.lanes.clone(),
            at: text(wish.at),
            from: text(wish.from),
            to: text(wish.to),
        })
    }

    /// As it stands in a picture.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The recipe in a picture, if the tool wrote it.
    fn of(svg: &str) -> Option<Recipe> {
        let start = svg.find(OPEN)? + OPEN.len();
        let end = start + svg[start..].find(CLOSE)?;
        let json = svg[start..end].replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
        serde_json::from_str(&json.replace("&amp;", "&"))
            .ok()
            .filter(|it: &Recipe| it.election_svg == VERSION)
    }

    fn wish(&self) -> Result<Wish, String> {
        let time = |it: &Option<String>| it.as_deref().map(play::time).transpose();
        Ok(Wish {
            kind: self.kind,
            lanes: self.lanes.clone(),
            at: time(&self.at)?,
            from: time(&self.from)?,
            to: time(&self.to)?,
        })
    }

    /// The scenario's file, if the picture is `picture`.
    fn source(&self, picture: &Path) -> PathBuf {
        let folder = picture.parent().unwrap_or(Path::new(""));
        self.file.split('/').fold(folder.to_path_buf(), |path, part| path.join(part))
    }
}

/// The path from the folder of `picture` to `file`, with `/`.
fn relative(file: &Path, picture: &Path) -> Option<String> {
    let file = fs::canonicalize(file).ok()?;
    let folder = picture.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).ok()?;
    let (a, b): (Vec<Component>, Vec<Component>) =
        (folder.components().collect(), file.components().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    // On another drive, there is no such path.
    if same == 0 {
        return None;
    }
    let up = a[same..].iter().map(|_| Some(".."));
    let down = b[same..].iter().map(|it| it.as_os_str().to_str());
    Some(up.chain(down).collect::<Option<Vec<&str>>>()?.join("/"))
}

/// Draws what is wished for.
///
/// # Errors
/// If there is no such lane, or the picture cannot be drawn.
pub fn draw(timeline: &mut Timeline, wish: &Wish, note: &str) -> Result<String, Stop> {
    let lanes = play::lanes(timeline, &wish.lanes)?;
    let until = timeline.scenario().until;
    timeline.compute_all();
    let cut = |it: SimTime| it.min(until);
    let whole = (wish.from.map_or(SimTime::ZERO, cut), wish.to.map_or(until, cut));
    let drawn = match wish.kind {
        Kind::Moment => {
            let at = wish.at.map_or(until, cut);
            let said = picture::said(timeline, &lanes, at);
            timeline.seek(at);
            picture::moment(timeline, &lanes, said.as_deref(), note)
        }
        Kind::Bands => picture::bands(timeline, &lanes, whole, note),
        Kind::Diagram => {
            let lane = play::only_lane(timeline, &wish.lanes, "a diagram")?;
            let span = match wish.at {
                Some(at) if wish.from.is_none() && wish.to.is_none() => {
                    picture::span_at(timeline, lane, cut(at))
                }
                _ => whole,
            };
            picture::diagram(timeline, lane, span, note)
        }
    };
    drawn.map_err(|Refused(why)| Stop::Error(why))
}

/// The scenario of a file: the only one, or that of this title or number, from 1.
///
/// # Errors
/// If there is no such scenario.
pub fn chosen(file: &PathBuf, block: Option<&str>) -> Result<Script, Stop> {
    let Some(block) = block else { return source::one(file) };
    let mut scripts = source::scripts(std::slice::from_ref(file))?;
    let titles: Vec<String> = scripts.iter().map(title).collect();
    let by_title = titles.iter().position(|it| it == block);
    let by_number =
        block.parse::<usize>().ok().filter(|it| (1..=scripts.len()).contains(it)).map(|it| it - 1);
    if let Some(found) = by_title.or(by_number) {
        return Ok(scripts.swap_remove(found));
    }
    let named: Vec<String> =
        titles.iter().enumerate().map(|(i, it)| format!("{} {it}", i + 1).trim_end().to_string()).collect();
    let (name, named) = (source::shown(file), named.join(", "));
    Err(Stop::Error(format!("{name} has no scenario `{block}`, expected one of these: {named}")))
}

/// The scenario's title; empty if it has none or cannot be read.
fn title(script: &Script) -> String {
    election_playground::workspace::read(&script.text).map(|it| it.title).unwrap_or_default()
}

/// What a recipe calls a scenario of a file with several: its title, if no other has the same, or its number.
pub fn block_name(file: &PathBuf, block: Option<&str>) -> Option<String> {
    let block = block?;
    let scripts = source::scripts(std::slice::from_ref(file)).ok()?;
    let titles: Vec<String> = scripts.iter().map(title).collect();
    let number = block.parse::<usize>().ok().and_then(|it| titles.get(it.wrapping_sub(1)));
    let name = number.filter(|it| !it.is_empty() && titles.iter().filter(|its| its == it).count() == 1);
    Some(name.map_or(block, String::as_str).to_string())
}

/// What became of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It shows its scenario as it is.
    Current,
    /// Its scenario, or the tool, has changed since.
    Stale,
    /// It was stale, and has been drawn again.
    Updated,
    /// It cannot be drawn again.
    Broken,
}

/// A picture that was checked.
#[derive(Debug, Serialize)]
pub struct Checked {
    file: String,
    state: State,
    /// Why it cannot be drawn.
    why: Option<String>,
}

impl Checked {
    /// Whether it is as it should be.
    pub fn is_well(&self) -> bool {
        matches!(self.state, State::Current | State::Updated)
    }
}

/// Checks the pictures that belong to these files and folders; with `update`, draws those again that are stale.
pub fn check(files: &[PathBuf], update: bool) -> Vec<Checked> {
    let all = found(files);
    all.iter().filter_map(|picture| checked(picture, files, update)).collect()
}

fn checked(picture: &Found, files: &[PathBuf], update: bool) -> Option<Checked> {
    let path = &picture.path;
    let old = read(path)?;
    let recipe = Recipe::of(&old)?;
    let source = recipe.source(path);
    // Beside a file there may be pictures of others.
    if picture.neighbour && !files.iter().any(|it| same_file(it, &source)) {
        return None;
    }
    let file = source::shown(path);
    let result = drawn(&recipe, &source).and_then(|new| {
        if new == old {
            return Ok(State::Current);
        }
        if !update {
            return Ok(State::Stale);
        }
        let written = replace::replace(path, new.as_bytes());
        written.map(|()| State::Updated).map_err(|error| format!("cannot be written: {error}"))
    });
    Some(match result {
        Ok(state) => Checked { file, state, why: None },
        Err(why) => Checked { file, state: State::Broken, why: Some(why) },
    })
}

/// Makes a picture again.
fn drawn(recipe: &Recipe, source: &PathBuf) -> Result<String, String> {
    let wish = recipe.wish()?;
    let draw = || {
        let script = chosen(source, recipe.block.as_deref())?;
        draw(&mut play::open(&script, None)?, &wish, &recipe.text())
    };
    draw().map_err(|stop| match stop {
        // The rest of an error quotes the text, which need not be a scenario at all.
        Stop::Error(why) => why.lines().next().unwrap_or_default().to_string(),
        Stop::Io(error) => error.to_string(),
        Stop::Reported => String::new(),
    })
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// A picture that may be one of the tool's.
struct Found {
    path: PathBuf,
    /// It only lies beside a file.
    neighbour: bool,
}

/// The SVG files in and below folders, beside files, and where the text of a file names them; each once.
fn found(files: &[PathBuf]) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    for file in files.iter().filter(|it| !source::is_stdin(it) && source::hash(it).is_none()) {
        if file.is_dir() {
            let mut below = Vec::new();
            search(file, &mut below);
            all.extend(below.into_iter().map(|path| Found { path, neighbour: false }));
            continue;
        }
        let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let named = read(file).map_or_else(Vec::new, |text| named(&text));
        all.extend(named.into_iter().map(|it| Found { path: folder.join(it), neighbour: false }));
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
        all.extend(entries.filter(|it| is_svg(it)).map(|path| Found { path, neighbour: true }));
    }
    all.sort_by(|a, b| (&a.path, a.neighbour).cmp(&(&b.path, b.neighbour)));
    let mut seen = BTreeSet::new();
    all.retain(|it| it.path.is_file() && fs::canonicalize(&it.path).is_ok_and(|path| seen.insert(path)));
    all.truncate(PICTURES_MAX);
    all
}

fn is_svg(path: &Path) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case("svg"))
}

/// Adds the SVG files in and below a folder, except hidden ones. Links to folders are not followed.
fn search(folder: &Path, all: &mut Vec<PathBuf>) {
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().as_encoded_bytes().starts_with(b".") || PICTURES_MAX <= all.len() {
            continue;
        }
        let path = entry.path();
        if entry.file_type().is_ok_and(|it| it.is_dir()) {
            search(&path, all);
        } else if is_svg(&path) {
            all.push(path);
        }
    }
}

/// The names of SVG files in a text, whatever its format.
fn named(text: &str) -> Vec<String> {
    let ends = |it: char| it.is_whitespace() || "\"'()<>[]=`|".contains(it);
    let words = text.split(ends).filter(|it| it.len() > 4 && it.to_ascii_lowercase().ends_with(".svg"));
    words.filter(|it| !it.contains("://")).map(|it| it.replace("%20", " ")).collect()
}

/// A text file that is not too large.
fn read(path: &Path) -> Option<String> {
    fs::metadata(path).ok().filter(|it| it.is_file() && it.len() <= BYTES_MAX)?;
    fs::read_to_string(path).ok()
}

/// Prints what became of the pictures.
///
/// # Errors
/// If the output cannot be written.
pub fn report(out: &mut Out, all: &[Checked]) -> io::Result<()> {
    for it in all {
        let (mark, rest) = match it.state {
            State::Current => (out.green("ok    "), " (current)".to_string()),
            State::Updated => (out.green("ok    "), " (drawn again)".to_string()),
            State::Stale => {
                (out.red("FAILED"), ": the picture is stale; --update-pictures draws it again".to_string())
            }
            State::Broken => {
                let why = it.why.as_deref().unwrap_or_default();
                (out.red("FAILED"), format!(": the picture cannot be drawn again: {why}"))
            }
        };
        writeln!(out, "{mark}  {}{rest}", it.file)?;
    }
    Ok(())
}

/// A picture that cannot be written.
pub fn unwritable(path: &Path, error: &io::Error) -> Stop {
    Stop::Error(format!("cannot write {}: {}", source::shown(path), Unreadable::new(path, error).why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_in_any_markup() {
        let text = "![a](docs/a.svg) <img src=\"b.svg\" alt='c'> image::c%20d.svg[] https://x.org/e.svg .svg";
        assert_eq!(named(text), ["docs/a.svg", "b.svg", "image::c d.svg"]);
    }

    #[test]
    fn a_recipe_survives_the_picture() {
        let recipe = Recipe {
            election_svg: VERSION,
            file: "../a & b.md".into(),
            block: Some("1 < 2".into()),
            kind: Kind::Moment,
            lanes: vec!["raft".into()],
            at: Some("2s".into()),
            from: None,
            to: None,
        };
        let text = recipe.text().replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let svg = format!("<svg><metadata>{text}</metadata></svg>");
        assert_eq!(Recipe::of(&svg), Some(recipe));
        assert_eq!(Recipe::of("<svg><metadata>{}</metadata></svg>"), None);
    }
}
