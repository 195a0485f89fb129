//! The assumptions behind the promises, as intervals: when each was broken, and when it held again.

use election_playground::base::{SimTime, Span};
use election_playground::protocol::{Assumption, Authority, Claim, Role};
use election_playground::scenario::Action;
use election_playground::trace::{ActClass, Acted, Kind, Loss, Place, Record, WRITE, Waits};

use super::timing::{self, Recovery};
use super::world::World;

/// An interval during which an assumption was broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spell {
    /// When the last break began.
    pub from: SimTime,
    /// When the assumption held again; never, while it is broken.
    pub until: SimTime,
    /// Whether only late starts broke it.
    at_start: bool,
}

/// Why a promise is not due at some moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Excuse {
    /// A setting gives it up.
    Setting(&'static str),
    /// The run broke this assumption at that time.
    Run(Assumption, SimTime),
}

/// The state just before a record.
#[derive(Clone, Copy)]
pub struct Before {
    /// Whether some node served.
    pub served: bool,
    /// Whether some node that could win was a candidate.
    pub election: bool,
}

/// The latest spell of each assumption.
pub struct Assumptions {
    spells: [Option<Spell>; Assumption::ALL.len()],
    given_up: [Option<&'static str>; Assumption::ALL.len()],
    /// The arrival of the last message that takes longer than the timeouts tolerate, or when the last delayed timer fires.
    late_until: SimTime,
    /// When messages in flight were sent and will arrive; only if no timeout depends on the delay.
    flights: Vec<(SimTime, SimTime)>,
    heals: bool,
    /// While the group starts up, the time when it will have settled if nothing changes; never as long as it
    /// does not look settled.
    settled_by: Option<SimTime>,
    /// Whether some node processes messages slowly, or still has to process those that waited meanwhile.
    sluggish: bool,
    /// Whether anything else makes the group slower than the timeouts.
    asynchronous: bool,
}

impl Assumptions {
    /// The state before the first event.
    pub fn new(world: &World<'_>) -> Assumptions {
        let mut all = Assumptions {
            spells: [None; Assumption::ALL.len()],
            given_up: [None; Assumption::ALL.len()],
            late_until: SimTime::ZERO,
            flights: Vec::new(),
            heals: timing::heals(world),
            settled_by: None,
            sluggish: false,
            asynchronous: false,
        };
        if world.case.scenario.network.reorder {
            all.given_up[Assumption::Fifo as usize] = Some("order any");
        }
        if !world.fencing {
            all.given_up[Assumption::Fencing as usize] = Some("fencing off");
        }
        all.given_up[Assumption::QuorumAcknowledges as usize] = timing::early_acknowledgements(world);
        if !world.case.possible_start {
            all.told(Assumption::PossibleStart, world);
        }
        all
    }

    /// Forged information given to the processes: it stays on disk, if they have one.
    fn told(&mut self, assumption: Assumption, world: &World<'_>) {
        if world.case.has_disks() {
            self.set(assumption, true, world);
        } else {
            self.point(assumption, world);
        }
    }

    /// Records that the assumption is broken at this moment.
    fn point(&mut self, assumption: Assumption, world: &World<'_>) {
        let open = |spell: &Spell| spell.until == SimTime::NEVER;
        if !self.spells[assumption as usize].as_ref().is_some_and(open) {
            self.set(assumption, true, world);
            self.set(assumption, false, world);
        }
    }

    /// Records whether the assumption is broken now.
    fn set(&mut self, assumption: Assumption, broken: bool, world: &World<'_>) {
        let now = world.now;
        let spell = &mut self.spells[assumption as usize];
        match spell {
            Some(it) if it.until == SimTime::NEVER => it.until = if broken { SimTime::NEVER } else { now },
            _ if broken => *spell = Some(Spell { from: now, until: SimTime::NEVER, at_start: false }),
            _ => {}
        }
    }

    /// Records that a process starts after others. This only prolongs a break that the run itself has caused.
    fn late_start(&mut self, assumption: Assumption, world: &World<'_>) {
        let now = world.now;
        self.settled_by = Some(SimTime::NEVER);
        match &mut self.spells[assumption as usize] {
            Some(it) if !it.at_start => it.until = it.until.max(now),
            it => *it = Some(Spell { from: now, until: now, at_start: true }),
        }
    }

    /// After an event, checks whether a group that is starting up looks settled.
    pub fn look_at_start(&mut self, served: bool, world: &World<'_>) {
        let Some(settled_by) = self.settled_by else { return };
        let quiet = |p: Place| {
            let node = world.node(p);
            !(node.starting || node.belief.role == Role::Candidate && node.runs())
        };
        let settled = served && world.believers().len() == 1 && world.case.member_places().all(quiet);
        let since_now = || world.now + world.delay_bound().unwrap_or_default().times(2, 1);
        self.settled_by = Some(match settled {
            false => SimTime::NEVER,
            true if settled_by == SimTime::NEVER => since_now(),
            true => settled_by,
        });
    }

