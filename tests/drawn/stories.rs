//! Sequences of acts that break elections in practice and in papers, with random nodes and moments.
//!
//! Independent acts seldom combine: a voter that crashes between two requests for its vote takes three acts within 20
//! ms. A story contains all of them. It knows no algorithm; acts that an algorithm does not support are left out.

use election_playground::base::{SimTime, Span};
use election_playground::registry::Algorithm;
use election_playground::trace::{Kind, Record};

use super::acts::{sort, takes};
use super::scene::Cast;
use super::{Draw, Drawn, words};

/// A story: actions, with times in microseconds from its start.
type Plot = Vec<(u64, String)>;

/// One to three stories, which begin during the faults and may end later.
pub fn drawn(d: &mut Draw, cast: &Cast) -> Vec<String> {
    let mut acts = Vec::new();
    for _ in 0..d.one(&[1, 1, 1, 2, 3]) {
        // A group that is starting up is in a brief state, which deserves its share.
        let early = if d.once_in(4) { cast.pace_us / 4 } else { u64::MAX };
        let begin = cast.begin_us + d.below((cast.faults_us - cast.begin_us).min(early));
        let plot = story(d, cast);
        let all = plot.into_iter().filter(|(_, action)| known(action, cast));
        acts.extend(all.map(|(us, action)| format!("at {} {action}", Span(begin + us))));
    }
    sort(&mut acts);
    acts
}

/// Whether a lane supports the action.
fn known(action: &str, cast: &Cast) -> bool {
    let service = |a: &'static Algorithm| words(a).service;
    match action.split(' ').next().unwrap_or_default() {
        command @ ("campaign" | "transfer" | "step-down" | "close" | "expire") => {
            cast.lanes.iter().any(|l| takes(l.algorithm, command))
        }
        _ => !action.contains("service") || cast.lanes.iter().any(|l| service(l.algorithm)),
    }
}

fn story(d: &mut Draw, cast: &Cast) -> Plot {
    if cast.service() && d.once_in(3) {
        return service_returns(d, cast);
    }
    match d.below(14) {
        0..3 => rivals(d, cast),
        3..5 => stale_log(d, cast),
        5..7 => midway(d, cast),
        7 => bounce(d, cast),
        8 => one_after_the_other(d, cast),
        9 => cut_off(d, cast),
        10 => asleep(d, cast),
        11 if known("transfer leader", cast) => handover(d, cast),
        _ => comings_and_goings(d, cast),
    }
}

/// Two nodes campaign at once, and each reaches only some of the others. A node that both reach crashes and
/// restarts in between: if it has forgotten its vote, it votes again.
fn rivals(d: &mut Draw, cast: &Cast) -> Plot {
    let all = cast.different(d, cast.ids.len());
    let [a, b, voter, rest @ ..] = &all[..] else { return bounce(d, cast) };
    let (with_a, with_b) = rest.split_at(rest.len() / 2);
    let mut plot = Vec::new();
    let apart = !d.once_in(4);
    if apart {
        plot.push((0, format!("cut {a} - {b} {}", with_b.join(" "))));
        if !with_a.is_empty() {
            plot.push((0, format!("cut {b} - {}", with_a.join(" "))));
        }
    }
    let first = d.below(5_000);
    plot.push((first, format!("campaign {a}")));
    let mut second = first + d.below(40_000);
    if !d.once_in(4) {
        let crash = first + d.within(5_000, 25_000);
        let back = crash + d.one(&[0, 1, 1_000, 6_000]);
        plot.push((crash, format!("crash {voter}")));
        plot.push((back, format!("restart {voter}")));
        if d.once_in(2) {
            second = back + d.below(8_000);
        }
    }
    plot.push((second, format!("campaign {b}")));
    if apart {
        plot.push((second + d.below(2 * cast.pace_us), "heal".into()));
    }
    plot
}

