//! What an election algorithm is to the simulator: a state machine that is handed messages, timers and
//! requests, and answers with an ordered list of effects.
//!
//! An algorithm knows its own id, the members, its own drifting clocks and its own random stream, all through
//! [`Cx`]. It does no I/O, reads no global, and cannot see the simulator. What it believes
//! ([`Protocol::belief`]) and shows ([`Protocol::view`]) is read from outside and never feeds back.
//!
//! **Architecture invariant:** this module imports [`crate::base`] and [`crate::words`] only, and an
//! algorithm imports these three only.

use core::fmt::Debug;
use core::hash::Hash;

use crate::base::{Epoch, LocalTime, NodeId, Rng, Span, SpanRange, below, mix};
use crate::words::{InitWord, Setting, Value, Words};

/// The largest number of timers of one algorithm.
pub const TIMERS_MAX: usize = 8;
/// The largest number of rules of one algorithm: they are kept as bits of a word.
pub const RULES_MAX: usize = 63;
/// How many numbers of a message its record keeps.
pub const ARGS_MAX: usize = 5;

/// An election algorithm, as one of its nodes sees the world.
///
/// A node that belongs to a coordination service is of the same type (see [`NodeId::is_service`]): an
/// algorithm that needs one makes `Self` an enum of client and service.
///
/// `Hash` must cover all that can influence the node's future; the derived one does.
pub trait Protocol: Clone + Debug + Hash + Sized + 'static {
    /// What nodes send to each other. Cheap to clone: a broadcast clones it for each receiver.
    type Msg: Clone + Debug + Hash + 'static;
    /// The closed set of timers. At most one of each is pending at a node.
    type Timer: TimerKind;
    /// Exactly what survives a crash. Cheap to clone: shared structure where it grows.
    type Durable: Clone + Debug + Default + Hash + 'static;
    /// The settings, checked and ready to use.
    type Settings: Clone + Debug + 'static;

    /// What there is to know about the algorithm without running it.
    const INFO: &'static Info;

    /// Checks the settings against each other.
    ///
    /// # Errors
    /// A sentence that says which settings do not fit together and what to do.
    fn settings(values: &Values<'_>, members: &[NodeId]) -> Result<Self::Settings, String>;

    /// How many nodes the coordination service has.
    fn services(_settings: &Self::Settings) -> u32 {
        0
    }

    /// The longest one-way delay under which the algorithm's timing assumptions hold, if it has any.
    fn delay_bound(settings: &Self::Settings) -> Option<Span>;

    /// How long the group may be without a leader once its assumptions hold again, in that situation. The
    /// checker's bound for "a leader eventually", and the time after which every other promise is owed again.
    ///
    /// # Errors
    /// The setting that gives recovery up, as a scenario writes it: `detector off`.
    fn recovery(settings: &Self::Settings, situation: &Situation) -> Result<Recovery, String>;

    /// Whether calm undoes what faults have done, so that two leaders become one again. Where it does not, a fault
    /// excuses every later violation.
    ///
    /// # Errors
    /// The setting that gives it up, as a scenario writes it: `merge off`.
    fn heals(_settings: &Self::Settings) -> Result<(), &'static str> {
        Ok(())
    }

    /// The assumptions that these settings give up from the start, and the setting that does, as a scenario
    /// writes it: `ack leader`.
    fn gives_up(_settings: &Self::Settings) -> &'static [(Assumption, &'static str)] {
        &[]
    }

    /// Whether the member at this position among the ascending ids counts in quorums and can lead.
    fn votes(_settings: &Self::Settings, _position: usize) -> bool {
        true
    }

    /// The node's own period: its process starts at a moment drawn from one such period, so that the heartbeats
    /// and ticks of several nodes do not fall together. Zero starts it at 0.
    fn period(_settings: &Self::Settings, _me: NodeId) -> Span {
        Span::ZERO
    }

    /// The length of the node's tick where it counts timers in ticks, zero where it measures time.
    fn tick(_settings: &Self::Settings) -> Span {
        Span::ZERO
    }

    /// What these settings say without effect, or with another one than it seems: the setting's name, and what to
    /// know about it in a sentence. `delay_max` is the longest delay of the network.
    fn warnings(
        _values: &Values<'_>,
        _settings: &Self::Settings,
        _members: &[NodeId],
        _delay_max: Span,
    ) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Why no run can reach the state that `init` lines describe, in words that finish the sentence "the run starts
    /// from a state that …"; `None` if it can be reached as far as is known. `nodes` are members by ascending id,
    /// then services.
    fn impossible(_group: &Group<Self::Settings>, _nodes: &[Initial<'_, Self::Durable>]) -> Option<String> {
        None
    }

    /// Whether `init` lines give this node a state that stands at 0: then its process is up from the start.
    fn stands_at_start(_me: NodeId, init: &InitWords<'_>) -> bool {
        !(init.node.is_empty() && init.group.is_empty())
    }

    /// The durable state that `init` lines give this node; the default where there are none.
    ///
    /// # Errors
    /// A sentence that says which word or number does not fit and what to do.
    fn initial(_me: NodeId, _init: &InitWords<'_>) -> Result<Self::Durable, String> {
        Ok(Self::Durable::default())
    }

    /// Starts the process: at the beginning of the run, or again after a crash.
    fn start(cx: &mut Cx<'_, Self>, durable: Self::Durable, boot: &Boot<'_>) -> Self;

    /// A message arrived.
    fn on_message(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: Self::Msg);

    /// A timer that was set fired.
    fn on_timer(&mut self, cx: &mut Cx<'_, Self>, timer: Self::Timer);

    /// Somebody outside asks for something. Only what [`Info::asks`] lists arrives here.
    fn on_input(&mut self, _cx: &mut Cx<'_, Self>, _input: Input) {}

    /// The message in numbers, for the trace.
    fn record(msg: &Self::Msg) -> MsgRecord;

    /// The message that these numbers stand for, as [`Protocol::record`] writes them: what a scenario forges.
    /// `None` where the algorithm's messages cannot be forged; then [`Info::forges`] says so.
    fn forge(_record: &MsgRecord) -> Option<Self::Msg> {
        None
    }

    /// The disk in numbers, for the trace; named by [`Info::disk`].
    fn record_disk(_durable: &Self::Durable) -> [u32; ARGS_MAX] {
        [0; ARGS_MAX]
    }

    /// What the node believes now. Called after every event: must be cheap.
    fn belief(&self) -> Belief;

    /// What the node shows to people. `durable` is what is on its disk.
    fn view(&self, durable: &Self::Durable) -> NodeView;

    /// What a crashed node shows to people: its durable state.
    fn view_crashed(durable: &Self::Durable) -> NodeView;

    /// What a picture shows of this node beside its belief: a service's sessions, znodes and watches.
    fn shapes(&self, _out: &mut Vec<Shape>) {}

    /// The same of a crashed node: what its durable state holds.
    fn shapes_crashed(_durable: &Self::Durable, _out: &mut Vec<Shape>) {}

    /// Whether the node's replicated log still holds the write that was acknowledged with this receipt.
    /// Algorithms without a log of their own have nothing to lose.
    fn holds(&self, _receipt: Receipt) -> bool {
        true
    }

    /// How new the node's log is: of two logs the one with the larger pair is newer. Equal where an algorithm has
    /// no log, so that anybody may win.
    fn newness(_durable: &Self::Durable) -> (u64, u64) {
        (0, 0)
    }

    /// How many bytes the node holds beside its own size, about: for the memory of keyframes.
    fn heap_bytes(&self) -> usize {
        0
    }
}

/// Why no run reaches a state in which `init leader` words make several members lead, if they do. For algorithms
/// whose only state is who leads.
pub fn two_leaders_at_start<D>(nodes: &[Initial<'_, D>]) -> Option<String> {
    let leads = |node: &&Initial<'_, D>| node.init.one("leader") == Some(node.id.0.into());
    let mut leaders = nodes.iter().filter(leads).map(|node| node.id);
    let (first, second) = (leaders.next()?, leaders.next()?);
    Some(format!("no run reaches: {first} and {second} both lead"))
}

/// What a node starts from.
#[derive(Clone, Copy, Debug)]
pub struct Initial<'a, D> {
    /// Who.
    pub id: NodeId,
    /// What is on its disk.
    pub durable: &'a D,
    /// What `init` lines say of it.
    pub init: InitWords<'a>,
}

/// What a recovery starts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Situation {
    /// How many members the group has.
    pub members: u32,
    /// How many members that vote are up.
    pub voters_up: u32,
    /// How many of them have a log as new as that of a quorum, so that they can be elected.
    pub electable: u32,
    /// The longest delay of a message now.
    pub delay: Span,
}

/// How long a recovery takes, in calm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recovery {
    /// A correct run takes longer with a probability below 10⁻⁹, from whatever state the faults have left; where
    /// nothing is drawn at random it never does.
    pub bound: Span,
    /// Of a thousand recoveries from the crash of a leader, 999 take less.
    pub usual: Span,
}

