//! How long Raft may be without a leader in calm.
//!
//! # A round
//! Every node waits for an election timeout, drawn uniformly from a range of width W. One is first and asks for
//! votes. The round succeeds if its request reaches the others before another timeout ends, and if its log is as new
//! as that of a quorum. With u voters up, w of them electable, and g the lead that the first one needs, that is so with
//! the probability
//!
//! ```text
//! p = (1 − g/W)^u · w/u
//! ```
//!
//! since the gap between the two earliest of u uniform draws exceeds g with probability (1 − g/W)^u. The lead is one
//! delay; with PreVote three, as only the second question, a round trip later, restarts the others' timers; a tick
//! more where timers count ticks. With CheckQuorum the first round may come to nothing besides: voters still hold to
//! the old leader. By the next one that is over.
//!
//! # The bound
//! k rounds fail together with probability (1 − p)^k. A round lasts at most the longest timeout and two round trips.
//! The bound takes the k for which that probability is below 10⁻⁹, and a start from any state.
//!
//! # The usual time
//! It shall be exceeded once in a thousand times, so it must not add up what is rare by itself. Two things make a
//! recovery long: that many rounds fail, and that no node's timeout is short. With f the probability that a round fails,
//! k rounds are needed with probability f^(k−1), and with that probability the first timeout need only last as long as
//! happens in 10⁻³/f^(k−1) of all cases: until lo + y with (1 − y/W)^u = 10⁻³/f^(k−1). The k − 1 others last about as
//! long as the shortest of u, lo + W/(u + 1), after a round trip in which the votes are refused; with PreVote two. Of
//! all k the one counts that takes longest. Where more rounds are needed than can be counted, the bound is all there is.
//!
//! f is less than 1 − p. With PreVote a rival asks for real votes as much later as the first one does, so the lead is a
//! delay again. Where timers count ticks it is a tick if that is longer: in lockstep all ticks fall together, and two
//! that drew the same one wake at once. And where more voters are up than a quorum, a rival alone does not split the
//! vote, it has to be as fast at others, too: that halves it.

use election_base::Span;
use election_protocol::{Recovery, Situation};

use super::Settings;

/// A probability of 1.
const ONE: u64 = 1_000_000_000;
/// What the bound is exceeded with.
const NEVER_SEEN: u64 = 1;
/// What the usual time is exceeded with.
const SELDOM: u64 = ONE / 1_000;
/// More rounds than this are not counted one by one.
const ROUNDS_MAX: u64 = 4096;
/// Longer than any run.
const NEVER: Span = Span::s(1_000_000_000);

impl Settings {
    /// See the module.
    pub(super) fn recovery(&self, situation: &Situation) -> Result<Recovery, String> {
        let (lo, hi) = (self.election.lo, self.election.hi);
        let up = u64::from(situation.voters_up.max(1));
        let electable = u64::from(situation.electable).clamp(1, up);
        let delay = situation.delay;
        let lead = delay.times(if self.pre_vote { 3 } else { 1 }, 1) + self.tick;
        let chance = self.alone(lead, up) * electable / up;
        if chance == 0 {
            let range = election_base::SpanRange { lo, hi };
            return Err(format!("election-timeout {range}"));
        }
        let longest = hi + self.head_start() + delay.times(4, 1) + self.tick;
        let rounds = rounds(ONE - chance) + 2 + u64::from(self.check_quorum);
        let bound = match rounds.checked_mul((longest + self.heartbeat).0) {
            Some(us) if us < NEVER.0 => Span(us),
            _ => NEVER,
        };
        Ok(Recovery { bound, usual: self.usual(up, electable, delay).min(bound) })
    }

    /// The probability that the first of `up` timeouts leads the next by at least `lead`.
    fn alone(&self, lead: Span, up: u64) -> u64 {
        let width = (self.election.hi - self.election.lo).0;
        if up == 1 { ONE } else { power(share_left(lead.0, width), up) }
    }

    /// A head start for preferred nodes delays all others once.
    fn head_start(&self) -> Span {
        if self.preferred.is_empty() { Span::ZERO } else { self.election.hi }
    }

    /// What 999 of 1,000 recoveries take less than.
    fn usual(&self, up: u64, electable: u64, delay: Span) -> Span {
        let (lo, width) = (self.election.lo, (self.election.hi - self.election.lo).0);
        let rivals = ONE - self.alone(delay.max(self.tick), up);
        let split = if u64::from(self.quorum) < up { rivals / 2 } else { rivals };
        let fails = ONE - (ONE - split) * electable / up;
        let fails_first = if self.check_quorum { (fails + rivals).min(ONE) } else { fails };
        let votes = delay.times(if self.pre_vote { 4 } else { 2 }, 1);
        let later = lo + Span(width / (up + 1)) + votes + self.tick;
        // The last heartbeat arrives, the votes come back, the process counts in ticks.
        let once = delay + votes + self.tick + self.head_start();
        let Some(last) = last_round(fails_first, fails) else { return NEVER };
        let (mut likely, mut before, mut usual) = (ONE, Span::ZERO, Span::ZERO);
        for round in 0..=last {
            // What begins so long before the last round is over before it, however long its timeout.
            if round == last || later.0.saturating_mul(last - round) < width {
                // With this probability of so many rounds, the first timeout need only be this rare.
                usual = usual.max(before + lo + shortest_of(up, width, SELDOM * ONE / likely) + once);
            }
            likely = if round == 0 { fails_first } else { likely * fails / ONE };
            before = before + later;
        }
        usual
    }
}

