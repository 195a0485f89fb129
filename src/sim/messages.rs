//! Messages on their way: sent, lost, waiting at their receiver, taken in.

use super::envelope::{Body, Envelope};
use super::network::Fate;
use super::node::INBOX_MAX;
use super::queue::Rank;
use super::{PENDING_MAX, Sim, What};
use crate::base::{SimTime, Span};
use crate::protocol::{MsgRecord, Protocol};
use crate::trace::{BreakOff, Kind, Loss, Place, Record, Waits, Watch};

impl<P: Protocol> Sim<P> {
    #[inline]
    pub(super) fn send<W: Watch>(
        &mut self,
        from: Place,
        to: Place,
        msg: P::Msg,
        record: &MsgRecord,
        watch: &mut W,
    ) {
        self.dispatch(from, to, Body::Message(msg), record, false, watch);
    }

    #[inline(never)]
    pub(super) fn send_write<W: Watch>(&mut self, from: Place, write: u32, watch: &mut W) {
        let node = &self.state.nodes[usize::from(from)];
        let (token, belief) = (node.belief.token, node.belief_number);
        let body = Body::Write { token, belief, write };
        let record = body.record::<P>();
        self.dispatch(from, self.world.store(), body, &record, false, watch);
    }

    /// Sends over the network.
    #[inline]
    pub(super) fn dispatch<W: Watch>(
        &mut self,
        from: Place,
        to: Place,
        body: Body<P::Msg>,
        msg: &MsgRecord,
        forged: bool,
        watch: &mut W,
    ) {
        let now = self.state.now;
        let ends = (self.world.ids[usize::from(from)], self.world.ids[usize::from(to)]);
        let (nth, fate) = self.state.network.send(self.state.seed, now, from, to, ends);
        let mut record = Record {
            at: now,
            rules: 0,
            step: self.state.step,
            nth,
            args: msg.args,
            kind: Kind::Send,
            sub: forged.into(),
            node: from,
            peer: to,
            msg: msg.kind,
            copy: 1,
        };
        self.tell(record, watch);
        record.sub = 0;
        match fate {
            Fate::Arrives(due, copy) => {
                let due = if self.state.delivering > 0 { now } else { due };
                let incarnation = self.state.nodes.get(usize::from(to)).map_or(0, |n| n.incarnation);
                let seq = self.next_seq();
                let Some(copy) = copy else {
                    self.post(Envelope::new((from, to, nth), now, due, seq, incarnation, body), watch);
                    return;
                };
                let envelope = Envelope::new((from, to, nth), now, due, seq, incarnation, body);
                let mut second = envelope.clone();
                self.post(envelope, watch);
                record.kind = Kind::Copy;
                record.copy = 2;
                self.tell(record, watch);
                let due = if self.state.delivering > 0 { now } else { copy };
                second.copy = 2;
                second.put_off(due, self.next_seq(), Rank::Delivery);
                self.post(second, watch);
            }
            lost => {
                record.kind = Kind::Lose;
                record.sub = if lost == Fate::Cut { Loss::CutAtSending } else { Loss::Chance } as u8;
                self.tell(record, watch);
            }
        }
    }

    #[inline]
    pub(super) fn post<W: Watch>(&mut self, envelope: Envelope<P::Msg>, watch: &mut W) {
        if self.state.envelopes.len() >= PENDING_MAX {
            return self.get_stuck(BreakOff::Pending, watch);
        }
        let (due, seq) = (envelope.due, envelope.seq());
        let slot = self.state.envelopes.insert(envelope);
        self.queue.push(due, Rank::Delivery, seq, What::Arrival(slot).pack());
    }

    /// An entry for a message came out of the queue. True if it was an event.
    #[inline]
    pub(super) fn arrive<W: Watch>(&mut self, slot: u32, at: SimTime, seq: u64, watch: &mut W) -> bool {
        let Some(envelope) = &self.state.envelopes.slots[slot as usize] else { return false };
        if envelope.seq() != seq {
            // It was dropped, or moved in time; the slot may be another message's by now.
            return false;
        }
        let (to, waited) = (envelope.to, envelope.waits());
        if waited && self.state.nodes.get(usize::from(to)).is_some_and(|n| n.paused) {
            // It was to be taken in now, and its receiver was paused at this very instant.
            self.count(at, watch);
            self.state.nodes[usize::from(to)].inbox.push_front(slot);
            return true;
        }
        // A cut is checked when the network delivers, not when the receiver gets round to it.
        let cut = !waited && !self.state.network.open(envelope.from, to);
        self.count(at, watch);
        if !waited
            && !cut
            && let Some(why) = self.must_wait(to)
        {
            self.keep_waiting(slot, why, watch);
        } else {
            if waited {
                self.leave_inbox(slot);
            }
            let envelope = self.state.envelopes.take(slot).expect("looked at above");
            self.take_in(envelope, cut, watch);
            if waited {
                self.work(to);
            }
        }
        if self.state.delivering > 0 {
            self.look_for_the_end_of_deliver_all();
            if self.state.delivering == 1 {
                self.get_stuck(BreakOff::DeliverAll, watch);
            }
            self.state.delivering = self.state.delivering.saturating_sub(1);
        }
        true
    }

