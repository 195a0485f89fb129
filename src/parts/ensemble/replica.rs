//! Replication among the servers of an ensemble: a leader elected by a majority, and a log that a majority has.
//!
//! Raft (Ongaro & Ousterhout 2014, §5) as far as a service needs it: committed entries are carried out and dropped from
//! the log, and a server that lags behind gets the state itself. A leader that no majority has answered for an election
//! timeout steps down, so that clients turn to its successor (dissertation §6.2).

use core::fmt::Debug;
use core::hash::Hash;
use std::collections::VecDeque;
use std::rc::Rc;

use election_base::{NodeId, Span, SpanRange};
use election_protocol::{Belief, Cx, Mark, Role, timers};

use super::{Disk, Hosted, Server, Waiting};
use crate::log::{Index, Log, Term};
use crate::machine::{Machine, State, Txn};
use crate::quorum::{Outcome, Set, Tally, majority, reached};

/// How long a server waits for a message from a leader: Ongaro & Ousterhout 2014, §9.3.
const ELECTION: SpanRange = SpanRange::new(Span::ms(150), Span::ms(300));
/// How often a leader sends to servers that lack nothing.
const HEARTBEAT: Span = Span::ms(50);

timers! {
    /// What a server of an ensemble waits for.
    pub enum Timer {
        /// No message from a leader; for a leader: time to check that a majority answers.
        Election = "server-election",
        /// The leader's next message to all servers is due.
        Heartbeat = "server-heartbeat",
    }
}

/// An entry of the log. The first entry of a new leader carries no transaction.
#[derive(Clone, PartialEq, Hash, Debug)]
pub struct Entry<O> {
    /// Its term.
    pub term: Term,
    /// What is carried out when it is committed.
    pub txn: Option<Txn<O>>,
}

/// What a server has on disk of the ensemble's log.
#[derive(Clone, PartialEq, Hash, Debug)]
pub struct Journal<O> {
    /// The highest term seen.
    term: Term,
    /// The server that this server voted for in that term.
    voted: NodeId,
    /// The terms of all entries.
    log: Log,
    /// Entries up to this index have been carried out.
    applied: Index,
    /// The entries after that.
    tail: Rc<VecDeque<Entry<O>>>,
}

impl<O> Default for Journal<O> {
    fn default() -> Journal<O> {
        Journal { term: 0, voted: NodeId::NONE, log: Log::default(), applied: 0, tail: Rc::default() }
    }
}

impl<O: Clone> Journal<O> {
    fn append(&mut self, entry: Entry<O>) {
        self.log.append(entry.term, 1);
        Rc::make_mut(&mut self.tail).push_back(entry);
    }

    /// Makes the entries after `prev` begin with these; conflicting entries are removed, with everything after them.
    fn merge(&mut self, prev: Index, entries: &[Entry<O>]) {
        for (index, entry) in (prev + 1..).zip(entries) {
            if self.log.term_at(index).is_some_and(|term| term != entry.term) {
                assert!(self.applied < index, "a committed entry is never replaced");
                self.log.truncate(index - 1);
                Rc::make_mut(&mut self.tail).truncate((index - 1 - self.applied) as usize);
            }
            if self.log.last() < index {
                self.append(entry.clone());
            }
        }
    }

    /// The entries from `from` on, none of which has been carried out.
    fn entries(&self, from: Index) -> Vec<Entry<O>> {
        self.tail.iter().skip((from - 1 - self.applied) as usize).cloned().collect()
    }
}

/// A server's part in its ensemble.
#[derive(Clone, PartialEq, Hash, Debug)]
pub enum Replica {
    /// There is no ensemble.
    Alone,
    /// It follows a leader, or knows none.
    Follower {
        /// The leader.
        leader: NodeId,
    },
    /// It asks for votes.
    Candidate {
        /// Those it has.
        tally: Tally,
    },
    /// It has the votes of a majority.
    Leader(Leader),
}

/// What only a leader knows.
#[derive(Clone, PartialEq, Hash, Debug)]
pub struct Leader {
    me: NodeId,
    /// For each server, by position: the next entry to send, and the index up to which the logs are known to agree.
    progress: Vec<(Index, Index)>,
    /// The servers that answered since the last check for a majority.
    active: Set,
    /// The clients that wait for an entry, in the order of the log.
    waiting: VecDeque<(Index, Waiting)>,
    /// Its first entry. Once that is committed, so is all that came before it, and the leader serves.
    first: Index,
    /// Whether it serves.
    serves: bool,
}

