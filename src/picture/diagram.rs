//! The space-time diagram of a span of a lane: a row for each node, true time, each message from where it was sent to
//! where it arrived or was lost.

use election_base::SimTime;
use election_engine::lane::Lane as Run;
use election_engine::timeline::Timeline;
use election_engine::trace::{Kind, WRITE};
use election_protocol::{Authority, Class};
use election_workbench::telling;

use crate::Refused;
use crate::axis::{Acts, Axis};
use crate::colour::Colour;
use crate::geometry::Boxes;
use crate::items::{Align, Item};
use crate::measure::{shortened, width, wrapped};
use crate::moment::{names, title};
use crate::passages::{Passage, Passages, Phase, as_place, class, name, passages, place_name};
use crate::svg::Page;
use crate::words::{clock, epoch_mark, span};

const W: f64 = 920.0;
const MARGIN: f64 = 14.0;
/// From more nodes than this on, those that matter have rows of their own.
const ROWS_MAX: usize = 12;
/// Above as many messages, those that repeat are left out.
const MESSAGES_MAX: usize = 600;
const LABELS_MAX: usize = 24;
/// As often the same is said of different nodes.
const SAME_MAX: usize = 8;
const SIZE: f64 = 10.5;
/// The longest time before and after the span in which its messages may begin and end, in microseconds.
const SLACK_MAX: u64 = 2_000_000;

/// A row: one place, or all those that are folded into it.
struct Row {
    places: Vec<usize>,
    name: String,
    folded: bool,
}

/// What is drawn, and where.
struct Plan<'p> {
    run: &'p Run,
    its: &'p Passages,
    axis: Axis,
    rows: Vec<Row>,
    top: f64,
    pitch: f64,
}

impl Plan<'_> {
    /// The row of a place.
    fn row(&self, place: usize) -> Option<usize> {
        self.rows.iter().position(|it| it.places.contains(&place))
    }

    /// The middle of a row.
    fn y(&self, row: usize) -> f64 {
        self.top + (row as f64 + 0.5) * self.pitch
    }

    /// A line between two moments of rows, cut at the ends of the axis.
    fn line(&self, a: u64, row: usize, b: u64, other: usize) -> Option<Item> {
        let axis = &self.axis;
        if b < axis.from || a > axis.to {
            return None;
        }
        let (y0, y1) = (self.y(row), self.y(other));
        let at = |it: u64| if a == b { y1 } else { y0 + (y1 - y0) * (it - a) as f64 / (b - a) as f64 };
        let (p, q) = (a.max(axis.from), b.min(axis.to));
        Some(Item::line(axis.x(p), if a == b { y0 } else { at(p) }, axis.x(q), at(q)))
    }

    /// A bar along a row: left, top, width, height.
    fn bar(&self, a: u64, b: u64, row: usize, thick: f64) -> (f64, f64, f64, f64) {
        let (x, end) = (self.axis.clip(a), self.axis.clip(b));
        (x, self.y(row) - thick / 2.0, (end - x).max(1.0), thick)
    }

    /// A text, if nothing else is there.
    fn text(
        &self,
        list: &mut Vec<Item>,
        boxes: &mut Boxes,
        (x, y): (f64, f64),
        text: &str,
        tone: Colour,
    ) -> bool {
        let wide = width(text, 10.0, false);
        let fits = x >= self.axis.x0 - 2.0 && x + wide <= self.axis.x1 + 8.0;
        let free = fits && boxes.take(x - 1.0, y - 9.0, wide + 2.0, 11.5);
        if free {
            list.push(Item::text(x, y, text, 10.0, tone).halo(Colour::Paper));
        }
        free
    }
}

/// Draws a span of a lane.
///
/// # Errors
/// If the span is empty, or too much happens in it.
pub fn diagram(
    timeline: &Timeline,
    lane: usize,
    span: (SimTime, SimTime),
    note: &str,
) -> Result<String, Refused> {
    page(timeline, lane, span, note).map(|it| it.write())
}

