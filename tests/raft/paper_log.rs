//! The paper on logs: §5.3 and §5.4 with figures 7 and 8, as in etcd's `raft_paper_test.go`.

use crate::lab::{Lab, check};

/// "The leader appends the command to its log as a new entry, then issues AppendEntries RPCs in parallel to each
/// of the other servers to replicate the entry", with "the index and term of the entry in its log that immediately
/// precedes the new entries". TestLeaderStartReplication
#[test]
fn a_write_is_appended_and_sent_to_all_with_the_preceding_index_and_term() {
    let mut lab = Lab::new(
        "nodes 3; init raft leader 1 term 1; init raft log 1
         latency 10ms
         at 1s write 1",
    );
    lab.to(1_000_000);
    assert_eq!(lab.field(1, "log"), "1 1");
    assert_eq!(lab.field(1, "commit"), "0");
    let sent = lab.lines("AppendEntries");
    assert_eq!(sent.len(), 2, "{sent:?}");
    for line in sent {
        assert!(line.contains("term=1 prev-index=1 prev-term=1 entries=1 commit=0"), "{line}");
    }
}

/// "A log entry is committed once the leader that created the entry has replicated it on a majority of the
/// servers." TestLeaderAcknowledgeCommit
#[test]
fn an_entry_is_committed_once_a_majority_has_it() {
    for (size, acceptors, commit) in [
        (1, 0, true),
        (3, 0, false),
        (3, 1, true),
        (3, 2, true),
        (5, 0, false),
        (5, 1, false),
        (5, 2, true),
        (5, 3, true),
        (5, 4, true),
        (4, 1, false),
        (4, 2, true),
    ] {
        let cut: String = (acceptors + 2..=size).map(|n| format!("at 2s isolate {n}\n")).collect();
        check(&format!(
            "nodes {size}; at 1s campaign 1
             {cut}
             at 3s write 1
             expect raft node 1 commit = 1 at 2s
             expect raft node 1 commit = {}",
            if commit { 2 } else { 1 },
        ));
    }
}

/// "The leader keeps track of the highest index it knows to be committed, and it includes that index in future
/// AppendEntries RPCs (including heartbeats) so that the other servers eventually find out." TestLeaderCommitEntry,
/// TestFollowerCommitEntry, lagging_commit.txt
#[test]
fn followers_learn_of_a_commit_with_the_next_append_entries() {
    check(
        "nodes 3; at 1s campaign 1; at 2s write 1
         expect raft node 1 commit = 2 at 2s
         expect raft node 2 commit = 1 at 2s
         at 3s fire 1 heartbeat
         expect raft node 2 commit = 2
         expect raft node 3 commit = 2",
    );
    check(
        "set raft.commit-notice on
         nodes 3; at 1s campaign 1; at 2s write 1
         expect raft node 2 commit = 2
         expect raft node 3 commit = 2",
    );
}

/// "This also commits all preceding entries in the leader's log, including entries created by previous leaders."
/// TestLeaderCommitPrecedingEntries
#[test]
fn a_commit_includes_all_preceding_entries() {
    for (log, last) in [("", 0), ("2", 1), ("1 2", 2), ("1", 1)] {
        check(&format!(
            "nodes 3; init raft 1 term 2 log {log}
             at 1s campaign 1
             at 2s write 1
             expect raft node 1 log = {}
             expect raft node 1 commit = {}",
            format!("{log} 3 3").trim(),
            last + 2
        ));
    }
}

/// "If the follower does not find an entry in its log with the same index and term, then it refuses the new
/// entries." TestFollowerCheckMsgApp, TestHandleMsgApp: (1,1),(2,2) is the follower's log.
#[test]
fn a_follower_refuses_entries_that_do_not_follow_its_log() {
    for (leader_log, success, hint) in [
        ("", 1, 0),
        ("1", 1, 0),
        ("1 2", 1, 0),
        // Its entry at 2 has another term, so the logs can agree only up to 1.
        ("1 1", 0, 1),
        // It has no entry at 3, so the logs can agree only up to 2.
        ("1 2 3", 0, 2),
    ] {
        let mut lab = Lab::new(&format!(
            "nodes 2; init raft leader 2 term 3; init raft 2 log {leader_log}; init raft 1 log 1 2
             latency 1ms
             at 1s fire 2 heartbeat"
        ));
        lab.to(1_001_000);
        let reply = lab.lines("sent HeartbeatReply");
        let index = leader_log.split_whitespace().count();
        let want = format!("term=3 success={success} index={index} hint={hint}");
        assert!(reply[0].contains(&want), "{leader_log}: {reply:?} should have {want}");
    }
}

