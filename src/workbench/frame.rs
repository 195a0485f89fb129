//! One moment of a run as flat numbers, which a page receives sixty times a second.
//!
//! The numbers are `f64` because a JavaScript typed array can hold these without loss up to 2^53; the simulation
//! itself uses only integers. Times are microseconds of true time. A *place* is a node's position in its lane:
//! members by ascending id, then service nodes, then the store; −1 means nowhere.
//!
//! ```text
//! frame   = FRAME_VERSION, playhead, until, events, lanes L, then the offsets of the L lanes
//! lane    = members, services, time of its last event, number of events, events at that instant,
//!           place of the leader in truth, place of the leader (truth, else newest believer), believers,
//!           fencing (0/1), highest token at the store, writes accepted, rejected, conflicting, lost,
//!           messages sent, elections, failovers,
//!           nodes N, timers T, flights F, shapes S, cuts C, losses X,
//!           the network at this moment: shortest and longest delay, loss and duplication in millionths,
//!           whether that differs from the start (0/1), links K, messages in flight in total,
//!           the newest writes W, then N nodes, T timers, F flights, S shapes, C cuts, X losses, K links, W writes
//! node    = id, role, flags (1 up, 2 paused, 4 leads, 8 not started yet), epoch, token, place of the believed leader,
//!           number of its leadership belief, start of its leadership, clock offset, clock drift in millionths,
//!           processing time of a message, its role among those of its algorithm (−1: it is down)
//! timer   = place, index of the timer, set at, due
//! flight  = from, to, kind (255: a write to the store), class, sent, due, sequence number on the link, copy,
//!           flags (1: as things stand, it will change something), the five numbers of its record; only the first
//!           FLIGHTS_MAX to arrive are listed
//! shape   = kind, the place of its node (for a crashed node, the shape of what is on disk), then six numbers:
//!           0 a row of a panel: panel, owner's place, key, version, when it ends (−1: unknown), how long it
//!           lasts in total; 1 a bond: the other's place; 2 an arrow: panel, place of the waiting node, key of
//!           the row (−1: any); 3 a ballot: epoch, votes needed, whether they bind (0/1); 4 a reach: links;
//!           5 silenced: by whom; 6 the next member of a ring: its place; 7 an id stopped here: its place;
//!           8 beaten: by whom; 9 a vote in the node's ballot, in the order in which they came: voter, answer
//!           (0 refused, 1 granted, 2 the voter has no vote); 10 whom the node has voted for: epoch, place
//! cut     = from, to; to may be the store
//! loss    = as a flight, except: sent is when it was lost; due is one usual delay of the link later;
//!           flags is why (0 chance, 1 cut when sent, 2 cut when it arrived, 3 receiver down, 4 receiver
//!           restarted, 5 dropped, 255 refused by the store). It is listed for twice that delay.
//! link    = from, to, shortest and longest delay, loss and duplication in millionths: one direction between
//!           nodes, if it differs from the network now, or to the store, if it differs from the start;
//!           at most LINKS_MAX of them
//! write   = its writer, its outcome (0 accepted, 1 rejected, 2 accepted and in conflict); the oldest first
//! ```

use election_base::{NodeId, SimTime, sort_by_numbers};
use election_engine::lane::{Flight, Lane, Lost, Ticking};
use election_engine::sim::Behaviour;
use election_engine::timeline::Timeline;
use election_engine::trace::{NOWHERE, Place, WRITE};
use election_protocol::{ARGS_MAX, Class, Shape};

/// The first number of every frame. Increases when the layout changes.
pub const FRAME_VERSION: u32 = 6;
/// The number of values before the lane offsets.
pub const HEAD: usize = 5;
/// The number of values in a lane before its nodes.
pub const LANE: usize = 31;
/// The number of values in a node.
pub const NODE: usize = 12;
/// The number of values in a timer.
pub const TIMER: usize = 4;
/// The number of values in a message in flight.
pub const FLIGHT: usize = 9 + ARGS_MAX;
/// The number of values in a shape.
pub const SHAPE: usize = 8;
/// The number of values in a cut link.
pub const CUT: usize = 2;
/// The number of values in a link that differs from the network.
pub const LINK: usize = 6;
/// The number of values in a write.
pub const STORED: usize = 2;
/// The most such links listed in a lane, the first by their places.
pub const LINKS_MAX: usize = 512;

/// The most messages in flight listed in a lane.
pub const FLIGHTS_MAX: usize = 1_000;

/// A reusable buffer for frames.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    numbers: Vec<f64>,
    flights: Vec<Flight>,
    losses: Vec<Lost>,
    ticking: Vec<Ticking>,
    /// Each with the place of its node.
    shapes: Vec<(Place, Shape)>,
    /// Those of one node; reused.
    of_node: Vec<Shape>,
}

