//! CheckQuorum, leases, PreVote, and their purpose.

use crate::lab::{Lab, check};

/// TestLeaderStepdownWhenQuorumActive, TestLeaderStepdownWhenQuorumLost, checkquorum.txt: the check happens
/// once per election timeout and then forgets who replied, so the leader steps down between T and 2T after
/// the last reply.
#[test]
fn a_leader_without_a_quorum_steps_down_between_one_and_two_timeouts() {
    check(
        "set raft.check-quorum on; nodes 3; init raft leader 1 term 1
         at 1s fire 1 heartbeat
         at 2s isolate 1
         at 3s fire 1 check-quorum
         expect raft node 1 role = leader at 3s
         at 4s fire 1 check-quorum
         expect raft node 1 role = follower at 4s
         expect raft node 1 leader = none at 4s
         expect raft node 1 term = 1 at 4s",
    );
    // The same with timers: isolated at any moment of the interval.
    let mut spans = Vec::new();
    for step in 0..40 {
        let cut = 2_000_000 + step * 5_000;
        let mut lab = Lab::new(&format!(
            "timers auto; latency 1ms; nodes 3; init raft leader 1 term 1
             set raft.check-quorum on; set raft.election-timeout 200ms..400ms
             at {cut}us isolate 1"
        ));
        lab.to(3_000_000);
        let gone = lab.time_of("1 stepped down").expect("it steps down");
        spans.push(gone - cut);
    }
    // Up to a heartbeat interval and a round trip passes between the last reply and the cut.
    let (least, most) = (spans.iter().min().unwrap(), spans.iter().max().unwrap());
    assert!((150_000..=250_000).contains(least) && (350_000..=400_000).contains(most), "{spans:?}");
}

/// Without CheckQuorum an isolated leader believes forever.
#[test]
fn without_check_quorum_an_isolated_leader_stays() {
    check(
        "timers auto; latency 5ms..15ms; nodes 3; init raft leader 1 term 1
         at 1s isolate 1; until 60s
         expect raft leaders = 2 at 60s
         expect raft one-leader-per-term",
    );
}

/// checkquorum.txt: "Campaigning will fail when there is an active leader", and vote requests of a higher
/// term are ignored, not refused; TestLeaderElectionWithCheckQuorum; TestLeaderSupersedingWithCheckQuorum.
#[test]
fn with_check_quorum_a_recent_leader_is_not_voted_out() {
    check(
        "set raft.check-quorum on; nodes 3
         # Right after the start no node has heard a leader, so votes are granted.
         at 10ms campaign 1
         expect raft node 1 role = leader at 10ms
         at 20ms campaign 2
         expect raft node 2 role = candidate at 20ms
         expect raft node 2 term = 2 at 20ms
         expect raft node 1 term = 1 at 20ms
         expect raft node 3 term = 1 at 20ms
         expect raft messages VoteReply = 2 at 20ms
         # The leader's next word to 2 is answered with the higher term: that frees 2, at the leader's cost.
         at 30ms fire 1 heartbeat
         expect raft node 1 role = follower at 30ms
         expect raft node 1 term = 2 at 30ms
         expect raft node 3 term = 1 at 30ms
         # 3 was spoken to at 30 ms, so 1's vote decides.
         at 40ms campaign 2
         expect raft node 2 role = leader at 40ms
         expect raft node 2 term = 3 at 40ms",
    );
    // TestLeaderSupersedingWithCheckQuorum: a voter votes once T has passed since it heard from the leader.
    check(
        "set raft.check-quorum on; nodes 3
         at 10ms campaign 1
         at 100ms campaign 3
         expect raft node 3 role = candidate at 100ms
         at 200ms campaign 3
         expect raft node 3 role = leader at 200ms",
    );
}

/// TestFreeStuckCandidateWithCheckQuorum, TestDisruptiveFollower
#[test]
fn with_check_quorum_a_stuck_candidate_is_freed_by_its_reply() {
    check(
        "set raft.check-quorum on; set raft.stale-requests ignore; nodes 3
         at 10ms campaign 1
         at 20ms isolate 1
         at 30ms campaign 3; at 40ms campaign 3
         expect raft node 2 role = follower at 40ms
         expect raft node 2 term = 1 at 40ms
         expect raft node 3 role = candidate at 40ms
         expect raft node 3 term = 3 at 40ms
         at 50ms heal
         at 60ms fire 1 heartbeat
         expect raft node 1 role = follower at 60ms
         expect raft node 1 term = 3 at 60ms
         at 70ms campaign 3
         expect raft node 3 role = leader",
    );
}

