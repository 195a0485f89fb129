//! A seek to any place, by any route, finds the same state as a fresh run to that place, and a run replaced after an
//! edit equals the run of the edited text.

mod drawn;

use drawn::{Draw, drawn};
use election_playground::base::{SimTime, Span};
use election_playground::checker::{Stats, Violation};
use election_playground::frame::Frame;
use election_playground::lane::{Fate, KEYFRAME_EVENTS, WRITES_MAX};
use election_playground::meter::Meter;
use election_playground::sim::Pending;
use election_playground::summary::{Band, Moment};
use election_playground::timeline::{Goal, Timeline};
use election_playground::trace::Traffic;
use election_playground::workspace;

/// The most work allowed for a run here.
const UNITS_MAX: u64 = 60_000;

/// Everything that can be read at the playhead.
#[derive(PartialEq, Debug)]
struct Here {
    state: u64,
    trace: u64,
    stats: Vec<Stats>,
    pending: Vec<Vec<Pending>>,
    /// What a page draws.
    picture: Vec<f64>,
}

fn here(timeline: &Timeline) -> Here {
    let mut picture = Frame::new();
    picture.fill(timeline);
    Here {
        picture: picture.numbers().to_vec(),
        state: timeline.state_digest(),
        trace: timeline.trace_digest(),
        stats: timeline.lanes().iter().map(|l| l.stats().clone()).collect(),
        pending: timeline.lanes().iter().map(|l| l.pending()).collect(),
    }
}

fn violations(timeline: &Timeline) -> Vec<Vec<Violation>> {
    timeline.lanes().iter().map(|l| l.violations()).collect()
}

fn open(text: &str) -> Timeline {
    workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"))
}

/// A drawn text that plays without a flood of events.
fn text(seed: u64) -> Option<String> {
    let mut drawn = drawn(seed);
    let mut timeline = drawn.open();
    let text = drawn.text();
    let until = timeline.scenario().until;
    let calm = (0..timeline.lanes().len()).all(|i| {
        let lane = timeline.lane(i);
        lane.compute(until, &mut Meter::new(UNITS_MAX))
    });
    calm.then_some(text)
}

fn texts(from: u64, count: usize) -> impl Iterator<Item = (u64, String)> {
    (from..).filter_map(|seed| text(seed).map(|t| (seed, t))).take(count)
}

#[test]
fn a_seek_finds_the_same_state_as_a_fresh_run() {
    for (seed, text) in texts(0, 150) {
        let d = &mut Draw::new(seed ^ 1);
        let mut travelled = open(&text);
        while !travelled.compute(&mut Meter::new(900)) {
            // The playhead may move while the run is still being computed.
            let until = travelled.scenario().until.0;
            travelled.seek(SimTime(d.below(until)));
        }
        for _ in 0..6 {
            let at = SimTime(d.below(travelled.scenario().until.0 + 1));
            travelled.seek(at);
            let mut fresh = open(&text);
            fresh.seek(at);
            assert_eq!(here(&travelled), here(&fresh), "seed {seed}, seek {at}, in\n{text}");
            assert_eq!(violations(&travelled), violations(&fresh), "seed {seed}, seek {at}, in\n{text}");
        }
        // At the end, the cursor has seen what the head has seen.
        let until = travelled.scenario().until;
        travelled.seek(until);
        for lane in travelled.lanes() {
            assert_eq!(lane.trace_digest(), lane.head_digest(), "seed {seed}");
            assert_eq!(lane.stats(), lane.head_stats(), "seed {seed}");
            assert_eq!(lane.traffic(), lane.head_traffic(), "seed {seed}");
            assert_eq!(lane.violations(), lane.head_violations(), "seed {seed} in\n{text}");
        }
    }
}

#[test]
fn the_newest_writes_are_those_of_a_fresh_run_and_as_many_of_each_kind_as_the_statistics_count() {
    let text = "lanes ring bully raft\nnodes 5\nat 2s isolate leader\nat 4s crash leader\nat 6s restart all\n\
                at 9s pause leader for 3s\nat 14s partition 1 2 | 3 4 5\nat 18s heal\nuntil 20s\n";
    let d = &mut Draw::new(4);
    let mut travelled = open(text);
    travelled.compute_all();
    let mut seen = [0; 3];
    for _ in 0..40 {
        let at = SimTime(d.below(20_000_000));
        travelled.seek(at);
        let mut fresh = open(text);
        fresh.seek(at);
        // Another seek, which ends where the statistics knew less.
        let before = SimTime(at.0 / 2);
        let mut earlier = open(text);
        earlier.seek(before);
        for ((lane, again), earlier) in travelled.lanes().iter().zip(fresh.lanes()).zip(earlier.lanes()) {
            assert_eq!(lane.writes(), again.writes(), "at {at}");
            let count = |of: &Stats| [of.writes_accepted, of.writes_conflicting, of.writes_rejected];
            let (now, then) = (count(lane.stats()), count(earlier.stats()));
            let all = (now[0] + now[2]) as usize;
            assert_eq!(lane.writes().len(), all.min(WRITES_MAX), "at {at}");
            let since = all - (then[0] + then[2]) as usize;
            if WRITES_MAX < since {
                continue;
            }
            let newest = &lane.writes()[lane.writes().len() - since..];
            let of = |fate: Fate| newest.iter().filter(|it| it.fate == fate).count() as u64;
            let found =
                [of(Fate::Accepted) + of(Fate::Conflicting), of(Fate::Conflicting), of(Fate::Rejected)];
            (0..3).for_each(|i| {
                assert_eq!(found[i], now[i] - then[i], "at {at} since {before}");
                seen[i] += found[i];
            });
        }
    }
    assert!(seen.iter().all(|&it| 0 < it), "{seen:?}");
}

