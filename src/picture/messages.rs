//! Messages in flight, lost messages, and their labels.

use election_engine::trace::Loss;

use crate::colour::Colour;
use crate::geometry::{Boxes, Curve};
use crate::items::Item;
use crate::measure::width;
use crate::nodes::LEAST;
use crate::read::{Class, Flight, REFUSED};
use crate::scene::{Plan, Spot, Stage};
use crate::store::slot;
use crate::words::epoch_mark;

/// A label for a message, drawn if there is room.
pub struct Wanted {
    x: f64,
    y: f64,
    /// Its distance from that point.
    pad: f64,
    text: String,
    /// A shorter text, if that one does not fit.
    short: String,
    fill: Colour,
}

/// The most message labels in a lane.
const LABELS_MAX: usize = 14;
/// The most messages shown one by one beside a column, and among many nodes.
const DOTS_MAX: [usize; 2] = [40, 120];

/// The path of a message, or of a write to the slot in the lower edge, and the part of it from rim to rim.
fn way(plan: &Plan, stage: &Stage, it: &Flight, own: f64) -> Option<(Curve, f64, f64)> {
    let spot = plan.at.get(it.from)?;
    let end = if it.kind.is_none() { None } else { Some(plan.at.get(it.to)?) };
    let curve = match (end, plan.writes_past) {
        (Some(_), _) => plan.way(it.from, it.to),
        (None, past) => {
            let (x1, y1) = slot(stage);
            match past {
                Some(past) => Curve::Quad([spot.x, spot.y, x1.max(past), spot.y, x1, y1]),
                None => Curve::Line([spot.x, spot.y, x1, y1]),
            }
        }
    };
    let whole = curve.length().max(1.0);
    // In a panel, paths end at the panel's edge, as far from it as the other end's rim.
    let rim = |here: &Spot, there: &Spot| {
        let r = if here.square { there.r } else { here.r };
        own + if here.tick.is_some() { 0.0 } else { r + if here.dense { 0.0 } else { 4.0 } }
    };
    let head = (rim(spot, end.unwrap_or(spot)) / whole).min(0.45);
    let tail = end.map_or(0.0, |end| (rim(end, spot) / whole).min(0.45));
    Some((curve, head, tail))
}

/// The colour of a message; `carries`: it shows an id.
fn tint(it: &Flight, stage: &Stage, carries: bool) -> Colour {
    match it.class {
        Class::Election => {
            let nodes = &stage.lane.nodes;
            let of =
                if carries { nodes.iter().find(|node| node.id == it.args[0]) } else { nodes.get(it.from) };
            if of.is_some_and(|node| node.leads) { Colour::Leader } else { Colour::Candidate }
        }
        Class::Data => Colour::Ink,
        _ => Colour::Mute,
    }
}

/// Of how many messages one is shown.
pub fn shown_every(plan: &Plan, stage: &Stage) -> u64 {
    let dense = plan.at.first().is_some_and(|it| it.dense);
    let most = match (plan.column, dense) {
        (true, _) => DOTS_MAX[0],
        (_, true) => DOTS_MAX[1],
        // A few for each node.
        _ => 3 * (stage.lane.members + 1),
    };
    let moving = stage.lane.flights.iter().filter(|it| it.due >= stage.now).count();
    moving.div_ceil(most).max(1) as u64
}

/// Draws the messages in flight. Returns the labels that they want.
pub fn messages(list: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan, stage: &Stage) -> Vec<Wanted> {
    let flights = &stage.lane.flights;
    let mut wanted = Vec::new();
    let mut capsules = Boxes::default();
    let calm = flights.iter().all(|it| it.class == Class::Liveness || it.kind.is_none());
    // So many members have so many messages that all of them would be a cloud.
    let every = shown_every(plan, stage);
    let mut marks = Vec::new();
    for it in flights {
        let thinned = every > 1 && !(it.from as u64 * 7 + it.to as u64 * 13 + it.nth).is_multiple_of(every);
        // Messages waiting at a paused node are counted in its label instead.
        if thinned || stage.now > it.due {
            continue;
        }
        if let Some(its) = message((list, &mut marks), boxes, &mut capsules, plan, stage, it) {
            let dense = plan.at[it.from].dense;
            let Some(kind) = it.kind.filter(|_| !dense && (calm || it.class != Class::Liveness)) else {
                continue;
            };
            let info = stage.lane.info;
            let Some(message) = info.messages.get(kind) else { continue };
            let of_epoch = message.args.first() == Some(&info.epoch);
            let epoch = if of_epoch { epoch_mark(info, it.args[0]) } else { String::new() };
            let text = format!("{} {epoch}", message.name).trim_end().to_string();
            wanted.push(Wanted { text, short: message.name.to_string(), ..its });
        }
    }
    list.append(&mut marks);
    wanted
}

