//! Runs in time: keyframes, seek, step back, replacing the future; all lanes on one clock.
//!
//! A [`Lane`] is computed ahead by its *head*, which leaves keyframes behind: clones of the whole state, rng,
//! timers and pending messages included. Its *cursor* goes anywhere by restoring the last keyframe before
//! and playing on: a seek equals a fresh run by construction, and a test compares the digests.
//!
//! A [`Timeline`] is all lanes of a scenario. Lanes know nothing of each other: the run of a lane is the same
//! whatever stands beside it. Their events are merged by time, ties by the order of the lanes.

use std::any::Any;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::base::{Digest, NodeId, SimTime, Span};
use crate::checker::{Checker, Stats, Terms, Violation};
use crate::protocol::{Belief, Info, NodeView, Property, Protocol, Shape};
use crate::scenario::{Scenario, Who};
use crate::sim::{Behaviour, Pending, Resource, Sim, State, View, World};
use crate::story::Story;
use crate::trace::{Glance, Kind, Names, Place, Record, TraceBuf, WRITE, Watch};

/// The most events of a lane's run; what comes later is not computed, and the run says so.
pub const EVENTS_MAX: u32 = 40_000_000;
/// How many of the newest records the cursor keeps.
pub const CURSOR_TRACE_MAX: usize = 4096;
/// The fewest events between two keyframes.
pub const KEYFRAME_EVENTS: u32 = 2048;
/// How many of the messages that were lost last are kept for pictures.
pub const LOSSES_MAX: usize = 64;
/// In [`Lost::why`]: the write arrived, and the store refused it for its token.
pub const REFUSED: u8 = 255;

/// What watches a lane. One type for the head, which keeps the story, the cursor, which keeps the newest
/// records, and for playing a stretch again: every other one would be one more copy of the simulator in the
/// module.
#[derive(Debug)]
struct LaneWatch {
    checker: Checker,
    digest: Digest,
    /// The newest losses and refusals. Kept with the keyframes, so that a moment looks the same however one
    /// came to it.
    losses: VecDeque<Record>,
    story: Option<Box<Story>>,
    trace: Option<Box<TraceBuf>>,
}

impl LaneWatch {
    fn new(
        checker: Checker,
        digest: Digest,
        story: Option<Box<Story>>,
        trace: Option<Box<TraceBuf>>,
    ) -> LaneWatch {
        LaneWatch { checker, digest, losses: VecDeque::new(), story, trace }
    }
}

impl Watch for LaneWatch {
    #[inline]
    fn on(&mut self, r: &Record, world: &dyn Glance) {
        self.checker.on(r, world);
        r.digest(&mut self.digest);
        if let Some(trace) = &mut self.trace {
            trace.push(r);
        }
        // Most records are messages and timers, of which no story tells.
        if !matches!(r.kind, Kind::Send | Kind::Deliver | Kind::Fire) {
            if let Some(story) = &mut self.story {
                story.on(r, world);
            }
            if r.kind == Kind::Lose || (r.kind == Kind::Stored && r.sub == 0) {
                if self.losses.len() == LOSSES_MAX {
                    self.losses.pop_front();
                }
                self.losses.push_back(*r);
            }
        }
    }
    #[inline]
    fn event_ended(&mut self, now: SimTime, world: &dyn Glance) {
        self.checker.event_ended(now, world);
    }
}

/// A state to come back to.
struct Keyframe<P: Protocol> {
    state: State<P>,
    now: SimTime,
    step: u32,
    next_act: u32,
    checker: Checker,
    digest: Digest,
    losses: VecDeque<Record>,
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

    /// Computes ahead up to `until`, at most `events` events. True when nothing up to `until` is left.
    fn compute(&mut self, until: SimTime, events: u32) -> bool;
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
    /// The trace digest of what is computed.
    fn head_digest(&self) -> u64;
    /// The computed run is over at `until`: judge what should have happened by then.
    fn finish(&mut self, until: SimTime);

