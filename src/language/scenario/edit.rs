//! Edits from the page. Each changes only the lines it concerns and leaves every other byte alone.
//!
//! An edit replaces part of the text. [`Edit::apply`] returns the new text; a page with its own copy applies
//! [`Edit::utf16`] and [`Edit::insert`] to it instead.

use election_base::SimTime;

use super::action::moment;
use super::cursor::Cursor;
use super::fmt::moment_text;
use super::lex::{Document, Line, Place, Statement, TokenKind};
use super::table::{STATEMENTS, names};

/// A replacement of part of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// The replaced part, in bytes.
    pub place: Place,
    /// The same in UTF-16 units.
    pub utf16: Place,
    /// The new text.
    pub insert: String,
}

impl Edit {
    fn new(text: &str, place: Place, insert: String) -> Edit {
        Edit { place, utf16: place.utf16(text), insert }
    }

    /// The text after the edit. `text` must be the one the edit was made for; a text without that place is
    /// returned unchanged.
    pub fn apply(&self, text: &str) -> String {
        let range = self.place.range();
        match (text.get(..range.start), text.get(range.end..)) {
            (Some(before), Some(behind)) => [before, &self.insert, behind].concat(),
            _ => text.to_string(),
        }
    }
}

/// A statement and its place, for a page that marks lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineInfo {
    /// The line, from 0.
    pub line: u32,
    /// The keyword as written; one of [`STATEMENTS`] if the text has no errors.
    pub keyword: String,
    /// For an `at` with a valid time: that time, and after how many events.
    pub at: Option<(SimTime, u32)>,
    /// The statement, in bytes.
    pub place: Place,
    /// The same in UTF-16 units.
    pub utf16: Place,
}

/// Every statement, in text order; several may share a line. This works for texts with errors, too.
pub fn lines(text: &str) -> Vec<LineInfo> {
    let document = Document::new(text);
    let mut units = Units { text, byte: 0, units: 0 };
    let statements = document.statements();
    statements
        .map(|statement| LineInfo {
            line: statement.line,
            keyword: keyword(&document, statement).to_string(),
            at: act_moment(&document, statement),
            place: statement.place,
            utf16: Place { start: units.at(statement.place.start), end: units.at(statement.place.end) },
        })
        .collect()
}

/// Counts UTF-16 units while moving through a text, so that many places take a single pass.
struct Units<'t> {
    text: &'t str,
    byte: u32,
    units: u32,
}

impl Units<'_> {
    /// The number of units before `byte`, which must not decrease from call to call.
    fn at(&mut self, byte: u32) -> u32 {
        let passed = self.text.get(self.byte as usize..byte as usize).unwrap_or("");
        self.units += passed.encode_utf16().count() as u32;
        self.byte = byte;
        self.units
    }
}

/// Adds `at TIME[+K] [LANES:] ACTION` after the last act that is not later. If there is none, it goes before
/// the first act, or, without acts, before the end of the run, the breaks and the expectations. An empty
/// `lanes` means all lanes. The new line copies the indentation and columns of its neighbour; on a line with
/// several statements it joins them.
pub fn append_act(text: &str, at: SimTime, after: u32, lanes: &str, action: &str) -> Edit {
    let document = Document::new(text);
    let action = one_line(action);
    let action = if lanes.is_empty() { action } else { format!("{}: {action}", one_line(lanes)) };
    let start = format!("at {}", moment_text(at, after));
    let acts = || document.statements().filter_map(|s| Some((s, act_moment(&document, s)?)));
    let before = acts().filter(|(_, moment)| *moment <= (at, after)).last();
    let neighbour = before.or_else(|| acts().next());
    let padding = match neighbour.and_then(|(statement, _)| act_column(&document, statement)) {
        Some(column) => column.saturating_sub(start.chars().count()).max(1),
        None => 1,
    };
    let statement = format!("{start}{:padding$}{action}", "");
    match (before, neighbour) {
        (Some((statement_before, _)), _) => insert_behind(&document, statement_before, &statement),
        (None, Some((first, _))) => insert_before(&document, first, &statement, ""),
        (None, None) => first_act(&document, &statement),
    }
}

