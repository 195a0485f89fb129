//! Scenarios drawn from a seed: every option of the language, for the swarm and for travelling in time.
//!
//! A drawn text is a list of lines, so that a failing one can be made smaller by leaving lines out. Which
//! kinds of faults may occur is drawn first: a run in which only few of them do breaks few assumptions, and
//! so it is held to more promises.

use election_playground::algorithms::{ALGORITHMS, Algorithm, vocabulary};
use election_playground::base::{Rng, Span, SpanRange, below};
use election_playground::scenario::{default_value, time_text, times_text};
use election_playground::words::{Ask, Kind, Setting, Value};

/// A stream of choices.
pub struct Draw(Rng);

impl Draw {
    /// The choices of a seed.
    pub fn new(seed: u64) -> Draw {
        Draw(Rng::new(seed, 0x5a17))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        below(self.0.bits(), bound)
    }

    /// A number from `lo` to `hi`, both included.
    pub fn within(&mut self, lo: u64, hi: u64) -> u64 {
        lo + self.below(hi - lo + 1)
    }

    /// True once in `n`.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of them.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// A drawn scenario.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The scene: lanes, nodes, network, settings. A line each.
    pub scene: Vec<String>,
    /// What is done to the lanes, a line each.
    pub acts: Vec<String>,
    /// When the faults are over, in microseconds: no act comes later.
    pub faults_us: u64,
}

impl Drawn {
    /// The scene and the acts, and the end of the run with the faults.
    pub fn text(&self) -> String {
        let until = format!("until {}", time_text(Span(self.faults_us)));
        let lines = self.scene.iter().chain(&self.acts).chain([&until]);
        lines.map(|line| format!("{line}\n")).collect()
    }
}

/// The scenario of a seed. Its settings fit their kinds, but perhaps not each other.
pub fn drawn(seed: u64) -> Drawn {
    let d = &mut Draw::new(seed);
    let n = if d.once_in(40) { 25 } else { d.one(&[1, 2, 3, 3, 3, 4, 5, 5, 5, 6, 7, 8, 9]) };
    let ids = ids(d, n);
    let mut scene = vec![format!("seed {}", d.below(1_000_000))];
    scene.push(match ids.iter().enumerate().all(|(i, id)| *id == i as u64 + 1) {
        true if n > 1 || d.once_in(2) => format!("nodes {n}"),
        _ if n == 1 => "nodes 1".to_string(),
        _ => format!("nodes {}", spaced(&ids)),
    });
    let lanes = lanes(d, &mut scene, &ids);
    network(d, &mut scene);
    let faults_us = d.within(200, 3_000) * 1_000;
    let acts = acts(d, &lanes, &ids, faults_us);
    Drawn { scene, acts, faults_us }
}

