//! A mesh: every member is linked to every other. Above a few members stands the ballot, a box for each vote; many
//! members are the seats of a parliament around the one that asks them.

use crate::ballot::{Ballot, Standing};
use crate::circle::DENSE;
use crate::colour::Colour;
use crate::geometry::{length, on_circle, turn};
use crate::items::{Align, Item, look};
use crate::measure::{fitting, width};
use crate::nodes::SIZE;
use crate::parliament::parliament;
use crate::read::{Node, Role};
use crate::scene::{Plan, Spot, Stage, straight};

/// With more members than this, links are not drawn.
const LINKS_MAX: usize = 10;
/// The height of the ballot.
const BALLOT: f64 = 57.0;

/// Arranges a mesh.
pub fn mesh(stage: &Stage) -> Plan {
    let lane = stage.lane;
    let ballot = Ballot::of(lane, stage.links);
    if lane.members >= DENSE {
        return parliament(stage, ballot.as_ref());
    }
    let (mut at, rim) = ellipse(stage);
    for node in &lane.nodes {
        saying(&mut at[node.place], node, stage, ballot.as_ref());
    }
    let n = lane.members;
    let mut links = Vec::new();
    if n <= LINKS_MAX {
        links.extend((0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))));
    }
    let mut back = Vec::new();
    votes(&mut back, stage, ballot.as_ref());
    Plan {
        links,
        shows_links: true,
        back,
        full: Some([0.0, 0.0, stage.w, BALLOT]),
        split: borders(&stage.links.side[..n], &rim),
        ..Plan::new(at, straight())
    }
}

/// Where the members stand: the middle and the radii of an ellipse.
struct Rim {
    x: f64,
    y: f64,
    rx: f64,
    ry: f64,
}

/// The members below the ballot, clockwise from the top.
fn ellipse(stage: &Stage) -> (Vec<Spot>, Rim) {
    let (w, n) = (stage.w, stage.lane.members);
    let (top, bottom) = (BALLOT + 6.0, stage.h - 23.0);
    let most = ((bottom - top) / 9.0).clamp(6.0, 20.0);
    let ry = ((bottom - top) / 2.0 - most).max(12.0);
    let rx = (w / 2.0 - most - if n > 8 { 16.0 } else { 34.0 }).min(ry * 1.7).max(12.0);
    let rim = Rim { x: w / 2.0, y: (top + bottom) / 2.0, rx, ry };
    let point = |i: usize| {
        let (c, s) = turn(on_circle(i as f64, n));
        (rx * c, ry * s)
    };
    // Neighbours are closest at the ends of the longer axis.
    let apart = (0..n).map(|i| {
        let (a, b) = (point(i), point(i + 1));
        length(b.0 - a.0, b.1 - a.1)
    });
    let r = if n > 1 { (0.4 * apart.fold(f64::INFINITY, f64::min)).clamp(4.0, most) } else { most };
    let at = (0..stage.lane.nodes.len())
        .map(|i| {
            let (c, s) = turn(on_circle(i as f64, n));
            let (px, py) = (rim.x + rx * c, rim.y + ry * s);
            let spot = Spot { out: (c, s), ..Spot::new(px, py, r) };
            // The highest node has its words at its side, below the ballot.
            if s < -0.9 { Spot { lx: px + r + 9.0, ly: py + 4.0, align: Align::Left, ..spot } } else { spot }
        })
        .collect();
    (at, rim)
}

/// Lines between neighbours on different sides: one across if there are two sides, otherwise from the middle.
fn borders(side: &[usize], rim: &Rim) -> Vec<Item> {
    let n = side.len();
    let ends: Vec<(f64, f64)> = (0..n)
        .filter(|&i| side[i] != side[(i + 1) % n])
        .map(|i| {
            let (c, s) = turn(on_circle(i as f64 + 0.5, n));
            (rim.x + (rim.rx + 26.0) * c, rim.y + (rim.ry + 20.0) * s)
        })
        .collect();
    let line =
        |a: (f64, f64), b: (f64, f64)| Item::line(a.0, a.1, b.0, b.1).stroke(Colour::Bad, 1.5).dash(4.0, 4.0);
    match ends.as_slice() {
        [a, b] => vec![line(*a, *b)],
        all => all.iter().map(|end| line((rim.x, rim.y), *end)).collect(),
    }
}

/// What a node says of the vote, where that matters more than its state.
fn saying(spot: &mut Spot, node: &Node, stage: &Stage, ballot: Option<&Ballot>) {
    if !node.up || node.paused {
        return;
    }
    let lost = ballot.is_some_and(|it| it.lost && it.candidate.place == node.place);
    let says = |a: String, b: String| Some(vec![a, b]);
    if node.leads && lost {
        spot.alone = true;
        spot.says = says("believes it leads".into(), "believes".into());
    } else if node.role == Role::Candidate && !node.leads {
        let asks = node.tally.as_ref().is_some_and(|it| !it.binding);
        let long = if asks { "asks how all would vote" } else { "wants to lead" };
        spot.says = says(long.into(), "asks".into());
    } else if let Some((epoch, whom)) = node.voted
        && epoch == node.epoch
        && node.follows.is_none()
        && !node.leads
    {
        let whom = stage.lane.label(whom);
        spot.says = says(format!("voted for {whom}"), format!("for {whom}"));
    }
}

