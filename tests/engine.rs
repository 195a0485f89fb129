//! What the scenario language promises about time, links, faults and the store: one test per sentence.

use election_playground::base::{SimTime, Span};
use election_playground::expectations::judge;
use election_playground::lane::Lane;
use election_playground::sim::PendingWhat;
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, Record, Traffic};
use election_playground::workspace;

fn open(text: &str) -> Timeline {
    workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"))
}

fn records(timeline: &mut Timeline, lane: usize) -> Vec<Record> {
    let until = timeline.scenario().until;
    timeline.lane(lane).records(SimTime::ZERO, until, usize::MAX)
}

/// The events of a lane, one per line: the time, then the text.
fn trace_of(text: &str, lane: usize) -> Vec<String> {
    let mut timeline = open(text);
    let records = records(&mut timeline, lane);
    let names = timeline.lanes()[lane].names();
    records.iter().map(|r| format!("{} {}", r.at, names.text(r))).collect()
}

fn trace(text: &str) -> Vec<String> {
    trace_of(text, 0)
}

/// The position of the first line that contains all of `words`.
fn at(trace: &[String], words: &str) -> usize {
    let holds = |line: &&String| words.split(" … ").all(|w| line.contains(w));
    trace.iter().position(|l| holds(&l)).unwrap_or_else(|| panic!("no {words:?} in\n{}", trace.join("\n")))
}

fn has(trace: &[String], words: &str) -> bool {
    trace.iter().any(|line| words.split(" … ").all(|w| line.contains(w)))
}

fn count(trace: &[String], words: &str) -> usize {
    trace.iter().filter(|line| words.split(" … ").all(|w| line.contains(w))).count()
}

fn end(text: &str) -> Timeline {
    let mut timeline = open(text);
    let until = timeline.scenario().until;
    timeline.seek(until);
    timeline
}

/// A quiet bully: nothing happens except what a line causes. Ids 1 to 3; messages take 10 ms.
const QUIET: &str = "lanes bully\nnodes 3\nlatency 10ms\nset bully.initiators none\nset bully.detector off\n\
                     set store.interval 0\nuntil 1s\n";

fn quiet(more: &str) -> Vec<String> {
    trace(&format!("{QUIET}{more}"))
}

#[test]
fn at_one_instant_deliveries_come_before_timers() {
    // The answer to 2's ELECTION arrives at 120 ms, when 2's timer is due.
    let t = quiet("set bully.answer-timeout 20ms\nat 100ms campaign 2\n");
    let (ok, timer) = (at(&t, "120ms 3->2#1 arrives OK"), t.iter().position(|l| l == "120ms 2 timer answer"));
    assert!(timer.is_none_or(|timer| ok < timer), "{t:#?}");
    assert!(!has(&t, "120ms 2 timer answer"), "the answer came first and cancelled the timer");
}

#[test]
fn an_act_precedes_all_other_events_of_its_instant_or_follows_k_of_them() {
    let before = quiet("at 100ms campaign 1\nat 110ms crash 3\n");
    assert!(at(&before, "110ms act crash 3") < at(&before, "110ms 1->2#1 arrives"));
    assert!(has(&before, "1->3#1 lost: receiver down"));
    let one = quiet("at 100ms campaign 1\nat 110ms+1 crash 3\n");
    assert!(at(&one, "110ms 1->2#1 arrives") < at(&one, "110ms act crash 3"));
    assert!(has(&one, "1->3#1 lost: receiver down"));
    let two = quiet("at 100ms campaign 1\nat 110ms+2 crash 3\n");
    assert!(at(&two, "110ms 1->3#1 arrives") < at(&two, "110ms act crash 3"));
    // There are fewer events than that, so it happens after all of them.
    let many = quiet("at 100ms campaign 1\nat 110ms+99 crash 3\n");
    assert!(at(&many, "110ms 1->3#1 arrives") < at(&many, "110ms act crash 3"));
}

