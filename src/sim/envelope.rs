//! Messages under way, and writes on their way to the store.

use super::queue::Rank;
use crate::base::SimTime;
use crate::protocol::{MsgRecord, Protocol};
use crate::trace::{Place, WRITE};

/// A message under way, or a write on its way to the store.
#[derive(Clone, Hash, Debug)]
pub struct Envelope<M> {
    /// Where it comes from.
    pub from: Place,
    /// Where it goes.
    pub to: Place,
    /// 1, or the number of the copy.
    pub copy: u8,
    /// The how-many-th send on the link.
    pub nth: u32,
    /// For which start of the receiver it is.
    pub incarnation: u32,
    /// When it was sent.
    pub sent: SimTime,
    /// When it arrives.
    pub due: SimTime,
    pub(super) seq: u64,
    /// The network has delivered it: it waits to be taken in by a node that woke up or is slow.
    pub(super) waits: bool,
    /// Which of several arrivals of one instant comes first.
    pub(super) rank: Rank,
    /// What it says.
    pub body: Body<M>,
}

/// What an envelope holds.
#[derive(Clone, Hash, Debug)]
pub enum Body<M> {
    /// A message of the algorithm.
    Message(M),
    /// A write to the store.
    Write {
        /// What the writer shows.
        token: u64,
        /// The number of its belief.
        belief: u32,
        /// A client's write has a number, the periodic ones have none (0).
        write: u32,
    },
}

impl<M> Body<M> {
    /// What it says in numbers. A write: token low, token high, number of the belief, number of the write.
    #[inline]
    pub fn record<P: Protocol<Msg = M>>(&self) -> MsgRecord {
        match self {
            Body::Message(msg) => P::record(msg),
            Body::Write { token, belief, write } => {
                MsgRecord { kind: WRITE, args: [*token as u32, (*token >> 32) as u32, *belief, *write, 0] }
            }
        }
    }
}

/// Envelopes by slot.
#[derive(Clone, Debug, Hash)]
pub(super) struct Slab<M> {
    pub(super) slots: Vec<Option<Envelope<M>>>,
    pub(super) free: Vec<u32>,
}

impl<M> Slab<M> {
    #[inline]
    pub fn insert(&mut self, envelope: Envelope<M>) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = Some(envelope);
            return slot;
        }
        self.slots.push(Some(envelope));
        (self.slots.len() - 1) as u32
    }

    #[inline]
    pub fn take(&mut self, slot: u32) -> Option<Envelope<M>> {
        let envelope = self.slots[slot as usize].take()?;
        self.free.push(slot);
        Some(envelope)
    }

    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}
