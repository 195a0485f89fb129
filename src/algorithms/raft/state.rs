//! What a node is, and what it knows only while it is that.

use std::collections::VecDeque;

use election_base::NodeId;
use election_parts::log::Index;
use election_parts::quorum::{Set, Tally, reached};

use super::{Part, Stamp};

/// What a node is (figure 4), with what exists only then.
#[derive(Clone, Hash, Debug)]
pub(super) enum State {
    /// It follows a leader, or waits for one.
    Follower,
    /// It gets the log and counts in no quorum.
    Learner,
    /// It asks whether it would be elected; these would vote for it.
    PreCandidate(Tally),
    /// It asks for votes, and has these.
    Candidate(Tally),
    /// It has the votes of a quorum.
    Leader(Leader),
}

impl State {
    /// In a word.
    pub fn part(&self) -> Part {
        match self {
            State::Follower => Part::Follower,
            State::Learner => Part::Learner,
            State::PreCandidate(_) => Part::PreCandidate,
            State::Candidate(_) => Part::Candidate,
            State::Leader(_) => Part::Leader,
        }
    }

    /// The votes of this campaign; of a leader those that elected it.
    pub fn tally(&self) -> Tally {
        match self {
            State::Follower | State::Learner => Tally::default(),
            State::PreCandidate(tally) | State::Candidate(tally) => *tally,
            State::Leader(leader) => leader.tally,
        }
    }

    pub fn is_leader(&self) -> bool {
        matches!(self, State::Leader(_))
    }

    pub fn leader(&mut self) -> Option<&mut Leader> {
        if let State::Leader(leader) = self { Some(leader) } else { None }
    }
}

/// What only a leader knows.
#[derive(Clone, Hash, Debug)]
pub(super) struct Leader {
    /// The votes that elected it.
    pub tally: Tally,
    /// Its view of each member, by position.
    pub progress: Vec<Progress>,
    /// The members that replied since the last CheckQuorum (etcd's `RecentActive`).
    pub recent_active: Set,
    /// The commit index of the last broadcast.
    pub commit_sent: Index,
    /// The node that leadership is being transferred to (etcd's `leadTransferee`).
    pub transferee: NodeId,
    /// Writes of clients that wait for their commitment, in the order of the log.
    pub pending: VecDeque<(Index, u64)>,
    /// This node, by position.
    me: usize,
}

/// What a leader knows of a follower.
#[derive(Clone, Copy, Hash, Debug)]
pub(super) struct Progress {
    /// matchIndex: the logs are known to agree up to this index.
    pub matched: Index,
    /// nextIndex: the next entry to send.
    pub next: Index,
    /// The highest commit index sent.
    pub commit: Index,
    /// True until the logs are known to agree before `next`: then one AppendEntries at a time is under way.
    pub probing: bool,
    /// When the follower replied last.
    pub contact: Stamp,
}

impl Leader {
    /// A new leader of `members` members whose log ends at `last`. It assumes that the others' logs also end there, and
    /// probes them.
    pub fn new(tally: Tally, me: usize, members: usize, last: Index, now: Stamp) -> Leader {
        let fresh = Progress { matched: 0, next: last + 1, commit: 0, probing: true, contact: now };
        let mut progress = vec![fresh; members];
        progress[me].matched = last;
        Leader {
            tally,
            progress,
            recent_active: Set::default(),
            commit_sent: 0,
            transferee: NodeId::NONE,
            pending: VecDeque::new(),
            me,
        }
    }

    /// nextIndex, if it is the same for all other members.
    pub fn common_next(&self) -> Option<Index> {
        let (before, after) = (&self.progress[..self.me], &self.progress[self.me + 1..]);
        let next = before.first().or(after.first())?.next;
        before.iter().chain(after).all(|p| p.next == next).then_some(next)
    }

    /// The highest value that a quorum of the voters reaches or exceeds.
    pub fn on_quorum(&self, learners: Set, quorum: u32, value: impl Fn(&Progress) -> u64) -> u64 {
        let voters = self.progress.iter().enumerate().filter(|(position, _)| !learners.contains(*position));
        reached(voters.map(|(_, progress)| value(progress)), quorum)
    }

    /// The highest commit index that the member was sent, with the others or alone.
    pub fn commit_sent_to(&self, position: usize) -> Index {
        self.progress[position].commit.max(self.commit_sent)
    }

    /// The voter that misses least, of equals the first: hashicorp/raft, `pickServer`.
    pub fn most_up_to_date(&self, learners: Set) -> Option<usize> {
        let mut best: Option<usize> = None;
        for (position, progress) in self.progress.iter().enumerate() {
            let can = position != self.me && !learners.contains(position);
            if can && best.is_none_or(|b| self.progress[b].next < progress.next) {
                best = Some(position);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn what_is_known_of_a_follower_is_small() {
        assert!(size_of::<Progress>() <= 24, "{}", size_of::<Progress>());
    }
}
