//! Reads the flat numbers of a stretch of a run, and joins the records of each message; the workbench's stretch.rs defines
//! the layout.

use std::collections::BTreeMap;

use election_base::SimTime;
use election_engine::lane::Lane as Run;
use election_engine::meter::Meter;
use election_engine::trace::{Kind, Loss, NOWHERE, Place, WRITE};
use election_protocol::Class;
use election_workbench::stretch::{Asked, ROW, SIDE, STATE, STRETCH_HEAD, Stretch};

use crate::Refused;

/// The most records of a stretch.
pub const RECORDS_MAX: usize = 50_000;

/// A message or a write on its way from one node to another.
#[derive(Clone, Debug)]
pub struct Passage {
    pub from: usize,
    pub to: usize,
    pub copy: u8,
    /// The position among the algorithm's messages, or [`WRITE`].
    pub kind: u8,
    pub args: [u32; 5],
    /// When it was sent, and by which event; `None` if that was before the stretch.
    pub sent: Option<(u64, u32)>,
    /// When it arrived or was lost, and in which event; `None` if that is not in the stretch.
    pub end: Option<(u64, u32)>,
    /// When it reached a node that could not receive it.
    pub waits: Option<u64>,
    /// Why it was lost.
    pub why: Option<&'static str>,
}

/// A time in which an observer saw the same of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Phase {
    pub from: u64,
    /// [`u64::MAX`] if it does not end in the stretch.
    pub to: u64,
    pub step: u32,
    pub up: bool,
    pub paused: bool,
    pub leads: bool,
    /// It wants to lead.
    pub asks: bool,
    pub epoch: u64,
}

/// Something that happened at a node, other than messages.
#[derive(Clone, Copy, Debug)]
pub struct Spark {
    pub kind: Kind,
    pub place: usize,
    pub at: u64,
    pub sub: u8,
    pub arg: u32,
}

/// A stretch of a lane's run.
#[derive(Default)]
pub struct Passages {
    /// In the order in which they were sent.
    pub all: Vec<Passage>,
    /// By place, in order.
    pub phases: Vec<Vec<Phase>>,
    /// In order.
    pub sparks: Vec<Spark>,
    /// From each instant on, the first place on the side of each place.
    pub sides: Vec<(u64, Vec<usize>)>,
}

/// The class of a message.
pub fn class(run: &Run, kind: u8) -> Class {
    if kind == WRITE { Class::Data } else { run.info().messages[usize::from(kind)].class }
}

/// The name of a message's kind.
pub fn name(run: &Run, kind: u8) -> &'static str {
    if kind == WRITE { "write" } else { run.info().messages[usize::from(kind)].name }
}

/// Reads a stretch.
///
/// # Errors
/// If more happens in it than is kept.
pub fn passages(run: &Run, lane: usize, from: SimTime, to: SimTime) -> Result<Passages, Refused> {
    let mut stretch = Stretch::default();
    let asked = Asked { lane, from, to, limit: RECORDS_MAX };
    let numbers = stretch.gather(run, asked, &mut Meter::unlimited()).unwrap_or_default();
    if numbers.get(1).is_some_and(|it| (*it as u64) < to.0) {
        return Err(Refused(format!(
            "more than {RECORDS_MAX} records lie between {from} and {to}: choose a shorter span"
        )));
    }
    let mut it = Passages::default();
    let mut open = BTreeMap::new();
    for row in numbers.get(STRETCH_HEAD..).unwrap_or_default().chunks_exact(ROW) {
        let kind = row[2] as u8;
        let place = row[4] as usize;
        if kind == STATE {
            it.phases.resize(it.phases.len().max(place + 1), Vec::new());
            it.phases[place] = vec![first_phase(row)];
        } else if kind == SIDE {
            it.side(row);
        } else {
            it.record(&mut open, row);
        }
    }
    Ok(it)
}

fn wide(row: &[f64]) -> u64 {
    row[11] as u64 | (row[12] as u64) << 32
}

fn first_phase(row: &[f64]) -> Phase {
    let flags = row[3] as u8;
    let leads = flags & 4 != 0;
    Phase {
        from: row[0] as u64,
        to: u64::MAX,
        step: 0,
        up: flags & 1 != 0,
        paused: flags & 2 != 0,
        leads,
        asks: row[6] == 1.0 && !leads,
        epoch: wide(row),
    }
}

/// The link, the number on it and the copy of a message.
type Key = (usize, usize, u32, u8);

impl Passages {
    fn side(&mut self, row: &[f64]) {
        let at = row[0] as u64;
        let place = row[4] as usize;
        // The first place begins a new list.
        if place == 0 {
            self.sides.push((at, Vec::new()));
        }
        if let Some((_, side)) = self.sides.last_mut() {
            side.push(row[5] as usize);
        }
    }

