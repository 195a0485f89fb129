//! What there is to know about Raft without running it: rules, messages, settings, claims.

use election_base::Span;
use election_language::vocabulary::{Arity, InitWord, Kind, Setting};
use election_protocol::{
    Assumption, Authority, Choice as _, Claim, CommandKind as _, Info, Property, RoleKind as _,
    RuleKind as _, Topology, choices, commands, messages, roles, rules,
};

commands! {
    /// What a scenario can tell a node to do.
    pub enum Command {
        /// Start an election.
        Campaign = commands::CAMPAIGN,
        /// Hand leadership over.
        Transfer = commands::TRANSFER,
        /// Give leadership up.
        StepDown = commands::STEP_DOWN,
    }
}

roles! {
    /// The part that a node plays (figure 4, with PreVote's state between follower and candidate).
    pub enum Part {
        /// It follows a leader, or waits for one.
        Follower = "follower" as Follower,
        /// It gets the log and counts in no quorum.
        Learner = "learner" as Idle,
        /// It asks whether it would be elected.
        PreCandidate = "pre-candidate" as Candidate,
        /// It asks for votes.
        Candidate = "candidate" as Candidate,
        /// It has the votes of a quorum.
        Leader = "leader" as Leader,
    }
}

rules! {
    /// The pseudo-code, by the names that the handlers use.
    pub enum Rule {
        Timeout = "on election timeout, with no word from a leader:",
        PreVote = "  with pre-vote: ask all for PreVote(currentTerm + 1, lastIndex, lastTerm)",
        Candidate = "  else: currentTerm += 1, votedFor = me, ask all for RequestVote(currentTerm, lastIndex, lastTerm)",
        InLease = "on PreVote or RequestVote of a higher term, a leader heard within T: ignore (check-quorum)",
        HigherTerm = "on a message with term > currentTerm: currentTerm = term, votedFor = none, follow",
        LowerTerm = "on a request with term < currentTerm: refuse, naming currentTerm",
        OnPreVote = "on PreVote(term, lastIndex, lastTerm):",
        PreGrant = "  if term > currentTerm or the vote is free, and (lastTerm, lastIndex) >= mine: would vote; promise nothing",
        PreRefuse = "  else: refuse",
        OnRequest = "on RequestVote(term, lastIndex, lastTerm):",
        Grant = "  if votedFor is none or the candidate, and (lastTerm, lastIndex) >= mine: votedFor = candidate, grant",
        Refuse = "  else: refuse",
        OnReply = "on a reply to PreVote or RequestVote: count it",
        PreWon = "  if a quorum would vote: start the election (as on election timeout, without pre-vote)",
        Won = "  if a quorum voted: lead; nextIndex = lastIndex + 1 and matchIndex = 0 for all",
        Lost = "  if no quorum is left to win: follow, wait another election timeout",
        NoOp = "on becoming leader: append a no-op of currentTerm, send it to all",
        Heartbeat = "every heartbeat interval, leader: send AppendEntries without entries to all",
        Append = "on AppendEntries(prevIndex, prevTerm, entries, leaderCommit): leader = sender, follow, restart the timer",
        Mismatch = "  if log[prevIndex].term != prevTerm: refuse, with a hint where the logs may agree",
        Conflict = "  if an entry conflicts with a new one: delete it and all that follow it",
        Store = "  append the new entries that are not there yet",
        FollowCommit = "  if leaderCommit > commitIndex: commitIndex = min(leaderCommit, last new entry)",
        Match = "on success of AppendEntries: raise matchIndex and nextIndex of the follower",
        Commit = "  if log[N] is on a quorum and log[N].term = currentTerm: commitIndex = N",
        OldTerm = "  if log[N] is on a quorum but of an earlier term: do not commit it by counting",
        BackUp = "on refusal of AppendEntries: lower nextIndex of the follower, send again",
        Write = "on a client's write, leader: append it in currentTerm, send it to all",
        WriteRefused = "on a client's write, not leader or handing over: refuse",
        Check = "every T, leader with check-quorum: forget who replied since the last time",
        QuorumLost = "  if they were no quorum: follow",
        LeaseOver = "when no quorum has replied for leader-lease, leader: follow",
        Transfer = "on a request to hand over, leader: take no writes, bring the target's log up to date",
        TimeoutNow = "  when matchIndex of the target = lastIndex: send TimeoutNow",
        OnTimeoutNow = "on TimeoutNow: start an election at once, past pre-vote and leases",
        TransferOver = "when handing over took T: go on leading, take writes again",
        StepDown = "on a request to step down, leader: follow",
    }
}

