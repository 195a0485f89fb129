//! Who serves, and how long nobody does.
//!
//! A believer *serves* if its process runs and it can do its work. With a coordination service the service's record
//! must name it: whom the service has deposed does not serve, whatever it believes. With quorums no quorum may have
//! left its epoch, it must reach a quorum both ways, and it must take in the answers within the bound that its timeouts
//! are built on. With neither it is enough that it believes.
//!
//! A *failover* is the time from the moment when nobody serves any more until somebody serves again, be it the same
//! node: what a user of the group had to do without. Its *detection* ends when somebody suspects the loss who can act on
//! it: the service itself, or a node that reaches a quorum, or where there is neither any node that runs. The rest is the
//! *election*. Where the same leadership goes on, as after a short pause, there is neither.

use crate::trace::truth;
use crate::trace::{Glance, Place};
use election_base::{SimTime, Span};
use election_protocol::{Authority, GroupId, Mark, Role};

/// A time in which nobody served, between two in which somebody did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failover {
    /// When nobody served any more.
    pub lost: SimTime,
    /// When somebody who could act on it suspected it first; the loss itself where an election was under way
    /// already. `None` where nobody did.
    pub suspected: Option<SimTime>,
    /// When somebody served again.
    pub found: SimTime,
    /// Whether that was the same leadership, which nobody had replaced.
    pub same: bool,
    /// Whether the leader could have gone on: it ran, was not slow, and reached what it needs. It was deposed, or gave
    /// up, for no failure of its own.
    pub unforced: bool,
}

impl Failover {
    /// From the loss until somebody serves again.
    pub fn whole(&self) -> Span {
        self.found - self.lost
    }

    /// From the loss until somebody suspects it. `None` where nobody did, or the same leadership went on.
    pub fn detection(&self) -> Option<Span> {
        self.split().map(|at| at - self.lost)
    }

    /// From the suspicion until somebody serves again; `None` as for [`Failover::detection`].
    pub fn election(&self) -> Option<Span> {
        self.split().map(|at| self.found - at)
    }

    /// Where detection ends and election begins.
    pub fn split(&self) -> Option<SimTime> {
        self.suspected.filter(|_| !self.same)
    }
}

/// So many times the delay that the timeouts bear a leader may fall behind before it serves no more; to serve again it
/// must have caught up. A leader that is a little slow falls behind and catches up with every round of heartbeats.
const PATIENCE: u64 = 4;

/// Follows who serves in a group of a lane.
#[derive(Clone, Debug)]
pub struct Service {
    group: GroupId,
    /// The leaderships that serve now, by their numbers in the lane, and where. Where nothing decides who leads there
    /// may be several.
    serving: Vec<(u32, Place)>,
    /// Those that served last.
    last: Vec<(u32, Place)>,
    /// When nobody served any more.
    pub idle_since: SimTime,
    suspected: Option<SimTime>,
    /// The event in which somebody who can act suspected last.
    suspicion: u32,
    electing_at_loss: bool,
    /// See [`Failover::unforced`].
    unforced: bool,
    /// The event in which nobody served any more.
    loss: u32,
    /// By place: the event in which the process came up, until its first election.
    came_up: Vec<Option<u32>>,
    /// Who was powered off last by the algorithm itself, and in which event.
    powered_off: Option<(Place, u32)>,
}

impl Service {
    /// Of a group of a lane with so many places.
    pub fn new(group: GroupId, places: usize) -> Service {
        Service {
            group,
            serving: Vec::new(),
            last: Vec::new(),
            idle_since: SimTime::ZERO,
            suspected: None,
            suspicion: 0,
            electing_at_loss: false,
            unforced: false,
            loss: 0,
            came_up: vec![None; places],
            powered_off: None,
        }
    }

    /// Whether anybody serves now.
    pub fn serving(&self) -> bool {
        !self.serving.is_empty()
    }

    /// Since when nobody serves, if somebody has served before.
    pub fn unserved_since(&self) -> Option<SimTime> {
        (!self.serving() && !self.last.is_empty()).then_some(self.idle_since)
    }

    /// Looks who serves at `now`. The failover that has just ended, if one has.
    pub fn look(&mut self, now: SimTime, world: &dyn Glance) -> Option<Failover> {
        let group = self.group;
        let truth = truth::leader(world, group);
        let served = self.serving();
        if served {
            core::mem::swap(&mut self.serving, &mut self.last);
        }
        self.serving.clear();
        let last = &self.last;
        let patience = |p: Place| if served && last.iter().any(|it| it.1 == p) { PATIENCE } else { 1 };
        let serves =
            |p: &Place| world.belief_of(group, *p).leads && serves(world, group, *p, truth, patience(*p));
        let serving = truth::seats(world, group).filter(serves);
        self.serving.extend(serving.map(|p| (world.belief_number_of(group, p), p)));
        match (served, self.serving()) {
            (true, false) => {
                self.idle_since = now;
                // What ends a leadership may come with its own suspicion, as when a session is over.
                self.suspected = (self.suspicion == world.step()).then_some(now);
                self.electing_at_loss = election_is_under_way(world, group);
                // A leader that serves until its own side powers it off could have gone on.
                let shot = |place: Place| self.powered_off == Some((place, world.step()));
                let mut lost = self.last.iter().map(|it| it.1);
                self.unforced = lost.any(|place| shot(place) || could_go_on(world, group, place));
                self.loss = world.step();
                None
            }
            (false, true) => self.ended(now),
            _ => None,
        }
    }