/// In the middle of an election, a node dies that others wait for.
fn midway(d: &mut Draw, cast: &Cast) -> Plot {
    let starts = d.below(30_000);
    let who = match d.below(3) {
        0 => "all".to_string(),
        _ => cast.node(d),
    };
    let crash = starts + d.within(5_000, 80_000);
    // In some algorithms the highest ids matter most.
    let mut ids = cast.ids.clone();
    ids.sort();
    let high = ids[ids.len().saturating_sub(2)];
    let whom = if d.once_in(2) { cast.spelt(d, high) } else { cast.node(d) };
    vec![
        (0, "crash leader".to_string()),
        (starts, format!("campaign {who}")),
        (crash, format!("crash {whom}")),
    ]
}

/// An isolated leader keeps writing until its log is long; the others replace it, write little and lose their
/// leader; then it returns.
fn stale_log(d: &mut Draw, cast: &Cast) -> Plot {
    let old = cast.node(d);
    let pace = cast.pace_us;
    let mut plot = vec![(0, format!("campaign {old}"))];
    let cut = pace / 8 + d.below(pace / 2);
    plot.push((cut, format!("isolate {old}")));
    for k in 0..d.within(4, 16) {
        plot.push((cut + 1 + k, format!("write {old}")));
    }
    let replaced = cut + pace / 4 + d.below(pace);
    for k in 0..d.within(1, 3) {
        plot.push((replaced + k * 5_000, "write leader".into()));
    }
    let lost = replaced + 20_000 + d.below(60_000);
    plot.push((lost, d.one(&["crash leader", "isolate leader", "pause leader"]).to_string()));
    plot.push((lost, format!("join {old} - all")));
    if !d.once_in(3) {
        plot.push((lost + 1 + d.below(20_000), format!("campaign {old}")));
    }
    plot
}

/// A process dies and is back at once.
fn bounce(d: &mut Draw, cast: &Cast) -> Plot {
    let who =
        if d.once_in(2) { cast.node(d) } else { d.one(&["leader", "follower", "candidate"]).to_string() };
    let back = d.one(&[0, 1, 5_000, 30_000, cast.pace_us / 3]);
    // A word may refer to another node later.
    let again = if who.parse::<u64>().is_ok() || who.starts_with('n') { who.clone() } else { "all".into() };
    vec![(0, format!("crash {who}")), (d.below(back + 1), format!("restart {again}"))]
}

/// The leader dies, and its possible successors die soon after, perhaps during the election.
fn one_after_the_other(d: &mut Draw, cast: &Cast) -> Plot {
    let mut plot = vec![(0, "crash leader".to_string())];
    let mut at = 0;
    for _ in 0..d.within(1, 3) {
        at += d.one(&[20_000, cast.pace_us / 4, cast.pace_us / 2, cast.pace_us]);
        at += d.below(30_000);
        let who = if d.once_in(3) { cast.node(d) } else { d.one(&["candidate", "leader"]).to_string() };
        plot.push((at, format!("crash {who}")));
    }
    if d.once_in(2) {
        plot.push((at + d.below(cast.pace_us), "restart all".into()));
    }
    plot
}

/// A partition with clients on both sides.
fn cut_off(d: &mut Draw, cast: &Cast) -> Plot {
    let side = match d.below(3) {
        0 => "leader".to_string(),
        1 => "minority".to_string(),
        _ => cast.different(d, cast.ids.len() / 2).join(" "),
    };
    let mut plot = Vec::new();
    if !side.is_empty() {
        plot.push((0, format!("isolate {side}")));
    }
    for _ in 0..d.below(4) {
        plot.push((d.below(cast.pace_us), "write".into()));
    }
    let heals = cast.pace_us / 4 + d.below(2 * cast.pace_us);
    plot.push((heals, "heal".into()));
    if d.once_in(3) {
        plot.push((heals + d.below(30_000), d.one(&["crash leader", "campaign all", "write all"]).into()));
    }
    plot
}

/// A leader pauses for as long as the others need to replace it, then continues as if nothing had happened.
fn asleep(d: &mut Draw, cast: &Cast) -> Plot {
    let long = cast.pace_us / 3 + d.below(2 * cast.pace_us);
    let mut plot = vec![(0, format!("pause leader for {}", Span(long)))];
    if d.once_in(2) {
        plot.push((long + d.below(30_000), "write all".into()));
    }
    plot
}

