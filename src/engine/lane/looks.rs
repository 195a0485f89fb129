//! Queries on a lane at its cursor.

use super::{Lane, REFUSED, Stored};
use crate::checker::{Contract, GroupStats, Stats, Verdict, Violation};
use crate::sim::{Behaviour, Pending, Resource};
use crate::trace::truth;
use crate::trace::{Glance, Kind, Place, Traffic, WRITE};
use election_base::{LocalTime, NodeId, SimTime, Span};
use election_language::scenario::{MessageRef, Who};
use election_protocol::{ARGS_MAX, Belief, GroupId, NodeView, Property, Recovery, Shape};

/// A message or write in flight, for pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flight {
    /// The sender.
    pub from: Place,
    /// The receiver.
    pub to: Place,
    /// Its sequence number on the link.
    pub nth: u32,
    /// 1, or the number of the copy.
    pub copy: u8,
    /// The position in [`election_protocol::Info::messages`], or [`crate::trace::WRITE`].
    pub kind: u8,
    /// Its numbers, such as an id or a term.
    pub args: [u32; ARGS_MAX],
    /// When it was sent.
    pub sent: SimTime,
    /// When it arrives.
    pub due: SimTime,
}

/// A message that was lost, or a write that was rejected, a short while ago, for pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lost {
    /// The message. `sent` is when it was lost; `due` is later by the usual delay on that link, which is how long
    /// pictures show the loss.
    pub flight: Flight,
    /// The reason: a [`crate::trace::Loss`], or [`REFUSED`].
    pub why: u8,
}

/// A timer that is set, for pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ticking {
    /// The node.
    pub node: Place,
    /// The index of the timer; the simulator's write timer comes after the algorithm's own.
    pub timer: u8,
    /// When it was set.
    pub since: SimTime,
    /// When it fires.
    pub due: SimTime,
}

// Verdicts and figures.
impl Lane {
    /// The statistics up to the cursor.
    pub fn stats(&self) -> &Stats {
        self.cursor_watch.seen.checker.stats()
    }

    /// The figures of each group other than the main one, up to the cursor, in the order of
    /// [`election_protocol::Info::groups`].
    pub fn group_stats(&self) -> Vec<&GroupStats> {
        self.cursor_watch.seen.checker.group_stats().collect()
    }

    /// Since when no node serves in a group at the cursor, if one has served before.
    pub fn unserved_since_in(&self, group: GroupId) -> Option<SimTime> {
        self.cursor_watch.seen.checker.unserved_since_in(group)
    }

    /// How long no node served up to the cursor, as of `now`.
    pub fn unserved(&self, now: SimTime) -> Span {
        self.cursor_watch.seen.checker.unserved(now)
    }

    /// How many messages were sent and received up to the cursor.
    pub fn traffic(&self) -> &Traffic {
        self.cursor.traffic()
    }

    /// The contract that its checker judges by.
    pub fn contract(&self) -> &Contract {
        self.cursor_watch.seen.checker.contract()
    }

    /// The violations up to the cursor.
    pub fn violations(&self) -> Vec<Violation> {
        self.cursor_watch.seen.checker.violations().cloned().collect()
    }

    /// The verdict on a property up to the cursor, as of `now`.
    pub fn verdict(&self, property: Property, now: SimTime) -> Verdict {
        self.cursor_watch.seen.checker.verdict(property, now, &self.glance())
    }

    /// The verdicts on all properties up to the cursor, as of `now`.
    pub fn verdicts(&self, now: SimTime) -> Vec<Verdict> {
        self.cursor_watch.seen.checker.verdicts(now, &self.glance())
    }

    /// Whether a node serves at the cursor.
    pub fn serving(&self) -> bool {
        self.cursor_watch.seen.checker.serving()
    }

    /// Since when no node serves at the cursor, if one has served before.
    pub fn unserved_since(&self) -> Option<SimTime> {
        self.cursor_watch.seen.checker.unserved_since()
    }

