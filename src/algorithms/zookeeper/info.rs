//! The tables: pseudo-code, messages, promises, settings, and what the model leaves out.

use election_base::Span;
use election_language::vocabulary::{Arity, InitWord, Kind, Setting};
use election_parts::session::LocalExpiry;
use election_protocol::{
    Agreement, Assumption, Authority, Choice as _, Claim, CommandKind as _, Info, Panel, Phrases, Property,
    RoleKind as _, RuleKind as _, Topology, choices, commands, messages, roles, rules,
};

commands! {
    /// What a scenario can tell a candidate, or the service, to do.
    pub enum Command {
        /// Join the queue, or look at it again.
        Campaign = commands::CAMPAIGN,
        /// Go to the end of the queue.
        StepDown = commands::STEP_DOWN,
        /// End the session cleanly.
        Close = commands::CLOSE,
        /// End the session of a candidate.
        Expire = commands::EXPIRE,
    }
}

roles! {
    /// What a node is.
    pub enum Standing {
        /// It has a znode and watches another one.
        Follower = "follower" as Follower,
        /// It has a session and is on its way into the queue.
        Candidate = "candidate" as Candidate,
        /// Its znode was the first when it last looked.
        Leader = "leader" as Leader,
        /// It has no connection, or has closed its session.
        Idle = "idle" as Idle,
        /// The coordination service.
        Service = "service" as Service,
    }
}

rules! {
    /// The pseudo-code, by the names that the handlers use.
    pub enum Rule {
        Connect = "candidate: CONNECT(session, or none), requesting session-timeout",
        Negotiate = "service, CONNECT without a session: a new one, T ← session-timeout within 2..20 ticks",
        SameSession = "service, CONNECT(session): the session continues on the new connection, unless it ends first",
        Connected = "on CONNECTED(session, T): ping every T/3, give up the connection after 2T/3 of silence",
        Create = "  no candidate znode yet: CREATE(/election/n_, ephemeral, sequential)",
        Name = "service, CREATE: name ← n_ + counter of creations, 10 digits; czxid ← next zxid",
        List = "candidate: L ← GETCHILDREN(/election)",
        Lead = "  my sequence is the smallest in L → lead, with my czxid as token",
        Watch = "  otherwise EXISTS(largest sequence below mine [herd: the smallest], watch)",
        GoneMeanwhile = "    it is already gone → GETCHILDREN again",
        Notify = "service, a znode is deleted: one WATCHEVENT to each client that watches it; the watch is used up",
        Event = "on WATCHEVENT: GETCHILDREN again, since the end of a predecessor need not mean my turn",
        Ping = "candidate, nothing sent for T/3: PING",
        Touch = "service, anything heard in a session: expires ← first tick after now + T",
        Expire = "service, at a tick: end expired sessions, delete their znodes, close their connections",
        Suspended = "candidate, connection closed or 2T/3 of silence: SUSPENDED, reconnect after a short delay",
        Standard = "  policy standard: stop leading",
        Gone = "service, CONNECT(session that is gone): EXPIRED",
        Lost = "on EXPIRED: LOST, stop leading, forget session and znode, CONNECT(none)",
        LocalExpiry = "  local-expiry: the same without being told, by my own clock",
        CreateAgain = "candidate, my znode is not in L: stop leading, CREATE again",
        StepDown = "candidate, step down: DELETE my znode, then CREATE one at the end of the queue",
        Close = "candidate, close: stop leading, CLOSESESSION",
        CloseSession = "service, CLOSESESSION: end the session and delete its znodes now",
        Restarted = "service, up again: restore znodes and sessions from disk, each session with its full T",
        Unknown = "service, anything on an unknown connection: CLOSED",
        Retransmit = "candidate, no answer for two round trips: resend, then wait twice as long each time",
        Missed = "on PONG that reports an event that never arrived: as on WATCHEVENT",
    }
}

messages! {
    /// The messages, as a trace shows them.
    pub enum Recorded {
        Connect = "Connect", Service { session = "session", timeout_ms = "timeout_ms" };
        Connected = "Connected", Service { session = "session", timeout_ms = "timeout_ms" };
        Expired = "Expired", Service;
        Closed = "Closed", Service;
        Create = "Create", Service;
        Created = "Created", Service { sequence = "sequence", czxid = "czxid" };
        GetChildren = "GetChildren", Service { watch = "watch" };
        Children = "Children", Service { count = "count", smallest = "smallest", owner = "owner" };
        Exists = "Exists", Service { sequence = "sequence" };
        Stat = "Stat", Service { sequence = "sequence", exists = "exists" };
        Delete = "Delete", Service { sequence = "sequence" };
        Deleted = "Deleted", Service { sequence = "sequence" };
        CloseSession = "CloseSession", Service { session = "session" };
        WatchEvent = "WatchEvent", Service { sequence = "sequence" };
        Ping = "Ping", Liveness { session = "session" };
        Pong = "Pong", Liveness;
    }
}

choices! {
    /// What the candidates watch.
    pub enum WatchWhat {
        /// The znode before their own.
        Predecessor = "predecessor",
        /// The leader's znode.
        Herd = "herd",
        /// The list of children.
        Children = "children",
    }
}

