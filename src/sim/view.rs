//! A lane as anybody sees it from outside.

use super::world::World;
use super::{Envelope, State};
use crate::base::{NodeId, SimTime, Span};
use crate::protocol::{Authority, Belief, Protocol, Receipt, Recovery, Situation};
use crate::trace::{Glance, Place};

/// What anybody can see from outside.
pub struct View<'a, P: Protocol> {
    pub(super) world: &'a World<P>,
    pub(super) state: &'a State<P>,
}

impl<P: Protocol> View<'_, P> {
    /// The settings of the nodes, those that several nodes share once.
    fn each_settings(&self) -> impl Iterator<Item = &P::Settings> {
        let nodes = &self.state.nodes;
        let shared = |i: usize| i > 0 && std::rc::Rc::ptr_eq(&nodes[i].tuned, &nodes[i - 1].tuned);
        (0..nodes.len()).filter(move |&i| !shared(i)).map(|i| &nodes[i].tuned.settings)
    }
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
    fn waits_to_start(&self, place: Place) -> bool {
        self.state.nodes[usize::from(place)].waits_to_start()
    }
    fn votes(&self, place: Place) -> bool {
        P::votes(&self.world.group.settings, usize::from(place))
    }
    fn newness(&self, place: Place) -> (u64, u64) {
        P::newness(&self.state.nodes[usize::from(place)].durable)
    }
    fn lag(&self, place: Place) -> Span {
        let node = &self.state.nodes[usize::from(place)];
        // The work that has begun takes the time that was set then. It counts whole until it is done, so that the lag
        // changes only when a message comes to wait or is taken in.
        let begun = if node.working { node.work } else { node.slow };
        begun + node.slow.times(node.inbox.len() as u64, 1)
    }
    fn fencing(&self) -> bool {
        self.state.resource.fencing
    }
    fn uniform(&self) -> bool {
        let values = |i: usize| &self.state.nodes[i].tuned.values;
        self.each_settings().nth(1).is_none() || (1..self.state.nodes.len()).all(|i| values(i) == values(0))
    }
    fn delay_bound(&self) -> Option<Span> {
        self.each_settings().filter_map(P::delay_bound).min()
    }
    fn recovery(&self, situation: &Situation) -> Result<Recovery, String> {
        // Nodes that are set differently are as slow together as the slowest of them.
        let mut worst = Recovery { bound: Span::ZERO, usual: Span::ZERO };
        for settings in self.each_settings() {
            let one = P::recovery(settings, situation)?;
            worst.bound = worst.bound.max(one.bound);
            worst.usual = worst.usual.max(one.usual);
        }
        Ok(worst)
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
