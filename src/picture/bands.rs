//! The bands: one time axis for all lanes, with who believed that it led, and when, and the acts of the scenario.

use std::collections::BTreeSet;

use election_base::SimTime;
use election_engine::checker::Blame;
use election_engine::lane::Lane as Run;
use election_engine::summary::{Band, Stretch};
use election_engine::timeline::Timeline;
use election_protocol::Authority;

use crate::Refused;
use crate::axis::{Acts, Axis};
use crate::colour::Colour;
use crate::items::{Align, Item};
use crate::measure::{shortened, width, wrapped};
use crate::moment::{LANES_MAX, names, title};
use crate::svg::Page;
use crate::words::{clock, span};

const W: f64 = 920.0;
const MARGIN: f64 = 14.0;
const ROW: f64 = 22.0;
/// Of a group other than the main one, under the row of its lane.
const GROUP: f64 = 9.0;
const ABOVE: f64 = 8.0;
/// The most changes of who leads, in a span of a lane.
const SEGMENTS_MAX: usize = 1_500;
/// The most gaps per row that may get a label with their duration: there is never room for more.
const LENGTHS_MAX: usize = 200;

/// A time during which the same nodes believe that they lead: the positions of their bands, the oldest belief first.
struct Segment {
    from: u64,
    to: u64,
    bands: Vec<usize>,
}

/// Splits a span wherever a node starts or stops believing that it leads, and at further instants.
fn segments(bands: &[Band], from: u64, to: u64, also: &BTreeSet<u64>) -> Vec<Segment> {
    let until = |it: &Band| it.until.map_or(u64::MAX, |it| it.0);
    let mut cuts: BTreeSet<u64> = [from, to].into();
    cuts.extend(bands.iter().flat_map(|it| [it.from.0, until(it)]).chain(also.iter().copied()));
    let times: Vec<u64> = cuts.into_iter().filter(|it| (from..=to).contains(it)).collect();
    let mut all: Vec<Segment> = Vec::new();
    let mut first = 0;
    for pair in times.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        // Bands are ordered by their start, so those at the front that have ended need not be visited again.
        while bands.get(first).is_some_and(|it| until(it) <= from) {
            first += 1;
        }
        let here: Vec<usize> = (first..bands.len())
            .take_while(|&b| bands[b].from.0 <= from)
            .filter(|&b| until(&bands[b]) > from)
            .collect();
        match all.last_mut() {
            Some(last) if last.bands == here && !also.contains(&from) => last.to = to,
            _ => all.push(Segment { from, to, bands: here }),
        }
    }
    all
}

/// A tint for each band: two tints alternate from epoch to epoch; without epochs, each belief counts as one.
fn tints(bands: &[Band]) -> Vec<Colour> {
    let mut seen: Vec<(bool, u64)> = Vec::new();
    bands
        .iter()
        .map(|it| {
            let name = if it.epoch > 0 { (true, it.epoch) } else { (false, it.belief.into()) };
            let turn = seen.iter().rposition(|it| *it == name).unwrap_or_else(|| {
                seen.push(name);
                seen.len() - 1
            });
            if turn % 2 == 0 { Colour::Lead1 } else { Colour::Lead2 }
        })
        .collect()
}

/// What a row is drawn from.
struct Row<'r> {
    axis: Axis,
    y: f64,
    run: &'r Run,
    /// The end of what is known.
    end: u64,
}

/// Draws who led in these lanes between two instants.
///
/// # Errors
/// If the span is empty, or too much happens in it.
pub fn bands(
    timeline: &Timeline,
    lanes: &[usize],
    span: (SimTime, SimTime),
    note: &str,
) -> Result<String, Refused> {
    page(timeline, lanes, span, note).map(|it| it.write())
}

