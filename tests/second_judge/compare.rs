//! Compares the second judge's findings with the checker's.

use core::fmt::{Debug, Write as _};

use election_playground::checker::{
    Blame as Blamed, Failover, GroupStats, Outcome, Stats, Verdict as CheckersVerdict, Violation,
};
use election_playground::lane::{Lane, Stored, WRITES_MAX};
use election_playground::protocol::{Assumption, Property};
use election_playground::scenario::Scenario;
use election_playground::timeline::Timeline;
use election_playground::trace::Traffic;
use election_playground::vocabulary::Value;

use super::assumptions::Excuse;
use super::properties::{Blame, Breach, Verdict};
use super::raft::Law;
use super::{Case, Judgement, service, timing};

/// Judges a lane whose run is complete, and compares all findings with the checker's.
///
/// # Errors
/// The differences, one per line, and every law broken without a reason.
pub fn compare(timeline: &mut Timeline, index: usize) -> Result<(), String> {
    timeline.compute_all();
    let scenario = timeline.scenario().clone();
    let engine = timeline.lane(index);
    let Some(case) = Case::whole(&scenario, index, engine) else { return Ok(()) };
    let (violations, verdicts) = (engine.head_violations(), engine.head_verdicts(case.until));
    let (stats, groups, traffic) = (engine.head_stats(), engine.head_group_stats(), engine.head_traffic());
    beside(&case, &Told { stats, groups, traffic, violations, verdicts, writes: engine.writes() })
}

/// The same for a lane up to its cursor.
///
/// # Errors
/// See [`compare`].
pub fn compare_so_far(scenario: &Scenario, index: usize, engine: &mut Lane) -> Result<(), String> {
    let Some(case) = Case::so_far(scenario, index, engine) else { return Ok(()) };
    let (violations, verdicts) = (engine.violations(), engine.verdicts(case.until));
    let (stats, groups, traffic) = (engine.stats(), engine.group_stats(), engine.traffic());
    beside(&case, &Told { stats, groups, traffic, violations, verdicts, writes: engine.writes() })
}

/// The checker's findings.
struct Told<'a> {
    stats: &'a Stats,
    groups: Vec<&'a GroupStats>,
    traffic: &'a Traffic,
    violations: Vec<Violation>,
    verdicts: Vec<CheckersVerdict>,
    writes: &'a [Stored],
}

fn beside(case: &Case<'_>, told: &Told<'_>) -> Result<(), String> {
    let judgement = Judgement::of(case);
    let mut differences = Differences::default();
    judgement.figures(told.stats, told.traffic, &mut differences);
    let writes = &judgement.properties.writes;
    differences.check("newest writes", &writes[writes.len().saturating_sub(WRITES_MAX)..], told.writes);
    judgement.groups(&told.groups, &mut differences);
    judgement.violations(&told.violations, &mut differences);
    judgement.verdicts(&told.verdicts, &mut differences);
    judgement.own_rules(&mut differences);
    if differences.0.is_empty() { Ok(()) } else { Err(differences.0) }
}

/// The differences, one per line.
#[derive(Default)]
struct Differences(String);

impl Differences {
    fn check<T: PartialEq + Debug>(&mut self, what: &str, mine: T, theirs: T) {
        if mine != theirs {
            let _ = writeln!(self.0, "{what}: second judge {mine:?}, checker {theirs:?}");
        }
    }

    fn add(&mut self, what: &str) {
        let _ = writeln!(self.0, "{what}");
    }
}

