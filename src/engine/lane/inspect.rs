//! What an event changed: the nodes just before and just after it, its records, and what decided its rules.
//!
//! Nothing of this is kept. The lane replays up to the event, looks, plays the event, and looks again.

use super::{Cause, Lane, LaneWatch};
use crate::meter::Meter;
use crate::sim::{Inside, Reason, Sim};
use crate::trace::{Kind, NOWHERE, Place, Record, TraceBuf};
use election_base::SimTime;

/// The most records of an event that an inspection keeps.
const RECORDS_MAX: usize = 1 << 14;
/// The cost of looking at a node, in units of work.
const LOOK_UNITS: u64 = 10;

/// An event, inspected.
#[derive(Clone, PartialEq, Debug)]
pub struct Inspection {
    /// Its number in the lane; 0 is the start of the run.
    pub event: u32,
    /// When it happened.
    pub at: SimTime,
    /// Its cause.
    pub cause: Cause,
    /// Its records, in order; the first says what happened.
    pub records: Vec<Record>,
    /// What decided the rules, in the order of evaluation. Not known of the start of the run.
    pub reasons: Vec<Reason>,
    /// The nodes that it changed, and the node that it happened at, by place.
    pub nodes: Vec<Inspected>,
}

/// A node, just before an event and just after.
#[derive(Clone, PartialEq, Debug)]
pub struct Inspected {
    /// The node.
    pub place: Place,
    /// Before; empty if the event is the start of the run.
    pub before: Inside,
    /// After.
    pub after: Inside,
}

/// A field of a node, just before an event and just after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// What it is called.
    pub name: &'static str,
    /// Before; `None` if the node did not have it, for example because it was down.
    pub old: Option<String>,
    /// After; `None` if it was lost.
    pub new: Option<String>,
    /// What the disk says of it after the event; `None` if a crash would lose it.
    pub disk: Option<String>,
}

impl Inspection {
    /// The node that the event happened at: the receiver of a message, the owner of a timer.
    pub fn place(&self) -> Place {
        self.records.iter().map(happened_at).find(|place| *place != NOWHERE).unwrap_or(NOWHERE)
    }

    /// The rules that ran at a node, as bits.
    pub fn rules(&self, place: Place) -> u64 {
        let ran = self.records.iter().filter(|r| r.rules != 0 && happened_at(r) == place);
        ran.fold(0, |all, r| all | r.rules)
    }
}

/// The node that the event with this first record happened at.
fn happened_at(first: &Record) -> Place {
    match first.kind {
        Kind::Deliver | Kind::Wait | Kind::Lose => first.peer,
        _ => first.node,
    }
}

impl Inspected {
    /// Its fields, those that it has after the event first.
    pub fn fields(&self) -> Vec<Field> {
        let value = |of: &[(&'static str, String)], name: &str| {
            of.iter().find(|(it, _)| *it == name).map(|(_, value)| value.clone())
        };
        let field = |name| Field {
            name,
            old: value(&self.before.fields, name),
            new: value(&self.after.fields, name),
            disk: value(&self.after.durable, name),
        };
        let lost = self.before.fields.iter().filter(|(name, _)| value(&self.after.fields, name).is_none());
        self.after.fields.iter().chain(lost).map(|(name, _)| field(*name)).collect()
    }
}

/// A lane just after an event that was inspected, or on the way to one.
pub(super) struct Inspector {
    sim: Sim,
    watch: LaneWatch,
}

impl Lane {
    /// What an event changed; `Some(None)` if there is no event of that number in the computed run. The node `also` is
    /// among the nodes whether it changed or not. `None` if the meter ran empty first: call again with the same arguments
    /// to continue.
    pub fn inspect(
        &mut self,
        event: u32,
        also: Option<Place>,
        meter: &mut Meter,
    ) -> Option<Option<Box<Inspection>>> {
        if event == 0 {
            return Some(Some(self.inspect_start()));
        }
        if self.head.events() < event {
            return Some(None);
        }
        let mut here = self.inspector_before(event, meter);
        while here.sim.events() + 1 < event {
            if meter.is_empty() {
                self.inspector = Some(here);
                return None;
            }
            let records = here.sim.records();
            if !here.sim.step(self.head.now(), &mut here.watch) {
                return Some(None);
            }
            meter.spend(1 + here.sim.records() - records);
        }
        let places = 0..(self.members() + self.services()) as Place;
        meter.spend(places.len() as u64 * LOOK_UNITS);
        let before: Vec<Inside> = places.clone().map(|place| here.sim.inside(place)).collect();
        here.watch.trace = Some(Box::new(TraceBuf::new(RECORDS_MAX)));
        here.sim.ask_why(true);
        if !here.sim.step(self.head.now(), &mut here.watch) {
            return Some(None);
        }
        let records = here.watch.trace.take().map_or_else(Vec::new, |trace| trace.into_records());
        let mut found = Box::new(Inspection {
            event,
            at: here.sim.now(),
            cause: here.sim.cause(records.first()),
            records,
            reasons: here.sim.reasons().to_vec(),
            nodes: Vec::new(),
        });
        let at = found.place();
        let nodes = places.zip(before).map(|(place, before)| Inspected {
            place,
            before,
            after: here.sim.inside(place),
        });
        // A clock that runs fast or slow gains with every event; that alone is no change.
        let still = |it: &Inspected| Inside { ahead_us: it.after.ahead_us, ..it.before.clone() } == it.after;
        let shown = |it: &Inspected| it.place == at || Some(it.place) == also || !still(it);
        found.nodes = nodes.filter(shown).collect();
        here.sim.ask_why(false);
        self.inspector = Some(here);
        Some(Some(found))
    }

    /// A replay of some moment before the event, as late as possible.
    fn inspector_before(&mut self, event: u32, meter: &mut Meter) -> Box<Inspector> {
        let keyframe = self.keyframes.last_where(|k| k.step < event);
        let goes_on = self.inspector.take();
        goes_on.filter(|here| (keyframe.step..event).contains(&here.sim.events())).unwrap_or_else(|| {
            meter.spend(keyframe.bytes as u64 / 256);
            let watch = LaneWatch::new(keyframe.seen.clone(), None, None);
            Box::new(Inspector { sim: Sim::restore(self.world.clone(), &keyframe.state), watch })
        })
    }

    /// The start of the run.
    fn inspect_start(&self) -> Box<Inspection> {
        let first = self.keyframes.last_where(|_| false);
        let trace = Some(Box::new(TraceBuf::new(RECORDS_MAX)));
        let mut watch = LaneWatch::new(first.seen.clone(), None, trace);
        let sim = Sim::new(self.world.clone(), &mut watch);
        let places = 0..(self.members() + self.services()) as Place;
        let node = |place| Inspected { place, before: Inside::default(), after: sim.inside(place) };
        Box::new(Inspection {
            event: 0,
            at: SimTime::ZERO,
            cause: Cause::Begin,
            nodes: places.map(node).collect(),
            reasons: Vec::new(),
            records: watch.trace.map_or_else(Vec::new, |trace| trace.into_records()),
        })
    }

    /// Like [`Lane::inspect`], however long it takes.
    pub fn inspected(&mut self, event: u32) -> Option<Box<Inspection>> {
        self.inspect(event, None, &mut Meter::unlimited())?
    }
}
