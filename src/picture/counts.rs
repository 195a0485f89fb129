//! What a picture says of all nodes together: how far an election on a ring has come, and, of many nodes in a column,
//! which ranges of them are in the same state.

use crate::colour::Colour;
use crate::geometry::{Boxes, Links};
use crate::items::Item;
use crate::measure::width;
use crate::nodes::{SIZE, SMALL};
use crate::read::{Lane, Node, Role};
use crate::scene::Plan;
use crate::words::{state_texts, tone};

/// A line of words, whether it is bold, and its colour.
pub type Said = (String, bool, Colour);

/// The most leaders or candidates that are mentioned.
const MOST: usize = 2;

/// How far the election has come. `many`: the nodes have no labels of their own.
pub fn contest(lane: &Lane, links: &Links, many: bool) -> Vec<Said> {
    let up: Vec<&Node> = lane.electors().iter().filter(|it| it.up).collect();
    let candidates: Vec<&Node> =
        up.iter().filter(|it| it.role == Role::Candidate && !it.leads).copied().collect();
    let leaders: Vec<&Node> = up.iter().filter(|it| it.leads).copied().collect();
    let open: Vec<&&Node> = candidates.iter().filter(|it| it.beaten_by.is_none()).collect();
    let reach = open.iter().map(|it| it.reach).max().unwrap_or(0);
    if reach > 0 {
        let round = format!("round {}: {reach} far", reach.ilog2() + 1);
        let left = format!("{} of {} left", open.len(), up.len());
        return vec![(round, true, Colour::Warn), (left, false, Colour::Mute)];
    }
    let mut lines = Vec::new();
    if !candidates.is_empty() && (leaders.is_empty() || !open.is_empty()) {
        for (node, beaten, of) in best(lane, links, &candidates) {
            lines.push((format!("id {} has beaten", node.label), false, Colour::Mute));
            lines.push((format!("{beaten} of {of}"), true, Colour::Warn));
        }
        let stopped: usize = up.iter().map(|it| it.stopped.len()).sum();
        if many && stopped > 0 {
            let s = if stopped == 1 { "" } else { "s" };
            lines.push((format!("{stopped} id{s} stopped"), false, Colour::Mute));
        }
        return lines;
    }
    if !many && candidates.is_empty() {
        return lines;
    }
    for leader in leaders.iter().take(MOST) {
        let follows =
            |it: &&&Node| !it.leads && it.role != Role::Candidate && it.follows == Some(leader.place);
        let followers = up.iter().filter(follows).count();
        lines.push((format!("{} leads", leader.label), true, Colour::Leader));
        lines.push((format!("{followers} of {} follow", up.len() - 1), false, Colour::Mute));
    }
    lines
}

/// The highest id of each side that nobody has beaten yet, how many members it has passed, and of how many.
fn best<'l>(lane: &'l Lane, links: &Links, candidates: &[&'l Node]) -> Vec<(&'l Node, usize, usize)> {
    let mut found: Vec<(usize, &Node)> = Vec::new();
    for node in candidates {
        let top = node.beaten_by.map_or(*node, |by| &lane.nodes[by]);
        let side = links.side[node.place];
        match found.iter_mut().find(|it| it.0 == side) {
            Some(its) if its.1.id < top.id => its.1 = top,
            Some(_) => {}
            None => found.push((side, top)),
        }
    }
    let count = |(side, node): (usize, &'l Node)| {
        let others: Vec<&Node> = lane
            .electors()
            .iter()
            .filter(|it| it.up && it.place != node.place && links.side[it.place] == side)
            .collect();
        let beaten = others.iter().filter(|it| it.beaten_by == Some(node.place)).count();
        (node, beaten, others.len())
    };
    found.into_iter().map(count).filter(|it| it.2 > 0).take(MOST).collect()
}

/// Draws lines around a point, at most so wide.
pub fn say(labels: &mut Vec<Item>, boxes: &mut Boxes, (x, y): (f64, f64), wide: f64, lines: &[Said]) {
    let widest = |size: f64| lines.iter().map(|it| width(&it.0, size, it.1)).fold(0.0, f64::max);
    let Some(size) = [SIZE, SMALL].into_iter().find(|it| widest(*it) <= wide) else { return };
    let (step, count) = (size + 3.0, lines.len() as f64);
    let (top, half) = (y - count * step / 2.0, widest(size) / 2.0);
    let fits = !lines.is_empty() && count * step <= wide * 0.9;
    if !fits || !boxes.take(x - half - 1.0, top, 2.0 * half + 2.0, count * step) {
        return;
    }
    // Lines end here.
    labels.push(
        Item::rect(x - half - 4.0, top - 1.0, 2.0 * half + 8.0, count * step + 2.0, 6.0).fill(Colour::Card),
    );
    for (i, (text, bold, colour)) in lines.iter().enumerate() {
        let y = top + (i as f64 + 0.8) * step;
        labels.push(Item::text(x, y, text, size, *colour).bold(*bold).centered());
    }
}