pub(crate) fn page(
    timeline: &Timeline,
    lane: usize,
    (from, to): (SimTime, SimTime),
    note: &str,
) -> Result<Page, Refused> {
    crate::check_span(from, to)?;
    let run = &timeline.lanes()[lane];
    // Messages of the span may have been sent before it, and arrive after it.
    let slack = SimTime((to.0 - from.0).clamp(1_000, SLACK_MAX)).0;
    let end = timeline.scenario().until.0.min(to.0.saturating_add(slack));
    let its = passages(run, lane, SimTime(from.0.saturating_sub(slack)), SimTime(end.max(to.0)))?;
    let visible = |it: &&Passage| {
        let begins = it.sent.map_or(0, |it| it.0);
        begins <= to.0 && it.end.is_none_or(|it| from.0 <= it.0)
    };
    let all: Vec<&Passage> = its.all.iter().filter(visible).collect();
    let rows = rows(run, &its, &all, from.0, to.0);
    let widest = rows.iter().map(|it| width(&it.name, 12.0, true)).fold(40.0, f64::max).min(120.0);
    let axis = Axis { x0: MARGIN + widest + 44.0, x1: W - MARGIN - 10.0, from: from.0, to: to.0 };
    let pitch = match rows.len() {
        0..=6 => 40.0,
        7..=9 => 34.0,
        _ => 28.0,
    };
    let mut list = Vec::new();
    let y = heading(&mut list, timeline, lane, (from, to));
    let acts = Acts::new(&axis, crate::acts_of(timeline, &[lane]));
    let top = y + acts.h + 6.0;
    let plan = Plan { run, its: &its, axis, rows, top, pitch };
    let bottom = top + pitch * plan.rows.len() as f64;
    plan.axis.draw(&mut list, top - 2.0, bottom);
    acts.draw(&mut list, y, bottom);
    let (shown, left) = thinned(&plan, &all)?;
    let mut boxes = Boxes::default();
    apart(&mut list, &mut boxes, &plan);
    for row in 0..plan.rows.len() {
        baseline(&mut list, &plan, row);
    }
    draw_passages(&mut list, &plan, &shown);
    let mut texts = Vec::new();
    phases(&mut list, &mut texts, &mut boxes, &plan);
    sparks(&mut list, &mut texts, &mut boxes, &plan);
    labels(&mut texts, &mut boxes, &plan, &shown);
    names_of_rows(&mut list, &plan);
    list.append(&mut texts);
    let mut h = key(&mut list, &plan, &shown, bottom + 36.0);
    if let Some(left) = left {
        list.push(Item::text(MARGIN, h + 22.0, left, SIZE, Colour::Mute));
        h += 18.0;
    }
    let title =
        format!("{}: {} from {} to {}", title(timeline), names(timeline, lane).0, clock(from.0), clock(to.0));
    let desc = desc(run, (from, to), all.len());
    let parts = vec![(0.0, 0.0, list)];
    Ok(Page { title, desc, w: W, h: h + MARGIN - 4.0, parts, note: note.to_string() })
}

/// The title, the lane and the span. Returns where the rest begins.
fn heading(list: &mut Vec<Item>, timeline: &Timeline, lane: usize, (from, to): (SimTime, SimTime)) -> f64 {
    let mut y = 27.0;
    for line in wrapped(&title(timeline), 15.0, true, W - 2.0 * MARGIN, 2) {
        list.push(Item::text(MARGIN, y, line, 15.0, Colour::Ink).bold(true));
        y += 19.0;
    }
    let name = names(timeline, lane).0;
    let span = format!(", node by node, {} from {}", span(to.0 - from.0), clock(from.0));
    let runs = vec![(name, true, Colour::Ink), (span, false, Colour::Mute)];
    list.push(Item::rich(MARGIN, y, 12.0, runs));
    y + 8.0
}

/// What a screen reader says: how many messages there are, and what happened.
fn desc(run: &Run, (from, to): (SimTime, SimTime), messages: usize) -> String {
    const SAID_MAX: usize = 8;
    let all: Vec<_> =
        run.story().happenings.iter().filter(|it| from <= it.at && it.at <= to && it.stops()).collect();
    let mut said = vec![format!("{messages} messages between {} nodes.", run.members() + run.services())];
    let told = |it: &&_| {
        let it: &election_engine::summary::Happening = it;
        format!("{}: {}", clock(it.at.0), telling::text(run, it))
    };
    said.extend(all.iter().take(SAID_MAX).map(told));
    if SAID_MAX < all.len() {
        said.push(format!("{} more things happen.", all.len() - SAID_MAX));
    }
    said.join(" ")
}

