//! Measures the engine's speed against a bare loop that plays the same workload and does nothing else.
//!
//! Simulated seconds per second depend as much on the machine as on the engine. So both run alternately in the same
//! job, and the result is the ratio. `cargo xtask bench` runs this natively and, as a module without imports, in wasm
//! under Node.js. No test depends on it: timing is not a question of correctness.

#[cfg(not(target_arch = "wasm32"))]
pub mod elections;
pub mod engine;
pub mod reference;
pub mod seeks;

use engine::Depth;

/// The contenders: each plays `seconds` simulated seconds of `n` nodes and returns the number of messages
/// delivered, or `None` if it cannot play.
pub type Contender = fn(n: u32, seconds: u32) -> Option<u64>;

/// Every contender with its name; the first is the baseline.
pub const CONTENDERS: [(&str, Contender); 4] = [
    ("reference", |n, seconds| Some(reference::run(n, seconds).delivered)),
    ("engine, whole", |n, seconds| engine::engine(n, seconds, Depth::Whole)),
    ("engine, sweep", |n, seconds| engine::engine(n, seconds, Depth::Sweep)),
    ("engine, bare", |n, seconds| engine::engine(n, seconds, Depth::Bare)),
];

/// The function that Node.js calls: plays one contender, given by its position in [`CONTENDERS`], and returns
/// the number of messages delivered; −1 if it cannot play.
#[allow(unsafe_code, reason = "Node.js finds the export by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn play(contender: u32, n: u32, seconds: u32) -> f64 {
    CONTENDERS[contender as usize].1(n, seconds).map_or(-1.0, |delivered| delivered as f64)
}

/// The function that Node.js calls before the seeks: computes the run and returns its number of events.
#[allow(unsafe_code, reason = "Node.js finds the export by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn open() -> f64 {
    seeks::open() as f64
}

/// The function that Node.js calls for each seek: seeks to the moment with that number and returns the number of
/// events before it.
#[allow(unsafe_code, reason = "Node.js finds the export by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn seek(number: u32) -> f64 {
    seeks::seek(number) as f64
}
