//! The judge outside: properties and statistics of a lane's run, from records and what anybody can see.
//!
//! The checker knows no algorithm. It is told what happens ([`Watch`]), looks at beliefs, processes and links
//! ([`Glance`]), and decides by itself who serves, which promise is broken, and which assumption the run had
//! broken before. What an algorithm says of itself enters in one way only: the common marks ("suspects",
//! "starts an election") separate detection from election.
//!
//! **Who serves.** A believer serves if its process runs and it can do its work: with a coordination service,
//! the service runs, is in reach and names it; with quorums, it reaches a quorum both ways; with neither, it
//! is enough that it believes. A failover is the time from the moment when nobody serves any more until
//! somebody serves again, be it the same node: what a user of the service had to do without.

use std::collections::VecDeque;

use crate::base::{Epoch, NodeId, SimTime, Span};
use crate::protocol::{Assumption, Authority, Claim, Class, Info, Mark, Property, Receipt, Role};
use crate::trace::{ActClass, Acted, Glance, Kind, Loss, Place, Record, WRITE, Watch};

/// The most kinds of messages that an algorithm may have.
pub const MESSAGE_KINDS_MAX: usize = 32;
/// How many acknowledged writes are followed; older ones are taken to be kept.
pub const RECEIPTS_MAX: usize = 1024;
/// How many epochs are remembered with their leader.
pub const EPOCHS_MAX: usize = 1024;

/// What the checker has to know beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The algorithm, for its claims and its kinds of messages.
    pub info: &'static Info,
    /// See [`crate::protocol::Protocol::delay_bound`].
    pub delay_bound: Option<Span>,
    /// The longest delay of the network at the start.
    pub delay: Span,
    /// See [`crate::protocol::Protocol::recovery_bound`], with messages as fast as at the start.
    pub recovery_bound: Span,
    /// The same with messages as slow as `delay_bound` allows.
    pub recovery_bound_slow: Span,
    /// See [`crate::protocol::Protocol::gives_up`].
    pub gives_up: &'static [Assumption],
    /// Whether the store checks tokens.
    pub fencing: bool,
    /// Whether messages of a link may overtake each other.
    pub reorder: bool,
    /// Whether no timer fires by itself; nothing is promised in time then.
    pub timers_manual: bool,
}

impl Terms {
    /// The longest time without a leader while messages take up to `delay`, which is within `delay_bound`.
    pub fn recovery_bound_for(&self, delay: Span) -> Span {
        if delay <= self.delay { self.recovery_bound } else { self.recovery_bound_slow }
    }

    /// Whether messages that take up to `delay` are fast enough for the timeouts. Where nothing is left for
    /// them no network is, not even one without delay: the timeouts contradict each other.
    pub fn fast_enough(&self, delay: Span) -> bool {
        self.delay_bound.is_none_or(|bound| bound != Span::ZERO && delay <= bound)
    }
}

/// A property that a run broke.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which.
    pub property: Property,
    /// When.
    pub at: SimTime,
    /// At which event.
    pub step: u32,
    /// Whose doing; for two leaders the later one.
    pub node: NodeId,
    /// The other one; [`NodeId::NONE`] where there is none.
    pub other: NodeId,
    /// The epoch that it is about; 0 where there is none.
    pub epoch: Epoch,
    /// Whether the algorithm promises the property at all.
    pub claimed: bool,
    /// The assumption of the promise that the run had broken by then, and when. `None` with `claimed`: a bug.
    pub broke: Option<(Assumption, SimTime)>,
}

impl Violation {
    /// Whether it is no bug: nothing was promised, or an assumption of the promise was broken before.
    pub fn expected(&self) -> bool {
        !self.claimed || self.broke.is_some()
    }

    /// What happened, in one sentence without its end.
    pub fn text(&self) -> String {
        let (node, other, epoch) = (self.node, self.other, self.epoch);
        let of_epoch = if epoch > 0 { format!(" of epoch {epoch}") } else { String::new() };
        match self.property {
            Property::OneLeaderPerEpoch => format!("{other} and {node} both lead in epoch {epoch}"),
            Property::EpochsNeverFall => format!("the epoch of {node} fell to {epoch}"),
            Property::OneEffectiveWriter => {
                format!("the store accepted a write of {node}, whom {other} had superseded there")
            }
            Property::LeaderEventually => {
                "nobody leads, though everything needed was there for long enough".into()
            }
            Property::LeaderIsAlive => format!("{other} takes {node} for the leader, who is down"),
            Property::AtMostOneLeader => format!("{other} and {node} both believe that they lead"),
            Property::AcknowledgedKept => {
                format!("leader {node}{of_epoch} lacks a write that was acknowledged to a client")
            }
        }
    }
}

