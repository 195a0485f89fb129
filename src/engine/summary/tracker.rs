//! Finds the happenings of a run, the times of elections and of wrong beliefs, and the acts to blame for losses, from
//! records and glances.

use super::happenings::{Happening, Stretch, What};
use super::{ENTRIES_MAX, Story};
use crate::checker::Checker;
use crate::trace::truth;
use crate::trace::{Acted, Glance, Kind, Loss, NOWHERE, Place, Record, WRITE};
use election_base::{Epoch, SimTime};
use election_protocol::{Authority, GroupId, Mark, Role};

/// The moment when service was lost, and the act to blame for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LossOfService {
    /// The event.
    pub step: u32,
    /// The act's position among the lane's acts; `None` if no act is known to have caused it.
    pub act: Option<u32>,
}

/// What is known of the run at its end, to understand what comes next. A keyframe keeps a copy.
#[derive(Clone, Debug, Default)]
pub struct Tracker {
    nodes: Vec<Node>,
    /// The act of this event.
    act: Option<(u32, ActOf)>,
    /// The candidates whose votes are being counted.
    ballots: Vec<Ballot>,
    /// The node that won an election in this event.
    won: Option<Place>,
    /// The highest token that the store has seen, and from which node.
    token: (u64, Place),
    /// The last write that the store rejected, and the last that was in conflict: writer, leadership, and how many in a
    /// row.
    refused: (Place, u32, u32),
    conflict: (Place, u32, u32),
    conflicts: u64,
    /// The election in progress: since when, and its position among the stretches once it counts as one.
    electing: Option<(SimTime, u32, Option<usize>)>,
    /// Whether a leader can come about, as long as no process or link has changed since that was found out.
    possible: Option<bool>,
    /// Whether this event had more than messages and timers.
    stirred: bool,
    turns: u32,
    /// How often a node began or ceased to believe that it leads.
    flips: u32,
    /// What the wrong beliefs were last found out from: `turns`, `flips`, and the leader in truth.
    judged: Option<(u32, u32, Option<Place>)>,
    loss: u32,
}

/// An act, while its event lasts.
#[derive(Clone, Debug, Default)]
struct ActOf {
    /// The position of its happening.
    at: Option<usize>,
    places: Vec<Place>,
    other: Option<Place>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Node {
    role: Option<Role>,
    leads: bool,
    epoch: Epoch,
    follows: Option<Place>,
    /// How many elections it started, or wanted to, since it last followed or led.
    tries: u32,
    /// The last event in which it did.
    tried: u32,
    /// Whether a link between it and another node is cut.
    cut: bool,
    /// Whether all of them are.
    alone: bool,
    /// The act that still impairs it.
    impaired: Option<u32>,
    /// The last act that changed something about it, until it follows or leads again.
    touched: Option<u32>,
    /// The position of its open stretch among the wrong beliefs.
    wrong: Option<usize>,
    /// Whether it served after the last event.
    served: bool,
}

/// What a candidate has heard that may be votes.
#[derive(Clone, Debug)]
struct Ballot {
    node: Place,
    /// From whom it has received messages, the newest last: a voter votes after whatever it sent before.
    heard: Vec<Place>,
    /// Whether it is known to count votes.
    counts: bool,
}

impl Tracker {
    /// Whether votes are being counted, which takes the records of messages.
    #[inline]
    pub fn wants_messages(&self) -> bool {
        !self.ballots.is_empty()
    }

    /// Its approximate size on the heap, in bytes.
    pub fn heap_bytes(&self) -> usize {
        let votes: usize = self.ballots.iter().map(|it| size_of::<Ballot>() + it.heard.len()).sum();
        self.nodes.len() * size_of::<Node>() + votes
    }

    fn node(&mut self, place: Place) -> &mut Node {
        let at = usize::from(place);
        if self.nodes.len() <= at {
            self.nodes.resize(at + 1, Node::default());
        }
        &mut self.nodes[at]
    }

    fn known(&self, place: Place) -> Node {
        self.nodes.get(usize::from(place)).copied().unwrap_or_default()
    }

