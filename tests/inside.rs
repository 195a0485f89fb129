//! Looking inside: what an event changed, what decided its rules, and what becomes of messages and timers, all of it
//! equal to what a run shows that nobody looks into.

mod drawn;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use drawn::drawn;
use election_playground::base::SimTime;
use election_playground::lane::{Cause, End, Inspection, Lane, MessageId};
use election_playground::meter::Meter;
use election_playground::protocol::{NodeView, Shape, Unit};
use election_playground::sim::{Pending, PendingWhat, Process};
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, Place, Record, WRITE};
use election_playground::workspace;

fn open(text: &str) -> Timeline {
    workspace::open(text).unwrap_or_else(|errors| panic!("{errors:?} in\n{text}"))
}

fn computed(text: &str) -> Timeline {
    let mut timeline = open(text);
    timeline.compute_all();
    timeline
}

fn gallery(name: &str) -> String {
    fs::read_to_string(format!("scenarios/{name}.txt")).expect("it is in the gallery")
}

/// Pauses, timers, duplicates, losses of every kind, restarts, writes, clocks, forged messages.
const EVERYTHING: &str = "lanes raft bully zookeeper ring hs\nnodes 5\nseed 7\nloss 2%\nduplicate 3%\n\
    set store.interval 200ms\nset raft.tick 50ms\nset raft.election-timeout 150ms..300ms\nset raft.pre-vote on\n\
    set raft.check-quorum on\nset raft.leader-lease 150ms\nat 1s partition 1 2 | 3 4 5\nat 2s heal\n\
    at 2500ms pause leader for 700ms\nat 3s raft: write\nat 4s crash leader\nat 4200ms zookeeper: crash service\n\
    at 4500ms restart all\nat 5s raft: fire 2 election\nat 5200ms slow 3 20ms\nat 5500ms raft: transfer 1\n\
    at 6s cut 3 -> 4\nat 7s drift 2 +3%\nat 7200ms skew 4 +1s\nat 7500ms isolate leader\nuntil 9s\n";

/// A vote that is refused for an old log, entries that conflict, a leader that steps down.
const LOGS: &str = "lanes raft\nnodes 5\nseed 3\nat 1s isolate leader\nat 1010ms write leader\nat 1500ms write 2\n\
    at 2s heal\nat 3s crash leader\nat 4s restart all\nat 5s crash leader\nuntil 6s\n";

fn texts() -> Vec<String> {
    let names = [
        "first-look",
        "raft-prevote-rejoin",
        "raft-log-check",
        "raft-transfer",
        "ring-crashed-node",
        "ring-two-rings",
        "bully-returns",
        "zookeeper-session-expiry",
        "service-outage",
        "gc-pause",
        "hs-doubling",
    ];
    names.into_iter().map(gallery).chain([EVERYTHING.to_string()]).collect()
}

/// All records of what is computed.
fn records(lane: &mut Lane) -> Vec<Record> {
    lane.records(SimTime::ZERO, lane.computed(), usize::MAX)
}

fn places(lane: &Lane) -> std::ops::Range<Place> {
    0..(lane.members() + lane.services()) as Place
}

/// A timer that is set: its index, since when, and when it is due.
type Set = (u8, SimTime, SimTime);

/// What each node shows at the cursor: its fields and its timers.
fn shown(lane: &Lane) -> Vec<(NodeView, Vec<Set>)> {
    let mut ticking = Vec::new();
    lane.ticking(&mut ticking);
    let timers =
        |place| ticking.iter().filter(move |it| it.node == place).map(|it| (it.timer, it.since, it.due));
    places(lane).map(|place| (lane.view(place), timers(place).collect())).collect()
}

/// The events to look at: all of a short run, a spread of a long one, and in any case those of acts.
fn samples(lane: &mut Lane, most: u32) -> Vec<u32> {
    let all = lane.computed_events();
    let stride = (all / most).max(1);
    let acts = records(lane).into_iter().filter(|r| r.kind == Kind::Act).map(|r| r.step);
    let mut samples: BTreeSet<u32> = acts.collect();
    samples.extend((1..=all).filter(|event| event % stride == 0));
    samples.into_iter().collect()
}