pub(crate) fn page(
    timeline: &Timeline,
    lanes: &[usize],
    (from, to): (SimTime, SimTime),
    note: &str,
) -> Result<Page, Refused> {
    if lanes.is_empty() || lanes.len() > LANES_MAX {
        return Err(Refused(format!("a picture shows 1 to {LANES_MAX} lanes, found {}", lanes.len())));
    }
    crate::check_span(from, to)?;
    let shown: Vec<String> = lanes.iter().map(|it| names(timeline, *it).0).collect();
    let widest = shown.iter().map(|it| width(it, 12.0, true)).fold(0.0, f64::max);
    let label = widest.clamp(40.0, 150.0) + 10.0;
    let axis = Axis { x0: MARGIN + label, x1: W - MARGIN - 10.0, from: from.0, to: to.0 };
    let mut list = Vec::new();
    let mut y = 27.0;
    for line in wrapped(&title(timeline), 15.0, true, W - 2.0 * MARGIN, 2) {
        list.push(Item::text(MARGIN, y, line, 15.0, Colour::Ink).bold(true));
        y += 19.0;
    }
    y -= 8.0;
    let acts = Acts::new(&axis, crate::acts_of(timeline, lanes));
    let top = y;
    y += acts.h + 2.0;
    let tops: Vec<f64> = lanes
        .iter()
        .map(|&lane| {
            let at = y + ABOVE;
            y = at + ROW + timeline.lanes()[lane].story().groups.len() as f64 * GROUP;
            at
        })
        .collect();
    let bottom = y + 7.0;
    axis.draw(&mut list, top + acts.h + 2.0, bottom);
    let mut above = Vec::new();
    let mut said = Vec::new();
    for ((&lane, name), &y) in lanes.iter().zip(&shown).zip(&tops) {
        let run = &timeline.lanes()[lane];
        let name = shortened(name, 12.0, true, label - 8.0);
        above.push(Item::text(MARGIN, y + ROW / 2.0 + 4.3, name, 12.0, Colour::Ink).bold(true));
        let end = run.head_stats().broke_off.map_or(to.0, |it| it.0.0.min(to.0));
        said.push(row(&mut list, &mut above, &Row { axis, y, run, end })?);
        groups(&mut list, &Row { axis, y: y + ROW, run, end });
    }
    acts.draw(&mut list, top, bottom);
    list.append(&mut above);
    let h = key(&mut list, timeline, lanes, bottom + 34.0);
    let sayings: Vec<String> = shown.iter().zip(&said).map(|(name, it)| format!("{name}: {it}.")).collect();
    let title = format!("{}: who leads from {} to {}", title(timeline), clock(from.0), clock(to.0));
    let parts = vec![(0.0, 0.0, list)];
    Ok(Page { title, desc: sayings.join(" "), w: W, h, parts, note: note.to_string() })
}

/// Draws the bands of a lane, and the times without a leader between them. Returns who led, in words.
fn row(list: &mut Vec<Item>, above: &mut Vec<Item>, it: &Row) -> Result<String, Refused> {
    let (axis, y, story) = (&it.axis, it.y, it.run.story());
    list.push(Item::rect(axis.x0, y, axis.x1 - axis.x0, ROW, 3.0).fill(Colour::Card));
    let edges: BTreeSet<u64> =
        story.wrong.iter().flat_map(|it| [Some(it.from.0), it.until.map(|it| it.0)]).flatten().collect();
    let all = &story.main.bands;
    let tints = tints(all);
    let parts = segments(all, axis.from, it.end, &edges);
    if parts.len() > SEGMENTS_MAX {
        return Err(Refused(format!(
            "who leads changes more than {SEGMENTS_MAX} times in that span: choose a shorter one"
        )));
    }
    let mut said = Vec::new();
    let mut named: Vec<(usize, usize)> = Vec::new();
    let mut began = all.iter().any(|it| it.from.0 < axis.from);
    let mut lengths = 0;
    // How long nobody led before the present part, unless that has its label.
    let mut before = None;
    for part in &parts {
        let (x, wide) = (axis.clip(part.from), axis.clip(part.to) - axis.clip(part.from));
        if part.bands.is_empty() {
            electing(list, it, &story.electing, part);
            lengths += 1;
            let length = began.then(|| span(part.to - part.from));
            let shown = lengths <= LENGTHS_MAX && gap(above, (x, y, wide), part, began);
            before = length.clone().filter(|_| !shown);
            said.extend(length.map(|it| format!("nobody for {it}")));
            continue;
        }
        began = true;
        let alone = part.bands.len() == 1;
        let tall = ROW / part.bands.len() as f64;
        for (k, &b) in part.bands.iter().enumerate() {
            let band = &all[b];
            // The node believes that it leads but does not serve, or one of several does and nobody can tell which.
            let errs =
                it.run.info().authority == Authority::None && !alone || wrong(&story.wrong, band, part.from);
            let h = if alone { tall } else { (tall - 1.0).max(tall / 2.0) };
            let (top, cut_off) = (y + k as f64 * tall, part.from > band.from.0);
            let r = if wide > 8.0 && alone && !cut_off { 3.0 } else { 1.0 };
            let shape = Item::rect(x, top, wide.max(1.5), h, r);
            list.push(shape.clone().fill(if errs { Colour::Card } else { tints[b] }));
            if errs && wide > 1.0 {
                list.push(shape.hatch(Colour::Bad));
            }
            let known = named.iter().position(|it| it.0 == b);
            if known.is_none_or(|at| named[at].1 != part.bands.len() && wide >= 60.0) {
                let gap = before.take_if(|_| alone && !cut_off);
                let behind = if errs { Colour::Card } else { tints[b] };
                if name_band(above, it.run, band, (x, top, wide, h), behind, gap) {
                    named.retain(|it| it.0 != b);
                    named.push((b, part.bands.len()));
                }
            }
            if !cut_off {
                said.push(format!("{} from {}", it.run.names().node(band.node), clock(band.from.0)));
            }
        }
        before = None;
    }
    marks(above, it);
    if it.end < axis.to {
        let x = axis.clip(it.end);
        list.push(Item::rect(x, y, axis.x1 - x, ROW, 0.0).hatch(Colour::Line));
        let text = "the run broke off here";
        if axis.x1 - x > width(text, 10.5, false) + 12.0 {
            above.push(Item::text(x + 6.0, y + ROW / 2.0 + 3.8, text, 10.5, Colour::Bad).halo(Colour::Card));
        }
    }
    Ok(in_words(said))
}

