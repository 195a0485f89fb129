//! Power that an algorithm has switched off: fencing devices and watchdogs.
//!
//! See [`election_protocol::Cx::power_off`] for what they are a model of.

use super::aside::Aside;
use super::core::Core;
use super::queue::Rank;
use super::{Other, Sim, What};
use crate::trace::{Kind, Place, Power, Record, Watch};
use election_base::{SimTime, Span};

/// A power-off under way. There is at most one of each pair of `by` and `target`.
#[derive(Clone, Copy, Hash, Debug)]
pub(super) struct PowerOff {
    /// When the power goes off, or went off.
    pub at: SimTime,
    /// Orders what is due at one instant; names it in the queue.
    pub seq: u64,
    /// Who asked for it; a watchdog's node itself.
    pub by: Place,
    /// Which start of that process asked.
    pub incarnation: u16,
    /// Whose power.
    pub target: Place,
    /// The power is off, and whoever asked is to be told.
    pub off: bool,
    /// The event in which it was asked for.
    pub ordered_by: Aside<u32>,
}

impl Core {
    /// Puts a power-off into the queue, unless it waits for the process that asked to go on.
    pub fn queue_power_off(&mut self, it: PowerOff) {
        if !it.off || !self.state.nodes[usize::from(it.by)].paused {
            let at = it.at.max(self.state.now);
            self.queue.push(at, Rank::Wake, it.seq, What::Other(it.target, Other::Power).pack());
        }
    }

    /// A process asks for a power-off; one that it has asked for before starts anew.
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

    /// A process calls a power-off off.
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

    /// A process is gone: with it its watchdog, and what it was to be told.
    pub fn forget_power_offs(&mut self, place: Place) {
        self.state.power_offs.retain(|it| it.by != place || it.target != place && !it.off);
    }
}

impl Sim {
    /// A power-off came out of the queue. True if it was an event.
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
        // Whoever asked may have crashed in the meantime, or just now.
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
        // A machine without power does not start its process for the first time either.
        let node = &mut self.core.state.nodes[usize::from(order.target)];
        node.starts = SimTime::NEVER;
    }

    /// Tells the process that asked, once it runs.
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
