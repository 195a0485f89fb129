//! Time: ticks, slow nodes, sessions, clocks, and runs that break off.

use election_playground::base::SimTime;
use election_playground::checker::Outcome;
use election_playground::expectations::judge;
use election_playground::trace::{BreakOff, Kind, Loss};
use election_playground::workspace;

use crate::lab::{holds, play};

#[test]
fn a_lease_counted_in_ticks_ends_and_time_advances() {
    // The rest of the lease is rounded up to the next tick. (Taken as zero, it once fired a million
    // times in one instant, just when it mattered: the leader has lost its quorum.)
    for seed in 1..=30 {
        let run = holds(&format!(
            "lanes raft
             nodes 3
             seed {seed}
             set raft.election-timeout 1s..2s
             set raft.heartbeat 100ms
             set raft.tick 100ms
             set raft.leader-lease 500ms
             at 5s isolate leader
             until 60s
             expect leaders = 1
             expect leader-eventually
             expect time two-leaders = 0"
        ));
        assert_eq!(run.stats("raft").broke_off, None, "seed {seed}");
    }
}

/// An id without a running owner circles forever: `deliver all` finds no end at 2 s.
const ENDLESS: &str = "lanes ring
    nodes 3
    latency 10ms
    set ring.detector off
    set ring.retry off
    set ring.skip off
    set ring.merge off
    init ring leader 3
    at 2s send 3 -> 1 ELECTION id 9
    at 2s deliver all
    until 60s\n";

#[test]
fn no_expectation_about_the_time_after_a_break_is_met() {
    // Conditions on a later time are unknown, even that nothing happens; earlier results stand.
    let text = format!(
        "{ENDLESS}
         expect leader = 3 at 1s
         expect leader = 3 by 1s
         expect leaders = 0 at 5s
         expect time two-leaders = 0
         expect at-most-one-leader
         expect leaders <= 1 always"
    );
    let mut timeline = workspace::open(&text).expect("it reads");
    let judged = judge(&mut timeline);
    assert_eq!(judged.iter().map(|j| j.met()).collect::<Vec<_>>(), [true, true, false, false, false, false]);
    let found = &judged[2].found;
    assert!(found.contains("the run broke off at 2s"), "{found}");
}

#[test]
fn figures_stop_where_a_run_breaks_off() {
    let run = play(ENDLESS);
    let stats = run.stats("ring");
    assert_eq!(stats.broke_off.map(|(at, _)| at), Some(SimTime(2_000_000)));
    let [none, one, two] = stats.time_at(SimTime(60_000_000));
    assert_eq!((none.0, one.0, two.0), (0, 2_000_000, 0));
    // Nothing was violated, and there is no verdict on the rest.
    let Outcome::Undecided(needs) = run.outcome("ring", "at-most-one-leader") else { panic!("decided") };
    assert_eq!(needs, "the run broke off at 2s");
}

#[test]
fn a_run_breaks_off_if_time_stands_still() {
    // The same id without an owner, on links without delay: after a million events the instant has not ended.
    let text = ENDLESS.replace("latency 10ms", "latency 0").replace("at 2s deliver all\n", "");
    let run = play(&text);
    let (at, why) = run.stats("ring").broke_off.expect("it broke off");
    assert_eq!((at, why), (SimTime(2_000_000), BreakOff::Instant as u8));
    assert_eq!(
        run.outcome("ring", "at-most-one-leader"),
        Outcome::Undecided("the run broke off at 2s".into())
    );
    // Everything before it can be stepped through.
    let mut timeline = workspace::open(&text).expect("it reads");
    timeline.compute_all();
    timeline.seek(SimTime(1_000_000));
    let whole = timeline.state_digest();
    let mut fresh = workspace::open(&text).expect("it reads");
    fresh.seek(SimTime(1_000_000));
    assert_eq!(whole, fresh.state_digest());
}

#[test]
fn a_slow_node_is_fast_again_when_slowness_ends() {
    // A waiting message takes the time that is set when work on it begins, and none once it is 0. So at 10 s
    // the old leader hears of the new term with the next message, not forty seconds later.
    holds(
        "lanes raft
         nodes 5
         phases lockstep
         init raft leader 1 term 1
         at 1s slow 1 80ms
         at 9s isolate 1
         at 10s slow 1 0
         at 10s heal
         until 60s
         expect pending > 100 at 9s
         expect node 1 role = leader at 9.9s
         expect node 1 role = follower at 10.2s
         expect pending < 20 at 10.2s
         expect time two-leaders < 2s",
    );
}

