//! The checker: judges the properties of a lane's run and gathers its statistics, as an outside observer.
//!
//! The checker knows no algorithm. It receives records ([`Watch`]), observes beliefs, processes and links ([`Glance`]),
//! and decides by itself which nodes serve, which promises are broken, and which assumptions the run had broken before.
//! It takes only two things from the algorithm: the common marks ("suspects", "starts an election") separate detection
//! from election, and the recovery bound says when a promise is owed again.
//!
//! The rules are in docs/judging.md. A second judge in tests/second_judge, which shares no code with this one, applies
//! them to the trace alone.

mod assumptions;
mod groups;
mod outages;
mod receipts;
mod service;
mod stats;
mod verdict;
mod verdicts;
mod writers;

use std::collections::VecDeque;

use crate::trace::truth;
use crate::trace::{ActClass, Acted, Glance, Kind, Loss, NOWHERE, Place, Record, WRITE, Waits, Watch};
use election_base::{Epoch, NodeId, SimTime, Span};
use election_protocol::{
    Assumption, Authority, Claim, GroupId, Info, Mark, Property, Receipt, Recovery, Role, Situation,
};

pub use assumptions::Spell;
use assumptions::{Assumptions, fast_enough, situation};
pub use groups::GroupStats;
use groups::Groups;
use receipts::Receipts;
pub use service::Failover;
use service::{Service, election_is_under_way};
pub use stats::Stats;
pub use verdict::{Blame, Outcome, Verdict, Violation};
use writers::Writers;

/// The most epochs whose leaders are remembered.
pub const EPOCHS_MAX: usize = 1024;

/// What the checker holds a lane to: everything it must know before the run.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The algorithm's description, for its claims and kinds of messages.
    pub info: &'static Info,
    /// See [`election_protocol::Protocol::gives_up`].
    pub gives_up: &'static [(Assumption, &'static str)],
    /// See [`election_protocol::Protocol::heals`].
    pub heals: Result<(), &'static str>,
    /// Whether the store checks tokens at the start.
    pub fencing: bool,
    /// Whether messages on a link may overtake each other.
    pub reorder: bool,
    /// Whether no timer fires by itself; if so, no promise has a deadline.
    pub timers_manual: bool,
    /// Whether no run can reach the state that `init` lines describe.
    pub impossible_start: bool,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Checker {
    contract: Contract,
    stats: Stats,
    /// The first violation of each property.
    first: [Option<Violation>; Property::ALL.len()],
    /// The first violation of each property that is a bug.
    bugs: [Option<Violation>; Property::ALL.len()],
    assumptions: Assumptions,
    /// By place: whether the node leads, according to its last record.
    leads: Vec<bool>,
    /// By place: the node it considers the leader, according to its last record.
    follows: Vec<Place>,
    /// By place: the epoch in its last record.
    epochs: Vec<Epoch>,
    /// Epochs and their leaders, the newest last.
    epoch_leaders: VecDeque<(Epoch, Place)>,
    /// Whether some of them have been forgotten.
    epochs_forgotten: bool,
    /// The highest epoch that a node has led in.
    epoch_led_max: Epoch,
    writers: Writers,
    superseded_by: Place,
    receipts: Receipts,
    /// Whether a node has ever followed another.
    followed: bool,
    service: Service,
    groups: Groups,
    /// By place: whether the algorithm itself switched its power off and it has not restarted.
    off: Vec<bool>,
    /// When an act last affected the lane, or a process came up or went down.
    changed: SimTime,
    /// When the timers set under earlier settings have run out.
    settled: SimTime,
    /// When the last of the late messages arrives, and the last of the delayed timers fires, as far as is known.
    late_until: SimTime,
    /// Whether something in this event may have made messages late.
    disturbing: bool,
    /// By place: whether an act made it end its session permanently.
    left: Vec<bool>,
    /// The class of the act in this event, an [`ActClass`].
    asked: u8,
    /// Whether some node takes time to process messages, or still has some to process.
    slow: bool,
    /// Whether processes started at different times and the group has not settled since.
    coming_up: bool,
    /// When the group settles, if nothing happens before.
    settles: SimTime,
    /// Whether a quorum is up and connected.
    quorum: bool,
    /// The situation that a recovery would start from under the current settings; `None` if they have just changed.
    situation: Option<Situation>,
    /// How long a recovery took when the situation was last determined, or the setting that gives it up; `None` before
    /// the start.
    recovery: Option<Result<Recovery, String>>,
    /// Whether any voter runs: without one there is no recovery.
    voter_runs: bool,
    /// Whether this event may affect who serves.
    looks: bool,
    /// Whether this event consists of more than messages and timers.
    stirred: bool,
    /// Whether a log has changed since the recovery time was last determined.
    logs_changed: bool,
    /// When "a leader eventually" will be broken, as things stand.
    leader_due: SimTime,
    /// When "at most one leader" is owed again while several nodes believe that they lead.
    one_leader_due: SimTime,
}

