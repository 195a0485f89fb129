//! From a text to a run: reading, building, and the errors of both in one shape.

use crate::algorithms::{makers, vocabulary};
use crate::scenario::{self, Error, Scenario};
use crate::timeline::{Timeline, Unfit};

/// Reads a text with the vocabulary of all algorithms.
///
/// # Errors
/// Everything that is wrong with it, at least one.
pub fn read(text: &str) -> Result<Scenario, Vec<Error>> {
    scenario::read(text, vocabulary())
}

/// Reads a text and builds its lanes, with nothing computed.
///
/// # Errors
/// Everything that is wrong with it, at least one.
pub fn open(text: &str) -> Result<Timeline, Vec<Error>> {
    Timeline::new(read(text)?, makers()).map_err(|unfit| located(text, unfit))
}

/// As [`open`], taking over what `earlier` has in common with the new run.
///
/// # Errors
/// As [`open`].
pub fn reopen(earlier: &Timeline, text: &str) -> Result<Timeline, Vec<Error>> {
    Timeline::replacing(earlier, read(text)?, makers()).map_err(|unfit| located(text, unfit))
}

fn located(text: &str, unfit: Vec<Unfit>) -> Vec<Error> {
    let of_lane =
        |u: Unfit| Error::of_line(text, u.line.unwrap_or(0), &format!("lane {}: {}", u.lane, u.text));
    unfit.into_iter().map(of_lane).collect()
}
