//! Traces: fixed-size records of events, queries on the world at each of them, and their text.
//!
//! The simulator passes every record to a [`Watch`] when the event happens. The trace buffer, the trace digest, the
//! checker and the statistics are all watches: everything they know comes from records and from the [`Glance`] that
//! comes with each. A record holds only numbers; text is made on demand.

pub mod truth;

use core::fmt::Write as _;
use std::collections::VecDeque;

use election_base::{Digest, NodeId, SimTime, Span};
use election_protocol::{
    Belief, Check, Class, GroupId, Info, MESSAGE_KINDS_MAX, MsgRecord, Receipt, Recovery, Role, Seats,
    Situation, Unit,
};

/// A node by its position in a lane: members by ascending id, then services, then the store.
pub type Place = u8;

/// Not a place.
pub const NOWHERE: Place = 255;

/// What a record is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Kind {
    /// `node` started its process; `sub` is 1 for a restart.
    Start,
    /// All nodes have started: the run begins.
    Begin,
    /// `node` sent a message to `peer`; `sub` is 1 if the message was forged in its name.
    Send,
    /// A message in flight was duplicated.
    Copy,
    /// A message from `node` reached `peer` and waits there; `sub` is a [`Waits`].
    Wait,
    /// `peer` received a message from `node`.
    Deliver,
    /// A message from `node` to `peer` was lost; `sub` is a [`Loss`].
    Lose,
    /// A timer of `node` fired; `sub` is its index.
    Fire,
    /// `node` received a command; `sub` is 1 if it is up to execute it.
    Input,
    /// The belief of `node` changed. `sub` bit 0: it leads; `msg` is its [`Role`]; `peer` is the node it considers the
    /// leader; `args` are epoch low, epoch high, token low, token high, and the number of the group.
    Belief,
    /// `node` marked a stage of an election; `sub` is a [`election_protocol::Mark`], `args[4]` the number of the group.
    Mark,
    /// An action of the scenario; `args[0]` is its position among the acts, `sub` an [`Acted`], `msg` an [`ActClass`]. If it
    /// delays a timer, `args[1]` and `args[2]` say in how many microseconds that fires, the low half first.
    Act,
    /// `node` crashed; `sub` is 1 if the algorithm itself switched its power off.
    Crash,
    /// `node` paused.
    Pause,
    /// `node` resumed.
    Resume,
    /// The links changed: cut, joined, partitioned, healed, slowed.
    Links,
    /// The clock of `node` changed its rate, or was set, if `sub` is 1.
    Clock,
    /// A write of `node` reached the store; `sub` is 1 if it was accepted; `args` are token low, token high, the number
    /// of the belief, and the number of the write.
    Stored,
    /// `node` acknowledged a client's write; `args` are write, index, epoch low, epoch high.
    Acknowledge,
    /// `node` wrote to its disk; `args` are the numbers named by [`Info::disk`].
    Persist,
    /// `node` appended to its log; `args` are first index, last index, and their epoch.
    Append,
    /// `node` truncated its log; `args[0]` is the index of the last remaining entry.
    Truncate,
    /// `node` learned that entries are committed; `args[0]` is the index of the last one.
    Commit,
    /// A setting changed, at `node` or in the whole lane.
    Set,
    /// The run cannot continue; `sub` is a [`BreakOff`].
    Stuck,
    /// `node` is involved in switching off the power of `peer`, or its own; `sub` is a [`Power`].
    Power,
}

/// A stage of switching a node's power off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Power {
    /// A process requested it; `args` are the time it takes, low and high.
    Ordered,
    /// The power went off.
    Off,
    /// The power was already off.
    WasOff,
    /// The requesting process knows that the power is off.
    Confirmed,
    /// The requesting process cancelled it.
    CalledOff,
}

/// Why a message waits at its receiver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Waits {
    /// The receiver is paused.
    Paused,
    /// The receiver is busy with another message.
    Busy,
    /// The receiver has not started yet.
    NotStarted,
}

