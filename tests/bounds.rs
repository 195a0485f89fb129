//! No request from a page takes long: every call spends a bounded number of units of work, even on texts at the
//! language's limits, and memory stays bounded.

use std::fmt::Write as _;

use election_playground::base::{LANES_MAX, NODES_MAX, SimTime};
use election_playground::breakpoints::Finder;
use election_playground::expectations::Judge;
use election_playground::keyframes::{KEYFRAME_BYTES_MAX, bytes_in_all};
use election_playground::meter::Meter;
use election_playground::scenario::{ACTS_MAX, BREAKS_MAX, EXPECTS_MAX, TEXT_MAX};
use election_playground::timeline::{Goal, Timeline};
use election_playground::trace::BreakOff;
use election_playground::workspace::{self, Session};

/// The budget of a slice.
const SLICE: u64 = 1_000;
/// What a slice may exceed its budget by, since a single step is not interrupted. The largest steps are
/// copying a large state, and an event after which every condition is checked.
const OVERDRAFT_MAX: u64 = 40_000;
/// How much of each text is played: enough to reach the most expensive operations.
const SLICES: usize = 4_000;

/// The most that a slice may spend; each gets [`SLICE`].
fn dearest(mut work: impl FnMut(&mut Meter) -> bool) -> u64 {
    let mut most = 0;
    for _ in 0..SLICES {
        let mut meter = Meter::new(SLICE);
        let done = work(&mut meter);
        most = most.max(meter.spent());
        if done {
            break;
        }
    }
    most
}

fn open(text: &str) -> Timeline {
    workspace::open(text).unwrap_or_else(|e| panic!("{}", e[0]))
}

/// A text at every limit of the language: lanes, nodes, acts, and expectations and breaks that stay
/// undecided.
fn at_all_bounds() -> String {
    let mut text = String::from("until 24h; duplicate 30%; loss 5%; latency 1ms..300ms with 10% up to 20s\n");
    let algorithms = ["raft", "zookeeper", "ring", "bully", "hs", "raft", "zookeeper", "bully"];
    for (i, algorithm) in algorithms.iter().enumerate().take(LANES_MAX) {
        let _ = writeln!(text, "lane l{i} = {algorithm}");
    }
    let _ = writeln!(text, "nodes {NODES_MAX}");
    let acts = ["heal", "cut 1 - 2", "restart all", "latency 2ms", "isolate 3"];
    for i in 0..ACTS_MAX {
        let _ = writeln!(text, "at {i}ms {}", acts[i % acts.len()]);
    }
    let conditions = ["node leader role follower never", "leaders < 0 eventually", "epoch < 0 eventually"];
    for i in 0..EXPECTS_MAX {
        let _ = writeln!(text, "expect {}", conditions[i % conditions.len()]);
    }
    for _ in 0..BREAKS_MAX {
        let _ = writeln!(text, "break node leader role follower");
    }
    assert!(text.len() <= TEXT_MAX, "{} bytes", text.len());
    text
}

/// Texts that are each expensive in one respect.
fn dear() -> Vec<(&'static str, String)> {
    let nodes = NODES_MAX;
    vec![
        ("everything at its bound", at_all_bounds()),
        ("messages without end", "lanes ring; nodes 9; duplicate 100%; until 4s".into()),
        ("the same in all lanes", "nodes 12; duplicate 100%".into()),
        (
            "no time between events",
            format!(
                "lanes raft bully; nodes {nodes}; latency 0; set store.interval 1us; set store.latency 0"
            ),
        ),
        (
            "a view an event",
            format!(
                "lanes raft; nodes 25; until 14s\n{}",
                "expect node leader role follower never\n".repeat(8)
            ),
        ),
        (
            "deliver all",
            format!(
                "lanes raft hs; nodes {nodes}; timers manual; at 1s campaign all; at 2s deliver all; until 3s"
            ),
        ),
        ("a slow node", format!("lanes raft; nodes {nodes}; at 1s slow 1 1s; at 90s slow 1 0; until 100s")),
        (
            "a long pause",
            format!("lanes raft zookeeper; nodes {nodes}; at 1s pause leader for 60s; until 70s"),
        ),
    ]
}

