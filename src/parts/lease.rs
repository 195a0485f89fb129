//! A lease as its holder sees it: valid for a length of time from when the request that obtained or renewed it was sent,
//! not from the answer (Gray & Cheriton, "Leases", SOSP 1989, §2). The grantor starts counting later, so the holder
//! stops first.

use election_base::{LocalTime, Span};

/// A lease that was granted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Holder {
    /// What the holder presents to the protected resource.
    token: u64,
    /// When the request for it was sent.
    sent: LocalTime,
    /// How long it is valid.
    length: Span,
}

/// What the holder does now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Now {
    /// Wait this long, then look again.
    Wait(Span),
    /// Renew it: a third of it has passed. Look again after this time.
    Renew(Span),
    /// Stop: it is over.
    Stop,
}

impl Holder {
    /// A lease with that token, asked for at `sent`.
    pub fn granted(token: u64, sent: LocalTime, length: Span) -> Holder {
        Holder { token, sent, length }
    }

    /// What the holder presents to the protected resource.
    pub fn token(self) -> u64 {
        self.token
    }

    /// The request that was sent at `sent` renewed it.
    pub fn renewed(&mut self, sent: LocalTime) {
        self.sent = self.sent.max(sent);
    }

    /// What to do at that time.
    pub fn at(self, now: LocalTime) -> Now {
        let gone = now - self.sent;
        let third = self.length.times(1, 3);
        if self.length <= gone {
            Now::Stop
        } else if gone < third {
            Now::Wait(third - gone)
        } else {
            Now::Renew((self.length - gone).min(third))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_counts_from_the_request() {
        let mut lease = Holder::granted(7, LocalTime(1_000), Span(900));
        assert_eq!(lease.at(LocalTime(1_100)), Now::Wait(Span(200)));
        assert_eq!(lease.at(LocalTime(1_300)), Now::Renew(Span(300)));
        assert_eq!(lease.at(LocalTime(1_750)), Now::Renew(Span(150)));
        assert_eq!(lease.at(LocalTime(1_900)), Now::Stop);
        // An answer to an earlier request renews nothing.
        lease.renewed(LocalTime(1_600));
        lease.renewed(LocalTime(1_300));
        assert_eq!((lease.at(LocalTime(1_900)), lease.token()), (Now::Renew(Span(300)), 7));
    }
}
