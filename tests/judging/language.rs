//! The parts of the language that refer to judging, tested in runs.

use election_playground::expectations::{self, judge};
use election_playground::workspace;

use crate::lab::holds;

#[test]
fn a_leader_without_a_target_picks_one() {
    // The voter with the highest nextIndex, the first among equals; learner 2 takes no part.
    holds(
        "lanes raft
         nodes 4
         timers manual
         latency 0
         set raft.learners 2
         init raft leader 1 term 1
         at 1s transfer leader
         until 2s
         expect messages TimeoutNow = 1
         expect node 3 role = leader",
    );
}

#[test]
fn a_forged_message_is_marked_as_forged() {
    let mut run = holds(
        "lanes raft
         nodes 3
         timers manual
         latency 0
         init raft leader 1 term 1
         at 1s send 1 -> 3 TimeoutNow term 1
         until 2s
         expect node 3 role = leader
         expect node 1 role = follower",
    );
    let trace = run.trace("raft");
    assert!(trace.iter().any(|line| line.contains("1->3#1 forged TimeoutNow term=1")), "{trace:?}");
}

#[test]
fn an_expectation_can_name_a_field_of_a_message() {
    holds(
        "lanes ring
         nodes 17 24 9
         timers manual
         latency 0
         init ring leader 24
         at 1s campaign 17
         until 2s
         expect message 17->24#1 id = 17
         expect message 24->9#1 id = 24
         expect message 24->9#1 id > 17
         expect message 9->17#1 id = 24",
    );
}

#[test]
fn an_expectation_can_name_the_order_of_rules() {
    // The rules need not be consecutive; in reverse order they never match.
    holds(
        "lanes raft
         nodes 3
         timers manual
         latency 0
         init raft leader 1 term 1
         at 1s write
         at 2s transfer leader
         until 3s
         expect node 1 order R28 R24 R25 R33 R34 R5
         expect node 2 order R19 R22 R35 R15
         expect node 1 order R33 R28 never",
    );
}

#[test]
fn the_ticker_of_one_node_can_be_advanced() {
    // Ten ticks are its whole timeout. The others have counted none: only a few milliseconds have passed.
    holds(
        "lanes raft
         nodes 3
         timers manual
         latency 0
         set raft.election-timeout 1s
         set raft.heartbeat 500ms
         set raft.tick 100ms
         at 1ms tick 2 9
         at 2ms tick 2 1
         until 3s
         expect leaders = 0 at 1ms
         expect leader = 2",
    );
}

#[test]
fn a_setting_may_differ_by_node_and_change_during_a_run() {
    // Only node 3 requests pre-votes before it raises its term, and stops doing so at 2 s.
    holds(
        "lanes raft
         nodes 3
         timers manual
         latency 0
         set raft.pre-vote on for 3
         at 1s campaign 2
         at 1.5s campaign 3
         at 2s set raft.pre-vote off for 3
         at 3s campaign 3
         until 4s
         expect messages PreVote = 0 at 1.2s
         expect messages PreVote = 2 at 1.7s
         expect messages PreVote = 2
         expect messages RequestVote = 4 at 2.5s
         expect node 3 role = leader",
    );
}

#[test]
fn acknowledged_writes_can_be_counted() {
    holds(
        "lanes raft
         nodes 3
         timers manual
         latency 0
         init raft leader 1 term 1
         at 1s write
         at 2s isolate 1
         at 2s write 1
         until 3s
         expect writes acknowledged = 1
         expect acknowledged-kept",
    );
}

#[test]
fn every_verdict_can_be_expected() {
    holds(
        "lanes raft
         lane open = raft fencing off
         nodes 3
         init raft leader 1 term 1
         init open leader 1 term 1
         at 2s isolate 1
         until 5s
         expect raft one-effective-writer = held
         expect raft at-most-one-leader = broken
         expect open one-leader-per-term
         expect open one-effective-writer = broken
         expect raft acknowledged-kept = undecided",
    );
    holds("lane open = raft fencing off\nuntil 5s\nexpect one-effective-writer = given-up");
}

#[test]
fn one_run_does_not_decide_an_expectation_over_many_seeds() {
    let text = "lanes raft\nat 2s crash leader\nuntil 8s\n\
                expect failovers = 1 in 90%..100% of 100 seeds\nexpect p99 failover < 2s over 100 seeds\n";
    let mut timeline = workspace::open(text).expect("it reads");
    let judged = judge(&mut timeline);
    assert!(judged.iter().all(|it| it.result == expectations::Result::NeedsSeeds && !it.met()), "{judged:?}");
}
