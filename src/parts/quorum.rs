//! Majorities: sets of members, votes, and what a majority has reached.

use election_base::{Aside, NODES_MAX};

/// The size of the smallest majority of this many.
#[inline]
pub const fn majority(of: u32) -> u32 {
    of / 2 + 1
}

/// A set of members, by their positions among the ascending ids.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Set([u64; NODES_MAX / 64]);

impl Set {
    /// Adds a member.
    #[inline]
    pub fn insert(&mut self, position: usize) {
        self.0[position / 64] |= 1 << (position % 64);
    }

    /// Whether it contains the member.
    #[inline]
    pub fn contains(self, position: usize) -> bool {
        self.0[position / 64] >> (position % 64) & 1 == 1
    }

    /// How many members it contains.
    pub fn len(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether it is empty.
    pub fn is_empty(self) -> bool {
        self == Set::default()
    }

    /// Its members that are not in `other`.
    pub fn without(self, other: Set) -> Set {
        let mut left = self;
        left.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= !other);
        left
    }

    /// The positions of its members, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..NODES_MAX).filter(move |&position| self.contains(position))
    }
}

/// The number of votes whose order is kept: a picture of more voters than this counts votes instead of listing them.
const ORDERED: usize = 12;

/// The votes for a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Tally {
    /// Members that voted for it.
    pub granted: Set,
    /// Members that refused.
    pub refused: Set,
    /// The members whose answers came first, in the order in which they came.
    first: Aside<[u8; ORDERED]>,
}

/// Where a vote stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A quorum voted for the candidate.
    Won,
    /// A quorum can no longer vote for it.
    Lost,
    /// Neither.
    Open,
}

impl Tally {
    /// A vote begins: the candidate has its own.
    pub fn of(candidate: usize) -> Tally {
        let mut tally = Tally::default();
        tally.count(candidate, true);
        tally
    }

    /// Counts an answer. False if the member has already answered: the first answer counts.
    pub fn count(&mut self, member: usize, granted: bool) -> bool {
        if self.granted.contains(member) || self.refused.contains(member) {
            return false;
        }
        let answers = (self.granted.len() + self.refused.len()) as usize;
        if let Some(next) = self.first.0.get_mut(answers) {
            *next = member as u8;
        }
        if granted {
            self.granted.insert(member)
        } else {
            self.refused.insert(member)
        }
        true
    }

    /// The members that answered: the first twelve in the order of their answers, then the others, ascending.
    pub fn answered(&self) -> impl Iterator<Item = usize> {
        let answers = (self.granted.len() + self.refused.len()) as usize;
        let first = &self.first.0[..answers.min(ORDERED)];
        let later = (0..NODES_MAX).filter(|&it| {
            (self.granted.contains(it) || self.refused.contains(it)) && !first.contains(&(it as u8))
        });
        first.iter().map(|&it| usize::from(it)).chain(later)
    }

    /// Where the vote stands, with this many voters and this quorum.
    pub fn outcome(&self, voters: u32, quorum: u32) -> Outcome {
        if quorum <= self.granted.len() {
            Outcome::Won
        } else if voters - self.refused.len() < quorum {
            Outcome::Lost
        } else {
            Outcome::Open
        }
    }
}

/// The highest value that at least `quorum` of these values reach; there are at most [`NODES_MAX`].
pub fn reached(values: impl Iterator<Item = u64>, quorum: u32) -> u64 {
    let mut all = [0; NODES_MAX];
    let mut n = 0;
    for value in values {
        all[n] = value;
        n += 1;
    }
    *all[..n].select_nth_unstable(n - quorum as usize).1
}

#[cfg(test)]
mod tests {
    use core::hash::{Hash as _, Hasher as _};

    use super::*;

    #[test]
    fn a_quorum_s_value_is_reached_by_a_majority() {
        assert_eq!(reached([3, 1, 2].into_iter(), majority(3)), 2);
        assert_eq!(reached([5, 4, 1, 1].into_iter(), majority(4)), 1);
        assert_eq!(reached([7].into_iter(), majority(1)), 7);
    }

    #[test]
    fn sets_count_and_subtract() {
        let mut a = Set::default();
        [0, 63, 64, 127].into_iter().for_each(|p| a.insert(p));
        let mut b = Set::default();
        b.insert(64);
        assert_eq!((a.len(), a.without(b).len(), a.contains(127), a.contains(126)), (4, 3, true, false));
        assert_eq!(a.without(b).iter().collect::<Vec<_>>(), [0, 63, 127]);
    }

    #[test]
    fn answers_keep_their_order_which_does_not_make_states_differ() {
        let (mut a, mut b) = (Tally::of(5), Tally::of(5));
        [9, 2].into_iter().for_each(|it| assert!(a.count(it, it == 2)));
        [2, 9].into_iter().for_each(|it| assert!(b.count(it, it == 2)));
        assert_eq!(a.answered().collect::<Vec<_>>(), [5, 9, 2]);
        assert_eq!(b.answered().collect::<Vec<_>>(), [5, 2, 9]);
        let hash = |tally: &Tally| {
            let mut hasher = std::hash::DefaultHasher::new();
            tally.hash(&mut hasher);
            hasher.finish()
        };
        assert_eq!(hash(&a), hash(&b));
        // Of many, each is listed once.
        (20..60).rev().for_each(|it| assert!(a.count(it, true)));
        let answered: Vec<usize> = a.answered().collect();
        assert_eq!(answered[..5], [5, 9, 2, 59, 58]);
        assert_eq!(answered.len(), 43);
        assert!(answered[ORDERED..].is_sorted() && answered[ORDERED..].iter().all(|it| *it < 51));
    }

    #[test]
    fn of_two_answers_the_first_counts_and_a_vote_can_be_lost_before_all_have_answered() {
        let mut tally = Tally::of(0);
        assert!(tally.count(1, false) && !tally.count(1, true));
        assert_eq!(tally.outcome(5, 3), Outcome::Open);
        tally.count(2, false);
        assert_eq!(tally.outcome(5, 3), Outcome::Open);
        tally.count(3, false);
        assert_eq!(tally.outcome(5, 3), Outcome::Lost);
        tally.count(4, true);
        assert_eq!(tally.answered().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        assert_eq!(Tally { granted: tally.granted, ..Tally::default() }.outcome(3, 2), Outcome::Won);
    }
}