/// A time in which nobody served, between two in which somebody did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failover {
    /// When nobody served any more.
    pub lost: SimTime,
    /// When somebody suspected it first; the loss itself where an election was under way already. `None` where
    /// nobody ever suspected it, as after a short pause of the leader: nothing was detected or elected.
    pub suspected: Option<SimTime>,
    /// When somebody served again.
    pub found: SimTime,
}

impl Failover {
    /// From the loss until somebody serves again.
    pub fn whole(&self) -> Span {
        self.found - self.lost
    }
    /// From the loss until somebody suspects it; `None` where nobody did.
    pub fn detection(&self) -> Option<Span> {
        self.suspected.map(|at| at - self.lost)
    }
    /// From the suspicion until somebody serves again; `None` where nobody suspected anything.
    pub fn election(&self) -> Option<Span> {
        self.suspected.map(|at| self.found - at)
    }
}

/// What is counted and measured in a lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stats {
    /// Messages sent, by kind; copies not counted.
    pub sent: [u64; MESSAGE_KINDS_MAX],
    /// Messages that reached a running process, by kind, copies counted.
    pub delivered: [u64; MESSAGE_KINDS_MAX],
    /// Messages lost on their way, for whatever reason.
    pub lost: u64,
    /// Copies made by the network or by the scenario.
    pub copies: u64,
    /// Elections that a node started.
    pub elections: u64,
    /// Leaderships that began.
    pub leaderships: u64,
    /// How many nodes believe now that they lead.
    pub believers: u32,
    /// Time with no believer, with one, with more, up to `since`.
    pub time: [Span; 3],
    /// When `believers` changed last.
    pub since: SimTime,
    /// Failovers that ended.
    pub failovers: u64,
    /// The last of them.
    pub failover_last: Option<Failover>,
    /// The longest of them, the earliest of equals.
    pub failover_longest: Option<Failover>,
    /// How long that one took.
    pub failover_max: Span,
    /// All of them together.
    pub failover_sum: Span,
    /// Writes sent to the store.
    pub writes_sent: u64,
    /// Writes that the store accepted.
    pub writes_accepted: u64,
    /// Writes that it rejected.
    pub writes_rejected: u64,
    /// Writes accepted from a believer whose belief is older than that of the last accepted writer.
    pub writes_conflicting: u64,
    /// Client writes acknowledged.
    pub writes_acknowledged: u64,
    /// Client writes acknowledged and later gone.
    pub writes_lost: u64,
    /// The highest epoch that a member knew.
    pub epoch_max: Epoch,
}

impl Default for Stats {
    fn default() -> Stats {
        Stats {
            sent: [0; MESSAGE_KINDS_MAX],
            delivered: [0; MESSAGE_KINDS_MAX],
            lost: 0,
            copies: 0,
            elections: 0,
            leaderships: 0,
            believers: 0,
            time: [Span::ZERO; 3],
            since: SimTime::ZERO,
            failovers: 0,
            failover_last: None,
            failover_longest: None,
            failover_max: Span::ZERO,
            failover_sum: Span::ZERO,
            writes_sent: 0,
            writes_accepted: 0,
            writes_rejected: 0,
            writes_conflicting: 0,
            writes_acknowledged: 0,
            writes_lost: 0,
            epoch_max: 0,
        }
    }
}

impl Stats {
    /// Time with no believer, with one, and with more, up to `now`.
    pub fn time_at(&self, now: SimTime) -> [Span; 3] {
        let mut time = self.time;
        let slot = &mut time[self.believers.min(2) as usize];
        *slot = *slot + (now - self.since);
        time
    }