choices! {
    /// When a leader stops leading because of its connection.
    pub enum Policy {
        /// When the connection is suspended.
        Standard = "standard",
        /// When the session is lost.
        Session = "session",
    }
}

choices! {
    /// What is deliberately wrong.
    pub enum Flaw {
        /// Nothing.
        None = "none",
        /// A watch is set once and assumed to last.
        NoRewatch = "no-rewatch",
        /// A candidate leads when its predecessor goes, without looking.
        NoRelist = "no-relist",
        /// The token is the znode's version.
        VersionToken = "version-token",
        /// The service writes only every third transaction to disk.
        OldSnapshot = "old-snapshot",
    }
}

const CLAIMS: &[Claim] = &[
    Claim {
        property: Property::OneLeaderPerEpoch,
        assumes: &[],
        because: "a czxid is the number of one transaction, which created one znode for one session",
    },
    Claim {
        property: Property::EpochsNeverFall,
        assumes: &[],
        because: "the service's record only ever moves to znodes that were created later, and it is on disk",
    },
    Claim {
        property: Property::OneEffectiveWriter,
        assumes: &[Assumption::Fencing],
        because: "the queue only ever moves to larger sequences, and so to larger czxids: the resource refuses an \
                  overtaken leader",
    },
    Claim {
        property: Property::AtMostOneLeader,
        assumes: &[
            Assumption::Connected,
            Assumption::NoLoss,
            Assumption::Fifo,
            Assumption::Synchrony,
            Assumption::TrueClocks,
            Assumption::Service,
        ],
        because: "a leader that the service hears keeps its session, and one that it does not hear stops after 2T/3, before \
                  the service ends the session after T",
    },
    Claim {
        property: Property::LeaderEventually,
        assumes: &[
            Assumption::Connected,
            Assumption::NoLoss,
            Assumption::Fifo,
            Assumption::Synchrony,
            Assumption::TrueClocks,
            Assumption::Service,
        ],
        because: "the service ends a silent session after T and at most a tick, and notifies the next candidate in the \
                  queue",
    },
];

const SETTINGS: &[Setting] = &[
    Setting {
        name: "tick-time",
        kind: Kind::Span { min: Span::ms(10), max: Span::s(60) },
        default: "2s",
        doc: "The service's unit of time: a session lasts 2 to 20 of it and ends at a multiple of it.",
        source: "Apache ZooKeeper, conf/zoo_sample.cfg: tickTime=2000 (without a file: 3000, \
                 ZooKeeperServer.DEFAULT_TICK_TIME)",
        live: false,
    },
    Setting {
        name: "session-timeout",
        kind: Kind::Span { min: Span::ms(1), max: Span::s(3_600) },
        default: "4s",
        doc: "The session timeout T that a client requests; it is granted within 2 to 20 ticks.",
        source: "ours: the least that a server with tickTime=2000 grants, so that a failover fits into a short run (kazoo requests 10 s, zkCli 30 s, Curator 60 s)",
        live: true,
    },
    Setting {
        name: "watch",
        kind: Kind::Choice(WatchWhat::WORDS),
        default: "predecessor",
        doc: "What a candidate watches: the znode before its own, the leader's znode (all candidates wake at once), or the list of children (all wake for every change).",
        source: "ZooKeeper documentation, Recipes, Leader Election: the predecessor, to avoid the herd effect",
        live: true,
    },
    Setting {
        name: "policy",
        kind: Kind::Choice(Policy::WORDS),
        default: "standard",
        doc: "Whether a leader stops leading when its connection is SUSPENDED, or only when its session is LOST.",
        source: "Apache Curator, StandardConnectionStateErrorPolicy (the default) and \
                 SessionConnectionStateErrorPolicy",
        live: true,
    },
    Setting {
        name: "local-expiry",
        kind: Kind::Choice(LocalExpiry::WORDS),
        default: "off",
        doc: "Whether a client takes its session for expired without being told: never, after 4T/3 without hearing from the service, or T after SUSPENDED.",
        source: "Apache ZooKeeper before ZOOKEEPER-4508: never; ClientCnxn.expirationTimeout since; Curator's \
                 simulatedSessionExpirationPercent = 100",
        live: true,
    },
    Setting {
        name: "reconnect-delay",
        kind: Kind::Range { min: Span::ZERO, max: Span::s(60) },
        default: "0s..1s",
        doc: "How long a client that lost its connection waits before it opens another.",
        source: "Apache ZooKeeper, ClientCnxn.SendThread.startConnect: a random time below 1000 ms",
        live: true,
    },
    Setting {
        name: "ping-jitter",
        kind: Kind::Range { min: Span::ZERO, max: Span::s(60) },
        default: "0",
        doc: "How much earlier than a third of the session timeout a ping leaves, drawn for each ping.",
        source: "0: Apache ZooKeeper, ClientCnxn; kazoo, ConnectionHandler._connect_attempt: 10ms..400ms",
        live: true,
    },
    Setting {
        name: "retransmit",
        kind: Kind::Span { min: Span::ms(1), max: Span::s(60) },
        default: "200ms",
        doc: "The shortest time after which an unanswered message is resent; it doubles each time.",
        source: "Linux TCP_RTO_MIN: what TCP does under the real client",
        live: true,
    },
    Setting {
        name: "flaw",
        kind: Kind::Choice(Flaw::WORDS),
        default: "none",
        doc: "Deliberately wrong: watch only once; lead when the predecessor goes, without looking; present the znode's version as the token; a service that writes only every third transaction to disk.",
        source: "ours: mistakes found in articles and programs; the last is forceSync=no and a power failure",
        live: false,
    },
];

