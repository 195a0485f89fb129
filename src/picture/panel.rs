//! A list that a service keeps for its clients: its rows in order, each draining while its owner is silent, and who waits
//! for which.

use crate::colour::Colour;
use crate::geometry::Curve;
use crate::items::Item;
use crate::measure::{fitting, width};
use crate::nodes::SIZE;
use crate::queue::{Entry, said, watchers};
use crate::read::Lane;

/// With more rows than this they are too narrow for their owners' names.
pub const LARGE: usize = 12;
/// In as many columns stand the rows of a list that has more than one line.
pub const COLUMNS: usize = 25;
/// From one line of words to the next.
const STEP: f64 = 13.5;
/// The least height that is left to the clients.
const CLIENTS: f64 = 72.0;

/// Where the rows of a list stand.
pub struct Layout {
    pub left: f64,
    pub pitch: f64,
    pub columns: usize,
    pub lines: usize,
    /// The width of a row.
    pub wide: f64,
    pub tall: f64,
    /// Whether there is room for the names of the owners.
    pub large: bool,
    pub top: f64,
    /// How many lines of words it has room for.
    pub said: usize,
    /// The panel's lower edge.
    pub floor: f64,
}

impl Layout {
    /// Of so many columns between these edges, in a picture of this height.
    pub fn new((left, right): (f64, f64), count: usize, h: f64) -> Layout {
        let columns = count.clamp(1, COLUMNS);
        let lines = count.max(1).div_ceil(COLUMNS);
        let pitch = ((right - left) / columns as f64).min(76.0);
        let start = (left + right - pitch * columns as f64) / 2.0;
        let large = count <= LARGE && pitch >= 28.0;
        let more = (h - 210.0).max(0.0) * 0.3;
        let lines_in = |room: f64| (room / STEP).floor().clamp(1.0, 3.0);
        if large {
            let (top, tall) = if h < 200.0 { (35.0, 26.0) } else { (40.0, 36.0 + more.min(30.0)) };
            // The clients below need their room.
            let said = lines_in(h - CLIENTS - top - tall - 16.0);
            let wide = (pitch - if pitch < 44.0 { 5.0 } else { 8.0 }).min(44.0);
            let floor = top + tall + 22.0 + said * STEP;
            return Layout {
                left: start,
                pitch,
                columns,
                lines,
                wide,
                tall,
                large,
                top,
                said: said as usize,
                floor,
            };
        }
        let tall = match lines {
            1 if h < 200.0 => 24.0,
            1 => 34.0 + more.min(30.0),
            lines => ((h * 0.3 + more) / lines as f64 - 3.0).clamp(5.0, 16.0),
        };
        let named = if lines == 1 { 14.0 } else { 0.0 };
        let bottom = 30.0 + lines as f64 * (tall + 3.0) + named;
        let said = lines_in(h - CLIENTS - bottom);
        let (wide, floor) = ((pitch - 2.5).max(2.0), bottom + 6.0 + said * STEP);
        Layout {
            left: start,
            pitch,
            columns,
            lines,
            wide,
            tall,
            large,
            top: 30.0,
            said: said as usize,
            floor,
        }
    }

    /// The middle of a column.
    pub fn middle(&self, i: usize) -> f64 {
        self.left + self.pitch * ((i % self.columns) as f64 + 0.5)
    }

    fn row_top(&self, i: usize) -> f64 {
        self.top + (i / self.columns) as f64 * (self.tall + 3.0)
    }
}

/// Draws a list between its edges; `up`: the service acts.
pub fn panel(
    back: &mut Vec<Item>,
    lane: &Lane,
    index: usize,
    all: &[Entry],
    layout: &Layout,
    (left, right): (f64, f64),
    up: bool,
) {
    let (middle, room) = ((left + right) / 2.0, right - left - 8.0);
    let title = lane.info.panels[index].title;
    let title = match all.len() {
        many if many > COLUMNS => format!("{title} of {many}, read like a text"),
        many if !layout.large => format!("{title} of {many}, the first at the left"),
        _ => format!("{title}: the first leads"),
    };
    let corner = if index + 1 == lane.info.panels.len() { 24.0 * lane.services as f64 } else { 0.0 };
    let size = fitting(&title, &[SIZE, 10.0, 9.0], false, room - corner).unwrap_or(9.0);
    let title = crate::measure::shortened(&title, size, false, room - corner);
    back.push(Item::text(left + 6.0, 19.0, title, size, Colour::Mute));
    if all.is_empty() {
        if up {
            let y = layout.top + layout.tall / 2.0 + 4.0;
            back.push(Item::text(middle, y, "empty", SIZE, Colour::Mute).centered());
        }
        return;
    }
    let letters = all.iter().map(|it| it.owner.label.chars().count()).max().unwrap_or(1);
    for (i, entry) in all.iter().enumerate() {
        row(back, layout, entry, i, up, letters);
    }
    if layout.large {
        arrows(back, lane, index, all, layout);
    } else {
        marks(back, lane, index, all, layout);
    }
    // The words stand below the rows and, where rows have them, below theirs.
    let lines = said(lane, index, all, layout.said);
    for (i, (text, tone)) in lines.iter().enumerate() {
        let bold = *tone != Colour::Mute;
        let size = fitting(text, &[SIZE, 10.0, 9.0], bold, room).unwrap_or(9.0);
        let y = layout.floor - 6.0 - (lines.len() - 1 - i) as f64 * STEP;
        let text = crate::measure::shortened(text, size, bold, room);
        back.push(Item::text(middle, y, text, size, *tone).bold(bold).centered());
    }
}

