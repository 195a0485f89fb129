//! Raft against its paper and against the tests of etcd's raft: one test a sentence. Every test is a scenario,
//! so each of them can be opened and stepped through. What etcd's tests say is cited by their names
//! (`raft_paper_test.go`, `raft_test.go`, `testdata/`).

mod raft_lab;

use raft_lab::{Lab, check};

// --- §5.1 terms -------------------------------------------------------------------------------------------

/// "If one server's current term is smaller than the other's, then it updates its current term to the larger
/// value. If a candidate or leader discovers that its term is out of date, it immediately reverts to follower
/// state." TestFollowerUpdateTermFromMessage, TestCandidateUpdateTermFromMessage, TestLeaderUpdateTermFromMessage
#[test]
fn whoever_sees_a_higher_term_takes_it_and_follows() {
    check(
        "nodes 3; init raft leader 1 term 1; init raft 3 term 5
         at 1s cut 2 - 3
         at 2s campaign 3
         expect raft node 1 role = leader at 1s
         expect raft node 1 role = follower at 2s
         expect raft node 1 term = 6 at 2s
         at 3s join 2 - 3
         at 4s isolate 2
         at 5s campaign 2
         expect raft node 2 role = candidate at 5s
         expect raft node 2 term = 2 at 5s
         at 6s heal
         at 7s fire 3 heartbeat
         expect raft node 2 role = follower
         expect raft node 2 term = 6
         expect raft node 2 leader = 3",
    );
}

/// "If a server receives a request with a stale term number, it rejects the request." TestRejectStaleTermMessage
#[test]
fn a_request_with_a_stale_term_is_rejected() {
    check(
        "nodes 3; init raft 1 term 2; init raft 2 term 7; init raft 3 term 7
         at 1s campaign 1
         expect raft delivered RequestVote = 2
         expect raft delivered VoteReply = 2
         expect raft node 1 term = 7
         expect raft node 1 role = follower
         expect raft node 2 term = 7",
    );
}

/// "Our implementation ignores the request instead." TestRejectStaleTermMessage, TestStepIgnoreOldTermMsg
#[test]
fn etcd_ignores_a_request_with_a_stale_term() {
    check(
        "set raft.stale-requests ignore
         nodes 3; init raft 1 term 2; init raft 2 term 7; init raft 3 term 7
         at 1s campaign 1
         expect raft delivered RequestVote = 2
         expect raft messages VoteReply = 0
         expect raft node 1 term = 3
         expect raft node 1 role = candidate",
    );
}

// --- §5.2 leader election ---------------------------------------------------------------------------------

/// "When servers start up, they begin as followers." TestStartAsFollower
#[test]
fn servers_start_as_followers() {
    check(
        "nodes 3
         expect raft node 1 role = follower
         expect raft node 1 term = 0
         expect raft node 3 role = follower",
    );
}

/// "Leaders send periodic heartbeats (AppendEntries RPCs that carry no log entries) to all followers."
/// TestLeaderBcastBeat, TestRecvMsgBeat
#[test]
fn a_leader_sends_heartbeats_to_all() {
    check(
        "nodes 3; init raft leader 1 term 1
         at 1s fire 1 heartbeat
         expect raft messages Heartbeat = 2
         expect raft delivered HeartbeatReply = 2
         expect raft messages AppendEntries = 0",
    );
    check("nodes 3; at 1s fire 1 heartbeat; expect raft messages Heartbeat = 0");
}

/// "To begin an election, a follower increments its current term and transitions to candidate state. It then
/// votes for itself and issues RequestVote RPCs in parallel to each of the other servers."
/// TestFollowerStartElection, TestCandidateStartNewElection
#[test]
fn on_a_timeout_a_follower_and_a_candidate_start_an_election() {
    check(
        "nodes 3; init raft leader 2 term 1
         at 1s isolate 1
         at 2s fire 1 election
         expect raft node 1 role = candidate at 2s
         expect raft node 1 term = 2 at 2s
         expect raft node 1 voted = 1 at 2s
         expect raft node 1 votes = 1 at 2s
         expect raft messages RequestVote = 2 at 2s
         at 3s fire 1 election
         expect raft node 1 term = 3 at 3s
         expect raft node 1 role = candidate at 3s
         expect raft messages RequestVote = 4 at 3s",
    );
}

