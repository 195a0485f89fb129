//! What there is to know about Raft without running it: rules, messages, settings, claims.

use election_base::Span;
use election_language::vocabulary::{Arity, InitWord, Kind, Setting};
use election_protocol::{
    Assumption, Authority, Choice as _, Claim, CommandKind as _, Info, Phrases, Property, RoleKind as _,
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
        Timeout = "on election timeout, with no message from a leader:",
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
        Lost = "  if a quorum can no longer be won: follow, wait another election timeout",
        NoOp = "on becoming leader: append a no-op of currentTerm, send it to all",
        Heartbeat = "every heartbeat interval, leader: send AppendEntries without entries to all",
        Append = "on AppendEntries(prevIndex, prevTerm, entries, leaderCommit): leader = sender, follow, restart the timer",
        Mismatch = "  if log[prevIndex].term != prevTerm: refuse, with a hint where the logs may agree",
        Conflict = "  if an entry conflicts with a new one: delete it and all that follow it",
        Store = "  append the new entries that are not there yet",
        FollowCommit = "  if leaderCommit > commitIndex: commitIndex = min(leaderCommit, last new entry)",
        Match = "on success of AppendEntries: raise matchIndex and nextIndex of the follower",
        Commit = "  if log[N] is on a quorum and log[N].term = currentTerm: commitIndex = N",
        OldTerm = "  if log[N] is on a quorum but from an earlier term: do not commit it by counting",
        BackUp = "on refusal of AppendEntries: lower nextIndex of the follower, resend",
        Write = "on a client's write, leader: append it in currentTerm, send it to all",
        WriteRefused = "on a client's write, not leader or transferring leadership: refuse",
        Check = "every T, leader with check-quorum: look at the replies since the last check",
        QuorumLost = "  if they came from no quorum: follow",
        LeaseOver = "when no quorum has replied for leader-lease, leader: follow",
        Transfer = "on a request to transfer leadership, leader: take no writes, bring the target's log up to date",
        TimeoutNow = "  when matchIndex of the target = lastIndex: send TimeoutNow",
        OnTimeoutNow = "on TimeoutNow: start an election at once, past pre-vote and leases",
        TransferOver = "when a transfer has taken T: keep leading, take writes again",
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
        /// As soon as the leader has it: deliberately wrong.
        Leader = "leader",
    }
}

choices! {
    /// What is deliberately wrong.
    pub enum Flaw {
        /// Nothing.
        None = "none",
        /// The vote is not written to disk.
        ForgetVote = "forget-vote",
        /// Every candidate that asks gets the vote.
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
        doc: "How long a follower waits for a message from a leader: drawn from this range each time it starts to follow or to campaign. Equal ends mean no randomness.",
        source: "Ongaro & Ousterhout 2014, §5.2 and §9.3; etcd 1000ms..2000ms",
        live: true,
    },
    Setting {
        name: "heartbeat",
        kind: Kind::Span { min: Span::ms(1), max: Span::s(600) },
        default: "50ms",
        doc: "How often a leader sends AppendEntries to followers that are up to date; must be shorter than the shortest election timeout.",
        source: "ours: a third of the shortest election timeout; etcd 100ms, a tenth of its own",
        live: true,
    },
    Setting {
        name: "pre-vote",
        kind: Kind::Switch,
        default: "off",
        doc: "Ask whether a quorum would vote before raising the term, so that a node that cannot win does not disturb the others.",
        source: "Ongaro 2014 (dissertation), §9.6; off in the paper and in etcd 3.4, on in etcd since",
        live: true,
    },
    Setting {
        name: "check-quorum",
        kind: Kind::Switch,
        default: "off",
        doc: "A leader that has heard from no quorum during an election timeout steps down, and a node that has heard from a leader within the shortest election timeout ignores requests for votes.",
        source: "Ongaro 2014 (dissertation), §6.2 and §4.2.3; etcd raft.go, Config.CheckQuorum; off in the paper",
        live: true,
    },
    Setting {
        name: "leader-lease",
        kind: Kind::Span { min: Span::ZERO, max: Span::s(600) },
        default: "0",
        doc: "A leader that has heard from no quorum for this long steps down at once; 0 means never.",
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
        doc: "A leader reports a new commit index to its followers at once instead of with the next heartbeat.",
        source: "on in etcd (raft.go, bcastAppend after maybeCommit); in the paper it travels with later AppendEntries",
        live: true,
    },
    Setting {
        name: "stale-requests",
        kind: Kind::Choice(StaleRequests::WORDS),
        default: "reply",
        doc: "Whether a request with a lower term is refused with the current term or ignored (with pre-vote or check-quorum, etcd still answers a leader of a lower term and still refuses a PreVote of a lower term).",
        source: "reply: Ongaro & Ousterhout 2014, figure 2; ignore: etcd raft.go, Step",
        live: true,
    },
    Setting {
        name: "ack",
        kind: Kind::Choice(Ack::WORDS),
        default: "quorum",
        doc: "When a client's write is acknowledged: once it is committed, or (deliberately wrong) as soon as the leader has it.",
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
        doc: "Members that should lead: after the loss of a leader all others wait one longest election timeout more before they campaign. None: all are equal.",
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
        doc: "Deliberately wrong: the vote is not on disk; a node votes for every candidate that asks; logs are compared by length alone; neither term nor vote is on disk.",
        source: "ours: what §5.1, §5.2 and §5.4.1 forbid",
        live: false,
    },
];

