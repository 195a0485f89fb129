//! What a run makes of its story: which sentences are told, and which answers are right.
//!
//! Answers are never given in a text, only their conditions. They are checked with the expectations, as conditions at
//! the time of the answer, so a story follows the run when its seed or its faults change.

use crate::expectations::{Judge, Judged, Result, judge_lane};
use election_base::SimTime;
use election_engine::timeline::Timeline;
use election_language::scenario::{Condition, Expect, LaneSet, Scenario, When};

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
    let expect = |condition: &Condition, at: SimTime, line: u32| Expect {
        condition: condition.clone(),
        when: When::At(at),
        seeds: None,
        line,
    };
    let says = scenario.says.iter().filter_map(|say| Some(expect(say.condition.as_ref()?, say.at, say.line)));
    let answers = scenario.asks.iter().flat_map(|ask| {
        let conditions = ask.answer.choices.iter().filter_map(|choice| choice.condition.as_ref());
        conditions.map(|condition| expect(condition, ask.answer.at, ask.answer.line))
    });
    says.chain(answers).collect()
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
        let mut next = offset;
        let mut holds = |there: bool| {
            let mine = next;
            next += usize::from(there);
            move |lane: usize| !there || judged.iter().any(|j| j.expect == mine && j.lane == lane && j.met())
        };
        let lanes = scenario.lanes.len();
        let among = |set: LaneSet| (0..lanes).filter(move |lane| set >> lane & 1 == 1);
        let says = scenario.says.iter().map(|say| {
            let holds = holds(say.condition.is_some());
            among(say.lanes).filter(|&lane| holds(lane)).fold(0, |set, lane| set | 1 << lane)
        });
        let says = says.collect();
        let answers = scenario.asks.iter().map(|ask| {
            let holds: Vec<_> =
                ask.answer.choices.iter().map(|choice| holds(choice.condition.is_some())).collect();
            let right = |lane: usize| {
                let broke_off = timeline.lanes()[lane].broke_off().is_some_and(|(at, _)| at <= ask.answer.at);
                if broke_off || ask.lanes >> lane & 1 == 0 {
                    return None;
                }
                holds.iter().position(|holds| holds(lane))
            };
            (0..lanes).map(right).collect()
        });
        let answers = answers.collect();
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
