//! The figures of a run. The fields are those of `election run --json`, which docs/command-line.md describes: existing
//! names must not change, new ones may be added. Times are in microseconds.

use election_playground::base::{NodeId, SimTime, Span};
use election_playground::checker::{Blame, Failover, Outcome, Stats, Verdict};
use election_playground::lane;
use election_playground::protocol::{Class, GroupId};
use election_playground::scenario::Warning;
use election_playground::summary::{Band, MomentWhat};
use election_playground::timeline::Timeline;
use election_playground::trace::{Acted, BreakOff, NOWHERE, Names};
use serde::Serialize;

use crate::script::Script;
use crate::story::{self, Step};

/// The largest number of failovers listed; all are counted.
const FAILOVERS_MAX: usize = 10_000;

/// A scenario's run.
#[derive(Debug, Serialize)]
pub struct Run {
    /// The file, with the line number if it holds several scenarios.
    pub scenario: String,
    /// Its title, or an empty string.
    pub title: String,
    /// The seed.
    pub seed: u64,
    /// The members in ring order.
    pub nodes: Vec<u32>,
    /// Their names, in the same order; by default their ids.
    pub names: Vec<String>,
    /// The end of the run.
    pub until_us: u64,
    /// The trace digest of all lanes, 16 hexadecimal digits.
    pub digest: String,
    /// Statements that have no effect, or not the effect they suggest.
    pub warnings: Vec<Warned>,
    /// Its sentences and questions, by time.
    pub story: Vec<Step>,
    /// The requested lanes.
    pub lanes: Vec<Lane>,
}

/// A warning about a statement.
#[derive(Debug, Serialize)]
pub struct Warned {
    /// The line of the file.
    pub line: u32,
    /// The warning.
    pub text: String,
}

impl Warned {
    /// A warning, with the line in the script's file.
    pub fn new(script: &Script, warning: &Warning) -> Warned {
        Warned { line: script.line(warning.line), text: warning.text.clone() }
    }
}

/// An action that had no effect in a lane.
#[derive(Debug, Serialize)]
pub struct Idle {
    /// The time.
    pub at_us: u64,
    /// The action as the scenario writes it.
    pub act: String,
    /// Why it had no effect.
    pub why: &'static str,
}

/// A lane's run.
#[derive(Debug, Serialize)]
pub struct Lane {
    /// Its name.
    pub lane: String,
    /// Its algorithm.
    pub algorithm: &'static str,
    /// What decides who leads in truth: `service`, `quorum` or `none`.
    pub authority: &'static str,
    /// The algorithm's word for its epoch, or an empty string.
    pub epoch_name: &'static str,
    /// The number of events.
    pub events: u32,
    /// When the run broke off, if it did. Nothing later is included.
    pub broke_off_us: Option<u64>,
    /// Why it broke off.
    pub broke_off: Option<&'static str>,
    /// The leader in truth at the end.
    pub leader_in_truth: Option<u32>,
    /// The nodes that believed at the end that they lead.
    pub believers: Vec<u32>,
    /// The highest epoch that any member knew.
    pub epoch_max: u64,
    /// The periods in which a node believed that it led.
    pub leaderships: Vec<Leadership<u32>>,
    /// The periods in which no node believed that it led.
    pub gaps: Vec<Stretch>,
    /// The changes of the leader in truth.
    pub truth: Vec<Truth>,
    /// The time with no believer.
    pub no_leader_us: u64,
    /// The time with one.
    pub one_leader_us: u64,
    /// The time with two or more.
    pub two_leaders_us: u64,
    /// The number of elections started.
    pub elections: u64,
    /// Failovers, in order.
    pub failovers: Vec<Lost>,
    /// The number of failovers.
    pub failover_count: u64,
    /// Their mean.
    pub failover_mean_us: Option<u64>,
    /// The longest.
    pub failover_max_us: Option<u64>,
    /// The groups beside the main one, each with a leader of its own.
    pub groups: Vec<Group>,
    /// Messages by name.
    pub messages: Vec<Messages>,
    /// Messages lost in transit.
    pub messages_lost: u64,
    /// Copies that the network or the scenario made.
    pub messages_copied: u64,
    /// Writes to the protected resource.
    pub writes: Writes,
    /// Every property, with its verdict.
    pub properties: Vec<Judged>,
    /// Actions that had no effect, such as `crash leader` when there is no leader.
    pub idle_acts: Vec<Idle>,
    /// The trace digest of the lane.
    pub digest: String,
}

