//! `election run --seeds`: the statistics of a scenario over many seeds, as text, JSON and CSV.

use std::io::Write as _;
use std::ops::RangeInclusive;

use election_playground::base::{SimTime, Span};
use election_playground::scenario::link::{Link, LinkAt};
use election_playground::scenario::{Scenario, set_value};
use election_playground::sweep::Sample;
use serde::Serialize;

use crate::links::{self, Base};
use crate::quantiles::{Distribution, Quantile, Share};
use crate::script::Script;
use crate::sweep::play;
use crate::term::{Out, left, right};
use crate::{Done, Stop};

/// How many of the worst seeds to report.
const WORST: usize = 5;

/// A scenario over many seeds.
#[derive(Serialize)]
pub struct Sweep {
    /// The file, with the line number if it holds several scenarios.
    pub scenario: String,
    /// Its title, or an empty string.
    pub title: String,
    /// The first seed.
    pub first_seed: u64,
    /// The last seed.
    pub last_seed: u64,
    /// The end of each run.
    pub until_us: u64,
    /// The requested lanes.
    pub lanes: Vec<Lane>,
}

/// A lane over many seeds. Each run contributes one value, so the values are independent of each other.
#[derive(Serialize)]
pub struct Lane {
    /// Its name.
    pub lane: String,
    /// The number of runs.
    pub runs: usize,
    /// Runs with at least one failover, finished or not.
    pub with_failover: usize,
    /// The longest failover of each run that has one. An unfinished failover is endless.
    pub failover_us: Option<Distribution>,
    /// That failover's detection, if it has parts.
    pub detection_us: Option<Distribution>,
    /// That failover's election, if it has parts.
    pub election_us: Option<Distribution>,
    /// The time without a believer.
    pub no_leader_us: Option<Distribution>,
    /// The time with two or more believers.
    pub two_leaders_us: Option<Distribution>,
    /// Runs with two or more believers at some point.
    pub two_leaders: Share,
    /// Runs with a failover that no failure of the leader caused.
    pub unforced: Share,
    /// Runs in which the store accepted a write from a superseded leader.
    pub conflicting: Share,
    /// Runs in which an acknowledged write was lost.
    pub lost: Share,
    /// Runs that broke off.
    pub broke_off: usize,
    /// Runs that broke a promise although none of its assumptions was violated.
    pub bugs: Vec<Bug>,
    /// The longest failovers, unfinished ones first.
    pub worst: Vec<Worst>,
    #[serde(skip)]
    samples: Vec<Sample>,
}

/// A broken promise that no assumption excuses.
#[derive(Serialize)]
pub struct Bug {
    /// The seed that shows it.
    pub seed: u64,
    /// The broken property.
    pub property: &'static str,
    /// Opens the run in the page.
    pub link: String,
}

/// A seed with a long failover.
#[derive(Serialize)]
pub struct Worst {
    /// The seed.
    pub seed: u64,
    /// How long it took; `null` if it did not finish.
    pub failover_us: Option<u64>,
    /// When it began.
    pub lost_us: u64,
    /// Opens the moment in the page.
    pub link: String,
}

/// Plays a script with many seeds.
pub fn sweep(
    script: &Script,
    scenario: &Scenario,
    lanes: &[usize],
    seeds: &RangeInclusive<u64>,
    base: &Base,
) -> Sweep {
    let samples = play(scenario, lanes, seeds);
    let played = lanes.iter().zip(samples);
    Sweep {
        scenario: script.name(),
        title: scenario.title.clone(),
        first_seed: *seeds.start(),
        last_seed: *seeds.end(),
        until_us: scenario.until.0,
        lanes: played
            .map(|(&lane, samples)| Lane::new(script, scenario, &scenario.lanes[lane].name, samples, base))
            .collect(),
    }
}

/// The longest failover of a run: when it began, and how long it took. An unfinished one counts as the longest.
fn longest(sample: &Sample) -> Option<(SimTime, Option<Span>)> {
    let endless = sample.unserved_since.map(|since| (since, None));
    endless.or_else(|| sample.stats.failover_longest.map(|it| (it.lost, Some(it.whole()))))
}

