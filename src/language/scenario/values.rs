//! Numbers, times, shares and the values of settings.

use crate::vocabulary::{Kind, Setting, Value};
use election_base::{Delay, NodeId, Span, SpanRange};

use super::cursor::{Cursor, Res};
use super::error::{About, Error, list, quote};
use super::lex::{Document, Place, TokenKind};
use super::scope::Nodes;
use super::table::{SKEW_MAX, TIME_MAX};

/// Why a word is not a valid number with a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    /// It does not start with a digit.
    NoNumber,
    /// It has no unit.
    NoUnit,
    /// Its unit is unknown.
    Unit,
    /// It is not a whole number of the smallest unit.
    Fine,
    /// It is too large.
    Large,
}

const TIME_UNITS: &[(&str, u64)] =
    &[("us", 1), ("ms", 1_000), ("s", 1_000_000), ("min", 60_000_000), ("h", 3_600_000_000)];
const SHARE_UNITS: &[(&str, u64)] = &[("%", 10_000), ("ppm", 1)];
const SHARE_MAX: u64 = 1_000_000;
const DRIFT_MAX: u64 = 500_000;

/// A decimal number with a unit, converted to the smallest unit.
fn quantity(word: &str, units: &[(&str, u64)], max: u64) -> Result<u64, Fault> {
    let unit_at = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
    let (number, unit) = word.split_at(unit_at);
    let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || rest.is_empty() || rest.contains('.') {
        return Err(Fault::NoNumber);
    }
    if unit.is_empty() {
        // Zero is the same in every unit.
        return if number.bytes().all(|b| b == b'0') { Ok(0) } else { Err(Fault::NoUnit) };
    }
    let scale = units.iter().find(|(name, _)| *name == unit).ok_or(Fault::Unit)?.1;
    let whole = whole.parse::<u64>().ok().and_then(|n| n.checked_mul(scale)).ok_or(Fault::Large)?;
    let rest = rest.trim_end_matches('0');
    // No unit here needs more than nine decimals, and their product fits in 64 bits.
    if rest.len() > 9 {
        return Err(Fault::Fine);
    }
    let digits = if rest.is_empty() { 0 } else { rest.parse::<u64>().map_err(|_| Fault::NoNumber)? };
    let (parts, one) = (digits * scale, 10u64.pow(rest.len() as u32));
    if parts % one != 0 {
        return Err(Fault::Fine);
    }
    whole.checked_add(parts / one).filter(|&sum| sum <= max).ok_or(Fault::Large)
}

/// The units that people write for those of the language.
const UNIT_SYNONYMS: &[(&str, &[&str])] = &[
    ("us", &["μs", "µs", "usec", "micros", "microseconds"]),
    ("ms", &["msec", "msecs", "millis", "millisecond", "milliseconds"]),
    ("s", &["sec", "secs", "second", "seconds", "S"]),
    ("min", &["mins", "minute", "minutes"]),
    ("h", &["hr", "hrs", "hour", "hours"]),
];

