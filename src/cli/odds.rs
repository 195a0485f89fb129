//! `election odds`: when an outcome was decided.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use election_playground::odds::{self, Curve, Event, FUTURES, FUTURES_MAX, Player, Point, Problem};
use election_playground::scenario::link::{Link, LinkAt};
use serde::Serialize;

use crate::links::Base;
use crate::odds_play::{Question, curve};
use crate::script::Script;
use crate::source;
use crate::term::{Out, clock, left, right};
use crate::{Done, Stop, play};

/// The version of the JSON.
const JSON_VERSION: u32 = 1;
/// The width of a bar that stands for all futures, in characters.
const BAR: usize = 20;

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// A scenario file, or a Markdown file with ```election blocks; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    file: PathBuf,
    /// The outcome: a condition as after `expect`, such as `leaders >= 2`
    #[arg(long, value_name = "CONDITION")]
    when: String,
    /// Ask only in this lane; may be repeated
    #[arg(long, value_name = "NAME")]
    lane: Vec<String>,
    /// How many futures to play from each moment
    #[arg(long, value_name = "N", default_value_t = FUTURES, value_parser = clap::value_parser!(u32).range(1..=i64::from(FUTURES_MAX)))]
    futures: u32,
    /// Print each point as a line of comma-separated values
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    base: Base,
    /// Print everything as JSON, described in docs/command-line.md
    #[arg(long)]
    json: bool,
}

/// The JSON document.
#[derive(Serialize)]
struct Document {
    version: u32,
    odds: Vec<Odds>,
}

/// The odds in a lane of a scenario.
#[derive(Serialize)]
struct Odds {
    scenario: String,
    title: String,
    lane: String,
    when: String,
    until_us: u64,
    futures: u32,
    came: bool,
    settled_us: u64,
    sentence: String,
    caveats: Vec<String>,
    decided: Option<Decided>,
    turns: Vec<Turn>,
    points: Vec<Row>,
}

/// When it was decided.
#[derive(Serialize)]
struct Decided {
    step: u32,
    at_us: u64,
    exact: bool,
    sharp: bool,
    open_again_us: Option<u64>,
    event: Option<Told>,
    link: String,
}

/// An event that changed the odds.
#[derive(Serialize)]
struct Turn {
    before: u32,
    after: u32,
    event: Option<Told>,
}

/// An event of the run.
#[derive(Serialize)]
struct Told {
    step: u32,
    at_us: u64,
    line: Option<u32>,
    text: String,
    drawn: String,
    records: Vec<String>,
}

