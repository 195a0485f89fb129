//! Leader election, simulated: from the text of a scenario to runs that can be judged, shown and stepped through.
//!
//! The crates below are re-exported as modules. In reading order: [`base`], [`vocabulary`] and [`scenario`] (the
//! language), [`protocol`], [`algorithms`], then [`trace`], [`sim`], [`checker`], [`summary`], [`lane`] and
//! [`timeline`] (the engine). What stands here joins them: [`registry`] and [`workspace`] first.

pub use election_algorithms as algorithms;
pub use election_base as base;
pub use election_engine::{checker, keyframes, lane, meter, probes, sim, summary, timeline, trace};
pub use election_language::{scenario, vocabulary};
pub use election_protocol as protocol;

pub mod breakpoints;
pub mod expectations;
pub mod frame;
pub mod look;
#[cfg(feature = "page")]
pub mod page;
pub mod registry;
pub mod sweep;
#[cfg(feature = "wasm")]
mod wasm;
pub mod workspace;
