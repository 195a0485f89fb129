//! The ZooKeeper election recipe: candidates in a queue that a coordination service keeps.
//!
//! **The problem.** Processes that do not talk to each other want one of them to lead, and somebody else to
//! notice when it is gone. They leave both to a service that is built to be asked.
//!
//! **Model and assumptions.** The service is one node here ([`service`]); a real one is an ensemble. A client
//! ([`client`]) has a connection to it, and a session that outlives connections: the service ends a session
//! that it has not heard for its timeout T. A child of `/election` that is *ephemeral* lives as long as its
//! session, one that is *sequential* gets the parent's counter of creations into its name. Safety of the
//! queue rests on nothing: the service orders all. That the leader *knows* it has lost its place rests on
//! time: it must hear, or notice its own silence, before the service lets the next one lead.
//!
//! **Rules** (numbered as in `rule`): open a session (R1–R4); create the candidate znode (R5, R6); list
//! (R7); the smallest sequence leads (R8), the others watch the largest sequence below theirs (R9, R10); a
//! deletion uses the watch up with one event (R11), and whoever gets it lists again (R12). Pings at T/3 keep
//! the session (R13, R14); the service's clock ends silent ones, in steps of a tick (R15). The client takes
//! 2T/3 of silence for the end of its connection (R16) and, by policy, of its leadership (R17).
//!
//! **Complexity.** Joining: connect, create, list, watch: 4 requests and 4 answers. A leader's death: 1 event
//! and 1 list with watches on the predecessor, n − 1 and n − 1 with watches on the leader; the whole
//! succession of n candidates n − 1 events against n(n − 1)/2. Time from crash to deletion:
//! [T − T/3, T + tick].
//!
//! **Caveats.** The service sees one leader at any time, the processes may see two: a leader that was paused
//! wakes and believes. Only the resource can refuse it, by the znode's czxid, never by its version, which
//! is 0 for every new znode.
//!
//! **Citation.** P. Hunt, M. Konar, F. P. Junqueira, B. Reed, "ZooKeeper: Wait-free coordination for
//! Internet-scale systems", USENIX ATC 2010, §2.4; the recipe in the ZooKeeper documentation, "Recipes and
//! solutions", section Leader Election; Apache ZooKeeper's `ClientCnxn`, `SessionTrackerImpl`, `ExpiryQueue`,
//! `ZooKeeperServer`; Apache Curator's `LeaderLatch` and `ConnectionStateErrorPolicy`.

pub mod client;
mod info;
pub mod service;

use core::fmt;
use std::sync::Arc;

use election_base::{NodeId, Span, SpanRange};
use election_protocol::{
    ARGS_MAX, Belief, Boot, Cx, Info, InitWords, Initial, MsgRecord, NodeView, Protocol, Recovery, Shape,
    Situation, Values,
};

use client::Client;
use info::{Command, Flaw, LocalExpiry, Policy, Recorded, Rule, Standing, WatchWhat};
use service::Service;

/// A node: a candidate, or the service.
#[derive(Clone, Hash, Debug)]
pub enum ZooKeeper {
    /// A member of the group, with its session and its candidate znode.
    Client(Client),
    /// The coordination service.
    Service(Service),
}

election_protocol::timers! {
    /// What a client waits for, and the service's clock.
    pub enum Timer {
        /// Nothing was sent for a third of the session timeout.
        Ping = "ping",
        /// Nothing was heard for two thirds of it.
        ReadTimeout = "read-timeout",
        /// The service did not answer a request for a connection.
        ConnectTimeout = "connect-timeout",
        /// The pause before the next attempt is over.
        Reconnect = "reconnect",
        /// No answer: send again.
        Retransmit = "retransmit",
        /// The client takes its session for expired without having been told.
        LocalExpiry = "local-expiry",
        /// The service's expiry clock.
        Tick = "tick",
    }
}

/// A connection of a client. A message of an earlier one is not taken for one of this.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Conn(u32);

