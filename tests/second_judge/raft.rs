//! What the papers prove about Raft, checked vote by vote and entry by entry (Ongaro & Ousterhout 2014, figure 3), and
//! the obligations of the store.
//!
//! These are laws: without a deliberate flaw, they hold in every run that starts from a reachable state and has no
//! forged messages.

use std::collections::{BTreeMap, BTreeSet};

use election_playground::base::SimTime;
use election_playground::protocol::{Authority, GroupId};
use election_playground::trace::{Kind, Place, Record};

use super::world::World;

/// A law, as tests name it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Law {
    /// A node votes for one candidate per term (§5.2).
    OneVoteATerm,
    /// A term has one leader: Election Safety.
    OneLeaderATerm,
    /// A leader has the votes of a quorum of its term (§5.2).
    QuorumBehindLeader,
    /// The term on disk never decreases (§5.1).
    TermsNeverFall,
    /// Two logs that share an entry with the same index and term agree up to it: Log Matching.
    LogMatching,
    /// A leader has every entry that was committed in an earlier term: Leader Completeness.
    LeaderCompleteness,
    /// No node commits a different entry at an index, or deletes a committed one: State Machine Safety.
    CommittedStays,
    /// An acknowledged write is in the logs of a quorum, at that moment and at the end.
    AcknowledgedOnQuorum,
    /// The store accepts a token if and only if it has seen no higher one.
    TokensAtTheStore,
}

/// An entry known to be committed by some node.
#[derive(Clone, Copy)]
struct Committed {
    epoch: u32,
    /// The term in which it was committed.
    term: u64,
}

/// The findings.
#[derive(Default)]
pub struct Laws {
    /// Violations: when, of which law, and what happened.
    pub broken: Vec<(SimTime, Law, String)>,
    replicated: bool,
    quorum: usize,
    voters: Vec<Place>,
    kinds: Kinds,
    /// By voter and term: the first candidate that received its vote.
    votes: BTreeMap<(Place, u64), Place>,
    /// Every vote cast: the voter, the term, the candidate.
    cast: BTreeSet<(Place, u64, Place)>,
    /// By candidate and term: the voters whose votes have arrived.
    granted: BTreeMap<(Place, u64), Vec<Place>>,
    leaders: BTreeMap<u64, Place>,
    /// By place: the highest term on its disk.
    terms: BTreeMap<Place, u32>,
    /// By index and epoch of an entry: the epoch of the preceding entry.
    before: BTreeMap<(usize, u32), u32>,
    /// By index.
    committed: BTreeMap<usize, Committed>,
    /// By place: the last entry it knows to be committed.
    commits: BTreeMap<Place, u32>,
    acknowledged: Vec<(u32, u64)>,
    token_max: u64,
}

/// The positions of the fields read from messages and disks.
#[derive(Default)]
struct Kinds {
    vote: Option<u8>,
    term: usize,
    granted: usize,
    disk_term: Option<usize>,
    disk_voted: Option<usize>,
}

impl Laws {
    /// The findings before the first event.
    pub fn new(world: &World<'_>) -> Laws {
        let info = world.case.info;
        let vote = info.messages.iter().position(|m| m.name == "VoteReply");
        let arg = |name: &str| vote.and_then(|v| info.messages[v].args.iter().position(|arg| *arg == name));
        let disk = |name: &str| info.disk.iter().position(|it| *it == name);
        let voters = world.voters().to_vec();
        let mut laws = Laws {
            replicated: info.authority == Authority::Quorum,
            quorum: voters.len() / 2 + 1,
            voters,
            kinds: Kinds {
                vote: vote.map(|v| v as u8),
                term: arg("term").unwrap_or(0),
                granted: arg("granted").unwrap_or(0),
                disk_term: disk("term"),
                disk_voted: disk("voted"),
            },
            ..Laws::default()
        };
        for node in &world.nodes {
            laws.entries(&node.log, 1, world);
        }
        laws
    }

