//! Ring election after Chang and Roberts.
//!
//! # Problem
//! Members stand in a ring, and each can send only to its successor. The member with the highest id must become the
//! leader, and every member must learn of it.
//!
//! # Model and assumptions
//! Ids are unique and comparable. Links are FIFO and lose nothing; no member fails during an election. The paper has no
//! notion of time: an election takes as long as it takes.
//!
//! # Rules
//! A member is a *participant* from the moment it first takes part in an election until it learns the result.
//!
//! 1. A member that starts an election becomes a participant and sends ELECTION with its own id.
//! 2. On ELECTION(x) with x above its own id, a member becomes a participant and passes the message on.
//! 3. With x below its own id: a member that is not a participant becomes one and sends ELECTION with its own id
//!    instead; a participant drops the message, since its own id is already on its way. This rule saves messages.
//! 4. With x equal to its own id: the id has gone round and beaten every other. The member leads and sends ELECTED.
//! 5. On ELECTED(x): the member is no longer a participant, follows x, and passes the message on until it reaches x.
//!
//! # Beyond the paper
//! To survive failures, a ring needs four mechanisms the paper omits. Each is a setting and can be switched off:
//! - `detector`: the leader sends ALIVE round the ring; a member that misses it for `timeout` starts an election. (The
//!   active monitor of a Token Ring, IEEE 802.5, does the same.)
//! - `skip`: the successor acknowledges what it receives with ACK. After `tries` sends without an ACK, the sender makes
//!   the next member of the ring its successor and from then on probes the members it skipped.
//! - `retry`: an election that does not end within 3n hops is restarted. A message that has passed n members without
//!   reaching its owner is dropped, and so is a member's own id when it returns after a higher one. Without this, the
//!   token of a dead member circles forever, and stale participant flags swallow every lower id.
//! - `merge`: a leader that hears of another leader with a higher id gives way, and a new election runs; it stops the
//!   messages of a leader with a lower id. Without this, two rings that become one keep two leaders.
//!
//! A participant does not lead. So the token of the next leader, which passes every member, has deposed every other
//! leader before it returns.
//!
//! # Complexity
//! In ELECTION and ELECTED messages, over FIFO links: 2n if the highest id starts alone; 3n − 1 if its successor starts,
//! the worst case for a single starter; if all start, 3n − 1 when ids ascend along the ring, n(n + 1)/2 + n when they
//! descend, and nHₙ + n averaged over all orders. An election with one starter takes at most 3n − 1 hops of time.
//!
//! # Caveats
//! There is no epoch and no token, so nothing stops a leader that the others have given up: a partition makes two rings
//! with two leaders. Over links that are not FIFO, an ELECTED can overtake an ELECTION, and the election runs twice.
//! Two members with the same id would both lead.
//!
//! # Source
//! E. Chang, R. Roberts: An improved algorithm for decentralized extrema-finding in circular configurations of
//! processes. Communications of the ACM 22(5), 1979, pages 281–283. With the participant flag and ELECTED as
//! in Coulouris, Dollimore, Kindberg, Blair: Distributed Systems, 5th edition, §15.3. The variant `lcr` is
//! LCR of N. Lynch: Distributed Algorithms, 1996, §3.3.

mod repair;

use election_base::{Aside, NodeId, Span};
use election_language::vocabulary::{Kind, Setting};
use election_parts::heartbeat::Detector;
use election_parts::initiators::{self, Initiators};
use election_parts::neighbour::{Neighbour, Way};
use election_parts::retransmit::{Numbered, Outbox};
use election_parts::standing::Standing;
use election_protocol::{
    Assumption, Authority, Belief, Boot, Choice as _, Claim, CommandKind as _, Cx, Info, Initial, Mark,
    MsgRecord, NodeView, Phrases, Property, Protocol, Recovery, RoleKind as _, RuleKind as _, Shape,
    Situation, Topology, Values, choices, commands, given, messages, rules, timers,
};

timers! {
    /// What a member waits for.
    pub enum Timer {
        /// The leader: time for the next ALIVE.
        Heartbeat = "heartbeat" by "heartbeat",
        /// Other members: no ALIVE for `timeout`.
        Detector = "detector" by "timeout",
        /// A participant: the election has not ended within its bound.
        Retry = "retry" by "hop-timeout",
        /// No ACK from the successor.
        Ack = "ack" by "hop-timeout",
        /// Time to probe those that were skipped.
        Probe = "probe" by "heartbeat",
    }
}

