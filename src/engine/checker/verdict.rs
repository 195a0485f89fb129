//! What the checker says of a property: held, broken, given up or undecided.

use crate::trace::Names;
use election_base::{Epoch, NodeId, SimTime};
use election_protocol::{Assumption, Property};

/// The verdict on a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Which.
    pub property: Property,
    /// Whether the algorithm promises it at all. A property that is broken and was never promised is a lesson, no
    /// bug.
    pub promised: bool,
    /// What became of it.
    pub outcome: Outcome,
}

/// See [`Verdict`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was put to the test and was not violated.
    Held,
    /// It was violated.
    Broken(Violation),
    /// This setting gives it up, and it was not violated.
    GivenUp(String),
    /// The run does not decide it; what would, in words such as "needs 31s of calm, had 7s".
    Undecided(String),
}

impl Outcome {
    /// As an expectation names it.
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

/// Why a violation happened, as far as it is anybody's fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blame {
    /// The algorithm does not promise the property.
    NotPromised,
    /// This setting gives the promise up.
    GivenUp(&'static str),
    /// The run broke an assumption of the promise, from when on, too shortly before for the promise to be owed again.
    Run(Assumption, SimTime),
    /// Everything that the promise rests on had held for long enough: a bug of the algorithm, of the claim or of the
    /// checker.
    Bug,
}

/// A violation of a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which.
    pub property: Property,
    /// When.
    pub at: SimTime,
    /// At which event.
    pub step: u32,
    /// Whose doing; for two leaders the later one.
    pub node: NodeId,
    /// The other one; [`NodeId::NONE`] where there is none.
    pub other: NodeId,
    /// The epoch that it is about; 0 where there is none.
    pub epoch: Epoch,
    /// Whose fault it is.
    pub blame: Blame,
}

impl Violation {
    /// Whether it is a bug: promised, and nothing that the promise rests on was broken.
    pub fn is_bug(&self) -> bool {
        self.blame == Blame::Bug
    }

    /// What happened, in one sentence without its end. Nodes are called by their ids.
    pub fn text(&self) -> String {
        self.told(self.node.to_string(), self.other.to_string())
    }

    /// The same with the names that the scenario gives to nodes.
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
                format!("the store accepted a write of {node}, whom {other} had superseded there")
            }
            Property::LeaderEventually => {
                "nobody serves, though everything needed was there for long enough".into()
            }
            Property::LeaderIsAlive => format!("{other} takes {node} for the leader, who is down"),
            Property::AtMostOneLeader => format!("{other} and {node} both believe that they lead"),
            Property::AcknowledgedKept => {
                format!("leader {node}{of_epoch} lacks a write that was acknowledged to a client")
            }
        }
    }

    /// Whose fault it is, for programs: `bug`, `run`, `setting` or `never-promised`.
    pub fn blame_name(&self) -> &'static str {
        match self.blame {
            Blame::NotPromised => "never-promised",
            Blame::GivenUp(_) => "setting",
            Blame::Run(..) => "run",
            Blame::Bug => "bug",
        }
    }

    /// Whose fault it is, in words.
    pub fn blame_text(&self) -> String {
        match &self.blame {
            Blame::NotPromised => "never promised".to_string(),
            Blame::GivenUp(setting) => format!("expected: `{setting}` gives it up"),
            Blame::Run(assumption, at) => {
                format!("expected: the run broke the assumption that {} at {at}", assumption.text())
            }
            Blame::Bug => "a bug: nothing that the promise rests on was broken".to_string(),
        }
    }
}
