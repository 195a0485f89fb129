//! From a text to a run: reading and building, with the errors of both in one form.

use crate::breakpoints::Finder;
use crate::expectations::Judge;
use crate::futures::{Comparison, Future};
use crate::registry::{BUILT_IN, Registry};
use crate::story;
use election_base::sort_by_numbers;
use election_engine::meter::Meter;
use election_engine::timeline::{BuildError, Goal, Parting, Timeline};
use election_language::scenario::{self, Error, Reading, Scenario, Warning};
use election_language::vocabulary::Words;

impl Registry {
    /// Reads a text with the vocabulary of the registry.
    ///
    /// # Errors
    /// All errors in the text, at least one.
    pub fn read(&'static self, text: &str) -> Result<Scenario, Vec<Error>> {
        scenario::read(text, self.vocabulary())
    }

    /// Reads a text and builds its lanes, with nothing computed.
    ///
    /// # Errors
    /// All errors in the text, at least one.
    pub fn open(&'static self, text: &str) -> Result<Timeline, Vec<Error>> {
        let timeline = Timeline::new(self.read_for_run(text)?, self.algorithms());
        timeline.map_err(|errors| located(text, errors, self.vocabulary()))
    }

    /// Like [`Registry::read`], but errors include those of lanes that read without an error and still do not fit
    /// together: a user wants to see them all at once.
    fn read_for_run(&'static self, text: &str) -> Result<Scenario, Vec<Error>> {
        let Reading { scenario, mut errors, whole } = scenario::read_all(text, self.vocabulary());
        if errors.is_empty() {
            return Ok(scenario);
        }
        let misfits = Timeline::misfits(&scenario, whole, self.algorithms());
        for misfit in located(text, misfits, self.vocabulary()) {
            if errors.iter().all(|error| error.line != misfit.line) {
                errors.push(misfit);
            }
        }
        scenario::in_text_order(&mut errors);
        Err(errors)
    }

    /// Like [`Registry::open`], but reuses what `earlier` has in common with the new run.
    ///
    /// # Errors
    /// As [`Registry::open`].
    pub fn reopen(&'static self, earlier: &Timeline, text: &str) -> Result<Timeline, Vec<Error>> {
        let timeline = Timeline::replacing(earlier, self.read_for_run(text)?, self.algorithms());
        timeline.map_err(|errors| located(text, errors, self.vocabulary()))
    }
}

/// Like [`Registry::read`], with the built-in algorithms.
///
/// # Errors
/// All errors in the text, at least one.
pub fn read(text: &str) -> Result<Scenario, Vec<Error>> {
    BUILT_IN.read(text)
}

/// Like [`Registry::open`], with the built-in algorithms.
///
/// # Errors
/// All errors in the text, at least one.
pub fn open(text: &str) -> Result<Timeline, Vec<Error>> {
    BUILT_IN.open(text)
}

/// Like [`Registry::reopen`], with the built-in algorithms.
///
/// # Errors
/// As [`open`].
pub fn reopen(earlier: &Timeline, text: &str) -> Result<Timeline, Vec<Error>> {
    BUILT_IN.reopen(earlier, text)
}

fn located(text: &str, errors: Vec<BuildError>, vocabulary: &[Words]) -> Vec<Error> {
    let of_lane = |e: BuildError| {
        // An error names the settings it is about.
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let named = |setting: &str| e.text.split(|c| !is_word(c)).any(|word| word == setting);
        let line =
            e.line.unwrap_or_else(|| line_of_setting(text, (vocabulary[e.algorithm].id, &e.lane), &named));
        Error::of_line(text, line, &format!("lane {}: {}", e.lane, e.text))
    };
    errors.into_iter().map(of_lane).collect()
}

/// The last line that sets a setting satisfying `meant`, of the lane or its algorithm `id`; otherwise the
/// line that defines the lane.
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

/// The statements that have no effect, in line order: those found by the reader, and the lanes' warnings
/// about settings and `init` lines.
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
            // Lanes of the same algorithm may warn about the same line.
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

