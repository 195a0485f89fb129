//! Everything that builds, tests and measures election playground, as one command: `cargo xtask help`.
//!
//! A Rust program, unlike a shell script, behaves the same on every system and needs nothing but rustup and Node.js.
//! The heavy dependency, the library behind wasm-bindgen, is used only here, so users of the library or the command
//! line never compile it.

mod bench;
mod browser;
mod bundle;
mod calibrate;
mod module;
mod npm;
mod pkg;
mod shell;
mod test;
mod toolchain;

use std::process::ExitCode;

/// The result of a task: nothing, or an error message for the user.
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const HELP: &str = "\
cargo xtask <task>

  test       runs every test: format, lints, tests, docs, the core, pkg/, types, Node.js, scenarios, browser
               --no-browser    skip the browser tests
               --swarm N       try N random scenarios (default 40,000)
  pkg        builds the npm package in pkg/
               --check         build it in target/ instead and compare it with pkg/
               --page          rebuild only what comes from www/ and scenarios/, not the engine
  standalone writes the playground as one HTML file, with the engine in pkg/, to target/
  core       builds the core for wasm and checks that it imports nothing
  calibrate  compares the model with samples of real servers; writes the tables and plots of docs/calibration.md
               --check         check that they are up to date instead
  bench      measures the engine against the bare reference loop, natively and in wasm
               --rounds N      rounds of measurement; the median counts (default 5)
               --level LEVEL   optimization level for wasm-opt: -O3 (default), -Oz, …
               --page          measure the page in Chromium instead: size, first picture, frames, seeks, memory
               --quick         do a tenth of the work, as a trial run
  help       prints this help

Missing parts of the Rust toolchain and of node_modules/ are installed first.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the command line and runs the task.
fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let Some((task, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(ExitCode::FAILURE);
    };
    let mut options = Options(rest.to_vec());
    match task.as_str() {
        "test" => {
            let plan =
                test::Plan { browser: !options.flag("--no-browser"), swarm: options.number("--swarm")? };
            options.finish()?;
            test::run(&plan)
        }
        "pkg" => {
            let (check, page) = (options.flag("--check"), options.flag("--page"));
            options.finish()?;
            match (check, page) {
                (true, true) => return Err("--check and --page exclude each other: --check compares all of pkg/, --page writes part of it".into()),
                (true, false) => pkg::check()?,
                (false, true) => pkg::refresh()?,
                (false, false) => pkg::write()?,
            }
            Ok(ExitCode::SUCCESS)
        }
        "standalone" => {
            options.finish()?;
            bundle::standalone()?;
            Ok(ExitCode::SUCCESS)
        }
        "calibrate" => {
            let check = options.flag("--check");
            options.finish()?;
            calibrate::run(check)?;
            Ok(ExitCode::SUCCESS)
        }
        "core" => {
            options.finish()?;
            pkg::core()?;
            Ok(ExitCode::SUCCESS)
        }
        "bench" => {
            if options.flag("--page") {
                let quick = options.flag("--quick");
                options.finish()?;
                bench::page(quick)?;
                return Ok(ExitCode::SUCCESS);
            }
            let plan = bench::Plan {
                rounds: options.number("--rounds")?.unwrap_or(5),
                level: options.value("--level")?.unwrap_or_else(|| pkg::WASM_OPT_LEVEL.to_string()),
                quick: options.flag("--quick"),
            };
            options.finish()?;
            bench::run(&plan)?;
            Ok(ExitCode::SUCCESS)
        }
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        unknown => Err(format!("there is no task {unknown:?}; see `cargo xtask help`").into()),
    }
}

/// The options after the task. Each is removed when read; any that remain are errors.
struct Options(Vec<String>);

impl Options {
    /// Removes a flag; true if it was present.
    fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() < before
    }

    /// Removes an option and returns its value.
    fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self.0.iter().position(|argument| argument == name) else { return Ok(None) };
        self.0.remove(at);
        if at == self.0.len() {
            return Err(format!("{name} needs a value").into());
        }
        Ok(Some(self.0.remove(at)))
    }

    /// Removes an option and returns its value as a number.
    fn number(&mut self, name: &str) -> Result<Option<u32>> {
        let Some(text) = self.value(name)? else { return Ok(None) };
        match text.parse() {
            Ok(number) if 0 < number => Ok(Some(number)),
            _ => Err(format!("{name} needs a whole number above 0, not {text:?}").into()),
        }
    }

    /// Fails if any option remains.
    fn finish(&self) -> Result {
        match self.0.first() {
            Some(stray) => Err(format!("unknown argument {stray:?}; see `cargo xtask help`").into()),
            None => Ok(()),
        }
    }
}