#[test]
fn an_expectation_is_asked_after_all_events_of_its_instant() {
    let text = format!(
        "{QUIET}at 100ms campaign 1\nat 110ms crash 3\nexpect node 3 state crashed at 110ms\n\
                        expect delivered = 1 at 110ms\nexpect delivered = 0 at 109.999ms\n"
    );
    let verdicts = election_playground::expectations::judge(&mut open(&text));
    assert!(verdicts.iter().all(|v| v.met()), "{verdicts:?}");
}

#[test]
fn a_waking_node_runs_overdue_timers_before_waiting_messages() {
    // 2 asks 3, then pauses before the answer arrives and its timer is due.
    let t = quiet("at 100ms campaign 2\nat 105ms pause 2 for 200ms\n");
    let (wakes, timer) = (at(&t, "305ms 2 resumes"), at(&t, "305ms 2 timer answer"));
    assert!(wakes < timer && timer < at(&t, "305ms 3->2#1 arrives"), "{t:#?}");
}

#[test]
fn links_are_first_in_first_out_unless_the_order_is_any() {
    let arrivals = |order: &str| {
        let mut timeline = open(&format!("lanes raft\nnodes 3\nlatency 1ms..80ms\n{order}until 5s\n"));
        let records = records(&mut timeline, 0);
        let mut last = std::collections::BTreeMap::new();
        let arrived = records.iter().filter(|r| r.kind == Kind::Deliver);
        // The number of messages that arrive, and of those that arrive after a later one on their link.
        arrived.fold((0, 0), |(n, overtaken), r| {
            let before = last.insert((r.node, r.peer), r.nth).unwrap_or(0);
            (n + 1, overtaken + u32::from(r.nth < before))
        })
    };
    let (fifo, any) = (arrivals(""), arrivals("order any\n"));
    assert!(fifo.0 > 100 && fifo.1 == 0, "{fifo:?}");
    assert!(any.1 > 0, "{any:?}");
}

#[test]
fn a_cut_is_checked_at_sending_and_at_delivery() {
    let sending = quiet("at 0 cut 1 -> 2\nat 100ms campaign 1\n");
    assert!(has(&sending, "100ms 1->2#1 lost: link cut"));
    let delivery = quiet("at 100ms campaign 1\nat 105ms cut 1 -> 2\n");
    assert!(has(&delivery, "110ms 1->2#1 lost: link cut"));
    let healed = quiet("at 100ms campaign 1\nat 105ms cut 1 -> 2\nat 107ms heal\n");
    assert!(has(&healed, "110ms 1->2#1 arrives"));
}

#[test]
fn a_message_to_a_node_that_has_restarted_since_is_lost_unless_incarnations_are_off() {
    let restart = "at 100ms campaign 1\nat 102ms crash 3\nat 105ms restart 3\n";
    assert!(has(&quiet(restart), "110ms 1->3#1 lost: receiver restarted"));
    assert!(has(&quiet(&format!("incarnations off\n{restart}")), "110ms 1->3#1 arrives"));
    assert!(has(&quiet("at 100ms campaign 1\nat 102ms crash 3\n"), "110ms 1->3#1 lost: receiver down"));
}

#[test]
fn a_clock_that_runs_fast_fires_its_timers_early() {
    let fires = |act: &str| {
        let t = quiet(&format!(
            "set bully.answer-timeout 100ms\nat 0 cut 3 - 1\nat 0 cut 2 - 1\n{act}at 100ms campaign 1\n"
        ));
        t[at(&t, "1 timer answer")].clone()
    };
    assert!(fires("").starts_with("200ms "));
    // 100 ms on a clock that advances 1.25 s per second last 80 ms.
    assert!(fires("at 0 drift 1 +25%\n").starts_with("180ms "));
    assert!(fires("at 0 drift 1 -50%\n").starts_with("300ms "));
    // From halfway on.
    assert!(fires("at 150ms drift 1 +25%\n").starts_with("190ms "));
    // Setting a clock moves no timer.
    assert!(fires("at 0 skew 1 +3s\nat 150ms skew 1 -1s\n").starts_with("200ms "));
}

