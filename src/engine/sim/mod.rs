//! The simulator of one lane, for any algorithm.
//!
//! [`Sim`] is a pure function of the scenario. It consists of a [`World`], which never changes during a run, and a
//! [`State`], which does and is what a keyframe stores. Its processes are behind [`Processes`], in the only file that
//! is generic in the algorithm. A [`Watch`] observes every event; nothing it does feeds back.

mod ask;
mod core;
mod envelope;
mod events;
mod faults;
mod inside;
mod messages;
mod network;
mod node;
mod pending;
mod plan;
mod power;
mod processes;
mod queue;
mod resource;
mod view;
mod world;

use std::rc::Rc;

use self::core::Core;
pub use envelope::Envelope;
use envelope::Slab;
pub use inside::{Inside, Process, Reason, SetTimer};
pub use network::Behaviour;
use network::Network;
pub use node::INBOX_MAX;
use node::Node;
pub use pending::{Pending, PendingWhat};
pub use processes::{Algorithm, Maker, Processes, Setup, Turn, cast, words};
pub use resource::Resource;
pub use view::View;
pub use world::World;

use crate::trace::{Kind, NOWHERE, Place, Traffic, Watch};
use election_base::{Aside, Digest, SimTime, Span};

/// The most messages in flight in a lane. With more, the run breaks off, because it would exhaust memory.
pub const PENDING_MAX: usize = 1 << 16;
/// The most events that `deliver all` may cause.
pub const DELIVER_ALL_MAX: u32 = 100_000;
/// The most events at one instant: with zero latency and zero timeouts, time might never advance.
pub const INSTANT_MAX: u32 = 1_000_000;
/// The most events of a lane's run.
pub const EVENTS_MAX: u32 = 40_000_000;

/// Everything that changes during a run, apart from the processes themselves.
#[derive(Clone, Debug)]
pub struct State {
    now: SimTime,
    /// The seed of the network's random draws.
    seed: u64,
    /// How many events have happened.
    step: u32,
    /// How many events have happened at `now`, not counting acts.
    instant: u32,
    /// The next sequence number.
    seq: u64,
    /// The next act.
    next_act: u32,
    nodes: Vec<Node>,
    network: Network,
    envelopes: Slab,
    resource: Resource,
    /// How often believers write; zero for never.
    write_interval: Span,
    /// Leadership beliefs so far.
    beliefs: u32,
    /// Client writes so far.
    writes: u32,
    /// How many more events `deliver all` may cause; 0 when it is not active.
    delivering: u32,
    /// By group: leaderships so far.
    group_beliefs: Vec<u32>,
    /// Pending power-offs, in the order in which they were requested.
    power_offs: Vec<power::PowerOff>,
    /// Pauses that end by themselves: time, sequence number, node, number of the pause, and the event that began it.
    wakeups: Vec<(SimTime, u64, Place, u32, Aside<u32>)>,
    stuck: bool,
    traffic: Traffic,
    /// The digest of what happened.
    digest: Digest,
}

/// A whole lane at an instant, to return to: its state and its processes.
pub struct Snapshot {
    state: State,
    cast: Box<dyn Processes>,
}

impl Snapshot {
    /// The digest of what had happened; see [`Sim::trace_digest`].
    pub fn trace_digest(&self) -> u64 {
        self.state.digest.value()
    }
}

impl Clone for Snapshot {
    fn clone(&self) -> Snapshot {
        Snapshot { state: self.state.clone(), cast: self.cast.keep() }
    }
}

/// What the queue stores about an event: two bits for the kind, the rest for an index.
#[derive(Clone, Copy)]
enum What {
    Arrival(u32),
    Timer(Place, u8),
    Wakeup(u32),
    Other(Place, Other),
}

/// Other things that can be due at a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Other {
    /// Its process starts for the first time.
    Start,
    /// The scenario inserts a tick.
    Tick,
    /// Its power goes off, or the process that requested this is notified.
    Power,
}

impl What {
    fn pack(self) -> u32 {
        match self {
            What::Arrival(slot) => slot << 2,
            What::Timer(place, timer) => (u32::from(place) << 8 | u32::from(timer)) << 2 | 1,
            What::Wakeup(pauses) => pauses << 2 | 2,
            What::Other(place, other) => (u32::from(place) << 2 | other as u32) << 2 | 3,
        }
    }

