//! The lanes at a moment: a card for each, below the title and what happened last.

use election_base::SimTime;
use election_engine::lane::Lane as Run;
use election_engine::summary::Happening;
use election_engine::timeline::Timeline;
use election_workbench::frame::{Frame, HEAD};
use election_workbench::telling;

use crate::Refused;
use crate::colour::Colour;
use crate::items::{Align, Item};
use crate::legend::legend;
use crate::measure::{shortened, width, wrapped};
use crate::read::{Lane, lane};
use crate::scene::scene;
use crate::svg::Page;
use crate::words::{Part, clock, sentence, span};

/// The most lanes of a picture.
pub const LANES_MAX: usize = 8;
const MARGIN: f64 = 14.0;
const GAP: f64 = 10.0;
/// The room at the left and right of a card.
const PAD: f64 = 12.0;
/// With at least so many members, pictures are taller.
const MANY: usize = 13;

/// How lanes are laid out: columns, the width of a card, and the height of its picture.
fn shape(lanes: usize) -> (usize, f64, f64) {
    match lanes {
        1 => (1, 440.0, 280.0),
        2 => (2, 372.0, 260.0),
        3 => (3, 272.0, 236.0),
        4 => (2, 372.0, 236.0),
        5 | 6 => (3, 272.0, 226.0),
        _ => (4, 258.0, 216.0),
    }
}

/// How a lane is called, and what stands beside its name.
pub fn names(timeline: &Timeline, index: usize) -> (String, &'static str) {
    let name = &timeline.scenario().lanes[index].name;
    let info = timeline.lanes()[index].info();
    if name == info.id { (info.title.to_string(), info.subtitle) } else { (name.clone(), info.title) }
}

/// The title of a picture.
pub fn title(timeline: &Timeline) -> String {
    let title = &timeline.scenario().title;
    if title.is_empty() { "Leader election".to_string() } else { title.clone() }
}

/// What happened last in a lane, up to its cursor, that is worth a sentence.
fn last(run: &Run) -> Option<&Happening> {
    let all = &run.story().happenings;
    let here = all.partition_point(|it| it.step <= run.events());
    all[..here].iter().rev().find(|it| it.stops())
}

/// How long no node has believed that it leads, if one did before and none does.
fn idle(run: &Run, now: SimTime) -> Option<u64> {
    let bands = run.story().main.bands.iter().filter(|it| it.from_step <= run.events());
    let ends: Vec<Option<SimTime>> =
        bands.map(|it| it.until.filter(|_| it.until_step <= run.events())).collect();
    let last = ends.into_iter().collect::<Option<Vec<SimTime>>>()?.into_iter().max()?;
    Some(now.0 - last.0.min(now.0))
}

/// Draws the lanes at the playhead; `said` is the story's sentence.
///
/// # Errors
/// If there are no lanes, or too many.
pub fn moment(
    timeline: &Timeline,
    lanes: &[usize],
    said: Option<&str>,
    note: &str,
) -> Result<String, Refused> {
    page(timeline, lanes, said, note).map(|it| it.write())
}

