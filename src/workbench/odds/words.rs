//! What a curve says, in sentences.

use super::{Bound, Curve, Decided, Event, Player};
use election_language::scenario::Op;
use election_language::scenario::Subject;

/// The fewest futures of a point that can show a share above 95 %.
const TELLING: u32 = 73;

/// When it was decided, and by what.
pub fn sentence(player: &Player, curve: &Curve) -> String {
    let Some(decided) = curve.decided() else { return String::new() };
    let (outcome, settled, points) = (player.outcome_text(), curve.settled(), curve.points());
    let by =
        |event: &Option<Event>| event.as_ref().map_or_else(String::new, |it| format!(": {}", quoted(it)));
    let last = decided.point + 1 == points.len();
    if settled.came && settled.step == 0 {
        return format!("`{outcome}` is true from the start.");
    }
    let n = curve.futures();
    if n < TELLING {
        let came = if settled.came { "came true" } else { "had not come true" };
        return format!(
            "`{outcome}` {came} at {}. {n} futures of a moment are too few to tell when that was decided.",
            settled.at
        );
    }
    if last && settled.came {
        let by = by(&decided.event);
        return format!("It was open until `{outcome}` came true, at {}{by}.", settled.at);
    }
    let share = if settled.came {
        format!("at least {} of {n} redrawn futures come to `{outcome}`", (u64::from(n) * 95).div_ceil(100))
    } else {
        format!("at most {} of {n} redrawn futures come to `{outcome}`", u64::from(n) * 5 / 100)
    };
    let from =
        if decided.point == 0 { "the start".to_string() } else { points[decided.point].at.to_string() };
    let again = decided.open_again.map(|later| format!(" At {} it was open again.", points[later].at));
    format!("From {from} on, {share}{}.{}", how(curve, &decided), again.unwrap_or_default())
}

/// How it came to be decided, as the end of a sentence.
fn how(curve: &Curve, decided: &Decided) -> String {
    let Some(before) = decided.point.checked_sub(1).map(|before| &curve.points()[before]) else {
        return String::new();
    };
    match &decided.event {
        Some(event) => format!(": decided by {}", quoted(event)),
        None if decided.exact => {
            format!(": no single event decided it, just before there were {} of {}", before.came, before.runs)
        }
        None => format!(": decided after {}, where there were {} of {}", before.at, before.came, before.runs),
    }
}

fn quoted(event: &Event) -> String {
    let drawn = if event.drawn.is_empty() {
        String::new()
    } else {
        format!(", where this was drawn: {}", event.drawn)
    };
    format!("“{}”{drawn}", event.text)
}

/// What limits the curve, in sentences.
pub fn caveats(player: &Player, curve: &Curve) -> Vec<String> {
    let mut all = Vec::new();
    match curve.bound() {
        Some(Bound::Points) => all.push(format!(
            "All {} points are used up: some jumps are not traced to a single event.",
            curve.points().len() - 1
        )),
        Some(Bound::Units) => all.push(
            "The budget of work is used up, so points are missing. Fewer futures, or an earlier end of the run, \
             leave more of it for each point."
                .to_string(),
        ),
        None => {}
    }
    let broke_off: u32 = curve.points().iter().map(|point| point.broke_off).sum();
    if broke_off > 0 {
        all.push(format!("{broke_off} futures broke off; they do not count as having come to it."));
    }
    let condition = &player.outcome().condition;
    if matches!(condition.subject, Subject::Failover(_)) && matches!(condition.op, Op::Gt | Op::Ge) {
        all.push("A failover that has not ended counts with the time that it has taken so far.".to_string());
    }
    all
}
