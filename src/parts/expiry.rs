//! The clock that ends sessions: it counts the ticks of its own timer, which runs by a clock that is never set
//! (ZOOKEEPER-1366).

use election_base::{LocalTime, Span};
use election_protocol::timers;

timers! {
    /// What a server waits for to end sessions.
    pub enum Timer {
        /// The expiry clock.
        Tick = "tick" by "tick-time",
    }
}

/// The expiry clock.
#[derive(Clone, Copy, Hash, Debug)]
pub struct Ticks {
    /// The number of the last tick.
    last: i64,
    /// What the server's clock showed then.
    at: LocalTime,
    /// The length of a tick.
    length: Span,
}

impl Ticks {
    /// A clock that starts with `gone` of the current tick already elapsed.
    pub fn start(now: LocalTime, gone: Span, length: Span) -> Ticks {
        Ticks { last: now.0.div_euclid(length.0 as i64), at: LocalTime(now.0 - gone.0 as i64), length }
    }

    /// The number of the last tick.
    pub fn last(self) -> i64 {
        self.last
    }

    /// The next tick is due.
    pub fn tick(&mut self, now: LocalTime) {
        (self.last, self.at) = (self.last + 1, now);
    }

    /// The time until the next tick.
    pub fn rest(self, now: LocalTime) -> Span {
        self.at + self.length - now
    }

    /// When the tick with that number is due.
    pub fn time(self, tick: i64) -> LocalTime {
        self.at + self.length.times((tick - self.last).max(0) as u64, 1)
    }

    /// The number of the tick that ends a session that was last heard from at `now`.
    ///
    /// ZooKeeper keeps sessions in buckets one tick wide and always rounds up to a later one:
    /// `(time / interval + 1) * interval` (`ExpiryQueue.roundToNextInterval`).
    pub fn bucket(self, now: LocalTime, timeout: Span) -> i64 {
        // Within a tick, unless the process was paused since the last one.
        let since = (now - self.at).min(self.length);
        self.last + ((since + timeout).0 / self.length.0) as i64 + 1
    }
}
