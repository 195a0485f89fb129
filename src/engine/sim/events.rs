//! The events of a lane, one after the other: acts, timers, starts; and how processes handle them.

use super::core::Core;
use super::node::{Ticker, WRITE_TIMER, timer_at};
use super::world::Moment;
use super::{EVENTS_MAX, INSTANT_MAX, Other, Processes, Sim, Turn, What};
use crate::trace::{BreakOff, Kind, Place, Record, Watch};
use election_base::{Aside, LocalTime, SimTime, below, mix};
use election_protocol::{ASKED, Belief, Boot, Clocks, GroupId, InitWords};

impl Sim {
    /// Executes the next event, if there is one not later than `until`. Returns whether there was.
    #[inline]
    pub fn step<W: Watch>(&mut self, until: SimTime, watch: &mut W) -> bool {
        self.core.unwatched = W::BLIND;
        self.core.tells_messages = watch.wants_messages();
        loop {
            if self.core.state.stuck {
                return false;
            }
            if self.core.state.step >= EVENTS_MAX {
                self.core.get_stuck(BreakOff::Events);
                self.tell_noted(watch);
                return false;
            }
            let queued = self.core.queue.next_at().unwrap_or(SimTime::NEVER);
            if self.core.act_at <= queued && self.core.act_is_next(queued) {
                if self.core.act_at > until {
                    return false;
                }
                self.next_act(watch);
                watch.event_ended(self.core.state.now, &self.view());
                return true;
            }
            if queued > until || queued == SimTime::NEVER {
                return false;
            }
            if self.pop(watch) {
                watch.event_ended(self.core.state.now, &self.view());
                return true;
            }
        }
    }

    #[inline(never)]
    fn next_act<W: Watch>(&mut self, watch: &mut W) {
        self.core.enter(self.core.act_at);
        self.core.state.step += 1;
        self.core.origin = 0;
        let index = self.core.state.next_act;
        self.core.state.next_act += 1;
        self.core.find_next_act();
        self.act(index, watch);
    }

    /// Counts an event that is not an act.
    #[inline]
    pub(super) fn count<W: Watch>(&mut self, at: SimTime, watch: &mut W) {
        self.core.enter(at);
        self.core.state.step += 1;
        self.core.state.instant += 1;
        if self.core.state.instant >= INSTANT_MAX {
            self.core.get_stuck(BreakOff::Instant);
            self.tell_noted(watch);
        }
    }

    /// Takes an entry from the queue. Returns whether it was an event.
    #[inline]
    fn pop<W: Watch>(&mut self, watch: &mut W) -> bool {
        let Some(due) = self.core.queue.pop() else { return false };
        match What::unpack(due.what) {
            What::Arrival(slot) => self.arrive(slot, due.at, due.seq, watch),
            What::Timer(place, timer) => self.timer_due(place, usize::from(timer), due.at, due.seq, watch),
            What::Wakeup(_) => self.wake_due(due.at, due.seq, watch),
            What::Other(place, Other::Start) => self.start_due(place, due.at, watch),
            What::Other(place, Other::Tick) => self.tick_due(place, due.at, watch),
            What::Other(_, Other::Power) => self.power_due(due.at, due.seq, watch),
        }
    }

    /// Starts the process of a node for the first time. Returns false if it has already been started.
    #[inline(never)]
    fn start_due<W: Watch>(&mut self, place: Place, at: SimTime, watch: &mut W) -> bool {
        if self.core.state.nodes[usize::from(place)].starts != at {
            return false;
        }
        self.core.origin = 0;
        self.count(at, watch);
        self.start_node(place, false, watch);
        true
    }

    fn timer_due<W: Watch>(
        &mut self,
        place: Place,
        timer: usize,
        at: SimTime,
        seq: u64,
        watch: &mut W,
    ) -> bool {
        let node = &mut self.core.state.nodes[usize::from(place)];
        let slot = &mut node.timers[timer];
        if slot.queued != at {
            // A stale entry: the timer has since been set to an earlier time.
            return false;
        }
        slot.queued = SimTime::NEVER;
        // A timer that comes due while the process is paused fires when it resumes.
        if !slot.is_set() || !node.up || node.paused {
            return false;
        }
        if slot.deadline.max(self.core.state.now) != at || slot.seq != seq {
            self.core.queue_timer(place, timer);
            return false;
        }
        slot.deadline = SimTime::NEVER;
        self.core.origin = slot.set_by.0;
        self.count(at, watch);
        self.fire(place, timer, watch);
        true
    }

    /// Fires a timer of a running node; the timer is already unset.
    pub(super) fn fire<W: Watch>(&mut self, place: Place, timer: usize, watch: &mut W) {
        let mut record = self.core.record(Kind::Fire, place);
        record.sub = timer as u8;
        if timer == WRITE_TIMER {
            self.tell(record, watch);
            if self.core.state.nodes[usize::from(place)].belief.leads {
                self.send_write(place, 0, watch);
                self.core.start_write_timer(place);
            }
            return;
        }
        let noted = self.core.note_message(|| record);
        self.handle(place, noted, watch, |cast, turn| cast.fire(turn, timer_at(timer)));
    }

