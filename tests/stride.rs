//! Steps from message to message and from rule to rule, compared with the list of all records, with budgets of any size.

use election_playground::base::SimTime;
use election_playground::lane::Sought;
use election_playground::meter::Meter;
use election_playground::timeline::Timeline;
use election_playground::trace::Record;
use election_playground::workspace;

/// Events in their order: when, in which lane, their number there, and their records.
type Event = (SimTime, usize, u32, Vec<Record>);

fn computed(name: &str) -> Timeline {
    let path = format!("{}/scenarios/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a scenario");
    let mut timeline = workspace::open(&text).unwrap_or_else(|errors| panic!("{errors:?}"));
    timeline.compute_all();
    timeline
}

fn events(timeline: &mut Timeline) -> Vec<Event> {
    let mut all: Vec<Event> = Vec::new();
    let until = timeline.scenario().until;
    for lane in 0..timeline.lanes().len() {
        for r in timeline.lane(lane).records(SimTime::ZERO, until, 1_000_000) {
            match all.last_mut() {
                Some(last) if (last.1, last.2) == (lane, r.step) => last.3.push(r),
                _ if r.step > 0 => all.push((r.at, lane, r.step, vec![r])),
                _ => {}
            }
        }
    }
    all.sort_by_key(|it| (it.0, it.1, it.2));
    all
}

/// Strides from the playhead until it is there, or until it should long have been.
fn stride(timeline: &mut Timeline, sought: Sought, lane: Option<usize>, back: bool, units: u64) -> bool {
    for _ in 0..2_000_000 / units {
        let meter = &mut Meter::new(units);
        let moved = if back {
            timeline.stride_back(sought, lane, meter)
        } else {
            timeline.stride(sought, lane, meter)
        };
        if let Some(found) = moved {
            timeline.settle(&mut Meter::unlimited());
            return found;
        }
    }
    panic!("{sought:?} in {lane:?} does not end with {units} units at a time");
}

#[test]
fn strides_go_to_the_nearest_event() {
    for name in ["lossy-network", "bully-slow-high-id", "service-outage", "two-nodes"] {
        let timeline = &mut computed(name);
        let all = events(timeline);
        for i in 1..24 {
            let at = SimTime(timeline.scenario().until.0 / 24 * i);
            let sought = [Sought::Message, Sought::Rules][i as usize % 2];
            let lanes = timeline.lanes().len();
            for lane in [None, Some(i as usize % lanes)] {
                for (back, units) in [(false, 3), (true, 1), (true, 1000)] {
                    timeline.seek(at);
                    let here: Vec<u32> = timeline.lanes().iter().map(|it| it.events()).collect();
                    let counts = |it: &&Event| lane.is_none_or(|lane| lane == it.1);
                    let is = |it: &&Event| it.3.iter().any(|r| sought.is(r));
                    let expected = if back {
                        // The last one is where the playhead stands already.
                        all.iter().filter(counts).rfind(|it| it.2 <= here[it.1]).and_then(|last| {
                            let before = |it: &&Event| (it.0, it.1, it.2) < (last.0, last.1, last.2);
                            all.iter().filter(counts).filter(before).rfind(is)
                        })
                    } else {
                        all.iter().filter(counts).filter(is).find(|it| here[it.1] < it.2)
                    };
                    let found = stride(timeline, sought, lane, back, units);
                    let place = format!("{name}, {sought:?}, lane {lane:?}, back {back}, from {at}");
                    assert_eq!(found, expected.is_some(), "{place}");
                    if let Some((at, lane, step, _)) = expected {
                        let there = (timeline.now(), timeline.lanes()[*lane].events());
                        assert_eq!(there, (*at, *step), "{place}");
                    }
                }
            }
        }
    }
}
