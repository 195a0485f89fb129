//! The ZooKeeper election recipe against its sources and the behaviour of real servers: one test per sentence.

use election_playground::algorithms::zookeeper::ZooKeeper;
use election_playground::base::{NodeId, Rng, SimTime, below, mix};
use election_playground::checker::{Blame, Stats, Violation};
use election_playground::lane;
use election_playground::meter::Meter;
use election_playground::protocol::{Mark, Property, Protocol};
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, Record};
use election_playground::workspace;

/// A lane that has run to its end.
struct Lane {
    timeline: Timeline,
    records: Vec<Record>,
}

/// Runs the only lane of a scenario; `lanes zookeeper` is added.
fn run(text: &str) -> Lane {
    let phases = if text.contains("phases") { "" } else { "phases lockstep\n" };
    let text = format!("lanes zookeeper\n{phases}{text}");
    let mut timeline = workspace::open(&text).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
    let until = timeline.scenario().until;
    let lane = timeline.lane(0);
    lane.compute(until, &mut Meter::unlimited());
    lane.finish(until);
    lane.go_to_time(until);
    let records = lane.records(SimTime::ZERO, until, usize::MAX);
    Lane { timeline, records }
}

impl Lane {
    fn engine(&self) -> &lane::Lane {
        &self.timeline.lanes()[0]
    }

    fn ids(&self) -> &[NodeId] {
        &self.engine().names().ids
    }

    fn stats(&self) -> &Stats {
        self.engine().head_stats()
    }

    fn violation(&self, property: Property) -> Option<Violation> {
        self.engine().head_violations().into_iter().find(|v| v.property == property)
    }

    /// The number of messages of that name that were sent.
    fn sent(&self, name: &str) -> u64 {
        let kind = ZooKeeper::INFO.messages.iter().position(|m| m.name == name).unwrap();
        self.engine().head_traffic().sent[kind]
    }

    /// The times at which such a message arrived.
    fn arrivals(&self, name: &str) -> Vec<SimTime> {
        let kind = ZooKeeper::INFO.messages.iter().position(|m| m.name == name).unwrap() as u8;
        let arrived = self.records.iter().filter(|r| r.kind == Kind::Deliver && r.msg == kind);
        arrived.map(|r| r.at).collect()
    }

    /// The times and owners of a mark.
    fn marks(&self, mark: Mark) -> Vec<(SimTime, NodeId)> {
        let marks = self.records.iter().filter(|r| r.kind == Kind::Mark && r.sub == mark as u8);
        marks.map(|r| (r.at, self.ids()[usize::from(r.node)])).collect()
    }

    /// A field of a node's view at the end.
    fn field(&self, id: u32, name: &str) -> String {
        let id = if id == 0 { NodeId::service(0) } else { NodeId(id) };
        let place = self.ids().iter().position(|i| *i == id).unwrap();
        let view = self.engine().view(place as u8);
        view.fields.into_iter().find(|f| f.0 == name).unwrap().1
    }

    /// The leaders at the end, by their own belief.
    fn leaders(&self) -> Vec<u32> {
        let members = 0..self.engine().members();
        members
            .filter(|place| self.engine().belief(*place as u8).leads)
            .map(|place| self.ids()[place].0)
            .collect()
    }

    /// Whether a member believes that it leads, just before `at` milliseconds.
    fn led(&self, id: u32, at: u64) -> bool {
        let place = self.ids().iter().position(|i| *i == NodeId(id)).unwrap() as u8;
        let told = self.records.iter().filter(|r| r.kind == Kind::Belief && r.node == place);
        told.take_while(|r| r.at.0 < at * 1_000).last().is_some_and(|r| r.sub & 1 == 1)
    }

    /// True if some event applied the rule.
    fn ran(&self, rule: u32) -> bool {
        self.records.iter().any(|r| r.rules & 1 << rule != 0)
    }

    /// Violations that no broken assumption excuses.
    fn bugs(&self) -> Vec<String> {
        let bugs = self.engine().head_violations().into_iter().filter(|v| v.is_bug());
        bugs.map(|v| format!("{} {}", v.at, v.text())).collect()
    }

