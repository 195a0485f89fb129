//! Evaluates the conditions of `expect` and `break` at a state.

use std::cell::RefCell;

use election_base::{NodeId, SimTime, Span};
use election_engine::checker::{Failover, Outcome as Decided, Verdict};
use election_engine::lane::Lane;
use election_engine::meter::Meter;
use election_engine::trace::truth;
use election_engine::trace::{Names, Place};
use election_language::scenario::{Condition, MessageRef, Op, Operand, Outcome, Phase, Subject, Which, Who};
use election_language::vocabulary::PROPERTY_ALIASES;
use election_protocol::{Class, NodeView, Property};

/// The cost of building a view, in units of work.
const VIEW_UNITS: u64 = 24;

/// The state at the cursor of a lane, as seen at a time. Conditions about the same node share its view.
pub struct Look<'a> {
    lane: &'a Lane,
    now: SimTime,
    views: RefCell<Vec<(Place, NodeView)>>,
}

/// The value of a subject at a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Measured {
    /// A number.
    Number(u64),
    /// A node.
    Node(NodeId),
    /// A length of time.
    Span(Span),
    /// The text of a field.
    Text(String),
    /// It exists, or holds.
    Yes,
    /// It does not exist or does not hold, with an explanation.
    No(String),
    /// The verdict on a property.
    Verdict(Box<Verdict>),
}

impl Measured {
    /// The value as text, with these names of nodes.
    pub fn text(&self, names: &Names) -> String {
        match self {
            Measured::Number(n) => n.to_string(),
            Measured::Node(id) => id.to_string(),
            Measured::Span(span) => span.to_string(),
            Measured::Text(text) => text.clone(),
            Measured::Yes => "it holds".to_string(),
            Measured::No(why) => why.clone(),
            Measured::Verdict(verdict) => verdict.text(names),
        }
    }
}

/// The property with that name or alias.
pub fn property(name: &str) -> Option<Property> {
    let name = PROPERTY_ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    Property::ALL.into_iter().find(|p| p.name() == name)
}

