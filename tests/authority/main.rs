//! Leaders by the record of several replicas, groups with leaders of their own, and power that an algorithm switches off:
//! tried with a toy that is in no registry but its own.

mod masters;
#[path = "../second_judge/mod.rs"]
mod second_judge;
#[path = "../shared/mod.rs"]
mod shared;
mod toy;

use election_playground::base::SimTime;
use election_playground::checker::{Blame, Outcome};
use election_playground::protocol::Property;
use election_playground::registry::Registry;
use election_playground::summary::Band;
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, Power, Record};
use shared::{Dice, failed, number};

/// Plays a text whose expectations are met, and on which both judges agree.
fn holds(text: &str) -> Timeline {
    holds_with(&toy::REGISTRY, text)
}

/// The same with other algorithms.
fn holds_with(registry: &'static Registry, text: &str) -> Timeline {
    let open = || registry.open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    let mut timeline = open();
    let failed = failed(&mut timeline, text);
    assert!(failed.is_empty(), "{}\nin\n{text}\n{}", failed.join("\n"), trace(&mut open()));
    timeline.compute_all();
    if let Err(differences) = second_judge::compare(&mut timeline, 0) {
        panic!("{differences}in\n{text}");
    }
    timeline
}

fn records(timeline: &mut Timeline) -> Vec<Record> {
    let until = timeline.scenario().until;
    timeline.lane(0).records(SimTime::ZERO, until, usize::MAX)
}

/// What happened but for messages and timers.
fn trace(timeline: &mut Timeline) -> String {
    let often = |kind| {
        matches!(kind, Kind::Send | Kind::Deliver | Kind::Fire | Kind::Persist | Kind::Lose | Kind::Stored)
    };
    let rare = |r: &&Record| !often(r.kind);
    let records = records(timeline);
    let names = timeline.lanes()[0].names();
    records.iter().filter(rare).map(|r| format!("{} {}\n", r.at, names.text(r))).collect()
}

const LANE: &str = "lanes toy\nnodes 3\nlatency 5ms..15ms\n";

#[test]
fn in_calm_every_group_has_a_leader_and_keeps_it() {
    holds(&format!(
        "{LANE}until 10s\n\
         expect leaders = 1\nexpect leader = 1\nexpect leader of p1 = 1\nexpect leader of p2 = 3\n\
         expect service-leader\nexpect leaders of service = 1\nexpect epoch of service >= 1\n\
         expect failovers = 0\nexpect failovers of p1 = 0\nexpect failovers of service = 0\n\
         expect time two-leaders of p2 = 0\n\
         expect at-most-one-leader\nexpect leader-eventually\nexpect one-leader-per-epoch\n"
    ));
}

#[test]
fn each_group_has_its_own_failovers() {
    holds(&format!(
        "{LANE}at 3s crash service-leader\nuntil 8s\n\
         expect failovers of service = 1\nexpect failover of service in 150ms..600ms\n\
         expect failover detection of service > 0ms\nexpect elections of service >= 2\n\
         expect failovers = 0\nexpect failovers of p1 = 0\nexpect failovers of p2 = 0\n\
         expect service-leader\n"
    ));
    holds(&format!(
        "{LANE}at 3s crash leader of p2\nuntil 8s\n\
         expect leader of p2 = 2\nexpect failovers of p2 = 1\nexpect failover of p2 in 600ms..900ms\n\
         expect failovers = 0\nexpect failovers of p1 = 0\nexpect failovers of service = 0\n\
         expect time no-leader of p2 > 600ms\nexpect leader = 1\n"
    ));
    holds(&format!(
        "{LANE}at 3s crash leader\nuntil 8s\n\
         expect leader = 2\nexpect leader of p1 = 2\nexpect leader of p2 = 3\n\
         expect failovers = 1\nexpect failovers of p1 = 1\nexpect failovers of p2 = 0\n\
         expect leader of p1 = 1 at 3.1s\nexpect leaders of p1 = 0 at 3.1s\n"
    ));
}