#[test]
fn old_and_new_are_what_a_fresh_run_shows_just_before_and_just_after() {
    let mut changes = 0;
    for text in texts() {
        let (mut looked, mut plain) = (computed(&text), computed(&text));
        for i in 0..looked.lanes().len() {
            let digests = (looked.lanes()[i].head_digest(), looked.lanes()[i].state_digest());
            for event in samples(looked.lane(i), 150) {
                let found = looked.lane(i).inspected(event).expect("there is such an event");
                let lane = plain.lane(i);
                let end = lane.computed();
                lane.go_to_step(event - 1, end);
                let before = shown(lane);
                lane.go_to_step(event, end);
                let (after, now) = (shown(lane), lane.now());
                assert_eq!((found.event, found.at), (event, now));
                for place in places(lane) {
                    let (old, new) = (&before[usize::from(place)], &after[usize::from(place)]);
                    let Some(node) = found.nodes.iter().find(|it| it.place == place) else {
                        assert_eq!(old, new, "event {event} changed node {place} unnoticed, in\n{text}");
                        continue;
                    };
                    let timers = |of: &election_playground::sim::Inside| -> Vec<Set> {
                        of.timers.iter().map(|it| (it.timer, it.since, it.due)).collect()
                    };
                    assert_eq!((&node.before.fields, timers(&node.before)), (&old.0.fields, old.1.clone()));
                    assert_eq!((&node.after.fields, timers(&node.after)), (&new.0.fields, new.1.clone()));
                    assert_eq!((node.after.ahead_us, node.after.drift_ppm), lane.clock(place));
                    changes += node.fields().iter().filter(|it| it.old != it.new).count();
                    // A timer names the event that set it.
                    let reset = node.after.timers.iter().filter(|it| it.by == event);
                    assert!(reset.clone().all(|it| it.since == now));
                }
                let told: Vec<Record> = plain
                    .lane(i)
                    .records(found.at, found.at, usize::MAX)
                    .into_iter()
                    .filter(|r| r.step == event)
                    .collect();
                assert_eq!(found.records, told, "event {event} in\n{text}");
            }
            let lane = &looked.lanes()[i];
            assert_eq!(
                (lane.head_digest(), lane.state_digest()),
                digests,
                "looking changed the run:\n{text}"
            );
        }
    }
    assert!(1_000 < changes, "{changes}");
}

#[test]
fn a_run_that_was_looked_into_goes_on_like_one_that_was_not() {
    let (mut looked, mut plain) = (computed(EVERYTHING), computed(EVERYTHING));
    let end = looked.scenario().until;
    looked.seek(SimTime(end.0 / 2));
    for i in 0..looked.lanes().len() {
        let lane = looked.lane(i);
        for event in [lane.events() + 1, 1, lane.computed_events(), lane.events(), 7] {
            assert!(lane.inspected(event).is_some());
        }
        let (all, here) = (lane.computed_events(), lane.events());
        assert!(lane.inspected(all + 1).is_none(), "there is no such event");
        assert!(lane.prospects(&mut Meter::unlimited()).is_some());
        assert_eq!(lane.events(), here, "the cursor has moved");
    }
    looked.seek(end);
    plain.seek(end);
    assert_eq!((looked.trace_digest(), looked.state_digest()), (plain.trace_digest(), plain.state_digest()));
}

#[test]
fn an_inspection_may_be_interrupted_anywhere() {
    let mut timeline = computed(EVERYTHING);
    for i in 0..timeline.lanes().len() {
        let lane = timeline.lane(i);
        let event = lane.computed_events() * 2 / 3;
        let mut calls = 0;
        let slow = loop {
            calls += 1;
            if let Some(found) = lane.inspect(event, None, &mut Meter::new(20)) {
                break found.expect("there is such an event");
            }
        };
        assert!(10 < calls, "{calls}");
        assert_eq!(Some(slow), lane.inspected(event));
        let slow = loop {
            if let Some(found) = lane.prospects(&mut Meter::new(20)) {
                break found;
            }
        };
        assert_eq!(Some(slow), lane.prospects(&mut Meter::unlimited()));
    }
}

#[test]
fn the_start_shows_what_every_process_starts_with() {
    let mut timeline = computed("lanes raft\nnodes 3\nphases lockstep\nuntil 1s\n");
    let found = timeline.lane(0).inspected(0).expect("every run starts");
    assert_eq!((found.nodes.len(), found.cause), (3, Cause::Begin));
    assert!(found.records.iter().any(|r| r.kind == Kind::Begin));
    assert!(found.nodes.iter().all(|it| it.before.fields.is_empty() && it.after.process == Process::Running));
}

