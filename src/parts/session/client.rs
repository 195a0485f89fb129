//! The client's side of a session.

use election_base::{LocalTime, NodeId, Span};
use election_protocol::{Cx, given};

use super::{Ask, Conn, LocalExpiry, Packet, Step, Timer};
use crate::ensemble::Hosted;
use crate::machine::Machine;
use crate::retransmit::Backoff;

/// A client that has been idle for longer than this pings up to this much early (`ClientCnxn.SendThread.run`).
const PING_EARLY: Span = Span::s(1);
/// A client that has been idle for longer than this pings whenever it wakes (`MAX_SEND_PING_INTERVAL`).
const PING_IDLE_MAX: Span = Span::s(10);

/// What an algorithm's members do with their sessions.
pub trait Recipe<P: Hosted> {
    /// The session is connected, for the first time or again: on a new connection nothing is watched or pending.
    fn on_connected(&mut self, session: &mut Client<P::Machine>, cx: &mut Cx<'_, P>);
    /// The connection is lost; the session may live on.
    fn on_suspended(&mut self, cx: &mut Cx<'_, P>);
    /// The session is gone, or the client has ended it.
    fn on_lost(&mut self, cx: &mut Cx<'_, P>);
    /// The request was answered.
    fn on_reply(
        &mut self,
        session: &mut Client<P::Machine>,
        cx: &mut Cx<'_, P>,
        reply: <P::Machine as Machine>::Reply,
    );
    /// What request `xid` watches has happened; `None` if it is only known that some watch has fired.
    fn on_event(&mut self, session: &mut Client<P::Machine>, cx: &mut Cx<'_, P>, xid: Option<u32>);
}

/// The connection to the service.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Link {
    /// Ended by the client, which makes no further attempts.
    Closed,
    /// Between two attempts.
    Waiting,
    /// A connection has been requested.
    Connecting,
    /// Connected, in a session.
    Connected,
}

/// A client's connection, its session, and its pending request. There is at most one at a time.
#[derive(Clone, Hash, Debug)]
pub struct Client<M: Machine> {
    link: Link,
    /// The number of this connection.
    conn: Conn,
    /// The server at the other end.
    server: NodeId,
    /// The session; 0 if there is none.
    id: u32,
    /// The negotiated session timeout; until then the one to ask for.
    timeout: Span,
    /// The number of the last request of the session.
    xid: u32,
    /// The request that waits for its answer.
    asked: Option<Ask<M::Op>>,
    /// True while a ping waits for its answer.
    pinged: bool,
    /// When the oldest unanswered message is resent.
    backoff: Backoff,
    /// When anything was last sent.
    sent_at: LocalTime,
    /// How much of the interval before its first ping has elapsed. What a process does on its connection besides the
    /// recipe is not modelled; without this, pings would be aligned with its start.
    gone: Span,
    /// How many events have arrived on this connection.
    events: u32,
}

// What a recipe can see and do.
impl<M: Machine> Client<M> {
    /// A client that has no connection and no session.
    pub fn new<P: Hosted<Machine = M>>(cx: &mut Cx<'_, P>) -> Client<M> {
        let settings = P::session(cx.settings());
        let (timeout, third) = (settings.timeout, settings.granted().times(1, 3));
        Client {
            link: Link::Waiting,
            conn: Conn::NONE,
            server: NodeId::service(0),
            id: 0,
            timeout,
            xid: 0,
            asked: None,
            pinged: false,
            backoff: Backoff::new(cx.now()),
            sent_at: cx.now(),
            gone: cx.phase(third),
            events: 0,
        }
    }

    /// The connection.
    pub fn link(&self) -> Link {
        self.link
    }

    /// The session, if there is one.
    pub fn id(&self) -> Option<u32> {
        (self.id != 0).then_some(self.id)
    }

    /// The negotiated timeout; until then the one to ask for.
    pub fn timeout(&self) -> Span {
        self.timeout
    }

    /// The number of the last request of the session; 0 before the first.
    pub fn xid(&self) -> u32 {
        self.xid
    }

    /// Whether a request waits for its answer.
    pub fn is_asking(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether the client has asked for the end of its session.
    pub fn is_closing(&self) -> bool {
        self.asked == Some(Ask::Close)
    }

    /// Comes up connected, in a session that exists when the run begins.
    pub fn resume<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, conn: Conn, id: u32, xid: u32) {
        self.link = Link::Connected;
        (self.conn, self.id, self.xid) = (conn, id, xid);
        self.timeout = P::session(cx.settings()).granted();
        // Its last ping was on its way before the run began.
        let ping = self.ping_after(cx);
        set(cx, Timer::Ping, ping);
        set(cx, Timer::ReadTimeout, self.timeout.times(2, 3) - self.gone);
        self.arm_local_expiry(cx, false);
    }

    /// Opens a connection, for the current session or for a new one.
    pub fn connect<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        cx.fired(P::rule(Step::Connect));
        self.link = Link::Connecting;
        self.conn = Conn::draw(cx);
        self.events = 0;
        self.forget_requests(cx);
        let request = P::session(cx.settings()).timeout;
        set(cx, Timer::ConnectTimeout, if self.id == 0 { request } else { self.timeout });
        self.put(cx, Packet::Connect { conn: self.conn, session: self.id, timeout: request });
        self.wait_for_answer(cx);
    }

    /// Sends a request and forgets an earlier one that is pending.
    pub fn request<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, op: M::Op) {
        self.ask(cx, Ask::Do(op));
    }

    /// Ends the session cleanly, or as cleanly as it can without a connection.
    pub fn close<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, recipe: &mut impl Recipe<P>) {
        if self.link == Link::Connected {
            self.ask(cx, Ask::Close);
            // The process does not wait forever for a service that does not answer.
            set(cx, Timer::ConnectTimeout, self.timeout);
        } else {
            self.closed(cx, recipe);
        }
    }
}

