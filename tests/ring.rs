//! Ring: one test per sentence of the paper, the message counts, and the promises of the additions.

mod ring_bully;

use election_playground::algorithms::ring::Ring;
use election_playground::protocol::{Class, Property};
use ring_bully::*;

/// The paper's algorithm without additions.
const PAPER: &str = "set ring.detector off; set ring.skip off; set ring.retry off; set ring.merge off\n";

fn paper(ids: &[u32], initiators: &str, more: &str) -> Run {
    let ids = words_of(ids.iter().copied());
    let text = format!("lanes ring\nnodes {ids}\nset ring.initiators {initiators}\n{PAPER}{more}\nuntil 20s");
    run_with::<Ring>(&text, words(), false)
}

fn words() -> &'static [election_playground::vocabulary::Words] {
    thread_local!(static WORDS: &'static [election_playground::vocabulary::Words] = vocabulary::<Ring>());
    WORDS.with(|w| *w)
}

fn ascending(n: u32) -> Vec<u32> {
    (1..=n).collect()
}

fn descending(n: u32) -> Vec<u32> {
    (1..=n).rev().collect()
}

#[test]
fn the_highest_alone_costs_2n() {
    for n in 1..=12 {
        let run = paper(&ascending(n), &n.to_string(), "");
        // A ring of one node sends nothing.
        assert_eq!(run.election(), if n == 1 { 0 } else { 2 * u64::from(n) }, "n = {n}");
        assert_eq!(run.agreed(), Some(n));
    }
}

#[test]
fn the_successor_of_the_highest_alone_costs_3n_minus_1() {
    for n in 2..=12 {
        let run = paper(&ascending(n), "1", "");
        assert_eq!(run.election(), 3 * u64::from(n) - 1, "n = {n}");
        assert_eq!(run.agreed(), Some(n));
    }
}

#[test]
fn one_starter_costs_at_most_3n_minus_1() {
    for starter in 1..=7u32 {
        let run = paper(&ascending(7), &starter.to_string(), "");
        // The starter's distance to the highest id, and two rounds.
        assert_eq!(run.election(), u64::from((7 - starter) + 14));
    }
}

#[test]
fn all_start_ascending_costs_3n_minus_1_descending_n_n_plus_1_halves_plus_n() {
    for n in 2..=12u32 {
        let m = u64::from(n);
        assert_eq!(paper(&ascending(n), "all", "").election(), 3 * m - 1, "n = {n}");
        assert_eq!(paper(&descending(n), "all", "").election(), m * (m + 1) / 2 + m, "n = {n}");
    }
}

/// The sum of ELECTION and ELECTED over all orders in a ring: n!·(nHₙ + n), divided by n because n stays in
/// its place.
fn exhaust(n: u32) {
    let mut sum = 0;
    let mut orders = 0u64;
    // A ring has no beginning, so the highest id can stand first.
    permutations(n - 1, |rest| {
        let ids: Vec<u32> = [n].iter().chain(rest).copied().collect();
        let run = paper(&ids, "all", "");
        assert_eq!(run.agreed(), Some(n), "{ids:?}");
        assert_eq!(run.leaders(), [n], "{ids:?}");
        assert!(!run.broke(Property::AtMostOneLeader), "{ids:?}");
        assert_eq!(run.sent_of("ELECTED"), u64::from(n));
        // An id travels as long as the ids it passes are lower.
        let travels: u64 = (0..n as usize)
            .map(|i| (1..=n as usize).take_while(|d| ids[(i + d - 1) % n as usize] <= ids[i]).count() as u64)
            .sum();
        assert_eq!(run.election(), travels + u64::from(n), "{ids:?}");
        sum += run.election();
        orders += 1;
    });
    // nHₙ·(n−1)! is the sum over k of n!/k.
    let factorial = |n: u64| (1..=n).product::<u64>();
    let m = u64::from(n);
    let harmonic: u64 = (1..=m).map(|k| factorial(m) / k).sum();
    assert_eq!(sum, harmonic + m * orders);
    assert_eq!(orders, factorial(m - 1));
}

#[test]
fn the_mean_over_all_orders_is_n_harmonic_n_plus_n() {
    (2..=7).for_each(exhaust);
}

#[test]
#[ignore = "5040 runs; the same as above for n = 8"]
fn the_mean_over_all_orders_of_eight() {
    exhaust(8);
}

#[test]
fn any_set_of_starters_elects_the_highest() {
    for n in 2..=5u32 {
        permutations(n, |ids| {
            for set in 1..1u32 << n {
                let starters = words_of((1..=n).filter(|id| set & 1 << (id - 1) != 0));
                let run = paper(ids, &starters, "");
                assert_eq!((run.agreed(), run.leaders()), (Some(n), vec![n]), "{ids:?}, {starters}");
                let m = u64::from(n);
                assert!(run.election() <= m * (m + 1) / 2 + m);
                assert_eq!(run.eyes.believers_max, 1);
            }
        });
    }
}

#[test]
fn lcr_announces_nothing() {
    for n in 2..=9 {
        let m = u64::from(n);
        let lcr = "set ring.variant lcr";
        assert_eq!(paper(&ascending(n), "1", lcr).election(), 2 * m - 1);
        let worst = paper(&descending(n), "1", lcr);
        assert_eq!(worst.election(), m * (m + 1) / 2);
        assert_eq!((worst.leaders(), worst.agreed()), (vec![n], None));
    }
    let run = run::<Ring>("lanes ring; nodes 5; set ring.variant lcr; until 1s");
    assert_eq!(run.agreed(), Some(5), "ALIVE does it");
    assert_eq!(run.sent_of("ELECTED"), 0);
}

