//! Random runs expose deliberate flaws: the swarm's own runs, with only the flaw added, soon violate a promise, and the
//! checker calls it a bug. The same runs without the flaw show none.
//!
//! How many runs that takes is in a table of docs/judging.md, which `UPDATE_DOCS=1 cargo test --test flaws` updates. A
//! flaw that breaks no promise is detected by the message formula.

mod drawn;
mod tables;

use std::collections::BTreeMap;
use std::thread;

use drawn::acts::moment_us;
use drawn::case::{Case, WAIT_MAX};
use drawn::drawn_of;
use election_playground::base::SimTime;
use election_playground::lane::Lane;
use election_playground::protocol::{Class, Property};
use election_playground::registry::{ALGORITHMS, Algorithm};
use election_playground::vocabulary::Kind;
use election_playground::workspace;

/// The sign that exposes a flaw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sign {
    /// The checker calls a violation of this property a bug.
    Broken(Property),
    /// More messages were sent than the formula allows.
    Messages,
}

impl Sign {
    fn text(self) -> String {
        match self {
            Sign::Broken(property) => format!("`{}`", property.name()),
            Sign::Messages => "the formula for messages".to_string(),
        }
    }
}

/// A flaw and its sign: the algorithm, its value of the setting `flaw`, and the sign.
struct Flaw(&'static str, &'static str, Sign);

/// Every flaw, with each of its signs.
const FLAWS: &[Flaw] = &[
    Flaw("ring", "no-participant-flag", Sign::Messages),
    Flaw("bully", "no-restart", Sign::Broken(Property::LeaderEventually)),
    Flaw("zookeeper", "no-rewatch", Sign::Broken(Property::LeaderEventually)),
    Flaw("zookeeper", "no-relist", Sign::Broken(Property::AtMostOneLeader)),
    Flaw("zookeeper", "version-token", Sign::Broken(Property::OneEffectiveWriter)),
    Flaw("zookeeper", "old-snapshot", Sign::Broken(Property::EpochsNeverFall)),
    Flaw("zookeeper", "old-snapshot", Sign::Broken(Property::OneLeaderPerEpoch)),
    Flaw("raft", "forget-vote", Sign::Broken(Property::OneLeaderPerEpoch)),
    Flaw("raft", "vote-twice", Sign::Broken(Property::OneLeaderPerEpoch)),
    Flaw("raft", "compare-length", Sign::Broken(Property::AcknowledgedKept)),
    Flaw("raft", "forget-term", Sign::Broken(Property::EpochsNeverFall)),
    Flaw("raft", "forget-term", Sign::Broken(Property::OneLeaderPerEpoch)),
];

/// The number of runs within which every flaw must show, from any starting point.
const WITHIN: u64 = 1_000;
/// The number of starting points for each flaw. The first is the swarm's own.
const STARTS: u64 = 10;
/// The distance between starting points.
const APART: u64 = 1_000_000;
/// No flaw needs more events than this to show.
const EVENTS_MAX: u32 = 60_000;

fn algorithm(id: &str) -> &'static Algorithm {
    ALGORITHMS.iter().find(|a| a.info.id == id).expect("an algorithm of the registry")
}

