//! The queue of future events: a timing wheel with an exact total order.
//!
//! Events are ordered by time, then by class (what a waking node has to make up for, deliveries, timers),
//! then by sequence number. The wheel has one slot for every 256 µs of the next second; a slot is sorted when
//! its turn comes, and rarely holds more than a few events. What lies further ahead waits in a heap.
//! Insertion and removal cost a few nanoseconds however many events are pending.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::SimTime;

/// Which of several events of one instant comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Rank {
    /// What a node that wakes up has to make up for: overdue timers, then messages that waited.
    Wake = 0,
    /// A slow node takes in a message that had arrived before.
    Slow = 1,
    /// Messages arrive.
    Delivery = 2,
    /// Timers fire.
    Timer = 3,
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

const SLOT_BITS: u32 = 8;
const SLOTS: usize = 4096;
const WORDS: usize = SLOTS / 64;
const SEQ_BITS: u32 = 54;
/// The most room that an empty slot keeps.
const BUFFER_MAX: usize = 64;

/// An event: its order within the slot (time, rank, sequence number, packed), and what it is.
type Entry = (u64, u32);

/// See the module.
pub struct Queue {
    /// The slot whose events are in `sorted` and `late`, as `time >> SLOT_BITS`.
    turn: u64,
    /// The events of each slot of the wheel, unsorted.
    slots: Box<[Vec<Entry>]>,
    /// A bit for each slot with events.
    filled: [u64; WORDS],
    /// The events of the slot that has its turn, last one first.
    sorted: Vec<Entry>,
    /// Events that were put in for the slot that has its turn, or before: an act can come between.
    late: BinaryHeap<Reverse<(u64, u64, u32)>>,
    /// Events beyond the wheel.
    far: BinaryHeap<Reverse<(u64, u64, u32)>>,
}

impl Queue {
    /// An empty queue at `now`.
    pub fn new(now: SimTime) -> Queue {
        Queue {
            turn: now.0 >> SLOT_BITS,
            slots: vec![Vec::new(); SLOTS].into_boxed_slice(),
            filled: [0; WORDS],
            sorted: Vec::new(),
            late: BinaryHeap::new(),
            far: BinaryHeap::new(),
        }
    }

    /// Forgets everything and starts at `now`.
    pub fn reset(&mut self, now: SimTime) {
        self.turn = now.0 >> SLOT_BITS;
        self.slots.iter_mut().for_each(Vec::clear);
        self.filled = [0; WORDS];
        self.sorted.clear();
        self.late.clear();
        self.far.clear();
    }

    /// Puts an event in. Its time must not lie before the last one taken out.
    #[inline]
    pub fn push(&mut self, at: SimTime, rank: Rank, seq: u64, what: u32) {
        debug_assert!(seq < 1 << SEQ_BITS);
        let order = (rank as u64) << SEQ_BITS | seq;
        let slot = at.0 >> SLOT_BITS;
        // The wheel shows the slots after the present one: `ahead` from 1 to SLOTS - 1.
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
        self.slots[slot].push(((at & ((1 << SLOT_BITS) - 1)) << (SEQ_BITS + 2) | order, what));
        self.filled[slot / 64] |= 1 << (slot % 64);
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

    /// The time of an entry of the slot that has its turn.
    #[inline]
    fn time_of(&self, key: u64) -> u64 {
        self.turn << SLOT_BITS | key >> (SEQ_BITS + 2)
    }

    /// Takes the next event out.
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
        while self.far.peek().is_some_and(|e| (e.0.0 >> SLOT_BITS) - turn < SLOTS as u64) {
            let Reverse((at, order, what)) = self.far.pop().expect("peeked");
            self.put(at, order, what);
        }
        let slot = turn as usize % SLOTS;
        self.filled[slot / 64] &= !(1 << (slot % 64));
        let entries = &mut self.slots[slot];
        match entries.len() {
            // Most slots hold one event or two.
            1 => self.sorted.extend(entries.pop()),
            2 => {
                let (a, b) = (entries[0], entries[1]);
                self.sorted.extend(if a.0 < b.0 { [b, a] } else { [a, b] });
                entries.clear();
            }
            _ => {
                self.sorted.append(entries);
                self.sorted.sort_unstable_by_key(|entry| Reverse(entry.0));
            }
        }
        if BUFFER_MAX < entries.capacity() {
            *entries = Vec::new();
        }
        true
    }

    /// The number of the first filled slot after the present one; `u64::MAX` if there is none.
    fn next_filled(&self) -> u64 {
        let start = (self.turn + 1) as usize % SLOTS;
        let (word, bit) = (start / 64, start % 64);
        let ahead = |slot: usize| self.turn + 1 + ((slot + SLOTS - start) % SLOTS) as u64;
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
