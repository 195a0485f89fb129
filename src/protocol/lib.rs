//! The interface between an election algorithm and the simulator: a state machine that handles messages, timers and
//! commands, and acts through [`Cx`].
//!
//! An algorithm knows its own id, the members, its own drifting clocks and its own random stream, all through [`Cx`]. It
//! does no I/O, reads no globals, and cannot see the simulator. What it believes
//! ([`Protocol::belief`]) and shows ([`Protocol::view`]) is read from outside and never feeds back.
//!
//! **Architecture invariant:** this crate imports only [`election_base`] and [`election_language::vocabulary`]; an
//! algorithm imports only these three and `election_parts`.

// Nothing that is simulated depends on floats or talks to a terminal.
#![deny(clippy::float_arithmetic, clippy::print_stdout, clippy::print_stderr)]

mod bodies;
mod bounds;
mod brief;
mod check;
pub mod commands;
mod cx;
mod info;
mod shape;
mod tables;
mod values;

use core::fmt::Debug;
use core::hash::Hash;

pub use bodies::{Bodies, Posted};
pub use bounds::{ARGS_MAX, MESSAGE_KINDS_MAX, RULES_MAX, TIMERS_MAX, check, timers_fit};
pub use brief::info;
pub use check::{Amount, Check, Given, Op, Unit, given};
pub use cx::{ASKED, Clocks, Cx, Group, Host, LogChange, Surroundings};
pub use info::{
    Agreement, Assumption, Authority, Claim, Class, GroupId, GroupInfo, Info, MessageInfo, Phrases, Property,
    Seats, Topology,
};
pub use shape::{Answer, Deadline, Panel, Shape};
#[doc(hidden)]
pub use tables::macros;
pub use tables::{Choice, CommandKind, RoleKind, RuleKind, TimerKind};
pub use values::{InitWords, Values};

use election_base::{Epoch, NodeId, Span};
pub use election_language::vocabulary::CommandWord;

