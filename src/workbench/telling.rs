//! What happened in a run, in sentences: the text of a [`Happening`].
//!
//! The sentences are made of what an observer knows and of the algorithm's own [`Phrases`](election_protocol::Phrases).

mod responses;

pub use responses::{Response, responses};

use election_engine::lane::Lane;
use election_engine::summary::{Happening, What};
use election_engine::trace::{Acted, BreakOff, NOWHERE, Place};
use election_language::scenario::Action;

/// The most nodes that a sentence names one by one.
const NAMED_MAX: usize = 7;

/// A happening as an English sentence, or a few.
pub fn text(lane: &Lane, it: &Happening) -> String {
    let node = || name(lane, it.node);
    let sentence = match it.what {
        What::Act(act) => act_text(lane, it, act),
        What::NoAct(act, why) => {
            format!("the scenario says: {}; but {}", written(lane, act), Acted::text(why))
        }
        What::Dropped(kind) => {
            let message = lane.info().messages[usize::from(kind)].name;
            let article = if message.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
            format!("the scenario drops {article} {message} from {} to {}", node(), name(lane, it.other))
        }
        What::PoweredOff => format!("{} is switched off", node()),
        What::CameUp => format!("{} starts", node()),
        What::Resumed => format!("{} continues after its pause", node()),
        What::Suspects { starts, told } => suspicion(lane, it, starts, told),
        What::Starts => lane.info().phrases.starts.replace("{node}", &node()) + &in_a_row(it.nth),
        What::GivesUp => format!("{} gives up its election, and knows no leader", node()),
        What::Leads { won } => leads(lane, it, won),
        What::StopsLeading if it.other == NOWHERE => format!("{} stops leading", node()),
        What::StopsLeading => format!("{} stops leading and follows {}", node(), name(lane, it.other)),
        What::Names if it.node == NOWHERE => "the service's record names no leader".to_string(),
        What::Names => format!("the service's record names {}{}", node(), epoch(lane, it.number)),
        What::Deposed => {
            let word = if lane.info().epoch.is_empty() { "epoch" } else { lane.info().epoch };
            format!("{} still believes that it leads, but no quorum is left in its {word}", node())
        }
        What::Idles if it.number == 0 => {
            format!("{} still believes that it leads, but it reaches no quorum", node())
        }
        What::Idles => format!("{} still leads, but it cannot keep up with its messages", node()),
        What::Serves => format!("{} can do the work of a leader again", node()),
        What::Refused => refused(lane, it),
        What::Conflict => {
            let (row, other) = (in_a_row(it.nth), name(lane, it.other));
            format!("the store accepts a write of {}, which {other} had superseded there{row}", node())
        }
        What::BrokeOff(why) => format!("the run breaks off: {}", BreakOff::text(why)),
    };
    capitalized(&sentence)
}

/// What passes after the loss of that leader until somebody suspects it, as a clause.
pub fn waits(lane: &Lane, leader: Place) -> String {
    let leader = if leader == NOWHERE { "the leader".to_string() } else { name(lane, leader) };
    lane.info().phrases.waits.replace("{leader}", &leader)
}

/// A node in a sentence.
pub(crate) fn name(lane: &Lane, place: Place) -> String {
    let service = lane.services() == 1 && usize::from(place) == lane.members();
    if service { "the service".to_string() } else { lane.names().node(place) }
}

pub(crate) fn names(lane: &Lane, places: &[Place]) -> String {
    let mut all: Vec<String> = places.iter().map(|&place| name(lane, place)).collect();
    if NAMED_MAX < all.len() {
        let more = all.len() - (NAMED_MAX - 1);
        all.truncate(NAMED_MAX - 1);
        all.push(format!("{more} more"));
    }
    let last = all.pop().unwrap_or_default();
    if all.is_empty() { last } else { format!("{} and {last}", all.join(", ")) }
}

fn written(lane: &Lane, act: u32) -> String {
    lane.names().acts.get(act as usize).cloned().unwrap_or_default()
}

fn epoch(lane: &Lane, epoch: u64) -> String {
    if epoch == 0 { String::new() } else { format!(" ({} {epoch})", lane.info().epoch) }
}

