//! Single acts: every action of the language, at moments of all kinds.

use election_playground::base::Span;
use election_playground::registry::Algorithm;
use election_playground::vocabulary::{Kind, Setting};

use super::scene::{self, Cast, Lane, spaced};
use super::{Draw, words};

/// The kinds of acts; each of them may occur in about half of all runs.
const KINDS: u64 = 19;

/// Acts of a few kinds, or of many.
pub fn drawn(d: &mut Draw, cast: &mut Cast) -> Vec<String> {
    let faults_us = cast.faults_us - cast.begin_us;
    let allowed: Vec<u64> = match d.below(4) {
        0 => vec![d.below(KINDS)],
        1 => (0..3).map(|_| d.below(KINDS)).collect(),
        _ => (0..KINDS).filter(|_| d.once_in(2)).collect(),
    };
    if allowed.is_empty() {
        return Vec::new();
    }
    let count = if d.once_in(2) { d.within(1, 6) } else { d.within(1, 40) };
    let mut acts = Vec::new();
    let mut last_us = 0;
    for _ in 0..count {
        let at_us = match d.below(8) {
            // Order matters at the very same instant and at round ones.
            0 => last_us,
            1 => d.below(faults_us) / 100_000 * 100_000,
            // Soon after the previous act, in the middle of its effects.
            2 | 3 => (last_us + d.below(50_000)).min(faults_us - 1),
            _ => d.below(faults_us),
        };
        last_us = at_us;
        let kind = d.one(&allowed);
        let Some((action, knows)) = action(d, kind, cast) else { continue };
        // An act that names the service goes to lanes that have one.
        let serves = |l: &&Lane| !action.contains("service") || words(l.algorithm).service;
        let knowing: Vec<&Lane> = cast.lanes.iter().filter(|l| knows(l.algorithm)).filter(serves).collect();
        if knowing.is_empty() {
            continue;
        }
        let after = if d.once_in(8) { format!("+{}", d.below(6)) } else { String::new() };
        let front = if d.once_in(4) && !action.starts_with("set ") {
            format!("{}: ", knowing[d.below(knowing.len() as u64) as usize].name)
        } else {
            String::new()
        };
        acts.push(format!("at {}{after} {front}{action}", Span(cast.begin_us + at_us)));
    }
    sort(&mut acts);
    acts
}

/// Sorted by time, as a user would write them.
pub fn sort(acts: &mut [String]) {
    acts.sort_by_key(|line| moment_us(line));
}

/// The time of an act, in microseconds.
pub fn moment_us(line: &str) -> u64 {
    let word = line.split(' ').nth(1).unwrap_or_default();
    let time = word.split('+').next().unwrap_or_default();
    let unit = time.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(time.len());
    let (number, unit) = time.split_at(unit);
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let scale: u64 = match unit {
        "us" => 1,
        "ms" => 1_000,
        _ => 1_000_000,
    };
    let digits = |text: &str| text.parse::<u64>().unwrap_or(0);
    let rest = digits(rest) * scale / 10_u64.pow(rest.len() as u32);
    digits(whole) * scale + rest
}

type Knows = Box<dyn Fn(&Algorithm) -> bool>;

/// Whether an algorithm accepts that command.
pub fn takes(algorithm: &Algorithm, command: &str) -> bool {
    algorithm.info.commands.iter().any(|word| word.name == command)
}

