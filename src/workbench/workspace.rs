//! From a text to a run: reading, building, and the errors of both in one shape.

use crate::breakpoints::Finder;
use crate::expectations::Judge;
use crate::registry::{BUILT_IN, Registry};
use election_base::sort_by_numbers;
use election_engine::meter::Meter;
use election_engine::timeline::{Goal, Timeline, Unfit};
use election_language::scenario::{self, Error, Scenario, Warning};
use election_language::vocabulary::Words;

impl Registry {
    /// Reads a text with the vocabulary of the registry.
    ///
    /// # Errors
    /// Everything that is wrong with it, at least one.
    pub fn read(&'static self, text: &str) -> Result<Scenario, Vec<Error>> {
        scenario::read(text, self.vocabulary())
    }

    /// Reads a text and builds its lanes, with nothing computed.
    ///
    /// # Errors
    /// Everything that is wrong with it, at least one.
    pub fn open(&'static self, text: &str) -> Result<Timeline, Vec<Error>> {
        let timeline = Timeline::new(self.read(text)?, self.makers());
        timeline.map_err(|unfit| located(text, unfit, self.vocabulary()))
    }

    /// As [`Registry::open`], taking over what `earlier` has in common with the new run.
    ///
    /// # Errors
    /// As [`Registry::open`].
    pub fn reopen(&'static self, earlier: &Timeline, text: &str) -> Result<Timeline, Vec<Error>> {
        let timeline = Timeline::replacing(earlier, self.read(text)?, self.makers());
        timeline.map_err(|unfit| located(text, unfit, self.vocabulary()))
    }
}

/// As [`Registry::read`], with the algorithms of this crate.
///
/// # Errors
/// Everything that is wrong with it, at least one.
pub fn read(text: &str) -> Result<Scenario, Vec<Error>> {
    BUILT_IN.read(text)
}

/// As [`Registry::open`], with the algorithms of this crate.
///
/// # Errors
/// Everything that is wrong with it, at least one.
pub fn open(text: &str) -> Result<Timeline, Vec<Error>> {
    BUILT_IN.open(text)
}

/// As [`Registry::reopen`], with the algorithms of this crate.
///
/// # Errors
/// As [`open`].
pub fn reopen(earlier: &Timeline, text: &str) -> Result<Timeline, Vec<Error>> {
    BUILT_IN.reopen(earlier, text)
}

fn located(text: &str, unfit: Vec<Unfit>, vocabulary: &[Words]) -> Vec<Error> {
    let of_lane = |u: Unfit| {
        // A complaint names the settings that it is about.
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let named = |setting: &str| u.text.split(|c| !is_word(c)).any(|word| word == setting);
        let line =
            u.line.unwrap_or_else(|| line_of_setting(text, (vocabulary[u.algorithm].id, &u.lane), &named));
        Error::of_line(text, line, &format!("lane {}: {}", u.lane, u.text))
    };
    unfit.into_iter().map(of_lane).collect()
}

/// The line that sets the last setting of the lane, or of its algorithm `id`, that is `meant`, or else the line that makes the lane.
fn line_of_setting(text: &str, (id, lane): (&str, &str), meant: &dyn Fn(&str) -> bool) -> u32 {
    let mut made = 0;
    let mut set = None;
    for line in scenario::lines(text) {
        let statement = text.get(line.place.range()).unwrap_or_default();
        let mut parts = statement.split_whitespace().skip(1);
        match line.keyword.as_str() {
            "set" => {
                let key = parts.next().unwrap_or_default();
                let (owner, setting) = key.split_once('.').unwrap_or_default();
                let setting = setting.strip_prefix("store.").unwrap_or(setting);
                if (owner == lane || owner == id || owner == "store") && meant(setting) {
                    set = Some(line.line);
                }
            }
            "lane" if parts.next() == Some(lane) => made = line.line,
            "lanes" if parts.any(|name| name == lane) => made = line.line,
            _ => {}
        }
    }
    set.unwrap_or(made)
}

/// What a text says without effect, in the order of its lines: what its reader found, and what its lanes say of their
/// settings and of `init` lines.
pub fn warnings(text: &str, timeline: &Timeline) -> Vec<Warning> {
    let scenario = timeline.scenario();
    let mut all = scenario.warnings.clone();
    for (spec, lane) in scenario.lanes.iter().zip(timeline.lanes()) {
        for (about, what) in lane.warnings() {
            let line = match about.as_str() {
                "init" => first_init(text, (lane.info().id, &spec.name)),
                "latency" => {
                    scenario::lines(text).into_iter().find(|l| l.keyword == "latency").map(|l| l.line)
                }
                _ => None,
            };
            let of_setting =
                || line_of_setting(text, (lane.info().id, &spec.name), &|setting| setting == about);
            let line = line.unwrap_or_else(of_setting);
            let text = format!("lane {}: {what}", spec.name);
            // Lanes of the same algorithm may have the same to say of the same line.
            let known = |w: &Warning| w.line == line && w.text.ends_with(&what);
            if !all.iter().any(known) {
                all.push(Warning { line, text });
            }
        }
    }
    sort_by_numbers(&mut all, |w| (w.line.into(), 0));
    all
}

