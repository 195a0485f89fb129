//! `election check`: tests scenarios against their expectations, and reports like a test runner.

use std::io::{self, Write as _};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Args;
use election_playground::base::{SimTime, Span};
use election_playground::expectations::{Judged as ByOne, Result as Verdict, judge};
use election_playground::scenario::link::{Link, LinkAt, encode};
use election_playground::scenario::{
    Act, Ask, Error, Scenario, Seeds, Warning, answer_text, lines, set_value,
};
use election_playground::story::{Told, judged_answers, tell};
use election_playground::summary::MomentWhat;
use election_playground::sweep::{Found, count, judge_seeds, of_lane};
use election_playground::timeline::Timeline;
use election_playground::trace::Acted;
use election_playground::workspace;
use serde::Serialize;

use crate::source::{self, Script, Unreadable};
use crate::summary::Warned;
use crate::term::Out;
use crate::{Done, Stop, pictures, play, sweep};

/// The version of the JSON.
const JSON_VERSION: u32 = 1;
/// How many seeds that speak against an expectation are reported.
const SEEDS_SHOWN: usize = 5;

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// Scenario files, Markdown files with ```election blocks, or folders of these; `-` for standard input
    #[arg(required = true, value_name = "FILE|FOLDER")]
    files: Vec<PathBuf>,
    /// Accept scenarios that have no `expect` lines
    #[arg(long)]
    allow_empty: bool,
    /// Evaluate every expectation over the runs with these seeds, including those that say `over N seeds`
    #[arg(long, value_name = "FIRST..LAST", value_parser = sweep::range)]
    seeds: Option<RangeInclusive<u64>>,
    /// Draw pictures again that are stale: those that `svg --output` made of these scenarios
    #[arg(long)]
    update_pictures: bool,
    /// Print the report as JSON, described in docs/command-line.md
    #[arg(long)]
    json: bool,
}

/// The whole report.
#[derive(Serialize)]
struct Report {
    version: u32,
    ok: bool,
    passed: usize,
    failed: usize,
    unreadable: Vec<Unreadable>,
    scenarios: Vec<Checked>,
    pictures: Vec<pictures::Checked>,
}

/// The outcome of a scenario.
#[derive(Serialize)]
struct Checked {
    file: String,
    line: u32,
    title: String,
    errors: Vec<Wrong>,
    warnings: Vec<Warned>,
    idle_acts: Vec<Idle>,
    expectations: Vec<Judged>,
}

/// An action that had no effect in a lane.
#[derive(Serialize)]
struct Idle {
    line: u32,
    lane: String,
    act: String,
    why: &'static str,
}

/// An error in a text.
#[derive(Serialize)]
struct Wrong {
    line: u32,
    column: u32,
    found: String,
    expected: String,
    nearest: Option<String>,
    advice: Option<String>,
}

/// The outcome of an expectation, which is met if it is met in every lane it applies to.
#[derive(Serialize)]
struct Judged {
    line: u32,
    text: String,
    met: bool,
    lanes: Vec<InLane>,
}