/// Who led, as far as it is not too long.
fn in_words(mut said: Vec<String>) -> String {
    const SAID_MAX: usize = 12;
    let more = said.len().saturating_sub(SAID_MAX);
    said.truncate(SAID_MAX);
    match (said.is_empty(), more) {
        (true, _) => "nobody leads".to_string(),
        (_, 0) => said.join(", then "),
        (_, more) => format!("{}, and {more} more changes", said.join(", then ")),
    }
}

/// Whether a band is of a node that does not serve at that instant.
fn wrong(all: &[Stretch], band: &Band, at: u64) -> bool {
    let mut mine = all.iter().rev().filter(|it| it.node == band.node && it.from.0 <= at);
    mine.next().is_some_and(|it| it.until.is_none_or(|until| until.0 > at))
}

/// Elections within a gap, at its lower edge.
fn electing(list: &mut Vec<Item>, it: &Row, all: &[Stretch], gap: &Segment) {
    for its in all {
        let (from, to) = (its.from.0.max(gap.from), its.until.map_or(gap.to, |it| it.0).min(gap.to));
        if from < to {
            let (x, end) = (it.axis.clip(from), it.axis.clip(to));
            list.push(Item::rect(x, it.y + ROW - 4.0, (end - x).max(1.5), 4.0, 0.0).fill(Colour::Elects));
        }
    }
}

/// How long a gap is, inside it. Returns false if there is no room.
fn gap(above: &mut Vec<Item>, (x, y, wide): (f64, f64, f64), part: &Segment, began: bool) -> bool {
    let length = span(part.to - part.from);
    let texts = if began {
        vec![format!("nobody for {length}"), length]
    } else {
        vec![format!("nobody yet for {length}"), length]
    };
    let Some(text) = texts.into_iter().find(|it| width(it, 10.5, false) + 8.0 <= wide) else { return false };
    let tone = if began { Colour::Bad } else { Colour::Mute };
    let item = Item::text(x + wide / 2.0, y + ROW / 2.0 + 2.6, text, 10.5, tone);
    above.push(item.centered().halo(Colour::Card));
    true
}

/// The leader's name in a band, and after it, as far as there is room, how long nobody led before, and the epoch.
fn name_band(
    above: &mut Vec<Item>,
    run: &Run,
    band: &Band,
    (x, y, w, h): (f64, f64, f64, f64),
    behind: Colour,
    gap: Option<String>,
) -> bool {
    if h < 8.0 {
        return false;
    }
    let size = if h < 14.0 { 9.0 } else { 11.5 };
    let name = run.names().node(band.node);
    let mut x = x + 5.0;
    let room = x + w - 9.0;
    if x + width(&name, size, true) > room {
        return false;
    }
    let base = y + h / 2.0 + size * 0.36;
    let tone = if behind == Colour::Card { Colour::Bad } else { Colour::Ink };
    let mut say = |x: f64, text: &str, size: f64, bold: bool| {
        above.push(Item::text(x, base, text, size, tone).bold(bold).halo(behind));
        width(text, size, bold)
    };
    x += say(x, &name, size, true) + 5.0;
    if size < 10.0 {
        return true;
    }
    let info = run.info();
    let epoch = if info.epoch.is_empty() || band.epoch == 0 {
        String::new()
    } else {
        format!("{} {}", info.epoch, band.epoch)
    };
    for text in [gap.map_or_else(String::new, |it| format!("after {it}")), epoch] {
        if !text.is_empty() && x + width(&text, 10.5, false) <= room {
            x += say(x, &text, 10.5, false) + 7.0;
        }
    }
    true
}