impl Lane {
    fn new(script: &Script, scenario: &Scenario, name: &str, samples: Vec<Sample>, base: &Base) -> Lane {
        let link = |seed: u64, at: SimTime| {
            let text = set_value(&script.text, "seed", &seed.to_string()).apply(&script.text);
            base.link(&Link { text, at: Some(LinkAt::Time(at, 0)), ..Link::default() })
        };
        // An unfinished failover has no known parts.
        let part = |of: fn(election_playground::checker::Failover) -> Option<Span>| {
            let whole = samples.iter().filter(|it| it.unserved_since.is_none());
            let parts = whole.filter_map(|it| it.stats.failover_longest.and_then(of));
            Distribution::of(parts.map(|span| Some(span.0)).collect())
        };
        let time = |which: usize| {
            let of = |it: &Sample| Some(it.stats.time_at(scenario.until)[which].0);
            Distribution::of(samples.iter().map(of).collect())
        };
        let share = |of: &dyn Fn(&Sample) -> bool| {
            Share::of(samples.iter().filter(|it| of(it)).count(), samples.len())
        };
        let mut failovers: Vec<(&Sample, SimTime, Option<Span>)> =
            samples.iter().filter_map(|it| longest(it).map(|(lost, took)| (it, lost, took))).collect();
        let values = failovers.iter().map(|(_, _, took)| took.map(|span| span.0)).collect();
        failovers.sort_by_key(|(it, _, took)| (u64::MAX - took.map_or(u64::MAX, |span| span.0), it.seed));
        let worst = failovers.iter().take(WORST).map(|(it, lost, took)| Worst {
            seed: it.seed,
            failover_us: took.map(|span| span.0),
            lost_us: lost.0,
            link: link(it.seed, *lost),
        });
        let bug = |it: &Sample| {
            let seed = it.seed;
            let bugs = it.bugs.iter().map(move |property| (seed, property.name()));
            bugs.collect::<Vec<_>>()
        };
        let bugs = samples.iter().flat_map(bug).map(|(seed, property)| Bug {
            seed,
            property,
            link: link(seed, SimTime::ZERO),
        });
        Lane {
            lane: name.to_string(),
            runs: samples.len(),
            with_failover: failovers.len(),
            failover_us: Distribution::of(values),
            detection_us: part(|it| it.detection()),
            election_us: part(|it| it.election()),
            no_leader_us: time(0),
            two_leaders_us: time(2),
            two_leaders: share(&|it| it.stats.time_at(scenario.until)[2] > Span::ZERO),
            unforced: share(&|it| it.stats.failovers_unforced > 0),
            conflicting: share(&|it| it.stats.writes_conflicting > 0),
            lost: share(&|it| it.stats.writes_lost > 0),
            broke_off: samples.iter().filter(|it| it.stats.broke_off.is_some()).count(),
            bugs: bugs.collect(),
            worst: worst.collect(),
            samples,
        }
    }
}

/// Prints a sweep as text.
///
/// # Errors
/// If it cannot be written.
pub fn print(out: &mut Out, sweep: &Sweep) -> Result<(), Stop> {
    let title = out.bold(if sweep.title.is_empty() { &sweep.scenario } else { &sweep.title });
    let runs = sweep.last_seed - sweep.first_seed + 1;
    writeln!(out, "{title}")?;
    let until = Span(sweep.until_us);
    writeln!(
        out,
        "{runs} seeds, {}..{}, until {until}; 95 % intervals in brackets",
        sweep.first_seed, sweep.last_seed
    )?;
    for lane in &sweep.lanes {
        let name = out.bold(&lane.lane);
        writeln!(out, "\n{name}")?;
        let heads = ["p50", "p90", "p99", "max"].map(|it| left(it, COLUMN)).concat();
        writeln!(out, "  {}{}", left("", NAME), heads.trim_end())?;
        let rows = [
            ("longest failover", &lane.failover_us),
            ("  its detection", &lane.detection_us),
            ("  its election", &lane.election_us),
            ("no leader", &lane.no_leader_us),
            ("two leaders", &lane.two_leaders_us),
        ];
        for (name, found) in rows {
            let text = found.as_ref().map_or_else(|| "none".to_string(), columns);
            writeln!(out, "  {}{text}", left(name, NAME))?;
        }
        let without = lane.runs - lane.with_failover;
        if without > 0 {
            writeln!(out, "  {without} of {} runs had no failover", lane.runs)?;
        }
        let endless = lane.failover_us.as_ref().map_or(0, |it| it.endless);
        if endless > 0 {
            let text = format!("{endless} of {} runs ended with no node serving", lane.runs);
            writeln!(out, "  {}", out.yellow(&text))?;
        }
        for (what, it) in [
            ("had two leaders at some point", &lane.two_leaders),
            ("had an unforced failover", &lane.unforced),
            ("had a conflicting write", &lane.conflicting),
            ("lost an acknowledged write", &lane.lost),
        ] {
            if it.runs > 0 {
                writeln!(out, "  {} {what}", share(it))?;
            }
        }
        if lane.broke_off > 0 {
            let text = format!("{} of {} runs broke off", lane.broke_off, lane.runs);
            writeln!(out, "  {}", out.red(&text))?;
        }
        for bug in lane.bugs.iter().take(WORST) {
            let text = format!("seed {}: {} is broken, a bug", bug.seed, bug.property);
            writeln!(out, "  {}  {}", out.red(&text), bug.link)?;
        }
        if lane.bugs.len() > WORST {
            writeln!(out, "  and {} more bugs (--json lists all)", lane.bugs.len() - WORST)?;
        }
        // All links of a lane are about as long.
        let longest = lane
            .bugs
            .iter()
            .map(|it| &it.link)
            .chain(lane.worst.iter().map(|it| &it.link))
            .max_by_key(|it| it.len());
        if let Some(caution) = longest.and_then(|it| links::caution(it)) {
            writeln!(out, "  {}", out.yellow(&caution))?;
        }
        if lane.failover_us.as_ref().is_some_and(|it| it.p50.value != it.max) {
            writeln!(out, "  longest failovers:")?;
            for it in &lane.worst {
                let took = it.failover_us.map_or_else(|| "unfinished".to_string(), short);
                writeln!(
                    out,
                    "    seed {}  {}  {}",
                    right(&it.seed.to_string(), 6),
                    left(&took, 10),
                    it.link
                )?;
            }
        }
    }
    Ok(())
}

