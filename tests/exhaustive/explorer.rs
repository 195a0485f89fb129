//! Explores every order of events in a small lane.
//!
//! The lane makes no progress by itself: messages take an hour and timers fire on demand, so each next event is a
//! choice, and each choice is a line of the scenario language. From every state, every choice is tried on a copy.
//! States that differ only in times, numbers and draws continue alike ([`Sim::outline`]), so one of them is enough.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;
use std::rc::Rc;

use election_playground::base::{Digest, Epoch, NodeId, SimTime};
use election_playground::protocol::{Belief, Class, Info, MessageInfo};
use election_playground::registry::ALGORITHMS;
use election_playground::sim::{PendingWhat, Sim, Snapshot, World};
use election_playground::trace::{Glance, Kind, Place, Record, Watch};
use election_playground::workspace;

/// A path of this many acts does not end.
const ACTS_MAX: u32 = 150;
/// More states than this are too many for a test.
const STATES_MAX: usize = 5_000_000;

/// The budget for events that are not forced.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Budget {
    /// Timers that fire although nothing makes them.
    pub fires: u8,
    /// Processes that die.
    pub crashes: u8,
    /// Processes that restart.
    pub restarts: u8,
}

/// Whether a pending timer may fire now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fire {
    /// It may not.
    Never,
    /// It must, sooner or later.
    Due,
    /// It may, as often as the budget allows.
    Early,
}

/// What is explored, and what must hold.
pub struct Task {
    /// The lane, with any settings.
    pub scene: &'static str,
    pub budget: Budget,
    /// Whether election messages are counted: then states with different counts differ.
    pub counts: bool,
    /// Whether timers of a kind are equally long: then they end in the order in which they were set.
    pub in_turn: bool,
    /// Whether a crashed process restarts before anything else happens. If messages may be late or lost and
    /// timers may end at any time, a longer downtime adds nothing that a running process could not do.
    pub back_at_once: bool,
    /// When timers fire.
    pub fires: fn(&Now, Place, &str) -> Fire,
    /// What must hold in a state.
    pub judge: fn(&Now) -> Result<(), String>,
}

/// The facts about the path to a state that promises refer to.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Past {
    /// The leader of each epoch, if there are epochs.
    pub led: Vec<(Epoch, Place)>,
    /// The highest epoch that each member knew.
    pub epochs: Vec<Epoch>,
    /// The number of election messages sent, if they count.
    pub election_messages: u32,
    /// Two nodes led in one epoch, or an epoch decreased.
    pub wrong: Option<String>,
}

/// A state to be checked.
pub struct Now {
    pub sim: Sim,
    pub past: Past,
    /// The remaining budget.
    pub left: Budget,
    /// Whether any process died on the way.
    pub crashed: bool,
    /// The messages that will be received, by link: from, to, sequence number.
    pub messages: Vec<(Place, Place, u32)>,
    /// The pending timers, by kind; if they end in order, those of a kind in the order in which they were
    /// set.
    pub timers: Vec<(Place, &'static str)>,
    /// Whether no event is forced any more.
    pub quiet: bool,
}

impl Now {
    pub fn members(&self) -> std::ops::Range<Place> {
        0..self.sim.view().members() as Place
    }

    pub fn belief(&self, place: Place) -> Belief {
        self.sim.view().belief(place)
    }

    pub fn up(&self, place: Place) -> bool {
        self.sim.view().up(place)
    }

    pub fn leaders(&self) -> Vec<Place> {
        self.members().filter(|&p| self.up(p) && self.belief(p).leads).collect()
    }

    /// Whether that member is up; false for no node.
    pub fn is_up(&self, id: NodeId) -> bool {
        self.members().any(|p| self.sim.view().id(p) == id && self.up(p))
    }

    pub fn is_set(&self, names: &[&str]) -> bool {
        self.timers.iter().any(|(_, name)| names.contains(name))
    }
}

/// The result of an exploration.
#[derive(Debug, PartialEq, Eq)]
pub struct Explored {
    pub states: usize,
    pub steps: usize,
    /// The number of states in which no event was forced.
    pub quiet: usize,
    /// The first failure, and the acts that lead to it.
    pub wrong: Option<(String, Vec<String>)>,
}

/// A state whose choices are still to be tried.
struct Open {
    snapshot: Snapshot,
    past: Past,
    left: Budget,
    crashed: bool,
    path: Option<Rc<Way>>,
}

/// The acts that led to a state, last one first.
struct Way {
    act: String,
    length: u32,
    before: Option<Rc<Way>>,
}

/// A choice: the act, and the budget after it.
struct Choice {
    act: String,
    left: Budget,
}

/// Records the past.
struct Chronicle<'a> {
    past: &'a mut Past,
    /// The counted messages, if any.
    counted: &'static [MessageInfo],
}

