//! The requirements of etcd's `raft_test.go` and `testdata/` beyond the paper.

use crate::lab::{Lab, check};

/// TestLeaderElection, TestLeaderElectionPreVote: which nodes are up, and which then leads.
#[test]
fn an_election_needs_a_running_quorum() {
    for (pre_vote, stays) in [("off", ("candidate", 1)), ("on", ("pre-candidate", 0))] {
        for (nodes, gone, leads) in [
            (3, "", true),
            (3, "at 1s crash 3", true),
            (3, "at 1s crash 2 3", false),
            (4, "at 1s crash 2 3", false),
            (5, "at 1s crash 2 3", true),
        ] {
            let (role, term) = if leads { ("leader", 1) } else { stays };
            check(&format!(
                "set raft.pre-vote {pre_vote}; nodes {nodes}; {gone}
                 at 2s campaign 1
                 expect raft node 1 role = {role}
                 expect raft node 1 term = {term}"
            ));
        }
    }
}

/// TestLeaderCycle, TestLeaderCyclePreVote: each node can campaign and become leader in turn.
#[test]
fn each_node_can_become_leader_in_turn() {
    for pre_vote in ["off", "on"] {
        check(&format!(
            "set raft.pre-vote {pre_vote}; nodes 3
             at 1s campaign 1; at 2s campaign 2; at 3s campaign 3; at 4s campaign 1
             expect raft leader = 1 at 1s
             expect raft leader = 2 at 2s
             expect raft leader = 3 at 3s
             expect raft leader = 1
             expect raft leaders = 1
             expect raft node 2 log = 1 2 3 4"
        ));
    }
}

/// TestLeaderElectionOverwriteNewerLogs: an uncommitted entry of term 2 is overwritten by one of term 1.
#[test]
fn a_new_leader_overwrites_newer_but_uncommitted_entries() {
    check(
        "nodes 5
         init raft 1 term 1 log 1; init raft 2 term 1 log 1; init raft 3 term 2 log 2
         init raft 4 term 2 voted 3; init raft 5 term 2 voted 3
         at 1s campaign 1
         expect raft node 1 role = follower at 1s
         expect raft node 1 term = 2 at 1s
         at 2s campaign 1
         expect raft node 1 role = leader
         expect raft node 1 term = 3
         expect raft node 1 log = 1 3
         expect raft node 3 log = 1 3
         expect raft node 5 log = 1 3",
    );
}

/// TestVoteFromAnyState, TestPreVoteFromAnyState: a vote of a higher term is granted in every role, a pre-vote
/// is granted without changing anything.
#[test]
fn a_vote_is_granted_in_every_role() {
    for (name, setup) in [
        ("follower", "init raft 1 term 1"),
        ("candidate", "init raft 1 term 0; at 1s isolate 1; at 2s campaign 1; at 3s heal"),
        ("leader", "init raft 1 term 1 leader 1"),
    ] {
        check(&format!(
            "nodes 3; {setup}; init raft 2 term 1; init raft 3 term 1
             expect raft node 1 role = {name} at 3s
             at 4s crash 3
             at 5s campaign 2
             expect raft node 1 role = follower
             expect raft node 1 term = 2
             expect raft node 1 voted = 2
             expect raft node 2 role = leader"
        ));
    }
    check(
        "set raft.pre-vote on; nodes 3; init raft leader 1 term 1
         at 1s crash 3
         at 2s campaign 2; at 2s cut 2 -> 1
         expect raft node 1 role = leader
         expect raft node 1 term = 1",
    );
}

/// TestDuelingCandidates
#[test]
fn dueling_candidates() {
    check(
        "nodes 3
         at 1s cut 1 - 3
         at 2s campaign 1; at 3s campaign 3
         expect raft node 1 role = leader at 3s
         expect raft node 3 role = candidate at 3s
         at 4s heal
         # It raises the term and loses for its log; the healthy leader is gone.
         at 5s campaign 3
         expect raft node 1 role = follower
         expect raft node 2 role = follower
         expect raft node 3 role = follower
         expect raft node 1 term = 2
         expect raft node 3 term = 2
         expect raft node 3 log = empty",
    );
}

/// TestDuelingPreCandidates: with PreVote the leader is not disturbed.
#[test]
fn dueling_pre_candidates() {
    check(
        "set raft.pre-vote on; nodes 3
         at 1s cut 1 - 3
         at 2s campaign 1; at 3s campaign 3
         expect raft node 1 role = leader at 3s
         expect raft node 3 role = follower at 3s
         at 4s heal
         at 5s campaign 3
         expect raft node 1 role = leader
         expect raft node 3 role = follower
         expect raft node 1 term = 1
         expect raft node 3 term = 1
         expect raft node 3 log = empty",
    );
}