/// An election algorithm: one of its nodes.
///
/// The nodes of a coordination service have the same type (see [`NodeId::is_service`]): an algorithm that needs a service
/// makes `Self` an enum of client and service.
///
/// `Hash` must cover everything that can influence the node's future; the derived implementation does.
pub trait Protocol: Clone + Debug + Hash + Sized + 'static {
    /// What nodes send to each other. Cheap to clone: a broadcast clones it for each receiver.
    type Msg: Clone + Debug + Hash + 'static;
    /// The closed set of timers. At most one of each is pending at a node.
    type Timer: TimerKind;
    /// The lines of the pseudo-code.
    type Rule: RuleKind;
    /// The commands that a scenario can give.
    type Command: CommandKind;
    /// What a node can be.
    type Role: RoleKind;
    /// Exactly what survives a crash. Cheap to clone: use shared structure for what grows.
    type Durable: Clone + Debug + Default + Hash + 'static;
    /// The settings, checked and ready to use.
    type Settings: Clone + Debug + 'static;

    /// What there is to know about the algorithm without running it.
    const INFO: &'static Info;

    /// Checks the settings against each other.
    ///
    /// # Errors
    /// A sentence that says which settings conflict and what to do.
    fn settings(values: &Values<'_>, members: &[NodeId]) -> Result<Self::Settings, String>;

    /// How many nodes the coordination service has.
    fn services(_settings: &Self::Settings) -> u32 {
        0
    }

    /// The longest one-way delay under which the algorithm's timing assumptions hold, if it has any.
    fn delay_bound(settings: &Self::Settings) -> Option<Span>;

    /// How long the group may be without a leader once its assumptions hold again, in that situation. This is the
    /// checker's bound for "a leader eventually", and the time after which every other promise applies again.
    ///
    /// # Errors
    /// The setting that gives up recovery, as a scenario writes it: `detector off`.
    fn recovery(settings: &Self::Settings, situation: &Situation) -> Result<Recovery, String>;

    /// Whether the group recovers from faults once they end, so that two leaders become one again. If not, a fault excuses
    /// every later violation.
    ///
    /// # Errors
    /// The setting that gives it up, as a scenario writes it: `merge off`.
    fn heals(_settings: &Self::Settings) -> Result<(), &'static str> {
        Ok(())
    }

    /// The assumptions that these settings give up from the start, each with the setting, as a scenario writes it:
    /// `ack leader`.
    fn gives_up(_settings: &Self::Settings) -> &'static [(Assumption, &'static str)] {
        &[]
    }

    /// Whether the member at this position among the ascending ids counts in quorums and can lead.
    fn votes(_settings: &Self::Settings, _position: usize) -> bool {
        true
    }

    /// The node's own period: its process starts at a random moment within one period, so that the heartbeats and ticks of
    /// several nodes do not coincide. Zero starts it at 0.
    fn period(_settings: &Self::Settings, _me: NodeId) -> Span {
        Span::ZERO
    }

    /// The length of the node's tick if it counts timers in ticks, zero if it measures time.
    fn tick(_settings: &Self::Settings) -> Span {
        Span::ZERO
    }

    /// Settings that have no effect, or not the expected one: the setting's name, and a sentence about it.
    fn warnings(
        _values: &Values<'_>,
        _settings: &Self::Settings,
        _members: &[NodeId],
    ) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Why no run can reach the state that `init` lines describe, in words that finish the sentence "the run starts
    /// from a state that …"; `None` if it can be reached as far as is known. `nodes` are the members by ascending id, then
    /// the services.
    fn impossible(_settings: &Self::Settings, _nodes: &[Initial<'_, Self::Durable>]) -> Option<String> {
        None
    }

    /// Whether `init` lines give this node an initial state, so that its process is up from the start.
    fn stands_at_start(_me: NodeId, init: &InitWords<'_>) -> bool {
        !(init.node.is_empty() && init.group.is_empty())
    }

    /// The durable state that `init` lines give this node; the default if there are none.
    ///
    /// # Errors
    /// A sentence that says which word or number is wrong and what to do.
    fn initial(_me: NodeId, _init: &InitWords<'_>) -> Result<Self::Durable, String> {
        Ok(Self::Durable::default())
    }

    /// Starts the process: at the beginning of the run, or again after a crash.
    fn start(cx: &mut Cx<'_, Self>, durable: Self::Durable, boot: &Boot<'_>) -> Self;

    /// A message arrived.
    fn on_message(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: Self::Msg);

    /// A timer that was set fired.
    fn on_timer(&mut self, cx: &mut Cx<'_, Self>, timer: Self::Timer);

    /// The scenario gives a command. `about` is the node that it concerns: with
    /// [`Form::Pair`](election_language::vocabulary::Form::Pair) the second one, if the scenario names it; with
    /// [`Form::ToService`](election_language::vocabulary::Form::ToService) the member.
    fn on_command(&mut self, _cx: &mut Cx<'_, Self>, _command: Self::Command, _about: Option<NodeId>) {}

    /// A client writes through this node; the number is unique in the lane. Called only where [`Info::writes`] says so.
    fn on_write(&mut self, _cx: &mut Cx<'_, Self>, _write: u64) {}

    /// The node that this process has asked to switch off with [`Cx::power_off`] is off.
    fn on_power_off(&mut self, _cx: &mut Cx<'_, Self>, _node: NodeId) {}

    /// The message in numbers, for the trace.
    fn record(msg: &Self::Msg) -> MsgRecord;

    /// The inverse of [`Protocol::record`], for messages that a scenario forges. `None` if the numbers are not a message, or
    /// if the algorithm's messages cannot be forged (see [`Info::forges`]).
    fn forge(_record: &MsgRecord) -> Option<Self::Msg> {
        None
    }

    /// The disk in numbers, for the trace; named by [`Info::disk`].
    fn record_disk(_durable: &Self::Durable) -> [u32; ARGS_MAX] {
        [0; ARGS_MAX]
    }

    /// What the node believes now. Called after every event: must be cheap.
    fn belief(&self) -> Belief;

    /// What the node is, in the algorithm's own words.
    fn role(&self) -> Self::Role;

    /// What the node believes about a group of [`Info::groups`]. Called after every event: must be cheap. A service node
    /// with a record of the group returns that record, as for [`Protocol::belief`].
    fn belief_of(&self, _group: GroupId) -> Belief {
        Belief::default()
    }

    /// The node's state for display. `durable` is what is on its disk.
    fn view(&self, durable: &Self::Durable) -> NodeView;

    /// The state of a crashed node for display: its role, and the fields of [`Protocol::view`] that are on disk, under the
    /// same names. So these are the fields of a running node that a crash would leave.
    fn view_crashed(durable: &Self::Durable) -> NodeView;

    /// What a picture shows of this node besides its belief: a queue that it keeps, votes that it has.
    fn shapes(&self, _settings: &Self::Settings, _out: &mut Vec<Shape>) {}

    /// The same of a crashed node: what its durable state holds.
    fn shapes_crashed(_durable: &Self::Durable, _out: &mut Vec<Shape>) {}

    /// Whether the node's replicated log still holds the write that was acknowledged with this receipt.
    /// An algorithm without a log of its own has nothing to lose.
    fn holds(&self, _receipt: Receipt) -> bool {
        true
    }

    /// How new the node's log is: of two logs, the one with the larger pair is newer. All equal if the algorithm has no
    /// log, so that any node may win.
    fn newness(_durable: &Self::Durable) -> (u64, u64) {
        (0, 0)
    }

    /// The node's approximate size on the heap, in bytes: for the memory of keyframes.
    fn heap_bytes(&self) -> usize {
        0
    }
}

/// The initial state of a node.
#[derive(Clone, Copy, Debug)]
pub struct Initial<'a, D> {
    /// Its id.
    pub id: NodeId,
    /// What is on its disk.
    pub durable: &'a D,
    /// What `init` lines say of it.
    pub init: InitWords<'a>,
}

/// The situation that a recovery starts from.
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

/// How long a recovery takes once the faults have ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recovery {
    /// A correct run exceeds this with a probability below 10⁻⁹, from any state that the faults have left; without
    /// randomness it never does.
    pub bound: Span,
    /// Of a thousand recoveries from the crash of a leader, 999 take less than this.
    pub usual: Span,
}

/// How a process comes up.
#[derive(Clone, Copy, Debug)]
pub struct Boot<'a> {
    /// True when the process was up before and crashed.
    pub restarted: bool,
    /// What `init` lines say; nothing after a restart.
    pub init: InitWords<'a>,
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

/// A message in numbers, of a size that is the same for every algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct MsgRecord {
    /// The position in [`Info::messages`].
    pub kind: u8,
    /// The numbers, named by [`MessageInfo::args`].
    pub args: [u32; ARGS_MAX],
}

/// The part that a node plays, in terms that every algorithm shares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub enum Role {
    /// Takes part and follows.
    #[default]
    Follower,
    /// Seeks to lead.
    Candidate,
    /// Believes that it leads.
    Leader,
    /// Takes no part in elections at the moment: it has no session, is a learner, or has no contact.
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
///
/// A service node returns its record: the one with which it would answer a client. What it holds without knowing that
/// it will stay, such as an uncommitted log entry, does not count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Belief {
    /// Its part.
    pub role: Role,
    /// True if it believes that it leads and acts accordingly.
    pub leads: bool,
    /// The node it considers the leader, or [`NodeId::NONE`]. For a service node: the one that its record names.
    pub leader: NodeId,
    /// The epoch it knows; 0 if the algorithm has none. For a service node: that of its record.
    pub epoch: Epoch,
    /// What it would present to the protected resource; 0 if nothing. For a service node: the version of its
    /// record, which rises when the record changes, so that of two replicas the one with the larger version has seen
    /// the other's record; 0 where replicas cannot be compared.
    pub token: u64,
}

/// A node's state for display.
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

/// A step that every algorithm reports in the same words, so that detection and election can be measured from outside.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mark {
    /// The node suspects that there is no longer a leader.
    Suspects,
    /// The node starts an election.
    Started,
    /// The node won an election.
    Won,
    /// The node stopped leading.
    SteppedDown,
}
