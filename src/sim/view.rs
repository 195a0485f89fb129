//! A lane as anybody sees it from outside.

use super::world::World;
use super::{Envelope, State};
use crate::base::{NodeId, SimTime, Span};
use crate::protocol::{Authority, Belief, Protocol, Receipt};
use crate::trace::{Glance, Place};

/// What anybody can see from outside.
pub struct View<'a, P: Protocol> {
    pub(super) world: &'a World<P>,
    pub(super) state: &'a State<P>,
}

impl<P: Protocol> Glance for View<'_, P> {
    fn members(&self) -> usize {
        self.world.group.members.len()
    }
    fn services(&self) -> usize {
        self.world.group.services as usize
    }
    fn id(&self, place: Place) -> NodeId {
        self.world.ids[usize::from(place)]
    }
    fn belief(&self, place: Place) -> Belief {
        self.state.nodes[usize::from(place)].belief
    }
    fn belief_number(&self, place: Place) -> u32 {
        self.state.nodes[usize::from(place)].belief_number
    }
    fn up(&self, place: Place) -> bool {
        self.state.nodes[usize::from(place)].state.is_some()
    }
    fn paused(&self, place: Place) -> bool {
        self.state.nodes[usize::from(place)].paused
    }
    fn reaches(&self, from: Place, to: Place) -> bool {
        self.state.network.open(from, to)
    }
    fn connected(&self) -> bool {
        self.state.network.connected()
    }
    fn lossy(&self) -> bool {
        self.state.network.lossy()
    }
    fn delay_max(&self) -> Span {
        self.state.network.delay_max()
    }
    fn drifting(&self) -> bool {
        self.state.nodes.iter().any(|n| n.clock.drift_ppm != 0)
    }
    fn slow(&self) -> bool {
        self.state.nodes.iter().any(|n| n.slow > Span::ZERO)
    }
    fn holds(&self, place: Place, receipt: Receipt) -> bool {
        self.state.nodes[usize::from(place)].state.as_ref().is_none_or(|s| s.holds(receipt))
    }
    fn authority(&self) -> Authority {
        P::INFO.authority
    }
    fn step(&self) -> u32 {
        self.state.step
    }
    fn late_until(&self, bound: Span) -> SimTime {
        let late = |e: &&Envelope<P::Msg>| bound < e.due - e.sent && e.to != self.world.store();
        let envelopes = self.state.envelopes.slots.iter().flatten();
        envelopes.filter(late).map(|e| e.due).max().unwrap_or(SimTime::ZERO)
    }
}