/// "If an existing entry conflicts with a new one, delete the existing entry and all that follow it; append any
/// new entries not already in the log." TestFollowerAppendEntries
#[test]
fn conflicting_entries_are_overwritten_and_known_ones_stay() {
    for (leader_log, result) in [("1 2 3", "1 2 3"), ("1 3 4", "1 3 4"), ("3", "3"), ("", "1 2")] {
        check(&format!(
            "nodes 2; init raft leader 2 term 4; init raft 2 log {leader_log}; init raft 1 log 1 2
             at 1s fire 2 heartbeat
             expect raft node 1 log = {result}"
        ));
    }
    // An old AppendEntries arrives late: its entries are already there, and later ones stay.
    check(
        "order any; nodes 2; at 1s campaign 1; at 2s latency 10ms
         at 3s write 1
         at 3.001s write 1
         at 3.002s delay 1->2#4 100ms
         at 3.005s duplicate 1->2#3
         at 3.006s delay 1->2#3.2 500ms
         expect raft node 2 log = 1 1 1
         expect raft node 2 log = 1 1 1 at 3.2s",
    );
}

/// Figure 7: "When the leader at the top comes to power, it is possible that any of scenarios (a–f) could occur
/// in follower logs", and "eventually the follower's log is the same as the leader's". TestLeaderSyncFollowerLog
#[test]
fn figure_7_a_leader_brings_followers_logs_into_its_own() {
    for (name, log) in [
        ("a", "1 1 1 4 4 5 5 6 6"),
        ("b", "1 1 1 4"),
        ("c", "1 1 1 4 4 5 5 6 6 6 6"),
        ("d", "1 1 1 4 4 5 5 6 6 6 7 7"),
        ("e", "1 1 1 4 4 4 4"),
        ("f", "1 1 1 2 2 2 3 3 3 3 3"),
    ] {
        // The third server has an empty log, so that the first one gets a quorum even if (c) or (d) refuses.
        let mut lab = Lab::new(&format!(
            "title {name}
             nodes 3; init raft 1 term 7 log 1 1 1 4 4 5 5 6 6 6; init raft 2 term 7 log {log}
             at 1s campaign 1; at 2s write 1"
        ));
        lab.to(2_000_000);
        for node in 1..=3 {
            assert_eq!(lab.field(node, "log"), "1 1 1 4 4 5 5 6 6 6 8 8", "({name}) node {node}");
        }
    }
}

/// "The protocol can be optimized to reduce the number of rejected AppendEntries RPCs": at most one refusal
/// per term, as in the examples of etcd's TestFastLogRejection.
#[test]
fn refusals_skip_whole_terms() {
    for (leader, follower, refusals) in [
        ("1 2 2 4 4 4 4", "1 2 2 3 3 3", 1),
        ("1 2 2 3 4 4 4 5", "1 2 2 3 3 3 3 3 3", 1),
        ("1 1 1 1", "1 1 1 2 2 2", 1),
        ("1 1 1 1 1", "1 1 1 1", 1),
        ("1 1 1 1 2", "1 1 1 1 4 4 4", 1),
        ("1 3 3 3 5 5 5 5 5", "1 1 1 1 2 2", 1),
        ("1 3 3 3 3 3 3 3 7", "1 3 3 4 4 5 5 5 6", 2),
    ] {
        let mut lab = Lab::new(&format!(
            "nodes 2; init raft leader 1 term 8; init raft 1 log {leader}; init raft 2 log {follower}
             at 1s fire 1 heartbeat; at 2s write 1"
        ));
        lab.to(2_000_000);
        assert_eq!(lab.field(2, "log"), format!("{leader} 8"));
        let refused = lab.lines("success=0").iter().filter(|l| l.contains("arrives")).count();
        assert!(refused <= refusals, "{leader} / {follower}: {refused}");
    }
}

/// "The RPC includes information about the candidate's log." TestVoteRequest
#[test]
fn a_vote_request_says_where_the_candidates_log_ends() {
    for (log, term) in [("1", 2), ("1 2", 3)] {
        let last = log.split_whitespace().count();
        let last_term = term - 1;
        let mut lab = Lab::new(&format!("nodes 3; init raft 1 log {log}; at 1s fire 1 election"));
        lab.to(1_000_000);
        let sent = lab.lines("sent RequestVote");
        assert_eq!(sent.len(), 2);
        for line in sent {
            assert!(line.contains(&format!("term={term} last-index={last} last-term={last_term}")), "{line}");
        }
    }
}

