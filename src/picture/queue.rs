//! What is known of a list that a service keeps: whose session runs out, why, and who waits for whom.

use crate::colour::Colour;
use crate::geometry::Links;
use crate::read::{Lane, Node, Row};
use crate::words::{fixed, list};

/// A row of the list.
pub struct Entry<'l> {
    pub row: Row,
    pub owner: &'l Node,
    /// The share of its time that is left: 1 if it does not end, or that is unknown.
    pub left: f64,
    /// How long until it ends, in microseconds; `None` if that is unknown.
    pub ends: Option<u64>,
    /// Why its owner is not heard, in a word; empty if it is.
    pub silent: &'static str,
    /// The owner is up and has a newer row: this one belongs to a session that it has lost.
    pub old: bool,
}

/// Below this share a session has missed several renewals.
const SILENT: f64 = 0.5;

/// Why the service does not act, in a word; empty if it does.
pub fn outage(lane: &Lane) -> &'static str {
    match lane.service() {
        [] => "",
        own if own.iter().all(|it| !it.up) => "down",
        own if own.iter().all(|it| it.paused || !it.up) => "paused",
        _ => "",
    }
}

/// The rows of a panel in their order.
pub fn entries<'l>(lane: &'l Lane, panel: usize, links: &Links, now: u64) -> Vec<Entry<'l>> {
    let own = lane.service();
    let mut rows: Vec<Row> = lane.rows.iter().filter(|it| it.panel == panel).copied().collect();
    rows.sort_by_key(|it| it.key);
    let entry = |row: &Row| {
        let owner = &lane.nodes[row.owner];
        let ends = row.due.filter(|_| row.of > 0).map(|due| due.saturating_sub(now));
        let left = ends.map_or(1.0, |it| (it as f64 / row.of as f64).min(1.0));
        let old = rows.iter().any(|it| it.owner == row.owner && it.key > row.key);
        let far = !own.is_empty() && !own.iter().any(|it| links.linked(it.place, row.owner));
        let silent = match owner {
            _ if ends.is_none() => "",
            it if !it.up => "down",
            it if it.paused => "paused",
            _ if far => "cut off",
            _ if old || left < SILENT => "silent",
            _ => "",
        };
        Entry { row: *row, owner, left, ends, silent, old }
    };
    rows.iter().map(entry).collect()
}

fn tenths(us: u64) -> String {
    format!("{} s", fixed(us, 1_000_000, 1))
}

impl Entry<'_> {
    /// What stands below it.
    pub fn word(&self) -> String {
        match self.ends {
            Some(ends) if !self.silent.is_empty() => tenths(ends),
            Some(_) => "heard".into(),
            None => String::new(),
        }
    }

    /// What is the matter with its owner.
    fn how(&self) -> String {
        if self.old { "has a new session".into() } else { format!("is {}", self.silent) }
    }
}

/// A line of words, with its colour.
pub type Said = (String, Colour);

/// What the panel says in at most so many lines: who is first, and whose session runs out.
pub fn said(lane: &Lane, panel: usize, all: &[Entry], most: usize) -> Vec<Said> {
    let mut lines = sayings(lane, panel, all);
    let first = all.iter().find(|it| !it.silent.is_empty());
    if let Some(silent) = first.filter(|_| most == 1 && lines.get(1).is_some_and(|it| it.1 != Colour::Mute)) {
        let ends = tenths(silent.ends.unwrap_or(0));
        lines[0].0 = format!("{} {}; its session ends in {ends}", silent.owner.label, silent.how());
    }
    lines.truncate(most);
    lines
}

fn sayings(lane: &Lane, panel: usize, all: &[Entry]) -> Vec<Said> {
    let out = outage(lane);
    if !out.is_empty() {
        let hears = if out == "down" {
            "it hears nobody; this is on its disk"
        } else {
            "it hears nobody, nothing ends"
        };
        return vec![(format!("the service is {out}"), Colour::Bad), (hears.into(), Colour::Bad)];
    }
    let Some(first) = all.first() else { return Vec::new() };
    let name = &first.owner.label;
    let calm = if first.owner.leads {
        format!("{name} is first and leads")
    } else {
        format!("{name} is first, but does not know yet")
    };
    let next = next_words(lane, panel, first);
    let silent: Vec<&Entry> = all.iter().filter(|it| !it.silent.is_empty()).collect();
    let Some((one, more)) = silent.split_first() else {
        let tone = if first.owner.leads { Colour::Leader } else { Colour::Warn };
        return [(calm, tone)].into_iter().chain(next).collect();
    };
    let who = &one.owner.label;
    let whose = if more.is_empty() { "its".to_string() } else { format!("{who}'s") };
    let old = if one.old { "old " } else { "" };
    let ends = (format!("{whose} {old}session ends in {}", tenths(one.ends.unwrap_or(0))), Colour::Warn);
    if std::ptr::eq(*one, first) {
        let leads =
            if lane.truth == Some(one.row.owner) { "leads in the queue" } else { "is first in the queue" };
        let first = (format!("{who} {leads}, but {};", one.how()), Colour::Warn);
        return [first, ends].into_iter().chain(next).collect();
    }
    let same: Vec<&str> = more
        .iter()
        .filter(|it| it.silent == one.silent && !it.old && !one.old)
        .map(|it| &*it.owner.label)
        .collect();
    let says = if !same.is_empty() && same.len() == more.len() && same.len() < 4 {
        let names: Vec<&str> = [&**who].into_iter().chain(same).collect();
        format!("{} are {};", list(&names), one.silent)
    } else if more.is_empty() {
        format!("{who} {};", one.how())
    } else {
        format!("{who} {}, and {} more are silent;", one.how(), more.len())
    };
    vec![(says, Colour::Warn), ends, (calm, Colour::Mute)]
}

/// Who waits for the first row to go.
fn next_words(lane: &Lane, panel: usize, first: &Entry) -> Option<Said> {
    let waiting = watchers(lane, panel, first);
    let text = match waiting.as_slice() {
        [] => return None,
        [one] => format!("{} is next: it alone wakes then", lane.label(Some(*one))),
        many => format!("{} wake when it goes", many.len()),
    };
    Some((text, Colour::Mute))
}

/// The places of those who wait for a row, or for any change.
pub fn watchers(lane: &Lane, panel: usize, entry: &Entry) -> Vec<usize> {
    let row = &entry.row;
    let waits = |to: Option<u64>| to.is_none_or(|it| it == row.key);
    let arrows = lane.arrows.iter().filter(|it| it.panel == panel && it.from != row.owner && waits(it.to));
    arrows.map(|it| it.from).collect()
}
