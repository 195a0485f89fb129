//! A span of a lane as a sequence diagram of Mermaid.
//!
//! Messages stand in the order in which they arrive or are lost, because that is when they have an effect. Notes say what
//! happens to the nodes between them.

use std::fmt::Write as _;

use election_base::SimTime;
use election_engine::lane::Lane as Run;
use election_engine::timeline::Timeline;
use election_engine::trace::WRITE;
use election_protocol::Class;
use election_workbench::telling;

use crate::Refused;
use crate::moment::{names, title};
use crate::passages::{Passage, class, passages, place_name};
use crate::words::clock;

/// The most messages of a diagram.
pub const MESSAGES_MAX: usize = 150;
/// The most notes of a diagram.
const NOTES_MAX: usize = 150;
/// The longest text that Mermaid draws unless its page says otherwise, in characters.
const TEXT_MAX: usize = 50_000;
/// More nodes are not legible side by side.
const NODES_MAX: usize = 24;

/// A line of the diagram, with its place in time.
struct Line {
    at: u64,
    step: u32,
    text: String,
}

/// Writes a span of a lane.
///
/// # Errors
/// If the span is empty, or too much happens in it.
pub fn mermaid(timeline: &Timeline, lane: usize, (from, to): (SimTime, SimTime)) -> Result<String, Refused> {
    crate::check_span(from, to)?;
    let run = &timeline.lanes()[lane];
    let its = passages(run, lane, from, to)?;
    let ended = |it: &&Passage| it.end.is_some_and(|it| (from.0..=to.0).contains(&it.0)) && it.from != it.to;
    let all: Vec<&Passage> = its.all.iter().filter(ended).collect();
    let (shown, left) = thinned(run, all);
    let notes = notes(run, from, to);
    let more = notes.len().saturating_sub(NOTES_MAX);
    // Whoever takes part; of few nodes, all.
    let nodes = run.members() + run.services();
    let writes = shown.iter().any(|it| it.kind == WRITE);
    let takes_part = |place: &usize| {
        nodes <= 12
            || shown.iter().any(|it| it.from == *place || it.to == *place)
            || notes.iter().take(NOTES_MAX).any(|it| it.0 == Some(*place))
    };
    let mut places: Vec<usize> = (0..nodes).filter(takes_part).collect();
    if writes {
        places.push(nodes);
    }
    if places.is_empty() {
        places.extend(0..nodes.min(2));
    }
    if places.len() > NODES_MAX {
        return Err(Refused(format!(
            "{} nodes take part in the span, and a sequence diagram shows at most {NODES_MAX}: choose a shorter span",
            places.len()
        )));
    }
    let mut lines: Vec<Line> = shown.iter().map(|it| message(run, it)).collect();
    let over = |place: Option<usize>| match (place.filter(|it| places.contains(it)), places.as_slice()) {
        (Some(place), _) => format!("n{place}"),
        (None, [only]) => format!("n{only}"),
        (None, all) => format!("n{},n{}", all[0], all[all.len() - 1]),
    };
    lines.extend(notes.into_iter().take(NOTES_MAX).map(|(place, at, step, text)| {
        let text = format!("Note over {}: {}<br/>{}", over(place), clock(at), escaped(&text));
        Line { at, step, text }
    }));
    // Stable: what arrives comes before what it brings about.
    lines.sort_by_key(|it| (it.at, it.step));
    let (name, title) = (names(timeline, lane).0, title(timeline));
    let mut out = String::from("sequenceDiagram\n");
    let _ = writeln!(out, "    accTitle: {}", plain(&format!("{title}, {name}")));
    let _ = writeln!(
        out,
        "    accDescr: {}",
        plain(&format!("{name} from {} to {}", clock(from.0), clock(to.0)))
    );
    for place in &places {
        let _ = writeln!(out, "    participant n{place} as {}", escaped(&place_name(run, *place)));
    }
    for it in &lines {
        let _ = writeln!(out, "    {}", it.text);
    }
    let rest = [left, (more > 0).then(|| format!("{more} notes left out"))];
    for text in rest.into_iter().flatten() {
        let _ = writeln!(out, "    Note over {}: {}", over(None), escaped(&text));
    }
    if out.chars().count() > TEXT_MAX {
        return Err(Refused(format!(
            "the diagram is longer than the {TEXT_MAX} characters that Mermaid draws: choose a shorter span"
        )));
    }
    Ok(out)
}

