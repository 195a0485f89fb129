//! What a scenario means, apart from how it is written. A pure function of the text; the simulator takes a
//! run's every input from here.

use crate::vocabulary::{CommandWord, Value};
use election_base::{Delay, NodeId, SimTime, Span, SpanRange};

/// A set of lanes: bit `i` stands for the `i`-th lane of the scenario.
pub type LaneSet = u8;

/// A whole scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// `title …`; empty where there is none.
    pub title: String,
    /// `seed N`.
    pub seed: u64,
    /// `nodes …`: the ids in ring order. 1 to 128 of them, all different.
    pub nodes: Vec<NodeId>,
    /// The names that `nodes 1=A 2=B` gives to be shown, in the order of the text; empty where it gives none.
    pub names: Vec<(NodeId, String)>,
    /// `lanes …` and `lane … = …`: 1 to 8 of them, in the order of the text.
    pub lanes: Vec<Lane>,
    /// What the network does where no action says otherwise.
    pub network: Network,
    /// `timers manual`: no timer fires by itself.
    pub timers_manual: bool,
    /// `phases drawn`: processes start, and clocks tick, at moments of their own. `timers manual` implies
    /// `phases lockstep`.
    pub phases_drawn: bool,
    /// `incarnations off`: a message to a node that has restarted since is delivered all the same.
    pub incarnations: bool,
    /// The protected resource.
    pub store: Store,
    /// `init …`, in the order of the text.
    pub init: Vec<Init>,
    /// `at …`, in the order in which they happen: by time, then by `after`, then by the order of the text.
    pub acts: Vec<Act>,
    /// `until T`: the end of the run, or the default, long enough for the scenario to tell its story.
    pub until: SimTime,
    /// `break …`.
    pub breaks: Vec<Break>,
    /// `expect …`.
    pub expects: Vec<Expect>,
    /// What the text says without effect. It plays all the same.
    pub warnings: Vec<Warning>,
}

/// Something in a text that has no effect, or not the one that it seems to have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// The line of the text, from 0.
    pub line: u32,
    /// What to know about it, in a sentence or two.
    pub text: String,
}

/// One lane: an algorithm with its settings.
#[derive(Clone, PartialEq, Debug)]
pub struct Lane {
    /// Unique among the lanes; the algorithm's id unless `lane NAME = …` gave another.
    pub name: String,
    /// The position of the algorithm in the list of [`crate::vocabulary::Words`] that the text was read with.
    pub algorithm: usize,
    /// The value of every setting of the algorithm, in the order of its `settings`.
    pub settings: Vec<Value>,
    /// True for those of `settings` that the text sets.
    pub given: Vec<bool>,
    /// What `set … for NODES` sets of single nodes, in the order in which it counts: the last one wins.
    pub by_node: Vec<NodeSetting>,
    /// Settings of the store that hold in this lane only (`fencing off` after `lane … =`).
    pub store: Store,
}

/// A setting of single nodes of a lane.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeSetting {
    /// Whose.
    pub nodes: Vec<NodeId>,
    /// The position of the setting among those of the algorithm.
    pub setting: usize,
    /// Its value there.
    pub value: Value,
    /// The line of the text, from 0.
    pub line: u32,
}

/// The network where no action says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    /// `latency …`: one-way delay of a message.
    pub latency: Delay,
    /// `loss …`: messages lost, in millionths.
    pub loss_ppm: u32,
    /// `duplicate …`: messages delivered twice, in millionths.
    pub duplicate_ppm: u32,
    /// `order any`: messages of a link may overtake each other. Off: a link is FIFO.
    pub reorder: bool,
}

/// The protected resource of a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Store {
    /// `set store.fencing on|off`: whether tokens below the highest seen are rejected.
    pub fencing: bool,
    /// `set store.interval …`: how often a believer writes. Zero: never.
    pub interval: Span,
    /// `set store.latency …`: one-way delay to the store; the network's where the text says nothing.
    pub latency: Option<SpanRange>,
}

/// `init LANES WHO WORD numbers …`: state that stands before the first event.
#[derive(Clone, PartialEq, Debug)]
pub struct Init {
    /// The lanes meant.
    pub lanes: LaneSet,
    /// The node meant; `None` where the line speaks of the whole group, as `init raft leader 1 term 1`.
    pub node: Option<NodeId>,
    /// Words with their numbers, in the order of the text.
    pub words: Vec<(String, Vec<u64>)>,
    /// The line of the text, from 0.
    pub line: u32,
}

/// One action at its instant.
#[derive(Clone, PartialEq, Debug)]
pub struct Act {
    /// When.
    pub at: SimTime,
    /// `at T+k`: after `k` events of that instant in the lane; 0 is before all of them.
    pub after: u32,
    /// The lanes meant: all, unless a lane's or an algorithm's name and a colon stand in front.
    pub lanes: LaneSet,
    /// Those of `lanes` whose algorithm knows the action; the others show "not applicable".
    pub applicable: LaneSet,
    /// What happens.
    pub action: Action,
    /// The line of the text, from 0.
    pub line: u32,
}