/// The place of a text's first act.
fn first_act(document: &Document<'_>, statement: &str) -> Edit {
    let late =
        |s: &&Statement| matches!(keyword(document, s), "until" | "break" | "expect") || at_end(document, s);
    match document.statements().find(late) {
        Some(first) if keyword(document, first) == "until" || at_end(document, first) => {
            insert_before(document, first, statement, "")
        }
        // Acts and expectations are separate blocks.
        Some(first) => insert_before(document, first, statement, line_end(document)),
        None => match document.statements().last() {
            Some(last) if shares_line(document, last) => insert_behind(document, last, statement),
            _ => append(document, statement, true),
        },
    }
}

/// Deletes a line (numbered from 0) with its ending; `None` if there is no such line.
pub fn delete_line(text: &str, line: u32) -> Option<Edit> {
    let document = Document::new(text);
    let found = document.lines.get(line as usize)?;
    let mut place = Place { start: found.place.start, end: found.next };
    let before = (line as usize).checked_sub(1).and_then(|line| document.lines.get(line));
    if let (true, Some(before)) = (found.place.end == found.next, before) {
        // A last line without an ending takes the previous line's ending with it.
        place.start = before.place.end;
    }
    Some(Edit::new(text, place, String::new()))
}

/// Replaces a line (numbered from 0) but keeps its ending; `None` if there is no such line.
pub fn replace_line(text: &str, line: u32, new: &str) -> Option<Edit> {
    let document = Document::new(text);
    let place = document.lines.get(line as usize)?.place;
    Some(Edit::new(text, place, new.to_string()))
}

/// Sets a statement that occurs once, such as `seed`, `nodes`, `lanes` or `until`, or a setting by its full
/// name, such as `raft.election-timeout`. A comment after it stays. A missing statement is added in its
/// natural place. An empty value deletes the statement, which restores the default.
pub fn set_value(text: &str, key: &str, value: &str) -> Edit {
    let document = Document::new(text);
    let value = one_line(value);
    let key = one_line(key.strip_prefix("set ").unwrap_or(key));
    if let Some((place, insert)) = inline_setting(&document, &key, &value) {
        return Edit::new(text, place, insert);
    }
    let dotted = key.contains('.');
    let skipped = if dotted { 2 } else { 1 };
    let found = document
        .statements()
        .find(|s| if dotted { is_set(&document, s, &key) } else { keyword(&document, s) == key });
    match found {
        Some(statement) if value.is_empty() => delete_statement(&document, statement),
        Some(statement) => {
            let name = statement.tokens[skipped - 1].place;
            match statement.tokens.get(skipped) {
                Some(first) => Edit::new(text, first.place.to(statement.place), value),
                None => Edit::new(text, Place { start: name.end, end: name.end }, format!(" {value}")),
            }
        }
        None if value.is_empty() => Edit::new(text, Place::default(), String::new()),
        None => add_setting(&document, &key, dotted, &value),
    }
}

/// Where a text sets a setting of a whole lane: the owner that it names, and the place of the value. What is said of the
/// lane itself wins over what is said of its algorithm, and that over what is said of the store of all lanes.
pub fn setting_place(text: &str, lane: &str, algorithm: &str, setting: &str) -> Option<(String, Place)> {
    let document = Document::new(text);
    let own = format!("{lane}.{setting}");
    // A lane of the algorithm's name takes the settings of that name for itself.
    let general = format!("{algorithm}.{setting}");
    let all = setting.starts_with("store.").then(|| setting.to_string());
    if let Some((place, _)) = inline_setting(&document, &own, "x") {
        return Some((own, place));
    }
    [Some(own), Some(general), all].into_iter().flatten().find_map(|key| {
        let for_all = |s: &&Statement| s.tokens.iter().all(|token| document.slice(token.place) != "for");
        let found = document.statements().filter(for_all).find(|s| is_set(&document, s, &key))?;
        let value = found.tokens.get(2)?.place.to(found.place);
        Some((key, value))
    })
}

