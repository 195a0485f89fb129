//! The tables: pseudo-code, messages, promises, settings, and what the model leaves out.

use election_base::Span;
use election_language::vocabulary::{Arity, Ask, InitWord, Kind, Setting};
use election_protocol::{Assumption, Authority, Claim, Class, Info, MessageInfo, Property, Rule, Topology};

/// The rules by name; the texts are in [`Info::rules`].
pub(super) mod rule {
    pub const CONNECT: u32 = 1;
    pub const NEGOTIATE: u32 = 2;
    pub const SAME_SESSION: u32 = 3;
    pub const CONNECTED: u32 = 4;
    pub const CREATE: u32 = 5;
    pub const NAME: u32 = 6;
    pub const LIST: u32 = 7;
    pub const LEAD: u32 = 8;
    pub const WATCH: u32 = 9;
    pub const GONE_MEANWHILE: u32 = 10;
    pub const NOTIFY: u32 = 11;
    pub const EVENT: u32 = 12;
    pub const PING: u32 = 13;
    pub const TOUCH: u32 = 14;
    pub const EXPIRE: u32 = 15;
    pub const SUSPENDED: u32 = 16;
    pub const STANDARD: u32 = 17;
    pub const GONE: u32 = 18;
    pub const LOST: u32 = 19;
    pub const LOCAL_EXPIRY: u32 = 20;
    pub const CREATE_AGAIN: u32 = 21;
    pub const STEP_DOWN: u32 = 22;
    pub const CLOSE: u32 = 23;
    pub const CLOSE_SESSION: u32 = 24;
    pub const RESTARTED: u32 = 25;
    pub const UNKNOWN: u32 = 26;
    pub const RETRANSMIT: u32 = 27;
    pub const MISSED: u32 = 28;
}

const RULES: &[Rule] = &[
    Rule { text: "candidate: CONNECT(session, or none), asking for session-timeout" },
    Rule { text: "service, CONNECT without a session: a new one, T ← session-timeout within 2..20 ticks" },
    Rule {
        text: "service, CONNECT(session): the session goes on, on the new connection, unless it ends first",
    },
    Rule { text: "on CONNECTED(session, T): ping every T/3, give the connection up after 2T/3 of silence" },
    Rule { text: "  no candidate znode yet: CREATE(/election/n_, ephemeral, sequential)" },
    Rule { text: "service, CREATE: name ← n_ + counter of creations, 10 digits; czxid ← next zxid" },
    Rule { text: "candidate: L ← GETCHILDREN(/election)" },
    Rule { text: "  my sequence is the smallest in L → lead, with my czxid as token" },
    Rule { text: "  otherwise EXISTS(largest sequence below mine [herd: the smallest], watch)" },
    Rule { text: "    it is gone by now → GETCHILDREN again" },
    Rule { text: "service, a znode goes: one WATCHEVENT to each who watches it, and the watch is used up" },
    Rule { text: "on WATCHEVENT: GETCHILDREN again, since a predecessor's end need not mean my turn" },
    Rule { text: "candidate, nothing sent for T/3: PING" },
    Rule { text: "service, anything heard in a session: expires ← first tick after now + T" },
    Rule { text: "service, at a tick: end the sessions due, delete their znodes, close their connections" },
    Rule { text: "candidate, connection closed or 2T/3 of silence: SUSPENDED, reconnect in a moment" },
    Rule { text: "  policy standard: stop leading" },
    Rule { text: "service, CONNECT(session that is gone): EXPIRED" },
    Rule { text: "on EXPIRED: LOST, stop leading, forget session and znode, CONNECT(none)" },
    Rule { text: "  local-expiry: the same without being told, by the own clock" },
    Rule { text: "candidate, my znode is not in L: stop leading, CREATE again" },
    Rule { text: "candidate, step down: DELETE my znode, then CREATE one at the end of the queue" },
    Rule { text: "candidate, close: stop leading, CLOSESESSION" },
    Rule { text: "service, CLOSESESSION: end the session and delete its znodes now" },
    Rule { text: "service, up again: znodes and sessions from disk, every session with its full T" },
    Rule { text: "service, anything on a connection it does not know: CLOSED" },
    Rule { text: "candidate, no answer for two round trips: send again, then after twice as long" },
    Rule { text: "on PONG that tells of an event that never came: as on WATCHEVENT" },
];