    fn record(&mut self, open: &mut BTreeMap<Key, usize>, row: &[f64]) {
        let (at, step, sub) = (row[0] as u64, row[1] as u32, row[3] as u8);
        let Some(kind) = kind(row[2] as u8) else { return };
        let place = if row[4] < 0.0 { usize::from(NOWHERE) } else { row[4] as usize };
        match kind {
            Kind::Send | Kind::Copy | Kind::Deliver | Kind::Wait | Kind::Lose => {
                self.message(open, kind, row);
                return;
            }
            Kind::Stored => {
                // The store is the place after the nodes.
                let key = (place, self.phases.len(), row[7] as u32, row[8] as u8);
                if let Some(its) = open.get(&key).map(|it| &mut self.all[*it]) {
                    its.end = Some((at, step));
                    its.why = (sub == 0).then_some("refused by the store");
                }
            }
            // Beliefs about other groups are not those of the lane.
            Kind::Belief if row[15] == 0.0 => {
                let (leads, epoch) = (sub & 1 != 0, wide(row));
                let asks = row[6] == 1.0 && !leads;
                self.turn(place, at, step, |it| Phase { leads, asks, epoch, ..it });
                return;
            }
            Kind::Belief | Kind::Begin => return,
            Kind::Start => {
                let started = |it| Phase { up: true, paused: false, leads: false, asks: false, ..it };
                self.turn(place, at, step, started);
            }
            Kind::Crash => {
                let crashed = |it| Phase { up: false, paused: false, leads: false, asks: false, ..it };
                self.turn(place, at, step, crashed);
            }
            Kind::Pause => self.turn(place, at, step, |it| Phase { paused: true, ..it }),
            Kind::Resume => self.turn(place, at, step, |it| Phase { paused: false, ..it }),
            _ => {}
        }
        self.sparks.push(Spark { kind, place, at, sub, arg: row[11] as u32 });
    }

    fn message(&mut self, open: &mut BTreeMap<Key, usize>, kind: Kind, row: &[f64]) {
        let (at, step) = (row[0] as u64, row[1] as u32);
        let copy = (row[8] as u8).max(1);
        let key = (row[4] as usize, row[5] as usize, row[7] as u32, row[8] as u8);
        let sent = matches!(kind, Kind::Send | Kind::Copy);
        let known = if sent { None } else { open.get(&key).copied() };
        let index = known.unwrap_or_else(|| {
            self.all.push(Passage {
                from: key.0,
                to: key.1,
                copy,
                kind: row[6] as u8,
                args: std::array::from_fn(|i| row[11 + i] as u32),
                sent: sent.then_some((at, step)),
                end: None,
                waits: None,
                why: None,
            });
            open.insert(key, self.all.len() - 1);
            self.all.len() - 1
        });
        let its = &mut self.all[index];
        match kind {
            Kind::Wait => its.waits = Some(at),
            Kind::Deliver | Kind::Lose => its.end = Some((at, step)),
            _ => {}
        }
        if kind == Kind::Lose {
            its.why = Some(Loss::text(row[3] as u8));
        }
    }

    /// Ends the present phase of a node and begins another, if it differs.
    fn turn(&mut self, place: usize, at: u64, step: u32, change: impl Fn(Phase) -> Phase) {
        let Some(all) = self.phases.get_mut(place) else { return };
        let Some(last) = all.last_mut() else { return };
        let next = change(*last);
        if next == *last {
            return;
        }
        // Several changes of one event are one.
        if last.step == step && step > 0 {
            *last = next;
            return;
        }
        last.to = at;
        all.push(Phase { from: at, to: u64::MAX, step, ..next });
    }
}

/// The kind of a record, by its number.
fn kind(number: u8) -> Option<Kind> {
    const KINDS: [Kind; 26] = [
        Kind::Start,
        Kind::Begin,
        Kind::Send,
        Kind::Copy,
        Kind::Wait,
        Kind::Deliver,
        Kind::Lose,
        Kind::Fire,
        Kind::Input,
        Kind::Belief,
        Kind::Mark,
        Kind::Act,
        Kind::Crash,
        Kind::Pause,
        Kind::Resume,
        Kind::Links,
        Kind::Clock,
        Kind::Stored,
        Kind::Acknowledge,
        Kind::Persist,
        Kind::Append,
        Kind::Truncate,
        Kind::Commit,
        Kind::Set,
        Kind::Stuck,
        Kind::Power,
    ];
    KINDS.iter().copied().find(|it| *it as u8 == number)
}

/// The name of a place in a picture: `node 3`, `web`, `service`, `store`.
pub fn place_name(run: &Run, place: usize) -> String {
    let label = run.names().labels.get(place).filter(|_| place < run.members() + run.services());
    match label {
        Some(it) if it.starts_with(|first: char| first.is_ascii_digit()) => format!("node {it}"),
        Some(_) if place >= run.members() && run.services() == 1 => "service".to_string(),
        Some(it) => it.clone(),
        None => "store".to_string(),
    }
}

/// The place as the engine has it.
pub fn as_place(place: usize) -> Place {
    Place::try_from(place).unwrap_or(NOWHERE)
}