/// What goes round the ring.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenKind {
    /// ELECTION: the highest id met so far.
    Election,
    /// ELECTED: the id that won.
    Elected,
    /// ALIVE: the leader lives.
    Alive,
}

/// A message that goes round the ring.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token {
    /// What it says.
    pub kind: TokenKind,
    /// Whose id it carries.
    pub id: NodeId,
    /// How many links it has passed when it arrives; 1 from its owner.
    pub hops: u32,
    /// The sender's number for it, which the ACK repeats; 0 where no ACK is wanted.
    pub nr: u32,
}

impl Numbered for Token {
    fn number(&self) -> u32 {
        self.nr
    }

    fn replaces(&self, older: &Token) -> bool {
        (self.kind, self.id) == (older.kind, older.id)
    }
}

/// What members send.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// To the successor.
    Token(Token),
    /// Back to the sender of the token with that number.
    Ack(u32),
    /// To a member that was skipped: are you back?
    Probe,
    /// I am.
    Present,
}

/// The settings, see [`INFO`].
#[derive(Clone, Debug)]
pub struct Settings {
    initiators: Initiators,
    variant: Variant,
    detector: Detector,
    skip: bool,
    hop_timeout: Span,
    tries: u32,
    retry: bool,
    merge: bool,
    flaw: Flaw,
}

impl Settings {
    /// What an election may take: 3n hops, each as long as the wait for an ACK.
    fn election_bound(&self, members: usize) -> Span {
        self.hop_timeout.times(3 * members as u64, 1)
    }
}

/// A member of the ring.
#[derive(Clone, Debug, Hash)]
pub struct Ring {
    me: NodeId,
    participant: bool,
    /// The highest id that it has passed on in this election.
    passed: NodeId,
    /// The ids that it stopped in this election, for pictures.
    stopped: Aside<Vec<NodeId>>,
    /// The member it takes for the leader.
    leader: NodeId,
    /// Where it sends to.
    successor: Neighbour,
    /// What the successor has not acknowledged: at most one token for each kind and id.
    unacked: Outbox<Token>,
}

messages! {
    /// The messages, as a trace shows them.
    pub enum Recorded {
        Election = "ELECTION", Election { id = "id", hops = "hops", nr = "nr" };
        Elected = "ELECTED", Election { id = "id", hops = "hops", nr = "nr" };
        Alive = "ALIVE", Liveness { id = "id", hops = "hops", nr = "nr" };
        Ack = "ACK", Liveness { nr = "nr" };
        Probe = "PROBE", Liveness;
        Present = "PRESENT", Liveness;
    }
}

choices! {
    /// Which of the two forms of the algorithm runs.
    pub enum Variant {
        /// The winner announces itself with ELECTED.
        ChangRoberts = "chang-roberts",
        /// Every member starts, and the first ALIVE announces the winner.
        Lcr = "lcr",
    }
}

choices! {
    /// What is deliberately wrong.
    pub enum Flaw {
        /// Nothing.
        None = "none",
        /// A lower id is always replaced, never dropped.
        NoParticipantFlag = "no-participant-flag",
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
        Start = "start: participant := yes; leader := none; send ELECTION(me) to successor",
        Election = "on ELECTION(x):",
        Pass = "  x > me: participant := yes; leader := none; send ELECTION(x)",
        Replace = "  x < me and not participant: participant := yes; leader := none; send ELECTION(me)",
        Drop = "  x < me and participant: drop it, my own id is on its way",
        Win = "  x = me: participant := no; leader := me; send ELECTED(me)",
        Elected = "on ELECTED(x):",
        Follow = "  x ≠ me: participant := no; leader := x; send ELECTED(x)",
        Round = "  x = me: it has gone round; stop it",
        Heartbeat = "detector: leader, every heartbeat: send ALIVE(me)",
        Alive = "  on ALIVE(x):",
        Watch = "    x ≠ me: participant := no; leader := x; send ALIVE(x)",
        AliveRound = "    x = me: it has gone round; stop it",
        Suspect = "  no ALIVE for timeout: suspect the leader; start",
        Retry = "retry: participant for 3n hops: participant := no; start",
        Ownerless = "  a message has passed n links and is not mine: drop it (ALIVE: always)",
        Beaten = "  on ELECTION(me) after I passed on a higher id: drop it",
        GiveWay = "merge: leader, on ELECTED(x) or ALIVE(x), x > me: give way; start",
        Stand = "  x < me: drop it, x will hear of me",
        Ack = "skip: on ELECTION, ELECTED, ALIVE from p: send ACK to p",
        Resend = "  no ACK within hop-timeout: resend the oldest message",
        Skip = "  no ACK after tries: successor := the next member after it; resend all",
        Alone = "  successor = me: alone; my id has gone round",
        Probe = "  every heartbeat: send PROBE to the members I skipped",
        Present = "  on PROBE from p: send PRESENT to p",
        Back = "  on PRESENT or a late ACK from a member I skipped: successor := that member",
    }
}