    fn ended(&self, now: SimTime) -> Option<Failover> {
        if self.last.is_empty() || now == self.idle_since {
            // The first leader of the run; or somebody stepped down and won again at one instant: nobody had to do
            // without a leader.
            return None;
        }
        // An election that was under way at the loss needed no suspicion.
        let suspected = if self.electing_at_loss { Some(self.idle_since) } else { self.suspected };
        Some(Failover {
            lost: self.idle_since,
            suspected,
            found: now,
            same: self.serving.iter().any(|it| self.last.contains(it)),
            unforced: self.unforced,
        })
    }

    /// A process came up in this event.
    pub fn came_up(&mut self, place: Place, step: u32) {
        self.came_up[usize::from(place)] = Some(step);
    }

    /// The algorithm itself has switched the power of a node off, in this event.
    pub fn went_off(&mut self, place: Place, step: u32) {
        self.powered_off = Some((place, step));
    }

    /// Whether the process came up in this event, or since the loss, and has started no election yet: what it does now
    /// it does because it came up, not because it suspects anybody.
    fn joins(&self, place: Place, step: u32) -> bool {
        let lost = self.unserved_since().is_some();
        self.came_up[usize::from(place)].is_some_and(|up| up == step || lost && self.loss < up)
    }

    /// A node said something about elections.
    pub fn marked(&mut self, now: SimTime, place: Place, mark: Mark, world: &dyn Glance) {
        let suspects = matches!(mark, Mark::Suspects | Mark::Started) && !self.joins(place, world.step());
        if mark == Mark::Started {
            self.came_up[usize::from(place)] = None;
        }
        if !suspects || !can_act(world, self.group, place) {
            return;
        }
        self.suspicion = world.step();
        if !self.serving() && self.suspected.is_none() {
            self.suspected = Some(now);
        }
    }
}

/// Whether the believer can do its work; `truth` is the leader in truth.
fn serves(world: &dyn Glance, group: GroupId, p: Place, truth: Option<Place>, patience: u64) -> bool {
    let decided = truth::authority(world, group) != Authority::None;
    works(world, group, p, patience) && (!decided || truth == Some(p))
}

/// Whether a leader could do its work there. One that a service names needs that service to stay named, not to work.
fn works(world: &dyn Glance, group: GroupId, p: Place, patience: u64) -> bool {
    match truth::authority(world, group) {
        Authority::None | Authority::Service(_) => runs(world, p),
        Authority::Quorum => truth::reaches_quorum(world, group, p) && answers_in_time(world, p, patience),
    }
}

/// Whether a leader could have gone on there for longer than it takes to notice that it cannot.
fn could_go_on(world: &dyn Glance, group: GroupId, p: Place) -> bool {
    works(world, group, p, PATIENCE)
        && match truth::authority(world, group) {
            Authority::Service(agreement) => truth::reaches_service(world, agreement, p),
            _ => true,
        }
}

fn runs(world: &dyn Glance, p: Place) -> bool {
    world.up(p) && !world.paused(p)
}

/// Whether what arrives at the node now is taken in within so many times the bound of its timeouts.
fn answers_in_time(world: &dyn Glance, p: Place, patience: u64) -> bool {
    let lag = world.lag(p);
    lag == Span::ZERO || world.delay_bound().is_none_or(|bound| lag <= bound.times(patience, 1))
}

/// Whether a node could bring about another leader: with quorums one that reaches a quorum, with a service the
/// service; else whoever runs.
fn can_act(world: &dyn Glance, group: GroupId, p: Place) -> bool {
    match truth::authority(world, group) {
        Authority::None => runs(world, p),
        Authority::Service(_) => usize::from(p) >= world.members(),
        Authority::Quorum => {
            let has_seat = truth::seats(world, group).contains(&p);
            has_seat && truth::votes(world, p) && truth::reaches_quorum(world, group, p)
        }
    }
}

/// Whether somebody who could win wants to lead.
pub fn election_is_under_way(world: &dyn Glance, group: GroupId) -> bool {
    let candidate = |p: Place| world.belief_of(group, p).role == Role::Candidate;
    truth::seats(world, group).any(|p| candidate(p) && could_win(world, group, p))
}

/// Whether the node could win an election: it runs, and with quorums it votes, and reaches a quorum whose logs are no
/// newer than its own.
fn could_win(world: &dyn Glance, group: GroupId, p: Place) -> bool {
    if truth::authority(world, group) != Authority::Quorum {
        return runs(world, p);
    }
    let would_vote = |q: Place| {
        let reached = q == p || world.reaches(p, q) && world.reaches(q, p);
        reached && runs(world, q) && world.newness(q) <= world.newness(p)
    };
    let voters = truth::seats(world, group).filter(|&q| truth::votes(world, q));
    let votes = voters.clone().filter(|&q| would_vote(q)).count();
    truth::votes(world, p) && would_vote(p) && voters.count() / 2 < votes
}
