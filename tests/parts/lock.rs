//! A toy built only from parts: a lock kept by an ensemble of servers. The member that holds it leads for as long as
//! its lease is valid; the others wait for the lock to be free.

use election_playground::base::{Epoch, LocalTime, NodeId, Span, SpanRange};
use election_playground::parts::ensemble::replica::{self, Peer};
use election_playground::parts::ensemble::{Disk, Hosted, Server};
use election_playground::parts::expiry;
use election_playground::parts::lease::{Holder, Now};
use election_playground::parts::machine::{Caller, Machine};
use election_playground::parts::session::{self, Client, Link, LocalExpiry, Packet, Recipe, Step};
use election_playground::protocol::{
    Agreement, Assumption, Authority, Belief, Boot, Claim, CommandKind as _, Cx, GroupId, GroupInfo, Info,
    Mark, MsgRecord, NodeView, Phrases, Property, Protocol, Recovery, RoleKind as _, RuleKind as _, Seats,
    Situation, Topology, Values, commands, messages, roles, rules, timers,
};
use election_playground::registry::{Algorithm, Registry};
use election_playground::vocabulary::{Kind, Setting};

/// The toy.
pub static REGISTRY: Registry = Registry::new(&[Algorithm::of::<Lock>()]);

/// The group of the servers.
const SERVERS: GroupId = GroupId(1);

timers! {
    /// A node's timers.
    pub enum Timer {
        /// For a member's session.
        Session(session::Timer),
        /// On a leading member: checks its lease.
        Lease = "lease",
        /// For a server.
        Expiry(expiry::Timer),
        /// For a server in an ensemble.
        Replica(replica::Timer),
    }
}

messages! {
    /// The messages, as a trace shows them.
    pub enum Recorded {
        Session = "Session", Liveness;
        Request = "Request", Service { xid = "xid" };
        Reply = "Reply", Service { xid = "xid", token = "token" };
        Event = "Event", Service;
        Replicate = "Replicate", Data { term = "term" };
    }
}

commands! {
    /// A scenario's commands to a member or to the servers.
    pub enum Command {
        /// Ends a member's session.
        Expire = election_playground::protocol::commands::EXPIRE,
    }
}

roles! {
    /// A node's role.
    pub enum Is {
        /// It has a session.
        Follower = "follower" as Follower,
        /// It holds the lock.
        Leader = "leader" as Leader,
        /// It has no session.
        Idle = "idle" as Idle,
        /// It keeps the lock.
        Server = "server" as Service,
    }
}

rules! {
    /// The pseudo-code.
    pub enum Rule {
        Session = "keep a session with the servers",
        Acquire = "in a session: ask for the lock",
        Lead = "  it is mine: lead as long as the lease is good; ask again after a third of it",
        Watch = "  it is another one's: wait for it to be free",
        Stop = "the lease is over, or the session: stop leading",
        Serve = "server: keep sessions; what a session holds ends with it",
    }
}

/// The servers' state: the lock's holder and its token.
#[derive(Clone, PartialEq, Hash, Default, Debug)]
pub struct Held {
    holder: Option<(Caller, u64)>,
}

/// Requests the lock.
#[derive(Clone, PartialEq, Hash, Debug)]
pub struct Acquire;

/// The lock is free.
#[derive(Clone, Copy, PartialEq, Hash, Debug)]
pub struct Free;

impl Machine for Held {
    type Op = Acquire;
    /// The lock's holder and its token.
    type Reply = (NodeId, u64);
    type Watch = Free;
    type Change = Free;

    fn read(&self, _op: &Acquire, _by: Caller) -> Option<(NodeId, u64)> {
        self.holder.map(|(by, token)| (by.owner, token))
    }

    fn apply(&mut self, _op: &Acquire, by: Caller, zxid: u64, _tell: &mut Vec<Free>) -> (NodeId, u64) {
        // If two request it at once, the second finds it taken.
        let (holder, token) = *self.holder.get_or_insert((by, zxid));
        (holder.owner, token)
    }

