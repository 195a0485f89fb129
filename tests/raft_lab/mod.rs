//! A bench for Raft's tests: a scenario text, run and judged.

use std::rc::Rc;

use election_playground::algorithms::raft::Raft;
use election_playground::base::{NodeId, SimTime};
use election_playground::checker::{Checker, Terms};
use election_playground::protocol::{Class, Protocol, TimerKind};
use election_playground::scenario::{self, Expect, Op, Operand, Outcome, Subject, When, Which, Who};
use election_playground::sim::{Sim, World, words};
use election_playground::trace::{Glance, Names, Record, TraceBuf, Watch};
use election_playground::words::Words;

/// Tells two watches.
struct Both {
    checker: Checker,
    trace: TraceBuf,
    rules: u64,
}

impl Watch for Both {
    fn on<G: Glance>(&mut self, record: &Record, world: &G) {
        self.checker.on(record, world);
        self.trace.push(record);
        self.rules |= record.rules;
    }
    fn event_ended<G: Glance>(&mut self, now: SimTime, world: &G) {
        self.checker.event_ended(now, world);
    }
}

/// A run of one lane.
pub struct Lab {
    sim: Sim<Raft>,
    watch: Both,
    names: Names,
    expects: Vec<Expect>,
}

fn vocabulary() -> &'static [Words] {
    thread_local! {
        static WORDS: &'static [Words] = Vec::leak(vec![words::<Raft>()]);
    }
    WORDS.with(|words| *words)
}

impl Lab {
    /// The text at its start, with `timers manual` and no latency unless it says otherwise.
    pub fn new(text: &str) -> Lab {
        Lab::try_new(text).unwrap_or_else(|e| panic!("{text}\n{e}"))
    }

    /// As `new`, or what is wrong with the text.
    pub fn try_new(text: &str) -> Result<Lab, String> {
        let timers = if text.contains("timers auto") { "" } else { "timers manual\n" };
        let latency = if text.lines().flat_map(|l| l.split(';')).any(|s| s.trim_start().starts_with("latency ")) {
            ""
        } else {
            "latency 0\n"
        };
        let text = format!("lanes raft\n{timers}{latency}{text}\n");
        let scenario = scenario::read(&text, vocabulary())
            .map_err(|e| e.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        let world = World::<Raft>::new(&scenario, 0, |act| act.action.to_string()).map_err(|(_, e)| e)?;
        let terms = Terms {
            info: Raft::INFO,
            delay_bound: Raft::delay_bound(&world.group.settings),
            recovery_bound: Raft::recovery_bound(
                &world.group.settings,
                world.group.members.len(),
                scenario.network.latency.hi,
            ),
            fencing: world.fencing,
            reorder: scenario.network.reorder,
            timers_manual: scenario.timers_manual,
        };
        let mut watch =
            Both { checker: Checker::new(terms, world.nodes()), trace: TraceBuf::new(1 << 16), rules: 0 };
        let names = world.names();
        let sim = Sim::new(Rc::new(world), &mut watch);
        Ok(Lab { sim, watch, names, expects: scenario.expects })
    }

    /// Runs to that time, in microseconds, its events included.
    pub fn to(&mut self, us: u64) {
        while self.sim.step(SimTime(us), &mut self.watch) {}
        assert!(!self.sim.stuck());
    }

    /// A field of a node's view.
    pub fn field(&self, node: u32, name: &str) -> String {
        let place = self.sim.world().place(NodeId(node)).unwrap();
        let view = self.sim.node_view(place);
        view.fields.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no {name}")).1.clone()
    }

    /// When the timer of a node will fire, in microseconds.
    pub fn timer(&self, node: u32, name: &str) -> u64 {
        let place = self.sim.world().place(NodeId(node)).unwrap();
        let index = <Raft as Protocol>::Timer::NAMES.iter().position(|n| *n == name).unwrap();
        let mut found = None;
        self.sim.each_timer(|p, t, _, deadline| {
            if (p, usize::from(t)) == (place, index) {
                found = Some(deadline.0);
            }
        });
        found.expect("the timer is set")
    }

    /// The lines of the trace that contain `text`.
    pub fn lines(&self, text: &str) -> Vec<String> {
        let all = self.watch.trace.records().map(|r| self.names.text(r));
        all.filter(|line| line.contains(text)).collect()
    }

    /// When a line containing `text` happened first, in microseconds.
    pub fn time_of(&self, text: &str) -> Option<u64> {
        self.watch.trace.records().find(|r| self.names.text(r).contains(text)).map(|r| r.at.0)
    }

    /// How many elections started.
    pub fn elections(&self) -> u64 {
        self.watch.checker.stats().elections
    }

    /// How many elections started at the instant of the first one.
    pub fn first_elections(&mut self) -> u64 {
        while self.elections() == 0 && self.sim.step(SimTime(10_000_000), &mut self.watch) {}
        let now = self.sim.now();
        while self.sim.step(now, &mut self.watch) {}
        self.elections()
    }

    /// The last failover, in microseconds.
    pub fn failover(&self) -> u64 {
        self.watch.checker.stats().failover_last.expect("a failover").whole().0
    }

    /// The names of the properties that were violated although nothing that they assume was broken.
    pub fn violated(&self) -> Vec<&'static str> {
        let bugs = self.watch.checker.violations().filter(|v| !v.expected());
        bugs.map(|v| v.property.name()).collect()
    }

