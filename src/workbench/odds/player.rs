//! Plays a run and its redrawn futures, and says in which an outcome comes true.

use super::{Curve, FUTURES_MAX, Problem};
use crate::look::Look;
use crate::registry::Registry;
use crate::telling;
use election_base::{SimTime, Span};
use election_engine::lane::{Lane, Origin, Redraw};
use election_engine::meter::Meter;
use election_engine::summary::What;
use election_engine::trace::{Kind, NOWHERE, Place, Record, WRITE, truth};
use election_language::scenario::{
    Condition, Expect, Op, Operand, Phase, Scenario, Subject, When, outcome as read_outcome,
};
use election_protocol::GroupId;

/// Into how many equal parts the grid divides the stretch.
const GRID: u64 = 12;
/// How many acts of the scenario the grid looks at from both sides.
const GRID_ACTS: usize = 6;
/// The most events whose times are remembered.
const SAMPLES_MAX: usize = 4096;
/// The most records of an instant that are searched for those of an event.
const RECORDS_MAX: usize = 5_000;

/// What the run itself comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settled {
    /// Whether the outcome came true.
    pub came: bool,
    /// When that was settled: after an event, or at the end.
    pub at: SimTime,
    /// The events of the lane up to then.
    pub step: u32,
    /// The time of the last of them.
    pub last: SimTime,
}

/// What there is to ask.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Survey {
    /// What the run itself comes to.
    pub settled: Settled,
    /// The moments of the grid, as numbers of events, ascending; all before it was settled.
    pub grid: Vec<u32>,
}

/// What a future comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Future {
    /// Whether the outcome comes true.
    pub came: bool,
    /// Whether it broke off before that was known; it does not count as come true.
    pub broke_off: bool,
    /// Its cost.
    pub units: u64,
}

/// An event of the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Its number in the lane, from 1.
    pub step: u32,
    /// When.
    pub at: SimTime,
    /// Its records, one per line of a trace.
    pub records: Vec<String>,
    /// What happened: in a sentence, or in the words of a trace.
    pub text: String,
    /// What was drawn there, if anything was: nothing else changes the odds.
    pub drawn: String,
    /// The node that it happened at.
    pub node: Option<Place>,
    /// The line of the text that it follows, from 0.
    pub line: Option<u32>,
}

/// How an outcome is judged in a run.
struct Judge {
    expect: Expect,
    /// The last moment that matters.
    limit: SimTime,
}

/// What the survey has seen so far.
#[derive(Default)]
struct Seen {
    begun: bool,
    /// Times of events, with their numbers, ascending: every `stride`-th.
    samples: Vec<(SimTime, u32)>,
    stride: u32,
    /// The numbers of the acts' events.
    acts: Vec<u32>,
}

/// See the module.
pub struct Player {
    scenario: Scenario,
    lane: usize,
    outcome: String,
    judge: Judge,
    /// The run itself.
    run: Lane,
    computed: bool,
    seen: Seen,
    redraw: Redraw,
    /// Where the futures in work begin.
    origin: Option<Origin>,
    /// The future in work: its number and its cost so far.
    playing: Option<(u32, u64)>,
    /// The events that have been asked for.
    told: Vec<Event>,
}

impl Judge {
    /// What is settled after an event, given a way to check the condition.
    fn after_event(&self, holds: impl FnOnce(&Condition) -> bool) -> Option<bool> {
        let holds = || holds(&self.expect.condition);
        match self.expect.when {
            When::Eventually | When::By(_) => holds().then_some(true),
            When::Never => holds().then_some(false),
            When::Always => (!holds()).then_some(false),
            When::At(_) | When::End => None,
        }
    }

    /// Judges the state at the lane's cursor as seen at `now`; `last` if nothing more happens up to the limit.
    fn judge(&self, lane: &Lane, now: SimTime, last: bool, meter: &mut Meter) -> Option<bool> {
        let mut holds = |it: &Condition| Look::new(lane, now).met(it, meter) || lasts(lane, it, now);
        if !last {
            return self.after_event(holds);
        }
        // Nothing is known about what follows the point where a run broke off.
        let met = holds(&self.expect.condition) != (self.expect.when == When::Never);
        Some(met && lane.broke_off().is_none())
    }
}

/// Whether the condition asks for a long failover and one has taken that long without having ended.
fn lasts(lane: &Lane, condition: &Condition, now: SimTime) -> bool {
    let Operand::Span(limit) = condition.operand else { return false };
    let group = match &condition.subject {
        Subject::Failover(Phase::Whole) => Some(GroupId::MAIN),
        Subject::Of(of, name) if **of == Subject::Failover(Phase::Whole) => {
            truth::group_called(lane.info(), name)
        }
        _ => None,
    };
    let Some(since) = group.and_then(|group| lane.unserved_since_in(group)) else { return false };
    match condition.op {
        Op::Gt => limit < now - since,
        Op::Ge => limit <= now - since,
        _ => false,
    }
}

