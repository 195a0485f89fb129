//! The queue of future events: a timing wheel with an exact total order.
//!
//! Events are ordered by time, then by class (what a node catches up on when it resumes, deliveries, timers), then by
//! sequence number. The wheel has a slot for every 256 µs of the next second. A slot is a list whose entries share a
//! pool with those of all other slots, so it needs no memory of its own. It is sorted when its turn comes, and rarely
//! holds more than a few events. Events further ahead wait in a heap. Insertion and removal take a few nanoseconds,
//! however many events are pending.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use election_base::SimTime;

/// Orders events at the same instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Rank {
    /// What a node catches up on when it resumes: overdue timers, then waiting messages.
    Wake = 0,
    /// A slow node finishes processing a message that arrived earlier.
    Slow = 1,
    /// Messages arrive.
    Delivery = 2,
    /// Timers fire.
    Timer = 3,
}

/// An event taken from the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// When it happens.
    pub at: SimTime,
    /// Its sequence number.
    pub seq: u64,
    /// What it is; opaque to the queue.
    pub what: u32,
}

const SLOT_BITS: u32 = 8;
const SLOTS: usize = 4096;
const WORDS: usize = SLOTS / 64;
const SEQ_BITS: u32 = 54;
/// Up to this many entries of a slot are sorted by insertion, because they are almost in order.
const FEW: usize = 32;
/// The end of a list.
const END: u32 = u32::MAX;

/// An event: its order within the slot (time, rank, sequence number, packed), and what it is.
type Entry = (u64, u32);

/// An event in the wheel, in the list of its slot; or a free entry of the pool, in the list of those.
#[derive(Clone, Copy)]
struct Linked {
    key: u64,
    what: u32,
    next: u32,
}

/// See the module.
pub struct Queue {
    /// The current slot, whose events are in `sorted` and `late`, as `time >> SLOT_BITS`.
    turn: u64,
    /// The first event in the list of each slot, which is the newest one.
    heads: Box<[u32; SLOTS]>,
    /// One bit for each slot with events.
    filled: [u64; WORDS],
    /// One bit for each word of `filled` that is not zero.
    words: u64,
    pool: Vec<Linked>,
    /// The first free entry of the pool.
    free: u32,
    /// The events of the current slot, last one first.
    sorted: Vec<Entry>,
    /// Events inserted for the current slot or an earlier one: an act can come in between.
    late: BinaryHeap<Reverse<(u64, u64, u32)>>,
    /// Events beyond the wheel.
    far: BinaryHeap<Reverse<(u64, u64, u32)>>,
}

impl Queue {
    /// An empty queue at `now`.
    pub fn new(now: SimTime) -> Queue {
        Queue {
            turn: now.0 >> SLOT_BITS,
            heads: Box::new([END; SLOTS]),
            filled: [0; WORDS],
            words: 0,
            pool: Vec::new(),
            free: END,
            sorted: Vec::new(),
            late: BinaryHeap::new(),
            far: BinaryHeap::new(),
        }
    }

    /// Removes everything and starts at `now`.
    pub fn reset(&mut self, now: SimTime) {
        self.turn = now.0 >> SLOT_BITS;
        self.heads.fill(END);
        self.filled = [0; WORDS];
        self.words = 0;
        self.pool.clear();
        self.free = END;
        self.sorted.clear();
        self.late.clear();
        self.far.clear();
    }

    /// Inserts an event. It must not be earlier than the last one taken.
    #[inline]
    pub fn push(&mut self, at: SimTime, rank: Rank, seq: u64, what: u32) {
        debug_assert!(seq < 1 << SEQ_BITS);
        let order = (rank as u64) << SEQ_BITS | seq;
        let slot = at.0 >> SLOT_BITS;
        // The wheel covers the slots after the current one: `ahead` from 1 to SLOTS - 1.
        let ahead = slot.wrapping_sub(self.turn);
        if ahead.wrapping_sub(1) < SLOTS as u64 - 1 {
            self.put(at.0, order, what);
        } else if slot <= self.turn {
            self.late.push(Reverse((at.0, order, what)));
        } else {
            self.far.push(Reverse((at.0, order, what)));
        }
    }

