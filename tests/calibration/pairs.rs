//! The comparisons and their results.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::play::{Run, SEEDS, play, scenario};
use crate::sample::Sample;
use crate::stats::{KolmogorovSmirnov, kolmogorov_smirnov, median, median_interval, share_interval, sorted};

/// A time that is both measured and simulated.
pub struct Pair {
    /// The name of its plot.
    pub name: &'static str,
    /// What the time measures, as text.
    pub title: &'static str,
    /// The label of the axis.
    pub axis: &'static str,
    /// The scenario.
    pub scenario: &'static str,
    /// The sample, and the column and value that select its rounds; no column for all rounds.
    sample: (&'static str, &'static str, &'static str),
    /// The measured column.
    column: &'static str,
    /// The same time in a run.
    of: fn(&Run) -> f64,
}

const fn failover(run: &Run) -> f64 {
    run.failover
}

const fn two_leaders(run: &Run) -> f64 {
    run.two_leaders
}

/// A time known to differ in the model, whose service handles requests instantly.
const CLOSE: Pair = Pair {
    name: "zookeeper-close",
    title: "ZooKeeper, leader closes its session: until the next one leads",
    axis: "seconds from the order to close",
    scenario: "zookeeper-close",
    sample: ("zookeeper-close", "", ""),
    column: "seconds",
    of: failover,
};

const KILL: &str = "seconds from the kill";
const STOP: &str = "seconds from the stop";
const TWO: &str = "seconds with two leaders";

/// All times that are compared.
pub const PAIRS: &[Pair] = &[
    Pair {
        name: "zookeeper-kill-4s",
        title: "ZooKeeper, T = 4 s, leader killed: until the next one leads",
        axis: KILL,
        scenario: "zookeeper-kill-4s",
        sample: ("zookeeper-kill", "timeout", "4"),
        column: "seconds",
        of: failover,
    },
    Pair {
        name: "zookeeper-kill-10s",
        title: "ZooKeeper, T = 10 s, leader killed: until the next one leads",
        axis: KILL,
        scenario: "zookeeper-kill-10s",
        sample: ("zookeeper-kill", "timeout", "10"),
        column: "seconds",
        of: failover,
    },
    Pair {
        name: "zookeeper-stop-4s",
        title: "ZooKeeper, T = 4 s, leader stopped: until the next one leads",
        axis: STOP,
        scenario: "zookeeper-stop-4s",
        sample: ("zookeeper-stop", "timeout", "4"),
        column: "seconds",
        of: failover,
    },
    Pair {
        name: "zookeeper-stop-10s",
        title: "ZooKeeper, T = 10 s, leader stopped: until the next one leads",
        axis: STOP,
        scenario: "zookeeper-stop-10s",
        sample: ("zookeeper-stop", "timeout", "10"),
        column: "seconds",
        of: failover,
    },
    Pair {
        name: "zookeeper-two-4s",
        title: "ZooKeeper, T = 4 s, leader stopped for 6 s: while two believe",
        axis: TWO,
        scenario: "zookeeper-stop-4s",
        sample: ("zookeeper-stop", "timeout", "4"),
        column: "two_believers",
        of: two_leaders,
    },
    Pair {
        name: "zookeeper-two-10s",
        title: "ZooKeeper, T = 10 s, leader stopped for 12 s: while two believe",
        axis: TWO,
        scenario: "zookeeper-stop-10s",
        sample: ("zookeeper-stop", "timeout", "10"),
        column: "two_believers",
        of: two_leaders,
    },
    Pair {
        name: "etcd-kill",
        title: "etcd without pre-vote, leader killed: until the next one leads",
        axis: KILL,
        scenario: "etcd-kill",
        sample: ("etcd-kill", "pre_vote", "off"),
        column: "seconds",
        of: failover,
    },
    Pair {
        name: "etcd-pre-vote-kill",
        title: "etcd with pre-vote, leader killed: until the next one leads",
        axis: KILL,
        scenario: "etcd-pre-vote-kill",
        sample: ("etcd-kill", "pre_vote", "on"),
        column: "seconds",
        of: failover,
    },
    Pair {
        name: "etcd-stop",
        title: "etcd without pre-vote, leader stopped: until the next one leads",
        axis: STOP,
        scenario: "etcd-stop",
        sample: ("etcd-stop", "pre_vote", "off"),
        column: "seconds",
        of: failover,
    },
    Pair {
        name: "etcd-pre-vote-stop",
        title: "etcd with pre-vote, leader stopped: until the next one leads",
        axis: STOP,
        scenario: "etcd-pre-vote-stop",
        sample: ("etcd-stop", "pre_vote", "on"),
        column: "seconds",
        of: failover,
    },
    Pair {
        name: "etcd-two",
        title: "etcd without pre-vote, leader stopped for 5 s: while two believe",
        axis: TWO,
        scenario: "etcd-stop",
        sample: ("etcd-stop", "pre_vote", "off"),
        column: "two_leaders",
        of: two_leaders,
    },
    Pair {
        name: "etcd-pre-vote-two",
        title: "etcd with pre-vote, leader stopped for 5 s: while two believe",
        axis: TWO,
        scenario: "etcd-pre-vote-stop",
        sample: ("etcd-stop", "pre_vote", "on"),
        column: "two_leaders",
        of: two_leaders,
    },
];

/// A share of failovers, over kills and stops together.
pub struct Share {
    /// What it is a share of, as text.
    pub title: &'static str,
    /// Whether pre-vote is on.
    pre_vote: &'static str,
    /// The column; a failover counts if its value exceeds one.
    column: &'static str,
    /// The same in a run.
    of: fn(&Run) -> u64,
}

/// All shares that are compared.
pub const SHARES: &[Share] = &[
    Share {
        title: "several terms, without pre-vote",
        pre_vote: "off",
        column: "terms",
        of: |run| run.epochs,
    },
    Share { title: "several terms, with pre-vote", pre_vote: "on", column: "terms", of: |run| run.epochs },
    Share {
        title: "several pre-candidacies, with pre-vote",
        pre_vote: "on",
        column: "precandidacies",
        of: |run| run.pre_candidacies,
    },
];

/// The result for a pair.
pub struct Times {
    pub pair: &'static Pair,
    /// The measured times, sorted.
    pub measured: Vec<f64>,
    /// The model's times, sorted.
    pub model: Vec<f64>,
    /// The 95 % interval of the measured median.
    pub interval: (f64, f64),
    pub test: KolmogorovSmirnov,
}

impl Times {
    /// The medians of the measured times and of the model's.
    pub fn medians(&self) -> (f64, f64) {
        (median(&self.measured), median(&self.model))
    }
}

/// The result for a share.
pub struct Counts {
    pub share: &'static Share,
    /// The number of measured rounds, and of those that count.
    pub measured: (u64, u64),
    /// The 95 % interval of that share.
    pub interval: (f64, f64),
    /// The same for the model's runs.
    pub model: (u64, u64),
}

impl Counts {
    /// The shares of the measured rounds and of the model's runs.
    pub fn shares(&self) -> (f64, f64) {
        let share = |(hits, n): (u64, u64)| hits as f64 / n as f64;
        (share(self.measured), share(self.model))
    }
}

/// All comparisons.
pub struct Outcome {
    pub times: Vec<Times>,
    pub counts: Vec<Counts>,
    /// The known difference.
    pub close: Times,
}

/// Runs and compares everything, once for all tests.
pub fn outcome() -> &'static Outcome {
    static OUTCOME: OnceLock<Outcome> = OnceLock::new();
    OUTCOME.get_or_init(|| {
        let runs = runs();
        Outcome {
            times: PAIRS.iter().map(|pair| compare(pair, &runs[pair.scenario])).collect(),
            counts: SHARES.iter().map(|share| count(share, &runs)).collect(),
            close: compare(&CLOSE, &runs[CLOSE.scenario]),
        }
    })
}

