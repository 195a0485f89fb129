//! Labels of nodes: a node's state in words, and its id if there is no room inside the node. No label overlaps a node or
//! another label: texts are shortened, moved or left out instead.

use std::f64::consts::PI;

use crate::colour::Colour;
use crate::counts::name_runs;
use crate::geometry::{Boxes, turn};
use crate::items::{Align, Item};
use crate::measure::width;
use crate::nodes::{SIZE, SMALL, id_size};
use crate::read::{Node, Role};
use crate::scene::{Plan, Spot, Stage};
use crate::words::{epoch_mark, epochs_differ, per_cent, span, state_texts, tone};

/// The most notable members named beside ticks.
const TICKS_NAMED: usize = 10;
/// The most stopped ids shown at a node.
const STOPPED_MAX: usize = 2;

/// How much a node needs its label; 0 for nodes in the usual state.
fn urgency(node: &Node) -> u8 {
    match node {
        it if it.leads => 5,
        it if !it.up => 2,
        it if it.waits() => 1,
        it if it.role == Role::Candidate => 4,
        it if it.paused => 3,
        _ => 0,
    }
}

/// A label to be placed.
struct Label<'l> {
    node: &'l Node,
    texts: Vec<String>,
    urgent: u8,
}

/// Labels all nodes.
pub fn name_nodes<'l>(labels: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan, stage: &Stage<'l>) {
    let lane = stage.lane;
    if plan.column {
        name_runs(labels, boxes, plan, lane, (stage.w, stage.h));
        return;
    }
    let epochs = epochs_differ(lane);
    let waiting =
        |place: usize| lane.flights.iter().filter(|it| it.to == place && it.due <= stage.now).count();
    let label = |node: &'l Node| {
        let spot = &plan.at[node.place];
        let urgent = urgency(node);
        let texts = spot.says.clone().unwrap_or_else(|| {
            let texts = state_texts(node, lane, waiting(node.place));
            wordings(node, spot, texts, lane.info, epochs, urgent > 1)
        });
        Label { node, texts, urgent }
    };
    let of_members = lane.nodes.iter().filter(|it| !plan.at[it.place].square).map(label);
    let (mut first, calm): (Vec<Label>, Vec<Label>) =
        of_members.filter(|it| !it.texts.is_empty()).partition(|it| it.urgent > 0);
    first.sort_by_key(|it| (std::cmp::Reverse(it.urgent), std::cmp::Reverse(it.node.place)));
    // Beside ticks, a few ids are enough.
    if plan.at.first().is_some_and(|it| it.tick.is_some()) {
        first.truncate(TICKS_NAMED);
    }
    for it in &first {
        let anywhere = !plan.at[it.node.place].dense || it.node.leads;
        // A shorter text is better than a strange place.
        let mut tries = [false, true].into_iter().filter(|strange| !strange || anywhere);
        tries.any(|strange| {
            it.texts
                .iter()
                .any(|text| put(labels, boxes, stage, &plan.at[it.node.place], it.node, text, strange))
        });
    }
    // Nodes in the usual state share one wording: the longest that all of them have room for.
    let kinds = calm.iter().map(|it| it.texts.len()).max().unwrap_or(0);
    for kind in 0..kinds {
        let (mark, before, last) = (boxes.mark(), labels.len(), kind + 1 == kinds);
        let placed: Vec<bool> = calm
            .iter()
            .map(|it| {
                let text = &it.texts[kind.min(it.texts.len() - 1)];
                put(labels, boxes, stage, &plan.at[it.node.place], it.node, text, last)
            })
            .collect();
        if last || placed.into_iter().all(|it| it) {
            break;
        }
        boxes.back(mark);
        labels.truncate(before);
    }
}

