//! All lanes of a scenario on one clock, and the playhead over them.
//!
//! Lanes are independent: the run of a lane does not depend on the other lanes. Their events are merged by time, and
//! ties are broken by the order of the lanes.
//!
//! [`Timeline::go`] sends the playhead somewhere, and [`Timeline::settle`] moves it there as far as a [`Meter`] lasts:
//! a moment may lie many events after the last keyframe.

use crate::lane::{Lane, same_act};
use crate::meter::Meter;
use crate::sim::Algorithm;
use election_base::{Digest, SimTime};
use election_language::scenario::{self, Act, Init, LaneSet, NodeSetting, Scenario};

/// Why the lanes of a valid text cannot be built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuildError {
    /// The lane's algorithm, by its position in the vocabulary.
    pub algorithm: usize,
    /// The line of the text at fault, from 0, if there is one.
    pub line: Option<u32>,
    /// The lane's name.
    pub lane: String,
    /// What does not fit and how to fix it, as a sentence.
    pub text: String,
}

/// All lanes of a scenario on one clock.
pub struct Timeline {
    scenario: Scenario,
    lanes: Vec<Lane>,
    /// The playhead: the cursors are past everything up to here.
    now: SimTime,
    /// Where the playhead is going.
    goal: Option<Goal>,
    computed: bool,
}

/// Where two scenarios part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parting {
    /// Nothing differs that influences a run, except how long it is.
    Never,
    /// At the first act that only one of them has.
    At(SimTime),
    /// From the start: nodes, network, lanes or settings differ.
    World,
}

/// A destination of the playhead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// After all events up to and including this instant.
    Time(SimTime),
    /// After the first so many events of an instant, counted across all lanes. 0 means after all of them, and so does
    /// any number larger than their count.
    Instant(SimTime, u32),
    /// After that many events, counted across all lanes.
    Events(u64),
    /// After that many events of one lane, or at the time if that is later. The other lanes stand after the events that
    /// come before in the order of all events.
    Moment {
        /// The lane.
        lane: usize,
        /// The number of its events.
        step: u32,
        /// The earliest time.
        at: SimTime,
    },
    /// One event back; the event happened in this lane.
    Back {
        /// The lane.
        lane: usize,
        /// The number of its events that are left.
        step: u32,
    },
    /// An intermediate goal: this many events of an instant have yet to happen.
    Steps(SimTime, u32),
    /// An intermediate goal: event by event, up to that many.
    Onward(u64),
}

/// Those of `lanes` that can be built, and why the others cannot.
fn build(scenario: &Scenario, lanes: LaneSet, algorithms: &[Algorithm]) -> (Vec<Lane>, Vec<BuildError>) {
    let mut built = Vec::new();
    let mut errors = Vec::new();
    for (i, lane) in scenario.lanes.iter().enumerate().filter(|(i, _)| lanes >> i & 1 == 1) {
        match Lane::new(scenario, i, algorithms[lane.algorithm].maker) {
            Ok(lane) => built.push(lane),
            Err((line, text)) => {
                let (algorithm, lane) = (lane.algorithm, lane.name.clone());
                errors.push(BuildError { algorithm, line, lane, text });
            }
        }
    }
    (built, errors)
}

