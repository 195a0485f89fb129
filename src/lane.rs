//! One lane in time: keyframes, seek, step back, replacing the future.
//!
//! A [`Lane`] is computed ahead by its *head*, which leaves keyframes behind: clones of the whole state, rng,
//! timers and pending messages included. Its *cursor* goes anywhere by restoring the last keyframe before
//! and playing on: a seek equals a fresh run by construction, and a test compares the digests.
//!
//! What can take long takes a [`Meter`] and says whether it is done; asked again it goes on.

use std::any::Any;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::base::{Digest, NodeId, SimTime, Span};
use crate::checker::{Checker, Stats, Terms, Verdict, Violation};
use crate::keyframes::{Keyframes, Weight};
use crate::meter::Meter;
use crate::probes::Probes;
use crate::protocol::{Belief, Info, NodeView, Property, Recovery, Shape};
use crate::scenario::{MessageRef, Scenario, Who};
use crate::sim::{Behaviour, Maker, Pending, Resource, Sim, Snapshot, View, World};
use crate::story::Story;
use crate::trace::{Glance, Kind, Names, Place, Record, TraceBuf, WRITE, Watch};

/// How many of the newest records the cursor keeps.
pub const CURSOR_TRACE_MAX: usize = 4096;
/// The fewest events between two keyframes.
pub const KEYFRAME_EVENTS: u32 = 2048;
/// How many of the messages that were lost last are kept for pictures.
pub const LOSSES_MAX: usize = 64;
/// In [`Lost::why`]: the write arrived, and the store refused it for its token.
pub const REFUSED: u8 = 255;
/// How many units an act costs for each pair of places, in sixteenths: some look at every link.
const ACT_PAIRS_PER_UNIT: u64 = 16;

/// What watches a lane. One type for the head, which keeps the story, the cursor, which keeps the newest
/// records, and for playing a stretch again: every other one would be one more copy of the simulator in the
/// module.
struct LaneWatch {
    seen: Seen,
    /// What this watch was told, in units of work.
    units: u64,
    story: Option<Box<Story>>,
    trace: Option<Box<TraceBuf>>,
}

/// What a watch knows of the past, and a keyframe keeps.
#[derive(Clone)]
struct Seen {
    checker: Checker,
    digest: Digest,
    probes: Probes,
    /// The newest losses and refusals, so that a moment looks the same however one came to it.
    losses: VecDeque<Record>,
}

impl LaneWatch {
    fn new(seen: Seen, story: Option<Box<Story>>, trace: Option<Box<TraceBuf>>) -> LaneWatch {
        LaneWatch { seen, units: 0, story, trace }
    }
}

impl Watch for LaneWatch {
    #[inline]
    fn on(&mut self, r: &Record, world: &dyn Glance) {
        self.units += 1;
        self.seen.checker.on(r, world);
        r.digest(&mut self.seen.digest);
        if let Some(trace) = &mut self.trace {
            trace.push(r);
        }
        if !self.seen.probes.is_empty() {
            self.seen.probes.on(r, world);
        }
        // Most records are messages and timers, of which no story tells.
        if !matches!(r.kind, Kind::Send | Kind::Deliver | Kind::Fire) {
            if let Some(story) = &mut self.story {
                story.on(r, world);
            }
            if r.kind == Kind::Lose || (r.kind == Kind::Stored && r.sub == 0) {
                if self.seen.losses.len() == LOSSES_MAX {
                    self.seen.losses.pop_front();
                }
                self.seen.losses.push_back(*r);
            }
        }
    }
    #[inline]
    fn event_ended(&mut self, now: SimTime, world: &dyn Glance) {
        self.seen.checker.event_ended(now, world);
        if let Some(story) = &mut self.story {
            story.look_at(self.seen.checker.stats(), world.step());
        }
    }
}

/// A state to come back to.
struct Keyframe {
    state: Snapshot,
    now: SimTime,
    step: u32,
    next_act: u32,
    seen: Seen,
    bytes: usize,
}

