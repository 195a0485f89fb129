//! Leader election, simulated: see the modules in reading order.

pub mod algorithms;
pub mod base;
pub mod breaks;
pub mod checker;
pub mod frame;
pub mod judge;
pub mod keyframes;
pub mod lane;
pub mod look;
pub mod meter;
pub mod probes;
pub mod protocol;
pub mod scenario;
pub mod session;
pub mod sim;
pub mod story;
pub mod sweep;
pub mod timeline;
pub mod trace;
#[cfg(feature = "wasm")]
mod wasm;
pub mod words;