    fn breaks(&mut self, law: Law, world: &World<'_>, what: String) {
        self.broken.push((world.now, law, what));
    }

    /// Processes a record that `world` already includes.
    pub fn on(&mut self, r: &Record, world: &World<'_>) {
        if r.kind == Kind::Stored {
            return self.stored(r, world);
        }
        if !self.replicated {
            return;
        }
        match r.kind {
            // A forged vote has no voter.
            Kind::Send if self.is_vote(r) && r.sub == 0 => {
                self.voted(r.node, r.args[self.kinds.term].into(), r.peer, world);
            }
            Kind::Deliver if self.is_vote(r) => self.gained(r),
            Kind::Persist => self.persisted(r, world),
            Kind::Belief if r.group() == GroupId::MAIN => self.believed(r, world),
            Kind::Append => {
                let log = &world.node(r.node).log;
                self.entries(log, r.args[0] as usize, world);
            }
            Kind::Truncate => self.truncated(r, world),
            Kind::Commit => self.committed(r, world),
            Kind::Crash => {
                self.commits.remove(&r.node);
            }
            Kind::Acknowledge => {
                let write = (r.args[1], r.wide(2));
                self.acknowledged.push(write);
                self.look_for(write, world);
            }
            _ => {}
        }
    }

    /// Final checks at the end of the run.
    pub fn finish(&mut self, world: &World<'_>) {
        for write in core::mem::take(&mut self.acknowledged) {
            self.look_for(write, world);
        }
    }

    /// An acknowledged write must be in the logs of a quorum.
    fn look_for(&mut self, (index, epoch): (u32, u64), world: &World<'_>) {
        let holders = self.voters.iter().filter(|&&v| world.node(v).has(index, epoch)).count();
        if holders < self.quorum {
            let what = format!("entry {index} of term {epoch} is acknowledged, and {holders} voters have it");
            self.breaks(Law::AcknowledgedOnQuorum, world, what);
        }
    }

    /// Whether the record is about granting a vote.
    fn is_vote(&self, r: &Record) -> bool {
        Some(r.msg) == self.kinds.vote && r.args[self.kinds.granted] == 1
    }

    /// A vote has reached a candidate. It counts if it was really cast.
    fn gained(&mut self, r: &Record) {
        let term = r.args[self.kinds.term].into();
        if self.cast.contains(&(r.node, term, r.peer)) {
            let votes = self.granted.entry((r.peer, term)).or_default();
            if !votes.contains(&r.node) {
                votes.push(r.node);
            }
        }
    }

    fn voted(&mut self, voter: Place, term: u64, candidate: Place, world: &World<'_>) {
        self.cast.insert((voter, term, candidate));
        let first = *self.votes.entry((voter, term)).or_insert(candidate);
        if first != candidate {
            let id = |p: Place| world.case.ids[usize::from(p)];
            let what = format!("{} votes for {} and {} in term {term}", id(voter), id(first), id(candidate));
            self.breaks(Law::OneVoteATerm, world, what);
        }
    }

    fn persisted(&mut self, r: &Record, world: &World<'_>) {
        let (Some(term), Some(voted)) = (self.kinds.disk_term, self.kinds.disk_voted) else { return };
        let (term, voted) = (r.args[term], r.args[voted]);
        let highest = self.terms.entry(r.node).or_insert(term);
        if term < *highest {
            let what = format!("term {term} on disk, after {highest}");
            self.breaks(Law::TermsNeverFall, world, what);
        } else {
            *highest = term;
        }
        let candidate = world.case.ids.iter().position(|id| id.0 == voted && voted != 0);
        if let Some(candidate) = candidate {
            self.voted(r.node, term.into(), candidate as Place, world);
        }
    }