    /// Why a message that arrives now cannot be taken in at once, if it cannot.
    #[inline]
    fn must_wait(&self, to: Place) -> Option<Waits> {
        let node = self.state.nodes.get(usize::from(to))?;
        if node.state.is_none() {
            return node.waits_to_start().then_some(Waits::NotStarted);
        }
        if node.paused {
            return Some(Waits::Paused);
        }
        let busy = !node.inbox.is_empty() || node.slow > Span::ZERO && self.state.delivering == 0;
        busy.then_some(Waits::Busy)
    }

    /// Puts a message that has arrived into the receiver's inbox.
    #[inline(never)]
    fn keep_waiting<W: Watch>(&mut self, slot: u32, why: Waits, watch: &mut W) {
        let envelope = self.state.envelopes.slots[slot as usize].as_ref().expect("it has just arrived");
        let to = envelope.to;
        if self.state.nodes[usize::from(to)].inbox.len() >= INBOX_MAX {
            let envelope = self.state.envelopes.take(slot).expect("it has just arrived");
            return self.tell(self.loss_record(&envelope, Loss::Full), watch);
        }
        let record = Record { kind: Kind::Wait, sub: why as u8, ..self.loss_record(envelope, Loss::Full) };
        let (now, seq) = (self.state.now, self.next_seq());
        let envelope = self.state.envelopes.slots[slot as usize].as_mut().expect("it has just arrived");
        envelope.put_off(now, seq, Rank::Wake);
        self.state.nodes[usize::from(to)].inbox.push_back(slot);
        self.tell(record, watch);
        self.work(to);
    }

    /// The node begins with the first message of its inbox, if it runs and has nothing else to do. How long it
    /// takes is decided now: a slow node that is slow no more finishes what it has begun.
    pub(super) fn work(&mut self, place: Place) {
        let now = self.state.now;
        let Some(node) = self.state.nodes.get_mut(usize::from(place)) else { return };
        if !node.runs() || node.working {
            return;
        }
        let Some(&slot) = node.inbox.front() else { return };
        node.working = true;
        let span = if self.state.delivering > 0 { Span::ZERO } else { node.slow };
        node.work = span;
        let (due, seq) = (now + span, self.next_seq());
        let rank = if span == Span::ZERO { Rank::Wake } else { Rank::Slow };
        let envelope = self.state.envelopes.slots[slot as usize].as_mut().expect("the inbox holds messages");
        envelope.put_off(due, seq, rank);
        self.queue.push(due, rank, seq, What::Arrival(slot).pack());
    }

    /// Takes a message out of its receiver's inbox. Whoever was at work on it is not any more.
    pub(super) fn leave_inbox(&mut self, slot: u32) {
        let Some(envelope) = &self.state.envelopes.slots[slot as usize] else { return };
        let Some(node) = self.state.nodes.get_mut(usize::from(envelope.to)) else { return };
        if node.inbox.front() == Some(&slot) {
            node.inbox.pop_front();
            node.working = false;
        } else {
            node.inbox.retain(|&it| it != slot);
        }
    }

    /// It is over when nothing is under way but what waits at nodes that do not run.
    #[inline]
    pub(super) fn look_for_the_end_of_deliver_all(&mut self) {
        if self.state.delivering > 0 {
            let held: usize = self.state.nodes.iter().filter(|n| !n.runs()).map(|n| n.inbox.len()).sum();
            if self.state.envelopes.len() == held {
                self.state.delivering = 0;
            }
        }
    }

    #[inline]
    fn take_in<W: Watch>(&mut self, envelope: Envelope<P::Msg>, cut: bool, watch: &mut W) {
        let incarnation = envelope.incarnation();
        let Envelope { from, to, nth, copy, body, .. } = envelope;
        let msg = body.record::<P>();
        let mut record = Record {
            at: self.state.now,
            rules: 0,
            step: self.state.step,
            nth,
            args: msg.args,
            kind: Kind::Deliver,
            sub: 0,
            node: from,
            peer: to,
            msg: msg.kind,
            copy,
        };
        let loss = match self.state.nodes.get(usize::from(to)) {
            _ if cut => Some(Loss::CutAtDelivery),
            Some(node) if node.state.is_none() => Some(Loss::Down),
            Some(node) if self.world.incarnations && node.incarnation != incarnation => Some(Loss::Restarted),
            _ => None,
        };
        if let Some(loss) = loss {
            record.kind = Kind::Lose;
            record.sub = loss as u8;
            self.tell(record, watch);
            return;
        }
        match body {
            Body::Message(msg) => {
                let sender = self.world.ids[usize::from(from)];
                self.handle(to, record, watch, |state, cx| state.on_message(cx, sender, msg));
            }
            Body::Write { token, belief, write } => {
                self.tell(record, watch);
                let accepted = self.state.resource.write(token);
                let mut stored = self.record(Kind::Stored, from);
                stored.sub = accepted.into();
                stored.args = [token as u32, (token >> 32) as u32, belief, write, 0];
                self.tell(stored, watch);
            }
        }
    }
}
