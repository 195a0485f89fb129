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
        let mut ids = members.clone();
        ids.extend((0..services).map(NodeId::service));
        ids.push(NodeId::STORE);
        let largest = members.last().map_or(0, |id| id.0 as usize);
        let mut places = vec![NOWHERE; largest + 1];
        for (place, id) in members.iter().enumerate() {
            places[id.0 as usize] = place as Place;
        }
        let bit = 1 << lane;
        let acts: Vec<Act> = scenario.acts.iter().filter(|a| a.lanes & bit != 0).cloned().collect();
        let world = World {
            lane,
            seed: scenario.seed,
            group: Group { members, ring: scenario.nodes.clone(), services, settings },
            ids,
            places,
            act_texts: acts.iter().map(|a| a.action.to_string()).collect(),
            acts,
            timers_manual: scenario.timers_manual,
            incarnations: scenario.incarnations,
            write_interval: spec.store.interval,
            fencing: spec.store.fencing,
            network: scenario.network,
            store_latency: spec.store.latency.unwrap_or(scenario.network.latency),
            init: scenario.init.iter().filter(|i| i.lanes & bit != 0).cloned().collect(),
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
        let words = |node: Option<NodeId>| {
            let lines = self.init.iter().filter(move |i| i.node == node);
            lines.flat_map(|i| i.words.iter().cloned()).collect()
        };
        (words(Some(id)), words(None))
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