/// What there is to know about the ring.
pub const INFO: Info = Info {
    id: "ring",
    title: "Ring",
    subtitle: "Chang & Roberts 1979",
    summary: "Members stand in a ring, and each sends only to its successor. Ids travel round the ring; a member with a \
              higher id replaces the one it receives with its own. An id that returns to its owner has beaten all the \
              others, and its owner leads. This relies on an intact ring, on links that preserve order and lose \
              nothing, and on no member failing during an election.",
    source: "Chang, Roberts: An improved algorithm for decentralized extrema-finding in circular configurations \
             of processes, CACM 22(5), 1979; participant flag and ELECTED as in Coulouris et al., Distributed \
             Systems, 5th edition, §15.3",
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
            because: "the next leader's id passes every member before it returns, and a member it passes no longer \
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
            because: "members notice that ALIVE has stopped, repair the ring by skipping members that do not answer, \
                      and restart an election that does not end",
        },
    ],
    settings: &[
        Setting {
            name: "initiators",
            kind: Kind::Ids,
            default: "all",
            doc: "The members that start an election when the run begins.",
            source: "ours: when a group comes up, no member knows a leader, so all start; with `init ring leader N`, \
                     none does",
            live: false,
        },
        Setting {
            name: "variant",
            kind: Kind::Choice(Variant::WORDS),
            default: "chang-roberts",
            doc: "`lcr`: every member starts and none announces; members learn of the leader from its ALIVE.",
            source: "Chang, Roberts 1979; LCR: Lynch, Distributed Algorithms, §3.3",
            live: false,
        },
        Setting {
            name: "detector",
            kind: Kind::Switch,
            default: "on",
            doc: "Whether the leader sends ALIVE round the ring and its absence starts an election.",
            source: "not in the paper; IEEE 802.5 has Active Monitor Present",
            live: false,
        },
        Setting {
            name: "heartbeat",
            kind: Kind::Span { min: Span::ms(1), max: Span::s(60) },
            default: "100ms",
            doc: "How often the leader sends ALIVE, and how often a member probes the members it skipped.",
            source: "ours: well above the default maximum delay of 15 ms, and the same as for bully",
            live: true,
        },
        Setting {
            name: "timeout",
            kind: Kind::Span { min: Span::ms(1), max: Span::s(600) },
            default: "500ms",
            doc: "How long a member goes without ALIVE before it suspects the leader.",
            source: "ours: five heartbeats, so that skipping a member on the way causes no suspicion",
            live: true,
        },
        Setting {
            name: "skip",
            kind: Kind::Switch,
            default: "on",
            doc: "Whether a member asks for an ACK and passes over a successor that sends none.",
            source: "not in the paper; Coulouris et al. §15.3 assume that no process fails",
            live: false,
        },
        Setting {
            name: "hop-timeout",
            kind: Kind::Span { min: Span::ms(1), max: Span::s(60) },
            default: "50ms",
            doc: "How long a member waits for an ACK; an election is expected to end within 3n times this.",
            source: "2·T_trans + T_process (Coulouris et al. §15.3) for messages of at most 15 ms, with 20 ms for \
                     processing",
            live: true,
        },
        Setting {
            name: "tries",
            kind: Kind::Number { min: 1, max: 100 },
            default: "3",
            doc: "How many waits for an ACK must expire before the successor is skipped.",
            source: "ours: at 1 % loss a live successor is skipped once in 125,000 messages",
            live: true,
        },
        Setting {
            name: "retry",
            kind: Kind::Switch,
            default: "on",
            doc: "Whether an election that does not end is restarted and a message without an owner is dropped.",
            source: "not in the paper: there, a lost message leaves flags that swallow lower ids forever",
            live: false,
        },
        Setting {
            name: "merge",
            kind: Kind::Switch,
            default: "on",
            doc: "Whether a leader gives way when it hears of a leader with a higher id.",
            source: "not in the paper: there, two rings that become one keep two leaders",
            live: false,
        },
        Setting {
            name: "flaw",
            kind: Kind::Choice(Flaw::WORDS),
            default: "none",
            doc: "Deliberately wrong. `no-participant-flag`: a lower id is always replaced, never dropped.",
            source: "ours: the rule as many summaries state it; with 5 descending ids that all start, it costs 60 \
                     messages and five announcements instead of 20 and one",
            live: false,
        },
    ],
    commands: Command::WORDS,
    writes: false,
    roles: Standing::NAMES,
    init: &[initiators::LEADER],
    fields: &["role", "participant", "leader", "successor", "skipped", "unacked"],
    panels: &[],
    phrases: Phrases {
        waits: "no node suspects {leader} yet",
        starts: "{node} starts an election",
        elects: "ids travel round the ring, and the highest one returns to its node",
        suspects: "{node} no longer hears {leader}",
        wins: "the id of {node} has gone round the ring",
    },
    fidelity: &[
        "The paper's rules are unchanged; ELECTED and the participant flag are in the form given by Coulouris et al.",
        "detector, skip, retry and merge are not in the paper; with all four off, only the paper remains.",
        "A participant does not lead, even if it led before; the paper does not say what a leader does during an \
         election.",
        "A member that comes back does not start an election: it first listens for `timeout`. So, unlike in bully, a \
         higher id that comes back does not take over from a healthy leader.",
        "Members know the whole ring in advance: a member that skips another looks up the next one; no member joins or \
         leaves for good.",
        "Without epochs an old message cannot be told from a new one, and a store cannot fence a ring's leader.",
    ],
};