/// Why a run breaks off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BreakOff {
    /// `deliver all` did not finish.
    DeliverAll,
    /// Too many events at one instant.
    Instant,
    /// Too many messages in flight.
    Pending,
    /// Too many events.
    Events,
}

impl BreakOff {
    /// The reason of a [`Kind::Stuck`] record in words.
    pub fn text(sub: u8) -> &'static str {
        [
            "`deliver all` did not finish within 100,000 messages",
            "a million events happened at one instant without time advancing",
            "more than 65,536 messages were in flight",
            "the run reached 40,000,000 events",
        ][usize::from(sub)]
    }
}

/// Why a message was lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Loss {
    /// By chance.
    Chance,
    /// The link was cut when the message was sent.
    CutAtSending,
    /// The link was cut when the message arrived.
    CutAtDelivery,
    /// The receiver was down.
    Down,
    /// The receiver had restarted since the message was sent.
    Restarted,
    /// The scenario dropped it.
    Dropped,
    /// Too many messages waited at the receiver.
    Full,
}

impl Loss {
    const TEXT: [&str; 7] = [
        "lost by chance",
        "link cut",
        "link cut",
        "receiver down",
        "receiver restarted",
        "dropped",
        "receiver's inbox full",
    ];

    /// The reason in words.
    pub fn text(sub: u8) -> &'static str {
        Loss::TEXT[usize::from(sub)]
    }
}

/// The outcome of an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Acted {
    /// It took effect.
    Done,
    /// It matched no node, such as `leader` when no node leads.
    NoMatch,
    /// Nothing changed: the node was already down, up or paused, or does not support the command.
    Nothing,
    /// The lane's algorithm does not support the action.
    NotApplicable,
    /// No such message is pending.
    NoSuchMessage,
    /// No such timer is pending.
    NoSuchTimer,
}

impl Acted {
    /// Why an action had no effect, in words; empty if it had one.
    pub fn text(sub: u8) -> &'static str {
        [
            "",
            "no node matches",
            "nothing changes",
            "not applicable",
            "no such message is pending",
            "no such timer is pending",
        ][usize::from(sub)]
    }
}

/// How an act affects assumptions, if no other record shows it; in [`Record::msg`] of [`Kind::Act`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ActClass {
    /// Other records show all its effects.
    Plain,
    /// It changes the delivery times of messages.
    MovesMessages,
    /// A node ends its session permanently.
    Leaves,
    /// The service ends a session as if its owner had been silent for too long.
    Expires,
    /// A timer fires early, or late.
    Fires,
    /// A node acts as if its failure detector had fired.
    Suspects,
    /// It forges a message.
    Forges,
}

/// One thing that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record {
    /// The time.
    pub at: SimTime,
    /// The rules of the algorithm that ran: bit `n` for rule `n`. Only in [`Kind::Fire`], [`Kind::Deliver`],
    /// [`Kind::Input`] and [`Kind::Start`].
    pub rules: u64,
    /// The event it belongs to: events of a lane are numbered from 1; 0 is the start.
    pub step: u32,
    /// For messages: the sequence number on the link, from 1.
    pub nth: u32,
    /// Arguments; for messages, those of the [`MsgRecord`].
    pub args: [u32; 5],
    /// What the record is about.
    pub kind: Kind,
    /// See [`Kind`].
    pub sub: u8,
    /// See [`Kind`].
    pub node: Place,
    /// See [`Kind`].
    pub peer: Place,
    /// For messages: the position in [`Info::messages`]; [`WRITE`] for a write to the store.
    pub msg: u8,
    /// For messages: 1, or the number of the copy.
    pub copy: u8,
}

/// In [`Record::msg`]: a write in flight to the store, rather than a message of the algorithm.
pub const WRITE: u8 = 255;

