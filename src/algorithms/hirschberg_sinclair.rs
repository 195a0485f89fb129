//! Election in a ring with links in both directions, after Hirschberg and Sinclair.
//!
//! # Problem
//! As in a ring with one direction, the member with the highest id must lead; but at a worst-case cost of n·log n
//! messages, where Chang and Roberts need n².
//!
//! # Model and assumptions
//! Ids are unique; links go both ways, are FIFO and lose nothing; no member fails during an election. No member needs to
//! know n.
//!
//! # Rules
//! 1. In phase k, a candidate sends PROBE with its id both ways, for 2^k links.
//! 2. A probe with a higher id is passed on; at the end of its 2^k links, REPLY goes back to the candidate.
//! 3. A probe with a lower id is dropped; a member that is not yet a participant then starts with its own id.
//! 4. When both REPLYs are back, no member within 2^k links is higher: on to phase k + 1.
//! 5. A probe that reaches its owner has gone round. Lead, and send ELECTED round.
//!
//! # Beyond the paper
//! `repair` keeps the ring closed: neighbours send HERE to each other, and a member that misses a neighbour takes the
//! next one beyond it. A member starts an election when it sees the ring change, when it comes back up, when its
//! neighbours keep naming another leader than its own, and when its leader is not in the ring. `retry` restarts an
//! election that does not end. Both are settings and can be switched off.
//!
//! # Complexity
//! At most 8n(1 + ⌈log₂ n⌉) PROBE and REPLY messages: at most n/(2^(k−1) + 1) candidates reach phase k, and
//! each costs 4·2^k there. Announcing the leader costs n more. Time is O(n) hops.
//!
//! # Caveats
//! As in every ring without epochs, a partition makes two leaders, and no store can fence one.
//!
//! # Source
//! D. S. Hirschberg, J. B. Sinclair: Decentralized extrema-finding in circular configurations of processors.
//! Communications of the ACM 23(11), 1980, pages 627–628. In the form of N. Lynch: Distributed Algorithms,
//! 1996, §3.4.

use election_base::{Aside, NodeId, Span};
use election_language::vocabulary::{Kind, Setting};
use election_parts::initiators::{self, Initiators};
use election_parts::neighbour::{Neighbour, Way};
use election_parts::standing::Standing;
use election_protocol::{
    Assumption, Authority, Belief, Boot, Claim, CommandKind as _, Cx, Info, Initial, Mark, MsgRecord,
    NodeView, Phrases, Property, Protocol, Recovery, RoleKind as _, RuleKind as _, Shape, Situation,
    Topology, Values, commands, given, messages, rules, timers,
};

timers! {
    /// What a member waits for.
    pub enum Timer {
        /// Time for the next HERE, and to see who was silent.
        Heartbeat = "heartbeat" by "heartbeat",
        /// A participant: the election has not ended within its bound.
        Retry = "retry" by "hop-timeout",
    }
}

/// What members send.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// Is any member within 2^phase links higher than `id`?
    Probe {
        /// The candidate.
        id: NodeId,
        /// Its phase.
        phase: u32,
        /// The links passed on arrival.
        hops: u32,
        /// The way it goes.
        way: Way,
    },
    /// None is.
    Reply {
        /// The candidate.
        id: NodeId,
        /// Its phase.
        phase: u32,
        /// The links passed on arrival, from where the probe ended.
        hops: u32,
        /// The way it goes.
        way: Way,
    },
    /// `id` leads. Goes to the right.
    Elected {
        /// The leader.
        id: NodeId,
        /// The links passed on arrival.
        hops: u32,
    },
    /// I am up.
    Here {
        /// The member that the sender takes for the leader.
        leader: NodeId,
        /// This answers another HERE, and is not answered.
        answer: bool,
    },
}

/// The settings, see [`INFO`].
#[derive(Clone, Debug)]
pub struct Settings {
    initiators: Initiators,
    repair: bool,
    heartbeat: Span,
    misses: u32,
    retry: bool,
    hop_timeout: Span,
}

impl Settings {
    /// What an election may take: 8n hops for the phases, n for the announcement.
    fn election_bound(&self, members: usize) -> Span {
        self.hop_timeout.times(9 * members as u64, 1)
    }
}