    fn believed(&mut self, r: &Record, world: &World<'_>) {
        let belief = world.node(r.node).belief;
        if !belief.leads {
            return;
        }
        let (id, term) = (world.case.ids[usize::from(r.node)], belief.epoch);
        let first = *self.leaders.entry(term).or_insert(r.node);
        if first != r.node {
            let other = world.case.ids[usize::from(first)];
            self.breaks(Law::OneLeaderATerm, world, format!("{other} and {id} lead in term {term}"));
        }
        // An initial leader was not elected in this run.
        if r.step > 0 {
            let mut votes = self.granted.get(&(r.node, term)).cloned().unwrap_or_default();
            votes.retain(|v| *v != r.node && self.voters.contains(v));
            let votes = votes.len() + usize::from(self.voters.contains(&r.node));
            if votes < self.quorum {
                let what = format!("{id} leads in term {term} with {votes} votes");
                self.breaks(Law::QuorumBehindLeader, world, what);
            }
        }
        let committed: Vec<(usize, u32)> =
            self.committed.iter().filter(|(_, c)| c.term < term).map(|(i, c)| (*i, c.epoch)).collect();
        self.completeness(r.node, &committed, world);
    }

    /// The leader must have these entries.
    fn completeness(&mut self, leader: Place, committed: &[(usize, u32)], world: &World<'_>) {
        let lacks = |(index, epoch): &&(usize, u32)| !world.node(leader).has(*index as u32, (*epoch).into());
        if let Some((index, epoch)) = committed.iter().find(lacks) {
            let id = world.case.ids[usize::from(leader)];
            let what = format!("{id} leads without entry {index} of term {epoch}, which is committed");
            self.breaks(Law::LeaderCompleteness, world, what);
        }
    }

    /// Entries of a log from an index on, each after its predecessor.
    fn entries(&mut self, log: &[u32], from: usize, world: &World<'_>) {
        for index in from..=log.len() {
            let (epoch, before) = (log[index - 1], if index == 1 { 0 } else { log[index - 2] });
            let known = *self.before.entry((index, epoch)).or_insert(before);
            if known != before {
                let what =
                    format!("entry {index} of term {epoch} follows one of {known} and one of {before}");
                self.breaks(Law::LogMatching, world, what);
            }
        }
    }

    fn truncated(&mut self, r: &Record, world: &World<'_>) {
        let (node, left) = (r.node, r.args[0]);
        if self.commits.get(&node).is_some_and(|commit| left < *commit) {
            let id = world.case.ids[usize::from(node)];
            let what = format!("{id} deletes entries behind {left}, which it knew to be committed");
            self.breaks(Law::CommittedStays, world, what);
        }
    }

    fn committed(&mut self, r: &Record, world: &World<'_>) {
        let (node, commit) = (r.node, r.args[0]);
        let before = self.commits.insert(node, commit).unwrap_or(0);
        let log = &world.node(node).log;
        // A single voter commits before it reports that it leads.
        let on_disk = self.terms.get(&node).copied().unwrap_or(0);
        let term = world.node(node).belief.epoch.max(on_disk.into());
        let mut fresh = Vec::new();
        for index in before as usize + 1..=commit as usize {
            let Some(&epoch) = log.get(index - 1) else {
                self.breaks(Law::CommittedStays, world, format!("entry {index} is committed, and not there"));
                return;
            };
            let known = *self.committed.entry(index).or_insert_with(|| {
                fresh.push((index, epoch));
                Committed { epoch, term }
            });
            if known.epoch != epoch {
                let what = format!("entry {index} is committed of term {} and of {epoch}", known.epoch);
                self.breaks(Law::CommittedStays, world, what);
            }
        }
        for &leader in world.believers() {
            if term < world.node(leader).belief.epoch {
                self.completeness(leader, &fresh, world);
            }
        }
    }

    fn stored(&mut self, r: &Record, world: &World<'_>) {
        let token = r.wide(0);
        let fits = !world.fencing || token == 0 || self.token_max <= token;
        if fits != (r.sub == 1) {
            let what = format!("token {token} after {}, accepted: {}", self.token_max, r.sub == 1);
            self.breaks(Law::TokensAtTheStore, world, what);
        }
        if r.sub == 1 {
            self.token_max = self.token_max.max(token);
        }
    }
}
