//! A toy with everything that a group can have: three replicas that elect a leader among themselves and agree on who
//! owns what; members that own the main group and two partitions by that record; a fencing device and watchdogs.
//!
//! It is no known system, but every piece is one of theirs: the replicas vote and replicate as in Raft, one entry at a
//! time; the owners are assigned as Kafka's controller does it; a lost owner is shot before it is replaced, as in
//! Pacemaker.

use election_playground::base::{LocalTime, NodeId, Span, SpanRange};
use election_playground::protocol::{
    Agreement, Assumption, Authority, Belief, Boot, Choice as _, Claim, CommandKind as _, Cx, GroupId,
    GroupInfo, Info, Mark, MsgRecord, NodeView, Phrases, Property, Protocol, Recovery, Role, RoleKind as _,
    RuleKind as _, Seats, Situation, Topology, Values, choices, commands, messages, roles, rules, timers,
};
use election_playground::registry::{Algorithm, Registry};
use election_playground::vocabulary::{Kind, Setting};

/// The toy alone.
pub static REGISTRY: Registry = Registry::new(&[Algorithm::of::<Toy>()]);

/// The group of the replicas.
pub const SERVICE: GroupId = GroupId(1);
/// The first partition.
pub const P1: GroupId = GroupId(2);
/// The second one.
pub const P2: GroupId = GroupId(3);

timers! {
    /// What a node waits for.
    pub enum Timer {
        /// To say that it is there.
        Beat = "beat",
        /// A replica: no word from the leader.
        Election = "election",
        /// A member: no word from the service.
        Lease = "lease",
    }
}

messages! {
    /// The messages, as a trace shows them.
    pub enum Recorded {
        Alive = "Alive", Liveness;
        VoteRequest = "VoteRequest", Service { term = "term", version = "version" };
        Vote = "Vote", Service { term = "term" };
        Replicate = "Replicate", Service { term = "term", version = "version", committed = "committed" };
        Ack = "Ack", Service { term = "term", version = "version" };
        Assigned = "Assigned", Election { version = "version", main = "main" };
    }
}

commands! {
    /// What a scenario can tell a node to do.
    pub enum Command {
        /// A member: to have another one shot.
        Campaign = commands::CAMPAIGN,
    }
}

roles! {
    /// What a node is.
    pub enum Part {
        /// A member that owns nothing that users ask for.
        Follower = "follower" as Follower,
        /// A member that owns the main group.
        Leader = "leader" as Leader,
        /// A replica.
        Replica = "replica" as Service,
    }
}

rules! {
    /// The pseudo-code.
    pub enum Rule {
        Beat = "say that I am there",
        Campaign = "replica, no word from the leader: ask for votes in the next term",
        Vote = "vote for the first candidate of a term whose record is as new as mine",
        Lead = "a quorum voted: lead, and propose the record anew",
        Hold = "replica: hold what the leader of the term proposes",
        Apply = "apply what is committed",
        Commit = "leader, a quorum holds it: apply and tell all",
        Silent = "leader, a member is silent for session: have its owners replaced",
        Shoot = "  fence on: first have it shot",
        Assign = "leader: what has no owner gets a member that is there",
        Own = "member: own what the record says",
        Lapse = "member, no word for lease: own nothing",
    }
}

choices! {
    /// What is wrong on purpose.
    pub enum Flaw {
        /// Nothing.
        None = "none",
        /// The leader of the replicas applies what no quorum holds.
        Minority = "minority",
        /// Members do not let go.
        NoLapse = "no-lapse",
    }
}

/// The settings.
#[derive(Clone, Debug)]
pub struct Settings {
    replicas: u64,
    beat: Span,
    session: Span,
    lease: Span,
    election: SpanRange,
    fence: bool,
    fence_delay: Span,
    watchdog: Span,
    flaw: Flaw,
}

/// Who owns what: the main group and the partitions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Record {
    term: u64,
    version: u64,
    owners: [NodeId; 3],
    /// The version with which each ownership began.
    epochs: [u64; 3],
}

impl Record {
    /// What a node says of one of the three: a replica names the owner, the owner leads.
    fn belief(&self, at: usize, me: NodeId) -> Belief {
        let (leader, epoch) = (self.owners[at], self.epochs[at]);
        if me.is_service() {
            return Belief { role: Role::Service, leads: false, leader, epoch, token: self.version };
        }
        let leads = leader == me;
        let role = if leads { Role::Leader } else { Role::Follower };
        Belief { role, leads, leader, epoch, token: epoch }
    }
}

