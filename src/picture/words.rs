//! A moment in words: who leads, who believes otherwise, and what a node is.

use election_protocol::{Authority, Info};

use crate::colour::Colour;
use crate::read::{Lane, Node, Role};

/// A number of units with so many decimals, rounded. Without floating point, whose formatting is large in WebAssembly.
pub fn fixed(number: u64, unit: u64, decimals: u32) -> String {
    let scale = 10_u64.pow(decimals);
    let all = (u128::from(number) * u128::from(scale) * 2 + u128::from(unit)) / (u128::from(unit) * 2);
    let (whole, rest) = (all / u128::from(scale), all % u128::from(scale));
    if decimals == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{rest:0width$}", width = decimals as usize)
    }
}

/// A share in millionths as per cent.
pub fn per_cent(ppm: u64) -> String {
    let text = fixed(ppm, 10_000, 4);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A duration, with no more digits than are useful.
pub fn span(us: u64) -> String {
    match us {
        0 => "0 ms".into(),
        1..1_000 => format!("{us} µs"),
        1_000..10_000 => format!("{} ms", fixed(us, 1_000, 1)),
        10_000..1_000_000 => format!("{} ms", fixed(us, 1_000, 0)),
        1_000_000..100_000_000 => format!("{} s", fixed(us, 1_000_000, 2)),
        _ => format!("{} min", fixed(us, 60_000_000, 1)),
    }
}

/// An instant to the millisecond, or to the microsecond where that differs.
pub fn clock(us: u64) -> String {
    let (whole, rest) = (us / 1_000_000, us % 1_000_000);
    if rest % 1_000 == 0 { format!("{whole}.{:03} s", rest / 1_000) } else { format!("{whole}.{rest:06} s") }
}

/// A list of names: `1, 2 and 3`.
pub fn list<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_string(),
        [all @ .., last] => {
            let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", all.join(", "), last.as_ref())
        }
    }
}

/// The short form of an epoch: term 3 is t3.
pub fn epoch_mark(info: &Info, epoch: u64) -> String {
    match info.epoch.chars().next() {
        Some(first) if epoch > 0 => format!("{first}{epoch}"),
        _ => String::new(),
    }
}

/// A part of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub text: String,
    pub strong: bool,
    pub bad: bool,
}

fn plain(text: impl Into<String>) -> Part {
    Part { text: text.into(), strong: false, bad: false }
}

fn strong(text: impl Into<String>) -> Part {
    Part { strong: true, ..plain(text) }
}

/// One sentence that says what is true in a lane and which nodes believe otherwise. `idle` is how long no node has
/// believed that it leads, if one did before.
pub fn sentence(lane: &Lane, idle: Option<u64>) -> Vec<Part> {
    let believers: Vec<&Node> = lane.electors().iter().filter(|it| it.leads).collect();
    let truth = lane.truth.map(|it| &lane.nodes[it]);
    match (lane.info.authority, believers.as_slice()) {
        (authority, []) => nobody(lane, truth, authority, idle),
        (Authority::None, believers) => by_belief(lane, believers),
        (authority, believers) => by_truth(lane, truth, believers, authority),
    }
}

fn nobody(lane: &Lane, truth: Option<&Node>, authority: Authority, idle: Option<u64>) -> Vec<Part> {
    if let Some(truth) = truth {
        let why = match truth {
            it if !it.up => "is down",
            it if it.paused => "is paused",
            _ => "does not act as leader",
        };
        return vec![plain(names(authority)), strong(&truth.name), plain(format!(", which {why}"))];
    }
    let mut parts = vec![Part { bad: true, ..strong("no leader") }];
    parts.extend(idle.filter(|it| *it > 0).map(|it| plain(format!(" for {}", span(it)))));
    let candidates: Vec<&str> =
        lane.electors().iter().filter(|it| it.up && it.role == Role::Candidate).map(|it| &*it.name).collect();
    if (1..=5).contains(&candidates.len()) {
        let verb = if candidates.len() == 1 { "is a candidate" } else { "are candidates" };
        parts.push(plain(format!("; {} {verb}", list(&candidates))));
    }
    parts
}

