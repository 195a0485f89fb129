//! What a member is where the algorithm has no words of its own for it.

use election_base::NodeId;
use election_protocol::{Belief, roles};

roles! {
    /// What a member is in an election that only ids decide.
    pub enum Standing {
        /// It follows a leader, or knows none.
        Follower = "follower" as Follower,
        /// It takes part in an election.
        Candidate = "candidate" as Candidate,
        /// It believes that it leads.
        Leader = "leader" as Leader,
    }
}

impl Standing {
    /// What a member is that takes `leader` for the leader.
    pub fn of(me: NodeId, leader: NodeId, electing: bool) -> Standing {
        match (leader == me, electing) {
            (true, _) => Standing::Leader,
            (false, true) => Standing::Candidate,
            (false, false) => Standing::Follower,
        }
    }

    /// What it believes, where there is neither epoch nor token.
    pub fn belief(self, leader: NodeId) -> Belief {
        use election_protocol::RoleKind as _;
        Belief { role: self.counts_as(), leads: self == Standing::Leader, leader, epoch: 0, token: 0 }
    }
}
