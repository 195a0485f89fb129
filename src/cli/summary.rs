//! What a run comes to, in numbers. Its fields are those of `election run --json`, which docs/command-line.md
//! describes: names stay, new ones may come. Times are in microseconds.

use election_playground::base::{NodeId, SimTime, Span};
use election_playground::checker::{Blame, Failover, Outcome, Stats, Verdict};
use election_playground::lane;
use election_playground::protocol::{Authority, Class};
use election_playground::scenario::Warning;
use election_playground::summary::{Band, MomentWhat};
use election_playground::timeline::Timeline;
use election_playground::trace::{Acted, BreakOff, NOWHERE, Names};
use serde::Serialize;

use crate::source::Script;

/// The most failovers that are listed; all are counted.
const FAILOVERS_MAX: usize = 10_000;

/// A scenario's run.
#[derive(Debug, Serialize)]
pub struct Run {
    /// The file, with a line where it holds several scenarios.
    pub scenario: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// The seed it was played with.
    pub seed: u64,
    /// The members in ring order.
    pub nodes: Vec<u32>,
    /// What the scenario calls them, in that order; where it says nothing, their ids.
    pub names: Vec<String>,
    /// The end of the run.
    pub until_us: u64,
    /// The trace digest of all its lanes, 16 hexadecimal digits.
    pub digest: String,
    /// What the text says without effect.
    pub warnings: Vec<Warned>,
    /// The lanes that were asked for.
    pub lanes: Vec<Lane>,
}

/// Something in a text that has no effect.
#[derive(Debug, Serialize)]
pub struct Warned {
    /// The line of the file.
    pub line: u32,
    /// What to know about it.
    pub text: String,
}

impl Warned {
    /// A warning of a script's text.
    pub fn new(script: &Script, warning: &Warning) -> Warned {
        Warned { line: script.line(warning.line), text: warning.text.clone() }
    }
}

/// An act of which nothing came in a lane.
#[derive(Debug, Serialize)]
pub struct Idle {
    /// When.
    pub at_us: u64,
    /// The action as the scenario writes it.
    pub act: String,
    /// Why nothing came of it.
    pub why: &'static str,
}

/// A lane's run.
#[derive(Debug, Serialize)]
pub struct Lane {
    /// Its name.
    pub lane: String,
    /// Its algorithm.
    pub algorithm: &'static str,
    /// `service`, `quorum` or `none`: what makes a leader one in truth.
    pub authority: &'static str,
    /// What the algorithm calls its epoch; empty where it has none.
    pub epoch_name: &'static str,
    /// How many events it had.
    pub events: u32,
    /// When the run broke off, if it did: what would come later is not there.
    pub broke_off_us: Option<u64>,
    /// Why it did.
    pub broke_off: Option<&'static str>,
    /// The leader in truth at the end.
    pub leader_in_truth: Option<u32>,
    /// Who believed at the end that they lead.
    pub believers: Vec<u32>,
    /// The highest epoch that a member knew.
    pub epoch_max: u64,
    /// Who believed when that they lead.
    pub leaderships: Vec<Leadership>,
    /// From when to when nobody believed it.
    pub gaps: Vec<Stretch>,
    /// Who led in truth from when on; `null` for nobody.
    pub truth: Vec<Truth>,
    /// Time with no believer.
    pub no_leader_us: u64,
    /// Time with one.
    pub one_leader_us: u64,
    /// Time with two or more.
    pub two_leaders_us: u64,
    /// How often somebody started an election.
    pub elections: u64,
    /// Failovers, in order.
    pub failovers: Vec<Lost>,
    /// How many failovers there were.
    pub failover_count: u64,
    /// Their mean.
    pub failover_mean_us: Option<u64>,
    /// The longest.
    pub failover_max_us: Option<u64>,
    /// Messages by name.
    pub messages: Vec<Messages>,
    /// Messages that were lost on their way.
    pub messages_lost: u64,
    /// Copies that the network or the scenario made.
    pub messages_copied: u64,
    /// Writes to the protected resource.
    pub writes: Writes,
    /// Every property, with its verdict.
    pub properties: Vec<Judged>,
    /// Acts of which nothing came, as `crash leader` where nobody leads.
    pub idle_acts: Vec<Idle>,
    /// The trace digest of the lane.
    pub digest: String,
}

/// A stretch of time.
#[derive(Debug, Serialize)]
pub struct Stretch {
    /// From when.
    pub from_us: u64,
    /// Until when.
    pub until_us: u64,
}

/// A time during which one node believed that it led.
#[derive(Debug, Serialize)]
pub struct Leadership {
    /// Who.
    pub node: u32,
    /// In which epoch; 0 where there is none.
    pub epoch: u64,
    /// From when.
    pub from_us: u64,
    /// Until when, at most the end of the run.
    pub until_us: u64,
    /// Whether it still did at the end.
    pub lasts: bool,
}

/// A change of the leader in truth.
#[derive(Debug, Serialize)]
pub struct Truth {
    /// When.
    pub at_us: u64,
    /// Who; `null` for nobody.
    pub node: Option<u32>,
}

