//! The bully algorithm after Garcia-Molina.
//!
//! # Problem
//! Of all members that are up, the one with the highest id must lead, and all must know it. When it fails, the next
//! highest takes over.
//!
//! # Model and assumptions
//! Every member knows all others and their ids, and can send to each of them. A message takes at most T_trans and is
//! never lost; a member that is up answers within T_process. So silence for T = 2·T_trans + T_process means that the
//! other member is down: the whole algorithm rests on this.
//!
//! # Rules
//! 1. A member that suspects the leader, or comes up, holds an election: it sends ELECTION to all higher ids and waits T.
//! 2. A member that receives ELECTION from a lower id answers OK and holds an election, unless it is holding one.
//! 3. No OK within T: no higher id is up. Lead; send COORDINATOR to all lower ids.
//! 4. OK: a higher id takes over. Wait T' for COORDINATOR; if none comes, start again.
//! 5. COORDINATOR from j: j leads.
//! 6. The member with the highest id has no one to ask: it leads at once, even over a healthy leader. Hence the name.
//!
//! The detector is ours: the leader sends HEARTBEAT to all members; a member that misses it for `timeout` suspects the
//! leader. A leader that hears of a higher one follows it; a member that hears of a lower one bullies it. So the two
//! leaders of a partition become one when it heals.
//!
//! # Complexity
//! With ids 1 to N, N down and member i starting: (N−i)(N−i+1)/2 ELECTION, (N−i)(N−i−1)/2 OK and N−2
//! COORDINATOR, together (N−i)² + N − 2: N − 1 at best (i = N−1), N² − N − 1 at worst (i = 1, or all
//! together). Messages count when sent, also those to the dead member. Time: two message delays and T.
//!
//! # Caveats
//! There is no quorum, no epoch and no token: a partition has a leader on each side, a delay above T makes a false one,
//! and nothing fences it. When a higher id comes back, two members lead until its COORDINATOR arrives.
//!
//! # Source
//! H. Garcia-Molina: Elections in a distributed computing system. IEEE Transactions on Computers C-31(1),
//! 1982, pages 48–59, §III. In the form of Coulouris, Dollimore, Kindberg, Blair: Distributed Systems, 5th
//! edition, §15.3, which leaves out that the new coordinator first halts the others and waits for them.

use election_base::{NodeId, Span};
use election_language::vocabulary::{Kind, Setting};
use election_parts::heartbeat::Detector;
use election_parts::initiators::{self, Initiators};
use election_parts::standing::Standing;
use election_protocol::{
    Assumption, Authority, Belief, Boot, Choice as _, Claim, CommandKind as _, Cx, Info, Initial, Mark,
    MsgRecord, NodeView, Phrases, Property, Protocol, Recovery, RoleKind as _, RuleKind as _, Shape,
    Situation, Topology, Values, choices, commands, given, messages, rules, timers,
};

timers! {
    /// What a member waits for.
    pub enum Timer {
        /// T: an OK.
        Answer = "answer" by "answer-timeout",
        /// T': a COORDINATOR, after an OK.
        Coordinator = "coordinator" by "coordinator-timeout",
        /// The leader: time for the next HEARTBEAT.
        Heartbeat = "heartbeat" by "heartbeat",
        /// Other members: no HEARTBEAT for `timeout`.
        Detector = "detector" by "timeout",
    }
}

/// What members send.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// To higher ids: are you up?
    Election,
    /// To a lower id: I am; leave it to me.
    Ok,
    /// To lower ids: I lead.
    Coordinator,
    /// To all: I still lead.
    Heartbeat,
}

/// A member's state in an election.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// No election: it leads, follows, or knows of no leader.
    Normal,
    /// It asked the higher ids and waits T for an OK.
    Asking,
    /// It got an OK from that member and waits T' for a COORDINATOR.
    Waiting(NodeId),
}

/// The settings, see [`INFO`].
#[derive(Clone, Debug)]
pub struct Settings {
    initiators: Initiators,
    answer_timeout: Span,
    coordinator_timeout: Span,
    detector: Detector,
    probe_dead_leader: bool,
    flaw: Flaw,
}

/// A member.
#[derive(Clone, Debug, Hash)]
pub struct Bully {
    me: NodeId,
    state: State,
    /// The member it takes for the leader.
    leader: NodeId,
    /// The member whose silence started its election, if one did.
    suspect: NodeId,
}

