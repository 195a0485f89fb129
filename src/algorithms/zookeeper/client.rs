//! A candidate: the ZooKeeper client library (connection, session, pings) and the election recipe on top.

use super::{
    Command, Conn, Flaw, LocalExpiry, Msg, Op, Policy, Reply, Rule, Settings, Standing, Timer, Watch,
    WatchWhat, Znode, ZooKeeper, name,
};
use election_base::{LocalTime, NodeId, Span};
use election_protocol::{Belief, Boot, Cx, Mark, NodeView, RoleKind as _};

type Context<'a> = Cx<'a, ZooKeeper>;

/// The service's address: one server.
const SERVICE: NodeId = NodeId::service(0);
/// The wait for an answer before the first round trip was measured: TCP's initial timeout (RFC 6298, 2).
const RTO_FIRST: Span = Span::s(1);
/// Idle for longer than this, the client pings up to this much early (`ClientCnxn.SendThread.run`).
const PING_EARLY: Span = Span::s(1);
/// Idle for longer than this, it pings whenever it wakes (`MAX_SEND_PING_INTERVAL`).
const PING_IDLE_MAX: Span = Span::s(10);

/// The connection to the service.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Link {
    /// Ended by the client; nothing is tried.
    Closed,
    /// Between two attempts.
    Waiting,
    /// Asked for a connection.
    Connecting,
    /// Connected, in a session.
    Connected,
}

/// The own candidate znode.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Own {
    sequence: u32,
    czxid: u64,
}

/// A member of the group.
#[derive(Clone, Hash, Debug)]
pub struct Client {
    link: Link,
    /// The number of this connection.
    conn: Conn,
    /// The session; 0 where there is none.
    session: u32,
    /// The negotiated session timeout; until then the one to ask for.
    timeout: Span,
    /// The number of the last request of the session.
    xid: u32,
    /// The request that waits for its answer. The recipe has one at a time.
    asked: Option<Op>,
    /// True while a ping waits for its answer.
    pinged: bool,
    /// How often what waits was sent again.
    tries: u32,
    /// When the oldest thing that waits was first sent.
    asked_at: LocalTime,
    /// The last measured round trip; zero before the first.
    round_trip: Span,
    /// When anything was last sent.
    sent_at: LocalTime,
    /// How much of the interval before its first ping is over. What a process does with its connection beside
    /// the election is not modelled; without this its pings would be counted from the moment when it started.
    gone: Span,
    /// How many watch events of this connection arrived.
    events: u32,
    /// An event came while a request was on its way: list once it is answered.
    stale: bool,
    own: Option<Own>,
    leading: bool,
    /// The owner of the smallest sequence when the client last looked, and its czxid.
    leader: NodeId,
    epoch: u64,
    /// What is watched, by the request with this number.
    watch: Watch,
    watch_xid: u32,
    /// True once a watch was set. Only the broken variant that never watches again asks.
    has_watched: bool,
    /// The broken variant that shows the znode's version instead of its czxid.
    version_token: bool,
}

impl Client {
    /// A process comes up. It knows of no session, also when an earlier process of this node had one.
    pub(super) fn start(cx: &mut Context<'_>, boot: &Boot<'_>) -> Client {
        let timeout = cx.settings().session_timeout;
        let third = cx.settings().negotiate(timeout).times(1, 3);
        let mut client = Client {
            link: Link::Waiting,
            conn: Conn::NONE,
            session: 0,
            timeout,
            xid: 0,
            asked: None,
            pinged: false,
            tries: 0,
            asked_at: cx.now(),
            round_trip: Span::ZERO,
            sent_at: cx.now(),
            gone: cx.phase(third),
            events: 0,
            stale: false,
            own: None,
            leading: false,
            leader: NodeId::NONE,
            epoch: 0,
            watch: Watch::None,
            watch_xid: 0,
            has_watched: false,
            version_token: cx.settings().flaw == Flaw::VersionToken,
        };
        let znodes = if boot.restarted { Vec::new() } else { super::initial_znodes(&boot.init) };
        if let Some(i) = znodes.iter().position(|z| z.owner == cx.me()) {
            client.resume(cx, &znodes, i);
        } else {
            client.connect(cx);
        }
        client
    }