/// TestCandidateConcede
#[test]
fn a_candidate_concedes_to_the_leader_of_its_term() {
    check(
        "nodes 3
         at 1s isolate 1
         at 2s campaign 1; at 3s campaign 3
         at 4s heal
         at 5s fire 3 heartbeat; at 6s write 3; at 7s fire 3 heartbeat
         expect raft node 1 role = follower
         expect raft node 1 term = 1
         expect raft node 1 log = 1 1
         expect raft node 1 commit = 2",
    );
}

/// TestSingleNodeCandidate, TestSingleNodePreCandidate, TestSingleNodeCommit, single_node.txt
#[test]
fn a_single_node_leads_and_commits_alone() {
    for pre_vote in ["off", "on"] {
        check(&format!(
            "set raft.pre-vote {pre_vote}; nodes 1
             at 1s campaign 1; at 2s write 1; at 3s write 1; at 4s fire 1 heartbeat
             expect raft leader = 1
             expect raft node 1 commit = 3
             expect raft messages = 0"
        ));
    }
}

/// TestOldMessages: an AppendEntries of an old leader changes nothing.
#[test]
fn messages_of_an_old_term_change_nothing() {
    check(
        "nodes 3
         at 1s campaign 1
         at 2s latency 10ms
         at 3s write 1; at 3.001s drop 1->2#3; at 3.001s delay 1->3#3 5s
         at 4s campaign 2
         expect raft leader = 2 at 5s
         expect raft node 3 log = 1 2 at 5s
         expect raft node 3 log = 1 2
         expect raft node 1 log = 1 2
         expect raft leader = 2
         expect raft node 3 term = 2",
    );
}

/// TestProposal: a write needs a leader. TestUncommittedEntryLimit: a leader accepts only a limited number at
/// once.
#[test]
fn writes_need_a_leader_and_are_bounded() {
    check("nodes 3; at 1s write 1; expect raft node 1 log = empty");
    check("nodes 3; init raft leader 1 term 1; at 1s write 2; expect raft node 1 log = empty");
    let writes: String = (0..1030).map(|i| format!("at {}us write 1\n", 2_000_000 + i)).collect();
    check(&format!(
        "nodes 3; init raft leader 1 term 1
         at 1s isolate 1
         {writes}
         expect raft node 1 last = 1024
         expect raft node 1 commit = 0"
    ));
}

/// TestAllServerStepdown is in `a_node_that_sees_a_higher_term_adopts_it_and_follows`; TestStateTransition: a leader
/// never campaigns (TestCampaignWhileLeader, TestPreCampaignWhileLeader).
#[test]
fn a_leader_does_not_campaign() {
    for pre_vote in ["off", "on"] {
        check(&format!(
            "set raft.pre-vote {pre_vote}; nodes 3
             at 1s campaign 1; at 2s campaign 1
             expect raft node 1 role = leader
             expect raft node 1 term = 1
             expect raft elections = 1"
        ));
    }
}

/// TestLeaderTransferToUpToDateNode
#[test]
fn leadership_goes_to_an_up_to_date_node_at_once() {
    check(
        "nodes 3; at 1s campaign 1
         at 2s transfer 1 -> 2
         expect raft leader = 2 at 2s
         expect raft node 1 role = follower at 2s
         expect raft messages TimeoutNow = 1 at 2s
         at 3s write 2; at 4s transfer 2 -> 1
         expect raft leader = 1",
    );
}

/// TestLeaderTransferWithCheckQuorum: "transfer leadership works even the current leader is still under its
/// leader lease", and with PreVote there is no pre-vote.
#[test]
fn a_transfer_bypasses_leases_and_pre_vote() {
    check(
        "set raft.check-quorum on; set raft.pre-vote on; nodes 3
         at 10ms campaign 1
         at 20ms fire 1 heartbeat
         at 30ms transfer 1 -> 2
         expect raft leader = 2
         expect raft messages PreVote = 2",
    );
}

/// TestLeaderTransferToSlowFollower: the target's log is brought up to date first.
#[test]
fn a_transfer_brings_the_target_up_to_date_first() {
    check(
        "nodes 3; at 1s campaign 1
         at 2s isolate 3; at 3s write 1; at 4s write 1; at 5s heal
         at 6s transfer 1 -> 3
         expect raft leader = 3
         expect raft node 3 log = 1 1 1 2",
    );
}