/// A closed enum of timers. Made by [`timers!`](crate::timers).
pub trait TimerKind: Copy + Ord + Hash + Debug + 'static {
    /// The timers by name, as `fire N TIMER` spells them, in the order of [`TimerKind::index`].
    const NAMES: &'static [&'static str];
    /// The timers in that order.
    const ALL: &'static [Self];
    /// The position in [`TimerKind::NAMES`].
    fn index(self) -> usize;
}

/// Declares an algorithm's timers with the names that a scenario uses for them.
///
/// ```
/// election_playground::timers! {
///     /// What this node waits for.
///     pub enum Timer {
///         /// No word from a leader.
///         Election = "election",
///     }
/// }
/// ```
#[macro_export]
macro_rules! timers {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }
        impl $crate::protocol::TimerKind for $name {
            const NAMES: &'static [&'static str] = &[$($text),+];
            const ALL: &'static [$name] = &[$($name::$variant),+];
            #[inline]
            fn index(self) -> usize { self as usize }
        }
    };
}

/// All that is fixed about an algorithm: for the registry, the documentation, the page and the checker.
#[derive(Debug)]
pub struct Info {
    /// Its name in a scenario, e.g. `raft`.
    pub id: &'static str,
    /// Its name for people, e.g. `Raft`.
    pub title: &'static str,
    /// A few words beside the title, e.g. `Ongaro & Ousterhout`.
    pub subtitle: &'static str,
    /// One paragraph: the problem, the idea, what it rests on.
    pub summary: &'static str,
    /// The paper with its section, or the real system's file.
    pub source: &'static str,
    /// How its picture is arranged.
    pub topology: Topology,
    /// What makes a leader one in truth.
    pub authority: Authority,
    /// What the algorithm calls its epoch: `term`, `czxid`; empty where it has none.
    pub epoch: &'static str,
    /// What a leader shows to the protected resource: `term`, `czxid`; empty where it has no token.
    pub token: &'static str,
    /// The kinds of messages; [`MsgRecord::kind`] is a position in here.
    pub messages: &'static [MessageInfo],
    /// Whether a scenario may forge them.
    pub forges: bool,
    /// The names of the numbers that [`Protocol::record_disk`] gives; empty where a process has no disk.
    pub disk: &'static [&'static str],
    /// The pseudo-code. Rule `n` is `rules[n - 1]`.
    pub rules: &'static [Rule],
    /// What the algorithm promises, and what the promise rests on.
    pub claims: &'static [Claim],
    /// Its settings.
    pub settings: &'static [Setting],
    /// What can be asked of its nodes.
    pub asks: &'static [crate::words::Ask],
    /// The words of `init` that it understands.
    pub init: &'static [InitWord],
    /// The names of the fields in its views, services' included.
    pub fields: &'static [&'static str],
    /// What the model leaves out or simplifies, a sentence each.
    pub fidelity: &'static [&'static str],
}

