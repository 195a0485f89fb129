//! The scenario language: the words that algorithms add to it, and what a text means.

// The simulation uses no floats and prints nothing.
#![deny(clippy::float_arithmetic, clippy::print_stdout, clippy::print_stderr)]

pub mod scenario;
pub mod vocabulary;