    pub(super) fn on_message(&mut self, cx: &mut Context<'_>, msg: Msg) {
        match msg {
            Msg::Connected { conn, session, timeout } => {
                if conn == self.conn && self.link == Link::Connecting {
                    self.connected(cx, session, timeout);
                }
            }
            Msg::Expired { conn } => {
                if conn == self.conn && self.link == Link::Connecting {
                    self.expired(cx);
                }
            }
            Msg::Closed { conn } => {
                if conn == self.conn && self.link == Link::Connected {
                    self.suspend(cx);
                }
            }
            Msg::Reply { conn, xid, reply } => {
                if !self.hear(cx, conn) {
                    return;
                }
                if self.asked.is_some() && xid == self.xid {
                    self.answered(cx);
                    self.on_reply(cx, reply);
                }
                self.ping_when_woken(cx);
            }
            Msg::WatchEvent { conn, xid, nth, .. } => {
                if !self.hear(cx, conn) {
                    return;
                }
                // Otherwise it comes late: a pong told of it before.
                if self.events < nth {
                    self.events = nth;
                    self.on_event(cx, xid);
                }
                self.ping_when_woken(cx);
            }
            Msg::Pong { conn, events } => {
                if !self.hear(cx, conn) {
                    return;
                }
                let waited = self.pinged && self.asked.is_none();
                self.pinged = false;
                if waited {
                    self.answered(cx);
                }
                if self.events < events {
                    cx.fired(Rule::Missed);
                    self.events = events;
                    self.on_event(cx, self.watch_xid);
                }
                self.ping_when_woken(cx);
            }
            // What only a client sends.
            Msg::Connect { .. } | Msg::Request { .. } | Msg::Ping { .. } => {}
        }
    }

    pub(super) fn on_timer(&mut self, cx: &mut Context<'_>, timer: Timer) {
        match timer {
            Timer::Ping => {
                if self.link == Link::Connected {
                    self.ping(cx);
                }
            }
            Timer::ReadTimeout | Timer::ConnectTimeout => self.suspend(cx),
            Timer::Reconnect => self.connect(cx),
            Timer::Retransmit => self.retransmit(cx),
            Timer::LocalExpiry => {
                cx.fired(Rule::LocalExpiry);
                self.expired(cx);
            }
            Timer::Tick => {}
        }
    }

    pub(super) fn on_command(&mut self, cx: &mut Context<'_>, command: Command) {
        match command {
            Command::Campaign => match (self.link, self.own) {
                (Link::Closed, _) => self.connect(cx),
                (Link::Connected, Some(_)) => self.relist(cx),
                // Connecting, or creating the znode already.
                _ => {}
            },
            Command::StepDown => {
                if let (true, Link::Connected, Some(own)) = (self.leading, self.link, self.own) {
                    cx.fired(Rule::StepDown);
                    self.stop_leading(cx);
                    (self.own, self.watch) = (None, Watch::None);
                    self.request(cx, Op::Delete { sequence: own.sequence });
                }
            }
            Command::Close => match self.link {
                Link::Connected => {
                    cx.fired(Rule::Close);
                    self.stop_leading(cx);
                    self.own = None;
                    self.request(cx, Op::CloseSession);
                    // The process does not wait for ever for a service that does not answer.
                    cx.set_timer(Timer::ConnectTimeout, self.timeout);
                }
                _ => self.closed(cx),
            },
            // The service gets it.
            Command::Expire => {}
        }
    }

    pub(super) fn belief(&self) -> Belief {
        Belief {
            role: self.role().counts_as(),
            leads: self.leading,
            leader: self.leader,
            epoch: self.epoch,
            token: match self.own {
                // A znode's data version starts at 0 again with every znode; 1 stands for it here.
                Some(_) if self.leading && self.version_token => 1,
                Some(own) if self.leading => own.czxid,
                _ => 0,
            },
        }
    }

