//! The simulator of one lane, what judges and measures its run, and travel in its time. Knows no algorithm.

// Nothing that is simulated depends on floats or talks to a terminal.
#![deny(clippy::float_arithmetic, clippy::print_stdout, clippy::print_stderr)]

pub mod checker;
pub mod keyframes;
pub mod lane;
pub mod meter;
pub mod probes;
pub mod sim;
pub mod summary;
pub mod timeline;
pub mod trace;
