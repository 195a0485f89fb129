//! A summary of a lane's run: who led when, what was done to it, what went wrong.
//!
//! It is kept with the run that is computed ahead, not in keyframes; it is bounded, and truncated when an edit changes
//! the future.

mod groups;
mod happenings;
mod tracker;

pub use groups::GroupStory;
pub use happenings::{Happening, PLACES_MAX, Stretch, What};
pub use tracker::{LossOfService, Tracker};

use crate::checker::Checker;
use crate::trace::{Acted, Glance, Kind, NOWHERE, Place, Record, Watch};
use election_base::{Epoch, SimTime};
use election_protocol::{GroupId, GroupInfo};

/// The most entries in each list; later ones are not kept, and [`Story::truncated`] says so.
pub const ENTRIES_MAX: usize = 1 << 16;

/// A time during which one node believed that it led in one epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Band {
    /// The node.
    pub node: Place,
    /// The epoch; 0 if there is none.
    pub epoch: Epoch,
    /// The number of the belief in the lane, from 1; it determines the band's colour if there is no epoch.
    pub belief: u32,
    /// When it began.
    pub from: SimTime,
    /// When it ended; `None` if it lasts to the end of the computed part.
    pub until: Option<SimTime>,
    /// The event that began it.
    pub from_step: u32,
    /// The event that ended it; `u32::MAX` if it has not ended.
    pub until_step: u32,
}

/// Something that happened at an instant and that a timeline shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// The time.
    pub at: SimTime,
    /// The event.
    pub step: u32,
    /// What happened.
    pub what: MomentWhat,
}

/// See [`Moment`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MomentWhat {
    /// An act of the scenario took effect; its position among the lane's acts.
    Act(u32),
    /// An act had no effect; its position, and the reason, an [`Acted`].
    NoAct(u32, u8),
    /// The leader in truth changed; [`NOWHERE`] if there is none.
    Truth(Place),
    /// A process went down.
    Down(Place),
    /// A process came up.
    Up(Place),
    /// A process paused.
    Paused(Place),
    /// A process resumed.
    Resumed(Place),
    /// The store rejected a write of this node.
    Rejected(Place),
    /// The run broke off; the reason, a [`crate::trace::BreakOff`].
    Stuck(u8),
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// Who led the main group, and when.
    pub main: GroupStory,
    /// Everything else, in order.
    pub moments: Vec<Moment>,
    /// The groups other than the main one, in the order of [`election_protocol::Info::groups`].
    pub groups: Vec<GroupStory>,
    /// What a reader wants to be told, in order.
    pub happenings: Vec<Happening>,
    /// The places that happenings refer to in lists.
    places: Vec<Place>,
    /// The stretches in which a node believed that it led and did not serve, in order of their start.
    pub wrong: Vec<Stretch>,
    /// The elections of the main group, from the first suspicion or candidate until a leader is followed.
    pub electing: Vec<Stretch>,
    /// Each loss of service in the main group, in order.
    pub losses: Vec<LossOfService>,
    /// What the next happenings depend on.
    pub tracker: Tracker,
    /// Whether more happened than is kept.
    pub truncated: bool,
    truth: Option<Place>,
    /// By place: the epoch in its last record, if there was one.
    epochs: Vec<Option<Epoch>>,
}

impl Story {
    /// For a lane in which nothing has happened yet, with these groups in addition to the main one.
    pub fn new(groups: &[GroupInfo]) -> Story {
        let groups = groups.iter().map(|group| GroupStory::new(group.name)).collect();
        Story { groups, ..Story::default() }
    }

    fn moment(&mut self, r: &Record, what: MomentWhat) {
        if self.moments.len() == ENTRIES_MAX {
            self.truncated = true;
            return;
        }
        self.moments.push(Moment { at: r.at, step: r.step, what });
    }

