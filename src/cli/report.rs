//! Prints a lane's summary.

use std::io::{self, Write};

use election_playground::base::{NodeId, Span};
use election_playground::protocol::Class;
use election_playground::trace::Names;

use crate::summary::{Group, Judged, Lane, Lost};
use crate::term::{Out, left, right, widest};

/// How many lines each list may have.
const LINES_MAX: usize = 40;

/// Prints the summary of a lane, with the names of its nodes.
///
/// # Errors
/// If it cannot be written.
pub fn lane(out: &mut Out, lane: &Lane, names: &Names) -> io::Result<()> {
    writeln!(out, "  at the end   {}", at_the_end(lane, names))?;
    if let (Some(at), Some(why)) = (lane.broke_off_us, lane.broke_off) {
        let at = Span(at).to_string();
        let text = format!("the run broke off at {at}: {why}; figures end there");
        writeln!(out, "  {}", out.red(&text))?;
    }
    leaders(out, lane, names)?;
    let elections = format!("{} started", lane.elections);
    writeln!(out, "  elections    {elections}")?;
    failovers(out, &lane.failovers, lane.failover_count)?;
    lane.groups.iter().try_for_each(|it| group(out, it))?;
    messages(out, lane)?;
    writes(out, lane)?;
    properties(out, lane)?;
    idle_acts(out, lane)?;
    writeln!(out, "  digest       {} of {} events", lane.digest, lane.events)
}

fn at_the_end(lane: &Lane, names: &Names) -> String {
    let name = |id: u32| names.label(NodeId(id));
    let believers: Vec<String> = lane.believers.iter().map(|&id| name(id)).collect();
    let belief = match &believers[..] {
        [] => "no node believes it leads".to_string(),
        [one] => format!("{one} believes it leads"),
        several => format!("{} believe they lead", several.join(" and ")),
    };
    let truth = match (lane.authority, lane.leader_in_truth) {
        ("none", _) => "; there are only beliefs".to_string(),
        (_, Some(leader)) if lane.believers == [leader] => ", and leads in truth".to_string(),
        (_, Some(leader)) => format!("; {} leads in truth", name(leader)),
        (_, None) => "; no node leads in truth".to_string(),
    };
    belief + &truth
}

/// Prints who led when: leaderships and the gaps between them, in order.
fn leaders(out: &mut Out, lane: &Lane, names: &Names) -> io::Result<()> {
    let time = |us: u64| Span(us).to_string();
    let mut rows: Vec<(u64, [String; 4])> = Vec::new();
    for l in &lane.leaderships {
        let epoch = if l.epoch > 0 { format!(", {} {}", lane.epoch_name, l.epoch) } else { String::new() };
        let beside = lane
            .leaderships
            .iter()
            .any(|o| o.node != l.node && o.from_us < l.until_us && l.from_us < o.until_us);
        let beside = if beside { "  (not alone)" } else { "" };
        let what = format!("{} leads{epoch}{beside}", names.label(NodeId(l.node)));
        rows.push((l.from_us, [time(l.from_us), time(l.until_us), length(l.from_us, l.until_us), what]));
    }
    for g in &lane.gaps {
        let row = [time(g.from_us), time(g.until_us), length(g.from_us, g.until_us), "no leader".into()];
        rows.push((g.from_us, row));
    }
    rows.sort_by_key(|row| row.0);
    let widths: Vec<usize> = (0..3).map(|i| widest(rows.iter().map(|r| r.1[i].as_str()))).collect();
    for (i, (_, [from, until, length, what])) in rows.iter().take(LINES_MAX).enumerate() {
        let head = if i == 0 { "who led" } else { "" };
        let (from, until) = (right(from, widths[0]), left(until, widths[1]));
        writeln!(out, "  {head:<11}  {from} to {until}  {}  {what}", right(length, widths[2]))?;
    }
    more(out, rows.len())?;
    let [none, one, two] =
        [lane.no_leader_us, lane.one_leader_us, lane.two_leaders_us].map(|us| Span(us).to_string());
    writeln!(out, "  total        {none} without a leader, {one} with one, {two} with two or more")
}

fn length(from: u64, until: u64) -> String {
    Span(until - from).to_string()
}

fn more(out: &mut Out, count: usize) -> io::Result<()> {
    if count > LINES_MAX {
        writeln!(out, "               … and {} more (--json lists all)", count - LINES_MAX)?;
    }
    Ok(())
}

/// Who led a group beside the main one, and its failovers.
fn group(out: &mut Out, group: &Group) -> io::Result<()> {
    let time = |us: u64| Span(us).to_string();
    let head = match &group.leader {
        Some(leader) => format!("{leader} leads at the end"),
        None => "no node leads at the end".to_string(),
    };
    writeln!(out, "  of {:<9} {head}, {} elections started", group.group, group.elections)?;
    for l in group.leaderships.iter().take(LINES_MAX) {
        let epoch = if l.epoch > 0 { format!(", {} {}", group.epoch_name, l.epoch) } else { String::new() };
        let (from, until) = (time(l.from_us), time(l.until_us));
        writeln!(out, "               {from} to {until}  {} leads{epoch}", l.node)?;
    }
    more(out, group.leaderships.len())?;
    failovers(out, &group.failovers, group.failover_count)
}

