//! The delay that the timeouts tolerate, and the duration of a recovery: the table of docs/judging.md, computed from
//! the scenario's settings.

use election_playground::base::{Span, SpanRange};
use election_playground::vocabulary::Value;

use super::world::{Node, World};

/// The present duration of a recovery.
#[derive(Clone, PartialEq, Debug)]
pub enum Recovery {
    /// At most this long.
    Within { bound: Span },
    /// This setting gives it up.
    GivenUp(String),
    /// No voter runs.
    NoVoterRuns,
}

/// The settings of a node by name; times in microseconds.
struct Settings<'a>(&'a World<'a>, &'a Node);

impl Settings<'_> {
    fn value(&self, name: &str) -> &Value {
        let at = self.0.case.info.settings.iter().position(|it| it.name == name);
        &self.1.settings[at.unwrap_or_else(|| panic!("no setting {name}"))]
    }

    fn us(&self, name: &str) -> u64 {
        match self.value(name) {
            Value::Span(span) => span.0,
            Value::Number(number) => *number,
            other => panic!("{name} is {other:?}"),
        }
    }

    fn range(&self, name: &str) -> SpanRange {
        match self.value(name) {
            Value::Range(range) => *range,
            other => panic!("{name} is {other:?}"),
        }
    }

    fn is_on(&self, name: &str) -> bool {
        *self.value(name) == Value::Switch(true)
    }

    fn names_no_node(&self, name: &str) -> bool {
        *self.value(name) == Value::Ids(Vec::new())
    }
}

/// The longest delay that the timeouts of every node tolerate; `None` if no timeout depends on the delay.
pub fn delay_bound(world: &World<'_>) -> Option<Span> {
    world.nodes.iter().filter_map(|node| delay_bound_of(&Settings(world, node))).min().map(Span)
}

fn delay_bound_of(s: &Settings<'_>) -> Option<u64> {
    Some(match s.0.case.info.id {
        "ring" => {
            let hop = s.us("hop-timeout") / 2;
            if s.is_on("detector") { hop.min(s.us("timeout").saturating_sub(s.us("heartbeat"))) } else { hop }
        }
        "hs" => {
            let hop = s.us("hop-timeout");
            if s.is_on("repair") { hop.min(s.us("heartbeat")) } else { hop }
        }
        "bully" => {
            let (answer, coordinator) = (s.us("answer-timeout"), s.us("coordinator-timeout"));
            let heartbeat = s.us("timeout").saturating_sub(s.us("heartbeat"));
            let bound = (answer / 2).min(coordinator.saturating_sub(answer) / 2);
            if s.is_on("detector") { bound.min(heartbeat) } else { bound }
        }
        "zookeeper" => (granted(s) / 6).min(s.us("session-timeout") / 2),
        "raft" => {
            let (lo, heartbeat) = (s.range("election-timeout").lo.0, s.us("heartbeat"));
            let bound = (lo / 3).min(lo.saturating_sub(heartbeat) / 2);
            match s.us("leader-lease") {
                0 => bound,
                lease => bound.min(lease.saturating_sub(heartbeat) / 3),
            }
        }
        "toy" => s.range("election").lo.0 / 3,
        "independent" | "primary" => return None,
        other => panic!("{}", missing(other, "the tolerated delay", "delay_bound_of")),
    })
}

/// The session timeout that the service grants: within 2 to 20 of its ticks.
fn granted(s: &Settings<'_>) -> u64 {
    s.us("session-timeout").clamp(2 * s.us("tick-time"), 20 * s.us("tick-time"))
}

/// The present duration of a recovery: that of the node whose settings make it longest.
pub fn recovery(world: &World<'_>) -> Recovery {
    if world.case.scenario.timers_manual {
        return Recovery::GivenUp("timers manual".into());
    }
    let voters = world.voters();
    let up: Vec<&Node> = voters.iter().map(|&v| world.node(v)).filter(|node| node.runs()).collect();
    // The electable nodes: those whose log is as new as a quorum's.
    let quorum = voters.len() / 2 + 1;
    let behind = |node: &Node| up.iter().filter(|other| other.newness() <= node.newness()).count();
    let electable = up.iter().filter(|node| quorum <= behind(node)).count().max(1);
    let situation = Situation {
        members: world.case.members as u64,
        // If no voter runs, only a setting can say more.
        up: up.len().max(1) as u64,
        electable: electable as u64,
        delay: world.network.longest_delay().0,
    };
    let mut longest = 0;
    for node in &world.nodes {
        match recovery_of(&Settings(world, node), &situation) {
            Err(setting) => return Recovery::GivenUp(setting),
            Ok(bound) => longest = longest.max(bound),
        }
    }
    let off = voters.iter().any(|&v| world.node(v).off);
    if up.is_empty() && !off { Recovery::NoVoterRuns } else { Recovery::Within { bound: Span(longest) } }
}

/// The variables of the formulas.
struct Situation {
    /// n.
    members: u64,
    /// u: the number of running voters.
    up: u64,
    /// w: the number of those that can be elected.
    electable: u64,
    /// D, in microseconds.
    delay: u64,
}

