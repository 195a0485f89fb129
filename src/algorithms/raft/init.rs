//! What a scenario may put in place of Raft's own beginnings: states from `init` lines, and forged messages.

use std::rc::Rc;

use election_base::NodeId;
use election_protocol::{InitWords, Initial, MsgRecord};

use super::info::Recorded;
use super::{Disk, ENTRIES_MAX, Msg, Settings};
use election_parts::log::{Index, Log, Run, TERM_MAX, Term};

/// The disk that `init` lines give a node.
pub(super) fn disk(me: NodeId, init: &InitWords<'_>) -> Result<Disk, String> {
    let log = Log::from_terms(init.many("log").unwrap_or(&[]))?;
    let leader = leader(init);
    let least = u64::from(log.last_term().max(leader.is_some().into()));
    let term = init.one("term").unwrap_or(least);
    if term < least || TERM_MAX < term {
        return Err(format!("term {term} of node {me} must be {least} to {TERM_MAX}, for its log"));
    }
    let voted = init.one("voted").or(leader).unwrap_or(0);
    if 0xffff < voted {
        return Err(format!("voted {voted} is no node's id"));
    }
    let commit = init.one("commit").unwrap_or(0);
    if u64::from(log.last()) < commit {
        return Err(format!("commit {commit} of node {me} is beyond its log of {}", log.last()));
    }
    Ok(Disk { term: term as Term, voted: NodeId(voted as u32), log })
}

/// The leader that `init` lines make known to this node: the group's, unless the node is in another term.
pub(super) fn leader(init: &InitWords<'_>) -> Option<u64> {
    let only = |node| InitWords { node, group: &[] };
    let (own, group) = (only(init.node), only(init.group));
    let same_term = own.one("term").is_none_or(|term| term == group.one("term").unwrap_or(1));
    own.one("leader").or(group.one("leader").filter(|_| same_term))
}

