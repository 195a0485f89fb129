//! Reading `expect` and `break`.

use crate::vocabulary::{NODE_FIELDS, PROPERTIES, PROPERTY_ALIASES, STATE_VALUES, VERDICTS};
use election_base::SimTime;

use super::action::{message, moment};
use super::ast::{
    Break, Condition, Expect, Halt, LaneSet, Op, Operand, Outcome, Phase, Seeds, Subject, When, Which, Who,
};
use super::cursor::{Cursor, Res};
use super::error::{About, Error, HOLE, list, quote};
use super::lex::{Place, TokenKind};
use super::scope::{Ends, SERVICE, SERVICE_LEADER, Scope, other};
use super::table::{CLASSES, NUMBER_MAX, SEEDS, SEEDS_MAX, SUBJECTS, WHENS, names, syntax};
use super::values::digits;

/// The comparison operators.
pub(super) const OPS: &[(&str, Op)] = &[
    ("=", Op::Eq),
    ("!=", Op::Ne),
    ("<", Op::Lt),
    ("<=", Op::Le),
    (">", Op::Gt),
    (">=", Op::Ge),
    ("in", Op::In),
];

/// The quantiles over seeds, in thousandths.
pub(super) const QUANTILES: &[(&str, u32)] =
    &[("p50", 500), ("p90", 900), ("p95", 950), ("p99", 990), ("p99.9", 999), ("max", 1000)];
/// The default number of seeds.
const SEEDS_USUAL: u32 = 1000;

/// What may follow a subject.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Number,
    Time,
    Leader,
    Text,
    Verdict,
    Nothing,
}

/// Reads what follows `expect`.
pub(super) fn expect(scope: &Scope<'_>, cursor: &mut Cursor<'_>, line: u32) -> Res<Expect> {
    let lanes = scope.leading_lanes(cursor)?.lanes;
    let quantile = QUANTILES.iter().find(|(name, _)| *name == cursor.peek()).map(|(_, permille)| *permille);
    let quantile_place = cursor.place();
    if quantile.is_some() {
        cursor.skip();
    }
    let mut one_run = cursor.split(seeds_start(cursor).unwrap_or(usize::MAX));
    let seeds = seeds(cursor, quantile)?;
    let count = one_run.find(|_, text| names(WHENS).any(|name| name == text));
    let mut front = one_run.split(count.unwrap_or(usize::MAX));
    let condition = condition(scope, &mut front, lanes).map_err(offer_when)?;
    if quantile.is_some() && !is_measured(&condition) {
        let error = Error::new(quantile_place, "a quantile", "a subject measured as a number or a time");
        return Err(error.advise("For example, `p99 failover < 2s over 1000 seeds`."));
    }
    let when_place = one_run.place();
    let when =
        if one_run.is_empty() { default_when(&condition.subject) } else { when(&mut one_run, &condition)? };
    one_run.finish()?;
    if quantile.is_some() && !matches!(when, When::At(_) | When::End) {
        let error = Error::new(when_place, "a condition over time", "`at TIME` or nothing");
        return Err(error.advise("A quantile compares what each run has measured at one instant."));
    }
    Ok(Expect { condition, when, seeds, line })
}

/// Adds what may follow a complete condition.
#[cold]
#[inline(never)]
fn offer_when(error: Box<Error>) -> Box<Error> {
    if error.about != About::Surplus {
        return error;
    }
    WHENS.iter().fold(error, |error, when| error.offer(when.name, when.syntax))
}

/// The distance from the next token to the part of an expectation that specifies seeds.
fn seeds_start(cursor: &Cursor<'_>) -> Option<usize> {
    if let Some(over) = cursor.find(|_, text| text == "over") {
        return Some(over);
    }
    // The last `of`; an earlier one names a group.
    let of = (0..cursor.len()).rev().find(|&at| cursor.text_at(at) == "of")?;
    // The nearest `in` before it; an earlier one is a comparison.
    (0..of).rev().find(|&at| cursor.text_at(at) == "in")
}

