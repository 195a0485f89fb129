//! The input of the second judge: the records of a lane's run, and its scenario.

use election_playground::base::{NodeId, SimTime};
use election_playground::lane;
use election_playground::protocol::{Claim, Info, Property};
use election_playground::scenario::{Act, Lane, Scenario};
use election_playground::trace::{Place, Record};

use super::world::Letter;

/// Runs with more records are not judged: one that breaks off at its limits has many millions.
const RECORDS_MAX: usize = 3_000_000;

/// A run of a lane, as the second judge sees it.
pub struct Case<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The lane's position in it.
    pub lane: &'a Lane,
    /// The algorithm: its promises, and its messages with their fields.
    pub info: &'static Info,
    /// The id of each place: members by ascending id, then services, then the store.
    pub ids: Vec<NodeId>,
    /// The number of members, at places from 0.
    pub members: usize,
    /// The number of service nodes, at the places after the members.
    pub services: usize,
    /// The acts that apply to the lane, in order: a record of an act refers to its position here.
    pub acts: Vec<&'a Act>,
    /// Whether a run can reach the state that the `init` lines describe. Only the algorithm knows.
    pub possible_start: bool,
    /// All records.
    pub records: Vec<Record>,
    /// The end of the records.
    pub until: SimTime,
    /// The messages in flight at the end, and their arrival times.
    pub under_way: Vec<(Letter, SimTime)>,
}

impl<'a> Case<'a> {
    /// The run of lane number `index` to its end; `None` if it has too many records.
    pub fn whole(scenario: &'a Scenario, index: usize, engine: &mut lane::Lane) -> Option<Case<'a>> {
        let records = engine.records(SimTime::ZERO, scenario.until, RECORDS_MAX);
        if RECORDS_MAX <= records.len() {
            return None;
        }
        engine.go_to_time(scenario.until);
        Some(Case::of(scenario, index, engine, records, scenario.until))
    }

    /// The run of lane number `index` up to the last event at its cursor; `None` if it has too many records.
    pub fn so_far(scenario: &'a Scenario, index: usize, engine: &mut lane::Lane) -> Option<Case<'a>> {
        let (now, step) = (engine.now(), engine.events());
        let newest = engine.trace();
        let records = if newest.dropped() == 0 {
            newest.records().copied().collect()
        } else {
            let mut records = engine.records(SimTime::ZERO, now, RECORDS_MAX);
            if RECORDS_MAX <= records.len() {
                return None;
            }
            // More may happen at this instant.
            records.truncate(records.partition_point(|r| r.step <= step));
            records
        };
        Some(Case::of(scenario, index, engine, records, now))
    }

    /// The case up to the lane's cursor.
    fn of(
        scenario: &'a Scenario,
        index: usize,
        engine: &lane::Lane,
        records: Vec<Record>,
        until: SimTime,
    ) -> Case<'a> {
        let mine = |act: &&Act| act.lanes >> index & 1 == 1;
        let mut flights = Vec::new();
        engine.flights(&mut flights);
        Case {
            scenario,
            lane: &scenario.lanes[index],
            info: engine.info(),
            ids: engine.names().ids.clone(),
            members: engine.members(),
            services: engine.services(),
            acts: scenario.acts.iter().filter(mine).collect(),
            possible_start: !engine.warnings().iter().any(|(about, _)| about == "init"),
            records,
            until,
            under_way: flights.iter().map(|f| ((f.from, f.to, f.nth, f.copy), f.due)).collect(),
        }
    }

    /// The number of members and services; the store's place comes next.
    pub fn nodes(&self) -> usize {
        self.members + self.services
    }

    /// The members' places.
    pub fn member_places(&self) -> impl Iterator<Item = Place> + use<> {
        0..self.members as Place
    }

    /// The services' places.
    pub fn service_places(&self) -> impl Iterator<Item = Place> + use<> {
        self.members as Place..self.nodes() as Place
    }

    /// The place with that id.
    pub fn place(&self, id: NodeId) -> Option<Place> {
        self.ids.iter().position(|it| *it == id).map(|place| place as Place)
    }

    /// Whether the place is a member's.
    pub fn is_member(&self, place: Place) -> bool {
        usize::from(place) < self.members
    }

    /// Whether the place is a member's or a service's.
    pub fn is_node(&self, place: Place) -> bool {
        usize::from(place) < self.nodes()
    }

    /// The algorithm's claim about that property.
    pub fn claim(&self, property: Property) -> Option<&'static Claim> {
        self.info.claims.iter().find(|claim| claim.property == property)
    }

    /// Whether members or a service have a disk, which keeps forged information.
    pub fn has_disks(&self) -> bool {
        !self.info.disk.is_empty()
    }

    /// The numbers after a word of `init`, for the node or else for the whole group; the last line counts.
    pub fn init(&self, id: NodeId, word: &str) -> Option<&'a [u64]> {
        let index = self.scenario.lanes.iter().position(|lane| lane.name == self.lane.name)?;
        let find = |node: Option<NodeId>| {
            let lines =
                self.scenario.init.iter().filter(move |i| i.lanes >> index & 1 == 1 && i.node == node);
            lines.flat_map(|i| &i.words).rfind(|(name, _)| name == word).map(|(_, numbers)| &numbers[..])
        };
        find(Some(id)).or_else(|| find(None))
    }
}