    pub(super) fn view(&self) -> NodeView {
        let connection = match self.link {
            Link::Closed => "closed",
            Link::Waiting | Link::Connecting if self.session != 0 => "suspended",
            Link::Waiting | Link::Connecting => "connecting",
            Link::Connected => "connected",
        };
        let session = if self.session == 0 { "none".to_owned() } else { self.session.to_string() };
        NodeView::default()
            .field("role", self.role().name())
            .field("connection", connection)
            .field("session", session)
            .field("timeout", if self.session == 0 { "none".to_owned() } else { self.timeout.to_string() })
            .field("znode", self.own.map_or("none".to_owned(), |own| name(own.sequence)))
            .field("czxid", self.own.map_or("none".to_owned(), |own| own.czxid.to_string()))
            .field("leader", self.leader)
            .field("epoch", self.epoch)
            .field("watch", self.watch)
    }

    pub(super) fn role(&self) -> Standing {
        match (self.leading, self.link, self.own) {
            (true, ..) => Standing::Leader,
            (false, Link::Connected, Some(_)) if self.watch != Watch::None => Standing::Follower,
            (false, Link::Connected, _) if self.asked != Some(Op::CloseSession) => Standing::Candidate,
            _ => Standing::Idle,
        }
    }

    // The connection.

    /// Comes up connected, with the session and the znode that `init candidates` gave.
    fn resume(&mut self, cx: &mut Context<'_>, znodes: &[Znode], i: usize) {
        let settings = cx.settings();
        self.link = Link::Connected;
        self.conn = Conn::initial(i);
        self.session = znodes[i].session;
        self.timeout = settings.negotiate(settings.session_timeout);
        self.own = Some(Own { sequence: znodes[i].sequence, czxid: znodes[i].czxid });
        (self.leader, self.epoch) = (znodes[0].owner, znodes[0].czxid);
        self.watch = settings.watched(znodes, i);
        self.has_watched = self.watch != Watch::None;
        self.xid = u32::from(self.has_watched);
        self.watch_xid = self.xid;
        self.leading = i == 0;
        // Its last ping was on its way before the run began.
        let ping = self.ping_after(cx);
        cx.set_timer(Timer::Ping, ping);
        cx.set_timer(Timer::ReadTimeout, self.timeout.times(2, 3) - self.gone);
        self.arm_local_expiry(cx, false);
    }

    /// How long after it last sent something the client pings; the first time as much earlier as its phase says.
    fn ping_after(&self, cx: &mut Context<'_>) -> Span {
        let jitter = cx.settings().ping_jitter;
        let early = if jitter.lo == jitter.hi {
            jitter.lo
        } else {
            jitter.lo + Span(cx.random((jitter.hi - jitter.lo).0))
        };
        let third = self.timeout.times(1, 3);
        // Of a shorter interval a smaller part is over.
        (third - early).times((third - self.gone).0, third.0.max(1)).max(Span::ms(1))
    }

    /// Opens a connection, for the session there is or for a new one.
    fn connect(&mut self, cx: &mut Context<'_>) {
        cx.fired(Rule::Connect);
        self.link = Link::Connecting;
        self.conn = Conn::draw(cx);
        self.events = 0;
        self.watch = Watch::None;
        self.forget_requests(cx);
        let request = cx.settings().session_timeout;
        cx.set_timer(Timer::ConnectTimeout, if self.session == 0 { request } else { self.timeout });
        self.put(cx, Msg::Connect { conn: self.conn, session: self.session, timeout: request });
        self.wait_for_answer(cx);
    }

    fn connected(&mut self, cx: &mut Context<'_>, session: u32, timeout: Span) {
        cx.fired(Rule::Connected);
        cx.cancel_timer(Timer::ConnectTimeout);
        self.answered(cx);
        self.link = Link::Connected;
        self.timeout = timeout;
        if self.session != session {
            (self.session, self.xid) = (session, 0);
        }
        self.hear(cx, self.conn);
        match self.own {
            // The znode is probably there still; where the answer to its creation got lost, the list tells,
            // since a candidate finds its znode by the session in it.
            Some(_) => self.list(cx),
            None if self.xid != 0 => self.list(cx),
            None => self.create(cx),
        }
    }

