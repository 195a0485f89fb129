//! The figures of a lane: counts and times.

use super::Failover;
use election_base::{Epoch, SimTime, Span};

/// The figures of a lane: counts and times.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Stats {
    /// Messages lost, for any reason.
    pub lost: u64,
    /// Copies made by the network or by the scenario.
    pub copies: u64,
    /// Elections that a node started.
    pub elections: u64,
    /// Leaderships that began.
    pub leaderships: u64,
    /// How many nodes currently believe that they lead.
    pub believers: u32,
    /// Time with no believer, with one, and with several, up to `since`.
    pub time: [Span; 3],
    /// When `believers` last changed.
    pub since: SimTime,
    /// When the run broke off, if it did, and the reason; nothing is counted from then on.
    pub broke_off: Option<(SimTime, u8)>,
    /// Failovers that ended.
    pub failovers: u64,
    /// How many of them were not caused by a failure of the leader.
    pub failovers_unforced: u64,
    /// The last failover.
    pub failover_last: Option<Failover>,
    /// The longest failover; the earliest if several are equally long.
    pub failover_longest: Option<Failover>,
    /// The total length of all failovers.
    pub failover_sum: Span,
    /// Writes that the store accepted.
    pub writes_accepted: u64,
    /// Writes that it rejected.
    pub writes_rejected: u64,
    /// Writes accepted from a believer that another one had superseded at the store.
    pub writes_conflicting: u64,
    /// Client writes acknowledged.
    pub writes_acknowledged: u64,
    /// Client writes acknowledged and later lost.
    pub writes_lost: u64,
    /// The highest epoch that a member knew.
    pub epoch_max: Epoch,
}

impl Stats {
    /// Time with no believer, with one, and with several, up to `now`.
    pub fn time_at(&self, now: SimTime) -> [Span; 3] {
        let now = self.broke_off.map_or(now, |(at, _)| now.min(at));
        let mut time = self.time;
        let slot = &mut time[self.believers.min(2) as usize];
        *slot = *slot + (now - self.since);
        time
    }
}