/// Places a text near a node. Returns whether there was room; `strange`: also in places that look worse.
fn put(
    labels: &mut Vec<Item>,
    boxes: &mut Boxes,
    stage: &Stage,
    spot: &Spot,
    node: &Node,
    text: &str,
    strange: bool,
) -> bool {
    let size = if spot.dense { SMALL } else { SIZE };
    let bold = node.leads || node.asks();
    let wide = width(text, size, bold);
    if wide > spot.most {
        return false;
    }
    let inside =
        |(x, y): &(f64, f64)| 2.0 <= *x && x + wide <= stage.w - 2.0 && size <= *y && *y <= stage.h - 2.0;
    let found = places(spot, wide, size, stage.w, strange)
        .into_iter()
        .filter(inside)
        .find(|(x, y)| boxes.take(x - 2.0, y - size, wide + 4.0, size + 3.0));
    let Some((x, y)) = found else { return false };
    let tone = if spot.alone { Colour::Bad } else { tone(node, stage.lane) };
    // Centred, so that a narrower font keeps it at its place.
    labels.push(Item::text(x + wide / 2.0, y, text, size, tone).bold(bold).centered().halo(Colour::Card));
    true
}

/// The possible texts of a label, the longest first; none if the shape says it all.
fn wordings(
    node: &Node,
    spot: &Spot,
    texts: Vec<String>,
    info: &election_protocol::Info,
    epochs: bool,
    urgent: bool,
) -> Vec<String> {
    let hidden = spot.tick.is_some() || id_size(spot.r, &node.label).is_none();
    let label = &node.label;
    if spot.dense {
        return if hidden && (urgent || spot.guide) { vec![label.clone()] } else { Vec::new() };
    }
    if hidden {
        let mut all: Vec<String> = texts.iter().map(|it| format!("{label} {it}")).collect();
        all.push(label.clone());
        return all;
    }
    let epoch = if epochs && node.up { epoch_mark(info, node.epoch) } else { String::new() };
    if epoch.is_empty() {
        return texts;
    }
    let mut all = vec![format!("{}, {} {}", texts[0], info.epoch, node.epoch)];
    all.extend(texts.iter().map(|it| format!("{it} {epoch}")));
    all.extend(texts.last().cloned());
    all
}

/// The positions that a label may take, as its left end and its baseline, the best first.
fn places(spot: &Spot, wide: f64, size: f64, w: f64, strange: bool) -> Vec<(f64, f64)> {
    let (x, y, r, (ox, oy)) = (spot.x, spot.y, spot.r, spot.out);
    let inside = |left: f64| left.min(w - 2.0 - wide).max(2.0);
    let wished = match spot.align {
        Align::Center => inside(spot.lx - wide / 2.0),
        Align::Right => spot.lx - wide,
        Align::Left => spot.lx,
    };
    let mut all = vec![(wished, spot.ly)];
    if spot.align != Align::Center {
        return all;
    }
    if spot.dense {
        let rim = if spot.tick.is_some() { 8.0 } else { r + 4.0 };
        let out = rim + ox.abs() * wide / 2.0 + oy.abs() * size / 2.0;
        for d in if strange { &[0.0, 10.0, 20.0][..] } else { &[0.0] } {
            all.push((x + ox * (out + d) - wide / 2.0, y + oy * (out + d) + size * 0.36));
        }
        return all;
    }
    // Towards the outside, beside the node, or below it.
    all.push((inside(wished + ox * 16.0), spot.ly));
    let beside = |right: bool| if right { x + r + 8.0 } else { x - r - 8.0 - wide };
    all.extend([4.0, 14.0, -6.0].map(|dy| (beside(ox > 0.0), y + dy)));
    let shifted = inside(x - wide / 2.0 + ox * 16.0);
    all.push((shifted, y + r + 16.0));
    if strange {
        // Above it, labels often cover the way of messages.
        all.push((shifted, y - r - 8.0));
        all.extend([4.0, 14.0, -6.0].map(|dy| (beside(ox <= 0.0), y + dy)));
    }
    all
}

