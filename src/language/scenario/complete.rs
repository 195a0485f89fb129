//! Completion: the words that could stand at a place in a text.
//!
//! The reader itself finds them. A hole takes the place of the word, and the error that the reader reports about it knows
//! every word that it would have accepted. So completion offers what the reader reads, and nothing is listed twice.

use crate::vocabulary::Words;
use election_base::{SimTime, Span};

use super::edit::act_moment;
use super::error::{About, Choice, Error, HOLE};
use super::lex::{Document, Line, Place, TokenKind};
use super::read::search;
use super::table::{STATEMENTS, TEXT_MAX, names};
use super::values::{digits, span, value_text};
use super::{Lane, Scenario};

/// The most choices for one place.
pub const COMPLETIONS_MAX: usize = 64;

/// The words that could stand at a place.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Completion {
    /// The part of the text that a choice replaces.
    pub place: Place,
    /// The same in UTF-16 units.
    pub utf16: Place,
    /// The choices, at most [`COMPLETIONS_MAX`], the most fitting first.
    pub choices: Vec<Completed>,
}

/// A word that could stand at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completed {
    /// The word.
    pub insert: String,
    /// Its syntax, or what it means; may be empty.
    pub detail: String,
}

/// The words that could stand at `offset`, in bytes, in place of the word around it. Only those that contain what stands
/// before `offset` in that word; none in comments and after the end of a statement.
pub fn complete(text: &str, offset: u32, vocabulary: &'static [Words]) -> Completion {
    let document = Document::new(text);
    let Some(place) = word_at(&document, offset) else { return Completion::default() };
    let (before, behind) = (&text[..place.start as usize], &text[place.end as usize..]);
    if text.len() > TEXT_MAX {
        return Completion::default();
    }
    let holed = [before, HOLE, behind].concat();
    let (scenario, errors) = search(&holed, vocabulary);
    let Some(mut error) = errors.into_iter().find(Error::at_hole) else { return Completion::default() };
    let typed = &text[place.start as usize..offset as usize];
    if error.about == About::Time {
        error.known.extend(times(&document, place.start, typed));
    }
    let mut known = error.known;
    for choice in &mut known {
        in_force(choice, &scenario, vocabulary);
        if behind.starts_with(':') && choice.word.ends_with(':') {
            choice.word.pop();
        }
    }
    let taken = taken(&document, place);
    known.retain(|choice| !taken.contains(&choice.word.as_str()));
    let choices = fitting(known, typed);
    Completion { place, utf16: place.utf16(text), choices }
}

/// The word that ends or continues at `offset`, or an empty place where a word could be; `None` elsewhere.
fn word_at(document: &Document<'_>, offset: u32) -> Option<Place> {
    if !document.text.is_char_boundary(offset as usize) {
        return None;
    }
    let empty = Place { start: offset, end: offset };
    let line = document.lines.iter().find(|line| line.place.start <= offset && offset <= line.place.end);
    let Some(line) = line else { return Some(empty).filter(|_| offset as usize == document.text.len()) };
    if line.comment.is_some_and(|comment| comment.start < offset) {
        return None;
    }
    let words = tokens(line).filter(|(kind, _)| *kind == TokenKind::Word).map(|(_, place)| place);
    let mut touching = words.filter(|place| place.start <= offset && offset <= place.end);
    match touching.next() {
        // Before a word, another one would join it.
        Some(place) if place.start == offset => None,
        Some(place) => Some(place),
        None => Some(empty),
    }
}

fn tokens(line: &Line) -> impl Iterator<Item = (TokenKind, Place)> {
    line.statements.iter().flat_map(|statement| &statement.tokens).map(|token| (token.kind, token.place))
}

