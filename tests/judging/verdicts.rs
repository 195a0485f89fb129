//! Verdicts: when a property is held, broken, given up or undecided, and the cause.

use election_playground::base::SimTime;
use election_playground::checker::{Blame, Outcome};
use election_playground::protocol::Assumption;

use crate::lab::{holds, play};

#[test]
fn settings_that_give_up_a_leader_say_so_if_no_node_ever_leads() {
    // There is no leader for a minute. Equal timeouts, and a ring without its additions, promise no leader:
    // given up, not held. Bully promises one; if its flaw leaves none, this is a violation for the checker to
    // find.
    let run = holds(
        "lanes raft
         lane livelock = raft election-timeout 150ms
         lane paper = ring detector off, skip off, retry off, merge off
         lane norestart = bully flaw no-restart
         nodes 3
         latency 5ms
         phases lockstep
         init paper leader 3
         init norestart leader 3
         at 1s paper norestart: crash 3
         at 1s norestart: campaign 1
         at 1.02s norestart: crash 2
         until 60s
         expect raft leader-eventually
         expect livelock paper norestart leaders = 0
         expect livelock paper leader-eventually = given-up
         expect norestart leader-eventually = broken",
    );
    assert_eq!(run.blame("norestart", "leader-eventually"), Blame::Bug);
    let Outcome::GivenUp(setting) = run.outcome("livelock", "leader-eventually") else { unreachable!() };
    assert_eq!(setting, "election-timeout 150ms");
}

#[test]
fn a_missing_leader_is_undecided_and_reports_how_much_calm_it_needs() {
    // A tenth of a second after the crash, no correct run must have a leader again. The time needed is near
    // the worst that correct runs take, and not far beyond it.
    let run = holds(
        "lanes ring bully zookeeper raft
         phases lockstep
         at 2s crash leader
         until 2.1s
         expect leader-eventually = undecided",
    );
    for (lane, bound_ms) in [("ring", 5285), ("bully", 1440), ("zookeeper", 31100), ("raft", 9020)] {
        let needs = run.needs(lane, "leader-eventually");
        let seconds = format!("needs {}s of calm, had 100ms", bound_ms as f64 / 1000.0);
        let ms = format!("needs {bound_ms}ms of calm, had 100ms");
        assert!(needs == ms || needs == seconds, "{lane}: {needs}");
    }
}

#[test]
fn a_write_acknowledged_by_an_old_leader_after_the_new_one_began_is_lost() {
    // 1 acknowledges a write alone when 3 already leads; no other node becomes leader afterwards. When the
    // write is acknowledged, the leader in truth lacks it, so that is when it is lost.
    let run = holds(
        "lanes raft
         nodes 5
         phases lockstep
         set raft.ack leader
         set store.interval 0
         init raft leader 1 term 1
         at 1s partition 1 2 | 3 4 5
         at 2s write 1
         at 3s write 3
         at 4s heal
         until 8s
         expect writes acknowledged = 2
         expect writes lost = 1
         expect acknowledged-kept = broken",
    );
    assert_eq!(run.blame("raft", "acknowledged-kept"), Blame::GivenUp("ack leader"));
}

#[test]
fn an_acknowledgement_by_a_quorum_survives_the_same_partition() {
    // The write of the isolated leader is overwritten too, but it was never acknowledged.
    holds(
        "lanes raft
         nodes 5
         phases lockstep
         init raft leader 1 term 1
         at 1s partition 1 2 | 3 4 5
         at 2s write 1
         at 3s write 3
         at 4s heal
         until 8s
         expect writes acknowledged = 1
         expect writes lost = 0
         expect acknowledged-kept",
    );
}

/// Node 1 wins term 1 late, when 5 leads term 2: its votes were in flight meanwhile.
const LATE_WINNER: &str = "lanes raft
    lane open = raft fencing off
    nodes 5
    latency 5ms
    timers manual
    at 1s campaign 1
    at 1.006s delay 2->1#1 400ms
    at 1.006s delay 3->1#1 400ms
    at 1.006s cut 1 - 2 3 4 5
    at 1.006s join 2 3 -> 1
    at 1.05s campaign 5
    until 3s
    expect leaders = 2 at 1.5s
    expect one-leader-per-epoch\n";

