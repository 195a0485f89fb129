//! Leader election, simulated: see the modules in reading order.

pub mod base;
pub mod scenario;
#[cfg(feature = "wasm")]
mod wasm;
pub mod words;