/// The runs of every scenario.
fn runs() -> BTreeMap<&'static str, Vec<Run>> {
    let mut runs = BTreeMap::new();
    for pair in PAIRS.iter().chain([&CLOSE]) {
        let play = || play(&scenario(pair.scenario), &sample(pair).column("wait"), SEEDS);
        runs.entry(pair.scenario).or_insert_with(play);
    }
    runs
}

fn sample(pair: &Pair) -> Sample {
    let (name, column, value) = pair.sample;
    let sample = Sample::read(name);
    if column.is_empty() { sample } else { sample.only(column, value) }
}

fn compare(pair: &'static Pair, runs: &[Run]) -> Times {
    let measured = sorted(sample(pair).column(pair.column));
    let model = sorted(runs.iter().map(pair.of).collect());
    let (interval, test) = (median_interval(&measured), kolmogorov_smirnov(&measured, &model));
    Times { pair, measured, model, interval, test }
}

fn count(share: &'static Share, runs: &BTreeMap<&'static str, Vec<Run>>) -> Counts {
    let (mut measured, mut model) = ((0, 0), (0, 0));
    for name in ["etcd-kill", "etcd-stop"] {
        let sample = Sample::read(name).only("pre_vote", share.pre_vote);
        let several = sample.column(share.column).iter().filter(|n| 1.0 < **n).count() as u64;
        measured = (measured.0 + several, measured.1 + sample.len());
    }
    let pairs = PAIRS.iter().filter(|pair| pair.sample.2 == share.pre_vote && pair.column == "seconds");
    for runs in pairs.map(|pair| &runs[pair.scenario]) {
        let several = runs.iter().filter(|run| 1 < (share.of)(run)).count() as u64;
        model = (model.0 + several, model.1 + runs.len() as u64);
    }
    Counts { share, measured, interval: share_interval(measured.0, measured.1), model }
}