/// A number with the right unit instead of another word for it.
fn with_unit(word: &str) -> Option<String> {
    let (number, unit) = word.split_at(word.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    let known = UNIT_SYNONYMS.iter().find(|(_, others)| others.contains(&unit))?.0;
    Some(format!("{number}{known}")).filter(|fixed| span(fixed).is_some())
}

/// `usual` is the unit that a number without one most likely has.
fn time_error(word: &str, place: Place, fault: Fault, what: &str, usual: &str) -> Box<Error> {
    let error = Error::new(place, quote(word), what).about(About::Time);
    match fault {
        Fault::NoNumber => error,
        Fault::NoUnit => {
            error.instead(format!("{word}{usual}")).advise("A time has a unit: us, ms, s, min or h.")
        }
        Fault::Unit => {
            let error = error.advise("The units are us, ms, s, min and h.");
            match with_unit(word) {
                Some(fixed) => error.instead(fixed),
                None => error,
            }
        }
        Fault::Fine => error.advise("The shortest time is 1us."),
        Fault::Large => error.advise("The longest time is 24 hours, `24h`."),
    }
}

/// A length of time in one word; `None` if it is not one.
pub(super) fn span(word: &str) -> Option<Span> {
    quantity(word, TIME_UNITS, TIME_MAX.0).ok().map(Span)
}

/// A delay as text: a range, and its tail if it has one.
pub fn delay_text(delay: Delay) -> String {
    let times = delay.range.to_string();
    if delay.tail_ppm == 0 {
        return times;
    }
    format!("{times} with {} up to {}", share_text(delay.tail_ppm), delay.tail_max)
}

/// A share in one word, in millionths; `None` if it is not one.
pub(super) fn share(word: &str) -> Option<u32> {
    quantity(word, SHARE_UNITS, SHARE_MAX).ok().and_then(|ppm| u32::try_from(ppm).ok())
}

/// A share as text: `1%`, `0.25%`, `250ppm`, `0`.
pub(super) fn share_text(ppm: u32) -> String {
    match (ppm / 10_000, ppm % 10_000) {
        (0, 0) => "0".to_string(),
        (0, 1..1_000) => format!("{ppm}ppm"),
        (whole, 0) => format!("{whole}%"),
        (whole, rest) => format!("{whole}.{}%", format!("{rest:04}").trim_end_matches('0')),
    }
}

/// A whole number in one word.
pub(super) fn digits(word: &str) -> Option<u64> {
    let all = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    if all { word.parse().ok() } else { None }
}

impl Cursor<'_> {
    /// A length of time.
    pub fn time(&mut self) -> Res<Span> {
        self.time_in("s", "a time such as `150ms`")
    }

    /// A length of time. `usual` is the unit that a small number without one most likely has.
    fn time_in(&mut self, usual: &str, what: &str) -> Res<Span> {
        let (word, place) = self.word(what)?;
        let found = quantity(word, TIME_UNITS, TIME_MAX.0).map(Span);
        let unit = if digits(word).is_some_and(|number| number < 100) { usual } else { "ms" };
        found.map_err(|fault| {
            // `2 s` is one time, written as two words.
            let next = self.peek();
            if fault == Fault::NoUnit
                && self.kind() == Some(TokenKind::Word)
                && span(&format!("1{next}")).is_some()
            {
                let mut error = time_error(word, place.to(self.place()), fault, what, next);
                error.found = quote(&format!("{word} {next}"));
                return error.advise("Write the unit without a space.");
            }
            time_error(word, place, fault, what, unit)
        })
    }

    /// `a..b`, or one length of time.
    pub fn times(&mut self) -> Res<SpanRange> {
        let start = self.place();
        let lo = self.time_in("ms", "a time such as `5ms` or a range such as `5ms..15ms`")?;
        if !self.eat("..") {
            return Ok(SpanRange::exactly(lo));
        }
        let end = self.place();
        let hi = self.time_in("ms", "a time such as `150ms`")?;
        if hi < lo {
            let (lo, hi) = (lo.to_string(), hi.to_string());
            let found = format!("`{lo}..{hi}`");
            let error = Error::new(start.to(end), found, "the shorter time first");
            return Err(error.advise(format!("Write `{hi}..{lo}`.")));
        }
        Ok(SpanRange { lo, hi })
    }

    /// `a..b`, or one length of time, with an optional tail: `with 1% up to 400ms`.
    pub fn delay(&mut self) -> Res<Delay> {
        let range = self.times()?;
        if !self.eat("with") {
            return Ok(Delay::from(range));
        }
        let share_place = self.place();
        let tail_ppm = self.share()?;
        if tail_ppm == 0 {
            let error = Error::new(share_place, "`0`", "a share above 0");
            return Err(error.advise("Leave out `with …`: without it no message takes longer."));
        }
        self.need("up")?;
        self.need("to")?;
        let place = self.place();
        let tail_max = self.time_in("ms", "a time such as `150ms`")?;
        if tail_max <= range.hi {
            let (found, least) = (tail_max.to_string(), range.hi.to_string());
            return Err(Error::new(place, format!("`{found}`"), format!("a time above {least}")));
        }
        Ok(Delay { range, tail_ppm, tail_max })
    }

    /// A share of messages, in millionths.
    pub fn share(&mut self) -> Res<u32> {
        let what = "a share such as `1%` or `500ppm`";
        let (word, place) = self.word(what)?;
        let found = quantity(word, SHARE_UNITS, SHARE_MAX).map_err(|fault| {
            let error = Error::new(place, quote(word), what);
            match fault {
                Fault::NoNumber => error,
                Fault::NoUnit => error.instead(format!("{word}%")).advise("A share has a unit: % or ppm."),
                Fault::Unit => error.advise("The units are % and ppm."),
                Fault::Fine => error.advise("The smallest share is 1ppm."),
                Fault::Large => error.advise("The largest share is 100%."),
            }
        })?;
        Ok(u32::try_from(found).unwrap_or(u32::MAX))
    }

    /// A clock drift in millionths, with a sign.
    pub fn drift(&mut self) -> Res<i32> {
        let what = "a clock drift such as `+3%` or `-200ppm`";
        let (word, place) = self.word(what)?;
        let (negative, size) = signed(word);
        let ppm = quantity(size, SHARE_UNITS, DRIFT_MAX).map_err(|fault| {
            let error = Error::new(place, quote(word), what);
            match fault {
                Fault::NoNumber => error,
                Fault::Large => error.advise("The limits are -50% and +50%."),
                Fault::Fine => error.advise("The smallest drift is 1ppm."),
                Fault::NoUnit => error.instead(format!("{word}%")).advise("A share has a unit: % or ppm."),
                Fault::Unit => error.advise("The units are % and ppm."),
            }
        })?;
        let ppm = i32::try_from(ppm).unwrap_or(i32::MAX);
        Ok(if negative { -ppm } else { ppm })
    }

    /// A clock offset in microseconds, with a sign.
    pub fn skew(&mut self) -> Res<i64> {
        let what = "a clock offset such as `+300ms` or `-2s`";
        let (word, place) = self.word(what)?;
        let (negative, size) = signed(word);
        let us = quantity(size, TIME_UNITS, SKEW_MAX.0)
            .map_err(|fault| time_error(word, place, fault, what, "ms"))?;
        let us = i64::try_from(us).unwrap_or(i64::MAX);
        Ok(if negative { -us } else { us })
    }

    /// A whole number from `min` to `max`.
    pub fn number(&mut self, what: &str, min: u64, max: u64) -> Res<u64> {
        let (word, place) = self.word(what)?;
        match digits(word) {
            Some(number) if (min..=max).contains(&number) => Ok(number),
            _ => {
                let expected =
                    if max == u64::MAX { what.to_string() } else { format!("{what} from {min} to {max}") };
                Err(Error::new(place, quote(word), expected))
            }
        }
    }

    /// `on` or `off`.
    pub fn switch(&mut self) -> Res<bool> {
        Ok(self.choice("one of ", &["on", "off"])? == 0)
    }

    /// The id of a member: one of `nodes`.
    pub fn member(&mut self, nodes: Nodes<'_>) -> Res<NodeId> {
        let (word, place) = self.word("the id of a node")?;
        nodes.find(word).ok_or_else(|| {
            let expected = format!("the id of a node: {}", ids_text(nodes.ids));
            nodes.offer(word, Error::new(place, quote(word), expected).about(About::Nodes))
        })
    }

    /// A value of a setting, up to the cursor's end.
    pub fn value(&mut self, kind: Kind, nodes: Nodes<'_>) -> Res<Value> {
        let place = self.rest_place();
        let value = match kind {
            Kind::Span { min, max } => {
                let span = self.time_in("ms", "a time such as `150ms`")?;
                self.within(place, span, span, min, max)?;
                Value::Span(span)
            }
            Kind::Range { min, max } => {
                let range = self.times()?;
                self.within(place, range.lo, range.hi, min, max)?;
                Value::Range(range)
            }
            Kind::Switch => Value::Switch(self.switch()?),
            Kind::Number { min, max } => Value::Number(self.number("a whole number", min, max)?),
            Kind::Choice(names) => Value::Choice(self.choice("one of ", names)?),
            Kind::Ids => Value::Ids(self.ids(nodes)?),
        };
        self.finish()?;
        Ok(value)
    }

    fn within(&self, place: Place, lo: Span, hi: Span, min: Span, max: Span) -> Res<()> {
        if min <= lo && hi <= max {
            return Ok(());
        }
        let found = if lo < min { lo } else { hi };
        let [found, min, max] = [found, min, max].map(|time| time.to_string());
        Err(Error::new(place, format!("`{found}`"), format!("a time from {min} to {max}")))
    }

    /// `all`, `none` or a list of distinct members.
    fn ids(&mut self, nodes: Nodes<'_>) -> Res<Vec<NodeId>> {
        if self.eat("all") {
            return Ok(nodes.ids.to_vec());
        }
        if self.eat("none") {
            return Ok(Vec::new());
        }
        if self.is_empty() {
            return Err(self.error("node ids, `all` or `none`"));
        }
        let mut ids = Vec::new();
        while self.kind() == Some(TokenKind::Word) {
            let place = self.place();
            let listed = |word: &str| nodes.find(word).is_some_and(|id| ids.contains(&id));
            let id = self.member(nodes).map_err(|error| error.without(&listed))?;
            if ids.contains(&id) {
                return Err(Error::new(place, format!("a second `{id}`"), "each id only once"));
            }
            ids.push(id);
        }
        Ok(ids)
    }
}