impl Info {
    /// Whether its nodes can count timers in ticks: whether it has a setting `tick`.
    const fn ticks(&self) -> bool {
        let mut i = 0;
        while i < self.settings.len() {
            if matches!(self.settings[i].name.as_bytes(), b"tick") {
                return true;
            }
            i += 1;
        }
        false
    }

    /// The words that the algorithm adds to the scenario language. `message_names` and `timers` are the
    /// tables that cannot be derived in a constant.
    pub const fn words(
        &self,
        message_names: &'static [&'static str],
        message_args: &'static [&'static [&'static str]],
        timers: &'static [&'static str],
    ) -> Words {
        Words {
            id: self.id,
            settings: self.settings,
            asks: self.asks,
            init: self.init,
            timers,
            messages: message_names,
            message_args,
            forges: self.forges,
            ticks: self.ticks(),
            rules: self.rules.len() as u32,
            fields: self.fields,
            service: matches!(self.authority, Authority::Service),
        }
    }
}

/// How a lane's picture is arranged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topology {
    /// A ring in the order of `nodes`.
    Ring,
    /// A ladder, the highest id on top.
    Ladder,
    /// A coordination service above its clients.
    Service,
    /// Everybody with everybody.
    Mesh,
}

/// What makes a leader one in truth, as opposed to in its own belief.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Authority {
    /// The coordination service's record.
    Service,
    /// A quorum of the members has not moved to a later epoch.
    Quorum,
    /// Nothing: there is belief only.
    None,
}

