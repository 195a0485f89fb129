//! The parts of a lane's past that a scenario's conditions refer to and no statistic keeps: the arguments of single
//! messages, and the order in which a node executed rules.

use crate::trace::{Glance, Kind, Place, Record, WRITE, Watch};
use election_base::NodeId;
use election_language::scenario::{Halt, MessageRef, Scenario, Subject, Who};

/// One thing to watch for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Probe {
    /// A message.
    Message {
        /// The message.
        message: MessageRef,
        /// Its kind and arguments, once it has been sent.
        found: Option<(u8, [u32; 5])>,
    },
    /// Rules that a node executes in this order.
    Order {
        /// The node.
        node: NodeId,
        /// The rules.
        rules: Vec<u32>,
        /// How many of them it has executed.
        done: usize,
    },
}

/// What to watch for in a lane, and what has been seen so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Probes(Vec<Probe>);

impl Probes {
    /// The probes that the conditions of a scenario need in a lane.
    pub fn new(scenario: &Scenario, lane: usize) -> Probes {
        let expects = scenario.expects.iter().map(|e| &e.condition);
        let breaks = scenario.breaks.iter().filter_map(|b| match &b.on {
            Halt::Condition(condition) => Some(condition),
            Halt::Moment(..) => None,
        });
        let conditions = expects.chain(breaks);
        let mut probes: Vec<Probe> = Vec::new();
        for condition in conditions.filter(|c| c.lanes >> lane & 1 == 1) {
            let probe = match &condition.subject {
                Subject::Message(message, _) => Probe::Message { message: *message, found: None },
                Subject::Order(Who::Node(node), rules) => {
                    Probe::Order { node: *node, rules: rules.clone(), done: 0 }
                }
                _ => continue,
            };
            if !probes.contains(&probe) {
                probes.push(probe);
            }
        }
        Probes(probes)
    }

    /// Whether there is nothing to watch for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The kind and arguments of a watched message, if it has been sent.
    pub fn message(&self, wanted: &MessageRef) -> Option<(u8, [u32; 5])> {
        self.0.iter().find_map(|probe| match probe {
            Probe::Message { message, found } if message == wanted => *found,
            _ => None,
        })
    }

    /// How many of these rules a watched node has executed in order.
    pub fn order(&self, wanted: NodeId, order: &[u32]) -> usize {
        let found = self.0.iter().find_map(|probe| match probe {
            Probe::Order { node, rules, done } if *node == wanted && rules == order => Some(*done),
            _ => None,
        });
        found.unwrap_or(0)
    }
}

impl Watch for Probes {
    fn on(&mut self, r: &Record, world: &dyn Glance) {
        for probe in &mut self.0 {
            match probe {
                Probe::Message { message, found } => {
                    let sent = r.kind == Kind::Send && r.msg != WRITE && r.nth == message.nth;
                    if sent && world.id(r.node) == message.from && world.id(r.peer) == message.to {
                        *found = Some((r.msg, r.args));
                    }
                }
                Probe::Order { node, rules, done } => {
                    // A delivery runs rules of the receiver.
                    let whose: Place = if r.kind == Kind::Deliver { r.peer } else { r.node };
                    if r.rules != 0 && world.id(whose) == *node {
                        // The order of rules within one event is unknown, so any order counts.
                        while rules.get(*done).is_some_and(|rule| r.rules >> rule & 1 == 1) {
                            *done += 1;
                        }
                    }
                }
            }
        }
    }
}
