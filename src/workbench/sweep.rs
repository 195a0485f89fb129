//! Plays one scenario with many seeds: what each run measures, and what is expected of all of them together.
//!
//! A sweep keeps only the figures of its runs. The caller decides on their order and the number of threads: a run
//! depends on nothing but its seed.

use crate::expectations::judge_lane;
use crate::look::{Look, Measured, compare};
use crate::registry::{BUILT_IN, Registry};
use election_base::{SimTime, Span, sort_by_numbers};
use election_engine::checker::{Failover, Stats};
use election_engine::lane::Lane;
use election_engine::meter::Meter;
use election_engine::trace::truth;
use election_language::scenario::{Expect, Phase, Scenario, Seeds, Subject, When};
use election_protocol::{GroupId, Property};

/// The measurements of one run of a lane.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The seed of the run.
    pub seed: u64,
    /// The statistics at its end.
    pub stats: Stats,
    /// The number of messages sent.
    pub messages_sent: u64,
    /// If some node served before but none does at the end, the time since when none has.
    pub unserved_since: Option<SimTime>,
    /// Promises that were broken although nothing they rest on was. These are bugs.
    pub bugs: Vec<Property>,
    /// The results for the expectations over many seeds that apply to the lane, in order.
    pub found: Vec<Found>,
}

/// What one run contributes to an expectation over many seeds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Found {
    /// There was nothing to measure, such as the length of a failover that did not happen.
    Nothing,
    /// The condition was not met.
    Unmet,
    /// The condition was met.
    Met,
    /// A number.
    Number(u64),
    /// A length of time.
    Span(Span),
    /// A failover that had not ended; it counts as longer than any other.
    Endless,
}

/// The verdict on an expectation over many seeds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeedsVerdict {
    /// Whether it is met.
    pub met: bool,
    /// What was found, as text.
    pub found: String,
    /// If the expectation is about a share, the runs that count against it: those that met the condition, or
    /// those that did not.
    pub against: Found,
}

impl Sample {
    /// The longest failover of the run, not counting one that has not ended.
    pub fn failover(&self) -> Option<Failover> {
        self.stats.failover_longest
    }
}

/// The number of seeds that an expectation asks for.
pub fn count(seeds: Seeds) -> u32 {
    match seeds {
        Seeds::Quantile { count, .. } | Seeds::Share { count, .. } => count,
    }
}

/// The expectations over many seeds that apply to a lane, by their position in the scenario.
pub fn of_lane(scenario: &Scenario, lane: usize) -> Vec<usize> {
    let mine = |e: &Expect| e.seeds.is_some() && e.condition.lanes >> lane & 1 == 1;
    (0..scenario.expects.len()).filter(|&i| mine(&scenario.expects[i])).collect()
}

/// Like [`sample_of`], with the built-in algorithms.
pub fn sample(scenario: &Scenario, lane: usize, seed: u64) -> Option<Sample> {
    sample_of(&BUILT_IN, scenario, lane, seed)
}

/// Plays a lane of the scenario with another seed. The scenario must have been opened with the same registry,
/// so that its settings are valid.
pub fn sample_of(registry: &Registry, scenario: &Scenario, lane: usize, seed: u64) -> Option<Sample> {
    let mut scenario = scenario.clone();
    scenario.seed = seed;
    let maker = registry.algorithms()[scenario.lanes[lane].algorithm].maker;
    let engine = &mut Lane::new(&scenario, lane, maker).ok()?;
    let mine = of_lane(&scenario, lane);
    // Each run meets the condition or fails it, as if it were the only one.
    let shares: Vec<Expect> =
        mine.iter().map(|&i| Expect { seeds: None, ..scenario.expects[i].clone() }).collect();
    let is_share = |i: usize| matches!(scenario.expects[mine[i]].seeds, Some(Seeds::Share { .. }));
    let mut found = vec![Found::Nothing; mine.len()];
    if (0..mine.len()).any(is_share) {
        for judged in judge_lane(engine, lane, &shares, scenario.until) {
            found[judged.expect] = if judged.met() { Found::Met } else { Found::Unmet };
        }
    }
    while engine.step(scenario.until) {}
    let mut sample = Sample {
        seed,
        stats: engine.stats().clone(),
        messages_sent: engine.traffic().sent.iter().sum(),
        unserved_since: engine.unserved_since(),
        bugs: engine.violations().iter().filter(|v| v.is_bug()).map(|v| v.property).collect(),
        found,
    };
    // The end of the run comes first, since the cursor is there.
    let at = |i: &usize| match shares[*i].when {
        When::At(at) => at.min(scenario.until),
        _ => scenario.until,
    };
    let mut quantiles: Vec<usize> = (0..mine.len()).filter(|&i| !is_share(i)).collect();
    sort_by_numbers(&mut quantiles, |i| (u64::MAX - at(i).0, 0));
    for i in quantiles {
        let at = at(&i);
        if at < scenario.until {
            engine.go_to_time(at);
        }
        sample.found[i] = measured(engine, &shares[i].condition.subject, at);
    }
    Some(sample)
}