#[test]
fn every_slice_of_work_is_bounded() {
    for (what, text) in dear() {
        let limit = SLICE + OVERDRAFT_MAX;
        let mut session = Session::new();
        session.load(&text).unwrap_or_else(|e| panic!("{what}: {}", e[0]));
        let computing = dearest(|meter| session.advance(meter).done);
        let timeline = session.timeline().expect("it is loaded");
        let until = timeline.lanes().iter().map(|lane| lane.computed()).min().unwrap_or(SimTime::ZERO);
        // To places throughout the computed run, and back.
        let mut seeking = 0;
        for part in [2, 3, 5, 1, 4] {
            timeline.go(Goal::Time(SimTime(until.0 * part / 5)));
            seeking = seeking.max(dearest(|meter| timeline.settle(meter)));
            timeline.go_back();
            seeking = seeking.max(dearest(|meter| timeline.settle(meter)));
        }
        let windows = dearest(|meter| timeline.lane(0).window(SimTime::ZERO, until, 5_000, meter).is_some());
        let judging = dearest(|meter| session.judge(meter));
        let breaking = dearest(|meter| session.find_breaks(meter));
        for (of, spent) in [
            ("computing", computing),
            ("seeking", seeking),
            ("a stretch of the trace", windows),
            ("judging", judging),
            ("looking for breaks", breaking),
        ] {
            assert!(spent <= limit, "{what}: a slice of {of} spent {spent} units of {SLICE}");
        }
        assert!(bytes_in_all() <= KEYFRAME_BYTES_MAX, "{what}: {} bytes of keyframes", bytes_in_all());
    }
}

#[test]
fn slicing_does_not_change_the_result() {
    let text = "lanes raft bully\nnodes 5\nduplicate 20%\nat 1s crash leader\nat 3s restart all\nuntil 6s\n\
                expect raft leader eventually\nexpect leaders < 2 always\nbreak leaders >= 2\nbreak leader = none\n";
    let judged = |units: u64| {
        let mut judge = Judge::new(open(text));
        while !judge.advance(&mut Meter::new(units)) {}
        judge.judged().iter().map(|j| (j.expect, j.lane, j.met(), j.at, j.found.clone())).collect::<Vec<_>>()
    };
    let stops = |units: u64| {
        let mut finder = Finder::new(open(text));
        while !finder.advance(&mut Meter::new(units)) {}
        finder.stops()
    };
    let digests = |units: u64| {
        let mut timeline = open(text);
        while !timeline.compute(&mut Meter::new(units)) {}
        timeline.lanes().iter().map(|lane| lane.head_digest()).collect::<Vec<_>>()
    };
    let records = |units: u64| {
        let mut timeline = open(text);
        timeline.compute_all();
        loop {
            let (from, to) = (SimTime(900_000), SimTime(2_000_000));
            if let Some(found) = timeline.lane(0).window(from, to, 5_000, &mut Meter::new(units)) {
                return found;
            }
        }
    };
    for units in [1, 7, 333] {
        assert_eq!(judged(units), judged(u64::MAX));
        assert_eq!(stops(units), stops(u64::MAX));
        assert_eq!(digests(units), digests(u64::MAX));
        assert_eq!(records(units), records(u64::MAX));
    }
}

#[test]
fn a_run_with_too_many_messages_stops_with_a_reason_and_keeps_its_past() {
    for text in [
        "lanes ring; nodes 9; duplicate 100%; until 4s",
        "lanes hs; nodes 9; duplicate 100%; until 4s",
        "nodes 12; duplicate 100%",
        "lanes ring hs; latency 40us..57ms; order any; duplicate 72%; nodes 12; until 1min",
    ] {
        let mut timeline = open(text);
        timeline.compute_all();
        let broken: Vec<(SimTime, u8)> =
            timeline.lanes().iter().filter_map(|l| l.head_stats().broke_off).collect();
        let Some(&(at, why)) = broken.first() else { panic!("{text} goes on to its end") };
        assert_eq!(BreakOff::text(why), "more than 65,536 messages were in flight", "{text}");
        // Everything before it can be reached and stepped through.
        timeline.seek(at);
        let events = timeline.events();
        timeline.step_back();
        assert_eq!(timeline.events(), events - 1);
        let mut fresh = open(text);
        fresh.seek(SimTime(at.0 / 2));
        timeline.seek(SimTime(at.0 / 2));
        assert_eq!(timeline.state_digest(), fresh.state_digest(), "{text}");
        assert!(bytes_in_all() <= KEYFRAME_BYTES_MAX, "{text}: {} bytes of keyframes", bytes_in_all());
    }
}