/// A message that arrives has a colour; another one is empty and red.
fn dressed(item: Item, arrives: bool, colour: Colour) -> Item {
    if arrives { item.fill(colour) } else { item.fill(Colour::Card).stroke(Colour::Bad, 1.25) }
}

/// A message without an id.
fn dot(it: &Flight, spot: &Spot, (x, y): (f64, f64), colour: Colour) -> Item {
    let arrives = it.flags & 1 == 1;
    let square = |half: f64, r: f64| Item::rect(x - half, y - half, 2.0 * half, 2.0 * half, r);
    match it.class {
        _ if it.kind.is_none() => dressed(square(2.5, 1.0), arrives, colour),
        Class::Liveness => {
            let r = if spot.dense { 1.75 } else { 2.75 };
            let stroke = if arrives { Colour::Mute } else { Colour::Bad };
            Item::circle(x, y, r).fill(Colour::Card).stroke(stroke, 1.25)
        }
        Class::Data => dressed(square(3.5, 1.5), arrives, colour),
        _ => {
            let r = if spot.tick.is_some() { 2.0 } else { (spot.r * 0.6).min(4.25) };
            dressed(Item::circle(x, y, r), arrives, colour)
        }
    }
}

/// Draws a message: its way, and above all ways the message. Returns where its label belongs.
fn message(
    (ways, list): (&mut Vec<Item>, &mut Vec<Item>),
    boxes: &mut Boxes,
    capsules: &mut Boxes,
    plan: &Plan,
    stage: &Stage,
    it: &Flight,
) -> Option<Wanted> {
    let spot = plan.at.get(it.from)?;
    let (quiet, write) = (it.class == Class::Liveness, it.kind.is_none());
    let info = it.kind.and_then(|kind| stage.lane.info.messages.get(kind));
    let id = info.is_some_and(|m| m.args.first() == Some(&"id")) && it.args[0] > 0 && !quiet;
    let id = id.then(|| it.args[0].to_string());
    let size = if spot.dense { LEAST } else { 10.5 };
    let (wide, tall) = id
        .as_ref()
        .map_or((0.0, 0.0), |id| ((size * 0.75).max(width(id, size, true) / 2.0 + 4.0), size * 0.75));
    let own = match (&id, write, quiet) {
        (Some(_), ..) => wide,
        (_, true, _) => 2.5,
        (_, _, true) => 2.75,
        _ => 4.0,
    };
    let (curve, head, tail) = way(plan, stage, it, own)?;
    let whole = it.due.saturating_sub(it.sent).max(1) as f64;
    let gone = (stage.now.saturating_sub(it.sent) as f64 / whole).min(1.0);
    let f = head + gone * (1.0 - head - tail);
    let (x, y) = curve.along(f);
    let arrives = it.flags & 1 == 1;
    let its = tint(it, stage, id.is_some());
    let colour = if write { Colour::Ink } else { its };
    if !quiet && !write && spot.tick.is_none() {
        let (width, alpha) = if spot.dense { (1.0, 0.35) } else { (1.5, 0.55) };
        let line = Item::curve(curve).stroke(its, width).dash_if(!arrives, 3.0, 4.0).alpha(alpha);
        // Many messages may share a way.
        if !ways.contains(&line) {
            ways.push(line);
        }
        if !spot.dense && id.is_none() {
            // Where it is going: in a still picture, nothing else says so.
            let (ax, ay) = curve.along((f + 9.0 / curve.length().max(1.0)).min(1.0 - tail));
            let tip = if arrives { its } else { Colour::Bad };
            list.push(Item::arrow(ax, ay, 3.5, curve.direction(f), tip));
        }
    }
    let free = id.is_none() || capsules.take(x - wide, y - tall, 2.0 * wide, 2.0 * tall);
    match id {
        Some(id) if free => {
            if !spot.dense {
                let (ax, ay) =
                    curve.along((f + (wide + 5.0) / curve.length().max(1.0)).min(1.0 - tail * 0.6));
                list.push(Item::arrow(
                    ax,
                    ay,
                    4.0,
                    curve.direction(f),
                    if arrives { its } else { Colour::Bad },
                ));
            }
            let fill = if its == Colour::Candidate { Colour::Warn } else { colour };
            list.push(dressed(Item::rect(x - wide, y - tall, 2.0 * wide, 2.0 * tall, tall), arrives, fill));
            let tone = match (arrives, its) {
                (false, _) => Colour::Ink,
                (_, Colour::Leader) => Colour::OnLeader,
                _ => Colour::Card,
            };
            list.push(Item::text(x, y + size * 0.35, id, size, tone).bold(true).centered());
        }
        // Another id stands there.
        Some(_) if !spot.dense => {}
        _ => list.push(dot(it, spot, (x, y), colour)),
    }
    if write {
        return None;
    }
    let high = (own * 0.6).max(tall);
    boxes.force(x - own, y - high, 2.0 * own, 2.0 * high);
    let fill = match (arrives, quiet) {
        (false, _) => Colour::Bad,
        (_, true) => Colour::Mute,
        _ => Colour::Ink,
    };
    Some(Wanted { x, y, pad: own + 5.0, text: String::new(), short: String::new(), fill })
}