/// Every node, or of many nodes those that something happens to, and one row for the rest.
fn rows(run: &Run, its: &Passages, all: &[&Passage], from: u64, to: u64) -> Vec<Row> {
    let nodes = run.members() + run.services();
    let single = |place: usize| Row { places: vec![place], name: place_name(run, place), folded: false };
    let wrote = all.iter().any(|it| it.kind == WRITE);
    let store = wrote.then(|| single(nodes));
    if nodes <= ROWS_MAX {
        return (0..nodes).map(single).chain(store).collect();
    }
    // How much happens to a node; the weights only order.
    let mut weight = vec![0_u64; nodes];
    for (place, phases) in its.phases.iter().enumerate() {
        for it in phases.iter().filter(|it| it.up && it.from <= to && from <= it.to) {
            weight[place] += if it.leads { 2_000 } else { u64::from(it.asks) * 600 };
        }
    }
    for it in its.sparks.iter().filter(|it| it.place < nodes && (from..=to).contains(&it.at)) {
        let matters = matches!(it.kind, Kind::Crash | Kind::Start | Kind::Pause | Kind::Resume | Kind::Mark);
        weight[it.place] += u64::from(matters) * 400;
    }
    for it in all {
        for place in [it.from, it.to].into_iter().filter(|it| *it < nodes) {
            weight[place] += 1;
        }
    }
    let mut heaviest: Vec<usize> = (0..nodes).collect();
    heaviest.sort_by_key(|&place| (std::cmp::Reverse(weight[place]), place));
    let matter = weight.iter().filter(|it| **it >= 200).count();
    heaviest.truncate(matter.clamp(ROWS_MAX / 2, ROWS_MAX - 2));
    heaviest.sort_unstable();
    let rest: Vec<usize> = (0..nodes).filter(|it| !heaviest.contains(it)).collect();
    let name = format!("{} more", rest.len());
    let folded = Row { places: rest, name, folded: true };
    heaviest.into_iter().map(single).chain(store).chain([folded]).collect()
}

/// Which messages there is room for, and what was left out.
fn thinned<'p>(
    plan: &Plan,
    all: &[&'p Passage],
) -> Result<(Vec<&'p Passage>, Option<&'static str>), Refused> {
    let own = |it: &&Passage| {
        let (a, b) = (plan.row(it.from), plan.row(it.to));
        a.is_some() && b.is_some() && a != b
    };
    let all: Vec<&Passage> = all.iter().copied().filter(own).collect();
    if all.len() <= MESSAGES_MAX {
        return Ok((all, None));
    }
    let without = |classes: &[Class]| -> Vec<&'p Passage> {
        all.iter().copied().filter(|it| !classes.contains(&class(plan.run, it.kind))).collect()
    };
    let some = without(&[Class::Liveness]);
    if some.len() <= MESSAGES_MAX {
        return Ok((some, Some("Messages that repeat are left out.")));
    }
    let some = without(&[Class::Liveness, Class::Data, Class::Service]);
    if some.len() <= MESSAGES_MAX {
        return Ok((some, Some("Only messages of elections are shown.")));
    }
    let folded = |place: usize| plan.row(place).is_none_or(|row| plan.rows[row].folded);
    let few: Vec<&Passage> = some.iter().copied().filter(|it| !folded(it.from) && !folded(it.to)).collect();
    if few.len() <= MESSAGES_MAX {
        return Ok((
            few,
            Some("Only messages of elections between the nodes with a row of their own are shown."),
        ));
    }
    Err(Refused(format!(
        "the span has {} messages of elections, and a diagram shows at most {MESSAGES_MAX}: choose a shorter span",
        some.len()
    )))
}