#[test]
fn a_slow_node_delays_every_message_and_keeps_their_order() {
    let t = quiet("at 0 slow 3 50ms\nat 100ms campaign 1 2\n");
    assert!(has(&t, "160ms 1->3#1 arrives") && has(&t, "210ms 2->3#1 arrives"), "{t:#?}");
    // The message in progress comes first, although the node is fast again.
    let fast = quiet("at 0 slow 3 50ms\nat 100ms campaign 1\nat 112ms slow 3 0\nat 105ms campaign 2\n");
    assert!(at(&fast, "160ms 1->3#1 arrives") < at(&fast, "160ms 2->3#1 arrives"), "{fast:#?}");
    let paused =
        quiet("at 0 slow 3 50ms\nat 100ms campaign 1\nat 112ms pause 3 for 100ms\nat 105ms campaign 2\n");
    assert!(at(&paused, "1->3#1 arrives") < at(&paused, "2->3#1 arrives"), "{paused:#?}");
}

#[test]
fn messages_are_counted_when_sent_and_copies_apart() {
    let timeline =
        end(&format!("{QUIET}duplicate 100%\nat 0 cut 1 -> 2\nat 100ms campaign 1\nuntil 105ms\n")
            .replace("until 1s\n", ""));
    let lane = &timeline.lanes()[0];
    let (stats, traffic) = (lane.stats(), lane.traffic());
    assert_eq!(Traffic::of_class(lane.info(), &traffic.sent, None), 2, "one of them over a cut link");
    assert_eq!((stats.copies, stats.lost), (1, 1));
    assert_eq!(Traffic::of_class(lane.info(), &traffic.delivered, None), 0, "nothing has arrived yet");
}

#[test]
fn in_a_partition_unlisted_nodes_join_the_largest_listed_side() {
    let text = "lanes zookeeper\nnodes 5\nat 0 partition 1 | 2 3\nuntil 1s\n";
    let timeline = end(text);
    let lane = &timeline.lanes()[0];
    let reaches = |a: u8, b: u8| lane.reaches(a, b);
    // Places count from 0; the service is at 5.
    assert!(reaches(1, 3) && reaches(2, 4) && reaches(3, 5) && reaches(5, 1));
    assert!(!reaches(0, 1) && !reaches(4, 0) && !reaches(0, 5));
    // The store is on no side.
    assert!(reaches(0, 6) && reaches(1, 6));
    let healed = end(&text.replace("until", "at 500ms heal\nuntil"));
    assert!((0..6).all(|a| (0..6).all(|b| healed.lanes()[0].reaches(a, b))));
}

#[test]
fn cuts_go_one_way_or_both_and_isolation_leaves_the_store() {
    let timeline = end("lanes raft\nnodes 4\nat 0 cut 1 -> 2\nat 0 cut 3 - 4\nuntil 100ms\n");
    let lane = &timeline.lanes()[0];
    assert!(!lane.reaches(0, 1) && lane.reaches(1, 0) && !lane.reaches(2, 3) && !lane.reaches(3, 2));
    let timeline = end("lanes raft\nnodes 4\nat 0 isolate 2\nat 10ms join 2 -> 3\nuntil 100ms\n");
    let lane = &timeline.lanes()[0];
    assert!(!lane.reaches(1, 0) && !lane.reaches(0, 1) && lane.reaches(1, 2) && !lane.reaches(2, 1));
    assert!(lane.reaches(1, 4), "the store");
    let timeline = end("lanes raft\nnodes 4\nat 0 cut 2 - store\nuntil 100ms\n");
    assert!(!timeline.lanes()[0].reaches(1, 4) && timeline.lanes()[0].reaches(1, 0));
}

