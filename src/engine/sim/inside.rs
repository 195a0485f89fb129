//! What there is to see inside a node, for inspections.

use super::{Sim, Snapshot};
use crate::trace::Place;
use election_base::{Digest, SimTime, Span};
use election_protocol::{ASKED, Check};

/// Whether a node's process runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Process {
    /// It has yet to start for the first time.
    #[default]
    NotStarted,
    /// It runs.
    Running,
    /// It is paused.
    Paused,
    /// It is down.
    Down,
}

impl Process {
    /// In words.
    pub const fn name(self) -> &'static str {
        ["not started", "running", "paused", "down"][self as usize]
    }
}

/// A timer that is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SetTimer {
    /// Its index; the simulator's write timer comes after the algorithm's own.
    pub timer: u8,
    /// When it was set.
    pub since: SimTime,
    /// The event that set it.
    pub by: u32,
    /// When it fires, in true time.
    pub due: SimTime,
}

/// What there is to see in a node.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct Inside {
    /// Whether its process runs.
    pub process: Process,
    /// The fields it displays.
    pub fields: Vec<(&'static str, String)>,
    /// Those that would remain if it crashed now, except its role: what is on its disk.
    pub durable: Vec<(&'static str, String)>,
    /// The timers that are set.
    pub timers: Vec<SetTimer>,
    /// How far its clock is ahead, in microseconds.
    pub ahead_us: i64,
    /// How much of that the scenario set, in microseconds; the rest it gained by running fast or slow.
    pub skew_us: i64,
    /// How much its clock runs fast, in parts per million.
    pub drift_ppm: i32,
    /// How long it takes to process a message.
    pub slow: Span,
    /// How many messages have arrived and wait to be processed.
    pub inbox: usize,
}

/// A comparison that decided whether a rule runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reason {
    /// The node.
    pub place: Place,
    /// The rule, from 1.
    pub rule: u32,
    /// The comparison.
    pub check: Check,
}

impl Sim {
    /// What there is to see in a node now.
    pub fn inside(&self, place: Place) -> Inside {
        let node = &self.core.state.nodes[usize::from(place)];
        let process = match (node.up, node.paused) {
            (true, false) => Process::Running,
            (true, true) => Process::Paused,
            (false, _) if node.waits_to_start() => Process::NotStarted,
            (false, _) => Process::Down,
        };
        let set = node.timers.iter().enumerate().filter(|(_, timer)| node.up && timer.is_set());
        let (ahead_us, drift_ppm) = self.clock(place);
        let mut durable = self.cast.durable(place.into()).fields;
        durable.retain(|(name, _)| *name != "role");
        Inside {
            process,
            fields: self.node_view(place).fields,
            durable,
            timers: set
                .map(|(index, timer)| SetTimer {
                    timer: index as u8,
                    since: timer.set_at,
                    by: timer.set_by.0,
                    due: timer.deadline,
                })
                .collect(),
            ahead_us,
            skew_us: node.clock.skew,
            drift_ppm,
            slow: node.slow,
            inbox: node.inbox.len(),
        }
    }

    /// From now on, processes report what decides their rules, or no longer.
    pub fn ask_why(&mut self, ask: bool) {
        self.core.asked = if ask { ASKED } else { 0 };
        self.core.checks.clear();
    }

    /// What has decided rules since [`Sim::ask_why`].
    pub fn reasons(&self) -> &[Reason] {
        &self.core.checks
    }

    /// A digest of what a node knows, has on disk and waits for. An event that changes none of it, and of which there
    /// are no further records, has changed nothing.
    pub fn pulse(&self, place: Place) -> u64 {
        use std::hash::Hash;
        let mut digest = Digest::default();
        self.cast.digest_process(place.into(), &mut digest);
        for timer in &self.core.state.nodes[usize::from(place)].timers {
            timer.is_set().then_some(timer.seq).hash(&mut digest);
        }
        digest.value()
    }

    /// The number under which a timer was set; `None` if it is not set.
    pub fn timer(&self, place: Place, timer: u8) -> Option<u64> {
        let node = &self.core.state.nodes[usize::from(place)];
        let timer = &node.timers[usize::from(timer)];
        (node.up && timer.is_set()).then_some(timer.seq)
    }
}

impl Sim {
    /// How many messages have been sent on that link.
    pub fn sent(&self, from: Place, to: Place) -> u32 {
        self.core.state.network.sent(from, to)
    }
}

impl Snapshot {
    /// How many messages had been sent on that link.
    pub fn sent(&self, from: Place, to: Place) -> u32 {
        self.state.network.sent(from, to)
    }
}