    /// Moves the cursor to just after its `step`-th event; at most to the end.
    fn seek_step(&mut self, step: u32, until: SimTime);
    /// Moves the cursor behind all events up to and including `at`.
    fn seek_time(&mut self, at: SimTime);
    /// Lets the next event not later than `until` happen at the cursor.
    fn step(&mut self, until: SimTime) -> bool;
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
    /// The records of a stretch of time, both ends included, at most `limit`, by playing it again.
    fn window(&mut self, from: SimTime, to: SimTime, limit: usize) -> Vec<Record>;

    /// The statistics up to the cursor.
    fn stats(&self) -> &Stats;
    /// What its checker knew beforehand: the bounds of its promises.
    fn terms(&self) -> &Terms;
    /// The violations up to the cursor.
    fn violations(&self) -> Vec<Violation>;
    /// The first violation of a property up to the cursor.
    fn violation(&self, property: Property) -> Option<Violation>;
    /// What a node believes.
    fn belief(&self, place: Place) -> Belief;
    /// The number of its leadership belief; 0 if it does not lead.
    fn belief_number(&self, place: Place) -> u32;
    /// Whether its process is there.
    fn up(&self, place: Place) -> bool;
    /// Whether its process stands still.
    fn paused(&self, place: Place) -> bool;
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
    /// Whether the run cannot go on.
    fn stuck(&self) -> bool;

    /// Takes over what an earlier run has in common with this one, which ends at `until`: its keyframes before
    /// the first act that differs. The worlds must be equal but for their acts, which the caller knows.
    fn adopt(&mut self, earlier: &dyn Engine, until: SimTime);
    /// For [`Engine::adopt`].
    fn as_any(&self) -> &dyn Any;
}

/// A lane of the algorithm `P`.
pub struct Lane<P: Protocol> {
    world: Rc<World<P>>,
    names: Names,
    head: Sim<P>,
    head_watch: LaneWatch,
    keyframes: Vec<Rc<Keyframe<P>>>,
    spacing: u32,
    keyframes_max: usize,
    cursor: Sim<P>,
    cursor_watch: LaneWatch,
}

impl<P: Protocol> Lane<P> {
    /// The lane number `lane` of a scenario, with nothing computed.
    ///
    /// # Errors
    /// See [`World::new`].
    pub fn new(scenario: &Scenario, lane: usize) -> Result<Lane<P>, (Option<u32>, String)> {
        let world = Rc::new(World::<P>::new(scenario, lane)?);
        let checker = checker(&world, scenario);
        let (story, trace) = (Box::default(), Box::new(TraceBuf::new(CURSOR_TRACE_MAX)));
        let mut head_watch = LaneWatch::new(checker.clone(), Digest::default(), Some(story), None);
        let mut cursor_watch = LaneWatch::new(checker, Digest::default(), None, Some(trace));
        let head = Sim::new(world.clone(), &mut head_watch);
        let cursor = Sim::new(world.clone(), &mut cursor_watch);
        // A state grows with the square of the nodes: its links. Some sixteen megabytes a lane at the most.
        let keyframes_max = match world.ids.len() {
            0..=16 => 512,
            17..=40 => 256,
            41..=80 => 128,
            _ => 64,
        };
        let mut lane = Lane {
            names: world.names(),
            world,
            head,
            head_watch,
            keyframes: Vec::new(),
            spacing: KEYFRAME_EVENTS,
            keyframes_max,
            cursor,
            cursor_watch,
        };
        lane.keep();
        Ok(lane)
    }

    /// Keeps the head's state as a keyframe. When there are too many, every other one goes.
    fn keep(&mut self) {
        if self.keyframes.len() == self.keyframes_max {
            let mut i = 0;
            self.keyframes.retain(|_| {
                i += 1;
                i % 2 == 1
            });
            self.spacing = self.spacing.saturating_mul(2);
        }
        self.keyframes.push(Rc::new(Keyframe {
            state: self.head.state().clone(),
            now: self.head.now(),
            step: self.head.events(),
            next_act: self.head.acts_done(),
            checker: self.head_watch.checker.clone(),
            digest: self.head_watch.digest,
            losses: self.head_watch.losses.clone(),
        }));
    }

