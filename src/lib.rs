//! Leader election, simulated: see the modules in reading order.

pub mod algorithms;
pub mod base;
pub mod words;
pub mod protocol;
pub mod trace;
pub mod scenario;
pub mod sim;
pub mod checker;
pub mod story;
pub mod timeline;
pub mod algorithms;
