//! Bully: one test per sentence of the paper, the message counts, and their limits.

mod ring_bully;

use election_playground::algorithms::bully::Bully;
use election_playground::protocol::{Class, Property};
use election_playground::vocabulary::Words;
use ring_bully::*;

fn words() -> &'static [Words] {
    thread_local!(static WORDS: &'static [Words] = vocabulary::<Bully>());
    WORDS.with(|w| *w)
}

/// N members. Leader N is down when the members in `starters` suspect it.
fn election(n: u32, starters: &str, more: &str) -> Run {
    let text = format!(
        "lanes bully
         nodes {n}
         init bully leader {n}
         set bully.detector off
         {more}
         at 1s crash {n}
         at 1s campaign {starters}
         until 10s"
    );
    run_with::<Bully>(&text, words(), false)
}

#[test]
fn the_counts_of_one_starter() {
    for n in 3..=10u32 {
        for i in 1..n {
            let run = election(n, &i.to_string(), "");
            let d = u64::from(n - i);
            let n = u64::from(n);
            assert_eq!(run.sent_of("ELECTION"), d * (d + 1) / 2, "N = {n}, i = {i}");
            assert_eq!(run.sent_of("OK"), d * (d - 1) / 2);
            assert_eq!(run.sent_of("COORDINATOR"), n - 2);
            assert_eq!(run.election(), d * d + n - 2);
            assert_eq!(run.delivered(), d * (d - 1) + n - 2);
            assert_eq!(run.stats().elections, d, "each live member from i on holds one election");
            assert_eq!((run.leaders(), run.agreed()), (vec![n as u32 - 1], Some(n as u32 - 1)));
            assert_eq!(run.eyes.believers_max, 1);
        }
    }
}

#[test]
fn the_worst_case_is_n_squared_minus_n_minus_1() {
    for (n, worst) in [(3, 5), (4, 11), (5, 19), (6, 29), (7, 41), (8, 55), (10, 89)] {
        assert_eq!(election(n, "1", "").election(), worst);
        let together = words_of(1..n);
        assert_eq!(election(n, &together, "").election(), worst, "all together");
        // Every set that contains 1.
        if n <= 6 {
            for set in 0..1u32 << (n - 2) {
                let starters = words_of((1..n).filter(|id| *id == 1 || set & 1 << (id - 2) != 0));
                assert_eq!(election(n, &starters, "").election(), worst, "{starters}");
            }
        }
    }
}

#[test]
fn the_best_case_is_n_minus_1_or_n_minus_2_without_asking_the_dead() {
    for n in 3..=10u32 {
        let second = (n - 1).to_string();
        assert_eq!(election(n, &second, "").election(), u64::from(n) - 1);
        let run = election(n, &second, "set bully.probe-dead-leader off");
        assert_eq!(run.election(), u64::from(n) - 2);
        assert_eq!(run.agreed(), Some(n - 1));
    }
}

#[test]
fn a_node_that_waits_in_vain_asks_the_suspected_leader() {
    // 5 is up. 2, 3 and 4 answer 1 and discover this, but 5 answers only those that ask.
    let text = "lanes bully; nodes 5; init bully leader 5; set bully.probe-dead-leader off; at 1s campaign 1; until 3s";
    let run = run_with::<Bully>(text, words(), false);
    assert_eq!((run.leaders(), run.agreed()), (vec![5], Some(5)));
    assert!(run.stats().elections < 10, "{}", run.stats().elections);
}

#[test]
fn the_counts_hold_with_the_detector_on() {
    for seed in 0..20 {
        let text = format!("lanes bully; nodes 5; init bully leader 5; seed {seed}; at 1s crash 5; until 5s");
        let run = run_with::<Bully>(&text, words(), false);
        assert_eq!(run.election(), 19, "all four miss it at nearly the same time");
        assert_eq!(run.agreed(), Some(4));
        assert!(run.bugs().is_empty());
    }
}

#[test]
fn a_timeout_below_the_round_trip_makes_false_leaders() {
    // At one instant deliveries precede timers, so T = 2·latency is just long enough.
    for (n, right, wrong) in [(5, 19, 22), (8, 55, 70)] {
        let exactly = election(n, "1", "latency 20ms..20ms; set bully.answer-timeout 40ms");
        assert_eq!(exactly.election(), right);
        assert_eq!(exactly.eyes.believers_max, 1);
        let below = election(n, "1", "latency 20ms..20ms; set bully.answer-timeout 39999us");
        assert_eq!(below.election(), wrong);
        assert_eq!(below.eyes.believers_max, n - 1, "every running node");
        assert_eq!((below.leaders(), below.agreed()), (vec![n - 1], Some(n - 1)));
    }
}