/// The round, from 0, with which fewer fail together than once in a thousand times; `None` if there are too many to count.
fn last_round(fails_first: u64, fails: u64) -> Option<u64> {
    let mut together = fails_first;
    for round in 0..ROUNDS_MAX {
        if together <= SELDOM {
            return Some(round);
        }
        together = together * fails / ONE;
    }
    None
}

/// What the shortest of `draws` draws from `[0, width)` exceeds with probability `rare`.
fn shortest_of(draws: u64, width: u64, rare: u64) -> Span {
    let (mut lo, mut hi) = (0, width);
    while lo + 1 < hi {
        let middle = lo.midpoint(hi);
        if power(share_left(middle, width), draws) < rare { hi = middle } else { lo = middle }
    }
    Span(hi)
}

/// How many rounds of which each fails with that probability fail together with a probability that is never seen; at
/// least one.
fn rounds(fails: u64) -> u64 {
    // With twice the digits, so that rounding does not end it a round too early.
    let (mut together, mut rounds) = (ONE * fails, 1);
    // Where more than 199 of 200 fail they are not counted: 0.995^4096 is above 10⁻⁹.
    let countable = fails <= ONE - ONE / 200;
    while countable && NEVER_SEEN * ONE < together && rounds < ROUNDS_MAX {
        // In two halves, as the product has three times the digits.
        together = together / ONE * fails + together % ONE * fails / ONE;
        rounds += 1;
    }
    if NEVER_SEEN * ONE < together {
        // (1 − p)^k ≤ e^(−pk), and e^−21 is below 10⁻⁹.
        rounds = 21 * ONE / (ONE - fails) + 1;
    }
    rounds
}

/// 1 − part/whole, not below 0.
fn share_left(part: u64, whole: u64) -> u64 {
    whole.saturating_sub(part).saturating_mul(ONE) / whole.max(1)
}

fn power(base: u64, exponent: u64) -> u64 {
    (0..exponent).fold(ONE, |product, _| product * base / ONE)
}

#[cfg(test)]
mod tests {
    use super::super::info::{Ack, Flaw, StaleRequests};
    use super::*;
    use election_base::SpanRange;
    use election_parts::quorum::Set;
    use election_protocol::Protocol;

    fn settings(lo: u64, hi: u64) -> Settings {
        Settings {
            election: SpanRange::new(Span::ms(lo), Span::ms(hi)),
            heartbeat: Span::ms(50),
            pre_vote: false,
            check_quorum: false,
            leader_lease: Span::ZERO,
            no_op: true,
            commit_notice: false,
            stale_requests: StaleRequests::Reply,
            ack: Ack::Quorum,
            learners: Set::default(),
            preferred: Set::default(),
            tick: Span::ZERO,
            flaw: Flaw::None,
            voters: 5,
            quorum: 3,
        }
    }

    fn situation(members: u32, up: u32, electable: u32) -> Situation {
        Situation { members, voters_up: up, electable, delay: Span::ms(15) }
    }

    #[test]
    fn bounds_follow_from_the_timeouts() {
        assert_eq!(super::super::Raft::delay_bound(&settings(150, 300)), Some(Span::ms(50)));
        assert_eq!(super::super::Raft::delay_bound(&settings(1_000, 2_000)), Some(Span::ms(333) + Span(333)));
        // Four of five are up: the earliest timer leads by 15 of 150 ms with probability 0.9^4 = 0.656. 20 rounds
        // fail together less than once in a billion.
        let four = settings(150, 300).recovery(&situation(5, 4, 4)).unwrap();
        assert_eq!(four.bound, Span::ms(22 * (300 + 60 + 50)));
        // Half of 1 − 0.656 is 0.172, three rounds fail together in 0.0051 of all cases, and in a fifth of these the
        // shortest of four timeouts exceeds 150 ms by a third of 150 ms.
        let expected = Span::ms(3 * (150 + 30 + 30) + 150 + 50 + 45);
        assert!(expected - Span::ms(1) < four.usual && four.usual < expected + Span::ms(1), "{}", four.usual);
        // If one of them only can be elected, it has to be the first.
        let one = settings(150, 300).recovery(&situation(5, 3, 1)).unwrap();
        assert!(four.bound < one.bound && one.bound < Span::s(40), "{}", one.bound);
    }

    #[test]
    fn without_randomness_there_is_no_bound() {
        let of = |lo, hi| settings(lo, hi).recovery(&situation(5, 5, 5));
        assert_eq!(of(150, 150), Err("election-timeout 150ms".to_string()));
        assert_eq!(of(150, 165), Err("election-timeout 150ms..165ms".to_string()));
        // A node that is alone has no rivals.
        assert!(settings(150, 150).recovery(&situation(1, 1, 1)).is_ok());
    }

    #[test]
    fn a_hundred_nodes_need_wider_timeouts() {
        let narrow = settings(150, 300).recovery(&situation(101, 101, 101)).unwrap();
        let wide = settings(1_500, 6_000).recovery(&situation(101, 101, 101)).unwrap();
        assert!(
            Span::s(3_600) < narrow.bound && wide.bound < Span::s(400),
            "{} {}",
            narrow.bound,
            wide.bound
        );
    }

    #[test]
    fn rounds_fail_together_as_rarely_as_asked_for() {
        assert_eq!((rounds(ONE / 2), rounds(ONE / 10), rounds(0)), (30, 9, 1));
        let many = rounds(ONE - ONE / 10_000);
        assert!((207_000..211_000).contains(&many), "{many}");
    }
}
