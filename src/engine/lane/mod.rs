//! A lane in time: keyframes, seeking, stepping back, replacing the future.
//!
//! The *head* of a [`Lane`] computes ahead and leaves keyframes behind: copies of the whole state, including the random
//! generator, timers and pending messages. The *cursor* goes anywhere by restoring the nearest earlier keyframe and
//! playing on from there: a seek equals a fresh run by construction, and a test compares the digests.
//!
//! Methods that can take long receive a [`Meter`] and return whether they are done; the next call continues.

mod causes;
mod changed;
mod fates;
mod inspect;
mod latest;
mod looks;
mod reader;
mod redraw;
mod replay;
mod watch;

use std::collections::VecDeque;
use std::rc::Rc;

pub use causes::{Cause, Link};
use causes::{Chain, Stretch};
use changed::Hunt;
pub use fates::{End, Ended, FOLLOWED_MAX, Journey, MessageId};
use fates::{Following, Prospect};
pub use inspect::{Field, Inspected, Inspection};
use latest::Search;
pub use latest::Sought;
pub use looks::{Flight, Lost, Ticking};
pub use reader::Reader;
pub use redraw::{Origin, Redraw};
use replay::Replay;
pub use watch::{Fate, Stored};
use watch::{LaneWatch, Seen, Writes};

use crate::checker::{Checker, Contract, Failover, GroupStats, Stats, Verdict, Violation};
use crate::keyframes::{Keyframes, Weight};
use crate::meter::Meter;
use crate::probes::Probes;
use crate::sim::{Maker, Sim, Snapshot, View, World};
use crate::summary::{Story, Tracker};
use crate::trace::{Names, Place, Record, TraceBuf, Traffic};
use election_base::{SimTime, Span};
use election_language::scenario::{Act, Action, Scenario};
use election_protocol::Info;

/// How many of the newest records the cursor keeps.
pub const CURSOR_TRACE_MAX: usize = 4096;
/// The fewest events between two keyframes.
pub const KEYFRAME_EVENTS: u32 = 8192;
/// The fewest events between two keyframes, per place: a keyframe of many nodes holds many links.
const KEYFRAME_EVENTS_A_PLACE: u32 = 160;
/// How many of the most recently lost messages are kept for pictures.
pub const LOSSES_MAX: usize = 64;
/// How many of the newest writes are kept for pictures.
pub const WRITES_MAX: usize = 40;
/// In [`Lost::why`]: the write arrived, and the store rejected it for its token.
pub const REFUSED: u8 = 255;
/// How many pairs of places add a unit to the cost of an act: some acts visit every link.
const ACT_PAIRS_PER_UNIT: u64 = 16;

/// A state to return to.
struct Keyframe {
    state: Snapshot,
    now: SimTime,
    step: u32,
    next_act: u32,
    seen: Seen,
    tracker: Tracker,
    bytes: usize,
}

impl Weight for Keyframe {
    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// See the module.
pub struct Lane {
    world: Rc<World>,
    names: Names,
    head: Sim,
    head_watch: LaneWatch,
    keyframes: Keyframes<Keyframe>,
    cursor: Sim,
    cursor_watch: LaneWatch,
    /// A stretch that is being replayed for its records, and what was asked for.
    replay: Option<((SimTime, SimTime, usize), Replay)>,
    /// The stretch that was last replayed to find causes.
    stretch: Option<Box<Stretch>>,
    chain: Option<Chain>,
    search: Option<Search>,
    /// The event that changed a field is being looked for.
    hunt: Option<Box<Hunt>>,
    /// The event that was last inspected, or the way to it.
    inspector: Option<Box<Replay>>,
    /// The message that is being followed.
    following: Option<Box<Following>>,
    /// What becomes of everything that is pending, as far as it is known.
    prospect: Option<Box<Prospect>>,
    /// What to watch for, with nothing seen yet.
    probes: Probes,
}

impl Lane {
    /// Lane number `lane` of a scenario, with nothing computed. `maker` creates its processes.
    ///
    /// # Errors
    /// See [`World::new`].
    pub fn new(scenario: &Scenario, lane: usize, maker: Maker) -> Result<Lane, (Option<u32>, String)> {
        let world = Rc::new(World::new(scenario, lane, maker)?);
        let checker = checker(&world, scenario);
        let probes = Probes::new(scenario, lane);
        let seen =
            Seen { checker, probes: probes.clone(), losses: VecDeque::new(), writes: Writes::default() };
        let story = Box::new(Story::new(world.info.groups));
        let trace = Box::new(TraceBuf::new(CURSOR_TRACE_MAX));
        let mut head_watch = LaneWatch::new(seen.clone(), Some(story), None);
        let mut cursor_watch = LaneWatch::new(seen, None, Some(trace));
        let head = Sim::new(world.clone(), &mut head_watch);
        let cursor = Sim::new(world.clone(), &mut cursor_watch);
        let spacing = KEYFRAME_EVENTS.max(KEYFRAME_EVENTS_A_PLACE * world.ids.len() as u32);
        let keyframes = Keyframes::new(spacing);
        let names = world.names();
        let (replay, stretch, chain, search, hunt) = (None, None, None, None, None);
        let (inspector, following, prospect) = (None, None, None);
        let lane = Lane {
            names,
            world,
            head,
            head_watch,
            keyframes,
            cursor,
            cursor_watch,
            replay,
            stretch,
            chain,
            search,
            hunt,
            inspector,
            following,
            prospect,
            probes,
        };
        lane.keep();
        Ok(lane)
    }

