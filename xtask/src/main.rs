//! Everything that builds, tests and measures election playground, as one command: `cargo xtask help`.
//!
//! It is a Rust program and no shell script, so that it does the same on every system, and so that the only
//! things to install are rustup and node. The heavy dependency, the library behind wasm-bindgen, lives here
//! and nowhere else: who only uses the library or the command line never compiles it.

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

/// What a task gives back: nothing, or a sentence for the person who called it.
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const HELP: &str = "\
cargo xtask <task>

  test       passes every test: format, lints, tests, docs, the core, pkg/, types, node, scenarios, browser
               --no-browser    leave the browser out
               --swarm N       try N random scenarios instead of the usual 40,000
  pkg        builds the npm package in pkg/
               --check         build it in target/ instead and demand the bytes of pkg/
               --page          only what comes from www/ and scenarios/; the engine in pkg/ stays
  core       builds the core for wasm and demands that it imports nothing
  calibrate  plays the model against samples of real servers, and makes the tables and plots of docs/calibration.md
               --check         demand instead that they are fresh
  bench      measures the engine beside the bare reference loop, natively and in wasm
               --rounds N      how often each is measured; the median counts (default 5)
               --level LEVEL   the level of wasm-opt to try: -O3 (default), -Oz, …
               --page          the page in Chromium instead: weight, first picture, frames, seeks, memory
               --quick         a tenth of the work, to see that it runs
  help       prints this

What the Rust toolchain and node_modules/ lack for a task is installed first.
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

/// Reads the command line and runs the task that it names.
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
                (true, true) => return Err("--check looks at all of pkg/, --page writes a part of it".into()),
                (true, false) => pkg::check()?,
                (false, true) => bundle::refresh()?,
                (false, false) => pkg::write()?,
            }
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

/// The options after the task, taken out one by one; what is left over at the end is an error.
struct Options(Vec<String>);

impl Options {
    /// Takes a switch; true if it was there.
    fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() < before
    }

    /// Takes an option and the word after it.
    fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self.0.iter().position(|argument| argument == name) else { return Ok(None) };
        self.0.remove(at);
        if at == self.0.len() {
            return Err(format!("{name} wants a value").into());
        }
        Ok(Some(self.0.remove(at)))
    }

    /// Takes an option and the number after it.
    fn number(&mut self, name: &str) -> Result<Option<u32>> {
        let Some(text) = self.value(name)? else { return Ok(None) };
        match text.parse() {
            Ok(number) if 0 < number => Ok(Some(number)),
            _ => Err(format!("{name} wants a whole number above 0, not {text:?}").into()),
        }
    }

    /// Refuses what nobody took.
    fn finish(&self) -> Result {
        match self.0.first() {
            Some(stray) => Err(format!("{stray:?} is unknown here; see `cargo xtask help`").into()),
            None => Ok(()),
        }
    }
}
