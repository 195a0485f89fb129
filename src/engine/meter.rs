//! The cost of work: a budget of counted units, so that a caller that must stay responsive can stop and continue later.
//!
//! A unit is roughly the cost of one record of a run, some tenths of a microsecond. Long tasks check their [`Meter`]
//! between steps and stop when it is empty; the next call continues where the last one stopped. Results do not depend
//! on the number of interruptions.

/// A budget of units of work.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    left: u64,
    spent: u64,
}

impl Meter {
    /// A budget of that many units.
    pub fn new(units: u64) -> Meter {
        Meter { left: units, spent: 0 }
    }

    /// A budget that is never exhausted, for callers that can wait.
    pub fn unlimited() -> Meter {
        Meter::new(u64::MAX)
    }

    /// Spends units. The last step of a task may overdraw the budget.
    #[inline]
    pub fn spend(&mut self, units: u64) {
        self.left = self.left.saturating_sub(units);
        self.spent += units;
    }

    /// Whether nothing is left.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// The units left.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The units spent.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// Lends out one of `parts` equal shares of what is left, to be settled with [`Meter::give_back`].
    pub fn part(&mut self, parts: usize) -> Meter {
        Meter::new((self.left / parts.max(1) as u64).max(1))
    }

    /// Pays for what was spent of a share.
    pub fn give_back(&mut self, part: Meter) {
        self.spend(part.spent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_gone_and_an_overdraft_leaves_nothing() {
        let mut meter = Meter::new(10);
        meter.spend(4);
        assert_eq!((meter.left(), meter.spent(), meter.is_empty()), (6, 4, false));
        let mut part = meter.part(3);
        part.spend(5);
        meter.give_back(part);
        assert_eq!((meter.left(), meter.spent()), (1, 9));
        meter.spend(100);
        assert!(meter.is_empty());
        let mut endless = Meter::unlimited();
        endless.spend(u64::MAX / 2);
        assert!(!endless.is_empty());
    }
}