    /// Messages of a class, out of [`Stats::sent`] or [`Stats::delivered`]; all for `None`.
    pub fn of_class(info: &Info, counts: &[u64; MESSAGE_KINDS_MAX], class: Option<Class>) -> u64 {
        let kinds = info.messages.iter().zip(counts);
        kinds.filter(|(m, _)| class.is_none_or(|c| m.class == c)).map(|(_, n)| n).sum()
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Checker {
    terms: Terms,
    stats: Stats,
    violations: [Option<Violation>; Property::ALL.len()],
    broken: [Option<SimTime>; Assumption::ALL.len()],
    /// By place: whether it leads, as last told.
    leads: Vec<bool>,
    /// By place: the highest epoch told.
    epochs: Vec<Epoch>,
    /// Who led in which epoch, the newest last.
    epoch_leaders: VecDeque<(Epoch, Place)>,
    /// The belief and the place of the last accepted writer.
    writer: (u32, Place),
    receipts: VecDeque<Receipt>,
    /// Whether anybody serves, and since when not.
    serving: bool,
    idle_since: SimTime,
    served: bool,
    suspected: Option<SimTime>,
    electing_at_loss: bool,
    /// By place: whether the process came up since the loss. It joins because it came up, not because it
    /// suspects anybody.
    joined: Vec<bool>,
    /// Since when nothing was done to the lane.
    calm_since: SimTime,
    /// When the last of the late messages is there, as far as is known.
    late_until: SimTime,
    /// Something was done in this event that may have made messages late.
    disturbing: bool,
    /// A session was ended for good by an act.
    left: bool,
    /// When "a leader eventually" is broken, as things stand.
    alarm: SimTime,
    electing: bool,
    quorum: bool,
}

impl Checker {
    /// A checker for a lane of which nothing has happened yet.
    pub fn new(terms: Terms, places: usize) -> Checker {
        let mut checker = Checker {
            terms,
            stats: Stats::default(),
            violations: [None; Property::ALL.len()],
            broken: [None; Assumption::ALL.len()],
            leads: vec![false; places],
            epochs: vec![0; places],
            epoch_leaders: VecDeque::new(),
            writer: (0, 0),
            receipts: VecDeque::new(),
            serving: false,
            idle_since: SimTime::ZERO,
            served: false,
            suspected: None,
            electing_at_loss: false,
            joined: vec![false; places],
            calm_since: SimTime::ZERO,
            late_until: SimTime::ZERO,
            disturbing: false,
            left: false,
            alarm: SimTime::NEVER,
            electing: false,
            quorum: true,
        };
        terms.gives_up.iter().for_each(|&a| checker.breaks(a, SimTime::ZERO));
        if !terms.fencing {
            checker.breaks(Assumption::Fencing, SimTime::ZERO);
        }
        if terms.reorder {
            checker.breaks(Assumption::Fifo, SimTime::ZERO);
        }
        checker
    }

    /// What it knew beforehand.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What was counted and measured so far.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The first violation of each property, in the order of [`Property::ALL`].
    pub fn violations(&self) -> impl Iterator<Item = &Violation> {
        self.violations.iter().flatten()
    }

    /// The first violation of a property.
    pub fn violation(&self, property: Property) -> Option<&Violation> {
        self.violations[property as usize].as_ref()
    }

    /// When the run broke an assumption first.
    pub fn broken(&self, assumption: Assumption) -> Option<SimTime> {
        self.broken[assumption as usize]
    }

    /// Whether anybody serves now.
    pub fn serving(&self) -> bool {
        self.serving
    }

    fn breaks(&mut self, assumption: Assumption, at: SimTime) {
        self.broken[assumption as usize].get_or_insert(at);
    }

    fn claim(&self, property: Property) -> Option<&'static Claim> {
        self.terms.info.claims.iter().find(|c| c.property == property)
    }

    fn violate(
        &mut self,
        property: Property,
        r: &Record,
        world: &dyn Glance,
        who: (Option<Place>, Option<Place>),
        epoch: Epoch,
    ) {
        if self.violations[property as usize].is_some() {
            return;
        }
        let claim = self.claim(property);
        let assumed = claim.map_or(&[][..], |c| c.assumes);
        let broken = assumed.iter().filter_map(|&a| self.broken(a).map(|at| (a, at)));
        self.violations[property as usize] = Some(Violation {
            property,
            at: r.at,
            step: r.step,
            node: who.0.map_or(NodeId::NONE, |p| world.id(p)),
            other: who.1.map_or(NodeId::NONE, |p| world.id(p)),
            epoch,
            claimed: claim.is_some(),
            broke: broken.min_by_key(|&(_, at)| at),
        });
    }

    fn believed(&mut self, r: &Record, world: &dyn Glance) {
        let place = usize::from(r.node);
        let is_member = place < world.members();
        let (leads, epoch) = (r.sub & 1 == 1, r.wide(0));
        if is_member {
            self.stats.epoch_max = self.stats.epoch_max.max(epoch);
        }
        // An algorithm with a service keeps its epochs there: a client may forget them with its session.
        let keeps = match world.authority() {
            Authority::Quorum => is_member,
            Authority::Service => !is_member && epoch > 0,
            Authority::None => false,
        };
        if keeps {
            if epoch < self.epochs[place] {
                self.violate(Property::EpochsNeverFall, r, world, (Some(r.node), None), epoch);
            }
            self.epochs[place] = epoch;
        }
        if r.step > 0
            && is_member
            && usize::from(r.peer) < world.members()
            && r.peer != r.node
            && !world.up(r.peer)
        {
            self.violate(Property::LeaderIsAlive, r, world, (Some(r.peer), Some(r.node)), epoch);
        }
        if leads && epoch > 0 {
            let known = self.epoch_leaders.iter().find(|l| l.0 == epoch && l.1 != r.node).copied();
            if let Some((_, other)) = known {
                self.violate(Property::OneLeaderPerEpoch, r, world, (Some(r.node), Some(other)), epoch);
            } else if self.epoch_leaders.back() != Some(&(epoch, r.node)) {
                if self.epoch_leaders.len() == EPOCHS_MAX {
                    self.epoch_leaders.pop_front();
                }
                self.epoch_leaders.push_back((epoch, r.node));
            }
        }
        let begins = leads && !self.leads[place];
        if self.leads[place] != leads {
            self.leads[place] = leads;
            self.count_believers(r);
        }
        if begins {
            self.stats.leaderships += 1;
            let other = (0..world.members() as Place).find(|&p| p != r.node && self.leads[usize::from(p)]);
            if other.is_some() {
                self.violate(Property::AtMostOneLeader, r, world, (Some(r.node), other), epoch);
            }
            self.check_receipts(r, world);
        }
        if begins || !leads || !is_member {
            self.look(r, world);
        }
    }

    /// A new leader in truth must hold every acknowledged write.
    fn check_receipts(&mut self, r: &Record, world: &dyn Glance) {
        if self.receipts.is_empty() || world.leader_in_truth() != Some(r.node) {
            return;
        }
        let before = self.receipts.len();
        self.receipts.retain(|&receipt| world.holds(r.node, receipt));
        let lost = before - self.receipts.len();
        if lost > 0 {
            self.stats.writes_lost += lost as u64;
            self.violate(Property::AcknowledgedKept, r, world, (Some(r.node), None), r.wide(0));
        }
    }

    fn count_believers(&mut self, r: &Record) {
        self.stats.time = self.stats.time_at(r.at);
        self.stats.since = r.at;
        self.stats.believers = self.leads.iter().filter(|&&l| l).count() as u32;
    }

    /// Processes or links changed.
    fn shape_changed(&mut self, r: &Record, world: &dyn Glance) {
        if !world.connected() {
            self.breaks(Assumption::Connected, r.at);
        }
        if !self.terms.fast_enough(world.delay_max()) || world.slow() {
            self.breaks(Assumption::Synchrony, r.at);
        }
        if world.drifting() {
            self.breaks(Assumption::TrueClocks, r.at);
        }
        let members = world.members() as Place;
        self.quorum = (0..members).any(|p| world.reaches_quorum(p));
        if !self.quorum {
            self.breaks(Assumption::Quorum, r.at);
        }
        if !service_up(world) {
            self.breaks(Assumption::Service, r.at);
        }
        self.look(r, world);
    }

    /// Looks who serves, and sets the alarm anew.
    fn look(&mut self, r: &Record, world: &dyn Glance) {
        let members = world.members() as Place;
        let serving = (0..members).any(|p| self.leads[usize::from(p)] && serves(world, p));
        if serving && !self.serving {
            if self.served {
                self.failover_ended(r.at);
            }
            self.served = true;
        } else if !serving && self.serving {
            self.idle_since = r.at;
            self.suspected = None;
            self.electing_at_loss = self.electing;
            self.joined.fill(false);
        }
        self.serving = serving;
        self.alarm = self.next_alarm(world);
    }

    fn failover_ended(&mut self, now: SimTime) {
        if now == self.idle_since {
            // Somebody stepped down and won again at one instant: nobody had to do without a leader.
            return;
        }
        // Where nobody came to suspect it after the loss, it was suspected before, or nobody ever had to.
        let before = self.electing_at_loss.then_some(self.idle_since);
        let suspected = self.suspected.or(before);
        let failover = Failover { lost: self.idle_since, suspected, found: now };
        self.stats.failovers += 1;
        self.stats.failover_last = Some(failover);
        if self.stats.failover_longest.is_none_or(|it| it.whole() < failover.whole()) {
            self.stats.failover_longest = Some(failover);
            self.stats.failover_max = failover.whole();
        }
        self.stats.failover_sum = self.stats.failover_sum + failover.whole();
    }

    /// When "a leader eventually" will be broken if nothing changes until then.
    fn next_alarm(&self, world: &dyn Glance) -> SimTime {
        let Some(claim) = self.claim(Property::LeaderEventually) else { return SimTime::NEVER };
        let members = 0..world.members() as Place;
        let runs = |p: Place| world.up(p) && !world.paused(p);
        if self.serving || self.terms.timers_manual || !members.clone().any(runs) {
            return SimTime::NEVER;
        }
        let nodes = 0..(world.members() + world.services()) as Place;
        let holds = |assumption: &Assumption| match assumption {
            Assumption::Connected => world.connected(),
            Assumption::NoLoss => !world.lossy(),
            Assumption::Fifo => !self.terms.reorder,
            Assumption::Synchrony => {
                self.terms.fast_enough(world.delay_max())
                    && !world.slow()
                    && !nodes.clone().any(|p| world.paused(p))
            }
            Assumption::TrueClocks => !world.drifting(),
            Assumption::Quorum => self.quorum,
            Assumption::Service => service_up(world),
            // Faults of the past are judged when the alarm rings.
            Assumption::NoCrashInElection
            | Assumption::NoReturn
            | Assumption::Fencing
            | Assumption::QuorumAcknowledges => true,
        };
        if !claim.assumes.iter().all(holds) {
            return SimTime::NEVER;
        }
        // Who was told to leave for good need not lead.
        let takes_part = |p: Place| runs(p) && world.belief(p).role != Role::Idle;
        if self.left && !members.clone().any(takes_part) {
            return SimTime::NEVER;
        }
        let since = self.calm_since.max(self.idle_since).max(self.late_until);
        since + self.terms.recovery_bound_for(world.delay_max())
    }

    fn disturbed(&mut self, r: &Record, world: &dyn Glance) {
        self.calm_since = r.at;
        self.disturbing |= r.kind != Kind::Lose;
        if self.alarm != SimTime::NEVER {
            self.alarm = self.next_alarm(world);
        }
    }

    /// The run is at its end: what should have happened by then has not.
    pub fn finish(&mut self, until: SimTime, step: u32, world: &dyn Glance) {
        self.ring(until, step, world);
    }

    fn ring(&mut self, now: SimTime, step: u32, world: &dyn Glance) {
        if now < self.alarm {
            return;
        }
        let record = Record::new(self.alarm, step, Kind::Mark, 0);
        self.alarm = SimTime::NEVER;
        self.violate(Property::LeaderEventually, &record, world, (None, None), 0);
    }
}

/// Whether the believer can do its work.
fn serves(world: &dyn Glance, p: Place) -> bool {
    if !world.up(p) || world.paused(p) {
        return false;
    }
    match world.authority() {
        Authority::None => true,
        Authority::Quorum => world.reaches_quorum(p),
        Authority::Service => {
            let members = world.members() as Place;
            (members..members + world.services() as Place).any(|s| {
                let runs = world.up(s) && !world.paused(s);
                runs && world.belief(s).leader == world.id(p) && world.reaches(p, s) && world.reaches(s, p)
            })
        }
    }
}

/// Whether every service node runs and some running member reaches it; true where there is no service.
fn service_up(world: &dyn Glance) -> bool {
    let members = world.members() as Place;
    (members..members + world.services() as Place).all(|s| {
        let linked = |p: Place| world.up(p) && world.reaches(p, s) && world.reaches(s, p);
        world.up(s) && !world.paused(s) && (0..members).any(linked)
    })
}

impl Watch for Checker {
    #[inline]
    fn on(&mut self, r: &Record, world: &dyn Glance) {
        match r.kind {
            Kind::Send if r.msg == WRITE => self.stats.writes_sent += 1,
            Kind::Send => self.stats.sent[usize::from(r.msg)] += 1,
            Kind::Deliver if r.msg == WRITE => {}
            Kind::Deliver => self.stats.delivered[usize::from(r.msg)] += 1,
            Kind::Fire => {}
            _ => self.rare(r, world),
        }
    }

