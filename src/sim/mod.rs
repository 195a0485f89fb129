//! The simulator of one lane: the only interpreter of effects.
//!
//! [`Sim`] is a pure function of the scenario: `World` (what never changes during a run) and `State` (what
//! does, and is what a keyframe keeps). Every event is told to a [`Watch`]; nothing a watch does feeds back.

mod ask;
mod envelope;
mod faults;
mod messages;
mod network;
mod node;
mod pending;
mod plan;
mod queue;
mod resource;
mod view;
mod world;

use std::rc::Rc;

use envelope::Slab;
pub use envelope::{Body, Envelope};
pub use network::Behaviour;
use network::Network;
pub use node::INBOX_MAX;
use node::{Node, Ticker, WRITE_TIMER};
pub use pending::{Pending, PendingWhat};
use queue::{Queue, Rank};
pub use resource::Resource;
pub use view::View;
use world::Moment;
pub use world::World;

use crate::base::{Digest, LocalTime, SimTime, Span, below, mix};
use crate::protocol::{Belief, Boot, Clocks, Cx, Effect, InitWords, LogChange, Protocol, TimerKind};
use crate::trace::{BreakOff, Kind, NOWHERE, Place, Record, Watch};
use crate::words::Words;

/// The most messages under way in a lane. With more of them the run breaks off: it would take all memory.
pub const PENDING_MAX: usize = 1 << 16;
/// The most events that `deliver all` may bring about.
pub const DELIVER_ALL_MAX: u32 = 100_000;
/// The most events of one instant: with zero latency and zero timeouts time could stand still for ever.
pub const INSTANT_MAX: u32 = 1_000_000;
/// The most events of a lane's run.
pub const EVENTS_MAX: u32 = 40_000_000;

/// The words that an algorithm adds to the scenario language.
pub fn words<P: Protocol>() -> Words {
    let messages: Vec<&'static str> = P::INFO.messages.iter().map(|m| m.name).collect();
    let args: Vec<&'static [&'static str]> = P::INFO.messages.iter().map(|m| m.args).collect();
    // Made once a process for each algorithm, and asked for until its end.
    P::INFO.words(Vec::leak(messages), Vec::leak(args), P::Timer::NAMES)
}

/// Everything that changes during a run. A clone of it is a keyframe.
#[derive(Clone, Debug)]
pub struct State<P: Protocol> {
    now: SimTime,
    /// What the network's draws come from.
    seed: u64,
    /// How many events have happened.
    step: u32,
    /// How many events other than acts have happened at `now`.
    instant: u32,
    /// The next sequence number.
    seq: u64,
    /// The next act.
    next_act: u32,
    nodes: Vec<Node<P>>,
    network: Network,
    envelopes: Slab<P::Msg>,
    resource: Resource,
    /// How often believers write; zero for never.
    write_interval: Span,
    /// Leadership beliefs so far.
    beliefs: u32,
    /// Client writes so far.
    writes: u32,
    /// How many more events `deliver all` may bring about; 0 when it is not under way.
    delivering: u32,
    /// Pauses that end by themselves: when, in which order, whose, which pause.
    wakeups: Vec<(SimTime, u64, Place, u32)>,
    stuck: bool,
}

/// What the queue knows of an event: two bits of kind, the rest an index.
#[derive(Clone, Copy)]
enum What {
    Arrival(u32),
    Timer(Place, u8),
    Wakeup(u32),
    Other(Place, Other),
}

/// What else can be due at a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Other {
    /// Its process starts for the first time.
    Start,
    /// A scenario puts in a tick.
    Tick,
}

impl What {
    fn pack(self) -> u32 {
        match self {
            What::Arrival(slot) => slot << 2,
            What::Timer(place, timer) => (u32::from(place) << 8 | u32::from(timer)) << 2 | 1,
            What::Wakeup(pauses) => pauses << 2 | 2,
            What::Other(place, other) => (u32::from(place) << 1 | other as u32) << 2 | 3,
        }
    }

    #[inline]
    fn unpack(what: u32) -> What {
        let index = what >> 2;
        match what & 3 {
            0 => What::Arrival(index),
            1 => What::Timer((index >> 8) as Place, index as u8),
            2 => What::Wakeup(index),
            _ => What::Other((index >> 1) as Place, if index & 1 == 0 { Other::Start } else { Other::Tick }),
        }
    }
}

