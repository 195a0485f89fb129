//! Algorithms with deliberate flaws: the checker, which knows none of them, must detect each flaw, and must find
//! nothing in the same scenario without it.

use election_playground::checker::{Blame, Violation};
use election_playground::protocol::{Class, Property};
use election_playground::timeline::Timeline;
use election_playground::trace::Traffic;
use election_playground::workspace;

fn play(text: &str) -> Timeline {
    let mut timeline = workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    timeline.compute_all();
    timeline
}

/// The violations in the first lane that are bugs: promised properties, with no assumption broken.
fn bugs(timeline: &Timeline) -> Vec<Violation> {
    timeline.lanes()[0].head_violations().into_iter().filter(|v| v.is_bug()).collect()
}

/// With the flaw the property is violated, and this is a bug; without it there is no bug.
fn caught(scenario: &str, flaw: &str, property: Property) -> Violation {
    let clean = play(scenario);
    assert_eq!(bugs(&clean), [], "without the flaw");
    let flawed = play(&format!("{scenario}set {flaw}\n"));
    let found = bugs(&flawed).into_iter().find(|v| v.property == property);
    found.unwrap_or_else(|| panic!("{flaw}: {:?}", flawed.lanes()[0].head_violations()))
}

fn election_messages(timeline: &Timeline) -> u64 {
    let lane = &timeline.lanes()[0];
    Traffic::of_class(lane.info(), &lane.head_traffic().sent, Some(Class::Election))
}

#[test]
fn a_ring_without_the_participant_flag_sends_sixty_messages_and_announces_five_times() {
    // Without repair, so that the paper's messages are counted.
    let ring = "lanes ring\nnodes 5 4 3 2 1\nuntil 2s\n\
                set ring.detector off\nset ring.skip off\nset ring.retry off\nset ring.merge off\n";
    let clean = play(ring);
    assert_eq!(election_messages(&clean), 20);
    assert_eq!(clean.lanes()[0].head_stats().leaderships, 1);
    let flawed = play(&format!("{ring}set ring.flaw no-participant-flag\n"));
    assert_eq!(election_messages(&flawed), 60);
    let announced = flawed.lanes()[0].head_traffic();
    let elected = flawed.lanes()[0].info().messages.iter().position(|m| m.name == "ELECTED");
    // Each announcement goes round the ring once.
    assert_eq!(announced.sent[elected.expect("ring announces")], 5 * 5);
}

/// Two candidates in one term; the only voter hears from the second after it has voted for the first.
const TWO_CANDIDATES: &str = "lanes raft\nnodes 3\nlatency 10ms\nincarnations off\nuntil 2s\n\
    at 0 cut 1 -> 2\nat 0 latency 2 -> 3 30ms\nat 10ms campaign 1 2\n";

#[test]
fn a_raft_voter_that_forgets_its_vote_in_a_crash_elects_two_leaders_in_a_term() {
    let crash = format!("{TWO_CANDIDATES}at 35ms crash 3\nat 35ms restart 3\n");
    let violation = caught(&crash, "raft.flaw forget-vote", Property::OneLeaderPerEpoch);
    assert_eq!((violation.node.0, violation.other.0, violation.epoch), (2, 1, 1));
}

#[test]
fn a_raft_voter_that_votes_twice_elects_two_leaders_in_a_term() {
    let violation = caught(TWO_CANDIDATES, "raft.flaw vote-twice", Property::OneLeaderPerEpoch);
    assert_eq!((violation.node.0, violation.other.0, violation.epoch), (2, 1, 1));
}

#[test]
fn raft_voters_that_compare_only_lengths_elect_a_leader_without_an_acknowledged_write() {
    // 1 has a long log of term 1; 2 and 3 have a short one with an acknowledged write of a later term.
    let scenario = "lanes raft\nnodes 3\nlatency 10ms\nuntil 5s\n\
        init raft 1 term 1 log 1 1 1 1 1 1 1 1\ninit raft 2 term 1 log 1\ninit raft 3 term 1 log 1\n\
        at 0 isolate 1\nat 10ms campaign 2\nat 500ms write 2\nat 1s crash 2\nat 1s heal\nat 1.001s campaign 1\n";
    let violation = caught(scenario, "raft.flaw compare-length", Property::AcknowledgedKept);
    assert_eq!(violation.node.0, 1);
    let flawed = play(&format!("{scenario}set raft.flaw compare-length\n"));
    assert_eq!(flawed.lanes()[0].head_stats().writes_lost, 1);
}

