//! One process: its state machine, its disk, its clock, its timers.

use crate::base::{LocalTime, NodeId, Rng, SimTime, Span};
use crate::protocol::{Belief, Protocol, TIMERS_MAX};

/// The simulator's own timer, beside those of the algorithm: a believer writes to the store.
pub const WRITE_TIMER: usize = TIMERS_MAX;

/// One timer of a node.
#[derive(Clone, Copy, Hash, Debug)]
pub struct Timer {
    /// When it fires; [`SimTime::NEVER`] if it is not set.
    pub deadline: SimTime,
    /// The same on the node's own clock, so that a change of its rate moves the deadline.
    pub local: LocalTime,
    /// When it was set.
    pub set_at: SimTime,
    /// Orders timers of one instant.
    pub seq: u64,
    /// The time of its live entry in the queue, or never. A timer that is put off leaves its entry where it
    /// is: the entry is put back when it comes out too early.
    pub queued: SimTime,
    /// It came due while the node was paused.
    pub overdue: bool,
}

impl Timer {
    const UNSET: Timer = Timer {
        deadline: SimTime::NEVER,
        local: LocalTime(0),
        set_at: SimTime(0),
        seq: 0,
        queued: SimTime::NEVER,
        overdue: false,
    };

    /// Whether it is set.
    pub fn is_set(&self) -> bool {
        self.deadline != SimTime::NEVER
    }
}

/// A clock that may run at its own rate and be set.
#[derive(Clone, Copy, Hash, Debug, Default)]
pub struct Clock {
    /// Millionths by which it runs fast.
    pub drift_ppm: i32,
    /// By how much it was set, in microseconds; timers do not notice.
    pub skew: i64,
    /// Its reading, less the skew, at `since`.
    base: i64,
    since: u64,
}

impl Clock {
    /// What it shows, less the skew: the time that timers run by.
    #[inline]
    pub fn steady(&self, now: SimTime) -> LocalTime {
        let elapsed = (now.0 - self.since) as i64;
        if self.drift_ppm == 0 {
            return LocalTime(self.base + elapsed);
        }
        let ticks = i128::from(elapsed) * i128::from(1_000_000 + self.drift_ppm) / 1_000_000;
        LocalTime(self.base + ticks as i64)
    }

    /// What the node reads off it.
    #[inline]
    pub fn read(&self, now: SimTime) -> LocalTime {
        LocalTime(self.steady(now).0 + self.skew)
    }

    /// The first instant, not before `now`, at which it shows at least `local` (less the skew).
    pub fn when(&self, now: SimTime, local: LocalTime) -> SimTime {
        let ticks = local.0 - self.base;
        if self.drift_ppm == 0 {
            return SimTime(now.0.max(self.since.saturating_add_signed(ticks)));
        }
        // The smallest elapsed time after which that many ticks are counted.
        let rate = i128::from(1_000_000 + self.drift_ppm);
        let elapsed = (i128::from(ticks) * 1_000_000 + rate - 1).div_euclid(rate);
        SimTime(now.0.max(self.since.saturating_add_signed(elapsed as i64)))
    }

    /// Runs at another rate from `now` on.
    pub fn set_drift(&mut self, now: SimTime, drift_ppm: i32) {
        self.base = self.steady(now).0;
        self.since = now.0;
        self.drift_ppm = drift_ppm;
    }
}

/// A process.
#[derive(Clone, Hash, Debug)]
pub struct Node<P: Protocol> {
    /// Its name.
    pub id: NodeId,
    /// `None` while it is down.
    pub state: Option<P>,
    /// What is on its disk.
    pub durable: P::Durable,
    /// Counts its starts; a message remembers which incarnation of its receiver it was for.
    pub incarnation: u16,
    /// It stands still.
    pub paused: bool,
    /// Counts its pauses, so that an older pause's end does not wake a newer one.
    pub pauses: u32,
    /// Its random stream.
    pub rng: Rng,
    /// Its clock.
    pub clock: Clock,
    /// Its timers by index; the last one is [`WRITE_TIMER`].
    pub timers: [Timer; TIMERS_MAX + 1],
    /// Messages that arrived during the pause, by slot, in order.
    pub held: Vec<u32>,
    /// How long it takes over a message.
    pub slow: Span,
    /// Until when it is busy with one.
    pub busy_until: SimTime,
    /// What it believed after its last event.
    pub belief: Belief,
    /// The number of its present leadership belief, counted over the lane; 0 if it does not lead.
    pub belief_number: u32,
    /// When that belief began.
    pub leads_since: SimTime,
}

impl<P: Protocol> Node<P> {
    /// A process that has not started yet.
    pub fn new(id: NodeId, seed: u64, durable: P::Durable) -> Node<P> {
        Node {
            id,
            state: None,
            durable,
            incarnation: 0,
            paused: false,
            pauses: 0,
            rng: Rng::new(seed, id.0.into()),
            clock: Clock::default(),
            timers: [Timer::UNSET; TIMERS_MAX + 1],
            held: Vec::new(),
            slow: Span::ZERO,
            busy_until: SimTime::ZERO,
            belief: Belief::default(),
            belief_number: 0,
            leads_since: SimTime::ZERO,
        }
    }

    /// Whether it is up and not paused.
    #[inline]
    pub fn runs(&self) -> bool {
        self.state.is_some() && !self.paused
    }

    /// Forgets every timer.
    pub fn clear_timers(&mut self) {
        for timer in &mut self.timers {
            *timer = Timer { queued: timer.queued, ..Timer::UNSET };
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
    fn a_clock_set_back_does_not_move_timers() {
        let mut clock = Clock::default();
        let before = clock.steady(SimTime(5_000));
        clock.skew = -300_000;
        assert_eq!(clock.steady(SimTime(5_000)), before);
        assert_eq!(clock.read(SimTime(5_000)).0, before.0 - 300_000);
    }
}
