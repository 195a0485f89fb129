//! The lanes side by side.

use std::io::{self, Write};

use election_playground::base::Span;
use election_playground::protocol::Class;
use election_playground::scenario::time_text;

use crate::summary::{Lane, Lost};
use crate::term::{Out, left, right, widest};

/// What marks the best value of a row.
const BEST: &str = "*";

/// A value: its text, and how good it is (less is better), if it can be compared.
type Cell = (String, Option<u64>);

/// A row's heading, and what is in it for a lane.
type Row = (&'static str, fn(&Lane) -> Cell);

const ROWS: &[Row] = &[
    ("failovers", |l| (l.failover_count.to_string(), None)),
    ("mean failover", |l| span(l.failover_mean_us)),
    ("  detection", |l| mean(l, |f| f.detection_us)),
    ("  election", |l| mean(l, |f| f.election_us)),
    ("longest failover", |l| span(l.failover_max_us)),
    ("without a leader", |l| span(Some(l.no_leader_us))),
    ("two or more leaders", |l| span(Some(l.two_leaders_us))),
    ("elections", |l| less(l.elections)),
    ("messages sent", |l| less(l.sent(None))),
    // Who has a coordination service elects through it.
    ("  for elections", |l| less(l.sent(Some(Class::Election)) + l.sent(Some(Class::Service)))),
    ("writes accepted", |l| (l.writes.accepted.to_string(), None)),
    ("writes rejected", |l| (l.writes.rejected.to_string(), None)),
    ("writes conflicting", |l| less(l.writes.conflicting)),
    ("client writes lost", |l| less(l.writes.lost)),
    ("promises broken", |l| {
        less(l.properties.iter().filter(|p| p.promised && p.verdict != "held").count() as u64)
    }),
];

fn less(number: u64) -> Cell {
    (number.to_string(), Some(number))
}

fn span(us: Option<u64>) -> Cell {
    us.map_or(("-".to_string(), None), |us| (time_text(Span(us)), Some(us)))
}

fn mean(lane: &Lane, part: fn(&Lost) -> Option<u64>) -> Cell {
    span(lane.mean(part).map(|s| s.0))
}

/// The table; the best of a row is marked where the lanes differ.
///
/// # Errors
/// If it cannot be written.
pub fn scoreboard(out: &mut Out, lanes: &[Lane]) -> io::Result<()> {
    let mut columns: Vec<Vec<String>> = lanes.iter().map(|l| vec![l.lane.clone()]).collect();
    for (_, value) in ROWS {
        let cells: Vec<Cell> = lanes.iter().map(value).collect();
        let goods = || cells.iter().filter_map(|(_, good)| *good);
        let (best, worst) = (goods().min(), goods().max());
        for (column, (text, good)) in columns.iter_mut().zip(&cells) {
            let marked = best != worst && *good == best;
            column.push(format!("{text}{}", if marked { BEST } else { " " }));
        }
    }
    let heads = widest(ROWS.iter().map(|row| row.0));
    let widths: Vec<usize> = columns.iter().map(|c| widest(c.iter().map(String::as_str))).collect();
    for row in 0..=ROWS.len() {
        let head = if row == 0 { "" } else { ROWS[row - 1].0 };
        let mut line = left(head, heads);
        for (column, width) in columns.iter().zip(&widths) {
            // The heading stands over the digits, not over the mark.
            let text = if row == 0 { format!("{} ", column[row]) } else { column[row].clone() };
            line.push_str("  ");
            line.push_str(&right(&text, *width + 1));
        }
        let line = line.trim_end();
        writeln!(out, "  {}", if row == 0 { out.bold(line) } else { line.to_string() })?;
    }
    writeln!(out, "  {BEST} the best of its row")
}