impl Conn {
    /// No connection.
    const NONE: Conn = Conn(0);

    /// The connection of the `i`-th candidate of `init candidates`.
    fn initial(i: usize) -> Conn {
        Conn(i as u32 + 1)
    }
}

/// A child of `/election`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Znode {
    /// The parent's counter of creations when it was created: the end of its name.
    pub sequence: u32,
    /// The session that it lives as long as.
    pub session: u32,
    /// Whose session that is: the id that candidates write into their znode.
    pub owner: NodeId,
    /// The transaction that created it.
    pub czxid: u64,
}

/// A session, as the service keeps it on disk.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Session {
    /// Its number. Never used again.
    pub id: u32,
    /// The client.
    pub owner: NodeId,
    /// The negotiated timeout.
    pub timeout: Span,
}

/// What the service has on disk, transaction log and snapshot taken together. A client has nothing there.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Disk {
    /// The children of `/election`, sequences ascending.
    pub znodes: Arc<Vec<Znode>>,
    /// The sessions, ids ascending.
    pub sessions: Arc<Vec<Session>>,
    /// The parent's counter of creations: the sequence of the next child.
    pub sequence: u32,
    /// How many sessions there ever were.
    pub sessions_made: u32,
    /// The last transaction.
    pub zxid: u64,
}

/// What a client watches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Watch {
    /// Nothing.
    None,
    /// Children of `/election` coming and going.
    Children,
    /// The deletion of the child with this sequence.
    Znode(u32),
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Watch::None => f.write_str("none"),
            Watch::Children => f.write_str("/election"),
            Watch::Znode(sequence) => f.write_str(&name(*sequence)),
        }
    }
}

/// The name of a candidate's znode.
fn name(sequence: u32) -> String {
    format!("n_{sequence:010}")
}

/// What a client asks of the service in its session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// A new ephemeral sequential child of `/election`.
    Create,
    /// The children of `/election`.
    GetChildren {
        /// Whether to tell of the next change.
        watch: bool,
    },
    /// Whether the child is there; if it is, tell of its deletion.
    Exists {
        /// The child.
        sequence: u32,
    },
    /// Delete the child.
    Delete {
        /// The child.
        sequence: u32,
    },
    /// End the session.
    CloseSession,
}

/// What the service answers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// The new child.
    Created {
        /// Its sequence.
        sequence: u32,
        /// The transaction that created it.
        czxid: u64,
    },
    /// The children, shared with the service until it changes them.
    Children(Arc<Vec<Znode>>),
    /// The answer to [`Op::Exists`].
    Stat {
        /// The child.
        sequence: u32,
        /// Whether it is there.
        exists: bool,
    },
    /// The child is gone.
    Deleted {
        /// The child.
        sequence: u32,
    },
}

/// A message between a client and the service.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// Client: a connection, for a session or for a new one.
    Connect {
        /// The connection.
        conn: Conn,
        /// The session; 0 for a new one.
        session: u32,
        /// The timeout to ask for.
        timeout: Span,
    },
    /// Service: here you are.
    Connected {
        /// The connection.
        conn: Conn,
        /// The session.
        session: u32,
        /// The negotiated timeout.
        timeout: Span,
    },
    /// Service: that session is gone.
    Expired {
        /// The connection.
        conn: Conn,
    },
    /// Service: this connection is closed.
    Closed {
        /// The connection.
        conn: Conn,
    },
    /// Client: a request of its session.
    Request {
        /// The connection.
        conn: Conn,
        /// The session.
        session: u32,
        /// The number of the request in the session.
        xid: u32,
        /// What is asked for.
        op: Op,
    },
    /// Service: the answer to the request of that number.
    Reply {
        /// The connection.
        conn: Conn,
        /// The number of the request.
        xid: u32,
        /// The answer.
        reply: Reply,
    },
    /// Service: what the request of that number watched has happened.
    WatchEvent {
        /// The connection.
        conn: Conn,
        /// The number of the request that set the watch.
        xid: u32,
        /// The how-many-th event of the connection.
        nth: u32,
        /// What was watched.
        watch: Watch,
    },
    /// Client: still here.
    Ping {
        /// The connection.
        conn: Conn,
        /// The session.
        session: u32,
    },
    /// Service: heard.
    Pong {
        /// The connection.
        conn: Conn,
        /// How many events it sent on this connection.
        events: u32,
    },
}