impl Player {
    /// A player of a lane of the text.
    ///
    /// # Errors
    /// If the text or the outcome has errors.
    pub fn new(
        registry: &'static Registry,
        text: &str,
        lane: usize,
        outcome: &str,
    ) -> Result<Player, Problem> {
        let timeline = registry.open(text).map_err(Problem::Text)?;
        let mut scenario = timeline.scenario().clone();
        drop(timeline);
        if scenario.lanes.len() <= lane {
            return Err(Problem::Lane);
        }
        let expect =
            read_outcome(outcome, &scenario, lane, registry.vocabulary()).map_err(Problem::Outcome)?;
        // So that the lane watches for what the condition refers to.
        scenario.expects.push(expect.clone());
        let limit = match expect.when {
            When::At(at) | When::By(at) => at.min(scenario.until),
            _ => scenario.until,
        };
        let maker = registry.algorithms()[scenario.lanes[lane].algorithm].maker;
        let again = || Lane::new(&scenario, lane, maker).expect("the text has just been opened");
        let (run, redraw) = (again(), Redraw::new(again()));
        run.show(false);
        let judge = Judge { expect, limit };
        let (seen, origin) = (Seen { stride: 1, ..Seen::default() }, None);
        let (playing, told) = (None, Vec::new());
        let outcome = outcome.trim().to_string();
        Ok(Player {
            scenario,
            lane,
            outcome,
            judge,
            run,
            computed: false,
            seen,
            redraw,
            origin,
            playing,
            told,
        })
    }

    /// Plays the run itself until the outcome is settled, as far as the meter lasts.
    pub fn survey(&mut self, meter: &mut Meter) -> Option<Survey> {
        let (run, judge, seen) = (&mut self.run, &self.judge, &mut self.seen);
        if !self.computed {
            // This leaves keyframes behind, to go back to.
            self.computed = run.compute(judge.limit, meter);
            if !self.computed {
                return None;
            }
        }
        let mut settled = None;
        if !seen.begun {
            seen.begun = true;
            run.go_to_step(0, SimTime::ZERO);
            settled = judge.judge(run, SimTime::ZERO, false, meter).map(|came| (came, SimTime::ZERO));
        }
        while settled.is_none() {
            if meter.is_empty() {
                return None;
            }
            let (units, acts) = (run.units(), run.acts_done());
            let more = run.step(judge.limit);
            meter.spend(1 + run.units() - units);
            let now = if more { run.now() } else { judge.limit };
            if more {
                seen.take(now, run.events(), run.acts_done() > acts);
            }
            settled = judge.judge(run, now, !more, meter).map(|came| (came, now));
        }
        let (came, at) = settled?;
        Some(seen.survey(Settled { came, at, step: run.events(), last: run.now() }))
    }

    /// Plays a future of the moment after that many events, as far as the meter lasts; the next call with the same
    /// arguments continues.
    pub fn play(&mut self, step: u32, index: u32, meter: &mut Meter) -> Option<Future> {
        self.go(step, meter)?;
        let origin = self.origin.as_ref().expect("set above");
        if self.playing.is_none_or(|(playing, _)| playing != index) {
            self.redraw.begin(origin, seed(step, index));
            // Copying a large state takes time. It is no part of the future's cost, which has to be the same everywhere.
            meter.spend(origin.bytes as u64 / 256);
            self.playing = Some((index, 0));
        }
        let (_, units) = self.playing.as_mut().expect("set above");
        loop {
            if meter.is_empty() {
                return None;
            }
            let (before, spent) = (self.redraw.lane().units(), meter.spent());
            let more = self.redraw.step(self.judge.limit);
            let lane = self.redraw.lane();
            meter.spend(1 + lane.units() - before);
            let now = if more { lane.now() } else { self.judge.limit };
            let came = self.judge.judge(lane, now, !more, meter);
            *units += meter.spent() - spent;
            if let Some(came) = came {
                let broke_off = !came && !more && lane.broke_off().is_some();
                let future = Future { came, broke_off, units: *units };
                self.playing = None;
                return Some(future);
            }
        }
    }

    /// The time and the `k` of `at T+k` of the moment after that many events.
    pub fn place(&mut self, step: u32, meter: &mut Meter) -> Option<(SimTime, u32)> {
        self.go(step, meter)?;
        self.origin.as_ref().map(|origin| (origin.at, origin.after))
    }

    /// Goes to the moment after that many events, unless futures already begin there.
    fn go(&mut self, step: u32, meter: &mut Meter) -> Option<()> {
        if self.origin.as_ref().is_none_or(|origin| origin.step != step) {
            if !self.run.seek_step(step, self.judge.limit, meter) {
                return None;
            }
            self.origin = Some(self.run.origin());
            self.playing = None;
        }
        Some(())
    }

