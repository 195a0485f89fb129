//! Who leads in truth, and what a leader or a client needs to reach.
//!
//! Every function is about one group: the main group, or one of [`election_protocol::Info::groups`]. The rules are in
//! docs/judging.md, "Who leads".

use core::ops::Range;

use crate::trace::{Glance, Place};
use election_base::NodeId;
use election_protocol::{Agreement, Authority, Belief, GroupId, GroupInfo, Info, Seats};

/// What makes a leader of the group the leader in truth.
pub fn authority<G: Glance + ?Sized>(world: &G, group: GroupId) -> Authority {
    named(world.info(), group).map_or(world.info().authority, |it| it.authority)
}

/// The places of the nodes that can lead the group.
pub fn seats<G: Glance + ?Sized>(world: &G, group: GroupId) -> Range<Place> {
    match named(world.info(), group).map_or(Seats::Members, |it| it.seats) {
        Seats::Members => 0..world.members() as Place,
        Seats::Services => services(world),
    }
}

/// The description of a group; `None` for the main one.
pub fn named(info: &'static Info, group: GroupId) -> Option<&'static GroupInfo> {
    info.groups.get(usize::from(group.0).checked_sub(1)?)
}

/// The number of the group with that name.
pub fn group_called(info: &Info, name: &str) -> Option<GroupId> {
    let position = info.groups.iter().position(|it| it.name == name)?;
    Some(GroupId(position as u8 + 1))
}

fn services<G: Glance + ?Sized>(world: &G) -> Range<Place> {
    let members = world.members();
    members as Place..(members + world.services()) as Place
}

/// Whether a place that can lead the group counts in its quorums.
pub fn votes<G: Glance + ?Sized>(world: &G, p: Place) -> bool {
    world.members() <= usize::from(p) || world.votes(p)
}

/// The place of the group's leader in truth.
///
/// [`Authority::Service`]: the node that the service's record names, even if it is down. [`Authority::Quorum`]: the
/// believer whose epoch some quorum has not left; two quorums intersect, so there is at most one. [`Authority::None`]:
/// none.
pub fn leader<G: Glance + ?Sized>(world: &G, group: GroupId) -> Option<Place> {
    let mut seats = seats(world, group);
    match authority(world, group) {
        Authority::None => None,
        Authority::Service(agreement) => {
            let named = record(world, group, agreement)?.leader;
            seats.find(|&p| world.id(p) == named)
        }
        Authority::Quorum => {
            let epoch = |p: Place| world.belief_of(group, p).epoch;
            let voters = seats.clone().filter(|&q| votes(world, q));
            let quorum = voters.clone().count() / 2 + 1;
            let stayed = |of: u64| voters.clone().filter(|&q| epoch(q) <= of).count();
            let leads = |&p: &Place| world.belief_of(group, p).leads && quorum <= stayed(epoch(p));
            seats.filter(leads).max_by_key(|&p| epoch(p))
        }
    }
}

/// The record that the service's nodes agree on, if they do. Nodes that are down count: a record is on disk.
fn record<G: Glance + ?Sized>(world: &G, group: GroupId, agreement: Agreement) -> Option<Belief> {
    let belief = |s: Place| world.belief_of(group, s);
    if agreement == Agreement::Primary {
        return primary(world).map(belief);
    }
    let quorum = world.services() / 2 + 1;
    let holds = |record: &Belief, s: Place| {
        let own = belief(s);
        own.token > record.token || (own.token, own.leader) == (record.token, record.leader)
    };
    let agreed = |record: &Belief| quorum <= services(world).filter(|&s| holds(record, s)).count();
    services(world).map(belief).filter(agreed).max_by_key(|it| it.token)
}

/// The node that leads the service: the one that the newest epoch of its group names, even if it is down.
fn primary<G: Glance + ?Sized>(world: &G) -> Option<Place> {
    let group = group_called(world.info(), GroupInfo::SERVICE)?;
    let known = services(world).map(|s| world.belief_of(group, s)).filter(|it| it.leader != NodeId::NONE);
    let newest = known.max_by_key(|it| it.epoch)?.leader;
    services(world).find(|&s| world.id(s) == newest)
}

/// The believer whose leadership of the group is the newest.
fn newest_believer<G: Glance + ?Sized>(world: &G, group: GroupId) -> Option<Place> {
    let number = |p: Place| world.belief_number_of(group, p);
    seats(world, group).max_by_key(|&p| number(p)).filter(|&p| 0 < number(p))
}

/// The group's leader in truth; if there is none, the newest believer.
pub fn leader_or_believer<G: Glance + ?Sized>(world: &G, group: GroupId) -> Option<Place> {
    leader(world, group).or_else(|| newest_believer(world, group))
}

fn runs<G: Glance + ?Sized>(world: &G, p: Place) -> bool {
    world.up(p) && !world.paused(p)
}

fn linked<G: Glance + ?Sized>(world: &G, a: Place, b: Place) -> bool {
    a == b || world.reaches(a, b) && world.reaches(b, a)
}

/// Whether the node runs and reaches, in both directions, a quorum of the group's running voters, including itself.
pub fn reaches_quorum<G: Glance + ?Sized>(world: &G, group: GroupId, p: Place) -> bool {
    reaches_quorum_of(world, group, p, |q| runs(world, q))
}

/// The same, with `there` deciding which nodes run.
fn reaches_quorum_of<G: Glance + ?Sized>(
    world: &G,
    group: GroupId,
    p: Place,
    there: impl Fn(Place) -> bool,
) -> bool {
    if !there(p) {
        return false;
    }
    let connected = world.connected();
    let (mut voters, mut reached) = (0, 0);
    for q in seats(world, group).filter(|&q| votes(world, q)) {
        voters += 1;
        reached += usize::from(there(q) && (connected || linked(world, p, q)));
    }
    voters / 2 < reached
}

/// Whether the place reaches, in both directions, what a client needs of the service, and whether that works.
pub fn reaches_service<G: Glance + ?Sized>(world: &G, agreement: Agreement, p: Place) -> bool {
    reaches_service_of(world, agreement, p, |s| runs(world, s))
}

/// The same, with `there` deciding which nodes run.
fn reaches_service_of<G: Glance + ?Sized>(
    world: &G,
    agreement: Agreement,
    p: Place,
    there: impl Fn(Place) -> bool,
) -> bool {
    let quorum = world.services() / 2 + 1;
    let mut reached = services(world).filter(|&s| there(s) && linked(world, p, s));
    match agreement {
        Agreement::Ensemble => reached.any(|s| {
            let others = services(world).filter(|&other| there(other) && linked(world, s, other));
            quorum <= others.count()
        }),
        Agreement::Independent => quorum <= reached.count(),
        Agreement::Primary => primary(world).is_some_and(|s| reached.any(|it| it == s)),
    }
}

/// Whether some member reaches a quorum of the members. Members that the algorithm itself has switched off count as
/// running.
pub fn quorum_up<G: Glance + ?Sized>(world: &G, off: &dyn Fn(Place) -> bool) -> bool {
    let there = |p: Place| runs(world, p) || off(p);
    (0..world.members() as Place).any(|p| reaches_quorum_of(world, GroupId::MAIN, p, there))
}

/// Whether some member that is up or about to start reaches the service; true if there is no service. As in
/// [`quorum_up`], nodes that the algorithm itself has switched off count as running.
pub fn service_up<G: Glance + ?Sized>(world: &G, off: &dyn Fn(Place) -> bool) -> bool {
    let Authority::Service(agreement) = world.info().authority else { return true };
    let client = |p: &Place| world.up(*p) || world.waits_to_start(*p) || off(*p);
    let there = |p: Place| runs(world, p) || off(p);
    let mut clients = (0..world.members() as Place).filter(client);
    clients.any(|p| reaches_service_of(world, agreement, p, there))
}
