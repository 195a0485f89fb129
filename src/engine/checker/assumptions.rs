//! Which assumptions a run has broken, from when to when.
//!
//! A promise that rests on an assumption is not owed while the assumption is broken, nor for as long afterwards as the
//! algorithm needs to recover. So what is kept of each assumption is the last *spell* in which it was broken.

use crate::trace::{Glance, Place};
use election_base::{SimTime, Span, sort_numbers};
use election_protocol::{Assumption, Situation};

/// A time in which an assumption was broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spell {
    /// When that began.
    pub from: SimTime,
    /// When it held again; [`SimTime::NEVER`] while it is broken.
    pub until: SimTime,
    /// Whether nothing broke it but that processes started one after another.
    pub coming_up: bool,
}

/// What became of every assumption so far.
#[derive(Clone, Debug, Default)]
pub struct Assumptions {
    spells: [Option<Spell>; Assumption::ALL.len()],
    given_up: [Option<&'static str>; Assumption::ALL.len()],
}

impl Assumptions {
    /// A setting gives it up for the whole run.
    pub fn give_up(&mut self, assumption: Assumption, setting: &'static str) {
        self.given_up[assumption as usize] = Some(setting);
    }

    /// The setting that gives it up.
    pub fn given_up(&self, assumption: Assumption) -> Option<&'static str> {
        self.given_up[assumption as usize]
    }

    /// Whether it holds is known anew at `now`.
    pub fn set(&mut self, assumption: Assumption, holds: bool, now: SimTime) {
        let spell = &mut self.spells[assumption as usize];
        match spell {
            Some(s) if s.until == SimTime::NEVER => s.until = if holds { now } else { SimTime::NEVER },
            _ if holds => {}
            _ => *spell = Some(Spell { from: now, until: SimTime::NEVER, coming_up: false }),
        }
    }

    /// It was broken at this instant, by something that was over at once.
    pub fn point(&mut self, assumption: Assumption, now: SimTime) {
        let lasts = self.spells[assumption as usize].is_some_and(|s| s.until == SimTime::NEVER);
        if !lasts {
            self.set(assumption, false, now);
            self.set(assumption, true, now);
        }
    }

    /// It was broken at this instant because a process started after others. What somebody did weighs more.
    pub fn came_up(&mut self, assumption: Assumption, now: SimTime) {
        let spell = &mut self.spells[assumption as usize];
        match spell {
            Some(s) if !s.coming_up => s.until = s.until.max(now),
            _ => *spell = Some(Spell { from: now, until: now, coming_up: true }),
        }
    }

    /// The group has come up, and what that broke is over.
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

    /// When it held last time again; the start of the run where it was never broken.
    pub fn held_since(&self, assumption: Assumption) -> SimTime {
        self.spells[assumption as usize].map_or(SimTime::ZERO, |s| s.until)
    }

    /// Messages that were sent in bad times arrive until then: so long the synchrony of before is not there.
    pub fn late_until(&mut self, late: SimTime) {
        if let Some(s) = &mut self.spells[Assumption::Synchrony as usize]
            && s.until != SimTime::NEVER
        {
            s.until = s.until.max(late);
        }
    }
}

/// What a recovery would start from now.
pub fn situation(world: &dyn Glance) -> Situation {
    let members = world.members() as Place;
    let voters = (0..members).filter(|&p| world.votes(p));
    let quorum = voters.clone().count() / 2 + 1;
    let up = voters.filter(|&p| world.up(p) && !world.paused(p));
    let mut newness: Vec<(u64, u64, u32)> = up.map(|p| (world.newness(p).0, world.newness(p).1, 0)).collect();
    sort_numbers(&mut newness);
    // A log can win that is as new as that of a quorum: as the one that a quorum does not surpass.
    let least = newness.get(quorum - 1);
    let electable = newness.iter().filter(|&it| least.is_some_and(|least| least <= it)).count();
    Situation {
        members: members.into(),
        voters_up: newness.len() as u32,
        electable: electable.max(1) as u32,
        delay: world.delay_max(),
    }
}

/// Whether messages that take up to `delay` are fast enough for the timeouts. Where nothing is left for them no
/// network is, not even one without delay: the timeouts contradict each other.
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