/// The outcome of an expectation in a lane.
#[derive(Clone, Serialize)]
struct InLane {
    lane: String,
    met: bool,
    /// When it was decided; `null` if many runs decide.
    at_us: Option<u64>,
    found: String,
    /// The number of runs evaluated; 1 if the scenario's own run decides.
    runs: u64,
    /// The first seeds that speak against it: runs that did not meet it, or that did where too many do.
    seeds_against: Vec<u64>,
    /// Opens the moment in the page, or the run of the first such seed. Only if the expectation was not met.
    link: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// If a file cannot be read, or the output cannot be written.
pub fn check(options: &Options, out: &mut Out) -> Done {
    let source::Found { scripts, unreadable: missing } = source::scripts_below(&options.files);
    let pictures = pictures::check(&options.files, options.update_pictures);
    if scripts.is_empty() && missing.is_empty() && pictures.is_empty() {
        let names: Vec<String> = options.files.iter().map(|file| source::shown(file)).collect();
        let names = names.join(", ");
        let why =
            format!("no scenario found in {names}, expected .txt files or ```election blocks in .md files");
        return Err(Stop::Error(why));
    }
    // The exit code is the verdict. It must be right even if the reader leaves early.
    out.outlive_reader();
    for missing in &missing {
        out.error(&missing.to_string())?;
    }
    let mut report = Report {
        version: JSON_VERSION,
        ok: false,
        passed: 0,
        failed: 0,
        unreadable: missing,
        scenarios: Vec::new(),
        pictures,
    };
    for script in &scripts {
        let (checked, description) = match workspace::open(&script.text) {
            Ok(mut timeline) => (judged(script, &mut timeline, options.seeds.as_ref()), None),
            Err(errors) => (wrong(script, &errors), Some(play::describe(script, &errors))),
        };
        let failed = checked.expectations.iter().filter(|e| !e.met).count();
        report.passed += checked.expectations.len() - failed;
        report.failed += failed;
        if !options.json {
            print(options, out, script, &checked)?;
        }
        if let Some(description) = description {
            out.error(&format!("{description}\n"))?;
        }
        report.scenarios.push(checked);
    }
    let wrong = report.scenarios.iter().filter(|s| !s.errors.is_empty()).count();
    let unread = report.unreadable.len();
    // A suite that tests nothing must not appear to pass.
    let only_pictures = scripts.is_empty() && !report.pictures.is_empty();
    let empty = report.passed + report.failed == 0 && !options.allow_empty && !only_pictures;
    let drawn = report.pictures.iter().all(pictures::Checked::is_well);
    report.ok = report.failed == 0 && wrong + unread == 0 && !empty && drawn;
    if options.json {
        out.json(&report, true)?;
    } else {
        end(out, &report, empty && wrong + unread == 0)?;
    }
    if wrong + unread > 0 {
        return Err(Stop::Error(left_out(wrong, unread)));
    }
    Ok(report.ok)
}

/// How many scenarios have errors, and how many files or folders cannot be read.
fn left_out(wrong: usize, unread: usize) -> String {
    let wrong = match wrong {
        0 => None,
        1 => Some("1 scenario cannot be run".to_string()),
        many => Some(format!("{many} scenarios cannot be run")),
    };
    let unread = match unread {
        0 => None,
        1 => Some("1 file or folder cannot be read".to_string()),
        many => Some(format!("{many} files or folders cannot be read")),
    };
    wrong.into_iter().chain(unread).collect::<Vec<_>>().join(", and ")
}

fn end(out: &mut Out, report: &Report, empty: bool) -> io::Result<()> {
    pictures::report(out, &report.pictures)?;
    if empty {
        writeln!(out, "\nno scenario has expectations: add `expect` lines, or pass --allow-empty")?;
    }
    let verdict = if report.ok { out.green("ok") } else { out.red("FAILED") };
    writeln!(out, "\ntest result: {verdict}. {} passed; {} failed", report.passed, report.failed)
}

fn print(options: &Options, out: &mut Out, script: &Script, checked: &Checked) -> io::Result<()> {
    let title = if checked.title.is_empty() { String::new() } else { format!(" {}", checked.title) };
    let name = format!("{}:{title}", script.name());
    let (count, met) = (checked.expectations.len(), checked.expectations.iter().filter(|e| e.met).count());
    if !checked.errors.is_empty() {
        let error = out.red("ERROR ");
        return writeln!(out, "{error}  {name} cannot be run");
    }
    if count == 0 {
        let (mark, advice) = if options.allow_empty {
            (out.green("ok    "), "")
        } else {
            (out.yellow("warn  "), ": add `expect` lines, or pass --allow-empty")
        };
        writeln!(out, "{mark}  {name} (no expectations{advice})")?;
        return notes(out, script, checked);
    }
    let seeds = options.seeds.as_ref().map(|it| format!(" with seeds {}..{}", it.start(), it.end()));
    let seeds = seeds.unwrap_or_default();
    let expectations = if count == 1 { "expectation" } else { "expectations" };
    if met == count {
        let ok = out.green("ok    ");
        writeln!(out, "{ok}  {name} ({count} {expectations} met{seeds})")?;
    } else {
        let failed = out.red("FAILED");
        writeln!(out, "{failed}  {name} ({met} of {count} {expectations} met{seeds})")?;
    }
    notes(out, script, checked)?;
    for expectation in checked.expectations.iter().filter(|e| !e.met) {
        writeln!(out, "  {}:{}: {}", script.file, expectation.line, expectation.text)?;
        for lane in expectation.lanes.iter().filter(|l| !l.met) {
            let at = lane.at_us.map_or_else(String::new, |us| format!(" at {}", Span(us)));
            writeln!(out, "    {}: found {}{at}", lane.lane, lane.found)?;
            if !lane.seeds_against.is_empty() {
                let seeds: Vec<String> = lane.seeds_against.iter().map(u64::to_string).collect();
                writeln!(out, "      see seed {}", seeds.join(", "))?;
            }
            writeln!(out, "      open {}", lane.link.as_deref().unwrap_or(""))?;
        }
    }
    Ok(())
}

/// Prints the notes on a scenario besides its expectations: warnings, and actions that had no effect.
fn notes(out: &mut Out, script: &Script, checked: &Checked) -> io::Result<()> {
    let warning = out.yellow("warning:");
    for it in &checked.warnings {
        writeln!(out, "  {}:{}: {warning} {}", script.file, it.line, it.text)?;
    }
    // Each action is reported once, with all lanes in which it had no effect.
    let mut reported: Vec<(u32, &str)> = Vec::new();
    for it in &checked.idle_acts {
        if reported.contains(&(it.line, it.why)) {
            continue;
        }
        reported.push((it.line, it.why));
        let same = checked.idle_acts.iter().filter(|other| other.line == it.line && other.why == it.why);
        let mut lanes: Vec<&str> = same.map(|other| other.lane.as_str()).collect();
        lanes.dedup();
        writeln!(
            out,
            "  {}:{}: `{}` has no effect in {}: {}",
            script.file,
            it.line,
            it.act,
            lanes.join(", "),
            it.why
        )?;
    }
    Ok(())
}

/// Judges the expectations. Those over many seeds, or with `--seeds` all of them, are judged by many runs.
fn judged(script: &Script, timeline: &mut Timeline, seeds: Option<&RangeInclusive<u64>>) -> Checked {
    let mut scenario = timeline.scenario().clone();
    if let Some(seeds) = seeds {
        let count = (seeds.end() - seeds.start() + 1).min(u32::MAX.into()) as u32;
        scenario.seed = *seeds.start();
        for expect in &mut scenario.expects {
            expect.seeds = Some(match expect.seeds {
                None => Seeds::Share { lo_ppm: 1_000_000, hi_ppm: 1_000_000, count },
                Some(Seeds::Quantile { permille, .. }) => Seeds::Quantile { permille, count },
                Some(Seeds::Share { lo_ppm, hi_ppm, .. }) => Seeds::Share { lo_ppm, hi_ppm, count },
            });
        }
    }
    let by_one =
        if scenario.expects.iter().all(|it| it.seeds.is_some()) { Vec::new() } else { judge(timeline) };
    let by_many = judged_by_seeds(script, &scenario);
    // A line may hold several expectations.
    let written: Vec<_> = lines(&script.text).into_iter().filter(|l| l.keyword == "expect").collect();
    let mut expectations = Vec::new();
    for (i, expect) in scenario.expects.iter().enumerate() {
        let one = by_one.iter().filter(|v| v.expect == i && v.result != Verdict::NeedsSeeds);
        let mut lanes: Vec<InLane> = one.map(|v| in_lane(script, timeline, v)).collect();
        lanes.extend(by_many.iter().filter(|(of, _)| *of == i).map(|(_, in_lane)| in_lane.clone()));
        expectations.push(Judged {
            line: script.line(expect.line),
            text: written.get(i).map_or("", |l| script.text[l.place.range()].trim()).to_string(),
            met: lanes.iter().all(|l| l.met),
            lanes,
        });
    }
    let mut warned = workspace::warnings(&script.text, timeline);
    // With other seeds, a story may take another course.
    if seeds.is_none() && !(scenario.says.is_empty() && scenario.asks.is_empty()) {
        let told = tell(timeline);
        expectations.extend(declared(script, timeline, &told));
        let silent = scenario.says.iter().zip(&told.says).filter(|(_, lanes)| **lanes == 0);
        let text = "this sentence is never told: its condition holds in no lane at that time.";
        warned.extend(silent.map(|(say, _)| Warning { line: say.line, text: text.to_string() }));
    }
    Checked {
        file: script.file.clone(),
        line: script.before + 1,
        title: timeline.scenario().title.clone(),
        errors: Vec::new(),
        warnings: warned.iter().map(|it| Warned::new(script, it)).collect(),
        idle_acts: idle_acts(script, timeline),
        expectations,
    }
}

/// The outcome of an expectation in a lane of the scenario's own run.
fn in_lane(script: &Script, timeline: &mut Timeline, verdict: &ByOne) -> InLane {
    InLane {
        lane: timeline.scenario().lanes[verdict.lane].name.clone(),
        met: verdict.met(),
        at_us: Some(verdict.at.0),
        found: verdict.found.clone(),
        runs: 1,
        seeds_against: Vec::new(),
        link: (!verdict.met()).then(|| link(script, timeline, verdict)),
    }
}

/// The answers that the story declares, as expectations.
fn declared(script: &Script, timeline: &mut Timeline, told: &Told) -> Vec<Judged> {
    let scenario = timeline.scenario().clone();
    let judged = judged_answers(&scenario, told, 0);
    let one = |(index, ask): (usize, &Ask)| {
        let mine = judged.iter().filter(|v| v.expect == index);
        let lanes: Vec<InLane> = mine.map(|v| in_lane(script, timeline, v)).collect();
        Judged {
            line: script.line(ask.answer.line),
            text: answer_text(&scenario, &ask.answer),
            met: lanes.iter().all(|lane| lane.met),
            lanes,
        }
    };
    let mut all: Vec<Judged> = scenario.asks.iter().enumerate().map(one).collect();
    all.retain(|it| !it.lanes.is_empty());
    all
}

/// The outcomes of the expectations over many seeds, each with its position in the scenario.
fn judged_by_seeds(script: &Script, scenario: &Scenario) -> Vec<(usize, InLane)> {
    let mut all = Vec::new();
    for lane in 0..scenario.lanes.len() {
        let mine = of_lane(scenario, lane);
        let most = mine.iter().filter_map(|&i| scenario.expects[i].seeds).map(count).max();
        let Some(most) = most else { continue };
        let first = scenario.seed;
        let samples = sweep::play(scenario, &[lane], &(first..=first.saturating_add(u64::from(most) - 1)));
        for (k, &i) in mine.iter().enumerate() {
            let expect = &scenario.expects[i];
            let asked = expect.seeds.map_or(0, count) as usize;
            let runs = &samples[0][..asked.min(samples[0].len())];
            let found: Vec<Found> = runs.iter().map(|it| it.found[k]).collect();
            let Some(verdict) = judge_seeds(expect, &found) else { continue };
            let against = runs.iter().filter(|it| it.found[k] == verdict.against).map(|it| it.seed);
            let against: Vec<u64> = against.take(SEEDS_SHOWN).collect();
            // For a quantile, the run with the largest value is linked.
            let most = runs.iter().max_by_key(|it| it.found[k]).map(|it| it.seed);
            let seed = against.first().copied().or(most).filter(|_| !verdict.met);
            all.push((
                i,
                InLane {
                    lane: scenario.lanes[lane].name.clone(),
                    met: verdict.met,
                    at_us: None,
                    found: verdict.found,
                    runs: runs.len() as u64,
                    seeds_against: against,
                    link: seed.map(|seed| link_to_seed(script, seed)),
                },
            ));
        }
    }
    all
}

/// The actions that had no effect, such as `crash leader` when there is no leader.
fn idle_acts(script: &Script, timeline: &mut Timeline) -> Vec<Idle> {
    timeline.compute_all();
    let scenario = timeline.scenario();
    let mut all = Vec::new();
    for (i, lane) in timeline.lanes().iter().enumerate() {
        let acts: Vec<&Act> = scenario.acts.iter().filter(|act| act.lanes >> i & 1 == 1).collect();
        for moment in &lane.story().moments {
            // An action that the lane's algorithm does not have was meant for the others.
            if let MomentWhat::NoAct(act, why) = moment.what
                && why != Acted::NotApplicable as u8
                && let Some(act) = acts.get(act as usize)
            {
                all.push(Idle {
                    line: script.line(act.line),
                    lane: scenario.lanes[i].name.clone(),
                    act: act.action.to_string(),
                    why: Acted::text(why),
                });
            }
        }
    }
    all
}

fn wrong(script: &Script, errors: &[Error]) -> Checked {
    let wrong = |e: &Error| Wrong {
        line: script.before + e.line,
        column: script.column(e.line, e.column),
        found: e.found.clone(),
        expected: e.expected.clone(),
        nearest: e.nearest.clone(),
        advice: e.advice.clone(),
    };
    Checked {
        file: script.file.clone(),
        line: script.before + 1,
        title: String::new(),
        errors: errors.iter().map(wrong).collect(),
        warnings: Vec::new(),
        idle_acts: Vec::new(),
        expectations: Vec::new(),
    }
}

/// The URL fragment that opens the run with that seed.
fn link_to_seed(script: &Script, seed: u64) -> String {
    let text = set_value(&script.text, "seed", &seed.to_string()).apply(&script.text);
    format!("#{}", encode(&Link { text, ..Link::default() }))
}

/// The URL fragment that opens the moment that decided: just after the event that did, or at the instant itself if no
/// event did.
fn link(script: &Script, timeline: &mut Timeline, verdict: &ByOne) -> String {
    // The keyframes of a computed run make seeking cheap.
    timeline.compute_all();
    let lane = timeline.lane(verdict.lane);
    lane.go_to_step(verdict.step, verdict.at);
    let at = match (lane.now() == verdict.at, lane.instant()) {
        (false, _) => LinkAt::Time(verdict.at, 0),
        // Actions are not counted within an instant, so the nearest position a link can name is just after all of it.
        (true, 0) => LinkAt::Time(SimTime(verdict.at.0 + 1), 0),
        (true, events) => LinkAt::Time(verdict.at, events),
    };
    format!("#{}", encode(&Link { text: script.text.clone(), at: Some(at), ..Link::default() }))
}
