//! The watches of a lane: the checker, the trace digest, and everything else that observes its run.

use std::collections::VecDeque;

use super::LOSSES_MAX;
use crate::checker::Checker;
use crate::probes::Probes;
use crate::summary::Story;
use crate::trace::{Glance, Kind, Record, TraceBuf, Watch};
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
    }
    #[inline]
    fn event_ended(&mut self, now: SimTime, world: &dyn Glance) {
        self.seen.checker.event_ended(now, world);
        if let Some(story) = &mut self.story {
            story.look_at(&self.seen.checker, now, world);
        }
    }
}