messages! {
    /// The messages, as a trace shows them.
    pub enum Recorded {
        Election = "ELECTION", Election;
        Ok = "OK", Election;
        Coordinator = "COORDINATOR", Election;
        Heartbeat = "HEARTBEAT", Liveness;
    }
}

choices! {
    /// What is deliberately wrong.
    pub enum Flaw {
        /// Nothing.
        None = "none",
        /// A member that got an OK waits for COORDINATOR forever.
        NoRestart = "no-restart",
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
        Hold = "hold an election:",
        Ask = "  some id is higher: send ELECTION to all higher ids; wait T for OK",
        Highest = "  none is higher: lead",
        Election = "on ELECTION from j: send OK to j",
        HoldToo = "  I hold no election and do not lead: hold an election",
        Holding = "  I am holding one: go on",
        Remind = "  I lead: send COORDINATOR to j",
        Ok = "on OK, I wait for it: a higher id takes over; wait T' for COORDINATOR",
        NoOk = "no OK within T: lead",
        NoCoordinator = "no COORDINATOR within T': the higher id is gone; hold an election",
        Lead = "lead: leader := me; send COORDINATOR to all lower ids",
        Coordinator = "on COORDINATOR from j > me: leader := j; the election is over",
        Recover = "on coming up: hold an election",
        Beat = "detector: leader, every heartbeat: send HEARTBEAT to all members",
        Heartbeat = "  on HEARTBEAT from j:",
        Watch = "    j > me, I hold no election: leader := j unless I know a higher one; watch it",
        Bully = "    j < me: I bully it: lead if I do already, else hold an election",
        Suspect = "  no HEARTBEAT for timeout: suspect the leader; hold an election",
    }
}

/// What there is to know about bully.
pub const INFO: Info = Info {
    id: "bully",
    title: "Bully",
    subtitle: "Garcia-Molina 1982",
    summary: "A member that suspects the leader asks all members with higher ids whether they are up. If none answers \
              in time, it leads; if one answers, that one takes over. So the highest id that is up leads, and a \
              member that comes back takes over from any leader with a lower id. The algorithm relies on synchrony: \
              silence for longer than a round trip must mean that a member is down.",
    source: "Garcia-Molina: Elections in a distributed computing system, IEEE Trans. Computers C-31(1), 1982, \
             §III; in the form of Coulouris et al., Distributed Systems, 5th edition, §15.3",
    topology: Topology::Ladder,
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
            property: Property::LeaderEventually,
            assumes: &[
                Assumption::Connected,
                Assumption::NoLoss,
                Assumption::Synchrony,
                Assumption::TrueClocks,
                Assumption::NoCrashInElection,
            ],
            because: "the highest member that is up gets no OK, and so leads after T",
        },
        Claim {
            property: Property::AtMostOneLeader,
            assumes: &[
                Assumption::Connected,
                Assumption::NoLoss,
                Assumption::Fifo,
                Assumption::Synchrony,
                Assumption::TrueClocks,
                Assumption::NoCrashInElection,
                Assumption::NoReturn,
            ],
            because: "a member that is silent for T is down, and only a member that comes back outranks the leader",
        },
    ],
    settings: &[
        Setting {
            name: "initiators",
            kind: Kind::Ids,
            default: "all",
            doc: "The members that hold an election when the run begins.",
            source: "Garcia-Molina 1982: a node that comes up holds an election; with `init bully leader N`, none does",
            live: false,
        },
        Setting {
            name: "answer-timeout",
            kind: Kind::Span { min: Span(1), max: Span::s(60) },
            default: "50ms",
            doc: "T: how long a member waits for an OK before it leads.",
            source: "2·T_trans + T_process (Coulouris et al. §15.3) for messages of at most 15 ms, with 20 ms for \
                     processing",
            live: true,
        },
        Setting {
            name: "coordinator-timeout",
            kind: Kind::Span { min: Span(1), max: Span::s(60) },
            default: "100ms",
            doc: "T': how long a member waits for a COORDINATOR after an OK before it holds another election.",
            source: "T + 2·T_trans + T_process: the member that sent OK itself waits T, its question goes out, and its \
                     COORDINATOR comes back",
            live: true,
        },
        Setting {
            name: "detector",
            kind: Kind::Switch,
            default: "on",
            doc: "Whether the leader sends HEARTBEAT and its absence starts an election.",
            source: "ours: the paper does not say how a failure is noticed",
            live: false,
        },
        Setting {
            name: "heartbeat",
            kind: Kind::Span { min: Span::ms(1), max: Span::s(60) },
            default: "100ms",
            doc: "How often the leader sends HEARTBEAT.",
            source: "ours: well above the default maximum delay of 15 ms, and the same as for ring",
            live: true,
        },
        Setting {
            name: "timeout",
            kind: Kind::Span { min: Span::ms(1), max: Span::s(600) },
            default: "500ms",
            doc: "How long a member goes without HEARTBEAT before it suspects the leader.",
            source: "ours: five heartbeats, the same as for ring",
            live: true,
        },
        Setting {
            name: "probe-dead-leader",
            kind: Kind::Switch,
            default: "on",
            doc: "Whether a member also asks the leader that it suspects. Off: the best case takes N − 2 messages.",
            source: "on: Garcia-Molina 1982 asks all higher ids; off: Coulouris et al. §15.3, where the second \
                     highest elects itself at once",
            live: true,
        },
        Setting {
            name: "flaw",
            kind: Kind::Choice(Flaw::WORDS),
            default: "none",
            doc: "Deliberately wrong. `no-restart`: without T', a member that got an OK waits for COORDINATOR forever.",
            source: "ours: the rule as many summaries state it",
            live: false,
        },
    ],
    commands: Command::WORDS,
    writes: false,
    roles: Standing::NAMES,
    init: &[initiators::LEADER],
    fields: &["role", "election", "leader", "suspect"],
    panels: &[],
    phrases: Phrases {
        waits: "no node suspects {leader} yet",
        starts: "{node} starts an election",
        elects: "each candidate waits for the answer of a higher id",
        suspects: "{node} no longer hears {leader}",
        wins: "no higher id answers {node}",
    },
    fidelity: &[
        "Garcia-Molina's new coordinator first halts all lower members, waits until they have stopped, and only then \
         announces that it leads; here, as in Coulouris et al., a single COORDINATOR does all this. So when a higher \
         id comes back, two members lead while its COORDINATOR is on its way.",
        "A leader that receives ELECTION answers OK and repeats its COORDINATOR to the sender alone. Holding another \
         election, as the rule literally says, would make the highest id send COORDINATOR to all members for each \
         ELECTION.",
        "HEARTBEAT and everything that follows from it are ours; the paper does not say how a failure is noticed.",
        "The paper's reorganisation, its state vectors and its second algorithm for asynchronous systems (invitation) \
         are left out.",
        "There is no epoch and no token: a store cannot fence a bully's leader.",
    ],
};

