//! What the checker says of a property: held, broken, given up or undecided.

use crate::trace::Names;
use election_base::{Epoch, NodeId, SimTime};
use election_protocol::{Assumption, Property};

/// The verdict on a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The property.
    pub property: Property,
    /// Whether the algorithm promises it at all. Breaking a property that was never promised is a lesson, not a bug.
    pub promised: bool,
    /// The outcome.
    pub outcome: Outcome,
}

/// See [`Verdict`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was put to the test and not violated.
    Held,
    /// It was violated.
    Broken(Violation),
    /// This setting gives it up, and it was not violated.
    GivenUp(String),
    /// The run does not decide it. The text says what would, such as "needs 31s of calm, had 7s".
    Undecided(String),
}

impl Outcome {
    /// The name that expectations use.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Held => "held",
            Outcome::Broken(_) => "broken",
            Outcome::GivenUp(_) => "given-up",
            Outcome::Undecided(_) => "undecided",
        }
    }
}

impl Verdict {
    /// The verdict in a sentence without its end, such as "held" or "undecided: needs a leader". Nodes are
    /// called by these names.
    pub fn text(&self, names: &Names) -> String {
        match &self.outcome {
            Outcome::Held => "held".to_string(),
            Outcome::Broken(v) => format!("broken at {}: {}; {}", v.at, v.text_with(names), v.blame_text()),
            Outcome::GivenUp(setting) => format!("given up by `{setting}`, and not violated"),
            Outcome::Undecided(needs) => format!("undecided: {needs}"),
        }
    }
}

/// The cause of a violation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blame {
    /// The algorithm does not promise the property.
    NotPromised,
    /// This setting gives the promise up.
    GivenUp(&'static str),
    /// The run broke an assumption of the promise, starting at this time, too recently for the promise to be owed
    /// again.
    Run(Assumption, SimTime),
    /// All assumptions of the promise had held for long enough: a bug in the algorithm, the claim or the checker.
    Bug,
}

/// A violation of a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The property.
    pub property: Property,
    /// The time.
    pub at: SimTime,
    /// The event.
    pub step: u32,
    /// The node responsible; with two leaders, the later one.
    pub node: NodeId,
    /// The other node; [`NodeId::NONE`] if there is none.
    pub other: NodeId,
    /// The epoch concerned; 0 if there is none.
    pub epoch: Epoch,
    /// The cause.
    pub blame: Blame,
}

impl Violation {
    /// Whether it is a bug: the property was promised, and no assumption of the promise was broken.
    pub fn is_bug(&self) -> bool {
        self.blame == Blame::Bug
    }

    /// What happened, as a sentence without a full stop. Nodes appear with their ids.
    pub fn text(&self) -> String {
        self.told(self.node.to_string(), self.other.to_string())
    }

    /// The same, with the names that the scenario gives to nodes.
    pub fn text_with(&self, names: &Names) -> String {
        self.told(names.label(self.node), names.label(self.other))
    }

    fn told(&self, node: String, other: String) -> String {
        let epoch = self.epoch;
        let of_epoch = if epoch > 0 { format!(" of epoch {epoch}") } else { String::new() };
        match self.property {
            Property::OneLeaderPerEpoch => format!("{other} and {node} both lead in epoch {epoch}"),
            Property::EpochsNeverFall => format!("the epoch of {node} fell to {epoch}"),
            Property::OneEffectiveWriter => {
                format!("the store accepted a write from {node}, which {other} had superseded there")
            }
            Property::LeaderEventually => {
                "no node serves, although everything needed was in place for long enough".into()
            }
            Property::LeaderIsAlive => format!("{other} follows {node}, which is down"),
            Property::AtMostOneLeader => format!("{other} and {node} both believe that they lead"),
            Property::AcknowledgedKept => {
                format!("leader {node}{of_epoch} lacks a write that was acknowledged to a client")
            }
        }
    }

    /// The cause, for programs: `bug`, `run`, `setting` or `never-promised`.
    pub fn blame_name(&self) -> &'static str {
        match self.blame {
            Blame::NotPromised => "never-promised",
            Blame::GivenUp(_) => "setting",
            Blame::Run(..) => "run",
            Blame::Bug => "bug",
        }
    }

    /// The cause, in words.
    pub fn blame_text(&self) -> String {
        match &self.blame {
            Blame::NotPromised => "never promised".to_string(),
            Blame::GivenUp(setting) => format!("expected: `{setting}` gives it up"),
            Blame::Run(assumption, at) => {
                format!("expected: the run broke the assumption that {} at {at}", assumption.text())
            }
            Blame::Bug => "a bug: no assumption of the promise was broken".to_string(),
        }
    }
}
