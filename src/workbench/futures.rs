//! Two futures: a run that is kept beside the one on the screen, and where two runs first differ.
//!
//! Futures of one text have a common beginning. What they share is not computed twice: the kept run is the one that an
//! edit replaced, or takes over its keyframes.

use std::collections::VecDeque;

use election_base::{NodeId, SimTime};
use election_engine::lane::{Lane, Reader};
use election_engine::meter::Meter;
use election_engine::timeline::Timeline;
use election_engine::trace::{Kind, Place, Record};

/// A future that is kept beside the run on the screen.
pub struct Future {
    /// Its text, which has no errors.
    pub text: String,
    /// Its run; `None` until there is time to open it.
    pub timeline: Option<Timeline>,
}

/// The first difference between two runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// When the earlier of the two events happens.
    pub at: SimTime,
    /// What happens there in each run; `None` if nothing more happens up to the end.
    pub events: [Option<Event>; 2],
}

/// An event at which two runs differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// When.
    pub at: SimTime,
    /// The event of its lane.
    pub step: u32,
    /// The act that it belongs to, by its position among the lane's acts.
    pub act: Option<u32>,
    /// What happens, in words.
    pub text: String,
}

/// Looks for the first difference between two runs of a lane, or between two lanes.
///
/// Lanes of the same algorithm differ at the first record that only one of them has. Acts do not count, only what they
/// change, and neither do the numbers of events, which acts shift, nor rules, as in trace digests. Different algorithms
/// have hardly a record in common, so they differ where the next leader is another node, whenever it leads. Of an event
/// with thousands of records, a reader keeps the first ones.
pub struct Comparison {
    sides: [Side; 2],
    until: SimTime,
    found: Option<Option<Difference>>,
}

/// One of the two runs.
struct Side {
    reader: Reader,
    /// Records that have not been compared yet: at most those of one event.
    waiting: VecDeque<Record>,
    /// The last act: its event, and its position.
    act: (u32, u32),
    over: bool,
}

impl Comparison {
    /// Compares two lanes up to a time, up to which both are computed.
    pub fn new(a: &Lane, b: &Lane, until: SimTime, meter: &mut Meter) -> Comparison {
        let alike = a.info().id == b.info().id;
        let step = a.common_step(b);
        let sides = [Side::new(a, step, meter), Side::new(b, step, meter)];
        let found = if alike { None } else { Some(leaders(a, b, until)) };
        Comparison { sides, until, found }
    }

    /// Continues with the same two lanes as far as the meter lasts. Returns true if it is done.
    pub fn advance(&mut self, lanes: [&Lane; 2], meter: &mut Meter) -> bool {
        while self.found.is_none() {
            let [a, b] = &mut self.sides;
            if !(a.fill(lanes[0], self.until, meter) && b.fill(lanes[1], self.until, meter)) {
                return false;
            }
            match (a.waiting.pop_front(), b.waiting.pop_front()) {
                (Some(one), Some(other)) if plain(&one, lanes[0]) == plain(&other, lanes[1]) => {}
                (None, None) => self.found = Some(None),
                (one, other) => {
                    self.found = Some(Some(difference([a.event(one, lanes[0]), b.event(other, lanes[1])])));
                }
            }
        }
        true
    }

    /// The first difference; `None` if there is none, or if it has not been found yet.
    pub fn found(&self) -> Option<&Difference> {
        self.found.as_ref()?.as_ref()
    }
}

impl Side {
    #[inline(never)]
    fn new(lane: &Lane, step: u32, meter: &mut Meter) -> Side {
        let mut reader = Reader::default();
        // The start of the run, or the first event after that keyframe.
        reader.turn_to(lane, if step == 0 { 0 } else { step + 1 }, meter);
        Side { reader, waiting: VecDeque::new(), act: (0, 0), over: false }
    }

    /// Plays on until there is a record to compare. Returns false if the meter ran empty first.
    fn fill(&mut self, lane: &Lane, until: SimTime, meter: &mut Meter) -> bool {
        while self.waiting.is_empty() && !self.over {
            if meter.is_empty() {
                return false;
            }
            // A run that breaks off leaves records without an event.
            self.over = self.reader.read(lane, until, meter).is_none();
            let Some((_, records, _)) = self.reader.page() else { break };
            for r in records {
                if r.kind == Kind::Act {
                    self.act = (r.step, r.args[0]);
                } else {
                    self.waiting.push_back(*r);
                }
            }
        }
        true
    }

    fn event(&self, record: Option<Record>, lane: &Lane) -> Option<Event> {
        let r = record?;
        let act = (self.act.0 == r.step && 0 < r.step).then_some(self.act.1);
        Some(Event { at: r.at, step: r.step, act, text: lane.names().text(&Record { rules: 0, ..r }) })
    }
}

/// A record without what may differ in equal runs, and with ids in place of places.
fn plain(r: &Record, lane: &Lane) -> (Record, [NodeId; 2]) {
    let id = |place: Place| lane.names().ids.get(usize::from(place)).copied().unwrap_or(NodeId::NONE);
    (Record { step: 0, rules: 0, node: 0, peer: 0, ..*r }, [id(r.node), id(r.peer)])
}

fn difference(events: [Option<Event>; 2]) -> Difference {
    let at = events.iter().flatten().map(|event| event.at).min();
    Difference { at: at.unwrap_or(SimTime::ZERO), events }
}

/// Where the sequences of leaders of two lanes differ.
fn leaders(a: &Lane, b: &Lane, until: SimTime) -> Option<Difference> {
    let bands = |lane: &Lane| lane.story().main.bands.iter().take_while(|it| it.from <= until).count();
    let last = bands(a).max(bands(b));
    (0..last).find_map(|i| {
        let led = |lane: &Lane| {
            let band = lane.story().main.bands[..bands(lane)].get(i)?;
            let text = format!("{} leads", lane.names().node(band.node));
            let id = lane.names().ids[usize::from(band.node)];
            Some((id, Event { at: band.from, step: band.from_step, act: None, text }))
        };
        let (one, other) = (led(a), led(b));
        let id = |it: &Option<(NodeId, Event)>| it.as_ref().map(|(id, _)| *id);
        (id(&one) != id(&other)).then(|| difference([one, other].map(|it| it.map(|(_, event)| event))))
    })
}
