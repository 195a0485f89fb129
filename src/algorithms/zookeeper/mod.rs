//! The ZooKeeper election recipe: candidates in a queue that a coordination service keeps.
//!
//! # Problem
//! Processes that do not talk to each other need one leader among them, and need its failure to be noticed. They leave
//! both to a coordination service.
//!
//! # Model and assumptions
//! The service is one server here ([`election_parts::ensemble`]) that keeps `znodes`; a real service is an ensemble. A
//! candidate (`candidate`) has a connection to it, and a session that outlives connections
//! ([`election_parts::session`]): the service ends a session that it has not heard from for the session timeout T. An
//! *ephemeral* child of `/election` lives as long as its session; the name of a *sequential* one ends in the parent's
//! counter of creations. The safety of the queue rests on no assumption: the service orders all requests. That a leader
//! *knows* it has lost its place rests on time: it must be told, or notice its own silence, before the service lets the
//! next candidate lead.
//!
//! # Rules
//! Numbered as in the `info::Rule` table: open a session (R1–R4); create the candidate znode (R5, R6); list the children
//! (R7); the smallest sequence leads (R8), the others watch the largest sequence below their own (R9, R10); a deletion
//! fires the watch once (R11), and the client that is notified lists again (R12). Pings every T/3 keep the session alive
//! (R13, R14); the service's clock ends silent sessions, in steps of a tick (R15). After 2T/3 of silence the client gives
//! up its connection (R16) and, depending on the policy, its leadership (R17).
//!
//! # Complexity
//! Joining: connect, create, list, watch: 4 requests and 4 answers. When a leader dies: 1 event and 1 list with watches on
//! the predecessor, n − 1 of each with watches on the leader; for the whole succession of n candidates n − 1 events
//! against n(n − 1)/2. Time from the crash to the deletion: [T − T/3, T + tick].
//!
//! # Caveats
//! The service sees one leader at any time; the processes may see two: a leader that was paused wakes up and still
//! believes. Only the resource can refuse it, by the znode's czxid, never by its version, which is 0 for every new znode.
//!
//! # Source
//! P. Hunt, M. Konar, F. P. Junqueira, B. Reed, "ZooKeeper: Wait-free coordination for Internet-scale systems", USENIX
//! ATC 2010, §2.4; the recipe in the ZooKeeper documentation, "Recipes and solutions", section Leader Election; Apache
//! ZooKeeper's `ClientCnxn`, `SessionTrackerImpl`, `ExpiryQueue`, `ZooKeeperServer`; Apache Curator's `LeaderLatch` and
//! `ConnectionStateErrorPolicy`.

mod candidate;
mod info;
mod znodes;

use std::sync::Arc;

use election_base::{NodeId, Span};
use election_parts::ensemble::{Disk, Hosted, Server};
use election_parts::expiry;
use election_parts::machine::{Session, State};
use election_parts::session::{self, Ask, Packet, Step};
use election_protocol::{
    ARGS_MAX, Belief, Boot, Cx, Deadline, Info, InitWords, Initial, MsgRecord, NodeView, Protocol, Recovery,
    RoleKind as _, Shape, Situation, Values, timers,
};

use candidate::Candidate;
use info::{Command, Flaw, Policy, Recorded, Rule, Standing, WatchWhat};
use znodes::{Op, Reply, Watch, Znode, Znodes, name};

/// The position of the queue among the panels.
const QUEUE: u8 = 0;

/// A node: a candidate, or the service.
#[derive(Clone, Hash, Debug)]
pub enum ZooKeeper {
    /// A member of the group, with its session and its candidate znode.
    Candidate(Candidate),
    /// The coordination service.
    Service(Server<Znodes>),
}

timers! {
    /// What a candidate waits for, and the service's clock.
    pub enum Timer {
        /// Of a candidate's session.
        Session(session::Timer),
        /// Of the service.
        Expiry(expiry::Timer),
    }
}

/// The settings, ready to use.
#[derive(Clone, Debug)]
pub struct Settings {
    session: session::Settings,
    watch: WatchWhat,
    policy: Policy,
    flaw: Flaw,
}

impl Settings {
    /// What the owner of the `i`-th znode watches by the recipe.
    fn watched(&self, znodes: &[Znode], i: usize) -> Option<Watch> {
        match self.watch {
            WatchWhat::Children => Some(Watch::Children),
            _ if i == 0 => None,
            WatchWhat::Predecessor => Some(Watch::Znode(znodes[i - 1].sequence)),
            WatchWhat::Herd => Some(Watch::Znode(znodes[0].sequence)),
        }
    }
}

