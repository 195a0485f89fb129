//! Measures seeks to random moments of a long run: one hour with four lanes.

use std::cell::RefCell;
use std::fmt::Write as _;

use election_playground::base::{SimTime, below, mix};
use election_playground::timeline::Timeline;
use election_playground::workspace;

/// The number of seeks.
pub const SEEKS: u32 = 200;
/// The length of the run in seconds.
const SECONDS: u32 = 3_600;

thread_local! {
    static RUN: RefCell<Option<Timeline>> = const { RefCell::new(None) };
}

/// The run as a scenario: in every lane the leader crashes twice a minute and restarts ten seconds later.
fn hour() -> String {
    let mut text = format!("lanes ring bully zookeeper raft\nnodes 5\nseed 42\nuntil {SECONDS}s\n");
    for crash in (30..SECONDS).step_by(30) {
        writeln!(text, "at {crash}s crash leader\nat {}s restart all", crash + 10)
            .expect("writing to a string succeeds");
    }
    text
}

/// Computes the run and returns its number of events.
///
/// # Panics
/// If the scenario is rejected.
pub fn open() -> u64 {
    let mut timeline = workspace::open(&hour()).expect("a valid scenario");
    timeline.compute_all();
    let events = timeline.lanes().iter().map(|lane| u64::from(lane.computed_events())).sum();
    RUN.set(Some(timeline));
    events
}

/// Seeks to the moment with that number and returns the number of events before it.
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