/// The value of `LANE.SETTING` inside `lane LANE = …`, and its replacement.
fn inline_setting(document: &Document<'_>, key: &str, value: &str) -> Option<(Place, String)> {
    let (owner, setting) = key.split_once('.')?;
    for statement in document.statements() {
        let token = |i: usize| statement.tokens.get(i).map_or("", |token| document.slice(token.place));
        if token(0) != "lane" || token(1) != owner {
            continue;
        }
        let groups = statement.tokens.get(4..)?.split(|token| token.kind == TokenKind::Comma);
        for group in groups {
            if let [name, first, ..] = group
                && document.slice(name.place) == setting
            {
                let last = group.last().map_or(first.place, |token| token.place);
                if !value.is_empty() {
                    return Some((first.place.to(last), value.to_string()));
                }
                return Some((without_group(statement, name.place.to(last)), String::new()));
            }
        }
    }
    None
}

/// A lane's setting together with one of the commas next to it.
fn without_group(statement: &Statement, group: Place) -> Place {
    let before = statement.tokens.iter().rfind(|token| token.place.end <= group.start);
    let behind = statement.tokens.iter().position(|token| token.place.start >= group.end);
    match (before, behind) {
        (Some(before), _) if before.kind == TokenKind::Comma => {
            Place { start: before.place.start, end: group.end }
        }
        (_, Some(comma)) => {
            let next = statement.tokens.get(comma + 1).map_or(group.end, |token| token.place.start);
            Place { start: group.start, end: next }
        }
        (Some(before), None) => Place { start: before.place.end, end: group.end },
        _ => group,
    }
}

/// Adds `key value` after the last statement that precedes it in the order of [`STATEMENTS`].
fn add_setting(document: &Document<'_>, key: &str, dotted: bool, value: &str) -> Edit {
    let word = if dotted { "set" } else { key };
    let rank = |word: &str| names(STATEMENTS).position(|name| name == word);
    let argument = if dotted { format!("{key} {value}") } else { value.to_string() };
    let earlier = document.statements().filter(|s| rank(keyword(document, s)) <= rank(word));
    let Some(before) = earlier.filter(|s| rank(keyword(document, s)).is_some()).last() else {
        let statement = format!("{word} {argument}");
        return match document.statements().next() {
            Some(first) => insert_before(document, first, &statement, ""),
            None => append(document, &statement, false),
        };
    };
    // The neighbour's column, unless the neighbour is of another kind.
    let column = match keyword(document, before) {
        "at" => None,
        _ if shares_line(document, before) => None,
        _ => before.tokens.get(1).map(|token| {
            let start = Place { start: before.place.start, end: token.place.start };
            document.slice(start).chars().count()
        }),
    };
    let padding = column.map_or(1, |column| column.saturating_sub(word.chars().count()).max(1));
    insert_behind(document, before, &format!("{word}{:padding$}{argument}", ""))
}

fn delete_statement(document: &Document<'_>, statement: &Statement) -> Edit {
    let Some(line) = line_of(document, statement) else {
        return Edit::new(document.text, statement.place, String::new());
    };
    if line.statements.len() == 1 && line.comment.is_none() {
        let edit = delete_line(document.text, statement.line);
        return edit.unwrap_or_else(|| Edit::new(document.text, statement.place, String::new()));
    }
    // Include the white space and the separator up to its neighbour.
    let mut place = statement.place;
    match line.statements.iter().find(|next| next.place.start > place.start) {
        Some(next) => place.end = next.place.start,
        None => {
            let before = line.statements.iter().rfind(|before| before.place.start < place.start);
            place.start = before.map_or(place.start, |before| before.place.end);
        }
    }
    Edit::new(document.text, place, String::new())
}

/// A statement on its own line after `neighbour`'s, or on the same line if that already holds several.
fn insert_behind(document: &Document<'_>, neighbour: &Statement, statement: &str) -> Edit {
    let at = |at: u32| Place { start: at, end: at };
    match line_of(document, neighbour) {
        Some(line) if line.statements.len() == 1 => {
            let indent = indent(document, neighbour, line);
            let insert = format!("{}{indent}{statement}", line_end(document));
            Edit::new(document.text, at(line.place.end), insert)
        }
        _ => Edit::new(document.text, at(neighbour.place.end), format!("; {statement}")),
    }
}