fn ids(d: &mut Draw, n: u64) -> Vec<u64> {
    if n == 1 || d.once_in(2) {
        return (1..=n).collect();
    }
    let mut ids = Vec::new();
    let top = if d.once_in(2) { n } else { d.one(&[n + 3, 100, 65_535]) };
    while ids.len() < n as usize {
        let id = d.within(1, top);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

fn spaced(ids: &[u64]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// A lane by its name, and what it runs.
struct Lane {
    name: String,
    algorithm: &'static Algorithm,
}

fn lanes(d: &mut Draw, scene: &mut Vec<String>, ids: &[u64]) -> Vec<Lane> {
    let count = d.one(&[1, 1, 1, 2, 2, 3]);
    let mut lanes: Vec<Lane> = Vec::new();
    for k in 0..count {
        let algorithm = &ALGORITHMS[d.below(ALGORITHMS.len() as u64) as usize];
        let name = format!("lane{k}");
        scene.push(format!("lane {name} = {}", algorithm.info.id));
        lanes.push(Lane { name, algorithm });
    }
    for lane in &lanes {
        if d.once_in(2) {
            continue;
        }
        for setting in lane.algorithm.info.settings {
            // Wrong on purpose is another test's matter, and so is an acknowledgement before it is safe.
            if setting.name != "flaw" && d.once_in(4) {
                scene.push(format!("set {}.{} {}", lane.name, setting.name, value(d, setting, ids)));
            }
        }
    }
    if d.once_in(8) {
        scene.push("set store.fencing off".into());
    }
    if d.once_in(4) {
        scene.push(format!("set store.interval {}", d.one(&["0", "10ms", "1s"])));
    }
    if d.once_in(6) {
        scene.push(format!("set store.latency {}", d.one(&["0", "1ms", "50ms", "5ms..500ms"])));
    }
    lanes
}

/// A value of the setting's kind: mostly near the default, sometimes odd.
fn value(d: &mut Draw, setting: &Setting, ids: &[u64]) -> String {
    let some_span = |d: &mut Draw, usual: Span, min: Span, max: Span| {
        let (mul, div) = d.one(&[(1, 1), (1, 2), (2, 1), (1, 5), (3, 2), (4, 1), (1, 1_000_000)]);
        Span((usual.0 * mul / div).clamp(min.0, max.0))
    };
    match (setting.kind, default_value(setting, &[])) {
        (Kind::Span { min, max }, Value::Span(usual)) => {
            let usual = if usual == Span::ZERO { Span::ms(100) } else { usual };
            time_text(some_span(d, usual, min, max))
        }
        (Kind::Range { min, max }, Value::Range(usual)) => {
            let lo = some_span(d, usual.lo.max(Span::ms(1)), min, max);
            let (mul, div) = d.one(&[(2, 1), (2, 1), (1, 1), (3, 2), (3, 1), (11, 10)]);
            times_text(SpanRange { lo, hi: Span((lo.0 * mul / div).clamp(lo.0, max.0.max(lo.0))) })
        }
        (Kind::Number { min, max }, Value::Number(usual)) => {
            d.one(&[usual, min, usual + 1, usual * 2, usual.saturating_sub(1)]).clamp(min, max).to_string()
        }
        (Kind::Choice(names), _) => d.one(names).to_string(),
        (Kind::Switch, _) => d.one(&["on", "off"]).to_string(),
        (Kind::Ids, _) => match d.below(4) {
            0 => "all".into(),
            1 => "none".into(),
            _ => {
                let some: Vec<u64> = ids.iter().copied().filter(|_| d.once_in(2)).collect();
                if some.is_empty() { "none".into() } else { spaced(&some) }
            }
        },
        (kind, value) => unreachable!("{kind:?} has the default {value:?}"),
    }
}

fn network(d: &mut Draw, scene: &mut Vec<String>) {
    if d.once_in(3) {
        let latency = d.one(&["0", "1ms", "100us..1ms", "1ms..20ms", "10ms..10ms", "5ms..40ms", "0..200ms"]);
        scene.push(format!("latency {latency}"));
    }
    if d.once_in(6) {
        scene.push(format!("loss {}", d.one(&["1%", "10%", "300ppm", "40%"])));
    }
    if d.once_in(6) {
        scene.push(format!("duplicate {}", d.one(&["1%", "20%", "100%"])));
    }
    if d.once_in(6) {
        scene.push("order any".into());
    }
    if d.once_in(12) {
        scene.push("incarnations off".into());
    }
    if d.once_in(60) {
        scene.push("timers manual".into());
    }
}

/// The kinds of acts; each of them may occur in about half of all runs.
const KINDS: u64 = 16;

fn acts(d: &mut Draw, lanes: &[Lane], ids: &[u64], faults_us: u64) -> Vec<String> {
    let allowed: Vec<u64> = match d.below(4) {
        0 => vec![d.below(KINDS)],
        1 => (0..3).map(|_| d.below(KINDS)).collect(),
        _ => (0..KINDS).filter(|_| d.once_in(2)).collect(),
    };
    if allowed.is_empty() {
        return Vec::new();
    }
    let count = d.within(1, 40);
    let mut acts: Vec<(u64, String)> = Vec::new();
    let mut last_us = 0;
    for _ in 0..count {
        let at_us = match d.below(6) {
            // The very same instant, and a round one, are where order matters.
            0 => last_us,
            1 => d.below(faults_us) / 100_000 * 100_000,
            _ => d.below(faults_us),
        };
        last_us = at_us;
        let kind = d.one(&allowed);
        let Some((action, knows)) = action(d, kind, lanes, ids) else { continue };
        let after = if d.once_in(8) { format!("+{}", d.below(6)) } else { String::new() };
        // Who names the service speaks to lanes that have one.
        let serves = |l: &&Lane| !action.contains("service") || words(l.algorithm).service;
        let knowing: Vec<&Lane> = lanes.iter().filter(|l| knows(l.algorithm)).filter(serves).collect();
        if knowing.is_empty() {
            continue;
        }
        let front = if d.once_in(4) {
            format!("{}: ", knowing[d.below(knowing.len() as u64) as usize].name)
        } else {
            String::new()
        };
        acts.push((at_us, format!("at {}{after} {front}{action}", time_text(Span(at_us)))));
    }
    acts.sort_by_key(|(at, _)| *at);
    acts.into_iter().map(|(_, line)| line).collect()
}

type Knows = Box<dyn Fn(&Algorithm) -> bool>;

/// An action of that kind, and which algorithms know it.
fn action(d: &mut Draw, kind: u64, lanes: &[Lane], ids: &[u64]) -> Option<(String, Knows)> {
    let service = lanes.iter().any(|l| words(l.algorithm).service);
    let all: Knows = Box::new(|_| true);
    let asks = |ask: Ask| -> Knows { Box::new(move |a| a.info.asks.contains(&ask)) };
    let node = |d: &mut Draw| d.one(ids).to_string();
    let who = |d: &mut Draw| match d.below(10) {
        0..4 => d.one(ids).to_string(),
        4..6 => "leader".into(),
        6 => "follower".into(),
        7 => d.one(&["candidate", "all", "majority", "minority"]).into(),
        8 if service => "service".into(),
        _ => {
            let (a, b) = (d.one(ids).to_string(), d.one(&["leader", "follower", "candidate"]));
            format!("{a} {b}")
        }
    };
    let time = |d: &mut Draw| d.one(&["1ms", "20ms", "100ms", "333ms", "800ms", "2s", "0"]);
    let link = |d: &mut Draw| {
        let end = |d: &mut Draw| match d.below(8) {
            0 => "leader".to_string(),
            1 => "store".to_string(),
            2 if service => "service".to_string(),
            3 => "all".to_string(),
            _ => d.one(ids).to_string(),
        };
        let (a, dash, mut b) = (end(d), d.one(&["->", "-"]), end(d));
        if a == b {
            // A node has no link to itself.
            b = "all".into();
        }
        format!("{a} {dash} {b}")
    };
    let message = |d: &mut Draw| {
        let (a, b) = (d.one(ids).to_string(), d.one(ids).to_string());
        let copy = if d.once_in(6) { ".2" } else { "" };
        format!("{a}->{b}#{}{copy}", d.within(1, 30))
    };
    Some(match kind {
        0 => (format!("crash {}", who(d)), all),
        1 => (format!("restart {}", who(d)), all),
        2 => match d.below(3) {
            0 => (format!("pause {}", who(d)), all),
            1 => (format!("resume {}", who(d)), all),
            _ => (format!("pause {} for {}", who(d), time(d)), all),
        },
        3 => match d.below(3) {
            0 => (format!("isolate {}", who(d)), all),
            1 => ("heal".into(), all),
            _ => {
                let mut sides = [Vec::new(), Vec::new()];
                ids.iter().for_each(|id| {
                    if !d.once_in(3) {
                        sides[d.below(2) as usize].push(*id);
                    }
                });
                if sides.iter().any(Vec::is_empty) {
                    ("heal".into(), all)
                } else {
                    (format!("partition {} | {}", spaced(&sides[0]), spaced(&sides[1])), all)
                }
            }
        },
        4 => (format!("{} {}", d.one(&["cut", "join"]), link(d)), all),
        5 => match d.below(3) {
            0 => (format!("latency {}", d.one(&["1ms", "5ms..15ms", "20ms..300ms", "1s", "0"])), all),
            1 => (format!("loss {}", d.one(&["0%", "5%", "50%"])), all),
            _ => (format!("duplicate {}", d.one(&["0%", "10%", "100%"])), all),
        },
        6 => match d.below(3) {
            0 => (format!("latency {} {}", link(d), d.one(&["1ms", "5ms..15ms", "20ms..300ms", "1s"])), all),
            1 => (format!("loss {} {}", link(d), d.one(&["0%", "5%", "100%"])), all),
            _ => (format!("duplicate {} {}", link(d), d.one(&["0%", "10%", "100%"])), all),
        },
        7 => (format!("drift {} {}", who(d), d.one(&["+3%", "-3%", "+50%", "-50%", "+200ppm", "+0%"])), all),
        8 => (format!("skew {} {}", who(d), d.one(&["+300ms", "-2s", "+1ms", "-24h", "+10s"])), all),
        9 => (format!("slow {} {}", who(d), d.one(&["1ms", "20ms", "300ms", "0"])), all),
        10 => (format!("campaign {}", who(d)), asks(Ask::Campaign)),
        11 => match d.below(3) {
            0 => (format!("transfer leader -> {}", node(d)), asks(Ask::Transfer)),
            1 => (format!("step-down {}", who(d)), asks(Ask::StepDown)),
            _ => (format!("{} {}", d.one(&["close", "expire"]), node(d)), asks(Ask::Close)),
        },
        12 => match d.below(2) {
            0 => ("write".into(), asks(Ask::Write)),
            _ => (format!("write {}", node(d)), asks(Ask::Write)),
        },
        13 => {
            let of = &lanes[d.below(lanes.len() as u64) as usize];
            let timers = words(of.algorithm).timers;
            if timers.is_empty() {
                return None;
            }
            let timer = d.one(timers);
            let knows: Knows = Box::new(move |a| words(a).timers.contains(&timer));
            (format!("fire {} {timer}", who(d)), knows)
        }
        14 => match d.below(5) {
            0 => (format!("drop {}", message(d)), all),
            1 => (format!("deliver {}", message(d)), all),
            2 => (format!("duplicate {}", message(d)), all),
            _ => (format!("delay {} {}", message(d), time(d)), all),
        },
        _ => match d.below(4) {
            0 => ("deliver all".into(), all),
            1 => (format!("stonith {}", who(d)), all),
            _ => ("write".into(), asks(Ask::Write)),
        },
    })
}

fn words(algorithm: &Algorithm) -> &'static election_playground::words::Words {
    vocabulary().iter().find(|w| w.id == algorithm.info.id).expect("every algorithm has its words")
}
