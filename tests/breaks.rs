//! `break` lines: the moments when their conditions become true, found without disturbing the run on the screen.

use std::fs;

use election_playground::base::SimTime;
use election_playground::breakpoints::{Finder, STOPS_MAX, Stop};
use election_playground::look::Look;
use election_playground::meter::Meter;
use election_playground::scenario::Halt;
use election_playground::timeline::{Goal, Timeline};
use election_playground::workspace::{self, Session};

fn open(text: &str) -> Timeline {
    workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"))
}

fn gallery(name: &str) -> String {
    fs::read_to_string(format!("scenarios/{name}.txt")).expect("it is in the gallery")
}

fn stops(text: &str) -> Vec<Stop> {
    let mut finder = Finder::new(open(text));
    while !finder.advance(&mut Meter::new(777)) {}
    assert!(!finder.truncated());
    finder.stops()
}

/// The stops of a fresh run that only steps forward.
fn stepped(text: &str) -> Vec<Stop> {
    let mut timeline = open(text);
    let breaks = timeline.scenario().breaks.clone();
    let until = timeline.scenario().until;
    let lanes = timeline.lanes().len();
    let mut held = vec![vec![false; breaks.len()]; lanes];
    let mut found = vec![];
    let mut look = |timeline: &Timeline, lane: usize, now: SimTime| {
        for (index, it) in breaks.iter().enumerate().filter(|(_, b)| b.lanes >> lane & 1 == 1) {
            let engine = &timeline.lanes()[lane];
            let Halt::Condition(condition) = &it.on else { panic!("{it:?}") };
            let holds = Look::new(engine, now).met(condition, &mut Meter::unlimited());
            if holds && !held[lane][index] {
                found.push(Stop { at: now, lane, step: engine.events(), index });
            }
            held[lane][index] = holds;
        }
    };
    (0..lanes).for_each(|lane| look(&timeline, lane, SimTime::ZERO));
    while let Some(lane) = timeline.step() {
        let now = timeline.now();
        look(&timeline, lane, now);
    }
    timeline.seek(until);
    (0..lanes).for_each(|lane| look(&timeline, lane, until));
    found.sort();
    found
}

#[test]
fn a_moment_stops_each_lane_once_its_actions_have_happened() {
    let text = "lanes raft bully\nnodes 3\nat 2s crash leader\nat 2s pause 1\nat 2.1s+1 heal\nuntil 4s\n\
                break at 2s\nbreak bully at 2100ms+1\nbreak raft at 2.05s\nbreak at 4s\nbreak at 1min\n";
    let found = stops(text);
    let timeline = open(text);
    let at = |index: usize| -> Vec<Stop> { found.iter().filter(|it| it.index == index).copied().collect() };
    assert_eq!(
        at(0).iter().map(|it| (it.at, it.lane)).collect::<Vec<_>>(),
        [(SimTime(2_000_000), 0), (SimTime(2_000_000), 1)]
    );
    for stop in at(0) {
        // After both actions of that time and before anything else.
        let mut lane = open(text);
        lane.compute_all();
        lane.lane(stop.lane).go_to_step(stop.step, stop.at);
        assert!(lane.lanes()[stop.lane].paused(0) && lane.lanes()[stop.lane].instant() == 0);
    }
    assert_eq!(at(1).len(), 1);
    assert_eq!((at(1)[0].lane, timeline.scenario().lanes[at(1)[0].lane].name.as_str()), (1, "bully"));
    // No action at that time: the first event from then on.
    let later = at(2)[0].at;
    assert!(SimTime(2_050_000) < later && later < SimTime(2_200_000), "{later:?}");
    // Nothing happens from then on.
    assert!(at(4).is_empty());
}

