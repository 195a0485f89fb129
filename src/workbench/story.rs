//! What a run makes of its story: which sentences are told, and which answers are right.
//!
//! Answers are never given in a text, only their conditions. They are checked with the expectations, as conditions at
//! the time of the answer, so a story follows the run when its seed or its faults change.

use crate::expectations::{Judge, Judged, Result, judge_lane};
use election_base::SimTime;
use election_engine::lane::Lane;
use election_engine::timeline::Timeline;
use election_language::scenario::{Ask, Condition, Expect, LaneSet, Scenario, When};

/// A judge of the run of `timeline` and of its story.
pub fn judge(timeline: Timeline) -> Judge {
    let more = conditions(timeline.scenario());
    Judge::with(timeline, more)
}

/// What the run makes of its story, once its judge has decided everything. The judge is one of [`judge`].
pub fn told(judge: &Judge) -> Option<Told> {
    let timeline = judge.timeline();
    judge.is_done().then(|| Told::new(timeline, &judge.judged(), timeline.scenario().expects.len()))
}

/// What a judge of [`judge`] has decided so far: the expectations, and after them the answers that the story declares.
pub fn judged(judge: &Judge) -> Vec<Judged> {
    let scenario = judge.timeline().scenario();
    let expects = scenario.expects.len();
    let mut all = judge.judged();
    all.retain(|judged| judged.expect < expects);
    all.extend(told(judge).iter().flat_map(|told| judged_answers(scenario, told, expects)));
    all
}

/// What the run makes of its story, in one go. Moves the cursors.
pub fn tell(timeline: &mut Timeline) -> Told {
    let (conditions, until) = (conditions(timeline.scenario()), timeline.scenario().until);
    let mut all = Vec::new();
    for lane in 0..timeline.lanes().len() {
        all.extend(judge_lane(timeline.lane(lane), lane, &conditions, until));
    }
    Told::new(timeline, &all, 0)
}

/// The conditions of a story, as expectations. [`Told::new`] takes their results, in the same order.
fn conditions(scenario: &Scenario) -> Vec<Expect> {
    let mut all = Vec::new();
    let mut add = |condition: &Option<Condition>, at: SimTime, line: u32| {
        if let Some(condition) = condition {
            all.push(Expect { condition: condition.clone(), when: When::At(at), seeds: None, line });
        }
    };
    for say in &scenario.says {
        add(&say.condition, say.at, say.line);
    }
    for Ask { answer, .. } in &scenario.asks {
        for choice in &answer.choices {
            add(&choice.condition, answer.at, answer.line);
        }
    }
    all
}

/// What a run makes of its story.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// For each sentence, the lanes where it is told.
    pub says: Vec<LaneSet>,
    /// For each question, the right choice in each lane of the scenario; see [`Told::right`].
    answers: Vec<Vec<Option<usize>>>,
}

impl Told {
    /// The story of a run whose expectations, and then the conditions of its story, have been judged. `offset` is the
    /// number of expectations.
    fn new(timeline: &Timeline, judged: &[Judged], offset: usize) -> Told {
        let scenario = timeline.scenario();
        let lanes = timeline.lanes();
        let mut next = offset;
        // The lanes where a condition holds; all of them if there is none.
        let mut holds = |condition: &Option<Condition>| {
            if condition.is_none() {
                return LaneSet::MAX;
            }
            let mine = next;
            next += 1;
            let met = judged.iter().filter(|it| it.expect == mine && it.met());
            met.fold(0, |set, it| set | 1 << it.lane)
        };
        let mut says = Vec::new();
        for say in &scenario.says {
            says.push(holds(&say.condition) & say.lanes);
        }
        let mut answers = Vec::new();
        for Ask { answer, lanes: asked, .. } in &scenario.asks {
            // Where the run broke off before, nothing is known.
            let broke_off = |lane: &Lane| lane.broke_off().is_some_and(|(at, _)| at <= answer.at);
            let mut open: LaneSet = *asked;
            for (i, lane) in lanes.iter().enumerate() {
                open &= !(LaneSet::from(broke_off(lane)) << i);
            }
            let mut right = vec![None; lanes.len()];
            for (position, choice) in answer.choices.iter().enumerate() {
                let here = holds(&choice.condition) & open;
                open &= !here;
                for (i, right) in right.iter_mut().enumerate() {
                    if here >> i & 1 == 1 {
                        *right = Some(position);
                    }
                }
            }
            answers.push(right);
        }
        Told { says, answers }
    }

    /// The position of the right choice of a question in a lane. `None` if no choice is right: in a question about
    /// lanes, the lane is not one of them.
    pub fn right(&self, ask: usize, lane: usize) -> Option<usize> {
        self.answers.get(ask)?.get(lane).copied().flatten()
    }

    /// Whether the run agrees with what the answer to a question declares.
    pub fn agrees(&self, scenario: &Scenario, ask: usize) -> bool {
        declared(scenario, self).iter().filter(|it| it.0 == ask).all(|it| it.2)
    }
}

/// For each question and lane that a declaration is about, in order: whether the run agrees.
fn declared(scenario: &Scenario, told: &Told) -> Vec<(usize, usize, bool)> {
    let mut all = Vec::new();
    for (index, ask) in scenario.asks.iter().enumerate() {
        if ask.answer.choices.iter().all(|choice| choice.declared.is_none()) {
            continue;
        }
        for lane in (0..scenario.lanes.len()).filter(|lane| ask.lanes >> lane & 1 == 1) {
            let right = told.right(index, lane);
            let agrees = ask.answer.choices.iter().enumerate().all(|(i, choice)| {
                choice.declared.is_none_or(|lanes| (lanes >> lane & 1 == 1) == (right == Some(i)))
            });
            all.push((index, lane, agrees));
        }
    }
    all
}

/// The results of the declared answers, numbered after the `offset` expectations of the scenario.
pub fn judged_answers(scenario: &Scenario, told: &Told, offset: usize) -> Vec<Judged> {
    let judged = |(ask, lane, agrees): (usize, usize, bool)| {
        let answer = &scenario.asks[ask].answer;
        let found = match told.right(ask, lane) {
            None => "no".to_string(),
            Some(_) if answer.of_lanes() => "yes".to_string(),
            Some(choice) => format!("\"{}\"", answer.choices[choice].text),
        };
        let result = if agrees { Result::Met } else { Result::Failed };
        Judged { expect: offset + ask, lane, result, at: answer.at, step: 0, found }
    };
    declared(scenario, told).into_iter().map(judged).collect()
}