/// What a member knows of one side.
#[derive(Clone, Copy, Hash, Debug)]
struct Side {
    /// Where it sends to.
    neighbour: Neighbour,
    /// How many heartbeats ended without a HERE from the neighbour.
    silent: u32,
    /// The member that the neighbour takes for the leader, by its last HERE.
    says: NodeId,
    /// Whether the REPLY of this phase has come from this side.
    replied: bool,
}

/// A member of the ring.
#[derive(Clone, Debug, Hash)]
pub struct HirschbergSinclair {
    me: NodeId,
    participant: bool,
    /// It takes part with its own id, not only by passing on another one.
    candidate: bool,
    /// The phase of its own candidacy.
    phase: u32,
    /// The highest id above its own that has passed it in this election, for pictures.
    beaten: Aside<NodeId>,
    /// The member it takes for the leader.
    leader: NodeId,
    /// For how many heartbeats in a row it has known no leader, or a neighbour has named another one.
    doubt: u32,
    sides: [Side; 2],
}

messages! {
    /// The messages, as a trace shows them.
    pub enum Recorded {
        Probe = "PROBE", Election { id = "id", phase = "phase", hops = "hops", left = "left" };
        Reply = "REPLY", Election { id = "id", phase = "phase", hops = "hops", left = "left" };
        Elected = "ELECTED", Election { id = "id", hops = "hops" };
        Here = "HERE", Liveness { leader = "leader", answer = "answer" };
    }
}

commands! {
    /// What a scenario can tell a member to do.
    pub enum Command {
        /// Start an election.
        Campaign = commands::CAMPAIGN,
    }
}

rules! {
    /// The pseudo-code, by the names that the handlers use.
    pub enum Rule {
        Start = "start: participant := yes; leader := none; phase := 0; send",
        Send = "send: PROBE(me, phase, 1) both ways",
        Probe = "on PROBE(x, k, h):",
        Pass = "  x > me, h < 2^k: participant := yes and leader := none unless leader = x; pass on PROBE(x, k, h + 1)",
        Turn = "  x > me, h = 2^k: the same, but send REPLY(x, k) back",
        Join = "  x < me, not participant: start",
        Drop = "  x < me, participant: drop it",
        Win = "  x = me: it has gone round; participant := no; leader := me; send ELECTED(me) right",
        Reply = "on REPLY(x, k):",
        PassBack = "  x ≠ me: pass it on",
        NextPhase = "  x = me, k = phase, and both have arrived: phase := phase + 1; send",
        Elected = "on ELECTED(x):",
        Follow = "  x ≠ me: participant := no; leader := x; pass it on",
        Round = "  x = me: it has gone round; stop it",
        Retry = "retry: participant for 9n hops: start",
        Ownerless = "a message has passed n links and is not mine: drop it",
        Heartbeat = "repair: every heartbeat: send HERE to both neighbours and to the members I skipped",
        Skip = "  no HERE from a neighbour: neighbour := the next member beyond it; start",
        Back = "  on HERE from a member I skipped: neighbour := that member; start",
        Stranger = "  on HERE from a member that is no neighbour: send HERE to it",
        Recover = "  on coming back up: start",
        Alone = "  neighbour = me: alone; my id has gone round",
        Doubt = "  for misses heartbeats I know no leader in the ring, or a neighbour names another one: start",
    }
}

