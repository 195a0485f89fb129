//! A lane as an outside observer sees it.

use super::{Envelope, Processes, State, World};
use crate::trace::{Glance, Place};
use election_base::{NodeId, SimTime, Span};
use election_protocol::{Answer, Belief, GroupId, Info, Receipt, Recovery, Shape, Situation};

/// A lane as an outside observer sees it.
pub struct View<'a> {
    pub(super) world: &'a World,
    pub(super) state: &'a State,
    pub(super) cast: &'a dyn Processes,
}

impl Glance for View<'_> {
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
        self.state.nodes[usize::from(place)].up
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
        self.cast.holds(place.into(), receipt)
    }
    fn waits_to_start(&self, place: Place) -> bool {
        self.state.nodes[usize::from(place)].waits_to_start()
    }
    fn votes(&self, place: Place) -> bool {
        self.world.votes[usize::from(place)]
    }
    fn newness(&self, place: Place) -> (u64, u64) {
        self.state.nodes[usize::from(place)].newness
    }
    fn lag(&self, place: Place) -> Span {
        let node = &self.state.nodes[usize::from(place)];
        // The message being processed takes as long as was fixed when it began. It counts in full until it is done, so
        // that the lag changes only when a message starts to wait or is processed.
        let begun = if node.working { node.work } else { node.slow };
        begun + node.slow.times(node.inbox.len() as u64, 1)
    }
    fn fencing(&self) -> bool {
        self.state.resource.fencing
    }
    fn uniform(&self) -> bool {
        self.cast.uniform()
    }
    fn delay_bound(&self) -> Option<Span> {
        self.cast.delay_bound()
    }
    fn recovery(&self, situation: &Situation) -> Result<Recovery, String> {
        self.cast.recovery(situation)
    }
    fn info(&self) -> &'static Info {
        self.world.info
    }
    fn belief_of(&self, group: GroupId, place: Place) -> Belief {
        let node = &self.state.nodes[usize::from(place)];
        usize::from(group.0).checked_sub(1).map_or(node.belief, |at| node.groups[at].0)
    }
    fn belief_number_of(&self, group: GroupId, place: Place) -> u32 {
        let node = &self.state.nodes[usize::from(place)];
        usize::from(group.0).checked_sub(1).map_or(node.belief_number, |at| node.groups[at].1)
    }
    fn ballot(&self, place: Place) -> Option<Vec<NodeId>> {
        let mut shapes = Vec::new();
        self.cast.shapes(place.into(), &mut shapes);
        shapes.iter().find(|shape| matches!(shape, Shape::Tally { .. }))?;
        let given = |shape: &Shape| match *shape {
            Shape::Vote { voter, answer: Answer::Granted } => Some(voter),
            _ => None,
        };
        Some(shapes.iter().filter_map(given).collect())
    }
    fn step(&self) -> u32 {
        self.state.step
    }
    fn late_until(&self, bound: Span) -> SimTime {
        let late = |e: &&Envelope| bound < e.due - e.sent && e.to != self.world.store();
        let envelopes = self.state.envelopes.slots.iter().flatten();
        envelopes.filter(late).map(|e| e.due).max().unwrap_or(SimTime::ZERO)
    }
}