impl Checker {
    /// A checker for a lane in which nothing has happened yet.
    pub fn new(contract: Contract, places: usize) -> Checker {
        let mut assumptions = Assumptions::default();
        contract.gives_up.iter().for_each(|&(a, setting)| assumptions.give_up(a, setting));
        if !contract.fencing {
            assumptions.give_up(Assumption::Fencing, "fencing off");
        }
        if contract.reorder {
            assumptions.give_up(Assumption::Fifo, "order any");
        }
        if contract.impossible_start {
            // Wrong state on disk stays wrong forever; wrong beliefs pass.
            let lasts = contract.info.authority != Authority::None;
            assumptions.point(Assumption::PossibleStart, SimTime::ZERO);
            assumptions.set(Assumption::PossibleStart, !lasts, SimTime::ZERO);
        }
        let info = contract.info;
        Checker {
            contract,
            stats: Stats::default(),
            first: [const { None }; Property::ALL.len()],
            bugs: [const { None }; Property::ALL.len()],
            assumptions,
            leads: vec![false; places],
            follows: vec![NOWHERE; places],
            epochs: vec![0; places],
            epoch_leaders: VecDeque::new(),
            epochs_forgotten: false,
            epoch_led_max: 0,
            writers: Writers::default(),
            superseded_by: NOWHERE,
            receipts: Receipts::default(),
            followed: false,
            service: Service::new(GroupId::MAIN, places),
            groups: Groups::new(info, places),
            off: vec![false; places],
            changed: SimTime::ZERO,
            settled: SimTime::ZERO,
            late_until: SimTime::ZERO,
            disturbing: false,
            left: vec![false; places],
            asked: ActClass::Plain as u8,
            slow: false,
            coming_up: false,
            settles: SimTime::NEVER,
            quorum: true,
            situation: None,
            recovery: None,
            voter_runs: false,
            looks: false,
            stirred: false,
            logs_changed: false,
            leader_due: SimTime::NEVER,
            one_leader_due: SimTime::NEVER,
        }
    }

    /// What it knew before the run.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The figures so far.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// What was counted and measured of each group other than the main one.
    pub fn group_stats(&self) -> impl Iterator<Item = &GroupStats> {
        self.groups.stats()
    }

    /// Since when no node serves in a group, if one has served before.
    pub fn unserved_since_in(&self, group: GroupId) -> Option<SimTime> {
        if group == GroupId::MAIN { self.unserved_since() } else { self.groups.unserved_since(group) }
    }

    /// The violations so far, in the order of [`Property::ALL`]: for each property, the first violation, and the first
    /// bug if that is a different one.
    pub fn violations(&self) -> impl Iterator<Item = &Violation> {
        self.first.iter().zip(&self.bugs).flat_map(|(first, bug)| {
            let other = bug.as_ref().filter(|_| first.as_ref().is_some_and(|first| !first.is_bug()));
            first.iter().chain(other)
        })
    }

    /// The decisive violation: the first bug, or else the first violation.
    pub fn violation(&self, property: Property) -> Option<&Violation> {
        let i = property as usize;
        self.bugs[i].as_ref().or(self.first[i].as_ref())
    }

    /// The last spell during which an assumption was broken.
    pub fn spell(&self, assumption: Assumption) -> Option<Spell> {
        self.assumptions.spell(assumption)
    }

    /// Whether any node serves now.
    pub fn serving(&self) -> bool {
        self.service.serving()
    }

    /// Since when no node serves, if one has served before.
    pub fn unserved_since(&self) -> Option<SimTime> {
        self.service.unserved_since()
    }

    /// How long a recovery currently takes; `None` if a setting gives it up or no voter runs.
    pub fn recovery(&self, world: &dyn Glance) -> Option<Recovery> {
        self.recovery_now(world)?.ok()
    }

