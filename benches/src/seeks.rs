//! How long it takes to show any moment of a long run: an hour of four lanes, moments drawn at random.

use std::cell::RefCell;
use std::fmt::Write as _;

use election_playground::base::{SimTime, below, mix};
use election_playground::timeline::Timeline;
use election_playground::workspace;

/// How many moments are sought.
pub const SEEKS: u32 = 200;
/// The length of the run in seconds.
const SECONDS: u32 = 3_600;

thread_local! {
    static RUN: RefCell<Option<Timeline>> = const { RefCell::new(None) };
}

/// The run as a scenario: in every lane the leader crashes twice a minute and is back ten seconds later.
fn hour() -> String {
    let mut text = format!("lanes ring bully zookeeper raft\nnodes 5\nseed 42\nuntil {SECONDS}s\n");
    for crash in (30..SECONDS).step_by(30) {
        writeln!(text, "at {crash}s crash leader\nat {}s restart all", crash + 10)
            .expect("a string takes everything");
    }
    text
}

/// Computes the run, and gives back how many events it has.
///
/// # Panics
/// If the scenario is refused.
pub fn open() -> u64 {
    let mut timeline = workspace::open(&hour()).expect("the scenario reads well");
    timeline.compute_all();
    let events = timeline.lanes().iter().map(|lane| u64::from(lane.computed_events())).sum();
    RUN.set(Some(timeline));
    events
}

/// Goes to the moment of that number, and gives back how many events lie before it.
///
/// # Panics
/// If no run is open.
pub fn seek(number: u32) -> u64 {
    RUN.with_borrow_mut(|run| {
        let timeline = run.as_mut().expect("a run is open");
        timeline.seek(SimTime(below(mix(number.into()), u64::from(SECONDS) * 1_000_000)));
        timeline.events()
    })
}
