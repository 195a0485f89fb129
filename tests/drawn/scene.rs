//! Everything before the first act: nodes, lanes with their settings, the network, initial states.

use election_playground::base::{Span, SpanRange};
use election_playground::registry::Algorithm;
use election_playground::scenario::default_value;
use election_playground::vocabulary::{Arity, Kind, Setting, Value};

use super::{Draw, words};

/// Settings that belong together, by algorithm: those of a real system, or all timeouts shortened by the same
/// factor. Algorithms not listed have none.
const GROUPS: &[(&str, &[&[&str]])] = &[
    (
        "raft",
        &[
            // etcd's.
            &[
                "election-timeout 1s..2s",
                "heartbeat 100ms",
                "tick 100ms",
                "pre-vote on",
                "check-quorum on",
                "commit-notice on",
                "stale-requests ignore",
            ],
            &["election-timeout 1s..2s", "heartbeat 100ms", "tick 100ms", "leader-lease 500ms"],
            &["pre-vote on", "check-quorum on"],
            &["no-op off"],
        ],
    ),
    (
        "zookeeper",
        &[
            &["tick-time 100ms", "session-timeout 400ms", "reconnect-delay 0s..50ms"],
            &["tick-time 200ms", "session-timeout 1s", "reconnect-delay 0s..100ms", "watch herd"],
            &["tick-time 100ms", "session-timeout 400ms", "policy session", "ping-jitter 0s..30ms"],
        ],
    ),
    (
        "ring",
        &[
            // The paper's algorithm without additions.
            &["detector off", "skip off", "retry off", "merge off"],
            &["variant lcr"],
        ],
    ),
];

/// The names that acts can use.
pub struct Cast {
    /// The members.
    pub ids: Vec<u64>,
    /// Whether the scene gives them names in addition to ids.
    named: bool,
    /// The lanes.
    pub lanes: Vec<Lane>,
    /// Whether timers fire only on demand.
    pub manual: bool,
    /// The usual time of a recovery.
    pub pace_us: u64,
    /// The start of the faults.
    pub begin_us: u64,
    /// The end of the faults: every act comes before it.
    pub faults_us: u64,
    /// Actions that restore settings.
    pub undo: Vec<String>,
}

/// A lane's name and its algorithm.
pub struct Lane {
    /// Its name.
    pub name: String,
    /// Its algorithm.
    pub algorithm: &'static Algorithm,
    /// The settings that the scene gives it: name and value.
    pub set: Vec<(&'static str, String)>,
}

impl Lane {
    /// The setting's value in this lane, according to the scene.
    pub fn value(&self, setting: &Setting) -> String {
        let set = self.set.iter().rev().find(|(name, _)| *name == setting.name);
        set.map_or_else(|| setting.default.to_string(), |(_, value)| value.clone())
    }
}

impl Cast {
    /// Whether a lane has a coordination service.
    pub fn service(&self) -> bool {
        self.lanes.iter().any(|l| words(l.algorithm).service)
    }

    /// A member, by id or name.
    pub fn node(&self, d: &mut Draw) -> String {
        let id = d.one(&self.ids);
        self.spelt(d, id)
    }

    /// A member, as a scenario may write it.
    pub fn spelt(&self, d: &mut Draw, id: u64) -> String {
        if self.named && d.once_in(2) { format!("n{id}") } else { id.to_string() }
    }

