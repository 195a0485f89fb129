//! Reads `at TIME LANES: ACTION`.

use std::collections::BTreeSet;

use crate::vocabulary::{CommandWord, Form, WRITE_TIMER};
use election_base::{NodeId, SimTime};

use super::ast::{Act, Action, Forged, LaneSet, Links, MessageRef, SetAct, Who};
use super::cursor::{Cursor, Res};
use super::error::{About, Error, HOLE, list, meant, quote};
use super::lanes;
use super::lex::{Place, TokenKind};
use super::scope::{Ends, SERVICE_LEADER, Scope, other};
use super::table::{ACTIONS, AFTER_MAX, MESSAGE_MAX, NUMBER_MAX, STEPS, TICKS_MAX, names, syntax};
use super::values;

/// Reads what follows `at`. `manual` says whether timers fire only on demand.
pub(super) fn act(scope: &Scope<'_>, cursor: &mut Cursor<'_>, manual: bool, line: u32) -> Res<Act> {
    let (at, after) = moment(cursor)?;
    let colon = scope.lanes_before_colon(cursor)?;
    let mut lanes = colon.unwrap_or_else(|| scope.all());
    if colon.is_some() {
        // The lanes are known.
    } else if cursor.len() > 1 && scope.is_lane(cursor.peek()) && !scope.is_command(cursor.peek()) {
        let name = cursor.peek();
        let mut behind = cursor.clone();
        behind.skip();
        let error = behind.error("`:` between the lane and its action");
        return Err(error.advise(format!("Write `{name}: {}`.", behind.rest())));
    }
    let place = cursor.rest_place();
    let read = action(scope, cursor, lanes, manual);
    let (action, knows) =
        read.map_err(|error| if colon.is_none() { offer_lanes(scope, error) } else { error })?;
    if matches!(action, Action::Tick(..)) && !manual {
        let error = Error::new(place, quote(&action.to_string()), "an action that works with `timers auto`");
        let error = error.about(About::Timers);
        return Err(error
            .advise("Timers run by themselves in this scenario; add `timers manual` to step them by hand."));
    }
    if let (Action::Set(_), None) = (&action, colon) {
        // The name already says which lanes are meant.
        lanes = knows;
    }
    let applicable = lanes & knows;
    if applicable == 0 {
        let expected = "an action that one of these lanes supports";
        let knowing: Vec<&str> = (0..scope.lanes.len())
            .filter(|i| knows >> i & 1 == 1)
            .map(|i| scope.lanes[i].name.as_str())
            .collect();
        let error = Error::new(place, quote(&action.to_string()), expected).about(About::Lanes);
        return Err(if knowing.is_empty() {
            error.advise("No lane of this scenario supports it.")
        } else {
            error.advise(format!("In this scenario, it is supported by {}.", list(knowing)))
        });
    }
    Ok(Act { at, after, lanes, applicable, action, line })
}

/// `T` or `T+k`.
pub(super) fn moment(cursor: &mut Cursor<'_>) -> Res<(SimTime, u32)> {
    let word = cursor.peek();
    let Some((time, after)) = word.split_once('+') else {
        return Ok((SimTime(cursor.time()?.0), 0));
    };
    let place = cursor.place();
    let what = "a time, optionally with a number of events, such as `4.812s+3`";
    match (values::span(time), values::digits(after)) {
        (Some(span), Some(after)) if after <= AFTER_MAX => {
            cursor.skip();
            // AFTER_MAX is far below 2^32.
            Ok((SimTime(span.0), after as u32))
        }
        (Some(_), _) => Err(Error::new(place, quote(word), what)
            .advise(format!("The number of events ranges from 0 to {AFTER_MAX}."))),
        _ => Err(Error::new(place, quote(word), what)),
    }
}

/// Adds the lanes that may be named before an action.
#[cold]
#[inline(never)]
fn offer_lanes(scope: &Scope<'_>, mut error: Box<Error>) -> Box<Error> {
    // Only at the beginning of the action, which is what all actions are offered for.
    if error.known.iter().any(|choice| choice.word == "heal") {
        for name in scope.lane_names() {
            error = error.offer(&format!("{name}:"), "only in this lane");
        }
    }
    error
}

