//! A candidate: the election recipe on top of a session.

use election_base::NodeId;
use election_parts::session::{Client, Conn, Link, Recipe, Timer};
use election_protocol::{Belief, Boot, Cx, Mark, NodeView, RoleKind as _, given};

use super::znodes::{Op, Reply, Watch, Znode, Znodes, name};
use super::{Command, Flaw, Packet, Policy, Rule, Settings, Standing, WatchWhat, ZooKeeper};

type Context<'a> = Cx<'a, ZooKeeper>;
type Session = Client<Znodes>;

/// This candidate's znode.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Own {
    sequence: u32,
    czxid: u64,
}

/// A member of the group.
#[derive(Clone, Hash, Debug)]
pub struct Candidate {
    session: Session,
    election: Election,
}

/// What it knows of the election.
#[derive(Clone, Hash, Debug)]
struct Election {
    /// An event arrived while a request was pending: list again once it is answered.
    stale: bool,
    own: Option<Own>,
    leading: bool,
    /// The owner of the smallest sequence when the client last looked, and its czxid.
    leader: NodeId,
    epoch: u64,
    /// What is watched, by the request with this number.
    watch: Option<Watch>,
    watch_xid: u32,
    /// Whether a watch was ever set. Only the broken variant that never watches again uses this.
    has_watched: bool,
    /// The broken variant that shows the znode's version instead of its czxid.
    version_token: bool,
}

impl Candidate {
    /// A process comes up. It knows of no session, even if an earlier process of this node had one.
    pub(super) fn start(cx: &mut Context<'_>, boot: &Boot<'_>) -> Candidate {
        let election = Election {
            stale: false,
            own: None,
            leading: false,
            leader: NodeId::NONE,
            epoch: 0,
            watch: None,
            watch_xid: 0,
            has_watched: false,
            version_token: cx.settings().flaw == Flaw::VersionToken,
        };
        let mut candidate = Candidate { session: Session::new(cx), election };
        let znodes = if boot.restarted { Vec::new() } else { super::initial_znodes(&boot.init) };
        if let Some(i) = znodes.iter().position(|z| z.owner == cx.me()) {
            candidate.election.resume(cx.settings(), &znodes, i);
            let xid = candidate.election.watch_xid;
            candidate.session.resume(cx, Conn::initial(i), znodes[i].session, xid);
        } else {
            candidate.session.connect(cx);
        }
        candidate
    }

    pub(super) fn on_packet(&mut self, cx: &mut Context<'_>, packet: Packet<Znodes>) {
        self.session.on_packet(cx, &mut self.election, packet);
    }

    pub(super) fn on_timer(&mut self, cx: &mut Context<'_>, timer: Timer) {
        self.session.on_timer(cx, &mut self.election, timer);
    }

    pub(super) fn on_command(&mut self, cx: &mut Context<'_>, command: Command) {
        let Candidate { session, election } = self;
        match (command, session.link()) {
            (Command::Campaign, Link::Closed) => session.connect(cx),
            (Command::Campaign, Link::Connected) if election.own.is_some() => election.relist(session, cx),
            // Connecting, or creating the znode already.
            (Command::Campaign, _) => {}
            (Command::StepDown, Link::Connected) if election.leading => {
                let Some(own) = election.own else { return };
                cx.fired(Rule::StepDown);
                election.stop_leading(cx);
                (election.own, election.watch) = (None, None);
                election.request(session, cx, Op::Delete { sequence: own.sequence });
            }
            (Command::StepDown, _) => {}
            (Command::Close, link) => {
                if link == Link::Connected {
                    cx.fired(Rule::Close);
                    election.stop_leading(cx);
                    (election.own, election.stale) = (None, false);
                }
                session.close(cx, election);
            }
            // The service handles it.
            (Command::Expire, _) => {}
        }
    }

    pub(super) fn belief(&self) -> Belief {
        let Election { own, leading, leader, epoch, .. } = self.election;
        Belief {
            role: self.role().counts_as(),
            leads: leading,
            leader,
            epoch,
            token: match own {
                // A znode's data version starts at 0 again with every znode; 1 stands for it here.
                Some(_) if leading && self.election.version_token => 1,
                Some(own) if leading => own.czxid,
                _ => 0,
            },
        }
    }

