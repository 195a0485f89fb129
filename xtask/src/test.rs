//! The command that runs every test.
//!
//! It continues after a failure, so that one run shows every problem. Each step reports how long it took; a table and a
//! machine-readable line come at the end.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::shell::{cargo, command, files, root, run as sh};
use crate::{Result, browser, npm, pkg, toolchain};

/// What to test.
pub struct Plan {
    /// Whether to run the browser tests, too.
    pub browser: bool,
    /// The number of random scenarios for the swarm; `None` for the tests' default.
    pub swarm: Option<u32>,
}

/// The outcome of a step that did not fail.
enum Outcome {
    /// The step passed.
    Passed,
    /// The step was skipped, with the reason.
    Skipped(&'static str),
}

/// A step's name and what it does.
type Step = (&'static str, fn(&Plan) -> Result<Outcome>);

/// The variable that sets the number of scenarios in tests/swarm.rs.
const SWARM: &str = "SWARM_RUNS";

/// Every step, the cheapest first.
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

/// Runs every step and prints a summary. A failed step counts, and determines the exit code.
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

/// A length of time for people to read.
fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// The outcome of a step that is never skipped.
fn passed(result: Result) -> Result<Outcome> {
    result.map(|()| Outcome::Passed)
}

/// Runs clippy on the code compiled for wasm, which may differ from the native code.
fn lint_wasm() -> Result {
    let mut clippy = cargo();
    clippy.args([
        "clippy",
        "--target",
        toolchain::WASM,
        "--package",
        "election-wasm",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]);
    sh(&mut clippy)
}

/// The tests in Rust.
fn tests(plan: &Plan) -> Result {
    let mut cargo = cargo();
    // xtask has no tests, and compiling its dependencies for them would take a minute.
    cargo.args(["test", "--workspace", "--exclude", "xtask"]);
    if let Some(swarm) = plan.swarm {
        cargo.env(SWARM, swarm.to_string());
    }
    sh(&mut cargo)
}

/// Type-checks the page and the JavaScript tests against the generated types in pkg/.
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

/// Runs every script directly in the folder as a test. Shared code is in subfolders.
fn node_tests(folder: &str, node: &mut std::process::Command) -> Result {
    npm::ready()?;
    let scripts = files(&root().join(folder), ".mjs")?;
    if scripts.is_empty() {
        return Err(format!("{folder} contains no tests").into());
    }
    // List the files, because Node.js versions differ in how they treat a folder.
    sh(node.arg("--test").args(scripts))
}

/// Checks the expectations of the gallery and of the scenarios in the documentation.
fn scenarios() -> Result<Outcome> {
    let here: Vec<PathBuf> = ["scenarios", "docs", "README.md"]
        .map(PathBuf::from)
        .into_iter()
        .filter(|it| root().join(it).exists())
        .collect();
    if !root().join("scenarios").is_dir() {
        return Ok(Outcome::Skipped("scenarios/ does not exist"));
    }
    passed(sh(cargo().args(["run", "--release", "--bin", "election", "--", "check"]).args(here)))
}

/// The page in a browser.
fn browser_tests(plan: &Plan) -> Result<Outcome> {
    if !plan.browser {
        return Ok(Outcome::Skipped("--no-browser"));
    }
    if files(&root().join("tests/browser"), ".mjs")?.is_empty() {
        return Ok(Outcome::Skipped("tests/browser/ contains no tests"));
    }
    let chromium = browser::chromium()?;
    browser::webkit();
    passed(node_tests("tests/browser", command("node").env("CHROMIUM", chromium)))
}
