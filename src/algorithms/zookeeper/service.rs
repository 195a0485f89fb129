//! The coordination service: sessions, the children of `/election`, watches, and the clock that expires.

use std::sync::Arc;

use super::{Conn, Disk, Flaw, Msg, Op, Reply, Rule, Session, Settings, Timer, Watch, Znode, ZooKeeper};
use election_base::{LocalTime, NodeId, Span};
use election_protocol::{Belief, Boot, Cx, Deadline, Mark, NodeView, Role, RoleKind as _, Shape};

type Context<'a> = Cx<'a, ZooKeeper>;

/// The position of the queue among the panels.
const QUEUE: u8 = 0;

/// What the service has in memory about a session; the session itself is on disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Live {
    /// The session.
    id: u32,
    /// Whose it is.
    owner: NodeId,
    /// The negotiated timeout.
    timeout: Span,
    /// The number of the tick that ends the session unless the client is heard before.
    expires: i64,
    /// The client's connection; [`Conn::NONE`] after a restart of the service, until the client is back.
    conn: Conn,
    /// The last request, so that a request that was sent twice is carried out once.
    xid: u32,
    /// What the last create made, to answer it again.
    created: Option<(u32, Reply)>,
    /// What the client watches, and the request that set the watch. At most one: the recipe needs no more.
    watch: Watch,
    watch_xid: u32,
    /// How many watch events went out on this connection.
    events: u32,
}

/// The service node.
#[derive(Clone, Hash, Debug)]
pub struct Service {
    /// What is on disk, as the last transaction left it.
    disk: Disk,
    /// In the order of session ids, one for each of `disk.sessions`.
    live: Vec<Live>,
    /// The expiry clock.
    clock: Ticks,
}

/// The expiry clock: it counts ticks that its own timer brings, by a clock that nobody sets (ZOOKEEPER-1366).
#[derive(Clone, Copy, Hash, Debug)]
pub(super) struct Ticks {
    /// The number of the last tick.
    last: i64,
    /// What the own clock showed then.
    at: LocalTime,
    /// The length of a tick.
    length: Span,
}

impl Disk {
    /// Sessions and znodes, for the picture. `ends` says when a session ends, as far as that is known.
    pub(super) fn shapes(&self, out: &mut Vec<Shape>, ends: impl Fn(u32) -> Option<Deadline>) {
        out.extend(self.sessions.iter().map(|s| Shape::Bond { with: s.owner }));
        out.extend(self.znodes.iter().map(|z| Shape::Row {
            panel: QUEUE,
            owner: z.owner,
            key: z.sequence.into(),
            version: z.czxid,
            ends: ends(z.session),
        }));
    }
}

impl Service {
    /// The process comes up: everything on disk is there again, and every session gets its full timeout.
    pub(super) fn start(cx: &mut Context<'_>, mut disk: Disk, boot: &Boot<'_>) -> Service {
        let settings = cx.settings();
        if boot.restarted {
            cx.fired(Rule::Restarted);
        } else if disk.sessions.iter().any(|s| s.timeout == Span::ZERO) {
            // `init candidates` does not know the settings.
            for session in Arc::make_mut(&mut disk.sessions) {
                session.timeout = settings.negotiate(settings.session_timeout);
            }
            cx.persist(disk.clone());
        }
        let gone = cx.phase(settings.tick_time);
        let clock = Ticks::start(cx.now(), gone, settings.tick_time);
        let mut live = Vec::with_capacity(disk.sessions.len());
        for (i, session) in disk.sessions.iter().enumerate() {
            let mut entry = Live::new(session, Conn::NONE);
            entry.expires = clock.bucket(cx.now(), session.timeout);
            if !boot.restarted {
                // From `init candidates`: connected, with the watch that the recipe sets.
                entry.conn = Conn::initial(i);
                entry.watch = settings.watched(&disk.znodes, i);
                entry.watch_xid = u32::from(entry.watch != Watch::None);
                entry.xid = entry.watch_xid;
            }
            live.push(entry);
        }
        cx.set_timer(Timer::Tick, clock.at + settings.tick_time - cx.now());
        Service { disk, live, clock }
    }