    fn text(&self) -> String {
        self.records.iter().map(|r| format!("{} {}\n", r.at, self.engine().names().text(r))).collect()
    }
}

/// Ten candidates in order of their ids.
const TEN: &str = "nodes 10\nlatency 10ms..10ms\nset store.interval 0s\n\
                   init zookeeper candidates 1 2 3 4 5 6 7 8 9 10\n";

// Sessions.

#[test]
fn a_session_lasts_2_to_20_ticks_whatever_the_client_asks_for() {
    // Observed on a real server with tickTime 2000: 1/4/10/100 s became 4000/4000/10000/40000 ms.
    for (asked, granted) in [("1s", "4s"), ("4s", "4s"), ("10s", "10s"), ("100s", "40s")] {
        let lane = run(&format!("nodes 1\nset zookeeper.session-timeout {asked}\nuntil 2s"));
        assert_eq!(lane.field(1, "timeout"), granted);
    }
}

/// The times from the leader's crash to its successor's event, in milliseconds, for many moments; sorted.
fn crash_to_event(timeout: u64, runs: u64) -> Vec<u64> {
    let mut spans: Vec<u64> = (0..runs)
        .map(|seed| {
            // Sessions begin at any time between two ticks; the crash comes at any time between two pings.
            let (again, crash) = (3_000 + mix(seed) % 2_000, 20_000 + mix(!seed) % 4_000);
            let lane = run(&format!(
                "nodes 2\nseed {seed}\nlatency 0s..1ms\nset zookeeper.session-timeout {timeout}s\n\
                 set store.interval 0s\ninit zookeeper candidates 1 2\n\
                 at {again}ms close 1 2\nat {}ms campaign 1 2\nat {crash}ms crash leader\nuntil 40s",
                again + 10
            ));
            lane.arrivals("WatchEvent").last().unwrap().0 / 1_000 - crash
        })
        .collect();
    spans.sort_unstable();
    spans
}

#[test]
fn a_crash_is_noticed_between_two_thirds_of_the_timeout_and_a_tick_more_than_it() {
    // Observed, kill -9 to the successor's event, 10 times each: 3.41 to 4.66 s, median 4.24 (T = 4 s);
    // 7.00 to 11.84 s, median 9.60 (T = 10 s).
    for (timeout, observed) in [(4, 3_410..=4_660), (10, 7_000..=11_840)] {
        let spans = crash_to_event(timeout, 400);
        let (least, most, median) = (spans[0], spans[spans.len() - 1], spans[spans.len() / 2]);
        println!("T = {timeout} s: {least} to {most} ms, median {median}");
        let range = timeout * 1_000 * 2 / 3 - 2..=timeout * 1_000 + 2_000 + 2;
        assert!(range.contains(&least) && range.contains(&most), "{least}..{most}");
        assert!(observed.contains(&median), "{median}");
        // The observed times lie within.
        assert!(least <= *observed.start() && *observed.end() <= most);
    }
}

#[test]
fn a_crash_at_a_fixed_moment_meets_every_phase_of_pings_and_ticks() {
    // T = 4 s, tick 2 s. The leader was last heard up to T/3 earlier, and the session lasts T, rounded up to
    // the next tick. Both phases are drawn, so a thousand seeds cover T - T/3 to T + tick uniformly.
    let mut spans: Vec<u64> = (1..=1_000)
        .map(|seed| {
            let text = format!("phases drawn\nseed {seed}\nat 20s crash leader\nuntil 30s");
            run(&text).stats().failover_last.expect("a failover").whole().0 / 1_000
        })
        .collect();
    spans.sort_unstable();
    // Event, list and answer take three delays of 5 to 15 ms.
    let (least, most) = (2_667, 6_000 + 45);
    assert!(least <= spans[0] && spans[999] <= most, "{} to {}", spans[0], spans[999]);
    assert!(spans[0] < least + 200 && most - 200 < spans[999], "{} to {}", spans[0], spans[999]);
    // The sum of two uniform times, up to T/3 less and up to one tick more: its quartiles are known.
    for (position, expected) in [(250, 3_851), (500, 4_363), (750, 4_875)] {
        assert!(spans[position].abs_diff(expected) < 100, "{} at {position}", spans[position]);
    }
}

