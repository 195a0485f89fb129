//! What a run is told in is true: every happening of every scenario in the gallery is compared with a reader that knows
//! nothing but the trace, and every outage, failover and wrong belief with the others.

mod reader;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use election_playground::base::{SimTime, Span};
use election_playground::lane::Lane;
use election_playground::summary::{Happening, Stretch, What};
use election_playground::telling;
use election_playground::timeline::Timeline;
use election_playground::trace::Kind;
use election_playground::workspace;

/// All scenarios: the name of the file, and the run.
fn gallery() -> Vec<(String, Timeline)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the gallery").map(|it| it.expect("a file").path()).collect();
    paths.sort();
    let texts = paths.iter().filter(|it| it.extension().is_some_and(|it| it == "txt"));
    texts
        .map(|path| (path.display().to_string(), computed(&fs::read_to_string(path).expect("a text"))))
        .collect()
}

fn computed(text: &str) -> Timeline {
    let mut timeline = workspace::open(text).unwrap_or_else(|errors| panic!("{errors:?} in\n{text}"));
    timeline.compute_all();
    timeline
}

/// More scenarios: what the gallery lacks.
const MORE: &[&str] = &[
    "lanes raft\nnodes 5\nseed 42\nat 2s crash leader\nat 2.185s drop 1->3#1\nuntil 4s",
    "lanes raft\nnodes 1\nuntil 2s",
    "lanes raft\nnodes 4\nset raft.pre-vote on\nat 2s isolate leader\nat 5s heal\nuntil 8s",
    "lanes raft zookeeper bully ring hs\nnodes 5\nat 2s pause leader for 1500ms\nat 6s crash 1\nat 7s crash leader\nat 9s restart all\nuntil 12s",
    "lanes raft bully\nnodes 5\nloss 20%\nat 3s campaign 2\nat 6s campaign 2\nuntil 12s",
    "lanes raft\nnodes 5\nat 2s crash 1\nat 2s crash 2\nat 2s crash 3\nat 6s restart all\nuntil 9s",
    "lanes raft ring bully\nnodes 25\nat 2s crash leader\nat 4s partition 1 2 3 4 5 6 7 8 9 10 11 12 | 13\nat 8s heal\nuntil 10s",
];

fn runs() -> Vec<(String, Timeline)> {
    let more = MORE.iter().map(|text| (text.replace('\n', "; "), computed(text)));
    gallery().into_iter().chain(more).collect()
}

#[test]
fn every_happening_is_in_the_trace_and_nothing_is_left_out() {
    let mut kinds = BTreeSet::new();
    for (name, mut timeline) in runs() {
        let (until, lanes) = (timeline.scenario().until, timeline.lanes().len());
        for at in 0..lanes {
            let lane = timeline.lane(at);
            let records = lane.records(SimTime::ZERO, until, usize::MAX);
            let read = reader::read(lane, &records);
            let told: Vec<reader::Told> =
                lane.story().happenings.iter().map(|it| reader::told(lane, it)).collect();
            kinds.extend(told.iter().map(|it| it.kind));
            for (i, (mine, theirs)) in read.iter().zip(&told).enumerate() {
                assert_eq!(mine, theirs, "number {i} in lane {at} of {name}");
            }
            assert_eq!(read.len(), told.len(), "lane {at} of {name}: {:?}", (read.last(), told.last()));
        }
    }
    for kind in [
        "act",
        "no-act",
        "suspects",
        "starts",
        "gives-up",
        "leads",
        "stops-leading",
        "names",
        "deposed",
        "idles",
        "refused",
        "conflict",
        "came-up",
        "resumed",
        "dropped",
        "serves",
    ] {
        assert!(kinds.contains(kind), "no run has a happening of the kind {kind}");
    }
}

