//! Other futures of a lane: the run up to a moment, and from there on with other random numbers.
//!
//! Such a future is the run of the text with one more line, `at T reseed N`. The past is not played again: every future
//! begins from a copy of the whole state.

use std::rc::Rc;

use super::watch::Seen;
use super::{Lane, LaneWatch};
use crate::sim::{Snapshot, World};
use crate::trace::Place;
use election_base::SimTime;
use election_language::scenario::{Act, Action};

/// A moment of a lane, between two events, at which futures begin.
pub struct Origin {
    world: Rc<World>,
    state: Snapshot,
    seen: Seen,
    /// The number of acts before the moment.
    acts: u32,
    /// Its approximate size.
    pub bytes: usize,
    /// The time of the last event before the moment.
    pub at: SimTime,
    /// The `k` of `at T+k`, which names the moment in a text.
    pub after: u32,
    /// The number of events before the moment.
    pub step: u32,
}

impl Lane {
    /// The moment of the cursor.
    pub fn origin(&self) -> Origin {
        let (at, acts) = (self.cursor.now(), self.cursor.acts_done());
        // An act that waits for more events than there are takes place behind the last of them.
        let before = acts.checked_sub(1).map(|last| &self.world.acts[last as usize]);
        let waited = before.filter(|act| act.at == at).map_or(0, |act| act.after);
        Origin {
            world: self.world.clone(),
            state: self.cursor.snapshot(),
            seen: self.cursor_watch.seen.clone(),
            acts,
            bytes: self.cursor.state_bytes() + self.cursor_watch.seen.checker.heap_bytes(),
            at,
            after: self.cursor.instant().max(waited),
            step: self.cursor.events(),
        }
    }

    /// How many random numbers each node has drawn up to the cursor, by place.
    pub fn drawn(&self) -> Vec<u64> {
        (0..self.members() + self.services()).map(|place| self.cursor.drawn(place as Place)).collect()
    }

    /// The number of acts before the cursor.
    pub fn acts_done(&self) -> u32 {
        self.cursor.acts_done()
    }
}

/// Plays the futures of a lane, one after the other. It keeps no records and does not go back.
pub struct Redraw(Lane);

impl Redraw {
    /// Uses a lane of the same scenario as its memory.
    pub fn new(mut lane: Lane) -> Redraw {
        lane.cursor_watch = LaneWatch::new(lane.cursor_watch.seen, None, None);
        lane.show(false);
        Redraw(lane)
    }

    /// Begins a future: at the origin, random numbers come from `seed`.
    pub fn begin(&mut self, origin: &Origin, seed: u64) {
        let lanes = 1 << origin.world.lane;
        let act = Act {
            at: origin.at,
            after: origin.after,
            lanes,
            applicable: lanes,
            action: Action::Reseed(seed),
            line: 0,
        };
        let world = Rc::new(origin.world.with_act(origin.acts as usize, act));
        self.0.cursor.redirect(world, &origin.state);
        self.0.cursor_watch.seen.clone_from(&origin.seen);
    }

    /// Steps over the next event not later than `until`. Returns whether there was one.
    pub fn step(&mut self, until: SimTime) -> bool {
        self.0.step(until)
    }

    /// The lane in this future, to be looked at.
    pub fn lane(&self) -> &Lane {
        &self.0
    }
}