#[test]
fn steps_forward_and_back_follow_one_path() {
    for (seed, text) in texts(1_000, 60) {
        let d = &mut Draw::new(seed ^ 2);
        let found = |t: &Timeline| {
            let stats: Vec<(Stats, Traffic)> =
                t.lanes().iter().map(|l| (l.stats().clone(), l.traffic().clone())).collect();
            (t.state_digest(), t.trace_digest(), stats)
        };
        // The model: the states of a fresh run that only steps forward, after each event of all lanes.
        let mut model = vec![];
        let mut fresh = open(&text);
        let mut note = |t: &Timeline| model.push(found(t));
        note(&fresh);
        while fresh.events() < 1_500 && fresh.step().is_some() {
            note(&fresh);
        }
        let last = model.len() as u64 - 1;
        let mut timeline = open(&text);
        timeline.compute_all();
        let mut at = 0u64;
        for move_ in 0..120 {
            match d.below(8) {
                0..4 => {
                    if at < last {
                        assert!(timeline.step().is_some());
                        at += 1;
                    }
                }
                4..7 => {
                    let back = timeline.step_back();
                    assert_eq!(back.is_some(), at > 0);
                    at = at.saturating_sub(1);
                }
                _ => {
                    at = d.below(last + 1);
                    timeline.jump(Goal::Events(at));
                }
            }
            assert_eq!(timeline.events(), at, "seed {seed}, move {move_}, in\n{text}");
            assert_eq!(
                found(&timeline),
                model[at as usize],
                "seed {seed}, move {move_}, event {at}, in\n{text}"
            );
        }
    }
}

#[test]
fn a_window_is_a_slice_of_the_trace() {
    for (seed, text) in texts(2_000, 60) {
        let d = &mut Draw::new(seed ^ 3);
        let mut timeline = open(&text);
        timeline.compute_all();
        let until = timeline.scenario().until;
        for i in 0..timeline.lanes().len() {
            let lane = timeline.lane(i);
            let whole = lane.records(SimTime::ZERO, until, usize::MAX);
            for _ in 0..4 {
                let from = SimTime(d.below(until.0));
                let to = SimTime(d.within(from.0, until.0));
                let slice: Vec<_> = whole.iter().filter(|r| from <= r.at && r.at <= to).copied().collect();
                assert_eq!(lane.records(from, to, usize::MAX), slice, "seed {seed}, {from} to {to}");
                let few = d.below(slice.len() as u64 + 2) as usize;
                assert_eq!(lane.records(from, to, few), slice[..few.min(slice.len())], "seed {seed}");
            }
        }
    }
}

/// Everything known about the completed run.
#[derive(PartialEq, Debug)]
struct Run {
    digests: Vec<u64>,
    bands: Vec<Vec<Band>>,
    moments: Vec<Vec<Moment>>,
    stats: Vec<Stats>,
    violations: Vec<Vec<Violation>>,
}

fn run(timeline: &Timeline) -> Run {
    let lanes = timeline.lanes();
    Run {
        digests: lanes.iter().map(|l| l.head_digest()).collect(),
        bands: lanes.iter().map(|l| l.story().main.bands.clone()).collect(),
        moments: lanes.iter().map(|l| l.story().moments.clone()).collect(),
        stats: lanes.iter().map(|l| l.head_stats().clone()).collect(),
        violations: lanes.iter().map(|l| l.head_violations()).collect(),
    }
}

/// The text with one line changed, added or removed, as a user of the page might.
fn edited(d: &mut Draw, text: &str, until_us: u64) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    let acts: Vec<usize> = (0..lines.len()).filter(|&i| lines[i].starts_with("at ")).collect();
    let at = Span(d.below(until_us)).to_string();
    let action = d.one(&["crash leader", "heal", "isolate leader", "pause all for 100ms", "latency 30ms"]);
    match d.below(9) {
        0..3 => lines.push(format!("at {at} {action}")),
        3 if !acts.is_empty() => {
            lines.remove(d.one(&acts));
        }
        4 if !acts.is_empty() => {
            let i = d.one(&acts);
            lines[i] = format!("at {at} {action}");
        }
        5 => {
            let at = lines.iter().position(|l| l.starts_with("until")).expect("every drawn text has it");
            lines[at] = format!("until {}", Span(until_us * d.one(&[1, 2, 3])));
        }
        6 => {
            // Shortened: later lines are dropped.
            let half = until_us / 2;
            let mut acts: Vec<String> = lines.into_iter().filter(|l| !l.starts_with("at ")).collect();
            let at = acts.iter().position(|l| l.starts_with("until")).expect("every drawn text has it");
            acts[at] = format!("until {}", Span(half.max(1)));
            return acts.join("\n");
        }
        7 => lines[0] = format!("seed {}", d.below(99)),
        _ => lines.push("set store.interval 20ms".into()),
    }
    lines.join("\n")
}