impl Record {
    /// A record with only time, kind and node.
    #[inline]
    pub fn new(at: SimTime, step: u32, kind: Kind, node: Place) -> Record {
        Record {
            at,
            rules: 0,
            step,
            nth: 0,
            args: [0; 5],
            kind,
            sub: 0,
            node,
            peer: NOWHERE,
            msg: 0,
            copy: 0,
        }
    }

    /// Two arguments as one number.
    pub fn wide(&self, i: usize) -> u64 {
        u64::from(self.args[i]) | u64::from(self.args[i + 1]) << 32
    }

    /// The group that a [`Kind::Belief`] or [`Kind::Mark`] record refers to.
    #[inline]
    pub fn group(&self) -> GroupId {
        GroupId(self.args[4] as u8)
    }

    /// The belief in a [`Kind::Belief`] record; `ids` are the ids of the places.
    pub fn belief(&self, ids: &[NodeId]) -> Belief {
        Belief {
            role: [Role::Follower, Role::Candidate, Role::Leader, Role::Idle, Role::Service]
                [usize::from(self.msg)],
            leads: self.sub & 1 == 1,
            leader: ids.get(usize::from(self.peer)).copied().unwrap_or(NodeId::NONE),
            epoch: self.wide(0),
            token: self.wide(2),
        }
    }

    /// Adds the record to a trace digest. Rules are excluded, so that reworking an algorithm's list of rules breaks no
    /// links.
    #[inline(always)]
    pub fn digest(&self, digest: &mut Digest) {
        let head = u64::from(self.kind as u8)
            | u64::from(self.sub) << 8
            | u64::from(self.node) << 16
            | u64::from(self.peer) << 24
            | u64::from(self.msg) << 32
            | u64::from(self.copy) << 40;
        let head = head.wrapping_mul(0xa076_1d64_78bd_642f).rotate_left(17);
        let at = self.at.0.wrapping_mul(0xd6e8_feb8_6659_fd93);
        if matches!(self.kind, Kind::Deliver | Kind::Wait) {
            // The link and the sequence number identify the message, whose content was digested when it was sent.
            digest.word(at ^ head ^ u64::from(self.nth).rotate_left(40));
            return;
        }
        let a = u64::from(self.args[0]) | u64::from(self.args[1]) << 32;
        let b = u64::from(self.args[2]) | u64::from(self.args[3]) << 32;
        let c = u64::from(self.args[4]) | u64::from(self.nth) << 32;
        // One multiplication per word, all independent; the chain advances once per record.
        digest.word(
            at ^ head
                ^ a.wrapping_mul(0xe703_7ed1_a0b4_28db).rotate_left(31)
                ^ b.wrapping_mul(0x8ebc_6af0_9c88_c6e3).rotate_left(43)
                ^ c.wrapping_mul(0x5899_65cc_7537_4cc3).rotate_left(7),
        );
    }
}

