//! Colon fences, with which MyST writes directives. CommonMark does not know them, so it would read their contents as
//! Markdown.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::cut::line_starts;
use super::markdown::{kind, piece};
use super::{Cut, Kind, Piece, Place};

/// How often a text may be read again because the text of a directive looked like Markdown that goes on after it.
const AGAIN_MAX: usize = 100;

/// The text with blanks in place of the colon fences that hold scenarios, and these scenarios.
pub fn without(text: &str) -> (String, Vec<Piece>) {
    let (mut text, mut found) = (text.to_string(), Vec::new());
    if !text.contains(":::") {
        return (text, found);
    }
    let starts = line_starts(&text);
    let mut line = 0;
    for _ in 0..AGAIN_MAX {
        let opaque = opaque(&text);
        let mut again = false;
        while line < starts.len() && !again {
            let before = opaque.partition_point(|it| it.start <= starts[line]);
            let is_opaque = before.checked_sub(1).is_some_and(|at| starts[line] < opaque[at].end);
            let fence = if is_opaque { None } else { ColonFence::at(&text[starts[line]..]) };
            let Some(fence) = fence else {
                line += 1;
                continue;
            };
            let (cut, count) = fence.cut(&text[starts[line]..], line as u32);
            let range = starts[line]..starts.get(line + count).copied().unwrap_or(text.len());
            found.push(piece(Kind::Directive, line as u32..(line + count) as u32, cut));
            blank(&mut text, range.clone());
            let last = opaque.partition_point(|it| it.start < range.end).checked_sub(1).map(|at| &opaque[at]);
            again = last.is_some_and(|it| range.contains(&it.start) && range.end < it.end);
            line += count;
        }
        if line == starts.len() {
            break;
        }
    }
    (text, found)
}

/// Where a text is code or HTML.
fn opaque(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(text, Options::empty()).into_offset_iter();
    let opaque =
        events.filter(|(event, _)| matches!(event, Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock)));
    opaque.map(|(_, range)| range).collect()
}

/// Overwrites a part of a text with blanks; line ends and the marks of quotes stay.
fn blank(text: &mut String, range: Range<usize>) {
    let blanks: String = text[range.clone()]
        .split_inclusive('\n')
        .flat_map(|line| {
            let marks = line.len() - line.trim_start_matches([' ', '\t', '>']).len();
            let rest = line[marks..].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
            line[..marks].chars().chain(rest).collect::<Vec<char>>()
        })
        .collect();
    text.replace_range(range, &blanks);
}

/// The first line of a colon fence.
struct ColonFence {
    /// How many characters precede it: indentation, and marks of quotes.
    margin: usize,
    /// How many quotes it is in.
    quotes: usize,
    /// How many colons it has. A line with as many, and nothing else, ends it.
    colons: usize,
}

impl ColonFence {
    /// The fence that begins in the first line of a text and holds a scenario.
    fn at(text: &str) -> Option<ColonFence> {
        let line = text.lines().next()?;
        let rest = line.trim_start_matches([' ', '\t', '>']);
        let info = rest.trim_start_matches(':');
        let (margin, colons) = (line.len() - rest.len(), rest.len() - info.len());
        let is_directive = 3 <= colons && kind(info) == Some(Kind::Directive);
        let quotes = line[..margin].matches('>').count();
        is_directive.then_some(ColonFence { margin, quotes, colons })
    }

    /// The contents, and the number of lines with the first and the last.
    fn cut(&self, text: &str, first: u32) -> (Cut, usize) {
        let mut cut = Cut::default();
        let mut count = 1;
        for line in text.lines().skip(1) {
            let marks = line.chars().take(self.margin).take_while(|it| [' ', '\t', '>'].contains(it)).count();
            let rest = &line[marks..];
            // The quote ends, and with it the fence.
            if line[..marks].matches('>').count() < self.quotes {
                break;
            }
            let place = Place { line: first + count as u32, margin: marks as i32 };
            count += 1;
            let colons = rest.trim();
            if self.colons <= colons.len() && colons.bytes().all(|it| it == b':') {
                break;
            }
            cut.line(rest, place);
        }
        if cut.places.is_empty() {
            cut.places.push(Place { line: first + 1, margin: 0 });
        }
        (cut, count)
    }
}