impl Replica {
    /// Whether it serves clients.
    pub fn serves(&self) -> bool {
        match self {
            Replica::Alone => true,
            Replica::Leader(leader) => leader.serves,
            Replica::Follower { .. } | Replica::Candidate { .. } => false,
        }
    }

    /// Whether that request is already waiting for its transaction.
    pub(super) fn is_waiting(&self, waiting: Waiting) -> bool {
        matches!(self, Replica::Leader(leader) if leader.waiting.iter().any(|(_, other)| *other == waiting))
    }
}

/// A message between servers.
#[derive(Clone, PartialEq, Hash, Debug)]
pub enum Peer<M: Machine> {
    /// A candidate asks for a vote.
    RequestVote {
        /// Its term.
        term: Term,
        /// The index of its last entry.
        last_index: Index,
        /// The term of that entry.
        last_term: Term,
    },
    /// A vote, or a refusal.
    Vote {
        /// The voter's term.
        term: Term,
        /// Whether this is a vote.
        granted: bool,
    },
    /// The leader extends the log, or only sends a sign of life.
    Append {
        /// Its term.
        term: Term,
        /// The index before the first new entry.
        prev: Index,
        /// The term of the entry there.
        prev_term: Term,
        /// The new entries.
        entries: Rc<Vec<Entry<M::Op>>>,
        /// Entries up to this index are committed.
        commit: Index,
    },
    /// The leader sends the state to a server that lacks entries that were carried out.
    Install {
        /// Its term.
        term: Term,
        /// The terms of the entries that are carried out.
        log: Log,
        /// The resulting state.
        state: Rc<State<M>>,
    },
    /// The index up to which the log agrees with the leader's; `None` if it lacks the entry before the new ones.
    Appended {
        /// The follower's term.
        term: Term,
        /// The index.
        matched: Option<Index>,
    },
}

impl<M: Machine> Peer<M> {
    /// The term that every message carries.
    pub fn term(&self) -> Term {
        match *self {
            Peer::RequestVote { term, .. }
            | Peer::Vote { term, .. }
            | Peer::Append { term, .. }
            | Peer::Install { term, .. }
            | Peer::Appended { term, .. } => term,
        }
    }
}

/// The position of a server in its ensemble.
fn position(id: NodeId) -> usize {
    (id.0 - NodeId::service(0).0) as usize
}

/// The other servers.
fn others<P: Hosted>(cx: &Cx<'_, P>) -> impl Iterator<Item = NodeId> + use<P> {
    let me = cx.me();
    (0..cx.services()).map(NodeId::service).filter(move |id| *id != me)
}

// Terms and votes.
impl<M: Machine> Server<M> {
    /// What it believes of the ensemble's own leadership.
    pub fn belief_in_ensemble(&self) -> Belief {
        let (role, leader) = match self.replica {
            Replica::Alone => return Belief::default(),
            Replica::Follower { leader } => (Role::Follower, leader),
            Replica::Candidate { .. } => (Role::Candidate, NodeId::NONE),
            Replica::Leader(Leader { me, .. }) => (Role::Leader, me),
        };
        let term = self.disk.journal.term.into();
        Belief { role, leads: role == Role::Leader, leader, epoch: term, token: term }
    }

