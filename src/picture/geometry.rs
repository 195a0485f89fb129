//! Curves that messages travel along, and other helpers for layout.
//!
//! Sines come from libm, and everything else is arithmetic that IEEE 754 defines exactly, so a picture has the same bytes
//! on every machine.

use std::f64::consts::{PI, TAU};

use crate::read::Lane;

/// A way from one point to another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Curve {
    /// A straight line: its ends.
    Line([f64; 4]),
    /// A quadratic curve: its start, its control point and its end.
    Quad([f64; 6]),
    /// A part of a circle, with angles clockwise from the right; backwards if the second is smaller.
    Arc {
        /// The middle.
        x: f64,
        /// The middle.
        y: f64,
        /// The radius.
        r: f64,
        /// Where it begins.
        a0: f64,
        /// Where it ends.
        a1: f64,
    },
}

/// The cosine and the sine.
pub fn turn(angle: f64) -> (f64, f64) {
    (libm::cos(angle), libm::sin(angle))
}

/// The angle of a direction.
pub fn angle(dx: f64, dy: f64) -> f64 {
    libm::atan2(dy, dx)
}

/// The length of a vector.
pub fn length(dx: f64, dy: f64) -> f64 {
    (dx * dx + dy * dy).sqrt()
}

impl Curve {
    /// The point at a fraction of the way.
    pub fn along(&self, f: f64) -> (f64, f64) {
        match *self {
            Curve::Line([x0, y0, x1, y1]) => (x0 + (x1 - x0) * f, y0 + (y1 - y0) * f),
            Curve::Arc { x, y, r, a0, a1 } => {
                let (c, s) = turn(a0 + (a1 - a0) * f);
                (x + r * c, y + r * s)
            }
            Curve::Quad([x0, y0, cx, cy, x1, y1]) => {
                let g = 1.0 - f;
                let at = |a: f64, b: f64, c: f64| g * g * a + 2.0 * g * f * b + f * f * c;
                (at(x0, cx, x1), at(y0, cy, y1))
            }
        }
    }

    /// Roughly its length.
    pub fn length(&self) -> f64 {
        match *self {
            Curve::Line([x0, y0, x1, y1]) => length(x1 - x0, y1 - y0),
            Curve::Arc { r, a0, a1, .. } => (a1 - a0).abs() * r,
            Curve::Quad([x0, y0, cx, cy, x1, y1]) => {
                (length(x1 - x0, y1 - y0) + length(cx - x0, cy - y0) + length(x1 - cx, y1 - cy)) / 2.0
            }
        }
    }

    /// Its direction at a fraction of the way.
    pub fn direction(&self, f: f64) -> f64 {
        let (a, b) = (self.along((f - 0.03).max(0.0)), self.along((f + 0.03).min(1.0)));
        angle(b.0 - a.0, b.1 - a.1)
    }
}

/// The angle of the `i`-th of `n` members on a circle, clockwise from the top.
pub fn on_circle(i: f64, n: usize) -> f64 {
    i * TAU / n.max(1) as f64 - PI / 2.0
}

/// Whether messages get through between the nodes of a lane, and which of them are on the same side.
pub struct Links {
    places: usize,
    cut: Vec<bool>,
    /// The number of the side, by place. Nodes are on the same side if messages get through between them in at least one
    /// direction, directly or through other nodes.
    pub side: Vec<usize>,
}

impl Links {
    /// The links of a lane.
    pub fn of(lane: &Lane) -> Links {
        let nodes = lane.nodes.len();
        let places = nodes + 1;
        let mut cut = vec![false; places * places];
        for &(from, to) in &lane.cuts {
            cut[from * places + to] = true;
        }
        let mut links = Links { places, cut, side: vec![usize::MAX; nodes] };
        let mut next = 0;
        for start in 0..nodes {
            if links.side[start] != usize::MAX {
                continue;
            }
            links.side[start] = next;
            let mut open = vec![start];
            while let Some(at) = open.pop() {
                for to in 0..nodes {
                    if links.side[to] == usize::MAX && (links.passes(at, to) || links.passes(to, at)) {
                        links.side[to] = next;
                        open.push(to);
                    }
                }
            }
            next += 1;
        }
        links
    }

    /// Whether messages get through in this direction.
    pub fn passes(&self, from: usize, to: usize) -> bool {
        !self.cut[from * self.places + to]
    }

    /// Whether messages get through in both directions.
    pub fn linked(&self, a: usize, b: usize) -> bool {
        a == b || self.passes(a, b) && self.passes(b, a)
    }

    /// Whether there is more than one side.
    pub fn split(&self) -> bool {
        self.side.iter().any(|it| *it != self.side[0])
    }
}

/// Keeps labels from overlapping.
#[derive(Default)]
pub struct Boxes(Vec<[f64; 4]>);

impl Boxes {
    /// Reserves a rectangle if it is free. Returns whether it was.
    pub fn take(&mut self, x: f64, y: f64, w: f64, h: f64) -> bool {
        let free = !self.0.iter().any(|it| x < it[2] && it[0] < x + w && y < it[3] && it[1] < y + h);
        if free {
            self.force(x, y, w, h);
        }
        free
    }

    /// Reserves a rectangle even if it is not free.
    pub fn force(&mut self, x: f64, y: f64, w: f64, h: f64) {
        self.0.push([x, y, x + w, y + h]);
    }

    /// A savepoint to return to.
    pub fn mark(&self) -> usize {
        self.0.len()
    }

    /// Frees what was reserved since a savepoint.
    pub fn back(&mut self, mark: usize) {
        self.0.truncate(mark);
    }
}