    /// How long a recovery currently takes, or the setting that gives it up; `None` if no voter runs.
    fn recovery_now(&self, world: &dyn Glance) -> Option<Result<Recovery, String>> {
        let changed = self.logs_changed.then(|| situation(world));
        let found = changed.map_or_else(|| self.recovery.clone(), |it| Some(world.recovery(&it)));
        let voter_runs = changed.map_or(self.voter_runs, |it| self.runs_somewhere(&it, world));
        found.filter(|recovery| voter_runs || recovery.is_err())
    }

    /// How long a recovery took when the situation was last determined.
    fn known_recovery(&self) -> Option<Recovery> {
        self.recovery.as_ref()?.as_ref().ok().copied().filter(|_| self.voter_runs)
    }

    /// Its approximate size on the heap, in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.epochs.len() * size_of::<Epoch>()
            + self.leads.len() * 4
            + self.epoch_leaders.capacity() * size_of::<(Epoch, Place)>()
            + self.receipts.heap_bytes()
            + self.groups.heap_bytes()
    }

    fn claim(&self, property: Property) -> Option<&'static Claim> {
        self.contract.info.claims.iter().find(|c| c.property == property)
    }

    /// How long after a break of its assumptions a promise is owed again; `None` if never.
    fn recovery_span(&self) -> Option<Span> {
        let recovers = self.contract.heals.is_ok() && !self.contract.timers_manual;
        self.known_recovery().filter(|_| recovers).map(|recovery| recovery.bound)
    }

    fn breaks(&mut self, assumption: Assumption, at: SimTime) {
        self.assumptions.point(assumption, at);
        // Calm starts over.
        self.looks = true;
    }

    /// A process started after others.
    fn came_up_late(&mut self, assumption: Assumption, at: SimTime) {
        self.assumptions.came_up(assumption, at);
        self.coming_up = true;
        self.looks = true;
    }

    /// Checks whether a group that is coming up has settled. After that, coming up excuses nothing.
    #[inline(never)]
    fn look_whether_it_settles(&mut self, now: SimTime, world: &dyn Glance) {
        let mut members = 0..world.members() as Place;
        let at_rest = |p: Place| {
            let wants_to_lead = world.belief(p).role == Role::Candidate && world.up(p) && !world.paused(p);
            !world.waits_to_start(p) && !wants_to_lead
        };
        if self.stats.believers != 1 || !self.serving() || !members.all(at_rest) {
            self.settles = SimTime::NEVER;
        } else if self.settles == SimTime::NEVER {
            self.settles = now + world.delay_bound().unwrap_or_default().times(2, 1);
        }
    }

    fn settle(&mut self) {
        self.assumptions.settle();
        (self.coming_up, self.settles) = (false, SimTime::NEVER);
    }

    fn lasts(&mut self, assumption: Assumption, broken: bool, at: SimTime) {
        self.assumptions.set(assumption, !broken, at);
    }

    /// The cause of a violation at `now`.
    fn blame(&self, property: Property, now: SimTime) -> Blame {
        let Some(claim) = self.claim(property) else { return Blame::NotPromised };
        let assumed = || Assumption::ALWAYS.iter().chain(claim.assumes).copied();
        if let Some(setting) = assumed().find_map(|a| self.assumptions.given_up(a)) {
            return Blame::GivenUp(setting);
        }
        let recovery = self.recovery_span();
        let excuses = |spell: &Spell| {
            spell.until == SimTime::NEVER || recovery.is_none_or(|recovery| now < spell.until + recovery)
        };
        let spells = assumed().filter_map(|a| self.assumptions.spell(a).filter(excuses).map(|s| (s, a)));
        // Acts take precedence over how the group came up. Among the rest, the assumption that was broken first most
        // likely caused the other breaks. Ties go to assumptions of every promise, then to the order in the claim.
        let likeliest = spells.min_by_key(|(s, _)| (s.coming_up, s.from));
        likeliest.map_or(Blame::Bug, |(s, a)| Blame::Run(a, s.from))
    }

    fn violate(
        &mut self,
        property: Property,
        (at, step): (SimTime, u32),
        who: (NodeId, NodeId),
        epoch: Epoch,
        world: &dyn Glance,
    ) {
        let i = property as usize;
        if self.bugs[i].is_some() {
            return;
        }
        if self.logs_changed {
            // How long a break excuses depends on which log is newest.
            self.look_at_situation(world);
        }
        // A promise with a deadline falls due only after its assumptions have held for long enough.
        let blame =
            if property == Property::LeaderEventually { Blame::Bug } else { self.blame(property, at) };
        if self.first[i].is_some() && blame != Blame::Bug {
            return;
        }
        let violation = Violation { property, at, step, node: who.0, other: who.1, epoch, blame };
        if violation.is_bug() {
            self.bugs[i] = Some(violation);
        }
        self.first[i].get_or_insert(violation);
    }
}

