//! What would have happened without a link of a chain: a second run without it, compared with this one.

use super::{Chain, Reason, ReasonKind, text};
use crate::registry::Registry;
use crate::telling;
use election_base::{SimTime, Span};
use election_engine::lane::Link;
use election_engine::meter::Meter;
use election_engine::summary::{Happening, What};
use election_engine::timeline::Timeline;
use election_engine::trace::{Kind, NOWHERE, Place, Record, WRITE};
use election_language::scenario::{append_act, delete_line};
use election_protocol::Authority;

/// The most lines whose absence is proposed.
const LINES_MAX: usize = 2;

/// How far the new run is computed at a time.
const STRIDE: Span = Span(500_000);

/// A change to the scenario that takes one link out of a chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The changed text.
    pub text: String,
    /// What is missing, for a sentence: `the VoteReply from 2`, `line 3 (crash leader)`.
    pub without: String,
    /// The message that is dropped.
    pub message: Option<Record>,
    /// The line that is left out, from 0.
    pub line: Option<u32>,
    /// From when on the two runs may differ.
    pub from: SimTime,
}

/// The changes to try: without the message that brought about what was asked, and without the acts that it goes back to.
pub fn changes(timeline: &Timeline, text: &str, lane: usize, chain: &Chain) -> Vec<Change> {
    let mut found = Vec::new();
    let Some(root) = chain.reasons.last() else { return found };
    let (spec, run) = (&timeline.scenario().lanes[lane], &timeline.lanes()[lane]);
    if let Some(r) = root.message.filter(|r| r.kind == Kind::Deliver && r.msg != WRITE) {
        let sent =
            root.from.iter().map(|&it| &chain.reasons[it]).filter(|it| it.node == r.node).map(|it| it.at);
        // It is dropped just before it arrives.
        let at = SimTime(r.at.0.saturating_sub(1));
        if sent.max().is_some_and(|sent| sent < at) {
            let ids = &run.names().ids;
            let id = |place: u8| ids[usize::from(place)].to_string();
            let copy = if r.copy > 1 { format!(".{}", r.copy) } else { String::new() };
            let action = format!("drop {}->{}#{}{copy}", id(r.node), id(r.peer), r.nth);
            let without = format!(
                "the {} from {}",
                run.info().messages[usize::from(r.msg)].name,
                telling::name(run, r.node)
            );
            let text = append_act(text, at, 0, &spec.name, &action).apply(text);
            found.push(Change { text, without, message: Some(r), line: None, from: at });
        }
    }
    let mut lines: Vec<(u32, SimTime)> = Vec::new();
    for reason in chain.reasons.iter().rev() {
        let alone = |line: u32| timeline.scenario().acts.iter().filter(|act| act.line == line).count() == 1;
        if let (ReasonKind::Act, Some(line)) = (reason.kind, reason.line)
            && alone(line)
            && !lines.iter().any(|it| it.0 == line)
        {
            lines.push((line, reason.at));
        }
    }
    for (line, at) in lines.into_iter().take(LINES_MAX) {
        let act = timeline.scenario().acts.iter().find(|act| act.line == line);
        let (Some(act), Some(edit)) = (act, delete_line(text, line)) else { continue };
        let without = format!("line {} (`{}`)", line + 1, act.action);
        found.push(Change { text: edit.apply(text), without, message: None, line: Some(line), from: at });
    }
    found
}

/// A run without a link of a chain, compared with the run that the chain is about.
pub struct WhatIf {
    timeline: Timeline,
    lane: usize,
    without: String,
    from: SimTime,
    /// What happened in the first run; `None` if the chain is about how things stand at `at`, at that node.
    what: Option<Happening>,
    at: SimTime,
    node: Place,
    /// How far the new run has been searched.
    looked: SimTime,
    /// Whether a line is left out, rather than a message.
    line: bool,
}

/// What became of a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// It, as a sentence.
    pub text: String,
    /// When the same kind of thing happens instead, if it does.
    pub at: Option<SimTime>,
    /// Whether the very same thing happens, at the same instant and at the same node.
    pub same: bool,
}

impl WhatIf {
    /// Prepares a run of the changed text; `root` is what the chain is about.
    ///
    /// # Errors
    /// If the changed text does not play: the first error in it.
    pub fn new(
        registry: &'static Registry,
        earlier: &Timeline,
        lane: usize,
        change: &Change,
        root: &Reason,
    ) -> Result<WhatIf, String> {
        let timeline = registry.reopen(earlier, &change.text).map_err(|errors| {
            errors.first().map_or_else(|| "the text does not play".to_string(), ToString::to_string)
        })?;
        timeline.show(false);
        let happenings = &earlier.lanes()[lane].story().happenings;
        let here = happenings.iter().filter(|it| it.step == root.step && root.kind != ReasonKind::State);
        let what = here.max_by_key(|it| it.weight()).copied();
        let (without, line) = (change.without.clone(), change.line.is_some());
        let (at, node, from) = (root.at, root.node, change.from);
        Ok(WhatIf { timeline, lane, without, from, what, at, node, looked: at, line })
    }

