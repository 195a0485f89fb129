//! Queries on a lane's state.

use super::{Behaviour, Envelope, Sim};
use crate::trace::{Loss, Place, Record};
use election_base::{LocalTime, SimTime, Span};
use election_protocol::{NodeView, Shape};

impl Sim {
    /// The earlier event that caused the last event; 0 if none did.
    pub fn origin(&self) -> u32 {
        self.core.origin
    }

    /// The event that lost a message, right after the loss: the act that cut its link, or the crash of its receiver.
    pub fn fault(&self, lost: &Record) -> Option<u32> {
        let is = |loss: Loss| lost.sub == loss as u8;
        if is(Loss::CutAtSending) || is(Loss::CutAtDelivery) {
            self.cut_by(lost.node, lost.peer)
        } else if is(Loss::Down) || is(Loss::Restarted) {
            self.down_by(lost.peer)
        } else {
            None
        }
    }

    /// The event that cut the link from one place to the other, if it is cut.
    pub fn cut_by(&self, from: Place, to: Place) -> Option<u32> {
        Some(self.core.state.network.cut_by(from, to)).filter(|&event| 0 < event)
    }

    /// The event that stopped a node's process last.
    pub fn down_by(&self, place: Place) -> Option<u32> {
        let node = self.core.state.nodes.get(usize::from(place));
        node.map(|node| node.down_by.0).filter(|&event| 0 < event)
    }

    /// The fields that a node displays.
    pub fn node_view(&self, place: Place) -> NodeView {
        let mut view = self.cast.view(place.into());
        let role = view.fields.iter_mut().find(|(name, _)| *name == "role");
        if let (true, Some((_, role))) = (self.waits_to_start(place), role) {
            *role = "starting".to_string();
        }
        view
    }

    /// Whether the process has yet to start for the first time.
    pub fn waits_to_start(&self, place: Place) -> bool {
        self.core.state.nodes[usize::from(place)].waits_to_start()
    }

    /// Appends to `out` what a picture shows of the node besides its belief.
    pub fn shapes(&self, place: Place, out: &mut Vec<Shape>) {
        self.cast.shapes(place.into(), out);
    }

    /// How many random numbers the node has drawn since the start, or since the last `reseed`.
    pub fn drawn(&self, place: Place) -> u64 {
        self.cast.drawn(place.into())
    }

    /// The process's role, as a position in the roles of its algorithm.
    pub fn role(&self, place: Place) -> Option<usize> {
        self.cast.role(place.into())
    }

    /// When the clock that drives the node's timers will show `local`, at its present rate.
    pub fn when(&self, place: Place, local: LocalTime) -> SimTime {
        self.core.state.nodes[usize::from(place)].clock.when(self.core.state.now, local)
    }

    /// How far the node's clock is ahead (positive) or behind, in microseconds, and how much it runs fast, in
    /// parts per million.
    pub fn clock(&self, place: Place) -> (i64, i32) {
        let clock = &self.core.state.nodes[usize::from(place)].clock;
        (clock.read(self.core.state.now).0 - self.core.state.now.0 as i64, clock.drift_ppm)
    }

    /// When the node's current leadership began.
    pub fn leads_since(&self, place: Place) -> SimTime {
        self.core.state.nodes[usize::from(place)].leads_since
    }

    /// How long the node takes to process a message.
    pub fn slowness(&self, place: Place) -> Span {
        self.core.state.nodes[usize::from(place)].slow
    }

    /// How links between nodes without settings of their own behave now, and how they did at the start.
    pub fn network(&self) -> [Behaviour; 2] {
        let spec = &self.core.world.network;
        let (loss_ppm, duplicate_ppm) = (spec.loss_ppm, spec.duplicate_ppm);
        [self.core.state.network.base(), Behaviour { latency: spec.latency, loss_ppm, duplicate_ppm }]
    }

    /// The links that behave differently from the rest of the network, and those to the store that behave differently
    /// from the start: from, to, behaviour.
    pub fn singular_links(&self) -> Vec<(Place, Place, Behaviour)> {
        let to_store = Behaviour { latency: self.core.world.store_latency, loss_ppm: 0, duplicate_ppm: 0 };
        self.core.state.network.singular(to_store)
    }

    /// The usual delay of a message on that link: the middle of its range.
    pub fn usual_delay(&self, from: Place, to: Place) -> Span {
        let range = self.core.state.network.behaviour(from, to).latency.range;
        Span(range.lo.0.midpoint(range.hi.0))
    }

    /// Calls `each` for every message and write in flight, in no particular order.
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

    /// The number of messages and writes in flight.
    pub fn pending_messages(&self) -> usize {
        self.core.state.envelopes.len()
    }
}
