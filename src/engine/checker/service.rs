//! Which nodes serve, and how long none does.
//!
//! A believer *serves* if its process runs and it can do its work. With a coordination service, the service's record
//! must name it: a node that the service has deposed does not serve, whatever it believes. With quorums, no quorum may
//! have left its epoch, it must reach a quorum in both directions, and it must process the answers within the bound
//! that its timeouts are built on. With neither, the belief is enough.
//!
//! A *failover* lasts from the moment when no node serves any more until one serves again, even if it is the same node:
//! the time during which users of the group were without a leader. Its *detection* ends when a node that can act on the
//! loss suspects it: the service itself, a node that reaches a quorum, or, where there is neither, any running node.
//! The rest is the *election*. If the same leadership continues, as after a short pause, there is neither.

use crate::trace::truth;
use crate::trace::{Glance, NOWHERE, Place};
use election_base::{SimTime, Span};
use election_protocol::{Authority, GroupId, Mark, Role};

/// A time without a serving node, between two times with one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failover {
    /// When the last node stopped serving.
    pub lost: SimTime,
    /// The event in which it stopped.
    pub lost_step: u32,
    /// The last node that served; of several, the one whose leadership was the newest.
    pub leader: Place,
    /// When a node that could act on the loss first suspected it; the loss itself if an election was already in
    /// progress. `None` if no node suspected it.
    pub suspected: Option<SimTime>,
    /// The node that suspected it; [`NOWHERE`] if none did, or an election was already in progress.
    pub suspect: Place,
    /// When a node that could win first started an election; the loss itself if one was already in progress.
    pub started: Option<SimTime>,
    /// The node that started it; [`NOWHERE`] as for `suspect`.
    pub starter: Place,
    /// When a node served again; [`SimTime::NEVER`] if none has yet.
    pub found: SimTime,
    /// The node that served again; [`NOWHERE`] if none has yet.
    pub finder: Place,
    /// Whether the same leadership continued.
    pub same: bool,
    /// Whether the leader could have continued: it ran, was not slow, and reached what it needs. It was deposed, or
    /// gave up, through no failure of its own.
    pub unforced: bool,
}

impl Failover {
    /// Whether a node has served again.
    pub fn is_over(&self) -> bool {
        self.found != SimTime::NEVER
    }

    /// From the loss until a node serves again.
    pub fn whole(&self) -> Span {
        self.found - self.lost
    }

    /// From the loss until a node suspects it. `None` if no node did or the same leadership continued.
    pub fn detection(&self) -> Option<Span> {
        self.split().map(|at| at - self.lost)
    }

    /// From the suspicion until a node serves again; `None` in the same cases as [`Failover::detection`].
    pub fn election(&self) -> Option<Span> {
        self.split().map(|at| self.found - at)
    }

    /// When detection ends and the election begins.
    pub fn split(&self) -> Option<SimTime> {
        self.suspected.filter(|_| !self.same)
    }
}

/// How far a leader may fall behind before it stops serving, as a multiple of the delay that the timeouts tolerate. To
/// serve again, it must have caught up. A slightly slow leader falls behind and catches up with every round of
/// heartbeats.
const PATIENCE: u64 = 4;

/// Tracks which nodes serve in a group of a lane.
#[derive(Clone, Debug)]
pub struct Service {
    group: GroupId,
    /// The leaderships that serve now: their numbers in the lane, and their places. Without an authority, there may be
    /// several.
    serving: Vec<(u32, Place)>,
    /// Those that served last.
    last: Vec<(u32, Place)>,
    /// When the last node stopped serving.
    pub idle_since: SimTime,
    /// When the first node served.
    first: Option<SimTime>,
    /// How often the set of serving nodes has changed.
    pub turns: u32,
    suspected: Option<(SimTime, Place)>,
    /// The last event in which a node that can act suspected a loss, and the node.
    suspicion: (u32, Place),
    started: Option<(SimTime, Place)>,
    /// The last event in which a node that could win started an election, and the node.
    start: (u32, Place),
    electing_at_loss: bool,
    /// See [`Failover::unforced`].
    unforced: bool,
    /// The event in which the last node stopped serving.
    loss: u32,
    /// By place: the event in which the process came up, until its first election.
    came_up: Vec<Option<u32>>,
    /// The node that the algorithm itself powered off last, and the event.
    powered_off: Option<(Place, u32)>,
}

impl Service {
    /// For a group in a lane with that many places.
    pub fn new(group: GroupId, places: usize) -> Service {
        Service {
            group,
            serving: Vec::new(),
            last: Vec::new(),
            idle_since: SimTime::ZERO,
            first: None,
            turns: 0,
            suspected: None,
            suspicion: (0, NOWHERE),
            started: None,
            start: (0, NOWHERE),
            electing_at_loss: false,
            unforced: false,
            loss: 0,
            came_up: vec![None; places],
            powered_off: None,
        }
    }

    /// Whether any node serves now.
    pub fn serving(&self) -> bool {
        !self.serving.is_empty()
    }

    /// Since when no node serves, if one has served before.
    pub fn unserved_since(&self) -> Option<SimTime> {
        (!self.serving() && !self.last.is_empty()).then_some(self.idle_since)
    }

    /// Whether the node at this place serves now.
    pub fn serves(&self, place: Place) -> bool {
        self.serving.iter().any(|it| it.1 == place)
    }

    /// How long no node served up to `now`, given the total length of the failovers that ended.
    pub fn unserved(&self, failovers: Span, now: SimTime) -> Span {
        let before = self.first.unwrap_or(now) - SimTime::ZERO;
        let since = self.unserved_since().map_or(Span::ZERO, |since| now - since);
        before + failovers + since
    }

    /// When the first node served.
    pub fn first(&self) -> Option<SimTime> {
        self.first
    }

