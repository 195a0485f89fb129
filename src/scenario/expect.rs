//! Reading `expect` and `break`.

use crate::base::SimTime;
use crate::words::{NODE_FIELDS, PROPERTIES, PROPERTY_ALIASES, ROLE_VALUES, STATE_VALUES};

use super::ast::{Break, Condition, Expect, LaneSet, Op, Operand, Outcome, Phase, Subject, When, Which, Who};
use super::cursor::{Cursor, Res};
use super::error::{Error, list, quote};
use super::lex::{Place, TokenKind};
use super::scope::{Ends, Scope, other};
use super::table::{CLASSES, NUMBER_MAX, SUBJECTS, WHENS, names, syntax};

/// The signs of comparison.
pub(super) const OPS: &[(&str, Op)] = &[
    ("=", Op::Eq),
    ("!=", Op::Ne),
    ("<", Op::Lt),
    ("<=", Op::Le),
    (">", Op::Gt),
    (">=", Op::Ge),
    ("in", Op::In),
];

/// What follows a subject.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Number,
    Time,
    Leader,
    Text,
    Nothing,
}

/// Reads what follows `expect`.
pub(super) fn expect(scope: &Scope<'_>, cursor: &mut Cursor<'_>, line: u32) -> Res<Expect> {
    let lanes = scope.leading_lanes(cursor)?.lanes;
    let count = cursor.find(|_, text| names(WHENS).any(|name| name == text));
    let mut front = cursor.split(count.unwrap_or(usize::MAX));
    let condition = condition(scope, &mut front, lanes)?;
    let when = if cursor.is_empty() { default_when(&condition.subject) } else { when(cursor)? };
    cursor.finish()?;
    Ok(Expect { condition, when, line })
}

/// Reads what follows `break`.
pub(super) fn stop(scope: &Scope<'_>, cursor: &mut Cursor<'_>, line: u32) -> Res<Break> {
    let lanes = scope.leading_lanes(cursor)?.lanes;
    let whole = cursor.clone();
    if let Some(count) = cursor.find(|_, text| names(WHENS).any(|name| name == text)) {
        let mut rest = whole;
        rest.split(count);
        let error = rest.error("the end of the statement");
        return Err(error.advise("`break` stops whenever its condition becomes true; it takes no time."));
    }
    let mut condition = condition(scope, cursor, lanes)?;
    if matches!(condition.subject, Subject::Property(_)) {
        // A property holds from the start, so what is worth stopping at is its violation.
        condition.op = Op::Eq;
    }
    Ok(Break { condition, line })
}

/// When a condition is asked for where its text does not say.
pub(super) fn default_when(subject: &Subject) -> When {
    match subject {
        // What is promised only in time is asked for when the time is over.
        Subject::Property(name) if name == "leader-eventually" => When::End,
        Subject::Property(_) => When::Always,
        _ => When::End,
    }
}

fn when(cursor: &mut Cursor<'_>) -> Res<When> {
    Ok(match cursor.skip() {
        "at" if cursor.eat("end") => When::End,
        "at" => When::At(SimTime(cursor.time()?.0)),
        "by" => When::By(SimTime(cursor.time()?.0)),
        "always" => When::Always,
        "eventually" => When::Eventually,
        _ => When::Never,
    })
}

