//! A leader's heartbeat, and the detector of the others, which misses it.

use election_base::Span;
use election_protocol::{Cx, Protocol, Values};

/// The settings `detector`, `heartbeat` and `timeout`.
#[derive(Clone, Debug)]
pub struct Detector {
    /// Whether there are heartbeats, and whether their absence starts an election.
    pub on: bool,
    /// How often the leader sends one.
    pub heartbeat: Span,
    /// How long a member hears none before it suspects the leader.
    pub timeout: Span,
}

impl Detector {
    /// What the scenario says.
    pub fn read(values: &Values<'_>) -> Detector {
        Detector {
            on: values.switch("detector"),
            heartbeat: values.span("heartbeat"),
            timeout: values.span("timeout"),
        }
    }

    /// The leader sends its next heartbeat when the interval is over, of which so much is gone.
    pub fn beat<P: Protocol>(&self, cx: &mut Cx<'_, P>, timer: P::Timer, gone: Span) {
        if self.on {
            cx.set_timer(timer, self.heartbeat - gone);
        }
    }

    /// A member waits for the leader's next heartbeat.
    pub fn watch<P: Protocol>(&self, cx: &mut Cx<'_, P>, timer: P::Timer) {
        if self.on {
            cx.set_timer(timer, self.timeout);
        }
    }

    /// The longest delay with which heartbeats come in time, where there are any.
    pub fn delay_bound(&self) -> Option<Span> {
        self.on.then_some(self.timeout - self.heartbeat)
    }
}
