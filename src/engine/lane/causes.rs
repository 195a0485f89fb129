//! Why an event happened: each event knows the earlier event that brought it about.
//!
//! What waits in a state, a message or a timer, keeps the number of the event that made it. The lane keeps no list of
//! what came out of that: asked why, it plays the stretch before the event again from a keyframe and notes each event's
//! cause on the way, and goes further back where the cause lies before that stretch.
//!
//! Events of a lane are numbered as in [`Record::step`]. The first record of an event says what happened; all others of
//! that event are its consequences.

use std::collections::VecDeque;

use super::{Keyframe, Lane, LaneWatch};
use crate::meter::Meter;
use crate::sim::Sim;
use crate::trace::{Kind, Loss, Record, TraceBuf};
use election_base::SimTime;

/// How many causes of a stretch are kept at a time.
const LINKS_MAX: usize = 1 << 14;

/// What brought an event about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// Nothing did: the run begins, or a process starts by itself.
    Begin,
    /// The scenario did.
    Act {
        /// The act, by its position among the lane's acts.
        act: u32,
        /// The line of the text, from 0.
        line: u32,
    },
    /// An earlier event did, by its number: it sent the message that arrives, set the timer that fires, began the pause
    /// that ends; or it was the fault that a message was lost to.
    Event(u32),
    /// A draw did: the message was lost by chance.
    Chance,
}

/// An event and what brought it about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// Its number in the lane; 0 is the start of the run.
    pub event: u32,
    /// When it happened.
    pub at: SimTime,
    /// What happened, in its first record; `None` for the start of the run, and where nothing was told: a message that a
    /// pause keeps from being taken in.
    pub record: Option<Record>,
    /// What brought it about.
    pub cause: Cause,
}

/// A stretch of the run that is played again to find causes, and those found.
pub(super) struct Stretch {
    sim: Sim,
    watch: LaneWatch,
    /// Of successive events, the last of which is the newest of `sim`.
    links: VecDeque<Link>,
}

/// What came of looking for the link of an event.
enum Found {
    Link(Link),
    /// There is no such event.
    Nothing,
    /// The meter is empty.
    NotYet,
}

/// A chain that is being followed back.
pub(super) struct Chain {
    asked: (u32, SimTime, usize),
    found: Vec<Link>,
}

impl Stretch {
    fn new(lane: &Lane, keyframe: &Keyframe) -> Stretch {
        // Of each event the first record is kept.
        let first = Box::new(TraceBuf::from(SimTime::ZERO, 1));
        let watch = LaneWatch::new(keyframe.seen.clone(), None, Some(first));
        Stretch { sim: Sim::restore(lane.world.clone(), &keyframe.state), watch, links: VecDeque::new() }
    }

    /// The link of an event, if it is among those found.
    fn link(&self, event: u32) -> Option<Link> {
        let first = self.links.front()?.event;
        self.links.get(event.checked_sub(first)? as usize).copied()
    }

    /// Whether playing on from here leads to the event, and no keyframe is nearer.
    fn leads_to(&self, event: u32, keyframe: &Keyframe) -> bool {
        (keyframe.step..event).contains(&self.sim.events())
    }

    /// Plays the next event not later than `until`; false if there is none.
    fn step(&mut self, until: SimTime) -> bool {
        let trace = self.watch.trace.as_mut().expect("it keeps the first record");
        trace.clear();
        if !self.sim.step(until, &mut self.watch) {
            return false;
        }
        let told = self.watch.trace.as_ref().and_then(|trace| trace.records().next().copied());
        let cause = self.sim.cause(told.as_ref());
        if self.links.len() == LINKS_MAX {
            self.links.pop_front();
        }
        self.links.push_back(Link { event: self.sim.events(), at: self.sim.now(), record: told, cause });
        true
    }
}

impl Sim {
    /// The cause of the event that has just happened; `told` is its first record.
    fn cause(&self, told: Option<&Record>) -> Cause {
        match told {
            Some(r) if r.kind == Kind::Act => {
                Cause::Act { act: r.args[0], line: self.world().acts[r.args[0] as usize].line }
            }
            Some(r) if r.kind == Kind::Lose && r.sub == Loss::Chance as u8 => Cause::Chance,
            Some(r) if r.kind == Kind::Lose => Cause::Event(self.fault(r).unwrap_or(self.origin())),
            _ if self.origin() == 0 && told.is_some_and(|r| r.kind == Kind::Start) => Cause::Begin,
            _ => Cause::Event(self.origin()),
        }
    }
}

impl Lane {
    /// The cause of an event, then the cause of that, and so on back to an act, a draw or the start of the run; at most
    /// `limit` links, and none where no event of that number happens up to `until`. `None` when the meter was empty
    /// before: asked again for the same it goes on.
    pub fn causes(
        &mut self,
        event: u32,
        until: SimTime,
        limit: usize,
        meter: &mut Meter,
    ) -> Option<Vec<Link>> {
        let asked = (event, until, limit);
        let goes_on = self.chain.take().filter(|chain| chain.asked == asked);
        let mut chain = goes_on.unwrap_or(Chain { asked, found: Vec::new() });
        while chain.found.len() < limit {
            let next = match chain.found.last() {
                None => event,
                Some(Link { cause: Cause::Event(by), .. }) => *by,
                Some(_) => break,
            };
            match self.link(next, until, meter) {
                Found::Link(link) => chain.found.push(link),
                Found::Nothing => break,
                Found::NotYet => {
                    self.chain = Some(chain);
                    return None;
                }
            }
        }
        Some(chain.found)
    }

    /// The cause of an event, however long it takes to find; `None` where no event of that number happens up to `until`.
    pub fn cause(&mut self, event: u32, until: SimTime) -> Option<Link> {
        self.causes(event, until, 1, &mut Meter::unlimited())?.pop()
    }

    /// The event that a message was lost to: the act that cut its link, or the crash of its receiver; `None` where it was
    /// a draw, a full inbox, or the very event that the record belongs to. However long it takes.
    pub fn fault(&mut self, lost: &Record) -> Option<u32> {
        if self.stretch.as_ref().is_some_and(|stretch| stretch.sim.events() != lost.step) {
            // Links may have been cut and joined since.
            self.stretch = None;
        }
        self.cause(lost.step, lost.at)?;
        self.stretch.as_ref()?.sim.fault(lost)
    }

    fn link(&mut self, event: u32, until: SimTime, meter: &mut Meter) -> Found {
        if event == 0 {
            return Found::Link(Link { event, at: SimTime::ZERO, record: None, cause: Cause::Begin });
        }
        if let Some(link) = self.stretch.as_ref().and_then(|stretch| stretch.link(event)) {
            return Found::Link(link);
        }
        let keyframe = self.keyframes.last_where(|k| k.step < event);
        let goes_on = self.stretch.take().filter(|stretch| stretch.leads_to(event, &keyframe));
        let mut stretch = goes_on.unwrap_or_else(|| {
            meter.spend(keyframe.bytes as u64 / 256);
            Box::new(Stretch::new(self, &keyframe))
        });
        let mut ended = false;
        while stretch.sim.events() < event && !ended && !meter.is_empty() {
            let records = stretch.sim.records();
            ended = !stretch.step(until);
            meter.spend(1 + stretch.sim.records() - records);
        }
        let found = match stretch.link(event) {
            Some(link) => Found::Link(link),
            None if ended => Found::Nothing,
            None => Found::NotYet,
        };
        self.stretch = Some(stretch);
        found
    }
}