    #[inline]
    fn event_ended(&mut self, now: SimTime, world: &dyn Glance) {
        if self.disturbing {
            self.disturbing = false;
            let usual = self.terms.delay_bound.unwrap_or(world.delay_max());
            self.late_until = self.late_until.max(world.late_until(usual));
            self.alarm = self.next_alarm(world);
        }
        if self.alarm <= now {
            self.ring(now, world.step().saturating_sub(1), world);
        }
    }
}

impl Checker {
    #[inline(never)]
    fn rare(&mut self, r: &Record, world: &dyn Glance) {
        // What was due before this happened is judged without it.
        if self.alarm < r.at {
            self.ring(r.at, world.step().saturating_sub(1), world);
        }
        match r.kind {
            // A write to the store is no message.
            Kind::Copy | Kind::Lose if r.msg == WRITE => {}
            Kind::Copy => {
                self.stats.copies += 1;
                self.breaks(Assumption::Fifo, r.at);
            }
            Kind::Lose => {
                self.stats.lost += 1;
                if [Loss::Chance as u8, Loss::Dropped as u8].contains(&r.sub) {
                    self.breaks(Assumption::NoLoss, r.at);
                    self.disturbed(r, world);
                }
            }
            Kind::Belief => self.believed(r, world),
            Kind::Mark => {
                let mark = [Mark::Suspects, Mark::Started, Mark::Won, Mark::SteppedDown][usize::from(r.sub)];
                if mark == Mark::Started {
                    self.stats.elections += 1;
                }
                // Who steps down ends no election: it may be the one that made it step down.
                if mark == Mark::Won {
                    self.electing = false;
                } else if mark != Mark::SteppedDown {
                    self.electing = true;
                    if !self.serving && (mark == Mark::Suspects || !self.joined[usize::from(r.node)]) {
                        self.suspected.get_or_insert(r.at);
                    }
                }
            }
            Kind::Act => {
                if r.sub == Acted::Done as u8 {
                    // Somebody moved a message in time, or asked for what the protocol does not expect.
                    if r.msg == ActClass::MovesMessages as u8 {
                        self.breaks(Assumption::Synchrony, r.at);
                        self.breaks(Assumption::Fifo, r.at);
                    }
                    self.left |= r.msg == ActClass::Leaves as u8;
                    // What happens after a timeout happens without one. To suspect a leader that serves is
                    // such a thing; where nobody serves, a detector may fire.
                    let early = [ActClass::Expires as u8, ActClass::Fires as u8].contains(&r.msg);
                    if early || (r.msg == ActClass::Suspects as u8 && self.serving) {
                        self.breaks(Assumption::Synchrony, r.at);
                    }
                    self.disturbed(r, world);
                }
            }
            // At the start of the run the nodes come up one by one; they are looked at when all are there.
            Kind::Start if r.step == 0 => {}
            Kind::Start => {
                self.breaks(Assumption::NoReturn, r.at);
                self.joined[usize::from(r.node)] = true;
                self.shape_changed(r, world);
            }
            Kind::Begin => self.shape_changed(r, world),
            Kind::Crash => {
                if self.electing {
                    self.breaks(Assumption::NoCrashInElection, r.at);
                }
                if self.leads[usize::from(r.node)] {
                    self.leads[usize::from(r.node)] = false;
                    self.count_believers(r);
                }
                self.shape_changed(r, world);
            }
            Kind::Pause => {
                self.breaks(Assumption::Synchrony, r.at);
                self.shape_changed(r, world);
            }
            Kind::Resume | Kind::Links | Kind::Clock => {
                if r.kind == Kind::Clock && r.sub == 1 {
                    // At the instant at which it was set it did not run at any rate.
                    self.breaks(Assumption::TrueClocks, r.at);
                }
                self.disturbed(r, world);
                self.shape_changed(r, world);
            }
            Kind::Stored => {
                if r.sub == 0 {
                    self.stats.writes_rejected += 1;
                    return;
                }
                self.stats.writes_accepted += 1;
                let (before, other) = self.writer;
                self.writer = (r.args[2], r.node);
                // A node that led twice may be overtaken by itself: that is no conflict.
                if self.writer.0 < before && other != r.node {
                    self.stats.writes_conflicting += 1;
                    self.violate(
                        Property::OneEffectiveWriter,
                        r,
                        world,
                        (Some(r.node), Some(other)),
                        r.wide(0),
                    );
                }
            }
            Kind::Acknowledge => {
                self.stats.writes_acknowledged += 1;
                if self.receipts.len() == RECEIPTS_MAX {
                    self.receipts.pop_front();
                }
                self.receipts.push_back(Receipt {
                    write: r.args[0].into(),
                    index: r.args[1].into(),
                    epoch: r.wide(2),
                });
            }
            Kind::Send | Kind::Deliver | Kind::Fire | Kind::Input | Kind::Stuck => {}
        }
    }
}
