//! Who led a group, and when, and its failovers; for the main group and the others.

use super::{Band, ENTRIES_MAX};
use crate::checker::Failover;
use crate::trace::{Glance, Place, Record};

/// The part of a run's summary that is about one group.
#[derive(Clone, Debug, Default)]
pub struct GroupStory {
    /// Its name; empty for the main one.
    pub name: &'static str,
    /// The times in which a node believed that it led the group, in order of their start.
    pub bands: Vec<Band>,
    /// Every failover that ended, with the event that ended it.
    pub failovers: Vec<(u32, Failover)>,
    failovers_seen: u64,
    /// By place: the position of its open band.
    open: Vec<Option<u32>>,
}

impl GroupStory {
    /// For a group in which nothing has happened yet.
    pub(super) fn new(name: &'static str) -> GroupStory {
        GroupStory { name, ..GroupStory::default() }
    }

    /// A node's belief about the group changed. Returns false if there is no room for it.
    pub(super) fn believed(&mut self, r: &Record, world: &dyn Glance) -> bool {
        let (leads, epoch) = (r.sub & 1 == 1, r.wide(0));
        let goes_on = self.open_at(r.node).is_some_and(|at| leads && self.bands[at as usize].epoch == epoch);
        if goes_on {
            return true;
        }
        self.close(r);
        if !leads {
            return true;
        }
        if self.bands.len() == ENTRIES_MAX {
            return false;
        }
        let place = usize::from(r.node);
        self.open.resize(self.open.len().max(place + 1), None);
        self.open[place] = Some(self.bands.len() as u32);
        self.bands.push(Band {
            node: r.node,
            epoch,
            belief: world.belief_number_of(r.group(), r.node),
            from: r.at,
            until: None,
            from_step: r.step,
            until_step: u32::MAX,
        });
        true
    }

    /// A node no longer leads the group.
    pub(super) fn close(&mut self, r: &Record) {
        if let Some(at) = self.open.get_mut(usize::from(r.node)).and_then(Option::take) {
            let band = &mut self.bands[at as usize];
            (band.until, band.until_step) = (Some(r.at), r.step);
        }
    }

    /// Whether any node leads the group now, as far as the bands show.
    pub(super) fn is_led(&self) -> bool {
        self.open.iter().any(Option::is_some)
    }

    /// The position of the band of a node that leads it now.
    pub(super) fn open_at(&self, place: Place) -> Option<u32> {
        *self.open.get(usize::from(place))?
    }

    /// Records the failover that ended in this event, if one did. Returns false if there is no room for it.
    #[inline]
    pub(super) fn look_at(&mut self, failovers: u64, last: Option<Failover>, step: u32) -> bool {
        if failovers == self.failovers_seen {
            return true;
        }
        self.failovers_seen = failovers;
        match last {
            Some(failover) if self.failovers.len() < ENTRIES_MAX => self.failovers.push((step, failover)),
            _ => return false,
        }
        true
    }

    /// Forgets what happened after event number `step`. True if something was left out before that.
    pub(super) fn truncate_after(&mut self, step: u32) -> bool {
        self.bands.retain(|b| b.from_step <= step);
        self.open.fill(None);
        for (at, band) in self.bands.iter_mut().enumerate() {
            if step < band.until_step {
                (band.until, band.until_step) = (None, u32::MAX);
                let place = usize::from(band.node);
                self.open.resize(self.open.len().max(place + 1), None);
                self.open[place] = Some(at as u32);
            }
        }
        self.failovers.retain(|(ended, _)| *ended <= step);
        self.failovers_seen = self.failovers.len() as u64;
        self.bands.len() == ENTRIES_MAX || self.failovers.len() == ENTRIES_MAX
    }
}
