//! The servers of a coordination service. They keep a machine and its clients' sessions, alone or as an ensemble of
//! 2f + 1 servers with a replicated log.
//!
//! A single server carries out a transaction at once. In an ensemble the leader does so when a majority has it in the
//! log: see [`replica`]. Only the leader serves clients; the other servers redirect them. A new leader knows the sessions
//! from the log and gives each its full timeout; it knows no connections or watches, so clients reconnect.

pub mod replica;
mod serving;

use election_base::NodeId;
use election_protocol::{Belief, Boot, Cx, Deadline, GroupId, Mark, Protocol, Role, given};

pub use serving::Live;

use crate::expiry::{self, Ticks};
use crate::machine::{Machine, State, Txn};
use crate::session::{self, Conn, Packet, Step};
use replica::{Journal, Peer, Replica};

/// An algorithm whose members are clients of a service that keeps a machine.
pub trait Hosted:
    Protocol<
        Msg: From<Packet<Self::Machine>>,
        Timer: From<session::Timer> + From<expiry::Timer>,
        Durable = Disk<Self::Machine>,
    >
{
    /// What the service keeps.
    type Machine: Machine;

    /// Whether the service is a single server in every scenario; then the code for ensembles is left out.
    const ALONE: bool;

    /// How sessions are kept.
    fn session(settings: &Self::Settings) -> &session::Settings;

    /// The line of the pseudo-code for a step of a session.
    fn rule(step: Step) -> Self::Rule;

    /// The line for carrying out an operation, if there is one.
    fn rule_of(op: &<Self::Machine as Machine>::Op) -> Option<Self::Rule>;

    /// Whether transaction `zxid` is on disk before it is answered; a flaw may lose some.
    fn keeps(_settings: &Self::Settings, _zxid: u64) -> bool {
        true
    }

    /// The group of the servers, whose leader is the ensemble's.
    fn servers() -> GroupId {
        unreachable!("a single server has no group")
    }

    /// The message that a server sends to another one.
    fn peer(_message: Peer<Self::Machine>) -> Self::Msg {
        unreachable!("a single server has no peers")
    }

    /// The timer of a server's replication.
    fn peer_timer(_timer: replica::Timer) -> Self::Timer {
        unreachable!("a single server replicates nothing")
    }
}

/// What a server has on disk. A client has nothing there.
#[derive(Clone, PartialEq, Hash, Debug)]
pub struct Disk<M: Machine> {
    /// What the committed transactions have made.
    pub state: State<M>,
    /// The ensemble's log, as far as this server has it; empty for a single server.
    pub journal: Journal<M::Op>,
}

impl<M: Machine> Default for Disk<M> {
    fn default() -> Disk<M> {
        Disk { state: State::default(), journal: Journal::default() }
    }
}

/// A server.
#[derive(Clone, Hash, Debug)]
pub struct Server<M: Machine> {
    /// What is on disk, as the last transaction left it.
    disk: Disk<M>,
    /// In the order of session ids, one per session; empty if the server does not serve clients.
    live: Vec<Live<M>>,
    /// The expiry clock.
    clock: Ticks,
    /// Its part in the ensemble.
    replica: Replica,
}

/// A client that waits for a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Waiting {
    /// The client.
    client: NodeId,
    /// Its connection; [`Conn::NONE`] if it has none.
    conn: Conn,
    /// Its request; 0 for a new session, and for the end of one.
    xid: u32,
}

impl<M: Machine> Server<M> {
    /// The process comes up, restores everything from disk, and gives every session its full timeout. `watches` are the
    /// watches of the sessions that exist when the run begins, in the order of their ids.
    pub fn start<P: Hosted<Machine = M>>(
        cx: &mut Cx<'_, P>,
        disk: Disk<M>,
        boot: &Boot<'_>,
        watches: &[Option<M::Watch>],
    ) -> Server<M> {
        if boot.restarted {
            cx.fired(P::rule(Step::Restarted));
        }
        let tick = P::session(cx.settings()).tick;
        let gone = cx.phase(tick);
        let clock = Ticks::start(cx.now(), gone, tick);
        let mut server = Server { disk, live: Vec::new(), clock, replica: Replica::Alone };
        if P::ALONE || cx.services() == 1 {
            server.open_sessions(cx);
            if !boot.restarted {
                server.live.iter_mut().zip(watches).enumerate().for_each(|(i, (s, w))| s.stands(i, *w));
            }
        } else {
            server.join_ensemble(cx);
        }
        let rest = clock.rest(cx.now());
        cx.set_timer(expiry::Timer::Tick.into(), rest);
        server
    }