    /// Takes in an event that is over: records the failovers that it ended, and what else it changed.
    #[inline]
    pub fn look_at(&mut self, checker: &Checker, now: SimTime, world: &dyn Glance) {
        let step = world.step();
        self.event_is_over(checker, now, world);
        for (group, stats) in self.groups.iter_mut().zip(checker.group_stats()) {
            self.truncated |= !group.look_at(stats.failovers, stats.failover_last, step);
        }
        let stats = checker.stats();
        self.truncated |= !self.main.look_at(stats.failovers, stats.failover_last, step);
    }

    /// Whether this belief may change the leader in truth. Whom a node follows does not, nor does its epoch while no
    /// node leads.
    fn decides(&mut self, r: &Record) -> bool {
        let (place, epoch) = (usize::from(r.node), r.wide(0));
        let leads = r.sub & 1 == 1 || self.main.open_at(r.node).is_some();
        self.epochs.resize(self.epochs.len().max(place + 1), None);
        let moved = self.epochs[place].replace(epoch) != Some(epoch);
        leads || moved && (self.truncated || self.main.is_led())
    }

    /// Whether it wants the records of messages in the next event.
    #[inline]
    pub fn wants_messages(&self) -> bool {
        self.tracker.wants_messages()
    }

    /// Receives a record, which the checker has received before.
    #[inline(never)]
    pub fn take(&mut self, r: &Record, checker: &Checker, world: &dyn Glance) {
        self.on(r, world);
        if r.kind == Kind::Stored && r.sub == 1 {
            self.conflicted(r, checker);
        }
        if r.kind == Kind::Begin {
            // The start is not an event.
            self.event_is_over(checker, r.at, world);
        }
    }

    /// Drops everything after event number `step`; `tracker` is what was known then.
    pub fn truncate_after(&mut self, step: u32, tracker: Tracker) {
        self.tracker = tracker;
        self.epochs.clear();
        self.moments.retain(|m| m.step <= step);
        // Entries were dropped only after a list was full.
        let mut full = self.moments.len() == ENTRIES_MAX;
        for group in self.groups.iter_mut().chain([&mut self.main]) {
            full |= group.truncate_after(step);
        }
        full |= self.forget_happenings(step);
        self.truncated &= full;
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
        self.note(r, world);
        let mut decides = matches!(r.kind, Kind::Belief | Kind::Crash | Kind::Begin);
        match r.kind {
            Kind::Send | Kind::Deliver | Kind::Fire | Kind::Mark => return,
            Kind::Belief if r.group() != GroupId::MAIN => {
                let at = usize::from(r.group().0) - 1;
                self.truncated |= !self.groups[at].believed(r, world);
            }
            Kind::Belief if usize::from(r.node) < world.members() => {
                decides = self.decides(r);
                self.truncated |= !self.main.believed(r, world);
            }
            Kind::Crash => {
                self.main.close(r);
                self.groups.iter_mut().for_each(|group| group.close(r));
                self.moment(r, MomentWhat::Down(r.node));
            }
            Kind::Start if r.step > 0 => self.moment(r, MomentWhat::Up(r.node)),
            Kind::Pause => self.moment(r, MomentWhat::Paused(r.node)),
            Kind::Resume => self.moment(r, MomentWhat::Resumed(r.node)),
            Kind::Act if r.sub == Acted::Done as u8 => self.moment(r, MomentWhat::Act(r.args[0])),
            Kind::Act => self.moment(r, MomentWhat::NoAct(r.args[0], r.sub)),
            Kind::Stored if r.sub == 0 => self.moment(r, MomentWhat::Rejected(r.node)),
            Kind::Stuck => self.moment(r, MomentWhat::Stuck(r.sub)),
            _ => {}
        }
        if decides {
            let truth = world.leader_in_truth();
            if truth != self.truth {
                let before = core::mem::replace(&mut self.truth, truth);
                self.truth_changed(r, before, truth, world);
                self.moment(r, MomentWhat::Truth(truth.unwrap_or(NOWHERE)));
            }
        }
    }
}
