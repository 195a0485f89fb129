//! The vector clocks of a log tell the same order as the causes do.

use std::collections::BTreeMap;

use election_base::SimTime;

use super::scenario;
use crate::shiviz::{Entry, PATTERN, entries, shiviz};

/// Which entries come before which, from causes and hosts alone: bit `i` of entry `j` if `i` comes before `j`.
fn reached(all: &[Entry]) -> Vec<Vec<bool>> {
    let mut before = vec![vec![false; all.len()]; all.len()];
    for j in 0..all.len() {
        let same_host = (0..j).rev().find(|&i| all[i].host == all[j].host);
        let causes = all[j].cause.and_then(|step| (0..j).find(|&i| all[i].step == step));
        for i in [same_host, causes].into_iter().flatten() {
            let known = before[i].clone();
            for (mine, its) in before[j].iter_mut().zip(known) {
                *mine |= its;
            }
            before[j][i] = true;
        }
    }
    before
}

/// Whether a clock is before another one.
fn earlier(a: &BTreeMap<String, u32>, b: &BTreeMap<String, u32>) -> bool {
    a != b && a.iter().all(|(host, count)| b.get(host).is_some_and(|it| count <= it))
}

#[test]
fn happened_before_by_clock_is_reachability_by_causes() {
    for (name, lane, from, to) in [
        ("first-look", 0, 1_900_000, 3_200_000),
        ("first-look", 1, 12_800_000, 14_000_000),
        ("first-look", 2, 1_500_000, 7_000_000),
        ("first-look", 3, 1_900_000, 2_600_000),
        ("gc-pause", 3, 2_900_000, 3_600_000),
        ("lossy-network", 3, 0, 1_500_000),
    ] {
        let mut timeline = scenario(name);
        let all = entries(&mut timeline, lane, SimTime(from), SimTime(to)).expect("a log");
        assert!((60..3_000).contains(&all.len()), "{name} {lane}: {}", all.len());
        let before = reached(&all);
        let mut related = 0;
        for (j, b) in all.iter().enumerate() {
            for (i, a) in all.iter().enumerate() {
                let by_clock = earlier(&a.clock, &b.clock);
                assert_eq!(by_clock, before[j][i], "{name} {lane}:\n{a:?}\n{b:?}");
                related += usize::from(by_clock);
            }
        }
        // Neither a total order nor none.
        let pairs = all.len() * (all.len() - 1) / 2;
        assert!(related > pairs / 20 && related < pairs, "{name} {lane}: {related} of {pairs}");
    }
}

#[test]
fn a_message_comes_after_the_event_that_sent_it() {
    let mut timeline = scenario("first-look");
    let all = entries(&mut timeline, 3, SimTime(2_100_000), SimTime(2_210_000)).expect("a log");
    let asks = all.iter().find(|it| it.text.contains("starts an election")).expect("a candidate");
    let votes = all.iter().find(|it| it.text.contains("arrives RequestVote")).expect("a voter");
    let wins = all.iter().find(|it| it.text.contains("won the election")).expect("a winner");
    assert_ne!(asks.host, votes.host);
    assert_eq!(asks.host, wins.host);
    assert!(earlier(&asks.clock, &votes.clock) && earlier(&votes.clock, &wins.clock));
}

#[test]
fn the_log_is_two_lines_per_event_as_the_expression_reads_them() {
    assert_eq!(PATTERN, r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})");
    let mut timeline = scenario("first-look");
    let log = shiviz(&mut timeline, 3, SimTime(1_900_000), SimTime(2_300_000)).expect("a log");
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines.len() > 40 && lines.len().is_multiple_of(2));
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for pair in lines.chunks(2) {
        let (host, clock) = pair[1].split_once(' ').expect("a host and a clock");
        assert!(
            !host.contains(char::is_whitespace) && clock.starts_with('{') && clock.ends_with('}'),
            "{pair:?}"
        );
        assert!(!pair[0].is_empty() && !pair[0].starts_with('{'), "{pair:?}");
        // A host counts its own events one by one, as ShiViz demands.
        let own = counts.entry(host).or_default();
        *own += 1;
        assert!(clock.contains(&format!("\"{host}\":{own}")), "{pair:?}");
    }
}
