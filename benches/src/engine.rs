//! The engine of election playground under the workload of [`crate::reference`].

use std::fmt::Write as _;
use std::rc::Rc;

use election_playground::lane::{self, Lane};
use election_playground::meter::Meter;
use election_playground::registry;
use election_playground::sim::{Maker, Sim, World};
use election_playground::trace::Traffic;
use election_playground::workspace;

/// How much of the engine runs in addition to the simulation itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Trace digest, checker, summary and keyframes, as on the page.
    Whole,
    /// Checker and statistics only, as in a sweep over many seeds.
    Sweep,
    /// The simulation alone.
    Bare,
}

/// The workload as a scenario: Raft with timeouts of 150–300 ms, a heartbeat of 50 ms and delays of 5–15 ms.
/// The leader crashes every 5 s and restarts after 2.5 s; nothing is written to the store.
fn workload(n: u32, seconds: u32) -> String {
    let mut text = format!(
        "lanes raft\nnodes {n}\nseed 42\nlatency 5ms..15ms\nset raft.election-timeout 150ms..300ms\n\
         set raft.heartbeat 50ms\nset store.interval 0\n"
    );
    for half in (2..=seconds * 2 / 5).map(|half| half * 25) {
        let act = if half % 50 == 0 { "crash leader" } else { "restart all" };
        writeln!(text, "at {}.{}s {act}", half / 10, half % 10).expect("writing to a string succeeds");
    }
    writeln!(text, "until {seconds}s").expect("writing to a string succeeds");
    text
}

/// The longest run, in simulated seconds: a scenario has at most 2,048 acts. Longer measurements take several
/// runs.
const STRETCH: u32 = 5_000;

/// Plays `seconds` simulated seconds of Raft with `n` nodes through the library's public interface and
/// returns the number of messages delivered.
pub fn engine(n: u32, seconds: u32, depth: Depth) -> Option<u64> {
    let stretches = (0..seconds).step_by(STRETCH as usize).map(|from| STRETCH.min(seconds - from));
    stretches.map(|seconds| run(n, seconds, depth)).sum()
}

/// The processes of Raft, from the program's own list: naming the type here would compile them a second time, with the
/// optimization level of this crate.
fn raft() -> Maker {
    let raft = registry::BUILT_IN.algorithms().iter().find(|algorithm| algorithm.info.id == "raft");
    raft.expect("Raft is built in").maker
}

fn run(n: u32, seconds: u32, depth: Depth) -> Option<u64> {
    let scenario = workspace::read(&workload(n, seconds)).expect("the workload is valid");
    let until = scenario.until;
    let delivered = |traffic: &Traffic| Some(traffic.delivered.iter().sum());
    if depth == Depth::Whole {
        let mut lane = Lane::new(&scenario, 0, raft()).expect("the workload is valid");
        // In slices, as a page computes it.
        while !lane.compute(until, &mut Meter::new(100_000)) {}
        return delivered(lane.head_traffic());
    }
    let world = Rc::new(World::new(&scenario, 0, raft()).expect("the workload is valid"));
    if depth == Depth::Bare {
        let mut sim = Sim::new(world, &mut ());
        while sim.step(until, &mut ()) {}
        return delivered(sim.traffic());
    }
    let mut checker = lane::checker(&world, &scenario);
    let mut sim = Sim::new(world, &mut checker);
    while sim.step(until, &mut checker) {}
    checker.finish(until, sim.events(), &sim.view());
    delivered(sim.traffic())
}
