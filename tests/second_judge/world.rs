//! A lane at one moment, reconstructed from its records: which nodes run, what they believe, which messages wait where,
//! and the contents of the logs.

use std::cell::OnceCell;
use std::collections::{BTreeMap, VecDeque};

use election_playground::base::{NodeId, SimTime, Span};
use election_playground::protocol::{Agreement, Authority, Belief, GroupId, GroupInfo, Role, Seats};
use election_playground::scenario::{Action, Change, Who};
use election_playground::trace::{Acted, Kind, Place, Power, Record};
use election_playground::vocabulary::{Effect, Value};

use super::case::Case;
use super::network::Network;
use super::timing::{self, Recovery};

/// A message, identified by its link, its number there and its copy.
pub type Letter = (Place, Place, u32, u8);

/// A process.
pub struct Node {
    /// Whether it has started and not crashed.
    pub up: bool,
    /// Whether it has yet to start for the first time.
    pub starting: bool,
    /// Whether it is paused.
    pub paused: bool,
    /// Its belief; for a crashed process its last belief, except that it does not lead.
    pub belief: Belief,
    /// The number of its leadership, counted over the lane; 0 while it does not lead.
    pub leadership: u32,
    /// By group other than the main one: its belief, and the number of its leadership there.
    pub groups: Vec<(Belief, u32)>,
    /// Whether the algorithm itself has switched it off and it has not been restarted.
    pub off: bool,
    /// Whether its session was closed for good.
    pub left: bool,
    /// How long it takes to process a message.
    pub slow: Span,
    /// The deviation of its clock's rate, in millionths.
    pub drift: i32,
    /// The messages that have arrived and wait to be processed.
    pub inbox: VecDeque<Letter>,
    /// The total processing time of the first of these; `None` if work on it has not begun.
    work: Option<Span>,
    /// The value of each setting there.
    pub settings: Vec<Value>,
    /// The epochs of the entries of its log, from index 1, as on its disk.
    pub log: Vec<u32>,
}

impl Node {
    /// Whether it is up and not paused.
    pub fn runs(&self) -> bool {
        self.up && !self.paused
    }

    /// Whether its log has an entry of that epoch at that index.
    pub fn has(&self, index: u32, epoch: u64) -> bool {
        let entry = (index as usize).checked_sub(1).and_then(|at| self.log.get(at));
        entry.is_some_and(|it| u64::from(*it) == epoch)
    }

    /// How new its log is: the log with the larger pair is newer.
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
    /// The number of leaderships so far.
    pub leaderships: u32,
    /// The same by group other than the main one.
    pub group_leaderships: Vec<u32>,
    /// The act being carried out.
    act: Option<&'a Action>,
    /// The places of the members that believe they lead.
    believers: Vec<Place>,
    /// The members that vote.
    voters: Vec<Place>,
    /// See [`World::delay_bound`].
    delay_bound: Option<Span>,
    /// See [`World::recovery`]; empty until requested.
    recovery: OnceCell<Recovery>,
    /// The arrival time of each message, as far as the run shows it.
    arrivals: Arrivals,
    /// The number of messages and writes in flight or waiting.
    under_way: usize,
    /// Whether an act delivers all of them at once.
    delivering: bool,
    /// Whether anything in this event may change which nodes serve.
    pub stirred: bool,
    /// Contradictions between records.
    pub contradictions: Vec<String>,
}

