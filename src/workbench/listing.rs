//! The events of a run as a list that can be searched: by node, by kind, by rule and by text.

use election_base::SimTime;
use election_engine::lane::{Lane, Reader};
use election_engine::meter::Meter;
use election_engine::trace::{Kind, NOWHERE, Place, Record};

/// Which events a list contains. An event matches if one of its records does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Records that concern this node.
    pub node: Option<Place>,
    /// Records of these kinds: bit `n` for the `n`-th [`Kind`].
    pub kinds: u32,
    /// Records in which this rule ran; 0 for any.
    pub rule: u32,
    /// Records with this in their text, in any case.
    pub text: String,
}

impl Filter {
    fn matches(&self, lane: &Lane, r: &Record) -> bool {
        self.kinds >> (r.kind as u8) & 1 == 1
            && self.node.is_none_or(|node| r.node == node || r.peer == node)
            && (self.rule == 0 || r.rules >> self.rule & 1 == 1)
            && (self.text.is_empty() || lane.names().text(r).to_ascii_lowercase().contains(&self.text))
    }
}

/// An event as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its number.
    pub step: u32,
    /// When it happened.
    pub at: SimTime,
    /// Its first record; `None` for an event without records.
    pub first: Option<Record>,
    /// What the first record says.
    pub text: String,
    /// What followed from it, without messages that were sent as usual: a text for each record, and the node.
    pub effects: Vec<(Place, String)>,
    /// How many messages it sent.
    pub sent: u32,
}

/// The most effects that an entry has.
const EFFECTS_MAX: usize = 8;

/// Searches a lane and reads from it.
#[derive(Default)]
pub struct Listing {
    search: Reader,
    reader: Reader,
}

impl Listing {
    /// Searches from event `first` on, as far as the lane is computed, and adds the numbers of the events that match to
    /// `found`. Returns where the next call continues; `None` if the meter lasted to the end.
    pub fn search(
        &mut self,
        lane: &Lane,
        first: u32,
        filter: &Filter,
        found: &mut Vec<u32>,
        meter: &mut Meter,
    ) -> Option<u32> {
        if !self.search.turn_to(lane, first, meter) {
            return Some(first);
        }
        let mut next = first;
        while !meter.is_empty() {
            let step = self.search.read(lane, SimTime::NEVER, meter)?;
            next = step + 1;
            let Some((_, mut records, _)) = self.search.page() else { break };
            if records.any(|r| filter.matches(lane, r)) {
                found.push(step);
            }
        }
        Some(next)
    }

    /// An event by its number; `None` in it if there is no such event. `None` if the meter ran empty first: call again to
    /// continue.
    pub fn entry(&mut self, lane: &Lane, step: u32, meter: &mut Meter) -> Option<Option<Entry>> {
        if !self.reader.turn_to(lane, step, meter) {
            return None;
        }
        let read = self.reader.read(lane, SimTime::NEVER, meter);
        Some(read.filter(|it| *it == step).and_then(|_| self.told(lane, step)))
    }

    fn told(&self, lane: &Lane, step: u32) -> Option<Entry> {
        let (at, mut records, _) = self.reader.page()?;
        let names = lane.names();
        let first = records.next().copied();
        let text = first.map_or_else(|| "nothing is processed".to_string(), |r| bare(&r, names));
        let mut entry = Entry { step, at, first, text, effects: Vec::new(), sent: 0 };
        for r in records {
            entry.sent += u32::from(r.kind == Kind::Send);
            if !matches!(r.kind, Kind::Send | Kind::Wait) && entry.effects.len() < EFFECTS_MAX {
                let node = if r.node == NOWHERE { r.peer } else { r.node };
                entry.effects.push((node, bare(r, names)));
            }
        }
        Some(entry)
    }
}

/// The text of a record without the rules, which a list shows by themselves.
fn bare(r: &Record, names: &election_engine::trace::Names) -> String {
    names.text(&Record { rules: 0, ..*r })
}