#[test]
fn the_summary_tells_who_led_each_group() {
    let text = format!("{LANE}at 3s crash leader\nat 5s crash service-leader\nuntil 8s\nexpect leader = 2\n");
    let timeline = holds(&text);
    let (ids, story) = (&timeline.lanes()[0].names().ids, timeline.lanes()[0].story());
    let led =
        |bands: &[Band]| bands.iter().map(|band| ids[usize::from(band.node)].to_string()).collect::<Vec<_>>();
    assert_eq!(led(&story.main.bands), ["1", "2"]);
    let [service, p1, p2] = &story.groups[..] else { panic!("three groups") };
    assert_eq!((service.name, p1.name, p2.name), ("service", "p1", "p2"));
    assert_eq!(service.bands.len(), 2);
    assert!(service.bands.iter().all(|band| ids[usize::from(band.node)].is_service()));
    assert_eq!((service.bands[0].until, service.bands[1].until), (Some(SimTime(5_000_000)), None));
    assert_eq!(
        (led(&p1.bands), led(&p2.bands)),
        (vec!["1".to_string(), "2".to_string()], vec!["3".to_string()])
    );
    assert_eq!((service.failovers.len(), p1.failovers.len(), p2.failovers.len()), (1, 1, 0));
    // An edit cuts it back and tells the rest anew.
    let mut edited =
        toy::REGISTRY.reopen(&timeline, &text.replace("at 5s crash", "at 5s pause")).expect("it opens");
    edited.compute_all();
    let mut fresh = toy::REGISTRY.open(&text.replace("at 5s crash", "at 5s pause")).expect("it opens");
    fresh.compute_all();
    for (a, b) in edited.lanes()[0].story().groups.iter().zip(&fresh.lanes()[0].story().groups) {
        assert_eq!((&a.bands, &a.failovers), (&b.bands, &b.failovers));
    }
}

#[test]
fn a_replica_that_is_behind_is_not_believed() {
    // `service` is the first replica: whichever leads them, its record is the first that anybody sees.
    holds(&format!(
        "{LANE}at 2s isolate service\nat 3s crash 1\nuntil 8s\n\
         expect node service leader = 1\nexpect node s2 leader = 2\nexpect node s3 leader = 2\n\
         expect leader = 2\nexpect leader of p1 = 2\nexpect leaders = 1\nexpect service-leader != service\n"
    ));
}

#[test]
fn what_no_quorum_of_replicas_holds_is_not_the_truth() {
    // The leader of the replicas keeps 2 and 3 and loses everything else. What it says by itself makes 2 lead.
    let text = format!(
        "{LANE}set toy.flaw minority\nat 3s partition service-leader 2 3 | 1 service s2 s3\nuntil 4.5s\n\
         expect leaders = 2\nexpect leader = 1\nexpect node 2 role leader\nexpect leader of p1 = 1\n"
    );
    let timeline = holds(&text);
    let verdicts = timeline.lanes()[0].head_verdicts(SimTime(4_500_000));
    let broken = |it: Property| {
        let verdict = verdicts.iter().find(|verdict| verdict.property == it).expect("every property");
        matches!(verdict.outcome, Outcome::Broken(_))
    };
    assert!(broken(Property::AtMostOneLeader), "{verdicts:?}");
}

#[test]
fn a_record_stays_the_truth_while_no_quorum_can_change_it() {
    holds(&format!(
        "{LANE}at 3s crash service s2\nuntil 5s\n\
         expect leader = 1 at 3.2s\nexpect leaders = 0 at 5s\nexpect service-leader = none\n\
         expect node s3 leader = 1\n"
    ));
}

#[test]
fn a_service_works_while_a_quorum_of_its_nodes_does() {
    // One replica of three may fail: everything is still owed.
    let one =
        holds(&format!("{LANE}at 2s crash s3\nat 3s crash leader\nuntil 20s\nexpect leader-eventually\n"));
    assert_eq!(one.lanes()[0].head_stats().failovers, 1);
    // Two may not, and the run is blamed for that.
    let two = holds(&format!(
        "{LANE}at 2s crash s3 s2\nat 3s crash leader\nuntil 60s\nexpect leader-eventually = undecided\n"
    ));
    let verdicts = two.lanes()[0].head_verdicts(SimTime(60_000_000));
    let found = verdicts.iter().find(|it| it.property == Property::LeaderEventually).expect("every property");
    assert!(
        matches!(&found.outcome, Outcome::Undecided(needs) if needs.contains("coordination service")),
        "{found:?}"
    );
}