    /// Keeps the head's state as a keyframe.
    fn keep(&self) {
        let seen = self.head_watch.seen.clone();
        let tracker = self.story().tracker.clone();
        let watched = seen.checker.heap_bytes() + tracker.heap_bytes();
        let bytes = self.head.state_bytes() + watched + size_of::<Keyframe>();
        self.keyframes.push(Keyframe {
            state: self.head.snapshot(),
            now: self.head.now(),
            step: self.head.events(),
            next_act: self.head.acts_done(),
            seen,
            tracker,
            bytes,
        });
    }

    fn rewind(&mut self, keyframe: &Keyframe) {
        self.cursor.rewind(&keyframe.state);
        self.cursor_watch.seen.clone_from(&keyframe.seen);
        self.cursor_watch.trace.as_mut().expect("the cursor keeps records").clear();
    }

    /// Steps the cursor over the next event not later than `until`, and pays for it.
    fn paid_step(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        let (records, acts) = (self.cursor.records(), self.cursor.acts_done());
        let more = self.step(until);
        let act = if acts == self.cursor.acts_done() { 0 } else { self.act_units() };
        meter.spend(1 + self.cursor.records() - records + act);
        more
    }

    /// The cost of an act, apart from its records.
    fn act_units(&self) -> u64 {
        let places = self.world.ids.len() as u64;
        places * places / ACT_PAIRS_PER_UNIT
    }

    fn glance(&self) -> View<'_> {
        self.cursor.view()
    }

    /// The description of its algorithm.
    pub fn info(&self) -> &'static Info {
        self.world.info
    }

    /// Names for places, timers, messages and acts.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The number of members, which are at places from 0.
    pub fn members(&self) -> usize {
        self.world.group.members.len()
    }

    /// The number of service nodes, which are at the places after the members.
    pub fn services(&self) -> usize {
        self.world.group.services as usize
    }

    /// Warnings about the lane's settings and `init` lines: the setting, or `init`, and the text.
    pub fn warnings(&self) -> Vec<(String, String)> {
        let impossible = self.world.impossible().map(|why| {
            let text = format!("{why}; no promise holds from such a state");
            ("init".to_string(), text)
        });
        self.world.warnings().iter().cloned().chain(impossible).collect()
    }

    /// An act, by its position among the lane's acts.
    pub fn act(&self, act: u32) -> &Action {
        &self.world.acts[act as usize].action
    }

    /// The line of an act, from 0.
    pub fn line_of_act(&self, act: u32) -> u32 {
        self.world.acts[act as usize].line
    }

    /// The members' places in ring order.
    pub fn ring(&self) -> Vec<Place> {
        self.world.group.ring.iter().filter_map(|&id| self.world.place(id)).collect()
    }
}

/// A checker for a lane in which nothing has happened yet.
pub fn checker(world: &World, scenario: &Scenario) -> Checker {
    let contract = Contract {
        info: world.info,
        gives_up: world.gives_up(),
        heals: world.heals(),
        fencing: world.fencing,
        reorder: scenario.network.reorder,
        timers_manual: world.timers_manual,
        impossible_start: world.impossible().is_some(),
    };
    Checker::new(contract, world.ids.len())
}

// Computing ahead.
impl Lane {
    /// Computes ahead up to `until`, as far as the meter lasts. Returns whether everything up to `until` is computed.
    pub fn compute(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        let mut next = self.keyframes.newest().map_or(0, |k| k.step).saturating_add(self.keyframes.spacing());
        while !meter.is_empty() {
            let (records, acts) = (self.head.records(), self.head.acts_done());
            if !self.head.step(until, &mut self.head_watch) {
                return true;
            }
            let act = if acts == self.head.acts_done() { 0 } else { self.act_units() };
            meter.spend(1 + self.head.records() - records + act);
            if next <= self.head.events() {
                self.keep();
                // Copying a large state takes time.
                meter.spend(self.head.state_bytes() as u64 / 256);
                next = self.head.events().saturating_add(self.keyframes.spacing());
            }
        }
        false
    }

