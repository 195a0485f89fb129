//! A scenario, played to its end and judged.

use crate::shared::failed;
use election_playground::base::Span;
use election_playground::checker::{Blame, Failover, Outcome, Stats};
use election_playground::protocol::Assumption;
use election_playground::timeline::Timeline;
use election_playground::trace::Record;
use election_playground::workspace;

/// A whole run.
pub struct Run {
    timeline: Timeline,
}

/// Plays a text.
pub fn play(text: &str) -> Run {
    let mut timeline = workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    timeline.compute_all();
    Run { timeline }
}

/// Plays a text, all of whose expectations must be met.
pub fn holds(text: &str) -> Run {
    let mut timeline = workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    assert!(!timeline.scenario().expects.is_empty(), "nothing is expected of\n{text}");
    let failed = failed(&mut timeline, text);
    assert!(failed.is_empty(), "{}\nin\n{text}", failed.join("\n"));
    timeline.compute_all();
    Run { timeline }
}

impl Run {
    fn lane(&self, name: &str) -> usize {
        let lanes = &self.timeline.scenario().lanes;
        lanes.iter().position(|lane| lane.name == name).unwrap_or_else(|| panic!("no lane {name}"))
    }

    /// The figures of a lane.
    pub fn stats(&self, lane: &str) -> &Stats {
        self.timeline.lanes()[self.lane(lane)].head_stats()
    }

    /// All failovers of a lane.
    pub fn failovers(&self, lane: &str) -> Vec<Failover> {
        let story = self.timeline.lanes()[self.lane(lane)].story();
        story.main.failovers.iter().map(|(_, failover)| *failover).collect()
    }

    /// The verdict on a property.
    pub fn outcome(&self, lane: &str, property: &str) -> Outcome {
        let until = self.timeline.scenario().until;
        let verdicts = self.timeline.lanes()[self.lane(lane)].head_verdicts(until);
        let verdict = verdicts.into_iter().find(|v| v.property.name() == property);
        verdict.unwrap_or_else(|| panic!("no property {property}")).outcome
    }

    /// The cause of a broken property.
    pub fn blame(&self, lane: &str, property: &str) -> Blame {
        match self.outcome(lane, property) {
            Outcome::Broken(violation) => violation.blame,
            other => panic!("{property} is not broken but {}", other.name()),
        }
    }

    /// The assumption that excuses the violation of a property.
    pub fn excuse(&self, lane: &str, property: &str) -> Assumption {
        match self.blame(lane, property) {
            Blame::Run(assumption, _) => assumption,
            other => panic!("{property}: {other:?}"),
        }
    }

    /// What would decide an undecided property.
    pub fn needs(&self, lane: &str, property: &str) -> String {
        match self.outcome(lane, property) {
            Outcome::Undecided(needs) => needs,
            other => panic!("{property} is not undecided but {}", other.name()),
        }
    }

    /// The records of a lane.
    pub fn records(&mut self, lane: &str) -> Vec<Record> {
        let (lane, until) = (self.lane(lane), self.timeline.scenario().until);
        self.timeline.lane(lane).records(Default::default(), until, usize::MAX)
    }

    /// The events of a lane, one per line.
    pub fn trace(&mut self, lane: &str) -> Vec<String> {
        let records = self.records(lane);
        let names = self.timeline.lanes()[self.lane(lane)].names();
        records.iter().map(|r| format!("{} {}", r.at, names.text(r))).collect()
    }
}

/// The parts of a failover in milliseconds, rounded down: detection and election, or `None` if it has none.
pub fn parts_ms(failover: &Failover) -> Option<(u64, u64)> {
    let ms = |span: Span| span.0 / 1000;
    failover.detection().map(ms).zip(failover.election().map(ms))
}
