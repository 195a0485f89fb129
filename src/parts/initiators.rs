//! Which members start an election when the run begins, in algorithms whose only state is the leader: the setting
//! `initiators`, and the word `leader` of `init`.

use election_base::NodeId;
use election_language::vocabulary::{Arity, InitWord};
use election_protocol::{Boot, Initial, Values};

/// The setting `initiators`.
#[derive(Clone, Debug)]
pub struct Initiators {
    ids: Vec<NodeId>,
    /// Whether the scenario sets it.
    given: bool,
}

/// `init ALGORITHM leader N`.
pub const LEADER: InitWord =
    InitWord { name: "leader", arity: Arity::Member, doc: "The member that leads when the run begins." };

impl Initiators {
    /// Reads the setting.
    ///
    /// # Errors
    /// If it names a node that is not a member.
    pub fn read(values: &Values<'_>, members: &[NodeId]) -> Result<Initiators, String> {
        let ids = values.ids("initiators").to_vec();
        match ids.iter().find(|id| !members.contains(id)) {
            Some(stranger) => Err(format!("initiators names {stranger}, which is no member")),
            None => Ok(Initiators { ids, given: values.is_given("initiators") }),
        }
    }

    /// Whether the member is one of them.
    pub fn contains(&self, id: NodeId) -> bool {
        self.ids.contains(&id)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether they start, given the initial `leader`: they do if there is none, or if the scenario sets them anyway.
    pub fn start_with(&self, leader: NodeId) -> bool {
        leader == NodeId::NONE || self.given
    }
}

/// The leader that `init` lines set.
pub fn leader(boot: &Boot<'_>) -> NodeId {
    boot.init.one("leader").map_or(NodeId::NONE, |id| NodeId(id as u32))
}

/// Why no run reaches the initial state, if `init leader` words make several members lead.
pub fn two_leaders<D>(nodes: &[Initial<'_, D>]) -> Option<String> {
    let leads = |node: &&Initial<'_, D>| node.init.one("leader") == Some(node.id.0.into());
    let mut leaders = nodes.iter().filter(leads).map(|node| node.id);
    let (first, second) = (leaders.next()?, leaders.next()?);
    Some(format!("no run reaches: {first} and {second} both lead"))
}
