//! The swarm: one seed draws a whole scenario, faults of every kind are thrown at it, and then they end.
//!
//! While they last, no claim of an algorithm may be violated without a broken assumption. When they have
//! ended, in every lane somebody must lead again within the time that its algorithm promises. A seed that
//! fails is made smaller, line by line, and printed as a scenario.
//!
//! `SWARM_RUNS` says how many seeds are tried, `SWARM_SEED` where they start:
//! `SWARM_SEED=7 SWARM_RUNS=1 cargo test --test swarm` tries the seed 7 alone.

mod drawn;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use drawn::{Draw, Drawn, drawn};
use election_playground::algorithms::vocabulary;
use election_playground::base::{SimTime, Span};
use election_playground::checker::Outcome;
use election_playground::judge::judge;
use election_playground::lane::Engine;
use election_playground::protocol::{Authority, Property};
use election_playground::scenario::{self, Scenario, time_text};
use election_playground::session;
use election_playground::trace::Place;

/// How many seeds a usual run tries, over all parts.
const RUNS: u64 = 60_000;
/// The parts are tests of their own, so that they run side by side.
const PARTS: u64 = 4;
/// A lane of more events than this has shown enough: odd settings can make a storm.
const EVENTS_MAX: u32 = 60_000;
/// A promise to lead within longer than this is not waited for.
const WAIT_MAX: Span = Span::s(300);

/// What ends the faults. The service may be what was hurt.
const PEACE: &[&str] = &[
    "heal",
    "restart all service",
    "resume all service",
    "latency 5ms..15ms",
    "loss 0%",
    "duplicate 0%",
    "drift all service +0%",
    "slow all service 0",
];

/// A text that the swarm plays: lines that may be left out to make it smaller, and when its faults end.
#[derive(Clone)]
struct Case {
    lines: Vec<String>,
    peace_us: u64,
    until: Option<String>,
}

impl Case {
    fn of(drawn: &Drawn) -> Case {
        let lines = drawn.scene.iter().chain(&drawn.acts).cloned().collect();
        Case { lines, peace_us: drawn.faults_us, until: None }
    }

    /// The whole text, with the end of the faults.
    fn text(&self) -> String {
        let at = time_text(Span(self.peace_us));
        let mut text: String = self.lines.iter().map(|l| format!("{l}\n")).collect();
        if self.lines.iter().any(|l| l.contains("close ")) {
            // Who has closed its session for good takes part again when its process starts anew.
            text.push_str(&format!("at {at} crash all\n"));
        }
        PEACE.iter().for_each(|act| text.push_str(&format!("at {at} {act}\n")));
        let until = self.until.clone().unwrap_or_else(|| time_text(Span(self.peace_us) + WAIT_MAX));
        text + &format!("until {until}\n")
    }
}

/// What went wrong. The first is the same for the same fault, the second for people.
struct Failure {
    what: String,
    details: String,
}

fn failure(what: impl Into<String>, details: impl Into<String>) -> Failure {
    Failure { what: what.into(), details: details.into() }
}

/// What a run did not look into, to be counted.
#[derive(Default)]
struct Coverage {
    unfit: u64,
    lanes: u64,
    demanded: u64,
    storms: u64,
}

/// Plays the case; a panic is a failure too.
fn play(case: &Case, seed: u64, coverage: &mut Coverage) -> Result<(), Failure> {
    catch_unwind(AssertUnwindSafe(|| play_it(case, seed, coverage))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        Err(failure("panic", text.unwrap_or_default()))
    })
}

