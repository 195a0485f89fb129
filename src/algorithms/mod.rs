//! The registry: which algorithms there are. Nothing else.

pub mod bully;
pub mod ring;