impl Frame {
    /// An empty buffer.
    pub fn new() -> Frame {
        Frame::default()
    }

    /// The values written by the last [`Frame::fill`].
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// Writes the moment at the playhead.
    pub fn fill(&mut self, timeline: &Timeline) {
        let lanes = timeline.lanes();
        self.numbers.clear();
        self.push(f64::from(FRAME_VERSION));
        self.time(timeline.now());
        self.time(timeline.scenario().until);
        self.push(timeline.events() as f64);
        self.push(lanes.len() as f64);
        let offsets = self.numbers.len();
        self.numbers.resize(offsets + lanes.len(), 0.0);
        for (i, lane) in lanes.iter().enumerate() {
            self.numbers[offsets + i] = self.numbers.len() as f64;
            self.lane(lane, timeline.now());
        }
    }

    fn push(&mut self, number: f64) {
        self.numbers.push(number);
    }

    fn time(&mut self, time: SimTime) {
        self.push(if time == SimTime::NEVER { -1.0 } else { time.0 as f64 });
    }

    fn place(&mut self, place: Option<Place>) {
        self.push(place.filter(|&p| p != NOWHERE).map_or(-1.0, f64::from));
    }

    /// Collects what the lane has lists of, and returns how many messages are in flight; only the first to arrive are
    /// kept.
    fn collect(&mut self, lane: &Lane, now: SimTime) -> usize {
        self.flights.clear();
        lane.flights(&mut self.flights);
        let in_flight = self.flights.len();
        // In order of arrival, which does not depend on how they are stored.
        sort_by_numbers(&mut self.flights, |f| {
            let link = u64::from(f.from) << 48 | u64::from(f.to) << 40;
            (f.due.0, link | u64::from(f.nth) << 8 | u64::from(f.copy))
        });
        self.flights.truncate(FLIGHTS_MAX);
        self.ticking.clear();
        lane.ticking(&mut self.ticking);
        self.shapes.clear();
        for place in 0..(lane.members() + lane.services()) as Place {
            lane.shapes(place, &mut self.of_node);
            self.shapes.extend(self.of_node.drain(..).map(|shape| (place, shape)));
        }
        self.losses.clear();
        lane.losses(now, &mut self.losses);
        in_flight
    }

    fn lane(&mut self, lane: &Lane, now: SimTime) {
        let (members, services) = (lane.members(), lane.services());
        let nodes = members + services;
        let (stats, resource) = (lane.stats(), lane.resource());
        let in_flight = self.collect(lane, now);

        self.push(members as f64);
        self.push(services as f64);
        self.time(lane.now());
        self.push(f64::from(lane.events()));
        self.push(f64::from(lane.instant()));
        self.place(lane.leader_in_truth());
        self.place(lane.leader());
        self.push(f64::from(stats.believers));
        self.push(f64::from(u8::from(resource.fencing)));
        self.push(resource.token_max as f64);
        self.push(stats.writes_accepted as f64);
        self.push(stats.writes_rejected as f64);
        self.push(stats.writes_conflicting as f64);
        self.push(stats.writes_lost as f64);
        self.push(lane.traffic().sent.iter().sum::<u64>() as f64);
        self.push(stats.elections as f64);
        self.push(stats.failovers as f64);
        self.push(nodes as f64);
        self.push(self.ticking.len() as f64);
        self.push(self.flights.len() as f64);
        self.push(self.shapes.len() as f64);
        let cuts_at = self.numbers.len();
        self.push(0.0);
        self.push(self.losses.len() as f64);
        let [network, at_start] = lane.network();
        let mut links = lane.singular_links();
        links.truncate(LINKS_MAX);
        self.behaviour(network);
        self.push(f64::from(u8::from(network != at_start)));
        self.push(links.len() as f64);
        self.push(in_flight as f64);
        self.push(lane.writes().len() as f64);

        for place in 0..nodes as Place {
            self.node(lane, place);
        }
        for i in 0..self.ticking.len() {
            let t = self.ticking[i];
            self.push(f64::from(t.node));
            self.push(f64::from(t.timer));
            self.time(t.since);
            self.time(t.due);
        }
        for i in 0..self.flights.len() {
            let f = self.flights[i];
            let arrives = lane.reaches(f.from, f.to) && (f.kind == WRITE || lane.up(f.to));
            self.flight(lane, f, u8::from(arrives));
        }
        for i in 0..self.shapes.len() {
            let (place, shape) = self.shapes[i];
            self.shape(lane, place, shape);
        }
        let before = self.numbers.len();
        // The store follows the nodes and sends nothing.
        for from in 0..nodes as Place {
            for to in (0..=nodes as Place).filter(|&to| to != from) {
                if !lane.reaches(from, to) {
                    self.push(f64::from(from));
                    self.push(f64::from(to));
                }
            }
        }
        self.numbers[cuts_at] = ((self.numbers.len() - before) / CUT) as f64;
        for i in 0..self.losses.len() {
            let lost = self.losses[i];
            self.flight(lane, lost.flight, lost.why);
        }
        for (from, to, how) in links {
            self.push(f64::from(from));
            self.push(f64::from(to));
            self.behaviour(how);
        }
        for write in lane.writes() {
            self.push(f64::from(write.writer));
            self.push(f64::from(write.fate as u8));
        }
    }

