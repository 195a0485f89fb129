//! How long a call may work: a number of milliseconds if there is a clock, and a bounded number of units of work in any
//! case.
//!
//! The clock is outside the simulation: it decides when to interrupt the work, and the results do not depend on where
//! that happens.

use js_sys::{Reflect, global};
use wasm_bindgen::prelude::*;
use web_sys::Performance;

use election_engine::meter::Meter;

/// The units spent between two readings of the clock: a few tenths of a millisecond.
const UNITS: u64 = 1_000;
/// The most units spent per millisecond. Browser clocks may be coarse, or stand still.
const UNITS_PER_MS_MAX: f64 = 10_000.0;
/// The units spent per millisecond if there is no clock.
const UNITS_PER_MS: f64 = 2_000.0;

/// The clock of a window, a worker or Node.js.
fn clock() -> Option<Performance> {
    Reflect::get(&global(), &"performance".into()).ok()?.dyn_into().ok()
}

/// Works in small steps until `work` returns true or the time is up. Returns whether the work is done.
pub(super) fn work(ms: f64, mut work: impl FnMut(&mut Meter) -> bool) -> bool {
    let clock = clock();
    let units_per_ms = if clock.is_some() { UNITS_PER_MS_MAX } else { UNITS_PER_MS };
    let mut left = (ms * units_per_ms) as u64;
    let start = clock.as_ref().map(Performance::now);
    loop {
        let mut meter = Meter::new(UNITS.min(left.max(1)));
        if work(&mut meter) {
            return true;
        }
        left = left.saturating_sub(meter.spent().max(1));
        let late = clock.as_ref().zip(start).is_some_and(|(clock, start)| ms <= clock.now() - start);
        if late || left == 0 {
            return false;
        }
    }
}