#[test]
fn who_is_shot_before_it_is_replaced_cannot_lead_beside_its_successor() {
    let story = |fence: &str| {
        format!(
            "{LANE}set toy.flaw no-lapse\nset toy.fence {fence}\nat 3s partition 1 | 2 3 service s2 s3\nuntil 8s\n\
             expect leader = 2\nexpect failovers of p1 = 1\n"
        )
    };
    holds(&format!("{}expect time two-leaders > 3s\nexpect at-most-one-leader = broken\n", story("off")));
    let mut fenced = holds(&format!(
        "{}expect time two-leaders = 0\nexpect at-most-one-leader\nexpect node 1 state crashed\n",
        story("on")
    ));
    let said = trace(&mut fenced);
    let order = [
        "orders power-off of 1, in 100ms",
        "1 is powered off, as",
        "knows that 1 is off",
        "2 is leader leads",
    ];
    let at: Vec<usize> =
        order.iter().map(|it| said.find(it).unwrap_or_else(|| panic!("{it} in\n{said}"))).collect();
    assert!(at.is_sorted(), "{said}");
}

/// The power records of a run: what became of it, by whom, of whom.
fn power(timeline: &mut Timeline) -> Vec<(u8, u8, u8)> {
    let records = records(timeline);
    let power = records.iter().filter(|r| r.kind == Kind::Power);
    power.map(|r| (r.sub, r.node, r.peer)).collect()
}

#[test]
fn a_watchdog_that_is_not_fed_resets_its_node_though_that_stands_still() {
    let mut timeline = holds(&format!(
        "{LANE}set toy.watchdog 400ms\nat 3s pause leader for 3s\nat 8s restart 1\nuntil 12s\n\
         expect node 1 state crashed at 4s\nexpect failovers = 1\nexpect leader = 2 at 8s\nexpect node 1 state up\n"
    ));
    let off = records(&mut timeline).iter().find(|r| r.kind == Kind::Crash).copied().expect("it goes off");
    assert_eq!((off.sub, off.node), (1, 0));
    // It was fed last at most a heartbeat and a message before.
    assert!((3_300_000..3_400_000).contains(&off.at.0), "{}", off.at);
    let of_one: Vec<_> = power(&mut timeline).into_iter().filter(|it| it.1 == 0).collect();
    let [ordered, went] = [Power::Ordered as u8, Power::Off as u8];
    assert_eq!(
        of_one,
        [(ordered, 0, 0), (went, 0, 0), (ordered, 0, 0)],
        "fed without a word, and on again at 8s"
    );
}

#[test]
fn a_member_that_lets_go_stops_its_watchdog() {
    // The lease ends 100 ms before the watchdog would fire.
    let story = |flaw: &str, state: &str| {
        format!(
            "{LANE}set toy.watchdog 400ms\nset toy.flaw {flaw}\nat 3s partition 1 | 2 3 service s2 s3\nat 5s heal\n\
             until 8s\nexpect leader = 2\nexpect node 1 state {state}\n"
        )
    };
    let mut timeline = holds(&story("none", "up"));
    let of_one: Vec<_> = power(&mut timeline).into_iter().filter(|it| it.1 == 0).collect();
    let [ordered, called_off] = [Power::Ordered as u8, Power::CalledOff as u8];
    assert_eq!(of_one, [(ordered, 0, 0), (called_off, 0, 0), (ordered, 0, 0)], "fed again after the cut");
    assert!(trace(&mut timeline).contains("1 stops its watchdog"));
    // Whoever does not let go is reset.
    let mut reset = holds(&story("no-lapse", "crashed"));
    let of_one: Vec<_> = power(&mut reset).into_iter().filter(|it| it.1 == 0).collect();
    assert_eq!(of_one, [(ordered, 0, 0), (Power::Off as u8, 0, 0)]);
}

#[test]
fn whoever_asked_hears_of_it_once_it_runs_again() {
    // The leader of the replicas asks at about 3.65s, and stands still when the power goes.
    let story = |fate: &str| {
        format!(
            "{LANE}set toy.fence on\nset toy.fence-delay 300ms\nat 3s pause leader\nat 3.8s {fate}\nuntil 9s\n\
             expect node 1 state crashed\nexpect leader = 2\n"
        )
    };
    let by = |timeline: &mut Timeline, sub: Power| {
        let all = records(timeline);
        let found = all.iter().filter(|r| r.kind == Kind::Power && r.sub == sub as u8);
        found.map(|r| r.at.0).collect::<Vec<u64>>()
    };
    let mut paused = holds(&story("pause service-leader for 1s"));
    let (off, told) = (by(&mut paused, Power::Off), by(&mut paused, Power::Confirmed));
    assert!(off[0] < 4_100_000, "{off:?}");
    assert_eq!(told[0], 4_800_000);
    // A process that has crashed since is told nothing; its successor asks again.
    let mut crashed = holds(&story("crash service-leader"));
    assert_eq!(by(&mut crashed, Power::Off).len(), 1);
    assert_eq!((by(&mut crashed, Power::WasOff).len(), by(&mut crashed, Power::Confirmed).len()), (1, 1));
}

