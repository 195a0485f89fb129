//! What never changes during a run of a lane: the group, the settings that it starts with, the acts.

use std::rc::Rc;

use super::node::{Tuned, WRITE_TIMER};
use crate::base::{Delay, NodeId, SimTime, Span, below, mix, sort_by_numbers};
use crate::protocol::{Group, InitWords, Initial, MsgRecord, Protocol, TimerKind, Values};
use crate::scenario::{Act, Action, Change, Forged, Init, Scenario, SetAct};
use crate::trace::{NOWHERE, Names, Place};
use crate::words::{Value, WRITE_TIMER as WRITE_TIMER_NAME};

/// Words of `init` with their numbers.
type InitLines = Vec<(String, Vec<u64>)>;

/// What never changes during a run of a lane.
#[derive(Debug)]
pub struct World<P: Protocol> {
    /// The lane's position in the scenario.
    pub lane: usize,
    /// The scenario's seed.
    pub seed: u64,
    /// The members, and the settings of the lane.
    pub group: Group<P::Settings>,
    /// The settings of each place at the start.
    pub(super) tuned: Vec<Rc<Tuned<P>>>,
    /// The id of each place: members by ascending id, services, the store.
    pub ids: Vec<NodeId>,
    /// The names that some ids have.
    labels: Vec<(NodeId, String)>,
    /// The place of each id up to the largest member.
    places: Vec<Place>,
    /// The acts that mean this lane, in order.
    pub acts: Vec<Act>,
    /// Each act as the scenario writes it.
    pub act_texts: Vec<String>,
    /// No timer fires by itself.
    pub timers_manual: bool,
    /// Processes start and tick at moments of their own.
    pub(super) phases_drawn: bool,
    /// Messages to a former incarnation are lost.
    pub incarnations: bool,
    /// How often believers write at the start; zero for never.
    pub(super) write_interval: Span,
    /// Whether tokens are checked at the start.
    pub fencing: bool,
    /// The network at the start.
    pub(super) network: crate::scenario::Network,
    pub(super) store_latency: Delay,
    pub(super) init: Vec<Init>,
    /// Why no run can reach the state that `init` describes.
    impossible: Option<String>,
    /// What the settings say without effect: the setting, and what to know about it.
    warnings: Vec<(String, String)>,
}

