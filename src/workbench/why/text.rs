//! The sentences of a chain, made of records, messages, shapes and what the summary tells.

use super::{Of, Reason, ReasonKind};
use crate::telling;
use election_base::Span;
use election_engine::lane::{Cause, Lane, Link};
use election_engine::summary::{Happening, What};
use election_engine::trace::{Kind, Loss, NOWHERE, Place, Record, WRITE, Waits};
use election_protocol::{Answer, Authority, Role, Shape};

pub(super) use telling::{capitalized as sentence, name};

/// All that the summary tells of an event.
fn happenings_of(lane: &Lane, step: u32) -> impl Iterator<Item = &Happening> {
    let happenings = &lane.story().happenings;
    let first = happenings.partition_point(|it| it.step < step);
    happenings[first..].iter().take_while(move |it| it.step == step)
}

/// What the summary tells of an event: what matters most, and first of all about the node where it happened.
pub(super) fn told(lane: &Lane, link: &Link) -> Option<Happening> {
    let node = link.record.map_or(NOWHERE, |r| place_of(&r));
    happenings_of(lane, link.event)
        .max_by_key(|it| (matches!(it.what, What::Act(_)), it.node == node, it.weight()))
        .copied()
}

/// Where an event happened.
fn place_of(r: &Record) -> Place {
    match r.kind {
        Kind::Deliver | Kind::Lose | Kind::Wait if r.msg != WRITE => r.peer,
        Kind::Act => NOWHERE,
        _ => r.node,
    }
}

/// Whether a node suspects the leader in this event.
pub(super) fn suspects(lane: &Lane, link: &Link) -> bool {
    told(lane, link).is_some_and(|it| matches!(it.what, What::Suspects { .. } | What::Starts))
}

/// The question why an event happened.
pub(super) fn question_of(lane: &Lane, step: u32) -> String {
    let Some(it) = happenings_of(lane, step).max_by_key(|it| it.weight()) else {
        return "Why did this happen?".to_string();
    };
    let node = if it.node == NOWHERE { String::new() } else { name(lane, it.node) };
    match it.what {
        What::Act(_) | What::NoAct(..) | What::Dropped(_) => "What the scenario did".to_string(),
        What::Suspects { .. } if it.other != NOWHERE => {
            format!("Why does {node} suspect {}?", name(lane, it.other))
        }
        What::Suspects { .. } => format!("Why does {node} suspect the leader?"),
        What::Starts => format!("Why does {node} start an election?"),
        What::GivesUp => format!("Why does {node} give up its election?"),
        What::Leads { .. } => format!("Why does {node} lead?"),
        What::StopsLeading => format!("Why does {node} stop leading?"),
        What::Names => "Why did the service's record change?".to_string(),
        What::Deposed => format!("Why does {node} no longer lead in truth?"),
        What::Idles => format!("Why can {node} no longer do the work of a leader?"),
        What::Serves => format!("Why can {node} do the work of a leader again?"),
        What::Refused => format!("Why is the write of {node} rejected?"),
        What::Conflict => format!("Why does the store accept a write of {node}?"),
        What::PoweredOff => format!("Why is {node} switched off?"),
        What::CameUp | What::Resumed => format!("Why does {node} run again?"),
        What::BrokeOff(_) => "Why does the run break off?".to_string(),
    }
}

/// The question why a field is what it is.
pub(super) fn question_of_field(lane: &Lane, node: Place, field: &str) -> String {
    let view = lane.view(node);
    let value = view.fields.iter().find(|(it, _)| *it == field).map(|(_, value)| value.as_str());
    match value {
        None | Some("") => format!("Why does {} have no {field}?", name(lane, node)),
        Some(value) => format!("Why is {field} = {value} at {}?", name(lane, node)),
    }
}

/// A message with its first numbers: `VoteReply (term 2, granted 1)`.
fn message(lane: &Lane, r: &Record) -> String {
    if r.msg == WRITE {
        return "write".to_string();
    }
    let info = &lane.info().messages[usize::from(r.msg)];
    match info.args {
        [] => info.name.to_string(),
        [one] => format!("{} ({one} {})", info.name, r.args[0]),
        [one, two, ..] => format!("{} ({one} {}, {two} {})", info.name, r.args[0], r.args[1]),
    }
}

/// `a` or `an`, and the name of a message.
fn a(lane: &Lane, r: &Record) -> String {
    let kind = if r.msg == WRITE { "write" } else { lane.info().messages[usize::from(r.msg)].name };
    let article = if kind.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} {kind}")
}

