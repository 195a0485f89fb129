//! The last record of a kind before an event, found by replaying from keyframe to keyframe, the newest stretch first.

use super::{Lane, Reader};
use crate::meter::Meter;
use crate::trace::{Kind, Place, Record};
use election_base::SimTime;

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

/// A search, in progress or over: the stretch that is being read.
pub(super) struct Search {
    asked: (Sought, u32),
    reader: Reader,
    /// The first event of the stretch.
    first: u32,
    /// Its last event.
    last: u32,
    /// Whether the reader has been turned to the first event.
    turned: bool,
    found: Option<Record>,
    over: bool,
}

impl Search {
    /// The stretch from the last keyframe before an event up to that event.
    fn new(lane: &Lane, asked: (Sought, u32), last: u32) -> Search {
        let keyframe = lane.keyframes.last_where(|k| k.step < last.max(1)).step;
        let first = if keyframe == 0 { 0 } else { keyframe + 1 };
        Search { asked, reader: Reader::default(), first, last, turned: false, found: None, over: false }
    }

    /// Reads the stretch. Returns false if the meter ran empty first.
    fn read(&mut self, lane: &Lane, meter: &mut Meter) -> bool {
        self.turned = self.turned || self.reader.turn_to(lane, self.first, meter);
        while self.turned && !meter.is_empty() {
            let Some(step) = self.reader.read(lane, SimTime::NEVER, meter) else { return true };
            if let Some((_, mut records, _)) = self.reader.page() {
                self.found = records.rfind(|r| self.asked.0.is(r)).copied().or(self.found);
            }
            if self.last <= step {
                return true;
            }
        }
        false
    }
}

impl Lane {
    /// The last such record up to event number `step`. The outer `None` if the meter ran empty first: call again with the
    /// same arguments to continue.
    pub fn latest(&mut self, sought: Sought, step: u32, meter: &mut Meter) -> Option<Option<Record>> {
        let asked = (sought, step);
        let goes_on = self.search.take().filter(|search| search.asked == asked);
        let mut search = goes_on.unwrap_or_else(|| Search::new(self, asked, step));
        while !search.over {
            if !search.read(self, meter) {
                self.search = Some(search);
                return None;
            }
            search.over = search.found.is_some() || search.first == 0;
            if !search.over {
                search = Search::new(self, asked, search.first - 1);
            }
        }
        let found = search.found;
        // Whoever searches several lanes asks again for those that are done.
        self.search = Some(search);
        Some(found)
    }
}
