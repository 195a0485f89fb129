//! From text to runs, and what is asked of them: expectations, breakpoints, conditions, sweeps, frames.

// Nothing that is simulated depends on a terminal.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod breakpoints;
pub mod expectations;
pub mod frame;
pub mod look;
pub mod registry;
pub mod sweep;
pub mod workspace;