/// A kind of message.
#[derive(Clone, Copy, Debug)]
pub struct MessageInfo {
    /// The paper's name for it.
    pub name: &'static str,
    /// What it is counted as.
    pub class: Class,
    /// The names of the numbers in its record, at most [`ARGS_MAX`].
    pub args: &'static [&'static str],
}

/// What a message is counted as. The formulas of the papers speak of [`Class::Election`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// Choosing a leader.
    Election,
    /// Heartbeats, pings and their answers.
    Liveness,
    /// Requests to a coordination service and its answers and notifications.
    Service,
    /// Replicated entries and client writes.
    Data,
}

impl Class {
    /// All classes, in the order of their position.
    pub const ALL: [Class; 4] = [Class::Election, Class::Liveness, Class::Service, Class::Data];

    /// As an expectation names it.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Election => "election",
            Class::Liveness => "liveness",
            Class::Service => "service",
            Class::Data => "data",
        }
    }
}

/// A line of pseudo-code, numbered by its place.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The line, as the paper would have it; leading spaces are its indentation.
    pub text: &'static str,
}

/// A promise of an algorithm.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// What is promised.
    pub property: Property,
    /// What the promise rests on. Empty: it holds always.
    pub assumes: &'static [Assumption],
    /// The promise and its reason in one sentence.
    pub because: &'static str,
}

/// A property of a run, judged from outside over beliefs, marks and writes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Property {
    /// No two nodes believe that they lead in the same epoch.
    OneLeaderPerEpoch,
    /// The epoch that a node knows never falls, not even by a crash.
    EpochsNeverFall,
    /// The protected resource accepts no write of a believer that another one has superseded there.
    OneEffectiveWriter,
    /// Somebody leads, at the latest so long after the assumptions hold as the algorithm needs.
    LeaderEventually,
    /// Whoever is taken for the leader is up when that belief begins.
    LeaderIsAlive,
    /// At no instant do two nodes believe that they lead.
    AtMostOneLeader,
    /// A write that was acknowledged to a client is held by every later leader.
    AcknowledgedKept,
}

impl Property {
    /// All properties, in the order of their position.
    pub const ALL: [Property; 7] = [
        Property::OneLeaderPerEpoch,
        Property::EpochsNeverFall,
        Property::OneEffectiveWriter,
        Property::LeaderEventually,
        Property::LeaderIsAlive,
        Property::AtMostOneLeader,
        Property::AcknowledgedKept,
    ];

    /// As a scenario names it.
    pub const fn name(self) -> &'static str {
        match self {
            Property::OneLeaderPerEpoch => "one-leader-per-epoch",
            Property::EpochsNeverFall => "epochs-never-fall",
            Property::OneEffectiveWriter => "one-effective-writer",
            Property::LeaderEventually => "leader-eventually",
            Property::LeaderIsAlive => "leader-is-alive",
            Property::AtMostOneLeader => "at-most-one-leader",
            Property::AcknowledgedKept => "acknowledged-kept",
        }
    }
}

/// What a promise can rest on, and what a run can break.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Assumption {
    /// No link is cut and no partition stands.
    Connected,
    /// No message is lost or dropped.
    NoLoss,
    /// Messages of a link arrive in order, and once.
    Fifo,
    /// Messages arrive, and nodes answer, within the bound that the timeouts are built on: no long delay, no
    /// pause, no slow node.
    Synchrony,
    /// All clocks run at the rate of true time.
    TrueClocks,
    /// No node crashes while an election is under way.
    NoCrashInElection,
    /// No node starts after the others, or comes back after a crash.
    NoReturn,
    /// A quorum of the members is up and reaches each other.
    Quorum,
    /// The coordination service is up and reaches a quorum of the members.
    Service,
    /// The protected resource checks tokens.
    Fencing,
    /// A write is acknowledged only when a quorum has it.
    QuorumAcknowledges,
    /// The run starts from a state that the algorithm can reach. Every promise rests on it.
    PossibleStart,
    /// Nodes send what the algorithm tells them to, and nobody forges a message. Every promise rests on it.
    Honest,
}