    /// The connection is gone; the session perhaps not.
    fn suspend(&mut self, cx: &mut Context<'_>) {
        if self.asked == Some(Op::CloseSession) {
            return self.closed(cx);
        }
        cx.fired(Rule::Suspended);
        if self.leading && cx.settings().policy == Policy::Standard {
            cx.fired(Rule::Standard);
            self.stop_leading(cx);
        }
        if self.link == Link::Connected {
            self.arm_local_expiry(cx, true);
        }
        self.link = Link::Waiting;
        self.watch = Watch::None;
        self.forget_requests(cx);
        cx.cancel_timer(Timer::Ping);
        cx.cancel_timer(Timer::ReadTimeout);
        cx.cancel_timer(Timer::ConnectTimeout);
        let delay = cx.settings().reconnect_delay;
        cx.set_timer(Timer::Reconnect, delay);
    }

    /// The session is gone, and the znode with it: all starts again with a new one.
    fn expired(&mut self, cx: &mut Context<'_>) {
        cx.fired(Rule::Lost);
        self.stop_leading(cx);
        self.forget_session(cx);
        self.connect(cx);
    }

    /// The client ended its session, or gave up to wait for the service to confirm it.
    fn closed(&mut self, cx: &mut Context<'_>) {
        self.stop_leading(cx);
        self.forget_session(cx);
        self.forget_requests(cx);
        self.link = Link::Closed;
    }

    fn forget_session(&mut self, cx: &mut Context<'_>) {
        (self.session, self.xid, self.own) = (0, 0, None);
        (self.watch, self.leader) = (Watch::None, NodeId::NONE);
        self.timeout = cx.settings().session_timeout;
        for timer in
            [Timer::Ping, Timer::ReadTimeout, Timer::ConnectTimeout, Timer::Reconnect, Timer::LocalExpiry]
        {
            cx.cancel_timer(timer);
        }
    }

    fn forget_requests(&mut self, cx: &mut Context<'_>) {
        (self.asked, self.pinged, self.stale, self.tries) = (None, false, false, 0);
        cx.cancel_timer(Timer::Retransmit);
    }

    /// Something arrived. False if it belongs to an earlier connection.
    fn hear(&mut self, cx: &mut Context<'_>, conn: Conn) -> bool {
        if conn != self.conn || self.link != Link::Connected {
            return false;
        }
        cx.set_timer(Timer::ReadTimeout, self.timeout.times(2, 3));
        self.arm_local_expiry(cx, false);
        true
    }

    /// The client's own guess when the session ends, where it makes one.
    fn arm_local_expiry(&self, cx: &mut Context<'_>, suspended: bool) {
        match (cx.settings().local_expiry, suspended) {
            (LocalExpiry::Client, false) => cx.set_timer(Timer::LocalExpiry, self.timeout.times(4, 3)),
            (LocalExpiry::Curator, true) => cx.set_timer(Timer::LocalExpiry, self.timeout),
            (LocalExpiry::Curator, false) => cx.cancel_timer(Timer::LocalExpiry),
            (LocalExpiry::Off, _) | (LocalExpiry::Client, true) => {}
        }
    }

    fn ping(&mut self, cx: &mut Context<'_>) {
        cx.fired(Rule::Ping);
        self.gone = Span::ZERO;
        self.put(cx, Msg::Ping { conn: self.conn, session: self.session });
        if !self.pinged && self.asked.is_none() {
            self.wait_for_answer(cx);
        }
        self.pinged = true;
    }

    /// Woken by a message, the client pings up to a second before it has to.
    fn ping_when_woken(&mut self, cx: &mut Context<'_>) {
        let idle = cx.now() - self.sent_at;
        let due = PING_EARLY < idle && self.timeout.times(1, 3) <= idle + PING_EARLY;
        if self.link == Link::Connected && (due || PING_IDLE_MAX < idle) {
            self.ping(cx);
        }
    }