/// Nodes named by an action; resolved in each lane when the action happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// A member, a service node, or (for links) the store.
    Node(NodeId),
    /// The leader in truth; where there is none the newest believer; else nobody.
    Leader,
    /// The follower of lowest id.
    Follower,
    /// The candidate of lowest id.
    Candidate,
    /// Every member.
    All,
    /// The quorum of lowest ids with the leader in it.
    Majority,
    /// The leader in truth of the group of that name, or where there is none its newest believer.
    LeaderOf(String),
    /// The members that are not in [`Who::Majority`].
    Minority,
    /// Several of these, as `crash 1 2 leader`.
    Several(Vec<Who>),
}

/// A pending message: `3->4#17`, or `3->4#17.2` for the copy that a duplication made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageRef {
    /// The sender.
    pub from: NodeId,
    /// The receiver.
    pub to: NodeId,
    /// The how-many-th send on that link in the lane, from 1.
    pub nth: u32,
    /// 1 for the message, 2 and up for its copies.
    pub copy: u8,
}

/// The links that a change of the network speaks of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Links {
    /// Every link between members and services (not to the store).
    All,
    /// From each of the first to each of the second; and back if `both`.
    Between {
        /// The senders.
        from: Who,
        /// The receivers.
        to: Who,
        /// Both directions.
        both: bool,
    },
}

/// What can happen to a lane from outside.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// The process dies: volatile state is lost, durable state is kept.
    Crash(Who),
    /// A crashed process starts again from its durable state.
    Restart(Who),
    /// The process stands still, for so long or until `resume`; its clock runs on.
    Pause(Who, Option<Span>),
    /// A paused process goes on.
    Resume(Who),
    /// Every link of the node to other nodes is cut, both ways; its link to the store stays.
    Isolate(Who),
    /// Only nodes of the same side reach each other. Who is not listed joins the largest listed side.
    Partition(Vec<Vec<Who>>),
    /// Every cut and every partition ends.
    Heal,
    /// The links are cut.
    Cut(Links),
    /// The links are joined again.
    Join(Links),
    /// The links take so long from now on.
    Latency(Links, Delay),
    /// The links lose so many millionths from now on.
    Loss(Links, u32),
    /// The links deliver so many millionths twice from now on.
    Duplicate(Links, u32),
    /// The clock runs fast (positive) or slow by so many millionths from now on.
    Drift(Who, i32),
    /// The clock is set forwards (positive) or back by so many microseconds.
    Skew(Who, i64),
    /// The node takes so long over every message from now on.
    Slow(Who, Span),
    /// The named timer fires now, if it is pending.
    Fire(Who, String),
    /// Under `timers manual`: the node's ticker moves on by so many ticks, and timers that come due fire.
    Tick(Who, u32),
    /// A command of the algorithm.
    Command {
        /// Which.
        word: &'static CommandWord,
        /// To whom; with [`crate::vocabulary::Form::ToService`] about whom.
        who: Who,
        /// About whom, where the form has a second place and the text fills it.
        about: Option<Who>,
    },
    /// A client's write through the node, or through whoever believes it leads.
    Write(Option<Who>),
    /// The pending message is lost.
    DropMessage(MessageRef),
    /// The pending message arrives now.
    DeliverMessage(MessageRef),
    /// The pending message arrives so much later.
    DelayMessage(MessageRef, Span),
    /// The pending message arrives twice.
    DuplicateMessage(MessageRef),
    /// Everything pending arrives now, and what that sends too, until nothing is pending.
    DeliverAll,
    /// The node is shot, confirmed: it crashes and cannot come back until restarted.
    Stonith(Who),
    /// A setting changes, in the whole lane or at some nodes.
    Set(SetAct),
    /// All random numbers drawn from now on come from this seed.
    Reseed(u64),
    /// Somebody forges a message: it travels from one node to the other although nobody sent it.
    Send(Forged),
}

/// `set NAME.SETTING VALUE [for WHO]` as an action.
#[derive(Clone, PartialEq, Debug)]
pub struct SetAct {
    /// What is set, as the text names it: `raft.heartbeat`.
    pub name: String,
    /// The value as it is written.
    pub value: String,
    /// What changes.
    pub change: Change,
    /// Whose setting; of the whole lane where nobody is named.
    pub who: Option<Who>,
}

/// What a setting is set to.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// A setting of the algorithm, by its position.
    Setting(usize, Value),
    /// Whether the store checks tokens.
    Fencing(bool),
    /// How often believers write.
    Interval(Span),
    /// The delay to the store.
    StoreLatency(SpanRange),
}

/// `send FROM -> TO MESSAGE NAME NUMBER …`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forged {
    /// Whose message it pretends to be.
    pub from: NodeId,
    /// Who gets it.
    pub to: NodeId,
    /// The name of the message.
    pub message: String,
    /// Its numbers by name; the others are 0.
    pub args: Vec<(String, u64)>,
}