/// What there is to know about the algorithm.
pub const INFO: Info = Info {
    id: "hs",
    title: "Hirschberg–Sinclair",
    subtitle: "CACM 1980",
    summary: "In a ring with links in both directions, a candidate asks ever larger neighbourhoods, of 1, 2, 4, 8 links, \
              whether any member is higher. Few candidates get far, so even the worst case costs n·log n messages, \
              where one direction needs n². This relies on an intact ring and on no member failing during an election.",
    source: "Hirschberg, Sinclair: Decentralized extrema-finding in circular configurations of processors, CACM \
             23(11), 1980; in the form of Lynch, Distributed Algorithms, §3.4",
    topology: Topology::Ring,
    authority: Authority::None,
    groups: &[],
    epoch: "",
    token: "",
    messages: Recorded::TABLE,
    forges: true,
    disk: &[],
    rules: Rule::TEXTS,
    claims: &[
        Claim {
            property: Property::AtMostOneLeader,
            assumes: &[
                Assumption::Connected,
                Assumption::NoLoss,
                Assumption::Fifo,
                Assumption::Synchrony,
                Assumption::TrueClocks,
                Assumption::NoCrashInElection,
            ],
            because: "the next leader's probe passes every member before it returns, and a member it passes no longer \
                      leads",
        },
        Claim {
            property: Property::LeaderEventually,
            assumes: &[
                Assumption::Connected,
                Assumption::NoLoss,
                Assumption::Synchrony,
                Assumption::TrueClocks,
                Assumption::NoCrashInElection,
            ],
            because: "every change of the ring starts an election, and one that does not end is restarted",
        },
    ],
    settings: &[
        Setting {
            name: "initiators",
            kind: Kind::Ids,
            default: "all",
            doc: "The members that start an election when the run begins.",
            source: "Lynch, Distributed Algorithms, §3.4: all start; with `init hs leader N`, none does",
            live: false,
        },
        Setting {
            name: "repair",
            kind: Kind::Switch,
            default: "on",
            doc: "Whether neighbours watch each other and the ring closes over members that are silent.",
            source: "not in the paper, where no member fails",
            live: false,
        },
        Setting {
            name: "heartbeat",
            kind: Kind::Span { min: Span::ms(1), max: Span::s(60) },
            default: "100ms",
            doc: "How often a member sends HERE.",
            source: "ours: the same as for ring and bully",
            live: true,
        },
        Setting {
            name: "misses",
            kind: Kind::Number { min: 2, max: 1000 },
            default: "5",
            doc: "After how many heartbeats without HERE a neighbour is skipped.",
            source: "ours: 500 ms, the timeout of ring and bully",
            live: true,
        },
        Setting {
            name: "retry",
            kind: Kind::Switch,
            default: "on",
            doc: "Whether an election that does not end is restarted.",
            source: "not in the paper: there, a lost message is never made good",
            live: false,
        },
        Setting {
            name: "hop-timeout",
            kind: Kind::Span { min: Span::ms(1), max: Span::s(60) },
            default: "25ms",
            doc: "How long a hop is expected to take at most; an election is expected to end within 9n times this.",
            source: "ours: a message of at most 15 ms and 10 ms for processing; the phases take 8n hops",
            live: true,
        },
    ],
    commands: Command::WORDS,
    writes: false,
    roles: Standing::NAMES,
    init: &[initiators::LEADER],
    fields: &["role", "participant", "phase", "leader", "left", "right"],
    panels: &[],
    phrases: Phrases {
        waits: "no node suspects {leader} yet",
        starts: "{node} starts an election",
        elects: "candidates ask ever larger neighbourhoods for a higher id",
        suspects: "{node} doubts that {leader} still leads",
        wins: "the id of {node} has gone round the ring",
    },
    fidelity: &[
        "A member that is not a candidate and sees a lower probe starts with its own id, as in a ring with one \
         direction; in Lynch, all members start at once.",
        "The announcement ELECTED, one round of n messages, is counted apart from the paper's bound.",
        "repair and retry are not in the paper. Repair is simple: every change of the ring starts an election, also \
         when a follower leaves; members know the whole ring in advance.",
        "A participant does not lead, even if it led before.",
        "Without epochs an old message cannot be told from a new one, and a store cannot fence the leader.",
    ],
};

impl Protocol for HirschbergSinclair {
    type Msg = Msg;
    type Timer = Timer;
    type Rule = Rule;
    type Command = Command;
    type Role = Standing;
    type Durable = ();
    type Settings = Settings;

    const INFO: &'static Info = &INFO;

    fn settings(values: &Values<'_>, members: &[NodeId]) -> Result<Settings, String> {
        Ok(Settings {
            initiators: Initiators::read(values, members)?,
            repair: values.switch("repair"),
            heartbeat: values.span("heartbeat"),
            misses: values.number("misses") as u32,
            retry: values.switch("retry"),
            hop_timeout: values.span("hop-timeout"),
        })
    }

    fn delay_bound(settings: &Settings) -> Option<Span> {
        // A new neighbour has two heartbeats to answer in; an election its hops.
        let hop = settings.hop_timeout;
        Some(if settings.repair { hop.min(settings.heartbeat) } else { hop })
    }