// Reactions to records.
impl Checker {
    fn believed(&mut self, r: &Record, world: &dyn Glance) {
        let place = usize::from(r.node);
        let is_member = place < world.members();
        let (leads, epoch) = (r.sub & 1 == 1, r.wide(0));
        let when = (r.at, r.step);
        let node = world.id(r.node);
        if is_member {
            self.stats.epoch_max = self.stats.epoch_max.max(epoch);
        }
        // With a service, epochs are kept there: a client may forget them with its session.
        let keeps = match self.contract.info.authority {
            Authority::Quorum => is_member,
            Authority::Service(_) => !is_member && epoch > 0,
            Authority::None => false,
        };
        let mut moved = false;
        if keeps {
            if epoch < self.epochs[place] {
                self.violate(Property::EpochsNeverFall, when, (node, NodeId::NONE), epoch, world);
            }
            moved = epoch != self.epochs[place];
            self.epochs[place] = epoch;
        }
        let follows = core::mem::replace(&mut self.follows[place], r.peer);
        if is_member && usize::from(r.peer) < world.members() && r.peer != r.node {
            self.followed = true;
            if r.step > 0 && r.peer != follows && !world.up(r.peer) {
                self.violate(Property::LeaderIsAlive, when, (world.id(r.peer), node), epoch, world);
            }
        }
        if leads && epoch > 0 {
            self.leads_in(r, epoch, world);
        }
        let begins = leads && !self.leads[place];
        let ends = !leads && self.leads[place];
        if self.leads[place] != leads {
            self.leads[place] = leads;
            self.count_believers(r.at);
        }
        if begins {
            self.stats.leaderships += 1;
            let other = (0..world.members() as Place).find(|&p| p != r.node && self.leads[usize::from(p)]);
            if let Some(other) = other {
                self.violate(Property::AtMostOneLeader, when, (node, world.id(other)), epoch, world);
            }
        }
        if begins || moved || !is_member {
            self.look_for_lost_writes(r, world);
        }
        // It does not matter whom a follower follows, nor its epoch while no node leads. A node that had left
        // permanently may be taking part again.
        let decides = begins || ends || !is_member || moved && 0 < self.stats.believers;
        self.looks |= decides || self.left[place];
    }

    /// A node leads in an epoch, which may already have had another leader.
    fn leads_in(&mut self, r: &Record, epoch: Epoch, world: &dyn Glance) {
        // No node has led in an epoch above all others.
        let new = self.epoch_led_max < epoch;
        self.epoch_led_max = self.epoch_led_max.max(epoch);
        let of_another = |l: &&(Epoch, Place)| l.0 == epoch && l.1 != r.node;
        let known = if new { None } else { self.epoch_leaders.iter().find(of_another).copied() };
        if let Some((_, other)) = known {
            let who = (world.id(r.node), world.id(other));
            self.violate(Property::OneLeaderPerEpoch, (r.at, r.step), who, epoch, world);
        } else if self.epoch_leaders.back() != Some(&(epoch, r.node)) {
            if self.epoch_leaders.len() == EPOCHS_MAX {
                self.epoch_leaders.pop_front();
                self.epochs_forgotten = true;
            }
            self.epoch_leaders.push_back((epoch, r.node));
        }
    }

    /// The leader in truth must have every write that was acknowledged in its epoch or an earlier one.
    fn look_for_lost_writes(&mut self, r: &Record, world: &dyn Glance) {
        if self.receipts.is_empty() {
            return;
        }
        let Some(leader) = world.leader_in_truth() else { return };
        let epoch = world.belief(leader).epoch;
        let lost = self.receipts.lose(leader, epoch, &|receipt| world.holds(leader, receipt));
        if lost > 0 {
            self.stats.writes_lost += lost;
            let who = (world.id(leader), NodeId::NONE);
            self.violate(Property::AcknowledgedKept, (r.at, r.step), who, epoch, world);
        }
    }

    fn count_believers(&mut self, now: SimTime) {
        self.stats.time = self.stats.time_at(now);
        self.stats.since = now;
        self.stats.believers = self.leads.iter().filter(|&&l| l).count() as u32;
    }