/// Why no run reaches a state, as far as it can be told from the state alone: what every reachable state obeys
/// (§5.2 Election Safety, §5.3 Log Matching, §5.4 Leader Completeness). A state that obeys all of it may still be
/// out of reach.
pub(super) fn impossible(settings: &Settings, nodes: &[Initial<'_, Disk>]) -> Option<String> {
    let quorum = settings.quorum as usize;
    let voter = |position: usize| !settings.learners.contains(position);
    let voters = || nodes.iter().enumerate().filter(|(position, _)| voter(*position)).map(|(_, node)| node);
    let leads = |node: &&Initial<'_, Disk>| leader(&node.init) == Some(node.id.0.into());
    for node in nodes.iter().filter(leads) {
        let term = node.durable.term;
        if let Some(other) = nodes.iter().filter(leads).find(|n| n.id < node.id && n.durable.term == term) {
            return Some(format!("no run reaches: {} and {} both lead in term {term}", other.id, node.id));
        }
        if voters().filter(|n| term <= n.durable.term).count() < quorum {
            return Some(format!("no run reaches: no quorum knows term {term}, in which {} leads", node.id));
        }
        let newer = nodes.iter().find(|n| lacks_of_term(&node.durable.log, &n.durable.log, term));
        if let Some(newer) = newer {
            return Some(format!(
                "no run reaches: {} has an entry of term {term} that {}, its leader, lacks",
                newer.id, node.id
            ));
        }
    }
    nodes.iter().enumerate().find_map(|(i, node)| {
        let log = &node.durable.log;
        if let Some(other) = nodes[..i].iter().find(|n| !logs_match(log, &n.durable.log)) {
            let (a, b) = (other.id, node.id);
            return Some(format!(
                "no run reaches: the logs of {a} and {b} agree at an entry, and not before it"
            ));
        }
        let known = voters().filter(|n| log.last_term() <= n.durable.term).count();
        if known < quorum {
            let (id, term) = (node.id, log.last_term());
            return Some(format!("no run reaches: {id} has an entry of term {term}, which no quorum knows"));
        }
        let commit = node.init.one("commit").unwrap_or(0) as Index;
        let term = log.term_at(commit);
        let have = voters().filter(|n| n.durable.log.term_at(commit) == term).count();
        (have < quorum).then(|| {
            format!("no run reaches: {} takes entry {commit} for committed, which no quorum has", node.id)
        })
    })
}

/// Whether `other` has an entry of that term that the leader of the term lacks.
fn lacks_of_term(leader: &Log, other: &Log, term: Term) -> bool {
    other.last_term() == term && leader.term_at(other.last()) != Some(term)
}

/// Log Matching: if two logs have an entry with the same index and term, they agree up to there.
fn logs_match(a: &Log, b: &Log) -> bool {
    let common = a.last().min(b.last());
    let same = |index: &Index| a.term_at(*index) == b.term_at(*index);
    let newest = (1..=common).rev().find(same).unwrap_or(0);
    (1..=newest).all(|index| same(&index))
}

/// The message with these numbers; `None` where they are too large for any.
pub(super) fn forge(record: &MsgRecord) -> Option<Msg> {
    // The first number of each is its term.
    if TERM_MAX < u64::from(record.args[0]) {
        return None;
    }
    let reply = |term, success: u32, heartbeat, index: Index, hint: Index| Msg::AppendReply {
        term,
        success: success != 0,
        heartbeat,
        index: index.min(Index::MAX - 1),
        hint: hint.min(Index::MAX - 1),
        hint_term: 0,
    };
    Some(match Recorded::read(record)? {
        Recorded::RequestVote { term, last_index, last_term, transfer } => {
            Msg::RequestVote { term, last_index, last_term, transfer: transfer != 0 }
        }
        Recorded::VoteReply { term, granted } => Msg::VoteReply { term, granted: granted != 0 },
        Recorded::PreVote { term, last_index, last_term } => Msg::PreVote { term, last_index, last_term },
        Recorded::PreVoteReply { term, granted } => Msg::PreVoteReply { term, granted: granted != 0 },
        Recorded::TimeoutNow { term } => Msg::TimeoutNow { term },
        Recorded::Heartbeat { term, prev_index, prev_term, commit } => {
            Msg::AppendEntries { term, prev_index, prev_term, commit, entries: None }
        }
        Recorded::AppendEntries { term, prev_index, prev_term, entries: count, commit } => {
            // The entries are of the message's term.
            let fits = (1..=ENTRIES_MAX).contains(&count)
                && 0 < term
                && prev_term <= term
                && prev_index <= Index::MAX - ENTRIES_MAX;
            let entries = fits.then(|| Rc::new(vec![Run { term, count }]))?;
            Msg::AppendEntries { term, prev_index, prev_term, commit, entries: Some(entries) }
        }
        Recorded::HeartbeatReply { term, success, index, hint } => reply(term, success, true, index, hint),
        Recorded::AppendReply { term, success, index, hint } => reply(term, success, false, index, hint),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_that_agree_at_an_entry_agree_before_it() {
        let log = |terms: &[u64]| Log::from_terms(terms).unwrap();
        assert!(logs_match(&log(&[1, 1, 2]), &log(&[1, 1, 3])));
        assert!(logs_match(&log(&[]), &log(&[1])));
        assert!(logs_match(&log(&[1, 1, 4, 4]), &log(&[1, 1, 1])));
        assert!(!logs_match(&log(&[1, 2, 3]), &log(&[1, 1, 3])));
    }

    #[test]
    fn what_is_recorded_can_be_forged() {
        use election_protocol::Protocol;
        let messages = [
            Msg::RequestVote { term: 3, last_index: 4, last_term: 2, transfer: true },
            Msg::VoteReply { term: 3, granted: true },
            Msg::PreVote { term: 3, last_index: 4, last_term: 2 },
            Msg::PreVoteReply { term: 3, granted: false },
            Msg::TimeoutNow { term: 3 },
            Msg::AppendEntries { term: 3, prev_index: 4, prev_term: 2, commit: 1, entries: None },
        ];
        for msg in messages {
            assert_eq!(forge(&super::super::Raft::record(&msg)), Some(msg));
        }
        let huge = MsgRecord::from(Recorded::TimeoutNow { term: u32::MAX });
        assert_eq!(forge(&huge), None);
    }
}
