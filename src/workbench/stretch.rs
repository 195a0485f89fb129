//! The records of a stretch of a run as flat numbers, for a page that draws them.
//!
//! ```text
//! stretch = STRETCH_VERSION, complete up to (the time asked for, or where the limit cut it off), then rows
//! row     = at, step, kind, sub, node, peer, message, number on the link, copy, rules (two halves of 32 bits),
//!           the five numbers of the record
//! ```
//!
//! A row is a record ([`Record`]); kind is that of its [`Kind`], and places are −1 for nowhere. Two kinds of rows are
//! not records. Before the records, there is a row of kind [`STATE`] for each node, with what an observer saw just before
//! the stretch: sub has the flags of a node in a frame, message its role, and the numbers are as in a belief. After
//! them, and again after each event that changed links, there is a row of kind [`SIDE`] for each node: peer is the first
//! place on its side. Nodes are on the same side if messages get through between them in at least one direction,
//! directly or through other nodes.

use election_base::SimTime;
use election_engine::lane::{Lane, Reader};
use election_engine::meter::Meter;
use election_engine::trace::{Glance, Kind, NOWHERE, Place, Record};

/// The first number of every stretch. Increases when the layout changes.
pub const STRETCH_VERSION: u32 = 1;
/// The number of values before the rows.
pub const STRETCH_HEAD: usize = 2;
/// The number of values in a row.
pub const ROW: usize = 16;
/// The kind of a row that has a node's state before the stretch.
pub const STATE: u8 = 100;
/// The kind of a row that has a node's side.
pub const SIDE: u8 = 101;

/// A stretch that is being gathered, or the last one.
#[derive(Default)]
pub struct Stretch {
    reader: Reader,
    asked: Option<Asked>,
    /// Whether the reader stands in the stretch.
    there: bool,
    numbers: Vec<f64>,
}

/// What was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The position of the lane.
    pub lane: usize,
    /// The first instant.
    pub from: SimTime,
    /// The last instant.
    pub to: SimTime,
    /// The most records; the last event may exceed it.
    pub limit: usize,
}

impl Stretch {
    /// Gathers a stretch of a lane. Returns its numbers; `None` if the meter ran empty first: call again with the same
    /// arguments to continue.
    pub fn gather(&mut self, lane: &Lane, asked: Asked, meter: &mut Meter) -> Option<&[f64]> {
        if self.asked != Some(asked) || !self.reader.is_in(lane) {
            (self.asked, self.there) = (Some(asked), false);
        }
        if !self.there {
            if !self.reader.turn_to_time(lane, asked.from, meter) {
                return None;
            }
            self.there = true;
            self.begin(asked);
        }
        let most = STRETCH_HEAD + ROW * (asked.limit + 2 * (lane.members() + lane.services()));
        while self.numbers.len() < most {
            if meter.is_empty() {
                return None;
            }
            if self.reader.read(lane, asked.to, meter).is_none() {
                self.numbers[1] = asked.to.0 as f64;
                break;
            }
            self.event();
        }
        // The next one starts anew, even if it asks for the same: the run may be another.
        self.asked = None;
        Some(&self.numbers)
    }

    /// The state before the first event.
    fn begin(&mut self, asked: Asked) {
        self.numbers.clear();
        self.numbers.extend([f64::from(STRETCH_VERSION), asked.to.0 as f64]);
        let Some((_, _, view)) = self.reader.page() else { return };
        let nodes = view.members() + view.services();
        // At the start of the run, the records tell all.
        let start = asked.from == SimTime::ZERO;
        for place in 0..nodes as Place {
            let belief = view.belief(place);
            let up = view.up(place) && !start;
            let flags = u8::from(up)
                | u8::from(view.paused(place)) << 1
                | u8::from(belief.leads && up) << 2
                | u8::from(view.waits_to_start(place)) << 3;
            let mut row = Record::new(asked.from, 0, Kind::Belief, place);
            (row.sub, row.msg) = (flags, belief.role as u8);
            (row.args[0], row.args[1]) = (belief.epoch as u32, (belief.epoch >> 32) as u32);
            push(&mut self.numbers, &row, STATE);
        }
        push_sides(&mut self.numbers, asked.from, 0, &view);
    }

    /// The event that was just read.
    fn event(&mut self) {
        let Some((_, records, view)) = self.reader.page() else { return };
        let mut links = None;
        for record in records {
            push(&mut self.numbers, record, record.kind as u8);
            if record.kind == Kind::Links {
                links = Some((record.at, record.step));
            }
            self.numbers[1] = record.at.0 as f64;
        }
        if let Some((at, step)) = links {
            push_sides(&mut self.numbers, at, step, &view);
        }
    }
}

fn push(numbers: &mut Vec<f64>, r: &Record, kind: u8) {
    let place = |place: Place| if place == NOWHERE { -1.0 } else { f64::from(place) };
    numbers.extend([
        r.at.0 as f64,
        f64::from(r.step),
        f64::from(kind),
        f64::from(r.sub),
        place(r.node),
        place(r.peer),
        f64::from(r.msg),
        f64::from(r.nth),
        f64::from(r.copy),
        f64::from(r.rules as u32),
        f64::from((r.rules >> 32) as u32),
    ]);
    numbers.extend(r.args.map(f64::from));
}

fn push_sides(numbers: &mut Vec<f64>, at: SimTime, step: u32, view: &impl Glance) {
    for (place, &side) in sides(view).iter().enumerate() {
        let mut row = Record::new(at, step, Kind::Links, place as Place);
        row.peer = side;
        push(numbers, &row, SIDE);
    }
}

/// The first place on the side of each node.
fn sides(view: &impl Glance) -> Vec<Place> {
    let nodes = view.members() + view.services();
    let mut side = vec![NOWHERE; nodes];
    let mut reached = Vec::new();
    for first in 0..nodes {
        if side[first] != NOWHERE {
            continue;
        }
        side[first] = first as Place;
        reached.push(first);
        while let Some(a) = reached.pop() {
            for (b, its) in side.iter_mut().enumerate().filter(|(_, its)| **its == NOWHERE) {
                if view.reaches(a as Place, b as Place) || view.reaches(b as Place, a as Place) {
                    *its = first as Place;
                    reached.push(b);
                }
            }
        }
    }
    side
}