/// An interactive session: the text, the run on the screen, and the run that will replace it.
///
/// An edit does not disturb what is shown. The new run is computed in slices beside the present one and
/// replaces it as a whole, at the same playhead. A text with errors changes nothing.
pub struct Session {
    registry: &'static Registry,
    text: String,
    current: Option<Timeline>,
    next: Option<(String, Timeline)>,
    revision: u32,
    /// Finds the stops of the present run, once requested.
    finder: Option<Finder>,
    /// Checks the present run's expectations, once requested.
    judge: Option<Judge>,
    /// The future that is kept beside the present run.
    other: Option<Future>,
    /// The comparison that was requested last, with the numbers of its lanes.
    comparison: Option<((usize, usize), Comparison)>,
}

/// The progress of the computation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The present run is complete, and no other is waiting.
    pub done: bool,
    /// A new run has just replaced the one on the screen.
    pub swapped: bool,
}

impl Session {
    /// A session without a run, for texts that name algorithms of `registry`.
    pub fn of(registry: &'static Registry) -> Session {
        Session {
            registry,
            text: String::new(),
            current: None,
            next: None,
            revision: 0,
            finder: None,
            judge: None,
            other: None,
            comparison: None,
        }
    }

    /// A session without a run, for texts that name built-in algorithms.
    pub fn new() -> Session {
        Session::of(&BUILT_IN)
    }

    /// Loads a text. Its run replaces the present one once [`Session::advance`] has computed it; the first
    /// run of a session appears at once.
    ///
    /// # Errors
    /// All errors in the text. The session stays unchanged.
    pub fn load(&mut self, text: &str) -> Result<(), Vec<Error>> {
        match &self.current {
            None => {
                self.current = Some(self.registry.open(text)?);
                self.text = text.to_string();
                self.revision += 1;
            }
            Some(current) => {
                let kept = self.other.as_mut().filter(|other| other.text == text);
                let next = match kept.and_then(|other| other.timeline.take()) {
                    Some(run) => run,
                    None => self.registry.reopen(current, text)?,
                };
                next.show(false);
                self.next = Some((text.to_string(), next));
            }
        }
        Ok(())
    }

