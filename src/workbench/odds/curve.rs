//! The curve: its points, where it is worth another one, and what it says.

use super::{Event, Future, POINTS_MAX, Settled, Survey, UNITS_MAX};
use election_base::{SimTime, sort_by_numbers};

/// Above this share, in millionths, an outcome is decided.
const DECIDED_PPM: u32 = 950_000;
/// The most turns that are named.
const TURNS_MAX: usize = 5;
/// The 97.5th percentile of the normal distribution, in millionths.
const NORMAL: f64 = 1.959_964;

/// A moment of the run, and what its futures come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Point {
    /// The number of events of the lane before the moment.
    pub step: u32,
    /// The time of the last of them.
    pub at: SimTime,
    /// The `k` of `at T+k`.
    pub after: u32,
    /// How many futures were played; fewer than asked for if the budget ran out.
    pub runs: u32,
    /// In how many of them the outcome comes true.
    pub came: u32,
    /// How many broke off before that was known.
    pub broke_off: u32,
    /// The numbers of the first future in which it does not come true, and of the first in which it does.
    pub first: [Option<u32>; 2],
    /// The run itself has settled it here: there is nothing to redraw.
    pub settled: bool,
}

/// An event that changed the odds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turn {
    /// The position of the point after it; the point before it is the one before.
    pub point: usize,
    /// The event, once it is known.
    pub event: Option<Event>,
}

/// When it was decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    /// The position of the first point from which on it was.
    pub point: usize,
    /// Whether the point before it is one event earlier: then this event decided it.
    pub exact: bool,
    /// Whether the intervals of the two points are apart: otherwise the odds rose too gradually for one event to
    /// have decided it.
    pub sharp: bool,
    /// The position of the first later point, if there is one, at which it was open again.
    pub open_again: Option<usize>,
    /// The event that decided it, if a single one did and once it is known.
    pub event: Option<Event>,
}

/// A bound that ended the work early.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// All points are used up, and some jump spans several events.
    Points,
    /// The work is used up.
    Units,
}

/// The odds of an outcome along a run.
#[derive(Clone, Debug)]
pub struct Curve {
    settled: Settled,
    futures: u32,
    /// By their steps; the last is the moment when the run settled it.
    points: Vec<Point>,
    /// What is left of the grid, the earliest last.
    grid: Vec<u32>,
    units: u64,
    bound: Option<Bound>,
    events: Vec<Event>,
}

/// The share of `came` in `runs` and its 95 % interval after Wilson (1927), in millionths: low, share, high.
pub fn interval(came: u64, runs: u64) -> [u32; 3] {
    let (n, share) = (runs.max(1) as f64, came as f64 / runs.max(1) as f64);
    let z2 = NORMAL * NORMAL;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    // Roots and the four basic operations are the same everywhere.
    let half = NORMAL / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let ppm = |share: f64| (share.clamp(0.0, 1.0) * 1e6).round() as u32;
    // Rounding must not move the ends past what occurred.
    let low = if came == 0 { 0 } else { ppm(middle - half) };
    let high = if came == runs { 1_000_000 } else { ppm(middle + half) };
    [low, ppm(share), high]
}

impl Point {
    /// Low end, share, and high end, in millionths.
    pub fn shares(&self) -> [u32; 3] {
        if self.settled {
            return [self.came * 1_000_000; 3];
        }
        interval(self.came.into(), self.runs.into())
    }

    /// Whether the intervals of two points have nothing in common.
    fn is_apart(&self, other: &Point) -> bool {
        let ([low, _, high], [other_low, _, other_high]) = (self.shares(), other.shares());
        high < other_low || other_high < low
    }
}

impl Curve {
    /// A curve of which only the end is known.
    pub fn new(survey: Survey, futures: u32) -> Curve {
        let Survey { settled, mut grid } = survey;
        grid.reverse();
        let end = Point {
            step: settled.step,
            at: settled.last,
            after: 0,
            runs: 1,
            came: settled.came.into(),
            broke_off: 0,
            first: [None; 2],
            settled: true,
        };
        Curve { settled, futures, points: vec![end], grid, units: 0, bound: None, events: Vec::new() }
    }

    /// The moment to measure next, as a number of events; `None` if the curve is complete.
    pub fn next_step(&mut self) -> Option<u32> {
        if self.bound.is_some() {
            return None;
        }
        let next = self.grid.pop().or_else(|| self.between());
        if next.is_some() && POINTS_MAX < self.points.len() {
            self.bound = Some(Bound::Points);
            return None;
        }
        next
    }

    /// A moment between two points that is worth a look: where it was decided, and then the largest jump.
    fn between(&self) -> Option<u32> {
        let gap = |i: usize| self.points[i].step - self.points[i - 1].step;
        let half = |i: usize| self.points[i - 1].step + gap(i) / 2;
        if let Some(i) = self.first_decided().filter(|i| *i > 0 && gap(*i) > 1) {
            return Some(half(i));
        }
        let jumps =
            (1..self.points.len()).filter(|i| gap(*i) > 1 && self.points[i - 1].is_apart(&self.points[*i]));
        // Of several equal ones the first.
        jumps.max_by_key(|i| (self.jump(*i), usize::MAX - i)).map(half)
    }

