//! The steps of the story, as plain objects.

use election_language::scenario::{Ask, LaneSet, Say, Scenario};
use election_workbench::story::Told;

use crate::records::StepJs;

/// The steps by time; at the same instant, what is told comes before what is asked.
pub(super) fn steps(scenario: &Scenario, told: Option<&Told>) -> Vec<StepJs> {
    let says =
        scenario.says.iter().enumerate().map(|(i, say)| said(scenario, say, told.map(|told| told.says[i])));
    let asks =
        scenario.asks.iter().enumerate().map(|(i, ask)| asked(scenario, ask, told.map(|told| (i, told))));
    let mut steps: Vec<StepJs> = says.chain(asks).collect();
    steps.sort_by(|a, b| a.at.total_cmp(&b.at));
    steps
}

fn lanes(scenario: &Scenario, set: LaneSet) -> Vec<usize> {
    (0..scenario.lanes.len()).filter(|lane| set >> lane & 1 == 1).collect()
}

fn said(scenario: &Scenario, say: &Say, told: Option<LaneSet>) -> StepJs {
    // Without a condition, nothing needs to be decided.
    let told = if say.condition.is_none() { Some(say.lanes) } else { told };
    StepJs {
        line: say.line,
        at: say.at.0 as f64,
        lanes: lanes(scenario, say.lanes),
        kind: "say",
        text: say.text.clone(),
        told: told.map(|set| lanes(scenario, set)),
        choices: Vec::new(),
        answer_at: None,
        answers: None,
        because: None,
    }
}

fn asked(scenario: &Scenario, ask: &Ask, told: Option<(usize, &Told)>) -> StepJs {
    let answer = &ask.answer;
    let choices = answer.choices.iter().map(|choice| choice.text.clone());
    let right = |(index, told): (usize, &Told)| {
        let right = |lane| told.right(index, lane).map_or(-1, |choice| choice as i32);
        (0..scenario.lanes.len()).map(right).collect()
    };
    let agrees = told.is_some_and(|(index, told)| told.agrees(scenario, index));
    StepJs {
        line: ask.line,
        at: ask.at.0 as f64,
        lanes: lanes(scenario, ask.lanes),
        kind: "ask",
        text: ask.text.clone(),
        told: None,
        choices: if answer.of_lanes() { Vec::new() } else { choices.collect() },
        answer_at: Some(answer.at.0 as f64),
        answers: told.map(right),
        because: answer.because.clone().filter(|_| agrees),
    }
}
