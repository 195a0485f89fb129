//! Leader election, simulated: see the modules in reading order.

pub mod base;
pub mod protocol;
pub mod trace;
pub mod scenario;
pub mod sim;
pub mod words;
