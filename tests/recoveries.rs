//! Recoveries compared with the algorithms' own figures: no recovery exceeds the bound, about one in a thousand exceeds
//! the usual time, and the usual time is not so long that it says nothing.
//!
//! Each recovery follows a leader's crash at a random moment of a calm run. The table is in docs/judging.md;
//! `UPDATE_DOCS=1 cargo test --test recoveries` updates it.

mod drawn;
mod tables;

use std::thread;

use drawn::Draw;
use election_playground::base::{SimTime, Span};
use election_playground::lane::Lane;
use election_playground::protocol::{Property, Recovery};
use election_playground::registry::ALGORITHMS;
use election_playground::trace::Place;
use election_playground::workspace;

/// The number of recoveries in each group.
const RUNS: usize = 1_000;
/// The most recoveries that may exceed the usual time. If one in a thousand does, six or more do with a
/// probability of 6 in 10,000.
const BEYOND_MAX: usize = 5;
/// The longest wait for a recovery.
const END: SimTime = SimTime(3_000_000_000);

/// A setting under which recoveries are measured.
struct Group {
    /// The name in the table.
    name: &'static str,
    /// The scenario without its seed.
    text: &'static str,
    /// Why the usual time may be more than twice the measured one; empty if it may not.
    loose: &'static str,
}

const fn group(name: &'static str, text: &'static str) -> Group {
    Group { name, text, loose: "" }
}

const fn loose(name: &'static str, text: &'static str, loose: &'static str) -> Group {
    Group { name, text, loose }
}

const RIVALS: &str = "a rival seldom splits the votes of many, and counts in half of all cases";
const TICKS: &str = "it holds for ticks in lockstep, too";
const FASTER: &str = "most messages are faster than the longest delay";
const ORDER: &str = "by the order on the ring the first election may always be the one that wins";

const GROUPS: &[Group] = &[
    group("ring, 2 nodes", "lanes ring\nnodes 2\n"),
    group("ring, 5 nodes", "lanes ring\nnodes 5\n"),
    group("ring, 5 nodes, `variant lcr`", "lanes ring\nnodes 5\nset ring.variant lcr\n"),
    group("ring, 9 nodes, `latency 20ms`", "lanes ring\nnodes 9\nlatency 20ms\n"),
    group("bully, 2 nodes", "lanes bully\nnodes 2\n"),
    group("bully, 5 nodes", "lanes bully\nnodes 5\n"),
    group("bully, 5 nodes, `latency 25ms`", "lanes bully\nnodes 5\nlatency 25ms\n"),
    group("zookeeper, 3 nodes", "lanes zookeeper\nnodes 3\n"),
    group(
        "zookeeper, 3 nodes, `session-timeout 10s`",
        "lanes zookeeper\nnodes 3\nset zookeeper.session-timeout 10s\n",
    ),
    group("zookeeper, 5 nodes, `watch herd`", "lanes zookeeper\nnodes 5\nset zookeeper.watch herd\n"),
    group("raft, 3 nodes, `latency 15ms`", "lanes raft\nnodes 3\nlatency 15ms\n"),
    group("raft, 4 nodes, `latency 15ms`", "lanes raft\nnodes 4\nlatency 15ms\n"),
    group("raft, 5 nodes", "lanes raft\nnodes 5\n"),
    group("raft, 5 nodes, `latency 40ms`", "lanes raft\nnodes 5\nlatency 40ms\n"),
    loose("raft, 5 nodes, `latency 0..50ms`", "lanes raft\nnodes 5\nlatency 0..50ms\n", FASTER),
    loose("raft, 9 nodes", "lanes raft\nnodes 9\n", RIVALS),
    loose("raft, 25 nodes", "lanes raft\nnodes 25\n", RIVALS),
    loose(
        "raft, 5 nodes, `election-timeout 150ms..200ms`",
        "lanes raft\nnodes 5\nset raft.election-timeout 150ms..200ms\n",
        RIVALS,
    ),
    group(
        "raft, 5 nodes, `election-timeout 150ms..1500ms`",
        "lanes raft\nnodes 5\nset raft.election-timeout 150ms..1500ms\n",
    ),
    group("raft, 3 nodes, `pre-vote on`", "lanes raft\nnodes 3\nlatency 20ms\nset raft.pre-vote on\n"),
    group(
        "raft, 3 nodes, `check-quorum on`",
        "lanes raft\nnodes 3\nlatency 20ms\nset raft.check-quorum on\n",
    ),
    group("raft, 5 nodes, `prefer 2`", "lanes raft\nnodes 5\nset raft.prefer 2\n"),
    loose("raft, 5 nodes, `tick 50ms`", "lanes raft\nnodes 5\nset raft.tick 50ms\n", TICKS),
    group(
        "raft, 5 nodes, `tick 50ms`, `phases lockstep`",
        "lanes raft\nnodes 5\nphases lockstep\nset raft.tick 50ms\n",
    ),
    group("hs, 5 nodes", "lanes hs\nnodes 5\n"),
    group("hs, 9 nodes", "lanes hs\nnodes 9\n"),
    loose("hs, 9 nodes out of order", "lanes hs\nnodes 3 1 9 5 2 4 8 7 6\n", ORDER),
];