/// `over COUNT seeds` or `in SHARE..SHARE of [COUNT] seeds`; `None` if no tokens remain.
fn seeds(cursor: &mut Cursor<'_>, quantile: Option<u32>) -> Res<Option<Seeds>> {
    let form = |name| format!("The form is `{}`.", syntax(SEEDS, name));
    if let Some(permille) = quantile {
        cursor.need("over").map_err(|error| error.advise(form("over")))?;
        let count = seed_count(cursor)?;
        cursor.need("seeds")?;
        cursor.finish()?;
        return Ok(Some(Seeds::Quantile { permille, count }));
    }
    if cursor.is_empty() {
        return Ok(None);
    }
    if cursor.peek() == "over" {
        let error = cursor.error("a quantile before the subject, as in `p99 failover < 2s`");
        return Err(error.advise(form("over")));
    }
    cursor.need("in")?;
    let place = cursor.place();
    let lo_ppm = cursor.share()?;
    let hi_ppm = if cursor.eat("..") { cursor.share()? } else { lo_ppm };
    if hi_ppm < lo_ppm {
        return Err(Error::new(place, "a decreasing range", "the smaller share first"));
    }
    cursor.need("of")?;
    let count = if cursor.peek() == "seeds" { SEEDS_USUAL } else { seed_count(cursor)? };
    cursor.need("seeds")?;
    cursor.finish()?;
    Ok(Some(Seeds::Share { lo_ppm, hi_ppm, count }))
}

fn seed_count(cursor: &mut Cursor<'_>) -> Res<u32> {
    Ok(cursor.number("a number of seeds", 1, SEEDS_MAX)? as u32)
}

/// Whether the condition's subject yields values that can be ordered across runs.
fn is_measured(condition: &Condition) -> bool {
    let subject = match &condition.subject {
        Subject::Of(subject, _) => subject,
        subject => subject,
    };
    !matches!(
        subject,
        Subject::Leader
            | Subject::Field(..)
            | Subject::Property(_)
            | Subject::Message(..)
            | Subject::Order(..)
    )
}

/// Reads what follows `break`.
pub(super) fn stop(scope: &Scope<'_>, cursor: &mut Cursor<'_>, line: u32) -> Res<Break> {
    let lanes = scope.leading_lanes(cursor)?.lanes;
    if cursor.eat("at") {
        let (at, after) = moment(cursor)?;
        cursor.finish()?;
        return Ok(Break { lanes, on: Halt::Moment(at, after), line });
    }
    let whole = cursor.clone();
    if let Some(count) = cursor.find(|_, text| names(WHENS).any(|name| name == text)) {
        let mut rest = whole;
        rest.split(count);
        let error = rest.error("the end of the statement");
        return Err(error.advise("`break` stops whenever its condition becomes true, so it takes no time."));
    }
    let first = cursor.peek() == HOLE;
    let condition = condition(scope, cursor, lanes);
    let offer =
        |error: Box<Error>| if first { error.offer("at", "at TIME[+K]: at this moment") } else { error };
    let mut condition = condition.map_err(offer)?;
    if matches!(condition.subject, Subject::Property(_)) && condition.op == Op::Exists {
        // The moment worth stopping at is its violation.
        (condition.op, condition.operand) = (Op::Eq, Operand::Text("broken".to_string()));
    }
    Ok(Break { lanes: condition.lanes, on: Halt::Condition(condition), line })
}