fn play_it(case: &Case, seed: u64, coverage: &mut Coverage) -> Result<(), Failure> {
    let text = case.text();
    let read = session::read(&text).map_err(|e| failure("unread", format!("{e:?}")))?;
    if seed.is_multiple_of(8) {
        round_trips(&text, &read)?;
    }
    let Ok(mut timeline) = session::open(&text) else {
        // Settings that do not fit each other are refused with a sentence. Nothing to see here.
        coverage.unfit += 1;
        return Err(failure("unfit", ""));
    };
    let peace = SimTime(case.peace_us);
    let stay = Draw::new(seed ^ 0xfeed).once_in(8);
    for i in 0..timeline.lanes().len() {
        let lane = timeline.lane(i);
        coverage.lanes += 1;
        let id = lane.info().id;
        let mut calm = true;
        while lane.step(peace) {
            if lane.events() > EVENTS_MAX {
                coverage.storms += 1;
                calm = false;
                break;
            }
        }
        unexpected(lane, &read)?;
        if !calm || lane.stuck() {
            continue;
        }
        let Some(bound) = promised(lane, &read) else { continue };
        coverage.demanded += 1;
        // What is under way since the bad times may arrive late, and so may what it holds up on its link.
        let mut flights = Vec::new();
        lane.flights(&mut flights);
        let late = flights.iter().map(|f| f.due).max().unwrap_or(peace).max(peace);
        let deadline = late + bound;
        let found = loop {
            if serving(lane) && !stay {
                break true;
            }
            if lane.events() > EVENTS_MAX * 4 {
                coverage.storms += 1;
                break true;
            }
            if !lane.step(deadline) {
                break serving(lane);
            }
        };
        unexpected(lane, &read)?;
        if !found {
            let what = format!("{id}: nobody leads after the faults");
            return Err(failure(what, format!("lane {i}, within {bound} of {late}")));
        }
    }
    Ok(())
}

/// The time within which somebody must lead once the faults are over; `None` where nothing is promised.
fn promised(lane: &dyn Engine, scenario: &Scenario) -> Option<Span> {
    lane.info().claims.iter().find(|c| c.property == Property::LeaderEventually)?;
    let given_up =
        matches!(lane.verdict(Property::LeaderEventually, lane.now()).outcome, Outcome::GivenUp(_));
    let fast = lane.delay_bound().is_none_or(|bound| Span::ms(15) <= bound);
    if scenario.timers_manual || given_up || !fast {
        return None;
    }
    lane.recovery().map(|recovery| recovery.bound).filter(|bound| *bound <= WAIT_MAX)
}

/// Whether somebody leads who can: judged here from what can be seen, apart from the checker.
fn serving(lane: &dyn Engine) -> bool {
    let members = lane.members() as Place;
    (0..members).any(|p| {
        let named = || {
            (members..members + lane.services() as Place)
                .any(|s| lane.belief(s).leader == lane.names().ids[usize::from(p)])
        };
        lane.belief_number(p) > 0
            && lane.up(p)
            && !lane.paused(p)
            && (lane.info().authority != Authority::Service || named())
    })
}

/// A violated promise none of whose assumptions was broken.
fn unexpected(lane: &dyn Engine, _scenario: &Scenario) -> Result<(), Failure> {
    match lane.violations().iter().find(|v| v.is_bug()) {
        None => Ok(()),
        Some(v) => Err(failure(
            format!("{}: {} without a broken assumption", lane.info().id, v.property.name()),
            format!("at {}: {}", v.at, v.text()),
        )),
    }
}

/// The canonical form and the printed meaning read as the same scenario, apart from the numbers of lines.
fn round_trips(text: &str, read: &Scenario) -> Result<(), Failure> {
    let again = |text: String, what: &str| -> Result<(), Failure> {
        let other = session::read(&text).map_err(|e| failure(what, format!("{e:?} in\n{text}")))?;
        if unlined(&other) == unlined(read) { Ok(()) } else { Err(failure(what, text)) }
    };
    let canonical = scenario::fmt(text);
    if scenario::fmt(&canonical) != canonical {
        return Err(failure("fmt changes its own text", canonical));
    }
    again(canonical, "fmt reads differently")?;
    again(scenario::print(read, vocabulary()), "print reads differently")
}

fn unlined(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.acts.iter_mut().for_each(|a| a.line = 0);
    scenario.init.iter_mut().for_each(|a| a.line = 0);
    scenario.expects.iter_mut().for_each(|a| a.line = 0);
    scenario.breaks.iter_mut().for_each(|a| a.line = 0);
    scenario
}

