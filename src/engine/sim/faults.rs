//! The effects of the scenario's acts on a lane.
//!
//! The nodes that an act refers to (`leader`, `majority` …) are determined in each lane when it happens; see
//! [`super::plan`].

use crate::trace::{ActClass, Acted, Kind, Loss, NOWHERE, Place, Record, Watch};
use election_base::{Aside, Delay, NodeId, SimTime, Span, sort_numbers};
use election_language::scenario::{Action, Change, Forged, MessageRef, SetAct, Who};
use election_language::vocabulary::{CommandWord, Effect, Form, WRITE_TIMER as WRITE_TIMER_NAME};
use election_protocol::{Belief, Role};

use super::node::{WRITE_TIMER, place_of_timer};
use super::plan::{Meant, Plan};
use super::power::PowerOff;
use super::queue::Rank;
use super::{DELIVER_ALL_MAX, Processes, Sim, Turn, What};

impl Sim {
    /// Executes an act.
    pub(super) fn act<W: Watch>(&mut self, index: u32, watch: &mut W) {
        let world = self.core.world.clone();
        let act = &world.acts[index as usize];
        let mut record = self.core.record(Kind::Act, NOWHERE);
        record.args[0] = index;
        record.msg = match act.action {
            Action::DeliverMessage(_) | Action::DelayMessage(..) | Action::DeliverAll => {
                ActClass::MovesMessages
            }
            Action::Command { word, .. } => match word.effect {
                Effect::None => ActClass::Plain,
                Effect::Suspicion => ActClass::Suspects,
                Effect::Departure => ActClass::Leaves,
                Effect::Expiry => ActClass::Expires,
            },
            Action::Fire(..) | Action::DelayTimer(..) => ActClass::Fires,
            // Inserted ticks cause timeouts early.
            Action::Tick(..) => ActClass::Fires,
            Action::Send(_) => ActClass::Forges,
            _ => ActClass::Plain,
        } as u8;
        if act.applicable & 1 << world.lane == 0 {
            record.sub = Acted::NotApplicable as u8;
            self.tell(record, watch);
            return;
        }
        self.start_who_is_meant(&act.action, watch);
        // The record of the act precedes those of its effects and contains the outcome, which must therefore be
        // determined first.
        let plan = self.plan(&act.action);
        record.sub = match &plan {
            Ok(_) => Acted::Done,
            Err(acted) => *acted,
        } as u8;
        if let (Action::DelayTimer(_, name, span), Ok(Plan::Nodes(places))) = (&act.action, &plan) {
            let timer = self.timer_named(name);
            let fires = places.iter().map(|&place| self.core.delayed_timer(place, timer, *span).deadline);
            let late = fires.max().map_or(0, |at| (at - self.core.state.now).0);
            (record.args[1], record.args[2]) = (late as u32, (late >> 32) as u32);
        }
        self.tell(record, watch);
        if let Ok(plan) = plan {
            self.carry_out_plan(&act.action, plan, watch);
        }
    }

    /// If an act names a process that has not started yet, starts it first so that it can be acted on.
    fn start_who_is_meant<W: Watch>(&mut self, action: &Action, watch: &mut W) {
        let who = match action {
            Action::Crash(who)
            | Action::Stonith(who)
            | Action::Pause(who, _)
            | Action::Fire(who, _)
            | Action::DelayTimer(who, ..)
            | Action::Tick(who, _)
            | Action::Write(Some(who)) => who,
            Action::Command { word, who, .. } if word.form != Form::ToService => who,
            _ => return,
        };
        for place in self.resolve(who) {
            if self.core.state.nodes.get(usize::from(place)).is_some_and(|n| n.waits_to_start()) {
                self.start_node(place, false, watch);
            }
        }
    }

