//! The figures of a run.

use election_playground::base::{SimTime, Span};
use election_playground::protocol::{GroupId, Mark};
use election_playground::trace::{Kind, Record, WRITE};

use super::world::World;

/// The figures of a run up to some moment.
#[derive(Clone, Default, Debug)]
pub struct Figures {
    /// Messages sent, by kind; copies not counted.
    pub sent: Vec<u64>,
    /// Messages received, by kind; copies counted.
    pub delivered: Vec<u64>,
    /// Messages lost; writes to the store do not count.
    pub lost: u64,
    /// Copies of messages.
    pub copies: u64,
    /// Elections that a node started.
    pub elections: u64,
    /// Time with no believer, with one, and with more.
    pub time: [Span; 3],
    /// Writes sent to the store.
    pub writes_sent: u64,
    /// Writes that it accepted.
    pub writes_accepted: u64,
    /// Writes that it rejected.
    pub writes_rejected: u64,
    /// Writes of clients that were acknowledged.
    pub writes_acknowledged: u64,
    /// The highest epoch that a member knew.
    pub epoch_max: u64,
    /// When the run broke off, and why.
    pub broke_off: Option<(SimTime, u8)>,
    /// The time up to which durations are counted.
    now: SimTime,
}

impl Figures {
    /// The figures before the first event.
    pub fn new(world: &World<'_>) -> Figures {
        let kinds = world.case.info.messages.len();
        Figures { sent: vec![0; kinds], delivered: vec![0; kinds], ..Figures::default() }
    }

    /// Advances time to `now` with the beliefs in `world`.
    pub fn time_passes(&mut self, now: SimTime, world: &World<'_>) {
        let slot = &mut self.time[world.believers().len().min(2)];
        *slot = *slot + (now - self.now);
        self.now = now;
    }

    /// Processes a record that `world` already includes.
    pub fn on(&mut self, r: &Record, world: &World<'_>) {
        let write = r.msg == WRITE;
        match r.kind {
            Kind::Send if write => self.writes_sent += 1,
            Kind::Send => self.sent[usize::from(r.msg)] += 1,
            Kind::Deliver if !write => self.delivered[usize::from(r.msg)] += 1,
            Kind::Lose if !write => self.lost += 1,
            Kind::Copy if !write => self.copies += 1,
            Kind::Mark if r.sub == Mark::Started as u8 && r.group() == GroupId::MAIN => self.elections += 1,
            Kind::Belief if r.group() == GroupId::MAIN && world.case.is_member(r.node) => {
                self.epoch_max = self.epoch_max.max(world.node(r.node).belief.epoch);
            }
            Kind::Stored if r.sub == 1 => self.writes_accepted += 1,
            Kind::Stored => self.writes_rejected += 1,
            Kind::Acknowledge => self.writes_acknowledged += 1,
            Kind::Stuck => self.broke_off = Some((r.at, r.sub)),
            _ => {}
        }
    }
}
