//! Who serves, and failovers with their parts.

use election_playground::base::{SimTime, Span};
use election_playground::protocol::{Authority, Mark};
use election_playground::trace::{Kind, Place, Record};

use super::timing;
use super::world::World;

/// A time in which nobody served, between two in which somebody did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failover {
    /// When nobody served any more.
    pub lost: SimTime,
    /// When detection ended, where the failover has parts.
    pub detected: Option<SimTime>,
    /// When somebody served again.
    pub found: SimTime,
    /// Whether the leader could have gone on when it lost the lead.
    pub unforced: bool,
}

impl Failover {
    /// How long it took.
    pub fn whole(&self) -> Span {
        self.found - self.lost
    }
}

/// Follows who serves.
#[derive(Default)]
pub struct Service {
    /// The leaderships that serve now, each with its place.
    serving: Vec<(u32, Place)>,
    /// The present time without anybody who serves, once somebody has served.
    gap: Option<Gap>,
    /// All failovers that ended.
    pub failovers: Vec<Failover>,
}

struct Gap {
    lost: SimTime,
    /// The leaderships that served before.
    before: Vec<(u32, Place)>,
    /// Whether one of them could have gone on.
    unforced: bool,
    detected: Option<SimTime>,
    /// Who came up since, and has not started an election yet.
    joined: Vec<Place>,
}

impl Service {
    /// Whether somebody serves.
    pub fn is_served(&self) -> bool {
        !self.serving.is_empty()
    }

    /// Takes in what a record says, which is in `world` already.
    pub fn on(&mut self, r: &Record, world: &World<'_>) {
        let Some(gap) = &mut self.gap else { return };
        match r.kind {
            Kind::Start => gap.joined.push(r.node),
            Kind::Mark if r.sub == Mark::Suspects as u8 || r.sub == Mark::Started as u8 => {
                let joins = gap.joined.contains(&r.node) && r.sub == Mark::Started as u8;
                gap.joined.retain(|p| !joins || *p != r.node);
                if !joins && gap.detected.is_none() && world.can_act(r.node) {
                    gap.detected = Some(r.at);
                }
            }
            _ => {}
        }
    }

    /// Looks who serves, after an event.
    pub fn look(&mut self, world: &World<'_>) {
        let now = world.now;
        let places = world.case.member_places().filter(|&p| serves(world, p));
        let serving: Vec<(u32, Place)> = places.map(|p| (world.node(p).leadership, p)).collect();
        let before = core::mem::replace(&mut self.serving, serving);
        match (before.is_empty(), self.serving.is_empty()) {
            (false, true) => {
                let detected = world.election_under_way().then_some(now);
                let unforced = before.iter().any(|(_, p)| is_able(world, *p));
                self.gap = Some(Gap { lost: now, before, unforced, detected, joined: Vec::new() });
            }
            (true, false) => {
                // Who was without a leader for no time had one all the time.
                if let Some(gap) = self.gap.take().filter(|gap| gap.lost < now) {
                    let same = self.serving.iter().any(|it| gap.before.contains(it));
                    let detected = gap.detected.filter(|_| !same);
                    let Gap { lost, unforced, .. } = gap;
                    self.failovers.push(Failover { lost, detected, found: now, unforced });
                }
            }
            _ => {}
        }
    }
}

/// Whether the member leads and can do the work of a leader.
fn serves(world: &World<'_>, place: Place) -> bool {
    let in_truth = || world.leader_in_truth() == Some(place);
    world.node(place).belief.leads
        && is_able(world, place)
        && (world.case.info.authority == Authority::None || in_truth())
}

/// Whether a leader could do its work there.
fn is_able(world: &World<'_>, place: Place) -> bool {
    let node = world.node(place);
    match world.case.info.authority {
        _ if !node.runs() => false,
        Authority::None => true,
        Authority::Service => world.reaches_service(place),
        Authority::Quorum => {
            // It works on what is in its inbox before it takes in what arrives now.
            let lag = node.slow.times(node.inbox.len() as u64 + 1, 1);
            world.reaches_quorum(place) && lag <= timing::delay_bound(world)
        }
    }
}