    fn believer_except(&self, place: Place) -> Option<Place> {
        let mut leaders =
            self.nodes.iter().enumerate().filter(|(at, it)| it.leads && *at != usize::from(place));
        leaders.next().map(|(at, _)| at as Place)
    }

    fn ballot(&mut self, node: Place) -> Option<&mut Ballot> {
        self.ballots.iter_mut().find(|it| it.node == node)
    }

    /// Who voted for a node that has just been elected, in the order in which it heard; itself first.
    fn votes(&self, node: Place, world: &dyn Glance) -> Vec<Place> {
        // A candidate that wins in the event in which it starts asked nobody.
        let Some(ballot) = self.ballots.iter().find(|it| it.node == node && it.counts) else {
            return Vec::new();
        };
        let granted = world.ballot(node).unwrap_or_default();
        let places = [node].into_iter().chain(ballot.heard.iter().copied());
        places.filter(|&place| granted.contains(&world.id(place))).collect()
    }

    fn act_now(&self) -> Option<u32> {
        self.act.as_ref().map(|it| it.0)
    }
}

impl Story {
    /// The act to blame for the loss of service in that event, by its position among the lane's acts; `None` if no act is
    /// known to have caused it.
    pub fn blamed(&self, step: u32) -> Option<u32> {
        let at = self.losses.binary_search_by_key(&step, |it| it.step).ok()?;
        self.losses[at].act
    }
}

// Reactions to records.
impl Story {
    /// Takes note of a record.
    #[inline(never)]
    pub(super) fn note(&mut self, r: &Record, world: &dyn Glance) {
        let new = |node: Place, what: What| Happening::new(r.at, r.step, node, what);
        match r.kind {
            Kind::Deliver if r.msg != WRITE => {
                if let Some(ballot) = self.tracker.ballot(r.peer) {
                    ballot.heard.retain(|&place| place != r.node);
                    ballot.heard.push(r.node);
                }
                return;
            }
            Kind::Send | Kind::Deliver | Kind::Fire | Kind::Persist | Kind::Append | Kind::Commit => return,
            Kind::Act if r.sub == Acted::Done as u8 => {
                let at = self.happenings.len();
                let told = self.tell(new(NOWHERE, What::Act(r.args[0])));
                let act = ActOf { at: told.then_some(at), ..ActOf::default() };
                self.tracker.act = Some((r.args[0], act));
            }
            Kind::Act if r.sub != Acted::NotApplicable as u8 => {
                self.tell(new(NOWHERE, What::NoAct(r.args[0], r.sub)));
            }
            Kind::Crash => self.crashed(r),
            Kind::Start if r.step > 0 => self.acted_on(r, What::CameUp, false),
            Kind::Pause => {
                let led = self.tracker.known(r.node).leads;
                self.acted_on(r, What::Resumed, led);
            }
            Kind::Resume => {
                self.tracker.node(r.node).impaired = None;
                self.acted_on(r, What::Resumed, false);
            }
            Kind::Links => self.links_changed(world),
            Kind::Clock | Kind::Set if r.node != NOWHERE => {
                let act = self.tracker.act_now();
                self.tracker.node(r.node).impaired = act;
            }
            Kind::Mark if r.group() == GroupId::MAIN => self.marked(r, world),
            Kind::Belief if r.group() == GroupId::MAIN => self.belief_changed(r, world),
            Kind::Stored => self.stored(r),
            Kind::Lose if r.sub == Loss::Dropped as u8 => self.dropped(r),
            Kind::Stuck => {
                self.tell(new(NOWHERE, What::BrokeOff(r.sub)));
            }
            _ => {}
        }
        if !matches!(r.kind, Kind::Belief | Kind::Mark | Kind::Stored) {
            self.tracker.possible = None;
        }
        self.tracker.stirred = true;
    }

