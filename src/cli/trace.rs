//! `election trace`: the events of all lanes, merged on one clock.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use election_playground::base::SimTime;
use election_playground::lane::{Cause, Lane};
use election_playground::picture::Refused;
use election_playground::picture::shiviz::shiviz;
use election_playground::summary::Happening;
use election_playground::telling;
use election_playground::timeline::Timeline;
use election_playground::trace::truth;
use election_playground::trace::{BreakOff, Kind, Loss, Names, Record, WRITE};
use serde_json::{Map, Value, json};

use crate::pages::Merged;
use crate::source;
use crate::term::{Out, clock, left, widest};
use crate::{Done, Stop, play};

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// A scenario file; `-` for standard input
    file: PathBuf,
    /// Print only this lane; may be repeated
    #[arg(long, value_name = "NAME")]
    lane: Vec<String>,
    /// Start at this time
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    from: Option<SimTime>,
    /// End at this time
    #[arg(long, value_name = "TIME", value_parser = play::time)]
    to: Option<SimTime>,
    /// Stop after this many lines
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Play with this seed instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number the events, and show which earlier event or line of the scenario caused each
    #[arg(long)]
    causes: bool,
    /// Print what happened in sentences instead of the events, without repetitions and details; with --json, all of it
    #[arg(long, conflicts_with = "causes")]
    story: bool,
    /// Print one JSON object per line, described in docs/command-line.md
    #[arg(long)]
    json: bool,
    /// What to print: lines of text, or a log for ShiViz, of one lane
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with_all = ["json", "story", "causes", "limit"])]
    format: Format,
}

/// The form of the output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// One event per line
    Text,
    /// Two lines per event, with a vector clock
    Shiviz,
}

/// Runs the command.
///
/// # Errors
/// If the scenario cannot be run, or the output cannot be written.
pub fn trace(options: &Options, out: &mut Out) -> Done {
    let script = source::one(&options.file)?;
    let mut timeline = play::open(&script, options.seed)?;
    let lanes = play::lanes(&timeline, &options.lane)?;
    let until = timeline.scenario().until;
    let to = options.to.map_or(until, |to| to.min(until));
    if options.format == Format::Shiviz {
        let lane = play::only_lane(&timeline, &options.lane, "a log for ShiViz")?;
        timeline.compute_all();
        let from = options.from.unwrap_or(SimTime::ZERO);
        let log = shiviz(&mut timeline, lane, from, to).map_err(|Refused(why)| Stop::Error(why))?;
        out.write_all(log.as_bytes())?;
        return Ok(true);
    }
    let names: Vec<String> = timeline.scenario().lanes.iter().map(|l| l.name.clone()).collect();
    let width = widest(lanes.iter().map(|&lane| names[lane].as_str()));
    if options.story {
        return story(options, out, &mut timeline, &lanes, to);
    }
    let mut merged = Merged::new(&lanes, options.from.unwrap_or(SimTime::ZERO), to);
    let mut count = 0;
    while options.limit.is_none_or(|limit| count < limit) {
        let Some((lane, record)) = merged.next(&mut timeline) else { break };
        count += 1;
        let cause = options.causes.then(|| cause(timeline.lane(lane), &record));
        let words = timeline.lanes()[lane].names();
        if options.json {
            let mut object = object(&names[lane], words, &record);
            if let Some(cause) = cause {
                object.insert("cause".to_string(), cause_object(cause.unwrap_or(Cause::Event(record.step))));
            }
            out.json(&Value::Object(object), false)?;
        } else {
            let (at, name) = (clock(record.at), left(&names[lane], width));
            let cause = cause.map_or(String::new(), |cause| numbers(record.step, cause));
            writeln!(out, "{at} {name} {cause}{}", words.text(&record))?;
        }
    }
    Ok(true)
}

/// Prints the happenings of the lanes, merged on one clock.
fn story(options: &Options, out: &mut Out, timeline: &mut Timeline, lanes: &[usize], to: SimTime) -> Done {
    timeline.compute_all();
    let timeline = &*timeline;
    let from = options.from.unwrap_or(SimTime::ZERO);
    let of = |lane: usize| &timeline.lanes()[lane];
    let mine = |&lane: &usize| of(lane).story().happenings.iter().map(move |it| (lane, it));
    let mut all: Vec<(usize, &Happening)> = lanes.iter().flat_map(mine).collect();
    all.retain(|(_, it)| from <= it.at && it.at <= to && (options.json || it.stops()));
    // Stable: at one instant, in the order of the lanes.
    all.sort_by_key(|(_, it)| it.at);
    let names: Vec<&str> = timeline.scenario().lanes.iter().map(|it| it.name.as_str()).collect();
    let width = widest(lanes.iter().map(|&lane| names[lane]));
    let limit = options.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    for &(lane, it) in all.iter().take(limit) {
        let text = telling::text(of(lane), it);
        if options.json {
            let node = of(lane).names().ids.get(usize::from(it.node)).map(ToString::to_string);
            let told = json!({
                "time_us": it.at.0, "lane": names[lane], "step": it.step, "kind": it.what.name(),
                "node": node, "weight": it.weight(), "text": text,
            });
            out.json(&told, false)?;
        } else {
            writeln!(out, "{} {} {text}", clock(it.at), left(names[lane], width))?;
        }
    }
    Ok(true)
}

