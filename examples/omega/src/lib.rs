//! Ω: every member follows the lowest id that it has heard of lately.
//!
//! The eventual leader detector of T. D. Chandra, V. Hadzilacos, S. Toueg: The weakest failure detector for solving
//! consensus. Journal of the ACM 43(4), 1996, pages 685–722, §3, in its simplest form: heartbeats, one timeout, and the
//! smallest id that is not suspected. It chooses no leader in a vote, so two may lead until everyone has heard the same.

use election_playground::base::{NodeId, Span};
use election_playground::parts::standing::Standing;
use election_playground::protocol::{
    Assumption, Authority, Belief, Boot, Claim, CommandKind as _, Cx, Info, Mark, MsgRecord, NodeView,
    Phrases, Property, Protocol, Recovery, RoleKind as _, RuleKind as _, Situation, Topology, Values,
    commands, given, messages, rules, timers,
};
use election_playground::registry::{ALGORITHMS, Algorithm, Registry};
use election_playground::vocabulary::{Kind, Setting};

/// Ω beside an algorithm of the playground, so that a scenario can compare the two.
pub static REGISTRY: Registry = Registry::new(&[Algorithm::of::<Omega>(), ALGORITHMS[1]]);

timers! {
    /// What a member waits for.
    pub enum Timer {
        /// The next ALIVE is due.
        Beat = "beat" by "heartbeat",
        /// The leader has been silent for `timeout`.
        Silence = "silence" by "timeout",
    }
}

messages! {
    /// The messages, as a trace shows them.
    pub enum Recorded {
        Alive = "ALIVE", Liveness;
    }
}

commands! {
    /// What a scenario can tell a member to do.
    pub enum Command {
        /// Choose now.
        Campaign = commands::CAMPAIGN,
    }
}

rules! {
    /// The pseudo-code.
    pub enum Rule {
        Beat = "every heartbeat: send ALIVE to all",
        Alive = "on ALIVE from j:",
        Lower = "  j is lower than my leader, or I have none: follow j",
        Watch = "  j is my leader: wait for its next ALIVE",
        Silence = "no ALIVE from the leader for timeout: suspect it; choose",
        Choose = "choose: follow the lowest id heard lately",
        Lead = "  none of them is lower than me: lead",
    }
}

/// ALIVE, the only message. It says nothing but who sent it.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Alive;

/// The settings, see [`INFO`].
#[derive(Clone, Debug)]
pub struct Settings {
    heartbeat: Span,
    timeout: Span,
}

/// A member.
#[derive(Clone, Debug, Hash)]
pub struct Omega {
    me: NodeId,
    /// Whom it follows; itself if it leads, [`NodeId::NONE`] if it has heard of no one yet.
    leader: NodeId,
    /// How many of its own beats have passed since the last ALIVE of each member, in the order of the ids; `None` for a
    /// member that is unknown or suspected.
    silence: Vec<Option<u64>>,
}

/// What there is to know about Ω.
pub const INFO: Info = Info {
    id: "omega",
    title: "Ω",
    subtitle: "Chandra, Hadzilacos, Toueg 1996",
    summary: "Every member sends heartbeats to all others and follows the lowest id that it has heard of within a \
              timeout. There is no vote and no quorum: members agree as soon as they hear the same heartbeats.",
    source: "Chandra, Hadzilacos, Toueg: The weakest failure detector for solving consensus, JACM 43(4), 1996, §3",
    topology: Topology::Mesh,
    authority: Authority::None,
    groups: &[],
    epoch: "",
    token: "",
    messages: Recorded::TABLE,
    forges: false,
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
            ],
            because: "heartbeats of the lowest id that is up reach every member within the timeout",
        },
        Claim {
            property: Property::AtMostOneLeader,
            assumes: &[
                Assumption::Connected,
                Assumption::NoLoss,
                Assumption::Synchrony,
                Assumption::TrueClocks,
                Assumption::NoReturn,
            ],
            because: "a member leads only after every lower id has been silent for the timeout",
        },
    ],
    settings: &[
        Setting {
            name: "heartbeat",
            kind: Kind::Span { min: Span::ms(1), max: Span::s(60) },
            default: "100ms",
            doc: "How often a member sends ALIVE.",
            source: "ours: the same as for bully",
            live: true,
        },
        Setting {
            name: "timeout",
            kind: Kind::Span { min: Span::ms(1), max: Span::s(600) },
            default: "500ms",
            doc: "How long a member may be silent before it is suspected.",
            source: "ours: five heartbeats",
            live: true,
        },
    ],
    commands: Command::WORDS,
    writes: false,
    roles: Standing::NAMES,
    init: &[],
    fields: &["role", "leader"],
    panels: &[],
    phrases: Phrases::PLAIN,
    fidelity: &[
        "The paper's detector outputs one process and does not say how; heartbeats are the usual way.",
    ],
};

impl Protocol for Omega {
    type Msg = Alive;
    type Timer = Timer;
    type Rule = Rule;
    type Command = Command;
    type Role = Standing;
    type Durable = ();
    type Settings = Settings;

    const INFO: &'static Info = &INFO;