/// The colour of a message, and whether it is drawn quietly.
fn tone(run: &Run, kind: u8) -> (Colour, bool) {
    match class(run, kind) {
        Class::Election => (Colour::Candidate, false),
        Class::Data => (Colour::Leader, true),
        _ => (Colour::Follower, true),
    }
}

/// Shades the nodes that are cut off from the largest side.
fn apart(list: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan) {
    for (i, (at, side)) in plan.its.sides.iter().enumerate() {
        let until = plan.its.sides.get(i + 1).map_or(plan.axis.to, |it| it.0);
        if until <= plan.axis.from || *at >= plan.axis.to || side.iter().all(|it| *it == side[0]) {
            continue;
        }
        let size = |of: usize| side.iter().filter(|it| **it == of).count();
        // The first of the largest.
        let main = side.iter().copied().rev().max_by_key(|it| size(*it)).unwrap_or(0);
        let mut above = main;
        for (row, it) in plan.rows.iter().enumerate() {
            let its = side.get(it.places[0]).copied().unwrap_or(main);
            if it.folded || its == main {
                above = main;
                continue;
            }
            let (x, y, w, h) = plan.bar(*at, until, row, plan.pitch - 2.0);
            list.push(Item::rect(x, y, w, h, 0.0).fill(Colour::Soft));
            list.push(Item::rect(x, y, w, h, 0.0).hatch(Colour::Line));
            let text = "cut off";
            if its != above && w > width(text, 9.5, false) + 10.0 && boxes.take(x + 3.0, y + 1.0, 44.0, 11.0)
            {
                list.push(Item::text(x + 4.0, y + 10.0, text, 9.5, Colour::Mute).halo(Colour::Soft));
            }
            above = its;
        }
    }
}

/// The line of a row; a node that is down has dots, and one that is paused is hatched.
fn baseline(list: &mut Vec<Item>, plan: &Plan, index: usize) {
    let row = &plan.rows[index];
    let phases = plan.its.phases.get(row.places[0]).filter(|it| !row.folded && !it.is_empty());
    let Some(phases) = phases else {
        let line = plan.line(plan.axis.from, index, plan.axis.to, index);
        let (tone, width) = if row.folded { (Colour::Line, 5.0) } else { (Colour::Follower, 1.25) };
        list.extend(line.map(|it| it.stroke(tone, width)));
        return;
    };
    for it in phases {
        let (from, to) = (it.from.max(plan.axis.from), it.to.min(plan.axis.to));
        if from >= to {
            continue;
        }
        if it.paused && it.up {
            let (x, y, w, h) = plan.bar(from, to, index, 9.0);
            list.push(Item::rect(x, y, w, h, 2.0).fill(Colour::Soft));
            list.push(Item::rect(x, y, w, h, 2.0).hatch(Colour::Faint).stroke(Colour::Follower, 0.75));
        }
        if let Some(line) = plan.line(from, index, to, index) {
            let line = line.stroke(Colour::Follower, if it.up { 1.5 } else { 1.25 });
            list.push(if it.up { line } else { line.dash(1.0, 4.0) });
        }
    }
}

/// When a message was sent and reached its end. What was sent before the stretch or ends after it is drawn as long as
/// others.
fn ends(it: &Passage) -> (u64, u64) {
    const USUAL: u64 = 10_000;
    let reached = it.waits.or(it.end.map(|it| it.0));
    let sent = it.sent.map(|it| it.0);
    let from = sent.unwrap_or_else(|| reached.unwrap_or(0).saturating_sub(USUAL));
    (from, reached.unwrap_or(from + USUAL))
}

/// Lost at once: it did not get far.
fn stopped(it: &Passage) -> bool {
    it.why.is_some() && it.sent.map(|it| it.0) == it.end.map(|it| it.0)
}