/// A group other than the main one. The fields mean the same as in [`Lane`].
#[derive(Debug, Serialize)]
pub struct Group {
    /// Its name.
    pub group: &'static str,
    /// What the algorithm calls its epoch; empty where it has none.
    pub epoch_name: &'static str,
    /// The leader in truth at the end, or else the newest believer: `2`, `s1`.
    pub leader: Option<String>,
    /// The highest epoch that one of its nodes knew.
    pub epoch_max: u64,
    /// Periods in which a node believed that it led the group.
    pub leaderships: Vec<Leadership<String>>,
    /// Time with no believer.
    pub no_leader_us: u64,
    /// Time with one.
    pub one_leader_us: u64,
    /// Time with two or more.
    pub two_leaders_us: u64,
    /// Elections started.
    pub elections: u64,
    /// Failovers, in order.
    pub failovers: Vec<Lost>,
    /// The number of failovers.
    pub failover_count: u64,
    /// Their mean.
    pub failover_mean_us: Option<u64>,
}

/// A period of time.
#[derive(Debug, Serialize)]
pub struct Stretch {
    /// The start.
    pub from_us: u64,
    /// The end.
    pub until_us: u64,
}

/// A period in which one node believed that it led. A member is named by its number, a node that may be one of the
/// service by its text: `2`, `s1`.
#[derive(Debug, Serialize)]
pub struct Leadership<N> {
    /// The node.
    pub node: N,
    /// The epoch; 0 if there is none.
    pub epoch: u64,
    /// The start.
    pub from_us: u64,
    /// The end, at most the end of the run.
    pub until_us: u64,
    /// Whether it still believed so at the end.
    pub lasts: bool,
}

/// A change of the leader in truth.
#[derive(Debug, Serialize)]
pub struct Truth {
    /// The time.
    pub at_us: u64,
    /// The new leader; `null` if there is none.
    pub node: Option<u32>,
}

/// A failover.
#[derive(Debug, Serialize)]
pub struct Lost {
    /// When the last serving node stopped serving.
    pub lost_us: u64,
    /// From the loss until a node suspects it; `null` if no node did, or if the same leadership resumed.
    pub detection_us: Option<u64>,
    /// From the suspicion until a node serves again; `null` whenever `detection_us` is.
    pub election_us: Option<u64>,
    /// The total.
    pub failover_us: u64,
    /// Whether the same leadership resumed, as after a short pause.
    pub same_leader: bool,
    /// Whether the leader could have continued: no failure of its own caused the failover.
    pub unforced: bool,
}

/// The messages of one name.
#[derive(Debug, Serialize)]
pub struct Messages {
    /// The name.
    pub name: &'static str,
    /// `election`, `liveness`, `service` or `data`.
    pub class: &'static str,
    /// How many were sent, not including copies.
    pub sent: u64,
    /// How many arrived, including copies.
    pub delivered: u64,
}

/// What happened to writes to the protected resource, and to clients' writes.
#[derive(Debug, Serialize)]
pub struct Writes {
    /// Writes sent to the store.
    pub sent: u64,
    /// Accepted by the store.
    pub accepted: u64,
    /// Rejected by the store's fencing.
    pub rejected: u64,
    /// Accepted although a newer leader had already written.
    pub conflicting: u64,
    /// Clients' writes that were acknowledged.
    pub acknowledged: u64,
    /// Acknowledged writes that were lost later.
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
    /// Why it is broken: `never-promised`, `setting` (a setting gives it up), `run` (the run broke an assumption of the
    /// promise) or `bug`.
    pub blame: Option<&'static str>,
    /// When it was broken.
    pub at_us: Option<u64>,
    /// What happened.
    pub what: Option<String>,
    /// The assumption that the run had broken.
    pub assumption: Option<String>,
    /// When that violation began.
    pub assumption_at_us: Option<u64>,
    /// The setting that gives the promise up.
    pub setting: Option<String>,
    /// What would decide it.
    pub needs: Option<String>,
}

