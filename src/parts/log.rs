//! A replicated log, as far as elections need it: the terms of its entries.
//!
//! The terms in a log never fall, so a log is a list of runs of equal terms, however long it is: a million
//! writes of one leader are one run. The newest run is kept in place, so that a steady leader and its
//! followers append without allocating; the older runs are a list that copies share, newest first, and each
//! of them carries the digest of all before it. So a copy for the disk or for a keyframe, and a hash, cost
//! the same for a log of any length, and what grows is one small node for each leader that wrote. Finding
//! an old entry takes a number of steps that grows with the logarithm of the number of runs.
//!
//! The content of an entry is not kept. By the Log Matching Property (Raft, §5.3) its index and term identify it.

use core::fmt::{self, Write as _};
use core::hash::{Hash, Hasher};
use std::rc::Rc;

use election_base::mix;

/// A term, from 1; 0 before the first.
pub type Term = u32;
/// A place in a log, from 1; 0 before the first entry.
pub type Index = u32;

/// Successive entries of one term, as a message carries them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Run {
    /// Their term.
    pub term: Term,
    /// How many there are, at least 1.
    pub count: u32,
}

/// A log. See the module.
#[derive(Clone, Default)]
pub struct Log {
    /// All runs but the newest.
    older: Option<Rc<Older>>,
    /// The term of the newest run; 0 if the log is empty.
    term: Term,
    /// The index of the last entry; 0 if the log is empty.
    last: Index,
}

/// A run that a later one follows.
struct Older {
    older: Option<Rc<Older>>,
    /// A run further back, so that a search need not visit every run between. The lengths of the jumps are those of
    /// Myers: An applicative random-access stack, IPL 17(5), 1983.
    jump: Option<Rc<Older>>,
    /// How many runs there are up to this one.
    count: u32,
    term: Term,
    last: Index,
    /// Of this run and all before it.
    digest: u64,
}

impl Log {
    /// The log with these terms, in order.
    ///
    /// # Errors
    /// If the terms fall anywhere, or one is 0 or too large.
    pub fn from_terms(terms: &[u64]) -> Result<Log, String> {
        let mut log = Log::default();
        for &term in terms {
            if term == 0 || TERM_MAX < term {
                return Err(format!("the term of an entry is {term}; it must be 1 to {TERM_MAX}"));
            }
            if term < log.term.into() {
                return Err(format!("term {term} follows term {} in the log; terms never fall", log.term));
            }
            log.append(term as Term, 1);
        }
        Ok(log)
    }

    /// The index of the last entry; 0 if there is none.
    #[inline]
    pub fn last(&self) -> Index {
        self.last
    }

    /// The term of the last entry; 0 if there is none.
    #[inline]
    pub fn last_term(&self) -> Term {
        self.term
    }

    /// Adds `count` entries of `term` at the end. The term must not be below the last one.
    pub fn append(&mut self, term: Term, count: u32) {
        debug_assert!(self.term <= term && 0 < count);
        if self.term < term {
            if 0 < self.last {
                let digest = self.digest();
                let older = self.older.take();
                self.older = Some(Rc::new(Older::new(older, (self.term, self.last), digest)));
            }
            self.term = term;
        }
        self.last += count;
    }

    /// Removes all entries after `index`.
    pub fn truncate(&mut self, index: Index) {
        while index < self.last {
            match &self.older {
                Some(run) if index <= run.last => {
                    (self.term, self.last, self.older) = (run.term, run.last, run.older.clone());
                }
                None if index == 0 => *self = Log::default(),
                _ => self.last = index,
            }
        }
    }