/// A round of RequestVote: it wins, it loses, or it is unclear. TestLeaderElectionInOneRoundRPC, all its cases
/// and more sizes.
#[test]
fn an_election_in_one_round_has_three_outcomes() {
    let cases: &[(&str, &str)] = &[
        ("", "leader"),
        ("yy", "leader"),
        ("y-", "leader"),
        ("yyyy", "leader"),
        ("yyy-", "leader"),
        ("yy--", "leader"),
        ("nn", "follower"),
        ("nnnn", "follower"),
        ("ynnn", "follower"),
        ("--", "candidate"),
        ("y---", "candidate"),
        ("nn--", "candidate"),
        ("----", "candidate"),
        // Even sizes need more than half, and are lost by half.
        ("y--", "candidate"),
        ("yy-", "leader"),
        ("nn-", "follower"),
        ("y", "leader"),
        ("n", "follower"),
        ("yyynnn", "leader"),
        ("yynnnn", "follower"),
    ];
    for (votes, outcome) in cases {
        let mut text = format!("nodes {}\n", votes.len() + 1);
        for (i, vote) in votes.chars().enumerate() {
            let node = i + 2;
            match vote {
                'n' => text += &format!("init raft {node} term 1 voted {node}\n"),
                '-' => text += &format!("at 1s isolate {node}\n"),
                _ => {}
            }
        }
        text += &format!(
            "at 2s campaign 1
             expect raft node 1 role = {outcome}
             expect raft node 1 term = 1"
        );
        check(&text);
    }
}

/// "Each server will vote for at most one candidate in a given term, on a first-come-first-served basis."
/// TestFollowerVote
#[test]
fn a_follower_votes_once_a_term() {
    for (voted, candidate, granted) in
        [(0, 2, true), (0, 3, true), (2, 2, true), (3, 3, true), (2, 3, false), (3, 2, false)]
    {
        let other = 5 - candidate;
        check(&format!(
            "nodes 3; init raft 1 term 1 voted {voted}
             at 1s cut {candidate} - {other}
             at 2s campaign {candidate}
             expect raft node {candidate} role = {}
             expect raft node 1 voted = {}",
            if granted { "leader" } else { "candidate" },
            if granted { candidate } else { voted },
        ));
    }
}

/// The vote is on disk: a voter that crashes and comes back does not vote again in the term. (§5.1, figure 2)
#[test]
fn a_vote_survives_a_crash() {
    check(
        "nodes 3
         at 1s cut 1 - 3
         at 2s campaign 1
         expect raft node 1 role = leader at 2s
         at 3s crash 2
         at 4s restart 2
         at 5s campaign 3
         expect raft node 3 term = 1
         expect raft node 3 role = candidate
         expect raft node 2 voted = 1
         expect raft one-leader-per-term",
    );
}

/// "If the leader's term is at least as large as the candidate's current term, then the candidate recognizes
/// the leader as legitimate and returns to follower state." TestCandidateFallback, TestCandidateResetTermMsgApp,
/// TestCandidateResetTermMsgHeartbeat
#[test]
fn a_candidate_falls_back_when_another_one_leads() {
    for (init, term) in [("", 1), ("init raft 2 term 1; init raft 3 term 1", 2)] {
        check(&format!(
            "nodes 3; {init}
             at 1s isolate 1
             at 2s campaign 1
             at 3s campaign 2
             expect raft node 1 role = candidate at 3s
             expect raft node 2 role = leader at 3s
             at 4s heal
             at 5s fire 2 heartbeat
             expect raft node 1 role = follower
             expect raft node 1 leader = 2
             expect raft node 1 term = {term}
             expect raft node 1 log = {term}"
        ));
    }
}

