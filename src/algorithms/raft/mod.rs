//! Raft: leader election, and log replication as far as elections need it.
//!
//! # Problem
//! A group of servers keeps copies of one log. One of them, the leader, decides what is appended. When it fails, another
//! must take over that has every committed entry, although servers crash and come back, messages are late or lost, and a
//! dead server cannot be told from a slow one.
//!
//! # Model and assumptions
//! Servers fail by stopping and keep `currentTerm`, `votedFor` and the log on disk. Messages may be lost, duplicated,
//! reordered and late. Safety assumes nothing about time; progress needs messages that are much faster than the election
//! timeouts, and a quorum that is up and connected.
//!
//! # Rules
//! Numbered as in [`Raft::INFO`], which the page shows.
//! - 1–3 election timeout, 4–6 terms, 7–12 votes, 13–17 the outcome: §5.1, §5.2, §5.4.1;
//! - 18–27 replication and commitment: §5.3, §5.4.2;
//! - 28–29 clients: §8;
//! - 30–37 CheckQuorum, leases, leadership transfer, stepping down: Ongaro's dissertation §3.10, §4.2.3, §6.2, §9.6, and
//!   etcd's raft, whose choices are followed where implementations differ.
//!
//! # Roles
//! What exists only in a role lives in that role's variant of `state::State`: a leader's progress, a candidate's votes.
//! Functions that change the role are called as in etcd (`become_follower`, `become_leader`) and assert what must hold.
//!
//! # Complexity
//! An uncontested election takes 2(n−1) messages and one round trip; PreVote takes as many again, and the new leader's
//! first AppendEntries n−1. With the old leader dead: n−1 requests, n−2 replies. When idle, a leader exchanges 2(n−1)
//! messages per heartbeat interval. A heartbeat and its reply are handled in constant time and allocate nothing.
//!
//! # Caveats
//! A term has at most one leader; an instant may have none, or several of different terms. A leader that was cut off
//! believes it leads until it learns of a higher term (or CheckQuorum or a lease ends its leadership), and whatever it
//! writes to a resource that does not check terms is accepted. Randomness only breaks ties: if messages are slower than
//! the timeouts, or all timeouts are equal, there may never be a leader.
//!
//! # Source
//! Ongaro & Ousterhout, *In Search of an Understandable Consensus Algorithm (Extended Version)*, 2014,
//! cited as §; Ongaro, *Consensus: Bridging Theory and Practice*, 2014, cited as dissertation §.

use core::hash::{Hash, Hasher};
use std::rc::Rc;

use self::info::{Ack, Command, Flaw, Part, Recorded, Rule, StaleRequests};
use self::state::{Progress, State};
use election_base::{NodeId, Span, SpanRange};
use election_parts::log::{Index, Log, Run, Term};
use election_parts::quorum::{Set, Tally, majority};
use election_protocol::{
    ARGS_MAX, Amount, Answer, Assumption, Belief, Boot, Cx, Given, Info, InitWords, Initial, MsgRecord,
    NodeView, Protocol, Receipt, Recovery, RoleKind as _, Shape, Situation, Values, given,
};

mod election;
mod handover;
mod info;
mod init;
mod recovery;
mod replication;
mod state;

/// The most entries that one AppendEntries carries: hashicorp/raft, `MaxAppendEntries`.
const ENTRIES_MAX: u32 = 64;
/// The most writes of clients that wait for a quorum at a leader.
const PENDING_MAX: usize = 1024;
/// The shortest time between two looks at the leader's lease: hashicorp/raft, `minCheckInterval`.
const LEASE_CHECK_MIN: Span = Span::ms(10);

election_protocol::timers! {
    /// What a node waits for.
    pub enum Timer {
        /// No message from a leader, or no end of the election.
        Election = "election" by "election-timeout",
        /// The leader's next AppendEntries to all.
        Heartbeat = "heartbeat" by "heartbeat",
        /// CheckQuorum: whether a quorum replied during the last election timeout.
        CheckQuorum = "check-quorum" by "election-timeout",
        /// How long a transfer may take.
        Transfer = "transfer" by "election-timeout",
        /// The earliest end of the leader's lease.
        Lease = "lease" by "leader-lease",
    }
}