fn signed(word: &str) -> (bool, &str) {
    match word.strip_prefix('-') {
        Some(size) => (true, size),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    }
}

/// The ids for an error; only the first ones if there are many.
fn ids_text(nodes: &[NodeId]) -> String {
    const SHOWN_MAX: usize = 9;
    let names: Vec<String> = nodes.iter().take(SHOWN_MAX).map(ToString::to_string).collect();
    let mut text = list(names.iter().map(String::as_str));
    if nodes.len() > SHOWN_MAX {
        text.push_str(&format!(", … ({} nodes)", nodes.len()));
    }
    text
}

/// The default value of `setting`.
///
/// # Panics
/// If the default does not match the setting's own kind. That is a bug in the program; a test reads the
/// defaults of every algorithm.
pub fn default_value(setting: &Setting, nodes: &[NodeId]) -> Value {
    // The default is parsed as if it appeared in a text.
    let document = Document::new(setting.default);
    let nodes = Nodes { ids: nodes, names: &[] };
    let read = document
        .statements()
        .next()
        .map(|statement| Cursor::new(document.text, statement).value(setting.kind, nodes));
    match read {
        Some(Ok(value)) => value,
        Some(Err(error)) => panic!("default of {}: {error}", setting.name),
        None => panic!("default of {} is empty", setting.name),
    }
}

/// `value` as text, as it follows the name of a setting of that kind.
pub fn value_text(kind: Kind, value: &Value) -> String {
    match value {
        Value::Span(span) => span.to_string(),
        Value::Range(range) => range.to_string(),
        Value::Switch(on) => switch_text(*on).to_string(),
        Value::Number(number) => number.to_string(),
        Value::Choice(position) => match kind {
            Kind::Choice(names) => names.get(*position).unwrap_or(&"").to_string(),
            _ => String::new(),
        },
        Value::Ids(ids) if ids.is_empty() => "none".to_string(),
        Value::Ids(ids) => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// `on` or `off`.
pub(super) fn switch_text(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