    /// Computes ahead until the meter is used up.
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
            let former = self.current.replace(next);
            // What is replaced may be kept: then it need not be computed again.
            let kept =
                self.other.as_mut().filter(|other| other.text == self.text && other.timeline.is_none());
            if let Some((other, former)) = kept.zip(former) {
                former.show(false);
                other.timeline = Some(former);
            }
            self.text = text;
            self.revision += 1;
            (self.finder, self.judge, self.comparison) = (None, None, None);
            return Progress { done: true, swapped: true };
        }
        let done = self.current.as_mut().is_none_or(|current| current.compute(meter));
        Progress { done, swapped: false }
    }

    /// Continues the search for the places where the present run stops for its `break` lines; restarts after
    /// an edit. Returns true if the search is complete.
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

    /// The stops that [`Session::find_breaks`] has found so far; `None` if it has not been called.
    pub fn breaks(&self) -> Option<&Finder> {
        self.finder.as_ref()
    }

    /// Continues checking the expectations of the present run, and the conditions of its story; restarts after an edit. Returns true if all
    /// are decided.
    pub fn judge(&mut self, meter: &mut Meter) -> bool {
        let Some(current) = &self.current else { return true };
        let scenario = current.scenario();
        let told = scenario.asks.is_empty() && scenario.says.iter().all(|say| say.condition.is_none());
        if scenario.expects.is_empty() && told {
            return true;
        }
        if self.judge.is_none() {
            self.judge = self.again().map(story::judge);
        }
        self.judge.as_mut().is_none_or(|judge| judge.advance(meter))
    }

    /// What [`Session::judge`] has decided so far; see [`crate::story::judged`].
    pub fn judged(&self) -> Option<&Judge> {
        self.judge.as_ref()
    }

    /// Keeps a text as the other future, in place of the one that was kept before. If its run is the one that another
    /// one is about to replace, it goes on from there; otherwise [`Session::advance_other`] computes it.
    ///
    /// # Errors
    /// All errors in the text. The session stays unchanged.
    pub fn keep(&mut self, text: &str) -> Result<(), Vec<Error>> {
        if self.other.as_ref().is_some_and(|other| other.text == text) {
            return Ok(());
        }
        let replaced = self.next.is_some() && self.text == text;
        let timeline = match &self.current {
            _ if replaced => None,
            // It will have more in common with a run that is complete.
            Some(current) if self.next.is_none() && current.is_computed() => {
                let run = self.registry.reopen(current, text)?;
                run.show(false);
                Some(run)
            }
            _ => self.registry.open(text).map(|_| None)?,
        };
        (self.other, self.comparison) = (Some(Future { text: text.to_string(), timeline }), None);
        Ok(())
    }

    /// Forgets the other future.
    pub fn forget(&mut self) {
        (self.other, self.comparison) = (None, None);
    }

    /// The other future.
    pub fn other(&self) -> Option<&Future> {
        self.other.as_ref()
    }

    /// Computes the other future. Returns whether it is complete, or there is none.
    pub fn advance_other(&mut self, meter: &mut Meter) -> bool {
        let (Some(other), Some(current)) = (&mut self.other, &self.current) else { return true };
        if other.timeline.is_none() {
            if self.next.is_some() && other.text == self.text {
                return true;
            }
            let Ok(run) = self.registry.reopen(current, &other.text) else { return true };
            run.show(false);
            other.timeline = Some(run);
        }
        other.timeline.as_mut().is_none_or(|run| run.compute(meter))
    }

    /// Where the run that was loaded last parts from the one on the screen.
    pub fn parting(&self) -> Parting {
        match (&self.next, &self.current) {
            (Some((_, next)), Some(current)) => next.parting(current),
            _ => Parting::Never,
        }
    }

    /// Where the other future parts from the run on the screen.
    pub fn split(&self) -> Parting {
        let other = self.other.as_ref().and_then(|other| other.timeline.as_ref());
        match (other, &self.current) {
            (Some(other), Some(current)) => other.parting(current),
            _ => Parting::Never,
        }
    }

    /// A lane of either future, with its run: the lanes of the other future are numbered after those of the run on the
    /// screen.
    pub fn lane(&mut self, lane: usize) -> Option<(&mut Timeline, usize)> {
        let current = self.current.as_mut()?;
        let lanes = current.lanes().len();
        if lane < lanes {
            return Some((current, lane));
        }
        let other = self.other.as_mut()?.timeline.as_mut()?;
        (lane - lanes < other.lanes().len()).then_some((other, lane - lanes))
    }

    /// Looks for the first difference between two lanes, which are numbered as for [`Session::lane`]. `None` if the
    /// meter ran empty first: call again with the same arguments to continue. It also is if there are no such lanes, or
    /// if their runs are not complete.
    pub fn compare(&mut self, a: usize, b: usize, meter: &mut Meter) -> Option<&Comparison> {
        let current = self.current.as_ref()?;
        let other = self.other.as_ref().and_then(|other| other.timeline.as_ref());
        let find = |lane: usize| {
            let lanes = current.lanes().len();
            let (run, lane) = if lane < lanes { (current, lane) } else { (other?, lane - lanes) };
            if run.is_computed() { Some((run.lanes().get(lane)?, run.scenario().until)) } else { None }
        };
        let ((one, until), (two, end)) = (find(a)?, find(b)?);
        let known = self.comparison.take().filter(|(lanes, _)| *lanes == (a, b));
        let mut comparison = match known {
            Some((_, comparison)) => comparison,
            None => Comparison::new(one, two, until.min(end), meter),
        };
        let done = comparison.advance([one, two], meter);
        let (_, kept) = self.comparison.insert(((a, b), comparison));
        done.then_some(kept)
    }

    /// A copy of the present run, at its start and not on the screen.
    fn again(&self) -> Option<Timeline> {
        let timeline = self.registry.open(&self.text).ok()?;
        timeline.show(false);
        Some(timeline)
    }

    /// The text of the present run.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The present run.
    pub fn timeline(&mut self) -> Option<&mut Timeline> {
        self.current.as_mut()
    }

    /// The number of runs shown so far; it changes when cached answers become stale.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Whether a run is waiting to replace the present one.
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
    fn errors_of_all_stages_come_at_once() {
        let text = "lanes raft bully\nset raft.heartbeat 500ms\nloss 5\nset bully.timeout 5\nat 1s crsh 1\n";
        let Err(errors) = open(text) else { panic!("it opens") };
        let lines: Vec<u32> = errors.iter().map(|error| error.line).collect();
        assert_eq!(lines, [2, 3, 4, 5], "{errors:?}");
        // The heartbeat that does not read may be what the election timeout does not fit.
        let text = "lanes raft\nset raft.heartbeat 5\nset raft.election-timeout 20ms..40ms\n";
        let Err(errors) = open(text) else { panic!("it opens") };
        assert_eq!(errors.len(), 1, "{errors:?}");
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
