//! Plays many seeds of one scenario on all cores.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use election_playground::scenario::Scenario;
use election_playground::sweep::{Sample, sample};

/// The largest number of seeds in one sweep.
pub const SEEDS_MAX: u64 = 1_000_000;

/// Parses the value of `--seeds`, such as `1..1000`, with both ends included.
///
/// # Errors
/// A message that says what is expected.
pub fn range(text: &str) -> Result<RangeInclusive<u64>, String> {
    let expected = "expected a range such as 1..1000, whose first seed is not larger than its last";
    let (first, last) = text.split_once("..").ok_or(expected)?;
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| expected.to_string());
    let (first, last) = (number(first)?, number(last)?);
    if last < first {
        return Err(expected.to_string());
    }
    if last - first >= SEEDS_MAX {
        return Err(format!(
            "that is {} seeds; a command plays at most {SEEDS_MAX}",
            (last - first).saturating_add(1)
        ));
    }
    Ok(first..=last)
}

/// Plays these lanes with each of these seeds. The result is ordered by lane, then by seed.
///
/// Runs differ in length, so each is a separate job, and threads take the next job when they are free. The result does
/// not depend on which thread plays what.
pub fn play(scenario: &Scenario, lanes: &[usize], seeds: &RangeInclusive<u64>) -> Vec<Vec<Sample>> {
    let count = (seeds.end() - seeds.start() + 1) as usize;
    let jobs = count * lanes.len();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut mine = Vec::new();
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= jobs {
                return mine;
            }
            let seed = seeds.start() + (job % count) as u64;
            mine.push((job, sample(scenario, lanes[job / count], seed)));
        }
    };
    let threads = thread::available_parallelism().map_or(1, |it| it.get()).min(jobs.max(1));
    let mut all: Vec<(usize, Option<Sample>)> = thread::scope(|scope| {
        let spawned: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        spawned.into_iter().flat_map(|it| it.join().expect("a run does not panic")).collect()
    });
    all.sort_unstable_by_key(|(job, _)| *job);
    let mut samples = all.into_iter().filter_map(|(_, sample)| sample);
    lanes.iter().map(|_| samples.by_ref().take(count).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range() {
        assert_eq!(range("1..1000"), Ok(1..=1000));
        assert_eq!(range("7..7"), Ok(7..=7));
        for wrong in ["5", "9..1", "a..b", "1..", "..4", "0..18446744073709551615"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_sample_does_not_depend_on_who_played_it() {
        let text = "lanes raft bully\nat 2s crash leader\nuntil 4s\n";
        let scenario = election_playground::workspace::read(text).expect("it reads");
        let all = play(&scenario, &[0, 1], &(3..=30));
        for (lane, samples) in all.iter().enumerate() {
            let seeds: Vec<u64> = samples.iter().map(|it| it.seed).collect();
            assert_eq!(seeds, (3..=30).collect::<Vec<_>>());
            for it in samples {
                let alone = sample(&scenario, lane, it.seed).expect("it fits");
                assert_eq!(it.stats, alone.stats);
            }
        }
    }
}
