//! Many voters: a seat for each, filled once its vote is given, around the member that asks. The arc above them grows with
//! the votes, up to the line of the quorum and past it.

use std::f64::consts::{PI, TAU};

use crate::ballot::{Ballot, Standing};
use crate::colour::Colour;
use crate::geometry::{Curve, turn};
use crate::items::{Item, Look, look};
use crate::measure::fitting;
use crate::scene::{Plan, Spot, Stage, straight};

/// The angles of the first and the last seat: a little more than half a circle.
const FROM: f64 = PI * 1.04;
const TO: f64 = -PI * 0.04;
/// The thickness of the arc of votes.
const ARC: f64 = 6.0;
/// The height of the words below.
const WORDS: f64 = 32.0;

/// How a seat looks, by where its vote stands.
fn seat(standing: Standing) -> Look {
    use Colour::{Bad, Card, Faint, Follower, Lead2, Leader, Soft};
    match standing {
        Standing::Granted => look(Lead2, Leader, 1.5, None),
        Standing::Late => look(Card, Leader, 1.0, None),
        Standing::Due => look(Card, Follower, 1.0, None),
        Standing::Other | Standing::Refused => look(Soft, Follower, 1.0, None),
        Standing::Cut => look(Card, Bad, 1.0, Some((2.0, 2.0))),
        Standing::Down => look(Card, Faint, 1.0, Some((2.0, 2.0))),
        Standing::Barred => look(Card, Faint, 1.0, Some((1.0, 2.0))),
    }
}

/// Arranges many members of a mesh.
pub fn parliament(stage: &Stage, ballot: Option<&Ballot>) -> Plan {
    let lane = stage.lane;
    let (w, h) = (stage.w, stage.h - 6.0);
    let leader = lane.truth.or(lane.leader).filter(|it| lane.nodes[*it].leads);
    let middle = ballot.map(|it| it.candidate.place).or(leader);
    let big = (h * 0.075).clamp(13.0, 20.0);
    let (x, y) = (w / 2.0, h - WORDS - big - 6.0);
    let outer = (w / 2.0 - 6.0).min(y - 20.0).min((h - WORDS) * 0.9).max(40.0);
    let (spots, r) = seats(lane.nodes.len(), x, y, outer - ARC - 5.0, big + 12.0);
    let standing = |place: usize| {
        let its = ballot.and_then(|it| it.seats.iter().find(|its| its.0.place == place));
        seat(its.map_or(Standing::Due, |it| it.1))
    };
    let mut back = Vec::new();
    let mut at = Vec::new();
    for (place, &(px, py, a)) in spots.iter().enumerate() {
        if Some(place) == middle {
            // Its own vote keeps its seat.
            let own = Item::rect(px - r, py - r, 2.0 * r, 2.0 * r, r * 0.4);
            back.push(if ballot.is_some() {
                own.like(standing(place))
            } else {
                own.stroke(Colour::Line, 1.0)
            });
            let alone = ballot.is_some_and(|it| it.lost);
            at.push(Spot { says: Some(Vec::new()), alone, ..Spot::new(x, y, big) });
            continue;
        }
        let (c, s) = turn(a);
        at.push(Spot {
            ly: py + r + 10.0,
            room: 2.0,
            dense: true,
            out: (c, -s),
            says: Some(Vec::new()),
            seat: Some(standing(place)),
            ..Spot::new(px, py, r)
        });
    }
    count(&mut back, ballot, x, y, outer - ARC / 2.0);
    let lines = ballot
        .map_or_else(|| [String::new(), "nobody asks for votes".to_string()], |it| it.words(lane.info.epoch));
    for (i, text) in lines.into_iter().enumerate() {
        let size = fitting(&text, &[11.5, 10.0, 9.0], i == 0, w - 8.0).unwrap_or(9.0);
        let tone = match ballot {
            _ if i > 0 => Colour::Mute,
            Some(it) if it.lost => Colour::Bad,
            Some(it) if it.open => Colour::Warn,
            _ => Colour::Leader,
        };
        if !text.is_empty() {
            let y = h - WORDS + 14.0 + i as f64 * 14.0;
            back.push(Item::text(x, y, text, size, tone).bold(i == 0).centered());
        }
    }
    let split = border(&stage.links.side, &spots, (x, y), big + 10.0, outer - ARC - 2.0);
    let full = Some([0.0, h - WORDS + 2.0, w, WORDS]);
    Plan { back, full, split, ..Plan::new(at, straight()) }
}