#[test]
fn what_an_algorithm_does_to_itself_is_no_fault_of_the_run() {
    // `campaign 3` has the next in the ring shot, which is the leader, for no reason.
    let text = format!("{LANE}at 3s campaign 3\nuntil 20s\nexpect failovers = 1\nexpect leader-eventually\n");
    let timeline = holds(&text);
    let failover = timeline.lanes()[0].head_stats().failover_last.expect("one");
    assert!(failover.unforced, "it could have gone on");
    // All are shot by all: nobody is left to lead, and the algorithm alone is to blame.
    let text = format!(
        "{LANE}at 3s campaign all\nuntil 30s\nexpect leader-eventually = broken\nexpect leaders = 0\n"
    );
    let timeline = holds(&text);
    let violations = timeline.lanes()[0].head_violations();
    let found = violations.iter().find(|it| it.property == Property::LeaderEventually).expect("it is broken");
    assert_eq!(found.blame, Blame::Bug);
    // The same by a scenario is a fault.
    holds(&format!("{LANE}at 3.1s crash all\nuntil 30s\nexpect leader-eventually = undecided\n"));
}

/// A scenario of the toy with faults of all kinds.
fn drawn(seed: u64) -> String {
    let mut d = Dice(seed);
    let (nodes, replicas) = (2 + d.below(4), d.of(&["1", "2", "3", "3", "5"]));
    let mut text = format!("lanes toy\nnodes {nodes}\nseed {seed}\nset toy.replicas {replicas}\n");
    text += d.of(&["", "latency 5ms..15ms\n", "latency 1ms..60ms\n", "loss 2%\n"]);
    text += d.of(&["", "", "set toy.fence on\n"]);
    text += d.of(&["", "", "set toy.watchdog 500ms\n"]);
    let faults = [
        "crash leader",
        "crash service-leader",
        "crash leader of p2",
        "crash service 2",
        "restart all service",
        "pause leader for 900ms",
        "pause service-leader for 2s",
        "slow leader of p1 40ms",
        "slow service 200ms",
        "isolate service-leader",
        "isolate leader",
        "partition 1 service | 2",
        "partition leader of p1 | 2 service-leader",
        "cut leader - service-leader",
        "heal",
        "heal",
        "drift service-leader +20%",
        "campaign leader",
        "stonith leader of p2",
    ];
    let mut at = 1_000;
    for _ in 0..1 + d.below(7) {
        at += d.below(2_500);
        text += &format!("at {at}ms {}\n", d.of(&faults));
    }
    text + &format!("until {}ms\n", at + [500, 3_000, 25_000][d.below(3) as usize])
}

#[test]
fn both_judges_agree_whatever_happens_to_the_toy() {
    for seed in 0..number("SWARM_RUNS", 400) {
        let text = drawn(seed);
        let timeline = holds(&text);
        let bugs: Vec<_> =
            timeline.lanes()[0].head_violations().into_iter().filter(|it| it.is_bug()).collect();
        // A leader of the replicas that has stood still shoots members that are well: that is its own fault.
        let shoots = ["campaign", "fence on", "watchdog"].iter().any(|it| text.contains(it));
        assert!(bugs.is_empty() || shoots, "{bugs:?} in\n{text}");
    }
}

