//! The watches of a lane: the checker, the trace digest, and everything else that observes its run.

use std::collections::VecDeque;

use super::{LOSSES_MAX, WRITES_MAX};
use crate::checker::Checker;
use crate::probes::Probes;
use crate::summary::Story;
use crate::trace::{Glance, Kind, Place, Record, TraceBuf, Watch};
use election_base::SimTime;

/// The watch of a lane. The head, which keeps the summary, the cursor, which keeps the newest records, and replays
/// share one type, because every further type would add another copy of the event loop to the module.
pub(super) struct LaneWatch {
    pub seen: Seen,
    pub story: Option<Box<Story>>,
    pub trace: Option<Box<TraceBuf>>,
}

/// What a watch knows about the past and a keyframe keeps.
#[derive(Clone)]
pub(super) struct Seen {
    pub checker: Checker,
    pub probes: Probes,
    /// The newest losses and rejections, so that a moment looks the same from whichever direction it is reached.
    pub losses: VecDeque<Record>,
    /// The newest writes.
    pub writes: Writes,
}

/// What became of a write that reached the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Fate {
    /// The store accepted it.
    #[default]
    Accepted,
    /// The store rejected it for its token.
    Rejected,
    /// The store accepted it although another writer had superseded its own.
    Conflicting,
}

/// A write that reached the store, for pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stored {
    /// The node that sent it.
    pub writer: Place,
    /// What became of it.
    pub fate: Fate,
}

/// The newest writes, as the checker judged them.
#[derive(Clone)]
pub(super) struct Writes {
    /// The oldest first. An array, so that a keyframe copies no memory of its own.
    newest: [Stored; WRITES_MAX],
    len: usize,
    /// The number of conflicts before the next write.
    conflicting: u64,
}

impl Default for Writes {
    fn default() -> Writes {
        Writes { newest: [Stored::default(); WRITES_MAX], len: 0, conflicting: 0 }
    }
}

impl Writes {
    pub fn newest(&self) -> &[Stored] {
        &self.newest[..self.len]
    }

    /// A write reached the store; `conflicting` counts the conflicts up to it.
    fn add(&mut self, r: &Record, conflicting: u64) {
        let fate = if r.sub == 0 {
            Fate::Rejected
        } else if self.conflicting < conflicting {
            Fate::Conflicting
        } else {
            Fate::Accepted
        };
        self.conflicting = conflicting;
        if self.len == WRITES_MAX {
            self.newest.copy_within(1.., 0);
            self.len -= 1;
        }
        self.newest[self.len] = Stored { writer: r.node, fate };
        self.len += 1;
    }
}

impl LaneWatch {
    pub fn new(seen: Seen, story: Option<Box<Story>>, trace: Option<Box<TraceBuf>>) -> LaneWatch {
        LaneWatch { seen, story, trace }
    }
}

impl Watch for LaneWatch {
    #[inline]
    fn wants_messages(&self) -> bool {
        let story = || self.story.as_ref().is_some_and(|story| story.wants_messages());
        self.trace.is_some() || !self.seen.probes.is_empty() || self.seen.checker.wants_messages() || story()
    }

    #[inline]
    fn on(&mut self, r: &Record, world: &dyn Glance) {
        self.seen.checker.on(r, world);
        if let Some(trace) = &mut self.trace {
            trace.push(r);
        }
        if !self.seen.probes.is_empty() {
            self.seen.probes.on(r, world);
        }
        let message = matches!(r.kind, Kind::Send | Kind::Deliver | Kind::Fire);
        if let Some(story) = &mut self.story
            && (!message || story.wants_messages())
        {
            story.take(r, &self.seen.checker, world);
        }
        if r.kind == Kind::Lose || (r.kind == Kind::Stored && r.sub == 0) {
            if self.seen.losses.len() == LOSSES_MAX {
                self.seen.losses.pop_front();
            }
            self.seen.losses.push_back(*r);
        }
        if r.kind == Kind::Stored {
            self.seen.writes.add(r, self.seen.checker.stats().writes_conflicting);
        }
    }
    #[inline]
    fn event_ended(&mut self, now: SimTime, world: &dyn Glance) {
        self.seen.checker.event_ended(now, world);
        if let Some(story) = &mut self.story {
            story.look_at(&self.seen.checker, now, world);
        }
    }
}
