//! The registry: which algorithms there are. Nothing else.

pub mod zookeeper;
