//! Turns a script into a timeline, reports errors with their place in the text, and resolves options against it.

use std::fmt::Write as _;

use election_playground::base::SimTime;
use election_playground::scenario::{Error, is_unseen, set_value};
use election_playground::timeline::Timeline;
use election_playground::workspace;

use crate::Stop;
use crate::script::Script;

/// How many characters of a line an error shows.
const SHOWN_MAX: usize = 120;

/// Opens a script, with a different seed if one is given.
///
/// # Errors
/// All errors of the text, in one message.
pub fn open(script: &Script, seed: Option<u64>) -> Result<Timeline, Stop> {
    if let Some(problem) = &script.problem {
        return Err(Stop::Error(format!("{}: {problem}", script.name())));
    }
    let opened = match seed {
        // The original text is read first, so that errors refer to its lines.
        Some(seed) => workspace::read(&script.text).and_then(|_| {
            let reseeded = set_value(&script.text, "seed", &seed.to_string()).apply(&script.text);
            workspace::open(&reseeded)
        }),
        None => workspace::open(&script.text),
    };
    opened.map_err(|errors| Stop::Error(describe(script, &errors)))
}

/// The errors of a script, each with its line and a mark under the offending part.
pub fn describe(script: &Script, errors: &[Error]) -> String {
    let mut out = format!("{} cannot be run", script.name());
    for error in errors {
        let place = script.place(error.line - 1);
        let whole = error.to_string();
        let what = whole.split_once(": ").map_or(whole.as_str(), |(_, what)| what);
        let _ = write!(out, "\n\n{place}:{}: {what}", script.column(error.line, error.column));
        let line = script.text.lines().nth(error.line as usize - 1).unwrap_or("");
        let meant = script.text.get(error.place.range()).unwrap_or("");
        let width = meant.lines().next().unwrap_or("").chars().count();
        let number = script.line(error.line - 1).to_string();
        let gutter = " ".repeat(number.len());
        let (line, mark) = marked(line, error.column as usize - 1, width);
        let _ = write!(out, "\n{number} | {line}\n{gutter} | {mark}");
    }
    out
}

/// The error of a text that was given with an option, with a mark under the offending part.
pub fn describe_word(option: &str, text: &str, error: &Error) -> String {
    let whole = error.to_string();
    let what = whole.split_once(": ").map_or(whole.as_str(), |(_, what)| what);
    let meant = text.get(error.place.range()).unwrap_or("");
    let column = text.get(..error.place.start as usize).map_or(0, |before| before.chars().count());
    let (line, mark) = marked(text.lines().next().unwrap_or(""), column, meant.chars().count());
    format!("{option} is no outcome: {what}\n  {line}\n  {mark}")
}

/// A line, and a second one that marks `width` of its characters, starting at `from`. Only the part of a long line
/// around the mark is shown, because one line may have many errors.
fn marked(line: &str, from: usize, width: usize) -> (String, String) {
    let chars: Vec<char> = line.chars().collect();
    let width = width.clamp(1, SHOWN_MAX);
    let last = chars.len().saturating_sub(SHOWN_MAX);
    let start = from.saturating_sub((SHOWN_MAX - width) / 2).min(last);
    let end = chars.len().min(start + SHOWN_MAX);
    let dots = |cut: bool| if cut { "…" } else { "" };
    // The terminal must not interpret control characters in the text.
    let shown = |c: &char| if is_unseen(*c) && *c != '\t' { '\u{fffd}' } else { *c };
    let part: String = chars[start..end].iter().map(shown).collect();
    let line = format!("{}{part}{}", dots(start > 0), dots(end < chars.len()));
    // Tabs are kept, so that the mark lines up.
    let indent: String = line
        .chars()
        .take(from - start + usize::from(start > 0))
        .map(|c| if c == '\t' { c } else { ' ' })
        .collect();
    (line, indent + &"^".repeat(width))
}

/// The positions of the named lanes, or of all lanes if there are no names.
///
/// # Errors
/// If no lane has one of the names.
pub fn lanes(timeline: &Timeline, names: &[String]) -> Result<Vec<usize>, Stop> {
    let known: Vec<&str> = timeline.scenario().lanes.iter().map(|lane| lane.name.as_str()).collect();
    if names.is_empty() {
        return Ok((0..known.len()).collect());
    }
    let find = |name: &String| {
        known.iter().position(|k| k == name).ok_or_else(|| {
            Stop::Error(unknown("lane", name, &known, &format!("a lane of the scenario: {}", list(&known))))
        })
    };
    names.iter().map(find).collect()
}

