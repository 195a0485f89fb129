//! What becomes of messages and timers: the way of one message from its sending to its end, and what the computed run
//! does with everything that is pending at the cursor.
//!
//! Nothing of this is kept: both are found by playing a copy of the lane.

use super::replay::of_event;
use super::{Lane, Replay};
use crate::meter::Meter;
use crate::sim::{PendingWhat, Sim};
use crate::trace::{Kind, Place, Record};
use election_base::SimTime;
use election_protocol::MsgRecord;

/// The most events after the cursor in which pending things are looked for.
const EVENTS_MAX: u32 = 20_000;
/// The most pending things that are followed.
pub const FOLLOWED_MAX: usize = 400;

/// The name of a message in a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageId {
    /// The sender.
    pub from: Place,
    /// The receiver.
    pub to: Place,
    /// Its sequence number on the link, from 1.
    pub nth: u32,
    /// 1, or the number of the copy.
    pub copy: u8,
}

impl MessageId {
    /// Whether this is a record of the message.
    fn is_of(self, r: &Record) -> bool {
        (r.node, r.peer, r.nth, r.copy) == (self.from, self.to, self.nth, self.copy)
            && matches!(r.kind, Kind::Send | Kind::Copy | Kind::Wait | Kind::Deliver | Kind::Lose)
    }
}

/// What became of something that was pending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// A node received the message, or the timer fired, and these rules ran, as bits. `idle`: it changed nothing.
    Handled {
        /// The rules, as bits.
        rules: u64,
        /// Nothing changed, and nothing was sent.
        idle: bool,
    },
    /// The message was lost; a [`crate::trace::Loss`].
    Lost(u8),
    /// The timer was set again.
    SetAgain,
    /// The timer was cancelled, or its node went down.
    Cancelled,
    /// The pause ended.
    Over,
}

/// An end, and when it came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    /// In which event.
    pub event: u32,
    /// When.
    pub at: SimTime,
    /// How.
    pub how: End,
}

/// A message on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Journey {
    /// Its content.
    pub record: MsgRecord,
    /// When it was sent, or copied.
    pub sent: SimTime,
    /// The event in which it was.
    pub by: u32,
    /// Whether the scenario forged it.
    pub forged: bool,
    /// When it was to arrive when it was sent; `None` if it was lost at once.
    pub due: Option<SimTime>,
    /// When it reached its receiver, if it had to wait there, and why: a [`crate::trace::Waits`].
    pub waited: Option<(SimTime, u8)>,
    /// How it ended; `None` if it is still on its way at the end of the computed run.
    pub end: Option<Ended>,
}

/// A message that is being followed.
pub(super) struct Following {
    asked: MessageId,
    replay: Replay,
    found: Option<Journey>,
}

/// What is pending and being followed.
pub(super) struct Prospect {
    asked: u32,
    replay: Replay,
    pending: Vec<PendingWhat>,
    /// For timers, the number under which they were set.
    timers: Vec<Option<u64>>,
    ends: Vec<Option<Ended>>,
    pulses: Vec<u64>,
}

/// How a message ended that was received in the event with these records, by a node whose pulse was `pulse`; `None` for
/// the store.
fn received(sim: &Sim, r: &Record, records: &[Record], pulse: Option<u64>) -> End {
    // What the scenario does has a record of its own.
    let others = records.iter().filter(|it| !matches!(it.kind, Kind::Act | Kind::Deliver)).count();
    let idle = others == 0 && pulse.is_some_and(|pulse| sim.pulse(r.peer) == pulse);
    End::Handled { rules: r.rules, idle }
}

impl Lane {
    /// The way of a message; `Some(None)` if none of that name is sent in the computed run. `None` if the meter ran
    /// empty first: call again with the same argument to continue.
    pub fn journey(&mut self, message: MessageId, meter: &mut Meter) -> Option<Option<Journey>> {
        if !(1..=self.head.sent(message.from, message.to)).contains(&message.nth) {
            return Some(None);
        }
        let goes_on = self.following.take().filter(|it| it.asked == message);
        let mut it = goes_on.unwrap_or_else(|| {
            let keyframe =
                self.keyframes.last_where(|k| k.state.sent(message.from, message.to) < message.nth);
            let replay = Replay::of(self, &keyframe.state, &keyframe.seen, of_event(), meter);
            Box::new(Following { asked: message, replay, found: None })
        });
        let member = usize::from(message.to) < self.members() + self.services();
        loop {
            if meter.is_empty() {
                self.following = Some(it);
                return None;
            }
            let pulse = (member && it.found.is_some()).then(|| it.replay.sim.pulse(message.to));
            if !it.replay.turn(self.head.now(), meter) {
                return Some(it.found);
            }
            let records = it.replay.records();
            let sim = &it.replay.sim;
            for r in records.iter().filter(|r| message.is_of(r)) {
                let end = |how| Some(Ended { event: r.step, at: r.at, how });
                match (r.kind, &mut it.found) {
                    (Kind::Send | Kind::Copy, found) => {
                        let flight = |e: &crate::sim::Envelope| {
                            (e.from, e.to, e.nth, e.copy) == (r.node, r.peer, r.nth, r.copy)
                        };
                        let mut due = None;
                        sim.each_message(|e| due = due.or(flight(e).then_some(e.due)));
                        let record = MsgRecord { kind: r.msg, args: r.args };
                        let forged = r.kind == Kind::Send && r.sub == 1;
                        let (sent, by) = (r.at, r.step);
                        *found = Some(Journey { record, sent, by, forged, due, waited: None, end: None });
                    }
                    (Kind::Wait, Some(found)) => found.waited = Some((r.at, r.sub)),
                    (Kind::Deliver, Some(found)) => found.end = end(received(sim, r, &records, pulse)),
                    (Kind::Lose, Some(found)) => found.end = end(End::Lost(r.sub)),
                    _ => {}
                }
            }
            if it.found.is_some_and(|found| found.end.is_some()) {
                return Some(it.found);
            }
        }
    }