/// A statement before `neighbour`, with `gap` between them if they do not share a line.
fn insert_before(document: &Document<'_>, neighbour: &Statement, statement: &str, gap: &str) -> Edit {
    let at = |at: u32| Place { start: at, end: at };
    match line_of(document, neighbour) {
        Some(line) if line.statements.len() == 1 => {
            let indent = indent(document, neighbour, line);
            let insert = format!("{indent}{statement}{}{gap}", line_end(document));
            let above = if gap.is_empty() { line.place.start } else { block_start(document, neighbour.line) };
            Edit::new(document.text, at(above), insert)
        }
        _ => Edit::new(document.text, at(neighbour.place.start), format!("{statement}; ")),
    }
}

/// Where the comments directly above a line start.
fn block_start(document: &Document<'_>, line: u32) -> u32 {
    let mut first = line as usize;
    let comment = |line: &Line| line.comment.is_some() && line.statements.is_empty();
    while first > 0 && document.lines.get(first - 1).is_some_and(comment) {
        first -= 1;
    }
    document.lines.get(first).map_or(0, |line| line.place.start)
}

/// A statement at the end of the text; if `apart`, a blank line separates it from the text before it.
fn append(document: &Document<'_>, statement: &str, apart: bool) -> Edit {
    let text = document.text;
    let end = line_end(document);
    let open = !text.is_empty() && !text.ends_with('\n');
    let last_is_blank = document.lines.last().is_none_or(|line| document.slice(line.place).trim().is_empty());
    let mut insert = String::new();
    if open {
        insert.push_str(end);
    }
    if apart && !last_is_blank {
        insert.push_str(end);
    }
    insert.push_str(statement);
    insert.push_str(end);
    let place = Place::new(text.len(), text.len());
    Edit::new(text, place, insert)
}

fn keyword<'t>(document: &Document<'t>, statement: &Statement) -> &'t str {
    statement.tokens.first().map_or("", |token| document.slice(token.place))
}

fn is_set(document: &Document<'_>, statement: &Statement, name: &str) -> bool {
    keyword(document, statement) == "set"
        && statement.tokens.get(1).is_some_and(|token| document.slice(token.place) == name)
}

pub(super) fn act_moment(document: &Document<'_>, statement: &Statement) -> Option<(SimTime, u32)> {
    let mut cursor = Cursor::new(document.text, statement);
    if cursor.eat("at") { moment(&mut cursor).ok() } else { None }
}

/// Whether it is a step of the story at the end of the run.
fn at_end(document: &Document<'_>, statement: &Statement) -> bool {
    keyword(document, statement) == "at"
        && statement.tokens.get(1).is_some_and(|token| document.slice(token.place) == "end")
}

/// The column of an action relative to its `at`, in characters.
fn act_column(document: &Document<'_>, statement: &Statement) -> Option<usize> {
    let action = statement.tokens.get(2)?;
    let start = Place { start: statement.place.start, end: action.place.start };
    Some(document.slice(start).chars().count())
}

fn line_of<'d>(document: &'d Document<'_>, statement: &Statement) -> Option<&'d Line> {
    document.lines.get(statement.line as usize)
}

fn shares_line(document: &Document<'_>, statement: &Statement) -> bool {
    line_of(document, statement).is_some_and(|line| line.statements.len() > 1)
}

fn indent<'t>(document: &Document<'t>, statement: &Statement, line: &Line) -> &'t str {
    document.slice(Place { start: line.place.start, end: statement.place.start })
}

/// The text's line ending.
fn line_end(document: &Document<'_>) -> &'static str {
    if document.text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Joins words on one line, so that a value from the page cannot add a second statement or hide behind a
/// comment.
fn one_line(words: &str) -> String {
    let cut = Document::new(words);
    let first = cut.statements().next();
    first.map_or(String::new(), |statement| cut.slice(statement.place).to_string())
}
