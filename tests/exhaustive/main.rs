//! Three nodes, every order of events: any message may arrive next, any timer may fire next, any node may die. The code
//! is the one that the playground runs; see [`explorer`].
//!
//! Each test asserts the number of states, so that none can explore nothing unnoticed. A flaw for each algorithm shows
//! that the conditions are really checked. `EXHAUSTIVE_MORE=1` adds an early timer, a crash and a restart to each
//! budget; it takes long and asserts no numbers.

mod explorer;

use election_playground::trace::Place;
use explorer::{Budget, Explored, Fire, Now, Task, explore};

/// The budget of a usual run, and its possible extensions.
fn budget(fires: u8, crashes: u8, restarts: u8) -> Budget {
    let more: u8 = std::env::var("EXHAUSTIVE_MORE").map_or(0, |text| text.parse().expect("a number"));
    Budget { fires: fires + more, crashes: crashes + more, restarts: restarts + more }
}

/// Whether no node leads, or only the member that should, and all others know.
fn agreed(now: &Now, leader: Place) -> Result<(), String> {
    let id = now.sim.world().ids[usize::from(leader)];
    let leaders = now.leaders();
    if leaders != [leader] {
        return Err(format!("{leaders:?} lead in the end, and not {leader}"));
    }
    match now.members().find(|&p| now.up(p) && now.belief(p).leader != id) {
        Some(p) => Err(format!("{p} takes {} for the leader in the end", now.belief(p).leader)),
        None => Ok(()),
    }
}

fn at_most_one(now: &Now) -> Result<(), String> {
    let leaders = now.leaders();
    if leaders.len() < 2 { Ok(()) } else { Err(format!("{leaders:?} lead at once")) }
}

/// The highest running place.
fn highest(now: &Now) -> Place {
    now.members().filter(|&p| now.up(p)).max().unwrap_or_default()
}

/// Everything held, and the number of states is the recorded one.
fn holds(found: &Explored, states: usize, steps: usize, quiet: usize) {
    println!("{found:?}");
    assert_eq!(found.wrong, None);
    if states > 0 && std::env::var("EXHAUSTIVE_MORE").is_err() {
        assert_eq!((found.states, found.steps, found.quiet), (states, steps, quiet));
    }
}

/// The flaw is found, and its path is short enough to read.
fn fails(found: &Explored, what: &str) {
    println!("{found:?}");
    let (wrong, acts) = found.wrong.as_ref().expect("the flaw is found");
    assert!(wrong.contains(what) && acts.len() < 40, "{wrong}: {acts:?}");
}

/// The ring, with messages only: no node is slow or dies, so no timer fires.
fn ring(scene: &'static str) -> Task {
    Task {
        scene,
        budget: budget(0, 0, 0),
        counts: true,
        in_turn: false,
        back_at_once: false,
        fires: |_, _, _| Fire::Never,
        judge: |now| {
            at_most_one(now)?;
            let n = now.members().len() as u32;
            if n * (n + 1) / 2 + n < now.past.election_messages {
                return Err(format!("{} messages of an election", now.past.election_messages));
            }
            if now.quiet { agreed(now, highest(now)) } else { Ok(()) }
        },
    }
}

#[test]
fn the_ring_elects_the_highest_in_every_order_of_messages() {
    holds(&explore(ring("lanes ring\nnodes 1 2 3\n")), 174, 458, 1);
    holds(&explore(ring("lanes ring\nnodes 3 2 1\n")), 249, 685, 1);
}

#[test]
fn a_ring_without_the_flag_sends_too_much() {
    fails(&explore(ring("lanes ring\nnodes 3 2 1\nset ring.flaw no-participant-flag\n")), "messages");
}

/// The ring with crashes. Messages are faster than timers: timers fire when no message is in flight, first
/// for unanswered messages, then for nodes whose leader is gone.
fn mended_ring(scene: &'static str) -> Task {
    Task {
        scene,
        budget: budget(0, 1, 0),
        counts: false,
        in_turn: true,
        back_at_once: false,
        fires: |now, place, name| {
            let calm = now.messages.is_empty();
            let gone = !now.is_up(now.belief(place).leader);
            match name {
                "ack" if calm => Fire::Due,
                "retry" if calm && !now.is_set(&["ack"]) => Fire::Due,
                "detector" if calm && !now.is_set(&["ack", "retry"]) && gone => Fire::Due,
                _ => Fire::Never,
            }
        },
        judge: |now| {
            if !now.crashed {
                at_most_one(now)?;
            }
            if now.quiet { agreed(now, highest(now)) } else { Ok(()) }
        },
    }
}