/// What a watch may query about the world when it receives a record: what an outside observer could see.
pub trait Glance {
    /// The number of members of the lane. They are at places `0..members`.
    fn members(&self) -> usize;
    /// The number of nodes of its coordination service, which are at the places after the members.
    fn services(&self) -> usize;
    /// The id of a place.
    fn id(&self, place: Place) -> NodeId;
    /// The node's latest belief. For a crashed node, its belief when it crashed, without `leads`.
    fn belief(&self, place: Place) -> Belief;
    /// The number of the node's current leadership, counted across the lane; 0 if it does not lead.
    fn belief_number(&self, place: Place) -> u32;
    /// Whether the process runs or is paused (as opposed to crashed).
    fn up(&self, place: Place) -> bool;
    /// Whether the process is paused.
    fn paused(&self, place: Place) -> bool;
    /// Whether the process has yet to start for the first time.
    fn waits_to_start(&self, place: Place) -> bool;
    /// Whether the member counts in quorums and can lead.
    fn votes(&self, place: Place) -> bool;
    /// How new the log on its disk is: the larger the pair, the newer the log.
    fn newness(&self, place: Place) -> (u64, u64);
    /// How long a message that arrives now waits until the node processes it.
    fn lag(&self, place: Place) -> Span;
    /// Whether the protected resource checks tokens now.
    fn fencing(&self) -> bool;
    /// Whether all nodes have the same settings.
    fn uniform(&self) -> bool;
    /// The longest one-way delay that the timeouts of all nodes tolerate, if there is a limit.
    fn delay_bound(&self) -> Option<Span>;
    /// How long a recovery takes from a situation, or the setting that gives recovery up.
    fn recovery(&self, situation: &Situation) -> Result<Recovery, String>;
    /// Whether messages get through from one place to the other.
    fn reaches(&self, from: Place, to: Place) -> bool;
    /// Whether no link between nodes is cut.
    fn connected(&self) -> bool;
    /// Whether the network currently loses messages by chance.
    fn lossy(&self) -> bool;
    /// The longest delay that the network currently gives a message.
    fn delay_max(&self) -> Span;
    /// Whether any clock currently runs fast or slow.
    fn drifting(&self) -> bool;
    /// Whether any node currently takes time to process messages.
    fn slow(&self) -> bool;
    /// Whether the node's log contains the entry in the receipt; true if there is no log.
    fn holds(&self, place: Place, receipt: Receipt) -> bool;
    /// The description of the algorithm.
    fn info(&self) -> &'static Info;
    /// The node's latest belief about a group; like [`Glance::belief`], which is about the main group.
    fn belief_of(&self, group: GroupId, place: Place) -> Belief;
    /// The number of the node's current leadership of a group, counted across the group in this lane; 0 if it does not
    /// lead it.
    fn belief_number_of(&self, group: GroupId, place: Place) -> u32;
    /// Who voted for a candidate, itself included, or for a leader when it was elected; `None` if the node counts no votes.
    fn ballot(&self, place: Place) -> Option<Vec<NodeId>>;
    /// How many events have happened.
    fn step(&self) -> u32;
    /// When the last of the messages arrives that are in flight for longer than `bound`, because the network was slower
    /// when they were sent or an act delayed them. Messages behind them on their links may have to wait for them.
    fn late_until(&self, bound: Span) -> SimTime;

    /// The place of the leader in truth of the main group; see [`truth::leader`].
    fn leader_in_truth(&self) -> Option<Place> {
        truth::leader(self, GroupId::MAIN)
    }

    /// Whether the member runs and reaches, in both directions, a quorum of running voters, including itself.
    fn reaches_quorum(&self, p: Place) -> bool {
        truth::reaches_quorum(self, GroupId::MAIN, p)
    }

    /// The leader in truth, or if there is none, the newest believer.
    fn leader(&self) -> Option<Place> {
        truth::leader_or_believer(self, GroupId::MAIN)
    }
}

/// How many messages a lane has sent and received so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Traffic {
    /// Messages sent, by kind, not counting copies.
    pub sent: [u64; MESSAGE_KINDS_MAX],
    /// Messages that reached a running process, by kind, counting copies.
    pub delivered: [u64; MESSAGE_KINDS_MAX],
    /// Writes sent to the store.
    pub writes: u64,
}

impl Default for Traffic {
    fn default() -> Traffic {
        Traffic { sent: [0; MESSAGE_KINDS_MAX], delivered: [0; MESSAGE_KINDS_MAX], writes: 0 }
    }
}

impl Traffic {
    /// Counts a message that is sent or received.
    #[inline(always)]
    pub fn count(&mut self, kind: Kind, msg: u8) {
        match kind {
            Kind::Send if msg == WRITE => self.writes += 1,
            Kind::Send => self.sent[usize::from(msg)] += 1,
            Kind::Deliver if msg != WRITE => self.delivered[usize::from(msg)] += 1,
            _ => {}
        }
    }

