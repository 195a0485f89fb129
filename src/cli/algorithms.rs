//! `election algorithms`: what is known about each algorithm without running it.

use std::io::Write as _;

use clap::Args;
use election_playground::protocol::{Authority, Info};
use election_playground::registry::ALGORITHMS;
use election_playground::vocabulary::Setting;
use serde_json::{Value, json};

use crate::term::{Out, left, widest, wrap};
use crate::{Done, Stop, play};

/// The line width of prose.
const WIDTH: usize = 96;

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// The algorithm to describe
    name: Option<String>,
    /// Print JSON, described in docs/command-line.md
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If there is no such algorithm, or the output cannot be written.
pub fn algorithms(options: &Options, out: &mut Out) -> Done {
    let infos: Vec<&'static Info> = ALGORITHMS.iter().map(|a| a.info).collect();
    let Some(name) = &options.name else {
        if options.json {
            let all: Vec<Value> = infos.iter().map(|info| object(info)).collect();
            out.json(&all, true)?;
        } else {
            list(out, &infos)?;
        }
        return Ok(true);
    };
    let Some(info) = infos.iter().find(|info| info.id == name) else {
        let known: Vec<&str> = infos.iter().map(|info| info.id).collect();
        return Err(Stop::Error(play::unknown("algorithm", name, &known, &play::list(&known))));
    };
    if options.json {
        out.json(&object(info), true)?;
    } else {
        describe(out, info)?;
    }
    Ok(true)
}

fn list(out: &mut Out, infos: &[&Info]) -> std::io::Result<()> {
    let width = widest(infos.iter().map(|info| info.id));
    for info in infos {
        let id = out.bold(&left(info.id, width));
        writeln!(out, "{id}  {} ({})", info.title, info.subtitle)?;
    }
    writeln!(out, "\n`election algorithms NAME` describes one in full.")
}

fn describe(out: &mut Out, info: &Info) -> std::io::Result<()> {
    let title = out.bold(&format!("{} ({})", info.title, info.subtitle));
    writeln!(out, "{title}\n\n{}", wrap(info.summary, WIDTH, ""))?;
    writeln!(out, "\n{}", wrap(&format!("Source: {}", info.source), WIDTH, ""))?;
    writeln!(out, "{}", wrap(&format!("Leader in truth: {}.", authority(info.authority)), WIDTH, ""))?;
    if !info.groups.is_empty() {
        let names: Vec<&str> = info.groups.iter().map(|it| it.name).collect();
        let text = format!("Groups with a leader of their own, for `leader of GROUP`: {}.", names.join(", "));
        writeln!(out, "{}", wrap(&text, WIDTH, ""))?;
    }

    let heading = out.bold("Rules");
    writeln!(out, "\n{heading}, by their names in traces")?;
    for (i, rule) in info.rules.iter().enumerate() {
        writeln!(out, "  {:<4} {}", format!("R{}", i + 1), rule)?;
    }
    let heading = out.bold("Messages");
    writeln!(out, "\n{heading}, with their class and the numbers they carry")?;
    let width = widest(info.messages.iter().map(|m| m.name));
    for message in info.messages {
        let args = message.args.join(" ");
        let line = format!("  {}  {:<8}  {args}", left(message.name, width), message.class.name());
        writeln!(out, "{}", line.trim_end())?;
    }
    let heading = out.bold("Settings");
    writeln!(out, "\n{heading}, with their defaults")?;
    for setting in info.settings {
        let (name, default, kind) = (setting.name, setting.default, setting.kind);
        let live = if setting.live { "; may change during a run, and for single nodes" } else { "" };
        writeln!(out, "  set {}.{name} {default}   # {kind}{live}", info.id)?;
        writeln!(out, "{}", wrap(setting.doc, WIDTH, "      "))?;
        writeln!(out, "{}", wrap(&format!("Default from: {}", setting.source), WIDTH, "      "))?;
    }
    if !info.commands.is_empty() {
        let heading = out.bold("Actions");
        writeln!(out, "\n{heading}\n  {}", actions(info).join(", "))?;
    }
    if !info.init.is_empty() {
        let heading = out.bold("Initial state");
        writeln!(out, "\n{heading}, for `init {}`", info.id)?;
        let width = widest(info.init.iter().map(|word| word.name));
        for word in info.init {
            writeln!(out, "  {}  {}", left(word.name, width), word.doc)?;
        }
    }
    promises(out, info)?;
    let heading = out.bold("What the model leaves out or simplifies");
    writeln!(out, "\n{heading}")?;
    for sentence in info.fidelity {
        writeln!(out, "  - {}", wrap(sentence, WIDTH, "    ").trim_start())?;
    }
    Ok(())
}

fn promises(out: &mut Out, info: &Info) -> std::io::Result<()> {
    let heading = out.bold("Promises");
    writeln!(out, "\n{heading}, and their assumptions")?;
    for claim in info.claims {
        writeln!(out, "  {}", claim.property.name())?;
        writeln!(out, "{}", wrap(&format!("Because {}.", claim.because), WIDTH, "      "))?;
        let assumes: Vec<&str> = claim.assumes.iter().map(|a| a.text()).collect();
        let assumes = if assumes.is_empty() { "nothing".into() } else { assumes.join("; ") };
        writeln!(out, "{}", wrap(&format!("Assumes: {assumes}."), WIDTH, "      "))?;
    }
    Ok(())
}

/// The authority, as part of a sentence.
fn authority(authority: Authority) -> &'static str {
    match authority {
        Authority::Service(_) => "the node named by the coordination service's record",
        Authority::Quorum => "the believer whose epoch some quorum has not left",
        Authority::None => "none, there are only beliefs",
    }
}

/// The algorithm's commands, and `write` if it has a log for clients' writes.
fn actions(info: &Info) -> Vec<&'static str> {
    info.commands.iter().map(|command| command.name).chain(info.writes.then_some("write")).collect()
}

fn object(info: &Info) -> Value {
    let setting = |s: &Setting| {
        json!({
            "name": s.name, "kind": s.kind.to_string(), "default": s.default, "live": s.live, "doc": s.doc,
            "source": s.source,
        })
    };
    json!({
        "id": info.id,
        "title": info.title,
        "subtitle": info.subtitle,
        "summary": info.summary,
        "source": info.source,
        "topology": info.topology.name(),
        "authority": info.authority.name(),
        "groups": info.groups.iter().map(|it| json!({
            "name": it.name,
            "authority": it.authority.name(),
            "epoch": it.epoch,
        })).collect::<Vec<_>>(),
        "epoch": info.epoch,
        "token": info.token,
        "rules": info.rules,
        "messages": info.messages.iter().map(|m| json!({
            "name": m.name, "class": m.class.name(), "args": m.args,
        })).collect::<Vec<_>>(),
        "settings": info.settings.iter().map(setting).collect::<Vec<_>>(),
        "actions": actions(info),
        "roles": info.roles,
        "init": info.init.iter().map(|w| json!({ "name": w.name, "doc": w.doc })).collect::<Vec<_>>(),
        "fields": info.fields,
        "promises": info.claims.iter().map(|c| json!({
            "property": c.property.name(),
            "assumes": c.assumes.iter().map(|a| a.text()).collect::<Vec<_>>(),
            "because": c.because,
        })).collect::<Vec<_>>(),
        "fidelity": info.fidelity,
    })
}
