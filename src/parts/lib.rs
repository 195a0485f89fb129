//! What leader election algorithms are built from.
//!
//! A part is a small state machine. The algorithm owns it, passes it what arrives, and lends it its [`Cx`], so a
//! part acts on the algorithm's behalf. No part knows a particular algorithm.
//!
//! - For any group: [`quorum`], [`log`], [`heartbeat`], [`retransmit`], [`neighbour`], [`initiators`], [`standing`].
//! - For a service and its clients: [`session`], [`machine`], [`ensemble`], [`expiry`], [`lease`].
//!
//! [`Cx`]: election_protocol::Cx

// Nothing that is simulated depends on floats or talks to a terminal.
#![deny(clippy::float_arithmetic, clippy::print_stdout, clippy::print_stderr)]

pub mod ensemble;
pub mod expiry;
pub mod heartbeat;
pub mod initiators;
pub mod lease;
pub mod log;
pub mod machine;
pub mod neighbour;
pub mod quorum;
pub mod retransmit;
pub mod session;
pub mod standing;
