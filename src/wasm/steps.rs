//! The steps of the story, as plain objects.

use election_base::sort_by_numbers;
use election_language::scenario::{LaneSet, Scenario};
use election_workbench::story::Told;

use crate::records::StepJs;

/// The steps by time; at the same instant, what is told comes before what is asked.
pub(super) fn steps(scenario: &Scenario, told: Option<&Told>) -> Vec<StepJs> {
    let lanes = scenario.lanes.len();
    let among = |set: LaneSet| (0..lanes).filter(|lane| set >> lane & 1 == 1).collect::<Vec<usize>>();
    let mut steps = Vec::new();
    for (i, say) in scenario.says.iter().enumerate() {
        // Without a condition, nothing needs to be decided.
        let where_told =
            if say.condition.is_none() { Some(say.lanes) } else { told.map(|told| told.says[i]) };
        steps.push(StepJs {
            line: say.line,
            at: say.at.0 as f64,
            lanes: among(say.lanes),
            kind: "say",
            text: say.text.clone(),
            told: where_told.map(among),
            choices: Vec::new(),
            answer_at: None,
            answers: None,
            because: None,
        });
    }
    for (i, ask) in scenario.asks.iter().enumerate() {
        let mut choices = Vec::new();
        if !ask.answer.of_lanes() {
            choices.extend(ask.answer.choices.iter().map(|choice| choice.text.clone()));
        }
        let right = |told: &Told, lane| told.right(i, lane).map_or(-1, |choice| choice as i32);
        let agreed = told.is_some_and(|told| told.agrees(scenario, i));
        steps.push(StepJs {
            line: ask.line,
            at: ask.at.0 as f64,
            lanes: among(ask.lanes),
            kind: "ask",
            text: ask.text.clone(),
            told: None,
            choices,
            answer_at: Some(ask.answer.at.0 as f64),
            answers: told.map(|told| (0..lanes).map(|lane| right(told, lane)).collect()),
            because: if agreed { ask.answer.because.clone() } else { None },
        });
    }
    sort_by_numbers(&mut steps, |step| (step.at as u64, 0));
    steps
}