    /// Processes, links, clocks or settings changed.
    fn shape_changed(&mut self, now: SimTime, world: &dyn Glance) {
        let members = 0..world.members() as Place;
        let nodes = 0..(world.members() + world.services()) as Place;
        self.look_at_situation(world);
        self.slow = takes_time(world);
        self.lasts(Assumption::Connected, !world.connected(), now);
        self.lasts(Assumption::NoLoss, world.lossy(), now);
        let late = !fast_enough(world.delay_bound(), world.delay_max());
        let asynchronous = late || self.slow || !world.uniform() || nodes.clone().any(|p| world.paused(p));
        self.lasts(Assumption::Synchrony, asynchronous, now);
        self.lasts(Assumption::TrueClocks, world.drifting(), now);
        self.lasts(Assumption::Fencing, !world.fencing(), now);
        // A group that is still coming up has not failed.
        let coming_up = members.clone().any(|p| world.waits_to_start(p));
        // Nodes that the algorithm itself switched off have not failed.
        let off = |p: Place| self.off[usize::from(p)];
        self.quorum = coming_up || truth::quorum_up(world, &off);
        let service = truth::service_up(world, &off);
        self.lasts(Assumption::Quorum, !self.quorum, now);
        self.lasts(Assumption::Service, !service, now);
        self.looks = true;
    }

    /// Determines who serves, after an event, and resets the alarms. A node that led only within an event did not
    /// serve.
    fn look(&mut self, now: SimTime, world: &dyn Glance) {
        self.looks = false;
        if let Some(failover) = self.service.look(now, world) {
            self.failover_ended(failover);
        }
        self.groups.look(now, world);
        self.set_alarms(world);
    }

    /// Whether any voter runs, or is down only because the algorithm itself switched it off.
    fn runs_somewhere(&self, situation: &Situation, world: &dyn Glance) -> bool {
        let off = |p: Place| world.votes(p) && self.off[usize::from(p)];
        0 < situation.voters_up || (0..world.members() as Place).any(off)
    }

    /// Determines the situation that a recovery would start from now.
    fn look_at_situation(&mut self, world: &dyn Glance) {
        self.logs_changed = false;
        let situation = situation(world);
        // Voters that the algorithm itself switched off are no excuse.
        self.voter_runs = self.runs_somewhere(&situation, world);
        if self.situation == Some(situation) {
            return;
        }
        self.situation = Some(situation);
        self.recovery = Some(world.recovery(&situation));
    }

    fn failover_ended(&mut self, failover: Failover) {
        self.stats.failovers += 1;
        self.stats.failovers_unforced += u64::from(failover.unforced);
        self.stats.failover_last = Some(failover);
        if self.stats.failover_longest.is_none_or(|it| it.whole() < failover.whole()) {
            self.stats.failover_longest = Some(failover);
        }
        self.stats.failover_sum = self.stats.failover_sum + failover.whole();
    }

    fn set_alarms(&mut self, world: &dyn Glance) {
        if self.logs_changed && (!self.serving() || 1 < self.stats.believers) {
            // How long a recovery may take depends on which log is newest.
            self.look_at_situation(world);
        }
        self.leader_due = SimTime::NEVER;
        if !self.serving()
            && let Calm::Since(since, recovery) = self.calm(world)
        {
            self.leader_due = since + recovery.bound;
        }
        self.one_leader_due = self.one_leader_due();
    }

    /// When "at most one leader" is owed although several nodes believe that they lead.
    fn one_leader_due(&self) -> SimTime {
        let (Some(claim), Some(recovery)) = (self.claim(Property::AtMostOneLeader), self.recovery_span())
        else {
            return SimTime::NEVER;
        };
        let mut due = SimTime::ZERO;
        for assumption in claim.assumes.iter().chain(&Assumption::ALWAYS) {
            if self.stats.believers < 2
                || self.assumptions.given_up(*assumption).is_some()
                || self.assumptions.is_broken(*assumption)
            {
                return SimTime::NEVER;
            }
            due = due.max(self.assumptions.held_since(*assumption));
        }
        due + recovery
    }

