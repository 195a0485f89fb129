//! The server's side of sessions: connections, requests, watches, and the expiry of silent sessions.

use election_base::{NodeId, Span};
use election_protocol::{Cx, given};

use super::replica::Replica;
use super::{Hosted, Server, Waiting};
use crate::machine::{Caller, Machine, Session, Txn};
use crate::session::{Ask, Conn, Packet, Step};

/// What a server has in memory about a session; the session itself is on disk.
#[derive(Clone, PartialEq, Hash, Debug)]
pub struct Live<M: Machine> {
    session: Session,
    /// The number of the tick that ends the session unless the client is heard from first.
    expires: i64,
    /// Whether its end is waiting to be committed.
    ending: bool,
    /// The client's connection; [`Conn::NONE`] until the client of a restored session is back.
    conn: Conn,
    /// The last request, so that a request that arrives twice is carried out once.
    xid: u32,
    /// The last answer to a transaction, in case it must be repeated.
    answered: Option<(u32, M::Reply)>,
    /// What the client watches, and the request that set the watch. One at a time: no recipe so far needs more.
    watch: Option<(M::Watch, u32)>,
    /// How many events have been sent on this connection.
    events: u32,
}

impl<M: Machine> Live<M> {
    fn new(session: Session, conn: Conn, expires: i64) -> Live<M> {
        Live { session, expires, ending: false, conn, xid: 0, answered: None, watch: None, events: 0 }
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.session.id
    }

    /// The client.
    pub fn owner(&self) -> NodeId {
        self.session.owner
    }

    /// The negotiated timeout.
    pub fn timeout(&self) -> Span {
        self.session.timeout
    }

    /// The number of the tick that ends it unless the client is heard from first.
    pub fn expires(&self) -> i64 {
        self.expires
    }

    /// What the client watches.
    pub fn watch(&self) -> Option<M::Watch> {
        self.watch.map(|(watch, _)| watch)
    }

    /// Whether it ends with that tick.
    pub(super) fn is_due(&self, tick: i64) -> bool {
        self.expires <= tick && !self.ending
    }

    /// Whether it belongs to that client and is not ending.
    pub(super) fn is_of(&self, owner: NodeId) -> bool {
        self.session.owner == owner && !self.ending
    }

    /// It exists when the run begins: connected, with that watch set by its first request.
    pub(super) fn stands(&mut self, i: usize, watch: Option<M::Watch>) {
        self.conn = Conn::initial(i);
        self.watch = watch.map(|watch| (watch, 1));
        self.xid = u32::from(watch.is_some());
    }
}

