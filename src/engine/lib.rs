//! The simulator of a lane, the checker that judges and measures its run, and time travel. It knows no algorithm.

// The simulation must not depend on floats or write to a terminal.
#![deny(clippy::float_arithmetic, clippy::print_stdout, clippy::print_stderr)]

pub mod checker;
pub mod keyframes;
pub mod lane;
pub mod meter;
pub mod probes;
pub mod sim;
mod stride;
pub mod summary;
pub mod timeline;
pub mod trace;
