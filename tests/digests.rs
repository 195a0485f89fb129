//! The digests of the gallery: for every scenario in scenarios/, what happened and how it ended.
//!
//! They are recorded in `tests/digests.txt`; the command line, Node.js and every browser check theirs against the same
//! file. `UPDATE_DIGESTS=1 cargo test --test digests` records them again.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use election_playground::workspace;

fn scenarios(folder: &Path) -> Vec<PathBuf> {
    // Until the first scenario is written there is no folder.
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(scenarios(&path));
        } else if path.extension().is_some_and(|e| e == "txt" || e == "election") {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_gallery_plays_as_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("scenarios");
    let mut lines = Vec::new();
    for path in scenarios(&folder) {
        let name = path.strip_prefix(&folder).expect("below it").with_extension("");
        // The same name on every system.
        let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        let text = fs::read_to_string(&path).expect("a readable scenario");
        let mut timeline = workspace::open(&text).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
        let until = timeline.scenario().until;
        timeline.seek(until);
        lines.push(format!(
            "{} {:016x} {:016x}",
            parts.join("/"),
            timeline.trace_digest(),
            timeline.state_digest()
        ));
    }
    lines.sort();
    let mut played = String::from("# scenario, trace digest, final state digest\n");
    lines.iter().for_each(|line| writeln!(played, "{line}").expect("writing to a string succeeds"));
    let file = root.join("tests/digests.txt");
    if std::env::var_os("UPDATE_DIGESTS").is_some() {
        fs::write(&file, played).expect("a writable file");
        return;
    }
    let recorded = fs::read_to_string(&file).expect("tests/digests.txt").replace("\r\n", "\n");
    let differ: Vec<&str> = played.lines().filter(|line| !recorded.lines().any(|r| r == *line)).collect();
    let gone: Vec<&str> = recorded.lines().filter(|line| !played.lines().any(|p| p == *line)).collect();
    assert!(differ.is_empty() && gone.is_empty(), "played {differ:#?}\nrecorded {gone:#?}");
}