    /// Since when conditions have been calm enough for a correct algorithm to recover.
    fn calm(&self, world: &dyn Glance) -> Calm {
        let Some(claim) = self.claim(Property::LeaderEventually) else { return Calm::NotPromised };
        if self.contract.timers_manual {
            return Calm::GivenUp("timers manual".to_string());
        }
        let given_up = claim.assumes.iter().find_map(|&a| self.assumptions.given_up(a));
        if let Some(setting) = given_up {
            return Calm::GivenUp(setting.to_string());
        }
        let recovery = match self.recovery_now(world) {
            Some(Err(setting)) => return Calm::GivenUp(setting),
            Some(Ok(recovery)) => recovery,
            None => return Calm::NoVoterRuns,
        };
        let mut since = self.changed.max(self.service.idle_since).max(self.late_until).max(self.settled);
        for &assumption in claim.assumes.iter().chain(&Assumption::ALWAYS) {
            if self.assumptions.is_broken(assumption) {
                return Calm::Broken(assumption, self.assumptions.spell(assumption).map(|s| s.from));
            }
            // A crash during an election breaks an assumption only for an instant: calm begins right after it.
            since = since.max(self.assumptions.held_since(assumption));
        }
        // A node that was told to leave permanently need not lead.
        let has_left = |p: Place| self.left[usize::from(p)] && world.belief(p).role == Role::Idle;
        let off = |p: Place| self.off[usize::from(p)];
        let takes_part = |p: Place| off(p) || world.up(p) && !world.paused(p) && !has_left(p);
        if !(0..world.members() as Place).any(takes_part) {
            return Calm::NoneTakesPart;
        }
        Calm::Since(since, recovery)
    }

    fn disturbed(&mut self, r: &Record, world: &dyn Glance) {
        self.changed = r.at;
        self.disturbing |= r.kind != Kind::Lose;
        self.set_alarms(world);
    }

    /// Ends the run: judges what should have happened by then.
    pub fn finish(&mut self, until: SimTime, step: u32, world: &dyn Glance) {
        if self.stats.broke_off.is_none() {
            self.sound_alarms(until, step, world);
        }
    }

    /// Reports what should have happened before `now` and has not.
    fn sound_alarms(&mut self, now: SimTime, step: u32, world: &dyn Glance) {
        if self.leader_due < now {
            let at = core::mem::replace(&mut self.leader_due, SimTime::NEVER);
            self.violate(Property::LeaderEventually, (at, step), (NodeId::NONE, NodeId::NONE), 0, world);
        }
        if self.one_leader_due < now {
            let at = core::mem::replace(&mut self.one_leader_due, SimTime::NEVER);
            let mut leaders = (0..world.members() as Place).filter(|&p| self.leads[usize::from(p)]);
            if let (Some(other), Some(node)) = (leaders.next(), leaders.next()) {
                let who = (world.id(node), world.id(other));
                self.violate(Property::AtMostOneLeader, (at, step), who, world.belief(node).epoch, world);
            }
        }
    }
}

/// Whether any node takes time to process messages, or still has delayed messages to process.
fn takes_time(world: &dyn Glance) -> bool {
    let mut nodes = 0..(world.members() + world.services()) as Place;
    world.slow() || nodes.any(|p| world.lag(p) > Span::ZERO)
}

/// Whether a run is calm enough for a leader to be elected.
enum Calm {
    /// Since this moment; a recovery takes this long.
    Since(SimTime, Recovery),
    /// An assumption has been broken since this moment.
    Broken(Assumption, Option<SimTime>),
    /// A setting gives recovery up.
    GivenUp(String),
    /// No voter runs.
    NoVoterRuns,
    /// All running nodes have left permanently.
    NoneTakesPart,
    /// The algorithm does not promise a leader.
    NotPromised,
}

impl Watch for Checker {
    /// While no node is slow, messages only need to be counted, which the simulator does.
    #[inline]
    fn wants_messages(&self) -> bool {
        self.slow
    }

    #[inline]
    fn on(&mut self, r: &Record, world: &dyn Glance) {
        match r.kind {
            Kind::Deliver if r.msg == WRITE || !self.slow => {}
            Kind::Deliver => self.looks_at_lag(r, world),
            Kind::Append => (self.logs_changed, self.stirred) = (true, true),
            Kind::Send | Kind::Fire | Kind::Persist | Kind::Commit => {}
            _ => self.rare(r, world),
        }
    }

    #[inline]
    fn event_ended(&mut self, now: SimTime, world: &dyn Glance) {
        if self.stirred || self.leader_due.min(self.one_leader_due) < now {
            self.look_around(now, world);
        }
    }
}