    /// The messages of a class in [`Traffic::sent`] or [`Traffic::delivered`]; all of them for `None`.
    pub fn of_class(info: &Info, counts: &[u64; MESSAGE_KINDS_MAX], class: Option<Class>) -> u64 {
        let kinds = info.messages.iter().zip(counts);
        kinds.filter(|(m, _)| class.is_none_or(|c| m.class == c)).map(|(_, n)| n).sum()
    }
}

/// An observer of a lane.
pub trait Watch {
    /// Whether it ignores all records, so that none need to be made.
    const BLIND: bool = false;

    /// Whether, in the next event, it also wants the records of messages sent and received and of timers that fire.
    /// They are most of the records, and the simulator counts and digests them by itself.
    #[inline]
    fn wants_messages(&self) -> bool {
        true
    }

    /// Receives a record, with the world as it is just after.
    fn on(&mut self, record: &Record, world: &dyn Glance);
    /// Called after all records of an event; `now` is its time.
    #[inline]
    fn event_ended(&mut self, _now: SimTime, _world: &dyn Glance) {}
}

/// No observer.
impl Watch for () {
    const BLIND: bool = true;

    #[inline]
    fn on(&mut self, _record: &Record, _world: &dyn Glance) {}
}

/// A bounded number of records of a run: the newest ones, or the first ones from an instant on.
#[derive(Clone, Debug)]
pub struct TraceBuf {
    records: VecDeque<Record>,
    limit: usize,
    /// `None` to keep the newest; otherwise, the first ones from then on.
    from: Option<SimTime>,
    dropped: u64,
}

impl TraceBuf {
    /// An empty buffer for the newest records, at most `limit`.
    pub fn new(limit: usize) -> TraceBuf {
        TraceBuf { records: VecDeque::new(), limit, from: None, dropped: 0 }
    }

    /// An empty buffer for the first `limit` records from `from` on.
    pub fn from(from: SimTime, limit: usize) -> TraceBuf {
        TraceBuf { from: Some(from), ..TraceBuf::new(limit) }
    }

    /// Adds a record. If the buffer is full, it drops the oldest record or this one.
    #[inline]
    pub fn push(&mut self, record: &Record) {
        if let Some(from) = self.from {
            if record.at < from || self.is_full() {
                return;
            }
        } else if self.is_full() {
            self.records.pop_front();
            self.dropped += 1;
        }
        self.records.push_back(*record);
    }

    /// Whether there is no room for more.
    pub fn is_full(&self) -> bool {
        self.limit <= self.records.len()
    }

    /// The records, oldest first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> + ExactSizeIterator + Clone {
        self.records.iter()
    }

    /// The records, oldest first.
    pub fn into_records(self) -> Vec<Record> {
        self.records.into()
    }

    /// How many older records were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Removes all records.
    pub fn clear(&mut self) {
        self.records.clear();
        self.dropped = 0;
    }
}

/// Names for the numbers of a lane's records.
#[derive(Clone, Debug)]
pub struct Names {
    /// The algorithm.
    pub info: &'static Info,
    /// The names of its timers, by index, including the simulator's own.
    pub timers: Vec<&'static str>,
    /// The id of each place.
    pub ids: Vec<NodeId>,
    /// The label of each place: the name that the scenario gives it, or else its id.
    pub labels: Vec<String>,
    /// Each act as written in the scenario, for [`Kind::Act`].
    pub acts: Vec<String>,
}

impl Names {
    /// The label of a place.
    pub fn node(&self, place: Place) -> String {
        self.labels.get(usize::from(place)).map_or_else(|| "none".to_string(), String::clone)
    }

    /// The label of the place with this id.
    pub fn label(&self, id: NodeId) -> String {
        let place = self.ids.iter().position(|it| *it == id);
        place.map_or_else(|| id.to_string(), |place| self.labels[place].clone())
    }

