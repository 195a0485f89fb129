//! Golden scripts: a scenario and its expected trace in one file.
//!
//! `tests/golden/<algorithm>/<name>.txt` contains a comment that says what it proves and why, the scenario with its
//! expectations, a line `----`, and the trace; a very long trace is shortened in the middle. `UPDATE_GOLDEN=1 cargo
//! test --test golden` records the traces again; read them before you commit them. Some script must exercise every rule
//! of every algorithm.

mod shared;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use election_playground::base::SimTime;
use election_playground::registry::ALGORITHMS;
use election_playground::workspace;
use shared::failed;

const SEPARATOR: &str = "----\n";
/// The most records of a run.
const RECORDS_MAX: usize = 250_000;
/// The most records of a lane that a script shows.
const SHOWN_MAX: usize = 1000;
/// How many records of a longer run are shown from its beginning, and from its end.
const ENDS: (usize, usize) = (30, 10);

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of golden scripts") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "txt") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The result of a script.
struct Played {
    /// The trace of all lanes.
    trace: String,
    /// The expectations that failed.
    failed: Vec<String>,
    /// The rules exercised, by algorithm, as bits.
    hit: BTreeMap<&'static str, u64>,
}

fn play(text: &str) -> Result<Played, String> {
    let errors = |e: Vec<election_playground::scenario::Error>| {
        e.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let mut timeline = workspace::open(text).map_err(errors)?;
    let until = timeline.scenario().until;
    let names: Vec<String> = timeline.scenario().lanes.iter().map(|l| l.name.clone()).collect();
    let mut out = String::new();
    let mut hit = BTreeMap::new();
    for (i, name) in names.iter().enumerate() {
        let lane = timeline.lane(i);
        writeln!(out, "{name}").unwrap();
        let records = lane.records(SimTime::ZERO, until, RECORDS_MAX);
        let left_out = match records.len() {
            many if SHOWN_MAX < many => ENDS.0..many - ENDS.1,
            _ => 0..0,
        };
        for (n, record) in records.iter().enumerate() {
            *hit.entry(lane.info().id).or_default() |= record.rules;
            if n == left_out.start && !left_out.is_empty() {
                writeln!(out, "{:>12} {} records", "...", left_out.len()).unwrap();
            }
            if !left_out.contains(&n) {
                writeln!(out, "{:>12} {}", record.at.to_string(), lane.names().text(record)).unwrap();
            }
        }
    }
    let failed = failed(&mut timeline, text);
    Ok(Played { trace: out, failed, hit })
}

#[test]
fn golden_scripts_play_as_recorded_and_cover_every_rule() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut failures = Vec::new();
    let mut covered: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut scripts = 0;
    for path in files(&root) {
        scripts += 1;
        let name = path.strip_prefix(&root).expect("below the root").display().to_string();
        let content = fs::read_to_string(&path).expect("a readable script");
        let (text, recorded) = content.split_once(SEPARATOR).unwrap_or((&content, ""));
        match play(text) {
            Err(errors) => failures.push(format!("{name}: {errors}")),
            Ok(Played { trace: played, failed, hit }) => {
                failures.extend(failed.into_iter().map(|f| format!("{name}: {f}")));
                hit.into_iter().for_each(|(id, rules)| *covered.entry(id).or_default() |= rules);
                if update {
                    fs::write(&path, format!("{text}{SEPARATOR}{played}")).expect("a writable script");
                } else if played != recorded {
                    let line = played.lines().zip(recorded.lines()).position(|(a, b)| a != b);
                    let line = line.unwrap_or(played.lines().count().min(recorded.lines().count()));
                    failures.push(format!(
                        "{name}: trace line {}: played {:?}, recorded {:?}",
                        line + 1,
                        played.lines().nth(line),
                        recorded.lines().nth(line),
                    ));
                }
            }
        }
    }
    for algorithm in ALGORITHMS {
        let hit = covered.get(algorithm.info.id).copied().unwrap_or(0);
        for (n, rule) in algorithm.info.rules.iter().enumerate() {
            // Rules that only introduce others decide nothing.
            let heads = rule.trim_end().ends_with(':');
            if hit & 1 << (n + 1) == 0 && !heads {
                failures.push(format!("{}: no script hits rule {}: {rule}", algorithm.info.id, n + 1));
            }
        }
    }
    assert!(scripts > 0, "there are no golden scripts");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