/// What nodes send to each other.
#[derive(Clone, Copy, Hash, Debug)]
pub enum Msg {
    /// A member to every replica.
    Alive,
    /// A candidate: its term, and how new its record is.
    VoteRequest(u64, (u64, u64)),
    /// A vote in a term.
    Vote(u64),
    /// The leader of a term: its record, and whether that is committed.
    Replicate(u64, Record, bool),
    /// A replica holds that version of the term.
    Ack(u64, u64),
    /// The leader of the replicas to a member: what is committed.
    Assigned(Record),
}

/// What survives a crash.
#[derive(Clone, Copy, Hash, Default, Debug)]
pub struct Disk {
    term: u64,
    voted: NodeId,
    held: Record,
    applied: Record,
}

/// A replica of the service.
#[derive(Clone, Hash, Debug)]
pub struct Replica {
    me: NodeId,
    disk: Disk,
    part: Role,
    leader: NodeId,
    /// Who voted for me, or holds my proposal.
    with_me: Vec<NodeId>,
    committed: bool,
    /// When each member was last heard, by position.
    heard: Vec<LocalTime>,
    /// Whom the fencing device is at work on.
    shooting: Vec<NodeId>,
}

/// A node.
#[derive(Clone, Hash, Debug)]
pub enum Toy {
    /// Of the service.
    Replica(Replica),
    /// A member: its id, the record as it was told, and whether it still believes it.
    Member(NodeId, Record, bool),
}

const fn span(name: &'static str, default: &'static str) -> Setting {
    let kind = Kind::Span { min: Span::ZERO, max: Span::s(60) };
    Setting { name, kind, default, doc: "Of the toy.", source: "ours", live: false }
}

const fn other(name: &'static str, kind: Kind, default: &'static str) -> Setting {
    Setting { name, kind, default, doc: "Of the toy.", source: "ours", live: false }
}

const CALM: &[Assumption] = &[
    Assumption::Connected,
    Assumption::NoLoss,
    Assumption::Synchrony,
    Assumption::TrueClocks,
    Assumption::Service,
];

/// What there is to know about the toy.
pub const INFO: Info = Info {
    id: "toy",
    title: "Toy",
    subtitle: "for tests",
    summary: "Replicas agree on who owns what.",
    source: "ours",
    topology: Topology::Service,
    authority: Authority::Service(Agreement::Ensemble),
    groups: &[
        GroupInfo {
            name: GroupInfo::SERVICE,
            seats: Seats::Services,
            authority: Authority::Quorum,
            epoch: "term",
        },
        GroupInfo {
            name: "p1",
            seats: Seats::Members,
            authority: Authority::Service(Agreement::Ensemble),
            epoch: "version",
        },
        GroupInfo {
            name: "p2",
            seats: Seats::Members,
            authority: Authority::Service(Agreement::Ensemble),
            epoch: "version",
        },
    ],
    epoch: "version",
    token: "version",
    messages: Recorded::TABLE,
    forges: false,
    disk: &["term", "held", "applied"],
    rules: Rule::TEXTS,
    claims: &[
        Claim {
            property: Property::OneLeaderPerEpoch,
            assumes: &[],
            because: "a version is committed only once",
        },
        Claim { property: Property::EpochsNeverFall, assumes: &[], because: "versions never fall" },
        Claim {
            property: Property::OneEffectiveWriter,
            assumes: &[Assumption::Fencing],
            because: "the store rejects writes with an older version",
        },
        Claim {
            property: Property::LeaderEventually,
            assumes: CALM,
            because: "the service assigns a member whose session lives",
        },
        Claim {
            property: Property::AtMostOneLeader,
            assumes: CALM,
            because: "a leader's lease ends before its session does",
        },
    ],
    settings: &[
        other("replicas", Kind::Number { min: 1, max: 5 }, "3"),
        span("beat", "50ms"),
        span("session", "600ms"),
        span("lease", "300ms"),
        other("election", Kind::Range { min: Span::ms(10), max: Span::s(60) }, "150ms..300ms"),
        other("fence", Kind::Switch, "off"),
        span("fence-delay", "100ms"),
        span("watchdog", "0ms"),
        other("flaw", Kind::Choice(Flaw::WORDS), "none"),
    ],
    commands: Command::WORDS,
    writes: false,
    roles: Part::NAMES,
    init: &[],
    fields: &["role", "record"],
    panels: &[],
    phrases: Phrases::PLAIN,
    fidelity: &["It is a toy."],
};

