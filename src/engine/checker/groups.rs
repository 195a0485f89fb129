//! The groups other than the main one: who leads each, and how long none does.

use super::Failover;
use super::service::Service;
use crate::trace::truth;
use crate::trace::{Glance, Place, Record};
use election_base::{Epoch, SimTime, Span};
use election_protocol::{GroupId, Info, Mark};

/// The figures of a group, as in [`super::Stats`] for the main group.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct GroupStats {
    /// Its name.
    pub name: &'static str,
    /// Elections that a node started.
    pub elections: u64,
    /// Leaderships that began.
    pub leaderships: u64,
    /// How many nodes currently believe that they lead it.
    pub believers: u32,
    /// The highest epoch that any of its nodes knew.
    pub epoch_max: Epoch,
    /// Failovers that ended.
    pub failovers: u64,
    /// Those that no failure of the leader caused.
    pub failovers_unforced: u64,
    /// The last failover.
    pub failover_last: Option<Failover>,
    /// The longest failover; the earliest if several are equally long.
    pub failover_longest: Option<Failover>,
    /// The total length of all failovers.
    pub failover_sum: Span,
    /// Time with no believer, with one, and with several, up to `since`.
    time: [Span; 3],
    /// When `believers` last changed.
    since: SimTime,
    /// When the run broke off, if it did.
    broke_off: Option<SimTime>,
}

impl GroupStats {
    /// Time with no believer, with one, and with several, up to `now`.
    pub fn time_at(&self, now: SimTime) -> [Span; 3] {
        let now = self.broke_off.map_or(now, |at| now.min(at));
        let mut time = self.time;
        let slot = &mut time[self.believers.min(2) as usize];
        *slot = *slot + (now - self.since);
        time
    }

    fn ended(&mut self, failover: Failover) {
        self.failovers += 1;
        self.failovers_unforced += u64::from(failover.unforced);
        self.failover_last = Some(failover);
        if self.failover_longest.is_none_or(|it| it.whole() < failover.whole()) {
            self.failover_longest = Some(failover);
        }
        self.failover_sum = self.failover_sum + failover.whole();
    }
}

/// Follows one group.
#[derive(Clone, Debug)]
struct Followed {
    stats: GroupStats,
    service: Service,
    /// By place: whether the node leads, according to its last record.
    leads: Vec<bool>,
}

/// Follows all groups other than the main one.
#[derive(Clone, Debug)]
pub struct Groups(Vec<Followed>);

impl Groups {
    /// The groups of an algorithm, in a lane with that many places.
    pub fn new(info: &Info, places: usize) -> Groups {
        let followed = |(i, group): (usize, &election_protocol::GroupInfo)| Followed {
            stats: GroupStats { name: group.name, ..GroupStats::default() },
            service: Service::new(GroupId(i as u8 + 1), places),
            leads: vec![false; places],
        };
        Groups(info.groups.iter().enumerate().map(followed).collect())
    }

    /// The figures of each group, in the order of [`Info::groups`].
    pub fn stats(&self) -> impl Iterator<Item = &GroupStats> {
        self.0.iter().map(|it| &it.stats)
    }

    /// Since when no node serves in a group, if one has served before.
    pub fn unserved_since(&self, group: GroupId) -> Option<SimTime> {
        self.0.get(usize::from(group.0).checked_sub(1)?)?.service.unserved_since()
    }

    /// Whether a node leads any of them.
    pub fn leads(&self, place: Place) -> bool {
        self.0.iter().any(|it| it.leads.get(usize::from(place)) == Some(&true))
    }

    fn of(&mut self, group: GroupId) -> &mut Followed {
        &mut self.0[usize::from(group.0) - 1]
    }

    /// A node's belief about a group changed.
    pub fn believed(&mut self, r: &Record, world: &dyn Glance) {
        let place = usize::from(r.node);
        let has_seat = truth::seats(world, r.group()).contains(&r.node);
        let it = self.of(r.group());
        if has_seat {
            it.stats.epoch_max = it.stats.epoch_max.max(r.wide(0));
        }
        let leads = r.sub & 1 == 1;
        it.stats.leaderships += u64::from(leads && !it.leads[place]);
        it.lead(r.node, leads, r.at);
    }

    /// A node marked a stage of an election in a group.
    pub fn marked(&mut self, r: &Record, mark: Mark, world: &dyn Glance) {
        let it = self.of(r.group());
        it.stats.elections += u64::from(mark == Mark::Started);
        it.service.marked(r.at, r.node, mark, world);
    }

    /// A process came up in this event.
    pub fn came_up(&mut self, place: Place, step: u32) {
        self.0.iter_mut().for_each(|it| it.service.came_up(place, step));
    }

    /// A process went down; `own` if the algorithm itself switched its power off.
    pub fn went_down(&mut self, r: &Record, own: bool) {
        for it in &mut self.0 {
            it.lead(r.node, false, r.at);
            if own {
                it.service.went_off(r.node, r.step);
            }
        }
    }

    /// Determines who serves, after an event.
    pub fn look(&mut self, now: SimTime, world: &dyn Glance) {
        for it in &mut self.0 {
            if let Some(failover) = it.service.look(now, world) {
                it.stats.ended(failover);
            }
        }
    }

    /// The run broke off.
    pub fn broke_off(&mut self, at: SimTime) {
        self.0.iter_mut().for_each(|it| it.stats.broke_off = Some(at));
    }

    /// Its approximate size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.0.iter().map(|it| size_of::<Followed>() + it.leads.len() * 9).sum()
    }
}

impl Followed {
    fn lead(&mut self, place: Place, leads: bool, now: SimTime) {
        if self.leads[usize::from(place)] == leads {
            return;
        }
        self.stats.time = self.stats.time_at(now);
        self.stats.since = now;
        self.leads[usize::from(place)] = leads;
        self.stats.believers = self.leads.iter().filter(|&&it| it).count() as u32;
    }
}