/// Plays the scenario to its end and collects the figures of the lanes at these positions.
pub fn run(script: &Script, timeline: &mut Timeline, lanes: &[usize]) -> Run {
    timeline.compute_all();
    let warnings = election_playground::workspace::warnings(&script.text, timeline);
    let until = timeline.scenario().until;
    let story = story::steps(script, timeline);
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
        story,
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
    // Nothing is known about the time after a break.
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
        authority: info.authority.name(),
        epoch_name: info.epoch,
        events: engine.computed_events(),
        broke_off_us: stats.broke_off.map(|(at, _)| at.0),
        broke_off: stats.broke_off.map(|(_, why)| BreakOff::text(why)),
        leader_in_truth: engine.leader_in_truth().map(id),
        believers: (0..engine.members() as u8).filter(|&p| engine.belief_number(p) > 0).map(id).collect(),
        epoch_max: stats.epoch_max,
        leaderships: story.main.bands.iter().map(|b| leadership(b, id(b.node), end)).collect(),
        gaps: gaps(&story.main.bands, end),
        truth: truth.collect(),
        no_leader_us: time[0].0,
        one_leader_us: time[1].0,
        two_leaders_us: time[2].0,
        elections: stats.elections,
        failover_count: stats.failovers,
        failover_mean_us: stats.failover_sum.0.checked_div(stats.failovers),
        failover_max_us: stats.failover_longest.map(|longest| longest.whole().0),
        failovers: story.main.failovers.iter().take(FAILOVERS_MAX).map(|(_, f)| lost(*f)).collect(),
        groups: groups(engine, until, end),
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

fn groups(engine: &lane::Lane, until: SimTime, end: SimTime) -> Vec<Group> {
    let id = |place: u8| engine.names().ids[usize::from(place)].to_string();
    let stats = engine.head_group_stats();
    let all = engine.info().groups.iter().zip(stats).zip(&engine.story().groups).enumerate();
    all.map(|(i, ((info, stats), story))| {
        let time = stats.time_at(until);
        Group {
            group: info.name,
            epoch_name: info.epoch,
            leader: engine.leader_of(GroupId(i as u8 + 1)).map(id),
            epoch_max: stats.epoch_max,
            leaderships: story.bands.iter().map(|b| leadership(b, id(b.node), end)).collect(),
            no_leader_us: time[0].0,
            one_leader_us: time[1].0,
            two_leaders_us: time[2].0,
            elections: stats.elections,
            failover_count: stats.failovers,
            failover_mean_us: stats.failover_sum.0.checked_div(stats.failovers),
            failovers: story.failovers.iter().take(FAILOVERS_MAX).map(|(_, f)| lost(*f)).collect(),
        }
    })
    .collect()
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

/// The actions that had no effect, except those that the algorithm does not have.
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

fn leadership<N>(band: &Band, node: N, end: SimTime) -> Leadership<N> {
    Leadership {
        node,
        epoch: band.epoch,
        from_us: band.from.0,
        until_us: band.until.unwrap_or(end).0,
        lasts: band.until.is_none(),
    }
}

/// The gaps between the bands, which are ordered by start.
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

/// Converts a verdict to the fields of the JSON.
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
    /// The number of messages of a class sent; all messages for `None`.
    pub fn sent(&self, class: Option<Class>) -> u64 {
        self.of(class).map(|m| m.sent).sum()
    }
    /// The number of messages of a class delivered; all messages for `None`.
    pub fn delivered(&self, class: Option<Class>) -> u64 {
        self.of(class).map(|m| m.delivered).sum()
    }
    /// The entries of a class; all entries for `None`.
    pub fn of(&self, class: Option<Class>) -> impl Iterator<Item = &Messages> {
        self.messages.iter().filter(move |m| class.is_none_or(|c| c.name() == m.class))
    }
    /// The mean of a part of the failovers.
    pub fn mean(&self, part: impl Fn(&Lost) -> Option<u64>) -> Option<Span> {
        let parts: Vec<u64> = self.failovers.iter().filter_map(part).collect();
        parts.iter().sum::<u64>().checked_div(parts.len() as u64).map(Span)
    }
}
