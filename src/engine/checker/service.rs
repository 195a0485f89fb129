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

use crate::trace::{Glance, Place};
use election_base::{SimTime, Span};
use election_protocol::{Authority, Mark, Role};

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

/// Follows who serves in a lane.
#[derive(Clone, Debug, Default)]
pub struct Service {
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
}

impl Service {
    /// Of a lane with so many places.
    pub fn new(places: usize) -> Service {
        Service { came_up: vec![None; places], ..Service::default() }
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
        let members = world.members() as Place;
        let truth = world.leader_in_truth();
        let served = self.serving();
        if served {
            core::mem::swap(&mut self.serving, &mut self.last);
        }
        self.serving.clear();
        let last = &self.last;
        let patience = |p: Place| if served && last.iter().any(|it| it.1 == p) { PATIENCE } else { 1 };
        let serves = |p: &Place| world.belief(*p).leads && serves(world, *p, truth, patience(*p));
        self.serving.extend((0..members).filter(serves).map(|p| (world.belief_number(p), p)));
        match (served, self.serving()) {
            (true, false) => {
                self.idle_since = now;
                // What ends a leadership may come with its own suspicion, as when a session is over.
                self.suspected = (self.suspicion == world.step()).then_some(now);
                self.electing_at_loss = election_is_under_way(world);
                self.unforced = self.last.iter().any(|(_, place)| could_go_on(world, *place));
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
        if !suspects || !can_act(world, place) {
            return;
        }
        self.suspicion = world.step();
        if !self.serving() && self.suspected.is_none() {
            self.suspected = Some(now);
        }
    }
}

/// Whether the believer can do its work; `truth` is the leader in truth.
fn serves(world: &dyn Glance, p: Place, truth: Option<Place>, patience: u64) -> bool {
    works(world, p, patience) && (world.authority() == Authority::None || truth == Some(p))
}

/// Whether a leader could do its work there. One that a service names needs that service to stay named, not to work.
fn works(world: &dyn Glance, p: Place, patience: u64) -> bool {
    let runs = world.up(p) && !world.paused(p);
    match world.authority() {
        Authority::None | Authority::Service => runs,
        Authority::Quorum => runs && world.reaches_quorum(p) && answers_in_time(world, p, patience),
    }
}

/// Whether a leader could have gone on there for longer than it takes to notice that it cannot.
fn could_go_on(world: &dyn Glance, p: Place) -> bool {
    works(world, p, PATIENCE) && (world.authority() != Authority::Service || reaches_service(world, p))
}

/// Whether a service node runs and can be reached from the member, both ways.
fn reaches_service(world: &dyn Glance, p: Place) -> bool {
    let members = world.members() as Place;
    (members..members + world.services() as Place)
        .any(|s| world.up(s) && !world.paused(s) && world.reaches(p, s) && world.reaches(s, p))
}

/// Whether what arrives at the node now is taken in within so many times the bound of its timeouts.
fn answers_in_time(world: &dyn Glance, p: Place, patience: u64) -> bool {
    let lag = world.lag(p);
    lag == Span::ZERO || world.delay_bound().is_none_or(|bound| lag <= bound.times(patience, 1))
}

/// Whether a node could bring about another leader: with quorums one that reaches a quorum, with a service the
/// service; else whoever runs.
fn can_act(world: &dyn Glance, p: Place) -> bool {
    match world.authority() {
        Authority::None => world.up(p) && !world.paused(p),
        Authority::Service => usize::from(p) >= world.members(),
        Authority::Quorum => world.votes(p) && world.reaches_quorum(p),
    }
}

/// Whether somebody who could win wants to lead.
pub fn election_is_under_way(world: &dyn Glance) -> bool {
    let candidate = |p: Place| world.belief(p).role == Role::Candidate;
    (0..world.members() as Place).any(|p| candidate(p) && could_win(world, p))
}

/// Whether the member could win an election: it runs, and with quorums it votes, and reaches a quorum whose logs are
/// no newer than its own.
fn could_win(world: &dyn Glance, p: Place) -> bool {
    if world.authority() != Authority::Quorum {
        return world.up(p) && !world.paused(p);
    }
    let would_vote = |q: Place| {
        let reached = q == p || world.reaches(p, q) && world.reaches(q, p);
        reached && world.up(q) && !world.paused(q) && world.newness(q) <= world.newness(p)
    };
    let voters = (0..world.members() as Place).filter(|&q| world.votes(q));
    let votes = voters.clone().filter(|&q| would_vote(q)).count();
    world.votes(p) && would_vote(p) && voters.count() / 2 < votes
}
