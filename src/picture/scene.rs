//! The picture of a lane: turns a frame into a list of items. Each topology has a file of its own; roles, timers,
//! messages, faults and labels look the same in all of them.

use election_protocol::Topology;

use crate::colour::Colour;
use crate::counts::{Said, say};
use crate::geometry::{Boxes, Curve, Links};
use crate::items::{Form, Item, Look};
use crate::labels::{name_nodes, node_marks, strike_ids};
use crate::ladder::ladder;
use crate::mesh::mesh;
use crate::messages::{Wanted, losses, messages, name_messages, shown_every};
use crate::nodes::draw_nodes;
use crate::read::Lane;
use crate::ring::ring;
use crate::service::service;
use crate::store::{STRIP, store};

/// What a lane is drawn from.
pub struct Stage<'l> {
    pub lane: &'l Lane,
    pub links: &'l Links,
    pub w: f64,
    pub h: f64,
    /// The moment, in microseconds.
    pub now: u64,
}

/// The position of a node and its label.
#[derive(Clone, Debug)]
pub struct Spot {
    pub x: f64,
    pub y: f64,
    pub r: f64,
    /// Where its label stands.
    pub lx: f64,
    pub ly: f64,
    pub align: crate::items::Align,
    /// The direction in which the label may also stand, as a unit vector.
    pub out: (f64, f64),
    /// The distance to the next node's edge.
    pub room: f64,
    /// The maximum width of its label.
    pub most: f64,
    /// The words of its label, the longest first, instead of those for its state.
    pub says: Option<Vec<String>>,
    /// A node of the service.
    pub square: bool,
    /// It leads, but fewer than it needs hear it.
    pub alone: bool,
    /// It is a seat: how it looks while its node has no other shape.
    pub seat: Option<Look>,
    /// There are many nodes: only those in an unusual state have a label.
    pub dense: bool,
    /// The node is a tick: from its middle to its end, and how wide.
    pub tick: Option<(f64, f64, f64)>,
    /// A tick that has its id beside it whatever its state.
    pub guide: bool,
}

impl Spot {
    /// A node at a point, with its label below it.
    pub fn new(x: f64, y: f64, r: f64) -> Spot {
        Spot {
            x,
            y,
            r,
            lx: x,
            ly: y + r + 15.0,
            align: crate::items::Align::Center,
            out: (0.0, 1.0),
            room: 16.0,
            most: f64::INFINITY,
            says: None,
            square: false,
            alone: false,
            seat: None,
            dense: false,
            tick: None,
            guide: false,
        }
    }
}

/// The way from centre to centre.
pub type Way = Box<dyn Fn(&[Spot], usize, usize) -> Curve>;

/// How a topology arranges a lane.
pub struct Plan {
    /// By place.
    pub at: Vec<Spot>,
    pub path: Way,
    /// Whether writes leave to the right first, past this abscissa.
    pub writes_past: Option<f64>,
    /// The pairs that have a line of their own.
    pub links: Vec<(usize, usize)>,
    /// Whether those lines are drawn while the links are intact.
    pub shows_links: bool,
    pub back: Vec<Item>,
    /// What covers messages.
    pub front: Vec<Item>,
    /// An area without labels: left, top, width, height.
    pub full: Option<[f64; 4]>,
    /// What is said of all nodes together, around a point and at most so wide.
    pub said: Option<((f64, f64), f64, Vec<Said>)>,
    /// Marks between sides that cannot reach each other.
    pub split: Vec<Item>,
    /// The nodes are ticks in a column, and labels are of ranges.
    pub column: bool,
}

impl Plan {
    /// Nodes at these positions, and nothing else.
    pub fn new(at: Vec<Spot>, path: Way) -> Plan {
        Plan {
            at,
            path,
            writes_past: None,
            links: Vec::new(),
            shows_links: false,
            back: Vec::new(),
            front: Vec::new(),
            full: None,
            said: None,
            split: Vec::new(),
            column: false,
        }
    }

    /// The way between two nodes.
    pub fn way(&self, from: usize, to: usize) -> Curve {
        (self.path)(&self.at, from, to)
    }
}

/// A straight way.
pub fn straight() -> Way {
    Box::new(|at, a, b| Curve::Line([at[a].x, at[a].y, at[b].x, at[b].y]))
}

/// How much pictures leave free at their lower edge.
const MARGIN: f64 = 8.0;
/// As many cuts are drawn even where links have no line of their own.
const CUTS_MAX: usize = 24;