/// Words that may occur only once and do so elsewhere: statements, and settings after `set`.
fn taken<'t>(document: &Document<'t>, place: Place) -> Vec<&'t str> {
    const REPEATED: [&str; 6] = ["lane", "set", "init", "at", "break", "expect"];
    let mut taken = Vec::new();
    let mut own = "";
    for statement in document.statements() {
        let word = |i: usize| statement.tokens.get(i).map_or("", |token| document.slice(token.place));
        let mine = statement.place.start <= place.start && place.start <= statement.place.end;
        if mine {
            own = if statement.place.start == place.start { "" } else { word(0) };
        } else if word(0) == "set" {
            taken.push(word(1));
        } else if names(STATEMENTS).any(|name| name == word(0)) && !REPEATED.contains(&word(0)) {
            taken.push(word(0));
        }
    }
    let first = document.statements().next().is_none_or(|statement| place.start <= statement.place.start);
    if !first {
        taken.push("version");
    }
    let at_start = own.is_empty();
    taken.retain(|word| match own {
        "set" => word.contains('.'),
        _ => at_start && !word.contains('.'),
    });
    taken
}

/// Adds the value of a setting where the text has changed it.
fn in_force(choice: &mut Choice, scenario: &Scenario, vocabulary: &'static [Words]) {
    let Some((owner, name)) = choice.word.split_once('.') else { return };
    let of_owner = |lane: &&Lane| lane.name == owner || vocabulary[lane.algorithm].id == owner;
    let Some(lane) = scenario.lanes.iter().find(of_owner) else { return };
    let settings = vocabulary[lane.algorithm].settings;
    let Some(index) = settings.iter().position(|setting| setting.name == name) else { return };
    if lane.given[index] {
        let value = value_text(settings[index].kind, &lane.settings[index]);
        choice.detail = format!("now {value}; {}", choice.detail);
    }
}

/// Times that may be meant, where any would do: what was typed with a unit, or else round times from the act before on.
fn times(document: &Document<'_>, offset: u32, typed: &str) -> Vec<Choice> {
    let own =
        document.statements().find(|it| it.place.start < offset && offset <= it.place.end.saturating_add(1));
    let tokens = own.map_or(&[][..], |statement| &statement.tokens);
    let before = tokens.iter().take_while(|token| token.place.start < offset).count();
    let word = |i: usize| tokens.get(i).map_or("", |token| document.slice(token.place));
    let last = before.checked_sub(1).map_or("", word);
    let lasts = last == "for" || (0..tokens.len()).any(|i| matches!(word(i), "slow" | "delay"));
    let moment = before == 1 && matches!(word(0), "at" | "until")
        || matches!(word(0), "expect" | "break") && matches!(last, "at" | "by");
    if !lasts && !moment {
        return Vec::new();
    }
    if digits(typed).is_some() {
        let units = ["s", "ms", "min"].map(|unit| format!("{typed}{unit}"));
        return units.iter().filter(|time| span(time).is_some()).map(|time| Choice::new(time, "")).collect();
    }
    if lasts {
        return ["1s", "100ms"].map(|time| Choice::new(time, "")).to_vec();
    }
    let acts = document.statements().filter(|statement| statement.place.end < offset);
    let last = acts.filter_map(|statement| act_moment(document, statement)).last();
    let SimTime(from) = last.map_or(SimTime::ZERO, |(at, _)| at);
    let whole = Span::s(1).0;
    let next = from.saturating_add(whole) / whole * whole;
    let mut times = vec![next, next.saturating_add(whole), from.saturating_add(Span::ms(100).0)];
    if last.is_some() {
        times.push(from);
    }
    let times = times.into_iter().map(|us| Span(us).to_string());
    times.filter(|time| span(time).is_some()).map(|time| Choice::new(&time, "")).collect()
}

/// The choices of which a part starts with what was typed; those that start with it themselves come first.
fn fitting(known: Vec<Choice>, typed: &str) -> Vec<Completed> {
    let starts = |word: &str| word.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed));
    let mut found: Vec<Completed> = Vec::new();
    let mut others: Vec<Completed> = Vec::new();
    for Choice { word, detail } in known {
        let part =
            || word.bytes().enumerate().any(|(at, b)| matches!(b, b'.' | b'-') && starts(&word[at + 1..]));
        let into = match starts(&word) {
            true => &mut found,
            false if part() => &mut others,
            false => continue,
        };
        if !into.iter().any(|choice| choice.insert == word) {
            into.push(Completed { insert: word, detail });
        }
    }
    // A complete word needs no completion.
    if found.first().is_some_and(|choice| choice.insert.eq_ignore_ascii_case(typed)) {
        return Vec::new();
    }
    found.append(&mut others);
    found.truncate(COMPLETIONS_MAX);
    found
}