/// A reason in words. `led_to` are the messages that its event sent and that the chain goes on with; `waits` says that a
/// timer which it set fires in the chain, and `set` is what set its own timer.
pub(super) fn reason(
    lane: &Lane,
    of: &Of,
    led_to: &[Record],
    waits: bool,
    set: Option<Link>,
    from: Vec<usize>,
) -> Reason {
    let empty = Reason {
        at: lane.now(),
        step: lane.events(),
        node: NOWHERE,
        kind: ReasonKind::State,
        text: String::new(),
        line: None,
        rules: 0,
        message: None,
        timer: "",
        by_way: Vec::new(),
        from,
    };
    match of {
        Of::Unknown(step) => Reason { step: *step, ..empty },
        Of::State(node, text) => Reason { node: *node, text: text.clone(), ..empty },
        Of::Lost(r) => {
            let kind = if r.sub == Loss::Chance as u8 { ReasonKind::Chance } else { ReasonKind::Silence };
            let (from, to) = (name(lane, r.node), name(lane, r.peer));
            let why = match r.sub {
                sub if sub == Loss::Chance as u8 => "by chance".to_string(),
                sub if sub == Loss::Dropped as u8 => "dropped by the scenario".to_string(),
                sub if sub == Loss::Down as u8 => format!("{to} is down"),
                sub if sub == Loss::Restarted as u8 => format!("{to} has restarted since"),
                sub if sub == Loss::Full as u8 => format!("too many messages wait at {to}"),
                _ => "the link is cut".to_string(),
            };
            let text = sentence(&format!("{} from {from} to {to} is lost: {why}", a(lane, r)));
            Reason { at: r.at, step: r.step, node: r.peer, kind, text, message: Some(*r), ..empty }
        }
        Of::Late(r) => {
            let (from, to) = (name(lane, r.node), name(lane, r.peer));
            let where_to = match (r.kind, r.sub) {
                (Kind::Wait, sub) if sub == Waits::Paused as u8 => {
                    format!("from {from} waits at {to}, which is paused")
                }
                (Kind::Wait, sub) if sub == Waits::Busy as u8 => {
                    format!("from {from} waits at {to}, which is busy")
                }
                (Kind::Wait, _) => format!("from {from} waits at {to}, which has not started"),
                _ => format!("from {from} to {to} is still on its way"),
            };
            let text = sentence(&format!("{} {where_to}", a(lane, r)));
            let kind = ReasonKind::Silence;
            Reason { at: r.at, step: r.step, node: r.peer, kind, text, message: Some(*r), ..empty }
        }
        Of::Event(link) | Of::Since(link) => {
            let since = matches!(of, Of::Since(_));
            let base = Reason { at: link.at, step: link.event, ..empty };
            event(lane, link, since && waits, since, led_to, set, base)
        }
    }
}

