//! Expectations against a run: what was expected, what happened, when.

use crate::base::{SimTime, Span, sort_by_numbers};
use crate::protocol::{Class, Property};
use crate::scenario::{Condition, Expect, Op, Operand, Outcome, Phase, Subject, When, Which};
use crate::timeline::{Engine, Timeline};
use crate::words::PROPERTY_ALIASES;

/// What a subject is at a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Measured {
    /// A number.
    Number(u64),
    /// A length of time.
    Span(Span),
    /// The text of a field.
    Text(String),
    /// It is there, or holds.
    Yes,
    /// It is not there, or does not hold; with what there is to say about it.
    No(String),
}

impl Measured {
    /// In words.
    pub fn text(&self) -> String {
        match self {
            Measured::Number(n) => n.to_string(),
            Measured::Span(span) => span.to_string(),
            Measured::Text(text) => text.clone(),
            Measured::Yes => "it holds".to_string(),
            Measured::No(why) => why.clone(),
        }
    }
}

/// The judgement of one expectation in one lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The position among the scenario's expectations.
    pub expect: usize,
    /// The lane.
    pub lane: usize,
    /// Whether it was met.
    pub met: bool,
    /// The moment that decided.
    pub at: SimTime,
    /// How many events of the lane lay before that moment.
    pub step: u32,
    /// What was found there.
    pub found: String,
}

/// The property of that name or alias.
pub fn property(name: &str) -> Option<Property> {
    let name = PROPERTY_ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    Property::ALL.into_iter().find(|p| p.name() == name)
}

/// What the subject is at the lane's cursor, as seen at `now`. For a node's field, one for each node meant.
pub fn measure(subject: &Subject, lane: &dyn Engine, now: SimTime) -> Vec<Measured> {
    let stats = lane.stats();
    let one = match subject {
        Subject::Leaders => Measured::Number(stats.believers.into()),
        Subject::Leader => match lane.leader() {
            Some(place) => Measured::Number(lane.names().ids[usize::from(place)].0.into()),
            None => Measured::No("nobody leads".into()),
        },
        Subject::Field(who, name) => {
            let places = lane.resolve(who);
            if places.is_empty() {
                return vec![Measured::No("nobody is meant".into())];
            }
            return places.into_iter().map(|p| field(lane, p, name)).collect();
        }
        Subject::Epoch => Measured::Number(stats.epoch_max),
        Subject::Messages { delivered, which } => {
            let counts = if *delivered { &stats.delivered } else { &stats.sent };
            let messages = lane.info().messages;
            let sum = |fits: &dyn Fn(usize) -> bool| {
                (0..messages.len()).filter(|&i| fits(i)).map(|i| counts[i]).sum()
            };
            Measured::Number(match which {
                Which::All => sum(&|_| true),
                Which::Class(name) => {
                    let class = Class::ALL.into_iter().find(|c| c.name() == name);
                    sum(&|i| Some(messages[i].class) == class)
                }
                Which::Named(name) => sum(&|i| messages[i].name == name),
            })
        }
        Subject::Elections => Measured::Number(stats.elections),
        Subject::Failovers => Measured::Number(stats.failovers),
        Subject::Failover(phase) => match stats.failover_last {
            None => Measured::No("no failover has ended".into()),
            Some(failover) => match phase {
                Phase::Whole => Some(failover.whole()),
                Phase::Detection => failover.detection(),
                Phase::Election => failover.election(),
            }
            .map_or_else(|| Measured::No("nobody suspected anything".into()), Measured::Span),
        },
        Subject::Writes(outcome) => Measured::Number(match outcome {
            Outcome::Accepted => stats.writes_accepted,
            Outcome::Rejected => stats.writes_rejected,
            Outcome::Conflicting => stats.writes_conflicting,
            Outcome::Lost => stats.writes_lost,
        }),
        Subject::NoLeader => Measured::Span(stats.time_at(now)[0]),
        Subject::TwoLeaders => Measured::Span(stats.time_at(now)[2]),
        Subject::Property(name) => match property(name).and_then(|p| lane.violation(p)) {
            None => Measured::Yes,
            Some(violation) => Measured::No(format!("{} at {}", violation.text(), violation.at)),
        },
        Subject::Pending => Measured::Number(lane.pending_messages() as u64),
    };
    vec![one]
}

/// A field of a node: of its view, or one that every node has.
fn field(lane: &dyn Engine, place: u8, name: &str) -> Measured {
    if name == "state" {
        let state = if !lane.up(place) {
            "crashed"
        } else if lane.paused(place) {
            "paused"
        } else {
            "up"
        };
        return Measured::Text(state.into());
    }
    let view = lane.view(place);
    let found = |name: &str| view.fields.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
    if let Some(value) = found(name) {
        return Measured::Text(value);
    }
    let belief = lane.belief(place);
    Measured::Text(match name {
        "role" => belief.role.name().to_string(),
        "epoch" | "term" => found(lane.info().epoch).unwrap_or_else(|| belief.epoch.to_string()),
        "leader" => belief.leader.to_string(),
        _ => return Measured::No(format!("it shows no {name} now")),
    })
}

/// Whether a condition holds at the lane's cursor, as seen at `now`, and what was found.
pub fn holds(condition: &Condition, lane: &dyn Engine, now: SimTime) -> (bool, String) {
    let measured = measure(&condition.subject, lane, now);
    let all = measured.iter().all(|m| compare(m, condition.op, &condition.operand));
    let text: Vec<String> = measured.iter().map(Measured::text).collect();
    (all, text.join(", "))
}

