//! The model against samples of real servers: tests/calibration, and docs/calibration.md with its plots.

use crate::Result;
use crate::shell::{self, cargo};

/// The variable in which tests/calibration is told to write the page's tables and the plots.
const UPDATE: &str = "UPDATE_CALIBRATION";

/// Plays all comparisons; writes the page's tables and the plots, or demands that they are fresh.
///
/// # Errors
/// If the model and a sample do not agree, or if what is there is stale and was to be checked. What was to be written is
/// written all the same.
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