#[test]
fn writers_are_ordered_by_token_not_by_the_start_of_their_belief() {
    // The store sees term 1, then term 2: in order, whichever node believed first. This is legal in Raft.
    holds(&format!(
        "{LATE_WINNER}
         at 1.6s fire 1 write
         at 1.8s fire 5 write
         expect raft writes accepted = 2
         expect writes conflicting = 0
         expect raft one-effective-writer
         expect open one-effective-writer = given-up"
    ));
}

#[test]
fn a_write_of_a_lower_term_after_a_higher_one_is_stale_even_if_its_writer_believed_later() {
    // In the opposite order the write of term 1 is stale: rejected with fencing, a conflict without.
    let run = holds(&format!(
        "{LATE_WINNER}
         at 1.6s fire 5 write
         at 1.8s fire 1 write
         expect raft writes rejected = 1
         expect raft one-effective-writer
         expect open writes conflicting = 1
         expect open one-effective-writer = broken"
    ));
    assert_eq!(run.blame("open", "one-effective-writer"), Blame::GivenUp("fencing off"));
}

#[test]
fn a_blip_does_not_excuse_later_events() {
    // Candidate 3 does not watch again, so no node leads after 5 s. Ten milliseconds of a cut link at 0.5 s
    // do not explain that: the promise was due again long before.
    let flawed = |more: &str| {
        format!(
            "lanes zookeeper
             nodes 3
             phases lockstep
             set zookeeper.flaw no-rewatch
             set zookeeper.tick-time 100ms
             set zookeeper.session-timeout 400ms
             init zookeeper candidates 1 2 3
             {more}
             at 2s crash 2
             at 5s crash 1
             until 120s
             expect leader-eventually = broken"
        )
    };
    for blip in ["", "at 0.5s cut 3 - service\nat 0.51s heal"] {
        assert_eq!(holds(&flawed(blip)).blame("zookeeper", "leader-eventually"), Blame::Bug, "{blip}");
    }
}

/// Candidate 3 takes every event for its turn, and so leads beside 1 as soon as 2 closes.
fn second_leader(close: &str, until: &str) -> String {
    format!(
        "lanes zookeeper
         nodes 3
         phases lockstep
         set zookeeper.flaw no-relist
         set zookeeper.tick-time 100ms
         set zookeeper.session-timeout 400ms
         init zookeeper candidates 1 2 3
         at 0.5s cut 3 - service
         at 0.51s heal
         at {close} close 2
         until {until}
         expect at-most-one-leader = broken"
    )
}

#[test]
fn a_fault_excuses_a_second_leader_for_one_recovery() {
    // Half a second after the cut the group may still be recovering from it.
    let run = holds(&second_leader("1s", "3s"));
    assert_eq!(run.excuse("zookeeper", "at-most-one-leader"), Assumption::Connected);
}

#[test]
fn a_second_leader_after_the_recovery_is_a_bug() {
    // A minute later the cut explains nothing. Nor does it explain two leaders that continue side by side
    // until the promise is due again.
    for close in ["60s", "1s"] {
        let run = holds(&second_leader(close, "90s"));
        assert_eq!(run.blame("zookeeper", "at-most-one-leader"), Blame::Bug, "{close}");
    }
}

#[test]
fn learners_are_not_a_quorum() {
    // One of two voters is up: no election is possible, and none was promised. The three running learners are
    // not a quorum.
    let run = holds(
        "lanes raft
         nodes 5
         set raft.learners 3 4 5
         init raft leader 1 term 1
         at 1s crash 1
         until 10min
         expect leaders = 0
         expect leader-eventually = undecided",
    );
    assert_eq!(
        run.needs("raft", "leader-eventually"),
        "needs the assumption that a quorum is up and connected, broken since 1s"
    );
}

#[test]
fn without_its_learners_a_leader_serves() {
    // Both voters run. That most members are down stops no commit, so it does not stop service either.
    holds(
        "lanes raft
         nodes 5
         set raft.learners 3 4 5
         init raft leader 1 term 1
         at 1s crash 3 4 5
         at 5s write 1
         until 10s
         expect writes acknowledged = 1
         expect failovers = 0
         expect leader-eventually",
    );
}