/// Leaves lines out as long as the case fails in the same way.
fn shrink(mut case: Case, seed: u64, what: &str) -> Case {
    let fails = |case: &Case| play(case, seed, &mut Coverage::default()).is_err_and(|f| f.what == what);
    let mut chunk = case.lines.len().div_ceil(2);
    while chunk > 0 {
        let mut at = 0;
        let mut smaller = false;
        while at < case.lines.len() {
            let mut fewer = case.clone();
            fewer.lines.drain(at..(at + chunk).min(case.lines.len()));
            if fails(&fewer) {
                case = fewer;
                smaller = true;
            } else {
                at += chunk;
            }
        }
        if !smaller || chunk > 1 {
            chunk /= 2;
        }
    }
    for nodes in ["nodes 2", "nodes 3", "nodes 4", "nodes 5"] {
        if let Some(at) = case.lines.iter().position(|l| l.starts_with("nodes")) {
            let mut fewer = case.clone();
            fewer.lines[at] = nodes.into();
            if fails(&fewer) {
                return fewer;
            }
        }
    }
    case
}

fn quietly() {
    static ONCE: Once = Once::new();
    // A panic inside a run is caught and told with its scenario.
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn swarm(part: u64) {
    quietly();
    let first = number("SWARM_SEED", 0);
    let runs = number("SWARM_RUNS", RUNS);
    // How many failures of different kinds are looked for before it is enough.
    let enough = number("SWARM_FAILURES", 1) as usize;
    let mut coverage = Coverage::default();
    let mut failures: Vec<(String, String)> = Vec::new();
    for seed in (first..first + runs).filter(|seed| seed % PARTS == part) {
        let mut case = Case::of(&drawn(seed));
        let mut played = play(&case, seed, &mut coverage);
        if played.as_ref().is_err_and(|f| f.what == "unfit") {
            case.lines.retain(|l| !l.starts_with("set lane"));
            played = play(&case, seed, &mut coverage);
        }
        let Err(failed) = played else { continue };
        if failures.iter().any(|(what, _)| *what == failed.what) {
            continue;
        }
        let small = shrink(case.clone(), seed, &failed.what);
        let details = play(&small, seed, &mut Coverage::default()).err().map_or(String::new(), |f| f.details);
        let told = format!(
            "seed {seed}: {}: {}\n--- as drawn\n{}--- smaller: {details}\n{}",
            failed.what,
            failed.details,
            case.text(),
            small.text(),
        );
        failures.push((failed.what, told));
        if failures.len() >= enough {
            break;
        }
    }
    println!(
        "{runs} runs / {PARTS}: {} lanes, of {} recovery was demanded, {} storms, {} refused",
        coverage.lanes, coverage.demanded, coverage.storms, coverage.unfit
    );
    // Not in the panic's message, which nobody sees while panics are quiet.
    failures.iter().for_each(|(_, told)| println!("{told}"));
    assert!(failures.is_empty());
}

#[test]
fn part_0() {
    swarm(0);
}

#[test]
fn part_1() {
    swarm(1);
}

#[test]
fn part_2() {
    swarm(2);
}

#[test]
fn part_3() {
    swarm(3);
}

#[test]
fn what_must_hold_of_every_run_is_judged_so() {
    quietly();
    let trivial = "expect leaders >= 0 always\nexpect pending >= 0\nexpect epoch >= 0 always\n\
                   expect time no-leader >= 0\nexpect messages >= 0 eventually\nexpect leaders > 128 never\n";
    for seed in 0..60 {
        let mut drawn = drawn(seed);
        drawn.scene.retain(|l| !l.starts_with("set lane"));
        drawn.faults_us = drawn.faults_us.min(500_000);
        drawn.acts.clear();
        let text = drawn.text() + trivial;
        let mut timeline = session::open(&text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
        let failed: Vec<_> = judge(&mut timeline).into_iter().filter(|v| !v.met()).collect();
        assert!(failed.is_empty(), "{failed:?} in\n{text}");
    }
}
