//! Compares the model with samples of real servers: tests/calibration, and docs/calibration.md with its plots.

use crate::Result;
use crate::shell::{self, cargo};

/// The variable that makes tests/calibration write the page's tables and the plots.
const UPDATE: &str = "UPDATE_CALIBRATION";

/// Runs all comparisons; writes the page's tables and the plots, or checks that they are up to date.
///
/// # Errors
/// If the model and a sample disagree, or if a check finds stale output. The output is written even if a
/// sample disagrees.
pub fn run(check: bool) -> Result {
    let mut tests = cargo();
    tests.args(["test", "--package", "election-playground", "--test", "calibration"]);
    if check {
        tests.env_remove(UPDATE);
    } else {
        tests.env(UPDATE, "1");
    }
    shell::run(&mut tests)
}
