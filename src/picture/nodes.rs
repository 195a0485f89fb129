//! Nodes: shape and colour show the role; the id goes inside if it is legible there; an arc shows a timer.

use std::f64::consts::{PI, TAU};

use crate::colour::Colour;
use crate::geometry::Curve;
use crate::items::{Item, look};
use crate::read::{Lane, Node, Role, Ticking};
use crate::scene::{Spot, Stage};

/// The smallest text in a picture, in pixels.
pub const LEAST: f64 = 9.0;
/// The size of labels, of few nodes and of many.
pub const SIZE: f64 = 11.5;
/// See [`SIZE`].
pub const SMALL: f64 = 9.5;
/// Names longer than this do not enlarge their nodes; they stand beside them.
const LETTERS: usize = 5;

/// The size of an id relative to its node's radius, such that its corners stay inside.
fn share(letters: usize) -> f64 {
    (0.97 / crate::geometry::length(0.37 * letters as f64, 0.36)).min(1.1)
}

/// The size of an id inside its node, if there is room.
pub fn id_size(r: f64, id: &str) -> Option<f64> {
    let size = (r * share(id.chars().count())).min(14.0);
    (size >= LEAST).then_some(size)
}

/// The smallest radius at which all members' ids fit inside.
pub fn readable_radius(lane: &Lane) -> f64 {
    let letters = lane.electors().iter().map(|it| it.label.chars().count().min(LETTERS)).max();
    LEAST / share(letters.unwrap_or(1)) + 0.01
}

/// How many columns or rows to stand in: the fewest that give nodes the desired radius, or else those with the largest.
pub fn fewest(most: usize, least: f64, radius: impl Fn(usize) -> f64) -> usize {
    (1..=most)
        .find(|it| radius(*it) >= least)
        .unwrap_or_else(|| (1..=most).rev().max_by(|a, b| radius(*a).total_cmp(&radius(*b))).unwrap_or(1))
}

/// Draws all nodes: first their timers, then their shapes, then their ids, so that what looks the same comes together.
pub fn draw_nodes(list: &mut Vec<Item>, at: &[Spot], stage: &Stage) {
    let mut ordered: Vec<&Node> = stage.lane.nodes.iter().collect();
    ordered.sort_by_key(|it| (it.leads, it.asks(), !it.up, it.waits(), it.paused, it.role == Role::Idle));
    let nodes = || ordered.iter().map(|it| (*it, &at[it.place]));
    for (node, spot) in nodes().filter(|it| it.1.tick.is_none()) {
        timer(list, spot, node, stage);
    }
    for (node, spot) in nodes() {
        let errs = spot.alone || stage.lane.errs(node);
        match spot.tick {
            Some(tick) => draw_tick(list, spot, tick, node, errs),
            None => shape(list, spot, node, stage.lane.truth == Some(node.place) && !errs, errs),
        }
    }
    for (node, spot) in nodes().filter(|it| it.1.tick.is_none()) {
        id(list, spot, node);
    }
}

/// The id inside a node, and two bars at one that is paused.
fn id(list: &mut Vec<Item>, spot: &Spot, node: &Node) {
    let (x, y, r) = (spot.x, spot.y, spot.r);
    let text = if spot.square { "S" } else { &node.label };
    if let Some(size) = id_size(r, text) {
        let faint = !node.up || node.role == Role::Idle || node.paused || node.waits();
        let tone = match (node.leads, faint) {
            (true, _) => Colour::OnLeader,
            (_, true) => Colour::Mute,
            _ => Colour::Ink,
        };
        list.push(Item::text(x, y + size * 0.355, text, size, tone).bold(true).centered());
    }
    if node.up && node.paused && r > 6.0 {
        for dx in [-2.5, 2.5] {
            let left = x + r * 0.75 + dx - 1.25;
            list.push(
                Item::rect(left, y - r - 1.0, 2.5, (r * 0.8).min(8.0), 0.0)
                    .fill(Colour::Ink)
                    .stroke(Colour::Card, 0.75),
            );
        }
    }
}

