//! Runs the contenders natively, alternately, and prints how long each takes: see `cargo xtask bench`.
//!
//! The arguments are the number of rounds, then pairs of a node count and the simulated seconds to play. For each group
//! and contender it prints one line: nodes, seconds, messages, the nanoseconds of each round, and the name. One line is
//! about seeks: `seek`, the events of the run, and the nanoseconds of each seek. benches/run.mjs does the same in wasm.
//! The last lines are about long runs: `elections`, and the leaderships and the nanoseconds for each in a short and in a
//! long run, and the name.

use std::time::Instant;

use election_bench::{CONTENDERS, elections, seeks};

fn main() {
    let numbers: Vec<u32> = std::env::args()
        .skip(1)
        .map(|argument| argument.parse().expect("the arguments are whole numbers"))
        .collect();
    let (rounds, groups) = numbers.split_first().expect("the first argument is the number of rounds");
    for group in groups.chunks_exact(2) {
        let (n, seconds) = (group[0], group[1]);
        let mut times: [Vec<u128>; CONTENDERS.len()] = Default::default();
        let mut messages = [None; CONTENDERS.len()];
        for _ in 0..*rounds {
            // Alternate, so that other load on the machine affects all contenders equally.
            for (at, (_, contender)) in CONTENDERS.iter().enumerate() {
                let start = Instant::now();
                messages[at] = contender(n, seconds);
                times[at].push(start.elapsed().as_nanos());
            }
        }
        for (at, (name, _)) in CONTENDERS.iter().enumerate() {
            if let Some(messages) = messages[at] {
                let times: Vec<String> = times[at].iter().map(u128::to_string).collect();
                println!("{n} {seconds} {messages} {} {name}", times.join(","));
            }
        }
    }
    let events = seeks::open();
    let times = (0..seeks::SEEKS).map(|number| {
        let start = Instant::now();
        seeks::seek(number);
        start.elapsed().as_nanos().to_string()
    });
    println!("seek {events} {}", times.collect::<Vec<_>>().join(","));
    for (name, [(few, short), (many, long)]) in elections::costs() {
        println!("elections {few} {short} {many} {long} {name}");
    }
}