fn failovers(out: &mut Out, all: &[Lost], count: u64) -> io::Result<()> {
    if count == 0 {
        return writeln!(out, "  failovers    none");
    }
    for (i, f) in all.iter().take(LINES_MAX).enumerate() {
        let head = if i == 0 { "failovers" } else { "" };
        let text = |us| Span(us).to_string();
        let (lost, whole) = (text(f.lost_us), text(f.failover_us));
        let parts = match (f.detection_us, f.election_us) {
            (Some(detection), Some(election)) => {
                format!("detection {}, election {}", text(detection), text(election))
            }
            _ if f.same_leader => "the same leader resumed".to_string(),
            _ => "no node suspected a failure".to_string(),
        };
        writeln!(out, "  {head:<11}  lost at {lost}, recovered after {whole}: {parts}")?;
    }
    more(out, count as usize)
}

fn messages(out: &mut Out, lane: &Lane) -> io::Result<()> {
    let lost = if lane.messages_lost > 0 { format!(", {} lost", lane.messages_lost) } else { String::new() };
    let copies =
        if lane.messages_copied > 0 { format!(", {} copied", lane.messages_copied) } else { String::new() };
    let (sent, delivered) = (lane.sent(None), lane.delivered(None));
    writeln!(out, "  messages     {sent} sent, {delivered} delivered{lost}{copies}")?;
    for class in Class::ALL {
        let kinds: Vec<String> = lane
            .of(Some(class))
            .filter(|m| m.sent > 0)
            .map(|m| format!("{} {}/{}", m.name, m.sent, m.delivered))
            .collect();
        if !kinds.is_empty() {
            let (sent, delivered) = (lane.sent(Some(class)), lane.delivered(Some(class)));
            let kinds = kinds.join(", ");
            writeln!(out, "    {:<9}  {sent} sent, {delivered} delivered: {kinds}", class.name())?;
        }
    }
    Ok(())
}

fn writes(out: &mut Out, lane: &Lane) -> io::Result<()> {
    let w = &lane.writes;
    let conflicting = format!("{} conflicting", w.conflicting);
    let conflicting = if w.conflicting > 0 { out.yellow(&conflicting) } else { conflicting };
    writeln!(
        out,
        "  writes       {} sent, {} accepted, {} rejected, {conflicting}",
        w.sent, w.accepted, w.rejected
    )?;
    if w.acknowledged > 0 {
        writeln!(out, "  by clients   {} acknowledged, {} of them lost", w.acknowledged, w.lost)?;
    }
    Ok(())
}

/// Prints one line for each property that is promised or broken, and one for the others that held in this run.
fn properties(out: &mut Out, lane: &Lane) -> io::Result<()> {
    let silent = |judged: &&Judged| !judged.promised && judged.verdict != "broken";
    let mut head = "properties";
    for judged in lane.properties.iter().filter(|j| !silent(j)) {
        writeln!(out, "  {head:<11}  {}", property(out, judged))?;
        head = "";
    }
    let held = lane.properties.iter().filter(silent).filter(|j| j.verdict == "held");
    let rest: Vec<&str> = held.map(|j| j.property).collect();
    if !rest.is_empty() {
        writeln!(out, "  {head:<11}  never promised, and held in this run: {}", rest.join(", "))?;
    }
    Ok(())
}

fn property(out: &Out, judged: &Judged) -> String {
    let at = |us: Option<u64>| Span(us.unwrap_or(0)).to_string();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let verdict = match judged.verdict {
        "held" => out.green("held"),
        "given-up" => format!("{} by `{}`", out.yellow("given up"), text(&judged.setting)),
        "undecided" => format!("{}: {}", out.yellow("undecided"), text(&judged.needs)),
        _ => {
            let what = text(&judged.what);
            let at_then = at(judged.at_us);
            match judged.blame {
                Some("never-promised") => {
                    format!("{} at {at_then}, never promised: {what}", out.yellow("broken"))
                }
                Some("setting") => {
                    format!(
                        "{} at {at_then}: {what}; expected, because `{}` gives it up",
                        out.yellow("broken"),
                        text(&judged.setting)
                    )
                }
                Some("run") => format!(
                    "{} at {at_then}: {what}; expected, because the run broke the assumption that {} at {}",
                    out.yellow("broken"),
                    text(&judged.assumption),
                    at(judged.assumption_at_us)
                ),
                _ => format!(
                    "{} at {at_then}: {what}, although no assumption of the promise was broken",
                    out.red("BROKEN, a bug")
                ),
            }
        }
    };
    format!("{:<21} {verdict}", judged.property)
}

/// Prints the actions that had no effect, which may be mistakes in the scenario.
pub fn idle_acts(out: &mut Out, lane: &Lane) -> io::Result<()> {
    let mut head = "no effect";
    for idle in lane.idle_acts.iter().take(LINES_MAX) {
        let at = Span(idle.at_us).to_string();
        let text = format!("{} at {at}: {}", idle.act, idle.why);
        writeln!(out, "  {head:<11}  {}", out.yellow(&text))?;
        head = "";
    }
    more(out, lane.idle_acts.len())
}