impl Weight for Keyframe {
    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// A stretch that is being played again for its records.
struct Replay {
    asked: (SimTime, SimTime, usize),
    sim: Sim,
    watch: LaneWatch,
}

/// A message or write under way, for pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flight {
    /// The sender.
    pub from: Place,
    /// The receiver.
    pub to: Place,
    /// The how-many-th send on the link.
    pub nth: u32,
    /// 1, or the number of the copy.
    pub copy: u8,
    /// The position in [`Info::messages`], or [`crate::trace::WRITE`].
    pub kind: u8,
    /// The first number of its record: the id that travels, the term; 0 where it has none.
    pub arg: u32,
    /// When it was sent.
    pub sent: SimTime,
    /// When it arrives.
    pub due: SimTime,
}

/// A message or write that was lost or refused a short while ago, for pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lost {
    /// The message, with the copy's number. `sent` is when it was lost; `due` is as much later as a message on
    /// that link usually takes, which is how long the loss is worth a look.
    pub flight: Flight,
    /// Why: a [`crate::trace::Loss`], or [`REFUSED`].
    pub why: u8,
}

/// A timer that is set, for pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ticking {
    /// Whose.
    pub node: Place,
    /// Which, by its index; after the algorithm's own comes the simulator's write timer.
    pub timer: u8,
    /// When it was set.
    pub since: SimTime,
    /// When it fires.
    pub due: SimTime,
}

/// One lane of a scenario: all that the page, the command line and the judge see of it. What is asked of the
/// state is answered at the cursor.
pub trait Engine {
    /// What there is to know about its algorithm.
    fn info(&self) -> &'static Info;
    /// Names for places, timers, messages and acts.
    fn names(&self) -> &Names;
    /// How many members there are, at places from 0.
    fn members(&self) -> usize;
    /// How many service nodes there are, at the places after the members.
    fn services(&self) -> usize;
    /// The members' places in ring order.
    fn ring(&self) -> Vec<Place>;

    /// Computes ahead up to `until`, as far as the meter lasts. True when nothing up to `until` is left.
    fn compute(&mut self, until: SimTime, meter: &mut Meter) -> bool;
    /// Whether its run is on a screen: then its keyframes are the last to be thinned.
    fn show(&self, shown: bool);
    /// The time up to which the lane is computed.
    fn computed(&self) -> SimTime;
    /// How many events are computed.
    fn computed_events(&self) -> u32;
    /// The whole computed run in little.
    fn story(&self) -> &Story;
    /// The statistics at the end of what is computed.
    fn head_stats(&self) -> &Stats;
    /// The violations in what is computed.
    fn head_violations(&self) -> Vec<Violation>;
    /// The verdicts on all properties in what is computed, as of `now`.
    fn head_verdicts(&self, now: SimTime) -> Vec<Verdict>;
    /// The trace digest of what is computed.
    fn head_digest(&self) -> u64;
    /// The computed run is over at `until`: judge what should have happened by then.
    fn finish(&mut self, until: SimTime);

    /// Moves the cursor to just after its `step`-th event, at most to `until`. True when it is there.
    fn seek_step(&mut self, step: u32, until: SimTime, meter: &mut Meter) -> bool;
    /// Moves the cursor behind all events up to and including `at`. True when it is there.
    fn seek_time(&mut self, at: SimTime, meter: &mut Meter) -> bool;
    /// The first keyframe after `at`: its time, and how many events lie before it; the end of what is computed where
    /// there is none.
    fn keyframe_after(&self, at: SimTime) -> (SimTime, u32);
    /// Lets the next event not later than `until` happen at the cursor.
    fn step(&mut self, until: SimTime) -> bool;
    /// What the cursor has cost so far, in units of work.
    fn units(&self) -> u64;
    /// A time before which the cursor has no further event.
    fn next_at(&mut self) -> Option<SimTime>;
    /// The time of the cursor's last event.
    fn now(&self) -> SimTime;
    /// How many events lie before the cursor.
    fn events(&self) -> u32;
    /// How many events other than acts lie before the cursor at the instant of its last event.
    fn instant(&self) -> u32;