fn names(authority: Authority) -> &'static str {
    if matches!(authority, Authority::Service(_)) { "the service names " } else { "leader in truth: " }
}

fn by_belief(lane: &Lane, believers: &[&Node]) -> Vec<Part> {
    let [leader] = believers else {
        let names: Vec<&str> = believers.iter().map(|it| &*it.name).collect();
        let both = if believers.len() == 2 { "both believe" } else { "all believe" };
        let names = if names.len() > 7 { format!("{} nodes", names.len()) } else { list(&names) };
        return vec![Part { bad: true, ..strong(names) }, plain(format!(" {both} they lead"))];
    };
    let others: Vec<&Node> = lane.electors().iter().filter(|it| it.up && it.place != leader.place).collect();
    let apart: Vec<&str> =
        others.iter().filter(|it| it.follows != Some(leader.place)).map(|it| &*it.name).collect();
    let mut parts = vec![strong(format!("leader {}", leader.name))];
    if leader.paused {
        parts.push(plain(", paused"));
    }
    parts.push(plain(match apart.len() {
        0 if others.is_empty() => "; no other node is up".to_string(),
        0 => "; all agree".to_string(),
        1 => format!("; {} does not follow", apart[0]),
        2..=4 => format!("; {} do not follow", list(&apart)),
        many => format!("; {many} do not follow"),
    }));
    parts
}

fn by_truth(lane: &Lane, truth: Option<&Node>, believers: &[&Node], authority: Authority) -> Vec<Part> {
    let mark = |node: &Node, long: bool| {
        let short = epoch_mark(lane.info, node.epoch);
        match (short.is_empty(), long) {
            (true, _) => String::new(),
            (_, true) => format!(", {} {}", lane.info.epoch, node.epoch),
            (_, false) => format!(" ({short})"),
        }
    };
    let acts = truth.is_some_and(|it| it.leads);
    let mut parts = match truth {
        Some(it) if acts => {
            vec![strong(format!("leader {}", it.name)), plain(mark(it, true))]
        }
        Some(it) => vec![plain(names(authority)), strong(&it.name)],
        None => vec![strong("no leader in truth")],
    };
    if acts && truth.is_some_and(|it| it.paused) {
        parts.push(plain(", paused"));
    }
    let wrong: Vec<&&Node> = believers.iter().filter(|it| lane.truth != Some(it.place)).collect();
    let bad = |text| Part { bad: true, ..plain(text) };
    match wrong.len() {
        0 => {}
        1..=4 => {
            let marks: Vec<String> =
                wrong.iter().map(|it| format!("{}{}", it.name, mark(it, false))).collect();
            let verb = if wrong.len() == 1 { "believes it leads" } else { "believe they lead" };
            let still = if truth.is_some() { "still " } else { "" };
            parts.push(plain("; "));
            parts.push(bad(format!("{} {still}{verb}", list(&marks))));
        }
        many => parts.push(bad(format!("; {many} others believe they lead"))),
    }
    if let Some(truth) = truth.filter(|_| acts) {
        parts.extend(astray(lane, truth, authority));
    }
    parts
}

/// The nodes that follow some other leader than the one in truth, or none.
fn astray(lane: &Lane, truth: &Node, authority: Authority) -> Option<Part> {
    let others: Vec<&Node> = lane
        .electors()
        .iter()
        .filter(|it| it.up && !it.leads && it.place != truth.place && it.follows != Some(truth.place))
        .collect();
    let first = others.first()?;
    let who: Vec<&str> = others.iter().map(|it| &*it.name).collect();
    let (who, many) = (if who.len() <= 4 { list(&who) } else { format!("{}", who.len()) }, others.len() > 1);
    let s = |verb: &str| if many { verb.to_string() } else { format!("{verb}s") };
    Some(plain(match first.follows {
        _ if others.iter().any(|it| it.follows != first.follows) => format!("; {who} do not follow"),
        None => format!("; {who} {} of no leader", s("know")),
        // A recipe need not tell everybody who is next.
        other if matches!(authority, Authority::Service(_)) => {
            format!("; {who} still {} {}", s("name"), lane.label(other))
        }
        other => format!("; {who} {} {}", s("follow"), lane.label(other)),
    }))
}