    /// Lets a running process handle an event, whose record may have been noted. Then reports that record, with the
    /// rules that ran, followed by what the process did, and finally compares its belief.
    #[inline]
    pub(super) fn handle<W: Watch>(
        &mut self,
        place: Place,
        noted: bool,
        watch: &mut W,
        play: impl FnOnce(&mut dyn Processes, &mut Turn<'_>) -> Belief,
    ) {
        let now = self.core.state.now;
        let node = &self.core.state.nodes[usize::from(place)];
        let monotonic = node.clock.steady(now);
        let clocks = Clocks {
            wall: node.clock.read(now),
            monotonic,
            ticks: node.ticker.count(monotonic) as u64,
            phases: None,
        };
        self.take_turn(place, clocks, noted, watch, play);
    }

    #[inline]
    fn take_turn<W: Watch>(
        &mut self,
        place: Place,
        clocks: Clocks,
        noted: bool,
        watch: &mut W,
        play: impl FnOnce(&mut dyn Processes, &mut Turn<'_>) -> Belief,
    ) {
        debug_assert!(self.core.noted.len() == usize::from(noted));
        self.core.acting = place;
        let me = self.core.state.nodes[usize::from(place)].id;
        let rules = self.core.asked;
        let mut turn = Turn { place: place.into(), me, clocks, rules, host: &mut self.core };
        let belief = play(&mut *self.cast, &mut turn);
        let rules = turn.rules & !ASKED;
        if noted && let Some(event) = self.core.noted.first_mut() {
            event.rules = rules;
        }
        if !self.core.noted.is_empty() {
            self.tell_noted(watch);
        }
        if belief != self.core.state.nodes[usize::from(place)].belief {
            self.change_belief(place, belief, watch);
        }
        if !self.core.world.info.groups.is_empty() {
            self.look_at_groups(place, watch);
        }
    }

    /// Starts the process of a node that is down.
    #[inline(never)]
    pub(super) fn start_node<W: Watch>(&mut self, place: Place, restarted: bool, watch: &mut W) {
        let record = Record { sub: restarted.into(), ..self.core.record(Kind::Start, place) };
        let world = self.core.world.clone();
        let id = world.ids[usize::from(place)];
        let (own, group) = if restarted { (Vec::new(), Vec::new()) } else { world.init_words(id) };
        let period = self.cast.tick(place.into());
        let Core { state, .. } = &mut self.core;
        let node = &mut state.nodes[usize::from(place)];
        node.up = true;
        node.starts = SimTime::NEVER;
        // Messages sent before its first start wait for it; messages sent to its previous incarnation do not.
        node.incarnation += u16::from(restarted);
        if restarted && node.down_by.0 == 0 {
            // It has never run, and what was sent to it before is lost all the same.
            node.down_by = Aside(state.step);
        }
        let monotonic = node.clock.steady(state.now);
        let moments = |purpose| world.moments(state.seed, id, node.incarnation, purpose);
        let gone = moments(Moment::Tick).map_or(0, |bits| below(mix(bits), period.0));
        let phases = moments(Moment::Phase);
        node.ticker = Ticker { period, base: LocalTime(monotonic.0 - gone as i64), lost: 0 };
        let clocks = Clocks { wall: node.clock.read(state.now), monotonic, ticks: 0, phases };
        let boot = Boot { restarted, init: InitWords { node: &own, group: &group } };
        let noted = self.core.note(record);
        self.take_turn(place, clocks, noted, watch, |cast, turn| cast.start(turn, &boot));
        self.core.work(place);
    }

    #[inline(never)]
    fn change_belief<W: Watch>(&mut self, place: Place, belief: Belief, watch: &mut W) {
        let now = self.core.state.now;
        let node = &mut self.core.state.nodes[usize::from(place)];
        let before = core::mem::replace(&mut node.belief, belief);
        let begins = belief.leads && (!before.leads || before.epoch != belief.epoch);
        if begins {
            self.core.state.beliefs += 1;
            node.belief_number = self.core.state.beliefs;
            node.leads_since = now;
        } else if !belief.leads {
            node.belief_number = 0;
            node.timers[WRITE_TIMER].deadline = SimTime::NEVER;
        }
        self.tell(self.core.belief_record(GroupId::MAIN, place, &belief), watch);
        if begins {
            self.core.start_write_timer(place);
        }
    }

    /// Compares a process's beliefs about the groups other than the main one.
    #[inline(never)]
    fn look_at_groups<W: Watch>(&mut self, place: Place, watch: &mut W) {
        for group in 1..=self.core.world.info.groups.len() {
            let (id, at) = (GroupId(group as u8), group - 1);
            let belief = self.cast.belief_of(place.into(), id);
            let known = &mut self.core.state.nodes[usize::from(place)].groups[at];
            let before = core::mem::replace(&mut known.0, belief);
            if belief == before {
                continue;
            }
            if belief.leads && (!before.leads || before.epoch != belief.epoch) {
                self.core.state.group_beliefs[at] += 1;
                known.1 = self.core.state.group_beliefs[at];
            } else if !belief.leads {
                known.1 = 0;
            }
            self.tell(self.core.belief_record(id, place, &belief), watch);
        }
    }

    /// Reports the noted records, in order.
    #[inline(never)]
    pub(super) fn tell_noted<W: Watch>(&mut self, watch: &mut W) {
        let mut noted = core::mem::take(&mut self.core.noted);
        for record in &noted {
            if record.kind == Kind::Persist {
                self.disk_is_known(record.node);
            }
            watch.on(record, &self.view());
        }
        noted.clear();
        self.core.noted = noted;
    }

    /// From here on, the log of a node counts as new as it was when this record of its disk was noted.
    #[inline(never)]
    fn disk_is_known(&mut self, place: Place) {
        let newness = self.core.noted_logs.remove(0);
        let last = self.core.state.stuck;
        self.core.state.nodes[usize::from(place)].newness =
            if last { self.cast.newness(place.into()) } else { newness };
    }

    /// Reports a record, unless the run has broken off: what comes after is unknown.
    #[inline]
    pub(super) fn tell<W: Watch>(&mut self, record: Record, watch: &mut W) {
        if self.core.happened(&record) {
            watch.on(&record, &self.view());
        }
    }
}
