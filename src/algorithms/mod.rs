//! The registry: which algorithms there are. Nothing else.

pub mod bully;
pub mod hirschberg_sinclair;
pub mod ring;