#[test]
fn a_clean_close_hands_over_at_once() {
    // Observed on loopback: 2.6 ms. Here: CloseSession, WatchEvent, GetChildren, Children.
    let lane = run(&format!("{TEN}at 1s close leader\nuntil 3s"));
    assert_eq!(lane.marks(Mark::Won), [(SimTime(1_040_000), NodeId(2))]);
    assert_eq!(lane.field(1, "connection"), "closed");
    assert_eq!(lane.field(1, "role"), "idle");
}

#[test]
fn a_session_survives_a_restart_of_the_server() {
    // SessionTimeoutTest, testSessionSurviveServerRestart; every session gets its full timeout again.
    let lane = run("nodes 3\nseed 3\ninit zookeeper candidates 2 1 3\nset zookeeper.session-timeout 10s\n\
                    at 5s crash service\nat 14s restart service\nuntil 40s");
    assert!(lane.ran(25) && lane.ran(3));
    assert!(!lane.led(2, 13_000), "policy standard: no leader while it is suspended");
    assert_eq!(lane.leaders(), [2]);
    assert_eq!(lane.field(2, "session"), "1");
    assert_eq!(lane.field(2, "czxid"), "1");
    assert_eq!(lane.sent("Expired"), 0);
    assert_eq!(lane.bugs(), [""; 0]);
}

#[test]
fn a_session_recovers_when_its_client_is_back_within_the_timeout() {
    // SessionTimeoutTest, testSessionRecoveredAfterMultipleFailedAttempts.
    let lane = run("nodes 2\ninit zookeeper candidates 1 2\nset zookeeper.session-timeout 40s\n\
                    at 5s cut 1 - service\nat 33s join 1 - service\nuntil 60s");
    assert_eq!(lane.leaders(), [1]);
    assert_eq!(lane.field(1, "session"), "1");
    assert_eq!(lane.sent("Expired"), 0);
}

#[test]
fn a_client_learns_of_the_end_of_its_session_on_return() {
    // SessionTimeoutTest, testSessionExpiration: the znode of the old session is gone.
    let text = "nodes 2\ninit zookeeper candidates 1 2\nset store.interval 0s\n\
                at 1s cut 1 - service\nat 20s join 1 - service\nuntil 40s\n";
    let lane = run(text);
    assert_eq!(lane.leaders(), [2]);
    assert!(lane.ran(18) && lane.ran(19));
    let stepped_down = lane.marks(Mark::SteppedDown)[0].0;
    assert!((1_000_000 + 2_666_000 - 1_333_000..1_000_000 + 2_667_000).contains(&stepped_down.0));
    assert_eq!(lane.field(1, "session"), "3");
    assert_eq!(lane.field(1, "znode"), "n_0000000002");
    // testSessionExpirationAfterAllServerDown: the newer client does not wait for the server's message.
    for (expiry, after) in [("client", 5_333), ("curator", 2_666 + 4_000)] {
        let text = format!("{text}set zookeeper.policy session\nset zookeeper.local-expiry {expiry}");
        let lane = run(&text);
        let lost = lane.marks(Mark::SteppedDown)[0].0.0 / 1_000;
        // Counted from the last message, which came up to one ping interval and one round trip before the
        // cut.
        assert!((1_000 + after - 1_400..=1_000 + after + 30).contains(&lost), "{expiry} {lost}");
    }
}

#[test]
fn setting_clocks_ends_no_session_and_keeps_none_alive() {
    // ZOOKEEPER-1366: both sides measure with a clock that cannot be set.
    for skew in ["+1h", "-1h"].map(|s| s.replace("1h", "60min")) {
        let lane = run(&format!(
            "nodes 3\ninit zookeeper candidates 1 2 3\nat 3s skew service {skew}\nat 5s skew 1 {skew}\n\
             at 5s skew 2 {skew}\nat 20s crash 1\nuntil 27s"
        ));
        assert_eq!(lane.stats().leaderships, 2);
        assert_eq!(lane.leaders(), [2]);
        assert_eq!(lane.sent("Expired"), 0);
    }
}