impl Checker {
    /// Reacts to an event that consisted of more than messages and timers, or to an alarm that is due.
    #[inline(never)]
    fn look_around(&mut self, now: SimTime, world: &dyn Glance) {
        self.stirred = false;
        if self.looks || self.logs_changed && !self.serving() {
            self.look(now, world);
        }
        if self.disturbing {
            self.disturbing = false;
            let usual = world.delay_bound().unwrap_or(world.delay_max());
            self.late_until = self.late_until.max(world.late_until(usual));
            self.assumptions.late_until(self.late_until);
            self.set_alarms(world);
        }
        if self.leader_due.min(self.one_leader_due) < now {
            self.sound_alarms(now, world.step().saturating_sub(1), world);
        }
        if self.coming_up {
            self.look_whether_it_settles(now, world);
        }
    }

    /// A slow node processed a message or received another one: a leader may have fallen behind or caught up.
    fn looks_at_lag(&mut self, r: &Record, world: &dyn Glance) {
        self.stirred = true;
        let member = usize::from(r.peer) < world.members();
        self.looks |= member && self.leads[usize::from(r.peer)] || self.groups.leads(r.peer);
        if self.slow != takes_time(world) {
            self.shape_changed(r.at, world);
        }
    }

    fn marked(&mut self, r: &Record, world: &dyn Glance) {
        let mark = [Mark::Suspects, Mark::Started, Mark::Won, Mark::SteppedDown][usize::from(r.sub)];
        if r.group() != GroupId::MAIN {
            self.groups.marked(r, mark, world);
            return;
        }
        self.stats.elections += u64::from(mark == Mark::Started);
        self.service.marked(r.at, r.node, mark, world);
    }

    /// A node started after the beginning of the run, or again after a crash.
    fn started(&mut self, r: &Record, world: &dyn Glance) {
        // To running nodes, a node that starts later looks like one that returns from a pause.
        let others = |p: Place| p != r.node && world.up(p);
        let late = r.sub == 0 && (0..world.members() as Place).any(others);
        if late {
            self.came_up_late(Assumption::Synchrony, r.at);
            self.came_up_late(Assumption::NoReturn, r.at);
        }
        if r.sub == 1 {
            self.breaks(Assumption::NoReturn, r.at);
        }
        // What it finds on its disk is up to the algorithm.
        self.receipts.cut_short(r.node, 0);
        self.service.came_up(r.node, r.step);
        self.groups.came_up(r.node, r.step);
        self.off[usize::from(r.node)] = false;
        self.left[usize::from(r.node)] = false;
        self.changed = r.at;
        self.shape_changed(r.at, world);
    }

    fn setting_changed(&mut self, r: &Record, world: &dyn Glance) {
        let bound = |checker: &Checker| checker.known_recovery().map(|recovery| recovery.bound);
        let before = bound(self);
        self.situation = None;
        self.shape_changed(r.at, world);
        // Running timers keep the values they were set with.
        let runs_on = before.filter(|_| before != bound(self)).map_or(r.at, |bound| r.at + bound);
        self.settled = self.settled.max(runs_on);
        self.disturbed(r, world);
    }

    #[inline(never)]
    fn rare(&mut self, r: &Record, world: &dyn Glance) {
        self.stirred = true;
        // What was due before this record is judged without it.
        if self.leader_due.min(self.one_leader_due) < r.at {
            self.sound_alarms(r.at, world.step().saturating_sub(1), world);
        }
        if self.settles < r.at {
            self.settle();
        }
        match r.kind {
            // A write to the store is not a message.
            Kind::Copy | Kind::Lose if r.msg == WRITE => {}
            Kind::Copy => {
                self.stats.copies += 1;
                self.breaks(Assumption::Fifo, r.at);
            }
            Kind::Lose => {
                self.stats.lost += 1;
                if self.slow {
                    self.looks_at_lag(r, world);
                }
                if [Loss::Chance as u8, Loss::Dropped as u8, Loss::Full as u8].contains(&r.sub) {
                    self.breaks(Assumption::NoLoss, r.at);
                    self.disturbed(r, world);
                }
            }
            Kind::Wait if r.sub == Waits::NotStarted as u8 => self.came_up_late(Assumption::Synchrony, r.at),
            Kind::Wait if r.sub == Waits::Busy as u8 => self.looks_at_lag(r, world),
            Kind::Belief if r.group() == GroupId::MAIN => self.believed(r, world),
            Kind::Belief => {
                self.groups.believed(r, world);
                self.looks = true;
            }
            Kind::Mark => self.marked(r, world),
            Kind::Act if r.sub == Acted::Done as u8 => self.acted(r, world),
            // At the start of the run, nodes start one by one; the checker waits until all of them have.
            Kind::Start if r.step == 0 => {}
            Kind::Input => self.asked_of(r.node),
            Kind::Start => self.started(r, world),
            Kind::Begin => {
                self.shape_changed(r.at, world);
                // The start is not an event, so `event_ended` is not called.
                self.look(r.at, world);
            }
            Kind::Crash => self.crashed(r, world),
            Kind::Pause => self.shape_changed(r.at, world),
            Kind::Resume | Kind::Links | Kind::Clock => {
                self.shape_changed(r.at, world);
                self.disturbed(r, world);
            }
            Kind::Set => self.setting_changed(r, world),
            Kind::Stored => self.stored(r, world),
            Kind::Acknowledge => {
                self.stats.writes_acknowledged += 1;
                let (write, index) = (r.args[0].into(), r.args[1].into());
                self.receipts.add(Receipt { write, index, epoch: r.wide(2) });
                self.look_for_lost_writes(r, world);
            }
            Kind::Truncate => {
                self.logs_changed = true;
                self.receipts.cut_short(r.node, r.args[0].into());
                self.look_for_lost_writes(r, world);
            }
            Kind::Stuck => {
                self.stats.broke_off = Some((r.at, r.sub));
                self.groups.broke_off(r.at);
            }
            Kind::Act
            | Kind::Wait
            | Kind::Send
            | Kind::Deliver
            | Kind::Fire
            | Kind::Persist
            | Kind::Append
            | Kind::Commit
            | Kind::Power => {}
        }
    }

