//! Plays a scenario whose lanes may be `omega` or `bully`, and prints the trace of each lane:
//! `cargo run -p omega-example -- FILE`.

use std::process::ExitCode;

use election_playground::base::SimTime;

/// The most records that a lane prints.
const RECORDS_MAX: usize = 10_000;

fn main() -> ExitCode {
    match play() {
        Ok(trace) => {
            print!("{trace}");
            ExitCode::SUCCESS
        }
        Err(complaint) => {
            eprintln!("{complaint}");
            ExitCode::from(2)
        }
    }
}

fn play() -> Result<String, String> {
    let path = std::env::args().nth(1).ok_or("usage: omega-example FILE")?;
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let mut run = omega::REGISTRY.open(&text).map_err(|errors| {
        let each: Vec<String> = errors.iter().map(|error| format!("{path}:{error}")).collect();
        each.join("\n")
    })?;
    run.compute_all();
    let until = run.scenario().until;
    let mut trace = String::new();
    for lane in 0..run.lanes().len() {
        trace += &format!("{}\n", run.scenario().lanes[lane].name);
        let lane = run.lane(lane);
        for record in lane.records(SimTime::ZERO, until, RECORDS_MAX) {
            trace += &format!("{:>12} {}\n", record.at.to_string(), lane.names().text(&record));
        }
    }
    Ok(trace)
}
