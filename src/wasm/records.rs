//! The plain objects that describe a run.

use serde::Serialize;

use super::place;
use election_base::SimTime;
use election_engine::checker::{Failover, Outcome, Verdict, Violation};
use election_engine::lane::Lane;
use election_engine::summary::{Happening, Stretch};
use election_engine::trace::{BreakOff, NOWHERE, Names, Place, Traffic};
use election_protocol::Class;
use election_workbench::telling::{self, Response};

#[derive(Serialize)]
pub(super) struct RulingJs {
    pub timer: &'static str,
    pub setting: String,
    pub value: String,
    pub line: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProgressJs {
    pub(super) done: bool,
    pub(super) swapped: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LaneJs {
    pub(super) name: String,
    pub(super) algorithm: &'static str,
    pub(super) ids: Vec<String>,
    pub(super) names: Vec<String>,
    pub(super) ring: Vec<Place>,
    pub(super) members: usize,
    pub(super) services: usize,
    pub(super) timers: Vec<&'static str>,
    pub(super) acts: Vec<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActJs {
    pub(super) at: f64,
    pub(super) line: u32,
    pub(super) text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunJs {
    pub(super) title: String,
    pub(super) until: f64,
    pub(super) seed: String,
    pub(super) lanes: Vec<LaneJs>,
    pub(super) acts: Vec<ActJs>,
    pub(super) warnings: Vec<WarningJs>,
}

/// A sentence or a question of the story.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepJs {
    pub(super) line: u32,
    pub(super) at: f64,
    pub(super) lanes: Vec<usize>,
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) told: Option<Vec<usize>>,
    pub(super) choices: Vec<String>,
    pub(super) answer_at: Option<f64>,
    pub(super) answers: Option<Vec<i32>>,
    pub(super) because: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WarningJs {
    pub(super) line: u32,
    pub(super) text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BandJs {
    pub(super) node: Place,
    pub(super) epoch: f64,
    pub(super) belief: u32,
    pub(super) from: f64,
    pub(super) until: Option<f64>,
}

/// Who led a group other than the main one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupBandsJs {
    pub(super) name: &'static str,
    pub(super) bands: Vec<BandJs>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MomentJs {
    pub(super) at: f64,
    pub(super) step: u32,
    pub(super) kind: &'static str,
    pub(super) node: i32,
    pub(super) act: Option<u32>,
    pub(super) why: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoryJs {
    pub(super) computed: f64,
    pub(super) events: u32,
    pub(super) truncated: bool,
    pub(super) bands: Vec<BandJs>,
    pub(super) open_band: usize,
    pub(super) groups: Vec<GroupBandsJs>,
    pub(super) moments: Vec<MomentJs>,
    pub(super) more: bool,
    pub(super) violations: Vec<ViolationJs>,
    pub(super) stats: StatsJs,
    pub(super) digest: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ViolationJs {
    pub(super) property: &'static str,
    pub(super) at: f64,
    pub(super) step: u32,
    pub(super) text: String,
    /// `bug`, `run`, `setting` or `never-promised`.
    pub(super) blame: &'static str,
    /// The cause of the violation, as text.
    pub(super) because: String,
}

impl ViolationJs {
    pub(super) fn new(v: &Violation, names: &Names) -> ViolationJs {
        ViolationJs {
            property: v.property.name(),
            at: v.at.0 as f64,
            step: v.step,
            text: v.text_with(names),
            blame: v.blame_name(),
            because: v.blame_text(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerdictJs {
    pub(super) property: &'static str,
    pub(super) promised: bool,
    pub(super) verdict: &'static str,
    pub(super) text: String,
    pub(super) violation: Option<ViolationJs>,
}

impl VerdictJs {
    pub(super) fn new(v: &Verdict, names: &Names) -> VerdictJs {
        VerdictJs {
            property: v.property.name(),
            promised: v.promised,
            verdict: v.outcome.name(),
            text: v.text(names),
            violation: match &v.outcome {
                Outcome::Broken(violation) => Some(ViolationJs::new(violation, names)),
                _ => None,
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CountJs {
    pub(super) class: &'static str,
    pub(super) sent: u64,
    pub(super) delivered: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FailoverJs {
    pub(super) lost: f64,
    pub(super) leader: i32,
    pub(super) act: Option<u32>,
    pub(super) suspicion: Option<f64>,
    pub(super) suspect: i32,
    pub(super) started: Option<f64>,
    pub(super) starter: i32,
    /// The end, if no node suspected anything; −1 while it is not over.
    pub(super) suspected: f64,
    /// Whether a node suspected something and another leader followed, so that there is a detection and an
    /// election.
    pub(super) split: bool,
    /// Whether the same leadership continued.
    pub(super) same: bool,
    pub(super) unforced: bool,
    /// Whether it has ended.
    pub(super) over: bool,
    /// −1 while it is not over.
    pub(super) found: f64,
    pub(super) finder: i32,
    /// What passes until somebody suspects the leader, in words.
    pub(super) waits: String,
}

impl FailoverJs {
    /// A failover of a lane, or its current one, which is not over.
    pub(super) fn new(lane: &Lane, f: Failover) -> FailoverJs {
        let act = lane.story().blamed(f.lost_step);
        let end = |at: SimTime| if at == SimTime::NEVER { -1.0 } else { at.0 as f64 };
        FailoverJs {
            lost: f.lost.0 as f64,
            leader: place(f.leader),
            act,
            suspicion: f.suspected.map(|at| at.0 as f64),
            suspect: place(f.suspect),
            started: f.started.map(|at| at.0 as f64),
            starter: place(f.starter),
            suspected: end(f.split().unwrap_or(f.found)),
            split: f.split().is_some(),
            same: f.same,
            unforced: f.unforced,
            over: f.is_over(),
            found: end(f.found),
            finder: place(f.finder),
            waits: telling::waits(lane, f.leader),
        }
    }
}

/// A time in which a node believed that it led and did not serve, or in which an election was on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StretchJs {
    pub(super) node: i32,
    pub(super) from: f64,
    pub(super) until: Option<f64>,
    pub(super) deposed: bool,
}

impl From<&Stretch> for StretchJs {
    fn from(it: &Stretch) -> StretchJs {
        let until = it.until.map(|at| at.0 as f64);
        StretchJs { node: place(it.node), from: it.from.0 as f64, until, deposed: it.deposed }
    }
}

/// Something that happened, without its text.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HappeningJs {
    pub(super) at: f64,
    pub(super) step: u32,
    pub(super) node: i32,
    pub(super) weight: u8,
    pub(super) kind: &'static str,
}

impl From<&Happening> for HappeningJs {
    fn from(it: &Happening) -> HappeningJs {
        let (at, kind) = (it.at.0 as f64, it.what.name());
        HappeningJs { at, step: it.step, node: place(it.node), weight: it.weight(), kind }
    }
}

/// Something that happened, with its text.
#[derive(Serialize)]
pub(super) struct ToldJs {
    at: f64,
    step: u32,
    node: i32,
    weight: u8,
    kind: &'static str,
    text: String,
}

impl ToldJs {
    /// Something that is no happening.
    pub(super) fn of(at: SimTime, step: u32, kind: &'static str, text: String) -> ToldJs {
        ToldJs { at: at.0 as f64, step, node: -1, weight: 1, kind, text }
    }

    pub(super) fn new(lane: &Lane, it: &Happening) -> ToldJs {
        let HappeningJs { at, step, node, weight, kind } = it.into();
        ToldJs { at, step, node, weight, kind, text: telling::text(lane, it) }
    }
}

/// What a reader is told at a moment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HappenedJs {
    pub(super) last: Option<ToldJs>,
    pub(super) next: Option<ToldJs>,
    pub(super) electing: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChronicleJs {
    pub(super) failovers: Vec<FailoverJs>,
    pub(super) failover: Option<FailoverJs>,
    pub(super) served: Option<f64>,
    pub(super) wrong: Vec<StretchJs>,
    pub(super) open_wrong: usize,
    pub(super) electing: Vec<StretchJs>,
    pub(super) open_electing: usize,
    pub(super) happenings: Vec<HappeningJs>,
    pub(super) more: bool,
}

/// How a lane responded to an act.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResponseJs {
    pub(super) act: u32,
    pub(super) at: f64,
    pub(super) step: u32,
    pub(super) suspected: Option<StageJs>,
    pub(super) candidate: Option<StageJs>,
    pub(super) led: Option<LedJs>,
    pub(super) waits: String,
    pub(super) elects: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StageJs {
    pub(super) at: f64,
    pub(super) node: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LedJs {
    pub(super) at: f64,
    pub(super) node: i32,
    pub(super) epoch: f64,
    pub(super) belief: u32,
}

impl ResponseJs {
    pub(super) fn new(lane: &Lane, it: &Response) -> ResponseJs {
        let stage = |at: SimTime, node: Place| StageJs { at: at.0 as f64, node: place(node) };
        ResponseJs {
            act: it.act,
            at: it.at.0 as f64,
            step: it.step,
            suspected: it.suspected.map(|h| stage(h.at, h.node)),
            candidate: it.candidate.map(|(at, node)| stage(at, node)),
            led: it.led.map(|band| LedJs {
                at: band.from.0 as f64,
                node: place(band.node),
                epoch: band.epoch as f64,
                belief: band.belief,
            }),
            waits: telling::waits(lane, it.suspected.map_or(NOWHERE, |h| h.other)),
            elects: lane.info().phrases.elects,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatsJs {
    pub(super) messages: Vec<CountJs>,
    pub(super) lost: u64,
    pub(super) copies: u64,
    pub(super) elections: u64,
    pub(super) leaderships: u64,
    pub(super) unserved: f64,
    pub(super) no_leader: f64,
    pub(super) one_leader: f64,
    pub(super) more_leaders: f64,
    pub(super) failovers: u64,
    pub(super) failover_last: Option<FailoverJs>,
    pub(super) failover_longest: Option<FailoverJs>,
    pub(super) failover_max: f64,
    pub(super) failover_sum: f64,
    pub(super) writes_accepted: u64,
    pub(super) writes_rejected: u64,
    pub(super) writes_conflicting: u64,
    pub(super) writes_lost: u64,
    pub(super) broke_off: Option<BrokeOffJs>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BrokeOffJs {
    pub(super) at: f64,
    pub(super) why: &'static str,
}

impl StatsJs {
    /// The figures of a lane at its cursor or, with `whole`, of the computed run, as of `now`.
    pub(super) fn new(lane: &Lane, whole: bool, now: SimTime) -> StatsJs {
        let (stats, traffic, unserved) = if whole {
            (lane.head_stats(), lane.head_traffic(), lane.head_unserved(now))
        } else {
            (lane.stats(), lane.traffic(), lane.unserved(now))
        };
        let info = lane.info();
        let [none, one, more] = stats.time_at(now).map(|s| s.0 as f64);
        StatsJs {
            messages: Class::ALL
                .into_iter()
                .map(|class| CountJs {
                    class: class.name(),
                    sent: Traffic::of_class(info, &traffic.sent, Some(class)),
                    delivered: Traffic::of_class(info, &traffic.delivered, Some(class)),
                })
                .collect(),
            lost: stats.lost,
            copies: stats.copies,
            elections: stats.elections,
            leaderships: stats.leaderships,
            unserved: unserved.0 as f64,
            no_leader: none,
            one_leader: one,
            more_leaders: more,
            failovers: stats.failovers,
            failover_last: stats.failover_last.map(|it| FailoverJs::new(lane, it)),
            failover_longest: stats.failover_longest.map(|it| FailoverJs::new(lane, it)),
            failover_max: stats.failover_longest.map_or(0.0, |longest| longest.whole().0 as f64),
            failover_sum: stats.failover_sum.0 as f64,
            writes_accepted: stats.writes_accepted,
            writes_rejected: stats.writes_rejected,
            writes_conflicting: stats.writes_conflicting,
            writes_lost: stats.writes_lost,
            broke_off: stats
                .broke_off
                .map(|(at, why)| BrokeOffJs { at: at.0 as f64, why: BreakOff::text(why) }),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordJs {
    pub(super) at: f64,
    pub(super) step: u32,
    pub(super) text: String,
    pub(super) kind: u8,
    pub(super) node: i32,
    pub(super) peer: i32,
    pub(super) rules: Vec<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PendingJs {
    pub(super) at: f64,
    pub(super) since: f64,
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) text: String,
    pub(super) node: i32,
    pub(super) peer: i32,
    pub(super) effective: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldJs {
    pub(super) name: &'static str,
    pub(super) value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JudgedJs {
    pub(super) expect: usize,
    pub(super) line: u32,
    pub(super) lane: usize,
    pub(super) met: Option<bool>,
    pub(super) needs_seeds: bool,
    pub(super) at: f64,
    pub(super) step: u32,
    pub(super) found: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BreakJs {
    pub(super) line: u32,
    pub(super) lane: usize,
    pub(super) at: f64,
    pub(super) step: u32,
}