/// The messages that arrived or were lost: first the lines of all of one kind, then their ends.
fn draw_passages(list: &mut Vec<Item>, plan: &Plan, shown: &[&Passage]) {
    let mut ordered: Vec<&&Passage> = shown.iter().collect();
    ordered.sort_by_key(|it| (!tone(plan.run, it.kind).1, tone(plan.run, it.kind).0, it.end.is_none()));
    for it in &ordered {
        let (Some(a), Some(b)) = (plan.row(it.from), plan.row(it.to)) else { continue };
        let (colour, quiet) = tone(plan.run, it.kind);
        let (sent, reached) = ends(it);
        let (width, alpha) = if quiet { (1.0, 0.55) } else { (1.5, 0.95) };
        if stopped(it) {
            let x = plan.axis.x(sent);
            let y = plan.y(a) + (plan.y(b) - plan.y(a)).signum() * plan.pitch * 0.32;
            if plan.axis.has(sent) {
                list.push(Item::line(x, plan.y(a), x, y).stroke(colour, 1.0));
            }
            continue;
        }
        if let Some(line) = plan.line(sent, a, reached, b) {
            list.push(line.stroke(colour, width).alpha(alpha).dash_if(it.end.is_none(), 2.0, 3.0));
        }
        if let (Some(waits), Some((end, _))) = (it.waits, it.end) {
            let wait = plan.line(waits, b, end, b).filter(|_| waits < end);
            list.extend(wait.map(|it| it.stroke(colour, 2.5).dash(2.0, 3.0).alpha(alpha)));
        }
    }
    for it in ordered {
        let (Some(a), Some(b)) = (plan.row(it.from), plan.row(it.to)) else { continue };
        let (colour, quiet) = tone(plan.run, it.kind);
        let Some((end, _)) = it.end.filter(|it| plan.axis.has(it.0)) else { continue };
        let x = plan.axis.x(end);
        if it.why.is_none() {
            let from = if a < b { -1.0 } else { 1.0 };
            let r = if quiet { 2.0 } else { 2.75 };
            let (_, reached) = ends(it);
            // An arrow, so that the direction is seen where the scale is small.
            let (dx, dy) = (x - plan.axis.x(ends(it).0), plan.y(b) - plan.y(a));
            if reached == end && dx * dx + dy * dy > 1.0 {
                let angle = crate::geometry::angle(dx, dy);
                let (c, s) = crate::geometry::turn(angle);
                list.push(Item::arrow(x - c * r * 1.6, plan.y(b) - s * r * 1.6, r * 1.6, angle, colour));
            } else {
                list.push(Item::circle(x, plan.y(b) + from, r).fill(colour));
            }
            continue;
        }
        let y = if stopped(it) {
            plan.y(a) + (plan.y(b) - plan.y(a)).signum() * plan.pitch * 0.32
        } else {
            plan.y(b)
        };
        list.push(Item::cross(x, y, if quiet { 3.0 } else { 4.0 }, if quiet { 1.25 } else { 1.75 }));
    }
}

/// The times in which nodes led or wanted to.
fn phases(list: &mut Vec<Item>, texts: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan) {
    for (index, row) in plan.rows.iter().enumerate().filter(|it| !it.1.folded) {
        let place = row.places[0];
        for it in plan.its.phases.get(place).into_iter().flatten() {
            if it.up && (it.leads || it.asks) && plan.axis.from <= it.to && it.from <= plan.axis.to {
                phase(list, texts, boxes, plan, index, place, it);
            }
        }
    }
}

fn phase(
    list: &mut Vec<Item>,
    texts: &mut Vec<Item>,
    boxes: &mut Boxes,
    plan: &Plan,
    row: usize,
    place: usize,
    it: &Phase,
) {
    let thick = 5.0;
    let (x, y, w, h) = plan.bar(it.from, it.to, row, thick);
    let colour = if it.leads { Colour::Leader } else { Colour::Candidate };
    list.push(Item::rect(x, y, w, h, 1.0).fill(colour));
    let mut well = it.to;
    for (a, b) in wrong(plan.run, place, it) {
        if a < b && plan.axis.from < b && a < plan.axis.to {
            let (x, y, w, h) = plan.bar(a, b, row, thick + 3.0);
            list.push(Item::rect(x, y, w, h, 0.0).fill(Colour::Card));
            list.push(Item::rect(x, y, w, h, 0.0).hatch(Colour::Bad).stroke(Colour::Bad, 1.0));
            name_phase(texts, boxes, plan, (x, y + 1.5, w), it.epoch, ("believes it leads", Colour::Bad));
            well = well.min(a);
        }
    }
    let (x, y, w, _) = plan.bar(it.from, well, row, thick);
    let word = if it.leads { ("leads", Colour::Leader) } else { ("candidate", Colour::Warn) };
    if it.from.max(plan.axis.from) < well {
        name_phase(texts, boxes, plan, (x, y, w), it.epoch, word);
    }
}