impl Assumption {
    /// All assumptions, in the order of their position.
    pub const ALL: [Assumption; 13] = [
        Assumption::Connected,
        Assumption::NoLoss,
        Assumption::Fifo,
        Assumption::Synchrony,
        Assumption::TrueClocks,
        Assumption::NoCrashInElection,
        Assumption::NoReturn,
        Assumption::Quorum,
        Assumption::Service,
        Assumption::Fencing,
        Assumption::QuorumAcknowledges,
        Assumption::PossibleStart,
        Assumption::Honest,
    ];

    /// What every promise rests on, named by none.
    pub const ALWAYS: [Assumption; 2] = [Assumption::PossibleStart, Assumption::Honest];

    /// In words that finish the sentence "this run broke the assumption that …".
    pub const fn text(self) -> &'static str {
        match self {
            Assumption::Connected => "all nodes can reach each other",
            Assumption::NoLoss => "no message is lost",
            Assumption::Fifo => "messages of a link arrive once and in order",
            Assumption::Synchrony => "messages and nodes are faster than the timeouts",
            Assumption::TrueClocks => "all clocks run at the same rate",
            Assumption::NoCrashInElection => "no node crashes during an election",
            Assumption::NoReturn => "no node starts after the others or comes back",
            Assumption::Quorum => "a quorum is up and connected",
            Assumption::Service => "the coordination service is up and reachable",
            Assumption::Fencing => "the protected resource checks tokens",
            Assumption::QuorumAcknowledges => "writes are acknowledged only when a quorum has them",
            Assumption::PossibleStart => "the run starts from a state that the algorithm can reach",
            Assumption::Honest => "nobody forges a message",
        }
    }
}

/// The settings of a lane by name.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The table.
    pub settings: &'static [Setting],
    /// A value for each, in the order of the table.
    pub values: &'a [Value],
    /// True for those that the scenario sets.
    pub given: &'a [bool],
}

impl Values<'_> {
    fn index(&self, name: &str) -> usize {
        self.settings.iter().position(|s| s.name == name).unwrap_or_else(|| panic!("no setting {name}"))
    }

    /// The value of a setting.
    ///
    /// # Panics
    /// If the algorithm has no setting of that name; that is a bug of the algorithm.
    pub fn value(&self, name: &str) -> &Value {
        &self.values[self.index(name)]
    }

    /// Whether the scenario sets it.
    pub fn is_given(&self, name: &str) -> bool {
        self.given[self.index(name)]
    }

    /// Says of those of these settings that the scenario sets that they have no effect, because of `why`.
    pub fn unused(&self, names: &[&'static str], why: &str, into: &mut Vec<(&'static str, String)>) {
        for &name in names.iter().filter(|name| self.is_given(name)) {
            into.push((name, format!("{name} has no effect with {why}")));
        }
    }

    /// A [`Value::Span`].
    pub fn span(&self, name: &str) -> Span {
        match self.value(name) {
            Value::Span(span) => *span,
            other => panic!("{name} is {other:?}"),
        }
    }

    /// A [`Value::Range`].
    pub fn range(&self, name: &str) -> SpanRange {
        match self.value(name) {
            Value::Range(range) => *range,
            other => panic!("{name} is {other:?}"),
        }
    }

    /// A [`Value::Switch`].
    pub fn switch(&self, name: &str) -> bool {
        match self.value(name) {
            Value::Switch(on) => *on,
            other => panic!("{name} is {other:?}"),
        }
    }

    /// A [`Value::Number`].
    pub fn number(&self, name: &str) -> u64 {
        match self.value(name) {
            Value::Number(number) => *number,
            other => panic!("{name} is {other:?}"),
        }
    }

    /// A [`Value::Choice`]: the position in the setting's list.
    pub fn choice(&self, name: &str) -> usize {
        match self.value(name) {
            Value::Choice(choice) => *choice,
            other => panic!("{name} is {other:?}"),
        }
    }

    /// A [`Value::Ids`].
    pub fn ids(&self, name: &str) -> &[NodeId] {
        match self.value(name) {
            Value::Ids(ids) => ids,
            other => panic!("{name} is {other:?}"),
        }
    }
}