    /// The digest of all that can influence the future of the cursor.
    fn state_digest(&self) -> u64;
    /// The digest of what happened up to the cursor.
    fn trace_digest(&self) -> u64;
    /// The newest records up to the cursor.
    fn trace(&self) -> &TraceBuf;
    /// The records of a stretch of time, both ends included, at most `limit`, by playing it again. `None` when the
    /// meter was empty before: asked again for the same it goes on.
    fn window(&mut self, from: SimTime, to: SimTime, limit: usize, meter: &mut Meter) -> Option<Vec<Record>>;

    /// As [`Engine::window`], however long it takes.
    fn records(&mut self, from: SimTime, to: SimTime, limit: usize) -> Vec<Record> {
        self.window(from, to, limit, &mut Meter::unlimited()).unwrap_or_default()
    }
    /// As [`Engine::seek_time`], however long it takes.
    fn go_to_time(&mut self, at: SimTime) {
        self.seek_time(at, &mut Meter::unlimited());
    }
    /// As [`Engine::seek_step`], however long it takes.
    fn go_to_step(&mut self, step: u32, until: SimTime) {
        self.seek_step(step, until, &mut Meter::unlimited());
    }

    /// The statistics up to the cursor.
    fn stats(&self) -> &Stats;
    /// What its checker knew beforehand: the bounds of its promises.
    fn terms(&self) -> &Terms;
    /// The violations up to the cursor.
    fn violations(&self) -> Vec<Violation>;
    /// The verdict on a property up to the cursor, as of `now`.
    fn verdict(&self, property: Property, now: SimTime) -> Verdict;
    /// The verdicts on all properties up to the cursor, as of `now`.
    fn verdicts(&self, now: SimTime) -> Vec<Verdict>;
    /// Whether anybody serves at the cursor.
    fn serving(&self) -> bool;
    /// Since when nobody serves at the cursor, if somebody has served before.
    fn unserved_since(&self) -> Option<SimTime>;
    /// How long a recovery takes as things are at the cursor; `None` where a setting gives it up or nobody runs.
    fn recovery(&self) -> Option<Recovery>;
    /// The longest delay of a message that the timeouts bear as things are at the cursor; `None` where none is too
    /// long.
    fn delay_bound(&self) -> Option<Span>;
    /// The kind and the numbers of a message that the scenario's conditions ask for, once it was sent.
    fn message(&self, message: &MessageRef) -> Option<(u8, [u32; 5])>;
    /// How many of these rules a node that the scenario's conditions ask for has carried out in order.
    fn order(&self, node: NodeId, rules: &[u32]) -> usize;
    /// What a node believes.
    fn belief(&self, place: Place) -> Belief;
    /// The number of its leadership belief; 0 if it does not lead.
    fn belief_number(&self, place: Place) -> u32;
    /// Whether its process is there.
    fn up(&self, place: Place) -> bool;
    /// Whether its process stands still.
    fn paused(&self, place: Place) -> bool;
    /// Whether its process has not started for the first time yet.
    fn waits_to_start(&self, place: Place) -> bool;
    /// Whether messages get from one place to another.
    fn reaches(&self, from: Place, to: Place) -> bool;
    /// How far a clock is ahead, in microseconds, and how many millionths it runs fast.
    fn clock(&self, place: Place) -> (i64, i32);
    /// How long it takes over every message.
    fn slowness(&self, place: Place) -> Span;
    /// How links between nodes behave that were not set singly, and how they did at the start.
    fn network(&self) -> [Behaviour; 2];
    /// The links that behave otherwise than that, and those to the store that behave otherwise than at the
    /// start: from, to, how.
    fn singular_links(&self) -> Vec<(Place, Place, Behaviour)>;
    /// What it shows to people.
    fn view(&self, place: Place) -> NodeView;
    /// The leader in truth.
    fn leader_in_truth(&self) -> Option<Place>;
    /// The leader in truth, or else the newest believer.
    fn leader(&self) -> Option<Place>;
    /// Whom a scenario's word means now.
    fn resolve(&self, who: &Who) -> Vec<Place>;
    /// The place of an id.
    fn place(&self, id: NodeId) -> Option<Place>;
    /// The store.
    fn resource(&self) -> &Resource;
    /// All that is pending, in order.
    fn pending(&self) -> Vec<Pending>;
    /// How many messages are under way.
    fn pending_messages(&self) -> usize;
    /// The messages under way, into `out`.
    fn flights(&self, out: &mut Vec<Flight>);
    /// What was lost or refused at most twice its usual delay before `at`, into `out`.
    fn losses(&self, at: SimTime, out: &mut Vec<Lost>);
    /// The timers that are set, into `out`.
    fn ticking(&self, out: &mut Vec<Ticking>);
    /// What a picture shows of the nodes beside their beliefs, into `out`; of crashed nodes what they have on disk.
    fn shapes(&self, out: &mut Vec<Shape>);
    /// When the node's present belief to lead began.
    fn leads_since(&self, place: Place) -> SimTime;
    /// Whether the run broke off before the cursor.
    fn stuck(&self) -> bool {
        self.broke_off().is_some()
    }
    /// When the run broke off before the cursor, if it did, and for which reason: a [`crate::trace::BreakOff`].
    fn broke_off(&self) -> Option<(SimTime, u8)>;
    /// What the lane's settings and `init` lines say without effect: the setting, or `init`, and what to know.
    fn warnings(&self) -> Vec<(String, String)>;