const INIT: &[InitWord] = &[
    InitWord {
        name: "candidates",
        arity: Arity::Members,
        doc: "These members are connected and already have their znodes, in this order; the first leads.",
    },
    InitWord {
        name: "leader",
        arity: Arity::Member,
        doc: "This member is connected and has the only znode: the same as candidates with one id.",
    },
    InitWord { name: "sequence", arity: Arity::One, doc: "The parent's counter of creations starts here." },
    InitWord {
        name: "zxid",
        arity: Arity::One,
        doc: "The next transaction: the czxid of the first candidate of init, or of the first session.",
    },
];

const FIDELITY: &[&str] = &[
    "The service is a single node. A real ensemble elects its own leader (Zab), survives the loss of a minority and stops \
     without a majority; that is left out here.",
    "Modelled after the source: negotiation of the timeout, expiry in buckets of a tick, pings every T/3 (up to 1 s early \
     when something wakes the client), read timeout 2T/3, connect timeout T, a random pause before reconnecting, \
     one-shot watches, the parent's counter of creations, czxid, and znodes and sessions that survive a crash of the \
     service.",
    "What a process does on its connection besides the election is left out. So that its pings are not aligned with its \
     start, the first one is early by a random phase; with phases lockstep it is not.",
    "TCP is not modelled: the client resends what is not answered, and a lost watch event shows with the next pong, \
     within T/3 (TCP takes about 200 ms). A crashed service is noticed by its silence, whereas the socket of a dead \
     process is reset at once.",
    "The list of children says who owns each znode. A real list has only names; candidates find their own by an id in the \
     name (Curator's withProtection), and the leader's id in its data.",
    "After reconnecting, a candidate lists and watches again, as Curator's LeaderLatch does since 5.5 (CURATOR-644 and \
     CURATOR-645, 2022); before that, it deleted its znode and rejoined the queue at the end. The client library would \
     also re-register the old watches itself.",
    "A watch is set with exists, as LeaderElectionSupport does; if the znode is gone, no watch for its creation remains.",
    "The parent /election exists from the start and is never deleted, and no other children move its counter; init \
     sequence starts it elsewhere.",
    "The service counts ticks: while it is paused, none of its sessions runs out, as in an ensemble, where the next \
     leader gives every session its full timeout; a single real server would end them when it wakes up.",
    "Requests take no time at the service, not even those that wait for the disk, unless the scenario slows it down.",
    "A session is renewed by what follows CONNECT on its connection, not by CONNECT itself: over a link that is cut in \
     one direction TCP would not connect at all, and nothing would arrive.",
    "A closed or expired client is a process that keeps running: after expiry it opens a new session at once; after close \
     it waits for campaign.",
];

/// What there is to know about the recipe.
pub(super) const INFO: Info = Info {
    id: "zookeeper",
    title: "ZooKeeper",
    subtitle: "election recipe",
    summary: "Every candidate puts a znode into a queue that a coordination service keeps. The candidate with the \
              smallest sequence leads, and each of the others watches the one before it. A znode lives as long as its \
              owner's session, and a session ends when its client has been silent for the session timeout. The \
              service always knows at most one leader; that the processes agree rests on time, and on fencing.",
    source: "Hunt, Konar, Junqueira, Reed: ZooKeeper, USENIX ATC 2010, §2.4; ZooKeeper documentation, \
             Recipes, Leader Election; Apache Curator, LeaderLatch",
    topology: Topology::Service,
    authority: Authority::Service(Agreement::Ensemble),
    groups: &[],
    epoch: "czxid",
    token: "czxid",
    messages: Recorded::TABLE,
    forges: false,
    disk: &["zxid", "sequence", "sessions", "znodes"],
    rules: Rule::TEXTS,
    claims: CLAIMS,
    settings: SETTINGS,
    commands: Command::WORDS,
    writes: false,
    roles: Standing::NAMES,
    init: INIT,
    fields: &[
        "role",
        "connection",
        "session",
        "timeout",
        "znode",
        "czxid",
        "leader",
        "epoch",
        "watch",
        "znodes",
        "sessions",
        "sequence",
        "zxid",
        "watches",
        "expiries",
        "tick",
    ],
    panels: &[Panel { title: "queue", prefix: "…" }],
    phrases: Phrases {
        waits: "the service waits for the session of {leader} to end",
        starts: "{node} looks for its place in the queue",
        elects: "the next candidate in the queue has yet to see that it is the first",
        suspects: "{node} deletes the znode of {leader}",
        wins: "{node} takes its znode for the first in the queue",
    },
    fidelity: FIDELITY,
};
