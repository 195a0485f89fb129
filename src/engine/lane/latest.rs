//! The last record of a kind before an event, found by replaying from keyframe to keyframe, the newest stretch first.

use super::{Keyframe, Lane, LaneWatch};
use crate::meter::Meter;
use crate::sim::Sim;
use crate::trace::{Kind, Place, Record, TraceBuf};
use election_base::SimTime;

/// The most records of one event that a search looks at.
const RECORDS_MAX: usize = 4096;

/// A record to look for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sought {
    /// The node's belief about the main group changed.
    Belief(Place),
    /// One node received a message from the other.
    Heard {
        /// The sender.
        from: Place,
        /// The receiver.
        to: Place,
    },
    /// The store accepted a write of the node.
    Accepted(Place),
    /// The node paused.
    Paused(Place),
    /// A message was received.
    Message,
    /// Rules ran.
    Rules,
}

impl Sought {
    /// Whether a record is one of these.
    pub fn is(self, r: &Record) -> bool {
        match self {
            Sought::Belief(node) => r.kind == Kind::Belief && r.node == node && r.args[4] == 0,
            Sought::Heard { from, to } => r.kind == Kind::Deliver && (r.node, r.peer) == (from, to),
            Sought::Accepted(node) => r.kind == Kind::Stored && r.node == node && r.sub == 1,
            Sought::Message => r.kind == Kind::Deliver,
            Sought::Rules => r.rules != 0,
            Sought::Paused(node) => r.kind == Kind::Pause && r.node == node,
        }
    }
}

/// A search, in progress or over: the stretch that is being replayed.
pub(super) struct Search {
    asked: (Sought, u32),
    sim: Sim,
    watch: LaneWatch,
    /// The event before the stretch.
    first: u32,
    /// Its last event.
    last: u32,
    found: Option<Record>,
}

impl Search {
    /// The stretch from the last keyframe before an event up to that event.
    fn new(lane: &Lane, asked: (Sought, u32), last: u32, meter: &mut Meter) -> Search {
        let keyframe: &Keyframe = &lane.keyframes.last_where(|k| k.step < last.max(1));
        meter.spend(keyframe.bytes as u64 / 256);
        let trace = Box::new(TraceBuf::from(SimTime::ZERO, RECORDS_MAX));
        let mut watch = LaneWatch::new(keyframe.seen.clone(), None, Some(trace));
        let sim = if keyframe.step == 0 {
            // Starting the processes leaves records too.
            Sim::new(lane.world.clone(), &mut watch)
        } else {
            Sim::restore(lane.world.clone(), &keyframe.state)
        };
        let mut search = Search { asked, sim, watch, first: keyframe.step, last, found: None };
        search.look();
        search
    }

    /// Looks at the records of the event that has just been played.
    fn look(&mut self) {
        let trace = self.watch.trace.as_mut().expect("it keeps the records of an event");
        let sought = self.asked.0;
        self.found = trace.records().rfind(|r| sought.is(r)).copied().or(self.found);
        trace.clear();
    }
}

impl Lane {
    /// The last such record up to event number `step`. The outer `None` if the meter ran empty first: call again with the
    /// same arguments to continue.
    pub fn latest(&mut self, sought: Sought, step: u32, meter: &mut Meter) -> Option<Option<Record>> {
        let asked = (sought, step);
        let goes_on = self.search.take().filter(|search| search.asked == asked);
        let mut search = goes_on.unwrap_or_else(|| Box::new(Search::new(self, asked, step, meter)));
        loop {
            while search.sim.events() < search.last {
                if meter.is_empty() {
                    self.search = Some(search);
                    return None;
                }
                let records = search.sim.records();
                if !search.sim.step(SimTime::NEVER, &mut search.watch) {
                    break;
                }
                search.look();
                meter.spend(1 + search.sim.records() - records);
            }
            if search.found.is_some() || search.first == 0 {
                let found = search.found;
                // Whoever searches several lanes asks again for those that are done.
                self.search = Some(search);
                return Some(found);
            }
            *search = Search::new(self, asked, search.first, meter);
        }
    }
}