/// What a node is, above its bar, with its epoch as far as there is room.
fn name_phase(
    texts: &mut Vec<Item>,
    boxes: &mut Boxes,
    plan: &Plan,
    (x, y, w): (f64, f64, f64),
    epoch: u64,
    (word, fill): (&str, Colour),
) {
    let info = plan.run.info();
    let mark = epoch_mark(info, epoch);
    let all = if mark.is_empty() {
        vec![word.to_string()]
    } else {
        vec![format!("{word}, {} {epoch}", info.epoch), format!("{word} {mark}"), word.to_string()]
    };
    for text in all {
        let wide = width(&text, SIZE, true);
        let left = x + (w / 2.0 - wide / 2.0).clamp(8.0, 90.0);
        if wide + 10.0 <= w && boxes.take(left - 2.0, y - 13.0, wide + 4.0, 12.0) {
            texts.push(Item::text(left, y - 4.0, text, SIZE, fill).bold(true).halo(Colour::Paper));
            return;
        }
    }
}

/// When a node believed in a phase that it led and did not serve, or, where nothing decides that, another one believed the
/// same.
fn wrong(run: &Run, place: usize, it: &Phase) -> Vec<(u64, u64)> {
    if !it.leads {
        return Vec::new();
    }
    let within = |from: SimTime, until: Option<SimTime>| {
        (from.0.max(it.from), until.map_or(u64::MAX, |it| it.0).min(it.to))
    };
    let story = run.story();
    if run.info().authority == Authority::None {
        let others = story.main.bands.iter().filter(|its| its.node != as_place(place));
        return others.map(|its| within(its.from, its.until)).collect();
    }
    let mine = story.wrong.iter().filter(|its| its.node == as_place(place));
    mine.map(|its| within(its.from, its.until)).collect()
}

/// Timers that fired, nodes that crashed and paused, new epochs.
fn sparks(list: &mut Vec<Item>, texts: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan) {
    let dense = plan.its.sparks.len() > MESSAGES_MAX;
    let mut suspects = 0;
    for it in plan.its.sparks.iter().filter(|it| plan.axis.has(it.at)) {
        let Some(row) = plan.row(if it.kind == Kind::Stored { plan.its.phases.len() } else { it.place })
        else {
            continue;
        };
        if plan.rows[row].folded {
            continue;
        }
        let (x, y) = (plan.axis.x(it.at), plan.y(row));
        let mut say =
            |dx: f64, dy: f64, text: &str, tone| plan.text(texts, boxes, (x + dx, y + dy), text, tone);
        match it.kind {
            Kind::Fire | Kind::Input if !dense => {
                list.push(Item::line(x, y - 4.0, x, y + 4.0).stroke(Colour::Mute, 1.25));
            }
            Kind::Crash => {
                list.push(Item::cross(x, y, 5.0, 2.25));
                say(9.0, -6.0, "crashes", Colour::Bad);
            }
            Kind::Start => {
                list.push(Item::circle(x, y, 3.5).fill(Colour::Card).stroke(Colour::Ink, 1.25));
                if it.sub == 1 {
                    say(7.0, -6.0, "restarts", Colour::Mute);
                }
            }
            Kind::Pause | Kind::Resume => {
                list.push(Item::rect(x - 2.0, y - 6.0, 4.0, 12.0, 1.0).fill(Colour::Follower));
                let word = if it.kind == Kind::Pause { "pauses" } else { "resumes" };
                say(6.0, -7.0, word, Colour::Mute);
            }
            Kind::Stored => {
                let square = Item::rect(x - 2.5, y - 2.5, 5.0, 5.0, 0.0);
                let kept = it.sub == 1;
                list.push(if kept { square.fill(Colour::Leader) } else { square.stroke(Colour::Bad, 1.25) });
            }
            Kind::Mark if it.sub == 0 && it.arg == 0 && suspects < SAME_MAX => {
                suspects += usize::from(say(5.0, 13.0, "suspects the leader", Colour::Mute));
            }
            _ => {}
        }
    }
    if plan.run.info().epoch.is_empty() {
        return;
    }
    for (place, phases) in plan.its.phases.iter().enumerate() {
        let Some(row) = plan.row(place).filter(|row| !plan.rows[*row].folded) else { continue };
        for pair in phases.windows(2) {
            let it = &pair[1];
            if it.epoch != pair[0].epoch && it.up && !it.leads && !it.asks && plan.axis.has(it.from) {
                let (x, y) = (plan.axis.x(it.from) + 3.0, plan.y(row) + 12.0);
                plan.text(texts, boxes, (x, y), &epoch_mark(plan.run.info(), it.epoch), Colour::Warn);
            }
        }
    }
}

