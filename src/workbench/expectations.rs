//! Checks expectations against a run: what was expected, what happened and when.
//!
//! A [`Judge`] plays its own copy of the run, so that nothing else moves, and it works in slices: a condition checked
//! at every state costs as much as the simulation itself.

use crate::look::Look;
use election_base::{SimTime, sort_by_numbers};
use election_engine::checker::Outcome;
use election_engine::lane::Lane;
use election_engine::meter::Meter;
use election_engine::timeline::Timeline;
use election_engine::trace::BreakOff;
use election_language::scenario::{Condition, Expect, When};

/// The result of one expectation in one lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    /// The position in the scenario's list of expectations.
    pub expect: usize,
    /// The lane.
    pub lane: usize,
    /// The result.
    pub result: Result,
    /// The moment that decided it.
    pub at: SimTime,
    /// The number of events of the lane before that moment.
    pub step: u32,
    /// What was found then.
    pub found: String,
}

/// The result of an expectation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Result {
    /// The expectation was met.
    Met,
    /// The expectation was not met.
    Failed,
    /// One run cannot decide it: it asks about many seeds.
    NeedsSeeds,
}

impl Judged {
    /// Whether the expectation was met.
    pub fn met(&self) -> bool {
        self.result == Result::Met
    }
}

/// Checks the expectations of a scenario, in slices.
pub struct Judge {
    /// The run, played from its start by the cursors.
    timeline: Timeline,
    expects: Vec<Expect>,
    lanes: Vec<LaneJudge>,
    done: bool,
}

/// The progress in one lane.
struct LaneJudge {
    /// The expectations that apply to this lane, each with its result once known.
    mine: Vec<(usize, Option<Judged>)>,
    /// The instants at which some of them are checked, sorted; the last is the end of the run.
    instants: Vec<SimTime>,
    /// The index of the next instant.
    next: usize,
    begun: bool,
}

impl Judge {
    /// A judge for the run of `timeline`, which it plays from the start.
    pub fn new(timeline: Timeline) -> Judge {
        Judge::with(timeline, Vec::new())
    }

    /// A judge that also checks `more`, numbered after the expectations of the scenario.
    pub fn with(timeline: Timeline, more: Vec<Expect>) -> Judge {
        let scenario = timeline.scenario();
        let until = scenario.until;
        let mut expects = scenario.expects.clone();
        expects.extend(more);
        let lanes = (0..timeline.lanes().len()).map(|lane| LaneJudge::new(&expects, lane, until)).collect();
        let mut judge = Judge { timeline, expects, lanes, done: false };
        for lane in 0..judge.lanes.len() {
            judge.timeline.lane(lane).go_to_step(0, SimTime::ZERO);
        }
        judge
    }

    /// Continues until the meter is used up. Returns true if everything is decided.
    pub fn advance(&mut self, meter: &mut Meter) -> bool {
        let lanes = self.lanes.iter_mut().enumerate();
        self.done = lanes.fold(true, |done, (lane, judge)| {
            judge.advance(self.timeline.lane(lane), lane, &self.expects, meter) && done
        });
        self.done
    }

    /// Whether everything is decided.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The results so far, by expectation and then by lane; complete once [`Judge::advance`] returns true.
    pub fn judged(&self) -> Vec<Judged> {
        let mine = self.lanes.iter().flat_map(|lane| &lane.mine);
        in_order(mine.filter_map(|(_, judged)| judged.clone()).collect())
    }

    /// The run.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }
}

/// Checks every expectation of the scenario in every lane it applies to, in one go. Moves the cursors.
pub fn judge(timeline: &mut Timeline) -> Vec<Judged> {
    let (expects, until) = (timeline.scenario().expects.clone(), timeline.scenario().until);
    let mut all = Vec::new();
    for lane in 0..timeline.lanes().len() {
        all.extend(judge_lane(timeline.lane(lane), lane, &expects, until));
    }
    in_order(all)
}

/// Checks expectations in one lane, in one go. Moves the cursor.
pub fn judge_lane(engine: &mut Lane, lane: usize, expects: &[Expect], until: SimTime) -> Vec<Judged> {
    let mut judge = LaneJudge::new(expects, lane, until);
    engine.go_to_step(0, SimTime::ZERO);
    judge.advance(engine, lane, expects, &mut Meter::unlimited());
    judge.mine.into_iter().filter_map(|(_, judged)| judged).collect()
}

/// Sorts by expectation and then by lane.
fn in_order(mut all: Vec<Judged>) -> Vec<Judged> {
    sort_by_numbers(&mut all, |it| (it.expect as u64, it.lane as u64));
    all
}