/// The group and the part of a failover that the subject asks for.
fn failover_of(engine: &Lane, subject: &Subject) -> Option<(GroupId, Phase)> {
    match subject {
        Subject::Failover(phase) => Some((GroupId::MAIN, *phase)),
        Subject::Of(subject, group) => {
            let (_, phase) = failover_of(engine, subject)?;
            Some((truth::group_called(engine.info(), group)?, phase))
        }
        _ => None,
    }
}

/// The value of a subject in a run.
fn measured(engine: &Lane, subject: &Subject, at: SimTime) -> Found {
    if let Some((group, phase)) = failover_of(engine, subject) {
        if engine.unserved_since_in(group).is_some() {
            return Found::Endless;
        }
        // Each run contributes one value, the one that hurts users most, so that the values are independent.
        let of_group =
            usize::from(group.0).checked_sub(1).map(|at| engine.group_stats()[at].failover_longest);
        let longest = of_group.unwrap_or(engine.stats().failover_longest);
        let part = longest.and_then(|it| match phase {
            Phase::Whole => Some(it.whole()),
            Phase::Detection => it.detection(),
            Phase::Election => it.election(),
        });
        return part.map_or(Found::Nothing, Found::Span);
    }
    let look = Look::new(engine, at);
    match look.measure(subject, &mut Meter::unlimited()).first() {
        Some(Measured::Number(n)) => Found::Number(*n),
        Some(Measured::Span(span)) => Found::Span(*span),
        _ => Found::Nothing,
    }
}

/// Decides an expectation over many seeds from the runs' findings in a lane, in seed order.
pub fn judge_seeds(expect: &Expect, found: &[Found]) -> Option<SeedsVerdict> {
    match expect.seeds? {
        Seeds::Quantile { permille, .. } => Some(judge_quantile(expect, permille, found)),
        Seeds::Share { lo_ppm, hi_ppm, .. } => {
            let runs = found.len() as u64;
            let met = found.iter().filter(|it| **it == Found::Met).count() as u64;
            let share = met * 1_000_000;
            let within = u64::from(lo_ppm) * runs <= share && share <= u64::from(hi_ppm) * runs;
            let percent = (met * 10_000 + runs / 2) / runs.max(1);
            let text = format!("{met} of {runs} runs, {}.{:02}%", percent / 100, percent % 100);
            let too_many = u64::from(hi_ppm) * runs < share;
            let against = if too_many { Found::Met } else { Found::Unmet };
            Some(SeedsVerdict { met: runs > 0 && within, found: text, against })
        }
    }
}

fn judge_quantile(expect: &Expect, permille: u32, found: &[Found]) -> SeedsVerdict {
    let mut values: Vec<Found> = found.iter().copied().filter(|it| *it != Found::Nothing).collect();
    values.sort_unstable();
    let without = found.len() - values.len();
    let Some(value) = quantile(&values, permille) else {
        return SeedsVerdict {
            met: false,
            found: format!("nothing to measure in any of the {} runs", found.len()),
            against: Found::Unmet,
        };
    };
    let (measured, text) = match value {
        Found::Number(n) => (Measured::Number(n), n.to_string()),
        Found::Span(span) => (Measured::Span(span), span.to_string()),
        _ => (Measured::Span(Span(u64::MAX)), "a failover that had not ended".to_string()),
    };
    let condition = &expect.condition;
    let met = compare(&measured, condition.op, &condition.operand);
    let apart =
        if without == 0 { String::new() } else { format!("; {without} others had nothing to measure") };
    let found = format!("{text} in {} runs{apart}", values.len());
    SeedsVerdict { met, found, against: Found::Unmet }
}

