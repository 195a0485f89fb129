//! The whole run of a lane in little: who led when, what was done to it, what went wrong.
//!
//! Kept beside the run that is computed ahead, not in keyframes; bounded, and cut back when an edit changes
//! the future.

use crate::base::{Epoch, SimTime};
use crate::trace::{Acted, Glance, Kind, NOWHERE, Place, Record, Watch};

/// The most entries of each list; what comes later is not kept, and the story says so.
pub const ENTRIES_MAX: usize = 1 << 16;

/// A time during which one node believed that it led in one epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Band {
    /// Who.
    pub node: Place,
    /// In which epoch; 0 where there is none.
    pub epoch: Epoch,
    /// The number of the belief in the lane, from 1: what colours bands where there is no epoch.
    pub belief: u32,
    /// From when.
    pub from: SimTime,
    /// Until when; `None` if it still did at the end of what is computed.
    pub until: Option<SimTime>,
    /// The event with which it began.
    pub from_step: u32,
    /// The event with which it ended; `u32::MAX` if it has not.
    pub until_step: u32,
}

/// Something at an instant that a timeline shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// When.
    pub at: SimTime,
    /// At which event.
    pub step: u32,
    /// What.
    pub what: MomentWhat,
}

/// See [`Moment`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MomentWhat {
    /// An act of the scenario, by its position among the lane's acts, that happened.
    Act(u32),
    /// An act of which nothing came.
    NoAct(u32),
    /// The leader in truth is another one, or nobody ([`NOWHERE`]).
    Truth(Place),
    /// A process went down.
    Down(Place),
    /// A process came up.
    Up(Place),
    /// A process stands still.
    Paused(Place),
    /// A process goes on.
    Resumed(Place),
    /// The store rejected a write of this node.
    Rejected(Place),
    /// The run is stuck.
    Stuck,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// Beliefs to lead, in the order in which they began.
    pub bands: Vec<Band>,
    /// The rest, in order.
    pub moments: Vec<Moment>,
    /// More happened than is kept.
    pub truncated: bool,
    truth: Option<Place>,
}

impl Story {
    fn moment(&mut self, r: &Record, what: MomentWhat) {
        if self.moments.len() == ENTRIES_MAX {
            self.truncated = true;
            return;
        }
        self.moments.push(Moment { at: r.at, step: r.step, what });
    }

    fn close(&mut self, r: &Record) {
        if let Some(band) = self.bands.iter_mut().rev().find(|b| b.node == r.node && b.until.is_none()) {
            band.until = Some(r.at);
            band.until_step = r.step;
        }
    }

    /// Forgets what happened after event number `step`.
    pub fn truncate_after(&mut self, step: u32) {
        self.bands.retain(|b| b.from_step <= step);
        for band in self.bands.iter_mut().filter(|b| b.until_step > step) {
            band.until = None;
            band.until_step = u32::MAX;
        }
        self.moments.retain(|m| m.step <= step);
        // What was not kept came after all that is.
        let full = |len: usize| len == ENTRIES_MAX;
        self.truncated &= full(self.bands.len()) || full(self.moments.len());
        let truths = self.moments.iter().rev();
        self.truth = truths
            .filter_map(|m| match m.what {
                MomentWhat::Truth(place) => Some(place),
                _ => None,
            })
            .next()
            .filter(|&p| p != NOWHERE);
    }
}

impl Watch for Story {
    #[inline]
    fn on(&mut self, r: &Record, world: &dyn Glance) {
        match r.kind {
            Kind::Send | Kind::Deliver | Kind::Fire | Kind::Mark => return,
            Kind::Belief if usize::from(r.node) < world.members() => {
                let open = self.bands.iter().rev().find(|b| b.node == r.node && b.until.is_none());
                let (leads, epoch) = (r.sub & 1 == 1, r.wide(0));
                if open.is_some_and(|b| !leads || b.epoch != epoch) {
                    self.close(r);
                }
                if leads && !open_in(&self.bands, r.node) {
                    if self.bands.len() == ENTRIES_MAX {
                        self.truncated = true;
                    } else {
                        self.bands.push(Band {
                            node: r.node,
                            epoch,
                            belief: world.belief_number(r.node),
                            from: r.at,
                            until: None,
                            from_step: r.step,
                            until_step: u32::MAX,
                        });
                    }
                }
            }
            Kind::Crash => {
                self.close(r);
                self.moment(r, MomentWhat::Down(r.node));
            }
            Kind::Start if r.step > 0 => self.moment(r, MomentWhat::Up(r.node)),
            Kind::Pause => self.moment(r, MomentWhat::Paused(r.node)),
            Kind::Resume => self.moment(r, MomentWhat::Resumed(r.node)),
            Kind::Act if r.sub == Acted::Done as u8 => self.moment(r, MomentWhat::Act(r.args[0])),
            Kind::Act => self.moment(r, MomentWhat::NoAct(r.args[0])),
            Kind::Stored if r.sub == 0 => self.moment(r, MomentWhat::Rejected(r.node)),
            Kind::Stuck => self.moment(r, MomentWhat::Stuck),
            _ => {}
        }
        if matches!(r.kind, Kind::Belief | Kind::Crash | Kind::Begin) {
            let truth = world.leader_in_truth();
            if truth != self.truth {
                self.truth = truth;
                self.moment(r, MomentWhat::Truth(truth.unwrap_or(NOWHERE)));
            }
        }
    }
}

fn open_in(bands: &[Band], node: Place) -> bool {
    bands.iter().rev().any(|b| b.node == node && b.until.is_none())
}