    pub(super) fn role(&self) -> Standing {
        let Election { leading, own, watch, .. } = self.election;
        match (leading, self.session.link(), own) {
            (true, ..) => Standing::Leader,
            (false, Link::Connected, Some(_)) if watch.is_some() => Standing::Follower,
            (false, Link::Connected, _) if !self.session.is_closing() => Standing::Candidate,
            _ => Standing::Idle,
        }
    }

    pub(super) fn view(&self) -> NodeView {
        let Election { own, leader, epoch, watch, .. } = self.election;
        let id = self.session.id();
        let connection = match self.session.link() {
            Link::Closed => "closed",
            Link::Waiting | Link::Connecting if id.is_some() => "suspended",
            Link::Waiting | Link::Connecting => "connecting",
            Link::Connected => "connected",
        };
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
        NodeView::default()
            .field("role", self.role().name())
            .field("connection", connection)
            .field("session", or_none(id.map(|id| id.to_string())))
            .field("timeout", or_none(id.map(|_| self.session.timeout().to_string())))
            .field("znode", or_none(own.map(|own| name(own.sequence))))
            .field("czxid", or_none(own.map(|own| own.czxid.to_string())))
            .field("leader", leader)
            .field("epoch", epoch)
            .field("watch", or_none(watch.map(|watch| watch.to_string())))
    }
}

impl Recipe<ZooKeeper> for Election {
    fn on_connected(&mut self, session: &mut Session, cx: &mut Context<'_>) {
        cx.because(Rule::Create, || {
            given("asked for a znode before", self.own.is_some() || session.xid() != 0).no()
        });
        // The znode is probably still there. If the answer to its creation was lost, the list shows it: a candidate
        // finds its znode by the session in it.
        if self.own.is_some() || session.xid() != 0 {
            self.list(session, cx);
        } else {
            self.create(session, cx);
        }
    }

    fn on_suspended(&mut self, cx: &mut Context<'_>) {
        let policy = cx.settings().policy;
        cx.because(Rule::Standard, || given("leading", self.leading).yes());
        cx.because(Rule::Standard, || given("policy standard", policy == Policy::Standard).yes());
        if self.leading && policy == Policy::Standard {
            cx.fired(Rule::Standard);
            self.stop_leading(cx);
        }
        (self.watch, self.stale) = (None, false);
    }

    fn on_lost(&mut self, cx: &mut Context<'_>) {
        self.stop_leading(cx);
        (self.own, self.watch, self.leader, self.stale) = (None, None, NodeId::NONE, false);
    }

    fn on_reply(&mut self, session: &mut Session, cx: &mut Context<'_>, reply: Reply) {
        match reply {
            Reply::Created { sequence, czxid } => {
                self.own = Some(Own { sequence, czxid });
                self.list(session, cx);
            }
            Reply::Children(znodes) => self.decide(session, cx, &znodes),
            Reply::Stat { exists: true, .. } => {
                cx.because(Rule::GoneMeanwhile, || given("exists", true).no());
            }
            Reply::Stat { exists: false, .. } => {
                cx.because(Rule::GoneMeanwhile, || given("exists", false).no());
                cx.fired(Rule::GoneMeanwhile);
                self.watch = None;
                // That there is nothing left to watch says as much as its event would.
                if !self.leads_unchecked(cx) {
                    self.list(session, cx);
                }
            }
            Reply::Deleted { .. } => self.create(session, cx),
        }
        if self.stale && !session.is_asking() {
            self.stale = false;
            self.list(session, cx);
        }
    }

    fn on_event(&mut self, session: &mut Session, cx: &mut Context<'_>, xid: Option<u32>) {
        if let Some(xid) = xid {
            cx.because(Rule::Event, || given("watch of request", xid).is("mine", self.watch_xid));
        }
        if xid.is_some_and(|xid| xid != self.watch_xid) {
            return;
        }
        cx.because(Rule::Event, || given("watching", self.watch.is_some()).yes());
        let Some(watched) = self.watch.take() else { return };
        if matches!(watched, Watch::Znode(_)) && self.leads_unchecked(cx) {
            return;
        }
        cx.fired(Rule::Event);
        self.relist(session, cx);
    }
}

impl Election {
    /// Its znode and its watch stand when the run begins.
    fn resume(&mut self, settings: &Settings, znodes: &[Znode], i: usize) {
        self.own = Some(Own { sequence: znodes[i].sequence, czxid: znodes[i].czxid });
        (self.leader, self.epoch) = (znodes[0].owner, znodes[0].czxid);
        self.watch = settings.watched(znodes, i);
        self.has_watched = self.watch.is_some();
        self.watch_xid = u32::from(self.has_watched);
        self.leading = i == 0;
    }

