//! Messages in flight between nodes, and writes in flight to the store.

use super::queue::Rank;
use crate::trace::{Place, WRITE};
use election_base::{Aside, SimTime};
use election_protocol::MsgRecord;

/// The head of a message in flight, or a write in flight to the store. The body of a message is kept with the
/// processes, under the same slot; a write consists of its record alone.
#[derive(Clone, Hash, Debug)]
pub struct Envelope {
    /// The sender.
    pub from: Place,
    /// The receiver.
    pub to: Place,
    /// 1, or the number of the copy.
    pub copy: u8,
    /// Orders arrivals at the same instant. [`Rank::Wake`] and [`Rank::Slow`] mean that the network has delivered the
    /// message, which waits in the receiver's inbox.
    pub(super) rank: Rank,
    /// Its sequence number on the link.
    pub nth: u32,
    /// When it was sent.
    pub sent: SimTime,
    /// When it arrives.
    pub due: SimTime,
    /// The sequence number in the event queue and, in the lower 16 bits, the incarnation of the receiver it is for.
    pub(super) ticket: u64,
    /// Its content, in numbers.
    pub record: MsgRecord,
    /// The event that sent it.
    pub(super) sent_by: Aside<u32>,
}

impl Envelope {
    /// An envelope for the network to deliver; `seq` orders arrivals at the same instant.
    #[inline]
    pub(super) fn new(
        link: (Place, Place, u32),
        (sent, by): (SimTime, u32),
        due: SimTime,
        seq: u64,
        incarnation: u16,
        record: MsgRecord,
    ) -> Envelope {
        let (from, to, nth) = link;
        let ticket = seq << 16 | u64::from(incarnation);
        let sent_by = Aside(by);
        Envelope { from, to, copy: 1, rank: Rank::Delivery, nth, sent, due, ticket, record, sent_by }
    }

    /// The number that orders arrivals at the same instant.
    #[inline]
    pub(super) fn seq(&self) -> u64 {
        self.ticket >> 16
    }

    /// The incarnation of the receiver it is for.
    #[inline]
    pub(super) fn incarnation(&self) -> u16 {
        self.ticket as u16
    }

    /// Changes its arrival to `due`, with the number `seq`.
    #[inline]
    pub(super) fn put_off(&mut self, due: SimTime, seq: u64, rank: Rank) {
        self.due = due;
        self.rank = rank;
        self.ticket = seq << 16 | u64::from(self.incarnation());
    }

    /// Whether the network has delivered it.
    #[inline]
    pub(super) fn waits(&self) -> bool {
        self.rank != Rank::Delivery
    }
}

/// The record of a write to the store: the writer's token, the number of its leadership, and the number of the write,
/// which is 0 for periodic writes.
pub(super) fn write_record(token: u64, belief: u32, write: u32) -> MsgRecord {
    MsgRecord { kind: WRITE, args: [token as u32, (token >> 32) as u32, belief, write, 0] }
}

/// Envelopes by slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Slab {
    pub(super) slots: Vec<Option<Envelope>>,
    pub(super) free: Vec<u32>,
}

impl Slab {
    #[inline(always)]
    pub fn insert(&mut self, envelope: Envelope) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = Some(envelope);
            return slot;
        }
        self.slots.push(Some(envelope));
        (self.slots.len() - 1) as u32
    }

    #[inline(always)]
    pub fn take(&mut self, slot: u32) -> Option<Envelope> {
        let envelope = self.slots[slot as usize].take()?;
        self.free.push(slot);
        Some(envelope)
    }

    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Its approximate size on the heap, in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Option<Envelope>>() + self.free.capacity() * size_of::<u32>()
    }
}
