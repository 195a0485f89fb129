//! What work costs: a budget of counted units, so that whoever must stay responsive can stop and go on later.
//!
//! A unit is about what one record of a run costs, some tenths of a microsecond. Everything that takes long asks its
//! [`Meter`] between two steps and stops when nothing is left; asked again it goes on where it stopped. What is computed
//! does not depend on how often it is interrupted.

/// A budget of units of work.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    left: u64,
    spent: u64,
}

impl Meter {
    /// A budget of so many units.
    pub fn new(units: u64) -> Meter {
        Meter { left: units, spent: 0 }
    }

    /// A budget that nothing exhausts, for whoever can wait.
    pub fn unlimited() -> Meter {
        Meter::new(u64::MAX)
    }

    /// Spends units, also those that are not there: the last step of a stretch of work may overdraw the budget.
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

    /// What is left.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// What was spent.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// Takes a part of what is left, one of `parts` equal ones; what is not spent of it is to be given back with
    /// [`Meter::give_back`].
    pub fn part(&mut self, parts: usize) -> Meter {
        Meter::new((self.left / parts.max(1) as u64).max(1))
    }

    /// Pays for what was done with a part.
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
