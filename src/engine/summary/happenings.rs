//! What a reader of a run wants to be told, in numbers; the workbench puts it into words.

use super::{ENTRIES_MAX, Story};
use crate::trace::Place;
use election_base::SimTime;

/// The most places that the happenings of a run refer to in lists, such as the nodes that voted for a winner.
pub const PLACES_MAX: usize = 1 << 18;

/// One thing that a reader wants to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Happening {
    /// When.
    pub at: SimTime,
    /// In which event.
    pub step: u32,
    /// The node that it is about; [`NOWHERE`](crate::trace::NOWHERE) if it is about none.
    pub node: Place,
    /// Another node involved, see [`What`].
    pub other: Place,
    /// A number, see [`What`].
    pub number: u64,
    /// Another number, see [`What`].
    pub more: u64,
    /// The how-manieth of its kind in a row, from 1.
    pub nth: u32,
    /// What happened.
    pub what: What,
    /// Where its places begin, and how many there are.
    pub(super) places: (u32, u32),
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// An act of the scenario took effect; its position among the lane's acts. The places are the nodes that it started,
    /// stopped, resumed or cut off from all others; `other` is the first believer among those that it stopped or cut off.
    Act(u32),
    /// An act had no effect; its position, and the reason, an [`Acted`](crate::trace::Acted).
    NoAct(u32, u8),
    /// The scenario dropped a message: from `node` to `other`, with this position among the kinds of messages. `number`
    /// is its number on the link, `more` the number of the copy.
    Dropped(u8),
    /// The algorithm itself switched the node's power off.
    PoweredOff,
    /// A process started by itself.
    CameUp,
    /// A pause ended.
    Resumed,
    /// The node suspects the leader `other`.
    Suspects {
        /// Whether it also started an election.
        starts: bool,
        /// Whether the scenario made it.
        told: bool,
    },
    /// The node started an election.
    Starts,
    /// The node stopped being a candidate without a leader to follow.
    GivesUp,
    /// The node began to lead, in the epoch `number`; the places voted for it, of `more` voters. `other` is another node
    /// that still believes that it leads.
    Leads {
        /// Whether it won an election.
        won: bool,
    },
    /// The node no longer leads; it follows `other`, in the epoch `number`.
    StopsLeading,
    /// The service's record names the node, with the epoch `number`; if the node is nowhere, it names no node.
    Names,
    /// The node still believes that it leads, but no longer does in truth.
    Deposed,
    /// The node leads, but can no longer do its work; `number` is 1 if it reaches a quorum.
    Idles,
    /// The node leads, and can do its work again.
    Serves,
    /// The store rejected a write: its token is `number`, the highest seen `more`, from the node `other`.
    Refused,
    /// The store accepted a write although `other` had superseded its sender.
    Conflict,
    /// The run broke off; the reason, a [`BreakOff`](crate::trace::BreakOff).
    BrokeOff(u8),
}

/// A stretch of time, with the events that began and ended it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The node it is about; [`NOWHERE`](crate::trace::NOWHERE) if it is about none.
    pub node: Place,
    /// When it began.
    pub from: SimTime,
    /// The event that began it.
    pub from_step: u32,
    /// When it ended; `None` if it lasts to the end of the computed part.
    pub until: Option<SimTime>,
    /// The event that ended it; `u32::MAX` if it has not ended.
    pub until_step: u32,
    /// Of a wrong belief: whether the node does not lead in truth; otherwise it does, or there is no truth, but it cannot
    /// do its work.
    pub deposed: bool,
}

impl Stretch {
    pub(super) fn new(node: Place, from: SimTime, from_step: u32) -> Stretch {
        Stretch { node, from, from_step, until: None, until_step: u32::MAX, deposed: false }
    }

    pub(super) fn end(&mut self, at: SimTime, step: u32) {
        (self.until, self.until_step) = (Some(at), step);
    }
}

impl What {
    /// Its name for programs.
    pub fn name(&self) -> &'static str {
        match self {
            What::Act(_) => "act",
            What::NoAct(..) => "no-act",
            What::Dropped(_) => "dropped",
            What::PoweredOff => "powered-off",
            What::CameUp => "came-up",
            What::Resumed => "resumed",
            What::Suspects { .. } => "suspects",
            What::Starts => "starts",
            What::GivesUp => "gives-up",
            What::Leads { .. } => "leads",
            What::StopsLeading => "stops-leading",
            What::Names => "names",
            What::Deposed => "deposed",
            What::Idles => "idles",
            What::Serves => "serves",
            What::Refused => "refused",
            What::Conflict => "conflict",
            What::BrokeOff(_) => "broke-off",
        }
    }
}

impl Happening {
    pub(super) fn new(at: SimTime, step: u32, node: Place, what: What) -> Happening {
        let other = crate::trace::NOWHERE;
        Happening { at, step, node, other, number: 0, more: 0, nth: 1, what, places: (0, 0) }
    }

    /// How much it matters: 3 changes who leads or what the store keeps, or is a fault; 2 is a stage on the way; 1 is a
    /// repetition or a detail.
    pub fn weight(&self) -> u8 {
        match self.what {
            What::Suspects { .. } | What::Refused | What::Conflict if 1 < self.nth => 1,
            What::Starts if 1 < self.nth => 1,
            What::Act(_)
            | What::Dropped(_)
            | What::PoweredOff
            | What::Suspects { .. }
            | What::Leads { .. }
            | What::StopsLeading
            | What::Names
            | What::Deposed
            | What::Refused
            | What::Conflict
            | What::BrokeOff(_) => 3,
            What::Resumed | What::Starts | What::GivesUp | What::Idles | What::Serves => 2,
            What::NoAct(..) | What::CameUp => 1,
        }
    }

    /// Whether a reader who goes from change to change stops here.
    pub fn stops(&self) -> bool {
        1 < self.weight()
    }
}

impl Story {
    /// The places that a happening refers to.
    pub fn places(&self, happening: &Happening) -> &[Place] {
        let (first, count) = (happening.places.0 as usize, happening.places.1 as usize);
        self.places.get(first..first + count).unwrap_or_default()
    }

    /// Adds a happening. Returns whether there was room for it.
    pub(super) fn tell(&mut self, happening: Happening) -> bool {
        let room = self.happenings.len() < ENTRIES_MAX;
        if room {
            self.happenings.push(happening);
        }
        self.truncated |= !room;
        room
    }

    /// Gives a happening its places.
    pub(super) fn set_places(&mut self, happening: usize, places: &[Place]) {
        if let Some(it) = self.happenings.get_mut(happening)
            && self.places.len() + places.len() <= PLACES_MAX
        {
            it.places = (self.places.len() as u32, places.len() as u32);
            self.places.extend_from_slice(places);
        }
    }

    /// Drops the happenings after event number `step`. True if something was left out before that.
    pub(super) fn forget_happenings(&mut self, step: u32) -> bool {
        // All lists are in the order of their events.
        self.happenings.truncate(self.happenings.partition_point(|it| it.step <= step));
        self.losses.truncate(self.losses.partition_point(|it| it.step <= step));
        let used = self.happenings.iter().map(|it| it.places.0 + it.places.1).max().unwrap_or(0);
        self.places.truncate(used as usize);
        for list in [&mut self.wrong, &mut self.electing] {
            list.truncate(list.partition_point(|it| it.from_step <= step));
            for it in list.iter_mut().filter(|it| step < it.until_step) {
                (it.until, it.until_step) = (None, u32::MAX);
            }
        }
        self.happenings.len() == ENTRIES_MAX || self.wrong.len() == ENTRIES_MAX
    }
}
