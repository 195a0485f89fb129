//! Walking through a lane's run event by event, beside the cursor: for those who compare two runs.

use super::watch::LaneWatch;
use super::{Keyframe, Lane};
use crate::meter::Meter;
use crate::sim::Sim;
use crate::trace::{Record, TraceBuf};
use election_base::SimTime;

/// A run that is played once more, one event at a time, with all records of each.
pub struct Walk {
    sim: Sim,
    watch: LaneWatch,
}

impl Walk {
    /// Plays the next event not later than `until`. Returns false if there is none.
    pub fn step(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        self.trace().clear();
        let before = self.sim.records();
        let more = self.sim.step(until, &mut self.watch);
        meter.spend(1 + self.sim.records() - before);
        more
    }

    /// The records of the event played last; at first, those of the start, if the walk begins there.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.watch.trace.iter().flat_map(|trace| trace.records())
    }

    fn trace(&mut self) -> &mut TraceBuf {
        self.watch.trace.as_mut().expect("a walk keeps records")
    }
}

impl Lane {
    /// The event of the latest keyframe of this run and of another one up to which the same happened, by their digests.
    pub fn common_step(&self, other: &Lane) -> u32 {
        let same = |k: &Keyframe| {
            let twin = other.keyframes.last_where(|it| it.step <= k.step);
            twin.step == k.step && twin.state.trace_digest() == k.state.trace_digest()
        };
        // Thinning may have left different ones in each.
        self.keyframes.rev_find(same).map_or(0, |k| k.step)
    }

    /// Walks through the run from the last keyframe up to an event.
    pub fn walk(&self, step: u32, meter: &mut Meter) -> Walk {
        let keyframe = self.keyframes.last_where(|k| k.step <= step);
        meter.spend(keyframe.bytes as u64 / 256);
        let trace = Box::new(TraceBuf::new(usize::MAX));
        let mut watch = LaneWatch::new(keyframe.seen.clone(), None, Some(trace));
        let sim = if keyframe.step == 0 {
            // Starting the processes leaves records too.
            Sim::new(self.world.clone(), &mut watch)
        } else {
            Sim::restore(self.world.clone(), &keyframe.state)
        };
        Walk { sim, watch }
    }
}
