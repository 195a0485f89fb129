//! A state machine that a service keeps for its clients: what an operation does, what it returns, and which watches fire.
//!
//! A machine is deterministic and has no notion of time, so every server of an ensemble that applies the same transactions
//! in the same order holds the same state (Schneider, "Implementing fault-tolerant services using the state machine
//! approach", 1990). Sessions are part of that state, since what a client holds may end with its session.

use core::fmt::Debug;
use core::hash::Hash;
use std::sync::Arc;

use election_base::{Epoch, NodeId, Span};

/// The state that a service keeps.
pub trait Machine: Clone + Debug + Default + Hash + PartialEq + 'static {
    /// What a client can request.
    type Op: Clone + Debug + Hash + PartialEq + 'static;
    /// What the client gets back.
    type Reply: Clone + Debug + Hash + PartialEq + 'static;
    /// What a client can watch.
    type Watch: Copy + Debug + Hash + PartialEq + 'static;
    /// What can happen to the state.
    type Change;

    /// The answer to an operation that changes nothing in the current state; `None` if it needs a transaction.
    fn read(&self, op: &Self::Op, by: Caller) -> Option<Self::Reply>;

    /// Carries out an operation as transaction `zxid`. Adds what changed to `tell`.
    fn apply(&mut self, op: &Self::Op, by: Caller, zxid: u64, tell: &mut Vec<Self::Change>) -> Self::Reply;

    /// Removes what ends with a session. Adds what changed to `tell`.
    fn end(&mut self, session: u32, tell: &mut Vec<Self::Change>);

    /// The leader that the state names, and its epoch.
    fn record(&self) -> Option<(NodeId, Epoch)>;

    /// What the client watches after an operation with that answer; `None` leaves its watch unchanged.
    fn watch(op: &Self::Op, reply: &Self::Reply) -> Option<Self::Watch>;

    /// Whether a change fires a watch.
    fn fires(watch: Self::Watch, change: &Self::Change) -> bool;

    /// Its approximate size on the heap, in bytes.
    fn heap_bytes(&self) -> usize;
}

/// The client that requests an operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Caller {
    /// The session.
    pub session: u32,
    /// The client.
    pub owner: NodeId,
}

/// A session, as the servers keep it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Session {
    /// Its number, from 1. Never used again.
    pub id: u32,
    /// The client.
    pub owner: NodeId,
    /// The negotiated timeout.
    pub timeout: Span,
}

/// What transactions change: the machine and the sessions.
#[derive(Clone, PartialEq, Hash, Default, Debug)]
pub struct State<M> {
    /// The machine.
    pub machine: M,
    /// The sessions, ids ascending.
    pub sessions: Arc<Vec<Session>>,
    /// How many sessions have ever been opened.
    pub sessions_made: u32,
    /// The last transaction.
    pub zxid: u64,
}

/// A transaction.
#[derive(Clone, PartialEq, Hash, Debug)]
pub enum Txn<O> {
    /// A new session.
    Open {
        /// The client.
        owner: NodeId,
        /// The negotiated timeout.
        timeout: Span,
    },
    /// The end of a session.
    End {
        /// Which.
        session: u32,
    },
    /// An operation.
    Do {
        /// Whose.
        by: Caller,
        /// The client's number for it.
        xid: u32,
        /// What is done.
        op: O,
    },
}

impl<M: Machine> State<M> {
    /// Carries out a transaction and adds what changed to `tell`. Returns the answer to an operation.
    pub fn apply(&mut self, txn: &Txn<M::Op>, tell: &mut Vec<M::Change>) -> Option<M::Reply> {
        self.zxid += 1;
        match txn {
            Txn::Open { owner, timeout } => {
                self.sessions_made += 1;
                let session = Session { id: self.sessions_made, owner: *owner, timeout: *timeout };
                Arc::make_mut(&mut self.sessions).push(session);
                None
            }
            Txn::End { session } => {
                Arc::make_mut(&mut self.sessions).retain(|s| s.id != *session);
                self.machine.end(*session, tell);
                None
            }
            Txn::Do { by, op, .. } => Some(self.machine.apply(op, *by, self.zxid, tell)),
        }
    }

    /// Its approximate size on the heap, in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.sessions.capacity() * size_of::<Session>() + self.machine.heap_bytes()
    }
}