/// Plays a drawn run, with the flaw if there is one, as far as necessary. Returns whether `seen` is true in
/// one of its lanes.
fn shows(
    algorithm: &'static Algorithm,
    seed: u64,
    flaw: Option<&str>,
    seen: impl Fn(&mut Lane, &Case) -> bool,
) -> bool {
    let mut case = Case::of(&drawn_of(algorithm, seed));
    if let Some(flaw) = flaw {
        case.lines.push(format!("set {}.flaw {flaw}", algorithm.info.id));
    }
    let text = case.text();
    let mut timeline = workspace::open(&text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    (0..timeline.lanes().len()).any(|i| seen(timeline.lane(i), &case))
}

fn gives_away(lane: &mut Lane, case: &Case, sign: Sign) -> bool {
    match sign {
        Sign::Broken(property) => {
            play(lane, case);
            lane.violations().iter().any(|v| v.property == property && v.is_bug())
        }
        Sign::Messages => too_many_messages(lane, case),
    }
}

/// Until the faults are over, and then until some node serves, or none has for too long.
fn play(lane: &mut Lane, case: &Case) {
    let peace = SimTime(case.peace_us);
    while lane.events() < EVENTS_MAX && lane.step(peace) {}
    let wait = lane.recovery().map_or(WAIT_MAX, |recovery| recovery.bound.min(WAIT_MAX));
    // Late messages, and what a setting leaves behind, may postpone the promise once.
    let until = peace + wait + wait;
    while !lane.serving() && lane.events() < EVENTS_MAX && lane.step(until) {}
}

/// Chang and Roberts: if all start an election, the k-th highest id travels at most k links, and the winner's
/// announcement goes round once. This holds from the start of a run to its first act, on FIFO links without
/// loss, if all start at once and no node is suspected for being slow.
fn too_many_messages(lane: &mut Lane, case: &Case) -> bool {
    let other_than_plain = ["loss ", "duplicate ", "order any", "init ", "timers manual"];
    let plain = !case.lines.iter().any(|line| other_than_plain.iter().any(|word| line.starts_with(word)));
    let fast = Some(lane.network()[0].latency.max()) <= lane.delay_bound();
    if !plain || !fast || !case.says("phases lockstep") {
        return false;
    }
    let acts = case.lines.iter().filter(|line| line.starts_with("at ")).map(|line| moment_us(line));
    let Some(until) = acts.min().unwrap_or(case.peace_us).checked_sub(1) else { return false };
    while lane.events() < EVENTS_MAX && lane.step(SimTime(until)) {}
    let n = lane.members() as u64;
    let kinds = lane.info().messages.iter().zip(lane.traffic().sent);
    let election: u64 = kinds.filter(|(m, _)| m.class == Class::Election).map(|(_, sent)| sent).sum();
    n * (n + 1) / 2 + n < election
}

/// The number of runs until the flaw shows, from each starting point.
fn measured(&Flaw(id, flaw, sign): &Flaw) -> Vec<u64> {
    let algorithm = algorithm(id);
    let seen = |lane: &mut Lane, case: &Case| gives_away(lane, case, sign);
    let needed = |start: u64| {
        let found = (0..WITHIN).find(|run| shows(algorithm, start * APART + run, Some(flaw), seen));
        found.unwrap_or_else(|| panic!("{id} {flaw} is not seen in {WITHIN} runs from {}", start * APART)) + 1
    };
    (0..STARTS).map(needed).collect()
}

/// The same number of runs without a flaw, from each starting point, show no bug.
fn clean(id: &str, runs: &[u64]) {
    let any = |lane: &mut Lane, case: &Case| {
        if id == "ring" && too_many_messages(lane, case) {
            return true;
        }
        play(lane, case);
        lane.violations().iter().any(|v| v.is_bug())
    };
    for (start, &runs) in (0..).zip(runs) {
        let found = (0..runs).find(|run| shows(algorithm(id), start * APART + run, None, any));
        assert_eq!(found, None, "{id}, seed {}", start * APART + found.unwrap_or_default());
    }
}

#[test]
fn every_flaw_has_a_sign() {
    for algorithm in ALGORITHMS {
        let id = algorithm.info.id;
        for setting in algorithm.info.settings.iter().filter(|s| s.name == "flaw") {
            let Kind::Choice(values) = setting.kind else { panic!("{id}.flaw is no choice") };
            for value in values.iter().filter(|value| **value != setting.default) {
                let known = FLAWS.iter().any(|flaw| flaw.0 == id && flaw.1 == *value);
                assert!(known, "add {id} {value} to FLAWS in tests/flaws.rs, with the sign that exposes it");
            }
        }
    }
}

#[test]
fn every_flaw_is_found_by_chance_and_only_with_the_flaw() {
    let all: Vec<Vec<u64>> = thread::scope(|scope| {
        let threads: Vec<_> = FLAWS.iter().map(|flaw| scope.spawn(move || measured(flaw))).collect();
        threads.into_iter().map(|it| it.join().expect("each flaw is seen")).collect()
    });
    let mut table = "| flaw | what gives it away | runs needed: median of ten | largest of ten |\n\
                     |---|---|---|---|\n"
        .to_string();
    let mut most: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (Flaw(id, flaw, sign), runs) in FLAWS.iter().zip(&all) {
        let most = most.entry(id).or_insert_with(|| vec![0; runs.len()]);
        most.iter_mut().zip(runs).for_each(|(most, runs)| *most = (*most).max(*runs));
        let mut sorted = runs.clone();
        sorted.sort();
        // For an even number, the upper of the middle two.
        let (median, largest) = (sorted[sorted.len() / 2], sorted[sorted.len() - 1]);
        table += &format!("| {id} `{flaw}` | {} | {median} | {largest} |\n", sign.text());
    }
    tables::hold(&table);
    thread::scope(|scope| most.iter().for_each(|(id, runs)| drop(scope.spawn(|| clean(id, runs)))));
}