    fn rewind(&mut self, keyframe: &Keyframe<P>) {
        self.cursor.rewind(&keyframe.state);
        self.cursor_watch.checker.clone_from(&keyframe.checker);
        self.cursor_watch.digest = keyframe.digest;
        self.cursor_watch.losses.clone_from(&keyframe.losses);
        self.cursor_watch.trace.as_mut().expect("the cursor keeps records").clear();
    }

    /// The last keyframe for which `before` holds; the first one always does.
    fn keyframe(&self, before: impl Fn(&Keyframe<P>) -> bool) -> Rc<Keyframe<P>> {
        let after = self.keyframes.partition_point(|k| before(k));
        self.keyframes[after.max(1) - 1].clone()
    }

    fn glance(&self) -> View<'_, P> {
        self.cursor.view()
    }
}

/// A checker for a lane of which nothing has happened yet.
pub fn checker<P: Protocol>(world: &World<P>, scenario: &Scenario) -> Checker {
    let settings = &world.group.settings;
    let members = world.group.members.len();
    let delay = scenario.network.latency.hi;
    let delay_bound = P::delay_bound(settings);
    let terms = Terms {
        info: P::INFO,
        delay_bound,
        delay,
        recovery_bound: P::recovery_bound(settings, members, delay),
        recovery_bound_slow: P::recovery_bound(settings, members, delay_bound.unwrap_or(delay).max(delay)),
        gives_up: P::gives_up(settings),
        fencing: world.fencing,
        reorder: scenario.network.reorder,
        timers_manual: world.timers_manual,
    };
    Checker::new(terms, world.ids.len())
}

impl<P: Protocol> Engine for Lane<P> {
    fn info(&self) -> &'static Info {
        P::INFO
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

    fn compute(&mut self, until: SimTime, events: u32) -> bool {
        let end = self.head.events().saturating_add(events).min(EVENTS_MAX);
        loop {
            let last = self.keyframes.last().map_or(0, |k| k.step);
            let stop = end.min(last.saturating_add(self.spacing));
            while self.head.events() < stop {
                if !self.head.step(until, &mut self.head_watch) {
                    return true;
                }
            }
            if self.head.events() >= last.saturating_add(self.spacing) {
                self.keep();
            }
            if self.head.events() >= end {
                return self.head.events() >= EVENTS_MAX;
            }
        }
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
        self.head_watch.checker.stats()
    }
    fn head_violations(&self) -> Vec<Violation> {
        self.head_watch.checker.violations().copied().collect()
    }
    fn head_digest(&self) -> u64 {
        self.head_watch.digest.value()
    }
    fn finish(&mut self, until: SimTime) {
        let (step, view) = (self.head.events(), self.head.view());
        self.head_watch.checker.finish(until, step, &view);
    }

