//! Messages in flight: sent, lost, waiting at the receiver, received.

use super::Sim;
use super::envelope::{Envelope, write_record};
use super::node::INBOX_MAX;
use super::queue::Rank;
use crate::trace::{BreakOff, Kind, Loss, Place, Record, WRITE, Waits, Watch};
use election_base::{Aside, SimTime, Span};

impl Sim {
    #[inline(never)]
    pub(super) fn send_write<W: Watch>(&mut self, from: Place, write: u32, watch: &mut W) {
        let node = &self.core.state.nodes[usize::from(from)];
        let record = write_record(node.belief.token, node.belief_number, write);
        self.core.dispatch_seldom(from, self.core.world.store(), &record, false);
        self.tell_noted(watch);
    }

    /// Handles an entry for a message from the queue. Returns whether it was an event.
    #[inline]
    pub(super) fn arrive<W: Watch>(&mut self, slot: u32, at: SimTime, seq: u64, watch: &mut W) -> bool {
        let state = &self.core.state;
        let Some(envelope) = &state.envelopes.slots[slot as usize] else { return false };
        if envelope.seq() != seq {
            // The message was dropped or moved in time; another message may occupy the slot by now.
            return false;
        }
        let (to, waited) = (envelope.to, envelope.waits());
        self.core.origin = envelope.sent_by.0;
        if waited && state.nodes.get(usize::from(to)).is_some_and(|n| n.paused) {
            // It was due to be processed now, but its receiver was paused at this same instant.
            self.count(at, watch);
            self.core.state.nodes[usize::from(to)].inbox.push_front(slot);
            return true;
        }
        // A cut counts when the network delivers, not when the receiver gets around to the message.
        let cut = !waited && !state.network.open(envelope.from, to);
        self.count(at, watch);
        if !waited
            && !cut
            && let Some(why) = self.must_wait(to)
        {
            self.keep_waiting(slot, why, watch);
        } else {
            if waited {
                self.core.leave_inbox(slot);
            }
            self.take_in(slot, cut, watch);
            if waited {
                self.core.work(to);
            }
        }
        if self.core.state.delivering > 0 {
            self.deliver_all_goes_on(watch);
        }
        true
    }

    /// Continues after one of the events that `deliver all` causes.
    #[inline(never)]
    fn deliver_all_goes_on<W: Watch>(&mut self, watch: &mut W) {
        self.core.look_for_the_end_of_deliver_all();
        if self.core.state.delivering == 1 {
            self.core.get_stuck(BreakOff::DeliverAll);
            self.tell_noted(watch);
        }
        self.core.state.delivering = self.core.state.delivering.saturating_sub(1);
    }

    /// Why a message that arrives now cannot be processed immediately, if it cannot.
    #[inline]
    fn must_wait(&self, to: Place) -> Option<Waits> {
        let node = self.core.state.nodes.get(usize::from(to))?;
        if !node.up {
            return node.waits_to_start().then_some(Waits::NotStarted);
        }
        if node.paused {
            return Some(Waits::Paused);
        }
        let busy = !node.inbox.is_empty() || node.slow > Span::ZERO && self.core.state.delivering == 0;
        busy.then_some(Waits::Busy)
    }

    /// Puts a message that has arrived into the receiver's inbox.
    #[inline(never)]
    fn keep_waiting<W: Watch>(&mut self, slot: u32, why: Waits, watch: &mut W) {
        let state = &self.core.state;
        let envelope = state.envelopes.slots[slot as usize].as_ref().expect("it has just arrived");
        let to = envelope.to;
        if state.nodes[usize::from(to)].inbox.len() >= INBOX_MAX {
            return self.lose(slot, Loss::Full, watch);
        }
        let record =
            Record { kind: Kind::Wait, sub: why as u8, ..self.core.loss_record(envelope, Loss::Full) };
        let (now, seq) = (self.core.state.now, self.core.next_seq());
        let state = &mut self.core.state;
        let envelope = state.envelopes.slots[slot as usize].as_mut().expect("it has just arrived");
        envelope.put_off(now, seq, Rank::Wake);
        state.nodes[usize::from(to)].inbox.push_back(slot);
        self.tell(record, watch);
        self.core.work(to);
    }

    /// Loses a message, for that reason.
    #[inline(never)]
    pub(super) fn lose<W: Watch>(&mut self, slot: u32, why: Loss, watch: &mut W) {
        if let Some(envelope) = self.core.state.envelopes.take(slot) {
            self.cast.forget_body(slot);
            self.tell(self.core.loss_record(&envelope, why), watch);
        }
    }

    /// Gives a message to its receiver, or loses it.
    #[inline]
    fn take_in<W: Watch>(&mut self, slot: u32, cut: bool, watch: &mut W) {
        let state = &mut self.core.state;
        let e = state.envelopes.slots[slot as usize].as_ref().expect("it has just arrived");
        let loss = match state.nodes.get(usize::from(e.to)) {
            _ if cut => Some(Loss::CutAtDelivery),
            Some(node) if !node.up => Some(Loss::Down),
            Some(node) if self.core.world.incarnations && node.incarnation != e.incarnation() => {
                Some(Loss::Restarted)
            }
            _ => None,
        };
        if let Some(loss) = loss {
            return self.lose(slot, loss, watch);
        }
        let (at, step, nth, args) = (state.now, state.step, e.nth, e.record.args);
        let (node, peer, msg, copy) = (e.from, e.to, e.record.kind, e.copy);
        let kind = Kind::Deliver;
        let record = || Record { at, rules: 0, step, nth, args, kind, sub: 0, node, peer, msg, copy };
        state.envelopes.slots[slot as usize] = None;
        state.envelopes.free.push(slot);
        if msg == WRITE {
            return self.store(record(), watch);
        }
        let noted = self.core.note_message(record);
        let from = self.core.world.ids[usize::from(node)];
        self.handle(peer, noted, watch, |cast, turn| cast.deliver(turn, from, slot));
    }

    /// A write arrives at the store.
    #[inline(never)]
    fn store<W: Watch>(&mut self, arrived: Record, watch: &mut W) {
        self.tell(arrived, watch);
        let accepted = self.core.state.resource.write(arrived.wide(0));
        let stored = self.core.record(Kind::Stored, arrived.node);
        self.tell(Record { sub: accepted.into(), args: arrived.args, ..stored }, watch);
    }

    /// Duplicates a message on behalf of the scenario.
    #[inline(never)]
    pub(super) fn duplicate_message<W: Watch>(&mut self, slot: u32, watch: &mut W) {
        let state = &self.core.state;
        let Some(original) = state.envelopes.slots[slot as usize].clone() else { return };
        let copies = state.envelopes.slots.iter().flatten();
        let same = copies.filter(|e| e.from == original.from && e.to == original.to && e.nth == original.nth);
        let copy = same.map(|e| e.copy).max().unwrap_or(1).saturating_add(1);
        let seq = self.core.next_seq();
        let now = self.core.state.now;
        let due = SimTime(original.due.0.max(now.0));
        let sent_by = Aside(self.core.state.step);
        let mut envelope = Envelope { copy, sent: now, sent_by, ..original };
        envelope.put_off(due, seq, Rank::Delivery);
        let lost = self.core.loss_record(&envelope, Loss::Dropped);
        self.tell(Record { kind: Kind::Copy, sub: 0, ..lost }, watch);
        let posted = self.core.post_seldom(envelope);
        if posted != election_protocol::Posted::NOWHERE {
            self.cast.copy_body(slot, posted);
        }
        self.tell_noted(watch);
    }
}