impl Watch for Chronicle<'_> {
    fn on(&mut self, r: &Record, world: &dyn Glance) {
        match r.kind {
            Kind::Send => {
                let info = self.counted.get(usize::from(r.msg));
                let counts = info.is_some_and(|message| message.class == Class::Election);
                self.past.election_messages += u32::from(counts);
            }
            Kind::Belief => self.past.look_at(r.node, world.belief(r.node)),
            _ => {}
        }
    }
}

impl Past {
    fn look_at(&mut self, place: Place, belief: Belief) {
        let at = usize::from(place);
        if self.epochs.len() <= at {
            self.epochs.resize(at + 1, 0);
        }
        if belief.epoch < self.epochs[at] {
            self.wrong = Some(format!("the epoch of {place} falls to {}", belief.epoch));
        }
        self.epochs[at] = belief.epoch;
        if !belief.leads || belief.epoch == 0 || self.led.contains(&(belief.epoch, place)) {
            return;
        }
        if let Some((_, other)) = self.led.iter().find(|(epoch, _)| *epoch == belief.epoch) {
            self.wrong = Some(format!("{other} and {place} lead in epoch {}", belief.epoch));
        }
        self.led.push((belief.epoch, place));
        self.led.sort();
    }
}

/// Explores everything.
pub struct Explorer {
    task: Task,
    /// Worlds by what is done in them and the position of the act.
    worlds: BTreeMap<(u32, String), Rc<World>>,
    seen: BTreeSet<u64>,
    found: Explored,
}

/// Tries everything until something does not hold.
pub fn explore(task: Task) -> Explored {
    let found = Explored { states: 0, steps: 0, quiet: 0, wrong: None };
    let mut explorer = Explorer { task, worlds: BTreeMap::new(), seen: BTreeSet::new(), found };
    explorer.run();
    explorer.found
}

impl Explorer {
    fn run(&mut self) {
        let world = self.world_of(0, None);
        let mut past = Past::default();
        let info = world.info;
        let mut sim = Sim::new(world, &mut self.task.chronicle(info, &mut past));
        let begin =
            Open { snapshot: sim.snapshot(), past, left: self.task.budget, crashed: false, path: None };
        let mut open = Vec::new();
        sim = self.arrive(sim, begin, &mut open);
        while let Some((from, choices)) = open.pop() {
            for choice in choices {
                self.found.steps += 1;
                let next = self.take(&mut sim, &from, choice);
                sim = self.arrive(sim, next, &mut open);
                if self.found.wrong.is_some() {
                    return;
                }
            }
        }
    }