    /// The longest message delay that the timeouts tolerate at the cursor; `None` if there is no limit.
    pub fn delay_bound(&self) -> Option<Span> {
        self.glance().delay_bound()
    }

    /// How long a recovery from the cursor takes; `None` if a setting gives it up or no node runs.
    pub fn recovery(&self) -> Option<Recovery> {
        self.cursor_watch.seen.checker.recovery(&self.glance())
    }

    /// The kind and arguments of a message that the scenario's conditions refer to, once it has been sent.
    pub fn message(&self, message: &MessageRef) -> Option<(u8, [u32; 5])> {
        self.cursor_watch.seen.probes.message(message)
    }

    /// How many of these rules a node that the scenario's conditions refer to has executed in order.
    pub fn order(&self, node: NodeId, rules: &[u32]) -> usize {
        self.cursor_watch.seen.probes.order(node, rules)
    }

    /// Whether the run broke off before the cursor.
    pub fn stuck(&self) -> bool {
        self.broke_off().is_some()
    }

    /// When the run broke off before the cursor, if it did, and the reason: a [`crate::trace::BreakOff`].
    pub fn broke_off(&self) -> Option<(SimTime, u8)> {
        self.stats().broke_off
    }
}

// The state of the nodes, the links and the store.
impl Lane {
    /// What a node believes.
    pub fn belief(&self, place: Place) -> Belief {
        self.glance().belief(place)
    }

    /// The number of its leadership belief; 0 if it does not lead.
    pub fn belief_number(&self, place: Place) -> u32 {
        self.glance().belief_number(place)
    }

    /// Whether its process exists, running or paused.
    pub fn up(&self, place: Place) -> bool {
        self.glance().up(place)
    }

    /// Whether its process is paused.
    pub fn paused(&self, place: Place) -> bool {
        self.glance().paused(place)
    }

    /// Whether its process has yet to start for the first time.
    pub fn waits_to_start(&self, place: Place) -> bool {
        self.cursor.waits_to_start(place)
    }

    /// Whether messages get from one place to another.
    pub fn reaches(&self, from: Place, to: Place) -> bool {
        self.glance().reaches(from, to)
    }

    /// Whether the member runs and reaches, in both directions, a quorum of running voters, including itself.
    pub fn reaches_quorum(&self, place: Place) -> bool {
        self.glance().reaches_quorum(place)
    }

    /// How many members vote, and how many of them run and are linked with this one in both directions, itself included.
    pub fn voters(&self, place: Place) -> (usize, usize) {
        let world = self.glance();
        let voters = (0..self.members() as Place).filter(|&it| world.votes(it));
        let linked = |&it: &Place| {
            let both = it == place || world.reaches(place, it) && world.reaches(it, place);
            world.up(it) && !world.paused(it) && both
        };
        (voters.clone().count(), voters.filter(linked).count())
    }

    /// The event that cut the link from one place to the other, if it is cut.
    pub fn cut_by(&self, from: Place, to: Place) -> Option<u32> {
        self.cursor.cut_by(from, to)
    }

    /// The event that stopped the node's process, if it is down and was up before.
    pub fn down_by(&self, place: Place) -> Option<u32> {
        self.cursor.down_by(place)
    }

    /// How far a clock is ahead, in microseconds, and how much it runs fast, in parts per million.
    pub fn clock(&self, place: Place) -> (i64, i32) {
        self.cursor.clock(place)
    }

    /// How long it takes to process a message.
    pub fn slowness(&self, place: Place) -> Span {
        self.cursor.slowness(place)
    }

    /// How links between nodes without settings of their own behave now, and how they did at the start.
    pub fn network(&self) -> [Behaviour; 2] {
        self.cursor.network()
    }