#[test]
fn every_sentence_is_one() {
    for (name, timeline) in runs() {
        for lane in timeline.lanes() {
            for it in &lane.story().happenings {
                let text = telling::text(lane, it);
                assert!(
                    text.ends_with('.') && !text.contains(['{', '}']) && !text.contains("none"),
                    "{name}: {text}"
                );
                assert!(!text.contains("  ") && !text.contains(" ."), "{name}: {text}");
                assert!(!text.starts_with(char::is_lowercase), "{name}: {text}");
            }
        }
    }
}

/// A set of instants, as disjoint stretches in order.
type Spans = Vec<(SimTime, SimTime)>;

/// The part of the first that is not in the second.
fn without(spans: &Spans, others: &Spans) -> Spans {
    let mut left = spans.clone();
    for &(from, until) in others {
        let parts = left.iter().flat_map(|&(a, b)| [(a, b.min(from)), (a.max(until), b)]);
        left = parts.filter(|(a, b)| a < b).collect();
    }
    left.sort();
    left
}

fn spans<'s>(stretches: impl Iterator<Item = &'s Stretch>, end: SimTime) -> Spans {
    stretches.map(|it| (it.from, it.until.unwrap_or(end))).filter(|(a, b)| a < b).collect()
}

/// When no node serves, from the bands and the wrong beliefs alone.
fn unserved(lane: &Lane, end: SimTime) -> Spans {
    let story = lane.story();
    let mut left = vec![(SimTime::ZERO, end)];
    for band in &story.main.bands {
        let band_span = vec![(band.from, band.until.unwrap_or(end))];
        let wrong = spans(story.wrong.iter().filter(|it| it.node == band.node), end);
        left = without(&left, &without(&band_span, &wrong));
    }
    left
}

#[test]
fn outages_failovers_and_bands_are_the_same_time() {
    for (name, timeline) in runs() {
        for (at, lane) in timeline.lanes().iter().enumerate() {
            let end = lane.head_stats().broke_off.map_or(timeline.scenario().until, |it| it.0);
            let story = lane.story();
            let first = (SimTime::ZERO, lane.first_served().unwrap_or(end));
            let over = story.main.failovers.iter().map(|(_, it)| (it.lost, it.found));
            let last = lane.head_failover().map(|it| (it.lost, end));
            let outages: Spans = [first].into_iter().chain(over).chain(last).filter(|(a, b)| a < b).collect();
            assert_eq!(outages, unserved(lane, end), "lane {at} of {name}");
            let sum: u64 = outages.iter().map(|(a, b)| b.0 - a.0).sum();
            assert_eq!(lane.head_unserved(timeline.scenario().until).0, sum, "lane {at} of {name}");
        }
    }
}

#[test]
fn elections_begin_with_a_suspicion_or_a_candidate_and_hold_every_victory() {
    for (name, mut timeline) in runs() {
        let until = timeline.scenario().until;
        for at in 0..timeline.lanes().len() {
            let records = timeline.lane(at).records(SimTime::ZERO, until, usize::MAX);
            // A suspicion, the start of an election, or a belief of a candidate.
            let candidates = records.iter().filter(|r| match r.kind {
                Kind::Mark => r.args[4] == 0 && r.sub < 2,
                Kind::Belief => r.args[4] == 0 && r.msg == 1,
                _ => false,
            });
            let begins: BTreeSet<u32> = candidates.clone().map(|r| r.step).collect();
            let instants: BTreeSet<SimTime> = candidates.map(|r| r.at).collect();
            let story = timeline.lanes()[at].story();
            for it in &story.electing {
                assert!(begins.contains(&it.from_step), "lane {at} of {name}: {it:?}");
                assert!(it.until.is_none_or(|until| it.from < until), "lane {at} of {name}: {it:?}");
            }
            assert!(story.electing.windows(2).all(|two| two[0].until.is_some_and(|it| it <= two[1].from)));
            // A leader whose connection comes back goes on without an election.
            let goes_on = |it: &Happening| {
                let same =
                    |old: &Happening| (old.node, old.number) == (it.node, it.number) && old.step < it.step;
                let led = |old: &Happening| matches!(old.what, What::Leads { .. });
                0 < it.number && story.happenings.iter().any(|old| same(old) && led(old))
            };
            for it in story.happenings.iter().filter(|it| it.what == What::Leads { won: true }) {
                // An id that still travels round a ring may win when no node is a candidate any more.
                let late = |e: &Stretch| e.until.is_some_and(|until| it.at < until + Span::ms(100));
                let inside = |e: &Stretch| e.from_step <= it.step && (it.step <= e.until_step || late(e));
                // An election that begins and ends at one instant takes no time.
                let instantly = instants.contains(&it.at);
                let fine = story.electing.iter().any(inside) || instantly || goes_on(it) || it.step == 0;
                assert!(fine, "lane {at} of {name}: {it:?}");
            }
        }
    }
}