    fn end(&mut self, session: u32, tell: &mut Vec<Free>) {
        if self.holder.take_if(|(by, _)| by.session == session).is_some() {
            tell.push(Free);
        }
    }

    fn record(&self) -> Option<(NodeId, Epoch)> {
        self.holder.map(|(by, token)| (by.owner, token))
    }

    fn watch(_op: &Acquire, _reply: &(NodeId, u64)) -> Option<Free> {
        Some(Free)
    }

    fn fires(_watch: Free, _change: &Free) -> bool {
        true
    }

    fn heap_bytes(&self) -> usize {
        0
    }
}

/// The messages between nodes.
#[derive(Clone, PartialEq, Hash, Debug)]
pub enum Msg {
    /// Between a member and a server.
    Client(Packet<Held>),
    /// Between servers.
    Peer(Peer<Held>),
}

impl From<Packet<Held>> for Msg {
    fn from(packet: Packet<Held>) -> Msg {
        Msg::Client(packet)
    }
}

/// The settings.
#[derive(Clone, Debug)]
pub struct Settings {
    session: session::Settings,
    servers: u32,
}

/// A node.
#[derive(Clone, Hash, Debug)]
pub enum Lock {
    /// Wants the lock.
    Member(Client<Held>, Wants),
    /// Keeps the lock.
    Server(Server<Held>),
}

/// How a member uses its session.
#[derive(Clone, Hash, Debug)]
pub struct Wants {
    me: NodeId,
    lease: Option<Holder>,
    /// The time of its last request.
    asked: LocalTime,
    holder: NodeId,
    token: u64,
}

impl Wants {
    fn acquire(&mut self, session: &mut Client<Held>, cx: &mut Cx<'_, Lock>) {
        cx.fired(Rule::Acquire);
        self.asked = cx.now();
        session.request(cx, Acquire);
    }

    fn stop(&mut self, cx: &mut Cx<'_, Lock>) {
        if self.lease.take().is_some() {
            cx.fired(Rule::Stop);
            cx.mark(Mark::SteppedDown);
            cx.cancel_timer(Timer::Lease);
        }
    }

    fn look(&mut self, session: &mut Client<Held>, cx: &mut Cx<'_, Lock>) {
        let Some(lease) = self.lease else { return };
        match lease.at(cx.now()) {
            Now::Wait(span) => cx.set_timer(Timer::Lease, span),
            Now::Renew(span) => {
                if session.link() == Link::Connected && !session.is_asking() {
                    self.acquire(session, cx);
                }
                cx.set_timer(Timer::Lease, span.max(Span::ms(1)));
            }
            Now::Stop => self.stop(cx),
        }
    }
}

impl Recipe<Lock> for Wants {
    fn on_connected(&mut self, session: &mut Client<Held>, cx: &mut Cx<'_, Lock>) {
        self.acquire(session, cx);
    }

    // The lease limits how long it may continue.
    fn on_suspended(&mut self, _cx: &mut Cx<'_, Lock>) {}

    fn on_lost(&mut self, cx: &mut Cx<'_, Lock>) {
        self.stop(cx);
        self.holder = NodeId::NONE;
    }

    fn on_reply(&mut self, session: &mut Client<Held>, cx: &mut Cx<'_, Lock>, (owner, token): (NodeId, u64)) {
        (self.holder, self.token) = (owner, token);
        if owner != self.me {
            cx.fired(Rule::Watch);
            return self.stop(cx);
        }
        cx.fired(Rule::Lead);
        match &mut self.lease {
            Some(lease) => lease.renewed(self.asked),
            None => {
                // A leader of the ensemble that has lost its majority may answer for up to two election
                // timeouts longer than its successor waits for it: 300 ms less than the session that the
                // successor grants is safe.
                let length = cx.settings().session.granted() - Span::ms(300);
                self.lease = Some(Holder::granted(token, self.asked, length));
                cx.mark(Mark::Won);
            }
        }
        self.look(session, cx);
    }

    fn on_event(&mut self, session: &mut Client<Held>, cx: &mut Cx<'_, Lock>, _xid: Option<u32>) {
        if self.lease.is_none() {
            cx.mark(Mark::Started);
            self.acquire(session, cx);
        }
    }
}

impl Hosted for Lock {
    type Machine = Held;
    const ALONE: bool = false;