/// Reads a time as scenarios write it, with the same parser.
///
/// # Errors
/// A message with what was found and what was expected.
pub fn time(text: &str) -> Result<SimTime, String> {
    let one_word = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || ";#:+".contains(c));
    let scenario = if one_word { workspace::read(&format!("at {text} heal")).ok() } else { None };
    let act = scenario.as_ref().and_then(|s| s.acts.first());
    act.map(|act| act.at).ok_or_else(|| format!("found `{text}`, expected a time such as `2s` or `150ms`"))
}

/// Reads a span, such as `2s..2.5s`.
///
/// # Errors
/// A message with what was found and what was expected.
pub fn span(text: &str) -> Result<(SimTime, SimTime), String> {
    let (from, to) =
        text.split_once("..").ok_or_else(|| format!("found `{text}`, expected a span such as `2s..2.5s`"))?;
    Ok((time(from)?, time(to)?))
}

/// The position of the one lane that is named, or of the only one; `what` shows only one.
///
/// # Errors
/// If it is not clear which lane is meant.
pub fn only_lane(timeline: &Timeline, names: &[String], what: &str) -> Result<usize, Stop> {
    if let [one] = lanes(timeline, names)?.as_slice() {
        return Ok(*one);
    }
    let known: Vec<&str> = timeline.scenario().lanes.iter().map(|lane| lane.name.as_str()).collect();
    Err(Stop::Error(format!("{what} shows one lane: name it with --lane, of {}", list(&known))))
}

/// The error message for an unknown word.
pub fn unknown(kind: &str, word: &str, known: &[&str], expected: &str) -> String {
    let nearest = known.iter().map(|k| (distance(word, k), k)).min().filter(|(d, _)| *d <= 2);
    let near = nearest.map_or(String::new(), |(_, name)| format!("; did you mean `{name}`?"));
    format!("there is no {kind} `{word}`, expected {expected}{near}")
}

/// Names for use in a sentence.
pub fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The number of insertions, deletions and replacements that turn one word into the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_scenarios() {
        assert_eq!(time("1.5s"), Ok(SimTime(1_500_000)));
        assert_eq!(time("0"), Ok(SimTime::ZERO));
        for bad in ["", "5", "1s+2", "1s raft:", "1s;seed", "-1s", "x"] {
            assert!(time(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_short_line_is_shown_whole_with_its_mark() {
        let want = |line: &str, mark: &str| (line.to_string(), mark.to_string());
        assert_eq!(marked("at 1s crsh 1", 6, 4), want("at 1s crsh 1", "      ^^^^"));
        assert_eq!(marked("\tx\u{1b}[1m", 2, 0), want("\tx\u{fffd}[1m", "\t ^"));
        assert_eq!(marked("", 0, 0), want("", "^"));
        assert_eq!(marked("seed", 4, 0), want("seed", "    ^"), "past the end");
    }

    #[test]
    fn only_the_part_of_a_long_line_around_the_mark_is_shown() {
        let long = format!("{}crsh{}", "ü".repeat(1000), "z".repeat(1000));
        let (line, mark) = marked(&long, 1000, 4);
        assert!(line.starts_with("…ü") && line.ends_with("z…"), "{line}");
        assert_eq!(line.chars().count(), SHOWN_MAX + 2);
        let under: String =
            line.chars().zip(mark.chars()).filter(|(_, m)| *m == '^').map(|(c, _)| c).collect();
        assert_eq!(under, "crsh");
        let (line, mark) = marked(&long, 0, 2);
        assert!(line.starts_with('ü') && line.ends_with("ü…") && mark == "^^", "{line}\n{mark}");
        let (line, mark) = marked(&long, 2003, 1);
        assert!(line.starts_with("…z") && line.ends_with('z'), "{line}");
        assert_eq!(mark.chars().count(), line.chars().count(), "under the last character");
        // The marked part may be longer than what is shown.
        let (line, mark) = marked(&long, 0, 2004);
        assert_eq!((line.chars().count(), mark.chars().count()), (SHOWN_MAX + 1, SHOWN_MAX));
    }

    #[test]
    fn distances() {
        assert_eq!((distance("raft", "raft"), distance("raf", "raft"), distance("", "ab")), (0, 1, 2));
        assert_eq!(distance("zookeper", "zookeeper"), 1);
    }
}