/// An action of that kind, and the algorithms that support it.
fn action(d: &mut Draw, kind: u64, cast: &mut Cast) -> Option<(String, Knows)> {
    let all: Knows = Box::new(|_| true);
    let told = |command: &'static str| -> Knows { Box::new(move |a| takes(a, command)) };
    Some(match kind {
        0 => (format!("crash {}", who(d, cast)), all),
        1 => (format!("restart {}", who(d, cast)), all),
        2 => match d.below(3) {
            0 => (format!("pause {}", who(d, cast)), all),
            1 => (format!("resume {}", who(d, cast)), all),
            _ => (format!("pause {} for {}", who(d, cast), time(d)), all),
        },
        3 => match d.below(3) {
            0 => (format!("isolate {}", who(d, cast)), all),
            1 => ("heal".into(), all),
            _ => (partition(d, cast), all),
        },
        4 => (format!("{} {}", d.one(&["cut", "join"]), links(d, cast)), all),
        5 => match d.below(3) {
            0 => (format!("latency {}", scene::latency(d)), all),
            1 => (format!("loss {}", d.one(&["0%", "5%", "50%"])), all),
            _ => (format!("duplicate {}", d.one(&["0%", "5%", "10%", "100%"])), all),
        },
        6 => match d.below(3) {
            0 => (format!("latency {} {}", links(d, cast), scene::latency(d)), all),
            1 => (format!("loss {} {}", links(d, cast), d.one(&["0%", "5%", "100%"])), all),
            _ => (format!("duplicate {} {}", links(d, cast), d.one(&["0%", "10%", "100%"])), all),
        },
        7 => {
            let drift = d.one(&["+3%", "-3%", "+50%", "-50%", "+200ppm", "+0%"]);
            (format!("drift {} {drift}", who(d, cast)), all)
        }
        8 => {
            let skew = d.one(&["+300ms", "-2s", "+1ms", "-24h", "+10s"]);
            (format!("skew {} {skew}", who(d, cast)), all)
        }
        9 => (format!("slow {} {}", who(d, cast), d.one(&["1ms", "20ms", "300ms", "0"])), all),
        10 => (format!("campaign {}", who(d, cast)), told("campaign")),
        11 => match d.below(4) {
            0 => (format!("transfer leader -> {}", cast.node(d)), told("transfer")),
            1 => (format!("transfer {}", d.one(&["leader", "follower"])), told("transfer")),
            2 => (format!("step-down {}", who(d, cast)), told("step-down")),
            _ => (format!("{} {}", d.one(&["close", "expire"]), cast.node(d)), told("close")),
        },
        12 => match d.below(2) {
            0 => ("write".into(), all),
            _ => (format!("write {}", who(d, cast)), all),
        },
        13 => {
            let of = &cast.lanes[d.below(cast.lanes.len() as u64) as usize];
            let timers = words(of.algorithm).timers;
            if timers.is_empty() {
                return None;
            }
            let timer = d.one(timers);
            let knows: Knows = Box::new(move |a| words(a).timers.contains(&timer));
            match d.below(3) {
                0 => (format!("delay {} {timer} {}", who(d, cast), time(d)), knows),
                _ => (format!("fire {} {timer}", who(d, cast)), knows),
            }
        }
        14 => match d.below(5) {
            0 => (format!("drop {}", message(d, cast)), all),
            1 => (format!("deliver {}", message(d, cast)), all),
            2 => (format!("duplicate {}", message(d, cast)), all),
            _ => (format!("delay {} {}", message(d, cast), time(d)), all),
        },
        15 => return change(d, cast).map(|action| (action, all)),
        16 => return forged(d, cast),
        17 => match d.below(3) {
            0 if cast.manual => {
                let knows: Knows = Box::new(|a| words(a).ticks);
                (format!("tick {} {}", who(d, cast), d.within(1, 30)), knows)
            }
            0 | 1 => (format!("reseed {}", d.below(1_000)), all),
            _ => (format!("stonith {}", who(d, cast)), all),
        },
        _ => match d.below(3) {
            0 => ("deliver all".into(), all),
            _ => ("write".into(), all),
        },
    })
}

fn time(d: &mut Draw) -> &'static str {
    d.one(&["1ms", "20ms", "100ms", "333ms", "800ms", "2s", "0"])
}

/// Nodes, as acts name them.
fn who(d: &mut Draw, cast: &Cast) -> String {
    match d.below(10) {
        0..4 => cast.node(d),
        4..6 => "leader".into(),
        6 => "follower".into(),
        7 => d.one(&["candidate", "all", "majority", "minority"]).into(),
        8 if cast.service() => "service".into(),
        _ => format!("{} {}", cast.node(d), d.one(&["leader", "follower", "candidate"])),
    }
}