impl Protocol for Ring {
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
            variant: values.choice("variant"),
            detector: Detector::read(values),
            skip: values.switch("skip"),
            hop_timeout: values.span("hop-timeout"),
            tries: values.number("tries") as u32,
            retry: values.switch("retry"),
            merge: values.switch("merge"),
            flaw: values.choice("flaw"),
        })
    }

    fn delay_bound(settings: &Settings) -> Option<Span> {
        // An ACK must return in time, and an ALIVE must arrive before its timeout.
        let ack = settings.hop_timeout.times(1, 2);
        Some(settings.detector.delay_bound().map_or(ack, |alive| alive.min(ack)))
    }

    fn recovery(settings: &Settings, situation: &Situation) -> Result<Recovery, String> {
        let (s, delay) = (settings, situation.delay);
        for (on, setting) in [(s.detector.on, "detector off"), (s.skip, "skip off"), (s.retry, "retry off")] {
            if !on {
                return Err(setting.to_string());
            }
        }
        let n = u64::from(situation.members);
        // In the worst case one sender has to skip every other member.
        let mend = s.hop_timeout.times(u64::from(s.tries) * n, 1) + s.detector.heartbeat + delay.times(2, 1);
        let round = s.election_bound(situation.members as usize) + delay.times(3 * n, 1);
        let bound = s.detector.timeout + s.detector.heartbeat + mend.times(2, 1) + round.times(3, 1);
        // The last ALIVE goes round; then a member suspects the leader, the dead leader is skipped, and the winner's id
        // goes round behind a lower one.
        let skip = s.hop_timeout.times(u64::from(s.tries), 1);
        let usual = s.detector.timeout + skip + delay.times(3 * n, 1);
        Ok(Recovery { bound, usual })
    }

    fn heals(settings: &Settings) -> Result<(), &'static str> {
        if settings.merge { Ok(()) } else { Err("merge off") }
    }

    fn period(settings: &Settings, _me: NodeId) -> Span {
        settings.detector.heartbeat
    }

    fn warnings(
        values: &Values<'_>,
        settings: &Settings,
        _members: &[NodeId],
    ) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        if !settings.detector.on {
            values.unused(&["timeout"], "detector off", &mut found);
        }
        if !settings.skip {
            values.unused(&["tries"], "skip off", &mut found);
        }
        if !settings.skip && !settings.retry {
            values.unused(&["hop-timeout"], "skip off and retry off", &mut found);
        }
        if !settings.skip && !settings.detector.on {
            values.unused(&["heartbeat"], "skip off and detector off", &mut found);
        }
        if settings.variant == Variant::Lcr {
            values.unused(&["initiators"], "variant lcr, where every member starts", &mut found);
        }
        found
    }

    fn impossible(_settings: &Settings, nodes: &[Initial<'_, ()>]) -> Option<String> {
        initiators::two_leaders(nodes)
    }

    fn start(cx: &mut Cx<'_, Ring>, _durable: (), boot: &Boot<'_>) -> Ring {
        let me = cx.me();
        let leader = initiators::leader(boot);
        let mut ring = Ring {
            me,
            participant: false,
            passed: NodeId::NONE,
            stopped: Aside::default(),
            leader,
            successor: Neighbour::new(cx, Way::Right),
            unacked: Outbox::default(),
        };
        let s = cx.settings();
        let starts = s.variant == Variant::Lcr || s.initiators.contains(me);
        if !boot.restarted && starts && s.initiators.start_with(leader) {
            ring.start_election(cx);
        } else if leader == me {
            // Its heartbeats were under way before the run began.
            let gone = cx.phase(s.detector.heartbeat);
            s.detector.beat(cx, Timer::Heartbeat, gone);
        } else {
            s.detector.watch(cx, Timer::Detector);
        }
        ring
    }

    fn on_message(&mut self, cx: &mut Cx<'_, Ring>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Token(token) => {
                if token.nr != 0 {
                    cx.fired(Rule::Ack);
                    cx.send(from, Msg::Ack(token.nr));
                }
                self.on_token(cx, token);
            }
            Msg::Ack(nr) => self.on_ack(cx, from, nr),
            Msg::Probe => {
                cx.fired(Rule::Present);
                cx.send(from, Msg::Present);
            }
            Msg::Present => self.on_sign_of_life(cx, from),
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Ring>, timer: Timer) {
        match timer {
            Timer::Heartbeat => {
                cx.fired(Rule::Heartbeat);
                self.send_on(cx, TokenKind::Alive, self.me, 0);
                cx.settings().detector.beat(cx, Timer::Heartbeat, Span::ZERO);
            }
            Timer::Detector => self.suspect(cx),
            Timer::Retry => {
                cx.fired(Rule::Retry);
                self.participant = false;
                self.start_election(cx);
            }
            Timer::Ack => self.on_no_ack(cx),
            Timer::Probe => {
                cx.fired(Rule::Probe);
                let skipped: Vec<NodeId> = self.successor.skipped(cx).collect();
                skipped.into_iter().for_each(|id| cx.send(id, Msg::Probe));
                cx.set_timer(Timer::Probe, cx.settings().detector.heartbeat);
            }
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_, Ring>, command: Command, _about: Option<NodeId>) {
        let Command::Campaign = command;
        // A participant has an election under way: suspecting again changes nothing.
        if !self.participant {
            if self.leads() { self.start_election(cx) } else { self.suspect(cx) }
        }
    }

    fn record(msg: &Msg) -> MsgRecord {
        let recorded = match *msg {
            Msg::Token(Token { kind, id: NodeId(id), hops, nr }) => match kind {
                TokenKind::Election => Recorded::Election { id, hops, nr },
                TokenKind::Elected => Recorded::Elected { id, hops, nr },
                TokenKind::Alive => Recorded::Alive { id, hops, nr },
            },
            Msg::Ack(nr) => Recorded::Ack { nr },
            Msg::Probe => Recorded::Probe,
            Msg::Present => Recorded::Present,
        };
        recorded.into()
    }

    fn forge(record: &MsgRecord) -> Option<Msg> {
        let token = |kind, id, hops, nr| Msg::Token(Token { kind, id: NodeId(id), hops, nr });
        Some(match Recorded::read(record)? {
            Recorded::Election { id, hops, nr } => token(TokenKind::Election, id, hops, nr),
            Recorded::Elected { id, hops, nr } => token(TokenKind::Elected, id, hops, nr),
            Recorded::Alive { id, hops, nr } => token(TokenKind::Alive, id, hops, nr),
            Recorded::Ack { nr } => Msg::Ack(nr),
            Recorded::Probe => Msg::Probe,
            Recorded::Present => Msg::Present,
        })
    }

    fn belief(&self) -> Belief {
        self.role().belief(self.leader)
    }

    fn role(&self) -> Standing {
        Standing::of(self.me, self.leader, self.participant)
    }

    fn view(&self, _durable: &()) -> NodeView {
        let (successor, nearest) = (self.successor.id(), self.successor.nearest());
        let skipped = match (self.successor.is_nearest(), self.successor.is_alone()) {
            (true, _) => "none".to_string(),
            (false, true) => "all others".to_string(),
            (false, false) => format!("{nearest} up to {successor}"),
        };
        NodeView::default()
            .field("role", self.role().name())
            .field("participant", if self.participant { "yes" } else { "no" })
            .field("leader", self.leader)
            .field("successor", successor)
            .field("skipped", skipped)
            .field("unacked", self.unacked.waiting().len())
    }

    fn shapes(&self, _settings: &Settings, out: &mut Vec<Shape>) {
        if !self.successor.is_alone() {
            out.push(Shape::Next { to: self.successor.id() });
        }
        out.extend(self.stopped.0.iter().map(|&id| Shape::Stopped { id }));
        if self.me < self.passed {
            out.push(Shape::Beaten { by: self.passed });
        }
    }

    fn view_crashed(_durable: &()) -> NodeView {
        NodeView::default().field("role", "crashed")
    }
}