/// The picture of a lane at a moment, in a box of this size.
pub fn scene(lane: &Lane, w: f64, h: f64, now: u64) -> Vec<Item> {
    let links = Links::of(lane);
    // The store has the lower edge to itself; pictures keep a margin above it.
    let stage = Stage { lane, links: &links, w, h: h - STRIP + MARGIN, now };
    let plan = match lane.info.topology {
        Topology::Ring => ring(&stage),
        Topology::Ladder => ladder(&stage),
        Topology::Service => service(&stage),
        Topology::Mesh => mesh(&stage),
    };
    let stage = Stage { h, ..stage };
    let mut boxes = Boxes::default();
    let mut list = plan.back.clone();
    let crossed = draw_links(&mut list, &plan, &stage);
    if links.split() {
        list.extend(plan.split.iter().cloned());
    }
    store(&mut list, &mut boxes, &stage);
    for spot in &plan.at {
        boxes.force(spot.x - spot.r, spot.y - spot.r, 2.0 * spot.r, 2.0 * spot.r);
    }
    if let Some([x, y, w, h]) = plan.full {
        boxes.force(x, y, w, h);
    }
    let mut labels = Vec::new();
    // Messages stand where they are; labels find room beside them.
    let mut wanted: Vec<Wanted> = messages(&mut list, &mut boxes, &plan, &stage);
    wanted.extend(losses(&mut list, &mut boxes, &plan, &stage, crossed));
    list.extend(plan.front.iter().cloned());
    if let Some((middle, wide, lines)) = &plan.said {
        say(&mut labels, &mut boxes, *middle, *wide, lines);
    }
    name_nodes(&mut labels, &mut boxes, &plan, &stage);
    network_mark(&mut labels, &mut boxes, &plan, &stage);
    strike_ids(&mut labels, &mut boxes, &plan, &stage);
    node_marks(&mut labels, &mut boxes, &plan, &stage);
    name_messages(&mut labels, wanted, &mut boxes, &stage);
    draw_nodes(&mut list, &plan.at, &stage);
    // Labels do not overlap, so those that look the same may come together.
    labels.sort_by_key(|it| match &it.form {
        Form::Text { size, bold, halo: Some(_), .. } => (1, it.look.fill, *bold, size.to_bits()),
        _ => (0, None, false, 0),
    });
    list.append(&mut labels);
    list
}

/// Draws the links, and the cuts that do not separate sides. Returns the links that got a cross.
fn draw_links(list: &mut Vec<Item>, plan: &Plan, stage: &Stage) -> Vec<(usize, usize)> {
    let links = stage.links;
    let mut crossed = Vec::new();
    for &(a, b) in &plan.links {
        let curve = plan.way(a, b);
        let (there, back) = (!links.passes(a, b), !links.passes(b, a));
        let across = links.side[a] != links.side[b];
        if across {
            continue;
        }
        if there || back {
            list.push(Item::curve(curve).stroke(Colour::Bad, 1.25).dash(2.0, 4.0));
            // A link cut in one direction is marked near the end that receives nothing.
            let (x, y) = curve.along(match (there, back) {
                (true, true) => 0.5,
                (true, _) => 0.7,
                _ => 0.3,
            });
            list.push(Item::cross(x, y, 4.0, 1.75));
            crossed.push((a.min(b), a.max(b)));
        } else if plan.shows_links {
            list.push(Item::curve(curve).stroke(Colour::Line, 1.0));
        }
    }
    let cuts = &stage.lane.cuts;
    if !plan.links.is_empty() || cuts.len() > CUTS_MAX || stage.lane.info.topology == Topology::Service {
        return crossed;
    }
    let nodes = links.side.len();
    for &(a, b) in cuts.iter().filter(|it| it.0 < it.1 && it.1 < nodes) {
        if links.side[a] == links.side[b] {
            list.push(Item::curve(plan.way(a, b)).stroke(Colour::Bad, 1.0).dash(2.0, 4.0).alpha(0.8));
        }
    }
    crossed
}

/// What is unusual about the network as a whole, in the upper left corner.
fn network_mark(labels: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan, stage: &Stage) {
    let [lo, hi, loss, _] = stage.lane.network;
    let mut said = Vec::new();
    if stage.lane.changed {
        said.push(format!("{}–{}", crate::words::span(lo), crate::words::span(hi)));
    }
    if loss > 0 {
        said.push(format!("{} lost", crate::words::per_cent(loss)));
    }
    let every = shown_every(plan, stage);
    let mut texts = Vec::new();
    if !said.is_empty() {
        texts.push(format!("network: {}", said.join(", ")));
    }
    if every > 1 {
        texts.push(format!("1 in {every} messages shown"));
    }
    if texts.is_empty() {
        return;
    }
    let text = texts.join("; ");
    let wide = crate::measure::width(&text, 10.0, false);
    for (x, y) in [(4.0, 11.0), (stage.w - 4.0 - wide, 11.0), (4.0, stage.h - STRIP - 4.0)] {
        if wide + 8.0 < stage.w && boxes.take(x - 2.0, y - 10.0, wide + 4.0, 13.0) {
            labels.push(Item::text(x, y, text, 10.0, Colour::Mute).halo(Colour::Card));
            return;
        }
    }
}