#[test]
fn one_pending_message_is_dropped_delivered_delayed_or_duplicated_by_its_name() {
    assert!(has(&quiet("at 100ms campaign 1\nat 105ms drop 1->3#1\n"), "105ms 1->3#1 lost: dropped"));
    assert!(has(&quiet("at 100ms campaign 1\nat 103ms deliver 1->3#1\n"), "103ms 1->3#1 arrives"));
    assert!(has(&quiet("at 100ms campaign 1\nat 105ms delay 1->3#1 40ms\n"), "150ms 1->3#1 arrives"));
    let t = quiet("at 100ms campaign 1\nat 105ms duplicate 1->3#1\n");
    assert!(at(&t, "105ms 1->3#1.2 duplicated") < at(&t, "110ms 1->3#1 arrives"));
    assert!(at(&t, "110ms 1->3#1 arrives") < at(&t, "110ms 1->3#1.2 arrives"));
    assert!(has(
        &quiet("at 100ms campaign 1\nat 120ms drop 1->3#1\n"),
        "act drop 1->3#1 (no such message is pending)"
    ));
}

#[test]
fn the_name_of_a_message_does_not_depend_on_other_links() {
    let t = quiet("at 50ms campaign 2\nat 500ms campaign 1\nat 505ms drop 1->3#1\n");
    assert!(has(&t, "505ms 1->3#1 lost: dropped"), "{t:#?}");
}

#[test]
fn with_manual_timers_only_fire_lines_fire_timers() {
    let manual = "lanes raft\nnodes 3\nlatency 10ms\ntimers manual\nuntil 60s\n";
    let t = trace(manual);
    assert_eq!(count(&t, "timer"), 0, "{t:#?}");
    let t = trace(&format!("{manual}at 1s fire 2 election\nat 2s fire leader heartbeat\n"));
    assert!(has(&t, "2 timer election"));
    assert_eq!(count(&t, " timer "), 2, "{t:#?}");
    assert!(has(&t, "2 is leader leads"));
    assert!(has(&trace(&format!("{manual}at 1s fire 2 heartbeat\n")), "(no such timer is pending)"));
}

#[test]
fn a_delayed_timer_fires_that_much_later_by_its_nodes_clock() {
    let run = |acts: &str| {
        trace(&format!(
            "lanes raft\nnodes 3\nphases lockstep\nset raft.election-timeout 1s..1s\n{acts}until 5s\n"
        ))
    };
    let first =
        |acts: &str| run(acts).into_iter().find(|it| it.contains(" timer election")).unwrap_or_default();
    assert!(first("").starts_with("1s 1 timer"));
    assert!(first("at 500ms delay 1 election 2s\n").starts_with("1s 2 timer"));
    let both = "at 500ms delay 1 3 election 2s\nat 500ms delay 2 election 200ms\n";
    assert!(first(both).starts_with("1.2s 2 timer"), "{}", first(both));
    let slow = "at 0s drift 2 -50%\nat 0s delay all election 100ms\nat 0s delay 1 3 election 2s\n";
    assert!(first(slow).starts_with("2.2s 2 timer"), "{}", first(slow));
    // As with `fire`, a paused node has no timers.
    assert!(has(&run("at 900ms pause 1\nat 950ms delay 1 election 1s\n"), "(no such timer is pending)"));
    assert!(has(&run("at 1s+5 delay 2 heartbeat 1s\n"), "(no such timer is pending)"));
}

#[test]
fn deliver_all_delivers_pending_messages_and_their_answers_at_one_instant() {
    let t = quiet("at 100ms campaign 1\nat 101ms deliver all\nat 300ms campaign 1\n");
    assert!(has(&t, "101ms 1->3#1 arrives") && has(&t, "101ms 3->1#1 arrives"), "{t:#?}");
    // And no longer: later messages take their usual time.
    assert!(!has(&t, "300ms 1->3#2 arrives"), "{t:#?}");
}

#[test]
fn deliver_all_ends_at_a_paused_node_and_with_a_dropped_message() {
    for end in ["at 90ms pause 3\n", "at 101ms drop 1->3#1\n", "at 0 slow 3 50ms\n"] {
        let text =
            format!("at 0 cut 1 -> 2\nat 100ms campaign 1\nat 101ms deliver all\n{end}at 300ms campaign 2\n");
        let t = quiet(&text);
        assert!(has(&t, "300ms 2->3#1 sent") || has(&t, "300ms 2->3"), "{end}: {t:#?}");
        assert!(!has(&t, "300ms 2->1#1 arrives"), "{end}: messages take no time: {t:#?}");
    }
}