    pub(super) fn join_ensemble<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        self.become_follower(cx, NodeId::NONE);
    }

    /// A server's message arrived.
    pub fn on_peer<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, from: NodeId, peer: Peer<M>) {
        let term = peer.term();
        if self.disk.journal.term < term {
            (self.disk.journal.term, self.disk.journal.voted) = (term, NodeId::NONE);
            cx.persist(self.disk.clone());
            self.become_follower(cx, NodeId::NONE);
        }
        let current = self.disk.journal.term == term;
        match peer {
            Peer::RequestVote { last_index, last_term, .. } => {
                let granted = current && self.may_vote(from, last_index, last_term);
                if granted {
                    self.disk.journal.voted = from;
                    cx.persist(self.disk.clone());
                    self.wait_for_leader(cx);
                }
                send(cx, from, Peer::Vote { term: self.disk.journal.term, granted });
            }
            Peer::Append { .. } | Peer::Install { .. } if !current => {
                send(cx, from, Peer::Appended { term: self.disk.journal.term, matched: None });
            }
            Peer::Vote { granted, .. } if current => self.on_vote(cx, from, granted),
            Peer::Append { prev, prev_term, entries, commit, .. } => {
                self.become_follower(cx, from);
                self.on_append(cx, from, (prev, prev_term), &entries, commit);
            }
            Peer::Install { log, state, .. } => {
                self.become_follower(cx, from);
                self.on_install(cx, from, log, &state);
            }
            Peer::Appended { matched, .. } if current => self.on_appended(cx, from, matched),
            Peer::Vote { .. } | Peer::Appended { .. } => {}
        }
    }

    /// A timer of the replication fired.
    pub fn on_peer_timer<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, timer: Timer) {
        match (timer, &mut self.replica) {
            (Timer::Election, Replica::Leader(leader)) => {
                let mut active = core::mem::take(&mut leader.active);
                active.insert(position(cx.me()));
                if active.len() < majority(cx.services()) {
                    self.become_follower(cx, NodeId::NONE);
                } else {
                    cx.set_timer(P::peer_timer(Timer::Election), ELECTION.lo);
                }
            }
            (Timer::Election, Replica::Follower { .. } | Replica::Candidate { .. }) => self.campaign(cx),
            (Timer::Heartbeat, Replica::Leader(leader)) => {
                // Resend what has not been acknowledged since.
                leader.progress.iter_mut().for_each(|(next, matched)| *next = *matched + 1);
                others(cx).for_each(|to| self.send_log(cx, to));
                cx.set_timer(P::peer_timer(Timer::Heartbeat), HEARTBEAT);
            }
            (Timer::Heartbeat, _) | (_, Replica::Alone) => {}
        }
    }

    fn become_follower<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, leader: NodeId) {
        if matches!(self.replica, Replica::Leader(_)) {
            cx.mark_in(P::servers(), Mark::SteppedDown);
            cx.cancel_timer(P::peer_timer(Timer::Heartbeat));
            self.live.clear();
        }
        self.replica = Replica::Follower { leader };
        self.wait_for_leader(cx);
    }

    fn wait_for_leader<P: Hosted<Machine = M>>(&self, cx: &mut Cx<'_, P>) {
        cx.set_timer(P::peer_timer(Timer::Election), ELECTION);
    }

    fn campaign<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        if matches!(self.replica, Replica::Follower { .. }) {
            cx.mark_in(P::servers(), Mark::Suspects);
        }
        cx.mark_in(P::servers(), Mark::Started);
        let journal = &mut self.disk.journal;
        journal.term += 1;
        journal.voted = cx.me();
        let (term, last_index, last_term) = (journal.term, journal.log.last(), journal.log.last_term());
        cx.persist(self.disk.clone());
        self.replica = Replica::Candidate { tally: Tally::of(position(cx.me())) };
        self.wait_for_leader(cx);
        others(cx).for_each(|to| send(cx, to, Peer::RequestVote { term, last_index, last_term }));
    }

    fn may_vote(&self, candidate: NodeId, last_index: Index, last_term: Term) -> bool {
        let Journal { voted, log, .. } = &self.disk.journal;
        let free = *voted == NodeId::NONE || *voted == candidate;
        free && (log.last_term(), log.last()) <= (last_term, last_index)
    }

    fn on_vote<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, from: NodeId, granted: bool) {
        let Replica::Candidate { tally } = &mut self.replica else { return };
        tally.count(position(from), granted);
        match tally.outcome(cx.services(), majority(cx.services())) {
            Outcome::Won => self.become_leader(cx),
            Outcome::Lost => self.become_follower(cx, NodeId::NONE),
            Outcome::Open => {}
        }
    }

    fn become_leader<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>) {
        assert!(matches!(self.replica, Replica::Candidate { .. }), "only a candidate becomes leader");
        let last = self.disk.journal.log.last();
        cx.mark_in(P::servers(), Mark::Won);
        self.replica = Replica::Leader(Leader {
            me: cx.me(),
            progress: vec![(last + 1, 0); cx.services() as usize],
            active: Set::default(),
            waiting: VecDeque::new(),
            first: last + 1,
            serves: false,
        });
        cx.set_timer(P::peer_timer(Timer::Heartbeat), HEARTBEAT);
        cx.set_timer(P::peer_timer(Timer::Election), ELECTION.lo);
        self.append(cx, None, None);
    }
}