    fn recovery(settings: &Settings, situation: &Situation) -> Result<Recovery, String> {
        let (s, delay, n) = (settings, situation.delay, u64::from(situation.members));
        for (on, setting) in [(s.repair, "repair off"), (s.retry, "retry off")] {
            if !on {
                return Err(setting.to_string());
            }
        }
        // A ring of one has no neighbour whose silence could start an election.
        if n == 1 && s.initiators.is_empty() {
            return Err("initiators none".to_string());
        }
        // In the worst case a row of n − 1 silent members is skipped, two heartbeats for each but the first.
        let misses = u64::from(s.misses);
        let mend = s.heartbeat.times(2 * misses + 2 * n + 4, 1) + delay.times(2, 1);
        let round = s.election_bound(situation.members as usize) + delay.times(9 * n, 1);
        let bound = mend.times(2, 1) + round.times(3, 1);
        // Both neighbours miss the dead leader within a heartbeat of each other, and each starts an election. The probes
        // of the first one often get lost where the second one has not noticed yet, so that it has to start again.
        let retry = s.election_bound(situation.members as usize);
        let usual = s.heartbeat.times(misses + 1, 1) + retry + delay.times(5 * n + 1, 1);
        Ok(Recovery { bound, usual })
    }

    fn heals(settings: &Settings) -> Result<(), &'static str> {
        if settings.repair { Ok(()) } else { Err("repair off") }
    }

    fn period(settings: &Settings, _me: NodeId) -> Span {
        settings.heartbeat
    }

    fn warnings(
        values: &Values<'_>,
        settings: &Settings,
        _members: &[NodeId],
    ) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        if !settings.repair {
            values.unused(&["heartbeat", "misses"], "repair off", &mut found);
        }
        if !settings.retry {
            values.unused(&["hop-timeout"], "retry off", &mut found);
        }
        found
    }

    fn impossible(_settings: &Settings, nodes: &[Initial<'_, ()>]) -> Option<String> {
        initiators::two_leaders(nodes)
    }

    fn start(cx: &mut Cx<'_, Self>, _durable: (), boot: &Boot<'_>) -> Self {
        let me = cx.me();
        let leader = initiators::leader(boot);
        let side = |way| {
            let neighbour = Neighbour::new(cx, way);
            Side { neighbour, silent: 0, says: NodeId::NONE, replied: false }
        };
        let mut node = HirschbergSinclair {
            me,
            participant: false,
            candidate: false,
            phase: 0,
            beaten: Aside::default(),
            leader,
            doubt: 0,
            sides: Way::BOTH.map(side),
        };
        let s = cx.settings();
        if s.repair && 1 < cx.n() {
            node.send_here(cx);
            // In a group that already has a leader, the heartbeats were under way before the run began.
            let gone = if leader == NodeId::NONE { Span::ZERO } else { cx.phase(s.heartbeat) };
            cx.set_timer(Timer::Heartbeat, s.heartbeat - gone);
        }
        let starts = s.initiators.contains(me) && s.initiators.start_with(leader);
        if boot.restarted && s.repair {
            cx.fired(Rule::Recover);
            node.start_election(cx);
        } else if !boot.restarted && starts {
            node.start_election(cx);
        }
        node
    }

    fn on_message(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: Msg) {
        if let Msg::Probe { id, hops, .. } | Msg::Reply { id, hops, .. } | Msg::Elected { id, hops } = msg {
            let members = cx.n();
            if id != self.me {
                cx.because(Rule::Ownerless, || given("links passed", hops).at_least("n", members));
            }
            // Its owner is gone, so nothing else would stop it.
            if id != self.me && members as u32 <= hops {
                cx.fired(Rule::Ownerless);
                return;
            }
        }
        match msg {
            Msg::Probe { id, phase, hops, way } => self.on_probe(cx, id, phase, hops, way),
            Msg::Reply { id, phase, hops, way } => self.on_reply(cx, id, phase, hops, way),
            Msg::Elected { id, hops } => self.on_elected(cx, id, hops),
            Msg::Here { leader, answer } => self.on_here(cx, from, leader, answer),
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Self>, timer: Timer) {
        match timer {
            Timer::Heartbeat => {
                cx.fired(Rule::Heartbeat);
                self.send_here(cx);
                cx.set_timer(Timer::Heartbeat, cx.settings().heartbeat);
                for way in Way::BOTH {
                    self.look(cx, way);
                }
                self.doubt(cx);
            }
            Timer::Retry => {
                cx.fired(Rule::Retry);
                self.participant = false;
                self.start_election(cx);
            }
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_, Self>, command: Command, _about: Option<NodeId>) {
        let Command::Campaign = command;
        if !self.participant {
            if !self.leads() {
                cx.mark(Mark::Suspects);
            }
            self.start_election(cx);
        }
    }

    fn record(msg: &Msg) -> MsgRecord {
        let recorded = match *msg {
            Msg::Probe { id: NodeId(id), phase, hops, way } => {
                Recorded::Probe { id, phase, hops, left: u32::from(way == Way::Left) }
            }
            Msg::Reply { id: NodeId(id), phase, hops, way } => {
                Recorded::Reply { id, phase, hops, left: u32::from(way == Way::Left) }
            }
            Msg::Elected { id: NodeId(id), hops } => Recorded::Elected { id, hops },
            Msg::Here { leader: NodeId(leader), answer } => Recorded::Here { leader, answer: answer.into() },
        };
        recorded.into()
    }

    fn forge(record: &MsgRecord) -> Option<Msg> {
        // A probe goes 2^phase links, and no ring is longer than 2^7.
        let way = |phase: u32, left: u32| match left {
            _ if 8 < phase => None,
            0 => Some(Way::Right),
            1 => Some(Way::Left),
            _ => None,
        };
        Some(match Recorded::read(record)? {
            Recorded::Probe { id, phase, hops, left } => {
                Msg::Probe { id: NodeId(id), phase, hops, way: way(phase, left)? }
            }
            Recorded::Reply { id, phase, hops, left } => {
                Msg::Reply { id: NodeId(id), phase, hops, way: way(phase, left)? }
            }
            Recorded::Elected { id, hops } => Msg::Elected { id: NodeId(id), hops },
            Recorded::Here { leader, answer } => Msg::Here { leader: NodeId(leader), answer: answer != 0 },
        })
    }

    fn belief(&self) -> Belief {
        self.role().belief(self.leader)
    }

    fn role(&self) -> Standing {
        Standing::of(self.me, self.leader, self.participant)
    }

    fn view(&self, _durable: &()) -> NodeView {
        NodeView::default()
            .field("role", self.role().name())
            .field("participant", if self.participant { "yes" } else { "no" })
            .field("phase", self.phase)
            .field("leader", self.leader)
            .field("left", self.side(Way::Left).neighbour.id())
            .field("right", self.side(Way::Right).neighbour.id())
    }

    fn shapes(&self, _settings: &Settings, out: &mut Vec<Shape>) {
        let [right, left] = Way::BOTH.map(|way| self.side(way).neighbour);
        if !right.is_alone() {
            out.push(Shape::Next { to: right.id() });
        }
        if !left.is_alone() && left.id() != right.id() {
            out.push(Shape::Next { to: left.id() });
        }
        if self.beaten.0 != NodeId::NONE {
            out.push(Shape::Beaten { by: self.beaten.0 });
        }
        if self.candidate {
            out.push(Shape::Reach { links: 1 << self.phase });
        }
    }

    fn view_crashed(_durable: &()) -> NodeView {
        NodeView::default().field("role", "crashed")
    }
}

/// The paper.
impl HirschbergSinclair {
    fn start_election(&mut self, cx: &mut Cx<'_, Self>) {
        cx.fired(Rule::Start);
        cx.mark(Mark::Started);
        self.participate(cx);
        self.candidate = true;
        self.phase = 0;
        self.beaten.0 = NodeId::NONE;
        self.send_probes(cx);
    }

    fn send_probes(&mut self, cx: &mut Cx<'_, Self>) {
        if self.side(Way::Right).neighbour.is_alone() {
            cx.because(Rule::Alone, || {
                given("neighbour", self.side(Way::Right).neighbour.id()).is("me", self.me)
            });
            cx.fired(Rule::Alone);
            return self.win(cx);
        }
        cx.fired(Rule::Send);
        for way in Way::BOTH {
            self.sides[way as usize].replied = false;
            self.send(cx, way, Msg::Probe { id: self.me, phase: self.phase, hops: 1, way });
        }
    }

    fn on_probe(&mut self, cx: &mut Cx<'_, Self>, id: NodeId, phase: u32, hops: u32, way: Way) {
        cx.fired(Rule::Probe);
        cx.because(Rule::Pass, || given("x", id).above("me", self.me));
        cx.because(Rule::Win, || given("x", id).is("me", self.me));
        if self.me < id {
            // The leader's probe that went the other way arrives after its ELECTED.
            if id != self.leader {
                self.participate(cx);
                self.beaten.0 = self.beaten.0.max(id);
            }
            cx.because(Rule::Pass, || given("h", hops).below("2^k", 1u32 << phase));
            if hops < 1 << phase {
                cx.fired(Rule::Pass);
                self.send(cx, way, Msg::Probe { id, phase, hops: hops + 1, way });
            } else {
                cx.fired(Rule::Turn);
                self.send(cx, way.back(), Msg::Reply { id, phase, hops: 1, way: way.back() });
            }
        } else if id == self.me {
            // The same probe also comes round from the other side, and some arrive when all is over.
            cx.because(Rule::Win, || given("participant", self.participant).yes());
            if self.participant {
                self.win(cx);
            }
        } else {
            cx.because(Rule::Join, || given("participant", self.participant).no());
            if self.participant {
                cx.fired(Rule::Drop);
            } else {
                cx.fired(Rule::Join);
                self.start_election(cx);
            }
        }
    }

    fn on_reply(&mut self, cx: &mut Cx<'_, Self>, id: NodeId, phase: u32, hops: u32, way: Way) {
        cx.fired(Rule::Reply);
        cx.because(Rule::PassBack, || given("x", id).is_not("me", self.me));
        if id != self.me {
            cx.fired(Rule::PassBack);
            self.send(cx, way, Msg::Reply { id, phase, hops: hops + 1, way });
            return;
        }
        cx.because(Rule::NextPhase, || given("k", phase).is("phase", self.phase));
        if !self.participant || phase != self.phase {
            return;
        }
        self.sides[way.back() as usize].replied = true;
        let replies = self.sides.iter().filter(|side| side.replied).count();
        cx.because(Rule::NextPhase, || given("replies", replies).is("", 2u32));
        if replies == 2 {
            cx.fired(Rule::NextPhase);
            self.phase += 1;
            self.send_probes(cx);
        }
    }

    fn on_elected(&mut self, cx: &mut Cx<'_, Self>, id: NodeId, hops: u32) {
        cx.fired(Rule::Elected);
        cx.because(Rule::Follow, || given("x", id).is_not("me", self.me));
        if id == self.me {
            cx.fired(Rule::Round);
            return;
        }
        cx.fired(Rule::Follow);
        self.give_up_leading(cx);
        self.end_election(cx);
        self.leader = id;
        self.send(cx, Way::Right, Msg::Elected { id, hops: hops + 1 });
    }

    /// Takes part in an election, and so no longer leads.
    fn participate(&mut self, cx: &mut Cx<'_, Self>) {
        self.give_up_leading(cx);
        self.leader = NodeId::NONE;
        if !self.participant {
            self.participant = true;
            if cx.settings().retry {
                cx.set_timer(Timer::Retry, cx.settings().election_bound(cx.n()));
            }
        }
    }

    fn win(&mut self, cx: &mut Cx<'_, Self>) {
        cx.fired(Rule::Win);
        cx.mark(Mark::Won);
        self.end_election(cx);
        self.leader = self.me;
        self.send(cx, Way::Right, Msg::Elected { id: self.me, hops: 1 });
    }

    fn give_up_leading(&self, cx: &mut Cx<'_, Self>) {
        if self.leads() {
            cx.mark(Mark::SteppedDown);
        }
    }

    fn end_election(&mut self, cx: &mut Cx<'_, Self>) {
        if self.participant {
            (self.participant, self.candidate) = (false, false);
            self.beaten.0 = NodeId::NONE;
            cx.cancel_timer(Timer::Retry);
        }
    }

    fn send(&self, cx: &mut Cx<'_, Self>, way: Way, msg: Msg) {
        let to = self.side(way).neighbour;
        if !to.is_alone() {
            cx.send(to.id(), msg);
        }
    }

    fn side(&self, way: Way) -> &Side {
        &self.sides[way as usize]
    }

    fn leads(&self) -> bool {
        self.leader == self.me
    }
}

/// Beyond the paper: the ring closes over members that are gone.
impl HirschbergSinclair {
    /// To every member up to the neighbour, on both sides, once each.
    fn send_here(&self, cx: &mut Cx<'_, Self>) {
        let reaches = |way: Way| {
            let neighbour = self.side(way).neighbour;
            neighbour.skipped(cx).chain((!neighbour.is_alone()).then_some(neighbour.id()))
        };
        let mut all: Vec<NodeId> = reaches(Way::Right).collect();
        for id in reaches(Way::Left) {
            if !all.contains(&id) {
                all.push(id);
            }
        }
        all.into_iter().for_each(|id| cx.send(id, Msg::Here { leader: self.leader, answer: false }));
    }

    /// Counts a heartbeat without a word from that side.
    fn look(&mut self, cx: &mut Cx<'_, Self>, way: Way) {
        let misses = cx.settings().misses;
        let side = &mut self.sides[way as usize];
        if side.neighbour.is_alone() {
            return;
        }
        side.silent += 1;
        cx.because(Rule::Skip, || {
            let name = if way == Way::Left { "silence at the left" } else { "silence at the right" };
            given(name, side.silent).above("misses", misses)
        });
        if side.silent <= misses {
            return;
        }
        cx.fired(Rule::Skip);
        let lost = side.neighbour.id();
        side.neighbour.skip(cx);
        // The new neighbour is asked at once, and so has only two heartbeats.
        side.silent = misses.saturating_sub(1);
        side.says = NodeId::NONE;
        let neighbour = side.neighbour;
        if neighbour.is_alone() {
            // No member is there, on either side.
            self.sides[way.back() as usize].neighbour.be_alone();
        } else {
            cx.send(neighbour.id(), Msg::Here { leader: self.leader, answer: false });
        }
        if lost == self.leader {
            cx.mark(Mark::Suspects);
        }
        self.participant = false;
        self.start_election(cx);
    }

    /// Counts a heartbeat at which it is unclear who leads.
    fn doubt(&mut self, cx: &mut Cx<'_, Self>) {
        let other = |side: &Side| side.says != NodeId::NONE && side.says != self.leader;
        // A member that this one skipped does not lead, whatever others say; nor does a node that is no member.
        let skipped = self.sides.iter().any(|side| side.neighbour.has_skipped(cx, self.leader));
        let known = !skipped && cx.position(self.leader).is_some();
        if self.participant || known && !self.sides.iter().any(other) {
            self.doubt = 0;
            return;
        }
        self.doubt += 1;
        let misses = cx.settings().misses;
        cx.because(Rule::Doubt, || given("heartbeats in doubt", self.doubt).above("misses", misses));
        if misses < self.doubt {
            cx.fired(Rule::Doubt);
            cx.mark(Mark::Suspects);
            self.doubt = 0;
            self.start_election(cx);
        }
    }

    fn on_here(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, leader: NodeId, answer: bool) {
        let mut known = false;
        let mut changed = false;
        for way in Way::BOTH {
            let side = &mut self.sides[way as usize];
            if side.neighbour.id() == from {
                known = true;
            } else if side.neighbour.has_skipped(cx, from) {
                cx.fired(Rule::Back);
                side.neighbour.return_to(from);
                changed = true;
            } else {
                continue;
            }
            (side.silent, side.says) = (0, leader);
        }
        cx.because(Rule::Back, || given("skipped", changed).yes());
        if !answer {
            cx.because(Rule::Stranger, || given("a neighbour", known || changed).no());
        }
        if changed {
            self.participant = false;
            self.start_election(cx);
        } else if !known && !answer {
            cx.fired(Rule::Stranger);
            cx.send(from, Msg::Here { leader: self.leader, answer: true });
        }
    }
}
