//! Leaders by the record of several replicas, groups with leaders of their own, and power that an algorithm switches off:
//! tried with a toy that is in no registry but its own.

#[path = "../second_judge/mod.rs"]
mod second_judge;
mod toy;

use election_playground::base::{SimTime, Span};
use election_playground::checker::{Blame, Outcome};
use election_playground::expectations::judge;
use election_playground::protocol::{Belief, Property};
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, Power, Record};

/// Plays a text whose expectations are met, and on which both judges agree.
fn holds(text: &str) -> Timeline {
    let open = || toy::REGISTRY.open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    let mut timeline = open();
    let expects = timeline.scenario().expects.clone();
    let failed: Vec<String> = judge(&mut timeline)
        .into_iter()
        .filter(|judged| !judged.met())
        .map(|judged| format!("line {}: found {}", expects[judged.expect].line + 1, judged.found))
        .collect();
    assert!(failed.is_empty(), "{}\nin\n{text}\n{}", failed.join("\n"), trace(&mut open()));
    timeline.compute_all();
    if let Err(differences) = second_judge::compare(&mut timeline, 0) {
        panic!("{differences}in\n{text}");
    }
    timeline
}

fn records(timeline: &mut Timeline) -> Vec<Record> {
    let until = timeline.scenario().until;
    timeline.lane(0).records(SimTime::ZERO, until, usize::MAX)
}

/// What happened but for messages and timers.
fn trace(timeline: &mut Timeline) -> String {
    let rare = |r: &&Record| !matches!(r.kind, Kind::Send | Kind::Deliver | Kind::Fire | Kind::Persist);
    let records = records(timeline);
    let names = timeline.lanes()[0].names();
    records.iter().filter(rare).map(|r| format!("{} {}\n", r.at, names.text(r))).collect()
}

#[test]
fn the_calm_ensemble_leads_in_every_group() {
    holds(
        "lanes toy\nnodes 3\nlatency 5ms..15ms\nuntil 10s\n\
         expect leaders = 1\nexpect leader = 1\nexpect leader of p1 = 1\nexpect leader of p2 = 3\n\
         expect service-leader\nexpect leaders of service = 1\n\
         expect failovers = 0\nexpect failovers of p1 = 0\nexpect at-most-one-leader\n\
         expect leader-eventually\nexpect one-leader-per-epoch\n",
    );
}