#[test]
fn a_zookeeper_client_that_does_not_watch_again_never_learns_that_it_leads() {
    // The death of 2 wakes 3, which is not next yet. Then 1 dies, and no watch is left to report it.
    let scenario = "lanes zookeeper\nnodes 3\nuntil 60s\n\
        set zookeeper.tick-time 100ms\nset zookeeper.session-timeout 400ms\n\
        init zookeeper candidates 1 2 3\nat 2s crash 2\nat 5s crash 1\n";
    let violation = caught(scenario, "zookeeper.flaw no-rewatch", Property::LeaderEventually);
    assert!(violation.at.0 > 5_000_000);
}

#[test]
fn a_raft_server_that_forgets_its_term_in_a_crash_knows_a_lower_one() {
    // Alone, 3 campaigns in one term after another; after the crash only the term of its last entry is left.
    let scenario = "lanes raft\nnodes 3\nlatency 10ms\nuntil 5s\ninit raft leader 1 term 1 log 1\n\
        at 1s isolate 3\nat 3s crash 3\nat 3.1s restart 3\nat 3.2s heal\n";
    let violation = caught(scenario, "raft.flaw forget-term", Property::EpochsNeverFall);
    assert_eq!((violation.node.0, violation.epoch, violation.at.0), (3, 1, 3_100_000));
}

#[test]
fn a_zookeeper_service_restored_from_an_old_snapshot_names_an_old_leader() {
    // Six of its seven transactions are on disk. The end of 1's session is lost, so 1 is named again.
    let scenario = "lanes zookeeper\nnodes 3\nlatency 10ms\nuntil 20s\ninit zookeeper candidates 1 2 3\n\
        at 2s close 1\nat 5s crash service\nat 7s restart service\n";
    let violation = caught(scenario, "zookeeper.flaw old-snapshot", Property::EpochsNeverFall);
    assert_eq!((violation.epoch, violation.at.0), (1, 7_000_000));
}

#[test]
fn a_zookeeper_service_restored_from_an_old_snapshot_reuses_a_czxid() {
    // The znode that makes 1 leader is not on disk. 2 gets the same number and leads while 1 still believes
    // that it leads.
    let scenario = "lanes zookeeper\nnodes 2\nlatency 10ms\nphases lockstep\nuntil 20s\n\
        init zookeeper candidates 1 2 zxid 3\nat 2s close 1 2\nat 8s campaign 1\n\
        at 9s crash service\nat 9.2s restart service\nat 9.3s campaign 2\n";
    let violation = caught(scenario, "zookeeper.flaw old-snapshot", Property::OneLeaderPerEpoch);
    assert_eq!((violation.node.0, violation.other.0, violation.epoch), (2, 1, 8));
}

#[test]
fn a_bully_that_waits_forever_for_its_coordinator_gets_no_leader() {
    // 2 answers 1 with OK and dies; 1 waits for its COORDINATOR.
    let scenario = "lanes bully\nnodes 3\nlatency 5ms\nuntil 30s\ninit bully leader 3\n\
        at 1s crash 3\nat 1s campaign 1\nat 1.02s crash 2\n";
    let violation = caught(scenario, "bully.flaw no-restart", Property::LeaderEventually);
    assert!(violation.at.0 > 2_000_000);
}

#[test]
fn a_store_without_fencing_takes_the_stale_write_of_a_leader_that_was_paused() {
    let scenario = "lanes raft\nset store.interval 10ms\nat 2s pause leader for 2s\nuntil 6s\n";
    let fenced = play(scenario);
    assert_eq!(bugs(&fenced), []);
    let stats = fenced.lanes()[0].head_stats();
    assert!(stats.writes_rejected > 0 && stats.writes_conflicting == 0, "{stats:?}");

    let open = play(&format!("{scenario}set store.fencing off\n"));
    assert_eq!(bugs(&open), [], "to take tokens unchecked is no bug of the algorithm");
    let stats = open.lanes()[0].head_stats();
    assert!(stats.writes_rejected == 0 && stats.writes_conflicting > 0, "{stats:?}");
    let violations = open.lanes()[0].head_violations();
    let violation = violations.iter().find(|v| v.property == Property::OneEffectiveWriter);
    assert_eq!(violation.expect("two writers").blame, Blame::GivenUp("fencing off"));
}
