//! What an act of the scenario does to a lane.
//!
//! Whom an act means (`leader`, `majority` …) is resolved here, in each lane, when it happens.

use crate::base::{SimTime, Span, sort_numbers};
use crate::protocol::{Input, Protocol};
use crate::scenario::{Action, Links, MessageRef, Who};
use crate::trace::{ActClass, Acted, Glance, Kind, Loss, NOWHERE, Place, Record, Watch};
use crate::words::{Ask, WRITE_TIMER as WRITE_TIMER_NAME};

use super::node::WRITE_TIMER;
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
        let everybody = |who: &Who, fits: &dyn Fn(Place) -> bool| self.everybody(who, fits);
        let node = |p: Place| &self.state.nodes[usize::from(p)];
        match action {
            Action::Crash(who) | Action::Stonith(who) => everybody(who, &|p| node(p).state.is_some()),
            Action::Restart(who) => everybody(who, &|p| node(p).state.is_none()),
            Action::Pause(who, _) => everybody(who, &|p| node(p).runs()),
            Action::Resume(who) => everybody(who, &|p| node(p).state.is_some() && node(p).paused),
            Action::Isolate(who) | Action::Drift(who, _) | Action::Skew(who, _) | Action::Slow(who, _) => {
                everybody(who, &|_| true)
            }
            Action::Campaign(who) | Action::StepDown(who) | Action::Close(who) => {
                // A service is asked for none of these.
                everybody(who, &|p| self.is_member(p) && node(p).runs())
            }
            Action::Expire(who) => everybody(who, &|p| self.is_member(p)),
            Action::Write(who) => {
                let keeps_log = P::INFO.asks.contains(&Ask::Write);
                let fits =
                    |p: Place| node(p).runs() && self.is_member(p) && (keeps_log || node(p).belief.leads);
                match who {
                    Some(who) => everybody(who, &fits),
                    None => {
                        let members = self.world.group.members.len() as Place;
                        let places: Vec<Place> =
                            (0..members).filter(|&p| fits(p) && node(p).belief.leads).collect();
                        if places.is_empty() { Err(Acted::Nobody) } else { Ok(Plan::Nodes(places)) }
                    }
                }
            }
            Action::Transfer(from, to) => {
                let (from, to) = (self.resolve(from), self.resolve(to));
                match (from.first(), to.first()) {
                    (Some(&from), Some(&to)) if self.is_member(from) && self.is_member(to) => {
                        if node(from).runs() { Ok(Plan::Transfer(from, to)) } else { Err(Acted::Nothing) }
                    }
                    _ => Err(Acted::Nobody),
                }
            }
            Action::Partition(sides) => Ok(Plan::Sides(self.sides(sides))),
            Action::Heal | Action::DeliverAll => Ok(Plan::Whole),
            Action::Cut(links)
            | Action::Join(links)
            | Action::Latency(links, _)
            | Action::Loss(links, _)
            | Action::Duplicate(links, _) => match links {
                Links::All => Ok(Plan::Whole),
                Links::Between { from, to, both } => {
                    let pairs = self.pairs(from, to, *both);
                    if pairs.is_empty() { Err(Acted::Nobody) } else { Ok(Plan::Pairs(pairs)) }
                }
            },
            Action::Fire(who, name) => {
                let timer = self.timer_index(name).ok_or(Acted::NotApplicable)?;
                match everybody(who, &|p| node(p).runs() && node(p).timers[timer].is_set()) {
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
        }
    }

    #[inline(never)]
    fn everybody(&self, who: &Who, fits: &dyn Fn(Place) -> bool) -> Result<Plan, Acted> {
        let meant = self.resolve(who);
        if meant.is_empty() {
            return Err(Acted::Nobody);
        }
        let places: Vec<Place> = meant.into_iter().filter(|&p| self.is_node(p) && fits(p)).collect();
        if places.is_empty() { Err(Acted::Nothing) } else { Ok(Plan::Nodes(places)) }
    }

    #[inline(never)]
    fn carry_out_plan<W: Watch>(&mut self, action: &Action, plan: Plan, watch: &mut W) {
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
            (Action::Isolate(_), Plan::Nodes(places)) => {
                for place in places {
                    for other in (0..self.world.nodes() as Place).filter(|&o| o != place) {
                        self.state.network.set_cut(place, other, true);
                        self.state.network.set_cut(other, place, true);
                    }
                }
                self.links_changed(watch);
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
            (Action::Partition(_), Plan::Sides(sides)) => {
                self.state.network.partition(&sides);
                self.links_changed(watch);
            }
            (Action::Heal, _) => {
                self.state.network.heal();
                self.links_changed(watch);
            }
            (Action::Cut(_), Plan::Whole) => self.cut_all(true, watch),
            (Action::Join(_), Plan::Whole) => self.cut_all(false, watch),
            (Action::Cut(_), Plan::Pairs(pairs)) => {
                pairs.into_iter().for_each(|(a, b)| self.state.network.set_cut(a, b, true));
                self.links_changed(watch);
            }
            (Action::Join(_), Plan::Pairs(pairs)) => {
                pairs.into_iter().for_each(|(a, b)| self.state.network.set_cut(a, b, false));
                self.links_changed(watch);
            }
            (Action::Latency(_, range), plan) => self.behave(plan, &|how| how.latency = *range, watch),
            (Action::Loss(_, ppm), plan) => self.behave(plan, &|how| how.loss_ppm = *ppm, watch),
            (Action::Duplicate(_, ppm), plan) => self.behave(plan, &|how| how.duplicate_ppm = *ppm, watch),
            (Action::Fire(_, name), Plan::Nodes(places)) => {
                let timer = self.timer_index(name).expect("found in the plan");
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

    fn is_node(&self, place: Place) -> bool {
        usize::from(place) < self.world.nodes()
    }

    fn is_member(&self, place: Place) -> bool {
        usize::from(place) < self.world.group.members.len()
    }

    /// The places that are meant, each once, in the order named; groups ascending.
    #[inline(never)]
    pub fn resolve(&self, who: &Who) -> Vec<Place> {
        let members = self.world.group.members.len() as Place;
        let view = self.view();
        let first = |role| (0..members).find(|&p| view.up(p) && view.belief(p).role == role);
        match who {
            Who::Node(id) => self.world.place(*id).into_iter().collect(),
            Who::Leader => view.leader().into_iter().collect(),
            Who::Follower => first(crate::protocol::Role::Follower).into_iter().collect(),
            Who::Candidate => first(crate::protocol::Role::Candidate).into_iter().collect(),
            Who::All => (0..members).collect(),
            Who::Majority => self.majority(),
            Who::Minority => {
                let majority = self.majority();
                (0..members).filter(|p| !majority.contains(p)).collect()
            }
            Who::Several(list) => {
                let mut all = Vec::new();
                for place in list.iter().flat_map(|w| self.resolve(w)) {
                    if !all.contains(&place) {
                        all.push(place);
                    }
                }
                all
            }
        }
    }

    /// The quorum of lowest ids with the leader in it.
    #[inline(never)]
    fn majority(&self) -> Vec<Place> {
        let members = self.world.group.members.len() as Place;
        let quorum = usize::from(members / 2 + 1);
        let leader = self.view().leader().filter(|&p| self.is_member(p));
        // The leader has a seat wherever it stands; the others take theirs by id.
        let mut seats = quorum - usize::from(leader.is_some());
        let mut seated = |_: &Place| {
            let free = seats > 0;
            seats -= usize::from(free);
            free
        };
        (0..members).filter(|p| Some(*p) == leader || seated(p)).collect()
    }

    /// The side of each node, from 0; who is not listed joins the largest listed side.
    #[inline(never)]
    fn sides(&self, sides: &[Vec<Who>]) -> Vec<u8> {
        let listed: Vec<Vec<Place>> =
            sides.iter().map(|side| side.iter().flat_map(|w| self.resolve(w)).collect()).collect();
        let size = |s: &[Place]| s.iter().filter(|&&p| self.is_member(p)).count();
        let mut largest = 0;
        for (i, side) in listed.iter().enumerate() {
            if size(side) > size(&listed[largest]) {
                largest = i;
            }
        }
        let mut of = vec![largest as u8; self.world.nodes()];
        // Who is named on two sides, as `1 | leader` may do, stays on the first.
        for (i, side) in listed.iter().enumerate().rev() {
            for &place in side.iter().filter(|&&p| self.is_node(p)) {
                of[usize::from(place)] = i as u8;
            }
        }
        of
    }

    #[inline(never)]
    fn pairs(&self, from: &Who, to: &Who, both: bool) -> Vec<(Place, Place)> {
        let mut pairs = Vec::new();
        for a in self.resolve(from) {
            for b in self.resolve(to) {
                if a == b {
                    continue;
                }
                if self.is_node(a) {
                    pairs.push((a, b));
                }
                if both && self.is_node(b) {
                    pairs.push((b, a));
                }
            }
        }
        pairs
    }

    #[inline(never)]
    fn timer_index(&self, name: &str) -> Option<usize> {
        use crate::protocol::TimerKind;
        if name == WRITE_TIMER_NAME {
            return Some(WRITE_TIMER);
        }
        P::Timer::NAMES.iter().position(|n| *n == name)
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
    fn links_changed<W: Watch>(&mut self, watch: &mut W) {
        self.tell(self.record(Kind::Links, NOWHERE), watch);
    }

    #[inline(never)]
    fn cut_all<W: Watch>(&mut self, cut: bool, watch: &mut W) {
        let nodes = self.world.nodes() as Place;
        for from in 0..nodes {
            for to in (0..nodes).filter(|&to| to != from) {
                self.state.network.set_cut(from, to, cut);
            }
        }
        self.links_changed(watch);
    }

    #[inline(never)]
    fn behave<W: Watch>(&mut self, plan: Plan, change: &dyn Fn(&mut super::Behaviour), watch: &mut W) {
        match plan {
            Plan::Pairs(pairs) => {
                pairs.into_iter().for_each(|(a, b)| self.state.network.set_one(a, b, change));
            }
            _ => self.state.network.set_all(change),
        }
        self.links_changed(watch);
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

/// What an act will do, found out before it is told.
enum Plan {
    /// To these nodes.
    Nodes(Vec<Place>),
    /// From one to the other.
    Transfer(Place, Place),
    /// The side of each node.
    Sides(Vec<u8>),
    /// On these links.
    Pairs(Vec<(Place, Place)>),
    /// To the message in this slot.
    Message(u32),
    /// To everything.
    Whole,
}