/// The ids that went no further, each struck at the node that stopped it.
pub fn strike_ids(labels: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan, stage: &Stage) {
    let lane = stage.lane;
    for node in lane.nodes.iter().filter(|it| it.up && !plan.at[it.place].dense) {
        let spot = &plan.at[node.place];
        let (ox, oy) = spot.out;
        let mut ids: Vec<String> = node.stopped.iter().map(|it| lane.label(Some(*it)).to_string()).collect();
        if ids.len() > STOPPED_MAX {
            let more = ids.len() + 1 - STOPPED_MAX;
            ids.truncate(STOPPED_MAX - 1);
            ids.push(format!("+{more}"));
        }
        for text in ids {
            let wide = (width(&text, 11.0, false) + 8.0).max(17.0);
            let d = spot.r + 13.0 + ox.abs() * (wide / 2.0 - 6.0);
            // Where the id came from: before the node, on either side of the ring.
            for angle in [-0.7, 0.7, -1.2, 1.2, -0.2, PI, PI - 0.8, PI + 0.8] {
                let (c, s) = turn(angle);
                let (x, y) = (spot.x + d * (ox * c - oy * s), spot.y + d * (ox * s + oy * c));
                let fits = x - wide / 2.0 >= 2.0 && x + wide / 2.0 <= stage.w - 2.0 && y >= 9.0;
                if !fits || y > stage.h - 9.0 || !boxes.take(x - wide / 2.0 - 1.0, y - 9.0, wide + 2.0, 18.0)
                {
                    continue;
                }
                let pill = Item::rect(x - wide / 2.0, y - 8.0, wide, 16.0, 8.0);
                labels.push(pill.fill(Colour::Card).stroke(Colour::Follower, 1.0));
                let plus = text.starts_with('+');
                labels.push(Item::text(x, y + 4.0, text, 11.0, Colour::Mute).centered());
                if !plus {
                    let half = wide / 2.0 - 2.0;
                    labels.push(Item::line(x - half, y + 7.0, x + half, y - 7.0).stroke(Colour::Bad, 1.25));
                }
                break;
            }
        }
    }
}

/// What is wrong with the clock or the speed of a node, beside it.
pub fn node_marks(labels: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan, stage: &Stage) {
    for node in stage.lane.nodes.iter().filter(|it| it.up && !plan.at[it.place].dense) {
        let spot = &plan.at[node.place];
        let sign = |negative: bool| if negative { "−" } else { "+" };
        let mut said = Vec::new();
        if node.drift != 0 {
            let part = per_cent(node.drift.unsigned_abs());
            said.push(format!("clock {}{part}", sign(node.drift < 0)));
        } else if node.ahead.unsigned_abs() >= 1_000 {
            said.push(format!("clock {}{}", sign(node.ahead < 0), span(node.ahead.unsigned_abs())));
        }
        if node.slow > 0 {
            said.push(format!("slow: {}", span(node.slow)));
        }
        for text in said {
            let wide = width(&text, 10.0, false);
            let (x, r, middle) = (spot.x, spot.r, spot.x - wide / 2.0);
            let below = match spot.align {
                Align::Center => (spot.lx - wide / 2.0, spot.ly + 13.0),
                Align::Left => (spot.lx, spot.ly + 13.0),
                Align::Right => (spot.lx - wide, spot.ly + 13.0),
            };
            let around = [
                below,
                (x + r + 8.0, spot.y + 4.0),
                (x - r - 8.0 - wide, spot.y + 4.0),
                (middle, spot.y - r - 8.0),
            ];
            let free =
                around.into_iter().map(|(x, y)| (x.min(stage.w - 2.0 - wide).max(2.0), y)).find(|(x, y)| {
                    *y >= 10.0 && *y <= stage.h - 4.0 && boxes.take(x - 1.0, y - 10.0, wide + 2.0, 13.0)
                });
            if let Some((x, y)) = free {
                let item = Item::text(x + wide / 2.0, y, text, 10.0, Colour::Ink);
                labels.push(item.centered().halo(Colour::Card));
            }
        }
    }
}