    pub(super) fn on_message(&mut self, cx: &mut Context<'_>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Connect { conn, session, timeout } => self.connect(cx, from, conn, session, timeout),
            Msg::Ping { conn, session } => {
                let Some(i) = self.hear(cx, from, conn, session) else { return };
                cx.send(from, Msg::Pong { conn, events: self.live[i].events });
            }
            Msg::Request { conn, session, xid, op } => {
                let Some(i) = self.hear(cx, from, conn, session) else { return };
                // A copy of a request before the last one: it was answered, and the client went on.
                if self.live[i].xid <= xid {
                    self.live[i].xid = xid;
                    self.carry_out(cx, i, xid, op);
                }
            }
            // What only the service sends.
            Msg::Connected { .. }
            | Msg::Expired { .. }
            | Msg::Closed { .. }
            | Msg::Reply { .. }
            | Msg::WatchEvent { .. }
            | Msg::Pong { .. } => {}
        }
    }

    /// The expiry clock.
    pub(super) fn on_tick(&mut self, cx: &mut Context<'_>) {
        self.clock = Ticks { last: self.clock.last + 1, at: cx.now(), ..self.clock };
        while let Some(i) = self.live.iter().position(|s| s.expires <= self.clock.last) {
            cx.fired(Rule::Expire);
            self.expire(cx, i);
        }
        cx.set_timer(Timer::Tick, cx.settings().tick_time);
    }

    /// An operator ends every session of `owner`, although it is alive.
    pub(super) fn on_expire(&mut self, cx: &mut Context<'_>, owner: NodeId) {
        while let Some(i) = self.live.iter().position(|s| s.owner == owner) {
            cx.fired(Rule::Expire);
            self.expire(cx, i);
        }
    }

    pub(super) fn belief(&self) -> Belief {
        let first = self.disk.znodes.first();
        Belief {
            role: Role::Service,
            leads: false,
            leader: first.map_or(NodeId::NONE, |z| z.owner),
            epoch: first.map_or(0, |z| z.czxid),
            token: 0,
        }
    }

    pub(super) fn view(&self) -> NodeView {
        let watches: Vec<String> = self
            .live
            .iter()
            .filter(|s| s.watch != Watch::None)
            .map(|s| format!("{}:{}", s.owner, s.watch))
            .collect();
        let expiries: Vec<String> = self.live.iter().map(|s| format!("{}:{}", s.id, s.expires)).collect();
        super::view_disk(super::Standing::Service.name(), &self.disk)
            .field("watches", super::list(&watches))
            .field("expiries", super::list(&expiries))
            .field("tick", self.clock.last)
    }

    /// Sessions, znodes and watches, for the picture.
    pub(super) fn shapes(&self, out: &mut Vec<Shape>) {
        self.disk.shapes(out, |session| {
            let i = self.live.binary_search_by_key(&session, |s| s.id).ok()?;
            Some(Deadline { at: self.clock.time(self.live[i].expires), of: self.live[i].timeout })
        });
        out.extend(self.live.iter().filter_map(|s| {
            let to = match s.watch {
                Watch::None => return None,
                Watch::Children => None,
                Watch::Znode(sequence) => Some(sequence.into()),
            };
            Some(Shape::Arrow { panel: QUEUE, from: s.owner, to })
        }));
    }

    /// A client asks for a session, or for its session again on a new connection.
    fn connect(&mut self, cx: &mut Context<'_>, from: NodeId, conn: Conn, session: u32, request: Span) {
        let settings = cx.settings();
        let known = if session == 0 {
            // The second copy of a request for a new session must not make a second one.
            self.live.iter().position(|s| s.owner == from && s.conn == conn)
        } else {
            self.live.iter().position(|s| s.id == session && s.owner == from)
        };
        let i = match known {
            Some(i) => i,
            None if session != 0 => {
                cx.fired(Rule::Gone);
                return cx.send(from, Msg::Expired { conn });
            }
            None => {
                cx.fired(Rule::Negotiate);
                self.disk.zxid += 1;
                self.disk.sessions_made += 1;
                let id = self.disk.sessions_made;
                let record = Session { id, owner: from, timeout: settings.negotiate(request) };
                self.live.push(Live::new(&record, conn));
                Arc::make_mut(&mut self.disk.sessions).push(record);
                self.persist(cx);
                self.live.len() - 1
            }
        };
        let s = &mut self.live[i];
        if s.conn != conn {
            // Watches and events belong to the connection; the client lists and watches again.
            cx.fired(Rule::SameSession);
            (s.conn, s.watch, s.events) = (conn, Watch::None, 0);
        }
        if known.is_none() {
            s.expires = self.clock.bucket(cx.now(), s.timeout);
        }
        cx.send(from, Msg::Connected { conn, session: s.id, timeout: s.timeout });
    }

    /// The session that a message belongs to, which is good for another timeout now; or, where the service
    /// knows no such connection, the answer that it is closed.
    fn hear(&mut self, cx: &mut Context<'_>, from: NodeId, conn: Conn, session: u32) -> Option<usize> {
        // Ids ascend.
        let found = self.live.binary_search_by_key(&session, |s| s.id).ok();
        match found.filter(|&i| self.live[i].conn == conn) {
            Some(i) => {
                cx.fired(Rule::Touch);
                let s = &mut self.live[i];
                s.expires = self.clock.bucket(cx.now(), s.timeout);
                Some(i)
            }
            None => {
                cx.fired(Rule::Unknown);
                cx.send(from, Msg::Closed { conn });
                None
            }
        }
    }

    fn carry_out(&mut self, cx: &mut Context<'_>, i: usize, xid: u32, op: Op) {
        let (conn, to) = (self.live[i].conn, self.live[i].owner);
        let reply = match op {
            Op::Create => self.create(cx, i, xid),
            Op::GetChildren { watch } => {
                if watch {
                    (self.live[i].watch, self.live[i].watch_xid) = (Watch::Children, xid);
                }
                Reply::Children(Arc::clone(&self.disk.znodes))
            }
            Op::Exists { sequence } => {
                let exists = self.disk.znodes.binary_search_by_key(&sequence, |z| z.sequence).is_ok();
                if exists {
                    (self.live[i].watch, self.live[i].watch_xid) = (Watch::Znode(sequence), xid);
                }
                Reply::Stat { sequence, exists }
            }
            Op::Delete { sequence } => {
                let mine = |z: &Znode| z.sequence == sequence && z.session == self.live[i].id;
                if self.disk.znodes.iter().any(mine) {
                    if self.disk.znodes.first().is_some_and(mine) {
                        cx.mark(Mark::Suspects);
                    }
                    self.disk.zxid += 1;
                    Arc::make_mut(&mut self.disk.znodes).retain(|z| z.sequence != sequence);
                    self.persist(cx);
                    self.notify(cx, Some(sequence));
                }
                Reply::Deleted { sequence }
            }
            Op::CloseSession => {
                cx.fired(Rule::CloseSession);
                self.end(cx, i);
                return cx.send(to, Msg::Closed { conn });
            }
        };
        cx.send(to, Msg::Reply { conn, xid, reply });
    }

    fn create(&mut self, cx: &mut Context<'_>, i: usize, xid: u32) -> Reply {
        if let Some((_, reply)) = self.live[i].created.iter().find(|(at, _)| *at == xid) {
            return reply.clone();
        }
        cx.fired(Rule::Name);
        self.disk.zxid += 1;
        let sequence = self.disk.sequence;
        self.disk.sequence += 1;
        let znode =
            Znode { sequence, session: self.live[i].id, owner: self.live[i].owner, czxid: self.disk.zxid };
        Arc::make_mut(&mut self.disk.znodes).push(znode);
        self.persist(cx);
        self.notify(cx, None);
        let reply = Reply::Created { sequence, czxid: znode.czxid };
        self.live[i].created = Some((xid, reply.clone()));
        reply
    }

    /// Ends a session that its client did not end, and closes the connection if there is one.
    fn expire(&mut self, cx: &mut Context<'_>, i: usize) {
        let (owner, conn) = (self.live[i].owner, self.live[i].conn);
        self.end(cx, i);
        if conn != Conn::NONE {
            cx.send(owner, Msg::Closed { conn });
        }
    }

    /// One transaction: the session is gone, and with it its ephemeral znodes.
    fn end(&mut self, cx: &mut Context<'_>, i: usize) {
        let id = self.live.remove(i).id;
        if self.disk.znodes.first().is_some_and(|z| z.session == id) {
            // From here on the service knows that the leader is gone, for whatever reason.
            cx.mark(Mark::Suspects);
        }
        self.disk.zxid += 1;
        Arc::make_mut(&mut self.disk.sessions).retain(|s| s.id != id);
        let before = Arc::clone(&self.disk.znodes);
        Arc::make_mut(&mut self.disk.znodes).retain(|z| z.session != id);
        self.persist(cx);
        for znode in before.iter().filter(|z| z.session == id) {
            self.notify(cx, Some(znode.sequence));
        }
    }

    /// Writes the last transaction to disk.
    fn persist(&self, cx: &mut Context<'_>) {
        // The broken variant answers before the disk has it, and the disk has one in three.
        if cx.settings().flaw != Flaw::OldSnapshot || self.disk.zxid.is_multiple_of(3) {
            cx.persist(self.disk.clone());
        }
    }

    /// About how many bytes the lists take.
    pub(super) fn heap_bytes(&self) -> usize {
        self.live.capacity() * size_of::<Live>()
            + self.disk.znodes.capacity() * size_of::<Znode>()
            + self.disk.sessions.capacity() * size_of::<Session>()
    }

    /// Tells those who watch the deleted znode, and those who watch the children: once, the watch is used up.
    fn notify(&mut self, cx: &mut Context<'_>, deleted: Option<u32>) {
        for s in &mut self.live {
            let hit = match s.watch {
                Watch::None => false,
                Watch::Children => true,
                Watch::Znode(sequence) => deleted == Some(sequence),
            };
            if hit {
                cx.fired(Rule::Notify);
                s.events += 1;
                let (conn, xid, nth) = (s.conn, s.watch_xid, s.events);
                cx.send(s.owner, Msg::WatchEvent { conn, xid, nth, watch: s.watch });
                s.watch = Watch::None;
            }
        }
    }
}