/// Words of `init` with their numbers: those for one node, and those for the whole group.
#[derive(Clone, Copy, Debug, Default)]
pub struct InitWords<'a> {
    /// From lines that name the node.
    pub node: &'a [(String, Vec<u64>)],
    /// From lines that name no node.
    pub group: &'a [(String, Vec<u64>)],
}

impl InitWords<'_> {
    /// The only number after `word`, where it stands for this node or else for the group.
    pub fn one(&self, word: &str) -> Option<u64> {
        self.many(word).and_then(|numbers| numbers.first().copied())
    }

    /// The numbers after `word`, where it stands for this node or else for the group.
    pub fn many(&self, word: &str) -> Option<&[u64]> {
        let found = |words: &'_ [(String, Vec<u64>)]| words.iter().rposition(|(w, _)| w == word);
        if let Some(i) = found(self.node) {
            return Some(&self.node[i].1);
        }
        found(self.group).map(|i| &self.group[i].1[..])
    }
}

/// How a process comes up.
#[derive(Clone, Copy, Debug)]
pub struct Boot<'a> {
    /// True when the process was up before and crashed.
    pub restarted: bool,
    /// What `init` lines say; nothing after a restart.
    pub init: InitWords<'a>,
}

/// A request from outside, see [`crate::words::Ask`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// Start an election now.
    Campaign,
    /// Hand leadership over to this node, or to the one that the leader picks.
    Transfer(Option<NodeId>),
    /// Give leadership up.
    StepDown,
    /// A client's write with this number, unique in the lane.
    Write(u64),
    /// End the session cleanly.
    Close,
    /// To the coordination service: end this node's session.
    Expire(NodeId),
}

/// Proof that a client's write was acknowledged: its place in the replicated log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Receipt {
    /// The client's number for the write.
    pub write: u64,
    /// The index in the log, from 1.
    pub index: u64,
    /// The epoch of the entry.
    pub epoch: Epoch,
}

/// A message in numbers, of a size that does not depend on the algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct MsgRecord {
    /// The position in [`Info::messages`].
    pub kind: u8,
    /// The numbers, named by [`MessageInfo::args`].
    pub args: [u32; ARGS_MAX],
}

impl MsgRecord {
    /// A record of that kind with those numbers.
    ///
    /// # Panics
    /// If there are more than [`ARGS_MAX`] numbers.
    pub fn new(kind: u8, args: &[u64]) -> MsgRecord {
        let mut record = MsgRecord { kind, args: [0; ARGS_MAX] };
        for (to, from) in record.args[..args.len()].iter_mut().zip(args) {
            *to = *from as u32;
        }
        record
    }
}

/// The part that a node plays, in terms that every algorithm shares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub enum Role {
    /// Takes part and follows.
    #[default]
    Follower,
    /// Wants to lead.
    Candidate,
    /// Believes that it leads.
    Leader,
    /// Takes no part in elections now: no session, a learner, no contact.
    Idle,
    /// A node of a coordination service.
    Service,
}

impl Role {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Follower => "follower",
            Role::Candidate => "candidate",
            Role::Leader => "leader",
            Role::Idle => "idle",
            Role::Service => "service",
        }
    }
}

/// What a node believes, in a few numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Belief {
    /// Its part.
    pub role: Role,
    /// True if it believes that it leads and acts so.
    pub leads: bool,
    /// Whom it takes for the leader; [`NodeId::NONE`] if nobody. Of a service node: whom its record names.
    pub leader: NodeId,
    /// The epoch it knows; 0 where the algorithm has none. Of a service node: that of its record.
    pub epoch: Epoch,
    /// What it would show to the protected resource; 0 where it has nothing.
    pub token: u64,
}

/// What a node shows to people.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeView {
    /// Name and value, in the order of [`Info::fields`].
    pub fields: Vec<(&'static str, String)>,
}

impl NodeView {
    /// Adds a field.
    pub fn field(mut self, name: &'static str, value: impl ToString) -> NodeView {
        self.fields.push((name, value.to_string()));
        self
    }
}