impl Timeline {
    /// The scenario's lanes, with nothing computed and the playhead at the start. `algorithms` is in the order of the
    /// vocabulary that the scenario was parsed with.
    ///
    /// # Errors
    /// If settings or initial states do not fit together.
    pub fn new(scenario: Scenario, algorithms: &[Algorithm]) -> Result<Timeline, Vec<BuildError>> {
        let (lanes, errors) = build(&scenario, LaneSet::MAX, algorithms);
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Timeline { scenario, lanes, now: SimTime::ZERO, goal: None, computed: false })
    }

    /// Why some of these lanes cannot be built.
    pub fn misfits(scenario: &Scenario, lanes: LaneSet, algorithms: &[Algorithm]) -> Vec<BuildError> {
        build(scenario, lanes, algorithms).1
    }

    /// Like [`Timeline::new`], but reuses what `earlier` has in common with this scenario: the run before the first
    /// changed instant is not computed again.
    ///
    /// # Errors
    /// As [`Timeline::new`].
    pub fn replacing(
        earlier: &Timeline,
        scenario: Scenario,
        algorithms: &[Algorithm],
    ) -> Result<Timeline, Vec<BuildError>> {
        let mut timeline = Timeline::new(scenario, algorithms)?;
        let (old, new) = (&earlier.scenario, &timeline.scenario);
        if same_world(old, new) {
            for (i, lane) in timeline.lanes.iter_mut().enumerate() {
                if old.lanes.get(i).is_some_and(|it| same_lane(it, &new.lanes[i])) {
                    lane.adopt(&earlier.lanes[i], new.until);
                }
            }
        }
        Ok(timeline)
    }

    /// Where the run parts from that of another scenario.
    pub fn parting(&self, other: &Timeline) -> Parting {
        let (a, b) = (&self.scenario, &other.scenario);
        let lanes = a.lanes.iter().zip(&b.lanes).all(|(a, b)| a.name == b.name && same_lane(a, b));
        if !same_world(a, b) || a.lanes.len() != b.lanes.len() || !lanes {
            return Parting::World;
        }
        let same = |(a, b): &(&Act, &Act)| same_act(a, b) && a.lanes == b.lanes;
        let common = a.acts.iter().zip(&b.acts).take_while(same).count();
        let rest = a.acts.iter().skip(common).chain(b.acts.iter().skip(common));
        rest.map(|act| act.at).min().map_or(Parting::Never, Parting::At)
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The lanes, in the order of the scenario.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// A lane.
    pub fn lane(&mut self, lane: usize) -> &mut Lane {
        &mut self.lanes[lane]
    }

    /// Computes ahead, as far as the meter lasts. Returns whether the run is computed to its end.
    pub fn compute(&mut self, meter: &mut Meter) -> bool {
        if !self.computed {
            let until = self.scenario.until;
            let mut done = true;
            for i in 0..self.lanes.len() {
                // All lanes advance together.
                let mut part = meter.part(self.lanes.len() - i);
                done &= self.lanes[i].compute(until, &mut part);
                meter.give_back(part);
            }
            self.computed = done;
            if self.computed {
                self.lanes.iter_mut().for_each(|l| l.finish(until));
            }
        }
        self.computed
    }

    /// Computes the whole run.
    pub fn compute_all(&mut self) {
        while !self.compute(&mut Meter::unlimited()) {}
    }

    /// Sets whether the run is on a screen.
    pub fn show(&self, shown: bool) {
        self.lanes.iter().for_each(|l| l.show(shown));
    }

    /// Whether the run is computed to its end.
    pub fn is_computed(&self) -> bool {
        self.computed
    }

    /// The playhead.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The number of events before the playhead, counted across all lanes.
    pub fn events(&self) -> u64 {
        self.lanes.iter().map(|l| u64::from(l.events())).sum()
    }

    /// Sends the playhead somewhere; [`Timeline::settle`] moves it there.
    pub fn go(&mut self, goal: Goal) {
        let end = self.scenario.until;
        let goal = match goal {
            Goal::Time(at) => Goal::Time(at.min(end)),
            Goal::Instant(at, 0) => Goal::Time(at.min(end)),
            Goal::Instant(at, after) => Goal::Instant(at.min(end), after),
            Goal::Moment { lane, step, at } => Goal::Moment { lane, step, at: at.min(end) },
            goal => goal,
        };
        self.goal = Some(goal);
    }

    /// Moves the playhead towards its goal, as far as the meter lasts. Returns whether it has arrived.
    pub fn settle(&mut self, meter: &mut Meter) -> bool {
        while let Some(goal) = self.goal {
            match self.approach(goal, meter) {
                Some(next) => self.goal = next,
                None => return false,
            }
        }
        true
    }

    /// Moves the playhead all the way to a goal.
    pub fn jump(&mut self, goal: Goal) {
        self.go(goal);
        self.settle(&mut Meter::unlimited());
    }

    /// Moves the playhead past all events up to and including `at`.
    pub fn seek(&mut self, at: SimTime) {
        self.jump(Goal::Time(at));
    }

    /// Works on a goal. Returns the goal that remains after it, if any; `None` if the meter ran empty first.
    fn approach(&mut self, goal: Goal, meter: &mut Meter) -> Option<Option<Goal>> {
        match goal {
            Goal::Time(at) => {
                self.each(meter, |lane, meter| lane.seek_time(at, meter))?;
                self.now = at;
                Some(None)
            }
            Goal::Instant(at, after) => {
                self.before(at, meter)?;
                Some(Some(Goal::Steps(at, after)))
            }
            Goal::Steps(at, 0) => {
                self.now = at;
                Some(None)
            }
            Goal::Steps(at, left) => {
                if meter.is_empty() {
                    return None;
                }
                // There may be fewer than asked for: then the playhead goes past all of them.
                let next = if self.next_event(at, meter).is_some() {
                    if left == 1 { None } else { Some(Goal::Steps(at, left - 1)) }
                } else {
                    Some(Goal::Time(at))
                };
                Some(next)
            }
            Goal::Events(events) => {
                let known = self.time_before(events);
                match known {
                    Some(at) => self.each(meter, |lane, meter| lane.seek_time(at, meter))?,
                    None => self.each(meter, |lane, meter| lane.seek_step(0, SimTime::ZERO, meter))?,
                }
                self.now = known.unwrap_or(SimTime::ZERO);
                Some(Some(Goal::Onward(events)))
            }
            Goal::Onward(events) => {
                while self.events() < events {
                    if meter.is_empty() {
                        return None;
                    }
                    if self.next_event(self.scenario.until, meter).is_none() {
                        break;
                    }
                }
                Some(None)
            }
            Goal::Moment { lane, step, at } => self.approach_moment(lane, step, at, meter),
            Goal::Back { lane, step } => {
                let at = self.scenario.until;
                if !self.lanes[lane].seek_step(step, at, meter) {
                    return None;
                }
                self.now = self.lanes.iter().map(|l| l.now()).max().unwrap_or(SimTime::ZERO);
                Some(None)
            }
        }
    }

    /// Moves every lane; `None` if the meter ran empty first.
    fn each(&mut self, meter: &mut Meter, mut seek: impl FnMut(&mut Lane, &mut Meter) -> bool) -> Option<()> {
        let mut there = true;
        for lane in &mut self.lanes {
            there &= seek(lane, meter);
        }
        there.then_some(())
    }

    /// Moves every lane to just before an instant.
    fn before(&mut self, at: SimTime, meter: &mut Meter) -> Option<()> {
        match at.0.checked_sub(1) {
            Some(before) => self.each(meter, |lane, meter| lane.seek_time(SimTime(before), meter)),
            None => self.each(meter, |lane, meter| lane.seek_step(0, SimTime::ZERO, meter)),
        }
    }

    fn approach_moment(
        &mut self,
        lane: usize,
        step: u32,
        at: SimTime,
        meter: &mut Meter,
    ) -> Option<Option<Goal>> {
        if !self.lanes[lane].seek_step(step, self.scenario.until, meter) {
            return None;
        }
        let here = self.lanes[lane].now();
        if here < at {
            return Some(Some(Goal::Time(at)));
        }
        let mut there = true;
        for (i, other) in self.lanes.iter_mut().enumerate() {
            there &= match here.0.checked_sub(1) {
                _ if i == lane => true,
                _ if i < lane && step > 0 => other.seek_time(here, meter),
                Some(before) => other.seek_time(SimTime(before), meter),
                None => other.seek_step(0, SimTime::ZERO, meter),
            };
        }
        if !there {
            return None;
        }
        self.now = here;
        Some(None)
    }

    /// The latest time, as far as keyframes show, up to which at most that many events happen across all lanes; `None`
    /// if that is the very start.
    fn time_before(&self, events: u64) -> Option<SimTime> {
        let mut found = None;
        // Go from keyframe to keyframe, across lanes.
        let mut at = SimTime::ZERO;
        loop {
            let next: Vec<(SimTime, u32)> = self.lanes.iter().map(|l| l.keyframe_after(at)).collect();
            if next.iter().map(|(_, step)| u64::from(*step)).sum::<u64>() > events {
                return found;
            }
            found = (at > SimTime::ZERO).then_some(at);
            let nearest = next.iter().map(|(at, _)| *at).filter(|it| *it > at).min();
            match nearest {
                Some(nearest) => at = nearest,
                None => return found,
            }
        }
    }

    /// Steps over the next event of any lane. Returns that lane.
    pub fn step(&mut self) -> Option<usize> {
        self.goal = None;
        self.next_event(self.scenario.until, &mut Meter::unlimited())
    }

    /// Steps over the next event that is not later than `until`.
    fn next_event(&mut self, until: SimTime, meter: &mut Meter) -> Option<usize> {
        loop {
            let next = self.lanes.iter_mut().enumerate().filter_map(|(i, l)| l.next_at().map(|at| (at, i)));
            let (at, lane) = next.min()?;
            if at > until {
                return None;
            }
            meter.spend(1);
            if self.lanes[lane].step(at) {
                self.now = self.lanes[lane].now();
                return Some(lane);
            }
        }
    }

    /// Sends the playhead one event back. Returns the lane that the event happened in.
    pub fn go_back(&mut self) -> Option<usize> {
        let begun = self.lanes.iter().enumerate().filter(|(_, l)| l.events() > 0);
        let (_, lane) = begun.map(|(i, l)| (l.now(), i)).max()?;
        self.goal = Some(Goal::Back { lane, step: self.lanes[lane].events() - 1 });
        Some(lane)
    }

    /// Steps one event back. Returns the lane that the event happened in.
    pub fn step_back(&mut self) -> Option<usize> {
        let lane = self.go_back();
        self.settle(&mut Meter::unlimited());
        lane
    }

    /// The digest of everything that happened in all lanes up to the playhead.
    pub fn trace_digest(&self) -> u64 {
        let mut digest = Digest::default();
        self.lanes.iter().for_each(|l| digest.word(l.trace_digest()));
        digest.value()
    }

    /// The digest of everything that can influence the future from the playhead on.
    pub fn state_digest(&self) -> u64 {
        let mut digest = Digest::default();
        self.lanes.iter().for_each(|l| digest.word(l.state_digest()));
        digest.value()
    }
}

