//! Two futures of a text: both are the runs of their texts, and the first difference between them, or between two lanes,
//! is the one that comparing all records finds.

mod drawn;

use drawn::{Draw, drawn};
use election_playground::base::SimTime;
use election_playground::futures::Comparison;
use election_playground::keyframes::{KEYFRAME_BYTES_MAX, bytes_in_all};
use election_playground::lane::{KEYFRAME_EVENTS, Lane};
use election_playground::meter::Meter;
use election_playground::scenario::append_act;
use election_playground::timeline::{Parting, Timeline};
use election_playground::trace::{Kind, Record};
use election_playground::workspace::{self, Session};

/// The most work allowed for a run here.
const UNITS_MAX: u64 = 40_000;

const ACTS: &[&str] = &[
    "crash leader",
    "crash 1",
    "pause 2 for 300ms",
    "restart all",
    "isolate leader",
    "heal",
    "partition 1 | rest",
    "drop 1->2#3",
    "cut 1 - 2",
    "loss 10%",
];

fn open(text: &str) -> Timeline {
    workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"))
}

/// A drawn text that plays without a flood of events.
fn text(seed: u64) -> Option<String> {
    let mut drawn = drawn(seed);
    let mut timeline = drawn.open();
    let until = timeline.scenario().until;
    let calm =
        (0..timeline.lanes().len()).all(|i| timeline.lane(i).compute(until, &mut Meter::new(UNITS_MAX)));
    calm.then(|| drawn.text())
}

/// What happened in a lane, without acts, the numbers of events, and rules.
fn history(lane: &mut Lane, until: SimTime) -> Vec<(Record, String)> {
    let records = lane.records(SimTime::ZERO, until, usize::MAX);
    let kept = records.into_iter().filter(|r| r.kind != Kind::Act);
    let plain = kept.map(|r| Record { rules: 0, step: 0, ..r });
    plain.map(|r| (r, lane.names().text(&r))).collect()
}

/// The first difference by comparing everything: what happens in each run, with its time.
type Naive = Option<[Option<(SimTime, String)>; 2]>;

fn naive(a: &mut Lane, b: &mut Lane, until: SimTime) -> Naive {
    let (one, other) = (history(a, until), history(b, until));
    let same = one.iter().zip(&other).take_while(|((a, _), (b, _))| a == b).count();
    if same == one.len() && same == other.len() {
        return None;
    }
    Some([one, other].map(|it| it.into_iter().nth(same).map(|(r, text)| (r.at, text))))
}

/// The same by the comparison that the page uses, in slices of different sizes.
fn found(comparison: &mut Comparison, lanes: [&Lane; 2], d: &mut Draw) -> Naive {
    while !comparison.advance(lanes, &mut Meter::new(1 + d.below(2000))) {}
    let difference = comparison.found()?;
    let times = difference.events.iter().flatten().map(|it| it.at);
    assert_eq!(Some(difference.at), times.min());
    Some([0, 1].map(|i| difference.events[i].as_ref().map(|it| (it.at, it.text.clone()))))
}

