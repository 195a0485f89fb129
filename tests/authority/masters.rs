//! Two lock services moved by hand: independent masters, as Redlock has them, and a primary with a replica that lags
//! behind, as Redis Sentinel has it. A member takes the lock, and nobody gives it back.

use election_playground::base::{NodeId, Span};
use election_playground::protocol::{
    Agreement, Authority, Belief, Boot, CommandKind as _, Cx, GroupId, GroupInfo, Info, MsgRecord, NodeView,
    Phrases, Protocol, Recovery, Role, RoleKind as _, RuleKind as _, Seats, Situation, Topology, Values,
    commands, messages, roles, rules, timers,
};
use election_playground::registry::{Algorithm, Registry};

/// Both.
pub static REGISTRY: Registry =
    Registry::new(&[Algorithm::of::<Lock<false>>(), Algorithm::of::<Lock<true>>()]);

timers! {
    /// What a node waits for.
    pub enum Timer {
        /// A replica: to become the primary. Only a scenario fires it.
        Promote = "promote",
    }
}

messages! {
    /// The messages, as a trace shows them.
    pub enum Recorded {
        Take = "Take", Service;
        Granted = "Granted", Service;
        Copy = "Copy", Service { owner = "owner" };
        Primary = "Primary", Service { epoch = "epoch" };
    }
}

commands! {
    /// What a scenario can tell a node to do.
    pub enum Command {
        /// A member: take the lock.
        Campaign = commands::CAMPAIGN,
    }
}

roles! {
    /// What a node is.
    pub enum Part {
        /// A member.
        Follower = "follower" as Follower,
        /// A member that holds the lock.
        Leader = "leader" as Leader,
        /// Of the service.
        Service = "service" as Service,
    }
}

rules! {
    /// The pseudo-code.
    pub enum Rule {
        Take = "take what is free, and say so to the replicas",
        Hold = "granted by those who count: hold it",
    }
}

/// What nodes send to each other.
#[derive(Clone, Copy, Hash, Debug)]
pub enum Msg {
    /// A member to the service.
    Take,
    /// Its answer.
    Granted,
    /// The primary to a replica: who owns the lock.
    Copy(NodeId),
    /// A new primary.
    Primary(u64),
}

/// A node; `PRIMARY`: the service has one.
#[derive(Clone, Hash, Debug)]
pub struct Lock<const PRIMARY: bool> {
    me: NodeId,
    /// Of a service node.
    owner: NodeId,
    /// Who is the primary, and in which epoch.
    primary: (NodeId, u64),
    /// Of a member: who granted it the lock.
    granted: Vec<NodeId>,
}

const INDEPENDENT: Info = Info {
    id: "independent",
    title: "Masters",
    subtitle: "for tests",
    summary: "A lock that most masters grant.",
    source: "ours",
    topology: Topology::Service,
    authority: Authority::Service(Agreement::Independent),
    groups: &[],
    epoch: "",
    token: "",
    messages: Recorded::TABLE,
    forges: false,
    disk: &[],
    rules: Rule::TEXTS,
    claims: &[],
    settings: &[],
    commands: Command::WORDS,
    writes: false,
    roles: Part::NAMES,
    init: &[],
    fields: &["role"],
    panels: &[],
    phrases: Phrases::PLAIN,
    fidelity: &["It is a toy."],
};

const WITH_PRIMARY: Info = Info {
    id: "primary",
    authority: Authority::Service(Agreement::Primary),
    groups: &[GroupInfo {
        name: GroupInfo::SERVICE,
        seats: Seats::Services,
        authority: Authority::None,
        epoch: "epoch",
    }],
    ..INDEPENDENT
};

impl<const PRIMARY: bool> Protocol for Lock<PRIMARY> {
    type Msg = Msg;
    type Timer = Timer;
    type Rule = Rule;
    type Command = Command;
    type Role = Part;
    type Durable = ();
    type Settings = ();

    const INFO: &'static Info = if PRIMARY { &WITH_PRIMARY } else { &INDEPENDENT };

    fn settings(_values: &Values<'_>, _members: &[NodeId]) -> Result<(), String> {
        Ok(())
    }

    fn services(_settings: &()) -> u32 {
        if PRIMARY { 2 } else { 5 }
    }

    fn delay_bound(_settings: &()) -> Option<Span> {
        None
    }

    fn recovery(_settings: &(), _situation: &Situation) -> Result<Recovery, String> {
        Err("all by hand".to_string())
    }

    fn start(cx: &mut Cx<'_, Self>, _disk: (), _boot: &Boot<'_>) -> Self {
        cx.set_timer(Timer::Promote, Span::s(80_000));
        let primary = (NodeId::service(0), 1);
        Lock { me: cx.me(), owner: NodeId::NONE, primary, granted: Vec::new() }
    }

    fn on_message(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Take if self.owner == NodeId::NONE && (!PRIMARY || self.primary.0 == self.me) => {
                cx.fired(Rule::Take);
                self.owner = from;
                cx.send(from, Msg::Granted);
                if PRIMARY {
                    cx.send(self.other(), Msg::Copy(from));
                }
            }
            Msg::Granted => {
                cx.fired(Rule::Hold);
                self.granted.push(from);
            }
            Msg::Copy(owner) => self.owner = owner,
            Msg::Primary(epoch) => self.primary = (from, epoch),
            Msg::Take => {}
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_, Self>, _timer: Timer) {
        self.primary = (self.me, self.primary.1 + 1);
        cx.send(self.other(), Msg::Primary(self.primary.1));
    }

    fn on_command(&mut self, cx: &mut Cx<'_, Self>, _command: Command, _about: Option<NodeId>) {
        for at in 0..Self::services(&()) {
            cx.send(NodeId::service(at), Msg::Take);
        }
    }

    fn record(msg: &Msg) -> MsgRecord {
        match *msg {
            Msg::Take => Recorded::Take,
            Msg::Granted => Recorded::Granted,
            Msg::Copy(owner) => Recorded::Copy { owner: owner.0 },
            Msg::Primary(epoch) => Recorded::Primary { epoch: epoch as u32 },
        }
        .into()
    }

    fn belief(&self) -> Belief {
        if self.me.is_service() {
            return Belief { role: Role::Service, leader: self.owner, ..Belief::default() };
        }
        let enough = if PRIMARY { 1 } else { 3 };
        let leads = enough <= self.granted.len();
        let leader = if leads { self.me } else { NodeId::NONE };
        Belief { role: self.role().counts_as(), leads, leader, ..Belief::default() }
    }

    fn belief_of(&self, _group: GroupId) -> Belief {
        let (leader, epoch) = self.primary;
        let leads = leader == self.me;
        let role = if leads { Role::Leader } else { Role::Follower };
        if self.me.is_service() { Belief { role, leads, leader, epoch, token: 0 } } else { Belief::default() }
    }

    fn role(&self) -> Part {
        match (self.me.is_service(), self.granted.is_empty()) {
            (true, _) => Part::Service,
            (false, true) => Part::Follower,
            (false, false) => Part::Leader,
        }
    }

    fn view(&self, _disk: &()) -> NodeView {
        NodeView::default().field("role", self.role().name())
    }

    fn view_crashed(_disk: &()) -> NodeView {
        NodeView::default().field("role", "crashed")
    }
}

impl<const PRIMARY: bool> Lock<PRIMARY> {
    /// The other node of a service with a primary.
    fn other(&self) -> NodeId {
        NodeId::service(u32::from(self.me == NodeId::service(0)))
    }
}
