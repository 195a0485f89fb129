//! Measures the engine's speed against the bare reference loop in benches/, natively and in wasm, and the speed of the
//! page.

use crate::shell::{cargo, command, output, run as call, scratch};
use crate::{Result, browser, npm, pkg, toolchain};

/// What to measure.
pub struct Plan {
    /// The number of rounds for each contender; the median counts.
    pub rounds: u32,
    /// The level of wasm-opt.
    pub level: String,
    /// Do a tenth of the work.
    pub quick: bool,
}

/// The groups: a number of nodes, and the simulated seconds for which the reference takes about a quarter of
/// a second.
const GROUPS: [(u32, u32); 3] = [(5, 50_000), (25, 8_000), (101, 2_000)];

/// Measures, and prints the table.
///
/// # Errors
/// If something does not build or run.
pub fn run(plan: &Plan) -> Result {
    toolchain::wasm()?;
    let mut arguments = vec![plan.rounds.to_string()];
    for (n, seconds) in GROUPS {
        arguments.extend([n.to_string(), (if plan.quick { seconds / 10 } else { seconds }).to_string()]);
    }

    let mut native = cargo();
    native.args(["run", "--quiet", "--release", "--package", "election-bench", "--"]).args(&arguments);
    let native = output(&mut native)?;

    let raw = pkg::compile("election-bench", &["--lib"], "election_bench")?;
    let module = scratch().join("election_bench.wasm");
    std::fs::create_dir_all(scratch())?;
    pkg::optimise(&raw, &module, &plan.level)?;
    let bytes = std::fs::metadata(&module)?.len();
    let wasm = output(command("node").arg("benches/run.mjs").arg(&module).args(&arguments))?;

    println!("\nmedian of {} alternating rounds; wasm-opt {}, {bytes} bytes", plan.rounds, plan.level);
    println!(
        "        nodes  contender          simulated s/s     messages/simulated s     ns/message   ratio"
    );
    for (place, lines) in [("native", native), ("wasm", wasm)] {
        print!("{}", table(place, &lines)?);
    }
    println!("The ratio compares the speed with the reference's, round by round.");
    Ok(())
}

/// Measures the page in Chromium, with the present pkg/.
///
/// # Errors
/// If there is no browser or the page does not respond as expected.
pub fn page(quick: bool) -> Result {
    npm::ready()?;
    let mut page = command("node");
    page.arg("benches/page.mjs").env("CHROMIUM", browser::chromium()?);
    if quick {
        page.arg("--quick");
    }
    call(&mut page)
}

/// The table rows for the output of one runner.
fn table(place: &str, lines: &str) -> Result<String> {
    let mut rows = String::new();
    let mut reference: Vec<f64> = Vec::new();
    for line in lines.lines() {
        if let Some(seeks) = line.strip_prefix("seek ") {
            rows += &format!("{place:<7}{}\n", seek_row(seeks)?);
            continue;
        }
        if let Some(elections) = line.strip_prefix("elections ") {
            rows += &format!("{place:<7}{}\n", elections_row(elections)?);
            continue;
        }
        let mut words = line.splitn(5, ' ');
        let mut word =
            || words.next().ok_or_else(|| format!("unexpected output from the benchmark: {line:?}"));
        let (n, seconds, messages) = (word()?, word()?.parse::<f64>()?, word()?.parse::<f64>()?);
        let times = word()?.split(',').map(str::parse).collect::<std::result::Result<Vec<f64>, _>>()?;
        let name = word()?;
        if name == "reference" {
            reference.clone_from(&times);
        }
        let ratios = reference.iter().zip(&times).map(|(reference, time)| reference / time).collect();
        let time = median(times);
        rows += &format!(
            "{place:<6}{n:>7}  {name:<18}{:>14.0}{:>25.1}{:>15.1}{:>8.2}\n",
            seconds / (time / 1e9),
            messages / seconds,
            time / messages,
            median(ratios),
        );
    }
    Ok(rows)
}

/// Formats the line about seeks: the events of the run, then the nanoseconds of each seek.
fn seek_row(line: &str) -> Result<String> {
    let (events, times) =
        line.split_once(' ').ok_or_else(|| format!("unexpected output from the benchmark: {line:?}"))?;
    let mut times = times.split(',').map(str::parse).collect::<std::result::Result<Vec<f64>, _>>()?;
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[times.len() * percent / 100] / 1e6;
    let (half, most, longest) = (at(50), at(95), times[times.len() - 1] / 1e6);
    Ok(format!(
        "seek to a random moment in an hour of four lanes, {events} events: \
         p50 {half:.2} ms, p95 {most:.2} ms, max {longest:.2} ms"
    ))
}

/// Formats a line about long runs: leaderships and nanoseconds for each, of a short and of a long run, and a name.
fn elections_row(line: &str) -> Result<String> {
    let words: Vec<&str> = line.splitn(5, ' ').collect();
    let &[few, short, many, long, name] = words.as_slice() else {
        return Err(format!("unexpected output from the benchmark: {line:?}").into());
    };
    let ratio = long.parse::<f64>()? / short.parse::<f64>()?;
    Ok(format!("{name}: {few} leaderships at {short} ns, {many} at {long} ns, ratio {ratio:.2}"))
}

/// The median; the upper of the middle two for an even number.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