impl Hosted for ZooKeeper {
    type Machine = Znodes;
    const ALONE: bool = true;

    fn session(settings: &Settings) -> &session::Settings {
        &settings.session
    }

    fn rule(step: Step) -> Rule {
        match step {
            Step::Connect => Rule::Connect,
            Step::Connected => Rule::Connected,
            Step::Ping => Rule::Ping,
            Step::Suspended => Rule::Suspended,
            Step::Lost => Rule::Lost,
            Step::LocalExpiry => Rule::LocalExpiry,
            Step::Retransmit => Rule::Retransmit,
            Step::Missed => Rule::Missed,
            Step::Opened => Rule::Negotiate,
            Step::Resumed => Rule::SameSession,
            Step::Gone => Rule::Gone,
            Step::Heard => Rule::Touch,
            Step::Unknown => Rule::Unknown,
            Step::Expired => Rule::Expire,
            Step::Ended => Rule::CloseSession,
            Step::Restarted => Rule::Restarted,
            Step::Notified => Rule::Notify,
        }
    }

    fn rule_of(op: &Op) -> Option<Rule> {
        (*op == Op::Create).then_some(Rule::Name)
    }

    fn keeps(settings: &Settings, zxid: u64) -> bool {
        // The broken variant answers before the transaction is on disk, and writes only one in three.
        settings.flaw != Flaw::OldSnapshot || zxid.is_multiple_of(3)
    }
}

impl Protocol for ZooKeeper {
    type Msg = Packet<Znodes>;
    type Timer = Timer;
    type Rule = Rule;
    type Command = Command;
    type Role = Standing;
    type Durable = Disk<Znodes>;
    type Settings = Settings;

    const INFO: &'static Info = &info::INFO;

    fn settings(values: &Values<'_>, _members: &[NodeId]) -> Result<Settings, String> {
        let session = session::Settings {
            timeout: values.span("session-timeout"),
            tick: values.span("tick-time"),
            reconnect_delay: values.range("reconnect-delay"),
            ping_jitter: values.range("ping-jitter"),
            retransmit: values.span("retransmit"),
            local_expiry: values.choice("local-expiry"),
        };
        Ok(Settings {
            session,
            watch: values.choice("watch"),
            policy: values.choice("policy"),
            flaw: values.choice("flaw"),
        })
    }

    fn services(_settings: &Settings) -> u32 {
        1
    }

    /// A ping leaves after T/3 of silence, and its answer must return before 2T/3: a round trip below T/3. And a first
    /// connection must be established within the requested timeout.
    fn delay_bound(settings: &Settings) -> Option<Span> {
        let sessions = &settings.session;
        Some(sessions.granted().times(1, 6).min(sessions.timeout.times(1, 2)))
    }

    /// At worst a client waits for an attempt to connect (T), then for the next one; the dead leader's session lasts its
    /// full T and a tick; a request in between is resent after a doubled wait of at most 2T/3. Usually the session ends
    /// at the first tick after T, and the next candidate in the queue is notified and lists.
    fn recovery(settings: &Settings, situation: &Situation) -> Result<Recovery, String> {
        let (s, delay) = (&settings.session, situation.delay);
        let waits = s.reconnect_delay.hi.times(2, 1) + s.retransmit.times(4, 1) + Span::s(4);
        let bound = s.granted().times(4, 1) + s.timeout + s.tick.times(2, 1) + waits + delay.times(20, 1);
        Ok(Recovery { bound, usual: s.granted() + s.tick + delay.times(4, 1) })
    }

    /// A client pings once every third of its session timeout. The service starts before its clients.
    fn period(settings: &Settings, me: NodeId) -> Span {
        if me.is_service() { Span::ZERO } else { settings.session.granted().times(1, 3) }
    }