    /// Advances time to the next event.
    pub fn time_passes(&mut self, to: SimTime) {
        if self.settled_by.is_some_and(|by| by < to) {
            self.settled_by = None;
            self.spells.iter_mut().for_each(|it| *it = it.filter(|spell| !spell.at_start));
        }
    }

    /// The latest spell of an assumption. Late messages prolong one, which may end later than now.
    pub fn spell(&self, assumption: Assumption) -> Option<Spell> {
        let spell = self.spells[assumption as usize]?;
        let late = if assumption == Assumption::Synchrony { self.late_until } else { SimTime::ZERO };
        Some(Spell { until: spell.until.max(late), ..spell })
    }

    /// The arrival of the last message that takes longer than the timeouts tolerate.
    pub fn late_until(&self) -> SimTime {
        self.late_until
    }

    /// The setting that gives up an assumption of the promise.
    pub fn given_up(&self, claim: &Claim) -> Option<&'static str> {
        claim.assumes.iter().find_map(|&a| self.given_up[a as usize])
    }

    /// Why the promise is not due now, if it is not.
    pub fn excuse(&self, claim: &Claim, world: &World<'_>) -> Option<Excuse> {
        if let Some(setting) = self.given_up(claim) {
            return Some(Excuse::Setting(setting));
        }
        let recovery = match world.recovery() {
            Recovery::Within { bound } if self.heals => Some(*bound),
            _ => None,
        };
        let counts = |spell: &Spell| match recovery {
            Some(bound) => spell.until == SimTime::NEVER || world.now - spell.until < bound,
            None => true,
        };
        let broken = assumed(claim).filter_map(|a| Some((a, self.spell(a).filter(counts)?)));
        // Late starts come last. Among simultaneous breaks, those that affect every promise come first, and then the
        // claim's own order decides.
        let rank = |a: &Assumption| claim.assumes.iter().position(|it| it == a).map_or(0, |place| place + 1);
        let always = |a: &Assumption| Assumption::ALWAYS.contains(a);
        let first = broken.min_by_key(|(a, spell)| (spell.at_start, spell.from, !always(a), rank(a), *a));
        first.map(|(assumption, spell)| Excuse::Run(assumption, spell.from))
    }

    /// The time since which everything behind the promise has held, or will hold once late messages have
    /// arrived; `None` while something is broken.
    pub fn held_since(&self, claim: &Claim) -> Option<SimTime> {
        let spells = assumed(claim).filter_map(|a| self.spell(a));
        let since = spells.map(|spell| spell.until).max().unwrap_or(SimTime::ZERO);
        (since != SimTime::NEVER).then_some(since)
    }

    /// Processes a record that `world` already includes.
    pub fn on(&mut self, r: &Record, world: &World<'_>, before: Before) {
        let message = r.msg != WRITE;
        match r.kind {
            Kind::Send if message => {
                let arrives = world.arrival((r.node, r.peer, r.nth, 1));
                self.arrives(arrives, world);
            }
            Kind::Copy if message => {
                self.point(Assumption::Fifo, world);
                let arrives = world.arrival((r.node, r.peer, r.nth, r.copy));
                self.arrives(arrives, world);
            }
            Kind::Wait if r.sub == Waits::NotStarted as u8 => self.late_start(Assumption::Synchrony, world),
            Kind::Lose if message => {
                let lost = [Loss::Chance, Loss::Dropped, Loss::Full].map(|loss| loss as u8);
                if lost.contains(&r.sub) {
                    self.point(Assumption::NoLoss, world);
                }
            }
            Kind::Start => self.started(r, world),
            // What the algorithm does to itself breaks nothing.
            Kind::Crash if r.sub == 0 => {
                let candidate = world.node(r.node).belief.role == Role::Candidate;
                if candidate || before.election {
                    self.point(Assumption::NoCrashInElection, world);
                }
            }
            Kind::Act if r.sub == Acted::Done as u8 => self.acted(r, world, before.served),
            _ => {}
        }
        if matches!(r.kind, Kind::Links | Kind::Act | Kind::Clock | Kind::Set | Kind::Resume) {
            self.look_for_latecomers(world);
        }
        match r.kind {
            // Nothing can be broken before the run begins.
            Kind::Start if r.step == 0 => {}
            Kind::Start | Kind::Begin | Kind::Crash | Kind::Pause | Kind::Resume => self.look(world),
            Kind::Links | Kind::Act | Kind::Clock | Kind::Set => self.look(world),
            Kind::Wait => self.look_at_haste(world),
            Kind::Deliver | Kind::Lose if self.sluggish => self.look_at_haste(world),
            _ => {}
        }
    }

