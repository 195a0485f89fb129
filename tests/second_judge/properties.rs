//! The properties of docs/judging.md, each tested and judged.

use std::collections::{BTreeMap, BTreeSet};

use election_playground::base::{NodeId, SimTime, Span};
use election_playground::lane::{Fate, Stored};
use election_playground::protocol::{Assumption, Authority, Claim, GroupId, Property, Role};
use election_playground::trace::{Acted, Kind, Place, Record, WRITE};

use super::assumptions::{Assumptions, Excuse};
use super::timing::{self, Recovery};
use super::world::World;

/// The cause of a broken property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Blame {
    /// The algorithm does not promise it.
    NotPromised,
    /// The promise was not due at that moment.
    Excused(Excuse),
    /// The promise was due.
    Bug,
}

/// A violation of a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Breach {
    /// The property.
    pub property: Property,
    /// When.
    pub at: SimTime,
    /// The event.
    pub step: u32,
    /// The node that caused it.
    pub node: NodeId,
    /// The other node involved, or none.
    pub other: NodeId,
    /// The epoch concerned; 0 for none.
    pub epoch: u64,
    /// The cause.
    pub blame: Blame,
}

/// The verdict on a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It was tested and not violated.
    Held,
    /// It was violated.
    Broken(Breach),
    /// A setting gives it up, and it was not violated.
    GivenUp(String),
    /// The run does not decide it. If it only lacked time, the calm it needs and the calm it had.
    Undecided(Option<(Span, Span)>),
}

/// An acknowledged write.
struct Receipt {
    index: u32,
    epoch: u64,
    lost: bool,
}

/// Everything known about the properties of a run.
#[derive(Default)]
pub struct Properties {
    first: BTreeMap<Property, Breach>,
    bugs: BTreeMap<Property, Breach>,
    tested: BTreeSet<Property>,
    /// The leaders of each epoch, in order.
    leaders: BTreeMap<u64, Vec<Place>>,
    /// By place: the highest epoch known.
    epochs: BTreeMap<Place, u64>,
    /// By place: the last epoch reported.
    told: BTreeMap<Place, u64>,
    /// By place: the node taken for the leader.
    follows: BTreeMap<Place, Place>,
    /// By place and number on the link: the leadership in which a write to the store was sent.
    written: BTreeMap<(Place, u32), u32>,
    /// The write being delivered to the store.
    arriving: Option<(Place, u32)>,
    /// By place: the highest token of its accepted writes, and the time of the last write with it.
    tokens: BTreeMap<Place, (u64, u64)>,
    /// The last accepted write: its token, the leadership in which it was sent, and its writer.
    last_write: Option<(u64, u32, Place)>,
    receipts: Vec<Receipt>,
    /// Writes accepted so far.
    accepted: u64,
    /// Writes accepted from superseded writers.
    pub conflicting: u64,
    /// All writes that reached the store.
    pub writes: Vec<Stored>,
    /// The time since which no node has served, if none does.
    unserved_since: Option<SimTime>,
    /// The time of the last act on the lane, and of the last start or stop of a process.
    disturbed: SimTime,
    /// The end of what runs under earlier settings.
    settled: SimTime,
}

impl Properties {
    /// The number of acknowledged writes found missing.
    pub fn writes_lost(&self) -> u64 {
        self.receipts.iter().filter(|receipt| receipt.lost).count() as u64
    }

    /// All violations: the first of each property, and the first that was a bug.
    pub fn breaches(&self) -> Vec<&Breach> {
        let bugs = self.bugs.values().filter(|bug| self.first.get(&bug.property) != Some(bug));
        self.first.values().chain(bugs).collect()
    }

    fn broken(
        &mut self,
        property: Property,
        who: (Place, Option<Place>, u64),
        world: &World<'_>,
        assumptions: &Assumptions,
    ) {
        let id = |place: Place| world.case.ids[usize::from(place)];
        let (node, other) = (id(who.0), who.1.map_or(NodeId::NONE, id));
        let blame = match world.case.claim(property) {
            None => Blame::NotPromised,
            Some(claim) => assumptions.excuse(claim, world).map_or(Blame::Bug, Blame::Excused),
        };
        self.keep(Breach { property, at: world.now, step: world.step, node, other, epoch: who.2, blame });
    }

