//! The model: a scenario run with many seeds.

use std::fs;
use std::thread;

use election_playground::base::SimTime;
use election_playground::registry::ALGORITHMS;
use election_playground::scenario::Scenario;
use election_playground::timeline::Timeline;
use election_playground::trace::Kind;
use election_playground::workspace;

use crate::root;

/// The number of seeds for each scenario.
pub const SEEDS: u64 = 4_000;

/// The results of one run.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Run {
    /// From the fault until the next leader serves, in seconds.
    pub failover: f64,
    /// How long two believed that they led, in seconds.
    pub two_leaders: f64,
    /// The difference between the new leader's epoch and the old one's.
    pub epochs: u64,
    /// The number of pre-votes that members requested between the fault and the next leader.
    pub pre_candidacies: u64,
}

/// A scenario of scenarios/.
pub fn scenario(name: &str) -> Scenario {
    let path = root().join("tests/calibration/scenarios").join(format!("{name}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    workspace::read(&text).unwrap_or_else(|errors| panic!("{}: {errors:?}", path.display()))
}

/// Runs a scenario with this many seeds, starting at its own. Its last act is the fault; it is delayed by the
/// waits of a sample's rounds, in turn.
pub fn play(scenario: &Scenario, waits: &[f64], seeds: u64) -> Vec<Run> {
    let runs: Vec<u64> = (0..seeds).collect();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let part = |part: &[u64]| -> Vec<Run> {
            part.iter().map(|&run| one(scenario, run, waits[run as usize % waits.len()])).collect()
        };
        let parts: Vec<_> =
            runs.chunks(runs.len().div_ceil(threads)).map(|runs| scope.spawn(move || part(runs))).collect();
        // In seed order, however many threads there are.
        parts.into_iter().flat_map(|part| part.join().expect("no run panics")).collect()
    })
}

fn one(scenario: &Scenario, run: u64, wait: f64) -> Run {
    let mut scenario = scenario.clone();
    scenario.seed += run;
    let fault = scenario.acts.last_mut().expect("a scenario with a fault");
    fault.at = SimTime(fault.at.0 + (wait * 1e6).round() as u64);
    let (fault, seed) = (fault.at, scenario.seed);
    let mut timeline =
        Timeline::new(scenario, &ALGORITHMS).unwrap_or_else(|errors| panic!("{}", errors[0].text));
    timeline.compute_all();
    let lane = timeline.lane(0);
    let begun = lane.story().main.failovers.iter().find(|(_, failover)| failover.lost == fault);
    let (_, failover) = *begun.unwrap_or_else(|| panic!("seed {seed}: no failover from {} on", fault.0));
    let bands = &lane.story().main.bands;
    let before = bands.iter().rfind(|band| band.from < fault).expect("an old leader");
    let after = bands.iter().find(|band| fault < band.from).expect("a new leader");
    let epochs = after.epoch - before.epoch;
    let stats = lane.head_stats();
    let two_leaders = stats.time[2].0;
    let asks = lane.info().messages.iter().position(|message| message.name == "PreVote");
    let asks = asks.filter(|&kind| lane.head_traffic().sent[kind] > 0);
    let others = lane.members() as u64 - 1;
    let pre_candidacies = asks.map_or(0, |kind| {
        let records = lane.records(fault, failover.found, usize::MAX);
        let sent = records.iter().filter(|r| r.kind == Kind::Send && usize::from(r.msg) == kind);
        sent.count() as u64 / others
    });
    let seconds = |microseconds: u64| microseconds as f64 / 1e6;
    Run { failover: seconds(failover.whole().0), two_leaders: seconds(two_leaders), epochs, pre_candidacies }
}
