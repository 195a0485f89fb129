//! When was it decided? For chosen moments of a run, the share of redrawn futures in which an outcome comes true.
//!
//! A redrawn future of a moment is the run of the text with one more line, `at T LANE: reseed N`: everything before is
//! the run itself, and everything drawn afterwards is drawn anew. What has been drawn is kept: messages in flight arrive
//! when they would have, and timers that are set run out when they would have.
//!
//! The curve begins as a coarse grid from the start to the moment when the run itself settles the outcome. Then it is
//! bisected where it became certain, and where it jumps, down to single events, until a bounded number of points has been
//! measured. Everything follows from the text and the outcome; where work is interrupted makes no difference.

mod curve;
mod player;
mod words;

pub use curve::{Bound, Curve, Decided, Point, Turn, interval};
pub use player::{Event, Future, Player, Settled, Survey, seed};
pub use words::{caveats, sentence};

use crate::registry::Registry;
use election_engine::meter::Meter;
use election_language::scenario::Error;

/// How many futures a point has by default.
pub const FUTURES: u32 = 100;
/// The most futures of a point. Their seeds are numbered with as many digits.
pub const FUTURES_MAX: u32 = 10_000;
/// The most points of a curve.
pub const POINTS_MAX: usize = 64;
/// The most work on the futures of a curve, in units: a minute or two.
pub const UNITS_MAX: u64 = 600_000_000;

/// Why there are no odds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// The text has errors.
    Text(Vec<Error>),
    /// The outcome cannot be read; places are in its own text.
    Outcome(Box<Error>),
    /// The text has no such lane.
    Lane,
}

/// Works out the odds of an outcome in one lane, in slices.
pub struct Odds {
    player: Player,
    futures: u32,
    /// Once the run itself is known.
    curve: Option<Curve>,
    /// The point in work, and what its futures have come to so far.
    point: Option<(u32, Vec<Future>)>,
    done: bool,
}

/// How far the work is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Everything is known.
    pub done: bool,
    /// The points measured so far.
    pub points: usize,
    /// About how many there will be; 0 while the run itself is still being played.
    pub of: usize,
    /// The futures played of the point in work.
    pub futures: u32,
}

impl Odds {
    /// The odds of an outcome, as read by [`election_language::scenario::outcome`], in a lane of a text.
    ///
    /// # Errors
    /// If the text or the outcome has errors.
    pub fn new(
        registry: &'static Registry,
        text: &str,
        lane: usize,
        outcome: &str,
        futures: u32,
    ) -> Result<Odds, Problem> {
        let player = Player::new(registry, text, lane, outcome)?;
        Ok(Odds { player, futures: futures.clamp(1, FUTURES_MAX), curve: None, point: None, done: false })
    }

    /// Continues until the meter is used up. Returns true if everything is known.
    pub fn advance(&mut self, meter: &mut Meter) -> bool {
        while !self.done {
            if meter.is_empty() {
                return false;
            }
            let Some(curve) = &mut self.curve else {
                let Some(survey) = self.player.survey(meter) else { return false };
                self.curve = Some(Curve::new(survey, self.futures));
                continue;
            };
            let Some((step, futures)) = &mut self.point else {
                match curve.next_step() {
                    Some(step) => self.point = Some((step, Vec::new())),
                    None => self.done = self.player.tell(curve, meter),
                }
                continue;
            };
            let left = curve.units_left();
            while curve.goes_on(futures, left) {
                let Some(future) = self.player.play(*step, futures.len() as u32, meter) else { return false };
                futures.push(future);
            }
            let Some(place) = self.player.place(*step, meter) else { return false };
            curve.put(*step, place, futures);
            self.point = None;
        }
        true
    }

    /// How far the work is.
    pub fn progress(&self) -> Progress {
        let (points, of) = self.curve.as_ref().map_or((0, 0), Curve::progress);
        let futures = self.point.as_ref().map_or(0, |(_, futures)| futures.len() as u32);
        Progress { done: self.done, points, of, futures }
    }

    /// The curve so far; `None` until the run itself has been played.
    pub fn curve(&self) -> Option<&Curve> {
        self.curve.as_ref()
    }

    /// The lane that plays, for its name and the text of lines.
    pub fn player(&self) -> &Player {
        &self.player
    }
}
