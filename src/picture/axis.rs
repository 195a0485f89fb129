//! The time axis: the positions of instants, and the texts of the marks; and the acts of a scenario on it.

use std::collections::BTreeMap;

use crate::colour::Colour;
use crate::items::Item;
use crate::measure::width;
use crate::words::fixed;

/// See the module. Times are in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub x0: f64,
    pub x1: f64,
    pub from: u64,
    pub to: u64,
}

/// The steps between marks: 1, 2 and 5 times a power of ten up to a second, then seconds, minutes and hours.
const STEPS: [u64; 34] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
    300_000_000,
    600_000_000,
    900_000_000,
    1_800_000_000,
    3_600_000_000,
    7_200_000_000,
    14_400_000_000,
    21_600_000_000,
];

impl Axis {
    /// The position of an instant, even outside of the axis.
    pub fn x(&self, at: u64) -> f64 {
        let part = (at as f64 - self.from as f64) / (self.to.saturating_sub(self.from).max(1)) as f64;
        self.x0 + part * (self.x1 - self.x0)
    }

    /// The position of an instant, or the end that is nearer.
    pub fn clip(&self, at: u64) -> f64 {
        self.x(at).clamp(self.x0, self.x1)
    }

    /// Whether it contains an instant.
    pub fn has(&self, at: u64) -> bool {
        (self.from..=self.to).contains(&at)
    }

    /// The marks, spaced so that their texts do not touch: the instant and the text of each.
    fn marks(&self) -> Vec<(u64, String)> {
        let whole = self.to.saturating_sub(self.from).max(1);
        for step in STEPS {
            let apart = (self.x1 - self.x0) * step as f64 / whole as f64;
            if apart < 56.0 {
                continue;
            }
            let first = self.from.div_ceil(step);
            let marks: Vec<(u64, String)> =
                (first..=self.to / step).map(|k| (k * step, self.text(k * step, step))).collect();
            if marks.iter().all(|it| width(&it.1, 10.0, false) + 12.0 < apart) {
                return marks;
            }
        }
        vec![(self.from, self.text(self.from, 1))]
    }

    /// An instant in the unit of the axis, with as many digits as the step needs.
    fn text(&self, at: u64, step: u64) -> String {
        let decimals = |unit: u64| {
            let mut count = 0;
            let mut rest = unit;
            while !step.is_multiple_of(rest) && count < 6 {
                (rest, count) = (rest / 10, count + 1);
            }
            count
        };
        match self.to {
            0..1_000_000 => format!("{} ms", fixed(at, 1_000, decimals(1_000).min(3))),
            1_000_000..=180_000_000 => format!("{} s", fixed(at, 1_000_000, decimals(1_000_000))),
            180_000_001..=7_200_000_000 => {
                format!("{}:{:02} min", at / 60_000_000, at / 1_000_000 % 60)
            }
            _ => format!("{}:{:02} h", at / 3_600_000_000, at / 60_000_000 % 60),
        }
    }

    /// Draws the marks as lines from top to bottom, with their texts below.
    pub fn draw(&self, list: &mut Vec<Item>, top: f64, bottom: f64) {
        let marks = self.marks();
        let line = |it: &(u64, String)| Item::line(self.x(it.0), top, self.x(it.0), bottom);
        list.extend(marks.iter().map(|it| line(it).stroke(Colour::Line, 1.0)));
        for (at, text) in marks {
            let half = width(&text, 10.0, false) / 2.0;
            let x = self.x(at).clamp(self.x0 + half - 4.0, (self.x1 + 12.0 - half).max(self.x0 + half - 4.0));
            list.push(Item::text(x, bottom + 14.0, text, 10.0, Colour::Mute).centered());
        }
    }
}

/// The most rows of labels of acts.
const ROWS: usize = 2;
/// The height of a row of labels.
const TALL: f64 = 14.0;
const SIZE: f64 = 10.5;

/// Acts of one instant.
struct Placed {
    x: f64,
    text: String,
    /// Where the label starts.
    left: f64,
    /// The label's row, from the top, if it has room.
    row: Option<usize>,
}

/// The acts of a scenario above an axis: a line through everything below, and a label.
pub struct Acts {
    all: Vec<Placed>,
    /// The height of the labels.
    pub h: f64,
}

impl Acts {
    /// Places acts, each an instant and a text. Acts of one instant share a line.
    pub fn new(axis: &Axis, acts: Vec<(u64, String)>) -> Acts {
        let mut times: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (at, text) in acts.into_iter().filter(|it| axis.has(it.0)) {
            times.entry(at).or_default().push(text);
        }
        let mut free = [axis.x0 - 4.0; ROWS];
        let mut all: Vec<Placed> = Vec::new();
        for (at, texts) in times {
            let x = axis.x(at);
            let more = texts.len() - 1;
            let whole = if more > 0 { format!("{} +{more}", texts[0]) } else { texts[0].clone() };
            let room = (axis.x1 + 8.0 - axis.x0).min(260.0);
            let text = crate::measure::shortened(&whole, SIZE, false, room);
            let wide = width(&text, SIZE, false);
            let left = (x + 3.0).min(axis.x1 + 8.0 - wide);
            let row = free.iter().position(|end| left >= end + 8.0);
            if let Some(row) = row {
                free[row] = left + wide;
            }
            all.push(Placed { x, text, left, row });
        }
        let rows = all.iter().filter_map(|it| it.row).max().map_or(0, |it| it + 1);
        Acts { all, h: TALL * rows as f64 }
    }

    /// Draws them, with the labels from `top` on and the lines down to `bottom`.
    pub fn draw(&self, list: &mut Vec<Item>, top: f64, bottom: f64) {
        let line = |it: &Placed| {
            // The first row is the uppermost: a line that runs up to it passes the rows below.
            let blocked = self.all.iter().any(|other| {
                let end = other.left + width(&other.text, SIZE, false);
                other.row > it.row && other.left - 3.0 < it.x && it.x < end + 3.0
            });
            let y = match it.row {
                Some(row) if !blocked => top + row as f64 * TALL + 2.0,
                _ => top + self.h + 2.0,
            };
            Item::line(it.x, y, it.x, bottom).stroke(Colour::Bad, 1.0).dash(3.0, 3.0)
        };
        list.extend(self.all.iter().map(line));
        for it in &self.all {
            if let Some(row) = it.row {
                let y = top + (row + 1) as f64 * TALL - 3.0;
                list.push(Item::text(it.left, y, &*it.text, SIZE, Colour::Bad));
            }
        }
    }
}
