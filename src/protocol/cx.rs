//! What an algorithm can do in an event.

use super::bodies::{Bodies, Posted};
use super::{ARGS_MAX, Check, GroupId, Mark, MsgRecord, Protocol, Receipt, RuleKind, TimerKind};
use election_base::{LocalTime, NodeId, Rng, Span, SpanRange, below, mix};

/// A change of a replicated log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogChange {
    /// Entries from `first` to `last` of that epoch were appended.
    Append {
        /// The index of the first one.
        first: u32,
        /// The index of the last one.
        last: u32,
        /// Their epoch.
        epoch: u32,
    },
    /// All entries after `last` were deleted.
    Truncate {
        /// The index of the last remaining entry.
        last: u32,
    },
    /// The node knows that entries up to `index` are committed.
    Commit {
        /// The index of the last of them.
        index: u32,
    },
}

/// The nodes of a lane. The same for all of them during a run.
#[derive(Clone, Debug)]
pub struct Group {
    /// The members' ids in ascending order.
    pub members: Vec<NodeId>,
    /// The members' ids in ring order.
    pub ring: Vec<NodeId>,
    /// How many nodes the coordination service has.
    pub services: u32,
}

/// What a node's clocks show in an event.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    /// The wall clock, which a scenario may set.
    pub wall: LocalTime,
    /// The clock that timers run by. It may drift but is never set.
    pub monotonic: LocalTime,
    /// How many ticks the process has counted.
    pub ticks: u64,
    /// What phases are drawn from; `None` if all of them are 0.
    pub phases: Option<u64>,
}

/// What the simulator does for the node that handles an event. Calls take effect immediately and in order. The simulator
/// knows no algorithm: messages and disks are numbers, timers are indices.
pub trait Host {
    /// Sends a message and returns where its bodies belong.
    fn send(&mut self, to: NodeId, record: &MsgRecord) -> Posted;
    /// Sends a message to every other member, in ascending order of ids, and adds where its bodies belong.
    fn broadcast(&mut self, record: &MsgRecord, posted: &mut Vec<Posted>);
    /// The timer fires after this span of the node's clock; an earlier setting is forgotten.
    fn set_timer(&mut self, timer: usize, span: Span);
    /// The timer fires after this many ticks.
    fn set_timer_ticks(&mut self, timer: usize, ticks: u64);
    /// The timer does not fire.
    fn cancel_timer(&mut self, timer: usize);
    /// The disk was written: its content in numbers, and how new its log is now.
    fn persisted(&mut self, disk: [u32; ARGS_MAX], newness: (u64, u64));
    /// Reports a step of an election in one of the algorithm's groups, for measurement.
    fn mark(&mut self, group: GroupId, mark: Mark);
    /// The node is switched off after the delay. A second call for the same node starts the delay again.
    fn power_off(&mut self, node: NodeId, after: Span);
    /// Cancels a power-off that has not taken effect yet.
    fn cancel_power_off(&mut self, node: NodeId);
    /// Reports a change of the node's replicated log.
    fn log(&mut self, change: LogChange);
    /// A client's write is acknowledged to the client.
    fn acknowledge(&mut self, receipt: Receipt);
    /// A comparison decided whether the rule with that number runs. Called only if [`ASKED`] is set.
    fn because(&mut self, rule: u32, check: Check);
}

/// In [`Surroundings::rules`], where no rule has the number 0: somebody wants to know what decided the rules.
pub const ASKED: u64 = 1;

/// Everything that a node can use while it handles an event.
pub struct Cx<'a, P: Protocol>(Surroundings<'a, P>);

/// What [`Cx`] gives a node access to. The simulator assembles it for each event.
pub struct Surroundings<'a, P: Protocol> {
    /// The node that handles the event.
    pub me: NodeId,
    /// What its clocks show.
    pub clocks: &'a mut Clocks,
    /// The nodes of the lane.
    pub group: &'a Group,
    /// The settings of the node.
    pub settings: &'a P::Settings,
    /// Its random stream.
    pub rng: &'a mut Rng,
    /// What survives its crash.
    pub disk: &'a mut P::Durable,
    /// The bodies of messages in flight.
    pub bodies: &'a mut Bodies<P::Msg>,
    /// The rules that ran in this event, as bits, and [`ASKED`].
    pub rules: &'a mut u64,
    /// The simulator.
    pub host: &'a mut dyn Host,
}

