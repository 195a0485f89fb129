//! `election check`: tests scenarios against their expectations, and reports like a test runner.

mod annotations;
mod judge;
mod junit;
mod print;
mod report;
mod watch;

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Args;
use election_playground::workspace;

use self::annotations::Annotations;
use self::judge::How;
use self::report::{Checked, Report};
use crate::links::Base;
use crate::script::Script;
use crate::source::{self, Found};
use crate::term::Out;
use crate::{Done, Stop, pictures, play, sweep};

/// The version of the JSON.
const JSON_VERSION: u32 = 1;

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// Scenario files, pages with scenarios (Markdown, HTML, AsciiDoc, reStructuredText), or folders of these; `-` for
    /// standard input
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
    /// Check again whenever one of the files changes, until Ctrl-C
    #[arg(long, conflicts_with = "json")]
    watch: bool,
    /// Also write the report to this file, as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    base: Base,
    /// Print the report as JSON, described in docs/command-line.md
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If a file cannot be read, or the output cannot be written.
pub fn check(options: &Options, out: &mut Out) -> Done {
    if options.watch {
        return watch::watch(options, out);
    }
    // The exit code is the verdict. It must be right even if the reader leaves early.
    out.outlive_reader();
    once(options, out, source::scripts_below(&options.files))
}

/// Checks all scenarios once.
fn once(options: &Options, out: &mut Out, found: Found) -> Done {
    let Found { scripts, unreadable, skipped, .. } = found;
    let pictures = pictures::check(&options.files, options.update_pictures);
    if scripts.is_empty() && unreadable.is_empty() && skipped.is_empty() && pictures.is_empty() {
        let names: Vec<String> = options.files.iter().map(|file| source::shown(file)).collect();
        let names = names.join(", ");
        let why = format!(
            "no scenario found in {names}, expected .txt files, or ```election blocks and the like in pages; \
             `election check --help` lists them"
        );
        if let Some(file) = &options.junit {
            junit::write(file, &Report::nothing(names, "it has no scenario"), options.allow_empty)?;
        }
        return Err(Stop::Error(why));
    }
    for it in &unreadable {
        out.error(&it.to_string())?;
    }
    let annotations = if options.json { Annotations::None } else { Annotations::of_environment() };
    annotations.unreadable(out, &unreadable)?;
    if !options.json {
        print::skipped(out, &skipped)?;
    }
    let mut report = Report {
        version: JSON_VERSION,
        ok: false,
        passed: 0,
        failed: 0,
        unreadable,
        skipped,
        scenarios: Vec::new(),
        pictures,
    };
    for script in &scripts {
        let (checked, error) = one(options, script);
        report.passed += checked.met();
        report.failed += checked.expectations.len() - checked.met();
        if !options.json {
            print::scenario(options, out, script, &checked)?;
        }
        if let Some(error) = error {
            out.error(&format!("{error}\n"))?;
        }
        annotations.scenario(out, script, &checked)?;
        report.scenarios.push(checked);
    }
    let left_out = report.left_out();
    // A suite that tests nothing must not appear to pass.
    let only_pictures = scripts.is_empty() && !report.pictures.is_empty();
    let empty = report.passed + report.failed == 0 && !options.allow_empty && !only_pictures;
    let drawn = report.pictures.iter().all(pictures::Checked::is_well);
    report.ok = report.failed == 0 && left_out == (0, 0) && !empty && drawn;
    if let Some(file) = &options.junit {
        junit::write(file, &report, options.allow_empty)?;
    }
    if options.json {
        out.json(&report, true)?;
    } else {
        print::end(out, &report, empty)?;
    }
    if left_out != (0, 0) {
        return Err(Stop::Error(print::left_out(left_out)));
    }
    Ok(report.ok)
}

/// Plays and judges a scenario. Returns the outcome, and a description of why it cannot be run.
#[expect(
    clippy::disallowed_types,
    reason = "JUnit reports how long a case took; no simulated run depends on it"
)]
fn one(options: &Options, script: &Script) -> (Checked, Option<String>) {
    let begun = std::time::Instant::now();
    if let Some(problem) = &script.problem {
        return (judge::missing(script, problem), Some(format!("{}: {problem}", script.name())));
    }
    let how = How { seeds: options.seeds.as_ref(), base: &options.base };
    let (mut checked, error) = match workspace::open(&script.text) {
        Ok(mut timeline) => (judge::judged(script, &mut timeline, how), None),
        Err(errors) => (judge::wrong(script, &errors), Some(play::describe(script, &errors))),
    };
    checked.took = begun.elapsed();
    (checked, error)
}