/// Messages lost a moment ago. One that was lost at its sender ends halfway in a cross; one that was lost on arrival ends
/// in a cross there. A write that the store rejected ends at the slot. A link shows one cross; if it is cut, that one
/// says it all.
pub fn losses(
    list: &mut Vec<Item>,
    boxes: &mut Boxes,
    plan: &Plan,
    stage: &Stage,
    crossed: Vec<(usize, usize)>,
) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    let mut seen = crossed;
    for it in stage.lane.losses.iter().rev() {
        let at_sending = it.flags <= Loss::CutAtSending as u8;
        let write = it.kind.is_none();
        let quiet = it.class == Class::Liveness || write;
        let r: f64 = if quiet { 2.75 } else { 4.25 };
        let Some((curve, head, tail)) = way(plan, stage, it, r) else { continue };
        let spot = &plan.at[it.from];
        let usual = it.due.saturating_sub(it.sent).max(1) as f64;
        let gone = stage.now.saturating_sub(it.sent) as f64 / usual;
        let end = match it.flags {
            REFUSED => 0.94,
            _ if at_sending => 0.5,
            _ => 1.0,
        };
        let left = 1.0 - (gone - if at_sending { end } else { 0.0 });
        let link = if write { (it.from, usize::MAX) } else { (it.from.min(it.to), it.from.max(it.to)) };
        if left <= 0.0 || seen.contains(&link) {
            continue;
        }
        seen.push(link);
        let (x, y) = curve.along(head + end * (1.0 - head - tail));
        let small = r.min(if spot.tick.is_some() { 2.0 } else { spot.r * 0.5 });
        list.push(Item::cross(x, y, small, if quiet { 1.25 } else { 1.75 }));
        if spot.dense || (quiet && it.flags != REFUSED) {
            continue;
        }
        boxes.force(x - r, y - r, 2.0 * r, 2.0 * r);
        let name = it.kind.and_then(|kind| stage.lane.info.messages.get(kind)).map_or("write", |m| m.name);
        let why = if it.flags == REFUSED { "refused".to_string() } else { reason(it.flags) };
        let short = if it.flags == REFUSED { "refused" } else { "lost" }.to_string();
        wanted.push(Wanted { x, y, pad: r + 4.0, text: format!("{name} {why}"), short, fill: Colour::Bad });
    }
    wanted
}

/// Why a message was lost, in words.
fn reason(why: u8) -> String {
    if why == Loss::Chance as u8 { "lost".into() } else { format!("lost: {}", Loss::text(why)) }
}

/// Draws those labels that have room.
pub fn name_messages(labels: &mut Vec<Item>, wanted: Vec<Wanted>, boxes: &mut Boxes, stage: &Stage) {
    let size = 10.5;
    let mut put = |it: &Wanted, text: &str, more: f64| {
        let (wide, pad) = (width(text, size, false), it.pad + more);
        // To the right, to the left, above or below, in this order of preference; otherwise not at all.
        let around = [
            (it.x + pad, it.y + 3.5),
            (it.x - pad - wide, it.y + 3.5),
            (it.x - wide / 2.0, it.y - pad),
            (it.x - wide / 2.0, it.y + pad + 7.0),
        ];
        let free = around.into_iter().find(|(x, y)| {
            let inside = *x >= 2.0 && x + wide <= stage.w - 2.0 && *y >= size && *y <= stage.h - 14.0;
            inside && boxes.take(x - 2.0, y - size, wide + 4.0, size + 3.0)
        });
        let Some((x, y)) = free else { return false };
        labels.push(Item::text(x, y, text, size, it.fill).halo(Colour::Card));
        true
    };
    let mut left = LABELS_MAX;
    for it in &wanted {
        if left == 0 {
            break;
        }
        if put(it, &it.text, 0.0) || put(it, &it.short, 6.0) {
            left -= 1;
        }
    }
}
