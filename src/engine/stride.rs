//! Steps of the playhead from message to message, or from rule to rule, in one lane or in all.

use crate::lane::Sought;
use crate::meter::Meter;
use crate::timeline::{Goal, Timeline};

impl Timeline {
    /// Moves the playhead on to just after the next event with such a record, in one lane or in any; without one, to the end
    /// of the run. Returns whether there was one; `None` if the meter ran empty first: call again to continue.
    pub fn stride(&mut self, sought: Sought, lane: Option<usize>, meter: &mut Meter) -> Option<bool> {
        loop {
            if meter.is_empty() {
                return None;
            }
            meter.spend(1);
            let Some(at) = self.step() else { return Some(false) };
            let here = &self.lanes()[at];
            let mut records = here.trace().records().rev().take_while(|r| r.step == here.events());
            if lane.is_none_or(|lane| lane == at) && records.any(|r| sought.is(r)) {
                return Some(true);
            }
        }
    }

    /// Sends the playhead back to just after the last event with such a record before the present one, or to the start.
    /// Returns whether there was one; `None` if the meter ran empty first: call again to continue.
    pub fn stride_back(&mut self, sought: Sought, lane: Option<usize>, meter: &mut Meter) -> Option<bool> {
        let mut last = None;
        // The event that the playhead stands behind. Of one lane alone, it is that lane's last one.
        let begun = self.lanes().iter().enumerate().filter(|(_, it)| it.events() > 0);
        let present = lane.or(begun.map(|(at, it)| (it.now(), at)).max().map(|it| it.1));
        for at in (0..self.lanes().len()).filter(|at| lane.is_none_or(|it| it == *at)) {
            let run = self.lane(at);
            let Some(before) = run.events().checked_sub(u32::from(present == Some(at))) else { continue };
            // At the playhead's own instant, the later lane comes later.
            let found = run.latest(sought, before, meter)?.filter(|r| 0 < r.step);
            last = last.max(found.map(|r| (r.at, at, r.step)));
        }
        let goal = last.map_or(Goal::Events(0), |(at, lane, step)| Goal::Moment { lane, step, at });
        self.go(goal);
        Some(last.is_some())
    }
}