fn recovery_of(s: &Settings<'_>, at: &Situation) -> Result<u64, String> {
    let (n, d) = (at.members, at.delay);
    let needs = |names: &[&str]| match names.iter().find(|name| !s.is_on(name)) {
        Some(name) => Err(format!("{name} off")),
        None => Ok(()),
    };
    Ok(match s.0.case.info.id {
        "ring" => {
            needs(&["detector", "skip", "retry"])?;
            let (timeout, heartbeat, hop) = (s.us("timeout"), s.us("heartbeat"), s.us("hop-timeout"));
            let tries = s.us("tries");
            let election = 3 * n * hop;
            timeout + heartbeat + 2 * (n * tries * hop + heartbeat + 2 * d) + 3 * (election + 3 * n * d)
        }
        "hs" => {
            needs(&["repair", "retry"])?;
            if n == 1 && s.names_no_node("initiators") {
                return Err("initiators none".into());
            }
            let (heartbeat, misses, hop) = (s.us("heartbeat"), s.us("misses"), s.us("hop-timeout"));
            let election = 9 * n * hop;
            2 * ((2 * misses + 2 * n + 4) * heartbeat + 2 * d) + 3 * (election + 9 * n * d)
        }
        "bully" => {
            needs(&["detector"])?;
            let (timeout, heartbeat) = (s.us("timeout"), s.us("heartbeat"));
            let (answer, coordinator) = (s.us("answer-timeout"), s.us("coordinator-timeout"));
            timeout + heartbeat + 4 * (answer + coordinator + 4 * d)
        }
        "zookeeper" => {
            let (t, asked, tick) = (granted(s), s.us("session-timeout"), s.us("tick-time"));
            let waits = 2 * s.range("reconnect-delay").hi.0 + 4 * s.us("retransmit") + 4_000_000;
            4 * t + asked + 2 * tick + waits + 20 * d
        }
        "raft" => raft(s, at)?,
        // Of tests/authority.
        "independent" | "primary" => return Err("all by hand".to_string()),
        "toy" => {
            let elections = 20 * s.range("election").hi.0 + 40 * d;
            elections + 2 * s.us("session") + s.us("fence-delay") + 4 * s.us("beat")
        }
        other => panic!("{}", missing(other, "the bound of a recovery", "recovery_of")),
    })
}

/// Raft's rounds. Probabilities are in billionths.
fn raft(s: &Settings<'_>, at: &Situation) -> Result<u64, String> {
    const ONE: u64 = 1_000_000_000;
    let range = s.range("election-timeout");
    let (lo, hi, d) = (range.lo.0, range.hi.0, at.delay);
    let (tick, heartbeat) = (s.us("tick"), s.us("heartbeat"));
    let width = hi - lo;
    let lead = if s.is_on("pre-vote") { 3 * d } else { d } + tick;
    let first_alone = match at.up {
        // A single node has no rivals.
        1 => ONE,
        up => {
            let one = width.saturating_sub(lead).saturating_mul(ONE) / width.max(1);
            (0..up).fold(ONE, |product, _| product * one / ONE)
        }
    };
    let succeeds = first_alone * at.electable / at.up;
    if succeeds == 0 {
        return Err(format!("election-timeout {range}"));
    }
    let round_trips = 4 * d + tick;
    // All but the preferred ones wait once more.
    let head_start = if s.names_no_node("prefer") { 0 } else { hi };
    let round = hi + head_start + round_trips;
    let fails = (ONE - succeeds) as f64 / ONE as f64;
    let more = if s.is_on("check-quorum") { 3 } else { 2 };
    Ok((rounds(fails) + more).saturating_mul(round + heartbeat))
}

/// How many rounds fail in a row with a probability of at most a billionth; if there are many, 21/p + 1.
fn rounds(fails: f64) -> u64 {
    let (mut together, mut rounds) = (fails, 1);
    while 1e-9 < together * (1.0 - 1e-12) {
        if rounds == 4096 {
            let succeeds = ((1.0 - fails) * 1e9).round() as u64;
            return 21_000_000_000 / succeeds + 1;
        }
        together *= fails;
        rounds += 1;
    }
    rounds
}

/// Whether calm undoes the effects of faults; if not, a broken assumption excuses everything that follows.
pub fn heals(world: &World<'_>) -> bool {
    let all = |name: &str| world.nodes.iter().all(|node| Settings(world, node).is_on(name));
    match world.case.info.id {
        "ring" => all("merge"),
        "hs" => all("repair"),
        "bully" | "zookeeper" | "raft" => true,
        // Of tests/authority.
        "toy" | "independent" | "primary" => true,
        other => panic!("{}", missing(other, "whether it heals", "heals")),
    }
}

/// What to add for an algorithm that this file does not know yet.
fn missing(id: &str, what: &str, function: &str) -> String {
    format!("add {id} to `{function}` in tests/second_judge/timing.rs: {what}, as docs/judging.md defines it")
}

/// The setting that lets writes be acknowledged before a quorum has them.
pub fn early_acknowledgements(world: &World<'_>) -> Option<&'static str> {
    let ack = world.case.info.settings.iter().position(|it| it.name == "ack");
    // The second choice of the setting.
    let early = |at: usize| world.case.lane.settings[at] == Value::Choice(1);
    ack.filter(|&at| early(at)).map(|_| "ack leader")
}