pub(crate) fn page(
    timeline: &Timeline,
    lanes: &[usize],
    said: Option<&str>,
    note: &str,
) -> Result<Page, Refused> {
    if lanes.is_empty() || lanes.len() > LANES_MAX {
        return Err(Refused(format!("a picture shows 1 to {LANES_MAX} lanes, found {}", lanes.len())));
    }
    let mut frame = Frame::new();
    frame.fill(timeline);
    let numbers = frame.numbers();
    let now = timeline.now();
    let all: Vec<Lane> = lanes
        .iter()
        .map(|&index| lane(numbers, numbers[HEAD + index] as usize, &timeline.lanes()[index]))
        .collect();
    let sentences: Vec<Vec<Part>> = lanes
        .iter()
        .zip(&all)
        .map(|(&index, it)| sentence(it, idle(&timeline.lanes()[index], now)))
        .collect();
    let (columns, card, mut tall) = shape(lanes.len());
    if all.iter().any(|it| it.members >= MANY) {
        tall += 50.0;
    }
    let w = 2.0 * MARGIN + columns as f64 * (card + GAP) - GAP;
    let happened = happened(timeline, lanes);
    let mut parts = Vec::new();
    let (head, mut y) = head(timeline, said, happened.as_ref(), w);
    parts.push((0.0, 0.0, head));
    for (chunk, row) in lanes.chunks(columns).enumerate() {
        let first = chunk * columns;
        let texts: Vec<Vec<Item>> =
            sentences[first..first + row.len()].iter().map(|it| lines(it, card)).collect();
        let lines = texts.iter().map(Vec::len).max().unwrap_or(1);
        let above = 27.0 + 16.0 * lines as f64;
        for (i, text) in texts.into_iter().enumerate() {
            let x = MARGIN + i as f64 * (card + GAP);
            let its = &all[first + i];
            let height = above + tall + 24.0;
            let mut items = frame_of(timeline, lanes[first + i], its, card, height);
            items.extend(text);
            parts.push((x, y, items));
            let inside = card - 2.0 * (PAD - 6.0);
            parts.push((x + PAD - 6.0, y + above, scene(its, inside, tall, now.0)));
        }
        y += above + tall + 24.0 + GAP;
    }
    let (key, h) = legend(&all, now.0, w - 2.0 * MARGIN);
    parts.push((MARGIN, y, key));
    let desc = desc(timeline, lanes, &all, &sentences, said, happened.as_ref());
    let title = format!("{}, at {}", title(timeline), clock(now.0));
    Ok(Page { title, desc, w, h: y + h + MARGIN - GAP / 2.0, parts, note: note.to_string() })
}

/// What happened last in these lanes: the lane, the sentence, and how long ago.
fn happened(timeline: &Timeline, lanes: &[usize]) -> Option<(String, String, u64)> {
    let now = timeline.now();
    let all = lanes.iter().filter_map(|&it| Some((it, last(&timeline.lanes()[it])?)));
    // The first lane, if several are equally new.
    let (index, it) = all.reduce(|a, b| if b.1.at > a.1.at { b } else { a })?;
    let text = telling::text(&timeline.lanes()[index], it);
    let name = if lanes.len() > 1 { names(timeline, index).0 } else { String::new() };
    Some((name, text, now.0.saturating_sub(it.at.0)))
}

/// Title, time, and what was said and what happened. Returns where the cards begin.
fn head(
    timeline: &Timeline,
    said: Option<&str>,
    happened: Option<&(String, String, u64)>,
    w: f64,
) -> (Vec<Item>, f64) {
    let mut items = Vec::new();
    let room = w - 2.0 * MARGIN;
    let mut y = 27.0;
    let time = clock(timeline.now().0);
    let beside = width(&time, 13.0, false) + 16.0;
    items.push(Item::text(w - MARGIN, y, time, 13.0, Colour::Ink).align(Align::Right));
    for line in wrapped(&title(timeline), 15.0, true, room - beside, 2) {
        items.push(Item::text(MARGIN, y, line, 15.0, Colour::Ink).bold(true));
        y += 19.0;
    }
    for line in said.map_or_else(Vec::new, |it| wrapped(it, 12.5, false, room, 3)) {
        items.push(Item::text(MARGIN, y, line, 12.5, Colour::Ink));
        y += 17.0;
    }
    if let Some((lane, text, ago)) = happened {
        let ago = if *ago == 0 { String::new() } else { format!(" ({} ago)", span(*ago)) };
        let lead = if lane.is_empty() { String::new() } else { format!("{lane}: ") };
        let lines =
            wrapped(&format!("{lead}{text}{ago}"), 11.5, false, room - 0.12 * width(&lead, 11.5, true), 2);
        for (i, line) in lines.into_iter().enumerate() {
            let (bold, rest) = match line.strip_prefix(&lead) {
                Some(rest) if i == 0 && !lead.is_empty() => (lead.clone(), rest.to_string()),
                _ => (String::new(), line),
            };
            let mut runs = vec![(bold, true, Colour::Mute), (rest, false, Colour::Mute)];
            runs.retain(|it| !it.0.is_empty());
            items.push(Item::rich(MARGIN, y, 11.5, runs));
            y += 16.0;
        }
    }
    (items, y - 4.0)
}

