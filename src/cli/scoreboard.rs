//! Compares the lanes side by side. It names no winner, because one seed cannot support a comparison.

use std::io::{self, Write};

use election_playground::base::Span;
use election_playground::protocol::Class;

use crate::summary::{Lane, Lost};
use crate::term::{Out, left, right, widest};

/// A row's heading, and its value for a lane.
type Row = (&'static str, fn(&Lane) -> String);

const ROWS: &[Row] = &[
    ("failovers", |l| l.failover_count.to_string()),
    ("mean failover", |l| span(l.failover_mean_us)),
    ("  detection", |l| mean(l, |f| f.detection_us)),
    ("  election", |l| mean(l, |f| f.election_us)),
    ("longest failover", |l| span(l.failover_max_us)),
    ("without a leader", |l| span(Some(l.no_leader_us))),
    ("two or more leaders", |l| span(Some(l.two_leaders_us))),
    ("elections", |l| l.elections.to_string()),
    ("messages sent", |l| l.sent(None).to_string()),
    // With a coordination service, elections go through it.
    ("  for elections", |l| (l.sent(Some(Class::Election)) + l.sent(Some(Class::Service))).to_string()),
    ("writes accepted", |l| l.writes.accepted.to_string()),
    ("writes rejected", |l| l.writes.rejected.to_string()),
    ("writes conflicting", |l| l.writes.conflicting.to_string()),
    ("client writes lost", |l| l.writes.lost.to_string()),
    ("promises broken", |l| broken(l).to_string()),
];

fn broken(lane: &Lane) -> usize {
    lane.properties.iter().filter(|p| p.promised && p.verdict == "broken").count()
}

fn span(us: Option<u64>) -> String {
    us.map_or("-".to_string(), |us| Span(us).to_string())
}

fn mean(lane: &Lane, part: fn(&Lost) -> Option<u64>) -> String {
    span(lane.mean(part).map(|s| s.0))
}

/// Prints the table.
///
/// # Errors
/// If it cannot be written.
pub fn scoreboard(out: &mut Out, lanes: &[Lane]) -> io::Result<()> {
    let column = |lane: &Lane| -> Vec<String> {
        std::iter::once(lane.lane.clone()).chain(ROWS.iter().map(|(_, value)| value(lane))).collect()
    };
    let columns: Vec<Vec<String>> = lanes.iter().map(column).collect();
    let heads = widest(ROWS.iter().map(|row| row.0));
    let widths: Vec<usize> = columns.iter().map(|c| widest(c.iter().map(String::as_str))).collect();
    for row in 0..=ROWS.len() {
        let head = if row == 0 { "" } else { ROWS[row - 1].0 };
        let mut line = left(head, heads);
        for (column, width) in columns.iter().zip(&widths) {
            line.push_str("  ");
            line.push_str(&right(&column[row], *width + 1));
        }
        let line = line.trim_end();
        writeln!(out, "  {}", if row == 0 { out.bold(line) } else { line.to_string() })?;
    }
    writeln!(out, "  This is one seed; `--seeds 1..1000` shows how much of it is chance.")
}
