//! Determines which nodes an act refers to and whether it will have an effect, by observation alone.

use crate::trace::truth;
use crate::trace::{Acted, Glance, Place};
use election_base::NodeId;
use election_language::scenario::{Action, Links, Who};
use election_language::vocabulary::Form;
use election_protocol::Role;

/// What an act will do, determined before it is reported.
pub enum Plan {
    /// Act on these nodes.
    Nodes(Vec<Place>),
    /// Act on the first node, with reference to the second if there is one.
    Pair(Place, Option<Place>),
    /// Partition the nodes; the side of each.
    Sides(Vec<u8>),
    /// Act on these links.
    Pairs(Vec<(Place, Place)>),
    /// Act on the message in this slot.
    Message(u32),
    /// Act on everything.
    Whole,
}

/// Resolves designations of nodes, such as `leader`, in a lane as it is now.
pub struct Meant<'a> {
    /// The lane, as an outside observer sees it.
    pub lane: &'a dyn Glance,
    /// The id of each place: members, services, the store.
    pub ids: &'a [NodeId],
}

impl Meant<'_> {
    /// What an act on nodes or links will do, as opposed to timers or messages. `keeps_log` means that a member accepts
    /// writes even if it does not lead.
    pub fn plan(&self, action: &Action, keeps_log: bool) -> Result<Plan, Acted> {
        let everybody = |who: &Who, fits: &dyn Fn(Place) -> bool| self.everybody(who, fits);
        match action {
            Action::Crash(who) | Action::Stonith(who) => everybody(who, &|p| self.lane.up(p)),
            Action::Restart(who) => everybody(who, &|p| !self.lane.up(p)),
            Action::Pause(who, _) => everybody(who, &|p| self.runs(p)),
            Action::Resume(who) => everybody(who, &|p| self.lane.up(p) && self.lane.paused(p)),
            Action::Isolate(who) | Action::Drift(who, _) | Action::Skew(who, _) | Action::Slow(who, _) => {
                everybody(who, &|_| true)
            }
            Action::Command { word, who, about } => match word.form {
                // Only members accept such commands.
                Form::Each => everybody(who, &|p| self.is_member(p) && self.runs(p)),
                Form::ToService => everybody(who, &|p| self.is_member(p)),
                Form::Pair => self.pair(who, about.as_ref()),
            },
            Action::Write(who) => {
                let leads = |p: Place| self.lane.belief(p).leads;
                let fits = |p: Place| self.runs(p) && self.is_member(p) && (keeps_log || leads(p));
                match who {
                    Some(who) => everybody(who, &fits),
                    None => {
                        let places: Vec<Place> = self.members().filter(|&p| fits(p) && leads(p)).collect();
                        if places.is_empty() { Err(Acted::NoMatch) } else { Ok(Plan::Nodes(places)) }
                    }
                }
            }
            Action::Partition(sides) => Ok(Plan::Sides(self.sides(sides))),
            Action::Heal | Action::DeliverAll | Action::Reseed(_) | Action::Send(_) => Ok(Plan::Whole),
            Action::Set(set) => match &set.who {
                None => Ok(Plan::Whole),
                Some(who) => everybody(who, &|_| true),
            },
            Action::Cut(links)
            | Action::Join(links)
            | Action::Latency(links, _)
            | Action::Loss(links, _)
            | Action::Duplicate(links, _) => match links {
                Links::All => Ok(Plan::Whole),
                Links::Between { from, to, both } => {
                    let pairs = self.pairs(from, to, *both);
                    if pairs.is_empty() { Err(Acted::NoMatch) } else { Ok(Plan::Pairs(pairs)) }
                }
            },
            Action::Fire(..)
            | Action::DelayTimer(..)
            | Action::Tick(..)
            | Action::DropMessage(_)
            | Action::DeliverMessage(_)
            | Action::DelayMessage(..)
            | Action::DuplicateMessage(_) => {
                unreachable!("{action} is planned where timers and messages are known")
            }
        }
    }

    /// The two nodes of a command that refers to another node.
    fn pair(&self, who: &Who, about: Option<&Who>) -> Result<Plan, Acted> {
        let member = |who: &Who| self.resolve(who).first().copied().filter(|&p| self.is_member(p));
        match (member(who), about.map(member)) {
            (None, _) | (_, Some(None)) => Err(Acted::NoMatch),
            (Some(who), _) if !self.runs(who) => Err(Acted::Nothing),
            (Some(who), about) => Ok(Plan::Pair(who, about.flatten())),
        }
    }

    /// The nodes referred to that fit.
    pub fn everybody(&self, who: &Who, fits: &dyn Fn(Place) -> bool) -> Result<Plan, Acted> {
        let meant = self.resolve(who);
        if meant.is_empty() {
            return Err(Acted::NoMatch);
        }
        let places: Vec<Place> = meant.into_iter().filter(|&p| self.is_node(p) && fits(p)).collect();
        if places.is_empty() { Err(Acted::Nothing) } else { Ok(Plan::Nodes(places)) }
    }

    /// The places referred to, without duplicates, in the order named; groups are in ascending order.
    pub fn resolve(&self, who: &Who) -> Vec<Place> {
        let first = |role| self.members().find(|&p| self.lane.up(p) && self.lane.belief(p).role == role);
        match who {
            Who::Node(id) => {
                self.ids.iter().position(|it| it == id).map(|p| p as Place).into_iter().collect()
            }
            Who::Leader => self.lane.leader().into_iter().collect(),
            Who::LeaderOf(group) => truth::group_called(self.lane.info(), group)
                .and_then(|group| truth::leader_or_believer(self.lane, group))
                .into_iter()
                .collect(),
            Who::Follower => first(Role::Follower).into_iter().collect(),
            Who::Candidate => first(Role::Candidate).into_iter().collect(),
            Who::All => self.members().collect(),
            Who::Majority => self.majority(),
            Who::Minority => {
                let majority = self.majority();
                self.members().filter(|p| !majority.contains(p)).collect()
            }
            Who::Several(list) => {
                let mut all = Vec::new();
                for place in list.iter().flat_map(|w| self.resolve(w)) {
                    if !all.contains(&place) {
                        all.push(place);
                    }
                }
                all
            }
        }
    }

    /// The quorum with the lowest ids that includes the leader.
    fn majority(&self) -> Vec<Place> {
        let quorum = self.lane.members() / 2 + 1;
        let leader = self.lane.leader().filter(|&p| self.is_member(p));
        // The leader is included in any case; the others are chosen by id.
        let mut seats = quorum - usize::from(leader.is_some());
        let mut seated = || {
            let free = seats > 0;
            seats -= usize::from(free);
            free
        };
        self.members().filter(|&p| Some(p) == leader || seated()).collect()
    }

    /// The side of each node, from 0; a node that is not listed joins the largest listed side.
    fn sides(&self, sides: &[Vec<Who>]) -> Vec<u8> {
        let listed: Vec<Vec<Place>> =
            sides.iter().map(|side| side.iter().flat_map(|w| self.resolve(w)).collect()).collect();
        let size = |s: &[Place]| s.iter().filter(|&&p| self.is_member(p)).count();
        let mut largest = 0;
        for (i, side) in listed.iter().enumerate() {
            if size(side) > size(&listed[largest]) {
                largest = i;
            }
        }
        let mut of = vec![largest as u8; self.ids.len() - 1];
        // A node named on two sides, as may happen with `1 | leader`, stays on the first.
        for (i, side) in listed.iter().enumerate().rev() {
            for &place in side.iter().filter(|&&p| self.is_node(p)) {
                of[usize::from(place)] = i as u8;
            }
        }
        of
    }

    /// The directions between two sets of nodes. The store sends nothing.
    fn pairs(&self, from: &Who, to: &Who, both: bool) -> Vec<(Place, Place)> {
        let mut pairs = Vec::new();
        for a in self.resolve(from) {
            for b in self.resolve(to) {
                if a == b {
                    continue;
                }
                if self.is_node(a) {
                    pairs.push((a, b));
                }
                if both && self.is_node(b) {
                    pairs.push((b, a));
                }
            }
        }
        pairs
    }

    fn members(&self) -> core::ops::Range<Place> {
        0..self.lane.members() as Place
    }

    /// Whether it is up and not paused.
    pub fn runs(&self, place: Place) -> bool {
        self.lane.up(place) && !self.lane.paused(place)
    }

    fn is_member(&self, place: Place) -> bool {
        usize::from(place) < self.lane.members()
    }

    /// Whether it is a member or a service node; the store is the last place.
    fn is_node(&self, place: Place) -> bool {
        usize::from(place) < self.ids.len() - 1
    }
}