    fn session(settings: &Settings) -> &session::Settings {
        &settings.session
    }

    fn rule(step: Step) -> Rule {
        match step {
            Step::Connect
            | Step::Connected
            | Step::Ping
            | Step::Suspended
            | Step::Lost
            | Step::LocalExpiry
            | Step::Retransmit
            | Step::Missed => Rule::Session,
            _ => Rule::Serve,
        }
    }

    fn rule_of(_op: &Acquire) -> Option<Rule> {
        None
    }

    fn peer(message: Peer<Held>) -> Msg {
        Msg::Peer(message)
    }

    fn peer_timer(timer: replica::Timer) -> Timer {
        Timer::Replica(timer)
    }

    fn servers() -> GroupId {
        SERVERS
    }
}

const INFO: Info = Info {
    id: "lock",
    title: "Lock",
    subtitle: "a toy",
    summary: "A lock that servers keep.",
    source: "ours",
    topology: Topology::Service,
    authority: Authority::Service(Agreement::Ensemble),
    groups: &[GroupInfo {
        name: GroupInfo::SERVICE,
        seats: Seats::Services,
        authority: Authority::Quorum,
        epoch: "term",
    }],
    epoch: "token",
    token: "token",
    messages: Recorded::TABLE,
    forges: false,
    disk: &["zxid"],
    rules: Rule::TEXTS,
    claims: &[
        Claim {
            property: Property::OneLeaderPerEpoch,
            assumes: &[],
            because: "a token is the number of one transaction",
        },
        Claim {
            property: Property::OneEffectiveWriter,
            assumes: &[Assumption::Fencing],
            because: "tokens rise",
        },
        Claim {
            property: Property::AtMostOneLeader,
            assumes: &[Assumption::Synchrony, Assumption::TrueClocks],
            because: "a lease is over before the session that it came with",
        },
        Claim {
            property: Property::LeaderEventually,
            assumes: &[
                Assumption::Connected,
                Assumption::NoLoss,
                Assumption::Synchrony,
                Assumption::TrueClocks,
                Assumption::Service,
            ],
            because: "a session that is silent ends, and the lock is free then",
        },
    ],
    settings: &[
        Setting {
            name: "servers",
            kind: Kind::Number { min: 1, max: 7 },
            default: "3",
            doc: "How many servers there are.",
            source: "ours",
            live: false,
        },
        Setting {
            name: "timeout",
            kind: Kind::Span { min: Span::ms(500), max: Span::s(60) },
            default: "2s",
            doc: "The session timeout.",
            source: "ours",
            live: false,
        },
    ],
    commands: Command::WORDS,
    writes: false,
    roles: Is::NAMES,
    init: &[],
    fields: &["role", "holder", "zxid"],
    panels: &[],
    phrases: Phrases::PLAIN,
    fidelity: &[],
};

impl Protocol for Lock {
    type Msg = Msg;
    type Timer = Timer;
    type Rule = Rule;
    type Command = Command;
    type Role = Is;
    type Durable = Disk<Held>;
    type Settings = Settings;

    const INFO: &'static Info = &INFO;

    fn settings(values: &Values<'_>, _members: &[NodeId]) -> Result<Settings, String> {
        let session = session::Settings {
            timeout: values.span("timeout"),
            tick: Span::ms(250),
            reconnect_delay: SpanRange::new(Span::ZERO, Span::ms(100)),
            ping_jitter: Span::ZERO.into(),
            retransmit: Span::ms(100),
            local_expiry: LocalExpiry::Off,
        };
        Ok(Settings { session, servers: values.number("servers") as u32 })
    }

    fn services(settings: &Settings) -> u32 {
        settings.servers
    }

    fn delay_bound(settings: &Settings) -> Option<Span> {
        Some(settings.session.granted().times(1, 12).min(Span::ms(40)))
    }

    fn recovery(settings: &Settings, _situation: &Situation) -> Result<Recovery, String> {
        let usual = settings.session.granted().times(2, 1);
        Ok(Recovery { bound: usual + Span::s(15), usual })
    }