messages! {
    /// The messages, as a trace shows them. AppendEntries without entries is shown as a heartbeat.
    pub enum Recorded {
        RequestVote = "RequestVote", Election {
            term = "term", last_index = "last-index", last_term = "last-term", transfer = "transfer",
        };
        VoteReply = "VoteReply", Election { term = "term", granted = "granted" };
        PreVote = "PreVote", Election { term = "term", last_index = "last-index", last_term = "last-term" };
        PreVoteReply = "PreVoteReply", Election { term = "term", granted = "granted" };
        TimeoutNow = "TimeoutNow", Election { term = "term" };
        Heartbeat = "Heartbeat", Liveness {
            term = "term", prev_index = "prev-index", prev_term = "prev-term", commit = "commit",
        };
        HeartbeatReply = "HeartbeatReply", Liveness {
            term = "term", success = "success", index = "index", hint = "hint",
        };
        AppendEntries = "AppendEntries", Data {
            term = "term", prev_index = "prev-index", prev_term = "prev-term", entries = "entries", commit = "commit",
        };
        AppendReply = "AppendEntriesReply", Data {
            term = "term", success = "success", index = "index", hint = "hint",
        };
    }
}

choices! {
    /// What becomes of a request with a lower term.
    pub enum StaleRequests {
        /// It is refused with the current term.
        Reply = "reply",
        /// Nothing.
        Ignore = "ignore",
    }
}

choices! {
    /// When a client's write is acknowledged.
    pub enum Ack {
        /// When it is committed.
        Quorum = "quorum",
        /// When the leader has it: wrong on purpose.
        Leader = "leader",
    }
}

