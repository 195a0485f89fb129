//! `election check`: scenarios against their expectations, told as test runners tell it.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use election_playground::base::{SimTime, Span};
use election_playground::judge::{Judged as Verdict, judge};
use election_playground::scenario::link::{Link, LinkAt, encode};
use election_playground::scenario::{Error, lines, time_text};
use election_playground::session;
use election_playground::timeline::Timeline;
use serde::Serialize;

use crate::source::{self, Found, Script, Unreadable};
use crate::term::Out;
use crate::{Done, Stop, play};

/// The version of the JSON.
const JSON_VERSION: u32 = 1;

/// What the command takes.
#[derive(Args)]
pub struct Options {
    /// Scenario files, Markdown files with ```election blocks, folders of both; `-` for the standard input
    #[arg(required = true, value_name = "FILE|FOLDER")]
    files: Vec<PathBuf>,
    /// Take it that nothing is expected of a scenario
    #[arg(long)]
    allow_empty: bool,
    /// The report as JSON, see docs/command-line.md
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
}

/// What came of a scenario.
#[derive(Serialize)]
struct Checked {
    file: String,
    line: u32,
    title: String,
    errors: Vec<Wrong>,
    expectations: Vec<Judged>,
}

/// An error of a text.
#[derive(Serialize)]
struct Wrong {
    line: u32,
    column: u32,
    found: String,
    expected: String,
    nearest: Option<String>,
    advice: Option<String>,
}

/// What came of an expectation; met if it is in every lane that it means.
#[derive(Serialize)]
struct Judged {
    line: u32,
    text: String,
    met: bool,
    lanes: Vec<InLane>,
}

/// What came of an expectation in a lane.
#[derive(Serialize)]
struct InLane {
    lane: String,
    met: bool,
    at_us: u64,
    found: String,
    /// Opens the moment in the page; only where the expectation was not met.
    link: Option<String>,
}

/// The command.
///
/// # Errors
/// If a file cannot be read, or the output not be written.
pub fn check(options: &Options, out: &mut Out) -> Done {
    let Found { scripts, unreadable: missing } = source::scripts_below(&options.files);
    if scripts.is_empty() && missing.is_empty() {
        let names: Vec<String> = options.files.iter().map(|file| source::shown(file)).collect();
        let names = names.join(", ");
        let why =
            format!("found no scenario in {names}, expected .txt files or ```election blocks in .md files");
        return Err(Stop::Complaint(why));
    }
    // The exit code is the verdict, and has to be right even if nobody reads on.
    out.outlive_reader();
    for missing in &missing {
        out.complain(&missing.to_string())?;
    }
    let mut report = Report {
        version: JSON_VERSION,
        ok: false,
        passed: 0,
        failed: 0,
        unreadable: missing,
        scenarios: Vec::new(),
    };
    for script in &scripts {
        let (checked, complaint) = match session::open(&script.text) {
            Ok(mut timeline) => (judged(script, &mut timeline), None),
            Err(errors) => (wrong(script, &errors), Some(play::complaint(script, &errors))),
        };
        let failed = checked.expectations.iter().filter(|e| !e.met).count();
        report.passed += checked.expectations.len() - failed;
        report.failed += failed;
        if !options.json {
            tell(options, out, script, &checked)?;
        }
        if let Some(complaint) = complaint {
            out.complain(&format!("{complaint}\n"))?;
        }
        report.scenarios.push(checked);
    }
    let wrong = report.scenarios.iter().filter(|s| !s.errors.is_empty()).count();
    let unread = report.unreadable.len();
    // A suite that tests nothing must not look like one that passes.
    let empty = report.passed + report.failed == 0 && !options.allow_empty;
    report.ok = report.failed == 0 && wrong + unread == 0 && !empty;
    if options.json {
        out.json(&report, true)?;
    } else {
        end(out, &report, empty && wrong + unread == 0)?;
    }
    if wrong + unread > 0 {
        return Err(Stop::Complaint(left_out(wrong, unread)));
    }
    Ok(report.ok)
}

/// How many scenarios have errors and how many files or folders cannot be read.
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
    if empty {
        writeln!(out, "\nno scenario expects anything: add `expect` lines, or say --allow-empty")?;
    }
    let verdict = if report.ok { out.green("ok") } else { out.red("FAILED") };
    writeln!(out, "\ntest result: {verdict}. {} passed; {} failed", report.passed, report.failed)
}

fn tell(options: &Options, out: &mut Out, script: &Script, checked: &Checked) -> io::Result<()> {
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
            (out.yellow("warn  "), ": add `expect` lines, or say --allow-empty")
        };
        return writeln!(out, "{mark}  {name} (nothing expected{advice})");
    }
    if met == count {
        let ok = out.green("ok    ");
        return writeln!(out, "{ok}  {name} ({count} expected)");
    }
    let failed = out.red("FAILED");
    writeln!(out, "{failed}  {name} ({met} of {count} expected)")?;
    for expectation in checked.expectations.iter().filter(|e| !e.met) {
        writeln!(out, "  {}:{}: {}", script.file, expectation.line, expectation.text)?;
        for lane in expectation.lanes.iter().filter(|l| !l.met) {
            writeln!(out, "    {}: found {} at {}", lane.lane, lane.found, time_text(Span(lane.at_us)))?;
            writeln!(out, "      open {}", lane.link.as_deref().unwrap_or(""))?;
        }
    }
    Ok(())
}

fn judged(script: &Script, timeline: &mut Timeline) -> Checked {
    let verdicts = judge(timeline);
    // Several expectations may share a line.
    let written: Vec<_> = lines(&script.text).into_iter().filter(|l| l.keyword == "expect").collect();
    let expects = timeline.scenario().expects.clone();
    let names: Vec<String> = timeline.scenario().lanes.iter().map(|l| l.name.clone()).collect();
    let mut expectations = Vec::new();
    for (i, expect) in expects.iter().enumerate() {
        let mine = verdicts.iter().filter(|v| v.expect == i);
        let lanes: Vec<InLane> = mine
            .map(|v| InLane {
                lane: names[v.lane].clone(),
                met: v.met(),
                at_us: v.at.0,
                found: v.found.clone(),
                link: (!v.met()).then(|| link(script, timeline, v)),
            })
            .collect();
        expectations.push(Judged {
            line: script.before + expect.line + 1,
            text: written.get(i).map_or("", |l| script.text[l.place.range()].trim()).to_string(),
            met: lanes.iter().all(|l| l.met),
            lanes,
        });
    }
    Checked {
        file: script.file.clone(),
        line: script.before + 1,
        title: timeline.scenario().title.clone(),
        errors: Vec::new(),
        expectations,
    }
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
        expectations: Vec::new(),
    }
}

/// The part of an address behind `#` that opens the moment which decided: just after the event that did, or
/// where that was none, at the instant itself.
fn link(script: &Script, timeline: &mut Timeline, verdict: &Verdict) -> String {
    // The keyframes of a computed run make it cheap to go there.
    timeline.compute_all();
    let lane = timeline.lane(verdict.lane);
    lane.go_to_step(verdict.step, verdict.at);
    let at = match (lane.now() == verdict.at, lane.instant()) {
        (false, _) => LinkAt::Time(verdict.at, 0),
        // Acts are not counted within an instant: just after the whole of it is the nearest that can be named.
        (true, 0) => LinkAt::Time(SimTime(verdict.at.0 + 1), 0),
        (true, events) => LinkAt::Time(verdict.at, events),
    };
    format!("#{}", encode(&Link { text: script.text.clone(), at: Some(at), ..Link::default() }))
}