    /// The lane with this act added at its position.
    fn world_of(&mut self, nth: u32, act: Option<&str>) -> Rc<World> {
        let key = (nth, act.unwrap_or_default().to_string());
        let scene = self.task.scene;
        let make = || {
            let still = "timers manual\nlatency 1h\nset store.interval 0\nuntil 1s\n";
            let line = act.map_or(String::new(), |act| format!("at 0s {act}\n"));
            let text = format!("{scene}{line}{still}");
            let mut scenario = workspace::read(&text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
            // Only the last act is still to come.
            let before = vec![scenario.acts.clone(); nth as usize].concat();
            scenario.acts.splice(0..0, before);
            let maker = ALGORITHMS[scenario.lanes[0].algorithm].maker;
            Rc::new(World::new(&scenario, 0, maker).unwrap_or_else(|e| panic!("{e:?} in\n{text}")))
        };
        self.worlds.entry(key).or_insert_with(make).clone()
    }

    /// Performs the act, with all its immediate consequences.
    fn take(&mut self, sim: &mut Sim, from: &Open, choice: Choice) -> Open {
        let nth = from.path.as_ref().map_or(0, |way| way.length);
        let world = self.world_of(nth, Some(&choice.act));
        let mut past = from.past.clone();
        sim.redirect(world, &from.snapshot);
        let mut chronicle = self.task.chronicle(sim.world().info, &mut past);
        while sim.step(SimTime::ZERO, &mut chronicle) {}
        let crashed = from.crashed || choice.left.crashes < from.left.crashes;
        let path = Some(Rc::new(Way { act: choice.act, length: nth + 1, before: from.path.clone() }));
        Open { snapshot: sim.snapshot(), past, left: choice.left, crashed, path }
    }

    /// Checks a state and queues it with its choices, unless an equivalent one is known.
    fn arrive(&mut self, sim: Sim, next: Open, open: &mut Vec<(Open, Vec<Choice>)>) -> Sim {
        let mut now = Now::new(sim, &next, self.task.in_turn);
        let mut key = Digest::default();
        (now.sim.outline(), &now.timers, &next.past, next.left, next.crashed).hash(&mut key);
        if !self.seen.insert(key.value()) {
            return now.sim;
        }
        self.found.states += 1;
        let long = next.path.as_ref().is_some_and(|way| ACTS_MAX < way.length);
        assert!(!long && self.found.states <= STATES_MAX, "no end after {:?}", path(next.path.as_ref()));
        let choices = self.choices(&mut now);
        self.found.quiet += usize::from(now.quiet);
        let wrong = next.past.wrong.clone().or_else(|| (self.task.judge)(&now).err());
        if let Some(wrong) = wrong {
            self.found.wrong = Some((wrong, path(next.path.as_ref())));
        }
        if !choices.is_empty() {
            open.push((next, choices));
        }
        now.sim
    }

    fn choices(&self, now: &mut Now) -> Vec<Choice> {
        let id = |place: Place| now.sim.view().id(place);
        let mut choices: Vec<Choice> = Vec::new();
        let mut add = |act: String, left: Budget| choices.push(Choice { act, left });
        for &(from, to, nth) in &now.messages {
            add(format!("deliver {}->{}#{nth}", id(from), id(to)), now.left);
        }
        let mut due = !now.messages.is_empty();
        for (at, &(place, name)) in now.timers.iter().enumerate() {
            if self.task.in_turn && now.timers[..at].iter().any(|(_, other)| *other == name) {
                continue;
            }
            let left = match (self.task.fires)(now, place, name) {
                Fire::Due => now.left,
                Fire::Early if now.left.fires > 0 => Budget { fires: now.left.fires - 1, ..now.left },
                Fire::Early | Fire::Never => continue,
            };
            due |= left == now.left;
            add(format!("fire {} {name}", id(place)), left);
        }
        let down = now.members().find(|&place| !now.up(place));
        if let (Some(place), true) = (down, self.task.back_at_once) {
            let left = Budget { restarts: now.left.restarts.saturating_sub(1), ..now.left };
            return vec![Choice { act: format!("restart {}", id(place)), left }];
        }
        for place in now.members() {
            let Budget { crashes, restarts, .. } = now.left;
            if now.up(place) && crashes > 0 {
                add(format!("crash {}", id(place)), Budget { crashes: crashes - 1, ..now.left });
            } else if !now.up(place) && restarts > 0 {
                add(format!("restart {}", id(place)), Budget { restarts: restarts - 1, ..now.left });
            }
        }
        now.quiet = !due;
        choices
    }
}

impl Task {
    fn chronicle<'a>(&self, info: &Info, past: &'a mut Past) -> Chronicle<'a> {
        Chronicle { past, counted: if self.counts { info.messages } else { &[] } }
    }
}

impl Now {
    fn new(sim: Sim, open: &Open, in_turn: bool) -> Now {
        let (mut messages, mut timers) = (Vec::new(), Vec::new());
        let names = sim.world().timers();
        for pending in sim.pending() {
            match pending.what {
                PendingWhat::Message { from, to, nth, effective: true, .. } => messages.push((from, to, nth)),
                PendingWhat::Timer { node, timer, .. } => {
                    let name = names.get(usize::from(timer));
                    timers.extend(name.map(|name| (node, *name)));
                }
                _ => {}
            }
        }
        if !sim.reorders() {
            // The first of each link.
            messages.sort();
            messages.dedup_by_key(|(from, to, _)| (*from, *to));
        }
        // Timers set earlier come first, and stay first.
        timers.sort_by_key(|(place, name)| (*name, if in_turn { 0 } else { *place }));
        let past = open.past.clone();
        Now { sim, past, left: open.left, crashed: open.crashed, messages, timers, quiet: false }
    }
}

/// The acts from the start.
fn path(last: Option<&Rc<Way>>) -> Vec<String> {
    let mut acts: Vec<String> =
        std::iter::successors(last, |way| way.before.as_ref()).map(|way| way.act.clone()).collect();
    acts.reverse();
    acts
}