#[test]
fn an_unreachable_initial_state_is_the_scenarios_fault() {
    // `init` creates two leaders in one term, which is not a bug in Raft. Its terms are on disk, so this is
    // excused forever.
    let run = holds(
        "lanes raft
         nodes 3
         init raft 1 leader 1 term 1
         init raft 2 leader 2 term 1
         until 60s
         expect one-leader-per-epoch = broken",
    );
    assert_eq!(run.excuse("raft", "one-leader-per-epoch"), Assumption::PossibleStart);
}

#[test]
fn forged_votes_are_not_a_bug() {
    // 1 and 2 campaign in the same term. 2 is elected; 1 is not heard, and counts two forged votes. No
    // algorithm here is designed to survive that.
    let run = holds(
        "lanes raft
         nodes 5
         timers manual
         latency 10ms
         at 1s cut 1 -> 2 3 4 5
         at 1s campaign 1 2
         at 1.005s send 3 -> 1 VoteReply term 1 granted 1
         at 1.005s send 4 -> 1 VoteReply term 1 granted 1
         until 2s
         expect leaders = 2 at 1.025s
         expect one-leader-per-epoch = broken",
    );
    assert_eq!(run.excuse("raft", "one-leader-per-epoch"), Assumption::Honest);
}

#[test]
fn a_crash_after_an_election_without_a_winner_is_not_a_crash_during_one() {
    // 1 asks for votes, and 3 answers that it leads: that election is over without a winner. When 3 dies four
    // seconds later, no election is running, so the time until a node suspects it is detection.
    let run = holds(
        "lanes bully
         nodes 3
         latency 5ms
         phases lockstep
         init bully leader 3
         at 1s campaign 1
         at 5s crash 3
         until 12s
         expect failovers = 1
         expect failover detection in 300ms..600ms
         expect failover election = 50ms
         expect at-most-one-leader",
    );
    assert_eq!(run.stats("bully").failovers, 1);
}

#[test]
fn a_lost_acknowledged_write_is_counted_in_every_lane_that_loses_one() {
    // Only the isolated leader has the write when it acknowledges it. With a quorum it would have waited.
    holds(
        "lanes raft
         lane early = raft ack leader
         nodes 3
         latency 10ms
         init raft leader 1 term 1
         init early leader 1 term 1
         at 1s isolate 1
         at 1.1s write 1
         at 3s heal
         until 6s
         expect raft writes acknowledged = 0
         expect raft acknowledged-kept = undecided
         expect early writes acknowledged = 1
         expect early writes lost = 1
         expect early acknowledged-kept = broken",
    );
}

#[test]
fn the_start_of_a_group_excuses_nothing_once_it_has_settled() {
    // Processes starting one after another are not a fault of the run. A partition is.
    for seed in 1..=20 {
        let text = format!(
            "lanes ring hs\nseed {seed}\nat 2s partition 1 2 | 3 4 5\nuntil 9s\nexpect leaders = 2 at end"
        );
        let run = holds(&text);
        for lane in ["ring", "hs"] {
            let blame = run.blame(lane, "at-most-one-leader");
            assert_eq!(blame, Blame::Run(Assumption::Connected, SimTime(2_000_000)), "{lane}, seed {seed}");
        }
    }
}

#[test]
fn a_bug_is_detected_soon_after_the_group_has_started() {
    // Nothing is broken in these runs. (Until 31 s they used to be excused by the processes' own starts.)
    let bug = |seed: u64| {
        let flaw = "lanes zookeeper\nnodes 3\nset zookeeper.flaw no-relist\nat 8s close 2\nuntil 25s";
        let run = play(&format!("{flaw}\nseed {seed}"));
        let broken = matches!(run.outcome("zookeeper", "at-most-one-leader"), Outcome::Broken(_));
        broken && run.blame("zookeeper", "at-most-one-leader") == Blame::Bug
    };
    assert!((1..=60).filter(|seed| bug(*seed)).count() > 10);
}
