//! Leader election, simulated: see the modules in reading order.

pub mod base;
pub mod words;
pub mod protocol;
pub mod algorithms;
pub mod trace;
pub mod scenario;
pub mod sim;
pub mod checker;
pub mod story;
pub mod timeline;
