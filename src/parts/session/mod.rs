//! Sessions with a coordination service: the messages between client and server, and the client's side. The servers' side
//! is [`crate::ensemble`].
//!
//! A client has a connection, and a session that outlives connections: the service ends a session that it has not heard
//! from for the session timeout T. A client that has sent nothing for T/3 pings; one that has heard nothing for 2T/3 gives
//! up its connection and opens another, with the next server. Unanswered messages are resent, as TCP would do. Modelled
//! after Apache ZooKeeper's `ClientCnxn`.

mod client;

use election_base::{NodeId, Span, SpanRange};
use election_protocol::{Cx, Protocol, choices, timers};

pub use client::{Client, Link, Recipe};

use crate::machine::Machine;

timers! {
    /// What a client waits for.
    pub enum Timer {
        /// Nothing was sent for a third of the session timeout.
        Ping = "ping" by "session-timeout",
        /// Nothing was heard for two thirds of it.
        ReadTimeout = "read-timeout" by "session-timeout",
        /// No server answered a request for a connection.
        ConnectTimeout = "connect-timeout" by "session-timeout",
        /// The pause before the next attempt is over.
        Reconnect = "reconnect" by "reconnect-delay",
        /// No answer: resend.
        Retransmit = "retransmit" by "retransmit",
        /// The client considers its session expired without having been told.
        LocalExpiry = "local-expiry" by "session-timeout",
    }
}

choices! {
    /// Whether a client considers its session expired without being told.
    pub enum LocalExpiry {
        /// Never.
        Off = "off",
        /// After 4T/3 without a message, as ZooKeeper's client library does.
        Client = "client",
        /// T after the connection was suspended, as Curator does.
        Curator = "curator",
    }
}

/// How sessions are kept.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The session timeout that a client asks for.
    pub timeout: Span,
    /// The servers' unit of time: a session lasts 2 to 20 of these.
    pub tick: Span,
    /// How long a client that lost its connection waits before it opens another one.
    pub reconnect_delay: SpanRange,
    /// How long before a third of the timeout has elapsed a ping is sent.
    pub ping_jitter: SpanRange,
    /// The shortest time after which an unanswered message is resent.
    pub retransmit: Span,
    /// Whether a client considers its session expired without being told.
    pub local_expiry: LocalExpiry,
}

impl Settings {
    /// The timeout that a server grants: 2 to 20 ticks (`ZooKeeperServer.processConnectRequest`).
    pub fn negotiate(&self, request: Span) -> Span {
        request.clamp(self.tick.times(2, 1), self.tick.times(20, 1))
    }

    /// The timeout that the clients get.
    pub fn granted(&self) -> Span {
        self.negotiate(self.timeout)
    }
}

/// A client's connection. It distinguishes messages from those of an earlier connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Conn(u32);

impl Conn {
    /// No connection.
    pub const NONE: Conn = Conn(0);

    /// The connection of the `i`-th client that is connected when the run begins.
    pub fn initial(i: usize) -> Conn {
        Conn(i as u32 + 1)
    }

    /// A number that no other connection of this node has.
    fn draw<P: Protocol>(cx: &mut Cx<'_, P>) -> Conn {
        // Random, since a process that comes up knows nothing of its predecessor's connections; and offset by the clock,
        // since a scenario may repeat the random numbers.
        let range = u64::from(u32::MAX - 1_000);
        let drawn = cx.random(range) + cx.now().0 as u64 % range;
        Conn(1_000 + (drawn % range) as u32)
    }
}

/// What a client asks for in its session.
#[derive(Clone, PartialEq, Hash, Debug)]
pub enum Ask<O> {
    /// An operation of the machine.
    Do(O),
    /// The end of the session.
    Close,
}

/// A message between a client and a server.
#[derive(Clone, PartialEq, Hash, Debug)]
pub enum Packet<M: Machine> {
    /// Client: requests a connection, for an existing session or a new one.
    Connect {
        /// The connection.
        conn: Conn,
        /// The session; 0 for a new one.
        session: u32,
        /// The timeout to ask for.
        timeout: Span,
    },
    /// Server: the connection is established.
    Connected {
        /// The connection.
        conn: Conn,
        /// The session.
        session: u32,
        /// The negotiated timeout.
        timeout: Span,
    },
    /// Server: that session is gone.
    Expired {
        /// The connection.
        conn: Conn,
    },
    /// Server: this connection is closed.
    Closed {
        /// The connection.
        conn: Conn,
    },
    /// Server: connect to the ensemble's leader instead, or to another server if none is named.
    Elsewhere {
        /// The connection.
        conn: Conn,
        /// The leader of the ensemble.
        leader: NodeId,
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
        ask: Ask<M::Op>,
    },
    /// Server: the answer to the request of that number.
    Reply {
        /// The connection.
        conn: Conn,
        /// The number of the request.
        xid: u32,
        /// The answer.
        reply: M::Reply,
    },
    /// Server: what the request of that number watched has happened.
    Event {
        /// The connection.
        conn: Conn,
        /// The number of the request that set the watch.
        xid: u32,
        /// The number of the event on the connection, from 1.
        nth: u32,
        /// What was watched.
        watch: M::Watch,
    },
    /// Client: a sign of life.
    Ping {
        /// The connection.
        conn: Conn,
        /// The session.
        session: u32,
    },
    /// Server: the answer to a ping.
    Pong {
        /// The connection.
        conn: Conn,
        /// How many events the server has sent on this connection.
        events: u32,
    },
}

/// A step of a session that is a line of an algorithm's pseudo-code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Client: it asks for a connection.
    Connect,
    /// Client: it is connected.
    Connected,
    /// Client: it pings.
    Ping,
    /// Client: its connection is gone.
    Suspended,
    /// Client: its session is gone.
    Lost,
    /// Client: by its own clock, it considers its session expired.
    LocalExpiry,
    /// Client: it resends what has not been answered.
    Retransmit,
    /// Client: it learns of an event that never arrived.
    Missed,
    /// Server: it creates a session.
    Opened,
    /// Server: a session continues on a new connection.
    Resumed,
    /// Server: a client asks for a session that is gone.
    Gone,
    /// Server: it hears from a client, whose session is extended.
    Heard,
    /// Server: a message arrives on an unknown connection.
    Unknown,
    /// Server: it ends a session that was silent.
    Expired,
    /// Server: a client ends its session.
    Ended,
    /// Server: it is up again, and every session gets its full timeout.
    Restarted,
    /// Server: it notifies a client of what it watches.
    Notified,
}