#[test]
fn pings_go_out_after_a_third_of_the_timeout_in_silence() {
    let lane = run(
        "nodes 1\nlatency 10ms..10ms\nset store.interval 0s\nset zookeeper.session-timeout 9s\nuntil 33s",
    );
    let pings = lane.arrivals("Ping");
    assert_eq!(pings.len(), 10, "{pings:?}");
    assert!(pings.windows(2).all(|p| (p[1] - p[0]).0 == 3_000_000));
}

#[test]
fn a_client_that_is_woken_pings_up_to_a_second_early() {
    // ClientCnxn: timeToNextPing = readTimeout / 2 - idleSend - (idleSend > 1000 ? 1000 : 0).
    let text = "nodes 3\nlatency 0s..0s\nset store.interval 0s\nset zookeeper.session-timeout 9s\n\
                init zookeeper candidates 1 2 3\nset zookeeper.watch children\n";
    // At 2.5 s the children change: the resulting list postpones the next ping to 5.5 s.
    let lane = run(&format!("{text}at 2.5s close 2\nuntil 5.4s"));
    assert_eq!(lane.sent("Ping"), 0);
    // A pong that is 2.4 s late wakes the client, which pings 0.6 s before it must.
    let lane = run(&format!("{text}at 1s latency service -> 1 2.4s..2.4s\nuntil 6s"));
    let woken: Vec<SimTime> = lane
        .records
        .iter()
        .filter(|r| r.kind == Kind::Deliver && r.rules & 1 << 13 != 0)
        .map(|r| r.at)
        .collect();
    assert_eq!(woken, [SimTime(5_400_000)]);
}

// The recipe.

#[test]
fn sequences_count_creations_from_0_and_are_never_used_again() {
    // Observed: 0, 1, 2; after the last is deleted, the next is 3.
    let lane = run("nodes 3\nlatency 5ms..5ms\nat 1s close 3\nat 2s campaign 3\nuntil 3s");
    assert_eq!(lane.field(1, "znode"), "n_0000000000");
    assert_eq!(lane.field(2, "znode"), "n_0000000001");
    assert_eq!(lane.field(3, "znode"), "n_0000000003");
    assert_eq!(lane.field(0, "sequence"), "4");
}

#[test]
fn the_smallest_sequence_leads_not_the_youngest() {
    let lane = run(
        "nodes 3\ninit zookeeper candidates 3 1 2 sequence 7 zxid 33\nat 1s crash 3\nat 1s restart 3\nuntil 20s",
    );
    assert_eq!(lane.leaders(), [1]);
    assert_eq!(lane.field(1, "czxid"), "34");
    assert_eq!(lane.field(2, "watch"), "n_0000000008");
    assert_eq!(lane.field(3, "znode"), "n_0000000010");
    assert_eq!(lane.field(3, "watch"), "n_0000000009");
}

#[test]
fn a_leaders_death_wakes_one_with_predecessor_watches_and_everybody_in_a_herd() {
    for (watch, events) in [("predecessor", 1), ("herd", 9), ("children", 9)] {
        let lane = run(&format!("{TEN}set zookeeper.watch {watch}\nat 1s crash leader\nuntil 10s"));
        assert_eq!(lane.sent("WatchEvent"), events, "{watch}");
        assert_eq!(lane.sent("GetChildren"), events, "{watch}");
        assert_eq!(lane.leaders(), [2]);
    }
}

#[test]
fn a_middle_death_wakes_the_next_node_and_changes_no_leader() {
    // Observed: 1 with predecessor watches, 0 in a herd that watches the leader's znode.
    for (watch, events) in [("predecessor", 1), ("herd", 0), ("children", 8)] {
        let lane = run(&format!("{TEN}set zookeeper.watch {watch}\nat 1s close 5\nuntil 3s"));
        assert_eq!(lane.arrivals("WatchEvent").len(), events + usize::from(watch == "children"), "{watch}");
        assert_eq!(lane.leaders(), [1]);
    }
}