/// The time without service after the leader's crash, and the algorithm's own figure for it.
fn recovery(group: &Group, seed: u64) -> (Span, Recovery) {
    let d = &mut Draw::named(group.name, seed);
    let scene = format!("{}seed {seed}\n", group.text);
    // The crash comes at a random moment after the first election, when all nodes have started.
    let mut calm = workspace::open(&format!("{scene}until 1h\n")).expect("a scene");
    let lane = calm.lane(0);
    until_served(lane);
    while (0..lane.members()).any(|place| !lane.up(place as Place)) && lane.step(END) {}
    let usual = lane.recovery().expect("a promise").usual;
    let at = lane.now().0 + 1_000_000 + d.below(usual.0 + 2_000_000);
    let text = format!("{scene}at {at}us crash leader\nuntil 1h\n");
    let mut run = workspace::open(&text).expect("a crash");
    let lane = run.lane(0);
    while lane.step(SimTime(at)) {}
    assert!(!lane.serving(), "a node serves after the crash in\n{text}");
    let said = lane.recovery().expect("a promise");
    until_served(lane);
    assert!(lane.serving(), "no node serves again in\n{text}");
    (lane.now() - SimTime(at), said)
}

fn until_served(lane: &mut Lane) {
    while !lane.serving() && lane.step(END) {}
}

/// The results of a group.
struct Measured {
    median: Span,
    /// The time that 999 of 1,000 do not exceed.
    seldom: Span,
    most: Span,
    said: Recovery,
    beyond: usize,
}

fn measured(group: &Group) -> Measured {
    let all: Vec<(Span, Recovery)> = (0..RUNS as u64).map(|seed| recovery(group, seed)).collect();
    let said = all[0].1;
    assert!(all.iter().all(|(_, other)| *other == said), "{}: the same group, another promise", group.name);
    let mut took: Vec<Span> = all.iter().map(|(took, _)| *took).collect();
    took.sort();
    Measured {
        median: took[RUNS / 2],
        seldom: took[RUNS - 1 - RUNS / 1_000],
        most: took[RUNS - 1],
        said,
        beyond: took.iter().filter(|took| said.usual < **took).count(),
    }
}

/// Rounded up, so that a time in the table is never below the measured one.
fn ms(span: Span) -> String {
    format!("{} ms", span.0.div_ceil(1_000))
}

#[test]
fn every_algorithm_that_promises_a_leader_has_a_group() {
    for info in ALGORITHMS.iter().map(|algorithm| algorithm.info) {
        let promises = info.claims.iter().any(|claim| claim.property == Property::LeaderEventually);
        let lanes = format!("lanes {}\n", info.id);
        let measured = GROUPS.iter().any(|group| group.text.starts_with(&lanes));
        assert!(!promises || measured, "add {} to GROUPS in tests/recoveries.rs", info.id);
    }
}

#[test]
fn recoveries_stay_within_their_documented_times() {
    let all: Vec<Measured> = thread::scope(|scope| {
        let threads: Vec<_> = GROUPS.iter().map(|group| scope.spawn(move || measured(group))).collect();
        threads.into_iter().map(|it| it.join().expect("every group recovers")).collect()
    });
    let mut table =
        "| recoveries of | median | 999 of 1,000 | longest | usual | longer than usual | bound |\n\
                     |---|---|---|---|---|---|---|\n"
            .to_string();
    let mut wrong = Vec::new();
    for (group, m) in GROUPS.iter().zip(&all) {
        let Recovery { usual, bound } = m.said;
        let cells = [m.median, m.seldom, m.most, usual].map(ms).join(" | ");
        table += &format!("| {} | {cells} | {} of {RUNS} | {} |\n", group.name, m.beyond, ms(bound));
        if bound < m.most {
            wrong.push(format!("{}: {} exceeds the bound {bound}", group.name, m.most));
        }
        if BEYOND_MAX < m.beyond {
            wrong.push(format!("{}: {} exceed the usual time {usual}", group.name, m.beyond));
        }
        let far = m.seldom.times(2, 1) < usual;
        if far && group.loose.is_empty() {
            wrong.push(format!("{}: usual is {usual}, but 999 of 1,000 take {}", group.name, m.seldom));
        }
    }
    assert!(wrong.is_empty(), "{}\n{table}", wrong.join("\n"));
    tables::hold(&table);
}