impl<'a, P: Protocol> Cx<'a, P> {
    /// The context of one event.
    #[inline(always)]
    pub fn new(surroundings: Surroundings<'a, P>) -> Cx<'a, P> {
        Cx(surroundings)
    }

    /// This node.
    #[inline]
    pub fn me(&self) -> NodeId {
        self.0.me
    }

    /// The members' ids in ascending order.
    #[inline]
    pub fn members(&self) -> &'a [NodeId] {
        &self.0.group.members
    }

    /// How many members there are.
    #[inline]
    pub fn n(&self) -> usize {
        self.0.group.members.len()
    }

    /// How many nodes the coordination service has.
    #[inline]
    pub fn services(&self) -> u32 {
        self.0.group.services
    }

    /// The position of a member among the ascending ids, from 0; `None` for a node that is not a member.
    pub fn position(&self, id: NodeId) -> Option<usize> {
        // Ids are 1 to n unless the scenario chose them.
        let guess = (id.0 as usize).wrapping_sub(1);
        if self.0.group.members.get(guess) == Some(&id) {
            return Some(guess);
        }
        self.0.group.members.binary_search(&id).ok()
    }

    /// The member after `id` in ring order.
    ///
    /// # Panics
    /// If `id` is not a member.
    pub fn next_in_ring(&self, id: NodeId) -> NodeId {
        let ring = &self.0.group.ring;
        let at = ring.iter().position(|&r| r == id).expect("a member");
        ring[(at + 1) % ring.len()]
    }

    /// The member before `id` in ring order.
    ///
    /// # Panics
    /// If `id` is not a member.
    pub fn previous_in_ring(&self, id: NodeId) -> NodeId {
        let ring = &self.0.group.ring;
        let at = ring.iter().position(|&r| r == id).expect("a member");
        ring[(at + ring.len() - 1) % ring.len()]
    }

