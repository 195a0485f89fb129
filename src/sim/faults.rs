//! What an act of the scenario does to a lane.
//!
//! Whom an act means (`leader`, `majority` …) is found out in each lane when it happens: see [`super::plan`].

use crate::base::{SimTime, Span, sort_numbers};
use crate::protocol::{Input, Protocol, TimerKind};
use crate::scenario::{Action, MessageRef, Who};
use crate::trace::{ActClass, Acted, Kind, Loss, NOWHERE, Place, Record, Watch};
use crate::words::{Ask, WRITE_TIMER as WRITE_TIMER_NAME};

use super::node::WRITE_TIMER;
use super::plan::{Meant, Plan};
use super::queue::Rank;
use super::{DELIVER_ALL_MAX, Sim, What};

impl<P: Protocol> Sim<P> {
    /// Carries out an act.
    pub(super) fn act<W: Watch>(&mut self, index: u32, watch: &mut W) {
        let world = self.world.clone();
        let act = &world.acts[index as usize];
        let mut record = self.record(Kind::Act, NOWHERE);
        record.args[0] = index;
        record.msg = match act.action {
            Action::DeliverMessage(_) | Action::DelayMessage(..) | Action::DeliverAll => {
                ActClass::MovesMessages
            }
            Action::Close(_) => ActClass::Leaves,
            Action::Expire(_) => ActClass::Expires,
            Action::Fire(..) => ActClass::Fires,
            Action::Campaign(_) => ActClass::Suspects,
            _ => ActClass::Plain,
        } as u8;
        if act.applicable & 1 << world.lane == 0 {
            record.sub = Acted::NotApplicable as u8;
            self.tell(record, watch);
            return;
        }
        // The record of the act comes before those of its consequences, and names its outcome. So what it
        // would do is found out first.
        let plan = self.plan(&act.action);
        record.sub = match &plan {
            Ok(_) => Acted::Done,
            Err(acted) => *acted,
        } as u8;
        self.tell(record, watch);
        if let Ok(plan) = plan {
            self.carry_out_plan(&act.action, plan, watch);
        }
    }

    /// Who is meant, and whether anything will come of it.
    #[inline(never)]
    fn plan(&self, action: &Action) -> Result<Plan, Acted> {
        let view = self.view();
        let meant = Meant { lane: &view, ids: &self.world.ids };
        match action {
            Action::Fire(who, name) => {
                let timer = timer_index(name, P::Timer::NAMES).ok_or(Acted::NotApplicable)?;
                let set = |p: Place| self.state.nodes[usize::from(p)].timers[timer].is_set();
                match meant.everybody(who, &|p| meant.runs(p) && set(p)) {
                    Err(Acted::Nothing) => Err(Acted::NoSuchTimer),
                    other => other,
                }
            }
            Action::DropMessage(m)
            | Action::DeliverMessage(m)
            | Action::DelayMessage(m, _)
            | Action::DuplicateMessage(m) => {
                self.find_message(m).map(Plan::Message).ok_or(Acted::NoSuchMessage)
            }
            _ => meant.plan(action, P::INFO.asks.contains(&Ask::Write)),
        }
    }

    /// The places that are meant, each once, in the order named; groups ascending.
    pub fn resolve(&self, who: &Who) -> Vec<Place> {
        Meant { lane: &self.view(), ids: &self.world.ids }.resolve(who)
    }

