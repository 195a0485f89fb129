//! The writes that were acknowledged to clients, and whether leaders still have them.
//!
//! Entries of one epoch are acknowledged in order, so they are stored as runs: a million writes of one leader are a
//! single run. What a node was found to hold stays in its log until the log is cut short or the process restarts, so
//! each run is looked up once per node, and not once per node and write.

use std::collections::VecDeque;

use crate::trace::Place;
use election_base::Epoch;
use election_protocol::Receipt;

/// The most runs to keep; older ones are forgotten, and the verdict says so.
pub const RUNS_MAX: usize = 1024;

/// Consecutive acknowledged entries of one epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Run {
    first: u64,
    last: u64,
    epoch: Epoch,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Receipts {
    runs: VecDeque<Run>,
    /// How many runs have been forgotten.
    forgotten: u32,
    /// By place: the number of the first run that the node may lack. Runs are numbered in order, from 0.
    held: Vec<u32>,
}

impl Receipts {
    /// Adds an acknowledged write.
    pub fn add(&mut self, receipt: Receipt) {
        let Receipt { index, epoch, .. } = receipt;
        if let Some(run) = self.runs.back_mut()
            && run.epoch == epoch
            && run.last + 1 == index
        {
            run.last = index;
            return;
        }
        if self.runs.len() == RUNS_MAX {
            self.runs.pop_front();
            self.forgotten += 1;
        }
        self.runs.push_back(Run { first: index, last: index, epoch });
    }

    /// Whether there are no writes to follow.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Whether some runs have been forgotten.
    pub fn forgotten(&self) -> bool {
        0 < self.forgotten
    }

    /// Counts the acknowledged writes of epochs up to `epoch` that the log of the node at `place` lacks, as reported by
    /// `holds`, and stops following them, so that each is counted once.
    pub fn lose(&mut self, place: Place, epoch: Epoch, holds: &dyn Fn(Receipt) -> bool) -> u64 {
        let at = usize::from(place);
        self.held.resize(self.held.len().max(at + 1), 0);
        let first = self.held[at].saturating_sub(self.forgotten) as usize;
        let mut lost = 0;
        for run in self.runs.iter_mut().skip(first) {
            if run.epoch > epoch {
                continue;
            }
            let kept = run.kept(holds);
            let before = run.last + 1 - run.first;
            lost += before - kept.map_or(0, |(first, last)| last + 1 - first);
            match kept {
                Some((first, last)) => (run.first, run.last) = (first, last),
                // An empty run, removed below.
                None => run.last = run.first - 1,
            }
        }
        if lost > 0 {
            self.runs.retain(|run| run.first <= run.last);
            // The runs have other numbers now.
            self.held.fill(0);
            return lost;
        }
        // The last run may grow, and those of later epochs were not looked up.
        let all = self.runs.len().saturating_sub(1);
        let passed = (first..all).find(|&i| self.runs[i].epoch > epoch).unwrap_or(all);
        self.held[at] = self.forgotten + passed as u32;
        0
    }

    /// The log of the node at `place` may have lost everything after `index`.
    pub fn cut_short(&mut self, place: Place, index: u64) {
        if let Some(held) = self.held.get_mut(usize::from(place)) {
            let kept = self.runs.iter().take_while(|run| run.last <= index).count();
            *held = (*held).min(self.forgotten + kept as u32);
        }
    }

    /// Its approximate size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.runs.capacity() * size_of::<Run>() + self.held.len() * size_of::<u32>()
    }
}

