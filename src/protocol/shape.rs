//! What a picture shows of a node besides its belief, its timers and its messages. A shape says what there is; the page,
//! which knows no algorithm, decides how to draw it.

use election_base::{LocalTime, NodeId, Span};

/// Something that a picture shows of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A row of one of the algorithm's panels, see [`Panel`]: a place in a queue, a lease, a lock.
    Row {
        /// The position of the panel in [`super::Info::panels`].
        panel: u8,
        /// Whose row it is.
        owner: NodeId,
        /// What it is called in its panel; rows are sorted by their keys.
        key: u64,
        /// Its version, or the token that it gives its owner.
        version: u64,
        /// When it ends unless it is renewed; `None` if nothing ends it or the time is unknown.
        ends: Option<Deadline>,
    },
    /// A bond between the node and another one: a session, a lease.
    Bond {
        /// The other node.
        with: NodeId,
    },
    /// A node waits for a row to go.
    Arrow {
        /// The panel.
        panel: u8,
        /// The node that waits.
        from: NodeId,
        /// The key of the row; `None` for any change of the panel.
        to: Option<u64>,
    },
    /// A ballot on whether the node leads: the open one or, for a leader, the one that elected it.
    Tally {
        /// The epoch that it is about.
        epoch: u64,
        /// How many votes elect the node.
        needed: u32,
        /// Whether a vote binds its voter; otherwise the node only asks how they would vote.
        binding: bool,
    },
    /// A vote in the node's ballot. Votes are in the order in which they arrived; a member without one has not answered.
    Vote {
        /// Whose vote it is.
        voter: NodeId,
        /// What it says.
        answer: Answer,
    },
    /// The node's own vote.
    Voted {
        /// The epoch in which it did.
        epoch: u64,
        /// The node that it voted for, which may be itself.
        candidate: NodeId,
    },
    /// The node asks the members within this many links of a ring, on both sides.
    Reach {
        /// How many.
        links: u32,
    },
    /// Another node has taken over the election from this one.
    Silenced {
        /// The other node.
        by: NodeId,
    },
    /// On a ring: the next member that the node sends to, in either direction.
    Next {
        /// That member.
        to: NodeId,
    },
    /// On a ring: an id that went no further than this node in the election that is under way.
    Stopped {
        /// The id.
        id: NodeId,
    },
    /// A higher id has passed this node, which therefore cannot win the election that is under way.
    Beaten {
        /// The highest of these ids.
        by: NodeId,
    },
}

/// What a member says in a ballot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It refused its vote.
    Refused,
    /// It gave its vote.
    Granted,
    /// It has no vote.
    Barred,
}

/// When something ends by a node's own clock, and how long it lasts in total.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deadline {
    /// When, by the clock that is never set.
    pub at: LocalTime,
    /// How long it lasts from the last renewal.
    pub of: Span,
}

/// A list that a node keeps for others, as the picture shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Panel {
    /// What it is called.
    pub title: &'static str,
    /// What precedes the key of a row: `…` if the key is the end of a longer name.
    pub prefix: &'static str,
}
