//! A span of a lane as a log for ShiViz, with vector clocks.
//!
//! The clocks follow the causes that the engine knows: an event comes after the one before it at the same host, and after
//! the one that caused it. An event of the simulation that concerns several hosts, such as a crash of two nodes by a line
//! of the scenario, is an entry at each of them, after the first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use election_base::SimTime;
use election_engine::lane::{Cause, Lane as Run};
use election_engine::timeline::Timeline;
use election_engine::trace::{Kind, Record};

use crate::Refused;
use crate::passages::place_name;

/// The most entries of a log; ShiViz is slow with more.
pub const ENTRIES_MAX: usize = 5_000;
/// How ShiViz reads the log: its own default.
pub const PATTERN: &str = r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})";

/// An entry of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The event of the lane that it belongs to.
    pub step: u32,
    /// Where it happened.
    pub host: String,
    /// What happened.
    pub text: String,
    /// The event that caused it; its own for what follows at other hosts.
    pub cause: Option<u32>,
    /// How many entries of each host it knows of, itself included.
    pub clock: BTreeMap<String, u32>,
}

/// Where a record happened.
fn host(run: &Run, it: &Record) -> String {
    let nodes = run.members() + run.services();
    let of = |place: u8| place_name(run, usize::from(place)).replace(char::is_whitespace, "-");
    match it.kind {
        Kind::Deliver | Kind::Wait => of(it.peer),
        Kind::Stored => of(nodes as u8),
        // It never got anywhere.
        Kind::Lose | Kind::Copy => "network".to_string(),
        Kind::Act | Kind::Links | Kind::Begin | Kind::Stuck => "scenario".to_string(),
        _ if usize::from(it.node) < nodes => of(it.node),
        _ => "scenario".to_string(),
    }
}

/// The entries of a span of a lane, in order.
///
/// # Errors
/// If the span is empty, or there are too many.
pub fn entries(
    timeline: &mut Timeline,
    lane: usize,
    from: SimTime,
    to: SimTime,
) -> Result<Vec<Entry>, Refused> {
    crate::check_span(from, to)?;
    let run = timeline.lane(lane);
    let records = run.records(from, to, ENTRIES_MAX * 4);
    let mut all: Vec<Entry> = Vec::new();
    // The first entry of each event, and the last one of each host.
    let mut firsts: BTreeMap<u32, usize> = BTreeMap::new();
    let mut lasts: BTreeMap<String, usize> = BTreeMap::new();
    let mut rest = records.as_slice();
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|it| it.step == first.step).count();
        let (event, others) = rest.split_at(count);
        rest = others;
        let cause = match run.cause(first.step, first.at).filter(|_| first.step > 0) {
            Some(link) => match link.cause {
                Cause::Event(by) => Some(by),
                _ => None,
            },
            None => None,
        };
        for (host, text) in by_host(run, event) {
            let begun = firsts.get(&first.step).copied();
            let cause = if begun.is_some() { Some(first.step) } else { cause };
            let before = cause.and_then(|it| firsts.get(&it).copied());
            let mut clock: BTreeMap<String, u32> = BTreeMap::new();
            for it in [lasts.get(&host).copied(), before].into_iter().flatten() {
                for (host, count) in &all[it].clock {
                    let known = clock.entry(host.clone()).or_default();
                    *known = (*known).max(*count);
                }
            }
            *clock.entry(host.clone()).or_default() += 1;
            firsts.entry(first.step).or_insert(all.len());
            lasts.insert(host.clone(), all.len());
            all.push(Entry { step: first.step, host, text, cause, clock });
        }
        if ENTRIES_MAX < all.len() {
            return Err(Refused(format!(
                "more than {ENTRIES_MAX} events lie between {from} and {to}: choose a shorter span"
            )));
        }
    }
    Ok(all)
}

/// What an event says at each host, the host of the event itself first.
fn by_host(run: &Run, event: &[Record]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for it in event {
        let (host, text) = (host(run, it), run.names().text(it));
        match all.iter_mut().find(|its| its.0 == host) {
            Some(known) => known.1 = format!("{}; {text}", known.1),
            None => all.push((host, text)),
        }
    }
    all
}

/// Writes the log.
///
/// # Errors
/// If the span is empty, or has too many events.
pub fn shiviz(timeline: &mut Timeline, lane: usize, from: SimTime, to: SimTime) -> Result<String, Refused> {
    let mut out = String::new();
    for it in entries(timeline, lane, from, to)? {
        let clock: Vec<String> = it.clock.iter().map(|(host, count)| format!("\"{host}\":{count}")).collect();
        let _ = writeln!(out, "{}\n{} {{{}}}", it.text.replace(['\n', '\r'], " "), it.host, clock.join(","));
    }
    Ok(out)
}