    fn judge(&self, text: &str, expect: &Expect) {
        let condition = &expect.condition;
        let stats = self.watch.checker.stats();
        let count = |found: u64| match (condition.op, &condition.operand) {
            (Op::Eq, Operand::Number(n)) => (found == *n, found.to_string()),
            (Op::In, Operand::Numbers(a, b)) => ((*a..=*b).contains(&found), found.to_string()),
            (Op::Ge, Operand::Number(n)) => (found >= *n, found.to_string()),
            other => panic!("no test needs {other:?}"),
        };
        let (holds, found) = match &condition.subject {
            Subject::Field(Who::Node(id), name) => {
                let found = self.field(id.0, name);
                (Operand::Text(found.clone()) == condition.operand, found)
            }
            Subject::Leaders => count(stats.believers.into()),
            Subject::Leader => {
                let view = self.sim.view();
                let leader = view.leader_in_truth().map(|p| u64::from(view.id(p).0));
                let holds = match (condition.op, &condition.operand) {
                    (Op::Exists, _) => leader.is_some(),
                    (Op::Eq, Operand::None) => leader.is_none(),
                    (Op::Eq, Operand::Number(n)) => leader == Some(*n),
                    other => panic!("no test needs {other:?}"),
                };
                (holds, format!("{leader:?}"))
            }
            Subject::Messages { delivered, which } => {
                let counts = if *delivered { &stats.delivered } else { &stats.sent };
                let of = |wanted: &dyn Fn(usize) -> bool| -> u64 {
                    (0..Raft::INFO.messages.len()).filter(|&i| wanted(i)).map(|i| counts[i]).sum()
                };
                let messages = Raft::INFO.messages;
                count(match which {
                    Which::All => of(&|_| true),
                    Which::Named(name) => of(&|i| messages[i].name == name),
                    Which::Class(name) => {
                        let class = Class::ALL.into_iter().find(|c| c.name() == name);
                        of(&|i| Some(messages[i].class) == class)
                    }
                })
            }
            Subject::Elections => count(stats.elections),
            Subject::Writes(Outcome::Lost) => count(stats.writes_lost),
            Subject::Property(name) => {
                let broken = self.watch.checker.violations().find(|v| v.property.name() == name);
                (broken.is_none(), format!("{broken:?}"))
            }
            other => panic!("no test needs {other:?}"),
        };
        if !holds {
            for record in self.watch.trace.records() {
                println!("{:>10} {}", record.at.to_string(), self.names.text(record));
            }
            let line = expect.line as usize;
            let told = text.lines().flat_map(|l| l.split(';')).filter(|s| s.contains("expect"));
            let nth = self.expects.iter().position(|e| e == expect).unwrap_or(line);
            panic!("expected{}\nfound {found}", told.map(str::trim).nth(nth).unwrap_or("?"));
        }
    }
}

/// Runs the text and demands what its `expect` lines say.
pub fn check(text: &str) {
    let mut lab = Lab::new(text);
    let mut times: Vec<u64> = lab.expects.iter().map(|e| when(e)).collect();
    times.sort_unstable();
    times.dedup();
    let expects = lab.expects.clone();
    for time in times {
        lab.to(time.min(END));
        for expect in expects.iter().filter(|e| when(e) == time) {
            lab.judge(text, expect);
        }
    }
    lab.to(END);
    assert_eq!(lab.violated(), [""; 0], "{text}");
}

/// The end of every run here, in microseconds.
const END: u64 = 60_000_000;

fn when(expect: &Expect) -> u64 {
    match expect.when {
        When::At(at) => at.0,
        When::End | When::Always => u64::MAX,
        other => panic!("no test needs {other:?}"),
    }
}
