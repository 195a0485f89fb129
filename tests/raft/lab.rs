//! A test bench for Raft: a scenario text, run and judged.

use election_playground::base::{NodeId, SimTime};
use election_playground::checker::Violation;
use election_playground::expectations::judge;
use election_playground::lane::{Lane, Ticking};
use election_playground::protocol::Property;
use election_playground::timeline::Timeline;
use election_playground::workspace;

/// A run of one lane.
pub struct Lab {
    timeline: Timeline,
}

/// A lane of Raft, with `timers manual` and no latency unless the text sets them.
fn complete(text: &str) -> String {
    let says = |word: &str| text.lines().flat_map(|l| l.split(';')).any(|s| s.trim_start().starts_with(word));
    let timers = if says("timers ") { "" } else { "timers manual\n" };
    let latency = if says("latency ") { "" } else { "latency 0\n" };
    let phases = if says("timers auto") && !says("phases ") { "phases lockstep\n" } else { "" };
    let lanes = if says("lane") { "" } else { "lanes raft\n" };
    format!("{lanes}{timers}{phases}{latency}{text}\n")
}

impl Lab {
    /// The text at its start.
    pub fn new(text: &str) -> Lab {
        Lab::try_new(text).unwrap_or_else(|e| panic!("{text}\n{e}"))
    }

    /// Like `new`, but returns the errors in the text.
    pub fn try_new(text: &str) -> Result<Lab, String> {
        let timeline = workspace::open(&complete(text))
            .map_err(|e| e.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        Ok(Lab { timeline })
    }

    pub fn lane(&self) -> &Lane {
        &self.timeline.lanes()[0]
    }

    /// Runs up to and including that time, in microseconds.
    pub fn to(&mut self, us: u64) {
        while self.timeline.lane(0).step(SimTime(us)) {}
        assert!(!self.lane().stuck());
    }

    /// The number of members.
    pub fn members(&self) -> u32 {
        self.lane().members() as u32
    }

    /// A field of a node's view.
    pub fn field(&self, node: u32, name: &str) -> String {
        let view = self.lane().view(self.lane().place(NodeId(node)).expect("a member"));
        view.fields.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no {name}")).1.clone()
    }

    /// The deadline of a node's timer, in microseconds.
    pub fn timer(&self, node: u32, name: &str) -> u64 {
        let place = self.lane().place(NodeId(node)).expect("a member");
        let mut all: Vec<Ticking> = Vec::new();
        self.lane().ticking(&mut all);
        let names = &self.lane().names().timers;
        let found = all.iter().find(|t| t.node == place && names[usize::from(t.timer)] == name);
        found.expect("the timer is set").due.0
    }

    /// The lines of the trace that contain `text`.
    pub fn lines(&mut self, text: &str) -> Vec<String> {
        self.told().into_iter().filter(|(_, line)| line.contains(text)).map(|(_, line)| line).collect()
    }

    /// The time of the first line that contains `text`, in microseconds.
    pub fn time_of(&mut self, text: &str) -> Option<u64> {
        self.told().into_iter().find(|(_, line)| line.contains(text)).map(|(at, _)| at)
    }

    fn told(&mut self) -> Vec<(u64, String)> {
        let now = self.lane().now();
        let records = self.timeline.lane(0).records(SimTime::ZERO, now, 1 << 20);
        let names = self.lane().names();
        records.iter().map(|r| (r.at.0, names.text(r))).collect()
    }

    /// The number of elections started.
    pub fn elections(&self) -> u64 {
        self.lane().stats().elections
    }

    /// The number of leaderships begun.
    pub fn leaderships(&self) -> u64 {
        self.lane().stats().leaderships
    }

    /// The number of elections started at the instant of the first one.
    pub fn first_elections(&mut self) -> u64 {
        while self.elections() == 0 && self.timeline.lane(0).step(SimTime(10_000_000)) {}
        let now = self.lane().now();
        while self.timeline.lane(0).step(now) {}
        self.elections()
    }

    /// The last failover, in microseconds.
    pub fn failover(&self) -> u64 {
        self.lane().stats().failover_last.expect("a failover").whole().0
    }

    /// The violation of a property.
    pub fn violation(&self, property: Property) -> Option<Violation> {
        self.lane().violations().into_iter().find(|v| v.property == property)
    }

    /// The names of the properties violated although none of their assumptions was broken.
    pub fn violated(&self) -> Vec<&'static str> {
        let bugs = self.lane().violations().into_iter().filter(|v| v.is_bug());
        bugs.map(|v| v.property.name()).collect()
    }
}

/// Runs the text and checks its `expect` lines, and that no promise was broken.
pub fn check(text: &str) {
    let mut lab = Lab::new(text);
    let complete = complete(text);
    let expects = lab.timeline.scenario().expects.clone();
    for verdict in judge(&mut lab.timeline) {
        if !verdict.met() {
            for (at, line) in lab.told() {
                println!("{:>12} {line}", SimTime(at).to_string());
            }
            let line = complete.lines().nth(expects[verdict.expect].line as usize).unwrap_or("").trim();
            panic!("{line}: expectation {} found {} at {}", verdict.expect + 1, verdict.found, verdict.at);
        }
    }
    assert_eq!(lab.violated(), [""; 0], "{text}");
}
