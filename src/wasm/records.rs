//! The plain objects that describe a run.

use serde::Serialize;

use election_base::SimTime;
use election_engine::checker::{Failover, Outcome, Stats, Verdict, Violation};
use election_engine::trace::{BreakOff, Names, Place, Traffic};
use election_protocol::{Class, Info};

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
    /// The end, if no node suspected anything.
    pub(super) suspected: f64,
    /// Whether a node suspected something and another leader followed, so that there is a detection and an
    /// election.
    pub(super) split: bool,
    /// Whether the same leadership continued.
    pub(super) same: bool,
    pub(super) found: f64,
}

impl From<Failover> for FailoverJs {
    fn from(f: Failover) -> FailoverJs {
        FailoverJs {
            lost: f.lost.0 as f64,
            suspected: f.split().unwrap_or(f.found).0 as f64,
            split: f.split().is_some(),
            same: f.same,
            found: f.found.0 as f64,
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
    pub(super) fn new(stats: &Stats, traffic: &Traffic, info: &Info, now: SimTime) -> StatsJs {
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
            no_leader: none,
            one_leader: one,
            more_leaders: more,
            failovers: stats.failovers,
            failover_last: stats.failover_last.map(FailoverJs::from),
            failover_longest: stats.failover_longest.map(FailoverJs::from),
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