/// The paper.
impl Ring {
    fn start_election(&mut self, cx: &mut Cx<'_, Ring>) {
        cx.fired(Rule::Start);
        cx.mark(Mark::Started);
        self.participate(cx);
        self.send_on(cx, TokenKind::Election, self.me, 0);
    }

    fn on_token(&mut self, cx: &mut Cx<'_, Ring>, token: Token) {
        let Token { kind, id, hops, .. } = token;
        // Its owner is gone, so nothing would stop it. The paper lets its own messages circle; ALIVE is ours.
        let limited = cx.settings().retry || kind == TokenKind::Alive;
        let members = cx.n();
        if limited && id != self.me {
            cx.because(Rule::Ownerless, || given("links passed", hops).at_least("n", members));
        }
        if limited && id != self.me && members as u32 <= hops {
            cx.fired(Rule::Ownerless);
            return;
        }
        match kind {
            TokenKind::Election => self.on_election(cx, id, hops),
            TokenKind::Elected => self.on_elected(cx, id, hops),
            TokenKind::Alive => self.on_alive(cx, id, hops),
        }
    }

    fn on_election(&mut self, cx: &mut Cx<'_, Ring>, id: NodeId, hops: u32) {
        cx.fired(Rule::Election);
        cx.because(Rule::Pass, || given("x", id).above("me", self.me));
        cx.because(Rule::Win, || given("x", id).is("me", self.me));
        if id < self.me {
            cx.because(Rule::Replace, || given("participant", self.participant).no());
        }
        if self.me < id {
            cx.fired(Rule::Pass);
            self.participate(cx);
            self.passed = self.passed.max(id);
            self.send_on(cx, TokenKind::Election, id, hops);
        } else if id == self.me {
            self.came_back(cx);
        } else if !self.participant || cx.settings().flaw == Flaw::NoParticipantFlag {
            cx.fired(Rule::Replace);
            self.participate(cx);
            self.stop(id);
            self.send_on(cx, TokenKind::Election, self.me, 0);
        } else {
            cx.fired(Rule::Drop);
            self.stop(id);
        }
    }