impl<'a> Look<'a> {
    /// The state at the cursor of a lane, as seen at `now`, which must not be before the last event.
    pub fn new(lane: &'a Lane, now: SimTime) -> Look<'a> {
        Look { lane, now, views: RefCell::default() }
    }

    /// Whether a condition holds.
    pub fn met(&self, condition: &Condition, meter: &mut Meter) -> bool {
        let measured = self.measure(&condition.subject, meter);
        measured.iter().all(|m| compare(m, condition.op, &condition.operand))
    }

    /// What a condition finds, as text.
    pub fn found(&self, condition: &Condition) -> String {
        let measured = self.measure(&condition.subject, &mut Meter::unlimited());
        measured.iter().map(|it| it.text(self.lane.names())).collect::<Vec<_>>().join(", ")
    }

    /// The verdict on a property, if the condition is about one.
    pub fn verdict(&self, condition: &Condition) -> Option<Verdict> {
        let Subject::Property(name) = &condition.subject else { return None };
        property(name).map(|p| self.lane.verdict(p, self.now))
    }

    /// The subject's value. A field of several nodes has one value for each.
    pub fn measure(&self, subject: &Subject, meter: &mut Meter) -> Vec<Measured> {
        meter.spend(1);
        let (lane, stats) = (self.lane, self.lane.stats());
        let one = match subject {
            Subject::Leaders => Measured::Number(stats.believers.into()),
            Subject::Leader => self.node(lane.leader()),
            Subject::Of(subject, group) => self.of_group(subject, group),
            Subject::Field(who, name) => return self.fields(who, name, meter),
            Subject::Epoch => Measured::Number(stats.epoch_max),
            Subject::Messages { delivered, which } => {
                let traffic = lane.traffic();
                let counts = if *delivered { &traffic.delivered } else { &traffic.sent };
                let messages = lane.info().messages;
                meter.spend(messages.len() as u64 / 8);
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
            Subject::Failover(phase) => failover(stats.failover_last, *phase),
            Subject::Writes(outcome) => Measured::Number(match outcome {
                Outcome::Accepted => stats.writes_accepted,
                Outcome::Rejected => stats.writes_rejected,
                Outcome::Conflicting => stats.writes_conflicting,
                Outcome::Acknowledged => stats.writes_acknowledged,
                Outcome::Lost => stats.writes_lost,
            }),
            Subject::NoLeader => Measured::Span(stats.time_at(self.now)[0]),
            Subject::TwoLeaders => Measured::Span(stats.time_at(self.now)[2]),
            Subject::Property(name) => match property(name) {
                Some(property) => Measured::Verdict(Box::new(lane.verdict(property, self.now))),
                None => Measured::No(format!("there is no property {name}")),
            },
            Subject::Pending => Measured::Number(lane.pending_messages() as u64),
            Subject::Message(message, name) => self.number_of(message, name),
            Subject::Order(who, rules) => self.order(who, rules),
        };
        vec![one]
    }

    /// The leader, if there is one.
    fn node(&self, leader: Option<Place>) -> Measured {
        match leader {
            Some(place) => Measured::Node(self.lane.names().ids[usize::from(place)]),
            None => Measured::No("no leader".into()),
        }
    }

    /// The subject's value for a group other than the main one.
    fn of_group(&self, subject: &Subject, name: &str) -> Measured {
        let groups = self.lane.group_stats();
        let stats = groups.into_iter().find(|stats| stats.name == name);
        let group = truth::group_called(self.lane.info(), name);
        let (Some(stats), Some(group)) = (stats, group) else {
            return Measured::No(format!("there is no group {name}"));
        };
        match subject {
            Subject::Leaders => Measured::Number(stats.believers.into()),
            Subject::Leader => self.node(self.lane.leader_of(group)),
            Subject::Epoch => Measured::Number(stats.epoch_max),
            Subject::Elections => Measured::Number(stats.elections),
            Subject::Failovers => Measured::Number(stats.failovers),
            Subject::Failover(phase) => failover(stats.failover_last, *phase),
            Subject::NoLeader => Measured::Span(stats.time_at(self.now)[0]),
            Subject::TwoLeaders => Measured::Span(stats.time_at(self.now)[2]),
            other => Measured::No(format!("a group has no {other}")),
        }
    }

    fn fields(&self, who: &Who, name: &str, meter: &mut Meter) -> Vec<Measured> {
        let places = self.lane.resolve(who);
        if places.is_empty() {
            return vec![Measured::No("no such node".into())];
        }
        places.into_iter().map(|place| self.field(place, name, meter)).collect()
    }

    /// A field of a node: one from its view, or one that every node has.
    fn field(&self, place: Place, name: &str, meter: &mut Meter) -> Measured {
        let lane = self.lane;
        if name == "state" {
            let state = match (lane.up(place), lane.paused(place), lane.waits_to_start(place)) {
                (_, _, true) => "starting",
                (false, ..) => "crashed",
                (_, true, _) => "paused",
                _ => "up",
            };
            return Measured::Text(state.into());
        }
        if !self.views.borrow().iter().any(|(p, _)| *p == place) {
            meter.spend(VIEW_UNITS);
            self.views.borrow_mut().push((place, lane.view(place)));
        }
        let views = self.views.borrow();
        let view = views.iter().find(|(p, _)| *p == place).map(|(_, view)| view);
        let found = |name: &str| {
            let fields = view.into_iter().flat_map(|view| &view.fields);
            fields.into_iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone())
        };
        if let Some(value) = found(name) {
            return Measured::Text(value);
        }
        let belief = lane.belief(place);
        Measured::Text(match name {
            "role" => belief.role.name().to_string(),
            "epoch" | "term" => found(lane.info().epoch).unwrap_or_else(|| belief.epoch.to_string()),
            "leader" => belief.leader.to_string(),
            _ => return Measured::No(format!("no {name} at this moment")),
        })
    }

    /// A field of a message.
    fn number_of(&self, message: &MessageRef, name: &str) -> Measured {
        let Some((kind, args)) = self.lane.message(message) else {
            return Measured::No("no such message has been sent".into());
        };
        let info = &self.lane.info().messages[usize::from(kind)];
        match info.args.iter().position(|arg| *arg == name) {
            Some(position) => Measured::Number(args[position].into()),
            None => Measured::No(format!("{} has no {name}", info.name)),
        }
    }

    fn order(&self, who: &Who, rules: &[u32]) -> Measured {
        let Who::Node(id) = who else { return Measured::No("no single node".into()) };
        let done = self.lane.order(*id, rules);
        match rules.get(done) {
            None => Measured::Yes,
            Some(next) => {
                let so_far: Vec<String> = rules[..done].iter().map(|rule| format!("R{rule}")).collect();
                let so_far = if done == 0 { "none of them".to_string() } else { so_far.join(" ") };
                Measured::No(format!("{so_far}, then no R{next}"))
            }
        }
    }
}

fn failover(last: Option<Failover>, phase: Phase) -> Measured {
    let Some(failover) = last else {
        return Measured::No("no failover has ended".into());
    };
    let span = match phase {
        Phase::Whole => Some(failover.whole()),
        Phase::Detection => failover.detection(),
        Phase::Election => failover.election(),
    };
    match span {
        Some(span) => Measured::Span(span),
        None if failover.same => Measured::No("the same leader continued".into()),
        None => Measured::No("no node suspected anything".into()),
    }
}

/// Whether a measured value satisfies a comparison.
pub fn compare(measured: &Measured, op: Op, operand: &Operand) -> bool {
    if let Measured::Verdict(verdict) = measured {
        return match operand {
            Operand::Text(name) => (verdict.outcome.name() == name) == (op == Op::Eq),
            _ => verdict.outcome == Decided::Held,
        };
    }
    if op == Op::Exists {
        return !matches!(measured, Measured::No(_));
    }
    if *operand == Operand::None {
        // `leader = none`: there is no leader.
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
        Measured::Node(id) => Some(id.0.into()),
        Measured::Span(span) => Some(span.0),
        Measured::Text(text) => text.parse().ok(),
        Measured::Yes | Measured::No(_) | Measured::Verdict(_) => None,
    };
    match (operand, number) {
        (Operand::Number(n), Some(found)) => ordered(found, *n, *n),
        (Operand::Numbers(lo, hi), Some(found)) => ordered(found, *lo, *hi),
        (Operand::Span(s), Some(found)) => ordered(found, s.0, s.0),
        (Operand::Spans(lo, hi), Some(found)) => ordered(found, lo.0, hi.0),
        (Operand::Text(text), _) => {
            let found = match measured {
                Measured::Number(n) => n.to_string(),
                Measured::Node(id) => id.to_string(),
                Measured::Span(span) => span.to_string(),
                Measured::Text(text) => text.clone(),
                _ => return op == Op::Ne,
            };
            match (op, text.parse(), number) {
                (Op::Eq, ..) => found == *text,
                (Op::Ne, ..) => found != *text,
                (_, Ok(n), Some(found)) => ordered(found, n, n),
                _ => false,
            }
        }
        // A value that does not exist differs from everything.
        (_, None) => op == Op::Ne,
        (Operand::None, _) => false,
    }
}