    fn request(&mut self, session: &mut Session, cx: &mut Context<'_>, op: Op) {
        self.stale = false;
        session.request(cx, op);
    }

    fn create(&mut self, session: &mut Session, cx: &mut Context<'_>) {
        cx.fired(Rule::Create);
        cx.mark(Mark::Started);
        self.request(session, cx, Op::Create);
    }

    fn list(&mut self, session: &mut Session, cx: &mut Context<'_>) {
        cx.fired(Rule::List);
        let settings = cx.settings();
        let watch = settings.watch == WatchWhat::Children && self.may_watch(settings);
        self.request(session, cx, Op::GetChildren { watch });
        if watch {
            self.watching(session, Watch::Children);
        }
    }

    /// The heart of the recipe: the first candidate leads, the others watch.
    fn decide(&mut self, session: &mut Session, cx: &mut Context<'_>, znodes: &[Znode]) {
        let Some(first) = znodes.first() else { return self.start_again(session, cx) };
        let Some(i) = znodes.iter().position(|z| Some(z.session) == session.id()) else {
            return self.start_again(session, cx);
        };
        let known = (self.leader != NodeId::NONE).then_some(self.epoch);
        // A candidate that watches only its predecessor need not have noticed that the leader changed before.
        let mine = i == 0 || cx.settings().watch != WatchWhat::Predecessor;
        if mine && known.is_some_and(|czxid| czxid != first.czxid) {
            cx.mark(Mark::Started);
        }
        (self.leader, self.epoch) = (first.owner, first.czxid);
        self.own = Some(Own { sequence: znodes[i].sequence, czxid: znodes[i].czxid });
        cx.because(Rule::Lead, || given("my sequence", znodes[i].sequence).is("smallest", first.sequence));
        if i == 0 {
            cx.fired(Rule::Lead);
            return self.lead(cx);
        }
        self.stop_leading(cx);
        if !self.may_watch(cx.settings()) {
            return;
        }
        if cx.settings().watch == WatchWhat::Children {
            // The list has set the watch, unless the setting changed in the meantime.
            if self.watch != Some(Watch::Children) {
                self.list(session, cx);
            }
            return;
        }
        cx.fired(Rule::Watch);
        let sequence = match cx.settings().watch {
            WatchWhat::Herd => first.sequence,
            _ => znodes[i - 1].sequence,
        };
        self.request(session, cx, Op::Exists { sequence });
        self.watching(session, Watch::Znode(sequence));
    }

    /// This candidate's znode is gone: it ended with a session, or was deleted.
    fn start_again(&mut self, session: &mut Session, cx: &mut Context<'_>) {
        cx.because(Rule::CreateAgain, || given("my znode is in L", false).no());
        cx.fired(Rule::CreateAgain);
        self.stop_leading(cx);
        self.own = None;
        self.create(session, cx);
    }

    fn relist(&mut self, session: &mut Session, cx: &mut Context<'_>) {
        if session.is_asking() {
            self.stale = true;
        } else {
            self.list(session, cx);
        }
    }

    /// The broken variant: the predecessor is gone, so it must be my turn. True if it acts on that.
    fn leads_unchecked(&mut self, cx: &mut Context<'_>) -> bool {
        if cx.settings().flaw != Flaw::NoRelist {
            return false;
        }
        let Some(own) = self.own else { return false };
        (self.leader, self.epoch) = (cx.me(), own.czxid);
        self.lead(cx);
        true
    }

    fn watching(&mut self, session: &Session, watch: Watch) {
        (self.watch, self.watch_xid) = (Some(watch), session.xid());
        self.has_watched = true;
    }

    /// The broken variant sets one watch and assumes that it lasts.
    fn may_watch(&self, settings: &Settings) -> bool {
        settings.flaw != Flaw::NoRewatch || !self.has_watched
    }

    fn lead(&mut self, cx: &mut Context<'_>) {
        if !self.leading {
            self.leading = true;
            cx.mark(Mark::Won);
        }
    }

    fn stop_leading(&mut self, cx: &mut Context<'_>) {
        if self.leading {
            self.leading = false;
            cx.mark(Mark::SteppedDown);
        }
    }
}