#[test]
fn the_whole_succession_costs_n_less_1_events_or_half_n_squared() {
    for (watch, events) in [("predecessor", 9), ("herd", 45)] {
        let closes: String = (1..10).map(|k| format!("at {k}s close {k}\n")).collect();
        let lane = run(&format!("{TEN}set zookeeper.watch {watch}\n{closes}until 11s"));
        assert_eq!(lane.sent("WatchEvent"), events, "{watch}");
        assert_eq!(lane.sent("GetChildren"), events, "{watch}");
        assert_eq!(lane.leaders(), [10]);
    }
}

#[test]
fn the_run_observed_on_a_real_server() {
    // Ten join, the leader goes, one in the middle goes, then one leader after another until one is left: 9
    // and 37 events, 19 and 47 lists.
    for (watch, events, lists) in [("predecessor", 9, 19), ("herd", 37, 47)] {
        let order = [1, 6, 2, 3, 4, 5, 7, 8, 9];
        let closes: String =
            order.iter().enumerate().map(|(i, id)| format!("at {}s close {id}\n", i + 1)).collect();
        let lane = run(&format!(
            "nodes 10\nlatency 10ms..10ms\nset zookeeper.watch {watch}\nset store.interval 0s\n{closes}until 11s"
        ));
        assert_eq!((lane.sent("WatchEvent"), lane.sent("GetChildren")), (events, lists), "{watch}");
    }
}

#[test]
fn joining_costs_four_requests_and_four_answers() {
    let lane = run("nodes 4\nlatency 10ms..10ms\nuntil 1s");
    let sent = |names: &[&str]| names.iter().map(|n| lane.sent(n)).collect::<Vec<_>>();
    assert_eq!(sent(&["Connect", "Create", "GetChildren", "Exists"]), [4, 4, 4, 3]);
    assert_eq!(sent(&["Connected", "Created", "Children", "Stat"]), [4, 4, 4, 3]);
}

#[test]
fn a_predecessor_that_goes_between_list_and_watch_is_noticed() {
    // TestLeaderLatch, testLeadershipElectionWhenNodeDisappearsAfterChildrenAreRetrieved.
    let lane = run("nodes 2\nlatency 10ms..10ms\nat 55ms close 1\nat 1s campaign 1\nuntil 2s");
    assert!(lane.ran(10), "{}", lane.text());
    assert_eq!(lane.leaders(), [2]);
    assert_eq!(lane.sent("WatchEvent"), 0);
}

#[test]
fn elections_of_3_9_20_and_100_nodes_end_with_one_leader() {
    // LeaderElectionSupportTest, testNodes3 to testNodes100.
    for n in [1, 3, 9, 20, 100, 128] {
        let lane = run(&format!("nodes {n}\nset store.interval 0s\nuntil 1s"));
        assert_eq!(lane.leaders().len(), 1);
        assert_eq!(lane.stats().leaderships, 1);
    }
}

#[test]
fn a_withdrawn_offer_hands_over() {
    // LeaderElectionSupportTest, testReadyOffer; and a step-down goes to the end of the queue.
    let lane = run("nodes 3\ninit zookeeper candidates 1 2 3\nat 1s step-down leader\nuntil 2s");
    assert_eq!(lane.leaders(), [2]);
    assert_eq!(lane.field(0, "znodes"), "2:n_0000000001 3:n_0000000002 1:n_0000000003");
    assert_eq!(lane.field(1, "watch"), "n_0000000002");
    assert_eq!(lane.field(1, "session"), "1");
}

// Belief and truth.

#[test]
fn a_paused_leader_wakes_and_believes_until_it_looks_at_its_connection() {
    // Observed: SUSPENDED within 1 ms of waking, LOST after 76 to 118 ms (kazoo; the Java client waits up to
    // a second before it connects).
    let lane = run("nodes 3\nlatency 1ms..1ms\ninit zookeeper candidates 1 2 3\n\
                    at 1s pause leader for 8s\nuntil 12s");
    assert!(lane.led(1, 9_000) && lane.led(2, 9_000), "two believers while the first stands still");
    assert_eq!(lane.marks(Mark::SteppedDown), [(SimTime(9_000_000), NodeId(1))]);
    assert_eq!(lane.stats().writes_rejected, 1, "the write that was overdue");
    assert_eq!(lane.stats().writes_conflicting, 0);
    assert_eq!(lane.leaders(), [2]);
    assert_eq!(lane.bugs(), [""; 0]);
    let late = lane.arrivals("Expired")[0];
    assert!((9_000_000..10_010_000).contains(&late.0));
}