#[test]
fn a_ring_closes_after_any_death_at_any_time() {
    holds(&explore(mended_ring("lanes ring\nnodes 1 2 3\n")), 594, 2_104, 8);
    holds(&explore(mended_ring("lanes ring\nnodes 3 2 1\n")), 805, 3_118, 7);
}

/// Bully, with messages faster than timers. T ends when none of the node's own requests or their answers is
/// in flight; T', which is longer, ends when nothing is, and no node waits for an OK any more. Only nodes
/// that have lost the leader suspect it. A node that restarts while its successor's messages are in flight
/// may receive them after its own; heartbeats repair that.
fn bully(scene: &'static str, crashes: u8, restarts: u8) -> Task {
    Task {
        scene,
        budget: budget(0, crashes, restarts),
        counts: false,
        in_turn: false,
        back_at_once: false,
        fires: |now, place, name| {
            let calm = now.messages.is_empty();
            let own = now.messages.iter().any(|&(from, to, _)| from == place || to == place);
            let gone = !now.is_up(now.belief(place).leader);
            let settled = calm && !now.is_set(&["answer", "coordinator"]);
            match name {
                "answer" if !own => Fire::Due,
                "coordinator" if calm && !now.is_set(&["answer"]) => Fire::Due,
                "detector" if settled && gone => Fire::Due,
                "heartbeat" if settled && agreed(now, highest(now)).is_err() => Fire::Due,
                _ => Fire::Never,
            }
        },
        judge: |now| {
            if !now.crashed {
                at_most_one(now)?;
            }
            if now.quiet { agreed(now, highest(now)) } else { Ok(()) }
        },
    }
}

#[test]
fn bully_elects_the_highest_running_node_after_any_crash_and_return() {
    holds(&explore(bully("lanes bully\nnodes 3\n", 0, 0)), 204, 552, 1);
    holds(&explore(bully("lanes bully\nnodes 3\n", 1, 1)), 2_232, 7_342, 7);
    holds(&explore(bully("lanes bully\nnodes 3\n", 2, 0)), 602, 2_471, 16);
}

#[test]
fn bully_without_the_second_timeout_waits_forever() {
    fails(&explore(bully("lanes bully\nnodes 3\nset bully.flaw no-restart\n", 2, 0)), "lead in the end");
}

/// Raft, whose promises need no timing: election timers fire at any time, messages arrive in any order or
/// never.
fn raft(scene: &'static str, fires: u8, crashes: u8) -> Task {
    Task {
        scene,
        budget: budget(fires, crashes, crashes),
        counts: false,
        in_turn: false,
        back_at_once: true,
        fires: |now, place, name| {
            // All ids are alike to Raft, so the first node to wake may as well be the first.
            let first = now.members().all(|p| now.belief(p).epoch == 0);
            if name == "election" && (!first || place == 0) { Fire::Early } else { Fire::Never }
        },
        judge: |_| Ok(()),
    }
}

#[test]
fn raft_elects_one_leader_per_term_in_every_order_of_events() {
    let all = explore(raft("lanes raft\nnodes 3\norder any\n", 2, 0));
    holds(&all, 46_150, 167_225, 126);
    // Without the entry that a leader appends there are fewer messages, so a crash can be added to everything
    // else.
    let crash = explore(raft("lanes raft\nnodes 3\norder any\nset raft.no-op off\n", 2, 1));
    holds(&crash, 207_984, 793_147, 624);
}

#[test]
fn raft_that_votes_twice_or_forgets_elects_two_leaders() {
    for flaw in ["vote-twice", "forget-vote", "forget-term"] {
        let scene = format!("lanes raft\nnodes 3\norder any\nset raft.flaw {flaw}\n");
        fails(&explore(raft(Box::leak(scene.into_boxed_str()), 2, 1)), "epoch");
    }
}