/// An error about a word that should be an action.
#[cold]
#[inline(never)]
fn no_action(scope: &Scope<'_>, verb: &str, place: Place, (lanes, manual): (LaneSet, bool)) -> Box<Error> {
    let verbs = || names(ACTIONS).chain(scope.commands().map(|command| command.name)).chain(names(STEPS));
    let error = Error::new(place, quote(verb), format!("an action: {}", list(verbs())));
    if verb == HOLE {
        let mut known = error.near_in(verb, &mut ACTIONS.iter().map(|entry| (entry.name, entry.syntax)));
        for command in scope.commands() {
            let has = scope.lanes_where(|words| words.commands.iter().any(|it| it.name == command.name));
            if has & lanes != 0 {
                known = known.offer(command.name, &command.syntax());
            }
        }
        return known.without(&|word| word == "tick" && !manual);
    }
    let error = error.near(verb, verbs());
    let others = || meant(verb).iter().filter(|name| verbs().any(|verb| verb == **name));
    let forms: Vec<String> = others().map(|name| format!("`{}`", syntax(ACTIONS, name))).collect();
    if forms.is_empty() { error } else { error.advise(format!("The form is {}.", forms.join(" or "))) }
}

/// The action, and the lanes that support it. `lanes` are those that it is for.
fn action(
    scope: &Scope<'_>,
    cursor: &mut Cursor<'_>,
    lanes: LaneSet,
    manual: bool,
) -> Res<(Action, LaneSet)> {
    if cursor.kind() != Some(TokenKind::Word) {
        let verbs = names(ACTIONS).chain(scope.commands().map(|command| command.name)).chain(names(STEPS));
        return Err(cursor.error(format!("an action: {}", list(verbs))));
    }
    let (verb, place) = cursor.word("an action")?;
    let own = scope.commands().find(|command| command.name == verb);
    let (read, form) = match own {
        _ if names(ACTIONS).any(|name| name == verb) => {
            (verb_action(scope, verb, cursor), syntax(ACTIONS, verb).to_string())
        }
        Some(word) => (command(scope, word, cursor), word.syntax()),
        None => return Err(no_action(scope, verb, place, (lanes, manual))),
    };
    let read = read.and_then(|found| cursor.finish().map(|()| found));
    read.map_err(|error| {
        let error = error.without(&|word| foreign(scope, verb, word, lanes));
        // Missing or surplus words are easiest to see beside the complete form.
        if error.advice.is_none() && error.nearest.is_none() {
            error.advise(format!("The form is `{form}`."))
        } else {
            error
        }
    })
}

/// Whether a word that could follow `verb` is known to other lanes only.
fn foreign(scope: &Scope<'_>, verb: &str, word: &str, lanes: LaneSet) -> bool {
    let known = match verb {
        _ if is_service(word) => scope.lanes_where(|words| words.service),
        "fire" | "delay" => scope.lanes_where(|words| words.timers.contains(&word)),
        "send" => scope.lanes_where(|words| words.forges && words.messages.contains(&word)),
        "set" => word.split_once('.').map_or(0, |(owner, _)| scope.lanes_of(owner)),
        _ => scope.lanes_where(|words| words.groups.contains(&word)),
    };
    known & lanes == 0 && (known != 0 || is_service(word))
}

fn is_service(word: &str) -> bool {
    word == SERVICE_LEADER || other(word).is_some_and(NodeId::is_service)
}

/// A command, and the lanes whose algorithm accepts it.
fn command(scope: &Scope<'_>, word: &'static CommandWord, cursor: &mut Cursor<'_>) -> Res<(Action, LaneSet)> {
    let (who, about) = match word.form {
        Form::Each | Form::ToService => (scope.who(cursor, Ends::Nodes)?, None),
        Form::Pair => {
            let who = scope.one_who(cursor, Ends::Nodes)?;
            (who, if cursor.eat("->") { Some(scope.one_who(cursor, Ends::Nodes)?) } else { None })
        }
    };
    let lanes = scope.lanes_where(|words| words.commands.iter().any(|command| command.name == word.name));
    Ok((Action::Command { word, who, about }, lanes))
}

