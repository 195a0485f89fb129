//! What never changes during a run of a lane: the group, the settings, the acts.

use super::node::WRITE_TIMER;
use crate::base::{NodeId, Span, SpanRange, sort_by_numbers};
use crate::protocol::{Group, InitWords, Protocol, TimerKind};
use crate::scenario::{Act, Init, Scenario};
use crate::trace::{NOWHERE, Names, Place};
use crate::words::WRITE_TIMER as WRITE_TIMER_NAME;

/// Words of `init` with their numbers.
type InitLines = Vec<(String, Vec<u64>)>;

/// What never changes during a run of a lane.
#[derive(Clone, Debug)]
pub struct World<P: Protocol> {
    /// The lane's position in the scenario.
    pub lane: usize,
    /// The scenario's seed.
    pub seed: u64,
    /// The members, and the settings.
    pub group: Group<P::Settings>,
    /// The id of each place: members by ascending id, services, the store.
    pub ids: Vec<NodeId>,
    /// The place of each id up to the largest member.
    places: Vec<Place>,
    /// The acts that mean this lane, in order.
    pub acts: Vec<Act>,
    /// Each act as the scenario writes it.
    pub act_texts: Vec<String>,
    /// No timer fires by itself.
    pub timers_manual: bool,
    /// Messages to a former incarnation are lost.
    pub incarnations: bool,
    /// How often believers write; zero for never.
    pub write_interval: Span,
    /// Tokens are checked.
    pub fencing: bool,
    /// The network at the start.
    pub(super) network: crate::scenario::Network,
    pub(super) store_latency: SpanRange,
    pub(super) init: Vec<Init>,
}

impl<P: Protocol> World<P> {
    /// The world of lane number `lane` of a scenario.
    ///
    /// # Errors
    /// What the algorithm says of its settings or of `init` lines: the line of the text, where there is one,
    /// and a sentence.
    pub fn new(scenario: &Scenario, lane: usize) -> Result<World<P>, (Option<u32>, String)> {
        let spec = &scenario.lanes[lane];
        let mut members = scenario.nodes.clone();
        sort_by_numbers(&mut members, |id| (id.0.into(), 0));
        let values = crate::protocol::Values {
            settings: P::INFO.settings,
            values: &spec.settings,
            given: &spec.given,
        };
        let settings = P::settings(&values, &members).map_err(|e| (None, e))?;
        let services = P::services(&settings);
        let (ids, places) = places(&members, services);
        let acts = acts_of(scenario, lane);
        let world = World {
            lane,
            seed: scenario.seed,
            group: Group { members, ring: scenario.nodes.clone(), services, settings },
            ids,
            places,
            act_texts: texts(&acts),
            acts,
            timers_manual: scenario.timers_manual,
            incarnations: scenario.incarnations,
            write_interval: spec.store.interval,
            fencing: spec.store.fencing,
            network: scenario.network,
            store_latency: spec.store.latency.unwrap_or(scenario.network.latency),
            init: init_of(scenario, lane),
        };
        for init in &world.init {
            if let Some(id) = init.node
                && world.place(id).is_none()
            {
                return Err((Some(init.line), format!("there is no node {id} in this lane")));
            }
        }
        for place in 0..world.nodes() {
            world.initial(place as Place).map_err(|e| {
                let id = world.ids[place];
                let line = world.init.iter().find(|i| i.node.is_none_or(|n| n == id)).map(|i| i.line);
                (line, e)
            })?;
        }
        Ok(world)
    }

    /// How many nodes there are, members and services.
    pub fn nodes(&self) -> usize {
        self.ids.len() - 1
    }

    /// The store's place.
    pub fn store(&self) -> Place {
        (self.ids.len() - 1) as Place
    }

    /// The place of an id in this lane.
    #[inline]
    pub fn place(&self, id: NodeId) -> Option<Place> {
        if let Some(&place) = self.places.get(id.0 as usize) {
            return (place != NOWHERE).then_some(place);
        }
        if id.is_service() && id.0 - NodeId::service(0).0 < self.group.services {
            return Some((self.group.members.len() as u32 + id.0 - NodeId::service(0).0) as Place);
        }
        (id == NodeId::STORE).then(|| self.store())
    }

    pub(super) fn init_words(&self, id: NodeId) -> (InitLines, InitLines) {
        (words_of(&self.init, Some(id)), words_of(&self.init, None))
    }

    pub(super) fn initial(&self, place: Place) -> Result<P::Durable, String> {
        let id = self.ids[usize::from(place)];
        let (node, group) = self.init_words(id);
        P::initial(id, &InitWords { node: &node, group: &group })
    }

    /// Names for the records of this lane.
    pub fn names(&self) -> Names {
        let mut timers = P::Timer::NAMES.to_vec();
        timers.resize(WRITE_TIMER, "");
        timers.push(WRITE_TIMER_NAME);
        Names { info: P::INFO, timers, ids: self.ids.clone(), acts: self.act_texts.clone() }
    }
}

// What follows is the same for every algorithm; as calls, there is one copy of it in the module.

/// The id of each place, and the place of each id up to the largest member.
#[inline(never)]
fn places(members: &[NodeId], services: u32) -> (Vec<NodeId>, Vec<Place>) {
    let mut ids = members.to_vec();
    ids.extend((0..services).map(NodeId::service));
    ids.push(NodeId::STORE);
    let largest = members.last().map_or(0, |id| id.0 as usize);
    let mut places = vec![NOWHERE; largest + 1];
    for (place, id) in members.iter().enumerate() {
        places[id.0 as usize] = place as Place;
    }
    (ids, places)
}

/// The acts that mean the lane, in order.
#[inline(never)]
fn acts_of(scenario: &Scenario, lane: usize) -> Vec<Act> {
    scenario.acts.iter().filter(|a| a.lanes >> lane & 1 == 1).cloned().collect()
}

/// The `init` lines that mean the lane, in order.
#[inline(never)]
fn init_of(scenario: &Scenario, lane: usize) -> Vec<Init> {
    scenario.init.iter().filter(|i| i.lanes >> lane & 1 == 1).cloned().collect()
}

/// Each act as the scenario writes it.
#[inline(never)]
fn texts(acts: &[Act]) -> Vec<String> {
    acts.iter().map(|a| a.action.to_string()).collect()
}

/// The words of the `init` lines for a node, or for all of them.
#[inline(never)]
fn words_of(init: &[Init], node: Option<NodeId>) -> InitLines {
    let mut words = InitLines::new();
    for line in init.iter().filter(|i| i.node == node) {
        words.extend_from_slice(&line.words);
    }
    words
}