    /// An act stopped, started or resumed a node; without an act, it happened by itself.
    fn acted_on(&mut self, r: &Record, by_itself: What, led: bool) {
        let stops = r.kind == Kind::Pause || r.kind == Kind::Crash;
        let Some((act, of)) = &mut self.tracker.act else {
            if r.kind != Kind::Pause {
                self.tell(Happening::new(r.at, r.step, r.node, by_itself));
            }
            return;
        };
        of.places.push(r.node);
        if led {
            of.other = of.other.or(Some(r.node));
        }
        let act = Some(*act);
        let node = self.tracker.node(r.node);
        node.touched = act;
        node.impaired = if stops { act } else { None };
    }

    fn crashed(&mut self, r: &Record) {
        let led = self.tracker.known(r.node).leads;
        if r.sub == 1 {
            self.tell(Happening::new(r.at, r.step, r.node, What::PoweredOff));
        } else {
            self.acted_on(r, What::PoweredOff, led);
        }
        self.tracker.flips += u32::from(led);
        let node = self.tracker.node(r.node);
        (node.role, node.leads, node.follows, node.tries) = (None, false, None, 0);
        self.tracker.ballots.retain(|it| it.node != r.node);
    }

    /// Finds out which nodes an act cut off, and which it joined again.
    fn links_changed(&mut self, world: &dyn Glance) {
        let act = self.tracker.act_now();
        let nodes = (world.members() + world.services()) as Place;
        let linked = |p: Place, q: Place| p == q || world.reaches(p, q) && world.reaches(q, p);
        for p in 0..nodes {
            let cut = !world.connected() && !(0..nodes).all(|q| linked(p, q));
            let node = self.tracker.node(p);
            if cut || node.cut {
                node.touched = act;
            }
            let leads = node.leads;
            if cut {
                node.impaired = act;
            } else if node.cut {
                node.impaired = None;
            }
            let alone = cut && !(0..nodes).any(|q| p != q && linked(p, q));
            let begins = alone && !node.alone;
            (node.cut, node.alone) = (cut, alone);
            if let Some((_, of)) = self.tracker.act.as_mut().filter(|_| begins) {
                of.places.push(p);
                of.other = of.other.or(leads.then_some(p));
            }
        }
    }

    fn marked(&mut self, r: &Record, world: &dyn Glance) {
        let known = self.tracker.known(r.node);
        let told = self.tracker.act.is_some();
        let nth = if known.tried == r.step && 0 < known.tries { known.tries } else { known.tries + 1 };
        match [Mark::Suspects, Mark::Started, Mark::Won, Mark::SteppedDown][usize::from(r.sub)] {
            Mark::Suspects => {
                let other = known.follows.filter(|&it| it != r.node).unwrap_or(NOWHERE);
                let what = What::Suspects { starts: false, told };
                self.tell(Happening { other, nth, ..Happening::new(r.at, r.step, r.node, what) });
                self.tried(r, nth, world);
            }
            Mark::Started => {
                let last = self.happenings.last_mut().filter(|it| (it.step, it.node) == (r.step, r.node));
                if let Some(Happening { what: What::Suspects { starts, .. }, .. }) = last {
                    *starts = true;
                } else if known.tried != r.step || known.tries == 0 {
                    self.tell(Happening { nth, ..Happening::new(r.at, r.step, r.node, What::Starts) });
                }
                self.tried(r, nth, world);
                self.tracker.ballots.retain(|it| it.node != r.node);
                self.tracker.ballots.push(Ballot { node: r.node, heard: Vec::new(), counts: false });
            }
            Mark::Won => self.tracker.won = Some(r.node),
            Mark::SteppedDown => {}
        }
    }

    /// A node started an election, or wants one.
    fn tried(&mut self, r: &Record, nth: u32, world: &dyn Glance) {
        if usize::from(r.node) < world.members() {
            let node = self.tracker.node(r.node);
            (node.tries, node.tried) = (nth, r.step);
        }
        if self.tracker.electing.is_none() {
            self.tracker.electing = Some((r.at, r.step, None));
        }
        if r.sub == Mark::Suspects as u8 {
            self.count_election();
        }
    }