#[test]
fn an_edit_replaces_the_run_with_that_of_the_edited_text() {
    let mut compared = 0;
    for (seed, text) in texts(3_000, 150) {
        let d = &mut Draw::new(seed ^ 4);
        let mut timeline = open(&text);
        timeline.compute_all();
        let mut text = text;
        for _ in 0..4 {
            let until_us = timeline.scenario().until.0;
            let next = edited(d, &text, until_us);
            // An edit may set something twice: the page would show the error and keep the run.
            let Ok(mut replaced) = workspace::reopen(&timeline, &next) else { continue };
            let mut fresh = open(&next);
            if d.once_in(2) {
                while !replaced.compute(&mut Meter::new(400)) {}
            } else {
                replaced.compute_all();
            }
            fresh.compute_all();
            assert_eq!(run(&replaced), run(&fresh), "seed {seed}: from\n{text}\nto\n{next}");
            let at = SimTime(d.below(fresh.scenario().until.0));
            replaced.seek(at);
            fresh.seek(at);
            assert_eq!(here(&replaced), here(&fresh), "seed {seed}, seek {at}: from\n{text}\nto\n{next}");
            compared += 1;
            (timeline, text) = (replaced, next);
        }
    }
    assert!(compared > 300, "only {compared} edits fit");
}

#[test]
fn an_explicit_default_is_a_change_if_the_algorithm_checks_for_it() {
    let text = "lanes ring\ninit ring leader 5\nuntil 2s\n";
    let mut timeline = open(text);
    timeline.compute_all();
    let next = format!("{text}set ring.initiators all\n");
    let mut replaced = workspace::reopen(&timeline, &next).expect("it reads");
    replaced.compute_all();
    let mut fresh = open(&next);
    fresh.compute_all();
    assert_eq!(run(&replaced), run(&fresh));
    assert_ne!(run(&fresh).digests, run(&timeline).digests, "the setting changes nothing: no test");
}

#[test]
fn keyframes_are_thinned_and_a_seek_still_finds_its_place() {
    // With this many messages in flight, a few keyframes use all the memory they may.
    let text = "lanes raft\nnodes 20\nset raft.heartbeat 1ms\nset raft.election-timeout 4s..8s\nlatency 1s\nuntil 15s\n";
    let mut timeline = open(text);
    timeline.compute_all();
    let (_, first) = timeline.lanes()[0].keyframe_after(SimTime(0));
    assert!(2 * KEYFRAME_EVENTS <= first, "nothing was thinned: the first keyframe is at event {first}");
    let mut fresh = open(text);
    for at in [1, 13, 9, 9, 7].map(|s| SimTime(s * 1_000_000 + 77_777)) {
        timeline.seek(at);
        // A fresh run can only move forward, so it starts again.
        if at < fresh.now() {
            fresh = open(text);
        }
        fresh.seek(at);
        assert_eq!(here(&timeline), here(&fresh), "{at}");
    }
}

#[test]
fn a_seek_into_an_instant_ends_with_it() {
    // Everything happens at the same instants: each has many events, in every lane.
    let text = "lanes raft bully\nlatency 10ms\nset store.latency 10ms\nat 1s crash leader\nuntil 3s\n";
    let mut timeline = open(text);
    timeline.compute_all();
    let mut between = 0;
    let mut instants = vec![];
    let mut fresh = open(text);
    while fresh.step().is_some() {
        instants.push(fresh.now());
    }
    // Instants with three or more events, and some with none.
    let mut busy: Vec<SimTime> = instants.windows(3).filter(|w| w[0] == w[2]).map(|w| w[0]).collect();
    busy.dedup();
    let calm = [0, 1_234_567, 3_000_000, 9_000_000].map(SimTime);
    for at in busy.into_iter().step_by(5).chain(calm) {
        let end = at.min(timeline.scenario().until);
        timeline.seek(end);
        let last = timeline.events();
        let mut walked = open(text);
        if at.0 > 0 {
            walked.seek(SimTime(end.0 - 1));
        }
        let first = walked.events();
        for after in 1..=(last - first) {
            walked.step();
            timeline.jump(Goal::Instant(at, after as u32));
            assert_eq!(here(&timeline), here(&walked), "{at}+{after}");
            between += 1;
        }
        for after in [0, (last - first) as u32 + 1, u32::MAX] {
            timeline.jump(Goal::Instant(at, after));
            assert_eq!((timeline.now(), timeline.events()), (end, last), "{at}+{after}");
        }
    }
    assert!(between > 10, "{between}");
}
