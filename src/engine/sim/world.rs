//! The part of a lane that never changes during a run: the group, the initial settings, the acts.

use std::rc::Rc;

use super::node::WRITE_TIMER;
use super::processes::{Maker, Processes, Setup};
use crate::trace::{NOWHERE, Names, Place};
use election_base::{Delay, NodeId, SimTime, Span, below, mix, sort_by_numbers};
use election_language::scenario::{Act, Action, Change, Forged, Init, Scenario, SetAct};
use election_language::vocabulary::WRITE_TIMER as WRITE_TIMER_NAME;
use election_protocol::{Assumption, Group, Info, InitWords, MsgRecord};

/// The words of `init` lines, with their numbers.
type InitLines = Vec<(String, Vec<u64>)>;

/// The part of a lane that never changes during a run.
pub struct World {
    /// The lane's position in the scenario.
    pub lane: usize,
    /// The scenario's seed.
    pub seed: u64,
    /// The description of the lane's algorithm.
    pub info: &'static Info,
    /// The members and services.
    pub group: Rc<Group>,
    /// The processes before the first of them starts.
    pub(super) cast: Box<dyn Processes>,
    /// By place of the member: whether it counts in quorums and can lead.
    pub(super) votes: Vec<bool>,
    /// The id of each place: members by ascending id, services, the store.
    pub ids: Vec<NodeId>,
    /// The names that the scenario gives to ids.
    labels: Vec<(NodeId, String)>,
    /// The place of each id up to the largest member.
    places: Vec<Place>,
    /// The acts that apply to this lane, in order.
    pub acts: Vec<Act>,
    /// Each act as written in the scenario.
    pub act_texts: Vec<String>,
    /// Whether no timer fires by itself.
    pub timers_manual: bool,
    /// Whether processes start and tick at randomly drawn times.
    pub(super) phases_drawn: bool,
    /// Whether messages to an earlier incarnation are lost.
    pub incarnations: bool,
    /// How often believers write at the start; zero for never.
    pub(super) write_interval: Span,
    /// Whether tokens are checked at the start.
    pub fencing: bool,
    /// The network at the start.
    pub(super) network: election_language::scenario::Network,
    pub(super) store_latency: Delay,
    pub(super) init: Vec<Init>,
    /// Why no run can reach the state that `init` describes.
    impossible: Option<String>,
    /// Warnings about the settings: the setting, and the text.
    warnings: Vec<(String, String)>,
}

/// The purpose of drawing a moment; part of the draw's key.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    /// The start of a process.
    Start = 1,
    /// The phase of its ticker.
    Tick = 2,
    /// The phases of everything else that was in progress.
    Phase = 3,
}

