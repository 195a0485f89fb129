//! The queue of future events: a timing wheel with an exact total order.
//!
//! Events are ordered by time, then by class (what a waking node has to make up for, deliveries, timers),
//! then by sequence number. The wheel has one slot for every 1,024 µs of the next four seconds; a slot is a
//! linked list until its turn comes and is sorted then. What lies further ahead waits in a heap. Insertion
//! and removal cost a few nanoseconds however many events are pending.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::SimTime;

/// Which of several events of one instant comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Rank {
    /// What a node that wakes up has to make up for: overdue timers, then messages that waited.
    Wake = 0,
    /// Messages arrive.
    Delivery = 1,
    /// Timers fire.
    Timer = 2,
}

/// An event that is taken out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// When it happens.
    pub at: SimTime,
    /// The number it was put in with.
    pub seq: u64,
    /// What it is; the queue does not care.
    pub what: u32,
}

const SLOT_BITS: u32 = 10;
const SLOTS: u64 = 4096;
const WORDS: usize = SLOTS as usize / 64;
const SEQ_BITS: u32 = 52;
const NIL: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Entry {
    at: u64,
    /// Rank and sequence number: `rank << 52 | seq`.
    order: u64,
    what: u32,
    next: u32,
}

/// See the module.
pub struct Queue {
    /// The slot whose events are in `sorted` and `late`, as `time >> SLOT_BITS`.
    turn: u64,
    /// The first entry of each slot's list.
    heads: Box<[u32; SLOTS as usize]>,
    /// A bit for each slot with entries.
    filled: [u64; WORDS],
    entries: Vec<Entry>,
    free: u32,
    /// The events of the present slot, last one first.
    sorted: Vec<(u64, u64, u32)>,
    /// Events that were put into the present slot while it had its turn.
    late: BinaryHeap<Reverse<(u64, u64, u32)>>,
    /// Events beyond the wheel.
    far: BinaryHeap<Reverse<(u64, u64, u32)>>,
    len: usize,
}

impl Queue {
    /// An empty queue at `now`.
    pub fn new(now: SimTime) -> Queue {
        Queue {
            turn: now.0 >> SLOT_BITS,
            heads: Box::new([NIL; SLOTS as usize]),
            filled: [0; WORDS],
            entries: Vec::new(),
            free: NIL,
            sorted: Vec::new(),
            late: BinaryHeap::new(),
            far: BinaryHeap::new(),
            len: 0,
        }
    }

    /// Forgets everything and starts at `now`.
    pub fn reset(&mut self, now: SimTime) {
        self.turn = now.0 >> SLOT_BITS;
        self.heads.fill(NIL);
        self.filled = [0; WORDS];
        self.entries.clear();
        self.free = NIL;
        self.sorted.clear();
        self.late.clear();
        self.far.clear();
        self.len = 0;
    }

    /// How many entries there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Puts an event in. Its time must not lie before the last one taken out.
    #[inline]
    pub fn push(&mut self, at: SimTime, rank: Rank, seq: u64, what: u32) {
        debug_assert!(seq < 1 << SEQ_BITS);
        let order = (rank as u64) << SEQ_BITS | seq;
        let slot = at.0 >> SLOT_BITS;
        self.len += 1;
        if slot <= self.turn {
            // The turn may have gone ahead of time: an act can come before the next event in the queue.
            self.late.push(Reverse((at.0, order, what)));
        } else if slot - self.turn < SLOTS {
            self.link(at.0, order, what);
        } else {
            self.far.push(Reverse((at.0, order, what)));
        }
    }

    #[inline]
    fn link(&mut self, at: u64, order: u64, what: u32) {
        let slot = ((at >> SLOT_BITS) % SLOTS) as usize;
        let entry = Entry { at, order, what, next: self.heads[slot] };
        let index = if self.free == NIL {
            self.entries.push(entry);
            (self.entries.len() - 1) as u32
        } else {
            let index = self.free;
            self.free = self.entries[index as usize].next;
            self.entries[index as usize] = entry;
            index
        };
        self.heads[slot] = index;
        self.filled[slot / 64] |= 1 << (slot % 64);
    }

    /// The time of the next event.
    #[inline]
    pub fn next_at(&mut self) -> Option<SimTime> {
        if self.sorted.is_empty() && self.late.is_empty() && !self.turn_on() {
            return None;
        }
        let sorted = self.sorted.last().map_or(u64::MAX, |e| e.0);
        let late = self.late.peek().map_or(u64::MAX, |e| e.0.0);
        Some(SimTime(sorted.min(late)))
    }