/// The simulator of one lane.
pub struct Sim<P: Protocol> {
    world: Rc<World<P>>,
    state: State<P>,
    queue: Queue,
    /// When the next act happens; never if there is none.
    act_at: SimTime,
    /// Kept to save its allocation.
    effects: Vec<Effect<P>>,
}

impl<P: Protocol> Sim<P> {
    /// The lane at the start of its run, all nodes started.
    pub fn new<W: Watch>(world: Rc<World<P>>, watch: &mut W) -> Sim<P> {
        let nodes = (0..world.nodes())
            .map(|place| {
                let durable = world.initial(place as Place).expect("checked when the world was made");
                let (starts, tuned) = (world.starts(place as Place), world.tuned[place].clone());
                Node::new(world.ids[place], world.seed, starts, durable, tuned)
            })
            .collect();
        let network = Network::new(world.ids.len(), &world.network, world.store_latency);
        let state = State {
            now: SimTime::ZERO,
            seed: world.seed,
            step: 0,
            instant: 0,
            seq: 0,
            next_act: 0,
            nodes,
            network,
            envelopes: Slab { slots: Vec::new(), free: Vec::new() },
            resource: Resource { fencing: world.fencing, ..Resource::default() },
            write_interval: world.write_interval,
            beliefs: 0,
            writes: 0,
            delivering: 0,
            wakeups: Vec::new(),
            stuck: false,
        };
        let mut sim = Sim {
            world,
            state,
            queue: Queue::new(SimTime::ZERO),
            act_at: SimTime::NEVER,
            effects: Vec::new(),
        };
        sim.find_next_act();
        // The coordination service is there before its clients.
        let members = sim.world.group.members.len();
        for place in (members..sim.world.nodes()).chain(0..members) {
            if sim.state.nodes[place].starts == SimTime::ZERO {
                sim.start_node(place as Place, false, watch);
            } else {
                sim.queue_start(place as Place);
            }
        }
        sim.tell(sim.record(Kind::Begin, NOWHERE), watch);
        sim
    }

    /// The lane at a keyframe. `world` may differ from the one that the keyframe was made in by acts that
    /// come later.
    pub fn restore(world: Rc<World<P>>, state: State<P>) -> Sim<P> {
        let now = state.now;
        let mut sim =
            Sim { world, state, queue: Queue::new(now), act_at: SimTime::NEVER, effects: Vec::new() };
        sim.rebuild_queue();
        sim
    }

    /// Goes to a keyframe, as [`Sim::restore`], with the memory it has.
    pub fn rewind(&mut self, state: &State<P>) {
        self.state.clone_from(state);
        self.queue.reset(self.state.now);
        self.rebuild_queue();
    }

    /// As [`Sim::restore`], with the memory it has.
    pub fn redirect(&mut self, world: Rc<World<P>>, state: &State<P>) {
        self.world = world;
        self.rewind(state);
    }

    fn rebuild_queue(&mut self) {
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
        for (i, &(at, seq, _, _)) in self.state.wakeups.iter().enumerate() {
            self.queue.push(at, Rank::Wake, seq, What::Wakeup(i as u32).pack());
        }
    }

    /// Puts in what is due at a node beside messages under way.
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

    /// A process that waits for its first start starts in its turn: those of one instant by their places.
    fn queue_start(&mut self, place: Place) {
        let at = self.state.nodes[usize::from(place)].starts;
        self.queue.push(at, Rank::Wake, place.into(), What::Other(place, Other::Start).pack());
    }

    fn queue_tick(&mut self, place: Place) {
        let (now, seq) = (self.state.now, place.into());
        self.queue.push(now, Rank::Wake, seq, What::Other(place, Other::Tick).pack());
    }

    /// The world.
    pub fn world(&self) -> &Rc<World<P>> {
        &self.world
    }

    /// The state, to keep it.
    pub fn state(&self) -> &State<P> {
        &self.state
    }