/// The settings, ready to use.
#[derive(Clone, Debug)]
pub struct Settings {
    tick_time: Span,
    session_timeout: Span,
    watch: WatchWhat,
    policy: Policy,
    local_expiry: LocalExpiry,
    reconnect_delay: SpanRange,
    ping_jitter: SpanRange,
    retransmit: Span,
    flaw: Flaw,
}

impl Protocol for ZooKeeper {
    type Msg = Msg;
    type Timer = Timer;
    type Rule = Rule;
    type Command = Command;
    type Role = Standing;
    type Durable = Disk;
    type Settings = Settings;

    const INFO: &'static Info = &info::INFO;

    fn settings(values: &Values<'_>, _members: &[NodeId]) -> Result<Settings, String> {
        Ok(Settings {
            tick_time: values.span("tick-time"),
            session_timeout: values.span("session-timeout"),
            watch: values.choice("watch"),
            policy: values.choice("policy"),
            local_expiry: values.choice("local-expiry"),
            reconnect_delay: values.range("reconnect-delay"),
            ping_jitter: values.range("ping-jitter"),
            retransmit: values.span("retransmit"),
            flaw: values.choice("flaw"),
        })
    }

    fn services(_settings: &Settings) -> u32 {
        1
    }

    /// A ping leaves after T/3 of silence and its answer must be back before 2T/3: a round trip below T/3. And
    /// a first connection must stand within the timeout that was asked for.
    fn delay_bound(settings: &Settings) -> Option<Span> {
        let request = settings.session_timeout;
        Some(settings.negotiate(request).times(1, 6).min(request.times(1, 2)))
    }

    /// At worst a client sits in an attempt to connect (T), then in a wait; the dead leader's session has its
    /// full T and a tick; a request in between is sent again after a doubled wait of at most 2T/3. Usually the
    /// session ends at the first tick after T, and the next in the queue hears of it and lists.
    fn recovery(settings: &Settings, situation: &Situation) -> Result<Recovery, String> {
        let delay = situation.delay;
        let timeout = settings.negotiate(settings.session_timeout);
        let waits = settings.reconnect_delay.hi.times(2, 1) + settings.retransmit.times(4, 1) + Span::s(4);
        let bound = timeout.times(4, 1)
            + settings.session_timeout
            + settings.tick_time.times(2, 1)
            + waits
            + delay.times(20, 1);
        Ok(Recovery { bound, usual: timeout + settings.tick_time + delay.times(4, 1) })
    }

    /// A client pings once in a third of its session timeout. The service is there before its clients.
    fn period(settings: &Settings, me: NodeId) -> Span {
        if me.is_service() { Span::ZERO } else { settings.negotiate(settings.session_timeout).times(1, 3) }
    }

