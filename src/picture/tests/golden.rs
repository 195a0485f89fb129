//! Pictures that were looked at, byte for byte. `UPDATE_GOLDEN=1 cargo test -p election-picture` records them; look at them
//! before they are committed.
//!
//! tests/node/mermaid.mjs reads the sequence diagrams with Mermaid itself.

use std::fs;
use std::path::{Path, PathBuf};

use election_base::SimTime;

use super::{at, run, scenario};
use crate::shiviz::shiviz;
use crate::{Refused, bands, diagram, mermaid};

fn golden(name: &str, text: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).expect("a writable file");
        return;
    }
    let old = fs::read_to_string(&path).unwrap_or_default();
    assert!(old == text, "{name} has changed: record it with UPDATE_GOLDEN=1, and look at it");
}

fn span(from: u64, to: u64) -> (SimTime, SimTime) {
    (SimTime(from), SimTime(to))
}

#[test]
fn a_moment_a_diagram_and_bands() {
    let mut timeline = scenario("first-look");
    golden("moment.svg", &at(&mut timeline, SimTime(14_200_000)).write());
    let raft = 3;
    let its = diagram(&timeline, raft, span(1_990_000, 2_290_000), "").expect("a diagram");
    golden("diagram.svg", &its);
    let its = bands(&timeline, &[0, 1, 2, 3], span(0, 25_000_000), "").expect("bands");
    golden("bands.svg", &its);
    // It does not depend on what was drawn before.
    golden("moment.svg", &at(&mut scenario("first-look"), SimTime(14_200_000)).write());
}

#[test]
fn sequence_diagrams() {
    let timeline = scenario("first-look");
    for (lane, name) in ["ring", "bully", "zookeeper", "raft"].into_iter().enumerate() {
        let its = mermaid(&timeline, lane, span(13_000_000, 14_200_000)).expect("a diagram");
        golden(&format!("{name}.mmd"), &its);
    }
    // The one in docs/pictures.md.
    golden("docs.mmd", &mermaid(&timeline, 3, span(1_990_000, 2_210_000)).expect("a diagram"));
    // More messages than a diagram shows, and words that mean something to Mermaid.
    let odd =
        run("title end; # %%{init: {}} : <b>\"\nlanes raft\nnodes 1=alt 2=loop-a 3=opt_x 4=par 5=critical\n\
         loss 20%\nat 1s crash leader\nat 1.5s pause all for 1s\nat 2s heal\nuntil 9s\n");
    golden("odd.mmd", &mermaid(&odd, 0, span(0, 9_000_000)).expect("a diagram"));
}

#[test]
fn a_log_for_shiviz() {
    let mut timeline = scenario("first-look");
    golden("raft.log", &shiviz(&mut timeline, 3, SimTime(1_950_000), SimTime(2_300_000)).expect("a log"));
}

#[test]
fn what_cannot_be_drawn_says_what_to_do() {
    let mut timeline = run("lanes raft\nnodes 40\nuntil 60s\n");
    let why = |drawn: Result<String, Refused>| drawn.expect_err("too much").0;
    let long = span(0, 60_000_000);
    assert!(why(diagram(&timeline, 0, long, "")).contains("choose a shorter span"));
    assert!(why(mermaid(&timeline, 0, long)).contains("choose a shorter span"));
    assert!(why(shiviz(&mut timeline, 0, long.0, long.1)).contains("choose a shorter span"));
    assert!(why(diagram(&timeline, 0, span(5, 5), "")).contains("is empty"));
    assert!(why(bands(&timeline, &[], long, "")).contains("1 to 8 lanes, found 0"));
}
