//! Where a run stops for its `break` lines: the moments at which their conditions become true.
//!
//! A [`Finder`] plays the scenario a second time, lanes and all, so that the playhead stays where it is and a
//! page can ask in slices. Conditions are judged as expectations are, after every event, and once more at the
//! end of the run, where lengths of time have grown and what should have happened by then has not.

use crate::look::Look;
use election_base::SimTime;
use election_engine::lane::Lane;
use election_engine::meter::Meter;
use election_engine::timeline::Timeline;
use election_language::scenario::Break;

/// The most moments that are told: the earliest of them.
pub const STOPS_MAX: usize = 256;

/// A moment at which the condition of a `break` became true in a lane.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Stop {
    /// When.
    pub at: SimTime,
    /// The lane.
    pub lane: usize,
    /// How many events of the lane lie before the moment, the one that made the condition true included.
    pub step: u32,
    /// The position among the scenario's breaks.
    pub index: usize,
}

/// Looks for the stops of a run.
pub struct Finder {
    /// The run, played from its start by the cursors.
    timeline: Timeline,
    breaks: Vec<Break>,
    /// By lane.
    looks: Vec<Looked>,
    /// In order.
    stops: Vec<Stop>,
}

/// How far a lane is looked at.
struct Looked {
    /// The breaks that are for this lane, and whether each one's condition held when last looked at.
    held: Vec<(usize, bool)>,
    found: usize,
    begun: bool,
    done: bool,
}

impl Finder {
    /// A finder for the run of `timeline`, which it plays itself, from the start.
    pub fn new(mut timeline: Timeline) -> Finder {
        let breaks = timeline.scenario().breaks.clone();
        let lanes = timeline.lanes().len();
        let mut looks = Vec::new();
        for lane in 0..lanes {
            timeline.lane(lane).go_to_step(0, SimTime::ZERO);
            let mine = (0..breaks.len()).filter(|&i| breaks[i].condition.lanes & 1 << lane != 0);
            let held: Vec<(usize, bool)> = mine.map(|i| (i, false)).collect();
            looks.push(Looked { done: held.is_empty(), held, found: 0, begun: false });
        }
        Finder { timeline, breaks, looks, stops: Vec::new() }
    }

    /// Looks further, as far as the meter lasts. True when there is nothing left to look at.
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

    /// Up to when all lanes are looked at.
    pub fn looked(&self) -> SimTime {
        let until = self.timeline.scenario().until;
        let lanes = self.looks.iter().zip(self.timeline.lanes());
        lanes.filter(|(look, _)| !look.done).map(|(_, lane)| lane.now()).min().unwrap_or(until)
    }

    /// The stops found so far, by time, then by lane; at most [`STOPS_MAX`].
    pub fn stops(&self) -> Vec<Stop> {
        self.stops.iter().take(STOPS_MAX).copied().collect()
    }

    /// Whether there are, or may be, more stops than are told, although all was looked at that will be.
    pub fn truncated(&self) -> bool {
        self.stops.len() > STOPS_MAX
    }

    /// The line of a stop's `break`, from 0.
    pub fn line(&self, stop: &Stop) -> u32 {
        self.breaks[stop.index].line
    }
}

impl Looked {
    /// Looks further in a lane.
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
            // Of very many stops the first ones are enough.
            self.done = !more || self.found > STOPS_MAX;
        }
    }

    /// Looks at the state at the lane's cursor, as seen at `now`.
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
            let holds = look.met(&breaks[*index].condition, meter);
            if holds && !*held {
                self.found += 1;
                let stop = Stop { at: now, lane, step: engine.events(), index: *index };
                stops.insert(stops.partition_point(|before| *before < stop), stop);
            }
            *held = holds;
        }
    }
}