    #[inline]
    fn unpack(what: u32) -> What {
        let index = what >> 2;
        match what & 3 {
            0 => What::Arrival(index),
            1 => What::Timer((index >> 8) as Place, index as u8),
            2 => What::Wakeup(index),
            _ => What::Other(
                (index >> 2) as Place,
                [Other::Start, Other::Tick, Other::Power][index as usize & 3],
            ),
        }
    }
}

/// The simulator of one lane.
pub struct Sim {
    core: Core,
    cast: Box<dyn Processes>,
}

impl Sim {
    /// The lane at the start of its run, with all nodes started that start at 0.
    pub fn new<W: Watch>(world: Rc<World>, watch: &mut W) -> Sim {
        let cast = world.cast.keep();
        let groups = world.info.groups.len();
        let node = |place: usize| {
            Node::new(world.ids[place], world.starts(place as Place), cast.newness(place), groups)
        };
        let state = State {
            now: SimTime::ZERO,
            seed: world.seed,
            step: 0,
            instant: 0,
            seq: 0,
            next_act: 0,
            nodes: (0..world.nodes()).map(node).collect(),
            network: Network::new(world.ids.len(), &world.network, world.store_latency),
            envelopes: Slab::default(),
            resource: Resource { fencing: world.fencing, ..Resource::default() },
            write_interval: world.write_interval,
            beliefs: 0,
            group_beliefs: vec![0; groups],
            power_offs: Vec::new(),
            writes: 0,
            delivering: 0,
            wakeups: Vec::new(),
            stuck: false,
            traffic: Traffic::default(),
            digest: Digest::default(),
        };
        let mut sim = Sim { core: Core::new(world, state), cast };
        sim.begin(watch);
        sim
    }

    /// Starts the processes that start at time 0.
    fn begin<W: Watch>(&mut self, watch: &mut W) {
        self.core.unwatched = W::BLIND;
        self.core.tells_messages = watch.wants_messages();
        self.core.find_next_act();
        let (members, nodes) = (self.core.world.group.members.len(), self.core.world.nodes());
        // The coordination service starts before its clients.
        for place in (members..nodes).chain(0..members) {
            if self.core.state.nodes[place].starts == SimTime::ZERO {
                self.start_node(place as Place, false, watch);
            } else {
                self.core.queue_start(place as Place);
            }
        }
        self.tell(self.core.record(Kind::Begin, NOWHERE), watch);
    }

    /// The lane at a keyframe. `world` may differ from the world of the keyframe in acts that come later.
    pub fn restore(world: Rc<World>, snapshot: &Snapshot) -> Sim {
        let mut sim = Sim { core: Core::new(world, snapshot.state.clone()), cast: snapshot.cast.keep() };
        sim.core.rebuild_queue();
        sim
    }

    /// Goes to a keyframe like [`Sim::restore`], but reuses its memory.
    pub fn rewind(&mut self, snapshot: &Snapshot) {
        self.core.state.clone_from(&snapshot.state);
        self.cast.become_like(&*snapshot.cast);
        self.core.rebuild_queue();
    }

    /// Like [`Sim::restore`], but reuses its memory.
    pub fn redirect(&mut self, world: Rc<World>, snapshot: &Snapshot) {
        self.core.world = world;
        self.rewind(snapshot);
    }

    /// The world.
    pub fn world(&self) -> &Rc<World> {
        &self.core.world
    }