#[test]
fn without_fencing_the_write_of_the_woken_leader_is_accepted() {
    let lane = run("nodes 3\nlatency 1ms..1ms\ninit zookeeper candidates 1 2 3\nset store.fencing off\n\
                    at 1s pause leader for 8s\nuntil 12s");
    assert_eq!(lane.stats().writes_conflicting, 1);
    assert!(lane.violation(Property::OneEffectiveWriter).unwrap().blame == Blame::GivenUp("fencing off"));
}

#[test]
fn a_pause_shorter_than_two_thirds_of_the_timeout_changes_nothing() {
    let lane = run("nodes 3\ninit zookeeper candidates 1 2 3\nat 1s pause leader for 1.2s\nuntil 20s");
    assert_eq!(lane.stats().leaderships, 1);
    assert_eq!(lane.leaders(), [1]);
    assert_eq!(lane.sent("Expired") + lane.sent("Closed"), 0);
}

#[test]
fn the_standard_policy_stops_at_suspended_and_the_session_policy_at_lost() {
    // TestLeaderLatch, testErrorPolicies and testSessionErrorPolicy.
    let text = "nodes 3\nlatency 1ms..1ms\ninit zookeeper candidates 1 2 3\nat 1s cut leader - service\n\
                at 12s join 1 - service\nuntil 16s\n";
    let standard = run(text);
    assert_eq!(standard.violation(Property::AtMostOneLeader), None);
    let session = run(&format!("{text}set zookeeper.policy session"));
    let double = session.violation(Property::AtMostOneLeader).unwrap();
    assert!(matches!(double.blame, Blame::Run(..)), "{double:?}");
    assert!(session.led(1, 11_999) && session.led(2, 11_999));
    assert!(0 < session.stats().writes_rejected);
    for lane in [standard, session] {
        assert_eq!(lane.leaders(), [2]);
        assert_eq!(lane.bugs(), [""; 0]);
    }
}

#[test]
fn a_leader_that_returns_within_its_session_keeps_leading() {
    // TestLeaderLatch, testSessionInterruptionDoNotCauseBrainSplit and testLostConnection.
    for (policy, leaderships) in [("standard", 2), ("session", 1)] {
        let lane = run(&format!(
            "nodes 3\ninit zookeeper candidates 1 2 3\nset zookeeper.session-timeout 20s\n\
             set zookeeper.policy {policy}\nat 1s cut 1 - service\nat 15s join 1 - service\nuntil 30s"
        ));
        assert_eq!(lane.stats().leaderships, leaderships, "{policy}");
        assert_eq!(lane.leaders(), [1]);
        assert_eq!(lane.field(1, "znode"), "n_0000000000");
        assert_eq!(lane.bugs(), [""; 0]);
    }
}

#[test]
fn an_expired_session_of_a_live_leader_is_a_needless_failover() {
    let lane =
        run("nodes 3\nlatency 5ms..5ms\ninit zookeeper candidates 1 2 3\nat 1s expire leader\nuntil 4s");
    assert_eq!(lane.marks(Mark::SteppedDown)[0], (SimTime(1_005_000), NodeId(1)));
    assert_eq!(lane.leaders(), [2]);
    assert_eq!(lane.field(1, "znode"), "n_0000000003");
    assert_eq!(lane.field(1, "role"), "follower");
}

#[test]
fn an_event_after_a_reconnect_is_not_missed() {
    // TestLeaderLatch, testWatchedNodeDeletedOnReconnect: the predecessor goes while the watcher is away.
    let lane = run("nodes 3\ninit zookeeper candidates 1 2 3\nset zookeeper.session-timeout 20s\n\
                    at 1s cut 2 - service\nat 15s close 1\nat 16s join 2 - service\nuntil 30s");
    assert_eq!(lane.leaders(), [2]);
}

