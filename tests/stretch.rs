//! What pictures and lists of events are made of: reading a run from any event on, a stretch as numbers, and searching.

use election_playground::base::{SimTime, Span};
use election_playground::lane::{KEYFRAME_EVENTS, Lane, Reader};
use election_playground::listing::{Filter, Listing};
use election_playground::meter::Meter;
use election_playground::stretch::{Asked, ROW, SIDE, STATE, STRETCH_HEAD, Stretch};
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, Record};
use election_playground::workspace;

/// Long enough for several keyframes, with everything that a stretch tells of.
const TEXT: &str = "lanes raft zookeeper\nnodes 5\nseed 4\nlatency 1ms..9ms\nloss 1%\nset raft.heartbeat 5ms
at 2s crash leader\nat 3s restart all\nat 3.5s pause 2 for 200ms\nat 4s partition 1 2 | 3 4 5\nat 5s heal\nuntil 20s\n";

fn played() -> Timeline {
    let mut timeline = workspace::open(TEXT).expect("it has no errors");
    let until = timeline.scenario().until;
    for lane in 0..timeline.lanes().len() {
        assert!(timeline.lane(lane).compute(until, &mut Meter::unlimited()));
    }
    timeline
}

fn all(timeline: &mut Timeline, lane: usize) -> Vec<Record> {
    let until = timeline.scenario().until;
    timeline.lane(lane).records(SimTime::ZERO, until, usize::MAX)
}

/// Reads one event. Its records all belong to it.
fn read(reader: &mut Reader, lane: &Lane) -> Option<(u32, Vec<Record>)> {
    let step = reader.read(lane, SimTime::NEVER, &mut Meter::unlimited())?;
    let (_, records, _) = reader.page().expect("it was read");
    let records: Vec<Record> = records.copied().collect();
    assert!(records.iter().all(|r| r.step == step));
    Some((step, records))
}

#[test]
fn a_reader_reads_what_a_fresh_run_tells() {
    let mut timeline = played();
    for number in 0..timeline.lanes().len() {
        let all = all(&mut timeline, number);
        let lane: &Lane = timeline.lane(number);
        assert!(number > 0 || lane.computed_events() > 2 * KEYFRAME_EVENTS, "it needs keyframes");
        let mut reader = Reader::default();
        assert!(reader.turn_to(lane, 0, &mut Meter::unlimited()));
        let mut told = Vec::new();
        let mut steps = 0..;
        while let Some((step, records)) = read(&mut reader, lane) {
            assert_eq!(Some(step), steps.next(), "events are numbered without gaps");
            told.extend(records);
        }
        assert_eq!(steps.next(), Some(lane.computed_events() + 1));
        assert!(told == all);
    }
}

#[test]
fn a_reader_turns_to_any_event_from_anywhere_however_often_it_is_interrupted() {
    let mut timeline = played();
    let all = all(&mut timeline, 0);
    let lane: &Lane = timeline.lane(0);
    let last = lane.computed_events();
    let mut reader = Reader::default();
    let mut step = 1;
    for _ in 0..40 {
        step = step * 48_271 % 2_147_483_647 % (last + 1);
        while !reader.turn_to(lane, step, &mut Meter::new(700)) {}
        let (read, records) = read(&mut reader, lane).expect("there is such an event");
        assert_eq!(read, step);
        assert!(records.iter().eq(all.iter().filter(|r| r.step == step)));
        let at = records.first().map_or(SimTime::ZERO, |r| r.at);
        while !reader.turn_to_time(lane, at, &mut Meter::new(700)) {}
        let (first, _) = self::read(&mut reader, lane).expect("it is there");
        let told = all.iter().find(|r| at <= r.at && r.step >= first).expect("it has records");
        assert!(first <= step && told.at == at, "the first event of the instant");
    }
    assert!(reader.turn_to(lane, last + 1, &mut Meter::unlimited()));
    assert_eq!(read(&mut reader, lane), None);
}