    /// Takes over what an earlier run has in common with this one, which ends at `until`: its keyframes before
    /// the first act that differs. The worlds must be equal but for their acts, which the caller knows.
    fn adopt(&mut self, earlier: &dyn Engine, until: SimTime);
    /// For [`Engine::adopt`].
    fn as_any(&self) -> &dyn Any;
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
    replay: Option<Box<Replay>>,
    /// What is watched for, with nothing seen.
    probes: Probes,
}

impl Lane {
    /// The lane number `lane` of a scenario, whose processes `maker` makes, with nothing computed.
    ///
    /// # Errors
    /// See [`World::new`].
    pub fn new(scenario: &Scenario, lane: usize, maker: Maker) -> Result<Lane, (Option<u32>, String)> {
        let world = Rc::new(World::new(scenario, lane, maker)?);
        let checker = checker(&world, scenario);
        let probes = Probes::new(scenario, lane);
        let seen =
            Seen { checker, digest: Digest::default(), probes: probes.clone(), losses: VecDeque::new() };
        let (story, trace) = (Box::default(), Box::new(TraceBuf::new(CURSOR_TRACE_MAX)));
        let mut head_watch = LaneWatch::new(seen.clone(), Some(story), None);
        let mut cursor_watch = LaneWatch::new(seen, None, Some(trace));
        let head = Sim::new(world.clone(), &mut head_watch);
        let cursor = Sim::new(world.clone(), &mut cursor_watch);
        let keyframes = Keyframes::new(KEYFRAME_EVENTS);
        let names = world.names();
        let replay = None;
        let lane = Lane { names, world, head, head_watch, keyframes, cursor, cursor_watch, replay, probes };
        lane.keep();
        Ok(lane)
    }

    /// Keeps the head's state as a keyframe.
    fn keep(&self) {
        let seen = self.head_watch.seen.clone();
        let bytes = self.head.state_bytes() + seen.checker.heap_bytes() + size_of::<Keyframe>();
        self.keyframes.push(Keyframe {
            state: self.head.snapshot(),
            now: self.head.now(),
            step: self.head.events(),
            next_act: self.head.acts_done(),
            seen,
            bytes,
        });
    }

    fn rewind(&mut self, keyframe: &Keyframe) {
        self.cursor.rewind(&keyframe.state);
        self.cursor_watch.seen.clone_from(&keyframe.seen);
        self.cursor_watch.trace.as_mut().expect("the cursor keeps records").clear();
    }

    /// Lets the next event not later than `until` happen at the cursor, and pays for it.
    fn paid_step(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        let (units, acts) = (self.cursor_watch.units, self.cursor.acts_done());
        let more = self.step(until);
        let act = if acts == self.cursor.acts_done() { 0 } else { self.act_units() };
        meter.spend(1 + self.cursor_watch.units - units + act);
        more
    }