/// The card of a lane: its edge, its name, and the writes.
fn frame_of(timeline: &Timeline, index: usize, lane: &Lane, w: f64, h: f64) -> Vec<Item> {
    let mut items = vec![Item::rect(0.0, 0.0, w, h, 10.0).fill(Colour::Card).stroke(Colour::Line, 1.0)];
    let (name, about) = names(timeline, index);
    let name = shortened(&name, 13.5, true, w - 2.0 * PAD);
    let free = w - 2.0 * PAD - width(&name, 13.5, true) - 12.0;
    items.push(Item::text(PAD, 21.0, name, 13.5, Colour::Ink).bold(true));
    if width(about, 10.5, false) <= free {
        items.push(Item::text(w - PAD, 21.0, about, 10.5, Colour::Mute).align(Align::Right));
    }
    items.push(Item::line(0.0, h - 24.0, w, h - 24.0).stroke(Colour::Line, 1.0));
    let mut counts = vec![(format!("{} writes kept", lane.accepted), Colour::Mute)];
    if lane.conflicting > 0 {
        counts.push((format!("{} of them in conflict", lane.conflicting), Colour::Bad));
    }
    if lane.rejected > 0 {
        counts.push((format!("{} refused", lane.rejected), Colour::Mute));
    }
    let runs = counts.into_iter().enumerate().map(|(i, (text, tone))| {
        let before = if i > 0 { ", " } else { "" };
        (format!("{before}{text}"), false, tone)
    });
    items.push(Item::rich(PAD, h - 8.0, 10.5, runs.collect()));
    items
}

/// A line of a sentence: how wide it is so far, and its parts.
type Line = (f64, Vec<(String, bool, Colour)>);

/// A sentence in lines below the name of a lane.
fn lines(parts: &[Part], card: f64) -> Vec<Item> {
    let room = card - 2.0 * PAD;
    let mut lines: Vec<Line> = vec![(0.0, Vec::new())];
    let glued: Vec<(String, bool, Colour)> = parts
        .iter()
        .map(|it| {
            let tone = match (it.bad, it.strong) {
                (true, _) => Colour::Bad,
                (_, true) => Colour::Ink,
                _ => Colour::Mute,
            };
            (it.text.clone(), it.strong, tone)
        })
        .collect();
    for (text, bold, tone) in glued {
        for piece in text.split_inclusive(' ') {
            let wide = width(piece, 12.0, bold);
            let last = lines.last_mut().expect("there is one");
            let fits = last.0 + width(piece.trim_end(), 12.0, bold) <= room || last.0 == 0.0;
            // Punctuation stays with the word before it.
            let (x, runs) = if fits || piece.starts_with([';', ',']) {
                last
            } else {
                lines.push((0.0, Vec::new()));
                lines.last_mut().expect("there is one")
            };
            *x += wide;
            match runs.last_mut() {
                Some(run) if run.1 == bold && run.2 == tone => run.0.push_str(piece),
                _ => runs.push((piece.to_string(), bold, tone)),
            }
        }
    }
    let item = |(i, (_, runs)): (usize, Line)| Item::rich(PAD, 39.0 + 16.0 * i as f64, 12.0, runs);
    lines.into_iter().filter(|it| !it.1.is_empty()).enumerate().map(item).collect()
}

/// What a screen reader says.
fn desc(
    timeline: &Timeline,
    lanes: &[usize],
    all: &[Lane],
    sentences: &[Vec<Part>],
    said: Option<&str>,
    happened: Option<&(String, String, u64)>,
) -> String {
    let mut sayings = Vec::new();
    sayings.extend(said.map(str::to_string));
    for ((&index, lane), parts) in lanes.iter().zip(all).zip(sentences) {
        let sentence: String = parts.iter().map(|it| &*it.text).collect();
        let messages = match lane.under_way {
            0 => "no message".to_string(),
            1 => "1 message".to_string(),
            many => format!("{many} messages"),
        };
        sayings.push(format!("{}: {sentence}; {messages} in flight.", names(timeline, index).0));
    }
    if let Some((lane, text, ago)) = happened {
        let lane = if lane.is_empty() { String::new() } else { format!(" in {lane}") };
        let when = if *ago == 0 { "now".to_string() } else { format!("{} ago", span(*ago)) };
        sayings.push(format!("Last, {when}{lane}: {text}"));
    }
    sayings.join(" ")
}