    /// The links that behave differently from that, and those to the store that behave differently from the start:
    /// from, to, behaviour.
    pub fn singular_links(&self) -> Vec<(Place, Place, Behaviour)> {
        self.cursor.singular_links()
    }

    /// The fields it displays.
    pub fn view(&self, place: Place) -> NodeView {
        self.cursor.node_view(place)
    }

    /// The leader in truth.
    pub fn leader_in_truth(&self) -> Option<Place> {
        self.glance().leader_in_truth()
    }

    /// The leader in truth, or else the newest believer.
    pub fn leader(&self) -> Option<Place> {
        self.glance().leader()
    }

    /// The leader in truth of a group, or else its newest believer.
    pub fn leader_of(&self, group: GroupId) -> Option<Place> {
        truth::leader_or_believer(&self.glance(), group)
    }

    /// What a node believes of a group.
    pub fn belief_of(&self, group: GroupId, place: Place) -> Belief {
        self.glance().belief_of(group, place)
    }

    /// The nodes that a scenario's designation, such as `leader`, refers to now.
    pub fn resolve(&self, who: &Who) -> Vec<Place> {
        self.cursor.resolve(who)
    }

    /// The place of an id.
    pub fn place(&self, id: NodeId) -> Option<Place> {
        self.world.place(id)
    }

    /// The store.
    pub fn resource(&self) -> &Resource {
        self.cursor.resource()
    }

    /// The newest [`super::WRITES_MAX`] writes that reached the store, the oldest first.
    pub fn writes(&self) -> &[Stored] {
        self.cursor_watch.seen.writes.newest()
    }

    /// Everything that is pending, in order.
    pub fn pending(&self) -> Vec<Pending> {
        self.cursor.pending()
    }

    /// The number of messages in flight.
    pub fn pending_messages(&self) -> usize {
        self.cursor.pending_messages()
    }

    /// Appends the messages in flight to `out`.
    pub fn flights(&self, out: &mut Vec<Flight>) {
        self.cursor.each_message(|e| {
            out.push(Flight {
                from: e.from,
                to: e.to,
                nth: e.nth,
                copy: e.copy,
                kind: e.record.kind,
                args: e.record.args,
                sent: e.sent,
                due: e.due,
            });
        });
    }

    /// Appends to `out` what was lost or rejected at most twice the usual delay before `at`.
    pub fn losses(&self, at: SimTime, out: &mut Vec<Lost>) {
        for r in &self.cursor_watch.seen.losses {
            let (to, kind, why) = if r.kind == Kind::Stored {
                (self.world.store(), WRITE, REFUSED)
            } else {
                (r.peer, r.msg, r.sub)
            };
            let usual = self.cursor.usual_delay(r.node, to);
            let due = r.at + usual;
            if at <= due + usual {
                let (from, nth, copy, args) = (r.node, r.nth, r.copy, r.args);
                out.push(Lost { flight: Flight { from, to, nth, copy, kind, args, sent: r.at, due }, why });
            }
        }
    }

    /// Appends the timers that are set to `out`.
    pub fn ticking(&self, out: &mut Vec<Ticking>) {
        self.cursor.each_timer(|node, timer, since, due| out.push(Ticking { node, timer, since, due }));
    }

    /// Appends to `out` what a picture shows of a node besides its belief; for a crashed node, what is on its disk.
    pub fn shapes(&self, place: Place, out: &mut Vec<Shape>) {
        self.cursor.shapes(place, out);
    }

    /// When the clock that drives the node's timers will show `local`, at its present rate.
    pub fn when(&self, place: Place, local: LocalTime) -> SimTime {
        self.cursor.when(place, local)
    }

    /// The process's role, as a position in the roles of its algorithm; `None` if it is down.
    pub fn role(&self, place: Place) -> Option<usize> {
        self.cursor.role(place)
    }

    /// When the node's present belief to lead began.
    pub fn leads_since(&self, place: Place) -> SimTime {
        self.cursor.leads_since(place)
    }
}