#[test]
fn time_travel_is_exact_with_groups_and_power() {
    let text = format!(
        "{LANE}set toy.watchdog 400ms\nset toy.fence on\nset toy.fence-delay 150ms\nat 2s pause leader for 1s\n\
         at 2.8s pause service-leader for 700ms\nat 4s restart 1\nat 5s crash service-leader\nuntil 8s\n"
    );
    let mut timeline = holds(&text);
    assert!(trace(&mut timeline).contains("stops its watchdog"));
    let until = timeline.scenario().until;
    let last = timeline.lanes()[0].computed_events();
    let mut fresh = toy::REGISTRY.open(&text).expect("it opens");
    let fresh = fresh.lane(0);
    let mut way: Vec<(u32, u64, u64)> = Vec::new();
    fresh.go_to_step(0, SimTime::ZERO);
    while fresh.step(until) {
        if fresh.events().is_multiple_of(41) {
            way.push((fresh.events(), fresh.state_digest(), fresh.trace_digest()));
        }
    }
    assert_eq!(fresh.events(), last);
    let lane = timeline.lane(0);
    for &(step, state, trace) in way.iter().rev() {
        lane.go_to_step(step, until);
        assert_eq!((lane.state_digest(), lane.trace_digest()), (state, trace), "after {step} events");
        let groups = lane.group_stats().into_iter().cloned().collect::<Vec<_>>();
        fresh.go_to_step(step, until);
        assert_eq!(
            groups,
            fresh.group_stats().into_iter().cloned().collect::<Vec<_>>(),
            "after {step} events"
        );
    }
    // An edit of the future takes the past over as it was.
    let edited = format!("{text}at 6s crash leader\n");
    let mut whole = toy::REGISTRY.open(&edited).expect("it opens");
    let mut reopened = toy::REGISTRY.reopen(&timeline, &edited).expect("it opens");
    whole.compute_all();
    reopened.compute_all();
    assert_eq!(whole.lanes()[0].head_digest(), reopened.lanes()[0].head_digest());
    assert_eq!(whole.lanes()[0].head_group_stats(), reopened.lanes()[0].head_group_stats());
}

/// The id of the leader in truth after all events up to then.
fn truth_at(timeline: &mut Timeline, ms: u64) -> Option<u32> {
    timeline.seek(SimTime(ms * 1_000));
    let lane = &timeline.lanes()[0];
    lane.leader_in_truth().map(|place| lane.names().ids[usize::from(place)].0)
}

#[test]
fn of_independent_masters_most_must_name_the_same() {
    let play = |text: &str| {
        holds_with(&masters::REGISTRY, &format!("lanes independent\nnodes 2\nlatency 5ms\n{text}"))
    };
    // Two of five grant it to 1: that is not enough for 1, nor for the truth.
    play(
        "at 1s cut 1 - s3 s4 s5\nat 1s campaign 1\nuntil 3s\n\
         expect leaders = 0\nexpect leader = none\nexpect node s2 leader = 1\nexpect node s3 leader = none\n",
    );
    // The other three grant it to 2, one of them crashes: what it has granted stays.
    let taken = "at 1s cut 1 - s3 s4 s5\nat 1s campaign 1\nat 2s campaign 2\n";
    play(&format!("{taken}at 3s crash s5\nuntil 4s\nexpect leader = 2\nexpect leaders = 1\n"));
    // It has lost its memory when it comes back, and grants it again: two hold it, one of them in truth.
    let mut twice = play(&format!(
        "{taken}at 3s crash s5\nat 4s restart s5\nat 4s join 1 - s5\nat 5s campaign 1\nuntil 6s\nexpect leaders = 2\n"
    ));
    let truth = [1_500, 2_500, 3_500, 4_500, 5_500].map(|at| truth_at(&mut twice, at));
    assert_eq!(truth, [None, Some(2), Some(2), None, Some(1)]);
}

#[test]
fn a_primary_alone_says_who_leads_and_what_it_did_not_copy_is_lost() {
    let play =
        |text: &str| holds_with(&masters::REGISTRY, &format!("lanes primary\nnodes 2\nlatency 5ms\n{text}"));
    // Copied in time, the lock outlives its primary.
    play(
        "at 1s campaign 1\nat 2s crash service\nat 3s fire s2 promote\nat 4s campaign 2\nuntil 5s\n\
         expect leader = 1 at 2.5s\nexpect leader = 1\nexpect leaders = 1\nexpect service-leader = s2\n",
    );
    // Not copied, it is granted twice.
    let mut twice = play(
        "at 0.5s cut service -> s2\nat 1s campaign 1\nat 2s crash service\nat 3s fire s2 promote\nat 4s campaign 2\n\
         until 5s\nexpect leaders = 2\nexpect epoch of service = 2\n",
    );
    let truth = [500, 1_500, 2_500, 3_500, 4_500].map(|at| truth_at(&mut twice, at));
    assert_eq!(truth, [None, Some(1), Some(1), None, Some(2)]);
}
