//! Runs of scenario texts, and the tools that examine them: expectations, breakpoints, conditions, sweeps, frames, and what
//! happened in sentences.

// The simulation does not depend on a terminal.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod breakpoints;
pub mod expectations;
pub mod frame;
pub mod futures;
pub mod listing;
pub mod look;
pub mod odds;
pub mod registry;
pub mod rulings;
pub mod story;
pub mod stretch;
pub mod sweep;
pub mod telling;
pub mod why;
pub mod workspace;
