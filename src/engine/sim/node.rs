//! The surroundings of a process: its clock, its timers, its waiting messages, and its latest belief.

use std::collections::VecDeque;

use election_base::{Aside, LocalTime, NodeId, SimTime, Span};
use election_protocol::{Belief, TIMERS_MAX};

/// The index of the simulator's own timer among those of a node: when it fires, a believer writes to the store. Traces
/// contain this number, so it must not change.
pub const WRITE_TIMER: usize = 8;

/// The index of an algorithm's timer: those from [`WRITE_TIMER`] on move up by one.
#[inline]
pub const fn place_of_timer(timer: usize) -> usize {
    if timer < WRITE_TIMER { timer } else { timer + 1 }
}

/// The algorithm's timer at a place other than [`WRITE_TIMER`].
#[inline]
pub const fn timer_at(place: usize) -> usize {
    if place < WRITE_TIMER { place } else { place - 1 }
}

/// The most messages that wait for a process that is paused, is slow or has not started; any more are lost. etcd's
/// servers buffer as many for each peer (`recvBufSize` in server/etcdserver/api/rafthttp/peer.go).
pub const INBOX_MAX: usize = 4096;

/// One timer of a node.
#[derive(Clone, Copy, Hash, Debug)]
pub struct Timer {
    /// When it fires; [`SimTime::NEVER`] if it is not set. A timer that came due during a pause has a deadline in the
    /// past.
    pub deadline: SimTime,
    /// The deadline on the node's own clock, so that a change of the clock's rate moves it; for a timer that counts
    /// ticks, the number of the tick.
    pub local: i64,
    /// When it was set.
    pub set_at: SimTime,
    /// Orders timers at the same instant.
    pub seq: u64,
    /// The time of its live entry in the queue, or never. Postponing a timer leaves the entry in place; when the entry
    /// comes up too early, it is queued again.
    pub queued: SimTime,
    /// Whether it counts ticks.
    pub counted: bool,
    /// The event that set it.
    pub set_by: Aside<u32>,
}

impl Timer {
    const UNSET: Timer = Timer {
        deadline: SimTime::NEVER,
        local: 0,
        set_at: SimTime(0),
        seq: 0,
        queued: SimTime::NEVER,
        counted: false,
        set_by: Aside(0),
    };

    /// Whether it is set.
    pub fn is_set(&self) -> bool {
        self.deadline != SimTime::NEVER
    }
}

/// Counts ticks at a node. Like a ticker in Go, it drops ticks that the process was not there to take: after a pause,
/// the process sees one of them (runtime/time.go and time.NewTicker, "drop ticks to make up for slow receivers").
#[derive(Clone, Copy, Hash, Debug, Default)]
pub struct Ticker {
    /// The length of a tick; zero if there is no ticker.
    pub period: Span,
    /// The reading of the node's clock at tick 0.
    pub base: LocalTime,
    /// How many ticks were dropped, minus those that the scenario inserted.
    pub lost: i64,
}

impl Ticker {
    /// How many ticks have been counted when the clock shows `local`.
    #[inline(always)]
    pub fn count(&self, local: LocalTime) -> i64 {
        if self.period == Span::ZERO { 0 } else { self.count_ticks(local) }
    }

    #[inline(never)]
    fn count_ticks(&self, local: LocalTime) -> i64 {
        (local.0 - self.base.0).div_euclid(self.period.0 as i64) - self.lost
    }

    /// The clock's reading at that tick.
    pub fn at(&self, tick: i64) -> LocalTime {
        LocalTime(self.base.0 + (tick + self.lost) * self.period.0 as i64)
    }
}

/// A clock that may run at its own rate and be set.
#[derive(Clone, Copy, Hash, Debug, Default)]
pub struct Clock {
    /// How much it runs fast, in parts per million.
    pub drift_ppm: i32,
    /// How far it has been set ahead, in microseconds; timers are not affected.
    pub skew: i64,
    /// Its reading at `since`, without the skew.
    base: i64,
    since: u64,
}

impl Clock {
    /// Its reading without the skew: the time that drives timers.
    #[inline]
    pub fn steady(&self, now: SimTime) -> LocalTime {
        let elapsed = (now.0 - self.since) as i64;
        LocalTime(self.base + if self.drift_ppm == 0 { elapsed } else { self.drifted(elapsed) })
    }

    #[inline(never)]
    fn drifted(&self, elapsed: i64) -> i64 {
        (i128::from(elapsed) * i128::from(1_000_000 + self.drift_ppm) / 1_000_000) as i64
    }

    /// Its reading, as the node sees it.
    #[inline]
    pub fn read(&self, now: SimTime) -> LocalTime {
        LocalTime(self.steady(now).0 + self.skew)
    }

    /// The first instant, not before `now`, when it shows at least `local`, without the skew.
    pub fn when(&self, now: SimTime, local: LocalTime) -> SimTime {
        let ticks = local.0 - self.base;
        if self.drift_ppm == 0 {
            return SimTime(now.0.max(self.since.saturating_add_signed(ticks)));
        }
        // The shortest elapsed time after which the clock has advanced that far.
        let rate = i128::from(1_000_000 + self.drift_ppm);
        let elapsed = (i128::from(ticks) * 1_000_000 + rate - 1).div_euclid(rate);
        SimTime(now.0.max(self.since.saturating_add_signed(elapsed as i64)))
    }

    /// Changes its rate from `now` on.
    pub fn set_drift(&mut self, now: SimTime, drift_ppm: i32) {
        self.base = self.steady(now).0;
        self.since = now.0;
        self.drift_ppm = drift_ppm;
    }
}

