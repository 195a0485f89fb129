//! The statistics of a comparison: few, exact where that is cheap, and the same on every run.

use election_playground::base::{below, mix};

/// The number of resamples for the interval of a median.
const RESAMPLES: u64 = 10_000;
/// The seed of the resampling.
const SEED: u64 = 0x0063_616c_6962;
/// The probability that an interval may miss on either side.
const TAIL: f64 = 0.025;

/// The two-sample Kolmogorov–Smirnov test.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct KolmogorovSmirnov {
    /// The largest distance between the two empirical distribution functions.
    pub distance: f64,
    /// The value at which it occurs.
    pub at: f64,
    /// The probability that two samples of one continuous distribution are at least that far apart.
    pub p: f64,
}

/// Compares two sorted samples.
pub fn kolmogorov_smirnov(a: &[f64], b: &[f64]) -> KolmogorovSmirnov {
    assert!(a.is_sorted() && b.is_sorted() && !a.is_empty() && !b.is_empty());
    let (m, n) = (a.len(), b.len());
    // Distances are counted in whole m·n-ths, so that none is rounded.
    let (mut i, mut j, mut widest, mut at) = (0, 0, 0, a[0]);
    while i < m && j < n {
        let x = a[i].min(b[j]);
        i += a[i..].iter().take_while(|v| **v <= x).count();
        j += b[j..].iter().take_while(|v| **v <= x).count();
        let distance = (i * n).abs_diff(j * m);
        if widest < distance {
            (widest, at) = (distance, x);
        }
    }
    KolmogorovSmirnov { distance: widest as f64 / (m * n) as f64, at, p: 1.0 - stays_closer(m, n, widest) }
}

/// The probability that samples of `m` and `n` values from one distribution stay closer than `widest`
/// m·n-ths.
///
/// Merged and sorted, they form a path from (0, 0) to (m, n), and every order is equally likely: from (i, j),
/// the next value belongs to the first sample with probability (m − i)/(m − i + n − j). `inside[j]` is the
/// probability that the path passes (i, j) and has stayed inside so far. Ties make this, and therefore p, too
/// large.
fn stays_closer(m: usize, n: usize, widest: usize) -> f64 {
    let mut inside = vec![0.0; n + 1];
    for i in 0..=m {
        for j in 0..=n {
            let left = (m - i + n - j) as f64 + 1.0;
            let from_a = if i == 0 { 0.0 } else { inside[j] * (m - i + 1) as f64 / left };
            let from_b = if j == 0 { 0.0 } else { inside[j - 1] * (n - j + 1) as f64 / left };
            let passes = if (i, j) == (0, 0) { 1.0 } else { from_a + from_b };
            inside[j] = if (i * n).abs_diff(j * m) < widest { passes } else { 0.0 };
        }
    }
    inside[n]
}

/// The median of a sorted sample.
pub fn median(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0
}