/// A row: as full as its session, with its owner's name. `letters`: those of the longest name.
fn row(back: &mut Vec<Item>, layout: &Layout, entry: &Entry, i: usize, up: bool, letters: usize) {
    let (wide, tall, large) = (layout.wide, layout.tall, layout.large);
    let (x, y) = (layout.middle(i) - wide / 2.0, layout.row_top(i));
    let (first, silent) = (i == 0, !entry.silent.is_empty());
    let r: f64 = if large { 5.0 } else { 1.5 };
    back.push(Item::rect(x, y, wide, tall, r).fill(Colour::Card));
    if up && entry.ends.is_some() {
        let full = (tall - 2.0) * entry.left;
        let level = y + tall - 1.0 - full;
        let fill = if silent { Colour::Candle } else { Colour::Lead2 };
        back.push(Item::rect(x + 1.0, level, wide - 2.0, full, (r - 0.5).min(full / 2.0)).fill(fill));
        if entry.left < 0.98 {
            let tone = if silent { Colour::Candidate } else { Colour::Follower };
            back.push(Item::line(x + 2.0, level, x + wide - 2.0, level).stroke(tone, 0.75));
        }
    }
    let (stroke, width) = match (first && up, silent) {
        (true, _) => (Colour::Leader, 2.0),
        (_, true) => (Colour::Candidate, if large { 1.25 } else { 0.75 }),
        _ => (Colour::Follower, if large { 1.25 } else { 0.75 }),
    };
    back.push(Item::rect(x, y, wide, tall, r).stroke(stroke, width).dash_if(!up, 3.0, 3.0));
    let middle = x + wide / 2.0;
    let size = ((wide - 4.0) / (letters as f64 * 0.71)).min(14.0);
    if size >= 9.0 && tall > 20.0 {
        let tone = if up { Colour::Ink } else { Colour::Mute };
        let name = Item::text(middle, y + tall / 2.0 + size * 0.36, &*entry.owner.label, size, tone);
        back.push(name.bold(true).centered());
    }
    let word = entry.word();
    let sizes = if large && up && !word.is_empty() { &[SIZE, 10.0, 9.0][..] } else { &[] };
    if let Some(size) = fitting(&word, sizes, silent, layout.pitch - 2.0) {
        let tone = if silent { Colour::Warn } else { Colour::Mute };
        back.push(Item::text(middle, y + tall + 14.0, word, size, tone).bold(silent).centered());
    }
}

/// Of many rows: the owners that are silent, and marks below those who wait for the first one.
fn marks(back: &mut Vec<Item>, lane: &Lane, index: usize, all: &[Entry], layout: &Layout) {
    let bottom = |i: usize| layout.row_top(i) + layout.tall;
    let end = layout.left + layout.pitch * layout.columns as f64;
    let mut free = layout.left - 4.0;
    for (i, entry) in all.iter().enumerate().filter(|(_, it)| !it.silent.is_empty() && layout.lines == 1) {
        let text = format!("{}: {}", entry.owner.label, entry.word());
        let wide = width(&text, 10.0, true);
        let x = (layout.middle(i) - wide / 2.0).min(end - wide).max(free + 6.0);
        if x + wide > end + 4.0 {
            continue;
        }
        back.push(Item::text(x, bottom(i) + 12.0, text, 10.0, Colour::Warn).bold(true));
        free = x + wide;
    }
    let waiting = watchers(lane, index, &all[0]);
    let [one] = waiting.as_slice() else { return };
    for (i, _) in all.iter().enumerate().skip(1).filter(|(_, it)| it.row.owner == *one) {
        back.push(Item::arrow(
            layout.middle(i),
            bottom(i) + 1.0,
            3.5,
            -std::f64::consts::FRAC_PI_2,
            Colour::Leader,
        ));
    }
}

/// Arrows from each owner's row to the row that it waits for; an eye if it waits for any change.
fn arrows(back: &mut Vec<Item>, lane: &Lane, index: usize, all: &[Entry], layout: &Layout) {
    let y = layout.top;
    for arrow in lane.arrows.iter().filter(|it| it.panel == index) {
        let Some(from) = all.iter().rposition(|it| it.row.owner == arrow.from) else { continue };
        let x0 = layout.middle(from);
        let Some(key) = arrow.to else {
            eye(back, x0, y - 6.0, 5.0);
            continue;
        };
        let Some(to) = all.iter().position(|it| it.row.key == key) else { continue };
        // Up from the middle of one row, down onto the nearer half of the other.
        let side = if from > to { 1.0 } else { -1.0 };
        let x1 = layout.middle(to) + side * layout.wide * 0.22;
        let rise = (18.0 + (x0 - x1).abs() * 0.04).min(30.0);
        let curve = Curve::Quad([x0, y, (x0 + x1) / 2.0, y - rise, x1, y - 2.0]);
        back.push(Item::curve(curve).stroke(Colour::Mute, 1.25));
        let angle = crate::geometry::angle((x1 - x0) / 2.0, rise - 2.0);
        back.push(Item::arrow(x1, y - 3.0, 4.0, angle, Colour::Mute));
    }
}

fn eye(back: &mut Vec<Item>, x: f64, y: f64, r: f64) {
    for lid in [-1.0, 1.0] {
        let curve = Curve::Quad([x - r, y, x, y + lid * r * 1.2, x + r, y]);
        back.push(Item::curve(curve).stroke(Colour::Mute, 1.0));
    }
    back.push(Item::circle(x, y, r * 0.32).fill(Colour::Mute));
}