#[test]
fn an_inbox_is_bounded() {
    // 800 replies arrive each second and none is processed. Messages beyond 4,096 are lost and reported.
    let mut run = holds(
        "lanes raft
         nodes 5
         phases lockstep
         set store.interval 0
         set raft.heartbeat 5ms
         init raft leader 1 term 1
         at 1s slow 1 60s
         until 8s
         expect pending <= 4200",
    );
    let full =
        run.records("raft").iter().filter(|r| r.kind == Kind::Lose && r.sub == Loss::Full as u8).count();
    assert!(1000 < full, "{full}");
}

#[test]
fn a_session_over_half_a_connection_ends() {
    // The service hears leader 1, but 1 hears nothing. Over TCP, the handshake of a new connection would not
    // complete, so its CONNECT renews no session: the session ends, and 2 leads.
    holds(
        "lanes zookeeper
         nodes 3
         latency 5ms
         phases lockstep
         init zookeeper candidates 1 2 3
         at 5s cut service -> 1
         until 60s
         expect leaders = 0 at 8s
         expect leader = 2 by 13s
         expect leader = 2
         expect time no-leader < 7s",
    );
}

#[test]
fn check_quorums_lease_is_counted_in_ticks_if_timers_are() {
    // Node 2 has counted ten of its own ticks since it heard the leader, so it votes, as in etcd (raft.go,
    // Step: inLease). By the clock, 0.95 s, it would be too early.
    holds(
        "lane  etcd = raft check-quorum on, stale-requests ignore
         nodes 3
         timers manual
         latency 0
         set   raft.election-timeout 1s..2s
         set   raft.heartbeat 100ms
         set   raft.tick 100ms
         at 0      crash 2 3
         at 10ms   restart 2
         at 60ms   restart 3
         at 200ms  campaign 1
         at 1160ms fire 3 election
         until 2s
         expect node 3 role = leader",
    );
}

#[test]
fn a_transfer_request_restarts_check_quorums_interval() {
    // In etcd one counter serves both (electionElapsed, reset on MsgTransferLeader). A leader without a
    // request steps down at the second check, at 6 s; one that received the request at 5.5 s checks at 6.5 s
    // and steps down then.
    holds(
        "lane plain = raft check-quorum on
         lane asked = raft check-quorum on
         nodes 3
         latency 10ms
         phases lockstep
         set store.interval 0
         set raft.election-timeout 1s..2s
         set raft.heartbeat 100ms
         init plain leader 1 term 1
         init asked leader 1 term 1
         at 4.15s isolate 1
         at 5.5s asked: transfer 1 -> 3
         until 9s
         expect node 1 role = leader at 5.99s
         expect plain node 1 role != leader at 6.1s
         expect asked node 1 role = leader at 6.49s
         expect asked node 1 role != leader at 6.6s",
    );
}

#[test]
fn a_follower_whose_timers_count_ticks_does_not_campaign_after_a_pause() {
    // Go's ticker drops missed ticks, so etcd's follower keeps waiting; with exact timers it is overdue.
    holds(
        "lane ticks = raft tick 100ms
         lane exact = raft
         nodes 3
         phases lockstep
         set raft.election-timeout 1s..2s
         set raft.heartbeat 100ms
         init ticks leader 1 term 1
         init exact leader 1 term 1
         at 5s pause 2 for 3s
         until 15s
         expect ticks leader = 1 always
         expect ticks epoch = 1
         expect exact epoch > 1",
    );
}

#[test]
fn setting_a_clock_ends_no_lease() {
    // A lease is measured by a clock that cannot be set, such as Go's monotonic clock.
    holds(
        "lanes raft
         nodes 3
         phases lockstep
         set raft.election-timeout 1s..2s
         set raft.heartbeat 100ms
         set raft.leader-lease 500ms
         init raft leader 1 term 1
         at 5s skew leader +1h
         at 8s skew all -1h
         until 15s
         expect leader = 1 always
         expect elections = 0",
    );
}