choices! {
    /// What is wrong on purpose.
    pub enum Flaw {
        /// Nothing.
        None = "none",
        /// The vote is not written to disk.
        ForgetVote = "forget-vote",
        /// Whoever asks gets the vote.
        VoteTwice = "vote-twice",
        /// A longer log passes for a newer one, whatever its terms.
        CompareLength = "compare-length",
        /// Neither term nor vote is written to disk.
        ForgetTerm = "forget-term",
    }
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "election-timeout",
        kind: Kind::Range { min: Span::ms(1), max: Span::s(600) },
        default: "150ms..300ms",
        doc: "How long a follower waits for word from a leader: drawn anew from this range whenever it begins to follow or to campaign; both ends equal means no randomness.",
        source: "Ongaro & Ousterhout 2014, §5.2 and §9.3; etcd 1000ms..2000ms",
        live: true,
    },
    Setting {
        name: "heartbeat",
        kind: Kind::Span { min: Span::ms(1), max: Span::s(600) },
        default: "50ms",
        doc: "How often a leader sends AppendEntries to followers that miss nothing; less than the shortest election timeout.",
        source: "ours: a third of the shortest election timeout; etcd 100ms, a tenth of its own",
        live: true,
    },
    Setting {
        name: "pre-vote",
        kind: Kind::Switch,
        default: "off",
        doc: "Ask whether a quorum would vote before raising the term, so that a node that cannot win disturbs nobody.",
        source: "Ongaro 2014 (dissertation), §9.6; off in the paper and in etcd 3.4, on in etcd since",
        live: true,
    },
    Setting {
        name: "check-quorum",
        kind: Kind::Switch,
        default: "off",
        doc: "A leader that heard from no quorum during an election timeout steps down, and who heard from a leader within the shortest election timeout ignores requests for a vote.",
        source: "Ongaro 2014 (dissertation), §6.2 and §4.2.3; etcd raft.go, Config.CheckQuorum; off in the paper",
        live: true,
    },
    Setting {
        name: "leader-lease",
        kind: Kind::Span { min: Span::ZERO, max: Span::s(600) },
        default: "0",
        doc: "A leader that heard from no quorum for so long steps down at once; 0 for never.",
        source: "hashicorp/raft, Config.LeaderLeaseTimeout, 500ms there; 0 in the paper",
        live: true,
    },
    Setting {
        name: "no-op",
        kind: Kind::Switch,
        default: "on",
        doc: "A new leader appends an empty entry of its term, so that entries of earlier terms can be committed with it.",
        source: "Ongaro & Ousterhout 2014, §8; etcd raft.go, becomeLeader",
        live: true,
    },
    Setting {
        name: "commit-notice",
        kind: Kind::Switch,
        default: "off",
        doc: "A leader tells followers of a new commit index at once instead of with the next heartbeat.",
        source: "on in etcd (raft.go, bcastAppend after maybeCommit); the paper has it ride on later AppendEntries",
        live: true,
    },
    Setting {
        name: "stale-requests",
        kind: Kind::Choice(StaleRequests::WORDS),
        default: "reply",
        doc: "What becomes of a request with a lower term: it is refused with the current term, or ignored (with pre-vote or check-quorum etcd answers a lower-term leader and refuses a lower-term PreVote all the same).",
        source: "reply: Ongaro & Ousterhout 2014, figure 2; ignore: etcd raft.go, Step",
        live: true,
    },
    Setting {
        name: "ack",
        kind: Kind::Choice(Ack::WORDS),
        default: "quorum",
        doc: "When a client's write is acknowledged: when it is committed, or (wrong on purpose) when the leader has it.",
        source: "Ongaro & Ousterhout 2014, §5.3",
        live: false,
    },
    Setting {
        name: "learners",
        kind: Kind::Ids,
        default: "none",
        doc: "Members that receive the log but count in no quorum and never campaign.",
        source: "Ongaro 2014 (dissertation), §4.2.1; etcd's learners",
        live: false,
    },
    Setting {
        name: "prefer",
        kind: Kind::Ids,
        default: "none",
        doc: "Members that should lead: when a leader is lost all others wait one longest election timeout more before they campaign. None: all are equal.",
        source: "ours, after the priorities of SOFAJRaft; the paper has none",
        live: false,
    },
    Setting {
        name: "tick",
        kind: Kind::Span { min: Span::ZERO, max: Span::s(60) },
        default: "0",
        doc: "Count timers, and the lease of check-quorum, in whole ticks of the process, as etcd does; 0 for exact times.",
        source: "etcd raft.go, Config.ElectionTick and HeartbeatTick, 100ms there; 0 in the paper",
        live: false,
    },
    Setting {
        name: "flaw",
        kind: Kind::Choice(Flaw::WORDS),
        default: "none",
        doc: "Wrong on purpose: the vote is not on disk; a node votes for everyone who asks; logs are compared by length alone; neither term nor vote is on disk.",
        source: "ours: what §5.1, §5.2 and §5.4.1 forbid",
        live: false,
    },
];

const CLAIMS: &[Claim] = &[
    Claim {
        property: Property::OneLeaderPerEpoch,
        assumes: &[],
        because: "a leader of a term has the votes of a quorum, two quorums share a member, and nobody votes twice in a term, not even across a crash (§5.2)",
    },
    Claim {
        property: Property::EpochsNeverFall,
        assumes: &[],
        because: "a node only ever takes a higher term, and has it on disk before anybody hears of it (§5.1)",
    },
    Claim {
        property: Property::OneEffectiveWriter,
        assumes: &[Assumption::Fencing],
        because: "the term is the token and each has one leader, so a resource that has seen a newer leader's term rejects the older leader",
    },
    Claim {
        property: Property::LeaderEventually,
        assumes: &[
            Assumption::Connected,
            Assumption::NoLoss,
            Assumption::Synchrony,
            Assumption::TrueClocks,
            Assumption::NoCrashInElection,
            Assumption::Quorum,
        ],
        because: "timeouts drawn at random soon let one node campaign alone, and heartbeats then keep the others from campaigning (§5.2, §5.6)",
    },
    Claim {
        property: Property::AcknowledgedKept,
        assumes: &[Assumption::QuorumAcknowledges],
        because: "an acknowledged entry is committed, so a quorum has it, and nobody wins the votes of a quorum with a log that lacks it (§5.4)",
    },
];

