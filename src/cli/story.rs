//! The story of a run: its sentences and questions at their moments, with the answers that the run gives.

use std::io::{self, Write as _};

use election_playground::base::Span;
use election_playground::scenario::{Ask, LaneSet, Scenario};
use election_playground::story::{Told, tell};
use election_playground::timeline::Timeline;
use serde::Serialize;

use crate::script::Script;
use crate::term::{Out, right, widest};

/// A sentence or a question. The fields are those of `election run --json`.
#[derive(Debug, Serialize)]
pub struct Step {
    /// The line of the file.
    pub line: u32,
    /// When it is told or asked.
    pub at_us: u64,
    /// `say` or `ask`.
    pub kind: &'static str,
    /// The sentence or the question.
    pub text: String,
    /// The lanes that it is about; for a sentence with a condition, those where it is told.
    pub lanes: Vec<String>,
    /// What the reader may choose; empty if it picks lanes.
    pub choices: Vec<String>,
    /// When a question is answered.
    pub answer_at_us: Option<u64>,
    /// The answers, by lane.
    pub answers: Vec<Answered>,
    /// The closing sentence, unless the run contradicts the declared answer.
    pub because: Option<String>,
}

/// The answer to a question in a lane.
#[derive(Debug, Serialize)]
pub struct Answered {
    /// The lane.
    pub lane: String,
    /// Whether some choice is right; in a question about lanes, whether the lane is one of them.
    pub right: bool,
    /// The right choice; `null` if there is none, and in a question about lanes.
    pub choice: Option<String>,
}

/// The steps of a run's story, by time. Moves the cursors.
pub fn steps(script: &Script, timeline: &mut Timeline) -> Vec<Step> {
    let told = tell(timeline);
    let scenario = timeline.scenario();
    let says = scenario.says.iter().zip(&told.says).map(|(say, &lanes)| Step {
        line: script.line(say.line),
        at_us: say.at.0,
        kind: "say",
        text: say.text.clone(),
        lanes: names(scenario, lanes),
        choices: Vec::new(),
        answer_at_us: None,
        answers: Vec::new(),
        because: None,
    });
    let asks = scenario.asks.iter().enumerate().map(|(i, ask)| asked(script, scenario, (i, ask), &told));
    let mut steps: Vec<Step> = says.chain(asks).collect();
    steps.sort_by_key(|step| step.at_us);
    steps
}

fn asked(script: &Script, scenario: &Scenario, (index, ask): (usize, &Ask), told: &Told) -> Step {
    let answer = &ask.answer;
    let of_lane = |lane: usize| {
        let right = told.right(index, lane);
        let choice = right.filter(|_| !answer.of_lanes()).map(|choice| answer.choices[choice].text.clone());
        Answered { lane: scenario.lanes[lane].name.clone(), right: right.is_some(), choice }
    };
    let lanes = (0..scenario.lanes.len()).filter(|lane| ask.lanes >> lane & 1 == 1);
    let choices = answer.choices.iter().map(|choice| choice.text.clone());
    Step {
        line: script.line(ask.line),
        at_us: ask.at.0,
        kind: "ask",
        text: ask.text.clone(),
        lanes: names(scenario, ask.lanes),
        choices: choices.filter(|text| !text.is_empty()).collect(),
        answer_at_us: Some(answer.at.0),
        answers: lanes.map(of_lane).collect(),
        because: answer.because.clone().filter(|_| told.agrees(scenario, index)),
    }
}

fn names(scenario: &Scenario, lanes: LaneSet) -> Vec<String> {
    let named = scenario.lanes.iter().enumerate().filter(|(i, _)| lanes >> i & 1 == 1);
    named.map(|(_, lane)| lane.name.clone()).collect()
}

/// Prints the story of a run of `lanes` lanes: a line for each step, and one for each answer, by time. Sentences that
/// are told nowhere are left out.
///
/// # Errors
/// If it cannot be written.
pub fn print(out: &mut Out, steps: &[Step], lanes: usize) -> io::Result<()> {
    let mut rows: Vec<(u64, String)> = Vec::new();
    for step in steps {
        let about =
            if step.lanes.len() == lanes { String::new() } else { format!("{}: ", step.lanes.join(", ")) };
        match step.answer_at_us {
            None if step.lanes.is_empty() => {}
            None => rows.push((step.at_us, format!("{about}{}", step.text))),
            Some(answer_at) => {
                rows.push((step.at_us, format!("{about}{}", question(step))));
                rows.push((answer_at, answer(step)));
            }
        }
    }
    rows.sort_by_key(|(at, _)| *at);
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let times: Vec<String> = rows.iter().map(|(at, _)| Span(*at).to_string()).collect();
    let width = widest(times.iter().map(String::as_str));
    for (time, (_, text)) in times.iter().zip(&rows) {
        let time = out.bold(&right(time, width));
        writeln!(out, "  {time}  {text}")?;
    }
    Ok(())
}

fn question(step: &Step) -> String {
    if step.choices.is_empty() {
        step.text.clone()
    } else {
        format!("{} ({})", step.text, step.choices.join(" | "))
    }
}

/// `Answer: ring, bully. Because …`, or `Answer: two (ring, bully); one (raft). Because …`
fn answer(step: &Step) -> String {
    let lanes = |of: Option<&String>| {
        let mine = step.answers.iter().filter(|it| it.right && it.choice.as_ref() == of);
        mine.map(|it| it.lane.as_str()).collect::<Vec<_>>().join(", ")
    };
    let found: Vec<String> = if step.choices.is_empty() {
        vec![lanes(None)]
    } else if let [only] = &step.answers[..] {
        vec![only.choice.clone().unwrap_or_default()]
    } else {
        let of_choice = |choice: &String| format!("{choice} ({})", lanes(Some(choice)));
        step.choices.iter().map(of_choice).filter(|text| !text.ends_with(" ()")).collect()
    };
    let found = found.join("; ");
    let found = if found.is_empty() { "none" } else { &found };
    let because = step.because.as_ref().map_or_else(String::new, |text| format!(" {text}"));
    format!("Answer: {found}.{because}")
}