/// The coordination service dies and returns, perhaps several times, while members come and go.
fn service_returns(d: &mut Draw, cast: &Cast) -> Plot {
    let mut plot = Vec::new();
    let mut at = 0;
    for _ in 0..d.within(1, 4) {
        for _ in 0..d.below(3) {
            let who = if d.once_in(3) { "leader".to_string() } else { cast.node(d) };
            let action = d.one(&["close", "expire", "campaign", "crash", "restart", "step-down"]);
            plot.push((at, format!("{action} {who}")));
            at += d.one(&[0, 5_000, 15_000, 40_000, cast.pace_us / 4]);
        }
        plot.push((at, "crash service".into()));
        at += d.one(&[0, 1, 10_000, cast.pace_us / 4, cast.pace_us]);
        plot.push((at, "restart service".into()));
        at += d.one(&[0, 20_000, 60_000, cast.pace_us / 2, cast.pace_us]);
    }
    plot
}

/// A leader hands over to a node that dies of it, or hands over twice.
fn handover(d: &mut Draw, cast: &Cast) -> Plot {
    let target = cast.node(d);
    let transfer =
        if d.once_in(2) { "transfer leader".into() } else { format!("transfer leader -> {target}") };
    let mut plot = vec![(0, transfer.clone())];
    match d.below(4) {
        0 => plot.push((d.below(30_000), format!("crash {target}"))),
        1 => plot.push((d.below(30_000), transfer)),
        2 => plot.push((d.below(30_000), "crash leader".into())),
        _ => plot.push((d.below(30_000), "write all".into())),
    }
    plot
}

/// A node in the middle leaves and perhaps returns, and others do while it is away. Often nothing else
/// happens to the group, so it is held to all its promises.
fn comings_and_goings(d: &mut Draw, cast: &Cast) -> Plot {
    let mut plot = Vec::new();
    let mut at = 0;
    for _ in 0..d.one(&[1, 1, 2, 3, 6]) {
        let who = if d.once_in(4) { "leader".to_string() } else { cast.node(d) };
        let action = d.one(&["crash", "crash", "close", "restart", "campaign", "expire", "step-down"]);
        plot.push((at, format!("{action} {who}")));
        at += d.one(&[0, 1_000, 15_000, cast.pace_us / 4, cast.pace_us]);
    }
    plot
}

/// Plays the run, then adds an act right after one of its events: a crash just after a write to disk, a cut
/// just after a vote. Acts change nothing before them, so the earliest one happens at exactly that moment.
pub fn haunt(d: &mut Draw, cast: &Cast, drawn: &mut Drawn) {
    let mut timeline = drawn.open();
    let records = timeline.lane(0).records(SimTime::ZERO, SimTime(drawn.faults_us), 3_000);
    let telling =
        [Kind::Persist, Kind::Belief, Kind::Mark, Kind::Acknowledge, Kind::Deliver, Kind::Append, Kind::Fire];
    let names = timeline.lanes()[0].names().ids.clone();
    for _ in 0..d.within(1, 3) {
        let kind = d.one(&telling);
        let all: Vec<&Record> = records.iter().filter(|r| r.kind == kind && r.step > 0).collect();
        if all.is_empty() {
            continue;
        }
        let record = d.one(&all);
        let place = if kind == Kind::Deliver { record.peer } else { record.node };
        let id = names[usize::from(place)];
        if !id.is_member() && !id.is_service() {
            continue;
        }
        let delay = d.one(&[0, 1, 1, 1_000, 8_000]);
        let at = (record.at.0 + delay).min(drawn.faults_us - 1);
        let back = (at + d.one(&[0, 1, 5_000, 20_000, cast.pace_us])).min(drawn.faults_us - 1);
        let mut add = |at: u64, action: String| {
            if known(&action, cast) {
                drawn.acts.push(format!("at {} {action}", Span(at)));
            }
        };
        match d.below(8) {
            0..4 => {
                add(at, format!("crash {id}"));
                add(back, format!("restart {id}"));
            }
            4 => {
                add(at, format!("isolate {id}"));
                add(back, "heal".into());
            }
            5 => add(at, format!("pause {id} for {}", Span((back - at).max(1)))),
            6 => add(at, format!("campaign {}", cast.node(d))),
            _ => add(at, format!("crash {id}")),
        }
    }
    sort(&mut drawn.acts);
}
