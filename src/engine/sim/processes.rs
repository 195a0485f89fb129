//! The processes of a lane, behind one interface: the only part that knows which algorithm the lane plays.
//!
//! The simulator holds a [`Processes`] and passes events to it. The parts of a process (its state machine, disk, random
//! stream, settings, and message bodies) are kept here; its surroundings (clocks, timers, inboxes, links, envelopes)
//! are in the simulator, which is the same code for every algorithm.
//!
//! **Architecture invariant:** this is the only file of the simulator that is generic in the algorithm.

use std::any::Any;
use std::hash::Hash;
use std::rc::Rc;

use election_base::{Digest, NodeId, Rng, Span};
use election_language::vocabulary::{Value, Words};
use election_protocol::{
    Assumption, Authority, Belief, Bodies, Boot, Clocks, CommandKind as _, Cx, Group, GroupId, Host, Info,
    InitWords, Initial, MsgRecord, NodeView, Posted, Protocol, Receipt, Recovery, RoleKind as _, Shape,
    Situation, Surroundings, TimerKind, Values, check, info,
};

/// The words that an algorithm adds to the scenario language.
pub fn words<P: Protocol>() -> Words {
    let info = info::<P>();
    let messages: Vec<&'static str> = info.messages.iter().map(|m| m.name).collect();
    let message_args: Vec<&'static [&'static str]> = info.messages.iter().map(|m| m.args).collect();
    let groups: Vec<&'static str> = info.groups.iter().map(|group| group.name).collect();
    Words {
        id: info.id,
        settings: info.settings,
        commands: info.commands,
        roles: info.roles,
        init: info.init,
        timers: P::Timer::NAMES,
        timer_settings: P::Timer::SETTINGS,
        // Leaked once per algorithm, and used until the program ends.
        messages: Vec::leak(messages),
        message_args: Vec::leak(message_args),
        groups: Vec::leak(groups),
        forges: info.forges,
        ticks: info.ticks(),
        rules: info.rules.len() as u32,
        fields: info.fields,
        service: matches!(info.authority, Authority::Service(_)),
    }
}

/// The input for creating the processes of a lane.
pub struct Setup {
    /// The scenario's seed.
    pub seed: u64,
    /// The members' ids in ascending order.
    pub members: Vec<NodeId>,
    /// The members' ids in ring order.
    pub ring: Vec<NodeId>,
    /// The lane's settings, by position.
    pub values: Vec<Value>,
    /// Which of them the scenario sets.
    pub given: Vec<bool>,
}

/// Creates the processes of an algorithm; an instance of [`cast`].
pub type Maker = fn(Setup) -> Result<Box<dyn Processes>, String>;

/// An algorithm, as the rest of the program sees it.
#[derive(Clone, Copy)]
pub struct Algorithm {
    /// Its description.
    pub info: &'static Info,
    /// The words it adds to the scenario language.
    pub words: fn() -> Words,
    /// Creates the processes of a lane.
    pub maker: Maker,
}

impl Algorithm {
    /// The algorithm whose nodes are of type `P`.
    pub const fn of<P: Protocol>() -> Algorithm {
        check::<P>();
        Algorithm { info: info::<P>(), words: words::<P>, maker: cast::<P> }
    }
}

/// An event of a process, as the simulator passes it on.
pub struct Turn<'a> {
    /// The place of the process.
    pub place: usize,
    /// Its id.
    pub me: NodeId,
    /// The readings of its clocks.
    pub clocks: Clocks,
    /// The rules that ran; set by the handler. [`election_protocol::ASKED`] has it report what decided them, too.
    pub rules: u64,
    /// Executes the process's actions.
    pub host: &'a mut dyn Host,
}