/// Something that a picture shows beside nodes and messages, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Shape {
    /// What it is.
    pub kind: ShapeKind,
    /// See [`ShapeKind`].
    pub numbers: [u64; 4],
}

/// See [`Shape`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum ShapeKind {
    /// A session: the client's id, the session's id, its timeout in µs, 1 if it has not ended.
    Session,
    /// A znode: its owner's id, its sequence number, its czxid, the id of the session that it belongs to.
    Znode,
    /// A watch: the id of the client that is told, the sequence number of the znode that it watches or
    /// `u32::MAX` for the parent's children, 0, 0.
    Watch,
}

/// Something that every algorithm says in the same words, so that detection and election can be measured
/// from outside.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mark {
    /// The node suspects that there is no leader any more.
    Suspects,
    /// The node starts an election.
    Started,
    /// The node won one.
    Won,
    /// The node stopped leading.
    SteppedDown,
}

/// One effect of an event, carried out by the simulator in order.
#[derive(Clone, Debug)]
pub enum Effect<P: Protocol> {
    /// A message to one node.
    Send(NodeId, P::Msg),
    /// The same message to every other member, in ascending order of ids.
    Broadcast(P::Msg),
    /// The timer fires after that span of the node's clock; an earlier setting of it is forgotten.
    SetTimer(P::Timer, Span),
    /// The timer fires with the so-many-th tick from now.
    SetTicks(P::Timer, u64),
    /// The timer does not fire.
    CancelTimer(P::Timer),
    /// From here on this is what survives a crash.
    Persist(P::Durable),
    /// For measuring.
    Mark(Mark),
    /// A client's write is acknowledged to the client.
    Acknowledge(Receipt),
    /// What became of the node's replicated log.
    Log(LogChange),
}

/// What became of a replicated log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogChange {
    /// Entries from `first` to `last` of that epoch were appended.
    Append {
        /// The index of the first one.
        first: u32,
        /// The index of the last one.
        last: u32,
        /// Their epoch.
        epoch: u32,
    },
    /// All entries behind `last` were deleted.
    Truncate {
        /// The index of the last entry that is left.
        last: u32,
    },
    /// The node knows that entries up to `index` are committed.
    Commit {
        /// The index of the last of them.
        index: u32,
    },
}

/// Who takes part in a lane. The same for all its nodes during a run.
#[derive(Clone, Debug)]
pub struct Group<S> {
    /// The members' ids in ascending order.
    pub members: Vec<NodeId>,
    /// The members' ids in ring order.
    pub ring: Vec<NodeId>,
    /// How many nodes the coordination service has.
    pub services: u32,
    /// The algorithm's settings, where nothing else is said of a node.
    pub settings: S,
}

/// What a node's clocks show in an event.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    /// The wall clock, which somebody may set.
    pub wall: LocalTime,
    /// The clock that timers run by: it may drift, and nobody sets it.
    pub monotonic: LocalTime,
    /// How many ticks the process has counted.
    pub ticks: u64,
    /// What phases are drawn from; `None` where all of them are 0.
    pub phases: Option<u64>,
}

/// All that a node can reach from inside an event.
#[derive(Debug)]
pub struct Cx<'a, P: Protocol> {
    pub(crate) me: NodeId,
    pub(crate) clocks: Clocks,
    pub(crate) group: &'a Group<P::Settings>,
    pub(crate) settings: &'a P::Settings,
    pub(crate) rng: &'a mut Rng,
    pub(crate) effects: &'a mut Vec<Effect<P>>,
    pub(crate) rules: &'a mut u64,
}

impl<'a, P: Protocol> Cx<'a, P> {
    /// This node.
    #[inline]
    pub fn me(&self) -> NodeId {
        self.me
    }