/// "Election timeouts are chosen randomly from a fixed interval." TestFollowerElectionTimeoutRandomized,
/// TestCandidateElectionTimeoutRandomized: of ten ticks from T to 2T each one occurs.
#[test]
fn timeouts_are_drawn_from_the_whole_interval() {
    for candidate in [false, true] {
        let mut seen = [0u32; 30];
        for seed in 0..300 {
            let text = format!(
                "seed {seed}; nodes 3; set raft.tick 10ms; set raft.election-timeout 100ms..200ms
                 at 10ms isolate 2; at 10ms isolate 3; {}",
                if candidate { "at 20ms campaign 1" } else { "" }
            );
            let mut lab = Lab::new(&text);
            lab.to(20_000);
            let before = if candidate { 20 } else { 0 };
            let at = lab.timer(1, "election") / 1_000 - before;
            seen[at as usize / 10] += 1;
        }
        assert!(seen[10..20].iter().all(|&n| n > 0), "{seen:?}");
        assert!(seen[..10].iter().chain(&seen[20..]).all(|&n| n == 0), "{seen:?}");
    }
}

/// "In most cases only a single server will time out." TestFollowersElectionTimeoutNonconflict allows 30 %. The
/// exact share for 5 servers and 10 ticks is 1 − 5·(0⁴+…+9⁴)/10⁵ = 23.335 %; with 2 servers 10 %, with 4 servers
/// 18.6 %, and 1.33 % with 150 ticks.
#[test]
fn ties_of_the_earliest_timer_are_as_frequent_as_counted() {
    let ties = |nodes: u32, slots: u32, seeds: u32| -> u32 {
        (0..seeds)
            .filter(|seed| {
                let mut lab = Lab::new(&format!(
                    "seed {seed}; nodes {nodes}; latency 5ms; timers auto
                     set raft.tick 1ms; set raft.heartbeat 1ms
                     set raft.election-timeout {slots}ms..{}ms
                     until {}ms",
                    2 * slots,
                    2 * slots
                ));
                lab.first_elections() > 1
            })
            .count() as u32
    };
    // Three standard deviations around the exact share.
    let n = 4_000;
    for (nodes, slots, permille) in [(5, 10, 233), (2, 10, 100), (4, 10, 186), (4, 150, 13)] {
        let found = ties(nodes, slots, n);
        let expected = permille * n / 1000;
        let sigma =
            (f64::from(permille) / 1000.0 * (1.0 - f64::from(permille) / 1000.0) * f64::from(n)).sqrt();
        let off = f64::from(found) - f64::from(expected);
        assert!(off.abs() < 3.0 * sigma + 4.0, "{nodes} nodes, {slots} slots: {found} ties of {n}");
    }
}

/// "If many followers become candidates at the same time, votes could be split so that no candidate obtains a
/// majority. [...] without extra measures split votes could repeat indefinitely." With equal timeouts in lock-step
/// the term rises every round and nobody ever leads.
#[test]
fn without_randomness_votes_split_for_ever() {
    let text = "nodes 4; latency 10ms; timers auto; set raft.election-timeout RANGE; until 20s
                expect raft one-leader-per-term";
    let mut lab = Lab::new(&text.replace("RANGE", "150ms"));
    lab.to(20_000_000);
    assert_eq!(lab.field(1, "leader"), "none");
    // Four candidates refuse each other at once, and each waits its timeout from then on: 170 ms a round.
    assert_eq!(lab.field(1, "term"), (1 + (20_000 - 150) / 170).to_string());
    let mut lab = Lab::new(&text.replace("RANGE", "150ms..300ms"));
    lab.to(20_000_000);
    assert_ne!(lab.field(1, "leader"), "none");
}

// --- §5.3 log replication ---------------------------------------------------------------------------------

