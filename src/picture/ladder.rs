//! A ladder: the highest id is at the top. Questions climb at the right, what comes from above is pushed down at the
//! left. Labels stand on the rungs; many members are ticks in one tall column.

use crate::circle::DENSE;
use crate::colour::Colour;
use crate::geometry::Curve;
use crate::items::{Align, Item};
use crate::read::{Class, Flight};
use crate::scene::{Plan, Spot, Stage};

/// With more members than this, links have no line of their own.
const LINKS_MAX: usize = 8;

/// Arranges a ladder.
pub fn ladder(stage: &Stage) -> Plan {
    let (w, h, n) = (stage.w, stage.h, stage.lane.members);
    let dense = n >= DENSE;
    let (top, bottom) = if dense { (14.0, h - 26.0) } else { (24.0, h - 36.0) };
    let steps = n.saturating_sub(1) as f64;
    let gap = if n > 1 { ((bottom - top) / steps).min(46.0) } else { 46.0 };
    let first = (top + bottom + gap * steps) / 2.0;
    // How far curves go to either side.
    let reach = (w * if dense { 0.11 } else { 0.15 }).clamp(16.0, if dense { 40.0 } else { 52.0 });
    // Beside the widest curve stands the number of messages.
    let (left, side) = if dense { (reach + 22.0, reach + 26.0) } else { (reach + 6.0, reach + 6.0) };
    let r = if dense {
        (gap * 0.4).min(3.0)
    } else {
        (gap * if gap < 26.0 { 0.41 } else { 0.37 }).min(w * 0.08).clamp(4.0, 17.0)
    };
    let half = if dense { (w * 0.05).clamp(8.0, 15.0) } else { r };
    let words = if dense { (w * 0.5).clamp(60.0, 136.0) } else { (w * 0.36).clamp(60.0, 118.0) };
    let x = ((w - (left + side + 2.0 * half + words)) / 2.0 + left + half).max(left + half);
    let right = x + half + side;
    let at: Vec<Spot> = (0..stage.lane.nodes.len())
        .map(|i| {
            let y = first - i.min(n) as f64 * gap;
            let tick = dense.then_some((half, 0.0, (gap * 0.66).clamp(1.0, 7.0)));
            let (lx, ly, out, room) = (right, y + 4.0, (1.0, 0.0), gap - 2.0 * r);
            Spot { lx, ly, align: Align::Left, room, dense, out, tick, ..Spot::new(x, y, r) }
        })
        .collect();
    let path = move |at: &[Spot], from: usize, to: usize| {
        let (p, q) = (&at[from], &at[to]);
        // The longer the way, the wider the curve.
        let far = from.abs_diff(to) as f64 / steps.max(1.0);
        let turn = if to > from { 1.0 } else { -1.0 };
        let out = half + 10.0 + (reach - 10.0) * far.sqrt();
        let inset = if dense { half } else { 0.0 };
        let rim = turn * inset;
        // A quadratic curve goes half as far as its control point.
        let cx = x + turn * (2.0 * out - inset);
        Curve::Quad([p.x + rim, p.y, cx, (p.y + q.y) / 2.0, q.x + rim, q.y])
    };
    let mut links = Vec::new();
    if n <= LINKS_MAX {
        links.extend((0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))));
    }
    let mut back = Vec::new();
    if !dense {
        back.push(Item::line(x, first, x, first - gap * steps).stroke(Colour::Line, 1.0));
        let rung = |it: &Spot| Item::line(x + half + 8.0, it.y, right - 4.0, it.y).stroke(Colour::Line, 1.0);
        back.extend(at.iter().take(n).map(rung));
    }
    let sides = &stage.links.side;
    let between = (0..n.saturating_sub(1)).filter(|&i| sides[i] != sides[i + 1]);
    let split = between
        .map(|i| {
            let y = (at[i].y + at[i + 1].y) / 2.0;
            let end = if dense { right - 6.0 } else { (right + words * 0.6).min(w - 4.0) };
            Item::line((x - half - reach).max(4.0), y, end, y).stroke(Colour::Bad, 1.5).dash(4.0, 4.0)
        })
        .collect();
    Plan {
        // Writes leave along the rung, and then fall past the other members.
        writes_past: Some(right),
        links,
        back,
        front: if dense { bundles(stage, &at, half, reach) } else { Vec::new() },
        split,
        column: dense,
        ..Plan::new(at, Box::new(path))
    }
}

/// Of many messages, one arrow for those that climb and one for those pushed down, each with their number.
fn bundles(stage: &Stage, at: &[Spot], half: f64, reach: f64) -> Vec<Item> {
    let lane = stage.lane;
    let mut items = Vec::new();
    for (climbs, turn) in [(true, 1.0), (false, -1.0)] {
        let mine = |it: &&Flight| {
            let members = it.from < lane.members && it.to < lane.members;
            it.class == Class::Election && members && (it.to > it.from) == climbs
        };
        let all: Vec<&Flight> = lane.flights.iter().filter(mine).collect();
        let ends = || all.iter().flat_map(|it| [it.from, it.to]);
        let (Some(low), Some(high)) = (ends().min(), ends().max()) else { continue };
        let (from, to) = if climbs { (&at[low], &at[high]) } else { (&at[high], &at[low]) };
        let x = from.x + turn * (half + 3.0);
        let (wide, middle) = (x + turn * 2.0 * reach, (from.y + to.y) / 2.0);
        let led = all.iter().all(|it| lane.nodes[it.from].leads);
        let (stroke, fill) =
            if led { (Colour::Leader, Colour::Leader) } else { (Colour::Candidate, Colour::Warn) };
        items.push(Item::curve(Curve::Quad([x, from.y, wide, middle, x, to.y])).stroke(stroke, 1.5));
        let angle = crate::geometry::angle(x - wide, to.y - middle);
        items.push(Item::arrow(x + turn * 2.0, to.y, 4.5, angle, stroke));
        let text = Item::text(x + turn * (reach + 3.0), middle + 4.0, all.len().to_string(), 11.5, fill);
        items.push(text.bold(true).centered().halo(Colour::Card));
    }
    items
}
