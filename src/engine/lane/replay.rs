//! A copy of the lane that plays a stretch of its run once more, beside the head and the cursor.

use super::{Keyframe, Lane, LaneWatch, Seen};
use crate::meter::Meter;
use crate::sim::{Sim, Snapshot};
use crate::trace::{Record, TraceBuf};
use election_base::SimTime;

/// The most records of an event that are kept.
const EVENT_RECORDS_MAX: usize = 1 << 14;

/// See the module.
pub(super) struct Replay {
    pub sim: Sim,
    watch: LaneWatch,
}

/// Keeps the records of one event at a time, for [`Replay::turn`].
pub(super) fn of_event() -> TraceBuf {
    TraceBuf::from(SimTime::ZERO, EVENT_RECORDS_MAX)
}

impl Replay {
    /// Goes on from a state; `trace` keeps the records.
    #[inline(never)]
    pub fn of(lane: &Lane, state: &Snapshot, seen: &Seen, trace: TraceBuf, meter: &mut Meter) -> Replay {
        let sim = Sim::restore(lane.world.clone(), state);
        meter.spend(sim.state_bytes() as u64 / 256);
        Replay { sim, watch: LaneWatch::new(seen.clone(), None, Some(Box::new(trace))) }
    }

    /// Goes on from a keyframe. At the first one it starts the processes, which leaves records too.
    #[inline(never)]
    pub fn at(lane: &Lane, keyframe: &Keyframe, trace: TraceBuf, meter: &mut Meter) -> Replay {
        if 0 < keyframe.step {
            return Replay::of(lane, &keyframe.state, &keyframe.seen, trace, meter);
        }
        let mut watch = LaneWatch::new(keyframe.seen.clone(), None, Some(Box::new(trace)));
        let sim = Sim::new(lane.world.clone(), &mut watch);
        Replay { sim, watch }
    }

    /// Plays the next event not later than `until`. Returns whether there is one. All share this copy of the event loop.
    #[inline(never)]
    pub fn step(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        let records = self.sim.records();
        let stepped = self.sim.step(until, &mut self.watch);
        meter.spend(1 + self.sim.records() - records);
        stepped
    }

    /// Like [`Replay::step`], after dropping the records of earlier events.
    pub fn turn(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        self.watch.trace.as_mut().expect("it keeps records").clear();
        self.step(until, meter)
    }

    /// The records kept, the oldest first.
    pub fn trace(&self) -> &TraceBuf {
        self.watch.trace.as_ref().expect("it keeps records")
    }

    /// The records kept.
    pub fn records(&self) -> Vec<Record> {
        self.trace().records().copied().collect()
    }
}