/// A condition, up to the cursor's end.
fn condition(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Condition> {
    let (word, _) = (cursor.peek(), cursor.place());
    let read = subject_and_operand(scope, cursor, lanes).and_then(|found| cursor.finish().map(|()| found));
    let (subject, op, operand) = read.map_err(|error| {
        let form = syntax(SUBJECTS, if word == "term" { "epoch" } else { word });
        if error.advice.is_none() && error.nearest.is_none() && !form.is_empty() {
            error.advise(format!("The form is `{form}`."))
        } else {
            error
        }
    })?;
    Ok(Condition { lanes, subject, op, operand })
}

fn subject_and_operand(
    scope: &Scope<'_>,
    cursor: &mut Cursor<'_>,
    lanes: LaneSet,
) -> Res<(Subject, Op, Operand)> {
    let (subject, takes) = subject(scope, cursor, lanes)?;
    let (op, operand) = match takes {
        Takes::Nothing => (Op::Exists, Operand::None),
        Takes::Number => number(cursor)?,
        Takes::Time => time(cursor)?,
        Takes::Leader => leader(scope, cursor)?,
        Takes::Text => {
            let place = cursor.rest_place();
            let found = text(cursor)?;
            check_value(&subject, &found.1, place)?;
            found
        }
    };
    Ok((subject, op, operand))
}

/// A role or state that no node can ever have would make an expectation that tests nothing.
fn check_value(subject: &Subject, operand: &Operand, place: Place) -> Res<()> {
    let known = match subject {
        Subject::Field(_, field) if field == "role" => ROLE_VALUES,
        Subject::Field(_, field) if field == "state" => STATE_VALUES,
        _ => return Ok(()),
    };
    match operand {
        Operand::Text(value) if !known.contains(&value.as_str()) => {
            let expected = format!("one of {}", list(known.iter().copied()));
            Err(Error::new(place, quote(value), expected).near(value, known.iter().copied()))
        }
        _ => Ok(()),
    }
}

fn subject(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<(Subject, Takes)> {
    let (word, place) = cursor.word("something that can be expected, as `leaders = 1`")?;
    let property = PROPERTY_ALIASES.iter().find(|(alias, _)| *alias == word).map_or(word, |(_, name)| *name);
    if PROPERTIES.iter().any(|(name, _)| *name == property) {
        return Ok((Subject::Property(property.to_string()), Takes::Nothing));
    }
    Ok(match word {
        "leaders" => (Subject::Leaders, Takes::Number),
        "leader" => (Subject::Leader, Takes::Leader),
        "node" => (field(scope, cursor, lanes)?, Takes::Text),
        "epoch" | "term" => (Subject::Epoch, Takes::Number),
        "messages" | "delivered" => {
            let which = which(scope, cursor, lanes)?;
            (Subject::Messages { delivered: word == "delivered", which }, Takes::Number)
        }
        "elections" => (Subject::Elections, Takes::Number),
        "failover" if cursor.eat("detection") => (Subject::Failover(Phase::Detection), Takes::Time),
        "failover" if cursor.eat("election") => (Subject::Failover(Phase::Election), Takes::Time),
        "failover" => (Subject::Failover(Phase::Whole), Takes::Time),
        "failovers" => (Subject::Failovers, Takes::Number),
        "writes" => {
            let outcomes = [Outcome::Accepted, Outcome::Rejected, Outcome::Conflicting, Outcome::Lost];
            let names = ["accepted", "rejected", "conflicting", "lost"];
            (Subject::Writes(outcomes[cursor.choice("one of ", &names)?]), Takes::Number)
        }
        "time" => match cursor.choice("one of ", &["no-leader", "two-leaders"])? {
            0 => (Subject::NoLeader, Takes::Time),
            _ => (Subject::TwoLeaders, Takes::Time),
        },
        "pending" => (Subject::Pending, Takes::Number),
        _ => {
            let properties = PROPERTIES.iter().map(|(name, _)| *name);
            let known = names(SUBJECTS).chain(["term"]).chain(properties);
            let expected = format!(
                "something that can be expected: {}, or a property: {}",
                list(names(SUBJECTS)),
                list(PROPERTIES.iter().map(|(name, _)| *name))
            );
            let aliases = PROPERTY_ALIASES.iter().map(|(alias, _)| *alias);
            let mut known: Vec<&str> = known.chain(aliases).collect();
            known.extend(scope.lane_names());
            return Err(Error::new(place, quote(word), expected).near(word, known));
        }
    })
}

/// `WHO FIELD` behind `node`.
fn field(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Subject> {
    let who = scope.one_who(cursor, Ends::Nodes)?;
    if matches!(who, Who::All | Who::Majority | Who::Minority) {
        let error = Error::new(cursor.place(), quote(&who.to_string()), "one node, such as `3` or `leader`");
        return Err(error.advise("Write one line for each node."));
    }
    let (name, place) = cursor.word("a field of the node")?;
    let of_lanes = || {
        let lanes = scope.lanes.iter().enumerate().filter(|(i, _)| lanes >> i & 1 == 1);
        lanes.flat_map(|(_, lane)| scope.vocabulary[lane.algorithm].fields.iter().copied())
    };
    let known = || NODE_FIELDS.iter().map(|(name, _)| *name).chain(of_lanes());
    let name = if name == "term" && !of_lanes().any(|field| field == "term") { "epoch" } else { name };
    if !known().any(|field| field == name) {
        let mut fields: Vec<&str> = known().collect();
        let mut seen = std::collections::BTreeSet::new();
        fields.retain(|field| seen.insert(*field));
        let expected = format!("a field of the node: {}", list(fields.iter().copied()));
        return Err(Error::new(place, quote(name), expected).near(name, fields));
    }
    Ok(Subject::Field(who, name.to_string()))
}

/// Which messages: a class, a name, or all of them.
fn which(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Which> {
    if cursor.kind() != Some(TokenKind::Word) || cursor.peek() == "in" || cursor.eat("all") {
        return Ok(Which::All);
    }
    let (word, place) = cursor.word("messages")?;
    if CLASSES.contains(&word) {
        return Ok(Which::Class(word.to_string()));
    }
    let lanes = scope.lanes.iter().enumerate().filter(|(i, _)| lanes >> i & 1 == 1);
    let mut messages: Vec<&str> =
        lanes.flat_map(|(_, lane)| scope.vocabulary[lane.algorithm].messages.iter().copied()).collect();
    let mut seen = std::collections::BTreeSet::new();
    messages.retain(|name| seen.insert(*name));
    if messages.contains(&word) {
        return Ok(Which::Named(word.to_string()));
    }
    let known = CLASSES.iter().copied().chain(messages.iter().copied());
    let expected = format!("a class or a name of messages: `all`, {}", list(known.clone()));
    Err(Error::new(place, quote(word), expected).near(word, known))
}

/// The sign of comparison that comes next.
fn op(cursor: &mut Cursor<'_>) -> Res<Op> {
    let found = OPS.iter().find(|(text, _)| *text == cursor.peek());
    match found {
        Some(&(_, op)) => {
            cursor.skip();
            Ok(op)
        }
        None => {
            let error = cursor.error(format!("a comparison: {}", list(OPS.iter().map(|(text, _)| *text))));
            let value = cursor.peek();
            let number = value.starts_with(|c: char| c.is_ascii_digit());
            Err(if number { error.advise(format!("Write `= {value}`.")) } else { error })
        }
    }
}

fn number(cursor: &mut Cursor<'_>) -> Res<(Op, Operand)> {
    let op = op(cursor)?;
    let lo = cursor.number("a number", 0, NUMBER_MAX)?;
    if op != Op::In {
        return Ok((op, Operand::Number(lo)));
    }
    cursor.need("..")?;
    let place = cursor.place();
    let hi = cursor.number("a number", 0, NUMBER_MAX)?;
    if hi < lo {
        return Err(Error::new(place, format!("`{lo}..{hi}`"), "a range that starts with its smaller end"));
    }
    Ok((op, Operand::Numbers(lo, hi)))
}

fn time(cursor: &mut Cursor<'_>) -> Res<(Op, Operand)> {
    let op = op(cursor)?;
    if op == Op::In {
        // `in 3s` reads as `in 3s..3s`.
        let range = cursor.times()?;
        return Ok((op, Operand::Spans(range.lo, range.hi)));
    }
    Ok((op, Operand::Span(cursor.time()?)))
}

/// Nothing, `= 3`, `!= 3`, `= none`, or a comparison of ids.
fn leader(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<(Op, Operand)> {
    if cursor.is_empty() {
        return Ok((Op::Exists, Operand::None));
    }
    let before = cursor.clone();
    let op = op(cursor)?;
    if matches!(op, Op::Eq | Op::Ne) {
        if cursor.eat("none") {
            return Ok((op, Operand::None));
        }
        let id = cursor.member(scope.nodes)?;
        return Ok((op, Operand::Number(id.0.into())));
    }
    *cursor = before;
    number(cursor)
}

/// `[=] WORDS`, `!= WORDS`, or a comparison of numbers.
fn text(cursor: &mut Cursor<'_>) -> Res<(Op, Operand)> {
    let before = cursor.clone();
    let op = match cursor.kind() {
        Some(TokenKind::Compare) => op(cursor)?,
        Some(_) if cursor.peek() == "in" => op(cursor)?,
        _ => Op::Eq,
    };
    if !matches!(op, Op::Eq | Op::Ne) {
        *cursor = before;
        return number(cursor);
    }
    let rest = cursor.rest();
    if rest.is_empty() {
        return Err(cursor.error("the text that the field should have"));
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    cursor.split(usize::MAX);
    Ok((op, Operand::Text(words.join(" "))))
}

/// True for words that a lane cannot be called by, because they mean something where a lane is named.
pub(super) fn is_reserved(word: &str) -> bool {
    let roles = super::table::ROLES;
    names(SUBJECTS).chain(names(roles)).any(|name| name == word)
        || ["term", "end", "none", "on", "off"].contains(&word)
        || PROPERTIES.iter().any(|(name, _)| *name == word)
        || PROPERTY_ALIASES.iter().any(|(name, _)| *name == word)
        || names(WHENS).any(|name| name == word)
        || other(word).is_some()
}