/// What messages are, at those of elections, and why they were lost.
fn labels(texts: &mut Vec<Item>, boxes: &mut Boxes, plan: &Plan, shown: &[&Passage]) {
    // What one event sent to many has one label, and so has what many send to one.
    let mut said: Vec<(u32, u8, usize)> = Vec::new();
    // A link that loses everything says so once.
    let mut lost: Vec<(usize, usize, &str)> = Vec::new();
    for it in shown {
        if said.len() >= LABELS_MAX {
            break;
        }
        let (_, quiet) = tone(plan.run, it.kind);
        let (Some(a), Some(b)) = (plan.row(it.from), plan.row(it.to)) else { continue };
        if quiet || it.end.is_some_and(|it| it.0 > plan.axis.to) {
            continue;
        }
        say_lost(texts, boxes, plan, it, &mut lost);
        let step = it.sent.map_or(0, |it| it.1);
        if said.iter().any(|its| its.1 == it.kind && (its.0 == step || its.2 == it.to)) || stopped(it) {
            continue;
        }
        let (sent, reached) = ends(it);
        for share in [0.6, 0.4, 0.75] {
            let at = sent as f64 + (reached - sent) as f64 * share;
            if at < plan.axis.from as f64 || at > plan.axis.to as f64 {
                continue;
            }
            let x = plan.axis.x(at as u64);
            let y = plan.y(a) + (plan.y(b) - plan.y(a)) * share;
            let name = name(plan.run, it.kind);
            let left = if b > a { x - width(name, 10.0, false) - 5.0 } else { x + 6.0 };
            if plan.text(texts, boxes, (left, y + 3.5), name, Colour::Warn) {
                said.push((step, it.kind, it.to));
                break;
            }
        }
    }
    // The rest, as far as there is room.
    for it in shown.iter().filter(|it| tone(plan.run, it.kind).1) {
        if lost.len() < LABELS_MAX {
            say_lost(texts, boxes, plan, it, &mut lost);
        }
    }
}

/// Says why a message was lost, once for each link and reason.
fn say_lost<'p>(
    texts: &mut Vec<Item>,
    boxes: &mut Boxes,
    plan: &Plan,
    it: &'p Passage,
    lost: &mut Vec<(usize, usize, &'p str)>,
) {
    let (Some(why), Some((end, _)), Some(a), Some(b)) = (it.why, it.end, plan.row(it.from), plan.row(it.to))
    else {
        return;
    };
    if !plan.axis.has(end) || lost.contains(&(it.from, it.to, why)) {
        return;
    }
    let side = (plan.y(b) - plan.y(a)).signum();
    let y = if stopped(it) { plan.y(a) + side * plan.pitch * 0.32 } else { plan.y(b) };
    if plan.text(texts, boxes, (plan.axis.x(end) + 7.0, y + 4.0), why, Colour::Bad) {
        lost.push((it.from, it.to, why));
    }
}

