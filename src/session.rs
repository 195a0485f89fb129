//! From a text to a run: reading, building, and the errors of both in one shape.

use crate::algorithms::{makers, vocabulary};
use crate::breaks::Finder;
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
    let of_lane = |u: Unfit| {
        let line = u.line.unwrap_or_else(|| line_to_blame(text, &u));
        Error::of_line(text, line, &format!("lane {}: {}", u.lane, u.text))
    };
    unfit.into_iter().map(of_lane).collect()
}

/// The line of the last setting of the lane that the complaint names, or else the line that makes the lane.
fn line_to_blame(text: &str, unfit: &Unfit) -> u32 {
    let words = &vocabulary()[unfit.algorithm];
    let named = |setting: &&crate::words::Setting| unfit.text.contains(setting.name);
    let settings: Vec<&str> = words.settings.iter().filter(named).map(|s| s.name).collect();
    let mut made = 0;
    let mut set = None;
    for line in scenario::lines(text) {
        let statement = text.get(line.place.range()).unwrap_or_default();
        let mut parts = statement.split_whitespace().skip(1);
        match line.keyword.as_str() {
            "set" => {
                let key = parts.next().unwrap_or_default();
                let (owner, setting) = key.split_once('.').unwrap_or_default();
                if (owner == unfit.lane || owner == words.id) && settings.contains(&setting) {
                    set = Some(line.line);
                }
            }
            "lane" if parts.next() == Some(&unfit.lane) => made = line.line,
            "lanes" if parts.any(|name| name == unfit.lane) => made = line.line,
            _ => {}
        }
    }
    set.unwrap_or(made)
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
    /// Looks for the stops of the present run, once somebody asked for them.
    finder: Option<Finder>,
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
            self.finder = None;
            return Progress { done: true, swapped: true };
        }
        let done = self.current.as_mut().is_none_or(|current| current.compute(events));
        Progress { done, swapped: false }
    }

    /// Looks at most `events` events of each lane further for where the run that is shown stops for its `break`
    /// lines; after an edit from the start again. True when all is looked at.
    pub fn find_breaks(&mut self, events: u32) -> bool {
        let Some(current) = &self.current else { return true };
        if current.scenario().breaks.is_empty() {
            return true;
        }
        if self.finder.is_none() {
            // The text has run before, so that it opens.
            self.finder = open(&self.text).ok().map(Finder::new);
        }
        self.finder.as_mut().is_none_or(|finder| finder.advance(events))
    }

    /// What [`Session::find_breaks`] has found so far, if there is anything to look for.
    pub fn breaks(&self) -> Option<&Finder> {
        self.finder.as_ref()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_do_not_fit_are_blamed_on_their_line() {
        let cases = [
            ("title x\nlanes raft\nnodes 3\n\nset raft.heartbeat 500ms\n", 5),
            ("lanes raft\nlane slow = raft heartbeat 500ms\n", 2),
            ("nodes 3\nlanes ring raft\nset raft.learners 1 2 3\n", 3),
        ];
        for (text, line) in cases {
            let Err(errors) = open(text) else { panic!("{text} opens") };
            assert_eq!(errors[0].line, line, "{}", errors[0]);
        }
    }
}
