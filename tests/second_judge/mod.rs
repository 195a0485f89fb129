//! A second judge of runs, which shares no code with the checker.
//!
//! It reads the records of a lane's run, as `election trace` prints them, the scenario, and the fixed facts about the
//! algorithm: its promises, messages and settings. From these it reconstructs the lane and judges it by the words of
//! docs/judging.md. Any difference from the checker's findings is an error in the checker, in the second judge or on
//! that page.
//!
//! - [`case`]: the input;
//! - [`world`], [`network`]: the lane at a moment;
//! - [`timing`]: the table of bounds;
//! - [`service`], [`groups`], [`figures`], [`assumptions`], [`properties`]: the findings;
//! - [`raft`]: what Raft's paper proves, entry by entry and vote by vote;
//! - [`compare`]: the comparison with the checker.
#![allow(dead_code, reason = "each test uses its own part")]

mod assumptions;
mod case;
mod compare;
mod figures;
mod groups;
mod network;
mod properties;
mod raft;
mod service;
mod timing;
mod world;

use election_playground::base::SimTime;
use election_playground::protocol::Property;
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, Record};

use assumptions::Assumptions;
use case::Case;
#[allow(unused_imports, reason = "each test uses its own part")]
pub use compare::{compare, compare_so_far};
use figures::Figures;
use groups::Group;
use properties::{Blame, Properties};
pub use raft::Law;
use raft::Laws;
use service::Service;
use timing::Recovery;
use world::World;

/// The faults that the second judge finds in an algorithm.
#[derive(PartialEq, Eq, Debug)]
pub struct Wrong {
    /// The laws that were broken, each once.
    pub laws: Vec<Law>,
    /// The promises that were broken without an excuse.
    pub bugs: Vec<Property>,
    /// Whether, after calm, the running nodes do not agree on a single leader.
    pub discord: bool,
}

/// The faults that the second judge finds in a lane's algorithm on its own.
pub fn wrong(timeline: &mut Timeline, index: usize) -> Wrong {
    wrong_with(timeline, index, |_| {})
}

/// The same for a run whose records are forged.
pub fn wrong_with(timeline: &mut Timeline, index: usize, forge: impl Fn(&mut Vec<Record>)) -> Wrong {
    timeline.compute_all();
    let scenario = timeline.scenario().clone();
    let mut case = Case::whole(&scenario, index, timeline.lane(index)).expect("it has not too many records");
    forge(&mut case.records);
    let judgement = Judgement::of(&case);
    let mut laws: Vec<Law> = judgement.laws.broken.iter().map(|(_, law, _)| *law).collect();
    laws.sort_unstable();
    laws.dedup();
    let breaches = judgement.properties.breaches();
    let bugs = breaches.iter().filter(|it| it.blame == Blame::Bug).map(|it| it.property).collect();
    let discord = judgement.properties.discord(&judgement.world, &judgement.assumptions).is_some();
    Wrong { laws, bugs, discord }
}

/// The findings about a run.
struct Judgement<'a> {
    /// The lane at the end of the run.
    world: World<'a>,
    assumptions: Assumptions,
    service: Service,
    groups: Vec<Group>,
    figures: Figures,
    properties: Properties,
    laws: Laws,
    /// If a setting changes in this event, the recovery time before it.
    unsettled: Option<Recovery>,
}

impl<'a> Judgement<'a> {
    /// Judges a run up to its end.
    fn of(case: &'a Case<'a>) -> Judgement<'a> {
        let world = World::new(case);
        let mut judgement = Judgement {
            assumptions: Assumptions::new(&world),
            service: Service::default(),
            groups: Group::all(&world),
            figures: Figures::new(&world),
            properties: Properties::default(),
            laws: Laws::new(&world),
            unsettled: None,
            world,
        };
        judgement.play();
        judgement
    }

    fn play(&mut self) {
        for r in &self.world.case.records {
            if r.step != self.world.step {
                self.event_ended();
            }
            if self.world.now < r.at {
                self.time_passes(r.at);
            }
            let before = assumptions::Before {
                served: self.service.is_served(),
                election: r.kind == Kind::Crash && self.world.election_under_way(0),
            };
            if r.kind == Kind::Set && self.unsettled.is_none() {
                self.unsettled = Some(self.world.recovery().clone());
            }
            self.world.apply(r);
            self.assumptions.on(r, &self.world, before);
            self.service.on(r, &self.world);
            self.groups.iter_mut().for_each(|it| it.on(r, &self.world));
            self.figures.on(r, &self.world);
            self.properties.on(r, &self.world, &self.assumptions);
            self.laws.on(r, &self.world);
            if r.kind == Kind::Stuck {
                return;
            }
        }
        self.event_ended();
        self.time_passes(self.world.case.until);
        self.laws.finish(&self.world);
    }

    fn event_ended(&mut self) {
        if let Some(before) = self.unsettled.take() {
            self.properties.settings_changed(&before, &self.world);
        }
        if self.world.stirred {
            self.service.look(&self.world);
            self.groups.iter_mut().for_each(|it| it.service.look(&self.world));
            self.properties.served(self.service.is_served(), self.world.now);
        }
        self.assumptions.look_at_start(self.service.is_served(), &self.world);
        self.world.event_ended();
    }

    fn time_passes(&mut self, to: SimTime) {
        self.properties.time_passes(to, &self.world, &self.assumptions);
        self.assumptions.time_passes(to);
        self.figures.time_passes(to, &self.world);
        self.groups.iter_mut().for_each(|it| it.time_passes(to, &self.world));
        self.world.now = to;
    }
}