    /// Continues. Returns what became of it once that is known.
    pub fn advance(&mut self, meter: &mut Meter) -> Option<Outcome> {
        let until = self.timeline.scenario().until;
        loop {
            let lane = self.timeline.lane(self.lane);
            let end = until.min(self.looked + STRIDE);
            if !lane.compute(end, meter) {
                return None;
            }
            self.looked = end;
            let found = self.found();
            if found.is_none() && self.what.is_some() && end < until {
                continue;
            }
            let lane = self.timeline.lane(self.lane);
            if !lane.seek_time(self.at, meter) {
                return None;
            }
            let by = match found {
                Some(it) => lane.causes(it.step, it.at, 1, meter)?.pop(),
                None => None,
            };
            return Some(self.outcome(found, by));
        }
    }

    /// The first happening of the same kind since the runs may differ.
    fn found(&self) -> Option<Happening> {
        let lane = &self.timeline.lanes()[self.lane];
        // Without an act there is nothing like it: another act is something else.
        let what =
            self.what.filter(|it| !matches!(it.what, What::Act(_) | What::NoAct(..) | What::Dropped(_)))?;
        let alike = |it: &&Happening| {
            self.from < it.at
                && match (what.what, it.what) {
                    (What::Leads { .. }, What::Leads { .. }) => true,
                    (a, b) => {
                        core::mem::discriminant(&a) == core::mem::discriminant(&b) && it.node == what.node
                    }
                }
        };
        lane.story().happenings.iter().find(alike).copied()
    }

    /// What became of it; `by` is the event of what was `found`. The cursor stands at the moment that the chain is about.
    fn outcome(&self, found: Option<Happening>, by: Option<Link>) -> Outcome {
        let without = format!("Without {}", self.without);
        let lane = &self.timeline.lanes()[self.lane];
        let Some(what) = self.what else {
            let standing = text::standing(lane, self.node);
            let text = format!("{without}, at {}: {standing}", Span(self.at.0));
            return Outcome { text, at: None, same: false };
        };
        let leads = |it: &Place| lane.up(*it) && lane.belief(*it).leads;
        let leader = lane.leader().filter(leads);
        let truly =
            lane.info().authority == Authority::None || lane.leader_in_truth().is_some_and(|it| leads(&it));
        let band = lane.story().main.bands.iter().rfind(|it| it.from <= self.at && Some(it.node) == leader);
        // Without a line, who leads already matters more than who will.
        let led =
            truly && matches!(what.what, What::Leads { .. }) && band.is_some_and(|it| it.from < self.at);
        let Some(it) = found.filter(|_| !(self.line && led)) else {
            let instead = match (what.what, leader.map(|it| telling::name(lane, it))) {
                (What::Leads { .. }, Some(leader)) if truly => format!("{leader} leads at that moment"),
                (What::Leads { .. }, Some(leader)) => {
                    format!(
                        "no other node comes to lead by the end of the run, and {leader} only believes that it leads"
                    )
                }
                (What::Leads { .. }, None) => "no node leads by the end of the run".to_string(),
                _ => "this does not happen by the end of the run".to_string(),
            };
            return Outcome { text: format!("{without}, {instead}."), at: None, same: false };
        };
        let same = it.at == what.at && it.node == what.node;
        let when = if it.at == what.at {
            "at the same instant".to_string()
        } else if what.at < it.at {
            format!("{} later", it.at - what.at)
        } else {
            format!("{} earlier", what.at - it.at)
        };
        let by = by.and_then(|link| link.record);
        let by = by.filter(|r| r.kind == Kind::Deliver && r.msg != WRITE && r.node != NOWHERE).map(|r| {
            let kind = lane.info().messages[usize::from(r.msg)].name;
            let from = format!("the {kind} from {}", telling::name(lane, r.node));
            if from == self.without { format!(", by another {}", &from[4..]) } else { format!(", by {from}") }
        });
        let by = by.unwrap_or_default();
        let (node, epoch) = (telling::name(lane, it.node), lane.info().epoch);
        let newer = it.number != what.number && !epoch.is_empty() && matches!(what.what, What::Leads { .. });
        let epoch = if newer { format!(" ({epoch} {})", it.number) } else { String::new() };
        let text = match what.what {
            What::Leads { .. } if it.node == what.node => format!("{node} leads{epoch} {when}{by}"),
            What::Leads { .. } => format!("{node} leads instead{epoch}, {when}{by}"),
            _ => format!("the same happens {when} to {node}{by}"),
        };
        Outcome { text: format!("{without}, {text}."), at: Some(it.at), same }
    }
}
