//! A lane at one moment, put together again from its records: who runs, what everybody believes, what waits where,
//! what is in the logs.

use std::collections::BTreeMap;

use election_playground::base::{NodeId, SimTime, Span};
use election_playground::protocol::{Authority, Belief, Role};
use election_playground::scenario::{Action, Change, Who};
use election_playground::trace::{Acted, Kind, Place, Record};
use election_playground::words::Value;

use super::case::Case;
use super::network::Network;

/// A message by its link, its number there and its copy.
pub type Letter = (Place, Place, u32, u8);

/// A process.
pub struct Node {
    /// Whether it is there: not crashed, and started.
    pub up: bool,
    /// Whether it has not started for the first time yet.
    pub starting: bool,
    /// Whether it stands still.
    pub paused: bool,
    /// What it believes; of a process that is down its last word, less that it leads.
    pub belief: Belief,
    /// The number of its leadership, counted over the lane; 0 while it does not lead.
    pub leadership: u32,
    /// Whether its session was closed for good.
    pub left: bool,
    /// How long it takes over a message.
    pub slow: Span,
    /// How fast its clock runs, in millionths.
    pub drift: i32,
    /// What has reached it and waits to be taken in.
    pub inbox: Vec<Letter>,
    /// The value of each setting there.
    pub settings: Vec<Value>,
    /// The epochs of the entries of its log, from index 1; what is on its disk.
    pub log: Vec<u32>,
}

impl Node {
    /// Whether it is up and does not stand still.
    pub fn runs(&self) -> bool {
        self.up && !self.paused
    }

    /// Whether its log has an entry of that epoch at that index.
    pub fn has(&self, index: u32, epoch: u64) -> bool {
        let entry = (index as usize).checked_sub(1).and_then(|at| self.log.get(at));
        entry.is_some_and(|it| u64::from(*it) == epoch)
    }

    /// How new its log is: of two logs the one with the larger pair is newer.
    pub fn newness(&self) -> (u32, usize) {
        (self.log.last().copied().unwrap_or(0), self.log.len())
    }
}

/// A lane just after one of its records.
pub struct World<'a> {
    /// The run.
    pub case: &'a Case<'a>,
    /// The time of that record.
    pub now: SimTime,
    /// The event that it belongs to.
    pub step: u32,
    /// Members, then services.
    pub nodes: Vec<Node>,
    /// The links.
    pub network: Network,
    /// Whether the store checks tokens.
    pub fencing: bool,
    /// How many leaderships have begun.
    pub leaderships: u32,
    /// The act that is being carried out.
    act: Option<&'a Action>,
    /// When each message arrives, as far as the run tells.
    arrivals: BTreeMap<Letter, SimTime>,
    /// Where the records contradict each other.
    pub contradictions: Vec<String>,
}