fn in_a_row(nth: u32) -> String {
    let ending = match (nth % 10, nth % 100) {
        (1, it) if it != 11 => "st",
        (2, it) if it != 12 => "nd",
        (3, it) if it != 13 => "rd",
        _ => "th",
    };
    if nth == 1 { String::new() } else { format!(", the {nth}{ending} in a row") }
}

fn act_text(lane: &Lane, it: &Happening, act: u32) -> String {
    let (places, text) = (lane.story().places(it), written(lane, act));
    let many = places.len() > 1;
    let verb = match lane.act(act) {
        Action::Crash(_) => if many { "crash" } else { "crashes" }.to_string(),
        Action::Stonith(_) => if many { "are shot" } else { "is shot" }.to_string(),
        Action::Restart(_) => if many { "restart" } else { "restarts" }.to_string(),
        Action::Resume(_) => if many { "continue" } else { "continues" }.to_string(),
        Action::Pause(_, length) => {
            let length = length.map_or_else(String::new, |it| format!(" for {it}"));
            format!("{}{length}", if many { "pause" } else { "pauses" })
        }
        Action::Isolate(_) => {
            format!("{} cut off from all other nodes", if many { "are" } else { "is" })
        }
        Action::Partition(_) => return text.replacen("partition", "the network splits:", 1),
        Action::Heal => return "the network is whole again".to_string(),
        _ => String::new(),
    };
    match (places, it.other) {
        _ if verb.is_empty() => format!("the scenario says: {text}"),
        ([], _) => format!("the scenario says: {text}"),
        ([one], leader) if *one == leader => format!("{}, which leads, {verb}", name(lane, *one)),
        (_, NOWHERE) => format!("{} {verb}", names(lane, places)),
        (_, leader) => format!("{} {verb}; {} led", names(lane, places), name(lane, leader)),
    }
}

fn suspicion(lane: &Lane, it: &Happening, starts: bool, told: bool) -> String {
    let leader = if it.other == NOWHERE { "any leader".to_string() } else { name(lane, it.other) };
    let node = name(lane, it.node);
    let so = match (starts, it.nth) {
        (true, 1) => ", so it starts an election".to_string(),
        (true, nth) => format!(", so it starts an election{}", in_a_row(nth)),
        (false, nth) => in_a_row(nth),
    };
    if told {
        let makes = format!("the scenario makes {node}");
        return match (it.other, starts) {
            (NOWHERE, true) => format!("{makes} start an election{}", in_a_row(it.nth)),
            (NOWHERE, false) => format!("{makes} suspect the leader{so}"),
            _ => format!("{makes} suspect {leader}{so}"),
        };
    }
    let phrase = lane.info().phrases.suspects;
    format!("{}{so}", phrase.replace("{node}", &node).replace("{leader}", &leader))
}

fn leads(lane: &Lane, it: &Happening, won: bool) -> String {
    let (node, votes) = (name(lane, it.node), lane.story().places(it));
    let epoch = epoch(lane, it.number);
    let why = if !votes.is_empty() {
        let from = names(lane, votes);
        format!(" with {} of {} votes, from {from}", votes.len(), it.more)
    } else if won {
        format!(": {}", lane.info().phrases.wins.replace("{node}", &node))
    } else {
        String::new()
    };
    let also = if it.other == NOWHERE {
        String::new()
    } else {
        format!(". {} believes that it leads, too", capitalized_name(&name(lane, it.other)))
    };
    format!("{node} leads{epoch}{why}{also}")
}

fn refused(lane: &Lane, it: &Happening) -> String {
    let token =
        if it.number == 0 { "it has no token".to_string() } else { format!("its token is {}", it.number) };
    let (node, row) = (name(lane, it.node), in_a_row(it.nth));
    let newer = format!("the store has seen {} from {}", it.more, name(lane, it.other));
    format!("the store rejects a write of {node}{row}: {token}, and {newer}")
}

fn capitalized_name(name: &str) -> String {
    let article =
        [("the ", "The "), ("a ", "A "), ("an ", "An ")].into_iter().find(|(it, _)| name.starts_with(it));
    article.map_or_else(|| name.to_string(), |(small, large)| format!("{large}{}", &name[small.len()..]))
}

/// A sentence: names keep their letters, so only words of our own are capitalized.
pub(crate) fn capitalized(text: &str) -> String {
    format!("{}.", capitalized_name(text))
}