#[test]
fn a_second_leader_stops_each_lane_once() {
    let text = gallery("gc-pause");
    let found = stops(&text);
    // All four lanes have a second leader while the first one sleeps, and none has one a second time.
    let mut lanes: Vec<usize> = found.iter().map(|s| s.lane).collect();
    lanes.sort_unstable();
    assert_eq!(lanes, [0, 1, 2, 3]);
    assert!(found.iter().all(|s| SimTime(3_000_000) < s.at && s.at < SimTime(11_000_000)), "{found:?}");
    assert!(found.is_sorted());
    for stop in found {
        let mut timeline = open(&text);
        let lane = timeline.lane(stop.lane);
        lane.go_to_step(stop.step, stop.at);
        assert_eq!((lane.now(), lane.stats().believers), (stop.at, 2));
        lane.go_to_step(stop.step - 1, stop.at);
        assert_eq!(lane.stats().believers, 1);
    }
}

#[test]
fn a_condition_that_becomes_true_again_stops_again() {
    let text = "lanes bully\nnodes 3\nat 2s crash 3\nat 5s restart 3\nat 8s crash 3\nuntil 10s\n\
                break node 3 state crashed\nbreak leader = 2";
    let found = stops(text);
    let of = |index| found.iter().filter(|s| s.index == index).map(|s| s.at.0).collect::<Vec<_>>();
    assert_eq!(of(0), [2_000_000, 8_000_000]);
    assert_eq!(of(1).len(), 2, "{found:?}");
    // A condition that holds at the start counts.
    let start = Stop { at: SimTime::ZERO, lane: 0, step: 0, index: 0 };
    assert_eq!(stops("lanes raft\nuntil 2s\nbreak leader = none"), [start]);
}

#[test]
fn a_property_stops_where_it_is_first_broken() {
    let text = gallery("gc-pause") + "\nbreak one-effective-writer\nbreak zookeeper time no-leader >= 1s";
    let found = stops(&text);
    let mut timeline = open(&text);
    timeline.compute_all();
    let mut broken = 0;
    for (lane, engine) in timeline.lanes().iter().enumerate() {
        let violations = engine.head_violations();
        let first = violations.iter().find(|v| v.property.name() == "one-effective-writer");
        let expected: Vec<(SimTime, u32)> = first.iter().map(|v| (v.at, v.step)).collect();
        let mine = found.iter().filter(|s| s.lane == lane && s.index == 1);
        assert_eq!(mine.map(|s| (s.at, s.step)).collect::<Vec<_>>(), expected, "lane {lane}");
        broken += expected.len();
    }
    assert_eq!(broken, 2, "ring and bully have no token");
}

#[test]
fn a_break_for_one_lane_stops_only_that_lane() {
    let text =
        "lanes raft bully\nat 2s crash leader\nuntil 6s\nbreak raft leader\nbreak bully raft epoch >= 2";
    let found = stops(text);
    assert!(found.iter().all(|s| s.index == 1 || s.lane == 0), "{found:?}");
    assert_eq!(found.iter().filter(|s| s.index == 0).count(), 2);
    assert_eq!(found.iter().filter(|s| s.index == 1).count(), 1);
}

#[test]
fn the_stops_are_those_of_a_run_that_steps() {
    let breaks = "\nbreak leaders = 1\nbreak leaders = 0\nbreak node 2 role follower\nbreak node leader state paused\n\
                  break epoch >= 2\nbreak pending > 12\nbreak elections in 2..3\nbreak failover election >= 1ms\n\
                  break time no-leader >= 900ms\nbreak leader-eventually\nbreak at-most-one-leader\n";
    for name in ["first-look", "gc-pause", "quorum-lost", "ring-crashed-node", "lossy-network"] {
        // Few liveness messages, so that there are not too many stops.
        let text = gallery(name) + breaks;
        let expected = stepped(&text);
        let mut finder = Finder::new(open(&text));
        while !finder.advance(&mut Meter::new(1000)) {}
        let told = expected.len().min(STOPS_MAX);
        assert_eq!(finder.stops(), expected[..told], "{name}");
        assert_eq!(finder.truncated(), expected.len() > STOPS_MAX, "{name}");
        assert!(expected.len() > 10, "{name} shows nothing");
    }
}