impl Protocol for Toy {
    type Msg = Msg;
    type Timer = Timer;
    type Rule = Rule;
    type Command = Command;
    type Role = Part;
    type Durable = Disk;
    type Settings = Settings;

    const INFO: &'static Info = &INFO;

    fn settings(values: &Values<'_>, _members: &[NodeId]) -> Result<Settings, String> {
        Ok(Settings {
            replicas: values.number("replicas"),
            beat: values.span("beat"),
            session: values.span("session"),
            lease: values.span("lease"),
            election: values.range("election"),
            fence: values.switch("fence"),
            fence_delay: values.span("fence-delay"),
            watchdog: values.span("watchdog"),
            flaw: values.choice("flaw"),
        })
    }

    fn services(settings: &Settings) -> u32 {
        settings.replicas as u32
    }

    fn delay_bound(settings: &Settings) -> Option<Span> {
        Some(settings.election.lo.times(1, 3))
    }

    fn recovery(settings: &Settings, situation: &Situation) -> Result<Recovery, String> {
        let elections = settings.election.hi.times(20, 1) + situation.delay.times(40, 1);
        let bound =
            elections + settings.session.times(2, 1) + settings.fence_delay + settings.beat.times(4, 1);
        Ok(Recovery { bound, usual: bound })
    }

    fn start(cx: &mut Cx<'_, Toy>, disk: Disk, _boot: &Boot<'_>) -> Toy {
        cx.set_timer(Timer::Beat, cx.settings().beat);
        if !cx.me().is_service() {
            return Toy::Member(cx.me(), Record::default(), false);
        }
        cx.set_timer(Timer::Election, cx.settings().election);
        Toy::Replica(Replica {
            me: cx.me(),
            disk,
            part: Role::Follower,
            leader: NodeId::NONE,
            with_me: Vec::new(),
            committed: false,
            heard: Vec::new(),
            shooting: Vec::new(),
        })
    }

