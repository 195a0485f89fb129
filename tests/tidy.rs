//! The rules that neither the compiler nor clippy can check: which module may use which within a crate, that the engine
//! and the page name no algorithm, the size of files, and that nothing depends on one machine.
//!
//! Cargo enforces the layers between crates, and lints enforce the rest (see `[workspace.lints]` and clippy.toml).
//! Files are read line by line; where only code counts, comment lines are skipped.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates in src/, each with the workspace crates it may depend on. docs/architecture.md explains the
/// table.
const CRATES: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("language", &["base"]),
    ("protocol", &["base", "language"]),
    ("parts", &["base", "language", "protocol"]),
    ("engine", &["base", "language", "protocol"]),
    // The engine only for the list in lib.rs; an_algorithm_knows_only_its_node checks that.
    ("algorithms", &["base", "engine", "language", "parts", "protocol"]),
    ("workbench", &["algorithms", "base", "engine", "language", "protocol"]),
    ("picture", &["base", "engine", "language", "protocol", "workbench"]),
    ("wasm", &["base", "engine", "language", "protocol", "workbench"]),
    ("cli", &["playground"]),
];

/// The modules of crates with more than one layer, each with the modules of its crate that it may use.
const MODULES: &[(&str, &str, &[&str])] = &[
    ("src/language", "vocabulary", &[]),
    ("src/language", "scenario", &["vocabulary"]),
    ("src/engine", "meter", &[]),
    ("src/engine", "keyframes", &[]),
    ("src/engine", "trace", &[]),
    ("src/engine", "checker", &["trace"]),
    ("src/engine", "summary", &["checker", "trace"]),
    ("src/engine", "probes", &["trace"]),
    ("src/engine", "sim", &["trace"]),
    ("src/engine", "lane", &["sim", "summary", "checker", "trace", "meter", "keyframes", "probes"]),
    ("src/engine", "timeline", &["lane", "sim", "trace", "meter"]),
    ("src/engine", "stride", &["timeline", "lane", "meter"]),
    ("src/workbench", "registry", &[]),
    ("src/workbench", "look", &[]),
    ("src/workbench", "telling", &[]),
    ("src/workbench", "why", &["telling", "registry"]),
    ("src/workbench", "frame", &[]),
    ("src/workbench", "stretch", &[]),
    ("src/workbench", "listing", &[]),
    ("src/workbench", "expectations", &["look"]),
    ("src/workbench", "story", &["expectations"]),
    ("src/workbench", "breakpoints", &["look"]),
    ("src/workbench", "futures", &[]),
    ("src/workbench", "workspace", &["registry", "expectations", "story", "breakpoints", "futures"]),
    ("src/workbench", "rulings", &["registry", "workspace"]),
    ("src/workbench", "odds", &["workspace", "registry", "look", "telling"]),
    ("src/workbench", "sweep", &["workspace", "registry", "expectations", "look"]),
];

/// What the simulation must not use: it has no clock and no I/O.
const OUTSIDE: &[&str] = &["std::fs", "std::net", "std::env", "std::thread", "std::process", "std::time"];

/// Names of algorithms that are also ordinary words: a ring is also a topology.
const ORDINARY: &[&str] = &["ring"];

/// The most lines in a file.
const LINES_MAX: usize = 900;

#[test]
fn crates_depend_only_on_those_below() {
    let mut faults = Faults::default();
    for &(name, below) in CRATES {
        let path = PathBuf::from(format!("src/{name}/Cargo.toml"));
        let text = read(&path);
        for (at, line) in text.lines().enumerate() {
            let Some(rest) = line.strip_prefix("election-") else { continue };
            let to: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
            if !below.contains(&to.as_str()) {
                faults.add(&path, at, format!("election-{name} may not depend on election-{to}"));
            }
        }
    }
    let folders = fs::read_dir(root().join("src")).expect("src/ can be read").flatten();
    for folder in folders.filter(|it| it.path().join("Cargo.toml").is_file()) {
        let name = folder.file_name().into_string().expect("UTF-8");
        if !CRATES.iter().any(|(it, _)| *it == name) {
            faults.add(&folder.path(), 0, "has no line in CRATES of tests/tidy.rs".into());
        }
    }
    faults.report();
}

#[test]
fn modules_use_only_those_below() {
    let mut faults = Faults::default();
    for path in tracked("src", &["rs"]) {
        let Some((home, module)) = home(&path) else { continue };
        let Some((_, _, below)) = MODULES.iter().find(|it| (it.0, it.1) == (home, module.as_str())) else {
            if module != "lib" {
                faults.add(&path, 0, format!("`{module}` has no line in MODULES of tests/tidy.rs"));
            }
            continue;
        };
        for (at, line) in code_lines(&read(&path)) {
            for to in used_modules(&line) {
                if to != module && !below.contains(&to.as_str()) {
                    faults.add(
                        &path,
                        at,
                        format!("`{module}` may not use `{to}`: move the shared part down"),
                    );
                }
            }
        }
    }
    faults.report();
}