/// A failover.
#[derive(Debug, Serialize)]
pub struct Lost {
    /// When nobody served any more.
    pub lost_us: u64,
    /// From the loss until somebody suspects it; `null` where nobody did, or the same leader went on.
    pub detection_us: Option<u64>,
    /// From the suspicion until somebody serves again; `null` as `detection_us`.
    pub election_us: Option<u64>,
    /// All of it.
    pub failover_us: u64,
    /// Whether the same leadership went on, as after a short pause.
    pub same_leader: bool,
    /// Whether the leader could have gone on: no failure of its own brought it about.
    pub unforced: bool,
}

/// Messages of a name.
#[derive(Debug, Serialize)]
pub struct Messages {
    /// The name.
    pub name: &'static str,
    /// `election`, `liveness`, `service` or `data`.
    pub class: &'static str,
    /// How many were sent, copies apart.
    pub sent: u64,
    /// How many arrived, copies included.
    pub delivered: u64,
}

/// What became of writes to the protected resource, and of clients' writes.
#[derive(Debug, Serialize)]
pub struct Writes {
    /// Sent to the store.
    pub sent: u64,
    /// Accepted by it.
    pub accepted: u64,
    /// Rejected by its fence.
    pub rejected: u64,
    /// Accepted, though a newer leader had already written.
    pub conflicting: u64,
    /// Clients' writes that were acknowledged.
    pub acknowledged: u64,
    /// Of those, gone later.
    pub lost: u64,
}

/// The verdict on a property.
#[derive(Debug, Serialize)]
pub struct Judged {
    /// Its name.
    pub property: &'static str,
    /// Whether the algorithm promises it.
    pub promised: bool,
    /// `held`, `broken`, `given-up` or `undecided`.
    pub verdict: &'static str,
    /// Why it is broken: `never-promised`, `setting` (one gives it up), `run` (it broke an assumption of the promise) or
    /// `bug`.
    pub blame: Option<&'static str>,
    /// When it was broken.
    pub at_us: Option<u64>,
    /// How.
    pub what: Option<String>,
    /// The assumption that the run had broken.
    pub assumption: Option<String>,
    /// From when on.
    pub assumption_at_us: Option<u64>,
    /// The setting that gives it up.
    pub setting: Option<String>,
    /// What would decide it.
    pub needs: Option<String>,
}

/// Plays the scenario to its end and says what it comes to, for the lanes at those positions.
pub fn run(script: &Script, timeline: &mut Timeline, lanes: &[usize]) -> Run {
    timeline.compute_all();
    let warnings = election_playground::workspace::warnings(&script.text, timeline);
    let until = timeline.scenario().until;
    let lanes = lanes.iter().map(|&i| {
        let name = timeline.scenario().lanes[i].name.clone();
        lane(name, timeline.lane(i), until)
    });
    let lanes = lanes.collect();
    timeline.seek(until);
    let labels = timeline.lanes().first().map(|lane| lane.names().labels.clone()).unwrap_or_default();
    let s = timeline.scenario();
    Run {
        scenario: script.name(),
        warnings: warnings.iter().map(|w| Warned::new(script, w)).collect(),
        title: s.title.clone(),
        seed: s.seed,
        nodes: s.nodes.iter().map(|id| id.0).collect(),
        names: labels.into_iter().take(s.nodes.len()).collect(),
        until_us: until.0,
        digest: format!("{:016x}", timeline.trace_digest()),
        lanes,
    }
}

fn lane(name: String, engine: &mut lane::Lane, until: SimTime) -> Lane {
    engine.go_to_time(until);
    let info = engine.info();
    let ids = engine.names().ids.clone();
    let id = |place: u8| ids.get(usize::from(place)).map_or(0, |id: &NodeId| id.0);
    let (stats, traffic) = (engine.head_stats().clone(), engine.head_traffic());
    let time = stats.time_at(until);
    // Of what comes after a break nothing is known.
    let end = stats.broke_off.map_or(until, |(at, _)| at);
    let story = engine.story();
    let truth = story.moments.iter().filter_map(|m| match m.what {
        MomentWhat::Truth(place) => {
            Some(Truth { at_us: m.at.0, node: (place != NOWHERE).then(|| id(place)) })
        }
        _ => None,
    });
    let messages = info.messages.iter().enumerate().map(|(i, m)| Messages {
        name: m.name,
        class: m.class.name(),
        sent: traffic.sent[i],
        delivered: traffic.delivered[i],
    });
    Lane {
        algorithm: info.id,
        authority: authority_name(info.authority),
        epoch_name: info.epoch,
        events: engine.computed_events(),
        broke_off_us: stats.broke_off.map(|(at, _)| at.0),
        broke_off: stats.broke_off.map(|(_, why)| BreakOff::text(why)),
        leader_in_truth: engine.leader_in_truth().map(id),
        believers: (0..engine.members() as u8).filter(|&p| engine.belief_number(p) > 0).map(id).collect(),
        epoch_max: stats.epoch_max,
        leaderships: story.bands.iter().map(|b| leadership(b, id(b.node), end)).collect(),
        gaps: gaps(&story.bands, end),
        truth: truth.collect(),
        no_leader_us: time[0].0,
        one_leader_us: time[1].0,
        two_leaders_us: time[2].0,
        elections: stats.elections,
        failover_count: stats.failovers,
        failover_mean_us: stats.failover_sum.0.checked_div(stats.failovers),
        failover_max_us: (stats.failovers > 0).then_some(stats.failover_max.0),
        failovers: story.failovers.iter().take(FAILOVERS_MAX).map(|(_, f)| lost(*f)).collect(),
        messages: messages.collect(),
        messages_lost: stats.lost,
        messages_copied: stats.copies,
        writes: writes(&stats, traffic.writes),
        properties: engine.head_verdicts(until).into_iter().map(|it| judged(it, engine.names())).collect(),
        idle_acts: idle_acts(engine),
        digest: format!("{:016x}", engine.head_digest()),
        lane: name,
    }
}