    /// What the computed run does with what is pending at the cursor, in the order of [`Lane::pending`], and at most
    /// [`FOLLOWED_MAX`] of it. `None` for what is still pending at its end, or too many events later. `None` for all if
    /// the meter ran empty first: call again to continue.
    pub fn prospects(&mut self, meter: &mut Meter) -> Option<Vec<Option<Ended>>> {
        let here = self.cursor.events();
        let goes_on = self.prospect.take().filter(|it| it.asked == here);
        let mut it = goes_on.unwrap_or_else(|| self.prospect(meter));
        while it.ends.iter().any(Option::is_none) && it.replay.sim.events() - here < EVENTS_MAX {
            if meter.is_empty() {
                self.prospect = Some(it);
                return None;
            }
            if !it.step(self.head.now(), meter) {
                break;
            }
        }
        Some(it.ends)
    }

    fn prospect(&self, meter: &mut Meter) -> Box<Prospect> {
        let seen = &self.cursor_watch.seen;
        let replay = Replay::of(self, &self.cursor.snapshot(), seen, of_event(), meter);
        let sim = &replay.sim;
        let pending: Vec<PendingWhat> =
            sim.pending().into_iter().take(FOLLOWED_MAX).map(|p| p.what).collect();
        let timer = |what: &PendingWhat| match what {
            PendingWhat::Timer { node, timer, .. } => sim.timer(*node, *timer),
            _ => None,
        };
        Box::new(Prospect {
            asked: self.cursor.events(),
            timers: pending.iter().map(timer).collect(),
            ends: vec![None; pending.len()],
            pulses: (0..(self.members() + self.services()) as Place).map(|place| sim.pulse(place)).collect(),
            pending,
            replay,
        })
    }
}

impl Prospect {
    /// Plays an event and notes what it ends. Returns false if there is no event.
    fn step(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        if !self.replay.turn(until, meter) {
            return false;
        }
        let (records, sim) = (self.replay.records(), &self.replay.sim);
        let ended = |how| Some(Ended { event: sim.events(), at: sim.now(), how });
        for i in 0..self.pending.len() {
            if self.ends[i].is_some() {
                continue;
            }
            self.ends[i] = match self.pending[i] {
                PendingWhat::Message { from, to, nth, copy, .. } => {
                    let message = MessageId { from, to, nth, copy };
                    let last = records.iter().rfind(|r| message.is_of(r));
                    match last {
                        Some(r) if r.kind == Kind::Lose => ended(End::Lost(r.sub)),
                        Some(r) if r.kind == Kind::Deliver => {
                            ended(received(sim, r, &records, self.pulses.get(usize::from(to)).copied()))
                        }
                        _ => None,
                    }
                }
                PendingWhat::Timer { node, timer, .. } => {
                    let fires = |r: &&Record| r.kind == Kind::Fire && (r.node, r.sub) == (node, timer);
                    match (records.iter().find(fires), sim.timer(node, timer)) {
                        (Some(r), _) => ended(End::Handled { rules: r.rules, idle: false }),
                        (None, set @ Some(_)) if set == self.timers[i] => None,
                        (None, Some(_)) => ended(End::SetAgain),
                        (None, None) => ended(End::Cancelled),
                    }
                }
                PendingWhat::Wakeup { node } => {
                    let resumes = |r: &Record| r.kind == Kind::Resume && r.node == node;
                    if records.iter().any(resumes) { ended(End::Over) } else { None }
                }
            };
        }
        for place in records.iter().flat_map(|r| [r.node, r.peer]) {
            if let Some(pulse) = self.pulses.get_mut(usize::from(place)) {
                *pulse = sim.pulse(place);
            }
        }
        true
    }
}