#[test]
fn an_algorithm_knows_only_its_node() {
    let mut faults = Faults::default();
    for path in tracked("src/algorithms", &["rs"]) {
        let Ok(inside) = path.strip_prefix("src/algorithms") else { continue };
        let own = inside.components().next().expect("a name").as_os_str().to_string_lossy();
        let own = own.trim_end_matches(".rs");
        if own == "lib" {
            continue;
        }
        for (at, line) in code_lines(&read(&path)) {
            if line.contains("election_engine") {
                faults.add(&path, at, "an algorithm may not see the engine".into());
            }
            for to in used_modules(&line).into_iter().filter(|to| to != own) {
                faults.add(
                    &path,
                    at,
                    format!("an algorithm may not use `{to}`: what two share belongs below"),
                );
            }
        }
    }
    faults.report();
}

#[test]
fn the_engine_and_the_page_name_no_algorithm() {
    let names: BTreeSet<String> =
        election_playground::registry::ALGORITHMS.iter().map(|it| it.info.id.to_string()).collect();
    let mut faults = Faults::default();
    let exempt = |path: &Path| {
        let text = path.to_string_lossy();
        text.starts_with("src/algorithms") || text.starts_with("src/cli") || text.contains("/tests/")
    };
    let page = tracked("www", &["js"]);
    for path in tracked("src", &["rs"]).into_iter().chain(page).filter(|path| !exempt(path)) {
        // These files name topologies.
        let names_topologies = path.starts_with("www") || path == Path::new("src/protocol/info.rs");
        let text = read(&path);
        // Unit tests are at the end of a file and may name algorithms.
        let code = text.split("#[cfg(test)]\nmod").next().expect("a first part");
        if is_generated(code) {
            continue;
        }
        for (at, line) in code_lines(code) {
            for name in names.iter().filter(|name| !(names_topologies && ORDINARY.contains(&name.as_str()))) {
                if ["\"", "'", "`"].iter().any(|quote| line.contains(&format!("{quote}{name}{quote}"))) {
                    let why =
                        format!("names the algorithm {name}: ask the registry or INFO for what differs");
                    faults.add(&path, at, why);
                }
            }
        }
    }
    faults.report();
}

#[test]
fn the_simulation_touches_nothing_outside() {
    let mut faults = Faults::default();
    for path in tracked("src", &["rs"]).iter().filter(|path| !path.starts_with("src/cli")) {
        if path.to_string_lossy().contains("/tests/") {
            continue;
        }
        for (at, line) in code_lines(&read(path)) {
            for word in OUTSIDE.iter().filter(|word| line.contains(**word)) {
                faults.add(path, at, format!("`{word}`: clocks and I/O belong to src/cli"));
            }
        }
    }
    faults.report();
}

#[test]
fn files_are_short_enough_to_read() {
    let mut faults = Faults::default();
    for path in tracked("", &["rs", "js", "mjs", "css", "html"]) {
        let text = read(&path);
        let lines = text.lines().count();
        if LINES_MAX < lines && !path.starts_with("pkg") && !is_generated(&text) {
            faults.add(&path, LINES_MAX, format!("{lines} lines, more than {LINES_MAX}: split it"));
        }
    }
    faults.report();
}

#[test]
fn nothing_depends_on_one_machine() {
    // Concatenated, so that this file does not match itself.
    let places = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
        concat!(":\\Us", "ers\\"),
        concat!("/tm", "p/"),
    ];
    let mut faults = Faults::default();
    for path in all_tracked() {
        // `cargo xtask pkg` searches pkg/ for such paths itself.
        if path.starts_with("pkg") || path == Path::new("xtask/src/pkg.rs") {
            continue;
        }
        let Some(text) = read_text(&path) else { continue };
        for (at, line) in text.lines().enumerate() {
            for (found, place) in places.iter().flat_map(|place| line.match_indices(place)) {
                // Inside a URL or a relative path it means something else.
                let before = line[..found].chars().next_back();
                if before.is_none_or(|it| !it.is_alphanumeric() && !"._-/".contains(it)) {
                    faults.add(
                        &path,
                        at,
                        format!("names the local path {place}: make it relative to the root"),
                    );
                }
            }
        }
    }
    faults.report();
}

