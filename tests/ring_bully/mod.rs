//! Runs a lane in the real simulator with only the checker, for the tests of the ring and bully algorithms.
#![allow(dead_code)] // Each test binary uses its own part.

use std::rc::Rc;

use election_playground::base::{NodeId, SimTime};
use election_playground::checker::{Checker, Stats};
use election_playground::lane;
use election_playground::protocol::{Assumption, Belief, Class, Property, Protocol};
use election_playground::scenario::{Scenario, read};
use election_playground::sim::{Sim, World, cast, words};
use election_playground::trace::{Glance, Kind, Names, Record, Traffic, Watch};
use election_playground::vocabulary::Words;

/// The observed data.
pub struct Eyes {
    pub checker: Checker,
    /// The rules applied.
    pub rules: u64,
    pub records: Vec<Record>,
    /// Whether to keep records.
    pub keeps: bool,
    /// The most nodes that believed they led, at the end of any event.
    pub believers_max: u32,
}

impl Watch for Eyes {
    fn on(&mut self, r: &Record, world: &dyn Glance) {
        self.checker.on(r, world);
        if matches!(r.kind, Kind::Fire | Kind::Deliver | Kind::Input | Kind::Start) {
            self.rules |= r.rules;
        }
        if self.keeps {
            self.records.push(*r);
        }
    }
    fn event_ended(&mut self, now: SimTime, world: &dyn Glance) {
        self.checker.event_ended(now, world);
        self.believers_max = self.believers_max.max(self.checker.stats().believers);
    }
}

/// A lane at the end of its run.
pub struct Run {
    pub sim: Sim,
    pub eyes: Eyes,
    pub names: Names,
}

pub fn vocabulary<P: Protocol>() -> &'static [Words] {
    // Few tests run per process, with few words each.
    Vec::leak(vec![words::<P>()])
}

/// The text, with `phases lockstep` unless it sets phases.
pub fn scenario(text: &str, vocabulary: &'static [Words]) -> Scenario {
    let phases = if text.contains("phases") { "" } else { "\nphases lockstep\n" };
    read(&format!("{text}{phases}"), vocabulary).unwrap_or_else(|errors| panic!("{errors:?} in\n{text}"))
}

/// Runs the first lane of `text` to its end.
pub fn run_with<P: Protocol>(text: &str, vocabulary: &'static [Words], keeps: bool) -> Run {
    run_scenario::<P>(&scenario(text, vocabulary), keeps)
}

pub fn run<P: Protocol>(text: &str) -> Run {
    run_with::<P>(text, vocabulary::<P>(), true)
}

pub fn run_scenario<P: Protocol>(scenario: &Scenario, keeps: bool) -> Run {
    let world = World::new(scenario, 0, cast::<P>).expect("settings that fit");
    let mut eyes = Eyes {
        checker: lane::checker(&world, scenario),
        rules: 0,
        records: Vec::new(),
        keeps,
        believers_max: 0,
    };
    let names = world.names();
    let mut sim = Sim::new(Rc::new(world), &mut eyes);
    while sim.step(scenario.until, &mut eyes) {}
    assert!(
        !sim.stuck(),
        "the run is stuck at {}, seed {}, {} pending",
        sim.now(),
        scenario.seed,
        sim.pending_messages()
    );
    let end = sim.events();
    eyes.checker.finish(scenario.until, end, &sim.view());
    Run { sim, eyes, names }
}

impl Run {
    pub fn stats(&self) -> &Stats {
        self.eyes.checker.stats()
    }
    /// The number of messages of a class that were sent.
    pub fn sent(&self, class: Class) -> u64 {
        Traffic::of_class(self.sim.world().info, &self.sim.traffic().sent, Some(class))
    }
    pub fn election(&self) -> u64 {
        self.sent(Class::Election)
    }
    pub fn delivered(&self) -> u64 {
        Traffic::of_class(self.sim.world().info, &self.sim.traffic().delivered, Some(Class::Election))
    }
    pub fn sent_of(&self, name: &str) -> u64 {
        let kind = self.sim.world().info.messages.iter().position(|m| m.name == name).expect("a message");
        self.sim.traffic().sent[kind]
    }
    fn place(&self, id: u32) -> u8 {
        self.sim.world().place(NodeId(id)).expect("a member")
    }
    pub fn field(&self, id: u32, name: &str) -> String {
        let view = self.sim.node_view(self.place(id));
        view.fields.into_iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("no {name}")).1
    }
    /// The belief of a running node.
    fn belief(&self, id: u32) -> Option<Belief> {
        let (place, view) = (self.place(id), self.sim.view());
        view.up(place).then(|| view.belief(place))
    }
    /// The ids of the nodes that believe they lead.
    pub fn leaders(&self) -> Vec<u32> {
        let members = &self.sim.world().group.members;
        let believes = |id: &&NodeId| self.belief(id.0).is_some_and(|belief| belief.leads);
        members.iter().filter(believes).map(|id| id.0).collect()
    }
    /// The leader that all running nodes agree on, if they do.
    pub fn agreed(&self) -> Option<u32> {
        let members = &self.sim.world().group.members;
        let mut up = members.iter().filter_map(|id| self.belief(id.0)).map(|belief| belief.leader.0);
        let first = up.next()?;
        up.all(|l| l == first).then_some(first)
    }
    /// Violations of promises whose assumptions the run kept.
    pub fn bugs(&self) -> Vec<String> {
        let bugs = self.eyes.checker.violations().filter(|v| v.is_bug());
        bugs.map(|v| format!("{} at {}", v.text(), v.at)).collect()
    }
    pub fn broke(&self, property: Property) -> bool {
        self.eyes.checker.violation(property).is_some()
    }
    pub fn kept(&self, assumption: Assumption) -> bool {
        self.eyes.checker.spell(assumption).is_none()
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
                ids.swap(if k.is_multiple_of(2) { i } else { 0 }, k - 1);
            }
        }
    }
    let mut ids = (1..=n).collect();
    go(n as usize, &mut ids, &mut each);
}