/// The 95 % bootstrap interval (percentiles) of the median of a sorted sample.
pub fn median_interval(sorted: &[f64]) -> (f64, f64) {
    let n = sorted.len();
    let mut draws = vec![0; n];
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .map(|again| {
            for (k, draw) in draws.iter_mut().enumerate() {
                *draw = below(mix(SEED ^ (again << 32 | k as u64)), n as u64) as usize;
            }
            let upper = *draws.select_nth_unstable(n / 2).1;
            let lower = *draws.select_nth_unstable((n - 1) / 2).1;
            (sorted[lower] + sorted[upper]) / 2.0
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    let cut = (RESAMPLES as f64 * TAIL) as usize;
    (medians[cut], medians[medians.len() - 1 - cut])
}

/// The 95 % Clopper–Pearson interval for a share observed in `hits` of `n` cases.
pub fn share_interval(hits: u64, n: u64) -> (f64, f64) {
    let lower = if hits == 0 { 0.0 } else { solve(|p| TAIL <= 1.0 - at_most(hits - 1, n, p)) };
    let upper = if hits == n { 1.0 } else { solve(|p| at_most(hits, n, p) <= TAIL) };
    (lower, upper)
}

/// The probability of at most `hits` among `n`, each with probability `p`.
fn at_most(hits: u64, n: u64, p: f64) -> f64 {
    let mut term = (1.0 - p).powi(n as i32);
    let mut sum = term;
    for k in 0..hits {
        term *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        sum += term;
    }
    sum
}

/// The smallest probability from which on `holds` is true.
fn solve(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}

/// Sorted.
pub fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(n: u64, k: u64) -> f64 {
        (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64)
    }

    #[test]
    fn for_equal_sizes_the_p_value_is_that_of_gnedenko_and_korolyuk() {
        // P(D >= k/n) = 2 (C(2n, n − k) − C(2n, n − 2k) + C(2n, n − 3k) − …) / C(2n, n).
        for n in [5, 12, 30] {
            for k in 1..=n {
                let a: Vec<f64> = (0..n).map(|i| i as f64).collect();
                let b: Vec<f64> = (0..n).map(|i| i as f64 + k as f64 - 0.5).collect();
                let found = kolmogorov_smirnov(&a, &b);
                let signed = |i: u64| if i % 2 == 1 { 1.0 } else { -1.0 };
                let sum: f64 = (1..=n / k).map(|i| signed(i) * choose(2 * n, n - i * k)).sum();
                assert!((found.distance - k as f64 / n as f64).abs() < 1e-12, "{found:?}");
                assert!((found.p - 2.0 * sum / choose(2 * n, n)).abs() < 1e-9, "n = {n}, k = {k}: {found:?}");
            }
        }
    }

    #[test]
    fn for_different_sizes_the_p_value_is_the_share_of_all_orders() {
        let (m, n) = (4, 7);
        let split = |order: u32| -> (Vec<f64>, Vec<f64>) {
            let places = || 0..(m + n) as u32;
            let of = |bit: u32| places().filter(|i| order >> i & 1 == bit).map(f64::from).collect();
            (of(1), of(0))
        };
        let all: Vec<f64> = (0..1_u32 << (m + n))
            .filter(|order| order.count_ones() == m as u32)
            .map(|order| {
                let (a, b) = split(order);
                kolmogorov_smirnov(&a, &b).distance
            })
            .collect();
        assert_eq!(all.len(), 330);
        for order in [0b1111, 0b1010_1010, 0b1_0110_1000] {
            let (a, b) = split(order);
            let found = kolmogorov_smirnov(&a, &b);
            let as_far = all.iter().filter(|d| found.distance <= **d + 1e-12).count();
            assert!((found.p - as_far as f64 / 330.0).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn for_large_samples_the_p_value_is_that_of_the_limit() {
        // Kolmogorov's distribution: 1.3581 is exceeded once in 20, 1.6276 once in 100.
        for (scaled, p) in [(1.3581, 0.05), (1.6276, 0.01)] {
            let n = 2_000;
            let widest = (scaled / (0.5 * n as f64).sqrt() * (n * n) as f64) as usize;
            assert!((1.0 - stays_closer(n, n, widest) - p).abs() < 0.003);
        }
    }

    #[test]
    fn ties_count_after_the_last_of_them() {
        let found = kolmogorov_smirnov(&[1.0, 1.0, 2.0], &[1.0, 3.0, 3.0]);
        assert_eq!((found.distance, found.at), (2.0 / 3.0, 2.0));
    }

    #[test]
    fn medians_and_their_intervals() {
        assert_eq!(median(&[1.0, 2.0, 10.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0, 4.0, 10.0]), 3.0);
        // By order statistics, the median of 100 lies between the 40th and the 61st with 96.5 %.
        let sample: Vec<f64> = (1..=100).map(f64::from).collect();
        let (low, high) = median_interval(&sample);
        assert!((39.0..=42.0).contains(&low) && (59.0..=62.0).contains(&high), "{low} to {high}");
    }

    #[test]
    fn shares_have_the_interval_of_clopper_and_pearson() {
        // R: binom.test(10, 20) and binom.test(0, 20).
        let close = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-6 && (b - d).abs() < 1e-6;
        assert!(close(share_interval(10, 20), (0.271_957_8, 0.728_042_2)), "{:?}", share_interval(10, 20));
        assert!(close(share_interval(0, 20), (0.0, 0.168_433_5)), "{:?}", share_interval(0, 20));
        assert_eq!(share_interval(20, 20).1, 1.0);
    }
}