/// Reads an outcome: a condition, and when it is checked.
pub(super) fn outcome(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Expect> {
    let count = cursor.find(|_, text| names(WHENS).any(|name| name == text));
    let mut front = cursor.split(count.unwrap_or(usize::MAX));
    let mut condition = condition(scope, &mut front, lanes).map_err(offer_when)?;
    let mut checked = When::Eventually;
    if !cursor.is_empty() {
        checked = when(cursor, &condition)?;
    } else if matches!(condition.subject, Subject::Property(_)) && condition.op == Op::Exists {
        // As for `break`: a promise that holds is no outcome.
        (condition.op, condition.operand) = (Op::Eq, Operand::Text("broken".to_string()));
    }
    cursor.finish()?;
    Ok(Expect { condition, when: checked, seeds: None, line: 0 })
}

/// When a condition is checked by default: at the end of the run. A property once broken stays broken.
pub(super) fn default_when(_subject: &Subject) -> When {
    When::End
}

fn when(cursor: &mut Cursor<'_>, condition: &Condition) -> Res<When> {
    Ok(match cursor.skip() {
        "at" if cursor.eat("end") => When::End,
        "at" => When::At(SimTime(cursor.time().map_err(|error| error.offer("end", "the end of the run"))?.0)),
        "by" => When::By(SimTime(cursor.time()?.0)),
        // A verdict covers the whole run so far, so at the end it already means "always".
        "always" if matches!(condition.subject, Subject::Property(_)) => When::End,
        "always" => When::Always,
        "eventually" => When::Eventually,
        _ => When::Never,
    })
}

/// A condition, up to the cursor's end.
pub(super) fn condition(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Condition> {
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
        Takes::Leader => leader(scope, cursor, matches!(subject, Subject::Of(..)))?,
        Takes::Verdict => verdict(cursor)?,
        Takes::Text => {
            let place = cursor.rest_place();
            let found = text(cursor)?;
            check_value(scope, &subject, &found.1, place)?;
            found
        }
    };
    Ok((subject, op, operand))
}

/// Rejects a role or state that no node can have: such an expectation would test nothing.
fn check_value(scope: &Scope<'_>, subject: &Subject, operand: &Operand, place: Place) -> Res<()> {
    let known = match subject {
        // Roles of other algorithms are accepted: `!=` with one of them is true.
        Subject::Field(_, field) if field == "role" => scope.roles(),
        Subject::Field(_, field) if field == "state" => STATE_VALUES.to_vec(),
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

/// A subject of the main group, or of the group named after `of`.
fn subject(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<(Subject, Takes)> {
    let place = cursor.place();
    if cursor.eat(SERVICE_LEADER) {
        let group = scope.group(SERVICE_LEADER, place, cursor, lanes)?;
        return Ok((Subject::Of(Box::new(Subject::Leader), group), Takes::Leader));
    }
    let (subject, takes) = main_subject(scope, cursor, lanes)?;
    let of_groups = matches!(
        subject,
        Subject::Leaders
            | Subject::Leader
            | Subject::Epoch
            | Subject::Elections
            | Subject::Failover(_)
            | Subject::Failovers
            | Subject::NoLeader
            | Subject::TwoLeaders
    );
    if of_groups && cursor.eat("of") {
        let group = scope.group("of", place, cursor, lanes)?;
        return Ok((Subject::Of(Box::new(subject), group), takes));
    }
    Ok((subject, takes))
}

fn main_subject(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<(Subject, Takes)> {
    let (word, place) = cursor.word("something to expect, such as `leaders = 1`")?;
    let property = PROPERTY_ALIASES.iter().find(|(alias, _)| *alias == word).map_or(word, |(_, name)| *name);
    if PROPERTIES.iter().any(|(name, _)| *name == property) {
        return Ok((Subject::Property(property.to_string()), Takes::Verdict));
    }
    Ok(match word {
        "leaders" => (Subject::Leaders, Takes::Number),
        "leader" => (Subject::Leader, Takes::Leader),
        "node" => {
            let subject = field(scope, cursor, lanes)?;
            let takes = if matches!(subject, Subject::Order(..)) { Takes::Nothing } else { Takes::Text };
            (subject, takes)
        }
        "message" => (number_of_message(scope, cursor, lanes)?, Takes::Number),
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
            let names = ["accepted", "rejected", "conflicting", "acknowledged", "lost"];
            let outcomes = [
                Outcome::Accepted,
                Outcome::Rejected,
                Outcome::Conflicting,
                Outcome::Acknowledged,
                Outcome::Lost,
            ];
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
                "something to expect: {}, or a property: {}",
                list(names(SUBJECTS)),
                list(PROPERTIES.iter().map(|(name, _)| *name))
            );
            let aliases = PROPERTY_ALIASES.iter().map(|(alias, _)| *alias);
            let mut known: Vec<&str> = known.chain(aliases).collect();
            known.extend(scope.lane_names());
            let with_syntax = known.into_iter().map(|name| (name, syntax(SUBJECTS, name)));
            let served = scope.lanes_where(|words| words.groups.contains(&SERVICE)) & lanes == lanes;
            let error = Error::new(place, quote(word), expected).near_in(word, &mut { with_syntax });
            return Err(error.without(&|word| word == SERVICE_LEADER && !served));
        }
    })
}

/// `WHO FIELD` after `node`.
fn field(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Subject> {
    let place_of_who = cursor.place();
    let who = scope.one_who(cursor, Ends::Nodes);
    let who = who.map_err(|error| error.without(&|word| ["all", "majority", "minority"].contains(&word)))?;
    if matches!(who, Who::All | Who::Majority | Who::Minority) {
        let error = Error::new(cursor.place(), quote(&who.to_string()), "one node, such as `3` or `leader`");
        return Err(error.advise("Write one line for each node."));
    }
    if cursor.eat("order") {
        if !matches!(who, Who::Node(_)) {
            let error = Error::new(place_of_who, quote(&who.to_string()), "the id of a node");
            return Err(error.advise("Order is recorded by node, not by role."));
        }
        return Ok(Subject::Order(who, rules(scope, cursor, lanes)?));
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

/// `R5 R7 …`, up to the cursor's end.
fn rules(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Vec<u32>> {
    let of_lanes = scope.lanes.iter().enumerate().filter(|(i, _)| lanes >> i & 1 == 1);
    let most = of_lanes.map(|(_, lane)| scope.vocabulary[lane.algorithm].rules).max().unwrap_or(0);
    let mut rules = Vec::new();
    while rules.is_empty() || !cursor.is_empty() {
        let (word, place) = cursor.word("a rule such as `R1`")?;
        let number = word.strip_prefix(['R', 'r']).and_then(digits);
        match number {
            Some(n) if (1..=u64::from(most)).contains(&n) => rules.push(n as u32),
            _ => return Err(Error::new(place, quote(word), format!("a rule, `R1` to `R{most}`"))),
        }
    }
    Ok(rules)
}

/// `3->4#1 id` after `message`.
fn number_of_message(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Subject> {
    let message = message(scope, cursor)?;
    let (name, place) = cursor.word("a field of the message")?;
    let of_lanes = scope.lanes.iter().enumerate().filter(|(i, _)| lanes >> i & 1 == 1);
    let all = of_lanes.flat_map(|(_, lane)| scope.vocabulary[lane.algorithm].message_args);
    let mut known: Vec<&str> = Vec::new();
    all.flat_map(|args| args.iter().copied()).for_each(|arg| {
        if !known.contains(&arg) {
            known.push(arg);
        }
    });
    if !known.contains(&name) {
        let expected = format!("a field of a message: {}", list(known.iter().copied()));
        return Err(Error::new(place, quote(name), expected).near(name, known));
    }
    Ok(Subject::Message(message, name.to_string()))
}

/// Nothing, or `= VERDICT`, or `!= VERDICT`.
fn verdict(cursor: &mut Cursor<'_>) -> Res<(Op, Operand)> {
    if cursor.is_empty() {
        return Ok((Op::Exists, Operand::None));
    }
    let place = cursor.place();
    let op = op(cursor).map_err(|error| error.without(&|word| !matches!(word, "=" | "!=")))?;
    if !matches!(op, Op::Eq | Op::Ne) {
        return Err(Error::new(place, "a size comparison", "`=` or `!=` and a verdict"));
    }
    let names: Vec<&str> = VERDICTS.iter().map(|(name, _)| *name).collect();
    let position = cursor.choice("a verdict: ", &names)?;
    Ok((op, Operand::Text(names[position].to_string())))
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
    let expected = format!("a class or name of messages: `all`, {}", list(known.clone()));
    Err(Error::new(place, quote(word), expected).near(word, known))
}

/// The comparison operator that comes next.
fn op(cursor: &mut Cursor<'_>) -> Res<Op> {
    let found = OPS.iter().find(|(text, _)| *text == cursor.peek());
    match found {
        Some(&(_, op)) => {
            cursor.skip();
            Ok(op)
        }
        None => {
            let mut error =
                cursor.error(format!("a comparison: {}", list(OPS.iter().map(|(text, _)| *text))));
            for (text, _) in OPS {
                error = error.offer(text, "");
            }
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
        return Err(Error::new(place, format!("`{lo}..{hi}`"), "the smaller number first"));
    }
    Ok((op, Operand::Numbers(lo, hi)))
}

fn time(cursor: &mut Cursor<'_>) -> Res<(Op, Operand)> {
    let op = op(cursor)?;
    if op == Op::In {
        // `in 3s` means `in 3s..3s`.
        let range = cursor.times()?;
        return Ok((op, Operand::Spans(range.lo, range.hi)));
    }
    Ok((op, Operand::Span(cursor.time()?)))
}

/// Nothing, `= 3`, `!= 3`, `= none`, or a comparison of ids. A node of the service may lead a group.
fn leader(scope: &Scope<'_>, cursor: &mut Cursor<'_>, of_group: bool) -> Res<(Op, Operand)> {
    if cursor.is_empty() {
        return Ok((Op::Exists, Operand::None));
    }
    let before = cursor.clone();
    let op = op(cursor)?;
    if matches!(op, Op::Eq | Op::Ne) {
        if cursor.eat("none") {
            return Ok((op, Operand::None));
        }
        let service = other(cursor.peek()).filter(|id| of_group && id.is_service());
        let id = match service {
            Some(id) => {
                cursor.skip();
                id
            }
            None => cursor.member(scope.nodes)?,
        };
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
        return Err(cursor.error("the text to compare the field with"));
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    cursor.split(usize::MAX);
    Ok((op, Operand::Text(words.join(" "))))
}

/// True for words that cannot name a lane because they have a meaning where a lane is named.
pub(super) fn is_reserved(word: &str) -> bool {
    let roles = super::table::ROLES;
    names(SUBJECTS).chain(names(roles)).any(|name| name == word)
        || ["term", "end", "none", "on", "off"].contains(&word)
        || PROPERTIES.iter().any(|(name, _)| *name == word)
        || PROPERTY_ALIASES.iter().any(|(name, _)| *name == word)
        || names(WHENS).any(|name| name == word)
        || QUANTILES.iter().any(|(name, _)| *name == word)
        || other(word).is_some()
}