/// What nodes send to each other: the paper's messages, with replies to heartbeats marked as such.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// A candidate asks for a vote.
    RequestVote {
        /// The candidate's term.
        term: Term,
        /// The index of its last entry.
        last_index: Index,
        /// The term of that entry.
        last_term: Term,
        /// True if the leader itself asked for the election: leases do not count.
        transfer: bool,
    },
    /// A vote, or a refusal.
    VoteReply {
        /// The voter's term.
        term: Term,
        /// Whether this is a vote.
        granted: bool,
    },
    /// A node asks whether it would get a vote.
    PreVote {
        /// The term it would campaign in.
        term: Term,
        /// The index of its last entry.
        last_index: Index,
        /// The term of that entry.
        last_term: Term,
    },
    /// The answer, which promises nothing.
    PreVoteReply {
        /// The term of the request if granted, the voter's own if not.
        term: Term,
        /// Whether it would vote.
        granted: bool,
    },
    /// The leader extends the log, or only sends a sign of life.
    AppendEntries {
        /// The leader's term.
        term: Term,
        /// The index before the first new entry.
        prev_index: Index,
        /// The term of the entry there.
        prev_term: Term,
        /// The leader's commit index.
        commit: Index,
        /// The new entries; none in a heartbeat.
        entries: Option<Rc<Vec<Run>>>,
    },
    /// Whether the log agreed.
    AppendReply {
        /// The follower's term.
        term: Term,
        /// Whether the log has the entry before the new ones.
        success: bool,
        /// Whether this answers a message without entries.
        heartbeat: bool,
        /// Success: up to where the logs agree now. Refusal: the index before the new entries, repeated.
        index: Index,
        /// Refusal: the highest index at which the logs may agree.
        hint: Index,
        /// Refusal: the term of the follower's entry there.
        hint_term: Term,
    },
    /// The leader asks the target to campaign at once.
    TimeoutNow {
        /// The leader's term.
        term: Term,
    },
}

/// What survives a crash (§5.1, figure 2).
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Disk {
    /// The highest term seen.
    pub term: Term,
    /// The candidate that got this node's vote in that term.
    pub voted: NodeId,
    /// The log.
    pub log: Log,
}

/// The settings, ready to use. See [`Raft::INFO`] for what they mean.
#[derive(Clone, Debug)]
pub struct Settings {
    election: SpanRange,
    heartbeat: Span,
    pre_vote: bool,
    check_quorum: bool,
    leader_lease: Span,
    no_op: bool,
    commit_notice: bool,
    stale_requests: StaleRequests,
    ack: Ack,
    /// By position among the ascending ids.
    learners: Set,
    /// By position; empty if all are equal.
    preferred: Set,
    tick: Span,
    flaw: Flaw,
    /// How many members vote.
    voters: u32,
    /// A majority of them.
    quorum: u32,
}

/// A moment of a node's own time, see [`election::stamp`].
type Stamp = u64;

/// The members' ids, for display only: they do not change during a run, so no digest needs them.
#[derive(Clone, Debug)]
struct Names(Rc<[NodeId]>);

impl Hash for Names {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

/// Why a node campaigns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Campaign {
    Pre,
    Real,
    Transfer,
}

/// A node.
#[derive(Clone, Hash, Debug)]
pub struct Raft {
    /// What is on disk, or on its way there before the next message.
    disk: Disk,
    /// What it is, with what exists only then.
    state: State,
    /// The leader of the term, as far as it is known.
    leader: NodeId,
    commit: Index,
    /// The election timeout that was drawn last.
    timeout: Span,
    /// When the election timer was last reset: by a leader's message, a vote granted, a new role.
    election_reset: Stamp,
    /// This node, by position.
    position: usize,
    names: Names,
}

impl Protocol for Raft {
    type Msg = Msg;
    type Timer = Timer;
    type Rule = Rule;
    type Command = Command;
    type Role = Part;
    type Durable = Disk;
    type Settings = Settings;

    const INFO: &'static Info = &info::INFO;