    /// Determines which nodes an action refers to and whether it will have an effect.
    #[inline(never)]
    fn plan(&self, action: &Action) -> Result<Plan, Acted> {
        let view = self.view();
        let meant = Meant { lane: &view, ids: &self.core.world.ids };
        match action {
            Action::Fire(who, name) | Action::DelayTimer(who, name, _) => {
                let timer = timer_index(name, self.cast.timers()).ok_or(Acted::NotApplicable)?;
                let set = |p: Place| self.core.state.nodes[usize::from(p)].timers[timer].is_set();
                match meant.everybody(who, &|p| meant.runs(p) && set(p)) {
                    Err(Acted::Nothing) => Err(Acted::NoSuchTimer),
                    other => other,
                }
            }
            Action::Tick(who, _) => {
                let ticks = |p: Place| self.core.state.nodes[usize::from(p)].ticker.period > Span::ZERO;
                meant.everybody(who, &|p| meant.runs(p) && ticks(p))
            }
            Action::DropMessage(m)
            | Action::DeliverMessage(m)
            | Action::DelayMessage(m, _)
            | Action::DuplicateMessage(m) => {
                let slot = self.find_message(m).ok_or(Acted::NoSuchMessage)?;
                let envelope = self.core.state.envelopes.slots[slot as usize].as_ref();
                // Nothing waits at the store.
                let arrived = envelope.filter(|e| e.waits());
                let held = arrived.is_some_and(|e| !meant.runs(e.to));
                match action {
                    // A message that has arrived cannot be delayed, nor processed by a paused node.
                    Action::DelayMessage(..) if arrived.is_some() => Err(Acted::Nothing),
                    Action::DeliverMessage(_) if held => Err(Acted::Nothing),
                    _ => Ok(Plan::Message(slot)),
                }
            }
            Action::Set(SetAct { change: Change::Setting(setting, value), .. }) => {
                let plan = meant.plan(action, false)?;
                let fits = |p: &Place| self.cast.fits((*p).into(), *setting, value).is_ok();
                let places = match plan {
                    Plan::Nodes(places) => places,
                    _ => (0..self.core.world.nodes() as Place).collect(),
                };
                let fitting: Vec<Place> = places.into_iter().filter(fits).collect();
                if fitting.is_empty() { Err(Acted::Nothing) } else { Ok(Plan::Nodes(fitting)) }
            }
            _ => meant.plan(action, self.core.world.info.writes),
        }
    }

    /// The places referred to, without duplicates, in the order named; groups are in ascending order.
    pub fn resolve(&self, who: &Who) -> Vec<Place> {
        Meant { lane: &self.view(), ids: &self.core.world.ids }.resolve(who)
    }

