//! Leader election algorithms, each in a file or folder of its own. Which of them the playground offers, and in what
//! order, is the registry's business.

// Nothing that is simulated depends on floats or talks to a terminal.
#![deny(clippy::float_arithmetic, clippy::print_stdout, clippy::print_stderr)]

pub mod bully;
pub mod hirschberg_sinclair;
pub mod raft;
pub mod ring;
pub mod zookeeper;
