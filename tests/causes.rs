//! Every event knows what brought it about, wherever the question is asked from.

use std::collections::BTreeMap;

use election_playground::base::SimTime;
use election_playground::lane::{Cause, Lane, Link};
use election_playground::meter::Meter;
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, Loss, Record, WRITE};
use election_playground::workspace;

fn computed(text: &str) -> Timeline {
    let mut timeline = workspace::open(text).unwrap_or_else(|errors| panic!("{errors:?} in\n{text}"));
    timeline.compute_all();
    timeline
}

/// Longer than every run here.
const END: SimTime = SimTime(40_000_000);

fn chain(lane: &mut Lane, event: u32, limit: usize) -> Vec<Link> {
    lane.causes(event, END, limit, &mut Meter::unlimited()).expect("the meter is never empty")
}

/// All records of what is computed.
fn records(lane: &mut Lane) -> Vec<Record> {
    lane.records(SimTime::ZERO, lane.computed(), usize::MAX)
}

const ELECTION: &str = "lanes raft\nnodes 5\nseed 42\nat 2s crash leader\nuntil 4s\n";

#[test]
fn an_election_goes_back_to_the_last_heartbeat_that_was_heard() {
    let mut timeline = computed(ELECTION);
    let lane = timeline.lane(0);
    let all = records(lane);
    let crash = all.iter().find(|r| r.kind == Kind::Crash).expect("the leader crashes");
    let won = all.iter().find(|r| crash.step < r.step && r.kind == Kind::Belief && r.sub == 1);
    let won = won.expect("somebody else is elected");
    let found = chain(lane, won.step, 5);
    let named: Vec<String> = found
        .iter()
        .map(|link| {
            let r = link.record.expect("something is told of each of these");
            let names = lane.names();
            match r.kind {
                Kind::Deliver => names.info.messages[usize::from(r.msg)].name.to_string(),
                Kind::Fire => format!("timer {}", names.timers[usize::from(r.sub)]),
                other => format!("{other:?}"),
            }
        })
        .collect();
    assert_eq!(named, ["VoteReply", "RequestVote", "timer election", "Heartbeat", "timer heartbeat"]);
    // The one who won waited since before the crash; the vote came from another node, by its own request.
    let of = |i: usize| found[i].record.expect("told");
    assert_eq!((of(0).peer, of(1).node, of(2).node, of(3).peer), (won.node, won.node, won.node, won.node));
    assert_eq!((of(3).node, of(4).node), (crash.node, crash.node));
    assert!(found[3].at < crash.at && crash.at < found[2].at);
    assert!(found.windows(2).all(|two| two[0].cause == Cause::Event(two[1].event)));
}

#[test]
fn the_end_of_a_chain_is_an_act_a_draw_or_the_start() {
    let mut timeline = computed(ELECTION);
    let lane = timeline.lane(0);
    let act = records(lane).into_iter().find(|r| r.kind == Kind::Act).expect("an act");
    assert_eq!(lane.cause(act.step, act.at).map(|it| it.cause), Some(Cause::Act { act: 0, line: 3 }));
    let last = chain(lane, act.step - 1, usize::MAX).pop().expect("a chain");
    assert_eq!(last.cause, Cause::Begin, "{last:?}");
    assert!(chain(lane, u32::MAX, 3).is_empty(), "there is no such event");
}

/// A scenario with everything that has a cause: pauses, timers, duplicates, losses of every kind, restarts, writes.
const EVERYTHING: &str = "lanes raft bully zookeeper ring hs\nnodes 5\nseed 7\nloss 2%\nduplicate 3%\n\
    set store.interval 200ms\nset raft.tick 50ms\nset raft.election-timeout 150ms..300ms\n\
    at 1s partition 1 2 | 3 4 5\nat 2s heal\nat 2500ms pause leader for 700ms\nat 4s crash leader\n\
    at 4500ms restart all\nat 5s raft: fire 2 election\nat 5200ms slow 3 20ms\nat 6s cut 3 -> 4\nat 7s drift 2 +3%\n\
    at 7500ms isolate leader\nuntil 9s\n";

