//! `election open`: what a link contains.
//!
//! The scenario goes to standard output, so that it can be kept in a file; what else the link says goes to standard
//! error.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use clap::Args;
use election_playground::scenario::link::{LinkAt, Opened, Trust, decode};
use election_playground::scenario::{Error, is_unseen};
use election_playground::workspace;
use serde_json::{Value, json};

use crate::script::Script;
use crate::term::Out;
use crate::{Done, Stop, diff, link, play, source};

/// The version of the JSON.
const JSON_VERSION: u32 = 1;
/// What a link in a file begins with.
const BEGIN: &str = "#v=";
/// How many places of links an error names.
const PLACES_MAX: usize = 5;

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// The link, in quotes: a whole address, or what follows it from the `#` on; or a file that contains one; `-` for
    /// standard input
    link: String,
    /// Print the scenario of the other future, if the link has two
    #[arg(long, conflicts_with = "json")]
    other: bool,
    /// Print one JSON object, described in docs/command-line.md
    #[arg(long)]
    json: bool,
}

/// How today's run compares with the one that the link was made from.
enum Plays {
    /// The same up to the moment.
    Same,
    /// Nothing is known of that run.
    Unknown,
    /// Another one.
    Differently,
    /// It has no such moment.
    Not(String),
    /// The text has errors.
    Wrong(Vec<Error>),
}

/// Runs the command. Returns false if this program plays another run than the one that the link was made from.
///
/// # Errors
/// If the link is damaged or does not play, or the output cannot be written.
pub fn open(options: &Options, out: &mut Out) -> Done {
    let hash = hash(&options.link)?;
    let opened = decode(&hash).map_err(|error| Stop::Error(error.to_string()))?;
    let script = Script::of_file(Path::new("#v="), opened.link.text.clone());
    let plays = plays(&opened);
    // Without a check code, damage shows in the text. A link with a digest was copied from a run, so it had no errors.
    let doubtful = opened.trust == Trust::Doubtful;
    let suspect = doubtful || opened.trust == Trust::Unchecked && opened.link.digest.is_some();
    if suspect && matches!(plays, Plays::Wrong(_)) {
        let why = "this link is damaged: its text is not a scenario; copy the whole link again";
        return Err(Stop::Error(why.to_string()));
    }
    let other = opened.link.other.as_ref();
    if options.json {
        out.json(&object(&opened, &plays), true)?;
    } else if options.other {
        let other = other.ok_or_else(|| Stop::Error("this link has only one future".to_string()))?;
        print(out, &other.text)?;
    } else {
        print(out, &opened.link.text)?;
        out.aside(&describe(&opened, &plays, hash.len()))?;
    }
    match plays {
        Plays::Wrong(errors) => Err(Stop::Error(play::describe(&script, &errors))),
        Plays::Differently | Plays::Not(_) => Ok(false),
        Plays::Same | Plays::Unknown => Ok(true),
    }
}

/// What follows the `#` of a link, which may be in a file.
fn hash(named: &str) -> Result<String, Stop> {
    if let Some((_, hash)) = named.split_once('#') {
        if ["v=", "s=", "z="].iter().any(|it| hash.starts_with(it)) {
            return Ok(hash.to_string());
        }
        if let Some(name) = hash.strip_prefix("scenario=") {
            return Err(Stop::Error(format!(
                "this link names the scenario `{name}` of the page's gallery and contains no text; see \
                 scenarios/{name}.txt"
            )));
        }
    }
    let file = Path::new(named);
    if !source::is_stdin(file) && !fs::exists(file).unwrap_or(true) {
        let shown = source::shown(file);
        return Err(Stop::Error(format!(
            "found `{shown}`, expected a link with `#v=` or a file that contains one"
        )));
    }
    let text = source::text(file)?;
    let name = if source::is_stdin(file) { "standard input".to_string() } else { source::shown(file) };
    let mut found = links(&text);
    let mut different: Vec<&String> = found.iter().map(|(_, hash)| hash).collect();
    different.sort();
    different.dedup();
    match different.len() {
        0 => Err(Stop::Error(format!("{name} has no link, expected `#v=` and what follows it"))),
        1 => Ok(found.swap_remove(0).1),
        count => {
            let mut lines: Vec<String> = found.iter().map(|(line, _)| line.to_string()).collect();
            lines.dedup();
            let dots = if PLACES_MAX < lines.len() { ", …" } else { "" };
            lines.truncate(PLACES_MAX);
            let lines = lines.join(", ");
            Err(Stop::Error(format!(
                "{name} has {count} links, in lines {lines}{dots}, expected one; name the one you want"
            )))
        }
    }
}

/// The links in a text, with their lines from 1.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for (begin, _) in line.match_indices(BEGIN) {
            let hash: String = line[begin + 1..].chars().take_while(|it| is_of_link(*it)).collect();
            // In HTML, `&` is written as an entity. A link ends in a letter or digit; what follows is of the sentence.
            let hash = hash.replace("&amp;", "&");
            found.push((at + 1, hash.trim_end_matches(|it: char| !it.is_ascii_alphanumeric()).to_string()));
        }
    }
    found
}

/// Whether links may have this character.
fn is_of_link(it: char) -> bool {
    it.is_ascii_alphanumeric() || "-._~:,/=%+;&".contains(it)
}

