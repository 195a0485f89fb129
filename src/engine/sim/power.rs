//! Switching off power by an algorithm: fencing devices and watchdogs.
//!
//! [`election_protocol::Cx::power_off`] says what they model.

use super::core::Core;
use super::queue::Rank;
use super::{Other, Sim, What};
use crate::trace::{Kind, Place, Power, Record, Watch};
use election_base::{Aside, SimTime, Span};

/// A pending power-off. There is at most one for each pair of `by` and `target`.
#[derive(Clone, Copy, Hash, Debug)]
pub(super) struct PowerOff {
    /// When the power goes off, or went off.
    pub at: SimTime,
    /// Orders what is due at the same instant, and identifies it in the queue.
    pub seq: u64,
    /// The node that requested it; for a watchdog, the target itself.
    pub by: Place,
    /// The incarnation of the process that requested it.
    pub incarnation: u16,
    /// The node to switch off.
    pub target: Place,
    /// Whether the power is off and the requesting process must be notified.
    pub off: bool,
    /// The event in which it was requested.
    pub ordered_by: Aside<u32>,
}

impl Core {
    /// Queues a power-off, unless it waits for the requesting process to resume.
    pub fn queue_power_off(&mut self, it: PowerOff) {
        if !it.off || !self.state.nodes[usize::from(it.by)].paused {
            let at = it.at.max(self.state.now);
            self.queue.push(at, Rank::Wake, it.seq, What::Other(it.target, Other::Power).pack());
        }
    }

    /// Requests a power-off; an earlier request for the same target starts over.
    pub fn order_power_off(&mut self, by: Place, target: Place, after: Span) {
        let (now, seq) = (self.state.now, self.next_seq());
        let incarnation = self.state.nodes[usize::from(by)].incarnation;
        let ordered_by = Aside(self.state.step);
        let order = PowerOff { at: now + after, seq, by, incarnation, target, off: false, ordered_by };
        let same = |it: &&mut PowerOff| (it.by, it.target, it.off) == (by, target, false);
        match self.state.power_offs.iter_mut().find(same) {
            Some(before) => *before = order,
            None => {
                self.state.power_offs.push(order);
                let [low, high] = [after.0 as u32, (after.0 >> 32) as u32];
                self.note(Record { args: [low, high, 0, 0, 0], ..self.power_record(Power::Ordered, &order) });
            }
        }
        self.queue_power_off(order);
    }

    /// Cancels a power-off.
    pub fn call_power_off_off(&mut self, by: Place, target: Place) {
        let same = |it: &PowerOff| (it.by, it.target, it.off) == (by, target, false);
        if let Some(at) = self.state.power_offs.iter().position(same) {
            let order = self.state.power_offs.remove(at);
            self.note(self.power_record(Power::CalledOff, &order));
        }
    }

    fn power_record(&self, sub: Power, order: &PowerOff) -> Record {
        Record { sub: sub as u8, peer: order.target, ..self.record(Kind::Power, order.by) }
    }

    /// Removes the watchdog and the pending notifications of a process that has ended.
    pub fn forget_power_offs(&mut self, place: Place) {
        self.state.power_offs.retain(|it| it.by != place || it.target != place && !it.off);
    }
}

impl Sim {
    /// Handles a power-off from the queue. Returns whether it was an event.
    #[inline(never)]
    pub(super) fn power_due<W: Watch>(&mut self, at: SimTime, seq: u64, watch: &mut W) -> bool {
        let Some(index) = self.core.state.power_offs.iter().position(|it| it.seq == seq) else {
            return false;
        };
        let order = self.core.state.power_offs[index];
        if order.off && self.core.state.nodes[usize::from(order.by)].paused {
            return false;
        }
        self.core.origin = order.ordered_by.0;
        self.count(at, watch);
        if !order.off {
            self.switch_off(index, order, watch);
        }
        // The requesting process may have crashed in the meantime, or just now.
        self.confirm_power_off(seq, watch);
        true
    }

    fn switch_off<W: Watch>(&mut self, index: usize, order: PowerOff, watch: &mut W) {
        self.core.state.power_offs[index].off = true;
        let up = self.core.state.nodes[usize::from(order.target)].up;
        let what = if up { Power::Off } else { Power::WasOff };
        self.tell(self.core.power_record(what, &order), watch);
        if up {
            self.crash(order.target, true, watch);
        }
        // A machine without power does not perform a pending first start either.
        let node = &mut self.core.state.nodes[usize::from(order.target)];
        node.starts = SimTime::NEVER;
    }

    /// Notifies the requesting process, once it runs.
    fn confirm_power_off<W: Watch>(&mut self, seq: u64, watch: &mut W) {
        let Some(index) = self.core.state.power_offs.iter().position(|it| it.seq == seq) else { return };
        let order = self.core.state.power_offs[index];
        let asked = &self.core.state.nodes[usize::from(order.by)];
        if asked.up && asked.paused && asked.incarnation == order.incarnation {
            return;
        }
        let knows = asked.runs() && asked.incarnation == order.incarnation;
        self.core.state.power_offs.remove(index);
        if knows {
            let id = self.core.world.ids[usize::from(order.target)];
            let record = self.core.power_record(Power::Confirmed, &order);
            let noted = self.core.note(record);
            self.handle(order.by, noted, watch, |cast, turn| cast.power_is_off(turn, id));
        }
    }
}
