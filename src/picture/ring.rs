//! A ring: members stand on a circle in ring order. Bands show whom each of them sends to now, arcs how far a candidacy
//! reaches, and the middle says how far the election has come.

use std::f64::consts::{FRAC_PI_2, TAU};

use crate::circle::{Circle, circle, wedges};
use crate::colour::Colour;
use crate::counts::contest;
use crate::geometry::{Curve, length, on_circle, turn};
use crate::items::Item;
use crate::scene::{Plan, Spot, Stage};

/// With more members than this, only some of the bands have an arrowhead.
const ARROWS_MAX: usize = 12;

/// What the ways along a ring depend on.
#[derive(Clone)]
struct Ways {
    /// Of each place, its position in the ring.
    position: Vec<usize>,
    n: usize,
    x: f64,
    y: f64,
    radius: f64,
    r: f64,
    /// The radius of the way on, and of the way back.
    on: f64,
    back: f64,
}

impl Ways {
    fn way(&self, at: &[Spot], from: usize, to: usize) -> Curve {
        let (n, x, y) = (self.n, self.x, self.y);
        let (a, b) = (self.position[from], self.position[to]);
        let forward = (b + n - a) % n;
        let (a0, step) = (on_circle(a as f64, n), TAU / n as f64);
        // Backwards, slightly inside, to tell the two directions apart.
        if n > 2 && forward == n - 1 {
            return Curve::Arc { x, y, r: self.back, a0, a1: a0 - step };
        }
        if forward == 1 {
            return Curve::Arc { x, y, r: self.on, a0, a1: a0 + step };
        }
        // Past the members in between: a chord, bent inwards if it would touch them.
        let (p, q) = (&at[from], &at[to]);
        let (mx, my) = ((p.x + q.x) / 2.0, (p.y + q.y) / 2.0);
        let inset = self.radius - length(mx - x, my - y);
        let bend = (2.0 * (self.r + 9.0 - inset)).max(0.0) / (self.radius - inset).max(1.0);
        Curve::Quad([p.x, p.y, mx + (x - mx) * bend, my + (y - my) * bend, q.x, q.y])
    }
}

/// Arranges a ring.
pub fn ring(stage: &Stage) -> Plan {
    let lane = stage.lane;
    let order = &lane.ring;
    let its = circle(stage, order);
    let Circle { x, y, radius, r, dense, .. } = its;
    let mut position = vec![0; lane.nodes.len()];
    order.iter().enumerate().for_each(|(i, &place)| position[place] = i);
    let both = lane.nodes.iter().any(|it| it.next.len() > 1);
    // With many members, messages travel inside the circle, so that they cover no node.
    let on = if dense { radius - r - 9.0 } else { radius + if both { 3.0 } else { 0.0 } };
    let back = if dense { on - 7.0 } else { radius - 10.0 };
    let ways = Ways { position, n: order.len().max(1), x, y, radius, r, on, back };
    // Whom members really send to; if both ways, each pair once.
    let mut real: Vec<(usize, usize)> = Vec::new();
    for node in &lane.nodes {
        for &to in node.next.iter().filter(|to| **to < lane.nodes.len()) {
            let mutual = both && lane.nodes[to].next.contains(&node.place);
            if !mutual || node.place < to {
                real.push((node.place, to));
            }
        }
    }
    let mut items = vec![Item::circle(x, y, radius).stroke(Colour::Line, 1.0)];
    let bands: Vec<Curve> = real
        .iter()
        .map(|&(a, b)| match ways.way(&its.at, a, b) {
            // In a ring of two, the way back lies further inside.
            Curve::Arc { x, y, a0, a1, .. } => {
                Curve::Arc { x, y, r: if !both && a1 < a0 { back } else { radius }, a0, a1 }
            }
            other => other,
        })
        .collect();
    let wide = if dense { 4.0 } else { 5.0 };
    items.extend(bands.iter().map(|it| Item::curve(*it).stroke(Colour::Line, wide).alpha(0.8)));
    let every = if dense { order.len().div_ceil(ARROWS_MAX) } else { 1 };
    for curve in bands.iter().step_by(every).filter(|_| !both) {
        let (px, py) = curve.along(0.5);
        let size = if dense { 3.5 } else { 5.0 };
        items.push(Item::arrow(px, py, size, curve.direction(0.5), Colour::Follower));
    }
    let inner = if dense { back } else { radius - r };
    items.extend(reaches(stage, x, y, inner - 6.0));
    let mut links = real.clone();
    let known = |a: usize, b: usize| real.iter().any(|it| *it == (a, b) || *it == (b, a));
    for (i, &place) in order.iter().enumerate() {
        let next = order[(i + 1) % order.len()];
        if place != next && !known(place, next) {
            links.push((place, next));
        }
    }
    Plan {
        links,
        back: items,
        said: Some(((x, y), 2.0 * (inner - 4.0), contest(lane, stage.links, dense))),
        split: wedges(order, &stage.links.side, &its),
        ..Plan::new(its.at, Box::new(move |at, from, to| ways.way(at, from, to)))
    }
}

/// How far candidacies reach, on both sides: an arc for each round, the later ones further inside. Those of members that
/// are beaten are grey.
fn reaches(stage: &Stage, x: f64, y: f64, radius: f64) -> Vec<Item> {
    let order = &stage.lane.ring;
    let n = order.len();
    let (mut grey, mut live) = (Vec::new(), Vec::new());
    let gap = if n > 40 { 5.0 } else { 6.0 };
    for (i, &place) in order.iter().enumerate() {
        let node = &stage.lane.nodes[place];
        if !node.up || node.reach == 0 {
            continue;
        }
        let beaten = node.beaten_by.is_some();
        // Of a member that is beaten, only the last arc; many of the same size would be a closed ring.
        let mut links = if beaten { node.reach } else { 1 };
        while links <= node.reach {
            let r = radius - gap * f64::from(links.ilog2());
            if r < 14.0 {
                break;
            }
            let half = (links as f64).min(n as f64 / 2.0) * TAU / n as f64 - 0.06;
            let (a0, a1) = (on_circle(i as f64, n) - half, on_circle(i as f64, n) + half);
            let last = links == node.reach;
            let arc = Item::curve(Curve::Arc { x, y, r, a0, a1 });
            if beaten {
                grey.push(arc.stroke(Colour::Line, 1.25));
            } else {
                let (width, alpha) = if last { (2.0, 1.0) } else { (1.25, 0.5) };
                live.push(arc.stroke(Colour::Candidate, width).alpha(alpha));
            }
            if last && !beaten {
                for (a, way) in [(a0, -FRAC_PI_2), (a1, FRAC_PI_2)] {
                    let (c, s) = turn(a);
                    live.push(Item::arrow(x + r * c, y + r * s, 3.5, a + way, Colour::Candidate));
                }
            }
            links *= 2;
        }
    }
    grey.append(&mut live);
    grey
}