impl LaneJudge {
    fn new(expects: &[Expect], lane: usize, until: SimTime) -> LaneJudge {
        let mine: Vec<usize> =
            (0..expects.len()).filter(|&i| expects[i].condition.lanes >> lane & 1 == 1).collect();
        let mut instants: Vec<SimTime> = mine
            .iter()
            .filter_map(|&i| match expects[i].when {
                When::At(at) | When::By(at) => Some(at.min(until)),
                _ => None,
            })
            .collect();
        instants.push(until);
        sort_by_numbers(&mut instants, |at| (at.0, 0));
        instants.dedup();
        let needs_seeds = |i: usize| {
            expects[i].seeds.map(|_| Judged {
                expect: i,
                lane,
                result: Result::NeedsSeeds,
                at: until,
                step: 0,
                found: "one run cannot decide it".to_string(),
            })
        };
        let mine = mine.into_iter().map(|i| (i, needs_seeds(i))).collect();
        LaneJudge { mine, instants, next: 0, begun: false }
    }

    fn advance(&mut self, engine: &mut Lane, lane: usize, expects: &[Expect], meter: &mut Meter) -> bool {
        if !self.begun {
            self.begun = true;
            self.every_state(engine, lane, expects, SimTime::ZERO, meter);
        }
        while let Some(&instant) = self.instants.get(self.next) {
            // Once everything is decided, there is no need to play on.
            if self.mine.iter().all(|(_, judged)| judged.is_some()) {
                break;
            }
            if meter.is_empty() {
                return false;
            }
            meter.spend(1);
            let before = engine.units();
            if engine.step(instant) {
                meter.spend(engine.units() - before);
                let now = engine.now();
                self.every_state(engine, lane, expects, now, meter);
            } else {
                self.at(engine, lane, expects, instant, meter);
                self.next += 1;
            }
        }
        true
    }

    /// Checks the conditions that apply to every state, after each event, until they are decided.
    fn every_state(
        &mut self,
        engine: &Lane,
        lane: usize,
        expects: &[Expect],
        now: SimTime,
        meter: &mut Meter,
    ) {
        let look = Look::new(engine, now);
        for (index, judged) in self.mine.iter_mut().filter(|(_, judged)| judged.is_none()) {
            let expect = &expects[*index];
            let stop_at = match expect.when {
                When::Always => false,
                When::Eventually | When::Never => true,
                When::By(at) if now <= at => true,
                _ => continue,
            };
            if look.met(&expect.condition, meter) == stop_at {
                let met = matches!(expect.when, When::Eventually | When::By(_));
                *judged = Some(decided(&look, engine, (*index, lane), &expect.condition, met, now));
            }
        }
    }

    /// After all events of an instant: checks the conditions for that instant and, at the end of the run, all
    /// that are left.
    fn at(&mut self, engine: &Lane, lane: usize, expects: &[Expect], instant: SimTime, meter: &mut Meter) {
        let last = self.next + 1 == self.instants.len();
        let look = Look::new(engine, instant);
        for (index, judged) in self.mine.iter_mut().filter(|(_, judged)| judged.is_none()) {
            let expect = &expects[*index];
            let asked = match expect.when {
                When::At(at) | When::By(at) => at == instant || last,
                When::Always | When::Eventually | When::Never | When::End => last,
            };
            if !asked {
                continue;
            }
            // Nothing is known about what follows the point where a run broke off, so expectations about it
            // are not met.
            let broke_off = engine.broke_off().filter(|(at, _)| *at <= instant);
            *judged = Some(match broke_off {
                Some((at, why)) => Judged {
                    expect: *index,
                    lane,
                    result: Result::Failed,
                    at,
                    step: engine.events(),
                    found: format!("the run broke off at {at}: {}", BreakOff::text(why)),
                },
                None => {
                    let met = look.met(&expect.condition, meter) != (expect.when == When::Never);
                    decided(&look, engine, (*index, lane), &expect.condition, met, instant)
                }
            });
        }
    }
}

fn decided(
    look: &Look<'_>,
    engine: &Lane,
    (expect, lane): (usize, usize),
    condition: &Condition,
    met: bool,
    now: SimTime,
) -> Judged {
    // A violation has its own moment, which is the one worth looking at.
    let violation = look.verdict(condition).and_then(|verdict| match verdict.outcome {
        Outcome::Broken(violation) => Some((violation.at, violation.step)),
        _ => None,
    });
    let (at, step) = violation.unwrap_or((now, engine.events()));
    let result = if met { Result::Met } else { Result::Failed };
    Judged { expect, lane, result, at, step, found: look.found(condition) }
}
