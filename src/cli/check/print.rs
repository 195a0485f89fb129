//! The report of `election check` for people.

use std::io::{self, Write as _};

use super::Options;
use super::report::{Checked, Report};
use crate::links;
use crate::pictures;
use crate::script::Script;
use crate::source::Skipped;
use crate::term::Out;

/// Prints what was not read on purpose.
///
/// # Errors
/// If it cannot be written.
pub fn skipped(out: &mut Out, skipped: &[Skipped]) -> io::Result<()> {
    for it in skipped {
        let mark = out.yellow("note  ");
        writeln!(out, "{mark}  {}:{}: {}", it.file, it.line, it.why)?;
    }
    Ok(())
}

/// Prints the result of all scenarios. `empty` if none has expectations.
///
/// # Errors
/// If it cannot be written.
pub fn end(out: &mut Out, report: &Report, empty: bool) -> io::Result<()> {
    pictures::report(out, &report.pictures)?;
    let left_out = left_out(report.left_out());
    if empty && left_out.is_empty() {
        writeln!(out, "\nno scenario has expectations: add `expect` lines, or pass --allow-empty")?;
    }
    let verdict = if report.ok { out.green("ok") } else { out.red("FAILED") };
    let judged = format!("{} passed; {} failed", report.passed, report.failed);
    let counts = match (report.passed + report.failed, left_out.is_empty()) {
        (_, true) => judged,
        // A text that cannot be run must not look like one that was tested.
        (0, false) => left_out,
        (_, false) => format!("{judged}; {left_out}"),
    };
    writeln!(out, "\ntest result: {verdict}. {counts}")
}

/// How many scenarios cannot be run, and how many files or folders cannot be read; empty if there are none.
pub fn left_out((wrong, unread): (usize, usize)) -> String {
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

/// Prints the outcome of a scenario.
///
/// # Errors
/// If it cannot be written.
pub fn scenario(options: &Options, out: &mut Out, script: &Script, checked: &Checked) -> io::Result<()> {
    let title = if checked.title.is_empty() { String::new() } else { format!(" {}", checked.title) };
    let name = format!("{}:{title}", script.name());
    let (count, met) = (checked.expectations.len(), checked.met());
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
            writeln!(out, "    {}: found {}", lane.lane, lane.at())?;
            if !lane.seeds_against.is_empty() {
                let seeds: Vec<String> = lane.seeds_against.iter().map(u64::to_string).collect();
                writeln!(out, "      see seed {}", seeds.join(", "))?;
            }
            let link = lane.link.as_deref().unwrap_or("");
            writeln!(out, "      open {link}")?;
            if let Some(caution) = links::caution(link) {
                writeln!(out, "      {}", out.yellow(&caution))?;
            }
        }
    }
    Ok(())
}

/// Prints the notes on a scenario besides its expectations: warnings, and actions that had no effect.
fn notes(out: &mut Out, script: &Script, checked: &Checked) -> io::Result<()> {
    let warning = out.yellow("warning:");
    for it in &checked.warnings {
        writeln!(out, "  {}:{}: {warning} {}", it.file, it.line, it.text)?;
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
