//! The roles of algorithms that need no roles of their own.

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
    /// The role of a member that considers `leader` the leader.
    pub fn of(me: NodeId, leader: NodeId, electing: bool) -> Standing {
        match (leader == me, electing) {
            (true, _) => Standing::Leader,
            (false, true) => Standing::Candidate,
            (false, false) => Standing::Follower,
        }
    }

    /// Its belief, without epoch or token.
    pub fn belief(self, leader: NodeId) -> Belief {
        use election_protocol::RoleKind as _;
        Belief { role: self.counts_as(), leads: self == Standing::Leader, leader, epoch: 0, token: 0 }
    }
}