    /// Takes the next event out.
    #[inline]
    pub fn pop(&mut self) -> Option<Due> {
        if self.sorted.is_empty() && self.late.is_empty() && !self.turn_on() {
            return None;
        }
        self.len -= 1;
        let from_late = match (self.sorted.last(), self.late.peek()) {
            (Some(sorted), Some(Reverse(late))) => late < sorted,
            (sorted, _) => sorted.is_none(),
        };
        let (at, order, what) = if from_late { self.late.pop().map(|e| e.0) } else { self.sorted.pop() }
            .expect("one of them has it");
        Some(Due { at: SimTime(at), seq: order & ((1 << SEQ_BITS) - 1), what })
    }

    /// Gives the next slot with events its turn. False if there is none.
    fn turn_on(&mut self) -> bool {
        let next = self.next_filled();
        let far = self.far.peek().map_or(u64::MAX, |e| e.0.0 >> SLOT_BITS);
        let turn = next.min(far);
        if turn == u64::MAX {
            return false;
        }
        self.turn = turn;
        // What the wheel now reaches moves from the heap into it; that may be this very slot.
        while self.far.peek().is_some_and(|e| (e.0.0 >> SLOT_BITS) - turn < SLOTS) {
            let Reverse((at, order, what)) = self.far.pop().expect("peeked");
            self.link(at, order, what);
        }
        let slot = (turn % SLOTS) as usize;
        let mut index = self.heads[slot];
        self.heads[slot] = NIL;
        self.filled[slot / 64] &= !(1 << (slot % 64));
        while index != NIL {
            let entry = self.entries[index as usize];
            self.sorted.push((entry.at, entry.order, entry.what));
            self.entries[index as usize].next = self.free;
            self.free = index;
            index = entry.next;
        }
        if self.sorted.len() > 1 {
            self.sorted.sort_unstable_by(|a, b| b.cmp(a));
        }
        true
    }

    /// The number of the first filled slot after the present one; `u64::MAX` if there is none.
    fn next_filled(&self) -> u64 {
        let start = ((self.turn + 1) % SLOTS) as usize;
        let (word, bit) = (start / 64, start % 64);
        let ahead = |slot: usize| self.turn + 1 + ((slot + SLOTS as usize - start) % SLOTS as usize) as u64;
        let first = self.filled[word] & (u64::MAX << bit);
        if first != 0 {
            return ahead(word * 64 + first.trailing_zeros() as usize);
        }
        for step in 1..=WORDS {
            let at = (word + step) % WORDS;
            let bits = if step == WORDS { self.filled[at] & !(u64::MAX << bit) } else { self.filled[at] };
            if bits != 0 {
                return ahead(at * 64 + bits.trailing_zeros() as usize);
            }
        }
        u64::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Rng, below};

    #[test]
    fn comes_out_in_the_order_of_a_plain_sort() {
        let mut rng = Rng::new(7, 0);
        for round in 0..50 {
            let mut queue = Queue::new(SimTime(0));
            let mut all: Vec<(u64, u8, u64)> = Vec::new();
            let mut seq = 0;
            let mut out = Vec::new();
            let mut now = 0;
            for _ in 0..2_000 {
                if below(rng.bits(), 3) < 2 || all.is_empty() {
                    // Near, far, and the very same instant.
                    let reach = [0, 10, 3_000, 5_000_000, 90_000_000][below(rng.bits(), 5) as usize];
                    let at = now + below(rng.bits(), reach + 1);
                    let rank = [Rank::Wake, Rank::Delivery, Rank::Timer][below(rng.bits(), 3) as usize];
                    queue.push(SimTime(at), rank, seq, seq as u32);
                    all.push((at, rank as u8, seq));
                    seq += 1;
                } else {
                    all.sort_unstable_by(|a, b| b.cmp(a));
                    let (at, _, seq) = all.pop().unwrap();
                    assert_eq!(queue.next_at(), Some(SimTime(at)));
                    let due = queue.pop().unwrap();
                    assert_eq!((due.at.0, due.seq, due.what), (at, seq, seq as u32), "round {round}");
                    now = at;
                    out.push(due);
                }
                assert_eq!(queue.len(), all.len());
            }
        }
    }

    #[test]
    fn is_empty_at_the_start_and_after_a_reset() {
        let mut queue = Queue::new(SimTime(123_456_789));
        assert_eq!(queue.pop(), None);
        queue.push(SimTime(123_456_789), Rank::Timer, 1, 5);
        queue.push(SimTime(999_999_999), Rank::Timer, 2, 6);
        queue.reset(SimTime(0));
        assert_eq!(queue.next_at(), None);
        queue.push(SimTime(1), Rank::Timer, 3, 7);
        assert_eq!(queue.pop().map(|d| d.what), Some(7));
    }
}
