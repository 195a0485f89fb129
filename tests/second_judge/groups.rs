//! The groups other than the main one: the leader of each, and failovers.

use election_playground::base::{SimTime, Span};
use election_playground::protocol::Mark;
use election_playground::trace::{Kind, Record};

use super::service::Service;
use super::world::World;

/// The findings about a group.
pub struct Group {
    /// Its number.
    number: usize,
    /// Who serves.
    pub service: Service,
    /// Elections that a node started.
    pub elections: u64,
    /// The highest epoch that one of its nodes knew.
    pub epoch_max: u64,
    /// Time with no believer, with one, with more.
    pub time: [Span; 3],
    now: SimTime,
}

impl Group {
    /// Every group of a lane.
    pub fn all(world: &World<'_>) -> Vec<Group> {
        let group = |number| Group {
            number,
            service: Service::of(number),
            elections: 0,
            epoch_max: 0,
            time: [Span::ZERO; 3],
            now: SimTime::ZERO,
        };
        (1..=world.case.info.groups.len()).map(group).collect()
    }

    /// Takes in what a record says, which is in `world` already.
    pub fn on(&mut self, r: &Record, world: &World<'_>) {
        self.service.on(r, world);
        if usize::from(r.group().0) != self.number {
            return;
        }
        if r.kind == Kind::Mark && r.sub == Mark::Started as u8 {
            self.elections += 1;
        }
        if r.kind == Kind::Belief && world.seats(self.number).contains(&r.node) {
            self.epoch_max = self.epoch_max.max(world.belief(self.number, r.node).epoch);
        }
    }

    /// How many nodes believe that they lead it.
    pub fn believers(&self, world: &World<'_>) -> usize {
        let nodes = 0..world.nodes.len();
        nodes.filter(|&p| world.belief(self.number, p as u8).leads).count()
    }

    /// Time goes on to `now`.
    pub fn time_passes(&mut self, now: SimTime, world: &World<'_>) {
        let slot = &mut self.time[self.believers(world).min(2)];
        *slot = *slot + (now - self.now);
        self.now = now;
    }
}