    fn seek_step(&mut self, step: u32, until: SimTime) {
        let keyframe = self.keyframe(|k| k.step <= step);
        let here = self.cursor.events();
        if step < here || here < keyframe.step {
            self.rewind(&keyframe);
        }
        while self.cursor.events() < step && self.step(until) {}
    }
    fn seek_time(&mut self, at: SimTime) {
        let keyframe = self.keyframe(|k| k.now <= at);
        if at < self.cursor.now() || self.cursor.events() < keyframe.step {
            self.rewind(&keyframe);
        }
        while self.step(at) {}
    }
    fn step(&mut self, until: SimTime) -> bool {
        if self.cursor.events() < EVENTS_MAX && self.cursor.step(until, &mut self.cursor_watch) {
            return true;
        }
        // Nothing more happens up to `until`: what should have happened by then has not.
        let (step, view) = (self.cursor.events(), self.cursor.view());
        self.cursor_watch.checker.finish(until, step, &view);
        false
    }
    fn next_at(&mut self) -> Option<SimTime> {
        if self.cursor.events() < EVENTS_MAX { self.cursor.next_at() } else { None }
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
        self.cursor_watch.digest.value()
    }
    fn trace(&self) -> &TraceBuf {
        self.cursor_watch.trace.as_ref().expect("the cursor keeps records")
    }
    fn window(&mut self, from: SimTime, to: SimTime, limit: usize) -> Vec<Record> {
        let keyframe = self.keyframe(|k| k.now < from);
        let trace = Box::new(TraceBuf::from(from, limit));
        let mut watch = LaneWatch::new(keyframe.checker.clone(), keyframe.digest, None, Some(trace));
        let mut sim = if keyframe.step == 0 {
            // The starts themselves are records too.
            Sim::new(self.world.clone(), &mut watch)
        } else {
            Sim::restore(self.world.clone(), keyframe.state.clone())
        };
        let full = |watch: &LaneWatch| watch.trace.as_ref().is_some_and(|t| t.is_full());
        while !full(&watch) && sim.step(to, &mut watch) {}
        watch.trace.map_or_else(Vec::new, |trace| trace.into_records())
    }