    fn keep(&mut self, breach: Breach) {
        if breach.blame == Blame::Bug {
            self.bugs.entry(breach.property).or_insert_with(|| breach.clone());
        }
        self.first.entry(breach.property).or_insert(breach);
    }

    /// Processes a record that `world` already includes.
    pub fn on(&mut self, r: &Record, world: &World<'_>, assumptions: &Assumptions) {
        match r.kind {
            Kind::Belief if r.group() == GroupId::MAIN => {
                self.leads(r, world, assumptions);
                self.epoch(r, world, assumptions);
                self.follows(r.node, world, assumptions);
                self.truth_may_change(r.node, world, assumptions);
            }
            Kind::Crash => {
                self.follows.remove(&r.node);
                // What the algorithm does to itself is not a disturbance.
                if r.sub == 0 {
                    self.disturbed = r.at;
                }
            }
            Kind::Start | Kind::Resume => self.disturbed = r.at,
            Kind::Act if r.sub == Acted::Done as u8 => self.disturbed = r.at,
            Kind::Send if r.msg == WRITE => {
                self.written.insert((r.node, r.nth), world.node(r.node).leadership);
            }
            Kind::Deliver if r.msg == WRITE => self.arriving = Some((r.node, r.nth)),
            Kind::Stored if r.sub == 1 => {
                let before = self.conflicting;
                self.stored(r, world, assumptions);
                let fate = if before < self.conflicting { Fate::Conflicting } else { Fate::Accepted };
                self.writes.push(Stored { writer: r.node, fate });
            }
            Kind::Stored => self.writes.push(Stored { writer: r.node, fate: Fate::Rejected }),
            Kind::Acknowledge => {
                self.tested.insert(Property::AcknowledgedKept);
                self.receipts.push(Receipt { index: r.args[1], epoch: r.wide(2), lost: false });
                self.look_for_receipts(world, assumptions);
            }
            Kind::Truncate => self.look_for_receipts(world, assumptions),
            _ => {}
        }
    }

    fn leads(&mut self, r: &Record, world: &World<'_>, assumptions: &Assumptions) {
        let (place, belief) = (r.node, world.node(r.node).belief);
        if !belief.leads {
            return;
        }
        self.tested.insert(Property::AtMostOneLeader);
        if !world.case.info.epoch.is_empty() {
            self.tested.insert(Property::OneLeaderPerEpoch);
            let leaders = self.leaders.entry(belief.epoch).or_default();
            let other = leaders.iter().copied().rfind(|other| *other != place);
            if leaders.last() != Some(&place) {
                leaders.push(place);
                if other.is_some() {
                    let who = (place, other, belief.epoch);
                    self.broken(Property::OneLeaderPerEpoch, who, world, assumptions);
                }
            }
        }
        // The latest leadership has the highest number.
        if world.node(place).leadership == world.leaderships
            && let Some(other) = world.believers().iter().copied().find(|other| *other != place)
        {
            self.broken(Property::AtMostOneLeader, (place, Some(other), belief.epoch), world, assumptions);
        }
    }

    /// The leader in truth may change when a node begins to lead, or an epoch changes.
    fn truth_may_change(&mut self, place: Place, world: &World<'_>, assumptions: &Assumptions) {
        let (node, now) = (world.node(place), world.node(place).belief.epoch);
        let changed = world.case.is_member(place) && self.told.insert(place, now).unwrap_or(0) != now;
        if changed || node.belief.leads && node.leadership == world.leaderships {
            self.look_for_receipts(world, assumptions);
        }
    }

    fn epoch(&mut self, r: &Record, world: &World<'_>, assumptions: &Assumptions) {
        let epoch = world.node(r.node).belief.epoch;
        let service = matches!(world.case.info.authority, Authority::Service(_));
        // With a service, the service's word counts; if it names no node, it names no epoch.
        if epoch == 0 && service || service == world.case.is_member(r.node) {
            return;
        }
        let before = self.epochs.get(&r.node).copied().unwrap_or(0);
        if epoch > 0 {
            self.tested.insert(Property::EpochsNeverFall);
        }
        if epoch < before {
            self.broken(Property::EpochsNeverFall, (r.node, None, epoch), world, assumptions);
        }
        self.epochs.insert(r.node, epoch.max(before));
    }