#[test]
fn a_token_that_circles_forever_stops_the_run_with_a_reason() {
    // The highest node dies while its token is in flight, and is skipped: no node removes the token from the
    // ring.
    let text = "lanes ring\nnodes 1 2 3\nlatency 10ms\nset ring.initiators none\nset ring.detector off\n\
                set ring.retry off\nset ring.merge off\nset store.interval 0\nuntil 10s\n\
                at 100ms campaign 3\nat 115ms crash 3\nat 2s deliver all\nat 5s heal\n";
    let mut timeline = open(text);
    let records = records(&mut timeline, 0);
    let last = records.last().expect("something happens");
    assert_eq!(
        timeline.lanes()[0].names().text(last),
        "the run breaks off: `deliver all` did not finish within 100,000 messages"
    );
    // It stops at that instant, after this many events; later actions do not happen.
    assert_eq!(last.at, SimTime(2_000_000));
    let delivered = records.iter().filter(|r| r.at == last.at && r.kind == Kind::Deliver).count();
    assert!((99_000..=100_000).contains(&delivered), "{delivered}");
    timeline.seek(SimTime(10_000_000));
    assert!(timeline.lanes()[0].stuck());
    let storm = "lanes raft\nnodes 3\nlatency 10ms\nset raft.heartbeat 1ms\nset raft.election-timeout 10ms..20ms\n\
                 at 1s deliver all\nuntil 3s\n";
    assert!(
        !has(&trace(storm), "breaks off"),
        "heartbeats are sent by timers: all that is pending has an end"
    );
}

#[test]
fn words_for_nodes_are_resolved_in_each_lane_when_the_act_happens() {
    let text = "lanes bully raft\nnodes 5\nseed 3\nat 2s crash leader\nat 5s crash majority\nuntil 6s\n";
    let mut timeline = open(text);
    timeline.seek(SimTime(1_999_999));
    let leaders: Vec<u8> = timeline.lanes().iter().map(|l| l.leader().expect("a leader")).collect();
    timeline.seek(SimTime(2_000_000));
    for (lane, leader) in timeline.lanes().iter().zip(&leaders) {
        assert!(!lane.up(*leader));
    }
    timeline.seek(SimTime(4_999_999));
    let leaders: Vec<u8> = timeline.lanes().iter().map(|l| l.leader().expect("a leader")).collect();
    timeline.seek(SimTime(5_000_000));
    for (lane, leader) in timeline.lanes().iter().zip(&leaders) {
        // The quorum of the lowest ids that includes the leader: 3 of 5.
        let mut majority: Vec<u8> = (0..5).filter(|p| p != leader).take(2).chain([*leader]).collect();
        majority.sort_unstable();
        assert!(majority.iter().all(|p| !lane.up(*p)), "{majority:?}");
    }
    let t = quiet(
        "at 100ms crash leader\nat 200ms crash candidate\nat 300ms crash follower\nat 400ms crash follower\n",
    );
    assert!(
        has(&t, "act crash leader (no node matches)") && has(&t, "act crash candidate (no node matches)")
    );
    assert!(has(&t, "300ms 1 crashes") && has(&t, "400ms 2 crashes"));
}

#[test]
fn an_action_that_a_lane_does_not_support_is_not_applicable_there() {
    let text = "lanes bully raft\nat 1s transfer leader -> 2\nuntil 2s\n";
    assert!(has(&trace_of(text, 0), "act transfer leader -> 2 (not applicable)"));
    assert!(
        has(&trace_of(text, 1), "act transfer leader -> 2") && !has(&trace_of(text, 1), "(not applicable)")
    );
}

