//! Members on a circle, clockwise from the top.

use std::f64::consts::PI;

use crate::colour::Colour;
use crate::geometry::{length, on_circle, turn};
use crate::items::Item;
use crate::nodes::readable_radius;
use crate::scene::{Spot, Stage};

/// With this many members or more, only those in an unusual state have a label.
pub const DENSE: usize = 13;
/// Half the length of a tick, in pixels.
const TICK: f64 = 6.0;

/// See the module.
pub struct Circle {
    pub at: Vec<Spot>,
    pub x: f64,
    pub y: f64,
    pub radius: f64,
    pub r: f64,
    pub dense: bool,
}

/// Arranges the members in this order. If there are too many for legible ids, they are ticks.
pub fn circle(stage: &Stage, order: &[usize]) -> Circle {
    let (w, h, n) = (stage.w, stage.h, order.len());
    let (x, y) = (w / 2.0, h / 2.0 - 1.0);
    let dense = n >= DENSE;
    let count = n.max(1) as f64;
    let ids = readable_radius(stage.lane);
    // With many members, ids go inside the nodes, so the circle may extend to the edge.
    let edge = (w / 2.0 - 10.0).min(h / 2.0 - 14.0);
    let wide = (0.86 * PI * edge) / count / (1.0 + (0.86 * PI) / count);
    let inside = dense && wide >= ids;
    let ticks = dense && !inside;
    // Otherwise there must be room for labels above the highest node and below the lowest.
    let outer = if inside { edge } else { (w / 2.0 - 30.0).min(h / 2.0 - 21.0).max(24.0) };
    let r = if inside {
        wide.min(14.0)
    } else {
        let most = if outer > 130.0 { 21.0 } else { 17.0 };
        (outer * PI * 0.62 / count).min(outer * 0.21).clamp(2.5, most)
    };
    let radius = (outer - if ticks { TICK } else { r }).max(20.0);
    let room = if dense { (2.0 * PI * radius / count - 2.0 * r).max(1.0) } else { 16.0 };
    let mut at: Vec<Spot> = stage.lane.nodes.iter().map(|_| Spot::new(x, y, r)).collect();
    for (i, &place) in order.iter().enumerate() {
        let (c, s) = turn(on_circle(i as f64, n));
        let (px, py) = (x + radius * c, y + radius * s);
        let out = if inside { (-c, -s) } else { (c, s) };
        let ly = if s < -0.6 { py - r - 7.0 } else { py + r + 16.0 };
        let spot = &mut at[place];
        *spot = Spot { lx: px, ly, room, dense, out, ..Spot::new(px, py, r) };
        if dense {
            let away = if inside { -(r + 11.0) } else { (if ticks { TICK } else { r }) + 9.0 };
            (spot.lx, spot.ly) = (x + (radius + away) * c, y + (radius + away) * s + 3.0);
        }
        if ticks {
            spot.tick = Some((TICK * c, TICK * s, (2.0 * PI * radius * 0.62 / count).clamp(1.5, 7.0)));
            spot.guide = i % n.div_ceil(4) == 0;
        }
    }
    Circle { at, x, y, radius, r: if ticks { TICK } else { r }, dense }
}

/// Lines between neighbours on different sides: one across the circle if there are two sides, otherwise from its centre.
pub fn wedges(order: &[usize], side: &[usize], it: &Circle) -> Vec<Item> {
    let n = order.len();
    let ends: Vec<f64> = (0..n)
        .filter(|&i| side[order[i]] != side[order[(i + 1) % n]])
        .map(|i| on_circle(i as f64 + 0.5, n))
        .collect();
    let point = |a: f64, far: f64| {
        let (c, s) = turn(a);
        (it.x + c * far, it.y + s * far)
    };
    let line = |(x0, y0): (f64, f64), (x1, y1): (f64, f64)| {
        Item::line(x0, y0, x1, y1).stroke(Colour::Bad, 1.5).dash(4.0, 4.0)
    };
    let [first, last] = ends.as_slice() else {
        return ends.iter().map(|a| line((it.x, it.y), point(*a, it.radius + 22.0))).collect();
    };
    let (a, b) = (point(*first, it.radius), point(*last, it.radius));
    let depth = it.radius * (1.0 - turn((last - first) / 2.0).0.abs());
    if depth > it.r + 12.0 {
        let far = 20.0 / length(b.0 - a.0, b.1 - a.1);
        let (dx, dy) = ((b.0 - a.0) * far, (b.1 - a.1) * far);
        return vec![line((a.0 - dx, a.1 - dy), (b.0 + dx, b.1 + dy))];
    }
    // So small a side is fenced in.
    let (inner, outer) = ((it.radius - it.r - 30.0).max(0.0), it.radius + it.r + 8.0);
    let mut all: Vec<Item> = ends.iter().map(|a| line(point(*a, inner), point(*a, outer))).collect();
    all.push(line(point(*first, inner), point(*last, inner)));
    all
}
