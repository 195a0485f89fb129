//! What tests share: numbers from the environment, numbers that look random, and the expectations that a run does not
//! meet.
#![allow(dead_code, reason = "each test uses its own part")]

use election_playground::expectations::judge;
use election_playground::timeline::Timeline;

/// A number from the environment, such as the number of runs; `usual` if the variable is not set.
///
/// # Panics
/// If it is set to something else.
pub fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Numbers that look random; the same ones from the same seed.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// One of some words.
    pub fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

/// The expectations of a scenario with this text that its run does not meet, each with its line and what was found.
/// Moves the cursors.
pub fn failed(timeline: &mut Timeline, text: &str) -> Vec<String> {
    let expects = timeline.scenario().expects.clone();
    let lanes: Vec<String> = timeline.scenario().lanes.iter().map(|lane| lane.name.clone()).collect();
    let failed = judge(timeline).into_iter().filter(|judged| !judged.met());
    failed
        .map(|judged| {
            let line = expects[judged.expect].line;
            let expected = text.lines().nth(line as usize).unwrap_or_default().trim();
            let (lane, found, at) = (&lanes[judged.lane], &judged.found, judged.at);
            format!("line {}: {expected}: lane {lane} found {found} at {at}", line + 1)
        })
        .collect()
}