fn lost(f: Failover) -> Lost {
    Lost {
        lost_us: f.lost.0,
        detection_us: f.detection().map(|s| s.0),
        election_us: f.election().map(|s| s.0),
        failover_us: f.whole().0,
        same_leader: f.same,
        unforced: f.unforced,
    }
}

/// Acts of which nothing came, except where the algorithm does not know them.
fn idle_acts(engine: &lane::Lane) -> Vec<Idle> {
    let acts = &engine.names().acts;
    let moments = engine.story().moments.iter();
    let idle = moments.filter_map(|m| match m.what {
        MomentWhat::NoAct(act, why) if why != Acted::NotApplicable as u8 => Some((m.at, act, why)),
        _ => None,
    });
    idle.map(|(at, act, why)| Idle {
        at_us: at.0,
        act: acts.get(act as usize).cloned().unwrap_or_default(),
        why: Acted::text(why),
    })
    .collect()
}

fn authority_name(authority: Authority) -> &'static str {
    match authority {
        Authority::Service(_) => "service",
        Authority::Quorum => "quorum",
        Authority::None => "none",
    }
}

fn leadership(band: &Band, node: u32, end: SimTime) -> Leadership {
    Leadership {
        node,
        epoch: band.epoch,
        from_us: band.from.0,
        until_us: band.until.unwrap_or(end).0,
        lasts: band.until.is_none(),
    }
}

/// The times between the bands, which begin in order.
fn gaps(bands: &[Band], end: SimTime) -> Vec<Stretch> {
    let mut gaps = Vec::new();
    let mut covered = SimTime::ZERO;
    let ends = bands.iter().map(|b| (b.from, b.until.unwrap_or(end))).chain([(end, end)]);
    for (from, until) in ends {
        if covered < from {
            gaps.push(Stretch { from_us: covered.0, until_us: from.0 });
        }
        covered = covered.max(until);
    }
    gaps
}

fn writes(stats: &Stats, sent: u64) -> Writes {
    Writes {
        sent,
        accepted: stats.writes_accepted,
        rejected: stats.writes_rejected,
        conflicting: stats.writes_conflicting,
        acknowledged: stats.writes_acknowledged,
        lost: stats.writes_lost,
    }
}

/// A verdict in the fields of the JSON.
pub fn judged(verdict: Verdict, names: &Names) -> Judged {
    let mut judged = Judged {
        property: verdict.property.name(),
        promised: verdict.promised,
        verdict: verdict.outcome.name(),
        blame: None,
        at_us: None,
        what: None,
        assumption: None,
        assumption_at_us: None,
        setting: None,
        needs: None,
    };
    match verdict.outcome {
        Outcome::Held => {}
        Outcome::GivenUp(setting) => judged.setting = Some(setting),
        Outcome::Undecided(needs) => judged.needs = Some(needs),
        Outcome::Broken(violation) => {
            (judged.at_us, judged.what) = (Some(violation.at.0), Some(violation.text_with(names)));
            judged.blame = Some(violation.blame_name());
            match violation.blame {
                Blame::NotPromised | Blame::Bug => {}
                Blame::GivenUp(setting) => judged.setting = Some(setting.to_string()),
                Blame::Run(assumption, at) => {
                    judged.assumption = Some(assumption.text().to_string());
                    judged.assumption_at_us = Some(at.0);
                }
            }
        }
    }
    judged
}

impl Lane {
    /// Messages sent of a class; all for `None`.
    pub fn sent(&self, class: Option<Class>) -> u64 {
        self.of(class).map(|m| m.sent).sum()
    }
    /// Messages delivered of a class; all for `None`.
    pub fn delivered(&self, class: Option<Class>) -> u64 {
        self.of(class).map(|m| m.delivered).sum()
    }
    /// The messages of a class that occurred.
    pub fn of(&self, class: Option<Class>) -> impl Iterator<Item = &Messages> {
        self.messages.iter().filter(move |m| class.is_none_or(|c| c.name() == m.class))
    }
    /// The mean of a part of the failovers.
    pub fn mean(&self, part: impl Fn(&Lost) -> Option<u64>) -> Option<Span> {
        let parts: Vec<u64> = self.failovers.iter().filter_map(part).collect();
        parts.iter().sum::<u64>().checked_div(parts.len() as u64).map(Span)
    }
}
