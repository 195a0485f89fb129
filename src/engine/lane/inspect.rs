//! What an event changed: the nodes just before and just after it, its records, and what decided its rules.
//!
//! Nothing of this is kept. The lane replays up to the event, looks, plays the event, and looks again.

use super::causes::happened;
use super::replay::of_event;
use super::{Cause, Lane, Replay};
use crate::meter::Meter;
use crate::sim::{Inside, Reason, Sim};
use crate::trace::{Kind, NOWHERE, Place, Record};
use election_base::SimTime;

/// The cost of looking at a node, in units of work.
const LOOK_UNITS: u64 = 10;

/// An event, inspected.
#[derive(PartialEq, Debug)]
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
#[derive(PartialEq, Debug)]
pub struct Inspected {
    /// The node.
    pub place: Place,
    /// Before; empty if the event is the start of the run.
    pub before: Inside,
    /// After.
    pub after: Inside,
}

/// A field of a node, just before an event and just after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field<'a> {
    /// What it is called.
    pub name: &'static str,
    /// Before; `None` if the node did not have it, for example because it was down.
    pub old: Option<&'a str>,
    /// After; `None` if it was lost.
    pub new: Option<&'a str>,
    /// What the disk says of it after the event; `None` if a crash would lose it.
    pub disk: Option<&'a str>,
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
    pub fn fields(&self) -> Vec<Field<'_>> {
        let mut fields: Vec<Field<'_>> = Vec::new();
        for (name, _) in self.after.fields.iter().chain(&self.before.fields) {
            if fields.iter().all(|it| it.name != *name) {
                let [old, new, disk] = [&self.before.fields, &self.after.fields, &self.after.durable]
                    .map(|of| of.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str()));
                fields.push(Field { name, old, new, disk });
            }
        }
        fields
    }
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
        let until = self.head.now();
        let keyframe = self.keyframes.last_where(|k| k.step < event);
        let goes_on = self.inspector.take();
        let goes_on = goes_on.filter(|here| (keyframe.step..event).contains(&here.sim.events()));
        let mut here = goes_on.unwrap_or_else(|| {
            Box::new(Replay::of(self, &keyframe.state, &keyframe.seen, of_event(), meter))
        });
        while here.sim.events() + 1 < event {
            if meter.is_empty() {
                self.inspector = Some(here);
                return None;
            }
            if !here.turn(until, meter) {
                return Some(None);
            }
        }
        let before = self.inside(&here.sim, meter);
        here.sim.ask_why(true);
        if !here.turn(until, meter) {
            return Some(None);
        }
        let (records, sim) = (here.records(), &here.sim);
        let mut found = Box::new(Inspection {
            event,
            at: sim.now(),
            cause: sim.cause(happened(records.iter())),
            records,
            reasons: sim.reasons().to_vec(),
            nodes: Vec::new(),
        });
        let at = found.place();
        for (place, (mut before, after)) in before.into_iter().zip(self.inside(sim, meter)).enumerate() {
            let place = place as Place;
            // A clock that runs fast or slow gains with every event; that alone is no change.
            let ahead = core::mem::replace(&mut before.ahead_us, after.ahead_us);
            let still = before == after;
            before.ahead_us = ahead;
            if place == at || Some(place) == also || !still {
                found.nodes.push(Inspected { place, before, after });
            }
        }
        here.sim.ask_why(false);
        self.inspector = Some(here);
        Some(Some(found))
    }

    /// What there is to see in each node of a copy.
    #[inline(never)]
    fn inside(&self, sim: &Sim, meter: &mut Meter) -> Vec<Inside> {
        let places = (self.members() + self.services()) as Place;
        meter.spend(u64::from(places) * LOOK_UNITS);
        (0..places).map(|place| sim.inside(place)).collect()
    }

    /// The start of the run.
    fn inspect_start(&self) -> Box<Inspection> {
        let first = self.keyframes.last_where(|_| false);
        let start = Replay::at(self, &first, of_event(), &mut Meter::unlimited());
        let mut nodes = Vec::new();
        for (place, after) in self.inside(&start.sim, &mut Meter::unlimited()).into_iter().enumerate() {
            nodes.push(Inspected { place: place as Place, before: Inside::default(), after });
        }
        Box::new(Inspection {
            event: 0,
            at: SimTime::ZERO,
            cause: Cause::Begin,
            nodes,
            reasons: Vec::new(),
            records: start.records(),
        })
    }

    /// Like [`Lane::inspect`], however long it takes.
    pub fn inspected(&mut self, event: u32) -> Option<Box<Inspection>> {
        self.inspect(event, None, &mut Meter::unlimited())?
    }
}
