//! Scenarios drawn from a seed, with every option of the language: for the swarm, for the tests of the flaws and for
//! time travel.
//!
//! A drawn text is a list of lines, so that a failing one can be reduced by removing lines. The kinds of faults that
//! may occur are drawn first: a run with few of them breaks few assumptions and is held to more promises. Besides
//! single acts there are *stories* ([`stories`]), sequences that break elections: they crash a voter just after its
//! vote, or keep a stale leader busy behind a partition. And some runs are *haunted*: played once, and then disturbed
//! right after some event.
//!
//! An algorithm's draws depend on its name, not on its position, so that a new algorithm does not change them.
#![allow(dead_code, reason = "each test uses its own part")]

pub mod acts;
pub mod case;
mod scene;
mod stories;

use election_playground::base::{Rng, SimTime, Span, below};
use election_playground::protocol::{Property, Recovery};
use election_playground::registry::{ALGORITHMS, Algorithm, BUILT_IN};
use election_playground::scenario::Error;
use election_playground::timeline::Timeline;
use election_playground::vocabulary::Words;
use election_playground::workspace;

/// A stream of choices.
pub struct Draw(Rng);

impl Draw {
    /// The choices of a seed.
    pub fn new(seed: u64) -> Draw {
        Draw(Rng::new(seed, 0x5a17))
    }

    /// The choices of a seed for something with a name.
    pub fn named(name: &str, seed: u64) -> Draw {
        let stream = name
            .bytes()
            .fold(0x5a17, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        Draw(Rng::new(seed, stream))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        below(self.0.bits(), bound)
    }

    /// A number from `lo` to `hi`, both inclusive.
    pub fn within(&mut self, lo: u64, hi: u64) -> u64 {
        lo + self.below(hi - lo + 1)
    }

    /// True once in `n`.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// A random element.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// A reference to a random element.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

/// A drawn scenario.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The algorithms of the lanes.
    pub lanes: Vec<&'static str>,
    /// The scene: lanes, nodes, network and settings, one per line, the seed first.
    pub scene: Vec<String>,
    /// The acts, one per line.
    pub acts: Vec<String>,
    /// The end of the faults, in microseconds: every act comes before it.
    pub faults_us: u64,
    /// Actions that restore the settings that acts and single nodes have changed.
    pub undo: Vec<String>,
    /// Whether crashed nodes restart when the faults end; a service always does.
    pub returns: bool,
    /// Whether there is a service.
    pub service: bool,
}

impl Drawn {
    /// The scene, the acts and the end of the run, with the faults.
    pub fn text(&self) -> String {
        let until = format!("until {}", Span(self.faults_us));
        let lines = self.scene.iter().chain(&self.acts).chain([&until]);
        lines.map(|line| format!("{line}\n")).collect()
    }

    /// Opens the text. Incompatible settings are rejected with an error that names the line, or none if a
    /// whole lane is invalid; such lines are removed until the text opens.
    pub fn open(&mut self) -> Timeline {
        for _ in 0..64 {
            match workspace::open(&self.text()) {
                Ok(timeline) => {
                    self.check_lanes(&timeline);
                    return timeline;
                }
                Err(errors) => self.leave_out(&errors),
            }
        }
        panic!("this does not open: {:?}\n{}", workspace::open(&self.text()).err(), self.text());
    }

    /// A scenario without lanes would play the default ones, and nothing would be tested.
    fn check_lanes(&self, timeline: &Timeline) {
        let lanes = timeline.scenario().lanes.iter().map(|lane| ALGORITHMS[lane.algorithm].info.id);
        assert!(
            lanes.eq(self.lanes.iter().copied()),
            "expected lanes of {:?} in\n{}",
            self.lanes,
            self.text()
        );
    }