    /// The event of the latest keyframe of this run and of another one up to which the same happened, by their digests.
    pub fn common_step(&self, other: &Lane) -> u32 {
        let same = |k: &Keyframe| {
            let twin = other.keyframes.last_where(|it| it.step <= k.step);
            twin.step == k.step && twin.state.trace_digest() == k.state.trace_digest()
        };
        // Thinning may have left different ones in each.
        self.keyframes.rev_find(same).map_or(0, |k| k.step)
    }

    /// Sets whether its run is on a screen; if so, its keyframes are the last to be thinned.
    pub fn show(&self, shown: bool) {
        self.keyframes.show(shown);
    }

    /// The time up to which the lane is computed.
    pub fn computed(&self) -> SimTime {
        self.head.now()
    }

    /// The number of events computed.
    pub fn computed_events(&self) -> u32 {
        self.head.events()
    }

    /// The summary of the computed run.
    pub fn story(&self) -> &Story {
        self.head_watch.story.as_ref().expect("the head keeps the story")
    }

    /// The statistics at the end of the computed run.
    pub fn head_stats(&self) -> &Stats {
        self.head_watch.seen.checker.stats()
    }

    /// The failover in progress at the end of the computed run, if there is one.
    pub fn head_failover(&self) -> Option<Failover> {
        self.head_watch.seen.checker.failover_now()
    }

    /// When the first node served in the computed run.
    pub fn first_served(&self) -> Option<SimTime> {
        self.head_watch.seen.checker.first_served()
    }

    /// How long no node served in the computed run up to `now`.
    pub fn head_unserved(&self, now: SimTime) -> Span {
        self.head_watch.seen.checker.unserved(now)
    }

    /// The figures of each group other than the main one at the end of the computed run.
    pub fn head_group_stats(&self) -> Vec<&GroupStats> {
        self.head_watch.seen.checker.group_stats().collect()
    }

    /// How many messages were sent and received in the computed run.
    pub fn head_traffic(&self) -> &Traffic {
        self.head.traffic()
    }

    /// The violations in the computed run.
    pub fn head_violations(&self) -> Vec<Violation> {
        self.head_watch.seen.checker.violations().cloned().collect()
    }

    /// The verdicts on all properties in the computed run, as of `now`.
    pub fn head_verdicts(&self, now: SimTime) -> Vec<Verdict> {
        self.head_watch.seen.checker.verdicts(now, &self.head.view())
    }

    /// The trace digest of the computed run.
    pub fn head_digest(&self) -> u64 {
        self.head.trace_digest()
    }

    /// Ends the computed run at `until` and judges what should have happened by then.
    pub fn finish(&mut self, until: SimTime) {
        let (step, view) = (self.head.events(), self.head.view());
        self.head_watch.seen.checker.finish(until, step, &view);
    }

    /// Adopts the part of an earlier run that it shares with this one, which ends at `until`: the keyframes before the
    /// first act that differs. The caller ensures that the worlds are equal except for their acts.
    pub fn adopt(&mut self, earlier: &Lane, until: SimTime) {
        if earlier.probes != self.probes {
            // The earlier run did not watch for the same things.
            return;
        }
        let (old, new) = (&earlier.world.acts, &self.world.acts);
        let same_act = |(a, b): &(&_, &_)| same_act(a, b);
        let common = old.iter().zip(new).take_while(same_act).count();
        // The first instant when the two runs can differ.
        let changed = old.iter().skip(common).chain(new.iter().skip(common)).map(|a| a.at).min();
        let kept = |k: &Keyframe| {
            // The earlier run may have been longer.
            k.now <= until && changed.is_none_or(|at| k.now < at) && k.next_act as usize <= common
        };
        let Some(last) = self.keyframes.adopt(&earlier.keyframes, kept) else { return };
        self.head.rewind(&last.state);
        self.head_watch.seen.clone_from(&last.seen);
        self.head_watch.story = earlier.head_watch.story.clone();
        let story = self.head_watch.story.as_mut().expect("the head keeps the story");
        story.truncate_after(last.step, last.tracker.clone());
    }
}

// The cursor, and replays.
impl Lane {
    /// Moves the cursor to just after event number `step`, but not past `until`. Returns whether it has arrived.
    pub fn seek_step(&mut self, step: u32, until: SimTime, meter: &mut Meter) -> bool {
        let keyframe = self.keyframes.last_where(|k| k.step <= step);
        let here = self.cursor.events();
        if step < here || here < keyframe.step {
            self.rewind(&keyframe);
            meter.spend(keyframe.bytes as u64 / 256);
        }
        while self.cursor.events() < step {
            if meter.is_empty() {
                return false;
            }
            if !self.paid_step(until, meter) {
                break;
            }
        }
        true
    }