    #[inline(never)]
    fn carry_out_plan<W: Watch>(&mut self, action: &Action, plan: Plan, watch: &mut W) {
        if self.core.state.network.act(action, &plan, self.core.state.step) {
            self.tell(self.core.record(Kind::Links, NOWHERE), watch);
            return;
        }
        match (action, plan) {
            (Action::Crash(_) | Action::Stonith(_), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.crash(p, false, watch));
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
                    self.core.state.nodes[usize::from(place)].clock.skew += by;
                    self.tell(Record { sub: 1, ..self.core.record(Kind::Clock, place) }, watch);
                }
            }
            (Action::Slow(_, span), Plan::Nodes(places)) => {
                for place in places {
                    self.core.state.nodes[usize::from(place)].slow = *span;
                    self.tell(self.core.record(Kind::Clock, place), watch);
                }
            }
            (Action::Tick(_, count), Plan::Nodes(places)) => {
                for place in places {
                    let node = &mut self.core.state.nodes[usize::from(place)];
                    node.ticks_due += count;
                    node.ticks_by = Aside(self.core.state.step);
                    self.core.queue_tick(place);
                }
            }
            (Action::Set(set), plan) => self.change_setting(set, plan, watch),
            (Action::Reseed(seed), _) => {
                self.core.state.seed = *seed;
                self.cast.reseed(*seed);
            }
            (Action::Send(forged), _) => self.forge(forged, watch),
            (Action::Command { word, .. }, plan) => self.command(word, plan, watch),
            (Action::Write(_), Plan::Nodes(places)) => {
                places.into_iter().for_each(|p| self.client_writes(p, watch));
            }
            (Action::Fire(_, name), Plan::Nodes(places)) => {
                let timer = self.timer_named(name);
                for place in places {
                    self.core.state.nodes[usize::from(place)].timers[timer].deadline = SimTime::NEVER;
                    self.fire(place, timer, watch);
                }
            }
            (Action::DelayTimer(_, name, span), Plan::Nodes(places)) => {
                let timer = self.timer_named(name);
                places.into_iter().for_each(|place| self.core.delay_timer(place, timer, *span));
            }
            (Action::DeliverAll, _) => self.deliver_all(),
            (Action::DropMessage(_), Plan::Message(slot)) => {
                self.core.leave_inbox(slot);
                let to = self.core.state.envelopes.slots[slot as usize].as_ref().map(|e| e.to);
                self.lose(slot, Loss::Dropped, watch);
                to.into_iter().for_each(|to| self.core.work(to));
                self.core.look_for_the_end_of_deliver_all();
            }
            (Action::DeliverMessage(_), Plan::Message(slot)) => self.move_message(slot, self.core.state.now),
            (Action::DelayMessage(_, span), Plan::Message(slot)) => self.delay_message(slot, *span),
            (Action::DuplicateMessage(_), Plan::Message(slot)) => self.duplicate_message(slot, watch),
            (action, _) => unreachable!("{action} has another plan"),
        }
    }

    /// A client writes through a node.
    fn client_writes<W: Watch>(&mut self, place: Place, watch: &mut W) {
        self.core.state.writes += 1;
        let number = self.core.state.writes;
        if self.core.world.info.writes {
            self.hand_over(place, watch, |cast, turn| cast.write(turn, number.into()));
        } else {
            self.send_write(place, number, watch);
        }
    }

    /// The place of a timer that the plan has found.
    fn timer_named(&self, name: &str) -> usize {
        timer_index(name, self.cast.timers()).expect("found in the plan")
    }

    /// Gives a command of the algorithm.
    #[inline(never)]
    fn command<W: Watch>(&mut self, word: &CommandWord, plan: Plan, watch: &mut W) {
        let known = self.core.world.info.commands.iter().position(|command| command.name == word.name);
        let command = known.expect("the act is applicable");
        let give = |sim: &mut Sim, to: Place, about: Option<NodeId>, watch: &mut W| {
            sim.hand_over(to, watch, |cast, turn| cast.command(turn, command, about));
        };
        let id = |sim: &Sim, place: Place| sim.core.world.ids[usize::from(place)];
        match plan {
            Plan::Nodes(places) if word.form == Form::ToService => {
                let members = self.core.world.group.members.len();
                for place in places {
                    let about = id(self, place);
                    for service in members..self.core.world.nodes() {
                        if self.core.state.nodes[service].runs() {
                            give(self, service as Place, Some(about), watch);
                        }
                    }
                }
            }
            Plan::Nodes(places) => places.into_iter().for_each(|p| give(self, p, None, watch)),
            Plan::Pair(from, about) => {
                let about = about.map(|about| id(self, about));
                give(self, from, about, watch);
            }
            _ => unreachable!("{} has another plan", word.name),
        }
    }

    /// Gives a process input from outside.
    #[inline(never)]
    fn hand_over<W: Watch>(
        &mut self,
        place: Place,
        watch: &mut W,
        what: impl FnOnce(&mut dyn Processes, &mut Turn<'_>) -> Belief,
    ) {
        let record = Record { sub: 1, ..self.core.record(Kind::Input, place) };
        let noted = self.core.note(record);
        self.handle(place, noted, watch, what);
    }

    /// Changes a setting at some nodes, or one of the store in the whole lane.
    #[inline(never)]
    fn change_setting<W: Watch>(&mut self, set: &SetAct, plan: Plan, watch: &mut W) {
        match (&set.change, plan) {
            (Change::Setting(setting, value), Plan::Nodes(places)) => {
                for &place in &places {
                    self.cast.tune(place.into(), *setting, value).expect("found in the plan");
                }
                if places.len() < self.core.world.nodes() {
                    places.into_iter().for_each(|p| self.tell(self.core.record(Kind::Set, p), watch));
                    return;
                }
            }
            (Change::Fencing(on), _) => self.core.state.resource.fencing = *on,
            (Change::Interval(span), _) => self.change_write_interval(*span),
            (Change::StoreLatency(range), _) => {
                self.core.state.network.set_store_latency(Delay::from(*range))
            }
            (Change::Setting(..), _) => unreachable!("planned for nodes"),
        }
        self.tell(self.core.record(Kind::Set, NOWHERE), watch);
    }

    /// Changes the interval at which believers write from now on.
    fn change_write_interval(&mut self, span: Span) {
        self.core.state.write_interval = span;
        for place in 0..self.core.world.group.members.len() {
            self.core.state.nodes[place].timers[WRITE_TIMER].deadline = SimTime::NEVER;
            if self.core.state.nodes[place].belief.leads {
                self.core.start_write_timer(place as Place);
            }
        }
    }

    /// Puts a message in flight that no node sent.
    #[inline(never)]
    fn forge<W: Watch>(&mut self, forged: &Forged, watch: &mut W) {
        let ends = (self.core.world.place(forged.from), self.core.world.place(forged.to));
        if let ((Some(from), Some(to)), Some(record)) = (ends, self.core.world.forged(forged)) {
            let posted = self.core.dispatch_seldom(from, to, &record, true);
            self.cast.forge(&record, posted);
            self.tell_noted(watch);
        }
    }

    /// Ends a process, because an act crashed it or the algorithm switched its power off.
    #[inline(never)]
    pub(super) fn crash<W: Watch>(&mut self, place: Place, powered_off: bool, watch: &mut W) {
        let node = &mut self.core.state.nodes[usize::from(place)];
        node.up = false;
        node.down_by = Aside(self.core.state.step);
        node.paused = false;
        node.pauses += 1;
        node.ticks_due = 0;
        node.clear_timers();
        node.working = false;
        let inbox = core::mem::take(&mut node.inbox);
        // Its knowledge is lost, except for the epoch, which outside observers have seen.
        let believed = node.belief;
        node.belief.leads = false;
        node.belief_number = 0;
        if believed.leads {
            node.belief.role = standing_down(believed.role);
        }
        for (belief, number) in &mut node.groups {
            *number = 0;
            if core::mem::take(&mut belief.leads) {
                belief.role = standing_down(belief.role);
            }
        }
        self.cast.crash(place.into());
        self.core.state.wakeups.retain(|w| w.2 != place);
        self.core.forget_power_offs(place);
        self.tell(Record { sub: powered_off.into(), ..self.core.record(Kind::Crash, place) }, watch);
        for slot in inbox {
            self.lose(slot, Loss::Down, watch);
        }
    }

    #[inline(never)]
    fn pause<W: Watch>(&mut self, place: Place, span: Option<Span>, watch: &mut W) {
        let (now, seq) = (self.core.state.now, self.core.next_seq());
        let node = &mut self.core.state.nodes[usize::from(place)];
        node.paused = true;
        node.pauses += 1;
        node.paused_at_tick = node.ticker.count(node.clock.steady(now));
        let pauses = node.pauses;
        // The message it was processing waits too, ahead of everything that arrives during the pause.
        if node.working {
            node.working = false;
            let slot = *node.inbox.front().expect("it was at work on it");
            // Its entry in the queue is now stale.
            let seq = self.core.next_seq();
            let envelope = self.core.state.envelopes.slots[slot as usize].as_mut().expect("it waits");
            envelope.put_off(now, seq, Rank::Wake);
        }
        if let Some(span) = span {
            let at = now + span;
            self.core.state.wakeups.push((at, seq, place, pauses, Aside(self.core.state.step)));
            self.core.queue.push(at, Rank::Wake, seq, What::Wakeup(0).pack());
        }
        self.tell(self.core.record(Kind::Pause, place), watch);
    }

    /// Handles the end of a pause from the queue. Returns whether it was an event.
    pub(super) fn wake_due<W: Watch>(&mut self, at: SimTime, seq: u64, watch: &mut W) -> bool {
        let Some(i) = self.core.state.wakeups.iter().position(|w| w.1 == seq) else { return false };
        let (_, _, place, _, began) = self.core.state.wakeups.remove(i);
        self.core.origin = began.0;
        self.count(at, watch);
        self.resume(place, watch);
        true
    }

    /// Resumes a node: first its overdue timers fire in the order of their deadlines, then it processes the waiting
    /// messages, all before anything else at this instant.
    #[inline(never)]
    fn resume<W: Watch>(&mut self, place: Place, watch: &mut W) {
        let now = self.core.state.now;
        let node = &mut self.core.state.nodes[usize::from(place)];
        node.paused = false;
        drop_ticks(node, now);
        let mut overdue: Vec<(u64, u64, u32)> = (0..node.timers.len())
            .filter(|&t| node.timers[t].is_set() && node.timers[t].deadline < now)
            .map(|t| (node.timers[t].deadline.0, node.timers[t].seq, t as u32))
            .collect();
        sort_numbers(&mut overdue);
        self.core.state.wakeups.retain(|w| w.2 != place);
        self.tell(self.core.record(Kind::Resume, place), watch);
        let told_late = |it: &&PowerOff| it.by == place && it.off;
        for order in self.core.state.power_offs.iter().filter(told_late).copied().collect::<Vec<_>>() {
            self.core.queue_power_off(order);
        }
        for (_, _, timer) in overdue {
            let seq = self.core.next_seq();
            self.core.state.nodes[usize::from(place)].timers[timer as usize].seq = seq;
        }
        for timer in 0..=WRITE_TIMER {
            self.core.state.nodes[usize::from(place)].timers[timer].queued = SimTime::NEVER;
            self.core.queue_timer(place, timer);
        }
        self.core.work(place);
    }

    #[inline(never)]
    fn drift<W: Watch>(&mut self, place: Place, ppm: i32, watch: &mut W) {
        let now = self.core.state.now;
        let node = &mut self.core.state.nodes[usize::from(place)];
        node.clock.set_drift(now, ppm);
        for timer in 0..node.timers.len() {
            let node = &mut self.core.state.nodes[usize::from(place)];
            let slot = node.timers[timer];
            // A timer that came due during a pause stays due.
            if slot.is_set() && now <= slot.deadline {
                node.timers[timer].deadline = node.deadline(now, &slot);
                self.core.queue_timer(place, timer);
            }
        }
        self.tell(self.core.record(Kind::Clock, place), watch);
    }

    /// Executes a tick inserted by the scenario: the timers that it completes fire in the order in which they were set.
    pub(super) fn tick_due<W: Watch>(&mut self, place: Place, at: SimTime, watch: &mut W) -> bool {
        if self.core.state.nodes[usize::from(place)].ticks_due == 0 {
            return false;
        }
        self.core.origin = self.core.state.nodes[usize::from(place)].ticks_by.0;
        self.count(at, watch);
        let node = &mut self.core.state.nodes[usize::from(place)];
        node.ticks_due -= 1;
        node.ticker.lost -= 1;
        let count = node.ticker.count(node.clock.steady(at));
        for timer in 0..node.timers.len() {
            let slot = node.timers[timer];
            if slot.is_set() && slot.counted {
                node.timers[timer].deadline = node.deadline(SimTime::ZERO, &slot);
            }
        }
        let mut due: Vec<(u64, u64, u32)> = Vec::new();
        for (timer, slot) in node.timers.iter().enumerate() {
            if slot.is_set() && slot.counted && slot.local <= count {
                due.push((slot.local as u64, slot.seq, timer as u32));
            }
        }
        sort_numbers(&mut due);
        for (_, seq, timer) in due {
            let node = &mut self.core.state.nodes[usize::from(place)];
            let slot = &mut node.timers[timer as usize];
            // A timer that fired before it may have set it again.
            if node.up && slot.is_set() && slot.seq == seq {
                slot.deadline = SimTime::NEVER;
                self.fire(place, timer as usize, watch);
            }
        }
        if self.core.state.nodes[usize::from(place)].ticks_due > 0 {
            self.core.queue_tick(place);
        }
        true
    }

    #[inline(never)]
    fn find_message(&self, m: &MessageRef) -> Option<u32> {
        let (from, to) = (self.core.world.place(m.from)?, self.core.world.place(m.to)?);
        let is = |e: &super::Envelope| e.from == from && e.to == to && e.nth == m.nth && e.copy == m.copy;
        self.core.state.envelopes.slots.iter().position(|e| e.as_ref().is_some_and(is)).map(|i| i as u32)
    }

    /// Moves the arrival of a message to `due`; a message waiting in an inbox is processed then.
    #[inline(never)]
    fn move_message(&mut self, slot: u32, due: SimTime) {
        self.core.leave_inbox(slot);
        let seq = self.core.next_seq();
        let Some(envelope) = &mut self.core.state.envelopes.slots[slot as usize] else { return };
        let rank = envelope.rank;
        envelope.put_off(due, seq, rank);
        let to = envelope.to;
        self.core.queue.push(due, rank, seq, What::Arrival(slot).pack());
        // A receiver that was processing it moves on to the next.
        self.core.work(to);
    }

    /// Delays a message; on a link that preserves order, later messages do not overtake it.
    #[inline(never)]
    fn delay_message(&mut self, slot: u32, span: Span) {
        let Some(envelope) = &self.core.state.envelopes.slots[slot as usize] else { return };
        let (from, to, nth) = (envelope.from, envelope.to, envelope.nth);
        let due = SimTime(envelope.due.0.max(self.core.state.now.0)) + span;
        self.move_message(slot, due);
        if self.core.state.network.reorders() {
            return;
        }
        let mut behind: Vec<(u64, u64, u32)> = Vec::new();
        for (other, e) in self.core.state.envelopes.slots.iter().enumerate() {
            if let Some(e) = e
                && e.from == from
                && e.to == to
                && e.nth > nth
                && e.due < due
                && !e.waits()
            {
                behind.push((0, e.nth.into(), other as u32));
            }
        }
        sort_numbers(&mut behind);
        behind.into_iter().for_each(|(_, _, other)| self.move_message(other, due));
        self.core.state.network.not_before(from, to, due);
    }

    /// Delivers everything in flight now, in the order in which it would have arrived.
    #[inline(never)]
    fn deliver_all(&mut self) {
        let now = self.core.state.now;
        let mut pending: Vec<(u64, u64, u32)> = Vec::new();
        for (slot, envelope) in self.core.state.envelopes.slots.iter().enumerate() {
            if let Some(e) = envelope
                && !e.waits()
            {
                pending.push((e.due.0, e.seq(), slot as u32));
            }
        }
        let busy = |n: &super::Node| n.runs() && !n.inbox.is_empty();
        if pending.is_empty() && !self.core.state.nodes.iter().any(busy) {
            return;
        }
        sort_numbers(&mut pending);
        self.core.state.delivering = DELIVER_ALL_MAX;
        // Messages in a slow node's inbox arrived before those still in flight.
        for place in 0..self.core.state.nodes.len() {
            self.core.state.nodes[place].working = false;
            self.core.work(place as Place);
        }
        for (_, _, slot) in pending {
            self.move_message(slot, now);
        }
    }
}

/// The role of a node once it has crashed: a leader no longer leads, but a service node keeps its role.
fn standing_down(role: Role) -> Role {
    if role == Role::Service { role } else { Role::Follower }
}

/// After a pause, a process sees one of the ticks that it missed; the others are dropped.
fn drop_ticks(node: &mut super::Node, now: SimTime) {
    if node.ticker.period == Span::ZERO {
        return;
    }
    let missed = node.ticker.count(node.clock.steady(now)) - node.paused_at_tick;
    if missed <= 1 {
        return;
    }
    node.ticker.lost += missed - 1;
    for timer in 0..node.timers.len() {
        let slot = node.timers[timer];
        if slot.is_set() && slot.counted {
            node.timers[timer].deadline = if slot.local <= node.paused_at_tick + 1 {
                // The one remaining tick completes it; it was due when the first tick was missed.
                slot.deadline
            } else {
                node.deadline(now, &slot)
            };
        }
    }
}

/// The index of the timer with that name; `names` are the algorithm's own.
#[inline(never)]
fn timer_index(name: &str, names: &[&str]) -> Option<usize> {
    if name == WRITE_TIMER_NAME {
        return Some(WRITE_TIMER);
    }
    names.iter().position(|n| *n == name).map(place_of_timer)
}