// What arrives.
impl<M: Machine> Client<M> {
    /// A server's message arrived.
    pub fn on_packet<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        recipe: &mut impl Recipe<P>,
        packet: Packet<M>,
    ) {
        match packet {
            Packet::Connected { conn, session, timeout } => {
                if self.is_answer(conn) {
                    self.connected(cx, recipe, session, timeout);
                }
            }
            Packet::Expired { conn } => {
                if self.is_answer(conn) {
                    self.expired(cx, recipe);
                }
            }
            Packet::Elsewhere { conn, leader } => {
                if self.is_answer(conn) {
                    self.server = leader.some().unwrap_or_else(|| self.next_server(cx));
                    self.suspend(cx, recipe);
                }
            }
            Packet::Closed { conn } => {
                if conn == self.conn && self.link == Link::Connected {
                    self.server = self.next_server(cx);
                    self.suspend(cx, recipe);
                }
            }
            Packet::Reply { conn, xid, reply } => {
                if !self.hear(cx, conn) {
                    return;
                }
                if self.asked.is_some() && xid == self.xid {
                    self.answered(cx);
                    recipe.on_reply(self, cx, reply);
                }
                self.ping_when_woken(cx);
            }
            Packet::Event { conn, xid, nth, .. } => {
                if !self.hear(cx, conn) {
                    return;
                }
                // Otherwise it is late: a pong has already reported it.
                if self.events < nth {
                    self.events = nth;
                    recipe.on_event(self, cx, Some(xid));
                }
                self.ping_when_woken(cx);
            }
            Packet::Pong { conn, events } => {
                if self.hear(cx, conn) {
                    self.on_pong(cx, recipe, events);
                }
            }
            // What only a client sends.
            Packet::Connect { .. } | Packet::Request { .. } | Packet::Ping { .. } => {}
        }
    }

    /// A timer of the session fired.
    pub fn on_timer<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        recipe: &mut impl Recipe<P>,
        timer: Timer,
    ) {
        match timer {
            Timer::Ping => {
                if self.link == Link::Connected {
                    self.ping(cx);
                }
            }
            Timer::ReadTimeout | Timer::ConnectTimeout => {
                self.server = self.next_server(cx);
                self.suspend(cx, recipe);
            }
            Timer::Reconnect => self.connect(cx),
            Timer::Retransmit => self.retransmit(cx),
            Timer::LocalExpiry => {
                cx.fired(P::rule(Step::LocalExpiry));
                self.expired(cx, recipe);
            }
        }
    }

    /// Whether this answers the request for the connection that the client waits for.
    fn is_answer(&self, conn: Conn) -> bool {
        conn == self.conn && self.link == Link::Connecting
    }

    /// The server after the current one.
    fn next_server<P: Hosted<Machine = M>>(&self, cx: &Cx<'_, P>) -> NodeId {
        let after = self.server.0 - NodeId::service(0).0 + 1;
        NodeId::service(after % cx.services().max(1))
    }

    fn on_pong<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        recipe: &mut impl Recipe<P>,
        events: u32,
    ) {
        let waited = self.pinged && self.asked.is_none();
        self.pinged = false;
        if waited {
            self.answered(cx);
        }
        cx.because(P::rule(Step::Missed), || given("events reported", events).above("arrived", self.events));
        if self.events < events {
            cx.fired(P::rule(Step::Missed));
            self.events = events;
            recipe.on_event(self, cx, None);
        }
        self.ping_when_woken(cx);
    }
}

