//! `election why`: the chain of causes behind a moment.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use election_playground::base::SimTime;
use election_playground::lane::Lane;
use election_playground::meter::Meter;
use election_playground::registry::BUILT_IN;
use election_playground::timeline::Timeline;
use election_playground::trace::{NOWHERE, Place};
use election_playground::why::{Chain, Inquiry, Outcome, Question, Reason, WhatIf, changes};
use serde_json::{Value, json};

use crate::term::{Out, clock};
use crate::{Done, Stop, play, source};

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// A scenario file; `-` for standard input
    file: PathBuf,
    /// The lane to ask about; may be left out if there is only one
    #[arg(long, value_name = "NAME")]
    lane: Option<String>,
    /// The moment to ask about; the end of the run if neither this nor --event is given
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    at: Option<SimTime>,
    /// Ask why this node is what it is at that moment: why it leads, or why it does not
    #[arg(long, value_name = "NODE")]
    node: Option<String>,
    /// Ask why this field of the node is what it is at that moment: what last changed it
    #[arg(long, value_name = "FIELD", requires = "node")]
    field: Option<String>,
    /// Ask why this event of the lane happened, by the number that `trace --causes` prints
    #[arg(long, value_name = "N", conflicts_with_all = ["at", "node", "field"])]
    event: Option<u32>,
    /// Play with this seed instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print one JSON object, described in docs/command-line.md
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If the scenario cannot be run, the lane, node or event does not exist, or the output cannot be written.
pub fn why(options: &Options, out: &mut Out) -> Done {
    let script = source::one(&options.file)?;
    let mut timeline = play::open(&script, options.seed)?;
    let lane = lane(&timeline, options.lane.as_deref())?;
    timeline.compute_all();
    let until = timeline.scenario().until;
    timeline.seek(options.at.map_or(until, |at| at.min(until)));
    let question = question(timeline.lane(lane), options)?;
    let now = timeline.now();
    let chain = answer(timeline.lane(lane), question, now);
    let mut outcomes: Vec<Outcome> = Vec::new();
    for change in changes(&timeline, &script.text, lane, &chain) {
        // A line may be needed by another one.
        let Some(root) = chain.reasons.last() else { break };
        let Ok(mut what_if) = WhatIf::new(&BUILT_IN, &timeline, lane, &change, root) else { continue };
        outcomes.extend(what_if.advance(&mut Meter::unlimited()));
    }
    if options.json {
        let name = &timeline.scenario().lanes[lane].name;
        out.json(&object(name, &timeline.lanes()[lane], &chain, &outcomes), true)?;
    } else {
        print(out, &timeline.lanes()[lane], &chain, &outcomes)?;
    }
    Ok(true)
}

/// The position of the lane that is meant.
fn lane(timeline: &Timeline, name: Option<&str>) -> Result<usize, Stop> {
    let lanes = &timeline.scenario().lanes;
    match name {
        Some(name) => Ok(play::lanes(timeline, &[name.to_string()])?[0]),
        None if lanes.len() == 1 => Ok(0),
        None => {
            let names: Vec<&str> = lanes.iter().map(|it| it.name.as_str()).collect();
            Err(Stop::Error(format!("say which lane you ask about: --lane {}", names.join(", --lane "))))
        }
    }
}

fn question(lane: &Lane, options: &Options) -> Result<Question, Stop> {
    if let Some(event) = options.event {
        let last = lane.computed_events();
        let why = || {
            format!("there is no event {event}, the lane has {last}; `trace --causes` prints their numbers")
        };
        return if event <= last { Ok(Question::Event(event)) } else { Err(Stop::Error(why())) };
    }
    let Some(node) = &options.node else { return Ok(Question::Leader) };
    let names = lane.names();
    let nodes = lane.members() + lane.services();
    let known: Vec<&str> = names.labels.iter().take(nodes).map(String::as_str).collect();
    let place = known.iter().position(|it| it == node);
    let place = place.or_else(|| names.ids.iter().take(nodes).position(|it| it.to_string() == *node));
    let expected = format!("a node of the lane: {}", play::list(&known));
    let place = place.ok_or_else(|| Stop::Error(play::unknown("node", node, &known, &expected)))?;
    let place = place as Place;
    let Some(field) = &options.field else { return Ok(Question::Node(place)) };
    let fields = lane.view(place).fields;
    let known: Vec<&str> = fields.iter().map(|(it, _)| *it).collect();
    let unknown =
        || Stop::Error(play::unknown("field", field, &known, &format!("one of {}", play::list(&known))));
    let (field, _) = fields.iter().find(|(it, _)| it == field).ok_or_else(unknown)?;
    Ok(Question::Field(place, field))
}

/// The answer, however long it takes.
fn answer(lane: &mut Lane, question: Question, now: SimTime) -> Chain {
    let mut inquiry = Inquiry::new(lane, question, now);
    loop {
        if let Some(chain) = inquiry.advance(lane, &mut Meter::unlimited()) {
            return chain;
        }
    }
}

fn print(out: &mut Out, lane: &Lane, chain: &Chain, outcomes: &[Outcome]) -> Result<(), Stop> {
    writeln!(out, "{}\n", chain.question)?;
    if chain.truncated {
        writeln!(out, "The chain is too long to show in full.\n")?;
    }
    for (i, it) in chain.reasons.iter().enumerate() {
        let mut notes = Vec::new();
        if !it.from.is_empty() {
            let from: Vec<String> = it.from.iter().map(|from| (from + 1).to_string()).collect();
            notes.push(format!("from {}", from.join(" ")));
        }
        notes.extend(it.line.map(|line| format!("line {}", line + 1)));
        let notes = if notes.is_empty() { String::new() } else { format!("  ({})", notes.join(", ")) };
        writeln!(out, "{:>3}  {}  {}{notes}", i + 1, clock(it.at), it.text)?;
        for rule in rules(it) {
            let text = lane.info().rules.get(rule as usize - 1).copied().unwrap_or_default();
            writeln!(out, "{:>22}R{rule} {}", "", text.trim_start())?;
        }
    }
    for outcome in outcomes {
        writeln!(out, "\n{}", outcome.text)?;
    }
    Ok(())
}

/// The numbers of the rules that ran.
fn rules(reason: &Reason) -> Vec<u32> {
    (1..64).filter(|n| reason.rules & 1 << n != 0).collect()
}

fn object(name: &str, lane: &Lane, chain: &Chain, outcomes: &[Outcome]) -> Value {
    let names = lane.names();
    let reasons: Vec<Value> = chain
        .reasons
        .iter()
        .enumerate()
        .map(|(i, it)| {
            let node = (it.node != NOWHERE).then(|| names.node(it.node));
            let message = it.message.map(|r| names.message_ref(r.node, r.peer, r.nth, r.copy));
            json!({
                "number": i + 1, "time_us": it.at.0, "step": it.step, "node": node, "kind": it.kind.name(),
                "text": it.text, "line": it.line.map(|line| line + 1), "rules": rules(it), "message": message,
                "from": it.from.iter().map(|from| from + 1).collect::<Vec<_>>(),
            })
        })
        .collect();
    let without: Vec<Value> = outcomes
        .iter()
        .map(|it| json!({ "text": it.text, "time_us": it.at.map(|at| at.0), "same": it.same }))
        .collect();
    json!({
        "lane": name, "question": chain.question, "reasons": reasons, "what_if": without,
        "truncated": chain.truncated,
    })
}
