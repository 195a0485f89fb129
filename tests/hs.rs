//! Hirschberg–Sinclair: the message bound, and the election of the highest id.

mod ring_bully;

use election_playground::algorithms::hirschberg_sinclair::HirschbergSinclair;
use election_playground::protocol::Property;
use election_playground::vocabulary::Words;
use ring_bully::*;

fn words() -> &'static [Words] {
    thread_local!(static WORDS: &'static [Words] = vocabulary::<HirschbergSinclair>());
    WORDS.with(|w| *w)
}

fn paper(ids: &[u32], initiators: &str) -> Run {
    let ids = words_of(ids.iter().copied());
    let text = format!(
        "lanes hs\nnodes {ids}\nset hs.initiators {initiators}\nset hs.repair off; set hs.retry off\nuntil 20s"
    );
    run_with::<HirschbergSinclair>(&text, words(), false)
}

/// PROBE and REPLY.
fn probing(run: &Run) -> u64 {
    run.sent_of("PROBE") + run.sent_of("REPLY")
}

/// 8n(1 + ⌈log₂ n⌉)
fn bound(n: u32) -> u64 {
    8 * u64::from(n) * (1 + u64::from(n.next_power_of_two().ilog2()))
}

#[test]
fn the_bound_in_numbers() {
    assert_eq!([4, 8, 16].map(bound), [96, 256, 640]);
}

#[test]
fn all_orders_elect_the_highest_within_the_bound() {
    for n in 2..=7 {
        let mut most = 0;
        permutations(n - 1, |rest| {
            let ids: Vec<u32> = [n].iter().chain(rest).copied().collect();
            let run = paper(&ids, "all");
            assert_eq!((run.leaders(), run.agreed()), (vec![n], Some(n)), "{ids:?}");
            assert_eq!(run.sent_of("ELECTED"), n.into());
            assert_eq!(run.eyes.believers_max, 1);
            most = most.max(probing(&run));
        });
        println!("n = {n}: at most {most} of {}", bound(n));
        assert!(most <= bound(n));
    }
}

#[test]
fn any_set_of_starters_elects_the_highest_within_the_bound() {
    for n in 2..=5u32 {
        permutations(n, |ids| {
            for set in 1..1u32 << n {
                let starters = words_of((1..=n).filter(|id| set & 1 << (id - 1) != 0));
                let run = paper(ids, &starters);
                assert_eq!((run.leaders(), run.agreed()), (vec![n], Some(n)), "{ids:?}, {starters}");
                assert!(probing(&run) <= bound(n));
            }
        });
    }
}

#[test]
fn large_rings_stay_within_the_bound_where_one_direction_does_not() {
    for n in [16, 32, 64, 128u32] {
        let down: Vec<u32> = (1..=n).rev().collect();
        let run = paper(&down, "all");
        assert_eq!(run.agreed(), Some(n));
        println!("n = {n} descending: {} of {}; one direction {}", probing(&run), bound(n), n * (n + 1) / 2);
        assert!(probing(&run) <= bound(n));
    }
}

#[test]
fn the_ring_closes_and_opens_again() {
    let crashed = run::<HirschbergSinclair>("lanes hs; nodes 5; at 1s crash 5; until 3s");
    assert_eq!((crashed.leaders(), crashed.agreed()), (vec![4], Some(4)));
    assert_eq!((crashed.field(4, "right"), crashed.field(1, "left")), ("1".into(), "4".into()));
    let back = run::<HirschbergSinclair>("lanes hs; nodes 5; at 1s crash 5; at 3s restart 5; until 5s");
    assert_eq!((back.leaders(), back.agreed()), (vec![5], Some(5)));
    assert!(back.bugs().is_empty() && crashed.bugs().is_empty());
}

#[test]
fn two_rings_have_two_leaders_and_merge() {
    let text = |until| format!("lanes hs; nodes 5; at 1s partition 1 2 | 3 4 5; at 4s heal; until {until}");
    assert_eq!(run::<HirschbergSinclair>(&text("4s")).leaders(), [2, 5]);
    let whole = run::<HirschbergSinclair>(&text("7s"));
    assert_eq!((whole.leaders(), whole.agreed()), (vec![5], Some(5)));
    assert!(whole.broke(Property::AtMostOneLeader));
    assert!(whole.bugs().is_empty());
}

#[test]
fn one_and_two_members_elect_too() {
    for n in [1, 2, 3] {
        let run = run::<HirschbergSinclair>(&format!("lanes hs; nodes {n}; until 1s"));
        assert_eq!((run.leaders(), run.agreed()), (vec![n], Some(n)));
    }
    let left = run::<HirschbergSinclair>("lanes hs; nodes 3; at 1s crash 2 3; until 5s");
    assert_eq!(left.leaders(), [1]);
    let back = run::<HirschbergSinclair>("lanes hs; nodes 3; at 1s crash 2 3; at 5s restart all; until 8s");
    assert_eq!((back.leaders(), back.agreed()), (vec![3], Some(3)));
}

#[test]
fn no_node_follows_a_leader_outside_the_ring_forever() {
    // The forged announcement goes round once, so all nodes agree on a leader that is not a member, or is
    // down.
    let stranger = "lanes hs; nodes 3; at 1s send 3 -> 1 ELECTED id 9; until 10s";
    let dead = "lanes hs; nodes 3; at 1s crash 3; at 3s send 1 -> 2 ELECTED id 3; until 12s";
    for (text, leader) in [(stranger, 3), (dead, 2)] {
        let run = run::<HirschbergSinclair>(text);
        assert_eq!((run.leaders(), run.agreed()), (vec![leader], Some(leader)), "{text}");
        assert_eq!(run.bugs(), [""; 0], "{text}");
    }
}

#[test]
fn storms_pass() {
    weather::<HirschbergSinclair>(0..2000, false, "");
}

#[test]
fn crashes_and_returns_break_no_promise() {
    weather::<HirschbergSinclair>(0..2000, true, "");
}

#[test]
#[ignore = "a minute; the same as above with more seeds"]
fn many_storms_pass() {
    weather::<HirschbergSinclair>(2_000..30_000, false, "");
    weather::<HirschbergSinclair>(2_000..60_000, true, "");
}