/// The largest seats with which all fit into rows around a point, from the left to the right: the middle and the angle
/// of each, and half their width.
fn seats(n: usize, x: f64, y: f64, outer: f64, inner: f64) -> (Vec<(f64, f64, f64)>, f64) {
    let mut r = 15.0;
    loop {
        // Squares next to each other on a slope need more room.
        let pitch = r * 2.85;
        let rows = (((outer - r - inner - r) / pitch).floor() + 1.0).max(1.0) as usize;
        let radii: Vec<f64> = (0..rows).map(|i| outer - r - i as f64 * pitch).collect();
        let room: Vec<usize> =
            radii.iter().map(|it| (((FROM - TO) * it / pitch).floor().max(-1.0) + 1.0) as usize).collect();
        if room.iter().sum::<usize>() < n && r > 2.0 {
            r -= 0.25;
            continue;
        }
        // As few rows as will do, each filled in proportion.
        let mut used = 1;
        while used < rows && room[..used].iter().sum::<usize>() < n {
            used += 1;
        }
        let space = room[..used].iter().sum::<usize>().max(1);
        let mut spots = Vec::new();
        let mut left = n;
        for i in 0..used {
            let here = if i + 1 == used { left } else { (2 * n * room[i] / space).div_ceil(2).min(left) };
            left -= here;
            for k in 0..here {
                let part = k as f64 / here.saturating_sub(1).max(1) as f64;
                let a = if here == 1 { PI / 2.0 } else { FROM + (TO - FROM) * part };
                let (c, s) = turn(a);
                spots.push((x + radii[i] * c, y - radii[i] * s, a));
            }
        }
        spots.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.1.total_cmp(&b.1)));
        return (spots, r);
    }
}

/// The votes so far as an arc, and the line of the quorum.
fn count(back: &mut Vec<Item>, ballot: Option<&Ballot>, x: f64, y: f64, r: f64) {
    let at = |share: f64| TAU - FROM + (FROM - TO) * share;
    let arc = |from: f64, to: f64| Item::curve(Curve::Arc { x, y, r, a0: at(from), a1: at(to) });
    back.push(arc(0.0, 1.0).stroke(Colour::Line, ARC));
    let Some(ballot) = ballot else { return };
    let all = ballot.voters().max(1) as f64;
    let refused = |it: &Standing| matches!(it, Standing::Refused | Standing::Other);
    let against = ballot.seats.iter().filter(|it| refused(&it.1)).count() as f64;
    let granted = ballot.tally.granted() as f64;
    if granted > 0.0 {
        back.push(arc(0.0, granted / all).stroke(Colour::Leader, ARC));
    }
    if against > 0.0 {
        back.push(arc(1.0 - against / all, 1.0).stroke(Colour::Follower, ARC));
    }
    let needed = ballot.tally.needed;
    let (c, s) = turn(at(needed as f64 / all));
    let line = Item::line(x + (r - 8.0) * c, y + (r - 8.0) * s, x + (r + 6.0) * c, y + (r + 6.0) * s);
    back.push(line.stroke(Colour::Ink, 2.0));
    let text = format!("{needed} of {}", ballot.voters());
    let (tx, ty) = (x + (r + 10.0) * c, y + (r + 10.0) * s);
    back.push(Item::text(tx, ty, text, 11.5, Colour::Leader).bold(true).centered());
}

/// Lines between neighbours on different sides, if they are few.
fn border(side: &[usize], spots: &[(f64, f64, f64)], (x, y): (f64, f64), from: f64, to: f64) -> Vec<Item> {
    let ends: Vec<f64> = (1..spots.len())
        .filter(|&i| side[i - 1] != side[i])
        .map(|i| (spots[i - 1].2 + spots[i].2) / 2.0)
        .collect();
    if ends.len() > 4 {
        return Vec::new();
    }
    let line = |a: f64| {
        let (c, s) = turn(a);
        Item::line(x + from * c, y - from * s, x + to * c, y - to * s).stroke(Colour::Bad, 1.5).dash(4.0, 4.0)
    };
    ends.into_iter().map(line).collect()
}
