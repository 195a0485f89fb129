//! The meaning of a scenario, independent of how it is written. It is a pure function of the text, and the simulator's
//! only input.

use crate::vocabulary::{CommandWord, Value};
use election_base::{Delay, NodeId, SimTime, Span, SpanRange};

/// A set of lanes: bit `i` stands for the `i`-th lane of the scenario.
pub type LaneSet = u8;

/// A whole scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// `title …`; empty by default.
    pub title: String,
    /// `seed N`.
    pub seed: u64,
    /// `nodes …`: the ids in ring order. 1 to 128 distinct ids.
    pub nodes: Vec<NodeId>,
    /// The display names given by `nodes 1=A 2=B`, in text order; empty if there are none.
    pub names: Vec<(NodeId, String)>,
    /// `lanes …` and `lane … = …`: 1 to 8 of them, in text order.
    pub lanes: Vec<Lane>,
    /// The network, unless an action changes it.
    pub network: Network,
    /// `timers manual`: no timer fires by itself.
    pub timers_manual: bool,
    /// `phases drawn`: each process starts, and each clock ticks, at its own moment. `timers manual` implies
    /// `phases lockstep`.
    pub phases_drawn: bool,
    /// `incarnations off`: a message reaches its receiver even if the receiver has restarted since it was
    /// sent.
    pub incarnations: bool,
    /// The protected resource.
    pub store: Store,
    /// `init …`, in text order.
    pub init: Vec<Init>,
    /// `at …`, in the order in which they happen: by time, then by `after`, then in text order.
    pub acts: Vec<Act>,
    /// `at … say …`, by time and then in text order.
    pub says: Vec<Say>,
    /// `at … ask …` with the answers, by time. Each is answered before the next is asked.
    pub asks: Vec<Ask>,
    /// `until T`: the end of the run. The default is long enough for every time in the text.
    pub until: SimTime,
    /// `break …`.
    pub breaks: Vec<Break>,
    /// `expect …`.
    pub expects: Vec<Expect>,
    /// Parts of the text that have no effect. The scenario runs all the same.
    pub warnings: Vec<Warning>,
}

/// Part of a text that has no effect, or a different effect than it seems to have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// The line of the text, from 0.
    pub line: u32,
    /// The warning, in a sentence or two.
    pub text: String,
}

/// One lane: an algorithm with its settings.
#[derive(Clone, PartialEq, Debug)]
pub struct Lane {
    /// Unique among the lanes; the algorithm's id unless `lane NAME = …` gives another.
    pub name: String,
    /// The algorithm's position in the list of [`crate::vocabulary::Words`] used to read the text.
    pub algorithm: usize,
    /// The value of every setting of the algorithm, in the order of its `settings`.
    pub settings: Vec<Value>,
    /// For each of `settings`, whether the text sets it.
    pub given: Vec<bool>,
    /// The settings of single nodes (`set … for NODES`), in increasing precedence: the last one wins.
    pub by_node: Vec<NodeSetting>,
    /// The store's settings in this lane (`fencing off` after `lane … =`).
    pub store: Store,
}

/// A setting for single nodes of a lane.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeSetting {
    /// The nodes.
    pub nodes: Vec<NodeId>,
    /// The setting's position in the algorithm's list.
    pub setting: usize,
    /// Its value for these nodes.
    pub value: Value,
    /// The line of the text, from 0.
    pub line: u32,
}

/// The network, unless an action changes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    /// `latency …`: one-way delay of a message.
    pub latency: Delay,
    /// `loss …`: messages lost, in millionths.
    pub loss_ppm: u32,
    /// `duplicate …`: messages delivered twice, in millionths.
    pub duplicate_ppm: u32,
    /// `order any`: messages on a link may overtake each other. Otherwise a link is FIFO.
    pub reorder: bool,
}

/// The protected resource of a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Store {
    /// `set store.fencing on|off`: whether tokens below the highest seen are rejected.
    pub fencing: bool,
    /// `set store.interval …`: how often a believer writes; 0 for never.
    pub interval: Span,
    /// `set store.latency …`: one-way delay to the store; the network's delay by default.
    pub latency: Option<SpanRange>,
}