    /// Moves the cursor past all events up to and including `at`. Returns whether it has arrived.
    pub fn seek_time(&mut self, at: SimTime, meter: &mut Meter) -> bool {
        let keyframe = self.keyframes.last_where(|k| k.now <= at);
        if at < self.cursor.now() || self.cursor.events() < keyframe.step {
            self.rewind(&keyframe);
            meter.spend(keyframe.bytes as u64 / 256);
        }
        loop {
            if meter.is_empty() {
                return false;
            }
            if !self.paid_step(at, meter) {
                return true;
            }
        }
    }

    /// The time of the first keyframe after `at`, and the number of events before it; if there is none, those of the
    /// end of the computed run.
    pub fn keyframe_after(&self, at: SimTime) -> (SimTime, u32) {
        let found = self.keyframes.first_where(|k| at < k.now);
        found.map_or((self.head.now(), self.head.events()), |k| (k.now, k.step))
    }

    /// Steps the cursor over the next event not later than `until`. Returns whether there was one.
    pub fn step(&mut self, until: SimTime) -> bool {
        if self.cursor.step(until, &mut self.cursor_watch) {
            return true;
        }
        // No further event up to `until`: judge what should have happened by then.
        let (step, view) = (self.cursor.events(), self.cursor.view());
        self.cursor_watch.seen.checker.finish(until, step, &view);
        false
    }

    /// The cost of the cursor so far, in units of work.
    pub fn units(&self) -> u64 {
        self.cursor.records()
    }

    /// A lower bound for the time of the cursor's next event.
    pub fn next_at(&mut self) -> Option<SimTime> {
        self.cursor.next_at()
    }

    /// The time of the cursor's last event.
    pub fn now(&self) -> SimTime {
        self.cursor.now()
    }

    /// The number of events before the cursor.
    pub fn events(&self) -> u32 {
        self.cursor.events()
    }

    /// The number of events, not counting acts, that lie before the cursor at the instant of its last event.
    pub fn instant(&self) -> u32 {
        self.cursor.instant()
    }

    /// Whether an event after the moment `at T+k` has happened before the cursor, and every act up to that moment.
    pub fn has_passed(&self, at: SimTime, after: u32) -> bool {
        let acts = &self.world.acts;
        let due = acts.partition_point(|act| (act.at, act.after) <= (at, after));
        let (now, instant) = (self.cursor.now(), self.cursor.instant());
        self.events() > 0 && at < now
            || (at, after) <= (now, instant) && due <= self.cursor.acts_done() as usize
    }

    /// The digest of everything that can influence the future of the cursor.
    pub fn state_digest(&self) -> u64 {
        self.cursor.state_digest()
    }

    /// The digest of everything that happened up to the cursor.
    pub fn trace_digest(&self) -> u64 {
        self.cursor.trace_digest()
    }

    /// The newest records up to the cursor.
    pub fn trace(&self) -> &TraceBuf {
        self.cursor_watch.trace.as_ref().expect("the cursor keeps records")
    }

    /// Replays a stretch of time, both ends included, and returns its records, at most `limit`. `None` if the meter ran
    /// empty first: call again with the same arguments to continue.
    pub fn window(
        &mut self,
        from: SimTime,
        to: SimTime,
        limit: usize,
        meter: &mut Meter,
    ) -> Option<Vec<Record>> {
        let asked = (from, to, limit);
        let goes_on = self.replay.take().filter(|(it, _)| *it == asked);
        let (_, mut replay) = goes_on.unwrap_or_else(|| {
            let keyframe = self.keyframes.last_where(|k| k.now < from);
            (asked, Replay::at(self, &keyframe, TraceBuf::from(from, limit), meter))
        });
        while !replay.trace().is_full() {
            if meter.is_empty() {
                self.replay = Some((asked, replay));
                return None;
            }
            if !replay.step(to, meter) {
                break;
            }
        }
        Some(replay.records())
    }

    /// Like [`Lane::window`], however long it takes.
    pub fn records(&mut self, from: SimTime, to: SimTime, limit: usize) -> Vec<Record> {
        self.window(from, to, limit, &mut Meter::unlimited()).unwrap_or_default()
    }

    /// Like [`Lane::seek_time`], however long it takes.
    pub fn go_to_time(&mut self, at: SimTime) {
        self.seek_time(at, &mut Meter::unlimited());
    }

    /// Like [`Lane::seek_step`], however long it takes.
    pub fn go_to_step(&mut self, step: u32, until: SimTime) {
        self.seek_step(step, until, &mut Meter::unlimited());
    }
}

/// Whether two acts do the same at the same instant, regardless of their positions in the texts.
pub(crate) fn same_act(a: &Act, b: &Act) -> bool {
    a.at == b.at && a.after == b.after && a.applicable == b.applicable && a.action == b.action
}