/// Where the boxes of the ballot stand.
struct Boxes {
    start: f64,
    pitch: f64,
    wide: f64,
    needed: usize,
}

/// The gap at the line of the quorum.
const GAP: f64 = 10.0;

impl Boxes {
    fn left(&self, i: usize) -> f64 {
        self.start + i as f64 * self.pitch + if i >= self.needed { GAP } else { 0.0 }
    }
}

/// The ballot of a few: the votes in the order in which they came, and the line that they have to reach.
fn votes(back: &mut Vec<Item>, stage: &Stage, ballot: Option<&Ballot>) {
    let (w, n, epoch) = (stage.w, stage.lane.members, stage.lane.info.epoch);
    let head = match ballot {
        Some(it) => {
            let asks = if it.tally.binding { "votes" } else { "asks first" };
            vec![asks.to_string(), format!("{epoch} {}", it.tally.epoch)]
        }
        None => vec!["votes".to_string()],
    };
    // The boxes of many need the whole width.
    let beside = n <= 7;
    let widest = head.iter().map(|it| width(it, SIZE, false)).fold(0.0, f64::max).max(56.0);
    let left = if beside { widest + 10.0 } else { 8.0 };
    let pitch = ((w - left - GAP - 8.0) / n as f64).min(38.0);
    let wide = (pitch - if pitch > 24.0 { 6.0 } else { 3.0 }).max(8.0);
    let start = (w + left - GAP - pitch * n as f64) / 2.0;
    if beside {
        for (i, text) in head.iter().enumerate() {
            let text = Item::text(start - 10.0, 18.0 + i as f64 * 14.0, text, SIZE, Colour::Mute);
            back.push(text.align(Align::Right));
        }
    } else {
        back.push(Item::text(start, 54.0, head.join(", "), SIZE, Colour::Mute));
    }
    let needed = ballot.map_or(n + 1, |it| it.tally.needed);
    let boxes = Boxes { start, pitch, wide, needed };
    let Some(ballot) = ballot else {
        let empty = |i| Item::rect(boxes.left(i), 6.0, wide, 20.0, 4.0).stroke(Colour::Line, 1.25);
        back.extend((0..n).map(empty));
        let middle = start + pitch * n as f64 / 2.0;
        back.push(Item::text(middle, 42.0, "nobody asks", SIZE, Colour::Mute).centered());
        return;
    };
    seats(back, stage, ballot, &boxes);
    let x = boxes.left(needed) - GAP / 2.0 - (pitch - wide) / 2.0;
    back.push(Item::line(x, 2.0, x, 42.0).stroke(Colour::Leader, 2.0));
    let text = format!("{needed} of {}", ballot.voters());
    let half = width(&text, SIZE, true) / 2.0 + 2.0;
    let x = x.min(w - half).max(half);
    back.push(Item::text(x, 54.0, text, SIZE, Colour::Leader).bold(true).centered());
}

/// A box for each vote, and below it where it stands.
fn seats(back: &mut Vec<Item>, stage: &Stage, ballot: &Ballot, boxes: &Boxes) {
    let (pitch, wide) = (boxes.pitch, boxes.wide);
    let words: Vec<String> = ballot.seats.iter().map(|it| ballot.word(it, stage.lane)).collect();
    let letters = ballot.seats.iter().map(|it| it.0.label.chars().count()).max().unwrap_or(1);
    let inside = SIZE.min((wide - 3.0) / (letters as f64 * 0.71));
    let room = pitch - 2.0;
    let fits = |size: &f64| words.iter().all(|it| width(it, *size, false) <= room);
    let small = [SIZE, 10.0, 9.0].into_iter().find(fits).unwrap_or(9.0);
    for (i, ((node, standing), word)) in ballot.seats.iter().zip(&words).enumerate() {
        let x = boxes.left(i);
        let given = *standing == Standing::Granted;
        let gone = matches!(standing, Standing::Cut | Standing::Down | Standing::Barred);
        let (fill, stroke) = match (given, gone) {
            (true, _) => (Colour::Lead2, Colour::Leader),
            (_, true) => (Colour::Card, Colour::Faint),
            _ => (Colour::Card, Colour::Follower),
        };
        let dash = gone.then_some((3.0, 3.0));
        back.push(Item::rect(x, 6.0, wide, 20.0, 4.0).like(look(fill, stroke, 1.25, dash)));
        let middle = x + wide / 2.0;
        if inside >= 9.0 {
            let tone = if given { Colour::Ink } else { Colour::Mute };
            back.push(Item::text(middle, 20.0, &*node.label, inside, tone).bold(true).centered());
        }
        if given {
            for [x0, y0, x1, y1] in [[-4.0, 34.0, -1.0, 37.0], [-1.0, 37.0, 5.0, 30.0]] {
                back.push(Item::line(middle + x0, y0, middle + x1, y1).stroke(Colour::Ink, 1.5));
            }
        } else if fitting(word, &[small], false, room).is_some() {
            let tone = if *standing == Standing::Cut { Colour::Bad } else { Colour::Mute };
            back.push(Item::text(middle, 38.0, word, small, tone).centered());
        } else if matches!(standing, Standing::Other | Standing::Refused) {
            back.push(Item::cross(middle, 34.0, 3.0, 1.25).stroke(Colour::Mute, 1.25));
        }
    }
}
