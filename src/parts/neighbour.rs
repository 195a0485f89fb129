//! A member's neighbour in a ring that closes the gaps of members that are gone.

use election_base::NodeId;
use election_protocol::{Cx, Protocol};

/// A direction around the ring.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Way {
    /// In ring order.
    Right,
    /// Against it.
    Left,
}

impl Way {
    /// Both directions.
    pub const BOTH: [Way; 2] = [Way::Right, Way::Left];

    /// The other direction.
    pub fn back(self) -> Way {
        match self {
            Way::Right => Way::Left,
            Way::Left => Way::Right,
        }
    }
}

/// A member's neighbour in one direction: the nearest member that it does not consider dead.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Neighbour {
    way: Way,
    me: NodeId,
    /// The next member, dead or alive.
    nearest: NodeId,
    /// The neighbour, or the member itself if it is alone.
    id: NodeId,
}

impl Neighbour {
    /// The next member is assumed to be up.
    pub fn new<P: Protocol>(cx: &Cx<'_, P>, way: Way) -> Neighbour {
        let nearest = beyond(cx, way, cx.me());
        Neighbour { way, me: cx.me(), nearest, id: nearest }
    }

    /// The neighbour, or the member itself if it is alone.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The next member, dead or alive.
    pub fn nearest(self) -> NodeId {
        self.nearest
    }

    /// Whether all other members are considered dead.
    pub fn is_alone(self) -> bool {
        self.id == self.me
    }

    /// Whether the neighbour is the next member.
    pub fn is_nearest(self) -> bool {
        self.id == self.nearest
    }

    /// The members between this one and its neighbour, the nearest first.
    pub fn skipped<P: Protocol>(self, cx: &Cx<'_, P>) -> impl Iterator<Item = NodeId> {
        let each = core::iter::successors(Some(self.nearest), move |&id| Some(beyond(cx, self.way, id)));
        each.take_while(move |&id| id != self.id && id != self.me)
    }

    /// Whether the member is between this one and its neighbour.
    pub fn has_skipped<P: Protocol>(self, cx: &Cx<'_, P>, id: NodeId) -> bool {
        self.skipped(cx).any(|skipped| skipped == id)
    }

    /// The neighbour is considered dead: the member beyond it becomes the neighbour.
    pub fn skip<P: Protocol>(&mut self, cx: &Cx<'_, P>) {
        self.id = beyond(cx, self.way, self.id);
    }

    /// A member that was skipped becomes the neighbour again.
    pub fn return_to(&mut self, id: NodeId) {
        self.id = id;
    }

    /// All other members are considered dead.
    pub fn be_alone(&mut self) {
        self.id = self.me;
    }
}

/// The member after `id` in that direction, dead or alive.
pub fn beyond<P: Protocol>(cx: &Cx<'_, P>, way: Way, id: NodeId) -> NodeId {
    match way {
        Way::Right => cx.next_in_ring(id),
        Way::Left => cx.previous_in_ring(id),
    }
}