/// `init LANES WHO WORD numbers …`: state before the first event.
#[derive(Clone, PartialEq, Debug)]
pub struct Init {
    /// The lanes it applies to.
    pub lanes: LaneSet,
    /// The node it applies to; `None` for the whole group, as in `init raft leader 1 term 1`.
    pub node: Option<NodeId>,
    /// Words with their numbers, in text order.
    pub words: Vec<(String, Vec<u64>)>,
    /// The line of the text, from 0.
    pub line: u32,
}

/// One action at its instant.
#[derive(Clone, PartialEq, Debug)]
pub struct Act {
    /// When.
    pub at: SimTime,
    /// `at T+k`: after `k` events at that instant in the lane; 0 is before all of them.
    pub after: u32,
    /// The lanes it applies to: all, unless names of lanes or algorithms and a colon precede the action.
    pub lanes: LaneSet,
    /// Those of `lanes` whose algorithm supports the action; the others show "not applicable".
    pub applicable: LaneSet,
    /// The action.
    pub action: Action,
    /// The line of the text, from 0.
    pub line: u32,
}

/// A sentence of the story.
#[derive(Clone, PartialEq, Debug)]
pub struct Say {
    /// When it is told: after all events of the instant.
    pub at: SimTime,
    /// The lanes it is about.
    pub lanes: LaneSet,
    /// The sentence, without its quotation marks.
    pub text: String,
    /// It is told only in the lanes where this holds at its time.
    pub condition: Option<Condition>,
    /// The line of the text, from 0.
    pub line: u32,
}

/// A question of the story, and its answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    /// When it is asked.
    pub at: SimTime,
    /// The lanes it is about.
    pub lanes: LaneSet,
    /// The question.
    pub text: String,
    /// The line of the text, from 0.
    pub line: u32,
    /// The answer.
    pub answer: Answer,
}

/// `at TIME answer …`: computed from the run, never given.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// When the conditions are checked and the answer is told.
    pub at: SimTime,
    /// The choices, in text order: in each lane, the first one whose condition holds is right. A question about lanes
    /// has a single choice without a text, which is right or not.
    pub choices: Vec<Choice>,
    /// The closing sentence.
    pub because: Option<String>,
    /// The line of the text, from 0.
    pub line: u32,
}

/// One of the possible answers to a question.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    /// What the reader chooses; empty if it chooses lanes.
    pub text: String,
    /// When it is right, unless an earlier one is. `None` for a last choice: when no other is.
    pub condition: Option<Condition>,
    /// The lanes where it is right according to the text: `in raft`. A run that says otherwise fails this expectation.
    pub declared: Option<LaneSet>,
}

impl Answer {
    /// Whether the reader picks lanes instead of choosing something for each lane.
    pub fn of_lanes(&self) -> bool {
        matches!(&self.choices[..], [one] if one.text.is_empty())
    }
}

/// The nodes that an action names, resolved in each lane when the action happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// A member, a service node, or (for links) the store.
    Node(NodeId),
    /// The leader in truth; if there is none, the newest believer; otherwise no node.
    Leader,
    /// The follower with the lowest id.
    Follower,
    /// The candidate with the lowest id.
    Candidate,
    /// Every member.
    All,
    /// The quorum of the lowest ids that includes the leader.
    Majority,
    /// The leader in truth of the named group; if there is none, its newest believer.
    LeaderOf(String),
    /// The members that are not in [`Who::Majority`].
    Minority,
    /// Several of these, as in `crash 1 2 leader`.
    Several(Vec<Who>),
}

/// A pending message: `3->4#17`, or `3->4#17.2` for a copy made by duplication.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageRef {
    /// The sender.
    pub from: NodeId,
    /// The receiver.
    pub to: NodeId,
    /// The message's sequence number on its link in the lane, from 1.
    pub nth: u32,
    /// 1 for the message, 2 and up for its copies.
    pub copy: u8,
}