// The connection.
impl<M: Machine> Client<M> {
    fn connected<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        recipe: &mut impl Recipe<P>,
        session: u32,
        timeout: Span,
    ) {
        cx.fired(P::rule(Step::Connected));
        cancel(cx, Timer::ConnectTimeout);
        self.answered(cx);
        self.link = Link::Connected;
        self.timeout = timeout;
        if self.id != session {
            (self.id, self.xid) = (session, 0);
        }
        self.hear(cx, self.conn);
        recipe.on_connected(self, cx);
    }

    /// The connection is lost; the session may live on.
    fn suspend<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, recipe: &mut impl Recipe<P>) {
        if self.is_closing() {
            return self.closed(cx, recipe);
        }
        cx.fired(P::rule(Step::Suspended));
        recipe.on_suspended(cx);
        if self.link == Link::Connected {
            self.arm_local_expiry(cx, true);
        }
        self.link = Link::Waiting;
        self.forget_requests(cx);
        cancel(cx, Timer::Ping);
        cancel(cx, Timer::ReadTimeout);
        cancel(cx, Timer::ConnectTimeout);
        let delay = P::session(cx.settings()).reconnect_delay;
        cx.set_timer(Timer::Reconnect.into(), delay);
    }

    /// The session is gone: starts again with a new one.
    fn expired<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, recipe: &mut impl Recipe<P>) {
        cx.fired(P::rule(Step::Lost));
        recipe.on_lost(cx);
        self.forget_session(cx);
        self.connect(cx);
    }

    /// The client ended its session, or stopped waiting for the service to confirm it.
    fn closed<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, recipe: &mut impl Recipe<P>) {
        recipe.on_lost(cx);
        self.forget_session(cx);
        self.forget_requests(cx);
        self.link = Link::Closed;
    }

    fn forget_session<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        (self.id, self.xid) = (0, 0);
        self.timeout = P::session(cx.settings()).timeout;
        for timer in
            [Timer::Ping, Timer::ReadTimeout, Timer::ConnectTimeout, Timer::Reconnect, Timer::LocalExpiry]
        {
            cancel(cx, timer);
        }
    }

    fn forget_requests<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        (self.asked, self.pinged) = (None, false);
        self.backoff.forget();
        cancel(cx, Timer::Retransmit);
    }

    /// Something arrived. False if it belongs to an earlier connection.
    fn hear<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, conn: Conn) -> bool {
        if conn != self.conn || self.link != Link::Connected {
            return false;
        }
        set(cx, Timer::ReadTimeout, self.timeout.times(2, 3));
        self.arm_local_expiry(cx, false);
        true
    }

    /// The client's own estimate of when the session ends, if it makes one.
    fn arm_local_expiry<P: Hosted<Machine = M>>(&self, cx: &mut Cx<'_, P>, suspended: bool) {
        match (P::session(cx.settings()).local_expiry, suspended) {
            (LocalExpiry::Client, false) => set(cx, Timer::LocalExpiry, self.timeout.times(4, 3)),
            (LocalExpiry::Curator, true) => set(cx, Timer::LocalExpiry, self.timeout),
            (LocalExpiry::Curator, false) => cancel(cx, Timer::LocalExpiry),
            (LocalExpiry::Off, _) | (LocalExpiry::Client, true) => {}
        }
    }
}