/// A point of the curve.
#[derive(Serialize)]
struct Row {
    step: u32,
    at_us: u64,
    after: u32,
    futures: u32,
    came: u32,
    ppm: u32,
    low_ppm: u32,
    high_ppm: u32,
    broke_off: u32,
    settled: bool,
    comes: Option<String>,
    stays_away: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// If the scenario or the condition cannot be read, or the output cannot be written.
pub fn odds(options: &Options, out: &mut Out) -> Done {
    let scripts = source::scripts(std::slice::from_ref(&options.file))?;
    let mut document = Document { version: JSON_VERSION, odds: Vec::new() };
    if options.csv {
        writeln!(out, "{CSV}")?;
    }
    let mut printed = false;
    for script in &scripts {
        let timeline = play::open(script, None)?;
        for lane in play::lanes(&timeline, &options.lane)? {
            let question = Question { text: &script.text, lane, outcome: &options.when };
            let problem = |problem| match problem {
                Problem::Text(errors) => Stop::Error(play::describe(script, &errors)),
                Problem::Lane => Stop::Error("there is no such lane".into()),
                Problem::Outcome(error) => Stop::Error(play::describe_word("--when", &options.when, &error)),
            };
            let (player, curve) = curve(question, options.futures).map_err(problem)?;
            if options.csv {
                csv(out, script, &player, &curve)?;
            } else if options.json {
                let title = timeline.scenario().title.clone();
                document.odds.push(Odds::new(script, title, &player, &curve, &options.base));
            } else {
                if printed {
                    writeln!(out)?;
                }
                printed = true;
                print(out, script, &player, &curve)?;
            }
        }
    }
    if options.json {
        out.json(&document, true)?;
    }
    Ok(true)
}

impl Told {
    fn new(script: &Script, event: &Event) -> Told {
        Told {
            step: event.step,
            at_us: event.at.0,
            line: event.line.map(|line| script.line(line)),
            text: event.text.clone(),
            drawn: event.drawn.clone(),
            records: event.records.clone(),
        }
    }
}

impl Odds {
    fn new(script: &Script, title: String, player: &Player, curve: &Curve, base: &Base) -> Odds {
        let (points, settled) = (curve.points(), curve.settled());
        let told = |event: &Option<Event>| event.as_ref().map(|event| Told::new(script, event));
        let decided = curve.decided().map(|it| Decided {
            step: points[it.point].step,
            at_us: points[it.point].at.0,
            exact: it.exact,
            sharp: it.sharp,
            open_again_us: it.open_again.map(|later| points[later].at.0),
            event: told(&it.event),
            link: link(script, &points[it.point], base),
        });
        let turn = |it: odds::Turn| Turn {
            before: points[it.point - 1].shares()[1],
            after: points[it.point].shares()[1],
            event: told(&it.event),
        };
        Odds {
            scenario: script.name(),
            title,
            lane: player.name().to_string(),
            when: player.outcome_text().to_string(),
            until_us: player.limit().0,
            futures: curve.futures(),
            came: settled.came,
            settled_us: settled.at.0,
            sentence: odds::sentence(player, curve),
            caveats: odds::caveats(player, curve),
            decided,
            turns: curve.turns().into_iter().map(turn).collect(),
            points: points.iter().map(|point| Row::new(player, point)).collect(),
        }
    }
}

impl Row {
    fn new(player: &Player, point: &Point) -> Row {
        let [low_ppm, ppm, high_ppm] = point.shares();
        let line = |index| player.line((point.at, point.after), point.step, index);
        Row {
            step: point.step,
            at_us: point.at.0,
            after: point.after,
            futures: if point.settled { 0 } else { point.runs },
            came: if point.settled { 0 } else { point.came },
            ppm,
            low_ppm,
            high_ppm,
            broke_off: point.broke_off,
            settled: point.settled,
            comes: point.first[1].map(line),
            stays_away: point.first[0].map(line),
        }
    }
}

/// The URL fragment that opens a moment in the page.
fn link(script: &Script, point: &Point, base: &Base) -> String {
    let at = Some(LinkAt::Time(point.at, point.after));
    base.link(&Link { text: script.text.clone(), at, ..Link::default() })
}

/// Prints a curve as a table with bars.
fn print(out: &mut Out, script: &Script, player: &Player, curve: &Curve) -> Result<(), Stop> {
    let name = out.bold(player.name());
    writeln!(out, "{name}: `{}` by {}", player.outcome_text(), player.limit())?;
    let points = curve.points();
    let n = curve.futures();
    writeln!(out, "  {} points of {n} futures each; 95 % intervals in brackets", points.len() - 1)?;
    let decided = curve.decided().map(|it| it.point);
    for (i, point) in points.iter().enumerate() {
        let [low, share, high] = point.shares();
        let percent = |ppm: u32| format!("{:.1}", f64::from(ppm) / 1e4);
        let bar = "█".repeat((share as usize * BAR + 500_000) / 1_000_000);
        let what = if point.settled {
            left(if curve.settled().came { "came true" } else { "has not come true" }, 26)
        } else {
            let shares = format!("{} % [{}..{}]", percent(share), percent(low), percent(high));
            left(&shares, 26)
        };
        let mark = if decided == Some(i) { out.bold("  decided") } else { String::new() };
        let step = right(&point.step.to_string(), 8);
        let line = format!("  {} {step} {} {what}{mark}", clock(point.at), left(&bar, BAR));
        writeln!(out, "{}", line.trim_end())?;
    }
    let turns = curve.turns();
    if !turns.is_empty() {
        writeln!(out, "  events that changed it most:")?;
    }
    for turn in turns {
        let shares = [&points[turn.point - 1], &points[turn.point]].map(|it| it.shares()[1]);
        let [before, after] = shares.map(|ppm| format!("{:.0}", f64::from(ppm) / 1e4));
        let shares = left(&format!("{before} → {after} %"), 12);
        if let Some(event) = turn.event {
            let line = event.line.map(|line| format!("  ({})", script.place(line)));
            let line = line.unwrap_or_default();
            writeln!(out, "  {} {shares} {}{line}", clock(event.at), event.text)?;
            if !event.drawn.is_empty() {
                writeln!(out, "{}drawn: {}", " ".repeat(29), event.drawn)?;
            }
        }
    }
    let sentence = out.bold(&odds::sentence(player, curve));
    writeln!(out, "  {sentence}")?;
    for caveat in odds::caveats(player, curve) {
        writeln!(out, "  {}", out.yellow(&caveat))?;
    }
    Ok(())
}

/// The columns of the CSV.
const CSV: &str =
    "scenario,lane,when,at_us,after,step,futures,came,ppm,low_ppm,high_ppm,broke_off,settled,decided";

fn csv(out: &mut Out, script: &Script, player: &Player, curve: &Curve) -> Result<(), Stop> {
    let decided = curve.decided().map(|it| it.point);
    for (i, point) in curve.points().iter().enumerate() {
        let row = Row::new(player, point);
        let fields = [
            crate::seeds::quoted(&script.name()),
            player.name().to_string(),
            crate::seeds::quoted(player.outcome_text()),
            row.at_us.to_string(),
            row.after.to_string(),
            row.step.to_string(),
            row.futures.to_string(),
            row.came.to_string(),
            row.ppm.to_string(),
            row.low_ppm.to_string(),
            row.high_ppm.to_string(),
            row.broke_off.to_string(),
            u8::from(row.settled).to_string(),
            u8::from(decided == Some(i)).to_string(),
        ];
        writeln!(out, "{}", fields.join(","))?;
    }
    Ok(())
}