fn links(d: &mut Draw, cast: &Cast) -> String {
    let end = |d: &mut Draw| match d.below(8) {
        0 => "leader".to_string(),
        1 => "store".to_string(),
        2 if cast.service() => "service".to_string(),
        3 => "all".to_string(),
        // Always by id, so that equal ends are recognized.
        _ => d.one(&cast.ids).to_string(),
    };
    let (a, dash, mut b) = (end(d), d.one(&["->", "-"]), end(d));
    if a == b {
        // A node has no link to itself.
        b = "all".into();
    }
    format!("{a} {dash} {b}")
}

fn partition(d: &mut Draw, cast: &Cast) -> String {
    let mut sides = [Vec::new(), Vec::new()];
    for id in &cast.ids {
        if !d.once_in(3) {
            sides[d.below(2) as usize].push(*id);
        }
    }
    if sides.iter().any(Vec::is_empty) {
        return "heal".into();
    }
    format!("partition {} | {}", spaced(&sides[0]), spaced(&sides[1]))
}

fn message(d: &mut Draw, cast: &Cast) -> String {
    let copy = if d.once_in(6) { ".2" } else { "" };
    format!("{}->{}#{}{copy}", d.one(&cast.ids), d.one(&cast.ids), d.within(1, 30))
}

/// A setting from now on, of a lane, of single nodes, or of the store.
fn change(d: &mut Draw, cast: &mut Cast) -> Option<String> {
    let at = d.below(cast.lanes.len() as u64) as usize;
    let lane = &cast.lanes[at];
    if d.once_in(4) {
        let front = if d.once_in(2) { String::new() } else { format!("{}.", lane.name) };
        return Some(match d.below(2) {
            0 => format!("set {front}store.interval {}", d.one(&["0", "20ms", "1s"])),
            _ => format!("set {front}store.fencing {}", d.one(&["on", "off", "on"])),
        });
    }
    let live: Vec<&Setting> =
        lane.algorithm.info.settings.iter().filter(|s| s.live && s.name != "flaw").collect();
    if live.is_empty() {
        return None;
    }
    let setting = d.one(&live);
    // A list of nodes ends where `for` begins, and so does a choice.
    let whom = if d.once_in(2) && setting.kind != Kind::Ids {
        format!(" for {}", who(d, cast))
    } else {
        String::new()
    };
    let value = scene::value(d, setting, &cast.ids);
    if value == "1ms" && 2_000_000 < cast.faults_us {
        // An action repeated every millisecond happens often enough in a short time.
        return None;
    }
    let action = format!("set {}.{} {value}{whom}", lane.name, setting.name);
    let undo = format!("set {}.{} {}", lane.name, setting.name, lane.value(setting));
    if !cast.undo.contains(&undo) {
        cast.undo.push(undo);
    }
    Some(action)
}

/// A forged message, with numbers near those that occur.
fn forged(d: &mut Draw, cast: &Cast) -> Option<(String, Knows)> {
    let of = words(cast.lanes[d.below(cast.lanes.len() as u64) as usize].algorithm);
    if !of.forges || cast.ids.len() < 2 {
        return None;
    }
    let kind = d.below(of.messages.len() as u64) as usize;
    let message = of.messages[kind];
    let ends = cast.different(d, 2);
    let mut action = format!("send {} -> {} {message}", ends[0], ends[1]);
    for field in of.message_args[kind] {
        if d.once_in(4) {
            continue;
        }
        let number = match d.below(4) {
            0 => d.one(&cast.ids),
            1 => d.below(2),
            _ => d.below(12),
        };
        action.push_str(&format!(" {field} {number}"));
    }
    // Lanes without such a message would reject it.
    let (id, fields) = (of.id, of.message_args[kind]);
    let knows: Knows = Box::new(move |a| {
        let other = words(a);
        let at = other.messages.iter().position(|name| *name == message);
        other.id == id || other.forges && at.is_some_and(|at| other.message_args[at] == fields)
    });
    Some((action, knows))
}
