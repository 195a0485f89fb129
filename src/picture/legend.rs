//! What the shapes of a picture mean: those that occur in it.

use crate::colour::Colour;
use crate::geometry::Curve;
use crate::items::Item;
use crate::measure::width;
use crate::read::{Class, Fate, Flight, Lane, Node, REFUSED};

const SIZE: f64 = 10.5;
const STEP: f64 = 17.0;

/// The legend in lines of at most this width, and its height.
pub fn legend(lanes: &[Lane], now: u64, room: f64) -> (Vec<Item>, f64) {
    let (mut items, mut x, mut y) = (Vec::new(), 0.0, 10.0);
    for (symbol, text) in symbols(lanes, now) {
        let wide = 20.0 + width(text, SIZE, false) + 14.0;
        if x > 0.0 && x + wide - 14.0 > room {
            (x, y) = (0.0, y + STEP);
        }
        items.extend(symbol(x + 8.0, y));
        items.push(Item::text(x + 20.0, y + 3.8, text, SIZE, Colour::Mute));
        x += wide;
    }
    (items, y + 8.0)
}

type Symbol = fn(f64, f64) -> Vec<Item>;
/// Whether a symbol occurs, how it is drawn around a point, and what it means.
type Entry = (bool, Symbol, &'static str);

/// The symbols that occur.
fn symbols(lanes: &[Lane], now: u64) -> impl Iterator<Item = (Symbol, &'static str)> {
    let all = nodes(lanes).into_iter().chain(messages(lanes, now)).chain(writes(lanes));
    all.filter(|it| it.0).map(|it| (it.1, it.2))
}

fn nodes(lanes: &[Lane]) -> [Entry; 7] {
    let node =
        |test: &dyn Fn(&Lane, &Node) -> bool| lanes.iter().any(|l| l.electors().iter().any(|n| test(l, n)));
    let few = lanes.iter().any(|it| it.members < crate::circle::DENSE);
    [
        (node(&|l, n| n.leads && !l.errs(n)), |x, y| vec![disc(x, y)], "leads"),
        (
            node(&|l, n| n.leads && l.truth == Some(n.place)),
            |x, y| vec![Item::circle(x, y, 7.0).stroke(Colour::Leader, 1.5), disc(x, y)],
            "leads in truth",
        ),
        (
            node(&|l, n| l.errs(n)),
            |x, y| vec![Item::circle(x, y, 7.5).hatch(Colour::Bad).stroke(Colour::Bad, 1.0), disc(x, y)],
            "believes it leads, wrongly",
        ),
        (
            node(&|_, n| n.up && n.asks() && !n.leads),
            |x, y| vec![Item::diamond(x, y, 6.0).fill(Colour::Card).stroke(Colour::Candidate, 2.0)],
            "wants to lead",
        ),
        (
            node(&|_, n| n.waits() && !n.leads),
            |x, y| vec![Item::circle(x, y, 5.0).fill(Colour::Soft).stroke(Colour::Follower, 1.75)],
            "has to wait",
        ),
        (
            node(&|_, n| !n.up),
            |x, y| vec![Item::circle(x, y, 5.0).stroke(Colour::Follower, 1.75).dash(3.0, 3.0)],
            "down",
        ),
        (
            few && node(&|l, n| n.up && !n.leads && l.timers.iter().any(|t| t.place == n.place)),
            |x, y| {
                let arc = Curve::Arc { x, y, r: 7.0, a0: -1.57, a1: 2.6 };
                vec![follower(x, y), Item::curve(arc).stroke(Colour::Faint, 1.5)]
            },
            "time left to its timeout",
        ),
    ]
}

fn messages(lanes: &[Lane], now: u64) -> [Entry; 5] {
    let flight = |test: &dyn Fn(&Flight) -> bool| {
        lanes.iter().any(|lane| lane.flights.iter().any(|it| it.due >= now && test(it)))
    };
    [
        (
            flight(&|it| it.class == Class::Election),
            |x, y| vec![Item::circle(x, y, 4.0).fill(Colour::Candidate)],
            "message of an election",
        ),
        (
            flight(&|it| it.class == Class::Liveness),
            |x, y| vec![Item::circle(x, y, 2.75).stroke(Colour::Mute, 1.25)],
            "heartbeat, answer",
        ),
        (
            flight(&|it| it.class == Class::Data),
            |x, y| vec![Item::rect(x - 3.5, y - 3.5, 7.0, 7.0, 1.5).fill(Colour::Ink)],
            "data, write",
        ),
        (
            lanes.iter().any(|it| it.losses.iter().any(|it| it.flags != REFUSED)),
            |x, y| vec![Item::cross(x, y, 4.0, 1.75)],
            "lost",
        ),
        (
            lanes.iter().any(|it| !it.cuts.is_empty()),
            |x, y| vec![Item::line(x - 9.0, y, x + 7.0, y).stroke(Colour::Bad, 1.5).dash(4.0, 4.0)],
            "cut",
        ),
    ]
}

fn writes(lanes: &[Lane]) -> [Entry; 2] {
    [
        (
            lanes.iter().any(|it| it.writes.contains(&Fate::Kept)),
            |x, y| {
                [-8.0, -2.5, 3.0]
                    .map(|dx| Item::rect(x + dx, y - 3.0, 4.0, 6.0, 0.0).fill(Colour::Leader))
                    .into()
            },
            "writes at the store",
        ),
        (
            lanes.iter().any(|it| it.writes.iter().any(|it| *it != Fate::Kept)),
            |x, y| {
                let high = Item::rect(x - 6.0, y - 7.0, 4.0, 12.0, 0.0).fill(Colour::Bad);
                vec![high, Item::rect(x + 1.0, y + 0.5, 4.0, 4.5, 0.0).stroke(Colour::Ink, 1.0)]
            },
            "in conflict, refused",
        ),
    ]
}

fn disc(x: f64, y: f64) -> Item {
    Item::circle(x, y, 5.0).fill(Colour::Leader)
}

fn follower(x: f64, y: f64) -> Item {
    Item::circle(x, y, 4.5).fill(Colour::Card).stroke(Colour::Follower, 1.5)
}
