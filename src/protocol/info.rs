//! The static description of an algorithm: its names, its rules, its promises and the assumptions they rest on.

use super::Panel;
use election_language::vocabulary::{CommandWord, InitWord, Setting};

/// The static description of an algorithm, for the registry, the documentation, the page and the checker.
#[derive(Debug)]
pub struct Info {
    /// Its name in a scenario, e.g. `raft`.
    pub id: &'static str,
    /// Its display name, e.g. `Raft`.
    pub title: &'static str,
    /// A few words next to the title, e.g. `Ongaro & Ousterhout`.
    pub subtitle: &'static str,
    /// One paragraph: the problem, the idea, the assumptions.
    pub summary: &'static str,
    /// The paper with its section, or the file of a real system.
    pub source: &'static str,
    /// How its picture is arranged.
    pub topology: Topology,
    /// What makes a node the leader in truth.
    pub authority: Authority,
    /// The groups with a leader of their own, other than the main group. [`GroupId`] `n` is `groups[n - 1]`.
    pub groups: &'static [GroupInfo],
    /// What the algorithm calls its epoch: `term`, `czxid`; empty if it has none.
    pub epoch: &'static str,
    /// What a leader presents to the protected resource: `term`, `czxid`; empty if it has no token.
    pub token: &'static str,
    /// The kinds of messages; [`super::MsgRecord::kind`] is a position in this list.
    pub messages: &'static [MessageInfo],
    /// Whether a scenario may forge them.
    pub forges: bool,
    /// The names of the numbers that [`super::Protocol::record_disk`] returns; empty if a process has no disk.
    pub disk: &'static [&'static str],
    /// The pseudo-code: [`super::RuleKind::TEXTS`]. Rule `n` is `rules[n - 1]`; leading spaces are its indentation.
    pub rules: &'static [&'static str],
    /// The algorithm's promises and their assumptions.
    pub claims: &'static [Claim],
    /// Its settings.
    pub settings: &'static [Setting],
    /// The commands that its nodes take: [`super::CommandKind::WORDS`].
    pub commands: &'static [CommandWord],
    /// Whether a client's write goes into a log of the algorithm's own; otherwise it goes straight to the store.
    pub writes: bool,
    /// What its nodes can be: [`super::RoleKind::NAMES`].
    pub roles: &'static [&'static str],
    /// The words of `init` that it understands.
    pub init: &'static [InitWord],
    /// The names of the fields in its views, services' included.
    pub fields: &'static [&'static str],
    /// The lists that its nodes keep for others, see [`super::Shape::Row`].
    pub panels: &'static [Panel],
    /// Its words for the stages of an election.
    pub phrases: Phrases,
    /// What the model leaves out or simplifies, one sentence or more per entry.
    pub fidelity: &'static [&'static str],
}

impl Info {
    /// Whether its nodes can count timers in ticks, that is, whether it has a setting `tick`.
    pub fn ticks(&self) -> bool {
        self.settings.iter().any(|setting| setting.name == "tick")
    }
}

/// An algorithm's words for the stages of an election, for sentences about a run. Each is a clause without a full stop, in
/// which `{node}` stands for the node that it is about, and `{leader}` for the leader that was lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Phrases {
    /// What passes between the loss of a leader and the first suspicion, e.g. `no node suspects {leader} yet`.
    pub waits: &'static str,
    /// What a node does that starts an election, with the node as its subject.
    pub starts: &'static str,
    /// What passes between the first suspicion and the next leader.
    pub elects: &'static str,
    /// What a node that suspects the leader has noticed, with the node as its subject. It must be true whenever a node
    /// marks a suspicion, unless the scenario told the node to.
    pub suspects: &'static str,
    /// Why a node that won leads. It must be true of every election that is won.
    pub wins: &'static str,
}

impl Phrases {
    /// For an algorithm with no words of its own.
    pub const PLAIN: Phrases = Phrases {
        waits: "no node suspects {leader} yet",
        starts: "{node} starts an election",
        elects: "an election decides who leads next",
        suspects: "{node} suspects {leader}",
        wins: "{node} won the election",
    };
}

/// How a lane's picture is arranged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topology {
    /// A ring in the order of `nodes`.
    Ring,
    /// A ladder with the highest id at the top.
    Ladder,
    /// A coordination service above its clients.
    Service,
    /// Every member is linked to every other.
    Mesh,
}

impl Topology {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Topology::Ring => "ring",
            Topology::Ladder => "ladder",
            Topology::Service => "service",
            Topology::Mesh => "mesh",
        }
    }
}