/// The colour of a node's label.
pub fn tone(node: &Node, lane: &Lane) -> Colour {
    match node {
        it if !it.up || it.paused => Colour::Mute,
        it if it.leads => {
            if lane.errs(it) {
                Colour::Bad
            } else {
                Colour::Leader
            }
        }
        it if it.asks() => Colour::Warn,
        _ => Colour::Mute,
    }
}

/// Whether a picture has to mention epochs: they decide who leads, and not all nodes have the same.
pub fn epochs_differ(lane: &Lane) -> bool {
    let mut up = lane.electors().iter().filter(|it| it.up).map(|it| it.epoch);
    let first = up.next();
    lane.info.authority == Authority::Quorum && up.any(|it| Some(it) != first)
}

/// The state of a node in words, the longest wording first. `waiting` is how many messages wait at it.
pub fn state_texts(node: &Node, lane: &Lane, waiting: usize) -> Vec<String> {
    let all = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    match node {
        it if it.starting => all(&["starting"]),
        it if !it.up => all(&["down"]),
        it if it.paused && waiting > 0 => all(&[&format!("paused, {waiting} waiting"), "paused"]),
        it if it.paused => all(&["paused"]),
        it if it.leads && !lane.errs(it) => all(&["leads"]),
        it if it.leads && lane.info.authority != Authority::None => all(&["believes it leads", "believes"]),
        it if it.leads => {
            let followers: Vec<&str> = lane
                .nodes
                .iter()
                .filter(|o| o.up && !o.leads && o.role == Role::Follower && o.follows == Some(it.place))
                .map(|o| &*o.label)
                .collect();
            let whom = match followers.len() {
                0 => "nobody".to_string(),
                1..=3 => followers.join(", "),
                many => format!("{many} others"),
            };
            all(&[&format!("leads {whom}"), "leads"])
        }
        it if it.role == Role::Idle => {
            all(&[it.part.and_then(|part| lane.info.roles.get(part)).copied().unwrap_or("idle")])
        }
        it if it.role != Role::Candidate => match it.follows {
            Some(whom) => all(&[&format!("follows {}", lane.label(Some(whom))), "follows"]),
            None => all(&["no leader"]),
        },
        it => candidate_texts(it, lane),
    }
}

fn candidate_texts(node: &Node, lane: &Lane) -> Vec<String> {
    let name = |place| lane.label(Some(place));
    if let Some(tally) = &node.tally {
        let count = format!("{} of {}", tally.granted(), tally.needed);
        return vec![format!("has {count} votes"), count];
    }
    if let Some(by) = node.silenced_by {
        return vec![format!("told to wait by {}", name(by)), "told to wait".into(), "waits".into()];
    }
    if let Some(by) = node.beaten_by {
        return vec![format!("beaten by {}", name(by)), "beaten".into()];
    }
    if node.reach > 0 {
        return vec![format!("asks {} far", node.reach), format!("asks {}", node.reach)];
    }
    vec!["wants to lead".into(), "asks".into()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_no_more_digits_than_are_useful() {
        let all =
            [(0, "0 ms"), (999, "999 µs"), (1_250, "1.3 ms"), (204_969, "205 ms"), (3_945_950, "3.95 s")];
        for (us, text) in all {
            assert_eq!(span(us), text);
        }
        assert_eq!(span(150_000_000), "2.5 min");
        assert_eq!((clock(14_200_000), clock(2_183_760)), ("14.200 s".to_string(), "2.183760 s".to_string()));
        assert_eq!((per_cent(2_500), per_cent(100_000)), ("0.25 %".to_string(), "10 %".to_string()));
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(
            (list::<&str>(&[]), list(&["1"]), list(&["1", "2", "3"])),
            (String::new(), "1".into(), "1, 2 and 3".into())
        );
    }
}
