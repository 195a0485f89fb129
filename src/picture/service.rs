//! A coordination service above its clients: the lists it keeps, and each client below its own row, tied to it by the
//! line of its session.

use crate::colour::Colour;
use crate::geometry::Curve;
use crate::items::Item;
use crate::nodes::{fewest, readable_radius};
use crate::panel::{COLUMNS, LARGE, Layout, panel};
use crate::queue::{Entry, entries, outage, watchers};
use crate::scene::{Plan, Spot, Stage};

const MARGIN: f64 = 8.0;
const TOP: f64 = 4.0;

/// In which column each client stands: below its newest row, or after all rows if it has none.
struct Columns {
    of: Vec<usize>,
    count: usize,
}

impl Columns {
    fn new(all: &[Entry], members: usize) -> Columns {
        let mut of = vec![usize::MAX; members];
        for (i, it) in all.iter().enumerate().filter(|(_, it)| it.row.owner < members) {
            of[it.row.owner] = i;
        }
        let mut count = all.len();
        for it in of.iter_mut().filter(|it| **it == usize::MAX) {
            *it = count;
            count += 1;
        }
        Columns { of, count }
    }
}

/// Arranges a service and its clients.
pub fn service(stage: &Stage) -> Plan {
    let (lane, w) = (stage.lane, stage.w);
    let n = lane.members;
    let up = outage(lane) != "down";
    let panels = lane.info.panels;
    let wide = (w - 2.0 * MARGIN) / panels.len().max(1) as f64;
    let lists: Vec<Vec<Entry>> =
        (0..panels.len()).map(|i| entries(lane, i, stage.links, stage.now)).collect();
    let first: &[Entry] = lists.first().map_or(&[], Vec::as_slice);
    let columns = Columns::new(first, n);
    let edges = |i: usize| (MARGIN + i as f64 * wide, MARGIN + (i + 1) as f64 * wide);
    let count = |i: usize| if i == 0 { columns.count } else { lists[i].len() };
    let places: Vec<Layout> = (0..lists.len()).map(|i| Layout::new(edges(i), count(i), stage.h)).collect();
    // With several lists side by side, clients do not fit below the first.
    let below = Layout::new((MARGIN, w - MARGIN), columns.count, stage.h);
    let floor = places.iter().map(|it| it.floor).fold(below.floor, f64::max);
    let mut at = clients(stage, &below, &columns, floor);
    // The service's own nodes stand in the panel's upper right corner.
    for i in 0..lane.services {
        let x = w - MARGIN - 14.0 - 24.0 * (lane.services - 1 - i) as f64;
        at.push(Spot { square: true, out: (-1.0, 0.0), ..Spot::new(x, TOP + 14.0, 8.5) });
    }
    if below.large {
        saying(&mut at, stage, first);
    }
    let sheet = Item::rect(MARGIN - 4.0, TOP, w - 2.0 * MARGIN + 8.0, floor - TOP, 9.0);
    let mut back = vec![if up {
        sheet.fill(Colour::Soft)
    } else {
        sheet.fill(Colour::Card).stroke(Colour::Follower, 1.0).dash(3.0, 3.0)
    }];
    sessions(stage, &at, floor, up, &mut back);
    for (i, list) in lists.iter().enumerate() {
        panel(&mut back, lane, i, list, &places[i], edges(i), up);
    }
    let r = at.first().map_or(8.0, |it| it.r);
    let path = move |at: &[Spot], from: usize, to: usize| {
        let (out, back) = (from < n, to < n);
        let (p, q) = (&at[from], &at[to]);
        let down = (r * 0.2).max(1.5);
        match (out, back) {
            (true, false) => Curve::Line([p.x - down, p.y, p.x - down, floor - r]),
            (false, true) => Curve::Line([q.x + down, floor - r, q.x + down, q.y]),
            (false, false) => Curve::Line([p.x, p.y, q.x, q.y]),
            _ => {
                let cy = 2.0 * floor + 12.0 - p.y.min(q.y);
                Curve::Quad([p.x, p.y, (p.x + q.x) / 2.0, cy, q.x, q.y])
            }
        }
    };
    let split = cuts(stage, &at, &columns, floor);
    Plan {
        links: (0..n).flat_map(|i| (0..lane.services).map(move |s| (i, n + s))).collect(),
        back,
        full: Some([MARGIN, TOP, w - 2.0 * MARGIN, floor - TOP - 3.0]),
        split,
        ..Plan::new(at, Box::new(path))
    }
}

