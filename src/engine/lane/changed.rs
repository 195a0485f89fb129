//! The last event that changed a field of a node, found by replaying from keyframe to keyframe, the newest stretch first.

use super::replay::of_event;
use super::{Lane, Replay};
use crate::meter::Meter;
use crate::sim::Sim;
use crate::trace::{Kind, Place};

/// The cost of looking at a node's fields, in units of work.
const LOOK_UNITS: u64 = 5;

/// A search in progress: the stretch that is being played.
pub(super) struct Hunt {
    asked: (Place, &'static str, u32),
    replay: Replay,
    /// The event that the stretch begins after.
    from: u32,
    /// Its last event.
    last: u32,
    value: Option<String>,
    found: Option<u32>,
}

impl Hunt {
    /// The stretch from the last keyframe before an event up to that event.
    fn new(lane: &Lane, asked: (Place, &'static str, u32), last: u32, meter: &mut Meter) -> Hunt {
        let keyframe = lane.keyframes.last_where(|k| k.step < last.max(1));
        let replay = Replay::at(lane, &keyframe, of_event(), meter);
        let value = field(&replay.sim, asked);
        Hunt { asked, replay, from: keyframe.step, last, value, found: None }
    }

    /// Plays the stretch. Returns false if the meter ran empty first.
    fn play(&mut self, lane: &Lane, meter: &mut Meter) -> bool {
        let place = self.asked.0;
        while self.replay.sim.events() < self.last {
            if meter.is_empty() {
                return false;
            }
            if !self.replay.turn(lane.computed(), meter) {
                break;
            }
            let mut records = self.replay.trace().records();
            if !records.any(|r| r.node == place || r.peer == place || r.kind == Kind::Act) {
                continue;
            }
            meter.spend(LOOK_UNITS);
            let now = field(&self.replay.sim, self.asked);
            if now != self.value {
                (self.value, self.found) = (now, Some(self.replay.sim.events()));
            }
        }
        true
    }
}

/// The field that is asked about; `None` if the node does not have it now.
fn field(sim: &Sim, (place, name, _): (Place, &'static str, u32)) -> Option<String> {
    sim.node_view(place).fields.into_iter().find(|(it, _)| *it == name).map(|(_, value)| value)
}

impl Lane {
    /// The last event up to number `step` that changed a field of a node; 0 if none has since the start. `None` if the
    /// meter ran empty first: call again with the same arguments to continue.
    pub fn changed(
        &mut self,
        place: Place,
        field: &'static str,
        step: u32,
        meter: &mut Meter,
    ) -> Option<u32> {
        let asked = (place, field, step);
        let goes_on = self.hunt.take().filter(|hunt| hunt.asked == asked);
        let mut hunt = goes_on.unwrap_or_else(|| Box::new(Hunt::new(self, asked, step, meter)));
        loop {
            if !hunt.play(self, meter) {
                self.hunt = Some(hunt);
                return None;
            }
            if hunt.found.is_some() || hunt.from == 0 {
                return Some(hunt.found.unwrap_or(0));
            }
            *hunt = Hunt::new(self, asked, hunt.from, meter);
        }
    }
}
