//! Measures what an election costs in a run with a hundred of them and in one with ten thousand: nothing may search all
//! that happened before for each event.

use std::fmt::Write as _;
use std::time::Instant;

use election_playground::meter::Meter;
use election_playground::workspace;

/// The runs: a name, the text without its end, and the simulated seconds for about a hundred elections. The networks are
/// so bad that leaders change all the time.
const RUNS: [(&str, &str, u32); 4] = [
    ("raft", RAFT, 100),
    ("raft with writes", RAFT, 100),
    ("ring", "lanes ring; nodes 3; latency 1ms..45ms; loss 60%", 60),
    ("bully", "lanes bully; nodes 3; latency 1ms..45ms; loss 60%", 120),
];
const RAFT: &str = "lanes raft; nodes 3; latency 1ms..45ms; loss 10%; set store.interval 0; \
                    set raft.election-timeout 150ms..300ms; set raft.heartbeat 140ms";
/// The writes of clients, spread evenly over the long run.
const WRITES: u32 = 2_000;
/// How much longer the long run is.
const TIMES: u32 = 100;
/// How often each is played; the fastest counts.
const ROUNDS: usize = 5;

/// For each run: its name, and the number of leaderships and the nanoseconds for each in the short and in the long run.
pub fn costs() -> impl Iterator<Item = (&'static str, [(u64, u64); 2])> {
    RUNS.iter().map(|&(name, text, seconds)| {
        let text = |until: u32| {
            let mut text = format!("{text}; until {until}s\n");
            let interval = seconds * TIMES / WRITES;
            let writes = if name.ends_with("writes") { (until - 1) / interval } else { 0 };
            for number in 1..=writes {
                writeln!(text, "at {}s write", number * interval).expect("writing to a string succeeds");
            }
            text
        };
        (name, [seconds, seconds * TIMES].map(|until| cost(&text(until))))
    })
}

fn cost(text: &str) -> (u64, u64) {
    let play = |_| {
        let mut timeline = workspace::open(text).expect("a valid scenario");
        let until = timeline.scenario().until;
        let start = Instant::now();
        timeline.lane(0).compute(until, &mut Meter::unlimited());
        let leaderships = timeline.lanes()[0].head_stats().leaderships;
        (leaderships, start.elapsed().as_nanos() as u64 / leaderships.max(1))
    };
    (0..ROUNDS).map(play).min().expect("there are rounds")
}