const CLAIMS: &[Claim] = &[
    Claim {
        property: Property::OneLeaderPerEpoch,
        assumes: &[],
        because: "the leader of a term has the votes of a quorum, two quorums share a member, and no member votes twice in a term, not even across a crash (§5.2)",
    },
    Claim {
        property: Property::EpochsNeverFall,
        assumes: &[],
        because: "a node only ever adopts a higher term, and has it on disk before any other node learns of it (§5.1)",
    },
    Claim {
        property: Property::OneEffectiveWriter,
        assumes: &[Assumption::Fencing],
        because: "the term is the token, and each term has one leader, so a resource that has seen a newer leader's term rejects the older leader",
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
        because: "random timeouts soon let one node campaign alone, and heartbeats then keep the others from campaigning (§5.2, §5.6)",
    },
    Claim {
        property: Property::AcknowledgedKept,
        assumes: &[Assumption::QuorumAcknowledges],
        because: "an acknowledged entry is committed, so a quorum has it, and no candidate whose log lacks it wins the votes of a quorum (§5.4)",
    },
];

const INIT: &[InitWord] = &[
    InitWord {
        name: "leader",
        arity: Arity::Member,
        doc: "The leader when the run starts, with the votes of all nodes that know it.",
    },
    InitWord { name: "term", arity: Arity::One, doc: "currentTerm, at least that of the last entry." },
    InitWord { name: "voted", arity: Arity::MemberOrNone, doc: "votedFor in that term; 0 for none." },
    InitWord { name: "log", arity: Arity::Many, doc: "The terms of the log's entries, in order." },
    InitWord { name: "commit", arity: Arity::One, doc: "commitIndex, at most the length of the log." },
];

const FIDELITY: &[&str] = &[
    "A log entry is its term: what a write says is not kept, since index and term identify an entry (Log Matching, §5.3).",
    "There is no state machine: applying committed entries takes no time and is not shown.",
    "Writing to disk takes no time and always succeeds; what is on disk is there before the next message leaves.",
    "Log compaction and snapshots are left out: a log is kept as runs of equal terms, so it stays small and no follower ever falls behind its beginning.",
    "Membership does not change; learners stay learners.",
    "A heartbeat is an AppendEntries without entries, as in the paper; etcd has a separate message for it, without the consistency check.",
    "An AppendEntries carries at most 64 entries, as in hashicorp/raft; after a refusal, one at a time is sent to that follower, as in etcd's probing.",
    "A refusal of AppendEntries names an index and a term at which the logs may agree, as in etcd; the paper steps back one entry at a time and mentions such skips as an optimization.",
    "A node that adopts a higher term from any message resets its election timer with a new draw, as etcd does; in the paper only a granted vote or a message from a leader resets it.",
    "A candidate that enough voters refused becomes a follower at once, as in etcd; in the paper it waits for its timeout.",
    "A follower that knows the leader of its term grants no vote in that term, as in etcd; in the paper it may if it has not voted.",
    "A follower refuses clients and transfer requests instead of forwarding them to the leader.",
    "A leader keeps at most 1024 client writes waiting for a quorum and refuses more; etcd bounds them by size.",
    "Time is measured by a clock that drifts but is never set, or counted in ticks: setting a node's wall clock has no effect, as in etcd (ticks) and hashicorp/raft (Go's monotonic clock).",
    "With tick, time missed during a pause is lost: a resumed process sees one tick, since a Go ticker drops the others, so it does not campaign for having slept. Without tick its timers are overdue and fire first.",
    "Reads, including those under a leader's lease, are left out.",
];

/// See [`super::Raft`].
pub(super) const INFO: Info = Info {
    id: "raft",
    title: "Raft",
    subtitle: "Ongaro & Ousterhout",
    summary: "A leader for a replicated log. Time is divided into terms; in each, a node votes at most once, for a candidate whose log is at least as new as its own, and the candidate with the votes of a quorum leads. So a term has at most one leader, and every leader has all entries that were committed before it. This rests on quorums and disks alone, never on timing; timing only decides how soon there is a leader.",
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
    phrases: Phrases {
        waits: "no node suspects {leader} yet",
        starts: "{node} starts an election",
        elects: "a candidate asks for the votes of a quorum",
        suspects: "{node} has heard nothing from {leader} for a whole election timeout",
        wins: "{node} has the votes of a quorum",
    },
    fidelity: FIDELITY,
};
