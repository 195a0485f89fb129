//! The half of a lane that knows neither algorithms nor watches: its state, its queue, and the effects of events.
//!
//! What a process does in an event takes effect here immediately ([`Host`]). Records are noted at the same time but
//! reported only when the handler has returned ([`super::Sim::tell_noted`]), because only then are the rules known that
//! ran.

use std::rc::Rc;

use super::envelope::Envelope;
use super::inside::Reason;
use super::network::Fate;
use super::node::{Timer, WRITE_TIMER, place_of_timer};
use super::queue::{Queue, Rank};
use super::{Other, PENDING_MAX, State, What, World};
use crate::trace::{BreakOff, Kind, Loss, NOWHERE, Place, Record};
use election_base::{Aside, LocalTime, NodeId, SimTime, Span};
use election_protocol::{
    ARGS_MAX, Belief, Check, GroupId, Host, LogChange, Mark, MsgRecord, Posted, Receipt,
};

/// See the module.
pub struct Core {
    pub world: Rc<World>,
    pub state: State,
    pub queue: Queue,
    /// When the next act happens; never if there is none.
    pub act_at: SimTime,
    /// The node whose handler runs, while one does.
    pub acting: Place,
    /// The earlier event that caused the current one; 0 if none did.
    pub origin: u32,
    /// The records of this event that have yet to be reported.
    pub noted: Vec<Record>,
    /// For each [`Kind::Persist`] among them, how new the written log is.
    pub noted_logs: Vec<(u64, u64)>,
    /// Whether nothing watches, so that no records need to be noted.
    pub unwatched: bool,
    /// Whether the watch also wants records of messages and timers.
    pub tells_messages: bool,
    /// How many records there have been since this simulator was created or restored.
    pub records: u64,
    /// [`election_protocol::ASKED`] while events are inspected, otherwise 0.
    pub asked: u64,
    /// What decided the rules of inspected events.
    pub checks: Vec<Reason>,
}

impl Core {
    pub fn new(world: Rc<World>, state: State) -> Core {
        let queue = Queue::new(state.now);
        Core {
            world,
            state,
            queue,
            act_at: SimTime::NEVER,
            acting: NOWHERE,
            origin: 0,
            noted: Vec::new(),
            noted_logs: Vec::new(),
            unwatched: false,
            tells_messages: true,
            records: 0,
            asked: 0,
            checks: Vec::new(),
        }
    }

    /// Fills the queue from the state.
    pub fn rebuild_queue(&mut self) {
        self.queue.reset(self.state.now);
        self.find_next_act();
        for (slot, envelope) in self.state.envelopes.slots.iter().enumerate() {
            if let Some(e) = envelope
                && !e.waits()
            {
                self.queue.push(e.due, e.rank, e.seq(), What::Arrival(slot as u32).pack());
            }
        }
        for place in 0..self.state.nodes.len() as Place {
            self.queue_node(place);
        }
        for order in self.state.power_offs.clone() {
            self.queue_power_off(order);
        }
        for (i, &(at, seq, ..)) in self.state.wakeups.iter().enumerate() {
            self.queue.push(at, Rank::Wake, seq, What::Wakeup(i as u32).pack());
        }
    }

    /// The place of a node that an algorithm names.
    #[inline]
    fn place_of(&self, id: NodeId) -> Place {
        self.world.place(id).unwrap_or_else(|| panic!("the algorithm names {id}, which is not there"))
    }

    /// Queues what is due at a node, other than messages in flight.
    fn queue_node(&mut self, place: Place) {
        let node = &mut self.state.nodes[usize::from(place)];
        node.timers.iter_mut().for_each(|t| t.queued = SimTime::NEVER);
        if let (true, Some(&slot)) = (node.working, node.inbox.front())
            && let Some(e) = &self.state.envelopes.slots[slot as usize]
        {
            self.queue.push(e.due, e.rank, e.seq(), What::Arrival(slot).pack());
        }
        if node.ticks_due > 0 {
            self.queue_tick(place);
        }
        if self.state.nodes[usize::from(place)].waits_to_start() {
            self.queue_start(place);
        }
        for timer in 0..=WRITE_TIMER {
            self.queue_timer(place, timer);
        }
    }

    /// Queues the first start of a process. Starts at the same instant are ordered by place.
    pub fn queue_start(&mut self, place: Place) {
        let at = self.state.nodes[usize::from(place)].starts;
        self.queue.push(at, Rank::Wake, place.into(), What::Other(place, Other::Start).pack());
    }

    pub fn queue_tick(&mut self, place: Place) {
        let (now, seq) = (self.state.now, place.into());
        self.queue.push(now, Rank::Wake, seq, What::Other(place, Other::Tick).pack());
    }

