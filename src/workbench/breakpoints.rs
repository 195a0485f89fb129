//! Where a run stops for its `break` lines: the moments when their conditions become true, or that they name.
//!
//! A [`Finder`] plays its own copy of the run, so that the playhead stays where it is and a page can search in slices.
//! It checks conditions as expectations are checked: after every event, and once more at the end of the run, since time
//! conditions may change there.

use crate::look::Look;
use election_base::SimTime;
use election_engine::lane::Lane;
use election_engine::meter::Meter;
use election_engine::timeline::Timeline;
use election_language::scenario::{Break, Halt};

/// The most stops reported, the earliest first.
pub const STOPS_MAX: usize = 256;

/// A moment at which a `break` stops a lane.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Stop {
    /// When.
    pub at: SimTime,
    /// The lane.
    pub lane: usize,
    /// The number of events of the lane up to this moment, including the one that made the condition true.
    pub step: u32,
    /// The position in the scenario's list of breaks.
    pub index: usize,
}

/// Searches a run for stops.
pub struct Finder {
    /// The run, played from its start by the cursors.
    timeline: Timeline,
    breaks: Vec<Break>,
    /// One for each lane.
    looks: Vec<Looked>,
    /// Sorted.
    stops: Vec<Stop>,
}

/// The progress of the search in one lane.
struct Looked {
    /// The breaks that apply to this lane, and whether each condition held at the last check.
    held: Vec<(usize, bool)>,
    found: usize,
    begun: bool,
    done: bool,
}

impl Finder {
    /// A finder for the run of `timeline`, which it plays from the start.
    pub fn new(mut timeline: Timeline) -> Finder {
        let breaks = timeline.scenario().breaks.clone();
        let lanes = timeline.lanes().len();
        let mut looks = Vec::new();
        for lane in 0..lanes {
            timeline.lane(lane).go_to_step(0, SimTime::ZERO);
            let mine = (0..breaks.len()).filter(|&i| breaks[i].lanes & 1 << lane != 0);
            let held: Vec<(usize, bool)> = mine.map(|i| (i, false)).collect();
            looks.push(Looked { done: held.is_empty(), held, found: 0, begun: false });
        }
        Finder { timeline, breaks, looks, stops: Vec::new() }
    }

    /// Continues the search until the meter is used up. Returns true if the search is complete.
    pub fn advance(&mut self, meter: &mut Meter) -> bool {
        let until = self.timeline.scenario().until;
        for (lane, look) in self.looks.iter_mut().enumerate() {
            let engine = self.timeline.lane(lane);
            let mut part = meter.part(1);
            look.advance(lane, engine, until, &self.breaks, &mut self.stops, &mut part);
            meter.give_back(part);
        }
        self.looks.iter().all(|look| look.done)
    }

    /// The time up to which all lanes have been searched.
    pub fn looked(&self) -> SimTime {
        let until = self.timeline.scenario().until;
        let lanes = self.looks.iter().zip(self.timeline.lanes());
        lanes.filter(|(look, _)| !look.done).map(|(_, lane)| lane.now()).min().unwrap_or(until)
    }

    /// The stops found so far, by time, then by lane; at most [`STOPS_MAX`].
    pub fn stops(&self) -> Vec<Stop> {
        self.stops.iter().take(STOPS_MAX).copied().collect()
    }

    /// Whether the run has, or may have, more stops than are reported.
    pub fn truncated(&self) -> bool {
        self.stops.len() > STOPS_MAX
    }

    /// The line of the stop's `break`, from 0.
    pub fn line(&self, stop: &Stop) -> u32 {
        self.breaks[stop.index].line
    }
}

impl Looked {
    /// Continues the search in one lane.
    fn advance(
        &mut self,
        lane: usize,
        engine: &mut Lane,
        until: SimTime,
        breaks: &[Break],
        stops: &mut Vec<Stop>,
        meter: &mut Meter,
    ) {
        if !self.begun && !self.done {
            self.begun = true;
            self.at(lane, engine, SimTime::ZERO, breaks, stops, meter);
        }
        while !self.done && !meter.is_empty() {
            let before = engine.units();
            let more = engine.step(until);
            meter.spend(1 + engine.units() - before);
            let now = if more { engine.now() } else { until };
            self.at(lane, engine, now, breaks, stops, meter);
            // The first stops are enough.
            self.done = !more || self.found > STOPS_MAX;
        }
    }

    /// Checks the state at the lane's cursor, as seen at `now`.
    fn at(
        &mut self,
        lane: usize,
        engine: &Lane,
        now: SimTime,
        breaks: &[Break],
        stops: &mut Vec<Stop>,
        meter: &mut Meter,
    ) {
        let look = Look::new(engine, now);
        for (index, held) in &mut self.held {
            let holds = match &breaks[*index].on {
                Halt::Condition(condition) => look.met(condition, meter),
                // Once there, it stays there.
                Halt::Moment(at, after) => *held || engine.has_passed(*at, *after),
            };
            if holds && !*held {
                self.found += 1;
                let stop = Stop { at: now, lane, step: engine.events(), index: *index };
                stops.insert(stops.partition_point(|before| *before < stop), stop);
            }
            *held = holds;
        }
    }
}