    fn on_message(&mut self, cx: &mut Cx<'_, Toy>, from: NodeId, msg: Msg) {
        match (self, msg) {
            (Toy::Replica(replica), msg) => replica.on_message(cx, from, msg),
            (Toy::Member(_, record, holds), Msg::Assigned(told)) if record.version <= told.version => {
                cx.fired(Rule::Own);
                (*record, *holds) = (told, true);
                cx.set_timer(Timer::Lease, cx.settings().lease);
                if cx.settings().watchdog > Span::ZERO {
                    cx.power_off(cx.me(), cx.settings().watchdog);
                }
            }
            _ => {}
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Toy>, timer: Timer) {
        match (self, timer) {
            (Toy::Replica(replica), Timer::Beat) => replica.beat(cx),
            (Toy::Replica(replica), _) => replica.campaign(cx),
            (Toy::Member(..), Timer::Beat) => {
                cx.fired(Rule::Beat);
                for replica in replicas(cx) {
                    cx.send(replica, Msg::Alive);
                }
                cx.set_timer(Timer::Beat, cx.settings().beat);
            }
            (Toy::Member(_, _, holds), _) if cx.settings().flaw != Flaw::NoLapse => {
                cx.fired(Rule::Lapse);
                *holds = false;
                // It has nothing left that two could own: no reason to reset it. Patroni stops its watchdog on demotion.
                cx.cancel_power_off(cx.me());
            }
            (Toy::Member(..), _) => {}
        }
    }

    fn on_power_off(&mut self, cx: &mut Cx<'_, Toy>, node: NodeId) {
        if let Toy::Replica(replica) = self {
            replica.shooting.retain(|it| *it != node);
            replica.assign(cx);
        }
    }

    /// A member: the next one is shot at once, to see what becomes of that.
    fn on_command(&mut self, cx: &mut Cx<'_, Toy>, _command: Command, _about: Option<NodeId>) {
        let next = cx.next_in_ring(cx.me());
        cx.power_off(next, cx.settings().fence_delay);
    }

    fn record(msg: &Msg) -> MsgRecord {
        match *msg {
            Msg::Alive => Recorded::Alive,
            Msg::VoteRequest(term, newness) => {
                Recorded::VoteRequest { term: term as u32, version: newness.1 as u32 }
            }
            Msg::Vote(term) => Recorded::Vote { term: term as u32 },
            Msg::Replicate(term, record, committed) => Recorded::Replicate {
                term: term as u32,
                version: record.version as u32,
                committed: committed.into(),
            },
            Msg::Ack(term, version) => Recorded::Ack { term: term as u32, version: version as u32 },
            Msg::Assigned(record) => {
                Recorded::Assigned { version: record.version as u32, main: record.owners[0].0 }
            }
        }
        .into()
    }

    fn record_disk(disk: &Disk) -> [u32; 5] {
        [disk.term as u32, disk.held.version as u32, disk.applied.version as u32, 0, 0]
    }

    fn belief(&self) -> Belief {
        self.owner(0)
    }

    fn belief_of(&self, group: GroupId) -> Belief {
        match (self, group) {
            (Toy::Replica(it), SERVICE) => Belief {
                role: it.part,
                leads: it.part == Role::Leader,
                leader: it.leader,
                epoch: it.disk.term,
                token: 0,
            },
            (Toy::Member(..), SERVICE) => Belief::default(),
            (_, group) => self.owner(usize::from(group.0) - 1),
        }
    }

    fn role(&self) -> Part {
        match self {
            Toy::Replica(_) => Part::Replica,
            _ if self.belief().leads => Part::Leader,
            Toy::Member(..) => Part::Follower,
        }
    }

    fn view(&self, _disk: &Disk) -> NodeView {
        let record = match self {
            Toy::Replica(it) => it.disk.applied,
            Toy::Member(_, record, _) => *record,
        };
        let owners = record.owners.map(|it| it.to_string()).join(" ");
        NodeView::default().field("role", self.role().name()).field("record", owners)
    }

    fn view_crashed(_disk: &Disk) -> NodeView {
        NodeView::default().field("role", "crashed")
    }
}

impl Toy {
    /// What the node says of the main group, or of a partition.
    fn owner(&self, at: usize) -> Belief {
        match self {
            Toy::Replica(it) => it.disk.applied.belief(at, it.me),
            Toy::Member(me, record, true) => record.belief(at, *me),
            Toy::Member(_, record, false) => Belief { epoch: record.epochs[at], ..Belief::default() },
        }
    }
}

fn replicas(cx: &Cx<'_, Toy>) -> impl Iterator<Item = NodeId> + use<> {
    let me = cx.me();
    (0..cx.settings().replicas as u32).map(NodeId::service).filter(move |it| *it != me)
}

impl Replica {
    fn on_message(&mut self, cx: &mut Cx<'_, Toy>, from: NodeId, msg: Msg) {
        if let Msg::VoteRequest(term, _) | Msg::Replicate(term, ..) = msg
            && self.disk.term < term
        {
            self.follow(cx, term, NodeId::NONE);
        }
        match msg {
            Msg::Alive => {
                if let (Role::Leader, Some(at)) = (self.part, cx.position(from)) {
                    self.heard[at] = cx.now();
                }
            }
            Msg::VoteRequest(term, newness) => {
                let free = self.disk.voted == NodeId::NONE || self.disk.voted == from;
                let held = (self.disk.held.term, self.disk.held.version);
                if term == self.disk.term && free && held <= newness {
                    cx.fired(Rule::Vote);
                    self.disk.voted = from;
                    cx.persist(self.disk);
                    cx.set_timer(Timer::Election, cx.settings().election);
                    cx.send(from, Msg::Vote(term));
                }
            }
            Msg::Vote(term) if term == self.disk.term && self.part == Role::Candidate => {
                self.joined(cx, from, true);
            }
            Msg::Replicate(term, record, committed) if term == self.disk.term => {
                cx.fired(Rule::Hold);
                self.follow(cx, term, from);
                self.disk.held = record;
                if committed && self.disk.applied != record {
                    cx.fired(Rule::Apply);
                    self.disk.applied = record;
                }
                cx.persist(self.disk);
                cx.send(from, Msg::Ack(term, record.version));
            }
            Msg::Ack(term, version)
                if term == self.disk.term
                    && self.part == Role::Leader
                    && version == self.disk.held.version
                    && !self.committed =>
            {
                self.joined(cx, from, false);
            }
            _ => {}
        }
    }

    /// One more replica is with me: votes for me, or holds my proposal.
    fn joined(&mut self, cx: &mut Cx<'_, Toy>, who: NodeId, voted: bool) {
        if !self.with_me.contains(&who) {
            self.with_me.push(who);
        }
        let quorum = cx.settings().replicas as usize / 2 + 1;
        let alone = cx.settings().flaw == Flaw::Minority && !voted;
        if self.with_me.len() < quorum && !alone {
            return;
        }
        if voted {
            cx.fired(Rule::Lead);
            cx.mark_in(SERVICE, Mark::Won);
            (self.part, self.leader) = (Role::Leader, self.me);
            self.heard = vec![cx.now(); cx.n()];
            cx.cancel_timer(Timer::Election);
            let mut record = self.disk.held;
            (record.term, record.version) = (self.disk.term, record.version + 1);
            self.propose(cx, record);
            return;
        }
        cx.fired(Rule::Commit);
        self.committed = true;
        self.disk.applied = self.disk.held;
        cx.persist(self.disk);
        self.tell(cx);
        self.assign(cx);
    }