/// The kinds of messages, in the order of [`MESSAGES`].
pub(super) mod kind {
    pub const CONNECT: u8 = 0;
    pub const CONNECTED: u8 = 1;
    pub const EXPIRED: u8 = 2;
    pub const CLOSED: u8 = 3;
    pub const CREATE: u8 = 4;
    pub const CREATED: u8 = 5;
    pub const GET_CHILDREN: u8 = 6;
    pub const CHILDREN: u8 = 7;
    pub const EXISTS: u8 = 8;
    pub const STAT: u8 = 9;
    pub const DELETE: u8 = 10;
    pub const DELETED: u8 = 11;
    pub const CLOSE_SESSION: u8 = 12;
    pub const WATCH_EVENT: u8 = 13;
    pub const PING: u8 = 14;
    pub const PONG: u8 = 15;
}

const fn service(name: &'static str, args: &'static [&'static str]) -> MessageInfo {
    MessageInfo { name, class: Class::Service, args }
}

const fn liveness(name: &'static str, args: &'static [&'static str]) -> MessageInfo {
    MessageInfo { name, class: Class::Liveness, args }
}

const MESSAGES: &[MessageInfo] = &[
    service("Connect", &["session", "timeout_ms"]),
    service("Connected", &["session", "timeout_ms"]),
    service("Expired", &[]),
    service("Closed", &[]),
    service("Create", &[]),
    service("Created", &["sequence", "czxid"]),
    service("GetChildren", &["watch"]),
    service("Children", &["count", "smallest", "owner"]),
    service("Exists", &["sequence"]),
    service("Stat", &["sequence", "exists"]),
    service("Delete", &["sequence"]),
    service("Deleted", &["sequence"]),
    service("CloseSession", &["session"]),
    service("WatchEvent", &["sequence"]),
    liveness("Ping", &["session"]),
    liveness("Pong", &[]),
];

const CLAIMS: &[Claim] = &[
    Claim {
        property: Property::OneLeaderPerEpoch,
        assumes: &[],
        because: "a czxid is the number of one transaction, which created one znode for one session",
    },
    Claim {
        property: Property::EpochsNeverFall,
        assumes: &[],
        because: "the service's record only moves on to znodes that were created later, and it is on disk",
    },
    Claim {
        property: Property::OneEffectiveWriter,
        assumes: &[Assumption::Fencing],
        because: "the queue moves on to larger sequences only, and so to larger czxids: the resource refuses \
                  whoever was overtaken",
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
        because: "a leader that is heard keeps its session, and one that is not heard stops after 2T/3, before \
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
        because: "the service ends a silent session after T and at most a tick, and tells the next in the queue",
    },
];

const SETTINGS: &[Setting] = &[
    Setting {
        name: "tick-time",
        kind: Kind::Span { min: Span::ms(10), max: Span::s(60) },
        default: "2s",
        doc: "The service's unit of time: sessions last 2 to 20 of it, and end at a multiple of it.",
        source: "Apache ZooKeeper, conf/zoo_sample.cfg: tickTime=2000 (without a file: 3000, \
                 ZooKeeperServer.DEFAULT_TICK_TIME)",
        live: false,
    },
    Setting {
        name: "session-timeout",
        kind: Kind::Span { min: Span::ms(1), max: Span::s(3_600) },
        default: "4s",
        doc: "The session timeout T that a client asks for; it gets it within 2 to 20 ticks.",
        source: "ours: the least that a server with tickTime=2000 grants, so that a failover fits into a \
                 short run (kazoo asks for 10 s, zkCli for 30 s, Curator for 60 s)",
        live: true,
    },
    Setting {
        name: "watch",
        kind: Kind::Choice(&["predecessor", "herd", "children"]),
        default: "predecessor",
        doc: "What a candidate watches: the znode before its own, the leader's (everybody wakes at once), or \
              the list of children (everybody wakes for every one who comes and goes).",
        source: "ZooKeeper documentation, Recipes, Leader Election: the predecessor, to avoid the herd effect",
        live: true,
    },
    Setting {
        name: "policy",
        kind: Kind::Choice(&["standard", "session"]),
        default: "standard",
        doc: "Whether a leader stops leading when its connection is SUSPENDED, or only when its session is LOST.",
        source: "Apache Curator, StandardConnectionStateErrorPolicy (the default) and \
                 SessionConnectionStateErrorPolicy",
        live: true,
    },
    Setting {
        name: "local-expiry",
        kind: Kind::Choice(&["off", "client", "curator"]),
        default: "off",
        doc: "Whether a client takes its session for expired without being told: never, after 4T/3 without a \
              word, or T after SUSPENDED.",
        source: "Apache ZooKeeper before ZOOKEEPER-4508: never; ClientCnxn.expirationTimeout since; Curator's \
                 simulatedSessionExpirationPercent = 100",
        live: true,
    },
    Setting {
        name: "reconnect-delay",
        kind: Kind::Range { min: Span::ZERO, max: Span::s(60) },
        default: "0s..1s",
        doc: "How long a client that lost its connection waits before it opens another one.",
        source: "Apache ZooKeeper, ClientCnxn.SendThread.startConnect: a random time below 1000 ms",
        live: true,
    },
    Setting {
        name: "ping-jitter",
        kind: Kind::Range { min: Span::ZERO, max: Span::s(60) },
        default: "0",
        doc: "How much before a third of the session timeout a ping leaves, drawn for each.",
        source: "0: Apache ZooKeeper, ClientCnxn; kazoo, ConnectionHandler._connect_attempt: 10ms..400ms",
        live: true,
    },
    Setting {
        name: "retransmit",
        kind: Kind::Span { min: Span::ms(1), max: Span::s(60) },
        default: "200ms",
        doc: "The least time after which an unanswered message is sent again; it doubles each time.",
        source: "Linux TCP_RTO_MIN: what TCP does under the real client",
        live: true,
    },
    Setting {
        name: "flaw",
        kind: Kind::Choice(&["none", "no-rewatch", "no-relist", "version-token", "old-snapshot"]),
        default: "none",
        doc: "Wrong on purpose: watch only once; lead when the predecessor goes, without looking; show the \
              znode's version as token; a service that has only every third transaction on disk.",
        source: "ours: mistakes that articles and programs make; the last is forceSync=no and a power failure",
        live: false,
    },
];

const INIT: &[InitWord] = &[
    InitWord {
        name: "candidates",
        arity: Arity::Members,
        doc: "These members are connected and have their znodes already, in this order; the first leads.",
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
    "The service is one node. A real ensemble has a leader of its own (Zab), survives the loss of a minority \
     and stops without a majority; that is left out here.",
    "Modelled after the source: negotiation of the timeout, expiry in buckets of a tick, pings at T/3 (up to \
     1 s early when something wakes the client), read timeout 2T/3, connect timeout T, a random pause before \
     reconnecting, one-shot watches, the parent's counter of creations, czxid, znodes and sessions that \
     survive a crash of the service.",
    "What a process does on its connection beside the election is left out. So that its pings do not count from \
     its start, the first one comes early by a phase that is drawn; with phases lockstep it does not.",
    "TCP is not modelled: the client sends again what is not answered, and a watch event that was lost shows \
     with the next pong, within T/3 (TCP takes about 200 ms). A crashed service is noticed by silence, where \
     a real socket of a dead process is reset at once.",
    "The list of children tells whose znodes they are. A real list has names only; candidates find their own \
     by an id in the name (Curator's withProtection), and the leader's id in its data.",
    "After reconnecting a candidate lists and watches again, as Curator's LeaderLatch does since 5.5 (CURATOR-644 \
     and CURATOR-645, 2022); before, it deleted its znode and joined the queue at its end. The client library \
     would also set the old watches again by itself.",
    "A watch is set with exists, as LeaderElectionSupport does; where the znode is gone, no watch for its \
     creation stays behind.",
    "The parent /election is there from the start, is never deleted, and no other children move its counter; \
     init sequence starts it elsewhere.",
    "The service counts ticks: while it is paused no session of it runs out, as in an ensemble, where the next \
     leader gives every session its full timeout; a single real server would end them when it wakes.",
    "Requests take no time at the service, not even those that wait for the disk, unless the scenario makes \
     it slow.",
    "A session is renewed by what follows CONNECT on its connection, not by CONNECT itself: over a link that is \
     cut one way TCP would not connect at all, and nothing would arrive.",
    "A closed or expired client is a process that goes on: expired, it opens a new session at once; closed, \
     it waits for campaign.",
];

/// All that is fixed about the recipe.
pub(super) const INFO: Info = Info {
    id: "zookeeper",
    title: "ZooKeeper",
    subtitle: "election recipe",
    summary: "Every candidate puts a znode into a queue that a coordination service keeps; the smallest \
              sequence leads, and each of the others watches the one before it. A znode lives as long as \
              its owner's session, and a session ends when its client was silent for the session timeout. \
              The service always knows one leader; that the processes do rests on time, and on fencing.",
    source: "Hunt, Konar, Junqueira, Reed: ZooKeeper, USENIX ATC 2010, §2.4; ZooKeeper documentation, \
             Recipes, Leader Election; Apache Curator, LeaderLatch",
    topology: Topology::Service,
    authority: Authority::Service,
    epoch: "czxid",
    token: "czxid",
    messages: MESSAGES,
    forges: false,
    disk: &["zxid", "sequence", "sessions", "znodes"],
    rules: RULES,
    claims: CLAIMS,
    settings: SETTINGS,
    asks: &[Ask::Campaign, Ask::StepDown, Ask::Close, Ask::Expire],
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
    fidelity: FIDELITY,
};