/// TestLeaderTransferToSelf, TestLeaderTransferToNonExistingNode (the language refuses it), TestLeaderTransferToLearner
#[test]
fn a_transfer_to_the_leader_itself_or_a_learner_does_nothing() {
    check(
        "nodes 4; set raft.learners 4; at 1s campaign 1
         at 2s transfer 1 -> 1; at 3s transfer 1 -> 4; at 4s transfer 2 -> 3
         expect raft leader = 1
         expect raft node 1 transfer = none
         expect raft messages TimeoutNow = 0",
    );
}

/// TestLeaderTransferTimeout, TestLeaderTransferIgnoreProposal: during a transfer the leader accepts no
/// writes; after one election timeout it continues to lead.
#[test]
fn a_transfer_takes_no_writes_and_ends_after_a_timeout() {
    check(
        "nodes 3; at 1s campaign 1
         at 2s isolate 3
         at 3s transfer 1 -> 3
         expect raft node 1 transfer = 3 at 3s
         at 4s write 1
         expect raft node 1 log = 1 at 4s
         at 5s fire 1 transfer
         expect raft node 1 transfer = none at 5s
         expect raft node 1 role = leader at 5s
         at 6s write 1
         expect raft node 1 log = 1 1",
    );
    let mut lab = Lab::new(
        "timers auto; latency 1ms; nodes 3; init raft leader 1 term 1; at 1s isolate 3; at 2s transfer 1 -> 3",
    );
    lab.to(2_149_999);
    assert_eq!(lab.field(1, "transfer"), "3");
    lab.to(2_150_000);
    assert_eq!(lab.field(1, "transfer"), "none");
}

/// TestLeaderTransferReceiveHigherTermVote
#[test]
fn a_transfer_ends_with_a_higher_term() {
    check(
        "nodes 3; at 1s campaign 1; at 2s isolate 3; at 3s transfer 1 -> 3
         at 4s campaign 2
         expect raft node 1 role = follower
         expect raft node 1 term = 2
         expect raft node 1 transfer = none
         expect raft leader = 2",
    );
}

/// TestLeaderTransferBack, TestLeaderTransferSecondTransferToAnotherNode, ...ToSameNode
#[test]
fn a_second_transfer_replaces_the_first_unless_it_is_the_same() {
    check(
        "nodes 3; at 1s campaign 1; at 2s isolate 3; at 3s transfer 1 -> 3; at 4s transfer 1 -> 1
         expect raft node 1 transfer = none
         expect raft node 1 role = leader",
    );
    check(
        "nodes 3; at 1s campaign 1; at 2s isolate 3; at 3s transfer 1 -> 3; at 4s transfer 1 -> 2
         expect raft leader = 2",
    );
    check(
        "nodes 3; at 1s campaign 1; at 2s isolate 3; at 3s transfer 1 -> 3; at 4s transfer 1 -> 3
         expect raft node 1 transfer = 3
         expect raft messages TimeoutNow = 1",
    );
}

/// A leader asked to step down becomes a follower, and the group elects another leader in the usual time.
#[test]
fn a_leader_steps_down_when_asked() {
    check(
        "timers auto; latency 5ms..15ms; nodes 3; init raft leader 1 term 1
         at 1s step-down leader
         expect raft leaders = 0 at 1s
         expect raft leader at 3s",
    );
}

/// TestLearnerElectionTimeout, TestLearnerCampaign, TestLearnerLogReplication
#[test]
fn a_learner_gets_the_log_but_neither_campaigns_nor_counts() {
    check(
        "nodes 3; set raft.learners 3
         at 1s campaign 3; at 2s fire 3 election
         expect raft node 3 role = learner at 2s
         expect raft node 3 term = 0 at 2s
         at 3s campaign 1
         expect raft messages RequestVote = 1 at 3s
         expect raft leader = 1 at 3s
         expect raft node 3 log = 1 at 3s
         # Two voters need each other; the learner's copy does not count.
         at 4s crash 2; at 5s write 1
         expect raft node 3 log = 1 1
         expect raft node 1 commit = 1",
    );
}

/// A preferred node campaigns first.
#[test]
fn preferred_nodes_campaign_first() {
    for seed in 0..20 {
        check(&format!(
            "timers auto; latency 5ms..15ms; seed {seed}; nodes 5; set raft.prefer 4
             at 3s crash 4
             expect raft leader = 4 at 1s
             expect raft leader at 6s"
        ));
    }
}