    /// What can be seen from outside.
    pub fn view(&self) -> View<'_, P> {
        View { world: &self.world, state: &self.state }
    }

    /// The time of the last event.
    pub fn now(&self) -> SimTime {
        self.state.now
    }

    /// How many events have happened.
    pub fn events(&self) -> u32 {
        self.state.step
    }

    /// How many events other than acts have happened at the present instant: the `k` of `at T+k`.
    pub fn instant(&self) -> u32 {
        self.state.instant
    }

    /// How many acts have happened.
    pub fn acts_done(&self) -> u32 {
        self.state.next_act
    }

    /// Whether the run cannot go on.
    pub fn stuck(&self) -> bool {
        self.state.stuck
    }

    /// The store.
    pub fn resource(&self) -> &Resource {
        &self.state.resource
    }

    /// A digest of all that can influence the future.
    pub fn state_digest(&self) -> u64 {
        use core::hash::Hash;
        let mut digest = Digest::default();
        let s = &self.state;
        (s.now, s.seed, s.step, s.instant, s.seq, s.next_act, s.beliefs, s.writes, s.delivering, s.stuck)
            .hash(&mut digest);
        s.network.hash(&mut digest);
        (s.resource, s.write_interval).hash(&mut digest);
        s.wakeups.hash(&mut digest);
        s.nodes.iter().for_each(|node| node.digest(&mut digest));
        for envelope in s.envelopes.slots.iter().flatten() {
            envelope.hash(&mut digest);
        }
        digest.value()
    }

    /// A digest of what the nodes know, have on disk and wait for, and of the messages that they will take in: whenever
    /// those were sent, however they are numbered, and whatever is drawn next. Where nothing but a scenario moves
    /// messages and timers, two states with the same one go on alike.
    pub fn outline(&self) -> u64 {
        use core::hash::Hash;
        let mut digest = Digest::default();
        for node in &self.state.nodes {
            (node.id, &node.state, &node.durable, node.paused, node.belief).hash(&mut digest);
            node.timers.each_ref().map(node::Timer::is_set).hash(&mut digest);
        }
        let mut messages: Vec<(Place, Place, u32, u64)> = Vec::new();
        for e in self.state.envelopes.slots.iter().flatten().filter(|e| self.takes_in(e)) {
            let mut body = Digest::default();
            e.body.hash(&mut body);
            // Which of a link comes first matters if its order is kept.
            messages.push((e.from, e.to, if self.reorders() { 0 } else { e.nth }, body.value()));
        }
        messages.sort_unstable();
        for (from, to, _, body) in messages {
            (from, to, body).hash(&mut digest);
        }
        digest.value()
    }

    /// Whether messages of a link may overtake each other.
    pub fn reorders(&self) -> bool {
        self.state.network.reorders()
    }

    /// About how many bytes the state takes, its messages and links included.
    pub fn state_bytes(&self) -> usize {
        let s = &self.state;
        let nodes = s.nodes.iter().map(|n| {
            let heap = n.state.as_ref().map_or(0, Protocol::heap_bytes);
            size_of::<Node<P>>() + heap + n.inbox.capacity() * size_of::<u32>()
        });
        let slots = s.envelopes.slots.capacity() * size_of::<Option<Envelope<P::Msg>>>();
        let free = s.envelopes.free.capacity() * size_of::<u32>();
        size_of::<State<P>>() + nodes.sum::<usize>() + slots + free + s.network.heap_bytes()
    }

    /// A time before which no event happens; `None` if none ever will. The queue holds entries of timers that
    /// were put off since, so there may be no event at that very time.
    pub fn next_at(&mut self) -> Option<SimTime> {
        if self.state.stuck {
            return None;
        }
        let next = self.queue.next_at().unwrap_or(SimTime::NEVER).min(self.act_at);
        (next != SimTime::NEVER).then_some(next)
    }

    /// Lets the next event happen, if there is one not later than `until`.
    #[inline]
    pub fn step<W: Watch>(&mut self, until: SimTime, watch: &mut W) -> bool {
        loop {
            if self.state.stuck {
                return false;
            }
            if self.state.step >= EVENTS_MAX {
                self.get_stuck(BreakOff::Events, watch);
                return false;
            }
            let queued = self.queue.next_at().unwrap_or(SimTime::NEVER);
            if self.act_at <= queued && self.act_is_next(queued) {
                if self.act_at > until {
                    return false;
                }
                self.next_act(watch);
                watch.event_ended(self.state.now, &View { world: &self.world, state: &self.state });
                return true;
            }
            if queued > until || queued == SimTime::NEVER {
                return false;
            }
            if self.pop(watch) {
                watch.event_ended(self.state.now, &View { world: &self.world, state: &self.state });
                return true;
            }
        }
    }

    /// Whether the next act comes before the events at `queued`, which is not before it: unless it is to come
    /// after some of them.
    fn act_is_next(&self, queued: SimTime) -> bool {
        let Some(act) = self.world.acts.get(self.state.next_act as usize) else { return false };
        let happened = if act.at == self.state.now { self.state.instant } else { 0 };
        act.at < queued || act.after <= happened
    }

    #[inline(never)]
    fn next_act<W: Watch>(&mut self, watch: &mut W) {
        self.enter(self.act_at);
        self.state.step += 1;
        let index = self.state.next_act;
        self.state.next_act += 1;
        self.find_next_act();
        self.act(index, watch);
    }

    fn find_next_act(&mut self) {
        let act = self.world.acts.get(self.state.next_act as usize);
        self.act_at = act.map_or(SimTime::NEVER, |a| a.at);
    }

    /// Time goes on to `at`.
    #[inline]
    fn enter(&mut self, at: SimTime) {
        debug_assert!(self.state.now <= at);
        if self.state.now != at {
            self.state.now = at;
            self.state.instant = 0;
            // All that `deliver all` brings about happens at its own instant.
            self.state.delivering = 0;
        }
    }

    /// Counts an event that is not an act.
    #[inline]
    fn count<W: Watch>(&mut self, at: SimTime, watch: &mut W) {
        self.enter(at);
        self.state.step += 1;
        self.state.instant += 1;
        if self.state.instant >= INSTANT_MAX {
            self.get_stuck(BreakOff::Instant, watch);
        }
    }

    /// The run breaks off, once.
    #[inline(never)]
    fn get_stuck<W: Watch>(&mut self, why: BreakOff, watch: &mut W) {
        self.tell(Record { sub: why as u8, ..self.record(Kind::Stuck, NOWHERE) }, watch);
        self.state.stuck = true;
    }

    /// Takes one entry out of the queue. True if it was an event.
    #[inline]
    fn pop<W: Watch>(&mut self, watch: &mut W) -> bool {
        let Some(due) = self.queue.pop() else { return false };
        match What::unpack(due.what) {
            What::Arrival(slot) => self.arrive(slot, due.at, due.seq, watch),
            What::Timer(place, timer) => self.timer_due(place, usize::from(timer), due.at, due.seq, watch),
            What::Wakeup(_) => self.wake_due(due.at, due.seq, watch),
            What::Other(place, Other::Start) => self.start_due(place, due.at, watch),
            What::Other(place, Other::Tick) => self.tick_due(place, due.at, watch),
        }
    }

    /// The process of a node starts for the first time. False if something has started it before.
    #[inline(never)]
    fn start_due<W: Watch>(&mut self, place: Place, at: SimTime, watch: &mut W) -> bool {
        if self.state.nodes[usize::from(place)].starts != at {
            return false;
        }
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
        let node = &mut self.state.nodes[usize::from(place)];
        let slot = &mut node.timers[timer];
        if slot.queued != at {
            // An entry left behind by a timer that was set to an earlier time since.
            return false;
        }
        slot.queued = SimTime::NEVER;
        // What comes due while the process stands still is made up for when it goes on.
        if !slot.is_set() || node.state.is_none() || node.paused {
            return false;
        }
        if slot.deadline.max(self.state.now) != at || slot.seq != seq {
            self.queue_timer(place, timer);
            return false;
        }
        slot.deadline = SimTime::NEVER;
        self.count(at, watch);
        self.fire(place, timer, watch);
        true
    }

    /// Puts an entry for the timer into the queue, unless one that is early enough is in there or the timer does not
    /// fire by itself now.
    #[inline]
    fn queue_timer(&mut self, place: Place, timer: usize) {
        let now = self.state.now;
        let node = &mut self.state.nodes[usize::from(place)];
        let slot = &mut node.timers[timer];
        if slot.queued <= slot.deadline || self.world.timers_manual || node.paused {
            return;
        }
        // A timer that came due during a pause is in the past, and comes before all else of this instant.
        let (at, rank) = if slot.deadline < now { (now, Rank::Wake) } else { (slot.deadline, Rank::Timer) };
        slot.queued = at;
        self.queue.push(at, rank, slot.seq, What::Timer(place, timer as u8).pack());
    }

    #[inline]
    fn set_timer(&mut self, place: Place, timer: usize, span: Span) {
        let now = self.state.now;
        let seq = self.next_seq();
        let node = &mut self.state.nodes[usize::from(place)];
        let slot = &mut node.timers[timer];
        slot.local = (node.clock.steady(now) + span).0;
        slot.counted = false;
        slot.deadline =
            if node.clock.drift_ppm == 0 { now + span } else { node.clock.when(now, LocalTime(slot.local)) };
        slot.set_at = now;
        slot.seq = seq;
        self.queue_timer(place, timer);
    }

    #[inline(never)]
    fn set_timer_ticks(&mut self, place: Place, timer: usize, ticks: u64) {
        let now = self.state.now;
        let seq = self.next_seq();
        let node = &mut self.state.nodes[usize::from(place)];
        let count = node.ticker.count(node.clock.steady(now));
        let mut slot = node.timers[timer];
        (slot.local, slot.counted) = (count + ticks as i64, true);
        slot.deadline = node.deadline(now, &slot);
        (slot.set_at, slot.seq) = (now, seq);
        node.timers[timer] = slot;
        self.queue_timer(place, timer);
    }

    #[inline]
    fn next_seq(&mut self) -> u64 {
        self.state.seq += 1;
        self.state.seq
    }

    /// A timer of a running node fires; it is unset already.
    fn fire<W: Watch>(&mut self, place: Place, timer: usize, watch: &mut W) {
        let mut record = self.record(Kind::Fire, place);
        record.sub = timer as u8;
        if timer == WRITE_TIMER {
            self.tell(record, watch);
            if self.state.nodes[usize::from(place)].belief.leads {
                self.send_write(place, 0, watch);
                self.set_write_timer(place);
            }
            return;
        }
        let kind = P::Timer::ALL[timer];
        self.handle(place, record, watch, |state, cx| state.on_timer(cx, kind));
    }

    /// A believer writes again after the interval, where believers write at all.
    fn set_write_timer(&mut self, place: Place) {
        if self.state.write_interval > Span::ZERO {
            self.set_timer(place, WRITE_TIMER, self.state.write_interval);
        }
    }

    /// Runs a handler of a node that is up and not paused, tells the record with the rules that ran, carries
    /// out the effects and looks at the belief.
    #[inline]
    fn handle<W: Watch>(
        &mut self,
        place: Place,
        mut record: Record,
        watch: &mut W,
        handler: impl FnOnce(&mut P, &mut Cx<'_, P>),
    ) {
        let mut effects = core::mem::take(&mut self.effects);
        let now = self.state.now;
        let node = &mut self.state.nodes[usize::from(place)];
        let monotonic = node.clock.steady(now);
        let clocks = Clocks {
            wall: node.clock.read(now),
            monotonic,
            ticks: node.ticker.count(monotonic) as u64,
            phases: None,
        };
        let mut cx = Cx {
            me: node.id,
            clocks,
            group: &self.world.group,
            settings: &node.tuned.settings,
            rng: &mut node.rng,
            effects: &mut effects,
            rules: &mut record.rules,
        };
        handler(node.state.as_mut().expect("the node is up"), &mut cx);
        self.tell(record, watch);
        self.carry_out(place, &mut effects, watch);
        self.effects = effects;
        self.look_at_belief(place, watch);
    }

    #[inline]
    fn carry_out<W: Watch>(&mut self, place: Place, effects: &mut Vec<Effect<P>>, watch: &mut W) {
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(to, msg) => {
                    let to =
                        self.world.place(to).unwrap_or_else(|| panic!("a message to {to}, who is not there"));
                    let record = P::record(&msg);
                    self.send(place, to, msg, &record, watch);
                }
                Effect::Broadcast(msg) => {
                    let record = P::record(&msg);
                    for to in 0..self.world.group.members.len() as Place {
                        if to != place {
                            self.send(place, to, msg.clone(), &record, watch);
                        }
                    }
                }
                Effect::SetTimer(timer, span) => self.set_timer(place, timer.index(), span),
                Effect::SetTicks(timer, ticks) => self.set_timer_ticks(place, timer.index(), ticks),
                Effect::CancelTimer(timer) => {
                    self.state.nodes[usize::from(place)].timers[timer.index()].deadline = SimTime::NEVER;
                }
                other => self.carry_out_rare(place, other, watch),
            }
        }
    }

    /// Effects that are for the trace, and the disk.
    #[inline(never)]
    fn carry_out_rare<W: Watch>(&mut self, place: Place, effect: Effect<P>, watch: &mut W) {
        let (kind, sub, args) = match effect {
            Effect::Persist(durable) => {
                let args = P::record_disk(&durable);
                self.state.nodes[usize::from(place)].durable = durable;
                (Kind::Persist, 0, args)
            }
            Effect::Mark(mark) => (Kind::Mark, mark as u8, [0; 5]),
            Effect::Acknowledge(r) => {
                let (low, high) = (r.epoch as u32, (r.epoch >> 32) as u32);
                (Kind::Acknowledge, 0, [r.write as u32, r.index as u32, low, high, 0])
            }
            Effect::Log(LogChange::Append { first, last, epoch }) => {
                (Kind::Append, 0, [first, last, epoch, 0, 0])
            }
            Effect::Log(LogChange::Truncate { last }) => (Kind::Truncate, 0, [last, 0, 0, 0, 0]),
            Effect::Log(LogChange::Commit { index }) => (Kind::Commit, 0, [index, 0, 0, 0, 0]),
            Effect::Send(..)
            | Effect::Broadcast(_)
            | Effect::SetTimer(..)
            | Effect::SetTicks(..)
            | Effect::CancelTimer(_) => unreachable!("carried out where it is frequent"),
        };
        self.tell(Record { sub, args, ..self.record(kind, place) }, watch);
    }

    /// Starts the process of a node that is down.
    #[inline(never)]
    fn start_node<W: Watch>(&mut self, place: Place, restarted: bool, watch: &mut W) {
        let mut record = self.record(Kind::Start, place);
        record.sub = restarted.into();
        let mut effects = core::mem::take(&mut self.effects);
        let id = self.world.ids[usize::from(place)];
        let (own, group) = if restarted { (Vec::new(), Vec::new()) } else { self.world.init_words(id) };
        let now = self.state.now;
        let node = &mut self.state.nodes[usize::from(place)];
        node.starts = SimTime::NEVER;
        // What others sent before its first start waits for it; what they sent to its last life does not.
        node.incarnation += u16::from(restarted);
        let monotonic = node.clock.steady(now);
        let moments = |purpose| self.world.moments(self.state.seed, id, node.incarnation, purpose);
        let period = P::tick(&node.tuned.settings);
        let gone = moments(Moment::Tick).map_or(0, |bits| below(mix(bits), period.0));
        node.ticker = Ticker { period, base: LocalTime(monotonic.0 - gone as i64), lost: 0 };
        let boot = Boot { restarted, init: InitWords { node: &own, group: &group } };
        let phases = moments(Moment::Phase);
        let mut cx = Cx {
            me: id,
            clocks: Clocks { wall: node.clock.read(now), monotonic, ticks: 0, phases },
            group: &self.world.group,
            settings: &node.tuned.settings,
            rng: &mut node.rng,
            effects: &mut effects,
            rules: &mut record.rules,
        };
        node.state = Some(P::start(&mut cx, node.durable.clone(), &boot));
        self.tell(record, watch);
        self.carry_out(place, &mut effects, watch);
        self.effects = effects;
        self.look_at_belief(place, watch);
        self.work(place);
    }

    /// Asks the node for its belief and tells the world if it changed.
    #[inline]
    fn look_at_belief<W: Watch>(&mut self, place: Place, watch: &mut W) {
        let node = &mut self.state.nodes[usize::from(place)];
        let Some(state) = &node.state else { return };
        let belief = state.belief();
        if belief != node.belief {
            self.change_belief(place, belief, watch);
        }
    }

    #[inline(never)]
    fn change_belief<W: Watch>(&mut self, place: Place, belief: Belief, watch: &mut W) {
        let now = self.state.now;
        let node = &mut self.state.nodes[usize::from(place)];
        let before = core::mem::replace(&mut node.belief, belief);
        let begins = belief.leads && (!before.leads || before.epoch != belief.epoch);
        if begins {
            self.state.beliefs += 1;
            node.belief_number = self.state.beliefs;
            node.leads_since = now;
        } else if !belief.leads {
            node.belief_number = 0;
            node.timers[WRITE_TIMER].deadline = SimTime::NEVER;
        }
        let mut record = self.record(Kind::Belief, place);
        record.sub = belief.leads.into();
        record.msg = belief.role as u8;
        record.peer = belief.leader.some().and_then(|id| self.world.place(id)).unwrap_or(NOWHERE);
        record.args = [
            belief.epoch as u32,
            (belief.epoch >> 32) as u32,
            belief.token as u32,
            (belief.token >> 32) as u32,
            0,
        ];
        self.tell(record, watch);
        if begins {
            self.set_write_timer(place);
        }
    }

    #[inline]
    fn record(&self, kind: Kind, node: Place) -> Record {
        Record::new(self.state.now, self.state.step, kind, node)
    }

    #[inline]
    fn tell<W: Watch>(&self, record: Record, watch: &mut W) {
        // Where the run has broken off the rest of the event is not told: nothing is known of what comes after it.
        if !self.state.stuck {
            watch.on(&record, &View { world: &self.world, state: &self.state });
        }
    }
}
