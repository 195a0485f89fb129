//! docs/calibration.md: its tables between markers, its plots, and whether they are up to date.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::slice;

use crate::pairs::{Outcome, Times};
use crate::root;
use crate::svg::{self, p_value, thousands};

/// Set by `cargo xtask calibrate`: write instead of comparing.
pub const UPDATE: &str = "UPDATE_CALIBRATION";
/// The folder of the plots, relative to docs/.
const PLOTS: &str = "calibration";

/// Checks that page and plots match the outcome, or updates them on request.
pub fn hold(outcome: &Outcome) {
    let update = std::env::var_os(UPDATE).is_some();
    let mut stale = Vec::new();
    let folder = root().join("docs").join(PLOTS);
    let plots = plots(outcome);
    for file in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if !plots.contains_key(&name) {
            stale.push(format!("docs/{PLOTS}/{name} is no plot of a pair"));
            if update {
                fs::remove_file(file.path()).expect("a plot that can be removed");
            }
        }
    }
    if update {
        fs::create_dir_all(&folder).expect("a folder for the plots");
    }
    let mut files: Vec<(PathBuf, String)> =
        plots.into_iter().map(|(name, text)| (folder.join(name), text)).collect();
    let page = root().join("docs/calibration.md");
    let text = fs::read_to_string(&page).expect("docs/calibration.md").replace("\r\n", "\n");
    files.push((page, filled(&text, outcome)));
    for (path, text) in files {
        let present = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if present != text {
            stale.push(format!(
                "{} is not what these runs say",
                path.strip_prefix(root()).unwrap_or(&path).display()
            ));
            if update {
                fs::write(&path, text).expect("a writable file");
            }
        }
    }
    assert!(
        update || stale.is_empty(),
        "run `cargo xtask calibrate` and look at what it changes:\n{}",
        stale.join("\n")
    );
}

/// Every plot, by file name.
fn plots(outcome: &Outcome) -> BTreeMap<String, String> {
    let pairs = outcome.times.iter().map(|it| (format!("{}.svg", it.pair.name), svg::times(it)));
    pairs.chain([("etcd-shares.svg".to_string(), svg::counts(&outcome.counts))]).collect()
}

/// The page with the sections between its markers regenerated.
fn filled(page: &str, outcome: &Outcome) -> String {
    let mut parts = vec![
        ("times".to_string(), times(&outcome.times, true)),
        ("shares".to_string(), shares(outcome)),
        ("close".to_string(), times(slice::from_ref(&outcome.close), false)),
    ];
    for name in ["zookeeper-kill-4s", "etcd-kill"] {
        let path = root().join("tests/calibration/scenarios").join(format!("{name}.txt"));
        let text = fs::read_to_string(path).expect("a scenario").replace("\r\n", "\n");
        parts.push((name.to_string(), format!("```election\n{text}```\n")));
    }
    let mut page = page.to_string();
    for (name, text) in parts {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let from =
            page.find(&begin).unwrap_or_else(|| panic!("docs/calibration.md lacks {begin}")) + begin.len();
        let to = from + page[from..].find(&end).unwrap_or_else(|| panic!("docs/calibration.md lacks {end}"));
        page.replace_range(from..to, &format!("\n{text}\n"));
    }
    page
}

/// A table of times, with or without a link to each plot.
fn times(all: &[Times], plots: bool) -> String {
    let mut table = "| what | n | measured: median (95 %) | model: median | distance | p |\n\
                     |---|---|---|---|---|---|\n"
        .to_string();
    for it in all {
        let ((measured, model), (low, high)) = (it.medians(), it.interval);
        let (name, n) = (it.pair.name, it.measured.len());
        let name = if plots { format!("[{name}]({PLOTS}/{name}.svg)") } else { name.to_string() };
        table += &format!(
            "| {name} | {n} | {measured:.3} s ({low:.3} to {high:.3}) | {model:.3} s | {:.3} | {} |\n",
            it.test.distance,
            p_value(it.test.p).trim_start_matches("= ")
        );
    }
    table
}

/// The table of shares.
fn shares(outcome: &Outcome) -> String {
    let mut table = "| failovers of etcd with | measured | share (95 %) | model | share |\n\
                     |---|---|---|---|---|\n"
        .to_string();
    for it in &outcome.counts {
        let ((measured, model), (low, high)) = (it.shares(), it.interval);
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        table += &format!(
            "| {} | {} of {} | {} ({} to {}) | {} of {} | {} |\n",
            it.share.title,
            it.measured.0,
            it.measured.1,
            percent(measured),
            percent(low),
            percent(high),
            thousands(it.model.0),
            thousands(it.model.1),
            percent(model)
        );
    }
    table
}
