//! What the service keeps for the recipe: the children of `/election`.

use core::fmt;
use std::sync::Arc;

use election_base::{Epoch, NodeId};
use election_parts::machine::{Caller, Machine};

/// A child of `/election`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Znode {
    /// The parent's counter of creations when it was created: the end of its name.
    pub sequence: u32,
    /// The session that it lives as long as.
    pub session: u32,
    /// Whose session that is: the id that candidates write into their znode.
    pub owner: NodeId,
    /// The transaction that created it.
    pub czxid: u64,
}

/// The children of `/election`.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Znodes {
    /// The children, sequences ascending.
    pub children: Arc<Vec<Znode>>,
    /// The parent's counter of creations: the sequence of the next child.
    pub sequence: u32,
}

/// What a client asks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// A new ephemeral sequential child of `/election`.
    Create,
    /// The children of `/election`.
    GetChildren {
        /// Whether to report the next change.
        watch: bool,
    },
    /// Whether the child is there; if it is, report its deletion.
    Exists {
        /// The child.
        sequence: u32,
    },
    /// Delete the child.
    Delete {
        /// The child.
        sequence: u32,
    },
}

/// What the service answers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// The new child.
    Created {
        /// Its sequence.
        sequence: u32,
        /// The transaction that created it.
        czxid: u64,
    },
    /// The children, shared with the service until it changes them.
    Children(Arc<Vec<Znode>>),
    /// The answer to [`Op::Exists`].
    Stat {
        /// The child.
        sequence: u32,
        /// Whether it is there.
        exists: bool,
    },
    /// The child is gone.
    Deleted {
        /// The child.
        sequence: u32,
    },
}

/// What a client watches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Watch {
    /// Children of `/election` coming and going.
    Children,
    /// The deletion of the child with this sequence.
    Znode(u32),
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Watch::Children => f.write_str("/election"),
            Watch::Znode(sequence) => f.write_str(&name(*sequence)),
        }
    }
}

/// The name of a candidate's znode.
pub fn name(sequence: u32) -> String {
    format!("n_{sequence:010}")
}

/// What happens to the children.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// There is a new one.
    Created,
    /// This one is gone.
    Deleted(u32),
}

impl Znodes {
    fn has(&self, sequence: u32) -> bool {
        self.children.binary_search_by_key(&sequence, |z| z.sequence).is_ok()
    }
}

impl Machine for Znodes {
    type Op = Op;
    type Reply = Reply;
    type Watch = Watch;
    type Change = Change;

    fn read(&self, op: &Op, by: Caller) -> Option<Reply> {
        match *op {
            Op::GetChildren { .. } => Some(Reply::Children(Arc::clone(&self.children))),
            Op::Exists { sequence } => Some(Reply::Stat { sequence, exists: self.has(sequence) }),
            Op::Delete { sequence } => {
                let own = self.children.iter().any(|z| z.sequence == sequence && z.session == by.session);
                (!own).then_some(Reply::Deleted { sequence })
            }
            Op::Create => None,
        }
    }

    fn apply(&mut self, op: &Op, by: Caller, zxid: u64, tell: &mut Vec<Change>) -> Reply {
        match *op {
            Op::Create => {
                let sequence = self.sequence;
                self.sequence += 1;
                let znode = Znode { sequence, session: by.session, owner: by.owner, czxid: zxid };
                Arc::make_mut(&mut self.children).push(znode);
                tell.push(Change::Created);
                Reply::Created { sequence, czxid: zxid }
            }
            Op::Delete { sequence } => {
                Arc::make_mut(&mut self.children).retain(|z| z.sequence != sequence);
                tell.push(Change::Deleted(sequence));
                Reply::Deleted { sequence }
            }
            Op::GetChildren { .. } | Op::Exists { .. } => self.read(op, by).expect("it changes nothing"),
        }
    }

    fn end(&mut self, session: u32, tell: &mut Vec<Change>) {
        let gone = self.children.iter().filter(|z| z.session == session);
        tell.extend(gone.map(|z| Change::Deleted(z.sequence)));
        Arc::make_mut(&mut self.children).retain(|z| z.session != session);
    }

    fn record(&self) -> Option<(NodeId, Epoch)> {
        self.children.first().map(|z| (z.owner, z.czxid))
    }

    fn watch(op: &Op, reply: &Reply) -> Option<Watch> {
        match (op, reply) {
            (Op::GetChildren { watch: true }, _) => Some(Watch::Children),
            (Op::Exists { sequence }, Reply::Stat { exists: true, .. }) => Some(Watch::Znode(*sequence)),
            _ => None,
        }
    }

    fn fires(watch: Watch, change: &Change) -> bool {
        match watch {
            Watch::Children => true,
            Watch::Znode(sequence) => *change == Change::Deleted(sequence),
        }
    }

    fn heap_bytes(&self) -> usize {
        self.children.capacity() * size_of::<Znode>()
    }
}