/// TestDisruptiveFollowerPreVote: with PreVote as well, the leader is not disturbed at all.
#[test]
fn with_pre_vote_and_check_quorum_a_returning_follower_disturbs_no_node() {
    check(
        "set raft.check-quorum on; set raft.pre-vote on; nodes 3
         at 10ms campaign 1
         at 20ms isolate 3
         at 30ms write 1; at 31ms write 1; at 32ms write 1
         at 40ms heal
         at 50ms campaign 3
         expect raft node 1 role = leader at 50ms
         expect raft node 3 role = pre-candidate at 50ms
         expect raft node 3 term = 1 at 50ms
         at 60ms fire 1 heartbeat
         expect raft node 1 role = leader
         expect raft node 3 role = follower
         expect raft node 3 log = 1 1 1 1",
    );
}

/// hashicorp/raft's lease: the leader steps down as soon as no quorum has replied for that long.
#[test]
fn a_leader_lease_ends_earlier_than_check_quorum() {
    let mut spans = Vec::new();
    for step in 0..40 {
        let cut = 2_000_000 + step * 5_000;
        let mut lab = Lab::new(&format!(
            "timers auto; latency 1ms; nodes 5; init raft leader 1 term 1
             set raft.election-timeout 1s..2s; set raft.heartbeat 100ms; set raft.leader-lease 500ms
             at {cut}us isolate 1"
        ));
        lab.to(4_000_000);
        spans.push(lab.time_of("1 stepped down").expect("it steps down") - cut);
    }
    assert!(spans.iter().all(|s| (400_000..=510_000).contains(s)), "{spans:?}");
}

/// prevote.txt: "PreVote prevents a node that is behind on the log from obtaining prevotes and calling an
/// election. [...] the recent leader condition requires CheckQuorum and is not enforced with PreVote alone."
#[test]
fn pre_vote_alone_compares_only_logs() {
    check(
        "set raft.pre-vote on; nodes 3
         at 10ms campaign 1
         at 20ms isolate 3; at 30ms write 1; at 40ms heal
         # 3 is behind on its log.
         at 50ms campaign 3
         expect raft node 3 role = follower at 50ms
         expect raft node 3 term = 1 at 50ms
         expect raft elections = 1 at 50ms
         expect raft node 1 role = leader at 50ms
         # 2 is not, and wins, although all nodes have just heard from leader 1.
         at 60ms fire 1 heartbeat
         at 70ms campaign 2
         expect raft node 2 role = leader
         expect raft node 2 term = 2
         expect raft node 1 role = follower",
    );
}

/// prevote_checkquorum.txt: with both, voters that heard from the leader ignore the pre-vote; a voter that
/// did not grants it; and "a quorum of nodes can replace a leader when they have strong reason to believe
/// that it's dead".
#[test]
fn pre_vote_with_check_quorum() {
    check(
        "set raft.pre-vote on; set raft.check-quorum on; nodes 3
         at 10ms campaign 1
         at 20ms campaign 2
         expect raft node 2 role = pre-candidate at 20ms
         expect raft messages PreVoteReply = 2 at 20ms
         expect raft node 1 role = leader at 20ms
         # 2 has not heard from the leader for T: it grants, though leader 1 itself ignores the request.
         at 25ms isolate 2
         at 100ms fire 1 heartbeat
         at 190ms heal
         at 200ms campaign 3
         expect raft node 3 role = leader at 200ms
         expect raft node 3 term = 2 at 200ms
         expect raft node 1 leader = 3 at 200ms
         # Now 1 and 2 both campaign: who campaigns itself is in no lease, so the second one wins.
         at 210ms campaign 1
         expect raft node 1 role = pre-candidate at 210ms
         at 220ms campaign 2
         expect raft node 2 role = leader
         expect raft node 2 term = 3",
    );
}