    /// Whether the next act comes before the events at `queued`, which is not earlier than the act. An act may have to
    /// come after some of them.
    pub fn act_is_next(&self, queued: SimTime) -> bool {
        let Some(act) = self.world.acts.get(self.state.next_act as usize) else { return false };
        let happened = if act.at == self.state.now { self.state.instant } else { 0 };
        act.at < queued || act.after <= happened
    }

    pub fn find_next_act(&mut self) {
        let act = self.world.acts.get(self.state.next_act as usize);
        self.act_at = act.map_or(SimTime::NEVER, |a| a.at);
    }

    /// Advances time to `at`.
    #[inline]
    pub fn enter(&mut self, at: SimTime) {
        debug_assert!(self.state.now <= at);
        if self.state.now != at {
            self.state.now = at;
            self.state.instant = 0;
            // Everything that `deliver all` causes happens at its own instant.
            self.state.delivering = 0;
        }
    }

    #[inline]
    pub fn next_seq(&mut self) -> u64 {
        self.state.seq += 1;
        self.state.seq
    }

    #[inline]
    pub fn record(&self, kind: Kind, node: Place) -> Record {
        Record::new(self.state.now, self.state.step, kind, node)
    }

    /// The record of a node's belief about a group.
    pub fn belief_record(&self, group: GroupId, place: Place, belief: &Belief) -> Record {
        let [epoch, token] = [belief.epoch, belief.token];
        Record {
            sub: belief.leads.into(),
            msg: belief.role as u8,
            peer: belief.leader.some().and_then(|id| self.world.place(id)).unwrap_or(NOWHERE),
            args: [epoch as u32, (epoch >> 32) as u32, token as u32, (token >> 32) as u32, group.0.into()],
            ..self.record(Kind::Belief, place)
        }
    }

    /// Adds a record to the digest. Returns whether to report it: not if nothing watches, nor if the run has broken
    /// off, because what comes after is unknown.
    #[inline(always)]
    pub fn happened(&mut self, record: &Record) -> bool {
        if self.unwatched || self.state.stuck {
            return false;
        }
        self.records += 1;
        record.digest(&mut self.state.digest);
        true
    }

    /// Notes a record, to be reported after the handler. Returns whether it will be reported.
    #[inline(never)]
    pub fn note(&mut self, record: Record) -> bool {
        let told = self.happened(&record);
        if told {
            self.noted.push(record);
        }
        told
    }

    /// Like [`Core::note`], for a message or a timer, which is reported only if the watch wants it. The record is built
    /// on demand, because usually only its digest is needed.
    #[inline(always)]
    pub fn note_message(&mut self, record: impl Fn() -> Record) -> bool {
        if !self.state.stuck {
            let Record { kind, msg, .. } = record();
            self.state.traffic.count(kind, msg);
        }
        if !self.happened(&record()) || !self.tells_messages {
            return false;
        }
        self.push_noted(record());
        true
    }

    #[inline(never)]
    fn push_noted(&mut self, record: Record) {
        self.noted.push(record);
    }

    /// Breaks the run off, once.
    #[inline(never)]
    pub fn get_stuck(&mut self, why: BreakOff) {
        self.note(Record { sub: why as u8, ..self.record(Kind::Stuck, NOWHERE) });
        self.state.stuck = true;
    }
}

// Timers.
impl Core {
    /// Queues an entry for the timer, unless there already is one that is early enough or the timer does not currently
    /// fire by itself.
    #[inline]
    pub fn queue_timer(&mut self, place: Place, timer: usize) {
        let now = self.state.now;
        let node = &mut self.state.nodes[usize::from(place)];
        let slot = &mut node.timers[timer];
        if slot.queued <= slot.deadline || self.world.timers_manual || node.paused {
            return;
        }
        // A timer that came due during a pause is overdue and fires before anything else at this instant.
        let (at, rank) = if slot.deadline < now { (now, Rank::Wake) } else { (slot.deadline, Rank::Timer) };
        slot.queued = at;
        self.queue.push(at, rank, slot.seq, What::Timer(place, timer as u8).pack());
    }

    #[inline]
    pub fn start_timer(&mut self, place: Place, timer: usize, span: Span) {
        let now = self.state.now;
        let seq = self.next_seq();
        let node = &mut self.state.nodes[usize::from(place)];
        let slot = &mut node.timers[timer];
        slot.local = (node.clock.steady(now) + span).0;
        slot.counted = false;
        slot.deadline =
            if node.clock.drift_ppm == 0 { now + span } else { node.clock.when(now, LocalTime(slot.local)) };
        slot.set_at = now;
        slot.set_by = Aside(self.state.step);
        slot.seq = seq;
        self.queue_timer(place, timer);
    }