fn verb_action(scope: &Scope<'_>, verb: &str, cursor: &mut Cursor<'_>) -> Res<(Action, LaneSet)> {
    let known = |action: Action, who: &Who| (action, scope.lanes_with(who));
    let everywhere = |action: Action| (action, scope.all());
    Ok(match verb {
        "crash" | "restart" | "resume" | "isolate" | "stonith" => {
            let who = scope.who(cursor, Ends::Nodes)?;
            let lanes = scope.lanes_with(&who);
            let action = match verb {
                "crash" => Action::Crash(who),
                "restart" => Action::Restart(who),
                "resume" => Action::Resume(who),
                "isolate" => Action::Isolate(who),
                _ => Action::Stonith(who),
            };
            (action, lanes)
        }
        "pause" => {
            let count = cursor.find(|_, text| text == "for");
            let mut names = cursor.split(count.unwrap_or(usize::MAX));
            let first = names.peek() == HOLE;
            let who = scope.who(&mut names, Ends::Nodes);
            let who = who.map_err(|error| if first { error } else { error.offer("for", "for TIME") })?;
            let length = if cursor.eat("for") { Some(cursor.time()?) } else { None };
            known(Action::Pause(who.clone(), length), &who)
        }
        "partition" => everywhere(partition(scope, cursor)?),
        "heal" => everywhere(Action::Heal),
        "cut" | "join" => {
            let (links, lanes) = links(scope, cursor)?;
            (if verb == "cut" { Action::Cut(links) } else { Action::Join(links) }, lanes)
        }
        "duplicate" if names_message(cursor) => message_action(scope, verb, cursor)?,
        "latency" | "loss" | "duplicate" => {
            let (links, lanes) = links_before_value(scope, cursor)?;
            let action = match verb {
                "latency" => Action::Latency(links, cursor.delay()?),
                "loss" => Action::Loss(links, cursor.share()?),
                _ => Action::Duplicate(links, cursor.share()?),
            };
            (action, lanes)
        }
        "drift" | "skew" | "slow" => {
            let who = who_before_last(scope, cursor, "a value")?;
            let lanes = scope.lanes_with(&who);
            let action = match verb {
                "drift" => Action::Drift(who, cursor.drift()?),
                "skew" => Action::Skew(who, cursor.skew()?),
                _ => Action::Slow(who, cursor.time()?),
            };
            (action, lanes)
        }
        "fire" => fire(scope, cursor)?,
        "tick" => {
            let who = who_before_last(scope, cursor, "a number of ticks")?;
            let count = cursor.number("a number of ticks", 1, TICKS_MAX)? as u32;
            let lanes = scope.lanes_where(|words| words.ticks) & scope.lanes_with(&who);
            (Action::Tick(who, count), lanes)
        }
        "set" => set(scope, cursor)?,
        "reseed" => everywhere(Action::Reseed(cursor.number("a whole number below 2^64", 0, u64::MAX)?)),
        "send" => send(scope, cursor)?,
        // If the algorithm has no log, the write goes straight to the store.
        "write" if cursor.is_empty() => everywhere(Action::Write(None)),
        "write" => {
            let who = scope.who(cursor, Ends::Nodes)?;
            known(Action::Write(Some(who.clone())), &who)
        }
        "deliver" if cursor.eat("all") => everywhere(Action::DeliverAll),
        "deliver" => {
            message_action(scope, verb, cursor).map_err(|error| error.offer("all", "every message"))?
        }
        "delay" if cursor.text_at(1) != "->" => delay_timer(scope, cursor)?,
        "drop" | "delay" => message_action(scope, verb, cursor)?,
        _ => unreachable!("an action without a parser: {verb}"),
    })
}