    /// The lane as it is now, to be kept.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { state: self.core.state.clone(), cast: self.cast.keep() }
    }

    /// What an outside observer can see.
    pub fn view(&self) -> View<'_> {
        View { world: &self.core.world, state: &self.core.state, cast: &*self.cast }
    }

    /// The time of the last event.
    pub fn now(&self) -> SimTime {
        self.core.state.now
    }

    /// How many events have happened.
    pub fn events(&self) -> u32 {
        self.core.state.step
    }

    /// How many events have happened at the current instant, not counting acts: the `k` of `at T+k`.
    pub fn instant(&self) -> u32 {
        self.core.state.instant
    }

    /// How many acts have happened.
    pub fn acts_done(&self) -> u32 {
        self.core.state.next_act
    }

    /// Whether the run has broken off.
    pub fn stuck(&self) -> bool {
        self.core.state.stuck
    }

    /// The store.
    pub fn resource(&self) -> &Resource {
        &self.core.state.resource
    }

    /// How many messages were sent and received.
    pub fn traffic(&self) -> &Traffic {
        &self.core.state.traffic
    }

    /// A digest of what happened, record by record; empty if nothing watched.
    pub fn trace_digest(&self) -> u64 {
        self.core.state.digest.value()
    }

    /// How many records there have been since this simulator was created or restored: a measure of its work.
    pub fn records(&self) -> u64 {
        self.core.records
    }

    /// A digest of everything that can influence the future.
    pub fn state_digest(&self) -> u64 {
        use std::hash::Hash;
        let mut digest = Digest::default();
        let s = &self.core.state;
        (s.now, s.seed, s.step, s.instant, s.seq, s.next_act, s.beliefs, s.writes, s.delivering, s.stuck)
            .hash(&mut digest);
        s.network.hash(&mut digest);
        (s.resource, s.write_interval).hash(&mut digest);
        s.wakeups.hash(&mut digest);
        // Lanes without these must keep their digests, which links contain.
        s.power_offs.iter().for_each(|it| it.hash(&mut digest));
        s.group_beliefs.iter().for_each(|it| it.hash(&mut digest));
        s.nodes.iter().for_each(|node| node.digest(&mut digest));
        for envelope in s.envelopes.slots.iter().flatten() {
            envelope.hash(&mut digest);
        }
        self.cast.digest(&mut digest);
        digest.value()
    }

    /// A digest of what the nodes know, have on disk and wait for, and of the messages that they will receive,
    /// regardless of when those were sent, how they are numbered, and what will be drawn next. If only the scenario
    /// moves messages and timers, two states with the same outline continue alike.
    pub fn outline(&self) -> u64 {
        use std::hash::Hash;
        let mut digest = Digest::default();
        for (place, node) in self.core.state.nodes.iter().enumerate() {
            self.cast.digest_process(place, &mut digest);
            (node.id, node.paused, node.belief).hash(&mut digest);
            node.groups.iter().for_each(|it| it.hash(&mut digest));
            node.timers.each_ref().map(node::Timer::is_set).hash(&mut digest);
        }
        let mut messages: Vec<(Place, Place, u32, u64)> = Vec::new();
        for (slot, e) in self.core.state.envelopes.slots.iter().enumerate() {
            let Some(e) = e.as_ref().filter(|e| self.takes_in(e)) else { continue };
            let mut body = Digest::default();
            e.record.hash(&mut body);
            self.cast.digest_body(slot as u32, &mut body);
            // The order of messages on a link matters only if the link keeps it.
            messages.push((e.from, e.to, if self.reorders() { 0 } else { e.nth }, body.value()));
        }
        messages.sort_unstable();
        for (from, to, _, body) in messages {
            (from, to, body).hash(&mut digest);
        }
        digest.value()
    }

    /// Whether messages on a link may overtake each other.
    pub fn reorders(&self) -> bool {
        self.core.state.network.reorders()
    }

    /// The approximate size of the state in bytes, including messages and links.
    pub fn state_bytes(&self) -> usize {
        let s = &self.core.state;
        let nodes = s.nodes.iter().map(|n| size_of::<Node>() + n.inbox.capacity() * size_of::<u32>());
        let around = nodes.sum::<usize>() + s.envelopes.heap_bytes() + s.network.heap_bytes();
        size_of::<Snapshot>() + around + self.cast.bytes()
    }

    /// A time before which no event happens; `None` if none ever will. The queue may hold stale entries of timers that
    /// were postponed, so there may be no event at that exact time.
    pub fn next_at(&mut self) -> Option<SimTime> {
        if self.core.state.stuck {
            return None;
        }
        let next = self.core.queue.next_at().unwrap_or(SimTime::NEVER).min(self.core.act_at);
        (next != SimTime::NEVER).then_some(next)
    }
}