/// The names of the rows, and their state where the span begins.
fn names_of_rows(list: &mut Vec<Item>, plan: &Plan) {
    for (i, row) in plan.rows.iter().enumerate() {
        let y = plan.y(i) + 4.0;
        let (size, tone) = if row.folded { (11.0, Colour::Mute) } else { (12.0, Colour::Ink) };
        let name = shortened(&row.name, size, !row.folded, plan.axis.x0 - MARGIN - 44.0);
        list.push(Item::text(MARGIN, y, name, size, tone).bold(!row.folded));
        let phases = plan.its.phases.get(row.places[0]).filter(|_| !row.folded);
        let Some(phases) = phases else { continue };
        let its = phases.iter().rev().find(|it| it.from <= plan.axis.from).or(phases.first());
        let state = its.map_or_else(String::new, |it| match it {
            it if !it.up => "down".to_string(),
            it if it.paused => "paused".to_string(),
            it => epoch_mark(plan.run.info(), it.epoch),
        });
        let state = shortened(&state, 10.0, false, 38.0);
        list.push(Item::text(plan.axis.x0 - 6.0, y, state, 10.0, Colour::Mute).align(Align::Right));
    }
}

/// What the shapes mean: those that occur. Returns the height so far.
fn key(list: &mut Vec<Item>, plan: &Plan, shown: &[&Passage], y: f64) -> f64 {
    let (mut x, mut y) = (MARGIN, y);
    let of = |classes: &[Class]| shown.iter().any(|it| classes.contains(&class(plan.run, it.kind)));
    let phase = |test: fn(&Phase) -> bool| {
        let seen = |it: &Phase| test(it) && plan.axis.from <= it.to && it.from <= plan.axis.to;
        plan.its.phases.iter().flatten().any(seen)
    };
    let sided =
        plan.its.sides.iter().any(|(at, side)| *at <= plan.axis.to && side.iter().any(|it| *it != side[0]));
    let line =
        |colour, width| move |x: f64, y: f64| vec![Item::line(x, y, x + 18.0, y).stroke(colour, width)];
    let bar = |colour| move |x: f64, y: f64| vec![Item::rect(x, y - 2.5, 18.0, 5.0, 1.0).fill(colour)];
    let hatched = |back, colour| {
        move |x: f64, y: f64| {
            let it = Item::rect(x, y - 4.0, 18.0, 8.0, 0.0);
            vec![it.clone().fill(back), it.hatch(colour)]
        }
    };
    type Symbol = Box<dyn Fn(f64, f64) -> Vec<Item>>;
    let seen = |(a, b): &(u64, u64)| a < b && *a <= plan.axis.to && plan.axis.from <= *b;
    let wrong = plan.its.phases.iter().enumerate().any(|(place, all)| {
        all.iter().filter(|it| it.up).any(|it| wrong(plan.run, place, it).iter().any(seen))
    });
    let all: [(bool, Symbol, &str); 9] = [
        (phase(|it| it.leads), Box::new(bar(Colour::Leader)), "leads"),
        (wrong, Box::new(hatched(Colour::Card, Colour::Bad)), "believes it leads, wrongly"),
        (phase(|it| it.asks), Box::new(bar(Colour::Candidate)), "wants to lead"),
        (of(&[Class::Election]), Box::new(line(Colour::Candidate, 1.5)), "message of an election"),
        (of(&[Class::Data]), Box::new(line(Colour::Leader, 1.0)), "data, write"),
        (of(&[Class::Liveness, Class::Service]), Box::new(line(Colour::Follower, 1.0)), "heartbeat, session"),
        (
            shown.iter().any(|it| it.why.is_some()),
            Box::new(|x, y| vec![Item::cross(x + 9.0, y, 4.0, 1.75)]),
            "lost",
        ),
        (phase(|it| it.paused && it.up), Box::new(hatched(Colour::Soft, Colour::Faint)), "paused"),
        (sided, Box::new(hatched(Colour::Soft, Colour::Line)), "cut off"),
    ];
    for (_, symbol, text) in all.iter().filter(|it| it.0) {
        let wide = 24.0 + width(text, SIZE, false);
        if x > MARGIN && x + wide > W - MARGIN {
            (x, y) = (MARGIN, y + 17.0);
        }
        list.extend(symbol(x, y));
        list.push(Item::text(x + 24.0, y + 3.8, *text, SIZE, Colour::Mute));
        x += wide + 16.0;
    }
    y
}