    /// Sends, and puts the next ping off.
    fn put(&mut self, cx: &mut Context<'_>, msg: Msg) {
        cx.send(SERVICE, msg);
        self.sent_at = cx.now();
        if self.link == Link::Connected {
            let after = self.ping_after(cx);
            cx.set_timer(Timer::Ping, after);
        }
    }

    fn wait_for_answer(&mut self, cx: &mut Context<'_>) {
        self.tries = 0;
        self.asked_at = cx.now();
        self.set_retransmit(cx);
    }

    fn set_retransmit(&self, cx: &mut Context<'_>) {
        let least = cx.settings().retransmit;
        // A new connection knows nothing of the round trips of the one before.
        let unknown = self.round_trip == Span::ZERO || self.link != Link::Connected;
        let first = if unknown { RTO_FIRST } else { self.round_trip.times(2, 1) };
        cx.set_timer(Timer::Retransmit, first.max(least).times(1 << self.tries.min(16), 1));
    }

    /// What was waited for came.
    fn answered(&mut self, cx: &mut Context<'_>) {
        // An answer to something that was sent twice tells no round trip (Karn's rule).
        if self.tries == 0 {
            self.round_trip = (cx.now() - self.asked_at).min(self.timeout.times(1, 3)).max(Span(1));
        }
        self.asked = None;
        self.tries = 0;
        cx.cancel_timer(Timer::Retransmit);
        // A ping that went out after the request waits on its own now.
        if self.pinged && self.link == Link::Connected {
            self.wait_for_answer(cx);
        }
    }

    fn retransmit(&mut self, cx: &mut Context<'_>) {
        let conn = self.conn;
        let msg = match (self.link, &self.asked) {
            (Link::Connecting, _) => {
                Msg::Connect { conn, session: self.session, timeout: cx.settings().session_timeout }
            }
            (Link::Connected, Some(op)) => {
                Msg::Request { conn, session: self.session, xid: self.xid, op: *op }
            }
            (Link::Connected, None) if self.pinged => Msg::Ping { conn, session: self.session },
            _ => return,
        };
        cx.fired(Rule::Retransmit);
        self.tries += 1;
        // TCP does this under the client, who knows nothing of it: the next ping is not put off.
        cx.send(SERVICE, msg);
        self.set_retransmit(cx);
    }

    // The recipe.

    fn request(&mut self, cx: &mut Context<'_>, op: Op) {
        self.xid += 1;
        self.asked = Some(op);
        self.stale = false;
        let (conn, session, xid) = (self.conn, self.session, self.xid);
        self.put(cx, Msg::Request { conn, session, xid, op });
        self.wait_for_answer(cx);
    }

    fn create(&mut self, cx: &mut Context<'_>) {
        cx.fired(Rule::Create);
        cx.mark(Mark::Started);
        self.request(cx, Op::Create);
    }

    fn list(&mut self, cx: &mut Context<'_>) {
        cx.fired(Rule::List);
        let settings = cx.settings();
        let watch = settings.watch == WatchWhat::Children && self.may_watch(settings);
        self.request(cx, Op::GetChildren { watch });
        if watch {
            self.watching(Watch::Children);
        }
    }

    fn on_reply(&mut self, cx: &mut Context<'_>, reply: Reply) {
        match reply {
            Reply::Created { sequence, czxid } => {
                self.own = Some(Own { sequence, czxid });
                self.list(cx);
            }
            Reply::Children(znodes) => self.decide(cx, &znodes),
            Reply::Stat { exists: true, .. } => {}
            Reply::Stat { exists: false, .. } => {
                cx.fired(Rule::GoneMeanwhile);
                self.watch = Watch::None;
                // What cannot be watched any more tells as much as its event would.
                if !self.leads_unchecked(cx) {
                    self.list(cx);
                }
            }
            Reply::Deleted { .. } => self.create(cx),
        }
        if self.stale && self.asked.is_none() {
            self.stale = false;
            self.list(cx);
        }
    }