    /// A message with its arguments: `RequestVote term=2 lastIndex=3`.
    pub fn message(&self, msg: u8, args: &[u32]) -> String {
        if msg == WRITE {
            let token = u64::from(args[0]) | u64::from(args[1]) << 32;
            return if token == 0 { "write, no token".into() } else { format!("write token={token}") };
        }
        let info = &self.info.messages[usize::from(msg)];
        let mut text = info.name.to_string();
        for (name, value) in info.args.iter().zip(args) {
            let _ = write!(text, " {name}={value}");
        }
        text
    }

    /// Like [`Names::message`], for a record of a message.
    pub fn message_record(&self, record: &MsgRecord) -> String {
        self.message(record.kind, &record.args)
    }

    /// A comparison with its values: `votes 3 ≥ quorum 3`.
    pub fn check(&self, check: &Check) -> String {
        let side = |name: &str, value: u64| {
            let value = match check.unit {
                Unit::Number => value.to_string(),
                Unit::Node => self.label(NodeId(value as u32)),
                Unit::Span => Span(value).to_string(),
                Unit::Flag => if value == 1 { "yes" } else { "no" }.to_string(),
            };
            if name.is_empty() { value } else { format!("{name} {value}") }
        };
        let left = side(check.left, check.a);
        // That something is so needs no second side.
        if check.unit == Unit::Flag && check.right.is_empty() {
            return left;
        }
        format!("{left} {} {}", check.op.sign(), side(check.right, check.b))
    }

    /// The name of a message: `3->4#17`, or `3->4#17.2` for a copy.
    pub fn message_ref(&self, from: Place, to: Place, nth: u32, copy: u8) -> String {
        let copy = if copy > 1 { format!(".{copy}") } else { String::new() };
        format!("{}->{}#{nth}{copy}", self.node(from), self.node(to))
    }

    fn belief_text(&self, r: &Record) -> String {
        let (node, b) = (self.node(r.node), r.belief(&self.ids));
        let group = truth::named(self.info, r.group());
        let word = group.map_or(self.info.epoch, |it| it.epoch);
        let epoch = if b.epoch > 0 { format!(" {word} {}", b.epoch) } else { String::new() };
        let kind = if b.role == Role::Service { "record" } else { "token" };
        let token = b.token > 0 && b.token != b.epoch;
        let token = if token { format!(" {kind} {}", b.token) } else { String::new() };
        let leader = match (b.role, b.leads, b.leader.some()) {
            (_, true, _) => " leads".to_string(),
            (Role::Service, _, Some(id)) => format!(" names {}", self.label(id)),
            (Role::Service, _, None) => " names no leader".to_string(),
            (_, _, Some(id)) => format!(" follows {}", self.label(id)),
            (..) => " knows no leader".to_string(),
        };
        let role = if b.role == Role::Service { "service".into() } else { format!("is {}", b.role.name()) };
        let group = group.map_or_else(String::new, |it| format!(" in {}:", it.name));
        format!("{node}{group} {role}{leader}{epoch}{token}")
    }

    /// A stage of a power-off, in words.
    fn power_text(&self, r: &Record) -> String {
        let (by, target) = (self.node(r.node), self.node(r.peer));
        let watchdog = r.node == r.peer;
        match r.sub {
            sub if sub == Power::Ordered as u8 && watchdog => {
                format!("{by} starts its watchdog, which fires in {}", Span(r.wide(0)))
            }
            sub if sub == Power::Ordered as u8 => {
                format!("{by} orders power-off of {target}, in {}", Span(r.wide(0)))
            }
            sub if sub == Power::Off as u8 && watchdog => format!("{by} is powered off by its watchdog"),
            sub if sub == Power::Off as u8 => format!("{target} is powered off, as {by} ordered"),
            sub if sub == Power::WasOff as u8 => format!("{target} is already off"),
            sub if sub == Power::Confirmed as u8 => format!("{by} knows that {target} is off"),
            _ if watchdog => format!("{by} stops its watchdog"),
            _ => format!("{by} cancels power-off of {target}"),
        }
    }