    /// The expiry clock.
    pub fn on_tick<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        self.clock.tick(cx.now());
        let last = self.clock.last();
        if let Some(first) = self.live.iter().map(Live::expires).min() {
            // Ticks are counted from the start of the clock, before which there are no sessions.
            cx.because(P::rule(Step::Expired), || {
                given("the first session ends at tick", first as u64).at_most("this tick", last as u64)
            });
        }
        while let Some(i) = self.live.iter().position(|s| s.is_due(last)) {
            self.expire(cx, i);
        }
        cx.set_timer(expiry::Timer::Tick.into(), P::session(cx.settings()).tick);
    }

    /// An operator ends every session of `owner`, even though it is alive.
    pub fn on_expire<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, owner: NodeId) {
        while let Some(i) = self.live.iter().position(|s| s.is_of(owner)) {
            self.expire(cx, i);
        }
    }

    /// What it believes: the leader that its state names.
    pub fn belief(&self) -> Belief {
        let (leader, epoch) = self.disk.state.machine.record().unwrap_or((NodeId::NONE, 0));
        // Of several records, the newest that a majority holds counts.
        let token = if self.replica == Replica::Alone { 0 } else { self.disk.state.zxid };
        Belief { role: Role::Service, leads: false, leader, epoch, token }
    }

    /// What the committed transactions have made.
    pub fn state(&self) -> &State<M> {
        &self.disk.state
    }

    /// The sessions that it serves, in the order of their ids.
    pub fn live(&self) -> &[Live<M>] {
        &self.live
    }

    /// The expiry clock.
    pub fn clock(&self) -> Ticks {
        self.clock
    }

    /// When a session ends unless its client is heard from first, if this server knows.
    pub fn ends(&self, session: u32) -> Option<Deadline> {
        let i = self.live.binary_search_by_key(&session, |s| s.id()).ok()?;
        Some(Deadline { at: self.clock.time(self.live[i].expires()), of: self.live[i].timeout() })
    }

    /// Its approximate size on the heap, in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.live.capacity() * size_of::<Live<M>>() + self.disk.state.heap_bytes()
    }

    /// Carries out a transaction at once, or once the ensemble has committed it.
    fn propose<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, txn: Txn<M::Op>, waiting: Waiting) {
        if P::ALONE || self.replica == Replica::Alone {
            self.carry_out(cx, &txn, Some(waiting));
        } else {
            self.replicate(cx, txn, waiting);
        }
    }

    /// Carries out a committed transaction: changes the state, writes it to disk, notifies clients that watch, and answers
    /// the client that waits.
    fn carry_out<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        txn: &Txn<M::Op>,
        waiting: Option<Waiting>,
    ) {
        let named = self.disk.state.machine.record();
        let mut changes = Vec::new();
        if let Txn::End { session } = txn {
            self.live.retain(|s| s.id() != *session);
        }
        let reply = self.disk.state.apply(txn, &mut changes);
        let gone = named.is_some() && self.disk.state.machine.record() != named;
        if gone && self.replica.serves() {
            // From here on the service knows that the leader is gone.
            cx.mark(Mark::Suspects);
        }
        self.persist(cx);
        for change in &changes {
            self.notify(cx, change);
        }
        if let Some(waiting) = waiting {
            self.answer(cx, txn, waiting, reply);
        }
    }

    /// Writes to disk.
    fn persist<P: Hosted<Machine = M>>(&self, cx: &mut Cx<'_, P>) {
        if P::keeps(cx.settings(), self.disk.state.zxid) {
            cx.persist(self.disk.clone());
        }
    }
}
