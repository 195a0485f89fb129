//! Reading the records of a run event by event, from any event or time on.
//!
//! A [`Reader`] stays where it stopped, so that whoever reads on replays nothing twice. It has its own simulator and
//! moves neither the head nor the cursor.

use std::rc::Rc;

use super::replay::of_event;
use super::{Keyframe, Lane, Replay};
use crate::meter::Meter;
use crate::sim::{Sim, View};
use crate::trace::Record;
use election_base::SimTime;

/// See the module.
#[derive(Default)]
pub struct Reader {
    open: Option<Box<Open>>,
}

/// A reader's place in a lane.
struct Open {
    replay: Replay,
    /// Whether it holds the start of the run, which has yet to be read.
    unread: bool,
}

impl Open {
    /// Plays the next event not later than `until`. Returns false if there is none.
    fn step(&mut self, until: SimTime, meter: &mut Meter) -> bool {
        self.unread = false;
        self.replay.turn(until, meter)
    }
}

impl Reader {
    /// Stays where it is in the lane if that `fits` and lies past the keyframe; otherwise goes to the keyframe.
    fn go(
        &mut self,
        lane: &Lane,
        keyframe: &Keyframe,
        fits: impl Fn(&Sim, bool) -> bool,
        meter: &mut Meter,
    ) -> &mut Open {
        let stays = |it: &Open| {
            let sim = &it.replay.sim;
            Rc::ptr_eq(sim.world(), &lane.world) && keyframe.step <= sim.events() && fits(sim, it.unread)
        };
        if !self.open.as_deref().is_some_and(stays) {
            self.open = None;
        }
        self.open.get_or_insert_with(|| {
            let replay = Replay::at(lane, keyframe, of_event(), meter);
            Box::new(Open { replay, unread: keyframe.step == 0 })
        })
    }

    /// Makes event number `step` of the lane the next one to read; 0 is the start of the run. Returns whether it is; if
    /// not, the meter ran empty, and the next call continues.
    pub fn turn_to(&mut self, lane: &Lane, step: u32, meter: &mut Meter) -> bool {
        let keyframe = lane.keyframes.last_where(|k| k.step < step);
        let fits = |sim: &Sim, unread| if step == 0 { unread } else { sim.events() < step };
        let open = self.go(lane, &keyframe, fits, meter);
        // Whoever goes to the first event skips the start.
        open.unread &= step == 0;
        loop {
            if step <= open.replay.sim.events() + 1 {
                return true;
            }
            if meter.is_empty() {
                return false;
            }
            if !open.step(lane.computed(), meter) {
                return true;
            }
        }
    }

    /// As [`Reader::turn_to`], for the first event at `at` or later; at 0, that is the start of the run.
    pub fn turn_to_time(&mut self, lane: &Lane, at: SimTime, meter: &mut Meter) -> bool {
        let start = at == SimTime::ZERO;
        let keyframe = lane.keyframes.last_where(|k| k.now < at);
        let fits = |sim: &Sim, unread| if start { unread } else { sim.now() < at };
        let open = self.go(lane, &keyframe, fits, meter);
        open.unread &= start;
        loop {
            if start {
                return true;
            }
            if meter.is_empty() {
                return false;
            }
            if !open.step(SimTime(at.0 - 1), meter) {
                return true;
            }
        }
    }

    /// Whether it stands in this very run, and not in one that this one replaced.
    pub fn is_in(&self, lane: &Lane) -> bool {
        self.open.as_ref().is_some_and(|it| Rc::ptr_eq(it.replay.sim.world(), &lane.world))
    }

    /// Reads the next event not later than `until`, as far as the lane is computed. Returns its number; `None` if there
    /// is no such event, or if the reader was never turned to one.
    pub fn read(&mut self, lane: &Lane, until: SimTime, meter: &mut Meter) -> Option<u32> {
        let open = self.open.as_mut()?;
        let unread = core::mem::take(&mut open.unread);
        (unread || open.step(until.min(lane.computed()), meter)).then(|| open.replay.sim.events())
    }

    /// The time and the records of the event that was read last, and the lane just after it. An event may have no
    /// records: a message that a pause keeps from being processed.
    pub fn page(&self) -> Option<(SimTime, impl DoubleEndedIterator<Item = &Record> + Clone, View<'_>)> {
        let open = self.open.as_ref()?;
        Some((open.replay.sim.now(), open.replay.trace().records(), open.replay.sim.view()))
    }
}