    fn stop(&mut self, id: NodeId) {
        if !self.stopped.0.contains(&id) {
            self.stopped.0.push(id);
        }
    }

    /// This member's own id went round.
    fn came_back(&mut self, cx: &mut Cx<'_, Ring>) {
        cx.because(Rule::Beaten, || given("highest id passed on", self.passed).above("me", self.me));
        if self.me < self.passed && cx.settings().retry {
            // It skipped a member that has come back since. That member leads; if it is gone again, the election is
            // restarted.
            cx.fired(Rule::Beaten);
            self.stop(self.me);
        } else {
            self.win(cx);
        }
    }

    fn on_elected(&mut self, cx: &mut Cx<'_, Ring>, id: NodeId, hops: u32) {
        cx.fired(Rule::Elected);
        cx.because(Rule::Follow, || given("x", id).is_not("me", self.me));
        let meets = cx.settings().merge && self.leads();
        cx.because(Rule::Follow, || given("a leader of another ring", meets).no());
        if id == self.me {
            cx.fired(Rule::Round);
        } else if !(cx.settings().merge && self.meets(cx, id)) {
            cx.fired(Rule::Follow);
            self.follow(cx, id);
            self.send_on(cx, TokenKind::Elected, id, hops);
        }
    }

    /// Takes part in an election, and so no longer leads.
    fn participate(&mut self, cx: &mut Cx<'_, Ring>) {
        if self.leads() {
            cx.mark(Mark::SteppedDown);
            cx.cancel_timer(Timer::Heartbeat);
        }
        self.leader = NodeId::NONE;
        if self.participant {
            return;
        }
        self.participant = true;
        self.passed = NodeId::NONE;
        self.stopped.0.clear();
        cx.cancel_timer(Timer::Detector);
        if cx.settings().retry {
            cx.set_timer(Timer::Retry, cx.settings().election_bound(cx.n()));
        }
    }