    /// The term of the entry at `index`: 0 before the first, `None` after the last.
    #[inline]
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if self.last < index {
            return None;
        }
        Some(self.run_at(index).map_or(0, |(term, _)| term))
    }

    /// The term and the last index of the run that holds `index`, which is at most the last index of the log.
    fn run_at(&self, index: Index) -> Option<(Term, Index)> {
        if index == 0 {
            return None;
        }
        let found = self.oldest_with(|run| index <= run.last);
        Some(found.map_or((self.term, self.last), |run| (run.term, run.last)))
    }

    /// The oldest of the older runs for which `holds`. If it holds for one run, it must hold for all newer ones.
    fn oldest_with(&self, holds: impl Fn(&Older) -> bool) -> Option<&Older> {
        let known = |run: &&Rc<Older>| holds(run);
        let mut found = self.older.as_ref().filter(known)?;
        while let Some(next) = found.jump.as_ref().filter(known).or(found.older.as_ref().filter(known)) {
            found = next;
        }
        Some(found)
    }

    /// At most `max` entries from `from` on, as runs; none if `from` is after the end.
    pub fn slice(&self, from: Index, max: u32) -> Vec<Run> {
        let mut runs = Vec::new();
        let end = self.last.min((from - 1).saturating_add(max));
        let mut at = from;
        while at <= end {
            let (term, last) = self.run_at(at).expect("an index of the log");
            let last = last.min(end);
            runs.push(Run { term, count: last - at + 1 });
            at = last + 1;
        }
        runs
    }

    /// Makes the entries after `prev` begin with `runs`: conflicting entries are removed, with everything after
    /// them; entries that are already there stay, with everything after them (§5.3). `prev` must be at most the
    /// last index.
    pub fn merge(&mut self, prev: Index, runs: &[Run]) -> Merge {
        let mut done = Merge::default();
        let mut at = prev + 1;
        for run in runs {
            let end = at + (run.count - 1);
            while at <= end {
                match self.run_at(at).filter(|_| at <= self.last) {
                    Some((term, last)) if term == run.term => at = last.min(end) + 1,
                    Some(_) => {
                        self.truncate(at - 1);
                        done.truncated = Some(at - 1);
                    }
                    None => {
                        self.append(run.term, end - at + 1);
                        done.appended.push(Appended { first: at, last: end, term: run.term });
                        at = end + 1;
                    }
                }
            }
        }
        done
    }

    /// The highest index up to `index` whose term is at most `term`, with its term.
    pub fn last_not_above(&self, index: Index, term: Term) -> (Index, Term) {
        let index = index.min(self.last);
        if self.term <= term {
            return (index, self.term_at(index).unwrap_or(0));
        }
        let above = self.oldest_with(|run| term < run.term);
        let Some(run) = above.map_or(&self.older, |run| &run.older) else { return (0, 0) };
        let index = index.min(run.last);
        (index, self.term_at(index).unwrap_or(0))
    }

    fn digest(&self) -> u64 {
        let before = self.older.as_ref().map_or(0, |run| run.digest);
        mix(before ^ u64::from(self.term) << 32 ^ u64::from(self.last))
    }

    /// The newest `max` terms from the end, in the order of the log.
    fn newest(&self, max: u32) -> Vec<Term> {
        let from = self.last.saturating_sub(max) + 1;
        self.slice(from, max).iter().flat_map(|run| (0..run.count).map(|_| run.term)).collect()
    }
}

/// What [`Log::merge`] did.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Merge {
    /// If entries were removed, the index of the last one that remained.
    pub truncated: Option<Index>,
    /// The new entries, in order.
    pub appended: Vec<Appended>,
}

/// New entries of one term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Appended {
    /// The index of the first one.
    pub first: Index,
    /// The index of the last one.
    pub last: Index,
    /// Their term.
    pub term: Term,
}

impl Merge {
    /// Whether the log has changed.
    pub fn changed(&self) -> bool {
        self.truncated.is_some() || !self.appended.is_empty()
    }
}

/// The largest term that `init` may give: it leaves room for more elections than a run can hold.
pub const TERM_MAX: u64 = 1_000_000_000;
/// How many terms of a log are shown without a gap.
const SHOWN_MAX: u32 = 24;

impl fmt::Display for Log {
    /// The terms in order, `1 1 2`; for a long log, the first and the last ones, `1 1 1 1 ... 4 4 5 5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.last == 0 {
            return f.write_str("empty");
        }
        let mut text = String::new();
        let mut add = |terms: &[Term]| {
            for term in terms {
                let _ = write!(text, " {term}");
            }
        };
        if self.last <= SHOWN_MAX {
            add(&self.newest(SHOWN_MAX));
        } else {
            let ends = SHOWN_MAX / 2;
            let first: Vec<Term> =
                self.slice(1, ends).iter().flat_map(|run| (0..run.count).map(|_| run.term)).collect();
            add(&first);
            let newest = self.newest(ends);
            text.push_str(" ...");
            let mut add = |terms: &[Term]| {
                for term in terms {
                    let _ = write!(text, " {term}");
                }
            };
            add(&newest);
        }
        f.write_str(text.trim_start())
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Hash for Log {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.digest());
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Log) -> bool {
        let (mut a, mut b) = (self.clone(), other.clone());
        loop {
            if (a.term, a.last) != (b.term, b.last) {
                return false;
            }
            match (a.older.take(), b.older.take()) {
                (None, None) => return true,
                (Some(x), Some(y)) if Rc::ptr_eq(&x, &y) => return true,
                (Some(x), Some(y)) => {
                    a = Log { older: x.older.clone(), term: x.term, last: x.last };
                    b = Log { older: y.older.clone(), term: y.term, last: y.last };
                }
                _ => return false,
            }
        }
    }
}

impl Eq for Log {}

impl Older {
    fn new(older: Option<Rc<Older>>, (term, last): (Term, Index), digest: u64) -> Older {
        let count_of = |run: Option<&Rc<Older>>| run.map_or(0, |run| run.count);
        let first = older.as_ref().and_then(|run| run.jump.as_ref());
        let second = first.and_then(|run| run.jump.as_ref());
        let count = count_of(older.as_ref()) + 1;
        // After two jumps of equal length in a row comes one that spans both.
        let twice = count - 1 - count_of(first) == count_of(first) - count_of(second);
        let jump = if twice { second.cloned() } else { older.clone() };
        Older { older, jump, count, term, last, digest }
    }
}