/// Properties that were broken: a diamond at the lower edge.
fn marks(above: &mut Vec<Item>, it: &Row) {
    let mut last = f64::NEG_INFINITY;
    for its in it.run.head_violations().iter().filter(|its| it.axis.has(its.at.0)) {
        let x = it.axis.x(its.at.0);
        // Marks that would overlap are drawn as one.
        if x - last < 5.0 {
            continue;
        }
        last = x;
        let tone = if its.blame == Blame::Bug { Colour::Bad } else { Colour::Candidate };
        above.push(Item::diamond(x, it.y + ROW + 1.0, 4.5).fill(tone).stroke(Colour::Card, 1.25));
    }
}

/// Who led groups other than the main one: thin rows.
fn groups(list: &mut Vec<Item>, it: &Row) {
    for (i, group) in it.run.story().groups.iter().enumerate() {
        let (y, tall) = (it.y + i as f64 * GROUP + 1.0, GROUP - 2.0);
        let axis = &it.axis;
        list.push(Item::rect(axis.x0, y, axis.x1 - axis.x0, tall, 2.0).fill(Colour::Soft));
        let tints = tints(&group.bands);
        for part in segments(&group.bands, axis.from, it.end, &BTreeSet::new()) {
            let (x, end) = (axis.clip(part.from), axis.clip(part.to));
            for (k, &b) in part.bands.iter().enumerate() {
                let high = tall / part.bands.len() as f64;
                let top = y + k as f64 * high;
                list.push(Item::rect(x, top, (end - x).max(1.5), high, 1.0).fill(tints[b]));
            }
        }
        let name = Item::text(axis.x0 - 4.0, y + tall, group.name, 9.0, Colour::Mute);
        list.push(name.align(Align::Right));
    }
}

/// What the shapes mean. Returns the height of the picture.
fn key(list: &mut Vec<Item>, timeline: &Timeline, lanes: &[usize], y: f64) -> f64 {
    let runs = || lanes.iter().map(|it| &timeline.lanes()[*it]);
    let mut x = MARGIN;
    let mut say = |shapes: Vec<Item>, text: &str| {
        list.extend(shapes);
        list.push(Item::text(x + 24.0, y + 3.8, text, 10.5, Colour::Mute));
        x += 24.0 + width(text, 10.5, false) + 16.0;
        MARGIN.max(x)
    };
    let mut at = MARGIN;
    let half = |x: f64, dx: f64, colour| Item::rect(x + dx, y - 5.0, 9.0, 10.0, 1.0).fill(colour);
    at = say(
        vec![half(at, 0.0, Colour::Lead1), half(at, 9.0, Colour::Lead2)],
        "one leads; the tint changes with each election",
    );
    if runs().any(|it| !it.story().wrong.is_empty()) || runs().any(overlaps) {
        let shape = Item::rect(at, y - 5.0, 18.0, 10.0, 1.0);
        at = say(
            vec![shape.clone().fill(Colour::Card), shape.hatch(Colour::Bad)],
            "believes it leads, wrongly",
        );
    }
    if runs().any(|it| !it.story().electing.is_empty()) {
        let strip = Item::rect(at, y + 1.0, 18.0, 4.0, 0.0).fill(Colour::Elects);
        at = say(
            vec![Item::rect(at, y - 5.0, 18.0, 10.0, 1.0).fill(Colour::Card), strip],
            "an election is on",
        );
    }
    if runs().any(|it| !it.head_violations().is_empty()) {
        let mark = Item::diamond(at + 9.0, y, 4.5).fill(Colour::Candidate).stroke(Colour::Card, 1.25);
        say(vec![mark], "a property is broken");
    }
    y + MARGIN
}

/// Whether several nodes believed at once that they lead, and nothing decides who is right.
fn overlaps(run: &Run) -> bool {
    let bands = &run.story().main.bands;
    run.info().authority == Authority::None
        && bands.windows(2).any(|it| it[0].until.is_none_or(|until| it[1].from < until))
}
