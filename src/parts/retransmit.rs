//! Resending what is not answered.

use election_base::{LocalTime, Span};

/// How long to wait for an answer before a round trip has been measured: TCP's initial timeout (RFC 6298, 2).
const FIRST: Span = Span::s(1);
/// The wait doubles at most this many times.
const DOUBLED_MAX: u32 = 16;

/// How long to wait for an answer: twice the last round trip, doubled after each wait that expires, as TCP does.
#[derive(Clone, Copy, Hash, Debug)]
pub struct Backoff {
    /// How many times the pending message has been resent.
    tries: u32,
    /// When it was first sent.
    since: LocalTime,
    /// The last measured round trip; zero before the first.
    round_trip: Span,
}

impl Backoff {
    /// Nothing has been measured yet.
    pub fn new(now: LocalTime) -> Backoff {
        Backoff { tries: 0, since: now, round_trip: Span::ZERO }
    }

    /// A message that needs an answer was sent.
    pub fn sent(&mut self, now: LocalTime) {
        (self.tries, self.since) = (0, now);
    }

    /// It was resent.
    pub fn sent_again(&mut self) {
        self.tries += 1;
    }

    /// The answer arrived. Counts as a round trip of at most `max`.
    pub fn answered(&mut self, now: LocalTime, max: Span) {
        // The answer to a message that was sent twice says nothing about the round trip (Karn's rule).
        if self.tries == 0 {
            self.round_trip = (now - self.since).min(max).max(Span(1));
        }
        self.tries = 0;
    }

    /// Nothing is pending any more.
    pub fn forget(&mut self) {
        self.tries = 0;
    }

    /// How long to wait, at least `least`. `measured_here` is false on a connection with no round trip of its own yet.
    pub fn wait(&self, least: Span, measured_here: bool) -> Span {
        let known = measured_here && self.round_trip != Span::ZERO;
        let first = if known { self.round_trip.times(2, 1) } else { FIRST };
        first.max(least).times(1 << self.tries.min(DOUBLED_MAX), 1)
    }
}

/// Messages to one receiver that have not been acknowledged yet, in the order in which they were sent. Each has a number,
/// which the acknowledgement repeats.
#[derive(Clone, Hash, Debug)]
pub struct Outbox<T> {
    waiting: Vec<T>,
    /// The number of the last one.
    last: u32,
    /// How many waits in a row have expired.
    misses: u32,
}

/// What to do after a wait has expired.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InVain {
    /// Resend the oldest message: a receiver that is merely slow must not drown in copies.
    Resend,
    /// The receiver is considered dead.
    GiveUp,
}

/// What an [`Outbox`] holds.
pub trait Numbered: Clone {
    /// The number that its sender gave it.
    fn number(&self) -> u32;
    /// Whether it makes an older message obsolete.
    fn replaces(&self, older: &Self) -> bool;
}

impl<T> Default for Outbox<T> {
    fn default() -> Outbox<T> {
        Outbox { waiting: Vec::new(), last: 0, misses: 0 }
    }
}

impl<T: Numbered> Outbox<T> {
    /// The number for the next message.
    pub fn number(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// The message was sent and awaits its acknowledgement.
    pub fn push(&mut self, message: T) {
        self.waiting.retain(|old| !message.replaces(old));
        self.waiting.push(message);
    }

    /// The acknowledgement with that number arrived.
    pub fn acknowledge(&mut self, number: u32) {
        self.waiting.retain(|message| message.number() != number);
    }

    /// The receiver is alive, or has changed.
    pub fn receiver_lives(&mut self) {
        self.misses = 0;
    }

    /// How many waits in a row have expired.
    pub fn misses(&self) -> u32 {
        self.misses
    }

    /// A wait has expired; after `tries` of them in a row, the receiver is considered dead.
    pub fn in_vain(&mut self, tries: u32) -> InVain {
        self.misses += 1;
        if self.misses < tries {
            return InVain::Resend;
        }
        self.misses = 0;
        InVain::GiveUp
    }

    /// The pending messages, oldest first.
    pub fn waiting(&self) -> &[T] {
        &self.waiting
    }

    /// Removes all pending messages.
    pub fn take(&mut self) -> Vec<T> {
        core::mem::take(&mut self.waiting)
    }
}