    /// A record as one line, without its time.
    pub fn text(&self, r: &Record) -> String {
        let node = self.node(r.node);
        let link = || self.message_ref(r.node, r.peer, r.nth, r.copy);
        let msg = || self.message(r.msg, &r.args);
        let mut text = match r.kind {
            Kind::Start if r.sub == 1 => format!("{node} restarts"),
            Kind::Start => format!("{node} starts"),
            Kind::Begin => "the run begins".to_string(),
            Kind::Send if r.sub == 1 => format!("{} forged {}", link(), msg()),
            Kind::Send => format!("{} sent {}", link(), msg()),
            Kind::Wait => {
                let why = ["is paused", "is busy", "has not started"][usize::from(r.sub)];
                format!("{} waits, {} {why}", link(), self.node(r.peer))
            }
            Kind::Copy => format!("{} duplicated {}", link(), msg()),
            Kind::Deliver => format!("{} arrives {}", link(), msg()),
            Kind::Lose => format!("{} lost: {} {}", link(), Loss::text(r.sub), msg()),
            Kind::Fire => format!("{node} timer {}", self.timers[usize::from(r.sub)]),
            Kind::Input => format!("{node} receives a command"),
            Kind::Belief => self.belief_text(r),
            Kind::Mark => {
                let service = self.ids.get(usize::from(r.node)).is_some_and(|id| id.is_service());
                let group = truth::named(self.info, r.group());
                // The service knows of the leaders whom its record names, and has one of its own.
                let of_record = group.is_none_or(|it| it.seats == Seats::Members);
                let suspects = if service && of_record { "drops the leader" } else { "suspects the leader" };
                let said = [suspects, "starts an election", "won the election", "stepped down"];
                let said = said[usize::from(r.sub)];
                group.map_or_else(|| format!("{node} {said}"), |it| format!("{node} in {}: {said}", it.name))
            }
            Kind::Act => {
                let why = Acted::text(r.sub);
                let outcome = if why.is_empty() { String::new() } else { format!(" ({why})") };
                format!("act {}{outcome}", self.acts[r.args[0] as usize])
            }
            Kind::Crash => format!("{node} crashes"),
            Kind::Pause => format!("{node} pauses"),
            Kind::Resume => format!("{node} resumes"),
            Kind::Links => "links change".to_string(),
            Kind::Clock => format!("{node} clock changes"),
            Kind::Stored => {
                let verdict = if r.sub == 1 { "accepts" } else { "rejects" };
                let token = r.wide(0);
                let token = if token == 0 { "no token".to_string() } else { format!("token {token}") };
                format!("store {verdict} write of {node}, {token}")
            }
            Kind::Acknowledge => format!("{node} acknowledges write {} at index {}", r.args[0], r.args[1]),
            Kind::Persist => {
                let mut text = format!("{node} writes to disk");
                for (name, value) in self.info.disk.iter().zip(&r.args) {
                    let _ = write!(text, " {name}={value}");
                }
                text
            }
            Kind::Append if r.args[0] == r.args[1] => {
                format!("{node} appends {} of {} {}", r.args[0], self.info.epoch, r.args[2])
            }
            Kind::Append => {
                format!("{node} appends {} to {} of {} {}", r.args[0], r.args[1], self.info.epoch, r.args[2])
            }
            Kind::Truncate => format!("{node} truncates its log after {}", r.args[0]),
            Kind::Commit => format!("{node} commits {}", r.args[0]),
            Kind::Set if r.node == NOWHERE => "settings change".to_string(),
            Kind::Set => format!("{node} settings change"),
            Kind::Power => self.power_text(r),
            Kind::Stuck => format!("the run breaks off: {}", BreakOff::text(r.sub)),
        };
        if r.rules != 0 {
            text.push_str(" [");
            for n in (1..64).filter(|n| r.rules & 1 << n != 0) {
                let _ = write!(text, "{}R{n}", if text.ends_with('[') { "" } else { " " });
            }
            text.push(']');
        }
        text
    }
}