/// "The leader appends the command to its log as a new entry, then issues AppendEntries RPCs in parallel to each
/// of the other servers to replicate the entry", with "the index and term of the entry in its log that immediately
/// precedes the new entries". TestLeaderStartReplication
#[test]
fn a_write_is_appended_and_sent_to_all_with_what_precedes_it() {
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
fn a_follower_refuses_what_does_not_follow_its_log() {
    for (leader_log, success, hint) in [
        ("", 1, 0),
        ("1", 1, 0),
        ("1 2", 1, 0),
        // Its entry at 2 has another term: what may agree ends at 1.
        ("1 1", 0, 1),
        // It has no entry at 3: what may agree ends at 2.
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
    // An old AppendEntries, late: what it has is there already, and what came after stays.
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
        // The third server has an empty log, so that the first one gets a quorum even where (c) or (d) refuses.
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

/// "The protocol can be optimized to reduce the number of rejected AppendEntries RPCs": at most one refusal for
/// each term, as etcd's TestFastLogRejection asks in its examples.
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

// --- §5.4.1 election restriction --------------------------------------------------------------------------

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
fn the_log_with_the_later_term_or_the_longer_of_equals_is_the_newer() {
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

/// The flaw of article 001's example, where length alone decides.
#[test]
fn comparing_lengths_alone_loses_what_was_committed() {
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

// --- §5.4.2 committing entries from previous terms --------------------------------------------------------

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

// --- etcd's raft_test.go ----------------------------------------------------------------------------------

/// TestLeaderElection, TestLeaderElectionPreVote: who is there, and who leads then.
#[test]
fn an_election_needs_a_quorum_that_is_there() {
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

/// TestProposal: a write needs a leader, TestUncommittedEntryLimit: and a leader takes only so many at once.
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

/// TestAllServerStepdown is in `whoever_sees_a_higher_term_takes_it_and_follows`; TestStateTransition: a leader
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

// --- CheckQuorum ------------------------------------------------------------------------------------------

/// TestLeaderStepdownWhenQuorumActive, TestLeaderStepdownWhenQuorumLost, checkquorum.txt: the look comes once an
/// election timeout and forgets who replied, so the leader leaves between T and 2T after the last reply.
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
    // The same with timers: cut off at any moment of the interval.
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

/// Without CheckQuorum a leader that is cut off believes for ever.
#[test]
fn without_check_quorum_an_isolated_leader_stays() {
    check(
        "timers auto; latency 5ms..15ms; nodes 3; init raft leader 1 term 1
         at 1s isolate 1; until 60s
         expect raft leaders = 2 at 60s
         expect raft one-leader-per-term",
    );
}

/// checkquorum.txt: "Campaigning will fail when there is an active leader", and the votes' requests of a higher
/// term are ignored, not refused; TestLeaderElectionWithCheckQuorum; TestLeaderSupersedingWithCheckQuorum.
#[test]
fn with_check_quorum_a_recent_leader_is_not_voted_out() {
    check(
        "set raft.check-quorum on; nodes 3
         # Right after the start nobody has heard a leader, so votes are granted.
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
    // TestLeaderSupersedingWithCheckQuorum: once T has passed since a voter heard of the leader it votes.
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

/// TestDisruptiveFollowerPreVote: with PreVote beside it the leader is not disturbed at all.
#[test]
fn with_pre_vote_and_check_quorum_a_follower_that_was_away_disturbs_nobody() {
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

/// hashicorp/raft's lease: the leader leaves as soon as no quorum has replied for so long.
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

// --- PreVote ----------------------------------------------------------------------------------------------

/// prevote.txt: "PreVote prevents a node that is behind on the log from obtaining prevotes and calling an
/// election. [...] the recent leader condition requires CheckQuorum and is not enforced with PreVote alone."
#[test]
fn pre_vote_alone_looks_at_the_log_only() {
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
         # 2 is not, and wins, though everybody has just heard of leader 1.
         at 60ms fire 1 heartbeat
         at 70ms campaign 2
         expect raft node 2 role = leader
         expect raft node 2 term = 2
         expect raft node 1 role = follower",
    );
}

/// prevote_checkquorum.txt: with both, voters who heard from the leader ignore the pre-vote; a voter who did not
/// grants it; and "a quorum of nodes can replace a leader when they have strong reason to believe that it's dead".
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
fn with_pre_vote_a_node_of_a_smaller_term_does_not_block_an_election() {
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

// --- leadership transfer ----------------------------------------------------------------------------------

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
fn a_transfer_goes_past_leases_and_pre_vote() {
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
fn a_transfer_to_oneself_or_to_a_learner_does_nothing() {
    check(
        "nodes 4; set raft.learners 4; at 1s campaign 1
         at 2s transfer 1 -> 1; at 3s transfer 1 -> 4; at 4s transfer 2 -> 3
         expect raft leader = 1
         expect raft node 1 transfer = none
         expect raft messages TimeoutNow = 0",
    );
}

/// TestLeaderTransferTimeout, TestLeaderTransferIgnoreProposal: while it hands over a leader takes no writes; after
/// one election timeout it leads on.
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

/// A leader asked to step down follows, and the group elects another one in its own time.
#[test]
fn a_leader_steps_down_when_asked() {
    check(
        "timers auto; latency 5ms..15ms; nodes 3; init raft leader 1 term 1
         at 1s step-down leader
         expect raft leaders = 0 at 1s
         expect raft leader at 3s",
    );
}

// --- learners, preference ---------------------------------------------------------------------------------

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

// --- counts -----------------------------------------------------------------------------------------------

/// 2(n−1) election messages and n−1 AppendEntries for an uncontested election; PreVote adds 2(n−1).
#[test]
fn an_uncontested_election_costs_2_n_minus_1_messages() {
    for n in [1, 2, 3, 4, 5, 7, 9, 101] {
        for (pre_vote, times) in [("off", 2), ("on", 4)] {
            check(&format!(
                "set raft.pre-vote {pre_vote}; nodes {n}; at 1s campaign 1
                 expect raft leader = 1
                 expect raft messages election = {}
                 expect raft messages AppendEntries = {}
                 expect raft messages liveness = 0",
                times * (n - 1),
                n - 1
            ));
        }
    }
}

/// With the old leader dead: n−1 requests, n−2 replies.
#[test]
fn with_the_leader_dead_one_reply_is_missing() {
    for n in [3, 5, 7] {
        check(&format!(
            "nodes {n}; init raft leader 1 term 1; at 1s crash 1; at 2s campaign 2
             expect raft leader = 2
             expect raft messages RequestVote = {}
             expect raft messages VoteReply = {}
             expect raft delivered election = {}",
            n - 1,
            n - 2,
            2 * (n - 2)
        ));
    }
}

/// campaign.txt: 2+2+2+2+2+2 messages for three nodes, to the commit notice and its replies.
#[test]
fn etcds_campaign_takes_12_messages() {
    check(
        "set raft.commit-notice on; set raft.stale-requests ignore; nodes 3; at 1s campaign 1
         expect raft messages = 12
         expect raft messages election = 4
         expect raft messages data = 4
         expect raft messages liveness = 4
         expect raft node 3 commit = 1",
    );
}

/// An idle leader exchanges 2(n−1) messages each heartbeat interval, and nothing else.
#[test]
fn an_idle_leader_only_sends_heartbeats() {
    check(
        "timers auto; latency 5ms..15ms; nodes 5; init raft leader 1 term 1; until 10s
         expect raft messages Heartbeat = 800 at 10s
         expect raft messages election = 0
         expect raft messages data = 0
         expect raft leader = 1",
    );
}

/// Steady writes: n−1 AppendEntries and as many replies each.
#[test]
fn a_write_costs_2_n_minus_1_messages() {
    let writes: String = (0..200).map(|i| format!("at {}ms write leader\n", 1_000 + 7 * i)).collect();
    check(&format!(
        "timers auto; latency 5ms..15ms; nodes 5; init raft leader 1 term 1
         {writes}
         expect raft node 1 last = 200
         expect raft node 1 commit = 200
         expect raft node 4 commit = 200
         expect raft messages AppendEntries = 800
         expect raft messages AppendEntriesReply = 800
         expect raft acknowledged-kept"
    ));
}

/// A follower that was away long catches up 64 entries at a time.
#[test]
fn a_follower_that_was_away_catches_up() {
    let writes: String = (0..500).map(|i| format!("at {}us write leader\n", 1_000_000 + 4_000 * i)).collect();
    check(&format!(
        "timers auto; latency 5ms..15ms; nodes 3; init raft leader 1 term 1
         set raft.pre-vote on
         at 0.9s isolate 3
         {writes}
         at 4s heal
         expect raft node 3 last = 0 at 4s
         expect raft node 3 last = 500 at 5s
         expect raft node 3 commit = 500 at 5s
         expect raft leader = 1"
    ));
}

// --- timing -----------------------------------------------------------------------------------------------

/// etcd's defaults, three nodes: a leader killed ten times and more took 1.09 to 2.38 s, median 1.37 s.
#[test]
fn failover_with_etcds_settings_takes_as_long_as_etcd() {
    let mut spans = Vec::new();
    for seed in 0..300 {
        let crash = 3_000_000 + (seed * 7_919) % 100_000;
        let mut lab = Lab::new(&format!(
            "timers auto; seed {seed}; latency 0ms..1ms; nodes 3; init raft leader 1 term 1
             set raft.election-timeout 1s..2s; set raft.heartbeat 100ms; set raft.tick 100ms
             set raft.check-quorum on; set raft.stale-requests ignore; set raft.commit-notice on
             at {crash}us crash leader"
        ));
        lab.to(13_000_000);
        spans.push(lab.failover());
    }
    spans.sort_unstable();
    let (least, median, most) = (spans[0], spans[spans.len() / 2], spans[spans.len() - 1]);
    println!("failover {least} {median} {most} us");
    assert!((900_000..1_150_000).contains(&least), "{least}");
    assert!((1_200_000..1_500_000).contains(&median), "{median}");
    // The observed maximum of six runs: a split vote, as one in ten has it here (ticks in step) and more.
    assert!(spans[spans.len() * 85 / 100] < 2_400_000, "{:?}", &spans[250..]);
    assert!(spans[spans.len() * 80 / 100] < 2_000_000, "{:?}", &spans[240..]);
}

/// Mean time to a new leader: T + T/(f+1) − hb/2 for exact timers.
#[test]
fn the_mean_failover_is_as_derived() {
    let mut sum = 0;
    let seeds = 400;
    for seed in 0..seeds {
        let crash = 3_000_000 + (seed * 7_919) % 100_000;
        let mut lab = Lab::new(&format!(
            "timers auto; seed {seed}; latency 100us; nodes 3; init raft leader 1 term 1
             set raft.election-timeout 1s..2s; set raft.heartbeat 100ms
             at {crash}us crash leader"
        ));
        lab.to(13_000_000);
        sum += lab.failover();
    }
    let mean = sum / seeds;
    println!("mean failover {mean} us");
    assert!((1_230_000..1_340_000).contains(&mean), "{mean}");
}

// --- SPEC 1.3: what partial connectivity and rejoining do -------------------------------------------------

/// A node that comes back with a higher term deposes a healthy leader; with PreVote it does not.
#[test]
fn a_rejoining_node_disturbs_unless_there_is_pre_vote() {
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

/// Nobody is isolated, and yet: (hub) only 2 reaches everybody, and leader 1 reaches 2 alone. PreVote keeps the
/// others from deposing it, so it leads for ever without a quorum, unless CheckQuorum ends that. (pairs) Everybody
/// misses somebody, so every leader is missed by somebody, who deposes it, unless PreVote (or the lease that is
/// CheckQuorum's other half) keeps that from happening.
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

// --- flaws and settings -----------------------------------------------------------------------------------

/// Each flaw is caught from outside.
#[test]
fn every_flaw_is_caught_by_the_checker() {
    // A no-op would hide it here: the voter's log would be newer than the second candidate's.
    let forget = "nodes 3; set raft.no-op off; set raft.flaw FLAW; at 1s cut 1 - 3
         at 2s campaign 1; at 3s crash 2; at 4s restart 2; at 5s campaign 3";
    let twice = "nodes 3; set raft.no-op off; set raft.flaw FLAW; at 1s cut 1 - 3; at 2s campaign 1; at 3s campaign 3";
    for (text, flaw) in [(forget, "forget-vote"), (twice, "vote-twice")] {
        let mut lab = Lab::new(&text.replace("FLAW", flaw));
        lab.to(6_000_000);
        assert!(lab.violated().contains(&"one-leader-per-epoch"), "{flaw}");
        let mut lab = Lab::new(&text.replace("FLAW", "none"));
        lab.to(6_000_000);
        assert!(!lab.violated().contains(&"one-leader-per-epoch"), "{flaw}");
    }
}

/// Acknowledging before a quorum has the write loses it: the data conflicts of article 001 need this.
#[test]
fn acknowledging_without_a_quorum_loses_writes() {
    let text = "nodes 5; set raft.ack ACK; init raft leader 1 term 1
         at 1s partition 1 2 | 3 4 5
         at 2s write 1; at 2.1s write 1
         at 3s campaign 3; at 4s write 3; at 5s heal; at 6s fire 3 heartbeat; at 7s campaign 4";
    check(&format!(
        "{}
         expect raft node 1 log = 2 2 3
         expect raft writes lost = 0",
        text.replace("ACK", "quorum")
    ));
    let mut lab = Lab::new(&text.replace("ACK", "leader"));
    lab.to(10_000_000);
    assert_eq!(lab.violated(), ["acknowledged-kept"]);
}

/// Settings that do not fit together are refused with a sentence.
#[test]
fn settings_that_do_not_fit_are_refused() {
    for (set, word) in [
        ("set raft.heartbeat 150ms", "heartbeat"),
        ("set raft.leader-lease 40ms", "leader-lease"),
        ("set raft.leader-lease 200ms", "leader-lease"),
        ("set raft.tick 40ms", "tick"),
        ("set raft.learners all", "learners"),
        ("init raft 1 log 1 2 1", "never fall"),
        ("init raft 1 term 1 log 2", "term 1"),
        ("init raft 1 commit 1", "commit 1"),
    ] {
        let error = Lab::try_new(set).err().expect(set);
        assert!(error.contains(word), "{error}");
    }
}

// --- everything at once -----------------------------------------------------------------------------------

/// Small numbers out of a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

/// Settings and faults drawn from one number; then everything heals and a leader must come, and stay.
fn swarm_text(seed: u64) -> String {
    let mut dice = Dice(seed * 77 + 1);
    let n = 1 + dice.below(7);
    let mut text =
        format!("seed {seed}; nodes {n}; timers auto; latency {}\n", dice.of(&["1ms", "5ms..15ms"]));
    for (setting, words) in [
        ("pre-vote", ["on", "off"]),
        ("check-quorum", ["on", "off"]),
        ("no-op", ["on", "off"]),
        ("commit-notice", ["on", "off"]),
        ("stale-requests", ["reply", "ignore"]),
        ("leader-lease", ["0", "120ms"]),
        ("prefer", ["none", "1"]),
        ("election-timeout", ["150ms..300ms", "200ms..400ms"]),
    ] {
        text += &format!("set raft.{setting} {}\n", dice.of(&words));
    }
    if n > 2 && dice.below(4) == 0 {
        text += &format!("set raft.learners {n}\n");
    }
    if dice.below(2) == 0 {
        text += "order any; loss 3%; duplicate 3%\n";
    }
    for _ in 0..40 {
        let at = dice.below(8_000);
        let (a, b) = (dice.below(n) + 1, dice.below(n) + 1);
        let act = match dice.below(16) {
            0 => "crash leader".into(),
            1 => format!("crash {a}"),
            2 | 3 => format!("restart {a}"),
            4 => format!("pause {a} for {}ms", dice.below(900) + 1),
            5 => format!("isolate {a}"),
            6 => "heal".into(),
            7 if a != b => format!("cut {a} -> {b}"),
            8 if a != b => format!("transfer {a} -> {b}"),
            9 => format!("campaign {a}"),
            10 => "step-down leader".into(),
            11 => format!("drift {a} {}", dice.of(&["+5%", "-5%", "+0%"])),
            12 => format!("slow {a} {}ms", dice.below(40)),
            _ => "write leader".into(),
        };
        text += &format!("at {at}ms {act}\n");
    }
    text += "at 9s heal; at 9s restart all; at 9s latency 5ms..15ms; at 9s loss 0%; at 9s duplicate 0%\n";
    for node in 1..=n {
        text += &format!("at 9s drift {node} +0%; at 9s slow {node} 0\n");
    }
    text + "at 19s write leader\nuntil 20s\n"
}

#[test]
fn swarm() {
    let seeds = std::env::var("SWARM_SEEDS").map_or(400, |n| n.parse().expect("a number"));
    for seed in 0..seeds {
        let text = swarm_text(seed);
        let mut lab = Lab::new(&text);
        lab.to(20_000_000);
        assert_eq!(lab.violated(), [""; 0], "seed {seed}\n{text}");
        let leads: Vec<u32> =
            (1..=lab.members()).filter(|&node| lab.field(node, "role") == "leader").collect();
        assert_eq!(leads.len(), 1, "seed {seed}\n{text}");
        for node in 1..=lab.members() {
            assert_eq!(lab.field(node, "leader"), leads[0].to_string(), "seed {seed}\n{text}");
            assert_eq!(lab.field(node, "log"), lab.field(leads[0], "log"), "seed {seed}\n{text}");
            assert_eq!(lab.field(node, "commit"), lab.field(leads[0], "last"), "seed {seed}\n{text}");
        }
    }
}
