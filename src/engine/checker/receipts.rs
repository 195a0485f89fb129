//! The writes that were acknowledged to clients, and whether leaders still have them.
//!
//! Entries of one epoch are acknowledged in order, so they are stored as runs: a million writes of one leader are a
//! single run.

use std::collections::VecDeque;

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
    /// Whether some runs have been forgotten.
    pub forgotten: bool,
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
            self.forgotten = true;
        }
        self.runs.push_back(Run { first: index, last: index, epoch });
    }

    /// Whether there are no writes to follow.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Counts the acknowledged writes of epochs up to `epoch` that a log lacks, as reported by `holds`, and stops
    /// following them, so that each is counted once.
    pub fn lose(&mut self, epoch: Epoch, holds: &dyn Fn(Receipt) -> bool) -> u64 {
        let mut lost = 0;
        for run in &mut self.runs {
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
        self.runs.retain(|run| run.first <= run.last);
        lost
    }

    /// Its approximate size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.runs.capacity() * size_of::<Run>()
    }
}

impl Run {
    /// The part of the run that the log still has. The entries of one epoch are contiguous in every log, so this part
    /// is a prefix or a suffix of the run.
    fn kept(&self, holds: &dyn Fn(Receipt) -> bool) -> Option<(u64, u64)> {
        let at = |index| holds(Receipt { write: 0, index, epoch: self.epoch });
        match (at(self.first), at(self.last)) {
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
        assert_eq!(receipts.lose(2, &|r| r.index <= 60), 40);
        assert_eq!(receipts.lose(2, &|r| r.index <= 60), 0);
        // A leader of an earlier epoch need not have what a later one acknowledged.
        assert_eq!(receipts.lose(2, &|r| r.epoch == 1), 0);
        assert_eq!(receipts.lose(3, &|_| false), 60);
        assert!(receipts.is_empty());
    }

    #[test]
    fn a_log_may_have_the_end_of_a_run_only() {
        let mut receipts = Receipts::default();
        (5..=9).for_each(|i| receipts.add(receipt(i, 1)));
        assert_eq!(receipts.lose(1, &|r| 8 <= r.index), 3);
        assert_eq!(receipts.lose(1, &|_| false), 2);
    }

    #[test]
    fn what_is_too_much_to_follow_is_forgotten_and_said_so() {
        let mut receipts = Receipts::default();
        (0..=RUNS_MAX as u64).for_each(|i| receipts.add(receipt(2 * i + 1, 1)));
        assert!(receipts.forgotten);
    }
}