#[test]
fn searching_for_stops_moves_neither_the_playhead_nor_the_run() {
    let text = gallery("gc-pause");
    let mut session = Session::new();
    session.load(&text).expect("it reads");
    assert!(!session.advance(&mut Meter::new(50)).done);
    let here = |session: &mut Session| {
        let t = session.timeline().expect("it is loaded");
        t.seek(SimTime(3_456_789));
        (t.now(), t.events(), t.trace_digest(), t.state_digest(), t.lanes()[0].computed_events())
    };
    let before = here(&mut session);
    assert!(session.breaks().is_none());
    let mut slices = 0;
    while !session.find_breaks(&mut Meter::new(500)) {
        slices += 1;
    }
    assert!(slices > 3, "it comes in slices");
    assert_eq!(here(&mut session), before);
    assert_eq!(session.breaks().map(|f| f.stops().len()), Some(4));
    assert_eq!(session.breaks().map(|f| f.line(&f.stops()[0])), Some(17));
}

#[test]
fn after_an_edit_the_stops_are_those_of_the_new_run() {
    let mut session = Session::new();
    session.load(&gallery("gc-pause")).expect("it reads");
    while !session.advance(&mut Meter::unlimited()).done {}
    while !session.find_breaks(&mut Meter::unlimited()) {}
    let edited = gallery("gc-pause").replace("at 3s", "at 5s");
    session.load(&edited).expect("it reads");
    // Until the new run is on the screen, the stops are those of the old one.
    assert!(session.find_breaks(&mut Meter::new(0)));
    while !session.advance(&mut Meter::unlimited()).swapped {}
    assert!(session.breaks().is_none());
    while !session.find_breaks(&mut Meter::new(200)) {}
    assert_eq!(session.breaks().map(Finder::stops), Some(stops(&edited)));
    let without = edited.replace("break  leaders >= 2", "");
    session.load(&without).expect("it reads");
    while !session.advance(&mut Meter::unlimited()).swapped {}
    assert!(session.find_breaks(&mut Meter::new(1)));
    assert!(session.breaks().is_none());
}

#[test]
fn only_the_earliest_stops_are_reported() {
    let text = "lanes raft bully\nuntil 60s\nbreak pending = 1\nbreak pending = 0";
    let mut finder = Finder::new(open(text));
    while !finder.advance(&mut Meter::new(10_000)) {}
    let expected = stepped(text);
    assert!(expected.len() > 2 * STOPS_MAX);
    assert!(finder.truncated());
    assert_eq!(finder.stops(), expected[..STOPS_MAX]);
}

#[test]
fn the_playhead_goes_to_a_stop_between_two_events_of_an_instant() {
    let text =
        gallery("gc-pause") + "\nlatency 10ms\nbreak pending > 8\nbreak leader-eventually\nat 3s isolate 5";
    let all = stops(&text);
    for stop in all.iter().step_by(all.len() / 12 + 1).chain(all.last()) {
        let mut jumped = open(&text);
        jumped.jump(Goal::Moment { lane: stop.lane, step: stop.step, at: stop.at });
        let mut walked = open(&text);
        while walked.lanes()[stop.lane].events() < stop.step && walked.step().is_some() {}
        assert_eq!((jumped.now(), jumped.events()), (walked.now(), walked.events()), "{stop:?}");
        assert_eq!(jumped.trace_digest(), walked.trace_digest(), "{stop:?}");
        let breaks = jumped.scenario().breaks.clone();
        let look = Look::new(&jumped.lanes()[stop.lane], stop.at);
        let Halt::Condition(condition) = &breaks[stop.index].on else { panic!("{stop:?}") };
        assert!(look.met(condition, &mut Meter::unlimited()), "{stop:?}");
        assert_eq!(jumped.step(), walked.step());
    }
}