/// What brought about what a record tells; `None` where it is one more consequence of its event.
fn cause(lane: &mut Lane, record: &Record) -> Option<Cause> {
    let link = lane.cause(record.step, record.at)?;
    if record.step == 0 || link.record == Some(*record) {
        return Some(link.cause);
    }
    if record.kind != Kind::Lose {
        return None;
    }
    if record.sub == Loss::Chance as u8 { Some(Cause::Chance) } else { lane.fault(record).map(Cause::Event) }
}

/// The number of an event and what brought it about, in two columns.
fn numbers(event: u32, cause: Option<Cause>) -> String {
    let cause = match cause {
        None => String::new(),
        Some(Cause::Begin) => "<- begin".to_string(),
        Some(Cause::Act { line, .. }) => format!("<- line {}", line + 1),
        Some(Cause::Event(event)) => format!("<- #{event}"),
        Some(Cause::Chance) => "<- chance".to_string(),
    };
    format!("{:<7} {cause:<11} ", format!("#{event}"))
}

fn cause_object(cause: Cause) -> Value {
    match cause {
        Cause::Begin => json!({ "begin": true }),
        Cause::Act { line, .. } => json!({ "line": line + 1 }),
        Cause::Event(event) => json!({ "event": event }),
        Cause::Chance => json!({ "chance": true }),
    }
}

/// The JSON name of a kind of record.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Start => "start",
        Kind::Begin => "begin",
        Kind::Send => "send",
        Kind::Copy => "copy",
        Kind::Wait => "wait",
        Kind::Deliver => "deliver",
        Kind::Lose => "lose",
        Kind::Fire => "timer",
        Kind::Input => "input",
        Kind::Belief => "belief",
        Kind::Mark => "mark",
        Kind::Act => "act",
        Kind::Crash => "crash",
        Kind::Pause => "pause",
        Kind::Resume => "resume",
        Kind::Links => "links",
        Kind::Clock => "clock",
        Kind::Stored => "stored",
        Kind::Acknowledge => "acknowledge",
        Kind::Persist => "persist",
        Kind::Append => "append",
        Kind::Truncate => "truncate",
        Kind::Commit => "commit",
        Kind::Set => "set",
        Kind::Stuck => "break-off",
        Kind::Power => "power",
    }
}

/// A record as JSON, with only the fields that its kind has.
fn object(lane: &str, names: &Names, r: &Record) -> Map<String, Value> {
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| {
        all.insert(key.to_string(), value);
    };
    put("time_us", json!(r.at.0));
    put("lane", json!(lane));
    put("step", json!(r.step));
    put("kind", json!(kind(r.kind)));
    let id = |place: u8| names.ids.get(usize::from(place)).map(ToString::to_string);
    if let Some(node) = id(r.node) {
        put("node", json!(node));
    }
    if let Some(peer) = id(r.peer) {
        put("peer", json!(peer));
    }
    match r.kind {
        Kind::Send | Kind::Copy | Kind::Wait | Kind::Deliver | Kind::Lose => {
            put("message", json!(names.message_ref(r.node, r.peer, r.nth, r.copy)));
            put("name", json!(message_name(names, r)));
            put("args", arguments(names, r));
            if r.kind == Kind::Send && r.sub == 1 {
                put("forged", json!(true));
            }
        }
        Kind::Persist => {
            let numbers = names.info.disk.iter().zip(r.args).map(|(name, n)| (name.to_string(), json!(n)));
            put("disk", Value::Object(numbers.collect()));
        }
        Kind::Append => {
            put("first", json!(r.args[0]));
            put("last", json!(r.args[1]));
            put("epoch", json!(r.args[2]));
        }
        Kind::Truncate => put("last", json!(r.args[0])),
        Kind::Commit => put("index", json!(r.args[0])),
        Kind::Acknowledge => {
            put("write", json!(r.args[0]));
            put("index", json!(r.args[1]));
            put("epoch", json!(r.wide(2)));
        }
        Kind::Stuck => put("why", json!(BreakOff::text(r.sub))),
        Kind::Fire => put("timer", json!(names.timers[usize::from(r.sub)])),
        Kind::Belief => {
            let belief = r.belief(&names.ids);
            put("role", json!(belief.role.name()));
            put("leads", json!(belief.leads));
            put("epoch", json!(belief.epoch));
            put("token", json!(belief.token));
            put_group(&mut put, names, r);
        }
        Kind::Mark => put_group(&mut put, names, r),
        Kind::Stored => {
            put("accepted", json!(r.sub == 1));
            put("token", json!(r.wide(0)));
        }
        Kind::Act => put("done", json!(r.sub == 0)),
        _ => {}
    }
    let rules: Vec<u32> = (1..64).filter(|n| r.rules & 1 << n != 0).collect();
    put("rules", json!(rules));
    put("text", json!(names.text(r)));
    all
}

/// The group that a record is about, where it is not the main one.
fn put_group(put: &mut impl FnMut(&str, Value), names: &Names, r: &Record) {
    if let Some(group) = truth::named(names.info, r.group()) {
        put("group", json!(group.name));
    }
}

fn message_name<'n>(names: &'n Names, r: &Record) -> &'n str {
    if r.msg == WRITE { "write" } else { names.info.messages[usize::from(r.msg)].name }
}

fn arguments(names: &Names, r: &Record) -> Value {
    if r.msg == WRITE {
        return json!({ "token": r.wide(0) });
    }
    let words = names.info.messages[usize::from(r.msg)].args.iter();
    Value::Object(words.zip(r.args).map(|(name, value)| (name.to_string(), json!(value))).collect())
}