    fn stats(&self) -> &Stats {
        self.cursor_watch.checker.stats()
    }
    fn terms(&self) -> &Terms {
        self.cursor_watch.checker.terms()
    }
    fn violations(&self) -> Vec<Violation> {
        self.cursor_watch.checker.violations().copied().collect()
    }
    fn violation(&self, property: Property) -> Option<Violation> {
        self.cursor_watch.checker.violation(property).copied()
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
            let record = e.body.record::<P>();
            out.push(Flight {
                from: e.from,
                to: e.to,
                nth: e.nth,
                copy: e.copy,
                kind: record.kind,
                arg: record.args[0],
                sent: e.sent,
                due: e.due,
            });
        });
    }
    fn losses(&self, at: SimTime, out: &mut Vec<Lost>) {
        for r in &self.cursor_watch.losses {
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
    fn stuck(&self) -> bool {
        self.cursor.stuck()
    }

    fn adopt(&mut self, earlier: &dyn Engine, until: SimTime) {
        let Some(earlier) = earlier.as_any().downcast_ref::<Lane<P>>() else { return };
        let (old, new) = (&earlier.world.acts, &self.world.acts);
        let same_act = |(a, b): &(&_, &_)| same_act(a, b);
        let common = old.iter().zip(new).take_while(same_act).count();
        // The first instant at which the two runs can differ.
        let changed = old.iter().skip(common).chain(new.iter().skip(common)).map(|a| a.at).min();
        let kept = |k: &Keyframe<P>| {
            // The earlier run may have gone on for longer.
            k.now <= until && changed.is_none_or(|at| k.now < at) && k.next_act as usize <= common
        };
        let count = earlier.keyframes.partition_point(|k| kept(k));
        if count <= 1 {
            return;
        }
        self.keyframes = earlier.keyframes[..count].to_vec();
        self.spacing = earlier.spacing;
        let last = self.keyframes[count - 1].clone();
        self.head.rewind(&last.state);
        self.head_watch.checker.clone_from(&last.checker);
        self.head_watch.digest = last.digest;
        self.head_watch.losses.clone_from(&last.losses);
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

/// What makes a lane of an algorithm by its position in the registry.
pub type Maker = fn(&Scenario, usize) -> Result<Box<dyn Engine>, (Option<u32>, String)>;

/// Why a scenario that reads well cannot be run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unfit {
    /// The lane's algorithm, by its position in the vocabulary.
    pub algorithm: usize,
    /// The line of the text, from 0, where one is to blame.
    pub line: Option<u32>,
    /// The lane that it is about.
    pub lane: String,
    /// A sentence that says what does not fit and what to do.
    pub text: String,
}

/// All lanes of a scenario on one clock.
pub struct Timeline {
    scenario: Scenario,
    lanes: Vec<Box<dyn Engine>>,
    /// The playhead: what the cursors have behind them is everything up to here.
    now: SimTime,
    computed: bool,
}

impl Timeline {
    /// The scenario's lanes, with nothing computed and the playhead at the start. `makers` stands in the
    /// order of the vocabulary that the scenario was read with.
    ///
    /// # Errors
    /// If settings or initial states do not fit together.
    pub fn new(scenario: Scenario, makers: &[Maker]) -> Result<Timeline, Vec<Unfit>> {
        let mut lanes = Vec::new();
        let mut unfit = Vec::new();
        for (i, lane) in scenario.lanes.iter().enumerate() {
            match makers[lane.algorithm](&scenario, i) {
                Ok(engine) => lanes.push(engine),
                Err((line, text)) => {
                    let (algorithm, lane) = (lane.algorithm, lane.name.clone());
                    unfit.push(Unfit { algorithm, line, lane, text });
                }
            }
        }
        if !unfit.is_empty() {
            return Err(unfit);
        }
        Ok(Timeline { scenario, lanes, now: SimTime::ZERO, computed: false })
    }

    /// As [`Timeline::new`], but takes over what `earlier` has in common with this: the run before the first
    /// changed instant is not computed again.
    ///
    /// # Errors
    /// As [`Timeline::new`].
    pub fn replacing(
        earlier: &Timeline,
        scenario: Scenario,
        makers: &[Maker],
    ) -> Result<Timeline, Vec<Unfit>> {
        let mut timeline = Timeline::new(scenario, makers)?;
        let (old, new) = (&earlier.scenario, &timeline.scenario);
        let same_world = old.seed == new.seed
            && old.nodes == new.nodes
            && old.network == new.network
            && old.timers_manual == new.timers_manual
            && old.incarnations == new.incarnations
            && old.init.len() == new.init.len()
            && old
                .init
                .iter()
                .zip(&new.init)
                .all(|(a, b)| a.lanes == b.lanes && a.node == b.node && a.words == b.words);
        if same_world {
            for (i, lane) in timeline.lanes.iter_mut().enumerate() {
                let same = |l: &&crate::scenario::Lane| {
                    let n = &new.lanes[i];
                    // Whether a setting is given counts too: an algorithm may ask.
                    l.algorithm == n.algorithm
                        && l.settings == n.settings
                        && l.given == n.given
                        && l.store == n.store
                };
                if old.lanes.get(i).filter(same).is_some() {
                    lane.adopt(&*earlier.lanes[i], new.until);
                }
            }
        }
        Ok(timeline)
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The lanes, in the order of the scenario.
    pub fn lanes(&self) -> &[Box<dyn Engine>] {
        &self.lanes
    }

    /// A lane.
    pub fn lane(&mut self, lane: usize) -> &mut dyn Engine {
        &mut *self.lanes[lane]
    }

    /// Computes at most `events` events of each lane ahead. True when the run is computed to its end.
    pub fn compute(&mut self, events: u32) -> bool {
        if !self.computed {
            let until = self.scenario.until;
            let done: Vec<bool> = self.lanes.iter_mut().map(|l| l.compute(until, events)).collect();
            self.computed = done.into_iter().all(|d| d);
            if self.computed {
                self.lanes.iter_mut().for_each(|l| l.finish(until));
            }
        }
        self.computed
    }

    /// Whether the run is computed to its end.
    pub fn is_computed(&self) -> bool {
        self.computed
    }

    /// The playhead.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// How many events of all lanes together lie before the playhead.
    pub fn events(&self) -> u64 {
        self.lanes.iter().map(|l| u64::from(l.events())).sum()
    }

    /// Moves the playhead behind all events up to and including `at`.
    pub fn seek(&mut self, at: SimTime) {
        let at = at.min(self.scenario.until);
        self.lanes.iter_mut().for_each(|l| l.seek_time(at));
        self.now = at;
    }

    /// Lets the next event of all lanes together happen. Returns the lane it happened in.
    pub fn step(&mut self) -> Option<usize> {
        self.step_until(self.scenario.until)
    }

    /// Lets the next event happen that is not later than `until`.
    fn step_until(&mut self, until: SimTime) -> Option<usize> {
        loop {
            let next = self.lanes.iter_mut().enumerate().filter_map(|(i, l)| l.next_at().map(|at| (at, i)));
            let (at, lane) = next.min()?;
            if at > until {
                return None;
            }
            if self.lanes[lane].step(at) {
                self.now = self.lanes[lane].now();
                return Some(lane);
            }
        }
    }

    /// Takes the last event of all lanes together back. Returns the lane it had happened in.
    pub fn step_back(&mut self) -> Option<usize> {
        let begun = self.lanes.iter().enumerate().filter(|(_, l)| l.events() > 0);
        let (at, lane) = begun.map(|(i, l)| (l.now(), i)).max()?;
        let step = self.lanes[lane].events() - 1;
        self.lanes[lane].seek_step(step, at);
        self.now = self.lanes.iter().map(|l| l.now()).max().unwrap_or(SimTime::ZERO);
        Some(lane)
    }

    /// Moves the playhead behind the `step`-th event of all lanes together.
    pub fn seek_events(&mut self, step: u64) {
        let (mut lo, mut hi) = (0, self.scenario.until.0 + 1);
        // The last instant up to which there are fewer events: from there one steps to the moment itself.
        while hi - lo > 1 {
            let middle = lo + (hi - lo) / 2;
            self.seek(SimTime(middle));
            if self.events() < step { lo = middle } else { hi = middle }
        }
        self.seek(SimTime(lo));
        if step == 0 || step <= self.events() {
            // More than that happens at the very start.
            self.lanes.iter_mut().for_each(|l| l.seek_step(0, SimTime::ZERO));
            self.now = SimTime::ZERO;
        }
        while self.events() < step && self.step().is_some() {}
    }

    /// Moves the playhead to `at`, between the events of that instant: behind the first `after` of them, all lanes
    /// counted together. 0 is behind all of them, and so is every number larger than there are.
    pub fn seek_instant(&mut self, at: SimTime, after: u32) {
        let at = at.min(self.scenario.until);
        if after > 0 {
            match at.0.checked_sub(1) {
                Some(before) => self.seek(SimTime(before)),
                None => self.seek_events(0),
            }
            if (0..after).all(|_| self.step_until(at).is_some()) {
                return;
            }
        }
        self.seek(at);
    }

    /// Moves the playhead behind the `step`-th event of a lane, or to `at` if that is later: what the other
    /// lanes have behind them then is what comes before in the order of all events.
    pub fn seek_moment(&mut self, lane: usize, step: u32, at: SimTime) {
        let at = at.min(self.scenario.until);
        self.lanes[lane].seek_step(step, at);
        let here = self.lanes[lane].now();
        if here < at {
            return self.seek(at);
        }
        for (i, other) in self.lanes.iter_mut().enumerate() {
            match here.0.checked_sub(1) {
                _ if i == lane => {}
                _ if i < lane && step > 0 => other.seek_time(here),
                Some(before) => other.seek_time(SimTime(before)),
                None => other.seek_step(0, SimTime::ZERO),
            }
        }
        self.now = here;
    }

    /// The digest of what happened in all lanes up to the playhead.
    pub fn trace_digest(&self) -> u64 {
        let mut digest = Digest::default();
        self.lanes.iter().for_each(|l| digest.word(l.trace_digest()));
        digest.value()
    }

    /// The digest of all that can influence the future from the playhead on.
    pub fn state_digest(&self) -> u64 {
        let mut digest = Digest::default();
        self.lanes.iter().for_each(|l| digest.word(l.state_digest()));
        digest.value()
    }
}