    /// The election in progress is one: it is not merely a node that joins.
    fn count_election(&mut self) {
        if let Some((from, step, position @ None)) = &mut self.tracker.electing
            && self.electing.len() < ENTRIES_MAX
        {
            *position = Some(self.electing.len());
            self.electing.push(Stretch::new(NOWHERE, *from, *step));
        }
    }

    fn belief_changed(&mut self, r: &Record, world: &dyn Glance) {
        let member = usize::from(r.node) < world.members();
        let belief = [Role::Follower, Role::Candidate, Role::Leader, Role::Idle, Role::Service];
        let (role, leads, epoch) = (belief[usize::from(r.msg)], r.sub & 1 == 1, r.wide(0));
        let follows = (r.peer != NOWHERE).then_some(r.peer);
        let before = self.tracker.known(r.node);
        self.tracker.flips += u32::from(before.leads != leads);
        let node = self.tracker.node(r.node);
        (node.role, node.leads, node.follows, node.epoch) = (Some(role), leads, follows, epoch);
        if !member {
            return;
        }
        if role == Role::Candidate && self.tracker.electing.is_none() {
            // Another node's message can make it a candidate.
            self.tracker.electing = Some((r.at, r.step, None));
        }
        let node = self.tracker.node(r.node);
        let happening = |what| Happening { number: epoch, ..Happening::new(r.at, r.step, r.node, what) };
        let settled = leads || follows.is_some() && role != Role::Candidate;
        if settled {
            (node.tries, node.touched) = (0, node.touched.filter(|_| node.cut));
        }
        if leads && (!before.leads || before.epoch != epoch) {
            let other = self.tracker.believer_except(r.node).unwrap_or(NOWHERE);
            let won = self.tracker.won == Some(r.node);
            let at = self.happenings.len();
            let voters = (0..world.members() as Place).filter(|&p| world.votes(p)).count();
            let leads = Happening { other, more: voters as u64, ..happening(What::Leads { won }) };
            if self.tell(leads) {
                let votes = self.tracker.votes(r.node, world);
                self.set_places(at, &votes);
            }
            self.count_election();
        } else if before.leads && !leads {
            let other = follows.filter(|&it| it != r.node).unwrap_or(NOWHERE);
            self.tell(Happening { other, ..happening(What::StopsLeading) });
        } else if before.role == Some(Role::Candidate) && role != Role::Candidate && follows.is_none() {
            self.tell(happening(What::GivesUp));
        }
        if role != Role::Candidate {
            self.tracker.ballots.retain(|it| it.node != r.node);
        }
    }

    fn stored(&mut self, r: &Record) {
        let (token, leadership) = (r.wide(0), r.args[2]);
        if r.sub == 1 {
            if self.tracker.token.0 <= token {
                self.tracker.token = (token, r.node);
            }
            return;
        }
        let last = &mut self.tracker.refused;
        let nth = if (last.0, last.1) == (r.node, leadership) { last.2 + 1 } else { 1 };
        *last = (r.node, leadership, nth);
        let (more, other) = self.tracker.token;
        let refused = Happening::new(r.at, r.step, r.node, What::Refused);
        self.tell(Happening { other, number: token, more, nth, ..refused });
    }

    fn dropped(&mut self, r: &Record) {
        let numbers = (r.peer, u64::from(r.nth), u64::from(r.copy));
        let what = if r.msg == WRITE { return } else { What::Dropped(r.msg) };
        let (other, number, more) = numbers;
        let dropped = Happening { other, number, more, ..Happening::new(r.at, r.step, r.node, what) };
        // The act says the same.
        let act = self.tracker.act.as_mut().and_then(|(_, of)| of.at.take());
        match act.and_then(|at| self.happenings.get_mut(at)) {
            Some(happening) => *happening = dropped,
            None => {
                self.tell(dropped);
            }
        }
    }

