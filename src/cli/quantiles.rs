//! Quantiles and shares of a sample, with 95 % confidence intervals.
//!
//! Intervals of quantiles come from order statistics (Conover 1999, Practical Nonparametric Statistics, §3.2), which
//! assume no distribution of the values. Intervals of shares are Wilson's (1927).

use election_playground::sweep::quantile;
use serde::Serialize;

/// The probability that an interval leaves out on each side.
const TAIL: f64 = 0.025;
/// The corresponding quantile of the normal distribution.
const NORMAL: f64 = 1.959_964;

/// A quantile with its interval.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Quantile {
    /// A value that occurred; `null` if it is endless.
    pub value: Option<u64>,
    /// The lower end of the interval; `null` if the sample is too small.
    pub low: Option<u64>,
    /// The upper end; `null` if the sample is too small or the end is endless.
    pub high: Option<u64>,
}

/// The quantiles of a sample.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Distribution {
    /// The number of values, including endless ones.
    pub n: usize,
    /// The number of endless values, which are larger than all others.
    pub endless: usize,
    /// The median.
    pub p50: Quantile,
    /// The 90th percentile.
    pub p90: Quantile,
    /// The 99th percentile.
    pub p99: Quantile,
    /// The largest value; `null` if it is endless.
    pub max: Option<u64>,
}

/// A share of runs with its interval, in millionths.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Share {
    /// The number of runs.
    pub runs: usize,
    /// The share.
    pub ppm: u64,
    /// The lower end of the interval.
    pub low_ppm: u64,
    /// The upper end.
    pub high_ppm: u64,
}

impl Distribution {
    /// The distribution of values, where `None` is endless. Returns `None` for an empty sample.
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
    /// The share that `runs` are of `all` runs.
    pub fn of(runs: usize, all: usize) -> Share {
        let (n, share) = (all.max(1) as f64, runs as f64 / all.max(1) as f64);
        let z2 = NORMAL * NORMAL;
        let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = NORMAL / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let ppm = |share: f64| (share.clamp(0.0, 1.0) * 1e6).round() as u64;
        // Rounding must not move the ends past what occurred.
        let low = if runs == 0 { 0 } else { ppm(middle - half) };
        let high = if runs == all { 1_000_000 } else { ppm(middle + half) };
        Share { runs, ppm: ppm(share), low_ppm: low, high_ppm: high }
    }
}

/// The positions of the values, in a sorted sample of `n`, between which a quantile lies with a probability of 95 %.
/// `None` if no value is far enough out.
#[expect(
    clippy::disallowed_methods,
    reason = "the last printed digit may differ between platforms, and no run depends on it"
)]
fn ranks(n: usize, p: f64) -> (Option<usize>, Option<usize>) {
    // The number of values below the true quantile is binomial. The smallest position whose cumulative probability
    // exceeds the lower tail is one too far; likewise above.
    let (mut cumulative, mut low, mut high) = (0.0, None, None);
    // Starts at ln C(n, 0) + n ln(1 − p), then multiplies by one factor per step.
    let mut log = n as f64 * (1.0 - p).ln();
    for below in 0..=n {
        if below > 0 {
            log += ((n - below + 1) as f64 / below as f64).ln() + (p / (1.0 - p)).ln();
        }
        cumulative += log.exp();
        if cumulative <= TAIL {
            low = Some(below);
        }
        if 1.0 - TAIL <= cumulative {
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
        // Conover's table: for n = 100, the 95 % interval of the median runs from the 40th to the 61st value.
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
    fn endless_values_are_the_largest() {
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