/// What happens to one message.
fn message_action(scope: &Scope<'_>, verb: &str, cursor: &mut Cursor<'_>) -> Res<(Action, LaneSet)> {
    let m = message(scope, cursor)?;
    let action = match verb {
        "deliver" => Action::DeliverMessage(m),
        "drop" => Action::DropMessage(m),
        "duplicate" => Action::DuplicateMessage(m),
        _ => Action::DelayMessage(m, cursor.time()?),
    };
    Ok((action, of_message(scope, m)))
}

/// `1 2 | 3 4 5`: at least two sides, each node on only one.
fn partition(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<Action> {
    let mut sides: Vec<Vec<Who>> = Vec::new();
    loop {
        let bar = cursor.find(|kind, _| kind == TokenKind::Bar);
        let mut side = cursor.split(bar.unwrap_or(usize::MAX));
        let mut listed = Vec::new();
        loop {
            let place = side.place();
            let named = |word: &str| sides.iter().flatten().chain(&listed).any(|who| scope.names(word, who));
            let who = scope.one_who(&mut side, Ends::Nodes).map_err(|error| error.without(&named))?;
            if listed.contains(&who) || sides.iter().any(|side| side.contains(&who)) {
                return Err(Error::new(place, format!("a second `{who}`"), "each node on only one side"));
            }
            listed.push(who);
            if side.is_empty() {
                break;
            }
        }
        sides.push(listed);
        if !cursor.eat("|") {
            break;
        }
    }
    if sides.len() < 2 {
        return Err(cursor.error("`|` and another side"));
    }
    Ok(Action::Partition(sides))
}

/// `all`, `a -> b` or `a - b`, up to the cursor's end, and the lanes that have such links.
fn links(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<(Links, LaneSet)> {
    let dash = cursor.find(|kind, text| kind == TokenKind::Arrow || text == "-");
    let Some(count) = dash else {
        if cursor.len() == 1 && cursor.eat("all") {
            return Ok((Links::All, scope.all()));
        }
        let mut names = cursor.clone();
        if !names.is_empty() {
            // A word that is not a node gives the better error.
            let first = names.peek() == HOLE;
            let read = scope.who(&mut names, Ends::Links);
            read.map_err(|error| match first {
                true => error.offer("all", "all links"),
                false => error.offer("-", "a - b: both ways").offer("->", "a -> b: one way"),
            })?;
        }
        return Err(names.error("links: `a -> b`, `a - b` or `all`"));
    };
    let place = cursor.rest_place();
    let from = scope.who(&mut cursor.split(count), Ends::Links)?;
    let both = cursor.skip() == "-";
    let to = scope.who(&mut cursor.split(usize::MAX), Ends::Links);
    let to = to.map_err(|error| error.without(&|word| scope.names(word, &from)))?;
    let one = matches!(from, Who::Node(_) | Who::Leader | Who::LeaderOf(_) | Who::Follower | Who::Candidate);
    if one && from == to {
        let dash = if both { "-" } else { "->" };
        let error = Error::new(place, format!("`{from} {dash} {to}`"), "two different nodes");
        return Err(error.advise("A node has no link to itself."));
    }
    let lanes = scope.lanes_with(&from) & scope.lanes_with(&to);
    Ok((Links::Between { from, to, both }, lanes))
}

/// Links before a value; every link if the value stands alone.
fn links_before_value(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<(Links, LaneSet)> {
    // A tail after the value: `with 1% up to 400ms`.
    let tail = cursor.find(|_, text| text == "with").map_or(0, |with| cursor.len() - with);
    let value = match cursor.find(|kind, _| kind == TokenKind::Dots) {
        Some(dots) if dots + 2 + tail == cursor.len() => 3 + tail,
        _ => 1 + tail,
    };
    if let Some(before) = cursor.len().checked_sub(value + 1)
        && matches!(cursor.text_at(before), "->" | "-")
    {
        // `latency 1 -> 2`: the last word is the end of the links.
        let mut behind = cursor.clone();
        behind.split(usize::MAX);
        return Err(behind.error("a value after the links"));
    }
    match cursor.len().saturating_sub(value) {
        0 => Ok((Links::All, scope.all())),
        count => links(scope, &mut cursor.split(count)),
    }
}

/// What is expected where a timer is named.
const TIMER: &str = "the name of a timer";

/// Nodes before a final word.
fn who_before_last(scope: &Scope<'_>, cursor: &mut Cursor<'_>, last: &str) -> Res<Who> {
    who_before(scope, cursor, 1, last)
}

/// Nodes before this many other words, of which the first is `next`.
fn who_before(scope: &Scope<'_>, cursor: &mut Cursor<'_>, words: usize, next: &str) -> Res<Who> {
    if cursor.len() == 1 {
        let mut names = cursor.clone();
        scope.one_who(&mut names, Ends::Nodes)?;
        return Err(names.error(next));
    }
    scope.who(&mut cursor.split(cursor.len().saturating_sub(words).max(1)), Ends::Nodes)
}

/// `fire WHO TIMER`.
fn fire(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<(Action, LaneSet)> {
    let who = who_before_last(scope, cursor, TIMER)?;
    let (timer, lanes) = timer(scope, cursor)?;
    Ok((Action::Fire(who.clone(), timer), lanes & scope.lanes_with(&who)))
}

/// `delay WHO TIMER TIME`.
fn delay_timer(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<(Action, LaneSet)> {
    if cursor.is_empty() {
        return Err(cursor.error("a pending message such as `3->4#17`, or a node and its timer"));
    }
    let who = who_before(scope, cursor, 2, TIMER)?;
    let (timer, lanes) = timer(scope, cursor)?;
    Ok((Action::DelayTimer(who.clone(), timer, cursor.time()?), lanes & scope.lanes_with(&who)))
}

/// The name of a timer, and the lanes that have it.
fn timer(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<(String, LaneSet)> {
    let (timer, place) = cursor.word(TIMER)?;
    let lanes = scope.lanes_where(|words| timer == WRITE_TIMER || words.timers.contains(&timer));
    if lanes == 0 {
        let of_lanes = scope.lanes.iter().flat_map(|lane| scope.vocabulary[lane.algorithm].timers);
        // A set sorts the names and removes duplicates.
        let mut timers = BTreeSet::from([WRITE_TIMER]);
        timers.extend(of_lanes);
        let expected = format!("the name of a timer: {}", list(timers.iter().copied()));
        return Err(Error::new(place, quote(timer), expected).near(timer, timers));
    }
    Ok((timer.to_string(), lanes))
}

/// `set NAME.SETTING VALUE [for WHO]`, from now on.
fn set(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<(Action, LaneSet)> {
    let value_at = cursor.clone();
    let count = cursor.find(|_, text| text == "for");
    let mut setting = cursor.split(count.unwrap_or(usize::MAX));
    let found = lanes::set_later(scope, &mut setting)?;
    let place = cursor.place();
    let who = if cursor.eat("for") { Some(scope.who(cursor, Ends::Nodes)) } else { None };
    let served = scope.lanes_where(|words| words.service) & found.lanes != 0;
    let who = who.transpose().map_err(|error| if served { error } else { error.without(&is_service) })?;
    if who.is_some() && !found.of_nodes {
        let error = Error::new(place, "`for`", "the end of the statement");
        return Err(error.advise("The store has no nodes; its settings apply to the whole lane."));
    }
    let mut written = value_at.split_before("for");
    written.skip();
    let value = written.rest().split_whitespace().collect::<Vec<_>>().join(" ");
    let lanes = who.as_ref().map_or(found.lanes, |who| found.lanes & scope.lanes_with(who));
    Ok((Action::Set(SetAct { name: found.name, value, change: found.change, who }), lanes))
}

/// `send FROM -> TO MESSAGE FIELD NUMBER …`.
fn send(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<(Action, LaneSet)> {
    let ends = cursor.rest_place();
    let from = cursor.member(scope.nodes)?;
    cursor.need("->")?;
    let to = cursor.member(scope.nodes);
    let to = to.map_err(|error| error.without(&|word| scope.member(word) == Some(from)))?;
    if from == to {
        let error = Error::new(ends, format!("`{from} -> {to}`"), "two different nodes");
        return Err(error.advise("A node has no link to itself."));
    }
    let (message, place) = cursor.word("the name of a message")?;
    let forging = || scope.lanes.iter().map(|lane| &scope.vocabulary[lane.algorithm]).filter(|w| w.forges);
    let lanes = scope.lanes_where(|words| words.forges && words.messages.contains(&message));
    let Some(words) = forging().find(|words| words.messages.contains(&message)) else {
        let mut known: Vec<&str> = Vec::new();
        let all = forging().flat_map(|words| words.messages.iter().copied());
        all.for_each(|name| {
            if !known.contains(&name) {
                known.push(name)
            }
        });
        if known.is_empty() {
            let error = Error::new(place, quote(message), "a message of a lane that supports `send`");
            let error = error.about(About::Lanes);
            return Err(error.advise("No lane of this scenario has messages that can be forged."));
        }
        let expected = format!("the name of a message: {}", list(known.iter().copied()));
        return Err(Error::new(place, quote(message), expected).near(message, known.iter().copied()));
    };
    let position = words.messages.iter().position(|name| *name == message).unwrap_or(0);
    let fields = words.message_args[position];
    let mut args: Vec<(String, u64)> = Vec::new();
    while !cursor.is_empty() {
        let (field, place) = cursor.word("a field of the message")?;
        if !fields.contains(&field) {
            let expected = format!("a field of `{message}`: {}", list(fields.iter().copied()));
            let left = fields.iter().copied().filter(|field| args.iter().all(|(name, _)| name != field));
            return Err(Error::new(place, quote(field), expected).near(field, left));
        }
        if args.iter().any(|(name, _)| name == field) {
            return Err(Error::new(place, format!("a second {}", quote(field)), "each field only once"));
        }
        args.push((field.to_string(), cursor.number("a number", 0, NUMBER_MAX.min(u32::MAX.into()))?));
    }
    Ok((Action::Send(Forged { from, to, message: message.to_string(), args }), lanes))
}

/// True if a message name comes next: `3->4#17`.
fn names_message(cursor: &Cursor<'_>) -> bool {
    cursor.text_at(1) == "->" && cursor.text_at(2).contains('#')
}

/// `3->4#17` or `3->4#17.2`.
pub(super) fn message(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<MessageRef> {
    let what = "a pending message such as `3->4#17`";
    if !names_message(cursor) {
        let error = cursor.error(what);
        let (from, to) = (cursor.peek(), cursor.text_at(2));
        let number = format!("Add its number on the link: `{from}->{to}#1` is the first.");
        return Err(if cursor.text_at(1) == "->" && !to.is_empty() { error.advise(number) } else { error });
    }
    let from = end_of_message(scope, cursor.peek(), cursor, what)?;
    cursor.skip();
    cursor.skip();
    let word = cursor.peek();
    let place = cursor.place();
    let (to, number) = word.split_once('#').unwrap_or((word, ""));
    let to = end_of_message(scope, to, cursor, what)?;
    let (nth, copy) = number.split_once('.').unwrap_or((number, "1"));
    cursor.skip();
    match (values::digits(nth), values::digits(copy)) {
        (Some(nth @ 1..=MESSAGE_MAX), Some(copy @ 1..=255)) => {
            // Both fit, given their limits.
            Ok(MessageRef { from, to, nth: nth as u32, copy: copy as u8 })
        }
        _ => Err(Error::new(place, quote(word), what).advise(format!(
            "Messages on a link are numbered from 1 to {MESSAGE_MAX}, copies from 2 to 255."
        ))),
    }
}

fn end_of_message(scope: &Scope<'_>, word: &str, cursor: &Cursor<'_>, what: &str) -> Res<NodeId> {
    let member = || scope.member(word);
    let error = || {
        Error::new(cursor.place(), quote(word), what)
            .about(About::Nodes)
            .advise("Both ends must be nodes of the scenario.")
    };
    other(word).or_else(member).ok_or_else(error)
}

/// The lanes that contain both ends of a message.
fn of_message(scope: &Scope<'_>, message: MessageRef) -> LaneSet {
    scope.lanes_with(&Who::Node(message.from)) & scope.lanes_with(&Who::Node(message.to))
}