/// Plays the scenario up to the moment.
fn plays(opened: &Opened) -> Plays {
    let mut timeline = match workspace::open(&opened.link.text) {
        Ok(timeline) => timeline,
        Err(errors) => return Plays::Wrong(errors),
    };
    match (link::go(&mut timeline, opened.link.at), opened.link.digest) {
        (Err(why), _) => Plays::Not(why),
        (Ok(()), None) => Plays::Unknown,
        (Ok(()), Some(digest)) if timeline.trace_digest() == digest => Plays::Same,
        (Ok(()), Some(_)) => Plays::Differently,
    }
}

/// Prints a text as it is, or so that it cannot control a terminal.
fn print(out: &mut Out, text: &str) -> io::Result<()> {
    if !io::stdout().is_terminal() {
        return out.write_all(text.as_bytes());
    }
    let plain = |it: char| if is_unseen(it) && !['\n', '\t'].contains(&it) { '\u{fffd}' } else { it };
    let shown: String = text.chars().map(plain).collect();
    writeln!(out, "{}", shown.trim_end_matches('\n'))
}

/// What the link says besides its text.
fn describe(opened: &Opened, plays: &Plays, length: usize) -> String {
    let link = &opened.link;
    let trust = match opened.trust {
        Trust::Checked => "its check code is right",
        Trust::Unchecked => "it has no check code",
        Trust::Doubtful => "it has no check code, and another program may have written it",
    };
    let mut lines = vec![format!("link      version {}, {length} characters, {trust}", opened.version)];
    lines.push(format!("moment    {}", moment(link.at)));
    lines.extend(link.selected.as_ref().map(|it| format!("selected  {it}")));
    lines.extend(
        link.stops.as_ref().map(|it| format!("stops     {}", if it.is_empty() { "none" } else { it })),
    );
    lines.extend(link.look.as_ref().map(|it| format!("debugger  {it}")));
    lines.extend(link.digest.map(|it| format!("digest    {it:016x}")));
    if !opened.ignored.is_empty() {
        lines.push(format!("ignored   {}: a later version made this link", opened.ignored.join(", ")));
    }
    let played = match plays {
        Plays::Same => Some("the run is the one that the link was made from, up to this moment".to_string()),
        Plays::Unknown => None,
        Plays::Differently => Some(format!(
            "this program plays another run up to this moment: {}another version of the engine made the link",
            if opened.trust == Trust::Checked { "" } else { "the link is damaged, or " }
        )),
        Plays::Not(why) => Some(format!("this program plays another run: {why}")),
        Plays::Wrong(_) => Some("the scenario has errors".to_string()),
    };
    lines.extend(played.map(|it| format!("run       {it}")));
    if let Some(other) = &link.other {
        let (shown, kept) = if other.first { ("B", "A") } else { ("A", "B") };
        lines.push(format!(
            "futures   this is future {shown}; --other prints future {kept}, which differs in:"
        ));
        lines.extend(diff::lines(&link.text, &other.text).into_iter().map(|it| format!("          {it}")));
        if let Err(errors) = workspace::open(&other.text) {
            lines.push(format!("          future {kept} does not play: {}", errors[0]));
        }
    }
    lines.join("\n")
}

/// A moment in words.
fn moment(at: Option<LinkAt>) -> String {
    match at {
        None => "the start".to_string(),
        Some(LinkAt::Time(at, 0)) => at.to_string(),
        Some(LinkAt::Time(at, 1)) => format!("{at}, after 1 event of that instant"),
        Some(LinkAt::Time(at, after)) => format!("{at}, after {after} events of that instant"),
        Some(LinkAt::Step(step)) => format!("after {step} events of the run"),
    }
}

fn object(opened: &Opened, plays: &Plays) -> Value {
    let link = &opened.link;
    let trust = match opened.trust {
        Trust::Checked => "checked",
        Trust::Unchecked => "unchecked",
        Trust::Doubtful => "doubtful",
    };
    let plays = match plays {
        Plays::Same => "same",
        Plays::Unknown => "unknown",
        Plays::Differently | Plays::Not(_) => "differently",
        Plays::Wrong(_) => "errors",
    };
    let (at, after, step) = link::parts(link.at);
    let other =
        link.other.as_ref().map(|it| json!({ "name": if it.first { "a" } else { "b" }, "text": it.text }));
    json!({
        "version": JSON_VERSION, "link_version": opened.version, "trust": trust, "text": link.text, "at_us": at,
        "after": after, "step": step, "selected": link.selected, "stops": link.stops, "look": link.look,
        "digest": link.digest.map(|it| format!("{it:016x}")), "plays": plays, "other": other,
        "ignored": opened.ignored,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_in_texts() {
        let text = "See [this](https://a.example/#v=2&s=lanes+raft&c=0123abcd) or\n\
                    <a href=\"x#v=1&amp;s=seed+1;nodes+3\">.\nhttps://b/#v=2&s=a%0A&c=0123abcd. And #v, #s=1.\n";
        let want =
            [(1, "v=2&s=lanes+raft&c=0123abcd"), (2, "v=1&s=seed+1;nodes+3"), (3, "v=2&s=a%0A&c=0123abcd")];
        let found = links(text);
        assert_eq!(found.iter().map(|(line, hash)| (*line, hash.as_str())).collect::<Vec<_>>(), want);
    }
}