impl Protocol for Bully {
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
            answer_timeout: values.span("answer-timeout"),
            coordinator_timeout: values.span("coordinator-timeout"),
            detector: Detector::read(values),
            probe_dead_leader: values.switch("probe-dead-leader"),
            flaw: values.choice("flaw"),
        })
    }

    fn delay_bound(settings: &Settings) -> Option<Span> {
        let s = settings;
        // OK must return within T; COORDINATOR, which comes two delays and T after the question, within T' of an OK
        // that came at once; the next HEARTBEAT within `timeout`.
        let ok = s.answer_timeout.times(1, 2);
        let coordinator = (s.coordinator_timeout - s.answer_timeout).times(1, 2);
        let bound = ok.min(coordinator);
        Some(s.detector.delay_bound().map_or(bound, |heartbeat| heartbeat.min(bound)))
    }

    fn recovery(settings: &Settings, situation: &Situation) -> Result<Recovery, String> {
        let (s, delay) = (settings, situation.delay);
        if !s.detector.on {
            return Err("detector off".to_string());
        }
        // An election that was under way when the faults ended may have to start again, and so may those that it
        // suppressed.
        let election = s.answer_timeout + s.coordinator_timeout + delay.times(4, 1);
        let bound = s.detector.timeout + s.detector.heartbeat + election.times(4, 1);
        // The member that heard its last HEARTBEAT first suspects first; its question reaches the next leader, which
        // waits T for the dead one.
        let usual = s.detector.timeout + s.answer_timeout + delay.times(2, 1);
        Ok(Recovery { bound, usual })
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
            values.unused(&["heartbeat", "timeout"], "detector off", &mut found);
        }
        if settings.flaw == Flaw::NoRestart {
            values.unused(&["coordinator-timeout"], "flaw no-restart", &mut found);
        }
        found
    }

    fn impossible(_settings: &Settings, nodes: &[Initial<'_, ()>]) -> Option<String> {
        let highest = nodes.last()?.id;
        let led =
            nodes.iter().filter_map(|node| node.init.one("leader")).find(|&id| id != u64::from(highest.0));
        initiators::two_leaders(nodes).or_else(|| {
            let led = led?;
            Some(format!("no run reaches: {led} leads although {highest}, which is higher, is up"))
        })
    }

    fn start(cx: &mut Cx<'_, Bully>, _durable: (), boot: &Boot<'_>) -> Bully {
        let me = cx.me();
        let leader = initiators::leader(boot);
        let mut bully = Bully { me, state: State::Normal, leader, suspect: NodeId::NONE };
        let s = cx.settings();
        let starts = s.initiators.contains(me) && s.initiators.start_with(leader);
        if boot.restarted || starts {
            cx.fired(Rule::Recover);
            bully.leader = NodeId::NONE;
            bully.hold_election(cx);
        } else if leader == me {
            // Its heartbeats were under way before the run began.
            let gone = cx.phase(s.detector.heartbeat);
            s.detector.beat(cx, Timer::Heartbeat, gone);
        } else {
            s.detector.watch(cx, Timer::Detector);
        }
        bully
    }

    fn on_message(&mut self, cx: &mut Cx<'_, Bully>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Election => self.on_election(cx, from),
            Msg::Ok => self.on_ok(cx, from),
            Msg::Coordinator => self.on_coordinator(cx, from),
            Msg::Heartbeat => self.on_heartbeat(cx, from),
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Bully>, timer: Timer) {
        match timer {
            Timer::Answer => {
                cx.fired(Rule::NoOk);
                self.lead(cx);
            }
            Timer::Coordinator => {
                cx.fired(Rule::NoCoordinator);
                // The suspect may lead after all, and tells only members that ask.
                self.suspect = NodeId::NONE;
                self.hold_election(cx);
            }
            Timer::Heartbeat => {
                cx.fired(Rule::Beat);
                cx.broadcast(Msg::Heartbeat);
                cx.settings().detector.beat(cx, Timer::Heartbeat, Span::ZERO);
            }
            Timer::Detector => self.on_suspicion(cx),
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_, Bully>, command: Command, _about: Option<NodeId>) {
        let Command::Campaign = command;
        // A member that is holding an election already suspects the leader.
        if self.state == State::Normal {
            if self.leads() { self.hold_election(cx) } else { self.on_suspicion(cx) }
        }
    }

    fn record(msg: &Msg) -> MsgRecord {
        let recorded = match msg {
            Msg::Election => Recorded::Election,
            Msg::Ok => Recorded::Ok,
            Msg::Coordinator => Recorded::Coordinator,
            Msg::Heartbeat => Recorded::Heartbeat,
        };
        recorded.into()
    }

    fn forge(record: &MsgRecord) -> Option<Msg> {
        Some(match Recorded::read(record)? {
            Recorded::Election => Msg::Election,
            Recorded::Ok => Msg::Ok,
            Recorded::Coordinator => Msg::Coordinator,
            Recorded::Heartbeat => Msg::Heartbeat,
        })
    }

    fn belief(&self) -> Belief {
        self.role().belief(self.leader)
    }

    fn role(&self) -> Standing {
        Standing::of(self.me, self.leader, self.state != State::Normal)
    }

    fn view(&self, _durable: &()) -> NodeView {
        let state = match self.state {
            State::Normal => "none",
            State::Asking => "asking",
            State::Waiting(_) => "waiting",
        };
        NodeView::default()
            .field("role", self.role().name())
            .field("election", state)
            .field("leader", self.leader)
            .field("suspect", self.suspect)
    }

    fn shapes(&self, _settings: &Settings, out: &mut Vec<Shape>) {
        if let State::Waiting(by) = self.state {
            out.push(Shape::Silenced { by });
        }
    }

    fn view_crashed(_durable: &()) -> NodeView {
        NodeView::default().field("role", "crashed")
    }
}

/// The paper.
impl Bully {
    fn hold_election(&mut self, cx: &mut Cx<'_, Bully>) {
        cx.fired(Rule::Hold);
        cx.mark(Mark::Started);
        let higher = &cx.members()[cx.position(self.me).expect("a member") + 1..];
        let mut asked = 0u32;
        for &id in higher {
            if id != self.suspect || cx.settings().probe_dead_leader {
                cx.send(id, Msg::Election);
                asked += 1;
            }
        }
        cx.because(Rule::Ask, || given("higher ids asked", asked).at_least("", 1u32));
        if asked == 0 {
            cx.fired(Rule::Highest);
            return self.lead(cx);
        }
        cx.fired(Rule::Ask);
        if self.leads() {
            cx.mark(Mark::SteppedDown);
            cx.cancel_timer(Timer::Heartbeat);
        }
        self.state = State::Asking;
        self.leader = NodeId::NONE;
        cx.cancel_timer(Timer::Detector);
        cx.set_timer(Timer::Answer, cx.settings().answer_timeout);
    }

    fn on_election(&mut self, cx: &mut Cx<'_, Bully>, from: NodeId) {
        cx.fired(Rule::Election);
        cx.send(from, Msg::Ok);
        cx.because(Rule::Remind, || given("leader", self.leader).is("me", self.me));
        if !self.leads() {
            cx.because(Rule::HoldToo, || given("holding one", self.state != State::Normal).no());
        }
        if self.leads() {
            cx.fired(Rule::Remind);
            cx.send(from, Msg::Coordinator);
        } else if self.state == State::Normal {
            cx.fired(Rule::HoldToo);
            self.hold_election(cx);
        } else {
            cx.fired(Rule::Holding);
        }
    }

    fn on_ok(&mut self, cx: &mut Cx<'_, Bully>, from: NodeId) {
        cx.because(Rule::Ok, || given("waiting for an OK", self.state == State::Asking).yes());
        // The first OK is enough; one that comes after T is too late.
        if self.state != State::Asking {
            return;
        }
        cx.fired(Rule::Ok);
        self.state = State::Waiting(from);
        cx.cancel_timer(Timer::Answer);
        if cx.settings().flaw != Flaw::NoRestart {
            cx.set_timer(Timer::Coordinator, cx.settings().coordinator_timeout);
        }
    }

    fn on_coordinator(&mut self, cx: &mut Cx<'_, Bully>, from: NodeId) {
        cx.because(Rule::Coordinator, || given("j", from).above("me", self.me));
        cx.fired(Rule::Coordinator);
        self.follow(cx, from);
    }

    fn lead(&mut self, cx: &mut Cx<'_, Bully>) {
        cx.fired(Rule::Lead);
        if !self.leads() {
            cx.mark(Mark::Won);
        }
        self.end_election(cx);
        cx.cancel_timer(Timer::Detector);
        self.leader = self.me;
        let lower = &cx.members()[..cx.position(self.me).expect("a member")];
        for &id in lower {
            cx.send(id, Msg::Coordinator);
        }
        cx.settings().detector.beat(cx, Timer::Heartbeat, Span::ZERO);
    }

    fn follow(&mut self, cx: &mut Cx<'_, Bully>, leader: NodeId) {
        if self.leads() {
            cx.mark(Mark::SteppedDown);
            cx.cancel_timer(Timer::Heartbeat);
        }
        self.end_election(cx);
        self.leader = leader;
        cx.settings().detector.watch(cx, Timer::Detector);
    }

    fn end_election(&mut self, cx: &mut Cx<'_, Bully>) {
        match self.state {
            State::Normal => {}
            State::Asking => cx.cancel_timer(Timer::Answer),
            State::Waiting(_) => cx.cancel_timer(Timer::Coordinator),
        }
        self.state = State::Normal;
        self.suspect = NodeId::NONE;
    }

    fn leads(&self) -> bool {
        self.leader == self.me
    }
}

/// The detector.
impl Bully {
    fn on_heartbeat(&mut self, cx: &mut Cx<'_, Bully>, from: NodeId) {
        cx.fired(Rule::Heartbeat);
        cx.because(Rule::Watch, || given("holding an election", self.state != State::Normal).no());
        if self.state != State::Normal {
            // It may have been sent before the leader died. If not, a COORDINATOR will come.
            return;
        }
        cx.because(Rule::Bully, || given("j", from).below("me", self.me));
        cx.because(Rule::Watch, || given("j", from).above("me", self.me));
        if from < self.me {
            cx.fired(Rule::Bully);
            if self.leads() {
                self.lead(cx)
            } else {
                self.hold_election(cx)
            }
            return;
        }
        cx.because(Rule::Watch, || given("j", from).at_least("leader", self.leader));
        if self.leader <= from {
            cx.fired(Rule::Watch);
            self.follow(cx, from);
        }
    }

    fn on_suspicion(&mut self, cx: &mut Cx<'_, Bully>) {
        cx.fired(Rule::Suspect);
        cx.mark(Mark::Suspects);
        self.suspect = self.leader;
        self.hold_election(cx);
    }
}