/// TestNodeWithSmallerTermCanCompleteElection
#[test]
fn with_pre_vote_a_node_with_a_lower_term_does_not_block_an_election() {
    check(
        "set raft.pre-vote on; set raft.stale-requests ignore; nodes 3; init raft term 1
         at 1s cut 1 - 3; at 1s cut 2 - 3
         at 2s campaign 1
         expect raft node 1 role = leader at 2s
         at 3s campaign 3
         expect raft node 3 role = pre-candidate at 3s
         at 4s campaign 2
         expect raft node 1 term = 3 at 4s
         expect raft node 2 term = 3 at 4s
         expect raft node 3 term = 1 at 4s
         expect raft node 2 role = leader at 4s
         at 5s heal; at 5s isolate 2
         at 6s campaign 3
         at 7s campaign 1
         expect raft leader = 1",
    );
}

/// TestPreVoteWithSplitVote
#[test]
fn a_split_vote_after_pre_votes_is_decided_by_the_next_timeout() {
    check(
        "set raft.pre-vote on; nodes 3; init raft term 1; latency 10ms
         at 1s campaign 1
         at 2s crash 1
         at 3s campaign 2; at 3s campaign 3
         expect raft node 2 role = candidate at 3.2s
         expect raft node 3 role = candidate at 3.2s
         expect raft node 2 term = 3 at 3.2s
         at 4s campaign 2
         expect raft node 2 role = leader
         expect raft node 2 term = 4
         expect raft node 3 role = follower",
    );
}

/// A node that returns with a higher term deposes a healthy leader; with PreVote it does not.
#[test]
fn a_rejoining_node_disturbs_the_leader_without_pre_vote() {
    for (pre_vote, elections_min, kept) in [("off", 2, false), ("on", 0, true)] {
        for seed in 0..10 {
            let mut lab = Lab::new(&format!(
                "timers auto; latency 5ms..15ms; seed {seed}; nodes 5; init raft leader 1 term 1
                 set raft.pre-vote {pre_vote}
                 at 1s isolate 5; at 1.5s write leader; at 3s heal"
            ));
            lab.to(5_000_000);
            assert!(elections_min <= lab.elections(), "{}", lab.elections());
            assert_eq!(lab.field(1, "term") == "1", kept, "seed {seed}");
            assert_eq!(lab.time_of("1 stepped down").is_none(), kept);
            assert_ne!(lab.field(5, "leader"), "none");
        }
    }
}

/// No node is isolated, but: (hub) only 2 reaches every node, and leader 1 reaches only 2. PreVote keeps the
/// others from deposing it, so it leads forever without a quorum, unless CheckQuorum ends that. (pairs) Every
/// node misses some node, so every leader is missed by a node, which deposes it, unless PreVote (or the lease
/// that is the other half of CheckQuorum) prevents that.
#[test]
fn partial_connectivity_needs_pre_vote_and_check_quorum() {
    let hub = "at 1s cut 1 - 3; at 1s cut 1 - 4; at 1s cut 1 - 5; at 1s cut 3 - 4; at 1s cut 3 - 5; at 1s cut 4 - 5";
    let pairs = "at 1s cut 1 - 2; at 1s cut 3 - 4; at 1s cut 5 - 1";
    let run = |cuts: &str, pre_vote: &str, check_quorum: &str, seed: u32| -> (u64, u64, String) {
        let mut lab = Lab::new(&format!(
            "timers auto; latency 5ms..15ms; nodes 5; init raft leader 1 term 1; {cuts}; seed {seed}
             set raft.pre-vote {pre_vote}; set raft.check-quorum {check_quorum}
             at 59s write leader"
        ));
        lab.to(30_000_000);
        let half = lab.leaderships();
        lab.to(60_000_000);
        let won = lab.leaderships();
        (half, won - half, lab.field(2, "commit"))
    };
    for seed in 0..5 {
        for (pre_vote, check_quorum) in [("off", "off"), ("on", "off"), ("off", "on"), ("on", "on")] {
            let (_, late, commit) = run(hub, pre_vote, check_quorum, seed);
            let stuck = (pre_vote, check_quorum) == ("on", "off");
            assert_eq!((late, commit == "0"), (0, stuck), "hub, {pre_vote}, {check_quorum}");
            let (_, late, _) = run(pairs, pre_vote, check_quorum, seed);
            let restless = (pre_vote, check_quorum) == ("off", "off");
            assert_eq!(late > 20, restless, "pairs, {pre_vote}, {check_quorum}");
            assert!(restless || late == 0);
        }
    }
}