fn event(
    lane: &Lane,
    link: &Link,
    last_word: bool,
    since: bool,
    led_to: &[Record],
    set: Option<Link>,
    base: Reason,
) -> Reason {
    let Some(r) = link.record else {
        let (kind, text) = if link.event == 0 {
            (ReasonKind::Start, "The run begins.")
        } else {
            (ReasonKind::Other, "A message waits, as its receiver is paused.")
        };
        return Reason { kind, text: text.to_string(), ..base };
    };
    let happening = told(lane, link);
    // An act at one node has its place there.
    let alone = happening.filter(|h| matches!(h.what, What::Act(_))).map(|h| lane.story().places(&h));
    let node = match alone {
        Some([one]) => *one,
        _ => place_of(&r),
    };
    let own = match r.kind {
        Kind::Deliver if last_word => {
            format!("{} from {} reaches {}", a(lane, &r), name(lane, r.node), name(lane, node))
        }
        Kind::Deliver if r.msg == WRITE => format!("a write of {} reaches the store", name(lane, r.node)),
        Kind::Deliver => {
            format!("{} receives {} from {}", name(lane, node), message(lane, &r), name(lane, r.node))
        }
        Kind::Fire => timer(lane, &r, set),
        Kind::Act => format!("the scenario says: {}", lane.names().acts[r.args[0] as usize]),
        Kind::Start if r.sub == 1 => format!("{} restarts", name(lane, node)),
        Kind::Start => format!("{} starts", name(lane, node)),
        Kind::Resume => format!("{} continues after its pause", name(lane, node)),
        _ => lane.names().text(&Record { rules: 0, ..r }),
    };
    let text = match happening {
        Some(h) if !(last_word && r.kind == Kind::Deliver) => {
            let told = telling::text(lane, &h);
            let elsewhere = h.node != node && h.node != NOWHERE;
            match h.what {
                // What an act brings about at once.
                What::Act(_) => happenings_of(lane, link.event)
                    .filter(|it| matches!(it.what, What::Leads { .. }))
                    .fold(told, |all, it| format!("{all} {}", telling::text(lane, it))),
                // Which timer it was, and how long it ran.
                _ if r.kind == Kind::Fire => format!("{told} {}", sentence(&own)),
                // What happened to another node is not all that happened here.
                _ if r.kind == Kind::Deliver && elsewhere => {
                    format!("{} {told}", sentence(&(own + &sends(lane, node, &r, led_to))))
                }
                _ => told,
            }
        }
        _ => sentence(&(own + &sends(lane, node, &r, led_to))),
    };
    let text =
        if last_word && r.kind == Kind::Deliver { format!("The last word: {}", lower(&text)) } else { text };
    let (kind, line) = match (r.kind, link.cause) {
        (_, Cause::Act { line, .. }) => (ReasonKind::Act, Some(line)),
        (_, Cause::Chance) => (ReasonKind::Chance, None),
        (_, Cause::Begin) => (ReasonKind::Start, None),
        _ if since => (ReasonKind::Since, None),
        (Kind::Deliver, _) => (ReasonKind::Message, None),
        (Kind::Fire, _) => (ReasonKind::Timer, None),
        _ => (ReasonKind::Other, None),
    };
    let message = (r.kind == Kind::Deliver).then_some(r);
    let timer = if r.kind == Kind::Fire { lane.names().timers[usize::from(r.sub)] } else { "" };
    Reason { node, kind, text, line, rules: r.rules, message, timer, ..base }
}

/// A sentence without the capital of its article.
fn lower(text: &str) -> String {
    let article =
        [("A ", "a "), ("An ", "an "), ("The ", "the ")].into_iter().find(|it| text.starts_with(it.0));
    article.map_or_else(|| text.to_string(), |(large, small)| format!("{small}{}", &text[large.len()..]))
}

/// A timer that fires, and how long it ran.
fn timer(lane: &Lane, r: &Record, set: Option<Link>) -> String {
    let timer = lane.names().timers[usize::from(r.sub)];
    let node = name(lane, r.node);
    let ran = set.filter(|set| set.at <= r.at).map(|set| (r.at - set.at, set.record));
    match ran {
        Some((span, Some(by))) if by.kind == Kind::Deliver && by.peer == r.node => {
            let from = name(lane, by.node);
            format!("the {timer} timer of {node} fires {span} after {} from {from}", a(lane, &by))
        }
        Some((span, _)) if Span::ZERO < span => format!("the {timer} timer of {node} fires after {span}"),
        _ => format!("the {timer} timer of {node} fires"),
    }
}

/// What a node sends in an event, as far as the chain goes on with it.
fn sends(lane: &Lane, node: Place, by: &Record, led_to: &[Record]) -> String {
    let mine: Vec<&Record> = led_to.iter().filter(|it| it.node == node).collect();
    let Some(first) = mine.first() else { return String::new() };
    let same = mine.iter().all(|it| it.msg == first.msg && it.args == first.args);
    let what = message(lane, first);
    let back = by.kind == Kind::Deliver && by.node == first.peer && mine.len() == 1;
    if back {
        return format!(" and answers {what}");
    }
    let to: Vec<Place> = mine.iter().map(|it| it.peer).collect();
    let joined = if by.kind == Kind::Fire { ", so it sends" } else { " and sends" };
    if same {
        format!("{joined} {what} to {}", telling::names(lane, &to))
    } else {
        format!("{joined} {what} and more")
    }
}

/// The nodes that a message only passed through, as a sentence.
pub(super) fn by_way_of(lane: &Lane, nodes: &[Place]) -> String {
    format!(" It came by way of {}.", telling::names(lane, nodes))
}

/// How many nodes it reaches, if they are no quorum.
fn too_few(lane: &Lane, node: Place) -> Option<String> {
    if lane.reaches_quorum(node) {
        return None;
    }
    let (voters, linked) = lane.voters(node);
    let needed = voters / 2 + 1;
    Some(format!("it reaches {linked} of {voters} nodes, itself included, and a quorum is {needed}"))
}