    /// How much the share changes from the point before, in millionths.
    fn jump(&self, i: usize) -> u32 {
        self.points[i].shares()[1].abs_diff(self.points[i - 1].shares()[1])
    }

    /// The first point whose whole interval is on the side that the run itself came to.
    fn first_decided(&self) -> Option<usize> {
        self.points.iter().position(|point| {
            let [low, _, high] = point.shares();
            if self.settled.came { DECIDED_PPM < low } else { high < 1_000_000 - DECIDED_PPM }
        })
    }

    /// The units that are left of the budget.
    pub fn units_left(&self) -> u64 {
        UNITS_MAX - self.units.min(UNITS_MAX)
    }

    /// Whether a point with these futures needs another one.
    pub fn goes_on(&self, played: &[Future], left: u64) -> bool {
        let spent: u64 = played.iter().map(|it| it.units).sum();
        (played.len() as u32) < self.futures && (spent < left || played.is_empty())
    }

    /// Adds the point at a step, with its place in the text and what its futures came to, in order.
    pub fn put(&mut self, step: u32, (at, after): (SimTime, u32), played: &[Future]) {
        let first = |came: bool| played.iter().position(|it| it.came == came).map(|i| i as u32);
        let count = |counts: &dyn Fn(&Future) -> bool| played.iter().filter(|it| counts(it)).count() as u32;
        self.units += played.iter().map(|it| it.units).sum::<u64>();
        if UNITS_MAX <= self.units {
            self.bound = Some(Bound::Units);
        }
        let point = Point {
            step,
            at,
            after,
            runs: played.len() as u32,
            came: count(&|it| it.came),
            broke_off: count(&|it| it.broke_off),
            first: [first(false), first(true)],
            settled: false,
        };
        let place = self.points.partition_point(|it| it.step < step);
        self.points.insert(place, point);
    }

    /// The points measured so far, and about how many there will be.
    pub fn progress(&self) -> (usize, usize) {
        let measured = self.points.len() - 1;
        let least = measured + self.grid.len();
        // A jump takes some ten points to find its event.
        (measured, if self.grid.is_empty() { least + 1 } else { least + 10 }.min(POINTS_MAX))
    }

    /// What the run itself comes to.
    pub fn settled(&self) -> Settled {
        self.settled
    }

    /// The futures asked for, per point.
    pub fn futures(&self) -> u32 {
        self.futures
    }

    /// The points, by their steps. The last one is the moment when the run itself settled it.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The bound that ended the work, if one did.
    pub fn bound(&self) -> Option<Bound> {
        self.bound
    }

    /// The units spent on futures.
    pub fn units(&self) -> u64 {
        self.units
    }

    fn event(&self, point: usize) -> Option<Event> {
        let step = self.points[point].step;
        self.events.iter().find(|it| it.step == step).cloned()
    }

    /// When it was decided, as far as it is known. If the run ends without the outcome: from when on it was not to be.
    pub fn decided(&self) -> Option<Decided> {
        let point = self.first_decided()?;
        let now = &self.points[point];
        let before = point.checked_sub(1).map(|before| &self.points[before]);
        let open = |it: &Point| {
            let [low, _, high] = it.shares();
            if self.settled.came { high < DECIDED_PPM } else { 1_000_000 - DECIDED_PPM < low }
        };
        let open_again = (point + 1..self.points.len()).find(|&later| open(&self.points[later]));
        let exact = before.is_some_and(|before| now.step - before.step == 1);
        let sharp = before.is_some_and(|before| before.is_apart(now));
        let event = if exact && sharp { self.event(point) } else { None };
        Some(Decided { point, exact, sharp, open_again, event })
    }

    /// The events that changed the odds the most, by time.
    pub fn turns(&self) -> Vec<Turn> {
        let single = |i: &usize| {
            let (before, after) = (&self.points[i - 1], &self.points[*i]);
            after.step - before.step == 1 && before.is_apart(after)
        };
        let mut found: Vec<usize> = (1..self.points.len()).filter(single).collect();
        sort_by_numbers(&mut found, |i| ((u32::MAX - self.jump(*i)).into(), 0));
        found.truncate(TURNS_MAX);
        sort_by_numbers(&mut found, |i| (*i as u64, 0));
        found.into_iter().map(|point| Turn { point, event: self.event(point) }).collect()
    }

    /// The events that are yet to be looked up: their numbers and times.
    pub fn wanted(&self) -> Vec<(u32, SimTime)> {
        let decided = self.decided().filter(|it| it.exact && it.sharp).map(|it| it.point);
        let mut wanted: Vec<(u32, SimTime)> = Vec::new();
        for point in self.turns().iter().map(|it| it.point).chain(decided) {
            let event = (self.points[point].step, self.points[point].at);
            if self.event(point).is_none() && !wanted.contains(&event) {
                wanted.push(event);
            }
        }
        wanted
    }

    /// Takes an event that was looked up.
    pub fn name(&mut self, event: Event) {
        self.events.push(event);
    }
}