    /// The algorithm's settings, as they are at this node now.
    #[inline]
    pub fn settings(&self) -> &'a P::Settings {
        self.0.settings
    }

    /// This node's wall clock, which a scenario may set: for times that are compared with other clocks.
    #[inline]
    pub fn wall(&self) -> LocalTime {
        self.0.clocks.wall
    }

    /// The clock that this node's timers run by. It may drift but is never set: for lengths of time.
    #[inline]
    pub fn now(&self) -> LocalTime {
        self.0.clocks.monotonic
    }

    /// How many ticks this process has counted, without those it missed while it was paused.
    #[inline]
    pub fn ticks(&self) -> u64 {
        self.0.clocks.ticks
    }

    /// How much of its period has passed for something that was under way before this process started: drawn from
    /// `[0, period)`, or 0 if phases are in lockstep. Call it while the process starts; each call draws again.
    pub fn phase(&mut self, period: Span) -> Span {
        let Some(bits) = &mut self.0.clocks.phases else { return Span::ZERO };
        *bits = mix(*bits);
        Span(below(*bits, period.0))
    }

    /// A number below `bound` from this node's stream; 0 for bounds 0 and 1.
    pub fn random(&mut self, bound: u64) -> u64 {
        election_base::below(self.0.rng.bits(), bound)
    }

    /// Sends to one node: a member or a service node. Sending to oneself is a bug.
    #[inline]
    pub fn send(&mut self, to: NodeId, msg: P::Msg) {
        debug_assert!(to != self.0.me);
        let posted = self.0.host.send(to, &P::record(&msg));
        self.0.bodies.put(posted, msg);
    }

    /// Sends to every other member, in ascending order of ids.
    #[inline]
    pub fn broadcast(&mut self, msg: P::Msg) {
        self.0.host.broadcast(&P::record(&msg), self.0.bodies.posted());
        self.0.bodies.put_all(&msg);
    }

    /// Sets the timer to a span drawn from `range` with this node's stream; a constant draws nothing.
    #[inline]
    pub fn set_timer(&mut self, timer: P::Timer, range: impl Into<SpanRange>) {
        let range = range.into();
        let span = if range.lo == range.hi { range.lo } else { range.pick(self.0.rng.bits()) };
        self.0.host.set_timer(timer.index(), span);
    }

    /// Sets the timer to fire at the given number of ticks from now, at least one.
    #[inline]
    pub fn set_timer_ticks(&mut self, timer: P::Timer, ticks: u64) {
        debug_assert!(0 < ticks);
        self.0.host.set_timer_ticks(timer.index(), ticks);
    }

    /// Cancels the timer.
    #[inline]
    pub fn cancel_timer(&mut self, timer: P::Timer) {
        self.0.host.cancel_timer(timer.index());
    }

    /// Writes to disk, before anything that is sent later.
    pub fn persist(&mut self, durable: P::Durable) {
        *self.0.disk = durable;
        self.0.host.persisted(P::record_disk(self.0.disk), P::newness(self.0.disk));
    }

    /// Reports that a rule ran: the page highlights it, and tests count it as covered.
    #[inline]
    pub fn fired(&mut self, rule: P::Rule) {
        *self.0.rules |= 1 << rule.number();
    }

    /// Reports a comparison that decides whether a rule runs, for a reader of the pseudo-code: `cx.because(Rule::Lead, ||
    /// given("votes", votes).at_least("quorum", quorum))`. Report it whether it holds or not: that a vote was refused
    /// because another node has it shows at the line that would have granted it. Does nothing, and does not compute the
    /// values, unless the event is replayed to be inspected.
    #[inline(always)]
    pub fn because(&mut self, rule: P::Rule, check: impl FnOnce() -> Check) {
        if *self.0.rules & ASKED != 0 {
            self.note(rule, check);
        }
    }

    #[cold]
    #[inline(never)]
    fn note(&mut self, rule: P::Rule, check: impl FnOnce() -> Check) {
        self.0.host.because(rule.number(), check());
    }

    /// Reports a step of an election in the words that all algorithms share.
    pub fn mark(&mut self, mark: Mark) {
        self.0.host.mark(GroupId::MAIN, mark);
    }

    /// As [`Cx::mark`], for a group of [`super::Info::groups`].
    pub fn mark_in(&mut self, group: GroupId, mark: Mark) {
        self.0.host.mark(group, mark);
    }

    /// Has a node switched off after a delay: another node by a fencing device (STONITH), or this node by its watchdog.
    /// A second call for the same node starts the delay again, which is how a watchdog is fed.
    ///
    /// The device is outside the lane: cut links do not affect it, it keeps true time, and it goes on while the process
    /// that asked is paused or down. A node that is off stays off until it is restarted; its watchdog is off too. Then
    /// [`Protocol::on_power_off`] of the process that asked is called: for a paused process, when it resumes; for a
    /// process that has crashed, never.
    ///
    /// Real devices work the same way. A fencing device must not rely on the network of the cluster or on its target, and
    /// recovery waits until the device confirms success (Pacemaker Explained, "Fence Devices"). With sbd(8), a hardware
    /// watchdog resets a node that does not feed it in time.
    pub fn power_off(&mut self, node: NodeId, after: Span) {
        self.0.host.power_off(node, after);
    }

    /// Cancels a [`Cx::power_off`] of this process that has not taken effect yet.
    pub fn cancel_power_off(&mut self, node: NodeId) {
        self.0.host.cancel_power_off(node);
    }

    /// Reports a change of the node's replicated log.
    pub fn log(&mut self, change: LogChange) {
        self.0.host.log(change);
    }

    /// The client's write is safe, as far as this algorithm can tell.
    pub fn acknowledge(&mut self, receipt: Receipt) {
        self.0.host.acknowledge(receipt);
    }
}