// The log.
impl<M: Machine> Server<M> {
    /// Puts a transaction into the log, to be carried out when a majority has it.
    pub(super) fn replicate<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        txn: Txn<M::Op>,
        waiting: Waiting,
    ) {
        self.append(cx, Some(txn), Some(waiting));
    }

    fn append<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        txn: Option<Txn<M::Op>>,
        waiting: Option<Waiting>,
    ) {
        let Replica::Leader(leader) = &mut self.replica else { return };
        let journal = &mut self.disk.journal;
        journal.append(Entry { term: journal.term, txn });
        let last = journal.log.last();
        leader.waiting.extend(waiting.map(|waiting| (last, waiting)));
        leader.progress[position(cx.me())] = (last + 1, last);
        cx.persist(self.disk.clone());
        others(cx).for_each(|to| self.send_log(cx, to));
    }

    /// Sends a server the entries it lacks, or a heartbeat if it lacks none.
    fn send_log<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, to: NodeId) {
        let Replica::Leader(leader) = &mut self.replica else { return };
        let Disk { state, journal } = &self.disk;
        let (term, next) = (journal.term, &mut leader.progress[position(to)].0);
        if *next <= journal.applied {
            let mut log = journal.log.clone();
            log.truncate(journal.applied);
            send(cx, to, Peer::Install { term, log, state: Rc::new(state.clone()) });
            *next = journal.applied + 1;
        }
        let prev = *next - 1;
        let prev_term = journal.log.term_at(prev).expect("an index of the log");
        let entries = Rc::new(journal.entries(*next));
        *next = journal.log.last() + 1;
        send(cx, to, Peer::Append { term, prev, prev_term, entries, commit: journal.applied });
    }

    fn on_append<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        from: NodeId,
        (prev, prev_term): (Index, Term),
        entries: &[Entry<M::Op>],
        commit: Index,
    ) {
        let journal = &mut self.disk.journal;
        let term = journal.term;
        if journal.log.term_at(prev) != Some(prev_term) {
            return send(cx, from, Peer::Appended { term, matched: None });
        }
        let matched = prev + entries.len() as Index;
        if !entries.is_empty() {
            journal.merge(prev, entries);
            cx.persist(self.disk.clone());
        }
        self.apply_up_to(cx, commit.min(matched));
        send(cx, from, Peer::Appended { term, matched: Some(matched) });
    }

    fn on_install<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        from: NodeId,
        log: Log,
        state: &State<M>,
    ) {
        let (index, index_term) = (log.last(), log.last_term());
        let journal = &mut self.disk.journal;
        // A log that agrees at its end is as good, and may have more entries.
        if journal.log.term_at(index) != Some(index_term) {
            (journal.log, journal.applied, journal.tail) = (log, index, Rc::default());
            self.disk.state = state.clone();
            cx.persist(self.disk.clone());
        }
        send(cx, from, Peer::Appended { term: self.disk.journal.term, matched: Some(index) });
    }

    fn on_appended<P: Hosted<Machine = M>>(
        &mut self,
        cx: &mut Cx<'_, P>,
        from: NodeId,
        matched: Option<Index>,
    ) {
        let Replica::Leader(leader) = &mut self.replica else { return };
        leader.active.insert(position(from));
        let (next, known) = &mut leader.progress[position(from)];
        let Some(matched) = matched else {
            // Its log differs: it gets the state, and then the entries after that.
            *next = 0;
            return self.send_log(cx, from);
        };
        *known = matched.max(*known);
        *next = (*next).max(*known + 1);
        let quorum = majority(cx.services());
        let on_majority = reached(leader.progress.iter().map(|&(_, known)| known.into()), quorum) as Index;
        // Entries of earlier terms are committed with one of this term (§5.4.2).
        if self.disk.journal.log.term_at(on_majority) == Some(self.disk.journal.term) {
            self.apply_up_to(cx, on_majority);
        }
    }

    /// Carries out what is committed.
    fn apply_up_to<P: Hosted<Machine = M>>(&mut self, cx: &mut Cx<'_, P>, commit: Index) {
        while self.disk.journal.applied < commit {
            let journal = &mut self.disk.journal;
            let entry =
                Rc::make_mut(&mut journal.tail).pop_front().expect("an entry that is not carried out");
            journal.applied += 1;
            let index = journal.applied;
            let mut waiting = None;
            let mut opens = false;
            if let Replica::Leader(leader) = &mut self.replica {
                waiting = leader.waiting.pop_front_if(|(at, _)| *at == index).map(|(_, waiting)| waiting);
                opens = index == leader.first;
                leader.serves |= opens;
            }
            match &entry.txn {
                Some(txn) => self.carry_out(cx, txn, waiting),
                None => cx.persist(self.disk.clone()),
            }
            if opens {
                self.open_sessions(cx);
            }
        }
    }
}

fn send<P: Hosted>(cx: &mut Cx<'_, P>, to: NodeId, message: Peer<P::Machine>) {
    cx.send(to, P::peer(message));
}