pub fn words_of(ids: impl IntoIterator<Item = u32>) -> String {
    ids.into_iter().map(|id| id.to_string()).collect::<Vec<_>>().join(" ")
}

/// Every rule of the algorithm that no run of `seen` applied.
pub fn rules_missed<P: Protocol>(seen: u64) -> Vec<String> {
    let missed = (1..=P::INFO.rules.len()).filter(|n| seen & 1 << n == 0);
    missed.map(|n| format!("{n} {}", P::INFO.rules[n - 1])).collect()
}

/// A scenario of faults drawn from a seed. With `gentle`, only faults that keep the assumptions of every
/// promise (crashes, restarts, campaigns). It ends with a long healthy period.
pub fn storm(algorithm: &str, seed: u64, gentle: bool, more: &str) -> String {
    let mut rng = election_playground::base::Rng::new(seed, 77);
    let mut draw = |bound: u64| election_playground::base::below(rng.bits(), bound);
    let n = 2 + draw(6);
    let mut ids: Vec<u64> = (1..=n).collect();
    for i in (1..ids.len()).rev() {
        ids.swap(i, draw(i as u64 + 1) as usize);
    }
    let list = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
    // The last id is repeated: a single number would be a count.
    let mut text = format!("lanes {algorithm}\nnodes {list}\nseed {seed}\n{more}\n");
    let mut at = 300;
    for _ in 0..2 + draw(14) {
        at += [1, 7, 20, 60, 150, 700, 2500][draw(7) as usize] + draw(20);
        let a = 1 + draw(n);
        let b = 1 + (a + draw(n - 1)) % n;
        let calm = [
            "crash leader".to_string(),
            format!("crash {a}"),
            format!("restart {a}"),
            "restart all".to_string(),
            format!("campaign {a}"),
        ];
        let rough = [
            format!("pause {a} for {}ms", 20 + draw(2000)),
            format!("partition {a} | {b}"),
            format!("isolate {a}"),
            format!("cut {a} -> {b}"),
            "heal".to_string(),
            format!("loss {}%", draw(30)),
            format!("latency {}ms..{}ms", 1 + draw(20), 21 + draw(60)),
            format!("slow {a} {}ms", draw(30)),
            format!("drift {a} +{}%", draw(40)),
            format!("duplicate {}%", draw(30)),
            format!("pause leader for {}ms", 20 + draw(2000)),
        ];
        let k = draw(if gentle { 5 } else { 16 }) as usize;
        let act = calm.iter().chain(&rough).nth(k).expect("an act");
        text += &format!("at {at}ms {act}\n");
    }
    at += 1;
    for id in 1..=n {
        text += &format!("at {at}ms slow {id} 0; at {at}ms drift {id} +0%\n");
    }
    text += &format!(
        "at {at}ms heal; at {at}ms loss 0%; at {at}ms duplicate 0%; at {at}ms latency 5ms..15ms
         at {at}ms resume all; at {at}ms restart all\nuntil {}ms\n",
        at + 20_000
    );
    text
}

/// Fault storms: after each of them one leader leads and all nodes know it, and no promise is broken whose
/// assumptions held.
pub fn weather<P: Protocol>(seeds: core::ops::Range<u64>, gentle: bool, more: &str) {
    let words = vocabulary::<P>();
    let mut failures = Vec::new();
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let text = storm(P::INFO.id, seed, gentle, more);
        let run = run_with::<P>(&text, words, false);
        let bugs = run.bugs();
        if !bugs.is_empty() || run.leaders().len() != 1 || run.agreed() != Some(run.leaders()[0]) {
            failures.push(format!(
                "{bugs:?}, leaders {:?}, agreed {:?}:\n{text}",
                run.leaders(),
                run.agreed()
            ));
        }
    }
    failures.sort_by_key(String::len);
    assert!(failures.is_empty(), "{} of {count} storms; the shortest:\n{}", failures.len(), failures[0]);
}