/// The surroundings of a process.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// Whether the process exists, running or paused.
    pub up: bool,
    /// Whether it is paused.
    pub paused: bool,
    /// Counts its restarts; a message records the incarnation of its receiver that it is for.
    pub incarnation: u16,
    /// Whether it is processing the first message in its inbox.
    pub working: bool,
    /// When it starts for the first time; never once it has.
    pub starts: SimTime,
    /// How long it takes to process a message.
    pub slow: Span,
    /// The messages that have arrived and wait to be processed, by slot, in order.
    pub inbox: VecDeque<u32>,
    /// Its clock.
    pub clock: Clock,
    /// Its ticker, if it counts ticks.
    pub ticker: Ticker,
    /// Its belief after its last event.
    pub belief: Belief,
    /// Its timers, by index; the one at [`WRITE_TIMER`] is the simulator's.
    pub timers: [Timer; TIMERS_MAX + 1],
    /// Counts its pauses, so that the end of an earlier pause does not end a later one.
    pub pauses: u32,
    /// How many ticks it had counted when it was paused.
    pub paused_at_tick: i64,
    /// How many more ticks the scenario inserts at this instant.
    pub ticks_due: u32,
    /// The event that inserts them.
    pub ticks_by: Aside<u32>,
    /// The event in which its process last went down; 0 if it never has.
    pub down_by: Aside<u32>,
    /// The total processing time of the first message in its inbox.
    pub work: Span,
    /// By group of [`election_protocol::Info::groups`]: what it believes of it, and the number of its present
    /// leadership there, counted over the group; 0 if it does not lead it.
    pub groups: Vec<(Belief, u32)>,
    /// The number of its present leadership belief, counted over the lane; 0 if it does not lead.
    pub belief_number: u32,
    /// When that belief began.
    pub leads_since: SimTime,
    /// How new the log on its disk is, according to the records reported so far.
    pub newness: (u64, u64),
}

impl Node {
    /// A process that starts at `starts`, with a log of that newness, of an algorithm with that many groups.
    pub fn new(id: NodeId, starts: SimTime, newness: (u64, u64), groups: usize) -> Node {
        Node {
            id,
            up: false,
            paused: false,
            incarnation: 0,
            working: false,
            starts,
            slow: Span::ZERO,
            inbox: VecDeque::new(),
            clock: Clock::default(),
            ticker: Ticker::default(),
            belief: Belief::default(),
            timers: [Timer::UNSET; TIMERS_MAX + 1],
            pauses: 0,
            paused_at_tick: 0,
            ticks_due: 0,
            ticks_by: Aside(0),
            down_by: Aside(0),
            work: Span::ZERO,
            groups: vec![(Belief::default(), 0); groups],
            belief_number: 0,
            leads_since: SimTime::ZERO,
            newness,
        }
    }

    /// Whether it is up and not paused.
    #[inline]
    pub fn runs(&self) -> bool {
        self.up && !self.paused
    }

    /// Whether it has yet to start for the first time.
    pub fn waits_to_start(&self) -> bool {
        self.starts != SimTime::NEVER
    }

    /// When a set timer fires, at the clock's present rate.
    pub fn deadline(&self, now: SimTime, timer: &Timer) -> SimTime {
        let local = if timer.counted { self.ticker.at(timer.local) } else { LocalTime(timer.local) };
        self.clock.when(now, local)
    }

    /// Clears every timer.
    pub fn clear_timers(&mut self) {
        for timer in &mut self.timers {
            *timer = Timer { queued: timer.queued, ..Timer::UNSET };
        }
    }

    /// Hashes everything that can influence the node's future, apart from the process itself. The queue's bookkeeping
    /// (which entry of a timer is live) does not.
    pub fn digest<H: core::hash::Hasher>(&self, state: &mut H) {
        use core::hash::Hash;
        (self.id, self.up, self.starts, self.incarnation).hash(state);
        (self.paused, self.pauses, self.paused_at_tick, &self.clock).hash(state);
        (self.ticker, self.ticks_due, &self.inbox, self.working, self.slow).hash(state);
        (self.belief, self.belief_number, self.leads_since).hash(state);
        self.groups.iter().for_each(|it| it.hash(state));
        for timer in &self.timers {
            Timer { queued: SimTime::NEVER, ..*timer }.hash(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_on_a_drifting_clock_fires_when_the_clock_says_so() {
        for drift in [-500_000, -30_000, -1, 0, 1, 999, 30_000, 500_000] {
            let mut clock = Clock::default();
            clock.set_drift(SimTime(777), drift);
            for ahead in [1, 2, 999, 150_000, 3_600_000_000] {
                let now = SimTime(1_000);
                let local = clock.steady(now) + Span(ahead);
                let at = clock.when(now, local);
                assert!(clock.steady(at) >= local, "drift {drift}, ahead {ahead}");
                assert!(clock.steady(SimTime(at.0 - 1)) < local, "drift {drift}, ahead {ahead}");
            }
        }
    }

    #[test]
    fn a_ticker_counts_from_its_base_and_knows_when_each_tick_is() {
        let mut ticker = Ticker { period: Span::ms(100), base: LocalTime(-30_000), lost: 0 };
        assert_eq!((ticker.count(LocalTime(0)), ticker.count(LocalTime(70_000))), (0, 1));
        assert_eq!(ticker.at(1), LocalTime(70_000));
        ticker.lost = 7;
        assert_eq!((ticker.count(LocalTime(770_000)), ticker.at(1)), (1, LocalTime(770_000)));
    }

    #[test]
    fn a_clock_set_back_does_not_move_timers() {
        let mut clock = Clock::default();
        let before = clock.steady(SimTime(5_000));
        clock.skew = -300_000;
        assert_eq!(clock.steady(SimTime(5_000)), before);
        assert_eq!(clock.read(SimTime(5_000)).0, before.0 - 300_000);
    }
}