    /// Looks up the events that the curve names, as far as the meter lasts. Returns whether all are known.
    pub fn tell(&mut self, curve: &mut Curve, meter: &mut Meter) -> bool {
        for (step, at) in curve.wanted() {
            let Some(event) = self.event(step, at, meter) else { return false };
            curve.name(event);
        }
        true
    }

    /// An event of the run.
    fn event(&mut self, step: u32, at: SimTime, meter: &mut Meter) -> Option<Event> {
        if let Some(known) = self.told.iter().find(|it| it.step == step) {
            return Some(known.clone());
        }
        // What comes last is looked up once: the cursor stays where it is, but records that were found are not kept.
        if !self.run.seek_step(step - 1, self.judge.limit, meter) {
            return None;
        }
        let records = self.run.window(at, at, RECORDS_MAX, meter)?;
        let before = self.run.drawn();
        self.run.step(self.judge.limit);
        let (lane, names) = (&self.run, self.run.names());
        let after = lane.drawn();
        let mine: Vec<&Record> = records.iter().filter(|it| it.step == step).collect();
        let mut drawn = Vec::new();
        for place in (0..after.len()).filter(|&place| before[place] < after[place]) {
            drawn.push(format!("a random number by {}", names.node(place as Place)));
        }
        match mine.iter().filter(|it| it.kind == Kind::Send).count() {
            0 => {}
            1 => drawn.push("the delay of a message".to_string()),
            sent => drawn.push(format!("the delays of {sent} messages")),
        }
        let first = mine.first();
        let happened = lane.story().happenings.iter().find(|it| it.step == step);
        let line = happened.and_then(|it| match it.what {
            What::Act(act) | What::NoAct(act, _) => Some(lane.line_of_act(act)),
            _ => None,
        });
        let plain = || match first {
            Some(it) if it.kind == Kind::Deliver && it.msg != WRITE => {
                let link = names.message_ref(it.node, it.peer, it.nth, it.copy);
                format!("{} {link} arrives", lane.info().messages[usize::from(it.msg)].name)
            }
            Some(it) => names.text(it),
            None => format!("event {step}"),
        };
        let text = happened.map_or_else(plain, |it| telling::text(lane, it));
        let event = Event {
            step,
            at,
            text: text.trim_end_matches('.').to_string(),
            drawn: drawn.join(", "),
            node: first
                .map(|it| if it.kind == Kind::Deliver { it.peer } else { it.node })
                .filter(|it| *it != NOWHERE),
            line,
            records: mine.iter().map(|it| names.text(it)).collect(),
        };
        self.told.push(event.clone());
        Some(event)
    }

    /// The name of the lane.
    pub fn name(&self) -> &str {
        &self.scenario.lanes[self.lane].name
    }

    /// The end of the futures.
    pub fn limit(&self) -> SimTime {
        self.judge.limit
    }

    /// The outcome, as it is judged.
    pub fn outcome(&self) -> &Expect {
        &self.judge.expect
    }

    /// The outcome as it was written.
    pub fn outcome_text(&self) -> &str {
        &self.outcome
    }

    /// The line of text that makes the run one of the futures of a moment.
    pub fn line(&self, (at, after): (SimTime, u32), step: u32, index: u32) -> String {
        let after = if after == 0 { String::new() } else { format!("+{after}") };
        format!("at {}{after} {}: reseed {}", Span(at.0), self.name(), seed(step, index))
    }
}

/// The seed of a future: short, because it is also read, and different for all futures of a run.
pub fn seed(step: u32, index: u32) -> u64 {
    u64::from(step) * u64::from(FUTURES_MAX) + u64::from(index) + 1
}

impl Seen {
    /// An event of the run.
    fn take(&mut self, at: SimTime, step: u32, act: bool) {
        if step.is_multiple_of(self.stride) {
            if self.samples.len() == SAMPLES_MAX {
                self.stride *= 2;
                self.samples.retain(|(_, step)| step % self.stride == 0);
            }
            self.samples.push((at, step));
        }
        if act {
            self.acts.push(step);
        }
    }

    /// Where to begin, once it is known where to end.
    fn survey(&self, settled: Settled) -> Survey {
        let mut grid = Vec::new();
        let mut add = |step: u32| {
            let place = grid.partition_point(|it| *it < step);
            if step < settled.step && grid.get(place) != Some(&step) {
                grid.insert(place, step);
            }
        };
        add(0);
        add(settled.step.saturating_sub(1));
        for part in 1..GRID {
            let at = SimTime(settled.at.0 / GRID * part);
            let before = self.samples.partition_point(|(sample, _)| *sample <= at);
            if let Some((_, step)) = before.checked_sub(1).map(|last| self.samples[last]) {
                add(step);
            }
        }
        let acts = self.acts.len().min(GRID_ACTS);
        for i in 0..acts {
            let act = self.acts[i * self.acts.len() / acts];
            add(act - 1);
            add(act);
        }
        Survey { settled, grid }
    }
}