    fn warnings(
        values: &Values<'_>,
        settings: &Settings,
        _members: &[NodeId],
    ) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let (asked, granted) = (settings.session_timeout, settings.negotiate(settings.session_timeout));
        if values.is_given("session-timeout") && asked != granted {
            let tick = settings.tick_time;
            let text = format!(
                "session-timeout {asked} is granted as {granted}: the service grants 2 to 20 times its \
                 tick-time, {tick}"
            );
            found.push(("session-timeout", text));
        }
        if settings.ping_jitter.hi > granted.times(1, 3) {
            let text = format!("ping-jitter is longer than a third of the session timeout, {granted}");
            found.push(("ping-jitter", text));
        }
        found
    }

    fn impossible(_settings: &Settings, nodes: &[Initial<'_, Disk>]) -> Option<String> {
        let service = nodes.iter().find(|node| node.id.is_service())?;
        let queue = |node: &Initial<'_, Disk>| -> Vec<(u32, NodeId)> {
            initial_znodes(&node.init).iter().map(|z| (z.sequence, z.owner)).collect()
        };
        let other = nodes.iter().find(|node| {
            let mine = |(_, owner): &(u32, NodeId)| *owner == node.id;
            let own = queue(node).into_iter().find(mine);
            own.is_some() && own != queue(service).into_iter().find(mine)
        })?;
        Some(format!("no run reaches: {} has a znode that the service does not know", other.id))
    }

    fn stands_at_start(me: NodeId, init: &InitWords<'_>) -> bool {
        me.is_service() || initial_znodes(init).iter().any(|z| z.owner == me)
    }

    fn initial(me: NodeId, init: &InitWords<'_>) -> Result<Disk, String> {
        let znodes = initial_znodes(init);
        for (i, znode) in znodes.iter().enumerate() {
            if znodes[..i].iter().any(|z| z.owner == znode.owner) {
                return Err(format!("{} is twice among the candidates; list each once", znode.owner));
            }
        }
        if !me.is_service() {
            return Ok(Disk::default());
        }
        let session = |z: &Znode| Session { id: z.session, owner: z.owner, timeout: Span::ZERO };
        let first = init.one("zxid").unwrap_or(1).max(1);
        Ok(Disk {
            sequence: init.one("sequence").unwrap_or(0) as u32 + znodes.len() as u32,
            sessions_made: znodes.len() as u32,
            zxid: first - 1 + znodes.len() as u64,
            sessions: Arc::new(znodes.iter().map(session).collect()),
            znodes: Arc::new(znodes),
        })
    }

    fn start(cx: &mut Cx<'_, Self>, durable: Disk, boot: &Boot<'_>) -> Self {
        if cx.me().is_service() {
            ZooKeeper::Service(Service::start(cx, durable, boot))
        } else {
            ZooKeeper::Client(Client::start(cx, boot))
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: Msg) {
        match self {
            ZooKeeper::Client(client) => client.on_message(cx, msg),
            ZooKeeper::Service(service) => service.on_message(cx, from, msg),
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Self>, timer: Timer) {
        match self {
            ZooKeeper::Client(client) => client.on_timer(cx, timer),
            ZooKeeper::Service(service) => service.on_tick(cx),
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_, Self>, command: Command, about: Option<NodeId>) {
        match (self, about) {
            (ZooKeeper::Client(client), _) => client.on_command(cx, command),
            (ZooKeeper::Service(service), Some(owner)) => service.on_expire(cx, owner),
            (ZooKeeper::Service(_), None) => {}
        }
    }

    fn record(msg: &Msg) -> MsgRecord {
        let ms = |timeout: Span| (timeout.0 / 1_000) as u32;
        let recorded = match *msg {
            Msg::Connect { session, timeout, .. } => Recorded::Connect { session, timeout_ms: ms(timeout) },
            Msg::Connected { session, timeout, .. } => {
                Recorded::Connected { session, timeout_ms: ms(timeout) }
            }
            Msg::Expired { .. } => Recorded::Expired,
            Msg::Closed { .. } => Recorded::Closed,
            Msg::Request { session, op, .. } => match op {
                Op::Create => Recorded::Create,
                Op::GetChildren { watch } => Recorded::GetChildren { watch: watch.into() },
                Op::Exists { sequence } => Recorded::Exists { sequence },
                Op::Delete { sequence } => Recorded::Delete { sequence },
                Op::CloseSession => Recorded::CloseSession { session },
            },
            Msg::Reply { ref reply, .. } => match *reply {
                Reply::Created { sequence, czxid } => Recorded::Created { sequence, czxid: czxid as u32 },
                Reply::Children(ref znodes) => {
                    let (smallest, owner) = znodes.first().map_or((0, 0), |z| (z.sequence, z.owner.0));
                    Recorded::Children { count: znodes.len() as u32, smallest, owner }
                }
                Reply::Stat { sequence, exists } => Recorded::Stat { sequence, exists: exists.into() },
                Reply::Deleted { sequence } => Recorded::Deleted { sequence },
            },
            Msg::WatchEvent { watch, .. } => Recorded::WatchEvent {
                sequence: if let Watch::Znode(sequence) = watch { sequence } else { 0 },
            },
            Msg::Ping { session, .. } => Recorded::Ping { session },
            Msg::Pong { .. } => Recorded::Pong,
        };
        recorded.into()
    }

    fn record_disk(disk: &Disk) -> [u32; ARGS_MAX] {
        [disk.zxid as u32, disk.sequence, disk.sessions.len() as u32, disk.znodes.len() as u32, 0]
    }

    #[inline]
    fn belief(&self) -> Belief {
        match self {
            ZooKeeper::Client(client) => client.belief(),
            ZooKeeper::Service(service) => service.belief(),
        }
    }

    fn role(&self) -> Standing {
        match self {
            ZooKeeper::Client(client) => client.role(),
            ZooKeeper::Service(_) => Standing::Service,
        }
    }

    fn shapes(&self, _settings: &Settings, out: &mut Vec<Shape>) {
        if let ZooKeeper::Service(service) = self {
            service.shapes(out);
        }
    }

    fn shapes_crashed(disk: &Disk, out: &mut Vec<Shape>) {
        disk.shapes(out, |_| None);
    }

    fn heap_bytes(&self) -> usize {
        match self {
            ZooKeeper::Client(_) => 0,
            ZooKeeper::Service(service) => service.heap_bytes(),
        }
    }

    fn view(&self, _durable: &Disk) -> NodeView {
        match self {
            ZooKeeper::Client(client) => client.view(),
            ZooKeeper::Service(service) => service.view(),
        }
    }

    fn view_crashed(durable: &Disk) -> NodeView {
        // A client has nothing on disk; the service has made transactions or started from a given zxid.
        if *durable == Disk::default() {
            NodeView::default().field("role", "crashed")
        } else {
            view_disk("crashed", durable)
        }
    }
}

/// The znodes that `init` gives, in the order of the queue.
fn initial_znodes(init: &InitWords<'_>) -> Vec<Znode> {
    let owners = init.many("candidates").or_else(|| init.many("leader")).unwrap_or(&[]);
    let (sequence, zxid) = (init.one("sequence").unwrap_or(0), init.one("zxid").unwrap_or(1).max(1));
    let znode = |(i, owner): (usize, &u64)| Znode {
        sequence: (sequence + i as u64) as u32,
        session: i as u32 + 1,
        owner: NodeId(*owner as u32),
        czxid: zxid + i as u64,
    };
    owners.iter().enumerate().map(znode).collect()
}

/// What the service has on disk, for people.
fn view_disk(role: &str, disk: &Disk) -> NodeView {
    let znodes: Vec<String> =
        disk.znodes.iter().map(|z| format!("{}:{}", z.owner, name(z.sequence))).collect();
    let sessions: Vec<String> = disk.sessions.iter().map(|s| format!("{}:{}", s.id, s.owner)).collect();
    let leader = disk.znodes.first();
    NodeView::default()
        .field("role", role)
        .field("leader", leader.map_or(NodeId::NONE, |z| z.owner))
        .field("epoch", leader.map_or(0, |z| z.czxid))
        .field("znodes", list(&znodes))
        .field("sessions", list(&sessions))
        .field("sequence", disk.sequence)
        .field("zxid", disk.zxid)
}

/// The words with spaces between, or `none`.
fn list(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(" ") }
}