#[test]
fn a_lost_event_is_noticed_with_the_next_pong() {
    let lane = run("nodes 2\nlatency 10ms..10ms\ninit zookeeper candidates 1 2\nset store.interval 0s\n\
                    at 1s close 1\nat 1015ms drop service->2#1\nuntil 4s");
    assert!(lane.ran(28), "{}", lane.text());
    assert_eq!(lane.leaders(), [2]);
    assert!(lane.marks(Mark::Won)[0].0.0 < 1_010_000 + 1_333_334 + 40_000);
}

#[test]
fn a_lost_request_is_sent_again_and_carried_out_once() {
    for (lost, nth) in [("1->service", 1), ("service->1", 1), ("1->service", 2), ("service->1", 2)] {
        let at = if nth == 1 { 0 } else { 20 };
        let at = if lost.starts_with('s') { at + 15 } else { at + 5 };
        let lane = run(&format!("nodes 1\nlatency 10ms..10ms\nat {at}ms drop {lost}#{nth}\nuntil 4s"));
        assert!(lane.ran(27), "{}", lane.text());
        assert_eq!(lane.leaders(), [1]);
        assert_eq!(lane.field(0, "znodes"), "1:n_0000000000");
        assert_eq!(lane.field(0, "sessions"), "1:1");
    }
}

#[test]
fn a_znode_with_unconfirmed_creation_is_found_again() {
    // TestLeaderLatch, testCreateDeleteRace; Curator's withProtection.
    let lane =
        run("nodes 1\nlatency 10ms..10ms\nset zookeeper.session-timeout 20s\nat 35ms cut 1 - service\n\
                    at 14s join 1 - service\nuntil 30s");
    assert_eq!(lane.leaders(), [1]);
    assert_eq!(lane.field(0, "znodes"), "1:n_0000000000");
    assert!(lane.sent("Create") > 1);
}

// Deliberate flaws.

#[test]
fn a_process_that_repeats_its_draws_has_its_own_connection() {
    // Otherwise the service mistakes it for the previous process, whose session then never ends.
    let lane = run("nodes 1\nseed 1\nat 5s reseed 7\nat 5s crash 1\nat 5s restart 1\nat 6s reseed 7\n\
                    at 6s crash 1\nat 6s restart 1\nuntil 20s\n");
    assert!(lane.engine().serving());
}

#[test]
fn a_list_requested_without_a_watch_sets_none() {
    // At 40 ms both request the list; from 50 ms on, the list must set the watch.
    let lane = run("nodes 2\nlatency 10ms\nuntil 30s\nat 50ms set zookeeper.watch children\nat 2s crash 1\n");
    assert!(lane.engine().belief(1).leads, "2 has not heard of the end of 1");
    assert_eq!(lane.engine().head_violations(), []);
}

#[test]
fn a_node_that_does_not_watch_again_sleeps_forever() {
    // A middle node goes, then the leader goes: the node behind has received its event for the first and
    // hears nothing of the second.
    let text = "nodes 3\ninit zookeeper candidates 1 2 3\nat 1s close 2\nat 2s close 1\nuntil 60s\n";
    assert_eq!(run(text).leaders(), [3]);
    let lane = run(&format!("{text}set zookeeper.flaw no-rewatch"));
    assert_eq!(lane.leaders(), [0; 0]);
    assert!(lane.violation(Property::LeaderEventually).is_some_and(|v| v.is_bug()));
}

#[test]
fn leading_without_looking_makes_two_leaders() {
    let text = "nodes 3\ninit zookeeper candidates 1 2 3\nat 1s close 2\nuntil 10s\n";
    assert_eq!(run(text).leaders(), [1]);
    let lane = run(&format!("{text}set zookeeper.flaw no-relist"));
    assert_eq!(lane.leaders(), [1, 3]);
    assert!(lane.violation(Property::AtMostOneLeader).is_some_and(|v| v.is_bug()));
}