impl Live {
    fn new(session: &Session, conn: Conn) -> Live {
        Live {
            id: session.id,
            owner: session.owner,
            timeout: session.timeout,
            expires: 0,
            conn,
            xid: 0,
            created: None,
            watch: Watch::None,
            watch_xid: 0,
            events: 0,
        }
    }
}

impl Ticks {
    /// A clock of which so much of a tick is gone.
    fn start(now: LocalTime, gone: Span, tick: Span) -> Ticks {
        Ticks { last: now.0.div_euclid(tick.0 as i64), at: LocalTime(now.0 - gone.0 as i64), length: tick }
    }

    /// When the tick of that number comes.
    fn time(self, tick: i64) -> LocalTime {
        self.at + self.length.times((tick - self.last).max(0) as u64, 1)
    }

    /// The number of the tick that ends a session that was heard last at `now`.
    ///
    /// The real server keeps sessions in buckets a tick wide and rounds up, always to a later one:
    /// `(time / interval + 1) * interval` (`ExpiryQueue.roundToNextInterval`).
    pub(super) fn bucket(self, now: LocalTime, timeout: Span) -> i64 {
        // Within a tick, unless the process was paused since the last one.
        let since = (now - self.at).min(self.length);
        self.last + ((since + timeout).0 / self.length.0) as i64 + 1
    }
}

impl Settings {
    /// The timeout that the service grants: 2 to 20 ticks (`ZooKeeperServer.processConnectRequest`).
    pub(super) fn negotiate(&self, request: Span) -> Span {
        request.clamp(self.tick_time.times(2, 1), self.tick_time.times(20, 1))
    }

    /// What the owner of the `i`-th znode watches by the recipe.
    pub(super) fn watched(&self, znodes: &[Znode], i: usize) -> Watch {
        match self.watch {
            super::WatchWhat::Children => Watch::Children,
            _ if i == 0 => Watch::None,
            super::WatchWhat::Predecessor => Watch::Znode(znodes[i - 1].sequence),
            super::WatchWhat::Herd => Watch::Znode(znodes[0].sequence),
        }
    }
}
