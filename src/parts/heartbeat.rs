//! A leader's heartbeat, and the failure detector of the other members.

use election_base::Span;
use election_protocol::{Cx, Protocol, Values};

/// The settings `detector`, `heartbeat` and `timeout`.
#[derive(Clone, Debug)]
pub struct Detector {
    /// Whether the leader sends heartbeats and their absence starts an election.
    pub on: bool,
    /// How often the leader sends a heartbeat.
    pub heartbeat: Span,
    /// How long a member goes without one before it suspects the leader.
    pub timeout: Span,
}

impl Detector {
    /// Reads the settings.
    pub fn read(values: &Values<'_>) -> Detector {
        Detector {
            on: values.switch("detector"),
            heartbeat: values.span("heartbeat"),
            timeout: values.span("timeout"),
        }
    }

    /// Schedules the leader's next heartbeat for the end of the interval, of which `gone` has already elapsed.
    pub fn beat<P: Protocol>(&self, cx: &mut Cx<'_, P>, timer: P::Timer, gone: Span) {
        if self.on {
            cx.set_timer(timer, self.heartbeat - gone);
        }
    }

    /// Makes a member wait for the leader's next heartbeat.
    pub fn watch<P: Protocol>(&self, cx: &mut Cx<'_, P>, timer: P::Timer) {
        if self.on {
            cx.set_timer(timer, self.timeout);
        }
    }

    /// The longest delay at which heartbeats arrive in time, if there are any.
    pub fn delay_bound(&self) -> Option<Span> {
        self.on.then_some(self.timeout - self.heartbeat)
    }
}