/// The widths of the row names and of a column.
const NAME: usize = 24;
const COLUMN: usize = 24;

fn columns(it: &Distribution) -> String {
    let quantile = |q: &Quantile| {
        let value = q.value.map_or_else(|| "unfinished".to_string(), short);
        let end = |end: Option<u64>| end.map_or_else(|| "–".to_string(), short);
        // An interval of a single value adds nothing.
        if q.low == q.value && q.high == q.value {
            value
        } else {
            format!("{value} [{}..{}]", end(q.low), end(q.high))
        }
    };
    let max = it.max.map_or_else(|| "unfinished".to_string(), short);
    let all = [quantile(&it.p50), quantile(&it.p90), quantile(&it.p99), max];
    all.map(|text| left(&text, COLUMN)).concat().trim_end().to_string()
}

/// A duration, rounded to three digits.
fn short(us: u64) -> String {
    match us {
        0 => "0".to_string(),
        1..1_000 => format!("{us}us"),
        1_000..9_995 => format!("{:.2}ms", us as f64 / 1e3),
        9_995..99_950 => format!("{:.1}ms", us as f64 / 1e3),
        99_950..999_500 => format!("{:.0}ms", us as f64 / 1e3),
        999_500..9_995_000 => format!("{:.2}s", us as f64 / 1e6),
        9_995_000..99_950_000 => format!("{:.1}s", us as f64 / 1e6),
        _ => format!("{:.0}s", us as f64 / 1e6),
    }
}

fn share(it: &Share) -> String {
    let percent = |ppm: u64| format!("{:.1}", ppm as f64 / 1e4);
    format!("{} runs, {} % [{}..{}]", it.runs, percent(it.ppm), percent(it.low_ppm), percent(it.high_ppm))
}

/// The columns of the CSV.
const CSV: &str = "scenario,lane,seed,failovers,failover_us,detection_us,election_us,unserved_since_us,\
                   unforced_failovers,no_leader_us,two_leaders_us,elections,leaderships,messages,writes_accepted,\
                   writes_rejected,writes_conflicting,writes_acknowledged,writes_lost,bugs,broke_off_us";

/// Prints every run as a line of comma-separated values.
///
/// # Errors
/// If they cannot be written.
pub fn csv(out: &mut Out, sweeps: &[Sweep]) -> Done {
    writeln!(out, "{CSV}")?;
    for sweep in sweeps {
        for lane in &sweep.lanes {
            for it in &lane.samples {
                let stats = &it.stats;
                let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
                let failover = stats.failover_longest;
                let part = |span: Option<Span>| number(span.map(|span| span.0));
                let [none, _, two] = stats.time_at(SimTime(sweep.until_us));
                let bugs: Vec<&str> = it.bugs.iter().map(|property| property.name()).collect();
                let fields = [
                    quoted(&sweep.scenario),
                    lane.lane.clone(),
                    it.seed.to_string(),
                    stats.failovers.to_string(),
                    part(failover.map(|it| it.whole())),
                    part(failover.and_then(|it| it.detection())),
                    part(failover.and_then(|it| it.election())),
                    number(it.unserved_since.map(|at| at.0)),
                    stats.failovers_unforced.to_string(),
                    none.0.to_string(),
                    two.0.to_string(),
                    stats.elections.to_string(),
                    stats.leaderships.to_string(),
                    it.messages_sent.to_string(),
                    stats.writes_accepted.to_string(),
                    stats.writes_rejected.to_string(),
                    stats.writes_conflicting.to_string(),
                    stats.writes_acknowledged.to_string(),
                    stats.writes_lost.to_string(),
                    bugs.join(" "),
                    number(stats.broke_off.map(|(at, _)| at.0)),
                ];
                writeln!(out, "{}", fields.join(","))?;
            }
        }
    }
    Ok(true)
}

/// A field quoted according to RFC 4180.
pub fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}
