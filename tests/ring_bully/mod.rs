//! A lane run through the real simulator with the checker and nothing else, for the tests of the ring and
//! bully algorithms.
#![allow(dead_code)] // Each test binary uses its own part.

use std::rc::Rc;

use election_playground::base::{NodeId, SimTime};
use election_playground::checker::{Checker, Stats, Terms};
use election_playground::protocol::{Assumption, Class, Property, Protocol};
use election_playground::scenario::{Scenario, read};
use election_playground::sim::{Sim, World, words};
use election_playground::trace::{Glance, Kind, Names, Record, Watch};
use election_playground::words::Words;

/// Everything that is looked at.
pub struct Eyes {
    pub checker: Checker,
    /// The rules that ran.
    pub rules: u64,
    pub records: Vec<Record>,
    /// Whether to keep records.
    pub keeps: bool,
    /// The most that believed at the end of an event that they lead.
    pub believers_max: u32,
}

impl Watch for Eyes {
    fn on<G: Glance>(&mut self, r: &Record, world: &G) {
        self.checker.on(r, world);
        if matches!(r.kind, Kind::Fire | Kind::Deliver | Kind::Input | Kind::Start) {
            self.rules |= r.rules;
        }
        if self.keeps {
            self.records.push(*r);
        }
    }
    fn event_ended<G: Glance>(&mut self, now: SimTime, world: &G) {
        self.checker.event_ended(now, world);
        self.believers_max = self.believers_max.max(self.checker.stats().believers);
    }
}

/// A lane at the end of its run.
pub struct Run<P: Protocol> {
    pub sim: Sim<P>,
    pub eyes: Eyes,
    pub names: Names,
}

pub fn vocabulary<P: Protocol>() -> &'static [Words] {
    // A few tests a process, a few words each.
    Vec::leak(vec![words::<P>()])
}

pub fn scenario<P: Protocol>(text: &str, vocabulary: &'static [Words]) -> Scenario {
    read(text, vocabulary).unwrap_or_else(|errors| panic!("{errors:?} in\n{text}"))
}

/// Runs the first lane of `text` to its end.
pub fn run_with<P: Protocol>(text: &str, vocabulary: &'static [Words], keeps: bool) -> Run<P> {
    run_scenario(&scenario::<P>(text, vocabulary), keeps)
}

pub fn run<P: Protocol>(text: &str) -> Run<P> {
    run_with(text, vocabulary::<P>(), true)
}

pub fn run_scenario<P: Protocol>(scenario: &Scenario, keeps: bool) -> Run<P> {
    let world = World::<P>::new(scenario, 0).expect("settings that fit");
    let settings = &world.group.settings;
    let members = world.group.members.len();
    let terms = Terms {
        info: P::INFO,
        delay_bound: P::delay_bound(settings),
        recovery_bound: P::recovery_bound(settings, members, scenario.network.latency.hi),
        fencing: true,
        reorder: scenario.network.reorder,
        timers_manual: scenario.timers_manual,
    };
    let mut eyes = Eyes {
        checker: Checker::new(terms, members + 1),
        rules: 0,
        records: Vec::new(),
        keeps,
        believers_max: 0,
    };
    let names = world.names();
    let mut sim = Sim::new(Rc::new(world), &mut eyes);
    while sim.step(scenario.until, &mut eyes) {}
    assert!(!sim.stuck(), "the run is stuck");
    let end = sim.events();
    eyes.checker.finish(scenario.until, end, &sim.view());
    Run { sim, eyes, names }
}

impl<P: Protocol> Run<P> {
    pub fn stats(&self) -> &Stats {
        self.eyes.checker.stats()
    }
    /// Messages of a class that were sent.
    pub fn sent(&self, class: Class) -> u64 {
        Stats::of_class(P::INFO, &self.stats().sent, Some(class))
    }
    pub fn election(&self) -> u64 {
        self.sent(Class::Election)
    }
    pub fn delivered(&self) -> u64 {
        Stats::of_class(P::INFO, &self.stats().delivered, Some(Class::Election))
    }
    pub fn sent_of(&self, name: &str) -> u64 {
        let kind = P::INFO.messages.iter().position(|m| m.name == name).expect("a message");
        self.stats().sent[kind]
    }
    fn place(&self, id: u32) -> u8 {
        self.sim.world().place(NodeId(id)).expect("a member")
    }
    pub fn field(&self, id: u32, name: &str) -> String {
        let view = self.sim.node_view(self.place(id));
        view.fields.into_iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("no {name}")).1
    }
    /// The ids of those that believe now that they lead.
    pub fn leaders(&self) -> Vec<u32> {
        let members = &self.sim.world().group.members;
        let believes = |id: &&NodeId| self.sim.node(self.place(id.0)).is_some_and(|n| n.belief().leads);
        members.iter().filter(believes).map(|id| id.0).collect()
    }
    /// Whom everybody that is up takes for the leader, if they agree.
    pub fn agreed(&self) -> Option<u32> {
        let members = &self.sim.world().group.members;
        let mut up =
            members.iter().filter_map(|id| self.sim.node(self.place(id.0))).map(|n| n.belief().leader.0);
        let first = up.next()?;
        up.all(|l| l == first).then_some(first)
    }
    /// Violations of what is claimed under assumptions that the run kept.
    pub fn bugs(&self) -> Vec<String> {
        let bugs = self.eyes.checker.violations().filter(|v| !v.expected());
        bugs.map(|v| format!("{} at {}", v.text(), v.at)).collect()
    }
    pub fn broke(&self, property: Property) -> bool {
        self.eyes.checker.violation(property).is_some()
    }
    pub fn kept(&self, assumption: Assumption) -> bool {
        self.eyes.checker.broken(assumption).is_none()
    }
    pub fn trace(&self) -> String {
        self.eyes.records.iter().map(|r| format!("{}\n", self.names.text(r))).collect()
    }
}

/// All orders of 1 to n, by swapping (Heap 1963).
pub fn permutations(n: u32, mut each: impl FnMut(&[u32])) {
    fn go(k: usize, ids: &mut Vec<u32>, each: &mut impl FnMut(&[u32])) {
        if k <= 1 {
            return each(ids);
        }
        for i in 0..k {
            go(k - 1, ids, each);
            if i + 1 < k {
                ids.swap(if k % 2 == 0 { i } else { 0 }, k - 1);
            }
        }
    }
    let mut ids = (1..=n).collect();
    go(n as usize, &mut ids, &mut each);
}

pub fn words_of(ids: impl IntoIterator<Item = u32>) -> String {
    ids.into_iter().map(|id| id.to_string()).collect::<Vec<_>>().join(" ")
}

/// Every rule of the algorithm that no run of `seen` hit.
pub fn rules_missed<P: Protocol>(seen: u64) -> Vec<String> {
    let missed = (1..=P::INFO.rules.len()).filter(|n| seen & 1 << n == 0);
    missed.map(|n| format!("{n} {}", P::INFO.rules[n - 1].text)).collect()
}
