//! Figures: failovers and their parts, who serves, what a comparison may say.

use election_playground::base::{SimTime, Span};

use crate::lab::{holds, parts_ms, play};

#[test]
fn a_short_pause_of_the_leader_has_no_parts_even_after_an_election_without_a_winner() {
    // 3 requested pre-votes while it was isolated, and then heard the leader again: it did not win, and the
    // election is over. So a pause of 40 ms, four seconds later, is not an election of 40 ms. No node
    // suspected anything.
    let run = holds(
        "lanes raft
         nodes 3
         latency 5ms
         seed 3
         phases lockstep
         set raft.pre-vote on
         init raft leader 1 term 1
         at 1s isolate 3
         at 2s heal
         at 5s pause 1 for 40ms
         until 12s
         expect failovers = 1
         expect failover = 40ms
         expect leader = 1 always",
    );
    assert_eq!(parts_ms(&run.failovers("raft")[0]), None);
}

#[test]
fn a_node_that_reaches_no_quorum_detects_nothing() {
    // 5 is isolated and campaigns all the time. The suspicion of a node that could win ends the detection: 4,
    // whose election takes one round trip.
    let run = holds(
        "lanes raft
         nodes 5
         latency 10ms
         seed 3
         phases lockstep
         init raft leader 1 term 1
         at 0.5s isolate 5
         at 3s crash 1
         until 5s
         expect leader = 4",
    );
    assert_eq!(parts_ms(&run.failovers("raft")[0]), Some((112, 20)));
}

#[test]
fn a_node_that_joins_during_a_failover_detects_nothing() {
    // Candidate 3 returns a tenth of a second after the crash and creates a znode. The service notices the
    // loss when the session ends at a tick.
    let run = holds(
        "lanes zookeeper
         nodes 3
         latency 10ms
         phases lockstep
         init zookeeper candidates 1 2 3
         at 5s close 3
         at 10s crash 1
         at 10.1s campaign 3
         until 20s
         expect leader = 2",
    );
    assert_eq!(parts_ms(&run.failovers("zookeeper")[0]), Some((4000, 30)));
}

#[test]
fn a_slightly_slow_leader_serves_all_the_time() {
    // After every heartbeat, two replies of 20 ms each wait briefly at the leader: 60 ms, slightly more than
    // the 50 ms that the timeouts tolerate. (It once failed over 1,180 times in a minute.)
    holds(
        "lanes raft
         nodes 3
         at 2s slow leader 20ms
         until 60s
         expect failovers = 0
         expect leader-eventually",
    );
}

#[test]
fn processes_that_all_restart_suspect_no_node() {
    let run = holds(
        "lanes raft bully ring hs
         nodes 3
         at 2s crash all
         at 3s restart all
         until 20s
         expect failovers = 1",
    );
    for lane in ["raft", "bully", "ring", "hs"] {
        assert_eq!(parts_ms(&run.failovers(lane)[0]), None, "{lane}");
    }
}

#[test]
fn a_session_ended_by_an_act_is_a_loss_and_its_detection() {
    // The service removes the leader in the same event in which it notices. What remains is the election: the
    // next in the queue is notified, asks for the children, and learns that it is first.
    let run = holds(
        "lanes zookeeper
         nodes 3
         latency 10ms
         phases lockstep
         init zookeeper candidates 1 2 3
         at 5s expire leader
         until 10s
         expect leader = 2",
    );
    assert_eq!(parts_ms(&run.failovers("zookeeper")[0]), Some((0, 30)));
}

#[test]
fn a_leader_whose_quorum_has_moved_on_ends_no_failover() {
    // A quorum is in term 2 when the cut heals; leader 1 of term 1 reaches it again, but does not serve. The
    // failover ends when 2 has won.
    let run = holds(
        "lanes raft
         nodes 3
         latency 100ms
         phases lockstep
         set raft.election-timeout 1s..2s
         set raft.heartbeat 300ms
         init raft leader 1 term 1
         at 5s isolate 1
         at 5.2s campaign 2
         at 5.31s heal
         until 9s
         expect failovers = 0 at 5.39s
         expect failover = 400ms",
    );
    assert_eq!(parts_ms(&run.failovers("raft")[0]), Some((200, 200)));
}

#[test]
fn a_leader_that_processes_messages_too_late_does_not_serve() {
    // 80 replies arrive each second, and each takes 201 ms: every request to this leader waits more than four
    // times what the timeouts tolerate. Its heartbeats are on time, so no node suspects it.
    let run = holds(
        "lanes raft
         nodes 5
         phases lockstep
         init raft leader 1 term 1
         at 2s slow 1 201ms
         at 6s slow 1 0
         until 9s
         expect failovers = 1
         expect failover >= 4s
         expect leader = 1 always
         expect elections = 0",
    );
    let failover = run.failovers("raft")[0];
    assert_eq!((failover.lost, failover.same), (SimTime(2_000_000), true));
}

#[test]
fn a_leader_cut_off_from_its_service_works_until_it_notices() {
    // By the session policy it keeps believing, and the store accepts its writes throughout: users always
    // have a leader.
    let run = holds(
        "lanes zookeeper
         nodes 3
         phases lockstep
         latency 10ms
         set zookeeper.policy session
         init zookeeper candidates 1 2 3
         at 5s cut leader - service
         at 6s heal
         until 20s
         expect writes rejected = 0
         expect failovers = 0
         expect leader = 1 always",
    );
    assert!(run.failovers("zookeeper").is_empty());
}

#[test]
fn phases_differ_from_seed_to_seed() {
    // A crash at 20 s meets sessions and timeouts in any state. The rule gives 2.67 to 6 s for ZooKeeper, and
    // forty seeds cover most of that range, not one point of it.
    let spread = |lane: &str| {
        let spans = (1..=40).map(|seed| {
            let text =
                format!("lanes {lane}\nseed {seed}\nat 20s crash leader\nuntil 30s\nexpect failovers = 1");
            holds(&text).failovers(lane)[0].whole()
        });
        let spans: Vec<Span> = spans.collect();
        (*spans.iter().min().expect("a run"), *spans.iter().max().expect("a run"))
    };
    let (least, most) = spread("zookeeper");
    assert!(Span::ms(2600) < least && least < Span::ms(3200), "{least}");
    assert!(Span::ms(5000) < most && most < Span::ms(6200), "{most}");
    for (lane, width) in [("ring", 60), ("bully", 60), ("raft", 80)] {
        let (least, most) = spread(lane);
        assert!(Span::ms(width) < most - least, "{lane}: {least} to {most}");
    }
}

#[test]
fn in_lockstep_no_phase_differs() {
    // The same with all phases at 0: constant delays leave nothing to chance.
    let failover = |seed: u32| {
        let text = format!(
            "lanes zookeeper\nseed {seed}\nlatency 10ms\nphases lockstep\ninit zookeeper candidates 1 2 3\nnodes 3\n\
             at 20s crash leader\nuntil 30s"
        );
        play(&text).failovers("zookeeper")[0].whole()
    };
    assert!((2..10).all(|seed| failover(seed) == failover(1)));
}
