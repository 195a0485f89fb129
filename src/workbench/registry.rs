//! The known algorithms, and what a scenario needs to know about them.
//!
//! docs/adding-an-algorithm.md says how to add one. Another crate creates its own [`Registry`] and opens texts with it.
//!
//! ```
//! use election_workbench::registry::{Algorithm, Registry};
//! use election_algorithms::{bully::Bully, raft::Raft};
//!
//! static MINE: Registry = Registry::new(&[Algorithm::of::<Raft>(), Algorithm::of::<Bully>()]);
//!
//! let mut run = MINE.open("lanes raft bully\nat 2s crash leader\n").expect("a valid text");
//! run.compute_all();
//! assert_eq!(run.lanes()[0].head_stats().failovers, 1);
//! ```

use std::sync::OnceLock;

use election_language::vocabulary::Words;

pub use election_algorithms::ALGORITHMS;
pub use election_engine::sim::Algorithm;

/// The registry of [`ALGORITHMS`].
pub static BUILT_IN: Registry = Registry::new(&ALGORITHMS);

/// The algorithms that a scenario's lanes can run.
pub struct Registry {
    algorithms: &'static [Algorithm],
    vocabulary: OnceLock<Vec<Words>>,
}

impl Registry {
    /// The registry of these algorithms. Their order is that of the vocabulary; a scenario that names no
    /// lanes runs the first four.
    pub const fn new(algorithms: &'static [Algorithm]) -> Registry {
        Registry { algorithms, vocabulary: OnceLock::new() }
    }

    /// The algorithms, in the order of the vocabulary.
    pub fn algorithms(&self) -> &'static [Algorithm] {
        self.algorithms
    }

    /// The words that the algorithms add to the scenario language.
    pub fn vocabulary(&self) -> &[Words] {
        self.vocabulary.get_or_init(|| self.algorithms.iter().map(|a| (a.words)()).collect())
    }
}