    /// Checks whether a message in flight is late.
    fn arrives(&mut self, at: SimTime, world: &World<'_>) {
        let Some(bound) = world.delay_bound() else {
            self.flights.push((world.now, at));
            return;
        };
        if at != SimTime::NEVER && bound < at - world.now && self.late_until < at {
            if self.spells[Assumption::Synchrony as usize].is_none() {
                self.point(Assumption::Synchrony, world);
            }
            self.late_until = at;
        }
    }

    /// Without a bound, a message is late if it takes longer than a message that is sent now.
    fn look_for_latecomers(&mut self, world: &World<'_>) {
        self.flights.retain(|&(_, at)| world.now < at && at != SimTime::NEVER);
        let longest = world.network.longest_delay();
        let late = self.flights.iter().filter(|&&(sent, at)| longest < at - sent).map(|&(_, at)| at).max();
        self.late_until = self.late_until.max(late.unwrap_or_default());
    }

    fn started(&mut self, r: &Record, world: &World<'_>) {
        let others = |p: &Place| *p != r.node && world.node(*p).up;
        let late = world.case.is_member(r.node) && world.case.member_places().any(|p| others(&p));
        let again = r.sub == 1;
        if again {
            self.point(Assumption::NoReturn, world);
        } else if r.step > 0 && late {
            self.late_start(Assumption::NoReturn, world);
            self.late_start(Assumption::Synchrony, world);
        }
    }

    fn acted(&mut self, r: &Record, world: &World<'_>, serving: bool) {
        let class = |it: ActClass| r.msg == it as u8;
        if class(ActClass::MovesMessages) {
            self.point(Assumption::Fifo, world);
            self.point(Assumption::Synchrony, world);
        }
        if class(ActClass::Fires) || class(ActClass::Expires) || class(ActClass::Suspects) && serving {
            self.point(Assumption::Synchrony, world);
        }
        if class(ActClass::Fires) {
            let fires_in = u64::from(r.args[2]) << 32 | u64::from(r.args[1]);
            self.late_until = self.late_until.max(world.now + Span(fires_in));
        }
        if class(ActClass::Forges) {
            self.told(Assumption::Honest, world);
        }
        if matches!(world.case.acts[r.args[0] as usize].action, Action::DuplicateMessage(_)) {
            self.point(Assumption::Fifo, world);
        }
    }

    /// Checks whether all nodes process messages on arrival.
    fn look_at_haste(&mut self, world: &World<'_>) {
        let mut places = 0..world.nodes.len() as Place;
        self.sluggish = places.any(|p| world.backlog(p) > Span::ZERO);
        self.set(Assumption::Synchrony, self.sluggish || self.asynchronous, world);
    }

    /// Checks everything that can break an assumption for a while.
    fn look(&mut self, world: &World<'_>) {
        let nodes = &world.nodes;
        self.set(Assumption::Connected, !world.network.whole(), world);
        self.set(Assumption::NoLoss, world.network.lossy(), world);
        let uneven = nodes.iter().any(|node| node.settings != nodes[0].settings);
        let is_far = |bound: Span| bound == Span::ZERO || bound < world.network.longest_delay();
        let far = world.delay_bound().is_some_and(is_far);
        self.asynchronous = uneven || far || nodes.iter().any(|node| node.paused);
        self.look_at_haste(world);
        self.set(Assumption::TrueClocks, nodes.iter().any(|node| node.drift != 0), world);
        self.set(Assumption::Fencing, !world.fencing, world);
        // A node that the algorithm itself switched off has not failed.
        let there = |p: Place| world.node(p).runs() || world.node(p).off;
        match world.case.info.authority {
            Authority::Quorum => {
                // A group that is still starting up has not broken down.
                let coming_up = world.case.member_places().any(|p| world.node(p).starting);
                let quorum = world.case.member_places().any(|p| world.reaches_quorum_of(0, p, &there));
                self.set(Assumption::Quorum, !quorum && !coming_up, world);
            }
            Authority::Service(_) => {
                // Nodes about to start count; otherwise no service would be reachable at first.
                let client = |p: &Place| world.node(*p).up || world.node(*p).starting || world.node(*p).off;
                let clients = world.case.member_places().filter(client);
                let reached = clients.into_iter().any(|p| world.reaches_service_of(p, &there));
                self.set(Assumption::Service, !reached, world);
            }
            Authority::None => {}
        }
    }
}

/// The assumptions of the promise: those that its claim names, and those of every promise.
fn assumed(claim: &Claim) -> impl Iterator<Item = Assumption> + use<'_> {
    Assumption::ALL.into_iter().filter(|a| claim.assumes.contains(a) || Assumption::ALWAYS.contains(a))
}