impl Drop for Older {
    /// Drops the list in a loop: the derived implementation would take a stack frame for every run.
    fn drop(&mut self) {
        // A jump must not keep alive the runs that the loop drops.
        self.jump = None;
        let mut next = self.older.take();
        while let Some(run) = next {
            next = Rc::into_inner(run).and_then(|mut run| run.older.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(terms: &[u64]) -> Log {
        Log::from_terms(terms).unwrap()
    }

    /// Compares the log with a plain list of terms, over many random histories.
    #[test]
    fn a_log_is_its_list_of_terms() {
        let mut seed = 1u64;
        let mut below = |n: u64| {
            seed += 1;
            mix(seed) % n
        };
        for _ in 0..2_000 {
            let mut plain: Vec<u64> = Vec::new();
            let mut log = Log::default();
            for _ in 0..12 {
                match below(3) {
                    0 => {
                        let keep = below(plain.len() as u64 + 1) as usize;
                        plain.truncate(keep);
                        log.truncate(keep as u32);
                    }
                    1 => {
                        let term = plain.last().copied().unwrap_or(1) + below(3);
                        let count = below(4) + 1;
                        plain.extend((0..count).map(|_| term));
                        log.append(term as u32, count as u32);
                    }
                    _ => merge_both(&mut plain, &mut log, &mut below),
                }
                compare(&plain, &log);
            }
        }
    }

    fn merge_both(plain: &mut Vec<u64>, log: &mut Log, below: &mut impl FnMut(u64) -> u64) {
        let prev = below(plain.len() as u64 + 1) as usize;
        let mut term = if prev == 0 { 1 } else { plain[prev - 1] };
        let mut entries = Vec::new();
        for _ in 0..below(5) {
            term += below(2);
            entries.push(term);
        }
        let before = plain.clone();
        for (i, &term) in entries.iter().enumerate() {
            if plain.get(prev + i) != Some(&term) {
                plain.truncate(prev + i);
                plain.push(term);
            }
        }
        let runs = Log::from_terms(&entries).unwrap().slice(1, 100);
        let done = log.merge(prev as u32, &runs);
        assert_eq!(done.changed(), before != *plain);
        assert_eq!(done.truncated.is_some(), !plain.starts_with(&before));
    }

    fn compare(plain: &[u64], log: &Log) {
        let digest = |log: &Log| {
            let mut digest = election_base::Digest::default();
            log.hash(&mut digest);
            digest.value()
        };
        assert_eq!(log.last() as usize, plain.len());
        assert_eq!(u64::from(log.last_term()), plain.last().copied().unwrap_or(0));
        for (i, &term) in plain.iter().enumerate() {
            assert_eq!(log.term_at(i as u32 + 1).map(u64::from), Some(term));
        }
        assert_eq!(log.term_at(0), Some(0));
        assert_eq!(log.term_at(plain.len() as u32 + 1), None);
        let fresh = Log::from_terms(plain).unwrap();
        assert_eq!((*log == fresh, digest(log)), (true, digest(&fresh)));
        for index in 0..=plain.len() {
            for term in 0..6u32 {
                let want = (1..=index).rev().find(|&i| plain[i - 1] <= term.into());
                assert_eq!(log.last_not_above(index as u32, term).0 as usize, want.unwrap_or(0));
            }
        }
    }

    #[test]
    fn a_log_shows_its_terms_and_hides_the_middle_of_a_long_one() {
        assert_eq!(log(&[]).to_string(), "empty");
        assert_eq!(log(&[1, 1, 2]).to_string(), "1 1 2");
        let mut long = log(&[1, 1, 2]);
        long.append(3, 100);
        assert_eq!(long.to_string(), "1 1 2 3 3 3 3 3 3 3 3 3 ... 3 3 3 3 3 3 3 3 3 3 3 3");
    }

    #[test]
    fn terms_that_fall_are_refused() {
        assert!(Log::from_terms(&[1, 2, 1]).unwrap_err().contains("never fall"));
        assert!(Log::from_terms(&[0]).is_err());
    }

    #[test]
    fn a_slice_is_bounded() {
        let log = log(&[1, 1, 2, 3, 3]);
        assert_eq!(
            log.slice(2, 3),
            [Run { term: 1, count: 1 }, Run { term: 2, count: 1 }, Run { term: 3, count: 1 }]
        );
        assert_eq!(log.slice(6, 3), []);
    }

    #[test]
    fn old_entries_of_a_log_of_many_leaders_are_found_in_few_steps() {
        let mut log = Log::default();
        let runs = 10_000;
        (1..=runs).for_each(|term| log.append(term, 3));
        for index in (1..=3 * runs).step_by(7) {
            let steps = core::cell::Cell::new(0);
            let found = log.oldest_with(|run| {
                steps.set(steps.get() + 1);
                index <= run.last
            });
            assert_eq!(found.map_or(runs, |run| run.term), index.div_ceil(3));
            assert!(steps.get() < 80, "{} steps to entry {index}", steps.get());
        }
    }

    #[test]
    fn a_log_of_very_many_leaders_is_dropped_without_recursion() {
        let mut log = Log::default();
        for term in 1..300_000 {
            log.append(term, 1);
        }
        drop(log);
    }
}
