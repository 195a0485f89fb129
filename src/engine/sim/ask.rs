//! What can be asked of a lane's state.

use super::{Behaviour, Envelope, Sim};
use crate::trace::{Loss, Place, Record};
use election_base::{LocalTime, SimTime, Span};
use election_protocol::{NodeView, Shape};

impl Sim {
    /// The earlier event that brought the last event about; 0 where none did.
    pub fn origin(&self) -> u32 {
        self.core.origin
    }

    /// The event that a message was lost to, just after it was: the act that cut its link, or the crash of its receiver.
    pub fn fault(&self, lost: &Record) -> Option<u32> {
        let is = |loss: Loss| lost.sub == loss as u8;
        let event = if is(Loss::CutAtSending) || is(Loss::CutAtDelivery) {
            self.core.state.network.cut_by(lost.node, lost.peer)
        } else if is(Loss::Down) || is(Loss::Restarted) {
            self.core.state.nodes.get(usize::from(lost.peer)).map_or(0, |node| node.down_by.0)
        } else {
            0
        };
        (0 < event).then_some(event)
    }

    /// What the node shows to people.
    pub fn node_view(&self, place: Place) -> NodeView {
        let mut view = self.cast.view(place.into());
        let role = view.fields.iter_mut().find(|(name, _)| *name == "role");
        if let (true, Some((_, role))) = (self.waits_to_start(place), role) {
            *role = "starting".to_string();
        }
        view
    }

    /// Whether the process has not started for the first time yet.
    pub fn waits_to_start(&self, place: Place) -> bool {
        self.core.state.nodes[usize::from(place)].waits_to_start()
    }

    /// What a picture shows of the node beside its belief, into `out`.
    pub fn shapes(&self, place: Place, out: &mut Vec<Shape>) {
        self.cast.shapes(place.into(), out);
    }

    /// What the process is: the position in the roles of its algorithm.
    pub fn role(&self, place: Place) -> Option<usize> {
        self.cast.role(place.into())
    }

    /// When the clock that the node's timers run by will show `local`, as it runs now.
    pub fn when(&self, place: Place, local: LocalTime) -> SimTime {
        self.core.state.nodes[usize::from(place)].clock.when(self.core.state.now, local)
    }

    /// How far the node's clock is ahead (positive) or behind, in microseconds, and its rate in millionths.
    pub fn clock(&self, place: Place) -> (i64, i32) {
        let clock = &self.core.state.nodes[usize::from(place)].clock;
        (clock.read(self.core.state.now).0 - self.core.state.now.0 as i64, clock.drift_ppm)
    }

    /// When the node's present belief to lead began.
    pub fn leads_since(&self, place: Place) -> SimTime {
        self.core.state.nodes[usize::from(place)].leads_since
    }

    /// How long the node takes over every message.
    pub fn slowness(&self, place: Place) -> Span {
        self.core.state.nodes[usize::from(place)].slow
    }

    /// How links between nodes behave that were not set singly, and how they did at the start.
    pub fn network(&self) -> [Behaviour; 2] {
        let spec = &self.core.world.network;
        let (loss_ppm, duplicate_ppm) = (spec.loss_ppm, spec.duplicate_ppm);
        [self.core.state.network.base(), Behaviour { latency: spec.latency, loss_ppm, duplicate_ppm }]
    }

    /// The links that behave otherwise than the rest of the network does now, and those to the store that behave
    /// otherwise than at the start: from, to, how.
    pub fn singular_links(&self) -> Vec<(Place, Place, Behaviour)> {
        let to_store = Behaviour { latency: self.core.world.store_latency, loss_ppm: 0, duplicate_ppm: 0 };
        self.core.state.network.singular(to_store)
    }

    /// How long a message on that link usually takes: the middle of its delays.
    pub fn usual_delay(&self, from: Place, to: Place) -> Span {
        let range = self.core.state.network.behaviour(from, to).latency.range;
        Span(range.lo.0.midpoint(range.hi.0))
    }

    /// Calls `each` for every message and write under way, in no particular order.
    pub fn each_message(&self, mut each: impl FnMut(&Envelope)) {
        self.core.state.envelopes.slots.iter().flatten().for_each(&mut each);
    }

    /// Calls `each` for every timer that is set: node, index, when it was set, when it fires.
    pub fn each_timer(&self, mut each: impl FnMut(Place, u8, SimTime, SimTime)) {
        for (place, node) in self.core.state.nodes.iter().enumerate() {
            for (index, timer) in node.timers.iter().enumerate() {
                if timer.is_set() && node.up {
                    each(place as Place, index as u8, timer.set_at, timer.deadline);
                }
            }
        }
    }

    /// How many messages and writes are under way.
    pub fn pending_messages(&self) -> usize {
        self.core.state.envelopes.len()
    }
}