/// A stretch in slices of so many units.
fn gathered(lane: &Lane, asked: Asked, units: u64) -> Vec<f64> {
    let mut stretch = Stretch::default();
    loop {
        if let Some(numbers) = stretch.gather(lane, asked, &mut Meter::new(units)) {
            return numbers.to_vec();
        }
    }
}

#[test]
fn a_stretch_has_every_record_and_what_was_seen_before_it() {
    let mut timeline = played();
    let all = all(&mut timeline, 0);
    for (from, to) in [(0, 1), (1_990, 2_400), (3_400, 3_800), (3_990, 4_300), (15_000, 15_100)] {
        let (from, to) = (SimTime(from * 1000), SimTime(to * 1000));
        let lane = timeline.lane(0);
        let asked = Asked { lane: 0, from, to, limit: 100_000 };
        let numbers = gathered(lane, asked, u64::MAX);
        assert_eq!(numbers, gathered(lane, asked, 300), "slices make no difference");
        let rows: Vec<&[f64]> = numbers[STRETCH_HEAD..].chunks(ROW).collect();
        let nodes = lane.members() + lane.services();
        for (place, row) in rows.iter().take(nodes).enumerate() {
            assert_eq!((row[2], row[4]), (f64::from(STATE), place as f64));
            if from == SimTime::ZERO {
                continue;
            }
            lane.go_to_time(SimTime(from.0 - 1));
            let belief = lane.belief(place as u8);
            let flags = u8::from(lane.up(place as u8))
                | u8::from(lane.paused(place as u8)) << 1
                | u8::from(belief.leads) << 2
                | u8::from(lane.waits_to_start(place as u8)) << 3;
            assert_eq!(
                (row[3], row[6], row[11]),
                (flags.into(), f64::from(belief.role as u8), belief.epoch as f64)
            );
        }
        let records: Vec<&&[f64]> = rows.iter().filter(|row| row[2] < f64::from(STATE)).collect();
        let expected: Vec<&Record> = all.iter().filter(|r| from <= r.at && r.at <= to).collect();
        assert_eq!(records.len(), expected.len());
        for (row, r) in records.into_iter().zip(expected) {
            let peer = if r.peer == 255 { -1.0 } else { r.peer.into() };
            assert_eq!((row[0], row[1], row[2]), (r.at.0 as f64, r.step.into(), f64::from(r.kind as u8)));
            assert_eq!((row[5], row[7], row[9]), (peer, r.nth.into(), (r.rules & 0xffff_ffff) as f64));
        }
    }
}

#[test]
fn a_stretch_tells_the_sides_of_a_partition() {
    let mut timeline = played();
    let (from, to) = (SimTime::ZERO + Span::ms(3_990), SimTime::ZERO + Span::ms(5_010));
    let numbers = gathered(timeline.lane(0), Asked { lane: 0, from, to, limit: 100_000 }, 1000);
    let rows = numbers[STRETCH_HEAD..].chunks(ROW).filter(|row| row[2] == f64::from(SIDE));
    let sides: Vec<(f64, f64)> = rows.map(|row| (row[0] / 1e6, row[5])).collect();
    let of = |at: f64| sides.iter().filter(|it| it.0 == at).map(|it| it.1).collect::<Vec<f64>>();
    assert_eq!(of(3.99), [0.0; 5]);
    assert_eq!(of(4.0), [0.0, 0.0, 2.0, 2.0, 2.0]);
    assert_eq!(of(5.0), [0.0; 5]);
}

#[test]
fn a_stretch_beyond_its_limit_says_how_far_it_goes() {
    let mut timeline = played();
    let until = timeline.scenario().until;
    let asked = Asked { lane: 0, from: SimTime::ZERO, to: until, limit: 500 };
    let numbers = gathered(timeline.lane(0), asked, 100);
    let last = numbers[numbers.len() - ROW];
    assert_eq!(numbers[1], last);
    assert!(last < until.0 as f64 && numbers.len() / ROW < 700);
    // The next one begins anew.
    let rest = Asked { from: SimTime(last as u64), limit: 1_000_000, ..asked };
    assert_eq!(gathered(timeline.lane(0), rest, 5_000)[1], until.0 as f64);
}

