//! Pages through the trace of a run of any length, so that only one page is in memory at a time.
//!
//! A lane returns the records of a period up to a limit, and the limit may cut between two records of the same
//! instant. A full page therefore yields only its complete instants, and the next page begins with the instant that
//! was cut. If a single instant fills the page, it is fetched again with a higher limit. No record is lost, and none
//! is repeated.

use std::collections::VecDeque;

use election_playground::base::SimTime;
use election_playground::lane::Lane;
use election_playground::meter::Meter;
use election_playground::timeline::Timeline;
use election_playground::trace::Record;

/// The number of records per page.
pub const PAGE: usize = 1 << 16;

/// The records of one lane, in order.
pub struct Pages {
    next: Option<SimTime>,
    to: SimTime,
    limit: usize,
    buffer: VecDeque<Record>,
}

impl Pages {
    /// The records from `from` to `to`, both ends included, `page` of them at a time.
    pub fn new(from: SimTime, to: SimTime, page: usize) -> Pages {
        Pages { next: (from <= to).then_some(from), to, limit: page.max(1), buffer: VecDeque::new() }
    }

    /// The next record, without consuming it.
    pub fn peek(&mut self, lane: &mut Lane) -> Option<&Record> {
        while self.buffer.is_empty() {
            let from = self.next?;
            self.fetch(lane, from);
        }
        self.buffer.front()
    }

    /// The next record.
    pub fn next(&mut self, lane: &mut Lane) -> Option<Record> {
        self.peek(lane)?;
        self.buffer.pop_front()
    }

    fn fetch(&mut self, lane: &mut Lane, from: SimTime) {
        // Creates keyframes up to this point, so that the page does not replay the run from its start.
        lane.compute(from, &mut Meter::unlimited());
        let mut limit = self.limit;
        loop {
            let mut records = lane.records(from, self.to, limit);
            let cut = records.last().map(|last| last.at).filter(|_| records.len() >= limit);
            let Some(cut) = cut else {
                self.next = None;
                self.buffer = records.into();
                return;
            };
            let whole = records.partition_point(|r| r.at < cut);
            if whole > 0 {
                records.truncate(whole);
                self.next = Some(cut);
                self.buffer = records.into();
                return;
            }
            limit = limit.saturating_mul(2);
        }
    }
}

/// The records of several lanes on one clock: by time, ties by the order of the lanes.
pub struct Merged {
    lanes: Vec<(usize, Pages)>,
}

impl Merged {
    /// The records of `lanes` from `from` to `to`, both ends included.
    pub fn new(lanes: &[usize], from: SimTime, to: SimTime) -> Merged {
        let page = (PAGE / lanes.len().max(1)).max(1);
        Merged { lanes: lanes.iter().map(|&lane| (lane, Pages::new(from, to, page))).collect() }
    }

    /// The next record, with its lane.
    pub fn next(&mut self, timeline: &mut Timeline) -> Option<(usize, Record)> {
        let mut first: Option<(SimTime, usize)> = None;
        for (i, (lane, pages)) in self.lanes.iter_mut().enumerate() {
            let at = pages.peek(timeline.lane(*lane)).map(|r| r.at);
            first = first.into_iter().chain(at.map(|at| (at, i))).min();
        }
        let (lane, pages) = &mut self.lanes[first?.1];
        pages.next(timeline.lane(*lane)).map(|record| (*lane, record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use election_playground::workspace;

    #[test]
    fn pages_of_any_size_give_the_same_records_once() {
        // Constant delays produce instants with many records, and `deliver all` one with very many.
        let text = "lanes ring raft\nnodes 5\nlatency 10ms\nat 1s crash leader\nat 2s deliver all\nuntil 3s";
        let mut timeline = workspace::open(text).expect("a scenario");
        for lane in 0..2 {
            let (from, to) = (SimTime(500_000), SimTime(2_500_000));
            let whole = timeline.lane(lane).records(from, to, usize::MAX);
            assert!(whole.len() > 100);
            for size in [1, 2, 3, 7, 64, 1000, whole.len(), whole.len() + 1] {
                let mut pages = Pages::new(from, to, size);
                let found: Vec<Record> = std::iter::from_fn(|| pages.next(timeline.lane(lane))).collect();
                assert!(found == whole, "{} of {} in pages of {size}", found.len(), whole.len());
            }
        }
    }

    #[test]
    fn lanes_are_merged_by_time_and_then_by_their_order() {
        let mut timeline = workspace::open("latency 10ms; at 1s crash leader; until 2s").expect("a scenario");
        let until = timeline.scenario().until;
        let mut merged = Merged::new(&[0, 1, 2, 3], SimTime::ZERO, until);
        let found: Vec<(usize, Record)> = std::iter::from_fn(|| merged.next(&mut timeline)).collect();
        assert!(found.windows(2).all(|w| (w[0].1.at, w[0].0) <= (w[1].1.at, w[1].0)));
        for lane in 0..4 {
            let mine: Vec<Record> = found.iter().filter(|f| f.0 == lane).map(|f| f.1).collect();
            assert_eq!(mine, timeline.lane(lane).records(SimTime::ZERO, until, usize::MAX));
        }
    }
}