/// The node itself. `truth`: it leads in truth; `errs`: it believes so wrongly.
fn shape(list: &mut Vec<Item>, spot: &Spot, node: &Node, truth: bool, errs: bool) {
    let (x, y, r) = (spot.x, spot.y, spot.r);
    let width = if r < 6.0 { 1.25 } else { 1.75 };
    let ring = r + (r * 0.3 + 1.0).min(5.0).min(1.0 + spot.room * 0.4);
    let square = || Item::rect(x - r, y - r, 2.0 * r, 2.0 * r, 3.0).fill(Colour::Card);
    let seat = || spot.seat.map(|its| Item::rect(x - r, y - r, 2.0 * r, 2.0 * r, r * 0.4).like(its));
    if !node.up {
        let (dash, gap) = if r < 6.0 { (1.5, 2.0) } else { (3.0, 3.0) };
        let down = if spot.square { square() } else { Item::circle(x, y, r).fill(Colour::Card) };
        list.push(seat().unwrap_or_else(|| down.stroke(Colour::Follower, width).dash(dash, gap)));
    } else if spot.square {
        list.push(square().stroke(Colour::Ink, 1.5).dash_if(node.paused, 3.0, 3.0));
    } else if node.leads {
        if truth {
            list.push(Item::circle(x, y, ring - 1.0).stroke(Colour::Leader, 1.5));
        }
        if errs {
            list.push(Item::circle(x, y, ring).hatch(Colour::Bad).stroke(Colour::Bad, 1.0));
        }
        list.push(Item::circle(x, y, r).fill(Colour::Leader).stroke(Colour::Leader, width));
    } else if node.asks() {
        list.push(Item::diamond(x, y, r * 1.2).fill(Colour::Card).stroke(Colour::Candidate, 2.0));
    } else if let Some(seat) = seat() {
        list.push(seat);
    } else {
        let idle = node.role == Role::Idle;
        let soft = node.paused || idle || node.waits();
        let fill = if soft { Colour::Soft } else { Colour::Card };
        list.push(Item::circle(x, y, r).like(look(
            fill,
            Colour::Follower,
            if idle { 1.0 } else { width },
            None,
        )));
    }
}

/// A node as a tick among many.
fn draw_tick(list: &mut Vec<Item>, spot: &Spot, (dx, dy, width): (f64, f64, f64), node: &Node, errs: bool) {
    let line = |part: f64| {
        Item::line(spot.x - dx * part, spot.y - dy * part, spot.x + dx * part, spot.y + dy * part)
    };
    if node.leads && errs {
        list.push(line(1.35).stroke(Colour::Bad, width + 3.0));
    }
    list.push(match node {
        it if !it.up => line(1.0).stroke(Colour::Follower, 1.0).dash(2.0, 3.0),
        it if it.leads => line(1.0).stroke(Colour::Leader, width),
        it if it.waits() || it.paused => line(1.0).stroke(Colour::Faint, width * 0.5),
        it if it.role == Role::Candidate => line(1.0).stroke(Colour::Candidate, width),
        _ => line(1.0).stroke(Colour::Follower, width),
    });
}

/// The arc of the node's longest timer: the share of it that is left. A leader has none.
fn timer(list: &mut Vec<Item>, spot: &Spot, node: &Node, stage: &Stage) {
    if !node.up || node.leads || spot.square || spot.r < 7.0 || spot.dense || spot.room < 8.0 {
        return;
    }
    let lane = stage.lane;
    let whole = |it: &Ticking| it.due.unwrap_or(0).saturating_sub(it.since);
    let mine = lane.timers.iter().filter(|it| {
        it.place == node.place && it.due.is_some() && lane.timer_names.get(it.timer) != Some(&"write")
    });
    let Some(longest) = mine.max_by_key(|it| whole(it)) else { return };
    let due = longest.due.unwrap_or(0);
    let left = (due.saturating_sub(stage.now) as f64 / whole(longest).max(1) as f64).min(1.0);
    // A whole turn would begin where it ends.
    let left = left.min(0.999);
    if left > 0.005 {
        let r = spot.r + if node.asks() { 6.0 } else { 4.0 };
        let (a0, a1) = (-PI / 2.0, -PI / 2.0 + left * TAU);
        list.push(Item::curve(Curve::Arc { x: spot.x, y: spot.y, r, a0, a1 }).stroke(Colour::Faint, 1.5));
    }
}