/// "The voter denies its vote if its own log is more up-to-date than that of the candidate": the later last term
/// wins, and with the same last term the longer log. TestVoter, TestRecvMsgVote, and the same for PreVote:
/// TestRecvMsgPreVote.
#[test]
fn the_log_with_the_later_term_or_else_the_longer_one_is_newer() {
    let logs = ["", "1", "1 1", "1 1 1 1 1", "2", "1 2", "2 2", "1 1 2", "3", "1 3"];
    let key = |log: &str| -> (u32, usize) {
        let terms: Vec<u32> = log.split_whitespace().map(|t| t.parse().unwrap()).collect();
        (terms.last().copied().unwrap_or(0), terms.len())
    };
    for pre_vote in ["off", "on"] {
        for voter in logs {
            for candidate in logs {
                let wins = key(voter) <= key(candidate);
                check(&format!(
                    "set raft.pre-vote {pre_vote}; nodes 2
                     init raft term 3; init raft 1 log {voter}; init raft 2 log {candidate}
                     at 1s campaign 2
                     expect raft node 2 role = {}",
                    if wins { "leader" } else { "follower" }
                ));
            }
        }
    }
}

/// The flaw of explanations that compare logs by length alone.
#[test]
fn comparing_only_lengths_loses_committed_entries() {
    // The log of 3 is long but old.
    let lost = "nodes 3; set raft.flaw FLAW; init raft term 2; init raft 3 log 1 1 1; init raft 1 log 1; init raft 2 log 1
         at 1s isolate 3
         at 2s campaign 1; at 3s fire 1 heartbeat
         expect raft node 1 log = 1 3 at 3s
         expect raft node 1 commit = 2 at 3s
         at 3.1s write 1
         at 4s heal; at 4s isolate 1
         at 5s campaign 3; at 6s campaign 3";
    check(&format!(
        "{}
         expect raft node 3 role = candidate
         expect raft writes lost = 0",
        lost.replace("FLAW", "none")
    ));
    let mut lab = Lab::new(&lost.replace("FLAW", "compare-length"));
    lab.to(7_000_000);
    assert_eq!(lab.field(3, "role"), "leader");
    assert_eq!(lab.field(2, "log"), "1 1 1 4");
    assert_eq!(lab.violated(), ["acknowledged-kept"]);
}

/// "Only log entries from the leader's current term are committed by counting replicas." TestLeaderOnlyCommitsLog-
/// FromCurrentTerm, TestCommit, TestCannotCommitWithoutNewTermEntry, TestCommitWithoutNewTermEntry
#[test]
fn only_entries_of_the_current_term_are_committed_by_counting() {
    check(
        "set raft.no-op off; nodes 3; init raft term 2 log 1 2
         at 1s campaign 1
         at 2s fire 1 heartbeat
         expect raft node 1 match = 2 2 2 at 2s
         expect raft node 1 commit = 0 at 2s
         at 3s write 1
         expect raft node 1 commit = 3",
    );
    check(
        "nodes 5
         at 1s campaign 1
         at 2s isolate 3; at 2s isolate 4; at 2s isolate 5
         at 3s write 1; at 4s write 1
         expect raft node 1 commit = 1 at 4s
         at 5s heal; at 5s partition 1 | 2 3 4 5
         at 6s campaign 2
         expect raft node 2 log = 1 1 1 2
         expect raft node 2 commit = 4",
    );
}

/// Figure 8, (a) to (d): an entry of term 2 on a majority is overwritten by a leader of term 5, since it was not
/// committed; and (e): once an entry of the leader's own term is on a majority it cannot be.
#[test]
fn figure_8_an_old_entry_on_a_majority_is_not_committed() {
    let until_c = "set raft.no-op off; nodes 5
         init raft term 3
         init raft 1 log 1 2; init raft 2 log 1 2; init raft 3 log 1; init raft 4 log 1; init raft 5 log 1 3
         # (c) S1 leads in term 4 and brings its entry of term 2 to S3; it has one of term 4 of its own.
         at 1s isolate 5; at 1s isolate 4
         at 2s campaign 1; at 3s fire 1 heartbeat
         expect raft node 3 log = 1 2 at 3s
         expect raft node 1 match = 2 2 2 0 0 at 3s
         expect raft node 1 commit = 0 at 3s
        ";
    check(&format!(
        "{until_c}
         at 4s isolate 1; at 5s write 1
         expect raft node 1 log = 1 2 4 at 5s
         # (d) S1 is away; S5 is elected by S2, S3 and S4, for its last term is 3, and overwrites.
         at 6s heal; at 6s isolate 1
         at 7s campaign 5; at 8s campaign 5; at 9s write 5
         expect raft node 5 role = leader
         expect raft node 2 log = 1 3 5
         expect raft node 3 log = 1 3 5
         expect raft writes lost = 0"
    ));
    check(&format!(
        "{until_c}
         # (e) The entry of term 4 reaches a majority before S1 goes: now S5 cannot win.
         at 4s write 1
         expect raft node 1 commit = 3 at 4s
         at 5s heal; at 5s isolate 1
         at 6s campaign 5; at 7s campaign 5
         expect raft node 5 role = candidate
         expect raft node 5 refused = 2 3"
    ));
}