/// The line of the first `init` that names the lane or its algorithm.
fn first_init(text: &str, (id, lane): (&str, &str)) -> Option<u32> {
    let mut inits = scenario::lines(text).into_iter().filter(|line| line.keyword == "init");
    let mine = inits.find(|line| {
        let statement = text.get(line.place.range()).unwrap_or_default();
        statement.split_whitespace().nth(1).is_some_and(|name| name == lane || name == id)
    });
    mine.map(|line| line.line)
}

/// A run on a screen: the text, the run that it plays, and the one that will take its place.
///
/// An edit does not disturb what is shown: the new run is computed in slices beside the present one and takes
/// its place whole, at the same playhead. A text with errors changes nothing.
pub struct Session {
    registry: &'static Registry,
    text: String,
    current: Option<Timeline>,
    next: Option<(String, Timeline)>,
    revision: u32,
    /// Looks for the stops of the present run, once somebody asked for them.
    finder: Option<Finder>,
    /// Judges the present run's expectations, once somebody asked for that.
    judge: Option<Judge>,
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
    /// A session with nothing to play, for texts that name algorithms of `registry`.
    pub fn of(registry: &'static Registry) -> Session {
        let (text, current, next, finder, judge) = (String::new(), None, None, None, None);
        Session { registry, text, current, next, revision: 0, finder, judge }
    }

    /// A session with nothing to play, for texts that name algorithms of this crate.
    pub fn new() -> Session {
        Session::of(&BUILT_IN)
    }

    /// Takes a text. Its run replaces the present one when [`Session::advance`] has computed it; the very
    /// first run of a session is there at once.
    ///
    /// # Errors
    /// Everything that is wrong with the text; the session is as it was then.
    pub fn load(&mut self, text: &str) -> Result<(), Vec<Error>> {
        match &self.current {
            None => {
                self.current = Some(self.registry.open(text)?);
                self.text = text.to_string();
                self.revision += 1;
            }
            Some(current) => {
                let next = self.registry.reopen(current, text)?;
                next.show(false);
                self.next = Some((text.to_string(), next));
            }
        }
        Ok(())
    }

    /// Computes ahead, as far as the meter lasts.
    pub fn advance(&mut self, meter: &mut Meter) -> Progress {
        if let Some((_, next)) = &mut self.next {
            if !next.compute(meter) {
                return Progress { done: false, swapped: false };
            }
            let (text, mut next) = self.next.take().expect("looked at above");
            if let Some(current) = &self.current {
                next.go(Goal::Time(current.now()));
            }
            next.show(true);
            self.text = text;
            self.current = Some(next);
            self.revision += 1;
            (self.finder, self.judge) = (None, None);
            return Progress { done: true, swapped: true };
        }
        let done = self.current.as_mut().is_none_or(|current| current.compute(meter));
        Progress { done, swapped: false }
    }

    /// Looks further for where the run that is shown stops for its `break` lines; after an edit from the start again.
    /// True when all is looked at.
    pub fn find_breaks(&mut self, meter: &mut Meter) -> bool {
        let Some(current) = &self.current else { return true };
        if current.scenario().breaks.is_empty() {
            return true;
        }
        if self.finder.is_none() {
            self.finder = self.again().map(Finder::new);
        }
        self.finder.as_mut().is_none_or(|finder| finder.advance(meter))
    }

    /// What [`Session::find_breaks`] has found so far, if there is anything to look for.
    pub fn breaks(&self) -> Option<&Finder> {
        self.finder.as_ref()
    }

    /// Judges the expectations of the run that is shown further; after an edit from the start again. True when all are
    /// judged.
    pub fn judge(&mut self, meter: &mut Meter) -> bool {
        let Some(current) = &self.current else { return true };
        if current.scenario().expects.is_empty() {
            return true;
        }
        if self.judge.is_none() {
            self.judge = self.again().map(Judge::new);
        }
        self.judge.as_mut().is_none_or(|judge| judge.advance(meter))
    }

    /// What [`Session::judge`] has judged so far.
    pub fn judged(&self) -> Option<&Judge> {
        self.judge.as_ref()
    }

    /// The run that is shown, from its start and on no screen.
    fn again(&self) -> Option<Timeline> {
        let timeline = self.registry.open(&self.text).ok()?;
        timeline.show(false);
        Some(timeline)
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

impl Default for Session {
    fn default() -> Session {
        Session::new()
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

    #[test]
    fn warnings_stand_at_the_line_that_they_are_about() {
        let cases = [
            ("lanes zookeeper\n\nset zookeeper.session-timeout 1s\n", 2, "granted as 4s"),
            ("title x\nlatency 100ms..400ms\nlanes raft\n", 1, "messages may take 400ms"),
            ("lanes raft\nnodes 3\nset raft.election-timeout 200ms\n", 2, "randomness"),
        ];
        for (text, line, what) in cases {
            let Ok(timeline) = open(text) else { panic!("{text} does not open") };
            let found = warnings(text, &timeline);
            assert!(found.iter().any(|w| w.line == line && w.text.contains(what)), "{found:?} in {text}");
        }
        let Ok(calm) = open("lanes ring bully zookeeper raft hs\n") else { panic!("it opens") };
        assert_eq!(warnings("lanes ring bully zookeeper raft hs\n", &calm), []);
    }
}
