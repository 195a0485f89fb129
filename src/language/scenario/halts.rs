//! Which lines of a text the playhead can stop at, as a debugger's breakpoints.

use super::Scenario;
use super::ast::{Break, Halt, Op, Operand, Subject};
use super::print::break_line;

/// A line that the playhead can stop at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HaltLine {
    /// The line, from 0.
    pub line: u32,
    /// The `break` statement that stops there.
    pub statement: String,
    /// The line of that statement, if the text has it.
    pub by: Option<u32>,
}

/// The lines at which the playhead can stop: an action or a step of a story, at its moment; an expectation, when its
/// condition becomes true, or a property broken; and `break` lines themselves. In text order.
pub fn halts(scenario: &Scenario) -> Vec<HaltLine> {
    let moments = scenario.acts.iter().map(|act| (act.lanes, act.at, act.after, act.line));
    let says = scenario.says.iter().map(|say| (say.lanes, say.at, 0, say.line));
    let asks = scenario.asks.iter().map(|ask| (ask.lanes, ask.at, 0, ask.line));
    let all_lanes = (0..scenario.lanes.len()).fold(0, |set, i| set | 1 << i);
    let mut breaks: Vec<Break> = moments
        .chain(says)
        .chain(asks)
        .filter(|(_, at, ..)| *at < scenario.until)
        .map(|(lanes, at, after, line)| Break { lanes: lanes & all_lanes, on: Halt::Moment(at, after), line })
        .collect();
    // What is asked of many runs is no moment of one.
    for expect in scenario.expects.iter().filter(|it| it.seeds.is_none()) {
        let mut condition = expect.condition.clone();
        if matches!(condition.subject, Subject::Property(_)) {
            (condition.op, condition.operand) = (Op::Eq, Operand::Text("broken".to_string()));
        }
        breaks.push(Break { lanes: condition.lanes, on: Halt::Condition(condition), line: expect.line });
    }
    breaks.extend(scenario.breaks.iter().cloned());
    let there: Vec<(String, u32)> =
        scenario.breaks.iter().map(|stop| (break_line(scenario, stop), stop.line)).collect();
    let mut found: Vec<HaltLine> = breaks
        .iter()
        .map(|stop| {
            let statement = break_line(scenario, stop);
            let by = there.iter().find(|(it, _)| *it == statement).map(|(_, line)| *line);
            HaltLine { line: stop.line, statement, by }
        })
        .collect();
    found.sort_by_key(|it| it.line);
    found.dedup_by_key(|it| it.line);
    found
}