    /// The members' ids in ascending order.
    #[inline]
    pub fn members(&self) -> &'a [NodeId] {
        &self.group.members
    }

    /// How many members there are.
    #[inline]
    pub fn n(&self) -> usize {
        self.group.members.len()
    }

    /// The smallest majority of the members: ⌊n/2⌋ + 1.
    #[inline]
    pub fn quorum(&self) -> usize {
        self.group.members.len() / 2 + 1
    }

    /// The position of a member among the ascending ids, from 0; `None` for who is no member.
    pub fn position(&self, id: NodeId) -> Option<usize> {
        // Ids are 1 to n unless the scenario chose them.
        let guess = (id.0 as usize).wrapping_sub(1);
        if self.group.members.get(guess) == Some(&id) {
            return Some(guess);
        }
        self.group.members.binary_search(&id).ok()
    }

    /// The next member after `id` in ring order.
    ///
    /// # Panics
    /// If `id` is no member.
    pub fn next_in_ring(&self, id: NodeId) -> NodeId {
        let ring = &self.group.ring;
        let at = ring.iter().position(|&r| r == id).expect("a member");
        ring[(at + 1) % ring.len()]
    }

    /// The algorithm's settings, as they are at this node now.
    #[inline]
    pub fn settings(&self) -> &'a P::Settings {
        self.settings
    }

    /// This node's wall clock, which somebody may set: for what is compared with other clocks.
    #[inline]
    pub fn wall(&self) -> LocalTime {
        self.clocks.wall
    }

    /// The clock that this node's timers run by. It may drift, but nobody sets it: for lengths of time.
    #[inline]
    pub fn now(&self) -> LocalTime {
        self.clocks.monotonic
    }

    /// How many ticks this process has counted; those that it missed while it stood still are not among them.
    #[inline]
    pub fn ticks(&self) -> u64 {
        self.clocks.ticks
    }

    /// How far into its period something is that was under way before this process started: drawn from
    /// `[0, period)`, or 0 where phases are in lockstep. Call it while the process starts; each call draws anew.
    pub fn phase(&mut self, period: Span) -> Span {
        let Some(bits) = &mut self.clocks.phases else { return Span::ZERO };
        *bits = mix(*bits);
        Span(below(*bits, period.0))
    }

    /// A number below `bound` from this node's stream; 0 for bounds 0 and 1.
    pub fn random(&mut self, bound: u64) -> u64 {
        crate::base::below(self.rng.bits(), bound)
    }

    /// Sends to one node: a member or a service node. Sending to oneself is a bug.
    #[inline]
    pub fn send(&mut self, to: NodeId, msg: P::Msg) {
        debug_assert!(to != self.me);
        self.effects.push(Effect::Send(to, msg));
    }

    /// Sends to every other member, in ascending order of ids.
    #[inline]
    pub fn broadcast(&mut self, msg: P::Msg) {
        self.effects.push(Effect::Broadcast(msg));
    }

    /// Sets the timer, drawing from `range` with this node's stream; a constant draws nothing.
    #[inline]
    pub fn set_timer(&mut self, timer: P::Timer, range: impl Into<SpanRange>) {
        let range = range.into();
        let span = if range.lo == range.hi { range.lo } else { range.pick(self.rng.bits()) };
        self.effects.push(Effect::SetTimer(timer, span));
    }

    /// Sets the timer to fire with the so-many-th tick from now; at least one.
    #[inline]
    pub fn set_timer_ticks(&mut self, timer: P::Timer, ticks: u64) {
        debug_assert!(0 < ticks);
        self.effects.push(Effect::SetTicks(timer, ticks));
    }

    /// Forgets the timer.
    #[inline]
    pub fn cancel_timer(&mut self, timer: P::Timer) {
        self.effects.push(Effect::CancelTimer(timer));
    }

    /// Writes to disk. Comes before whatever is sent later.
    pub fn persist(&mut self, durable: P::Durable) {
        self.effects.push(Effect::Persist(durable));
    }

    /// Rule `n` ran: highlighted in the pseudo-code, and covered.
    #[inline]
    pub fn fired(&mut self, n: u32) {
        debug_assert!(1 <= n && n as usize <= P::INFO.rules.len(), "{} has no rule {n}", P::INFO.id);
        *self.rules |= 1 << n;
    }

    /// Says it in the words that all algorithms share.
    pub fn mark(&mut self, mark: Mark) {
        self.effects.push(Effect::Mark(mark));
    }

    /// Tells what became of the node's replicated log.
    pub fn log(&mut self, change: LogChange) {
        self.effects.push(Effect::Log(change));
    }

    /// The client's write is safe, as far as this algorithm can tell.
    pub fn acknowledge(&mut self, receipt: Receipt) {
        self.effects.push(Effect::Acknowledge(receipt));
    }
}