/// A session at a text, computed, with the playhead somewhere.
fn session(text: &str) -> Session {
    let mut session = Session::new();
    session.load(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    settle(&mut session);
    session
}

fn settle(session: &mut Session) {
    while !session.advance(&mut Meter::new(5_000)).done {}
    while !session.advance_other(&mut Meter::new(700)) {}
}

/// Everything in a run, whatever way it was computed.
fn digests(timeline: &mut Timeline) -> Vec<(u64, u64, String)> {
    let until = timeline.scenario().until;
    timeline.seek(until);
    let lanes = timeline.lanes().iter();
    lanes
        .map(|it| (it.head_digest(), it.state_digest(), format!("{:?} {:?}", it.head_stats(), it.story())))
        .collect()
}

#[test]
fn both_futures_equal_fresh_runs_and_part_where_all_their_records_do() {
    let (mut parted, mut alike, mut inside) = (0, 0, 0);
    for (seed, first) in (0..).filter_map(|seed| text(seed).map(|text| (seed, text))).take(120) {
        let d = &mut Draw::new(seed ^ 0xf0);
        let until = open(&first).scenario().until;
        let at = SimTime(d.below(until.0 / 1000) * 1000);
        let edit = append_act(&first, at, 0, "", d.one(ACTS));
        let second = edit.apply(&first);
        if workspace::read(&second).is_err() {
            continue;
        }
        let mut session = session(&first);
        session.load(&second).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(session.parting(), Parting::At(at), "seed {seed}");
        assert_eq!(session.keep(&first), Ok(()));
        settle(&mut session);
        assert_eq!((session.text(), session.split()), (second.as_str(), Parting::At(at)), "seed {seed}");
        let lanes = open(&first).lanes().len();
        for lane in 0..lanes {
            let (mut a, mut b) = (open(&first), open(&second));
            let want = naive(a.lane(lane), b.lane(lane), until);
            let comparison = loop {
                if let Some(it) = session.compare(lanes + lane, lane, &mut Meter::new(500)) {
                    break it;
                }
            };
            let difference = comparison.found().cloned();
            let got = difference
                .as_ref()
                .map(|it| [0, 1].map(|i| it.events[i].as_ref().map(|it| (it.at, it.text.clone()))));
            assert_eq!(got, want, "seed {seed}, lane {lane} in\n{second}");
            (parted, alike) = (parted + u32::from(want.is_some()), alike + u32::from(want.is_none()));
            // What differs stands at its event: the playhead can go there.
            for (event, run) in difference.iter().flat_map(|it| it.events.iter()).zip([&mut a, &mut b]) {
                let Some(event) = event else { continue };
                let there = run.lane(lane).records(event.at, event.at, usize::MAX);
                let at_step = there.iter().filter(|r| r.step == event.step).collect::<Vec<_>>();
                let names = run.lanes()[lane].names();
                assert!(
                    at_step.iter().any(|r| names.text(&Record { rules: 0, ..**r }) == event.text),
                    "seed {seed}: {event:?}"
                );
                let act = at_step.iter().find(|r| r.kind == Kind::Act).map(|r| r.args[0]);
                assert_eq!(event.act, act, "seed {seed}: {event:?}");
                inside += u32::from(act.is_some());
            }
        }
        let run = session.timeline().expect("there is a run");
        assert_eq!(digests(run), digests(&mut { computed(&second) }), "seed {seed}");
        let (other, _) = session.lane(lanes).expect("there are two futures");
        assert_eq!(digests(other), digests(&mut { computed(&first) }), "seed {seed}");
    }
    assert!(100 < parted && 10 < alike && 50 < inside, "{parted} {alike} {inside}");
}

fn computed(text: &str) -> Timeline {
    let mut timeline = open(text);
    timeline.compute_all();
    timeline
}

#[test]
fn two_lanes_of_an_algorithm_differ_at_the_first_record_that_one_of_them_lacks() {
    let mut differ = 0;
    for seed in 0..60_u64 {
        let d = &mut Draw::new(seed);
        let setting =
            d.one(&["pre-vote on", "check-quorum on", "heartbeat 49ms", "election-timeout 150ms..301ms", ""]);
        let text = format!(
            "lanes raft\nlane other = raft {setting}\nnodes {}\nseed {seed}\nloss {}%\nat {}ms crash leader\n\
             at 3s other: cut 1 - 2\nuntil 6s\n",
            3 + d.below(4),
            d.below(5),
            500 + d.below(2000)
        );
        let mut run = computed(&text);
        let until = run.scenario().until;
        let want = {
            let mut again = open(&text);
            naive(run.lane(0), again.lane(1), until)
        };
        let [a, b] = [&run.lanes()[0], &run.lanes()[1]];
        let mut comparison = Comparison::new(a, b, until, &mut Meter::unlimited());
        assert_eq!(found(&mut comparison, [a, b], d), want, "in\n{text}");
        differ += u32::from(want.is_some());
    }
    assert_eq!(differ, 60);
}

#[test]
fn lanes_of_different_algorithms_differ_in_their_leaders() {
    let run = computed("lanes bully raft\nnodes 5\nseed 42\nat 2s crash leader\nuntil 6s\n");
    let until = run.scenario().until;
    let [bully, raft] = [&run.lanes()[0], &run.lanes()[1]];
    let mut comparison = Comparison::new(bully, raft, until, &mut Meter::unlimited());
    assert!(comparison.advance([bully, raft], &mut Meter::new(1)));
    let leaders = |lane: &Lane| {
        let name = |place| lane.names().node(place);
        lane.story().main.bands.iter().map(|it| (name(it.node), it.from)).collect::<Vec<_>>()
    };
    let (one, other) = (leaders(bully), leaders(raft));
    let first = one.iter().zip(&other).position(|(a, b)| a.0 != b.0).expect("they elect different nodes");
    let [a, b] = &comparison.found().expect("they differ").events;
    for (event, (name, from)) in [(a, &one[first]), (b, &other[first])] {
        let event = event.as_ref().expect("both elect another leader");
        assert_eq!((event.at, event.text.clone()), (*from, format!("{name} leads")));
    }
    // Compared with itself, no lane differs.
    let mut same = Comparison::new(bully, bully, until, &mut Meter::unlimited());
    assert!(same.advance([bully, bully], &mut Meter::unlimited()) && same.found().is_none());
}

#[test]
fn a_long_run_is_compared_from_the_last_keyframe_that_both_share() {
    let first = "lanes raft\nnodes 5\nuntil 20min\n";
    let second = append_act(first, SimTime(1_000_000_000), 0, "", "crash leader").apply(first);
    let mut session = session(first);
    let events = session.timeline().expect("a run").lanes()[0].computed_events();
    assert!(20 * KEYFRAME_EVENTS < events, "{events}");
    session.load(&second).unwrap_or_else(|e| panic!("{e:?}"));
    assert_eq!(session.keep(first), Ok(()));
    settle(&mut session);
    let mut units = 0;
    let difference = loop {
        let mut meter = Meter::new(1_000);
        let done = session.compare(0, 1, &mut meter).map(|it| it.found().cloned());
        units += meter.spent();
        if let Some(found) = done {
            break found.expect("they differ");
        }
    };
    assert_eq!(difference.at, SimTime(1_000_000_000));
    // Both are played from the keyframe on, with a few records for each event.
    assert!(units < 20 * u64::from(KEYFRAME_EVENTS), "{units}");
    assert!(bytes_in_all() <= KEYFRAME_BYTES_MAX);
}

#[test]
fn futures_are_switched_kept_and_forgotten() {
    let first = "lanes raft bully\nnodes 3\nuntil 6s\n";
    let second = append_act(first, SimTime(2_000_000), 0, "raft", "crash leader").apply(first);
    let mut session = session(first);
    assert_eq!(session.parting(), Parting::Never);
    // A text with errors is not kept, and changes nothing.
    assert!(session.keep("lanes raft\nat 2s crsh 1\n").is_err());
    assert!(session.other().is_none() && session.lane(2).is_none());
    session.load(&second).unwrap_or_else(|e| panic!("{e:?}"));
    assert_eq!(session.keep(first), Ok(()));
    settle(&mut session);
    for round in 0..4 {
        let (shown, other) = if round % 2 == 0 { (second.as_str(), first) } else { (first, second.as_str()) };
        assert_eq!((session.text(), session.other().map(|it| it.text.as_str())), (shown, Some(other)));
        let crashes = |lane: Option<(&mut Timeline, usize)>| {
            let (run, lane) = lane.expect("both have two lanes");
            run.lanes()[lane].story().main.bands.len()
        };
        let [here, there] = [0, 2].map(|lane| crashes(session.lane(lane)));
        assert_eq!((here, there), if round % 2 == 0 { (2, 1) } else { (1, 2) });
        assert!(session.lane(4).is_none());
        // The kept run is shown as it is: no event of it is computed again.
        let (now, revision) = (SimTime(1_500_000 + round * 1000), session.revision());
        session.timeline().expect("a run").seek(now);
        let (shown, other) = (shown.to_string(), other.to_string());
        session.load(&other).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(session.keep(&shown), Ok(()));
        assert!(session.advance(&mut Meter::new(1)).swapped);
        assert_eq!(session.revision(), revision + 1);
        session.timeline().expect("a run").settle(&mut Meter::unlimited());
        assert_eq!(session.timeline().expect("a run").now(), now);
        assert!(session.advance_other(&mut Meter::new(1)));
    }
    session.forget();
    assert!(session.other().is_none() && session.lane(2).is_none());
    // Other nodes are another world from the start; a title or a longer run is not another future.
    for (text, want) in [
        ("lanes raft bully\nnodes 4\nuntil 6s\n", Parting::World),
        ("lanes raft\nnodes 3\nuntil 6s\n", Parting::World),
        ("title x\nlanes raft bully\nnodes 3\nuntil 9s\n", Parting::Never),
    ] {
        session.load(&second).unwrap_or_else(|e| panic!("{e:?}"));
        settle(&mut session);
        session.load(first).unwrap_or_else(|e| panic!("{e:?}"));
        settle(&mut session);
        session.load(text).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(session.parting(), want, "{text}");
    }
}