/// What a draw of a moment is for; part of its key.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    /// The start of a process.
    Start = 1,
    /// How far its ticker is.
    Tick = 2,
    /// How far is what else was under way.
    Phase = 3,
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
        let usual = tuned::<P>(spec.settings.clone(), spec.given.clone(), &members).map_err(|e| (None, e))?;
        let services = P::services(&usual.settings);
        let (ids, places) = places(&members, services);
        let acts = acts_of(scenario, lane);
        let settings = usual.settings.clone();
        let usual = Rc::new(usual);
        let mut world = World {
            lane,
            seed: scenario.seed,
            group: Group { members, ring: scenario.nodes.clone(), services, settings },
            tuned: vec![usual.clone(); ids.len() - 1],
            ids,
            labels: scenario.names.clone(),
            places,
            act_texts: texts(&acts),
            acts,
            timers_manual: scenario.timers_manual,
            phases_drawn: scenario.phases_drawn,
            incarnations: scenario.incarnations,
            write_interval: spec.store.interval,
            fencing: spec.store.fencing,
            network: scenario.network,
            store_latency: spec.store.latency.map_or(scenario.network.latency, Delay::from),
            init: init_of(scenario, lane),
            impossible: None,
            warnings: Vec::new(),
        };
        world.tune(spec)?;
        world.check_acts()?;
        world.check_init()?;
        let values = Values { settings: P::INFO.settings, values: &usual.values, given: &usual.given };
        let warnings = P::warnings(&values, &usual.settings, &world.group.members);
        world.warnings = warnings.into_iter().map(|(setting, text)| (setting.to_string(), text)).collect();
        if P::INFO.token.is_empty() && !spec.store.fencing && scenario.store.fencing {
            let text =
                "writes of this algorithm carry no token, so the store has nothing to check".to_string();
            world.warnings.push(("fencing".to_string(), text));
        }
        let delay_max = scenario.network.latency.max();
        if let Some(bound) = P::delay_bound(&usual.settings).filter(|bound| *bound < delay_max) {
            let text = format!(
                "messages may take {delay_max}, and the timeouts bear {bound}: nothing is promised that rests on them"
            );
            world.warnings.push(("latency".to_string(), text));
        }
        Ok(world)
    }

    /// Gives single nodes the settings that the scenario says of them.
    fn tune(&mut self, spec: &crate::scenario::Lane) -> Result<(), (Option<u32>, String)> {
        for special in &spec.by_node {
            for &id in &special.nodes {
                let Some(place) = self.place(id) else { continue };
                let value = special.value.clone();
                let changed = self.change(&self.tuned[usize::from(place)], special.setting, value);
                self.tuned[usize::from(place)] = Rc::new(changed.map_err(|e| (Some(special.line), e))?);
            }
        }
        Ok(())
    }

    /// Settings with one of them changed.
    ///
    /// # Errors
    /// Why it does not fit the others.
    pub(super) fn change(&self, before: &Tuned<P>, setting: usize, value: Value) -> Result<Tuned<P>, String> {
        let (mut values, mut given) = (before.values.clone(), before.given.clone());
        values[setting] = value;
        given[setting] = true;
        tuned(values, given, &self.group.members)
    }

    /// A setting or a forged message that never fits is told before the run begins.
    fn check_acts(&self) -> Result<(), (Option<u32>, String)> {
        let mine = |act: &&Act| act.applicable & 1 << self.lane != 0;
        let mut set_before = false;
        for act in self.acts.iter().filter(mine) {
            match &act.action {
                Action::Set(SetAct { change: Change::Setting(setting, value), .. }) => {
                    let why = |t: &Rc<Tuned<P>>| self.change(t, *setting, value.clone()).err();
                    // After another change it may fit what that one has left.
                    if !set_before && let Some(why) = self.tuned.iter().map(why).min().flatten() {
                        return Err((Some(act.line), why));
                    }
                    set_before = true;
                }
                Action::Send(forged) if self.forged(forged).is_none() => {
                    let why = format!("no {} has these numbers; some of them are too large", forged.message);
                    return Err((Some(act.line), why));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The message that a scenario forges, and its numbers.
    pub(super) fn forged(&self, forged: &Forged) -> Option<(P::Msg, MsgRecord)> {
        let kind = P::INFO.messages.iter().position(|m| m.name == forged.message)?;
        let mut record = MsgRecord { kind: kind as u8, ..MsgRecord::default() };
        for (name, number) in &forged.args {
            let at = P::INFO.messages[kind].args.iter().position(|arg| arg == name)?;
            record.args[at] = *number as u32;
        }
        P::forge(&record).map(|msg| (msg, record))
    }

    /// Whether the initial states fit their nodes, and whether a run can reach them.
    fn check_init(&mut self) -> Result<(), (Option<u32>, String)> {
        for init in &self.init {
            if let Some(id) = init.node
                && self.place(id).is_none()
            {
                return Err((Some(init.line), format!("there is no node {id} in this lane")));
            }
        }
        let mut disks = Vec::new();
        for place in 0..self.nodes() {
            disks.push(self.initial(place as Place).map_err(|e| {
                let id = self.ids[place];
                let line = self.init.iter().find(|i| i.node.is_none_or(|n| n == id)).map(|i| i.line);
                (line, e)
            })?);
        }
        if self.init.is_empty() {
            return Ok(());
        }
        let words: Vec<(InitLines, InitLines)> =
            self.ids[..self.nodes()].iter().map(|&id| self.init_words(id)).collect();
        let nodes: Vec<Initial<'_, P::Durable>> = (0..self.nodes())
            .map(|place| Initial {
                id: self.ids[place],
                durable: &disks[place],
                init: InitWords { node: &words[place].0, group: &words[place].1 },
            })
            .collect();
        self.impossible = P::impossible(&self.group, &nodes);
        Ok(())
    }

    /// Why no run can reach the state that `init` describes, in words that finish "the run starts from a state
    /// that …".
    pub fn impossible(&self) -> Option<&str> {
        self.impossible.as_deref()
    }

    /// What the settings say without effect: the setting, and what to know about it.
    pub fn warnings(&self) -> &[(String, String)] {
        &self.warnings
    }

    /// The line of the first `init` of this lane, from 0.
    pub fn init_line(&self) -> Option<u32> {
        self.init.iter().map(|init| init.line).min()
    }

    /// What moments of a node are drawn from, for one purpose and one of its starts; `None` in lockstep.
    pub(super) fn moments(&self, seed: u64, id: NodeId, start: u16, purpose: Moment) -> Option<u64> {
        let key = u64::from(id.0) << 32 | u64::from(start) << 8 | purpose as u64;
        self.phases_drawn.then(|| mix(mix(seed ^ 0x7068_6173_6573) ^ key))
    }

    /// When the process of a place starts.
    pub(super) fn starts(&self, place: Place) -> SimTime {
        let id = self.ids[usize::from(place)];
        let (own, group) = self.init_words(id);
        if P::stands_at_start(id, &InitWords { node: &own, group: &group }) {
            return SimTime::ZERO;
        }
        let period = P::period(&self.tuned[usize::from(place)].settings, id);
        let bits = self.moments(self.seed, id, 0, Moment::Start);
        bits.map_or(SimTime::ZERO, |bits| SimTime(below(bits, period.0)))
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
        let label = |id: &NodeId| {
            let named = self.labels.iter().find(|(named, _)| named == id);
            named.map_or_else(|| id.to_string(), |(_, name)| name.clone())
        };
        let labels = self.ids.iter().map(label).collect();
        Names { info: P::INFO, timers, ids: self.ids.clone(), labels, acts: self.act_texts.clone() }
    }
}

/// Settings ready to use.
fn tuned<P: Protocol>(values: Vec<Value>, given: Vec<bool>, members: &[NodeId]) -> Result<Tuned<P>, String> {
    let of = Values { settings: P::INFO.settings, values: &values, given: &given };
    let settings = P::settings(&of, members)?;
    Ok(Tuned { values, given, settings })
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