/// The messages that are shown, and how many of which are not.
fn thinned<'p>(run: &Run, all: Vec<&'p Passage>) -> (Vec<&'p Passage>, Option<String>) {
    let total = all.len();
    let said = |shown: usize, which: &str| Some(format!("{} messages left out: {which}", total - shown));
    if total <= MESSAGES_MAX {
        return (all, None);
    }
    let without = |classes: &[Class]| -> Vec<&'p Passage> {
        all.iter().copied().filter(|it| !classes.contains(&class(run, it.kind))).collect()
    };
    let mut which = "heartbeats and answers";
    let mut some = without(&[Class::Liveness]);
    if some.len() > MESSAGES_MAX {
        which = "all but those of elections";
        some = without(&[Class::Liveness, Class::Service, Class::Data]);
    }
    if some.is_empty() {
        // Where all messages repeat, the first say more than none.
        which = "all but the first";
        some = all;
    } else if some.len() > MESSAGES_MAX {
        which = "all but the first of elections";
    }
    some.truncate(MESSAGES_MAX);
    let said = said(some.len(), which);
    (some, said)
}

fn message(run: &Run, it: &Passage) -> Line {
    let names = run.names();
    let text = names.message(it.kind, &it.args);
    let (at, step) = it.end.unwrap_or_default();
    let copy = if it.copy > 1 { format!(" (copy {})", it.copy) } else { String::new() };
    let (arrow, why) = match it.why {
        Some(why) if why.starts_with("lost") || why.starts_with("refused") => ("-x", format!(" ({why})")),
        Some(why) => ("-x", format!(" (lost: {why})")),
        // Heartbeats and their like are dotted, as they are quiet in pictures.
        None if class(run, it.kind) == Class::Liveness => ("-->>", String::new()),
        None => ("->>", String::new()),
    };
    let text = format!("n{}{arrow}n{}: {}", it.from, it.to, escaped(&format!("{text}{copy}{why}")));
    Line { at, step, text }
}

/// What happens to nodes, in sentences: the node, unless it concerns several; when; in which event; the sentence.
fn notes(run: &Run, from: SimTime, to: SimTime) -> Vec<(Option<usize>, u64, u32, String)> {
    let story = run.story();
    let all = story.happenings.iter().filter(|it| from <= it.at && it.at <= to && it.stops());
    let nodes = run.members() + run.services();
    all.map(|it| {
        let place = match story.places(it) {
            [one] => usize::from(*one),
            _ => usize::from(it.node),
        };
        (Some(place).filter(|it| *it < nodes), it.at.0, it.step, telling::text(run, it))
    })
    .collect()
}

/// A text as Mermaid takes it: whatever might mean something is written by its number.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for it in text.chars() {
        match it {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | ',' | '=' | '(' | ')' | '\'' | '/' | '_' => {
                out.push(it)
            }
            it if it.is_alphanumeric() => out.push(it),
            it if it.is_control() => out.push(' '),
            it => {
                let _ = write!(out, "#{};", u32::from(it));
            }
        }
    }
    out
}

/// A text for accessible titles, where numbers are not read: whatever might mean something becomes a space.
fn plain(text: &str) -> String {
    let kept = |it: char| if it.is_alphanumeric() || " .,'()/-".contains(it) { it } else { ' ' };
    text.chars().map(kept).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_means_something_is_left() {
        assert_eq!(escaped("a; b # c: d %% <e> end-f"), "a#59; b #35; c#58; d #37;#37; #60;e#62; end#45;f");
        assert_eq!(plain("a;  b: c#"), "a b c");
    }
}
