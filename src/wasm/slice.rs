//! How long a call may work: so many milliseconds where there is a clock, and a bounded number of units of work in any
//! case.
//!
//! The clock is outside of all that is simulated: it decides when to stop for now, and what is computed does not depend
//! on where that is.

use js_sys::{Reflect, global};
use wasm_bindgen::prelude::*;
use web_sys::Performance;

use election_engine::meter::Meter;

/// How many units are spent between two looks at the clock: some tenths of a millisecond.
const UNITS: u64 = 1_000;
/// How many units a millisecond may spend at the most. Clocks of browsers may be coarse, or stand still.
const UNITS_PER_MS_MAX: f64 = 10_000.0;
/// How many units a millisecond may spend where there is no clock.
const UNITS_PER_MS: f64 = 2_000.0;

/// The clock of a window, a worker or node.
fn clock() -> Option<Performance> {
    Reflect::get(&global(), &"performance".into()).ok()?.dyn_into().ok()
}

/// Works in small steps until `work` says that it is done, or the time is over. Whether it is done.
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
