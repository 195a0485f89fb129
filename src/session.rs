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

/// A run on a screen: the text, the run that it plays, and the one that will take its place.
///
/// An edit does not disturb what is shown: the new run is computed in slices beside the present one and takes
/// its place whole, at the same playhead. A text with errors changes nothing.
#[derive(Default)]
pub struct Session {
    text: String,
    current: Option<Timeline>,
    next: Option<(String, Timeline)>,
    revision: u32,
}

/// How far the computation is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The present run is computed to its end and no other one waits.
    pub done: bool,
    /// A new run has just taken its place on the screen.
    pub swapped: bool,
}

impl Session {
    /// A session with nothing to play.
    pub fn new() -> Session {
        Session::default()
    }

    /// Takes a text. Its run replaces the present one when [`Session::advance`] has computed it; the very
    /// first run of a session is there at once.
    ///
    /// # Errors
    /// Everything that is wrong with the text; the session is as it was then.
    pub fn load(&mut self, text: &str) -> Result<(), Vec<Error>> {
        match &self.current {
            None => {
                self.current = Some(open(text)?);
                self.text = text.to_string();
                self.revision += 1;
            }
            Some(current) => self.next = Some((text.to_string(), reopen(current, text)?)),
        }
        Ok(())
    }

    /// Computes at most `events` events of each lane ahead.
    pub fn advance(&mut self, events: u32) -> Progress {
        if let Some((_, next)) = &mut self.next {
            if !next.compute(events) {
                return Progress { done: false, swapped: false };
            }
            let (text, mut next) = self.next.take().expect("looked at above");
            if let Some(current) = &self.current {
                next.seek(current.now());
            }
            self.text = text;
            self.current = Some(next);
            self.revision += 1;
            return Progress { done: true, swapped: true };
        }
        let done = self.current.as_mut().is_none_or(|current| current.compute(events));
        Progress { done, swapped: false }
    }

    /// The text of the run that is shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The run that is shown.
    pub fn timeline(&mut self) -> Option<&mut Timeline> {
        self.current.as_mut()
    }

    /// Counts the runs that were shown: a number to tell whether anything has to be asked anew.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Whether a run waits to take the place of the one that is shown.
    pub fn pending(&self) -> bool {
        self.next.is_some()
    }
}