    fn settings(values: &Values<'_>, _members: &[NodeId]) -> Result<Settings, String> {
        let settings = Settings { heartbeat: values.span("heartbeat"), timeout: values.span("timeout") };
        if settings.timeout <= settings.heartbeat {
            return Err(
                "timeout must be longer than heartbeat, or every member suspects every other".to_string()
            );
        }
        Ok(settings)
    }

    fn delay_bound(settings: &Settings) -> Option<Span> {
        // ALIVE, sent every heartbeat, must arrive before the timeout.
        Some(settings.timeout - settings.heartbeat)
    }

    fn recovery(settings: &Settings, situation: &Situation) -> Result<Recovery, String> {
        // A follower may turn to another crashed member as long as it does not suspect that one: for at most the timeout
        // and three heartbeats after its last ALIVE. Then it waits once more.
        let bound =
            settings.timeout.times(2, 1) + settings.heartbeat.times(3, 1) + situation.delay.times(2, 1);
        Ok(Recovery { bound, usual: settings.timeout + situation.delay })
    }

    fn period(settings: &Settings, _me: NodeId) -> Span {
        settings.heartbeat
    }

    fn start(cx: &mut Cx<'_, Omega>, _durable: (), _boot: &Boot<'_>) -> Omega {
        let omega = Omega { me: cx.me(), leader: NodeId::NONE, silence: vec![None; cx.n()] };
        omega.beat(cx);
        // A lower id may be up: listen for a whole timeout before leading.
        cx.set_timer(Timer::Silence, cx.settings().timeout);
        omega
    }

    fn on_message(&mut self, cx: &mut Cx<'_, Omega>, from: NodeId, _alive: Alive) {
        cx.fired(Rule::Alive);
        // What decides shows in the margin of these lines, whether it is true or not.
        cx.because(Rule::Watch, || given("j", from).is("leader", self.leader));
        self.silence[cx.position(from).expect("only members send ALIVE")] = Some(0);
        if from == self.leader {
            cx.fired(Rule::Watch);
            cx.set_timer(Timer::Silence, cx.settings().timeout);
        } else if from < self.me && (self.leader == NodeId::NONE || from < self.leader) {
            cx.fired(Rule::Lower);
            self.follow(cx, from);
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Omega>, timer: Timer) {
        match timer {
            Timer::Beat => {
                cx.fired(Rule::Beat);
                self.age(cx.settings().misses());
                self.beat(cx);
            }
            Timer::Silence => self.suspect(cx),
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_, Omega>, command: Command, _about: Option<NodeId>) {
        let Command::Campaign = command;
        cx.mark(Mark::Started);
        self.choose(cx);
    }

    fn record(_alive: &Alive) -> MsgRecord {
        Recorded::Alive.into()
    }

    fn belief(&self) -> Belief {
        self.role().belief(self.leader)
    }

    fn role(&self) -> Standing {
        Standing::of(self.me, self.leader, false)
    }

    fn view(&self, _durable: &()) -> NodeView {
        NodeView::default().field("role", self.role().name()).field("leader", self.leader)
    }

    fn view_crashed(_durable: &()) -> NodeView {
        NodeView::default().field("role", "crashed")
    }
}

impl Omega {
    fn beat(&self, cx: &mut Cx<'_, Omega>) {
        cx.broadcast(Alive);
        cx.set_timer(Timer::Beat, cx.settings().heartbeat);
    }

    /// A beat has passed. Beats count the silence, not the clock: with `timers manual`, clocks advance and no member
    /// sends ALIVE.
    fn age(&mut self, misses: u64) {
        for silence in &mut self.silence {
            *silence = silence.map(|beats| beats + 1).filter(|beats| *beats <= misses);
        }
    }

    fn suspect(&mut self, cx: &mut Cx<'_, Omega>) {
        cx.fired(Rule::Silence);
        // These two marks split a failover into detection and election.
        cx.mark(Mark::Suspects);
        cx.mark(Mark::Started);
        if let Some(silent) = cx.position(self.leader) {
            self.silence[silent] = None;
        }
        self.choose(cx);
    }

    fn choose(&mut self, cx: &mut Cx<'_, Omega>) {
        cx.fired(Rule::Choose);
        let heard = cx.members().iter().zip(&self.silence).find(|(_, silence)| silence.is_some());
        match heard.map(|(id, _)| *id).filter(|id| *id < self.me) {
            Some(lowest) => self.follow(cx, lowest),
            None if self.leader != self.me => {
                cx.fired(Rule::Lead);
                cx.mark(Mark::Won);
                self.leader = self.me;
                cx.cancel_timer(Timer::Silence);
            }
            None => {}
        }
    }

    fn follow(&mut self, cx: &mut Cx<'_, Omega>, leader: NodeId) {
        if self.leader == self.me {
            cx.mark(Mark::SteppedDown);
        }
        self.leader = leader;
        cx.set_timer(Timer::Silence, cx.settings().timeout);
    }
}

impl Settings {
    /// The number of beats after which a silent member is suspected: never within the timeout, since the first beat may
    /// follow its ALIVE at once.
    fn misses(&self) -> u64 {
        self.timeout.0.div_ceil(self.heartbeat.0) + 1
    }
}