    fn propose(&mut self, cx: &mut Cx<'_, Toy>, record: Record) {
        self.disk.held = record;
        (self.with_me, self.committed) = (Vec::new(), false);
        cx.persist(self.disk);
        self.tell(cx);
        self.joined(cx, self.me, false);
    }

    /// Tells the replicas what I hold, and the members what is committed.
    fn tell(&mut self, cx: &mut Cx<'_, Toy>) {
        for replica in replicas(cx) {
            cx.send(replica, Msg::Replicate(self.disk.term, self.disk.held, self.committed));
        }
        if self.committed {
            for &member in cx.members() {
                cx.send(member, Msg::Assigned(self.disk.applied));
            }
        }
    }

    fn beat(&mut self, cx: &mut Cx<'_, Toy>) {
        cx.set_timer(Timer::Beat, cx.settings().beat);
        if self.part != Role::Leader {
            return;
        }
        cx.fired(Rule::Beat);
        self.tell(cx);
        self.assign(cx);
    }

    /// Gives what has no owner that is there to one that is; one proposal at a time.
    fn assign(&mut self, cx: &mut Cx<'_, Toy>) {
        if self.part != Role::Leader || !self.committed {
            return;
        }
        let (now, session) = (cx.now(), cx.settings().session);
        let silent = |at: usize| session < now - self.heard[at];
        let there: Vec<NodeId> = (0..cx.n()).filter(|&at| !silent(at)).map(|at| cx.members()[at]).collect();
        let mut record = self.disk.applied;
        record.version += 1;
        for at in 0..3 {
            let owner = record.owners[at];
            if there.contains(&owner) {
                continue;
            }
            if owner != NodeId::NONE {
                cx.fired(Rule::Silent);
                let group = [GroupId::MAIN, P1, P2][at];
                cx.mark_in(group, Mark::Suspects);
            }
            if owner != NodeId::NONE && cx.settings().fence && !self.shot(cx, owner) {
                continue;
            }
            let next = if at == 2 { there.last() } else { there.first() };
            let Some(&next) = next else { continue };
            cx.fired(Rule::Assign);
            (record.owners[at], record.epochs[at]) = (next, record.version);
        }
        if record.owners != self.disk.applied.owners {
            record.term = self.disk.term;
            self.propose(cx, record);
        }
    }

    /// Whether a member is off for certain. It is shot if nobody has done that yet.
    fn shot(&mut self, cx: &mut Cx<'_, Toy>, member: NodeId) -> bool {
        let at = cx.position(member).expect("an owner is a member");
        // Shot since it was last heard.
        if self.heard[at] == LocalTime(i64::MIN / 2) {
            return !self.shooting.contains(&member);
        }
        cx.fired(Rule::Shoot);
        self.heard[at] = LocalTime(i64::MIN / 2);
        self.shooting.push(member);
        cx.power_off(member, cx.settings().fence_delay);
        false
    }

    fn campaign(&mut self, cx: &mut Cx<'_, Toy>) {
        cx.fired(Rule::Campaign);
        cx.mark_in(SERVICE, Mark::Suspects);
        cx.mark_in(SERVICE, Mark::Started);
        (self.part, self.leader) = (Role::Candidate, NodeId::NONE);
        (self.disk.term, self.disk.voted) = (self.disk.term + 1, self.me);
        cx.persist(self.disk);
        self.with_me.clear();
        let newness = (self.disk.held.term, self.disk.held.version);
        for replica in replicas(cx) {
            cx.send(replica, Msg::VoteRequest(self.disk.term, newness));
        }
        cx.set_timer(Timer::Election, cx.settings().election);
        self.joined(cx, self.me, true);
    }

    fn follow(&mut self, cx: &mut Cx<'_, Toy>, term: u64, leader: NodeId) {
        if self.part == Role::Leader {
            cx.mark_in(SERVICE, Mark::SteppedDown);
        }
        if self.disk.term < term {
            (self.disk.term, self.disk.voted) = (term, NodeId::NONE);
            cx.persist(self.disk);
        }
        (self.part, self.leader) = (Role::Follower, leader);
        self.heard.clear();
        cx.set_timer(Timer::Election, cx.settings().election);
    }
}