fn clients(stage: &Stage, layout: &Layout, columns: &Columns, floor: f64) -> Vec<Spot> {
    let (h, pitch) = (stage.h, layout.pitch);
    let dense = !layout.large;
    let space = h - floor - if dense { 18.0 } else { 42.0 };
    if columns.count > COLUMNS {
        // In the lines of their rows.
        let step = pitch.min(space / layout.lines as f64).clamp(3.0, 16.0);
        let r = (step / 2.0 - 0.6).max(1.5);
        let spot = |column: usize| {
            let y = floor + 14.0 + step * ((column / layout.columns) as f64 + 0.5);
            let room = step - 2.0 * r;
            Spot { room, dense: true, says: Some(Vec::new()), ..Spot::new(layout.middle(column), y, r) }
        };
        return columns.of.iter().map(|it| spot(*it)).collect();
    }
    // Many clients stand in several staggered rows, so that their ids are legible.
    let radius = |rows: usize| match rows {
        1 => (pitch * 0.36).min(space / 2.0).min(17.0),
        rows => (pitch * rows as f64 * 0.455).min(space / rows as f64 / 2.0 - 0.5),
    };
    let least = readable_radius(stage.lane);
    let rows = fewest(10, least, radius);
    // In staggered rows, no larger than their ids need.
    let r = radius(rows).min(if rows > 1 { least + 1.0 } else { 17.0 }).max(1.8);
    let tall = 2.0 * r + 1.0;
    let across = pitch * rows as f64;
    let room = if rows > 1 {
        (across.min(crate::geometry::length(pitch, tall)) - 2.0 * r).max(1.0)
    } else {
        pitch - 2.0 * r
    };
    let low = h - if dense { 14.0 } else { 27.0 } - r - (rows - 1) as f64 * tall;
    let spot = |column: usize| {
        let y = low + (column % rows) as f64 * tall;
        let (ly, most) = if dense { (y + r + 11.0, f64::INFINITY) } else { (y + r + 14.0, pitch + 4.0) };
        Spot { ly, room, dense, most, ..Spot::new(layout.middle(column), y, r) }
    };
    columns.of.iter().map(|it| spot(*it)).collect()
}

/// What each client says.
fn saying(at: &mut [Spot], stage: &Stage, all: &[Entry]) {
    let lane = stage.lane;
    let waiting = all.first().map_or_else(Vec::new, |first| watchers(lane, 0, first));
    for node in lane.electors().iter().filter(|it| it.up && !it.paused) {
        let far = lane.services > 0 && !stage.links.linked(node.place, lane.members);
        let entry = all.iter().rposition(|it| it.row.owner == node.place);
        let says: &[&str] = match entry {
            _ if far && node.leads => &["leads, cut off", "leads"],
            _ if far => &["cut off"],
            _ if node.leads && lane.truth == Some(node.place) => &["leads"],
            _ if node.leads => &["believes it leads", "believes"],
            None => &["joins"],
            Some(0) => &["first"],
            _ if waiting == [node.place] => &["next"],
            _ => &["waits"],
        };
        at[node.place].says = Some(says.iter().map(ToString::to_string).collect());
    }
}

/// A line for each client: with a session it is drawn through, without one dotted. While the service is down, it is
/// unknown which sessions will survive.
fn sessions(stage: &Stage, at: &[Spot], floor: f64, up: bool, back: &mut Vec<Item>) {
    let lane = stage.lane;
    let few = lane.members <= COLUMNS;
    for node in lane.electors() {
        let i = node.place;
        let alive = lane.bonds.iter().any(|it| it.0 == i || it.1 == i);
        let far = lane.services > 0 && !stage.links.linked(i, lane.members);
        let quiet = !alive || !node.up || far;
        // Of very many, only those that run out are tied to their row.
        if !few && (!quiet || !alive) {
            continue;
        }
        let tone = match (up, quiet) {
            (false, _) => Colour::Faint,
            (_, true) => Colour::Line,
            _ => Colour::Follower,
        };
        let width = if lane.members > LARGE { 0.75 } else { 1.25 };
        let line = Item::line(at[i].x, at[i].y, at[i].x, floor).stroke(tone, width);
        back.push(line.dash_if(quiet || !up, 2.0, 3.0));
    }
}

/// A cross on the line of each client that the service does not hear; without a service, a border between few clients on
/// different sides.
fn cuts(stage: &Stage, at: &[Spot], columns: &Columns, floor: f64) -> Vec<Item> {
    let (n, side) = (stage.lane.members, &stage.links.side);
    if stage.lane.services == 0 {
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|it| columns.of[*it]);
        let border = |pair: &[usize]| {
            let (a, b) = (&at[pair[0]], &at[pair[1]]);
            let x = (a.x + b.x) / 2.0;
            Item::line(x, floor + 8.0, x, a.y + a.r + 18.0).stroke(Colour::Bad, 1.5).dash(4.0, 4.0)
        };
        let apart = order.windows(2).filter(|it| n <= LARGE && side[it[0]] != side[it[1]]);
        return apart.map(border).collect();
    }
    let far = (0..n).filter(|i| side[*i] != side[n]);
    far.map(|i| {
        let y = floor + ((at[i].y - at[i].r - floor) / 2.0).min(12.0);
        Item::cross(at[i].x, y, (at[i].r * 0.5).clamp(2.0, 4.5), if n > LARGE { 1.25 } else { 1.75 })
    })
    .collect()
}