/// What the records say about causes, without any help: who sent what, and what was lost to which act.
fn told_causes(all: &[Record]) -> BTreeMap<u32, u32> {
    let mut sent = BTreeMap::new();
    let mut causes = BTreeMap::new();
    let mut last = None;
    for r in all {
        let message = (r.node, r.peer, r.nth, r.copy, r.msg == WRITE);
        match r.kind {
            Kind::Send | Kind::Copy => {
                sent.insert(message, r.step);
            }
            // Only the first record of an event says what it is.
            Kind::Deliver | Kind::Wait if last != Some(r.step) => {
                causes.insert(r.step, sent[&message]);
            }
            _ => {}
        }
        last = Some(r.step);
    }
    causes
}

#[test]
fn what_arrives_was_sent_by_the_event_that_the_trace_says() {
    let mut timeline = computed(EVERYTHING);
    let mut compared = 0;
    for lane in 0..timeline.lanes().len() {
        let lane = timeline.lane(lane);
        let all = records(lane);
        let told = told_causes(&all);
        compared += told.len();
        for (&event, &by) in &told {
            let link = lane.cause(event, END).expect("it happened");
            assert_eq!((link.event, link.cause), (event, Cause::Event(by)), "{:?}", link.record);
        }
    }
    assert!(1_000 < compared, "{compared} messages are no test");
}

#[test]
fn a_loss_is_put_down_to_the_act_that_brought_it_about() {
    let text = "lanes raft\nnodes 5\nseed 3\nat 1s cut 1 -> 2\nat 2s partition 1 2 | 3 4 5\nat 3s heal\n\
                at 4s crash leader\nloss 1%\nuntil 6s\n";
    let mut timeline = computed(text);
    let lane = timeline.lane(0);
    let all = records(lane);
    let acts: Vec<&Record> = all.iter().filter(|r| r.kind == Kind::Act).collect();
    let [cut, parted, _, crash] = acts[..] else { panic!("{} acts", acts.len()) };
    let (mut by_cut, mut by_chance) = (0, 0);
    for lost in all.iter().filter(|r| r.kind == Kind::Lose) {
        let one_to_two = (lost.node, lost.peer) == (0, 1);
        let expected = match lost.sub {
            sub if sub == Loss::Chance as u8 => None,
            sub if sub == Loss::Down as u8 => Some(crash.step),
            _ if one_to_two => Some(cut.step),
            _ => Some(parted.step),
        };
        assert_eq!(lane.fault(lost), expected, "{}", lane.names().text(lost));
        by_cut += u32::from(one_to_two && expected == Some(cut.step));
        by_chance += u32::from(expected.is_none());
    }
    assert!(0 < by_cut && 0 < by_chance);
}

#[test]
fn causes_are_the_same_from_every_keyframe_after_seeks_and_in_slices() {
    let text = "lanes raft\nnodes 5\nseed 5\nset raft.heartbeat 10ms\nat 20s crash leader\nuntil 40s\n";
    let mut timeline = computed(text);
    let lane = timeline.lane(0);
    let last = lane.computed_events();
    let (_, keyframe) = lane.keyframe_after(SimTime::ZERO);
    assert!(keyframe < last / 2, "{keyframe} of {last} events: there are no keyframes to speak of");
    let events = [last, 1, keyframe + 1, last / 2, keyframe, keyframe - 1, last / 3, last];
    let found: Vec<Vec<Link>> = events.iter().map(|&event| chain(lane, event, 50)).collect();
    // A lane that is not computed at all has its first keyframe only.
    let mut fresh = workspace::open(text).expect("it reads");
    for (event, found) in events.iter().zip(&found) {
        assert_eq!(&chain(fresh.lane(0), *event, 50), found, "event {event}");
    }
    let lane = timeline.lane(0);
    for (event, found) in events.iter().zip(&found).rev() {
        lane.go_to_time(SimTime(u64::from(*event) * 977));
        let mut slices = 0;
        let sliced = loop {
            let mut meter = Meter::new(1_000);
            slices += 1;
            if let Some(links) = lane.causes(*event, END, 50, &mut meter) {
                break links;
            }
            assert!(slices < 10_000, "no end of it");
        };
        assert_eq!(&sliced, found, "event {event} in {slices} slices");
    }
}