#[test]
fn a_coordinator_timeout_below_its_bound_starts_over() {
    let more = |us| format!("latency 20ms..20ms; set bully.coordinator-timeout {us}us");
    // OK at 40 ms, COORDINATOR at 20 + 50 + 20 ms.
    assert_eq!(election(5, "1", &more(50_000)).election(), 19);
    assert!(election(5, "1", &more(49_999)).election() > 19);
}

#[test]
fn all_running_nodes_agree_on_the_highest() {
    for n in 1..=10 {
        let run = run_with::<Bully>(&format!("lanes bully; nodes {n}; until 2s"), words(), false);
        assert_eq!((run.leaders(), run.agreed()), (vec![n], Some(n)));
        let m = u64::from(n);
        // Every node asks all higher ones and is answered. The highest announces itself to all at once, and
        // again to each node that asks. A node that knows the leader and is asked by a lower id starts once
        // more.
        assert!(run.election() >= m * (m - 1) + 2 * (m - 1));
        assert!(run.election() <= 4 * m * m, "n = {n}: {}", run.election());
        assert!(run.bugs().is_empty());
        assert_eq!(run.eyes.believers_max, 1);
    }
}

#[test]
fn a_partition_has_two_leaders_and_the_higher_one_stays() {
    let text =
        |until| format!("lanes bully; nodes 5; at 1s partition 1 2 | 3 4 5; at 4s heal; until {until}");
    assert_eq!(run::<Bully>(&text("4s")).leaders(), [2, 5]);
    let healed = run::<Bully>(&text("4.2s"));
    assert_eq!((healed.leaders(), healed.agreed()), (vec![5], Some(5)));
}

#[test]
fn the_highest_bullies_when_it_comes_back() {
    let run = run::<Bully>("lanes bully; nodes 5; at 1s crash 5; at 3s restart 5; until 3.1s");
    assert_eq!((run.leaders(), run.agreed()), (vec![5], Some(5)));
    assert_eq!(run.eyes.believers_max, 2, "4 leads until it hears of it");
    assert!(run.broke(Property::AtMostOneLeader));
    assert!(run.bugs().is_empty(), "which is not promised");
}

#[test]
fn a_returning_node_that_is_not_the_highest_asks_first() {
    let run = run::<Bully>("lanes bully; nodes 5; at 1s crash 3; at 3s restart 3; until 4s");
    assert_eq!((run.leaders(), run.agreed()), (vec![5], Some(5)));
    assert_eq!(run.eyes.believers_max, 1);
}

#[test]
fn without_t_prime_a_node_that_got_an_ok_waits_forever() {
    // 4 answers 1, 2 and 3, and dies before it announces that it leads.
    let text = |flaw| {
        format!(
            "lanes bully; nodes 5; init bully leader 5; latency 10ms; set bully.flaw {flaw}
             at 1s crash 5
             at 1s campaign 1
             at 1.03s crash 4
             until 10s"
        )
    };
    assert_eq!(run::<Bully>(&text("none")).leaders(), [3]);
    let stuck = run::<Bully>(&text("no-restart"));
    assert!(stuck.leaders().is_empty());
    assert_eq!(stuck.field(1, "election"), "waiting");
}

#[test]
fn a_paused_leader_keeps_leading_until_it_hears_of_another() {
    let run = run::<Bully>("lanes bully; nodes 5; at 1s pause 5 for 1s; until 4s");
    // It has the highest id, so the other leader gives way.
    assert_eq!((run.leaders(), run.agreed()), (vec![5], Some(5)));
    assert_eq!(run.eyes.believers_max, 2);
}

#[test]
fn heartbeats_are_liveness() {
    let run = run::<Bully>("lanes bully; nodes 5; until 3s");
    assert_eq!(run.sent(Class::Liveness), run.sent_of("HEARTBEAT"));
    assert_eq!(run.sent_of("HEARTBEAT"), 30 * 4);
}

#[test]
fn storms_pass() {
    weather::<Bully>(0..2000, false, "");
}

#[test]
fn crashes_and_returns_break_no_promise() {
    weather::<Bully>(0..2000, true, "");
}

#[test]
#[ignore = "a minute; the same as above with more seeds"]
fn many_storms_pass() {
    weather::<Bully>(2_000..30_000, false, "");
    weather::<Bully>(2_000..60_000, true, "");
}