/// The most ranges that are named one by one.
const RUNS_MAX: usize = 8;

/// Neighbouring members with the same text, from the highest down; or all with that text, by their number.
struct Run<'l> {
    low: &'l Node,
    high: &'l Node,
    text: String,
    /// How many there are, if they are not neighbours.
    count: usize,
    y: f64,
}

/// Which states are mentioned first where members are ticks in a column.
fn rank(node: &Node) -> usize {
    match node {
        it if !it.up => 2,
        it if it.leads => 0,
        it if it.waits() => 3,
        it if it.role == Role::Candidate => 1,
        _ => 4,
    }
}

fn runs(lane: &Lane) -> Vec<Run<'_>> {
    let mut all: Vec<Run> = Vec::new();
    for node in lane.electors().iter().rev() {
        let told = node.silenced_by.is_some() && node.waits();
        let text = if told { "told to wait".into() } else { state_texts(node, lane, 0).swap_remove(0) };
        match all.last_mut() {
            Some(last) if last.text == text => last.low = node,
            _ => all.push(Run { low: node, high: node, text, count: 0, y: 0.0 }),
        }
    }
    if all.len() <= RUNS_MAX {
        return all;
    }
    // Too many ranges: how many members are in each state, instead.
    let mut states: Vec<Run> = Vec::new();
    for run in all {
        let many = run.high.place - run.low.place + 1;
        match states.iter_mut().find(|it| it.text == run.text) {
            Some(state) => state.count += many,
            None => states.push(Run { count: many, ..run }),
        }
    }
    states
}

/// Labels for ranges of members in a column, in a picture of this size.
pub fn name_runs(labels: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan, lane: &Lane, (w, h): (f64, f64)) {
    let x = plan.at[0].lx;
    let step = SIZE + 3.0;
    let (top, bottom) = (SIZE, h - 16.0);
    let mut chosen = runs(lane);
    // As many as there is room for, the most important first; then from top to bottom, each near its range.
    chosen.sort_by_key(|it| (rank(it.high), usize::MAX - (it.high.place - it.low.place)));
    chosen.truncate(((bottom - top) / step).max(1.0) as usize);
    for it in &mut chosen {
        let middle = (plan.at[it.low.place].y + plan.at[it.high.place].y) / 2.0;
        it.y = (middle + 4.0).clamp(top, bottom);
    }
    chosen.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut free = top;
    for it in &mut chosen {
        it.y = it.y.max(free);
        free = it.y + step;
    }
    let mut free = bottom;
    for it in chosen.iter_mut().rev() {
        it.y = it.y.min(free);
        free = it.y - step;
    }
    for it in &chosen {
        let many = it.count > 1 || it.high.place != it.low.place;
        let brief = state_texts(it.high, lane, 0).pop().unwrap_or_default();
        let [verb, brief] = [it.text.clone(), brief].map(|text| if many { plural(&text) } else { text });
        let range = match it.high.place - it.low.place {
            0 => it.high.label.clone(),
            1 => format!("{}, {}", it.low.label, it.high.label),
            _ => format!("{} to {}", it.low.label, it.high.label),
        };
        let texts = if it.count > 1 {
            vec![format!("{verb}: {}", it.count), format!("{brief}: {}", it.count)]
        } else {
            vec![format!("{range} {verb}"), format!("{range} {brief}"), range]
        };
        let bold = rank(it.high) < 2;
        let Some(text) = texts.into_iter().find(|text| x + width(text, SIZE, bold) <= w - 2.0) else {
            continue;
        };
        boxes.force(x - 1.0, it.y - SIZE, width(&text, SIZE, bold) + 2.0, SIZE + 3.0);
        labels.push(Item::text(x, it.y, text, SIZE, tone(it.high, lane)).bold(bold).halo(Colour::Card));
    }
}

/// Of several members: `follow` and `want`, not `follows` and `wants`.
fn plural(text: &str) -> String {
    for verb in ["follow", "lead", "want", "believe", "ask", "wait"] {
        if let Some(rest) = text.strip_prefix(verb).and_then(|it| it.strip_prefix('s')) {
            return format!("{verb}{rest}");
        }
    }
    text.to_string()
}