#[test]
fn durable_fields_survive_a_crash_and_the_others_do_not() {
    let flawed = LOGS.replace("nodes 5", "nodes 5\nset raft.flaw forget-vote");
    let (mut crashed, mut restarted, mut forgotten) = (BTreeSet::new(), 0, 0);
    for text in texts().into_iter().chain([LOGS.to_string(), flawed]) {
        let mut timeline = computed(&text);
        for i in 0..timeline.lanes().len() {
            let lane = timeline.lane(i);
            let algorithm = lane.info().id;
            let turns = records(lane);
            let turns: BTreeSet<u32> = turns
                .iter()
                .filter(|r| 0 < r.step && matches!(r.kind, Kind::Crash | Kind::Start))
                .map(|r| r.step)
                .collect();
            for event in turns {
                let found = lane.inspected(event).expect("there is such an event");
                for node in &found.nodes {
                    let (before, after) = (&node.before, &node.after);
                    let without_role = |fields: &[(&'static str, String)]| -> Vec<(&'static str, String)> {
                        fields.iter().filter(|(name, _)| *name != "role").cloned().collect()
                    };
                    let up = |process| matches!(process, Process::Running | Process::Paused);
                    if up(before.process) && after.process == Process::Down {
                        // What remains is exactly what was said to be durable.
                        assert_eq!(without_role(&after.fields), before.durable, "event {event} in\n{text}");
                        crashed.insert(algorithm);
                        let lost = |it: &&(&'static str, String)| {
                            it.0 == "voted" && before.durable.iter().any(|d| d.0 == it.0 && d.1 != it.1)
                        };
                        forgotten += before.fields.iter().filter(lost).count();
                    }
                    if before.process == Process::Down && after.process == Process::Running {
                        let restored = found.records.iter().any(|r| r.kind == Kind::Start && r.sub == 1);
                        assert!(restored);
                        let wrote = found.records.iter().any(|r| r.kind == Kind::Persist);
                        for (name, value) in before.durable.iter().filter(|_| !wrote) {
                            let now = after.fields.iter().find(|(it, _)| it == name);
                            assert_eq!(
                                now.map(|(_, now)| now),
                                Some(value),
                                "{name} at event {event} in\n{text}"
                            );
                            restarted += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(crashed.into_iter().collect::<Vec<_>>(), ["bully", "hs", "raft", "ring", "zookeeper"]);
    assert!(10 < restarted, "{restarted}");
    assert!(0 < forgotten, "a vote that is not on disk is shown as such");
}

/// For each algorithm, what was noted of each rule: how often it held and ran, and how often it did not.
fn margins() -> BTreeMap<&'static str, BTreeMap<u32, [usize; 2]>> {
    let mut margins: BTreeMap<&'static str, BTreeMap<u32, [usize; 2]>> = BTreeMap::new();
    let mut wrong = BTreeMap::new();
    for text in texts().into_iter().chain([LOGS.to_string()]) {
        let mut timeline = computed(&text);
        for i in 0..timeline.lanes().len() {
            let lane = timeline.lane(i);
            let algorithm = lane.info().id;
            let most = lane.computed_events().min(12_000);
            for event in 1..=most {
                let found = lane.inspected(event).expect("there is such an event");
                let forced = found.records.first().is_some_and(|r| r.kind == Kind::Act);
                for reason in found.reasons.iter().filter(|_| !forced) {
                    let noted = |it: &&election_playground::sim::Reason| {
                        (it.place, it.rule) == (reason.place, reason.rule)
                    };
                    let holds = found.reasons.iter().filter(noted).all(|it| it.check.holds());
                    let ran = found.rules(reason.place) & 1 << reason.rule != 0;
                    let checks: Vec<String> =
                        found.reasons.iter().filter(noted).map(|it| lane.names().check(&it.check)).collect();
                    let line = lane.info().rules[reason.rule as usize - 1];
                    if holds != ran
                        && !EXCUSED.iter().any(|(of, it)| *of == algorithm && line.starts_with(it))
                    {
                        wrong.entry((algorithm, line, ran)).or_insert((event, checks));
                    }
                    margins.entry(algorithm).or_default().entry(reason.rule).or_default()
                        [usize::from(!holds)] += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "what was noted does not say why a rule ran, or did not: {wrong:#?}");
    margins
}

/// Rules that do not need all of what is noted, each with how its line begins: one silent side is enough.
const EXCUSED: &[(&str, &str)] = &[("hs", "  no HERE from a neighbour")];

#[test]
fn a_rule_runs_exactly_if_what_decides_it_holds() {
    let margins = margins();
    for (algorithm, rules) in [
        ("raft", &[1, 2, 4, 5, 6, 8, 11, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 25, 27, 31, 32][..]),
        ("bully", &[2, 5, 7, 8, 12, 16, 17]),
        ("ring", &[3, 4, 6, 8, 12, 16, 17, 18, 22, 23, 26]),
        ("hs", &[4, 6, 8, 10, 11, 13, 16, 18, 19, 20]),
        ("zookeeper", &[3, 5, 8, 10, 12, 15, 17, 18, 26, 28]),
    ] {
        let noted = &margins[algorithm];
        for rule in rules {
            assert!(noted.contains_key(rule), "{algorithm} R{rule}: {noted:?}");
        }
    }
    // Those that decide an election are seen to hold, and not to.
    let decisive = [("raft", 15), ("raft", 11), ("bully", 2), ("ring", 3), ("hs", 4), ("zookeeper", 8)];
    for (algorithm, rule) in decisive {
        assert!(margins[algorithm][&rule].iter().all(|count| 0 < *count), "{algorithm} R{rule}");
    }
}

#[test]
fn the_votes_in_the_margin_are_those_of_the_ballot() {
    let mut timeline = computed(&gallery("first-look"));
    let at = timeline.lanes().iter().position(|lane| lane.info().id == "raft").expect("a lane");
    let lane = timeline.lane(at);
    let mut wins = 0;
    let marks: Vec<u32> =
        records(lane).iter().filter(|r| r.kind == Kind::Mark && r.sub == 2).map(|r| r.step).collect();
    for event in marks {
        let found: Box<Inspection> = lane.inspected(event).expect("there is such an event");
        let won = found.reasons.iter().find(|it| it.check.left == "votes").expect("votes decide");
        lane.go_to_step(event, lane.computed());
        let mut shapes = Vec::new();
        lane.shapes(found.place(), &mut shapes);
        let votes = shapes.iter().filter(|it| matches!(it, Shape::Vote { .. })).count() as u64;
        let needed = shapes.iter().find_map(|it| match it {
            Shape::Tally { needed, .. } => Some(u64::from(*needed)),
            _ => None,
        });
        assert_eq!((won.check.a, Some(won.check.b)), (votes, needed));
        assert_eq!(lane.names().check(&won.check), "votes 3 ≥ quorum 3");
        wins += 1;
    }
    assert!(2 <= wins, "{wins}");
}

#[test]
fn values_in_the_margin_are_in_words() {
    let mut timeline = computed("lanes raft ring\nnodes 1=a 2=b 3=c\nseed 1\nat 1s crash leader\nuntil 3s\n");
    let mut texts: BTreeSet<String> = BTreeSet::new();
    for i in 0..2 {
        let lane = timeline.lane(i);
        for event in 1..lane.computed_events() {
            let found = lane.inspected(event).expect("there is such an event");
            for reason in &found.reasons {
                assert!(reason.check.unit != Unit::Flag || reason.check.b <= 1);
                texts.insert(lane.names().check(&reason.check));
            }
        }
    }
    for expected in ["votedFor none = none", "participant no", "votes 2 ≥ quorum 2", "x c > me a"] {
        assert!(texts.contains(expected), "{expected} in {texts:?}");
    }
}

/// How each message of a run ended: the event, and whether it was received.
fn ends(all: &[Record]) -> BTreeMap<(Place, Place, u32, u8), (u32, bool)> {
    let ended = all.iter().filter(|r| matches!(r.kind, Kind::Deliver | Kind::Lose));
    ended.map(|r| ((r.node, r.peer, r.nth, r.copy), (r.step, r.kind == Kind::Deliver))).collect()
}

#[test]
fn a_message_is_followed_from_its_sending_to_its_end() {
    let (mut waited, mut lost, mut copies, mut idle) = (0, 0, 0, 0);
    let mut timeline = computed(EVERYTHING);
    for i in 0..timeline.lanes().len() {
        let lane = timeline.lane(i);
        let all = records(lane);
        let ends = ends(&all);
        let sent = all.iter().filter(|r| matches!(r.kind, Kind::Send | Kind::Copy));
        for r in sent.step_by(23) {
            let id = MessageId { from: r.node, to: r.peer, nth: r.nth, copy: r.copy };
            let found =
                lane.journey(id, &mut Meter::unlimited()).expect("no end of the meter").expect("sent");
            assert_eq!((found.sent, found.by, found.record.kind), (r.at, r.step, r.msg));
            let end = found.end.map(|it| (it.event, matches!(it.how, End::Handled { .. })));
            assert_eq!(end, ends.get(&(r.node, r.peer, r.nth, r.copy)).copied(), "{id:?}");
            waited += usize::from(found.waited.is_some());
            copies += usize::from(r.kind == Kind::Copy);
            lost += usize::from(matches!(found.end.map(|it| it.how), Some(End::Lost(_))));
            let Some(end) = found.end.filter(|it| matches!(it.how, End::Handled { .. })) else { continue };
            assert!(found.due.is_some_and(|due| due <= end.at || r.msg == WRITE), "{found:?}");
            if let End::Handled { idle: true, .. } = end.how {
                let looked = lane.inspected(end.event).expect("there is such an event");
                let told = looked.records.iter().filter(|it| it.kind != Kind::Act).count();
                assert_eq!((told, looked.nodes.len()), (1, 1), "{looked:?}");
                assert_eq!(looked.nodes[0].before.fields, looked.nodes[0].after.fields);
                idle += 1;
            }
        }
        let never = MessageId { from: 0, to: 1, nth: 1_000_000, copy: 1 };
        assert_eq!(lane.journey(never, &mut Meter::unlimited()), Some(None));
    }
    assert!(0 < waited && 0 < copies && 5 < lost && 5 < idle, "{waited} {copies} {lost} {idle}");
}

#[test]
fn what_becomes_of_everything_pending_is_what_happens() {
    let (mut messages, mut timers, mut again) = (0, 0, 0);
    let mut timeline = computed(EVERYTHING);
    for at in (1..60).map(|k| SimTime(k * 149_000)) {
        timeline.seek(at);
        for i in 0..timeline.lanes().len() {
            let lane = timeline.lane(i);
            let pending: Vec<Pending> = lane.pending();
            let found = lane.prospects(&mut Meter::unlimited()).expect("no end of the meter");
            assert_eq!(found.len(), pending.len());
            let later: Vec<Record> = lane.records(at, lane.computed(), usize::MAX);
            let later: Vec<Record> = later.into_iter().filter(|r| lane.events() < r.step).collect();
            let ends = ends(&later);
            for (pending, found) in pending.iter().zip(&found) {
                match pending.what {
                    PendingWhat::Message { from, to, nth, copy, .. } => {
                        let end = found.map(|it| (it.event, matches!(it.how, End::Handled { .. })));
                        assert_eq!(end, ends.get(&(from, to, nth, copy)).copied());
                        messages += 1;
                    }
                    PendingWhat::Timer { node, timer, .. } => {
                        let fires =
                            later.iter().find(|r| r.kind == Kind::Fire && (r.node, r.sub) == (node, timer));
                        match found.map(|it| (it.how, it.event)) {
                            Some((End::Handled { rules, .. }, event)) => {
                                assert_eq!(fires.map(|r| (r.step, r.rules)), Some((event, rules)));
                                timers += 1;
                            }
                            Some((End::SetAgain | End::Cancelled, event)) => {
                                assert!(fires.is_none_or(|r| event < r.step));
                                again += 1;
                            }
                            Some(other) => panic!("a timer, {other:?}"),
                            None => {}
                        }
                    }
                    PendingWhat::Wakeup { .. } => assert!(found.is_none_or(|it| it.how == End::Over)),
                }
            }
        }
    }
    assert!(100 < messages && 100 < timers && 100 < again, "{messages} {timers} {again}");
}

#[test]
fn anything_that_can_be_played_can_be_looked_into() {
    let (mut looked, mut reasons) = (0, BTreeSet::new());
    for seed in 0..120 {
        let mut timeline = drawn(seed).open();
        let until = timeline.scenario().until;
        for i in 0..timeline.lanes().len() {
            let lane = timeline.lane(i);
            lane.compute(until, &mut Meter::new(40_000));
            let (all, digest) = (lane.computed_events(), lane.head_digest());
            for event in (0..=all).step_by((all as usize / 120).max(1)) {
                let found = lane.inspected(event).expect("there is such an event");
                looked += found.nodes.len();
                reasons.extend(found.reasons.iter().map(|it| (lane.info().id, it.rule, it.check.left)));
            }
            lane.seek_step(all / 2, until, &mut Meter::unlimited());
            assert!(lane.prospects(&mut Meter::unlimited()).is_some());
            assert_eq!(lane.head_digest(), digest, "seed {seed}");
        }
    }
    assert!(10_000 < looked && 50 < reasons.len(), "{looked} {}", reasons.len());
}