    fn behaviour(&mut self, how: Behaviour) {
        self.push(how.latency.range.lo.0 as f64);
        self.push(how.latency.max().0 as f64);
        self.push(f64::from(how.loss_ppm));
        self.push(f64::from(how.duplicate_ppm));
    }

    fn node(&mut self, lane: &Lane, place: Place) {
        let belief = lane.belief(place);
        let up = lane.up(place);
        let flags = u8::from(up)
            | u8::from(lane.paused(place)) << 1
            | u8::from(belief.leads) << 2
            | u8::from(lane.waits_to_start(place)) << 3;
        let (ahead, drift) = lane.clock(place);
        self.push(f64::from(lane.names().ids[usize::from(place)].0));
        self.push(f64::from(belief.role as u8));
        self.push(f64::from(flags));
        self.push(belief.epoch as f64);
        self.push(belief.token as f64);
        self.place(Some(belief.leader).filter(|&id| id != NodeId::NONE).and_then(|id| lane.place(id)));
        self.push(f64::from(lane.belief_number(place)));
        if belief.leads {
            self.time(lane.leads_since(place))
        } else {
            self.push(-1.0)
        }
        self.push(ahead as f64);
        self.push(f64::from(drift));
        self.push(lane.slowness(place).0 as f64);
        self.push(lane.role(place).map_or(-1.0, |role| role as f64));
    }

    fn shape(&mut self, lane: &Lane, of: Place, shape: Shape) {
        let place = |id: NodeId| lane.place(id).map_or(-1.0, f64::from);
        let (kind, numbers): (u8, [f64; 6]) = match shape {
            Shape::Row { panel, owner, key, version, ends } => {
                let due = ends.map_or(-1.0, |ends| lane.when(of, ends.at).0 as f64);
                let length = ends.map_or(0.0, |ends| ends.of.0 as f64);
                (0, [panel.into(), place(owner), key as f64, version as f64, due, length])
            }
            Shape::Bond { with } => (1, [place(with), 0.0, 0.0, 0.0, 0.0, 0.0]),
            Shape::Arrow { panel, from, to } => {
                (2, [panel.into(), place(from), to.map_or(-1.0, |key| key as f64), 0.0, 0.0, 0.0])
            }
            Shape::Tally { epoch, needed, binding } => {
                (3, [epoch as f64, needed.into(), u8::from(binding).into(), 0.0, 0.0, 0.0])
            }
            Shape::Reach { links } => (4, [links.into(), 0.0, 0.0, 0.0, 0.0, 0.0]),
            Shape::Silenced { by } => (5, [place(by), 0.0, 0.0, 0.0, 0.0, 0.0]),
            Shape::Next { to } => (6, [place(to), 0.0, 0.0, 0.0, 0.0, 0.0]),
            Shape::Stopped { id } => (7, [place(id), 0.0, 0.0, 0.0, 0.0, 0.0]),
            Shape::Beaten { by } => (8, [place(by), 0.0, 0.0, 0.0, 0.0, 0.0]),
            Shape::Vote { voter, answer } => (9, [place(voter), f64::from(answer as u8), 0.0, 0.0, 0.0, 0.0]),
            Shape::Voted { epoch, candidate } => (10, [epoch as f64, place(candidate), 0.0, 0.0, 0.0, 0.0]),
        };
        self.push(kind.into());
        self.push(of.into());
        numbers.into_iter().for_each(|number| self.push(number));
    }

    fn flight(&mut self, lane: &Lane, f: Flight, flags: u8) {
        let class =
            if f.kind == WRITE { Class::Data } else { lane.info().messages[usize::from(f.kind)].class };
        self.push(f64::from(f.from));
        self.push(f64::from(f.to));
        self.push(f64::from(f.kind));
        self.push(f64::from(class as u8));
        self.time(f.sent);
        self.time(f.due);
        self.push(f64::from(f.nth));
        self.push(f64::from(f.copy));
        self.push(f64::from(flags));
        f.args.into_iter().for_each(|number| self.push(f64::from(number)));
    }
}