    fn stands_at_start(me: NodeId, _init: &election_playground::protocol::InitWords<'_>) -> bool {
        me.is_service()
    }

    fn start(cx: &mut Cx<'_, Self>, disk: Disk<Held>, boot: &Boot<'_>) -> Lock {
        if cx.me().is_service() {
            return Lock::Server(Server::start(cx, disk, boot, &[]));
        }
        let mut session = Client::new(cx);
        session.connect(cx);
        let (me, asked) = (cx.me(), cx.now());
        Lock::Member(session, Wants { me, lease: None, asked, holder: NodeId::NONE, token: 0 })
    }

    fn on_message(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: Msg) {
        match (self, msg) {
            (Lock::Member(session, wants), Msg::Client(packet)) => session.on_packet(cx, wants, packet),
            (Lock::Server(server), Msg::Client(packet)) => server.on_packet(cx, from, packet),
            (Lock::Server(server), Msg::Peer(peer)) => server.on_peer(cx, from, peer),
            (Lock::Member(..), Msg::Peer(_)) => unreachable!("servers talk to servers"),
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Self>, timer: Timer) {
        match (self, timer) {
            (Lock::Member(session, wants), Timer::Session(timer)) => session.on_timer(cx, wants, timer),
            (Lock::Member(session, wants), Timer::Lease) => wants.look(session, cx),
            (Lock::Server(server), Timer::Expiry(expiry::Timer::Tick)) => server.on_tick(cx),
            (Lock::Server(server), Timer::Replica(timer)) => server.on_peer_timer(cx, timer),
            _ => {}
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_, Self>, command: Command, about: Option<NodeId>) {
        let Command::Expire = command;
        if let (Lock::Server(server), Some(owner)) = (self, about) {
            server.on_expire(cx, owner);
        }
    }

    fn record(msg: &Msg) -> MsgRecord {
        let recorded = match msg {
            Msg::Client(Packet::Request { xid, .. }) => Recorded::Request { xid: *xid },
            Msg::Client(Packet::Reply { xid, reply, .. }) => {
                Recorded::Reply { xid: *xid, token: reply.1 as u32 }
            }
            Msg::Client(Packet::Event { .. }) => Recorded::Event,
            Msg::Client(_) => Recorded::Session,
            Msg::Peer(peer) => Recorded::Replicate { term: peer.term() },
        };
        recorded.into()
    }

    fn record_disk(disk: &Disk<Held>) -> [u32; 5] {
        [disk.state.zxid as u32, 0, 0, 0, 0]
    }

    fn belief(&self) -> Belief {
        match self {
            Lock::Server(server) => server.belief(),
            Lock::Member(_, wants) => Belief {
                role: self.role().counts_as(),
                leads: wants.lease.is_some(),
                leader: wants.holder,
                epoch: wants.token,
                token: wants.lease.map_or(0, Holder::token),
            },
        }
    }

    fn belief_of(&self, group: GroupId) -> Belief {
        match self {
            Lock::Server(server) if group == SERVERS => server.belief_in_ensemble(),
            _ => Belief::default(),
        }
    }

    fn role(&self) -> Is {
        match self {
            Lock::Server(_) => Is::Server,
            Lock::Member(_, wants) if wants.lease.is_some() => Is::Leader,
            Lock::Member(session, _) if session.id().is_some() => Is::Follower,
            Lock::Member(..) => Is::Idle,
        }
    }

    fn view(&self, _durable: &Disk<Held>) -> NodeView {
        let view = NodeView::default().field("role", self.role().name());
        match self {
            Lock::Server(server) => {
                let holder = server.state().machine.record().map_or(NodeId::NONE, |(holder, _)| holder);
                view.field("holder", holder).field("zxid", server.state().zxid)
            }
            Lock::Member(_, wants) => view.field("holder", wants.holder),
        }
    }

    fn view_crashed(durable: &Disk<Held>) -> NodeView {
        NodeView::default().field("role", "crashed").field("zxid", durable.state.zxid)
    }
}