    /// The leader in truth changed.
    pub(super) fn truth_changed(
        &mut self,
        r: &Record,
        before: Option<Place>,
        now: Option<Place>,
        world: &dyn Glance,
    ) {
        let (node, what) = match world.info().authority {
            Authority::Service(_) => (now.unwrap_or(NOWHERE), What::Names),
            _ => match before.filter(|&p| Some(p) != now && self.tracker.known(p).leads) {
                Some(deposed) => (deposed, What::Deposed),
                None => return,
            },
        };
        let epoch = now.map_or(0, |_| if what == What::Names { self.epoch_of_record(r, world) } else { 0 });
        self.tell(Happening { number: epoch, ..Happening::new(r.at, r.step, node, what) });
    }

    fn epoch_of_record(&self, r: &Record, world: &dyn Glance) -> Epoch {
        if usize::from(r.node) < world.members() { 0 } else { r.wide(0) }
    }
}

// After each event.
impl Story {
    /// The node at the other end of a write that the store accepted although it was superseded.
    pub(super) fn conflicted(&mut self, r: &Record, checker: &Checker) {
        let conflicts = checker.stats().writes_conflicting;
        if conflicts == self.tracker.conflicts {
            return;
        }
        self.tracker.conflicts = conflicts;
        let last = &mut self.tracker.conflict;
        let nth = if (last.0, last.1) == (r.node, r.args[2]) { last.2 + 1 } else { 1 };
        *last = (r.node, r.args[2], nth);
        let other = checker.superseded_by();
        let conflict = Happening::new(r.at, r.step, r.node, What::Conflict);
        self.tell(Happening { other, number: r.wide(0), nth, ..conflict });
    }

    /// Takes note of who serves after an event, and whether an election is on.
    #[inline]
    pub(super) fn event_is_over(&mut self, checker: &Checker, now: SimTime, world: &dyn Glance) {
        if self.tracker.stirred || self.tracker.turns != checker.turns() {
            self.look_after(checker, now, world);
        }
    }

    #[inline(never)]
    fn look_after(&mut self, checker: &Checker, now: SimTime, world: &dyn Glance) {
        let step = world.step();
        (self.tracker.stirred, self.tracker.turns, self.tracker.won) = (false, checker.turns(), None);
        self.tracker.ballots.retain_mut(|it| {
            it.counts = it.counts || world.ballot(it.node).is_some();
            it.counts
        });
        self.look_for_causes(checker);
        let judged = Some((checker.turns(), self.tracker.flips, self.truth));
        if self.tracker.judged != judged {
            self.tracker.judged = judged;
            self.look_for_wrong_beliefs(checker, (now, step), world);
        }
        self.look_at_election(checker, (now, step), world);
        if let Some((_, of)) = self.tracker.act.take()
            && let Some(at) = of.at
        {
            self.set_places(at, &of.places);
            if let (Some(happening), Some(other)) = (self.happenings.get_mut(at), of.other) {
                happening.other = other;
            }
        }
    }

    /// Finds the act to blame when service was lost in this event.
    fn look_for_causes(&mut self, checker: &Checker) {
        let Some(failover) = checker.failover_now().filter(|it| it.lost_step != self.tracker.loss) else {
            return;
        };
        self.tracker.loss = failover.lost_step;
        let impaired = self.tracker.known(failover.leader).impaired;
        // Whoever disturbs a leader that could go on is back after an act.
        let rival = self.tracker.nodes.iter().filter(|it| it.role == Some(Role::Candidate) || it.leads);
        let rival = rival.filter_map(|it| it.touched).max();
        let act = self.tracker.act_now().or(impaired).or(rival);
        if self.losses.len() < ENTRIES_MAX {
            self.losses.push(LossOfService { step: failover.lost_step, act });
        }
    }