/// The delays of the messages that arrived, by link and number.
fn delays(text: &str, lane: usize) -> Vec<((String, String, u32), Span)> {
    let mut timeline = open(text);
    let records = records(&mut timeline, lane);
    let names = timeline.lanes()[lane].names().clone();
    let mut sent = std::collections::BTreeMap::new();
    let mut delays = Vec::new();
    for r in &records {
        let key = (names.node(r.node), names.node(r.peer), r.nth);
        match r.kind {
            Kind::Send => drop(sent.insert(key, r.at)),
            Kind::Deliver if r.copy == 1 => delays.push((key.clone(), r.at - sent[&key])),
            _ => {}
        }
    }
    delays
}

/// The number of messages that both have, by name, and whether their delays are equal.
fn same_draws(a: &[((String, String, u32), Span)], b: &[((String, String, u32), Span)]) -> (usize, bool) {
    let common: Vec<(Span, Span)> =
        a.iter().filter_map(|(k, s)| b.iter().find(|(l, _)| l == k).map(|(_, t)| (*s, *t))).collect();
    (common.len(), common.iter().all(|(s, t)| s == t))
}

#[test]
fn every_lane_has_the_same_network_and_loss_changes_no_delay() {
    // With `order any` and all nodes started, a delay is only the link's draw.
    let scene = "nodes 5\nphases lockstep\nlatency 5ms..50ms\norder any\nuntil 3s\n";
    let both = format!("lanes bully raft\n{scene}");
    let (n, same) = same_draws(&delays(&both, 0), &delays(&both, 1));
    assert!(n > 15 && same, "{n}");
    let (n, same) = same_draws(&delays(&both, 1), &delays(&format!("lanes raft\n{scene}loss 10%\n"), 0));
    assert!(n > 15 && same, "{n}");
    let (n, same) = same_draws(&delays(&both, 1), &delays(&format!("lanes raft\n{scene}duplicate 50%\n"), 0));
    assert!(n > 15 && same, "{n}");
    // Another node changes nothing on the other nodes' links.
    let six = both.replace("nodes 5", "nodes 6");
    let (n, same) = same_draws(&delays(&both, 0), &delays(&six, 0));
    assert!(n > 15 && same, "{n}");
    let (_, same) = same_draws(&delays(&both, 0), &delays(&format!("{both}seed 2\n"), 0));
    assert!(!same, "another seed draws other delays");
}

#[test]
fn the_run_of_a_lane_does_not_depend_on_its_neighbours_but_on_the_seed() {
    let acts = "nodes 5\nloss 2%\nat 1s crash leader\nat 2s restart all\nuntil 4s\n";
    let digest = |text: String, lane: usize| end(&text).lanes()[lane].trace_digest();
    let alone = digest(format!("lanes raft\n{acts}"), 0);
    assert_eq!(alone, digest(format!("lanes ring bully raft zookeeper\n{acts}"), 2));
    assert_ne!(alone, digest(format!("lanes raft\nseed 2\n{acts}"), 0));
}

#[test]
fn a_believer_writes_at_an_interval_with_its_token() {
    let t = trace("lanes raft\nset store.interval 50ms\nset store.latency 0\nuntil 2s\n");
    let first = at(&t, "store accepts write of … token 1");
    assert!(at(&t, "leads term 1") < first);
    let writes = count(&t, "store accepts");
    assert!((30..40).contains(&writes), "{writes}");
    let t = trace("lanes bully\nset store.interval 50ms\nuntil 2s\n");
    assert!(has(&t, "store accepts write of 5, no token"));
    assert_eq!(count(&trace("lanes bully\nset store.interval 0\nuntil 2s\n"), "store"), 0);
}

#[test]
fn a_store_whose_link_is_cut_hears_nothing() {
    let text = "lanes bully\nset store.interval 50ms\nuntil 2s\nat 1s cut 5 -> store\n";
    let t = trace(text);
    let cut = at(&t, "act cut 5 -> store");
    assert!(count(&t[..cut], "store accepts") > 5);
    assert_eq!(count(&t[cut..], "store accepts"), 0);
    let timeline = end(text);
    assert_eq!(timeline.lanes()[0].stats().lost, 0, "a write is no message");
}