    #[inline]
    fn put(&mut self, at: u64, order: u64, what: u32) {
        let slot = (at >> SLOT_BITS) as usize % SLOTS;
        let key = (at & ((1 << SLOT_BITS) - 1)) << (SEQ_BITS + 2) | order;
        let entry = Linked { key, what, next: self.heads[slot] };
        let index = self.free;
        if let Some(place) = self.pool.get_mut(index as usize) {
            self.free = place.next;
            *place = entry;
            self.heads[slot] = index;
        } else {
            self.heads[slot] = self.pool.len() as u32;
            self.pool.push(entry);
        }
        self.filled[slot / 64] |= 1 << (slot % 64);
        self.words |= 1 << (slot / 64);
    }

    /// The time of the next event.
    #[inline(always)]
    pub fn next_at(&mut self) -> Option<SimTime> {
        if self.sorted.is_empty() && self.late.is_empty() && !self.turn_on() {
            return None;
        }
        let sorted = self.sorted.last().map_or(u64::MAX, |e| self.time_of(e.0));
        let late = self.late.peek().map_or(u64::MAX, |e| e.0.0);
        Some(SimTime(sorted.min(late)))
    }

    /// The time of an entry of the current slot.
    #[inline]
    fn time_of(&self, key: u64) -> u64 {
        self.turn << SLOT_BITS | key >> (SEQ_BITS + 2)
    }

    /// Takes the next event.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<Due> {
        const SEQ: u64 = (1 << SEQ_BITS) - 1;
        if self.sorted.is_empty() && self.late.is_empty() && !self.turn_on() {
            return None;
        }
        if !self.late.is_empty() {
            let late = self.late.peek().map(|e| (e.0.0, e.0.1));
            let sorted = self.sorted.last().map(|e| (self.time_of(e.0), e.0 & ((1 << (SEQ_BITS + 2)) - 1)));
            if sorted.is_none() || late < sorted {
                let Reverse((at, order, what)) = self.late.pop().expect("it is not empty");
                return Some(Due { at: SimTime(at), seq: order & SEQ, what });
            }
        }
        let (key, what) = self.sorted.pop().expect("one of the two has it");
        Some(Due { at: SimTime(self.time_of(key)), seq: key & SEQ, what })
    }

    /// Advances to the next slot with events. Returns false if there is none.
    fn turn_on(&mut self) -> bool {
        let next = self.next_filled();
        let far = self.far.peek().map_or(u64::MAX, |e| e.0.0 >> SLOT_BITS);
        let turn = next.min(far);
        if turn == u64::MAX {
            return false;
        }
        self.turn = turn;
        // Events that the wheel now covers move into it from the heap; they may belong to this very slot.
        while self.far.peek().is_some_and(|e| (e.0.0 >> SLOT_BITS) - turn < SLOTS as u64) {
            let Reverse((at, order, what)) = self.far.pop().expect("peeked");
            self.put(at, order, what);
        }
        self.take_slot(turn as usize % SLOTS);
        true
    }

    /// Moves the events of a slot out of the wheel, in order.
    #[inline]
    fn take_slot(&mut self, slot: usize) {
        self.filled[slot / 64] &= !(1 << (slot % 64));
        if self.filled[slot / 64] == 0 {
            self.words &= !(1 << (slot / 64));
        }
        let mut index = core::mem::replace(&mut self.heads[slot], END);
        while let Some(entry) = self.pool.get_mut(index as usize) {
            self.sorted.push((entry.key, entry.what));
            let next = core::mem::replace(&mut entry.next, self.free);
            self.free = index;
            index = next;
        }
        if self.sorted.len() > FEW {
            self.sorted.sort_unstable_by_key(|entry| Reverse(entry.0));
            return;
        }
        for end in 1..self.sorted.len() {
            let mut at = end;
            while at > 0 && self.sorted[at - 1].0 < self.sorted[at].0 {
                self.sorted.swap(at - 1, at);
                at -= 1;
            }
        }
    }

    /// The number of the first slot with events after the current one; `u64::MAX` if there is none.
    fn next_filled(&self) -> u64 {
        let start = (self.turn + 1) as usize % SLOTS;
        let (word, bit) = (start / 64, start % 64);
        let ahead = |slot: usize| self.turn + 1 + ((slot + SLOTS - start) % SLOTS) as u64;
        let first = self.filled[word] & (u64::MAX << bit);
        if first != 0 {
            return ahead(word * 64 + first.trailing_zeros() as usize);
        }
        // The words after it or, once the wheel wraps around, those up to it.
        let behind = self.words & !(u64::MAX >> (63 - word));
        let found = if behind != 0 { behind } else { self.words };
        if found == 0 {
            return u64::MAX;
        }
        let word = found.trailing_zeros() as usize;
        ahead(word * 64 + self.filled[word].trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use election_base::{Rng, below};

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
