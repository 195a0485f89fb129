//! Everything that is pending in a lane, in the order in which it would happen.

use super::{Envelope, Sim};
use crate::trace::Place;
use election_base::{SimTime, sort_by_numbers};
use election_protocol::MsgRecord;

/// One pending thing: a message, a timer or the end of a pause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    /// When it happens, as things stand; for a message that waits at a paused node, when it arrived.
    pub at: SimTime,
    /// When it was sent or set.
    pub since: SimTime,
    /// What it is.
    pub what: PendingWhat,
}

/// See [`Pending`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PendingWhat {
    /// A message or a write to the store.
    Message {
        /// The sender.
        from: Place,
        /// The receiver.
        to: Place,
        /// Its sequence number on the link.
        nth: u32,
        /// 1, or the number of the copy.
        copy: u8,
        /// Its content; `kind` is [`crate::trace::WRITE`] for a write.
        record: MsgRecord,
        /// Whether it will be received: the receiver is up and the link is open.
        effective: bool,
    },
    /// A timer.
    Timer {
        /// The node.
        node: Place,
        /// The index of the timer; the last one is the simulator's own write timer.
        timer: u8,
        /// Whether it will fire by itself: not with `timers manual`, not during a pause.
        effective: bool,
    },
    /// The end of a pause.
    Wakeup {
        /// The node.
        node: Place,
    },
}

impl Sim {
    /// Whether the message will be received, as things stand: the receiver is up and the link is open.
    pub(super) fn takes_in(&self, e: &Envelope) -> bool {
        let node = self.core.state.nodes.get(usize::from(e.to));
        let same =
            node.is_none_or(|n| n.up && (n.incarnation == e.incarnation() || !self.core.world.incarnations));
        same && (self.core.state.network.open(e.from, e.to) || e.waits())
    }

    /// Everything that is pending, in the order in which it would happen.
    pub fn pending(&self) -> Vec<Pending> {
        // By time, then by the queue's ranks.
        let order = |at: SimTime, rank: u64, seq: u64| (at.0, rank << 56 | seq);
        let mut all: Vec<((u64, u64), Pending)> = Vec::new();
        for e in self.core.state.envelopes.slots.iter().flatten() {
            let effective = self.takes_in(e);
            let what = PendingWhat::Message {
                from: e.from,
                to: e.to,
                nth: e.nth,
                copy: e.copy,
                record: e.record,
                effective,
            };
            all.push((order(e.due, 1, e.seq()), Pending { at: e.due, since: e.sent, what }));
        }
        for (place, node) in self.core.state.nodes.iter().enumerate() {
            for (index, timer) in node.timers.iter().enumerate() {
                if timer.is_set() && node.up {
                    let effective = !self.core.world.timers_manual && !node.paused;
                    let what = PendingWhat::Timer { node: place as Place, timer: index as u8, effective };
                    let pending = Pending { at: timer.deadline, since: timer.set_at, what };
                    all.push((order(timer.deadline, 2, timer.seq), pending));
                }
            }
        }
        for &(at, seq, node, ..) in &self.core.state.wakeups {
            all.push((order(at, 0, seq), Pending { at, since: at, what: PendingWhat::Wakeup { node } }));
        }
        sort_by_numbers(&mut all, |(order, _)| *order);
        all.into_iter().map(|(_, pending)| pending).collect()
    }
}