#[test]
fn an_edit_leaves_the_same_story_as_a_fresh_run() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/first-look.txt")).unwrap();
    let before = computed(&text.replace("until 25s", "until 200s"));
    for act in ["at 2.190s crash 1", "at 120s crash leader", "at 150s partition 1 2 | 3"] {
        let edited = format!("{}\n{act}\n", text.replace("until 25s", "until 200s"));
        let mut reopened = workspace::reopen(&before, &edited).expect("a scenario");
        reopened.compute_all();
        for (a, b) in reopened.lanes().iter().zip(computed(&edited).lanes()) {
            let (a, b) = (a.story(), b.story());
            assert_eq!(a.happenings.len(), b.happenings.len(), "{act}");
            let same = a.happenings.iter().zip(&b.happenings).all(|(x, y)| {
                (x.at, x.step, x.node, x.other, x.number, x.nth, x.what)
                    == (y.at, y.step, y.node, y.other, y.number, y.nth, y.what)
                    && a.places(x) == b.places(y)
            });
            assert!(same, "{act}");
            assert_eq!((&a.wrong, &a.electing, &a.losses), (&b.wrong, &b.electing, &b.losses), "{act}");
            assert_eq!(a.main.failovers, b.main.failovers, "{act}");
        }
    }
}

#[test]
fn the_act_to_blame_is_the_nearest_cause() {
    let blamed = |text: &str| -> Vec<Option<String>> {
        let timeline = computed(text);
        let lane = &timeline.lanes()[0];
        let failovers = lane.story().main.failovers.iter();
        let acts =
            failovers.map(|(_, it)| lane.story().blamed(it.lost_step).map(|act| lane.act(act).to_string()));
        acts.collect()
    };
    let some = |text: &str| Some(text.to_string());
    assert_eq!(blamed("lanes raft; nodes 5; at 2s crash leader; until 4s"), [some("crash leader")]);
    // The leader notices later that it is cut off from the service.
    let cut_off = "lanes zookeeper; nodes 3; at 3s cut leader - service; until 12s";
    assert_eq!(blamed(cut_off)[0], some("cut leader - service"));
    // A node that comes back with a higher term deposes a leader that could have gone on.
    let back = "lanes raft; nodes 5; at 2s isolate follower; at 6s heal; until 9s";
    assert_eq!(blamed(back), [some("heal")]);
    // Lost heartbeats are nobody's fault.
    let lossy = blamed("lanes raft; nodes 3; loss 60%; until 20s");
    assert!(!lossy.is_empty() && lossy.iter().all(Option::is_none), "{lossy:?}");
}

#[test]
fn the_first_look_in_sentences() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let timeline = computed(&fs::read_to_string(root.join("scenarios/first-look.txt")).expect("a text"));
    let mut told = String::new();
    for (spec, lane) in timeline.scenario().lanes.iter().zip(timeline.lanes()) {
        told.push_str(&format!("{}\n", spec.name));
        for it in lane.story().happenings.iter().filter(|it| it.stops()) {
            told.push_str(&format!("{:>13} {}\n", it.at.to_string(), telling::text(lane, it)));
        }
    }
    let path = root.join("tests/telling/first-look.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &told).expect("the file can be written");
    }
    assert_eq!(told, fs::read_to_string(path).unwrap_or_default(), "UPDATE_GOLDEN=1 records it again");
}
