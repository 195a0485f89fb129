//! Which algorithms there are. Nothing else.
//!
//! To add one: a file in src/algorithms, a line in [`ALGORITHMS`], a folder of golden scripts, a page of documentation.

use std::sync::OnceLock;

use election_algorithms::{bully, hirschberg_sinclair, raft, ring, zookeeper};
use election_engine::sim::{self, Maker};
use election_language::vocabulary::Words;
use election_protocol::{Info, Protocol};

/// One algorithm, as the rest of the program sees it.
#[derive(Clone, Copy)]
pub struct Algorithm {
    /// What there is to know about it.
    pub info: &'static Info,
    /// What it adds to the scenario language.
    words: fn() -> Words,
    /// Makes the processes of a lane.
    pub maker: Maker,
}

/// All algorithms, in the order of the vocabulary. The first four are the lanes of a scenario that names none.
pub const ALGORITHMS: &[Algorithm] = &[
    algorithm::<ring::Ring>(),
    algorithm::<bully::Bully>(),
    algorithm::<zookeeper::ZooKeeper>(),
    algorithm::<raft::Raft>(),
    algorithm::<hirschberg_sinclair::HirschbergSinclair>(),
];

const fn algorithm<P: Protocol>() -> Algorithm {
    Algorithm { info: P::INFO, words: sim::words::<P>, maker: sim::cast::<P> }
}

/// What all algorithms add to the scenario language.
pub fn vocabulary() -> &'static [Words] {
    static WORDS: OnceLock<Vec<Words>> = OnceLock::new();
    WORDS.get_or_init(|| ALGORITHMS.iter().map(|a| (a.words)()).collect())
}

/// What makes the processes of a lane, in the order of the vocabulary.
pub fn makers() -> &'static [Maker] {
    static MAKERS: OnceLock<Vec<Maker>> = OnceLock::new();
    MAKERS.get_or_init(|| ALGORITHMS.iter().map(|a| a.maker).collect())
}