    /// A process went down: by a fault, or because the algorithm itself switched its power off, which is not a fault.
    fn crashed(&mut self, r: &Record, world: &dyn Glance) {
        let own = r.sub == 1;
        self.off[usize::from(r.node)] = own;
        if own {
            self.service.went_off(r.node, r.step);
        } else {
            let candidate = world.belief(r.node).role == Role::Candidate;
            if candidate || election_is_under_way(world, GroupId::MAIN) {
                self.breaks(Assumption::NoCrashInElection, r.at);
            }
            self.changed = r.at;
        }
        self.groups.went_down(r, own);
        self.follows[usize::from(r.node)] = NOWHERE;
        if self.leads[usize::from(r.node)] {
            self.leads[usize::from(r.node)] = false;
            self.count_believers(r.at);
        }
        self.shape_changed(r.at, world);
    }

    /// An act gives a command to a running node.
    fn asked_of(&mut self, place: Place) {
        if self.asked == ActClass::Leaves as u8 {
            self.left[usize::from(place)] = true;
        } else if self.asked == ActClass::Suspects as u8 {
            self.left[usize::from(place)] = false;
        }
    }

    /// An act took effect.
    fn acted(&mut self, r: &Record, world: &dyn Glance) {
        let is = |class: ActClass| r.msg == class as u8;
        if self.logs_changed {
            // The effect of the act is measured against the situation before it.
            self.look_at_situation(world);
        }
        // The act changed when a message arrives, which can also reorder messages.
        if is(ActClass::MovesMessages) {
            self.breaks(Assumption::Synchrony, r.at);
            self.breaks(Assumption::Fifo, r.at);
        }
        self.asked = r.msg;
        // Something that should follow a timeout happens without one. Suspecting a leader that serves is such a case;
        // while no node serves, a failure detector may fire.
        if is(ActClass::Expires) || is(ActClass::Fires) || (is(ActClass::Suspects) && self.serving()) {
            self.breaks(Assumption::Synchrony, r.at);
        }
        if is(ActClass::Fires) {
            self.late_until = self.late_until.max(r.at + Span(r.wide(1)));
        }
        if is(ActClass::Forges) {
            // What a forged message made other nodes write to disk stays there.
            let lasts = self.contract.info.authority == Authority::Quorum;
            self.breaks(Assumption::Honest, r.at);
            self.lasts(Assumption::Honest, lasts, r.at);
        }
        self.disturbed(r, world);
    }

    /// A write reached the store.
    fn stored(&mut self, r: &Record, world: &dyn Glance) {
        if r.sub == 0 {
            self.stats.writes_rejected += 1;
            return;
        }
        self.stats.writes_accepted += 1;
        let (token, belief) = (r.wide(0), r.args[2]);
        if let Some(other) = self.writers.accepted((token, belief, r.node)) {
            self.stats.writes_conflicting += 1;
            self.superseded_by = other;
            let who = (world.id(r.node), world.id(other));
            self.violate(Property::OneEffectiveWriter, (r.at, r.step), who, token, world);
        }
    }
}