    #[inline(never)]
    fn carry_out_plan<W: Watch>(&mut self, action: &Action, plan: Plan, watch: &mut W) {
        if self.state.network.act(action, &plan) {
            self.tell(self.record(Kind::Links, NOWHERE), watch);
            return;
        }
        match (action, plan) {
            (Action::Crash(_) | Action::Stonith(_), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.crash(p, watch));
            }
            (Action::Restart(_), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.start_node(p, true, watch));
            }
            (Action::Pause(_, span), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.pause(p, *span, watch));
            }
            (Action::Resume(_), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.resume(p, watch));
            }
            (Action::Drift(_, ppm), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.drift(p, *ppm, watch));
            }
            (Action::Skew(_, by), Plan::Nodes(places)) => {
                for place in places {
                    self.state.nodes[usize::from(place)].clock.skew += by;
                    self.tell(Record { sub: 1, ..self.record(Kind::Clock, place) }, watch);
                }
            }
            (Action::Slow(_, span), Plan::Nodes(places)) => {
                for place in places {
                    self.state.nodes[usize::from(place)].slow = *span;
                    self.tell(self.record(Kind::Clock, place), watch);
                }
            }
            (Action::Campaign(_), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.input(p, Input::Campaign, watch));
            }
            (Action::StepDown(_), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.input(p, Input::StepDown, watch));
            }
            (Action::Close(_), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.input(p, Input::Close, watch));
            }
            (Action::Transfer(..), Plan::Transfer(from, to)) => {
                let to = self.world.ids[usize::from(to)];
                self.input(from, Input::Transfer(to), watch);
            }
            (Action::Expire(_), Plan::Nodes(places)) => {
                let members = self.world.group.members.len();
                for place in places {
                    let id = self.world.ids[usize::from(place)];
                    for service in members..self.world.nodes() {
                        if self.state.nodes[service].runs() {
                            self.input(service as Place, Input::Expire(id), watch);
                        }
                    }
                }
            }
            (Action::Write(_), Plan::Nodes(places)) => {
                for place in places {
                    self.state.writes += 1;
                    let number = self.state.writes;
                    if P::INFO.asks.contains(&Ask::Write) {
                        self.input(place, Input::Write(number.into()), watch);
                    } else {
                        self.send_write(place, number, watch);
                    }
                }
            }
            (Action::Fire(_, name), Plan::Nodes(places)) => {
                let timer = timer_index(name, P::Timer::NAMES).expect("found in the plan");
                for place in places {
                    let slot = &mut self.state.nodes[usize::from(place)].timers[timer];
                    slot.deadline = SimTime::NEVER;
                    slot.overdue = false;
                    self.fire(place, timer, watch);
                }
            }
            (Action::DeliverAll, _) => self.deliver_all(),
            (Action::DropMessage(_), Plan::Message(slot)) => {
                self.forget_held(slot);
                let envelope = self.state.envelopes.take(slot).expect("found in the plan");
                let record = self.loss_record(&envelope, Loss::Dropped);
                self.tell(record, watch);
                self.look_for_the_end_of_deliver_all();
            }
            (Action::DeliverMessage(_), Plan::Message(slot)) => self.move_message(slot, self.state.now),
            (Action::DelayMessage(_, span), Plan::Message(slot)) => self.delay_message(slot, *span),
            (Action::DuplicateMessage(_), Plan::Message(slot)) => self.duplicate_message(slot, watch),
            (action, _) => unreachable!("{action:?} has another plan"),
        }
    }

    #[inline(never)]
    fn input<W: Watch>(&mut self, place: Place, input: Input, watch: &mut W) {
        let record = Record { sub: 1, ..self.record(Kind::Input, place) };
        self.handle(place, record, watch, |state, cx| state.on_input(cx, input));
    }

    #[inline(never)]
    fn crash<W: Watch>(&mut self, place: Place, watch: &mut W) {
        let node = &mut self.state.nodes[usize::from(place)];
        node.state = None;
        node.paused = false;
        node.pauses += 1;
        node.clear_timers();
        node.busy_until = SimTime::ZERO;
        let held = core::mem::take(&mut node.held);
        // What it knew goes with it, but for the epoch: that is how far anybody outside saw it get.
        let believed = node.belief;
        node.belief.leads = false;
        node.belief_number = 0;
        if believed.leads {
            node.belief.role = crate::protocol::Role::Follower;
        }
        self.state.wakeups.retain(|w| w.2 != place);
        self.tell(self.record(Kind::Crash, place), watch);
        for slot in held {
            if let Some(envelope) = self.state.envelopes.take(slot) {
                let record = self.loss_record(&envelope, Loss::Down);
                self.tell(record, watch);
            }
        }
    }

    #[inline(never)]
    fn pause<W: Watch>(&mut self, place: Place, span: Option<Span>, watch: &mut W) {
        let seq = self.next_seq();
        let node = &mut self.state.nodes[usize::from(place)];
        node.paused = true;
        node.pauses += 1;
        let pauses = node.pauses;
        // What a slow node was at work on waits too, before all that arrives during the pause.
        node.busy_until = SimTime::ZERO;
        let mut at_work: Vec<(u64, u64, u32)> = Vec::new();
        for (slot, envelope) in self.state.envelopes.slots.iter().enumerate() {
            if let Some(e) = envelope
                && e.to == place
                && e.waits()
            {
                at_work.push((e.due.0, e.seq(), slot as u32));
            }
        }
        sort_numbers(&mut at_work);
        for (_, _, slot) in at_work {
            // Its entry in the queue is not the live one any more.
            let seq = self.next_seq();
            let envelope = self.state.envelopes.slots[slot as usize].as_mut().expect("found above");
            envelope.put_off(envelope.due, seq, envelope.rank);
            self.state.nodes[usize::from(place)].held.push(slot);
        }
        if let Some(span) = span {
            let at = self.state.now + span;
            self.state.wakeups.push((at, seq, place, pauses));
            self.queue.push(at, Rank::Wake, seq, What::Wakeup(0).pack());
        }
        self.tell(self.record(Kind::Pause, place), watch);
    }

    /// The end of a pause came out of the queue. True if it was an event.
    pub(super) fn wake_due<W: Watch>(&mut self, at: SimTime, seq: u64, watch: &mut W) -> bool {
        let Some(i) = self.state.wakeups.iter().position(|w| w.1 == seq) else { return false };
        let (_, _, place, pauses) = self.state.wakeups.remove(i);
        let node = &self.state.nodes[usize::from(place)];
        if !node.paused || node.pauses != pauses {
            return false;
        }
        self.count(at, watch);
        self.resume(place, watch);
        true
    }

    /// The node goes on where it stopped: first its overdue timers in the order of their deadlines, then the
    /// messages that waited, all before anything else of this instant.
    #[inline(never)]
    fn resume<W: Watch>(&mut self, place: Place, watch: &mut W) {
        let now = self.state.now;
        let node = &mut self.state.nodes[usize::from(place)];
        node.paused = false;
        let held = core::mem::take(&mut node.held);
        let mut overdue: Vec<(u64, u64, u32)> = (0..node.timers.len())
            .filter(|&t| node.timers[t].overdue && node.timers[t].is_set())
            .map(|t| (node.timers[t].deadline.0, node.timers[t].seq, t as u32))
            .collect();
        sort_numbers(&mut overdue);
        self.state.wakeups.retain(|w| w.2 != place);
        self.tell(self.record(Kind::Resume, place), watch);
        for (_, _, timer) in overdue {
            let timer = timer as usize;
            let seq = self.next_seq();
            let slot = &mut self.state.nodes[usize::from(place)].timers[timer];
            slot.deadline = now;
            slot.seq = seq;
            slot.queued = SimTime::NEVER;
            self.queue_timer(place, timer);
        }
        for held in held {
            let seq = self.next_seq();
            let Some(envelope) = &mut self.state.envelopes.slots[held as usize] else { continue };
            let node = &mut self.state.nodes[usize::from(place)];
            let mut due = now;
            if node.slow > Span::ZERO {
                node.busy_until = SimTime(node.busy_until.0.max(now.0)) + node.slow;
                due = node.busy_until;
            }
            let rank = if due == now { Rank::Wake } else { Rank::Slow };
            envelope.put_off(due, seq, rank);
            self.queue.push(due, rank, seq, What::Arrival(held).pack());
        }
    }

    #[inline(never)]
    fn drift<W: Watch>(&mut self, place: Place, ppm: i32, watch: &mut W) {
        let now = self.state.now;
        let node = &mut self.state.nodes[usize::from(place)];
        node.clock.set_drift(now, ppm);
        for timer in 0..node.timers.len() {
            let node = &mut self.state.nodes[usize::from(place)];
            let slot = &mut node.timers[timer];
            if slot.is_set() && !slot.overdue {
                slot.deadline = node.clock.when(now, slot.local);
                if !self.world.timers_manual {
                    self.queue_timer(place, timer);
                }
            }
        }
        self.tell(self.record(Kind::Clock, place), watch);
    }

    #[inline(never)]
    fn find_message(&self, m: &MessageRef) -> Option<u32> {
        let (from, to) = (self.world.place(m.from)?, self.world.place(m.to)?);
        let is =
            |e: &super::Envelope<P::Msg>| e.from == from && e.to == to && e.nth == m.nth && e.copy == m.copy;
        self.state.envelopes.slots.iter().position(|e| e.as_ref().is_some_and(is)).map(|i| i as u32)
    }

    fn forget_held(&mut self, slot: u32) {
        if let Some(e) = &self.state.envelopes.slots[slot as usize]
            && let Some(node) = self.state.nodes.get_mut(usize::from(e.to))
        {
            node.held.retain(|&h| h != slot);
        }
    }

    /// The message arrives at `due` instead. At a paused node it waits on.
    #[inline(never)]
    fn move_message(&mut self, slot: u32, due: SimTime) {
        self.forget_held(slot);
        let seq = self.next_seq();
        let Some(envelope) = &mut self.state.envelopes.slots[slot as usize] else { return };
        let rank = envelope.rank;
        envelope.put_off(due, seq, rank);
        self.queue.push(due, rank, seq, What::Arrival(slot).pack());
    }

    /// The message arrives later; on a link that keeps its order those behind it do not overtake it.
    #[inline(never)]
    fn delay_message(&mut self, slot: u32, span: Span) {
        let Some(envelope) = &self.state.envelopes.slots[slot as usize] else { return };
        let (from, to, nth) = (envelope.from, envelope.to, envelope.nth);
        let due = SimTime(envelope.due.0.max(self.state.now.0)) + span;
        self.move_message(slot, due);
        if self.state.network.reorders() {
            return;
        }
        let mut behind: Vec<(u64, u64, u32)> = Vec::new();
        for (other, e) in self.state.envelopes.slots.iter().enumerate() {
            if let Some(e) = e
                && e.from == from
                && e.to == to
                && e.nth > nth
                && e.due < due
            {
                behind.push((0, e.nth.into(), other as u32));
            }
        }
        sort_numbers(&mut behind);
        behind.into_iter().for_each(|(_, _, other)| self.move_message(other, due));
        self.state.network.not_before(from, to, due);
    }

    #[inline(never)]
    fn duplicate_message<W: Watch>(&mut self, slot: u32, watch: &mut W) {
        let Some(original) = self.state.envelopes.slots[slot as usize].clone() else { return };
        let copies = self.state.envelopes.slots.iter().flatten();
        let same = copies.filter(|e| e.from == original.from && e.to == original.to && e.nth == original.nth);
        let copy = same.map(|e| e.copy).max().unwrap_or(1).saturating_add(1);
        let seq = self.next_seq();
        let now = self.state.now;
        let due = SimTime(original.due.0.max(now.0));
        let mut envelope = super::Envelope { copy, sent: now, ..original };
        envelope.put_off(due, seq, Rank::Delivery);
        let mut record = self.loss_record(&envelope, Loss::Dropped);
        record.kind = Kind::Copy;
        record.sub = 0;
        self.tell(record, watch);
        self.post(envelope);
    }

    /// Everything under way arrives now, in the order in which it would have arrived.
    #[inline(never)]
    fn deliver_all(&mut self) {
        let now = self.state.now;
        let held: Vec<u32> = self.state.nodes.iter().flat_map(|n| n.held.iter().copied()).collect();
        let mut pending: Vec<(u64, u64, u32)> = Vec::new();
        for (slot, envelope) in self.state.envelopes.slots.iter().enumerate() {
            if let Some(e) = envelope
                && !held.contains(&(slot as u32))
            {
                // What a slow node is at work on has arrived before all that is still on its way.
                let due = if e.waits() { SimTime::ZERO } else { e.due };
                pending.push((due.0, e.seq(), slot as u32));
            }
        }
        if pending.is_empty() {
            return;
        }
        sort_numbers(&mut pending);
        self.state.delivering = DELIVER_ALL_MAX;
        for node in &mut self.state.nodes {
            node.busy_until = SimTime::ZERO;
        }
        for (_, _, slot) in pending {
            self.move_message(slot, now);
        }
    }

    #[inline(never)]
    fn loss_record(&self, envelope: &super::Envelope<P::Msg>, loss: Loss) -> Record {
        let mut record = Record {
            sub: loss as u8,
            peer: envelope.to,
            nth: envelope.nth,
            copy: envelope.copy,
            ..self.record(Kind::Lose, envelope.from)
        };
        let msg = envelope.body.record::<P>();
        record.msg = msg.kind;
        record.args = msg.args;
        record
    }
}

/// The timer of that name; `names` are the algorithm's own.
#[inline(never)]
fn timer_index(name: &str, names: &[&str]) -> Option<usize> {
    if name == WRITE_TIMER_NAME { Some(WRITE_TIMER) } else { names.iter().position(|n| *n == name) }
}