    fn leave_out(&mut self, errors: &[Error]) {
        let is_lane = |line: &str| line.starts_with("lane ") || line.starts_with("lanes ");
        let of_lane = |e: &&Error| self.scene.get(e.line as usize - 1).is_some_and(|line| is_lane(line));
        errors.iter().filter(of_lane).for_each(names_a_setting);
        let unfit = |at: usize| errors.iter().any(|e| e.line as usize == at + 1);
        let before = self.scene.len() + self.acts.len();
        let first_act = self.scene.len();
        let keep = |lines: &mut Vec<String>, from: usize| {
            let mut at = from;
            lines.retain(|line| {
                at += 1;
                !unfit(at - 1) || is_lane(line)
            });
        };
        keep(&mut self.scene, 0);
        keep(&mut self.acts, first_act);
        if self.scene.len() + self.acts.len() == before {
            // A lane is rejected as a whole, since its settings contradict each other in a way no line shows.
            self.scene.retain(|line| !line.starts_with("set "));
            self.acts.retain(|line| !line.contains(" set "));
        }
    }
}

/// An error about settings must name one: otherwise it points at the wrong line.
fn names_a_setting(error: &Error) {
    let advice = error.advice.as_deref().unwrap_or_default();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_setting = |word: &str| {
        let mut settings = ALGORITHMS.iter().flat_map(|algorithm| algorithm.info.settings);
        settings.any(|setting| setting.name == word)
    };
    let sentence = advice.split_once(": ").map_or(advice, |(_, sentence)| sentence);
    assert!(
        sentence.split(|c| !is_word(c)).any(is_setting),
        "an error that `settings` returns must name a setting exactly as a scenario writes it: {error}"
    );
}

/// The scenario of a seed, with lanes of any algorithms. Its settings match their kinds, but may be
/// incompatible.
pub fn drawn(seed: u64) -> Drawn {
    let d = &mut Draw::new(seed);
    let count = d.one(&[1, 1, 1, 2, 2, 3]);
    let lanes: Vec<&'static Algorithm> =
        (0..count).map(|_| &ALGORITHMS[d.below(ALGORITHMS.len() as u64) as usize]).collect();
    let (scene, mut cast) = scene::drawn(d, &lanes);
    cast.faults_us = d.within(200, 3_000) * 1_000;
    let acts = acts::drawn(d, &mut cast);
    let service = cast.service();
    let lanes = lanes.iter().map(|algorithm| algorithm.info.id).collect();
    Drawn { lanes, scene, acts, faults_us: cast.faults_us, undo: cast.undo, returns: true, service }
}

/// The scenario of a seed for one algorithm: as long as its recoveries require, with stories, perhaps
/// haunted. It opens.
pub fn drawn_of(algorithm: &'static Algorithm, seed: u64) -> Drawn {
    let d = &mut Draw::named(algorithm.info.id, seed);
    let lanes = if d.once_in(8) { vec![algorithm, algorithm] } else { vec![algorithm] };
    let (scene, mut cast) = scene::drawn(d, &lanes);
    let lanes = lanes.iter().map(|algorithm| algorithm.info.id).collect();
    let (acts, undo, service) = (Vec::new(), Vec::new(), cast.service());
    let mut drawn = Drawn { lanes, scene, acts, faults_us: 1, undo, returns: true, service };
    let recovery = recovery(drawn.open());
    cast.pace_us = recovery.usual.0.clamp(300_000, 20_000_000);
    let in_time = algorithm.info.claims.iter().any(|claim| claim.property == Property::AtMostOneLeader);
    if in_time && d.once_in(3) {
        // Processes start one by one, which excuses two leaders for a while; in some runs that time is over.
        cast.begin_us = recovery.bound.0.min(60_000_000);
    }
    cast.faults_us = d.within(cast.pace_us / 4, cast.pace_us * 2);
    let busy = drawn.scene.iter().any(|line| line.starts_with("set ") && line.contains(" 1ms"));
    if busy || 9 < cast.ids.len() {
        // What happens every millisecond, or on very many nodes, happens often enough in a short time.
        cast.pace_us = cast.pace_us.min(1_000_000);
        cast.faults_us = cast.faults_us.min(1_500_000);
        cast.begin_us = 0;
    }
    cast.faults_us += cast.begin_us;
    let stories = !d.once_in(4);
    if stories {
        drawn.acts = stories::drawn(d, &cast);
        let last = drawn.acts.iter().map(|line| acts::moment_us(line)).max().unwrap_or_default();
        cast.faults_us = cast.faults_us.max(last + 1 + d.below(2 * cast.pace_us));
    }
    if !stories || d.once_in(4) {
        drawn.acts.extend(acts::drawn(d, &mut cast));
    }
    drawn.faults_us = cast.faults_us;
    drawn.returns = d.once_in(2);
    drawn.undo.clone_from(&cast.undo);
    acts::sort(&mut drawn.acts);
    if d.once_in(3) {
        stories::haunt(d, &cast, &mut drawn);
    }
    drawn.open();
    drawn
}

/// The time of a recovery in the first lane; one second if nothing is promised.
fn recovery(mut timeline: Timeline) -> Recovery {
    let lane = timeline.lane(0);
    // Recovery times are unknown until the first process has started.
    while lane.recovery().is_none() && lane.events() < 32 && lane.step(SimTime(20_000_000)) {}
    lane.recovery().unwrap_or(Recovery { bound: Span::s(1), usual: Span::s(1) })
}

/// The words that an algorithm adds to the language.
fn words(algorithm: &Algorithm) -> &'static Words {
    BUILT_IN.vocabulary().iter().find(|w| w.id == algorithm.info.id).expect("every algorithm has its words")
}