/// Whether a condition holds at the lane's cursor, as seen at `now`.
pub fn met(condition: &Condition, lane: &dyn Engine, now: SimTime) -> bool {
    let measured = measure(&condition.subject, lane, now);
    measured.iter().all(|m| compare(m, condition.op, &condition.operand))
}

fn compare(measured: &Measured, op: Op, operand: &Operand) -> bool {
    if op == Op::Exists {
        return !matches!(measured, Measured::No(_));
    }
    if *operand == Operand::None {
        // `leader = none`, and a break on a property: it is not there, it does not hold.
        let there = !matches!(measured, Measured::No(_));
        return there == (op == Op::Ne);
    }
    let ordered = |found: u64, lo: u64, hi: u64| match op {
        Op::Eq => found == lo,
        Op::Ne => found != lo,
        Op::Lt => found < lo,
        Op::Le => found <= lo,
        Op::Gt => found > lo,
        Op::Ge => found >= lo,
        Op::In => lo <= found && found <= hi,
        Op::Exists => true,
    };
    let number = match measured {
        Measured::Number(n) => Some(*n),
        Measured::Span(span) => Some(span.0),
        Measured::Text(text) => text.parse().ok(),
        Measured::Yes | Measured::No(_) => None,
    };
    match (operand, number) {
        (Operand::Number(n), Some(found)) => ordered(found, *n, *n),
        (Operand::Numbers(lo, hi), Some(found)) => ordered(found, *lo, *hi),
        (Operand::Span(s), Some(found)) => ordered(found, s.0, s.0),
        (Operand::Spans(lo, hi), Some(found)) => ordered(found, lo.0, hi.0),
        (Operand::Text(text), _) => {
            let found = measured.text();
            match (op, text.parse(), number) {
                (Op::Eq, ..) => found == *text,
                (Op::Ne, ..) => found != *text,
                (_, Ok(n), Some(found)) => ordered(found, n, n),
                _ => false,
            }
        }
        // What is not there differs from everything.
        (_, None) => op == Op::Ne,
        (Operand::None, _) => false,
    }
}

/// Judges every expectation of the scenario in every lane that it means, by playing each lane once from its
/// start. The cursors stand at the end afterwards.
pub fn judge(timeline: &mut Timeline) -> Vec<Verdict> {
    let expects = timeline.scenario().expects.clone();
    let until = timeline.scenario().until;
    let lanes = timeline.lanes().len();
    let mut verdicts: Vec<Verdict> = (0..lanes)
        .flat_map(|lane| {
            let mine: Vec<(usize, &Expect)> =
                expects.iter().enumerate().filter(|(_, e)| e.condition.lanes & 1 << lane != 0).collect();
            judge_lane(timeline.lane(lane), lane, &mine, until)
        })
        .collect();
    sort_by_numbers(&mut verdicts, |v| (v.expect as u64, v.lane as u64));
    verdicts
}

fn judge_lane(
    engine: &mut dyn Engine,
    lane: usize,
    expects: &[(usize, &Expect)],
    until: SimTime,
) -> Vec<Verdict> {
    let mut verdicts: Vec<Option<Verdict>> = vec![None; expects.len()];
    let mut instants: Vec<SimTime> = expects
        .iter()
        .filter_map(|(_, e)| match e.when {
            When::At(at) | When::By(at) => Some(at.min(until)),
            _ => None,
        })
        .collect();
    instants.push(until);
    sort_by_numbers(&mut instants, |at| (at.0, 0));
    instants.dedup();

    engine.seek_step(0, SimTime::ZERO);
    let verdict = |engine: &dyn Engine, expect: usize, met, at, found| Verdict {
        expect,
        lane,
        met,
        at,
        step: engine.events(),
        found,
    };
    // What is asked of every state is asked after every event, until it is decided.
    let every_state = |engine: &dyn Engine, verdicts: &mut [Option<Verdict>], now: SimTime| {
        for (slot, (index, expect)) in verdicts.iter_mut().zip(expects) {
            let stop_at = match expect.when {
                When::Always => false,
                When::Eventually | When::Never => true,
                When::By(at) if now <= at => true,
                _ => continue,
            };
            if slot.is_some() {
                continue;
            }
            let (holds, found) = holds(&expect.condition, engine, now);
            if holds == stop_at {
                let met = matches!(expect.when, When::Eventually | When::By(_));
                *slot = Some(verdict(engine, *index, met, now, found));
            }
        }
    };
    every_state(engine, &mut verdicts, SimTime::ZERO);
    for instant in instants {
        while engine.step(instant) {
            let now = engine.now();
            every_state(engine, &mut verdicts, now);
        }
        for (slot, (index, expect)) in verdicts.iter_mut().zip(expects) {
            let asked = match expect.when {
                When::At(at) | When::By(at) => at.min(until) == instant,
                When::Always | When::Eventually | When::Never | When::End => instant == until,
            };
            if !asked || slot.is_some() {
                continue;
            }
            let (holds, found) = holds(&expect.condition, engine, instant);
            let met = holds != (expect.when == When::Never);
            *slot = Some(verdict(engine, *index, met, instant, found));
        }
    }
    verdicts.into_iter().flatten().collect()
}