/// The processes of a lane. A place is a position among the members, by ascending id, followed by the services.
pub trait Processes {
    /// The algorithm's description.
    fn info(&self) -> &'static Info;
    /// The names of its timers.
    fn timers(&self) -> &'static [&'static str];
    /// The members and services of the lane.
    fn group(&self) -> &Rc<Group>;

    // Settings.

    /// Whether a setting may be changed at a node.
    ///
    /// # Errors
    /// Why the value contradicts the other settings.
    fn fits(&self, place: usize, setting: usize, value: &Value) -> Result<(), String>;
    /// Changes a setting at a node.
    ///
    /// # Errors
    /// See [`Processes::fits`].
    fn tune(&mut self, place: usize, setting: usize, value: &Value) -> Result<(), String>;
    /// Whether all nodes have the same settings.
    fn uniform(&self) -> bool;
    /// The longest delay that the timeouts of all nodes tolerate, if there is a limit.
    fn delay_bound(&self) -> Option<Span>;
    /// How long a recovery takes, or the setting that gives it up. If nodes have different settings, the slowest of
    /// them determines it.
    ///
    /// # Errors
    /// See [`Protocol::recovery`].
    fn recovery(&self, situation: &Situation) -> Result<Recovery, String>;
    /// See [`Protocol::period`].
    fn period(&self, place: usize) -> Span;
    /// See [`Protocol::tick`].
    fn tick(&self, place: usize) -> Span;
    /// See [`Protocol::votes`]; decided by the lane's settings.
    fn votes(&self, place: usize) -> bool;
    /// See [`Protocol::heals`]; decided by the lane's settings.
    ///
    /// # Errors
    /// The setting that gives it up.
    fn heals(&self) -> Result<(), &'static str>;
    /// See [`Protocol::gives_up`]; decided by the lane's settings.
    fn gives_up(&self) -> &'static [(Assumption, &'static str)];
    /// See [`Protocol::warnings`]; about the lane's settings.
    fn warnings(&self) -> Vec<(&'static str, String)>;

    // The start of the run.

    /// Gives a node the disk that `init` words describe.
    ///
    /// # Errors
    /// Which word or number is wrong and what to do about it.
    fn init(&mut self, place: usize, words: &InitWords<'_>) -> Result<(), String>;
    /// See [`Protocol::stands_at_start`].
    fn stands_at_start(&self, place: usize, words: &InitWords<'_>) -> bool;
    /// Why no run can reach the state that the `init` words, given by place, describe.
    fn impossible(&self, words: &[InitWords<'_>]) -> Option<String>;

    // Events. Each returns the belief of the process after it.

    /// The process starts from its disk.
    fn start(&mut self, turn: &mut Turn<'_>, boot: &Boot<'_>) -> Belief;
    /// The process receives the message in a slot, which becomes free.
    fn deliver(&mut self, turn: &mut Turn<'_>, from: NodeId, slot: u32) -> Belief;
    /// A timer of the process fires.
    fn fire(&mut self, turn: &mut Turn<'_>, timer: usize) -> Belief;
    /// The scenario gives the command at a position of [`Info::commands`], which may refer to another node.
    fn command(&mut self, turn: &mut Turn<'_>, command: usize, about: Option<NodeId>) -> Belief;
    /// A client writes through the process.
    fn write(&mut self, turn: &mut Turn<'_>, write: u64) -> Belief;
    /// The power of a node is off, as the process requested.
    fn power_is_off(&mut self, turn: &mut Turn<'_>, node: NodeId) -> Belief;
    /// What the process believes of a group other than the main one.
    fn belief_of(&self, place: usize, group: GroupId) -> Belief;
    /// Ends the process; its disk remains.
    fn crash(&mut self, place: usize);
    /// Restarts all random streams from another seed.
    fn reseed(&mut self, seed: u64);
    /// How many random numbers the node has drawn since the last restart of its stream.
    fn drawn(&self, place: usize) -> u64;

    // Messages in flight. A slot with a write to the store has no body, so these methods do nothing for it.

    /// Removes the body of a message.
    fn forget_body(&mut self, slot: u32);
    /// Copies the body of a message to another slot.
    fn copy_body(&mut self, from: u32, to: u32);
    /// Whether a message with these numbers can be forged.
    fn forges(&self, record: &MsgRecord) -> bool;
    /// Forges a message with these numbers.
    fn forge(&mut self, record: &MsgRecord, posted: Posted);

    // Observation.

    /// A process's role, as a position in [`Info::roles`]; `None` if it is down.
    fn role(&self, place: usize) -> Option<usize>;
    /// The fields that a node displays; for a process that is down, those of its disk.
    fn view(&self, place: usize) -> NodeView;
    /// The fields that would remain if the node crashed now.
    fn durable(&self, place: usize) -> NodeView;
    /// Appends to `out` what a picture shows of a node besides its belief.
    fn shapes(&self, place: usize, out: &mut Vec<Shape>);
    /// Whether the process's log still has an acknowledged write; true if the process is down.
    fn holds(&self, place: usize, receipt: Receipt) -> bool;
    /// How new the log on its disk is.
    fn newness(&self, place: usize) -> (u64, u64);

    // The processes as a whole.

    /// Digests everything that can influence the future.
    fn digest(&self, digest: &mut Digest);
    /// Digests what a process knows and has on its disk.
    fn digest_process(&self, place: usize, digest: &mut Digest);
    /// Digests the body of a message.
    fn digest_body(&self, slot: u32, digest: &mut Digest);
    /// The approximate size in bytes.
    fn bytes(&self) -> usize;
    /// A copy, for a keyframe.
    fn keep(&self) -> Box<dyn Processes>;
    /// Becomes equal to a copy of the same lane, reusing its memory.
    fn become_like(&mut self, kept: &dyn Processes);
    /// For [`Processes::become_like`].
    fn as_any(&self) -> &dyn Any;
}

/// The settings of a node: the lane's, unless the scenario gives it others.
#[derive(Debug)]
struct Tuned<P: Protocol> {
    /// The values, by position of the setting.
    values: Vec<Value>,
    /// Which of them the scenario sets.
    given: Vec<bool>,
    /// The same, in the algorithm's own type.
    settings: P::Settings,
}

impl<P: Protocol> Tuned<P> {
    fn new(values: Vec<Value>, given: Vec<bool>, members: &[NodeId]) -> Result<Tuned<P>, String> {
        let of = Values { settings: info::<P>().settings, values: &values, given: &given };
        let settings = P::settings(&of, members)?;
        Ok(Tuned { values, given, settings })
    }

    /// These settings with one changed.
    fn with(&self, setting: usize, value: &Value, members: &[NodeId]) -> Result<Tuned<P>, String> {
        let (mut values, mut given) = (self.values.clone(), self.given.clone());
        values[setting] = value.clone();
        given[setting] = true;
        Tuned::new(values, given, members)
    }
}

/// The processes of an algorithm `P`.
struct Cast<P: Protocol> {
    group: Rc<Group>,
    /// The settings of the lane.
    lane: Rc<Tuned<P>>,
    // By place.
    tuned: Vec<Rc<Tuned<P>>>,
    processes: Vec<Option<P>>,
    disks: Vec<P::Durable>,
    streams: Vec<Rng>,
    // By the slot of the envelope.
    bodies: Bodies<P::Msg>,
}

/// The processes of a lane that plays `P`, none of them started.
///
/// # Errors
/// Which settings contradict each other.
pub fn cast<P: Protocol>(setup: Setup) -> Result<Box<dyn Processes>, String> {
    let Setup { seed, members, ring, values, given } = setup;
    let lane = Rc::new(Tuned::<P>::new(values, given, &members)?);
    let services = P::services(&lane.settings);
    let group = Rc::new(Group { members, ring, services });
    let nodes = group.members.len() + services as usize;
    let mut cast = Cast {
        tuned: vec![lane.clone(); nodes],
        lane,
        processes: vec![None; nodes],
        disks: vec![P::Durable::default(); nodes],
        streams: Vec::new(),
        bodies: Bodies::default(),
        group,
    };
    cast.streams = cast.streams(seed);
    Ok(Box::new(cast))
}

impl<P: Protocol> Clone for Cast<P> {
    fn clone(&self) -> Cast<P> {
        Cast {
            group: self.group.clone(),
            lane: self.lane.clone(),
            tuned: self.tuned.clone(),
            processes: self.processes.clone(),
            disks: self.disks.clone(),
            streams: self.streams.clone(),
            bodies: self.bodies.clone(),
        }
    }

    fn clone_from(&mut self, other: &Cast<P>) {
        self.tuned.clone_from(&other.tuned);
        self.processes.clone_from(&other.processes);
        self.disks.clone_from(&other.disks);
        self.streams.clone_from(&other.streams);
        self.bodies.clone_from(&other.bodies);
    }
}

impl<P: Protocol> Cast<P> {
    fn id(&self, place: usize) -> NodeId {
        let members = &self.group.members;
        members.get(place).copied().unwrap_or_else(|| NodeId::service((place - members.len()) as u32))
    }

    fn streams(&self, seed: u64) -> Vec<Rng> {
        (0..self.tuned.len()).map(|place| Rng::new(seed, self.id(place).0.into())).collect()
    }

    /// The settings of the nodes; settings that several nodes share appear once.
    fn each_settings(&self) -> impl Iterator<Item = &P::Settings> {
        let shared = |i: usize| i > 0 && Rc::ptr_eq(&self.tuned[i], &self.tuned[i - 1]);
        (0..self.tuned.len()).filter(move |&i| !shared(i)).map(|i| &self.tuned[i].settings)
    }

    /// Lets a process that is up handle an event, and returns its belief after it.
    #[inline(always)]
    fn play(&mut self, turn: &mut Turn<'_>, handler: impl FnOnce(&mut P, &mut Cx<'_, P>)) -> Belief {
        self.at(turn, |process, cx| {
            let process = process.as_mut().expect("the process is up");
            handler(process, cx);
            process.belief()
        })
    }

    /// Does something at a node, with everything that its process can access.
    #[inline(always)]
    fn at<R>(&mut self, turn: &mut Turn<'_>, work: impl FnOnce(&mut Option<P>, &mut Cx<'_, P>) -> R) -> R {
        let place = turn.place;
        let surroundings = Surroundings {
            me: turn.me,
            clocks: &mut turn.clocks,
            group: &self.group,
            settings: &self.tuned[place].settings,
            rng: &mut self.streams[place],
            disk: &mut self.disks[place],
            bodies: &mut self.bodies,
            rules: &mut turn.rules,
            host: turn.host,
        };
        work(&mut self.processes[place], &mut Cx::new(surroundings))
    }
}

impl<P: Protocol> Processes for Cast<P> {
    fn info(&self) -> &'static Info {
        info::<P>()
    }
    fn timers(&self) -> &'static [&'static str] {
        P::Timer::NAMES
    }
    fn group(&self) -> &Rc<Group> {
        &self.group
    }

    fn fits(&self, place: usize, setting: usize, value: &Value) -> Result<(), String> {
        self.tuned[place].with(setting, value, &self.group.members).map(|_| ())
    }
    fn tune(&mut self, place: usize, setting: usize, value: &Value) -> Result<(), String> {
        self.tuned[place] = Rc::new(self.tuned[place].with(setting, value, &self.group.members)?);
        Ok(())
    }
    fn uniform(&self) -> bool {
        let (first, rest) = self.tuned.split_first().expect("a lane has nodes");
        rest.iter().all(|tuned| Rc::ptr_eq(tuned, first) || tuned.values == first.values)
    }
    fn delay_bound(&self) -> Option<Span> {
        self.each_settings().filter_map(P::delay_bound).min()
    }
    fn recovery(&self, situation: &Situation) -> Result<Recovery, String> {
        let mut worst = Recovery { bound: Span::ZERO, usual: Span::ZERO };
        for settings in self.each_settings() {
            let one = P::recovery(settings, situation)?;
            worst.bound = worst.bound.max(one.bound);
            worst.usual = worst.usual.max(one.usual);
        }
        Ok(worst)
    }
    fn period(&self, place: usize) -> Span {
        P::period(&self.tuned[place].settings, self.id(place))
    }
    fn tick(&self, place: usize) -> Span {
        P::tick(&self.tuned[place].settings)
    }
    fn votes(&self, place: usize) -> bool {
        P::votes(&self.lane.settings, place)
    }
    fn heals(&self) -> Result<(), &'static str> {
        P::heals(&self.lane.settings)
    }
    fn gives_up(&self) -> &'static [(Assumption, &'static str)] {
        P::gives_up(&self.lane.settings)
    }
    fn warnings(&self) -> Vec<(&'static str, String)> {
        let Tuned { values, given, settings } = &*self.lane;
        let values = Values { settings: info::<P>().settings, values, given };
        P::warnings(&values, settings, &self.group.members)
    }

    fn init(&mut self, place: usize, words: &InitWords<'_>) -> Result<(), String> {
        self.disks[place] = P::initial(self.id(place), words)?;
        Ok(())
    }
    fn stands_at_start(&self, place: usize, words: &InitWords<'_>) -> bool {
        P::stands_at_start(self.id(place), words)
    }
    fn impossible(&self, words: &[InitWords<'_>]) -> Option<String> {
        let each = words.iter().enumerate();
        let nodes: Vec<Initial<'_, P::Durable>> = each
            .map(|(place, init)| Initial { id: self.id(place), durable: &self.disks[place], init: *init })
            .collect();
        P::impossible(&self.lane.settings, &nodes)
    }

    fn start(&mut self, turn: &mut Turn<'_>, boot: &Boot<'_>) -> Belief {
        let durable = self.disks[turn.place].clone();
        self.at(turn, |process, cx| process.insert(P::start(cx, durable, boot)).belief())
    }
    fn deliver(&mut self, turn: &mut Turn<'_>, from: NodeId, slot: u32) -> Belief {
        let msg = self.bodies.take(slot).expect("a message has a body");
        self.play(turn, |process, cx| process.on_message(cx, from, msg))
    }
    fn fire(&mut self, turn: &mut Turn<'_>, timer: usize) -> Belief {
        self.play(turn, |process, cx| process.on_timer(cx, P::Timer::at(timer)))
    }
    fn command(&mut self, turn: &mut Turn<'_>, command: usize, about: Option<NodeId>) -> Belief {
        self.play(turn, |process, cx| process.on_command(cx, P::Command::at(command), about))
    }
    fn write(&mut self, turn: &mut Turn<'_>, write: u64) -> Belief {
        self.play(turn, |process, cx| process.on_write(cx, write))
    }
    fn power_is_off(&mut self, turn: &mut Turn<'_>, node: NodeId) -> Belief {
        self.play(turn, |process, cx| process.on_power_off(cx, node))
    }
    fn belief_of(&self, place: usize, group: GroupId) -> Belief {
        self.processes[place].as_ref().expect("the process is up").belief_of(group)
    }
    fn crash(&mut self, place: usize) {
        self.processes[place] = None;
    }
    fn reseed(&mut self, seed: u64) {
        self.streams = self.streams(seed);
    }
    fn drawn(&self, place: usize) -> u64 {
        self.streams.get(place).map_or(0, Rng::drawn)
    }

    fn forget_body(&mut self, slot: u32) {
        self.bodies.take(slot);
    }
    fn copy_body(&mut self, from: u32, to: u32) {
        if let Some(body) = self.bodies.get(from).cloned() {
            self.bodies.put(Posted { slot: to, ..Posted::LOST }, body);
        }
    }
    fn forges(&self, record: &MsgRecord) -> bool {
        P::forge(record).is_some()
    }
    fn forge(&mut self, record: &MsgRecord, posted: Posted) {
        self.bodies.put(posted, P::forge(record).expect("checked when the world was made"));
    }

    fn role(&self, place: usize) -> Option<usize> {
        self.processes[place].as_ref().map(|process| process.role().index())
    }
    fn view(&self, place: usize) -> NodeView {
        let process = self.processes[place].as_ref();
        process.map_or_else(|| self.durable(place), |process| process.view(&self.disks[place]))
    }
    fn durable(&self, place: usize) -> NodeView {
        P::view_crashed(&self.disks[place])
    }
    fn shapes(&self, place: usize, out: &mut Vec<Shape>) {
        match &self.processes[place] {
            Some(process) => process.shapes(&self.tuned[place].settings, out),
            None => P::shapes_crashed(&self.disks[place], out),
        }
    }
    fn holds(&self, place: usize, receipt: Receipt) -> bool {
        self.processes[place].as_ref().is_none_or(|process| process.holds(receipt))
    }
    fn newness(&self, place: usize) -> (u64, u64) {
        P::newness(&self.disks[place])
    }

    fn digest(&self, digest: &mut Digest) {
        for (tuned, stream) in self.tuned.iter().zip(&self.streams) {
            (&tuned.values, stream).hash(digest);
        }
        (0..self.tuned.len()).for_each(|place| self.digest_process(place, digest));
        self.bodies.iter().for_each(|body| body.hash(digest));
    }
    fn digest_process(&self, place: usize, digest: &mut Digest) {
        (&self.processes[place], &self.disks[place]).hash(digest);
    }
    fn digest_body(&self, slot: u32, digest: &mut Digest) {
        self.bodies.get(slot).hash(digest);
    }
    fn bytes(&self) -> usize {
        let place = size_of::<Option<P>>() + size_of::<P::Durable>() + size_of::<Rng>() + size_of::<usize>();
        let heap: usize = self.processes.iter().flatten().map(Protocol::heap_bytes).sum();
        size_of::<Cast<P>>() + self.tuned.len() * place + heap + self.bodies.heap_bytes()
    }
    fn keep(&self) -> Box<dyn Processes> {
        Box::new(self.clone())
    }
    fn become_like(&mut self, kept: &dyn Processes) {
        self.clone_from(kept.as_any().downcast_ref().expect("a lane plays one algorithm"));
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