impl Run {
    /// The part of the run that the log still has. The entries of one epoch are contiguous in every log, so this part
    /// is a prefix or a suffix of the run.
    fn kept(&self, holds: &dyn Fn(Receipt) -> bool) -> Option<(u64, u64)> {
        let at = |index| holds(Receipt { write: 0, index, epoch: self.epoch });
        let first = at(self.first);
        match (first, if self.first == self.last { first } else { at(self.last) }) {
            (true, true) => Some((self.first, self.last)),
            (false, false) => None,
            (first, _) => {
                // Find the boundary between present and missing entries.
                let (mut lo, mut hi) = (self.first, self.last);
                while lo + 1 < hi {
                    let middle = lo.midpoint(hi);
                    if at(middle) == first { lo = middle } else { hi = middle }
                }
                Some(if first { (self.first, lo) } else { (hi, self.last) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(index: u64, epoch: u64) -> Receipt {
        Receipt { write: 0, index, epoch }
    }

    #[test]
    fn writes_that_follow_each_other_are_one_run() {
        let mut receipts = Receipts::default();
        (2..1_000).for_each(|i| receipts.add(receipt(i, 1)));
        (1_001..1_005).for_each(|i| receipts.add(receipt(i, 2)));
        assert_eq!(receipts.runs.len(), 2);
    }

    #[test]
    fn what_is_lost_is_counted_once_and_the_rest_is_followed() {
        let mut receipts = Receipts::default();
        (2..=100).for_each(|i| receipts.add(receipt(i, 1)));
        receipts.add(receipt(101, 3));
        assert_eq!(receipts.lose(0, 2, &|r| r.index <= 60), 40);
        assert_eq!(receipts.lose(0, 2, &|r| r.index <= 60), 0);
        // A leader of an earlier epoch need not have what a later one acknowledged.
        assert_eq!(receipts.lose(0, 2, &|r| r.epoch == 1), 0);
        assert_eq!(receipts.lose(1, 3, &|_| false), 60);
        assert!(receipts.is_empty());
    }

    /// Per write, the lookups do not become more with the number of leaders that had one acknowledged.
    #[test]
    fn each_node_is_asked_about_a_write_once() {
        let lookups = |leaders: u64| {
            let mut receipts = Receipts::default();
            let asked = core::cell::Cell::new(0);
            for epoch in 1..=leaders {
                for index in 10 * epoch..10 * epoch + 3 {
                    receipts.add(receipt(index, epoch));
                    let holds = |_| {
                        asked.set(asked.get() + 1);
                        true
                    };
                    assert_eq!(receipts.lose((epoch % 5) as Place, epoch, &holds), 0);
                }
            }
            asked.get() / (3 * leaders)
        };
        assert_eq!((lookups(100), lookups(10_000)), (4, 4));
    }

    #[test]
    fn a_log_that_was_cut_short_is_looked_up_again() {
        let mut receipts = Receipts::default();
        (1..=9).for_each(|epoch| receipts.add(receipt(10 * epoch, epoch)));
        assert_eq!(receipts.lose(0, 9, &|_| true), 0);
        receipts.cut_short(1, 0);
        assert_eq!(receipts.lose(0, 9, &|r| 80 < r.index), 0, "the log of another node");
        receipts.cut_short(0, 65);
        assert_eq!(receipts.lose(0, 9, &|r| r.index == 60), 3);
        // Runs that were forgotten do not shift the others.
        (10..=RUNS_MAX as u64 + 10).for_each(|epoch| receipts.add(receipt(10 * epoch, epoch)));
        assert!(receipts.forgotten());
        assert_eq!(receipts.lose(0, 2_000, &|_| true), 0);
        receipts.cut_short(0, 10_000);
        assert_eq!(receipts.lose(0, 2_000, &|r| r.index <= 10_000), RUNS_MAX as u64 + 10 - 1_000);
    }

    #[test]
    fn writes_of_a_later_epoch_are_looked_up_once_their_time_comes() {
        let mut receipts = Receipts::default();
        for (index, epoch) in [(10, 1), (20, 5), (30, 2), (40, 2)] {
            receipts.add(receipt(index, epoch));
        }
        assert_eq!(receipts.lose(0, 2, &|_| true), 0);
        assert_eq!(receipts.lose(0, 5, &|r| r.index != 20), 1);
    }

    #[test]
    fn a_log_may_have_the_end_of_a_run_only() {
        let mut receipts = Receipts::default();
        (5..=9).for_each(|i| receipts.add(receipt(i, 1)));
        assert_eq!(receipts.lose(0, 1, &|r| 8 <= r.index), 3);
        assert_eq!(receipts.lose(0, 1, &|_| false), 2);
    }

    #[test]
    fn what_is_too_much_to_follow_is_forgotten_and_said_so() {
        let mut receipts = Receipts::default();
        (0..=RUNS_MAX as u64).for_each(|i| receipts.add(receipt(2 * i + 1, 1)));
        assert!(receipts.forgotten());
    }
}
