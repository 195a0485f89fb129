//! Quantiles and shares of a sample, with 95 % confidence intervals.
//!
//! A quantile's interval is that of order statistics (Conover 1999, Practical Nonparametric Statistics, §3.2): it rests on
//! no distribution of the values. A share's is Wilson's (1927).

use election_playground::sweep::quantile;
use serde::Serialize;

/// The part of the probability that an interval leaves out on each side.
const TAIL: f64 = 0.025;
/// The quantile of the normal distribution that belongs to it.
const NORMAL: f64 = 1.959_964;

/// A quantile with its interval.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Quantile {
    /// The value that occurred; `null` for one without an end.
    pub value: Option<u64>,
    /// The lower end of the interval; `null` where the sample is too small for one.
    pub low: Option<u64>,
    /// The upper end; `null` where the sample is too small, or it has no end.
    pub high: Option<u64>,
}

/// The quantiles of a sample.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Distribution {
    /// How many values there are, those without an end among them.
    pub n: usize,
    /// How many have no end: they are larger than all others.
    pub endless: usize,
    /// The median.
    pub p50: Quantile,
    /// Of ten values nine are not larger.
    pub p90: Quantile,
    /// Of a hundred 99 are not larger.
    pub p99: Quantile,
    /// The largest one; `null` for one without an end.
    pub max: Option<u64>,
}

/// A share of runs with its interval, in millionths.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Share {
    /// How many runs.
    pub runs: usize,
    /// The share.
    pub ppm: u64,
    /// The lower end of the interval.
    pub low_ppm: u64,
    /// The upper end.
    pub high_ppm: u64,
}

impl Distribution {
    /// Of values of which `None` has no end; nothing of an empty sample.
    pub fn of(mut values: Vec<Option<u64>>) -> Option<Distribution> {
        values.sort_unstable_by_key(|value| value.unwrap_or(u64::MAX));
        let at = |permille| {
            let value = quantile(&values, permille)?;
            let (low, high) = ranks(values.len(), f64::from(permille) / 1000.0);
            let rank = |rank: Option<usize>| rank.and_then(|rank| values[rank]);
            Some(Quantile { value, low: rank(low), high: rank(high) })
        };
        Some(Distribution {
            n: values.len(),
            endless: values.iter().filter(|value| value.is_none()).count(),
            p50: at(500)?,
            p90: at(900)?,
            p99: at(990)?,
            max: *values.last()?,
        })
    }
}

impl Share {
    /// So many of so many runs.
    pub fn of(runs: usize, all: usize) -> Share {
        let (n, share) = (all.max(1) as f64, runs as f64 / all.max(1) as f64);
        let z2 = NORMAL * NORMAL;
        let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = NORMAL / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let ppm = |share: f64| (share.clamp(0.0, 1.0) * 1e6).round() as u64;
        // Rounding must not take the ends past what occurred.
        let low = if runs == 0 { 0 } else { ppm(middle - half) };
        let high = if runs == all { 1_000_000 } else { ppm(middle + half) };
        Share { runs, ppm: ppm(share), low_ppm: low, high_ppm: high }
    }
}

/// The positions of the values between which a quantile lies with a probability of 95 %, in a sorted sample of `n`;
/// `None` where no value is far enough out.
#[expect(
    clippy::disallowed_methods,
    reason = "what is printed may differ in its last digit, and no run depends on it"
)]
fn ranks(n: usize, p: f64) -> (Option<usize>, Option<usize>) {
    // How many values lie below the true quantile is binomial. The smallest position whose cumulated probability
    // exceeds the lower tail is one too far; likewise above.
    let (mut cumulated, mut low, mut high) = (0.0, None, None);
    // ln C(n, 0) + n ln(1 − p), and from there on one factor a step.
    let mut log = n as f64 * (1.0 - p).ln();
    for below in 0..=n {
        if below > 0 {
            log += ((n - below + 1) as f64 / below as f64).ln() + (p / (1.0 - p)).ln();
        }
        cumulated += log.exp();
        if cumulated <= TAIL {
            low = Some(below);
        }
        if 1.0 - TAIL <= cumulated {
            high = (below < n).then_some(below);
            break;
        }
    }
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_a_hundred_lies_between_the_fortieth_and_the_sixty_first() {
        // Conover's table: for n = 100 the 95 % interval of the median is from the 40th to the 61st value.
        assert_eq!(ranks(100, 0.5), (Some(39), Some(60)));
        // n = 10: from the 2nd to the 9th.
        assert_eq!(ranks(10, 0.5), (Some(1), Some(8)));
    }

    #[test]
    fn a_small_sample_has_no_bound_for_a_rare_value() {
        let (low, high) = ranks(50, 0.99);
        assert!(low.is_some() && high.is_none());
        assert_eq!(ranks(3, 0.5), (None, None));
    }

    #[test]
    fn a_value_without_an_end_is_the_largest() {
        let values: Vec<Option<u64>> = (1..=98).map(Some).chain([None, None]).collect();
        let found = Distribution::of(values).expect("it has values");
        assert_eq!((found.n, found.endless, found.max), (100, 2, None));
        assert_eq!((found.p50.value, found.p90.value, found.p99.value), (Some(50), Some(90), None));
        assert_eq!(Distribution::of(Vec::new()), None);
    }

    #[test]
    fn wilsons_interval_is_that_of_the_tables() {
        // 10 of 100: 5.5 % to 17.4 %.
        let share = Share::of(10, 100);
        assert_eq!((share.low_ppm / 1000, share.high_ppm / 1000), (55, 174));
        // None of 181: at most 2.1 %.
        let none = Share::of(0, 181);
        assert_eq!((none.low_ppm, none.high_ppm / 1000), (0, 20));
    }
}