/// The links that a change to the network affects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Links {
    /// Every link between members and services, but not those to the store.
    All,
    /// From each node of `from` to each node of `to`, and back if `both`.
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
    /// The process stops, for this long or until `resume`; its clock keeps running.
    Pause(Who, Option<Span>),
    /// A paused process continues.
    Resume(Who),
    /// Every link between this node and other nodes is cut, both ways; its link to the store stays.
    Isolate(Who),
    /// Only nodes on the same side reach each other. Nodes not listed join the largest listed side.
    Partition(Vec<Vec<Who>>),
    /// Every cut and every partition ends.
    Heal,
    /// The links are cut.
    Cut(Links),
    /// The links are joined again.
    Join(Links),
    /// The links have this delay from now on.
    Latency(Links, Delay),
    /// The links lose this share of messages, in millionths, from now on.
    Loss(Links, u32),
    /// The links deliver this share of messages twice, in millionths, from now on.
    Duplicate(Links, u32),
    /// The clock runs fast (positive) or slow by this many millionths from now on.
    Drift(Who, i32),
    /// The clock is set forward (positive) or back by this many microseconds.
    Skew(Who, i64),
    /// The node takes this long to process each message from now on.
    Slow(Who, Span),
    /// The named timer fires now, if it is pending.
    Fire(Who, String),
    /// The named timer fires this much later, if it is pending.
    DelayTimer(Who, String, Span),
    /// Under `timers manual`: the node's ticker advances by this many ticks, and timers that become due fire.
    Tick(Who, u32),
    /// A command to the algorithm.
    Command {
        /// The command.
        word: &'static CommandWord,
        /// The nodes that receive it; with [`crate::vocabulary::Form::ToService`], the nodes it is about.
        who: Who,
        /// The nodes it is about, if the form has a second operand and the text gives it.
        about: Option<Who>,
    },
    /// A client's write through the node, or by default through the nodes that believe they lead.
    Write(Option<Who>),
    /// The pending message is lost.
    DropMessage(MessageRef),
    /// The pending message arrives now.
    DeliverMessage(MessageRef),
    /// The pending message arrives this much later.
    DelayMessage(MessageRef, Span),
    /// The pending message arrives twice.
    DuplicateMessage(MessageRef),
    /// Every pending message arrives now, and then the messages sent in response, until none is pending.
    DeliverAll,
    /// The node is shot, and this is confirmed: it crashes and stays down until it is restarted.
    Stonith(Who),
    /// A setting changes, in the whole lane or at some nodes.
    Set(SetAct),
    /// From now on, all random numbers come from this seed.
    Reseed(u64),
    /// A forged message travels from one node to the other although the first never sent it.
    Send(Forged),
}

/// `set NAME.SETTING VALUE [for WHO]` as an action.
#[derive(Clone, PartialEq, Debug)]
pub struct SetAct {
    /// The setting's name as written: `raft.heartbeat`.
    pub name: String,
    /// The value as written.
    pub value: String,
    /// The change.
    pub change: Change,
    /// The nodes it applies to; `None` for the whole lane.
    pub who: Option<Who>,
}

/// What a setting changes to.
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
    /// The purported sender.
    pub from: NodeId,
    /// The receiver.
    pub to: NodeId,
    /// The name of the message.
    pub message: String,
    /// Its named fields; all others are 0.
    pub args: Vec<(String, u64)>,
}

/// A condition on a state.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    /// The lanes it applies to.
    pub lanes: LaneSet,
    /// The subject.
    pub subject: Subject,
    /// The comparison.
    pub op: Op,
    /// The value to compare with.
    pub operand: Operand,
}

