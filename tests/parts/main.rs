//! Tests the parts that no registered algorithm uses in full, with a toy: an ensemble of several servers, sessions that
//! outlive the server they are connected to, and a lease.

mod lock;
#[path = "../shared/mod.rs"]
mod shared;

use election_playground::base::SimTime;
use election_playground::timeline::Timeline;
use shared::{Dice, failed, number};

/// Plays a text whose expectations must be met.
fn holds(text: &str) -> Timeline {
    let mut timeline = lock::REGISTRY.open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    let failed = failed(&mut timeline, text);
    assert!(failed.is_empty(), "{}\nin\n{text}", failed.join("\n"));
    timeline.compute_all();
    timeline
}

const LANE: &str = "lanes lock\nnodes 3\nlatency 5ms..15ms\n";

#[test]
fn an_ensemble_of_one_and_of_five_elect_one_leader_and_keep_it() {
    for servers in [1, 2, 3, 5] {
        holds(&format!(
            "{LANE}set lock.servers {servers}\nuntil 20s\n\
             expect leaders = 1\nexpect failovers = 0\nexpect leader-eventually\nexpect at-most-one-leader\n"
        ));
    }
}

#[test]
fn a_lock_outlives_the_server_that_its_holder_was_connected_to() {
    // The holder finds the ensemble's next leader before its lease ends, with the same session and token.
    holds(&format!(
        "{LANE}at 5s crash service-leader\nuntil 12s\n\
         expect failovers of service = 1\nexpect failovers = 0\nexpect time no-leader < 2.5s\n\
         expect leaders = 1\nexpect at-most-one-leader\n"
    ));
}

#[test]
fn a_holder_that_dies_is_replaced_when_its_session_ends() {
    holds(&format!(
        "{LANE}at 5s crash leader\nuntil 12s\n\
         expect failovers = 1\nexpect failover in 1.5s..2.6s\nexpect leaders = 1\nexpect at-most-one-leader\n"
    ));
    // This holds for both, and with the server back at the end.
    holds(&format!(
        "{LANE}at 5s crash leader\nat 5s crash service-leader\nat 9s restart all service s2 s3\nuntil 16s\n\
         expect failovers = 1\nexpect leaders = 1\nexpect node service zxid > 3\nexpect at-most-one-leader\n"
    ));
}

#[test]
fn a_minority_of_the_servers_serves_no_member() {
    // The leader of the servers keeps the holder and loses its majority, which ends the lease.
    holds(&format!(
        "{LANE}at 5s partition leader service-leader | majority service s2 s3\nat 5s cut service - s2\nuntil 5.1s\n"
    ));
    holds(&format!(
        "{LANE}at 5s crash service s2\nuntil 9s\nexpect leaders = 0 at 8s\nexpect at-most-one-leader\n"
    ));
}

#[test]
fn a_returning_server_catches_up() {
    let zxid = |timeline: &mut Timeline, server: usize| {
        let lane = timeline.lane(0);
        lane.go_to_step(u32::MAX, SimTime::NEVER);
        let view = lane.view((3 + server) as u8);
        view.fields.into_iter().find(|(name, _)| *name == "zxid").map(|(_, value)| value)
    };
    // Several transactions while it is down, and one while it is isolated.
    let mut timeline = holds(&format!(
        "{LANE}at 2s crash s3\nat 3s expire 1\nat 4s expire 2\nat 6s expire 3\nat 9s restart s3\n\
         at 12s isolate s2\nat 13s expire 1 2 3\nat 15s heal\nuntil 20s\nexpect leaders = 1\n"
    ));
    let all: Vec<_> = (0..3).map(|server| zxid(&mut timeline, server)).collect();
    assert!(all[0].is_some() && all.iter().all(|it| *it == all[0]), "{all:?}");
}

/// A scenario with faults of all kinds, then calm.
fn drawn(seed: u64) -> String {
    let mut d = Dice(seed);
    let servers = d.of(&["1", "2", "3", "3", "5"]);
    let mut text = format!("lanes lock\nnodes 3\nseed {seed}\nset lock.servers {servers}\n");
    text += d.of(&["latency 5ms..15ms\n", "latency 1ms..25ms\n", "latency 5ms..15ms\nloss 2%\n"]);
    let faults = [
        "crash leader",
        "crash service-leader",
        "crash service",
        "pause leader for 900ms",
        "pause service-leader for 2s",
        "slow service 30ms",
        "isolate service-leader",
        "isolate leader",
        "cut leader - service-leader",
        "partition leader service-leader | 1 2 3 service",
        "expire leader",
        "heal",
        "restart service",
        "duplicate 30%",
        "drift leader -10%",
    ];
    let mut at = 1_000;
    for _ in 0..1 + d.below(7) {
        at += d.below(2_500);
        text += &format!("at {at}ms {}\n", d.of(&faults));
    }
    text + &format!("until {}ms\n", at + [500, 3_000, 30_000][d.below(3) as usize])
}

#[test]
fn no_promise_breaks_under_any_faults() {
    let mut led = 0;
    let runs = number("SWARM_RUNS", 150);
    for seed in 0..runs {
        let text = drawn(seed);
        let timeline = holds(&text);
        let lane = &timeline.lanes()[0];
        let bugs: Vec<_> = lane.head_violations().into_iter().filter(|it| it.is_bug()).collect();
        assert!(bugs.is_empty(), "{bugs:?} in\n{text}");
        led += u64::from(lane.head_stats().failovers > 0);
    }
    assert!(runs / 10 < led, "only {led} of {runs} runs had a failover");
}