/// The smallest of the sorted values that at least this many thousandths of them do not exceed.
pub fn quantile<T: Copy>(sorted: &[T], permille: u32) -> Option<T> {
    let rank = (sorted.len() as u64 * u64::from(permille)).div_ceil(1000).max(1);
    sorted.get(rank as usize - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn a_quantile_is_a_value_that_occurred() {
        let values: Vec<u32> = (1..=10).collect();
        assert_eq!(quantile(&values, 500), Some(5));
        assert_eq!(quantile(&values, 900), Some(9));
        assert_eq!(quantile(&values, 990), Some(10));
        assert_eq!(quantile(&values, 1000), Some(10));
        assert_eq!(quantile(&values, 1), Some(1));
        assert_eq!(quantile::<u32>(&[], 500), None);
    }

    fn found(text: &str, seeds: u64) -> Vec<(SeedsVerdict, Vec<Found>)> {
        let scenario = workspace::read(text).unwrap_or_else(|e| panic!("{e:?}"));
        let samples: Vec<Sample> =
            (1..=seeds).map(|seed| sample(&scenario, 0, seed).expect("it fits")).collect();
        let of = |i: usize| samples.iter().map(|s| s.found[i]).collect::<Vec<_>>();
        let mine = of_lane(&scenario, 0);
        let judged = (0..mine.len()).map(|i| {
            let found = of(i);
            (judge_seeds(&scenario.expects[mine[i]], &found).expect("it asks for seeds"), found)
        });
        judged.collect()
    }

    #[test]
    fn a_failover_that_has_not_ended_is_longer_than_every_other() {
        let text = "lanes raft\nnodes 3\nat 2s crash leader\nuntil 2.2s\n\
                    expect p50 failover < 1h over 40 seeds\nexpect max failover > 24h over 40 seeds\n";
        let judged = found(text, 40);
        let ended = judged[0].1.iter().filter(|it| matches!(it, Found::Span(_))).count();
        assert!(0 < ended && ended < 40, "some end within 200 ms and some do not: {ended}");
        assert!(judged[1].0.met, "{:?}", judged[1].0);
    }

    #[test]
    fn of_several_failovers_the_longest_counts() {
        let text = "lanes raft\nat 2s partition 1 | 2 | 3 | 4 | 5\nat 5s heal\nat 8s transfer leader\nuntil 12s\n\
                    expect p50 failover > 3s over 20 seeds\nexpect max failover election < 1s over 20 seeds\n";
        let judged = found(text, 20);
        assert!(judged[0].0.met && judged[1].0.met, "{:?}", judged[0].0);
    }

    #[test]
    fn a_run_without_a_failover_measures_none() {
        let text = "lanes raft\nnodes 3\nuntil 3s\nexpect p99 failover < 1h over 5 seeds\nexpect max failovers = 0 over 5 seeds\n";
        let judged = found(text, 5);
        assert!(!judged[0].0.met, "{:?}", judged[0].0);
        assert!(judged[1].0.met, "{:?}", judged[1].0);
    }

    #[test]
    fn a_share_counts_the_runs_that_meet_the_condition() {
        let text = "lanes raft\nnodes 5\nat 1s crash leader\nuntil 6s\n\
                    expect leader at 1.3s in 20%..100% of 50 seeds\nexpect leader in 0%..50% of 50 seeds\n";
        let judged = found(text, 50);
        assert!(judged[0].0.met, "{:?}", judged[0].0);
        assert!(!judged[1].0.met, "all have a leader at the end: {:?}", judged[1].0);
    }

    #[test]
    fn a_moment_within_the_run_is_measured_there() {
        let text = "lanes raft\nnodes 3\nat 2s crash leader\nuntil 5s\nexpect max elections < 9 at 1s over 3 seeds\n\
                    expect p50 failovers = 0 at 1s over 3 seeds\nexpect p50 failovers = 1 over 3 seeds\n";
        assert!(found(text, 3).iter().all(|(verdict, _)| verdict.met), "{:?}", found(text, 3));
    }
}