#[test]
fn the_swarm_reads_the_variable_that_xtask_sets() {
    let xtask = read(Path::new("xtask/src/test.rs"));
    let name = xtask.split("const SWARM: &str = ").nth(1).and_then(|rest| rest.split(';').next());
    let name = name.expect("the variable has a name");
    assert!(
        read(Path::new("tests/swarm.rs")).contains(&format!("number({name}, ")),
        "the swarm does not read {name}"
    );
}

#[test]
fn a_use_is_found_in_every_form() {
    let found = |line| used_modules(line).join(" ");
    assert_eq!(found("use crate::base::{NodeId, SimTime};"), "base");
    assert_eq!(found("use crate::{words, sim::queue};"), "words sim");
    assert_eq!(found("fn f(x: crate::trace::Line) -> crate::sim::Sim {}"), "trace sim");
    assert_eq!(found("use other_crate::sim;"), "");
    assert_eq!(code_lines("/// [`crate::sim`]\nlet x = 1;"), [(1, "let x = 1;".to_string())]);
}

/// The layered crate that a file belongs to, and its top module there.
fn home(path: &Path) -> Option<(&'static str, String)> {
    let home = MODULES.iter().map(|it| it.0).find(|home| path.starts_with(home))?;
    let first = path.strip_prefix(home).ok()?.components().next()?.as_os_str().to_str()?;
    Some((home, first.trim_end_matches(".rs").to_string()))
}

/// The modules of its own crate that a line uses, by full paths or by a `use` of several.
fn used_modules(line: &str) -> Vec<String> {
    let name =
        |text: &str| text.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect::<String>();
    let mut found = Vec::new();
    for (at, word) in line.match_indices("crate::") {
        if line[..at].ends_with(|it: char| it == '_' || it.is_alphanumeric() || it == '$') {
            continue;
        }
        let rest = &line[at + word.len()..];
        match rest.strip_prefix('{') {
            Some(list) => found.extend(list.split(',').map(|one| name(one.trim()))),
            None => found.push(name(rest)),
        }
    }
    // An item of the crate root, such as a macro or a type, is not a module.
    found.retain(|it| it.starts_with(|first: char| first.is_lowercase()));
    found
}

/// The lines that are not entirely comments, with their numbers from 0.
fn code_lines(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    lines.map(|(at, line)| (at, line.to_string())).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file that is tracked or about to be, by path from the root; without git, every file.
fn all_tracked() -> Vec<PathBuf> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root());
    let listed = git.output().ok().filter(|it| it.status.success() && !it.stdout.is_empty());
    let mut files: Vec<PathBuf> = match listed {
        Some(output) => String::from_utf8_lossy(&output.stdout).split('\0').map(PathBuf::from).collect(),
        None => walk(Path::new("")),
    };
    files.retain(|path| root().join(path).is_file());
    files.sort();
    assert!(files.contains(&PathBuf::from("Cargo.toml")), "the list of files is not that of this repository");
    files
}

/// All files below a folder except built and installed ones.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join(folder)).into_iter().flatten().flatten() {
        let path = folder.join(entry.file_name());
        let skipped = ["target", "node_modules", ".git"].iter().any(|name| path == Path::new(name));
        if entry.path().is_dir() && !skipped {
            files.extend(walk(&path));
        } else if !skipped {
            files.push(path);
        }
    }
    files
}

/// The tracked files in a folder with one of these endings.
fn tracked(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let ends = |path: &PathBuf| path.extension().is_some_and(|it| endings.iter().any(|ending| it == *ending));
    all_tracked().into_iter().filter(|path| path.starts_with(folder) && ends(path)).collect()
}

/// A file's text; `None` if it is not text.
fn read_text(path: &Path) -> Option<String> {
    let bytes = fs::read(root().join(path)).ok()?;
    if bytes.contains(&0) { None } else { String::from_utf8(bytes).ok() }
}

fn read(path: &Path) -> String {
    read_text(path).unwrap_or_else(|| panic!("{} is no text", path.display()))
}

/// True for a file whose first lines say that it is generated.
fn is_generated(text: &str) -> bool {
    text.lines().take(3).any(|line| line.contains("Generated by"))
}

/// All faults found by a test, so that one run shows them all.
#[derive(Default)]
struct Faults(BTreeSet<String>);

impl Faults {
    /// `line` counts from 0.
    fn add(&mut self, path: &Path, line: usize, why: String) {
        self.0.insert(format!("{}:{}: {why}", path.display(), line + 1));
    }

    fn report(self) {
        let lines: Vec<String> = self.0.into_iter().collect();
        assert!(lines.is_empty(), "{} to tidy up:\n{}\n", lines.len(), lines.join("\n"));
    }
}
