//! Which nodes serve, and failovers with their parts.

use election_playground::base::{SimTime, Span};
use election_playground::protocol::{Authority, Mark};
use election_playground::trace::{Kind, Place, Record};

use super::world::World;

/// An interval without service, between two with service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failover {
    /// When service ended.
    pub lost: SimTime,
    /// When detection ended, if the failover has parts.
    pub detected: Option<SimTime>,
    /// When service resumed.
    pub found: SimTime,
    /// Whether the leader could have continued when it lost the lead.
    pub unforced: bool,
}

impl Failover {
    /// Its duration.
    pub fn whole(&self) -> Span {
        self.found - self.lost
    }
}

/// How far a serving node may fall behind, as a multiple of the delay that the timeouts tolerate.
const BEHIND: u64 = 4;

/// Tracks which nodes serve in a group.
#[derive(Default)]
pub struct Service {
    /// The group; 0 is the main one.
    group: usize,
    /// The leaderships that serve now, each with its place.
    serving: Vec<(u32, Place)>,
    /// The present interval without service, once some node has served.
    gap: Option<Gap>,
    /// The event of the last suspicion by a node that could act on it.
    suspicion: Option<u32>,
    /// The nodes that have started but not yet begun an election, with the event of their start.
    joined: Vec<(Place, u32)>,
    /// The node that the algorithm itself switched off last, and in which event.
    off: Option<(Place, u32)>,
    /// All failovers that have ended.
    pub failovers: Vec<Failover>,
}

struct Gap {
    lost: SimTime,
    /// The event of the loss.
    step: u32,
    /// The leaderships that served before.
    before: Vec<(u32, Place)>,
    /// Whether one of them could have continued.
    unforced: bool,
    detected: Option<SimTime>,
}

impl Service {
    /// The tracker of a group.
    pub fn of(group: usize) -> Service {
        Service { group, ..Service::default() }
    }

    /// Whether some node serves.
    pub fn is_served(&self) -> bool {
        !self.serving.is_empty()
    }

    /// Processes a record that `world` already includes.
    pub fn on(&mut self, r: &Record, world: &World<'_>) {
        match r.kind {
            Kind::Start => {
                self.joined.retain(|(p, _)| *p != r.node);
                self.joined.push((r.node, r.step));
            }
            Kind::Crash if r.sub == 1 => self.off = Some((r.node, r.step)),
            Kind::Mark if usize::from(r.group().0) != self.group => {}
            Kind::Mark if r.sub == Mark::Started as u8 => {
                let first = self.joined.iter().position(|(p, _)| *p == r.node);
                let came_up = first.map(|at| self.joined.swap_remove(at).1);
                if !came_up.is_some_and(|step| self.joins(step, r.step)) {
                    self.suspected(r, world);
                }
            }
            Kind::Mark if r.sub == Mark::Suspects as u8 => {
                let came_up = self.joined.iter().find(|(p, _)| *p == r.node);
                if !came_up.is_some_and(|(_, step)| self.joins(*step, r.step)) {
                    self.suspected(r, world);
                }
            }
            _ => {}
        }
    }

    /// Whether a node that started in that event, and has not begun an election, acts now because of its
    /// start.
    fn joins(&self, came_up: u32, now: u32) -> bool {
        came_up == now || self.gap.as_ref().is_some_and(|gap| gap.step < came_up)
    }

    /// A node suspects a loss. Whether there is one in this event is known only at its end.
    fn suspected(&mut self, r: &Record, world: &World<'_>) {
        if !world.can_act(self.group, r.node) {
            return;
        }
        self.suspicion = Some(r.step);
        if let Some(gap) = &mut self.gap {
            gap.detected.get_or_insert(r.at);
        }
    }

    /// Determines which nodes serve, after an event.
    pub fn look(&mut self, world: &World<'_>) {
        let now = world.now;
        // A serving node may fall behind; one that does not serve must have caught up.
        let served = |p: Place| self.serving.iter().any(|it| it.1 == p);
        let behind = |p: Place| if served(p) { BEHIND } else { 1 };
        let group = self.group;
        let places = world.seats(group).filter(|&p| serves(world, group, p, behind(p)));
        let serving: Vec<(u32, Place)> = places.map(|p| (world.leadership(group, p), p)).collect();
        let before = core::mem::replace(&mut self.serving, serving);
        match (before.is_empty(), self.serving.is_empty()) {
            (false, true) => {
                let at_once = world.election_under_way(group) || self.suspicion == Some(world.step);
                let detected = at_once.then_some(now);
                let shot = |p: Place| self.off == Some((p, world.step));
                let unforced = before.iter().any(|(_, p)| shot(*p) || could_go_on(world, group, *p));
                self.gap = Some(Gap { lost: now, step: world.step, before, unforced, detected });
            }
            (true, false) => {
                // An interval of zero length does not count as a loss.
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

/// Whether the node leads the group and can do a leader's work.
fn serves(world: &World<'_>, group: usize, place: Place, behind: u64) -> bool {
    let in_truth = || world.leader_of(group) == Some(place);
    world.belief(group, place).leads
        && is_able(world, group, place, behind)
        && (world.authority(group) == Authority::None || in_truth())
}

/// Whether a leader at that place could do its work.
fn is_able(world: &World<'_>, group: usize, place: Place, behind: u64) -> bool {
    let runs = world.node(place).runs();
    match world.authority(group) {
        // A leader named by a service needs the service to remain leader, not to do its work.
        Authority::None | Authority::Service(_) => runs,
        Authority::Quorum => {
            world.reaches_quorum_of(group, place, &|p| world.node(p).runs())
                && world.delay_bound().is_none_or(|bound| world.backlog(place) <= bound.times(behind, 1))
        }
    }
}

/// Whether a leader at that place could have continued: it was able to work, and reached what it needs to
/// remain leader.
fn could_go_on(world: &World<'_>, group: usize, place: Place) -> bool {
    is_able(world, group, place, BEHIND)
        && (!matches!(world.authority(group), Authority::Service(_)) || world.reaches_service(place))
}