    #[inline(never)]
    fn start_timer_ticks(&mut self, place: Place, timer: usize, ticks: u64) {
        let now = self.state.now;
        let seq = self.next_seq();
        let node = &mut self.state.nodes[usize::from(place)];
        let count = node.ticker.count(node.clock.steady(now));
        let mut slot = node.timers[timer];
        (slot.local, slot.counted) = (count + ticks as i64, true);
        slot.deadline = node.deadline(now, &slot);
        (slot.set_at, slot.seq) = (now, seq);
        slot.set_by = Aside(self.state.step);
        node.timers[timer] = slot;
        self.queue_timer(place, timer);
    }

    /// A set timer as it is if it is delayed: by the node's clock, or by at least as many ticks.
    pub fn delayed_timer(&self, place: Place, timer: usize, span: Span) -> Timer {
        let node = &self.state.nodes[usize::from(place)];
        let mut slot = node.timers[timer];
        let more = if slot.counted { span.0.div_ceil(node.ticker.period.0.max(1)) } else { span.0 };
        slot.local = slot.local.saturating_add(more as i64);
        slot.deadline = node.deadline(self.state.now, &slot);
        slot
    }

    /// Puts a set timer off.
    #[inline(never)]
    pub fn delay_timer(&mut self, place: Place, timer: usize, span: Span) {
        let seq = self.next_seq();
        let slot = self.delayed_timer(place, timer, span);
        self.state.nodes[usize::from(place)].timers[timer] = Timer { seq, ..slot };
        self.queue_timer(place, timer);
    }

    /// Schedules a believer's next write, if believers write at all.
    pub fn start_write_timer(&mut self, place: Place) {
        if self.state.write_interval > Span::ZERO {
            self.start_timer(place, WRITE_TIMER, self.state.write_interval);
        }
    }
}

// Messages.
impl Core {
    /// Sends a message over the network. Returns the slots of the message and of its duplicate, if any.
    #[inline(always)]
    fn dispatch(&mut self, from: Place, to: Place, msg: &MsgRecord, forged: bool) -> Posted {
        let now = self.state.now;
        let ends = (self.world.ids[usize::from(from)], self.world.ids[usize::from(to)]);
        let (nth, fate) = self.state.network.send(self.state.seed, now, from, to, ends);
        let step = self.state.step;
        self.note_message(|| Record {
            at: now,
            rules: 0,
            step,
            nth,
            args: msg.args,
            kind: Kind::Send,
            sub: forged.into(),
            node: from,
            peer: to,
            msg: msg.kind,
            copy: 1,
        });
        let Fate::Arrives(due, copy) = fate else {
            self.lose_at_once((from, to, nth), msg, fate);
            return Posted::LOST;
        };
        let due = if self.state.delivering > 0 { now } else { due };
        let incarnation = self.state.nodes.get(usize::from(to)).map_or(0, |n| n.incarnation);
        let seq = self.next_seq();
        let slot = self.post(Envelope::new((from, to, nth), (now, step), due, seq, incarnation, *msg));
        let copy = copy.map_or(Posted::NOWHERE, |due| self.post_copy(slot, due));
        Posted { slot, copy }
    }

    /// Like [`Core::dispatch`], for rare sends: writes to the store and forged messages.
    #[inline(never)]
    pub fn dispatch_seldom(&mut self, from: Place, to: Place, msg: &MsgRecord, forged: bool) -> Posted {
        self.dispatch(from, to, msg, forged)
    }

    #[inline(never)]
    fn lose_at_once(&mut self, (from, to, nth): (Place, Place, u32), msg: &MsgRecord, fate: Fate) {
        let why = if fate == Fate::Cut { Loss::CutAtSending } else { Loss::Chance };
        let lost = Record { sub: why as u8, peer: to, nth, ..self.record(Kind::Lose, from) };
        self.note(Record { msg: msg.kind, args: msg.args, copy: 1, ..lost });
    }

    /// Posts a duplicate of the message in a slot, to arrive at `due`.
    #[inline(never)]
    fn post_copy(&mut self, slot: u32, due: SimTime) -> u32 {
        let first = self.state.envelopes.slots.get(slot as usize).and_then(Option::clone);
        let Some(mut envelope) = first else { return Posted::NOWHERE };
        envelope.copy = 2;
        self.note(Record { kind: Kind::Copy, ..self.loss_record(&envelope, Loss::Chance) });
        let due = if self.state.delivering > 0 { self.state.now } else { due };
        envelope.put_off(due, self.next_seq(), Rank::Delivery);
        self.post(envelope)
    }

    /// Puts an envelope in flight. Returns its slot, or [`Posted::NOWHERE`] if there are too many.
    #[inline(always)]
    fn post(&mut self, envelope: Envelope) -> u32 {
        if self.state.envelopes.len() >= PENDING_MAX {
            self.get_stuck(BreakOff::Pending);
            return Posted::NOWHERE;
        }
        let (due, seq) = (envelope.due, envelope.seq());
        let slot = self.state.envelopes.insert(envelope);
        self.queue.push(due, Rank::Delivery, seq, What::Arrival(slot).pack());
        slot
    }