#[test]
fn a_version_is_not_a_fencing_token() {
    // Observed: the lock re-created by three leaders has version 0 each time; its czxid increases.
    let lane = run("nodes 3\nlatency 1ms..1ms\ninit zookeeper candidates 1 2 3\n\
                    set zookeeper.flaw version-token\nat 1s pause leader for 8s\nuntil 12s");
    assert_eq!(lane.stats().writes_conflicting, 1);
    assert!(lane.violation(Property::OneEffectiveWriter).is_some_and(|v| v.is_bug()));
}

// Random faults, then calm.

/// A scenario drawn from a seed: settings, faults until 60 s, then everything healed until 150 s.
fn drawn(seed: u64) -> String {
    let mut rng = Rng::new(seed, 7);
    let mut draw = |bound: u64| below(rng.bits(), bound);
    let nodes = 1 + draw(7);
    let mut text = format!("nodes {nodes}\nseed {seed}\nset store.interval 200ms\nuntil 150s\n");
    let tick = [100, 500, 2_000][draw(3) as usize];
    text += &format!("set zookeeper.tick-time {tick}ms\n");
    text += &format!("set zookeeper.session-timeout {}ms\n", tick * (1 + draw(6)));
    text += &format!("set zookeeper.watch {}\n", ["predecessor", "herd", "children"][draw(3) as usize]);
    text += &format!("set zookeeper.policy {}\n", ["standard", "session"][draw(2) as usize]);
    text += &format!("set zookeeper.local-expiry {}\n", ["off", "client", "curator"][draw(3) as usize]);
    text += ["", "order any\n", "loss 2%\n", "duplicate 3%\n"][draw(4) as usize];
    text += ["latency 5ms..15ms\n", "latency 1ms..1ms\n", "latency 0s..25ms\n"][draw(3) as usize];
    let calm = draw(4) == 0;
    for _ in 0..draw(25) {
        let at = 100 + draw(60_000);
        let node = 1 + draw(nodes);
        let who = ["leader".into(), node.to_string(), "service".into()][draw(3) as usize].clone();
        let act = match draw(if calm { 4 } else { 16 }) {
            0 => format!("crash {node}"),
            1 => format!("restart {node}"),
            2 => format!("step-down {node}"),
            3 => format!("campaign {node}"),
            4 => format!("pause {who} for {}ms", 100 + draw(12_000)),
            5 => format!("cut {node} - service"),
            6 => format!("cut {node} -> service"),
            7 => format!("cut service -> {node}"),
            8 => "heal".into(),
            9 => format!("drift {who} +{}%", draw(50)),
            10 => format!("slow {who} {}ms", draw(300)),
            11 => format!("expire {node}"),
            12 => "crash service".into(),
            13 => format!("skew {who} {}{}ms", ["+", "-"][draw(2) as usize], draw(20_000)),
            14 => format!("latency 0s..{}ms", 1 + draw(400)),
            _ => "restart service".into(),
        };
        text += &format!("at {at}ms {act}\n");
    }
    text += "at 61s heal\nat 61s drift all +0%\nat 61s drift service +0%\nat 61s slow all 0s\nat 61s slow service 0s\n\
             at 61s loss 0%\nat 61s latency 1ms..5ms\nat 61s duplicate 0%\nat 61s resume all\nat 61s resume service\n\
             at 61s restart service\nat 62s restart all\n";
    text
}

#[test]
fn the_promises_hold_under_any_faults_and_calm_brings_one_leader() {
    for seed in 0..250 {
        let text = drawn(seed);
        let lane = run(&text);
        // Ending the session of a live client is a fault that no assumption covers.
        let expired = text.contains("expire ");
        let bug = |b: &&String| !(expired && b.contains("both believe"));
        assert_eq!(lane.bugs().iter().filter(bug).count(), 0, "{:?} lanes zookeeper\n{text}", lane.bugs());
        assert_eq!(lane.leaders().len(), 1, "lanes zookeeper\n{text}");
        assert!(lane.engine().pending_messages() < 1_000);
        // The service's state is bounded by the number of members.
        assert!(lane.field(0, "znodes").split(' ').count() <= 8, "{}", lane.field(0, "znodes"));
    }
}