    /// A believer that does not serve believes wrongly.
    fn look_for_wrong_beliefs(&mut self, checker: &Checker, (now, step): (SimTime, u32), world: &dyn Glance) {
        let decided = world.info().authority != Authority::None;
        for at in 0..self.tracker.nodes.len().min(world.members()) {
            let (place, node) = (at as Place, self.tracker.nodes[at]);
            let serves = checker.serves(place);
            if !node.leads && node.wrong.is_none() && node.served == serves {
                continue;
            }
            let deposed = decided && self.truth != Some(place);
            let wrong = (node.leads && !serves).then_some(deposed);
            let open = node.wrong.filter(|&it| wrong != Some(self.wrong[it].deposed));
            if let Some(open) = open {
                self.wrong[open].end(now, step);
                self.tracker.nodes[at].wrong = None;
            }
            if let (Some(deposed), None) = (wrong, self.tracker.nodes[at].wrong)
                && self.wrong.len() < ENTRIES_MAX
            {
                self.tracker.nodes[at].wrong = Some(self.wrong.len());
                self.wrong.push(Stretch { deposed, ..Stretch::new(place, now, step) });
            }
            let mut newest = self.happenings.iter().rev().take_while(|it| it.step == step);
            let told = newest.any(|it| it.node == place);
            let able = world.up(place) && !world.paused(place);
            let what = match (node.served, wrong, open) {
                (true, Some(false), _) if able => Some(What::Idles),
                (false, None, Some(_)) if serves => Some(What::Serves),
                _ => None,
            };
            if let Some(what) = what.filter(|_| !told) {
                let number = u64::from(truth::reaches_quorum(world, GroupId::MAIN, place));
                self.tell(Happening { number, ..Happening::new(now, step, place, what) });
            }
            self.tracker.nodes[at].served = serves;
        }
    }

    /// An election lasts from the first suspicion, or the first candidate, until a node leads and is followed.
    fn look_at_election(&mut self, checker: &Checker, (now, step): (SimTime, u32), world: &dyn Glance) {
        let Some((_, _, position)) = self.tracker.electing else { return };
        if position.is_none() && !checker.serving() {
            self.count_election();
        }
        let possible = *self.tracker.possible.get_or_insert_with(|| election_is_possible(world));
        let over = checker.serving() && election_is_over(checker, world);
        if possible && !over {
            return;
        }
        let position = self.tracker.electing.take().and_then(|it| it.2);
        let Some(position) = position else { return };
        if self.electing[position].from == now {
            self.electing.truncate(position);
            return;
        }
        self.electing[position].end(now, step);
    }
}

fn runs(world: &dyn Glance, p: Place) -> bool {
    world.up(p) && !world.paused(p)
}

fn linked(world: &dyn Glance, p: Place, q: Place) -> bool {
    world.reaches(p, q) && world.reaches(q, p)
}

/// Whether any node can bring about a leader now.
fn election_is_possible(world: &dyn Glance) -> bool {
    match world.info().authority {
        Authority::None => (0..world.members() as Place).any(|p| runs(world, p)),
        Authority::Quorum => truth::quorum_up(world, &|_| false),
        Authority::Service(_) => truth::service_up(world, &|_| false),
    }
}

/// Whether a node serves, enough others follow it, and no candidate is left that could win.
fn election_is_over(checker: &Checker, world: &dyn Glance) -> bool {
    let Some(leader) = world.leader().filter(|&p| checker.serves(p)) else { return false };
    let members = || 0..world.members() as Place;
    let id = world.id(leader);
    let follows = |p: &Place| *p == leader || world.belief(*p).leader == id;
    let candidate = |p: Place| world.belief(p).role == Role::Candidate && runs(world, p);
    match world.info().authority {
        Authority::Service(agreement) => {
            !members().any(|p| candidate(p) && truth::reaches_service(world, agreement, p))
        }
        Authority::Quorum => {
            let voters = || members().filter(|&p| world.votes(p));
            let quorum = voters().count() / 2 + 1;
            let rival = |p: Place| candidate(p) && truth::reaches_quorum(world, GroupId::MAIN, p);
            quorum <= voters().filter(follows).count() && !members().any(rival)
        }
        Authority::None => {
            let near = |p: &Place| *p != leader && runs(world, *p) && linked(world, *p, leader);
            let others = members().filter(near);
            let (all, following) = others.fold((0, 0), |(all, n), p| (all + 1, n + usize::from(follows(&p))));
            all <= 2 * following && !members().any(candidate)
        }
    }
}