#[test]
fn without_the_flag_five_descending_cost_60_messages_and_five_announcements() {
    let run = paper(&descending(5), "all", "set ring.flaw no-participant-flag");
    assert_eq!(run.election(), 60);
    assert_eq!(run.sent_of("ELECTED"), 25);
}

#[test]
fn links_that_are_not_fifo_may_run_the_election_twice() {
    for n in [5, 10] {
        let m = u64::from(n);
        let (mut once, mut twice, mut other) = (0, 0, 0);
        for seed in 0..1000 {
            let run = paper(&descending(n), "all", &format!("seed {seed}\norder any"));
            let first = m * (m + 1) / 2 + m;
            match run.election() {
                e if e == first => once += 1,
                e if e == first + 2 * m => twice += 1,
                _ => other += 1,
            }
            assert_eq!(run.agreed(), Some(n));
        }
        println!("n = {n}: once {once}, twice {twice}, otherwise {other} of 1000");
        assert!(twice > 0);
    }
}

#[test]
fn with_all_additions_on_the_counts_of_a_healthy_ring_are_the_papers() {
    for n in [2, 3, 5, 8, 10, 101] {
        let m = u64::from(n);
        for (ids, count) in [(ascending(n), 3 * m - 1), (descending(n), m * (m + 1) / 2 + m)] {
            let ids = words_of(ids);
            let run = run_with::<Ring>(&format!("lanes ring\nnodes {ids}\nuntil 20s"), words(), false);
            assert_eq!(run.election(), count, "n = {n}");
            assert_eq!((run.leaders(), run.agreed()), (vec![n], Some(n)));
            assert_eq!(run.stats().elections, m);
            assert!(run.bugs().is_empty());
        }
    }
}

#[test]
fn a_crashed_member_swallows_the_token_unless_it_is_skipped() {
    let text = |skip| {
        format!(
            "lanes ring; nodes 5; init ring leader 5; set ring.skip {skip}; set ring.retry off
             at 1s crash 5
             until 5s"
        )
    };
    let stalled = run::<Ring>(&text("off"));
    assert!(stalled.leaders().is_empty());
    let skipped = run::<Ring>(&text("on"));
    assert_eq!((skipped.leaders(), skipped.agreed()), (vec![4], Some(4)));
    assert_eq!(skipped.field(4, "successor"), "1");
    assert!(skipped.bugs().is_empty());
}

#[test]
fn the_token_of_a_dead_highest_circles_forever_unless_dropped() {
    // 5 starts alone and dies when its token has passed 1 and 2.
    let text = |retry, detector| {
        format!(
            "lanes ring; nodes 5; latency 10ms; set ring.initiators 5; set ring.detector {detector}
             set ring.retry {retry}; set ring.merge off
             at 25ms crash 5
             until 10s"
        )
    };
    let paper = run::<Ring>(&text("off", "off"));
    assert!(paper.leaders().is_empty());
    assert!(paper.election() > 500, "{}", paper.election());
    let dropped = run::<Ring>(&text("on", "on"));
    assert_eq!((dropped.leaders(), dropped.agreed()), (vec![4], Some(4)));
    assert!(dropped.election() < 60, "{}", dropped.election());
}

#[test]
fn two_rings_have_two_leaders_and_merge() {
    let text = |merge, until| {
        format!(
            "lanes ring; nodes 5; set ring.merge {merge}
             at 1s partition 1 2 | 3 4 5
             at 4s heal
             until {until}"
        )
    };
    let parted = run::<Ring>(&text("on", "4s"));
    assert_eq!(parted.leaders(), [2, 5]);
    let whole = run::<Ring>(&text("on", "8s"));
    assert_eq!((whole.leaders(), whole.agreed()), (vec![5], Some(5)));
    let paper = run::<Ring>(&text("off", "8s"));
    assert_eq!(paper.leaders(), [2, 5]);
}

#[test]
fn a_returning_higher_id_does_not_take_over() {
    let run = run::<Ring>("lanes ring; nodes 5; at 1s crash 5; at 3s restart 5; until 6s");
    assert_eq!((run.leaders(), run.agreed()), (vec![4], Some(4)));
    assert_eq!(run.field(4, "successor"), "5");
    assert_eq!(run.field(4, "skipped"), "none");
    assert!(run.bugs().is_empty());
}

#[test]
fn acks_pings_and_heartbeats_are_liveness() {
    let run = run::<Ring>("lanes ring; nodes 5; at 1s crash 3; until 3s");
    let named = run.sent_of("ELECTION") + run.sent_of("ELECTED");
    assert_eq!(run.election(), named);
    let named = ["ALIVE", "ACK", "PROBE", "PRESENT"].map(|name| run.sent_of(name)).iter().sum::<u64>();
    assert_eq!(run.sent(Class::Liveness), named);
    assert_eq!(run.agreed(), Some(5));
}

#[test]
fn storms_pass() {
    weather::<Ring>(0..2000, false, "");
}

#[test]
fn crashes_and_returns_break_no_promise() {
    weather::<Ring>(0..2000, true, "");
}

#[test]
#[ignore = "a minute; the same as above with more seeds"]
fn many_storms_pass() {
    weather::<Ring>(2_000..30_000, false, "");
    weather::<Ring>(2_000..60_000, true, "");
}
