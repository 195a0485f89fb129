//! The scenario language: the words that algorithms add to it, and what a text means.

// Nothing that is simulated depends on floats or talks to a terminal.
#![deny(clippy::float_arithmetic, clippy::print_stdout, clippy::print_stderr)]

pub mod scenario;
pub mod vocabulary;
