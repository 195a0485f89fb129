//! What a scenario's conditions ask of a lane's past that no statistic keeps: the numbers inside of single messages,
//! and the order in which a node carried out rules.

use crate::trace::{Glance, Kind, Place, Record, WRITE, Watch};
use election_base::NodeId;
use election_language::scenario::{MessageRef, Scenario, Subject, Who};

/// One thing that is watched for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Probe {
    /// A message, once it was sent: its kind and its numbers.
    Message {
        /// Which.
        message: MessageRef,
        /// What it says.
        found: Option<(u8, [u32; 5])>,
    },
    /// Rules that a node carries out in this order.
    Order {
        /// Whose.
        node: NodeId,
        /// The rules.
        rules: Vec<u32>,
        /// How many of them it has carried out.
        done: usize,
    },
}

/// What is watched for in a lane, and what was seen so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Probes(Vec<Probe>);

impl Probes {
    /// What the conditions of a scenario ask of a lane.
    pub fn new(scenario: &Scenario, lane: usize) -> Probes {
        let expects = scenario.expects.iter().map(|e| &e.condition);
        let conditions = expects.chain(scenario.breaks.iter().map(|b| &b.condition));
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

    /// Whether nothing is watched for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The kind and the numbers of a message that is watched for and was sent.
    pub fn message(&self, wanted: &MessageRef) -> Option<(u8, [u32; 5])> {
        self.0.iter().find_map(|probe| match probe {
            Probe::Message { message, found } if message == wanted => *found,
            _ => None,
        })
    }

    /// How many of these rules a node that is watched has carried out in order.
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
                    // What arrives runs rules of the receiver.
                    let whose: Place = if r.kind == Kind::Deliver { r.peer } else { r.node };
                    if r.rules != 0 && world.id(whose) == *node {
                        // Of the rules of one event no order is known: they may be met in any.
                        while rules.get(*done).is_some_and(|rule| r.rules >> rule & 1 == 1) {
                            *done += 1;
                        }
                    }
                }
            }
        }
    }
}
