//! Simulates leader election: from the text of a scenario to runs that can be checked, displayed and stepped through.
//!
//! This crate combines the crates below it and re-exports them as modules. In reading order: [`base`], [`vocabulary`]
//! and [`scenario`] (the language), [`protocol`], [`parts`], [`algorithms`], then [`trace`], [`sim`], [`checker`],
//! [`summary`], [`lane`] and [`timeline`] (the engine), then [`registry`] and [`workspace`], where a program starts.

pub use election_algorithms as algorithms;
pub use election_base as base;
pub use election_engine::{checker, keyframes, lane, meter, probes, sim, summary, timeline, trace};
pub use election_language::{scenario, vocabulary};
pub use election_parts as parts;
pub use election_picture as picture;
pub use election_protocol as protocol;
pub use election_workbench::{
    breakpoints, expectations, frame, futures, listing, look, odds, registry, story, stretch, sweep, telling,
    why, workspace,
};

#[cfg(feature = "page")]
pub mod page;
// The bindings export themselves.
#[cfg(feature = "wasm")]
use election_wasm as _;
