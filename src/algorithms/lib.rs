//! Leader election algorithms, each in a file or folder of its own, and the list of them.

// Nothing that is simulated depends on floats or talks to a terminal.
#![deny(clippy::float_arithmetic, clippy::print_stdout, clippy::print_stderr)]

pub mod bully;
pub mod hirschberg_sinclair;
pub mod raft;
pub mod ring;
pub mod zookeeper;

use election_engine::sim::Algorithm;

/// All algorithms, in the order of the vocabulary. The first four are the lanes of a scenario that names none.
// A static, so that the code that is generic in the algorithm is compiled in this crate, and for speed.
pub static ALGORITHMS: [Algorithm; 5] = [
    Algorithm::of::<ring::Ring>(),
    Algorithm::of::<bully::Bully>(),
    Algorithm::of::<zookeeper::ZooKeeper>(),
    Algorithm::of::<raft::Raft>(),
    Algorithm::of::<hirschberg_sinclair::HirschbergSinclair>(),
];