    /// Starts processing the first message in a node's inbox, if the node runs and is not busy. The duration is fixed
    /// now: a node that stops being slow still finishes what it has begun at the old speed.
    pub fn work(&mut self, place: Place) {
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

    /// Removes a message from its receiver's inbox. A receiver that was processing it stops.
    pub fn leave_inbox(&mut self, slot: u32) {
        let Some(envelope) = &self.state.envelopes.slots[slot as usize] else { return };
        let Some(node) = self.state.nodes.get_mut(usize::from(envelope.to)) else { return };
        if node.inbox.front() == Some(&slot) {
            node.inbox.pop_front();
            node.working = false;
        } else {
            node.inbox.retain(|&it| it != slot);
        }
    }

    /// Ends `deliver all` once nothing is in flight except messages waiting at nodes that do not run.
    #[inline]
    pub fn look_for_the_end_of_deliver_all(&mut self) {
        if self.state.delivering > 0 {
            let held: usize = self.state.nodes.iter().filter(|n| !n.runs()).map(|n| n.inbox.len()).sum();
            if self.state.envelopes.len() == held {
                self.state.delivering = 0;
            }
        }
    }

    /// Like [`Core::post`], for a copy made by the scenario.
    #[inline(never)]
    pub fn post_seldom(&mut self, envelope: Envelope) -> u32 {
        self.post(envelope)
    }

    #[inline(never)]
    pub fn loss_record(&self, envelope: &Envelope, loss: Loss) -> Record {
        Record {
            sub: loss as u8,
            peer: envelope.to,
            nth: envelope.nth,
            copy: envelope.copy,
            msg: envelope.record.kind,
            args: envelope.record.args,
            ..self.record(Kind::Lose, envelope.from)
        }
    }
}

// The effects of a process in its event.
impl Host for Core {
    #[inline]
    fn send(&mut self, to: NodeId, record: &MsgRecord) -> Posted {
        let to = self.place_of(to);
        self.dispatch(self.acting, to, record, false)
    }
    fn broadcast(&mut self, record: &MsgRecord, posted: &mut Vec<Posted>) {
        for to in 0..self.world.group.members.len() as Place {
            if to != self.acting {
                let at = self.dispatch(self.acting, to, record, false);
                posted.push(at);
            }
        }
    }
    fn set_timer(&mut self, timer: usize, span: Span) {
        self.start_timer(self.acting, place_of_timer(timer), span);
    }
    fn set_timer_ticks(&mut self, timer: usize, ticks: u64) {
        self.start_timer_ticks(self.acting, place_of_timer(timer), ticks);
    }
    fn cancel_timer(&mut self, timer: usize) {
        self.state.nodes[usize::from(self.acting)].timers[place_of_timer(timer)].deadline = SimTime::NEVER;
    }
    fn persisted(&mut self, disk: [u32; ARGS_MAX], newness: (u64, u64)) {
        if self.unwatched || self.state.stuck {
            self.state.nodes[usize::from(self.acting)].newness = newness;
        } else {
            self.noted_logs.push(newness);
            self.note(Record { args: disk, ..self.record(Kind::Persist, self.acting) });
        }
    }
    fn mark(&mut self, group: GroupId, mark: Mark) {
        let args = [0, 0, 0, 0, group.0.into()];
        self.note(Record { sub: mark as u8, args, ..self.record(Kind::Mark, self.acting) });
    }
    fn power_off(&mut self, node: NodeId, after: Span) {
        let target = self.place_of(node);
        self.order_power_off(self.acting, target, after);
    }
    fn cancel_power_off(&mut self, node: NodeId) {
        let target = self.place_of(node);
        self.call_power_off_off(self.acting, target);
    }
    fn log(&mut self, change: LogChange) {
        let (kind, args) = match change {
            LogChange::Append { first, last, epoch } => (Kind::Append, [first, last, epoch, 0, 0]),
            LogChange::Truncate { last } => (Kind::Truncate, [last, 0, 0, 0, 0]),
            LogChange::Commit { index } => (Kind::Commit, [index, 0, 0, 0, 0]),
        };
        self.note(Record { args, ..self.record(kind, self.acting) });
    }
    fn acknowledge(&mut self, r: Receipt) {
        let (low, high) = (r.epoch as u32, (r.epoch >> 32) as u32);
        let args = [r.write as u32, r.index as u32, low, high, 0];
        self.note(Record { args, ..self.record(Kind::Acknowledge, self.acting) });
    }
    fn because(&mut self, rule: u32, check: Check) {
        self.checks.push(Reason { place: self.acting, rule, check });
    }
}