    fn win(&mut self, cx: &mut Cx<'_, Ring>) {
        cx.fired(Rule::Win);
        if !self.leads() {
            cx.mark(Mark::Won);
        }
        self.end_election(cx);
        self.leader = self.me;
        cx.cancel_timer(Timer::Detector);
        let s = cx.settings();
        if s.variant == Variant::ChangRoberts {
            self.send_on(cx, TokenKind::Elected, self.me, 0);
        } else if s.detector.on {
            // LCR announces nothing; the first ALIVE does it.
            self.send_on(cx, TokenKind::Alive, self.me, 0);
        }
        s.detector.beat(cx, Timer::Heartbeat, Span::ZERO);
    }

    fn follow(&mut self, cx: &mut Cx<'_, Ring>, leader: NodeId) {
        if self.leads() {
            cx.mark(Mark::SteppedDown);
            cx.cancel_timer(Timer::Heartbeat);
        }
        self.end_election(cx);
        self.leader = leader;
        cx.settings().detector.watch(cx, Timer::Detector);
    }

    fn end_election(&mut self, cx: &mut Cx<'_, Ring>) {
        if self.participant {
            self.participant = false;
            self.passed = NodeId::NONE;
            self.stopped.0.clear();
            cx.cancel_timer(Timer::Retry);
        }
    }

    fn leads(&self) -> bool {
        self.leader == self.me
    }
}

/// Beyond the paper: the detector, and rings that merge.
impl Ring {
    fn on_alive(&mut self, cx: &mut Cx<'_, Ring>, id: NodeId, hops: u32) {
        cx.fired(Rule::Alive);
        cx.because(Rule::Watch, || given("x", id).is_not("me", self.me));
        cx.because(Rule::Watch, || given("leading", self.leads()).no());
        if id == self.me {
            cx.fired(Rule::AliveRound);
            return;
        }
        if self.leads() {
            if cx.settings().merge {
                self.meets(cx, id);
                return;
            }
        } else {
            cx.fired(Rule::Watch);
            self.follow(cx, id);
        }
        self.send_on(cx, TokenKind::Alive, id, hops);
    }

    /// Hears of the leader `other`. True if this member also leads: then the message ends here.
    fn meets(&mut self, cx: &mut Cx<'_, Ring>, other: NodeId) -> bool {
        if !self.leads() {
            return false;
        }
        cx.because(Rule::GiveWay, || given("x", other).above("me", self.me));
        if self.me < other {
            cx.fired(Rule::GiveWay);
            self.start_election(cx);
        } else {
            cx.fired(Rule::Stand);
        }
        true
    }

    fn suspect(&mut self, cx: &mut Cx<'_, Ring>) {
        cx.fired(Rule::Suspect);
        cx.mark(Mark::Suspects);
        self.start_election(cx);
    }
}