/// Whether nothing differs that concerns all lanes, apart from acts.
fn same_world(a: &Scenario, b: &Scenario) -> bool {
    let same_init = |(a, b): (&Init, &Init)| a.lanes == b.lanes && a.node == b.node && a.words == b.words;
    a.seed == b.seed
        && a.nodes == b.nodes
        && a.network == b.network
        && a.timers_manual == b.timers_manual
        && a.phases_drawn == b.phases_drawn
        && a.incarnations == b.incarnations
        && a.init.len() == b.init.len()
        && a.init.iter().zip(&b.init).all(same_init)
}

/// Whether two lanes have the same algorithm and settings. Whether a setting is given matters too: an algorithm may ask.
fn same_lane(a: &scenario::Lane, b: &scenario::Lane) -> bool {
    a.algorithm == b.algorithm
        && a.settings == b.settings
        && a.given == b.given
        && same_by_node(&a.by_node, &b.by_node)
        && a.store == b.store
}

/// Whether single nodes have the same settings, regardless of their positions in the texts.
fn same_by_node(a: &[NodeSetting], b: &[NodeSetting]) -> bool {
    let same = |(a, b): (&NodeSetting, &NodeSetting)| {
        (&a.nodes, a.setting, &a.value) == (&b.nodes, b.setting, &b.value)
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}