/// A node that leads in its own belief only.
pub(super) fn wrongly(lane: &Lane, node: Place) -> String {
    let it = name(lane, node);
    let truth = match lane.leader_in_truth() {
        Some(leader) => format!("the leader is {}", name(lane, leader)),
        None => too_few(lane, node).unwrap_or_else(|| "no node leads in truth".to_string()),
    };
    sentence(&format!("{it} still believes that it leads, but {truth}"))
}

/// The members whose answer to a candidate is this; with `None`, those that have not answered.
pub(super) fn voters(lane: &Lane, node: Place, wanted: Option<Answer>) -> Vec<Place> {
    let mut shapes = Vec::new();
    lane.shapes(node, &mut shapes);
    let answer = |place: Place| {
        let id = lane.names().ids[usize::from(place)];
        shapes.iter().find_map(|shape| match shape {
            Shape::Vote { voter, answer } if *voter == id => Some(*answer),
            _ => None,
        })
    };
    (0..lane.members() as Place).filter(|&place| answer(place) == wanted).collect()
}

/// A node that does not lead: what it is instead, and what it lacks.
pub(super) fn standing(lane: &Lane, node: Place) -> String {
    if node == NOWHERE {
        return match lane.leader() {
            Some(leader) => sentence(&format!("{} leads", name(lane, leader))),
            None => leaderless(lane),
        };
    }
    let it = name(lane, node);
    if lane.waits_to_start(node) {
        return sentence(&format!("{it} has not started yet"));
    }
    if !lane.up(node) {
        return sentence(&format!("{it} is down"));
    }
    if lane.belief(node).leads {
        return sentence(&format!("{it} leads"));
    }
    if lane.paused(node) {
        return sentence(&format!("{it} is paused"));
    }
    let belief = lane.belief(node);
    let mut shapes = Vec::new();
    lane.shapes(node, &mut shapes);
    let tally = shapes.iter().find_map(|shape| match shape {
        Shape::Tally { needed, .. } => Some(*needed),
        _ => None,
    });
    let voters = |answer: Option<Answer>| voters(lane, node, answer);
    let mut parts = Vec::new();
    if let Some(needed) = tally {
        let granted = voters(Some(Answer::Granted));
        parts.push(format!("{it} has {} of the {needed} votes that it takes", granted.len()));
        let refused = voters(Some(Answer::Refused));
        if !refused.is_empty() {
            parts.push(format!("{} refused", telling::names(lane, &refused)));
        }
        let open = voters(None);
        if !open.is_empty() {
            let verb = if open.len() == 1 { "has" } else { "have" };
            parts.push(format!("{} {verb} not answered", telling::names(lane, &open)));
        }
    } else if let Some(leader) = belief.leader.some().and_then(|id| lane.place(id)).filter(|&p| p != node) {
        parts.push(format!("{it} follows {}", name(lane, leader)));
    } else {
        let role = match belief.role {
            Role::Idle => Role::Idle.name().to_string(),
            role => format!("a {}", role.name()),
        };
        parts.push(format!("{it} is {role} and knows no leader"));
    }
    if lane.info().authority == Authority::Quorum {
        parts.extend(too_few(lane, node));
    }
    sentence(&parts.join("; "))
}

/// No node leads: whether any could.
pub(super) fn leaderless(lane: &Lane) -> String {
    let members = || (0..lane.members() as Place).filter(|&it| lane.up(it) && !lane.paused(it));
    let possible = members().any(|it| lane.reaches_quorum(it));
    let none = lane
        .unserved_since()
        .map_or_else(|| "No node leads".to_string(), |at| format!("No node has led since {at}"));
    let here = lane.events();
    let phrases = &lane.info().phrases;
    let electing = lane.story().electing.iter().rfind(|it| it.from_step <= here && here < it.until_step);
    let last = lane.story().main.bands.iter().rfind(|it| it.until_step <= here);
    let waits = match (electing, last) {
        (Some(_), _) => format!(": {}", phrases.elects),
        (None, Some(band)) => format!(": {}", telling::waits(lane, band.node)),
        (None, None) => String::new(),
    };
    if lane.info().authority == Authority::Quorum && !possible {
        let most = members().map(|it| lane.voters(it)).max_by_key(|it| it.1);
        let (voters, linked) = most.unwrap_or((lane.members(), 0));
        let needed = voters / 2 + 1;
        return format!(
            "{none}: at most {linked} of {voters} nodes reach each other, and a quorum is {needed}."
        );
    }
    format!("{none}{waits}.")
}
