//! The outcome of `election check`, as `--json` prints it: docs/command-line.md describes the fields.

use std::time::Duration;

use election_playground::base::Span;
use serde::Serialize;

use crate::pictures;
use crate::source::{Skipped, Unreadable};

/// The whole report.
#[derive(Serialize)]
pub struct Report {
    /// The version of the JSON.
    pub version: u32,
    /// Whether the exit code is 0.
    pub ok: bool,
    /// The number of expectations that were met.
    pub passed: usize,
    /// The number of expectations that were not.
    pub failed: usize,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What only a browser can read.
    pub skipped: Vec<Skipped>,
    /// The scenarios, in order.
    pub scenarios: Vec<Checked>,
    /// The pictures that belong to them.
    pub pictures: Vec<pictures::Checked>,
}

/// The outcome of a scenario.
#[derive(Serialize)]
pub struct Checked {
    /// The file.
    pub file: String,
    /// The first line of its text.
    pub line: u32,
    /// Its title, or an empty string.
    pub title: String,
    /// Why it cannot be run.
    pub errors: Vec<Wrong>,
    /// Statements and attributes that have no effect, or not the effect they suggest.
    pub warnings: Vec<Warned>,
    /// Actions that had no effect.
    pub idle_acts: Vec<Idle>,
    /// Its expectations.
    pub expectations: Vec<Judged>,
    /// How long it took to play and judge it.
    #[serde(skip)]
    pub took: Duration,
}

/// A warning about a statement, or about an attribute of an element.
#[derive(Serialize)]
pub struct Warned {
    /// The file, which may be the page that names the scenario.
    pub file: String,
    /// The line of the file.
    pub line: u32,
    /// The warning.
    pub text: String,
}

/// An action that had no effect in a lane.
#[derive(Serialize)]
pub struct Idle {
    /// The line of the file.
    pub line: u32,
    /// The lane.
    pub lane: String,
    /// The action as the scenario writes it.
    pub act: String,
    /// Why it had no effect.
    pub why: &'static str,
}

/// An error in a text, or in the page that holds it.
#[derive(Serialize)]
pub struct Wrong {
    /// The line of the file.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is there.
    pub found: String,
    /// What should be.
    pub expected: String,
    /// The known word that is nearest.
    pub nearest: Option<String>,
    /// What to do.
    pub advice: Option<String>,
}

/// The outcome of an expectation, which is met if it is met in every lane it applies to.
#[derive(Serialize)]
pub struct Judged {
    /// The line of the file.
    pub line: u32,
    /// The expectation as it is written.
    pub text: String,
    /// Whether it was met.
    pub met: bool,
    /// The lanes that it applies to.
    pub lanes: Vec<InLane>,
}

/// The outcome of an expectation in a lane.
#[derive(Clone, Serialize)]
pub struct InLane {
    /// The lane.
    pub lane: String,
    /// Whether it was met.
    pub met: bool,
    /// When it was decided; `null` if many runs decide.
    pub at_us: Option<u64>,
    /// What was found.
    pub found: String,
    /// The number of runs evaluated; 1 if the scenario's own run decides.
    pub runs: u64,
    /// The first seeds that speak against it: runs that did not meet it, or that did where too many do.
    pub seeds_against: Vec<u64>,
    /// Opens the moment in the page, or the run of the first such seed. Only if the expectation was not met.
    pub link: Option<String>,
}

impl Checked {
    /// How many expectations were met.
    pub fn met(&self) -> usize {
        self.expectations.iter().filter(|it| it.met).count()
    }
}

impl Report {
    /// The report where there is nothing to test.
    pub fn nothing(files: String, why: &str) -> Report {
        let unreadable = vec![Unreadable { file: files, why: why.to_string() }];
        Report {
            unreadable,
            version: 1,
            ok: false,
            passed: 0,
            failed: 0,
            skipped: vec![],
            scenarios: vec![],
            pictures: vec![],
        }
    }

    /// How many scenarios cannot be run, and how many files and folders cannot be read.
    pub fn left_out(&self) -> (usize, usize) {
        let wrong = self.scenarios.iter().filter(|it| !it.errors.is_empty()).count();
        (wrong, self.unreadable.len())
    }
}

impl InLane {
    /// What was found, and when.
    pub fn at(&self) -> String {
        let at = self.at_us.map_or_else(String::new, |us| format!(" at {}", Span(us)));
        format!("{}{at}", self.found)
    }
}