    /// What an act costs beside its records.
    fn act_units(&self) -> u64 {
        let places = self.world.ids.len() as u64;
        places * places / ACT_PAIRS_PER_UNIT
    }

    fn glance(&self) -> View<'_> {
        self.cursor.view()
    }
}

/// A checker for a lane of which nothing has happened yet.
pub fn checker(world: &World, scenario: &Scenario) -> Checker {
    let terms = Terms {
        info: world.info,
        gives_up: world.gives_up(),
        heals: world.heals(),
        fencing: world.fencing,
        reorder: scenario.network.reorder,
        timers_manual: world.timers_manual,
        impossible_start: world.impossible().is_some(),
    };
    Checker::new(terms, world.ids.len())
}

impl Engine for Lane {
    fn info(&self) -> &'static Info {
        self.world.info
    }
    fn names(&self) -> &Names {
        &self.names
    }
    fn members(&self) -> usize {
        self.world.group.members.len()
    }
    fn services(&self) -> usize {
        self.world.group.services as usize
    }
    fn ring(&self) -> Vec<Place> {
        self.world.group.ring.iter().filter_map(|&id| self.world.place(id)).collect()
    }

    fn compute(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        let mut next = self.keyframes.newest().map_or(0, |k| k.step).saturating_add(self.keyframes.spacing());
        while !meter.is_empty() {
            let (units, acts) = (self.head_watch.units, self.head.acts_done());
            if !self.head.step(until, &mut self.head_watch) {
                return true;
            }
            let act = if acts == self.head.acts_done() { 0 } else { self.act_units() };
            meter.spend(1 + self.head_watch.units - units + act);
            if next <= self.head.events() {
                self.keep();
                // A large state takes its time to copy.
                meter.spend(self.head.state_bytes() as u64 / 256);
                next = self.head.events().saturating_add(self.keyframes.spacing());
            }
        }
        false
    }
    fn show(&self, shown: bool) {
        self.keyframes.show(shown);
    }
    fn computed(&self) -> SimTime {
        self.head.now()
    }
    fn computed_events(&self) -> u32 {
        self.head.events()
    }
    fn story(&self) -> &Story {
        self.head_watch.story.as_ref().expect("the head keeps the story")
    }
    fn head_stats(&self) -> &Stats {
        self.head_watch.seen.checker.stats()
    }
    fn head_violations(&self) -> Vec<Violation> {
        self.head_watch.seen.checker.violations().cloned().collect()
    }
    fn head_verdicts(&self, now: SimTime) -> Vec<Verdict> {
        self.head_watch.seen.checker.verdicts(now, &self.head.view())
    }
    fn head_digest(&self) -> u64 {
        self.head_watch.seen.digest.value()
    }
    fn finish(&mut self, until: SimTime) {
        let (step, view) = (self.head.events(), self.head.view());
        self.head_watch.seen.checker.finish(until, step, &view);
    }

    fn seek_step(&mut self, step: u32, until: SimTime, meter: &mut Meter) -> bool {
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
    fn seek_time(&mut self, at: SimTime, meter: &mut Meter) -> bool {
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
    fn keyframe_after(&self, at: SimTime) -> (SimTime, u32) {
        let found = self.keyframes.first_where(|k| at < k.now);
        found.map_or((self.head.now(), self.head.events()), |k| (k.now, k.step))
    }
    fn step(&mut self, until: SimTime) -> bool {
        if self.cursor.step(until, &mut self.cursor_watch) {
            return true;
        }
        // Nothing more happens up to `until`: what should have happened by then has not.
        let (step, view) = (self.cursor.events(), self.cursor.view());
        self.cursor_watch.seen.checker.finish(until, step, &view);
        false
    }
    fn units(&self) -> u64 {
        self.cursor_watch.units
    }
    fn next_at(&mut self) -> Option<SimTime> {
        self.cursor.next_at()
    }
    fn now(&self) -> SimTime {
        self.cursor.now()
    }
    fn events(&self) -> u32 {
        self.cursor.events()
    }
    fn instant(&self) -> u32 {
        self.cursor.instant()
    }

    fn state_digest(&self) -> u64 {
        self.cursor.state_digest()
    }
    fn trace_digest(&self) -> u64 {
        self.cursor_watch.seen.digest.value()
    }
    fn trace(&self) -> &TraceBuf {
        self.cursor_watch.trace.as_ref().expect("the cursor keeps records")
    }
    fn window(&mut self, from: SimTime, to: SimTime, limit: usize, meter: &mut Meter) -> Option<Vec<Record>> {
        let asked = (from, to, limit);
        let goes_on = self.replay.take().filter(|replay| replay.asked == asked);
        let mut replay = goes_on.unwrap_or_else(|| {
            let keyframe = self.keyframes.last_where(|k| k.now < from);
            let trace = Box::new(TraceBuf::from(from, limit));
            let mut watch = LaneWatch::new(keyframe.seen.clone(), None, Some(trace));
            meter.spend(keyframe.bytes as u64 / 256);
            let sim = if keyframe.step == 0 {
                // The starts themselves are records too.
                Sim::new(self.world.clone(), &mut watch)
            } else {
                Sim::restore(self.world.clone(), &keyframe.state)
            };
            Box::new(Replay { asked, sim, watch })
        });
        let full = |watch: &LaneWatch| watch.trace.as_ref().is_some_and(|t| t.is_full());
        while !full(&replay.watch) {
            if meter.is_empty() {
                self.replay = Some(replay);
                return None;
            }
            let units = replay.watch.units;
            if !replay.sim.step(to, &mut replay.watch) {
                break;
            }
            meter.spend(1 + replay.watch.units - units);
        }
        Some(replay.watch.trace.map_or_else(Vec::new, |trace| trace.into_records()))
    }

    fn stats(&self) -> &Stats {
        self.cursor_watch.seen.checker.stats()
    }
    fn terms(&self) -> &Terms {
        self.cursor_watch.seen.checker.terms()
    }
    fn violations(&self) -> Vec<Violation> {
        self.cursor_watch.seen.checker.violations().cloned().collect()
    }
    fn verdict(&self, property: Property, now: SimTime) -> Verdict {
        self.cursor_watch.seen.checker.verdict(property, now, &self.glance())
    }
    fn verdicts(&self, now: SimTime) -> Vec<Verdict> {
        self.cursor_watch.seen.checker.verdicts(now, &self.glance())
    }
    fn serving(&self) -> bool {
        self.cursor_watch.seen.checker.serving()
    }
    fn unserved_since(&self) -> Option<SimTime> {
        self.cursor_watch.seen.checker.unserved_since()
    }
    fn delay_bound(&self) -> Option<Span> {
        self.glance().delay_bound()
    }
    fn recovery(&self) -> Option<Recovery> {
        self.cursor_watch.seen.checker.recovery()
    }
    fn message(&self, message: &MessageRef) -> Option<(u8, [u32; 5])> {
        self.cursor_watch.seen.probes.message(message)
    }
    fn order(&self, node: NodeId, rules: &[u32]) -> usize {
        self.cursor_watch.seen.probes.order(node, rules)
    }
    fn belief(&self, place: Place) -> Belief {
        self.glance().belief(place)
    }
    fn belief_number(&self, place: Place) -> u32 {
        self.glance().belief_number(place)
    }
    fn up(&self, place: Place) -> bool {
        self.glance().up(place)
    }
    fn paused(&self, place: Place) -> bool {
        self.glance().paused(place)
    }
    fn waits_to_start(&self, place: Place) -> bool {
        self.cursor.waits_to_start(place)
    }
    fn reaches(&self, from: Place, to: Place) -> bool {
        self.glance().reaches(from, to)
    }
    fn clock(&self, place: Place) -> (i64, i32) {
        self.cursor.clock(place)
    }
    fn slowness(&self, place: Place) -> Span {
        self.cursor.slowness(place)
    }
    fn network(&self) -> [Behaviour; 2] {
        self.cursor.network()
    }
    fn singular_links(&self) -> Vec<(Place, Place, Behaviour)> {
        self.cursor.singular_links()
    }
    fn view(&self, place: Place) -> NodeView {
        self.cursor.node_view(place)
    }
    fn leader_in_truth(&self) -> Option<Place> {
        self.glance().leader_in_truth()
    }
    fn leader(&self) -> Option<Place> {
        self.glance().leader()
    }
    fn resolve(&self, who: &Who) -> Vec<Place> {
        self.cursor.resolve(who)
    }
    fn place(&self, id: NodeId) -> Option<Place> {
        self.world.place(id)
    }
    fn resource(&self) -> &Resource {
        self.cursor.resource()
    }
    fn pending(&self) -> Vec<Pending> {
        self.cursor.pending()
    }
    fn pending_messages(&self) -> usize {
        self.cursor.pending_messages()
    }
    fn flights(&self, out: &mut Vec<Flight>) {
        self.cursor.each_message(|e| {
            out.push(Flight {
                from: e.from,
                to: e.to,
                nth: e.nth,
                copy: e.copy,
                kind: e.record.kind,
                arg: e.record.args[0],
                sent: e.sent,
                due: e.due,
            });
        });
    }
    fn losses(&self, at: SimTime, out: &mut Vec<Lost>) {
        for r in &self.cursor_watch.seen.losses {
            let (to, kind, why) = if r.kind == Kind::Stored {
                (self.world.store(), WRITE, REFUSED)
            } else {
                (r.peer, r.msg, r.sub)
            };
            let usual = self.cursor.usual_delay(r.node, to);
            let due = r.at + usual;
            if at <= due + usual {
                let (from, nth, copy, arg) = (r.node, r.nth, r.copy, r.args[0]);
                out.push(Lost { flight: Flight { from, to, nth, copy, kind, arg, sent: r.at, due }, why });
            }
        }
    }
    fn ticking(&self, out: &mut Vec<Ticking>) {
        self.cursor.each_timer(|node, timer, since, due| out.push(Ticking { node, timer, since, due }));
    }
    fn shapes(&self, out: &mut Vec<Shape>) {
        (0..self.world.nodes() as Place).for_each(|p| self.cursor.shapes(p, out));
    }
    fn leads_since(&self, place: Place) -> SimTime {
        self.cursor.leads_since(place)
    }
    fn broke_off(&self) -> Option<(SimTime, u8)> {
        self.stats().broke_off
    }
    fn warnings(&self) -> Vec<(String, String)> {
        let impossible = self.world.impossible().map(|why| {
            let text = format!("{why}; nothing is promised from there");
            ("init".to_string(), text)
        });
        self.world.warnings().iter().cloned().chain(impossible).collect()
    }

    fn adopt(&mut self, earlier: &dyn Engine, until: SimTime) {
        let Some(earlier) = earlier.as_any().downcast_ref::<Lane>() else { return };
        if earlier.probes != self.probes {
            // What is watched for now was not watched for then.
            return;
        }
        let (old, new) = (&earlier.world.acts, &self.world.acts);
        let same_act = |(a, b): &(&_, &_)| same_act(a, b);
        let common = old.iter().zip(new).take_while(same_act).count();
        // The first instant at which the two runs can differ.
        let changed = old.iter().skip(common).chain(new.iter().skip(common)).map(|a| a.at).min();
        let kept = |k: &Keyframe| {
            // The earlier run may have gone on for longer.
            k.now <= until && changed.is_none_or(|at| k.now < at) && k.next_act as usize <= common
        };
        let Some(last) = self.keyframes.adopt(&earlier.keyframes, kept) else { return };
        self.head.rewind(&last.state);
        self.head_watch.seen.clone_from(&last.seen);
        self.head_watch.story = earlier.head_watch.story.clone();
        self.head_watch.story.as_mut().expect("the head keeps the story").truncate_after(last.step);
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Whether two acts do the same at the same instant, wherever they stand in their texts.
fn same_act(a: &crate::scenario::Act, b: &crate::scenario::Act) -> bool {
    a.at == b.at && a.after == b.after && a.applicable == b.applicable && a.action == b.action
}