impl<M: Machine> Server<M> {
    /// A client's message arrived.
    pub fn on_packet<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, from: NodeId, packet: Packet<M>) {
        if !P::ALONE && !self.replica.serves() {
            return self.send_elsewhere(cx, from, &packet);
        }
        match packet {
            Packet::Connect { conn, session, timeout } => self.connect(cx, from, conn, session, timeout),
            Packet::Ping { conn, session } => {
                let Some(i) = self.hear(cx, from, conn, session) else { return };
                cx.send(from, Packet::Pong { conn, events: self.live[i].events }.into());
            }
            Packet::Request { conn, session, xid, ask } => {
                let Some(i) = self.hear(cx, from, conn, session) else { return };
                // A copy of an earlier request: it was answered, and the client went on.
                if self.live[i].xid <= xid {
                    self.live[i].xid = xid;
                    self.on_request(cx, i, xid, ask);
                }
            }
            // What only a server sends.
            Packet::Connected { .. }
            | Packet::Expired { .. }
            | Packet::Closed { .. }
            | Packet::Elsewhere { .. }
            | Packet::Reply { .. }
            | Packet::Event { .. }
            | Packet::Pong { .. } => {}
        }
    }

    /// Starts to serve: every session has its full timeout and no connection.
    pub(super) fn open_sessions<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        let (clock, now) = (self.clock, cx.now());
        let sessions = self.disk.state.sessions.iter();
        self.live = sessions.map(|s| Live::new(*s, Conn::NONE, clock.bucket(now, s.timeout))).collect();
    }

    /// This server does not serve clients: redirects the client to the leader.
    fn send_elsewhere<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        from: NodeId,
        packet: &Packet<M>,
    ) {
        let leader = if let Replica::Follower { leader } = self.replica { leader } else { NodeId::NONE };
        let answer = match *packet {
            Packet::Connect { conn, .. } => Packet::Elsewhere { conn, leader },
            Packet::Request { conn, .. } | Packet::Ping { conn, .. } => Packet::Closed { conn },
            _ => return,
        };
        cx.send(from, answer.into());
    }

    /// A client asks for a session, or for its session again on a new connection.
    fn connect<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        from: NodeId,
        conn: Conn,
        session: u32,
        request: Span,
    ) {
        let known = if session == 0 {
            // The second copy of a request for a new session must not make a second one.
            self.live.iter().position(|s| s.owner() == from && s.conn == conn)
        } else {
            self.live.iter().position(|s| s.id() == session && s.owner() == from)
        };
        if session != 0 {
            cx.because(P::rule(Step::Gone), || given("session known", known.is_some()).no());
        }
        let Some(i) = known else {
            if session != 0 {
                cx.fired(P::rule(Step::Gone));
                return cx.send(from, Packet::Expired { conn }.into());
            }
            let waiting = Waiting { client: from, conn, xid: 0 };
            if !self.replica.is_waiting(waiting) {
                cx.fired(P::rule(Step::Opened));
                let timeout = P::session(cx.settings()).negotiate(request);
                self.propose(cx, Txn::Open { owner: from, timeout }, waiting);
            }
            return;
        };
        let s = &mut self.live[i];
        cx.because(P::rule(Step::Resumed), || given("connection known", s.conn == conn).no());
        if s.conn != conn {
            // Watches and events belong to the connection; the client asks and watches again.
            cx.fired(P::rule(Step::Resumed));
            (s.conn, s.watch, s.events) = (conn, None, 0);
        }
        cx.send(from, Packet::Connected { conn, session: s.id(), timeout: s.timeout() }.into());
    }

    /// The session that a message belongs to, now extended by another timeout. If the server does not know the
    /// connection, it answers that it is closed.
    fn hear<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        from: NodeId,
        conn: Conn,
        session: u32,
    ) -> Option<usize> {
        // Ids ascend.
        let found = self.live.binary_search_by_key(&session, Live::id).ok();
        let known = found.filter(|&i| self.live[i].conn == conn);
        cx.because(P::rule(Step::Unknown), || given("connection known", known.is_some()).no());
        match known {
            Some(i) => {
                cx.fired(P::rule(Step::Heard));
                let s = &mut self.live[i];
                s.expires = self.clock.bucket(cx.now(), s.timeout());
                Some(i)
            }
            None => {
                cx.fired(P::rule(Step::Unknown));
                cx.send(from, Packet::Closed { conn }.into());
                None
            }
        }
    }

    fn on_request<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        i: usize,
        xid: u32,
        ask: Ask<M::Op>,
    ) {
        let Live { session: Session { id, owner, .. }, conn, .. } = self.live[i];
        let op = match ask {
            Ask::Do(op) => op,
            Ask::Close => {
                cx.fired(P::rule(Step::Ended));
                return self.end(cx, i);
            }
        };
        let by = Caller { session: id, owner };
        let again =
            self.live[i].answered.as_ref().filter(|(at, _)| *at == xid).map(|(_, reply)| reply.clone());
        if let Some(reply) = again.or_else(|| self.disk.state.machine.read(&op, by)) {
            self.set_watch(i, xid, &op, &reply);
            return cx.send(owner, Packet::Reply { conn, xid, reply }.into());
        }
        let waiting = Waiting { client: owner, conn, xid };
        if !self.replica.is_waiting(waiting) {
            P::rule_of(&op).into_iter().for_each(|rule| cx.fired(rule));
            self.propose(cx, Txn::Do { by, xid, op }, waiting);
        }
    }

    /// Answers the client that waits for a transaction.
    pub(super) fn answer<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        txn: &Txn<M::Op>,
        Waiting { client, conn, xid }: Waiting,
        reply: Option<M::Reply>,
    ) {
        match (txn, reply) {
            (Txn::Open { .. }, _) => {
                let session = *self.disk.state.sessions.last().expect("it was just made");
                let expires = self.clock.bucket(cx.now(), session.timeout);
                self.live.push(Live::new(session, conn, expires));
                let Session { id: session, timeout, .. } = session;
                cx.send(client, Packet::Connected { conn, session, timeout }.into());
            }
            (Txn::Do { by, op, .. }, Some(reply)) => {
                if let Ok(i) = self.live.binary_search_by_key(&by.session, Live::id) {
                    self.set_watch(i, xid, op, &reply);
                    self.live[i].answered = Some((xid, reply.clone()));
                }
                cx.send(client, Packet::Reply { conn, xid, reply }.into());
            }
            (Txn::End { .. }, _) if conn != Conn::NONE => cx.send(client, Packet::Closed { conn }.into()),
            _ => {}
        }
    }

    /// Ends a session that its client did not end.
    pub(super) fn expire<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, i: usize) {
        cx.fired(P::rule(Step::Expired));
        self.end(cx, i);
    }

    /// Ends a session, and with it everything its client holds, in one transaction.
    fn end<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, i: usize) {
        let s = &mut self.live[i];
        s.ending = true;
        let (session, waiting) = (s.id(), Waiting { client: s.owner(), conn: s.conn, xid: 0 });
        self.propose(cx, Txn::End { session }, waiting);
    }

    fn set_watch(&mut self, i: usize, xid: u32, op: &M::Op, reply: &M::Reply) {
        if let Some(watch) = M::watch(op, reply) {
            self.live[i].watch = Some((watch, xid));
        }
    }

    /// Notifies the clients whose watch the change fires. A watch fires once.
    pub(super) fn notify<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, change: &M::Change) {
        for s in &mut self.live {
            let Some((watch, xid)) = s.watch.filter(|(watch, _)| M::fires(*watch, change)) else { continue };
            cx.fired(P::rule(Step::Notified));
            s.events += 1;
            s.watch = None;
            let (conn, nth) = (s.conn, s.events);
            cx.send(s.owner(), Packet::Event { conn, xid, nth, watch }.into());
        }
    }
}
