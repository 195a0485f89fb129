//! Who serves, and how long no node does, for summaries.

use super::{Checker, Failover};
use crate::trace::Place;
use election_base::{SimTime, Span};

impl Checker {
    /// The node that had superseded the sender of the last conflicting write; [`NOWHERE`](crate::trace::NOWHERE) if there was
    /// none.
    pub fn superseded_by(&self) -> Place {
        self.superseded_by
    }

    /// Whether the node at this place serves now.
    pub fn serves(&self, place: Place) -> bool {
        self.service.serves(place)
    }

    /// How often the set of serving nodes has changed.
    #[inline]
    pub fn turns(&self) -> u32 {
        self.service.turns
    }

    /// When the first node served.
    pub fn first_served(&self) -> Option<SimTime> {
        self.service.first()
    }

    /// The failover in progress, if there is one.
    pub fn failover_now(&self) -> Option<Failover> {
        self.service.current()
    }

    /// How long no node served up to `now`: before the first leader, during failovers, and since the last loss.
    pub fn unserved(&self, now: SimTime) -> Span {
        let now = self.stats.broke_off.map_or(now, |(at, _)| now.min(at));
        self.service.unserved(self.stats.failover_sum, now)
    }
}