    /// The failover in progress, if there is one.
    pub fn current(&self) -> Option<Failover> {
        self.unserved_since().map(|_| self.failover(SimTime::NEVER, NOWHERE, false))
    }

    /// Determines who serves at `now`. Returns the failover that has just ended, if one has.
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
        if served != self.serving() || served && self.serving != self.last {
            self.turns += 1;
        }
        match (served, self.serving()) {
            (true, false) => {
                self.idle_since = now;
                // The event that ends a leadership may itself be the suspicion, as when a session expires.
                let now_if = |(step, place)| (step == world.step()).then_some((now, place));
                self.suspected = now_if(self.suspicion);
                self.started = now_if(self.start);
                self.electing_at_loss = election_is_under_way(world, group);
                // A leader that served until its own side powered it off could have continued.
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

    fn ended(&mut self, now: SimTime) -> Option<Failover> {
        let begins = self.last.is_empty();
        if begins {
            self.first = self.first.or(Some(now));
        }
        if begins || now == self.idle_since {
            // The first leader of the run, or a node that stepped down and won again at the same instant: there was no
            // time without a leader.
            return None;
        }
        let same = self.serving.iter().any(|it| self.last.contains(it));
        Some(self.failover(now, newest(&self.serving), same))
    }

    /// The failover that began with the last loss.
    fn failover(&self, found: SimTime, finder: Place, same: bool) -> Failover {
        // An election in progress at the loss needed no suspicion.
        let under_way = self.electing_at_loss.then_some((self.idle_since, NOWHERE));
        let (suspected, started) = (under_way.or(self.suspected), under_way.or(self.started));
        Failover {
            lost: self.idle_since,
            lost_step: self.loss,
            leader: newest(&self.last),
            suspected: suspected.map(|it| it.0),
            suspect: suspected.map_or(NOWHERE, |it| it.1),
            started: started.map(|it| it.0),
            starter: started.map_or(NOWHERE, |it| it.1),
            found,
            finder,
            same,
            unforced: self.unforced,
        }
    }

    /// A process came up in this event.
    pub fn came_up(&mut self, place: Place, step: u32) {
        self.came_up[usize::from(place)] = Some(step);
    }

    /// The algorithm itself switched off a node's power in this event.
    pub fn went_off(&mut self, place: Place, step: u32) {
        self.powered_off = Some((place, step));
    }

    /// Whether the process came up in this event, or since the loss, and has not started an election yet: it acts now
    /// because it came up, not because it suspects a leader.
    fn joins(&self, place: Place, step: u32) -> bool {
        let lost = self.unserved_since().is_some();
        self.came_up[usize::from(place)].is_some_and(|up| up == step || lost && self.loss < up)
    }

    /// A node marked a stage of an election.
    pub fn marked(&mut self, now: SimTime, place: Place, mark: Mark, world: &dyn Glance) {
        let suspects = matches!(mark, Mark::Suspects | Mark::Started) && !self.joins(place, world.step());
        if mark == Mark::Started {
            self.came_up[usize::from(place)] = None;
            if could_start(world, self.group, place) {
                self.start = (world.step(), place);
                if !self.serving() && self.started.is_none() {
                    self.started = Some((now, place));
                }
            }
        }
        if !suspects || !can_act(world, self.group, place) {
            return;
        }
        self.suspicion = (world.step(), place);
        if !self.serving() && self.suspected.is_none() {
            self.suspected = Some((now, place));
        }
    }
}

/// The place of the newest of some leaderships.
fn newest(leaderships: &[(u32, Place)]) -> Place {
    leaderships.iter().max().map_or(NOWHERE, |it| it.1)
}

/// Whether the believer can do its work; `truth` is the leader in truth.
fn serves(world: &dyn Glance, group: GroupId, p: Place, truth: Option<Place>, patience: u64) -> bool {
    let decided = truth::authority(world, group) != Authority::None;
    works(world, group, p, patience) && (!decided || truth == Some(p))
}

/// Whether a leader could do its work at this place. A leader named by a service needs the service to remain named, but
/// not to work.
fn works(world: &dyn Glance, group: GroupId, p: Place, patience: u64) -> bool {
    match truth::authority(world, group) {
        Authority::None | Authority::Service(_) => runs(world, p),
        Authority::Quorum => truth::reaches_quorum(world, group, p) && answers_in_time(world, p, patience),
    }
}

/// Whether a leader at this place could have continued for longer than it would take to notice that it cannot.
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

/// Whether the node processes what arrives now within `patience` times the bound of its timeouts.
fn answers_in_time(world: &dyn Glance, p: Place, patience: u64) -> bool {
    let lag = world.lag(p);
    lag == Span::ZERO || world.delay_bound().is_none_or(|bound| lag <= bound.times(patience, 1))
}

/// Whether a node could bring about a new leader: with quorums, a node that reaches a quorum; with a service, the
/// service; otherwise any running node.
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

/// Whether an election that this node starts could give the group a leader.
fn could_start(world: &dyn Glance, group: GroupId, p: Place) -> bool {
    match truth::authority(world, group) {
        Authority::None => runs(world, p),
        Authority::Service(agreement) => runs(world, p) && truth::reaches_service(world, agreement, p),
        Authority::Quorum => can_act(world, group, p),
    }
}

/// Whether there is a candidate that could win.
pub fn election_is_under_way(world: &dyn Glance, group: GroupId) -> bool {
    let candidate = |p: Place| world.belief_of(group, p).role == Role::Candidate;
    truth::seats(world, group).any(|p| candidate(p) && could_win(world, group, p))
}

/// Whether the node could win an election: it runs and, with quorums, it is a voter and reaches a quorum whose logs are
/// no newer than its own.
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