    fn follows(&mut self, place: Place, world: &World<'_>, assumptions: &Assumptions) {
        let belief = world.node(place).belief;
        let leader = world.case.place(belief.leader).filter(|&leader| leader != place);
        let before = match leader {
            Some(leader) => self.follows.insert(place, leader),
            None => self.follows.remove(&place),
        };
        let Some(leader) = leader.filter(|_| world.case.is_member(place)) else { return };
        self.tested.insert(Property::LeaderIsAlive);
        // Initial state is not a new leadership.
        if 0 < world.step && before != Some(leader) && !world.node(leader).up {
            self.broken(Property::LeaderIsAlive, (leader, Some(place), belief.epoch), world, assumptions);
        }
    }

    fn stored(&mut self, r: &Record, world: &World<'_>, assumptions: &Assumptions) {
        self.tested.insert(Property::OneEffectiveWriter);
        let (me, token) = (r.node, r.wide(0));
        let leadership = self.arriving.and_then(|write| self.written.get(&write)).copied().unwrap_or(0);
        if let Some(other) = self.superseding(me, token, leadership) {
            self.conflicting += 1;
            self.broken(Property::OneEffectiveWriter, (me, Some(other), token), world, assumptions);
        }
        self.accepted += 1;
        let mine = (token, self.accepted);
        let highest = self.tokens.entry(me).or_insert(mine);
        *highest = mine.max(*highest);
        self.last_write = Some((token, leadership, me));
    }

    /// The writer that superseded such a writer at the store.
    fn superseding(&self, me: Place, token: u64, leadership: u32) -> Option<Place> {
        let others = self.tokens.iter().filter(|(place, _)| **place != me);
        let (other, (highest, _)) = others.max_by_key(|(_, tokens)| **tokens)?;
        if token < *highest {
            return Some(*other);
        }
        // If tokens do not decide, the last writer counts.
        let (last, number, writer) = self.last_write?;
        (last == token && writer != me && leadership < number).then_some(writer)
    }

    /// Checks whether the leader in truth lacks a write acknowledged in its epoch or an earlier one.
    fn look_for_receipts(&mut self, world: &World<'_>, assumptions: &Assumptions) {
        let Some(leader) = world.leader_in_truth() else { return };
        let node = world.node(leader);
        let lacks =
            |it: &&mut Receipt| !it.lost && it.epoch <= node.belief.epoch && !node.has(it.index, it.epoch);
        let missing: Vec<&mut Receipt> = self.receipts.iter_mut().filter(lacks).collect();
        if missing.is_empty() {
            return;
        }
        missing.into_iter().for_each(|receipt| receipt.lost = true);
        let who = (leader, None, node.belief.epoch);
        self.broken(Property::AcknowledgedKept, who, world, assumptions);
    }

    /// Handles a changed setting; `before` is the earlier recovery time. Running timers keep their settings.
    pub fn settings_changed(&mut self, before: &Recovery, world: &World<'_>) {
        if let Recovery::Within { bound } = before
            && before != world.recovery()
        {
            self.settled = self.settled.max(world.now + *bound);
        }
    }

    /// Handles the set of serving nodes after an event.
    pub fn served(&mut self, served: bool, now: SimTime) {
        self.unserved_since = if served { None } else { self.unserved_since.or(Some(now)) };
    }

    /// The time since which there has been calm without service, and the recovery time then.
    fn calm(&self, claim: &Claim, world: &World<'_>, assumptions: &Assumptions) -> Option<(SimTime, Span)> {
        let (Some(unserved), Recovery::Within { bound }) = (self.unserved_since, world.recovery()) else {
            return None;
        };
        let all_left = world.case.member_places().all(|p| {
            let node = world.node(p);
            !node.off && (!node.runs() || node.left && node.belief.role == Role::Idle)
        });
        if all_left || assumptions.given_up(claim).is_some() {
            return None;
        }
        let held = assumptions.held_since(claim)?;
        let late = assumptions.late_until();
        Some((unserved.max(self.disturbed).max(self.settled).max(held).max(late), *bound))
    }