    /// The heart of the recipe: who is first leads, the others watch.
    fn decide(&mut self, cx: &mut Context<'_>, znodes: &[Znode]) {
        let Some(first) = znodes.first() else { return self.start_again(cx) };
        let Some(i) = znodes.iter().position(|z| z.session == self.session) else {
            return self.start_again(cx);
        };
        let known = (self.leader != NodeId::NONE).then_some(self.epoch);
        // Whoever watches its predecessor only need not have noticed that the leader changed before.
        let mine = i == 0 || cx.settings().watch != WatchWhat::Predecessor;
        if mine && known.is_some_and(|czxid| czxid != first.czxid) {
            cx.mark(Mark::Started);
        }
        (self.leader, self.epoch) = (first.owner, first.czxid);
        self.own = Some(Own { sequence: znodes[i].sequence, czxid: znodes[i].czxid });
        if i == 0 {
            cx.fired(Rule::Lead);
            return self.lead(cx);
        }
        self.stop_leading(cx);
        if !self.may_watch(cx.settings()) {
            return;
        }
        if cx.settings().watch == WatchWhat::Children {
            // The list has set the watch, unless the setting changed while it was under way.
            if self.watch != Watch::Children {
                self.list(cx);
            }
            return;
        }
        cx.fired(Rule::Watch);
        let sequence = match cx.settings().watch {
            WatchWhat::Herd => first.sequence,
            _ => znodes[i - 1].sequence,
        };
        self.request(cx, Op::Exists { sequence });
        self.watching(Watch::Znode(sequence));
    }

    /// The own znode is not there: it went with a session, or was deleted.
    fn start_again(&mut self, cx: &mut Context<'_>) {
        cx.fired(Rule::CreateAgain);
        self.stop_leading(cx);
        self.own = None;
        self.create(cx);
    }

    /// A watch fired that the request `xid` had set.
    fn on_event(&mut self, cx: &mut Context<'_>, xid: u32) {
        if xid != self.watch_xid || self.watch == Watch::None {
            return;
        }
        let watched = self.watch;
        self.watch = Watch::None;
        if matches!(watched, Watch::Znode(_)) && self.leads_unchecked(cx) {
            return;
        }
        cx.fired(Rule::Event);
        self.relist(cx);
    }

    fn relist(&mut self, cx: &mut Context<'_>) {
        if self.asked.is_some() {
            self.stale = true;
        } else {
            self.list(cx);
        }
    }

    /// The broken variant: the predecessor is gone, so it must be my turn. True if it acted so.
    fn leads_unchecked(&mut self, cx: &mut Context<'_>) -> bool {
        if cx.settings().flaw != Flaw::NoRelist {
            return false;
        }
        let Some(own) = self.own else { return false };
        (self.leader, self.epoch) = (cx.me(), own.czxid);
        self.lead(cx);
        true
    }

    fn watching(&mut self, watch: Watch) {
        self.watch = watch;
        self.watch_xid = self.xid;
        self.has_watched = true;
    }

    /// The broken variant sets one watch and believes that it lasts.
    fn may_watch(&self, settings: &Settings) -> bool {
        settings.flaw != Flaw::NoRewatch || !self.has_watched
    }

    fn lead(&mut self, cx: &mut Context<'_>) {
        if !self.leading {
            self.leading = true;
            cx.mark(Mark::Won);
        }
    }

    fn stop_leading(&mut self, cx: &mut Context<'_>) {
        if self.leading {
            self.leading = false;
            cx.mark(Mark::SteppedDown);
        }
    }
}

impl Conn {
    /// A number that no other connection of this node has.
    fn draw(cx: &mut Context<'_>) -> Conn {
        // Random, as a process that comes up knows nothing of the connections of the one before it; and by the clock, as
        // a scenario may have the same numbers drawn again.
        let range = u64::from(u32::MAX - 1_000);
        let drawn = cx.random(range) + cx.now().0 as u64 % range;
        Conn(1_000 + (drawn % range) as u32)
    }
}
