//! The verdicts on the properties of a run so far.

use super::{Calm, Checker, Outcome, Verdict};
use crate::trace::Glance;
use election_base::SimTime;
use election_protocol::{Property, Recovery};

impl Checker {
    /// The verdicts on all properties as of `now`, in the order of [`Property::ALL`].
    pub fn verdicts(&self, now: SimTime, world: &dyn Glance) -> Vec<Verdict> {
        Property::ALL.into_iter().map(|property| self.verdict(property, now, world)).collect()
    }

    /// The verdict on a property as of `now`.
    pub fn verdict(&self, property: Property, now: SimTime, world: &dyn Glance) -> Verdict {
        let promised = self.claim(property).is_some();
        Verdict { property, promised, outcome: self.outcome(property, now, world) }
    }

    fn outcome(&self, property: Property, now: SimTime, world: &dyn Glance) -> Outcome {
        if let Some(violation) = self.violation(property) {
            return Outcome::Broken(*violation);
        }
        if let Some(setting) = self.setting_against(property, world) {
            return Outcome::GivenUp(setting);
        }
        if let Some((at, _)) = self.stats.broke_off {
            return Outcome::Undecided(format!("the run broke off at {at}"));
        }
        let needs = if property == Property::LeaderEventually {
            self.leader_needs(now, world)
        } else {
            self.test_needs(property)
        };
        needs.map_or(Outcome::Held, Outcome::Undecided)
    }

    /// The setting that gives the property up, if the algorithm promises it.
    fn setting_against(&self, property: Property, world: &dyn Glance) -> Option<String> {
        let claim = self.claim(property)?;
        if property == Property::LeaderEventually
            && let Calm::GivenUp(setting) = self.calm(world)
        {
            return Some(setting);
        }
        claim.assumes.iter().find_map(|&a| self.assumptions.given_up(a)).map(str::to_string)
    }

    /// What the run lacks to put a property other than "a leader eventually" to the test.
    fn test_needs(&self, property: Property) -> Option<String> {
        let info = self.contract.info;
        let lacks = |lacks: bool, needs: &str| lacks.then(|| format!("needs {needs}"));
        let no_epochs = || info.epoch.is_empty().then(|| format!("{} has no epochs", info.title));
        match property {
            Property::OneLeaderPerEpoch => no_epochs()
                .or_else(|| lacks(self.stats.leaderships == 0, "a leader"))
                .or_else(|| lacks(self.epochs_forgotten, "a run of at most 1,024 leaderships")),
            Property::EpochsNeverFall => {
                let known = self.epochs.iter().any(|epoch| *epoch > 0);
                no_epochs().or_else(|| lacks(!known, "a node that knows an epoch"))
            }
            Property::OneEffectiveWriter => {
                lacks(self.stats.writes_accepted == 0, "a write that the store accepts")
            }
            Property::LeaderIsAlive => lacks(!self.followed, "a node that follows another"),
            Property::AtMostOneLeader => lacks(self.stats.leaderships == 0, "a leader"),
            Property::AcknowledgedKept => {
                let none = self.stats.writes_acknowledged == 0;
                lacks(none, "a write that is acknowledged to a client").or_else(|| {
                    lacks(self.receipts.forgotten(), "fewer than 1,024 changes between acknowledging leaders")
                })
            }
            Property::LeaderEventually => None,
        }
    }

    /// What would decide whether a leader is elected, if no node serves.
    fn leader_needs(&self, now: SimTime, world: &dyn Glance) -> Option<String> {
        if self.serving() {
            return None;
        }
        Some(match self.calm(world) {
            Calm::Since(since, Recovery { bound, usual }) => {
                let had = now - since;
                let unusual = if usual.times(3, 1) < had {
                    format!(", which is unusually long: 999 in 1,000 recoveries take less than {usual}")
                } else {
                    String::new()
                };
                format!("needs {bound} of calm, had {had}{unusual}")
            }
            Calm::Broken(assumption, from) => {
                let from = from.map_or(String::new(), |from| format!(", broken since {from}"));
                format!("needs the assumption that {}{from}", assumption.text())
            }
            Calm::NoVoterRuns => "needs a node that runs and votes".to_string(),
            Calm::NoneTakesPart => "needs a node that takes part".to_string(),
            Calm::GivenUp(setting) => format!("needs another value for `{setting}`"),
            Calm::NotPromised => "needs a promise".to_string(),
        })
    }
}
