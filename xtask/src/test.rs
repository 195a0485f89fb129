//! The one command that passes every test.
//!
//! It goes on after a failure, so that one run shows all that is wrong. Each step says how long it took, and
//! the end is a table and a line that machines can read.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::shell::{cargo, command, files, root, run as sh};
use crate::{Result, browser, npm, pkg, toolchain};

/// What to test.
pub struct Plan {
    /// Whether to test in a browser too.
    pub browser: bool,
    /// How many random scenarios the swarm tries; the tests' own choice if `None`.
    pub swarm: Option<u32>,
}

/// How a step ended that did not fail.
enum Outcome {
    /// All is well.
    Passed,
    /// There was nothing to do, and why.
    Skipped(&'static str),
}

/// What a step is called, and what it does.
type Step = (&'static str, fn(&Plan) -> Result<Outcome>);

/// The variable in which tests/swarm.rs is told how many scenarios to try.
const SWARM: &str = "SWARM_RUNS";

/// Every step, the cheap ones first.
const STEPS: [Step; 13] = [
    ("toolchain", |_| passed(toolchain::all())),
    ("format", |_| passed(sh(cargo().args(["fmt", "--all", "--check"])))),
    ("lints, native", |_| {
        passed(sh(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])))
    }),
    ("lints, wasm", |_| passed(lint_wasm())),
    ("tests", |plan| passed(tests(plan))),
    ("documentation", |_| {
        passed(sh(cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings")))
    }),
    ("npm tools", |_| passed(npm::ready())),
    ("core", |_| passed(pkg::core())),
    ("package", |_| passed(pkg::check())),
    ("types", |_| types()),
    ("node tests", |_| passed(node_tests("tests/node", &mut command("node")))),
    ("scenarios", |_| scenarios()),
    ("browser tests", browser_tests),
];

/// Runs every step and sums up. A failing step is counted, and told by the exit code.
///
/// # Errors
/// None today; the signature is that of all tasks.
pub fn run(plan: &Plan) -> Result<ExitCode> {
    let mut table = String::new();
    let (mut passed, mut failed) = (0, 0);
    let start = Instant::now();
    for (at, (name, work)) in STEPS.iter().enumerate() {
        eprintln!("\n== {} of {}: {name} ==", at + 1, STEPS.len());
        let start = Instant::now();
        let outcome = work(plan);
        let took = seconds(start.elapsed());
        let verdict = match outcome {
            Ok(Outcome::Passed) => {
                passed += 1;
                "passed".to_string()
            }
            Ok(Outcome::Skipped(why)) => format!("skipped: {why}"),
            Err(error) => {
                failed += 1;
                eprintln!("{error}");
                "FAILED".to_string()
            }
        };
        eprintln!("== {name}: {verdict}, {took} ==");
        table += &format!("{name:<16}{took:>9}  {verdict}\n");
    }
    println!("\n{table}{:<16}{:>9}\n", "all", seconds(start.elapsed()));
    println!("{passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A length of time for people.
fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// The outcome of a step that is never skipped.
fn passed(result: Result) -> Result<Outcome> {
    result.map(|()| Outcome::Passed)
}

/// Clippy over what is compiled for wasm: it may differ from what is compiled natively.
fn lint_wasm() -> Result {
    let mut clippy = cargo();
    clippy.args([
        "clippy",
        "--target",
        toolchain::WASM,
        "--package",
        "election-wasm",
        "--",
        "-D",
        "warnings",
    ]);
    sh(&mut clippy)
}

/// The tests in Rust.
fn tests(plan: &Plan) -> Result {
    let mut cargo = cargo();
    // xtask has no tests, and what it depends on takes a minute to compile for them.
    cargo.args(["test", "--workspace", "--exclude", "xtask"]);
    if let Some(swarm) = plan.swarm {
        cargo.env(SWARM, swarm.to_string());
    }
    sh(&mut cargo)
}

/// The types of the page and of the tests in JavaScript, against the types that were generated in pkg/.
fn types() -> Result<Outcome> {
    npm::ready()?;
    let check =
        |config: &str| sh(command("node").arg(npm::tool("typescript/bin/tsc")).args(["--project", config]));
    check("tests/jsconfig.json")?;
    if root().join("www").is_dir() {
        check("jsconfig.json")?;
    }
    Ok(Outcome::Passed)
}

/// Every script that lies in a folder itself, as tests. What they share lies in folders below.
fn node_tests(folder: &str, node: &mut std::process::Command) -> Result {
    npm::ready()?;
    let scripts = files(&root().join(folder), ".mjs")?;
    if scripts.is_empty() {
        return Err(format!("there is no test in {folder}").into());
    }
    // By name, because how node takes a folder differs between its versions.
    sh(node.arg("--test").args(scripts))
}

/// The gallery, and the scenarios that the documentation shows, each with its expectations.
fn scenarios() -> Result<Outcome> {
    let here: Vec<PathBuf> = ["scenarios", "docs", "README.md"]
        .map(PathBuf::from)
        .into_iter()
        .filter(|it| root().join(it).exists())
        .collect();
    if !root().join("scenarios").is_dir() {
        return Ok(Outcome::Skipped("there is no folder scenarios/ yet"));
    }
    passed(sh(cargo().args(["run", "--release", "--bin", "election", "--", "check"]).args(here)))
}

/// The page in a browser.
fn browser_tests(plan: &Plan) -> Result<Outcome> {
    if !plan.browser {
        return Ok(Outcome::Skipped("--no-browser"));
    }
    if files(&root().join("tests/browser"), ".mjs")?.is_empty() {
        return Ok(Outcome::Skipped("there is no test in tests/browser/ yet"));
    }
    let chromium = browser::chromium()?;
    passed(node_tests("tests/browser", command("node").env("CHROMIUM", chromium)))
}