// Requests, pings and resending.
impl<M: Machine> Client<M> {
    fn ask<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, ask: Ask<M::Op>) {
        self.xid += 1;
        let (conn, session, xid) = (self.conn, self.id, self.xid);
        self.put(cx, Packet::Request { conn, session, xid, ask: ask.clone() });
        self.asked = Some(ask);
        self.wait_for_answer(cx);
    }

    /// How long after sending something the client pings; the first time, earlier by its phase.
    fn ping_after<P: Hosted<Machine = M>>(&self, cx: &mut Cx<'_, P>) -> Span {
        let jitter = P::session(cx.settings()).ping_jitter;
        let early = if jitter.lo == jitter.hi {
            jitter.lo
        } else {
            jitter.lo + Span(cx.random((jitter.hi - jitter.lo).0))
        };
        let third = self.timeout.times(1, 3);
        // Of a shorter interval, a smaller part has elapsed.
        (third - early).times((third - self.gone).0, third.0.max(1)).max(Span::ms(1))
    }

    fn ping<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        cx.fired(P::rule(Step::Ping));
        self.gone = Span::ZERO;
        self.put(cx, Packet::Ping { conn: self.conn, session: self.id });
        if !self.pinged && self.asked.is_none() {
            self.wait_for_answer(cx);
        }
        self.pinged = true;
    }

    /// Woken by a message, the client pings up to a second before it has to.
    fn ping_when_woken<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        let idle = cx.now() - self.sent_at;
        let due = PING_EARLY < idle && self.timeout.times(1, 3) <= idle + PING_EARLY;
        if self.link == Link::Connected && (due || PING_IDLE_MAX < idle) {
            self.ping(cx);
        }
    }

    /// Sends, and postpones the next ping.
    fn put<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, packet: Packet<M>) {
        cx.send(self.server, packet.into());
        self.sent_at = cx.now();
        if self.link == Link::Connected {
            let after = self.ping_after(cx);
            set(cx, Timer::Ping, after);
        }
    }

    fn wait_for_answer<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        self.backoff.sent(cx.now());
        self.set_retransmit(cx);
    }

    fn set_retransmit<P: Hosted<Machine = M>>(&self, cx: &mut Cx<'_, P>) {
        let least = P::session(cx.settings()).retransmit;
        // A new connection knows nothing of the round trips of the one before.
        set(cx, Timer::Retransmit, self.backoff.wait(least, self.link == Link::Connected));
    }

    /// The pending answer arrived.
    fn answered<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        self.backoff.answered(cx.now(), self.timeout.times(1, 3));
        self.asked = None;
        cancel(cx, Timer::Retransmit);
        // A ping that went out after the request waits on its own now.
        if self.pinged && self.link == Link::Connected {
            self.wait_for_answer(cx);
        }
    }

    fn retransmit<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        let (conn, session) = (self.conn, self.id);
        let packet = match (self.link, &self.asked) {
            (Link::Connecting, _) => {
                Packet::Connect { conn, session, timeout: P::session(cx.settings()).timeout }
            }
            (Link::Connected, Some(ask)) => {
                Packet::Request { conn, session, xid: self.xid, ask: ask.clone() }
            }
            (Link::Connected, None) if self.pinged => Packet::Ping { conn, session },
            _ => return,
        };
        cx.fired(P::rule(Step::Retransmit));
        self.backoff.sent_again();
        // TCP does this below the client, which does not notice: the next ping is not postponed.
        cx.send(self.server, packet.into());
        self.set_retransmit(cx);
    }
}

fn set<P: Hosted>(cx: &mut Cx<'_, P>, timer: Timer, span: Span) {
    cx.set_timer(timer.into(), span);
}

fn cancel<P: Hosted>(cx: &mut Cx<'_, P>, timer: Timer) {
    cx.cancel_timer(timer.into());
}
