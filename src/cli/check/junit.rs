//! The report of `election check` as JUnit XML, which most build servers show. There is one test case per scenario.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::report::{Checked, Report};
use crate::{Stop, source};

/// The name of the report and of its only suite.
const NAME: &str = "election check";

/// Writes the report to a file.
///
/// # Errors
/// If it cannot be written.
pub fn write(file: &Path, report: &Report, allow_empty: bool) -> Result<(), Stop> {
    let mut suite = TestSuite::new(NAME);
    for it in &report.unreadable {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("unreadable").set_message(it.to_string());
        let mut case = TestCase::new(&it.file, status);
        case.set_classname(&it.file);
        suite.add_test_case(case);
    }
    for it in &report.skipped {
        let mut status = TestCaseStatus::skipped();
        status.set_message(&it.why);
        let mut case = TestCase::new(format!("line {}", it.line), status);
        case.set_classname(&it.file).extra.insert("file".into(), it.file.as_str().into());
        suite.add_test_case(case);
    }
    suite.add_test_cases(report.scenarios.iter().map(|it| case(it, allow_empty)));
    suite.set_time(report.scenarios.iter().map(|it| it.took).sum());
    let mut document = Document::new(NAME);
    document.add_test_suite(suite);
    let name = source::shown(file);
    let error = |why: &dyn std::fmt::Display| Stop::Error(format!("cannot write {name}: {why}"));
    let text = document.to_string().map_err(|why| error(&why))?;
    fs::write(file, text).map_err(|why| error(&why))
}

fn case(checked: &Checked, allow_empty: bool) -> TestCase {
    let line = format!("line {}", checked.line);
    let name = if checked.title.is_empty() { line } else { format!("{} ({line})", checked.title) };
    let mut case = TestCase::new(name, status(checked, allow_empty));
    case.set_classname(&checked.file).set_time(checked.took).set_assertions(checked.expectations.len());
    case.extra.insert("file".into(), checked.file.as_str().into());
    case.extra.insert("line".into(), checked.line.to_string().into());
    case
}

fn status(checked: &Checked, allow_empty: bool) -> TestCaseStatus {
    let file = &checked.file;
    let mut text = String::new();
    if let Some(first) = checked.errors.first() {
        for it in &checked.errors {
            let advice = it.advice.as_deref().map_or(String::new(), |it| format!("; {it}"));
            let _ = writeln!(
                text,
                "{file}:{}:{}: found {}, expected {}{advice}",
                it.line, it.column, it.found, it.expected
            );
        }
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status
            .set_type("scenario")
            .set_message(format!("found {}, expected {}", first.found, first.expected));
        status.set_description(text);
        return status;
    }
    let failed: Vec<_> = checked.expectations.iter().filter(|it| !it.met).collect();
    let Some(first) = failed.first() else {
        if !checked.expectations.is_empty() || allow_empty {
            return TestCaseStatus::success();
        }
        let mut status = TestCaseStatus::skipped();
        status.set_message("no expectations");
        return status;
    };
    for it in &failed {
        let _ = writeln!(text, "{file}:{}: {}", it.line, it.text);
        for lane in it.lanes.iter().filter(|it| !it.met) {
            let _ = writeln!(text, "  {}: found {}", lane.lane, lane.at());
            if let Some(link) = &lane.link {
                let _ = writeln!(text, "    open {link}");
            }
        }
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type("expectation").set_message(format!("{file}:{}: {}", first.line, first.text));
    status.set_description(text);
    status
}