    fn warnings(
        values: &Values<'_>,
        settings: &Settings,
        _members: &[NodeId],
    ) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let (asked, granted) = (settings.session.timeout, settings.session.granted());
        if values.is_given("session-timeout") && asked != granted {
            let tick = settings.session.tick;
            let text = format!(
                "session-timeout {asked} is granted as {granted}: the service grants 2 to 20 times its \
                 tick-time, {tick}"
            );
            found.push(("session-timeout", text));
        }
        if settings.session.ping_jitter.hi > granted.times(1, 3) {
            let text = format!("ping-jitter is longer than a third of the session timeout, {granted}");
            found.push(("ping-jitter", text));
        }
        found
    }

    fn impossible(_settings: &Settings, nodes: &[Initial<'_, Disk<Znodes>>]) -> Option<String> {
        let service = nodes.iter().find(|node| node.id.is_service())?;
        let queue = |node: &Initial<'_, Disk<Znodes>>| -> Vec<(u32, NodeId)> {
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

    fn initial(me: NodeId, init: &InitWords<'_>) -> Result<Disk<Znodes>, String> {
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
        let made = znodes.len() as u32;
        let first = init.one("zxid").unwrap_or(1).max(1);
        let state = State {
            sessions: Arc::new(znodes.iter().map(session).collect()),
            sessions_made: made,
            zxid: first - 1 + u64::from(made),
            machine: Znodes {
                sequence: init.one("sequence").unwrap_or(0) as u32 + made,
                children: Arc::new(znodes),
            },
        };
        Ok(Disk { state, ..Disk::default() })
    }

    fn start(cx: &mut Cx<'_, Self>, disk: Disk<Znodes>, boot: &Boot<'_>) -> Self {
        if cx.me().is_service() {
            ZooKeeper::Service(start_service(cx, disk, boot))
        } else {
            ZooKeeper::Candidate(Candidate::start(cx, boot))
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, packet: Packet<Znodes>) {
        match self {
            ZooKeeper::Candidate(candidate) => candidate.on_packet(cx, packet),
            ZooKeeper::Service(service) => service.on_packet(cx, from, packet),
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Self>, timer: Timer) {
        match (self, timer) {
            (ZooKeeper::Candidate(candidate), Timer::Session(timer)) => candidate.on_timer(cx, timer),
            (ZooKeeper::Service(service), Timer::Expiry(expiry::Timer::Tick)) => service.on_tick(cx),
            // A scenario may fire any timer by its name.
            (ZooKeeper::Candidate(_), Timer::Expiry(_)) | (ZooKeeper::Service(_), Timer::Session(_)) => {}
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_, Self>, command: Command, about: Option<NodeId>) {
        match (self, about) {
            (ZooKeeper::Candidate(candidate), _) => candidate.on_command(cx, command),
            (ZooKeeper::Service(service), Some(owner)) => service.on_expire(cx, owner),
            (ZooKeeper::Service(_), None) => {}
        }
    }

    fn record(packet: &Packet<Znodes>) -> MsgRecord {
        let ms = |timeout: Span| (timeout.0 / 1_000) as u32;
        let recorded = match *packet {
            Packet::Connect { session, timeout, .. } => {
                Recorded::Connect { session, timeout_ms: ms(timeout) }
            }
            Packet::Connected { session, timeout, .. } => {
                Recorded::Connected { session, timeout_ms: ms(timeout) }
            }
            Packet::Expired { .. } => Recorded::Expired,
            // A single server never redirects a client.
            Packet::Closed { .. } | Packet::Elsewhere { .. } => Recorded::Closed,
            Packet::Request { session, ref ask, .. } => match *ask {
                Ask::Do(Op::Create) => Recorded::Create,
                Ask::Do(Op::GetChildren { watch }) => Recorded::GetChildren { watch: watch.into() },
                Ask::Do(Op::Exists { sequence }) => Recorded::Exists { sequence },
                Ask::Do(Op::Delete { sequence }) => Recorded::Delete { sequence },
                Ask::Close => Recorded::CloseSession { session },
            },
            Packet::Reply { ref reply, .. } => match *reply {
                Reply::Created { sequence, czxid } => Recorded::Created { sequence, czxid: czxid as u32 },
                Reply::Children(ref znodes) => {
                    let (smallest, owner) = znodes.first().map_or((0, 0), |z| (z.sequence, z.owner.0));
                    Recorded::Children { count: znodes.len() as u32, smallest, owner }
                }
                Reply::Stat { sequence, exists } => Recorded::Stat { sequence, exists: exists.into() },
                Reply::Deleted { sequence } => Recorded::Deleted { sequence },
            },
            Packet::Event { watch, .. } => Recorded::WatchEvent {
                sequence: if let Watch::Znode(sequence) = watch { sequence } else { 0 },
            },
            Packet::Ping { session, .. } => Recorded::Ping { session },
            Packet::Pong { .. } => Recorded::Pong,
        };
        recorded.into()
    }

    fn record_disk(Disk { state, .. }: &Disk<Znodes>) -> [u32; ARGS_MAX] {
        let (sessions, znodes) = (state.sessions.len() as u32, state.machine.children.len() as u32);
        [state.zxid as u32, state.machine.sequence, sessions, znodes, 0]
    }

    #[inline]
    fn belief(&self) -> Belief {
        match self {
            ZooKeeper::Candidate(candidate) => candidate.belief(),
            ZooKeeper::Service(service) => service.belief(),
        }
    }

    fn role(&self) -> Standing {
        match self {
            ZooKeeper::Candidate(candidate) => candidate.role(),
            ZooKeeper::Service(_) => Standing::Service,
        }
    }

    fn shapes(&self, _settings: &Settings, out: &mut Vec<Shape>) {
        if let ZooKeeper::Service(service) = self {
            shapes(service.state(), out, |session| service.ends(session));
            out.extend(service.live().iter().filter_map(|s| {
                let to = match s.watch()? {
                    Watch::Children => None,
                    Watch::Znode(sequence) => Some(sequence.into()),
                };
                Some(Shape::Arrow { panel: QUEUE, from: s.owner(), to })
            }));
        }
    }

    fn shapes_crashed(disk: &Disk<Znodes>, out: &mut Vec<Shape>) {
        shapes(&disk.state, out, |_| None);
    }

    fn heap_bytes(&self) -> usize {
        match self {
            ZooKeeper::Candidate(_) => 0,
            ZooKeeper::Service(service) => service.heap_bytes(),
        }
    }

    fn view(&self, _durable: &Disk<Znodes>) -> NodeView {
        match self {
            ZooKeeper::Candidate(candidate) => candidate.view(),
            ZooKeeper::Service(service) => {
                let live = service.live().iter();
                let watches = live.clone().filter_map(|s| Some(format!("{}:{}", s.owner(), s.watch()?)));
                let expiries = live.map(|s| format!("{}:{}", s.id(), s.expires()));
                view_state(Standing::Service.name(), service.state())
                    .field("watches", list(watches))
                    .field("expiries", list(expiries))
                    .field("tick", service.clock().last())
            }
        }
    }

    fn view_crashed(durable: &Disk<Znodes>) -> NodeView {
        // A client has nothing on disk; a service has made transactions or started from a given zxid.
        if *durable == Disk::default() {
            NodeView::default().field("role", "crashed")
        } else {
            view_state("crashed", &durable.state)
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

/// The service comes up.
fn start_service(cx: &mut Cx<'_, ZooKeeper>, mut disk: Disk<Znodes>, boot: &Boot<'_>) -> Server<Znodes> {
    let settings = cx.settings();
    if !boot.restarted && disk.state.sessions.iter().any(|s| s.timeout == Span::ZERO) {
        // `init candidates` does not know the settings.
        for session in Arc::make_mut(&mut disk.state.sessions) {
            session.timeout = settings.session.granted();
        }
        cx.persist(disk.clone());
    }
    // Its candidates are connected and have set the recipe's watches.
    let znodes = disk.state.machine.children.clone();
    let watches: Vec<Option<Watch>> = (0..znodes.len()).map(|i| settings.watched(&znodes, i)).collect();
    Server::start(cx, disk, boot, &watches)
}

/// Sessions and znodes, for the picture. `ends` says when a session ends, as far as that is known.
fn shapes(state: &State<Znodes>, out: &mut Vec<Shape>, ends: impl Fn(u32) -> Option<Deadline>) {
    out.extend(state.sessions.iter().map(|s| Shape::Bond { with: s.owner }));
    out.extend(state.machine.children.iter().map(|z| Shape::Row {
        panel: QUEUE,
        owner: z.owner,
        key: z.sequence.into(),
        version: z.czxid,
        ends: ends(z.session),
    }));
}

/// What the service has on disk, for display.
fn view_state(role: &str, state: &State<Znodes>) -> NodeView {
    let Znodes { children, sequence } = &state.machine;
    let leader = children.first();
    NodeView::default()
        .field("role", role)
        .field("leader", leader.map_or(NodeId::NONE, |z| z.owner))
        .field("epoch", leader.map_or(0, |z| z.czxid))
        .field("znodes", list(children.iter().map(|z| format!("{}:{}", z.owner, name(z.sequence)))))
        .field("sessions", list(state.sessions.iter().map(|s| format!("{}:{}", s.id, s.owner))))
        .field("sequence", sequence)
        .field("zxid", state.zxid)
}

/// The words with spaces between, or `none`.
fn list(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join(" ") }
}