#[test]
fn a_search_finds_the_events_with_such_a_record() {
    let mut timeline = played();
    let all = all(&mut timeline, 0);
    let lane: &Lane = timeline.lane(0);
    let kinds = |kinds: &[Kind]| kinds.iter().fold(0, |bits, &kind| bits | 1 << kind as u8);
    let any = Filter { node: None, kinds: u32::MAX, rule: 0, text: String::new() };
    let filters = [
        any.clone(),
        Filter { node: Some(2), ..any.clone() },
        Filter { kinds: kinds(&[Kind::Lose, Kind::Crash]), ..any.clone() },
        Filter { rule: 13, ..any.clone() },
        Filter { text: "votereply term=2".into(), ..any.clone() },
        Filter { node: Some(0), kinds: kinds(&[Kind::Deliver]), rule: 11, text: "requestvote".into() },
    ];
    for filter in filters {
        let matches = |r: &&Record| {
            let text = lane.names().text(r).to_lowercase();
            filter.kinds & 1 << r.kind as u8 != 0
                && filter.node.is_none_or(|node| [r.node, r.peer].contains(&node))
                && (filter.rule == 0 || r.rules & 1 << filter.rule != 0)
                && text.contains(&filter.text)
        };
        let mut expected: Vec<u32> = all.iter().filter(matches).map(|r| r.step).collect();
        expected.dedup();
        let (mut listing, mut found, mut next, mut slices) = (Listing::default(), Vec::new(), Some(0), 0);
        while let Some(first) = next {
            next = listing.search(lane, first, &filter, &mut found, &mut Meter::new(2_000));
            slices += 1;
        }
        assert_eq!(found, expected, "{filter:?}");
        assert!(slices > 5 && !found.is_empty());
    }
}

#[test]
fn an_entry_says_what_happened_and_what_followed() {
    let mut timeline = played();
    let all = all(&mut timeline, 0);
    let lane: &Lane = timeline.lane(0);
    let won =
        all.iter().find(|r| r.kind == Kind::Belief && r.sub & 1 == 1 && r.at > SimTime::ZERO + Span::s(2));
    let won = won.expect("somebody leads after the crash");
    let mut listing = Listing::default();
    let entry = loop {
        if let Some(entry) = listing.entry(lane, won.step, &mut Meter::new(500)) {
            break entry.expect("there is such an event");
        }
    };
    let first = all.iter().find(|r| r.step == won.step).expect("it has records");
    assert_eq!((entry.step, entry.at, entry.first), (won.step, won.at, Some(*first)));
    assert!(entry.text.contains("arrives VoteReply") && !entry.text.contains('['), "{}", entry.text);
    assert!(entry.effects.iter().any(|(node, text)| *node == won.node && text.contains("leads")));
    assert_eq!(entry.sent, 4, "it tells the others");
    let beyond = lane.computed_events() + 1;
    assert_eq!(listing.entry(lane, beyond, &mut Meter::unlimited()), Some(None));
}

#[test]
fn a_run_that_is_replaced_while_its_stretch_is_gathered_is_forgotten() {
    let opened = |seed: u32| {
        let text = format!("lanes raft\nnodes 5\nseed {seed}\nuntil 5s\n");
        let mut timeline = workspace::open(&text).expect("it plays");
        timeline.compute_all();
        timeline
    };
    let (first, second) = (opened(1), opened(2));
    let asked = Asked { lane: 0, from: SimTime(100), to: SimTime(5_000_000), limit: 50_000 };
    let whole = |timeline: &Timeline| {
        let mut stretch = Stretch::default();
        let numbers = stretch.gather(&timeline.lanes()[0], asked, &mut Meter::unlimited());
        numbers.expect("the meter is never empty").to_vec()
    };
    let mut stretch = Stretch::default();
    assert!(stretch.gather(&first.lanes()[0], asked, &mut Meter::new(500)).is_none());
    let found = stretch.gather(&second.lanes()[0], asked, &mut Meter::unlimited()).expect("all");
    assert!(found == whole(&second));
}