    /// Distinct members in random order, up to this many.
    pub fn different(&self, d: &mut Draw, count: usize) -> Vec<String> {
        let mut ids = self.ids.clone();
        let mut some = Vec::new();
        while some.len() < count && !ids.is_empty() {
            let id = ids.swap_remove(d.below(ids.len() as u64) as usize);
            some.push(self.spelt(d, id));
        }
        some
    }
}

/// The scene with these lanes, the seed first, and the names that acts can use.
pub fn drawn(d: &mut Draw, algorithms: &[&'static Algorithm]) -> (Vec<String>, Cast) {
    let n = if d.once_in(60) { 25 } else { d.one(&[1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 6, 7, 8, 9]) };
    let ids = ids(d, n);
    let named = d.once_in(10);
    let mut scene = vec![format!("seed {}", d.below(1_000_000))];
    let counted = ids.iter().enumerate().all(|(i, id)| *id == i as u64 + 1);
    scene.push(if named {
        format!("nodes {}", ids.iter().map(|id| format!("{id}=n{id}")).collect::<Vec<_>>().join(" "))
    } else if counted && (n > 1 || d.once_in(2)) {
        format!("nodes {n}")
    } else {
        // A single number would be a count.
        if n == 1 { "nodes 1".to_string() } else { format!("nodes {}", spaced(&ids)) }
    });
    let mut cast = Cast {
        ids: if n == 1 && !named { vec![1] } else { ids },
        named,
        lanes: lanes(d, &mut scene, algorithms),
        manual: false,
        pace_us: 1_000_000,
        begin_us: 0,
        faults_us: 1,
        undo: Vec::new(),
    };
    for at in 0..cast.lanes.len() {
        settings(d, &mut scene, &mut cast, at);
    }
    store(d, &mut scene);
    network(d, &mut scene, &mut cast);
    if d.once_in(5) {
        let lane = d.below(cast.lanes.len() as u64) as usize;
        init(d, &mut scene, &cast, lane);
    }
    (scene, cast)
}

fn ids(d: &mut Draw, n: u64) -> Vec<u64> {
    if d.once_in(2) {
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

/// The ids, separated by spaces.
pub fn spaced(ids: &[u64]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn lanes(d: &mut Draw, scene: &mut Vec<String>, algorithms: &[&'static Algorithm]) -> Vec<Lane> {
    let mut lanes = Vec::new();
    if let ([algorithm], true) = (algorithms, d.once_in(10)) {
        // The shorter form.
        let name = algorithm.info.id.to_string();
        scene.push(format!("lanes {name}"));
        lanes.push(Lane { name, algorithm, set: Vec::new() });
        return lanes;
    }
    for (k, algorithm) in algorithms.iter().enumerate() {
        let name = format!("lane{k}");
        scene.push(format!("lane {name} = {}", algorithm.info.id));
        lanes.push(Lane { name, algorithm, set: Vec::new() });
    }
    lanes
}

/// The settings of a lane: half of all lanes keep the defaults.
fn settings(d: &mut Draw, scene: &mut Vec<String>, cast: &mut Cast, at: usize) {
    let algorithm = cast.lanes[at].algorithm;
    let name = cast.lanes[at].name.clone();
    // Deliberate flaws belong to another test.
    let usable: Vec<&'static Setting> = algorithm.info.settings.iter().filter(|s| s.name != "flaw").collect();
    let mut set: Vec<(&'static str, String)> = Vec::new();
    let groups = GROUPS.iter().find(|(id, _)| *id == algorithm.info.id).map_or(&[][..], |(_, groups)| groups);
    match d.below(8) {
        0..3 => {}
        3 | 4 if !groups.is_empty() => {
            for line in d.one(groups) {
                let (name, value) = line.split_once(' ').expect("a setting and its value");
                let setting = usable.iter().find(|s| s.name == name).expect("a setting of the algorithm");
                set.push((setting.name, value.to_string()));
            }
        }
        3..7 => {
            for _ in 0..d.within(1, 2) {
                let setting = d.one(&usable);
                if set.iter().all(|(name, _)| *name != setting.name) {
                    set.push((setting.name, value(d, setting, &cast.ids)));
                }
            }
        }
        _ => {
            for setting in usable.iter().copied() {
                if d.once_in(4) {
                    set.push((setting.name, value(d, setting, &cast.ids)));
                }
            }
        }
    }
    for (setting, value) in &set {
        scene.push(format!("set {name}.{setting} {value}"));
    }
    cast.lanes[at].set = set;
    let live: Vec<&'static Setting> = usable.into_iter().filter(|s| s.live).collect();
    if d.once_in(10) && !live.is_empty() {
        let setting = d.one(&live);
        let value = value(d, setting, &cast.ids);
        let who = cast.node(d);
        scene.push(format!("set {name}.{} {value} for {who}", setting.name));
        cast.undo.push(format!("set {name}.{} {}", setting.name, cast.lanes[at].value(setting)));
    }
}

/// A value of the setting's kind: mostly near the default, sometimes odd.
pub fn value(d: &mut Draw, setting: &Setting, ids: &[u64]) -> String {
    let some_span = |d: &mut Draw, usual: Span, min: Span, max: Span| {
        let (mul, div) = d.one(&[(1, 1), (1, 2), (2, 1), (1, 5), (3, 2), (4, 1), (1, 1_000_000)]);
        // A timeout of one microsecond would mean a million events a second.
        let least = if min == Span::ZERO { Span::ZERO } else { min.max(Span::ms(1)) };
        Span((usual.0 * mul / div).clamp(least.0, max.0))
    };
    match (setting.kind, default_value(setting, &[])) {
        (Kind::Span { min, max }, Value::Span(usual)) => {
            let usual = if usual == Span::ZERO { Span::ms(100) } else { usual };
            some_span(d, usual, min, max).to_string()
        }
        (Kind::Range { min, max }, Value::Range(usual)) => {
            let lo = some_span(d, usual.lo.max(Span::ms(1)), min, max);
            let (mul, div) = d.one(&[(2, 1), (2, 1), (1, 1), (3, 2), (3, 1), (11, 10)]);
            SpanRange { lo, hi: Span((lo.0 * mul / div).clamp(lo.0, max.0.max(lo.0))) }.to_string()
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

fn store(d: &mut Draw, scene: &mut Vec<String>) {
    if d.once_in(10) {
        scene.push("set store.fencing off".into());
    }
    if d.once_in(4) {
        scene.push(format!("set store.interval {}", d.one(&["0", "10ms", "1s"])));
    }
    if d.once_in(6) {
        scene.push(format!("set store.latency {}", d.one(&["0", "1ms", "50ms", "5ms..500ms"])));
    }
}

/// A one-way delay, sometimes with a tail.
pub fn latency(d: &mut Draw) -> String {
    let range =
        d.one(&["0", "1ms", "100us..1ms", "1ms..20ms", "10ms..10ms", "5ms..15ms", "5ms..40ms", "0..200ms"]);
    if d.once_in(3) {
        let (share, longest) = (d.one(&["1%", "100ppm", "10%", "50%"]), d.one(&["400ms", "210ms", "3s"]));
        return format!("{range} with {share} up to {longest}");
    }
    range.to_string()
}

fn network(d: &mut Draw, scene: &mut Vec<String>, cast: &mut Cast) {
    if d.once_in(4) {
        scene.push(format!("latency {}", latency(d)));
    }
    if d.once_in(8) {
        scene.push(format!("loss {}", d.one(&["1%", "10%", "300ppm", "40%"])));
    }
    if d.once_in(10) {
        scene.push(format!("duplicate {}", d.one(&["1%", "5%", "20%", "100%"])));
    }
    if d.once_in(8) {
        scene.push("order any".into());
    }
    if d.once_in(8) {
        scene.push("incarnations off".into());
    }
    if d.once_in(40) {
        scene.push("timers manual".into());
        cast.manual = true;
    } else if d.once_in(4) {
        // With manual timers, phases are in lockstep anyway.
        scene.push(d.one(&["phases lockstep", "phases lockstep", "phases drawn"]).into());
    }
}

/// An initial state, usually one that a run can reach: a leader, or a log.
fn init(d: &mut Draw, scene: &mut Vec<String>, cast: &Cast, at: usize) {
    let lane = &cast.lanes[at];
    let known = words(lane.algorithm).init;
    if known.is_empty() {
        return;
    }
    let name = &lane.name;
    if d.once_in(2) {
        // One word for the whole group.
        let word = d.one(known);
        let numbers = numbers(d, word.arity, cast);
        scene.push(format!("init {name} {}{numbers}", word.name));
        return;
    }
    for id in cast.different(d, cast.ids.len()) {
        if d.once_in(3) {
            continue;
        }
        let mut line = format!("init {name} {id}");
        let mut said = false;
        for word in known {
            if d.once_in(2) {
                line.push_str(&format!(" {}{}", word.name, numbers(d, word.arity, cast)));
                said = true;
            }
        }
        if said {
            scene.push(line);
        }
    }
}

/// The numbers after a word of `init`.
fn numbers(d: &mut Draw, arity: Arity, cast: &Cast) -> String {
    let list = |numbers: &[u64]| numbers.iter().map(|number| format!(" {number}")).collect::<String>();
    match arity {
        Arity::One => list(&[d.within(0, 4)]),
        Arity::Member => list(&[d.one(&cast.ids)]),
        Arity::MemberOrNone => list(&[if d.once_in(2) { 0 } else { d.one(&cast.ids) }]),
        Arity::Members => {
            let count = d.within(1, cast.ids.len() as u64) as usize;
            list(&cast.ids[..count])
        }
        Arity::Many => {
            // Non-decreasing numbers, as the terms in a log.
            let (mut number, mut numbers) = (1, Vec::new());
            for _ in 0..d.one(&[0, 1, 2, 3, 5, 12]) {
                number += u64::from(d.once_in(4));
                numbers.push(number);
            }
            list(&numbers)
        }
    }
}
