//! Which assumptions a run has broken, and when.
//!
//! A promise is not owed while one of its assumptions is broken, nor afterwards for as long as the algorithm needs to
//! recover. So for each assumption, the checker keeps the last *spell* during which it was broken.

use crate::trace::{Glance, Place};
use election_base::{SimTime, Span, sort_numbers};
use election_protocol::{Assumption, Situation};

/// A time in which an assumption was broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spell {
    /// When it was broken.
    pub from: SimTime,
    /// When it held again; [`SimTime::NEVER`] while it is broken.
    pub until: SimTime,
    /// Whether the only cause is that processes started at different times.
    pub coming_up: bool,
}

/// The history of every assumption.
#[derive(Clone, Debug, Default)]
pub struct Assumptions {
    spells: [Option<Spell>; Assumption::ALL.len()],
    given_up: [Option<&'static str>; Assumption::ALL.len()],
}

impl Assumptions {
    /// Records that a setting gives an assumption up for the whole run.
    pub fn give_up(&mut self, assumption: Assumption, setting: &'static str) {
        self.given_up[assumption as usize] = Some(setting);
    }

    /// The setting that gives an assumption up.
    pub fn given_up(&self, assumption: Assumption) -> Option<&'static str> {
        self.given_up[assumption as usize]
    }

    /// Records whether an assumption holds from `now` on.
    pub fn set(&mut self, assumption: Assumption, holds: bool, now: SimTime) {
        let spell = &mut self.spells[assumption as usize];
        match spell {
            Some(s) if s.until == SimTime::NEVER => s.until = if holds { now } else { SimTime::NEVER },
            _ if holds => {}
            _ => *spell = Some(Spell { from: now, until: SimTime::NEVER, coming_up: false }),
        }
    }

    /// Records that an assumption was broken for just this instant.
    pub fn point(&mut self, assumption: Assumption, now: SimTime) {
        let lasts = self.spells[assumption as usize].is_some_and(|s| s.until == SimTime::NEVER);
        if !lasts {
            self.set(assumption, false, now);
            self.set(assumption, true, now);
        }
    }

    /// Records that an assumption was broken at this instant because a process started after others. Any other cause
    /// takes precedence.
    pub fn came_up(&mut self, assumption: Assumption, now: SimTime) {
        let spell = &mut self.spells[assumption as usize];
        match spell {
            Some(s) if !s.coming_up => s.until = s.until.max(now),
            _ => *spell = Some(Spell { from: now, until: now, coming_up: true }),
        }
    }

    /// The group has come up: ends the spells that this caused.
    pub fn settle(&mut self) {
        self.spells.iter_mut().for_each(|spell| *spell = spell.filter(|s| !s.coming_up));
    }

    /// The last spell of an assumption.
    pub fn spell(&self, assumption: Assumption) -> Option<Spell> {
        self.spells[assumption as usize]
    }

    /// Whether it is broken now.
    pub fn is_broken(&self, assumption: Assumption) -> bool {
        self.spells[assumption as usize].is_some_and(|s| s.until == SimTime::NEVER)
    }

    /// Since when it has held; the start of the run if it was never broken.
    pub fn held_since(&self, assumption: Assumption) -> SimTime {
        self.spells[assumption as usize].map_or(SimTime::ZERO, |s| s.until)
    }

    /// Extends the last break of synchrony until `late`, when the last of the messages sent during it arrive.
    pub fn late_until(&mut self, late: SimTime) {
        if let Some(s) = &mut self.spells[Assumption::Synchrony as usize]
            && s.until != SimTime::NEVER
        {
            s.until = s.until.max(late);
        }
    }
}

/// The situation that a recovery would start from now.
pub fn situation(world: &dyn Glance) -> Situation {
    let members = world.members() as Place;
    let voters = (0..members).filter(|&p| world.votes(p));
    let quorum = voters.clone().count() / 2 + 1;
    let up = voters.filter(|&p| world.up(p) && !world.paused(p));
    let mut newness: Vec<(u64, u64, u32)> = up.map(|p| (world.newness(p).0, world.newness(p).1, 0)).collect();
    sort_numbers(&mut newness);
    // To win, a log must be at least as new as those of a quorum.
    let least = newness.get(quorum - 1);
    let electable = newness.iter().filter(|&it| least.is_some_and(|least| least <= it)).count();
    Situation {
        members: members.into(),
        voters_up: newness.len() as u32,
        electable: electable.max(1) as u32,
        delay: world.delay_max(),
    }
}

/// Whether the timeouts tolerate messages that take up to `delay`. A bound of zero means that the timeouts contradict
/// each other, so no network is fast enough.
pub fn fast_enough(bound: Option<Span>, delay: Span) -> bool {
    bound.is_none_or(|bound| bound != Span::ZERO && delay <= bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Assumption = Assumption::Connected;

    #[test]
    fn the_last_spell_is_known() {
        let mut all = Assumptions::default();
        let second = |s: u64| SimTime(s * 1_000_000);
        all.set(A, false, second(10));
        assert!(all.is_broken(A));
        all.set(A, false, second(11));
        all.set(A, true, second(12));
        assert_eq!(all.spell(A), Some(Spell { from: second(10), until: second(12), coming_up: false }));
        all.point(A, second(16));
        assert_eq!(all.spell(A), Some(Spell { from: second(16), until: second(16), coming_up: false }));
    }

    #[test]
    fn a_point_within_a_break_does_not_end_it() {
        let mut all = Assumptions::default();
        all.set(A, false, SimTime(1));
        all.point(A, SimTime(2));
        assert!(all.is_broken(A));
    }
}