#[test]
fn a_paused_leader_continues_with_its_old_belief() {
    let text = "lanes raft\nset store.interval 10ms\nat 2s pause leader for 2s\nuntil 5s\n";
    let mut timeline = open(text);
    timeline.seek(SimTime(1_999_999));
    let old = timeline.lanes()[0].leader().expect("a leader");
    timeline.seek(SimTime(3_999_999));
    let lane = &timeline.lanes()[0];
    assert!(lane.belief(old).leads && lane.paused(old) && lane.leader_in_truth() != Some(old));
    // The fence holds.
    timeline.seek(SimTime(5_000_000));
    let stats = timeline.lanes()[0].stats().clone();
    assert!(stats.writes_rejected > 0 && stats.writes_conflicting == 0);
    // Without it the stale write is accepted and counts as a conflict.
    let open = end(&format!("{text}set store.fencing off\n"));
    let stats = open.lanes()[0].stats();
    assert!(stats.writes_rejected == 0 && stats.writes_conflicting > 0);
}

#[test]
fn a_change_to_all_links_excludes_those_to_the_store() {
    // A link to the store that was changed individually stays as it is.
    let text = "lanes bully\nset store.interval 0\nlatency 10ms\nat 0 latency 5 -> store 70ms\nat 1s latency 300ms\n\
                set store.interval 100ms\nuntil 3s\n"
        .replacen("set store.interval 0\n", "", 1);
    let writes: Vec<Span> =
        delays(&text, 0).into_iter().filter(|((_, to, _), _)| to == "store").map(|(_, s)| s).collect();
    assert!(writes.len() > 15 && writes.iter().all(|s| *s == Span::ms(70)), "{writes:?}");
}

#[test]
fn a_reverted_change_no_longer_breaks_a_promise() {
    // After a time of heavy loss on two of its links, the checker must ask for a leader again.
    let text = "lanes raft\nnodes 3\nat 1s loss 1 -> 2 50%\nat 1.5s loss 1 -> 2 0%\n\
                at 1s latency 2 -> 3 5s\nat 1.2s latency 2 -> 3 5ms..15ms\nuntil 40s\n\
                at 10s cut 1 - 2\nat 10s cut 2 - 3\nat 10s cut 1 - 3\nat 11s heal\n";
    let timeline = end(text);
    assert!(timeline.lanes()[0].leader().is_some());
}

#[test]
fn a_pending_timer_keeps_its_old_setting_and_the_promise_waits_for_it() {
    // The detector set at 716 ms fires 2 s later; the bound for the new timeout is 1.745 s.
    let text = "lanes ring\nnodes 1\nset ring.timeout 2s\nat 711ms crash 1\nat 716ms restart 1\n\
                at 912ms set ring.timeout 500ms\nuntil 10s\n";
    let mut timeline = open(text);
    timeline.compute_all();
    let lane = &timeline.lanes()[0];
    assert!(trace(text).iter().any(|line| line.starts_with("2.716s 1 timer detector")));
    assert_eq!(lane.head_violations(), []);
}

#[test]
fn with_manual_timers_two_leaders_of_a_partition_are_not_a_bug() {
    // After the links are restored, no heartbeat tells 2 about 3, however long the run lasts.
    let text = "lanes bully\nnodes 3\ntimers manual\ninit bully leader 3\nat 1s partition 1 2 | 3\n\
                at 1s campaign 2\nat 1.2s fire 2 answer\nat 2s heal\nuntil 60s\n";
    let mut timeline = open(text);
    timeline.compute_all();
    let violations = timeline.lanes()[0].head_violations();
    assert!(!violations.is_empty() && violations.iter().all(|v| !v.is_bug()), "{violations:?}");
}