    /// Nothing happens until `to`; checks whether a leader is overdue.
    pub fn time_passes(&mut self, to: SimTime, world: &World<'_>, assumptions: &Assumptions) {
        let breach = |property, at, node, other, epoch| {
            let blame = Blame::Bug;
            Breach { property, at, step: world.step, node, other, epoch, blame }
        };
        if let Some(claim) = world.case.claim(Property::LeaderEventually)
            && let Some((since, bound)) = self.calm(claim, world, assumptions)
            && since + bound < to
        {
            let at = since + bound;
            self.keep(breach(Property::LeaderEventually, at, NodeId::NONE, NodeId::NONE, 0));
        }
        let believers = world.believers();
        if let Some(claim) = world.case.claim(Property::AtMostOneLeader)
            && let [one, another, ..] = believers[..]
            && timing::heals(world)
            && assumptions.given_up(claim).is_none()
            && let Recovery::Within { bound } = world.recovery()
            && let Some(held) = assumptions.held_since(claim)
            && held + *bound < to
        {
            let id = |place: Place| world.case.ids[usize::from(place)];
            let at = (held + *bound).max(world.now);
            let epoch = world.node(another).belief.epoch;
            self.keep(breach(Property::AtMostOneLeader, at, id(another), id(one), epoch));
        }
    }

    /// The verdict on the property at the end of the run.
    pub fn verdict(
        &self,
        property: Property,
        broke_off: bool,
        world: &World<'_>,
        assumptions: &Assumptions,
    ) -> Verdict {
        if let Some(breach) = self.bugs.get(&property).or(self.first.get(&property)) {
            return Verdict::Broken(breach.clone());
        }
        let claim = world.case.claim(property);
        let in_time = property == Property::LeaderEventually && claim.is_some();
        if let Recovery::GivenUp(setting) = world.recovery()
            && in_time
            && world.case.scenario.timers_manual
        {
            return Verdict::GivenUp(setting.clone());
        }
        if let Some(setting) = claim.and_then(|claim| assumptions.given_up(claim)) {
            return Verdict::GivenUp(setting.to_string());
        }
        if let Recovery::GivenUp(setting) = world.recovery()
            && in_time
        {
            return Verdict::GivenUp(setting.clone());
        }
        if broke_off {
            return Verdict::Undecided(None);
        }
        if property != Property::LeaderEventually {
            let tested = self.tested.contains(&property);
            return if tested { Verdict::Held } else { Verdict::Undecided(None) };
        }
        if self.unserved_since.is_none() {
            return Verdict::Held;
        }
        let calm = claim.and_then(|claim| self.calm(claim, world, assumptions));
        Verdict::Undecided(calm.map(|(since, bound)| (bound, world.now - since)))
    }

    /// Why the run does not end with one believer that all running nodes agree on, after a calm that should
    /// have led to this: every possible assumption has held for longer than a recovery takes.
    pub fn discord(&self, world: &World<'_>, assumptions: &Assumptions) -> Option<String> {
        let Recovery::Within { bound } = world.recovery() else { return None };
        // Neither token checks nor the time of acknowledgement affects an election.
        let matters = |a: &Assumption| !matches!(a, Assumption::Fencing | Assumption::QuorumAcknowledges);
        let spells = Assumption::ALL.iter().filter(|a| matters(a)).filter_map(|&a| assumptions.spell(a));
        let held = spells.map(|spell| spell.until).max().unwrap_or(SimTime::ZERO);
        let since = held.max(self.disturbed).max(self.settled).max(assumptions.late_until());
        let reorders = world.case.scenario.network.reorder;
        if since == SimTime::NEVER || reorders || !timing::heals(world) || world.now <= since + *bound {
            return None;
        }
        let running = || world.case.member_places().filter(|&p| world.node(p).runs() && !world.node(p).left);
        running().next()?;
        let believers = world.believers();
        let [leader] = believers[..] else {
            return Some(format!("{} believers after a calm since {since}", believers.len()));
        };
        // A service's clients need not know the leader, but the service must.
        let leader_id = world.case.ids[usize::from(leader)];
        let differs = |p: &Place| world.node(*p).belief.leader != leader_id;
        if matches!(world.case.info.authority, Authority::Service(_)) {
            let names = world.leader_in_truth();
            return (names != Some(leader)).then(|| format!("the service does not name {leader_id}"));
        }
        let other = running().find(|p| *p != leader && differs(p))?;
        let id = world.case.ids[usize::from(other)];
        Some(format!("{id} does not take {leader_id} for the leader after a calm since {since}"))
    }
}