/// A group of nodes with a leader of its own: a partition, or the nodes of the coordination service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupInfo {
    /// Its name after `leader of`. The group of the service's nodes is called [`GroupInfo::SERVICE`].
    pub name: &'static str,
    /// The nodes that can lead it.
    pub seats: Seats,
    /// What makes a leader the leader in truth. With [`Authority::Service`], the service has a record of each such group.
    pub authority: Authority,
    /// What the algorithm calls its epoch; empty if it has none.
    pub epoch: &'static str,
}

impl GroupInfo {
    /// The name of the group of the service's nodes. A scenario calls its leader `service-leader`.
    pub const SERVICE: &'static str = "service";
}

/// Which nodes can lead a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seats {
    /// The members of the lane.
    Members,
    /// The nodes of the coordination service.
    Services,
}

/// A group of an algorithm, by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupId(pub u8);

impl GroupId {
    /// The group that users ask for: the members, with the leader that [`super::Protocol::belief`] speaks of.
    pub const MAIN: GroupId = GroupId(0);
}

/// How the nodes of a coordination service agree on a record, and which of them a client needs.
///
/// A service of one node is an [`Agreement::Ensemble`] of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Agreement {
    /// Replicas of one log, as in ZooKeeper, etcd, Consul and Chubby. The newest record that a quorum holds counts. A
    /// client needs one replica that reaches a quorum.
    Ensemble,
    /// Nodes that have no contact with each other, as in Redlock. The record that a quorum holds counts. A client needs a
    /// quorum.
    Independent,
    /// A primary with replicas that lag behind, as with Redis Sentinel. The primary's record counts, and a client needs
    /// the primary: the leader that the newest epoch of the group [`GroupInfo::SERVICE`] names.
    Primary,
}

/// What makes a node the leader in truth, as opposed to in its own belief.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Authority {
    /// The coordination service's record.
    Service(Agreement),
    /// A quorum of the members has not moved to a later epoch.
    Quorum,
    /// None: there is only belief.
    None,
}

impl Authority {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Authority::Service(_) => "service",
            Authority::Quorum => "quorum",
            Authority::None => "none",
        }
    }
}

/// A kind of message.
#[derive(Clone, Copy, Debug)]
pub struct MessageInfo {
    /// The paper's name for it.
    pub name: &'static str,
    /// How it is counted.
    pub class: Class,
    /// The names of the numbers in its record, at most [`super::ARGS_MAX`].
    pub args: &'static [&'static str],
}

/// How a message is counted. The formulas in the papers count [`Class::Election`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// Choosing a leader.
    Election,
    /// Heartbeats, pings and their answers.
    Liveness,
    /// Requests to a coordination service, and its answers and notifications.
    Service,
    /// Replicated entries and client writes.
    Data,
}

impl Class {
    /// All classes, in the order of their position.
    pub const ALL: [Class; 4] = [Class::Election, Class::Liveness, Class::Service, Class::Data];

    /// Its name in an expectation.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Election => "election",
            Class::Liveness => "liveness",
            Class::Service => "service",
            Class::Data => "data",
        }
    }
}

/// A promise of an algorithm.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// What is promised.
    pub property: Property,
    /// The assumptions. Empty: it always holds.
    pub assumes: &'static [Assumption],
    /// Why it holds: a clause that finishes "because …", without a full stop.
    pub because: &'static str,
}

/// A property of a run, judged from outside by beliefs, marks and writes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Property {
    /// No two nodes believe that they lead in the same epoch.
    OneLeaderPerEpoch,
    /// The epoch that a node knows never falls, not even by a crash.
    EpochsNeverFall,
    /// The protected resource accepts no write from a believer that another has superseded there.
    OneEffectiveWriter,
    /// A leader exists, at the latest one recovery time after the assumptions hold.
    LeaderEventually,
    /// A node that another considers the leader is up when that belief begins.
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

    /// Its name in a scenario.
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
    /// No link is cut and there is no partition.
    Connected,
    /// No message is lost or dropped.
    NoLoss,
    /// Messages of a link arrive in order and exactly once.
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
    /// A quorum of the members is up and mutually connected.
    Quorum,
    /// The coordination service works, and some member reaches what a client needs of it: see [`Agreement`].
    Service,
    /// The protected resource checks tokens.
    Fencing,
    /// A write is acknowledged only when a quorum has it.
    QuorumAcknowledges,
    /// The run starts from a state that the algorithm can reach. Every promise rests on it.
    PossibleStart,
    /// Nodes send what the algorithm tells them to, and no message is forged. Every promise rests on it.
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

    /// What every promise rests on without naming it.
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
            Assumption::Honest => "no message is forged",
        }
    }
}