/// The subject of a condition.
#[derive(Clone, PartialEq, Debug)]
pub enum Subject {
    /// How many nodes believe that they lead.
    Leaders,
    /// The id of the leader in truth, or of the only believer if there is no truth. With [`Op::Exists`],
    /// whether there is one.
    Leader,
    /// A subject about a leader or elections, applied to the named group instead of the main one: `leader of p1`,
    /// `failovers of service`.
    Of(Box<Subject>, String),
    /// A field of a node's view: `node 2 role`, `node 3 log`.
    Field(Who, String),
    /// The highest epoch that any node knows.
    Epoch,
    /// Messages sent, or delivered, so far.
    Messages {
        /// Count deliveries instead of sends.
        delivered: bool,
        /// Which messages to count.
        which: Which,
    },
    /// Elections started so far.
    Elections,
    /// A phase of the failovers so far.
    Failover(Phase),
    /// How many failovers have ended so far.
    Failovers,
    /// Writes so far with that outcome.
    Writes(Outcome),
    /// Time so far without a believed leader.
    NoLeader,
    /// Time so far with two or more believed leaders.
    TwoLeaders,
    /// The verdict so far on the property of that name; [`crate::vocabulary::PROPERTIES`] lists the names.
    Property(String),
    /// A field of a message, once it has been sent: `message 3->4#1 id`.
    Message(MessageRef, String),
    /// Whether the node has applied these rules in this order, possibly with other rules in between.
    Order(Who, Vec<u32>),
    /// How many messages are pending.
    Pending,
}

/// Which messages are counted. Duplicates are counted separately.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Which {
    /// All of them.
    All,
    /// Of a class: `election`, `liveness`, `service`, `data`.
    Class(String),
    /// Of one name, such as `AppendEntries`.
    Named(String),
}

/// Which part of a failover is meant. If there were several failovers, the last one that ended counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// From the moment when no node serves until some node serves again.
    Whole,
    /// From the loss until some node suspects it. Absent if none does.
    Detection,
    /// From the suspicion until some node serves again. Absent if no node suspects anything.
    Election,
}

/// The outcome of a write to the protected resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Accepted.
    Accepted,
    /// Rejected by the fence.
    Rejected,
    /// Accepted from a believer whose belief is older than that of the last accepted writer.
    Conflicting,
    /// Acknowledged to a client.
    Acknowledged,
    /// Acknowledged to a client and later lost.
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
    /// `in a..b`, both ends included.
    In,
    /// No comparison: the subject exists, or holds.
    Exists,
}

/// The value that a subject is compared with.
#[derive(Clone, PartialEq, Debug)]
pub enum Operand {
    /// Nothing, with [`Op::Exists`]. [`Op::Eq`] means that the subject does not exist or does not hold,
    /// [`Op::Ne`] that it does: `leader = none`, and every `break` on a property, which stops where the
    /// property is violated.
    None,
    /// A number.
    Number(u64),
    /// `in 14..23`
    Numbers(u64, u64),
    /// A length of time.
    Span(Span),
    /// `in 3.4s..5.7s`
    Spans(Span, Span),
    /// Words, compared with the text of a field: `log = 1 1 2`. For a property, the name of a verdict.
    Text(String),
}

/// When a condition is checked.
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
    /// The condition.
    pub condition: Condition,
    /// When it is checked.
    pub when: When,
    /// The seeds it ranges over; `None` for a single run.
    pub seeds: Option<Seeds>,
    /// The line of the text, from 0.
    pub line: u32,
}

/// What is asked of many runs that differ only in their seed: the scenario's seed and the following ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seeds {
    /// `p99 failover < 2s over 1000 seeds`: a quantile of the values that the runs measure.
    Quantile {
        /// In thousandths: 500 is the median, 1000 the maximum.
        permille: u32,
        /// How many seeds.
        count: u32,
    },
    /// `… in 70%..80% of 1000 seeds`: the share of runs that meet the condition.
    Share {
        /// The smallest allowed share, in millionths.
        lo_ppm: u32,
        /// The largest allowed share, in millionths.
        hi_ppm: u32,
        /// How many seeds.
        count: u32,
    },
}

/// `break …`
#[derive(Clone, PartialEq, Debug)]
pub struct Break {
    /// The lanes in which it stops the playhead.
    pub lanes: LaneSet,
    /// What stops it.
    pub on: Halt,
    /// The line of the text, from 0.
    pub line: u32,
}

/// What stops the playhead.
#[derive(Clone, PartialEq, Debug)]
pub enum Halt {
    /// The condition becomes true.
    Condition(Condition),
    /// The moment, once the actions written for it have happened: the first event after them if there are none.
    Moment(SimTime, u32),
}