    fn settings(values: &Values<'_>, members: &[NodeId]) -> Result<Settings, String> {
        let set = |name| -> Result<Set, String> {
            let mut set = Set::default();
            for id in values.ids(name) {
                match members.binary_search(id) {
                    Ok(position) => set.insert(position),
                    Err(_) => return Err(format!("{name} names {id}, which is no node here")),
                }
            }
            Ok(set)
        };
        let (learners, preferred) = (set("learners")?, set("prefer")?);
        let voters = members.len() as u32 - learners.len();
        let settings = Settings {
            election: values.range("election-timeout"),
            heartbeat: values.span("heartbeat"),
            pre_vote: values.switch("pre-vote"),
            check_quorum: values.switch("check-quorum"),
            leader_lease: values.span("leader-lease"),
            no_op: values.switch("no-op"),
            commit_notice: values.switch("commit-notice"),
            stale_requests: values.choice("stale-requests"),
            ack: values.choice("ack"),
            learners,
            preferred,
            tick: values.span("tick"),
            flaw: values.choice("flaw"),
            voters,
            quorum: majority(voters),
        };
        settings.check()?;
        Ok(settings)
    }

    fn gives_up(settings: &Settings) -> &'static [(Assumption, &'static str)] {
        if settings.ack == Ack::Leader { &[(Assumption::QuorumAcknowledges, "ack leader")] } else { &[] }
    }

    fn votes(settings: &Settings, position: usize) -> bool {
        !settings.learners.contains(position)
    }

    fn period(settings: &Settings, _me: NodeId) -> Span {
        if settings.tick == Span::ZERO { settings.heartbeat } else { settings.tick }
    }

    fn tick(settings: &Settings) -> Span {
        settings.tick
    }

    fn delay_bound(settings: &Settings) -> Option<Span> {
        // A vote returns within two delays, before the candidate's own timeout; two messages of a leader are a
        // heartbeat interval and the difference of two delays apart. Half of what that leaves, as a margin for ticks
        // and slow nodes.
        let shortest = settings.election.lo;
        let mut bound = shortest.times(1, 3).min((shortest - settings.heartbeat).times(1, 2));
        if settings.leader_lease != Span::ZERO {
            // A reply returns a round trip after the heartbeat.
            bound = bound.min((settings.leader_lease - settings.heartbeat).times(1, 3));
        }
        Some(bound)
    }

    fn recovery(settings: &Settings, situation: &Situation) -> Result<Recovery, String> {
        settings.recovery(situation)
    }

    fn warnings(values: &Values<'_>, settings: &Settings, members: &[NodeId]) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let SpanRange { lo, hi } = settings.election;
        if values.is_given("election-timeout") && lo == hi && 1 < settings.voters {
            let text = format!(
                "election-timeout {lo} is the same for all nodes: without randomness nothing breaks ties, and \
                 the vote may split again and again"
            );
            found.push(("election-timeout", text));
        }
        if settings.preferred.len() as usize == members.len() {
            values.unused(&["prefer"], "all members named: no member has a head start", &mut found);
        }
        found
    }

    fn impossible(settings: &Settings, nodes: &[Initial<'_, Disk>]) -> Option<String> {
        init::impossible(settings, nodes)
    }

    fn initial(me: NodeId, init: &InitWords<'_>) -> Result<Disk, String> {
        init::disk(me, init)
    }

    fn start(cx: &mut Cx<'_, Self>, disk: Disk, boot: &Boot<'_>) -> Raft {
        let mut raft = Raft {
            disk,
            state: State::Follower,
            leader: NodeId::NONE,
            commit: boot.init.one("commit").unwrap_or(0) as Index,
            timeout: Span::ZERO,
            election_reset: election::stamp(cx),
            position: cx.position(cx.me()).expect("a member"),
            names: Names(cx.members().into()),
        };
        match init::leader(&boot.init) {
            Some(leader) if leader == u64::from(cx.me().0) => {
                let leader = raft.become_leader(cx, Tally::default());
                // This leader is past its first AppendEntries: heartbeats reveal what the others have, and their interval
                // was under way before the run began.
                leader.progress.iter_mut().for_each(|p| p.probing = false);
                if cx.settings().tick == Span::ZERO {
                    let gone = cx.phase(cx.settings().heartbeat);
                    cx.set_timer(Timer::Heartbeat, cx.settings().heartbeat - gone);
                }
            }
            leader => raft.become_follower(cx, leader.map_or(NodeId::NONE, |id| NodeId(id as u32))),
        }
        raft
    }

    #[inline]
    fn on_message(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: Msg) {
        if !self.step_term(cx, from, &msg) {
            return;
        }
        match msg {
            Msg::AppendEntries { prev_index, prev_term, commit, entries, .. } => {
                self.on_append(cx, from, prev_index, prev_term, commit, entries.as_deref());
            }
            Msg::AppendReply { success: true, index, .. } => self.on_append_success(cx, from, index),
            Msg::AppendReply { success: false, index, hint, hint_term, .. } => {
                self.on_append_refusal(cx, from, index, hint, hint_term);
            }
            Msg::RequestVote { last_index, last_term, .. } => {
                self.on_request_vote(cx, from, last_index, last_term);
            }
            Msg::PreVote { term, last_index, last_term } => {
                self.on_pre_vote(cx, from, term, last_index, last_term)
            }
            Msg::VoteReply { granted, .. } => self.on_vote_reply(cx, from, Part::Candidate, granted),
            Msg::PreVoteReply { term, granted } => {
                // A grant of an earlier round says nothing about this one.
                if !granted || term == self.disk.term + 1 {
                    self.on_vote_reply(cx, from, Part::PreCandidate, granted);
                }
            }
            Msg::TimeoutNow { .. } => {
                // A candidate campaigns already.
                if matches!(self.state, State::Follower) {
                    cx.fired(Rule::OnTimeoutNow);
                    self.campaign(cx, Campaign::Transfer);
                }
            }
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Self>, timer: Timer) {
        match timer {
            Timer::Election => self.on_election_timeout(cx),
            Timer::Heartbeat => self.on_heartbeat_timeout(cx),
            Timer::CheckQuorum => self.on_check_quorum(cx),
            Timer::Lease => self.on_lease(cx),
            Timer::Transfer => {
                cx.fired(Rule::TransferOver);
                if let Some(leader) = self.state.leader() {
                    leader.transferee = NodeId::NONE;
                }
            }
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_, Self>, command: Command, about: Option<NodeId>) {
        match command {
            Command::Campaign => self.on_election_timeout(cx),
            Command::Transfer => self.on_transfer(cx, about),
            Command::StepDown if self.state.is_leader() => {
                cx.fired(Rule::StepDown);
                self.become_follower(cx, NodeId::NONE);
            }
            Command::StepDown => {}
        }
    }

    fn on_write(&mut self, cx: &mut Cx<'_, Self>, write: u64) {
        self.propose(cx, write);
    }

    #[inline]
    fn record(msg: &Msg) -> MsgRecord {
        let recorded = match *msg {
            Msg::RequestVote { term, last_index, last_term, transfer } => {
                Recorded::RequestVote { term, last_index, last_term, transfer: transfer.into() }
            }
            Msg::VoteReply { term, granted } => Recorded::VoteReply { term, granted: granted.into() },
            Msg::PreVote { term, last_index, last_term } => Recorded::PreVote { term, last_index, last_term },
            Msg::PreVoteReply { term, granted } => Recorded::PreVoteReply { term, granted: granted.into() },
            Msg::AppendEntries { term, prev_index, prev_term, commit, entries: None } => {
                Recorded::Heartbeat { term, prev_index, prev_term, commit }
            }
            Msg::AppendEntries { term, prev_index, prev_term, commit, entries: Some(ref entries) } => {
                let entries = entries.iter().map(|run| run.count).sum();
                Recorded::AppendEntries { term, prev_index, prev_term, entries, commit }
            }
            Msg::AppendReply { term, success, heartbeat: true, index, hint, .. } => {
                Recorded::HeartbeatReply { term, success: success.into(), index, hint }
            }
            Msg::AppendReply { term, success, heartbeat: false, index, hint, .. } => {
                Recorded::AppendReply { term, success: success.into(), index, hint }
            }
            Msg::TimeoutNow { term } => Recorded::TimeoutNow { term },
        };
        recorded.into()
    }

    fn forge(record: &MsgRecord) -> Option<Msg> {
        init::forge(record)
    }

    fn record_disk(disk: &Disk) -> [u32; ARGS_MAX] {
        [disk.term, disk.voted.0, disk.log.last(), disk.log.last_term(), 0]
    }

    #[inline]
    fn belief(&self) -> Belief {
        Belief {
            role: self.role().counts_as(),
            leads: self.state.is_leader(),
            leader: self.leader,
            epoch: self.disk.term.into(),
            token: self.disk.term.into(),
        }
    }

    #[inline]
    fn role(&self) -> Part {
        self.state.part()
    }

    fn view(&self, _durable: &Disk) -> NodeView {
        let (tally, mut matched, mut transferee) = (self.state.tally(), Vec::new(), NodeId::NONE);
        if let State::Leader(leader) = &self.state {
            matched = leader.progress.iter().map(|p| p.matched.to_string()).collect();
            transferee = leader.transferee;
        }
        NodeView::default()
            .field("role", self.role().name())
            .field("term", self.disk.term)
            .field("leader", self.leader)
            .field("voted", self.disk.voted)
            .field("votes", self.listed(tally.granted))
            .field("refused", self.listed(tally.refused))
            .field("log", &self.disk.log)
            .field("last", self.disk.log.last())
            .field("commit", self.commit)
            .field("match", if matched.is_empty() { "none".to_string() } else { matched.join(" ") })
            .field("transfer", transferee)
    }

    fn shapes(&self, settings: &Settings, out: &mut Vec<Shape>) {
        voted(&self.disk, out);
        let (tally, binding) = (self.state.tally(), !matches!(self.state, State::PreCandidate(_)));
        if tally == Tally::default() {
            return;
        }
        let epoch = u64::from(self.disk.term) + u64::from(!binding);
        out.push(Shape::Tally { epoch, needed: settings.quorum, binding });
        let vote = |position: usize, answer| Shape::Vote { voter: self.names.0[position], answer };
        out.extend(tally.answered().map(|position| {
            vote(position, if tally.granted.contains(position) { Answer::Granted } else { Answer::Refused })
        }));
        out.extend(settings.learners.iter().map(|position| vote(position, Answer::Barred)));
    }

    fn shapes_crashed(durable: &Disk, out: &mut Vec<Shape>) {
        voted(durable, out);
    }

    fn view_crashed(durable: &Disk) -> NodeView {
        NodeView::default()
            .field("role", "crashed")
            .field("term", durable.term)
            .field("voted", durable.voted)
            .field("log", &durable.log)
            .field("last", durable.log.last())
    }

    fn holds(&self, receipt: Receipt) -> bool {
        let index = Index::try_from(receipt.index).unwrap_or(Index::MAX);
        self.disk.log.term_at(index).map(u64::from) == Some(receipt.epoch)
    }

    fn newness(disk: &Disk) -> (u64, u64) {
        (disk.log.last_term().into(), disk.log.last().into())
    }

    fn heap_bytes(&self) -> usize {
        let State::Leader(leader) = &self.state else { return 0 };
        leader.progress.capacity() * size_of::<Progress>()
            + leader.pending.capacity() * size_of::<(Index, u64)>()
    }
}

/// The vote of the present term, for the picture.
fn voted(disk: &Disk, out: &mut Vec<Shape>) {
    if disk.voted != NodeId::NONE {
        out.push(Shape::Voted { epoch: disk.term.into(), candidate: disk.voted });
    }
}

impl Settings {
    /// Whether the settings fit together.
    fn check(&self) -> Result<(), String> {
        let (shortest, heartbeat, tick) = (self.election.lo, self.heartbeat, self.tick);
        if shortest <= heartbeat {
            return Err(format!(
                "heartbeat {heartbeat} must be shorter than the shortest election-timeout, {shortest}; \
                 a tenth to a third of it is usual"
            ));
        }
        let lease = self.leader_lease;
        if lease != Span::ZERO && (lease <= heartbeat || shortest < lease) {
            return Err(format!(
                "leader-lease {lease} must be longer than heartbeat, {heartbeat}, and at most the shortest \
                 election-timeout, {shortest}"
            ));
        }
        let counted = [shortest, self.election.hi, heartbeat, lease];
        if tick != Span::ZERO && counted.iter().any(|span| span.0 % tick.0 != 0) {
            return Err(format!(
                "with tick {tick}, election-timeout, heartbeat and leader-lease must be whole ticks"
            ));
        }
        if self.voters == 0 {
            return Err("learners names every node; at least one must vote".to_string());
        }
        Ok(())
    }

    /// A length of time in the units of a [`Stamp`], for display.
    fn units_of(&self, units: u64) -> Amount {
        if self.tick == Span::ZERO { Span(units).into() } else { units.into() }
    }

    /// The same, as the left side of a comparison.
    fn amount(&self, name: &'static str, units: u64) -> Given {
        given(name, self.units_of(units))
    }

    /// A length of time in the units of a [`Stamp`].
    fn units(&self, span: Span) -> u64 {
        if self.tick == Span::ZERO { span.0 } else { span.0 / self.tick.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_small() {
        // They are copied into the queue and out of it.
        assert!(size_of::<Msg>() <= 32, "{}", size_of::<Msg>());
    }
}