impl<'a> World<'a> {
    /// The lane before anything has happened.
    pub fn new(case: &'a Case<'a>) -> World<'a> {
        let node = |place: usize| {
            let id = case.ids[place];
            let mut settings = case.lane.settings.clone();
            for special in case.lane.by_node.iter().filter(|it| it.nodes.contains(&id)) {
                settings[special.setting] = special.value.clone();
            }
            let log = case.init(id, "log").unwrap_or(&[]).iter().map(|epoch| *epoch as u32).collect();
            Node {
                up: false,
                starting: true,
                paused: false,
                belief: Belief::default(),
                leadership: 0,
                left: false,
                slow: Span::ZERO,
                drift: 0,
                inbox: Vec::new(),
                settings,
                log,
            }
        };
        World {
            case,
            now: SimTime::ZERO,
            step: 0,
            nodes: (0..case.nodes()).map(node).collect(),
            network: Network::new(case.nodes() + 1, &case.scenario.network),
            fencing: case.lane.store.fencing,
            leaderships: 0,
            act: None,
            arrivals: arrivals(&case.records),
            contradictions: Vec::new(),
        }
    }

    /// The process at a place.
    pub fn node(&self, place: Place) -> &Node {
        &self.nodes[usize::from(place)]
    }

    /// The value of a setting at a node.
    pub fn setting(&self, node: &'a Node, name: &str) -> &Value {
        let at = self.case.info.settings.iter().position(|it| it.name == name);
        &node.settings[at.expect("the algorithm has that setting")]
    }

    /// The members who believe that they lead.
    pub fn believers(&self) -> Vec<Place> {
        self.case.member_places().filter(|&p| self.node(p).belief.leads).collect()
    }

    /// The members who vote: all but learners.
    pub fn voters(&self) -> Vec<Place> {
        let info = self.case.info;
        let at = info.settings.iter().position(|it| it.name == "learners");
        let learners: &[NodeId] = match at.map(|at| &self.case.lane.settings[at]) {
            Some(Value::Ids(ids)) => ids,
            _ => &[],
        };
        self.case.member_places().filter(|&p| !learners.contains(&self.case.ids[usize::from(p)])).collect()
    }

    /// The leader in truth: see docs/judging.md, "Who leads".
    pub fn leader_in_truth(&self) -> Option<Place> {
        match self.case.info.authority {
            Authority::None => None,
            Authority::Service => {
                let records = self.case.service_places().map(|s| self.node(s).belief.leader);
                records.filter_map(NodeId::some).next().and_then(|id| self.case.place(id))
            }
            Authority::Quorum => {
                let voters = self.voters();
                let stayed = |epoch| voters.iter().filter(|&&v| self.node(v).belief.epoch <= epoch).count();
                let in_truth = |p: &Place| voters.len() / 2 < stayed(self.node(*p).belief.epoch);
                // There are several only where the algorithm is wrong on purpose; then one of them is meant.
                self.believers().into_iter().filter(in_truth).max_by_key(|&p| self.node(p).belief.epoch)
            }
        }
    }

    /// Whether a member that runs reaches a quorum of the voting members that run, both ways, itself included.
    pub fn reaches_quorum(&self, place: Place) -> bool {
        let voters = self.voters();
        let reached = |&&v: &&Place| self.node(v).runs() && self.network.both_open(place, v);
        self.node(place).runs() && voters.len() / 2 < voters.iter().filter(reached).count()
    }

    /// Whether a service that runs and the place reach each other.
    pub fn reaches_service(&self, place: Place) -> bool {
        let reaches = |s: Place| self.node(s).runs() && self.network.both_open(place, s);
        self.case.service_places().any(reaches)
    }

    /// Whether an election is under way that somebody could win.
    pub fn election_under_way(&self) -> bool {
        let candidate = |p: &Place| self.node(*p).belief.role == Role::Candidate;
        self.case.member_places().filter(candidate).any(|p| self.could_win(p))
    }

    /// Whether the member could win an election: it runs, and with a quorum it votes, and reaches a quorum whose logs
    /// are no newer than its own.
    fn could_win(&self, place: Place) -> bool {
        let me = self.node(place);
        if self.case.info.authority != Authority::Quorum || !me.runs() {
            return me.runs();
        }
        let voters = self.voters();
        let votes = |v: Place| self.node(v).runs() && self.node(v).newness() <= me.newness();
        let votes = voters.iter().filter(|&&v| votes(v) && self.network.both_open(place, v)).count();
        voters.contains(&place) && voters.len() / 2 < votes
    }

    /// Whether the node could act on a suspicion.
    pub fn can_act(&self, place: Place) -> bool {
        match self.case.info.authority {
            Authority::None => self.case.is_member(place) && self.node(place).runs(),
            Authority::Service => !self.case.is_member(place) && self.node(place).runs(),
            Authority::Quorum => {
                self.case.is_member(place) && self.voters().contains(&place) && self.reaches_quorum(place)
            }
        }
    }

    /// When the message arrives; after the end of the run where the run does not tell.
    pub fn arrival(&self, letter: Letter) -> SimTime {
        self.arrivals.get(&letter).copied().unwrap_or(SimTime::NEVER)
    }

    /// The place that `leader` means.
    fn leader(&self) -> Option<Place> {
        let newest = || self.believers().into_iter().max_by_key(|&p| self.node(p).leadership);
        self.leader_in_truth().or_else(newest)
    }

    /// Whom a scenario's word means now: see docs/scenario.md, "Who".
    pub fn whom(&self, who: &Who) -> Vec<Place> {
        let with_role = |role| {
            let fits = |p: &Place| self.node(*p).up && self.node(*p).belief.role == role;
            self.case.member_places().find(fits).into_iter().collect()
        };
        match who {
            Who::Node(id) => self.case.place(*id).into_iter().collect(),
            Who::Leader => self.leader().into_iter().collect(),
            Who::Follower => with_role(Role::Follower),
            Who::Candidate => with_role(Role::Candidate),
            Who::All => self.case.member_places().collect(),
            Who::Majority => self.majority(),
            Who::Minority => {
                let majority = self.majority();
                self.case.member_places().filter(|p| !majority.contains(p)).collect()
            }
            Who::Several(several) => {
                let mut all: Vec<Place> = Vec::new();
                for place in several.iter().flat_map(|who| self.whom(who)) {
                    if !all.contains(&place) {
                        all.push(place);
                    }
                }
                all
            }
        }
    }

    /// The quorum of lowest ids with the leader in it.
    fn majority(&self) -> Vec<Place> {
        let leader = self.leader();
        let others = self.case.member_places().filter(|&p| Some(p) != leader);
        let size = self.case.members / 2 + 1 - usize::from(leader.is_some());
        let mut majority: Vec<Place> = others.take(size).chain(leader).collect();
        majority.sort_unstable();
        majority
    }

    /// The side of each node; who is listed on none joins the largest.
    fn sides(&self, listed: &[Vec<Who>]) -> Vec<usize> {
        let sides: Vec<Vec<Place>> =
            listed.iter().map(|side| side.iter().flat_map(|who| self.whom(who)).collect()).collect();
        let members = |side: &Vec<Place>| side.iter().filter(|&&p| self.case.is_member(p)).count();
        let most = sides.iter().map(members).max().unwrap_or(0);
        let largest = sides.iter().position(|side| members(side) == most).unwrap_or(0);
        let side = |p: Place| sides.iter().position(|side| side.contains(&p)).unwrap_or(largest);
        (0..self.case.nodes() as Place).map(side).collect()
    }

    /// Takes the record in.
    pub fn apply(&mut self, r: &Record) {
        if self.step != r.step {
            self.act = None;
        }
        (self.now, self.step) = (r.at, r.step);
        let place = usize::from(r.node);
        match r.kind {
            Kind::Start => {
                let node = &mut self.nodes[place];
                (node.up, node.starting, node.paused, node.left) = (true, false, false, false);
            }
            Kind::Crash => {
                let node = &mut self.nodes[place];
                (node.up, node.paused, node.leadership) = (false, false, 0);
                node.belief.leads = false;
                if node.belief.role == Role::Leader {
                    node.belief.role = Role::Follower;
                }
                node.inbox.clear();
            }
            Kind::Pause => self.nodes[place].paused = true,
            Kind::Resume => self.nodes[place].paused = false,
            Kind::Belief => self.believe(r),
            Kind::Wait => self.nodes[usize::from(r.peer)].inbox.push((r.node, r.peer, r.nth, r.copy)),
            Kind::Deliver | Kind::Lose if self.case.is_node(r.peer) => {
                let letter = (r.node, r.peer, r.nth, r.copy);
                self.nodes[usize::from(r.peer)].inbox.retain(|it| *it != letter);
            }
            Kind::Append => {
                let [first, last, epoch, ..] = r.args;
                let log = &mut self.nodes[place].log;
                if log.len() + 1 != first as usize || last < first {
                    self.contradictions.push(format!("{}: entries {first} to {last} follow no log", r.at));
                }
                log.resize(last as usize, epoch);
            }
            Kind::Truncate => self.nodes[place].log.truncate(r.args[0] as usize),
            Kind::Act => self.take_up_act(r),
            Kind::Clock => self.turn_clock(place, r.sub == 1),
            Kind::Set => self.set(r.node),
            _ => {}
        }
    }

    fn believe(&mut self, r: &Record) {
        let belief = r.belief(&self.case.ids);
        let node = &mut self.nodes[usize::from(r.node)];
        if belief.leads && (node.leadership == 0 || node.belief.epoch != belief.epoch) {
            self.leaderships += 1;
            node.leadership = self.leaderships;
        } else if !belief.leads {
            node.leadership = 0;
        }
        node.belief = belief;
    }

    /// An act begins: what it does to links happens now, the rest has records of its own.
    fn take_up_act(&mut self, r: &Record) {
        let action = &self.case.acts[r.args[0] as usize].action;
        if r.sub != Acted::Done as u8 {
            return;
        }
        self.act = Some(action);
        match action {
            Action::DeliverMessage(message) => {
                // It leaves the inbox; if it waits there again there is a record of that.
                let ends = (self.case.place(message.from), self.case.place(message.to));
                if let (Some(from), Some(to)) = ends
                    && self.case.is_node(to)
                {
                    let letter = (from, to, message.nth, message.copy);
                    self.nodes[usize::from(to)].inbox.retain(|it| *it != letter);
                }
            }
            Action::Close(who) => {
                for place in self.whom(who).into_iter().filter(|&p| self.case.is_member(p)) {
                    let node = &mut self.nodes[usize::from(place)];
                    node.left |= node.runs();
                }
            }
            Action::Campaign(who) => {
                for place in self.whom(who).into_iter().filter(|&p| self.case.is_member(p)) {
                    let node = &mut self.nodes[usize::from(place)];
                    node.left &= !node.runs();
                }
            }
            _ => {
                let mut network = core::mem::take(&mut self.network);
                network.act(action, &|who| self.whom(who), &|listed| self.sides(listed));
                self.network = network;
            }
        }
    }

    fn turn_clock(&mut self, place: usize, set: bool) {
        match self.act {
            Some(Action::Slow(_, span)) => self.nodes[place].slow = *span,
            Some(Action::Drift(_, ppm)) if !set => self.nodes[place].drift = *ppm,
            _ => {}
        }
    }

    /// A setting changed at the node, or at all of them.
    fn set(&mut self, place: Place) {
        let Some(Action::Set(set)) = self.act else { return };
        match &set.change {
            Change::Setting(setting, value) => {
                for p in (0..self.nodes.len()).filter(|&p| !self.case.is_node(place) || p == place.into()) {
                    self.nodes[p].settings[*setting] = value.clone();
                }
            }
            Change::Fencing(on) => self.fencing = *on,
            Change::Interval(_) | Change::StoreLatency(_) => {}
        }
    }
}

/// When each message reached its receiver, or was lost on its way.
fn arrivals(records: &[Record]) -> BTreeMap<Letter, SimTime> {
    let mut arrivals = BTreeMap::new();
    for r in records {
        if matches!(r.kind, Kind::Wait | Kind::Deliver | Kind::Lose) {
            arrivals.entry((r.node, r.peer, r.nth, r.copy)).or_insert(r.at);
        }
    }
    arrivals
}
