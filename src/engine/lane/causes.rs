//! Why an event happened: each event knows the earlier event that caused it.
//!
//! Pending messages and timers store the number of the event that created them. The lane keeps no list of causes. To
//! find one, it replays the stretch before the event from a keyframe, noting each event's cause, and goes further back
//! if the cause lies before that stretch.
//!
//! Events of a lane are numbered as in [`Record::step`]. The first record of an event says what happened; the others
//! are its effects.

use std::collections::VecDeque;

use super::replay::of_event;
use super::{Keyframe, Lane, Replay};
use crate::meter::Meter;
use crate::sim::Sim;
use crate::trace::{Kind, Loss, Record};
use election_base::SimTime;

/// The most causes of a stretch that are kept at a time.
const LINKS_MAX: usize = 1 << 14;

/// The cause of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// No earlier event: the run begins, or a process starts by itself.
    Begin,
    /// The scenario.
    Act {
        /// The act, by its position among the lane's acts.
        act: u32,
        /// The line of the text, from 0.
        line: u32,
    },
    /// An earlier event, by its number: it sent the message that arrives, set the timer that fires, or began the pause
    /// that ends; or it was the fault that lost a message.
    Event(u32),
    /// A random draw: the message was lost by chance.
    Chance,
}

/// An event and its cause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// Its number in the lane; 0 is the start of the run.
    pub event: u32,
    /// When it happened.
    pub at: SimTime,
    /// The record that says what happened; `None` for the start of the run, and for an event without records: a
    /// message that a pause keeps from being processed.
    pub record: Option<Record>,
    /// Its cause.
    pub cause: Cause,
}

/// A stretch of the run that is replayed to find causes, and those found.
pub(super) struct Stretch {
    replay: Replay,
    /// The links of successive events, up to the newest event played.
    links: VecDeque<Link>,
}

/// The result of looking for the link of an event.
enum Found {
    Link(Link),
    /// There is no such event.
    Nothing,
    /// The meter is empty.
    NotYet,
}

/// A chain of causes that is being followed back.
pub(super) struct Chain {
    asked: (u32, SimTime, usize),
    found: Vec<Link>,
}

impl Stretch {
    fn new(lane: &Lane, keyframe: &Keyframe, meter: &mut Meter) -> Stretch {
        let replay = Replay::of(lane, &keyframe.state, &keyframe.seen, of_event(), meter);
        Stretch { replay, links: VecDeque::new() }
    }

    /// The link of an event, if it is among those found.
    fn link(&self, event: u32) -> Option<Link> {
        let first = self.links.front()?.event;
        self.links.get(event.checked_sub(first)? as usize).copied()
    }

    /// Whether playing on from here reaches the event, with no keyframe in between.
    fn leads_to(&self, event: u32, keyframe: &Keyframe) -> bool {
        (keyframe.step..event).contains(&self.replay.sim.events())
    }

    /// Plays the next event not later than `until`. Returns false if there is none.
    fn step(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        if !self.replay.turn(until, meter) {
            return false;
        }
        let told = happened(self.replay.trace().records()).copied();
        let sim = &self.replay.sim;
        if self.links.len() == LINKS_MAX {
            self.links.pop_front();
        }
        let cause = sim.cause(told.as_ref());
        self.links.push_back(Link { event: sim.events(), at: sim.now(), record: told, cause });
        true
    }
}

/// The record that says what an event is: its first one, except that an act may have started a process before.
pub(super) fn happened<'a>(records: impl Iterator<Item = &'a Record> + Clone) -> Option<&'a Record> {
    let first = records.clone().next();
    if first.is_some_and(|r| r.kind == Kind::Start) {
        return records.clone().find(|r| r.kind == Kind::Act).or(first);
    }
    first
}

impl Sim {
    /// The cause of the event that has just happened; `told` is the record that says what it is.
    pub(super) fn cause(&self, told: Option<&Record>) -> Cause {
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
    /// The cause of an event, then the cause of that, and so on back to an act, a random draw or the start of the run.
    /// At most `limit` links; none if there is no event of that number up to `until`. `None` if the meter ran empty
    /// first: call again with the same arguments to continue.
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

    /// The cause of an event, however long it takes to find; `None` if there is no event of that number up to `until`.
    pub fn cause(&mut self, event: u32, until: SimTime) -> Option<Link> {
        self.causes(event, until, 1, &mut Meter::unlimited())?.pop()
    }

    /// The event that lost a message, however long it takes to find: the act that cut its link, or the crash of its
    /// receiver. `None` if the reason was chance, a full inbox, or the very event that the record belongs to.
    pub fn fault(&mut self, lost: &Record) -> Option<u32> {
        self.fault_of(lost, &mut Meter::unlimited())?
    }

    /// Like [`Lane::fault`]; the outer `None` if the meter ran empty first: call again with the same arguments to continue.
    pub fn fault_of(&mut self, lost: &Record, meter: &mut Meter) -> Option<Option<u32>> {
        if self.stretch.as_ref().is_some_and(|stretch| lost.step < stretch.replay.sim.events()) {
            // Links may have been cut and joined since.
            self.stretch = None;
        }
        self.causes(lost.step, lost.at, 1, meter)?;
        Some(self.stretch.as_ref().and_then(|stretch| stretch.replay.sim.fault(lost)))
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
        let mut stretch = goes_on.unwrap_or_else(|| Box::new(Stretch::new(self, &keyframe, meter)));
        let mut ended = false;
        while stretch.replay.sim.events() < event && !ended && !meter.is_empty() {
            ended = !stretch.step(until, meter);
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