const INIT: &[InitWord] = &[
    InitWord {
        name: "leader",
        arity: Arity::Member,
        doc: "Who leads and is followed when the run starts, with the votes of all who know it.",
    },
    InitWord { name: "term", arity: Arity::One, doc: "currentTerm, at least that of the last entry." },
    InitWord { name: "voted", arity: Arity::MemberOrNone, doc: "votedFor in that term; 0 for nobody." },
    InitWord { name: "log", arity: Arity::Many, doc: "The terms of the log's entries, in order." },
    InitWord { name: "commit", arity: Arity::One, doc: "commitIndex, at most the length of the log." },
];

const FIDELITY: &[&str] = &[
    "An entry of the log is its term: what a write says is not kept, since index and term name an entry (Log Matching, §5.3).",
    "There is no state machine: applying what is committed takes no time and is not shown.",
    "Writing to disk takes no time and always succeeds; what is on disk is there before the next message leaves.",
    "Log compaction and snapshots are left out: a log is kept as runs of equal terms, so it stays small and no follower is ever behind its beginning.",
    "Membership does not change; learners stay learners.",
    "A heartbeat is an AppendEntries without entries, as in the paper; etcd has a message of its own for it, without the consistency check.",
    "An AppendEntries carries at most 64 entries, as in hashicorp/raft; after a refusal one is under way to that follower at a time, as in etcd's probing.",
    "A refusal of AppendEntries names an index and a term where the logs may agree, as in etcd; the paper steps back one entry at a time and mentions such skips as an optimization.",
    "A node that takes a higher term from any message restarts its election timer with a new draw, as etcd does; the paper restarts it only for a vote it grants or a leader it hears.",
    "A candidate whom enough voters refused becomes a follower at once, as in etcd; in the paper it waits for its timeout.",
    "A follower that knows the leader of its term grants no vote in that term, as in etcd; in the paper it may if it has not voted.",
    "A follower refuses clients and requests to hand over instead of passing them on to the leader.",
    "A leader keeps at most 1024 writes of its clients waiting for a quorum and refuses more, as etcd bounds them by size.",
    "Time is measured by a clock that drifts but is never set, or counted in ticks: to set a node's wall clock moves nothing, as in etcd (ticks) and hashicorp/raft (Go's monotonic clock).",
    "With tick, what is missed during a pause is missed: a process that goes on sees one tick, as a Go ticker drops the others, and so it does not campaign for having slept. Without tick its timers are overdue, and fire first.",
    "Reads, also those under a leader's lease, are left out.",
];

/// See [`super::Raft`].
pub(super) const INFO: Info = Info {
    id: "raft",
    title: "Raft",
    subtitle: "Ongaro & Ousterhout",
    summary: "A leader for a replicated log. Time is cut into terms; in each a node votes at most once, for a candidate whose log is at least as new as its own, and whoever has the votes of a quorum leads. So a term has at most one leader, and every leader has all that was committed before it. That rests on quorums and disks alone, never on timing; timing decides only how soon there is a leader.",
    source: "Ongaro & Ousterhout, In Search of an Understandable Consensus Algorithm (extended version), 2014, §5; PreVote, CheckQuorum and transfer: Ongaro, Consensus: Bridging Theory and Practice, 2014, and etcd's raft",
    topology: Topology::Mesh,
    authority: Authority::Quorum,
    groups: &[],
    epoch: "term",
    token: "term",
    messages: Recorded::TABLE,
    forges: true,
    disk: &["term", "voted", "last-index", "last-term"],
    rules: Rule::TEXTS,
    claims: CLAIMS,
    settings: SETTINGS,
    commands: Command::WORDS,
    writes: true,
    roles: Part::NAMES,
    init: INIT,
    fields: &[
        "role", "term", "leader", "voted", "votes", "refused", "log", "last", "commit", "match", "transfer",
    ],
    panels: &[],
    fidelity: FIDELITY,
};