#[test]
fn an_epoch_used_by_an_impossible_start_excuses_its_next_leader() {
    // 1 believes that it leads with czxid 4, which the service does not know: the service reaches 4 again.
    let text = "lanes zookeeper\nnodes 5\ninit zookeeper 1 candidates 1 zxid 4\nat 42s crash leader\nuntil 90s\n\
                expect one-leader-per-epoch = broken\n";
    let mut timeline = open(text);
    assert!(judge(&mut timeline).iter().all(|v| v.met()));
    assert!(timeline.lanes()[0].head_violations().iter().all(|v| !v.is_bug()));
}

#[test]
fn pending_messages_show_whether_they_will_have_an_effect() {
    let mut timeline = open(&format!("{QUIET}at 100ms campaign 1\nat 101ms cut 1 -> 2\nat 102ms crash 3\n"));
    timeline.seek(SimTime(103_000));
    let lost: Vec<bool> = timeline.lanes()[0]
        .pending()
        .into_iter()
        .filter_map(|p| match p.what {
            PendingWhat::Message { effective, .. } => Some(effective),
            _ => None,
        })
        .collect();
    assert_eq!(lost, [false, false], "one over a cut link, one to a node that is down");
    let lane: &Lane = &timeline.lanes()[0];
    assert_eq!(lane.pending_messages(), 2);
}

#[test]
fn a_process_that_starts_during_a_failover_suspects_no_node() {
    // The old leader is back long before its session ends: it joins, which does not detect its loss.
    let text = "lanes zookeeper\nat 1s crash leader\nat 3s restart all\nuntil 20s\n\
                expect failover detection > 3s\nexpect failover election < 100ms\n";
    let mut timeline = election_playground::workspace::open(text).expect("a valid text");
    for verdict in election_playground::expectations::judge(&mut timeline) {
        assert!(verdict.met(), "found {}", verdict.found);
    }
}

#[test]
fn a_leader_deposed_by_an_election_was_suspected_first() {
    // Node 2 suspects the leader while it still serves; the leader steps down when asked for its vote.
    let text = "lanes raft\nnodes 3\nlatency 10ms\nat 2s campaign 2\nuntil 3s\n\
                expect failover detection = 0\nexpect failover election = 10ms\n";
    let mut timeline = election_playground::workspace::open(text).expect("a valid text");
    for verdict in election_playground::expectations::judge(&mut timeline) {
        assert!(verdict.met(), "found {}", verdict.found);
    }
}

#[test]
fn an_unsuspected_failover_has_no_parts() {
    // The leader continues where it stopped: users had no service, but no node was elected.
    let text = "lanes zookeeper raft\nat 5s zookeeper: pause leader for 1s\nat 5s raft: pause leader for 20ms\nuntil 9s\n\
                expect zookeeper failover = 1s\nexpect raft failover = 20ms\nexpect failovers = 1\n\
                expect failover detection != 0\nexpect failover election != 0\n";
    let mut timeline = open(text);
    for verdict in election_playground::expectations::judge(&mut timeline) {
        assert!(verdict.met(), "{}: found {}", verdict.expect, verdict.found);
    }
    for lane in timeline.lanes() {
        let failover = lane.stats().failover_last.expect("a failover");
        assert_eq!((failover.suspected, failover.detection(), failover.election()), (None, None, None));
    }
}

#[test]
fn a_failover_begins_when_the_leaders_work_stops() {
    // The service is down from 2 s to 10 s. The leader works until it has heard nothing for two thirds of its
    // session, and then stops; the same leader serves again.
    let text = "lanes zookeeper\nnodes 5\nseed 1\nat 2s crash service\nat 10s restart service\nuntil 20s\n";
    let mut timeline = open(text);
    timeline.compute_all();
    let lane = &timeline.lanes()[0];
    let failover = lane.head_stats().failover_last.expect("a failover");
    let bands = &lane.story().main.bands;
    assert_eq!((bands.len(), bands[0].node), (2, bands[1].node));
    assert_eq!(Some(failover.lost), bands[0].until);
    assert!(failover.lost > SimTime(3_500_000), "{}", failover.lost);
    assert_eq!(failover.found, bands[1].from);
}