/// A condition that holds or does not hold at a state.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    /// The lanes meant.
    pub lanes: LaneSet,
    /// What is looked at.
    pub subject: Subject,
    /// How it is compared.
    pub op: Op,
    /// With what.
    pub operand: Operand,
}

/// What a condition looks at.
#[derive(Clone, PartialEq, Debug)]
pub enum Subject {
    /// How many nodes believe that they lead.
    Leaders,
    /// The id of the leader in truth, or of the only believer where there is no truth; with
    /// [`Op::Exists`], whether there is one.
    Leader,
    /// One of the subjects that are about a leader and elections, of the group of that name in place of the main one:
    /// `leader of p1`, `failovers of service`.
    Of(Box<Subject>, String),
    /// A field of a node's view: `node 2 role`, `node 3 log`.
    Field(Who, String),
    /// The highest epoch that any node knows.
    Epoch,
    /// Messages sent, or delivered, so far.
    Messages {
        /// Delivered instead of sent.
        delivered: bool,
        /// Which.
        which: Which,
    },
    /// Elections started so far.
    Elections,
    /// A span of the failovers so far.
    Failover(Phase),
    /// How many failovers ended so far.
    Failovers,
    /// Writes of that outcome so far.
    Writes(Outcome),
    /// Time so far without a believed leader.
    NoLeader,
    /// Time so far with two and more believed leaders.
    TwoLeaders,
    /// The verdict on the property of that name so far. See [`crate::vocabulary::PROPERTIES`] for the names.
    Property(String),
    /// A number inside of a message, once it was sent: `message 3->4#1 id`.
    Message(MessageRef, String),
    /// Whether the node has carried out these rules in this order, other rules in between allowed.
    Order(Who, Vec<u32>),
    /// How many messages are pending.
    Pending,
}

/// Which messages are counted. Duplicates are counted apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Which {
    /// All of them.
    All,
    /// Of a class: `election`, `liveness`, `service`, `data`.
    Class(String),
    /// Of one name, as `AppendEntries`.
    Named(String),
}

/// Which part of a failover is meant. Of several failovers the last one that ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// From the moment when nobody serves any more until somebody serves again.
    Whole,
    /// From the loss until somebody suspects it. Not there where nobody does.
    Detection,
    /// From the suspicion until somebody serves again. Not there where nobody suspects anything.
    Election,
}

/// What became of writes to the protected resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Accepted.
    Accepted,
    /// Rejected by the fence.
    Rejected,
    /// Accepted from a believer whose belief is older than that of the last accepted writer.
    Conflicting,
    /// Of clients, acknowledged.
    Acknowledged,
    /// Acknowledged to a client and later gone.
    Lost,
}

/// How a subject is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in a..b`, both ends included
    In,
    /// No comparison: the subject is there, or holds.
    Exists,
}

/// What a subject is compared with.
#[derive(Clone, PartialEq, Debug)]
pub enum Operand {
    /// Nothing, with [`Op::Exists`]. With [`Op::Eq`] the condition is that the subject is not there or does not
    /// hold, with [`Op::Ne`] that it is: `leader = none`, and every `break` on a property, which stops where
    /// the property is violated.
    None,
    /// A number.
    Number(u64),
    /// `in 14..23`
    Numbers(u64, u64),
    /// A length of time.
    Span(Span),
    /// `in 3.4s..5.7s`
    Spans(Span, Span),
    /// Words, compared with the text of a field: `log = 1 1 2`. With a property: the name of a verdict.
    Text(String),
}

/// When a condition is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// After all events of the instant.
    At(SimTime),
    /// At some instant up to and including this one.
    By(SimTime),
    /// At every state of the run.
    Always,
    /// At some state of the run.
    Eventually,
    /// At no state of the run.
    Never,
    /// After the last event of the run.
    End,
}

/// `expect …`
#[derive(Clone, PartialEq, Debug)]
pub struct Expect {
    /// What.
    pub condition: Condition,
    /// When.
    pub when: When,
    /// Over which seeds; one run decides where there is nothing.
    pub seeds: Option<Seeds>,
    /// The line of the text, from 0.
    pub line: u32,
}

/// What is asked of many runs that differ by their seeds only: the scenario's seed and those after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seeds {
    /// `p99 failover < 2s over 1000 seeds`: a quantile of what the runs measure.
    Quantile {
        /// In thousandths: 500 is the median, 1000 the largest.
        permille: u32,
        /// How many seeds.
        count: u32,
    },
    /// `… in 70%..80% of 1000 seeds`: the share of runs in which the condition is met.
    Share {
        /// The least share, in millionths.
        lo_ppm: u32,
        /// The largest share, in millionths.
        hi_ppm: u32,
        /// How many seeds.
        count: u32,
    },
}

/// `break …`
#[derive(Clone, PartialEq, Debug)]
pub struct Break {
    /// The playhead stops when this becomes true.
    pub condition: Condition,
    /// The line of the text, from 0.
    pub line: u32,
}