impl Judgement<'_> {
    fn figures(&self, theirs: &Stats, traffic: &Traffic, differences: &mut Differences) {
        let (mine, info) = (&self.figures, self.world.case.info);
        let mut check = |what: &str, mine: u64, theirs: u64| differences.check(what, mine, theirs);
        for (i, message) in info.messages.iter().enumerate() {
            check(&format!("{} sent", message.name), mine.sent[i], traffic.sent[i]);
            check(&format!("{} delivered", message.name), mine.delivered[i], traffic.delivered[i]);
        }
        check("messages lost", mine.lost, theirs.lost);
        check("copies", mine.copies, theirs.copies);
        check("elections", mine.elections, theirs.elections);
        check("leaderships", self.world.leaderships.into(), theirs.leaderships);
        check("believers", self.world.believers().len() as u64, theirs.believers.into());
        check("writes sent", mine.writes_sent, traffic.writes);
        check("writes accepted", mine.writes_accepted, theirs.writes_accepted);
        check("writes rejected", mine.writes_rejected, theirs.writes_rejected);
        check("writes conflicting", self.properties.conflicting, theirs.writes_conflicting);
        check("writes acknowledged", mine.writes_acknowledged, theirs.writes_acknowledged);
        check("writes lost", self.properties.writes_lost(), theirs.writes_lost);
        check("highest epoch", mine.epoch_max, theirs.epoch_max);
        differences.check("broke off", mine.broke_off, theirs.broke_off);
        let until = self.world.case.until;
        differences.check("time without, with one, with more leaders", mine.time, theirs.time_at(until));
        self.failovers(theirs, differences);
    }

    /// The same for the groups other than the main one.
    fn groups(&self, theirs: &[&GroupStats], differences: &mut Differences) {
        differences.check("groups", self.groups.len(), theirs.len());
        for (i, (mine, theirs)) in self.groups.iter().zip(theirs).enumerate() {
            let name = theirs.name;
            let mut check = |what: &str, mine: u64, theirs: u64| {
                differences.check(&format!("{what} of {name}"), mine, theirs)
            };
            check("elections", mine.elections, theirs.elections);
            check("leaderships", self.world.group_leaderships[i].into(), theirs.leaderships);
            check("believers", mine.believers(&self.world) as u64, theirs.believers.into());
            check("highest epoch", mine.epoch_max, theirs.epoch_max);
            let failovers = &mine.service.failovers;
            check("failovers", failovers.len() as u64, theirs.failovers);
            check(
                "unforced failovers",
                failovers.iter().filter(|it| it.unforced).count() as u64,
                theirs.failovers_unforced,
            );
            let sum = failovers.iter().map(|it| it.whole().0).sum::<u64>();
            check("failovers together", sum, theirs.failover_sum.0);
            let parts = |it: &Failover| (it.lost, it.split(), it.found, it.unforced);
            let my_parts = |it: &service::Failover| (it.lost, it.detected, it.found, it.unforced);
            let what = format!("the last failover of {name}: lost, detected, found, unforced");
            let theirs_last = theirs.failover_last.as_ref().map(parts);
            differences.check(&what, failovers.last().map(my_parts), theirs_last);
            let what = format!("time without, with one, with more leaders of {name}");
            differences.check(&what, mine.time, theirs.time_at(self.world.case.until));
        }
    }

    fn failovers(&self, theirs: &Stats, differences: &mut Differences) {
        let mine = &self.service.failovers;
        differences.check("failovers", mine.len() as u64, theirs.failovers);
        let sum = mine.iter().map(|it| it.whole().0).sum::<u64>();
        differences.check("failovers together", sum, theirs.failover_sum.0);
        let longest = mine.iter().rev().max_by_key(|it| it.whole());
        let unforced = mine.iter().filter(|it| it.unforced).count();
        differences.check("unforced failovers", unforced as u64, theirs.failovers_unforced);
        let parts = |it: &Failover| (it.lost, it.split(), it.found, it.unforced);
        let my_parts = |it: &service::Failover| (it.lost, it.detected, it.found, it.unforced);
        differences.check(
            "the last failover: lost, detected, found, unforced",
            mine.last().map(my_parts),
            theirs.failover_last.as_ref().map(parts),
        );
        differences.check(
            "the longest failover: lost, detected, found, unforced",
            longest.map(my_parts),
            theirs.failover_longest.as_ref().map(parts),
        );
    }

    fn violations(&self, theirs: &[Violation], differences: &mut Differences) {
        for property in Property::ALL {
            let breaches = self.properties.breaches();
            let mine: Vec<&Breach> = breaches.into_iter().filter(|it| it.property == property).collect();
            let theirs: Vec<Breach> =
                theirs.iter().filter(|it| it.property == property).map(Breach::from).collect();
            differences.check(property.name(), mine, theirs.iter().collect());
        }
    }

    fn verdicts(&self, told: &[CheckersVerdict], differences: &mut Differences) {
        let broke_off = self.figures.broke_off.is_some();
        for theirs in told {
            let property = theirs.property;
            let mine = self.properties.verdict(property, broke_off, &self.world, &self.assumptions);
            let what = format!("verdict on {}", property.name());
            let promised = self.world.case.claim(property).is_some();
            differences.check(&format!("{what}: promised"), promised, theirs.promised);
            let same = match (&mine, &theirs.outcome) {
                (Verdict::Held, Outcome::Held) => true,
                (Verdict::Broken(mine), Outcome::Broken(theirs)) => *mine == Breach::from(theirs),
                (Verdict::GivenUp(mine), Outcome::GivenUp(theirs)) => mine == theirs,
                (Verdict::Undecided(None), Outcome::Undecided(text)) => !text.contains(" of calm, had "),
                (Verdict::Undecided(Some((needs, had))), Outcome::Undecided(text)) => {
                    text.starts_with(&format!("needs {needs} of calm, had {had}"))
                }
                _ => false,
            };
            if !same {
                differences.add(&format!("{what}: second judge {mine:?}, checker {:?}", theirs.outcome));
            }
        }
    }

    /// Whether the processes hold forged information.
    fn misled(&self) -> bool {
        let told = |a| self.assumptions.spell(a).is_some();
        told(Assumption::PossibleStart) || told(Assumption::Honest)
    }

    /// Checks that only the second judge makes.
    fn own_rules(&self, differences: &mut Differences) {
        let case = self.world.case;
        self.world.contradictions.iter().for_each(|it| differences.add(it));
        let flawed = case.info.settings.iter().zip(&case.lane.settings);
        let flawed = flawed.into_iter().any(|(s, value)| s.name == "flaw" && *value != Value::Choice(0));
        if let Some(what) = self.properties.discord(&self.world, &self.assumptions).filter(|_| !flawed) {
            differences.add(&format!("after calm: {what}"));
        }
        let early = timing::early_acknowledgements(&self.world).is_some();
        let excused = |law: Law| flawed || self.misled() || early && law == Law::AcknowledgedOnQuorum;
        for (at, law, what) in self.laws.broken.iter().filter(|(_, law, _)| !excused(*law)) {
            differences.add(&format!("{law:?} broken at {at}: {what}"));
        }
    }
}

impl From<&Violation> for Breach {
    fn from(it: &Violation) -> Breach {
        let blame = match it.blame {
            Blamed::NotPromised => Blame::NotPromised,
            Blamed::GivenUp(setting) => Blame::Excused(Excuse::Setting(setting)),
            Blamed::Run(assumption, at) => Blame::Excused(Excuse::Run(assumption, at)),
            Blamed::Bug => Blame::Bug,
        };
        let (property, at, step, node, other, epoch) =
            (it.property, it.at, it.step, it.node, it.other, it.epoch);
        Breach { property, at, step, node, other, epoch, blame }
    }
}