impl World {
    /// The world of lane number `lane` of a scenario. `maker` creates its processes.
    ///
    /// # Errors
    /// What is wrong with settings or `init` lines: the line of the text, if there is one, and a sentence.
    pub fn new(scenario: &Scenario, lane: usize, maker: Maker) -> Result<World, (Option<u32>, String)> {
        let spec = &scenario.lanes[lane];
        let mut members = scenario.nodes.clone();
        sort_by_numbers(&mut members, |id| (id.0.into(), 0));
        let (values, given) = (spec.settings.clone(), spec.given.clone());
        let setup = Setup { seed: scenario.seed, members, ring: scenario.nodes.clone(), values, given };
        let cast = maker(setup).map_err(|e| (None, e))?;
        let group = cast.group().clone();
        let (ids, places) = places(&group);
        let acts = acts_of(scenario, lane);
        let mut world = World {
            lane,
            seed: scenario.seed,
            info: cast.info(),
            votes: (0..group.members.len()).map(|position| cast.votes(position)).collect(),
            cast,
            group,
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
        // At this point, all nodes have the lane's settings; those with settings of their own come next.
        let delay_bound = world.cast.delay_bound();
        world.tune(spec)?;
        world.check_acts()?;
        world.check_init()?;
        world.warn(scenario, delay_bound);
        Ok(world)
    }

    /// The same world with one more act, at that position among its acts.
    pub fn with_act(&self, index: usize, act: Act) -> World {
        let (mut acts, mut act_texts) = (self.acts.clone(), self.act_texts.clone());
        act_texts.insert(index, act.action.to_string());
        acts.insert(index, act);
        World {
            cast: self.cast.keep(),
            group: self.group.clone(),
            votes: self.votes.clone(),
            ids: self.ids.clone(),
            labels: self.labels.clone(),
            places: self.places.clone(),
            acts,
            act_texts,
            init: self.init.clone(),
            impossible: self.impossible.clone(),
            warnings: self.warnings.clone(),
            ..*self
        }
    }

    /// Applies the scenario's settings for single nodes.
    fn tune(&mut self, spec: &election_language::scenario::Lane) -> Result<(), (Option<u32>, String)> {
        for special in &spec.by_node {
            for &id in &special.nodes {
                let Some(place) = self.place(id) else { continue };
                let tuned = self.cast.tune(place.into(), special.setting, &special.value);
                tuned.map_err(|e| (Some(special.line), e))?;
            }
        }
        Ok(())
    }

    /// Collects warnings about the settings.
    fn warn(&mut self, scenario: &Scenario, delay_bound: Option<Span>) {
        let warnings = self.cast.warnings().into_iter();
        self.warnings = warnings.map(|(setting, text)| (setting.to_string(), text)).collect();
        if self.info.token.is_empty() && !self.fencing && scenario.store.fencing {
            let text =
                "writes of this algorithm carry no token, so the store has nothing to check".to_string();
            self.warnings.push(("fencing".to_string(), text));
        }
        let delay_max = scenario.network.latency.max();
        if let Some(bound) = delay_bound.filter(|bound| *bound < delay_max) {
            let text = format!(
                "messages may take {delay_max}, but the timeouts tolerate only {bound}: \
                 promises that depend on them do not hold"
            );
            self.warnings.push(("latency".to_string(), text));
        }
    }

    /// Reports settings and forged messages that can never be valid before the run begins.
    fn check_acts(&self) -> Result<(), (Option<u32>, String)> {
        let mine = |act: &&Act| act.applicable & 1 << self.lane != 0;
        let mut set_before = false;
        for act in self.acts.iter().filter(mine) {
            match &act.action {
                Action::Set(SetAct { change: Change::Setting(setting, value), .. }) => {
                    let why = |place: usize| self.cast.fits(place, *setting, value).err();
                    // After other changes, the value may be valid.
                    if !set_before && let Some(why) = (0..self.nodes()).map(why).min().flatten() {
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

    /// The numbers of the message that a scenario forges.
    pub(super) fn forged(&self, forged: &Forged) -> Option<MsgRecord> {
        let messages = self.info.messages;
        let kind = messages.iter().position(|m| m.name == forged.message)?;
        let mut record = MsgRecord { kind: kind as u8, ..MsgRecord::default() };
        for (name, number) in &forged.args {
            let at = messages[kind].args.iter().position(|arg| arg == name)?;
            record.args[at] = *number as u32;
        }
        self.cast.forges(&record).then_some(record)
    }

    /// Checks whether the initial states are valid for their nodes and whether a run can reach them.
    fn check_init(&mut self) -> Result<(), (Option<u32>, String)> {
        for init in &self.init {
            if let Some(id) = init.node
                && self.place(id).is_none()
            {
                return Err((Some(init.line), format!("there is no node {id} in this lane")));
            }
        }
        let words: Vec<(InitLines, InitLines)> =
            self.ids[..self.nodes()].iter().map(|&id| self.init_words(id)).collect();
        let words: Vec<InitWords<'_>> = words.iter().map(|(node, group)| InitWords { node, group }).collect();
        for (place, words) in words.iter().enumerate() {
            self.cast.init(place, words).map_err(|e| {
                let id = self.ids[place];
                let line = self.init.iter().find(|i| i.node.is_none_or(|n| n == id)).map(|i| i.line);
                (line, e)
            })?;
        }
        if !self.init.is_empty() {
            self.impossible = self.cast.impossible(&words);
        }
        Ok(())
    }

    /// Why no run can reach the state that `init` describes, as the end of the sentence "the run starts from a state
    /// that …".
    pub fn impossible(&self) -> Option<&str> {
        self.impossible.as_deref()
    }

    /// Warnings about the settings: the setting, and the text.
    pub fn warnings(&self) -> &[(String, String)] {
        &self.warnings
    }

    /// The seed for drawing moments of a node, for one purpose and incarnation; `None` in lockstep.
    pub(super) fn moments(&self, seed: u64, id: NodeId, start: u16, purpose: Moment) -> Option<u64> {
        let key = u64::from(id.0) << 32 | u64::from(start) << 8 | purpose as u64;
        self.phases_drawn.then(|| mix(mix(seed ^ 0x7068_6173_6573) ^ key))
    }

    /// When the process at a place starts.
    pub(super) fn starts(&self, place: Place) -> SimTime {
        let id = self.ids[usize::from(place)];
        let (own, group) = self.init_words(id);
        if self.cast.stands_at_start(place.into(), &InitWords { node: &own, group: &group }) {
            return SimTime::ZERO;
        }
        let period = self.cast.period(place.into());
        let bits = self.moments(self.seed, id, 0, Moment::Start);
        bits.map_or(SimTime::ZERO, |bits| SimTime(below(bits, period.0)))
    }

    /// The number of nodes, members and services together.
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

    /// The names of the algorithm's timers.
    pub fn timers(&self) -> &'static [&'static str] {
        self.cast.timers()
    }

    /// Whether the lane recovers from past faults once conditions are calm; see [`election_protocol::Protocol::heals`].
    ///
    /// # Errors
    /// The setting that gives it up.
    pub fn heals(&self) -> Result<(), &'static str> {
        self.cast.heals()
    }

    /// The assumptions that the lane's settings give up; see [`election_protocol::Protocol::gives_up`].
    pub fn gives_up(&self) -> &'static [(Assumption, &'static str)] {
        self.cast.gives_up()
    }

    /// Names for the records of this lane.
    pub fn names(&self) -> Names {
        let mut timers = self.timers().to_vec();
        timers.resize(timers.len().max(WRITE_TIMER), "");
        timers.insert(WRITE_TIMER, WRITE_TIMER_NAME);
        let label = |id: &NodeId| {
            let named = self.labels.iter().find(|(named, _)| named == id);
            named.map_or_else(|| id.to_string(), |(_, name)| name.clone())
        };
        let labels = self.ids.iter().map(label).collect();
        Names { info: self.info, timers, ids: self.ids.clone(), labels, acts: self.act_texts.clone() }
    }
}

/// The id of each place, and the place of each id up to the largest member.
fn places(group: &Group) -> (Vec<NodeId>, Vec<Place>) {
    let mut ids = group.members.clone();
    ids.extend((0..group.services).map(NodeId::service));
    ids.push(NodeId::STORE);
    let largest = group.members.last().map_or(0, |id| id.0 as usize);
    let mut places = vec![NOWHERE; largest + 1];
    for (place, id) in group.members.iter().enumerate() {
        places[id.0 as usize] = place as Place;
    }
    (ids, places)
}

/// The acts that apply to the lane, in order.
fn acts_of(scenario: &Scenario, lane: usize) -> Vec<Act> {
    scenario.acts.iter().filter(|a| a.lanes >> lane & 1 == 1).cloned().collect()
}

/// The `init` lines that apply to the lane, in order.
fn init_of(scenario: &Scenario, lane: usize) -> Vec<Init> {
    scenario.init.iter().filter(|i| i.lanes >> lane & 1 == 1).cloned().collect()
}

/// Each act as written in the scenario.
fn texts(acts: &[Act]) -> Vec<String> {
    acts.iter().map(|a| a.action.to_string()).collect()
}

/// The words of the `init` lines for a node, or for all of them.
fn words_of(init: &[Init], node: Option<NodeId>) -> InitLines {
    let mut words = InitLines::new();
    for line in init.iter().filter(|i| i.node == node) {
        words.extend_from_slice(&line.words);
    }
    words
}