impl<'a> World<'a> {
    /// The lane before the first event.
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
                groups: vec![(Belief::default(), 0); case.info.groups.len()],
                off: false,
                left: false,
                slow: Span::ZERO,
                drift: 0,
                inbox: VecDeque::new(),
                work: None,
                settings,
                log,
            }
        };
        let mut world = World {
            case,
            now: SimTime::ZERO,
            step: 0,
            nodes: (0..case.nodes()).map(node).collect(),
            network: Network::new(case.nodes() + 1, &case.scenario.network),
            fencing: case.lane.store.fencing,
            leaderships: 0,
            group_leaderships: vec![0; case.info.groups.len()],
            act: None,
            believers: Vec::new(),
            voters: voters(case),
            delay_bound: None,
            recovery: OnceCell::new(),
            arrivals: Arrivals::of(case),
            under_way: 0,
            delivering: false,
            stirred: true,
            contradictions: Vec::new(),
        };
        world.delay_bound = timing::delay_bound(&world);
        world
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

    /// The places of the members that believe they lead.
    pub fn believers(&self) -> &[Place] {
        &self.believers
    }

    /// The members that vote: all but learners.
    pub fn voters(&self) -> &[Place] {
        &self.voters
    }

    /// The longest delay that the timeouts of every node tolerate; `None` if no timeout depends on the delay.
    pub fn delay_bound(&self) -> Option<Span> {
        self.delay_bound
    }

    /// The present duration of a recovery.
    pub fn recovery(&self) -> &Recovery {
        self.recovery.get_or_init(|| timing::recovery(self))
    }

    /// The authority that decides the group's leader in truth. Group 0 is the main one.
    pub fn authority(&self, group: usize) -> Authority {
        let info = self.case.info;
        if group == 0 { info.authority } else { info.groups[group - 1].authority }
    }

    /// The nodes that can lead the group.
    pub fn seats(&self, group: usize) -> core::ops::Range<Place> {
        let services = group > 0 && self.case.info.groups[group - 1].seats == Seats::Services;
        let (members, nodes) = (self.case.members as Place, self.case.nodes() as Place);
        if services { members..nodes } else { 0..members }
    }

    /// Those of them that count in quorums.
    fn group_voters(&self, group: usize) -> Vec<Place> {
        let seats = self.seats(group);
        let counts = |p: &Place| !self.case.is_member(*p) || self.voters.contains(p);
        seats.filter(counts).collect()
    }

    /// A node's belief about a group.
    pub fn belief(&self, group: usize, place: Place) -> &Belief {
        let node = self.node(place);
        if group == 0 { &node.belief } else { &node.groups[group - 1].0 }
    }

    /// The number of a node's leadership of a group.
    pub fn leadership(&self, group: usize, place: Place) -> u32 {
        let node = self.node(place);
        if group == 0 { node.leadership } else { node.groups[group - 1].1 }
    }

    /// The leader in truth: see docs/judging.md, "Who leads".
    pub fn leader_in_truth(&self) -> Option<Place> {
        self.leader_of(0)
    }

    /// The leader in truth of a group.
    pub fn leader_of(&self, group: usize) -> Option<Place> {
        match self.authority(group) {
            Authority::None => None,
            Authority::Service(agreement) => {
                let leader = self.recorded(group, agreement).and_then(|id| self.case.place(id))?;
                self.seats(group).contains(&leader).then_some(leader)
            }
            Authority::Quorum => {
                let voters = self.group_voters(group);
                let stayed = |epoch| voters.iter().filter(|&&v| self.belief(group, v).epoch <= epoch).count();
                let in_truth = |p: &Place| voters.len() / 2 < stayed(self.belief(group, *p).epoch);
                // There are several only with a deliberate flaw; then any one of them will do.
                let believers = self.seats(group).filter(|&p| self.belief(group, p).leads);
                believers.filter(in_truth).max_by_key(|&p| self.belief(group, p).epoch)
            }
        }
    }

    /// The node named in the service's record.
    fn recorded(&self, group: usize, agreement: Agreement) -> Option<NodeId> {
        let services = self.case.service_places();
        if agreement == Agreement::Primary {
            return self.primary().and_then(|s| self.belief(group, s).leader.some());
        }
        // From the newest version down: its holders agree on it, or hold something newer.
        let mut records: Vec<&Belief> = services.map(|s| self.belief(group, s)).collect();
        records.sort_by_key(|record| core::cmp::Reverse(record.token));
        let quorum = records.len() / 2 + 1;
        let agreed = records.iter().find(|record| {
            let newer = records.iter().filter(|it| record.token < it.token).count();
            let same = records.iter().filter(|it| it.token == record.token && it.leader == record.leader);
            quorum <= newer + same.count()
        });
        agreed.and_then(|record| record.leader.some())
    }

    /// The leader of the service: the node named by those that know its newest epoch.
    fn primary(&self) -> Option<Place> {
        let group = 1 + self.case.info.groups.iter().position(|it| it.name == GroupInfo::SERVICE)?;
        let known = self.case.service_places().map(|s| self.belief(group, s));
        let newest = known.filter(|it| it.leader.some().is_some()).max_by_key(|it| it.epoch)?;
        self.case.place(newest.leader)
    }

    /// Whether a running member reaches a quorum of the running voters in both directions, itself included.
    pub fn reaches_quorum(&self, place: Place) -> bool {
        self.reaches_quorum_of(0, place, &|p| self.node(p).runs())
    }

    /// The same for a group, with `there` deciding which nodes run.
    pub fn reaches_quorum_of(&self, group: usize, place: Place, there: &dyn Fn(Place) -> bool) -> bool {
        let voters = self.group_voters(group);
        let reached = |&&v: &&Place| there(v) && self.network.both_open(place, v);
        there(place) && voters.len() / 2 < voters.iter().filter(reached).count()
    }

    /// Whether the place reaches what a client needs from a working service.
    pub fn reaches_service(&self, place: Place) -> bool {
        self.reaches_service_of(place, &|p| self.node(p).runs())
    }

    /// The same, with `there` deciding which nodes run.
    pub fn reaches_service_of(&self, place: Place, there: &dyn Fn(Place) -> bool) -> bool {
        let reached = |from: Place| {
            let to = self.case.service_places().filter(move |&s| there(s) && self.network.both_open(from, s));
            to.collect::<Vec<Place>>()
        };
        let most = |places: &[Place]| self.case.services / 2 < places.len();
        let mine = reached(place);
        match self.case.info.authority {
            Authority::Service(Agreement::Ensemble) => mine.into_iter().any(|s| most(&reached(s))),
            Authority::Service(Agreement::Independent) => most(&mine),
            Authority::Service(Agreement::Primary) => self.primary().is_some_and(|s| mine.contains(&s)),
            Authority::Quorum | Authority::None => false,
        }
    }

    /// Whether a winnable election of a group is running.
    pub fn election_under_way(&self, group: usize) -> bool {
        let candidate = |p: &Place| self.belief(group, *p).role == Role::Candidate;
        self.seats(group).filter(candidate).any(|p| self.could_win(group, p))
    }

    /// Whether the node could win an election: it runs, with a quorum it has a vote, and it reaches a quorum
    /// whose logs are no newer than its own.
    fn could_win(&self, group: usize, place: Place) -> bool {
        let me = self.node(place);
        if self.authority(group) != Authority::Quorum || !me.runs() {
            return me.runs();
        }
        let voters = self.group_voters(group);
        let votes = |v: Place| self.node(v).runs() && self.node(v).newness() <= me.newness();
        let votes = voters.iter().filter(|&&v| votes(v) && self.network.both_open(place, v)).count();
        voters.contains(&place) && voters.len() / 2 < votes
    }

    /// Whether the node could act on a suspicion.
    pub fn can_act(&self, group: usize, place: Place) -> bool {
        let runs = self.node(place).runs();
        match self.authority(group) {
            Authority::None => self.seats(group).contains(&place) && runs,
            Authority::Service(_) => !self.case.is_member(place) && runs,
            Authority::Quorum => {
                let voters = self.group_voters(group);
                voters.contains(&place) && self.reaches_quorum_of(group, place, &|p| self.node(p).runs())
            }
        }
    }

    /// When the message arrives; after the end of the run if the run does not show it.
    pub fn arrival(&self, letter: Letter) -> SimTime {
        self.arrivals.at(letter)
    }

    /// How long the node takes to process a message that arrives now: the work in progress, which counts in
    /// full until it is done, then the waiting messages, then this one.
    pub fn backlog(&self, place: Place) -> Span {
        let node = self.node(place);
        node.work.unwrap_or(node.slow) + node.slow.times(node.inbox.len() as u64, 1)
    }

    /// A running node starts on the first message of its inbox, if it has not. The processing time is fixed
    /// now.
    fn work(&mut self, place: Place) {
        let delivering = self.delivering;
        let Some(node) = self.nodes.get_mut(usize::from(place)) else { return };
        if node.work.is_none() && node.runs() && !node.inbox.is_empty() {
            node.work = Some(if delivering { Span::ZERO } else { node.slow });
        }
    }

    /// Removes a message from an inbox, if it is there.
    fn leaves_inbox(&mut self, letter: Letter) {
        let node = &mut self.nodes[usize::from(letter.1)];
        if let Some(at) = node.inbox.iter().position(|it| *it == letter) {
            node.inbox.remove(at);
            if at == 0 {
                node.work = None;
            }
            self.stirred = true;
        }
    }

    /// Everything in flight arrives now, without processing time.
    fn deliver_all(&mut self) {
        self.delivering = true;
        for place in 0..self.nodes.len() {
            self.nodes[place].work = None;
            self.work(place as Place);
        }
    }

    /// The event is over.
    pub fn event_ended(&mut self) {
        self.stirred = false;
        if self.delivering {
            let held = self.nodes.iter().filter(|node| !node.runs()).map(|node| node.inbox.len());
            self.delivering = held.sum::<usize>() < self.under_way;
        }
    }

    /// The place that `leader` refers to.
    fn leader(&self) -> Option<Place> {
        let newest = || self.believers.iter().copied().max_by_key(|&p| self.node(p).leadership);
        self.leader_in_truth().or_else(newest)
    }

    /// The nodes that a selector refers to now: see docs/scenario.md, "Who".
    pub fn whom(&self, who: &Who) -> Vec<Place> {
        let with_role = |role| {
            let fits = |p: &Place| self.node(*p).up && self.node(*p).belief.role == role;
            self.case.member_places().find(fits).into_iter().collect()
        };
        match who {
            Who::Node(id) => self.case.place(*id).into_iter().collect(),
            Who::Leader => self.leader().into_iter().collect(),
            Who::LeaderOf(name) => {
                let group = self.case.info.groups.iter().position(|it| it.name == name).map(|at| at + 1);
                let newest = |group| {
                    let believers = self.seats(group).filter(|&p| 0 < self.leadership(group, p));
                    believers.max_by_key(|&p| self.leadership(group, p))
                };
                group.and_then(|it| self.leader_of(it).or_else(|| newest(it))).into_iter().collect()
            }
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

    /// The quorum of the lowest ids that includes the leader.
    fn majority(&self) -> Vec<Place> {
        let leader = self.leader();
        let others = self.case.member_places().filter(|&p| Some(p) != leader);
        let size = self.case.members / 2 + 1 - usize::from(leader.is_some());
        let mut majority: Vec<Place> = others.take(size).chain(leader).collect();
        majority.sort_unstable();
        majority
    }

    /// The side of each node; unlisted nodes join the largest.
    fn sides(&self, listed: &[Vec<Who>]) -> Vec<usize> {
        let sides: Vec<Vec<Place>> =
            listed.iter().map(|side| side.iter().flat_map(|who| self.whom(who)).collect()).collect();
        let members = |side: &Vec<Place>| side.iter().filter(|&&p| self.case.is_member(p)).count();
        let most = sides.iter().map(members).max().unwrap_or(0);
        let largest = sides.iter().position(|side| members(side) == most).unwrap_or(0);
        let side = |p: Place| sides.iter().position(|side| side.contains(&p)).unwrap_or(largest);
        (0..self.case.nodes() as Place).map(side).collect()
    }

    /// Processes a record.
    pub fn apply(&mut self, r: &Record) {
        if self.step != r.step {
            self.act = None;
        }
        (self.now, self.step) = (r.at, r.step);
        match r.kind {
            Kind::Send | Kind::Copy => self.under_way += 1,
            Kind::Wait => self.waits(r),
            Kind::Deliver | Kind::Lose => self.arrives(r),
            Kind::Fire | Kind::Input | Kind::Mark | Kind::Persist | Kind::Commit => {}
            Kind::Stored | Kind::Acknowledge | Kind::Stuck => {}
            Kind::Power => self.power(r),
            Kind::Append => self.append(r),
            Kind::Truncate => {
                self.nodes[usize::from(r.node)].log.truncate(r.args[0] as usize);
                self.recovery.take();
            }
            Kind::Belief => self.believe(r),
            _ => self.shape_changes(r),
        }
    }

    /// Without power a process does not even start for the first time.
    fn power(&mut self, r: &Record) {
        if r.sub == Power::WasOff as u8 {
            self.nodes[usize::from(r.peer)].starting = false;
        }
    }

    fn waits(&mut self, r: &Record) {
        self.nodes[usize::from(r.peer)].inbox.push_back((r.node, r.peer, r.nth, r.copy));
        self.work(r.peer);
        self.stirred = true;
    }

    /// A message is processed or lost.
    fn arrives(&mut self, r: &Record) {
        self.under_way = self.under_way.saturating_sub(1);
        if self.case.is_node(r.peer) {
            self.leaves_inbox((r.node, r.peer, r.nth, r.copy));
            self.work(r.peer);
        }
    }

    fn append(&mut self, r: &Record) {
        let [first, last, epoch, ..] = r.args;
        let log = &mut self.nodes[usize::from(r.node)].log;
        if log.len() + 1 != first as usize || last < first {
            self.contradictions.push(format!("{}: entries {first} to {last} follow no log", r.at));
        }
        log.resize(last as usize, epoch);
        self.recovery.take();
    }

    /// A process, a link, a clock or a setting changes, or an act affects the lane.
    fn shape_changes(&mut self, r: &Record) {
        self.recovery.take();
        self.stirred = true;
        let place = usize::from(r.node);
        match r.kind {
            Kind::Start => {
                let node = &mut self.nodes[place];
                (node.up, node.starting, node.paused, node.left) = (true, false, false, false);
                node.off = false;
                self.work(r.node);
            }
            Kind::Crash => {
                let node = &mut self.nodes[place];
                (node.up, node.paused, node.leadership) = (false, false, 0);
                node.belief.leads = false;
                if node.belief.role == Role::Leader {
                    node.belief.role = Role::Follower;
                }
                for (belief, leadership) in &mut node.groups {
                    if core::mem::take(&mut belief.leads) && belief.role != Role::Service {
                        belief.role = Role::Follower;
                    }
                    *leadership = 0;
                }
                node.off = r.sub == 1;
                node.inbox.clear();
                node.work = None;
                self.believers.retain(|p| *p != r.node);
            }
            Kind::Pause => (self.nodes[place].paused, self.nodes[place].work) = (true, None),
            Kind::Resume => {
                self.nodes[place].paused = false;
                self.work(r.node);
            }
            Kind::Act => self.take_up_act(r),
            Kind::Clock => self.turn_clock(place, r.sub == 1),
            Kind::Set => {
                self.set(r.node);
                self.delay_bound = timing::delay_bound(self);
            }
            _ => {}
        }
    }

    fn believe(&mut self, r: &Record) {
        let belief = r.belief(&self.case.ids);
        if r.group() != GroupId::MAIN {
            self.believe_of_group(usize::from(r.group().0) - 1, r.node, belief);
            return;
        }
        let node = &mut self.nodes[usize::from(r.node)];
        if belief.leads && (node.leadership == 0 || node.belief.epoch != belief.epoch) {
            self.leaderships += 1;
            node.leadership = self.leaderships;
        } else if !belief.leads {
            node.leadership = 0;
        }
        node.belief = belief;
        let place = self.believers.binary_search(&r.node);
        match place {
            Err(at) if belief.leads && self.case.is_member(r.node) => self.believers.insert(at, r.node),
            Ok(at) if !belief.leads => drop(self.believers.remove(at)),
            _ => {}
        }
        self.stirred = true;
    }

    fn believe_of_group(&mut self, group: usize, place: Place, belief: Belief) {
        let known = &mut self.nodes[usize::from(place)].groups[group];
        if belief.leads && (known.1 == 0 || known.0.epoch != belief.epoch) {
            self.group_leaderships[group] += 1;
            known.1 = self.group_leaderships[group];
        } else if !belief.leads {
            known.1 = 0;
        }
        known.0 = belief;
        self.stirred = true;
    }

    /// An act begins: its effect on links is immediate; other effects have their own records.
    fn take_up_act(&mut self, r: &Record) {
        let action = &self.case.acts[r.args[0] as usize].action;
        if r.sub != Acted::Done as u8 {
            return;
        }
        self.act = Some(action);
        match action {
            Action::DeliverAll => self.deliver_all(),
            Action::DeliverMessage(message) | Action::DelayMessage(message, _) => {
                // It leaves the inbox; if it waits there again, another record says so.
                let ends = (self.case.place(message.from), self.case.place(message.to));
                if let (Some(from), Some(to)) = ends
                    && self.case.is_node(to)
                {
                    self.leaves_inbox((from, to, message.nth, message.copy));
                    self.work(to);
                }
            }
            Action::Command { word, who, .. } if word.effect == Effect::Departure => {
                for place in self.whom(who).into_iter().filter(|&p| self.case.is_member(p)) {
                    let node = &mut self.nodes[usize::from(place)];
                    node.left |= node.runs();
                }
            }
            Action::Command { word, who, .. } if word.effect == Effect::Suspicion => {
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

    /// A setting changed at one node, or at all of them.
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

/// The members that vote: all but learners.
fn voters(case: &Case<'_>) -> Vec<Place> {
    let at = case.info.settings.iter().position(|it| it.name == "learners");
    let learners: &[NodeId] = match at.map(|at| &case.lane.settings[at]) {
        Some(Value::Ids(ids)) => ids,
        _ => &[],
    };
    case.member_places().filter(|&p| !learners.contains(&case.ids[usize::from(p)])).collect()
}

/// When each message reached its receiver, or was lost on the way.
struct Arrivals {
    places: usize,
    /// By link, then by number there.
    links: Vec<Vec<SimTime>>,
    copies: BTreeMap<Letter, SimTime>,
}

impl Arrivals {
    fn of(case: &Case<'_>) -> Arrivals {
        let places = case.nodes() + 1;
        let links = vec![Vec::new(); places * places];
        let mut arrivals = Arrivals { places, links, copies: BTreeMap::new() };
        for r in &case.records {
            if matches!(r.kind, Kind::Wait | Kind::Deliver | Kind::Lose) {
                arrivals.add((r.node, r.peer, r.nth, r.copy), r.at);
            }
        }
        case.under_way.iter().for_each(|(letter, due)| arrivals.add(*letter, *due));
        arrivals
    }

    fn link(&self, letter: Letter) -> usize {
        usize::from(letter.0) * self.places + usize::from(letter.1)
    }

    /// The first record about a message is its arrival.
    fn add(&mut self, letter: Letter, at: SimTime) {
        let (link, nth) = (self.link(letter), letter.2 as usize);
        if letter.3 != 1 {
            self.copies.entry(letter).or_insert(at);
            return;
        }
        let link = &mut self.links[link];
        if link.len() < nth {
            link.resize(nth, SimTime::NEVER);
        }
        let known = &mut link[nth - 1];
        *known = at.min(*known);
    }

    fn at(&self, letter: Letter) -> SimTime {
        let known = match letter {
            (.., nth, 1) => self.links[self.link(letter)].get(nth as usize - 1),
            _ => self.copies.get(&letter),
        };
        known.copied().unwrap_or(SimTime::NEVER)
    }
}
