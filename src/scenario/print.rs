//! What a scenario means, written as text.

use core::fmt;

use super::ast::{Action, Links, MessageRef, Who};
use super::values::share_text;

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Node(id) => write!(f, "{id}"),
            Who::Leader => f.write_str("leader"),
            Who::Follower => f.write_str("follower"),
            Who::Candidate => f.write_str("candidate"),
            Who::All => f.write_str("all"),
            Who::Majority => f.write_str("majority"),
            Who::Minority => f.write_str("minority"),
            Who::Several(list) => separated(f, list, " "),
        }
    }
}

impl fmt::Display for MessageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}->{}#{}", self.from, self.to, self.nth)?;
        if self.copy > 1 { write!(f, ".{}", self.copy) } else { Ok(()) }
    }
}

impl fmt::Display for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Links::All => f.write_str("all"),
            Links::Between { from, to, both } => write!(f, "{from} {} {to}", if *both { "-" } else { "->" }),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Crash(who) => write!(f, "crash {who}"),
            Action::Restart(who) => write!(f, "restart {who}"),
            Action::Pause(who, None) => write!(f, "pause {who}"),
            Action::Pause(who, Some(span)) => write!(f, "pause {who} for {span}"),
            Action::Resume(who) => write!(f, "resume {who}"),
            Action::Isolate(who) => write!(f, "isolate {who}"),
            Action::Partition(sides) => {
                f.write_str("partition ")?;
                for (i, side) in sides.iter().enumerate() {
                    f.write_str(if i > 0 { " | " } else { "" })?;
                    separated(f, side, " ")?;
                }
                Ok(())
            }
            Action::Heal => f.write_str("heal"),
            Action::Cut(links) => write!(f, "cut {links}"),
            Action::Join(links) => write!(f, "join {links}"),
            Action::Latency(links, range) => change(f, "latency", links, &range.to_string()),
            Action::Loss(links, ppm) => change(f, "loss", links, &share_text(*ppm)),
            Action::Duplicate(links, ppm) => change(f, "duplicate", links, &share_text(*ppm)),
            Action::Drift(who, ppm) => {
                let sign = if *ppm < 0 { '-' } else { '+' };
                write!(f, "drift {who} {sign}{}", share_text(ppm.unsigned_abs()))
            }
            Action::Skew(who, us) => {
                let sign = if *us < 0 { '-' } else { '+' };
                write!(f, "skew {who} {sign}{}", crate::base::Span(us.unsigned_abs()))
            }
            Action::Slow(who, span) => write!(f, "slow {who} {span}"),
            Action::Campaign(who) => write!(f, "campaign {who}"),
            Action::Fire(who, timer) => write!(f, "fire {who} {timer}"),
            Action::Transfer(from, to) => write!(f, "transfer {from} -> {to}"),
            Action::StepDown(who) => write!(f, "step-down {who}"),
            Action::Write(None) => f.write_str("write"),
            Action::Write(Some(who)) => write!(f, "write {who}"),
            Action::Close(who) => write!(f, "close {who}"),
            Action::Expire(who) => write!(f, "expire {who}"),
            Action::DropMessage(message) => write!(f, "drop {message}"),
            Action::DeliverMessage(message) => write!(f, "deliver {message}"),
            Action::DelayMessage(message, span) => write!(f, "delay {message} {span}"),
            Action::DuplicateMessage(message) => write!(f, "duplicate {message}"),
            Action::DeliverAll => f.write_str("deliver all"),
            Action::Stonith(who) => write!(f, "stonith {who}"),
        }
    }
}

fn separated(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display], separator: &str) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

/// A change of all links names none.
fn change(f: &mut fmt::Formatter<'_>, verb: &str, links: &Links, value: &str) -> fmt::Result {
    match links {
        Links::All => write!(f, "{verb} {value}"),
        links => write!(f, "{verb} {links} {value}"),
    }
}
